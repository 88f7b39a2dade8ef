//! Exports of DiscordChatExporter of every age, and every way they can be broken. Fixtures are written here.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod exports;

use exports::{Read, archive, data, folder, json, read};
use muster_collect::discord::{Config, open};
use muster_model::Payload;
use std::path::{Path, PathBuf};

fn config(path: &Path, private: &[&str]) -> Config {
    let private = private.iter().map(|name| (*name).to_owned()).collect();
    Config { name: "lantern".into(), paths: vec![path.to_owned()], private, text: false }
}

fn collect(path: &Path) -> Read {
    read(open(&config(path, &[]), None))
}

fn collect_files(files: &[(&str, &str)]) -> Read {
    collect(folder(files).path())
}

fn document(channel: &str, messages: &[String]) -> String {
    format!(
        "{{\n\"guild\": {{\"id\": \"900\", \"name\": \"Acme\"}},\n\"channel\": {channel},\n\"dateRange\": {{\"after\": null, \"before\": null}},\n\"messages\": [\n{}\n],\n\"messageCount\": {}\n}}",
        messages.join(",\n"),
        messages.len()
    )
}

const GENERAL: &str = r#"{"id": "100", "type": "GuildTextChat", "categoryId": "5", "category": "Text", "name": "general", "topic": null}"#;

fn message(id: u64, kind: &str, more: &str) -> String {
    format!(
        r#"{{"id": "{id}", "type": "{kind}", "timestamp": "2025-03-01T10:00:00.1234567+02:00", "timestampEdited": null, "content": "Hello?", "author": {{"id": "7", "name": "ada", "nickname": "Ada L.", "isBot": false}}{more}}}"#
    )
}

