//! `muster export`: the evidence again.

use crate::compute::{self, Basis, Computed};
use crate::failure::Failure;
use crate::publish::{Place, RUNS, manifest, unwritable};
use muster_evidence::manifest::Manifest;
use muster_log::{Log, Snapshot};
use muster_pipeline::Pipeline;
use std::path::Path;

/// Between the inputs of the evidence and those of the figures, where they differ.
const FIGURES: &str = ", figures ";

/// Makes the evidence again from the metrics as they stand, published as a run of its own.
pub async fn again(pipeline: &Pipeline, log: &Log) -> Result<Computed, Failure> {
    let place = Place::of(pipeline)?;
    let stage = place.stage(RUNS).await?;
    let standing = place.folder().await?.filter(|folder| folder.join("metrics.parquet").exists());
    let standing = standing.ok_or_else(|| {
        Failure::usage(
            format!("{} is not there", pipeline.project.out.join("metrics.parquet").display()),
            "compute the metrics first: muster compute FILE",
        )
    })?;
    let old = Manifest::read(&standing)?;
    for entry in old.files.iter().filter(|entry| entry.table.is_some()) {
        copy(&standing.join(&entry.path), &stage.folder.join(&entry.path))?;
    }
    let mut staged = pipeline.clone();
    stage.folder.clone_into(&mut staged.project.out);
    let cells = muster_stats::read_cells(&stage.folder.join("metrics.parquet"))?;
    let snapshot = crate::project::snapshot(log, Some(old.log_version)).await?;
    let as_of = old.as_of.parse().map_err(Failure::internal)?;
    let basis = compute::open(pipeline, &snapshot, as_of).await?;
    basis.engine.open_tables(&basis.library, &stage.folder.join("tables")).await?;
    compute::evidence(&staged, &snapshot, &basis, &cells).await?;
    let manifest =
        manifest::of(&staged, &snapshot, &basis, inputs_of_both(pipeline, &snapshot, &basis, &old), cells.len())?;
    if manifest == old && old.is_whole(&standing) {
        return compute::unchanged(&place, &old).await;
    }
    compute::publish(&place, stage, &manifest, &snapshot).await
}

/// The figures are still what the old inputs gave, the evidence is what those of now give.
fn inputs_of_both(pipeline: &Pipeline, snapshot: &Snapshot, basis: &Basis, old: &Manifest) -> String {
    let now = compute::inputs(pipeline, snapshot, basis);
    let figures = old.inputs.rsplit(FIGURES).next().unwrap_or_default();
    if now == figures { now } else { format!("{now}{FIGURES}{figures}") }
}

/// A second name of a file that does not change any more, or a copy.
fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    let failed = |error: std::io::Error| unwritable(to, &error);
    std::fs::create_dir_all(to.parent().unwrap_or(to)).map_err(failed)?;
    std::fs::hard_link(from, to).or_else(|_| std::fs::copy(from, to).map(drop)).map_err(failed)
}
