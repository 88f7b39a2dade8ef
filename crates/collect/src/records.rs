//! JSON records in files, gzip or not: one a line, in arrays, or printed over several lines, read in batches.

use crate::files::{FileToRead, Files, open_reader};
use muster_model::{Batch, CollectError, Cursor, Problem};
use serde_json::value::RawValue;
use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A batch is handed over once it has this many events, so that memory stays small and a kill costs little.
const BATCH_EVENTS: usize = 50_000;
/// The longest real record known is a pull request of some 2 MB.
const MAX_RECORD: usize = 32 << 20;
/// A JSON document that is not one record a line has to be held as a whole.
const MAX_DOCUMENT: u64 = 256 << 20;
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
    line: u32,
    /// A record was met: records are lines.
    began: bool,
    buffer: Vec<u8>,
}

impl OpenFile {
    fn open(file: FileToRead, kind: &str, source_name: &str) -> Result<Self, Box<Problem>> {
        let source = Arc::from(format!("{kind}:{source_name}/{}", file.name));
        match open_reader(&file.path) {
            Ok(reader) => Ok(Self { source, reader, line: 0, began: false, buffer: Vec::new(), file }),
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
            match read_line(&mut self.reader, &mut self.buffer) {
                Ok(Line::End) => {
                    if self.line == 0 {
                        batch.problems.push(Problem::notice(
                            &self.file.name,
                            None,
                            "the file is empty",
                            "download it again, or remove it",
                        ));
                    }
                    return Left::Nothing;
                }
                Ok(Line::Text) => {
                    self.line += 1;
                    let line = self.buffer.trim_ascii();
                    if line.is_empty() {
                        continue;
                    }
                    if !self.began && is_document(line) {
                        self.read_document(batch, read);
                        return Left::Nothing;
                    }
                    self.began = true;
                    read(&self.record(line, self.line, None), batch);
                }
                Ok(Line::TooLong(length)) => {
                    self.line += 1;
                    let message = format!("a line of {length} bytes; a record has at most {MAX_RECORD}");
                    let hint = "is this one JSON object a line? the other lines are read";
                    self.reject(batch, self.line, message, hint, &[]);
                }
                Err(error) => {
                    let message =
                        format!("the file cannot be read to its end ({error}); the {} lines before it are", self.line);
                    self.reject(batch, self.line + 1, message, "download it again and run again", &self.buffer);
                    return Left::Nothing;
                }
            }
        }
        Left::More
    }

    fn record<'a>(&'a self, bytes: &'a [u8], line: u32, element: Option<u32>) -> Record<'a> {
        Record { bytes, path: &self.file.path, source: &self.source, file: &self.file.name, line, element }
    }

    fn reject(&self, batch: &mut Batch, line: u32, message: String, hint: &str, bytes: &[u8]) {
        batch.counts.read += 1;
        batch
            .problems
            .push(Problem::rejected(&self.file.name, line, message, hint).with_text(String::from_utf8_lossy(bytes)));
    }

    /// Reads arrays, one or several one after the other, or objects printed over several lines.
    fn read_document(&mut self, batch: &mut Batch, read: Reading) {
        let mut bytes = std::mem::take(&mut self.buffer);
        bytes.splice(0..0, std::iter::repeat_n(b'\n', self.line.saturating_sub(1) as usize));
        bytes.push(b'\n');
        let rest = (&mut self.reader).take(MAX_DOCUMENT).read_to_end(&mut bytes);
        if bytes.len() as u64 > MAX_DOCUMENT {
            let message = format!("a JSON document of more than {MAX_DOCUMENT} bytes");
            return self.reject(batch, 1, message, "write it as one JSON object a line", &[]);
        }
        let text = String::from_utf8_lossy(&bytes);
        let mut count = 0;
        for (line, element) in Elements::of(&text) {
            count += 1;
            match element {
                Ok(value) => read(&self.record(value.as_bytes(), line, Some(count)), batch),
                Err(message) => {
                    let hint = "what stands before and after it is read; save the file again and run again";
                    self.reject(batch, line, message, hint, &[]);
                }
            }
        }
        if let Err(error) = rest {
            let message = format!("the file cannot be read to its end: {error}");
            self.reject(batch, 1, message, "download it again and run again", &[]);
        }
    }
}

