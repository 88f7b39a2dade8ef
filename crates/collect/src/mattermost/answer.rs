//! Answers of the API, as saved: posts (`{"order":[…],"posts":{…}}` or a list), channels and users (one or a list), errors.

use super::known::{Channel, Known, User};
use super::parse::{Mattermost, Said, reactions};
use crate::chat::elements::{Elements, Next, Piece};
use crate::chat::exports::Sink;
use crate::chat::json::{Id, nullable, parse, whole_instant};
use serde::Deserialize;
use serde_json::{Map, Value};

const HINT: &str = "the other posts are read; ask the server again";
/// What of an answer that is one object is looked at.
pub(super) const WANTED: &[&str] = &[
    "",
    "posts",
    "id",
    "name",
    "display_name",
    "type",
    "create_at",
    "delete_at",
    "username",
    "email",
    "nickname",
    "first_name",
    "last_name",
    "is_bot",
    "status_code",
    "message",
    "team_id",
];

#[derive(Debug, Deserialize)]
struct Post {
    id: Id,
    channel_id: Id,
    user_id: Id,
    #[serde(deserialize_with = "whole_instant")]
    create_at: i64,
    #[serde(default, deserialize_with = "whole_instant")]
    edit_at: i64,
    #[serde(default, deserialize_with = "whole_instant")]
    delete_at: i64,
    #[serde(default, deserialize_with = "nullable")]
    root_id: Id,
    /// Of an earlier version, the post as it is now.
    #[serde(default, deserialize_with = "nullable")]
    original_id: Id,
    #[serde(default, deserialize_with = "nullable")]
    message: String,
    #[serde(rename = "type", default, deserialize_with = "nullable")]
    kind: String,
    #[serde(default, deserialize_with = "nullable")]
    props: Value,
    #[serde(default, deserialize_with = "nullable")]
    file_ids: Vec<serde::de::IgnoredAny>,
    #[serde(default, deserialize_with = "nullable")]
    metadata: Metadata,
}

#[derive(Debug, Default, Deserialize)]
struct Metadata {
    #[serde(default, deserialize_with = "nullable")]
    reactions: Vec<Value>,
}

#[derive(Debug, Deserialize)]
struct Reaction {
    user_id: Id,
    emoji_name: String,
    #[serde(default, deserialize_with = "whole_instant")]
    create_at: i64,
}

/// What an object without posts is.
enum Thing {
    Channel(Channel),
    User(User),
    Error(String),
    Other,
}

fn thing(object: &Map<String, Value>) -> Thing {
    let has = |key: &str| object.contains_key(key);
    let value = || Value::Object(object.clone());
    if has("status_code") && has("message") {
        let message = object.get("message").and_then(Value::as_str).unwrap_or_default();
        return Thing::Error(message.to_owned());
    }
    if has("username") {
        return serde_json::from_value(value()).map_or(Thing::Other, Thing::User);
    }
    if has("display_name") && has("type") && has("id") {
        return serde_json::from_value(value()).map_or(Thing::Other, Thing::Channel);
    }
    Thing::Other
}

/// The one object that a document is, put together from its pieces.
#[derive(Debug, Clone, Default)]
pub(super) struct Whole(Map<String, Value>);

impl Whole {
    fn add(&mut self, piece: &Piece) {
        if let Ok(value) = parse(&piece.bytes) {
            self.0.insert(piece.key.clone(), value);
        }
    }
}

/// Learns channels and users. Whether there were any.
pub(super) fn learn(elements: &mut Elements, known: &mut Known) -> bool {
    let mut whole = Whole::default();
    let mut found = false;
    let mut learn = |thing| match thing {
        Thing::Channel(channel) => {
            known.learn_channel(channel);
            true
        }
        Thing::User(user) => {
            known.learn_user(&user);
            true
        }
        Thing::Error(_) | Thing::Other => false,
    };
    loop {
        match elements.next() {
            Next::Piece(piece) if piece.key == "posts" => return found,
            Next::Piece(piece) if !piece.inner => whole.add(&piece),
            Next::Piece(piece) => {
                let Ok(object) = parse(&piece.bytes) else { continue };
                found |= learn(thing(&object));
            }
            Next::Broken { .. } => {}
            Next::End => return learn(thing(&whole.0)) || found,
        }
    }
}

/// A piece to events.
pub(super) fn piece(mattermost: &mut Mattermost, whole: &mut Whole, piece: &Piece, sink: &mut Sink<'_>) {
    match (piece.key.as_str(), piece.inner) {
        ("posts", true) => post(mattermost, piece, sink),
        ("posts", false) => {
            sink.reject(piece.line, "`posts` is neither an object nor a list of posts", HINT, &piece.bytes);
        }
        ("", _) => match parse::<Map<String, Value>>(&piece.bytes) {
            Ok(object) if object.contains_key("channel_id") => post(mattermost, piece, sink),
            Ok(object) => a_thing(mattermost, thing(&object), piece, sink),
            Err(error) => sink.reject(piece.line, format!("an element that is no object: {error}"), HINT, &piece.bytes),
        },
        _ => whole.add(piece),
    }
}

/// What the document is as a whole.
pub(super) fn end(mattermost: &mut Mattermost, whole: &Whole, sink: &mut Sink<'_>) {
    if !whole.0.is_empty() {
        a_thing(mattermost, thing(&whole.0), &Piece { line: 1, ..Piece::default() }, sink);
    }
}

fn a_thing(mattermost: &mut Mattermost, thing: Thing, piece: &Piece, sink: &mut Sink<'_>) {
    match thing {
        Thing::Channel(channel) => mattermost.channel(&channel, piece, sink),
        Thing::User(user) => mattermost.user(&user, sink),
        Thing::Error(message) => {
            let message = format!("the server answered with an error: {message}");
            sink.reject(piece.line, message, "ask it again with an account that may read the channel", &piece.bytes);
        }
        Thing::Other => {
            let message = "neither posts nor a channel nor a user";
            sink.reject(piece.line, message, "take the file out of the source's path", &piece.bytes);
        }
    }
}

fn post(mattermost: &mut Mattermost, piece: &Piece, sink: &mut Sink<'_>) {
    let post: Post = match parse(&piece.bytes) {
        Ok(post) => post,
        Err(error) => return sink.reject(piece.line, format!("a post that is none: {error}"), HINT, &piece.bytes),
    };
    let key = post.channel_id.0;
    if let Some((what, name)) = mattermost.refuses(&key, piece, sink) {
        return mattermost.privacy.refuse(&what, &name, piece.line, sink);
    }
    if post.kind.starts_with("system_") || !post.original_id.0.is_empty() {
        return sink.not_ours();
    }
    let named = |one: Reaction| (one.user_id.0, one.emoji_name, one.create_at);
    let reactions = reactions(post.metadata.reactions, named, piece, sink);
    let server = &mattermost.server;
    let subject = format!("mattermost:{server}/{key}");
    let said = Said {
        id: format!("{subject}/{}", post.id.0),
        thread: Some(post.root_id.0).filter(|root| !root.is_empty()).map(|root| format!("{subject}/{root}")),
        subject,
        user: post.user_id.0,
        create_at: post.create_at,
        edit_at: post.edit_at,
        delete_at: post.delete_at,
        message: post.message,
        files: post.file_ids.len(),
        props: post.props,
        reactions,
        url: Some(format!("https://{server}/_redirect/pl/{}", post.id.0)),
    };
    mattermost.said(said, piece, sink);
}
