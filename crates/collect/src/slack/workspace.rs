//! What is known of a workspace: its id, its channels and who may see them, and the events of its lists.

use super::json::{Channel, User, said};
use super::message::SLACKBOT;
use super::{COLLECTOR, Config};
use crate::chat::text::hash;
use crate::files::patterns;
use crate::ids::without_addresses;
use globset::GlobSet;
use muster_model::payload::{AccountDescribed, AccountLinked, ChannelDescribed};
use muster_model::{Batch, CollectError, Event, Payload, Timestamp, account};
use std::collections::HashMap;
use std::sync::Arc;

/// The workspace that events are of.
#[derive(Debug, Clone)]
pub(crate) struct Workspace {
    /// Its id, as it stands in accounts and ids.
    pub team: String,
    /// Its address, without a slash at the end.
    pub url: Option<String>,
    /// Whether texts are kept.
    pub text: bool,
}

impl Workspace {
    /// `found` is what the files or the Web API say; without it, the host of the workspace's address or the source's name
    /// stands for the id.
    pub fn new(config: &Config, found: Option<String>) -> Self {
        let url = config.workspace.as_deref().map(|url| url.trim_end_matches('/').to_owned());
        let host = url.as_deref().and_then(|url| url.split_once("://")).map(|(_, rest)| rest.split(['.', '/']).next());
        let team = config.team.clone().or(found).or_else(|| host.flatten().map(str::to_owned));
        Self { team: one_word(&team.unwrap_or_else(|| config.name.clone())), url, text: config.text }
    }
}

/// What a channel's list says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    pub id: String,
    pub name: String,
    /// `public`, `private`, `group` or `direct`.
    pub kind: &'static str,
    created: Option<i64>,
    archived: bool,
}

impl Listed {
    /// Reads an element of `channels.json`, `groups.json` (`private`), `mpims.json` (`group`), `dms.json` (`direct`) or an
    /// answer of the Web API.
    ///
    /// # Errors
    /// What is missing.
    pub fn read(json: &[u8], list: Option<&'static str>) -> Result<Self, String> {
        let channel: Channel<'_> = serde_json::from_slice(json).map_err(|error| format!("not a channel: {error}"))?;
        let id = said(&channel.id).ok_or("a channel without id")?.to_owned();
        let flag = |flag: Option<bool>| flag.unwrap_or(false);
        let by_flags = if flag(channel.is_im) {
            "direct"
        } else if flag(channel.is_mpim) {
            "group"
        } else if flag(channel.is_private) || (flag(channel.is_group) && !flag(channel.is_channel)) {
            "private"
        } else {
            kind_of_id(&id)
        };
        let kind = if by_flags == "public" { list.unwrap_or("public") } else { by_flags };
        let name = said(&channel.name).unwrap_or(&id).to_owned();
        let created = said(&channel.created).and_then(|created| created.split('.').next()?.parse().ok());
        Ok(Self { id: one_word(&id), name, kind, created, archived: flag(channel.is_archived) })
    }

    /// A channel that no list names: all that is known is what its folder or file is called.
    pub fn unlisted(name: &str) -> Self {
        let kind = if name.starts_with("mpdm-") { "group" } else { kind_of_id(name) };
        Self { id: one_word(name), name: name.to_owned(), kind, created: None, archived: false }
    }

    /// The event of it.
    pub fn event(&self, workspace: &Workspace, source: &Arc<str>) -> Event {
        let subject = account::platform("slack", &workspace.team, &self.id);
        let data = Payload::ChannelDescribed(ChannelDescribed {
            name: self.name.clone(),
            kind: self.kind.to_owned(),
            parent: None,
            archived: self.archived,
        });
        let url = workspace.url.as_ref().map(|url| format!("{url}/archives/{}", self.id));
        described(subject, "described", seconds(self.created), url, data, source)
    }
}

/// `D…` is a direct message, `G…` a private channel or group of before 2021; a `C…` says nothing.
fn kind_of_id(id: &str) -> &'static str {
    let is_id = id.len() >= 8 && id.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    match id.as_bytes().first() {
        Some(b'D') if is_id => "direct",
        Some(b'G') if is_id => "private",
        _ => "public",
    }
}

/// The channels that are known, and which of them are read.
pub(super) struct Directory {
    wanted: Option<GlobSet>,
    private: Vec<String>,
    by_name: HashMap<String, Listed>,
    by_id: HashMap<String, Listed>,
}

