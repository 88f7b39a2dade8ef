//! Somebody asks to be left out: gone from the log and from everything computed from it, and the counts stay.

use crate::support::{FEW, World};
use muster_log::{Filter, Log, Recorded};
use std::collections::BTreeSet;

const PIPELINE: &str = r#"
[project]
name = "lantern"
log = "log"
out = "out"
as_of = "2025-06-01"
[[source]]
kind = "notes"
name = "community"
path = "meetings"
[[source]]
kind = "git"
repository = "acme/lantern"
path = "clone"
[[source]]
kind = "people"
name = "people"
path = "people.toml"
"#;

const NOTE: &str = "# Community meeting 2025-03-06\n\n## Attendees\n\n\
    - [Ada Lovelace](https://github.com/ada-l) (Acme)\n- [Bob](https://github.com/bob) (Guild)\n\n\
    ## Agenda\n\n- Ada Lovelace shows the lamp\n\n\
    ## Action items\n\n- [ ] Thank Ada Lovelace @ada-l\n- [ ] Write the release notes @bob\n";

/// The name, the login and the addresses of the one who asks.
const TRACES: [&str; 5] = ["Ada Lovelace", "Lovelace", "ada-l", "ada@mail.example", "7+ada-l"];

const FIGURES: &str = "SELECT metric, \"window\", \"group\", value, n FROM metrics \
    WHERE metric IN ('growth.active_contributors', 'meetings.attendance') ORDER BY 1, 2, 3";

fn world() -> World {
    let world = World::new();
    world.write("p.toml", format!("{PIPELINE}{FEW}"));
    world.write(
        "people.toml",
        "# Ours\n[[person]]\nname = \"Bob\"\naccounts = [\"github:bob\", \"email:bob@mail.example\"]\n",
    );
    world.write("meetings/2025-03-06.md", NOTE);
    world.write(
        "meetings/2025-03-20.md",
        NOTE.replace("03-06", "03-20").replace("- [Bob](https://github.com/bob) (Guild)\n", ""),
    );
    let own = "7+ada-l@users.noreply.github.com";
    world.write("clone/.mailmap", format!("Ada Lovelace <ada@mail.example> Ada <{own}>\n"));
    world.git("clone", &["init", "--quiet"]);
    world.git("clone", &["add", "."]);
    world.git("clone", &["commit", "--quiet", "-m", "Begin, says Ada Lovelace"]);
    let commit = ["commit", "--quiet", "--allow-empty", "-m"];
    let thanks = "Thank @ada-l for ada-l/fix\n\nReviewed-by: Ada Lovelace <ada@mail.example>";
    world.git("clone", &[&commit[..], &[thanks, "--author", "Bob <bob@mail.example>"]].concat());
    world.git("clone", &[&commit[..], &["Third", "--author", &format!("Ada <{own}>")]].concat());
    world
}

/// Every event of the log's latest version, and the names of the files that hold it.
fn log(world: &World) -> (Vec<Recorded>, BTreeSet<String>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let log = Log::open(world.path("log").to_str().unwrap()).await.unwrap();
        let snapshot = log.snapshot();
        let events = futures::TryStreamExt::try_collect(snapshot.recorded(&Filter::default())).await.unwrap();
        (events, snapshot.files().iter().map(|file| file.path.clone()).collect())
    })
}

/// Where she still is: in the log, in a file of the outputs, in a table of them.
fn traces(world: &World) -> Vec<String> {
    let mut found = Vec::new();
    let mut search = |place: &str, text: &str| {
        let hits = TRACES.iter().filter(|trace| text.contains(*trace));
        found.extend(hits.map(|trace| format!("{trace:?} in {place}")));
    };
    let (events, files) = log(world);
    events.iter().for_each(|event| search(&event.id, &format!("{event:?}")));
    let there: BTreeSet<String> = world.tree("log").into_keys().filter(|name| name.ends_with(".parquet")).collect();
    assert_eq!(there, files, "no file of the log holds what it was before");
    let mut tables = vec!["metrics".to_owned()];
    // Every run that is kept, and what lies beside the runs.
    for (name, bytes) in world.tree("out/runs").iter().chain(&world.tree("out")) {
        search(name, &String::from_utf8_lossy(bytes));
        if let Some(Some(("tables" | "populations", table))) =
            name.strip_suffix(".parquet").map(|table| table.split_once('/'))
        {
            tables.push(table.to_owned());
        }
    }
    assert!(tables.len() > 20, "{tables:?}");
    for table in &tables {
        search(table, &world.sql("p.toml", &format!("SELECT * FROM {table}")));
    }
    found
}

