use polars::error::PolarsError;
use std::path::{Path, PathBuf};

/// What went wrong, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum StatsError {
    /// The metric's file does not fit together.
    #[error("{metric}: {message}")]
    Definition {
        /// The metric's id.
        metric: String,
        /// What is wrong, and what there is.
        message: String,
    },
    /// The population has no such column.
    #[error("{metric}: the population has no column {column:?} (named by `{key}`); its SELECT gives {there}")]
    UnknownColumn {
        /// The metric's id.
        metric: String,
        /// The key of the front matter that names the column.
        key: &'static str,
        /// The name that is not there.
        column: String,
        /// The names that are.
        there: String,
    },
    /// The column holds something else than the statistic needs.
    #[error("{metric}: column {column:?} is {is}, but {needs} is needed; cast it in the SELECT")]
    ColumnType {
        /// The metric's id.
        metric: String,
        /// The column.
        column: String,
        /// Its type.
        is: String,
        /// What is needed.
        needs: &'static str,
    },
    /// A group by a column that the metric does not group by.
    #[error("{metric}: not grouped by {column:?}; its file says group_by = [{there}]")]
    UnknownGroup {
        /// The metric's id.
        metric: String,
        /// The column asked for.
        column: String,
        /// The columns there are.
        there: String,
    },
    /// A file that cannot be read or written.
    #[error("{}: {source}; is the disk full, or the folder missing?", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file that is no Parquet, or not ours.
    #[error("{}: {source}; delete it and run the metric again", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// Why.
        source: PolarsError,
    },
}

impl StatsError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |source| Self::Io { path: path.to_owned(), source }
    }

    pub(crate) fn parquet(path: &Path) -> impl FnOnce(PolarsError) -> Self + '_ {
        move |source| Self::Parquet { path: path.to_owned(), source }
    }
}
