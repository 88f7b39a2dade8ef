//! A message of an answer of `/messages`.

use super::known::{Reaction, is_system, is_true_address};
use super::parse::{Place, Said};
use super::row::edits;
use crate::chat::json::{Id, instant, nullable};
use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Deserialize)]
pub(super) struct Message {
    id: Id,
    pub sender_id: Id,
    #[serde(default, deserialize_with = "nullable")]
    pub sender_email: String,
    #[serde(default, deserialize_with = "nullable")]
    pub sender_full_name: String,
    #[serde(default, deserialize_with = "nullable")]
    stream_id: Id,
    /// The stream's name, or the people.
    #[serde(default, deserialize_with = "nullable")]
    display_recipient: Value,
    /// `stream` (of later servers `channel`) or `private`.
    #[serde(rename = "type", default, deserialize_with = "nullable")]
    kind: String,
    #[serde(default, deserialize_with = "nullable")]
    subject: String,
    #[serde(default, deserialize_with = "nullable")]
    content: String,
    #[serde(default, deserialize_with = "nullable")]
    content_type: String,
    #[serde(deserialize_with = "instant")]
    timestamp: f64,
    #[serde(default, deserialize_with = "instant")]
    last_edit_timestamp: f64,
    #[serde(default, deserialize_with = "nullable")]
    edit_history: Value,
    #[serde(default, deserialize_with = "nullable")]
    reactions: Vec<Reacted>,
}

#[derive(Debug, Deserialize)]
struct Reacted {
    #[serde(default, deserialize_with = "nullable")]
    user_id: Id,
    /// Of servers before 2020.
    #[serde(default, deserialize_with = "nullable")]
    user: Value,
    #[serde(default, deserialize_with = "nullable")]
    emoji_name: String,
    #[serde(default, deserialize_with = "nullable")]
    emoji_code: Id,
}

impl Message {
    /// Zulip gives every bot an address whose first part ends so.
    pub fn is_bot(&self) -> bool {
        let local = self.sender_email.split('@').next().unwrap_or_default();
        local == "bot" || local.ends_with("-bot")
    }

    /// The address that the sender entered, if the answer shows it.
    pub fn address(&self) -> Option<&str> {
        (!self.is_bot() && is_true_address(&self.sender_email, &self.sender_id)).then_some(self.sender_email.as_str())
    }

    /// The message, or why its place is not known.
    pub fn said(self) -> Result<Said, String> {
        let place = match self.kind.as_str() {
            "stream" | "channel" => {
                let name = self.display_recipient.as_str().map(str::to_owned);
                // Answers of servers before 2018 name the stream only.
                let id = if self.stream_id.0.is_empty() {
                    Id(name.clone().unwrap_or_default())
                } else {
                    self.stream_id.clone()
                };
                Place::Stream { id, name }
            }
            "private" => {
                let people = self.display_recipient.as_array().map(Vec::as_slice).unwrap_or_default();
                Place::Direct(people.iter().filter_map(|person| person.get("id")?.as_u64()).collect())
            }
            other => return Err(format!("a message of the type {other:?}; expected stream or private")),
        };
        if matches!(&place, Place::Stream { id, .. } if id.0.is_empty()) {
            return Err("a message to a stream without `stream_id` and name".to_owned());
        }
        Ok(Said {
            is_bot: self.is_bot(),
            is_system: is_system(&self.sender_email),
            edits: edits(&self.edit_history, Some(self.last_edit_timestamp).filter(|at| *at > 0.0)),
            id: self.id.0,
            sender: self.sender_id.0,
            place,
            topic: self.subject,
            is_html: self.content_type == "text/html",
            content: self.content,
            time: self.timestamp,
            reactions: self.reactions.into_iter().filter_map(reaction).collect(),
        })
    }
}

fn reaction(row: Reacted) -> Option<Reaction> {
    let old =
        || row.user.get("id").or_else(|| row.user.get("user_id")).and_then(Value::as_u64).map(|id| id.to_string());
    let user = Some(row.user_id.0.clone()).filter(|id| !id.is_empty()).or_else(old)?;
    Some(Reaction { user, name: row.emoji_name, code: row.emoji_code.0 })
}
