//! Exports and answers of Zulip, and every way they can be broken. Fixtures are written here.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod exports;

use exports::{Read, archive, data, folder, json, read};
use muster_collect::zulip::{Config, open};
use muster_model::Payload;
use std::path::Path;

fn config(path: &Path, private: &[&str]) -> Config {
    let private = private.iter().map(|name| (*name).to_owned()).collect();
    Config {
        name: "lantern".into(),
        paths: vec![path.to_owned()],
        server: "chat.acme.org".into(),
        private,
        text: false,
    }
}

fn collect(path: &Path) -> Read {
    read(open(&config(path, &[]), None))
}

const REALM: &str = r#"{
"zerver_realm": [{"id": 1, "string_id": "acme"}],
"zerver_stream": [
 {"id": 3, "name": "general", "invite_only": false, "deactivated": false, "date_created": 1500000000.5},
 {"id": 4, "name": "Board", "invite_only": true}],
"zerver_userprofile": [
 {"id": 7, "full_name": "Ada L.", "email": "user7@chat.acme.org", "delivery_email": "ada@example.org", "is_bot": false},
 {"id": 8, "full_name": "Bo", "email": "user8@chat.acme.org", "is_bot": false},
 {"id": 9, "full_name": "CI", "email": "ci-bot@chat.acme.org", "is_bot": true}],
"zerver_userprofile_crossrealm": [{"id": 1, "email": "notification-bot@zulip.com"}],
"zerver_recipient": [
 {"id": 30, "type": 2, "type_id": 3}, {"id": 40, "type": 2, "type_id": 4}, {"id": 70, "type": 1, "type_id": 7},
 {"id": 80, "type": 1, "type_id": 8}, {"id": 90, "type": 3, "type_id": 1}],
"zerver_subscription": [
 {"recipient": 90, "user_profile": 7}, {"recipient": 90, "user_profile": 8}, {"recipient": 90, "user_profile": 9},
 {"recipient": 30, "user_profile": 7}],
"zerver_useractivity": [{"x": [1, 2]}],
"zerver_reaction": [
 {"id": 1, "user_profile": 8, "message": 101, "emoji_name": "+1", "emoji_code": "1f44d", "reaction_type": "unicode_emoji"},
 {"id": 2, "user_profile": 7, "message": 101, "emoji_name": "+1", "emoji_code": "1f44d", "reaction_type": "unicode_emoji"}]
}"#;

fn row(id: u64, sender: u64, recipient: u64, topic: &str, more: &str) -> String {
    format!(
        r#"{{"id": {id}, "sender": {sender}, "recipient": {recipient}, "realm": 1, "subject": "{topic}", "content": "Hello @**Ada L.**?", "date_sent": 1551067006.123456, "last_edit_time": null, "edit_history": null{more}}}"#
    )
}

fn messages(rows: &[String]) -> String {
    format!(
        "{{\"zerver_message\": [\n{}\n], \"zerver_usermessage\": [{{\"id\": 1}}, {{\"id\": 2}}]}}",
        rows.join(",\n")
    )
}

fn export(rows: &[String]) -> tempfile::TempDir {
    folder(&[("realm.json", REALM), ("messages-000001.json", &messages(rows))])
}

const GENERAL: &str = "zulip:chat.acme.org/3";

