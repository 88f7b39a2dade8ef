//! One object to the facts it tells. Pure: no file, no clock.

use crate::github::fact::{Fact, Item, Repository, When, Who, closes_by_merge};
use crate::github::object::{Object, Page, Unsure};
use serde_json::Value;

/// What was asked for, by the path of the request: `repos/acme/lantern/issues/12/timeline`.
#[derive(Clone, Copy, Default)]
pub(crate) struct Asked<'a> {
    repository: Option<&'a str>,
    /// What of the repository: `issues`, `forks`, `stargazers`.
    what: &'a str,
    /// The issue's number.
    number: Option<u64>,
    /// The issue itself, where what was asked about it lies within.
    issue: Option<Object<'a>>,
}

impl<'a> Asked<'a> {
    /// The request whose path, or address, or file this is.
    pub fn of(path: &'a str) -> Self {
        let path = path.split(['?', '#']).next().unwrap_or_default();
        // A folder of the user's own may be called so, too: the last that reads as a request is it.
        let starts = path.rmatch_indices("repos/").filter(|(at, _)| *at == 0 || path[..*at].ends_with('/'));
        starts.map(|(at, start)| &path[at + start.len()..]).find_map(Self::request).unwrap_or_default()
    }

    /// `acme/lantern/issues/12/timeline`, with or without an ending, which is no part of a request.
    fn request(path: &'a str) -> Option<Self> {
        let owner_end = path.find('/')?;
        let name_end = owner_end + 1 + path[owner_end + 1..].find('/')?;
        let mut parts = path[name_end + 1..].split('/').map(|part| part.split('.').next().unwrap_or_default());
        let what = parts.next().filter(|what| matches!(*what, "issues" | "forks" | "stargazers"))?;
        let number = parts.next().filter(|_| what == "issues").and_then(|part| part.parse().ok());
        Some(Self { repository: Some(&path[..name_end]), what, number, issue: None })
    }

    /// What lies within the answer about this object.
    pub fn within(object: Object<'a>) -> Self {
        Self { issue: Some(object), ..Self::default() }
    }
}

/// What an object tells.
pub(crate) struct Told<'a> {
    pub repository: &'a str,
    /// None, of a kind or state that muster has no event for.
    pub facts: Vec<Fact>,
    /// What should be said about it.
    pub doubt: Option<(String, &'static str)>,
}

/// Reads one object. `None` is an object of GitHub's that states no fact of ours.
///
/// # Errors
/// What was found and expected.
pub(crate) fn read<'a>(object: Object<'a>, asked: Asked<'a>) -> Result<Option<Told<'a>>, String> {
    if let Some(page) = object.page()
        && !matches!(page, Page::Repository(_))
    {
        return read_page(object, page).map(Some);
    }
    if let Some(event) = object.text("event") {
        return read_event(object, event, asked);
    }
    if object.has("starred_at") {
        let Some(repository) = asked.repository.filter(|_| asked.what == "stargazers") else {
            return Err("a star without its repository; save it as …/repos/<owner>/<name>/stargazers.json".to_owned());
        };
        let starred = object.time("starred_at").ok_or("a star without a time in starred_at")?;
        let fact = Repository(repository).starred(object.who("user"), When::exact(starred));
        return Ok(Some(Told { repository, facts: vec![fact], doubt: None }));
    }
    if object.has("full_name") && object.has("fork") {
        return read_fork(object, asked);
    }
    if let (Some(message), true) = (object.text("message"), object.has("documentation_url")) {
        return Err(format!("an error in place of an answer: {message}"));
    }
    // Users, labels, reactions, milestones, commits: GitHub's objects have a node, an address in the API, or somebody.
    let is_githubs = object.has("node_id")
        || object.has("html_url")
        || object.text("url").is_some_and(|url| url.contains("://"))
        || object.object("user").is_some_and(|user| user.has("login"))
        || (object.has("content") && object.has("created_at"));
    if is_githubs {
        Ok(None)
    } else {
        Err("no object of GitHub's: it has no html_url, url, node_id or event".to_owned())
    }
}

/// An object that has a page of its own or a place in one.
fn read_page<'a>(object: Object<'a>, page: Page<'a>) -> Result<Told<'a>, String> {
    let mut facts = object.written().map_err(|missing| format!("{} without {missing}", name_of(page)))?;
    let mut doubt = None;
    if let Some(item) = object.item() {
        match object.ended(item, Who::default()) {
            Ok(fact) => facts.extend(fact),
            Err(Unsure) => {
                doubt = Some((
                    format!("{} is closed, and this answer does not say whether it was merged", item.subject()),
                    "save repos/<owner>/<name>/pulls?state=all as well",
                ));
            }
        }
    }
    if let Page::Discussion(discussion) = page
        && let Some(chosen) = object.time("answer_chosen_at")
    {
        let comment = object.text("answer_html_url").and_then(Page::of).and_then(|page| match page {
            Page::DiscussionComment(_, comment) => Some(comment),
            _ => None,
        });
        let who = object.who("answer_chosen_by");
        facts.push(discussion.answered(who, When::exact(chosen), comment, Who::default()));
    }
    Ok(Told { repository: page.repository(), facts, doubt })
}

