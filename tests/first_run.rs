//! The first minutes: a pipeline, a run, a question, a trace.

use crate::support::World;

const LINE: &str = r#"{"id":"1","type":"IssuesEvent","actor":{"id":5,"login":"ada"},"repo":{"id":1,"name":"acme/lantern"},"payload":{"action":"opened","issue":{"number":1,"user":{"login":"ada","id":5,"type":"User"},"created_at":"2025-02-01T00:00:00Z"}},"created_at":"2025-02-01T00:00:00Z"}"#;

const PIPELINE: &str = r#"
[project]
name = "lantern"
log = "log"
out = "out"
as_of = "2025-06-01"
[[source]]
kind = "gharchive"
name = "archive"
path = "archive"
"#;

#[test]
fn one_line_becomes_a_figure_that_can_be_traced() {
    let world = World::new();
    world.write("p.toml", PIPELINE);
    world.write("archive/2025-02-01-0.json", LINE);
    let run = world.muster(&["run", "p.toml"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(run.out, "", "data goes to standard output, the rest to standard error");
    let answer = world.muster(&["sql", "p.toml", "SELECT id, actor FROM events", "--format", "csv"]);
    assert_eq!(answer.out, "id,actor\ngithub:acme/lantern#1/opened,github:ada\n");
    let trace =
        world.muster(&["trace", "p.toml", "growth.active_contributors", "--window", "2025Q1", "--format", "csv"]);
    assert_eq!(trace.code, 0, "{}", trace.err);
    assert!(trace.out.contains("github:acme/lantern#1/opened"), "{}", trace.out);
    assert!(trace.err.starts_with("1 people"), "{}", trace.err);
}

#[test]
fn a_second_run_appends_nothing_and_changes_no_byte() {
    let world = World::new();
    world.write("p.toml", PIPELINE);
    world.write("archive/2025-02-01-0.json", LINE);
    world.muster(&["run", "p.toml"]);
    let first = world.tree("out");
    let again = world.muster(&["run", "p.toml", "--json"]);
    assert!(again.out.contains("\"appended\": 0") && again.out.contains("\"unchanged\": true"), "{}", again.out);
    assert_eq!(first, world.tree("out"));
    std::fs::remove_dir_all(world.path("out")).unwrap();
    world.muster(&["run", "p.toml"]);
    assert_eq!(first, world.tree("out"), "rebuilt from the log");
}
