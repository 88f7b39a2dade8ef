//! A lease: who is at work on something beside a log, for how long, and what whoever comes next should know.
//!
//! The leases of one name are a chain of small files, `_muster/leases/<name>/<20 digits>.json`; the one with the highest
//! number holds. To take, renew or give back a lease is to put the next number in place with create-if-absent, so exactly
//! one of those who try succeeds, whatever the store, as with a version of the log. Delta leaves folders alone whose name
//! begins with `_`.
//!
//! What a lease says (its *note*) changes in the same step, so deciding by the note and taking the lease cannot be torn
//! apart. Time comes from the caller. A lease holds until an instant of its holder's clock, which others compare with
//! theirs: clocks that differ by more than what is left of a lease let two work at once. The log itself stays whole even
//! then, because every append is a conditional put of its own.

use crate::error::LogError;
use crate::store::{Place, random};
use futures::TryStreamExt;
use jiff::Timestamp;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _, PutMode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;

/// So many old leases stay: whoever is slow finds the number taken that comes after the one that was seen. And a listing,
/// which is no snapshot, finds some of the latest.
///
/// Whoever comes to look only when half as many have followed on its own lease cannot tell whether it was in time, and
/// counts as too late. Processes that renew every few seconds never see that; a holder on a busy machine whose lease is
/// followed by others at full speed saw it at 8 of 16.
const KEPT: u64 = 128;

/// A process that holds a lease.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The machine's name, for people.
    pub host: String,
    /// The process' number there.
    pub process: u32,
    /// A word that no two processes share of which one could see the other's number; empty where there is none.
    #[serde(default)]
    pub life: String,
}

/// The latest of a chain of leases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    #[serde(skip)]
    number: u64,
    /// Tells two puts of one number apart.
    token: String,
    /// Who holds it; `None` when it was given back, or never taken.
    pub holder: Option<Holder>,
    /// Until when it holds.
    pub until: Timestamp,
    /// What whoever comes next should know.
    #[serde(default)]
    pub note: Value,
}

impl Lease {
    /// Whether somebody holds it at an instant.
    pub fn is_held(&self, now: Timestamp) -> bool {
        self.holder.is_some() && now < self.until
    }

    /// How often it was taken, renewed and given back; it grows with every change.
    pub fn number(&self) -> u64 {
        self.number
    }

    fn none() -> Self {
        Self { number: 0, token: String::new(), holder: None, until: Timestamp::UNIX_EPOCH, note: Value::Null }
    }

    /// What follows on this one.
    fn next(&self, holder: Option<Holder>, until: Timestamp, note: Value) -> Self {
        Self { number: self.number + 1, token: format!("{:016x}", random()), holder, until, note }
    }
}

/// The leases of one name beside a log.
#[derive(Debug, Clone)]
pub struct Leases {
    place: Place,
    name: String,
}

impl Leases {
    /// Finds the leases of a name beside the log at a location, as [`crate::Log::open`] understands it. The log need not
    /// be there yet; with `create` its folder is made.
    ///
    /// # Errors
    /// [`crate::Fault::Location`], [`crate::Fault::Missing`], or a failure of the storage.
    pub async fn open(location: &str, name: &str, create: bool) -> Result<Self, LogError> {
        Ok(Self { place: Place::find(location, create).await?, name: name.to_owned() })
    }

    /// The same in a store of the caller's own, rooted at the log.
    ///
    /// # Errors
    /// None that is known of.
    pub fn open_in(store: Arc<dyn ObjectStore>, location: &str, name: &str) -> Result<Self, LogError> {
        Ok(Self { place: Place::rooted(store, location)?, name: name.to_owned() })
    }

    /// The latest lease.
    ///
    /// # Errors
    /// A failure of the storage, or a lease that cannot be read.
    pub async fn look(&self) -> Result<Lease, LogError> {
        loop {
            let Some(number) = self.numbers().await?.into_iter().max() else { return Ok(Lease::none()) };
            // Whoever put the next one has removed it meanwhile.
            if let Some(lease) = self.read(number).await? {
                return Ok(lease);
            }
        }
    }

