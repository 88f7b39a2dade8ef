//! Discourse, Telegram, Rocket.Chat, Gitter, Zulip and Mattermost.

use super::support::{item, lines, read, read_file, told};
use muster_model::Payload;
use muster_model::payload::MessagePosted;
use serde_json::{Value, json};

fn messages(read: &super::support::Read) -> Vec<(&str, &MessagePosted)> {
    let posted = read.events.iter().filter_map(|event| match &event.data {
        Payload::MessagePosted(posted) => Some((event.id.as_str(), posted)),
        _ => None,
    });
    posted.collect()
}

fn kinds(read: &super::support::Read) -> Vec<String> {
    told(read).into_iter().filter(|fact| !fact.contains("described")).collect()
}

#[test]
fn a_topic_of_discourse_is_a_thread() {
    let post = |id: u64, number: u64, more: Value| {
        let mut post = json!({"id": id, "post_number": number, "username": "ada", "name": "Ada L.", "user_id": 5, "post_type": 1,
            "created_at": format!("2024-01-0{number}T00:00:00.000Z"), "updated_at": "2024-02-01T00:00:00.000Z", "version": 1,
            "cooked": "<p>How?</p>", "actions_summary": []});
        post.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        post
    };
    let data = json!({"id": 50, "slug": "light", "title": "Light", "category_id": 3, "archetype": "regular", "post_stream": {"posts": [
        post(500, 1, json!({})),
        post(501, 2, json!({"username": "bo", "version": 2, "actions_summary": [{"id": 2, "count": 4}], "reply_to_post_number": 1})),
        post(502, 3, json!({"post_type": 3, "user_id": -1, "username": "system"})),
        post(503, 4, json!({"post_type": 4})),
        post(504, 5, json!({"deleted_at": "2024-03-01T00:00:00.000Z"})),
        json!({"id": 505}),
    ]}});
    let read = read(&lines(&[item("Discourse", "topic", "https://talk.acme.org", data)]));
    assert_eq!(
        kinds(&read),
        [
            "discourse:talk.acme.org/3/500 message.posted discourse:talk.acme.org/ada",
            "discourse:talk.acme.org/3/501 message.posted discourse:talk.acme.org/bo",
            "discourse:talk.acme.org/3/501/edited/2024-02-01T00:00:00Z message.edited discourse:talk.acme.org/bo",
            "discourse:talk.acme.org/3/501/reacted/like/x4 message.reacted -",
            "discourse:talk.acme.org/3/504 message.posted discourse:talk.acme.org/ada",
            "discourse:talk.acme.org/3/504/deleted message.deleted -",
        ]
    );
    let posted = messages(&read);
    let first = Some("discourse:talk.acme.org/3/500");
    assert_eq!((posted[0].1.thread.as_deref(), posted[0].1.question, posted[0].1.length), (None, true, 4));
    assert_eq!((posted[1].1.thread.as_deref(), posted[1].1.reply_to.as_deref()), (first, first));
    assert_eq!((posted[2].1.thread.as_deref(), posted[2].1.reply_to.as_deref()), (first, None));
    assert_eq!((read.counts.not_ours, read.counts.filtered, read.problems.len()), (1, 1, 1), "{:?}", read.problems);
    assert_eq!(read.events[0].kind(), "account.described");
    let page = read.events.iter().find(|event| event.id.ends_with("/501")).unwrap().url.as_deref();
    assert_eq!(page, Some("https://talk.acme.org/t/light/50/2"));
}

