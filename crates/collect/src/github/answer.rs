//! GitHub's answers, as far as facts are made of them. Octocrab's types reject real answers (an event that they do not
//! know, a field that is not there); ours ask for what they use, and one object that cannot be read does not spoil the others.

use muster_model::Timestamp;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// The data of a query for a page of a repository.
#[derive(Debug, Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
pub(super) struct InRepository<T> {
    pub repository: Option<OnePage<T>>,
}

#[derive(Debug, Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
pub(super) struct OnePage<T> {
    pub page: Page<T>,
}

/// The data of a query for one object.
#[derive(Debug, Deserialize)]
pub(super) struct OneNode<T> {
    pub node: Option<T>,
}

/// A page of a connection.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", bound = "T: DeserializeOwned")]
pub(super) struct Page<T> {
    pub page_info: PageInfo,
    pub nodes: Vec<Loose<T>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PageInfo {
    pub has_next_page: bool,
    pub end_cursor: Option<String>,
}

impl<T> Page<T> {
    /// A page of a REST list, whose end does not say where the next begins.
    pub fn of_list(nodes: Vec<Loose<T>>) -> Self {
        Self { page_info: PageInfo { has_next_page: false, end_cursor: None }, nodes }
    }
}

impl PageInfo {
    /// Where the next page begins, if there is one.
    pub fn next(&self) -> Option<String> {
        self.end_cursor.clone().filter(|_| self.has_next_page)
    }
}

/// An object among others. GitHub gives null for what this token may not see.
#[derive(Debug)]
pub(super) enum Loose<T> {
    Good(T),
    Null,
    Bad { message: String, text: String },
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Loose<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        if raw.get() == "null" {
            return Ok(Self::Null);
        }
        Ok(match serde_json::from_str(raw.get()) {
            Ok(object) => Self::Good(object),
            Err(error) => Self::Bad { message: error.to_string(), text: raw.get().to_owned() },
        })
    }
}

/// A number that GraphQL writes as text where it may be large.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number(pub u64);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::Number(number) => number.as_u64(),
            serde_json::Value::String(text) => text.parse().ok(),
            _ => None,
        }
        .map(Self)
        .ok_or_else(|| D::Error::custom("expected a number"))
    }
}

/// Somebody, or a team of which a review is asked.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Actor {
    #[serde(rename = "__typename")]
    pub typename: String,
    #[serde(default)]
    pub login: String,
    #[serde(default)]
    pub database_id: Option<u64>,
    #[serde(default)]
    pub combined_slug: Option<String>,
}

/// An issue or a pull request.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Item {
    pub id: String,
    pub number: u64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub closed_at: Option<Timestamp>,
    #[serde(default)]
    pub merged_at: Option<Timestamp>,
    #[serde(default)]
    pub body: String,
    pub author: Option<Actor>,
    #[serde(default)]
    pub merged_by: Option<Actor>,
    pub timeline_items: Page<Moment>,
}

/// Something in the history of an item.
#[derive(Debug, Deserialize)]
#[serde(tag = "__typename", rename_all_fields = "camelCase")]
pub(super) enum Moment {
    IssueComment {
        full_database_id: Number,
        created_at: Timestamp,
        #[serde(default)]
        body: String,
        author: Option<Actor>,
    },
    ClosedEvent {
        created_at: Timestamp,
        actor: Option<Actor>,
    },
    ReopenedEvent {
        created_at: Timestamp,
        actor: Option<Actor>,
    },
    LabeledEvent {
        created_at: Timestamp,
        actor: Option<Actor>,
        label: Label,
    },
    AssignedEvent {
        created_at: Timestamp,
        actor: Option<Actor>,
        assignee: Option<Actor>,
    },
    PullRequestReview(Review),
    ReviewDismissedEvent {
        previous_review_state: String,
        review: Option<Review>,
    },
    ReviewRequestedEvent {
        created_at: Timestamp,
        actor: Option<Actor>,
        requested_reviewer: Option<Actor>,
    },
    ConvertToDraftEvent {
        created_at: Timestamp,
        actor: Option<Actor>,
    },
    ReadyForReviewEvent {
        created_at: Timestamp,
        actor: Option<Actor>,
    },
    TransferredEvent {
        created_at: Timestamp,
    },
    #[serde(other)]
    Other,
}

#[derive(Debug, Deserialize)]
pub(super) struct Label {
    pub name: String,
}

