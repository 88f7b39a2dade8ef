//! Whatever stands where something else belongs: nothing panics, nothing disappears uncounted, and what stands beside it is
//! read.

use super::support::{check, item, lines};
use muster_collect::perceval::{Config, read_items};
use muster_model::{Batch, Severity};
use serde_json::{Value, json};

/// An item of each backend, with everything in it that is looked at.
fn items() -> Vec<Value> {
    let hub = |login: &str| json!({"login": login, "id": 1, "type": "User"});
    let lab = |login: &str| json!({"username": login, "name": login, "public_email": "a@b.org"});
    let gerrit = json!({"name": "Ada", "username": "ada", "email": "ada@example.org", "tags": ["SERVICE_USER"]});
    let page = "https://github.com/acme/lantern/pull/8";
    vec![
        item(
            "Git",
            "commit",
            "https://github.com/acme/lantern",
            json!({"commit": "a".repeat(40), "parents": ["b"],
            "Author": "Ada <a@b.org>", "AuthorDate": "Tue Aug 14 14:30:13 2012 -0300", "Commit": "Bo <b@b.org>",
            "CommitDate": "Tue Aug 14 14:30:13 2012 -0300", "message": "One\n\nAcked-by: Cy <c@b.org>"}),
        ),
        item(
            "GitHub",
            "pull_request",
            "https://github.com/acme/lantern",
            json!({"html_url": page, "number": 8, "user": hub("a"),
            "created_at": "2024-01-01T00:00:00Z", "closed_at": "2024-01-02T00:00:00Z", "merged_at": "2024-01-02T00:00:00Z",
            "merged_by": hub("b"), "commits_data": ["a1"],
            "reviews_data": [{"html_url": format!("{page}#pullrequestreview-81"), "state": "APPROVED",
                "submitted_at": "2024-01-01T12:00:00Z", "user": hub("b")}]}),
        ),
        item(
            "GitHubQL",
            "event",
            "https://github.com/acme/lantern",
            json!({"eventType": "PullRequestReview", "state": "APPROVED",
            "createdAt": "2024-01-03T00:00:00Z", "author": {"login": "b"}, "url": format!("{page}#pullrequestreview-81"),
            "issue": {"html_url": page, "user": hub("a")}}),
        ),
        item(
            "GitLab",
            "merge_request",
            "https://gitlab.com/acme/lantern",
            json!({"iid": 3, "author": lab("ada"),
            "created_at": "2024-01-01T00:00:00Z", "merged_at": "2024-01-03T00:00:00Z", "merged_by": lab("bo"),
            "state": "merged", "web_url": "https://gitlab.com/acme/lantern/-/merge_requests/3", "versions_data": [{}],
            "notes_data": [{"id": 1, "author": lab("bo"), "created_at": "2024-01-02T00:00:00Z", "system": true,
                "body": "assigned to @cy", "award_emoji_data": [{}]}]}),
        ),
        item(
            "Gerrit",
            "review",
            "review.acme.org",
            json!({"project": "acme/lantern", "number": 7, "status": "MERGED",
            "owner": gerrit, "url": "https://review.acme.org/7", "createdOn": 1_700_000_000,
            "comments": [{"timestamp": 1_700_000_001, "reviewer": gerrit, "message": "Patch Set 1:\n\nWhy?"}],
            "patchSets": [{"approvals": [{"type": "Code-Review", "value": "-1", "grantedOn": 1_700_000_002, "by": gerrit},
                {"type": "SUBM", "value": "1", "grantedOn": 1_700_000_003, "by": gerrit}], "comments": [{}]}]}),
        ),
        item(
            "MBox",
            "message",
            "https://lists.acme.org/dev",
            json!({"From": "Ada <a@b.org>", "Message-ID": "<1@b.org>",
            "Date": "Tue, 23 Sep 2014 10:25:15 -0700", "Subject": "x", "body": {"plain": "Hm?", "html": "<p>Hm?</p>"}}),
        ),
        item(
            "Slack",
            "message",
            "https://slack.com/C1",
            json!({"ts": "1700000000.000100", "user": "U1", "text": "x", "team": "T1",
            "reactions": [{"name": "eyes", "users": ["U1"], "count": 1}], "edited": {"user": "U1", "ts": "1700000001.000100"},
            "channel_info": {"id": "C1", "name": "general"}, "user_data": {"id": "U1", "team_id": "T1", "profile": {"email": "a@b.org"}}}),
        ),
        item(
            "Zulip",
            "message",
            "https://zulip.acme.org/x",
            json!({"id": 42, "sender_id": 17, "sender_full_name": "Ada",
            "stream_id": 3, "display_recipient": "x", "type": "stream", "subject": "s", "content": "x", "timestamp": 1_700_000_000}),
        ),
        item(
            "Mattermost",
            "post",
            "https://chat.acme.org/c1",
            json!({"id": "p1", "channel_id": "c1", "user_id": "u1",
            "message": "x", "create_at": 1_700_000_000_000_i64, "channel_data": {"id": "c1", "display_name": "C", "type": "O"},
            "user_data": {"id": "u1", "username": "ada"}}),
        ),
        item(
            "Discourse",
            "topic",
            "https://talk.acme.org",
            json!({"id": 50, "category_id": 3, "post_stream": {"posts": [
            {"id": 500, "post_number": 1, "username": "ada", "created_at": "2024-01-01T00:00:00Z", "cooked": "<p>x</p>",
             "version": 2, "updated_at": "2024-02-01T00:00:00Z", "actions_summary": [{"id": 2, "count": 4}]}]}}),
        ),
        item(
            "Telegram",
            "message",
            "https://telegram.org/bot",
            json!({"update_id": 1, "message": {"message_id": 1,
            "date": 1_700_000_000, "from": {"id": 8, "first_name": "Ada"}, "chat": {"id": -7, "title": "L", "type": "group"},
            "text": "x", "reply_to_message": {"message_id": 0}, "entities": [{"type": "mention"}]}}),
        ),
        item(
            "RocketChat",
            "message",
            "https://chat.acme.org/x",
            json!({"_id": "m", "rid": "r", "ts": "2024-01-01T00:00:00Z",
            "msg": "x", "u": {"username": "ada"}, "reactions": {":a:": {"usernames": ["bo"]}}, "urls": [{"url": "https://a.b"}],
            "channel_info": {"name": "x", "t": "c"}, "mentions": [{"username": "bo"}]}),
        ),
        item(
            "Gitter",
            "message",
            "https://gitter.im/acme/x",
            json!({"id": "g", "text": "x", "sent": "2024-01-01T00:00:00Z",
            "fromUser": {"username": "bo", "displayName": "Bo"}, "urls": [{"url": "https://a.b"}], "mentions": [{}]}),
        ),
        item(
            "Meetup",
            "event",
            "https://meetup.com/",
            json!({"id": "e", "time": 1_700_000_000_000_i64, "status": "past",
            "group": {"urlname": "acme"}, "venue": {"name": "Barn"}, "rsvps": [{}],
            "comments": [{"id": 5, "comment": "x", "created": 1_690_000_000_000_i64, "member": {"id": 1, "name": "Ada"}}]}),
        ),
    ]
}

