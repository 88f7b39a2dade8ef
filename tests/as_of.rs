//! The log as it was: figures, what changed between two as-ofs, and voter rolls.

use crate::support::World;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const PIPELINE: &str = r#"
[project]
name = "lantern"
log = "log"
out = "out"
as_of = "2025-07-01"
[[source]]
kind = "notes"
name = "guild"
path = "meetings"
[[source]]
kind = "git"
repository = "acme/lantern"
path = "clone"
[[source]]
kind = "people"
name = "people"
path = "people.toml"
[metrics]
windows = ["quarter", "365d"]
only = ["growth.active_contributors", "growth.new_contributors", "diversity.active_*", "latency.issue_*", "meetings.attendance", "governance.listed_maintainers", "governance.maintainer_organizations", "chat.*", "completeness.*"]
"#;

const RULE: &str = r#"
name = "Spring election"
window = "2025-01-01..2025-07-01"
exclude = ["email:cyd@mail.example", "nobody-here"]
[[condition]]
contributions = 3
[[condition]]
meetings = 2
"#;

fn note(day: &str, people: &[&str]) -> String {
    let people: Vec<String> = people.iter().map(|name| format!("- {name}\n")).collect();
    format!("# Community meeting {day}\n\n## Attendees\n\n{}", people.concat())
}

fn commit(world: &World, author: &str, day: &str) {
    let date = format!("{day}T12:00:00Z");
    world.git("clone", &["commit", "--quiet", "--allow-empty", "-m", "x", "--author", author, "--date", &date]);
}

/// Ada commits from two addresses that nobody joins yet; Cyd three times; Mira only meets.
fn first() -> World {
    let world = World::new();
    world.write("p.toml", PIPELINE);
    world.write("rule.toml", RULE);
    world.write("people.toml", "");
    world.write("meetings/2025-03-06.md", note("2025-03-06", &["Mira Tal"]));
    world.write("meetings/2025-03-20.md", note("2025-03-20", &["Mira Tal", "Joe Wick"]));
    world.write("clone/README.md", "x");
    world.git("clone", &["init", "--quiet"]);
    for day in ["2025-03-01", "2025-04-02"] {
        commit(&world, "Ada <ada@mail.example>", day);
    }
    commit(&world, "Ada L. <ada@home.example>", "2025-05-03");
    for day in ["2025-04-01", "2025-04-02", "2025-04-03"] {
        commit(&world, "Cyd <cyd@mail.example>", day);
    }
    world
}

fn run(world: &World) -> u64 {
    world.report(0, &["run", "p.toml"])["log"]["version"].as_u64().unwrap()
}

/// Ada's two addresses are one person's, and a meeting's notes come late.
fn correct(world: &World) {
    let person = "[[person]]\nname = \"Ada\"\naccounts = [\"email:ada@mail.example\", \"email:ada@home.example\"]\n";
    world.write("people.toml", person);
    world.write("meetings/2025-04-17.md", note("2025-04-17", &["Joe Wick"]));
}

fn figure<'a>(figures: &'a [Value], metric: &str, window: &str) -> &'a Value {
    let is = |figure: &&Value| figure["metric"] == metric && figure["window"] == window && figure["group"] == "";
    figures.iter().find(is).unwrap_or_else(|| panic!("{metric} {window} is not among {figures:#?}"))
}

#[test]
fn what_changed_between_two_versions_is_told_with_its_events() {
    let world = first();
    let before = run(&world).to_string();
    correct(&world);
    run(&world);
    let told = world.report(0, &["diff", "p.toml", "--from", &before]);
    let figures = told.as_array().unwrap();

    let merged = figure(figures, "growth.active_contributors", "365d");
    assert_eq!((&merged["before"], &merged["after"]), (&3.0.into(), &2.0.into()));
    assert!(merged["why"].as_str().unwrap().contains("other person"), "{merged}");
    let late = figure(figures, "meetings.attendance", "2025Q2");
    assert!(late["why"].as_str().unwrap().starts_with("1 late arrival"), "{late}");
    assert!(late["changes"][0]["event_id"].as_str().unwrap().contains("2025-04-17"), "{late}");

    let quiet = |figure: &&Value| figure["window"] == "2025Q1" && figure["metric"] == "meetings.attendance";
    assert!(!figures.iter().any(|figure| quiet(&figure)), "the first quarter's meetings did not change");
    let nothing = world.report(0, &["diff", "p.toml", "--from", &before, "--to", &before]);
    assert_eq!(nothing, Value::Array(vec![]));
    let rows = world.muster(&["diff", "p.toml", "--from", &before, "--metric", "meetings.attendance", "--events"]);
    assert!(rows.out.contains("late arrival") && !rows.out.contains("growth."), "{}", rows.out);
}

#[test]
fn between_two_instants_what_happened_is_no_correction() {
    let world = first();
    run(&world);
    let told = world.report(0, &["diff", "p.toml", "--from", "2025-04-15", "--to", "2025-07-01"]);
    let active = figure(told.as_array().unwrap(), "growth.active_contributors", "2025Q2");
    assert_eq!((&active["before"], &active["after"]), (&2.0.into(), &3.0.into()));
    let whys: BTreeSet<&str> =
        active["changes"].as_array().unwrap().iter().map(|change| change["why"].as_str().unwrap()).collect();
    assert_eq!(whys, BTreeSet::from(["since"]));
}

