//! One record to one event. Pure: no file, no clock.

use super::json::{Item, Number, Payload as Body, Record, Text, User};
use crate::github::fact::{self, Fact, Push, Repository, When, Who};
use crate::records::mended;
use muster_model::payload::PushedCommit;
use muster_model::{Event, Timestamp, account, parse_time};
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
    match serde_json::from_slice(bytes) {
        Ok(record) => read_record(&record, source, wanted),
        Err(error) => {
            let mended = mended(bytes).and_then(|text| read_mended(&text, source, wanted));
            mended.unwrap_or_else(|| Outcome::Rejected(describe(&error)))
        }
    }
}

/// A record with `\u{fffd}` for what is no character. It may stand in a name; where it stands in what decides about the
/// record, in an id, a subject or an account, nobody knows which fact it is, and whose.
fn read_mended(text: &str, source: &Arc<str>, wanted: &dyn Fn(&str) -> bool) -> Option<Outcome> {
    let record: Record = serde_json::from_str(text).ok()?;
    let is_whole = |text: &str| !text.contains('\u{fffd}');
    let action = record.payload.as_ref().and_then(|body| body.action.as_deref());
    let decides = is_whole(&record.kind) && action.is_none_or(is_whole);
    if !decides || repository_of(&record).is_some_and(|repository| !is_whole(&repository)) {
        return None;
    }
    let outcome = read_record(&record, source, wanted);
    match &outcome {
        Outcome::Event(event) => {
            let whole = is_whole(&event.id) && is_whole(&event.subject) && event.actor.as_deref().is_none_or(is_whole);
            whole.then_some(outcome)
        }
        _ => Some(outcome),
    }
}

