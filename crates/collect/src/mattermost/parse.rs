//! Which form a document has, and what both have in common: a channel, a user, a post to events.

use super::known::{Channel, Known, User};
use super::{Config, answer, bulk};
use crate::chat::elements::{Elements, Layout, Piece};
use crate::chat::exports::{Parser, Sink};
use crate::chat::facts::{Names, Post};
use crate::chat::privacy::Privacy;
use crate::chat::text::{self, hash, measure};
use muster_model::payload::{ChannelDescribed, MessagePosted};
use muster_model::{Timestamp, account};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// The documents of a source.
pub(crate) struct Mattermost {
    pub server: String,
    pub privacy: Privacy,
    text: bool,
    known: Known,
    names: Names,
    /// The channels of which nobody says what they are, as far as they were told.
    undescribed: HashSet<String>,
    /// Of the export that is read: hash of an id to hash of its text.
    taken: HashMap<u64, String>,
    is_bulk: bool,
    whole: answer::Whole,
}

/// Milliseconds of 1973, seconds of the year 5138: a time below it is in seconds.
const LEAST: i64 = 100_000_000_000;

fn time_of(milliseconds: i64) -> Option<Timestamp> {
    Some(milliseconds).filter(|at| *at >= LEAST).and_then(|at| Timestamp::from_millisecond(at).ok())
}

/// The reactions that can be read: who, with what, when. Another costs itself only.
pub(super) fn reactions<T: DeserializeOwned>(
    written: Vec<Value>,
    named: impl Fn(T) -> (String, String, i64),
    piece: &Piece,
    sink: &mut Sink<'_>,
) -> Vec<(String, String, i64)> {
    let mut read = Vec::with_capacity(written.len());
    for reaction in written {
        match serde_json::from_value(reaction) {
            Ok(reaction) => read.push(named(reaction)),
            Err(error) => {
                let message = format!("a reaction that is none: {error}");
                sink.reject(piece.line, message, "its post is read; export again", &piece.bytes);
            }
        }
    }
    read
}

/// A post in either form.
pub(super) struct Said {
    pub id: String,
    pub subject: String,
    pub user: String,
    pub create_at: i64,
    pub edit_at: i64,
    pub delete_at: i64,
    pub message: String,
    pub thread: Option<String>,
    pub files: usize,
    pub props: Value,
    /// Who, with what, when.
    pub reactions: Vec<(String, String, i64)>,
    pub url: Option<String>,
}

impl Mattermost {
    pub fn new(config: &Config) -> Self {
        Self {
            server: config.server.clone(),
            privacy: Privacy::new(&config.private),
            text: config.text,
            known: Known::default(),
            names: Names::default(),
            undescribed: HashSet::new(),
            taken: HashMap::new(),
            is_bulk: false,
            whole: answer::Whole::default(),
        }
    }

    /// Why a channel is not read, and how to name it.
    pub fn refuses(&mut self, key: &str, piece: &Piece, sink: &mut Sink<'_>) -> Option<(String, String)> {
        let Some(channel) = self.known.channels.get(key) else {
            if self.undescribed.insert(key.to_owned()) {
                let message = format!("no file says whether the channel {key} is private; it is read");
                sink.notice(piece.line, message, "put the server's answer for the channel beside the posts");
            }
            return None;
        };
        let sort = channel.sort();
        let is_allowed = sort == "public" || self.privacy.allows(&[key, &channel.name, &channel.display_name]);
        (!is_allowed).then(|| (format!("the {sort} channel {key}"), key.to_owned()))
    }

    /// The same for direct messages, which are named by their members.
    pub fn refuses_direct(&self, sort: &str, members: &str) -> Option<(String, String)> {
        (!self.privacy.allows(&[members])).then(|| (sort.to_owned(), members.to_owned()))
    }

    pub(super) fn channel(&mut self, channel: &Channel, piece: &Piece, sink: &mut Sink<'_>) {
        let key = channel.key();
        if key.len() < 2 {
            return sink.reject(piece.line, "a channel without id and name", "export again", &piece.bytes);
        }
        if channel.sort() != "public" && !self.privacy.allows(&[&key, &channel.name, &channel.display_name]) {
            return sink.filtered();
        }
        let described = ChannelDescribed {
            name: channel.title().to_owned(),
            kind: channel.sort().to_owned(),
            parent: self.known.teams.get(&channel.team).filter(|title| !title.is_empty()).cloned(),
            archived: channel.delete_at > 0 || channel.deleted_at > 0,
        };
        let made = time_of(channel.create_at);
        self.names.channel(&format!("mattermost:{}/{key}", self.server), described, made, sink);
    }

    pub(super) fn user(&mut self, user: &User, sink: &mut Sink<'_>) {
        if user.key().is_empty() {
            return sink.reject(None, "a user without id and name", "export again", b"");
        }
        let (account, title) = (self.account(user.key()), user.title());
        self.names.account(&account, &title, user.is_bot, sink);
        self.names.address(&account, &title, &user.email, sink);
    }

