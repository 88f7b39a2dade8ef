use crate::common::{assert_sound, cursor, event, ids};
use muster_log::{Fault, Log};
use std::time::Duration;

#[tokio::test]
async fn every_version_and_instant_can_be_read_after_compaction() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap();
    let mut log = Log::open_or_create(place).await.unwrap();
    let before = log.snapshot().committed();
    let mut committed = vec![before];
    for n in 0..12 {
        log.append("git", vec![event(&format!("e{n:02}"), n)], None).await.unwrap();
        committed.push(log.snapshot().committed());
    }
    let expected = |version: usize| (0..version.min(12)).map(|n| format!("e{n:02}")).collect::<Vec<_>>();
    let done = log.compact().await.unwrap();
    assert_eq!((done.files_before, done.files_after, done.version), (12, 1, 13));
    assert_eq!(log.compact().await.unwrap().version, 13, "nothing left to join");
    log.append("git", vec![event("late", 1)], None).await.unwrap();

    let log = Log::open(place).await.unwrap();
    assert_eq!(log.version(), 14);
    for version in 0..=13 {
        let snapshot = log.at_version(version).await.unwrap();
        assert_eq!(snapshot.version(), version);
        assert_eq!(ids(&snapshot).await, expected(usize::try_from(version).unwrap()));
    }
    for (version, instant) in committed.iter().enumerate() {
        let snapshot = log.at_instant(*instant).await.unwrap();
        assert_eq!(snapshot.version(), version as u64);
        assert_eq!(snapshot.committed(), *instant);
        if version > 0 {
            assert_eq!(snapshot.last_recorded(), Some(*instant));
            let just_before = log.at_instant(*instant - Duration::from_micros(1)).await.unwrap();
            assert_eq!(just_before.version(), version as u64 - 1);
        }
    }
    let error = log.at_instant(before - Duration::from_micros(1)).await.unwrap_err();
    assert_eq!(error.fault, Fault::Missing);
    let error = log.at_version(99).await.unwrap_err();
    assert_eq!(error.fault, Fault::Missing, "{error}");
    assert!(error.message.contains(place) && error.message.contains("99"), "{error}");
    assert_eq!(log.snapshot().events(), 13);
    assert_sound(&log).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hundreds_of_versions_open_fast_and_keep_cursors() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap();
    let mut log = Log::open_or_create(place).await.unwrap();
    log.append("rare", vec![], Some(&cursor("from the beginning"))).await.unwrap();
    for n in 0..230 {
        let done = log.append("git", vec![event(&format!("e{n:03}"), n)], Some(&cursor(&n.to_string()))).await.unwrap();
        assert_eq!(done.version, n + 2);
    }
    let checkpoints = std::fs::read_dir(folder.path().join("_delta_log"))
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().contains("checkpoint.parquet"))
        .count();
    assert_eq!(checkpoints, 4, "one every 50 versions");
    let log = Log::open(place).await.unwrap();
    assert_eq!(log.version(), 231);
    assert_eq!(log.cursor("rare").await.unwrap(), Some(cursor("from the beginning")));
    assert_eq!(log.cursor("git").await.unwrap(), Some(cursor("229")));
    assert_eq!(log.cursors().await.unwrap().len(), 2);
    let expected: Vec<_> = (0..230).map(|n| format!("e{n:03}")).collect();
    assert_eq!(ids(&log.snapshot()).await, expected);
    assert_sound(&log).await;
    assert_eq!(ids(&log.at_version(75).await.unwrap()).await.len(), 74);
}

#[tokio::test]
async fn compaction_beside_a_writer_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap();
    let mut log = Log::open_or_create(place).await.unwrap();
    let mut other = Log::open(place).await.unwrap();
    for n in 0..10 {
        log.append("git", vec![event(&format!("a{n}"), n)], None).await.unwrap();
    }
    // `other` stands at version 0 still, and both compact.
    let (one, two) = (log.compact().await.unwrap(), other.compact().await.unwrap());
    assert_eq!((one.files_after, two.files_after), (1, 1));
    let mut third = Log::open(place).await.unwrap();
    other.append("git", vec![event("b", 1), event("a3", 3)], None).await.unwrap();
    third.compact().await.unwrap();
    let done = log.append("git", vec![event("b", 1), event("c", 1)], None).await.unwrap();
    assert_eq!((done.appended, done.duplicates), (1, 1));
    let log = Log::open(place).await.unwrap();
    assert_eq!(log.snapshot().events(), 12);
    assert_eq!(ids(&log.snapshot()).await[9..], ["a9", "b", "c"]);
    assert_sound(&log).await;
}