fn read_record(record: &Record, source: &Arc<str>, wanted: &dyn Fn(&str) -> bool) -> Outcome {
    let Some(repository) = repository_of(record) else {
        // Some kinds have none: whom somebody follows, a gist.
        let message = "no repository: expected `repo.name` (or `repository` before 2015)";
        return if is_ours(&record.kind) { Outcome::Rejected(message.to_owned()) } else { Outcome::NotOurs };
    };
    if !wanted(&repository) {
        return Outcome::Filtered;
    }
    let recorded = match parse_time(&record.created_at) {
        Ok(time) => time,
        Err(error) => return Outcome::Rejected(format!("created_at is {error}")),
    };
    let facts = Facts { record, repository: Repository(&repository), recorded };
    match facts.read() {
        Ok(Some(fact)) => Outcome::Event(Box::new(fact.into_event(source, "gharchive/1"))),
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

/// `owner/name`. Some early Events API answers have `/`; those of 2011 then name it in the payload.
fn repository_of(record: &Record) -> Option<String> {
    let told = record.repo.as_ref().and_then(|repo| repo.name.as_ref());
    if told.is_some() {
        let within = record.payload.as_ref().and_then(|body| body.repo.as_ref());
        let is_name = |name: &&Text| name.len() > 2 && name.contains('/');
        return told.filter(is_name).or(within.filter(is_name)).map(|name| name.to_string());
    }
    let old = record.repository.as_ref()?;
    Some(format!("{}/{}", &**old.owner.as_ref()?, &**old.name.as_ref()?))
}

const OURS: [&str; 11] = [
    "IssuesEvent",
    "PullRequestEvent",
    "IssueCommentEvent",
    "PullRequestReviewEvent",
    "PullRequestReviewCommentEvent",
    "CommitCommentEvent",
    "ReleaseEvent",
    "DiscussionEvent",
    "WatchEvent",
    "ForkEvent",
    "PushEvent",
];

fn is_ours(kind: &str) -> bool {
    OURS.contains(&kind)
}

struct Facts<'a> {
    record: &'a Record<'a>,
    repository: Repository<'a>,
    recorded: Timestamp,
}

/// The name of a field that the record should have had.
type Missing = &'static str;

impl Facts<'_> {
    fn read(&self) -> Result<Option<Fact>, Missing> {
        let nothing = Body::default();
        let kind = &*self.record.kind;
        let body = match &self.record.payload {
            Some(body) => body,
            // All that tells a star or a fork stands outside.
            None if matches!(kind, "WatchEvent" | "ForkEvent") => &nothing,
            None if is_ours(kind) => return Err("payload"),
            None => return Ok(None),
        };
        let action = body.action.as_deref().unwrap_or("");
        match kind {
            "IssuesEvent" => self.issue(body, action),
            "PullRequestEvent" => self.pull_request(body, action),
            "IssueCommentEvent" if matches!(action, "created" | "") => self.issue_comment(body).map(Some),
            "PullRequestReviewEvent" if matches!(action, "created" | "submitted" | "dismissed") => {
                self.review(body).map(Some)
            }
            "PullRequestReviewCommentEvent" if matches!(action, "created" | "") => self.review_comment(body).map(Some),
            "CommitCommentEvent" => self.commit_comment(body).map(Some),
            "ReleaseEvent" if action == "published" => self.release(body).map(Some),
            "DiscussionEvent" if action == "created" => self.discussion(body).map(Some),
            "PullRequestReviewEvent" | "ReleaseEvent" | "DiscussionEvent" if action.is_empty() => Err("action"),
            "WatchEvent" => Ok(Some(self.star())),
            "ForkEvent" => Ok(Some(self.fork(body))),
            "PushEvent" => self.push(body).map(Some),
            _ => Ok(None),
        }
    }

    fn issue(&self, body: &Body, action: &str) -> Result<Option<Fact>, Missing> {
        let item = self.repository.issue(self.number(body.issue.as_ref(), body, "issue.number")?);
        let object = body.issue.as_ref();
        Ok(Some(match action {
            "opened" => self.opened(item, object),
            "closed" => item.closed(self.actor(), self.when(object.and_then(|issue| issue.closed_at.as_ref()))),
            "reopened" => item.reopened(self.actor(), self.when(None)),
            "labeled" | "assigned" => return self.described(item, body, action).map(Some),
            "" => return Err("action"),
            _ => return Ok(None),
        }))
    }

    fn discussion(&self, body: &Body) -> Result<Fact, Missing> {
        let object = body.discussion.as_ref();
        let number = self.number(object, body, "discussion.number")?;
        let who = self.who(object.and_then(|discussion| discussion.user.as_ref()));
        let when = self.when(object.and_then(|discussion| discussion.created_at.as_ref()));
        Ok(self.repository.discussion(number).opened(who, when))
    }

    fn pull_request(&self, body: &Body, action: &str) -> Result<Option<Fact>, Missing> {
        let item =
            self.repository.pull_request(self.number(body.pull_request.as_ref(), body, "pull_request.number")?);
        let object = body.pull_request.as_ref();
        let merged = object.and_then(|pull| pull.merged.or(pull.merged_at.as_ref().map(Option::is_some)));
        Ok(Some(match action {
            "opened" => self.opened(item, object),
            "merged" => self.merged(item, object),
            "closed" if merged == Some(true) => self.merged(item, object),
            // Since October 2025 a merge is an action of its own.
            "closed" if merged.is_none() && self.recorded < whole_objects() => {
                return Err("pull_request.merged_at: whether it was merged is not said");
            }
            "closed" => item.closed(self.actor(), self.when(object.and_then(|pull| pull.closed_at.as_ref()))),
            "reopened" => item.reopened(self.actor(), self.when(None)),
            "labeled" | "assigned" => return self.described(item, body, action).map(Some),
            "" => return Err("action"),
            _ => return Ok(None),
        }))
    }

    fn opened(&self, item: fact::Item, object: Option<&Item>) -> Fact {
        let author = object.and_then(|item| item.user.as_ref());
        item.opened(self.who(author), self.when(object.and_then(|item| item.created_at.as_ref())))
    }

    fn merged(&self, item: fact::Item, object: Option<&Item>) -> Fact {
        let merger = self.who(object.and_then(|pull| pull.merged_by.as_ref()));
        let author = object.and_then(|pull| pull.user.as_ref()).map(named).unwrap_or_default();
        item.merged(merger, self.when(object.and_then(|pull| pull.merged_at.as_ref()?.as_ref())), author)
    }

    /// A label or an assignment, which the newest records list.
    fn described(&self, item: fact::Item, body: &Body, action: &str) -> Result<Fact, Missing> {
        let item = fact::Item { pull: body.pull_request.is_some(), ..item };
        if action == "labeled" {
            let label = body.label.as_ref().and_then(|label| label.name.as_deref()).ok_or("label.name")?;
            return Ok(item.labeled(self.actor(), self.when(None), label));
        }
        let assignee = body.assignee.as_ref().and_then(|user| user.login.as_deref()).ok_or("assignee.login")?;
        Ok(item.assigned(self.actor(), self.when(None), &account::github(assignee)))
    }

    fn issue_comment(&self, body: &Body) -> Result<Fact, Missing> {
        let page = self.record.url.as_deref().and_then(item_in);
        let number = self.number(body.issue.as_ref(), body, "issue.number");
        let number = number.or_else(|missing| page.map(|(number, _)| number).ok_or(missing))?;
        let pull = match &body.issue {
            Some(issue) => issue.is_pull_request(),
            None => page.is_some_and(|(_, pull)| pull),
        };
        let (who, when, comment) = self.comment(body)?;
        Ok(fact::Item { repository: self.repository, number, pull }.commented(who, when, comment))
    }

    fn review_comment(&self, body: &Body) -> Result<Fact, Missing> {
        let number = self.number(body.pull_request.as_ref(), body, "pull_request.number").or_else(|missing| {
            let comment = body.comment.as_ref();
            let page = comment.and_then(|comment| comment.html_url.as_ref());
            let address = comment.and_then(|comment| comment.pull_request_url.as_ref());
            let told = [self.record.url.as_ref(), page, address].into_iter().flatten();
            told.filter_map(|address| item_in(address)).map(|(number, _)| number).next().ok_or(missing)
        })?;
        let (who, when, comment) = self.comment(body)?;
        Ok(self.repository.pull_request(number).review_commented(who, when, comment))
    }

    fn commit_comment(&self, body: &Body) -> Result<Fact, Missing> {
        let sha = body.comment.as_ref().and_then(|comment| comment.commit_id.as_ref()).or(body.commit.as_ref());
        let (who, when, comment) = self.comment(body)?;
        Ok(self.repository.commit_commented(who, when, sha.ok_or("comment.commit_id")?, comment))
    }

    fn comment(&self, body: &Body) -> Result<(Who, When, u64), Missing> {
        let object = body.comment.as_ref();
        let comment = object.and_then(|comment| comment.id).or(body.comment_id).ok_or("comment.id")?.0;
        let who = self.who(object.and_then(|comment| comment.user.as_ref()));
        Ok((who, self.when(object.and_then(|comment| comment.created_at.as_ref())), comment))
    }

    fn review(&self, body: &Body) -> Result<Fact, Missing> {
        let item =
            self.repository.pull_request(self.number(body.pull_request.as_ref(), body, "pull_request.number")?);
        let object = body.review.as_ref().ok_or("review")?;
        let review = object.id.ok_or("review.id")?.0;
        let state = object.state.as_deref().unwrap_or("commented");
        Ok(item.reviewed(self.who(object.user.as_ref()), self.when(object.submitted_at.as_ref()), review, state))
    }

    fn release(&self, body: &Body) -> Result<Fact, Missing> {
        let object = body.release.as_ref().ok_or("release")?;
        let release = object.id.ok_or("release.id")?.0;
        let tag = object.tag_name.as_deref().ok_or("release.tag_name")?;
        let who = self.who(object.author.as_ref());
        Ok(self.repository.released(who, self.when(object.published_at.as_ref()), release, tag))
    }

    /// The record of a star is the star: its time is no other's.
    fn star(&self) -> Fact {
        self.repository.starred(self.actor(), When::exact(self.recorded))
    }

    fn fork(&self, body: &Body) -> Fact {
        let made = body.forkee.as_ref().and_then(|fork| fork.created_at.as_ref());
        let time = made.and_then(|time| parse_time(time).ok()).unwrap_or(self.recorded);
        let fork = body.forkee.as_ref().and_then(|fork| fork.full_name.as_deref());
        self.repository.forked(self.actor(), When::exact(time), fork)
    }

    fn push(&self, body: &Body) -> Result<Fact, Missing> {
        let push = Push {
            number: body.push_id.map(|number| number.0),
            reference: body.reference.as_deref().ok_or("ref")?,
            head: body.head.as_deref().ok_or("head")?,
            size: body.size.map(|size| size.0),
            commits: pushed_commits(body),
        };
        Ok(self.repository.pushed(self.actor(), self.recorded, push))
    }

    /// The number of an issue or pull request: the object's, else the payload's.
    fn number(&self, object: Option<&Item>, body: &Body, missing: Missing) -> Result<u64, Missing> {
        object.and_then(|item| item.number).or(body.number).map(|Number(number)| number).ok_or(missing)
    }

    /// Who the object names, or else who the record does.
    fn who(&self, object: Option<&User>) -> Who {
        let who = object.map(named).unwrap_or_default();
        if who.is_known() { who } else { self.actor() }
    }

    /// Who the record names.
    fn actor(&self) -> Who {
        let Some(User { login: Some(login), id, .. }) = &self.record.actor else { return Who::default() };
        let kind = self.record.actor_attributes.as_ref().and_then(|user| user.kind.as_deref());
        Who::new(login, id.map(|id| id.0), kind)
    }

    /// The object's time, or else the record's.
    fn when(&self, object: Option<&Text>) -> When {
        match object.and_then(|time| parse_time(time).ok()) {
            Some(time) => When::exact(time),
            None => When::approximate(self.recorded),
        }
    }
}

