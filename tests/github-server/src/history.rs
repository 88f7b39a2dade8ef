//! The ways in which a world moves on: each a line in a test, each leaving behind what GitHub would.
//!
//! Accounts and repositories are named as a person would name them. A name that is not there is a mistake of the test,
//! so it panics. An account that is named for the first time is made, a user, or a bot if the login ends in `[bot]`.

use crate::world::{
    Access, Account, AccountKind, Answer, Change, Comment, CommitComment, Discussion, DiscussionComment, Item,
    PullRequest, Release, Rename, Repository, Review, ReviewComment, ReviewState, Reviewer, Star, What, World,
};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Node ids and tests both want numbers that no other thing has.
const FIRST_ID: u64 = 1_000;

impl World {
    /// A world without anything in it.
    #[must_use]
    pub fn new() -> Self {
        Self { last_id: FIRST_ID, ..Self::default() }
    }

    fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// The number of an account, which is made if it is not there.
    pub fn who(&mut self, login: &str) -> u64 {
        match login.strip_suffix("[bot]") {
            Some(app) => self.add_account(app, AccountKind::Bot),
            None => self.add_account(login, AccountKind::User),
        }
    }

    /// An account of a kind; one that is already there stays what it is.
    pub fn add_account(&mut self, login: &str, kind: AccountKind) -> u64 {
        let key = login.to_ascii_lowercase();
        if let Some(id) = self.logins.get(&key) {
            return *id;
        }
        let id = self.next_id();
        self.accounts.insert(id, Account { id, login: login.to_owned(), kind, deleted: false });
        self.logins.insert(key, id);
        id
    }

    /// The account is deleted: what it did is nobody's now.
    pub fn delete_account(&mut self, login: &str) {
        let id = self.who(login);
        if let Some(account) = self.accounts.get_mut(&id) {
            account.deleted = true;
        }
    }

    /// The account changes its login.
    pub fn rename_account(&mut self, from: &str, to: &str) {
        let id = self.who(from);
        self.logins.remove(&from.to_ascii_lowercase());
        self.logins.insert(to.to_ascii_lowercase(), id);
        if let Some(account) = self.accounts.get_mut(&id) {
            to.clone_into(&mut account.login);
        }
    }

    /// A repository `owner/name`; an owner that is not there is made, an organisation.
    pub fn add_repository(&mut self, full_name: &str, at: Timestamp) -> &mut Repository {
        let (owner, name) = full_name.split_once('/').expect("a repository is named owner/name");
        self.add_account(owner, AccountKind::Organization);
        let id = self.next_id();
        self.repositories.push(Repository {
            id,
            owner: owner.to_owned(),
            name: name.to_owned(),
            renames: Vec::new(),
            archived: false,
            fork_of: None,
            private: false,
            access: Access::Open,
            created_at: at,
            updated_at: at,
            items: Vec::new(),
            moved: BTreeMap::new(),
            removed: Vec::new(),
            discussions: Vec::new(),
            releases: Vec::new(),
            stars: Vec::new(),
            commit_comments: Vec::new(),
            last_number: 0,
        });
        self.repositories.last_mut().expect("it was just pushed")
    }

    /// The repository, to set a flag of it.
    pub fn repository_mut(&mut self, full_name: &str) -> &mut Repository {
        let at = self.repositories.iter().position(|repository| repository.is_now(full_name));
        let at = at.or_else(|| self.repositories.iter().position(|repository| repository.is_or_was(full_name)));
        let at = at.unwrap_or_else(|| panic!("the world has no repository {full_name}"));
        &mut self.repositories[at]
    }

    /// `who` forks the repository, into their own account and under the same name.
    pub fn fork(&mut self, full_name: &str, who: &str, at: Timestamp) -> String {
        self.who(who);
        let name = self.repository_mut(full_name).name.clone();
        let of = self.repository_mut(full_name).full_name();
        let fork = format!("{who}/{name}");
        self.add_repository(&fork, at).fork_of = Some(of);
        fork
    }

    /// The repository gets another name, or another owner.
    pub fn rename_repository(&mut self, from: &str, to: &str, who: &str, at: Timestamp) {
        let by = self.who(who);
        let (owner, name) = to.split_once('/').expect("a repository is named owner/name");
        self.add_account(owner, AccountKind::Organization);
        let repository = self.repository_mut(from);
        repository.renames.push(Rename { from: repository.full_name(), at, by });
        owner.clone_into(&mut repository.owner);
        name.clone_into(&mut repository.name);
        repository.updated_at = at;
    }

