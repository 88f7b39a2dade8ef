//! What holds whatever is collected.

use crate::archive::{PIPELINE, community, opened};
use crate::support::{Ran, World};
use std::collections::BTreeMap;

fn community_world() -> World {
    let world = World::new();
    world.write("p.toml", PIPELINE);
    world.write("archive/all.json", community());
    world
}

/// Two archives, a clone and a roster, whose people have addresses and worse.
fn every_kind() -> (World, [&'static str; 4]) {
    let world = World::new();
    let lines = community();
    let (early, late) = lines.split_at(lines.match_indices('\n').nth(60).unwrap().0 + 1);
    world.write("early/a.json", early);
    // The two overlap: what both state is in the log once, whichever comes first.
    world.write("late/b.json", format!("{}{late}", early.lines().last().unwrap().to_owned() + "\n"));
    world.write("clone/README.md", "x");
    world.git("clone", &["init", "--quiet"]);
    let commit = ["commit", "--quiet", "--allow-empty", "-m"];
    world.git("clone", &[&commit[..], &["Begin\n\nCo-authored-by: Bob <bob@mail.example>"]].concat());
    world.git("clone", &[&commit[..], &["Thank eve@mail.example", "--author", "=cmd() <=eve@mail.example>"]].concat());
    let noreply = "Cyd <3+cyd@users.noreply.github.com>";
    world.git(
        "clone",
        &[&commit[..], &["Third\n\nSigned-off-by: Ada <ada@mail.example>", "--author", noreply]].concat(),
    );
    world.git("clone", &["tag", "=cmd()"]);
    world.write(
        "roster/2025-01-10-MAINTAINERS.md",
        "# Maintainers\n\n| Name | GitHub | Email | Company |\n|---|---|---|---|\n\
         | Ada | [@ada](https://github.com/ada) | ada@mail.example | Acme |\n\
         | Dan | | dan@mail.example | =cmd() |\n",
    );
    let sources = [
        "[[source]]\nkind = \"gharchive\"\nname = \"early\"\npath = \"early\"\n",
        "[[source]]\nkind = \"gharchive\"\nname = \"late\"\npath = \"late\"\n",
        "[[source]]\nkind = \"git\"\nrepository = \"acme/lantern\"\npath = \"clone\"\n",
        "[[source]]\nkind = \"roster\"\nrepository = \"acme/lantern\"\npath = \"roster\"\n",
    ];
    (world, sources)
}

const PROJECT: &str = "[project]\nname = \"lantern\"\nlog = \"LOG\"\nout = \"OUT\"\nas_of = \"2025-06-01\"\n";

fn project(name: &str) -> String {
    PROJECT.replace("LOG", &format!("{name}-log")).replace("OUT", &format!("{name}-out"))
}

#[track_caller]
fn well(ran: &Ran) {
    assert_eq!(ran.code, 0, "{}", ran.err);
}

#[track_caller]
fn same(one: &BTreeMap<String, Vec<u8>>, other: &BTreeMap<String, Vec<u8>>) {
    assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
    let different: Vec<_> = one.iter().filter(|(name, bytes)| other[*name] != **bytes).map(|(name, _)| name).collect();
    assert!(different.is_empty() && !one.is_empty(), "{different:?} differ");
}

#[test]
fn the_order_of_the_sources_changes_no_byte_of_a_table() {
    let (world, mut sources) = every_kind();
    world.write("a.toml", project("a") + &sources.concat());
    sources.reverse();
    world.write("b.toml", project("b") + &sources.concat());
    well(&world.muster(&["run", "a.toml"]));
    well(&world.muster(&["run", "b.toml"]));
    same(&world.tree("a-out/tables"), &world.tree("b-out/tables"));
}

#[test]
fn no_address_and_no_formula_is_in_what_muster_writes() {
    let (world, sources) = every_kind();
    world.write("a.toml", project("a") + &sources.concat());
    world.write("late/=cmd().json", "{");
    well(&world.muster(&["run", "a.toml"]));
    let mut found = Vec::new();
    let mut tables = vec!["metrics".to_owned()];
    for (name, bytes) in &world.tree("a-out") {
        match name.strip_suffix(".parquet").map(|table| table.split_once('/')) {
            Some(Some(("tables" | "populations", table))) => tables.push(table.to_owned()),
            Some(_) => {}
            None => {
                found.extend(address(name, &String::from_utf8_lossy(bytes)));
                found.extend(formula(name, bytes).filter(|_| name.ends_with(".csv")));
            }
        }
    }
    assert!(tables.len() > 20, "{tables:?}");
    for table in &tables {
        let text = world.sql("a.toml", &format!("SELECT * FROM {table}"));
        found.extend(address(table, &text));
        found.extend(formula(table, text.as_bytes()));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    let people = world.sql("a.toml", "SELECT name FROM people");
    assert!(people.contains("\n'=cmd()\n"), "{people}");
    let tags = world.sql("a.toml", "SELECT json_get_str(data, 'name') AS tag FROM events WHERE type = 'tag.created'");
    assert!(tags.contains("\n'=cmd()\n"), "{tags}");
    assert!(world.read("a-out/evidence/rejected.csv").contains(",'=cmd().json,"), "the file");
}

/// The first line with an address in it.
fn address(name: &str, text: &str) -> Option<String> {
    let line = text.lines().find(|line| line.contains("mail.example") || line.contains("users.noreply"));
    line.map(|line| format!("{name}: an address: {line}"))
}

/// The first cell that a spreadsheet would run.
fn formula(name: &str, text: &[u8]) -> Option<String> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text);
    let runs = |cell: &str| cell.starts_with(['=', '+', '-', '@']) && cell.parse::<f64>().is_err();
    let mut cells = reader.records().flat_map(|record| record.unwrap().iter().map(str::to_owned).collect::<Vec<_>>());
    cells.find(|cell| runs(cell)).map(|cell| format!("{name}: a formula: {cell}"))
}

