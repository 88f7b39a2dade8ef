//! How fast events go into a topic, without what reading and parsing them takes: `produce_speed BROKERS TOPIC LOG [binary]`.
//!
//! Reads all events of a log into memory, produces them as a collector does, in transactions of 50,000 with a cursor each,
//! and prints the seconds that took. `benchmarks/kafka.py` holds it against librdkafka alone.
#![allow(clippy::print_stdout, clippy::panic, clippy::unwrap_used)] // a program to look at

use futures::TryStreamExt;
use muster_kafka::{Mode, Observer, Outlet, Security, Settings};
use muster_log::{Filter, Log, Recorded};
use muster_model::{Cursor, Event};
use std::collections::BTreeMap;
use std::time::Instant;

const BATCH: usize = 50_000;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [brokers, topic, log, mode @ ..] = arguments.as_slice() else {
        panic!("produce_speed BROKERS TOPIC LOG [binary]")
    };
    let snapshot = Log::open(log).await.unwrap().snapshot();
    let events: Vec<Event> = snapshot.recorded(&Filter::default()).map_ok(event).try_collect().await.unwrap();
    let settings = Settings {
        project: "speed".to_owned(),
        brokers: vec![brokers.clone()],
        topic: topic.clone(),
        partitions: 4,
        replication: None,
        retention_days: 7,
        mode: if mode.is_empty() { Mode::default() } else { Mode::Binary },
        group: "speed".to_owned(),
        batch: BATCH,
        security: Security::default(),
        properties: BTreeMap::new(),
    };
    let produced = tokio::task::spawn_blocking(move || {
        let observer = Observer::connect(&settings, &[settings.topic.clone(), settings.cursors()]).unwrap();
        let (mut outlet, _) = Outlet::open(&settings, &observer, "memory").unwrap();
        let begun = Instant::now();
        for (number, batch) in events.chunks(BATCH).enumerate() {
            outlet.send(batch, Some(&Cursor(number.to_string()))).unwrap();
        }
        begun.elapsed()
    });
    println!("{:.3}", produced.await.unwrap().as_secs_f64());
}

fn event(recorded: Recorded) -> Event {
    Event {
        data: recorded.payload(),
        id: recorded.id,
        source: recorded.source.into(),
        time: recorded.time,
        subject: recorded.subject,
        actor: recorded.actor,
        url: recorded.url,
        collector: recorded.collector.into(),
    }
}
