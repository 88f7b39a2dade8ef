//! The mail collector over the developers' data, against counts by other means. The data is not part of the repository.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use muster_collect::mail::{Config, open};
use muster_model::payload::MessagePosted;
use muster_model::{Event, Payload, Problem, Severity};
use regex::bytes::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn data(file: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/chat/mail")).join(file)
}

#[derive(Default)]
struct Read {
    events: Vec<Event>,
    rejected: Vec<Problem>,
    notices: Vec<Problem>,
}

fn read(file: &str) -> Read {
    let config = Config { name: "m".into(), paths: vec![data(file)], list: "l".into(), archive: None, text: true };
    let mut collector = open(&config, None).unwrap();
    let mut read = Read::default();
    while let Some(batch) = collector.next_batch().unwrap() {
        let (rejected, notices): (Vec<_>, Vec<_>) =
            batch.problems.into_iter().partition(|problem| problem.severity == Severity::Rejected);
        let told = batch.events.len() + rejected.len();
        assert_eq!(batch.counts.read, told as u64 + batch.counts.not_ours);
        read.events.extend(batch.events);
        read.rejected.extend(rejected);
        read.notices.extend(notices);
    }
    read
}

impl Read {
    fn ids(&self) -> BTreeSet<&str> {
        self.events.iter().map(|event| event.id.as_str()).collect()
    }

    fn posted(&self) -> Vec<&MessagePosted> {
        self.events
            .iter()
            .filter_map(|event| if let Payload::MessagePosted(posted) = &event.data { Some(posted) } else { None })
            .collect()
    }
}

const MBOXES: [&str; 10] = [
    "apache/users_ponymail_apache_org_2019-09.mbox",
    "perceval/mbox_complex.mbox",
    "perceval/mbox_iso8859_encoding.mbox",
    "perceval/mbox_multipart.mbox",
    "perceval/mbox_no_fields.mbox",
    "perceval/mbox_single.mbox",
    "perceval/mbox_unixfrom_encoding.mbox",
    "perceval/mbox_unknown_encoding.mbox",
    "perceval/pipermail_2015_november.mbox",
    "pipermail/2001-November.txt",
];

/// Lines `From … year`, as grep counts them: what this data has, and no more of a rule than that.
fn from_lines(file: &str) -> usize {
    let line = Regex::new(r"(?m-u)^From .* [0-9]{2}:[0-9]{2}:[0-9]{2} [0-9]{4}\r?$").unwrap();
    line.find_iter(&std::fs::read(data(file)).unwrap()).count()
}

/// The distinct values in angle brackets of lines `Message-ID:` in headers.
fn message_ids(file: &str) -> BTreeSet<Vec<u8>> {
    let line = Regex::new(r"(?mi-u)^Message-Id:\s*<([^>]+)>").unwrap();
    let bytes = std::fs::read(data(file)).unwrap();
    line.captures_iter(&bytes).map(|found| found[1].to_vec()).collect()
}

#[test]
#[ignore = "reads ../shared/data; .ci/run runs it"]
fn every_mail_of_every_mbox_is_an_event_or_a_rejection_with_its_line() {
    let mut total = 0;
    for file in MBOXES {
        let read = read(file);
        assert_eq!(read.events.len() + read.rejected.len(), from_lines(file), "{file}");
        let lines: BTreeSet<_> = read.rejected.iter().map(|problem| problem.line.unwrap()).collect();
        assert_eq!(lines.len(), read.rejected.len(), "{file}");
        // Every Message-ID that the file has and that was not rejected is an event, and no other is.
        let named = read.ids().iter().filter(|id| !id.contains("/unnamed-")).count();
        assert_eq!(named, message_ids(file).len() - usize::from(file.contains("no_fields")), "{file}");
        total += read.events.len();
    }
    assert!(total > 180, "{total}");
}

#[test]
#[ignore = "reads ../shared/data; .ci/run runs it"]
fn every_file_of_a_maildir_is_an_event() {
    let mut files = 0;
    for entry in walkdir::WalkDir::new(data("maildir-notmuch")) {
        files += usize::from(entry.unwrap().file_type().is_file());
    }
    let read = read("maildir-notmuch");
    assert_eq!((read.events.len(), read.rejected.len()), (files, 0), "{:?}", read.rejected);
    assert_eq!(read.ids().len(), files);
    let held: BTreeMap<&str, &Event> = read.events.iter().map(|event| (event.id.as_str(), event)).collect();
    let answers = read.posted().into_iter().filter(|posted| posted.reply_to.is_some()).count();
    let known = read
        .posted()
        .into_iter()
        .filter_map(|posted| posted.reply_to.as_deref())
        .filter(|id| held.contains_key(id))
        .count();
    assert!(answers > 20 && known * 2 > answers, "{known} of {answers} answered mails are there");
}

