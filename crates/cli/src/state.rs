//! Whether the outputs on disk are those that would be computed again.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What the outputs were computed from, and which files they are.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// Everything that decides the outputs: program, log and its version, as-of, definitions, bots.
    pub inputs: String,
    /// What the figures are as of.
    pub as_of: String,
    /// The version of the log behind them.
    pub log_version: u64,
    /// Relative path to size in bytes.
    pub files: BTreeMap<String, u64>,
    /// Counts for the line that the program prints.
    pub tables: u64,
    /// Likewise.
    pub metrics: u64,
    /// Likewise.
    pub cells: u64,
}

impl State {
    fn path(out: &Path) -> PathBuf {
        out.join("state.json")
    }

    /// The state of `out`, if every file of it still stands as it was written.
    pub fn read(out: &Path) -> Option<Self> {
        let state: Self = serde_json::from_str(&std::fs::read_to_string(Self::path(out)).ok()?).ok()?;
        let stands =
            |(path, size): (&String, &u64)| std::fs::metadata(out.join(path)).is_ok_and(|data| data.len() == *size);
        state.files.iter().all(stands).then_some(state)
    }

    /// Forgets the state before outputs change, so that a run which is stopped half way is done again.
    pub fn forget(out: &Path) -> std::io::Result<()> {
        match std::fs::remove_file(Self::path(out)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Writes it, with the sizes of `files`.
    pub fn write(mut self, out: &Path, files: &[PathBuf]) -> std::io::Result<()> {
        for file in files {
            let relative = file.strip_prefix(out).unwrap_or(file).to_string_lossy().replace('\\', "/");
            self.files.insert(relative, std::fs::metadata(file)?.len());
        }
        std::fs::write(Self::path(out), serde_json::to_string_pretty(&self).map_err(std::io::Error::other)? + "\n")
    }
}
