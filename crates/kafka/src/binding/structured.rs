//! The structured mode: one JSON object that holds everything.

use super::{Attributes, is_json, media_type, wrapped, wrapped_as};
use muster_model::Event;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use std::borrow::Cow;

pub(super) const CONTENT_TYPE: &str = "application/cloudevents+json; charset=UTF-8";

#[derive(Serialize)]
struct Written<'a> {
    specversion: &'a str,
    id: &'a str,
    source: &'a str,
    r#type: &'a str,
    time: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    subject: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    actor: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    collector: &'a str,
    datacontenttype: &'a str,
}

/// The event as one object, put behind what is there. Its payload is in it as it is.
pub(super) fn write(event: &Event, object: &mut Vec<u8>) {
    let written = Written {
        specversion: "1.0",
        id: &event.id,
        source: &event.source,
        r#type: event.kind(),
        time: event.time.to_string(),
        subject: &event.subject,
        actor: event.actor.as_deref(),
        url: event.url.as_deref(),
        collector: &event.collector,
        datacontenttype: "application/json",
    };
    // Strings alone: this cannot fail.
    let _ = serde_json::to_writer(&mut *object, &written);
    let closing = object.pop();
    object.extend_from_slice(b",\"data\":");
    event.data.write_json(object);
    object.extend(closing);
}

/// Attributes beyond the standard's may be of any JSON type, so ours are taken where they are texts.
#[derive(Deserialize)]
struct Read<'a> {
    #[serde(borrow)]
    specversion: Option<Cow<'a, str>>,
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    source: Option<Cow<'a, str>>,
    #[serde(borrow, rename = "type")]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow)]
    time: Option<Cow<'a, str>>,
    #[serde(borrow)]
    subject: Option<Cow<'a, str>>,
    #[serde(borrow)]
    datacontenttype: Option<Cow<'a, str>>,
    actor: Option<Value>,
    url: Option<Value>,
    collector: Option<Value>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    data_base64: Option<Value>,
}

/// The event that an object states.
pub(super) fn read(value: &[u8]) -> Result<Event, String> {
    let read: Read<'_> = serde_json::from_slice(value).map_err(|error| format!("no CloudEvent in JSON: {error}"))?;
    let text = |value: Option<Value>| match value {
        Some(Value::String(text)) => Some(Cow::Owned(text)),
        _ => None,
    };
    let content_type = read.datacontenttype.as_deref();
    let json = match (read.data, read.data_base64) {
        (Some(_), Some(_)) => return Err("a CloudEvent with data and data_base64".to_owned()),
        (Some(data), None) if content_type.is_none_or(|it| is_json(&media_type(it))) => data.get().to_owned(),
        (Some(data), None) => wrapped(content_type, data.get()),
        (None, Some(bytes)) => wrapped_as("data_base64", content_type, &bytes.to_string()),
        (None, None) => "null".to_owned(),
    };
    let attributes = Attributes {
        specversion: read.specversion,
        id: read.id,
        source: read.source,
        kind: read.kind,
        time: read.time,
        subject: read.subject,
        actor: text(read.actor),
        url: text(read.url),
        collector: text(read.collector),
    };
    attributes.into_event(json)
}
