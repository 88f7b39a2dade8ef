//! The reading of exports that are JSON: which documents there are (files, folders, entries of zip archives), which are new, and
//! their pieces, one after the other, to a parser.
//!
//! Two passes, as what a document means can stand in another one (the private channels of an organisation, where a thread began):
//! first every parser *learns* from all documents, then the new ones are read. A document on which others depend
//! ([`Parser::learn`] says so) has them all read again when it changes; what is in the log then counts as duplicates.
//!
//! The cursor is the set of documents read, each with its stamp, and of what was refused, so that it is said once.

use super::archive::Archive;
use super::elements::{Elements, Layout, Next, Piece};
use super::text::hash;
use crate::files::Files;
use crate::ids::without_addresses;
use muster_model::{Batch, CollectError, Collector, Cursor, Event, Payload, Problem, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A batch is handed over once it has this many events, so that memory stays small and a kill costs little.
const BATCH_EVENTS: usize = 50_000;

/// What is in the documents of a platform.
pub(crate) trait Parser: Send {
    /// The kind of source, and the collector with its version: `discord`, `discord/1`.
    const KIND: (&'static str, &'static str);

    /// Whether a file of that name, in small letters, in a folder or zip archive is to be read.
    fn is_ours(&self, name: &str) -> bool;

    /// How a document that begins so is cut.
    fn layout(&self, name: &str, head: &[u8]) -> Layout;

    /// Reads what others need of a document. Whether others mean something else when it changes.
    fn learn(&mut self, name: &str, elements: &mut Elements) -> bool;

    /// A document begins, of lines or not.
    fn begin(&mut self, name: &str, is_lines: bool);

    /// A piece of it.
    fn piece(&mut self, piece: &Piece, sink: &mut Sink<'_>);

    /// The document is over.
    fn end(&mut self, sink: &mut Sink<'_>);
}

/// Where a parser puts what it finds in a document. Each call but [`Sink::notice`] counts a record.
pub(crate) struct Sink<'a> {
    batch: &'a mut Batch,
    document: &'a str,
    source: &'a Arc<str>,
    collector: &'static str,
}

impl Sink<'_> {
    /// A fact.
    pub fn fact(&mut self, fact: Fact) {
        self.batch.counts.read += 1;
        self.batch.events.push(without_addresses(Event {
            id: fact.id,
            source: self.source.clone(),
            time: fact.time,
            subject: fact.subject,
            actor: fact.actor,
            url: fact.url,
            data: fact.data,
            collector: self.collector.into(),
        }));
    }

    /// What another kind's parser found in it: the same facts, told by this document.
    pub fn adopt(&mut self, found: Batch) {
        self.batch.counts += found.counts;
        let (source, collector) = (self.source, self.collector);
        self.batch.events.extend(found.events.into_iter().map(|event| Event {
            source: source.clone(),
            collector: collector.into(),
            ..event
        }));
        self.batch.problems.extend(found.problems);
    }

    /// Records of kinds that muster has no event for, as many.
    pub fn none_ours(&mut self, records: usize) {
        let records = u64::try_from(records).unwrap_or(u64::MAX);
        self.batch.counts.read += records;
        self.batch.counts.not_ours += records;
    }

    /// A record of a kind that muster has no event for.
    pub fn not_ours(&mut self) {
        self.batch.counts.read += 1;
        self.batch.counts.not_ours += 1;
    }

    /// A record that the pipeline did not ask for.
    pub fn filtered(&mut self) {
        self.batch.counts.read += 1;
        self.batch.counts.filtered += 1;
    }

    /// A record that cannot be read.
    pub fn reject(&mut self, line: impl Into<Option<u32>>, message: impl Into<String>, hint: &str, text: &[u8]) {
        self.batch.counts.read += 1;
        let problem = Problem::rejected(self.document, line, message, hint);
        self.batch.problems.push(problem.with_text(String::from_utf8_lossy(text)));
    }

    /// A doubt.
    pub fn notice(&mut self, line: impl Into<Option<u32>>, message: impl Into<String>, hint: impl Into<String>) {
        self.batch.problems.push(Problem::notice(self.document, line, message, hint));
    }
}

/// An event without what is the same for all of a document.
pub(crate) struct Fact {
    /// Its id.
    pub id: String,
    /// When.
    pub time: Timestamp,
    /// What it happened to.
    pub subject: String,
    /// Who did it.
    pub actor: Option<String>,
    /// The page to check it.
    pub url: Option<String>,
    /// What happened.
    pub data: Payload,
}

/// Lists the documents behind `paths`.
///
/// # Errors
/// A path that is not there or has nothing to read, a cursor of another program.
pub(crate) fn open<P: Parser + 'static>(
    source: &str,
    paths: &[PathBuf],
    parser: P,
    at_root: &[&str],
    cursor: Option<&Cursor>,
) -> Result<Box<dyn Collector>, CollectError> {
    let mut listing = Listing { documents: BTreeMap::new(), problems: Vec::new() };
    for path in paths {
        listing.add(source, path, &parser, at_root)?;
    }
    let mut read = crate::files::stamps(source, cursor)?;
    let refused: BTreeMap<String, String> = listing.problems.iter().map(said).collect();
    read.retain(|name, stamp| {
        let of_document = listing.documents.get(name).map(Document::stamp);
        of_document.or(refused.get(name)) == Some(stamp)
    });
    listing.problems.retain(|problem| {
        let (name, stamp) = said(problem);
        read.get(&name) != Some(&stamp)
    });
    let all: Vec<Document> = listing.documents.into_values().collect();
    Ok(Box::new(Exports {
        source: source.to_owned(),
        parser,
        all,
        read,
        problems: listing.problems,
        left: None,
        current: None,
    }))
}

