//! Which files and repositories are new, and their mails one after the other.

use super::inbox::{Change, Changes, Inbox, Mail, repositories};
use super::parse::{Doubt, List, Outcome, parse_mail};
use super::split::{Piece, Splitter};
use super::{COLLECTOR, Config};
use crate::files::{FileToRead, Files, open_reader};
use crate::git::command::Git;
use muster_model::payload::MessageDeleted;
use muster_model::{Batch, CollectError, Collector, Cursor, Event, Payload, Problem, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A batch is handed over once it has this many events, or this much mail was read for it.
const BATCH_EVENTS: usize = 50_000;
const BATCH_BYTES: usize = 64 << 20;
/// Mail servers take 25 to 50 MB.
const LONGEST_MAIL: usize = 64 << 20;
const DAMAGED: &str = "the other mails are read; mend the mail, or leave it out";
const NO_MAIL: &str =
    "name mbox files, maildirs, pipermail's texts, .eml files or public-inboxes; unpack archives other than gzip first";

/// What the cursor says.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct State {
    /// The cursor of the files.
    files: String,
    /// Of each public-inbox, the commit up to which everything is in the log.
    inboxes: BTreeMap<String, String>,
}

/// Mails being read.
pub(super) struct Reader {
    source: String,
    list: List,
    files: Files,
    file: Option<OpenFile>,
    /// Those that have something new, last first.
    inboxes: Vec<Inbox>,
    inbox: Option<OpenInbox>,
    tips: BTreeMap<String, String>,
    /// Problems of the source as a whole, for the first batch.
    first: Vec<Problem>,
}

/// Lists the files and finds the repositories.
pub(super) fn open(config: &Config, cursor: Option<&Cursor>) -> Result<Reader, CollectError> {
    let state = state(&config.name, cursor)?;
    let what = ("mail", "not hidden and no index of a mail program");
    let files = cursor.map(|_| Cursor(state.files));
    let mut reader = Reader {
        source: config.name.clone(),
        list: List { name: config.list.clone(), archive: config.archive.clone(), text: config.text },
        files: Files::open(&config.name, &config.paths, &is_ours, what, files.as_ref())?,
        file: None,
        inboxes: Vec::new(),
        inbox: None,
        tips: BTreeMap::new(),
        first: Vec::new(),
    };
    let mut others = Vec::new();
    for path in config.paths.iter().filter(|path| path.is_dir()) {
        reader.find_inboxes(path, &mut others)?;
    }
    reader.files.leave_out(|path| is_beside_mail(path) || others.iter().any(|other| path.starts_with(other)));
    for inbox in &reader.inboxes {
        reader.tips.extend(state.inboxes.get_key_value(&inbox.name).map(|(name, tip)| (name.clone(), tip.clone())));
    }
    reader.inboxes.retain(|inbox| reader.tips.get(&inbox.name) != Some(&inbox.tip));
    reader.inboxes.reverse();
    Ok(reader)
}

fn state(source: &str, cursor: Option<&Cursor>) -> Result<State, CollectError> {
    let Some(Cursor(text)) = cursor else { return Ok(State::default()) };
    serde_json::from_str(text).map_err(|error| {
        CollectError::new(
            format!("source {source}: its cursor in the log cannot be read: {error}"),
            "was the name given to a source of another kind before? give this one another name",
        )
    })
}

/// Whether a file in a folder can be mail. What mail programs write beside mail is not.
fn is_ours(name: &str) -> bool {
    let is_index =
        name.starts_with("dovecot") || name == "maildirfolder" || name.ends_with(".msf") || name.ends_with(".lock");
    !name.starts_with('.') && !is_index
}

/// Whether a file lies in notmuch's index, or in the `tmp` of a maildir: it was not delivered, or not to its end.
fn is_beside_mail(path: &Path) -> bool {
    if path.iter().any(|part| part == ".notmuch") {
        return true;
    }
    let folder = path.parent().filter(|folder| folder.ends_with("tmp"));
    folder.is_some_and(|tmp| tmp.with_file_name("cur").is_dir() && tmp.with_file_name("new").is_dir())
}

