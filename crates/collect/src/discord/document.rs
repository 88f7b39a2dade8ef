//! What stands in a document, as DiscordChatExporter writes it. Versions differ in what they leave out, so most has a default.

use crate::chat::json::{Id, nullable};
use serde::Deserialize;
use serde::de::IgnoredAny;

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Guild {
    pub id: Id,
    #[serde(default, deserialize_with = "nullable")]
    pub name: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Channel {
    pub id: Id,
    #[serde(rename = "type", default, deserialize_with = "nullable")]
    pub kind: Id,
    /// Of a thread, the channel it is in.
    #[serde(default, deserialize_with = "nullable")]
    pub category_id: Id,
    #[serde(default, deserialize_with = "nullable")]
    pub category: String,
    #[serde(default, deserialize_with = "nullable")]
    pub name: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct DateRange {
    pub after: Option<IgnoredAny>,
}

/// As much of a message as tells where a thread began.
#[derive(Debug, Deserialize)]
pub(super) struct Head {
    pub id: Id,
    #[serde(rename = "type", default, deserialize_with = "nullable")]
    pub kind: Id,
    pub reference: Option<Reference>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Message {
    pub id: Id,
    #[serde(rename = "type", default, deserialize_with = "nullable")]
    pub kind: Id,
    pub timestamp: String,
    pub timestamp_edited: Option<String>,
    #[serde(default, deserialize_with = "nullable")]
    pub content: String,
    pub author: Author,
    #[serde(default, deserialize_with = "nullable")]
    pub attachments: Vec<IgnoredAny>,
    #[serde(default, deserialize_with = "nullable")]
    pub embeds: Vec<Embed>,
    #[serde(default, deserialize_with = "nullable")]
    pub reactions: Vec<Reaction>,
    #[serde(default, deserialize_with = "nullable")]
    pub mentions: Vec<IgnoredAny>,
    pub reference: Option<Reference>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Author {
    pub id: Id,
    #[serde(default, deserialize_with = "nullable")]
    pub name: String,
    #[serde(default, deserialize_with = "nullable")]
    pub nickname: String,
    #[serde(default, deserialize_with = "nullable")]
    pub is_bot: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct Embed {
    #[serde(default, deserialize_with = "nullable")]
    pub url: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Reaction {
    pub emoji: Emoji,
    #[serde(default, deserialize_with = "nullable")]
    pub count: u32,
    /// Who; versions before 2023 do not say.
    #[serde(default, deserialize_with = "nullable")]
    pub users: Vec<Author>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Emoji {
    #[serde(default, deserialize_with = "nullable")]
    pub id: Id,
    #[serde(default, deserialize_with = "nullable")]
    pub name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Reference {
    #[serde(rename = "type", default, deserialize_with = "nullable")]
    pub kind: Id,
    #[serde(default, deserialize_with = "nullable")]
    pub message_id: Id,
    #[serde(default, deserialize_with = "nullable")]
    pub channel_id: Id,
}

/// What a message's kind means for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Somebody said something, or a program did.
    Said,
    /// The first entry of a thread, which points to the message that began it.
    Pointer,
    /// A line of Discord's own.
    System,
}

/// The kind by its name, or by Discord's number, which DCE writes where its version does not know the name.
pub(super) fn message_kind(name: &str) -> Kind {
    match name {
        "" | "Default" | "0" | "Reply" | "19" => Kind::Said,
        "ChatInputCommand" | "ApplicationCommand" | "20" | "ContextMenuCommand" | "23" => Kind::Said,
        "ThreadStarterMessage" | "21" => Kind::Pointer,
        _ => Kind::System,
    }
}

/// Whether an id is a number as Discord gives them.
pub(super) fn is_snowflake(id: &Id) -> bool {
    !id.0.is_empty() && id.0.len() <= 20 && id.0.bytes().all(|byte| byte.is_ascii_digit())
}
