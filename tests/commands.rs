//! Every command, as its help describes it.

use crate::archive::{PIPELINE, community, opened};
use crate::support::{Ran, World};
use serde_json::Value;

fn computed() -> World {
    let world = collected();
    well(&world.muster(&["compute", "p.toml"]));
    world
}

fn collected() -> World {
    let world = World::new();
    world.write("p.toml", PIPELINE);
    world.write("archive/all.json", community());
    well(&world.muster(&["collect", "p.toml"]));
    world
}

#[track_caller]
fn well(ran: &Ran) {
    assert_eq!(ran.code, 0, "{}", ran.err);
}

#[track_caller]
fn refused(ran: &Ran, said: &[&str]) {
    assert_eq!(ran.code, 2, "{}", ran.err);
    said.iter().for_each(|said| assert!(ran.err.contains(said), "{said:?} is not in\n{}", ran.err));
}

#[test]
fn sql_answers_in_four_formats() {
    let world = collected();
    let query = "SELECT type, count(*) AS n FROM events WHERE type LIKE 'issue.%' GROUP BY type ORDER BY type";
    let ask = |format: &str| world.command(&["sql", "p.toml", query, "--format", format]).output().unwrap();
    let csv = String::from_utf8(ask("csv").stdout).unwrap();
    assert!(csv.starts_with("type,n\nissue.closed,") && csv.lines().count() == 4, "{csv}");
    let rows: Vec<Value> = serde_json::from_slice(&ask("json").stdout).unwrap();
    let again: String = rows.iter().map(|row| format!("{},{}\n", row["type"].as_str().unwrap(), row["n"])).collect();
    assert_eq!(format!("type,n\n{again}"), csv);
    let table = String::from_utf8(ask("table").stdout).unwrap();
    assert!(table.contains("issue.opened") && table.ends_with("(3 rows)\n"), "{table}");
    let parquet = ask("parquet").stdout;
    assert!(parquet.starts_with(b"PAR1") && parquet.ends_with(b"PAR1"));
    assert_eq!(world.muster(&["sql", "p.toml", query, "--json"]).out, String::from_utf8(ask("json").stdout).unwrap());
}

#[test]
fn sql_that_is_wrong_says_what_there_is() {
    let world = collected();
    refused(&world.muster(&["sql", "p.toml", "SELECT nothing FROM events"]), &["nothing", "actor"]);
    refused(&world.muster(&["sql", "p.toml", "SELECT 1 FROM nowhere"]), &["nowhere"]);
    refused(&world.muster(&["sql", "p.toml", "DROP TABLE events"]), &["error: "]);
    assert_eq!(world.sql("p.toml", "SELECT count(*) > 0 AS yes FROM events"), "yes\ntrue\n", "nothing was dropped");
}

#[test]
fn the_log_is_looked_at_with_the_file_before_or_after_the_action() {
    let world = collected();
    let info = world.report(0, &["log", "p.toml", "info"]);
    assert_eq!(info, world.report(0, &["log", "info", "p.toml"]));
    assert_eq!((info["format"].as_u64(), &info["cursors"][0]), (Some(1), &Value::from("archive")));
    let plain = world.muster(&["log", "p.toml", "info"]);
    assert!(plain.out.contains("issue.opened") && plain.out.contains("first time"), "{}", plain.out);
    let verified = world.report(0, &["log", "verify", "p.toml"]);
    assert_eq!(verified["events"], info["events"]);
    refused(&world.muster(&["log", "p.toml", "vacuum"]), &["vacuum", "info, show, verify, compact"]);
    refused(&world.muster(&["log", "p.toml", "info", "--set", "project.log=none"]), &["none"]);
}

