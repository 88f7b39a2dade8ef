//! Files: at their place, whole or not at all, and untouched when nothing changed.

use crate::figure::{Figure, Present, Provenance, Rejected};
use crate::json::by_metric;
use crate::published::opendigger;
use crate::{attendance_csv, metric_csv, metrics_jsonl, metrics_prom, rejected_csv, summary_json, summary_md};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// A file that could not be written.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// The disk refused.
    #[error("cannot write {}: {error}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        error: io::Error,
    },
    /// The id of a metric cannot be the name of a file.
    #[error("{0:?} cannot be the name of a file; a metric's id has letters, digits, `.`, `_` and `-`")]
    Name(String),
}

/// A file that is there now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Where.
    pub path: PathBuf,
    /// Whether its content is new.
    pub changed: bool,
}

/// Writes every export of a run under `out`: `metrics/<metric>.csv` for each metric, all of them in `metrics.csv`,
/// `metrics.jsonl`, `metrics.prom` and `opendigger/`, then `evidence/summary.md`, `evidence/summary.json` and `evidence/rejected.csv`. Other files there stay as they are.
///
/// # Errors
/// [`EvidenceError`] at the first file that cannot be written; those before it are complete.
pub fn write_all(
    out: &Path,
    provenance: &Provenance,
    figures: &[Figure],
    rejected: &[Rejected],
) -> Result<Vec<Written>, EvidenceError> {
    let mut written = Vec::new();
    for metric in by_metric(figures) {
        let id = metric.first().map_or("", |figure| figure.metric.as_str());
        let path = out.join("metrics").join(file_name(id)?);
        let cells: Vec<Figure> = metric.into_iter().cloned().collect();
        written.push(write_metric_csv(&path, &cells)?);
    }
    written.push(write_metric_csv(&out.join("metrics.csv"), figures)?);
    written.push(write_if_changed(&out.join("metrics.jsonl"), &metrics_jsonl(figures))?);
    written.push(write_if_changed(&out.join("metrics.prom"), &metrics_prom(figures, provenance.as_of))?);
    for (path, text) in opendigger::files(figures).into_iter().filter(|(path, _)| stays_inside(path)) {
        written.push(write_if_changed(&out.join("opendigger").join(path), &text)?);
    }
    let evidence = out.join("evidence");
    written.push(write_summary_md(&evidence.join("summary.md"), provenance, figures, rejected)?);
    written.push(write_summary_json(&evidence.join("summary.json"), provenance, figures, rejected)?);
    written.push(write_rejected_csv(&evidence.join("rejected.csv"), rejected)?);
    Ok(written)
}

/// Ids come from users' files too, so none may lead out of its folder.
fn file_name(metric: &str) -> Result<String, EvidenceError> {
    let is_safe = metric.chars().all(|letter| letter.is_ascii_alphanumeric() || "._-".contains(letter))
        && metric.starts_with(|letter: char| letter.is_ascii_alphanumeric());
    if is_safe { Ok(format!("{metric}.csv")) } else { Err(EvidenceError::Name(metric.to_owned())) }
}

/// Repositories are named by sources, and none of their names may lead out of its folder.
fn stays_inside(path: &str) -> bool {
    path.split('/').all(|part| !part.is_empty() && part != "." && part != ".." && !part.contains(['\\', ':', '\0']))
}

/// Writes [`metric_csv`].
///
/// # Errors
/// [`EvidenceError::Io`].
pub fn write_metric_csv(path: &Path, figures: &[Figure]) -> Result<Written, EvidenceError> {
    write_if_changed(path, &metric_csv(figures))
}

/// Writes [`summary_md`]. Its links expect the layout of [`write_all`].
///
/// # Errors
/// [`EvidenceError::Io`].
pub fn write_summary_md(
    path: &Path,
    provenance: &Provenance,
    figures: &[Figure],
    rejected: &[Rejected],
) -> Result<Written, EvidenceError> {
    write_if_changed(path, &summary_md(provenance, figures, rejected))
}

