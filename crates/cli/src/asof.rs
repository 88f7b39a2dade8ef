//! The outputs as of an instant or a version of the log: the current run when it is the one, else computed once into
//! `out/as-of/<version>-<instant>/` and kept there.

use crate::args::AsOf;
use crate::compute;
use crate::failure::Failure;
use crate::project::{as_of, snapshot, split_as_of};
use crate::publish::{Place, Run};
use muster_evidence::manifest::MANIFEST;
use muster_log::{Log, Snapshot};
use muster_model::Timestamp;
use muster_pipeline::Pipeline;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

const AS_OF: &str = "as-of";

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
    /// Holds them, so that nobody removes them while they are read.
    _run: Run,
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
    let place = Place::of(pipeline)?;
    if given.is_empty() {
        let run = place.current().await?.ok_or_else(|| incomplete(pipeline))?;
        return of(pipeline, run);
    }
    let (version, instant) = split_as_of(given)?;
    let log = Log::open(&pipeline.project.log.to_string()).await?;
    let snapshot = snapshot(&log, version).await?;
    let as_of = as_of(pipeline, instant, &snapshot);
    let basis = compute::open(pipeline, &snapshot, as_of).await?;
    let inputs = compute::inputs(pipeline, &snapshot, &basis);
    if place.standing().await?.is_some_and(|manifest| manifest.inputs == inputs)
        && let Some(run) = place.current().await?
    {
        return of(pipeline, run);
    }
    let kept = kept(&pipeline.project.out);
    let folder = kept.join(name(snapshot.version(), as_of));
    let stands = || Run::open(&folder).filter(|run| run.manifest.inputs == inputs);
    if stands().is_none() {
        let stage = place.stage(AS_OF).await?;
        if !(stage.waited && stands().is_some()) {
            let manifest = compute::make(pipeline, &snapshot, &basis, inputs.clone(), &stage.folder).await?;
            manifest.write(&stage.folder)?;
            stage.settle(&folder)?;
        }
    }
    let run = stands().ok_or_else(|| incomplete(pipeline))?;
    touch(&folder);
    forget_oldest(&kept);
    of(pipeline, run)
}

/// The outputs of a run, whatever has been collected since.
fn of(pipeline: &Pipeline, run: Run) -> Result<Outputs, Failure> {
    let mut pipeline = pipeline.clone();
    run.folder.clone_into(&mut pipeline.project.out);
    let as_of = run.manifest.as_of.parse().map_err(|_| incomplete(&pipeline))?;
    Ok(Outputs { pipeline, as_of, log_version: run.manifest.log_version, _run: run })
}

fn incomplete(pipeline: &Pipeline) -> Failure {
    let project = &pipeline.project;
    let place = project.store.clone().unwrap_or_else(|| project.out.display().to_string());
    Failure::usage(format!("the outputs in {place} are not complete"), "compute them: muster run FILE")
}

fn kept(out: &Path) -> PathBuf {
    out.join(AS_OF)
}

/// `41-2025-12-05T000000Z`: no file system minds it.
fn name(version: u64, as_of: Timestamp) -> String {
    format!("{version}-{}", as_of.to_string().replace(':', ""))
}

/// Which folder was used last is told by the date of its manifest.
#[allow(clippy::disallowed_methods, reason = "the date says which folder may go; it decides no figure")]
fn touch(folder: &Path) {
    let manifest = std::fs::File::options().append(true).open(folder.join(MANIFEST));
    // A date that cannot be set costs a computation at some later time, nothing else.
    let _ = manifest.and_then(|manifest| manifest.set_modified(SystemTime::now()));
}

/// Removes the folders that were not used for the longest time. One that cannot be removed stays.
fn forget_oldest(kept: &Path) {
    let entries = std::fs::read_dir(kept).into_iter().flatten().flatten();
    let used = |folder: &Path| std::fs::metadata(folder.join(MANIFEST)).and_then(|data| data.modified()).ok();
    let mut folders: Vec<_> = entries.map(|entry| (used(&entry.path()), entry.path())).collect();
    folders.sort();
    let many = folders.len().saturating_sub(KEPT);
    for (_, folder) in folders.into_iter().take(many) {
        let _ = std::fs::remove_dir_all(folder);
    }
}
