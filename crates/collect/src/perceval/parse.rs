//! An item to events: which backend's it is.

use super::found::Found;
use super::item::Item;
use super::node::Node;
use super::origin::Origin;
use super::slack::Slack;
use super::{Config, discourse, gerrit, git, github, gitlab, gitter, mail, meetup, rocketchat, telegram};
use crate::chat::elements::{Elements, Layout, Next, Piece};
use crate::chat::exports::{Parser, Sink};
use crate::chat::facts::Names;
use crate::mattermost::{self, parse::Mattermost};
use crate::zulip::{self, parse::Zulip};
use muster_model::{Batch, Timestamp};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io::Cursor;

const HINT: &str = "the other items are read; fetch this one again";
/// Of how many kinds of items it is said that they are not ours.
const MOST_SAID: usize = 50;
const ENDINGS: [&str; 4] = [".json", ".jsonl", ".ndjson", ".jl"];

/// The items of a source.
pub(super) struct Perceval {
    name: String,
    text: bool,
    names: Names,
    slack: Slack,
    /// By server.
    zulips: HashMap<String, Zulip>,
    mattermosts: HashMap<String, Mattermost>,
    /// Hashes of the channels and users that Mattermost's readers have seen.
    seen: HashSet<u64>,
    /// The kinds of items of which it was said that they are not ours.
    passed_over: BTreeSet<String>,
    /// What is read with a doubt in this file, by what to do about it: the first line, what it says, how many more.
    doubts: BTreeMap<&'static str, (u32, String, u64)>,
}

#[derive(Debug, Deserialize)]
struct Post<'a> {
    #[serde(borrow)]
    channel_data: Option<&'a RawValue>,
    #[serde(borrow)]
    user_data: Option<&'a RawValue>,
}

impl Perceval {
    pub fn new(config: &Config) -> Self {
        Self {
            name: config.name.clone(),
            text: config.text,
            names: Names::default(),
            slack: Slack::default(),
            zulips: HashMap::new(),
            mattermosts: HashMap::new(),
            seen: HashSet::new(),
            passed_over: BTreeSet::new(),
            doubts: BTreeMap::new(),
        }
    }

    /// What an item tells; `None` where its reader has told it already.
    fn found(&mut self, item: &Item<'_>, piece: &Piece, sink: &mut Sink<'_>) -> Result<Option<Found>, String> {
        let origin = Origin::of(&item.origin);
        let backend = item.backend_name.to_lowercase();
        if !is_ours(&backend, &item.category) {
            return Ok(Some(self.pass_over(item, piece, sink)));
        }
        Ok(Some(match backend.as_str() {
            "git" => one(git::read(item)?),
            "mbox" | "pipermail" | "groupsio" | "hyperkitty" | "nntp" | "gmane" => mail::read(item, self.text)?,
            "slack" => self.slack.read(item, &self.name, self.text)?,
            "zulip" => {
                self.zulip(&origin).piece(&within(item, piece, "messages"), sink);
                return Ok(None);
            }
            "mattermost" => {
                self.mattermost(item, &origin, piece, sink)?;
                return Ok(None);
            }
            _ => self.of_value(item, &origin, &backend)?,
        }))
    }

    /// An item that muster has no event for; it is said once of each kind of item.
    fn pass_over(&mut self, item: &Item<'_>, piece: &Piece, sink: &mut Sink<'_>) -> Found {
        let what = format!("the backend {}, category {:?}", item.backend_name, item.category);
        if self.passed_over.len() < MOST_SAID && self.passed_over.insert(what.clone()) {
            sink.notice(
                piece.line,
                format!("items of {what} are counted and not read"),
                "muster has no events for them",
            );
        }
        Found { not_ours: 1, ..Found::default() }
    }

    fn of_value(&self, item: &Item<'_>, origin: &Origin, backend: &str) -> Result<Found, String> {
        let value = item.value()?;
        let data = Node::of(&value).ok_or("its data is no object")?;
        let category = item.category.as_str();
        match backend {
            "github" | "githubql" if category == "event" || data.get("eventType").is_some() => {
                github::read_event(&value)
            }
            "github" | "githubql" => github::read(&value),
            "gitlab" => {
                let is_merge_request =
                    if category.is_empty() { gitlab::is_merge_request(&value) } else { category == "merge_request" };
                gitlab::read(data, origin, is_merge_request)
            }
            "gerrit" => gerrit::read(data, origin),
            "discourse" => discourse::read(data, origin, self.text),
            "telegram" => telegram::read(data, self.text),
            "rocketchat" => rocketchat::read(data, origin, self.text),
            "gitter" => gitter::read(data, origin, self.text),
            _ => meetup::read(data, instant(item.timestamp), &self.name, self.text),
        }
    }

    fn zulip(&mut self, origin: &Origin) -> &mut Zulip {
        let (name, text) = (&self.name, self.text);
        self.zulips.entry(origin.host.clone()).or_insert_with(|| {
            let (paths, private) = (Vec::new(), Vec::new());
            Zulip::new(&zulip::Config { name: name.clone(), paths, server: origin.host.clone(), private, text })
        })
    }

