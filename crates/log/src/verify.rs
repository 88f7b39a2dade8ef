//! Looking at the whole log: is it sound, and what is in it.

use crate::error::LogError;
use crate::known::{Key, Known, Standing};
use crate::log::Log;
use crate::read::batches;
use crate::schema::{instant, instants, only, schema, text};
use crate::state::LogFile;
use arrow::array::{Array, RecordBatch};
use futures::TryStreamExt;
use jiff::Timestamp;
use muster_model::{Cursor, Payload};
use object_store::ObjectStoreExt as _;
use object_store::path::Path;
use std::collections::BTreeMap;

/// So many findings are told.
const MOST: usize = 1000;

/// What a verification found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// The version looked at.
    pub version: u64,
    /// Its files.
    pub files: u64,
    /// Its events, as far as they could be read.
    pub events: u64,
    /// Bytes of its files.
    pub bytes: u64,
    /// Events of a type or schema that this program does not know, by type. They are kept and are no damage.
    pub unknown: BTreeMap<String, u64>,
    /// What is wrong; empty for a sound log.
    pub findings: Vec<Finding>,
}

impl Verified {
    /// Whether nothing is wrong.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }

    fn find(&mut self, file: &str, message: impl Into<String>) {
        let message = match self.findings.len() {
            MOST.. => return,
            length if length + 1 == MOST => "and more, which are left out here".to_owned(),
            _ => message.into(),
        };
        self.findings.push(Finding { file: file.to_owned(), message });
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file, relative to the log.
    pub file: String,
    /// What is wrong with it.
    pub message: String,
}

/// What is in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Info {
    /// The version.
    pub version: u64,
    /// The number of its format.
    pub format: u32,
    /// When the version was committed.
    pub committed: Timestamp,
    /// Files.
    pub files: u64,
    /// Bytes of these files.
    pub bytes: u64,
    /// Events.
    pub events: u64,
    /// Events by type.
    pub by_type: BTreeMap<String, u64>,
    /// Events by collector, `<name>/<version>`.
    pub by_collector: BTreeMap<String, u64>,
    /// The earliest time of an event; 1970-01-01T00:00:00Z, "not known", does not count.
    pub first_time: Option<Timestamp>,
    /// The latest time of an event.
    pub last_time: Option<Timestamp>,
    /// When the first event was recorded.
    pub first_recorded: Option<Timestamp>,
    /// When the last event was recorded.
    pub last_recorded: Option<Timestamp>,
    /// The versions that rewrote the log, because somebody asked to be left out; see [`Log::rewrite`].
    pub rewritten: Vec<u64>,
    /// Where the sources stand.
    pub cursors: BTreeMap<String, Cursor>,
}

impl Log {
    /// Reads every event as of [`Log::version`] and checks: each file is there, has the size and the number of events
    /// that the table states, and can be read; no id comes twice; payloads can be parsed (those of unknown types are
    /// counted); `recorded` never goes back; the cursors can be read.
    ///
    /// # Errors
    /// Only when the storage cannot be asked at all: what is wrong with the log is a finding.
    pub async fn verify(&self) -> Result<Verified, LogError> {
        let state = &self.state;
        let mut verified = Verified {
            version: state.version,
            files: state.files.len() as u64,
            bytes: state.files.iter().map(|file| file.size).sum(),
            ..Verified::default()
        };
        let mut known = Known::with_room(usize::try_from(state.events()).unwrap_or_default());
        let mut last = Timestamp::MIN;
        for file in &state.files {
            if file.first_recorded <= last {
                verified.find(&file.path, format!("recorded goes back: {} after {last}", file.first_recorded));
            }
            self.verify_file(file, &mut known, &mut verified).await;
            last = last.max(file.last_recorded);
        }
        if last > state.committed {
            let message = format!("recorded at {last}, after the version was committed at {}", state.committed);
            verified.find("_delta_log", message);
        }
        if let Err(error) = self.cursors().await {
            verified.find("_delta_log", error.message);
        }
        Ok(verified)
    }

