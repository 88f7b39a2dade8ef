//! What can go wrong in a query, said to its author.

use crate::{Library, Metric};
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

    /// A mistake in a user's question, with what there is instead of a table or column that is not there.
    pub(crate) fn asked(error: &DataFusionError, tables: &[String]) -> Self {
        let known = match error.find_root() {
            DataFusionError::SchemaError(found, _) if matches!(**found, SchemaError::FieldNotFound { .. }) => {
                Some(Mistake::of(error, tables).message)
            }
            DataFusionError::Plan(words) => table(words, tables),
            _ => None,
        };
        Self::Sql { context: ASKED.to_owned(), message: known.unwrap_or_else(|| error.strip_backtrace()) }
    }

    /// A mistake in a metric's SELECT, at its line in the metric's file.
    pub(crate) fn select(metric: &Metric, error: &DataFusionError, tables: &[String]) -> Self {
        let mistake = Mistake::of(error, tables);
        let line = mistake.line.map_or(metric.select_line, |line| metric.select_line + line - 1);
        Self::Definition { file: format!("{}:{line}", metric.file), message: mistake.message }
    }

    /// A metric reads another that is not there.
    pub(crate) fn no_metric(metric: &Metric, name: &str, library: &Library) -> Self {
        let ids: Vec<&str> = library.metrics.keys().map(String::as_str).collect();
        let family = |id: &str| id.split('.').next().map(str::to_owned);
        let mut there: Vec<String> =
            ids.iter().filter(|id| family(id) == family(name)).map(|id| (*id).to_owned()).collect();
        if there.is_empty() {
            there = ids.iter().filter_map(|id| family(id)).map(|family| format!("{family}.…")).collect();
            there.dedup();
        }
        let near = nearest(name, &ids).map(|near| format!("; did you mean {near}?")).unwrap_or_default();
        let line = metric.sql.lines().position(|line| line.contains(name)).unwrap_or(0);
        Self::Definition {
            file: format!("{}:{}", metric.file, metric.select_line + line),
            message: format!("there is no metric {name}{near}\n  = the metrics there are: {}", there.join(", ")),
        }
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
            DataFusionError::SQL(error, _) => syntax(&error.to_string()),
            DataFusionError::Plan(words) => table(words, tables).unwrap_or_else(|| words.clone()),
            _ => words,
        };
        Self { line: line.filter(|line| *line > 0), message }
    }
}

/// The parser's words without its own counting of lines, which is the SELECT's.
fn syntax(words: &str) -> String {
    let words = words.split(" at Line: ").next().unwrap_or(words);
    format!("not SQL: {}", words.trim_start_matches("sql parser error: "))
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

/// `table 'muster.public.issue' not found`.
fn table(words: &str, tables: &[String]) -> Option<String> {
    let name = words.split_once("table 'muster.public.")?.1.split_once("' not found")?.0;
    let there: Vec<&str> = tables.iter().map(String::as_str).collect();
    let near = nearest(name, &there).map(|near| format!("; did you mean {near}?")).unwrap_or_default();
    Some(format!("there is no table {name}{near}\n  = the tables there are: {}", there.join(", ")))
}

/// What a user's question is called in its mistakes.
pub(crate) const ASKED: &str = "your query";

/// The name that a mistyped one most likely means, if any is near enough.
pub(crate) fn nearest<'a>(written: &str, known: &[&'a str]) -> Option<&'a str> {
    let far = (written.chars().count() / 3).max(1);
    let slips = known.iter().map(|name| (strsim::damerau_levenshtein(written, name), *name));
    slips.filter(|(slips, _)| *slips <= far).min().map(|(_, name)| name)
}
