use crate::common::{Dice, assert_sound, cursor, event, ids};
use muster_log::Log;
use std::collections::{BTreeMap, BTreeSet};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const PLACE: &str = "MUSTER_LOG_TEST_PLACE";
const WRITER: &str = "MUSTER_LOG_TEST_WRITER";

/// A writer's batches: every id is shared with others, few with all.
fn batch(writer: u64, round: u64) -> Vec<muster_model::Event> {
    let mut dice = Dice(writer * 1000 + round);
    (0..20).map(|_| dice.below(400)).map(|n| event(&format!("shared{n}"), n)).collect()
}

fn everything(writers: u64, rounds: u64) -> BTreeSet<String> {
    let batches = (0..writers).flat_map(|writer| (0..rounds).map(move |round| batch(writer, round)));
    batches.flatten().map(|event| event.id).collect()
}

async fn assert_each_once(place: &str, expected: &BTreeSet<String>) {
    let log = Log::open(place).await.unwrap();
    let stored = ids(&log.snapshot()).await;
    assert_eq!(stored.len(), expected.len(), "an id is lost or there twice");
    assert_eq!(&stored.into_iter().collect::<BTreeSet<_>>(), expected);
    assert_sound(&log).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_writers_in_one_process_store_each_id_once() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("log").to_str().unwrap().to_owned();
    let tasks: Vec<_> = (0..4)
        .map(|writer| {
            let place = place.clone();
            // They even create the log at once.
            tokio::spawn(async move {
                let mut log = Log::open_or_create(&place).await.unwrap();
                let mut appended = 0;
                for round in 0..15 {
                    let name = format!("writer{writer}");
                    let events = batch(writer, round);
                    let count = events.len() as u64;
                    let done = log.append(&name, events, Some(&cursor(&round.to_string()))).await.unwrap();
                    assert_eq!(done.appended + done.duplicates, count);
                    assert!(done.conflicts.is_empty());
                    appended += done.appended;
                }
                appended
            })
        })
        .collect();
    let mut appended = 0;
    for task in tasks {
        appended += task.await.unwrap();
    }
    let expected = everything(4, 15);
    assert_eq!(appended, expected.len() as u64);
    assert_each_once(&place, &expected).await;
    let log = Log::open(&place).await.unwrap();
    let cursors: BTreeMap<_, _> = (0..4).map(|writer| (format!("writer{writer}"), cursor("14"))).collect();
    assert_eq!(log.cursors().await.unwrap(), cursors);
}

fn child(place: &str, writer: u64) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "writers::the_child", "--ignored", "--nocapture"])
        .env(PLACE, place)
        .env(WRITER, writer.to_string())
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// Not a test: what the tests below run in processes of their own.
#[tokio::test]
#[ignore = "run by other tests"]
async fn the_child() {
    let (Some(place), Some(writer)) = (std::env::var_os(PLACE), std::env::var_os(WRITER)) else { return };
    let (place, writer) = (place.into_string().unwrap(), writer.into_string().unwrap().parse().unwrap());
    let mut log = Log::open_or_create(&place).await.unwrap();
    for round in 0..15 {
        // Every process runs the same source, too.
        log.append("same", batch(writer, round), Some(&cursor(&format!("{writer}/{round}")))).await.unwrap();
    }
}

#[tokio::test]
async fn processes_at_once_store_each_id_once() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("log").to_str().unwrap().to_owned();
    let children: Vec<_> = (0..3).map(|writer| child(&place, writer)).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_each_once(&place, &everything(3, 15)).await;
    let last = Log::open(&place).await.unwrap().cursor("same").await.unwrap().unwrap();
    assert!(last.0.ends_with("/14"), "{last:?}");
}

#[tokio::test]
async fn a_writer_killed_at_any_moment_leaves_a_sound_log() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("log").to_str().unwrap().to_owned();
    let mut dice = Dice(7);
    let mut killed = 0;
    let mut versions = BTreeSet::new();
    for writer in 0..20 {
        let mut child = child(&place, writer);
        std::thread::sleep(Duration::from_millis(15 + dice.below(350)));
        killed += u32::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
        let mut log = Log::open_or_create(&place).await.unwrap();
        versions.insert(log.version());
        assert_sound(&log).await;
        // The cursor and its events are there together.
        if let Some(cursor) = log.cursor("same").await.unwrap() {
            let (writer, round) = cursor.0.split_once('/').unwrap();
            let covered = batch(writer.parse().unwrap(), round.parse().unwrap());
            let stored: BTreeSet<_> = ids(&log.snapshot()).await.into_iter().collect();
            assert!(covered.iter().all(|event| stored.contains(&event.id)));
        }
        let done = log.append("after", vec![event(&format!("after{writer}"), writer)], None).await.unwrap();
        assert_eq!(done.appended, 1);
    }
    println!("{killed} of 20 killed at work; versions found: {versions:?}");
    assert!(killed >= 5);
}