impl Directory {
    /// # Errors
    /// A pattern that is none.
    pub fn new(config: &Config) -> Result<Self, CollectError> {
        let bare = |name: &String| name.trim().trim_start_matches('#').to_owned();
        let channels: Vec<String> = config.channels.iter().map(bare).collect();
        let private = config.private.iter().map(bare).map(|name| name.to_lowercase()).collect();
        Ok(Self { wanted: patterns(&channels)?, private, by_name: HashMap::new(), by_id: HashMap::new() })
    }

    pub fn insert(&mut self, listed: Listed) {
        self.by_name.entry(listed.name.clone()).or_insert_with(|| listed.clone());
        self.by_id.insert(listed.id.clone(), listed);
    }

    /// The channel of that name or id: a folder is called after a channel's name, or a direct message's id.
    pub fn find(&self, name: &str) -> Option<&Listed> {
        self.by_name.get(name).or_else(|| self.by_id.get(name))
    }

    /// The one channel that is known at all.
    pub fn only(&self) -> Option<&Listed> {
        self.by_id.values().next().filter(|_| self.by_id.len() == 1)
    }

    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// Whether its messages are read; why not, where that is a question of who may see them.
    pub fn access(&self, channel: &Listed, is_listed: bool) -> Access {
        let names = [channel.id.to_lowercase(), channel.name.to_lowercase()];
        if self.private.iter().any(|private| names.contains(private)) {
            return Access::Read;
        }
        let kind = match channel.kind {
            "direct" => "a direct message",
            "group" => "a direct message of several people",
            "private" => "a private channel",
            _ if !is_listed && !self.is_empty() => "in no list of channels, so it is not known to be public",
            _ => {
                let wanted = self.wanted.as_ref();
                let is_wanted = wanted.is_none_or(|set| set.is_match(&channel.id) || set.is_match(&channel.name));
                return if is_wanted { Access::Read } else { Access::NotAsked };
            }
        };
        Access::Refused(kind)
    }
}

/// What is done with a channel's messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Read,
    /// Public, but not asked for.
    NotAsked,
    /// Private, and not named.
    Refused(&'static str),
}

/// Reads an element of a list of users to its description and the address that it is known by.
///
/// # Errors
/// What is missing.
pub(crate) fn user(json: &[u8], workspace: &Workspace, source: &Arc<str>, batch: &mut Batch) -> Result<(), String> {
    let user: User<'_> = serde_json::from_slice(json).map_err(|error| format!("not a user: {error}"))?;
    let id = said(&user.id).ok_or("a user without id")?;
    let profile = user.profile.unwrap_or_default();
    let proper = said(&profile.real_name).or_else(|| said(&user.real_name));
    let name = proper.or_else(|| said(&profile.display_name)).or_else(|| said(&user.name)).unwrap_or(id);
    let account = account::platform("slack", &workspace.team, &one_word(id));
    let changed = seconds(said(&user.updated).and_then(|updated| updated.split('.').next()?.parse().ok()));
    let bot = user.is_bot.unwrap_or(false) || id == SLACKBOT;
    let data = Payload::AccountDescribed(AccountDescribed { name: name.to_owned(), bot });
    batch.events.push(described(account.clone(), "described", changed, None, data, source));
    batch.counts.read += 1;
    if let Some(address) = said(&profile.email).filter(|address| is_address(address)) {
        let data = Payload::AccountLinked(AccountLinked {
            account: account.clone(),
            canonical: account::email(address),
            evidence: "chat-profile".to_owned(),
            name: proper.map(str::to_owned),
            ..AccountLinked::default()
        });
        batch.events.push(described(account, "linked", Timestamp::UNIX_EPOCH, None, data, source));
        batch.counts.read += 1;
    }
    Ok(())
}

/// What changes is a fact of its own each time it changes: the id ends in a hash of what is said, so it holds no address.
fn described(
    subject: String,
    verb: &str,
    time: Timestamp,
    url: Option<String>,
    data: Payload,
    source: &Arc<str>,
) -> Event {
    let id = format!("{subject}/{verb}/{}", hash(&data.to_json()));
    let source = source.clone();
    without_addresses(Event { id, source, time, subject, actor: None, url, data, collector: COLLECTOR.into() })
}

fn is_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, host)| !local.is_empty() && !host.is_empty())
}

/// 1970-01-01 where it is not known. Slack writes seconds, some tools milliseconds.
fn seconds(since: Option<i64>) -> Timestamp {
    let since = since.filter(|since| *since > 0).unwrap_or(0);
    let since = if since > 100_000_000_000 { since / 1000 } else { since };
    Timestamp::from_second(since).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// As it may stand in an id: without white space of other kinds, slashes and addresses.
pub(crate) fn one_word(text: &str) -> String {
    account::masked(&text.split_whitespace().collect::<Vec<_>>().join(" ").replace('/', "_"))
}
