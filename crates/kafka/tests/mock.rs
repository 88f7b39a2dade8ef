//! Producing and archiving against librdkafka's own imitation of a cluster, in this process: errors, delays and brokers
//! that go away. It knows no isolation of transactions, no fencing and no administration; those are tested against a real
//! Apache Kafka.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use futures::TryStreamExt;
use muster_kafka::{Archiver, Fault, Mode, Observer, Outlet, Reach, Security, Settings, TransportError};
use muster_log::{Appended, Filter, Log, Recorded, Stretch};
use muster_model::{Cursor, Event, Payload, Timestamp};
use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::{Header, Headers, Message, OwnedHeaders, OwnedMessage};
use rdkafka::mocking::MockCluster;
use rdkafka::producer::{BaseProducer, BaseRecord, DefaultProducerContext, Producer};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};
use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

const TOPIC: &str = "events";

/// A cluster with the topics of a transport, and a log.
struct World {
    cluster: MockCluster<'static, DefaultProducerContext>,
    settings: Settings,
    log: Log,
    _folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        let cluster = MockCluster::new(3).unwrap();
        for (topic, partitions) in [(TOPIC, 3), ("events.cursors", 1), ("events.rejected", 1)] {
            cluster.create_topic(topic, partitions, 3).unwrap();
        }
        let settings = settings(&cluster.bootstrap_servers());
        let folder = tempfile::tempdir().unwrap();
        let log = Log::open_or_create(folder.path().join("log").to_str().unwrap()).await.unwrap();
        Self { cluster, settings, log, _folder: folder }
    }

    /// What a collector does in a run: its events in batches of 100. Gives where it stood.
    async fn collect(&self, source: &str, events: Vec<Event>) -> Result<Option<Cursor>, TransportError> {
        let (settings, source) = (self.settings.clone(), source.to_owned());
        let work = move || {
            let observer = Observer::connect(&settings, &[])?;
            let (mut outlet, before) = Outlet::open(&settings, &observer, &source)?;
            for (number, batch) in events.chunks(100).enumerate() {
                outlet.send(batch, Some(&Cursor(format!("batch {number}"))))?;
            }
            Ok(before)
        };
        tokio::task::spawn_blocking(work).await.unwrap()
    }

    /// Everything that is in the topic now: records read, and what became of them.
    async fn archive(&mut self, from_start: bool) -> Result<(u64, Appended), TransportError> {
        let stop = AtomicBool::new(false);
        let (settings, log) = (&self.settings, &mut self.log);
        let mut archiver = Archiver::open(settings, log, Reach::ToTheEnd, "one", from_start, &stop).await?;
        let (mut read, mut all) = (0, Appended::default());
        while !archiver.is_done() {
            let batch = archiver.next(log, &stop).await?;
            read += batch.counts.read;
            let done = archiver.append(log, batch).await?.appended;
            all.appended += done.appended;
            all.duplicates += done.duplicates;
            all.conflicts.extend(done.conflicts);
        }
        Ok((read, all))
    }

    async fn ids(&self) -> BTreeSet<String> {
        let events: Vec<Recorded> = self.log.snapshot().recorded(&Filter::default()).try_collect().await.unwrap();
        let number = events.len();
        let ids: BTreeSet<String> = events.into_iter().map(|event| event.id).collect();
        assert_eq!(ids.len(), number, "an id is in the log twice");
        ids
    }
}

fn settings(brokers: &str) -> Settings {
    Settings {
        project: "lantern".to_owned(),
        brokers: vec![brokers.to_owned()],
        topic: TOPIC.to_owned(),
        partitions: 3,
        replication: None,
        retention_days: 14,
        mode: Mode::Binary,
        group: "muster-events".to_owned(),
        batch: 20_000,
        security: Security::default(),
        properties: [("socket.timeout.ms", "5000")].map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
    }
}

