//! A document to events.

use super::Config;
use super::answer::Message;
use super::content::{html, markdown};
use super::known::{Known, Reaction, Stream, User};
use super::row::{Row, people};
use crate::chat::elements::{Elements, Layout, Piece};
use crate::chat::exports::{Parser, Sink};
use crate::chat::facts::{Names, Post};
use crate::chat::json::{Id, parse};
use crate::chat::privacy::Privacy;
use crate::chat::text::{self, hash, measure};
use muster_model::payload::{ChannelDescribed, MessagePosted};
use muster_model::{Timestamp, account};
use std::collections::{BTreeSet, HashSet};

const HINT: &str = "the others are read; export again";
/// The mark that Zulip sets before the name of a topic that is resolved.
const RESOLVED: &str = "✔ ";
/// What is read of a document; the other tables are passed over.
const WANTED: &[&str] = &[
    "",
    "messages",
    "zerver_message",
    "zerver_stream",
    "streams",
    "subscriptions",
    "zerver_userprofile",
    "members",
    "zerver_userprofile_mirrordummy",
    "zerver_userprofile_crossrealm",
    "zerver_recipient",
    "zerver_subscription",
    "zerver_reaction",
    "result",
    "msg",
];

/// The documents of a source.
pub(crate) struct Zulip {
    server: String,
    text: bool,
    privacy: Privacy,
    known: Known,
    names: Names,
    undescribed: HashSet<Id>,
    failed: bool,
    tables: u64,
}

/// A message of either form.
pub(super) struct Said {
    pub id: String,
    pub sender: String,
    pub is_bot: bool,
    /// Zulip itself says it.
    pub is_system: bool,
    pub place: Place,
    pub topic: String,
    pub content: String,
    pub is_html: bool,
    /// Seconds since 1970.
    pub time: f64,
    /// Of the text, latest first.
    pub edits: Vec<Edit>,
    pub reactions: Vec<Reaction>,
}

/// Where a message is.
pub(super) enum Place {
    Stream {
        id: Id,
        name: Option<String>,
    },
    /// Between these people.
    Direct(BTreeSet<u64>),
}

/// An edit of the text.
pub(super) struct Edit {
    pub at: f64,
    /// The text before it.
    pub before: Option<String>,
}

impl Zulip {
    pub fn new(config: &Config) -> Self {
        Self {
            server: config.server.clone(),
            text: config.text,
            privacy: Privacy::new(&config.private),
            known: Known::default(),
            names: Names::default(),
            undescribed: HashSet::new(),
            failed: false,
            tables: 0,
        }
    }

    fn account(&self, user: &str) -> String {
        account::platform("zulip", &self.server, user)
    }

    fn stream(&mut self, stream: &Stream, sink: &mut Sink<'_>) {
        if stream.invite_only && !self.privacy.allows(&[&stream.id.0, &stream.name]) {
            return sink.filtered();
        }
        let described = ChannelDescribed {
            name: stream.name.clone(),
            kind: if stream.invite_only { "private" } else { "public" }.to_owned(),
            parent: None,
            archived: stream.deactivated || stream.is_archived,
        };
        let made = Some(stream.date_created).filter(|at| *at > 0.0).and_then(seconds);
        self.names.channel(&format!("zulip:{}/{}", self.server, stream.id.0), described, made, sink);
    }

    fn user(&mut self, user: &User, sink: &mut Sink<'_>) {
        let account = self.account(&user.id.0);
        let is_bot = self.known.bots.contains(&user.id);
        self.names.account(&account, &user.full_name, is_bot, sink);
        if let Some(address) = user.address().filter(|_| !is_bot) {
            self.names.address(&account, &user.full_name, address, sink);
        }
    }

    fn row(&mut self, piece: &Piece, sink: &mut Sink<'_>) {
        match parse::<Row>(&piece.bytes).and_then(|row| row.said(&self.known)) {
            Ok(said) => self.said(said, piece, sink),
            Err(error) => sink.reject(piece.line, format!("not a message: {error}"), HINT, &piece.bytes),
        }
    }

