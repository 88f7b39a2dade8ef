//! SET and SHOW: the few settings that a session has, and those that tools set without need.

use crate::error::{NO_SETTING, NOT_ALLOWED, NOT_THERE, WRONG_VALUE, refused};
use datafusion_postgres::pgwire::error::PgWireResult;
use muster_query::datafusion::sql::sqlparser::ast::{Expr, Reset, Set, Statement, Value};
use std::collections::HashMap;

/// One change of a setting; without a value it goes back to what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub name: String,
    pub value: Option<String>,
}

/// The as-of of a session: an instant or a version of the log.
pub(crate) const AS_OF: &str = "muster.as_of";
/// How long a query may take, in milliseconds; never longer than the server's limit.
pub(crate) const TIMEOUT: &str = "statement_timeout";

/// What the answer to SHOW is where nobody has set anything. What is not here is no setting.
const DEFAULTS: [(&str, &str); 32] = [
    (AS_OF, ""),
    (TIMEOUT, "0"),
    ("application_name", ""),
    ("bytea_output", "hex"),
    ("check_function_bodies", "on"),
    ("client_encoding", "UTF8"),
    ("client_min_messages", "notice"),
    ("datestyle", "ISO, YMD"),
    ("default_transaction_isolation", "repeatable read"),
    ("default_transaction_read_only", "on"),
    ("escape_string_warning", "on"),
    ("extra_float_digits", "1"),
    ("geqo", "on"),
    ("idle_in_transaction_session_timeout", "0"),
    ("in_hot_standby", "off"),
    ("integer_datetimes", "on"),
    ("intervalstyle", "postgres"),
    ("is_superuser", "off"),
    ("jit", "off"),
    ("lc_messages", "C"),
    ("lock_timeout", "0"),
    ("max_identifier_length", "63"),
    ("row_security", "on"),
    ("search_path", "public"),
    ("server_encoding", "UTF8"),
    ("server_version", SERVER_VERSION),
    ("server_version_num", "160006"),
    ("session_authorization", "muster"),
    ("standard_conforming_strings", "on"),
    ("timezone", "UTC"),
    ("transaction_isolation", "repeatable read"),
    ("transaction_read_only", "on"),
];

/// The PostgreSQL whose catalogue is shown: tools choose their questions by it.
pub(crate) const SERVER_VERSION: &str = "16.6";

/// Those that would say something untrue when they were changed.
const FIXED: [&str; 12] = [
    "client_encoding",
    "default_transaction_read_only",
    "in_hot_standby",
    "integer_datetimes",
    "is_superuser",
    "max_identifier_length",
    "server_encoding",
    "server_version",
    "server_version_num",
    "standard_conforming_strings",
    "timezone",
    "transaction_read_only",
];

/// What SHOW answers.
pub(crate) fn show(name: &str, own: &HashMap<String, String>) -> PgWireResult<String> {
    let known = DEFAULTS.iter().find(|(known, _)| *known == name).ok_or_else(|| unknown(name))?;
    Ok(own.get(name).cloned().unwrap_or_else(|| known.1.to_owned()))
}

/// What a SET or RESET changes.
pub(crate) fn changes(statement: &Statement) -> PgWireResult<Vec<Change>> {
    let change = |name: String, values: &[Expr]| checked(name.to_lowercase(), values);
    match statement {
        Statement::Reset(reset) => match &reset.reset {
            Reset::ALL => Ok(all()),
            Reset::ConfigurationParameter(name) => {
                Ok(vec![Change { name: name.to_string().to_lowercase(), value: None }])
            }
        },
        Statement::Set(Set::SingleAssignment { variable, values, .. }) => {
            Ok(change(variable.to_string(), values)?.into_iter().collect())
        }
        Statement::Set(Set::SetTimeZone { value, .. }) => {
            Ok(change("timezone".to_owned(), std::slice::from_ref(value))?.into_iter().collect())
        }
        Statement::Set(Set::SetNames { .. } | Set::SetTransaction { .. } | Set::SetSessionParam(_)) => Ok(vec![]),
        other => Err(refused(NOT_THERE, format!("{other} is refused"), "docs/sql.md lists what can be set")),
    }
}

/// Every setting back to what it was.
pub(crate) fn all() -> Vec<Change> {
    DEFAULTS.iter().map(|(name, _)| Change { name: (*name).to_owned(), value: None }).collect()
}

/// A setting by name and text: of a SET, or of the options with which a client connects.
pub(crate) fn checked_text(name: &str, value: &str) -> PgWireResult<Option<Change>> {
    if name.starts_with("datafusion.") {
        return Err(refused(NOT_ALLOWED, format!("{name} cannot be set from outside"), ""));
    }
    if !DEFAULTS.iter().any(|(known, _)| *known == name) {
        return Err(unknown(name));
    }
    if value.eq_ignore_ascii_case("default") {
        return Ok(Some(Change { name: name.to_owned(), value: None }));
    }
    if FIXED.contains(&name) {
        return if is_what_it_is(name, value) { Ok(None) } else { Err(fixed(name)) };
    }
    if name == TIMEOUT && milliseconds(value).is_none() {
        let message = format!("{value:?} is no time: milliseconds, or 30s, 5min");
        return Err(refused(WRONG_VALUE, message, ""));
    }
    Ok(Some(Change { name: name.to_owned(), value: Some(value.to_owned()) }))
}

fn checked(name: String, values: &[Expr]) -> PgWireResult<Option<Change>> {
    let texts: Vec<String> = values.iter().map(text).collect();
    checked_text(&name, &texts.join(", "))
}

