//! Stored deliveries in every way they are kept, live ones, and every way both can be broken. Fixtures are written here.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use muster_collect::webhooks::{Config, Delivery, open, read_delivery, verify};
use muster_model::{Batch, Cursor, Severity};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;

/// The body of a delivery that a comment was written.
fn comment(id: u64) -> Value {
    json!({
        "action": "created",
        "issue": {"number": 12, "html_url": "https://github.com/acme/lantern/issues/12"},
        "comment": {"id": id, "user": {"login": "Ada", "id": 5, "type": "User"}, "created_at": "2025-01-02T00:00:00Z",
            "html_url": format!("https://github.com/acme/lantern/issues/12#issuecomment-{id}"),
            "body": "Seen in https://acme.slack.com/archives/C02/p1741188384363019, twice: https://acme.slack.com/archives/C02/p1741188384363019"},
        "repository": {"full_name": "acme/lantern"},
        "sender": {"login": "Ada", "id": 5, "type": "User"},
    })
}

const LINKED: &str = "github:acme/lantern#12/linked/slack:C02/1741188384.363019";

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

fn read(path: &Path, repositories: &[&str], cursor: Option<&Cursor>) -> Option<Batch> {
    let repositories = repositories.iter().map(|pattern| (*pattern).to_owned()).collect();
    let config = Config { name: "hooks".into(), paths: vec![path.into()], repositories };
    let mut source = open(&config, cursor).unwrap();
    let batch = source.next_batch().unwrap()?;
    assert!(source.next_batch().unwrap().is_none(), "a small folder is one batch");
    let rejected = batch.problems.iter().filter(|problem| problem.severity == Severity::Rejected).count() as u64;
    let counted = batch.events.len() as u64 + rejected + batch.counts.not_ours + batch.counts.filtered;
    assert_eq!(batch.counts.read, counted, "nothing disappears");
    Some(batch)
}

fn ids(text: &str) -> Vec<String> {
    let batch = read(folder(&[("a.json", text)]).path(), &[], None).unwrap();
    assert!(batch.problems.is_empty(), "{}", batch.problems[0]);
    batch.events.into_iter().map(|event| event.id).filter(|id| id != LINKED).collect()
}

#[test]
fn a_delivery_is_the_same_however_it_is_stored() {
    let body = comment(1);
    let text = body.to_string();
    let named = json!({"event": "issue_comment", "payload": body});
    let headers = json!({"headers": {"x-github-event": "issue_comment", "X-GitHub-Delivery": "d"}, "body": body});
    let lists = json!({"headers": {"X-GitHub-Event": ["issue_comment"]}, "body": text});
    let smee = json!({"x-github-event": "issue_comment", "timestamp": 1, "body": body});
    let githubs = json!({"id": 1, "guid": "g", "event": "issue_comment", "action": "created",
        "request": {"headers": {"X-GitHub-Event": "issue_comment"}, "payload": body}, "response": {"payload": "ok"}});
    let examples = json!([{"name": "issue_comment", "description": "d", "actions": ["created"], "examples": [body]}]);
    let nameless = json!({"payload": body});
    for stored in [&body, &named, &headers, &lists, &smee, &githubs, &examples, &nameless] {
        let pretty = serde_json::to_string_pretty(stored).unwrap();
        for text in [stored.to_string(), pretty, json!([stored]).to_string(), format!("\u{feff}{stored}\n")] {
            assert_eq!(ids(&text), ["github:acme/lantern#12/comment/1"], "{text}");
        }
    }
    let lines = format!("{}\n{}\n\n{}{}\n", comment(1), comment(2), comment(3), comment(4));
    assert_eq!(ids(&lines).len(), 4, "one a line, or several");
}

#[test]
fn the_messages_that_a_text_points_to_are_facts_of_their_own_once() {
    let batch = read(folder(&[("a.json", &comment(1).to_string())]).path(), &[], None).unwrap();
    assert_eq!(
        batch.events.iter().map(|event| event.id.as_str()).collect::<Vec<_>>(),
        ["github:acme/lantern#12/comment/1", LINKED]
    );
    let linked = &batch.events[1];
    assert_eq!((linked.kind(), linked.actor.as_deref()), ("item.linked", Some("github:ada")));
    assert_eq!((linked.time, linked.url.as_ref()), (batch.events[0].time, batch.events[0].url.as_ref()));
    assert_eq!(linked.source.as_ref(), "webhooks:hooks/a.json");
}

