//! JSON records in files, gzip or not: one a line, in arrays, or printed over several lines, read in batches. Only one
//! record is held at a time, however long the file's lines and arrays are.
//!
//! | file | what |
//! | --- | --- |
//! | `lines` | a record is a line |
//! | `values` | a record is a value, those of arrays each by itself |

mod lines;
mod mend;
mod values;

pub(crate) use mend::mended;

use crate::chat::decode::utf8;
use crate::files::{FileToRead, Files, open_reader};
use lines::Lines;
use muster_model::{Batch, CollectError, Cursor, Problem};
use serde_json::Value;
use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use values::Values;

/// A batch is handed over once it has this many events, so that memory stays small and a kill costs little.
const BATCH_EVENTS: usize = 50_000;
/// The longest real record known is a pull request of some 2 MB.
const MAX_RECORD: usize = 32 << 20;
const ENDINGS: [&str; 6] = [".json", ".json.gz", ".ndjson", ".ndjson.gz", ".jsonl", ".jsonl.gz"];

/// The records of a source that is a set of JSON files.
pub(crate) struct Records {
    kind: &'static str,
    name: String,
    files: Files,
    current: Option<OpenFile>,
}

/// One record: the bytes of a line, or of an element of a document, and where they stand.
pub(crate) struct Record<'a> {
    pub bytes: &'a [u8],
    pub path: &'a Path,
    pub source: &'a Arc<str>,
    file: &'a str,
    line: u32,
    /// Its place among the elements, where a line does not tell it.
    element: Option<u32>,
}

impl Record<'_> {
    /// What a damaged record consists of: the values that are whole, each a record, and what is left between zeros and at
    /// the end. One value is its own only piece; of zeros alone there is none.
    pub fn pieces(&self) -> Vec<Record<'_>> {
        mend::pieces(self.bytes).into_iter().map(|bytes| Record { bytes, ..*self }).collect()
    }

    /// Hands over the value that the record is, or those of its pieces; what is no JSON is rejected.
    pub fn values(&self, batch: &mut Batch, read: &mut dyn FnMut(&Record, Value, &mut Batch)) {
        if let Ok(value) = serde_json::from_slice(self.bytes) {
            return read(self, value, batch);
        }
        for piece in self.pieces() {
            match serde_json::from_slice(piece.bytes) {
                Ok(value) => read(&piece, value, batch),
                Err(error) => piece.reject(batch, &format!("not JSON: {error}")),
            }
        }
    }

    /// Counts the record as lost, and says why.
    pub fn reject(&self, batch: &mut Batch, message: &str) {
        let hint = "the other records of the file are read; save it again and run again";
        let problem = Problem::rejected(self.file, self.line, self.told(message), hint);
        batch.counts.read += 1;
        batch.problems.push(problem.with_text(String::from_utf8_lossy(self.bytes)));
    }

    /// Says something about a record that is read.
    pub fn note(&self, batch: &mut Batch, message: &str, hint: &str) {
        batch.problems.push(Problem::notice(self.file, self.line, self.told(message), hint));
    }

    fn told(&self, message: &str) -> String {
        self.element.map_or_else(|| message.to_owned(), |element| format!("element {element}: {message}"))
    }
}

/// Reads a record into the batch and counts it.
type Reading<'a> = &'a mut dyn FnMut(&Record, &mut Batch);

