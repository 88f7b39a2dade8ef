//! Exports and dumps: which files are new, and their elements one after the other.

use super::document::{Broken, Document, Item, What};
use super::json::{Teams, said};
use super::message::{Outcome, Place, read};
use super::workspace::{Access, Directory, Listed, Workspace, user};
use super::{Config, note_refused, note_unknown};
use crate::chat::archive::{Archive, Entry, Progress};
use crate::files::without_ending;
use muster_model::{Batch, CollectError, Collector, Cursor, Problem};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead};
use std::path::Path;
use std::sync::Arc;

/// A batch is handed over once it has this many events, so that memory stays small and a kill costs little.
const BATCH_EVENTS: usize = 50_000;
/// Files at the root of an export: where they lie, it begins.
const AT_ROOT: [&str; 8] = [
    "users.json",
    "org_users.json",
    "channels.json",
    "groups.json",
    "dms.json",
    "mpims.json",
    "channels.json.gz",
    "users.json.gz",
];
/// A file beside the lists that may describe a channel is looked into up to this size before the messages are read.
const SMALL: u64 = 1 << 20;
/// So many people or messages tell which workspace most of them are of.
const ENOUGH: u64 = 10_000;

/// Opens an export or dump at `cursor`.
///
/// # Errors
/// What cannot be read at all.
pub(super) fn open(config: &Config, path: &Path, cursor: Option<&Cursor>) -> Result<Export, CollectError> {
    let mut archive = Archive::open(path, &AT_ROOT)?;
    archive.asked(&format!("{:?}", (&config.team, &config.channels, &config.private)));
    let progress = Progress::open(&config.name, &archive, cursor)?;
    if !archive.entries().iter().any(|entry| role(&entry.name).is_some()) {
        return Err(nothing_here(path, &archive));
    }
    let mut state = State::new(config)?;
    for entry in archive.entries() {
        state.look_at(entry, &|| archive.reader(entry));
    }
    state.workspace = Workspace::new(config, team(config, &archive));
    let left = (0..archive.entries().len()).rev();
    let left = left.filter(|at| {
        let entry = &archive.entries()[*at];
        role(&entry.name).is_some() && !progress.has(entry)
    });
    Ok(Export { left: left.collect(), archive, progress, state, current: None, has_begun: false })
}

fn nothing_here(path: &Path, archive: &Archive) -> CollectError {
    let is_database = archive.entries().iter().any(|entry| entry.name.ends_with(".sqlite"));
    let hint = if is_database {
        "slackdump's database is not read: `slackdump convert -f export` makes an export of it"
    } else {
        "a Slack export has users.json, channels.json and a folder for each channel with a file for each day"
    };
    let refused = archive.problems().first().map_or_else(String::new, |problem| format!(" ({problem})"));
    CollectError::new(format!("no Slack export at {}{refused}", path.display()), hint)
}

/// Reads the bytes of one file as if they were the only file of an export, called `name` in it.
pub fn read_file(config: &Config, name: &str, bytes: &[u8]) -> Batch {
    let mut batch = Batch::default();
    let (Some(role), Ok(mut state)) = (role(name), State::new(config)) else { return batch };
    let bytes: Arc<[u8]> = Arc::from(bytes);
    let open = || Ok(Box::new(io::Cursor::new(bytes.clone())) as Box<dyn BufRead + Send>);
    if let Ok(mut file) = OpenFile::open(None, name, role, &config.name, &open) {
        while file.read_some(&mut batch, &mut state) {}
    }
    batch
}

/// What a file of an export holds.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Role {
    /// What the elements are, where it is a plain list.
    rows: What,
    /// Of a list of channels: what kind they are.
    kind: Option<&'static str>,
    /// What tells the channel of its messages: its folder, or its own name.
    channel: String,
    /// Whether it is the folder.
    in_folder: bool,
}

