//! One Parquet file of the log, and the commit that makes it visible.

use crate::error::LogError;
use crate::schema::{Fresh, instant, instants, schema, text, to_batch};
use crate::state::{self, LogFile};
use crate::store::{Place, random};
use arrow::array::{Array, RecordBatch};
use deltalake_core::kernel::{Action, Add, CommitInfo, DomainMetadata, Remove};
use deltalake_core::logstore::commit_uri_from_version;
use jiff::Timestamp;
use object_store::path::Path;
use object_store::{ObjectStoreExt as _, PutMode};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use serde_json::{Map, Value, json};

const ROW_GROUP: usize = 128 * 1024;

fn properties() -> WriterProperties {
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(ROW_GROUP))
        .set_dictionary_enabled(false)
        .set_statistics_enabled(EnabledStatistics::None)
        .set_created_by(concat!("muster-log ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_column_encoding(ColumnPath::from("time"), Encoding::DELTA_BINARY_PACKED);
    for column in ["source", "type", "subject", "actor", "recorded", "collector"] {
        properties = properties.set_column_dictionary_enabled(ColumnPath::from(column), true);
    }
    for column in ["id", "type", "time", "recorded"] {
        properties = properties.set_column_statistics_enabled(ColumnPath::from(column), EnabledStatistics::Chunk);
    }
    properties.build()
}

/// A file being written, in memory: it goes to the store as one piece.
pub(crate) struct Encoder {
    writer: ArrowWriter<Vec<u8>>,
    events: u64,
    time: Option<(i64, i64)>,
    recorded: Option<(i64, i64)>,
    kinds: Option<(String, String)>,
}

impl Encoder {
    pub(crate) fn new() -> Result<Self, ParquetError> {
        let writer = ArrowWriter::try_new(Vec::new(), schema(), Some(properties()))?;
        Ok(Self { writer, events: 0, time: None, recorded: None, kinds: None })
    }

    pub(crate) fn events(&self) -> u64 {
        self.events
    }

    pub(crate) fn push(&mut self, batch: &RecordBatch) -> Result<(), ParquetError> {
        self.writer.write(batch)?;
        self.events += batch.num_rows() as u64;
        for (bounds, column) in [(&mut self.time, "time"), (&mut self.recorded, "recorded")] {
            for value in instants(batch, column).values() {
                *bounds = Some(bounds.map_or((*value, *value), |(min, max)| (min.min(*value), max.max(*value))));
            }
        }
        let kinds = text(batch, "type");
        for row in 0..kinds.len() {
            let kind = kinds.value(row);
            match &mut self.kinds {
                Some((min, _)) if kind < min.as_str() => *min = kind.to_owned(),
                Some((_, max)) if kind > max.as_str() => *max = kind.to_owned(),
                Some(_) => {}
                none => *none = Some((kind.to_owned(), kind.to_owned())),
            }
        }
        Ok(())
    }

    /// The file's bytes, and its description with the size and without the path.
    pub(crate) fn finish(self) -> Result<(Vec<u8>, LogFile, String), ParquetError> {
        let mut bounds = (Map::new(), Map::new());
        let mut nulls = Map::new();
        let mut state = |name: &str, min: Value, max: Value| {
            bounds.0.insert(name.to_owned(), min);
            bounds.1.insert(name.to_owned(), max);
            nulls.insert(name.to_owned(), Value::from(0));
        };
        for (name, range) in [("time", self.time), ("recorded", self.recorded)] {
            // A year of five digits or before Christ is no timestamp to other readers of the table.
            let common = |micros: &i64| (1..=9999).contains(&year(*micros));
            if let Some((min, max)) = range.filter(|(min, max)| common(min) && common(max)) {
                state(name, instant(min).to_string().into(), instant(max).to_string().into());
            }
        }
        if let Some((min, max)) = self.kinds {
            state("type", min.into(), max.into());
        }
        let stats = json!({
            "numRecords": self.events,
            "minValues": bounds.0,
            "maxValues": bounds.1,
            "nullCount": nulls,
        });
        let bytes = self.writer.into_inner()?;
        let (time, recorded) = (self.time.unwrap_or_default(), self.recorded.unwrap_or_default());
        let file = LogFile {
            path: String::new(),
            size: bytes.len() as u64,
            events: self.events,
            first_recorded: instant(recorded.0),
            last_recorded: instant(recorded.1),
            first_time: instant(time.0),
            last_time: instant(time.1),
        };
        Ok((bytes, file, stats.to_string()))
    }
}

fn year(micros: i64) -> i16 {
    instant(micros).to_zoned(jiff::tz::TimeZone::UTC).year()
}

/// A file that is in the store and in no version yet.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    pub file: LogFile,
    stats: String,
}

