//! Files of an export or dump: who may see what, which workspace it is, what a later run finds.

use super::*;

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
fn a_channel_that_is_named_later_is_read_although_its_files_are_unchanged() {
    let message = |text: &str| format!(r#"[{{"user":"U1","text":"{text}","ts":"1704067200.000100"}}]"#);
    let folder = export(&[
        ("channels.json", CHANNELS),
        ("groups.json", r#"[{"id":"C3","name":"board"}]"#),
        ("general/2024-01-01.json", &message("a")),
        ("board/2024-01-01.json", &message("b")),
    ]);
    let first = collect(&folder);
    let named = Config { private: vec!["board".to_owned()], ..config(folder.path()) };
    let later = collect_from(&named, first.cursor.as_ref()).unwrap();
    assert!(
        told(&first).iter().all(|line| !line.contains("/C3/")) && told(&later).iter().any(|line| line.contains("/C3/"))
    );
    assert!(open(&named, later.cursor.as_ref()).unwrap().next_batch().unwrap().is_none());
}
