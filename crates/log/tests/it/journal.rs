//! The journal of runs: what is told stays, and the log does not notice.

use muster_log::{Journal, Log};
use muster_model::payload::{RunNotified, RunStarted};
use muster_model::{Event, Payload, parse_time};
use std::collections::HashSet;
use std::path::Path;

fn started(number: u32) -> Event {
    let data = RunStarted {
        pipeline: "p.toml".to_owned(),
        command: "run".to_owned(),
        muster: "1".to_owned(),
        looked_back: false,
        host: None,
        due: None,
        attempt: Some(number),
    };
    event(&format!("run:{number}/started"), Payload::RunStarted(data))
}

fn event(id: &str, data: Payload) -> Event {
    Event {
        id: id.to_owned(),
        source: "muster:lantern".into(),
        time: parse_time("2026-01-01").unwrap(),
        subject: "run:1".to_owned(),
        actor: None,
        url: None,
        data,
        collector: "muster/1".into(),
    }
}

async fn log(folder: &Path) -> (Log, Journal) {
    let log = Log::open_or_create(folder.to_str().unwrap()).await.unwrap();
    (log, Journal::open(folder.to_str().unwrap()).await.unwrap())
}

fn files(folder: &Path) -> usize {
    std::fs::read_dir(folder.join("_muster/runs")).map_or(0, Iterator::count)
}

#[tokio::test]
async fn what_is_told_comes_back_in_its_order_and_the_log_does_not_change() {
    let folder = tempfile::tempdir().unwrap();
    let (mut log, journal) = log(folder.path()).await;
    let before = (log.version(), log.snapshot().last_recorded(), log.snapshot().events());
    assert!(journal.events().await.unwrap().is_empty());
    for number in 0..3 {
        journal.append(&started(number)).await.unwrap();
    }
    let events = journal.events().await.unwrap();
    assert_eq!(events.iter().map(|event| event.payload()).collect::<Vec<_>>(), [0, 1, 2].map(|n| started(n).data));
    assert_eq!(events[1].id, "run:1/started");
    log.refresh().await.unwrap();
    assert_eq!((log.version(), log.snapshot().last_recorded(), log.snapshot().events()), before);
    assert!(log.verify().await.unwrap().is_clean());
    log.compact().await.unwrap();
    assert_eq!(journal.events().await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_clock_that_was_put_back_does_not_change_the_order() {
    let folder = tempfile::tempdir().unwrap();
    let (_, journal) = log(folder.path()).await;
    journal.append(&started(9)).await.unwrap();
    // As a machine would have left it whose clock was twenty years ahead.
    let runs = folder.path().join("_muster/runs");
    let file = std::fs::read_dir(&runs).unwrap().next().unwrap().unwrap();
    let text = std::fs::read_to_string(file.path()).unwrap();
    let at = text.find("\"recorded\":\"").unwrap() + 12;
    let (year, name) = (&text[at..at + 4], file.file_name().into_string().unwrap());
    std::fs::write(runs.join(name.replacen(year, "2046", 1)), text.replace(year, "2046")).unwrap();
    std::fs::remove_file(file.path()).unwrap();
    for number in [8, 7] {
        journal.append(&started(number)).await.unwrap();
    }
    let ids: Vec<String> = journal.events().await.unwrap().into_iter().map(|event| event.id).collect();
    assert_eq!(ids, ["run:9/started", "run:8/started", "run:7/started"]);
}

#[tokio::test]
async fn many_files_become_one_and_no_event_is_lost_or_comes_twice() {
    let folder = tempfile::tempdir().unwrap();
    let (_, journal) = log(folder.path()).await;
    let journal = std::sync::Arc::new(journal);
    let writer = |from: u32| {
        let journal = journal.clone();
        tokio::spawn(async move {
            for number in from..from + 130 {
                journal.append(&started(number)).await.unwrap();
                journal.tidy().await.unwrap();
                // Somebody reads all the time.
                if number % 10 == 0 {
                    assert!(journal.events().await.unwrap().len() > (number - from) as usize);
                }
            }
        })
    };
    let writers = [writer(0), writer(1000), writer(2000)];
    for writer in writers {
        writer.await.unwrap();
    }
    let ids: HashSet<String> = journal.events().await.unwrap().into_iter().map(|event| event.id).collect();
    assert_eq!((ids.len(), journal.events().await.unwrap().len()), (390, 390));
    assert!(files(folder.path()) < 130, "{} files", files(folder.path()));
}

#[tokio::test]
async fn what_a_later_muster_told_is_kept_and_what_is_no_event_is_said_with_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let (_, journal) = log(folder.path()).await;
    let unknown = Payload::from_json("run.paused", "{\"schema\":9,\"why\":\"lunch\"}");
    journal.append(&event("run:1/paused", unknown.clone())).await.unwrap();
    let told = RunNotified {
        pipeline: "p.toml".to_owned(),
        about: "failure".to_owned(),
        to: "x".to_owned(),
        digest: String::new(),
        attempts: 1,
        failed: None,
    };
    journal.append(&event("run:1/notified/1", Payload::RunNotified(told))).await.unwrap();
    assert_eq!(journal.events().await.unwrap()[0].payload(), unknown);
    std::fs::write(folder.path().join("_muster/runs/9-by-hand.jsonl"), "not an event\n").unwrap();
    let error = journal.events().await.unwrap_err();
    assert!(error.message.contains("9-by-hand.jsonl"), "{error}");
}
