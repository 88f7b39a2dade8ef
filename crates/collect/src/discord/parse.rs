//! A document to events.

use super::Config;
use super::channel::{Sort, Threads, sort};
use super::document::{Author, Channel, Guild, Kind, Message, Reaction, is_snowflake, message_kind};
use crate::chat::elements::{Elements, Layout, Piece};
use crate::chat::exports::{Parser, Sink};
use crate::chat::facts::{Names, Post};
use crate::chat::json::parse;
use crate::chat::privacy::Privacy;
use crate::chat::text::{Said, measure};
use muster_model::Timestamp;
use muster_model::payload::{ChannelDescribed, MessagePosted};

const HINT: &str = "the other messages are read; export the channel again with the current DiscordChatExporter";
/// The account under which Discord keeps the messages of all who deleted theirs.
const DELETED_USER: &str = "456226577798135808";

/// The documents of a source.
pub(super) struct Discord {
    text: bool,
    privacy: Privacy,
    threads: Threads,
    names: Names,
    now: Document,
}

/// The document that is read.
#[derive(Default)]
struct Document {
    guild: Option<Guild>,
    channel: Option<Channel>,
    place: Option<Place>,
    messages: u64,
}

/// Where the messages of a document are.
#[derive(Clone)]
struct Place {
    guild: String,
    /// The channel or thread.
    channel: String,
    /// The channel, of a thread its parent.
    subject: String,
    /// The event id of the message that began the thread.
    thread: Option<String>,
    /// Why it is not read: what it is.
    refused: Option<&'static str>,
}

impl Discord {
    pub fn new(config: &Config) -> Self {
        Self {
            text: config.text,
            privacy: Privacy::new(&config.private),
            threads: Threads::default(),
            names: Names::default(),
            now: Document::default(),
        }
    }

    /// Guild or channel came: with both, the messages have their place.
    fn arrive(&mut self, sink: &mut Sink<'_>) {
        let (Some(guild), Some(channel)) = (&self.now.guild, &self.now.channel) else { return };
        let sort = sort(guild, channel);
        let allowed = self.privacy.allows(&[&channel.id.0, &channel.name]);
        let is_thread = sort.is_thread();
        let beginning = self.threads.beginning(&channel.id);
        let in_parent = is_thread && is_snowflake(&channel.category_id);
        let container = if in_parent { &channel.category_id.0 } else { &channel.id.0 };
        let place = Place {
            guild: guild.id.0.clone(),
            channel: channel.id.0.clone(),
            subject: format!("discord:{}/{container}", guild.id.0),
            thread: is_thread.then(|| beginning.event(&guild.id.0, &channel.id.0)),
            refused: sort.private().filter(|_| !allowed),
        };
        if place.refused.is_none() {
            let kind = if in_parent && beginning.inside { Sort::Forum } else { sort };
            // What is read of a private thread is described as private: its parent need not be.
            let described = ChannelDescribed {
                name: if in_parent { channel.category.clone() } else { channel.name.clone() },
                kind: if in_parent && sort == Sort::PrivateThread { "public" } else { kind.kind() }.to_owned(),
                parent: Some(guild.name.clone()).filter(|name| guild.id.0 != "0" && !name.is_empty()),
                archived: false,
            };
            self.names.channel(&place.subject, described, None, sink);
        }
        self.now.place = Some(place);
    }

    /// The account of an author, and what it is called.
    fn account(&mut self, author: &Author, sink: &mut Sink<'_>) -> Option<String> {
        if author.id.0 == DELETED_USER || !is_snowflake(&author.id) {
            return None;
        }
        let account = muster_model::account::platform("discord", "", &author.id.0);
        let name = if author.nickname.is_empty() { &author.name } else { &author.nickname };
        self.names.account(&account, name, author.is_bot, sink);
        Some(account)
    }

    fn message(&mut self, piece: &Piece, sink: &mut Sink<'_>) {
        let Some(place) = self.now.place.clone() else {
            let message = "a message before the document says of which guild and channel it is";
            return sink.reject(piece.line, message, HINT, &piece.bytes);
        };
        if let Some(what) = place.refused {
            let what = format!("{what} {}", place.channel);
            return self.privacy.refuse(&what, &place.channel, piece.line, sink);
        }
        let message: Message = match parse(&piece.bytes) {
            Ok(message) => message,
            Err(error) => {
                return sink.reject(piece.line, format!("a message that is none: {error}"), HINT, &piece.bytes);
            }
        };
        if message_kind(&message.kind.0) != Kind::Said {
            return sink.not_ours();
        }
        if !is_snowflake(&message.id) {
            let found = format!("a message whose id is {:?}; it should be a number", message.id.0);
            return sink.reject(piece.line, found, HINT, &piece.bytes);
        }
        match time(&message.timestamp) {
            Ok(time) => self.said(&message, time, &place, piece, sink),
            Err(error) => {
                sink.reject(piece.line, error, "export again with --utc; the other messages are read", &piece.bytes)
            }
        }
    }

