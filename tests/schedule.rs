//! Pipelines that run by themselves: the real daemon, real processes, real signals. What a week looks like is in
//! crates/cli/src/schedule/simulation.rs.

use crate::archive::{PIPELINE, opened};
use crate::support::{Ran, World};
use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const EVERY_SECOND: &str = "[schedule]\ncron = \"* * * * * *\"\n";
/// Long enough for the slowest machine; no test waits so long where all is well.
const PATIENCE: Duration = Duration::from_secs(120);

/// `muster schedule`, with what it says in a file; killed when a test fails.
struct Daemon {
    child: Child,
    said: String,
}

impl Daemon {
    fn start(world: &World, arguments: &[&str], said: &str) -> Self {
        let errors = File::create(world.path(said)).unwrap();
        let arguments = [&["schedule"], arguments].concat();
        let child = world.command(&arguments).stdout(Stdio::null()).stderr(errors).spawn().unwrap();
        Self { child, said: said.to_owned() }
    }

    fn said(&self, world: &World) -> String {
        world.read(&self.said)
    }

    fn hears(&mut self, world: &World, words: &str) {
        self.hears_times(world, words, 1);
    }

    fn hears_times(&mut self, world: &World, words: &str, times: usize) {
        let begun = Instant::now();
        while self.said(world).matches(words).count() < times {
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none() && begun.elapsed() < PATIENCE, "{words:?}: {ended:?}\n{}", self.said(world));
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Asks it to end; it must end well.
    fn end(mut self, world: &World) -> String {
        signal(&self.child, "TERM");
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status}: {}", self.said(world));
        self.said(world)
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

/// The pipeline of the tests, by another name, with a schedule, and few metrics: what is tested is when it runs.
fn scheduled(name: &str, schedule: &str) -> String {
    let named = PIPELINE.replace("\"log\"", &format!("\"{name}-log\"")).replace("\"out\"", &format!("\"{name}-out\""));
    let named = named.replacen(
        "[[source]]",
        &format!("{schedule}[metrics]\nonly = [\"growth.active_contributors\"]\n[[source]]"),
        1,
    );
    named.replace("name = \"lantern\"", &format!("name = \"{name}\""))
}

fn refused(ran: &Ran, said: &[&str]) {
    assert_eq!(ran.code, 2, "{}", ran.err);
    said.iter().for_each(|said| assert!(ran.err.contains(said), "{said:?} is not in\n{}", ran.err));
}

/// `muster run --due`, again and again until something was due.
fn when_due(world: &World, arguments: &[&str]) -> Ran {
    let begun = Instant::now();
    loop {
        let ran = world.muster(&[&["run", "--due"], arguments].concat());
        if ran.err.lines().any(|line| line.starts_with("due ")) {
            return ran;
        }
        assert!(begun.elapsed() < PATIENCE && ran.err.contains("nothing is due before "), "{}", ran.err);
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// The latest lease of the only pipeline beside a log.
fn lease(world: &World, log: &str) -> serde_json::Value {
    let mut files = world.tree(&format!("{log}/_muster/leases"));
    files.retain(|name, _| name.ends_with(".json"));
    serde_json::from_slice(files.last_key_value().unwrap().1).unwrap()
}

#[test]
fn a_dry_run_prints_the_next_ten_runs_with_their_offsets_and_runs_nothing() {
    let world = World::new();
    let text = "[schedule]\ncron = \"30 2 * * *\"\ntimezone = \"Europe/Berlin\"\n";
    world.write(
        "all/a.toml",
        scheduled("a", text).replace("path = \"archive\"", "path = \"archive\"\nschedule = \"0 */6 * * *\""),
    );
    world.write("all/b/muster.toml", scheduled("b", "[schedule]\ncron = \"@yearly\"\n"));
    world.write("all/people.toml", "[[person]]\nname = \"Ada\"\n");
    let ran = world.muster(&["schedule", "all", "--dry-run"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(lines.len(), 10, "{}", ran.out);
    assert!(lines.is_sorted(), "{}", ran.out);
    for line in &lines {
        let (instant, rest) = line.split_at(25);
        let daily = rest.ends_with("a                         the sources without a schedule of their own");
        assert_eq!(instant.contains(" 02:30:00+") || instant.contains(" 03:00:00+"), daily, "{line}");
        assert!(daily || rest.ends_with("  archive"), "{line}");
        assert!(["+01:00", "+02:00"].iter().any(|offset| instant.ends_with(offset)), "{line}");
    }
    let json = world.report(0, &["schedule", "all", "--dry-run"]);
    assert_eq!(json.as_array().unwrap().len(), 10);
    assert!(!world.path("all/a-log").exists() && !world.path("all/a-out").exists(), "nothing is begun");
    world.write("all/c.toml", scheduled("c", "[schedule]\ncron = \"61 * * * *\"\n"));
    refused(&world.muster(&["schedule", "all", "--dry-run"]), &["refused", "c.toml:8:8", "\"61 * * * *\""]);
}

#[test]
fn what_is_due_is_run_once_and_only_the_sources_that_are_due() {
    let world = World::new();
    world.write("archive/a.json", opened(1));
    world.write("seldom/b.json", opened(2));
    let seldom = "[[source]]\nkind = \"gharchive\"\nname = \"seldom\"\npath = \"seldom\"\nschedule = \"0 0 29 2 *\"\n";
    world.write("p.toml", scheduled("p", EVERY_SECOND) + seldom);
    let ran = when_due(&world, &["p.toml", "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let sources: Vec<&str> =
        report["sources"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(sources, ["archive"], "the other is not due");
    assert!(world.path("p-out/evidence/report.html").is_file());
    let lease = lease(&world, "p-log");
    assert!(lease["holder"].is_null() && lease["note"]["last"]["well"] == true, "{lease}");
    let all = world.report(0, &["run", "p.toml"]);
    assert_eq!(all["sources"].as_array().unwrap().len(), 2, "by hand everything is run");
    world.write("seldom.toml", scheduled("seldom", "[schedule]\ncron = \"0 0 29 2 *\"\n"));
    let seldom = world.muster(&["run", "seldom.toml", "--due"]);
    assert_eq!(seldom.code, 0, "{}", seldom.err);
    assert!(seldom.err.starts_with("nothing is due before "), "it begins when it is first seen: {}", seldom.err);
    assert!(!world.path("seldom-out").exists(), "and nothing is run");
    world.write("q.toml", PIPELINE);
    refused(&world.muster(&["run", "q.toml", "--due"]), &["q.toml has no [schedule]", "docs/schedule.md"]);
}

#[test]
fn a_run_that_fails_is_remembered_and_tried_again() {
    let world = World::new();
    world.write(
        "p.toml",
        scheduled("p", &format!("{EVERY_SECOND}backoff = \"1s\"\nretries = 5\n"))
            .replace("\"* * * * * *\"", "\"*/2 * * * * *\""),
    );
    world.write("archive/a.json", opened(1));
    assert_eq!(when_due(&world, &["p.toml"]).code, 0);
    std::fs::rename(world.path("archive"), world.path("away")).unwrap();
    let failed = when_due(&world, &["p.toml"]);
    assert_eq!(failed.code, 3, "{}", failed.err);
    let left = lease(&world, "p-log");
    assert_eq!(
        (&left["note"]["retry"]["attempts"], &left["note"]["last"]["well"]),
        (&1.into(), &false.into()),
        "{left}"
    );
    std::fs::rename(world.path("away"), world.path("archive")).unwrap();
    assert_eq!(world.muster(&["run", "p.toml"]).code, 0);
    assert!(lease(&world, "p-log")["note"]["retry"].is_null(), "a run by hand has mended it");
}

#[test]
fn the_daemon_takes_up_what_changes_refuses_what_is_broken_and_ends_when_it_is_asked() {
    let world = World::new();
    world.write("archive/a.json", opened(1));
    world.write("all/a.toml", scheduled("a", EVERY_SECOND).replace("\"archive\"\n", "\"../archive\"\n"));
    world.write("all/broken.toml", scheduled("broken", "[schedule]\ncron = \"often\"\n"));
    world.write("all/by-hand.toml", scheduled("by-hand", ""));
    let mut daemon = Daemon::start(&world, &["all", "--at-once", "2"], "said");
    daemon.hears(&world, "ended    a ");
    let said = daemon.said(&world);
    for words in [
        "kept     all/a.toml",
        "* * * * * * UTC",
        "cron is no cron expression: \"often\"",
        "by-hand.toml",
        "it has no [schedule]",
    ] {
        assert!(said.contains(words), "{words:?} is not in\n{said}");
    }
    world.write("all/new.toml", scheduled("new", EVERY_SECOND).replace("\"archive\"\n", "\"../archive\"\n"));
    world.write("all/a.toml", "[project\n");
    daemon.hears(&world, "ended    new ");
    daemon.hears(&world, "refused  all/a.toml");
    std::fs::remove_file(world.path("all/new.toml")).unwrap();
    daemon.hears(&world, "gone     all/new.toml");
    let said = daemon.end(&world);
    assert_eq!(said.matches("\"often\"").count(), 2, "a mistake is told once: {said}");
    for log in ["all/a-log", "all/new-log"] {
        assert!(lease(&world, log)["holder"].is_null(), "nobody is at work");
        let file = if log == "all/a-log" {
            world.write("all/a.toml", scheduled("a", ""))
        } else {
            world.write("all/new.toml", scheduled("new", ""))
        };
        let events = world.sql(file.to_str().unwrap(), "SELECT count(*) AS n FROM events");
        assert_eq!(events, "n\n1\n", "{log}");
    }
}

/// A pipeline whose collection takes a while, and its run, which has begun to collect.
fn a_long_run() -> (World, Child) {
    let world = World::new();
    world.write("p.toml", scheduled("p", EVERY_SECOND));
    for file in 0..60 {
        let lines: String = (0..1000).map(|line| opened(file * 1000 + line) + "\n").collect();
        world.write(&format!("archive/{file}.json"), lines);
    }
    let child = world.command(&["run", "p.toml"]).stderr(Stdio::null()).spawn().unwrap();
    let begun = Instant::now();
    while !world.path("p-log/_delta_log/00000000000000000001.json").is_file() {
        assert!(begun.elapsed() < PATIENCE);
        std::thread::sleep(Duration::from_millis(5));
    }
    (world, child)
}

#[test]
fn a_second_run_waits_for_the_first_and_says_for_whom() {
    let (world, mut first) = a_long_run();
    let due = world.muster(&["run", "p.toml", "--due"]);
    let under_way = format!("another run of this pipeline is under way (process {} on ", first.id());
    assert!(due.code == 0 && due.err.starts_with(&under_way), "{}", due.err);
    let second = world.muster(&["run", "p.toml"]);
    assert_eq!(second.code, 0, "{}", second.err);
    assert!(second.err.starts_with(&under_way) && second.err.contains("; waiting for it to end\n"), "{}", second.err);
    assert!(first.try_wait().unwrap().is_some_and(|status| status.success()), "the first has ended, and well");
    assert!(second.err.contains(" 0 new"), "{}", second.err);
}

#[test]
fn nobody_waits_for_a_run_that_was_killed() {
    let (world, mut first) = a_long_run();
    first.kill().unwrap();
    first.wait().unwrap();
    assert!(!lease(&world, "p-log")["holder"].is_null(), "it could not give the lease back");
    let second = world.muster(&["run", "p.toml"]);
    assert_eq!(second.code, 0, "{}", second.err);
    assert!(!second.err.contains("under way"), "{}", second.err);
}

#[test]
fn a_run_that_is_asked_to_end_gives_the_lease_back_and_what_was_due_stays_due() {
    let (world, first) = a_long_run();
    signal(&first, "TERM");
    let output = first.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(143));
    assert!(lease(&world, "p-log")["holder"].is_null());
}

#[test]
fn a_run_that_takes_longer_than_it_may_is_ended_and_has_failed() {
    let world = World::new();
    world.write("p.toml", scheduled("p", &format!("{EVERY_SECOND}timeout = \"1s\"\n")));
    for file in 0..200 {
        let lines: String = (0..1000).map(|line| opened(file * 1000 + line) + "\n").collect();
        world.write(&format!("archive/{file}.json"), lines);
    }
    let ran = when_due(&world, &["p.toml"]);
    refused(&ran, &["the run took longer than 1 s and was ended", "raise `timeout`"]);
    let left = lease(&world, "p-log");
    assert!(left["holder"].is_null() && left["note"]["retry"]["attempts"] == 1, "{left}");
}

#[test]
fn two_daemons_at_once_run_a_pipeline_once() {
    let world = World::new();
    world.write("archive/a.json", opened(1));
    world.write("p.toml", scheduled("p", "[schedule]\ncron = \"*/3 * * * * *\"\n"));
    let mut one = Daemon::start(&world, &["p.toml"], "one");
    let mut two = Daemon::start(&world, &["p.toml"], "two");
    one.hears(&world, "kept");
    two.hears(&world, "kept");
    let begun = Instant::now();
    let ran = |said: &str| said.lines().filter(|line| line.starts_with("due ")).map(str::to_owned).collect::<Vec<_>>();
    let mut all = Vec::new();
    while all.len() < 8 {
        assert!(begun.elapsed() < PATIENCE, "{all:?}");
        std::thread::sleep(Duration::from_millis(100));
        all = [ran(&one.said(&world)), ran(&two.said(&world))].concat();
    }
    all = [ran(&one.end(&world)), ran(&two.end(&world))].concat();
    let different: std::collections::BTreeSet<_> = all.iter().collect();
    assert_eq!(different.len(), all.len(), "a due time was run twice: {all:?}");
}

/// So many runs, of so many copies of the demo, in one daemon.
const RUNS: usize = 500;
const COPIES: usize = 4;
/// After so many runs every copy gets a new note.
const NEWS_EVERY: usize = 20;

/// What a process holds: memory in KiB, and open files.
fn held(process: u32) -> (u64, usize) {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    let files = std::fs::read_dir(format!("/proc/{process}/fd")).unwrap().count();
    (resident.trim().trim_end_matches(" kB").parse().unwrap(), files)
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if !entry.path().is_dir() {
            std::fs::copy(entry.path(), target).unwrap();
        } else if entry.file_name() != ".muster" {
            copy(&entry.path(), &target);
        }
    }
}

#[test]
#[ignore = "500 runs take minutes; .ci/run does it"]
fn five_hundred_runs_of_the_demo_leave_one_daemon_as_small_as_it_was_and_the_log_compact() {
    let world = World::new();
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipelines");
    let pipeline = std::fs::read_to_string(demo.join("demo.toml")).unwrap();
    // What is computed anew after each note is a few metrics and all tables, so that the test stays short.
    let few = format!("{EVERY_SECOND}\n[metrics]\nonly = [\"growth.active_contributors\"]");
    let scheduled = pipeline.replacen("[metrics]", &few, 1);
    for number in 0..COPIES {
        copy(&demo.join("demo"), &world.path(&format!("{number}/demo")));
        world.write(&format!("{number}/muster.toml"), &scheduled);
    }
    let begun = Instant::now();
    let mut daemon = Daemon::start(&world, &[".", "--at-once", "2"], "said");
    let mut before = None;
    for done in (NEWS_EVERY..=RUNS).step_by(NEWS_EVERY) {
        for number in 0..COPIES {
            let day = done / NEWS_EVERY;
            let note = format!(
                "---\ntitle: \"Maintainers, February {day}, 2026\"\ndatetime: 2026-02-{day:02}T15:00:00Z\nparticipants:\n\
                 - Ada Novak @adanovak (Acme Lights)\n---\n\n## Actions\n\n- [ ] @adanovak water plant {day}\n"
            );
            world.write(&format!("{number}/demo/notes/maintainers/2026-02-{day:02}.md"), note);
        }
        daemon.hears_times(&world, "\nended ", done);
        before = before.or(Some(held(daemon.child.id())));
    }
    let (memory, files) = held(daemon.child.id());
    let (memory_before, files_before) = before.unwrap();
    let said = daemon.said(&world);
    daemon.end(&world);
    eprintln!("{RUNS} runs in {:?}: {memory_before} to {memory} KiB, {files_before} to {files} files", begun.elapsed());
    let ended: Vec<&str> = said.lines().filter(|line| line.starts_with("ended ")).collect();
    let badly: Vec<_> = ended.iter().filter(|line| !line.contains(" well, ")).collect();
    assert!(ended.len() >= RUNS && badly.is_empty(), "{badly:?}");
    assert!(memory < memory_before + 4096, "{memory_before} to {memory} KiB");
    // A process that is just being started has a few of its own.
    assert!(files <= files_before + 6, "{files_before} to {files} open files");
    for number in 0..COPIES {
        let file = format!("{number}/muster.toml");
        let verified = world.report(0, &["log", &file, "verify"]);
        assert!(verified["findings"].as_array().unwrap().is_empty(), "{verified}");
        let notes =
            world.sql(&file, "SELECT count(*) AS n FROM events WHERE type = 'meeting.held' AND time >= '2026-02-01'");
        assert!(notes.trim().trim_start_matches("n\n").parse::<usize>().unwrap() >= RUNS / NEWS_EVERY, "{notes}");
        let log = format!("{number}/demo/.muster/log");
        let info = world.report(0, &["log", &file, "info"]);
        let (files, versions) = (info["files"].as_u64().unwrap(), info["version"].as_u64().unwrap());
        assert!(files < 32 && versions < 60, "{info}");
        let commits = world.tree(&format!("{log}/_delta_log"));
        let is_join = |text: &[u8]| String::from_utf8_lossy(text).contains("OPTIMIZE");
        assert!(commits.values().any(|text| is_join(text)), "small files were joined on the way");
        // Each run takes the lease and gives it back; of so many numbers the last ones stay.
        let leases = world.tree(&format!("{log}/_muster/leases")).len();
        assert!(leases <= 129, "{leases} leases after {} runs", RUNS / COPIES);
    }
}