    fn account(&self, user: &str) -> String {
        account::platform("mattermost", &self.server, user)
    }

    /// The id; where another text has it, with this text's hash behind it.
    pub fn id_of_its_own(&mut self, id: String, message: &str) -> String {
        let text = hash(message);
        let first = self.taken.entry(xxhash_rust::xxh3::xxh3_64(id.as_bytes())).or_insert_with(|| text.clone());
        if *first == text { id } else { format!("{id}/{text}") }
    }

    /// A post to events. Whether it was one.
    pub(super) fn said(&mut self, said: Said, piece: &Piece, sink: &mut Sink<'_>) -> bool {
        let Some(time) = time_of(said.create_at) else {
            let message = format!("a post of the time {}; expected milliseconds since 1970", said.create_at);
            let hint = "the other posts are read; multiply by 1000 what is in seconds";
            sink.reject(piece.line, message, hint, &piece.bytes);
            return false;
        };
        let flag = |key: &str| {
            matches!(said.props.get(key), Some(Value::Bool(true))) || said.props.get(key) == Some(&"true".into())
        };
        let actor = Some(self.account(&said.user)).filter(|_| !said.user.is_empty());
        let post = Post { id: said.id, subject: said.subject, actor, time, url: said.url };
        let deleted = time_of(said.delete_at);
        if let Some(at) = deleted
            && said.message.is_empty()
        {
            sink.fact(post.deleted(at, true));
            return true;
        }
        let mut posted = MessagePosted {
            thread: said.thread,
            bot: self.known.bots.contains(&said.user) || flag("from_webhook") || flag("from_bot"),
            files: u32::try_from(said.files).unwrap_or(u32::MAX),
            ..MessagePosted::default()
        };
        let mentions = mentions(&said.message);
        measure(&text::Said { text: &said.message, links: &[], mentions, keep: self.text }, &mut posted);
        let text_hash = Some(posted.text_hash.clone());
        sink.fact(post.posted(posted));
        if let Some(at) = time_of(said.edit_at) {
            sink.fact(post.edited(at, text_hash));
        }
        if let Some(at) = deleted {
            sink.fact(post.deleted(at, false));
        }
        for (user, emoji, at) in &said.reactions {
            let actor = Some(self.account(user)).filter(|_| !user.is_empty());
            sink.fact(post.reacted((emoji, emoji), (user, actor), time_of(*at).unwrap_or(time)));
        }
        true
    }
}

/// `@name`, at the beginning of a word, but not those that call all.
fn mentions(text: &str) -> u32 {
    let is_name = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let words = text.split(|c: char| !is_name(c) && c != '@');
    let count = words
        .filter_map(|word| word.strip_prefix('@'))
        .map(|name| name.trim_end_matches(['.', '-', '_']))
        .filter(|name| !name.is_empty() && !name.contains('@') && !matches!(*name, "all" | "here" | "channel"))
        .count();
    u32::try_from(count).unwrap_or(u32::MAX)
}

impl Parser for Mattermost {
    const KIND: (&'static str, &'static str) = ("mattermost", "mattermost/1");

    fn is_ours(&self, name: &str) -> bool {
        // What people attached lies in `data/` beside the export.
        let is_attached = name.starts_with("data/") || name.contains("/data/");
        !is_attached && [".json", ".jsonl", ".json.gz", ".jsonl.gz"].iter().any(|ending| name.ends_with(ending))
    }

    fn layout(&self, name: &str, head: &[u8]) -> Layout {
        let first_key = head.strip_prefix(b"{").unwrap_or_default().trim_ascii_start();
        if name.contains(".jsonl") || first_key.starts_with(b"\"type\"") {
            Layout::Lines
        } else {
            Layout::Document { maps: &["posts"], wanted: answer::WANTED }
        }
    }

    fn learn(&mut self, _name: &str, elements: &mut Elements) -> bool {
        if elements.is_lines() {
            bulk::learn(elements, &mut self.known);
            return false;
        }
        answer::learn(elements, &mut self.known)
    }

    fn begin(&mut self, _name: &str, is_lines: bool) {
        self.is_bulk = is_lines;
        self.taken = HashMap::new();
        self.whole = answer::Whole::default();
    }

    fn piece(&mut self, piece: &Piece, sink: &mut Sink<'_>) {
        if self.is_bulk {
            return bulk::line(self, piece, sink);
        }
        let mut whole = std::mem::take(&mut self.whole);
        answer::piece(self, &mut whole, piece, sink);
        self.whole = whole;
    }

    fn end(&mut self, sink: &mut Sink<'_>) {
        let whole = std::mem::take(&mut self.whole);
        answer::end(self, &whole, sink);
    }
}
