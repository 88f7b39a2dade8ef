//! Which files are new, and their records one after the other.

use super::parse::{Outcome, parse_record};
use crate::files::patterns;
use crate::records::{Record, Records};
use globset::GlobSet;
use muster_model::{Batch, CollectError, Collector, Cursor};
use std::path::PathBuf;

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
    let records = Records::open(("gharchive", "archive file"), &config.name, &config.paths, cursor)?;
    Ok(GhArchive { wanted: patterns(&config.repositories)?, records })
}

/// GH Archive files being read.
pub struct GhArchive {
    wanted: Option<GlobSet>,
    records: Records,
}

impl Collector for GhArchive {
    fn next_batch(&mut self) -> Result<Option<Batch>, CollectError> {
        let is_wanted = |repository: &str| self.wanted.as_ref().is_none_or(|patterns| patterns.is_match(repository));
        Ok(self.records.next_batch(&mut |record, batch| {
            if let Err(message) = read(record, batch, &is_wanted) {
                read_pieces(record, batch, &is_wanted, &message);
            }
        }))
    }
}

/// Reads a record into the batch and counts it, if it can be read.
fn read(record: &Record, batch: &mut Batch, is_wanted: &dyn Fn(&str) -> bool) -> Result<(), String> {
    match parse_record(record.bytes, record.source, is_wanted) {
        Outcome::Event(event) => batch.events.push(*event),
        Outcome::NotOurs => batch.counts.not_ours += 1,
        Outcome::Filtered => batch.counts.filtered += 1,
        Outcome::Rejected(message) => return Err(message),
    }
    batch.counts.read += 1;
    Ok(())
}

/// A line that is damaged may still have whole records.
fn read_pieces(record: &Record, batch: &mut Batch, is_wanted: &dyn Fn(&str) -> bool, message: &str) {
    let pieces = record.pieces();
    if matches!(pieces.as_slice(), [one] if one.bytes == record.bytes) {
        return record.reject(batch, message);
    }
    for piece in pieces {
        if let Err(message) = read(&piece, batch, is_wanted) {
            piece.reject(batch, &message);
        }
    }
}
