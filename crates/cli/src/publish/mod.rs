//! Publishing outputs: a reader sees a whole run or the one before, never a part of one.
//!
//! ```text
//! out/
//!   current -> runs/0007-5e1d…    the pointer: the one thing that changes when a run is published
//!   metrics.parquet -> current/metrics.parquet, tables -> current/tables, …
//!   runs/0006-…/  runs/0007-…/    the last `project.keep`; none is ever changed
//!   as-of/  rolls/  bundle/       what was asked for besides; no part of a run
//! ```
//!
//! A run is computed in a folder beside the others, gets its manifest last, is renamed to its name, and then the pointer is
//! renamed into place. Outputs in an object store are made in the same way in a folder among the user's caches, and then
//! copied: `current.json` there is the pointer ([`remote`]).

mod links;
pub mod manifest;
mod remote;
mod stage;

use crate::failure::Failure;
use muster_evidence::bundle::ABOUT;
use muster_evidence::manifest::{MANIFEST, Manifest};
use muster_pipeline::Pipeline;
use remote::Remote;
pub use stage::Stage;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// Where the outputs of a pipeline are published.
pub struct Place {
    out: PathBuf,
    keep: usize,
    remote: Option<Remote>,
}

/// A run that stands whole. While it is held, no muster removes it to make room.
#[derive(Debug)]
pub struct Run {
    /// Its folder, which never changes.
    pub folder: PathBuf,
    /// What it is.
    pub manifest: Manifest,
    _held: File,
}

impl Run {
    /// The run in a folder, if it is whole.
    pub fn open(folder: &Path) -> Option<Self> {
        let held = File::open(folder.join(MANIFEST)).ok()?;
        // A file system without locks has readers who may lose their run after `keep` others.
        let _ = held.try_lock_shared();
        let manifest = Manifest::read(folder).ok()?;
        manifest.is_whole(folder).then(|| Self { folder: folder.to_owned(), manifest, _held: held })
    }
}

impl Place {
    /// The place that a pipeline names; nothing is asked of it yet.
    pub fn of(pipeline: &Pipeline) -> Result<Self, Failure> {
        let project = &pipeline.project;
        let remote = project.store.as_deref().map(Remote::new).transpose()?;
        Ok(Self { out: project.out.clone(), keep: usize::try_from(project.keep).unwrap_or(usize::MAX), remote })
    }

    /// What is published, if it is whole. Of an object store only the manifest is read.
    pub async fn standing(&self) -> Result<Option<Manifest>, Failure> {
        match &self.remote {
            Some(remote) => remote.standing(&self.runs()).await,
            None => Ok(self.here().map(|run| run.manifest)),
        }
    }

    /// The run that is published, if it is whole; one in an object store is fetched, unless it is here already.
    pub async fn current(&self) -> Result<Option<Run>, Failure> {
        if let Some(remote) = &self.remote {
            let Some(name) = remote.fetch(&self.runs()).await? else { return Ok(None) };
            self.point(&name)?;
        }
        Ok(self.here())
    }

    /// The folder of the run that is published here, whole or not.
    pub async fn folder(&self) -> Result<Option<PathBuf>, Failure> {
        if self.remote.is_some() {
            return Ok(self.current().await?.map(|run| run.folder));
        }
        Ok(links::current(&self.out).map(|name| self.runs().join(name)))
    }

    /// Puts back links that somebody deleted; what stands as it should is not touched.
    pub fn mend(&self) -> Result<(), Failure> {
        match (&self.remote, links::current(&self.out)) {
            (None, Some(name)) => self.point(&name),
            _ => Ok(()),
        }
    }

    /// A folder to compute in, one at a time: waits for another muster that computes in this place.
    pub async fn stage(&self, beside: &str) -> Result<Stage, Failure> {
        let seen = match &self.remote {
            Some(remote) if beside == RUNS => remote.look().await?,
            _ => None,
        };
        Stage::new(&self.out, beside, seen).await
    }

    /// Makes what was computed the current run, and removes those that are too many and those from before `rewritten`, the
    /// version of the log in which somebody was last taken out of it. Whether it is the current one: somebody else may
    /// have published a newer one to the store meanwhile.
    pub async fn publish(&self, stage: Stage, manifest: &Manifest, rewritten: Option<u64>) -> Result<bool, Failure> {
        let before = self.here();
        share(&stage.folder, manifest, before.as_ref());
        drop(before);
        manifest.write(&stage.folder)?;
        let there = stage.seen.as_ref().map_or(0, |seen| number(&seen.name).unwrap_or(0));
        let here = names(&self.runs()).last().and_then(|name| number(name)).unwrap_or(0);
        let name = format!("{:04}-{}", there.max(here) + 1, &manifest.hash()[..12]);
        let folder = self.runs().join(&name);
        fs::rename(&stage.folder, &folder).map_err(|error| unwritable(&folder, &error))?;
        if let Some(remote) = &self.remote {
            let pushed = remote.push(&folder, &name, manifest, stage.seen.clone()).await;
            if !matches!(pushed, Ok(true)) {
                // Nobody has it but this muster.
                remove(&folder);
                return pushed;
            }
        }
        self.point(&name)?;
        prune(&self.runs(), &name, self.keep, rewritten);
        if let Some(remote) = &self.remote {
            remote.prune(&name, self.keep, rewritten).await?;
        }
        Ok(true)
    }

