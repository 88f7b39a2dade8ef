//! Bulk exports and answers of Mattermost, and every way they can be broken. Fixtures are written here.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod exports;

use exports::{Read, archive, data, folder, json, read};
use muster_collect::mattermost::{Config, open};
use muster_model::Payload;
use serde_json::Value;
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

const HEAD: &str = r#"{"type":"version","version":1}
{"type":"team","team":{"name":"acme","display_name":"Acme","type":"O"}}
{"type":"channel","channel":{"team":"acme","name":"town","display_name":"Town Square","type":"O"}}
{"type":"channel","channel":{"team":"acme","name":"board","display_name":"The Board","type":"P"}}
{"type":"user","user":{"username":"ada","email":"Ada@Example.org","first_name":"Ada","last_name":"L."}}
{"type":"bot","bot":{"username":"ci","owner":"ada","display_name":"CI"}}
"#;

fn post(channel: &str, user: &str, text: &str, at: i64, more: &str) -> String {
    format!(
        r#"{{"type":"post","post":{{"team":"acme","channel":"{channel}","user":"{user}","type":"","message":"{text}","create_at":{at}{more}}}}}"#
    )
}

fn bulk(lines: &[String]) -> String {
    format!("{HEAD}{}\n", lines.join("\n"))
}

fn collect_bulk(lines: &[String]) -> Read {
    collect(folder(&[("import.jsonl", &bulk(lines))]).path())
}

const TOWN: &str = "mattermost:chat.acme.org/acme/town";

