//! What can go wrong in a query, said to its author.

use std::path::PathBuf;

/// A query that cannot be run, or a result that cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The file's front matter or SQL is wrong.
    #[error("{file}: {message}")]
    Definition {
        /// The file, as it is found in `queries/` or in the user's folder.
        file: String,
        /// What was found and what was expected.
        message: String,
    },
    /// DataFusion refused or failed.
    #[error("{context}: {message}")]
    Sql {
        /// Which table, metric or question.
        context: String,
        /// DataFusion's own words, without its wrapping.
        message: String,
    },
    /// A result could not be written or read.
    #[error("{path}: {message}")]
    File {
        /// Where.
        path: PathBuf,
        /// What happened, and what to do.
        message: String,
    },
}

impl QueryError {
    pub(crate) fn sql(context: &str, error: &datafusion::error::DataFusionError) -> Self {
        Self::Sql { context: context.to_owned(), message: error.strip_backtrace() }
    }

    pub(crate) fn file(path: &std::path::Path, error: &impl std::fmt::Display) -> Self {
        Self::File { path: path.to_path_buf(), message: error.to_string() }
    }
}