/// Writes [`summary_json`].
///
/// # Errors
/// [`EvidenceError::Io`].
pub fn write_summary_json(
    path: &Path,
    provenance: &Provenance,
    figures: &[Figure],
    rejected: &[Rejected],
) -> Result<Written, EvidenceError> {
    write_if_changed(path, &summary_json(provenance, figures, rejected))
}

/// Writes [`rejected_csv`].
///
/// # Errors
/// [`EvidenceError::Io`].
pub fn write_rejected_csv(path: &Path, rejected: &[Rejected]) -> Result<Written, EvidenceError> {
    write_if_changed(path, &rejected_csv(rejected))
}

/// Writes [`attendance_csv`].
///
/// # Errors
/// [`EvidenceError::Io`].
pub fn write_attendance_csv(path: &Path, present: &[Present]) -> Result<Written, EvidenceError> {
    write_if_changed(path, &attendance_csv(present))
}

/// Writes a file as a whole: a reader sees the old content or the new, never a part. A file that already has
/// this content keeps its date. Missing folders are made. The text goes out as it is: the guards are the writers'.
///
/// # Errors
/// [`EvidenceError::Io`].
pub fn write_if_changed(path: &Path, text: &str) -> Result<Written, EvidenceError> {
    if fs::read(path).is_ok_and(|old| old == text.as_bytes()) {
        return Ok(Written { path: path.to_owned(), changed: false });
    }
    match replace(path, text) {
        Ok(()) => Ok(Written { path: path.to_owned(), changed: true }),
        Err(error) => Err(EvidenceError::Io { path: path.to_owned(), error }),
    }
}

/// No fsync: after a power cut the next run sees other content and writes it again from the log.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
    // In the same folder, since a rename does not cross disks; the process in its name keeps two runs apart.
    let temporary = path.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
    let result = fs::write(&temporary, text).and_then(|()| fs::rename(&temporary, path));
    if result.is_err() {
        // The first error is the one to tell.
        let _ = fs::remove_file(&temporary);
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn everything_is_at_its_place_and_the_second_time_nothing_changes() {
        let folder = tempfile::tempdir().unwrap();
        let mut figures = samples::growth();
        figures.extend(samples::latency());
        let write = || write_all(folder.path(), &samples::provenance(), &figures, &samples::rejected()).unwrap();
        let first = write();
        let names: Vec<_> =
            first.iter().map(|file| file.path.strip_prefix(folder.path()).unwrap().to_owned()).collect();
        assert_eq!(
            names,
            [
                "metrics/growth.active_contributors.csv",
                "metrics/latency.issue_first_response.csv",
                "metrics.csv",
                "metrics.jsonl",
                "metrics.prom",
                "evidence/summary.md",
                "evidence/summary.json",
                "evidence/rejected.csv",
            ]
            .map(PathBuf::from)
        );
        assert!(first.iter().all(|file| file.changed));
        let dates = |files: &[Written]| -> Vec<_> {
            files.iter().map(|file| fs::metadata(&file.path).unwrap().modified().unwrap()).collect()
        };
        let before = dates(&first);
        let second = write();
        assert!(second.iter().all(|file| !file.changed));
        assert_eq!(dates(&second), before);
        let left: Vec<_> = fs::read_dir(folder.path().join("evidence")).unwrap().collect();
        assert_eq!(left.len(), 3, "no temporary file stays");
        for file in first {
            let text = fs::read_to_string(&file.path).unwrap();
            assert!(!text.contains("example.org") && !text.contains('\r') && text.ends_with('\n'), "{text}");
        }
    }

    #[test]
    fn a_metric_cannot_leave_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        for id in ["../x", "", ".hidden", "a/b", "a\\b", "a\0"] {
            let mut figures = samples::latency();
            figures[0].metric = id.to_owned();
            let error = write_all(folder.path(), &samples::provenance(), &figures, &[]).expect_err(id);
            assert!(matches!(error, EvidenceError::Name(_)));
        }
    }

    #[test]
    fn a_failure_names_the_file_and_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.csv");
        fs::create_dir(&path).unwrap();
        let error = write_if_changed(&path, "a").expect_err("a folder is in the way");
        assert!(error.to_string().starts_with(&format!("cannot write {}", path.display())));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
