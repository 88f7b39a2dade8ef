//! Who is who, who worked where, whose domain, which spelling: files that people keep about people.
//!
//! ```text
//! reader      files to text, what changed since, corrections, batches    the only part that touches a disk
//! format      which format a file has, by its name and its content
//! own         people.toml: our own, all or nothing                       edit: the same file, changed and left readable
//! gitdm       developers_affiliations, company_developers
//! maps        email-map, domain-map, aliases, mapping.json, companies.yaml
//! users       github_users.json, of today and of 2017
//! sortinghat  SortingHat's export (JSON), GrimoireLab's identities (YAML)
//! fact        what all of them state, and the event of it
//! ```
//!
//! # Rules
//! - **Nothing is decided here.** Two files that contradict each other give two statements; `NotFound`, `Independent`,
//!   `(Robots)` are passed on as written. Dates are half-open: `until` is the first day it no longer holds.
//! - **Evidence**, which is also who says so: `people` (our own file), `gitdm`, `email-map`, `profile` (the company on a
//!   GitHub profile), `sortinghat`, `mailmap`.
//! - **A line that cannot be read** is rejected with its number, and the lines beside it are read. Our own file is taken
//!   as a whole or not at all, and so is any file with merge markers of Git: what it stated before stays, and its mistakes
//!   are reported at every run until they are mended. A JSON file that breaks off is read up to there; what it stated
//!   before stays beside that.
//! - **Corrections are events.** A statement that no file of the source makes any more is said again with `withdrawn` and
//!   the next `revision`; so is one that comes back, without `withdrawn`. One that two files make holds until both
//!   dropped it. `person.forgotten` is never taken back.
//! - **Files** are those below the path whose name does not begin with a dot, and `.mailmap`. A file of no format of these
//!   is noted once and counted as not ours.
//! - **The cursor** holds the hash of each file and what it states, so that a withdrawal can say what it withdraws. It
//!   holds addresses, as the log does.

mod edit;
mod fact;
mod format;
pub mod gitdm;
mod maps;
mod own;
mod page;
mod reader;
pub mod sortinghat;
mod users;

pub use edit::{EditError, affiliate, drop_person, forget, link, unlink};
use muster_model::{CollectError, Collector, Cursor};
use std::path::PathBuf;

/// The collector's name in every event.
const COLLECTOR: &str = "people/1";

/// A source of statements about people and organisations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The source's name in the pipeline.
    pub name: String,
    /// One file, or a folder: every file below it.
    pub path: PathBuf,
}

/// Opens a source. The cursor is what an earlier run of this collector gave; files that have not changed since are not
/// read again.
///
/// # Errors
/// [`CollectError`] when there is nothing at the path.
pub fn open(config: &Config, cursor: Option<&Cursor>) -> Result<impl Collector + use<>, CollectError> {
    reader::Reader::open(config, cursor)
}

#[cfg(test)]
mod tests;
