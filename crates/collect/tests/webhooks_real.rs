//! The webhook examples of `@octokit/webhooks-examples`: every delivery is an event or counted as not ours.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use muster_collect::webhooks::{Config, Delivery, open, read_delivery};
use muster_model::{Batch, Event};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn folder() -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/events/webhooks")).to_path_buf()
}

/// Every example, with the event's name, by walking the files apart from the collector.
fn examples() -> Vec<(String, Value)> {
    let mut examples = Vec::new();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        for event in serde_json::from_str::<Value>(&text).unwrap().as_array().unwrap() {
            for body in event["examples"].as_array().unwrap() {
                examples.push((event["name"].as_str().unwrap().to_owned(), body.clone()));
            }
        }
    }
    examples
}

/// What a delivery of an event and action is, as GitHub's documentation describes them.
fn expected(name: &str, body: &Value) -> Option<&'static str> {
    let merged = body["pull_request"]["merged"] == true;
    Some(match (name, body["action"].as_str().unwrap_or("")) {
        ("issues", "opened") => "issue.opened",
        ("issues", "closed") => "issue.closed",
        ("issues", "reopened") => "issue.reopened",
        ("issues", "transferred") => "issue.transferred",
        ("issues" | "pull_request", "labeled") => "issue.labeled",
        ("issues" | "pull_request", "assigned") => "issue.assigned",
        ("issue_comment", "created") if body["issue"]["pull_request"].is_object() => "pull_request.commented",
        ("issue_comment", "created") => "issue.commented",
        ("pull_request", "opened") => "pull_request.opened",
        ("pull_request", "closed") if merged => "pull_request.merged",
        ("pull_request", "closed") => "pull_request.closed",
        ("pull_request", "reopened") => "pull_request.reopened",
        ("pull_request", "converted_to_draft") => "pull_request.drafted",
        ("pull_request", "ready_for_review") => "pull_request.readied",
        ("pull_request", "review_requested") => "pull_request.review_requested",
        ("pull_request_review", "submitted" | "dismissed") => "pull_request.reviewed",
        ("pull_request_review_comment", "created") => "pull_request.review_commented",
        ("commit_comment", "created") => "commit.commented",
        ("release", "published") => "release.published",
        ("star", "created") => "repository.starred",
        ("fork", _) => "repository.forked",
        ("repository", "renamed" | "transferred") => "repository.renamed",
        ("discussion", "created") => "discussion.opened",
        ("discussion", "answered") => "discussion.answered",
        ("discussion_comment", "created") => "discussion.commented",
        _ => return None,
    })
}

fn kinds<'a>(kinds: impl Iterator<Item = &'a str>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    kinds.for_each(|kind| *counts.entry(kind.to_owned()).or_default() += 1);
    counts
}

fn collect(path: &Path) -> Batch {
    let mut source =
        open(&Config { name: "hooks".into(), paths: vec![path.into()], repositories: vec![] }, None).unwrap();
    let batch = source.next_batch().unwrap().unwrap();
    assert!(source.next_batch().unwrap().is_none());
    batch
}

#[test]
#[ignore = "reads ../shared/data; .ci/run runs it"]
fn every_example_is_an_event_or_not_ours() {
    let examples = examples();
    assert!(examples.len() >= 329, "{}", examples.len());
    let batch = collect(&folder());
    assert!(batch.problems.is_empty(), "{}", batch.problems[0]);
    let own: Vec<&Event> = batch.events.iter().filter(|event| event.kind() != "item.linked").collect();
    let stated = kinds(examples.iter().filter_map(|(name, body)| expected(name, body)));
    assert_eq!(kinds(own.iter().map(|event| event.kind())), stated);
    assert_eq!(own.len() as u64 + batch.counts.not_ours, examples.len() as u64);
    assert_eq!(batch.counts.read, batch.events.len() as u64 + batch.counts.not_ours);
    println!("{} deliveries: {} not ours, {stated:?}", examples.len(), batch.counts.not_ours);
    let mut payloads: BTreeMap<&str, String> = BTreeMap::new();
    for event in &batch.events {
        let payload = event.data.to_json();
        assert_eq!(payloads.entry(&event.id).or_insert_with(|| payload.clone()), &payload, "{}", event.id);
    }
}

#[test]
#[ignore = "reads ../shared/data; .ci/run runs it"]
fn a_bare_body_and_a_live_delivery_tell_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let source = Arc::from("webhooks:live");
    let mut live = Vec::new();
    for (index, (name, body)) in examples().iter().enumerate() {
        let bytes = serde_json::to_vec_pretty(body).unwrap();
        std::fs::write(folder.path().join(format!("{index:04}.payload.json")), &bytes).unwrap();
        match read_delivery(name, &bytes, "1", &source, &|_| true) {
            Delivery::Events(events) => live.extend(events),
            Delivery::NotOurs => {}
            other => panic!("{name}: {other:?}"),
        }
    }
    let told = |events: &[Event]| -> Vec<(String, String, Option<String>)> {
        events.iter().map(|event| (event.id.clone(), event.data.to_json(), event.actor.clone())).collect()
    };
    let stored = collect(folder.path());
    assert!(stored.problems.is_empty(), "{}", stored.problems[0]);
    assert_eq!(told(&stored.events), told(&live));
    assert_eq!(told(&live), told(&collect(&self::folder()).events));
}