#[test]
fn a_version_of_the_log_gives_its_figures_again() {
    let world = community_world();
    let first = world.report(0, &["run", "p.toml"])["log"]["version"].to_string();
    let (metrics, tables) = (world.tree("out/metrics"), world.tree("out/tables"));
    world.write("archive/more.json", (100..140).map(|number| opened(number) + "\n").collect::<String>());
    well(&world.muster(&["run", "p.toml"]));
    assert!(metrics != world.tree("out/metrics"), "the second collection changes figures");
    well(&world.muster(&["run", "p.toml", "--as-of", &first]));
    same(&metrics, &world.tree("out/metrics"));
    same(&tables, &world.tree("out/tables"));
}

#[test]
fn an_instant_on_the_command_line_is_the_one_of_the_file() {
    let world = community_world();
    world.write("early.toml", PIPELINE.replace("2025-06-01", "2025-03-01").replace("\"out\"", "\"early\""));
    well(&world.muster(&["collect", "p.toml"]));
    well(&world.muster(&["compute", "early.toml"]));
    well(&world.muster(&["compute", "p.toml", "--as-of", "2025-03-01"]));
    same(&world.tree("early/metrics"), &world.tree("out/metrics"));
    let late = world.rows("p.toml", "SELECT count(*) AS n FROM contributions WHERE time > '2025-03-01T00:00:00Z'");
    assert_eq!(late[0]["n"], 0, "nothing of after the instant is in a table");
}