    fn message(&mut self, piece: &Piece, sink: &mut Sink<'_>) {
        let message: Message = match parse(&piece.bytes) {
            Ok(message) => message,
            Err(error) => return sink.reject(piece.line, format!("not a message: {error}"), HINT, &piece.bytes),
        };
        let account = self.account(&message.sender_id.0);
        let (name, is_bot) = (message.sender_full_name.clone(), message.is_bot());
        let address = message.address().map(str::to_owned);
        match message.said() {
            Ok(said) => {
                let is_ours = !said.is_system && self.refuses(&said.place).is_none();
                if let Place::Stream { id, name: Some(name) } = &said.place
                    && is_ours
                    && !self.known.streams.contains_key(id)
                {
                    let stream = Stream { id: id.clone(), name: name.clone(), ..Stream::default() };
                    self.stream(&stream, sink);
                }
                self.said(said, piece, sink);
                if is_ours {
                    self.names.account(&account, &name, is_bot, sink);
                    self.names.address(&account, &name, address.as_deref().unwrap_or_default(), sink);
                }
            }
            Err(error) => sink.reject(piece.line, format!("not a message: {error}"), HINT, &piece.bytes),
        }
    }

    /// Why a place is not read, and how to name it.
    fn refuses(&self, place: &Place) -> Option<(String, String)> {
        match place {
            Place::Stream { id, .. } => {
                let stream = self.known.streams.get(id).filter(|stream| stream.invite_only)?;
                let is_allowed = self.privacy.allows(&[&id.0, &stream.name]);
                (!is_allowed).then(|| (format!("the private stream {}", id.0), id.0.clone()))
            }
            Place::Direct(ids) => {
                let what = if ids.len() > 2 { "group messages" } else { "direct messages" };
                let name = people(ids);
                (!self.privacy.allows(&[&name])).then(|| (what.to_owned(), name))
            }
        }
    }

    fn said(&mut self, said: Said, piece: &Piece, sink: &mut Sink<'_>) {
        if let Some((what, name)) = self.refuses(&said.place) {
            return self.privacy.refuse(&what, &name, piece.line, sink);
        }
        if said.is_system {
            return sink.not_ours();
        }
        let Some(time) = seconds(said.time) else {
            let message = format!("a message of the time {}; expected seconds since 1970", said.time);
            return sink.reject(piece.line, message, HINT, &piece.bytes);
        };
        let (channel, narrow) = match &said.place {
            Place::Stream { id, .. } => {
                self.doubt(id, piece, sink);
                (id.0.clone(), format!("stream/{}", id.0))
            }
            Place::Direct(ids) => (format!("direct/{}", people(ids)), format!("dm/{}", people(ids))),
        };
        let subject = format!("zulip:{}/{channel}", self.server);
        let post = Post {
            id: format!("{subject}/{}", said.id),
            subject,
            actor: Some(self.account(&said.sender)),
            time,
            url: Some(format!("https://{}/#narrow/{narrow}/near/{}", self.server, said.id)),
        };
        let first = said.edits.iter().rev().find_map(|edit| edit.before.as_deref()).unwrap_or(&said.content);
        let content = if said.is_html { html(first) } else { markdown(first) };
        let topic = topic(&channel, &said);
        let mut posted = MessagePosted {
            continues: topic.is_some(),
            topic,
            bot: said.is_bot,
            files: content.files,
            ..MessagePosted::default()
        };
        let measured =
            text::Said { text: &content.text, links: &content.links, mentions: content.mentions, keep: self.text };
        measure(&measured, &mut posted);
        sink.fact(post.posted(posted));
        // The text after an edit is the one before the next, and after the last, latest first, the one that is shown.
        let mut after = Some(said.content.as_str());
        for edit in &said.edits {
            let text = after.map(|text| hash(&if said.is_html { html(text) } else { markdown(text) }.text));
            match seconds(edit.at) {
                Some(at) => sink.fact(post.edited(at, text)),
                None => sink.reject(piece.line, format!("an edit of the time {}", edit.at), HINT, &piece.bytes),
            }
            after = edit.before.as_deref();
        }
        for reaction in &said.reactions {
            let key = if reaction.code.is_empty() { &reaction.name } else { &reaction.code };
            let who = (&*reaction.user, Some(self.account(&reaction.user)));
            sink.fact(post.reacted((key, &reaction.name), who, time));
        }
    }

