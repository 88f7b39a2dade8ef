//! GitLab, Gerrit and Meetup.

use super::support::{item, lines, read, told};
use serde_json::{Value, json};

fn person(login: &str) -> Value {
    json!({"id": 1, "username": login, "name": login.to_lowercase(), "state": "active"})
}

fn note(id: u64, login: &str, second: u32, system: bool, body: &str) -> Value {
    json!({"id": id, "author": person(login), "created_at": format!("2024-01-02T00:00:{second:02}.500Z"), "system": system,
        "body": body, "award_emoji_data": [], "noteable_type": "Issue"})
}

#[test]
fn an_issue_of_gitlab_has_the_events_of_githubs() {
    let data = json!({
        "iid": 12, "id": 9001, "author": person("Ada"), "created_at": "2024-01-01T00:00:00.000Z", "state": "closed",
        "closed_at": "2024-01-02T00:00:09.900Z", "closed_by": person("bo"), "labels": ["bug"],
        "web_url": "https://gitlab.com/acme/tools/lantern/-/issues/12",
        "award_emoji_data": [{"id": 1, "name": "thumbsup"}],
        "notes_data": [
            note(101, "bo", 1, false, "closed? not yet"),
            note(102, "bo", 2, true, "closed"),
            note(103, "ada", 3, true, "reopened"),
            note(104, "ada", 4, true, "assigned to @Bo and @cy and unassigned @ada"),
            note(105, "ada", 5, true, "added ~7 label"),
            note(106, "ghost", 6, false, "who was I"),
            note(107, "bo", 9, true, "closed via merge request !3"),
            json!({"id": "?", "body": "x"}),
        ],
    });
    let read = read(&lines(&[item("GitLab", "issue", "https://gitlab.com/acme/tools%2Flantern", data)]));
    let it = "gitlab:gitlab.com/acme/tools/lantern#12";
    let at = |second: u32| format!("2024-01-02T00:00:0{second}.5Z");
    let facts: Vec<String> = told(&read).into_iter().filter(|fact| fact.starts_with(it)).collect();
    assert_eq!(
        facts,
        [
            format!("{it}/opened issue.opened gitlab:gitlab.com/ada"),
            format!("{it}/comment/101 issue.commented gitlab:gitlab.com/bo"),
            format!("{it}/closed/{} issue.closed gitlab:gitlab.com/bo", at(2)),
            format!("{it}/reopened/{} issue.reopened gitlab:gitlab.com/ada", at(3)),
            format!("{it}/assigned/gitlab:gitlab.com/bo/{} issue.assigned gitlab:gitlab.com/ada", at(4)),
            format!("{it}/assigned/gitlab:gitlab.com/cy/{} issue.assigned gitlab:gitlab.com/ada", at(4)),
            format!("{it}/comment/106~~ issue.commented -"),
            // The close of which the issue itself tells is this one.
            format!("{it}/closed/{} issue.closed gitlab:gitlab.com/bo", at(9)),
        ]
    );
    // An emoji and the label's note are not ours; a note without a time is rejected.
    assert_eq!((read.counts.not_ours, read.problems.len()), (2, 1), "{:?}", read.problems);
    let opened = read.events.iter().find(|event| event.kind() == "issue.opened").unwrap();
    assert_eq!(opened.data.to_json(), r#"{"schema":1,"number":12}"#);
    assert_eq!(opened.url.as_deref(), Some("https://gitlab.com/acme/tools/lantern/-/issues/12"));
    let names = read.events.iter().filter(|event| event.kind() == "account.described").count();
    assert_eq!(names, 2, "of Ada and Bo, once each");
}

#[test]
fn gitlab_of_later_years_tells_an_end_in_the_object_only() {
    let data = json!({
        "iid": 3, "author": person("ada"), "created_at": "2024-01-01T00:00:00Z", "state": "merged",
        "merged_at": "2024-01-03T00:00:00Z", "merge_user": person("bo"), "merged_by": person("cy"), "closed_at": null,
        "web_url": "https://git.acme.org/acme/lantern/-/merge_requests/3", "versions_data": [{"id": 1}, {"id": 2}],
        "notes_data": [
            json!({"id": 1, "author": person("bo"), "created_at": "2024-01-02T00:00:00Z", "system": false, "type": "DiffNote"}),
            note(2, "bo", 1, true, "approved this merge request"),
            note(3, "bo", 2, true, "merged"),
            note(4, "bo", 3, false, "Thanks"),
        ],
    });
    let closed = json!({"iid": 4, "author": person("ada"), "created_at": "2024-01-01T00:00:00Z", "state": "closed",
        "closed_at": "2024-01-04T00:00:00Z", "closed_by": null, "merged_by": null});
    let undated = |iid: u64| json!({"iid": iid, "author": person("ada"), "created_at": "2024-01-01T00:00:00Z", "state": "merged"});
    let of = |data| item("GitLab", "merge_request", "https://git.acme.org/acme/lantern", data);
    let read = read(&lines(&[of(data), of(closed), of(undated(5)), of(undated(6))]));
    let it = "gitlab:git.acme.org/acme/lantern";
    let facts: Vec<String> = told(&read).into_iter().filter(|fact| fact.starts_with(&format!("{it}!"))).collect();
    assert_eq!(
        facts,
        [
            format!("{it}!3/opened pull_request.opened gitlab:git.acme.org/ada"),
            format!("{it}!3/merged pull_request.merged gitlab:git.acme.org/bo"),
            format!("{it}!3/review-comment/1 pull_request.review_commented gitlab:git.acme.org/bo"),
            format!("{it}!3/review/2 pull_request.reviewed gitlab:git.acme.org/bo"),
            format!("{it}!3/comment/4 pull_request.commented gitlab:git.acme.org/bo"),
            format!("{it}!4/opened pull_request.opened gitlab:git.acme.org/ada"),
            format!("{it}!4/closed/2024-01-04T00:00:00Z~~ pull_request.closed -"),
            format!("{it}!5/opened pull_request.opened gitlab:git.acme.org/ada"),
            format!("{it}!6/opened pull_request.opened gitlab:git.acme.org/ada"),
        ]
    );
    assert_eq!(read.counts.not_ours, 3, "two versions and the note of the merge");
    assert_eq!(read.problems.len(), 1, "{:?}", read.problems);
    let message = &read.problems[0].message;
    assert!(message.ends_with("!5 is merged, and nothing says when, and so it is with 1 more"), "{message}");
}

fn change(status: &str, comments: Value, approvals: Value) -> Value {
    json!({
        "project": "acme/lantern", "branch": "main", "id": "I0123", "number": "7", "subject": "Light", "status": status,
        "owner": {"name": "Ada", "email": "Ada@example.org", "username": "ada"}, "url": "https://review.acme.org/7",
        "createdOn": 1_700_000_000, "lastUpdated": 1_800_000_000, "open": false, "comments": comments,
        "patchSets": [
            {"number": "1", "approvals": approvals, "comments": [{"file": "a", "line": 1, "message": "x"}]},
            {"number": "2", "approvals": approvals},
        ],
    })
}

#[test]
fn a_change_of_gerrit_is_a_pull_request() {
    let bo = json!({"name": "Bo", "username": "bo"});
    let gerrit = json!({"name": "Gerrit Code Review"});
    let message = |second: u32, by: &Value, said: &str| json!({"timestamp": 1_700_000_000 + second, "reviewer": by, "message": said});
    let data = change(
        "MERGED",
        json!([
            message(1, &bo, "Uploaded patch set 1."),
            message(2, &bo, "Patch Set 1: Code-Review-1"),
            message(3, &bo, "Patch Set 1: Code-Review-1\n\n(1 comment)\n\nWhy?"),
            message(4, &json!({"email": "cy@example.org"}), "Abandoned\n\nno time"),
            message(5, &bo, "Restored"),
            message(6, &gerrit, "Change has been successfully merged by Bo"),
            json!({"message": "without time"}),
        ]),
        json!([
            {"type": "Code-Review", "value": "-1", "grantedOn": 1_700_000_002, "by": bo},
            {"type": "Verified", "value": "1", "grantedOn": 1_700_000_002, "by": bo},
        ]),
    );
    let mut merged =
        change("MERGED", json!([]), json!([{"type": "SUBM", "value": "1", "grantedOn": 1_700_000_100, "by": bo}]));
    merged["number"] = json!(8);
    merged["createdOn"] = json!("1700000000");
    let mut unknown = change("MERGED", json!([]), json!([]));
    unknown["number"] = json!(9);
    let of = |data| item("Gerrit", "review", "review.acme.org", data);
    let read = read(&lines(&[of(data), of(merged), of(unknown)]));
    let it = "gerrit:review.acme.org/acme/lantern";
    let facts: Vec<String> = told(&read).into_iter().filter(|fact| fact.starts_with(&format!("{it}!"))).collect();
    assert_eq!(facts[0], format!("{it}!7/opened pull_request.opened gerrit:review.acme.org/ada"));
    assert_eq!(
        facts[1],
        format!("{it}!7/comment/1700000003/gerrit:review.acme.org/bo pull_request.commented gerrit:review.acme.org/bo")
    );
    assert_eq!(facts[2], format!("{it}!7/closed/2023-11-14T22:13:24Z pull_request.closed email:cy@example.org"));
    assert_eq!(
        facts[3],
        format!("{it}!7/reopened/2023-11-14T22:13:25Z pull_request.reopened gerrit:review.acme.org/bo")
    );
    assert_eq!(
        facts[4],
        format!("{it}!7/review/1700000002/gerrit:review.acme.org/bo pull_request.reviewed gerrit:review.acme.org/bo")
    );
    assert_eq!(facts[5], format!("{it}!7/merged~~ pull_request.merged -"));
    assert_eq!(facts[7], format!("{it}!8/merged pull_request.merged gerrit:review.acme.org/bo"));
    assert_eq!(facts.len(), 9, "{facts:#?}");
    let review = read.events.iter().find(|event| event.kind() == "pull_request.reviewed").unwrap();
    assert!(review.data.to_json().contains("\"state\":\"changes_requested\""));
    let linked = read.events.iter().filter(|event| event.kind() == "account.linked").count();
    assert_eq!(linked, 1, "Ada's address, once a run");
    // Of the first: upload, vote's message, two comments on a line, two votes of a program, the vote again. The merge of the
    // second is on both patch sets.
    assert_eq!(read.counts.not_ours, 2 + 1 + 2 + 1 + 1 + 2, "{:?}", read.problems);
    let messages: Vec<&str> = read.problems.iter().map(|problem| problem.message.as_str()).collect();
    assert!(messages.iter().any(|message| message.contains("!9 is merged")), "{messages:?}");
    assert!(read.events.iter().all(|event| !event.id.contains('@')), "no id has an address");
}

#[test]
fn an_event_of_meetup_that_is_over_is_a_meeting() {
    let event = |status: Value, day: &str| {
        json!({
            "id": "e1", "name": "Light night", "status": status, "time": 1_700_000_000_000_i64, "utc_offset": 36_000_000,
            "local_date": day, "group": {"urlname": "acme-night", "name": "Acme"}, "link": "https://meetup.com/acme-night/e1",
            "venue": {"name": "Barn", "city": "Oslo"},
            "rsvps": [{"response": "yes", "member": {"id": 1, "name": "Ada"}}, {"response": "no", "member": {"id": 2}}],
            "comments": [{"id": 5, "comment": "Parking?", "created": 1_690_000_000_000_i64, "member": {"id": 1, "name": "Ada"}},
                {"id": 6, "comment": "Yes", "created": 1_690_000_001_000_i64, "member": {"id": 2, "name": "Bo"}, "in_reply_to": 5}],
        })
    };
    let of = |data| item("Meetup", "event", "https://meetup.com/", data);
    let one = read(&lines(&[of(event(json!("past"), "2023-11-15"))]));
    assert_eq!(
        told(&one).into_iter().filter(|fact| fact.starts_with("meetup:acme")).collect::<Vec<_>>(),
        [
            "meetup:acme-night/e1/held meeting.held -",
            "meetup:acme-night/5 message.posted meetup:1",
            "meetup:acme-night/6 message.posted meetup:2",
        ]
    );
    let held = one.events.iter().find(|event| event.kind() == "meeting.held").unwrap();
    assert_eq!(held.subject, "meeting:acme-night/2023-11-15");
    let expected = r#"{"schema":1,"community":"items","series":"acme-night","date":"2023-11-15","title":"Light night","location":"Barn, Oslo"}"#;
    assert_eq!(held.data.to_json(), expected);
    assert_eq!(one.counts.not_ours, 2, "that somebody would come says nothing");
    let upcoming = read(&lines(&[of(event(json!("upcoming"), ""))]));
    assert!(upcoming.events.iter().all(|event| event.kind() != "meeting.held"));
    // Without a status the time of the fetch tells; without the day there, its own offset.
    let untold = read(&lines(&[of(event(json!(null), ""))]));
    assert!(untold.events.iter().any(|event| event.subject == "meeting:acme-night/2023-11-15"), "{untold:?}");
}