/// `None` for what is no part of the chat: attachments, avatars, pages.
fn role(name: &str) -> Option<Role> {
    let plain = without_ending(name, ".gz").unwrap_or(name);
    let stem = without_ending(plain, ".json").or_else(|| without_ending(plain, ".jsonl"))?;
    let role = |rows, kind, channel: &str, in_folder| Some(Role { rows, kind, channel: channel.to_owned(), in_folder });
    match stem.split_once('/') {
        None => match stem {
            hidden if hidden.starts_with("._") => None,
            "users" | "org_users" => role(What::User, None, "", false),
            "channels" => role(What::Channel, None, "", false),
            "groups" => role(What::Channel, Some("private"), "", false),
            "mpims" => role(What::Channel, Some("group"), "", false),
            "dms" => role(What::Channel, Some("direct"), "", false),
            "integration_logs" | "canvases" | "lists" | "file_conversations" | "huddle_transcripts" => {
                role(What::Other, None, "", false)
            }
            _ => role(What::Message, None, stem, false),
        },
        Some((folder, file)) => {
            let is_other = folder.starts_with("__") || matches!(folder, "attachments" | "canvases" | "lists");
            if is_other || file.contains('/') || file.starts_with("._") {
                return None;
            }
            let beside = file.ends_with("_in_the_conversation");
            role(if beside { What::Other } else { What::Message }, None, folder, true)
        }
    }
}

/// The workspace's id as the files have it: that of most users (guests of other workspaces have theirs), else slackdump's
/// workspace, else that of most messages of the first file that names any.
fn team(config: &Config, archive: &Archive) -> Option<String> {
    if config.team.is_some() {
        return None;
    }
    let rows_are = |entry: &Entry, rows| role(&entry.name).is_some_and(|role| role.rows == rows);
    let (mut users, mut messages): (Vec<&Entry>, Vec<&Entry>) = (Vec::new(), Vec::new());
    for entry in archive.entries() {
        if rows_are(entry, What::User) {
            users.push(entry);
        } else if rows_are(entry, What::Message) {
            messages.push(entry);
        }
    }
    // A small file that is about the workspace says so outright; dumps and days have to be counted.
    messages.sort_by_key(|entry| !entry.name.starts_with("workspace."));
    users.into_iter().chain(messages).find_map(|entry| most_frequent_team(archive, entry))
}

fn most_frequent_team(archive: &Archive, entry: &Entry) -> Option<String> {
    let mut count: BTreeMap<String, u64> = BTreeMap::new();
    let mut seen = 0;
    let mut document = Document::open(&|| archive.reader(entry), role(&entry.name)?.rows).ok()?;
    while let Ok(Some(item)) = document.next() {
        if let Some(team) = &document.facts.team {
            return Some(team.clone());
        }
        let Ok(teams) = serde_json::from_slice::<Teams<'_>>(document.bytes()) else { continue };
        let team = match item.what {
            What::User => said(&teams.team_id),
            What::Message => said(&teams.team).or(teams.user_profile.as_ref().and_then(|profile| said(&profile.team))),
            _ => None,
        };
        if let Some(team) = team {
            *count.entry(team.to_owned()).or_default() += 1;
            seen += 1;
        }
        if seen == ENOUGH {
            break;
        }
    }
    let most = count.values().copied().max()?;
    count.into_iter().find(|(_, times)| *times == most).map(|(team, _)| team)
}

/// What one file needs to know of the others.
struct State {
    /// The source's name.
    name: String,
    workspace: Workspace,
    directory: Directory,
    /// What a notice has been given for.
    noted: BTreeSet<String>,
}

impl State {
    fn new(config: &Config) -> Result<Self, CollectError> {
        let (workspace, directory) = (Workspace::new(config, None), Directory::new(config)?);
        Ok(Self { name: config.name.clone(), workspace, directory, noted: BTreeSet::new() })
    }

