//! What a channel is, and where a thread began.

use super::document::{Channel, DateRange, Guild, Head, Kind, is_snowflake, message_kind};
use crate::chat::elements::{Elements, Next};
use crate::chat::json::{Id, parse};
use std::collections::HashMap;

/// How a channel is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Public,
    Thread,
    Forum,
    PrivateThread,
    Direct,
    Group,
    /// A kind that this program does not know: it may be private.
    Unknown,
}

/// The channel's sort by its type's name, of old and new versions, or Discord's number.
pub(super) fn sort(guild: &Guild, channel: &Channel) -> Sort {
    match channel.kind.0.as_str() {
        "GuildTextChat" | "TextChat" | "0" | "GuildNews" | "News" | "5" | "GuildVoiceChat" | "VoiceChat" | "2"
        | "GuildStageVoice" | "13" | "GuildDirectory" | "14" | "GuildCategory" | "4" | "GuildStore" | "6" => {
            Sort::Public
        }
        "GuildForum" | "15" | "GuildMedia" | "16" => Sort::Forum,
        "GuildPublicThread" | "11" | "GuildNewsThread" | "10" => Sort::Thread,
        "GuildPrivateThread" | "12" => Sort::PrivateThread,
        "DirectTextChat" | "1" => Sort::Direct,
        "DirectGroupTextChat" | "3" => Sort::Group,
        "" if guild.id.0 != "0" => Sort::Public,
        _ => Sort::Unknown,
    }
}

impl Sort {
    /// What to call it in a message where it is private.
    pub fn private(self) -> Option<&'static str> {
        match self {
            Self::Public | Self::Thread | Self::Forum => None,
            Self::PrivateThread => Some("the private thread"),
            Self::Direct => Some("the direct messages"),
            Self::Group => Some("the group chat"),
            Self::Unknown => Some("a channel of a kind that may be private,"),
        }
    }

    pub fn is_thread(self) -> bool {
        matches!(self, Self::Thread | Self::PrivateThread)
    }

    /// As `channel.described` has it.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Public | Self::Thread => "public",
            Self::Forum => "forum",
            Self::PrivateThread | Self::Unknown => "private",
            Self::Direct => "direct",
            Self::Group => "group",
        }
    }
}

/// What the documents of a thread say about its beginning.
#[derive(Debug, Clone, Default)]
pub(super) struct Beginning {
    /// The message that the pointer names.
    pointed: Option<String>,
    /// The thread's own id is that of a message in it: a forum post.
    pub inside: bool,
    /// The least id of a message in it.
    first: Option<u64>,
    /// A document has the thread from its beginning on.
    whole: bool,
}

impl Beginning {
    /// The event id of the message that began the thread.
    pub fn event(&self, guild: &str, thread: &str) -> String {
        match (&self.pointed, self.inside, self.first) {
            (Some(pointed), ..) => pointed.clone(),
            (None, false, Some(first)) if self.whole => format!("discord:{guild}/{thread}/{first}"),
            _ => format!("discord:{guild}/{thread}/{thread}"),
        }
    }
}

/// The beginnings of all threads, by their ids.
#[derive(Debug, Clone, Default)]
pub(super) struct Threads(HashMap<Id, Beginning>);

impl Threads {
    /// The thread's beginning, as far as it is known.
    pub fn beginning(&self, thread: &Id) -> Beginning {
        self.0.get(thread).cloned().unwrap_or_default()
    }

    /// Looks at a document; at no more than its head, unless it is of a thread.
    pub fn learn(&mut self, name: &str, elements: &mut Elements) {
        let (mut guild, mut thread) = (None, None);
        let mut is_cut = name.contains("[part ");
        while let Next::Piece(piece) = elements.next() {
            match (piece.key.as_str(), piece.inner) {
                ("guild", false) => guild = parse::<Guild>(&piece.bytes).ok(),
                ("channel", false) => thread = parse::<Channel>(&piece.bytes).ok(),
                ("dateRange", false) => {
                    is_cut |= parse::<DateRange>(&piece.bytes).is_ok_and(|range| range.after.is_some());
                }
                ("messages", true) => {
                    let (Some(guild), Some(thread)) = (&guild, &thread) else { return };
                    if !sort(guild, thread).is_thread() {
                        return;
                    }
                    let Ok(head) = parse::<Head>(&piece.bytes) else { continue };
                    let beginning = self.0.entry(thread.id.clone()).or_default();
                    beginning.whole |= !is_cut;
                    beginning.see(guild, thread, &head);
                }
                _ => {}
            }
        }
    }
}

impl Beginning {
    fn see(&mut self, guild: &Guild, thread: &Channel, head: &Head) {
        match (message_kind(&head.kind.0), &head.reference) {
            (Kind::Pointer, Some(reference)) if is_snowflake(&reference.message_id) => {
                let channel =
                    if is_snowflake(&reference.channel_id) { &reference.channel_id } else { &thread.category_id };
                self.pointed = Some(format!("discord:{}/{}/{}", guild.id.0, channel.0, reference.message_id.0));
            }
            (Kind::Said, _) => {
                self.inside |= head.id == thread.id;
                if let Ok(id) = head.id.0.parse() {
                    self.first = Some(self.first.map_or(id, |first| first.min(id)));
                }
            }
            _ => {}
        }
    }
}