/// What the cursor calls a refusal, and what it says.
fn said(problem: &Problem) -> (String, String) {
    (format!("!{}", problem.file), hash(&problem.to_string()))
}

/// Reads bytes as if they were the only document of a source, called `name`.
pub(crate) fn read_document<P: Parser>(mut parser: P, name: &str, bytes: &[u8]) -> Batch {
    let open = |parser: &P| Elements::new(Box::new(io::Cursor::new(bytes.to_vec())), |head| parser.layout(name, head));
    let mut batch = Batch::default();
    if let Ok(mut elements) = open(&parser) {
        parser.learn(name, &mut elements);
    }
    let Ok(mut elements) = open(&parser) else { return batch };
    parser.begin(name, elements.is_lines());
    let source = Arc::from(format!("{}:{name}", P::KIND.0));
    let mut sink = Sink { batch: &mut batch, document: name, source: &source, collector: P::KIND.1 };
    loop {
        match elements.next() {
            Next::Piece(piece) => parser.piece(&piece, &mut sink),
            Next::Broken { line, message } => sink.reject(line, message, "what stands before it is read", b""),
            Next::End => break,
        }
    }
    parser.end(&mut sink);
    batch
}

/// One document: a file, or an entry of a zip archive.
#[derive(Clone)]
struct Document {
    /// What it is called in the cursor and in messages.
    name: String,
    /// What it is called in its archive.
    inner: String,
    archive: Arc<Archive>,
    entry: usize,
}

impl Document {
    fn stamp(&self) -> &String {
        &self.archive.entries()[self.entry].stamp
    }

    fn open<P: Parser>(&self, parser: &P) -> std::io::Result<Elements> {
        let reader = self.archive.reader(&self.archive.entries()[self.entry])?;
        Elements::new(reader, |head| parser.layout(&self.inner, head))
    }
}

struct Listing {
    documents: BTreeMap<String, Document>,
    problems: Vec<Problem>,
}

impl Listing {
    /// The documents behind a path: a file, a folder, a zip archive, or a pattern of such.
    fn add(&mut self, source: &str, path: &Path, parser: &dyn IsOurs, at_root: &[&str]) -> Result<(), CollectError> {
        if !path.exists() {
            let what = ("export", "called *.json, *.jsonl or *.zip");
            let mut files = Files::open(source, &[path.to_owned()], &|_| true, what, None)?;
            while let Some(file) = files.next() {
                self.add_one_of_many(&file.path, &file.name, parser, at_root, None);
            }
            return Ok(());
        }
        let before = (self.documents.len(), self.problems.len());
        self.add_archive(path, parser, at_root, None)?;
        if before == (self.documents.len(), self.problems.len()) {
            return Err(CollectError::new(
                format!("no export at {}", path.display()),
                "a folder or zip archive is read for *.json, *.jsonl and *.zip in it",
            ));
        }
        Ok(())
    }

    /// One that cannot be read costs the others nothing.
    fn add_one_of_many(
        &mut self,
        path: &Path,
        name: &str,
        parser: &dyn IsOurs,
        at_root: &[&str],
        within: Option<&str>,
    ) {
        if let Err(error) = self.add_archive(path, parser, at_root, within) {
            self.problems.push(Problem::rejected(name, None, error.message, error.hint));
        }
    }

    fn add_archive(
        &mut self,
        path: &Path,
        parser: &dyn IsOurs,
        at_root: &[&str],
        within: Option<&str>,
    ) -> Result<(), CollectError> {
        let archive = Arc::new(Archive::open(path, at_root)?);
        self.problems.extend(archive.problems().iter().cloned());
        let is_single = path.is_file() && archive.entries().len() == 1;
        for (entry, found) in archive.entries().iter().enumerate() {
            let lies_here = path.join(&found.name);
            if path.is_dir() && found.name.ends_with(".zip") && lies_here.is_file() {
                self.add_one_of_many(&lies_here, &found.name, parser, at_root, Some(&found.name));
            } else if parser.is_ours(&found.name.to_ascii_lowercase()) || (is_single && !found.name.contains('/')) {
                let name = within.map_or_else(|| found.name.clone(), |zip| format!("{zip}/{}", found.name));
                let name = self.name_of_its_own(name, path, entry);
                let document =
                    Document { name: name.clone(), inner: found.name.clone(), archive: archive.clone(), entry };
                self.documents.insert(name, document);
            }
        }
        Ok(())
    }

