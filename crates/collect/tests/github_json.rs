//! Saved answers in every way they are saved, and every way they can be broken. Fixtures are written here.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use flate2::Compression;
use flate2::write::GzEncoder;
use muster_collect::github_json::{Config, open};
use muster_model::{Batch, Cursor, Severity};
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;

fn ada() -> Value {
    json!({"login": "Ada", "id": 5, "node_id": "U", "type": "User"})
}

fn issue(number: u64) -> Value {
    json!({"number": number, "html_url": format!("https://github.com/acme/lantern/issues/{number}"), "user": ada(),
        "created_at": "2025-01-01T00:00:00Z", "closed_at": null, "body": "why\r\n[not]", "labels": []})
}

fn event(name: &str) -> Value {
    json!({"id": 1, "node_id": "E", "event": name, "actor": ada(), "created_at": "2025-01-02T00:00:00Z",
        "url": "https://api.github.com/repos/acme/lantern/issues/events/1"})
}

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
    let config = Config { name: "saved".into(), paths: vec![path.into()], repositories };
    let mut source = open(&config, cursor).unwrap();
    let batch = source.next_batch().unwrap()?;
    assert!(source.next_batch().unwrap().is_none(), "a small folder is one batch");
    let rejected = batch.problems.iter().filter(|problem| problem.severity == Severity::Rejected).count() as u64;
    let counted = batch.events.len() as u64 + rejected + batch.counts.not_ours + batch.counts.filtered;
    assert_eq!(batch.counts.read, counted, "nothing disappears");
    Some(batch)
}

fn batch(name: &str, text: &str) -> Batch {
    read(folder(&[(name, text)]).path(), &[], None).unwrap()
}

/// The ids without their repository.
fn ids(batch: &Batch) -> Vec<&str> {
    batch.events.iter().map(|event| event.id.strip_prefix("github:acme/lantern").unwrap()).collect()
}

#[test]
fn answers_are_the_same_however_they_are_saved() {
    let (one, two) = (issue(1), issue(2));
    let pages = [json!([one]), json!([two])];
    let search = json!({"total_count": 2, "incomplete_results": false, "items": [one, two]});
    let split = [json!({"total_count": 2, "items": [one]}), json!({"total_count": 2, "items": [two]})];
    for text in [
        json!([one, two]).to_string(),
        serde_json::to_string_pretty(&json!([one, two])).unwrap(),
        format!("{}{}", pages[0], pages[1]),
        format!("{}\n{}", serde_json::to_string_pretty(&pages[0]).unwrap(), pages[1]),
        json!([pages]).to_string(),
        format!("{one}\n{two}\n"),
        format!("\n{}", json!([one, two])),
        format!("{}\n{}\n", serde_json::to_string_pretty(&one).unwrap(), serde_json::to_string_pretty(&two).unwrap()),
        search.to_string(),
        format!("{}{}", split[0], split[1]),
    ] {
        let batch = batch("a.json", &text);
        assert!(batch.problems.is_empty(), "{} {text}", batch.problems[0]);
        assert_eq!(ids(&batch), ["#1/opened", "#2/opened"], "{text}");
    }
}

#[test]
fn a_recording_tells_what_was_answered() {
    let exchange = |path: &str, status: u16, response: Value| {
        json!({"scope": "https://api.github.com:443", "method": "get", "path": path, "body": "", "status": status,
            "response": response, "responseIsBinary": false})
    };
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(json!([issue(3)]).to_string().as_bytes()).unwrap();
    let hexadecimal: String = packed.finish().unwrap().iter().map(|byte| format!("{byte:02x}")).collect();
    let (half, rest) = hexadecimal.split_at(20);
    let recording = json!([
        exchange("/repos/acme/lantern/issues?page=1", 200, json!([issue(1)])),
        exchange("/repos/acme/lantern/issues/2", 200, json!(issue(2).to_string())),
        exchange("/repositories/7/issues?page=3", 200, json!([half, rest])),
        exchange("/repos/acme/lantern/issues/12/timeline", 200, json!([event("review_requested"), event("mentioned")])),
        exchange("/repos/acme/lantern/stargazers", 200, json!([{"starred_at": "2025-01-02T00:00:00Z", "user": ada()}])),
        exchange("/repos/acme/lantern/issues/9", 404, json!({"message": "Not Found", "documentation_url": "u"})),
        exchange("/repos/acme/lantern/issues/1/lock", 204, json!("")),
    ]);
    let batch = batch("a.json", &recording.to_string());
    assert_eq!(ids(&batch), ["#1/opened", "#2/opened", "#3/opened", "/starred/5/2025-01-02T00:00:00Z"]);
    assert_eq!(batch.counts.not_ours, 4, "a request of nobody, a mention, a failure, an empty answer");
    let notice = &batch.problems[0];
    assert_eq!((batch.problems.len(), notice.severity), (1, Severity::Notice));
    assert!(
        notice.message.contains("element 6: /repos/acme/lantern/issues/9 was answered with status 404"),
        "{notice}"
    );
}

