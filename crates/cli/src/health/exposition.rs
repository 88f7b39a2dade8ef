//! The text format of Prometheus.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Every family there may be, and what it means.
const FAMILIES: [(&str, &str); 22] = [
    ("appended_events_total", "Events that runs have added to the log."),
    ("claim_holds", "Whether a claim holds; one that is undecided has no line."),
    ("consecutive_failed_runs", "Runs that failed one after the other until now."),
    ("lag_seconds", "How long ago the latest thing in the log happened."),
    ("last_run_appended_events", "Events that the last run added to the log."),
    ("last_run_duration_seconds", "How long the last run took."),
    ("last_run_failed", "Whether the last run failed, was incomplete or broke off."),
    ("last_run_rejected_records", "Records that the last run could not read."),
    ("last_run_timestamp_seconds", "When the last run ended."),
    ("last_success_timestamp_seconds", "When a run last succeeded."),
    ("next_run_timestamp_seconds", "When the pipeline is due next."),
    ("pipeline_refused", "A pipeline file that cannot be used."),
    ("rejected_records_total", "Records that runs could not read."),
    ("run_history_unreadable", "The run history cannot be read."),
    ("run_in_progress", "Whether the pipeline is running."),
    ("run_log_events", "Events in the log after the last run."),
    ("run_log_version", "The log's version after the last run."),
    ("runs_total", "Runs by how they ended."),
    ("source_failed", "Whether the source failed in the last run that read it."),
    ("source_last_success_timestamp_seconds", "When the source was last read to its end."),
    ("source_quota_left", "Requests that the source would still have answered after the last run that read it."),
    ("up", "The program answers."),
];

/// Samples, by family.
#[derive(Default)]
pub struct Exposition {
    families: BTreeMap<&'static str, (&'static str, String)>,
}

impl Exposition {
    /// A value that goes up and down.
    pub fn gauge(&mut self, name: &'static str, labels: &[(&str, &str)], value: f64) {
        self.sample(name, "gauge", labels, value);
    }

    /// A value that only grows.
    pub fn counter(&mut self, name: &'static str, labels: &[(&str, &str)], value: f64) {
        self.sample(name, "counter", labels, value);
    }

    fn sample(&mut self, name: &'static str, kind: &'static str, labels: &[(&str, &str)], value: f64) {
        let (_, samples) = self.families.entry(name).or_insert((kind, String::new()));
        let labels: Vec<String> = labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let _ = writeln!(samples, "muster_{name}{labels} {value}");
    }

    /// All of it.
    pub fn text(mut self) -> String {
        self.gauge("up", &[], 1.0);
        let mut text = String::new();
        for (name, help) in FAMILIES {
            if let Some((kind, samples)) = self.families.get(name) {
                let _ = write!(text, "# HELP muster_{name} {help}\n# TYPE muster_{name} {kind}\n{samples}");
            }
        }
        text
    }
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