    /// Removes whatever tells of people as it was but for the current run, which the next one replaces: earlier runs, as-ofs,
    /// rolls, the bundle.
    pub async fn forget(&self) -> Result<(), Failure> {
        let current = links::current(&self.out);
        let runs = names(&self.runs()).into_iter().filter(|name| Some(name) != current.as_ref());
        let mut gone: Vec<PathBuf> = runs.map(|name| self.runs().join(name)).collect();
        gone.extend(["as-of", "rolls"].map(|name| self.out.join(name)));
        // Only a bundle of ours: the folder may be anything.
        gone.extend(Some(self.out.join("bundle")).filter(|bundle| bundle.join(ABOUT).is_file()));
        for folder in gone {
            match fs::remove_dir_all(&folder) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(unwritable(&folder, &error)),
                _ => {}
            }
        }
        match &self.remote {
            Some(remote) => remote.forget().await,
            None => Ok(()),
        }
    }

    /// Copies a folder that is no part of a run to the object store, if there is one: what lies there is the same afterwards.
    pub async fn copy(&self, inside: &str) -> Result<(), Failure> {
        match &self.remote {
            Some(remote) => remote.copy(&self.out.join(inside), inside).await,
            None => Ok(()),
        }
    }

    /// How a message names a file of the outputs.
    pub async fn shown(&self, path: &str) -> Result<String, Failure> {
        match &self.remote {
            Some(remote) => remote.shown(path).await,
            None => Ok(self.out.join(path).display().to_string()),
        }
    }

    fn here(&self) -> Option<Run> {
        loop {
            let name = links::current(&self.out)?;
            let run = Run::open(&self.runs().join(&name));
            // One that is gone before it could be held has a successor.
            if run.is_some() || links::current(&self.out).as_ref() == Some(&name) {
                return run;
            }
        }
    }

    fn runs(&self) -> PathBuf {
        self.out.join(RUNS)
    }

    fn point(&self, name: &str) -> Result<(), Failure> {
        links::point(&self.out, name).map_err(|error| unwritable(&self.out, &error))
    }
}

/// The folder of the runs.
pub const RUNS: &str = "runs";

/// A folder that cannot be written, with what to do.
pub fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::usage(
        format!("{}: {error}", path.display()),
        "choose a `project.out` that you may write, with space on it",
    )
}

/// A file that the run before has with the same bytes becomes a second name of it: runs that differ little take little
/// space, and a file that did not change keeps its date.
fn share(stage: &Path, manifest: &Manifest, before: Option<&Run>) {
    let Some(before) = before else { return };
    let same = |entry: &&muster_evidence::manifest::Entry| before.manifest.files.iter().any(|old| old == *entry);
    let aside = stage.join(".same");
    for entry in manifest.files.iter().filter(same) {
        // Where the disk has no second names, the copy is as good.
        if fs::hard_link(before.folder.join(&entry.path), &aside).is_ok() {
            let _ = fs::rename(&aside, stage.join(&entry.path));
            // Renaming a file to its own other name does nothing, and leaves both.
            let _ = fs::remove_file(&aside);
        }
    }
}

/// The names of the runs in a folder, in the order in which they were published.
fn names(runs: &Path) -> Vec<String> {
    let entries = fs::read_dir(runs).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|name| number(name).is_some()).collect();
    names.sort_by_key(|name| number(name));
    names
}

/// `0007-5e1d0c2b9a41` is the seventh run; nothing else is one.
fn number(name: &str) -> Option<u64> {
    let (number, hash) = name.split_once('-')?;
    let is_hash = hash.len() == 12 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    number.parse().ok().filter(|_| is_hash)
}

/// Which runs go: all but the last `keep`, and of these the ones that tell of somebody who was taken out of the log since.
fn prune(runs: &Path, current: &str, keep: usize, rewritten: Option<u64>) {
    let others: Vec<String> = names(runs).into_iter().filter(|name| name != current).collect();
    let old = others.len().saturating_sub(keep.saturating_sub(1));
    for (at, name) in others.iter().enumerate() {
        let folder = runs.join(name);
        let tells = |version| Manifest::read(&folder).map_or(true, |manifest| manifest.log_version < version);
        let must_go = rewritten.is_some_and(tells);
        if must_go || (at < old && !is_read(&folder)) {
            remove(&folder);
        }
    }
}

/// Whether a muster holds the run. Other readers are not known; they have the time of `keep` runs.
fn is_read(run: &Path) -> bool {
    let manifest = File::open(run.join(MANIFEST));
    manifest.is_ok_and(|manifest| matches!(manifest.try_lock(), Err(TryLockError::WouldBlock)))
}

/// Takes a folder away: first its name, so that nobody meets half of it. What cannot be removed is tried again by the next.
fn remove(folder: &Path) {
    let hidden = folder.with_file_name(format!("{}old-{}", stage::HIDDEN, std::process::id()));
    if fs::rename(folder, &hidden).is_ok() {
        let _ = fs::remove_dir_all(&hidden);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_run_is_called_is_a_run() {
        assert_eq!(number("0007-5e1d0c2b9a41"), Some(7));
        assert_eq!(number("12345-5e1d0c2b9a41"), Some(12345));
        for other in ["", "0007", "7-", "notes-2025", ".stage-1", "0007-5e1d0c2b9a4g", "2025-backup"] {
            assert_eq!(number(other), None, "{other}");
        }
    }
}
