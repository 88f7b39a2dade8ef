//! The folder: which files, whether they changed, their text; and the collector over it.

use super::attendee::Vocabulary;
use super::note::{self, Page};
use super::{Config, emit};
use muster_model::{Batch, CollectError, Collector, Counts, Cursor, Problem, Severity};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

/// Notes are typed by people; what is larger is something else.
const LARGEST: u64 = 16 * 1024 * 1024;
const FILES_A_BATCH: usize = 200;

/// How far the collector has come: the content of each file, and what brackets taught so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct State {
    /// Relative path to XXH3-64 of the content.
    files: BTreeMap<String, String>,
    #[serde(default)]
    organisations: BTreeSet<String>,
    #[serde(default)]
    projects: BTreeSet<String>,
}

/// A source of notes being read.
pub(super) struct Reader {
    name: String,
    path: PathBuf,
    before: State,
    /// `None` until the folder has been read.
    pages: Option<std::vec::IntoIter<(String, Page)>>,
    after: State,
    vocabulary: Vocabulary,
    finished: bool,
}

impl Reader {
    /// Checks that there is a source.
    pub fn open(config: &Config, cursor: Option<&Cursor>) -> Result<Self, CollectError> {
        if let Err(error) = std::fs::metadata(&config.path) {
            return Err(CollectError::new(
                format!("notes of {:?}: cannot read {}: {error}", config.name, config.path.display()),
                "correct `path` of this source in the pipeline file, or fetch the notes there",
            ));
        }
        // A cursor that is not understood costs only a second reading: known events are duplicates.
        let before: State = cursor.and_then(|cursor| serde_json::from_str(&cursor.0).ok()).unwrap_or_default();
        Ok(Self {
            name: config.name.clone(),
            path: config.path.clone(),
            before,
            pages: None,
            after: State::default(),
            vocabulary: Vocabulary::default(),
            finished: false,
        })
    }

    /// Reads every changed file. What brackets mean is told by all of them together, so this comes before any event.
    fn load(&mut self) -> std::vec::IntoIter<(String, Page)> {
        self.vocabulary.organisations = self.before.organisations.clone();
        self.vocabulary.projects = self.before.projects.clone();
        let mut pages = Vec::new();
        for file in files(&self.path) {
            match file {
                Ok((relative, path)) => {
                    if let Some(page) = self.page(&relative, &path) {
                        pages.push((relative, page));
                    }
                }
                Err(problem) => pages.push((problem.file.clone(), alone(problem))),
            }
        }
        let attendees = pages.iter().flat_map(|(_, page)| &page.meetings).flat_map(|meeting| &meeting.attendees);
        for attendee in attendees {
            self.vocabulary.learn(attendee);
        }
        self.after.organisations = self.vocabulary.organisations.clone();
        self.after.projects = self.vocabulary.projects.clone();
        pages.into_iter()
    }

    fn page(&mut self, relative: &str, path: &Path) -> Option<Page> {
        let bytes = match content(relative, path) {
            Ok(bytes) => bytes,
            Err(problem) => return Some(alone(problem)),
        };
        let hash = format!("{:016x}", xxhash_rust::xxh3::xxh3_64(&bytes));
        let known = self.before.files.get(relative) == Some(&hash);
        self.after.files.insert(relative.to_owned(), hash);
        (!known).then(|| parse(relative, &bytes))
    }

    fn batch(&self, pages: Vec<(String, Page)>) -> Batch {
        let mut batch = Batch::default();
        for (file, page) in pages {
            let mut problems = page.problems;
            for meeting in &page.meetings {
                batch.events.extend(emit::events(meeting, &file, &self.name, &self.vocabulary, &mut problems));
            }
            problems.sort_by_key(|problem| problem.line);
            batch.problems.extend(problems);
        }
        let rejected = batch.problems.iter().filter(|problem| problem.severity == Severity::Rejected).count();
        batch.counts = Counts { read: (batch.events.len() + rejected) as u64, not_ours: 0, filtered: 0 };
        batch
    }
}

