//! An event as a Kafka record and back: the CloudEvents 1.0 protocol binding for Kafka.
//!
//! | | binary | structured |
//! | --- | --- | --- |
//! | attributes | headers `ce_<name>` | members of one JSON object |
//! | `content-type` | `application/json`, the payload's | `application/cloudevents+json; charset=UTF-8` |
//! | value | the payload, byte for byte | the object, with the payload in `data` byte for byte |
//!
//! The key is the subject, so that what happens to one thing keeps its order. Attributes of ours beyond the standard's are
//! `actor`, `url` and `collector`. `recorded` is the log's and not in a record.
//!
//! What other programs produce is read in either mode:
//!
//! - without a time: 1970-01-01, "not known", as everywhere in muster; without a subject: the source;
//! - a payload that is not JSON is kept inside one: `{"datacontenttype":…,"data":…}` for text, `data_base64` for bytes;
//! - CloudEvents are unique by source *and* id, the log by id. So an event of a type that muster does not know, from a
//!   program that is not a collector of muster, is kept under `<source>#<id>`;
//! - attributes that the log has no column for (`traceparent`, `partitionkey`, `dataschema`) are of the transport and are
//!   not kept: the same event, delivered twice, is the same event.

mod structured;

use base64::Engine as _;
use muster_model::{Event, Payload, Timestamp, parse_time};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// How an event becomes a record.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// Attributes in headers.
    Binary,
    /// Everything in the value.
    #[default]
    Structured,
}

/// What is produced for an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record<'a> {
    /// The subject.
    pub key: &'a str,
    /// The headers, in their order.
    pub headers: Vec<(&'static str, Cow<'a, str>)>,
    /// The value, UTF-8.
    pub value: &'a [u8],
}

/// The collector of events that name none: some other program produced them.
const FOREIGN: &str = "cloudevents/1.0";

/// The event as a record, whose value is written over what the buffer holds: thousands go through one.
pub fn record<'a>(event: &'a Event, mode: Mode, value: &'a mut Vec<u8>) -> Record<'a> {
    value.clear();
    let headers = match mode {
        Mode::Binary => {
            event.data.write_json(value);
            headers(event)
        }
        Mode::Structured => {
            structured::write(event, value);
            vec![("content-type", Cow::Borrowed(structured::CONTENT_TYPE))]
        }
    };
    Record { key: &event.subject, headers, value }
}

fn headers(event: &Event) -> Vec<(&'static str, Cow<'_, str>)> {
    let mut headers = Vec::with_capacity(10);
    headers.push(("ce_specversion", Cow::Borrowed("1.0")));
    headers.push(("ce_id", Cow::Borrowed(event.id.as_str())));
    headers.push(("ce_source", Cow::Borrowed(&*event.source)));
    headers.push(("ce_type", Cow::Borrowed(event.kind())));
    headers.push(("ce_time", Cow::Owned(event.time.to_string())));
    if !event.subject.is_empty() {
        headers.push(("ce_subject", Cow::Borrowed(event.subject.as_str())));
    }
    headers.extend(event.actor.as_deref().map(|actor| ("ce_actor", Cow::Borrowed(actor))));
    headers.extend(event.url.as_deref().map(|url| ("ce_url", Cow::Borrowed(url))));
    headers.push(("ce_collector", Cow::Borrowed(&*event.collector)));
    headers.push(("content-type", Cow::Borrowed("application/json")));
    headers
}

/// The event that a record holds.
///
/// # Errors
/// Why it holds none, in a sentence.
pub fn read<'a>(
    headers: impl Iterator<Item = (&'a str, Option<&'a [u8]>)>,
    value: Option<&[u8]>,
) -> Result<Event, String> {
    let mut attributes = Attributes::default();
    let mut content_type = None;
    for (name, value) in headers {
        let text = || match value.map(std::str::from_utf8) {
            Some(Ok(text)) => Ok(Some(text)),
            Some(Err(_)) => Err(format!("the header {name} is not UTF-8")),
            None => Ok(None),
        };
        if name.eq_ignore_ascii_case("content-type") {
            content_type = text()?;
        } else if let Some(name) = name.strip_prefix("ce_") {
            attributes.set(name, text()?);
        }
    }
    let format = content_type.map(media_type).unwrap_or_default();
    if format.starts_with("application/cloudevents") {
        let value = value.ok_or("a structured CloudEvent without a value")?;
        return match format.as_str() {
            "application/cloudevents+json" => structured::read(value),
            "application/cloudevents-batch+json" => {
                Err("a batch of CloudEvents: the Kafka binding has none".to_owned())
            }
            other => Err(format!("the event format {other} is not read; produce application/cloudevents+json")),
        };
    }
    if attributes.specversion.is_none() {
        return Err("no CloudEvent: neither a header ce_specversion nor the content-type application/cloudevents+json"
            .to_owned());
    }
    attributes.into_event(data(content_type, value.unwrap_or(b"null"))?)
}

