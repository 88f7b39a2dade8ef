//! What Perceval writes: one JSON object a line, of any of its backends.

use muster_model::{CollectError, Collector, Cursor};
use std::path::PathBuf;

/// Where the items are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The source's name in the pipeline.
    pub name: String,
    /// Files, folders or globs.
    pub paths: Vec<PathBuf>,
    /// Whether texts are kept.
    pub text: bool,
}

/// Opens the source at `cursor`.
///
/// # Errors
/// What cannot be read at all.
pub fn open(config: &Config, _cursor: Option<&Cursor>) -> Result<Box<dyn Collector>, CollectError> {
    Err(CollectError::new(format!("source {} cannot be read yet", config.name), "wait for it"))
}
