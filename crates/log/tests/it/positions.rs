use crate::common::{all, assert_sound, cursor, event, ids};
use muster_log::{Log, Stretch};

const STREAM: &str = "kafka/cluster/events/0";

fn stretch(next: i64, offsets: impl IntoIterator<Item = i64>) -> Stretch {
    let events =
        offsets.into_iter().map(|offset| (offset, event(&format!("e{offset}"), offset.unsigned_abs()))).collect();
    Stretch { stream: STREAM.to_owned(), next, events, witness: Some(format!("{next} 7")), anew: false }
}

async fn position(log: &mut Log, stream: &str) -> Option<i64> {
    log.positions(&[stream.to_owned()]).await.unwrap()[0]
}

async fn opened() -> (tempfile::TempDir, String, Log) {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("log").to_str().unwrap().to_owned();
    let log = Log::open_or_create(&place).await.unwrap();
    (folder, place, log)
}

#[tokio::test]
async fn a_position_moves_with_its_events_and_is_found_again() {
    let (_folder, place, mut log) = opened().await;
    assert_eq!(position(&mut log, STREAM).await, None);
    let done = log.append_from(vec![stretch(3, 0..3)]).await.unwrap();
    assert_eq!((done.appended, done.duplicates), (3, 0));
    assert_eq!(position(&mut log, STREAM).await, Some(3));
    // A position alone moves, too: behind the last event there may be what is none.
    assert_eq!(log.append_from(vec![stretch(4, [])]).await.unwrap().appended, 0);
    let mut again = Log::open(&place).await.unwrap();
    assert_eq!(position(&mut again, STREAM).await, Some(4));
    assert_eq!(again.witness(STREAM).await.unwrap().as_deref(), Some("4 7"));
    assert_eq!(position(&mut again, "kafka/cluster/events/1").await, None);
    assert_eq!(again.witness("kafka/cluster/events/1").await.unwrap(), None);
    // Nothing new makes no version.
    let version = again.version();
    again.append_from(vec![stretch(4, [])]).await.unwrap();
    assert_eq!(again.version(), version);
    assert_sound(&again).await;
}

#[tokio::test]
async fn whoever_comes_late_doubles_nothing_and_moves_nothing_back() {
    let (_folder, place, mut quick) = opened().await;
    let mut late = Log::open(&place).await.unwrap();
    assert_eq!(position(&mut late, STREAM).await, None);
    quick.append_from(vec![stretch(6, 0..6)]).await.unwrap();
    // It read less, and does not know that somebody has read further; even under other ids.
    let mut renamed = stretch(4, 0..4);
    renamed.events.iter_mut().for_each(|(_, event)| event.id.push_str("-renamed"));
    let done = late.append_from(vec![renamed]).await.unwrap();
    assert_eq!((done.appended, done.duplicates), (0, 4));
    assert_eq!(position(&mut late, STREAM).await, Some(6));
    assert_eq!(late.witness(STREAM).await.unwrap().as_deref(), Some("6 7"));
    // It read more: what is above the position is new.
    let mut later = Log::open(&place).await.unwrap();
    quick.append_from(vec![stretch(8, 6..8)]).await.unwrap();
    let done = later.append_from(vec![stretch(10, 4..10)]).await.unwrap();
    assert_eq!((done.appended, done.duplicates), (2, 4));
    assert_eq!(ids(&later.snapshot()).await.len(), 10);
    assert_eq!(position(&mut later, STREAM).await, Some(10));
    assert_sound(&later).await;
}

#[tokio::test]
async fn a_stream_can_be_read_anew_without_doubling() {
    let (_folder, _, mut log) = opened().await;
    log.append_from(vec![stretch(100, 0..5)]).await.unwrap();
    // The topic was made again: its offsets begin at 0, and an event of it is new.
    let mut anew = Stretch { anew: true, ..stretch(2, 0..2) };
    anew.events[1].1 = event("fresh", 7);
    let done = log.append_from(vec![anew]).await.unwrap();
    assert_eq!((done.appended, done.duplicates), (1, 1));
    assert_eq!(position(&mut log, STREAM).await, Some(2));
}

#[tokio::test]
async fn positions_outlive_checkpoints_compaction_and_rewriting() {
    let (_folder, place, mut log) = opened().await;
    for offset in 0..60 {
        log.append_from(vec![stretch(offset + 1, [offset])]).await.unwrap();
    }
    log.append("git", vec![event("g", 1)], Some(&cursor("c"))).await.unwrap();
    log.compact().await.unwrap();
    log.rewrite(|event| {
        let is_it = event.id == "e7";
        if is_it {
            event.actor = Some("forgotten:1".to_owned());
        }
        is_it
    })
    .await
    .unwrap();
    assert_eq!(position(&mut log, STREAM).await, Some(60));
    let mut again = Log::open(&place).await.unwrap();
    assert_eq!(position(&mut again, STREAM).await, Some(60));
    assert_eq!(all(&again.snapshot()).await.len(), 61);
    // Another writer that was open all the time sees it, too.
    again.append_from(vec![stretch(61, [60])]).await.unwrap();
    log.refresh().await.unwrap();
    assert_eq!(position(&mut log, STREAM).await, Some(61));
    assert_sound(&again).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_archivers_of_one_stream_store_each_event_once() {
    let (_folder, place, mut log) = opened().await;
    let tasks: Vec<_> = (0..4)
        .map(|archiver: i64| {
            let place = place.clone();
            tokio::spawn(async move {
                let mut log = Log::open(&place).await.unwrap();
                let mut counted = 0;
                // Each believes that the stream is its own, in steps of another length.
                let step = 3 + archiver;
                let mut at = 0;
                while at < 60 {
                    let next = (at + step).min(60);
                    let done = log.append_from(vec![stretch(next, at..next)]).await.unwrap();
                    counted += done.appended;
                    at = next;
                }
                counted
            })
        })
        .collect();
    let mut counted = 0;
    for task in tasks {
        counted += task.await.unwrap();
    }
    assert_eq!(counted, 60);
    log.refresh().await.unwrap();
    assert_eq!(ids(&log.snapshot()).await.len(), 60);
    assert_eq!(position(&mut log, STREAM).await, Some(60));
    assert_sound(&log).await;
}
