//! One delivery to events. Pure: no file, no clock.

use crate::github::fact::{Fact, Item, Repository, When, Who};
use crate::github::object::{Missing, Object, Page, Unsure};
use muster_model::{Event, Problem};
use serde_json::Value;
use std::sync::Arc;

/// What became of a delivery.
#[derive(Debug, PartialEq)]
pub enum Delivery {
    /// What it tells: its fact, then the messages that the text which came with it points to.
    Events(Vec<Event>),
    /// A kind or action that muster has no event for.
    NotOurs,
    /// A repository that was not asked for.
    Filtered,
    /// It cannot be read.
    Problem(Box<Problem>),
}

/// Reads the body of a delivery: `event` and `delivery` are the headers `X-GitHub-Event` and `X-GitHub-Delivery`. `wanted` is
/// asked with the repository's `owner/name`; `source` is who tells the events.
pub fn read_delivery(
    event: &str,
    body: &[u8],
    delivery: &str,
    source: &Arc<str>,
    wanted: &dyn Fn(&str) -> bool,
) -> Delivery {
    let told = serde_json::from_slice::<Value>(body)
        .map_err(|error| format!("not JSON: {error}"))
        .and_then(|value| read(Some(event), &value, wanted));
    match told {
        Ok(Told::Facts(facts)) => {
            Delivery::Events(facts.into_iter().map(|fact| fact.into_event(source, COLLECTOR)).collect())
        }
        Ok(Told::NotOurs) => Delivery::NotOurs,
        Ok(Told::Filtered) => Delivery::Filtered,
        Err(message) => {
            let hint = "have GitHub deliver it again: Settings, Webhooks, Recent deliveries";
            let text = String::from_utf8_lossy(body);
            Delivery::Problem(Box::new(
                Problem::rejected(format!("delivery {delivery}"), None, message, hint).with_text(text),
            ))
        }
    }
}

pub(super) const COLLECTOR: &str = "webhooks/1";

/// What a body tells.
pub(super) enum Told {
    /// At least one.
    Facts(Vec<Fact>),
    NotOurs,
    Filtered,
}

/// Reads a body; without the event's name, by its keys.
pub(super) fn read(event: Option<&str>, body: &Value, wanted: &dyn Fn(&str) -> bool) -> Result<Told, String> {
    let body = Object::of(body).ok_or_else(|| "no delivery: expected a JSON object".to_owned())?;
    let event = match event {
        Some(event) => event,
        None => event_of(body).ok_or_else(|| {
            "no delivery of GitHub's: none of its keys (action, repository, organization, sender) is here".to_owned()
        })?,
    };
    let Some(repository) = body.object("repository").and_then(|repository| repository.text("full_name")) else {
        // Deliveries about an organisation or an installation have none; those about something in a repository must.
        let is_ours = OURS.contains(&event);
        return if is_ours { Err(format!("{event} without repository.full_name")) } else { Ok(Told::NotOurs) };
    };
    if !wanted(repository) {
        return Ok(Told::Filtered);
    }
    let facts = Body { body, repository: Repository(repository), sender: body.who("sender") }.facts(event);
    match facts {
        Ok(facts) if facts.is_empty() => Ok(Told::NotOurs),
        Ok(facts) => Ok(Told::Facts(facts)),
        Err(missing) => Err(format!("{event} without {missing}")),
    }
}

const OURS: [&str; 12] = [
    "issues",
    "pull_request",
    "issue_comment",
    "pull_request_review",
    "pull_request_review_comment",
    "commit_comment",
    "discussion",
    "discussion_comment",
    "release",
    "star",
    "fork",
    "repository",
];

/// The event's name by the keys of a body; `other` for a kind that is not ours.
fn event_of(body: Object) -> Option<&'static str> {
    let has = |key| body.object(key).is_some();
    Some(match () {
        () if has("issue") && has("comment") => "issue_comment",
        () if has("issue") => "issues",
        () if has("pull_request") && has("review") => "pull_request_review",
        () if has("pull_request") && has("comment") => "pull_request_review_comment",
        () if has("pull_request") && has("thread") => "other",
        () if has("pull_request") => "pull_request",
        () if has("discussion") && has("comment") => "discussion_comment",
        () if has("discussion") => "discussion",
        () if has("comment") => "commit_comment",
        () if has("release") => "release",
        () if has("forkee") => "fork",
        () if body.has("starred_at") => "star",
        // Much else has `changes`, but no rename or move of a repository. (`account` is that of an installation.)
        () if has("changes") && has("repository") && !has("account") => "repository",
        () if ["sender", "repository", "organization", "installation", "hook", "security_advisory"]
            .iter()
            .any(|key| has(key)) =>
        {
            "other"
        }
        () => return None,
    })
}

struct Body<'a> {
    body: Object<'a>,
    repository: Repository<'a>,
    sender: Who,
}

