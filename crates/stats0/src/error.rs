//! What can go wrong with a statistic, said to the author of the metric.

use std::path::{Path, PathBuf};

/// A population that does not fit its metric, or a file that cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StatsError {
    /// The SELECT does not give a column that the front matter names, or gives it as another type.
    #[error("metric {metric}: {message}")]
    Population {
        /// The metric's id.
        metric: String,
        /// What was found and what was expected.
        message: String,
    },
    /// A file.
    #[error("{path}: {message}")]
    File {
        /// Which.
        path: PathBuf,
        /// What happened.
        message: String,
    },
}

impl StatsError {
    pub(crate) fn file(path: &Path, error: &impl std::fmt::Display) -> Self {
        Self::File { path: path.to_path_buf(), message: error.to_string() }
    }
}
