//! How a collector hands over what it read.

use crate::{Event, Problem};

/// How far a collector has come in its source: text that only the collector understands.
///
/// The log commits it together with the events it covers, so that a crash can lose neither.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(pub String);

/// What became of the records of a batch before the log saw them.
///
/// `read = events + problems with severity rejected + not_ours + filtered`: nothing disappears.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Records met: lines of an archive, commits, facts stated in notes or rosters.
    pub read: u64,
    /// Records of a kind that muster has no event for.
    pub not_ours: u64,
    /// Records of repositories that the pipeline did not ask for.
    pub filtered: u64,
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.read += other.read;
        self.not_ours += other.not_ours;
        self.filtered += other.filtered;
    }
}

/// A part of a source, ready to be appended as one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Batch {
    /// What the source states.
    pub events: Vec<Event>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// The records behind both.
    pub counts: Counts,
    /// Where the source stands once this batch is in the log; `None` leaves the log's cursor as it is.
    pub cursor: Option<Cursor>,
    /// What a person who waits wants to know besides: what is being fetched, quota left, an estimate.
    pub status: Option<String>,
    /// How many requests the source would still answer, where it says so.
    pub quota_left: Option<u64>,
}

/// A source that cannot be read at all: not one bad record, but no records.
///
/// What was read before it is kept; the other sources go on; the program ends with exit code 3.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct CollectError {
    /// What happened, with the path or address it happened to.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl CollectError {
    /// A failure with what to do about it.
    pub fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: hint.into() }
    }
}

/// One source being read, batch after batch, from the cursor it was opened with.
///
/// A collector decides nothing about people, organisations or metrics. It reports what it cannot read and never drops
/// it. The same source read from the same cursor gives the same batches.
pub trait Collector: Send {
    /// The next part of the source, or `None` when there is nothing new.
    ///
    /// # Errors
    /// [`CollectError`] when the source itself is gone; a record that cannot be read is a problem in the batch.
    fn next_batch(&mut self) -> Result<Option<Batch>, CollectError>;
}
