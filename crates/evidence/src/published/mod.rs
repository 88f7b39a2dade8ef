//! Figures that other tools publish, to be laid beside ours.
//!
//! | tool | file | read as |
//! | --- | --- | --- |
//! | DevStats | an answer of its JSON API (`CompaniesTable`, `ComContribRepoGrp`, `ComStatsRepoGrp`, `DevActCnt`, `DevActCntComp`, `CumulativeCounts`, `SiteStats`), or a list of them | [`Tool::DevStats`] |
//! | LFX Insights | the answer of `GET /api/project/<slug>/insights` | [`Tool::Lfx`] |
//! | OpenDigger | `<metric>.json` of its static export; `github/<owner>/<name>/<metric>.json` says whose it is | [`Tool::OpenDigger`] |
//!
//! Which of our metrics a series is compared with is data: [`series`]. A series that no metric of ours follows is listed
//! ([`Unknown`]) with the reason, never left out; a value that is no number is a problem with its place.
//!
//! The parsers are pure and end in an answer whatever the bytes are.

mod devstats;
mod lfx;
pub mod opendigger;
mod series;

use muster_model::Problem;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// No answer of these tools is near this; whoever gives more has given another file.
pub const MOST_BYTES: usize = 32 * 1024 * 1024;

/// Whose figures they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tool {
    /// CNCF DevStats.
    DevStats,
    /// LFX Insights.
    Lfx,
    /// OpenDigger.
    OpenDigger,
}

impl Tool {
    /// Its name as people write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::DevStats => "DevStats",
            Self::Lfx => "LFX Insights",
            Self::OpenDigger => "OpenDigger",
        }
    }
}

/// One published figure that a metric of ours answers too.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// The metric of the pack: `devstats.contributors`.
    pub metric: String,
    /// The series as the tool names it.
    pub series: String,
    /// The window as ours is labelled: `2025Q2`, `365d`, `2024-01-01..2025-01-01`.
    pub window: String,
    /// The period in the tool's own words.
    pub period: String,
    /// The cell as ours is labelled, `repository=owner/name` or `organisation=Acme`; empty for everything.
    pub group: String,
    /// The figure, in the tool's unit.
    pub value: f64,
    /// Where it stands in the file: a JSON pointer.
    pub position: String,
}

/// A series that nothing of ours can be laid beside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// As the tool names it.
    pub series: String,
    /// Where it stands in the file: a JSON pointer.
    pub position: String,
    /// Why nothing is compared with it.
    pub reason: String,
}

/// What a file says.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Whose figures they are.
    pub tool: Tool,
    /// Those that can be compared.
    pub figures: Vec<Published>,
    /// The series that cannot.
    pub unknown: Vec<Unknown>,
    /// Values that could not be read.
    pub problems: Vec<Problem>,
}

/// A file that is none of these.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PublishedError {
    /// Larger than [`MOST_BYTES`].
    #[error("{file}: {bytes} bytes are more than an answer of DevStats, LFX or OpenDigger has; give one answer a file")]
    TooLarge {
        /// The file as given.
        file: String,
        /// Its size.
        bytes: usize,
    },
    /// Not JSON.
    #[error("{file}:{line}:{column}: not JSON: {message}; save the answer as it came")]
    NotJson {
        /// The file as given.
        file: String,
        /// 1-based line.
        line: usize,
        /// 1-based column.
        column: usize,
        /// What the reader of JSON says.
        message: String,
    },
    /// The answer says that the question was refused.
    #[error("{file}: the tool answered with an error: {message}; ask again and save the answer")]
    Refused {
        /// The file as given.
        file: String,
        /// What the tool says.
        message: String,
    },
    /// JSON of another kind.
    #[error(
        "{file}: neither an answer of DevStats' JSON API, nor of LFX Insights' /api/project/<slug>/insights, nor a \
         metric's file of OpenDigger; docs/packs.md says what can be read"
    )]
    Unrecognised {
        /// The file as given.
        file: String,
    },
}

