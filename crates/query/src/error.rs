//! What can go wrong in a query, said to its author.

use crate::Metric;
use datafusion::common::SchemaError;
use datafusion::error::DataFusionError;
use std::path::PathBuf;

/// A query that cannot be run, or a result that cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The file's front matter or SQL is wrong.
    #[error("{file}: {message}")]
    Definition {
        /// The file, as it is found in `queries/` or in the user's folder, with the line where it is known: `a/b.sql:12`.
        file: String,
        /// What was found and what was expected, then a line `  = ` with what to do.
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
    pub(crate) fn sql(context: &str, error: &DataFusionError) -> Self {
        Self::Sql { context: context.to_owned(), message: error.strip_backtrace() }
    }

    /// A mistake in a metric's SELECT, at its line in the metric's file.
    pub(crate) fn select(metric: &Metric, error: &DataFusionError, tables: &[String]) -> Self {
        let mistake = Mistake::of(error, tables);
        let line = mistake.line.map_or(metric.select_line, |line| metric.select_line + line - 1);
        Self::Definition { file: format!("{}:{line}", metric.file), message: mistake.message }
    }

    pub(crate) fn file(path: &std::path::Path, error: &impl std::fmt::Display) -> Self {
        Self::File { path: path.to_path_buf(), message: error.to_string() }
    }
}

/// What DataFusion found, in the words of somebody who knows the tables.
struct Mistake {
    /// 1-based, in the SELECT.
    line: Option<usize>,
    message: String,
}

impl Mistake {
    fn of(error: &DataFusionError, tables: &[String]) -> Self {
        let span = error.diagnostic().and_then(|diagnostic| diagnostic.span);
        let words = error.find_root().strip_backtrace();
        let line = span.and_then(|span| usize::try_from(span.start.line).ok()).or_else(|| line_in(&words));
        let message = match error.find_root() {
            DataFusionError::SchemaError(schema, _) => column(schema, &words),
            _ => table(&words, tables).unwrap_or(words),
        };
        Self { line: line.filter(|line| *line > 0), message }
    }
}

/// The parser says `… at Line: 3, Column: 7`.
fn line_in(words: &str) -> Option<usize> {
    let rest = words.split_once("Line: ")?.1;
    rest.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
}

fn column(error: &SchemaError, words: &str) -> String {
    let SchemaError::FieldNotFound { field, valid_fields } = error else { return words.to_owned() };
    let mut there: Vec<&str> = valid_fields.iter().map(|field| field.name.as_str()).collect();
    there.sort_unstable();
    there.dedup();
    let near = nearest(&field.name, &there).map(|near| format!("; did you mean {near}?")).unwrap_or_default();
    format!("there is no column {}{near}\n  = the columns there are: {}", field.quoted_flat_name(), there.join(", "))
}

/// `table 'datafusion.public.issue' not found`.
fn table(words: &str, tables: &[String]) -> Option<String> {
    let (_, rest) = words.split_once("table 'datafusion.")?;
    let name = rest.split_once("' not found")?.0;
    let name = name.strip_prefix("public.").unwrap_or(name);
    let there: Vec<&str> = tables.iter().map(String::as_str).collect();
    let near = nearest(name, &there).map(|near| format!("; did you mean {near}?")).unwrap_or_default();
    let (metrics, tables): (Vec<&str>, Vec<&str>) = there.iter().partition(|name| name.contains('.'));
    let what = if name.contains('.') { ("metric", metrics) } else { ("table", tables) };
    Some(format!("there is no {} {name}{near}\n  = the {}s there are: {}", what.0, what.0, what.1.join(", ")))
}

/// The name that a mistyped one most likely means, if any is near enough.
pub(crate) fn nearest<'a>(written: &str, known: &[&'a str]) -> Option<&'a str> {
    let far = (written.chars().count() / 3).max(1);
    let slips = known.iter().map(|name| (strsim::damerau_levenshtein(written, name), *name));
    slips.filter(|(slips, _)| *slips <= far).min().map(|(_, name)| name)
}
