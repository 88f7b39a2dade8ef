//! The report, the bundle and pseudonyms, over the demo.

use crate::support::World;
use std::collections::BTreeMap;
use std::path::Path;

fn demo() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipelines");
    folder.join("demo.toml").to_str().unwrap().to_owned()
}

const PLACES: [&str; 4] = ["--set", "project.log=log", "--set", "project.out=out"];

fn run(world: &World, more: &[&str]) {
    let ran = world.muster(&[&["run", &demo()], &PLACES[..], more].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
}

#[test]
fn a_report_is_the_same_bytes_in_another_time_zone_and_on_another_day() {
    let world = World::new();
    run(&world, &[]);
    let first = world.tree("out/evidence");
    assert!(first.contains_key("report.html") && first.contains_key("report.md"));
    // The as-of instant is in the pipeline file; the day on which the log was collected again is another one, so that
    // only a clock below the program could make a difference.
    for (zone, locale) in [("Pacific/Kiritimati", "C"), ("America/St_Johns", "tr_TR.UTF-8")] {
        std::fs::remove_dir_all(world.path("out")).unwrap();
        let output = world
            .command(&[&["compute", &demo()], &PLACES[..]].concat())
            .env("TZ", zone)
            .env("LC_ALL", locale)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(world.tree("out/evidence"), first, "{zone}");
    }
}

#[test]
fn a_bundle_is_checked_by_hash_and_computed_again_from_the_log() {
    let world = World::new();
    run(&world, &[]);
    let demo = demo();
    let bundled = world.muster(&[&["bundle", &demo], &PLACES[..], &["--to", "bundle"]].concat());
    assert_eq!(bundled.code, 0, "{}", bundled.err);
    for file in ["MANIFEST.sha256", "bundle.json", "pipeline.toml", "evidence/report.html", "tables/people.csv"] {
        assert!(world.path("bundle").join(file).is_file(), "{file}");
    }
    let verify = |more: &[&str]| world.muster(&[&["verify", "bundle"], more].concat());
    assert_eq!(verify(&[]).code, 0);
    let again = verify(&["--from", &demo, "--set", "project.log=log"]);
    assert_eq!(again.code, 0, "{}", again.err);
    assert!(again.err.contains("as computed again from version"), "{}", again.err);

    // One figure changed, and a manifest that fits: the hashes hold, the log says otherwise.
    let path = world.path("bundle/metrics/growth.active_contributors.csv");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace(",11,", ",12,")).unwrap();
    let changed = verify(&[]);
    assert_eq!(changed.code, 1);
    assert!(changed.err.contains("changed  metrics/growth.active_contributors.csv"), "{}", changed.err);
    let output = std::process::Command::new("sh")
        .args(["-c", "find . -type f ! -name MANIFEST.sha256 | sed 's|^[.]/||' | LC_ALL=C sort | xargs sha256sum > MANIFEST.sha256"])
        .current_dir(world.path("bundle"))
        .output()
        .unwrap();
    assert!(output.status.success());
    assert_eq!(verify(&[]).code, 0, "the manifest was made to fit");
    let refuted = verify(&["--from", &demo, "--set", "project.log=log"]);
    assert_eq!(refuted.code, 1);
    assert!(refuted.err.contains("metrics/growth.active_contributors.csv"), "{}", refuted.err);
}

#[test]
fn a_bundle_replaces_no_folder_that_is_none() {
    let world = World::new();
    run(&world, &[]);
    world.write("mine/thesis.txt", "years of work");
    let ran = world.muster(&[&["bundle", &demo()], &PLACES[..], &["--to", "mine"]].concat());
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("is no bundle"), "{}", ran.err);
    assert_eq!(world.read("mine/thesis.txt"), "years of work");
}

#[test]
fn no_name_login_or_link_of_anybody_is_in_what_leaves_under_a_pseudonym() {
    let world = World::new();
    run(&world, &[]);
    let called = world.rows(&demo_of(&world), "SELECT DISTINCT a.name, a.account FROM accounts a WHERE NOT a.is_bot");
    let mut names: Vec<String> = Vec::new();
    for row in &called {
        let account = row["account"].as_str().unwrap_or_default();
        names.extend(account.strip_prefix("github:").map(str::to_owned));
        names.extend(row["name"].as_str().filter(|name| name.contains(' ')).map(str::to_owned));
    }
    assert!(names.len() > 10, "{names:?}");
    for privacy in ["initials", "hashed"] {
        let setting = format!("evidence.privacy={privacy}");
        let ran = world.muster(&[&["bundle", &demo()], &PLACES[..], &["--set", &setting, "--to", "bundle"]].concat());
        assert_eq!(ran.code, 0, "{}", ran.err);
        let found: BTreeMap<String, Vec<&String>> = world
            .tree("bundle")
            .into_iter()
            .map(|(file, bytes)| {
                let text = String::from_utf8_lossy(&bytes).to_lowercase();
                (file, names.iter().filter(|name| holds(&text, &name.to_lowercase())).collect::<Vec<_>>())
            })
            .filter(|(_, found)| !found.is_empty())
            .collect();
        assert!(found.is_empty(), "{privacy}: {found:?}");
    }
}

/// The pipeline file with the world's places, for commands that take no `--set` here.
fn demo_of(world: &World) -> String {
    let text = std::fs::read_to_string(demo()).unwrap();
    let folder = Path::new(&demo()).parent().unwrap().join("demo").to_str().unwrap().to_owned();
    let text = text.replace("\"demo/.muster/", "\"").replace("\"demo/", &format!("\"{folder}/"));
    world.write("demo.toml", text).to_str().unwrap().to_owned()
}

/// Whether the text has the name as a word of its own.
fn holds(text: &str, name: &str) -> bool {
    let is_word = |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric());
    text.match_indices(name)
        .any(|(at, _)| !is_word(text[..at].chars().next_back()) && !is_word(text[at + name.len()..].chars().next()))
}

/// The report in a real browser; `tests/report/report.mjs` says what is looked at.
#[test]
#[ignore = "needs Chromium and MUSTER_BROWSER, a folder with playwright-core and axe-core from npm; .ci/run installs them"]
fn a_committee_reads_the_report_in_a_browser() {
    let world = World::new();
    run(&world, &[]);
    #[allow(clippy::disallowed_methods, reason = "where npm put the browser's driver is the machine's affair")]
    let modules = std::env::var("MUSTER_BROWSER").unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/report/report.mjs");
    let output = std::process::Command::new("node")
        .arg(script)
        .args([world.path("out/evidence/report.html"), world.path("pictures")])
        .arg(modules)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
}
