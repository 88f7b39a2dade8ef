//! A topic between the collectors and the log; or, in a muster without Kafka, how to get one with it.
//!
//! The feature `kafka` is looked at here and nowhere else.

#[cfg(feature = "kafka")]
mod archive;
#[cfg(feature = "kafka")]
mod meters;
#[cfg(feature = "kafka")]
mod outlet;
#[cfg(feature = "kafka")]
mod settings;
#[cfg(feature = "kafka")]
mod topic;
#[cfg(not(feature = "kafka"))]
mod without;

#[cfg(feature = "kafka")]
pub use self::{
    archive::{archive, copy_to_the_end},
    outlet::{Outlet, Transport},
    topic::topic,
};
#[cfg(not(feature = "kafka"))]
pub use without::{Outlet, Transport, archive, copy_to_the_end, topic};

use serde::Serialize;
use std::collections::BTreeMap;

/// What an archiver copied, for `--json`.
#[derive(Debug, Default, Clone, Serialize)]
pub struct Archived {
    /// The topic.
    pub topic: String,
    /// Records read.
    pub read: u64,
    /// Events that are new in the log.
    pub appended: u64,
    /// Events that were there already.
    pub duplicates: u64,
    /// Events of an id that was there with another payload; the first stays.
    pub conflicts: u64,
    /// Records that are no CloudEvent; they are in `<topic>.rejected`.
    pub rejected: u64,
    /// Events of types that muster does not know, by type. They are kept.
    pub unknown: BTreeMap<String, u64>,
}

impl Archived {
    /// Nothing disappears.
    pub fn is_conserved(&self) -> bool {
        self.read == self.appended + self.duplicates + self.conflicts + self.rejected
    }
}