/// The values of a document, those of arrays each by itself, so that a page that was cut off costs only its last; each
/// with its line.
struct Elements<'a> {
    text: &'a str,
    at: usize,
    /// How many arrays are open.
    open: u32,
    /// Up to where lines are counted, and how many.
    counted: (usize, u32),
}

impl<'a> Iterator for Elements<'a> {
    type Item = (u32, Result<&'a str, String>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let rest = &self.text[self.at..];
            let trimmed = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',' || c == '\u{feff}');
            self.at += rest.len() - trimmed.len();
            match trimmed.as_bytes().first() {
                Some(b'[') => self.open += 1,
                Some(b']') => self.open = self.open.saturating_sub(1),
                Some(_) => return Some(self.value()),
                None if std::mem::take(&mut self.open) == 0 => return None,
                None => return Some((self.line(), Err("the file ends in the middle of an array".to_owned()))),
            }
            self.at += 1;
        }
    }
}

impl<'a> Elements<'a> {
    fn of(text: &'a str) -> Self {
        Self { text, at: 0, open: 0, counted: (0, 1) }
    }

    fn value(&mut self) -> (u32, Result<&'a str, String>) {
        let line = self.line();
        let rest = &self.text[self.at..];
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<&'a RawValue>();
        match values.next() {
            Some(Ok(value)) => {
                self.at += values.byte_offset();
                (line, Ok(value.get()))
            }
            Some(Err(error)) if error.is_eof() => {
                (self.at, self.open) = (self.text.len(), 0);
                (line, Err("the file ends in the middle of this value".to_owned()))
            }
            error => {
                let error = error.and_then(Result::err).map_or_else(String::new, |error| format!(": {error}"));
                // What begins a line is a new value again: the next page, the next record.
                let next = ["\n{", "\n["].iter().filter_map(|start| rest.find(start)).min();
                (self.at, self.open) = (self.at + next.unwrap_or(rest.len()), 0);
                (line, Err(format!("not JSON from here on{error}")))
            }
        }
    }

    /// The 1-based line where it stands.
    fn line(&mut self) -> u32 {
        let (from, line) = self.counted;
        let new = memchr::memchr_iter(b'\n', &self.text.as_bytes()[from..self.at]).count();
        self.counted = (self.at, line.saturating_add(u32::try_from(new).unwrap_or(u32::MAX)));
        self.counted.1
    }
}

/// Whether the first line says that a record is not a line: an array, or an object printed over several lines.
fn is_document(first_line: &[u8]) -> bool {
    let line = first_line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(first_line);
    line.starts_with(b"[") || line == b"{"
}

enum Line {
    Text,
    TooLong(usize),
    End,
}

/// Reads one line without its end into `buffer`. What is longer than [`MAX_RECORD`] is passed over, not held.
fn read_line(reader: &mut dyn BufRead, buffer: &mut Vec<u8>) -> io::Result<Line> {
    buffer.clear();
    let mut length = 0;
    loop {
        let available = match reader.fill_buf() {
            Ok(available) => available,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let newline = memchr::memchr(b'\n', available);
        let part = &available[..newline.unwrap_or(available.len())];
        length += part.len();
        if length <= MAX_RECORD {
            buffer.extend_from_slice(part);
        } else {
            *buffer = Vec::new();
        }
        let (empty, used) = (available.is_empty(), part.len() + usize::from(newline.is_some()));
        reader.consume(used);
        match (newline, empty) {
            (None, true) if length == 0 => return Ok(Line::End),
            (Some(_), _) | (None, true) => {
                return Ok(if length > MAX_RECORD { Line::TooLong(length) } else { Line::Text });
            }
            (None, false) => {}
        }
    }
}
