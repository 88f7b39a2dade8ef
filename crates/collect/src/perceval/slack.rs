//! Items of Perceval's `slack`: a message with its channel and the profile of its sender. They give the very events of kind
//! `slack`.
//!
//! The workspace's id is part of every id, and not every message has it (those of bots do not). So the items of a file are
//! looked through before, and the id that most of a channel's have is that of all; without one the source's name stands for
//! it. A file that begins with items of another backend is not looked through.

use super::found::Found;
use super::item::Item;
use super::origin::Origin;
use crate::slack::json::{Teams, Text, said};
use crate::slack::message::{Outcome, Place, read as read_message};
use crate::slack::workspace::{Listed, Workspace, one_word, user};
use muster_model::Batch;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// The workspaces of a source.
#[derive(Debug, Default)]
pub(super) struct Slack {
    /// Channel by origin, to how many items name which workspace.
    teams: HashMap<String, BTreeMap<String, u64>>,
    /// What channels and accounts are called is told once a run.
    told: HashSet<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    channel_info: Option<&'a RawValue>,
    #[serde(borrow)]
    user_data: Option<&'a RawValue>,
    #[serde(borrow)]
    team: Option<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
struct Channel<'a> {
    #[serde(borrow)]
    context_team_id: Option<Text<'a>>,
}

impl Slack {
    /// Counts the workspace that an item names.
    pub fn learn(&mut self, item: &Item<'_>) {
        let json = item.mended();
        let Ok(message) = serde_json::from_str::<Message<'_>>(&json) else { return };
        if let Some(team) = team_of(&message) {
            *self.teams.entry(item.origin.clone()).or_default().entry(team).or_default() += 1;
        }
    }

    /// Reads a message.
    ///
    /// # Errors
    /// What was found and expected.
    pub fn read(&mut self, item: &Item<'_>, source_name: &str, keep: bool) -> Result<Found, String> {
        let json = item.mended();
        let message: Message<'_> =
            serde_json::from_str(&json).map_err(|error| format!("not a message of Slack's: {error}"))?;
        let workspace = Workspace { team: self.team(item, &message, source_name), url: None, text: keep };
        let source = Arc::from("");
        let mut found = Found::default();
        let channel = match message.channel_info {
            Some(info) => Listed::read(info.get().as_bytes(), None)?,
            None => Listed::unlisted(Origin::of(&item.origin).path.rsplit('/').next().unwrap_or_default()),
        };
        if channel.kind != "public" {
            found.filtered = 1;
            return Ok(found);
        }
        let mut names = Batch::default();
        if message.channel_info.is_some() {
            names.events.push(channel.event(&workspace, &source));
        }
        if let Some(profile) = message.user_data.filter(|profile| profile.get().starts_with('{'))
            && let Err(why) = user(profile.get().as_bytes(), &workspace, &source, &mut names)
        {
            found.rejected.push(why);
        }
        let batch = &mut found.adopted;
        batch.events.extend(names.events.into_iter().filter(|event| self.told.insert(event.id.clone())));
        batch.counts.read = batch.events.len() as u64;
        let place = Place { workspace: &workspace, channel: &channel.id, source: &source };
        let mut outcome = Outcome { batch, rejected: Vec::new(), unknown: None };
        read_message(json.as_bytes(), &place, &mut outcome);
        let (rejected, unknown) = (outcome.rejected, outcome.unknown);
        found.rejected.extend(rejected);
        if let Some(subtype) = unknown {
            found.doubts.push((format!("messages of the subtype {subtype:?} are not known"), "they are left out"));
        }
        Ok(found)
    }

    /// The workspace's id.
    fn team(&self, item: &Item<'_>, message: &Message<'_>, source_name: &str) -> String {
        let most = self.teams.get(&item.origin).and_then(|teams| teams.iter().max_by_key(|(_, count)| **count));
        let team = most.map(|(team, _)| team.clone()).or_else(|| team_of(message));
        team.unwrap_or_else(|| one_word(source_name))
    }
}

/// The workspace that a message names: its channel's, else its own, else its sender's.
fn team_of(message: &Message<'_>) -> Option<String> {
    let channel: Channel<'_> =
        message.channel_info.and_then(|info| serde_json::from_str(info.get()).ok()).unwrap_or_default();
    let sender: Teams<'_> =
        message.user_data.and_then(|user| serde_json::from_str(user.get()).ok()).unwrap_or_default();
    let team = said(&channel.context_team_id).or_else(|| said(&message.team)).or_else(|| said(&sender.team_id));
    team.map(one_word)
}