impl Reader {
    /// Finds the repositories below a path. `others` are the folders in which no file is a mail.
    fn find_inboxes(&mut self, path: &Path, others: &mut Vec<PathBuf>) -> Result<(), CollectError> {
        let found = repositories(path);
        if found.is_empty() {
            return Ok(());
        }
        let git = Git::find()?;
        for (folder, whole) in found {
            let relative = folder.strip_prefix(path).ok().filter(|relative| *relative != Path::new(""));
            let name = relative.or(folder.file_name().map(Path::new)).unwrap_or(&folder).to_string_lossy().into_owned();
            if let Some(inbox) = Inbox::find(&git, &folder, name.clone()) {
                self.inboxes.push(inbox);
                others.push(whole);
            } else if folder.join(".git").exists() {
                // A work tree: its files may be mails.
                others.push(folder.join(".git"));
            } else {
                let message = "a Git repository that is no public-inbox, or an empty one; its files are not read";
                self.first.push(Problem::notice(name, None, message, "name its work tree if there are mails in it"));
                others.push(folder);
            }
        }
        Ok(())
    }

    fn read_files(&mut self, batch: &mut Batch, room: &mut Room) {
        while room.is_left(batch) {
            if let Some(mut file) = self.file.take() {
                if file.read_some(batch, room, &self.list) {
                    self.file = Some(file);
                } else {
                    self.files.done(file.file);
                }
            } else if let Some(file) = self.files.next() {
                room.is_used = true;
                match open_reader(&file.path) {
                    Ok(reader) => {
                        self.file = Some(OpenFile::new(file, &self.source, Splitter::new(reader, LONGEST_MAIL)))
                    }
                    Err(error) => {
                        batch.counts.read += 1;
                        let message = format!("the file cannot be opened: {error}");
                        let hint = "it was there when the folder was listed; put it back and run again";
                        batch.problems.push(Problem::rejected(file.name, None, message, hint));
                    }
                }
            } else {
                break;
            }
        }
    }

    fn read_inboxes(&mut self, batch: &mut Batch, room: &mut Room) -> Result<(), CollectError> {
        while room.is_left(batch) {
            if self.inbox.is_none() {
                let Some(inbox) = self.inboxes.pop() else { break };
                room.is_used = true;
                let changes = inbox.since(self.tips.get(&inbox.name).map(String::as_str))?;
                self.inbox = Some(OpenInbox::new(inbox, &self.source, changes));
            }
            let Some(open) = &mut self.inbox else { break };
            let has_more = open.read_some(batch, room, &self.list)?;
            self.tips.extend(open.done.clone().map(|commit| (open.inbox.name.clone(), commit)));
            if !has_more {
                self.inbox = None;
            }
        }
        Ok(())
    }
}

impl Collector for Reader {
    fn next_batch(&mut self) -> Result<Option<Batch>, CollectError> {
        let mut batch = Batch::default();
        let mut room = Room { bytes: BATCH_BYTES, is_used: false };
        self.read_files(&mut batch, &mut room);
        self.read_inboxes(&mut batch, &mut room)?;
        if !room.is_used {
            return Ok(None);
        }
        batch.problems.append(&mut self.first);
        let files = self.files.cursor().map(|Cursor(files)| files).unwrap_or_default();
        batch.cursor = serde_json::to_string(&State { files, inboxes: self.tips.clone() }).ok().map(Cursor);
        Ok(Some(batch))
    }
}

/// How much more a batch takes.
struct Room {
    bytes: usize,
    /// Whether anything was read for it.
    is_used: bool,
}

impl Room {
    fn is_left(&self, batch: &Batch) -> bool {
        self.bytes > 0 && batch.events.len() < BATCH_EVENTS
    }