/// Before 2015 a comment's record names its issue only in the address of a page: its number, and whether it is a pull
/// request. The last part that can name it does: a repository may be called `issues`.
fn item_in(address: &str) -> Option<(u64, bool)> {
    let page = address.split('#').next()?;
    let places = [("/issues/", false), ("/pull/", true), ("/pulls/", true)];
    let named = places.into_iter().filter_map(|(part, pull)| Some((page.rfind(part)?, part, pull)));
    let (at, part, pull) = named.max_by_key(|(at, ..)| *at)?;
    let number = page[at + part.len()..].split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()?;
    Some((number, pull))
}

/// From when on every record of a pull request said whether it was merged.
fn whole_objects() -> Timestamp {
    Timestamp::constant(1_420_070_400, 0)
}

fn named(user: &User) -> Who {
    let login = user.login.as_deref().unwrap_or_default();
    Who::new(login, user.id.map(|id| id.0), user.kind.as_deref())
}

/// The commits that have a name. GH Archive leaves out an address here and there: then nobody is said to have written it.
fn pushed_commits(body: &Body) -> Vec<PushedCommit> {
    let account =
        |email: Option<&Text>| email.map(|email| email.trim()).filter(|email| !email.is_empty()).map(account::email);
    let text = |name: Option<&Text>| name.map(|name| name.to_string()).unwrap_or_default();
    let new = body.commits.iter().flatten().flatten().filter_map(|commit| {
        let author = commit.author.as_ref();
        Some(PushedCommit {
            sha: commit.sha.as_ref()?.to_string(),
            account: account(author.and_then(|author| author.email.as_ref())),
            name: text(author.and_then(|author| author.name.as_ref())),
            distinct: commit.distinct.unwrap_or(true),
        })
    });
    let old = body.shas.iter().flatten().flatten().filter_map(|commit| {
        Some(PushedCommit {
            sha: commit.0.as_ref()?.to_string(),
            account: account(commit.1.as_ref()),
            name: text(commit.3.as_ref()),
            distinct: commit.4.unwrap_or(true),
        })
    });
    new.chain(old).collect()
}
