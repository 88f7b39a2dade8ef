//! Rewriting: what names somebody who asked to be left out goes out of the log, and out of the folder.
//!
//! The one operation that deletes. Every file with an event to change is written anew, the same rows in the same order
//! with the same `recorded`; one commit, `REWRITE`, puts the new files in the place of the old ones and says how many
//! events it changed; then the old files are deleted, and with them whatever else lies there that no version needs any
//! more and that names somebody: files that compactions replaced, files that crashes left behind. A crash on the way
//! leaves the log as it was, or rewritten with old files beside it, which the next rewrite deletes.
//!
//! The Delta domain `muster.rewritten` says up to which `recorded` every event has been through a rewrite, and which
//! versions were rewrites: by that it is known when one is due, and why an older version cannot be opened.
//!
//! What stays is in `_delta_log`: the cursors of sources, of this version and those before, in commits and checkpoints.
//! Those of people files and rosters repeat what these files state, which may be names and addresses.

use crate::error::{Fault, LogError};
use crate::known::{Key, Known, Standing};
use crate::log::{Log, next_instant};
use crate::read;
use crate::schema::{Recorded, instants, only, schema, text};
use crate::state::{self, LogFile, State};
use crate::store::{Place, random};
use crate::write::{self, Encoder, Written};
use arrow::array::{Array, ArrayRef, BooleanArray, RecordBatch, StringArray};
use arrow::compute::filter_record_batch;
use arrow::error::ArrowError;
use deltalake_core::kernel::{Action, EagerSnapshot, MetadataExt as _};
use deltalake_core::logstore::LogStore;
use futures::{StreamExt, TryStreamExt};
use jiff::Timestamp;
use muster_model::payload::PersonForgotten;
use muster_model::{Event, Payload};
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStoreExt as _};
use parquet::errors::ParquetError;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// The Delta domain that says what was rewritten.
const REWRITTEN: &str = "muster.rewritten";

/// The type of the events that make a rewrite due.
const FORGOTTEN: &str = "person.forgotten";

/// The table property that a rewrite has to take back: from then on the table is not append-only.
const APPEND_ONLY: &str = "delta.appendOnly";

/// So often a rewrite gives way to another writer before it gives up.
const ATTEMPTS: u32 = 20;

/// What a rewrite did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rewritten {
    /// Events read: all of the log.
    pub events: u64,
    /// Events that are not what they were. One whose id became that of an event before it is gone; it counts too.
    pub changed: u64,
    /// Files written anew.
    pub files: u64,
    /// The log's version afterwards; the one before, when there was nothing to change.
    pub version: u64,
}

/// What [`REWRITTEN`] holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Marker {
    /// Every event recorded up to here, in microseconds, has been through a rewrite.
    until: i64,
    /// The versions that are rewrites.
    versions: Vec<u64>,
    /// The files that the last of them replaced. While one of them is there, its deletions are not done.
    replaced: Vec<String>,
}

/// What becomes of the files of a version.
#[derive(Default)]
struct Plan {
    /// By path, of every file that was read: `None` where it stays.
    files: BTreeMap<String, Option<Replaced>>,
    /// The ids of all events read.
    ids: Known,
    events: u64,
}

struct Replaced {
    file: LogFile,
    /// `None` when no event of it is left.
    by: Option<Written>,
    changed: u64,
}

impl Plan {
    fn replaced(&self) -> impl Iterator<Item = &Replaced> {
        self.files.values().flatten()
    }
}

impl Log {
    /// Everybody who asked to be left out, as of [`Log::version`].
    ///
    /// # Errors
    /// [`Fault::Damaged`] when a file cannot be read, or a failure of the storage.
    pub async fn forgotten(&self) -> Result<Vec<PersonForgotten>, LogError> {
        Ok(self.wishes().await?.into_iter().map(|(_, wish)| wish).collect())
    }

