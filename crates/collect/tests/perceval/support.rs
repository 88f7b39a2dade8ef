//! Items, and reading them.

use muster_collect::perceval;
use muster_model::{Collector, Counts, Cursor, Event, Problem, Severity};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// An item as Perceval writes it.
pub fn item(backend: &str, category: &str, origin: &str, data: Value) -> Value {
    json!({
        "backend_name": backend, "backend_version": "1.0.0", "category": category, "classified_fields_filtered": null,
        "data": data, "origin": origin, "perceval_version": "1.6.1", "search_fields": {"item_id": "1"}, "tag": origin,
        "timestamp": 1_735_689_600.5, "updated_on": 1_704_067_200.0, "uuid": "0123456789abcdef0123456789abcdef01234567",
    })
}

/// One a line.
pub fn lines(items: &[Value]) -> String {
    items.iter().map(|item| format!("{item}\n")).collect()
}

/// What a source gave.
#[derive(Debug, Default)]
pub struct Read {
    pub events: Vec<Event>,
    pub problems: Vec<Problem>,
    pub counts: Counts,
    pub cursor: Option<Cursor>,
}

/// Everything of a collector. Nothing is lost on the way.
pub fn collect(collector: &mut dyn Collector) -> Read {
    let mut read = Read::default();
    while let Some(batch) = collector.next_batch().unwrap() {
        read.events.extend(batch.events);
        read.problems.extend(batch.problems);
        read.counts += batch.counts;
        read.cursor = batch.cursor.or(read.cursor);
    }
    check(&read.events, &read.problems, read.counts);
    read
}

/// That every record is an event, a rejection, or counted.
pub fn check(events: &[Event], problems: &[Problem], counts: Counts) {
    let rejected = problems.iter().filter(|problem| problem.severity == Severity::Rejected).count();
    let Counts { read, not_ours, filtered } = counts;
    assert_eq!(read, (events.len() + rejected) as u64 + not_ours + filtered, "{problems:#?}");
}

/// A file of this text, read with its texts kept.
pub fn read(text: &str) -> Read {
    let work = tempfile::tempdir().unwrap();
    let file = work.path().join("items.jsonl");
    std::fs::write(&file, text).unwrap();
    read_file(&file, true, None)
}

pub fn read_file(file: &Path, text: bool, cursor: Option<&Cursor>) -> Read {
    let config = perceval::Config { name: "items".into(), paths: vec![file.to_path_buf()], text };
    collect(perceval::open(&config, cursor).unwrap().as_mut())
}

pub fn by_id(read: Read) -> BTreeMap<String, Event> {
    read.events.into_iter().map(|event| (event.id.clone(), event)).collect()
}

/// What an event says, whoever tells it.
pub fn said(event: &Event) -> (String, String, Option<&str>, String) {
    (event.time.to_string(), event.subject.clone(), event.actor.as_deref(), event.data.to_json())
}

/// Each event as `id type actor`.
pub fn told(read: &Read) -> Vec<String> {
    read.events
        .iter()
        .map(|event| format!("{} {} {}", event.id, event.kind(), event.actor.as_deref().unwrap_or("-")))
        .collect()
}
