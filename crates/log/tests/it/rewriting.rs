use crate::common::{all, assert_sound, cursor, event, ids};
use muster_log::{Fault, Log, Recorded, Rewritten};
use muster_model::account::forgotten_hashes;
use muster_model::payload::PersonForgotten;
use muster_model::redaction::Redaction;
use muster_model::{Event, Payload};
use object_store::memory::InMemory;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// What must be nowhere afterwards.
const TRACES: [&str; 3] = ["ada-lark", "ada@lark.example", "Ada Lark"];

/// Somebody at a meeting.
fn attended(day: u32, login: &str, name: &str) -> Event {
    let payload = serde_json::json!({ "name": name }).to_string().replacen('{', "{\"schema\":1,", 1);
    Event {
        actor: Some(format!("github:{login}")),
        data: Payload::from_json("meeting.attended", &payload),
        ..event(&format!("notes:lantern/tsc/2025-01-{day:02}/attended/github:{login}"), u64::from(day))
    }
}

fn linked(account: &str) -> Event {
    let payload = format!(
        r#"{{"schema":1,"account":"{account}","canonical":"github:ada-lark","evidence":"mailmap","name":"Ada Lark"}}"#
    );
    let id = format!("mailmap:acme/lantern/{account}=>github:ada-lark");
    Event { actor: None, data: Payload::from_json("account.linked", &payload), ..event(&id, 1) }
}

fn wish(number: u32) -> Event {
    let accounts = ["github:ada-lark", "email:ada@lark.example", "email:lark@ada.example"];
    let hashes = forgotten_hashes(accounts.into_iter(), ["Ada Lark"].into_iter());
    let data = Payload::PersonForgotten(PersonForgotten { pseudonym: format!("forgotten:{number}"), hashes });
    Event { actor: None, data, ..event(&format!("people:people/people/forgotten/forgotten:{number}"), 1) }
}

async fn forget(log: &mut Log) -> Rewritten {
    let redaction = Redaction::new(&log.forgotten().await.unwrap());
    assert!(!redaction.is_empty());
    log.rewrite(|event| redaction.apply(event)).await.unwrap()
}

fn parquet_files(folder: &Path) -> BTreeSet<String> {
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.contains(".parquet")).collect()
}

/// Every string of every Parquet file in the folder, whatever it belongs to.
fn assert_no_trace(folder: &Path) {
    use arrow::array::{Array, StringArray};
    for name in parquet_files(folder) {
        let file = std::fs::File::open(folder.join(&name)).unwrap();
        let reader =
            parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
        for batch in reader.map(Result::unwrap) {
            for column in batch.columns() {
                let Some(column) = column.as_any().downcast_ref::<StringArray>() else { continue };
                for text in column.iter().flatten() {
                    assert!(!TRACES.iter().any(|trace| text.contains(trace)), "{name}: {text}");
                }
            }
        }
        // Names of columns and statistics are not compressed.
        let bytes = std::fs::read(folder.join(&name)).unwrap();
        let holds = |trace: &str| bytes.windows(trace.len()).any(|window| window == trace.as_bytes());
        assert!(!TRACES.iter().any(|trace| holds(trace)), "{name}");
    }
}

/// What a rewrite must not change.
fn frame(events: &[Recorded]) -> Vec<(String, muster_model::Timestamp, muster_model::Timestamp, String)> {
    events.iter().map(|one| (one.kind.clone(), one.time, one.recorded, one.collector.clone())).collect()
}

/// Version 1 is before her, 2 and 3 have her, 4 joins them, 5 is after, 6 asks.
async fn community(place: &str) -> Log {
    let mut log = Log::open_or_create(place).await.unwrap();
    log.append("notes", vec![attended(1, "bo", "Bo"), event("e1", 1)], Some(&cursor("1"))).await.unwrap();
    log.append("notes", vec![attended(2, "ada-lark", "Ada Lark"), attended(2, "bo", "Bo")], None).await.unwrap();
    log.append("notes", vec![event("e2", 2), attended(3, "ada-lark", "A. L.")], None).await.unwrap();
    log.compact().await.unwrap();
    log.append("notes", vec![attended(4, "bo", "Bo")], Some(&cursor("4"))).await.unwrap();
    log.append("people", vec![wish(1)], None).await.unwrap();
    assert_eq!(log.version(), 6);
    log
}

