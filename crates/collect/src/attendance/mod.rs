//! Attendance tables as FINOS keeps them: CSV with a row a person and meeting.

use muster_model::{CollectError, Collector, Cursor};
use std::path::PathBuf;

/// Where the tables are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The source's name in the pipeline.
    pub name: String,
    /// Files, folders or globs.
    pub paths: Vec<PathBuf>,
}

/// Opens the source at `cursor`.
///
/// # Errors
/// What cannot be read at all.
pub fn open(config: &Config, _cursor: Option<&Cursor>) -> Result<Box<dyn Collector>, CollectError> {
    Err(CollectError::new(format!("source {} cannot be read yet", config.name), "wait for it"))
}