fn events(range: std::ops::Range<u64>) -> Vec<Event> {
    range
        .map(|number| Event {
            id: format!("github:acme/lantern#{number}/closed"),
            source: "github:acme/lantern".into(),
            time: Timestamp::from_second(1_700_000_000).unwrap(),
            subject: format!("github:acme/lantern#{}", number % 17),
            actor: Some("github:octo".to_owned()),
            url: None,
            data: Payload::from_json("issue.closed", &format!(r#"{{"schema":1,"number":{number}}}"#)),
            collector: "github/1".into(),
        })
        .collect()
}

fn ids(range: std::ops::Range<u64>) -> BTreeSet<String> {
    events(range).into_iter().map(|event| event.id).collect()
}

/// A producer that is not muster.
fn produce(world: &World, headers: &[(&str, &str)], value: &str) {
    let producer: BaseProducer =
        ClientConfig::new().set("bootstrap.servers", world.cluster.bootstrap_servers()).create().unwrap();
    let headers =
        headers.iter().fold(OwnedHeaders::new(), |all, (key, value)| all.insert(Header { key, value: Some(*value) }));
    producer.send(BaseRecord::to(TOPIC).key("k").payload(value).partition(1).headers(headers)).unwrap();
    producer.flush(Duration::from_secs(10)).unwrap();
}

fn records(world: &World, topic: &str, number: usize) -> Vec<OwnedMessage> {
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", world.cluster.bootstrap_servers())
        .set("group.id", "looker")
        .create()
        .unwrap();
    let mut from = TopicPartitionList::new();
    from.add_partition_offset(topic, 0, Offset::Beginning).unwrap();
    consumer.assign(&from).unwrap();
    (0..number).map(|_| consumer.poll(Duration::from_secs(20)).unwrap().unwrap().detach()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_collected_is_archived_once_and_the_cursor_is_found_again() {
    for mode in [Mode::Binary, Mode::Structured] {
        let mut world = World::new().await;
        world.settings.mode = mode;
        assert_eq!(world.collect("github", events(0..250)).await.unwrap(), None);
        let (read, done) = world.archive(false).await.unwrap();
        assert_eq!((read, done.appended, done.duplicates), (250, 250, 0));
        assert_eq!(world.ids().await, ids(0..250));
        // Nothing new: nothing read, no version.
        let version = world.log.version();
        assert_eq!(world.archive(false).await.unwrap().0, 0);
        assert_eq!(world.log.version(), version);
        // The next run of the collector begins where this one ended; another source does not.
        assert_eq!(world.collect("git", events(250..260)).await.unwrap(), None);
        assert_eq!(world.collect("github", events(240..270)).await.unwrap(), Some(Cursor("batch 2".to_owned())));
        let (read, done) = world.archive(false).await.unwrap();
        assert_eq!((read, done.appended, done.duplicates), (40, 20, 20));
        assert_eq!(world.ids().await, ids(0..270));
        // Read again from the beginning, it is the same log.
        let (read, done) = world.archive(true).await.unwrap();
        assert_eq!((read, done.appended, done.duplicates), (290, 0, 290));
        assert!(done.conflicts.is_empty());
        assert_eq!(world.archive(false).await.unwrap().0, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_and_delays_of_brokers_lose_and_double_nothing() {
    let mut world = World::new().await;
    world.cluster.broker_round_trip_time(-1, Duration::from_millis(40)).unwrap();
    let passing = [RDKafkaRespErr::RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, RDKafkaRespErr::RD_KAFKA_RESP_ERR__TRANSPORT];
    let loading = [RDKafkaRespErr::RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS];
    world.cluster.request_errors(RDKafkaApiKey::Produce, &passing);
    world.cluster.request_errors(RDKafkaApiKey::EndTxn, &loading);
    world.cluster.request_errors(RDKafkaApiKey::Fetch, &passing[1..]);
    world.collect("github", events(0..500)).await.unwrap();
    assert_eq!(world.archive(false).await.unwrap().1.appended, 500);
    assert_eq!(world.ids().await, ids(0..500));
}

#[tokio::test(flavor = "multi_thread")]
async fn brokers_that_go_away_and_come_back_are_waited_for() {
    let mut world = World::new().await;
    world.collect("github", events(0..100)).await.unwrap();
    let (settings, source) = (world.settings.clone(), "github".to_owned());
    let sending = tokio::task::spawn_blocking(move || {
        let observer = Observer::connect(&settings, &[]).unwrap();
        let (mut outlet, _) = Outlet::open(&settings, &observer, &source).unwrap();
        (0..20).try_for_each(|batch| {
            std::thread::sleep(Duration::from_millis(100));
            outlet.send(&events(100 + batch * 10..110 + batch * 10), Some(&Cursor(batch.to_string())))
        })
    });
    for _ in 0..2 {
        tokio::time::sleep(Duration::from_millis(700)).await;
        world.cluster.broker_down(-1).unwrap();
        tokio::time::sleep(Duration::from_millis(700)).await;
        world.cluster.broker_up(-1).unwrap();
    }
    sending.await.unwrap().unwrap();
    assert_eq!(world.archive(false).await.unwrap().1.appended, 300);
    assert_eq!(world.ids().await, ids(0..300));
}

#[tokio::test(flavor = "multi_thread")]
async fn foreign_events_are_kept_and_what_is_none_is_set_aside_with_the_reason() {
    let mut world = World::new().await;
    world.collect("github", events(0..10)).await.unwrap();
    produce(&world, &[("x", "y")], "hello");
    let foreign = [("ce_specversion", "1.0"), ("ce_id", "1"), ("ce_source", "lamp"), ("ce_type", "org.ex.lit")];
    produce(&world, &foreign, "{ \"watt\" : 7 }");
    produce(&world, &foreign[1..], "{}");
    world.collect("git", events(10..20)).await.unwrap();
    let stop = AtomicBool::new(false);
    let log = &mut world.log;
    let mut archiver = Archiver::open(&world.settings, log, Reach::ToTheEnd, "one", false, &stop).await.unwrap();
    let (mut rejected, mut unknown) = (0, 0);
    while !archiver.is_done() {
        let batch = archiver.next(log, &stop).await.unwrap();
        rejected += batch.counts.rejected;
        unknown += batch.counts.unknown.values().sum::<u64>();
        archiver.append(log, batch).await.unwrap();
    }
    tokio::task::block_in_place(|| drop(archiver));
    assert_eq!((rejected, unknown), (2, 1));
    let expected: BTreeSet<_> = ids(0..20).into_iter().chain(["lamp#1".to_owned()]).collect();
    assert_eq!(world.ids().await, expected);
    let aside = tokio::task::block_in_place(|| records(&world, "events.rejected", 2));
    assert_eq!(aside[0].payload(), Some(&b"hello"[..]));
    assert_eq!(aside[0].key(), Some(&b"k"[..]));
    let header = |name: &str| {
        let headers = aside[0].headers().unwrap();
        let found = headers.iter().find(|header| header.key == name).and_then(|header| header.value);
        String::from_utf8(found.unwrap_or_else(|| panic!("no {name}")).to_vec()).unwrap()
    };
    assert_eq!((header("x"), header("muster_topic")), ("y".to_owned(), TOPIC.to_owned()));
    assert_eq!(header("muster_partition"), "1");
    assert!(header("muster_reason").contains("no CloudEvent"));
    header("muster_offset").parse::<i64>().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archiver_of_a_group_archives_what_it_is_given() {
    let mut world = World::new().await;
    world.collect("github", events(0..300)).await.unwrap();
    let mut settings = world.settings.clone();
    settings.batch = 50;
    let stop = AtomicBool::new(false);
    let log = &mut world.log;
    // The imitation does not know static members, so this one has no name.
    let mut archiver = Archiver::open(&settings, log, Reach::Shared, "", false, &stop).await.unwrap();
    let mut appended = 0;
    while appended < 300 {
        let batch = archiver.next(log, &stop).await.unwrap();
        appended += archiver.append(log, batch).await.unwrap().appended.appended;
    }
    tokio::task::block_in_place(|| drop(archiver));
    assert_eq!(world.ids().await, ids(0..300));
    assert_eq!(world.archive(false).await.unwrap().1.appended, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_that_is_not_the_one_that_was_archived_is_refused() {
    let mut world = World::new().await;
    let observer = tokio::task::block_in_place(|| Observer::connect(&world.settings, &[])).unwrap();
    let stream = format!("kafka/{}/{TOPIC}/0", observer.cluster());
    let stretch = Stretch { stream, next: 1000, events: Vec::new(), witness: None, anew: false };
    world.log.append_from(vec![stretch]).await.unwrap();
    let error = world.archive(false).await.unwrap_err();
    assert_eq!(error.fault, Fault::OtherTopic);
    assert!(error.hint.contains("--from-start"), "{}", error.hint);
    world.collect("github", events(0..100)).await.unwrap();
    assert_eq!(world.archive(true).await.unwrap().1.appended, 100);
    assert_eq!(world.archive(false).await.unwrap().0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_made_again_is_told_even_when_it_has_grown_past_the_old_one() {
    let mut world = World::new().await;
    world.collect("github", events(0..100)).await.unwrap();
    world.archive(false).await.unwrap();
    // Another record lies where the last one was: as if the log had seen it an hour before.
    let observer = tokio::task::block_in_place(|| Observer::connect(&world.settings, &[])).unwrap();
    for partition in 0..3 {
        let stream = format!("kafka/{}/{TOPIC}/{partition}", observer.cluster());
        let Some(witness) = world.log.witness(&stream).await.unwrap() else { continue };
        let (offset, time) = witness.split_once(' ').unwrap();
        let next = offset.parse::<i64>().unwrap() + 1;
        let before = time.parse::<i64>().unwrap() - 3_600_000;
        let witness = Some(format!("{offset} {before}"));
        world
            .log
            .append_from(vec![Stretch {
                stream: stream.clone(),
                next: 0,
                events: Vec::new(),
                witness: None,
                anew: true,
            }])
            .await
            .unwrap();
        world.log.append_from(vec![Stretch { stream, next, events: Vec::new(), witness, anew: true }]).await.unwrap();
    }
    world.collect("github", events(100..200)).await.unwrap();
    let error = world.archive(false).await.unwrap_err();
    assert_eq!(error.fault, Fault::OtherTopic);
    assert!(error.message.contains("is not the one"), "{}", error.message);
    assert_eq!(world.archive(true).await.unwrap().1.appended, 100);
    assert_eq!(world.ids().await, ids(0..200));
    assert_eq!(world.archive(false).await.unwrap().0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_say_what_was_found_and_what_to_do() {
    let world = World::new().await;
    let mut other = settings(&world.cluster.bootstrap_servers());
    other.topic = "nowhere".to_owned();
    let fault = |settings: Settings| {
        tokio::task::spawn_blocking(move || {
            let observer = Observer::connect(&settings, &[])?;
            Outlet::open(&settings, &observer, "github").map(drop)
        })
    };
    let error = fault(other).await.unwrap().unwrap_err();
    assert_eq!(error.fault, Fault::NoTopic);
    assert!(error.message.contains("nowhere") && error.hint.contains("muster topic create"), "{error:?}");

    let error = fault(settings("127.0.0.1:1")).await.unwrap().unwrap_err();
    assert_eq!(error.fault, Fault::Absent);
    assert!(error.message.contains("127.0.0.1:1"), "{error:?}");

    let mut wrong = settings(&world.cluster.bootstrap_servers());
    wrong.properties.insert("sockets.timeout".to_owned(), "1".to_owned());
    let error = fault(wrong).await.unwrap().unwrap_err();
    assert_eq!(error.fault, Fault::Property);
    assert!(error.message.contains("sockets.timeout"), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_is_too_large_is_named_and_nothing_of_its_batch_is_lost() {
    let mut world = World::new().await;
    let usual = world.settings.clone();
    world.settings.properties.insert("message.max.bytes".to_owned(), "2000".to_owned());
    let mut batch = events(0..10);
    let long = format!(r#"{{"schema":9,"text":"{}"}}"#, "x".repeat(5000));
    batch[5].data = Payload::from_json("issue.closed", &long);
    let error = world.collect("github", batch.clone()).await.unwrap_err();
    assert_eq!(error.fault, Fault::TooLarge);
    assert!(error.message.contains("github:acme/lantern#5/closed"), "{error:?}");
    world.settings = usual;
    assert_eq!(world.collect("github", batch).await.unwrap(), None, "the cursor did not move");
    world.archive(false).await.unwrap();
    assert_eq!(world.ids().await, ids(0..10));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_without_rights_is_told() {
    let world = World::new().await;
    let denied = RDKafkaRespErr::RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED;
    world.cluster.request_errors(RDKafkaApiKey::Produce, &[denied; 8]);
    let error = world.collect("github", events(0..10)).await.unwrap_err();
    assert_eq!(error.fault, Fault::Forbidden, "{error:?}");
}