impl Records {
    /// Lists the files of a source. `kind` begins the `source` of its events; `what` names its files in messages.
    ///
    /// # Errors
    /// As [`Files::open`].
    pub fn open(
        (kind, what): (&'static str, &str),
        name: &str,
        paths: &[PathBuf],
        cursor: Option<&Cursor>,
    ) -> Result<Self, CollectError> {
        let is_ours = |name: &str| ENDINGS.iter().any(|ending| name.ends_with(ending));
        let called = format!("called {}", ENDINGS.map(|ending| format!("*{ending}")).join(", "));
        let files = Files::open(name, paths, &is_ours, (what, &called), cursor)?;
        Ok(Self { kind, name: name.to_owned(), files, current: None })
    }

    /// The next records, or nothing when all are read.
    pub fn next_batch(&mut self, read: Reading) -> Option<Batch> {
        let mut batch = Batch::default();
        let mut progress = false;
        while batch.events.len() < BATCH_EVENTS {
            if let Some(mut open) = self.current.take() {
                progress = true;
                if open.read_some(&mut batch, read) == Left::More {
                    self.current = Some(open);
                } else {
                    self.files.done(open.file);
                }
            } else if let Some(file) = self.files.next() {
                match OpenFile::open(file, self.kind, &self.name) {
                    Ok(open) => self.current = Some(open),
                    Err(problem) => {
                        progress = true;
                        batch.counts.read += 1;
                        batch.problems.push(*problem);
                    }
                }
            } else {
                break;
            }
        }
        batch.cursor = self.files.cursor();
        progress.then_some(batch)
    }
}

#[derive(PartialEq)]
enum Left {
    More,
    Nothing,
}

/// One file between two batches.
struct OpenFile {
    file: FileToRead,
    source: Arc<str>,
    reader: Box<dyn BufRead + Send>,
    split: Split,
    buffer: Vec<u8>,
}

/// How the file is taken apart.
enum Split {
    Lines(Lines),
    Values(Values),
}

/// What comes next in a file; what is to be read is in the buffer.
enum Found {
    Record,
    /// Too long, cut off: what is wrong, and what to do.
    Broken(String, &'static str),
    End,
}

impl OpenFile {
    fn open(file: FileToRead, kind: &str, source_name: &str) -> Result<Self, Box<Problem>> {
        let source = Arc::from(format!("{kind}:{source_name}/{}", file.name));
        match open_reader(&file.path).and_then(utf8) {
            Ok(mut reader) => {
                let is_document = reader.fill_buf().is_ok_and(is_document);
                let split = if is_document { Split::Values(Values::default()) } else { Split::Lines(Lines::default()) };
                Ok(Self { source, reader, split, buffer: Vec::new(), file })
            }
            Err(error) => Err(Box::new(Problem::rejected(
                file.name,
                None,
                format!("the file cannot be opened: {error}"),
                "it was there when the folder was listed; put it back and run again",
            ))),
        }
    }

    /// Reads records into the batch until it is full or the file ends.
    fn read_some(&mut self, batch: &mut Batch, read: Reading) -> Left {
        while batch.events.len() < BATCH_EVENTS {
            let found = match &mut self.split {
                Split::Lines(lines) => lines.next(&mut self.reader, &mut self.buffer),
                Split::Values(values) => values.next(&mut self.reader, &mut self.buffer),
            };
            match found {
                Ok(Found::Record) => read(&self.record(self.buffer.trim_ascii()), batch),
                Ok(Found::Broken(message, hint)) => self.reject(batch, &message, hint),
                Ok(Found::End) => {
                    self.note_nothing(batch);
                    return Left::Nothing;
                }
                Err(error) => {
                    let message = format!("the file cannot be read to its end ({error}); what is before it is");
                    self.reject(batch, &message, "download it again and run again");
                    return Left::Nothing;
                }
            }
        }
        Left::More
    }

    /// Says that a file is empty, or that lines of it are, where records may have been.
    fn note_nothing(&self, batch: &mut Batch) {
        let Split::Lines(lines) = &self.split else { return };
        let message = match lines {
            Lines { line: 0, .. } => "the file is empty".to_owned(),
            Lines { zeros: 0, .. } => return,
            Lines { zeros, .. } => format!("lines of nothing but zero bytes: {zeros}"),
        };
        let hint = "download it again, or remove it";
        batch.problems.push(Problem::notice(&self.file.name, None, message, hint));
    }

    fn record<'a>(&'a self, bytes: &'a [u8]) -> Record<'a> {
        let (line, element) = match &self.split {
            Split::Lines(lines) => (lines.line, None),
            Split::Values(values) => (values.line, Some(values.count)),
        };
        Record { bytes, path: &self.file.path, source: &self.source, file: &self.file.name, line, element }
    }

    fn reject(&self, batch: &mut Batch, message: &str, hint: &str) {
        let record = self.record(&self.buffer);
        let problem = Problem::rejected(record.file, record.line, record.told(message), hint);
        batch.counts.read += 1;
        batch.problems.push(problem.with_text(String::from_utf8_lossy(&self.buffer)));
    }
}

/// Whether a file's first bytes say that a record is not a line: an array, or an object printed over several lines.
fn is_document(first: &[u8]) -> bool {
    let first = first.strip_prefix("\u{feff}".as_bytes()).unwrap_or(first).trim_ascii_start();
    match first.split_first() {
        Some((b'[', _)) => true,
        Some((b'{', rest)) => rest.iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r')) == Some(&b'\n'),
        _ => false,
    }
}
