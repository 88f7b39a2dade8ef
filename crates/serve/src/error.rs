//! Mistakes in the words and codes of PostgreSQL: tools decide by the code, people read the message.

use datafusion_postgres::pgwire::error::{ErrorInfo, PgWireError};
use muster_query::datafusion::arrow::error::ArrowError;
use muster_query::datafusion::common::SchemaError;
use muster_query::datafusion::error::DataFusionError;

pub(crate) const SYNTAX: &str = "42601";
pub(crate) const READ_ONLY: &str = "25006";
pub(crate) const NOT_THERE: &str = "0A000";
pub(crate) const NO_SETTING: &str = "42704";
pub(crate) const WRONG_VALUE: &str = "22023";
pub(crate) const NOT_ALLOWED: &str = "42501";
pub(crate) const NO_CURSOR: &str = "34000";
pub(crate) const ABORTED: &str = "25P02";
pub(crate) const CANCELED: &str = "57014";
pub(crate) const NO_MEMORY: &str = "53200";
pub(crate) const TOO_MUCH: &str = "54000";
pub(crate) const NO_OUTPUTS: &str = "57P03";

/// An error that the client is told, and the connection goes on.
pub(crate) fn refused(code: &str, message: impl Into<String>, hint: impl Into<String>) -> PgWireError {
    told("ERROR", code, message.into(), hint.into())
}

/// An error that ends the connection.
pub(crate) fn fatal(code: &str, message: impl Into<String>, hint: impl Into<String>) -> PgWireError {
    told("FATAL", code, message.into(), hint.into())
}

fn told(severity: &str, code: &str, message: String, hint: String) -> PgWireError {
    let mut info = ErrorInfo::new(severity.to_owned(), code.to_owned(), message);
    info.hint = Some(hint).filter(|hint| !hint.is_empty());
    PgWireError::UserError(Box::new(info))
}

/// What DataFusion says, with the code that PostgreSQL has for it.
pub(crate) fn of(error: &DataFusionError) -> PgWireError {
    let root = error.find_root();
    let words = root.strip_backtrace();
    let (code, hint) = match root {
        DataFusionError::SQL(..) => (SYNTAX, ""),
        DataFusionError::SchemaError(schema, _) => match schema.as_ref() {
            SchemaError::FieldNotFound { .. } => ("42703", ""),
            SchemaError::AmbiguousReference { .. } => ("42702", ""),
            _ => ("42701", ""),
        },
        DataFusionError::Plan(words) if words.contains("' not found") => ("42P01", "SHOW TABLES lists what there is"),
        DataFusionError::Plan(words) if words.contains("unction") => ("42883", ""),
        DataFusionError::Plan(_) => ("42000", ""),
        DataFusionError::NotImplemented(_) => (NOT_THERE, ""),
        DataFusionError::ResourcesExhausted(_) => (NO_MEMORY, "narrow it with WHERE, group it, or take fewer columns"),
        DataFusionError::ArrowError(arrow, _) => match arrow.as_ref() {
            ArrowError::DivideByZero => ("22012", ""),
            ArrowError::CastError(_) | ArrowError::ParseError(_) => ("22P02", ""),
            _ => ("22000", ""),
        },
        DataFusionError::Execution(_) => ("22000", ""),
        _ => ("XX000", ""),
    };
    refused(code, spoken(&words), hint)
}

/// DataFusion's words without what only its authors need.
fn spoken(words: &str) -> String {
    // An operator that would go on on disk, which a server does not grant.
    if words.contains("DiskManager is disabled") {
        return "the query needs more memory than one may have".to_owned();
    }
    let words =
        ["Error during planning: ", "SQL error: ", "Schema error: ", "Resources exhausted: ", "Execution error: "]
            .iter()
            .find_map(|before| words.strip_prefix(before))
            .unwrap_or(words);
    words.replace("muster.public.", "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_query::datafusion::common::{exec_datafusion_err, plan_datafusion_err};

    fn code_and_message(error: &DataFusionError) -> (String, String) {
        match of(error) {
            PgWireError::UserError(info) => (info.code, info.message),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn a_mistake_has_the_code_of_postgresql() {
        let table = plan_datafusion_err!("table 'muster.public.issue' not found");
        assert_eq!(code_and_message(&table), ("42P01".to_owned(), "table 'issue' not found".to_owned()));
        let zero = DataFusionError::ArrowError(Box::new(ArrowError::DivideByZero), None);
        assert_eq!(code_and_message(&zero).0, "22012");
        let wrapped = exec_datafusion_err!("no such thing").context("while sorting");
        assert_eq!(code_and_message(&wrapped), ("22000".to_owned(), "no such thing".to_owned()));
        let memory = DataFusionError::ResourcesExhausted("too much".to_owned());
        assert_eq!(code_and_message(&memory), (NO_MEMORY.to_owned(), "too much".to_owned()));
    }
}
