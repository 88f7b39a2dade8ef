//! What was read, on its way to the log: facts and the position that covers them leave together, as batches.
//!
//! A batch leaves when it is worth a commit, and before every long wait. Where the log is slower than GitHub the
//! collection waits for it, so no more than three batches are ever in memory.

use super::client::Failure;
use super::cursor::Place;
use super::fact::Fact;
use muster_model::{Batch, CollectError, Counts, Cursor, Problem, Severity};
use std::sync::Arc;
use tokio::sync::{Mutex, mpsc};

/// Worth a commit: so many events, or the answers to so many requests.
const EVENTS: usize = 1_000;
const STEPS: u32 = 20;

pub(super) const COLLECTOR: &str = "github/1";

/// What the collecting thread says.
pub(super) enum Said {
    Batch(Box<Batch>),
    Failed(CollectError),
    /// All is read, as far as it could be.
    End,
}

/// What an answer told.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub facts: Vec<Fact>,
    pub problems: Vec<Problem>,
    /// Records of a kind that muster has no event for.
    pub not_ours: u64,
}

impl Told {
    pub fn problem(problem: Problem) -> Self {
        Self { problems: vec![problem], ..Self::default() }
    }
}

pub(super) struct Outbox {
    source: Arc<str>,
    sender: mpsc::Sender<Said>,
    pending: Mutex<Pending>,
}

struct Pending {
    place: Place,
    /// The position that left last.
    sent: Option<Cursor>,
    batch: Batch,
    steps: u32,
}

impl Outbox {
    pub fn new(source: &str, place: Place, sender: mpsc::Sender<Said>) -> Self {
        let pending = Pending { sent: place.cursor(), place, batch: Batch::default(), steps: 0 };
        Self { source: Arc::from(format!("github:{source}")), sender, pending: Mutex::new(pending) }
    }

    /// Moves the position and adds what was told on the way: both or neither.
    pub async fn commit(&self, status: Option<String>, step: impl FnOnce(&mut Place) -> Told) -> Result<(), Failure> {
        let mut pending = self.pending.lock().await;
        let told = step(&mut pending.place);
        let batch = &mut pending.batch;
        let rejected = told.problems.iter().filter(|problem| problem.severity == Severity::Rejected).count();
        batch.counts +=
            Counts { read: (told.facts.len() + rejected) as u64 + told.not_ours, not_ours: told.not_ours, filtered: 0 };
        batch.events.extend(told.facts.into_iter().map(|fact| fact.into_event(&self.source, COLLECTOR)));
        batch.problems.extend(told.problems);
        batch.status = status.or(batch.status.take());
        pending.steps += 1;
        if pending.batch.events.len() >= EVENTS || pending.steps >= STEPS {
            self.send(&mut pending, false).await?;
        }
        Ok(())
    }

    /// Looks at the position, and moves it where nothing was told. It leaves with the next batch.
    pub async fn change<R>(&self, change: impl FnOnce(&mut Place) -> R) -> R {
        change(&mut self.pending.lock().await.place)
    }

    /// Hands over what there is, with something to tell the person who waits.
    pub async fn hand_over(&self, status: String) -> Result<(), Failure> {
        let mut pending = self.pending.lock().await;
        pending.batch.status = Some(status);
        self.send(&mut pending, true).await
    }

    /// Hands over what is left, with what GitHub said last about its quota.
    pub async fn end(&self, quota_left: Option<u64>) -> Result<(), Failure> {
        let mut pending = self.pending.lock().await;
        pending.batch.quota_left = quota_left;
        self.send(&mut pending, quota_left.is_some()).await
    }

    /// Sends the batch, unless there is nothing in it. The lock is held while the log is behind: batches leave in the
    /// order in which their positions follow each other.
    async fn send(&self, pending: &mut Pending, told: bool) -> Result<(), Failure> {
        let cursor = pending.place.cursor().filter(|cursor| pending.sent.as_ref() != Some(cursor));
        let Batch { events, problems, counts, .. } = &pending.batch;
        if events.is_empty() && problems.is_empty() && counts.read == 0 && cursor.is_none() && !told {
            pending.steps = 0;
            return Ok(());
        }
        // Waiting comes first: whoever is broken off while it waits must not have taken the batch away.
        let place = self.sender.reserve().await.map_err(|_| Failure::Unwanted)?;
        let batch = Batch { cursor: cursor.clone(), ..std::mem::take(&mut pending.batch) };
        pending.sent = cursor.or(pending.sent.take());
        pending.steps = 0;
        place.send(Said::Batch(Box::new(batch)));
        Ok(())
    }
}
