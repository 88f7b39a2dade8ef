//! The facts of a chat, with the ids that they have on every platform.
//!
//! | fact | id |
//! | --- | --- |
//! | a message | `<channel>/<the platform's id>` |
//! | an edit | `<message>/edited/<when>` |
//! | a deletion | `<message>/deleted` |
//! | a reaction | `<message>/reacted/<sign>/<who>`, or `…/x<how many>` |
//! | a name, a link | `<channel or account>/described/<hash>`, `<account>/linked/<hash>` |

use super::exports::{Fact, Sink};
use super::text::hash;
use muster_model::payload::{
    AccountDescribed, AccountLinked, ChannelDescribed, MessageDeleted, MessageEdited, MessagePosted, MessageReacted,
};
use muster_model::{Payload, Timestamp, account};
use std::collections::HashSet;

/// A message, to which edits and reactions belong.
pub(crate) struct Post {
    /// Its event id.
    pub id: String,
    /// The channel.
    pub subject: String,
    /// Who posted it.
    pub actor: Option<String>,
    /// When.
    pub time: Timestamp,
    /// The page to check it.
    pub url: Option<String>,
}

impl Post {
    fn fact(&self, suffix: &str, time: Timestamp, actor: Option<String>, data: Payload) -> Fact {
        let id = format!("{}/{suffix}", self.id);
        Fact { id, time, subject: self.id.clone(), actor, url: self.url.clone(), data }
    }

    /// That it was posted.
    pub fn posted(&self, posted: MessagePosted) -> Fact {
        Fact {
            id: self.id.clone(),
            time: self.time,
            subject: self.subject.clone(),
            actor: self.actor.clone(),
            url: self.url.clone(),
            data: Payload::MessagePosted(posted),
        }
    }

    /// That it was changed.
    pub fn edited(&self, at: Timestamp, text_hash: Option<String>) -> Fact {
        let data = Payload::MessageEdited(MessageEdited { text_hash });
        self.fact(&format!("edited/{at}"), at, self.actor.clone(), data)
    }

    /// That it was deleted; by whom no platform says.
    pub fn deleted(&self, at: Timestamp, tombstone: bool) -> Fact {
        self.fact("deleted", at, None, Payload::MessageDeleted(MessageDeleted { tombstone }))
    }

    /// That an account reacted with `reaction`, whose own key is `key`.
    pub fn reacted(&self, (key, reaction): (&str, &str), who: (&str, Option<String>), at: Timestamp) -> Fact {
        let data = MessageReacted { reaction: reaction.to_owned(), count: None };
        self.fact(&format!("reacted/{key}/{}", who.0), at, who.1, Payload::MessageReacted(data))
    }

    /// That so many reacted: the number is part of the id, as it grows.
    pub fn reacted_by_many(&self, (key, reaction): (&str, &str), count: u32) -> Fact {
        let data = MessageReacted { reaction: reaction.to_owned(), count: Some(count) };
        self.fact(&format!("reacted/{key}/x{count}"), self.time, None, Payload::MessageReacted(data))
    }
}

/// What things are called. Each statement is given once a run.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    told: HashSet<String>,
}

impl Names {
    /// What a channel is called.
    pub fn channel(
        &mut self,
        channel: &str,
        described: ChannelDescribed,
        made: Option<Timestamp>,
        sink: &mut Sink<'_>,
    ) {
        if !described.name.is_empty() {
            self.tell(channel, made, Payload::ChannelDescribed(described), sink);
        }
    }

    /// What an account is called.
    pub fn account(&mut self, account: &str, name: &str, bot: bool, sink: &mut Sink<'_>) {
        if !name.trim().is_empty() {
            let described = AccountDescribed { name: name.trim().to_owned(), bot };
            self.tell(account, None, Payload::AccountDescribed(described), sink);
        }
    }

    /// The address that somebody entered.
    pub fn address(&mut self, account: &str, name: &str, address: &str, sink: &mut Sink<'_>) {
        if !looks_like_address(address) {
            return;
        }
        let linked = AccountLinked {
            account: account.to_owned(),
            canonical: account::email(address),
            evidence: "chat-profile".to_owned(),
            name: Some(name.trim().to_owned()).filter(|name| !name.is_empty()),
            ..AccountLinked::default()
        };
        self.tell(account, None, Payload::AccountLinked(linked), sink);
    }

    fn tell(&mut self, subject: &str, time: Option<Timestamp>, data: Payload, sink: &mut Sink<'_>) {
        let verb = if matches!(data, Payload::AccountLinked(_)) { "linked" } else { "described" };
        let id = format!("{subject}/{verb}/{}", hash(&data.to_json()));
        if self.told.insert(id.clone()) {
            let (time, subject) = (time.unwrap_or(Timestamp::UNIX_EPOCH), subject.to_owned());
            sink.fact(Fact { id, time, subject, actor: None, url: None, data });
        }
    }
}

/// `local@domain.tld` and nothing else, of such letters that [`account::masked`] hides it in an id.
pub(crate) fn looks_like_address(text: &str) -> bool {
    let text = text.trim();
    let is_local = |c: char| !c.is_whitespace() && !"<>,;:()\"@".contains(c);
    let is_domain = |c: char| c.is_alphanumeric() || c == '.' || c == '-';
    text.split_once('@').is_some_and(|(local, domain)| {
        local.chars().all(is_local) && domain.contains('.') && domain.chars().all(is_domain)
    }) && !account::masked(text).contains('@')
}

#[cfg(test)]
mod tests {
    use super::looks_like_address;

    #[test]
    fn an_address_is_told_from_what_only_looks_like_one() {
        for address in ["ada@example.org", " o'brien@x.example.org ", "a+b@x.io"] {
            assert!(looks_like_address(address), "{address}");
        }
        for other in
            ["@ada", "ada@", "ada@localhost", "Ada <ada@example.org>", "a@b@c.org", "ada@exam:ple.org", "", "@x.org"]
        {
            assert!(!looks_like_address(other), "{other}");
        }
    }
}
