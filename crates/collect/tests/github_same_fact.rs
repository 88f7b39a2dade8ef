//! One fact, told by an archive, a webhook and a REST answer, is one event.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use muster_collect::gharchive::{Outcome, parse_record};
use muster_collect::github_json;
use muster_collect::webhooks::{Delivery, read_delivery};
use muster_model::Event;
use serde_json::{Value, json};
use std::sync::Arc;

const ADA: (&str, u64) = ("Ada", 5);
const BO: (&str, u64) = ("Bo", 7);

fn user((login, id): (&str, u64)) -> Value {
    json!({"login": login, "id": id, "node_id": "U_1", "type": "User"})
}

fn repository() -> Value {
    json!({"full_name": "acme/lantern", "name": "lantern", "fork": false, "updated_at": "2025-01-03T00:00:00Z",
        "html_url": "https://github.com/acme/lantern", "owner": {"login": "acme", "type": "Organization"}})
}

fn issue() -> Value {
    json!({"number": 12, "user": user(ADA), "html_url": "https://github.com/acme/lantern/issues/12", "state": "open",
        "created_at": "2025-01-01T00:00:00Z", "updated_at": "2025-01-03T00:00:02Z", "closed_at": null, "body": null})
}

fn pull() -> Value {
    json!({"number": 13, "user": user(ADA), "html_url": "https://github.com/acme/lantern/pull/13", "state": "open",
        "created_at": "2025-01-01T00:00:00Z", "updated_at": "2025-01-03T00:00:02Z", "closed_at": null, "merged_at": null,
        "merged": false, "merged_by": null, "draft": false})
}

fn with(mut object: Value, changes: Value) -> Value {
    for (key, value) in changes.as_object().unwrap() {
        object[key] = value.clone();
    }
    object
}

/// An event as a GH Archive record tells it: its record says that Bo did it, at 00:00:05.
fn archived(kind: &str, payload: Value) -> Vec<Event> {
    let record = json!({"id": "1", "type": kind, "actor": {"id": BO.1, "login": BO.0}, "repo": {"name": "acme/lantern"},
        "payload": payload, "created_at": "2025-01-03T00:00:05Z"});
    match parse_record(record.to_string().as_bytes(), &Arc::from("a"), &|_| true) {
        Outcome::Event(event) => vec![*event],
        other => panic!("{other:?} of {record}"),
    }
}

/// The same as Bo's webhook delivers it.
fn delivered(event: &str, body: Value) -> Vec<Event> {
    let body = with(body, json!({"repository": repository(), "sender": user(BO)}));
    match read_delivery(event, body.to_string().as_bytes(), "d", &Arc::from("w"), &|_| true) {
        Delivery::Events(events) => events,
        other => panic!("{other:?} of {body}"),
    }
}

/// The same as an answer saved under the request's path.
fn saved(path: &str, answer: &Value) -> Vec<Event> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(path).with_extension("json");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, answer.to_string()).unwrap();
    let config = github_json::Config { name: "s".into(), paths: vec![folder.path().into()], repositories: vec![] };
    let batch = github_json::open(&config, None).unwrap().next_batch().unwrap().unwrap();
    assert!(batch.problems.is_empty(), "{}", batch.problems[0]);
    batch.events
}

/// What the log and the tables know a fact by.
fn said(event: &Event) -> [String; 6] {
    let actor = event.actor.clone().unwrap_or_default();
    let url = event.url.clone().unwrap_or_default();
    [event.id.clone(), event.data.to_json(), event.time.to_string(), event.subject.clone(), actor, url]
}

#[track_caller]
fn same(id: &str, tellings: &[Vec<Event>]) {
    let found: Vec<[String; 6]> = tellings
        .iter()
        .map(|events| {
            let event = events.iter().find(|event| event.id == id);
            said(event.unwrap_or_else(|| panic!("no {id} in {:?}", events.iter().map(said).collect::<Vec<_>>())))
        })
        .collect();
    for other in &found[1..] {
        assert_eq!(other, &found[0]);
    }
}

