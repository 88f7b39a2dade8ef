//! What a check is told about figures, and by whom: whoever computes them implements [`Figures`].

use muster_model::{Date, Timestamp, WindowKind};

/// Where figures come from.
pub trait Figures {
    /// What holds for all of them.
    fn setting(&self) -> &Setting;

    /// What a metric's file says; none when there is no such metric.
    fn metric(&self, id: &str) -> Option<About>;

    /// The metric's cells in windows of a kind, for everything and for each group, oldest first.
    ///
    /// # Errors
    /// Why they cannot be computed, in words.
    fn cells(&self, id: &str, kind: WindowKind) -> Result<Vec<FigureCell>, String>;

    /// Of a metric of what lasts: each time that something began to hold.
    ///
    /// # Errors
    /// Why they cannot be read, in words.
    fn holding(&self, id: &str) -> Result<Vec<Interval>, String>;

    /// What the metric reads of which nothing at all was collected.
    fn missing(&self, id: &str) -> Vec<Missing>;
}

/// What holds for all figures of a check.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// What they look back from.
    pub as_of: Timestamp,
    /// The completeness below which a figure decides nothing.
    pub completeness: f64,
    /// The days that the community looks back to, by name.
    pub milestones: Vec<(String, Date)>,
    /// Every metric's id, for the one that was meant.
    pub ids: Vec<String>,
}

/// What a metric's file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Of its definition.
    pub version: u32,
    /// A few words.
    pub title: String,
    /// One sentence.
    pub definition: String,
    /// What the value counts.
    pub unit: String,
    /// Whether it counts what holds at an instant (listed maintainers), not what happens in a window.
    pub lasts: bool,
}

/// A figure.
#[derive(Debug, Clone, PartialEq)]
pub struct FigureCell {
    /// Empty for everything, else `<column>=<value>`.
    pub group: String,
    /// `2025Q2`, `365d`
    pub window: String,
    /// First instant in the window.
    pub window_start: Timestamp,
    /// First instant after it.
    pub window_end: Timestamp,
    /// Whether the as-of instant lies before its end.
    pub unfinished: bool,
    /// None where it is undefined or not reached.
    pub value: Option<f64>,
    /// How many more it could be if everybody whose organisation is unknown were of one of their own; none where unknown
    /// organisations do not matter.
    pub doubt: Option<f64>,
    /// The population behind it.
    pub n: i64,
    /// The part of it whose organisation is unknown.
    pub unknown_share: Option<f64>,
    /// Collected of what the sources say they hold.
    pub completeness: Option<f64>,
    /// What a reader must know besides.
    pub note: Option<String>,
}

/// Something that holds from one instant to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interval {
    /// What is counted distinct; none where it counts for nothing.
    pub value: Option<String>,
    /// Who it is whose organisation nobody knows, where organisations are counted.
    pub unknown: Option<String>,
    /// `<column>=<value>` of each column that the metric is grouped by.
    pub groups: Vec<String>,
    /// Since when.
    pub from: Timestamp,
    /// Until when; none while it holds.
    pub until: Option<Timestamp>,
}

/// A kind of data that a metric reads and that the log has nothing of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// `GitHub issues and pull requests`
    pub what: String,
    /// `add a github source and run again`
    pub collect: String,
}
