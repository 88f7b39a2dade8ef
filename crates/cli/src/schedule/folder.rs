//! The pipeline files that are run on schedule: found in folders, read again when they change.

use crate::project::environment;
use muster_pipeline::{Pipeline, SetArg};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What became of a file since the last look.
#[derive(Debug)]
pub enum Change {
    /// It is new, or another than before; it has a schedule.
    Scheduled(Box<Pipeline>),
    /// It is run no more, or not at all, for this reason.
    Refused(PathBuf, String),
    /// It is gone.
    Gone(PathBuf),
}

/// When a file was changed, and how long it is.
type Stamp = Option<(SystemTime, u64)>;

/// Folders and files that are watched.
pub struct Folder {
    paths: Vec<PathBuf>,
    sets: Vec<SetArg>,
    known: BTreeMap<PathBuf, Known>,
}

struct Known {
    stamp: Stamp,
    /// Why it is refused. Such a file is read again and again: what it needs may lie outside of it.
    refused: Option<String>,
}

impl Folder {
    /// Watches these; nothing is read yet.
    pub fn new(paths: Vec<PathBuf>, sets: Vec<SetArg>) -> Self {
        Self { paths, sets, known: BTreeMap::new() }
    }

    /// What changed since the last look.
    pub fn changes(&mut self) -> Vec<Change> {
        let files: Vec<PathBuf> = self.paths.iter().flat_map(|path| files(path)).collect();
        let mut changes: Vec<Change> = Vec::new();
        self.known.retain(|file, _| {
            let is_there = files.contains(file);
            if !is_there {
                changes.push(Change::Gone(file.clone()));
            }
            is_there
        });
        for file in files {
            changes.extend(self.look(&file));
        }
        changes
    }

    fn look(&mut self, file: &Path) -> Option<Change> {
        let stamp = stamp(file);
        let before = self.known.get(file);
        if before.is_some_and(|known| known.stamp == stamp && known.refused.is_none()) {
            return None;
        }
        let was_named = self.paths.iter().any(|path| path == file);
        let read = read(file, &self.sets, was_named);
        let refused = read.as_ref().err().cloned();
        if refused.is_some() && before.is_some_and(|known| known.refused == refused) {
            return None;
        }
        self.known.insert(file.to_owned(), Known { stamp, refused });
        match read {
            Ok(Some(pipeline)) => Some(Change::Scheduled(pipeline)),
            // It was a pipeline, perhaps.
            Ok(None) => Some(Change::Gone(file.to_owned())),
            Err(why) => Some(Change::Refused(file.to_owned(), why)),
        }
    }
}

/// The pipeline of a file that has a schedule; of a folder, files that are no pipelines are none of ours.
fn read(file: &Path, sets: &[SetArg], was_named: bool) -> Result<Option<Box<Pipeline>>, String> {
    if !was_named && !may_be_pipeline(file) {
        return Ok(None);
    }
    match Pipeline::read(file, sets, &environment) {
        Ok(pipeline) if pipeline.schedule.is_some() => Ok(Some(Box::new(pipeline))),
        Ok(_) => Err("it has no [schedule], so it runs when somebody runs it".to_owned()),
        Err(errors) => Err(errors.render(false).trim_end().to_owned()),
    }
}

/// People files, rules and files of claims are TOML, too. One that says nothing of a project is none; one that cannot be
/// read is told of.
fn may_be_pipeline(file: &Path) -> bool {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let is_head = |line: &str| ["[project", "[schedule", "project."].iter().any(|head| line.starts_with(head));
    text.lines().any(|line| is_head(line.trim_start()))
}

/// A file itself; of a folder the `.toml` files in it, and `muster.toml` of the folders in it.
fn files(path: &Path) -> Vec<PathBuf> {
    if !path.is_dir() {
        return vec![path.to_owned()];
    }
    let entries = std::fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| match entry.is_dir() {
            true => Some(entry.join("muster.toml")).filter(|file| file.is_file()),
            false => Some(entry).filter(|file| file.extension().is_some_and(|ending| ending == "toml")),
        })
        .collect();
    files.sort();
    files
}

fn stamp(file: &Path) -> Stamp {
    let data = std::fs::metadata(file).ok()?;
    Some((data.modified().ok()?, data.len()))
}
