//! A real server, asked as a probe and as Prometheus ask.

use super::*;
use crate::history::event;
use muster_model::Payload;
use muster_model::payload::{RunFailure, RunFinished, RunLog, RunSource};
use std::io::{Read, Write};
use std::net::TcpStream;

fn pipeline(folder: &Path) -> Pipeline {
    let text = "[project]\nname = \"the \\\"lantern\\\"\"\nlog = \"log\"\nout = \"out\"\n";
    Pipeline::parse(&folder.join("p.toml"), text, &[], &|_| None).unwrap()
}

fn at(text: &str) -> Timestamp {
    muster_model::parse_time(text).unwrap()
}

fn finished(started: &str, outcome: Outcome, failure: Option<&str>) -> RunFinished {
    let failure = failure.map(|message| RunFailure { message: message.to_owned(), hint: String::new() });
    let source = |name: &str, appended, failure, quota_left| RunSource {
        name: name.to_owned(),
        kind: "github".to_owned(),
        read: appended,
        appended,
        failure,
        quota_left,
        ..RunSource::default()
    };
    RunFinished {
        pipeline: "p.toml".to_owned(),
        command: "run".to_owned(),
        started: at(started),
        outcome,
        exit: Some(0),
        milliseconds: 1_500,
        failure: None,
        looked_back: false,
        log: Some(RunLog { version: 4, events: 12, newest: Some(at("2025-01-01")) }),
        sources: vec![source("github", 5, failure, Some(4_312)), source("notes", 2, None, None)],
        outputs: None,
        claims: Vec::new(),
    }
}

async fn asked(health: &Health, path: &str) -> (u16, String) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(axum::serve(listener, router(health.clone())).into_future());
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    let answer = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    });
    let answer = answer.await.unwrap();
    server.abort();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_metrics_are_those_of_the_run_history() {
    let folder = tempfile::tempdir().unwrap();
    let pipeline = pipeline(folder.path());
    let health = Health::default();
    health.watch(&pipeline, Some(at("2027-01-01")), true);
    health.refused(&folder.path().join("broken.toml"), "it has no [project]");
    // Before the first run there is no log, and that is no fault.
    assert_eq!(asked(&health, "/readyz").await.0, 200);
    muster_log::Log::open_or_create(&pipeline.project.log.to_string()).await.unwrap();
    let journal = Journal::open(&pipeline.project.log.to_string()).await.unwrap();
    for (id, end, finished) in [
        ("a", "2026-01-01T00:01:00Z", finished("2026-01-01T00:00:00Z", Outcome::Succeeded, None)),
        ("b", "2026-01-02T00:01:00Z", finished("2026-01-02T00:00:00Z", Outcome::Incomplete, Some("401"))),
        ("c", "2026-01-03T00:01:00Z", finished("2026-01-03T00:00:00Z", Outcome::Stopped, None)),
        ("d", "2026-01-04T00:01:00Z", finished("2026-01-04T00:00:00Z", Outcome::Incomplete, Some("401"))),
    ] {
        // Each is asked for in between: what was read before must not stay.
        assert_eq!(asked(&health, "/metrics").await.0, 200);
        journal.append(&event(&pipeline, id, "finished", at(end), Payload::RunFinished(finished))).await.unwrap();
    }
    let (status, text) = asked(&health, "/metrics").await;
    assert_eq!(status, 200);
    let labels = "project=\"the \\\"lantern\\\"\",pipeline=\"p.toml\"";
    for line in [
        "muster_up 1".to_owned(),
        "muster_pipeline_refused{pipeline=\"broken.toml\"} 1".to_owned(),
        format!("muster_run_in_progress{{{labels}}} 1"),
        format!("muster_next_run_timestamp_seconds{{{labels}}} 1798761600"),
        format!("muster_runs_total{{{labels},outcome=\"incomplete\"}} 2"),
        format!("muster_runs_total{{{labels},outcome=\"succeeded\"}} 1"),
        format!("muster_appended_events_total{{{labels}}} 28"),
        format!("muster_consecutive_failed_runs{{{labels}}} 2"),
        format!("muster_last_success_timestamp_seconds{{{labels}}} 1767225660"),
        format!("muster_last_run_timestamp_seconds{{{labels}}} 1767484860"),
        format!("muster_last_run_failed{{{labels}}} 1"),
        format!("muster_last_run_duration_seconds{{{labels}}} 1.5"),
        format!("muster_source_failed{{{labels},source=\"github\"}} 1"),
        format!("muster_source_failed{{{labels},source=\"notes\"}} 0"),
        format!("muster_source_quota_left{{{labels},source=\"github\"}} 4312"),
        format!("muster_source_last_success_timestamp_seconds{{{labels},source=\"notes\"}} 1767484860"),
        format!("muster_run_log_version{{{labels}}} 4"),
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
    }
    let lag = text.lines().find_map(|line| line.strip_prefix(&format!("muster_lag_seconds{{{labels}}} "))).unwrap();
    assert!(lag.parse::<f64>().unwrap() > 86_400.0 * 300.0, "{lag}");
    // Every family is told what it is, once, before its samples.
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let name = line.split(['{', ' ']).next().unwrap();
        assert_eq!(text.matches(&format!("# TYPE {name} ")).count(), 1, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_cannot_be_read_and_a_stop_are_told_to_the_probes() {
    let folder = tempfile::tempdir().unwrap();
    let pipeline = pipeline(folder.path());
    let health = Health::default();
    health.watch(&pipeline, None, false);
    health.beat();
    assert_eq!(asked(&health, "/healthz").await, (200, "well\n".to_owned()));
    // A file where the log's folder should be.
    std::fs::write(folder.path().join("log"), "x").unwrap();
    let (status, text) = asked(&health, "/readyz").await;
    assert!(status == 503 && text.contains("not ready") && text.contains("p.toml"), "{status} {text}");
    assert!(asked(&health, "/metrics").await.1.contains("muster_run_history_unreadable{"));
    health.forget(&pipeline.file);
    assert_eq!(asked(&health, "/readyz").await.0, 200);
    health.stopping();
    assert_eq!(asked(&health, "/readyz").await, (503, "stopping\n".to_owned()));
}
