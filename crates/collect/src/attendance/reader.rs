//! Files and batches.

use super::Config;
use super::parse::{File, Places, role};
use crate::files::{FileToRead, Files};
use crate::messages::table::{NextRow, Row, Table};
use muster_model::{Batch, CollectError, Collector, Cursor, Problem};
use std::collections::HashSet;
use std::sync::Arc;

const HEADER: &str = "the first line should be email,name,org,githubid,cm_program,cm_title,cm_type,date";

pub(super) fn open(config: &Config, cursor: Option<&Cursor>) -> Result<Box<dyn Collector>, CollectError> {
    let is_ours = |name: &str| [".csv", ".tsv", ".csv.gz", ".tsv.gz"].iter().any(|ending| name.ends_with(ending));
    let what = ("attendance table", "called *.csv or *.tsv");
    let files = Files::open(&config.name, &config.paths, &is_ours, what, cursor)?;
    Ok(Box::new(Attendance { name: config.name.clone(), files }))
}

struct Attendance {
    name: String,
    files: Files,
}

impl Collector for Attendance {
    /// One file a batch: a year of meetings has some thousand rows.
    fn next_batch(&mut self) -> Result<Option<Batch>, CollectError> {
        let Some(file) = self.files.next() else { return Ok(None) };
        let mut batch = Batch::default();
        self.read(&file, &mut batch);
        self.files.done(file);
        batch.cursor = self.files.cursor();
        Ok(Some(batch))
    }
}

impl Attendance {
    fn read(&self, file: &FileToRead, batch: &mut Batch) {
        let reject = |batch: &mut Batch, line: Option<u32>, message: String, hint: &str, text: String| {
            batch.counts.read += 1;
            batch.problems.push(Problem::rejected(&file.name, line, message, hint).with_text(text));
        };
        let mut table = match Table::open(&file.path, &|column| role(column).is_some()) {
            Ok(table) => table,
            Err(error) => {
                let message = format!("the file cannot be read: {error}");
                return reject(batch, None, message, "put it back and run again", String::new());
            }
        };
        let header = table.header.clone().unwrap_or_default();
        if table.header.is_some() && header.is_empty() {
            return batch.problems.push(Problem::notice(
                &file.name,
                None,
                "the file is empty",
                "export it again, or remove it",
            ));
        }
        if let Some(notice) = &table.notice {
            batch.problems.push(Problem::notice(&file.name, None, notice, "save it as UTF-8 if names look wrong"));
        }
        let places = match Places::new(&header) {
            Ok(places) => places,
            Err(error) => return reject(batch, Some(1), error, HEADER, header.join(",")),
        };
        let source = Arc::from(format!("attendance:{}/{}", self.name, file.name));
        let mut known = File { community: self.name.clone(), source, places, held: HashSet::new() };
        loop {
            match table.next() {
                NextRow::Row(line, Row::Fields(fields)) if fields.len() == header.len() => {
                    match known.events(&fields) {
                        Ok(events) => {
                            batch.counts.read += events.len() as u64;
                            batch.events.extend(events);
                        }
                        Err((message, hint)) => reject(batch, Some(line), message, hint, fields.join(",")),
                    }
                }
                NextRow::Row(line, Row::Fields(fields)) => {
                    let message = format!("a row of {} fields; the first line has {}", fields.len(), header.len());
                    reject(
                        batch,
                        Some(line),
                        message,
                        "a field with a comma in it must stand in quotes",
                        fields.join(","),
                    );
                }
                NextRow::Row(line, Row::Object(_)) => {
                    reject(batch, Some(line), "no table".to_owned(), HEADER, String::new())
                }
                NextRow::Broken { line, message, text } => {
                    reject(batch, Some(line), message, "the other rows are read", text)
                }
                NextRow::End => return,
            }
        }
    }
}
