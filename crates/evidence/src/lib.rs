//! What a reader gets: every figure with its definition and its doubts, as tables, as JSON and as a page to read.
//!
//! ```text
//! out/metrics/<metric>.csv     every cell of one metric
//! out/metrics.csv, .jsonl      every cell of all of them
//! out/metrics.prom             the latest finished windows, as Prometheus scrapes them
//! out/opendigger/**/*.json     the metrics of the pack, in OpenDigger's shape
//! out/evidence/summary.md      the page
//! out/evidence/summary.json    the same, complete, for programs
//! out/evidence/report.html     the report, and the files beside it ([`report`])
//! out/evidence/rejected.csv    what could not be read, where, why
//! out/evidence/attendance.csv  who was at which meeting, as FINOS' tools read it
//! ```
//!
//! The writers are given finished figures and know no engine. The same input gives the same bytes on every machine and
//! day: line ends are LF, the order is the one given, nothing says when it was written. CSV and JSON carry numbers in
//! full (the shortest text that reads back as the same number, whole numbers without `.0`); the page rounds them
//! to three significant digits.
//!
//! Two guards stand last before every byte: no e-mail address leaves in any file ([`without_emails`]), and no CSV cell
//! can run as a formula in a spreadsheet ([`spreadsheet_safe`]).

pub mod bundle;
pub mod claims;
pub mod compare;
pub mod criteria;
mod csv;
mod exchange;
mod figure;
mod file;
mod guard;
mod json;
pub mod manifest;
mod markdown;
mod near;
mod number;
pub mod privacy;
pub mod published;
pub mod report;
pub mod roll;
mod rows;

pub use crate::csv::{attendance_csv, csv_line, metric_csv, rejected_csv};
pub use exchange::{metrics_jsonl, metrics_prom};
pub use figure::{ExcludedBot, Figure, Present, Provenance, Rejected, SourceCounts};
pub use file::{
    EvidenceError, Written, write_all, write_attendance_csv, write_if_changed, write_metric_csv, write_metrics,
    write_rejected_csv, write_summary_json, write_summary_md,
};
pub use guard::{REMOVED, spreadsheet_safe, without_emails};
pub use json::summary_json;
pub use markdown::{summary_md, value as shown};
pub use rows::rows_md;

#[cfg(test)]
mod samples;