#[test]
fn a_message_has_its_stream_topic_and_sender() {
    let folder =
        export(&[row(101, 7, 30, "Release", ""), row(102, 9, 30, "✔ release", ""), row(103, 7, 30, "other", "")]);
    let all = collect(folder.path());
    assert!(all.problems.is_empty(), "{:?}", all.problems);
    let event = all.event(&format!("{GENERAL}/101"));
    assert_eq!(event.time.to_string(), "2019-02-25T03:56:46.123456Z");
    assert_eq!((event.subject.as_str(), event.actor.as_deref()), (GENERAL, Some("zulip:chat.acme.org/7")));
    assert_eq!(event.url.as_deref(), Some("https://chat.acme.org/#narrow/stream/3/near/101"));
    let [one, two, three] = ["101", "102", "103"].map(|id| all.posted(&format!("{GENERAL}/{id}")));
    assert_eq!((one.mentions, one.question, one.bot, &one.thread), (1, true, false, &None));
    assert!(two.bot);
    assert!(one.topic.is_some() && one.topic == two.topic, "a resolved topic is the same, in any case");
    assert_ne!(one.topic, three.topic);
    assert_eq!(
        all.ids("message.reacted"),
        [format!("{GENERAL}/101/reacted/1f44d/8"), format!("{GENERAL}/101/reacted/1f44d/7")]
    );
    assert_eq!(all.of("channel.described").len(), 1);
    assert_eq!(all.of("channel.described")[0].time.to_string(), "2017-07-14T02:40:00.5Z");
    assert_eq!(all.of("account.described").len(), 3);
    let linked = all.of("account.linked");
    let Payload::AccountLinked(linked) = &linked[0].data else { panic!() };
    assert_eq!(
        (linked.account.as_str(), linked.canonical.as_str()),
        ("zulip:chat.acme.org/7", "email:ada@example.org")
    );
    assert_eq!(all.of("account.linked").len(), 1, "an address that Zulip made up is none, and a bot has none");
    assert_eq!(all.filtered, 1, "the private stream is not described");
}

#[test]
fn what_zulip_itself_says_is_no_message() {
    let all = collect(export(&[row(101, 1, 30, "stream events", "")]).path());
    assert_eq!((all.messages(), all.not_ours), (0, 1));
}

#[test]
fn an_edit_changes_nothing_about_the_message() {
    let history = r#"[{\"user_id\": 7, \"timestamp\": 1551067300, \"prev_content\": \"Hello, you?\"}, {\"timestamp\": 1551067250, \"prev_topic\": \"x\"}, {\"user_id\": 7, \"timestamp\": 1551067200, \"prev_content\": \"First\"}]"#;
    let edited =
        row(101, 7, 30, "t", "").replace("\"edit_history\": null", &format!("\"edit_history\": \"{history}\""));
    let edited = edited.replace("\"last_edit_time\": null", "\"last_edit_time\": 1551067300.5");
    let first = row(101, 7, 30, "t", "").replace("Hello @**Ada L.**?", "First");
    let (before, after) = (collect(export(&[first]).path()), collect(export(&[edited]).path()));
    let id = format!("{GENERAL}/101");
    assert_eq!(before.posted(&id), after.posted(&id));
    assert_eq!(
        after.ids("message.edited"),
        [format!("{id}/edited/2019-02-25T04:01:40Z"), format!("{id}/edited/2019-02-25T04:00:00Z")]
    );
    let hashes: Vec<String> = after.of("message.edited").iter().map(|event| event.data.to_json()).collect();
    assert_ne!(hashes[0], hashes[1]);
    let unknown = row(101, 7, 30, "t", "").replace("\"last_edit_time\": null", "\"last_edit_time\": 1551067300.5");
    assert_eq!(collect(export(&[unknown]).path()).of("message.edited").len(), 1);
}

#[test]
fn what_is_private_is_refused_unless_named() {
    let folder = export(&[
        row(1, 7, 40, "t", ""),
        row(2, 7, 80, "", ""),
        row(3, 8, 70, "", ""),
        row(4, 7, 90, "", ""),
        row(5, 7, 30, "t", ""),
    ]);
    let all = collect(folder.path());
    assert_eq!((all.ids("message.posted"), all.filtered), (vec![&*format!("{GENERAL}/5")], 5));
    assert_eq!(all.notices().len(), 3, "{:?}", all.notices());
    for (named, ids) in [
        ("board", vec!["4/1"]),
        ("4", vec!["4/1"]),
        // Both directions are one conversation.
        ("7,8", vec!["direct/7,8/2", "direct/7,8/3"]),
        ("7,8,9", vec!["direct/7,8,9/4"]),
    ] {
        let all = read(open(&config(folder.path(), &[named]), None));
        let ids: Vec<String> = ids.iter().map(|id| format!("zulip:chat.acme.org/{id}")).collect();
        let got: Vec<&str> = all.ids("message.posted").into_iter().filter(|id| !id.starts_with(GENERAL)).collect();
        assert_eq!(got, ids, "{named}");
    }
}

