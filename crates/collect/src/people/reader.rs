//! The files: which there are, which changed, what they no longer say; and the collector over them.

use super::fact::Fact;
use super::page::{Page, Standing, line_at};
use super::{Config, format};
use muster_model::{Batch, CollectError, Collector, Counts, Cursor, Event, Problem, Severity};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

/// The largest file of this kind that is known has 84 MB.
const LARGEST: u64 = 1024 * 1024 * 1024;
const EVENTS_A_BATCH: usize = 5_000;
/// The shape of the cursor; another one is read from scratch, and the log keeps one of each fact.
const CURSOR_VERSION: u32 = 1;

/// A statement that holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Held {
    #[serde(rename = "s")]
    fact: Fact,
    #[serde(rename = "r", default, skip_serializing_if = "is_zero")]
    revision: u32,
    /// The files that make it, by their place in [`State::files`].
    #[serde(rename = "f")]
    files: Vec<u32>,
    /// The file that its event names, where that is not the first of them.
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// What the cursor says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct State {
    version: u32,
    /// Relative path and XXH3-64 of the content, in their order.
    files: Vec<(String, String)>,
    held: Vec<Held>,
    /// The keys of statements that were withdrawn, and the revision that did.
    gone: BTreeMap<String, u32>,
}

impl State {
    fn read(cursor: Option<&Cursor>) -> Self {
        let read = cursor.and_then(|cursor| serde_json::from_str::<Self>(&cursor.0).ok());
        read.filter(|state| state.version == CURSOR_VERSION).unwrap_or_default()
    }

    fn hash(&self, file: &str) -> Option<&str> {
        self.files.iter().find(|(name, _)| name == file).map(|(_, hash)| hash.as_str())
    }

    /// What a file states, as far as the state knows.
    fn stated_by(&self, file: &str) -> Vec<Fact> {
        let Some(at) = self.files.iter().position(|(name, _)| name == file) else { return Vec::new() };
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        self.held.iter().filter(|held| held.files.contains(&at)).map(|held| held.fact.clone()).collect()
    }

    /// The file that the event of a statement names.
    fn origin(&self, held: &Held) -> String {
        let first = held.files.first().and_then(|at| self.files.get(*at as usize)).map(|(name, _)| name.clone());
        held.origin.clone().or(first).unwrap_or_default()
    }
}

/// An event that is still to be given.
struct Due {
    fact: Fact,
    file: String,
    revision: u32,
    withdrawn: bool,
}

/// A source being read.
pub(super) struct Reader {
    name: String,
    path: PathBuf,
    before: State,
    /// `None` until the files have been read.
    due: Option<std::vec::IntoIter<Due>>,
    /// Where the source stands afterwards, if that is elsewhere.
    after: Option<State>,
    problems: Vec<Problem>,
    not_ours: u64,
    finished: bool,
}

impl Reader {
    pub(super) fn open(config: &Config, cursor: Option<&Cursor>) -> Result<Self, CollectError> {
        if let Err(error) = std::fs::metadata(&config.path) {
            return Err(CollectError::new(
                format!("people of {:?}: cannot read {}: {error}", config.name, config.path.display()),
                "correct `path` of this source in the pipeline file, or put the file there",
            ));
        }
        Ok(Self {
            name: config.name.clone(),
            path: config.path.clone(),
            before: State::read(cursor),
            due: None,
            after: None,
            problems: Vec::new(),
            not_ours: 0,
            finished: false,
        })
    }

    /// Reads every changed file, and finds out what is new, what is different and what is gone.
    fn load(&mut self) -> std::vec::IntoIter<Due> {
        let listing = files(&self.path);
        let mut stated = Vec::new();
        for (file, path) in &listing.files {
            if let Some((hash, facts)) = self.file(file, path) {
                stated.push((file.clone(), hash, facts));
            }
        }
        // What lies in a folder that could not be listed is not gone.
        for (file, hash) in &self.before.files {
            let listed = listing.files.contains_key(file);
            if !listed && listing.unlisted.iter().any(|folder| folder.is_empty() || is_below(file, folder)) {
                stated.push((file.clone(), hash.clone(), None));
            }
        }
        self.problems.extend(listing.problems);
        if stated.len() == self.before.files.len() && stated.iter().all(|(.., facts)| facts.is_none()) {
            return Vec::new().into_iter();
        }
        stated.sort_by(|one, other| one.0.cmp(&other.0));
        let before = |file: &str| self.before.stated_by(file);
        let stated = stated.into_iter().map(|(file, hash, facts)| {
            let facts = facts.unwrap_or_else(|| before(&file));
            (file, hash, facts)
        });
        let (after, due) = compare(&self.before, stated);
        self.after = Some(after).filter(|after| *after != self.before);
        due.into_iter()
    }

