//! Answers of GitHub's REST API, saved by `gh api` or Perceval.

use muster_model::{CollectError, Collector, Cursor};
use std::path::PathBuf;

/// Where the answers are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The source's name in the pipeline.
    pub name: String,
    /// Files, folders or globs.
    pub paths: Vec<PathBuf>,
    /// `owner/name` patterns without regard to case; none takes every repository.
    pub repositories: Vec<String>,
}

/// Opens the source at `cursor`.
///
/// # Errors
/// What cannot be read at all.
pub fn open(config: &Config, _cursor: Option<&Cursor>) -> Result<Box<dyn Collector>, CollectError> {
    Err(CollectError::new(format!("source {} cannot be read yet", config.name), "wait for it"))
}
