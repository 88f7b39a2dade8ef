//! Real exports, dumps and answers, compared with counts that are made here from the JSON alone.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use muster_collect::slack::{Config, Origin, open};
use muster_model::{Batch, Event, Payload, Severity};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};

fn data(path: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/chat/slack")).join(path)
}

fn config(path: &Path) -> Config {
    Config {
        name: "chat".to_owned(),
        origin: Origin::Path(path.to_owned()),
        team: None,
        workspace: Some("https://acme.slack.com/".to_owned()),
        channels: vec![],
        private: vec![],
        text: false,
    }
}

fn collect(config: &Config) -> Batch {
    let mut source = open(config, None).unwrap();
    let mut all = Batch::default();
    while let Some(batch) = source.next_batch().unwrap() {
        all.events.extend(batch.events);
        all.problems.extend(batch.problems);
        all.counts += batch.counts;
        all.cursor = batch.cursor;
    }
    let rejected = all.problems.iter().filter(|problem| problem.severity == Severity::Rejected).count() as u64;
    assert_eq!(all.counts.read, all.events.len() as u64 + rejected + all.counts.not_ours + all.counts.filtered);
    all
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// The files of a folder, by their paths relative to it.
fn files(folder: &Path) -> BTreeMap<String, PathBuf> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else {
                files.insert(entry.strip_prefix(folder).unwrap().to_str().unwrap().to_owned(), entry);
            }
        }
    }
    files
}

fn kinds(batch: &Batch) -> BTreeMap<String, usize> {
    let mut kinds = BTreeMap::new();
    for event in &batch.events {
        *kinds.entry(event.kind().to_owned()).or_default() += 1;
    }
    kinds
}

/// How many events of each kind the messages make, and how many lines are the platform's own.
fn expected(messages: &[Value]) -> (BTreeMap<String, usize>, usize) {
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    let mut system = 0;
    let mut add = |kind: &str, times: usize| *kinds.entry(kind.to_owned()).or_default() += times;
    for message in messages {
        match message["subtype"].as_str() {
            None | Some("bot_message" | "file_share" | "file_comment" | "thread_broadcast") => {
                add("message.posted", 1);
                add("message.edited", usize::from(message["edited"].is_object()));
            }
            Some("channel_join") => add("channel.joined", 1),
            Some("tombstone") => add("message.deleted", 1),
            Some("pinned_item") => system += 1,
            other => panic!("{other:?} is not expected here"),
        }
        for reaction in message["reactions"].as_array().into_iter().flatten() {
            assert_eq!(reaction["users"].as_array().unwrap().len() as u64, reaction["count"].as_u64().unwrap());
            add("message.reacted", reaction["users"].as_array().unwrap().len());
        }
    }
    kinds.retain(|_, times| *times > 0);
    (kinds, system)
}

fn posted(batch: &Batch) -> impl Iterator<Item = (&Event, &muster_model::payload::MessagePosted)> {
    batch.events.iter().filter_map(|event| match &event.data {
        Payload::MessagePosted(posted) => Some((event, posted)),
        _ => None,
    })
}

/// In one export the addresses are scrambled to words.
fn is_address(text: &Value) -> bool {
    text.as_str().is_some_and(|text| text.contains('@'))
}

/// Zips a folder, one level down, as a program of our own.
fn zip(folder: &Path) -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    let mut zip = zip::ZipWriter::new(std::fs::File::create(place.path().join("export.zip")).unwrap());
    for (name, path) in files(folder) {
        zip.start_file(format!("Acme export/{name}"), zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(&std::fs::read(path).unwrap()).unwrap();
    }
    zip.finish().unwrap();
    place
}

fn facts(batch: &Batch) -> BTreeMap<String, (String, String)> {
    let facts: BTreeMap<_, _> = batch
        .events
        .iter()
        .map(|e| (e.id.clone(), (e.data.to_json(), format!("{:?}{:?}{}", e.actor, e.url, e.time))))
        .collect();
    assert_eq!(facts.len(), batch.events.len(), "no id twice");
    facts
}

