//! Items of Perceval's `telegram`: what a bot was told of a message.
//!
//! A bot is told of an edit with the message as it is since, and has been told of the message before: the edit is
//! `message.edited` alone. Conversations with the bot itself are private. A group that has a public name is public.

use super::found::{Found, Person};
use super::node::Node;
use crate::chat::exports::Fact;
use crate::chat::facts::Post;
use crate::chat::text::{Said, hash};
use muster_model::payload::{ChannelDescribed, ChannelJoined, MessagePosted};
use muster_model::{Payload, account};
use serde_json::Value;

/// What can be attached; each of these keys is one file.
const FILES: [&str; 9] =
    ["photo", "document", "video", "audio", "voice", "sticker", "animation", "video_note", "contact"];

/// Reads an update.
///
/// # Errors
/// What it should have had.
pub(super) fn read(data: Node<'_>, keep: bool) -> Result<Found, String> {
    let edited = data.object("edited_message").or_else(|| data.object("edited_channel_post"));
    let message = data.object("message").or_else(|| data.object("channel_post")).or(edited);
    let mut found = Found::default();
    let Some(message) = message else {
        found.not_ours = 1;
        return Ok(found);
    };
    let id = message.number("message_id").ok_or("a message without message_id")?;
    let chat = message.object("chat").ok_or_else(|| format!("message {id} without chat"))?;
    let place = chat.id("id").ok_or_else(|| format!("message {id} without chat.id"))?;
    let time = message.seconds("date").ok_or_else(|| format!("message {id} without seconds in date"))?;
    if chat.text("type") == Some("private") {
        found.filtered = 1;
        return Ok(found);
    }
    let channel = format!("telegram:{place}");
    let kind = if chat.text("username").is_some() { "public" } else { "group" };
    let name = chat.text("title").or_else(|| chat.text("username")).unwrap_or_default().to_owned();
    let described = ChannelDescribed { name, kind: kind.to_owned(), parent: None, archived: false };
    found.channels.push((channel.clone(), described, None));
    let sender = message.object("from");
    let bot = sender.is_some_and(|sender| sender.flag("is_bot"));
    let post = Post {
        id: format!("{channel}/{id}"),
        subject: channel.clone(),
        actor: sender.and_then(|sender| person(sender, &mut found)),
        time,
        url: chat.text("username").map(|name| format!("https://t.me/{name}/{id}")),
    };
    let text = message.get("text").or_else(|| message.get("caption")).and_then(Value::as_str).unwrap_or_default();
    if edited.is_some() || message.flag("edited") || message.get("edit_date").is_some() {
        let at = message.seconds("edit_date").unwrap_or(time);
        found.facts.push(post.edited(at, Some(hash(text))));
        return Ok(found);
    }
    let joined = message.list("new_chat_members");
    if !joined.is_empty() || message.object("new_chat_member").is_some() {
        let one = message.object("new_chat_member").filter(|_| joined.is_empty());
        for member in joined.iter().filter_map(Node::of).chain(one) {
            came(member, &post, &mut found);
        }
        return Ok(found);
    }
    let files = FILES.iter().filter(|key| message.get(key).is_some()).count();
    if text.is_empty() && files == 0 && message.get("poll").or_else(|| message.get("location")).is_none() {
        found.not_ours = 1;
        return Ok(found);
    }
    let entities = message.list("entities").iter().chain(message.list("caption_entities")).filter_map(Node::of);
    let entities: Vec<Node<'_>> = entities.collect();
    let links: Vec<String> = entities.iter().filter_map(|entity| entity.text("url")).map(str::to_owned).collect();
    let mentions =
        entities.iter().filter(|entity| matches!(entity.text("type"), Some("mention" | "text_mention"))).count();
    let answered = message.object("reply_to_message").and_then(|answered| answered.number("message_id"));
    let answered = answered.map(|answered| format!("{channel}/{answered}"));
    let posted = MessagePosted {
        thread: answered.clone(),
        reply_to: answered,
        bot,
        files: u32::try_from(files).unwrap_or(u32::MAX),
        ..MessagePosted::default()
    };
    let mentions = u32::try_from(mentions).unwrap_or(u32::MAX);
    found.posted(&post, &Said { text, links: &links, mentions, keep }, posted);
    Ok(found)
}

/// The account of a user, who is described too.
fn person(user: Node<'_>, found: &mut Found) -> Option<String> {
    let account = account::platform("telegram", "", &user.id("id")?);
    let full = [user.text("first_name"), user.text("last_name")];
    let full = full.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let name = if full.is_empty() { user.said("username").to_owned() } else { full };
    found.people.push(Person { account: account.clone(), name, bot: user.flag("is_bot"), ..Person::default() });
    Some(account)
}

fn came(member: Node<'_>, post: &Post, found: &mut Found) {
    let Some(actor) = person(member, found) else {
        found.rejected.push("somebody joined who has no id".to_owned());
        return;
    };
    found.facts.push(Fact {
        id: format!("{}/joined/{actor}", post.id),
        time: post.time,
        subject: post.subject.clone(),
        actor: Some(actor),
        url: post.url.clone(),
        data: Payload::ChannelJoined(ChannelJoined {}),
    });
}
