//! The line that is typed: history, completion, and more lines until `;`.

use super::text::is_complete;
use crate::failure::Failure;
use crate::project::environment;
use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Config, Context, Helper};
use std::collections::BTreeSet;
use std::path::PathBuf;

const KEYWORDS: [&str; 50] = [
    "SELECT",
    "FROM",
    "WHERE",
    "GROUP BY",
    "ORDER BY",
    "HAVING",
    "LIMIT",
    "OFFSET",
    "WITH",
    "AS",
    "AND",
    "OR",
    "NOT",
    "IN",
    "LIKE",
    "ILIKE",
    "BETWEEN",
    "IS NULL",
    "IS NOT NULL",
    "CASE",
    "WHEN",
    "THEN",
    "ELSE",
    "END",
    "JOIN",
    "LEFT JOIN",
    "ON",
    "USING",
    "UNION ALL",
    "EXCEPT",
    "INTERSECT",
    "DISTINCT",
    "COUNT(",
    "SUM(",
    "AVG(",
    "MIN(",
    "MAX(",
    "MEDIAN(",
    "OVER",
    "PARTITION BY",
    "FILTER (WHERE",
    "CAST(",
    "COALESCE(",
    "DATE_TRUNC(",
    "INTERVAL",
    "EXPLAIN",
    "SHOW TABLES",
    "DESCRIBE",
    "AS_OF()",
    "VALUES",
];

/// Reads statements from a terminal.
pub struct Editor {
    editor: rustyline::Editor<Words, FileHistory>,
    /// None where there is no place to keep it.
    history: Option<PathBuf>,
}

impl Editor {
    /// With the names that can be completed.
    pub fn open(words: Words) -> Result<Self, Failure> {
        let config = Config::builder().auto_add_history(true).history_ignore_space(true).build();
        let mut editor = rustyline::Editor::with_config(config).map_err(Failure::internal)?;
        editor.set_helper(Some(words));
        let history = state_folder().map(|folder| folder.join("sql_history"));
        if let Some(file) = &history {
            // The first time there is none.
            let _ = editor.load_history(file);
        }
        Ok(Self { editor, history })
    }

    /// The next statement or command; none at the end of the input.
    pub fn read(&mut self) -> Result<Option<String>, Failure> {
        loop {
            match self.editor.readline("muster=> ") {
                Ok(line) if line.trim().is_empty() => {}
                Ok(line) => return Ok(Some(line)),
                // Ctrl-C leaves the line.
                Err(ReadlineError::Interrupted) => {}
                Err(ReadlineError::Eof) => return Ok(None),
                Err(error) => return Err(Failure::internal(error)),
            }
        }
    }

    /// How many lines the terminal shows.
    pub fn screen(&mut self) -> Option<usize> {
        self.editor.dimensions().map(|(_, rows)| usize::from(rows))
    }

    /// Keeps the history for the next time. Nobody loses an answer where that cannot be done.
    pub fn keep(&mut self) {
        if let Some(file) = &self.history {
            let made = file.parent().map(std::fs::create_dir_all);
            if made.is_some_and(|made| made.is_ok()) {
                let _ = self.editor.save_history(file);
            }
        }
    }
}

/// Where programs of this user keep what they remember.
fn state_folder() -> Option<PathBuf> {
    let set = |name: &str| environment(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let state = set("XDG_STATE_HOME").or_else(|| Some(set("HOME")?.join(".local/state")));
    state.map(|folder| folder.join("muster"))
}

/// What a word that is typed may become.
pub struct Words {
    /// Tables, and metrics by their ids.
    tables: BTreeSet<String>,
    /// Columns, and the prompt's own commands.
    others: BTreeSet<String>,
}

impl Words {
    pub fn new(tables: BTreeSet<String>, others: BTreeSet<String>) -> Self {
        Self { tables, others }
    }

    /// What the word before the cursor may become, and where it begins. Where a table must stand only tables are named.
    fn complete(&self, line: &str) -> (usize, Vec<String>) {
        let is_word = |c: char| c.is_alphanumeric() || "_.\\".contains(c);
        let start =
            line.rfind(|c| !is_word(c)).map_or(0, |at| at + line[at..].chars().next().map_or(1, char::len_utf8));
        let word = &line[start..];
        if word.is_empty() {
            return (start, vec![]);
        }
        let begins = |known: &&str| known.get(..word.len()).is_some_and(|known| known.eq_ignore_ascii_case(word));
        let mut found: BTreeSet<&str> = self.tables.iter().map(String::as_str).filter(begins).collect();
        if before_a_table(&line[..start]) {
            return (start, found.into_iter().map(str::to_owned).collect());
        }
        found.extend(self.others.iter().map(String::as_str).filter(begins));
        let keywords = KEYWORDS.into_iter().filter(begins);
        (start, found.into_iter().chain(keywords).map(str::to_owned).collect())
    }
}

fn before_a_table(line: &str) -> bool {
    let last = line.split_whitespace().next_back().unwrap_or_default();
    ["FROM", "JOIN", "DESCRIBE", "\\d"].iter().any(|word| last.eq_ignore_ascii_case(word))
}

impl Completer for Words {
    type Candidate = String;

    fn complete(&self, line: &str, pos: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<String>)> {
        Ok(Self::complete(self, &line[..pos]))
    }
}

impl Validator for Words {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let complete = is_complete(context.input());
        Ok(if complete { ValidationResult::Valid(None) } else { ValidationResult::Incomplete })
    }
}

impl Hinter for Words {
    type Hint = String;
}

impl Highlighter for Words {}
impl Helper for Words {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_completed_whatever_its_case() {
        let set = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        let words = Words::new(set(&["contributions", "growth.new"]), set(&["contributed", "person"]));
        let of = |start: usize, found: &[&str]| (start, found.iter().map(|&word| word.to_owned()).collect::<Vec<_>>());
        assert_eq!(words.complete("SELECT * FROM contr"), of(14, &["contributions"]));
        assert_eq!(words.complete("\\d CONTR"), of(3, &["contributions"]));
        assert_eq!(words.complete("select * from growth."), of(14, &["growth.new"]));
        assert_eq!(words.complete("gro"), of(0, &["growth.new", "GROUP BY"]));
        assert_eq!(words.complete("SELECT count(co"), of(13, &["contributed", "contributions", "COUNT(", "COALESCE("]));
        assert_eq!(words.complete("SELECT "), (7, vec![]));
        assert_eq!(words.complete("SELECT 'ä"), (8, vec![]));
    }
}
