//! How far the collection has come: a position for each repository and kind, as text that the log keeps with the events.
//!
//! A *lane* is one kind of object of one repository. A *pass* is one way through a lane, page by page: the first, one over
//! what has changed, or a sweep over everything. The position moves with every page, so a run that is killed, or has
//! used up its requests, goes on at the page it was at.

use muster_model::{CollectError, Cursor, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

const VERSION: u32 = 1;

/// The whole position.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Place {
    version: u32,
    /// By GitHub's number of the repository, which survives a change of name.
    pub repositories: BTreeMap<u64, Position>,
}

/// Where a repository stands.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Position {
    /// Its name when it was first collected: the one in the ids of its events, so that a new name doubles no fact.
    pub name: String,
    /// Its name now.
    pub called: String,
    /// When the last pass over everything began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub swept: Option<Timestamp>,
    /// When the sweep under way began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sweeping: Option<Timestamp>,
    /// What the sweep under way has found to be missing, by event type.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub missed: BTreeMap<String, i64>,
    pub lanes: BTreeMap<Kind, Lane>,
    /// The totals stated last, by event type.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub counted: BTreeMap<String, u64>,
    /// The first month whose merges no search has counted yet: `2025-03`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uncounted: Option<String>,
    /// Earlier months in which merges came to light since they were counted.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub recount: BTreeSet<String>,
    /// Something changed since the comments were counted.
    #[serde(default, skip_serializing_if = "is_false")]
    pub stale: bool,
}

/// What is collected of a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Kind {
    Issues,
    PullRequests,
    ReviewComments,
    CommitComments,
    Releases,
    Discussions,
    Stars,
    Forks,
}

impl Kind {
    pub const ALL: [Self; 8] = [
        Self::Issues,
        Self::PullRequests,
        Self::ReviewComments,
        Self::CommitComments,
        Self::Releases,
        Self::Discussions,
        Self::Stars,
        Self::Forks,
    ];

    /// What a person calls it.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Issues => "issues",
            Self::PullRequests => "pull requests",
            Self::ReviewComments => "review comments",
            Self::CommitComments => "comments on commits",
            Self::Releases => "releases",
            Self::Discussions => "discussions",
            Self::Stars => "stars",
            Self::Forks => "forks",
        }
    }
}

/// Where a lane stands.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Lane {
    /// What changed up to here is in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// A hash of the newest objects as they were then: as long as it stays, nothing is new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newest: Option<u64>,
    /// How many facts the passes have found, by event type: what a sweep must find again.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub held: BTreeMap<String, u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pass: Option<Pass>,
    /// The last page of a REST list: from when on it was asked for, and its ETag. Asked for again it costs nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<(Option<Timestamp>, String)>,
    /// The sweep under way has been here.
    #[serde(default, skip_serializing_if = "is_false")]
    pub swept: bool,
}

/// A way through a lane.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Pass {
    pub why: Why,
    /// The newest change when it began: afterwards the lane is complete up to here. What changes meanwhile is for the
    /// next pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Timestamp>,
    /// [`Lane::newest`] when it began.
    pub newest: u64,
    /// The page reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// The last page is read; what is left is below.
    #[serde(default, skip_serializing_if = "is_false")]
    pub read: bool,
    /// How many objects to ask for at a time.
    pub first: u32,
    /// Long histories, of which only the beginning came with the page.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rest: Vec<Rest>,
    /// Facts found, by event type.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub found: BTreeMap<String, u64>,
    /// How many pages were read.
    #[serde(default)]
    pub pages: u64,
    /// Of a REST list: from when on the next page is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// The objects of the very second `since`, which the next page repeats.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub edge: Vec<u64>,
}

/// Why a pass is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Why {
    /// Nothing is held yet.
    First,
    /// Something has changed.
    Changes,
    /// To find what the passes over changes have missed.
    Sweep,
}

/// An object whose history goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Rest {
    /// GitHub's node id.
    pub id: String,
    pub after: String,
    /// It is a comment, and its replies go on.
    #[serde(default, skip_serializing_if = "is_false")]
    pub replies: bool,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

impl Place {
    /// Reads the log's cursor of the source called `source`.
    pub fn read(source: &str, cursor: Option<&Cursor>) -> Result<Self, CollectError> {
        let Some(Cursor(text)) = cursor else {
            return Ok(Self { version: VERSION, repositories: BTreeMap::new() });
        };
        let hint = "was the name given to a source of another kind before, or written by a newer muster? give this one \
                    another name";
        let place: Self = serde_json::from_str(text).map_err(|error| {
            CollectError::new(format!("source {source}: its cursor in the log cannot be read: {error}"), hint)
        })?;
        if place.version != VERSION {
            let found = place.version;
            return Err(CollectError::new(
                format!("source {source}: its cursor in the log has version {found}, and {VERSION} is known"),
                hint,
            ));
        }
        Ok(place)
    }

    pub fn cursor(&self) -> Option<Cursor> {
        // Numbers, texts and maps of them always serialise.
        serde_json::to_string(self).ok().map(Cursor)
    }
}
