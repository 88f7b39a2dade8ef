//! What the writers are given.

use muster_model::{Severity, Timestamp, WindowKind};

/// One cell of one metric: a number, the definition it follows, and everything that limits it.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// The metric's id, `growth.active_contributors`.
    pub metric: String,
    /// The version of its definition.
    pub version: u32,
    /// Its name for people.
    pub title: String,
    /// The definition in words.
    pub definition: String,
    /// Where the definition comes from, `CHAOSS Contributors`.
    pub source: String,
    /// What the value counts: `people`, `days`; `share` for a part of one.
    pub unit: String,
    /// What the figure is about as a whole: the project, a repository.
    pub scope: String,
    /// The group inside it, such as an organisation; empty for the total.
    pub group: String,
    /// The window's label, `2025Q2` or `365d`.
    pub window: String,
    /// How time was cut: `quarter`, `365d`.
    pub window_kind: String,
    /// First instant inside the window.
    pub window_start: Timestamp,
    /// First instant after it.
    pub window_end: Timestamp,
    /// Whether the window is still filling.
    pub unfinished: bool,
    /// The value; `None` where there is none, such as a median that is not reached.
    pub value: Option<f64>,
    /// Lower end of its interval.
    pub low: Option<f64>,
    /// Upper end of its interval.
    pub high: Option<f64>,
    /// What the naive reading gives: for a median of waiting times, of the finished ones only.
    pub naive: Option<f64>,
    /// The size of the population behind it.
    pub n: i64,
    /// The part of the population whose group is not known, 0 to 1.
    pub unknown_share: Option<f64>,
    /// How many of the population were still waiting when last seen.
    pub censored: Option<i64>,
    /// How much of what the source says it has was collected, 0 to 1.
    pub completeness: Option<f64>,
    /// The version of the log that it was computed from.
    pub log_version: i64,
    /// What a reader must know besides.
    pub note: Option<String>,
}

impl Figure {
    /// Whether the window ends at the as-of instant by its nature: `365d`, `all`.
    pub(crate) fn is_trailing(&self) -> bool {
        self.window.parse().is_ok_and(WindowKind::is_single)
    }
}

/// What the figures were made from.
#[derive(Debug, Clone, PartialEq)]
pub struct Provenance {
    /// The community's name.
    pub project: String,
    /// The pipeline file, as the commands in the page name it.
    pub pipeline_file: String,
    /// The version of the program.
    pub muster_version: String,
    /// The version of the log.
    pub log_version: i64,
    /// The instant that the figures look back from.
    pub as_of: Timestamp,
    /// Events in the log at that version.
    pub log_events: u64,
    /// Those of them that are later than the as-of instant, and not used.
    pub late_events: u64,
    /// The sources, in the order of the pipeline file.
    pub sources: Vec<SourceCounts>,
    /// The accounts that were left out as bots.
    pub excluded_bots: Vec<ExcludedBot>,
}

/// What one source brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceCounts {
    /// Its name in the pipeline file.
    pub name: String,
    /// Its kind, `git`.
    pub kind: String,
    /// Events in the log by their type.
    pub events: Vec<(String, u64)>,
}

impl SourceCounts {
    /// All its events.
    pub(crate) fn total(&self) -> u64 {
        self.events.iter().map(|(_, count)| count).sum()
    }
}

/// An account that was left out as a bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExcludedBot {
    /// The account, `github:dependabot[bot]`.
    pub account: String,
    /// Why: the forge says so, or which pattern.
    pub reason: String,
}

/// A record that could not be read, or was read with a doubt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// The source's name.
    pub source: String,
    /// The file, relative to the source's path.
    pub file: String,
    /// 1-based line, when there is one.
    pub line: Option<u32>,
    /// Whether the record was lost.
    pub severity: Severity,
    /// What was found and what was expected.
    pub message: String,
    /// What to do about it.
    pub hint: String,
    /// The hash of the text, which itself stays where it is.
    pub text_hash: String,
}

impl Rejected {
    /// `rejected` or `notice`.
    pub(crate) fn severity_word(&self) -> &'static str {
        match self.severity {
            Severity::Rejected => "rejected",
            Severity::Notice => "notice",
        }
    }
}

/// Somebody at a meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Present {
    /// The name as the notes write it.
    pub name: String,
    /// The organisation; empty where it is not known.
    pub organisation: String,
    /// The GitHub login; empty where it is not known.
    pub login: String,
    /// The notes source.
    pub community: String,
    /// Which of its meetings.
    pub series: String,
    /// The day, `2025-06-17`.
    pub date: String,
}
