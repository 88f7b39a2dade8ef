//! A Kafka topic in front of the log: many collectors on many machines, one log, nothing lost or doubled.
//!
//! Kafka is a transport, the log is the truth. Collectors produce CloudEvents into a topic ([`Outlet`]); archivers copy
//! it into the log ([`Archiver`]). Nothing else of muster knows Kafka.
//!
//! | file | what |
//! | --- | --- |
//! | `settings` | what is needed to reach a topic, and librdkafka's properties made of it |
//! | `binding` | an event as a record and back: the CloudEvents protocol binding for Kafka, both modes |
//! | `outlet` | a collector's side: a batch and the cursor in one transaction |
//! | `cursor` | where a collector stands, read back from `<topic>.cursors` |
//! | `archiver` | records into the log, with the positions of the partitions in the same commit |
//! | `batch` | what was read and is not in the log yet |
//! | `rejects` | what is no CloudEvent, into `<topic>.rejected` |
//! | `topic` | topics made, and what is unsafe about those that are there |
//! | `observer` | what a topic is and where it ends, without reading it |
//! | `watch` | what librdkafka says about itself, kept instead of printed |
//!
//! **Why nothing is lost or doubled.** A producer's transaction holds a collector's events and its cursor: both are in
//! the topic or neither. A consumer sees only what was committed. A commit of the log holds the archived events and the
//! positions (`txn` of Delta): both are in the log or neither, and the log alone says where archiving goes on.
//!
//! Every call here may block for seconds: librdkafka has threads of its own. Call it where that harms nobody.

mod archiver;
mod batch;
mod binding;
mod cursor;
mod error;
mod observer;
mod outlet;
mod rejects;
mod settings;
mod topic;
mod watch;

pub use archiver::{Archiver, Done, Reach};
pub use batch::{Batch, Counts};
pub use binding::{Mode, Record, read, record};
pub use error::{Fault, TransportError};
pub use observer::Observer;
pub use outlet::Outlet;
pub use settings::{Secret, Security, Settings};
pub use topic::{Finding, check, create};
