//! What `realm.json` and answers say about streams, users and conversations.

use crate::chat::elements::{Elements, Next, Piece};
use crate::chat::json::{Id, nullable, parse};
use serde::Deserialize;
use std::collections::{BTreeSet, HashMap, HashSet};

#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Stream {
    /// Of an answer, `stream_id`.
    #[serde(alias = "stream_id")]
    pub id: Id,
    #[serde(default, deserialize_with = "nullable")]
    pub name: String,
    #[serde(default, deserialize_with = "nullable")]
    pub invite_only: bool,
    #[serde(default, deserialize_with = "nullable")]
    pub deactivated: bool,
    #[serde(default, deserialize_with = "nullable")]
    pub is_archived: bool,
    /// Seconds since 1970, with a fraction in exports.
    #[serde(default, deserialize_with = "nullable")]
    pub date_created: f64,
}

#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct User {
    /// Of an answer, `user_id`.
    #[serde(alias = "user_id")]
    pub id: Id,
    #[serde(default, deserialize_with = "nullable")]
    pub full_name: String,
    #[serde(default, deserialize_with = "nullable")]
    pub email: String,
    /// The true address, where `email` is one that Zulip made up to hide it.
    #[serde(default, deserialize_with = "nullable")]
    pub delivery_email: String,
    #[serde(default, deserialize_with = "nullable")]
    pub is_bot: bool,
}

impl User {
    /// The address that the user entered, if the export shows it.
    pub fn address(&self) -> Option<&str> {
        [&self.delivery_email, &self.email]
            .into_iter()
            .find(|address| is_true_address(address, &self.id))
            .map(String::as_str)
    }
}

/// Whether Zulip did not make the address up (`user17@chat.acme.org`).
pub(super) fn is_true_address(address: &str, user: &Id) -> bool {
    let local = address.split('@').next().unwrap_or_default();
    !address.is_empty() && local != format!("user{}", user.0)
}

#[derive(Debug, Deserialize)]
struct Recipient {
    id: Id,
    #[serde(rename = "type")]
    kind: u8,
    type_id: Id,
}

#[derive(Debug, Deserialize)]
struct Subscription {
    recipient: Id,
    user_profile: Id,
}

#[derive(Debug, Deserialize)]
struct Reacted {
    user_profile: Id,
    message: Id,
    #[serde(default, deserialize_with = "nullable")]
    emoji_name: String,
    #[serde(default, deserialize_with = "nullable")]
    emoji_code: Id,
}

/// A reaction: by whom, its name, its code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reaction {
    pub user: String,
    pub name: String,
    pub code: String,
}

/// Where a message of an export went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// To a stream.
    Stream(Id),
    /// To one person.
    Personal(Id),
    /// To these people.
    Group(BTreeSet<u64>),
}

/// All of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    pub streams: HashMap<Id, Stream>,
    recipients: HashMap<Id, (u8, Id)>,
    /// Of recipients, who receives: needed of groups only, known of all.
    members: HashMap<Id, BTreeSet<u64>>,
    pub bots: HashSet<Id>,
    /// The notification and welcome bots.
    pub system: HashSet<Id>,
    /// By message.
    pub reactions: HashMap<Id, Vec<Reaction>>,
}

impl Known {
    /// Learns the tables of a document. Whether it has any that others depend on.
    pub fn learn(&mut self, elements: &mut Elements) -> bool {
        let mut found = false;
        loop {
            match elements.next() {
                Next::Piece(piece) if piece.inner => {
                    if matches!(piece.key.as_str(), "messages" | "zerver_message" | "") {
                        return found;
                    }
                    found |= self.learn_row(&piece).is_ok();
                }
                Next::Piece(_) | Next::Broken { .. } => {}
                Next::End => break,
            }
        }
        self.forget_others();
        found
    }

    /// Subscriptions to streams are many, and only those of groups are needed.
    fn forget_others(&mut self) {
        let recipients = &self.recipients;
        self.members.retain(|recipient, _| recipients.get(recipient).is_none_or(|(kind, _)| *kind == GROUP));
    }

    /// A row of a table that is needed. Learning it twice changes nothing.
    ///
    /// # Errors
    /// Why it is none.
    pub fn learn_row(&mut self, piece: &Piece) -> Result<(), String> {
        let bytes = &piece.bytes;
        match piece.key.as_str() {
            "zerver_stream" | "streams" | "subscriptions" => {
                let stream: Stream = parse(bytes)?;
                self.streams.insert(stream.id.clone(), stream);
            }
            "zerver_userprofile" | "zerver_userprofile_mirrordummy" | "members" | "zerver_userprofile_crossrealm" => {
                let user: User = parse(bytes)?;
                if is_system(&user.email) {
                    self.system.insert(user.id.clone());
                }
                if user.is_bot || piece.key.ends_with("crossrealm") {
                    self.bots.insert(user.id);
                }
            }
            "zerver_recipient" => {
                let recipient: Recipient = parse(bytes)?;
                self.recipients.insert(recipient.id, (recipient.kind, recipient.type_id));
            }
            "zerver_subscription" => {
                let Subscription { recipient, user_profile } = parse(bytes)?;
                if let Ok(user) = user_profile.0.parse() {
                    self.members.entry(recipient).or_default().insert(user);
                }
            }
            "zerver_reaction" => {
                let row: Reacted = parse(bytes)?;
                let reaction = Reaction { user: row.user_profile.0, name: row.emoji_name, code: row.emoji_code.0 };
                let reactions = self.reactions.entry(row.message).or_default();
                if !reactions.contains(&reaction) {
                    reactions.push(reaction);
                }
            }
            _ => return Err("no table that is needed".to_owned()),
        }
        Ok(())
    }

    /// Where a message to this recipient went.
    pub fn target(&self, recipient: &Id) -> Option<Target> {
        let (kind, id) = self.recipients.get(recipient)?;
        match *kind {
            PERSONAL => Some(Target::Personal(id.clone())),
            STREAM => Some(Target::Stream(id.clone())),
            GROUP => Some(Target::Group(self.members.get(recipient).cloned().unwrap_or_default())),
            _ => None,
        }
    }
}

const PERSONAL: u8 = 1;
const STREAM: u8 = 2;
const GROUP: u8 = 3;

/// Whether an address is that of a bot through which Zulip itself speaks.
pub(super) fn is_system(address: &str) -> bool {
    matches!(address, "notification-bot@zulip.com" | "welcome-bot@zulip.com" | "new-user-bot@zulip.com")
}