fn name_of(page: Page) -> &'static str {
    match page {
        Page::Item(item) if item.pull => "a pull request",
        Page::Item(_) => "an issue",
        Page::Comment(..) | Page::ReviewComment(..) | Page::DiscussionComment(..) | Page::CommitComment(..) => {
            "a comment"
        }
        Page::Review(..) => "a review",
        Page::Discussion(_) => "a discussion",
        Page::Release(_) => "a release",
        Page::Repository(_) => "a repository",
    }
}

/// A repository: a fork of the one whose forks were asked for, or of its parent. GitHub's events have its owner for who
/// forked it, be that an organisation, and so does this.
fn read_fork<'a>(object: Object<'a>, asked: Asked<'a>) -> Result<Option<Told<'a>>, String> {
    if object.get("fork").and_then(Value::as_bool) != Some(true) {
        return Ok(None);
    }
    let parent = object.object("parent").and_then(|parent| parent.text("full_name"));
    let Some(repository) = parent.or_else(|| asked.repository.filter(|_| asked.what == "forks")) else {
        return Ok(None);
    };
    let made = object.time("created_at").ok_or("a repository without created_at")?;
    let fact = Repository(repository).forked(object.who("owner"), When::exact(made), object.text("full_name"));
    Ok(Some(Told { repository, facts: vec![fact], doubt: None }))
}

/// An event of an issue's history.
fn read_event<'a>(object: Object<'a>, event: &str, asked: Asked<'a>) -> Result<Option<Told<'a>>, String> {
    if !OUR_EVENTS.contains(&event) {
        return Ok(None);
    }
    let (item, issue) = item_of(object, event, asked)?;
    let missing = |key: &str| format!("the event {event} of {} without {key}", item.subject());
    let when = When::exact(object.time("created_at").ok_or_else(|| missing("created_at"))?);
    let actor = object.who("actor");
    let closed_at = issue.and_then(|issue| issue.time("closed_at"));
    let fact = match event {
        "closed" if item.pull => match issue.and_then(Object::merge) {
            Some(Some(merged)) if closes_by_merge(when.time, merged) => {
                return Ok(Some(Told { repository: item.repository.0, facts: Vec::new(), doubt: None }));
            }
            Some(_) => item.closed(actor, when.as_object_has_it(closed_at)),
            None => {
                return Err(format!(
                    "{} was closed, and it is not said whether by a merge; {WHOLE_LIST}",
                    item.subject()
                ));
            }
        },
        "closed" => item.closed(actor, when.as_object_has_it(closed_at)),
        "reopened" => item.reopened(actor, when),
        "merged" => item.merged(actor, when, issue.map(|issue| issue.who("user")).unwrap_or_default()),
        "labeled" => {
            let label = object.object("label").and_then(|label| label.text("name"));
            item.labeled(actor, when, label.ok_or_else(|| missing("label.name"))?)
        }
        "assigned" => match object.who("assignee").account {
            Some(assignee) => item.assigned(object.who("assigner").or(actor), when, &assignee),
            // A deleted account: of nobody it is not said.
            None => return Ok(None),
        },
        "review_requested" => match object.reviewer(item.repository) {
            Some(reviewer) => item.review_requested(object.who("review_requester").or(actor), when, &reviewer),
            None => return Ok(None),
        },
        "convert_to_draft" => item.drafted(actor, when),
        _ => item.readied(actor, when),
    };
    Ok(Some(Told { repository: item.repository.0, facts: vec![fact], doubt: None }))
}

const OUR_EVENTS: [&str; 8] =
    ["closed", "reopened", "merged", "labeled", "assigned", "review_requested", "convert_to_draft", "ready_for_review"];

const WHOLE_LIST: &str = "save repos/<owner>/<name>/issues/events, whose events have their issue with them";

/// The issue that an event is of, and the object of it that came with the event.
fn item_of<'a>(object: Object<'a>, event: &str, asked: Asked<'a>) -> Result<(Item<'a>, Option<Object<'a>>), String> {
    if let Some(issue) = object.object("issue").or(asked.issue)
        && let Some(item) = issue.item()
    {
        return Ok((item, Some(issue)));
    }
    let (Some(repository), Some(number)) = (asked.repository, asked.number) else {
        return Err(format!("the event {event} without its issue; {WHOLE_LIST}"));
    };
    let pull = match event {
        "merged" | "review_requested" | "convert_to_draft" | "ready_for_review" => true,
        "labeled" | "assigned" => false,
        // The histories of issues and of pull requests call these the same.
        _ => return Err(format!("the event {event} of {repository}#{number}, issue or pull request; {WHOLE_LIST}")),
    };
    Ok((Item { repository: Repository(repository), number, pull }, None))
}