#[test]
fn percevals_items_bring_what_was_fetched_about_them() {
    let comment = json!({"id": 9, "user": ada(), "created_at": "2025-01-02T00:00:00Z",
        "html_url": "https://github.com/acme/lantern/pull/1#issuecomment-9"});
    let data = json!({"number": 1, "html_url": "https://github.com/acme/lantern/pull/1", "user": ada(),
        "created_at": "2025-01-01T00:00:00Z", "closed_at": "2025-01-02T00:00:00Z", "merged_at": null, "user_data": ada(),
        "comments_data": [comment], "events_data": [event("closed")], "reactions_data": [{"content": "+1", "user": ada()}]});
    let item = json!({"backend_name": "GitHub", "category": "pull_request", "origin": "https://github.com/acme/lantern",
        "data": data, "uuid": "x"});
    let batch = batch("a.jsonl", &item.to_string());
    assert!(batch.problems.is_empty(), "{}", batch.problems[0]);
    assert_eq!(
        ids(&batch),
        ["#1/opened", "#1/closed/2025-01-02T00:00:00Z~~", "#1/comment/9", "#1/closed/2025-01-02T00:00:00Z"]
    );
    assert_eq!(batch.events[3].kind(), "pull_request.closed");
    assert_eq!(batch.counts.not_ours, 1, "a reaction");
}

#[test]
fn a_timeline_is_read_where_its_path_says_whose_it_is() {
    let assigned = {
        let mut assigned = event("assigned");
        assigned["assignee"] = json!({"login": "Bo", "id": 7});
        assigned["actor"] = json!({"login": "Bo", "id": 7});
        assigned["assigner"] = ada();
        assigned
    };
    let timeline = json!([
        assigned,
        {"event": "commented", "id": 9, "html_url": "https://github.com/acme/lantern/issues/12#issuecomment-9",
            "user": ada(), "actor": ada(), "created_at": "2025-01-02T00:00:00Z"},
        {"event": "reviewed", "id": 8, "html_url": "https://github.com/acme/lantern/pull/12#pullrequestreview-8",
            "user": ada(), "state": "approved", "submitted_at": "2025-01-02T00:00:00Z"},
        {"event": "line-commented", "node_id": "N", "comments": [{"id": 7, "user": ada(),
            "created_at": "2025-01-02T00:00:00Z", "html_url": "https://github.com/acme/lantern/pull/12#discussion_r7"}]},
        {"event": "committed", "sha": "abc", "html_url": "https://github.com/acme/lantern/commit/abc"},
        {"event": "cross-referenced", "actor": ada(), "source": {}},
        event("closed"),
    ]);
    let named = batch("repos/mine/or/repos/acme/lantern/issues/12/timeline.json", &timeline.to_string());
    assert_eq!(
        ids(&named),
        ["#12/assigned/github:bo/2025-01-02T00:00:00Z", "#12/comment/9", "#12/review/8", "#12/review-comment/7"]
    );
    assert_eq!(named.events[0].actor.as_deref(), Some("github:ada"), "who assigned, not who was assigned");
    assert_eq!((named.counts.not_ours, named.problems.len()), (2, 1));
    assert!(named.problems[0].message.starts_with("element 7: the event closed of acme/lantern#12, issue or pull"));
    let unnamed = batch("x.json", &timeline.to_string());
    assert_eq!(unnamed.problems.len(), 2, "the assignment is nobody's either");
    assert!(unnamed.problems[0].message.contains("the event assigned without its issue; save repos/"));
}

