//! One statement or `\` command after the other, and what they print.

use super::editor::Words;
use super::{pager, text};
use crate::args::Format;
use crate::failure::Failure;
use crate::sql::shown;
use muster_query::output::{Answer, masked_batches};
use muster_query::{Engine, Example, Named};
use serde_json::Value;
use std::fmt::Write;
use std::time::Instant;

/// Whether there is more to come.
pub enum Next {
    Go,
    Quit,
}

/// The state of a prompt.
pub struct Shell {
    engine: Engine,
    names: Vec<Named>,
    examples: Vec<Example>,
    private: bool,
    format: Format,
    timing: bool,
    expanded: bool,
}

const HELP: &str = "\
SELECT …;         ask; more lines until the semicolon
\\d                what there is: tables, folds, populations
\\d NAME           the columns of one, with their types and meanings; or the names that have NAME in them
\\examples         questions a maintainer asks
\\examples NAME    ask one of them
\\x                one line a value, and back
\\timing           say how long an answer took, and no more
\\?                this
\\q                end
";

impl Shell {
    pub fn new(engine: Engine, names: Vec<Named>, examples: Vec<Example>, private: bool, format: Format) -> Self {
        Self { engine, names, examples, private, format, timing: false, expanded: false }
    }

    pub fn count(&self) -> usize {
        self.names.len()
    }

    pub fn as_of(&self) -> String {
        self.engine.as_of().to_string()
    }

    /// What can be completed: names and columns.
    pub fn words(&self) -> Words {
        let tables = self.names.iter().map(|named| named.name.clone());
        let columns = self.names.iter().flat_map(|named| named.columns.iter().map(|[name, ..]| name.clone()));
        let commands = ["\\d", "\\examples", "\\x", "\\timing", "\\?", "\\q"].map(str::to_owned);
        Words::new(tables.collect(), columns.chain(commands).collect())
    }

    /// Answers what was typed.
    pub async fn answer(&mut self, input: &str, screen: Option<usize>) -> Result<Next, Failure> {
        for part in text::parts(input) {
            let said = match part.strip_prefix('\\') {
                Some(command) => match self.command(command.trim()).await? {
                    Some(said) => said,
                    None => return Ok(Next::Quit),
                },
                None => self.ask(part).await?,
            };
            pager::print(&said, screen)?;
        }
        Ok(Next::Go)
    }

    async fn ask(&self, statement: &str) -> Result<String, Failure> {
        let begun = Instant::now();
        let statement = statement.trim().trim_end_matches(';');
        if statement.is_empty() {
            return Ok(String::new());
        }
        let (schema, batches) = self.engine.ask(statement).await?;
        let batches = if self.private { batches } else { masked_batches(&schema, batches)? };
        let answer = Answer::new(&schema, &batches)?;
        let mut said = if self.expanded { expanded(&answer) } else { shown(&answer, self.format)? };
        if self.timing {
            let _ = writeln!(said, "{:.1} ms", begun.elapsed().as_secs_f64() * 1000.0);
        }
        Ok(said)
    }

    /// What a command says; nothing for the one that ends.
    async fn command(&mut self, command: &str) -> Result<Option<String>, Failure> {
        let command = command.trim_end_matches(';');
        let (word, about) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
        Ok(Some(match (word, about.trim()) {
            ("q", "") => return Ok(None),
            ("?", "") => HELP.to_owned(),
            ("d" | "dt", "") => list(&self.names),
            ("d", name) => describe(&self.names, name)?,
            ("x", "") => switch(&mut self.expanded, "one line a value"),
            ("timing", "") => switch(&mut self.timing, "timing"),
            ("examples", "") => questions(&self.examples),
            ("examples", name) => {
                let example = find(&self.examples, name)?;
                let head = format!("{}\n{}\n\n{}\n\n", example.question, example.answer, example.sql);
                head + &self.ask(&example.sql).await?
            }
            _ => return Err(Failure::usage(format!("there is no command \\{command}"), "\\? lists them")),
        }))
    }
}

fn switch(flag: &mut bool, what: &str) -> String {
    *flag = !*flag;
    format!("{what}: {}\n", if *flag { "on" } else { "off" })
}

/// Names and titles; many populations have the same title, so each has its own line.
fn list(names: &[Named]) -> String {
    let width = names.iter().map(|named| named.name.len()).max().unwrap_or(0);
    names.iter().map(|named| format!("{:width$}  {}", named.name, named.title).trim_end().to_owned() + "\n").collect()
}

fn describe(names: &[Named], name: &str) -> Result<String, Failure> {
    let Some(named) = names.iter().find(|named| named.name == name) else {
        let near: Vec<Named> = names.iter().filter(|named| named.name.contains(name)).cloned().collect();
        return match near.is_empty() {
            true => Err(Failure::usage(format!("there is no table {name}"), "\\d lists what there is")),
            false => Ok(list(&near)),
        };
    };
    let columns = ["column", "type", "meaning"].map(str::to_owned).to_vec();
    let row = |column: &[String; 3]| column.iter().cloned().map(Value::String).collect();
    let table = shown(&Answer { columns, rows: named.columns.iter().map(row).collect() }, Format::Table)?;
    Ok(format!("{}: {}\n{table}", named.name, named.title))
}

/// The questions by name.
pub fn questions(examples: &[Example]) -> String {
    let width = examples.iter().map(|example| example.name.len()).max().unwrap_or(0);
    examples.iter().map(|example| format!("{:width$}  {}\n", example.name, example.question)).collect()
}

/// One of them.
pub fn find<'a>(examples: &'a [Example], name: &str) -> Result<&'a Example, Failure> {
    examples.iter().find(|example| example.name == name).ok_or_else(|| {
        Failure::usage(format!("there is no example {name}"), format!("there are:\n{}", questions(examples).trim_end()))
    })
}

/// One line a value.
fn expanded(answer: &Answer) -> String {
    let width = answer.columns.iter().map(String::len).max().unwrap_or(0);
    let mut said = String::new();
    for (number, row) in answer.texts().enumerate() {
        let _ = writeln!(said, "-- {}", number + 1);
        for (column, value) in answer.columns.iter().zip(row) {
            let _ = writeln!(said, "{}", format!("{column:width$}  {value}").trim_end());
        }
    }
    said
}
