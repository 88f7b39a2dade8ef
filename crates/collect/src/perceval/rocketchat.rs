//! Items of Perceval's `rocketchat`: a message with its channel. Messages of a type (`t`) are lines of the platform's own.

use super::found::{Found, Person};
use super::node::Node;
use super::origin::Origin;
use crate::chat::exports::Fact;
use crate::chat::facts::Post;
use crate::chat::text::Said;
use muster_model::payload::{ChannelDescribed, ChannelJoined, MessagePosted};
use muster_model::{Payload, Timestamp, account};

/// Reads a message.
///
/// # Errors
/// What it should have had.
pub(super) fn read(data: Node<'_>, origin: &Origin, keep: bool) -> Result<Found, String> {
    let id = data.text("_id").ok_or("a message without _id")?;
    let room = data.text("rid").ok_or_else(|| format!("message {id} without rid"))?;
    let time = time_of(data, "ts").ok_or_else(|| format!("message {id} without a time in ts"))?;
    let mut found = Found::default();
    let info = data.object("channel_info");
    if info.and_then(|info| info.text("t")).is_some_and(|kind| kind != "c") {
        found.filtered = 1;
        return Ok(found);
    }
    let channel = format!("rocketchat:{}/{room}", origin.host);
    let name = info.and_then(|info| info.text("fname").or_else(|| info.text("name")));
    if let (Some(info), Some(name)) = (info, name) {
        let (name, archived) = (name.to_owned(), info.flag("archived"));
        let described = ChannelDescribed { name, kind: "public".to_owned(), parent: None, archived };
        found.channels.push((channel.clone(), described, time_of(info, "_createdAt")));
    }
    let user = data.object("u");
    let login = user.and_then(|user| user.text("username"));
    let bot = data.get("bot").is_some_and(|bot| bot.as_bool() != Some(false)) || login == Some("rocket.cat");
    let who = |login: &str| account::platform("rocketchat", &origin.host, login);
    if let (Some(user), Some(login)) = (user, login) {
        let name = user.text("name").unwrap_or(login).to_owned();
        found.people.push(Person { account: who(login), name, bot: login == "rocket.cat", ..Person::default() });
    }
    let room_name = info.and_then(|info| info.text("name")).unwrap_or(room);
    let post = Post {
        id: format!("{channel}/{id}"),
        subject: channel.clone(),
        actor: login.map(who),
        time,
        url: origin.page(&format!("channel/{room_name}?msg={id}")),
    };
    match data.text("t") {
        None => {}
        Some("uj") => {
            found.facts.push(Fact {
                id: format!("{}/joined", post.id),
                time,
                subject: channel,
                actor: post.actor,
                url: post.url,
                data: Payload::ChannelJoined(ChannelJoined {}),
            });
            return Ok(found);
        }
        Some("rm") => {
            let at = time_of(data, "editedAt").unwrap_or(time);
            found.facts.push(post.deleted(at, true));
            return Ok(found);
        }
        Some(_) => {
            found.not_ours = 1;
            return Ok(found);
        }
    }
    let urls = data.list("urls").iter().filter_map(Node::of).filter_map(|url| url.text("url"));
    let links: Vec<String> = urls.map(str::to_owned).collect();
    let files = data.list("files").len().max(usize::from(data.object("file").is_some()));
    let posted = MessagePosted {
        thread: data.text("tmid").map(|parent| format!("{channel}/{parent}")),
        name: data.text("alias").filter(|_| bot).map(str::to_owned),
        bot,
        files: u32::try_from(files).unwrap_or(u32::MAX),
        broadcast: data.flag("tshow"),
        ..MessagePosted::default()
    };
    let everybody = ["all", "here"];
    let mentions = data.list("mentions").iter().filter_map(Node::of);
    let mentions = mentions.filter(|one| !one.text("username").is_some_and(|name| everybody.contains(&name))).count();
    let mentions = u32::try_from(mentions).unwrap_or(u32::MAX);
    let hash = found.posted(&post, &Said { text: data.said("msg"), links: &links, mentions, keep }, posted);
    if let Some(edited) = time_of(data, "editedAt") {
        found.facts.push(post.edited(edited, Some(hash)));
    }
    let reactions = data.get("reactions").and_then(|reactions| reactions.as_object());
    for (sign, by) in reactions.into_iter().flatten() {
        let sign = sign.trim_matches(':');
        let logins = Node::of(by).map_or(&[][..], |by| by.list("usernames"));
        for login in logins.iter().filter_map(|login| login.as_str()) {
            found.facts.push(post.reacted((sign, sign), (login, Some(who(login))), time));
        }
    }
    Ok(found)
}

/// A time as the API writes it, or as the database has it (`{"$date": 1579864744201}`).
fn time_of(data: Node<'_>, key: &str) -> Option<Timestamp> {
    data.time(key).or_else(|| data.object(key)?.milliseconds("$date"))
}
