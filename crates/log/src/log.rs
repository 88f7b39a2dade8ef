//! The log: opening it, and keeping up with its other writers.

use crate::error::{Fault, LogError};
use crate::known::{Key, Known, digest};
use crate::read::{self, Snapshot};
use crate::schema::{FORMAT, FORMAT_KEY, only, text};
use crate::state::{self, LogFile, State};
use crate::store::{Place, missing};
use arrow::array::Array;
use deltalake_core::DeltaTable;
use deltalake_core::logstore::LogStore;
use futures::{StreamExt, TryStreamExt};
use jiff::Timestamp;
use muster_model::Cursor;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// So many versions lie between two checkpoints of the Delta table.
const CHECKPOINT_EVERY: u64 = 50;

/// A log, as of the version that this value last saw. [`Log::append`] and [`Log::refresh`] catch up with others.
pub struct Log {
    pub(crate) place: Place,
    pub(crate) delta: Arc<dyn LogStore>,
    pub(crate) state: Arc<State>,
    /// Loaded by the first append that has events.
    pub(crate) known: Option<Known>,
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Log").field("location", &self.place.name).field("version", &self.state.version).finish()
    }
}

/// The clock of the log, the only one: it says when an event was recorded. Whole milliseconds, and always later than
/// the version before, whatever the machine's clock does.
#[allow(clippy::disallowed_methods)] // `recorded` is the one time that is the log's own statement
pub(crate) fn next_instant(last: Timestamp) -> Timestamp {
    let now = Timestamp::now().as_millisecond().max(last.as_millisecond() + 1);
    Timestamp::from_millisecond(now).unwrap_or(Timestamp::MAX)
}

/// What others did since.
#[derive(Debug, Default)]
pub(crate) struct Caught {
    /// One of the versions is our own: the store kept it although it said it did not.
    pub own: Option<u64>,
    /// Files that are no part of the log's latest version any more.
    pub removed: Vec<String>,
}

impl Log {
    /// Opens a log that is there: a path, `file://`, `s3://`, `gs://`, `az://` or `abfss://`. Object stores take their
    /// credentials from the environment (`AWS_…`, `GOOGLE_…`, `AZURE_…`).
    ///
    /// # Errors
    /// [`Fault::Missing`] when there is none, [`Fault::NotALog`], [`Fault::Location`], or a failure of the storage.
    pub async fn open(location: &str) -> Result<Self, LogError> {
        Self::at(Place::find(location, false).await?, false).await
    }

    /// Opens a log, or creates it with its folder.
    ///
    /// # Errors
    /// As [`Log::open`] without [`Fault::Missing`]; [`Fault::Unwritable`] when it cannot be created.
    pub async fn open_or_create(location: &str) -> Result<Self, LogError> {
        Self::at(Place::find(location, true).await?, true).await
    }

    /// The same in a store of the caller's own, rooted at the log. `name` is what errors call it.
    ///
    /// # Errors
    /// As [`Log::open`] and [`Log::open_or_create`].
    pub async fn open_in(store: Arc<dyn ObjectStore>, name: &str, create: bool) -> Result<Self, LogError> {
        Self::at(Place::rooted(store, name)?, create).await
    }

    async fn at(place: Place, create: bool) -> Result<Self, LogError> {
        let delta = state::delta(&place)?;
        // The commit of version 0 is there from the first moment on, unless another tool cleaned it up.
        let there = match place.store.head(&Path::from("_delta_log/00000000000000000000.json")).await {
            Ok(_) => true,
            Err(object_store::Error::NotFound { .. }) => {
                delta.is_delta_table_location().await.map_err(|error| LogError::storage(&place.name, "open", error))?
            }
            Err(error) => return Err(LogError::storage(&place.name, "open", error)),
        };
        if !there {
            if !create {
                return Err(missing(&place.name));
            }
            state::create(&place, next_instant(Timestamp::UNIX_EPOCH)).await?;
        }
        let state = Arc::new(state::load(&place, delta.as_ref(), None).await?);
        Ok(Self { place, delta, state, known: None })
    }

    /// Where the log lies, as it was opened.
    pub fn location(&self) -> &str {
        &self.place.name
    }

