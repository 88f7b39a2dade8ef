//! The outputs as of an instant or a version of the log: those in `out` when they are the ones, else computed once into
//! `out/as-of/<version>-<instant>/` and kept there.

use crate::args::AsOf;
use crate::compute;
use crate::failure::Failure;
use crate::project::{as_of, snapshot, split_as_of};
use crate::state::State;
use muster_log::{Log, Snapshot};
use muster_model::Timestamp;
use muster_pipeline::Pipeline;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// How many as-of folders are kept: the last used.
const KEPT: usize = 8;

/// Outputs that stand complete in a folder.
pub struct Outputs {
    /// The pipeline as they were computed with it: its `project.out` is their folder.
    pub pipeline: Pipeline,
    /// What the figures are as of.
    pub as_of: Timestamp,
    /// The version of the log behind them.
    pub log_version: u64,
}

impl Outputs {
    /// Where they are: `tables/`, `populations/`, `metrics/`, `metrics.parquet`.
    pub fn folder(&self) -> &Path {
        &self.pipeline.project.out
    }

    /// The log as it was for them.
    ///
    /// # Errors
    /// A log that cannot be opened, or no longer knows the version.
    pub async fn snapshot(&self) -> Result<Snapshot, Failure> {
        let log = Log::open(&self.pipeline.project.log.to_string()).await?;
        snapshot(&log, Some(self.log_version)).await
    }
}

/// The outputs for the `--as-of` of a command line; without any, those of the last run.
///
/// # Errors
/// Without `--as-of` where nothing was computed; else what a computation can fail with.
pub async fn outputs(pipeline: &Pipeline, given: &[AsOf]) -> Result<Outputs, Failure> {
    if given.is_empty() {
        return standing(pipeline);
    }
    let (version, instant) = split_as_of(given)?;
    let log = Log::open(&pipeline.project.log.to_string()).await?;
    let snapshot = snapshot(&log, version).await?;
    let as_of = as_of(pipeline, instant, &snapshot);
    let log_version = snapshot.version();
    if compute::stands(pipeline, &snapshot, as_of).await? {
        return Ok(Outputs { pipeline: pipeline.clone(), as_of, log_version });
    }
    let mut then = pipeline.clone();
    then.project.out = kept(&pipeline.project.out).join(name(log_version, as_of));
    compute::compute(&then, &snapshot, as_of).await?;
    touch(&then.project.out);
    forget_oldest(&kept(&pipeline.project.out));
    Ok(Outputs { pipeline: then, as_of, log_version })
}

/// Those of the last run, whatever has been collected since.
fn standing(pipeline: &Pipeline) -> Result<Outputs, Failure> {
    let out = &pipeline.project.out;
    let incomplete = || {
        Failure::usage(format!("the outputs in {} are not complete", out.display()), "compute them: muster run FILE")
    };
    let state = State::read(out).ok_or_else(incomplete)?;
    let as_of = state.as_of.parse().map_err(|_| incomplete())?;
    Ok(Outputs { pipeline: pipeline.clone(), as_of, log_version: state.log_version })
}

/// Removes all that is kept: it tells of people who have asked to be forgotten since.
///
/// # Errors
/// A folder that cannot be removed.
pub fn forget_all(out: &Path) -> std::io::Result<()> {
    match std::fs::remove_dir_all(kept(out)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn kept(out: &Path) -> PathBuf {
    out.join("as-of")
}

/// `41-2025-12-05T000000Z`: no file system minds it.
fn name(version: u64, as_of: Timestamp) -> String {
    format!("{version}-{}", as_of.to_string().replace(':', ""))
}

/// Which folder was used last is told by the date of its state.
#[allow(clippy::disallowed_methods, reason = "the date says which folder may go; it decides no figure")]
fn touch(folder: &Path) {
    let state = std::fs::File::options().append(true).open(folder.join("state.json"));
    // A date that cannot be set costs a computation at some later time, nothing else.
    let _ = state.and_then(|state| state.set_modified(SystemTime::now()));
}

/// Removes the folders that were not used for the longest time. One that cannot be removed stays.
fn forget_oldest(kept: &Path) {
    let entries = std::fs::read_dir(kept).into_iter().flatten().flatten();
    let used = |folder: &Path| std::fs::metadata(folder.join("state.json")).and_then(|state| state.modified()).ok();
    let mut folders: Vec<_> = entries.map(|entry| (used(&entry.path()), entry.path())).collect();
    folders.sort();
    let many = folders.len().saturating_sub(KEPT);
    for (_, folder) in folders.into_iter().take(many) {
        let _ = std::fs::remove_dir_all(folder);
    }
}
