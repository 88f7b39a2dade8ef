//! Slack's messages of every kind, and every way an export can be broken. Fixtures are written here.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use muster_collect::slack::{Config, Origin, open, read_file};
use muster_model::payload::MessagePosted;
use muster_model::{Batch, CollectError, Cursor, Event, Payload, Severity};
use std::io::Write;
use std::path::Path;
use tempfile::TempDir;

const USERS: &str = r#"[
    {"id":"U1","team_id":"T1","name":"ada","real_name":"Ada L.","updated":1500000000,"profile":{"email":"Ada@Example.org","real_name":"Ada L."}},
    {"id":"U2","team_id":"T1","name":"bo","profile":{"display_name":"Bo"}},
    {"id":"U3","team_id":"T9","name":"guest"},
    {"id":"B1","team_id":"T1","name":"ci","is_bot":true},
    {"id":"USLACKBOT","team_id":"T1","name":"slackbot","is_bot":false}]"#;
const CHANNELS: &str = r#"[{"id":"C1","name":"general","created":1500000000,"is_archived":false,"is_general":true},
    {"id":"C2","name":"random","created":"1500000001","is_archived":true}]"#;

fn export(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

fn general(messages: &str) -> TempDir {
    export(&[("users.json", USERS), ("channels.json", CHANNELS), ("general/2024-01-01.json", messages)])
}

fn config(path: &Path) -> Config {
    Config {
        name: "chat".to_owned(),
        origin: Origin::Path(path.to_owned()),
        team: None,
        workspace: None,
        channels: vec![],
        private: vec![],
        text: false,
    }
}

fn checked(batch: Batch) -> Batch {
    let rejected = batch.problems.iter().filter(|problem| problem.severity == Severity::Rejected).count() as u64;
    let whole = batch.events.len() as u64 + rejected + batch.counts.not_ours + batch.counts.filtered;
    assert_eq!(batch.counts.read, whole, "nothing disappears: {:?}", batch.problems);
    batch
}

fn collect_from(config: &Config, cursor: Option<&Cursor>) -> Result<Batch, CollectError> {
    let mut source = open(config, cursor)?;
    let mut all = Batch::default();
    while let Some(batch) = source.next_batch()? {
        all.events.extend(batch.events);
        all.problems.extend(batch.problems);
        all.counts += batch.counts;
        all.cursor = batch.cursor;
    }
    Ok(checked(all))
}

fn collect(folder: &TempDir) -> Batch {
    collect_from(&config(folder.path()), None).unwrap()
}

/// The events of messages alone, one line each.
fn told(batch: &Batch) -> Vec<String> {
    let of_messages =
        |event: &&Event| !matches!(event.kind(), "account.described" | "account.linked" | "channel.described");
    let line = |event: &Event| {
        format!("{} {} {} {}", event.kind(), event.id, event.actor.as_deref().unwrap_or("-"), event.time)
    };
    batch.events.iter().filter(of_messages).map(line).collect()
}

fn message(json: &str) -> Batch {
    checked(read_file(&with_team(), "general/2024-01-01.json", format!("[{json}]").as_bytes()))
}

fn with_team() -> Config {
    Config { team: Some("T1".to_owned()), text: true, ..config(Path::new("unused")) }
}

fn posted(batch: &Batch) -> &MessagePosted {
    let found = batch.events.iter().find_map(|event| match &event.data {
        Payload::MessagePosted(posted) => Some(posted),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no message in {batch:?}"))
}

fn messages_of(batch: &Batch) -> Vec<&str> {
    batch.problems.iter().map(|problem| problem.message.as_str()).collect()
}

#[test]
fn each_kind_of_line_is_its_own_fact() {
    for (json, expected) in [
        (
            r#"{"type":"message","user":"U1","text":"hi","ts":"1704067200.000100"}"#,
            vec!["message.posted slack:T1/general/1704067200.000100 slack:T1/U1 2024-01-01T00:00:00.0001Z"],
        ),
        (
            r#"{"subtype":"me_message","user":"U1","text":"waves","ts":"1704067200.000100"}"#,
            vec!["message.posted slack:T1/general/1704067200.000100 slack:T1/U1 2024-01-01T00:00:00.0001Z"],
        ),
        (
            r#"{"subtype":"bot_message","bot_id":"B1","text":"built","ts":"1704067200.000100"}"#,
            vec!["message.posted slack:T1/general/1704067200.000100 slack:T1/B1 2024-01-01T00:00:00.0001Z"],
        ),
        (
            r#"{"subtype":"channel_join","user":"U1","text":"<@U1> has joined the channel","ts":"1704067200.000100","reactions":[{"name":"wave","users":["U2"],"count":1}]}"#,
            vec![
                "channel.joined slack:T1/general/1704067200.000100/joined slack:T1/U1 2024-01-01T00:00:00.0001Z",
                "message.reacted slack:T1/general/1704067200.000100/reacted/wave/U2 slack:T1/U2 2024-01-01T00:00:00.0001Z",
            ],
        ),
        (
            r#"{"subtype":"tombstone","user":"USLACKBOT","text":"This message was deleted.","ts":"1704067200.000100","thread_ts":"1704067200.000100"}"#,
            vec!["message.deleted slack:T1/general/1704067200.000100/deleted - 2024-01-01T00:00:00.0001Z"],
        ),
        (
            r#"{"user":"U1","text":"hi","ts":"1704067200.000100","edited":{"user":"U1","ts":"1704067260.000000"}}"#,
            vec![
                "message.posted slack:T1/general/1704067200.000100 slack:T1/U1 2024-01-01T00:00:00.0001Z",
                "message.edited slack:T1/general/1704067200.000100/edited/1704067260.000000 slack:T1/U1 2024-01-01T00:01:00Z",
            ],
        ),
        (
            r#"{"subtype":"message_changed","hidden":true,"ts":"1704067260.000100","message":{"user":"U1","text":"ho","ts":"1704067200.000100","edited":{"user":"U1","ts":"1704067260.000000"}},"previous_message":{"user":"U1","text":"hi","ts":"1704067200.000100"}}"#,
            vec![
                "message.posted slack:T1/general/1704067200.000100 slack:T1/U1 2024-01-01T00:00:00.0001Z",
                "message.edited slack:T1/general/1704067200.000100/edited/1704067260.000000 slack:T1/U1 2024-01-01T00:01:00Z",
            ],
        ),
        (
            r#"{"subtype":"message_deleted","hidden":true,"ts":"1704067260.000100","deleted_ts":"1704067200.000100","previous_message":{"user":"U1","text":"hi","ts":"1704067200.000100"}}"#,
            vec![
                "message.deleted slack:T1/general/1704067200.000100/deleted/1704067260.000100 - 2024-01-01T00:01:00.0001Z",
                "message.posted slack:T1/general/1704067200.000100 slack:T1/U1 2024-01-01T00:00:00.0001Z",
            ],
        ),
        (
            r#"{"user":"U1","text":"hi","ts":"1704067200.000100","reactions":[{"name":"+1","users":["U2","U1","U2"],"count":5}]}"#,
            vec![
                "message.posted slack:T1/general/1704067200.000100 slack:T1/U1 2024-01-01T00:00:00.0001Z",
                "message.reacted slack:T1/general/1704067200.000100/reacted/+1/U1 slack:T1/U1 2024-01-01T00:00:00.0001Z",
                "message.reacted slack:T1/general/1704067200.000100/reacted/+1/U2 slack:T1/U2 2024-01-01T00:00:00.0001Z",
                "message.reacted slack:T1/general/1704067200.000100/reacted/+1/+3 - 2024-01-01T00:00:00.0001Z",
            ],
        ),
    ] {
        let batch = message(json);
        assert_eq!(
            (told(&batch), messages_of(&batch)),
            (expected.iter().map(|s| (*s).to_owned()).collect(), vec![]),
            "{json}"
        );
    }
    for subtype in [
        "channel_leave",
        "channel_topic",
        "channel_purpose",
        "channel_name",
        "channel_archive",
        "pinned_item",
        "bot_add",
        "reminder_add",
        "group_leave",
        "huddle_thread",
        "channel_convert_to_private",
    ] {
        let batch = message(&format!(r#"{{"subtype":"{subtype}","user":"U1","text":"x","ts":"1704067200.000100"}}"#));
        assert_eq!((batch.counts.read, batch.counts.not_ours, batch.problems.len()), (1, 1, 0), "{subtype}");
    }
    let unknown =
        message(r#"{"subtype":"hologram","ts":"1704067200.000100"},{"subtype":"hologram","ts":"1704067201.000100"}"#);
    assert_eq!(
        (unknown.counts.not_ours, unknown.problems.len(), unknown.problems[0].severity),
        (2, 1, Severity::Notice)
    );
}

#[test]
fn what_a_message_says_is_measured_and_kept_only_when_asked_for() {
    let json = r#"{"user":"U1","text":"<@U2> is <https://github.com/acme/lantern/issues/7|this> done? &lt;b&gt; <!here>","ts":"1704067200.000100","thread_ts":"1704067100.000100","subtype":"thread_broadcast","files":[{"id":"F1"},{"id":"F2"}]}"#;
    let batch = message(json);
    let said = posted(&batch);
    assert_eq!(said.text.as_deref(), Some("@U2 is this done? <b> @here"));
    assert_eq!((said.length, said.links, said.mentions, said.files, said.question), (27, 1, 1, 2, true));
    assert_eq!(said.references, ["github:acme/lantern#7"]);
    assert_eq!((said.thread.as_deref(), said.broadcast), (Some("slack:T1/general/1704067100.000100"), true));
    let quiet =
        read_file(&Config { text: false, ..with_team() }, "general/2024-01-01.json", format!("[{json}]").as_bytes());
    assert_eq!(posted(&quiet).text, None);
    assert_eq!(posted(&quiet).text_hash, said.text_hash);
}

#[test]
fn a_permalink_leads_to_the_id_of_its_message() {
    let link = r#"{"user":"U1","text":"see <https://acme.slack.com/archives/C1/p1741188384363019?thread_ts=1741188000.000000&amp;cid=C1>","ts":"1704067200.000100"}"#;
    let reference = posted(&message(link)).references[0].clone();
    assert_eq!(reference, "slack:C1/1741188384.363019");
    let folder = general(r#"[{"user":"U1","text":"hi","ts":"1741188384.363019","thread_ts":"1741188000.000000"}]"#);
    let mut config = config(folder.path());
    config.workspace = Some("https://acme.slack.com/".to_owned());
    let batch = collect_from(&config, None).unwrap();
    let event = batch.events.iter().find(|event| event.kind() == "message.posted").unwrap();
    assert!(event.id.ends_with(reference.strip_prefix("slack:").unwrap()), "the last two parts are the permalink's");
    assert_eq!(event.subject, "slack:T1/C1");
    assert_eq!(
        event.url.as_deref(),
        Some("https://acme.slack.com/archives/C1/p1741188384363019?thread_ts=1741188000.000000&cid=C1")
    );
}

#[test]
fn programs_are_told_from_people() {
    for (json, actor, name, bot) in [
        (
            r#"{"user":"U1","bot_id":null,"username":"ada","text":"x","ts":"1704067200.000100"}"#,
            Some("slack:T1/U1"),
            None,
            false,
        ),
        (r#"{"user":"U1","bot_id":"B1","text":"x","ts":"1704067200.000100"}"#, Some("slack:T1/U1"), None, true),
        (r#"{"subtype":"bot_message","username":"Owl","text":"x","ts":"1704067200.000100"}"#, None, Some("Owl"), true),
        (r#"{"user":"USLACKBOT","text":"x","ts":"1704067200.000100"}"#, Some("slack:T1/USLACKBOT"), None, true),
        (r#"{"text":"x","ts":"1704067200.000100"}"#, None, None, false),
    ] {
        let batch = message(json);
        let event = batch.events.first().unwrap();
        assert_eq!(
            (event.actor.as_deref(), posted(&batch).name.as_deref(), posted(&batch).bot),
            (actor, name, bot),
            "{json}"
        );
    }
}

#[test]
fn text_is_found_where_old_and_new_messages_have_it() {
    for (json, text) in [
        (
            r#"{"user":"U1","text":"","ts":"1704067200.000100","blocks":[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"user","user_id":"U2"},{"type":"text","text":" hi"}]}]}]}"#,
            "@U2 hi",
        ),
        (
            r#"{"subtype":"bot_message","bot_id":"B1","text":"","ts":"1704067200.000100","attachments":[{"title":"Build","text":"failed"}]}"#,
            "Build\nfailed",
        ),
        (r#"{"user":"U1","ts":"1704067200.000100","attachments":[{"title":"Unfurled","from_url":"https://a.b"}]}"#, ""),
        (
            r#"{"subtype":"file_share","user":"U1","text":"<@U1> uploaded a file: <https://a.b|x> and commented: mine?","file":{"id":"F1","initial_comment":{"user":"U1","comment":"mine?"}},"ts":"1704067200.000100"}"#,
            "mine?",
        ),
        (
            r#"{"subtype":"file_share","user":"U1","text":"<@U1> uploaded a file: <https://a.b|x>","file":{"id":"F1"},"ts":"1704067200.000100"}"#,
            "",
        ),
        (
            r#"{"subtype":"file_share","user":"U1","text":"new style","files":[{"id":"F1"}],"ts":"1704067200.000100"}"#,
            "new style",
        ),
        (
            r#"{"subtype":"file_comment","text":"<@U2> commented on <@U1>'s file: ok","comment":{"user":"U2","comment":"ok"},"ts":"1704067200.000100"}"#,
            "ok",
        ),
    ] {
        let batch = message(json);
        assert_eq!(posted(&batch).text.as_deref(), Some(text), "{json}");
    }
}

#[test]
fn people_and_channels_are_described_and_addresses_hidden_in_ids() {
    let folder = general("[]");
    let batch = collect(&folder);
    let of = |kind: &str| batch.events.iter().filter(|event| event.kind() == kind).collect::<Vec<_>>();
    let people = of("account.described");
    assert_eq!(people.len(), 5);
    assert_eq!(people[0].data.to_json(), r#"{"schema":1,"name":"Ada L."}"#);
    assert_eq!((people[0].subject.as_str(), people[0].time.as_second()), ("slack:T1/U1", 1_500_000_000));
    assert_eq!(people[1].data.to_json(), r#"{"schema":1,"name":"Bo"}"#);
    assert!(people[3..].iter().all(|event| event.data.to_json().contains("\"bot\":true")), "USLACKBOT too");
    let linked = of("account.linked");
    assert_eq!(linked.len(), 1);
    assert!(linked[0].id.starts_with("slack:T1/U1/linked/") && !linked[0].id.contains('@'));
    assert_eq!(
        linked[0].data.to_json(),
        r#"{"schema":1,"account":"slack:T1/U1","canonical":"email:ada@example.org","evidence":"chat-profile","name":"Ada L."}"#
    );
    let channels = of("channel.described");
    assert_eq!(channels[1].data.to_json(), r#"{"schema":1,"name":"random","kind":"public","archived":true}"#);
    assert_eq!((channels[1].subject.as_str(), channels[1].time.as_second()), ("slack:T1/C2", 1_500_000_001));
    // A changed name is another fact, never another payload of the same.
    std::fs::write(folder.path().join("channels.json"), CHANNELS.replace("random", "noise")).unwrap();
    let later = collect_from(&config(folder.path()), batch.cursor.as_ref()).unwrap();
    let ids: Vec<_> = batch.events.iter().map(|event| &event.id).collect();
    let new: Vec<_> =
        later.events.iter().filter(|event| !ids.contains(&&event.id)).map(|event| event.data.to_json()).collect();
    assert_eq!(new, [r#"{"schema":1,"name":"noise","kind":"public","archived":true}"#]);
}

#[test]
fn private_channels_and_direct_messages_are_refused_unless_named() {
    let message = |ts: u32| {
        format!(
            r#"[{{"user":"U1","text":"hush","ts":"17040672{ts}.000100"}},{{"user":"U1","ts":"17040672{ts}.000200"}}]"#
        )
    };
    let folder = export(&[
        ("users.json", USERS),
        ("channels.json", CHANNELS),
        ("groups.json", r#"[{"id":"C3","name":"board","created":1}]"#),
        ("dms.json", r#"[{"id":"D4","created":1,"members":["U1","U2"]}]"#),
        ("mpims.json", r#"[{"id":"C5","name":"mpdm-ada--bo-1","created":1}]"#),
        ("general/2024-01-01.json", &message(10)),
        ("board/2024-01-01.json", &message(20)),
        ("D4/2024-01-01.json", &message(30)),
        ("mpdm-ada--bo-1/2024-01-01.json", &message(40)),
        ("lost/2024-01-01.json", &message(50)),
    ]);
    let batch = collect(&folder);
    assert_eq!(told(&batch).len(), 2);
    assert_eq!(batch.counts.filtered, 3 + 4 * 2, "three descriptions and the messages of four");
    let said = messages_of(&batch).join("\n");
    for text in [
        "board (C3) is a private channel",
        "D4 is a direct message",
        "mpdm-ada--bo-1 (C5) is a direct message of several",
        "lost is in no list of channels",
    ] {
        assert!(said.contains(text), "{text} in {said}");
    }
    assert_eq!(batch.problems.len(), 4, "one a channel");
    assert!(
        batch
            .problems
            .iter()
            .all(|problem| problem.severity == Severity::Notice && problem.hint.contains("private = ["))
    );
    let mut named = config(folder.path());
    named.private = vec!["#board".to_owned(), "D4".to_owned()];
    let batch = collect_from(&named, None).unwrap();
    assert_eq!((told(&batch).len(), batch.counts.filtered), (6, 1 + 2 * 2));
    let kinds: Vec<_> = batch
        .events
        .iter()
        .filter(|event| event.kind() == "channel.described")
        .map(|event| event.data.to_json())
        .collect();
    assert!(
        kinds.iter().any(|json| json.contains("\"private\"")) && kinds.iter().any(|json| json.contains("\"direct\""))
    );
    named.private = vec![];
    named.channels = vec!["rand*".to_owned()];
    assert_eq!(told(&collect_from(&named, None).unwrap()).len(), 0, "general was not asked for");
}

#[test]
fn the_team_is_that_of_most_users_and_the_same_without_them() {
    let message = r#"{"user":"U1","text":"x","ts":"1704067200.000100","team":"T1"}"#;
    let with_users = general(&format!("[{message}]"));
    let without = export(&[("channels.json", CHANNELS), ("general/2024-01-01.json", &format!("[{message}]"))]);
    let nobody = export(&[("general/2024-01-01.json", r#"[{"user":"U1","text":"x","ts":"1704067200.000100"}]"#)]);
    let dump = export(&[("C1.json", &format!(r#"{{"name":"general","messages":[{message}],"channel_id":"C1"}}"#))]);
    let id = |folder: &TempDir| told(&collect(folder))[0].split(' ').nth(1).unwrap().to_owned();
    assert_eq!(id(&with_users), "slack:T1/C1/1704067200.000100");
    assert_eq!((id(&without), id(&dump)), (id(&with_users), id(&with_users)));
    assert_eq!(id(&nobody), "slack:chat/general/1704067200.000100", "the source's name stands for it");
    let mut config = config(nobody.path());
    config.workspace = Some("https://acme.slack.com".to_owned());
    assert!(collect_from(&config, None).unwrap().events[0].id.starts_with("slack:acme/"));
    config.team = Some("T7".to_owned());
    assert!(collect_from(&config, None).unwrap().events[0].id.starts_with("slack:T7/"));
}

#[test]
fn slackdumps_own_formats_are_read() {
    let replies = r#"[{"user":"U2","text":"yes","ts":"1704067300.000100","thread_ts":"1704067200.000100"},{"user":"U3","ts":"bad"}]"#;
    let parent = format!(
        r#"{{"user":"U1","text":"who?","ts":"1704067200.000100","thread_ts":"1704067200.000100","slackdump_thread_replies":{replies}}}"#
    );
    let dump =
        export(&[("C0000001.json", &format!(r#"{{"channel_id":"C0000001","name":"general","messages":[{parent}]}}"#))]);
    let batch = collect(&dump);
    assert_eq!(told(&batch).len(), 2);
    assert_eq!((batch.problems.len(), batch.problems[0].line), (1, Some(1)));
    // Chunks: a line for each answer of Slack's, packed.
    let lines = [
        r#"{"t":5,"ts":1,"id":"C0000001","ci":{"id":"C0000001","name":"general","created":1500000000}}"#.to_owned(),
        r#"{"t":0,"ts":1,"id":"C0000001","n":1,"m":[{"user":"U1","text":"who?","ts":"1704067200.000100","thread_ts":"1704067200.000100"}]}"#.to_owned(),
        format!(r#"{{"t":1,"ts":1,"id":"C0000001","r":"1704067200.000100","n":2,"p":{{"user":"U1","text":"who?","ts":"1704067200.000100"}},"m":{replies}}}"#),
        r#"{"t":2,"ts":1,"id":"C0000001","f":[{"id":"F1"}]}"#.to_owned(),
    ];
    let chunks = tempfile::tempdir().unwrap();
    let pack = |name: &str, text: &str| {
        let mut gzip = flate2::write::GzEncoder::new(
            std::fs::File::create(chunks.path().join(name)).unwrap(),
            flate2::Compression::fast(),
        );
        gzip.write_all(text.as_bytes()).unwrap();
        gzip.finish().unwrap();
    };
    pack("C0000001.json.gz", &lines.join("\n"));
    pack("users.json.gz", r#"{"t":3,"ts":1,"n":1,"u":[{"id":"U1","team_id":"T9","name":"ada"}]}"#);
    pack("workspace.json.gz", r#"{"t":6,"ts":1,"w":{"ok":true,"url":"https://acme.slack.com/","team_id":"T1"}}"#);
    let batch = collect_from(&Config { team: Some("T1".to_owned()), ..config(chunks.path()) }, None).unwrap();
    assert_eq!(
        told(&batch),
        [
            "message.posted slack:T1/C0000001/1704067200.000100 slack:T1/U1 2024-01-01T00:00:00.0001Z",
            "message.posted slack:T1/C0000001/1704067300.000100 slack:T1/U2 2024-01-01T00:01:40.0001Z",
        ]
    );
    assert_eq!((batch.events.len(), batch.counts.not_ours, batch.problems.len()), (4, 2, 1));
    assert_eq!(batch.problems[0].line, Some(3));
    let database = export(&[("slackdump.sqlite", "SQLite format 3")]);
    let error = collect_from(&config(database.path()), None).unwrap_err();
    assert!(error.hint.contains("slackdump convert"), "{error:?}");
}

#[test]
fn what_is_wrong_with_one_element_leaves_the_others() {
    let folder = general(
        "[\n{\"user\":\"U1\",\"text\":\"a\",\"ts\":\"1704067200.000100\"},\n{\"user\":\"U1\",\"text\":\"b\"},\n17,\n{\"user\":\"U1\",\"ts\":\"yesterday\"},\n{\"user\":[],\"ts\":\"1704067203.000100\"},\n{\"user\":\"U1\",\"text\":\"c\",\"ts\":\"1704067204.000100\"}]",
    );
    let batch = collect(&folder);
    assert_eq!(told(&batch).len(), 2);
    let lines: Vec<_> = batch.problems.iter().map(|problem| (problem.file.as_str(), problem.line)).collect();
    assert_eq!(lines, [3, 4, 5, 6].map(|line| ("general/2024-01-01.json", Some(line))));
    for (at, word) in [
        "element 2: a message without ts",
        "element 3: not a message",
        "element 4: a ts that is none",
        "element 5: not a message",
    ]
    .iter()
    .enumerate()
    {
        assert!(batch.problems[at].message.starts_with(word), "{}", batch.problems[at]);
    }
}

#[test]
fn a_list_that_is_cut_short_is_read_up_to_the_cut() {
    let whole = "[\n{\"user\":\"U1\",\"text\":\"a\",\"ts\":\"1704067200.000100\"},\n{\"user\":\"U1\",\"text\":\"b\",\"ts\":\"1704067201.000100\"}\n]";
    for (cut, messages, word) in [
        (whole.len() - 5, 1, "cut short in element 2"),
        (whole.len() - 1, 2, "cut short after 2"),
        (whole.find("},").unwrap() + 2, 1, "cut short after 1"),
        (1, 0, "cut short after 0"),
    ] {
        let batch = collect(&general(&whole[..cut]));
        assert_eq!(told(&batch).len(), messages, "{}", &whole[..cut]);
        assert!(messages_of(&batch)[0].contains(word), "{word}: {:?}", batch.problems);
    }
}

#[test]
fn a_day_file_that_is_an_object_or_nothing_is_said() {
    let with = |text: &str| collect(&general(text));
    let batch = with(r#"{"user":"U1","text":"a","ts":"1704067200.000100"}"#);
    assert_eq!((told(&batch).len(), batch.problems.len()), (1, 0), "a message alone is a message");
    let batch = with(r#"{"ok":false,"error":"ratelimited"}"#);
    assert!(messages_of(&batch)[0].contains("ratelimited"));
    for (text, word) in [
        ("nonsense", "neither a list nor an object"),
        ("{\"a\":", "cut short"),
        ("{\"a\" 1}", "no value for the key"),
        ("[{\"ts\":\"1\"} {\"ts\":\"2\"}]", "no comma after element 1"),
    ] {
        let batch = with(text);
        assert!(messages_of(&batch).iter().any(|message| message.contains(word)), "{word}: {:?}", batch.problems);
    }
    let batch = with(r#"{"general":[1,2]}"#);
    assert_eq!((batch.counts.not_ours, told(&batch).len()), (1, 0), "an object of somebody else's");
}

#[test]
fn an_export_without_lists_is_read_all_the_same() {
    let folder = export(&[
        ("general/2024-01-01.json", r#"[{"user":"U1","text":"a","ts":"1704067200.000100"}]"#),
        ("D0000001/2024-01-01.json", r#"[{"user":"U1","text":"b","ts":"1704067200.000100"}]"#),
    ]);
    let batch = collect(&folder);
    assert_eq!(told(&batch).len(), 1, "a folder that is called like a direct message is one");
    assert!(messages_of(&batch)[0].contains("a direct message"));
    let broken = export(&[
        ("users.json", "[{\"id\":\"U1\""),
        ("channels.json", CHANNELS),
        ("general/2024-01-01.json", r#"[{"user":"U1","text":"a","ts":"1704067200.000100"}]"#),
    ]);
    let batch = collect(&broken);
    assert_eq!((told(&batch).len(), batch.problems[0].file.as_str()), (1, "users.json"));
    let error = collect_from(&config(export(&[("notes.txt", "hi")]).path()), None).unwrap_err();
    assert!(error.message.starts_with("no Slack export at"), "{error}");
}

#[test]
fn a_ts_keeps_its_six_digits_even_as_a_number() {
    for (ts, id) in [
        ("\"1704067200.000100\"", "1704067200.000100"),
        ("1704067200.000100", "1704067200.000100"),
        ("1704067200.1", "1704067200.100000"),
        ("1704067200", "1704067200.000000"),
        ("1736478514.897649", "1736478514.897649"),
    ] {
        let batch = message(&format!(r#"{{"user":"U1","text":"a","ts":{ts}}}"#));
        assert_eq!(batch.events[0].id, format!("slack:T1/general/{id}"));
    }
    for ts in ["\"1704067200.0001000\"", "\"-1.000000\"", "\"999999999999.0\"", "\"1e9\"", "true", "null"] {
        assert_eq!(message(&format!(r#"{{"user":"U1","text":"a","ts":{ts}}}"#)).problems.len(), 1, "{ts}");
    }
}

#[test]
fn half_an_emoji_costs_no_message() {
    for (text, plain) in [
        (&br#"cut \ud83d"#[..], "cut \u{fffd}"),
        (br#"\ude00 \ud83d\ude00 \\ud83d"#, "\u{fffd} \u{1f600} \\ud83d"),
        (b"cut \xf0\x9f", "cut \u{fffd}"),
    ] {
        let json = [br#"[{"user":"U1","ts":"1704067200.000100","text":""#, text, b"\"}]"].concat();
        let batch = checked(read_file(&with_team(), "general/2024-01-01.json", &json));
        assert_eq!(posted(&batch).text.as_deref(), Some(plain), "{batch:?}");
    }
}

#[test]
fn a_second_run_over_unchanged_files_gives_no_batch_and_a_later_export_only_what_is_new() {
    let first = general(r#"[{"user":"U1","text":"a","ts":"1704067200.000100"}]"#);
    let batch = collect(&first);
    let mut again = open(&config(first.path()), batch.cursor.as_ref()).unwrap();
    assert!(again.next_batch().unwrap().is_none());
    std::fs::write(
        first.path().join("general/2024-01-02.json"),
        r#"[{"user":"U2","text":"b","ts":"1704153600.000100"}]"#,
    )
    .unwrap();
    let later = collect_from(&config(first.path()), batch.cursor.as_ref()).unwrap();
    assert_eq!(told(&later), ["message.posted slack:T1/C1/1704153600.000100 slack:T1/U2 2024-01-02T00:00:00.0001Z"]);
    assert_eq!(later.events.len(), 1, "the channel's id is known from the list that is in the log");
}

#[test]
fn an_unsafe_archive_is_read_but_for_what_is_unsafe_in_it() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("export.zip");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    let mut add = |name: &str, text: &str| {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    };
    add("users.json", USERS);
    add("channels.json", CHANNELS);
    add("../general/2024-01-02.json", r#"[{"user":"U1","text":"evil","ts":"1704067300.000100"}]"#);
    add("general/2024-01-01.json", r#"[{"user":"U1","text":"a","ts":"1704067200.000100"}]"#);
    add("general/2024-01-03.json", &" ".repeat(70 << 20));
    zip.finish().unwrap();
    let batch = collect_from(&config(&path), None).unwrap();
    assert_eq!(told(&batch).len(), 1);
    let said = messages_of(&batch).join("\n");
    assert!(said.contains("leads out of the archive") && said.contains("more than 200 times as much"), "{said}");
    std::fs::write(&path, b"PK\x03\x04 and then nothing").unwrap();
    assert!(collect_from(&config(&path), None).unwrap_err().hint.contains("download it again"));
}

#[test]
fn no_bytes_make_the_reader_panic() {
    let text = r#"[{"user":"U1","text":"<@U2> <a|b","ts":"1704067200.000100","edited":{"ts":"1704067201.0"},"reactions":[{"name":"x","users":["U1"],"count":2}],"slackdump_thread_replies":[{"ts":"1"}]},{"subtype":"message_changed","message":{"ts":"1"}}]"#;
    for at in 0..text.len() {
        for byte in [b'"', b'{', b'}', b'[', b']', b',', b'\\', 0, 0xff] {
            let mut bytes = text.as_bytes().to_vec();
            bytes[at] = byte;
            checked(read_file(&with_team(), "general/2024-01-01.json", &bytes));
            checked(read_file(&with_team(), "C1.json", &bytes));
        }
        checked(read_file(&with_team(), "users.json", &text.as_bytes()[..at]));
    }
    let deep = "[".repeat(1_000_000);
    checked(read_file(&with_team(), "general/2024-01-01.json", deep.as_bytes()));
    let nested = "{\"ts\":\"1\",\"slackdump_thread_replies\":[".repeat(10_000);
    checked(read_file(&with_team(), "general/2024-01-01.json", format!("[{nested}").as_bytes()));
}
