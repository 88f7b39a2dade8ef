//! What is remembered of a pipeline's runs, to know what is due.

use muster_model::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// A clock that is set back by more than this is believed: what was dealt with in its future is due again.
const SET_BACK: Duration = Duration::from_secs(300);

/// What was done so far. It is kept beside the log, as JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// Since when the schedule is kept: nothing was due before.
    pub since: Option<Timestamp>,
    /// By clock: up to when its due times are dealt with.
    pub dealt_with: BTreeMap<String, Timestamp>,
    /// The run that is under way; where nobody is at work on it any more, the one that was broken off.
    pub running: Option<Turn>,
    /// What failed, and is tried again.
    pub retry: Option<Retry>,
    /// The last run that ended.
    pub last: Option<Last>,
}

/// A run that the schedule asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// The clocks whose due times it deals with.
    pub clocks: BTreeSet<String>,
    /// The latest of these times.
    pub due: Timestamp,
    /// Which try it is, from 1 on.
    pub attempt: u32,
    /// When it begins.
    pub started: Timestamp,
}

/// A failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retry {
    /// What is tried again.
    pub clocks: BTreeSet<String>,
    /// For which due time.
    pub due: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
    /// When it failed last.
    pub failed: Timestamp,
}

/// A run that ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Last {
    /// For which due time.
    pub due: Timestamp,
    /// Which try it was.
    pub attempt: u32,
    /// When it began.
    pub started: Timestamp,
    /// When it ended.
    pub ended: Timestamp,
    /// Whether it ended well.
    pub well: bool,
}

impl Memory {
    /// The memory of a schedule that is new at an instant.
    pub fn new(now: Timestamp) -> Self {
        Self { since: Some(now), ..Self::default() }
    }

    /// A run begins.
    pub fn begin(&mut self, turn: Turn) {
        self.running = Some(turn);
    }

    /// The run that is under way ended. Without one nothing changes.
    pub fn end(&mut self, well: bool, now: Timestamp) {
        let Some(turn) = self.running.take() else { return };
        for clock in &turn.clocks {
            self.dealt_with.insert(clock.clone(), turn.started);
        }
        let Turn { clocks, due, attempt, started } = turn;
        self.last = Some(Last { due, attempt, started, ended: now, well });
        self.retry = (!well).then_some(Retry { clocks, due, attempts: attempt, failed: now });
    }

    /// Somebody ran the whole pipeline by hand, and it ended well: nothing needs to be tried again.
    pub fn mended(&mut self) {
        self.retry = None;
    }

    /// Up to when a clock's due times are dealt with. One that is new has been waited for since the schedule is kept.
    pub(super) fn dealt_with(&self, clock: &str, now: Timestamp) -> Timestamp {
        let known = self.dealt_with.get(clock).copied().or(self.since).unwrap_or(now);
        let believed = now.checked_add(SET_BACK).unwrap_or(now);
        if known > believed { now } else { known }
    }
}