#[test]
fn a_merge_is_told_once_and_never_guessed() {
    let pull = |merged_at: Option<Value>| {
        let inside = merged_at.map_or(json!({"url": "u"}), |merged_at| json!({"url": "u", "merged_at": merged_at}));
        let mut pull = issue(1);
        pull["html_url"] = json!("https://github.com/acme/lantern/pull/1");
        pull["closed_at"] = json!("2025-01-02T00:00:00Z");
        pull["pull_request"] = inside;
        pull
    };
    let closing = |pull: Value| {
        let mut closed = event("closed");
        closed["issue"] = pull;
        closed
    };
    let (merged, open_end, unsure) = (pull(Some(json!("2025-01-02T00:00:00Z"))), pull(Some(Value::Null)), pull(None));
    assert_eq!(ids(&batch("a.json", &json!([merged]).to_string())), ["#1/opened", "#1/merged~~"]);
    assert_eq!(
        ids(&batch("a.json", &json!([open_end]).to_string())),
        ["#1/opened", "#1/closed/2025-01-02T00:00:00Z~~"]
    );
    let told = batch("a.json", &json!([unsure]).to_string());
    assert_eq!((ids(&told), told.problems[0].severity), (vec!["#1/opened"], Severity::Notice));
    assert!(told.problems[0].message.contains("does not say whether it was merged"), "{}", told.problems[0]);

    assert_eq!(batch("a.json", &json!([closing(merged)]).to_string()).counts.not_ours, 1);
    assert_eq!(ids(&batch("a.json", &json!([closing(open_end)]).to_string())), ["#1/closed/2025-01-02T00:00:00Z"]);
    let later = pull(Some(json!("2025-01-05T00:00:00Z")));
    let before = batch("a.json", &json!([closing(later)]).to_string());
    assert_eq!(ids(&before), ["#1/closed/2025-01-02T00:00:00Z"], "closed, reopened, and merged days later");
    assert!(
        batch("a.json", &json!([closing(unsure)]).to_string()).problems[0]
            .message
            .contains("not said whether by a merge")
    );
}

#[test]
fn objects_without_events_are_counted_and_others_are_rejected_with_their_place() {
    let ours_not = json!([ada(), {"id": 1, "node_id": "L", "url": "https://api.github.com/x", "name": "bug"},
        {"content": "heart", "created_at": "2025-01-01T00:00:00Z", "id": 1, "user": null},
        {"full_name": "acme/lantern", "fork": false, "html_url": "https://github.com/acme/lantern"},
        {"full_name": "acme/copy", "fork": true, "html_url": "https://github.com/acme/copy", "created_at": "2025-01-01T00:00:00Z"},
        {"tag_name": "v2", "draft": true, "published_at": null, "html_url": "https://github.com/acme/lantern/releases/tag/v2"}]);
    let batch_ = batch("a.json", &ours_not.to_string());
    assert_eq!(
        (batch_.events.len(), batch_.problems.len(), batch_.counts.not_ours),
        (0, 0, 6),
        "{:?}",
        batch_.problems
    );

    let mut timeless = issue(2);
    timeless["created_at"] = Value::Null;
    let bad = json!([issue(1), {"moon": 1}, 5, timeless, {"message": "Bad credentials", "documentation_url": "u", "status": "401"},
        {"starred_at": "2025-01-01T00:00:00Z", "user": ada()}, issue(3)]);
    let batch_ = batch("a.json", &serde_json::to_string_pretty(&bad).unwrap());
    assert_eq!(ids(&batch_), ["#1/opened", "#3/opened"]);
    let messages: Vec<&str> = batch_.problems.iter().map(|problem| problem.message.as_str()).collect();
    for (message, words) in messages.iter().zip([
        "element 2: no object of GitHub's",
        "element 3: expected an object of GitHub's",
        "element 4: an issue without created_at",
        "element 5: an error in place of an answer: Bad credentials",
        "element 6: a star without its repository",
    ]) {
        assert!(message.starts_with(words), "{message} should say {words}");
    }
    assert_eq!(messages.len(), 5);
    assert!(batch_.problems.iter().all(|problem| problem.file == "a.json" && problem.line > Some(1)));
}

