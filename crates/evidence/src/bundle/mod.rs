//! The evidence bundle: a folder that a committee keeps, and the proof that nobody changed it.
//!
//! ```text
//! MANIFEST.sha256   a line a file: SHA-256, two blanks, path; `sha256sum -c MANIFEST.sha256` checks it anywhere
//! bundle.json       log, version, as-of, program: what `muster verify` computes it from again
//! README.md         what is what
//! pipeline.toml     the pipeline file
//! evidence/         report, summary, tables for a proposal
//! metrics/          every cell of every metric, CSV
//! tables/           what the metrics are made from, CSV
//! populations/      the rows behind the metrics, CSV
//! ```

use crate::file::{EvidenceError, write_if_changed};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// The file with the hash of every other.
pub const MANIFEST: &str = "MANIFEST.sha256";

/// The file that says what the bundle was made from.
pub const ABOUT: &str = "bundle.json";

/// What a bundle was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The number of this shape.
    pub schema: u32,
    /// The community.
    pub project: String,
    /// The program.
    pub muster_version: String,
    /// Which log: a hash of its identity.
    pub log: String,
    /// The version of it.
    pub log_version: u64,
    /// Events in it at that version.
    pub log_events: u64,
    /// The instant that the figures look back from.
    pub as_of: String,
    /// How people are called.
    pub privacy: String,
    /// The pipeline file's name.
    pub pipeline_file: String,
    /// Metrics with the same SELECT share a population: which file holds whose rows.
    pub populations: BTreeMap<String, String>,
}

impl About {
    /// Reads `bundle.json` of a bundle.
    ///
    /// # Errors
    /// A file that is not there, or no such file.
    pub fn read(bundle: &Path) -> Result<Self, EvidenceError> {
        let path = bundle.join(ABOUT);
        let read = fs::read(&path).and_then(|bytes| serde_json::from_slice(&bytes).map_err(io::Error::other));
        read.map_err(|error| EvidenceError::Io { path, error })
    }

    /// Writes it.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn write(&self, bundle: &Path) -> Result<(), EvidenceError> {
        let text = serde_json::to_string_pretty(self).unwrap_or_default() + "\n";
        write_if_changed(&bundle.join(ABOUT), &text).map(|_| ())
    }
}

/// The hash by which a bundle says which log it was made from; the identity itself is the key of the pseudonyms.
pub fn log_hash(identity: &str) -> String {
    hex(&Sha256::digest(format!("muster log {identity}")))
}

/// What a bundle's files are against what they should be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Files that are as they should be.
    pub same: usize,
    /// Files with other bytes.
    pub changed: Vec<String>,
    /// Files that are not there.
    pub missing: Vec<String>,
    /// Files that should not be there.
    pub added: Vec<String>,
}

impl Difference {
    /// Whether there is none.
    pub fn is_none(&self) -> bool {
        self.changed.is_empty() && self.missing.is_empty() && self.added.is_empty()
    }

    pub(crate) fn between(wanted: &Hashes, found: &Hashes) -> Self {
        let mut difference = Self::default();
        for (path, hash) in wanted {
            match found.get(path) {
                Some(other) if other == hash => difference.same += 1,
                Some(_) => difference.changed.push(path.clone()),
                None => difference.missing.push(path.clone()),
            }
        }
        difference.added = found.keys().filter(|path| !wanted.contains_key(*path)).cloned().collect();
        difference
    }
}

/// Path to hash.
pub(crate) type Hashes = BTreeMap<String, String>;

/// Hashes every file of the bundle and writes the manifest: the last file of a bundle.
///
/// # Errors
/// A file that cannot be read or written.
pub fn seal(bundle: &Path) -> Result<usize, EvidenceError> {
    let hashes = hashes(bundle)?;
    let lines: String = hashes.iter().map(|(path, hash)| format!("{hash}  {path}\n")).collect();
    write_if_changed(&bundle.join(MANIFEST), &lines)?;
    Ok(hashes.len())
}

/// Checks every file of the bundle against its manifest.
///
/// # Errors
/// A bundle without manifest, a line of it that is none, a file that cannot be read.
pub fn check(bundle: &Path) -> Result<Difference, EvidenceError> {
    Ok(Difference::between(&manifest(bundle)?, &hashes(bundle)?))
}

/// Compares what the manifests of two bundles state: the one to be checked, and the one computed again.
///
/// # Errors
/// As [`check`].
pub fn compare(bundle: &Path, again: &Path) -> Result<Difference, EvidenceError> {
    Ok(Difference::between(&manifest(again)?, &manifest(bundle)?))
}

