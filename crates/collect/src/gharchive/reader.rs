//! Which files are new, and their records one after the other.

use super::parse::{Outcome, parse_record};
use flate2::bufread::MultiGzDecoder;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use muster_model::{Batch, CollectError, Collector, Cursor, Problem};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A batch is handed over once it has this many events, so that memory stays small and a kill costs little.
const BATCH_EVENTS: usize = 50_000;
/// The longest real record known is a pull request of some 2 MB.
const MAX_RECORD: usize = 32 << 20;
/// A JSON document that is not one record a line has to be held as a whole.
const MAX_DOCUMENT: u64 = 256 << 20;
const BUFFER: usize = 256 << 10;
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
    let mut read: BTreeMap<String, String> = match cursor {
        None => BTreeMap::new(),
        Some(Cursor(text)) => serde_json::from_str(text).map_err(|error| {
            CollectError::new(
                format!("source {}: its cursor in the log cannot be read: {error}", config.name),
                "was the name given to a source of another kind before? give this one another name",
            )
        })?,
    };
    let mut listed = BTreeMap::new();
    for path in &config.paths {
        list(path, &mut listed)?;
    }
    let files: Vec<FileToRead> = listed
        .into_iter()
        .filter(|(name, (_, stamp))| read.get(name) != Some(stamp))
        .map(|(name, (path, stamp))| FileToRead { name, path, stamp })
        .rev()
        .collect();
    // What is no longer there needs no memory of it; what is to be read again is not read yet.
    for file in &files {
        read.remove(&file.name);
    }
    Ok(GhArchive { name: config.name.clone(), wanted: patterns(&config.repositories)?, read, files, current: None })
}

/// GH Archive files being read.
pub struct GhArchive {
    name: String,
    wanted: Option<GlobSet>,
    /// File name to stamp: what the next cursor holds.
    read: BTreeMap<String, String>,
    /// Last first.
    files: Vec<FileToRead>,
    current: Option<OpenFile>,
}

struct FileToRead {
    /// Relative to the path of the pipeline file, so that a moved folder is not read again.
    name: String,
    path: PathBuf,
    stamp: String,
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
                    self.read.insert(open.file.name, open.file.stamp);
                }
            } else if let Some(file) = self.files.pop() {
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
        // A map of text to text always serialises.
        batch.cursor = serde_json::to_string(&self.read).ok().map(Cursor);
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

/// Opens a file, through gzip where its first bytes say so, whatever its name.
fn open_reader(path: &Path) -> io::Result<Box<dyn BufRead + Send>> {
    let mut file = BufReader::with_capacity(BUFFER, File::open(path)?);
    if file.fill_buf()?.starts_with(&[0x1f, 0x8b]) {
        Ok(Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(file))))
    } else {
        Ok(Box::new(file))
    }
}

/// The files behind one path, by their names relative to it.
fn list(path: &Path, files: &mut BTreeMap<String, (PathBuf, String)>) -> Result<(), CollectError> {
    let text = path.to_string_lossy();
    let is_pattern = text.contains(['*', '?', '[', '{']) && !path.exists();
    let base = if is_pattern { literal_folder(path) } else { path.to_path_buf() };
    let matches = if is_pattern { Some(glob(&text)?) } else { None };
    if !base.exists() {
        return Err(CollectError::new(
            format!("{} is not there", base.display()),
            "mend `path` of this source in the pipeline file, or download the archive files first",
        ));
    }
    let before = files.len();
    for entry in walkdir::WalkDir::new(&base).follow_links(true) {
        let (found, depth, data) = match entry {
            Ok(entry) => (entry.path().to_path_buf(), entry.depth(), entry.metadata().ok()),
            // Gone since the folder was listed, or a link to nothing: opening it will say so, and the others are read.
            Err(error) if is_gone(&error) => (error.path().unwrap_or(&base).to_path_buf(), error.depth(), None),
            Err(error) => return Err(CollectError::new(error.to_string(), "make the folder readable")),
        };
        let name = found.file_name().unwrap_or_default().to_string_lossy();
        let taken = match &matches {
            Some(matches) => matches.is_match(&found),
            None => depth == 0 || ENDINGS.iter().any(|ending| name.ends_with(ending)),
        };
        if !taken || data.as_ref().is_some_and(|data| !data.is_file()) {
            continue;
        }
        let relative = found.strip_prefix(&base).unwrap_or(&found).to_string_lossy();
        let relative = if relative.is_empty() { name } else { relative };
        let name = name_of_its_own(&relative, &base, &found, files);
        files.insert(name, (found.clone(), data.as_ref().map_or_else(String::new, stamp)));
    }
    if files.len() == before {
        return Err(CollectError::new(
            format!("no archive file at {}", path.display()),
            format!(
                "a folder's files are taken if they end in {}; a pattern takes what it matches",
                ENDINGS.join(", ")
            ),
        ));
    }
    Ok(())
}

fn is_gone(error: &walkdir::Error) -> bool {
    error.depth() > 0 && error.io_error().is_some_and(|error| error.kind() == io::ErrorKind::NotFound)
}

/// A file's name relative to its base; where another base has a file of that name, with so much of the base before it
/// as tells the two apart.
fn name_of_its_own(relative: &str, base: &Path, found: &Path, files: &BTreeMap<String, (PathBuf, String)>) -> String {
    let mut name = relative.to_owned();
    for part in base.components().rev() {
        if files.get(&name).is_none_or(|(other, _)| other == found) {
            break;
        }
        name = format!("{}/{name}", part.as_os_str().to_string_lossy());
    }
    name
}

fn stamp(data: &std::fs::Metadata) -> String {
    let modified = data.modified().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    let text = format!("{}/{}", data.len(), modified.map_or(0, |time| time.as_nanos()));
    format!("{:016x}", xxhash_rust::xxh3::xxh3_64(text.as_bytes()))
}

/// The folder before the first part of a path that is a pattern.
fn literal_folder(path: &Path) -> PathBuf {
    let literal: PathBuf = path
        .components()
        .take_while(|part| !part.as_os_str().to_string_lossy().contains(['*', '?', '[', '{']))
        .collect();
    if literal.as_os_str().is_empty() { PathBuf::from(".") } else { literal }
}

fn glob(pattern: &str) -> Result<GlobSet, CollectError> {
    // A pattern without folder is matched against paths that walkdir begins with "./".
    let pattern = if Path::new(pattern).parent().is_none_or(|parent| parent.as_os_str().is_empty()) {
        format!("./{pattern}")
    } else {
        pattern.to_owned()
    };
    build(&[pattern], false)
}

fn patterns(repositories: &[String]) -> Result<Option<GlobSet>, CollectError> {
    if repositories.is_empty() { Ok(None) } else { build(repositories, true).map(Some) }
}

fn build(patterns: &[String], any_case: bool) -> Result<GlobSet, CollectError> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let glob =
            GlobBuilder::new(pattern).literal_separator(true).case_insensitive(any_case).build().map_err(|error| {
                CollectError::new(format!("{pattern:?} is no pattern: {error}"), "write it as kubernetes/*")
            })?;
        set.add(glob);
    }
    set.build().map_err(|error| CollectError::new(error.to_string(), "write fewer or simpler patterns"))
}