    async fn verify_file(&self, file: &LogFile, known: &mut Known, verified: &mut Verified) {
        match self.place.store.head(&Path::from(file.path.as_str())).await {
            Ok(found) if found.size != file.size => {
                verified.find(&file.path, format!("{} bytes where the table states {}", found.size, file.size));
                return;
            }
            Ok(_) => {}
            Err(error) => {
                let message = match error {
                    object_store::Error::NotFound { .. } => "the file is gone".to_owned(),
                    error => error.to_string(),
                };
                verified.find(&file.path, message);
                return;
            }
        }
        let mut batches = batches(self.place.clone(), file.path.clone(), file.size, schema());
        let (mut events, mut last) = (0, i64::MIN);
        loop {
            match batches.try_next().await {
                Ok(Some(batch)) => {
                    events += batch.num_rows() as u64;
                    verify_batch(&batch, &file.path, &mut last, known, verified);
                }
                Ok(None) => break,
                Err(error) => {
                    verified.find(&file.path, error.message);
                    break;
                }
            }
        }
        if events != file.events {
            verified.find(&file.path, format!("{events} events where the table states {}", file.events));
        }
        if events > 0 && instant(last) != file.last_recorded {
            verified.find(
                &file.path,
                format!("last recorded {} where the table states {}", instant(last), file.last_recorded),
            );
        }
        verified.events += events;
    }

    /// Counts what is in the log as of [`Log::version`].
    ///
    /// # Errors
    /// [`crate::Fault::Damaged`] when a file cannot be read, or a failure of the storage.
    pub async fn info(&self) -> Result<Info, LogError> {
        let state = &self.state;
        let mut info = Info {
            version: state.version,
            format: state.format,
            committed: state.committed,
            files: state.files.len() as u64,
            bytes: state.files.iter().map(|file| file.size).sum(),
            events: state.events(),
            by_type: BTreeMap::new(),
            by_collector: BTreeMap::new(),
            first_time: None,
            last_time: None,
            first_recorded: state.files.iter().map(|file| file.first_recorded).min(),
            last_recorded: state.last_recorded(),
            rewritten: self.rewritten().await?,
            cursors: self.cursors().await?,
        };
        let mut times: Option<(i64, i64)> = None;
        for file in &state.files {
            let columns = only(&["type", "time", "collector"]);
            let mut batches = batches(self.place.clone(), file.path.clone(), file.size, columns);
            while let Some(batch) = batches.try_next().await? {
                for (counts, column) in [(&mut info.by_type, "type"), (&mut info.by_collector, "collector")] {
                    let column = text(&batch, column);
                    for row in 0..column.len() {
                        count(counts, column.value(row));
                    }
                }
                for time in instants(&batch, "time").values().iter().copied().filter(|time| *time != 0) {
                    times = Some(times.map_or((time, time), |(first, last)| (first.min(time), last.max(time))));
                }
            }
        }
        (info.first_time, info.last_time) = (times.map(|times| instant(times.0)), times.map(|times| instant(times.1)));
        Ok(info)
    }
}

fn verify_batch(batch: &RecordBatch, path: &str, last: &mut i64, known: &mut Known, verified: &mut Verified) {
    let (id, kind, data) = (text(batch, "id"), text(batch, "type"), text(batch, "data"));
    let recorded = instants(batch, "recorded");
    for row in 0..batch.num_rows() {
        if let Payload::Unknown { kind, .. } = Payload::from_json(kind.value(row), data.value(row)) {
            count(&mut verified.unknown, &kind);
        }
        if known.insert(Key::of(id.value(row)), 0) != Standing::New {
            verified.find(path, format!("the id {:?} is in the log twice", id.value(row)));
        }
        if recorded.value(row) < *last {
            verified.find(path, format!("recorded goes back at {:?}", id.value(row)));
        }
        *last = recorded.value(row).max(*last);
    }
}

fn count(counts: &mut BTreeMap<String, u64>, key: &str) {
    match counts.get_mut(key) {
        Some(count) => *count += 1,
        None => {
            counts.insert(key.to_owned(), 1);
        }
    }
}