#[test]
fn every_record_is_accounted_for() {
    let (world, sources) = every_kind();
    let text = project("a") + &sources.concat();
    let only = text.replace("path = \"early\"\n", "path = \"early\"\nrepositories = [\"acme/*\"]\n");
    world.write("a.toml", only);
    world.write("late/bad.json", "{\"type\"\n");
    let report = world.report(0, &["collect", "a.toml"]);
    for source in report["sources"].as_array().unwrap() {
        let count = |key: &str| source[key].as_u64().unwrap();
        let kept: u64 = ["appended", "duplicates", "conflicts", "rejected", "not_ours", "filtered"]
            .iter()
            .map(|key| count(key))
            .sum();
        assert!(count("read") > 0, "{source}");
        assert_eq!(count("read"), kept, "{source}");
    }
    let (early, late) = (&report["sources"][0], &report["sources"][1]);
    assert!(early["filtered"].as_u64() > Some(0), "{early}");
    assert!(late["not_ours"].as_u64() > Some(0) && late["rejected"] == 1, "{late}");
    let appended: u64 =
        report["sources"].as_array().unwrap().iter().map(|source| source["appended"].as_u64().unwrap()).sum();
    let kept = world.sql("a.toml", "SELECT count(*) AS n FROM events WHERE type NOT LIKE 'record.%'");
    assert_eq!(kept, format!("n\n{appended}\n"));
}

#[test]
fn the_trace_of_a_cell_is_the_cell() {
    let (world, sources) = every_kind();
    world.write("p.toml", project("a") + &sources.concat());
    well(&world.muster(&["run", "p.toml"]));
    let cells = world.rows(
        "p.toml",
        "SELECT metric, \"window\", \"group\", value FROM metrics ORDER BY metric, \"group\", \"window\"",
    );
    let metrics: std::collections::BTreeSet<&str> = cells.iter().map(|cell| cell["metric"].as_str().unwrap()).collect();
    assert!(cells.len() > 150 && metrics.len() >= 9, "{} cells of {metrics:?}", cells.len());
    // A process each: 60 of them, spread over all.
    let mut traced = std::collections::BTreeSet::new();
    for cell in (0..60).map(|nth| &cells[nth * cells.len() / 60]) {
        let text = |key: &str| cell[key].as_str().unwrap_or("");
        let mut arguments = vec!["trace", "p.toml", text("metric"), "--window", text("window"), "--format", "csv"];
        if !text("group").is_empty() {
            arguments.extend(["--group", text("group")]);
        }
        let ran = world.muster(&arguments);
        assert_eq!(ran.code, 0, "{arguments:?}: {}", ran.err);
        match cell["value"].as_f64() {
            Some(value) => {
                assert_eq!(ran.err.split(' ').next().unwrap().parse(), Ok(value), "{arguments:?}: {}", ran.err)
            }
            None => {
                let why = ran.err.starts_with("not reached ") || ran.err.starts_with("not computable ");
                assert!(why, "{arguments:?}: {}", ran.err);
            }
        }
        traced.insert(text("metric"));
    }
    // Every cell of every metric of the demo is traced in `explore`.
    assert!(traced.len() > 40, "{traced:?}");
}

#[test]
fn neither_clock_nor_language_of_the_machine_changes_a_byte() {
    let trees: Vec<_> = [("UTC", "C"), ("Asia/Tokyo", "tr_TR.UTF-8")]
        .iter()
        .map(|(zone, language)| {
            let world = community_world();
            let mut command = world.command(&["run", "p.toml"]);
            command.env("TZ", zone).env("LC_ALL", language).env("LANG", language);
            well(&crate::support::ran(&command.output().unwrap()));
            let mut tree = world.tree("out");
            // It names the files of the log, which have random names.
            tree.remove("manifest.json");
            tree
        })
        .collect();
    same(&trees[0], &trees[1]);
}

#[test]
fn paths_are_relative_to_the_pipeline_file_and_not_to_the_working_folder() {
    let world = community_world();
    world.write("elsewhere/deep/x", "");
    let mut command = world.command(&["collect", "../../p.toml"]);
    command.current_dir(world.path("elsewhere/deep"));
    well(&crate::support::ran(&command.output().unwrap()));
    assert!(world.path("log/_delta_log").is_dir());
    assert_eq!(world.tree("elsewhere").len(), 1, "nothing is written where it was started");
}