    /// Learns the channels that a list names, and those of small files beside the lists (answers about one channel).
    fn look_at(&mut self, entry: &Entry, open: &dyn Fn() -> io::Result<Box<dyn BufRead + Send>>) {
        let Some(role) = role(&entry.name) else { return };
        let may_tell =
            role.rows == What::Channel || (role.rows == What::Message && !role.in_folder && entry.size < SMALL);
        let Some(mut document) = may_tell.then(|| Document::open(open, role.rows).ok()).flatten() else { return };
        while let Ok(Some(item)) = document.next() {
            if let (What::Channel, Ok(listed)) = (item.what, Listed::read(document.bytes(), role.kind)) {
                self.directory.insert(listed);
            }
        }
    }
}

/// An export being read.
pub struct Export {
    archive: Archive,
    progress: Progress,
    /// What is to be read, last first.
    left: Vec<usize>,
    state: State,
    current: Option<OpenFile>,
    has_begun: bool,
}

impl Export {
    fn open_next(&mut self, batch: &mut Batch) -> bool {
        let Some(at) = self.left.pop() else { return false };
        let entry = &self.archive.entries()[at];
        let Some(role) = role(&entry.name) else { return true };
        match OpenFile::open(Some(at), &entry.name, role, &self.state.name, &|| self.archive.reader(entry)) {
            Ok(file) => self.current = Some(file),
            Err(error) => reject(
                batch,
                &entry.name,
                None,
                format!("the file cannot be opened: {error}"),
                "download the export again and run again",
                &[],
            ),
        }
        true
    }
}

impl Collector for Export {
    fn next_batch(&mut self) -> Result<Option<Batch>, CollectError> {
        let mut batch = Batch::default();
        let mut progress = false;
        while batch.events.len() < BATCH_EVENTS {
            if let Some(mut file) = self.current.take() {
                progress = true;
                if file.read_some(&mut batch, &mut self.state) {
                    self.current = Some(file);
                } else if let Some(at) = file.at {
                    self.progress.done(&self.archive.entries()[at]);
                }
            } else if self.open_next(&mut batch) {
                progress = true;
            } else {
                break;
            }
        }
        if !progress {
            return Ok(None);
        }
        if !std::mem::replace(&mut self.has_begun, true) {
            let refused =
                self.archive.problems().iter().filter(|problem| problem.severity == muster_model::Severity::Rejected);
            batch.counts.read += refused.count() as u64;
            batch.problems.extend_from_slice(self.archive.problems());
        }
        batch.cursor = self.progress.cursor();
        Ok(Some(batch))
    }
}

fn reject(batch: &mut Batch, file: &str, line: Option<u32>, message: String, hint: &str, bytes: &[u8]) {
    batch.counts.read += 1;
    batch.problems.push(Problem::rejected(file, line, message, hint).with_text(String::from_utf8_lossy(bytes)));
}

/// One file between two batches.
struct OpenFile {
    at: Option<usize>,
    name: String,
    source: Arc<str>,
    role: Role,
    document: Document,
    /// The channel of the last message, so that it is looked for once a file.
    channel: Option<(Option<String>, Found)>,
    has_items: bool,
}

/// What is known of the channel that messages stand in.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Found {
    Read(String),
    Filtered,
    Unknown,
}

impl OpenFile {
    fn open(
        at: Option<usize>,
        name: &str,
        role: Role,
        source: &str,
        open: &dyn Fn() -> io::Result<Box<dyn BufRead + Send>>,
    ) -> io::Result<Self> {
        let document = Document::open(open, role.rows)?;
        let source = Arc::from(format!("slack:{source}/{name}"));
        Ok(Self { at, name: name.to_owned(), source, role, document, channel: None, has_items: false })
    }

    /// Reads elements into the batch until it is full (true) or the file ends.
    fn read_some(&mut self, batch: &mut Batch, state: &mut State) -> bool {
        while batch.events.len() < BATCH_EVENTS {
            match self.document.next() {
                Ok(Some(item)) => {
                    self.has_items = true;
                    self.item(item, batch, state);
                }
                Ok(None) => return false,
                Err(Broken { line, message }) => {
                    let hint = "what came before is read; download the export again and run again";
                    reject(batch, &self.name, Some(line), message, hint, &[]);
                    return false;
                }
            }
        }
        true
    }