    /// `who` opens an issue; its number.
    pub fn open_issue(&mut self, repository: &str, who: &str, at: Timestamp, title: &str) -> u64 {
        self.open(repository, who, at, title, None)
    }

    /// `who` opens a pull request; its number.
    pub fn open_pull_request(&mut self, repository: &str, who: &str, at: Timestamp, title: &str) -> u64 {
        let head = format!("{}-patch", who.trim_end_matches("[bot]"));
        self.open(repository, who, at, title, Some(PullRequest { opened_as_draft: false, head, commits: 1 }))
    }

    /// `who` opens a pull request as a draft; its number.
    pub fn open_draft(&mut self, repository: &str, who: &str, at: Timestamp, title: &str) -> u64 {
        let head = format!("{}-draft", who.trim_end_matches("[bot]"));
        self.open(repository, who, at, title, Some(PullRequest { opened_as_draft: true, head, commits: 1 }))
    }

    fn open(
        &mut self,
        repository: &str,
        who: &str,
        at: Timestamp,
        title: &str,
        pull_request: Option<PullRequest>,
    ) -> u64 {
        let author = self.who(who);
        let issue_id = self.next_id();
        let id = if pull_request.is_some() { self.next_id() } else { issue_id };
        let repository = self.repository_mut(repository);
        repository.last_number += 1;
        let number = repository.last_number;
        repository.items.push(Item {
            id,
            issue_id,
            number,
            pull_request,
            title: title.to_owned(),
            body: format!("{title}, at length."),
            author,
            created_at: at,
            updated_at: at,
            history: Vec::new(),
            comments: Vec::new(),
            reviews: Vec::new(),
        });
        number
    }

    /// The item, to change what has no method here.
    pub fn item_mut(&mut self, repository: &str, number: u64) -> &mut Item {
        let held = self.repository_mut(repository);
        let at = held.items.binary_search_by_key(&number, |item| item.number);
        let at = at.unwrap_or_else(|_| panic!("{repository} has no #{number}"));
        &mut held.items[at]
    }

    /// Anything that has no method of its own.
    pub fn change(&mut self, repository: &str, number: u64, who: &str, at: Timestamp, what: What) -> u64 {
        let by = self.who(who);
        let id = self.next_id();
        let item = self.item_mut(repository, number);
        item.history.push(Change { id, at, by, what });
        item.updated_at = item.updated_at.max(at);
        id
    }

    /// `who` closes it.
    pub fn close(&mut self, repository: &str, number: u64, who: &str, at: Timestamp) -> u64 {
        let reason = self.item_mut(repository, number).pull_request.is_none().then_some("completed");
        self.change(repository, number, who, at, What::Closed { reason })
    }

    /// `who` opens it again.
    pub fn reopen(&mut self, repository: &str, number: u64, who: &str, at: Timestamp) -> u64 {
        self.change(repository, number, who, at, What::Reopened)
    }

    /// `who` merges the pull request, which closes it in the same second.
    pub fn merge(&mut self, repository: &str, number: u64, who: &str, at: Timestamp) -> u64 {
        let commit = sha(self.item_mut(repository, number).id);
        let id = self.change(repository, number, who, at, What::Merged { commit });
        self.change(repository, number, who, at, What::Closed { reason: None });
        id
    }

    /// `who` gives it a label.
    pub fn label(&mut self, repository: &str, number: u64, who: &str, at: Timestamp, label: &str) -> u64 {
        self.change(repository, number, who, at, What::Labeled(label.to_owned()))
    }

    /// `who` takes a label away.
    pub fn unlabel(&mut self, repository: &str, number: u64, who: &str, at: Timestamp, label: &str) -> u64 {
        self.change(repository, number, who, at, What::Unlabeled(label.to_owned()))
    }

    /// `who` assigns it to `assignee`.
    pub fn assign(&mut self, repository: &str, number: u64, who: &str, at: Timestamp, assignee: &str) -> u64 {
        let assignee = self.who(assignee);
        self.change(repository, number, who, at, What::Assigned(assignee))
    }

    /// `who` asks `reviewer` for a review: an account, or `team:<slug>`.
    pub fn request_review(&mut self, repository: &str, number: u64, who: &str, at: Timestamp, reviewer: &str) -> u64 {
        let reviewer = match reviewer.strip_prefix("team:") {
            Some(team) => Reviewer::Team(team.to_owned()),
            None => Reviewer::Account(self.who(reviewer)),
        };
        self.change(repository, number, who, at, What::ReviewRequested(reviewer))
    }