#[test]
fn the_log_shows_events_by_type_id_number_and_age() {
    let world = collected();
    let show = |more: &[&str]| {
        let ran = world.muster(&[&["log", "p.toml", "show"], more].concat());
        well(&ran);
        ran.out
    };
    assert_eq!(show(&[]).lines().count(), 20);
    let two = show(&["--type", "release.published", "--limit", "2"]);
    assert!(two.lines().count() == 2 && two.lines().all(|line| line.contains("release.published")), "{two}");
    let both = show(&["--type", "release.published", "--type", "repository.starred", "--limit", "1000"]);
    assert_eq!(both.lines().count(), 12, "{both}");
    let one = show(&["--id", "github:acme/wick#1/opened", "--json"]);
    let event: Value = serde_json::from_str(&one).unwrap();
    assert_eq!((&event["specversion"], &event["type"]), (&Value::from("1.0"), &Value::from("issue.opened")));
    let before = world.report(0, &["log", "p.toml", "info"])["version"].to_string();
    world.write("archive/more.json", opened(900));
    well(&world.muster(&["collect", "p.toml"]));
    let late = ["--id", "github:acme/lantern#900/opened"];
    assert_eq!(show(&late).lines().count(), 1);
    assert_eq!(show(&[&late[..], &["--as-of", &before]].concat()), "");
    refused(&world.muster(&["log", "p.toml", "info", "--as-of", "2001-01-01"]), &["did not exist at 2001-01-01"]);
    refused(&world.muster(&["log", "p.toml", "info", "--as-of", "4711"]), &["4711"]);
}