/// Reads a published file; `name` is its path, of which OpenDigger's metric and repository are taken.
///
/// # Errors
/// A file that is too large, no JSON, an error answer, or of none of the three tools.
pub fn read(name: &str, bytes: &[u8]) -> Result<Reading, PublishedError> {
    let file = || name.to_owned();
    if bytes.len() > MOST_BYTES {
        return Err(PublishedError::TooLarge { file: file(), bytes: bytes.len() });
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let value: Value = serde_json::from_slice(text).map_err(|error| PublishedError::NotJson {
        file: file(),
        line: error.line(),
        column: error.column(),
        message: without_place(&error),
    })?;
    if let Some(message) = refusal(&value) {
        return Err(PublishedError::Refused { file: file(), message });
    }
    let answers = Answers::of(&value);
    let read = [devstats::read, lfx::read, opendigger::read].into_iter().find_map(|read| read(name, &answers));
    read.ok_or_else(|| PublishedError::Unrecognised { file: file() })
}

/// The message of serde_json without the place, which stands before it already.
fn without_place(error: &serde_json::Error) -> String {
    let message = error.to_string();
    message.rsplit_once(" at line ").map_or(message.clone(), |(message, _)| message.to_owned())
}

/// DevStats says `{"error": …}`, LFX `{"statusCode": …, "statusMessage": …}`.
fn refusal(value: &Value) -> Option<String> {
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    text("error").or_else(|| value.get("statusCode").and_then(|_| text("statusMessage").or_else(|| text("message"))))
}

/// The objects of a file, each with the JSON pointer to it: the file itself, or the members of its list.
struct Answers<'a>(Vec<(String, &'a Map<String, Value>)>);

impl<'a> Answers<'a> {
    fn of(value: &'a Value) -> Self {
        let listed = value.as_array().into_iter().flatten().enumerate();
        let listed = listed.filter_map(|(place, answer)| Some((format!("/{place}"), answer.as_object()?)));
        Self(value.as_object().map(|answer| (String::new(), answer)).into_iter().chain(listed).collect())
    }

    /// The answer of a file that is one.
    fn only(&self) -> Option<&'a Map<String, Value>> {
        match self.0.as_slice() {
            [(pointer, answer)] if pointer.is_empty() => Some(answer),
            _ => None,
        }
    }
}

/// A reading in the making.
struct Reader {
    file: String,
    reading: Reading,
}

impl Reader {
    fn new(tool: Tool, file: &str) -> Self {
        let reading = Reading { tool, figures: Vec::new(), unknown: Vec::new(), problems: Vec::new() };
        Self { file: file.to_owned(), reading }
    }

    fn unknown(&mut self, series: &str, position: &str, reason: impl Into<String>) {
        let (series, position) = (series.to_owned(), position.to_owned());
        self.reading.unknown.push(Unknown { series, position, reason: reason.into() });
    }

    fn problem(&mut self, position: &str, message: &str, hint: &str) {
        let message = format!("{position}: {message}");
        self.reading.problems.push(Problem::rejected(&self.file, None, message, hint));
    }

    /// A figure, or the problem that its value is none.
    fn figure(&mut self, value: &Value, figure: Published) {
        match value.as_f64().filter(|number| number.is_finite()) {
            Some(value) => self.reading.figures.push(Published { value, ..figure }),
            None => self.problem(
                &figure.position,
                &format!("{} of {} is no number", figure.series, figure.period),
                "save the answer as it came",
            ),
        }
    }
}

/// The members of an object in the order of their names, whatever order serde_json is built to keep.
fn sorted(object: &Map<String, Value>) -> BTreeMap<&str, &Value> {
    object.iter().map(|(key, value)| (key.as_str(), value)).collect()
}

/// A JSON pointer's part: `~` and `/` are written `~0` and `~1` (RFC 6901).
fn escaped(part: &str) -> String {
    part.replace('~', "~0").replace('/', "~1")
}