/// The media type alone, in lower case, without parameters.
fn media_type(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn is_json(media_type: &str) -> bool {
    media_type == "application/json" || media_type == "text/json" || media_type.ends_with("+json")
}

/// The payload as the log keeps it. JSON stays as it is, byte for byte.
fn data(content_type: Option<&str>, value: &[u8]) -> Result<String, String> {
    let declared = content_type.map(media_type);
    let text = std::str::from_utf8(value).ok();
    let json = text.filter(|text| serde_json::from_str::<&RawValue>(text).is_ok());
    match (declared.as_deref(), json, text) {
        (None, Some(json), _) => Ok(json.to_owned()),
        (Some(media), Some(json), _) if is_json(media) => Ok(json.to_owned()),
        (Some(media), None, _) if is_json(media) => {
            Err(format!("the value is not JSON, and its content-type is {media}"))
        }
        (_, _, Some(text)) => Ok(wrapped(content_type, &serde_json::json!(text).to_string())),
        (_, _, None) => {
            let encoded = base64::engine::general_purpose::STANDARD.encode(value);
            Ok(wrapped_as("data_base64", content_type, &serde_json::json!(encoded).to_string()))
        }
    }
}

/// A payload that is not JSON, inside one.
fn wrapped(content_type: Option<&str>, json: &str) -> String {
    wrapped_as("data", content_type, json)
}

fn wrapped_as(member: &str, content_type: Option<&str>, json: &str) -> String {
    let content_type =
        content_type.map_or_else(String::new, |it| format!("\"datacontenttype\":{},", serde_json::json!(it)));
    format!("{{{content_type}\"{member}\":{json}}}")
}

/// The attributes of an event that is being read.
#[derive(Debug, Default)]
struct Attributes<'a> {
    specversion: Option<Cow<'a, str>>,
    id: Option<Cow<'a, str>>,
    source: Option<Cow<'a, str>>,
    kind: Option<Cow<'a, str>>,
    time: Option<Cow<'a, str>>,
    subject: Option<Cow<'a, str>>,
    actor: Option<Cow<'a, str>>,
    url: Option<Cow<'a, str>>,
    collector: Option<Cow<'a, str>>,
}

impl<'a> Attributes<'a> {
    fn set(&mut self, name: &str, value: Option<&'a str>) {
        let place = match name {
            "specversion" => &mut self.specversion,
            "id" => &mut self.id,
            "source" => &mut self.source,
            "type" => &mut self.kind,
            "time" => &mut self.time,
            "subject" => &mut self.subject,
            "actor" => &mut self.actor,
            "url" => &mut self.url,
            "collector" => &mut self.collector,
            _ => return,
        };
        *place = value.map(Cow::Borrowed);
    }

    fn into_event(self, json: String) -> Result<Event, String> {
        let version = self.specversion.unwrap_or_default();
        if version != "1.0" {
            return Err(format!("a CloudEvent of version {version:?}; 1.0 is read"));
        }
        let required = |name: &str, value: Option<Cow<'_, str>>| match value {
            Some(value) if !value.trim().is_empty() => Ok(value.into_owned()),
            _ => Err(format!("a CloudEvent without {name}")),
        };
        let (id, source) = (required("id", self.id)?, required("source", self.source)?);
        let kind = required("type", self.kind)?;
        let time = match self.time {
            Some(time) => parse_time(&time)?,
            None => Timestamp::UNIX_EPOCH,
        };
        let payload = Payload::from_json(&kind, &json);
        let is_foreign = self.collector.is_none() && matches!(payload, Payload::Unknown { .. });
        Ok(Event {
            id: if is_foreign { format!("{source}#{id}") } else { id },
            subject: match self.subject {
                Some(subject) => subject.into_owned(),
                // An event of ours without a subject is one; a foreign one is about its source.
                None if self.collector.is_some() => String::new(),
                None => source.clone(),
            },
            source: source.into(),
            time,
            actor: self.actor.map(Cow::into_owned),
            url: self.url.map(Cow::into_owned),
            data: payload,
            collector: self.collector.map_or(Cow::Borrowed(FOREIGN), |it| Cow::Owned(it.into_owned())),
        })
    }
}
