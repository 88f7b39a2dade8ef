//! Rosters: MAINTAINERS, OWNERS, CODEOWNERS and ADOPTERS over their history, to listings and their ends.
//!
//! # What is read
//! A folder of dated snapshots (`2025-12-05-roles__Maintainers.md`; a version is valid until the next of its file; an
//! `INDEX.tsv` of file and commit gives links), or the first-parent history of a clone, bare repository or bundle.
//! Without `files`, the names that projects use: MAINTAINERS, OWNERS, OWNERS_ALIASES, CODEOWNERS, ADOPTERS, APPROVERS,
//! REVIEWERS, COMMITTERS, EMERITUS, TSC, PMC, STEERING-COMMITTEE, USERS, names that end in one of the roles
//! (`CORE-MAINTAINERS`) and everything in `roles/`, in any case and folder but vendored ones. GOVERNANCE and other prose is
//! skipped.
//!
//! # What somebody is
//! | question | answer |
//! | --- | --- |
//! | account | the GitHub login stated (profile link, `@`, a column of logins), else the team, else the e-mail, else `name:<owner>/<name>` |
//! | role | of the row or line itself, else the nearest heading, bold line or key that names one, else the file's name; singular, lower case |
//! | maintainer | maintainers, owners, committers, core, leads, chairs, PMC, steering and governance committee; and `approvers` of an OWNERS. Not: reviewers, approvers of a ladder, members, security teams, code owners, any team; friends, authors, founders and sponsors by their heading |
//! | organisation | as written, white space folded; `Independent` stays, `-`, `N/A` and `TBD` are none |
//! | former people | under a heading, key, row or line that says emeritus, alumni, former, retired, inactive, past, stepped down: not listed |
//!
//! # What changes
//! | in a file | events |
//! | --- | --- |
//! | somebody new | `maintainer.listed`, `affiliation.declared` if an organisation is stated, `account.linked` from the name, and from the address, to the login |
//! | somebody gone | `maintainer.unlisted`, reason `emeritus` if the file lists them among former people |
//! | another organisation | `maintainer.unlisted` and `maintainer.listed` **at the same instant**: listed comes last |
//! | another role | unlisted in the old role, listed in the new one |
//! | a page that only sends the reader elsewhere | a notice; every listing ends with reason `moved` (adopters stay) |
//! | an empty file, broken YAML, a page without any list | a problem; the listings stand |
//! | the file deleted (Git) | every listing ends; reason `moved` if another file lists at least half of the people in their roles |
//! | snapshots only: a list of the same file name begins in another usual place with at least half of the people | a notice; the old file's listings end with reason `moved`, since snapshots cannot say that a file was deleted |
//!
//! # Counting
//! Listed at an instant are those (repository, path, role, account) whose latest `maintainer.listed` or
//! `maintainer.unlisted` at or before it is a `maintainer.listed`; of two at one instant, listed is the later. People
//! are the distinct accounts of these with `maintainer` true; organisations the distinct `organisation` of these.

mod adopters;
mod blocks;
mod codeowners;
mod fold;
mod markdown;
mod owners;
mod page;
mod parse;
mod person;
mod plain;
mod reader;
mod role;

use fold::{Fold, State, Version};
use muster_model::{Batch, CollectError, Collector, Counts, Cursor, Severity};
use reader::{Paths, Source};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use xxhash_rust::xxh3::xxh3_64;

/// The shape of the cursor, and what the parsers make of a file; another one is read from scratch.
const CURSOR_VERSION: u32 = 3;

/// Versions read at once: few enough for their object names to fit into a pipe, many enough to ask git seldom.
const VERSIONS_A_BATCH: usize = 400;

/// A source of rosters.
#[derive(Debug, Clone)]
pub struct Config {
    /// The source's name in the pipeline.
    pub name: String,
    /// The repository whose rosters these are: `owner/name`.
    pub repository: String,
    /// A folder of dated snapshots, or a clone, bare repository or bundle.
    pub path: PathBuf,
    /// Globs of the files to read; empty for the names that projects use.
    pub files: Vec<String>,
}

