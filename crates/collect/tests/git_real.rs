//! The Git collector over the seven histories of the shared data, against counts that its README states.

use muster_collect::git::{Config, Location, open};
use muster_model::payload::CommitAuthored;
use muster_model::{Collector, Cursor, Event, Payload};
use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const GIT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/git");

/// A row of the README's table, without its heads: those are of the real repositories. The README counts commits with
/// such a line anywhere in the message (`any`); muster counts the trailers, the last block of the message (`block`), as
/// `git log --format='%(trailers)'` gives them.
struct Row {
    repository: &'static str,
    commits: usize,
    merges: usize,
    tags: usize,
    addresses: usize,
    signed_any: usize,
    signed_block: usize,
    co_authored_any: usize,
    co_authored_block: usize,
    days: [&'static str; 2],
}

#[rustfmt::skip]
const TABLE: &[Row] = &[
    Row { repository: "dragonfly", commits: 3244, merges: 2, tags: 119, addresses: 120,
        signed_any: 3175, signed_block: 3136, co_authored_any: 997, co_authored_block: 996,
        days: ["2021-04-26", "2026-08-20"] },
    Row { repository: "community", commits: 126, merges: 9, tags: 0, addresses: 25,
        signed_any: 109, signed_block: 109, co_authored_any: 10, co_authored_block: 10,
        days: ["2018-11-22", "2026-07-10"] },
    Row { repository: "client", commits: 1714, merges: 0, tags: 270, addresses: 48,
        signed_any: 1637, signed_block: 1637, co_authored_any: 583, co_authored_block: 583,
        days: ["2023-03-17", "2026-08-20"] },
    Row { repository: "nydus", commits: 3621, merges: 816, tags: 48, addresses: 136,
        signed_any: 2796, signed_block: 2792, co_authored_any: 7, co_authored_block: 7,
        days: ["2020-01-20", "2026-07-22"] },
    Row { repository: "api", commits: 638, merges: 1, tags: 408, addresses: 16,
        signed_any: 611, signed_block: 611, co_authored_any: 165, co_authored_block: 165,
        days: ["2022-07-28", "2026-07-21"] },
    Row { repository: "helm-charts", commits: 486, merges: 2, tags: 358, addresses: 42,
        signed_any: 462, signed_block: 461, co_authored_any: 76, co_authored_block: 76,
        days: ["2021-08-05", "2026-07-15"] },
    Row { repository: "console", commits: 263, merges: 1, tags: 75, addresses: 14,
        signed_any: 198, signed_block: 198, co_authored_any: 80, co_authored_block: 80,
        days: ["2021-08-13", "2026-06-23"] },
];

fn config(row: &Row, cache: &Path) -> Config {
    Config {
        name: row.repository.to_owned(),
        repository: format!("dragonflyoss/{}", row.repository),
        location: Location::Path(PathBuf::from(format!("{GIT}/dragonflyoss-{}.bundle", row.repository))),
        branch: None,
        cache: cache.to_owned(),
        mailmap: None,
    }
}

fn read(config: &Config, cursor: Option<&Cursor>) -> (Vec<Event>, Option<Cursor>) {
    let mut collector = open(config, cursor).expect("opens");
    let (mut events, mut last) = (Vec::new(), cursor.cloned());
    while let Some(batch) = collector.next_batch().expect("reads") {
        assert_eq!(batch.problems, []);
        assert_eq!(batch.counts.read, batch.events.len() as u64);
        events.extend(batch.events);
        last = batch.cursor.or(last);
    }
    (events, last)
}

fn commits(events: &[Event]) -> Vec<&CommitAuthored> {
    let mut commits = Vec::new();
    for event in events {
        if let Payload::CommitAuthored(commit) = &event.data {
            commits.push(commit);
        }
    }
    commits
}

/// Git in the mirror of a row, the only folder in its cache.
fn git(cache: &Path, args: &[&str], input: &str) -> String {
    let mirror = std::fs::read_dir(cache).expect("cache").next().expect("mirror").expect("mirror").path();
    let mut child = Command::new("git")
        .arg("--git-dir")
        .arg(mirror)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("git");
    child.stdin.take().expect("input").write_all(input.as_bytes()).expect("input");
    let output = child.wait_with_output().expect("git");
    assert!(output.status.success(), "{args:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
#[ignore = "reads ../shared/data, which is not part of the repository; .ci/run runs it"]
fn the_counts_are_those_of_the_readme() {
    for row in TABLE {
        let cache = tempfile::TempDir::new().expect("folder");
        let config = config(row, cache.path());
        let (events, cursor) = read(&config, None);
        let commits = commits(&events);
        let name = row.repository;
        assert_eq!(commits.len(), row.commits, "{name} commits");
        assert_eq!(commits.iter().filter(|commit| commit.parents > 1).count(), row.merges, "{name} merges");
        assert_eq!(events.len() - commits.len(), row.tags, "{name} tags");
        let addresses: BTreeSet<&str> = commits.iter().map(|commit| &*commit.author.account).collect();
        assert_eq!(addresses.len(), row.addresses, "{name} addresses");
        assert!(addresses.iter().all(|account| account.starts_with("email:")), "{name}");
        let with = |key: &str| commits.iter().filter(|c| c.trailers.iter().any(|trailer| trailer.key == key)).count();
        assert_eq!(with("signed-off-by"), row.signed_block, "{name} signed off");
        assert_eq!(with("co-authored-by"), row.co_authored_block, "{name} co-authored");
        let times = || events.iter().filter(|event| event.kind() == "commit.authored").map(|event| event.time);
        let day = |time: Option<muster_model::Timestamp>| time.map(|time| time.to_string()[..10].to_owned());
        assert_eq!(day(times().min()).as_deref(), Some(row.days[0]), "{name} first");
        assert_eq!(day(times().max()).as_deref(), Some(row.days[1]), "{name} last");
        let ids: BTreeSet<&str> = events.iter().map(|event| &*event.id).collect();
        assert_eq!(ids.len(), events.len(), "{name} ids");
        assert_eq!(read(&config, cursor.as_ref()).0, [], "{name} again");

        // The README's own numbers, which say that it counts a line anywhere in the message.
        let anywhere = |key: &str| {
            let grep = format!("--grep=^{key}:");
            git(cache.path(), &["log", "-i", &grep, "--format=%H", "refs/muster/tip"], "").lines().count()
        };
        assert_eq!(anywhere("signed-off-by"), row.signed_any, "{name} signed off, any line");
        assert_eq!(anywhere("co-authored-by"), row.co_authored_any, "{name} co-authored, any line");
    }
}

/// What `git interpret-trailers` finds in a message whose line ends were made LF.
fn interpreted(cache: &Path, message: &str) -> BTreeSet<(String, String)> {
    let text = git(cache, &["interpret-trailers", "--parse", "--no-divider"], &message.replace("\r\n", "\n"));
    let pairs = text.lines().filter_map(|line| line.split_once(':')).filter_map(|(key, value)| {
        let key = key.to_lowercase();
        let person = ["signed-off", "co-authored", "reviewed", "acked", "tested", "reported"];
        let known = key.strip_suffix("-by").is_some_and(|role| person.contains(&role));
        let address = value.split_once('<')?.1.split_once('>')?.0;
        known.then(|| (key, address.to_lowercase()))
    });
    pairs.collect()
}

#[test]
#[ignore = "reads ../shared/data, which is not part of the repository; .ci/run runs it"]
fn cr_lf_loses_no_trailer() {
    let mut with_cr = 0;
    for row in TABLE {
        let cache = tempfile::TempDir::new().expect("folder");
        let (events, _) = read(&config(row, cache.path()), None);
        let log = git(cache.path(), &["log", "-z", "--format=%H%n%B", "refs/muster/tip"], "");
        let commits = commits(&events);
        for (sha, message) in log.split('\0').filter_map(|record| record.split_once('\n')) {
            if !message.contains("\r\n") {
                continue;
            }
            with_cr += 1;
            let commit = commits.iter().find(|commit| commit.sha == sha).expect(sha);
            let found: BTreeSet<(String, String)> = commit
                .trailers
                .iter()
                .filter_map(|t| Some((t.key.clone(), t.account.strip_prefix("email:")?.to_owned())))
                .collect();
            assert_eq!(found, interpreted(cache.path(), message), "{} {sha}", row.repository);
        }
    }
    assert_eq!(with_cr, 1_348);
}