#[test]
fn other_events_and_actions_are_counted_and_nothing_more() {
    let sender = json!({"login": "Ada"});
    let repository = json!({"full_name": "acme/lantern"});
    let edited = json!({"action": "edited", "changes": {"body": {"from": "x"}}, "issue": {}, "comment": {}});
    let deliveries = [
        ("issue_comment", edited),
        ("issues", json!({"action": "pinned", "issue": {"number": 1}})),
        ("pull_request", json!({"action": "synchronize", "pull_request": {}})),
        ("pull_request_review_thread", json!({"action": "resolved", "pull_request": {}, "thread": {}})),
        ("issues", json!({"action": "assigned", "issue": {"number": 1}, "assignee": null})),
        ("star", json!({"action": "deleted", "starred_at": null})),
        ("watch", json!({"action": "started"})),
        ("push", json!({"ref": "refs/heads/main", "commits": []})),
        ("label", json!({"action": "edited", "label": {}, "changes": {}})),
        ("moon_landed", json!({"action": "one_small_step", "moon": {}})),
    ];
    for (event, body) in deliveries {
        let mut body = body;
        body["sender"] = sender.clone();
        body["repository"] = repository.clone();
        for stored in [body.clone(), json!({"event": event, "payload": body})] {
            let batch = read(folder(&[("a.json", &stored.to_string())]).path(), &[], None).unwrap();
            let found = (batch.events.len(), batch.problems.len(), batch.counts.not_ours);
            assert_eq!(found, (0, 0, 1), "{stored} {:?}", batch.problems);
        }
    }
    let organisation = json!({"action": "member_added", "organization": {"login": "acme"}, "sender": sender});
    assert!(ids(&organisation.to_string()).is_empty());
}

#[test]
fn what_cannot_be_read_is_said_with_its_place_and_costs_nothing_else() {
    let mut no_time = comment(2);
    no_time["comment"]["created_at"] = json!("soon");
    let mut nowhere = comment(3);
    nowhere["repository"] = Value::Null;
    let broken = ["{\"action\":", "[]", "5", "{}", &no_time.to_string(), &nowhere.to_string()].map(str::to_owned);
    let lines = format!("{}\n{}\n{}\n", comment(1), broken.join("\n"), comment(4));
    let batch = read(folder(&[("a.jsonl", &lines)]).path(), &[], None).unwrap();
    let own = batch.events.iter().filter(|event| event.kind() == "issue.commented").count();
    assert_eq!(own, 2);
    let found: Vec<(Option<u32>, &str)> =
        batch.problems.iter().map(|problem| (problem.line, problem.message.as_str())).collect();
    let expected = [
        (2, "not JSON"),
        (3, "no delivery: expected a JSON object"),
        (4, "no delivery: expected a JSON object"),
        (5, "no delivery of GitHub's"),
        (6, "issue_comment without created_at"),
        (7, "issue_comment without repository.full_name"),
    ];
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for ((line, message), (at, words)) in found.iter().zip(expected) {
        assert!(*line == Some(at) && message.contains(words), "{line:?} {message} should say {words}");
    }
    let encoded = json!({"event": "issue_comment", "body": "payload=%7B%7D"}).to_string();
    let batch = read(folder(&[("a.json", &encoded)]).path(), &[], None).unwrap();
    assert!(batch.problems[0].message.contains("content type to application/json"), "{}", batch.problems[0]);
}

#[test]
fn an_object_without_its_page_is_rejected_and_a_line_of_a_commit_has_one() {
    let opened = |page: Value| {
        json!({"action": "opened", "repository": {"full_name": "acme/lantern"}, "sender": {"login": "Ada"},
            "issue": {"number": 3, "html_url": page, "created_at": "2025-01-02T00:00:00Z"}})
    };
    for page in [Value::Null, json!("https://github.com/acme/lantern"), json!("soon")] {
        let batch = read(folder(&[("a.json", &opened(page).to_string())]).path(), &[], None).unwrap();
        assert!(batch.problems[0].message.contains("html_url"), "{}", batch.problems[0]);
    }
    let line = json!({"action": "created", "repository": {"full_name": "acme/lantern"}, "sender": {"login": "Ada"},
        "comment": {"id": 44, "commit_id": "abc", "html_url": "https://github.com/acme/lantern/commit/abc#r44",
            "created_at": "2025-01-02T00:00:00Z", "user": {"login": "Ada", "id": 5}}});
    assert_eq!(ids(&line.to_string()), ["github:acme/lantern@abc/comment/44"]);
    let glued = format!("{line}\0\0{line}");
    assert_eq!(ids(&glued).len(), 2);
}

#[test]
fn only_the_repositories_asked_for_are_events() {
    let other = comment(2).to_string().replace("acme/lantern", "other/thing");
    let files = folder(&[("a.json", &comment(1).to_string()), ("b.json", &other)]);
    let batch = read(files.path(), &["ACME/*"], None).unwrap();
    assert_eq!((batch.events.len(), batch.counts.filtered), (2, 1));
}