#[test]
fn what_has_its_own_time_is_one_event_whoever_tells_it() {
    let closed = json!({"state": "closed", "closed_at": "2025-01-03T00:00:00Z"});
    let merged = json!({"state": "closed", "closed_at": "2025-01-03T00:00:00Z", "merged_at": "2025-01-03T00:00:00Z",
        "merged": true, "merged_by": user(BO)});
    let event = |name: &str, of: &Value| {
        json!({"event": name, "actor": user(BO), "issue": of, "created_at": "2025-01-03T00:00:00Z", "node_id": "E",
            "url": "https://api.github.com/repos/acme/lantern/issues/events/1"})
    };
    let events = "repos/acme/lantern/issues/events";

    same(
        "github:acme/lantern#12/opened",
        &[
            archived("IssuesEvent", json!({"action": "opened", "issue": issue()})),
            delivered("issues", json!({"action": "opened", "issue": issue()})),
            saved("issues", &json!([issue()])),
        ],
    );
    let issue_closed = with(issue(), closed.clone());
    same(
        "github:acme/lantern#12/closed/2025-01-03T00:00:00Z",
        &[
            archived("IssuesEvent", json!({"action": "closed", "issue": issue_closed})),
            delivered("issues", json!({"action": "closed", "issue": issue_closed})),
            saved("issue", &with(issue_closed.clone(), json!({"closed_by": user(BO)}))),
            saved(events, &json!([event("closed", &issue())])),
            // The entry in the history may be of the next second.
            saved(
                events,
                &json!([with(event("closed", &issue_closed), json!({"created_at": "2025-01-03T00:00:01Z"}))]),
            ),
        ],
    );
    same(
        "github:acme/lantern#13/opened",
        &[
            archived("PullRequestEvent", json!({"action": "opened", "pull_request": pull()})),
            delivered("pull_request", json!({"action": "opened", "number": 13, "pull_request": pull()})),
            saved("pulls", &json!([pull()])),
            saved(
                "issues",
                &json!([with(
                    issue(),
                    json!({"number": 13,
                "html_url": "https://github.com/acme/lantern/pull/13", "pull_request": {"url": "u", "merged_at": null}})
                )]),
            ),
        ],
    );
    let pull_closed = with(pull(), closed);
    let in_issues = |merged_at: Value| {
        json!({"html_url": "https://github.com/acme/lantern/pull/13", "number": 13, "user": user(ADA),
            "pull_request": {"merged_at": merged_at}})
    };
    same(
        "github:acme/lantern#13/closed/2025-01-03T00:00:00Z",
        &[
            archived("PullRequestEvent", json!({"action": "closed", "pull_request": pull_closed})),
            delivered("pull_request", json!({"action": "closed", "pull_request": pull_closed})),
            saved(events, &json!([event("closed", &in_issues(Value::Null))])),
        ],
    );
    let pull_merged = with(pull(), merged);
    same(
        "github:acme/lantern#13/merged",
        &[
            archived("PullRequestEvent", json!({"action": "closed", "pull_request": pull_merged})),
            delivered("pull_request", json!({"action": "closed", "pull_request": pull_merged})),
            saved("pull", &pull_merged),
            saved(
                events,
                &json!([
                    event("merged", &in_issues(json!("2025-01-03T00:00:00Z"))),
                    event("closed", &in_issues(json!("2025-01-03T00:00:00Z"))),
                ]),
            ),
        ],
    );
}