#[test]
fn a_bot_of_telegram_is_told_of_messages_edits_and_comings() {
    let message = |id: u64, more: Value| {
        let mut data = json!({"message_id": id, "date": 1_700_000_000 + id, "from": {"id": 8, "first_name": "Ada", "last_name": "L."},
            "chat": {"id": -7, "title": "Lantern", "type": "supergroup", "username": "lantern"}});
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        item("Telegram", "message", "https://telegram.org/bot", json!({"update_id": 100 + id, "message": data}))
    };
    let read = read(&lines(&[
        message(
            1,
            json!({"text": "Hi https://a.b", "entities": [{"type": "mention"}, {"type": "text_link", "url": "https://c.d"}]}),
        ),
        message(2, json!({"text": "Hm", "reply_to_message": {"message_id": 1}})),
        message(1, json!({"text": "Hi!", "edited": true, "edit_date": 1_700_000_009})),
        message(3, json!({"sticker": {"emoji": "x"}})),
        message(4, json!({"new_chat_members": [{"id": 9, "first_name": "Bo", "is_bot": true}]})),
        message(5, json!({"new_chat_title": "Lamp"})),
        message(6, json!({"chat": null, "text": "x"})),
        item("Telegram", "message", "https://telegram.org/bot", json!({"update_id": 1, "callback_query": {}})),
    ]));
    assert_eq!(
        kinds(&read),
        [
            "telegram:-7/1 message.posted telegram:8",
            "telegram:-7/2 message.posted telegram:8",
            "telegram:-7/1/edited/2023-11-14T22:13:29Z message.edited telegram:8",
            "telegram:-7/3 message.posted telegram:8",
            "telegram:-7/4/joined/telegram:9 channel.joined telegram:9",
        ]
    );
    let posted = messages(&read);
    assert_eq!((posted[0].1.links, posted[0].1.mentions), (2, 1));
    assert_eq!(posted[1].1.thread.as_deref(), Some("telegram:-7/1"));
    assert_eq!(posted[2].1.files, 1);
    assert_eq!((read.counts.not_ours, read.problems.len()), (2, 1), "{:?}", read.problems);
    let described: Vec<String> = told(&read).into_iter().filter(|fact| fact.contains(" channel.described")).collect();
    assert_eq!(described.len(), 1, "once a run");
}

#[test]
fn messages_of_rocket_chat_have_threads_and_reactions() {
    let message = |id: &str, more: Value| {
        let mut data = json!({"_id": id, "rid": "GENERAL", "ts": "2024-01-01T00:00:00.000Z", "msg": "Hi @bo?",
            "u": {"_id": "u1", "username": "ada", "name": "Ada L."}, "urls": [{"url": "https://a.b"}],
            "mentions": [{"username": "bo"}, {"username": "all"}], "reactions": [],
            "channel_info": {"_id": "GENERAL", "name": "general", "t": "c"}});
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        item("RocketChat", "message", "https://chat.acme.org/general", data)
    };
    let read = read(&lines(&[
        message("m1", json!({"editedAt": "2024-01-01T00:01:00.000Z"})),
        message(
            "m2",
            json!({"tmid": "m1", "tshow": true, "reactions": {":+1:": {"usernames": ["bo", "cy"]}}, "file": {"_id": "f"}}),
        ),
        message("m3", json!({"t": "uj"})),
        message("m4", json!({"t": "rm", "msg": ""})),
        message("m5", json!({"t": "room_changed_topic"})),
        message("m6", json!({"ts": {"$date": 1_704_067_200_000_i64}, "bot": {"i": "x"}, "alias": "lamp"})),
        message("m7", json!({"ts": 5})),
    ]));
    let it = "rocketchat:chat.acme.org/GENERAL";
    let (ada, bo, cy) = ("rocketchat:chat.acme.org/ada", "rocketchat:chat.acme.org/bo", "rocketchat:chat.acme.org/cy");
    assert_eq!(
        kinds(&read),
        [
            format!("{it}/m1 message.posted {ada}"),
            format!("{it}/m1/edited/2024-01-01T00:01:00Z message.edited {ada}"),
            format!("{it}/m2 message.posted {ada}"),
            format!("{it}/m2/reacted/+1/bo message.reacted {bo}"),
            format!("{it}/m2/reacted/+1/cy message.reacted {cy}"),
            format!("{it}/m3/joined channel.joined {ada}"),
            format!("{it}/m4/deleted message.deleted -"),
            format!("{it}/m6 message.posted {ada}"),
        ]
    );
    let posted = messages(&read);
    assert_eq!((posted[0].1.mentions, posted[0].1.links, posted[0].1.question), (1, 1, true));
    assert_eq!(posted[1].1.thread, Some(format!("{it}/m1")));
    assert_eq!((posted[1].1.broadcast, posted[1].1.files), (true, 1));
    assert_eq!((posted[2].1.bot, posted[2].1.name.as_deref()), (true, Some("lamp")));
    assert_eq!((read.counts.not_ours, read.problems.len()), (1, 1), "{:?}", read.problems);
}