#[test]
#[ignore = "reads ../shared/data; .ci/run runs it"]
fn every_element_of_an_export_is_accounted_for() {
    for export in ["export-zulip-sample", "export-slackdump-2025"] {
        let folder = data(export);
        let batch = collect(&config(&folder));
        let (mut messages, mut other) = (Vec::new(), 0);
        let (mut users, mut channels, mut linked) = (0, 0, 0);
        for (name, path) in files(&folder) {
            let rows = json(&path).as_array().unwrap().clone();
            match name.as_str() {
                "users.json" => {
                    users += rows.len();
                    linked += rows.iter().filter(|user| is_address(&user["profile"]["email"])).count();
                }
                "channels.json" => channels += rows.len(),
                "groups.json" | "dms.json" | "mpims.json" => assert!(rows.is_empty()),
                "integration_logs.json" => other += rows.len(),
                _ => messages.extend(rows),
            }
        }
        let (mut kinds_expected, system) = expected(&messages);
        kinds_expected.insert("account.described".to_owned(), users);
        kinds_expected.insert("channel.described".to_owned(), channels);
        if linked > 0 {
            kinds_expected.insert("account.linked".to_owned(), linked);
        }
        assert_eq!(kinds(&batch), kinds_expected, "{export}");
        assert_eq!(batch.counts.not_ours as usize, system + other, "{export}");
        assert_eq!((batch.problems.clone(), batch.counts.filtered), (vec![], 0), "{export}");
        let seen: BTreeSet<&str> = messages.iter().map(|message| message["ts"].as_str().unwrap()).collect();
        for (event, posted) in posted(&batch) {
            let ts = event.id.rsplit('/').next().unwrap();
            assert!(seen.contains(ts), "{ts} stands in the export, digit by digit");
            assert!(posted.text.is_none());
        }
    }
}

#[test]
#[ignore = "reads ../shared/data; .ci/run runs it"]
fn a_folder_and_its_zip_archive_give_the_same_events_and_a_second_run_none() {
    for export in ["export-zulip-sample", "export-slackdump-2025"] {
        let folder = data(export);
        let place = zip(&folder);
        let (plain, zipped) = (collect(&config(&folder)), collect(&config(&place.path().join("export.zip"))));
        assert_eq!(facts(&plain), facts(&zipped));
        for (path, batch) in [(folder, plain), (place.path().join("export.zip"), zipped)] {
            let mut again = open(&config(&path), batch.cursor.as_ref()).unwrap();
            assert!(again.next_batch().unwrap().is_none());
        }
    }
}

#[test]
#[ignore = "reads ../shared/data; .ci/run runs it"]
fn threads_that_cross_day_files_are_whole() {
    for export in ["export-zulip-sample", "export-slackdump-2025"] {
        let folder = data(export);
        let batch = collect(&config(&folder));
        let mut replies: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut crossing = 0;
        for path in files(&folder).into_iter().filter(|(name, _)| name.contains('/')).map(|(_, path)| path) {
            let day = json(&path).as_array().unwrap().clone();
            for message in &day {
                if let (Some(thread), Some(ts)) = (message["thread_ts"].as_str(), message["ts"].as_str())
                    && thread != ts
                {
                    replies.entry(thread.to_owned()).or_default().insert(ts.to_owned());
                    crossing += usize::from(!day.iter().any(|other| other["ts"] == thread));
                }
            }
        }
        assert!(crossing > 0, "{export} has a reply in another day's file than its parent");
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let last = |id: &str| id.rsplit('/').next().unwrap().to_owned();
        for (event, posted) in posted(&batch) {
            if let Some(thread) = &posted.thread {
                found.entry(last(thread)).or_default().insert(last(&event.id));
                let parent = |event: &Event| event.id == *thread || event.id == format!("{thread}/deleted");
                assert!(batch.events.iter().any(parent), "{thread} begins somewhere");
            }
        }
        assert_eq!(found, replies, "{export}");
    }
}

