//! What is said about a claim. Everything here can be written as JSON, and the report shows nothing else.

use serde::Serialize;

/// Whether something is so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It is.
    Holds,
    /// It is not.
    Fails,
    /// What was collected cannot tell.
    Undecided,
}

impl Answer {
    /// Of things all of which must be so: one that is not decides, then one that nobody can tell.
    pub fn all(answers: impl IntoIterator<Item = Self>) -> Self {
        let mut together = Self::Holds;
        for answer in answers {
            match answer {
                Self::Fails => return Self::Fails,
                Self::Undecided => together = Self::Undecided,
                Self::Holds => {}
            }
        }
        together
    }

    /// `holds`, `fails`, `undecided`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Fails => "fails",
            Self::Undecided => "undecided",
        }
    }
}

/// The answer to one claim.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verdict {
    /// The claim's name.
    pub id: String,
    /// Its sentence.
    pub text: String,
    /// Whether the project fails with it.
    pub required: bool,
    /// Where the sentence stands.
    pub place: Option<String>,
    /// As it is claimed: every part of it in its own window.
    pub answer: Answer,
    /// Why it is not decided, a sentence each.
    pub because: Vec<String>,
    /// What would decide it, a sentence each.
    pub to_decide: Vec<String>,
    /// What it expects, one by one.
    pub parts: Vec<Part>,
    /// The other ways to read its words under which all of it holds, or held once.
    pub holds_under: Vec<Way>,
    /// How many other ways to read it there are.
    pub ways: usize,
    /// Of what lasts (listed maintainers): when all of it held, read as it is claimed. Empty for what happens in a window.
    pub holds_during: Vec<Span>,
    /// Where the claim does not hold: the nearest statement that does.
    pub nearest: Option<String>,
}

/// One number of a claim.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Part {
    /// What the value must be: `>= 234`.
    pub must: String,
    /// The word that it counts, as meanings.toml names it: `contributor`.
    pub word: Option<String>,
    /// Read as it is claimed.
    pub reading: Reading,
    /// Every other way to read it: other definitions, other windows, other groups.
    pub others: Vec<Reading>,
    /// Of what lasts: the value since each day on which it changed, until the as-of instant. Empty for what happens in a window.
    pub course: Vec<Step>,
}

/// A number under one definition, in one window.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reading {
    /// What the definition is called among those that the word could mean: `with chat and meetings`.
    pub label: String,
    /// The metric.
    pub metric: String,
    /// The version of its definition; 0 where there is no such metric.
    pub version: u32,
    /// Its title.
    pub title: String,
    /// Its definition.
    pub definition: String,
    /// What the value counts.
    pub unit: String,
    /// Whether it is what holds at the window's last instant, not what happens in it.
    pub lasts: bool,
    /// What the window is called among those that the words could mean; none where it is the claim's own.
    pub window_label: Option<String>,
    /// The window: `365d`, `2025Q2`.
    pub window: String,
    /// Its first day or instant.
    pub window_start: Option<String>,
    /// The first day or instant after it.
    pub window_end: Option<String>,
    /// The group, `repository=acme/lantern`; none for everything.
    pub group: Option<String>,
    /// The value; of a rate the mean over its windows. None where there is none.
    pub value: Option<f64>,
    /// The least it can be, whatever the organisations that nobody knows are.
    pub low: Option<f64>,
    /// The most it can be.
    pub high: Option<f64>,
    /// The population behind it.
    pub n: i64,
    /// The part of it whose organisation is unknown.
    pub unknown_share: Option<f64>,
    /// Collected of what the sources say they hold.
    pub completeness: Option<f64>,
    /// What the figure says besides.
    pub note: Option<String>,
    /// Of a rate: each window that was judged.
    pub rate: Option<Rate>,
    /// Whether it is as claimed.
    pub answer: Answer,
    /// Why that is not decided.
    pub because: Vec<String>,
    /// What would decide it.
    pub to_decide: Vec<String>,
}

/// A rate, window by window.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rate {
    /// In how many windows it is as claimed.
    pub holds: usize,
    /// In how many windows it would have to be.
    pub windows: usize,
    /// The least value.
    pub least: Option<f64>,
    /// The greatest.
    pub most: Option<f64>,
    /// One by one, oldest first.
    pub each: Vec<Each>,
}

/// One window of a rate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Each {
    /// `2025Q2`
    pub window: String,
    /// None where there is no figure.
    pub value: Option<f64>,
    /// Whether it is as claimed there.
    pub answer: Answer,
}

/// One way to read a claim: a definition for each of its parts, in one window and one group.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Way {
    /// The definitions, a label a part: `with chat and meetings`, `related companies merged`.
    pub labels: Vec<String>,
    /// The values, one a part.
    pub values: Vec<Option<f64>>,
    /// What the window is called; none where it is the claim's own.
    pub window: Option<String>,
    /// The group; none where it is the claim's own.
    pub group: Option<String>,
    /// Whether it holds as of now.
    pub answer: Answer,
    /// Of what lasts: when it held.
    pub during: Vec<Span>,
}

/// From one day to another, which is not in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Span {
    /// The first day or instant.
    pub from: String,
    /// The first day or instant after it; none while it lasts.
    pub until: Option<String>,
}

/// A value, and since when.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    /// The day or instant.
    pub from: String,
    /// The value from then on.
    pub value: f64,
    /// What it would be if everybody whose organisation is unknown were of one more.
    pub high: f64,
}

/// Verdicts, and what they were taken from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Checked {
    /// The number of this shape.
    pub schema: u32,
    /// The community.
    pub project: String,
    /// The program that computed them.
    pub muster_version: String,
    /// What the figures look back from.
    pub as_of: String,
    /// The version of the log.
    pub log_version: i64,
    /// How many claims hold.
    pub holds: usize,
    /// How many fail.
    pub fails: usize,
    /// How many are undecided.
    pub undecided: usize,
    /// One a claim, in their order.
    pub verdicts: Vec<Verdict>,
}

impl Checked {
    /// The verdicts with how many there are of each answer.
    pub fn new(project: &str, muster_version: &str, as_of: String, log_version: i64, verdicts: Vec<Verdict>) -> Self {
        let count = |answer| verdicts.iter().filter(|verdict| verdict.answer == answer).count();
        Self {
            schema: 1,
            project: project.to_owned(),
            muster_version: muster_version.to_owned(),
            as_of,
            log_version,
            holds: count(Answer::Holds),
            fails: count(Answer::Fails),
            undecided: count(Answer::Undecided),
            verdicts,
        }
    }

    /// Whether a claim fails that must not.
    pub fn is_refuted(&self) -> bool {
        self.verdicts.iter().any(|verdict| verdict.required && verdict.answer == Answer::Fails)
    }
}
