//! What a version of the log consists of, and how it is read from the Delta table.

use crate::error::{Fault, LogError};
use crate::schema::{FORMAT, FORMAT_KEY, instants, only};
use crate::store::{Place, missing};
use crate::{read, schema};
use deltalake_core::DeltaTableError;
use deltalake_core::kernel::{Action, Add, CommitInfo, DomainMetadata, EagerSnapshot, Remove, Transaction};
use deltalake_core::logstore::{LogStore, StorageConfig, commit_uri_from_version, default_logstore};
use futures::TryStreamExt;
use jiff::Timestamp;
use muster_model::Cursor;
use object_store::ObjectStoreExt as _;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use url::Url;

/// The Delta domain under which the names of all sources with a cursor are kept.
pub(crate) const SOURCES: &str = "muster.sources";

/// The Delta domain of one source's cursor.
pub(crate) fn cursor_domain(source: &str) -> String {
    format!("muster.cursor.{source}")
}

/// The Delta domain of what a stream's last record was known by.
pub(crate) fn witness_domain(stream: &str) -> String {
    format!("muster.witness.{stream}")
}

/// One Parquet file of the log. What it says about times comes from the Delta table, not from reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFile {
    /// Path in the log's object store.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// Events in it.
    pub events: u64,
    /// The first `recorded` in it.
    pub first_recorded: Timestamp,
    /// The last `recorded` in it.
    pub last_recorded: Timestamp,
    /// The earliest `time` in it.
    pub first_time: Timestamp,
    /// The latest `time` in it.
    pub last_time: Timestamp,
}

/// A version of the log: its files in log order, and what is needed to go on from it.
#[derive(Debug, Clone)]
pub(crate) struct State {
    pub version: u64,
    /// A random name, given when the log was made.
    pub identity: String,
    /// When the version was committed, in whole milliseconds: later than that of every version before.
    pub committed: Timestamp,
    pub format: u32,
    pub files: Vec<LogFile>,
    /// The Delta domains that have been looked at; `None` when a domain is not there.
    pub domains: BTreeMap<String, Option<String>>,
    /// The application transactions that have been looked at: how far the log has taken in a stream.
    pub positions: BTreeMap<String, Option<i64>>,
}

impl State {
    pub(crate) fn last_recorded(&self) -> Option<Timestamp> {
        self.files.iter().map(|file| file.last_recorded).max()
    }

    pub(crate) fn events(&self) -> u64 {
        self.files.iter().map(|file| file.events).sum()
    }

    /// Puts the files in the order in which their events were appended.
    pub(crate) fn sort(&mut self) {
        self.files.sort_by(|a, b| (a.first_recorded, &a.path).cmp(&(b.first_recorded, &b.path)));
    }
}

/// The Delta table's own view of a place.
///
/// The table's address is always `file:///`, the root of a store that is rooted at the log: no path of a user's (with
/// spaces, `%` or `#` in it) ever goes through an address.
pub(crate) fn delta(place: &Place) -> Result<Arc<dyn LogStore>, LogError> {
    let root = Url::parse("file:///").map_err(|error| LogError::storage(&place.name, "open", error))?;
    Ok(default_logstore(place.store.clone(), place.store.clone(), &root, &StorageConfig::default()))
}

/// Makes version 0: an empty table. Somebody else doing the same at the same time is as good.
pub(crate) async fn create(place: &Place, now: Timestamp) -> Result<(), LogError> {
    let properties = json!({
        FORMAT_KEY: FORMAT.to_string(),
        "delta.appendOnly": "true",
        "delta.enableInCommitTimestamps": "true",
        // Other tools keep every version, too.
        "delta.enableExpiredLogCleanup": "false",
        "delta.logRetentionDuration": "interval 5200 weeks",
        "delta.deletedFileRetentionDuration": "interval 5200 weeks",
    });
    let id = format!("{:016x}{:016x}", crate::store::random(), crate::store::random());
    let id = format!("{}-{}-4{}-8{}-{}", &id[..8], &id[8..12], &id[13..16], &id[17..20], &id[20..]);
    let lines = [
        json!({ "commitInfo": commit_info("CREATE TABLE", now, None) }),
        json!({ "protocol": {
            "minReaderVersion": 1,
            "minWriterVersion": 7,
            "writerFeatures": ["appendOnly", "domainMetadata", "inCommitTimestamp"],
        }}),
        json!({ "metaData": {
            "id": id,
            "name": "muster log",
            "description": "The event log of muster, append-only. Only muster may write to it.",
            "format": { "provider": "parquet", "options": {} },
            "schemaString": schema::delta_schema(),
            "partitionColumns": [],
            "configuration": properties,
            "createdTime": now.as_millisecond(),
        }}),
    ];
    let text = lines.map(|line| line.to_string()).join("\n");
    let options = object_store::PutMode::Create.into();
    match place.store.put_opts(&commit_uri_from_version(Some(0)), text.into(), options).await {
        Ok(_) | Err(object_store::Error::AlreadyExists { .. }) => Ok(()),
        Err(error) => Err(LogError::uncreatable(&place.name, error)),
    }
}

