//! A folder to compute in, and the lock that lets one muster at a time do so.

use super::remote::Seen;
use super::unwritable;
use crate::failure::Failure;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// How the names of folders begin that no reader looks into.
pub const HIDDEN: &str = ".stage-";

/// A folder to compute in. It goes when this goes, unless it was renamed to what it is to be.
pub struct Stage {
    /// The folder, empty at first.
    pub folder: PathBuf,
    /// Whether another muster computed here until now: what stands may be another run than before.
    pub waited: bool,
    /// What an object store had when this began.
    pub(super) seen: Option<Seen>,
    _lock: Option<File>,
}

impl Stage {
    /// A new one in `out/<beside>/`.
    pub(super) async fn new(out: &Path, beside: &str, seen: Option<Seen>) -> Result<Self, Failure> {
        let parent = out.join(beside);
        let failed = |error: io::Error| unwritable(&parent, &error);
        fs::create_dir_all(&parent).map_err(failed)?;
        let (lock, waited) = lock(out).await?;
        if lock.is_some() {
            // Nobody else computes here: what is left is of a muster that was killed.
            for entry in fs::read_dir(&parent).map_err(failed)?.flatten() {
                if entry.file_name().to_string_lossy().starts_with(HIDDEN) {
                    let _ = fs::remove_dir_all(entry.path());
                }
            }
        }
        let folder = parent.join(format!("{HIDDEN}{}", std::process::id()));
        fs::create_dir(&folder).map_err(failed)?;
        Ok(Self { folder, waited, seen, _lock: lock })
    }

    /// Gives the folder its name, in the place of what has it.
    pub fn settle(self, folder: &Path) -> Result<(), Failure> {
        if folder.exists() {
            super::remove(folder);
        }
        fs::rename(&self.folder, folder).map_err(|error| unwritable(folder, &error))
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The lock of a place, and whether it had to be waited for. A file system without locks gives none.
async fn lock(out: &Path) -> Result<(Option<File>, bool), Failure> {
    let path = out.join(".lock");
    let failed = |error: io::Error| unwritable(&path, &error);
    let file = File::options().create(true).append(true).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => return Ok((Some(file), false)),
        Err(TryLockError::Error(_)) => return Ok((None, false)),
        Err(TryLockError::WouldBlock) => {}
    }
    eprintln!("another muster computes in {}; waiting for it", out.display());
    let locked = tokio::task::spawn_blocking(move || file.lock().map(|()| file)).await.map_err(Failure::internal)?;
    Ok((Some(locked.map_err(failed)?), true))
}
