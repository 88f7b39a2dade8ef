//! Files, batches, and columns that are not there.

use super::Config;
use super::row::{InFile, Places, Rows, check_keys, named};
use super::table::{NextRow, Table, keys};
use super::time::Times;
use crate::files::{FileToRead, Files};
use muster_model::{Batch, CollectError, Collector, Cursor, Problem};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// A batch is handed over once it has this many events, so that memory stays small and a kill costs little.
const BATCH_EVENTS: usize = 50_000;
const ENDINGS: [&str; 6] = [".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson"];

pub(super) fn open(config: &Config, cursor: Option<&Cursor>) -> Result<Box<dyn Collector>, CollectError> {
    let times = Times::new(config.time_format.as_deref(), config.offset.as_deref())?;
    let is_ours = |name: &str| ENDINGS.iter().any(|ending| name.trim_end_matches(".gz").ends_with(ending));
    let what = ("table", &*format!("called {}", ENDINGS.map(|ending| format!("*{ending}")).join(", ")));
    let files = Files::open(&config.name, &config.paths, &is_ours, what, cursor)?;
    let rows = Rows { config: config.clone(), times };
    // A name that is mistyped is said at once, by the first file that can be read.
    if let Some(first) = files.clone().next()
        && let Ok(mut table) = rows.table(&first)
    {
        match &table.header {
            Some(header) if header.is_empty() => {}
            Some(header) => Places::new(&config.columns, header).map(|_| ()).map_err(|error| in_file(&first, error))?,
            None => {
                let keys = keys(&mut table);
                if !keys.is_empty() {
                    check_keys(&config.columns, &keys).map_err(|error| in_file(&first, error))?;
                }
            }
        }
    }
    Ok(Box::new(Messages { rows, files, current: None }))
}

fn in_file(file: &FileToRead, error: CollectError) -> CollectError {
    CollectError::new(format!("{}: {}", file.name, error.message), error.hint)
}

impl Rows {
    fn table(&self, file: &FileToRead) -> std::io::Result<Table> {
        let named: Vec<String> = named(&self.config.columns).iter().map(|(_, name)| name.to_lowercase()).collect();
        Table::open(&file.path, &|column| named.contains(&column.to_lowercase()))
    }
}

struct Messages {
    rows: Rows,
    files: Files,
    current: Option<Open>,
}

/// A file between two batches.
struct Open {
    file: FileToRead,
    table: Table,
    known: InFile,
    any: bool,
}

impl Collector for Messages {
    fn next_batch(&mut self) -> Result<Option<Batch>, CollectError> {
        let mut batch = Batch::default();
        let mut progress = false;
        while batch.events.len() < BATCH_EVENTS {
            if let Some(mut open) = self.current.take() {
                progress = true;
                if self.read_some(&mut open, &mut batch) {
                    self.current = Some(open);
                } else {
                    self.files.done(open.file);
                }
            } else if let Some(file) = self.files.next() {
                progress = true;
                self.begin(file, &mut batch);
            } else {
                break;
            }
        }
        if !progress {
            return Ok(None);
        }
        batch.cursor = self.files.cursor();
        Ok(Some(batch))
    }
}

impl Messages {
    fn begin(&mut self, file: FileToRead, batch: &mut Batch) {
        let reject = |batch: &mut Batch, message: String, hint: &str| {
            batch.counts.read += 1;
            batch.problems.push(Problem::rejected(&file.name, None, message, hint));
        };
        let table = match self.rows.table(&file) {
            Ok(table) => table,
            Err(error) => {
                return reject(batch, format!("the file cannot be read: {error}"), "put it back and run again");
            }
        };
        if let Some(notice) = &table.notice {
            let hint = "save it as UTF-8 if the names or texts look wrong";
            batch.problems.push(Problem::notice(&file.name, None, notice, hint));
        }
        let places = match &table.header {
            Some(header) if header.is_empty() => {
                batch.problems.push(Problem::notice(
                    &file.name,
                    None,
                    "the file is empty",
                    "export it again, or remove it",
                ));
                return self.files.done(file);
            }
            Some(header) => match Places::new(&self.rows.config.columns, header) {
                Ok(places) => places,
                Err(error) => {
                    reject(batch, error.message, &error.hint);
                    return self.files.done(file);
                }
            },
            None => Places::default(),
        };
        let source = Arc::from(format!("messages:{}/{}", self.rows.config.name, file.name));
        let known = InFile { source, places, again: HashMap::new(), seen: BTreeSet::new() };
        self.current = Some(Open { file, table, known, any: false });
    }

    /// Reads rows into the batch until it is full or the file ends. Whether there are more.
    fn read_some(&self, open: &mut Open, batch: &mut Batch) -> bool {
        while batch.events.len() < BATCH_EVENTS {
            let (line, message, hint, text) = match open.table.next() {
                NextRow::Row(line, row) => {
                    open.any = true;
                    batch.counts.read += 1;
                    match self.rows.event(&row, &mut open.known) {
                        Ok(event) => {
                            batch.events.push(event);
                            continue;
                        }
                        Err((message, hint)) => (line, message, hint, format!("{row:?}")),
                    }
                }
                NextRow::Broken { line, message, text } => {
                    batch.counts.read += 1;
                    (line, message, "the other rows are read; mend this one".to_owned(), text)
                }
                NextRow::End => {
                    self.end(open, batch);
                    return false;
                }
            };
            batch.problems.push(Problem::rejected(&open.file.name, line, message, hint).with_text(text));
        }
        true
    }

    /// What no row of the file had is worth a look: its key may be mistyped.
    fn end(&self, open: &Open, batch: &mut Batch) {
        if !open.any {
            let notice =
                Problem::notice(&open.file.name, None, "the file has no rows", "export it again, or remove it");
            return batch.problems.push(notice);
        }
        for (role, name) in named(&self.rows.config.columns) {
            if open.table.header.is_none() && !open.known.seen.contains(role) {
                let message = format!("no object of the file has the key {name:?}, which is to say the {role}");
                let hint = format!("mend `{role}` of the columns of this source if the key is called otherwise");
                batch.problems.push(Problem::notice(&open.file.name, None, message, hint));
            }
        }
    }
}
