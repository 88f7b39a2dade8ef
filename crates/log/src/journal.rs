//! The journal of runs: events about muster itself, beside the log and in its store.
//!
//! They are events like those of the log (CloudEvents, a line each, types of the same catalogue), and yet not in it: a
//! run that finds nothing new must leave the log's version, its last append and so every figure as they were.
//!
//! - `_muster/runs/<when>-<random>.json` holds one event. A file is created once, in one piece, and never changed: no
//!   writer waits for another, and nobody reads half a line. Delta passes over names that begin with `_`.
//! - When more than [`FEW`] small files have gathered, what they hold is put into one, `….jsonl`, and they are deleted.
//!   Where two writers do so at once, an event is in two files: it counts once, by its id.

use crate::error::{Fault, LogError};
use crate::log::next_instant;
use crate::schema::Recorded;
use crate::store::{Place, random};
use futures::{StreamExt, TryStreamExt};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use muster_model::Event;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStoreExt as _, PutMode};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::HashSet;

const FOLDER: &str = "_muster/runs";
/// So many small files may lie there.
const FEW: usize = 100;
/// How a file's name begins, before a `Z`.
const IN_A_NAME: &str = "%Y%m%dT%H%M%S%3f";
/// A file of this size is not put together with others any more.
const LARGE: u64 = 256 << 10;
/// So often a reader begins anew because files that it wanted to read were just put together.
const ATTEMPTS: u32 = 10;

/// The events about the runs over one log.
#[derive(Debug)]
pub struct Journal {
    place: Place,
}

/// An event as a line, in CloudEvents' JSON format.
#[derive(Serialize, Deserialize)]
struct Line<'a> {
    specversion: Cow<'a, str>,
    id: Cow<'a, str>,
    source: Cow<'a, str>,
    r#type: Cow<'a, str>,
    time: Timestamp,
    subject: Cow<'a, str>,
    recorded: Timestamp,
    collector: Cow<'a, str>,
    datacontenttype: Cow<'a, str>,
    data: Box<RawValue>,
}

impl Journal {
    /// The journal of the log at a location, whose folder must be there.
    ///
    /// # Errors
    /// As [`crate::Log::open`].
    pub async fn open(location: &str) -> Result<Self, LogError> {
        Ok(Self { place: Place::find(location, false).await? })
    }

    /// Adds an event. When this returns it survives a power cut.
    ///
    /// # Errors
    /// [`Fault::Unwritable`], [`Fault::Full`] or another failure of the storage.
    pub async fn append(&self, event: &Event) -> Result<(), LogError> {
        let recorded = self.next_instant().await?;
        let line = Line::of(event, recorded).map_err(|error| self.failed("write", error))?;
        self.create(recorded, "json", line + "\n").await
    }

    /// Every event, in the order in which they were recorded.
    ///
    /// # Errors
    /// [`Fault::Damaged`] when a file holds something else, or a failure of the storage.
    pub async fn events(&self) -> Result<Vec<Recorded>, LogError> {
        let mut files = self.files().await?;
        for _ in 0..ATTEMPTS {
            let read = self.read(&files).await;
            // A list made while files are put together may lack both the small ones and the one made of them.
            let again = self.files().await?;
            match read {
                Err(error) if error.fault == Fault::Damaged && error.source.is_some() => {}
                read if files.iter().filter(is_many).eq(again.iter().filter(is_many)) => return read,
                _ => {}
            }
            files = again;
        }
        Err(LogError::new(
            Fault::Contended,
            format!("the journal of the log {} changed {ATTEMPTS} times while it was read", self.place.name),
            "read it again",
        ))
    }

    /// A name that is another one as soon as something was added.
    ///
    /// # Errors
    /// A failure of the storage.
    pub async fn mark(&self) -> Result<Option<String>, LogError> {
        let names: String = self.files().await?.iter().map(|file| file.location.as_ref()).collect();
        Ok(Some(format!("{:016x}", xxhash_rust::xxh3::xxh3_64(names.as_bytes()))))
    }