#[test]
fn a_second_run_reads_only_new_deliveries() {
    let files = folder(&[("issues/1.payload.json", &comment(1).to_string())]);
    let cursor = read(files.path(), &[], None).unwrap().cursor.unwrap();
    assert_eq!(read(files.path(), &[], Some(&cursor)), None);
    std::fs::write(files.path().join("2.json"), comment(2).to_string()).unwrap();
    let batch = read(files.path(), &[], Some(&cursor)).unwrap();
    assert_eq!(batch.events[0].id, "github:acme/lantern#12/comment/2");
}

#[test]
fn moves_and_new_names_say_from_where() {
    let repository = json!({"full_name": "acme/lamp", "updated_at": "2025-01-03T00:00:00Z"});
    let sender = json!({"login": "Ada", "id": 5});
    let live = |event: &str, mut body: Value| {
        body["sender"] = sender.clone();
        if body.get("repository").is_none() {
            body["repository"] = repository.clone();
        }
        match read_delivery(event, body.to_string().as_bytes(), "d", &Arc::from("w"), &|_| true) {
            Delivery::Events(events) => (events[0].id.clone(), events[0].data.to_json()),
            other => panic!("{other:?}"),
        }
    };
    let renamed =
        live("repository", json!({"action": "renamed", "changes": {"repository": {"name": {"from": "lantern"}}}}));
    assert_eq!(renamed.0, "github:acme/lamp/renamed/acme/lantern/2025-01-03T00:00:00Z~");
    assert_eq!(renamed.1, r#"{"schema":1,"from":"acme/lantern","to":"acme/lamp","actor_id":5}"#);
    for owner in [json!({"user": {"login": "bo"}}), json!({"organization": {"login": "bo"}})] {
        let moved = live("repository", json!({"action": "transferred", "changes": {"owner": {"from": owner}}}));
        assert!(moved.1.contains(r#""from":"bo/lamp","to":"acme/lamp""#), "{}", moved.1);
    }
    let issue = json!({"html_url": "https://github.com/acme/lantern/issues/12", "updated_at": "2025-01-03T00:00:00Z"});
    let new = json!({"html_url": "https://github.com/acme/lamp/issues/3"});
    let told = json!({"action": "transferred", "issue": issue, "changes": {"new_issue": new},
        "repository": {"full_name": "acme/lantern"}});
    let moved = live("issues", told);
    assert_eq!(moved.0, "github:acme/lantern#12/transferred/2025-01-03T00:00:00Z~");
    assert_eq!(moved.1, r##"{"schema":1,"number":12,"to":"github:acme/lamp#3","actor_id":5,"approximate":true}"##);
}

#[test]
fn only_githubs_own_signature_verifies() {
    // The example of GitHub's documentation.
    let (secret, body) = (b"It's a Secret to Everybody".as_slice(), b"Hello, World!".as_slice());
    let signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    assert!(verify(secret, body, signature));
    assert!(!verify(secret, b"Hello, World?", signature));
    assert!(!verify(b"another", body, signature));
    for wrong in [
        "",
        "sha256=",
        &signature[..signature.len() - 2],
        &signature.replace("sha256", "sha1"),
        &signature.replace('7', "8"),
        &signature[7..],
        "sha256=zz",
        "sha256=é",
        &format!("{signature}00"),
    ] {
        assert!(!verify(secret, body, wrong), "{wrong}");
    }
    // HMAC allows an empty key: anybody could sign with it.
    assert!(!verify(b"", b"", "sha256=b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"));
}

#[test]
fn a_live_delivery_is_an_event_not_ours_or_a_problem() {
    let read = |event: &str, body: &[u8], wanted: bool| {
        read_delivery(event, body, "72d3162e", &Arc::from("webhooks:server"), &|_| wanted)
    };
    let body = comment(1).to_string();
    match read("issue_comment", body.as_bytes(), true) {
        Delivery::Events(events) => {
            assert_eq!((events.len(), events[0].source.as_ref()), (2, "webhooks:server"));
            assert_eq!(events[0].collector, "webhooks/1");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(read("issue_comment", body.as_bytes(), false), Delivery::Filtered);
    assert_eq!(read("moon_landed", body.as_bytes(), true), Delivery::NotOurs);
    for cut in 0..body.len() {
        match read("issue_comment", &body.as_bytes()[..cut], true) {
            Delivery::Problem(problem) => assert_eq!(problem.file, "delivery 72d3162e"),
            other => panic!("{other:?}"),
        }
    }
    for index in 0..body.len() {
        let mut bytes = body.clone().into_bytes();
        bytes[index] = bytes[index].wrapping_add(128);
        assert!(matches!(read("issue_comment", &bytes, true), Delivery::Problem(_)));
    }
}
