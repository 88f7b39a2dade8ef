//! A log written by hand: real Parquet files, the real engine.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each test program uses its part, and may stop at what it did not expect"
)]

pub mod chat;
pub mod upkeep;

use datafusion::arrow::array::{ArrayRef, RecordBatch, StringArray, TimestampMicrosecondArray};
use datafusion::parquet::arrow::ArrowWriter;
use muster_model::{Payload, Timestamp, parse_time};
use muster_query::output::Answer;
use muster_query::{BotList, BotPolicy, Engine, EventFiles, Library};
use object_store::local::LocalFileSystem;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

/// Id, time, subject, actor, payload.
pub struct Fact(pub &'static str, pub &'static str, pub &'static str, pub Option<&'static str>, pub Payload);

pub fn at(text: &str) -> Timestamp {
    parse_time(text).unwrap()
}

pub fn write_events(path: &Path, facts: &[Fact]) {
    let text = |of: &dyn Fn(&Fact) -> String| Arc::new(StringArray::from_iter_values(facts.iter().map(of))) as ArrayRef;
    let utc = |times: Vec<i64>| Arc::new(TimestampMicrosecondArray::from(times).with_timezone("UTC")) as ArrayRef;
    let actors: StringArray = facts.iter().map(|fact| fact.3).collect();
    let urls: StringArray = facts.iter().map(|_| None::<&str>).collect();
    let batch = RecordBatch::try_from_iter_with_nullable([
        ("id", text(&|fact| fact.0.to_owned()), false),
        ("source", text(&|_| "test:x".to_owned()), false),
        ("type", text(&|fact| fact.4.kind().to_owned()), false),
        ("time", utc(facts.iter().map(|fact| at(fact.1).as_microsecond()).collect()), false),
        ("subject", text(&|fact| fact.2.to_owned()), false),
        ("actor", Arc::new(actors) as ArrayRef, true),
        ("url", Arc::new(urls) as ArrayRef, true),
        ("data", text(&|fact| fact.4.to_json()), false),
        ("recorded", utc(vec![0; facts.len()]), false),
        ("collector", text(&|_| "test/1".to_owned()), false),
    ])
    .unwrap();
    let mut writer = ArrowWriter::try_new(File::create(path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

pub async fn engine(folder: &Path, facts: &[Fact]) -> (Engine, Library) {
    let half = facts.len() / 2;
    write_events(&folder.join("one.parquet"), &facts[..half]);
    write_events(&folder.join("two.parquet"), &facts[half..]);
    let store = Arc::new(LocalFileSystem::new_with_prefix(folder).unwrap());
    let engine = Engine::new(at("2025-06-01"), &BotPolicy::new(BotList::Muster, &[], &[]).unwrap()).unwrap();
    let paths = vec!["one.parquet".to_owned(), "two.parquet".to_owned()];
    engine.register_events(EventFiles { store, paths }).await.unwrap();
    (engine, Library::load(None).unwrap())
}

pub async fn ask(engine: &Engine, sql: &str) -> String {
    let (schema, batches) = engine.ask(sql).await.unwrap();
    let answer = Answer::new(&schema, &batches).unwrap();
    answer.texts().map(|row| row.join(" | ")).collect::<Vec<_>>().join("\n")
}