    /// Puts small files together when there are many. Whoever appends may do this now and then; it changes nothing that
    /// is read.
    ///
    /// # Errors
    /// As [`Journal::events`] and [`Journal::append`]; whatever happens, no event is lost.
    pub async fn tidy(&self) -> Result<(), LogError> {
        let small: Vec<ObjectMeta> = self.files().await?.into_iter().filter(|file| file.size < LARGE).collect();
        if small.len() <= FEW {
            return Ok(());
        }
        let mut together = Vec::new();
        for file in &small {
            match self.bytes(&file.location).await {
                Ok(bytes) => together.extend(bytes),
                // Somebody else is at it.
                Err(error) if error.fault == Fault::Damaged => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        let text = String::from_utf8(together).map_err(|error| self.failed("read", error))?;
        self.create(self.next_instant().await?, "jsonl", text).await?;
        for file in small {
            match self.place.store.delete(&file.location).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(self.failed("write", error)),
            }
        }
        Ok(())
    }

    /// Later than everything that lies there, whatever the machine's clock does.
    async fn next_instant(&self) -> Result<Timestamp, LogError> {
        let files = self.files().await?;
        let last = files.iter().rev().find_map(|file| instant_of(&file.location));
        Ok(next_instant(last.unwrap_or(Timestamp::UNIX_EPOCH)))
    }

    async fn create(&self, at: Timestamp, ending: &str, text: String) -> Result<(), LogError> {
        let name = format!("{FOLDER}/{}Z-{:016x}.{ending}", at.strftime(IN_A_NAME), random());
        let put = self.place.store.put_opts(&Path::from(name), text.into(), PutMode::Create.into()).await;
        put.map(drop).map_err(|error| self.failed("write", error))
    }

    /// Its files by name, so by time.
    async fn files(&self) -> Result<Vec<ObjectMeta>, LogError> {
        let listed = self.place.store.list(Some(&Path::from(FOLDER))).try_collect::<Vec<_>>().await;
        let mut files = listed.map_err(|error| self.failed("read", error))?;
        files.retain(|file| matches!(file.location.extension(), Some("json" | "jsonl")));
        files.sort_by(|one, other| one.location.cmp(&other.location));
        Ok(files)
    }

    async fn read(&self, files: &[ObjectMeta]) -> Result<Vec<Recorded>, LogError> {
        let read = |file: &ObjectMeta| {
            let file = file.clone();
            async move {
                let bytes = self.bytes(&file.location).await?;
                self.parse(&file.location, &bytes)
            }
        };
        let parts: Vec<Vec<Recorded>> = futures::stream::iter(files).map(read).buffered(8).try_collect().await?;
        let mut seen = HashSet::new();
        let mut events: Vec<Recorded> =
            parts.into_iter().flatten().filter(|event| seen.insert(event.id.clone())).collect();
        events.sort_by(|one, other| (one.recorded, &one.id).cmp(&(other.recorded, &other.id)));
        Ok(events)
    }

    fn parse(&self, file: &Path, bytes: &[u8]) -> Result<Vec<Recorded>, LogError> {
        let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
        lines
            .map(|line| {
                let line: Line<'_> = serde_json::from_slice(line)
                    .map_err(|error| LogError::damaged(&self.place.name, file.as_ref(), error))?;
                Ok(line.into_recorded())
            })
            .collect()
    }

    async fn bytes(&self, file: &Path) -> Result<Vec<u8>, LogError> {
        let failed = |error| self.failed("read", error);
        let found = self.place.store.get(file).await.map_err(failed)?;
        Ok(found.bytes().await.map_err(failed)?.to_vec())
    }

    fn failed(&self, doing: &str, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> LogError {
        LogError::storage(&format!("{}/{FOLDER}", self.place.name.trim_end_matches('/')), doing, cause)
    }
}

/// The instant in a file's name.
fn instant_of(file: &Path) -> Option<Timestamp> {
    let (instant, _) = file.filename()?.split_once('Z')?;
    Some(DateTime::strptime(IN_A_NAME, instant).ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// Whether a file holds what was put together.
fn is_many(file: &&ObjectMeta) -> bool {
    file.location.extension() == Some("jsonl")
}

impl Line<'_> {
    fn of(event: &Event, recorded: Timestamp) -> serde_json::Result<String> {
        let line = Line {
            specversion: "1.0".into(),
            id: event.id.as_str().into(),
            source: event.source.as_ref().into(),
            r#type: event.kind().into(),
            time: event.time,
            subject: event.subject.as_str().into(),
            recorded,
            collector: event.collector.as_ref().into(),
            datacontenttype: "application/json".into(),
            data: RawValue::from_string(event.data.to_json())?,
        };
        serde_json::to_string(&line)
    }

    fn into_recorded(self) -> Recorded {
        Recorded {
            id: self.id.into_owned(),
            source: self.source.into_owned(),
            kind: self.r#type.into_owned(),
            time: self.time,
            subject: self.subject.into_owned(),
            actor: None,
            url: None,
            data: self.data.get().to_owned(),
            recorded: self.recorded,
            collector: self.collector.into_owned(),
        }
    }
}
