//! The truth apart from any interface: what a complete collection must hold.

use crate::world::{Item, Repository, Reviewer, What, World};
use jiff::Timestamp;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fact {
    /// Named as muster's events are; labels and assignments of pull requests begin with `pull_request.`.
    pub kind: &'static str,
    /// `owner/name` as it is now.
    pub repository: String,
    /// The number in the repository; zero where there is none.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// The login of who did it as REST writes it (a bot's with `[bot]`); nobody for a deleted account.
    pub actor: Option<String>,
    /// GitHub's number of the comment, review, release or history entry.
    pub id: Option<u64>,
    /// The label, the assignee, the reviewer, the review's state in lower case, the tag, the fork, the old repository.
    pub detail: Option<String>,
}

impl World {
    /// All that happened in repositories that answer, by kind, repository, number and time.
    #[must_use]
    pub fn facts(&self) -> Vec<Fact> {
        let mut facts = Vec::new();
        for repository in &self.repositories {
            Teller { world: self, repository, facts: &mut facts }.tell();
        }
        facts.sort();
        facts
    }

    /// The login as REST writes it; nobody if the account was deleted.
    #[must_use]
    pub fn rest_login(&self, id: u64) -> Option<String> {
        self.account(id).map(crate::world::Account::rest_login)
    }
}

struct Teller<'a> {
    world: &'a World,
    repository: &'a Repository,
    facts: &'a mut Vec<Fact>,
}

impl Teller<'_> {
    fn add(
        &mut self,
        kind: &'static str,
        number: u64,
        at: Timestamp,
        by: u64,
        id: Option<u64>,
        detail: Option<String>,
    ) {
        let (repository, actor) = (self.repository.full_name(), self.world.rest_login(by));
        self.facts.push(Fact { kind, repository, number, at, actor, id, detail });
    }

    fn tell(&mut self) {
        let repository = self.repository;
        if repository.access != crate::world::Access::Open {
            return;
        }
        for item in &repository.items {
            self.item(item);
        }
        for discussion in &repository.discussions {
            let number = discussion.number;
            self.add("discussion.opened", number, discussion.created_at, discussion.author, Some(discussion.id), None);
            for held in &discussion.comments {
                let comment = &held.comment;
                self.add(
                    "discussion.commented",
                    number,
                    comment.created_at,
                    comment.author,
                    Some(comment.id),
                    held.reply_to.map(|to| to.to_string()),
                );
            }
            if let Some(answer) = &discussion.answer {
                self.add("discussion.answered", number, answer.at, answer.by, Some(answer.comment), None);
            }
        }
        for release in &repository.releases {
            if let Some(at) = release.published_at {
                self.add("release.published", 0, at, release.author, Some(release.id), Some(release.tag.clone()));
            }
        }
        for star in &repository.stars {
            self.add("repository.starred", 0, star.at, star.by, None, None);
        }
        for held in &repository.commit_comments {
            let comment = &held.comment;
            self.add(
                "commit.commented",
                0,
                comment.created_at,
                comment.author,
                Some(comment.id),
                Some(held.sha.clone()),
            );
        }
        for rename in &repository.renames {
            self.add("repository.renamed", 0, rename.at, rename.by, None, Some(rename.from.clone()));
        }
        let forks: Vec<&Repository> = self.world.forks_of(repository).collect();
        for fork in forks {
            let owner = self.world.account_of(&fork.owner).map_or(0, |account| account.id);
            self.add("repository.forked", 0, fork.created_at, owner, Some(fork.id), Some(fork.full_name()));
        }
    }

    fn item(&mut self, item: &Item) {
        let number = item.number;
        let issue = item.pull_request.is_none();
        let kind = |of_issue, of_pull_request| if issue { of_issue } else { of_pull_request };
        let opened = kind("issue.opened", "pull_request.opened");
        self.add(opened, number, item.created_at, item.author, Some(item.id), Some(item.title.clone()));
        for change in &item.history {
            let told = match &change.what {
                What::Closed { .. } => Some((kind("issue.closed", "pull_request.closed"), None)),
                What::Reopened => Some((kind("issue.reopened", "pull_request.reopened"), None)),
                What::Merged { .. } => Some(("pull_request.merged", self.world.rest_login(item.author))),
                What::Labeled(label) => Some((kind("issue.labeled", "pull_request.labeled"), Some(label.clone()))),
                What::Assigned(to) => {
                    Some((kind("issue.assigned", "pull_request.assigned"), self.world.rest_login(*to)))
                }
                What::ReviewRequested(of) => Some((
                    "pull_request.review_requested",
                    match of {
                        Reviewer::Account(id) => self.world.rest_login(*id),
                        Reviewer::Team(slug) => Some(format!("team:{slug}")),
                    },
                )),
                What::ReadyForReview => Some(("pull_request.readied", None)),
                What::ConvertedToDraft => Some(("pull_request.drafted", None)),
                What::Transferred { from, number } => Some((
                    "issue.transferred",
                    self.world.repository_by_id(*from).map(|from| format!("{}#{number}", from.full_name())),
                )),
                _ => None,
            };
            if let Some((kind, detail)) = told {
                self.add(kind, number, change.at, change.by, Some(change.id), detail);
            }
        }
        let commented = kind("issue.commented", "pull_request.commented");
        for comment in &item.comments {
            self.add(commented, number, comment.created_at, comment.author, Some(comment.id), None);
        }
        for review in &item.reviews {
            let state = review.state.name().to_ascii_lowercase();
            self.add("pull_request.reviewed", number, review.submitted_at, review.author, Some(review.id), Some(state));
        }
        for (_, held) in item.review_comments() {
            let comment = &held.comment;
            self.add(
                "pull_request.review_commented",
                number,
                comment.created_at,
                comment.author,
                Some(comment.id),
                None,
            );
        }
    }
}
