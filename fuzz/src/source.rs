//! Sources that are files: written to a temporary folder and collected.

use crate::check;
use muster_model::{Batch, CollectError, Collector, Cursor};
use std::path::Path;
use tempfile::TempDir;

thread_local! {
    /// The folder of the files at hand. One for all inputs: making it costs more than writing them.
    static FOLDER: TempDir = tempfile::tempdir().expect("a temporary folder");
}

/// How a source is opened: at a path, with texts kept or not, at a cursor.
pub trait Open: Fn(&Path, bool, Option<&Cursor>) -> Result<Box<dyn Collector>, CollectError> {}

impl<F: Fn(&Path, bool, Option<&Cursor>) -> Result<Box<dyn Collector>, CollectError>> Open for F {}

/// Collects a folder with the files that the bytes hold: a line `=== <name>` begins one of those `names`; what stands before it
/// is the first of them.
pub fn folder(names: &[&str], bytes: &[u8], open: impl Open) {
    FOLDER.with(|folder| {
        let files = files(names, bytes);
        for name in names {
            let path = folder.path().join(name);
            match files.iter().find(|(known, _)| known == name) {
                Some((_, content)) => write(&path, content),
                // Most were not there before either.
                None => drop(std::fs::remove_file(&path)),
            }
        }
        twice(folder.path(), &open);
    });
}

/// Collects a file of that name.
pub fn file(name: &str, bytes: &[u8], open: impl Open) {
    FOLDER.with(|folder| {
        let path = folder.path().join(name);
        write(&path, bytes);
        twice(&path, &open);
    });
}

/// The file that the first line names, and the bytes behind it; else the first of the names and all bytes.
pub fn named<'a>(names: &[&'static str], bytes: &'a [u8]) -> (&'static str, &'a [u8]) {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let name = bytes[..end].strip_prefix(b"=== ").and_then(|name| names.iter().find(|known| known.as_bytes() == name));
    name.map_or((names[0], bytes), |name| (name, &bytes[bytes.len().min(end + 1)..]))
}

fn files<'a>(names: &[&'a str], bytes: &[u8]) -> Vec<(&'a str, Vec<u8>)> {
    let mut files = vec![(names[0], Vec::new())];
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let name = line.strip_prefix(b"=== ").map(<[u8]>::trim_ascii_end);
        let begun = name.and_then(|name| names.iter().find(|known| known.as_bytes() == name));
        match (begun, files.last_mut()) {
            (Some(name), _) => files.push((name, Vec::new())),
            (None, Some((_, content))) => content.extend_from_slice(line),
            (None, None) => {}
        }
    }
    files.retain(|(_, content)| !content.is_empty());
    files
}

fn write(path: &Path, content: &[u8]) {
    let folder = path.parent().expect("a file in a folder");
    std::fs::write(path, content)
        .or_else(|_| std::fs::create_dir_all(folder).and_then(|()| std::fs::write(path, content)))
        .expect("the temporary folder can be written");
}

/// Reads a source twice, with and without texts, and goes on at its end, where no event must be left.
fn twice(path: &Path, open: &impl Open) {
    let (without, with) = (collect(open(path, false, None)), collect(open(path, true, None)));
    let (without, with) = match (without, with) {
        (Ok(without), Ok(with)) => (without, with),
        (Err(one), Err(other)) => return assert_eq!(one.to_string(), other.to_string()),
        (one, other) => panic!("read once, refused once: {one:?} {other:?}"),
    };
    without.iter().for_each(check::batch);
    if let Some(cursor) = without.last().and_then(|batch| batch.cursor.clone()) {
        let again = collect(open(path, false, Some(&cursor))).expect("its own cursor");
        // Some say again what nobody has mended.
        assert!(again.iter().all(|batch| batch.events.is_empty()), "read again although nothing changed: {again:?}");
    }
    check::same_without_text(&without, with);
}

fn collect(source: Result<Box<dyn Collector>, CollectError>) -> Result<Vec<Batch>, CollectError> {
    let mut source = source?;
    std::iter::from_fn(|| source.next_batch().transpose()).collect()
}
