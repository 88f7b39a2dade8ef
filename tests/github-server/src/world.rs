//! What the server knows: accounts, repositories, and all that happened in them.
//!
//! An item's state is not stored but follows from its history, so that it can never contradict it. What has only one
//! value at a time and no history on GitHub (the text of a comment, the state of a review) is stored.

use jiff::Timestamp;
use std::collections::BTreeMap;

/// Everything the server answers from.
#[derive(Debug, Clone, Default)]
pub struct World {
    pub(crate) accounts: BTreeMap<u64, Account>,
    /// Logins in lower case.
    pub(crate) logins: BTreeMap<String, u64>,
    pub(crate) repositories: Vec<Repository>,
    /// The number given last to anything.
    pub(crate) last_id: u64,
}

/// What an account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountKind {
    /// A person.
    User,
    /// An App. GraphQL gives its login as it is here, REST with `[bot]` behind it.
    Bot,
    /// An organisation.
    Organization,
    /// A stand-in for somebody whose history was imported.
    Mannequin,
    /// A user account that an enterprise manages.
    EnterpriseUserAccount,
}

impl AccountKind {
    /// GraphQL's name of the type.
    #[must_use]
    pub fn graphql(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Bot => "Bot",
            Self::Organization => "Organization",
            Self::Mannequin => "Mannequin",
            Self::EnterpriseUserAccount => "EnterpriseUserAccount",
        }
    }

    /// REST's `type`.
    #[must_use]
    pub fn rest(self) -> &'static str {
        match self {
            Self::EnterpriseUserAccount => "User",
            kind => kind.graphql(),
        }
    }
}

/// Somebody on GitHub.
#[derive(Debug, Clone)]
pub struct Account {
    /// GitHub's number.
    pub id: u64,
    /// The login, without `[bot]`.
    pub login: String,
    /// What it is.
    pub kind: AccountKind,
    /// Deleted accounts are nobody (GraphQL: null) or `ghost` (REST).
    pub deleted: bool,
}

impl Account {
    /// The login as REST writes it.
    #[must_use]
    pub fn rest_login(&self) -> String {
        match self.kind {
            AccountKind::Bot => format!("{}[bot]", self.login),
            _ => self.login.clone(),
        }
    }
}

/// Whether a repository answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Access {
    /// It does.
    #[default]
    Open,
    /// 404: deleted, or not for these eyes. It is in no listing.
    Gone,
    /// 451: taken down for legal reasons. Listings still name it.
    Blocked,
    /// 403: the organisation refuses this token. Listings still name it.
    Forbidden,
}

/// A repository and its history.
#[derive(Debug, Clone)]
pub struct Repository {
    /// GitHub's number.
    pub id: u64,
    /// The account it belongs to.
    pub owner: String,
    /// The name.
    pub name: String,
    /// Each `owner/name` that it had before, with the time of the change and who made it.
    pub renames: Vec<Rename>,
    /// Read-only.
    pub archived: bool,
    /// Of what it is a fork, as `owner/name`.
    pub fork_of: Option<String>,
    /// Not public.
    pub private: bool,
    /// Whether it answers.
    pub access: Access,
    /// When it was made.
    pub created_at: Timestamp,
    /// The last change of the repository itself.
    pub updated_at: Timestamp,
    /// Issues and pull requests, by number.
    pub items: Vec<Item>,
    /// Numbers that moved to another repository: the number here, the repository and the number there.
    pub moved: BTreeMap<u64, (u64, u64)>,
    /// Numbers of issues that were deleted (REST: 410).
    pub removed: Vec<u64>,
    /// Discussions, by number; they share the numbers of the items.
    pub discussions: Vec<Discussion>,
    /// Releases, oldest first.
    pub releases: Vec<Release>,
    /// Stars, oldest first.
    pub stars: Vec<Star>,
    /// Comments on commits.
    pub commit_comments: Vec<CommitComment>,
    /// The number given last to an item or discussion.
    pub last_number: u64,
}

/// A change of a repository's name or owner.
#[derive(Debug, Clone)]
pub struct Rename {
    /// The old `owner/name`.
    pub from: String,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: u64,
}

impl Repository {
    /// `owner/name`.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    /// The item of a number.
    #[must_use]
    pub fn item(&self, number: u64) -> Option<&Item> {
        let at = self.items.binary_search_by_key(&number, |item| item.number).ok()?;
        self.items.get(at)
    }

    /// The discussion of a number.
    #[must_use]
    pub fn discussion(&self, number: u64) -> Option<&Discussion> {
        self.discussions.iter().find(|discussion| discussion.number == number)
    }

    /// Whether `full_name` is or was its name, without regard to case.
    #[must_use]
    pub fn is_or_was(&self, full_name: &str) -> bool {
        self.is_now(full_name) || self.renames.iter().any(|rename| rename.from.eq_ignore_ascii_case(full_name))
    }

    /// Whether `full_name` is its name, without regard to case.
    #[must_use]
    pub fn is_now(&self, full_name: &str) -> bool {
        self.full_name().eq_ignore_ascii_case(full_name)
    }
}