#[test]
#[ignore = "reads ../shared/data; .ci/run runs it"]
fn a_tombstone_stays_a_place_and_its_thread_survives() {
    let folder = data("export-slackdump-2025");
    let batch = collect(&config(&folder));
    let deleted: Vec<_> = batch.events.iter().filter(|event| event.kind() == "message.deleted").collect();
    assert_eq!(deleted.len(), 1);
    assert_eq!(deleted[0].data.to_json(), r#"{"schema":1,"tombstone":true}"#);
    let of = &deleted[0].subject;
    assert!(!batch.events.iter().any(|event| event.id == *of), "what was said is gone");
    let replies = posted(&batch).filter(|(_, posted)| posted.thread.as_deref() == Some(of)).count();
    let told: u64 = files(&folder)
        .values()
        .flat_map(|path| json(path).as_array().unwrap().clone())
        .filter(|message| message["subtype"] == "tombstone")
        .map(|message| message["reply_count"].as_u64().unwrap())
        .sum();
    assert!(told > 0);
    assert_eq!(replies as u64, told, "as many as the tombstone itself counts");
}

#[test]
#[ignore = "reads ../shared/data; .ci/run runs it"]
fn two_messages_at_one_instant_stay_two() {
    let batch = collect(&config(&data("export-zulip-sample")));
    let mut instants: BTreeMap<i64, BTreeSet<&str>> = BTreeMap::new();
    for (event, _) in posted(&batch) {
        instants.entry(event.time.as_second()).or_default().insert(&event.id);
    }
    assert!(instants.values().any(|ids| ids.len() > 2), "several in one second, each with an id of its own");
    let ids: BTreeSet<&str> = posted(&batch).map(|(event, _)| event.id.as_str()).collect();
    assert_eq!(ids.len(), posted(&batch).count());
}

#[test]
#[ignore = "reads ../shared/data; .ci/run runs it"]
fn a_dump_is_read_with_the_replies_in_it() {
    let path = data("dump-slackdump/CHY5HUESG.json");
    let batch = collect(&config(&path));
    let mut messages: Vec<Value> = Vec::new();
    for message in json(&path)["messages"].as_array().unwrap() {
        messages.push(message.clone());
        messages.extend(message["slackdump_thread_replies"].as_array().cloned().unwrap_or_default());
    }
    let (expected, _) = expected(&messages);
    assert_eq!(kinds(&batch), expected);
    assert!(batch.events.iter().all(|event| event.id.starts_with("slack:THY5HTZ8U/CHY5HUESG/")));
    let replies = messages.iter().filter(|m| m["thread_ts"].is_string() && m["thread_ts"] != m["ts"]).count();
    assert_eq!(posted(&batch).filter(|(_, posted)| posted.thread.is_some()).count(), replies);
    let polly = posted(&batch).find(|(_, posted)| posted.bot).unwrap();
    assert_eq!((polly.0.actor.as_deref(), polly.1.mentions), (Some("slack:THY5HTZ8U/U089AJ964TE"), 1));
    let link = posted(&batch).find(|(event, _)| event.id.ends_with("1737716342.919259")).unwrap();
    assert_eq!(link.1.links, 1);
    let folder = collect(&config(&data("dump-slackdump")));
    let rejected: Vec<_> = folder.problems.iter().map(|problem| (problem.file.as_str(), problem.line)).collect();
    assert_eq!(rejected, [("bot_message.json", Some(1))], "a message alone, of which nothing tells the channel");
    assert_eq!(folder.events.len(), batch.events.len());
}

#[test]
#[ignore = "reads ../shared/data; .ci/run runs it"]
fn saved_answers_of_the_web_api_are_read() {
    let folder = data("web-api-perceval");
    let batch = collect(&config(&folder));
    let (mut messages, mut users, mut ids, mut errors) = (Vec::new(), 0, 0, 0);
    for path in files(&folder).values() {
        let answer = json(path);
        messages.extend(answer["messages"].as_array().cloned().unwrap_or_default());
        users += usize::from(answer["user"].is_object());
        ids += answer["members"].as_array().map_or(0, Vec::len);
        errors += usize::from(answer["ok"] == false);
    }
    let (mut kinds_expected, _) = expected(&messages);
    kinds_expected.insert("account.described".to_owned(), users);
    kinds_expected.insert("account.linked".to_owned(), users);
    kinds_expected.insert("channel.described".to_owned(), 2);
    assert_eq!(kinds(&batch), kinds_expected);
    assert_eq!(batch.counts.not_ours as usize, ids, "lists of ids say nothing");
    assert_eq!(batch.problems.len(), errors);
    assert!(batch.problems.iter().any(|problem| problem.message.contains("channel_not_found")));
    // The only channel that an answer is about is the one that the messages are of.
    assert!(posted(&batch).all(|(event, _)| event.subject == "slack:T0001/C011DUKE8"));
    let nobody = posted(&batch).find(|(event, _)| event.id.ends_with("1486949200.000069")).unwrap();
    assert_eq!((&nobody.0.actor, nobody.1.name.as_deref(), nobody.1.bot), (&None, Some("Owl Capone"), true));
    let comment = posted(&batch).find(|(event, _)| event.id.ends_with("1486999900.000000")).unwrap();
    assert_eq!((comment.0.actor.as_deref(), comment.1.length), (Some("slack:T0001/U0003"), 7));
}
