//! Recorded answers of GitHub's REST API (octokit fixtures, Perceval): all are read without loss.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use muster_collect::github_json::{Config, open};
use muster_model::Severity;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/events/rest")).to_path_buf()
}

/// What the answers hold, by walking every value apart from the collector.
#[derive(Default)]
struct Counted {
    /// Pages of issues, comments and so on, as their objects and their `closed_at` name them.
    facts: BTreeSet<String>,
    /// Answers to requests that failed.
    failed: usize,
}

impl Counted {
    fn walk(&mut self, value: &Value) {
        match value {
            Value::Array(values) => values.iter().for_each(|value| self.walk(value)),
            Value::Object(object) => {
                if object.get("status").and_then(Value::as_u64).is_some_and(|status| status >= 300) {
                    self.failed += 1;
                    return;
                }
                let url = object.get("html_url").and_then(Value::as_str).unwrap_or("");
                if url.contains("/issues/") || url.contains("/pull/") {
                    self.facts.insert(url.to_owned());
                    let pull = object.get("pull_request").is_some_and(Value::is_object);
                    if !pull && object.get("closed_at").is_some_and(Value::is_string) {
                        self.facts.insert(format!("{url} {}", object["closed_at"].as_str().unwrap()));
                    }
                }
                ["response", "items", "data"]
                    .iter()
                    .filter_map(|key| object.get(*key))
                    .for_each(|value| self.walk(value));
            }
            _ => {}
        }
    }
}

#[test]
#[ignore = "reads ../shared/data; .ci/run runs it"]
fn every_recorded_answer_is_read_without_loss() {
    let mut counted = Counted::default();
    for entry in walkdir::WalkDir::new(folder()) {
        let entry = entry.unwrap();
        if entry.file_type().is_file() {
            counted.walk(&serde_json::from_slice(&std::fs::read(entry.path()).unwrap()).unwrap());
        }
    }
    let config = Config { name: "rest".into(), paths: vec![folder()], repositories: vec![] };
    let mut source = open(&config, None).unwrap();
    let batch = source.next_batch().unwrap().unwrap();
    assert!(source.next_batch().unwrap().is_none());
    let rejected: Vec<_> = batch.problems.iter().filter(|problem| problem.severity == Severity::Rejected).collect();
    assert!(rejected.is_empty(), "{}", rejected[0]);
    for problem in &batch.problems {
        println!("{problem}");
    }
    let facts: BTreeSet<&str> = batch.events.iter().map(|event| event.id.as_str()).collect();
    println!("{} events, {} facts, {:?}", batch.events.len(), facts.len(), batch.counts);
    assert!(!facts.is_empty() && counted.failed > 0);
    assert_eq!(facts.len(), counted.facts.len(), "{facts:?} {:?}", counted.facts);
    assert_eq!(batch.counts.read, batch.events.len() as u64 + batch.counts.not_ours);
}
