//! A voter roll: who is eligible under a rule, for which reason, and the events that show it.
//!
//! | file | what it does |
//! | --- | --- |
//! | `rule` | the rule: a TOML file with its conditions |
//! | `write` | the roll as CSV and Markdown, and the events behind it as CSV |
//!
//! The rule says what counts; whoever has the log asks it ([`Rule::conditions`]) and fills a [`Roll`]. Nobody is on it by
//! hand: `exclude` can only take people off, and the roll names them.

mod rule;
mod write;

pub use rule::{Condition, Needs, Rule, RuleError, Wanted};
pub use write::{events_csv, roll_csv, roll_md};

use muster_model::Timestamp;
use serde::Serialize;

/// Who is eligible, as of an instant and a version of the log.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Roll {
    /// The rule's name.
    pub name: String,
    /// The community.
    pub project: String,
    /// The rule in words, a condition each.
    pub conditions: Vec<String>,
    /// Whether one condition is enough, or all are needed.
    pub needs: Needs,
    /// Contributions count from here…
    pub start: Timestamp,
    /// …and before here.
    pub end: Timestamp,
    /// What the roll is as of.
    pub as_of: Timestamp,
    /// The version of the log: the same version and instant give the same roll.
    pub log_version: u64,
    /// Who is eligible, by name.
    pub voters: Vec<Voter>,
    /// Who would be, but for the rule's `exclude`.
    pub excluded: Vec<Voter>,
}

/// Somebody who meets the rule.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Voter {
    /// The person's account: `github:octo`.
    pub person: String,
    /// The name to show.
    pub name: String,
    /// Where the person works as of the roll's instant; none where nobody says.
    pub organisation: Option<String>,
    /// What the person has of each condition, in the rule's order.
    pub counts: Vec<u64>,
    /// Which conditions are met, in the same order.
    pub met: Vec<bool>,
    /// The events that the conditions count, by condition and time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<Counted>,
}

/// An event that a condition counts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Counted {
    /// Which condition, from 0.
    pub condition: usize,
    /// When.
    pub time: Timestamp,
    /// What was done: `commit`, `meeting`, `listed`.
    pub what: String,
    /// The event in the log.
    pub event_id: String,
    /// The page to check.
    pub url: Option<String>,
}