pub(crate) fn commit_info(operation: &str, at: Timestamp, token: Option<&str>) -> CommitInfo {
    CommitInfo {
        timestamp: Some(at.as_millisecond()),
        in_commit_timestamp: Some(at.as_millisecond()),
        operation: Some(operation.to_owned()),
        operation_parameters: Some(std::collections::HashMap::new()),
        engine_info: Some(concat!("muster-log/", env!("CARGO_PKG_VERSION")).to_owned()),
        info: token.map(|token| ("txnId".to_owned(), Value::from(token))).into_iter().collect(),
        ..CommitInfo::default()
    }
}

/// Reads a version, or the latest one.
pub(crate) async fn load(place: &Place, delta: &dyn LogStore, version: Option<u64>) -> Result<State, LogError> {
    let table = EagerSnapshot::try_new(delta, version).await.map_err(|error| cannot_load(place, version, error))?;
    let properties = table.metadata().configuration();
    let Some(format) = properties.get(FORMAT_KEY) else {
        return Err(LogError::new(
            Fault::NotALog,
            format!("{} is a Delta table, but no log of muster", place.name),
            "name another place for the log",
        ));
    };
    let format = format.parse().unwrap_or(u32::MAX);
    let mut files = Vec::new();
    for file in table.log_data().iter() {
        let path = file.object_store_path().to_string();
        let size = u64::try_from(file.size()).unwrap_or_default();
        files.push(describe(place, path, size, file.stats().as_deref()).await?);
    }
    // Where another tool cleaned up the commit: every event was recorded by then.
    let recorded = files.iter().map(|file| file.last_recorded).max().unwrap_or(Timestamp::UNIX_EPOCH);
    let committed = committed_at(place, table.version()).await?.unwrap_or(recorded).max(recorded);
    let identity = table.metadata().id().to_owned();
    let (domains, positions) = (BTreeMap::new(), BTreeMap::new());
    let mut state = State { version: table.version(), identity, committed, format, files, domains, positions };
    state.sort();
    Ok(state)
}

fn cannot_load(place: &Place, version: Option<u64>, error: DeltaTableError) -> LogError {
    let text = error.to_string();
    match (&error, version) {
        (DeltaTableError::NotATable(_), None) => missing(&place.name),
        (_, Some(version)) if !text.to_lowercase().contains("unsupported") => LogError {
            source: Some(Box::new(error)),
            ..LogError::new(
                Fault::Missing,
                format!("the log {} has no version {version} that can be read: {text}", place.name),
                "`muster log info` prints its versions",
            )
        },
        _ if text.to_lowercase().contains("unsupported") || text.contains("features") => LogError {
            source: Some(Box::new(error)),
            ..LogError::new(
                Fault::Newer,
                format!("the log {} uses what this muster does not know: {text}", place.name),
                "use the latest muster",
            )
        },
        _ => LogError::storage(&place.name, "open", error),
    }
}

/// One line of a commit; what muster does not look at is skipped.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Line {
    pub add: Option<Add>,
    pub remove: Option<Remove>,
    pub domain_metadata: Option<DomainMetadata>,
    pub commit_info: Option<Stamp>,
    pub txn: Option<Transaction>,
    pub meta_data: Option<serde::de::IgnoredAny>,
    pub protocol: Option<serde::de::IgnoredAny>,
}

/// What a commit says about itself.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Stamp {
    timestamp: Option<i64>,
    in_commit_timestamp: Option<i64>,
    pub txn_id: Option<String>,
}

impl Stamp {
    pub(crate) fn instant(&self) -> Option<Timestamp> {
        Timestamp::from_millisecond(self.in_commit_timestamp.or(self.timestamp)?).ok()
    }
}

pub(crate) fn parse_commit(place: &Place, version: u64, text: &[u8]) -> Result<Vec<Line>, LogError> {
    text.split(|byte| *byte == b'\n')
        .filter(|line| !line.trim_ascii().is_empty())
        .map(|line| {
            serde_json::from_slice(line)
                .map_err(|error| LogError::damaged(&place.name, commit_uri_from_version(Some(version)).as_ref(), error))
        })
        .collect()
}