#[test]
fn a_folder_and_its_zip_archive_give_the_same_events() {
    let rows = messages(&[row(101, 7, 30, "t", "")]);
    let files = [
        ("realm.json", REALM),
        ("messages-000001.json", rows.as_str()),
        ("attachment.json", "{\"zerver_attachment\": [{}]}"),
        ("uploads/records.json", "[{\"path\": \"x\"}]"),
        ("uploads/1/ab/notes.json", "[1, 2]"),
    ];
    let (folder, place) = (folder(&files), tempfile::tempdir().unwrap());
    let (plain, zipped) = (collect(folder.path()), collect(&archive(place.path(), "zulip-export-1/", &files)));
    assert!(plain.problems.is_empty() && plain.messages() == 1, "{:?}", plain.problems);
    assert_eq!(plain.facts(), zipped.facts());
}

#[test]
fn a_later_export_gives_further_facts() {
    let folder = export(&[row(101, 7, 30, "t", "")]);
    let first = collect(folder.path());
    assert_eq!(read(open(&config(folder.path(), &[]), first.cursor.as_ref())).batches, 0);
    let more = REALM.replace("\n}", "").replace(
        r#""unicode_emoji"}]"#,
        r#""unicode_emoji"}, {"user_profile": 9, "message": 101, "emoji_name": "tada"}]}"#,
    );
    exports::write(folder.path(), "realm.json", more.as_bytes());
    let second = read(open(&config(folder.path(), &[]), first.cursor.as_ref()));
    assert_eq!(second.of("message.reacted").len(), 3, "the messages are read again for their reactions");
    let facts = second.facts();
    assert!(first.facts().iter().all(|fact| facts.contains(fact)));
}

fn answer(id: u64, more: &str) -> String {
    format!(
        r#"{{"id": {id}, "sender_id": 7, "sender_full_name": "Ada L.", "sender_email": "ada@example.org", "stream_id": 3, "display_recipient": "general", "type": "stream", "subject": "Release", "content": "<p>Hello <span class=\"user-mention\" data-user-id=\"8\">@Bo</span></p>", "content_type": "text/html", "timestamp": 1551067006, "reactions": [{{"emoji_name": "+1", "emoji_code": "1f44d", "user": {{"id": 8}}}}, {{"emoji_name": "+1", "emoji_code": "1f44d", "user_id": 9}}]{more}}}"#
    )
}

fn answers(messages: &[String]) -> String {
    format!("{{\"result\": \"success\", \"msg\": \"\",\n\"messages\": [\n{}\n],\n\"anchor\": 1}}", messages.join(",\n"))
}

#[test]
fn answers_of_the_api_meet_the_export() {
    let folder = folder(&[("page1.json", &answers(&[answer(101, "")]))]);
    let all = collect(folder.path());
    let id = format!("{GENERAL}/101");
    let exported = collect(export(&[row(101, 7, 30, "Release", "")]).path());
    assert_eq!(all.posted(&id).topic, exported.posted(&id).topic);
    assert_eq!(all.event(&id).actor, exported.event(&id).actor);
    assert_eq!((all.posted(&id).mentions, all.posted(&id).length), (1, 9));
    assert_eq!(all.ids("message.reacted"), [format!("{id}/reacted/1f44d/8"), format!("{id}/reacted/1f44d/9")]);
    assert!(all.notices()[0].contains("no file says whether the stream 3 is private"), "{:?}", all.notices());
    assert_eq!((all.of("account.described").len(), all.of("account.linked").len()), (1, 1));

    let streams = |private: bool| {
        format!(
            r#"{{"result": "success", "streams": [{{"stream_id": 3, "name": "general", "invite_only": {private}}}]}}"#
        )
    };
    exports::write(folder.path(), "streams.json", streams(false).as_bytes());
    let all = collect(folder.path());
    assert!(all.problems.is_empty() && all.messages() == 1, "{:?}", all.problems);
    exports::write(folder.path(), "streams.json", streams(true).as_bytes());
    let all = collect(folder.path());
    assert_eq!((all.events.len(), all.filtered), (0, 2));
}