#[test]
fn a_log_that_is_damaged_is_found_out() {
    let world = collected();
    let (name, bytes) = world.tree("log").into_iter().find(|(name, _)| name.ends_with(".parquet")).unwrap();
    world.write(&format!("log/{name}"), &bytes[..bytes.len() / 2]);
    let ran = world.muster(&["log", "p.toml", "verify"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains(&name), "{}", ran.out);
}

#[test]
fn compacting_the_log_changes_no_figure() {
    let world = collected();
    for number in 900..905 {
        world.write(&format!("archive/{number}.json"), opened(number));
        well(&world.muster(&["collect", "p.toml"]));
    }
    well(&world.muster(&["compute", "p.toml"]));
    let values = "SELECT metric, \"window\", \"group\", value, low, high, n FROM metrics ORDER BY 1, 2, 3";
    let (figures, tables) = (world.sql("p.toml", values), world.tree("out/tables"));
    let compacted = world.report(0, &["log", "p.toml", "compact"]);
    assert!(compacted["files_after"].as_u64() < compacted["files_before"].as_u64(), "{compacted}");
    let again = world.report(0, &["run", "p.toml"]);
    assert_eq!(again["sources"][0]["read"], 0, "the cursor is kept");
    assert_eq!(figures, world.sql("p.toml", values));
    assert!(tables == world.tree("out/tables"));
    assert_eq!(world.muster(&["log", "p.toml", "verify"]).code, 0);
}

#[test]
fn the_pipeline_file_that_init_writes_for_a_folder_runs() {
    let world = World::new();
    world.write("clone/MAINTAINERS.md", "# Maintainers\n\n- Ada Lovelace (@ada), Acme\n");
    world.git("clone", &["init", "--quiet"]);
    world.git("clone", &["remote", "add", "origin", "https://github.com/acme/lantern.git"]);
    world.git("clone", &["add", "."]);
    world.git("clone", &["commit", "--quiet", "-m", "Begin"]);
    let init = world.muster(&["init", "lantern", "--from", "clone"]);
    well(&init);
    assert!(init.out.contains("2 sources found: Git history, MAINTAINERS.md"), "{}", init.out);
    assert!(init.out.ends_with("next: muster run lantern/muster.toml\n"), "{}", init.out);
    well(&world.muster(&["run", "lantern/muster.toml"]));
    let maintainers =
        world.sql("lantern/muster.toml", "SELECT repository, count(*) AS n FROM commits GROUP BY repository");
    assert_eq!(maintainers, "repository,n\nacme/lantern,1\n");
    refused(&world.muster(&["init", "lantern", "--from", "clone"]), &["lantern/muster.toml is there already", "  = "]);
    refused(&world.muster(&["init", "other", "--from", "no-folder"]), &["no-folder", "name a folder that is there"]);
}

#[test]
fn init_from_an_address_fetches_nothing_and_names_the_repository() {
    let world = World::new();
    let init = world.muster(&["init", "lantern", "--from", "https://github.com/acme/lantern"]);
    well(&init);
    let text = world.read("lantern/muster.toml");
    assert!(text.contains("url = \"https://github.com/acme/lantern\""), "{text}");
    assert!(text.contains("repository = \"acme/lantern\""), "{text}");
    assert_eq!(world.tree("lantern").len(), 1);
}

#[test]
fn completions_are_printed() {
    let world = World::new();
    let bash = world.muster(&["completions", "bash"]);
    well(&bash);
    assert!(bash.out.contains("_muster()") && bash.out.contains("--as-of"), "{}", bash.out);
}

#[test]
fn export_writes_again_what_was_deleted() {
    let world = computed();
    let before = world.tree("out");
    for (name, _) in before.iter().filter(|(name, _)| [".csv", ".json", ".md"].iter().any(|end| name.ends_with(end))) {
        if name != "manifest.json" {
            std::fs::remove_file(world.path("out").join(name)).unwrap();
        }
    }
    well(&world.muster(&["export", "p.toml"]));
    let after = world.tree("out");
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    let different: Vec<_> =
        before.iter().filter(|(name, bytes)| after[*name] != **bytes).map(|(name, _)| name).collect();
    assert!(different.is_empty(), "{different:?}");
}

#[test]
fn a_cell_that_is_not_there_is_answered_with_those_that_are() {
    let world = computed();
    let trace = |metric: &str, more: &[&str]| world.muster(&[&["trace", "p.toml", metric], more].concat());
    refused(
        &trace("growth.nothing", &["--window", "2025Q1"]),
        &["no metric \"growth.nothing\"", "there are", "growth.active_contributors"],
    );
    refused(
        &trace("growth.active_contributors", &["--window", "1999Q1"]),
        &["has no cell 1999Q1\n", "its windows are ", "2025Q1", "365d"],
    );
    refused(
        &trace("growth.active_contributors", &["--window", "2025Q1", "--group", "repository=acme/none"]),
        &["has no cell 2025Q1 repository=acme/none", "its groups are ", "repository=acme/lantern"],
    );
    refused(&trace("meetings.attendance", &["--window", "2025Q1"]), &["meetings.attendance has no cell 2025Q1\n"]);
    refused(
        &world.muster(&[
            "trace",
            "p.toml",
            "growth.active_contributors",
            "--window",
            "2025Q1",
            "--set",
            "project.out=none",
        ]),
        &["none", "muster run"],
    );
}

#[test]
fn set_overrides_the_file() {
    let world = collected();
    world.write("other/one.json", opened(1));
    let sets = ["--set", "project.log=log2", "--set", "source.archive.path=other"];
    let report = world.report(0, &[&["collect", "p.toml"], &sets[..]].concat());
    assert_eq!(report["log"]["events"], 1);
    refused(&world.muster(&["collect", "p.toml", "--set", "project.lgo=x"]), &["lgo", "did you mean"]);
    refused(&world.muster(&["collect", "p.toml", "--set", "source.archve.path=x"]), &["archve"]);
}

#[test]
fn every_report_for_machines_is_json_and_alone_on_standard_output() {
    let world = computed();
    for arguments in [
        &["run", "p.toml"][..],
        &["collect", "p.toml"],
        &["compute", "p.toml"],
        &["export", "p.toml"],
        &["log", "p.toml", "info"],
        &["log", "p.toml", "verify"],
        &["log", "p.toml", "compact"],
        &["sql", "p.toml", "SELECT 1 AS one"],
        &["trace", "p.toml", "growth.active_contributors", "--window", "2025Q1"],
    ] {
        world.report(0, arguments);
    }
}

#[test]
fn a_log_without_any_event_is_no_failure_to_look_at() {
    let world = World::new();
    world.write("p.toml", PIPELINE);
    world.write("archive/empty.json", "");
    let report = world.report(0, &["run", "p.toml"]);
    assert_eq!(report["log"]["events"], 1, "the note that the file is empty");
    // No figure is a 0 that was counted: each says that there is nothing.
    let said = "SELECT count(*) AS n FROM metrics WHERE coalesce(value, 0) <> 0 OR note IS NULL OR note NOT LIKE '%nothing of it at all%'";
    assert_eq!(world.rows("p.toml", said)[0]["n"], 0);
    assert!(report["computed"]["cells"].as_u64() > Some(100));
    let trace = world.muster(&["trace", "p.toml", "growth.active_contributors", "--window", "365d"]);
    assert!(trace.code == 0 && trace.err.contains("the log has nothing of it at all"), "{}", trace.err);
}
