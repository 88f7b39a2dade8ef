use crate::common::{all, assert_sound, cursor, event, ids};
use futures::TryStreamExt;
use muster_log::{Conflict, Filter, Log};
use muster_model::{Event, Payload, Timestamp};

#[tokio::test]
async fn an_event_comes_back_as_it_went_in() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("a folder/großes Log 100% #1");
    let mut log = Log::open_or_create(place.to_str().unwrap()).await.unwrap();
    let mut first = event("github:acme/lantern#12/closed/2025-03-01T10:00:00Z", 12);
    first.time = "1969-12-31T23:59:59.123456Z".parse().unwrap();
    first.subject = "meeting:größe/2025\n\u{1f980}".to_owned();
    let strange = Event {
        data: Payload::Unknown { kind: "planet.discovered".to_owned(), json: r#"{"schema":7, "who":"?"}"#.to_owned() },
        actor: None,
        url: None,
        ..event("planet", 1)
    };
    let done = log.append("git", vec![first.clone(), strange.clone()], Some(&cursor("a"))).await.unwrap();
    assert_eq!((done.appended, done.duplicates, done.conflicts.len(), done.version), (2, 0, 0, 1));

    let log = Log::open(place.to_str().unwrap()).await.unwrap();
    let stored = all(&log.snapshot()).await;
    assert_eq!(stored.len(), 2);
    for (stored, event) in stored.iter().zip([&first, &strange]) {
        assert_eq!(stored.id, event.id);
        assert_eq!(stored.source, *event.source);
        assert_eq!(stored.kind, event.kind());
        assert_eq!(stored.time, event.time);
        assert_eq!(stored.subject, event.subject);
        assert_eq!(stored.actor, event.actor);
        assert_eq!(stored.url, event.url);
        assert_eq!(stored.payload(), event.data);
        assert_eq!(stored.collector, event.collector);
        assert_eq!(Some(stored.recorded), log.snapshot().last_recorded());
    }
    assert_eq!(log.snapshot().last_recorded(), Some(stored[1].recorded));
    assert_eq!(log.cursor("git").await.unwrap(), Some(cursor("a")));
    assert_eq!(log.cursor("other").await.unwrap(), None);
    let verified = log.verify().await.unwrap();
    assert!(verified.is_clean(), "{:?}", verified.findings);
    assert_eq!(verified.unknown.get("planet.discovered"), Some(&1));
}

#[tokio::test]
async fn what_the_log_has_is_counted_and_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap();
    let mut log = Log::open_or_create(place).await.unwrap();
    let batch = || vec![event("a", 1), event("b", 2), event("a", 1)];
    let done = log.append("git", batch(), Some(&cursor("1"))).await.unwrap();
    assert_eq!((done.appended, done.duplicates, done.version), (2, 1, 1));

    // The same again, by this value and by a new one: no version.
    let done = log.append("git", batch(), Some(&cursor("1"))).await.unwrap();
    assert_eq!((done.appended, done.duplicates, done.version), (0, 3, 1));
    let mut log = Log::open(place).await.unwrap();
    let done = log.append("git", batch(), Some(&cursor("1"))).await.unwrap();
    assert_eq!((done.appended, done.duplicates, done.version), (0, 3, 1));
    assert_eq!(log.append("git", vec![], None).await.unwrap().version, 1);

    // Only the cursor moves.
    let done = log.append("git", vec![], Some(&cursor("2"))).await.unwrap();
    assert_eq!((done.appended, done.version), (0, 2));
    let done = log.append("mail", batch(), Some(&cursor("2"))).await.unwrap();
    assert_eq!((done.appended, done.duplicates, done.version), (0, 3, 3));
    let log = Log::open(place).await.unwrap();
    let cursors: Vec<_> = log.cursors().await.unwrap().into_iter().collect();
    assert_eq!(cursors, [("git".to_owned(), cursor("2")), ("mail".to_owned(), cursor("2"))]);
    assert_eq!(ids(&log.snapshot()).await, ["a", "b"]);
    assert_sound(&log).await;
}

