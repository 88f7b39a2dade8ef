//! GH Archive records of every age, and every way they can be broken. Fixtures are written here.
#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use flate2::Compression;
use flate2::write::GzEncoder;
use muster_collect::gharchive::{Config, Outcome, open, parse_record};
use muster_model::{Batch, Collector, Cursor, Event, Severity};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

fn parse(line: &str) -> Outcome {
    parse_record(line.as_bytes(), &Arc::from("gharchive:test/x.json"), &|_| true)
}

fn event(line: &str) -> Event {
    match parse(line) {
        Outcome::Event(event) => *event,
        other => panic!("{other:?} of {line}"),
    }
}

/// A record of 2015 to 2025-10-06.
fn record(kind: &str, time: &str, payload: &str) -> String {
    format!(
        r#"{{"id":"1","type":"{kind}","actor":{{"id":7,"login":"Bo"}},"repo":{{"id":1,"name":"acme/lantern"}},"payload":{payload},"public":true,"created_at":"{time}"}}"#
    )
}

fn summary(event: &Event) -> String {
    format!("{} {} {} {}", event.kind(), event.time, event.actor.as_deref().unwrap_or("-"), event.id)
}

#[test]
fn each_kind_of_record_is_its_own_fact() {
    let issue = r#""issue":{"number":12,"user":{"login":"Ada","id":5,"type":"User"},"created_at":"2025-01-01T00:00:00Z","closed_at":"2025-01-03T00:00:00Z"}"#;
    let pull_issue = r#""issue":{"number":13,"pull_request":{"url":"u"}}"#;
    let pull = r#""pull_request":{"number":13,"user":{"login":"Ada","id":5,"type":"User"},"created_at":"2025-01-01T00:00:00Z","closed_at":"2025-01-03T00:00:00Z","merged_at":MERGED,"merged":FLAG,"merged_by":{"login":"Cy","id":9}}"#;
    let merged = pull.replace("MERGED", "\"2025-01-03T00:00:00Z\"").replace("FLAG", "true");
    let unmerged = pull
        .replace("MERGED", "null")
        .replace("FLAG", "false")
        .replace(r#""merged_by":{"login":"Cy","id":9}"#, r#""merged_by":null"#);
    let comment = r#""comment":{"id":99,"user":{"login":"Cy","id":9,"type":"Bot"},"created_at":"2025-01-02T00:00:00Z","commit_id":"abc"}"#;
    let t = "2025-01-03T00:00:05Z";
    for (kind, payload, expected) in [
        ("IssuesEvent", format!(r#"{{"action":"opened",{issue}}}"#), "issue.opened 2025-01-01T00:00:00Z github:ada github:acme/lantern#12/opened"),
        ("IssuesEvent", format!(r#"{{"action":"closed",{issue}}}"#), "issue.closed 2025-01-03T00:00:00Z github:bo github:acme/lantern#12/closed/2025-01-03T00:00:00Z"),
        ("IssuesEvent", format!(r#"{{"action":"reopened",{issue}}}"#), "issue.reopened 2025-01-03T00:00:05Z github:bo github:acme/lantern#12/reopened/2025-01-03T00:00:05Z~"),
        ("IssueCommentEvent", format!(r#"{{"action":"created",{issue},{comment}}}"#), "issue.commented 2025-01-02T00:00:00Z github:cy github:acme/lantern#12/comment/99"),
        ("IssueCommentEvent", format!(r#"{{"action":"created",{pull_issue},{comment}}}"#), "pull_request.commented 2025-01-02T00:00:00Z github:cy github:acme/lantern#13/comment/99"),
        ("PullRequestEvent", format!(r#"{{"action":"opened",{unmerged}}}"#), "pull_request.opened 2025-01-01T00:00:00Z github:ada github:acme/lantern#13/opened"),
        ("PullRequestEvent", format!(r#"{{"action":"closed",{unmerged}}}"#), "pull_request.closed 2025-01-03T00:00:00Z github:bo github:acme/lantern#13/closed/2025-01-03T00:00:00Z"),
        ("PullRequestEvent", format!(r#"{{"action":"closed",{merged}}}"#), "pull_request.merged 2025-01-03T00:00:00Z github:cy github:acme/lantern#13/merged"),
        ("PullRequestReviewCommentEvent", format!(r#"{{"action":"created",{merged},{comment}}}"#), "pull_request.review_commented 2025-01-02T00:00:00Z github:cy github:acme/lantern#13/review-comment/99"),
        ("PullRequestReviewEvent", format!(r#"{{"action":"created",{merged},"review":{{"id":8,"state":"APPROVED","submitted_at":"2025-01-02T00:00:00Z"}}}}"#), "pull_request.reviewed 2025-01-02T00:00:00Z github:bo github:acme/lantern#13/review/8"),
        ("CommitCommentEvent", format!("{{{comment}}}"), "commit.commented 2025-01-02T00:00:00Z github:cy github:acme/lantern@abc/comment/99"),
        ("ReleaseEvent", r#"{"action":"published","release":{"id":4,"tag_name":"v1","published_at":"2025-01-02T00:00:00Z","author":{"login":"Ada","id":5}}}"#.to_owned(), "release.published 2025-01-02T00:00:00Z github:ada github:acme/lantern/release/4"),
        ("WatchEvent", r#"{"action":"started"}"#.to_owned(), "repository.starred 2025-01-03T00:00:05Z github:bo github:acme/lantern/starred/7/2025-01-03T00:00:05Z"),
        ("ForkEvent", r#"{"forkee":{"full_name":"bo/lantern"}}"#.to_owned(), "repository.forked 2025-01-03T00:00:05Z github:bo github:acme/lantern/forked/7/2025-01-03T00:00:05Z"),
        ("DiscussionEvent", r#"{"action":"created","discussion":{"number":14,"user":{"login":"Ada","id":5},"created_at":"2025-01-02T00:00:00Z"}}"#.to_owned(), "discussion.opened 2025-01-02T00:00:00Z github:ada github:acme/lantern#14/opened"),
        ("PushEvent", r#"{"push_id":3,"ref":"refs/heads/main","head":"abc","size":1,"commits":[{"sha":"abc","author":{"email":"A@x.org","name":"Ada"},"distinct":true}]}"#.to_owned(), "push.received 2025-01-03T00:00:05Z github:bo github:acme/lantern/push/3"),
    ] {
        assert_eq!(summary(&event(&record(kind, t, &payload))), expected);
    }
    for kind in ["MemberEvent", "PublicEvent", "GollumEvent", "DeleteEvent", "CreateEvent", "SponsorshipEvent"] {
        assert_eq!(parse(&record(kind, t, "{}")), Outcome::NotOurs, "{kind}");
    }
    assert_eq!(
        parse(&record("PullRequestEvent", t, &format!(r#"{{"action":"synchronize",{merged}}}"#))),
        Outcome::NotOurs
    );
}

#[test]
fn records_before_2015_name_things_otherwise() {
    let old = |kind: &str, url: &str, payload: &str| {
        format!(
            r#"{{"created_at":"2012-01-01T00:00:00-07:00","payload":{payload},"public":true,"type":"{kind}","url":"{url}","repository":{{"name":"lantern","owner":"acme","id":1.1213937e+07}},"actor":"Ada","actor_attributes":{{"login":"Ada","type":"User"}}}}"#
        )
    };
    let push = event(&old(
        "PushEvent",
        "u",
        r#"{"shas":[["abc","a@x.org","Say \"hi\"","Ada",true]],"ref":"refs/heads/master","head":"abc","size":1}"#,
    ));
    assert_eq!(
        summary(&push),
        "push.received 2012-01-01T07:00:00Z github:ada github:acme/lantern/push/abc/refs/heads/master"
    );
    assert!(push.data.to_json().contains(r#""sha":"abc","account":"email:a@x.org","name":"Ada","distinct":true"#));
    let comment = event(&old(
        "IssueCommentEvent",
        "https://github.com/acme/lantern/issues/12#issuecomment-34",
        r#"{"comment_id":34,"issue_id":56}"#,
    ));
    assert_eq!(summary(&comment), "issue.commented 2012-01-01T07:00:00Z github:ada github:acme/lantern#12/comment/34~");
    let opened = event(&old("IssuesEvent", "u", r#"{"action":"opened","issue":987654,"number":12}"#));
    assert_eq!(summary(&opened), "issue.opened 2012-01-01T07:00:00Z github:ada github:acme/lantern#12/opened~");
}

#[test]
fn trimmed_records_meet_the_exact_ones_by_their_ids() {
    let pull = r#""number":13,"pull_request":{"url":"u","id":1,"number":13,"head":{"ref":"x","sha":"y"},"base":{}}"#;
    let t = "2026-01-03T00:00:05Z";
    let opened = event(&record("PullRequestEvent", t, &format!(r#"{{"action":"opened",{pull}}}"#)));
    assert_eq!(summary(&opened), "pull_request.opened 2026-01-03T00:00:05Z github:bo github:acme/lantern#13/opened~");
    let merged = event(&record("PullRequestEvent", t, &format!(r#"{{"action":"merged",{pull}}}"#)));
    assert_eq!(summary(&merged), "pull_request.merged 2026-01-03T00:00:05Z github:bo github:acme/lantern#13/merged~");
    let closed = event(&record("PullRequestEvent", t, &format!(r#"{{"action":"closed",{pull}}}"#)));
    assert_eq!(closed.kind(), "pull_request.closed");
    let push = event(&record(
        "PushEvent",
        t,
        r#"{"repository_id":1,"push_id":9,"ref":"refs/heads/main","head":"abc","before":"def"}"#,
    ));
    assert_eq!(push.id, "github:acme/lantern/push/9");
    assert!(!push.data.to_json().contains("size"), "a trimmed push does not say how many commits it has");
}

#[test]
fn ids_may_have_become_floats_but_not_beyond_their_precision() {
    let line = record("WatchEvent", "2017-08-30T12:00:35Z", "{}").replace(r#""id":7"#, r#""id":2.0407524e+07"#);
    assert!(event(&line).id.contains("/starred/20407524/"));
    let line = record("WatchEvent", "2017-08-30T12:00:35Z", "{}").replace(r#""id":7"#, r#""id":1.9e+20"#);
    assert!(event(&line).id.contains("/starred/bo/"), "without its number an account is known by its login");
    let line = record("PushEvent", "2017-08-30T12:00:35Z", r#"{"push_id":1.9e+20,"ref":"r","head":"h"}"#);
    assert!(matches!(parse(&line), Outcome::Rejected(_)));
}

#[test]
fn what_is_only_told_beside_a_fact_costs_no_record() {
    let t = "2025-01-03T00:00:05Z";
    for id in ["-1", "1.5", "\"x\"", "[7]", "true", "{}"] {
        let line = record("WatchEvent", t, "{}").replace(r#""id":7"#, &format!(r#""id":{id}"#));
        assert!(event(&line).id.contains("/starred/bo/"), "{id}");
    }
    let pull = r#"{"action":"closed","pull_request":{"number":1,"user":"Ada","merged":"true","merged_at":"2025-01-03T00:00:00Z","merged_by":7}}"#;
    assert_eq!(
        summary(&event(&record("PullRequestEvent", t, pull))),
        "pull_request.merged 2025-01-03T00:00:00Z github:bo github:acme/lantern#1/merged"
    );
    let issue = r#"{"action":"opened","issue":{"number":1,"user":"Ada","created_at":"2025-01-01T00:00:00Z"}}"#;
    assert_eq!(event(&record("IssuesEvent", t, issue)).actor.as_deref(), Some("github:ada"));
    let push = r#"{"push_id":3,"ref":"r","head":"h","size":[],"commits":[null,{"sha":null},{"sha":"abc","author":{"email":null,"name":7},"distinct":"x"}]}"#;
    let told = event(&record("PushEvent", t, push)).data.to_json();
    assert!(told.contains(r#""commits":[{"sha":"abc","name":"","distinct":true}]"#), "{told}");
    let number = r#"{"action":"opened","issue":{"number":[1]}}"#;
    assert!(matches!(parse(&record("IssuesEvent", t, number)), Outcome::Rejected(_)));
}

#[test]
fn half_characters_cost_a_name_and_never_tell_facts_apart() {
    let t = "2025-01-03T00:00:05Z";
    let push = |name: &str| {
        format!(r#"{{"push_id":3,"ref":"r","head":"h","commits":[{{"sha":"abc","author":{{"name":"{name}"}}}}]}}"#)
    };
    let told = event(&record("PushEvent", t, &push("Bo \\ud83d"))).data.to_json();
    assert!(told.contains("Bo \u{fffd}"), "{told}");
    let mut latin = record("PushEvent", t, &push("AndrX")).into_bytes();
    let at = latin.iter().position(|byte| *byte == b'X').unwrap();
    latin[at] = 0xe9;
    match parse_record(&latin, &Arc::from("x"), &|_| true) {
        Outcome::Event(event) => assert!(event.data.to_json().contains("Andr\u{fffd}")),
        other => panic!("{other:?}"),
    }
    let label = r#"{"action":"labeled","issue":{"number":1},"label":{"name":"x \ud83d"}}"#;
    assert!(matches!(parse(&record("IssuesEvent", t, label)), Outcome::Rejected(_)));
    let star = record("WatchEvent", t, "{}");
    for word in ["Bo", "acme", "WatchEvent"] {
        let line = star.replace(word, &format!("{word}\\udc00"));
        assert!(matches!(parse(&line), Outcome::Rejected(_)), "{line}");
    }
    let action = r#"{"action":"opened\ud83d","issue":{"number":1}}"#;
    assert!(matches!(parse(&record("IssuesEvent", t, action)), Outcome::Rejected(_)));
}

#[test]
fn records_without_a_payload_are_stars_or_rejected() {
    let t = "2016-01-01T00:00:01Z";
    for payload in ["null", "[]", "\"x\""] {
        assert_eq!(event(&record("WatchEvent", t, payload)).kind(), "repository.starred");
        assert_eq!(parse(&record("MemberEvent", t, payload)), Outcome::NotOurs);
        for kind in ["IssuesEvent", "PullRequestReviewEvent", "ReleaseEvent", "PushEvent", "DiscussionEvent"] {
            let said = Outcome::Rejected(format!("{kind} without payload"));
            assert_eq!(parse(&record(kind, t, payload)), said);
        }
    }
}

#[test]
fn kinds_of_no_repository_are_not_ours() {
    let t = "2011-02-12T16:45:04Z";
    let gone = |kind: &str, payload: &str| record(kind, t, payload).replace("acme/lantern", "/");
    for kind in ["FollowEvent", "GistEvent", "PublicEvent"] {
        assert_eq!(parse(&gone(kind, "{}")), Outcome::NotOurs, "{kind}");
        let bare = format!(r#"{{"type":"{kind}","actor":"ada","payload":{{}},"created_at":"{t}"}}"#);
        assert_eq!(parse(&bare), Outcome::NotOurs, "{kind}");
    }
    assert!(matches!(parse(&gone("WatchEvent", "{}")), Outcome::Rejected(_)));
    let within = event(&gone("WatchEvent", r#"{"repo":"acme/lamp","action":"started"}"#));
    assert!(within.id.starts_with("github:acme/lamp/starred/7/"), "{}", within.id);
}

#[test]
fn a_close_that_may_be_a_merge_is_rejected() {
    let closed = |t: &str, pull: &str| {
        record("PullRequestEvent", t, &format!(r#"{{"action":"closed","number":1,"pull_request":{pull}}}"#))
    };
    for pull in [r#"{"number":1,"commits":1}"#, "71"] {
        match parse(&closed("2011-02-12T16:45:04Z", pull)) {
            Outcome::Rejected(message) => assert!(message.contains("whether it was merged is not said"), "{message}"),
            other => panic!("{other:?}"),
        }
    }
    let told = event(&closed("2012-02-12T16:45:04Z", r#"{"number":1,"merged_at":null}"#));
    assert_eq!(told.kind(), "pull_request.closed");
    assert_eq!(event(&closed("2026-01-01T00:00:00Z", r#"{"number":1}"#)).kind(), "pull_request.closed");
}

#[test]
fn a_comment_finds_its_issue_whatever_the_repository_is_called() {
    let comment = |repository: &str, page: &str| {
        format!(
            r#"{{"created_at":"2013-04-01T00:00:00-07:00","payload":{{"comment_id":9,"issue_id":1}},"type":"IssueCommentEvent","url":"https://github.com/acme/{repository}/{page}#issuecomment-9","repository":{{"name":"{repository}","owner":"acme"}},"actor":"ada"}}"#
        )
    };
    for (repository, page, id, kind) in [
        ("issues", "issues/5", "github:acme/issues#5/comment/9~", "issue.commented"),
        ("issues", "pull/6", "github:acme/issues#6/comment/9~", "pull_request.commented"),
        ("pull", "issues/7", "github:acme/pull#7/comment/9~", "issue.commented"),
    ] {
        let told = event(&comment(repository, page));
        assert_eq!((told.id.as_str(), told.kind()), (id, kind));
    }
    let line = |comment: &str| {
        record(
            "PullRequestReviewCommentEvent",
            "2013-04-01T07:00:00Z",
            &format!(
                r#"{{"comment":{{"id":8,"user":{{"login":"bo"}},"created_at":"2013-04-01T07:00:00Z",{comment}}}}}"#
            ),
        )
    };
    for comment in [
        r#""pull_request_url":"https://api.github.com/repos/acme/lantern/pulls/6""#,
        r#""html_url":"https://github.com/acme/lantern/pull/6#discussion_r8","pull_request_url":null"#,
    ] {
        assert_eq!(event(&line(comment)).id, "github:acme/lantern#6/review-comment/8");
    }
}

#[test]
fn what_is_missing_is_said() {
    for (line, word) in [
        ("{\"type\":\"WatchEvent\"", "half a JSON line"),
        ("nonsense", "not JSON"),
        ("[1,2]", "not a record of GitHub's"),
        (&record("ReleaseEvent", "2025-01-01T00:00:00Z", "{}"), "ReleaseEvent without action"),
        (r#"{"type":"WatchEvent","created_at":"2025-01-01T00:00:00Z"}"#, "no repository"),
        (&record("WatchEvent", "yesterday", "{}"), "created_at is not a time"),
        (&record("IssuesEvent", "2025-01-01T00:00:00Z", r#"{"action":"opened"}"#), "IssuesEvent without issue.number"),
        (
            &record("IssueCommentEvent", "2025-01-01T00:00:00Z", r#"{"action":"created","issue":{"number":1}}"#),
            "without comment.id",
        ),
    ] {
        match parse(line) {
            Outcome::Rejected(message) => assert!(message.contains(word), "{message} should say {word}"),
            other => panic!("{other:?} of {line}"),
        }
    }
}

#[test]
fn no_bytes_make_the_parser_panic() {
    let line = record("IssuesEvent", "2025-01-01T00:00:00Z", r#"{"action":"opened","issue":{"number":1,"user":null}}"#);
    for cut in 0..line.len() {
        let _ = parse(&line[..cut]);
        let mut bytes = line.clone().into_bytes();
        bytes[cut] = bytes[cut].wrapping_add(128);
        let _ = parse_record(&bytes, &Arc::from("x"), &|_| true);
    }
}

// ---- the reader

fn star(second: u32) -> String {
    record("WatchEvent", &format!("2025-01-01T00:00:{second:02}Z"), "{}")
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn read(path: &Path, repositories: &[&str], cursor: Option<&Cursor>) -> Batch {
    let repositories = repositories.iter().map(|pattern| (*pattern).to_owned()).collect();
    let config = Config { name: "test".into(), paths: vec![path.to_path_buf()], repositories };
    let mut source = open(&config, cursor).unwrap();
    let mut all = Batch::default();
    while let Some(batch) = source.next_batch().unwrap() {
        let rejected = batch.problems.iter().filter(|problem| problem.severity == Severity::Rejected).count() as u64;
        let counted = batch.events.len() as u64 + rejected + batch.counts.not_ours + batch.counts.filtered;
        assert_eq!(batch.counts.read, counted, "nothing disappears");
        all.events.extend(batch.events);
        all.problems.extend(batch.problems);
        all.counts += batch.counts;
        all.cursor = batch.cursor;
    }
    all
}

fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

#[test]
fn good_lines_beside_a_bad_one_are_kept_and_its_line_is_named() {
    let half = &star(2)[..40];
    let lines = format!("{}\n{half}\n\n{}\r\n", star(1), star(3));
    for bytes in [lines.clone().into_bytes(), gzip(lines.as_bytes())] {
        let batch = read(folder(&[("2025-01-01-0.json", &bytes)]).path(), &[], None);
        assert_eq!(batch.events.len(), 2);
        assert_eq!((batch.problems[0].file.as_str(), batch.problems[0].line), ("2025-01-01-0.json", Some(2)));
        assert_eq!(batch.counts.read, 3);
    }
}

#[test]
fn a_truncated_gzip_gives_what_was_readable() {
    // Stored (uncompressed) blocks, so that the cut falls in the last lines.
    let lines: String = (0..50).map(|second| star(second) + "\n").collect();
    let mut encoder = GzEncoder::new(Vec::new(), Compression::none());
    encoder.write_all(lines.as_bytes()).unwrap();
    let whole = encoder.finish().unwrap();
    let batch = read(folder(&[("a.json.gz", &whole[..whole.len() - 100])]).path(), &[], None);
    assert!(batch.events.len() < 50, "{}", batch.events.len());
    let problem = &batch.problems[0];
    assert!(problem.message.contains("cannot be read to its end"), "{problem}");
    assert!(problem.hint.contains("download it again"), "{problem}");
}

#[test]
fn bytes_that_are_no_text_cost_only_their_line() {
    let mut bytes = (star(1) + "\n").into_bytes();
    bytes.extend(b"\0\0\0\n\xff\xfe{\"type\":\n");
    bytes.extend(star(2).bytes());
    let batch = read(folder(&[("a.json", &bytes)]).path(), &[], None);
    assert_eq!(batch.events.len(), 2);
    assert_eq!(batch.problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [Some(3), None]);
}

#[test]
fn a_damaged_line_keeps_its_whole_records() {
    let half = &star(9)[..40];
    let lines = [
        format!("{}\0\0\0{}", star(1), star(2)),
        format!("{}{}{}", star(3), star(4), star(5)),
        format!("{}\0", star(6)),
        format!("{}{half}", star(7)),
        format!("{half}\0\0{}", star(8)),
        "\0\0\0".to_owned(),
    ];
    let batch = read(folder(&[("a.json", lines.join("\n").as_bytes())]).path(), &[], None);
    assert_eq!(batch.events.len(), 8);
    assert_eq!(batch.problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [Some(4), Some(5), None]);
    let document = format!("[\n{},\n{}\0\n]\0\0", star(1), star(2));
    let batch = read(folder(&[("a.json", document.as_bytes())]).path(), &[], None);
    assert_eq!((batch.events.len(), batch.problems.len()), (2, 0), "{:?}", batch.problems);
}

#[test]
fn files_of_any_encoding_and_spelling_are_read() {
    let text = format!("{}\n{}\n", star(1), star(2));
    let utf16: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let batch = read(folder(&[("a.JSON", &utf16), ("b.json.GZ", &gzip(star(3).as_bytes()))]).path(), &[], None);
    assert_eq!((batch.events.len(), batch.problems.len()), (3, 0), "{:?}", batch.problems);
}

#[test]
fn a_line_of_a_hundred_megabytes_is_passed_over() {
    let mut bytes = (star(1) + "\n").into_bytes();
    bytes.extend(std::iter::repeat_n(b'x', 100 << 20));
    bytes.extend(("\n".to_owned() + &star(2)).bytes());
    let batch = read(folder(&[("a.json", &bytes)]).path(), &[], None);
    assert_eq!(batch.events.len(), 2);
    assert!(batch.problems[0].message.contains("a line of 104857600 bytes"), "{}", batch.problems[0]);
}

#[test]
fn an_empty_file_is_noticed_and_loses_nothing() {
    let batch = read(folder(&[("a.json", b""), ("b.json", star(1).as_bytes())]).path(), &[], None);
    assert_eq!(batch.events.len(), 1);
    assert_eq!(batch.problems[0].severity, Severity::Notice);
    assert_eq!(batch.counts.read, 1);
}

#[test]
fn arrays_and_pretty_printed_objects_are_read_too() {
    let array = format!("[\n{},\n{}\n]", star(1), star(2));
    let pretty = star(3).replacen('{', "{\n", 1) + "\n" + &star(4).replacen('{', "{\n", 1);
    let batch = read(folder(&[("a.json", array.as_bytes()), ("b.json", pretty.as_bytes())]).path(), &[], None);
    assert_eq!(batch.events.len(), 4, "{:?}", batch.problems);
    let broken = format!("[\n{},\n{{\"type\":\"WatchEvent\"}}\n]", star(1));
    let batch = read(folder(&[("a.json", broken.as_bytes())]).path(), &[], None);
    assert_eq!((batch.events.len(), batch.problems[0].line), (1, Some(3)));
}

#[test]
fn only_the_repositories_asked_for_are_events() {
    let other = star(2).replace("acme/lantern", "other/thing");
    let batch = read(folder(&[("a.json", format!("{}\n{other}\n", star(1)).as_bytes())]).path(), &["ACME/*"], None);
    assert_eq!((batch.events.len(), batch.counts.filtered), (1, 1));
}

#[test]
fn a_file_that_vanished_is_a_problem_and_no_stop() {
    let folder = folder(&[("a.json", star(1).as_bytes()), ("b.json", star(2).as_bytes())]);
    let config = Config { name: "test".into(), paths: vec![folder.path().to_path_buf()], repositories: vec![] };
    let mut source = open(&config, None).unwrap();
    std::fs::remove_file(folder.path().join("a.json")).unwrap();
    let batch = source.next_batch().unwrap().unwrap();
    assert_eq!(batch.events.len(), 1);
    assert!(batch.problems[0].to_string().starts_with("a.json: the file cannot be opened"), "{}", batch.problems[0]);
    assert!(!batch.cursor.unwrap().0.contains("a.json"), "it is read when it is back");
}

#[test]
fn a_second_run_reads_only_what_changed() {
    let folder = folder(&[("a.json", star(1).as_bytes()), ("b.json", star(2).as_bytes())]);
    let first = read(folder.path(), &[], None);
    let nothing = read(folder.path(), &[], first.cursor.as_ref());
    assert_eq!(nothing, Batch::default());
    std::fs::write(folder.path().join("b.json"), star(2) + "\n" + &star(3)).unwrap();
    std::fs::write(folder.path().join("c.json"), star(4)).unwrap();
    let second = read(folder.path(), &[], first.cursor.as_ref());
    assert_eq!(second.events.len(), 3, "b again, and c");
}

#[test]
fn paths_may_be_folders_files_and_patterns() {
    let folder = folder(&[("a.json", star(1).as_bytes()), ("b.json.gz", &gzip(star(2).as_bytes())), ("c.txt", b"no")]);
    assert_eq!(read(folder.path(), &[], None).events.len(), 2);
    assert_eq!(read(&folder.path().join("*.gz"), &[], None).events.len(), 1);
    assert_eq!(read(&folder.path().join("a.json"), &[], None).events.len(), 1);
    for (path, word) in [("nowhere", "is not there"), ("*.csv", "no archive file"), ("nowhere/*.gz", "is not there")] {
        let config = Config { name: "test".into(), paths: vec![folder.path().join(path)], repositories: vec![] };
        let error = open(&config, None).err().unwrap();
        assert!(error.message.contains(word), "{path}: {error}");
    }
}