#[tokio::test]
async fn somebody_who_asks_is_gone_from_every_file_and_the_rest_stays() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap();
    let mut log = community(place).await;
    let before = all(&log.snapshot()).await;
    assert!(log.rewrite_is_due().await.unwrap());
    assert_eq!(log.forgotten().await.unwrap()[0].pseudonym, "forgotten:1");
    let done = forget(&mut log).await;
    assert_eq!(done, Rewritten { events: 8, changed: 2, files: 1, version: 7 });
    for log in [&log, &Log::open(place).await.unwrap()] {
        let after = all(&log.snapshot()).await;
        assert_eq!(frame(&after), frame(&before));
        assert_eq!(after[2].id, "notes:lantern/tsc/2025-01-02/attended/forgotten:1");
        assert_eq!(after[2].data, r#"{"schema":1,"name":"(forgotten)"}"#);
        let same = |at: &usize| before[*at] == after[*at];
        assert_eq!((0..8).filter(same).collect::<Vec<_>>(), [0, 1, 3, 4, 6, 7]);
        assert_sound(log).await;
        assert_eq!(log.info().await.unwrap().rewritten, [7]);
        assert_eq!(log.cursor("notes").await.unwrap(), Some(cursor("4")));
        assert!(!log.rewrite_is_due().await.unwrap());
    }
    assert_no_trace(folder.path());
    // The three files of before the compaction: only the first has nothing of her.
    assert_eq!(parquet_files(folder.path()).len(), 4);
    let commit = std::fs::read_to_string(folder.path().join("_delta_log/00000000000000000007.json")).unwrap();
    let lines: Vec<serde_json::Value> = commit.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let parameters = serde_json::json!({ "events": "8", "changed": "2" });
    let info = &lines[0]["commitInfo"];
    assert_eq!((info["operation"].as_str(), &info["operationParameters"]), (Some("REWRITE"), &parameters));
    for action in ["add", "remove"] {
        let lines: Vec<_> = lines.iter().filter(|line| line[action].is_object()).collect();
        assert!(lines.len() == 1 && lines[0][action]["dataChange"] == true, "{commit}");
    }
    assert!(commit.contains(r#""delta.appendOnly":"false""#), "{commit}");
}

#[tokio::test]
async fn rewriting_again_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap();
    let mut log = community(place).await;
    forget(&mut log).await;
    let files = parquet_files(folder.path());
    for mut log in [log, Log::open(place).await.unwrap()] {
        assert_eq!(forget(&mut log).await, Rewritten { events: 8, changed: 0, files: 0, version: 7 });
    }
    assert_eq!(parquet_files(folder.path()), files);
    // Somebody of whom the log has nothing: the rewrite is on record, no file is written.
    let mut log = Log::open(place).await.unwrap();
    log.append("people", vec![wish(2)], None).await.unwrap();
    assert!(log.rewrite_is_due().await.unwrap());
    assert_eq!(forget(&mut log).await, Rewritten { events: 9, changed: 0, files: 0, version: 9 });
    assert!(!log.rewrite_is_due().await.unwrap());
    assert_eq!(log.info().await.unwrap().rewritten, [7]);
    assert_sound(&log).await;
}

#[tokio::test]
async fn older_versions_say_why_they_cannot_be_opened() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap();
    let mut log = community(place).await;
    let then = log.snapshot().committed();
    forget(&mut log).await;
    log.append("notes", vec![attended(5, "bo", "Bo")], None).await.unwrap();
    for version in 2..=6 {
        let error = log.at_version(version).await.unwrap_err();
        assert_eq!(error.fault, Fault::Missing);
        let said = format!("version {version} of the log {place} cannot be opened any more");
        assert!(error.message.starts_with(&said) && error.message.contains("the rewrite of version 7"), "{error}");
        assert!(error.hint.contains("from 7 on"), "{}", error.hint);
    }
    assert!(log.at_instant(then).await.unwrap_err().message.contains("version 6"));
    // What she was never in is still there.
    assert_eq!(ids(&log.at_version(1).await.unwrap()).await.len(), 2);
    assert_eq!(ids(&log.at_version(7).await.unwrap()).await.len(), 8);
    assert_eq!(log.at_version(99).await.unwrap_err().fault, Fault::Missing);
}

#[tokio::test]
async fn collecting_again_what_was_rewritten_gives_duplicates() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap();
    let mut log = community(place).await;
    forget(&mut log).await;
    let redaction = Redaction::new(&log.forgotten().await.unwrap());
    let again = || {
        let events = [attended(2, "ada-lark", "Ada Lark"), attended(3, "ada-lark", "A. L."), attended(4, "bo", "Bo")];
        events.map(|mut event| {
            redaction.apply(&mut event);
            event
        })
    };
    for mut log in [log, Log::open(place).await.unwrap()] {
        let done = log.append("notes", again().to_vec(), None).await.unwrap();
        assert_eq!((done.appended, done.duplicates, done.conflicts.len(), done.version), (0, 3, 0, 7));
    }
}