    /// The version this value stands at.
    pub fn version(&self) -> u64 {
        self.state.version
    }

    /// The number of the log's format; see [`FORMAT`].
    pub fn format(&self) -> u32 {
        self.state.format
    }

    /// The log as of [`Log::version`].
    pub fn snapshot(&self) -> Snapshot {
        Snapshot { place: self.place.clone(), state: self.state.clone() }
    }

    /// The log as it was at a version.
    ///
    /// # Errors
    /// [`Fault::Missing`] when there is no such version or [`Log::rewrite`] deleted files of it, or a failure of the
    /// storage.
    pub async fn at_version(&self, version: u64) -> Result<Snapshot, LogError> {
        if version == self.state.version {
            return Ok(self.snapshot());
        }
        let state = state::load(&self.place, self.delta.as_ref(), Some(version)).await?;
        self.refuse_rewritten(&state).await?;
        Ok(Snapshot { place: self.place.clone(), state: Arc::new(state) })
    }

    /// The log as it was at an instant: the last version committed at or before it, not later than
    /// [`Log::version`].
    ///
    /// # Errors
    /// [`Fault::Missing`] when the log is younger, or a failure of the storage.
    pub async fn at_instant(&self, instant: Timestamp) -> Result<Snapshot, LogError> {
        if instant >= self.state.committed {
            return Ok(self.snapshot());
        }
        // Versions are committed at ever later instants. `below` is not after the instant, `above` is.
        let (mut below, mut above) = (None, self.state.version);
        while below.map_or(0, |version| version + 1) < above {
            let low = below.map_or(0, |version| version + 1);
            let middle = low + (above - low) / 2;
            match state::committed_at(&self.place, middle).await? {
                Some(committed) if committed > instant => above = middle,
                // A version whose commit another tool cleaned up is older than those it kept.
                _ => below = Some(middle),
            }
        }
        match below {
            Some(version) => self.at_version(version).await,
            None => Err(LogError::new(
                Fault::Missing,
                format!("the log {} did not exist at {instant}", self.place.name),
                "ask for a later instant; `muster log info` says when the log begins",
            )),
        }
    }

    /// Where a source stands: the cursor that was last committed with its events, as of [`Log::version`].
    ///
    /// # Errors
    /// [`Fault::Damaged`] when the cursor cannot be read, or a failure of the storage.
    pub async fn cursor(&self, source: &str) -> Result<Option<Cursor>, LogError> {
        let domain = state::cursor_domain(source);
        let stored = state::domain(&self.place, self.delta.as_ref(), &self.state, &domain).await?;
        stored.map(|text| state::decode_cursor(&self.place, source, &text)).transpose()
    }

    /// The cursors of all sources, as of [`Log::version`].
    ///
    /// # Errors
    /// As [`Log::cursor`].
    pub async fn cursors(&self) -> Result<BTreeMap<String, Cursor>, LogError> {
        let stored = state::domain(&self.place, self.delta.as_ref(), &self.state, state::SOURCES).await?;
        let mut cursors = BTreeMap::new();
        for source in state::sources(stored.as_deref()) {
            if let Some(cursor) = self.cursor(&source).await? {
                cursors.insert(source, cursor);
            }
        }
        Ok(cursors)
    }

    /// Goes to the latest version.
    ///
    /// # Errors
    /// A failure of the storage; the value then stays at its version.
    pub async fn refresh(&mut self) -> Result<(), LogError> {
        self.catch_up("").await.map(|_| ())
    }

    /// Whether this program may write to it.
    ///
    /// # Errors
    /// [`Fault::Newer`] when it may not.
    pub fn may_write(&self) -> Result<(), LogError> {
        if self.state.format <= FORMAT {
            return Ok(());
        }
        Err(LogError::new(
            Fault::Newer,
            format!(
                "the log {} has format {} ({FORMAT_KEY}); this muster {} writes format {FORMAT} and only reads it",
                self.place.name,
                self.state.format,
                env!("CARGO_PKG_VERSION"),
            ),
            format!("use a muster that writes log format {}: a later version than this one", self.state.format),
        ))
    }

