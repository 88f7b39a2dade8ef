//! The manifest of what was computed.

use crate::compute::Basis;
use crate::failure::Failure;
use muster_evidence::manifest::{self, Manifest};
use muster_log::Snapshot;
use muster_pipeline::Pipeline;
use std::path::Path;

/// What the folder of the pipeline's outputs has now.
pub fn of(
    pipeline: &Pipeline,
    snapshot: &Snapshot,
    basis: &Basis,
    inputs: String,
    cells: usize,
) -> Result<Manifest, Failure> {
    Ok(Manifest {
        schema: manifest::SCHEMA,
        project: pipeline.project.name.clone(),
        muster_version: env!("CARGO_PKG_VERSION").to_owned(),
        log: muster_evidence::bundle::log_hash(snapshot.identity()),
        log_version: snapshot.version(),
        log_events: snapshot.events(),
        as_of: basis.as_of.to_string(),
        inputs,
        tables: basis.library.tables.len() as u64,
        metrics: basis.library.metrics.len() as u64,
        cells: cells as u64,
        files: manifest::entries(&pipeline.project.out, table)?,
    })
}

/// What a Parquet file says about itself.
fn table(path: &Path) -> Result<manifest::Table, Failure> {
    let said = muster_query::describe::described(path)?;
    let column = |column: muster_query::describe::Column| manifest::Column {
        name: column.name,
        kind: column.kind,
        nullable: column.nullable,
        description: column.description,
    };
    let columns = said.columns.into_iter().map(column).collect();
    Ok(manifest::Table { rows: said.rows, title: said.title, definition: said.definition, columns })
}
