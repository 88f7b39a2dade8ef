//! Which files are new, and their records one after the other.

use super::parse::{Outcome, parse_record};
use crate::files::{FileToRead, Files, open_reader, patterns};
use globset::GlobSet;
use muster_model::{Batch, CollectError, Collector, Cursor, Problem};
use serde_json::value::RawValue;
use std::io::{self, BufRead, Read};
use std::path::PathBuf;
use std::sync::Arc;

/// A batch is handed over once it has this many events, so that memory stays small and a kill costs little.
const BATCH_EVENTS: usize = 50_000;
/// The longest real record known is a pull request of some 2 MB.
const MAX_RECORD: usize = 32 << 20;
/// A JSON document that is not one record a line has to be held as a whole.
const MAX_DOCUMENT: u64 = 256 << 20;
const ENDINGS: [&str; 6] = [".json", ".json.gz", ".ndjson", ".ndjson.gz", ".jsonl", ".jsonl.gz"];

/// A source of GH Archive files.
#[derive(Debug, Clone)]
pub struct Config {
    /// The source's name in the pipeline file.
    pub name: String,
    /// Files, folders (all `.json`, `.ndjson`, `.jsonl`, each also `.gz`, at any depth) or glob patterns.
    pub paths: Vec<PathBuf>,
    /// `owner/name` patterns without regard to case; none takes every repository.
    pub repositories: Vec<String>,
}

/// Opens the source at `cursor` and lists its files.
///
/// # Errors
/// A path that is not there, a pattern that no file matches or that is no pattern, a cursor of another program.
pub fn open(config: &Config, cursor: Option<&Cursor>) -> Result<GhArchive, CollectError> {
    let is_ours = |name: &str| ENDINGS.iter().any(|ending| name.ends_with(ending));
    let what = ("archive file", &*format!("called {}", ENDINGS.map(|ending| format!("*{ending}")).join(", ")));
    let files = Files::open(&config.name, &config.paths, &is_ours, what, cursor)?;
    Ok(GhArchive { name: config.name.clone(), wanted: patterns(&config.repositories)?, files, current: None })
}

/// GH Archive files being read.
pub struct GhArchive {
    name: String,
    wanted: Option<GlobSet>,
    files: Files,
    current: Option<OpenFile>,
}