impl Written {
    pub(crate) fn add(&self, at: Timestamp, data_change: bool) -> Action {
        Action::Add(Add {
            path: self.file.path.clone(),
            size: i64::try_from(self.file.size).unwrap_or(i64::MAX),
            modification_time: at.as_millisecond(),
            data_change,
            stats: Some(self.stats.clone()),
            ..Add::default()
        })
    }
}

pub(crate) fn remove(file: &LogFile, at: Timestamp, data_change: bool) -> Action {
    Action::Remove(Remove {
        path: file.path.clone(),
        data_change,
        deletion_timestamp: Some(at.as_millisecond()),
        extended_file_metadata: Some(true),
        partition_values: Some(std::collections::HashMap::new()),
        size: i64::try_from(file.size).ok(),
        ..Remove::default()
    })
}

pub(crate) fn domain(domain: String, configuration: String) -> DomainMetadata {
    DomainMetadata { domain, configuration, removed: false }
}

/// Puts a finished file into the store, under a name that no other writer uses. The leading version is for people.
pub(crate) async fn put(place: &Place, version: u64, encoder: Encoder) -> Result<Written, LogError> {
    let failed = |error: ParquetError| LogError::storage(&place.name, "append to", error);
    let (bytes, file, stats) = encoder.finish().map_err(failed)?;
    let path = format!("{version:020}-{:016x}{:016x}.parquet", random(), random());
    place
        .store
        .put_opts(&Path::from(path.as_str()), bytes.into(), PutMode::Create.into())
        .await
        .map_err(|error| LogError::storage(&place.name, "append to", error))?;
    Ok(Written { file: LogFile { path, ..file }, stats })
}

/// Writes events, in their order, as a file of a version to come.
pub(crate) async fn put_events(
    place: &Place,
    version: u64,
    events: &[Fresh],
    recorded: Timestamp,
) -> Result<Written, LogError> {
    let failed = |error: ParquetError| LogError::storage(&place.name, "append to", error);
    let mut encoder = Encoder::new().map_err(failed)?;
    for chunk in events.chunks(ROW_GROUP / 4) {
        let batch = to_batch(chunk, recorded).map_err(|error| failed(error.into()))?;
        encoder.push(&batch).map_err(failed)?;
    }
    put(place, version, encoder).await
}

/// Takes a file away that no version ever had. That it stays where it cannot be removed harms nobody.
pub(crate) async fn forget(place: &Place, written: &Written) {
    let _ = place.store.delete(&Path::from(written.file.path.as_str())).await;
}

/// Makes a version, unless somebody else made it first: then `false`, and nothing happened.
pub(crate) async fn commit(
    place: &Place,
    version: u64,
    operation: &str,
    at: Timestamp,
    token: &str,
    actions: Vec<Action>,
) -> Result<bool, LogError> {
    commit_with(place, version, state::commit_info(operation, at, Some(token)), actions).await
}

/// The same, with what the commit says about itself.
pub(crate) async fn commit_with(
    place: &Place,
    version: u64,
    info: CommitInfo,
    actions: Vec<Action>,
) -> Result<bool, LogError> {
    let mut all = vec![Action::CommitInfo(info)];
    all.extend(actions);
    let text = state::to_text(place, &all)?;
    match place.store.put_opts(&commit_uri_from_version(Some(version)), text.into(), PutMode::Create.into()).await {
        Ok(_) => Ok(true),
        Err(object_store::Error::AlreadyExists { .. } | object_store::Error::Precondition { .. }) => Ok(false),
        Err(error) => Err(LogError::storage(&place.name, "append to", error)),
    }
}
