//! The lines of a bulk export: `{"type":"post","post":{…}}`, first teams and channels, then users, then posts.

use super::known::{Channel, Known, User};
use super::parse::{Mattermost, Said, reactions};
use crate::chat::elements::{Elements, Next, Piece};
use crate::chat::exports::Sink;
use crate::chat::json::{nullable, parse, whole_instant};
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashMap;

const HINT: &str = "the other lines are read; export again";

#[derive(Debug, Deserialize)]
struct Line {
    #[serde(rename = "type", default, deserialize_with = "nullable")]
    kind: String,
    #[serde(flatten)]
    bodies: HashMap<String, Value>,
}

impl Line {
    /// How many replies hang on the post.
    fn replies(&self) -> usize {
        let replies = self.bodies.get(&self.kind).and_then(|post| post.get("replies")?.as_array());
        replies.map_or(0, Vec::len)
    }

    fn body<T: serde::de::DeserializeOwned>(&mut self) -> Result<T, String> {
        let body = self
            .bodies
            .remove(&self.kind)
            .ok_or_else(|| format!("a line of type {0:?} without {0:?} in it", self.kind))?;
        serde_json::from_value(body).map_err(|error| format!("a {}: {error}", self.kind))
    }
}

#[derive(Debug, Deserialize)]
struct Team {
    name: String,
    #[serde(default, deserialize_with = "nullable")]
    display_name: String,
}

#[derive(Debug, Deserialize)]
struct Post {
    #[serde(default, deserialize_with = "nullable")]
    team: String,
    #[serde(default, deserialize_with = "nullable")]
    channel: String,
    /// Of direct messages.
    #[serde(default, deserialize_with = "nullable")]
    channel_members: Vec<String>,
    user: String,
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(default, deserialize_with = "nullable")]
    message: String,
    #[serde(deserialize_with = "whole_instant")]
    create_at: i64,
    #[serde(default, deserialize_with = "whole_instant")]
    edit_at: i64,
    #[serde(default, deserialize_with = "nullable")]
    props: Value,
    #[serde(default, deserialize_with = "nullable")]
    reactions: Vec<Value>,
    #[serde(default, deserialize_with = "nullable")]
    replies: Vec<Value>,
    #[serde(default, deserialize_with = "nullable")]
    attachments: Vec<serde::de::IgnoredAny>,
}

#[derive(Debug, Deserialize)]
struct Reaction {
    user: String,
    emoji_name: String,
    /// Without it the reaction has the time of its post.
    #[serde(default, deserialize_with = "whole_instant")]
    create_at: i64,
}

/// Learns what stands before the posts.
pub(super) fn learn(elements: &mut Elements, known: &mut Known) {
    loop {
        let piece = match elements.next() {
            Next::Piece(piece) => piece,
            Next::Broken { .. } => continue,
            Next::End => return,
        };
        let Ok(mut line) = parse::<Line>(&piece.bytes) else { continue };
        match line.kind.as_str() {
            "team" => {
                if let Ok(team) = line.body::<Team>() {
                    known.teams.insert(team.name, team.display_name);
                }
            }
            "channel" => {
                if let Ok(channel) = line.body::<Channel>() {
                    known.learn_channel(channel);
                }
            }
            "bot" => {
                if let Ok(user) = line.body::<User>() {
                    known.learn_user(&User { is_bot: true, ..user });
                }
            }
            "post" | "direct_post" => return,
            _ => {}
        }
    }
}

/// A line to events.
pub(super) fn line(mattermost: &mut Mattermost, piece: &Piece, sink: &mut Sink<'_>) {
    let result = parse::<Line>(&piece.bytes).and_then(|mut line| match line.kind.as_str() {
        "channel" => line.body::<Channel>().map(|channel| mattermost.channel(&channel, piece, sink)),
        "user" => line.body::<User>().map(|user| mattermost.user(&user, sink)),
        "bot" => line.body::<User>().map(|user| mattermost.user(&User { is_bot: true, ..user }, sink)),
        "post" | "direct_post" => {
            let replies = line.replies();
            line.body::<Post>().map(|root| post(mattermost, root, piece, sink)).inspect_err(|_| {
                for _ in 0..replies {
                    sink.reject(piece.line, "a reply to a post that cannot be read", HINT, &piece.bytes);
                }
            })
        }
        "direct_channel" => {
            sink.filtered();
            Ok(())
        }
        "" => Err("a line without `type`".to_owned()),
        _ => {
            sink.not_ours();
            Ok(())
        }
    });
    if let Err(error) = result {
        sink.reject(piece.line, format!("not a line of a bulk export: {error}"), HINT, &piece.bytes);
    }
}

