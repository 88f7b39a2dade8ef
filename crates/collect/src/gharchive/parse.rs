//! One record to one event. Pure: no file, no clock.

use super::json::{Actor, Comment, Item, Number, Payload as Body, Record, Text, User};
use muster_model::payload::{
    CommitCommented, ItemAssigned, ItemChanged, ItemCommented, ItemLabeled, ItemOpened, PullRequestMerged,
    PullRequestReviewed, PushReceived, PushedCommit, ReleasePublished, RepositoryForked, RepositoryStarred,
};
use muster_model::{Event, Payload, Timestamp, account, parse_time};
use std::sync::Arc;

/// What became of a record.
#[derive(Debug, PartialEq)]
pub enum Outcome {
    /// A fact of ours.
    Event(Box<Event>),
    /// A kind of record that muster has no event for: member, public, gollum, create, delete, an edit.
    NotOurs,
    /// A repository that was not asked for.
    Filtered,
    /// What was found and expected, without position.
    Rejected(String),
}

/// Reads one record: the bytes of one JSON object.
///
/// `wanted` is asked with the repository's `owner/name`.
pub fn parse_record(bytes: &[u8], source: &Arc<str>, wanted: &dyn Fn(&str) -> bool) -> Outcome {
    let record: Record = match serde_json::from_slice(bytes) {
        Ok(record) => record,
        Err(error) => return Outcome::Rejected(describe(&error)),
    };
    let Some(repository) = repository_of(&record) else {
        return Outcome::Rejected("no repository: expected `repo.name` (or `repository` before 2015)".to_owned());
    };
    if !wanted(&repository) {
        return Outcome::Filtered;
    }
    let recorded = match parse_time(&record.created_at) {
        Ok(time) => time,
        Err(error) => return Outcome::Rejected(format!("created_at is {error}")),
    };
    let facts = Facts { record: &record, repository: &repository, recorded };
    match facts.read() {
        Ok(Some(fact)) => Outcome::Event(Box::new(Event {
            id: fact.id,
            source: source.clone(),
            time: fact.time,
            subject: fact.subject,
            actor: fact.actor,
            url: fact.url,
            data: fact.data,
            collector: "gharchive/1",
        })),
        Ok(None) => Outcome::NotOurs,
        Err(missing) => Outcome::Rejected(format!("{} without {missing}", &*record.kind)),
    }
}

fn describe(error: &serde_json::Error) -> String {
    match error.classify() {
        serde_json::error::Category::Eof => "the record ends in the middle: half a JSON line".to_owned(),
        serde_json::error::Category::Data => format!("not a record of GitHub's: {error}"),
        _ => format!("not JSON: {error}"),
    }
}

fn repository_of(record: &Record) -> Option<String> {
    if let Some(name) = record.repo.as_ref().and_then(|repo| repo.name.as_ref()) {
        // Some early Events API answers have "/" for a repository that is gone.
        return Some(name.to_string()).filter(|name| name.len() > 2 && name.contains('/'));
    }
    let old = record.repository.as_ref()?;
    Some(format!("{}/{}", &**old.owner.as_ref()?, &**old.name.as_ref()?))
}

/// A fact before it is an event.
struct Fact {
    id: String,
    time: Timestamp,
    subject: String,
    actor: Option<String>,
    url: Option<String>,
    data: Payload,
}

/// Who did it, as the object says, or else the record.
struct Who {
    account: Option<String>,
    id: Option<u64>,
    kind: Option<String>,
}

/// The object's own time where it has one; else the record's, and the mark for the id.
struct When {
    time: Timestamp,
    approximate: bool,
}

impl When {
    fn mark(&self) -> &'static str {
        if self.approximate { "~" } else { "" }
    }
}

struct Facts<'a> {
    record: &'a Record<'a>,
    repository: &'a str,
    recorded: Timestamp,
}

/// The name of a field that the record should have had.
type Missing = &'static str;