/// An issue or a pull request.
#[derive(Debug, Clone)]
pub struct Item {
    /// The number of the issue, or of the pull request as one.
    pub id: u64,
    /// The number of the issue that a pull request also is: `id` in the answers below `/issues`.
    pub issue_id: u64,
    /// The number in the repository.
    pub number: u64,
    /// A pull request, and what only those have.
    pub pull_request: Option<PullRequest>,
    /// The title as it is now.
    pub title: String,
    /// The first text.
    pub body: String,
    /// Who opened it.
    pub author: u64,
    /// When it was opened.
    pub created_at: Timestamp,
    /// The last change of anything in it.
    pub updated_at: Timestamp,
    /// What happened to it, oldest first.
    pub history: Vec<Change>,
    /// Comments, oldest first.
    pub comments: Vec<Comment>,
    /// Reviews, oldest first.
    pub reviews: Vec<Review>,
}

/// What only pull requests have.
#[derive(Debug, Clone)]
pub struct PullRequest {
    /// Whether it was opened as a draft.
    pub opened_as_draft: bool,
    /// The branch it comes from.
    pub head: String,
    /// How many commits.
    pub commits: u64,
}

/// Something that happened to an item.
#[derive(Debug, Clone)]
pub struct Change {
    /// GitHub's number of the event.
    pub id: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: u64,
    /// What.
    pub what: What,
}

/// What can happen to an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A label was given.
    Labeled(String),
    /// A label was taken away.
    Unlabeled(String),
    /// It was assigned to an account.
    Assigned(u64),
    /// It was taken from an account.
    Unassigned(u64),
    /// It was closed. A merge closes too, by an entry of its own.
    Closed {
        /// `completed`, `not_planned`; pull requests have none.
        reason: Option<&'static str>,
    },
    /// It was opened again.
    Reopened,
    /// It was merged.
    Merged {
        /// The merge's commit.
        commit: String,
    },
    /// The title changed.
    Renamed {
        /// The title before.
        from: String,
        /// The title since.
        to: String,
    },
    /// Somebody was asked for a review.
    ReviewRequested(Reviewer),
    /// The asking was taken back.
    ReviewRequestRemoved(Reviewer),
    /// A draft became ready for review.
    ReadyForReview,
    /// It became a draft.
    ConvertedToDraft,
    /// It came here from another repository.
    Transferred {
        /// The repository that it left.
        from: u64,
        /// The number it had there.
        number: u64,
    },
    /// A review was dismissed.
    ReviewDismissed {
        /// The review.
        review: u64,
        /// Its state before.
        state: ReviewState,
    },
    /// Somebody was named in it. Noise to a collector.
    Mentioned,
    /// Somebody gets its mails. Noise to a collector.
    Subscribed,
}

/// Whom a review is asked of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reviewer {
    /// An account.
    Account(u64),
    /// A team of the owner, by its slug.
    Team(String),
}

/// A comment on an item, or on a discussion.
#[derive(Debug, Clone)]
pub struct Comment {
    /// GitHub's number.
    pub id: u64,
    /// Who wrote it.
    pub author: u64,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it was edited last.
    pub updated_at: Timestamp,
    /// The text.
    pub body: String,
}

/// What a review says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewState {
    /// Yes.
    Approved,
    /// Not like this.
    ChangesRequested,
    /// Neither.
    Commented,
    /// It no longer counts.
    Dismissed,
}

impl ReviewState {
    /// As both interfaces write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Approved => "APPROVED",
            Self::ChangesRequested => "CHANGES_REQUESTED",
            Self::Commented => "COMMENTED",
            Self::Dismissed => "DISMISSED",
        }
    }
}

/// A review.
#[derive(Debug, Clone)]
pub struct Review {
    /// GitHub's number.
    pub id: u64,
    /// Who reviewed.
    pub author: u64,
    /// When it was submitted.
    pub submitted_at: Timestamp,
    /// When it was edited or dismissed last.
    pub updated_at: Timestamp,
    /// What it says now.
    pub state: ReviewState,
    /// The text.
    pub body: String,
    /// The comments on lines that it came with.
    pub comments: Vec<ReviewComment>,
}

/// A comment on a line.
#[derive(Debug, Clone)]
pub struct ReviewComment {
    /// The comment.
    pub comment: Comment,
    /// The file.
    pub path: String,
    /// The line.
    pub line: u64,
    /// The comment it answers.
    pub in_reply_to: Option<u64>,
}

/// A discussion.
#[derive(Debug, Clone)]
pub struct Discussion {
    /// GitHub's number.
    pub id: u64,
    /// The number in the repository.
    pub number: u64,
    /// The title.
    pub title: String,
    /// Who opened it.
    pub author: u64,
    /// When.
    pub created_at: Timestamp,
    /// The last change of anything in it.
    pub updated_at: Timestamp,
    /// Comments, oldest first.
    pub comments: Vec<DiscussionComment>,
    /// The comment chosen as the answer, when, and by whom.
    pub answer: Option<Answer>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
}