#[tokio::test]
async fn a_rewrite_that_was_stopped_before_it_deleted_is_completed() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap();
    let mut log = community(place).await;
    let old: Vec<_> = parquet_files(folder.path())
        .into_iter()
        .map(|name| (folder.path().join(&name), std::fs::read(folder.path().join(name)).unwrap()))
        .collect();
    // What an append left behind that was killed before its commit.
    let orphan = folder.path().join(format!("{:020}-{:032x}.parquet", 3, 3));
    std::fs::copy(&old[1].0, &orphan).unwrap();
    forget(&mut log).await;
    assert!(!orphan.exists());
    let done = parquet_files(folder.path());
    old.iter().for_each(|(path, bytes)| std::fs::write(path, bytes).unwrap());
    // A file of a version to come is somebody's who is writing it.
    let ahead = folder.path().join(format!("{:020}-{:032x}.parquet", 8, 8));
    std::fs::copy(&old[1].0, &ahead).unwrap();
    let mut log = Log::open(place).await.unwrap();
    assert!(log.rewrite_is_due().await.unwrap());
    assert_eq!(forget(&mut log).await, Rewritten { events: 8, changed: 0, files: 0, version: 7 });
    assert!(ahead.exists());
    std::fs::remove_file(ahead).unwrap();
    assert_eq!(parquet_files(folder.path()), done);
    assert_no_trace(folder.path());
    assert!(!log.rewrite_is_due().await.unwrap());
    assert_sound(&log).await;
}

#[tokio::test]
async fn of_two_events_that_become_one_the_first_stays() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap();
    let mut log = Log::open_or_create(place).await.unwrap();
    log.append("git", vec![event("e1", 1), linked("email:ada@lark.example"), event("e2", 2)], None).await.unwrap();
    log.append("git", vec![linked("email:lark@ada.example")], None).await.unwrap();
    log.append("people", vec![wish(1)], None).await.unwrap();
    let done = forget(&mut log).await;
    assert_eq!(done, Rewritten { events: 5, changed: 2, files: 1, version: 4 });
    let log = Log::open(place).await.unwrap();
    let ids = ids(&log.snapshot()).await;
    assert_eq!(ids[..3], ["e1", "mailmap:acme/lantern/forgotten:1=>forgotten:1", "e2"]);
    assert_eq!((ids.len(), parquet_files(folder.path()).len()), (4, 2));
    assert_sound(&log).await;
}

#[tokio::test]
async fn a_large_file_keeps_what_comes_before_the_first_change() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap();
    let mut log = Log::open_or_create(place).await.unwrap();
    let mut events: Vec<Event> = (0..40_000).map(|n| event(&format!("e{n}"), n)).collect();
    events[35_000] = attended(1, "ada-lark", "Ada Lark");
    log.append("git", events, None).await.unwrap();
    log.append("people", vec![wish(1)], None).await.unwrap();
    let before = all(&log.snapshot()).await;
    let done = forget(&mut log).await;
    assert_eq!((done.events, done.changed, done.files), (40_001, 1, 1));
    let after = all(&log.snapshot()).await;
    let differ: Vec<usize> = (0..40_001).filter(|at| before[*at] != after[*at]).collect();
    assert_eq!(differ, [35_000]);
    assert_sound(&log).await;
    assert_no_trace(folder.path());
}

#[tokio::test]
async fn other_writers_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap();
    let mut log = community(place).await;
    let mut loaded = Log::open(place).await.unwrap();
    loaded.append("notes", vec![event("loaded", 1)], None).await.unwrap();
    let mut stale = Log::open(place).await.unwrap();
    let mut compacting = Log::open(place).await.unwrap();
    assert_eq!(forget(&mut log).await.version, 8);
    // One knows what she was called, and takes it for known; the other finds the files of its version gone.
    let done = loaded.append("notes", vec![attended(2, "ada-lark", "Ada Lark"), event("more", 1)], None).await.unwrap();
    assert_eq!((done.appended, done.duplicates, done.version), (1, 1, 9));
    let done = stale.append("notes", vec![event("more", 1), event("e2", 2)], None).await.unwrap();
    assert_eq!((done.appended, done.duplicates), (0, 2));
    compacting.compact().await.unwrap();
    let log = Log::open(place).await.unwrap();
    assert_eq!(log.snapshot().events(), 10);
    assert_sound(&log).await;
    assert_no_trace(folder.path());
}

#[tokio::test]
async fn a_log_in_an_object_store_is_rewritten_too() {
    let store = Arc::new(InMemory::new());
    let mut log = Log::open_in(store.clone(), "memory", true).await.unwrap();
    assert!(log.forgotten().await.unwrap().is_empty() && !log.rewrite_is_due().await.unwrap());
    assert_eq!(log.rewrite(|_| true).await.unwrap(), Rewritten::default(), "an empty log");
    log.append("notes", vec![attended(1, "ada-lark", "Ada Lark"), wish(1)], None).await.unwrap();
    let done = forget(&mut log).await;
    assert_eq!(done, Rewritten { events: 2, changed: 1, files: 1, version: 2 });
    let mut other = Log::open_in(store, "memory", false).await.unwrap();
    assert_eq!(other.append("notes", vec![event("e", 1)], None).await.unwrap().version, 3);
    assert_sound(&other).await;
}