    fn item(&mut self, item: Item, batch: &mut Batch, state: &mut State) {
        let is_too_long = self.document.bytes().is_empty() && !matches!(item.what, What::Other | What::Refusal);
        let result = match item.what {
            _ if is_too_long => Err("longer than 32 MiB, which no message is".to_owned()),
            What::Message => return self.message(item, batch, state),
            What::User => user(self.document.bytes(), &state.workspace, &self.source, batch),
            What::Channel => self.channel(batch, state),
            What::Other => {
                batch.counts.read += 1;
                batch.counts.not_ours += 1;
                Ok(())
            }
            What::Refusal => {
                let error = String::from_utf8_lossy(self.document.bytes());
                Err(format!("Slack's answer is an error, {error:?}, in place of what was asked for"))
            }
        };
        if let Err(message) = result {
            self.reject(item, &message, batch);
        }
    }

    fn reject(&self, item: Item, message: &str, batch: &mut Batch) {
        let message = format!("element {}: {message}", item.number);
        let hint = "the other elements of the file are read; export it again";
        reject(batch, &self.name, Some(item.line), message, hint, self.document.bytes());
    }

    fn channel(&mut self, batch: &mut Batch, state: &mut State) -> Result<(), String> {
        let listed = Listed::read(self.document.bytes(), self.role.kind)?;
        batch.counts.read += 1;
        match state.directory.access(&listed, true) {
            Access::Read => batch.events.push(listed.event(&state.workspace, &self.source)),
            access => {
                batch.counts.filtered += 1;
                note_refused(access, &listed, &self.name, batch, &mut state.noted);
            }
        }
        // What stands later in this file may be in it.
        state.directory.insert(listed);
        self.channel = None;
        Ok(())
    }

    fn message(&mut self, item: Item, batch: &mut Batch, state: &mut State) {
        if self.channel.as_ref().is_none_or(|(stated, _)| *stated != self.document.facts.channel) {
            let stated = self.document.facts.channel.clone();
            let found = self.find(stated.as_deref(), batch, state);
            self.channel = Some((stated, found));
        }
        let Some((_, Found::Read(channel))) = &self.channel else {
            if matches!(self.channel, Some((_, Found::Filtered))) {
                batch.counts.read += 1;
                batch.counts.filtered += 1;
            } else {
                let why = "a message whose channel nothing tells; put the file into a folder called after it, and give the one above";
                self.reject(item, why, batch);
            }
            return;
        };
        let place = Place { workspace: &state.workspace, channel, source: &self.source };
        let mut out = Outcome { batch, rejected: Vec::new(), unknown: None };
        read(self.document.bytes(), &place, &mut out);
        let Outcome { rejected, unknown, .. } = out;
        for message in rejected {
            self.reject(item, &message, batch);
        }
        note_unknown(unknown, &self.name, Some(item.line), batch, &mut state.noted);
    }

    /// The channel: what the document says, else the folder, else a file that is called after one, else the only one there is.
    fn find(&self, stated: Option<&str>, batch: &mut Batch, state: &mut State) -> Found {
        let names_one = |name: &str| self.role.in_folder || looks_like_id(name) || state.directory.find(name).is_some();
        let own = Some(self.role.channel.as_str()).filter(|name| names_one(name));
        let (channel, is_listed) = match stated.or(own) {
            Some(name) => match state.directory.find(name) {
                Some(listed) => (listed.clone(), true),
                None => (Listed::unlisted(name), false),
            },
            None => match state.directory.only() {
                Some(only) => (only.clone(), true),
                None => return Found::Unknown,
            },
        };
        match state.directory.access(&channel, is_listed) {
            Access::Read => Found::Read(channel.id),
            access => {
                note_refused(access, &channel, &self.name, batch, &mut state.noted);
                Found::Filtered
            }
        }
    }
}

fn looks_like_id(name: &str) -> bool {
    name.len() >= 8
        && name.starts_with(['C', 'D', 'G'])
        && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}
