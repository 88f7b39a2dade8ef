//! A message to events: kinds of lines, texts, programs, times.

use super::*;

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