    /// Whether somebody asked to be left out after the log was last rewritten, or a rewrite was stopped before it had
    /// deleted the old files.
    ///
    /// # Errors
    /// As [`Log::forgotten`].
    pub async fn rewrite_is_due(&self) -> Result<bool, LogError> {
        let marker = self.marker().await?.unwrap_or_default();
        if self.has_wishes_after(marker.until).await? {
            return Ok(true);
        }
        if marker.replaced.is_empty() {
            return Ok(false);
        }
        let there = self.data_files().await?;
        Ok(there.iter().any(|object| marker.replaced.iter().any(|path| path == object.location.as_ref())))
    }

    async fn has_wishes_after(&self, until: i64) -> Result<bool, LogError> {
        Ok(self.wishes().await?.iter().any(|(recorded, _)| recorded.as_microsecond() > until))
    }

    /// Writes anew every file with an event that `change` changes, and deletes whatever holds what was there before:
    /// the old files, and any other file beside the log's that no version from now on needs and that has an event to
    /// change. Of two events that become one by their ids the first stays. Only ids, sources, subjects, actors, addresses
    /// and payloads are taken over; what an event is, when it happened and when it was recorded stays.
    ///
    /// Versions before that had such a file cannot be opened any more. Others may append at the same time; what they
    /// append did not go through `change`. Doing it again is always right and costs one reading of the log.
    ///
    /// # Errors
    /// [`Fault::Newer`], [`Fault::Full`], [`Fault::Contended`], [`Fault::Damaged`] or another failure of the storage.
    /// Then the log is as it was, or it is rewritten and some old file could not be deleted.
    pub async fn rewrite(&mut self, mut change: impl FnMut(&mut Event) -> bool) -> Result<Rewritten, LogError> {
        self.may_write()?;
        self.refresh().await?;
        let token = format!("{:016x}{:016x}", random(), random());
        for _ in 0..ATTEMPTS {
            let mut plan = Plan::default();
            let outcome = self.try_rewrite(&mut plan, &token, &mut change).await;
            if !matches!(outcome, Ok(true)) {
                let is_there = outcome.as_ref().is_err_and(|error| error.fault != Fault::Full);
                for written in plan.replaced().filter_map(|one| one.by.as_ref()).filter(|_| !is_there) {
                    write::forget(&self.place, written).await;
                }
            }
            if outcome? {
                self.sweep(&mut change).await?;
                return Ok(Rewritten {
                    events: plan.events,
                    changed: plan.replaced().map(|one| one.changed).sum(),
                    files: plan.replaced().filter(|one| one.by.is_some()).count() as u64,
                    version: self.state.version,
                });
            }
        }
        Err(LogError::new(
            Fault::Contended,
            format!("other writers to the log {} were faster {ATTEMPTS} times", self.place.name),
            "the log is as it was; run again when the others are done",
        ))
    }