#[test]
fn private_messages_of_answers_are_refused() {
    let private = answer(5, "")
        .replace("\"general\"", r#"[{"id": 8, "email": "x"}, {"id": 7}]"#)
        .replace("\"stream\"", "\"private\"");
    let folder = folder(&[("a.json", &answers(&[private]))]);
    let all = collect(folder.path());
    assert_eq!((all.events.len(), all.filtered), (0, 1));
    assert!(all.notices()[0].contains("\"7,8\""), "{:?}", all.notices());
    assert_eq!(
        read(open(&config(folder.path(), &["7,8"]), None)).ids("message.posted"),
        ["zulip:chat.acme.org/direct/7,8/5"]
    );
}

#[test]
fn broken_input_costs_nothing_beside_it() {
    let good = row(101, 7, 30, "t", "");
    let rows = messages(&[
        good.clone(),
        good.replace("\"date_sent\": 1551067006.123456", "\"date_sent\": \"yesterday\""),
        good.replace("\"recipient\": 30", "\"recipient\": 999"),
        good.replace("\"sender\": 7", "\"sender\": {}"),
        good.replace("1551067006.123456", "1e300"),
        "7".to_owned(),
        good.replace("\"id\": 101", "\"id\": 102"),
    ]);
    let cut = &rows[..rows.find("\n], \"zerver_user").unwrap()];
    let all = collect(
        folder(&[
            ("realm.json", REALM),
            ("messages-000001.json", cut),
            ("messages-000002.json", ""),
            ("messages-000003.json", r#"{"zerver_message": {"id": 1}}"#),
            ("x.json", r#"{"result": "error", "msg": "Invalid API key"}"#),
            ("y.json", r#"{"hello": 1}"#),
        ])
        .path(),
    );
    assert_eq!(all.ids("message.posted"), [format!("{GENERAL}/101"), format!("{GENERAL}/102")]);
    assert_eq!(all.rejected().len(), 8, "{:#?}", all.rejected());
    assert!(all.rejected().iter().any(|told| told.contains("Invalid API key")));
    assert!(all.rejected().iter().any(|told| told.contains("in the middle of a list")));
    assert_eq!(all.notices().len(), 3, "{:?}", all.notices());

    let all = collect(folder(&[("messages-000001.json", &messages(&[good]))]).path());
    assert!(all.rejected()[0].contains("realm.json does not know"), "{:?}", all.rejected());
}

#[test]
fn however_a_document_is_damaged_nothing_disappears_and_the_next_is_read() {
    let rows = messages(&[row(101, 7, 30, "t", ""), row(102, 8, 70, "", "")]);
    for (name, text) in [("realm.json", REALM), ("messages-000001.json", &rows), ("a.json", &answers(&[answer(5, "")]))]
    {
        let folder =
            folder(&[("realm.json", REALM), ("messages-000001.json", &rows), ("z.json", &answers(&[answer(9, "")]))]);
        for bytes in exports::damaged(text.as_bytes()) {
            exports::write(folder.path(), name, &bytes);
            let all = collect(folder.path());
            assert!(all.all_ids().contains(&&*format!("{GENERAL}/9")) || all.filtered > 0);
        }
    }
}

#[test]
#[ignore = "reads ../shared/data; .ci/run runs it"]
fn every_message_of_the_real_answer_is_an_event() {
    let path = data("chat/zulip/perceval-zulip/message_page_1.json");
    let expected = json(&path)["messages"].as_array().unwrap().len();
    let all = collect(&path);
    assert!(expected > 0 && all.rejected().is_empty(), "{:?}", all.rejected());
    assert_eq!(all.messages(), expected);
    let topics: std::collections::BTreeSet<_> =
        all.of("message.posted").iter().map(|event| all.posted(&event.id).topic.clone().unwrap()).collect();
    let subjects: std::collections::BTreeSet<String> =
        json(&path)["messages"].as_array().unwrap().iter().map(|one| one["subject"].to_string()).collect();
    assert_eq!(topics.len(), subjects.len());
}
