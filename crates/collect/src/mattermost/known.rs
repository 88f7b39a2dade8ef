//! Channels and users that any document of the source describes.

use crate::chat::json::{Id, nullable, whole_instant};
use serde::Deserialize;
use std::collections::{HashMap, HashSet};

/// A channel, of an export (by team and name) or an answer (by id).
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Channel {
    #[serde(default, deserialize_with = "nullable")]
    pub id: Id,
    #[serde(default, deserialize_with = "nullable")]
    pub team: String,
    #[serde(default, deserialize_with = "nullable")]
    pub name: String,
    #[serde(default, deserialize_with = "nullable")]
    pub display_name: String,
    /// `O`pen, `P`rivate, `D`irect, `G`roup.
    #[serde(rename = "type", default, deserialize_with = "nullable")]
    pub kind: String,
    #[serde(default, deserialize_with = "whole_instant")]
    pub create_at: i64,
    #[serde(default, deserialize_with = "whole_instant")]
    pub delete_at: i64,
    /// Of an export.
    #[serde(default, deserialize_with = "whole_instant")]
    pub deleted_at: i64,
}

impl Channel {
    /// What it is in the ids of this server.
    pub fn key(&self) -> String {
        if self.id.0.is_empty() { format!("{}/{}", self.team, self.name) } else { self.id.0.clone() }
    }

    /// As `channel.described` has it.
    pub fn sort(&self) -> &'static str {
        match self.kind.as_str() {
            "O" => "public",
            "D" => "direct",
            "G" => "group",
            _ => "private",
        }
    }

    /// As people see it.
    pub fn title(&self) -> &str {
        if self.display_name.is_empty() { &self.name } else { &self.display_name }
    }
}

/// A user, of an export or an answer.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct User {
    #[serde(default, deserialize_with = "nullable")]
    pub id: Id,
    #[serde(default, deserialize_with = "nullable")]
    pub username: String,
    #[serde(default, deserialize_with = "nullable")]
    pub email: String,
    #[serde(default, deserialize_with = "nullable")]
    pub nickname: String,
    #[serde(default, deserialize_with = "nullable")]
    pub first_name: String,
    #[serde(default, deserialize_with = "nullable")]
    pub last_name: String,
    #[serde(default, deserialize_with = "nullable")]
    pub display_name: String,
    #[serde(default, deserialize_with = "nullable")]
    pub is_bot: bool,
}

impl User {
    /// What it is in the ids of this server.
    pub fn key(&self) -> &str {
        if self.id.0.is_empty() { &self.username } else { &self.id.0 }
    }

    /// The real name where there is one.
    pub fn title(&self) -> String {
        let full = format!("{} {}", self.first_name.trim(), self.last_name.trim());
        let names = [full.trim(), self.display_name.trim(), self.nickname.trim(), self.username.trim()];
        names.into_iter().find(|name| !name.is_empty()).unwrap_or_default().to_owned()
    }
}

/// All of them.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    /// By their keys.
    pub channels: HashMap<String, Channel>,
    /// The keys of users that are programs.
    pub bots: HashSet<String>,
    /// The titles of teams, by name.
    pub teams: HashMap<String, String>,
}

impl Known {
    pub fn learn_channel(&mut self, channel: Channel) {
        self.channels.insert(channel.key(), channel);
    }

    pub fn learn_user(&mut self, user: &User) {
        if user.is_bot {
            self.bots.insert(user.key().to_owned());
        }
    }
}