    /// Says once of a stream that nobody says whether it is private.
    fn doubt(&mut self, id: &Id, piece: &Piece, sink: &mut Sink<'_>) {
        if !self.known.streams.contains_key(id) && self.undescribed.insert(id.clone()) {
            let message = format!("no file says whether the stream {} is private; it is read", id.0);
            sink.notice(piece.line, message, "put the server's answer for its streams beside the messages");
        }
    }
}

/// The key of a topic; direct messages have none.
fn topic(channel: &str, said: &Said) -> Option<String> {
    let name = said.topic.trim_start_matches(RESOLVED).trim().to_lowercase();
    matches!(said.place, Place::Stream { .. }).then(|| hash(&format!("{channel}\n{name}")))
}

/// Seconds since 1970, with a fraction, to the microsecond.
fn seconds(at: f64) -> Option<Timestamp> {
    let microseconds = (at * 1e6).round();
    // What a float holds to the microsecond; a time beyond it is none.
    #[allow(clippy::cast_possible_truncation, reason = "it is in the range of an i64")]
    let whole = (microseconds.is_finite() && microseconds.abs() < 9e15).then_some(microseconds as i64)?;
    Timestamp::from_microsecond(whole).ok()
}

impl Parser for Zulip {
    const KIND: (&'static str, &'static str) = ("zulip", "zulip/1");

    fn is_ours(&self, name: &str) -> bool {
        // What people uploaded may be JSON too.
        let is_uploaded =
            ["uploads/", "avatars/", "emoji/", "realm_icons/"].iter().any(|folder| name.starts_with(folder));
        let file = name.rsplit('/').next().unwrap_or_default();
        let is_other = matches!(file, "attachment.json" | "analytics.json" | "migration_status.json" | "stats.json");
        name.ends_with(".json") && !is_uploaded && !is_other
    }

    fn layout(&self, _name: &str, _head: &[u8]) -> Layout {
        Layout::Document { maps: &[], wanted: WANTED }
    }

    fn learn(&mut self, _name: &str, elements: &mut Elements) -> bool {
        self.known.learn(elements)
    }

    fn begin(&mut self, _name: &str, _is_lines: bool) {
        (self.failed, self.tables) = (false, 0);
    }

    fn piece(&mut self, piece: &Piece, sink: &mut Sink<'_>) {
        self.tables += 1;
        let table = piece.key.as_str();
        match (table, piece.inner) {
            ("zerver_message", true) => self.row(piece, sink),
            ("messages" | "", true) => self.message(piece, sink),
            ("zerver_stream" | "streams" | "subscriptions", true) => match parse(&piece.bytes) {
                Ok(stream) => self.stream(&stream, sink),
                Err(error) => sink.reject(piece.line, format!("not a stream: {error}"), HINT, &piece.bytes),
            },
            (
                "zerver_userprofile" | "zerver_userprofile_mirrordummy" | "zerver_userprofile_crossrealm" | "members",
                true,
            ) => match parse(&piece.bytes) {
                Ok(user) => self.user(&user, sink),
                Err(error) => sink.reject(piece.line, format!("not a user: {error}"), HINT, &piece.bytes),
            },
            // Learned before, and told with the messages; here they are looked at for what is wrong.
            ("zerver_recipient" | "zerver_subscription" | "zerver_reaction", true) => {
                if let Err(error) = self.known.learn_row(piece) {
                    sink.reject(piece.line, format!("not a row of {table}: {error}"), HINT, &piece.bytes);
                }
            }
            ("result", false) => self.failed = parse::<String>(&piece.bytes).is_ok_and(|result| result == "error"),
            ("msg", false) if self.failed => {
                let message = format!("the server answered with an error: {}", String::from_utf8_lossy(&piece.bytes));
                sink.reject(piece.line, message, "ask it again", &piece.bytes);
            }
            ("msg", _) => {}
            _ => {
                let message = format!("`{table}` is no list");
                sink.reject(piece.line, message, "is this an export or answer of Zulip?", &piece.bytes);
            }
        }
    }

    fn end(&mut self, sink: &mut Sink<'_>) {
        if self.tables == 0 {
            let message = "neither a table of an export nor an answer of Zulip is in this file";
            sink.notice(None, message, "take it out of the source's path");
        }
    }
}