/// A review; one that is not submitted yet has no time.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Review {
    pub full_database_id: Number,
    pub submitted_at: Option<Timestamp>,
    #[serde(default)]
    pub state: String,
    #[serde(default)]
    pub body: String,
    pub author: Option<Actor>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Discussion {
    pub id: String,
    pub number: u64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    #[serde(default)]
    pub body: String,
    pub author: Option<Actor>,
    pub answer_chosen_at: Option<Timestamp>,
    pub answer_chosen_by: Option<Actor>,
    pub answer: Option<Answer>,
    pub comments: Page<Comment>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Answer {
    pub database_id: Option<u64>,
    pub author: Option<Actor>,
}

/// A comment in a discussion; a reply has no replies.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Comment {
    pub id: String,
    pub database_id: u64,
    pub created_at: Timestamp,
    #[serde(default)]
    pub body: String,
    pub author: Option<Actor>,
    #[serde(default)]
    pub replies: Option<Page<Comment>>,
}

/// The replies to a comment.
#[derive(Debug, Deserialize)]
pub(super) struct Replies {
    pub discussion: Option<Numbered>,
    pub replies: Page<Comment>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Numbered {
    pub number: u64,
}

/// A release, from the REST API: GraphQL has no author that is a bot.
#[derive(Debug, Deserialize)]
pub(super) struct Release {
    pub id: u64,
    pub tag_name: String,
    #[serde(default)]
    pub draft: bool,
    pub published_at: Option<Timestamp>,
    pub author: Option<User>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CommitComment {
    pub database_id: u64,
    pub created_at: Timestamp,
    pub author: Option<Actor>,
    pub commit: Option<Commit>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Commit {
    pub oid: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Star {
    pub starred_at: Timestamp,
    pub node: Option<Actor>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Fork {
    pub name_with_owner: String,
    pub created_at: Timestamp,
    pub owner: Option<Actor>,
}

/// A comment on a line of a pull request, from the REST API.
#[derive(Debug, Deserialize)]
pub(super) struct ReviewComment {
    pub id: u64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// Null in some old ones.
    #[serde(default)]
    pub body: Option<String>,
    pub user: Option<User>,
    pub pull_request_url: String,
}

/// An account as the REST API names it.
#[derive(Debug, Deserialize)]
pub(super) struct User {
    pub login: String,
    pub id: Option<u64>,
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

/// What is newest in a repository, and the totals.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Head {
    pub database_id: u64,
    pub name_with_owner: String,
    pub created_at: Timestamp,
    pub issues: Newest,
    pub pull_requests: Newest,
    pub merged: Total,
    pub releases: Newest,
    pub commit_comments: Newest,
    #[serde(default)]
    pub discussions: Option<Newest>,
    #[serde(default)]
    pub stargazers: Option<Newest>,
    #[serde(default)]
    pub forks: Option<Newest>,
}

#[derive(Debug, Deserialize)]
pub(super) struct HeadOf {
    pub repository: Option<Head>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Total {
    pub total_count: u64,
}

/// The newest objects of a connection.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Newest {
    pub total_count: u64,
    #[serde(alias = "edges")]
    pub nodes: Vec<Option<Stamp>>,
}

/// One of them: which, and when it last changed.
#[derive(Debug, Deserialize)]
pub(super) struct Stamp {
    #[serde(default)]
    pub id: Option<String>,
    #[serde(default)]
    pub node: Option<StampedNode>,
    #[serde(alias = "updatedAt", alias = "starredAt", alias = "createdAt")]
    pub at: Timestamp,
    #[serde(default, rename = "isDraft")]
    pub is_draft: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct StampedNode {
    pub id: String,
}

impl Newest {
    /// The time of the newest.
    pub fn at(&self) -> Option<Timestamp> {
        self.nodes.iter().flatten().map(|stamp| stamp.at).max()
    }

    /// A hash of all that is said here.
    pub fn hash(&self) -> u64 {
        use std::fmt::Write;
        let mut text = self.total_count.to_string();
        for stamp in self.nodes.iter().flatten() {
            let id = stamp.id.as_ref().or(stamp.node.as_ref().map(|node| &node.id));
            let _ = write!(text, "/{}@{}{}", id.map_or("", String::as_str), stamp.at, stamp.is_draft);
        }
        xxhash_rust::xxh3::xxh3_64(text.as_bytes())
    }

    /// How many of them changed at `from` or later.
    pub fn since(&self, from: Timestamp) -> u32 {
        u32::try_from(self.nodes.iter().flatten().filter(|stamp| stamp.at >= from).count()).unwrap_or(u32::MAX)
    }

    pub fn drafts(&self) -> u64 {
        self.nodes.iter().flatten().filter(|stamp| stamp.is_draft).count() as u64
    }
}

/// A page of an owner's repositories.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Owner {
    pub repository_owner: Option<Repositories>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Repositories {
    pub repositories: Page<Named>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Named {
    pub name_with_owner: String,
}