    /// One try; `false` when another writer was faster.
    async fn try_rewrite(
        &mut self,
        plan: &mut Plan,
        token: &str,
        change: &mut impl FnMut(&mut Event) -> bool,
    ) -> Result<bool, LogError> {
        let state = self.state.clone();
        for file in &state.files {
            let replaced = self.pass(file, plan, change).await?;
            plan.files.insert(file.path.clone(), replaced);
        }
        let changes = plan.replaced().next().is_some();
        let mut marker = self.marker().await?.unwrap_or_default();
        if !changes && !self.has_wishes_after(marker.until).await? {
            return Ok(true);
        }
        let (version, at) = (state.version + 1, next_instant(state.committed));
        marker.until = state.last_recorded().map_or(marker.until, Timestamp::as_microsecond);
        if changes {
            marker.versions.push(version);
            marker.replaced = plan.replaced().map(|one| one.file.path.clone()).collect();
        }
        let failed = |error: serde_json::Error| LogError::storage(&self.place.name, "rewrite", error);
        let marker = write::domain(REWRITTEN.to_owned(), serde_json::to_string(&marker).map_err(failed)?);
        let mut actions = vec![Action::DomainMetadata(marker.clone())];
        if changes {
            actions.extend(self.no_longer_append_only().await?);
        }
        actions.extend(plan.replaced().map(|one| write::remove(&one.file, at, true)));
        actions.extend(plan.replaced().filter_map(|one| one.by.as_ref()).map(|written| written.add(at, true)));
        let mut info = state::commit_info("REWRITE", at, Some(token));
        let changed: u64 = plan.replaced().map(|one| one.changed).sum();
        info.operation_parameters = Some(
            [("events", plan.events), ("changed", changed)]
                .map(|(name, number)| (name.to_owned(), Value::from(number.to_string())))
                .into(),
        );
        if !write::commit_with(&self.place, version, info, actions).await? {
            let own = self.catch_up(token).await?.own.is_some();
            // What the events were is not what they are.
            self.known = self.known.take().filter(|_| !own);
            return Ok(own);
        }
        let state = Arc::make_mut(&mut self.state);
        (state.version, state.committed) = (version, at);
        state.files.retain(|file| plan.files.get(&file.path).is_none_or(Option::is_none));
        state.files.extend(plan.replaced().filter_map(|one| one.by.as_ref()).map(|written| written.file.clone()));
        state.sort();
        state.domains.insert(REWRITTEN.to_owned(), Some(marker.configuration));
        self.known = None;
        self.checkpoint().await;
        Ok(true)
    }

    /// Reads a file; writes it anew where something in it changes.
    async fn pass(
        &self,
        file: &LogFile,
        plan: &mut Plan,
        change: &mut impl FnMut(&mut Event) -> bool,
    ) -> Result<Option<Replaced>, LogError> {
        let failed = |error: ParquetError| LogError::storage(&self.place.name, "rewrite", error);
        let all = || read::batches(self.place.clone(), file.path.clone(), file.size, schema());
        let (mut encoder, mut changed): (Option<Encoder>, u64) = (None, 0);
        let (mut batches, mut unchanged) = (all(), 0);
        while let Some(batch) = batches.try_next().await? {
            plan.events += batch.num_rows() as u64;
            let (renewed, of_batch) = renew(&batch, &mut plan.ids, change).map_err(|error| failed(error.into()))?;
            changed += of_batch;
            if renewed.is_some() && encoder.is_none() {
                // The first change: what comes before it stays as it is.
                let mut begun = Encoder::new().map_err(failed)?;
                let mut before = all().take(unchanged);
                while let Some(batch) = before.try_next().await? {
                    begun.push(&batch).map_err(failed)?;
                }
                encoder = Some(begun);
            }
            match &mut encoder {
                Some(encoder) => encoder.push(renewed.as_ref().unwrap_or(&batch)).map_err(failed)?,
                None => unchanged += 1,
            }
        }
        let Some(encoder) = encoder else { return Ok(None) };
        let by = match encoder.events() {
            0 => None,
            _ => Some(write::put(&self.place, self.state.version + 1, encoder).await?),
        };
        Ok(Some(Replaced { file: file.clone(), by, changed }))
    }

    /// Deletes all files that no version needs and that have an event to change; last those that the last rewrite
    /// replaced, so that while one of them is there it is known that this is not done.
    async fn sweep(&self, change: &mut impl FnMut(&mut Event) -> bool) -> Result<(), LogError> {
        let current: HashSet<&str> = self.state.files.iter().map(|file| file.path.as_str()).collect();
        let replaced: HashSet<String> = self.marker().await?.unwrap_or_default().replaced.into_iter().collect();
        // A file of a version to come may be another writer's, who has not committed it yet.
        let is_ahead = |path: &str| {
            let version = path.get(..20).and_then(|digits| digits.parse::<u64>().ok());
            version.is_some_and(|version| version > self.state.version)
        };
        let mut objects = self.data_files().await?;
        objects.retain(|object| !current.contains(object.location.as_ref()) && !is_ahead(object.location.as_ref()));
        let (last, first): (Vec<_>, Vec<_>) =
            objects.into_iter().partition(|object| replaced.contains(object.location.as_ref()));
        for object in first {
            if self.has_any(&object, change).await? {
                self.delete(&object.location).await?;
            }
        }
        for object in last {
            self.delete(&object.location).await?;
        }
        Ok(())
    }