    fn said(&mut self, message: &Message, time: Timestamp, place: &Place, piece: &Piece, sink: &mut Sink<'_>) {
        let Place { guild, channel, subject, thread, .. } = place;
        let server = if guild == "0" { "@me" } else { guild };
        let post = Post {
            id: format!("discord:{guild}/{channel}/{}", message.id.0),
            subject: subject.clone(),
            actor: self.account(&message.author, sink),
            time,
            url: Some(format!("https://discord.com/channels/{server}/{channel}/{}", message.id.0)),
        };
        let mut posted = MessagePosted {
            thread: thread.clone().filter(|thread| *thread != post.id),
            reply_to: reply_to(message, place),
            bot: message.author.is_bot,
            files: u32::try_from(message.attachments.len()).unwrap_or(u32::MAX),
            ..MessagePosted::default()
        };
        let links: Vec<String> = match message.author.is_bot {
            true => message.embeds.iter().map(|embed| embed.url.clone()).filter(|url| !url.is_empty()).collect(),
            false => Vec::new(),
        };
        let mentions = u32::try_from(message.mentions.len()).unwrap_or(u32::MAX);
        measure(&Said { text: &message.content, links: &links, mentions, keep: self.text }, &mut posted);
        let text_hash = Some(posted.text_hash.clone());
        sink.fact(post.posted(posted));
        match message.timestamp_edited.as_deref().map(self::time) {
            Some(Ok(edited)) => sink.fact(post.edited(edited, text_hash)),
            Some(Err(error)) => sink.reject(piece.line, format!("an edit: {error}"), HINT, &piece.bytes),
            None => {}
        }
        for reaction in &message.reactions {
            self.reaction(&post, reaction, sink);
        }
    }

    /// One event an account; where the accounts are not listed, one event with their number.
    fn reaction(&mut self, post: &Post, reaction: &Reaction, sink: &mut Sink<'_>) {
        let emoji = &reaction.emoji;
        let sign = (if emoji.id.0.is_empty() { &*emoji.name } else { &*emoji.id.0 }, &*emoji.name);
        if reaction.users.is_empty() {
            return sink.fact(post.reacted_by_many(sign, reaction.count));
        }
        for user in &reaction.users {
            let account = self.account(user, sink);
            sink.fact(post.reacted(sign, (&user.id.0, account), post.time));
        }
    }
}

impl Parser for Discord {
    const KIND: (&'static str, &'static str) = ("discord", "discord/1");

    fn is_ours(&self, name: &str) -> bool {
        name.ends_with(".json") || name.ends_with(".json.gz")
    }

    fn layout(&self, _name: &str, _head: &[u8]) -> Layout {
        Layout::Document { maps: &[], wanted: &["", "guild", "channel", "dateRange", "messages", "messageCount"] }
    }

    fn learn(&mut self, name: &str, elements: &mut Elements) -> bool {
        self.threads.learn(name, elements);
        false
    }

    fn begin(&mut self, _name: &str, _is_lines: bool) {
        self.now = Document::default();
    }

    fn piece(&mut self, piece: &Piece, sink: &mut Sink<'_>) {
        match (piece.key.as_str(), piece.inner) {
            ("guild", false) => match parse::<Guild>(&piece.bytes) {
                Ok(guild) => self.now.guild = Some(guild),
                Err(error) => sink.reject(piece.line, format!("`guild` is not one: {error}"), HINT, &piece.bytes),
            },
            ("channel", false) => match parse::<Channel>(&piece.bytes) {
                Ok(channel) => self.now.channel = Some(channel),
                Err(error) => sink.reject(piece.line, format!("`channel` is not one: {error}"), HINT, &piece.bytes),
            },
            ("messages", true) => {
                self.now.messages += 1;
                return self.message(piece, sink);
            }
            ("messages", false) => {
                let message = "`messages` is no list; DiscordChatExporter writes a list of messages";
                return sink.reject(piece.line, message, HINT, &piece.bytes);
            }
            ("messageCount", _) => return self.compare(piece, sink),
            ("", _) => {
                let message = "this is a list; DiscordChatExporter writes an object with guild, channel and messages";
                return sink.reject(piece.line, message, HINT, &piece.bytes);
            }
            _ => return,
        }
        self.arrive(sink);
    }

    fn end(&mut self, sink: &mut Sink<'_>) {
        if self.now.place.is_none() && self.now.messages == 0 {
            let message = "this is no export of a channel: `guild` and `channel` are not in it";
            sink.notice(None, message, "is it JSON of DiscordChatExporter? if not, take it out of the source's path");
        }
    }
}

impl Discord {
    /// The document's own count against what was there.
    fn compare(&self, piece: &Piece, sink: &mut Sink<'_>) {
        let there = self.now.messages;
        if let Ok(count) = parse::<u64>(&piece.bytes)
            && count != there
        {
            let message = format!("the file says it has {count} messages; there are {there}");
            sink.notice(piece.line, message, "is it cut short or edited? what is there is read");
        }
    }
}

/// The event id of the message that is answered. One can answer in the same channel only: what refers to another one was
/// forwarded, or came from a channel that is followed.
fn reply_to(message: &Message, place: &Place) -> Option<String> {
    let reference = message.reference.as_ref()?;
    let is_forwarded = matches!(reference.kind.0.as_str(), "Forward" | "1");
    let is_here = reference.channel_id.0.is_empty() || reference.channel_id.0 == place.channel;
    (is_here && !is_forwarded && is_snowflake(&reference.message_id))
        .then(|| format!("discord:{}/{}/{}", place.guild, place.channel, reference.message_id.0))
}

/// An instant with its offset, to seven decimals.
fn time(text: &str) -> Result<Timestamp, String> {
    let found = || format!("{text:?} is no time with an offset (2025-06-17T09:30:00.000+00:00)");
    text.trim().parse().map_err(|_| found())
}