    /// Takes the lease after the one that was seen; `None` when somebody else was faster. Whether the one that was seen
    /// may be followed is the caller's to know.
    ///
    /// # Errors
    /// A failure of the storage.
    pub async fn take(
        &self,
        seen: &Lease,
        holder: Holder,
        until: Timestamp,
        note: Value,
    ) -> Result<Option<Lease>, LogError> {
        self.put(seen.next(Some(holder), until, note)).await
    }

    /// Holds a lease for longer; `None` when somebody else has taken it.
    ///
    /// # Errors
    /// A failure of the storage; the lease holds as long as it did.
    pub async fn renew(&self, held: &Lease, until: Timestamp) -> Result<Option<Lease>, LogError> {
        self.put(held.next(held.holder.clone(), until, held.note.clone())).await
    }

    /// Leaves a note for whoever comes next, and nobody at work; `None` when somebody else was faster, or when so many
    /// followed at once that it cannot be told.
    ///
    /// # Errors
    /// A failure of the storage.
    pub async fn give_back(&self, held: &Lease, note: Value) -> Result<Option<Lease>, LogError> {
        self.put(held.next(None, held.until, note)).await
    }

    /// Puts a lease in its place if nobody else has. Whoever was very slow may find its number free again, because old
    /// ones are removed; then far higher ones are there.
    async fn put(&self, lease: Lease) -> Result<Option<Lease>, LogError> {
        let text = serde_json::to_vec(&lease).map_err(|error| self.failed("write a lease beside", error))?;
        match self.place.store.put_opts(&self.path(lease.number), text.into(), PutMode::Create.into()).await {
            Ok(_) => {}
            Err(object_store::Error::AlreadyExists { .. } | object_store::Error::Precondition { .. }) => {
                // A put that was tried twice by the store's client meets itself.
                let there = self.read(lease.number).await?;
                if there.is_none_or(|there| there.token != lease.token) {
                    return Ok(None);
                }
            }
            Err(error) => return Err(self.failed("write a lease beside", error)),
        }
        let numbers = self.numbers().await?;
        if numbers.iter().any(|number| *number > lease.number + KEPT / 2) {
            self.remove(lease.number).await;
            return Ok(None);
        }
        for old in numbers.into_iter().filter(|number| number + KEPT < lease.number) {
            self.remove(old).await;
        }
        Ok(Some(lease))
    }

    async fn numbers(&self) -> Result<Vec<u64>, LogError> {
        let folder = self.folder();
        let listed: Vec<_> =
            self.place.store.list(Some(&folder)).try_collect().await.map_err(|error| self.failed("list", error))?;
        let number = |path: &Path| path.filename()?.strip_suffix(".json")?.parse().ok();
        Ok(listed.iter().filter_map(|object| number(&object.location)).collect())
    }

    async fn read(&self, number: u64) -> Result<Option<Lease>, LogError> {
        let path = self.path(number);
        let bytes = match self.place.store.get(&path).await {
            Ok(found) => found.bytes().await,
            Err(error) => Err(error),
        };
        match bytes {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map(|lease| Some(Lease { number, ..lease }))
                .map_err(|error| LogError::damaged(&self.place.name, path.as_ref(), error)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.failed("read a lease of", error)),
        }
    }

    /// An old lease that stays is unseen and harmless.
    async fn remove(&self, number: u64) {
        let _ = self.place.store.delete(&self.path(number)).await;
    }

    fn folder(&self) -> Path {
        Path::from_iter(["_muster", "leases", self.name.as_str()])
    }

    fn path(&self, number: u64) -> Path {
        let file = format!("{number:020}.json");
        Path::from_iter(["_muster", "leases", self.name.as_str(), file.as_str()])
    }

    fn failed(&self, doing: &str, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> LogError {
        LogError::storage(&self.place.name, doing, error)
    }
}