#[test]
fn what_is_written_is_one_event_whoever_tells_it() {
    let written = |url: &str| {
        json!({"id": 99, "user": with(user(ADA), json!({"type": "Bot"})), "created_at": "2025-01-02T00:00:00Z",
            "submitted_at": "2025-01-02T00:00:00Z", "state": "APPROVED", "commit_id": "abc", "body": "No link",
            "html_url": format!("https://github.com/acme/lantern/{url}")})
    };
    for (id, kind, event, action, key, page, beside) in [
        (
            "#12/comment/99",
            "IssueCommentEvent",
            "issue_comment",
            "created",
            "comment",
            "issues/12#issuecomment-99",
            ("issue", issue()),
        ),
        (
            "#13/comment/99",
            "IssueCommentEvent",
            "issue_comment",
            "created",
            "comment",
            "pull/13#issuecomment-99",
            ("issue", with(issue(), json!({"number": 13, "pull_request": {"url": "u"}}))),
        ),
        (
            "#13/review-comment/99",
            "PullRequestReviewCommentEvent",
            "pull_request_review_comment",
            "created",
            "comment",
            "pull/13#discussion_r99",
            ("pull_request", pull()),
        ),
        (
            "#13/review/99",
            "PullRequestReviewEvent",
            "pull_request_review",
            "submitted",
            "review",
            "pull/13#pullrequestreview-99",
            ("pull_request", pull()),
        ),
        (
            "@abc/comment/99",
            "CommitCommentEvent",
            "commit_comment",
            "created",
            "comment",
            "commit/abc#commitcomment-99",
            ("x", Value::Null),
        ),
    ] {
        let object = written(page);
        let told = json!({"action": action, key: object, beside.0: beside.1});
        let tellings = [archived(kind, told.clone()), delivered(event, told), saved("comments", &json!([object]))];
        same(&format!("github:acme/lantern{id}"), &tellings);
    }
    let release = json!({"id": 4, "tag_name": "v1", "draft": false, "author": user(BO), "published_at": "2025-01-02T00:00:00Z",
        "html_url": "https://github.com/acme/lantern/releases/tag/v1"});
    let told = json!({"action": "published", "release": release});
    same(
        "github:acme/lantern/release/4",
        &[archived("ReleaseEvent", told.clone()), delivered("release", told), saved("releases", &json!([release]))],
    );
}

#[test]
fn stars_and_forks_are_one_event_whoever_tells_them() {
    let starred = "2025-01-03T00:00:05Z";
    same(
        "github:acme/lantern/starred/7/2025-01-03T00:00:05Z",
        &[
            archived("WatchEvent", json!({"action": "started"})),
            delivered("star", json!({"action": "created", "starred_at": starred})),
            saved("repos/acme/lantern/stargazers", &json!([{"starred_at": starred, "user": user(BO)}])),
        ],
    );
    let fork = json!({"full_name": "Bo/lantern", "created_at": "2025-01-03T00:00:04Z", "fork": true, "owner": user(BO),
        "html_url": "https://github.com/Bo/lantern"});
    same(
        "github:acme/lantern/forked/7/2025-01-03T00:00:04Z",
        &[
            archived("ForkEvent", json!({"forkee": fork})),
            delivered("fork", json!({"forkee": fork})),
            saved("repos/acme/lantern/forks", &json!([fork])),
            saved("repo", &with(fork.clone(), json!({"parent": repository()}))),
        ],
    );
}

#[test]
fn discussions_are_one_event_whoever_tells_them() {
    let discussion = json!({"number": 7, "user": user(ADA), "html_url": "https://github.com/acme/lantern/discussions/7",
        "created_at": "2025-01-01T00:00:00Z", "updated_at": "2025-01-02T00:00:00Z", "answer_chosen_by": user(BO),
        "answer_chosen_at": "2025-01-02T02:00:00.000+02:00",
        "answer_html_url": "https://github.com/acme/lantern/discussions/7#discussioncomment-99"});
    let answer = json!({"id": 99, "user": user(BO), "created_at": "2025-01-01T12:00:00Z",
        "html_url": "https://github.com/acme/lantern/discussions/7#discussioncomment-99"});
    same(
        "github:acme/lantern#7/opened",
        &[
            delivered("discussion", json!({"action": "created", "discussion": discussion})),
            saved("discussions", &json!([discussion])),
        ],
    );
    same(
        "github:acme/lantern#7/discussion-comment/99",
        &[
            delivered("discussion_comment", json!({"action": "created", "discussion": discussion, "comment": answer})),
            saved("comments", &json!([answer])),
        ],
    );
    let told = json!({"action": "answered", "discussion": discussion, "answer": answer});
    assert_eq!(delivered("discussion", told)[0].id, "github:acme/lantern#7/answered/2025-01-02T00:00:00Z");
    // The object alone does not say whose comment was chosen: another id, no conflict.
    assert_eq!(saved("discussions", &discussion)[1].id, "github:acme/lantern#7/answered/2025-01-02T00:00:00Z~~");
}

/// An id without its time and marks: what the tables compare approximate facts by.
fn key(event: &Event) -> (&str, usize) {
    let bare = event.id.trim_end_matches('~');
    (bare.rsplit_once('/').unwrap().0, event.id.len() - bare.len())
}

