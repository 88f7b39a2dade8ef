//! Files to objects, out of arrays, recordings and Perceval's items.

use super::Config;
use super::parse::{Asked, read};
use crate::files::patterns;
use crate::github::object::Object;
use crate::records::{Record, Records};
use flate2::read::GzDecoder;
use globset::GlobSet;
use muster_model::{Batch, CollectError, Collector, Cursor};
use serde_json::Value;
use std::io::Read;

const COLLECTOR: &str = "github-json/1";
/// What a compressed answer may become. GitHub's are of at most 100 objects.
const MAX_ANSWER: u64 = 64 << 20;

/// Opens the source at `cursor` and lists its files.
///
/// # Errors
/// A path that is not there, a pattern that no file matches or that is no pattern, a cursor of another program.
pub fn open(config: &Config, cursor: Option<&Cursor>) -> Result<Box<dyn Collector>, CollectError> {
    let records = Records::open(("github-json", "saved answer"), &config.name, &config.paths, cursor)?;
    Ok(Box::new(Answers { wanted: patterns(&config.repositories)?, records }))
}

/// Saved answers being read.
struct Answers {
    wanted: Option<GlobSet>,
    records: Records,
}

impl Collector for Answers {
    fn next_batch(&mut self) -> Result<Option<Batch>, CollectError> {
        let wanted = |repository: &str| self.wanted.as_ref().is_none_or(|patterns| patterns.is_match(repository));
        Ok(self.records.next_batch(&mut |record, batch| {
            let path = record.path.to_string_lossy();
            record.values(batch, &mut |record, value, batch| {
                Reading { record, batch, wanted: &wanted }.value(&value, Asked::of(&path));
            });
        }))
    }
}

/// A value being taken apart.
struct Reading<'a> {
    record: &'a Record<'a>,
    batch: &'a mut Batch,
    wanted: &'a dyn Fn(&str) -> bool,
}

impl Reading<'_> {
    fn value<'a>(&mut self, value: &'a Value, asked: Asked<'a>) {
        match value {
            Value::Array(elements) => elements.iter().for_each(|element| self.value(element, asked)),
            Value::Object(map) => {
                let object = Object(map);
                if object.has("response") && object.has("path") && object.has("status") {
                    self.exchange(object);
                } else if let (Some(data), true) = (object.get("data"), object.has("backend_name")) {
                    self.item(data, asked);
                } else if let (Some(items), true) = (object.get("items"), object.has("total_count")) {
                    self.value(items, asked);
                } else if let (Some(comments @ Value::Array(_)), true) = (object.get("comments"), object.has("event")) {
                    // A timeline has the comments on a line or a commit as one event.
                    self.value(comments, asked);
                } else {
                    self.object(object, asked);
                }
            }
            _ => self.reject("expected an object of GitHub's, or an array of them"),
        }
    }

    /// A request with its answer. A failed one tells nothing, an empty one neither.
    fn exchange(&mut self, exchange: Object) {
        let path = exchange.text("path").unwrap_or_default();
        let status = exchange.number("status").unwrap_or_default();
        if !(200..300).contains(&status) {
            let message = format!("{path} was answered with status {status}");
            self.record.note(self.batch, &message, "what was asked for is missing if nothing else tells it");
            return self.not_ours();
        }
        match answer(exchange) {
            Ok(Some(answer)) => self.value(&answer, Asked::of(path)),
            Ok(None) => self.not_ours(),
            Err(message) => self.reject(&format!("the answer to {path}: {message}")),
        }
    }

    /// Perceval's item: the object, then what Perceval fetched about it.
    fn item<'a>(&mut self, data: &'a Value, asked: Asked<'a>) {
        self.value(data, asked);
        let Some(object) = Object::of(data) else { return };
        let within = Asked::within(object);
        for (key, value) in object.0 {
            if key.ends_with("_data") && value.is_array() {
                self.value(value, within);
            }
        }
    }

    fn object<'a>(&mut self, object: Object<'a>, asked: Asked<'a>) {
        let told = match read(object, asked) {
            Ok(Some(told)) => told,
            Ok(None) => return self.not_ours(),
            Err(message) => return self.reject(&message),
        };
        if !(self.wanted)(told.repository) {
            self.batch.counts.filtered += 1;
            self.batch.counts.read += 1;
            return;
        }
        if let Some((message, hint)) = told.doubt {
            self.record.note(self.batch, &message, hint);
        }
        if told.facts.is_empty() {
            return self.not_ours();
        }
        self.batch.counts.read += told.facts.len() as u64;
        let source = self.record.source;
        self.batch.events.extend(told.facts.into_iter().map(|fact| fact.into_event(source, COLLECTOR)));
    }

    fn not_ours(&mut self) {
        self.batch.counts.not_ours += 1;
        self.batch.counts.read += 1;
    }

    fn reject(&mut self, message: &str) {
        self.record.reject(self.batch, message);
    }
}

/// The answer in an exchange: JSON, or its text, or (as nock records what came compressed) hexadecimal pieces of it.
fn answer(exchange: Object) -> Result<Option<Value>, String> {
    let text = match exchange.get("response") {
        None => return Ok(None),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(pieces)) if !pieces.is_empty() && pieces.iter().all(Value::is_string) => {
            pieces.iter().filter_map(Value::as_str).collect()
        }
        Some(value) => return Ok(Some(value.clone())),
    };
    if text.is_empty() {
        return Ok(None);
    }
    let parsed = match uncompressed(&text) {
        Some(bytes) => serde_json::from_slice(&bytes?),
        None => serde_json::from_str(&text),
    };
    parsed.map(Some).map_err(|error| format!("not JSON: {error}"))
}

/// What a hexadecimal text that is gzip unpacks to.
fn uncompressed(text: &str) -> Option<Result<Vec<u8>, String>> {
    let packed = if text.starts_with("1f8b") { crate::hex::bytes(text)? } else { return None };
    let mut bytes = Vec::new();
    let read = GzDecoder::new(&*packed).take(MAX_ANSWER).read_to_end(&mut bytes);
    Some(read.map(|_| bytes).map_err(|error| format!("its gzip cannot be read: {error}")))
}
