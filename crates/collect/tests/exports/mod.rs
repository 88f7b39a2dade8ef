//! What the tests of exports have in common: a source read to its end, and files written for it.
#![allow(dead_code, reason = "each test uses some of it")]

use muster_model::{CollectError, Collector, Cursor, Event, Payload, Problem, Severity};
use std::io::Write;
use std::path::{Path, PathBuf};

/// What came out of a source.
#[derive(Default)]
pub struct Read {
    pub events: Vec<Event>,
    pub problems: Vec<Problem>,
    pub not_ours: u64,
    pub filtered: u64,
    pub cursor: Option<Cursor>,
    pub batches: usize,
}

/// Reads a source to its end. Nothing may disappear in any batch.
pub fn read(collector: Result<Box<dyn Collector>, CollectError>) -> Read {
    let mut collector = collector.unwrap();
    let mut all = Read::default();
    while let Some(batch) = collector.next_batch().unwrap() {
        let rejected = batch.problems.iter().filter(|problem| problem.severity == Severity::Rejected).count();
        let told = (batch.events.len() + rejected) as u64 + batch.counts.not_ours + batch.counts.filtered;
        assert_eq!(batch.counts.read, told, "{:?}", batch.problems);
        for event in &batch.events {
            assert_eq!(muster_model::account::masked(&event.id), event.id, "no address in an id");
        }
        all.not_ours += batch.counts.not_ours;
        all.filtered += batch.counts.filtered;
        all.events.extend(batch.events);
        all.problems.extend(batch.problems);
        all.batches += 1;
        assert!(batch.cursor.is_some());
        all.cursor = batch.cursor;
    }
    all
}

impl Read {
    pub fn of(&self, kind: &str) -> Vec<&Event> {
        self.events.iter().filter(|event| event.kind() == kind).collect()
    }

    pub fn ids(&self, kind: &str) -> Vec<&str> {
        self.of(kind).into_iter().map(|event| event.id.as_str()).collect()
    }

    pub fn messages(&self) -> usize {
        self.of("message.posted").len()
    }

    pub fn event(&self, id: &str) -> &Event {
        self.events.iter().find(|event| event.id == id).unwrap_or_else(|| panic!("no {id} in {:#?}", self.all_ids()))
    }

    pub fn posted(&self, id: &str) -> &muster_model::payload::MessagePosted {
        match &self.event(id).data {
            Payload::MessagePosted(posted) => posted,
            other => panic!("{other:?}"),
        }
    }

    pub fn all_ids(&self) -> Vec<&str> {
        self.events.iter().map(|event| event.id.as_str()).collect()
    }

    pub fn rejected(&self) -> Vec<String> {
        self.problems.iter().filter(|p| p.severity == Severity::Rejected).map(ToString::to_string).collect()
    }

    pub fn notices(&self) -> Vec<String> {
        self.problems.iter().filter(|p| p.severity == Severity::Notice).map(ToString::to_string).collect()
    }

    /// Ids with payloads, in order: what has to be the same of a folder and its zip archive.
    pub fn facts(&self) -> Vec<(String, String)> {
        let mut facts: Vec<_> = self.events.iter().map(|event| (event.id.clone(), event.data.to_json())).collect();
        facts.sort();
        facts.dedup();
        facts
    }
}

/// Files in a folder of their own.
pub fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        write(folder.path(), name, text.as_bytes());
    }
    folder
}

pub fn write(folder: &Path, name: &str, bytes: &[u8]) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

/// The same files in a zip archive, in a folder called `within`.
pub fn archive(folder: &Path, within: &str, files: &[(&str, &str)]) -> PathBuf {
    let path = folder.join("export.zip");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    for (name, text) in files {
        zip.start_file(format!("{within}{name}"), zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
    path
}

/// The developers' data, which are not part of the repository.
pub fn data(folder: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")).join(folder)
}

/// A file of them as JSON, for a count that owes nothing to the parser.
pub fn json(path: &Path) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// The same bytes, damaged in some hundred ways, each time the same: cut off, a byte changed, a byte too many, a part twice.
pub fn damaged(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let bytes = bytes.to_vec();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    };
    (0..400).map(move |way| {
        let mut damaged = bytes.clone();
        let at = random(bytes.len());
        match way % 4 {
            0 => damaged.truncate(at),
            1 => damaged[at] = *b"\"{}[],:\\\n\0\xff7".get(random(12)).unwrap(),
            2 => damaged.insert(at, *b"\"{}[],:\\\n\0\xff7".get(random(12)).unwrap()),
            _ => damaged = [&bytes[..at], &bytes[random(at + 1)..]].concat(),
        }
        damaged
    })
}