impl Collector for GhArchive {
    fn next_batch(&mut self) -> Result<Option<Batch>, CollectError> {
        let mut batch = Batch::default();
        let mut progress = false;
        while batch.events.len() < BATCH_EVENTS {
            if let Some(mut open) = self.current.take() {
                progress = true;
                if open.read_some(&mut batch, self.wanted.as_ref()) == Left::More {
                    self.current = Some(open);
                } else {
                    self.files.done(open.file);
                }
            } else if let Some(file) = self.files.next() {
                match OpenFile::open(file, &self.name) {
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
        if !progress {
            return Ok(None);
        }
        batch.cursor = self.files.cursor();
        Ok(Some(batch))
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
    buffer: Vec<u8>,
}

impl OpenFile {
    fn open(file: FileToRead, source_name: &str) -> Result<Self, Box<Problem>> {
        let source = Arc::from(format!("gharchive:{source_name}/{}", file.name));
        match open_reader(&file.path) {
            Ok(reader) => Ok(Self { source, reader, line: 0, buffer: Vec::new(), file }),
            Err(error) => Err(Box::new(Problem::rejected(
                file.name,
                None,
                format!("the file cannot be opened: {error}"),
                "it was there when the folder was listed; put it back and run again",
            ))),
        }
    }

    /// Reads records into the batch until it is full or the file ends.
    fn read_some(&mut self, batch: &mut Batch, wanted: Option<&GlobSet>) -> Left {
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
                    if self.line == 1 && is_document(&self.buffer) {
                        self.read_document(batch, wanted);
                        return Left::Nothing;
                    }
                    let bytes = std::mem::take(&mut self.buffer);
                    self.record(&bytes, self.line, batch, wanted);
                    self.buffer = bytes;
                }
                Ok(Line::TooLong(length)) => {
                    self.line += 1;
                    self.reject(
                        batch,
                        self.line,
                        format!("a line of {length} bytes; a record has at most {MAX_RECORD}"),
                        "is this one JSON object a line? the other lines are read",
                        &[],
                    );
                }
                Err(error) => {
                    let line = self.line + 1;
                    let cut = std::mem::take(&mut self.buffer);
                    self.reject(
                        batch,
                        line,
                        format!("the file cannot be read to its end ({error}); the {} lines before it are", self.line),
                        "download it again and run again",
                        &cut,
                    );
                    return Left::Nothing;
                }
            }
        }
        Left::More
    }

    fn record(&self, bytes: &[u8], line: u32, batch: &mut Batch, wanted: Option<&GlobSet>) {
        let bytes = bytes.trim_ascii();
        if bytes.is_empty() {
            return;
        }
        let is_wanted = |repository: &str| wanted.is_none_or(|patterns| patterns.is_match(repository));
        match parse_record(bytes, &self.source, &is_wanted) {
            Outcome::Event(event) => batch.events.push(*event),
            Outcome::NotOurs => batch.counts.not_ours += 1,
            Outcome::Filtered => batch.counts.filtered += 1,
            Outcome::Rejected(message) => {
                self.reject(batch, line, message, "the other lines of the file are read; download it again", bytes);
                return;
            }
        }
        batch.counts.read += 1;
    }

    fn reject(&self, batch: &mut Batch, line: u32, message: String, hint: &str, bytes: &[u8]) {
        batch.counts.read += 1;
        batch
            .problems
            .push(Problem::rejected(&self.file.name, line, message, hint).with_text(String::from_utf8_lossy(bytes)));
    }

    /// Reads a JSON array, or objects printed over several lines: Events API answers, single records.
    fn read_document(&mut self, batch: &mut Batch, wanted: Option<&GlobSet>) {
        let mut bytes = std::mem::take(&mut self.buffer);
        bytes.push(b'\n');
        let rest = (&mut self.reader).take(MAX_DOCUMENT).read_to_end(&mut bytes);
        if bytes.len() as u64 > MAX_DOCUMENT {
            let message = format!("a JSON document of more than {MAX_DOCUMENT} bytes");
            return self.reject(batch, 1, message, "write it as one JSON object a line", &[]);
        }
        let text = String::from_utf8_lossy(&bytes);
        let mut values = serde_json::Deserializer::from_str(&text).into_iter::<&RawValue>();
        for value in &mut values {
            match value {
                Ok(value) => self.records_of(value, &text, batch, wanted),
                Err(error) => {
                    let line = u32::try_from(error.line()).unwrap_or(1);
                    let message = format!("not JSON from here on: {error}");
                    self.reject(batch, line, message, "the records before it are read; mend the file", &[]);
                    break;
                }
            }
        }
        if let Err(error) = rest {
            let message = format!("the file cannot be read to its end: {error}");
            self.reject(batch, 1, message, "download it again and run again", &[]);
        }
    }

    fn records_of(&self, value: &RawValue, text: &str, batch: &mut Batch, wanted: Option<&GlobSet>) {
        match serde_json::from_str::<Vec<&RawValue>>(value.get()) {
            Ok(elements) => {
                for element in elements {
                    self.record(element.get().as_bytes(), line_of(element, text), batch, wanted);
                }
            }
            Err(_) => self.record(value.get().as_bytes(), line_of(value, text), batch, wanted),
        }
    }
}

/// The 1-based line of `text` on which `value`, a part of it, begins.
fn line_of(value: &RawValue, text: &str) -> u32 {
    let offset = (value.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    let before = &text.as_bytes()[..offset.min(text.len())];
    u32::try_from(memchr::memchr_iter(b'\n', before).count()).map_or(u32::MAX, |lines| lines.saturating_add(1))
}

/// Whether the first line says that a record is not a line: an array, or an object printed over several lines.
fn is_document(first_line: &[u8]) -> bool {
    let line = first_line.trim_ascii();
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