fn post(mattermost: &mut Mattermost, mut root: Post, piece: &Piece, sink: &mut Sink<'_>) {
    root.channel_members.sort();
    let members = root.channel_members.join(",");
    let is_direct = root.channel.is_empty();
    let key = if is_direct { format!("direct/{members}") } else { format!("{}/{}", root.team, root.channel) };
    let records = 1 + root.replies.len();
    let private = if is_direct {
        let sort = if root.channel_members.len() > 2 { "the group" } else { "direct messages" };
        mattermost.refuses_direct(sort, &members)
    } else {
        mattermost.refuses(&key, piece, sink)
    };
    if let Some((what, name)) = private {
        for _ in 0..records {
            mattermost.privacy.refuse(&what, &name, piece.line, sink);
        }
        return;
    }
    let replies = std::mem::take(&mut root.replies);
    let (at, user) = (root.create_at, root.user.clone());
    let Some(thread) = said(mattermost, root, &key, None, piece, sink) else {
        // What answers a line of the server's own, or one without a time, is still a message.
        let lost = format!("mattermost:{}/{key}/{at}/{user}", mattermost.server);
        return answers(mattermost, replies, &key, &lost, piece, sink);
    };
    answers(mattermost, replies, &key, &thread, piece, sink);
}

fn answers(
    mattermost: &mut Mattermost,
    replies: Vec<Value>,
    key: &str,
    thread: &str,
    piece: &Piece,
    sink: &mut Sink<'_>,
) {
    for reply in replies {
        match serde_json::from_value::<Post>(reply) {
            Ok(reply) => {
                said(mattermost, reply, key, Some(thread.to_owned()), piece, sink);
            }
            Err(error) => sink.reject(piece.line, format!("a reply that is none: {error}"), HINT, &piece.bytes),
        }
    }
}

/// A post or reply; its event id.
fn said(
    mattermost: &mut Mattermost,
    post: Post,
    key: &str,
    thread: Option<String>,
    piece: &Piece,
    sink: &mut Sink<'_>,
) -> Option<String> {
    let is_system = match &post.kind {
        Some(kind) => kind.starts_with("system_"),
        None => is_line_of_the_server(&post),
    };
    if is_system {
        sink.not_ours();
        return None;
    }
    let subject = format!("mattermost:{}/{key}", mattermost.server);
    let id = mattermost.id_of_its_own(format!("{subject}/{}/{}", post.create_at, post.user), &post.message);
    let url = format!("https://{}/{}/channels/{}", mattermost.server, post.team, post.channel);
    let reactions = reactions(post.reactions, |one: Reaction| (one.user, one.emoji_name, one.create_at), piece, sink);
    let said = Said {
        id: id.clone(),
        subject,
        user: post.user,
        create_at: post.create_at,
        edit_at: post.edit_at,
        delete_at: 0,
        message: post.message,
        thread,
        files: post.attachments.len(),
        props: post.props,
        reactions,
        url: Some(url).filter(|_| !post.team.is_empty()),
    };
    mattermost.said(said, piece, sink).then_some(id)
}

/// Exports before 2019 have no types, but the server's lines all the same, in its default language and about their sender.
fn is_line_of_the_server(post: &Post) -> bool {
    let (user, text) = (&post.user, post.message.as_str());
    let about_itself = text.strip_prefix(user.as_str()).map(str::trim_start).is_some_and(|rest| {
        ["joined", "left"]
            .iter()
            .any(|verb| rest.strip_prefix(verb).is_some_and(|rest| matches!(rest.trim(), "the channel." | "the team.")))
    });
    let adds = [" added to the channel by ", " added to the team by "].iter().any(|words| {
        text.strip_suffix('.')
            .and_then(|text| text.split_once(words))
            .is_some_and(|(whom, by)| by == user && !whom.is_empty() && !whom.contains(char::is_whitespace))
    });
    about_itself || adds
}