    /// `who` makes it a draft.
    pub fn to_draft(&mut self, repository: &str, number: u64, who: &str, at: Timestamp) -> u64 {
        self.change(repository, number, who, at, What::ConvertedToDraft)
    }

    /// `who` makes it ready for review.
    pub fn ready(&mut self, repository: &str, number: u64, who: &str, at: Timestamp) -> u64 {
        self.change(repository, number, who, at, What::ReadyForReview)
    }

    /// `who` gives it another title.
    pub fn retitle(&mut self, repository: &str, number: u64, who: &str, at: Timestamp, title: &str) -> u64 {
        let item = self.item_mut(repository, number);
        let from = std::mem::replace(&mut item.title, title.to_owned());
        self.change(repository, number, who, at, What::Renamed { from, to: title.to_owned() })
    }

    /// `who` moves the issue to another repository; its number there. The issue gets a number and an id of its own there
    /// and keeps its time, its author, its comments and its history.
    pub fn transfer(&mut self, from: &str, number: u64, to: &str, who: &str, at: Timestamp) -> u64 {
        let by = self.who(who);
        let (id, change) = (self.next_id(), self.next_id());
        let (from_id, to_id) = (self.repository_mut(from).id, self.repository_mut(to).id);
        let source = self.repository_mut(from);
        let place = source.items.binary_search_by_key(&number, |item| item.number);
        let mut item = source.items.remove(place.unwrap_or_else(|_| panic!("{from} has no #{number}")));
        let target = self.repository_mut(to);
        target.last_number += 1;
        (item.number, item.id, item.issue_id) = (target.last_number, id, id);
        item.history.push(Change { id: change, at, by, what: What::Transferred { from: from_id, number } });
        item.updated_at = item.updated_at.max(at);
        let new = item.number;
        target.items.push(item);
        self.repository_mut(from).moved.insert(number, (to_id, new));
        new
    }

    /// The issue is deleted, and everything in it.
    pub fn delete_issue(&mut self, repository: &str, number: u64) {
        let held = self.repository_mut(repository);
        held.items.retain(|item| item.number != number);
        held.removed.push(number);
    }

    /// `who` comments; the comment's number.
    pub fn comment(&mut self, repository: &str, number: u64, who: &str, at: Timestamp, body: &str) -> u64 {
        let comment = self.new_comment(who, at, body);
        let id = comment.id;
        let item = self.item_mut(repository, number);
        item.comments.push(comment);
        item.updated_at = item.updated_at.max(at);
        id
    }

    fn new_comment(&mut self, who: &str, at: Timestamp, body: &str) -> Comment {
        Comment { author: self.who(who), id: self.next_id(), created_at: at, updated_at: at, body: body.to_owned() }
    }

    /// The comment gets another text.
    pub fn edit_comment(&mut self, repository: &str, number: u64, comment: u64, at: Timestamp, body: &str) {
        let item = self.item_mut(repository, number);
        let held = item.comments.iter_mut().find(|held| held.id == comment);
        let held = held.unwrap_or_else(|| panic!("{repository}#{number} has no comment {comment}"));
        body.clone_into(&mut held.body);
        held.updated_at = at;
        item.updated_at = item.updated_at.max(at);
    }

    /// The comment is deleted. GitHub leaves the item's time of change as it is.
    pub fn delete_comment(&mut self, repository: &str, number: u64, comment: u64) {
        self.item_mut(repository, number).comments.retain(|held| held.id != comment);
    }

    /// `who` reviews; the review's number.
    pub fn review(&mut self, repository: &str, number: u64, who: &str, at: Timestamp, state: ReviewState) -> u64 {
        let (author, id) = (self.who(who), self.next_id());
        let item = self.item_mut(repository, number);
        let body = format!("{}.", state.name().to_ascii_lowercase().replace('_', " "));
        item.reviews.push(Review { id, author, submitted_at: at, updated_at: at, state, body, comments: Vec::new() });
        item.updated_at = item.updated_at.max(at);
        id
    }

    /// A comment on a line, of the review's author and with the review; its number.
    pub fn review_comment(&mut self, repository: &str, number: u64, review: u64, at: Timestamp, body: &str) -> u64 {
        let id = self.next_id();
        let item = self.item_mut(repository, number);
        item.updated_at = item.updated_at.max(at);
        let held = find_review(item, review);
        let line = held.comments.len() as u64 + 1;
        held.comments.push(ReviewComment {
            comment: Comment { id, author: held.author, created_at: at, updated_at: at, body: body.to_owned() },
            path: "src/lib.rs".to_owned(),
            line,
            in_reply_to: None,
        });
        id
    }

