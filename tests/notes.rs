//! Meeting notes through the program.

use crate::support::{FEW, World};

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
"#;

const NOTE: &str = "# Community meeting 2025-03-06\n\n## Attendees\n\n- [Ada Lovelace](https://github.com/ada) (Acme)\n\
    - [Bob](https://github.com/bob) (Guild)\n\n## Action items\n\n- [ ] Write the release notes @bob\n";

fn world() -> World {
    let world = World::new();
    world.write("p.toml", format!("{PIPELINE}{FEW}"));
    world.write("meetings/2025-03-06.md", NOTE);
    world.write(
        "meetings/2025-03-20.md",
        NOTE.replace("2025-03-06", "2025-03-20").replace("- [Bob](https://github.com/bob) (Guild)\n", ""),
    );
    world
}

#[test]
fn meetings_become_figures_that_can_be_traced() {
    let world = world();
    let run = world.muster(&["run", "p.toml"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let trace = world.muster(&["trace", "p.toml", "meetings.attendance", "--window", "2025Q1", "--format", "csv"]);
    assert_eq!(trace.code, 0, "{}", trace.err);
    assert!(trace.err.starts_with("1.5 people per meeting"), "{}", trace.err);
    assert_eq!(world.sql("p.toml", "SELECT count(*) AS n FROM actions"), "n\n2\n");
    let again = world.report(0, &["run", "p.toml"]);
    assert_eq!(again["sources"][0]["appended"], 0);
}

#[test]
fn a_note_that_is_no_text_is_named_and_the_others_are_read() {
    let world = world();
    world.write("meetings/2025-04-03.md", [0xff, 0xfe, 0, 1, 2]);
    let ran = world.muster(&["collect", "p.toml"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("2025-04-03.md"), "{}", ran.err);
    let shown = world.muster(&["log", "p.toml", "show", "--type", "meeting.attended"]);
    assert_eq!(shown.out.lines().count(), 3, "{}", shown.out);
}

#[test]
fn a_folder_of_notes_that_is_not_there_fails_the_source() {
    let world = world();
    let ran = world.muster(&["collect", "p.toml", "--set", "source.community.path=nowhere"]);
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert!(ran.err.contains("error: source community: ") && ran.err.contains("nowhere"), "{}", ran.err);
}

#[test]
fn init_finds_the_notes_of_a_folder_and_they_run() {
    let world = world();
    let init = world.muster(&["init", "lantern", "--from", "."]);
    assert_eq!(init.code, 0, "{}", init.err);
    assert!(init.out.contains("meetings/"), "{}", init.out);
    let run = world.muster(&["run", "lantern/muster.toml"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(world.sql("lantern/muster.toml", "SELECT count(*) AS n FROM meetings"), "n\n2\n");
}