/// How far a source was read, and what is listed there.
#[derive(Debug, Serialize, Deserialize)]
struct Position {
    version: u32,
    repository: String,
    files: Vec<String>,
    /// How many versions were read, and a hash over them: if history was rewritten, all is read again.
    read: usize,
    digest: String,
    state: State,
}

/// Opens the rosters of one repository, from a cursor or from the beginning.
///
/// # Errors
/// [`CollectError`] when there is nothing to read at the path, or git cannot read it.
pub fn open(config: &Config, cursor: Option<&Cursor>) -> Result<impl Collector + use<>, CollectError> {
    let paths = Paths::new(&config.files)?;
    let source = Source::open(&config.path)?;
    let listing = source.list(&paths)?;
    let before = cursor.and_then(|cursor| serde_json::from_str::<Position>(&cursor.0).ok());
    let resumed = before.filter(|before| {
        before.version == CURSOR_VERSION
            && before.repository == config.repository
            && before.files == config.files
            && listing.versions.get(..before.read).is_some_and(|read| digest(0, read) == before.digest)
    });
    let (read, state) = resumed.map_or((0, State::default()), |before| (before.read, before.state));
    Ok(Rosters {
        digest: digest(0, &listing.versions[..read]),
        config: config.clone(),
        asked: paths.asked(),
        source,
        versions: listing.versions,
        odd: listing.odd,
        read,
        state,
    })
}

/// A hash over versions, going on from another.
fn digest(seed: u64, versions: &[Version]) -> String {
    let chain = |hash: u64, version: &Version| {
        let Version { label, hash: content, deleted, time, .. } = version;
        xxh3_64(format!("{hash:016x}\n{label}\n{content}\n{deleted}\n{time}").as_bytes())
    };
    format!("{:016x}", versions.iter().fold(seed, chain))
}

struct Rosters {
    config: Config,
    asked: bool,
    source: Source,
    versions: Vec<Version>,
    odd: Vec<(String, muster_model::Problem)>,
    read: usize,
    digest: String,
    state: State,
}

impl Collector for Rosters {
    fn next_batch(&mut self) -> Result<Option<Batch>, CollectError> {
        let mut batch = Batch::default();
        for (name, problem) in std::mem::take(&mut self.odd) {
            if self.state.reported.insert(name) {
                batch.problems.push(problem);
            }
        }
        let end = self.versions.len().min(self.read + VERSIONS_A_BATCH);
        if end == self.read && batch.problems.is_empty() {
            return Ok(None);
        }
        let next = &self.versions[self.read..end];
        for (version, content) in next.iter().zip(self.source.contents(next)?) {
            let mut fold = Fold {
                name: &self.config.name,
                repository: &self.config.repository,
                snapshots: self.source.is_snapshots(),
                asked: self.asked,
                state: &mut self.state,
            };
            let out = match &content {
                Ok(bytes) => fold.apply(version, Ok(bytes)),
                Err(problem) => fold.apply(version, Err(problem.clone())),
            };
            batch.events.extend(out.events);
            batch.problems.extend(out.problems);
        }
        let seed = u64::from_str_radix(&self.digest, 16).unwrap_or_default();
        self.digest = digest(seed, next);
        self.read = end;
        let rejected = batch.problems.iter().filter(|problem| problem.severity == Severity::Rejected).count();
        batch.counts = Counts { read: (batch.events.len() + rejected) as u64, ..Counts::default() };
        batch.cursor = Some(self.cursor()?);
        Ok(Some(batch))
    }
}

impl Rosters {
    fn cursor(&self) -> Result<Cursor, CollectError> {
        let position = Position {
            version: CURSOR_VERSION,
            repository: self.config.repository.clone(),
            files: self.config.files.clone(),
            read: self.read,
            digest: self.digest.clone(),
            state: self.state.clone(),
        };
        let json = serde_json::to_string(&position);
        json.map(Cursor)
            .map_err(|error| CollectError::new(format!("the cursor cannot be written: {error}"), "report this"))
    }
}

#[cfg(test)]
mod tests;