fn read(text: &str) -> Batch {
    let config = Config { name: "items".into(), paths: Vec::new(), text: false };
    let batch = read_items(&config, text.as_bytes());
    check(&batch.events, &batch.problems, batch.counts);
    batch
}

#[test]
fn junk_in_any_place_is_counted() {
    let items = items();
    let whole = read(&lines(&items));
    let rejected: Vec<_> = whole.problems.iter().filter(|problem| problem.severity == Severity::Rejected).collect();
    assert!(rejected.is_empty(), "{rejected:?}");
    let junk = [
        json!(null),
        json!(-1),
        json!(1e300),
        json!("\u{0}"),
        json!(""),
        json!([]),
        json!({}),
        json!([[{}]]),
        json!(true),
    ];
    let mut cases = 0;
    for item in &items {
        let mut places = Vec::new();
        places_in(item, String::new(), &mut places);
        for place in places {
            for value in &junk {
                let mut damaged = item.clone();
                *damaged.pointer_mut(&place).unwrap() = value.clone();
                let beside = &items[0];
                let batch = read(&lines(&[damaged, beside.clone()]));
                let is_there = batch.events.iter().any(|event| event.id == format!("git:{}", "a".repeat(40)));
                assert!(is_there, "{place} = {value} cost its neighbour");
                cases += 1;
            }
        }
    }
    assert!(cases > 2_000, "{cases}");
}

fn places_in(value: &Value, place: String, places: &mut Vec<String>) {
    if !place.is_empty() {
        places.push(place.clone());
    }
    let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Object(map) => {
            map.iter().for_each(|(key, value)| places_in(value, format!("{place}/{}", escaped(key)), places))
        }
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(at, value)| places_in(value, format!("{place}/{at}"), places))
        }
        _ => {}
    }
}

#[test]
fn a_file_cut_anywhere_gives_what_is_whole() {
    let text = lines(&items());
    let pretty: String = items().iter().map(|item| serde_json::to_string_pretty(item).unwrap() + "\n").collect();
    for text in [text, pretty] {
        let whole = read(&text).events.len();
        for cut in (0..text.len()).step_by(53) {
            let cut = (cut..).find(|cut| text.is_char_boundary(*cut)).unwrap();
            let batch = read(&text[..cut]);
            assert!(batch.events.len() <= whole);
            let rejected =
                batch.counts.read - batch.events.len() as u64 - batch.counts.not_ours - batch.counts.filtered;
            assert!(rejected <= 1, "only what is cut is lost: {:?}", batch.problems);
        }
    }
}