    /// A post, after its channel and its sender.
    fn mattermost(
        &mut self,
        item: &Item<'_>,
        origin: &Origin,
        piece: &Piece,
        sink: &mut Sink<'_>,
    ) -> Result<(), String> {
        let json = item.mended();
        let post: Post<'_> = serde_json::from_str(&json).map_err(|error| format!("not a post: {error}"))?;
        let (name, text) = (&self.name, self.text);
        let reader = self.mattermosts.entry(origin.host.clone()).or_insert_with(|| {
            let (paths, private) = (Vec::new(), Vec::new());
            Mattermost::new(&mattermost::Config {
                name: name.clone(),
                paths,
                server: origin.host.clone(),
                private,
                text,
            })
        });
        for described in [post.channel_data, post.user_data].into_iter().flatten() {
            let bytes = described.get().as_bytes();
            if bytes == b"null"
                || !self.seen.insert(xxhash_rust::xxh3::xxh3_64(&[origin.host.as_bytes(), bytes].concat()))
            {
                continue;
            }
            let layout = |head: &[u8]| Parser::layout(reader, "", head);
            if let Ok(mut elements) = Elements::new(Box::new(Cursor::new(bytes.to_vec())), layout) {
                reader.learn("", &mut elements);
            }
            reader.piece(&Piece { line: piece.line, inner: true, bytes: bytes.to_vec(), ..Piece::default() }, sink);
        }
        reader.piece(&within(item, piece, "posts"), sink);
        Ok(())
    }
}

/// Whether items of a backend and category are read. Old items name no category: their data tells.
fn is_ours(backend: &str, category: &str) -> bool {
    let categories: &[&str] = match backend {
        "git" => &["commit"],
        "github" | "githubql" => &["issue", "pull_request", "repository", "event"],
        "gitlab" => &["issue", "merge_request"],
        "gerrit" => &["review"],
        "mbox" | "pipermail" | "groupsio" | "hyperkitty" | "nntp" | "gmane" => &["message", "article"],
        "slack" | "zulip" | "telegram" | "rocketchat" | "gitter" => &["message"],
        "mattermost" => &["post"],
        "discourse" => &["topic"],
        "meetup" => &["event"],
        _ => return false,
    };
    category.is_empty() || categories.contains(&category)
}

/// The data of an item, as a piece of the document that its reader knows.
fn within(item: &Item<'_>, piece: &Piece, key: &str) -> Piece {
    let bytes = item.mended().as_bytes().to_vec();
    Piece { key: key.to_owned(), line: piece.line, inner: true, bytes, ..Piece::default() }
}

/// One event of another collector's.
fn one(event: muster_model::Event) -> Found {
    let mut found = Found { adopted: Batch { events: vec![event], ..Batch::default() }, ..Found::default() };
    found.adopted.counts.read = 1;
    found
}

/// Seconds since 1970, with a fraction.
fn instant(seconds: f64) -> Option<Timestamp> {
    #[allow(clippy::cast_possible_truncation, reason = "it is in the range of an i64")]
    let whole = (seconds > 0.0 && seconds < 9e15).then_some(seconds as i64)?;
    Timestamp::from_second(whole).ok()
}

impl Parser for Perceval {
    const KIND: (&'static str, &'static str) = ("perceval", "perceval/1");

    fn is_ours(&self, name: &str) -> bool {
        let name = name.strip_suffix(".gz").unwrap_or(name);
        ENDINGS.iter().any(|ending| name.ends_with(ending))
    }

    /// A line an item, unless the first line says that the items are printed over several: it opens an array, or only an
    /// object.
    fn layout(&self, _name: &str, head: &[u8]) -> Layout {
        let first = head.split(|&byte| byte == b'\n').next().unwrap_or_default().trim_ascii();
        if first.starts_with(b"[") || first == b"{" { Layout::Objects } else { Layout::Lines }
    }

    fn learn(&mut self, _name: &str, elements: &mut Elements) -> bool {
        loop {
            match elements.next() {
                Next::Piece(piece) => match Item::read(&String::from_utf8_lossy(&piece.bytes)) {
                    Ok(item) if item.backend_name.eq_ignore_ascii_case("slack") => self.slack.learn(&item),
                    Ok(_) => return false,
                    Err(_) => {}
                },
                Next::Broken { .. } => {}
                Next::End => return false,
            }
        }
    }

    fn begin(&mut self, _name: &str, _is_lines: bool) {}

    fn piece(&mut self, piece: &Piece, sink: &mut Sink<'_>) {
        let text = String::from_utf8_lossy(&piece.bytes);
        let found = Item::read(&text).and_then(|item| {
            let found = self.found(&item, piece, sink);
            found.map_err(|why| format!("an item of the backend {}: {why}", item.backend_name))
        });
        match found {
            Ok(Some(mut found)) => {
                for (message, hint) in found.doubts.drain(..) {
                    let more = self.doubts.entry(hint).and_modify(|(_, _, more)| *more += 1);
                    more.or_insert((piece.line, message, 0));
                }
                found.tell(&mut self.names, piece.line, &piece.bytes, sink);
            }
            Ok(None) => {}
            Err(message) => sink.reject(piece.line, message, HINT, &piece.bytes),
        }
    }

    fn end(&mut self, sink: &mut Sink<'_>) {
        for (hint, (line, message, more)) in std::mem::take(&mut self.doubts) {
            let more = if more == 0 { String::new() } else { format!(", and so it is with {more} more") };
            sink.notice(line, format!("{message}{more}"), hint);
        }
    }
}
