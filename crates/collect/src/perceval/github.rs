//! Items of Perceval's `github` and `githubql`: what the REST API says of an issue, a pull request or a repository, and what
//! GraphQL says of its history. They give the very events of GitHub's other sources.
//!
//! Perceval asks GraphQL for little: it does not say the number of an account, nor whether it is an App's (whose login then
//! lacks its `[bot]`), nor when a review was submitted, only when it was begun. So what GraphQL alone tells is marked `~~`,
//! a review `~`, and gives way to any other source of the same fact.

use super::found::Found;
use crate::chat::exports::Fact;
use crate::github::fact::{Fact as Told, Item, When, Who};
use crate::github::object::{Object, Page};
use crate::github_json::parse::{Asked, read as read_object};
use serde_json::Value;

/// What Perceval fetched beside an object that has facts in it. Profiles, reactions and ids of commits have none.
const LISTS: [&str; 3] = ["comments_data", "review_comments_data", "reviews_data"];

/// Reads an issue, a pull request or a repository, with what Perceval fetched beside it.
///
/// # Errors
/// What it should have had.
pub(super) fn read(data: &Value) -> Result<Found, String> {
    let object = Object::of(data).ok_or("no object")?;
    let mut found = Found::default();
    tell(object, Asked::default(), &mut found)?;
    for (key, value) in object.0 {
        let elements = value.as_array().filter(|_| key.ends_with("_data")).map_or(&[][..], Vec::as_slice);
        if !LISTS.contains(&key.as_str()) {
            found.not_ours += elements.len();
            continue;
        }
        for element in elements {
            let told = Object::of(element).ok_or_else(|| format!("an element of {key} that is no object"));
            if let Err(why) = told.and_then(|element| tell(element, Asked::within(object), &mut found)) {
                found.rejected.push(why);
            }
            let reactions = element.get("reactions_data").and_then(Value::as_array);
            found.not_ours += reactions.map_or(0, Vec::len);
        }
    }
    Ok(found)
}

fn tell<'a>(object: Object<'a>, asked: Asked<'a>, found: &mut Found) -> Result<(), String> {
    match read_object(object, asked)? {
        Some(told) => {
            found.not_ours += usize::from(told.facts.is_empty());
            found.facts.extend(told.facts.into_iter().map(fact));
            found.doubts.extend(told.doubt);
        }
        None => found.not_ours += 1,
    }
    Ok(())
}

fn fact(told: Told) -> Fact {
    let Told { id, time, subject, actor, url, data } = told;
    Fact { id, time, subject, actor, url, data }
}

/// Reads an event of an issue's or pull request's history.
///
/// # Errors
/// What it should have had.
pub(super) fn read_event(data: &Value) -> Result<Found, String> {
    let event = Object::of(data).ok_or("no object")?;
    let kind = event.text("eventType").ok_or("an event without eventType")?;
    let issue = event.object("issue").ok_or_else(|| format!("{kind} without its issue"))?;
    let item = issue.item().ok_or_else(|| format!("{kind} of an issue without html_url"))?;
    let time = event.time("createdAt").ok_or_else(|| format!("{kind} without a time in createdAt"))?;
    let when = When::exact(time);
    let who = login(event.object("actor").or_else(|| event.object("author")), issue);
    let mut found = Found::default();
    let told = match kind {
        "ClosedEvent" if item.pull => closed(event, issue, item, who, when)?,
        "ClosedEvent" => Some(item.closed(who, when)),
        "ReopenedEvent" => Some(item.reopened(who, when)),
        "MergedEvent" => {
            let merged = event.object("pullRequest").and_then(|pull| pull.time("mergedAt")).unwrap_or(time);
            Some(item.merged(who, When::exact(merged), issue.who("user")))
        }
        "LabeledEvent" => {
            let label = event.object("label").and_then(|label| label.text("name"));
            Some(item.labeled(who, when, label.ok_or("LabeledEvent without label.name")?))
        }
        "PullRequestReview" => reviewed(event, item, who, When::approximate(time))?,
        _ => None,
    };
    match told {
        Some(told) => found.facts.push(marked(fact(told))),
        None => found.not_ours += 1,
    }
    Ok(found)
}

/// A merge closes too; it is told as such.
fn closed(event: Object, issue: Object, item: Item, who: Who, when: When) -> Result<Option<Told>, String> {
    let merge = event.object("pullRequest").or(Some(issue)).and_then(|pull| {
        let graph = pull.has("merged").then(|| pull.get("merged") == Some(&Value::Bool(true)));
        graph.or_else(|| issue.merge().map(|merge| merge.is_some()))
    });
    match merge {
        Some(true) => Ok(None),
        Some(false) => Ok(Some(item.closed(who, when))),
        None => Err(format!("{} was closed, and it is not said whether by a merge", item.subject())),
    }
}

fn reviewed(event: Object, item: Item, who: Who, when: When) -> Result<Option<Told>, String> {
    let state = event.text("state").ok_or("PullRequestReview without state")?;
    if state.eq_ignore_ascii_case("pending") {
        return Ok(None);
    }
    match event.text("url").and_then(Page::of) {
        Some(Page::Review(_, id)) => Ok(Some(item.reviewed(who, when, id, state))),
        _ => Err("PullRequestReview without its number in url".to_owned()),
    }
}

/// Somebody whose login is all that is said, unless the issue says more of the same one.
fn login(actor: Option<Object>, issue: Object) -> Who {
    let Some(login) = actor.and_then(|actor| actor.text("login")) else { return Who::default() };
    let known = ["user", "closed_by", "assignee"].into_iter().map(|key| issue.who(key));
    let who = Who::new(login, None, None);
    known.into_iter().find(|known| known.account == who.account).unwrap_or(who)
}

/// Marked as told without what another source may know.
fn marked(fact: Fact) -> Fact {
    let id = match fact.id.trim_end_matches('~').len() + 2 {
        whole if fact.id.len() >= whole => fact.id,
        _ => format!("{}~~", fact.id),
    };
    Fact { id, ..fact }
}