    /// The name; where another path has a document of that name, with this path before it. A document that two paths lead to
    /// is read twice, and counts as duplicates.
    fn name_of_its_own(&self, name: String, path: &Path, entry: usize) -> String {
        if !self.documents.contains_key(&name) {
            return name;
        }
        let longer = format!("{}/{name}", path.file_name().unwrap_or_default().to_string_lossy());
        if self.documents.contains_key(&longer) { format!("{}/{name}#{entry}", path.display()) } else { longer }
    }
}

/// What of a parser the listing needs.
trait IsOurs {
    fn is_ours(&self, name: &str) -> bool;
}

impl<P: Parser> IsOurs for P {
    fn is_ours(&self, name: &str) -> bool {
        Parser::is_ours(self, name)
    }
}

struct Exports<P> {
    source: String,
    parser: P,
    all: Vec<Document>,
    /// Name to stamp.
    read: BTreeMap<String, String>,
    problems: Vec<Problem>,
    /// What is to be read, last first; none before the parser has learned.
    left: Option<Vec<Document>>,
    current: Option<Open>,
}

/// A document between two batches.
struct Open {
    document: Document,
    source: Arc<str>,
    elements: Elements,
    /// Whether it was said that bytes of it are no UTF-8.
    is_doubted: bool,
}

impl<P: Parser> Collector for Exports<P> {
    fn next_batch(&mut self) -> Result<Option<Batch>, CollectError> {
        let mut batch = Batch::default();
        let mut progress = false;
        if self.left.is_none() {
            let left = self.learn();
            progress = !left.is_empty() || !self.problems.is_empty();
            self.left = Some(left);
            batch.counts.read += self.problems.iter().filter(|problem| is_rejected(problem)).count() as u64;
            self.read.extend(self.problems.iter().map(said));
            batch.problems.append(&mut self.problems);
        }
        while batch.events.len() < BATCH_EVENTS {
            if let Some(mut open) = self.current.take() {
                progress = true;
                if self.read_some(&mut open, &mut batch) {
                    self.current = Some(open);
                } else {
                    self.read.insert(open.document.name.clone(), open.document.stamp().clone());
                }
            } else if let Some(document) = self.left.as_mut().and_then(Vec::pop) {
                progress = true;
                self.begin(document, &mut batch);
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

impl<P: Parser> Exports<P> {
    /// Has the parser learn, if anything is new. What is to be read.
    fn learn(&mut self) -> Vec<Document> {
        let is_new = |read: &BTreeMap<String, String>, document: &Document| !read.contains_key(&document.name);
        if !self.all.iter().any(|document| is_new(&self.read, document)) {
            return Vec::new();
        }
        let mut others_depend = BTreeSet::new();
        for document in &self.all {
            // What cannot be read is said when it is read for its facts.
            let Ok(mut elements) = document.open(&self.parser) else { continue };
            if self.parser.learn(&document.inner, &mut elements) {
                others_depend.insert(document.name.clone());
            }
        }
        let changed =
            self.all.iter().any(|document| others_depend.contains(&document.name) && is_new(&self.read, document));
        if changed {
            self.read.clear();
        }
        let (read, all) = (&self.read, &self.all);
        all.iter().filter(|document| is_new(read, document)).rev().cloned().collect()
    }

    fn begin(&mut self, document: Document, batch: &mut Batch) {
        match document.open(&self.parser) {
            Ok(elements) => {
                self.parser.begin(&document.inner, elements.is_lines());
                let source = format!("{}:{}/{}", P::KIND.0, self.source, document.name);
                self.current = Some(Open { source: source.into(), elements, document, is_doubted: false });
            }
            Err(error) => {
                batch.counts.read += 1;
                batch.problems.push(Problem::rejected(
                    document.name,
                    None,
                    format!("the file cannot be opened: {error}"),
                    "it was there when the files were listed; put it back and run again",
                ));
            }
        }
    }

    /// Reads pieces into the batch until it is full or the document ends. Whether there are more.
    fn read_some(&mut self, open: &mut Open, batch: &mut Batch) -> bool {
        let mut sink = Sink { batch, document: &open.document.name, source: &open.source, collector: P::KIND.1 };
        while sink.batch.events.len() < BATCH_EVENTS {
            match open.elements.next() {
                Next::Piece(piece) => {
                    if !open.is_doubted && std::str::from_utf8(&piece.bytes).is_err() {
                        open.is_doubted = true;
                        let message = "bytes that are no UTF-8; these characters are lost, what is beside them is read";
                        sink.notice(piece.line, message, "export again, or save the file as UTF-8");
                    }
                    self.parser.piece(&piece, &mut sink);
                }
                Next::Broken { line, message } => {
                    sink.reject(line, message, "what stands before it is read; export or download the file again", b"");
                }
                Next::End => {
                    if !open.elements.any {
                        sink.notice(None, "the file is empty", "export or download it again, or remove it");
                    }
                    self.parser.end(&mut sink);
                    return false;
                }
            }
        }
        true
    }
}

fn is_rejected(problem: &Problem) -> bool {
    problem.severity == muster_model::Severity::Rejected
}