#[tokio::test]
async fn the_first_payload_of_an_id_stays_and_the_others_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = Log::open_or_create(folder.path().to_str().unwrap()).await.unwrap();
    log.append("git", vec![event("a", 1), event("b", 2)], None).await.unwrap();
    let other = |id: &str| Event {
        source: "slack:acme".into(),
        data: Payload::from_json("issue.reopened", r#"{"schema":1,"number":1}"#),
        ..event(id, 1)
    };
    let done = log.append("git", vec![other("b"), event("c", 3), other("c"), other("c")], None).await.unwrap();
    assert_eq!((done.appended, done.duplicates), (1, 0));
    let conflict = |id: &str| Conflict {
        id: id.to_owned(),
        stored_kind: "issue.closed".to_owned(),
        stored_source: "github:acme/lantern".to_owned(),
        kind: "issue.reopened".to_owned(),
        source: "slack:acme".to_owned(),
    };
    assert_eq!(done.conflicts, [conflict("b"), conflict("c"), conflict("c")]);
    assert_eq!(ids(&log.snapshot()).await, ["a", "b", "c"]);
    assert!(all(&log.snapshot()).await.iter().all(|event| event.kind == "issue.closed"));
}

#[tokio::test]
async fn a_cursor_of_megabytes_commits_with_its_events() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap();
    let mut log = Log::open_or_create(place).await.unwrap();
    let mut dice = crate::common::Dice(1);
    let big: String = (0..250_000).map(|_| format!("{:08x}", dice.below(1 << 32))).collect();
    log.append("a \"strange\" söurce\n", vec![event("a", 1)], Some(&cursor(&big))).await.unwrap();
    log.append("small", vec![event("b", 1)], Some(&cursor("{\"é\":\"\\n\"}"))).await.unwrap();
    let log = Log::open(place).await.unwrap();
    assert_eq!(log.cursor("a \"strange\" söurce\n").await.unwrap(), Some(cursor(&big)));
    assert_eq!(log.cursor("small").await.unwrap(), Some(cursor("{\"é\":\"\\n\"}")));
}

#[tokio::test]
async fn reading_takes_a_position_types_and_ids() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = Log::open_or_create(folder.path().to_str().unwrap()).await.unwrap();
    let opened = |id: &str, kind: &str| Event { data: Payload::from_json(kind, r#"{"schema":1}"#), ..event(id, 1) };
    let mut positions: Vec<Option<Timestamp>> = vec![None];
    for batch in 0..4 {
        let events = vec![opened(&format!("{batch}-x"), "x.done"), opened(&format!("{batch}-y"), "y.done")];
        log.append("git", events, None).await.unwrap();
        positions.push(log.snapshot().last_recorded());
    }
    assert!(positions.is_sorted());
    for compacted in [false, true] {
        if compacted {
            log.compact().await.unwrap();
        }
        for (batch, since) in positions.iter().enumerate() {
            let filter = Filter { since: *since, types: Some(vec!["y.done".to_owned()]), ids: None };
            let read: Vec<_> = log.snapshot().recorded(&filter).try_collect().await.unwrap();
            let read: Vec<_> = read.into_iter().map(|event| event.id).collect();
            assert_eq!(read, (batch..4).map(|batch| format!("{batch}-y")).collect::<Vec<_>>());
        }
        let filter = Filter { ids: Some(["2-x".to_owned(), "none".to_owned()].into()), ..Filter::default() };
        let read: Vec<_> = log.snapshot().recorded(&filter).try_collect().await.unwrap();
        assert_eq!(read.len(), 1);
    }
}

#[tokio::test]
async fn info_counts_what_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = Log::open_or_create(folder.path().to_str().unwrap()).await.unwrap();
    let empty = log.info().await.unwrap();
    assert_eq!((empty.events, empty.first_time, empty.last_recorded), (0, None, None));
    let unknown_time = Event { time: Timestamp::UNIX_EPOCH, ..event("c", 5) };
    log.append("git", vec![event("a", 1), event("b", 2), unknown_time], Some(&cursor("x"))).await.unwrap();
    let info = log.info().await.unwrap();
    assert_eq!((info.version, info.files, info.events), (1, 1, 3));
    assert_eq!(info.by_type.into_iter().collect::<Vec<_>>(), [("issue.closed".to_owned(), 3)]);
    assert_eq!(info.by_collector.into_iter().collect::<Vec<_>>(), [("test/1".to_owned(), 3)]);
    assert_eq!(info.first_time, Some(event("", 1).time));
    assert_eq!(info.last_time, Some(event("", 2).time));
    assert_eq!(info.cursors["git"], cursor("x"));
}
