//! The roster collector over real snapshots. They are not licensed, so nothing of them is in the repository.

use muster_collect::roster::{Config, open};
use muster_model::{Collector, Cursor, Event, Payload, Problem, Severity, parse_time};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/maintainers");

fn config(repository: &str) -> Config {
    let path = PathBuf::from(DATA).join(repository);
    Config { name: repository.into(), repository: repository.replacen('-', "/", 1), path, files: Vec::new() }
}

fn collect(config: &Config, cursor: Option<&Cursor>) -> (Vec<Event>, Vec<Problem>, Option<Cursor>) {
    let mut collector = open(config, cursor).expect("the real rosters");
    let (mut events, mut problems, mut last) = (Vec::new(), Vec::new(), None);
    while let Some(batch) = collector.next_batch().expect("a batch") {
        let rejected = batch.problems.iter().filter(|problem| problem.severity == Severity::Rejected).count();
        assert_eq!(batch.counts.read, (batch.events.len() + rejected) as u64);
        events.extend(batch.events);
        problems.extend(batch.problems);
        last = batch.cursor;
    }
    (events, problems, last)
}

/// Maintainers and their organisations on a day: of each path, role and account the last event at or before its
/// midnight decides, and of two at one instant the listing.
fn on(events: &[Event], day: &str) -> (usize, usize) {
    let instant = parse_time(day).expect("a day");
    let mut last = BTreeMap::new();
    let mut sorted: Vec<&Event> = events.iter().filter(|event| event.time <= instant).collect();
    sorted.sort_by_key(|event| (event.time, matches!(event.data, Payload::MaintainerListed(_))));
    for event in sorted {
        match &event.data {
            Payload::MaintainerListed(body) => {
                last.insert((&body.path, &body.role, &body.account), Some(body));
            }
            Payload::MaintainerUnlisted(body) => {
                last.insert((&body.path, &body.role, &body.account), None);
            }
            _ => {}
        }
    }
    let listed: Vec<_> = last.into_values().flatten().filter(|body| body.maintainer).collect();
    let people: BTreeSet<_> = listed.iter().map(|body| &body.account).collect();
    let organisations: BTreeSet<_> = listed.iter().filter_map(|body| body.organisation.as_ref()).collect();
    (people.len(), organisations.len())
}

#[test]
#[ignore = "reads ../shared/data, which is not part of the repository; .ci/run runs it"]
fn maintainers_and_organisations_on_known_days() {
    let community = collect(&config("dragonflyoss-community"), None).0;
    for (day, expected) in [("2025-12-05", (12, 7)), ("2026-03-12", (15, 8)), ("2025-08-07", (13, 8))] {
        assert_eq!(on(&community, day), expected, "{day}");
    }
    let dragonfly = collect(&config("dragonflyoss-dragonfly"), None).0;
    for (day, expected) in [("2023-06-28", (9, 6)), ("2024-01-12", (12, 7)), ("2025-07-30", (0, 0))] {
        assert_eq!(on(&dragonfly, day), expected, "{day}");
    }
    let nydus = collect(&config("dragonflyoss-nydus"), None).0;
    for (day, expected) in
        [("2025-05-30", (7, 3)), ("2025-09-16", (10, 3)), ("2026-02-28", (11, 4)), ("2026-03-10", (0, 0))]
    {
        assert_eq!(on(&nydus, day), expected, "{day}");
    }
}

#[test]
#[ignore = "reads ../shared/data, which is not part of the repository; .ci/run runs it"]
fn every_real_snapshot_is_read() {
    let mut folders: Vec<_> =
        std::fs::read_dir(DATA).expect("data").map(|entry| entry.expect("an entry").file_name()).collect();
    folders.sort();
    let mut ids = BTreeSet::new();
    for folder in folders {
        let config = config(&folder.to_string_lossy());
        let (events, problems, cursor) = collect(&config, None);
        println!("== {} {}", config.repository, events.len());
        for event in &events {
            println!("{} {} {}", event.kind(), event.id, event.data.to_json());
            assert!(ids.insert(event.id.clone()), "{} twice", event.id);
            assert!(event.url.is_some());
        }
        for problem in &problems {
            println!("{:?} {problem}", problem.severity);
            assert_eq!(problem.severity, Severity::Notice, "{problem}");
        }
        assert_eq!(collect(&config, cursor.as_ref()), (Vec::new(), Vec::new(), None));
    }
}

#[test]
#[ignore = "reads ../shared/data, which is not part of the repository; .ci/run runs it"]
fn snapshots_that_come_later_give_what_a_whole_run_gives() {
    for repository in ["dragonflyoss-community", "dragonflyoss-dragonfly", "dragonflyoss-nydus"] {
        let whole = config(repository);
        let (events, problems, _) = collect(&whole, None);
        let mut names: Vec<_> =
            std::fs::read_dir(&whole.path).expect("data").map(|entry| entry.expect("an entry").file_name()).collect();
        names.sort();
        let growing = tempfile::tempdir().expect("a folder");
        let config = Config { path: growing.path().to_owned(), ..whole.clone() };
        std::fs::copy(whole.path.join("INDEX.tsv"), growing.path().join("INDEX.tsv")).expect("a copy");
        let (mut some, mut said, mut cursor) = (Vec::new(), Vec::new(), None);
        for name in names.iter().filter(|name| *name != "INDEX.tsv") {
            std::fs::copy(whole.path.join(name), growing.path().join(name)).expect("a copy");
            let (more, found, next) = collect(&config, cursor.as_ref());
            some.extend(more);
            said.extend(found);
            cursor = next.or(cursor);
        }
        assert_eq!(some, events, "{repository}");
        assert_eq!(said, problems, "{repository}");
    }
}