#[test]
fn answers_as_of_two_versions_stay_after_a_thousand_corrections() {
    let world = first();
    let one = run(&world);
    correct(&world);
    let two = run(&world);
    let answers = |folder: &str| -> Vec<BTreeMap<String, Vec<u8>>> {
        let answer = |version: u64| {
            let (version, out) = (version.to_string(), format!("project.out={folder}/{version}"));
            let ran = world.muster(&["compute", "p.toml", "--as-of", &version, "--set", &out]);
            assert_eq!(ran.code, 0, "{}", ran.err);
            let mut files = world.tree(&format!("{folder}/{version}"));
            // The state names the folder's files by their sizes; the files themselves are what is compared.
            files.remove("manifest.json");
            files
        };
        vec![answer(one), answer(two)]
    };
    let then = answers("then");
    assert!(then[0] != then[1] && then[0].len() > 50, "the corrections changed nothing");

    // The first is about Cyd, whose commits are in the log.
    let correction = |number: u32| {
        let account = if number == 0 { "email:cyd@mail.example".to_owned() } else { format!("github:dev{number}") };
        let (day, organisation) = (format!("2025-0{}-1{}", 1 + number % 4, number % 10), number % 7);
        format!(
            "[[person]]\nname = \"Dev {number}\"\naccounts = [\"{account}\"]\n\
             [[person.affiliation]]\norganisation = \"Org {organisation}\"\nfrom = {day}\n"
        )
    };
    let corrections: Vec<String> = (0..1_000).map(correction).collect();
    world.write("people.toml", world.read("people.toml") + &corrections.concat());
    world.write("meetings/2025-01-09.md", note("2025-01-09", &["Ada", "Mira Tal"]));
    let appended = world.report(0, &["run", "p.toml"])["log"]["version"].as_u64().unwrap();
    assert!(appended > two);
    assert!(answers("now") == then, "an answer as of a version changed");
}

#[test]
fn a_roll_lists_who_is_eligible_and_why_and_stays_as_of_its_version() {
    let world = first();
    let before = run(&world).to_string();
    let roll = world.report(0, &["roll", "p.toml", "rule.toml"]);
    let names = |roll: &Value| -> Vec<String> {
        roll["voters"].as_array().unwrap().iter().map(|voter| voter["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&roll), ["Mira Tal"]);
    assert_eq!(roll["voters"][0]["counts"], serde_json::json!([0, 2]));
    assert_eq!(roll["excluded"][0]["counts"], serde_json::json!([3, 0]));
    let csv = world.read("out/rolls/rule/roll.csv");
    assert!(csv.contains("2 of at least 2 meetings attended"), "{csv}");
    assert!(world.read("out/rolls/rule/events.csv").contains(",meeting,"), "the events are not there");
    let page = world.read("out/rolls/rule/roll.md");
    assert!(!page.contains('@') && page.contains("meets the rule and is excluded by name"), "{page}");

    // Joined, Ada has three commits; Joe has two meetings.
    correct(&world);
    run(&world);
    assert_eq!(names(&world.report(0, &["roll", "p.toml", "rule.toml"])), ["Ada", "Joe Wick", "Mira Tal"]);
    let again = world.report(0, &["roll", "p.toml", "rule.toml", "--as-of", &before, "--as-of", "2025-07-01"]);
    assert_eq!(again, roll);

    let why = world.muster(&["roll", "p.toml", "rule.toml", "--person", "email:ada@mail.example"]);
    assert!(why.err.contains(": eligible") && why.out.contains("at least 3 contributions"), "{} {}", why.err, why.out);
    let off = world.muster(&["roll", "p.toml", "rule.toml", "--person", "email:cyd@mail.example"]);
    assert!(off.err.contains("excluded by name"), "{}", off.err);
    assert!(off.err.contains("nobody-here"), "{}", off.err);
}

#[test]
fn a_wrong_rule_is_explained() {
    let world = first();
    run(&world);
    let refused = |rule: &str| {
        world.write("wrong.toml", rule);
        let ran = world.muster(&["roll", "p.toml", "wrong.toml"]);
        assert_eq!(ran.code, 2, "{}", ran.out);
        ran.err
    };
    assert!(refused("name = \"x\"\n[[condition]]\ncontribution = 5\n").contains("unknown field `contribution`"));
    assert!(refused("name = \"x\"\n[[condition]]\nmetric = \"growth.nobody\"\n").contains("growth.nobody"));
    assert!(
        refused("name = \"x\"\nwindow = \"2030-01-01..\"\n[[condition]]\nlisted = true\n").contains("begins after")
    );
    let absent = world.muster(&["roll", "p.toml", "absent.toml"]);
    assert!(absent.code == 2 && absent.err.contains("absent.toml"), "{}", absent.err);
}