fn manifest(bundle: &Path) -> Result<Hashes, EvidenceError> {
    let path = bundle.join(MANIFEST);
    let failed = |error| EvidenceError::Io { path: path.clone(), error };
    let text = fs::read_to_string(&path).map_err(failed)?;
    let line = |(number, line): (usize, &str)| {
        let pair = line.split_once("  ").filter(|(hash, path)| is_hash(hash) && !path.is_empty());
        let wrong = || io::Error::other(format!("line {} is no hash and path", number + 1));
        pair.map(|(hash, path)| (path.to_owned(), hash.to_owned())).ok_or_else(|| failed(wrong()))
    };
    text.lines().enumerate().map(line).collect()
}

fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Every file below a folder but a bundle's manifest, hashed.
pub(crate) fn hashes(bundle: &Path) -> Result<Hashes, EvidenceError> {
    let mut files = Vec::new();
    collect(bundle, "", &mut files)?;
    files.retain(|(name, _)| name != MANIFEST);
    let hashed = |(name, file): (String, Option<PathBuf>)| {
        let Some(path) = file else { return Ok((name, "no file".to_owned())) };
        hash(&path).map(|hash| (name, hash)).map_err(|error| EvidenceError::Io { path, error })
    };
    files.into_par_iter().map(hashed).collect()
}

/// The SHA-256 of some bytes.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Every file below, by its path with `/`. A link is no file of a bundle: it is not followed, and counts as added.
fn collect(folder: &Path, inside: &str, files: &mut Vec<(String, Option<PathBuf>)>) -> Result<(), EvidenceError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error| EvidenceError::Io { path, error }
    };
    for entry in fs::read_dir(folder).map_err(failed(folder))? {
        let entry = entry.map_err(failed(folder))?;
        let path = entry.path();
        let name = format!("{inside}{}", entry.file_name().to_string_lossy());
        let kind = entry.file_type().map_err(failed(&path))?;
        if kind.is_dir() {
            collect(&path, &format!("{name}/"), files)?;
        } else {
            files.push((name, kind.is_file().then_some(path)));
        }
    }
    Ok(())
}

fn hash(path: &Path) -> io::Result<String> {
    let mut digest = Sha256::new();
    io::copy(&mut fs::File::open(path)?, &mut Sink(&mut digest))?;
    Ok(hex(&digest.finalize()))
}

/// Bytes into a hash.
struct Sink<'a>(&'a mut Sha256);

impl io::Write for Sink<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundle() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("evidence")).unwrap();
        fs::write(folder.path().join("evidence/report.html"), "a").unwrap();
        fs::write(folder.path().join("README.md"), "b").unwrap();
        seal(folder.path()).unwrap();
        folder
    }

    #[test]
    fn the_manifest_is_what_sha256sum_reads() {
        let folder = bundle();
        let text = fs::read_to_string(folder.path().join(MANIFEST)).unwrap();
        assert_eq!(
            text,
            "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d  README.md\n\
             ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb  evidence/report.html\n"
        );
        assert_eq!(check(folder.path()).unwrap(), Difference { same: 2, ..Difference::default() });
    }

    #[test]
    fn every_change_is_named() {
        let folder = bundle();
        fs::write(folder.path().join("evidence/report.html"), "c").unwrap();
        fs::write(folder.path().join("evidence/more.csv"), "").unwrap();
        fs::remove_file(folder.path().join("README.md")).unwrap();
        let found = check(folder.path()).unwrap();
        assert_eq!(found.changed, ["evidence/report.html"]);
        assert_eq!(found.added, ["evidence/more.csv"]);
        assert_eq!(found.missing, ["README.md"]);
        assert!(!found.is_none());
    }

    #[test]
    fn a_bundle_without_manifest_or_with_a_wrong_one_is_no_bundle() {
        let folder = bundle();
        fs::write(folder.path().join(MANIFEST), "not a hash  x\n").unwrap();
        assert!(check(folder.path()).unwrap_err().to_string().contains("line 1 is no hash and path"));
        fs::remove_file(folder.path().join(MANIFEST)).unwrap();
        assert!(check(folder.path()).is_err());
    }

    #[test]
    fn the_hash_of_the_log_does_not_tell_its_identity() {
        assert_eq!(log_hash("x").len(), 64);
        assert_ne!(log_hash("x"), log_hash("y"));
    }
}