    /// Takes in every version that others made since. Only what they added is read.
    pub(crate) async fn catch_up(&mut self, token: &str) -> Result<Caught, LogError> {
        let mut caught = Caught::default();
        loop {
            let version = self.state.version + 1;
            let text = match self.delta.read_commit_entry(version).await {
                Ok(Some(text)) => text,
                Ok(None) => return Ok(caught),
                Err(error) => return Err(LogError::storage(&self.place.name, "read", error)),
            };
            let lines = state::parse_commit(&self.place, version, &text)?;
            if lines
                .iter()
                .any(|line| line.commit_info.as_ref().is_some_and(|info| info.txn_id.as_deref() == Some(token)))
            {
                caught.own = Some(version);
            }
            caught
                .removed
                .extend(lines.iter().filter_map(|line| line.remove.as_ref().map(|remove| remove.path.clone())));
            if lines.iter().any(|line| line.meta_data.is_some() || line.protocol.is_some()) {
                // Another schema or format, perhaps: begin anew.
                let next = state::load(&self.place, self.delta.as_ref(), Some(version)).await?;
                if let Some(known) = &mut self.known {
                    // What a rewrite renamed is known by its old id, too.
                    known.add(load_known(&self.place, &next.files).await?);
                }
                self.state = Arc::new(next);
                continue;
            }
            let mut next = State::clone(&self.state);
            for line in lines {
                if let Some(stamp) = line.commit_info {
                    next.committed = stamp.instant().unwrap_or(next.committed).max(next.committed);
                }
                if let Some(add) = line.add {
                    let size = u64::try_from(add.size).unwrap_or_default();
                    let file = state::describe(&self.place, add.path, size, add.stats.as_deref()).await?;
                    if add.data_change
                        && let Some(known) = &mut self.known
                    {
                        for (key, digest) in hashes(self.place.clone(), file.clone()).await? {
                            known.insert(key, digest);
                        }
                    }
                    next.files.push(file);
                }
                if let Some(remove) = line.remove {
                    next.files.retain(|file| file.path != remove.path);
                }
                if let Some(change) = line.domain_metadata {
                    next.domains.insert(change.domain, (!change.removed).then_some(change.configuration));
                }
                if let Some(txn) = line.txn {
                    next.positions.insert(txn.app_id, Some(txn.version));
                }
            }
            next.version = version;
            next.sort();
            self.state = Arc::new(next);
        }
    }

    /// Keeps opening fast. A checkpoint that fails is not missed: the versions themselves are there, and the next one
    /// comes in time.
    pub(crate) async fn checkpoint(&self) {
        if self.state.version.is_multiple_of(CHECKPOINT_EVERY) {
            let mut table = DeltaTable::new(self.delta.clone());
            if table.load_version(self.state.version).await.is_ok() {
                let _ = deltalake_core::checkpoints::create_checkpoint(&table, None).await;
            }
        }
    }
}

/// The hashes of a file's events.
async fn hashes(place: Place, file: LogFile) -> Result<Vec<(Key, u64)>, LogError> {
    let mut hashes = Vec::with_capacity(usize::try_from(file.events).unwrap_or_default());
    let mut batches = read::batches(place, file.path, file.size, only(&["id", "type", "data"]));
    while let Some(batch) = batches.try_next().await? {
        let (id, kind, data) = (text(&batch, "id"), text(&batch, "type"), text(&batch, "data"));
        hashes.extend((0..id.len()).map(|row| (Key::of(id.value(row)), digest(kind.value(row), data.value(row)))));
    }
    Ok(hashes)
}

/// Every event of the log, two files at a time.
pub(crate) async fn load_known(place: &Place, files: &[LogFile]) -> Result<Known, LogError> {
    let events: u64 = files.iter().map(|file| file.events).sum();
    let mut known = Known::with_room(usize::try_from(events).unwrap_or_default());
    let mut all =
        futures::stream::iter(files.iter().cloned()).map(|file| tokio::spawn(hashes(place.clone(), file))).buffered(2);
    while let Some(hashes) = all.next().await {
        let hashes = hashes.map_err(|error| LogError::storage(&place.name, "read", error))??;
        for (key, digest) in hashes {
            known.insert(key, digest);
        }
    }
    Ok(known)
}