impl Collector for Reader {
    fn next_batch(&mut self) -> Result<Option<Batch>, CollectError> {
        if self.finished {
            return Ok(None);
        }
        let mut pages = match self.pages.take() {
            Some(pages) => pages,
            None => self.load(),
        };
        let part: Vec<_> = pages.by_ref().take(FILES_A_BATCH).collect();
        self.finished = pages.len() == 0;
        self.pages = Some(pages);
        if part.is_empty() && self.after == self.before {
            return Ok(None);
        }
        let mut batch = self.batch(part);
        if self.finished {
            batch.cursor = serde_json::to_string(&self.after).ok().map(Cursor);
        }
        Ok(Some(batch))
    }
}

/// A page of which nothing but a problem is known.
fn alone(problem: Problem) -> Page {
    Page { meetings: Vec::new(), problems: vec![problem] }
}

/// The text of a note to its page, whatever the bytes are.
fn parse(relative: &str, bytes: &[u8]) -> Page {
    let nul = memchr::memchr_iter(0, bytes).count();
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) || nul * 50 > bytes.len() {
        let message = "this file is no UTF-8 text";
        return alone(Problem::rejected(
            relative,
            None,
            message,
            "save it as UTF-8, or move it out of the folder of notes",
        ));
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = String::from_utf8_lossy(bytes).replace('\0', "\u{fffd}");
    // Line ends of old Macs would make the page one line.
    let text = if text.contains('\n') { text } else { text.replace('\r', "\n") };
    let mut page = note::read(relative, &text);
    let broken = std::str::from_utf8(bytes).err().map(|error| error.valid_up_to()).or_else(|| memchr::memchr(0, bytes));
    if let Some(at) = broken {
        let line = u32::try_from(memchr::memchr_iter(b'\n', &bytes[..at]).count() + 1).unwrap_or(u32::MAX);
        let message = "bytes that are no UTF-8 text; they were read as \u{fffd}";
        page.problems.push(Problem::notice(relative, line, message, "save the file as UTF-8"));
    }
    page
}

/// The bytes of a file, or what is wrong with it.
fn content(relative: &str, path: &Path) -> Result<Vec<u8>, Problem> {
    let lost = |error: std::io::Error| {
        let message = format!("the file could not be read: {error}");
        Problem::rejected(relative, None, message, "check that it is there and readable, and collect again")
    };
    let length = std::fs::metadata(path).map_err(lost)?.len();
    if length > LARGEST {
        let message = format!("the file has {length} bytes; notes have at most {LARGEST}");
        return Err(Problem::rejected(relative, None, message, "split it, or move it out of the folder of notes"));
    }
    std::fs::read(path).map_err(lost)
}

type Listed = Result<(String, PathBuf), Problem>;

/// The notes of a source in the order of their paths.
fn files(root: &Path) -> Vec<Listed> {
    if root.is_file() {
        let name = root.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        return vec![Ok((name, root.to_owned()))];
    }
    let walk = WalkDir::new(root).sort_by_file_name().into_iter();
    let hidden = |entry: &DirEntry| entry.depth() > 0 && entry.file_name().as_encoded_bytes().starts_with(b".");
    walk.filter_entry(|entry| !hidden(entry)).filter_map(|entry| listed(root, entry)).collect()
}

fn listed(root: &Path, entry: walkdir::Result<DirEntry>) -> Option<Listed> {
    match entry {
        Ok(entry) => (!entry.file_type().is_dir() && is_note(entry.path()))
            .then(|| Ok((relative(root, entry.path()), entry.into_path()))),
        Err(error) => {
            let file = error.path().map_or_else(String::new, |path| relative(root, path));
            let message = format!("the folder could not be listed: {error}");
            Some(Err(Problem::rejected(file, None, message, "check that it is there and readable, and collect again")))
        }
    }
}

fn is_note(path: &Path) -> bool {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    matches!(extension.as_deref(), Some("md" | "markdown" | "txt"))
}

fn relative(root: &Path, path: &Path) -> String {
    let parts = path.strip_prefix(root).unwrap_or(path).components();
    parts.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_vanished_is_a_problem() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("2025-06-17.md");
        let config = Config { name: "lantern".to_owned(), path: folder.path().to_owned() };
        let mut reader = Reader::open(&config, None).expect("a folder");
        let page = reader.page("2025-06-17.md", &path).expect("a page");
        assert_eq!((page.meetings.len(), page.problems.len()), (0, 1));
        assert_eq!(page.problems[0].severity, Severity::Rejected);
        assert!(reader.after.files.is_empty());
    }
}