    /// `who` answers a comment on a line. GitHub makes a review of it that only comments; the answer's number.
    pub fn reply(&mut self, repository: &str, number: u64, comment: u64, who: &str, at: Timestamp, body: &str) -> u64 {
        let review = self.review(repository, number, who, at, ReviewState::Commented);
        let id = self.review_comment(repository, number, review, at, body);
        let held = find_review(self.item_mut(repository, number), review);
        held.body.clear();
        if let Some(answer) = held.comments.last_mut() {
            answer.in_reply_to = Some(comment);
        }
        id
    }

    /// `who` dismisses the review.
    pub fn dismiss(&mut self, repository: &str, number: u64, review: u64, who: &str, at: Timestamp) -> u64 {
        let held = find_review(self.item_mut(repository, number), review);
        let state = std::mem::replace(&mut held.state, ReviewState::Dismissed);
        held.updated_at = at;
        self.change(repository, number, who, at, What::ReviewDismissed { review, state })
    }

    /// `who` publishes a release; its number.
    pub fn release(&mut self, repository: &str, who: &str, at: Timestamp, tag: &str) -> u64 {
        let (author, id) = (self.who(who), self.next_id());
        let release =
            Release { id, tag: tag.to_owned(), author, created_at: at, published_at: Some(at), prerelease: false };
        self.repository_mut(repository).releases.push(release);
        id
    }

    /// `who` stars the repository.
    pub fn star(&mut self, repository: &str, who: &str, at: Timestamp) {
        let by = self.who(who);
        self.repository_mut(repository).stars.push(Star { by, at });
    }

    /// `who` opens a discussion; its number in the repository.
    pub fn discuss(&mut self, repository: &str, who: &str, at: Timestamp, title: &str) -> u64 {
        let (author, id) = (self.who(who), self.next_id());
        let repository = self.repository_mut(repository);
        repository.last_number += 1;
        let number = repository.last_number;
        repository.discussions.push(Discussion {
            id,
            number,
            title: title.to_owned(),
            author,
            created_at: at,
            updated_at: at,
            comments: Vec::new(),
            answer: None,
            closed_at: None,
        });
        number
    }

    fn discussion_mut(&mut self, repository: &str, number: u64) -> &mut Discussion {
        let held = self.repository_mut(repository);
        let discussion = held.discussions.iter_mut().find(|discussion| discussion.number == number);
        discussion.unwrap_or_else(|| panic!("{repository} has no discussion #{number}"))
    }

    /// `who` comments on a discussion, or answers a comment there; the comment's number.
    pub fn discussion_comment(
        &mut self,
        repository: &str,
        number: u64,
        who: &str,
        at: Timestamp,
        reply_to: Option<u64>,
    ) -> u64 {
        let comment = self.new_comment(who, at, "A thought.");
        let id = comment.id;
        let discussion = self.discussion_mut(repository, number);
        discussion.comments.push(DiscussionComment { comment, reply_to });
        discussion.updated_at = discussion.updated_at.max(at);
        id
    }

    /// `who` chooses the comment as the discussion's answer.
    pub fn answer(&mut self, repository: &str, number: u64, comment: u64, who: &str, at: Timestamp) {
        let by = self.who(who);
        let discussion = self.discussion_mut(repository, number);
        discussion.answer = Some(Answer { comment, at, by });
        discussion.updated_at = discussion.updated_at.max(at);
    }

    /// `who` comments on a commit; the comment's number.
    pub fn commit_comment(&mut self, repository: &str, who: &str, at: Timestamp, sha: &str) -> u64 {
        let comment = self.new_comment(who, at, "On this commit.");
        let id = comment.id;
        self.repository_mut(repository).commit_comments.push(CommitComment { comment, sha: sha.to_owned() });
        id
    }
}

fn find_review(item: &mut Item, review: u64) -> &mut Review {
    let number = item.number;
    let held = item.reviews.iter_mut().find(|held| held.id == review);
    held.unwrap_or_else(|| panic!("#{number} has no review {review}"))
}

/// The id of a commit, made from a number.
#[must_use]
pub fn sha(of: u64) -> String {
    format!("{:016x}{:016x}{:08x}", of.wrapping_mul(0x9e37_79b9_7f4a_7c15), of, of & 0xffff_ffff)
}
