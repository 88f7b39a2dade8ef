//! The made-up history, and the truth about it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod support;

use muster_test_github::{Plan, generate};
use support::lantern;

#[test]
fn the_same_seed_is_the_same_history() {
    let plan = Plan { items: 300, comments: 900, repositories: 3, ..Plan::default() };
    let facts = generate(plan).facts();
    assert_eq!(facts, generate(plan).facts());
    assert_ne!(facts, generate(Plan { seed: 2, ..plan }).facts());
    let of = |kind: &str| facts.iter().filter(|fact| fact.kind == kind).count();
    assert_eq!(of("issue.opened") + of("pull_request.opened"), 300);
    assert_eq!(of("issue.commented") + of("pull_request.commented"), 900);
    assert!(of("issue.reopened") > 0 && of("pull_request.merged") > 50 && of("pull_request.drafted") == 0);
    assert!(facts.iter().any(|fact| fact.actor.is_none()), "somebody was deleted");
}

#[test]
fn facts_are_what_happened() {
    let facts = lantern().facts();
    let told = |kind: &str| facts.iter().find(|fact| fact.kind == kind).unwrap();
    assert_eq!(told("pull_request.merged").actor.as_deref(), Some("bob"));
    assert_eq!(told("pull_request.merged").detail.as_deref(), Some("dependabot[bot]"));
    assert_eq!(told("issue.labeled").detail.as_deref(), Some("bug"));
    assert_eq!(told("issue.reopened").at.to_string(), "2024-02-07T00:00:00Z");
    assert_eq!(told("repository.forked").detail.as_deref(), Some("cleo/lantern"));
    assert_eq!(told("discussion.answered").actor.as_deref(), Some("ada"));
    assert_eq!(told("pull_request.review_requested").detail.as_deref(), Some("team:lamps"));
    assert_eq!(facts.iter().filter(|fact| fact.kind == "pull_request.closed").count(), 2, "a merge closes too");
}

#[test]
fn a_deleted_repository_holds_no_facts() {
    let mut world = lantern();
    world.repository_mut("acme/lantern").access = muster_test_github::Access::Gone;
    assert!(world.facts().is_empty());
}
