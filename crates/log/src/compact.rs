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

/// What [`Log::tidy`] joins, tier by tier: files smaller than this, as soon as a multiple of [`MANY`] of them lie side by
/// side. So every event is rewritten about once a tier, however often somebody appends.
const TIERS: [u64; 3] = [512 << 10, 4 << 20, 32 << 20];
/// So many small files make opening and reading the log slower.
const MANY: usize = 32;

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
        self.compact_by(groups).await
    }

    /// The same where many small files have come together, and only of those: what a program does that appends day after
    /// day. Most times there is nothing to do.
    ///
    /// # Errors
    /// As [`Log::compact`].
    pub async fn tidy(&mut self) -> Result<Compacted, LogError> {
        self.compact_by(crowds).await
    }

    async fn compact_by(&mut self, choose: fn(&[LogFile]) -> Vec<&[LogFile]>) -> Result<Compacted, LogError> {
        self.may_write()?;
        self.refresh().await?;
        let bytes = |files: &[LogFile]| files.iter().map(|file| file.size).sum();
        let before = self.state.clone();
        for group in choose(&before.files) {
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

/// The longest run of neighbours of the lowest tier that has too many, in files of up to [`TARGET`].
fn crowds(files: &[LogFile]) -> Vec<&[LogFile]> {
    let crowd = TIERS.iter().enumerate().find_map(|(tier, limit)| {
        let runs = files.split(|file| file.size >= *limit);
        runs.max_by_key(|run| run.len()).filter(|run| run.len() >= MANY * (tier + 1))
    });
    crowd.map_or_else(Vec::new, groups)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    fn file(size: u64) -> LogFile {
        let at = Timestamp::UNIX_EPOCH;
        let path = String::new();
        LogFile { path, size, events: 1, first_recorded: at, last_recorded: at, first_time: at, last_time: at }
    }

    /// Years of appends of 20 KiB, of which joining saves nothing: the files stay few, and little is written again.
    #[test]
    fn tidying_keeps_files_few_and_rewrites_each_event_a_few_times() {
        let (mut files, mut rewritten, mut appended) = (Vec::new(), 0_u64, 0_u64);
        for _ in 0..30_000 {
            files.push(file(20 << 10));
            appended += 20 << 10;
            let groups: Vec<Vec<u64>> =
                crowds(&files).iter().map(|group| group.iter().map(|file| file.size).collect()).collect();
            let Some(start) = crowds(&files).first().map(|group| group.as_ptr()) else { continue };
            let start = files.iter().position(|file| std::ptr::eq(file, start)).unwrap_or_default();
            let sizes: Vec<u64> = groups.iter().map(|group| group.iter().sum()).collect();
            rewritten += sizes.iter().sum::<u64>();
            let taken: usize = groups.iter().map(Vec::len).sum();
            files.splice(start..start + taken, sizes.into_iter().map(file));
            assert!(files.len() < MANY * 6 + usize::try_from(appended / TARGET).unwrap_or_default() * 2);
        }
        assert!(rewritten < 5 * appended, "{} times", rewritten / appended);
        assert!(files.len() < 150, "{}", files.len());
    }
}