#[test]
fn a_page_that_was_cut_off_costs_only_its_last_object() {
    let text = format!("{}\n{}\n", json!([issue(1), issue(2)]), json!([issue(3)]));
    for cut in 1..text.len() {
        let batch = batch("a.json", &text[..cut]);
        let whole = [1, 2, 3].iter().filter(|number| {
            let end = text.find(&issue(**number).to_string()).unwrap() + issue(**number).to_string().len();
            end <= cut
        });
        assert_eq!(batch.events.len(), whole.count(), "cut at {cut}: {:?}", batch.problems);
        let is_whole = text[..cut].trim_end().ends_with(']')
            && text[..cut].matches('[').count() == text[..cut].matches(']').count();
        assert_eq!(batch.problems.is_empty(), is_whole || cut == text.find("\n").unwrap() + 1, "cut at {cut}");
    }
    let mended = format!(
        "{}\n{}",
        &json!([issue(1), issue(2)]).to_string().replace("\"number\":2", "number:2"),
        json!([issue(3)])
    );
    let batch = batch("a.json", &mended);
    assert_eq!((ids(&batch), batch.problems.len()), (vec!["#1/opened", "#3/opened"], 1));
}

#[test]
fn only_the_repositories_asked_for_are_events_and_a_second_run_has_nothing() {
    let other = issue(2).to_string().replace("acme/lantern", "other/thing");
    let files = folder(&[("a.json", &format!("{}\n{other}\n", issue(1)))]);
    let batch = read(files.path(), &["ACME/*"], None).unwrap();
    assert_eq!((ids(&batch), batch.counts.filtered), (vec!["#1/opened"], 1));
    assert_eq!(read(files.path(), &["ACME/*"], batch.cursor.as_ref()), None);
}

#[test]
fn no_bytes_make_it_panic() {
    let text = json!([issue(1), event("closed"), {"response": [], "path": "/repos/", "status": 200}]).to_string();
    for index in 0..text.len() {
        let mut bytes = text.clone().into_bytes();
        bytes[index] = bytes[index].wrapping_add(131);
        let files = folder(&[]);
        std::fs::write(files.path().join("a.json"), bytes).unwrap();
        assert!(read(files.path(), &[], None).is_some());
    }
}

#[test]
fn a_page_that_was_cut_off_outside_a_text_swallows_no_other() {
    let text = format!("[{},{{\"number\":\n{}\n{}", issue(1), json!([issue(2)]), json!([issue(3)]));
    let batch = batch("a.json", &text);
    assert_eq!((ids(&batch), batch.problems.len()), (vec!["#1/opened", "#2/opened", "#3/opened"], 1));
    assert!(batch.problems[0].message.contains("element 2: this value is cut off"), "{}", batch.problems[0]);
    assert_eq!(batch.problems[0].line, Some(1));
}

#[test]
fn an_array_may_be_longer_than_what_is_held() {
    let body = "x".repeat(1 << 20);
    let issues: Vec<Value> = (1..=40)
        .map(|number| {
            let mut issue = issue(number);
            issue["body"] = json!(body);
            issue
        })
        .collect();
    let text = json!(issues).to_string();
    assert!(text.len() > 32 << 20 && !text.contains('\n'));
    assert_eq!(batch("a.json", &text).events.len(), 40);
    let long = json!([issue(1), {"body": "x".repeat(33 << 20)}, issue(2)]).to_string();
    let batch = batch("a.json", &long);
    assert_eq!((ids(&batch), batch.problems.len()), (vec!["#1/opened", "#2/opened"], 1));
    assert!(batch.problems[0].message.contains("a record has at most"), "{}", batch.problems[0].message);
}