/// A comment on a discussion.
#[derive(Debug, Clone)]
pub struct DiscussionComment {
    /// The comment.
    pub comment: Comment,
    /// The comment it answers; answers are listed below it and not beside it.
    pub reply_to: Option<u64>,
}

/// The choice of an answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The comment.
    pub comment: u64,
    /// When it was chosen.
    pub at: Timestamp,
    /// Who chose.
    pub by: u64,
}

/// A release.
#[derive(Debug, Clone)]
pub struct Release {
    /// GitHub's number.
    pub id: u64,
    /// The tag.
    pub tag: String,
    /// Who made it.
    pub author: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was published; a draft is not.
    pub published_at: Option<Timestamp>,
    /// Not the final one.
    pub prerelease: bool,
}

/// A star.
#[derive(Debug, Clone)]
pub struct Star {
    /// Who.
    pub by: u64,
    /// When.
    pub at: Timestamp,
}

/// A comment on a commit.
#[derive(Debug, Clone)]
pub struct CommitComment {
    /// The comment.
    pub comment: Comment,
    /// The commit.
    pub sha: String,
}

impl Item {
    /// `closed` follows from the last of the entries that open or close.
    fn last_turn(&self) -> Option<&Change> {
        self.history
            .iter()
            .rev()
            .find(|change| matches!(change.what, What::Closed { .. } | What::Reopened | What::Merged { .. }))
    }

    /// The closing in force.
    #[must_use]
    pub fn closing(&self) -> Option<&Change> {
        self.last_turn().filter(|change| change.what != What::Reopened)
    }

    /// Whether it is open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.closing().is_none()
    }

    /// The merge.
    #[must_use]
    pub fn merge(&self) -> Option<&Change> {
        self.history.iter().find(|change| matches!(change.what, What::Merged { .. }))
    }

    /// Whether it is a draft now.
    #[must_use]
    pub fn is_draft(&self) -> bool {
        let Some(pull_request) = &self.pull_request else { return false };
        let turn = self.history.iter().rev().find_map(|change| match change.what {
            What::ReadyForReview => Some(false),
            What::ConvertedToDraft => Some(true),
            _ => None,
        });
        turn.unwrap_or(pull_request.opened_as_draft)
    }

    /// The labels it has now, in the order in which they were given.
    #[must_use]
    pub fn labels(&self) -> Vec<&str> {
        let mut labels: Vec<&str> = Vec::new();
        for change in &self.history {
            match &change.what {
                What::Labeled(label) if !labels.contains(&label.as_str()) => labels.push(label),
                What::Unlabeled(label) => labels.retain(|held| held != label),
                _ => {}
            }
        }
        labels
    }

    /// The accounts it is assigned to now.
    #[must_use]
    pub fn assignees(&self) -> Vec<u64> {
        let mut assignees = Vec::new();
        for change in &self.history {
            match change.what {
                What::Assigned(account) if !assignees.contains(&account) => assignees.push(account),
                What::Unassigned(account) => assignees.retain(|held| *held != account),
                _ => {}
            }
        }
        assignees
    }

    /// The comments on lines of all its reviews.
    pub fn review_comments(&self) -> impl Iterator<Item = (&Review, &ReviewComment)> {
        self.reviews.iter().flat_map(|review| review.comments.iter().map(move |comment| (review, comment)))
    }
}

impl World {
    /// The account of a number, unless it was deleted.
    #[must_use]
    pub fn account(&self, id: u64) -> Option<&Account> {
        self.accounts.get(&id).filter(|account| !account.deleted)
    }

    /// The account of a login, without regard to case, unless it was deleted.
    #[must_use]
    pub fn account_of(&self, login: &str) -> Option<&Account> {
        self.logins.get(&login.to_ascii_lowercase()).and_then(|id| self.account(*id))
    }

    /// All repositories, oldest first.
    #[must_use]
    pub fn repositories(&self) -> &[Repository] {
        &self.repositories
    }

    /// The repository of an `owner/name`, present or former, without regard to case. A present name goes first.
    #[must_use]
    pub fn repository(&self, full_name: &str) -> Option<&Repository> {
        self.repositories
            .iter()
            .find(|repository| repository.is_now(full_name))
            .or_else(|| self.repositories.iter().find(|repository| repository.is_or_was(full_name)))
    }

    /// The repository of a number.
    #[must_use]
    pub fn repository_by_id(&self, id: u64) -> Option<&Repository> {
        self.repositories.iter().find(|repository| repository.id == id)
    }

    /// The repositories of an owner that a listing names, oldest first.
    pub fn repositories_of(&self, owner: &str) -> impl Iterator<Item = &Repository> {
        self.repositories
            .iter()
            .filter(move |repository| repository.owner.eq_ignore_ascii_case(owner) && repository.access != Access::Gone)
    }

    /// The forks of a repository, oldest first.
    pub fn forks_of(&self, repository: &Repository) -> impl Iterator<Item = &Repository> {
        self.repositories
            .iter()
            .filter(move |other| other.fork_of.as_ref().is_some_and(|of| repository.is_or_was(of)))
            .filter(|other| other.access != Access::Gone)
    }
}
