//! Perceval's items, backend by backend: what each tells, and that other kinds of source tell the same.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod perceval {
    pub mod damage;
    pub mod forges;
    pub mod messages;
    pub mod support;
}

use muster_collect::{git, github_json, mail, slack};
use perceval::support::{Read, by_id, collect, item, lines, read, read_file, said};
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use std::process::Command;

fn commit(sha: &str, message: &str) -> Value {
    json!({
        "commit": sha, "parents": [], "refs": [], "files": [], "message": message,
        "Author": "Ada <ada@example.org>", "AuthorDate": "Tue Aug 14 14:30:13 2012 -0300",
        "Commit": "Bo <bo@example.org>", "CommitDate": "Tue Aug 14 17:31:00 2012 +0000",
    })
}

fn a_commit(digit: &str) -> Value {
    item(
        "Git",
        "commit",
        "https://github.com/acme/lantern",
        commit(&digit.repeat(40), "Light\n\nAcked-by: Cy <cy@example.org>"),
    )
}

fn issue() -> Value {
    let user = |login: &str, id: u64| json!({"login": login, "id": id, "type": "User", "node_id": "U"});
    json!({
        "html_url": "https://github.com/acme/lantern/issues/7", "number": 7, "id": 70, "node_id": "I", "state": "closed",
        "title": "Dark", "body": "See https://acme.slack.com/archives/C01/p1700000000000100", "user": user("Octo", 1),
        "created_at": "2024-01-01T00:00:00Z", "closed_at": "2024-01-03T00:00:00Z", "closed_by": user("hubot", 2),
        "assignees": [user("hubot", 2)], "labels": [], "comments": 2,
        "user_data": {"login": "octo", "name": "Ada", "email": "ada@example.org"}, "assignees_data": [{"login": "hubot"}],
        "reactions_data": [{"content": "heart", "user": user("hubot", 2)}],
        "comments_data": [
            {"html_url": "https://github.com/acme/lantern/issues/7#issuecomment-71", "id": 71, "user": user("hubot", 2),
             "created_at": "2024-01-02T00:00:00Z", "body": "Here", "user_data": {}, "reactions_data": [{"content": "+1"}]},
            {"html_url": "https://github.com/acme/lantern/issues/7#issuecomment-72", "id": 72, "user": null,
             "created_at": "2024-01-02T00:00:01Z", "body": null, "user_data": null, "reactions_data": []},
        ],
    })
}