#[test]
fn messages_of_gitter_are_those_of_their_room() {
    let data = json!({"id": "g2", "text": "Yes @ada", "sent": "2019-01-01T00:00:00.000Z", "editedAt": "2019-01-01T00:00:05.000Z",
        "fromUser": {"id": "x", "username": "bo", "displayName": "Bo"}, "mentions": [{"screenName": "ada"}], "urls": [], "parentId": "g1"});
    let read = read(&lines(&[item("Gitter", "message", "https://gitter.im/acme/lantern", data)]));
    assert_eq!(
        kinds(&read),
        [
            "gitter:acme/lantern/g2 message.posted gitter:bo",
            "gitter:acme/lantern/g2/edited/2019-01-01T00:00:05Z message.edited gitter:bo",
        ]
    );
    assert_eq!(messages(&read)[0].1.thread.as_deref(), Some("gitter:acme/lantern/g1"));
}

#[test]
fn messages_of_zulip_and_mattermost_are_those_of_their_kinds() {
    let zulip = json!({"id": 42, "sender_id": 17, "sender_email": "ada@example.org", "sender_full_name": "Ada L.", "stream_id": 3,
        "display_recipient": "general", "type": "stream", "subject": "Light", "content": "How?", "timestamp": 1_700_000_000,
        "content_type": "text/x-markdown", "reactions": []});
    let post = json!({"id": "p1", "channel_id": "c1", "user_id": "u1", "root_id": "p0", "message": "How?", "type": "",
        "create_at": 1_700_000_000_000_i64, "edit_at": 0, "delete_at": 0, "props": {},
        "channel_data": {"id": "c1", "name": "town", "display_name": "Town", "type": "O", "create_at": 1},
        "user_data": {"id": "u1", "username": "ada", "first_name": "Ada", "last_name": "L.", "email": ""}});
    let mut private = post.clone();
    private["channel_id"] = json!("c2");
    private["channel_data"] = json!({"id": "c2", "name": "boss", "display_name": "Boss", "type": "P"});
    let of = |data| item("Mattermost", "post", "https://chat.acme.org/c1", data);
    let read = read(&lines(&[
        item("Zulip", "message", "https://zulip.acme.org/general", zulip),
        of(post.clone()),
        of(post),
        of(private),
    ]));
    assert_eq!(
        kinds(&read).into_iter().filter(|fact| fact.contains("message")).collect::<Vec<_>>(),
        [
            "zulip:zulip.acme.org/3/42 message.posted zulip:zulip.acme.org/17",
            "mattermost:chat.acme.org/c1/p1 message.posted mattermost:chat.acme.org/u1",
            "mattermost:chat.acme.org/c1/p1 message.posted mattermost:chat.acme.org/u1",
        ]
    );
    assert_eq!(read.counts.filtered, 2, "the private channel and its post");
    assert_eq!(messages(&read)[1].1.thread.as_deref(), Some("mattermost:chat.acme.org/c1/p0"));
    let names = told(&read).into_iter().filter(|fact| fact.contains(" channel.described")).count();
    assert_eq!(names, 2, "a channel is described once a run");
}

#[test]
fn texts_are_kept_only_where_the_pipeline_says_so() {
    let work = tempfile::tempdir().unwrap();
    let file = work.path().join("items.jsonl");
    let data =
        json!({"id": "g1", "text": "a secret word", "sent": "2019-01-01T00:00:00Z", "fromUser": {"username": "bo"}});
    std::fs::write(&file, lines(&[item("Gitter", "message", "https://gitter.im/acme/lantern", data)])).unwrap();
    let without = read_file(&file, false, None);
    assert!(!format!("{without:?}").contains("secret"));
    let with = read_file(&file, true, None);
    assert_eq!(messages(&with)[0].1.text.as_deref(), Some("a secret word"));
    assert_eq!(messages(&with)[0].1.text_hash, messages(&without)[0].1.text_hash);
}