    fn take(&mut self, bytes: usize) {
        self.bytes = self.bytes.saturating_sub(bytes);
        self.is_used = true;
    }
}

/// One file between two batches.
struct OpenFile {
    file: FileToRead,
    source: Arc<str>,
    mails: Splitter,
    count: u32,
    doubts: Doubts,
}

impl OpenFile {
    fn new(file: FileToRead, source: &str, mails: Splitter) -> Self {
        let source = Arc::from(format!("mail:{source}/{}", file.name));
        Self { file, source, mails, count: 0, doubts: Doubts::default() }
    }

    /// Reads mails into the batch; whether there are more.
    fn read_some(&mut self, batch: &mut Batch, room: &mut Room, list: &List) -> bool {
        while room.is_left(batch) {
            let Some(mut piece) = self.mails.next() else {
                if self.count == 0 {
                    let message = "the file is empty";
                    batch.problems.push(Problem::notice(
                        &self.file.name,
                        None,
                        message,
                        "download it again, or remove it",
                    ));
                }
                room.is_used = true;
                self.doubts.tell(&self.file.name, batch);
                return false;
            };
            self.count += 1;
            batch.counts.read += 1;
            room.take(self.mails.bytes(&piece).len());
            for (doubt, line) in std::mem::take(&mut piece.doubts) {
                self.doubts.add(doubt, line);
            }
            self.read(&piece, batch, list);
        }
        true
    }

    fn read(&mut self, piece: &Piece, batch: &mut Batch, list: &List) {
        let bytes = self.mails.bytes(piece);
        let (message, hint) = if let Some(error) = &piece.cut {
            let message =
                format!("the file cannot be read to its end ({error}); the {} mails before it are", self.count - 1);
            (message, "download it again and run again")
        } else if let Some(length) = piece.too_long {
            (format!("a mail of {length} bytes; at most {LONGEST_MAIL} are read"), DAMAGED)
        } else if self.count == 1 && !bytes.starts_with(b"From ") && !self.mails.is_single() {
            if is_google_table(&self.file.path) {
                batch.counts.not_ours += 1;
                return;
            }
            ("no mail: neither a line that begins with From nor a header is at its start".to_owned(), NO_MAIL)
        } else {
            match parse_mail(bytes, list, &self.source) {
                Outcome::Event(event, doubts) => {
                    doubts.into_iter().for_each(|doubt| self.doubts.add(doubt, piece.line));
                    batch.events.push(*event);
                    return;
                }
                Outcome::Rejected(message) => (message, DAMAGED),
            }
        };
        batch.problems.push(Problem::rejected(&self.file.name, piece.line, message, hint).with_text(shown(bytes)));
    }
}

/// Whether a file is one of the tables that Google Takeout writes beside a group's mails: the folder is called as the group's
/// address, the file as the language of its owner will have it.
fn is_google_table(path: &Path) -> bool {
    let folder = path.parent().and_then(Path::file_name).unwrap_or_default();
    path.extension().is_some_and(|extension| extension == "csv") && folder.to_string_lossy().contains('@')
}

/// The start of a mail, for its hash in the log.
fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]).into_owned()
}

/// One repository between two batches.
struct OpenInbox {
    inbox: Inbox,
    source: Arc<str>,
    changes: Changes,
    /// The commit of the change before, and the last commit that is read to its end.
    last: Option<String>,
    done: Option<String>,
    doubts: Doubts,
}

impl OpenInbox {
    fn new(inbox: Inbox, source: &str, changes: Changes) -> Self {
        let source = Arc::from(format!("mail:{source}/{}", inbox.name));
        Self { inbox, source, changes, last: None, done: None, doubts: Doubts::default() }
    }

