//! The ten columns of the log, and events in and out of them.

use crate::error::LogError;
use arrow::array::{
    Array, ArrayRef, RecordBatch, StringArray, StringBuilder, TimestampMicrosecondArray, new_null_array,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use jiff::Timestamp;
use muster_model::{Event, Payload};
use std::sync::{Arc, LazyLock};

/// The format this program writes. A log with a larger number is read as far as possible and never appended to.
pub const FORMAT: u32 = 1;

pub(crate) const FORMAT_KEY: &str = "muster.format";

static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
    let text = |name: &str, nullable: bool| Field::new(name, DataType::Utf8, nullable);
    let instant = |name: &str| Field::new(name, DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())), false);
    Arc::new(Schema::new(vec![
        text("id", false),
        text("source", false),
        text("type", false),
        instant("time"),
        text("subject", false),
        text("actor", true),
        text("url", true),
        text("data", false),
        instant("recorded"),
        text("collector", false),
    ]))
});

/// The log's columns: the attributes of [`Event`], its payload as JSON in `data`, and `recorded`, the instant at which
/// the log took it. Instants are microseconds, UTC.
pub fn schema() -> SchemaRef {
    SCHEMA.clone()
}

/// The same as the Delta table states it.
pub(crate) fn delta_schema() -> String {
    let fields: Vec<_> = SCHEMA
        .fields()
        .iter()
        .map(|field| {
            serde_json::json!({
                "name": field.name(),
                "type": if field.data_type() == &DataType::Utf8 { "string" } else { "timestamp" },
                "nullable": field.is_nullable(),
                "metadata": {},
            })
        })
        .collect();
    serde_json::json!({ "type": "struct", "fields": fields }).to_string()
}

/// An event on its way into the log, with what the log needs to know about it.
pub(crate) struct Fresh {
    pub event: Event,
    pub json: String,
    pub key: crate::known::Key,
    pub digest: u64,
    /// Its place in a stream that the append takes in: which of them, and the offset.
    pub place: Option<(usize, i64)>,
}

/// The events as one batch, in the order given, all recorded at the same instant.
pub(crate) fn to_batch(events: &[Fresh], recorded: Timestamp) -> Result<RecordBatch, arrow::error::ArrowError> {
    let text = |of: &dyn Fn(&Fresh) -> &str| -> ArrayRef {
        let mut column = StringBuilder::with_capacity(events.len(), events.iter().map(|event| of(event).len()).sum());
        events.iter().for_each(|event| column.append_value(of(event)));
        Arc::new(column.finish())
    };
    let maybe = |of: &dyn Fn(&Event) -> Option<&str>| -> ArrayRef {
        Arc::new(events.iter().map(|event| of(&event.event)).collect::<StringArray>())
    };
    let instants = |of: &dyn Fn(&Fresh) -> i64| -> ArrayRef {
        Arc::new(TimestampMicrosecondArray::from_iter_values(events.iter().map(of)).with_timezone("UTC"))
    };
    RecordBatch::try_new(
        schema(),
        vec![
            text(&|fresh| &fresh.event.id),
            text(&|fresh| &fresh.event.source),
            text(&|fresh| fresh.event.kind()),
            instants(&|fresh| fresh.event.time.as_microsecond()),
            text(&|fresh| &fresh.event.subject),
            maybe(&|event| event.actor.as_deref()),
            maybe(&|event| event.url.as_deref()),
            text(&|fresh| &fresh.json),
            instants(&|_| recorded.as_microsecond()),
            text(&|fresh| &fresh.event.collector),
        ],
    )
}

/// The named columns of a stored batch, in the types of [`schema`]: what a later muster or another tool added is left
/// out, what may be null and is not there is null.
pub(crate) fn conform(
    batch: &RecordBatch,
    columns: &SchemaRef,
    location: &str,
    file: &str,
) -> Result<RecordBatch, LogError> {
    let arrays = columns
        .fields()
        .iter()
        .map(|field| match batch.column_by_name(field.name()) {
            Some(column) if column.data_type() == field.data_type() => Ok(column.clone()),
            Some(column) => cast(column, field.data_type()).map_err(|error| LogError::damaged(location, file, error)),
            None if field.is_nullable() => Ok(new_null_array(field.data_type(), batch.num_rows())),
            None => Err(LogError::damaged(location, file, format_args!("it has no column {:?}", field.name()))),
        })
        .collect::<Result<_, _>>()?;
    RecordBatch::try_new(columns.clone(), arrays).map_err(|error| LogError::damaged(location, file, error))
}

/// Some of the columns of [`schema`], in its order.
pub(crate) fn only(names: &[&str]) -> SchemaRef {
    let fields: Vec<_> =
        SCHEMA.fields().iter().filter(|field| names.contains(&field.name().as_str())).cloned().collect();
    Arc::new(Schema::new(fields))
}

/// A text column of a conformed batch.
pub(crate) fn text<'a>(batch: &'a RecordBatch, name: &str) -> &'a StringArray {
    static NONE: LazyLock<StringArray> = LazyLock::new(|| StringArray::from(Vec::<&str>::new()));
    batch.column_by_name(name).and_then(|column| column.as_any().downcast_ref()).unwrap_or(&NONE)
}

/// A column of instants of a conformed batch.
pub(crate) fn instants<'a>(batch: &'a RecordBatch, name: &str) -> &'a TimestampMicrosecondArray {
    static NONE: LazyLock<TimestampMicrosecondArray> =
        LazyLock::new(|| TimestampMicrosecondArray::from(Vec::<i64>::new()));
    batch.column_by_name(name).and_then(|column| column.as_any().downcast_ref()).unwrap_or(&NONE)
}

pub(crate) fn instant(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or(if micros < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

/// An event as the log holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Natural key of the fact; unique in the log.
    pub id: String,
    /// URI of the origin.
    pub source: String,
    /// The event's type.
    pub kind: String,
    /// When it happened, by the source's statement, in microseconds.
    pub time: Timestamp,
    /// The thing it happened to.
    pub subject: String,
    /// The account that did it.
    pub actor: Option<String>,
    /// What a human opens to check it.
    pub url: Option<String>,
    /// The payload as JSON, byte for byte as it was appended.
    pub data: String,
    /// When the log took it.
    pub recorded: Timestamp,
    /// `<collector's name>/<version>`.
    pub collector: String,
}

impl Recorded {
    /// The payload; one that this program does not know comes as [`Payload::Unknown`].
    pub fn payload(&self) -> Payload {
        Payload::from_json(&self.kind, &self.data)
    }

    /// The rows of a batch with the columns of [`schema`].
    pub(crate) fn rows(batch: &RecordBatch) -> Vec<Self> {
        let column = |name| text(batch, name);
        let (id, source, kind, subject) = (column("id"), column("source"), column("type"), column("subject"));
        let (actor, url, data, collector) = (column("actor"), column("url"), column("data"), column("collector"));
        let (time, recorded) = (instants(batch, "time"), instants(batch, "recorded"));
        let maybe = |column: &StringArray, row| (!column.is_null(row)).then(|| column.value(row).to_owned());
        (0..batch.num_rows())
            .map(|row| Self {
                id: id.value(row).to_owned(),
                source: source.value(row).to_owned(),
                kind: kind.value(row).to_owned(),
                time: instant(time.value(row)),
                subject: subject.value(row).to_owned(),
                actor: maybe(actor, row),
                url: maybe(url, row),
                data: data.value(row).to_owned(),
                recorded: instant(recorded.value(row)),
                collector: collector.value(row).to_owned(),
            })
            .collect()
    }
}
