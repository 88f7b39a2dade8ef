//! Chat and mail.

use super::{is_false, is_zero};
use serde::{Deserialize, Serialize};

/// `message.posted`; the id is `<channel>/<the platform's id>`, the subject the channel (`slack:T01/C02`,
/// `discord:<guild>/<channel>`, `mail:<list>`), the actor who posted. Joins, leaves and other lines that the platform itself
/// writes are no messages. The text itself is kept only where the pipeline says so.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessagePosted {
    /// The event id of the message that begins the thread, where this one is a reply in it; of a mail, the earliest that
    /// its header names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
    /// The event id of the very message that it answers, where the platform says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// A key for what it is about: of a mail the hash of its subject without `Re:` and list tags, of Zulip that of the topic.
    /// Unique in the channel only. It is there where no other message is named: in what begins a thread, and in what
    /// `continues` one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// The message goes on with its topic without naming another message: a subject that begins with `Re:` and a header
    /// that names no mail; anything in a Zulip topic.
    #[serde(default, skip_serializing_if = "is_false")]
    pub continues: bool,
    /// The name of the sender as this message shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether a program posted it: a bot, an integration, a webhook.
    #[serde(default, skip_serializing_if = "is_false")]
    pub bot: bool,
    /// Length of the text in characters (Unicode scalar values); of a mail, without quoted lines.
    pub length: u32,
    /// How many links are in the text.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub links: u32,
    /// How many mentions of accounts.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub mentions: u32,
    /// How many files are attached.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub files: u32,
    /// Whether a question mark (of any script) is in the text, links apart.
    #[serde(default, skip_serializing_if = "is_false")]
    pub question: bool,
    /// A reply in a thread that was shown in the channel too.
    #[serde(default, skip_serializing_if = "is_false")]
    pub broadcast: bool,
    /// XXH3-64 of the text, hexadecimal.
    pub text_hash: String,
    /// Issues, pull requests and messages that the text links to, as accounts of things: `github:acme/lantern#12`,
    /// `slack:<channel>/<ts>`; each once, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
    /// The text, where the pipeline says that it is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// `message.edited`; the subject is the message's event id, the time that of the edit. What was posted stays as it was
/// first seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageEdited {
    /// XXH3-64 of the text as it is since, hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_hash: Option<String>,
}

/// `message.deleted`; the subject is the message's event id; the time is the message's where the deletion's is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageDeleted {
    /// Only its place is left: the message itself was never seen.
    #[serde(default, skip_serializing_if = "is_false")]
    pub tombstone: bool,
}

/// `message.reacted`; the subject is the message's event id; the time is the message's where the reaction's is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageReacted {
    /// The reaction's name or sign.
    pub reaction: String,
    /// How many reacted so, where the platform does not say who (the event then has no actor).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
}

/// `channel.joined`; the subject is the channel, the actor who came.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelJoined {}

/// `channel.described`; the subject is the channel. The id ends in a hash of the payload; the time is when the channel was made,
/// 1970-01-01 where that is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelDescribed {
    /// The name as people see it, without `#`.
    pub name: String,
    /// `public`, `private`, `group`, `direct`, `list` or `forum`.
    pub kind: String,
    /// The channel or server that it is part of: its name as people see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// No longer in use.
    #[serde(default, skip_serializing_if = "is_false")]
    pub archived: bool,
}

/// `account.described`; the subject is the account, the actor null. The id ends in a hash of the payload; the time is when the
/// profile was last changed, 1970-01-01 where that is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountDescribed {
    /// The name as people see it: the real name where there is one.
    pub name: String,
    /// Whether the platform says that it is a program.
    #[serde(default, skip_serializing_if = "is_false")]
    pub bot: bool,
}