fn text(value: &Expr) -> String {
    match value {
        Expr::Value(value) => match &value.value {
            Value::Number(number, _) => number.clone(),
            other => other.clone().into_string().unwrap_or_else(|| other.to_string()),
        },
        Expr::Identifier(word) => word.value.clone(),
        other => other.to_string(),
    }
}

fn is_what_it_is(name: &str, value: &str) -> bool {
    let value = value.to_lowercase();
    match name {
        "timezone" => ["utc", "etc/utc", "gmt", "z", "zulu", "0", "+00", "+00:00"].contains(&value.as_str()),
        "client_encoding" => ["utf8", "utf-8", "unicode"].contains(&value.as_str()),
        _ => {
            let on = |value: &str| match value {
                "true" | "yes" | "1" => "on".to_owned(),
                "false" | "no" | "0" => "off".to_owned(),
                other => other.to_owned(),
            };
            DEFAULTS.iter().any(|(known, is)| *known == name && is.to_lowercase() == on(&value))
        }
    }
}

fn fixed(name: &str) -> datafusion_postgres::pgwire::error::PgWireError {
    let hint = match name {
        "timezone" => "times are in UTC, as in every table; convert them in the client",
        "transaction_read_only" | "default_transaction_read_only" => "this server only reads",
        _ => "",
    };
    refused(NOT_THERE, format!("{name} cannot be changed"), hint)
}

fn unknown(name: &str) -> datafusion_postgres::pgwire::error::PgWireError {
    refused(NO_SETTING, format!("there is no setting {name}"), "docs/sql.md lists those there are")
}

/// `5000`, `'5000ms'`, `'30s'`, `'5min'`.
pub(crate) fn milliseconds(value: &str) -> Option<u64> {
    let digits = value.trim_end_matches(|c: char| !c.is_ascii_digit());
    let number: u64 = digits.parse().ok()?;
    let unit = match value[digits.len()..].trim() {
        "" | "ms" => 1,
        "s" => 1_000,
        "min" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    number.checked_mul(unit)
}

/// The settings in `options='-c muster.as_of=2025-06-01 --statement_timeout=5s'`, with which a client connects.
pub(crate) fn in_options(options: &str) -> Vec<(String, String)> {
    let mut settings = Vec::new();
    let mut words = options.split_whitespace();
    while let Some(word) = words.next() {
        let given = match word {
            "-c" => words.next(),
            word => word.strip_prefix("--").or_else(|| word.strip_prefix("-c")),
        };
        let pair = given.and_then(|given| given.split_once('='));
        settings.extend(pair.map(|(name, value)| (name.replace('-', "_").to_lowercase(), value.to_owned())));
    }
    settings
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafusion_postgres::datafusion_pg_catalog::sql::PostgresCompatibilityParser;
    use datafusion_postgres::pgwire::error::PgWireError;

    fn changed(sql: &str) -> Result<Vec<(String, Option<String>)>, String> {
        let statements = PostgresCompatibilityParser::new().parse(sql).unwrap();
        match changes(&statements[0]) {
            Ok(changes) => Ok(changes.into_iter().map(|change| (change.name, change.value)).collect()),
            Err(PgWireError::UserError(info)) => Err(info.code),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn what_can_be_set_is_set() {
        for (sql, name, value) in [
            ("SET muster.as_of = '2025-06-01'", AS_OF, Some("2025-06-01")),
            ("SET muster.as_of TO 41", AS_OF, Some("41")),
            ("RESET muster.as_of", AS_OF, None),
            ("SET muster.as_of TO DEFAULT", AS_OF, None),
            ("SET statement_timeout = 5000", TIMEOUT, Some("5000")),
            ("SET SESSION application_name = 'x'", "application_name", Some("x")),
            ("SET DateStyle = 'ISO'", "datestyle", Some("ISO")),
        ] {
            assert_eq!(changed(sql), Ok(vec![(name.to_owned(), value.map(str::to_owned))]), "{sql}");
        }
        for sql in ["SET TIME ZONE 'UTC'", "SET client_encoding TO 'UTF8'", "SET default_transaction_read_only = true"]
        {
            assert_eq!(changed(sql), Ok(vec![]), "{sql}");
        }
    }

    #[test]
    fn what_would_be_untrue_or_dangerous_is_refused() {
        for (sql, code) in [
            ("SET TIME ZONE 'Europe/Berlin'", NOT_THERE),
            ("SET default_transaction_read_only = off", NOT_THERE),
            ("SET datafusion.runtime.memory_limit = '100G'", NOT_ALLOWED),
            ("SET datafusion.execution.batch_size = 1", NOT_ALLOWED),
            ("SET shared_preload_libraries = 'x'", NO_SETTING),
            ("SET statement_timeout = 'soon'", WRONG_VALUE),
            ("SET ROLE postgres", NOT_THERE),
        ] {
            assert_eq!(changed(sql), Err(code.to_owned()), "{sql}");
        }
    }

    #[test]
    fn a_time_has_units() {
        for (text, value) in
            [("5", Some(5)), ("30s", Some(30_000)), ("5 min", Some(300_000)), ("s", None), ("5 d", None)]
        {
            assert_eq!(milliseconds(text), value, "{text}");
        }
    }

    #[test]
    fn a_client_may_set_as_it_connects() {
        let settings = in_options("-c muster.as_of=2025-06-01 --statement_timeout=5s -ctimezone=UTC nonsense");
        let names: Vec<_> = settings.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(names, ["muster.as_of=2025-06-01", "statement_timeout=5s", "timezone=UTC"]);
    }
}
