//! A message of an export: a row of the table `zerver_message`.

use super::known::{Known, Target};
use super::parse::{Edit, Place, Said};
use crate::chat::json::{Id, instant, nullable};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeSet;

#[derive(Debug, Deserialize)]
pub(super) struct Row {
    id: Id,
    sender: Id,
    recipient: Id,
    /// The topic.
    #[serde(default, deserialize_with = "nullable")]
    subject: String,
    #[serde(default, deserialize_with = "nullable")]
    content: String,
    /// Seconds since 1970; `pub_date` until 2019.
    #[serde(alias = "pub_date", deserialize_with = "instant")]
    date_sent: f64,
    #[serde(default, deserialize_with = "instant")]
    last_edit_time: f64,
    #[serde(default, deserialize_with = "nullable")]
    edit_history: Value,
}

impl Row {
    /// The message, or why its place is not known.
    pub fn said(self, known: &Known) -> Result<Said, String> {
        let place = match known.target(&self.recipient) {
            Some(Target::Stream(id)) => Place::Stream { name: None, id },
            Some(Target::Personal(to)) => {
                let people = [&self.sender, &to].iter().filter_map(|id| id.0.parse().ok()).collect();
                Place::Direct(people)
            }
            Some(Target::Group(people)) => Place::Direct(people),
            None => {
                return Err(format!("a message to the recipient {}, which realm.json does not know", self.recipient.0));
            }
        };
        let reactions = known.reactions.get(&self.id).cloned().unwrap_or_default();
        Ok(Said {
            is_bot: known.bots.contains(&self.sender),
            is_system: known.system.contains(&self.sender),
            edits: edits(&self.edit_history, Some(self.last_edit_time).filter(|at| *at > 0.0)),
            id: self.id.0,
            sender: self.sender.0,
            place,
            topic: self.subject,
            content: self.content,
            is_html: false,
            time: self.date_sent,
            reactions,
        })
    }
}

/// The edits of the text, latest first, as Zulip has them; of a history that is not there, the last time that something changed.
pub(super) fn edits(history: &Value, last: Option<f64>) -> Vec<Edit> {
    let parsed;
    let history = match history {
        Value::String(text) => {
            parsed = serde_json::from_str::<Value>(text).unwrap_or_default();
            &parsed
        }
        other => other,
    };
    let Some(history) = history.as_array().filter(|history| !history.is_empty()) else {
        return last.map(|at| Edit { at, before: None }).into_iter().collect();
    };
    let of_text = history.iter().filter_map(|edit| {
        let before = edit.get("prev_content")?.as_str()?.to_owned();
        Some(Edit { at: edit.get("timestamp")?.as_f64()?, before: Some(before) })
    });
    of_text.collect()
}

/// The numbers of people, as a conversation is named by.
pub(super) fn people(ids: &BTreeSet<u64>) -> String {
    ids.iter().map(u64::to_string).collect::<Vec<_>>().join(",")
}
