//! `manifest.json`: what a run's outputs are, and what they were computed from.
//!
//! Its shape is `docs/manifest.schema.json`. It names every other file of the run with its size and hash; of a Parquet file
//! also rows, columns, types and meanings. It is written last: a folder with a manifest is a whole run.

use crate::bundle::{self, Difference, Hashes};
use crate::file::{EvidenceError, write_if_changed};
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::{fs, io};

/// The manifest's name.
pub const MANIFEST: &str = "manifest.json";

/// The number of this shape.
pub const SCHEMA: u32 = 1;

/// What a run's outputs are, and what they were computed from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
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
    /// A hash of everything that decides the outputs: program, log, as-of, definitions, pipeline file. Where it is the same, so
    /// are they.
    pub inputs: String,
    /// How many tables there are.
    pub tables: u64,
    /// How many metrics.
    pub metrics: u64,
    /// How many figures in all.
    pub cells: u64,
    /// Every other file, by path.
    pub files: Vec<Entry>,
}

/// A file of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Where it is below the run's folder, with `/`.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// SHA-256, in hexadecimal.
    pub sha256: String,
    /// What is in it, if it is a Parquet file.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub table: Option<Table>,
}

/// What is in a Parquet file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// How many rows.
    pub rows: u64,
    /// What a row is.
    pub title: String,
    /// What is in it and what is not.
    pub definition: String,
    /// The columns, in order.
    pub columns: Vec<Column>,
}

/// A column of a Parquet file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type, in Arrow's words.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether a value may be missing.
    pub nullable: bool,
    /// What it means.
    pub description: String,
}

impl Manifest {
    /// Reads the manifest of a run's folder.
    ///
    /// # Errors
    /// A manifest that is not there, or none that this program understands.
    pub fn read(run: &Path) -> Result<Self, EvidenceError> {
        let path = run.join(MANIFEST);
        let read = fs::read(&path).and_then(|bytes| serde_json::from_slice(&bytes).map_err(io::Error::other));
        read.map_err(|error| EvidenceError::Io { path, error })
    }

    /// Writes it.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn write(&self, run: &Path) -> Result<(), EvidenceError> {
        write_if_changed(&run.join(MANIFEST), &self.text()).map(|_| ())
    }

    /// Its bytes.
    pub fn text(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// A hash of its bytes, and with them of the whole run: no two runs that differ have the same.
    pub fn hash(&self) -> String {
        bundle::sha256(self.text().as_bytes())
    }

    /// Whether every file is there with its size. Not its hash: that takes reading them.
    pub fn is_whole(&self, run: &Path) -> bool {
        let stands = |entry: &Entry| fs::metadata(run.join(&entry.path)).is_ok_and(|data| data.len() == entry.bytes);
        self.files.iter().all(stands)
    }

    /// Whether these are the bytes of one of its files.
    pub fn knows(&self, path: &str, bytes: &[u8]) -> bool {
        self.files.iter().any(|entry| entry.path == path && entry.sha256 == bundle::sha256(bytes))
    }

    /// Checks every file by its hash.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn check(&self, run: &Path) -> Result<Difference, EvidenceError> {
        let mut found = bundle::hashes(run)?;
        found.remove(MANIFEST);
        Ok(Difference::between(&self.hashes(), &found))
    }

    /// Compares what two manifests state: this one, and the one of a run computed again.
    pub fn compare(&self, again: &Self) -> Difference {
        Difference::between(&again.hashes(), &self.hashes())
    }

    fn hashes(&self) -> Hashes {
        self.files.iter().map(|entry| (entry.path.clone(), entry.sha256.clone())).collect()
    }
}

/// Every file of a run's folder but the manifest, with `table` asked for what is in a Parquet file.
///
/// # Errors
/// A file that cannot be read, and what `table` fails with.
pub fn entries<E: From<EvidenceError>>(run: &Path, table: impl Fn(&Path) -> Result<Table, E>) -> Result<Vec<Entry>, E> {
    let mut entries = Vec::new();
    for (path, sha256) in bundle::hashes(run)?.into_iter().filter(|(path, _)| path != MANIFEST) {
        let file = run.join(&path);
        let bytes = fs::metadata(&file).map_err(|error| EvidenceError::Io { path: file.clone(), error })?.len();
        let table = path.ends_with(".parquet").then(|| table(&file)).transpose()?;
        entries.push(Entry { path, bytes, sha256, table });
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run() -> (tempfile::TempDir, Manifest) {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("tables")).unwrap();
        fs::write(folder.path().join("tables/issues.parquet"), "rows").unwrap();
        fs::write(folder.path().join("metrics.csv"), "a,b\n").unwrap();
        let table = |_: &Path| {
            Ok::<_, EvidenceError>(Table {
                rows: 1,
                title: "Issues".to_owned(),
                definition: String::new(),
                columns: vec![Column {
                    name: "url".to_owned(),
                    kind: "string".to_owned(),
                    nullable: true,
                    description: "The page.".to_owned(),
                }],
            })
        };
        let manifest = Manifest {
            schema: SCHEMA,
            project: "lantern".to_owned(),
            muster_version: "0.1.0".to_owned(),
            log: "ab".to_owned(),
            log_version: 41,
            log_events: 7,
            as_of: "2025-12-05T00:00:00Z".to_owned(),
            inputs: "cd".to_owned(),
            tables: 1,
            metrics: 0,
            cells: 0,
            files: entries(folder.path(), table).unwrap(),
        };
        manifest.write(folder.path()).unwrap();
        (folder, manifest)
    }

    #[test]
    fn a_manifest_comes_back_as_it_was_written_and_only_parquet_has_columns() {
        let (folder, manifest) = run();
        assert_eq!(Manifest::read(folder.path()).unwrap(), manifest);
        assert!(manifest.is_whole(folder.path()) && manifest.check(folder.path()).unwrap().is_none());
        let json: serde_json::Value = serde_json::from_str(&manifest.text()).unwrap();
        assert_eq!(
            json["files"][0],
            serde_json::json!({"path": "metrics.csv", "bytes": 4,
            "sha256": "5be08c9684a1d25efcee09318204824278b08bbfb4aef973ffefd0b9d7478313"})
        );
        assert_eq!(json["files"][1]["columns"][0]["type"], "string");
    }

    #[test]
    fn every_change_is_found() {
        let (folder, manifest) = run();
        fs::write(folder.path().join("metrics.csv"), "a,c\n").unwrap();
        fs::write(folder.path().join("more.csv"), "").unwrap();
        assert!(manifest.is_whole(folder.path()), "the size is the same");
        let found = manifest.check(folder.path()).unwrap();
        assert_eq!(
            (found.same, found.changed, found.added),
            (1, vec!["metrics.csv".to_owned()], vec!["more.csv".to_owned()])
        );
        fs::remove_file(folder.path().join("tables/issues.parquet")).unwrap();
        assert!(!manifest.is_whole(folder.path()));
        assert!(!manifest.knows("metrics.csv", b"a,c\n") && manifest.knows("metrics.csv", b"a,b\n"));
        let mut again = manifest.clone();
        again.files.pop();
        assert_eq!(manifest.compare(&again).added, ["tables/issues.parquet"]);
    }
}
