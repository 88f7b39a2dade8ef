//! Which statements only read. What is not in this list is refused, whatever it is.

use crate::cursor;
use crate::error::{READ_ONLY, refused};
use crate::setting::{self, Change};
use datafusion_postgres::pgwire::error::PgWireError;
use muster_query::datafusion::sql::sqlparser::ast::{self, CloseCursor, Statement};

/// What a session does with a statement.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// Plans and answers it.
    Read,
    /// Changes settings of the session.
    Set(Vec<Change>),
    /// Puts them back to what they were.
    Reset(Vec<Change>),
    /// Tells a setting: its name.
    Show(String),
    /// Begins a transaction: what is read within it is one state of the outputs.
    Begin,
    /// Ends it.
    End(&'static str),
    /// Opens a cursor of that name over a query.
    Declare(String),
    /// Takes so many rows from a cursor.
    Fetch(String, usize),
    /// Closes one, or all.
    Close(Option<String>),
    /// Forgets settings and cursors.
    Discard,
    /// Nothing that this server holds: acknowledged.
    Nothing(&'static str),
}

impl Kind {
    pub(crate) fn of(statement: &Statement) -> Result<Self, PgWireError> {
        Ok(match statement {
            Statement::Query(_)
            | Statement::Explain { .. }
            | Statement::ExplainTable { .. }
            | Statement::ShowTables { .. }
            | Statement::ShowColumns { .. }
            | Statement::ShowFunctions { .. } => Self::Read,
            Statement::ShowVariable { variable } => Self::Show(name_of(variable)),
            Statement::Set(_) => Self::Set(setting::changes(statement)?),
            Statement::Reset(_) => Self::Reset(setting::changes(statement)?),
            Statement::StartTransaction { .. } => Self::Begin,
            Statement::Commit { .. } => Self::End("COMMIT"),
            Statement::Rollback { savepoint: None, .. } => Self::End("ROLLBACK"),
            Statement::Rollback { .. } => Self::Nothing("ROLLBACK"),
            Statement::Savepoint { .. } => Self::Nothing("SAVEPOINT"),
            Statement::ReleaseSavepoint { .. } => Self::Nothing("RELEASE"),
            Statement::Declare { .. } => Self::Declare(cursor::declared(statement)?.0),
            Statement::Fetch { name, direction, .. } => Self::Fetch(name.value.clone(), cursor::wanted(direction)?),
            Statement::Close { cursor: CloseCursor::Specific { name } } => Self::Close(Some(name.value.clone())),
            Statement::Close { .. } => Self::Close(None),
            Statement::Deallocate { .. } => Self::Nothing("DEALLOCATE"),
            Statement::Discard { .. } => Self::Discard,
            Statement::UNLISTEN { .. } => Self::Nothing("UNLISTEN"),
            Statement::Copy { .. } => {
                return Err(refused(
                    READ_ONLY,
                    "COPY is refused: this server only answers queries",
                    "ask with SELECT and let the client write the file: psql --csv -c 'SELECT …' -o FILE",
                ));
            }
            other => return Err(not_a_query(other)),
        })
    }
}

fn not_a_query(statement: &Statement) -> PgWireError {
    let text = statement.to_string();
    let words: Vec<&str> =
        text.split_whitespace().take(2).take_while(|word| word.chars().all(|c| c.is_ascii_uppercase())).collect();
    let words = if words.is_empty() { "this".to_owned() } else { words.join(" ") };
    refused(READ_ONLY, format!("{words} is refused: this server only reads"), "ask with SELECT")
}

/// `SHOW TIME ZONE` and `SHOW muster.as_of` alike.
fn name_of(variable: &[ast::Ident]) -> String {
    let words: Vec<String> = variable.iter().map(|word| word.value.to_lowercase()).collect();
    match words.join(" ").as_str() {
        "time zone" => "timezone".to_owned(),
        "transaction isolation level" => "transaction_isolation".to_owned(),
        "session authorization" => "session_authorization".to_owned(),
        _ => words.join("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafusion_postgres::datafusion_pg_catalog::sql::PostgresCompatibilityParser;

    fn kinds(sql: &str) -> Result<Vec<String>, String> {
        let statements = PostgresCompatibilityParser::new().parse(sql).map_err(|error| error.to_string())?;
        let kind = |statement| match Kind::of(statement) {
            Ok(kind) => Ok(format!("{kind:?}")),
            Err(PgWireError::UserError(info)) => Err(format!("{}: {}", info.code, info.message)),
            Err(other) => Err(other.to_string()),
        };
        statements.iter().map(kind).collect()
    }

    #[test]
    fn what_reads_is_answered() {
        for (sql, kind) in [
            ("SELECT 1", "Read"),
            ("WITH a AS (SELECT 1) SELECT * FROM a", "Read"),
            ("EXPLAIN SELECT 1", "Read"),
            ("SHOW TABLES", "Read"),
            ("SHOW TIME ZONE", "Show(\"timezone\")"),
            ("SHOW muster.as_of", "Show(\"muster.as_of\")"),
            ("SET TIME ZONE 'UTC'", "Set([])"),
            ("SET statement_timeout = 5000", "Set([Change { name: \"statement_timeout\", value: Some(\"5000\") }])"),
            ("RESET muster.as_of", "Reset([Change { name: \"muster.as_of\", value: None }])"),
            ("BEGIN", "Begin"),
            ("START TRANSACTION READ ONLY", "Begin"),
            ("ROLLBACK", "End(\"ROLLBACK\")"),
            ("DECLARE c CURSOR FOR SELECT 1", "Declare(\"c\")"),
            ("FETCH FORWARD 5 FROM c", "Fetch(\"c\", 5)"),
            ("CLOSE c", "Close(Some(\"c\"))"),
            ("CLOSE ALL", "Close(None)"),
            ("DISCARD ALL", "Discard"),
        ] {
            assert_eq!(kinds(sql), Ok(vec![kind.to_owned()]), "{sql}");
        }
    }

    #[test]
    fn what_does_not_read_is_refused() {
        for sql in [
            "DROP TABLE contributions",
            "DROP VIEW contributions",
            "DROP SCHEMA growth",
            "INSERT INTO metrics VALUES (1)",
            "UPDATE metrics SET value = 1",
            "DELETE FROM metrics",
            "TRUNCATE metrics",
            "MERGE INTO metrics USING events ON true WHEN MATCHED THEN DELETE",
            "CREATE TABLE t AS SELECT 1",
            "CREATE VIEW v AS SELECT 1",
            "CREATE SCHEMA s",
            "CREATE DATABASE d",
            "CREATE FUNCTION f() RETURNS int LANGUAGE SQL AS 'SELECT 1'",
            "CREATE EXTENSION dblink",
            "ALTER TABLE metrics ADD COLUMN x int",
            "GRANT SELECT ON metrics TO x",
            "COPY metrics TO '/tmp/x.csv'",
            "COPY metrics FROM '/etc/passwd'",
            "COPY (SELECT 1) TO PROGRAM 'sh'",
            "PREPARE p AS SELECT 1",
            "EXECUTE p",
            "CALL f()",
            "VACUUM",
            "LISTEN x",
            "LOCK TABLE metrics",
            "COMMENT ON TABLE metrics IS 'x'",
        ] {
            let error = kinds(sql).expect_err(sql);
            assert!(error.starts_with("25006: ") && error.contains(" is refused"), "{sql}: {error}");
        }
    }
}