#[test]
fn a_message_has_its_server_channel_thread_and_author() {
    let more = r#", "attachments": [{"id": "1"}], "mentions": [{"id": "8"}, {"id": "9"}], "reference": {"messageId": "1", "channelId": "100", "guildId": "900"}"#;
    let all = collect_files(&[("a.json", &document(GENERAL, &[message(1, "Default", ""), message(2, "Reply", more)]))]);
    assert!(all.problems.is_empty(), "{:?}", all.problems);
    let event = all.event("discord:900/100/2");
    assert_eq!(event.time.to_string(), "2025-03-01T08:00:00.1234567Z");
    assert_eq!((event.subject.as_str(), event.actor.as_deref()), ("discord:900/100", Some("discord:7")));
    assert_eq!(event.url.as_deref(), Some("https://discord.com/channels/900/100/2"));
    let posted = all.posted("discord:900/100/2");
    assert_eq!(posted.reply_to.as_deref(), Some("discord:900/100/1"));
    assert_eq!((posted.files, posted.mentions, posted.question, posted.length), (1, 2, true, 6));
    assert_eq!((&posted.text, &posted.thread, posted.bot), (&None, &None, false));
    assert_eq!(all.of("channel.described").len(), 1);
    assert!(
        all.of("channel.described")[0].data.to_json().contains(r#""name":"general","kind":"public","parent":"Acme""#)
    );
    assert!(all.of("account.described")[0].data.to_json().contains(r#""name":"Ada L.""#));
}

#[test]
fn the_text_is_kept_only_if_the_pipeline_says_so() {
    let folder = folder(&[("a.json", &document(GENERAL, &[message(1, "Default", "")]))]);
    let kept = read(open(&Config { text: true, ..config(folder.path(), &[]) }, None));
    assert_eq!(kept.posted("discord:900/100/1").text.as_deref(), Some("Hello?"));
}

#[test]
fn lines_that_discord_writes_are_no_messages() {
    let kinds = [
        "RecipientAdd",
        "RecipientRemove",
        "Call",
        "ChannelNameChange",
        "ChannelIconChange",
        "ChannelPinnedMessage",
        "GuildMemberJoin",
        "ThreadCreated",
        "8",
        "12",
        "22",
        "24",
        "46",
        "ThreadStarterMessage",
        "21",
    ];
    let messages: Vec<String> = (0..).zip(kinds).map(|(id, kind)| message(id, kind, "")).collect();
    let all = collect_files(&[("a.json", &document(GENERAL, &messages))]);
    assert_eq!((all.messages(), all.not_ours), (0, kinds.len() as u64));
    let said = ["Default", "Reply", "19", "20", "ChatInputCommand", "ContextMenuCommand", "23"];
    let messages: Vec<String> = (0..).zip(said).map(|(id, kind)| message(id, kind, "")).collect();
    assert_eq!(collect_files(&[("a.json", &document(GENERAL, &messages))]).messages(), said.len());
}

#[test]
fn edits_and_reactions_are_facts_of_their_own() {
    let more = r#", "reactions": [
        {"emoji": {"id": "55", "name": "paul"}, "count": 3},
        {"emoji": {"id": "", "name": "❤"}, "count": 2, "users": [{"id": "8", "name": "bo"}, {"id": "9", "name": "cy"}]}]"#;
    let edited = message(1, "Default", more)
        .replace(r#""timestampEdited": null"#, r#""timestampEdited": "2025-03-01T10:05:00+02:00""#);
    let all = collect_files(&[("a.json", &document(GENERAL, &[edited]))]);
    let id = "discord:900/100/1";
    assert_eq!(all.ids("message.edited"), [format!("{id}/edited/2025-03-01T08:05:00Z")]);
    assert_eq!(
        all.ids("message.reacted"),
        [format!("{id}/reacted/55/x3"), format!("{id}/reacted/❤/8"), format!("{id}/reacted/❤/9")]
    );
    let Payload::MessageReacted(reacted) = &all.of("message.reacted")[0].data else { panic!() };
    assert_eq!((reacted.reaction.as_str(), reacted.count), ("paul", Some(3)));
    assert_eq!(all.of("message.reacted")[1].actor.as_deref(), Some("discord:8"));
}

#[test]
fn a_forwarded_or_followed_message_answers_nothing() {
    let forward = r#", "reference": {"type": "Forward", "messageId": "1", "channelId": "100"}"#;
    let followed = r#", "reference": {"messageId": "1", "channelId": "777", "guildId": "3"}"#;
    let all = collect_files(&[(
        "a.json",
        &document(GENERAL, &[message(2, "Default", forward), message(3, "Default", followed)]),
    )]);
    assert!(all.of("message.posted").iter().all(|event| !event.data.to_json().contains("reply_to")));
}

#[test]
fn bots_and_webhooks_are_told_and_their_embeds_link() {
    let bot = message(1, "Default", r#", "embeds": [{"url": "https://github.com/acme/lantern/issues/12"}]"#);
    let person = bot.replace("\"id\": \"1\"", "\"id\": \"2\"");
    let bot = bot.replace("\"isBot\": false", "\"isBot\": true");
    let all = collect_files(&[("a.json", &document(GENERAL, &[bot, person]))]);
    let posted = all.posted("discord:900/100/1");
    assert!(posted.bot);
    assert_eq!((posted.links, posted.references.clone()), (1, vec!["github:acme/lantern#12".to_owned()]));
    assert_eq!(all.posted("discord:900/100/2").links, 0, "a preview of a person's link is no link of its own");
}

#[test]
fn messages_of_deleted_accounts_have_no_actor() {
    let message = message(1, "Default", "").replace("\"id\": \"7\"", "\"id\": \"456226577798135808\"");
    let all = collect_files(&[("a.json", &document(GENERAL, &[message]))]);
    assert_eq!(all.event("discord:900/100/1").actor, None);
}

fn thread(id: u64, name: &str) -> String {
    format!(
        r#"{{"id": "{id}", "type": "GuildPublicThread", "categoryId": "100", "category": "general", "name": "{name}"}}"#
    )
}

#[test]
fn a_thread_begins_with_the_message_that_it_was_made_of() {
    let pointer = message(51, "ThreadStarterMessage", r#", "reference": {"messageId": "50", "channelId": "100"}"#);
    let all = collect_files(&[
        ("general.json", &document(GENERAL, &[message(50, "Default", "")])),
        // The part that sorts first does not have the pointer.
        ("t [part 2].json", &document(&thread(50, "t"), &[message(53, "Default", "")])),
        ("t.json", &document(&thread(50, "t"), &[pointer, message(52, "Default", "")])),
    ]);
    for id in ["discord:900/50/52", "discord:900/50/53"] {
        assert_eq!(all.posted(id).thread.as_deref(), Some("discord:900/100/50"), "{id}");
        assert_eq!(all.event(id).subject, "discord:900/100");
    }
    assert_eq!(all.posted("discord:900/100/50").thread, None);
    assert_eq!(all.of("channel.described").len(), 1, "the parent, said the same by all three");
}

#[test]
fn a_forum_post_begins_with_its_first_message() {
    let all = collect_files(&[(
        "f.json",
        &document(&thread(60, "How?"), &[message(60, "Default", ""), message(61, "Default", "")]),
    )]);
    assert_eq!(all.posted("discord:900/60/60").thread, None);
    assert_eq!(all.posted("discord:900/60/61").thread.as_deref(), Some("discord:900/60/60"));
    assert!(all.of("channel.described")[0].data.to_json().contains(r#""kind":"forum""#));
}

#[test]
fn a_thread_of_its_own_begins_with_its_first_message_unless_the_export_is_cut() {
    let messages = [message(72, "Default", ""), message(71, "Default", "")];
    let whole = document(&thread(70, "t"), &messages);
    let all = collect_files(&[("t.json", &whole)]);
    assert_eq!(all.posted("discord:900/70/72").thread.as_deref(), Some("discord:900/70/71"));
    assert_eq!(all.posted("discord:900/70/71").thread, None);
    let cut = whole.replace("\"after\": null", "\"after\": \"2025-01-01T00:00:00+00:00\"");
    let all = collect_files(&[("t.json", &cut)]);
    assert_eq!(all.posted("discord:900/70/72").thread.as_deref(), Some("discord:900/70/70"));
}

#[test]
fn what_is_private_is_refused_unless_named() {
    let direct = r#"{"id": "300", "type": "DirectTextChat", "name": "bo"}"#;
    let group = r#"{"id": "301", "type": "DirectGroupTextChat", "name": "friends"}"#;
    let secret =
        r#"{"id": "302", "type": "GuildPrivateThread", "categoryId": "100", "category": "general", "name": "x"}"#;
    let later = r#"{"id": "303", "type": "GuildSomethingNew", "name": "x"}"#;
    for channel in [direct, group, secret, later] {
        let text = document(channel, &[message(1, "Default", ""), message(2, "Default", "")])
            .replace("\"900\"", if channel.contains("Direct") { "\"0\"" } else { "\"900\"" });
        let folder = folder(&[("a.json", &text)]);
        let all = collect(folder.path());
        assert_eq!((all.events.len(), all.filtered), (0, 2), "{channel}");
        assert_eq!(all.notices().len(), 1, "{:?}", all.notices());
        assert!(all.notices()[0].contains("write private = [\"30"), "{:?}", all.notices());
        let id = all.notices()[0].split('"').nth(1).unwrap().to_owned();
        assert_eq!(read(open(&config(folder.path(), &[&id]), None)).messages(), 2);
    }
    let folder = folder(&[("a.json", &document(group, &[message(1, "Default", "")]))]);
    assert_eq!(read(open(&config(folder.path(), &["Friends"]), None)).messages(), 1);
}

#[test]
fn two_messages_at_one_instant_stay_two() {
    let all = collect_files(&[("a.json", &document(GENERAL, &[message(1, "Default", ""), message(2, "Default", "")]))]);
    assert_eq!(
        all.of("message.posted").iter().map(|event| &event.id).collect::<std::collections::BTreeSet<_>>().len(),
        2
    );
}

#[test]
fn a_folder_and_its_zip_archive_give_the_same_events() {
    let (one, two) =
        (document(GENERAL, &[message(1, "Default", "")]), document(&thread(50, "t"), &[message(51, "Default", "")]));
    let files = [("a.json", one.as_str()), ("threads/t.json", two.as_str())];
    let (folder, place) = (folder(&files), tempfile::tempdir().unwrap());
    let zip = archive(place.path(), "export/", &files);
    let (plain, zipped) = (collect(folder.path()), collect(&zip));
    assert_eq!(plain.messages(), 2);
    assert_eq!(plain.facts(), zipped.facts());
    assert_eq!(collect(place.path()).facts(), plain.facts(), "a zip archive in a folder");
    let pattern = place.path().join("*.zip");
    assert_eq!(collect(&pattern).facts(), plain.facts(), "a pattern");
}

#[test]
fn what_was_read_is_not_read_again_until_it_changes() {
    let folder = folder(&[("a.json", &document(GENERAL, &[message(1, "Default", "")]))]);
    let first = collect(folder.path());
    let again = read(open(&config(folder.path(), &[]), first.cursor.as_ref()));
    assert_eq!(again.batches, 0);
    exports::write(folder.path(), "b.json", document(GENERAL, &[message(2, "Default", "")]).as_bytes());
    let more = read(open(&config(folder.path(), &[]), again.cursor.as_ref().or(first.cursor.as_ref())));
    assert_eq!(more.ids("message.posted"), ["discord:900/100/2"]);
}

#[test]
fn a_large_export_comes_in_batches() {
    let messages: Vec<String> = (0..120_000).map(|id| message(id, "Default", "")).collect();
    let all = collect_files(&[("a.json", &document(GENERAL, &messages))]);
    assert_eq!((all.messages(), all.batches), (120_000, 3));
}

#[test]
fn a_broken_message_costs_nothing_beside_it() {
    let good = |id| message(id, "Default", "");
    let broken = [
        good(2).replace("\"timestamp\": \"2025-03-01T10:00:00.1234567+02:00\"", "\"timestamp\": 7"),
        good(3).replace("2025-03-01T10:00:00.1234567+02:00", "2025-03-01T10:00:00"),
        good(4)
            .replace(r#""author": {"id": "7", "name": "ada", "nickname": "Ada L.", "isBot": false}"#, "\"author\": []"),
        good(5).replace("\"content\": \"Hello?\"", "\"content\": {}"),
        good(6).replace("\"id\": \"6\"", "\"id\": \"six\""),
        good(7).replace("\"id\": \"7\", \"type\"", "\"id\": 7.5, \"type\""),
        good(8).replace("Hello?\"", "Hello?"),
        "17".to_owned(),
        "null".to_owned(),
    ];
    let mut messages = vec![good(1)];
    messages.extend(broken.iter().cloned());
    messages.push(good(9));
    let all = collect_files(&[("a.json", &document(GENERAL, &messages))]);
    assert_eq!(all.ids("message.posted"), ["discord:900/100/1", "discord:900/100/9"]);
    assert_eq!(all.rejected().len(), broken.len(), "{:#?}", all.rejected());
    for (at, problem) in all.rejected().iter().enumerate() {
        assert!(problem.starts_with(&format!("a.json:{}: ", at + 7)), "{problem}");
    }
}

#[test]
fn ids_as_numbers_are_ids() {
    let text = document(GENERAL, &[message(1_064_990_824_305_274_930, "Default", "")]);
    let text = text.replace("\"1064990824305274930\"", "1064990824305274930").replace("\"100\"", "100");
    assert_eq!(collect_files(&[("a.json", &text)]).ids("message.posted"), ["discord:900/100/1064990824305274930"]);
}

#[test]
fn a_document_that_is_cut_off_gives_the_messages_before_the_cut() {
    let text = document(GENERAL, &[message(1, "Default", ""), message(2, "Default", ""), message(3, "Default", "")]);
    let cut = &text[..text.find("\"id\": \"3\"").unwrap() + 20];
    let all = collect_files(&[("a.json", cut), ("b.json", &document(GENERAL, &[message(4, "Default", "")]))]);
    assert_eq!(all.messages(), 3);
    assert_eq!(all.rejected().len(), 1);
    assert!(all.rejected()[0].contains("in the middle of an element"), "{:?}", all.rejected());
}

#[test]
fn what_is_no_export_is_said_to_be_none() {
    let good = document(GENERAL, &[message(1, "Default", "")]);
    for (text, rejected, notices) in [
        ("", 0, 1),
        ("{}", 0, 1),
        ("[1, 2]", 2, 1),
        ("hello", 1, 1),
        ("{\"users\": []}", 0, 1),
        (r#"{"guild": {"id": "1"}, "channel": {"id": "2", "type": "GuildTextChat"}, "messages": {"1": {}}}"#, 1, 0),
        (r#"{"messages": [{"id": "1"}]}"#, 1, 0),
        (r#"{"guild": 7, "channel": [], "messages": []}"#, 1, 1),
    ] {
        let all = collect_files(&[("a.json", text), ("b.json", &good)]);
        assert_eq!(all.messages(), 1, "{text}");
        let about: Vec<String> = all.notices().into_iter().filter(|notice| notice.starts_with("a.json")).collect();
        assert_eq!((all.rejected().len(), about.is_empty()), (rejected, notices == 0), "{text}: {:?}", all.problems);
    }
}

#[test]
fn other_encodings_are_read_as_far_as_they_can_be() {
    let text = document(GENERAL, &[message(1, "Default", "").replace("Hello?", "Grüße?")]);
    let folder = tempfile::tempdir().unwrap();
    let utf16: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    exports::write(folder.path(), "a.json", &utf16);
    let latin1: Vec<u8> = text.replace("\"id\": \"1\"", "\"id\": \"2\"").chars().map(|c| c as u8).collect();
    exports::write(folder.path(), "b.json", &latin1);
    let all = collect(folder.path());
    assert_eq!(all.ids("message.posted"), ["discord:900/100/1", "discord:900/100/2"]);
    assert_eq!(all.posted("discord:900/100/1").length, 6);
    assert_eq!(all.notices().len(), 1, "of the one that is no UTF-8: {:?}", all.notices());
}

#[test]
fn a_path_without_exports_is_an_error() {
    let empty = tempfile::tempdir().unwrap();
    for path in [empty.path().to_owned(), PathBuf::from("/nowhere/at/all"), empty.path().join("*.json")] {
        assert!(open(&config(&path, &[]), None).is_err(), "{}", path.display());
    }
    assert!(open(&config(empty.path(), &[]), Some(&muster_model::Cursor("?".into()))).is_err());
}

#[test]
fn however_a_document_is_damaged_nothing_disappears_and_the_next_is_read() {
    let more = r#", "reactions": [{"emoji": {"id": "", "name": "❤"}, "count": 2, "users": [{"id": "8"}]}]"#;
    let text = document(&thread(50, "t"), &[message(51, "Default", more), message(52, "Reply", "")]);
    let folder = folder(&[("z.json", &document(GENERAL, &[message(1, "Default", "")]))]);
    for bytes in exports::damaged(text.as_bytes()) {
        exports::write(folder.path(), "a.json", &bytes);
        assert!(collect(folder.path()).all_ids().contains(&"discord:900/100/1"));
    }
}

#[test]
fn an_archive_that_cannot_be_read_costs_the_others_nothing_and_is_said_once() {
    let folder =
        folder(&[("a.json", &document(GENERAL, &[message(1, "Default", "")])), ("b.zip", "PK\u{3}\u{4} and no more")]);
    let all = collect(folder.path());
    assert_eq!((all.messages(), all.rejected().len()), (1, 1), "{:?}", all.problems);
    assert!(all.rejected()[0].starts_with("b.zip: "), "{:?}", all.rejected());
    assert_eq!(read(open(&config(folder.path(), &[]), all.cursor.as_ref())).batches, 0);
    assert!(open(&config(&folder.path().join("b.zip"), &[]), None).is_err(), "by itself it is no source");
}

#[test]
#[ignore = "reads ../shared/data; .ci/run runs it"]
fn every_message_of_the_real_exports_is_an_event_a_duplicate_or_no_message() {
    for path in std::fs::read_dir(data("chat/discord/chat-analytics")).unwrap() {
        let path = path.unwrap().path();
        let export = json(&path);
        let messages = export["messages"].as_array().unwrap();
        let is_said =
            |message: &&serde_json::Value| matches!(message["type"].as_str(), Some("Default" | "Reply" | "19" | "20"));
        let said = messages.iter().filter(is_said).count();
        let id = export["channel"]["id"].as_str().unwrap();
        let all = read(open(&config(&path, &[id]), None));
        assert!(all.rejected().is_empty(), "{:?}", all.rejected());
        assert_eq!((all.messages(), all.not_ours as usize), (said, messages.len() - said), "{}", path.display());
        let edited = messages.iter().filter(is_said).filter(|message| message["timestampEdited"].is_string()).count();
        assert_eq!(all.of("message.edited").len(), edited);
        let reactions = |message: &serde_json::Value| {
            let of = |one: &serde_json::Value| one["users"].as_array().map_or(1, |users| users.len().max(1));
            message["reactions"].as_array().map_or(0, |all| all.iter().map(of).sum())
        };
        let reacted: usize = messages.iter().filter(is_said).map(reactions).sum();
        assert_eq!(all.of("message.reacted").len(), reacted);
        let refused = collect(&path);
        if export["guild"]["id"] == "0" {
            assert_eq!((refused.events.len(), refused.filtered as usize), (0, messages.len()));
        } else {
            assert_eq!(refused.facts(), all.facts());
        }
    }
}