#[test]
#[ignore = "reads ../shared/data; .ci/run runs it"]
fn a_folder_of_everything_has_the_mails_of_its_parts() {
    let parts: Vec<Read> = MBOXES.iter().map(|file| read(file)).chain([read("maildir-notmuch")]).collect();
    let whole = read(".");
    assert_eq!(whole.events.len(), parts.iter().map(|part| part.events.len()).sum::<usize>());
    assert_eq!(whole.rejected.len(), parts.iter().map(|part| part.rejected.len()).sum::<usize>());
    let ids: BTreeSet<&str> = parts.iter().flat_map(Read::ids).collect();
    assert_eq!(whole.ids(), ids);
}

#[test]
#[ignore = "reads ../shared/data; .ci/run runs it"]
fn the_same_mail_has_the_same_payload_wherever_it_lies() {
    let whole = read(".");
    let mut payloads: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for event in &whole.events {
        let fact = format!("{} {:?} {}", event.time, event.actor, event.data.to_json());
        payloads.entry(&event.id).or_default().insert(fact);
    }
    assert!(payloads.len() < whole.events.len(), "some mails are there twice");
    let unlike: Vec<_> = payloads.iter().filter(|(_, payloads)| payloads.len() > 1).collect();
    assert!(unlike.is_empty(), "{unlike:#?}");
}

/// Times of the messages in `grimoirelab-perceval`, tests/test_mbox.py and tests/test_pipermail.py (`updated_on`), in order.
#[test]
#[ignore = "reads ../shared/data; .ci/run runs it"]
fn mails_have_the_times_that_perceval_expects() {
    for (file, expected) in [
        ("perceval/mbox_single.mbox", vec![1_291_210_000]),
        ("perceval/mbox_complex.mbox", vec![1_095_843_820, 1_205_746_505]),
        ("perceval/mbox_iso8859_encoding.mbox", vec![1_478_544_267]),
        ("perceval/mbox_multipart.mbox", vec![1_257_992_964, 1_043_881_350]),
        ("perceval/mbox_unixfrom_encoding.mbox", vec![1_421_328_145]),
        ("perceval/mbox_unknown_encoding.mbox", vec![1_030_123_489]),
        ("perceval/pipermail_2015_november.mbox", vec![1_447_532_968, 1_447_627_429, 1_448_107_551, 1_448_742_330]),
    ] {
        let times: Vec<i64> = read(file).events.iter().map(|event| event.time.as_second()).collect();
        assert_eq!(times, expected, "{file}");
    }
}

/// Perceval takes two of these six; what became of the others is in `mail/mod.rs`.
#[test]
#[ignore = "reads ../shared/data; .ci/run runs it"]
fn mails_that_perceval_leaves_out_are_told() {
    let read = read("perceval/mbox_no_fields.mbox");
    assert_eq!(read.events.len(), 3);
    assert_eq!(read.events[0].id, read.events[1].id);
    assert_eq!(read.events[0].data.to_json(), read.events[1].data.to_json());
    assert!(read.events[2].id.contains("/unnamed-"));
    let lines: Vec<_> = read.rejected.iter().map(|problem| problem.line.unwrap()).collect();
    assert_eq!(lines, [25, 48, 60]);
    assert!(read.rejected.iter().all(|problem| problem.message.contains("Date")), "{:?}", read.rejected);
}

#[test]
#[ignore = "reads ../shared/data; .ci/run runs it"]
fn no_name_and_no_address_is_lost_or_broken() {
    for event in read(".").events {
        let Payload::MessagePosted(posted) = &event.data else { panic!("{event:?}") };
        let actor = event.actor.as_deref().unwrap();
        assert!(actor.starts_with("email:") && actor.contains('@') && !actor.contains(' '), "{actor}");
        let name = posted.name.as_deref().unwrap_or("x");
        assert!(!name.contains(['\u{fffd}', '<', '@']) && !name.contains("=?"), "{name}");
        assert!(!event.id.contains('@') && !event.id.contains(' '), "{}", event.id);
        let text = posted.text.as_deref().unwrap();
        assert!(!text.lines().any(|line| line.starts_with("> ")), "{text}");
        assert_eq!(posted.length as usize, text.chars().count());
    }
}

#[test]
#[ignore = "reads ../shared/data; .ci/run runs it"]
fn dates_without_a_zone_are_told_once_a_file() {
    let read = read("pipermail/2001-November.txt");
    assert_eq!(read.notices.len(), 1, "{:?}", read.notices);
    let mails = from_lines("pipermail/2001-November.txt");
    assert!(read.notices[0].message.starts_with(&format!("{mails} mails")), "{}", read.notices[0]);
}