    async fn delete(&self, file: &Path) -> Result<(), LogError> {
        match self.place.store.delete(file).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(LogError::storage(&self.place.name, "delete an old file of", error)),
        }
    }

    /// Whether a file that is no part of the log has an event to change, or cannot be understood by anybody.
    async fn has_any(
        &self,
        object: &ObjectMeta,
        change: &mut impl FnMut(&mut Event) -> bool,
    ) -> Result<bool, LogError> {
        let mut batches = read::batches(self.place.clone(), object.location.to_string(), object.size, schema());
        loop {
            match batches.try_next().await {
                Ok(Some(batch)) => {
                    for row in Recorded::rows(&batch) {
                        if change(&mut event(row)) {
                            return Ok(true);
                        }
                    }
                }
                Ok(None) => return Ok(false),
                Err(error) => {
                    let cause = error.source.as_ref().and_then(|source| source.downcast_ref::<ParquetError>());
                    return match cause {
                        Some(ParquetError::External(_)) => Err(error),
                        _ => Ok(true),
                    };
                }
            }
        }
    }

    /// The Parquet files of the folder, whatever they belong to.
    async fn data_files(&self) -> Result<Vec<ObjectMeta>, LogError> {
        let failed = |error| LogError::storage(&self.place.name, "list", error);
        let mut objects = self.place.store.list_with_delimiter(None).await.map_err(failed)?.objects;
        objects.retain(|object| object.location.as_ref().ends_with(".parquet"));
        Ok(objects)
    }

    /// An error that says why, where a rewrite deleted files of an older version.
    pub(crate) async fn refuse_rewritten(&self, old: &State) -> Result<(), LogError> {
        let rewrite = self.rewritten().await?.into_iter().find(|rewrite| *rewrite > old.version);
        let Some(rewrite) = rewrite else { return Ok(()) };
        let there: HashSet<Path> = self.data_files().await?.into_iter().map(|object| object.location).collect();
        if old.files.iter().all(|file| there.contains(&Path::from(file.path.as_str()))) {
            return Ok(());
        }
        Err(LogError::new(
            Fault::Missing,
            format!(
                "version {} of the log {} cannot be opened any more: somebody asked to be left out, and the rewrite of \
                 version {rewrite} deleted files of it",
                old.version, self.place.name
            ),
            format!("name a version from {rewrite} on, or none; the same events are in it, without the person"),
        ))
    }

    /// The versions that are rewrites.
    pub(crate) async fn rewritten(&self) -> Result<Vec<u64>, LogError> {
        Ok(self.marker().await?.unwrap_or_default().versions)
    }

    async fn marker(&self) -> Result<Option<Marker>, LogError> {
        marker(&self.place, self.delta.as_ref(), &self.state).await
    }

    /// Who asked to be left out, and when the log took it.
    async fn wishes(&self) -> Result<Vec<(Timestamp, PersonForgotten)>, LogError> {
        let columns = only(&["type", "data", "recorded"]);
        let wishes = |file: LogFile| {
            let mut batches = read::of_type(self.place.clone(), file.path, file.size, columns.clone(), FORGOTTEN);
            async move {
                let mut found = Vec::new();
                while let Some(batch) = batches.try_next().await? {
                    let (data, recorded) = (text(&batch, "data"), instants(&batch, "recorded"));
                    for row in 0..batch.num_rows() {
                        if let Payload::PersonForgotten(wish) = Payload::from_json(FORGOTTEN, data.value(row)) {
                            found.push((crate::schema::instant(recorded.value(row)), wish));
                        }
                    }
                }
                Ok::<_, LogError>(found)
            }
        };
        let files = futures::stream::iter(self.state.files.clone());
        files.map(wishes).buffered(8).try_concat().await
    }

    /// What makes the table's own statement true: it is append-only until something is taken out of it.
    async fn no_longer_append_only(&self) -> Result<Option<Action>, LogError> {
        let failed = |error| LogError::storage(&self.place.name, "rewrite", error);
        let version = Some(self.state.version);
        let table = EagerSnapshot::try_new(self.delta.as_ref(), version).await.map_err(failed)?;
        let metadata = table.metadata().clone();
        if metadata.configuration().get(APPEND_ONLY).is_none_or(|value| value != "true") {
            return Ok(None);
        }
        let metadata = metadata.add_config_key(APPEND_ONLY.to_owned(), "false".to_owned());
        let metadata = metadata.map_err(|error| LogError::storage(&self.place.name, "rewrite", error))?;
        Ok(Some(Action::Metadata(metadata)))
    }
}