#[test]
fn a_bulk_export_has_posts_replies_reactions_and_edits() {
    let more = r#","edit_at":1553166600000,"attachments":[{"path":"x.png"}],"reactions":[{"user":"bo","create_at":1553166700000,"emoji_name":"tick"}],"replies":[{"user":"bo","message":"Yes, @ada","create_at":1553166584976},{"user":"cy","message":"No","create_at":1553166584976}]"#;
    let all = collect_bulk(&[post("town", "ada", "Is it? https://a.b/c", 1_553_166_557_928, more)]);
    assert!(all.problems.is_empty(), "{:?}", all.problems);
    let root = format!("{TOWN}/1553166557928/ada");
    let event = all.event(&root);
    assert_eq!(event.time.to_string(), "2019-03-21T11:09:17.928Z");
    assert_eq!((event.subject.as_str(), event.actor.as_deref()), (TOWN, Some("mattermost:chat.acme.org/ada")));
    let posted = all.posted(&root);
    assert_eq!((posted.files, posted.links, posted.question, &posted.thread), (1, 1, true, &None));
    let replies = [format!("{TOWN}/1553166584976/bo"), format!("{TOWN}/1553166584976/cy")];
    for reply in &replies {
        assert_eq!(all.posted(reply).thread.as_deref(), Some(root.as_str()), "two at one instant stay two");
    }
    assert_eq!(all.posted(&replies[0]).mentions, 1);
    assert_eq!(all.ids("message.edited"), [format!("{root}/edited/2019-03-21T11:10:00Z")]);
    assert_eq!(all.ids("message.reacted"), [format!("{root}/reacted/tick/bo")]);
    assert_eq!(all.of("message.reacted")[0].time.to_string(), "2019-03-21T11:11:40Z");
    // Version and team are no facts; the private channel is not described.
    assert_eq!((all.not_ours, all.filtered), (2, 1));
    let described: Vec<String> = all.of("channel.described").iter().map(|event| event.data.to_json()).collect();
    assert_eq!(described, [r#"{"schema":1,"name":"Town Square","kind":"public","parent":"Acme"}"#]);
    let linked = all.of("account.linked");
    let Payload::AccountLinked(linked) = &linked[0].data else { panic!() };
    assert_eq!((linked.canonical.as_str(), linked.evidence.as_str()), ("email:ada@example.org", "chat-profile"));
}

#[test]
fn bots_and_webhooks_are_told() {
    let all = collect_bulk(&[
        post("town", "ci", "Built", 1_553_166_557_000, ""),
        post("town", "ada", "Alert", 1_553_166_558_000, r#","props":{"from_webhook":"true"}"#),
        post("town", "ada", "Hi", 1_553_166_559_000, r#","props":{}"#),
    ]);
    let bots: Vec<bool> = [("557000", "ci"), ("558000", "ada"), ("559000", "ada")]
        .map(|(at, user)| all.posted(&format!("{TOWN}/1553166{at}/{user}")).bot)
        .to_vec();
    assert_eq!(bots, [true, true, false]);
}

#[test]
fn lines_of_the_server_are_no_messages() {
    let old = |text: &str| post("town", "ada", text, 1_553_166_557_928, "").replace(r#""type":"","#, "");
    let all = collect_bulk(&[
        post("town", "ada", "x", 1, "").replace(r#""type":"","#, r#""type":"system_join_channel","#),
        old("ada joined the channel."),
        old("ada left the team."),
        old("bo added to the channel by ada."),
    ]);
    assert_eq!((all.messages(), all.not_ours), (0, 6));
    let all = collect_bulk(&[
        old("ada joined the channel, finally."),
        old("bo joined the channel."),
        old("I was added to the channel by ada."),
        post("town", "ada", "ada joined the channel.", 1700000000005, ""),
    ]);
    assert_eq!(all.messages(), 4, "what people write, and what has a type that says so");
}

#[test]
fn somebody_has_two_messages_in_one_millisecond() {
    let twice = [
        post("town", "ci", "One", 1700000000005, ""),
        post("town", "ci", "Two", 1700000000005, ""),
        post("town", "ci", "One", 1700000000005, ""),
    ];
    let all = collect_bulk(&twice);
    let ids: std::collections::BTreeSet<&str> = all.ids("message.posted").into_iter().collect();
    assert_eq!((all.messages(), ids.len()), (3, 2), "the third is the first again");
}

#[test]
fn what_is_private_is_refused_unless_named() {
    let direct = r#"{"type":"direct_post","direct_post":{"channel_members":["bo","ada"],"user":"bo","message":"psst","create_at":1705400000000}}"#;
    let replies = r#","replies":[{"user":"bo","message":"Yes","create_at":1700000000006}]"#;
    let text = bulk(&[post("board", "ada", "secret", 1700000000005, replies), direct.to_owned()]);
    let folder = folder(&[("import.jsonl", &text)]);
    let all = collect(folder.path());
    assert_eq!((all.messages(), all.filtered), (0, 4));
    assert_eq!(all.notices().len(), 2, "{:?}", all.notices());
    assert!(all.notices()[0].contains(r#"private = ["acme/board"]"#), "{:?}", all.notices());
    for (named, messages) in [("The Board", 2), ("board", 2), ("acme/board", 2), ("ada,bo", 1)] {
        assert_eq!(read(open(&config(folder.path(), &[named]), None)).messages(), messages, "{named}");
    }
}

#[test]
fn a_folder_and_its_zip_archive_give_the_same_events() {
    let text = bulk(&[post("town", "ada", "Hi", 1700000000005, "")]);
    let files = [("import.jsonl", text.as_str()), ("data/attached.json", "{\"posts\": 7}")];
    let (folder, place) = (folder(&files), tempfile::tempdir().unwrap());
    let (plain, zipped) = (collect(folder.path()), collect(&archive(place.path(), "", &files)));
    assert!(plain.problems.is_empty() && plain.messages() == 1, "{:?}", plain.problems);
    assert_eq!(plain.facts(), zipped.facts());
}

fn answer(id: &str, channel: &str, more: &str) -> String {
    format!(
        r#""{id}": {{"id": "{id}", "create_at": 1523526206815, "edit_at": 0, "delete_at": 0, "user_id": "u1", "channel_id": "{channel}", "root_id": "", "message": "Hi", "type": ""{more}}}"#
    )
}

fn answers(posts: &[String]) -> String {
    format!("{{\n\"order\": [\"p1\"],\n\"posts\": {{\n{}\n}}}}", posts.join(",\n"))
}

const CHANNEL: &str = r#"{"id": "c1", "name": "town", "display_name": "Town", "type": "O", "create_at": 1502177267593, "delete_at": 0, "team_id": "t"}"#;
const USER: &str = r#"{"id": "u1", "username": "ada", "email": "ada@example.org", "is_bot": true, "props": {"x": 1}}"#;

#[test]
fn answers_of_the_api_are_read_with_what_lies_beside_them() {
    let posts = answers(&[
        answer("p1", "c1", ""),
        answer("p2", "c1", "").replace("\"root_id\": \"\"", "\"root_id\": \"p1\""),
        answer("p3", "c1", "").replace("\"delete_at\": 0", "\"delete_at\": 1523526206999"),
        answer("p4", "c1", "").replace("\"delete_at\": 0", "\"delete_at\": 1523526206999").replace("Hi", ""),
        answer("p5", "c1", "").replace("\"type\": \"\"", "\"type\": \"system_join_team\""),
        answer("p6", "c1", r#", "original_id": "p1""#),
        answer(
            "p7",
            "c1",
            r#", "metadata": {"reactions": [{"user_id": "u2", "emoji_name": "tada", "create_at": 1523526207000}]}"#,
        ),
    ]);
    let all = collect(folder(&[("posts.json", &posts), ("z-channel.json", CHANNEL), ("z-user.json", USER)]).path());
    assert!(all.problems.is_empty(), "{:?}", all.problems);
    let id = |post: &str| format!("mattermost:chat.acme.org/c1/{post}");
    assert_eq!(all.ids("message.posted"), [id("p1"), id("p2"), id("p3"), id("p7")]);
    assert_eq!(all.posted(&id("p2")).thread, Some(id("p1")));
    assert_eq!(all.ids("message.deleted"), [format!("{}/deleted", id("p3")), format!("{}/deleted", id("p4"))]);
    assert!(all.of("message.deleted")[1].data.to_json().contains("tombstone"));
    assert_eq!((all.not_ours, all.of("message.reacted").len()), (2, 1));
    assert!(all.posted(&id("p1")).bot, "the user's answer says so, wherever it lies");
    assert_eq!(all.event(&id("p1")).url.as_deref(), Some("https://chat.acme.org/_redirect/pl/p1"));
    assert_eq!(all.of("channel.described")[0].time.to_string(), "2017-08-08T07:27:47.593Z");
}

#[test]
fn a_channel_that_turns_out_to_be_private_is_refused_from_then_on() {
    let folder = folder(&[("posts.json", &answers(&[answer("p1", "c1", "")]))]);
    let all = collect(folder.path());
    assert_eq!(all.messages(), 1);
    assert!(all.notices()[0].contains("no file says whether the channel c1 is private"), "{:?}", all.notices());
    exports::write(folder.path(), "channel.json", CHANNEL.replace("\"O\"", "\"D\"").as_bytes());
    let again = read(open(&config(folder.path(), &[]), all.cursor.as_ref()));
    assert_eq!((again.messages(), again.filtered), (0, 2), "all is read again, as a channel is described anew");
    assert_eq!(read(open(&config(folder.path(), &[]), again.cursor.as_ref())).batches, 0);
}

#[test]
fn lists_of_posts_channels_and_users_are_answers_too() {
    let post = answer("p1", "c1", "");
    let all = collect(folder(&[("all.json", &format!("[{CHANNEL},\n{USER},\n{}]", &post[6..]))]).path());
    assert!(all.problems.is_empty(), "{:?}", all.problems);
    assert_eq!((all.messages(), all.events.len()), (1, 4));
}

#[test]
fn broken_input_costs_nothing_beside_it() {
    let good = post(
        "town",
        "ada",
        "Hi",
        1700000000005,
        r#","replies":[{"user":"bo"},{"user":"bo","message":"Yes","create_at":1700000000006}]"#,
    );
    let lines = [
        "{".to_owned(),
        "17".to_owned(),
        "{}".to_owned(),
        r#"{"type":"post"}"#.to_owned(),
        r#"{"type":"post","post":[]}"#.to_owned(),
        post("town", "ada", "Hi", 1700000000005, "").replace(":1700000000005}", ":\"soon\"}"),
        post("town", "ada", "Hi", i64::MAX, ""),
        r#"{"type":"channel","channel":{"team":"","name":""}}"#.to_owned(),
        good,
        r#"{"type":"post","post":{"team":"acme","cha"#.to_owned(),
    ];
    let all = collect_bulk(&lines);
    assert_eq!(all.messages(), 2);
    assert_eq!(all.rejected().len(), 10, "{:#?}", all.rejected());
    let lines: Vec<String> = all.rejected().iter().map(|told| told.split(':').nth(1).unwrap().to_owned()).collect();
    assert_eq!(lines, ["7", "8", "9", "10", "11", "12", "13", "14", "15", "16"]);

    let posts =
        answers(&[answer("p1", "c1", ""), "\"p2\": []".to_owned(), answer("p3", "c1", "").replace("Hi\"", "Hi")]);
    let cut = format!("{}\n\"p9\": {{\"id\"", &posts[..posts.len() - 3]);
    let error = r#"{"id":"api.context","message":"no permission","status_code":403}"#;
    let all = collect(
        folder(&[
            ("a.json", cut.as_str()),
            ("b.json", ""),
            ("c.json", error),
            ("d.json", "{\"posts\": 7}"),
            ("e.json", "{\"id\":\"?\"}"),
            ("f.json", CHANNEL),
        ])
        .path(),
    );
    assert_eq!(all.messages(), 1);
    assert_eq!(all.rejected().len(), 6, "{:#?}", all.rejected());
    assert!(all.rejected().iter().any(|told| told.contains("the server answered with an error: no permission")));
    assert!(all.notices().iter().any(|told| told.starts_with("b.json: the file is empty")));
}

#[test]
fn however_a_document_is_damaged_nothing_disappears_and_the_next_is_read() {
    let more = r#","reactions":[{"user":"bo","create_at":1700000000007,"emoji_name":"tick"}],"replies":[{"user":"bo","message":"Yes","create_at":1700000000006}]"#;
    let lines = bulk(&[post("town", "ada", "Hi", 1700000000005, more)]);
    let posts = answers(&[answer("p1", "c1", ""), answer("p2", "c1", "")]);
    let folder = folder(&[("z.json", &answers(&[answer("p9", "c9", "")]))]);
    for text in [lines, posts] {
        for bytes in exports::damaged(text.as_bytes()) {
            exports::write(folder.path(), "a.json", &bytes);
            assert!(collect(folder.path()).all_ids().contains(&"mattermost:chat.acme.org/c9/p9"));
        }
    }
}

#[test]
#[ignore = "reads ../shared/data; .ci/run runs it"]
fn every_post_of_the_real_export_is_an_event_or_a_line_of_the_server() {
    let path = data("chat/mattermost/zulip-fixture-export.json");
    let text = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let private: Vec<&str> = lines
        .iter()
        .filter(|line| line["channel"]["type"] == "P")
        .map(|line| line["channel"]["name"].as_str().unwrap())
        .collect();
    let (mut said, mut refused, mut reactions) = (0, 0, 0);
    for post in lines.iter().filter(|line| line["type"] == "post").map(|line| &line["post"]) {
        let text = post["message"].as_str().unwrap();
        let replies = post["replies"].as_array().map_or(0, Vec::len);
        if private.contains(&post["channel"].as_str().unwrap()) {
            refused += 1 + replies;
            continue;
        }
        // Counted by hand from the file: these are the server's own, and no one answers or reacts to them there.
        if text.ends_with("joined the channel.") || text.ends_with("joined the team.") {
            continue;
        }
        said += 1 + replies;
        reactions += post["reactions"].as_array().map_or(0, Vec::len);
    }
    let all = collect(&path);
    assert!(all.rejected().is_empty(), "{:?}", all.rejected());
    assert_eq!((all.messages(), all.of("message.reacted").len()), (said, reactions));
    let direct = lines.iter().filter(|line| line["type"].as_str().unwrap().starts_with("direct_")).count();
    assert_eq!(all.filtered as usize, refused + private.len() + direct);
    let named = read(open(&config(&path, &private), None));
    assert!(named.messages() > said && named.filtered as usize == direct);
}

#[test]
#[ignore = "reads ../shared/data; .ci/run runs it"]
fn every_post_of_the_real_answers_is_an_event_or_a_line_of_the_server() {
    let folder = data("chat/mattermost/web-api-perceval");
    let (mut posts, mut system) = (std::collections::BTreeSet::new(), std::collections::BTreeSet::new());
    for file in std::fs::read_dir(&folder).unwrap() {
        for (id, post) in json(&file.unwrap().path())["posts"].as_object().into_iter().flatten() {
            let kind = post["type"].as_str().unwrap();
            if kind.starts_with("system_") { &mut system } else { &mut posts }.insert(id.clone());
        }
    }
    let all = collect(&folder);
    let ids: std::collections::BTreeSet<String> =
        all.ids("message.posted").iter().map(|id| id.rsplit('/').next().unwrap().to_owned()).collect();
    assert_eq!(ids, posts);
    assert_eq!(all.not_ours as usize, system.len());
    assert_eq!(all.rejected().len(), 1, "the answer that is an error: {:?}", all.rejected());
}

#[test]
fn a_reaction_that_is_odd_costs_only_itself_and_times_may_be_text() {
    let more = r#","reactions":[{"user":"bo","emoji_name":"tick"},{"user":"cy"}],"replies":[{"user":"bo","message":"Yes","create_at":"1700000000006"},{"user":"cy","message":"No","create_at":1700000000007.0}]"#;
    let all = collect_bulk(&[post("town", "ada", "Hi", 1_700_000_000_005, more)]);
    assert_eq!(
        (all.messages(), all.ids("message.reacted").len(), all.rejected().len()),
        (3, 1, 1),
        "{:?}",
        all.problems
    );
}

#[test]
fn times_in_seconds_are_no_times_of_1970() {
    let replies = r#","replies":[{"user":"bo","message":"Yes","create_at":1700000001}]"#;
    let all = collect_bulk(&[post("town", "ada", "Hi", 1_700_000_000, replies)]);
    assert_eq!((all.messages(), all.rejected().len()), (0, 2));
    assert!(all.rejected()[0].contains("expected milliseconds since 1970"), "{:?}", all.rejected());
    let broken = post("town", "ada", "Hi", 1_700_000_000_005, replies).replace("\"user\":\"ada\"", "\"user\":7");
    assert_eq!(collect_bulk(&[broken]).rejected().len(), 2, "the post and its reply");
}