#[test]
fn what_has_no_time_of_its_own_meets_the_exact_fact() {
    let exact = |name: &str, of: Value, more: Value| {
        let event = json!({"event": name, "actor": user(BO), "issue": of, "created_at": "2025-01-03T00:00:01Z"});
        saved("repos/acme/lantern/issues/events", &json!([with(event, more)]))
    };
    let pull_issue = json!({"html_url": "https://github.com/acme/lantern/pull/13", "number": 13});
    let (label, assignee) = (json!({"label": {"name": "kind/bug"}}), json!({"assignee": user(ADA)}));
    let asked = json!({"requested_reviewer": user(ADA)});
    let team = json!({"requested_team": {"slug": "maintainers", "name": "Maintainers"}});
    let none = json!({});
    for (action, name, more, of_pull, in_archive) in [
        ("reopened", "reopened", &none, false, true),
        ("reopened", "reopened", &none, true, true),
        ("labeled", "labeled", &label, false, true),
        ("labeled", "labeled", &label, true, true),
        ("assigned", "assigned", &assignee, false, true),
        ("assigned", "assigned", &assignee, true, true),
        ("review_requested", "review_requested", &asked, true, false),
        ("review_requested", "review_requested", &team, true, false),
        ("converted_to_draft", "convert_to_draft", &none, true, false),
        ("ready_for_review", "ready_for_review", &none, true, false),
    ] {
        let told = json!({"action": action, if of_pull { "pull_request" } else { "issue" }: if of_pull { pull() } else { issue() }});
        let told = with(told, more.clone());
        let exact = exact(name, if of_pull { pull_issue.clone() } else { issue() }, more.clone()).remove(0);
        assert_eq!(key(&exact).1, 0, "{}", exact.id);
        let mut approximate = delivered(if of_pull { "pull_request" } else { "issues" }, told.clone());
        if in_archive {
            approximate.extend(archived(if of_pull { "PullRequestEvent" } else { "IssuesEvent" }, told));
        }
        for event in approximate {
            assert_eq!(key(&event), (key(&exact).0, 1));
            assert_eq!((event.kind(), &event.actor, &event.subject), (exact.kind(), &exact.actor, &exact.subject));
            let marked = event.data.to_json().replace(r#","approximate":true"#, "");
            assert_eq!(marked, exact.data.to_json(), "but for the mark");
            assert!(event.time.duration_since(exact.time).as_secs().abs() <= 15);
        }
    }
}

#[test]
fn what_a_source_does_not_know_is_another_id_and_no_conflict() {
    let closed = with(issue(), json!({"state": "closed", "closed_at": "2025-01-03T00:00:00Z"}));
    let ids = |events: Vec<Event>| events.into_iter().map(|event| event.id).collect::<Vec<_>>();
    assert_eq!(ids(saved("issues", &closed))[1], "github:acme/lantern#12/closed/2025-01-03T00:00:00Z~~");
    let merged = with(pull(), json!({"closed_at": "2025-01-03T00:00:00Z", "merged_at": "2025-01-03T00:00:00Z"}));
    assert_eq!(ids(saved("pulls", &merged))[1], "github:acme/lantern#13/merged~~");

    // A deleted account is null in one answer and `ghost` in another: the same fact of nobody's.
    let ghost = json!({"login": "ghost", "id": 10137, "type": "User"});
    same(
        "github:acme/lantern#12/opened~~",
        &[
            saved("issues", &with(issue(), json!({"user": null}))),
            saved("issues", &with(issue(), json!({"user": ghost}))),
            delivered("issues", json!({"action": "opened", "issue": with(issue(), json!({"user": ghost}))})),
        ],
    );

    // Once dismissed, a review does not show what it had said.
    let review = |state: &str| {
        json!({"id": 8, "user": user(ADA), "state": state, "submitted_at": "2025-01-02T00:00:00Z",
            "html_url": "https://github.com/acme/lantern/pull/13#pullrequestreview-8"})
    };
    let told = |action: &str, state: &str| json!({"action": action, "review": review(state), "pull_request": pull()});
    same(
        "github:acme/lantern#13/review/8~~",
        &[
            archived("PullRequestReviewEvent", told("dismissed", "dismissed")),
            delivered("pull_request_review", told("dismissed", "dismissed")),
            saved("reviews", &review("DISMISSED")),
        ],
    );
    assert!(ids(saved("reviews", &json!([with(review("PENDING"), json!({"submitted_at": null}))]))).is_empty());
}