/// The last version that is a rewrite.
pub(crate) async fn last(place: &Place, state: &State) -> Result<Option<u64>, LogError> {
    let delta = state::delta(place)?;
    Ok(marker(place, delta.as_ref(), state).await?.and_then(|marker| marker.versions.last().copied()))
}

async fn marker(place: &Place, delta: &dyn LogStore, state: &State) -> Result<Option<Marker>, LogError> {
    let stored = state::domain(place, delta, state, REWRITTEN).await?;
    let read = |text: String| serde_json::from_str(&text);
    stored.map(read).transpose().map_err(|error| LogError::damaged(&place.name, REWRITTEN, error))
}

/// An event as it was appended, but for its collector.
fn event(row: Recorded) -> Event {
    Event {
        data: row.payload(),
        id: row.id,
        source: row.source.into(),
        time: row.time,
        subject: row.subject,
        actor: row.actor,
        url: row.url,
        collector: "".into(),
    }
}

/// The batch as it is afterwards, unless it is the same, and how many of its events are not what they were.
fn renew(
    batch: &RecordBatch,
    ids: &mut Known,
    change: &mut impl FnMut(&mut Event) -> bool,
) -> Result<(Option<RecordBatch>, u64), ArrowError> {
    let mut events = Vec::with_capacity(batch.num_rows());
    let mut kept = Vec::with_capacity(batch.num_rows());
    let mut changed = 0;
    for row in Recorded::rows(batch) {
        let mut event = event(row);
        let is_changed = change(&mut event);
        let is_kept = ids.insert(Key::of(&event.id), 0) == Standing::New;
        changed += u64::from(is_changed || !is_kept);
        events.push((event, is_changed));
        kept.push(is_kept);
    }
    if changed == 0 {
        return Ok((None, 0));
    }
    let mut columns = batch.columns().to_vec();
    let mut put = |name: &str, of: &dyn Fn(&Event) -> Option<String>| -> Result<(), ArrowError> {
        let at = batch.schema().index_of(name)?;
        let old = text(batch, name);
        let value = |row: usize| {
            let (event, is_changed) = &events[row];
            if *is_changed { of(event) } else { old.is_valid(row).then(|| old.value(row).to_owned()) }
        };
        columns[at] = Arc::new((0..events.len()).map(value).collect::<StringArray>()) as ArrayRef;
        Ok(())
    };
    put("id", &|event| Some(event.id.clone()))?;
    put("source", &|event| Some(event.source.to_string()))?;
    put("subject", &|event| Some(event.subject.clone()))?;
    put("actor", &|event| event.actor.clone())?;
    put("url", &|event| event.url.clone())?;
    put("data", &|event| Some(event.data.to_json()))?;
    let renewed = RecordBatch::try_new(batch.schema(), columns)?;
    Ok((Some(filter_record_batch(&renewed, &BooleanArray::from(kept))?), changed))
}