#[test]
fn a_commit_is_the_one_that_git_tells() {
    let work = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| {
        let mut command = Command::new("git");
        command.args(args).current_dir(work.path()).env("HOME", work.path());
        for (key, value) in [
            ("GIT_AUTHOR_NAME", "Ada"),
            ("GIT_AUTHOR_EMAIL", "ada@example.org"),
            ("GIT_AUTHOR_DATE", "2012-08-14T14:30:13-0300"),
            ("GIT_COMMITTER_NAME", "Bo"),
            ("GIT_COMMITTER_EMAIL", "bo@example.org"),
            ("GIT_COMMITTER_DATE", "2012-08-14T17:31:00+0000"),
        ] {
            command.env(key, value);
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    let message = "Light\n\nWords: of a kind\nthat go on\n\nSigned-off-by: Ada L. <ada@example.org>\nAcked-by: Cy\n  <cy@example.org>";
    run(&["init", "-q", "-b", "main", "."]);
    run(&["commit", "-q", "--allow-empty", "--cleanup=verbatim", "-m", message]);
    let sha = run(&["rev-parse", "HEAD"]);
    let config = git::Config {
        name: "git".into(),
        repository: "acme/lantern".into(),
        location: git::Location::Path(work.path().to_path_buf()),
        branch: None,
        cache: work.path().join("cache"),
        mailmap: None,
    };
    let ours = collect(&mut git::open(&config, None).unwrap());
    // A folder's items name the repository in their tag; credentials are in nobody's way.
    let mut tagged = item("Git", "commit", "/srv/clone", commit(&sha, message));
    tagged["tag"] = json!("acme/lantern");
    let of_url = item("Git", "commit", "https://ada:secret@github.com/acme/lantern.git", commit(&sha, message));
    for told in [tagged, of_url] {
        let theirs = read(&lines(&[told]));
        assert_eq!(theirs.events.len(), 1, "{:?}", theirs.problems);
        assert_eq!(said(&theirs.events[0]), said(&ours.events[0]));
        assert_eq!(theirs.events[0].url, ours.events[0].url);
        assert_eq!(theirs.events[0].collector, "perceval/1");
        assert!(!format!("{theirs:?}").contains("secret"));
    }
}

#[test]
fn bytes_of_no_charset_in_a_commit_are_what_git_makes_of_them() {
    let mut told = commit(&"a".repeat(40), "One");
    told["Author"] = json!("Ad");
    let text = lines(&[item("Git", "commit", "https://github.com/acme/lantern", told)]);
    let text = text.replace("\"Author\":\"Ad\"", r#""Author":"Ad\udcc3\udca4 \udce4 <ada@example.org>""#);
    let read = read(&text);
    assert!(read.events[0].data.to_json().contains("\"name\":\"Ad\u{e4} \u{fffd}\""), "{read:?}");
}

#[test]
fn an_issue_is_the_one_that_its_saved_answer_tells() {
    let work = tempfile::tempdir().unwrap();
    let told = item("GitHub", "issue", "https://github.com/acme/lantern", issue());
    let file = work.path().join("items.json");
    std::fs::write(&file, told.to_string()).unwrap();
    let config = github_json::Config { name: "gh".into(), paths: vec![file], repositories: Vec::new() };
    let ours = by_id(collect(github_json::open(&config, None).unwrap().as_mut()));
    let read = read(&lines(&[told]));
    let (counts, problems) = (read.counts, read.problems.clone());
    let theirs = by_id(read);
    assert_eq!(theirs.keys().collect::<Vec<_>>(), ours.keys().collect::<Vec<_>>());
    for (id, event) in &ours {
        assert_eq!(said(event), said(&theirs[id]), "{id}");
    }
    // Opened, linked, closed, two comments; an assignee and two reactions are no facts.
    assert_eq!(theirs.len(), 5, "{:?}", theirs.keys());
    assert_eq!((counts.read, counts.not_ours), (8, 3), "{problems:?}");
}

#[test]
fn a_pull_request_tells_its_reviews_and_its_merge() {
    let user = json!({"login": "octo", "id": 1, "type": "User"});
    let page = "https://github.com/acme/lantern/pull/8";
    let data = json!({
        "html_url": page, "number": 8, "id": 80, "user": user, "created_at": "2024-01-01T00:00:00Z", "base": {},
        "closed_at": "2024-01-02T00:00:00Z", "merged_at": "2024-01-02T00:00:00Z", "merged": true,
        "merged_by": {"login": "hubot", "id": 2, "type": "User"}, "merged_by_data": [], "commits_data": ["a1", "b2"],
        "reviews_data": [{"html_url": format!("{page}#pullrequestreview-81"), "id": 81, "state": "APPROVED",
            "submitted_at": "2024-01-01T12:00:00Z", "user": {"login": "hubot", "id": 2, "type": "User"}}],
        "review_comments_data": [{"html_url": format!("{page}#discussion_r82"), "id": 82, "user": user,
            "created_at": "2024-01-01T13:00:00Z", "reactions_data": []}],
    });
    let read = read(&lines(&[item("GitHub", "pull_request", "https://github.com/acme/lantern", data)]));
    assert_eq!((read.counts.read, read.counts.not_ours), (6, 2));
    let ids: Vec<&str> =
        read.events.iter().map(|event| event.id.trim_start_matches("github:acme/lantern#8/")).collect();
    assert_eq!(ids, ["opened", "merged", "review-comment/82", "review/81"]);
    assert_eq!(read.events[1].actor.as_deref(), Some("github:hubot"));
}

#[test]
fn an_event_of_an_issue_gives_way_to_other_sources() {
    let event = |kind: &str, more: Value| {
        let mut data = json!({"eventType": kind, "id": "MDEy", "createdAt": "2024-01-03T00:00:00Z", "actor": {"login": "hubot"},
            "issue": issue()});
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        item("GitHubQL", "event", "https://github.com/acme/lantern", data)
    };
    let pull = json!({"html_url": "https://github.com/acme/lantern/pull/8", "number": 8, "pull_request": {},
        "user": {"login": "octo", "id": 1, "type": "User"}});
    let review = json!({"issue": pull, "state": "APPROVED", "actor": null, "author": {"login": "ada"},
        "url": "https://github.com/acme/lantern/pull/8#pullrequestreview-81"});
    let merged = json!({"issue": pull, "pullRequest": {"merged": true, "mergedAt": "2024-01-02T00:00:00Z"}});
    let read = read(&lines(&[
        event("ClosedEvent", json!({})),
        event("LabeledEvent", json!({"label": {"name": "bug"}, "actor": {"login": "Octo"}})),
        event("UnlabeledEvent", json!({"label": {"name": "bug"}})),
        event("MergedEvent", merged.clone()),
        event("ClosedEvent", merged),
        event("PullRequestReview", review),
        event("ClosedEvent", json!({"issue": pull})),
    ]));
    let ids: Vec<&str> = read.events.iter().map(|event| event.id.trim_start_matches("github:acme/lantern")).collect();
    assert_eq!(
        ids,
        ["#7/closed/2024-01-03T00:00:00Z~~", "#7/labeled/bug/2024-01-03T00:00:00Z~~", "#8/merged~~", "#8/review/81~~~",]
    );
    assert_eq!((read.counts.read, read.counts.not_ours, read.problems.len()), (7, 2, 1), "{:?}", read.problems);
    assert!(read.problems[0].message.contains("whether by a merge"), "{:?}", read.problems);
    // The issue says more of its author than its history does.
    assert!(read.events[1].data.to_json().contains("\"actor_id\":1"));
}

#[test]
fn a_message_of_slack_is_the_one_that_an_export_tells() {
    let work = tempfile::tempdir().unwrap();
    let folder = work.path().join("export");
    std::fs::create_dir_all(folder.join("general")).unwrap();
    let write = |name: &str, value: &Value| std::fs::write(folder.join(name), value.to_string()).unwrap();
    let user = json!({"id": "U01", "team_id": "T01", "name": "ada", "is_bot": false, "updated": 1_600_000_000,
        "profile": {"real_name": "Ada L.", "email": "ada@example.org"}});
    let channel =
        json!({"id": "C01", "name": "general", "created": 1_500_000_000, "is_channel": true, "is_archived": false});
    let messages = [
        json!({"type": "message", "user": "U01", "ts": "1700000000.000100", "text": "How? <https://a.b|x>", "team": "T01",
            "thread_ts": "1700000000.000100", "reactions": [{"name": "eyes", "users": ["U01"], "count": 1}]}),
        json!({"type": "message", "subtype": "bot_message", "bot_id": "B01", "username": "lamp", "ts": "1700000001.000200",
            "text": "On", "thread_ts": "1700000000.000100"}),
        json!({"type": "message", "subtype": "channel_join", "user": "U01", "ts": "1690000000.000300", "text": "joined"}),
        json!({"type": "message", "subtype": "channel_topic", "user": "U01", "ts": "1690000001.000300", "text": "topic"}),
    ];
    write("users.json", &json!([user]));
    write("channels.json", &json!([channel]));
    write("general/2023-11-14.json", &json!(messages));
    let config = slack::Config {
        name: "slack".into(),
        origin: slack::Origin::Path(folder.clone()),
        team: None,
        workspace: None,
        channels: Vec::new(),
        private: Vec::new(),
        text: true,
    };
    let ours = by_id(collect(slack::open(&config, None).unwrap().as_mut()));
    // The message of a program, which names no workspace, comes first.
    let items: Vec<Value> = [1, 0, 2, 3]
        .into_iter()
        .map(|at: usize| {
            let mut data = messages[at].clone();
            data["channel_info"] = channel.clone();
            if data.get("user").is_some() {
                data["user_data"] = user.clone();
            }
            item("Slack", "message", "https://slack.com/C01", data)
        })
        .collect();
    let read = read(&lines(&items));
    assert_eq!(read.counts.not_ours, 1);
    let theirs = by_id(read);
    assert_eq!(theirs.keys().collect::<Vec<_>>(), ours.keys().collect::<Vec<_>>());
    for (id, event) in &ours {
        assert_eq!(said(event), said(&theirs[id]), "{id}");
    }
}

#[test]
fn private_places_are_not_read() {
    let slack = |info: Value| json!({"ts": "1700000000.000100", "user": "U01", "text": "x", "channel_info": info});
    let read = read(&lines(&[
        item(
            "Slack",
            "message",
            "https://slack.com/C9",
            slack(json!({"id": "C9", "name": "boss", "is_private": true})),
        ),
        item("Slack", "message", "https://slack.com/D0000001", slack(json!({"id": "D0000001", "is_im": true}))),
        item(
            "Telegram",
            "message",
            "https://telegram.org/bot",
            json!({"message": {"message_id": 1, "date": 1_700_000_000,
            "chat": {"id": 5, "type": "private"}, "from": {"id": 5}, "text": "x"}}),
        ),
        item(
            "RocketChat",
            "message",
            "https://chat.acme.org/x",
            json!({"_id": "m", "rid": "r", "ts": "2024-01-01T00:00:00Z",
            "msg": "x", "channel_info": {"t": "p", "name": "boss"}}),
        ),
        item(
            "Discourse",
            "topic",
            "https://talk.acme.org",
            json!({"id": 1, "archetype": "private_message",
            "post_stream": {"posts": [{"id": 1}, {"id": 2}]}}),
        ),
        item(
            "GitLab",
            "issue",
            "https://gitlab.com/a/b",
            json!({"iid": 1, "confidential": true, "notes_data": [{}, {}]}),
        ),
        item("Gerrit", "review", "review.acme.org", json!({"number": 1, "project": "a", "private": true})),
        item(
            "Zulip",
            "message",
            "https://zulip.acme.org/x",
            json!({"id": 1, "sender_id": 2, "type": "private", "timestamp": 5,
            "display_recipient": [{"id": 2}, {"id": 3}], "content": "x"}),
        ),
    ]));
    assert_eq!(read.events, []);
    assert_eq!((read.counts.read, read.counts.filtered), (11, 11), "{:?}", read.problems);
}

#[test]
fn a_mail_is_the_one_that_the_list_tells() {
    let work = tempfile::tempdir().unwrap();
    let mbox = work.path().join("dev.mbox");
    let mail = "From ada Thu Nov  1 11:19:12 2001\nFrom: =?utf-8?q?Lamp=2C_Ada_=C3=A4?= <ada@example.org>\n\
        Date: Tue, 23 Sep 2014 10:25:15 -0700\nMessage-ID: <two@example.org>\nIn-Reply-To: <one@example.org>\n\
        References: <zero@example.org>\n <one@example.org>\nSubject: Re: [dev] Light\n\
        Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n\
        > quoted?\nIt is =C3=A4 lamp. See https://github.com/acme/lantern/issues/7?\n\n-- \nAda\n";
    std::fs::write(&mbox, mail).unwrap();
    let list = |list: &str| mail::Config {
        name: "mail".into(),
        paths: vec![mbox.clone()],
        list: list.into(),
        archive: None,
        text: true,
    };
    let data = json!({
        "unixfrom": "ada Thu Nov  1 11:19:12 2001", "From": "Lamp, Ada \u{e4} <ada@example.org>",
        "Date": "Tue, 23 Sep 2014 10:25:15 -0700", "Message-ID": "<two@example.org>", "In-Reply-To": "<one@example.org>",
        "References": "<zero@example.org>\n <one@example.org>", "Subject": "Re: [dev] Light", "offset": 7, "X-Empty": null,
        "Content-Type": "text/plain; charset=utf-8", "Content-Transfer-Encoding": "quoted-printable",
        "body": {"plain": "> quoted?\nIt is \u{e4} lamp. See https://github.com/acme/lantern/issues/7?\n\n-- \nAda\n"},
    });
    for (backend, category) in [
        ("MBox", "message"),
        ("Pipermail", "message"),
        ("Groupsio", "message"),
        ("HyperKitty", "message"),
        ("NNTP", "article"),
    ] {
        let untagged = item(backend, category, "https://lists.acme.org/archives/dev/", data.clone());
        let mut tagged = untagged.clone();
        tagged["tag"] = json!("dev");
        for (told, name) in [(untagged, "lists.acme.org/archives/dev"), (tagged, "dev")] {
            let ours = collect(mail::open(&list(name), None).unwrap().as_mut());
            let theirs = read(&lines(&[told]));
            assert_eq!(theirs.events.len(), 1, "{:?}", theirs.problems);
            assert_eq!(said(&theirs.events[0]), said(&ours.events[0]), "{backend}");
            assert!(theirs.events[0].data.to_json().contains("Lamp, Ada"));
        }
    }
}

#[test]
fn a_mail_keeps_its_bytes_of_no_charset() {
    let data = json!({"From": "Ad", "Date": "Tue, 23 Sep 2014 10:25:15 -0700", "Message-ID": "<1@example.org>",
        "Subject": "x", "body": {"plain": "PLAIN", "html": "<p>no</p>"}});
    let text = lines(&[item("MBox", "message", "https://lists.acme.org/dev", data)]);
    let text = text.replace("\"From\":\"Ad\"", r#""From":"Ad\udce4 <ada@example.org>""#).replace("PLAIN", r"caf\udce9");
    let read = read(&text);
    let json = read.events[0].data.to_json();
    assert!(json.contains("\"name\":\"Ad\u{e4}\"") && json.contains("\"text\":\"caf"), "{json}");
}

#[test]
fn other_backends_are_counted_and_said_once() {
    let told = |backend: &str, category: &str| item(backend, category, "https://a.acme.org", json!({"id": 1}));
    let read =
        read(&lines(&[told("Jira", "issue"), told("Jira", "issue"), told("GitLab", "message"), told("Git", "blame")]));
    assert_eq!((read.counts.read, read.counts.not_ours, read.events.len()), (4, 4, 0));
    let messages: Vec<&str> = read.problems.iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(messages.len(), 3, "{messages:?}");
    assert!(messages[0].contains("Jira") && messages[1].contains("GitLab, category \"message\""), "{messages:?}");
}

#[test]
fn what_is_broken_costs_itself_only() {
    let whole = a_commit("a").to_string();
    let half = &whole[..whole.len() / 2];
    let mut no_id = a_commit("b");
    no_id["data"]["commit"] = json!("b");
    let mut no_date = a_commit("c");
    no_date["data"]["AuthorDate"] = json!("yesterday");
    let text = format!(
        "{whole}\n\n{half}\nnot JSON\n[1]\n{{\"a\":1}}\n{no_id}\n{no_date}\n{}\n{}\n{}\n",
        a_commit("d"),
        item("GitLab", "issue", "https://gitlab.com/a/b", json!(7)),
        item("Git", "commit", "x", json!(null)),
    );
    let read = read(&text);
    let found: Vec<(Option<u32>, &str)> =
        read.problems.iter().map(|problem| (problem.line, problem.message.as_str())).collect();
    let expected = [
        (3, "half a JSON object"),
        (4, "not JSON"),
        (5, "not an item of Perceval's"),
        (6, "backend_name and data"),
        (7, "a commit whose id is \"b\""),
        (8, "author date"),
        (10, "no object"),
        (11, "backend_name and data"),
    ];
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for ((line, message), (expected_line, part)) in found.iter().zip(expected) {
        assert_eq!(*line, Some(expected_line), "{message}");
        assert!(message.contains(part), "{message} should have {part}");
    }
    assert_eq!((read.events.len(), read.counts.read), (2, 10));
}

#[test]
fn items_are_read_however_they_are_written() {
    let work = tempfile::tempdir().unwrap();
    let items = [a_commit("a"), a_commit("b")];
    let pretty = |value: &Value| serde_json::to_string_pretty(value).unwrap();
    let one_by_one: String = items.iter().map(|item| pretty(item) + "\n").collect();
    let of_lines = read(&lines(&items));
    assert_eq!(of_lines.events.len(), 2);
    for text in [one_by_one.clone(), pretty(&json!(items)), json!(items).to_string(), format!("[{}]\n", one_by_one)] {
        let other = read(&text);
        assert_eq!(other.problems, [], "{text}");
        assert_eq!(
            other.events.iter().map(said).collect::<Vec<_>>(),
            of_lines.events.iter().map(said).collect::<Vec<_>>()
        );
    }
    // Half an item in the middle, as a run that was killed leaves it.
    let cut = &pretty(&items[0])[..120];
    let damaged = read(&format!("{}\n{cut}\n{}", pretty(&items[0]), pretty(&items[1])));
    assert_eq!(
        (damaged.events.len(), damaged.problems.len(), damaged.counts.read),
        (2, 1, 3),
        "{:?}",
        damaged.problems
    );
    let packed = work.path().join("items.jsonl.gz");
    let mut gz = flate2::write::GzEncoder::new(std::fs::File::create(&packed).unwrap(), flate2::Compression::fast());
    gz.write_all(lines(&items).as_bytes()).unwrap();
    gz.finish().unwrap();
    assert_eq!(read_file(&packed, false, None).events.len(), 2);
}

#[test]
fn items_of_before_categories_are_told_by_their_data() {
    let bare =
        |backend: &str, origin: &str, data: Value| json!({"backend_name": backend, "origin": origin, "data": data});
    let read = read(&lines(&[
        bare("GitHub", "https://github.com/acme/lantern", issue()),
        bare("Git", "https://github.com/acme/lantern", commit(&"a".repeat(40), "One")),
        bare(
            "GitLab",
            "https://gitlab.com/acme/lantern",
            json!({"iid": 3, "created_at": "2024-01-01T00:00:00Z",
            "author": {"username": "ada"}, "merge_status": "can_be_merged"}),
        ),
    ]));
    assert_eq!(read.problems, []);
    let kinds: Vec<&str> = read.events.iter().map(muster_model::Event::kind).collect();
    assert!(kinds.contains(&"issue.opened") && kinds.contains(&"commit.authored"), "{kinds:?}");
    assert!(kinds.contains(&"pull_request.opened"), "{kinds:?}");
}

#[test]
fn a_second_run_over_the_same_files_gives_nothing() {
    let work = tempfile::tempdir().unwrap();
    let file = work.path().join("items.jsonl");
    std::fs::write(&file, lines(&[a_commit("a")])).unwrap();
    let Read { events, cursor, .. } = read_file(Path::new(&file), false, None);
    assert_eq!(events.len(), 1);
    let again = read_file(&file, false, cursor.as_ref());
    assert_eq!((again.events.len(), again.counts.read), (0, 0));
}