    /// The hash of a file and what it states, which is `None` where it is what it stated before; nothing for a file of which
    /// nothing is known.
    fn file(&mut self, file: &str, path: &Path) -> Option<(String, Option<Vec<Fact>>)> {
        let known = self.before.hash(file).map(|hash| (hash.to_owned(), None));
        let bytes = match content(file, path) {
            Ok(bytes) => bytes,
            Err(problem) => {
                self.problems.push(problem);
                return known;
            }
        };
        let hash = format!("{:016x}", xxhash_rust::xxh3::xxh3_64(&bytes));
        if known.as_ref().is_some_and(|(known, _)| *known == hash) {
            return known;
        }
        let page = parse(&self.name, file, &bytes);
        self.problems.extend(page.problems);
        self.not_ours += page.not_ours;
        match page.standing {
            Standing::Whole => Some((hash, Some(page.facts))),
            Standing::Broken => {
                let mut facts = page.facts;
                facts.extend(self.before.stated_by(file));
                Some((hash, Some(facts)))
            }
            // Its old hash stays, so that its mistakes are reported again.
            Standing::Refused => known,
        }
    }

    fn counts(&self, events: &[Event], problems: &[Problem], not_ours: u64) -> Counts {
        let rejected = problems.iter().filter(|problem| problem.severity == Severity::Rejected).count();
        Counts { read: (events.len() + rejected) as u64 + not_ours, not_ours, filtered: 0 }
    }
}

impl Collector for Reader {
    fn next_batch(&mut self) -> Result<Option<Batch>, CollectError> {
        if self.finished {
            return Ok(None);
        }
        let mut due = match self.due.take() {
            Some(due) => due,
            None => self.load(),
        };
        let next = due.by_ref().take(EVENTS_A_BATCH);
        let events: Vec<Event> =
            next.map(|due| due.fact.event(&self.name, &due.file, due.revision, due.withdrawn)).collect();
        self.finished = due.len() == 0;
        self.due = Some(due);
        let problems = std::mem::take(&mut self.problems);
        let not_ours = std::mem::take(&mut self.not_ours);
        if events.is_empty() && problems.is_empty() && not_ours == 0 && self.after.is_none() {
            return Ok(None);
        }
        let counts = self.counts(&events, &problems, not_ours);
        // A run that ends before the last batch begins again: its events are known then.
        let after = self.after.as_ref().filter(|_| self.finished);
        let cursor = after.and_then(|after| serde_json::to_string(after).ok()).map(Cursor);
        Ok(Some(Batch { events, problems, counts, cursor, ..Batch::default() }))
    }
}

/// What holds now, and the events that lead there.
fn compare(before: &State, stated: impl Iterator<Item = (String, String, Vec<Fact>)>) -> (State, Vec<Due>) {
    let mut after = State { version: CURSOR_VERSION, gone: before.gone.clone(), ..State::default() };
    let mut places: HashMap<u64, usize> = HashMap::new();
    for (at, (file, hash, facts)) in (0_u32..).zip(stated) {
        after.files.push((file, hash));
        for fact in facts {
            add(&mut after.held, &mut places, fact, at);
        }
    }
    let mut due = Vec::new();
    let known: HashMap<u64, &Held> = before.held.iter().map(|held| (held.fact.key(), held)).collect();
    let mut kept = Vec::new();
    for held in &mut after.held {
        let key = held.fact.key();
        let first = held.files.first().and_then(|at| after.files.get(*at as usize)).map(|(name, _)| name.clone());
        let first = first.unwrap_or_default();
        match (known.get(&key), after.gone.remove(&hex(key))) {
            (Some(old), _) if old.fact == held.fact => {
                held.revision = old.revision;
                held.origin = Some(before.origin(old)).filter(|origin| *origin != first);
                continue;
            }
            (Some(old), _) => held.revision = old.revision + 1,
            (None, Some(revision)) => held.revision = revision + 1,
            (None, None) => {}
        }
        due.push(Due { fact: held.fact.clone(), file: first, revision: held.revision, withdrawn: false });
    }
    for old in &before.held {
        let key = old.fact.key();
        if places.contains_key(&key) {
            continue;
        }
        let file = before.origin(old);
        if matches!(old.fact, Fact::Forgotten { .. }) {
            // Nobody comes back because a line is lost.
            kept.push(Held { files: Vec::new(), origin: Some(file), ..old.clone() });
            continue;
        }
        let revision = old.revision + 1;
        after.gone.insert(hex(key), revision);
        due.push(Due { fact: old.fact.clone(), file, revision, withdrawn: true });
    }
    after.held.extend(kept);
    (after, due)
}

