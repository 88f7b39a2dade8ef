//! GitHub, and forges like it.

use super::is_false;
use serde::{Deserialize, Serialize};

/// `issue.opened`, `pull_request.opened`; the actor is the author.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemOpened {
    /// The number in the repository.
    pub number: u64,
    /// GitHub's number of the author; it survives a change of login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<u64>,
    /// GitHub's type of the author's account: `User`, `Bot`, `Organization`, `Mannequin`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_type: Option<String>,
    /// The time is the record's, not the object's.
    #[serde(default, skip_serializing_if = "is_false")]
    pub approximate: bool,
}

/// `issue.closed`, `.reopened`, `pull_request.closed`, `.reopened`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemChanged {
    /// The number in the repository.
    pub number: u64,
    /// GitHub's number of the actor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<u64>,
    /// The time is the record's, not the object's.
    #[serde(default, skip_serializing_if = "is_false")]
    pub approximate: bool,
}

/// A comment on an issue, a pull request or a line of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemCommented {
    /// The number of the issue or pull request.
    pub number: u64,
    /// GitHub's number of the comment; the event's id has it too.
    pub comment: u64,
    /// GitHub's number of the actor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<u64>,
    /// GitHub's type of the actor's account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_type: Option<String>,
    /// The time is the record's, not the object's.
    #[serde(default, skip_serializing_if = "is_false")]
    pub approximate: bool,
}

/// `issue.labeled`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemLabeled {
    /// The number in the repository.
    pub number: u64,
    /// The label's name.
    pub label: String,
    /// GitHub's number of the actor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<u64>,
    /// The time is the record's, not the object's.
    #[serde(default, skip_serializing_if = "is_false")]
    pub approximate: bool,
}

/// `issue.assigned`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemAssigned {
    /// The number in the repository.
    pub number: u64,
    /// The account that it was assigned to.
    pub assignee: String,
    /// GitHub's number of the actor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<u64>,
    /// The time is the record's, not the object's.
    #[serde(default, skip_serializing_if = "is_false")]
    pub approximate: bool,
}

/// `pull_request.merged`; the actor is the merger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullRequestMerged {
    /// The number in the repository.
    pub number: u64,
    /// GitHub's number of the merger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<u64>,
    /// The account of the author; unknown in trimmed payloads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// GitHub's number of the author.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author_id: Option<u64>,
    /// The time is the record's, not the object's.
    #[serde(default, skip_serializing_if = "is_false")]
    pub approximate: bool,
}

/// `pull_request.reviewed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullRequestReviewed {
    /// The number in the repository.
    pub number: u64,
    /// GitHub's number of the review.
    pub review: u64,
    /// `approved`, `changes_requested`, `commented`, `dismissed`: lower case.
    pub state: String,
    /// GitHub's number of the reviewer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<u64>,
    /// GitHub's type of the reviewer's account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_type: Option<String>,
    /// The time is the record's, not the object's.
    #[serde(default, skip_serializing_if = "is_false")]
    pub approximate: bool,
}

/// `commit.commented`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitCommented {
    /// The commit's id.
    pub sha: String,
    /// GitHub's number of the comment.
    pub comment: u64,
    /// GitHub's number of the actor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<u64>,
    /// GitHub's type of the actor's account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_type: Option<String>,
}

/// `release.published`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleasePublished {
    /// GitHub's number of the release.
    pub release: u64,
    /// The tag it is made from.
    pub tag: String,
    /// GitHub's number of the publisher.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<u64>,
    /// GitHub's type of the publisher's account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_type: Option<String>,
}

/// `repository.starred`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepositoryStarred {
    /// GitHub's number of the actor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<u64>,
}

/// `repository.forked`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepositoryForked {
    /// The fork's `owner/name`, where the record has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fork: Option<String>,
    /// GitHub's number of the actor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<u64>,
}

/// `repository.renamed`; the subject is the repository by its new name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepositoryRenamed {
    /// The old `owner/name`.
    pub from: String,
    /// The new `owner/name`.
    pub to: String,
    /// GitHub's number of the actor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<u64>,
}

/// `issue.transferred`; the subject is the issue by its old number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemTransferred {
    /// The number in the repository that it left.
    pub number: u64,
    /// Where it is now, `github:acme/lantern#12`, where the source says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// GitHub's number of the actor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<u64>,
    /// The time is the record's, not the object's.
    #[serde(default, skip_serializing_if = "is_false")]
    pub approximate: bool,
}

/// `pull_request.review_requested`; the actor asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewRequested {
    /// The number in the repository.
    pub number: u64,
    /// Who was asked: an account, or a `team:`.
    pub reviewer: String,
    /// GitHub's number of the actor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<u64>,
    /// The time is the record's, not the object's.
    #[serde(default, skip_serializing_if = "is_false")]
    pub approximate: bool,
}

/// `discussion.answered`; the actor chose the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscussionAnswered {
    /// The number in the repository.
    pub number: u64,
    /// GitHub's number of the comment chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<u64>,
    /// The account whose comment it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answerer: Option<String>,
    /// GitHub's number of the actor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<u64>,
}

/// `item.linked`; the subject is the issue or pull request, the time that of the text, the actor its author.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemLinked {
    /// The message: `slack:<channel>/<ts>`, as `item.reviewed` writes it, or `discord:<guild>/<channel>/<id>`.
    pub item: String,
}

/// One commit as a push lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushedCommit {
    /// The commit's id.
    pub sha: String,
    /// `email:<address>` of the author, where it has one; the archive hashes the local part of some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The author's name as written.
    pub name: String,
    /// Not pushed before to another branch.
    pub distinct: bool,
}

/// `push.received`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushReceived {
    /// The branch: `refs/heads/main`.
    #[serde(rename = "ref")]
    pub reference: String,
    /// The commit that the branch points to afterwards.
    pub head: String,
    /// How many commits, where the record says so; trimmed payloads do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// The commits that the record lists, at most twenty.
    pub commits: Vec<PushedCommit>,
    /// GitHub's number of the actor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<u64>,
}
