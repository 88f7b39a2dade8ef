//! The append-only event log: a Delta Lake table in a local folder or an object store.
//!
//! ```no_run
//! # async fn f(events: Vec<muster_model::Event>, cursor: muster_model::Cursor) -> Result<(), muster_log::LogError> {
//! let mut log = muster_log::Log::open_or_create("acme/log").await?;
//! let appended = log.append("git", events, Some(&cursor)).await?;
//! assert_eq!(log.version(), appended.version);
//! # Ok(()) }
//! ```
//!
//! How it is kept:
//!
//! - **A version** is one Delta commit, `_delta_log/<20 digits>.json`, put in place with create-if-absent: exactly one
//!   writer makes it. It adds at most one Parquet file with the columns of [`schema()`], unpartitioned.
//! - **A cursor** is the Delta domain `muster.cursor.<source>` of the same commit (so checkpoints keep it and the last
//!   one counts): `text:` and the cursor, or from 1 KiB on `zstd:` and its compressed base64. The domain
//!   `muster.sources` lists the sources that have one.
//! - **A position** is how far the log has taken in a stream outside of it, a partition of a topic: the version of the
//!   Delta application transaction (`txn`) with the stream's name, in the commit of its events ([`Log::append_from`]).
//!   The domain `muster.witness.<stream>` tells the last record by which the stream is known again.
//! - **`recorded`** is set by the append, the same for all its events: whole milliseconds, later than every version
//!   before, and the commit's in-commit timestamp. Log order is the order of `recorded`, and within one append the
//!   order given; it survives compaction. A position in the log is therefore an instant ([`Filter::since`]).
//! - **Uniqueness of ids**: the first append of a [`Log`] loads a hash of every id and of what its event says. When
//!   another writer makes a version first, the append takes in what that version added and tries again with the rest.
//! - **Crashes**: a file that no version names is never read. Locally, data and folders are synced before the commit,
//!   and the commit before [`Log::append`] returns.
//! - **Newer logs**: the table property `muster.format` is [`FORMAT`]. A larger one is read (unknown columns are left
//!   out) and never written to.
//! - A checkpoint of the table every 50 versions keeps opening fast. Nothing is deleted, so every version can be read for
//!   good; the table's properties tell other tools to keep it so.
//! - **Beside the table**, in `_muster`, lie the leases of those who run pipelines ([`Leases`]) and what is told of their runs
//!   ([`Journal`]). No version names them.
//! - **The one exception** is somebody who asked to be left out: [`Log::rewrite`] writes the files anew that name this
//!   person, in one commit that says so, and deletes the old ones. Versions before that had them cannot be opened any
//!   more, and say why. Event counts, order and `recorded` stay. In `_delta_log` remain the cursors of sources.

mod append;
mod compact;
mod error;
mod journal;
mod known;
mod lease;
mod log;
mod read;
mod remote;
mod rewrite;
mod schema;
mod state;
mod store;
mod verify;
mod write;

pub use append::{Appended, Conflict, Stretch};
pub use compact::Compacted;
pub use error::{Fault, LogError, innermost, store_hint};
pub use journal::Journal;
pub use lease::{Holder, Lease, Leases};
pub use log::Log;
pub use read::{Filter, Snapshot};
pub use remote::object_store;
pub use rewrite::Rewritten;
pub use schema::{FORMAT, Recorded, schema};
pub use state::LogFile;
pub use verify::{Finding, Info, Verified};