fn hex(key: u64) -> String {
    format!("{key:016x}")
}

/// Adds a statement; of two that differ in what does not tell them apart the first counts, but for a missing name.
fn add(held: &mut Vec<Held>, places: &mut HashMap<u64, usize>, fact: Fact, file: u32) {
    let place = *places.entry(fact.key()).or_insert(held.len());
    let Some(known) = held.get_mut(place) else {
        held.push(Held { fact, revision: 0, files: vec![file], origin: None });
        return;
    };
    if known.files.last() != Some(&file) {
        known.files.push(file);
    }
    if let (Fact::Linked { name, .. }, Fact::Linked { name: other @ Some(_), .. }) = (&mut known.fact, fact) {
        *name = name.take().or(other);
    }
}

/// The text of a file to what it states, whatever the bytes are.
fn parse(source: &str, file: &str, bytes: &[u8]) -> Page {
    let nul = memchr::memchr_iter(0, &bytes[..bytes.len().min(4096)]).count();
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) || nul > 0 {
        if !format::is_named(file) {
            return format::not_ours(file);
        }
        let message = "this file is no UTF-8 text; what it stated before stays";
        return Page::refused(vec![Problem::rejected(file, None, message, "save it as UTF-8")]);
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => format::read(source, file, text),
        Err(error) => {
            let text = String::from_utf8_lossy(bytes);
            let mut page = format::read(source, file, &text);
            if page.not_ours == 0 {
                let line = line_at(&text, error.valid_up_to());
                let message = "bytes that are no UTF-8 text; they were read as \u{fffd}";
                page.note((file, line), message, "save the file as UTF-8");
            }
            page
        }
    }
}

/// The bytes of a file, or what is wrong with it.
fn content(file: &str, path: &Path) -> Result<Vec<u8>, Problem> {
    let lost = |error: std::io::Error| {
        let message = format!("the file could not be read: {error}; what it stated before stays");
        Problem::rejected(file, None, message, "check that it is there and readable, and collect again")
    };
    let length = std::fs::metadata(path).map_err(lost)?.len();
    if length > LARGEST {
        let message = format!("the file has {length} bytes; files about people have at most {LARGEST}");
        return Err(Problem::rejected(file, None, message, "split it, or move it out of the folder"));
    }
    std::fs::read(path).map_err(lost)
}

/// What lies below a path.
#[derive(Default)]
struct Listing {
    /// Relative path and path.
    files: BTreeMap<String, PathBuf>,
    problems: Vec<Problem>,
    /// Folders that could not be listed.
    unlisted: BTreeSet<String>,
}

fn files(root: &Path) -> Listing {
    let mut listing = Listing::default();
    if !root.is_dir() {
        let name = root.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        listing.files.insert(name, root.to_owned());
        return listing;
    }
    let hidden = |entry: &DirEntry| {
        let name = entry.file_name().as_encoded_bytes();
        entry.depth() > 0 && name.starts_with(b".") && name != b".mailmap"
    };
    for entry in WalkDir::new(root).follow_links(true).into_iter().filter_entry(|entry| !hidden(entry)) {
        match entry {
            Ok(entry) if entry.file_type().is_file() => {
                listing.files.insert(relative(root, entry.path()), entry.into_path());
            }
            Ok(_) => {}
            Err(error) => {
                let file = error.path().map_or_else(String::new, |path| relative(root, path));
                let message = format!("it could not be listed: {error}");
                let hint = "check that it is there and readable, and collect again";
                listing.problems.push(Problem::rejected(file.clone(), None, message, hint));
                listing.unlisted.insert(file);
            }
        }
    }
    listing
}

fn is_below(file: &str, folder: &str) -> bool {
    file == folder || file.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

fn relative(root: &Path, path: &Path) -> String {
    let parts = path.strip_prefix(root).unwrap_or(path).components();
    parts.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect::<Vec<_>>().join("/")
}