impl Facts<'_> {
    fn read(&self) -> Result<Option<Fact>, Missing> {
        let Some(body) = &self.record.payload else { return Ok(None) };
        let action = body.action.as_deref().unwrap_or("");
        match &*self.record.kind {
            "IssuesEvent" => self.issue(body, action),
            "PullRequestEvent" => self.pull_request(body, action),
            "IssueCommentEvent" if matches!(action, "created" | "") => self.issue_comment(body).map(Some),
            "PullRequestReviewEvent" if matches!(action, "created" | "submitted" | "dismissed") => {
                self.review(body).map(Some)
            }
            "PullRequestReviewCommentEvent" if matches!(action, "created" | "") => self.review_comment(body).map(Some),
            "CommitCommentEvent" => self.commit_comment(body).map(Some),
            "ReleaseEvent" if action == "published" => self.release(body).map(Some),
            "WatchEvent" => Ok(Some(self.star())),
            "ForkEvent" => Ok(Some(self.fork(body))),
            "PushEvent" => self.push(body).map(Some),
            _ => Ok(None),
        }
    }

    fn issue(&self, body: &Body, action: &str) -> Result<Option<Fact>, Missing> {
        let number = self.number(body.issue.as_ref(), body, "issue.number")?;
        let object = body.issue.as_ref();
        Ok(Some(match action {
            "opened" => self.opened(number, object, false),
            "closed" => {
                let when = self.when(object.and_then(|issue| issue.closed_at.as_ref()));
                self.changed(number, "closed", &when, false, Payload::IssueClosed)
            }
            "reopened" => self.changed(number, "reopened", &self.when(None), false, Payload::IssueReopened),
            "labeled" | "assigned" => return self.described(number, body, action),
            _ => return Ok(None),
        }))
    }

    fn pull_request(&self, body: &Body, action: &str) -> Result<Option<Fact>, Missing> {
        let number = self.number(body.pull_request.as_ref(), body, "pull_request.number")?;
        let object = body.pull_request.as_ref();
        let merged = object.is_some_and(|pull| pull.merged.unwrap_or(pull.merged_at.is_some()));
        Ok(Some(match action {
            "opened" => self.opened(number, object, true),
            "merged" => self.merged(number, object),
            "closed" if merged => self.merged(number, object),
            "closed" => {
                let when = self.when(object.and_then(|pull| pull.closed_at.as_ref()));
                self.changed(number, "closed", &when, true, Payload::PullRequestClosed)
            }
            "reopened" => self.changed(number, "reopened", &self.when(None), true, Payload::PullRequestReopened),
            "labeled" | "assigned" => return self.described(number, body, action),
            _ => return Ok(None),
        }))
    }

    fn opened(&self, number: u64, object: Option<&Item>, pull: bool) -> Fact {
        let who = self.who(object.and_then(|item| item.user.as_ref()));
        let when = self.when(object.and_then(|item| item.created_at.as_ref()));
        let body = ItemOpened { number, actor_id: who.id, actor_type: who.kind, approximate: when.approximate };
        Fact {
            id: format!("{}/opened{}", self.subject(number), when.mark()),
            time: when.time,
            subject: self.subject(number),
            actor: who.account,
            url: Some(self.page(number, pull)),
            data: if pull { Payload::PullRequestOpened(body) } else { Payload::IssueOpened(body) },
        }
    }

    /// A close or a reopening. The actor is the record's: the object does not name one.
    fn changed(&self, number: u64, verb: &str, when: &When, pull: bool, data: fn(ItemChanged) -> Payload) -> Fact {
        let who = self.who(None);
        Fact {
            id: format!("{}/{verb}/{}{}", self.subject(number), when.time, when.mark()),
            time: when.time,
            subject: self.subject(number),
            actor: who.account,
            url: Some(self.page(number, pull)),
            data: data(ItemChanged { number, actor_id: who.id, approximate: when.approximate }),
        }
    }

    fn merged(&self, number: u64, object: Option<&Item>) -> Fact {
        let merger = self.who(object.and_then(|pull| pull.merged_by.as_ref()));
        let author = object.and_then(|pull| pull.user.as_ref());
        let when = self.when(object.and_then(|pull| pull.merged_at.as_ref()));
        Fact {
            id: format!("{}/merged{}", self.subject(number), when.mark()),
            time: when.time,
            subject: self.subject(number),
            actor: merger.account,
            url: Some(self.page(number, true)),
            data: Payload::PullRequestMerged(PullRequestMerged {
                number,
                actor_id: merger.id,
                author: author.and_then(|user| user.login.as_deref()).map(account::github),
                author_id: author.and_then(|user| user.id).map(|id| id.0),
                approximate: when.approximate,
            }),
        }
    }

    /// A label or an assignment, which the newest records list.
    fn described(&self, number: u64, body: &Body, action: &str) -> Result<Option<Fact>, Missing> {
        let who = self.who(None);
        let (what, data) = if action == "labeled" {
            let label = body.label.as_ref().and_then(|label| label.name.as_deref()).ok_or("label.name")?;
            let data = ItemLabeled { number, label: label.to_owned(), actor_id: who.id, approximate: true };
            (label.to_owned(), Payload::IssueLabeled(data))
        } else {
            let login = body.assignee.as_ref().and_then(|user| user.login.as_deref()).ok_or("assignee.login")?;
            let assignee = account::github(login);
            let data = ItemAssigned { number, assignee: assignee.clone(), actor_id: who.id, approximate: true };
            (assignee, Payload::IssueAssigned(data))
        };
        Ok(Some(Fact {
            id: format!("{}/{action}/{what}/{}~", self.subject(number), self.recorded),
            time: self.recorded,
            subject: self.subject(number),
            actor: who.account,
            url: Some(self.page(number, body.pull_request.is_some())),
            data,
        }))
    }

    fn issue_comment(&self, body: &Body) -> Result<Fact, Missing> {
        let number = self
            .number(body.issue.as_ref(), body, "issue.number")
            .or_else(|missing| self.number_in_page().ok_or(missing))?;
        let pull = match &body.issue {
            Some(issue) => {
                issue.pull_request.as_ref().is_some_and(|pull| pull.html_url.is_some() || pull.url.is_some())
            }
            None => self.record.url.as_ref().is_some_and(|url| url.contains("/pull/")),
        };
        let (comment, data) = self.comment(number, body)?;
        Ok(Fact {
            id: format!("{}/comment/{}{}", self.subject(number), data.comment, comment.when.mark()),
            time: comment.when.time,
            subject: self.subject(number),
            actor: comment.actor,
            url: Some(format!("{}#issuecomment-{}", self.page(number, pull), data.comment)),
            data: if pull { Payload::PullRequestCommented(data) } else { Payload::IssueCommented(data) },
        })
    }

    fn review_comment(&self, body: &Body) -> Result<Fact, Missing> {
        let number = self
            .number(body.pull_request.as_ref(), body, "pull_request.number")
            .or_else(|missing| self.number_in_page().ok_or(missing))?;
        let (comment, data) = self.comment(number, body)?;
        Ok(Fact {
            id: format!("{}/review-comment/{}{}", self.subject(number), data.comment, comment.when.mark()),
            time: comment.when.time,
            subject: self.subject(number),
            actor: comment.actor,
            url: Some(format!("{}#discussion_r{}", self.page(number, true), data.comment)),
            data: Payload::PullRequestReviewCommented(data),
        })
    }

    fn comment(&self, number: u64, body: &Body) -> Result<(Commented, ItemCommented), Missing> {
        let object = body.comment.as_ref();
        let comment = object.and_then(|comment| comment.id).or(body.comment_id).ok_or("comment.id")?.0;
        let who = self.who(object.and_then(|comment| comment.user.as_ref()));
        let when = self.when(object.and_then(|comment| comment.created_at.as_ref()));
        let data =
            ItemCommented { number, comment, actor_id: who.id, actor_type: who.kind, approximate: when.approximate };
        Ok((Commented { actor: who.account, when }, data))
    }

    fn review(&self, body: &Body) -> Result<Fact, Missing> {
        let number = self.number(body.pull_request.as_ref(), body, "pull_request.number")?;
        let object = body.review.as_ref().ok_or("review")?;
        let review = object.id.ok_or("review.id")?.0;
        let who = self.who(object.user.as_ref());
        let when = self.when(object.submitted_at.as_ref());
        Ok(Fact {
            id: format!("{}/review/{review}{}", self.subject(number), when.mark()),
            time: when.time,
            subject: self.subject(number),
            actor: who.account,
            url: Some(format!("{}#pullrequestreview-{review}", self.page(number, true))),
            data: Payload::PullRequestReviewed(PullRequestReviewed {
                number,
                review,
                state: object.state.as_deref().unwrap_or("commented").to_lowercase(),
                actor_id: who.id,
                actor_type: who.kind,
                approximate: when.approximate,
            }),
        })
    }

    fn commit_comment(&self, body: &Body) -> Result<Fact, Missing> {
        let object: Option<&Comment> = body.comment.as_ref();
        let comment = object.and_then(|comment| comment.id).or(body.comment_id).ok_or("comment.id")?.0;
        let sha = object.and_then(|comment| comment.commit_id.as_ref()).or(body.commit.as_ref());
        let sha = sha.ok_or("comment.commit_id")?.to_string();
        let who = self.who(object.and_then(|comment| comment.user.as_ref()));
        let when = self.when(object.and_then(|comment| comment.created_at.as_ref()));
        let subject = format!("git:{}@{sha}", self.repository);
        Ok(Fact {
            id: format!("github:{}@{sha}/comment/{comment}{}", self.repository, when.mark()),
            time: when.time,
            subject,
            actor: who.account,
            url: Some(format!("https://github.com/{}/commit/{sha}#commitcomment-{comment}", self.repository)),
            data: Payload::CommitCommented(CommitCommented { sha, comment, actor_id: who.id, actor_type: who.kind }),
        })
    }

    fn release(&self, body: &Body) -> Result<Fact, Missing> {
        let object = body.release.as_ref().ok_or("release")?;
        let release = object.id.ok_or("release.id")?.0;
        let tag = object.tag_name.as_deref().ok_or("release.tag_name")?;
        let who = self.who(object.author.as_ref());
        let when = self.when(object.published_at.as_ref());
        Ok(Fact {
            id: format!("github:{}/release/{release}{}", self.repository, when.mark()),
            time: when.time,
            subject: format!("github:{}/release/{tag}", self.repository),
            actor: who.account,
            url: Some(format!("https://github.com/{}/releases/tag/{tag}", self.repository)),
            data: Payload::ReleasePublished(ReleasePublished {
                release,
                tag: tag.to_owned(),
                actor_id: who.id,
                actor_type: who.kind,
            }),
        })
    }

    /// One fact an actor, repository and time: a star that is given again is another.
    fn star(&self) -> Fact {
        let who = self.who(None);
        Fact {
            id: format!("{}/starred/{}/{}", self.repository_subject(), name_of(&who), self.recorded),
            time: self.recorded,
            subject: self.repository_subject(),
            actor: who.account,
            url: None,
            data: Payload::RepositoryStarred(RepositoryStarred { actor_id: who.id }),
        }
    }

    fn fork(&self, body: &Body) -> Fact {
        let who = self.who(None);
        let fork = body.forkee.as_ref().and_then(|fork| fork.full_name.as_deref()).map(str::to_owned);
        Fact {
            id: format!("{}/forked/{}/{}", self.repository_subject(), name_of(&who), self.recorded),
            time: self.recorded,
            subject: self.repository_subject(),
            actor: who.account,
            url: fork.as_ref().map(|fork| format!("https://github.com/{fork}")),
            data: Payload::RepositoryForked(RepositoryForked { fork, actor_id: who.id }),
        }
    }

    fn push(&self, body: &Body) -> Result<Fact, Missing> {
        let head = body.head.as_deref().ok_or("head")?;
        let reference = body.reference.as_deref().ok_or("ref")?;
        let who = self.who(None);
        // Before 2015 a push has no number; its head and branch stand for it.
        let id = match body.push_id {
            Some(number) => format!("{}/push/{}", self.repository_subject(), number.0),
            None => format!("{}/push/{head}/{reference}", self.repository_subject()),
        };
        Ok(Fact {
            id,
            time: self.recorded,
            subject: self.repository_subject(),
            actor: who.account,
            url: Some(format!("https://github.com/{}/commit/{head}", self.repository)),
            data: Payload::PushReceived(PushReceived {
                reference: reference.to_owned(),
                head: head.to_owned(),
                size: body.size.map(|size| size.0),
                commits: pushed_commits(body),
                actor_id: who.id,
            }),
        })
    }

    /// The number of an issue or pull request: the object's, else the payload's.
    fn number(&self, object: Option<&Item>, body: &Body, missing: Missing) -> Result<u64, Missing> {
        object.and_then(|item| item.number).or(body.number).map(|Number(number)| number).ok_or(missing)
    }

    /// Before 2015 a comment's record names its issue only in the address of the page.
    fn number_in_page(&self) -> Option<u64> {
        let page = self.record.url.as_deref()?;
        let tail = page.split_once("/issues/").or_else(|| page.split_once("/pull/"))?.1;
        tail.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    }

    fn who(&self, object: Option<&User>) -> Who {
        if let Some(user) = object
            && let Some(login) = &user.login
        {
            return Who {
                account: Some(account::github(login)),
                id: user.id.map(|id| id.0),
                kind: user.kind.as_ref().map(|kind| kind.to_string()),
            };
        }
        let actor: Option<&Actor> = self.record.actor.as_ref();
        Who {
            account: actor.and_then(|actor| actor.login.as_deref()).map(account::github),
            id: actor.and_then(|actor| actor.id).map(|id| id.0),
            kind: self
                .record
                .actor_attributes
                .as_ref()
                .and_then(|user| user.kind.as_ref())
                .map(|kind| kind.to_string()),
        }
    }

    fn when(&self, object: Option<&Text>) -> When {
        match object.and_then(|time| parse_time(time).ok()) {
            Some(time) => When { time, approximate: false },
            None => When { time: self.recorded, approximate: true },
        }
    }

    fn subject(&self, number: u64) -> String {
        format!("github:{}#{number}", self.repository)
    }

    fn repository_subject(&self) -> String {
        format!("github:{}", self.repository)
    }

    fn page(&self, number: u64, pull: bool) -> String {
        let kind = if pull { "pull" } else { "issues" };
        format!("https://github.com/{}/{kind}/{number}", self.repository)
    }
}

struct Commented {
    actor: Option<String>,
    when: When,
}

fn name_of(who: &Who) -> String {
    match (who.id, &who.account) {
        (Some(id), _) => id.to_string(),
        (None, Some(account)) => account.trim_start_matches("github:").to_owned(),
        (None, None) => "unknown".to_owned(),
    }
}

fn pushed_commits(body: &Body) -> Vec<PushedCommit> {
    let new = body.commits.iter().flatten().map(|commit| {
        let author = commit.author.as_ref();
        PushedCommit {
            sha: commit.sha.to_string(),
            account: account::email(author.and_then(|author| author.email.as_deref()).unwrap_or("")),
            name: author.and_then(|author| author.name.as_deref()).unwrap_or("").to_owned(),
            distinct: commit.distinct.unwrap_or(true),
        }
    });
    let old = body.shas.iter().flatten().map(|commit| PushedCommit {
        sha: commit.0.to_string(),
        account: account::email(commit.1.as_deref().unwrap_or("")),
        name: commit.3.as_deref().unwrap_or("").to_owned(),
        distinct: commit.4.unwrap_or(true),
    });
    new.chain(old).collect()
}