/// When a version was committed; `None` when its commit is not there (any more).
pub(crate) async fn committed_at(place: &Place, version: u64) -> Result<Option<Timestamp>, LogError> {
    let path = commit_uri_from_version(Some(version));
    // The first line says it and is short; a cursor in a later line may be megabytes.
    let head = match place.store.get_range(&path, 0..4096).await {
        Ok(head) => head,
        Err(object_store::Error::NotFound { .. }) => return Ok(None),
        Err(error) => return Err(LogError::storage(&place.name, "read", error)),
    };
    let first = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    if let Ok(Line { commit_info: Some(stamp), .. }) = serde_json::from_slice(first) {
        return Ok(stamp.instant());
    }
    let all = place.store.get(&path).await.map_err(|error| LogError::storage(&place.name, "read", error))?;
    let all = all.bytes().await.map_err(|error| LogError::storage(&place.name, "read", error))?;
    Ok(parse_commit(place, version, &all)?.iter().find_map(|line| line.commit_info.as_ref()?.instant()))
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Stats {
    num_records: Option<u64>,
    min_values: Bounds,
    max_values: Bounds,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Bounds {
    recorded: Option<String>,
    time: Option<String>,
}

/// What the table says about a file; where another tool left the statistics out, the file itself is asked.
pub(crate) async fn describe(place: &Place, path: String, size: u64, stats: Option<&str>) -> Result<LogFile, LogError> {
    let stats: Stats = stats.and_then(|stats| serde_json::from_str(stats).ok()).unwrap_or_default();
    let (min, max) = (&stats.min_values, &stats.max_values);
    let at = |text: &Option<String>| text.as_ref()?.parse::<Timestamp>().ok();
    if let (Some(events), Some(first_recorded), Some(last_recorded), Some(first_time), Some(last_time)) =
        (stats.num_records, at(&min.recorded), at(&max.recorded), at(&min.time), at(&max.time))
    {
        return Ok(LogFile { path, size, events, first_recorded, last_recorded, first_time, last_time });
    }
    let mut batches = read::batches(place.clone(), path.clone(), size, only(&["time", "recorded"]));
    let (mut events, mut time, mut recorded) = (0, (i64::MAX, i64::MIN), (i64::MAX, i64::MIN));
    while let Some(batch) = batches.try_next().await? {
        events += batch.num_rows() as u64;
        for (bounds, column) in [(&mut time, "time"), (&mut recorded, "recorded")] {
            for value in instants(&batch, column).values() {
                *bounds = (bounds.0.min(*value), bounds.1.max(*value));
            }
        }
    }
    let instant = schema::instant;
    Ok(LogFile {
        path,
        size,
        events,
        first_recorded: instant(recorded.0),
        last_recorded: instant(recorded.1),
        first_time: instant(time.0),
        last_time: instant(time.1),
    })
}

/// The configuration of a Delta domain at a version.
pub(crate) async fn domain(
    place: &Place,
    delta: &dyn LogStore,
    state: &State,
    domain: &str,
) -> Result<Option<String>, LogError> {
    if let Some(configuration) = state.domains.get(domain) {
        return Ok(configuration.clone());
    }
    let table = deltalake_core::kernel::Snapshot::try_new(delta, Some(state.version))
        .await
        .map_err(|error| cannot_load(place, Some(state.version), error))?;
    table.domain_metadata(delta, domain).await.map_err(|error| LogError::storage(&place.name, "read", error))
}

/// The versions of Delta application transactions: how far the log has taken in streams.
pub(crate) async fn positions(
    place: &Place,
    delta: &dyn LogStore,
    state: &State,
    streams: &[&String],
) -> Result<Vec<(String, Option<i64>)>, LogError> {
    if streams.is_empty() {
        return Ok(Vec::new());
    }
    let table = EagerSnapshot::try_new(delta, Some(state.version))
        .await
        .map_err(|error| cannot_load(place, Some(state.version), error))?;
    let mut positions = Vec::with_capacity(streams.len());
    for stream in streams {
        let position = table.transaction_version(delta, stream).await;
        let position = position.map_err(|error| LogError::storage(&place.name, "read", error))?;
        positions.push(((*stream).clone(), position));
    }
    Ok(positions)
}

/// The sources that have a cursor.
pub(crate) fn sources(configuration: Option<&str>) -> BTreeSet<String> {
    configuration.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

const COMPRESSED: &str = "zstd:";
const PLAIN: &str = "text:";

/// A cursor as its domain keeps it: `text:` and the text, or, from 1 KiB on, `zstd:` and base64.
pub(crate) fn encode_cursor(cursor: &Cursor) -> String {
    use base64::Engine as _;
    let plain = || format!("{PLAIN}{}", cursor.0);
    if cursor.0.len() < 1024 {
        return plain();
    }
    match zstd::bulk::compress(cursor.0.as_bytes(), 3) {
        Ok(bytes) => format!("{COMPRESSED}{}", base64::engine::general_purpose::STANDARD.encode(bytes)),
        Err(_) => plain(),
    }
}

/// The cursor of a source.
pub(crate) fn decode_cursor(place: &Place, source: &str, configuration: &str) -> Result<Cursor, LogError> {
    use base64::Engine as _;
    if let Some(text) = configuration.strip_prefix(PLAIN) {
        return Ok(Cursor(text.to_owned()));
    }
    configuration
        .strip_prefix(COMPRESSED)
        .and_then(|text| base64::engine::general_purpose::STANDARD.decode(text).ok())
        .and_then(|bytes| zstd::stream::decode_all(bytes.as_slice()).ok())
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .map(Cursor)
        .ok_or_else(|| LogError::damaged(&place.name, &cursor_domain(source), "the cursor cannot be read"))
}

/// A commit's lines as the table stores them.
pub(crate) fn to_text(place: &Place, actions: &[Action]) -> Result<String, LogError> {
    let lines: Result<Vec<_>, _> = actions.iter().map(serde_json::to_string).collect();
    Ok(lines.map_err(|error| LogError::storage(&place.name, "write", error))?.join("\n"))
}