    /// Reads changes into the batch; whether there are more.
    fn read_some(&mut self, batch: &mut Batch, room: &mut Room, list: &List) -> Result<bool, CollectError> {
        while room.is_left(batch) {
            let Some(change) = self.changes.next(LONGEST_MAIL)? else {
                self.doubts.tell(&self.inbox.name, batch);
                self.done = Some(self.inbox.tip.clone());
                return Ok(false);
            };
            if self.last.as_ref() != Some(&change.commit) {
                self.done = self.last.replace(change.commit.clone());
            }
            batch.counts.read += 1;
            self.read(&change, batch, room, list);
        }
        Ok(true)
    }

    fn read(&mut self, change: &Change, batch: &mut Batch, room: &mut Room, list: &List) {
        let (bytes, is_deleted) = match &change.mail {
            Mail::Added(bytes) => (bytes, false),
            Mail::Deleted(bytes) => (bytes, true),
            Mail::TooLong(length) => {
                return self.reject(
                    change,
                    format!("a mail of {length} bytes; at most {LONGEST_MAIL} are read"),
                    &[],
                    batch,
                );
            }
            Mail::Other => {
                batch.counts.not_ours += 1;
                return;
            }
        };
        room.take(bytes.len().max(1));
        match parse_mail(bytes, list, &self.source) {
            Outcome::Event(event, _) if is_deleted => batch.events.push(deleted(*event, change.seconds)),
            Outcome::Event(event, doubts) => {
                doubts.into_iter().for_each(|doubt| self.doubts.add(doubt, 0));
                batch.events.push(*event);
            }
            Outcome::Rejected(message) => self.reject(change, message, bytes, batch),
        }
    }

    fn reject(&self, change: &Change, message: String, bytes: &[u8], batch: &mut Batch) {
        let message = format!("commit {}: {message}", change.commit);
        batch.problems.push(Problem::rejected(&self.inbox.name, None, message, DAMAGED).with_text(shown(bytes)));
    }
}

/// The deletion of a mail, at the time of the commit, or where that says nothing at the mail's.
fn deleted(posted: Event, seconds: i64) -> Event {
    let time = Timestamp::from_second(seconds).ok().filter(|_| seconds > 0).unwrap_or(posted.time);
    Event {
        id: format!("{}/deleted", posted.id),
        source: posted.source,
        time,
        subject: posted.id,
        actor: None,
        url: None,
        data: Payload::MessageDeleted(MessageDeleted { tombstone: false }),
        collector: COLLECTOR.into(),
    }
}

/// What was doubtful in a file: of each kind how often, and the first line.
#[derive(Debug, Default)]
struct Doubts(BTreeMap<Doubt, (u32, u32)>);

impl Doubts {
    fn add(&mut self, doubt: Doubt, line: u32) {
        self.0.entry(doubt).or_insert((0, line)).0 += 1;
    }

    /// One notice a kind (a repository has no lines): a month of mails without zones is one fact about the archive.
    fn tell(&mut self, file: &str, batch: &mut Batch) {
        for (doubt, (count, line)) in std::mem::take(&mut self.0) {
            let (what, hint) = doubt.words();
            let line = (line > 0).then_some(line);
            batch.problems.push(Problem::notice(file, line, format!("{count} {what}; here is the first"), hint));
        }
    }
}

impl Doubt {
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::NoZone => {
                ("mails with a date without a zone that is known, read as UTC", "their times may be off by their zone")
            }
            Self::DateOfReceipt => (
                "mails without a Date that can be read, dated by their last Received header",
                "see whether the dates are plausible",
            ),
            Self::NoSender => {
                ("mails that name no sender; they count for nobody", "see whether the archive has their senders")
            }
            Self::UnknownCharset => (
                "mails in a charset that is not known, read as UTF-8 or Windows-1252",
                "lengths of their texts may be off",
            ),
            Self::FromLineInText => (
                "lines that look like the start of a mail, taken for text: no header follows, or the file does not begin with such a line",
                "if they begin mails, mend the mbox",
            ),
            Self::NoBlankLine => (
                "mails that begin without a blank line before them",
                "if they are quoted in the mail before them, put a > before their From",
            ),
        }
    }
}