impl Body<'_> {
    fn facts(&self, event: &str) -> Result<Vec<Fact>, Missing> {
        let body = self.body;
        let written = |key: Missing| {
            let object = body.object(key).ok_or(key)?;
            match object.page() {
                None | Some(Page::Repository(_)) => Err("a page of its own in html_url"),
                Some(_) => object.written(),
            }
        };
        match (event, body.text("action").unwrap_or_default()) {
            ("issues", "opened") => written("issue"),
            ("pull_request", "opened") => written("pull_request"),
            ("issue_comment" | "pull_request_review_comment" | "commit_comment" | "discussion_comment", "created") => {
                written("comment")
            }
            ("pull_request_review", "submitted" | "dismissed") => written("review"),
            ("discussion", "created") => written("discussion"),
            ("release", "published") => written("release"),
            ("issues", action) => self.changed("issue", action),
            ("pull_request", action) => self.changed("pull_request", action),
            ("discussion", "answered") => self.answered().map(one),
            ("star", "created") => {
                let starred = body.time("starred_at").ok_or("starred_at")?;
                Ok(one(self.repository.starred(self.sender.clone(), When::exact(starred))))
            }
            ("fork", _) => {
                let fork = body.object("forkee").ok_or("forkee")?;
                let made = When::exact(fork.time("created_at").ok_or("forkee.created_at")?);
                Ok(one(self.repository.forked(self.sender.clone(), made, fork.text("full_name"))))
            }
            ("repository", "renamed" | "transferred") => self.renamed().map(one),
            _ => Ok(Vec::new()),
        }
    }

    /// What happened to the issue or pull request under `key`.
    fn changed(&self, key: Missing, action: &str) -> Result<Vec<Fact>, Missing> {
        let object = self.body.object(key).ok_or(key)?;
        let who = self.sender.clone();
        // Only what is ours needs the rest.
        let item = || object.item().ok_or("html_url");
        let when = || object.time("updated_at").map(When::approximate).ok_or("updated_at");
        let fact = match action {
            "closed" => match object.ended(item()?, who.clone()) {
                Ok(Some(fact)) => fact,
                Ok(None) => item()?.closed(who, when()?),
                Err(Unsure) => return Err("merged_at"),
            },
            "reopened" => item()?.reopened(who, when()?),
            "converted_to_draft" => item()?.drafted(who, when()?),
            "ready_for_review" => item()?.readied(who, when()?),
            "labeled" => {
                let label = self.body.object("label").and_then(|label| label.text("name")).ok_or("label.name")?;
                item()?.labeled(who, when()?, label)
            }
            // Of a deleted account it is not said that it was assigned or asked.
            "assigned" => match self.body.who("assignee").account {
                Some(assignee) => item()?.assigned(who, when()?, &assignee),
                None => return Ok(Vec::new()),
            },
            "review_requested" => match self.body.reviewer(self.repository) {
                Some(reviewer) => item()?.review_requested(who, when()?, &reviewer),
                None => return Ok(Vec::new()),
            },
            "transferred" => item()?.transferred(who, when()?, self.destination()),
            _ => return Ok(Vec::new()),
        };
        Ok(one(fact))
    }

    fn destination(&self) -> Option<Item<'_>> {
        self.body.object("changes")?.object("new_issue")?.item()
    }

    fn answered(&self) -> Result<Fact, Missing> {
        let object = self.body.object("discussion").ok_or("discussion")?;
        let Some(Page::Discussion(discussion)) = object.page() else { return Err("discussion.html_url") };
        let when = object.time("answer_chosen_at").map(When::exact);
        let when = when.or_else(|| object.time("updated_at").map(When::approximate)).ok_or("answer_chosen_at")?;
        let answer = self.body.object("answer").ok_or("answer")?;
        let who = object.who("answer_chosen_by").or(self.sender.clone());
        Ok(discussion.answered(who, when, answer.number("id"), answer.who("user")))
    }

    /// Another name, or another owner.
    fn renamed(&self) -> Result<Fact, Missing> {
        let (owner, name) = self.repository.0.split_once('/').ok_or("repository.full_name")?;
        let changes = self.body.object("changes").ok_or("changes")?;
        let old_name = changes.object("repository").and_then(|repository| repository.object("name")?.text("from"));
        let old_owner = changes.object("owner").and_then(|owner| owner.object("from")).and_then(|from| {
            from.object("user").or_else(|| from.object("organization")).and_then(|owner| owner.text("login"))
        });
        if old_name.is_none() && old_owner.is_none() {
            return Err("changes.repository.name.from");
        }
        let from = format!("{}/{}", old_owner.unwrap_or(owner), old_name.unwrap_or(name));
        let changed = self.body.object("repository").and_then(|repository| repository.time("updated_at"));
        let when = When::approximate(changed.ok_or("repository.updated_at")?);
        Ok(self.repository.renamed(self.sender.clone(), when, &from))
    }
}

fn one(fact: Fact) -> Vec<Fact> {
    vec![fact]
}
