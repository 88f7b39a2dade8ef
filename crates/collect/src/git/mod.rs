//! Git history: a clone, a bare repository, a bundle or a URL, read with the `git` program (2.30 or later).
//!
//! | file | what |
//! | --- | --- |
//! | `command.rs` | running git: no shell, no prompt, no options out of names, no credentials in messages |
//! | `store.rs` | where the history lies: a repository as it is, or a mirror of a bundle or URL; its tip and tags |
//! | `reader.rs` | which commits and tags are new, in batches; the cursor |
//! | `parse.rs` | git's answers to events and problems (pure) |
//! | `mailmap.rs` | `.mailmap` to links between accounts (pure) |
//!
//! # Rules
//!
//! - **Commits** are those reachable from one branch, parents before children. Replacements (`git replace`) and the
//!   mailmap are not applied: an event states what the commit states.
//! - **An actor** is the account of the author's e-mail. What is no address (no `@`, white space, angle brackets)
//!   gives the account of the name; neither name nor address gives no actor.
//! - **The summary** is the first line of the message that is not blank.
//! - **Trailers** are the last block of the message as `git interpret-trailers --no-divider` reads it, which is what
//!   `%(trailers)` of `git log` prints. A line `---` does not end a commit's message (Dependabot writes one in each),
//!   as it would end that of a mailed patch. CR LF loses nothing. A `Signed-off-by` in an earlier paragraph, as squash
//!   merges have it, is no trailer. A trailer without a value names nobody and is left out.
//! - **Tags** count whether the branch reaches them or not. A moved tag is a new fact; a deleted one is not noticed.
//!   Tags of trees and blobs are "not ours".
//! - **`.mailmap`** at the tip, and the extra file, give `account.linked`. Its facts are stated again, under the same
//!   ids, when the file changes, with the time of the change; a line that goes away is not noticed. The extra file has
//!   no commit, so its facts have the time 1970-01-01, "not known".
//! - **The cursor** holds the commits up to which everything is in the log (after a force-push those of both
//!   histories), the tags, the mailmap and the cut of a shallow clone. Every batch has one, so a killed run goes on
//!   where it stopped. When a seen commit is gone, or the cut moved, what only it stood for is read again, and the log
//!   keeps one of each fact.
//! - **A date** that is missing or beyond the year 9999 rejects its commit or tag. 1970-01-01 is a date.

pub(crate) mod command;
pub(crate) mod mailmap;
pub(crate) mod parse;
mod reader;
mod store;

use muster_model::{CollectError, Collector, Cursor};
use std::path::PathBuf;

/// The collector's name and version, in each of its events.
const COLLECTOR: &str = "git/1";

/// Where a history lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A work tree, a bare repository or a bundle file.
    Path(PathBuf),
    /// Anything that `git fetch` takes: `https://…`, `ssh://…`, `file://…`, `git@host:owner/name.git`.
    Url(String),
}

/// One history to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The source's name in the pipeline.
    pub name: String,
    /// The repository whose history it is, `owner/name`: it is in ids, subjects and addresses.
    pub repository: String,
    /// Where it lies.
    pub location: Location,
    /// The branch; `None` is the default branch: what HEAD is, else `main`, `master` or the only branch.
    pub branch: Option<String>,
    /// The folder in which bundles and URLs are mirrored, each as a bare repository that later runs add to.
    pub cache: PathBuf,
    /// A mailmap of the pipeline's own, beside the repository's `.mailmap`.
    pub mailmap: Option<PathBuf>,
}

/// Finds the history, fetches it where it lies elsewhere, and makes ready to read what the cursor has not seen.
///
/// # Errors
/// [`CollectError`] when git is missing or too old, and when the location is gone, damaged or no repository.
pub fn open(config: &Config, cursor: Option<&Cursor>) -> Result<impl Collector + use<>, CollectError> {
    reader::Reader::open(config, cursor)
}
