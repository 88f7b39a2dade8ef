//! Files to deliveries, in every way that they are stored.

use super::Config;
use super::parse::{COLLECTOR, Told, read};
use crate::files::patterns;
use crate::github::object::Object;
use crate::records::{Record, Records};
use globset::GlobSet;
use muster_model::{Batch, CollectError, Collector, Cursor};
use serde_json::Value;
use std::borrow::Cow;

/// Opens the source at `cursor` and lists its files.
///
/// # Errors
/// A path that is not there, a pattern that no file matches or that is no pattern, a cursor of another program.
pub fn open(config: &Config, cursor: Option<&Cursor>) -> Result<Box<dyn Collector>, CollectError> {
    let records = Records::open(("webhooks", "stored delivery"), &config.name, &config.paths, cursor)?;
    Ok(Box::new(Webhooks { wanted: patterns(&config.repositories)?, records }))
}

/// Stored deliveries being read.
struct Webhooks {
    wanted: Option<GlobSet>,
    records: Records,
}

impl Collector for Webhooks {
    fn next_batch(&mut self) -> Result<Option<Batch>, CollectError> {
        let wanted = |repository: &str| self.wanted.as_ref().is_none_or(|patterns| patterns.is_match(repository));
        Ok(self.records.next_batch(&mut |record, batch| read_record(record, batch, &wanted)))
    }
}

/// Reads what a line or an element holds: a delivery, or several.
fn read_record(record: &Record, batch: &mut Batch, wanted: &dyn Fn(&str) -> bool) {
    record.values(batch, &mut |record, value, batch| {
        for (event, body) in deliveries(&value) {
            read_one(event, body, record, batch, wanted);
        }
    });
}

fn read_one(event: Option<&str>, body: Body, record: &Record, batch: &mut Batch, wanted: &dyn Fn(&str) -> bool) {
    let told = body.parsed().and_then(|body| read(event, body.as_ref(), wanted));
    let records = match told {
        Ok(Told::Facts(facts)) => {
            let count = facts.len() as u64;
            batch.events.extend(facts.into_iter().map(|fact| fact.into_event(record.source, COLLECTOR)));
            count
        }
        Ok(Told::NotOurs) => {
            batch.counts.not_ours += 1;
            1
        }
        Ok(Told::Filtered) => {
            batch.counts.filtered += 1;
            1
        }
        Err(message) => return record.reject(batch, &message),
    };
    batch.counts.read += records;
}

/// A body as an envelope holds it.
struct Body<'a>(&'a Value);

impl<'a> Body<'a> {
    /// The body itself, where the envelope has only its text.
    fn parsed(self) -> Result<Cow<'a, Value>, String> {
        let Value::String(text) = self.0 else { return Ok(Cow::Borrowed(self.0)) };
        serde_json::from_str(text).map(Cow::Owned).map_err(|error| {
            format!("the envelope's body is not JSON ({error}); set the webhook's content type to application/json")
        })
    }
}

/// The deliveries in a value, with the event's name where it is told.
fn deliveries(value: &Value) -> Vec<(Option<&str>, Body<'_>)> {
    let bare = vec![(None, Body(value))];
    let Some(envelope) = Object::of(value).filter(|object| !object.has("sender") && !object.has("repository")) else {
        return bare;
    };
    let event = event(envelope);
    if let Some(Value::Array(examples)) = envelope.get("examples") {
        return examples.iter().map(|body| (event, Body(body))).collect();
    }
    let request = envelope.object("request");
    let body = ["payload", "body"].iter().find_map(|key| envelope.get(key).or_else(|| request?.get(key)));
    body.map_or(bare, |body| vec![(event, Body(body))])
}

/// The event's name in an envelope. Names of headers are read without regard to case.
fn event(envelope: Object<'_>) -> Option<&str> {
    let request = envelope.object("request");
    let headers = [Some(envelope), envelope.object("headers"), request.and_then(|request| request.object("headers"))];
    let header = headers
        .into_iter()
        .flatten()
        .find_map(|headers| headers.0.iter().find(|(name, _)| name.eq_ignore_ascii_case("x-github-event")))
        .and_then(|(_, value)| value.as_array().and_then(|values| values.first()).unwrap_or(value).as_str());
    header.or_else(|| envelope.text("event")).or_else(|| envelope.text("name"))
}
