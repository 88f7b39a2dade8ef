//! Compaction: many small files become few, and nothing that can be read changes.

use crate::error::LogError;
use crate::log::{Log, next_instant};
use crate::schema::schema;
use crate::state::LogFile;
use crate::store::random;
use crate::{read, write};
use futures::TryStreamExt;
use std::sync::Arc;

/// Files are joined up to this size.
const TARGET: u64 = 64 << 20;

/// What a compaction did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Compacted {
    /// Files of the log before.
    pub files_before: u64,
    /// Files of the log afterwards.
    pub files_after: u64,
    /// Their bytes before. The old files stay in the folder, so that earlier versions can be read.
    pub bytes_before: u64,
    /// Their bytes afterwards.
    pub bytes_after: u64,
    /// The log's version afterwards; the one before, when there was nothing to join.
    pub version: u64,
}

impl Log {
    /// Joins neighbouring small files into files of up to 64 MiB. The events, their order and what is recorded of them
    /// stay; the files of earlier versions stay, too. Others may append at the same time.
    ///
    /// # Errors
    /// [`crate::Fault::Newer`], [`crate::Fault::Damaged`], or a failure of the storage; then the log is as it was, or
    /// joined in part.
    pub async fn compact(&mut self) -> Result<Compacted, LogError> {
        self.may_write()?;
        self.refresh().await?;
        let bytes = |files: &[LogFile]| files.iter().map(|file| file.size).sum();
        let before = self.state.clone();
        for group in groups(&before.files) {
            self.join(group).await?;
        }
        Ok(Compacted {
            files_before: before.files.len() as u64,
            files_after: self.state.files.len() as u64,
            bytes_before: bytes(&before.files),
            bytes_after: bytes(&self.state.files),
            version: self.state.version,
        })
    }

    /// Puts one file in the place of several.
    async fn join(&mut self, group: &[LogFile]) -> Result<(), LogError> {
        let failed = |error| LogError::storage(&self.place.name, "compact", error);
        let mut encoder = write::Encoder::new().map_err(failed)?;
        for file in group {
            let mut batches = read::batches(self.place.clone(), file.path.clone(), file.size, schema());
            while let Some(batch) = batches.try_next().await? {
                encoder.push(&batch).map_err(failed)?;
            }
        }
        let written = write::put(&self.place, self.state.version + 1, encoder).await?;
        let (events, expected) = (written.file.events, group.iter().map(|file| file.events).sum::<u64>());
        if events != expected {
            write::forget(&self.place, &written).await;
            let what = format_args!(
                "{} and the {} files after it: {events} events of {expected}",
                group[0].path,
                group.len() - 1
            );
            return Err(LogError::damaged(&self.place.name, "compaction", what));
        }
        let token = format!("{:016x}{:016x}", random(), random());
        loop {
            let (version, at) = (self.state.version + 1, next_instant(self.state.committed));
            let mut actions: Vec<_> = group.iter().map(|file| write::remove(file, at, false)).collect();
            actions.push(written.add(at, false));
            if write::commit(&self.place, version, "OPTIMIZE", at, &token, actions).await? {
                let state = Arc::make_mut(&mut self.state);
                (state.version, state.committed) = (version, at);
                state.files.retain(|file| !group.contains(file));
                state.files.push(written.file);
                state.sort();
                self.checkpoint().await;
                return Ok(());
            }
            let caught = self.catch_up(&token).await?;
            if caught.own.is_some() {
                return Ok(());
            }
            if group.iter().any(|file| caught.removed.contains(&file.path)) {
                // Somebody else compacts. What is left to do is theirs.
                write::forget(&self.place, &written).await;
                return Ok(());
            }
        }
    }
}

/// Runs of neighbours that fit into one file.
fn groups(files: &[LogFile]) -> Vec<&[LogFile]> {
    let mut groups = Vec::new();
    let (mut start, mut size) = (0, 0);
    for (index, file) in files.iter().enumerate() {
        if size + file.size > TARGET {
            groups.push(&files[start..index]);
            (start, size) = (index, 0);
        }
        size += file.size;
    }
    groups.push(&files[start..]);
    groups.retain(|group| group.len() > 1);
    groups
}