#[test]
fn somebody_who_asks_to_be_left_out_is_gone_and_the_counts_stay() {
    let world = world();
    let run = world.muster(&["run", "p.toml"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let (figures, (before, _)) = (world.sql("p.toml", FIGURES), log(&world));
    // An earlier run, an as-of, a roll and a bundle that tell of her.
    assert_eq!(world.muster(&["run", "p.toml", "--as-of", "2025-05-01"]).code, 0);
    assert_eq!(world.muster(&["run", "p.toml"]).code, 0);
    let rule = "name = \"Vote\"\nwindow = \"2025-01-01..2025-06-01\"\n[[condition]]\nmeetings = 1\n";
    world.write("rule.toml", rule);
    assert_eq!(world.muster(&["roll", "p.toml", "rule.toml"]).code, 0);
    assert_eq!(world.muster(&["bundle", "p.toml"]).code, 0);
    assert_eq!(world.muster(&["sql", "p.toml", "SELECT 1", "--as-of", "2025-04-01"]).code, 0);
    let beside = ["as-of", "rolls", "bundle"].map(|name| world.path("out").join(name));
    assert!(beside.iter().all(|folder| folder.is_dir()));
    let runs = || std::fs::read_dir(world.path("out/runs")).unwrap().count();
    assert_eq!(runs(), 3);
    assert!(figures.lines().count() > 4 && !traces(&world).is_empty(), "{figures}");

    let forget = world.muster(&["people", "forget", "p.toml", "ada-l"]);
    assert_eq!(forget.code, 0, "{}", forget.err);
    assert!(forget.err.contains("\nforget "), "{}", forget.err);
    assert_eq!(runs(), 1, "what is published is computed again, and no earlier run is kept");
    assert!(!beside.iter().any(|folder| folder.exists()));
    assert_eq!(traces(&world), Vec::<String>::new());
    let people = world.read("people.toml");
    assert!(people.starts_with("# Ours\n") && people.contains("pseudonym = \"forgotten:1\""), "{people}");
    assert!(!TRACES.iter().any(|trace| people.contains(trace)), "{people}");

    let run = world.report(0, &["run", "p.toml"]);
    for source in 0..3 {
        assert_eq!((&run["sources"][source]["appended"], &run["sources"][source]["conflicts"]), (&0.into(), &0.into()));
    }
    assert_eq!(traces(&world), Vec::<String>::new());
    assert_eq!(world.sql("p.toml", FIGURES), figures);
    let (after, _) = log(&world);
    let wish = after.iter().filter(|event| event.kind == "person.forgotten").count();
    // Her accounts are one now: what linked them to each other may be said once.
    let links = |events: &[Recorded]| events.iter().filter(|event| event.kind == "account.linked").count();
    assert_eq!(after.len() - wish - links(&after), before.len() - links(&before));
    assert_eq!(world.muster(&["log", "p.toml", "verify"]).code, 0);

    // The same files, read anew: what they say of her is known, under her pseudonym.
    world.write("meetings/2025-03-06.md", format!("{NOTE}\n"));
    let again = world.report(0, &["run", "p.toml"]);
    let notes = &again["sources"][0];
    assert_eq!((&notes["appended"], &notes["conflicts"], &notes["rejected"]), (&0.into(), &0.into(), &0.into()));
    assert!(notes["duplicates"].as_u64() > Some(4), "{notes}");
    assert_eq!(traces(&world), Vec::<String>::new());

    let idle = world.report(0, &["run", "p.toml"]);
    assert_eq!(idle["sources"][0]["read"], 0);
    assert_eq!((&idle["computed"]["unchanged"], &idle["log"]["events"]), (&true.into(), &after.len().into()));
    let old = world.muster(&["run", "p.toml", "--as-of", "1"]);
    assert_eq!(old.code, 2, "{}", old.err);
    assert!(old.err.contains("cannot be opened any more: somebody asked to be left out"), "{}", old.err);
}
