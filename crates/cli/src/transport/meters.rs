//! What an archiver measures of itself: Prometheus' text format, by HTTP or in a file.

use super::Archived;
use crate::failure::Failure;
use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// The figures as they are now.
#[derive(Debug, Default, Clone)]
pub struct Meters {
    /// What was copied so far.
    pub archived: Archived,
    /// Bytes of the records.
    pub bytes: u64,
    /// Appends to the log.
    pub commits: u64,
    /// Connections that failed; most are mended.
    pub errors: u64,
    /// Records that are not read yet, by partition.
    pub lag: BTreeMap<i32, i64>,
    /// The log's version.
    pub version: u64,
}

impl Meters {
    /// The text that Prometheus reads.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let topic = label(&self.archived.topic);
        let mut family = |name: &str, kind: &str, help: &str, samples: &[(String, u64)]| {
            let _ = write!(text, "# HELP muster_archive_{name} {help}\n# TYPE muster_archive_{name} {kind}\n");
            for (labels, value) in samples {
                let comma = if labels.is_empty() { "" } else { "," };
                let _ = writeln!(text, "muster_archive_{name}{{topic=\"{topic}\"{comma}{labels}}} {value}");
            }
        };
        let one = |value| [(String::new(), value)];
        family("records_total", "counter", "Records read from the topic.", &one(self.archived.read));
        family("bytes_total", "counter", "Bytes of keys and values read.", &one(self.bytes));
        let outcomes = [
            ("appended", self.archived.appended),
            ("duplicate", self.archived.duplicates),
            ("conflict", self.archived.conflicts),
            ("rejected", self.archived.rejected),
        ];
        let outcomes = outcomes.map(|(outcome, count)| (format!("outcome=\"{outcome}\""), count));
        family("outcomes_total", "counter", "What became of the records.", &outcomes);
        let unknown: Vec<_> =
            self.archived.unknown.iter().map(|(kind, count)| (format!("type=\"{}\"", label(kind)), *count)).collect();
        family("unknown_type_total", "counter", "Events of types that muster does not know; they are kept.", &unknown);
        let lag: Vec<_> = self
            .lag
            .iter()
            .map(|(partition, lag)| (format!("partition=\"{partition}\""), u64::try_from(*lag).unwrap_or_default()))
            .collect();
        family("lag_records", "gauge", "Committed records that are not read yet.", &lag);
        family("commits_total", "counter", "Appends to the log.", &one(self.commits));
        family("errors_total", "counter", "Errors of connections to the brokers.", &one(self.errors));
        family("log_version", "gauge", "The version of the log.", &one(self.version));
        text
    }
}

/// A label's value, escaped.
fn label(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

/// Meters that others look at.
pub type Shared = Arc<Mutex<Meters>>;

/// Answers `GET /metrics` and `GET /health` until the program ends.
pub async fn serve(address: SocketAddr, meters: Shared) -> Result<(), Failure> {
    let listener = tokio::net::TcpListener::bind(address).await.map_err(|error| {
        Failure::usage(format!("cannot listen on {address}: {error}"), "choose another --metrics ADDRESS")
    })?;
    let address = listener.local_addr().unwrap_or(address);
    eprintln!("metrics on http://{address}/metrics");
    let show = |State(meters): State<Shared>| async move {
        let text = meters.lock().unwrap_or_else(PoisonError::into_inner).text();
        ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text)
    };
    let routes =
        Router::new().route("/metrics", get(show)).route("/health", get(|| async { "well\n" })).with_state(meters);
    tokio::spawn(async move { axum::serve(listener, routes).await });
    Ok(())
}

/// Writes them for node_exporter's textfile collector: nobody finds half a file.
pub fn write(path: &Path, meters: &Meters) -> std::io::Result<()> {
    let beside = path.with_extension("prom.part");
    std::fs::write(&beside, meters.text())?;
    std::fs::rename(&beside, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_what_prometheus_reads() {
        let mut meters = Meters { version: 7, lag: BTreeMap::from([(0, 5), (1, 0)]), ..Meters::default() };
        meters.archived = Archived { topic: "t".to_owned(), read: 3, appended: 2, rejected: 1, ..Archived::default() };
        meters.archived.unknown.insert("a\"b".to_owned(), 1);
        let text = meters.text();
        for line in [
            "muster_archive_records_total{topic=\"t\"} 3",
            "muster_archive_outcomes_total{topic=\"t\",outcome=\"appended\"} 2",
            "muster_archive_unknown_type_total{topic=\"t\",type=\"a\\\"b\"} 1",
            "muster_archive_lag_records{topic=\"t\",partition=\"0\"} 5",
            "# TYPE muster_archive_lag_records gauge",
            "muster_archive_log_version{topic=\"t\"} 7",
        ] {
            assert!(text.lines().any(|it| it == line), "{line}\n{text}");
        }
    }
}
