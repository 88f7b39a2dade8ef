//! Runs of muster itself. These events are the run history; they lie beside the log and never in it, because the log is
//! about the community (ARCHITECTURE.md says why).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// `run.started`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunStarted {
    /// The pipeline file's name, without its folder.
    pub pipeline: String,
    /// What was asked for: `run`, `collect`, `compute`.
    pub command: String,
    /// The version of muster.
    pub muster: String,
    /// Whether it looks back (`--as-of`).
    #[serde(default, skip_serializing_if = "super::is_false")]
    pub looked_back: bool,
    /// The machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// When the schedule wanted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// Which try it is, from 1 on, where somebody tries again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u32>,
}

/// `run.finished`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunFinished {
    /// The pipeline file's name, without its folder.
    pub pipeline: String,
    /// What was asked for: `run`, `collect`, `compute`.
    pub command: String,
    /// When it began.
    pub started: Timestamp,
    /// How it ended.
    pub outcome: Outcome,
    /// The exit status; none where the program could not say one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit: Option<u8>,
    /// How long it took.
    pub milliseconds: u64,
    /// Why it could not go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<RunFailure>,
    /// Whether it looked back (`--as-of`): its verdicts are not those of today.
    #[serde(default, skip_serializing_if = "super::is_false")]
    pub looked_back: bool,
    /// The log afterwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<RunLog>,
    /// What became of each source's records, in the order of the pipeline file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<RunSource>,
    /// The outputs afterwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outputs: Option<RunOutputs>,
    /// What became of the claims, in the order of the pipeline file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<RunClaim>,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// All of it was done.
    Succeeded,
    /// Some source failed; the others, and the figures, were completed.
    Incomplete,
    /// It could not go on.
    Failed,
    /// Somebody stopped it.
    Stopped,
    /// It was killed, or its machine was: somebody else says so.
    BrokenOff,
}

impl Outcome {
    /// `succeeded`, `incomplete`, `failed`, `stopped`, `broken_off`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Incomplete => "incomplete",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
            Self::BrokenOff => "broken_off",
        }
    }

    /// Whether somebody should look. A run that somebody stopped says nothing about the pipeline.
    pub fn is_failure(self) -> bool {
        matches!(self, Self::Incomplete | Self::Failed | Self::BrokenOff)
    }
}

/// What went wrong, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunFailure {
    /// What happened.
    pub message: String,
    /// What to do.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hint: String,
}

/// The log after a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunLog {
    /// Its version.
    pub version: u64,
    /// Events in it.
    pub events: u64,
    /// When the latest thing in it happened, of those that have happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newest: Option<Timestamp>,
}

/// What became of a source's records in a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunSource {
    /// The source's name.
    pub name: String,
    /// Its kind.
    pub kind: String,
    /// How long it took.
    pub milliseconds: u64,
    /// Records met.
    pub read: u64,
    /// Events that are new in the log.
    pub appended: u64,
    /// Events that were there already.
    pub duplicates: u64,
    /// Events whose id was there with another payload.
    pub conflicts: u64,
    /// Records that could not be read.
    pub rejected: u64,
    /// Records of kinds that muster has no event for.
    pub not_ours: u64,
    /// Records of repositories that were not asked for.
    pub filtered: u64,
    /// Requests that the source would still have answered, where it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quota_left: Option<u64>,
    /// Why it could not be read to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<RunFailure>,
}

/// The outputs after a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunOutputs {
    /// What the figures are as of.
    pub as_of: String,
    /// Tables.
    pub tables: u64,
    /// Metrics.
    pub metrics: u64,
    /// Figures in all.
    pub cells: u64,
    /// Whether they stood already as they would have been computed.
    pub unchanged: bool,
    /// How long that took.
    pub milliseconds: u64,
}

/// What became of a claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunClaim {
    /// Its id.
    pub id: String,
    /// Its sentence.
    pub text: String,
    /// `holds`, `fails`, `undecided`.
    pub verdict: String,
    /// The figures it was held against: `governance.listed_maintainers 12`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub figures: Vec<String>,
}

/// `run.notified`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunNotified {
    /// The pipeline file's name, without its folder.
    pub pipeline: String,
    /// What about: `failure`, `recovery`, `verdict`.
    pub about: String,
    /// Who was told: the command's name, or the address's host. Nothing of it is secret.
    pub to: String,
    /// What was told, in one word for one state of things: the same is not told twice in a row.
    pub digest: String,
    /// How often it was tried.
    pub attempts: u32,
    /// Why it did not arrive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
}
