//! Issues and pull requests, and what happened to them.

use super::page::{Page, Row};
use super::resolve::{
    Found, Graph, Thing, argument, connection, database_id, leaf, list, moment, one, ordered, time, time_if,
};
use super::talk;
use crate::node_id;
use crate::world::{Change, Item, Repository, Reviewer, What};
use apollo_compiler::response::{JsonMap, JsonValue};
use std::rc::Rc;

/// GraphQL's name of the type, and the prefix of its node ids.
fn event(what: &What) -> (&'static str, &'static str) {
    match what {
        What::Labeled(_) => ("LabeledEvent", "LE"),
        What::Unlabeled(_) => ("UnlabeledEvent", "UNLE"),
        What::Assigned(_) => ("AssignedEvent", "AE"),
        What::Unassigned(_) => ("UnassignedEvent", "UNAE"),
        What::Closed { .. } => ("ClosedEvent", "CE"),
        What::Reopened => ("ReopenedEvent", "REE"),
        What::Merged { .. } => ("MergedEvent", "ME"),
        What::Renamed { .. } => ("RenamedTitleEvent", "RTE"),
        What::ReviewRequested(_) => ("ReviewRequestedEvent", "RRE"),
        What::ReviewRequestRemoved(_) => ("ReviewRequestRemovedEvent", "RRRE"),
        What::ReadyForReview => ("ReadyForReviewEvent", "RFRE"),
        What::ConvertedToDraft => ("ConvertToDraftEvent", "CTDE"),
        What::Transferred { .. } => ("TransferredEvent", "TRE"),
        What::ReviewDismissed { .. } => ("ReviewDismissedEvent", "RDE"),
        What::Mentioned => ("MentionedEvent", "MEE"),
        What::Subscribed => ("SubscribedEvent", "SE"),
    }
}

pub(super) fn event_type(what: &What) -> &'static str {
    event(what).0
}

/// The node id of an entry in a history; REST states it too.
pub(crate) fn event_id(repository: &Repository, change: &Change) -> String {
    node_id::of(event(&change.what).1, repository.id, change.id)
}

/// The value of `itemTypes` for a type: `LABELED_EVENT` for `LabeledEvent`.
fn item_type(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(letter.to_ascii_uppercase());
    }
    out
}

fn state(item: &Item) -> &'static str {
    match (item.merge(), item.is_open()) {
        (Some(_), _) => "MERGED",
        (None, true) => "OPEN",
        (None, false) => "CLOSED",
    }
}

fn row<'w>(repository: &'w Repository, item: &'w Item, field: &str) -> Row<'w> {
    let key = match field {
        "UPDATED_AT" => item.updated_at.as_second(),
        "COMMENTS" => item.comments.len() as i64,
        _ => item.created_at.as_second(),
    };
    Row { key, id: item.id, thing: Thing::Item(repository, item), starred: None }
}

fn labelled(item: &Item, labels: Option<&[&str]>) -> bool {
    labels.is_none_or(|wanted| {
        let held = item.labels();
        wanted.iter().any(|label| held.iter().any(|one| one.eq_ignore_ascii_case(label)))
    })
}

pub(super) fn issues<'w>(graph: &Graph<'w>, repository: &'w Repository, arguments: &JsonMap) -> Found<'w> {
    let (field, descending) = ordered(arguments, "CREATED_AT", false);
    let empty = JsonMap::new();
    let filter = arguments.get("filterBy").and_then(JsonValue::as_object).unwrap_or(&empty);
    let since = moment(filter, "since");
    let states = list(arguments, "states").or_else(|| list(filter, "states")).filter(|states| !states.is_empty());
    let labels = list(arguments, "labels").or_else(|| list(filter, "labels"));
    let by = Some(argument(filter, "createdBy")).filter(|login| !login.is_empty());
    let kept = repository.items.iter().filter(|item| {
        item.pull_request.is_none()
            && since.is_none_or(|since| item.updated_at >= since)
            && states.as_ref().is_none_or(|states| states.contains(&state(item)))
            && labelled(item, labels.as_deref())
            && by.is_none_or(|login| graph.world.account(item.author).is_some_and(|author| author.login == login))
    });
    connection("Issue", kept.map(|item| row(repository, item, field)).collect(), arguments, descending)
}

/// There is no `since` for pull requests: who wants what changed reads from the newest change back.
pub(super) fn pull_requests<'w>(repository: &'w Repository, arguments: &JsonMap) -> Found<'w> {
    let (field, descending) = ordered(arguments, "CREATED_AT", false);
    let states = list(arguments, "states").filter(|states| !states.is_empty());
    let labels = list(arguments, "labels");
    let head = Some(argument(arguments, "headRefName")).filter(|name| !name.is_empty());
    let kept = repository.items.iter().filter(|item| {
        item.pull_request.as_ref().is_some_and(|pull| head.is_none_or(|head| pull.head == head))
            && states.as_ref().is_none_or(|states| states.contains(&state(item)))
            && labelled(item, labels.as_deref())
    });
    connection("PullRequest", kept.map(|item| row(repository, item, field)).collect(), arguments, descending)
}

pub(super) fn field<'w>(
    graph: &Graph<'w>,
    repository: &'w Repository,
    item: &'w Item,
    name: &str,
    arguments: &JsonMap,
) -> Found<'w> {
    let Some(pull_request) = &item.pull_request else { return shared(graph, repository, item, name, arguments) };
    match name {
        "merged" => leaf(item.merge().is_some()),
        "mergedAt" => time_if(item.merge().map(|merge| merge.at)),
        "mergedBy" => one(item.merge().and_then(|merge| graph.actor(merge.by))),
        "mergeCommit" => one(item.merge().and_then(|merge| match &merge.what {
            What::Merged { commit } => Some(Thing::Commit(repository, commit.clone())),
            _ => None,
        })),
        "isDraft" => leaf(item.is_draft()),
        "additions" | "deletions" | "changedFiles" => leaf(1),
        "baseRefName" => leaf("main"),
        "headRefName" => leaf(pull_request.head.clone()),
        "totalCommentsCount" => leaf((item.comments.len() + item.review_comments().count()) as u64),
        "reviews" => talk::reviews(graph, repository, item, arguments),
        "reviewThreads" => {
            let first = item.review_comments().filter(|(_, held)| held.in_reply_to.is_none());
            let rows = first.map(|(_, held)| {
                Row::new(held.comment.created_at, held.comment.id, Thing::Thread(repository, item, held))
            });
            connection("PullRequestReviewThread", rows.collect(), arguments, false)
        }
        "reviewRequests" => review_requests(repository, item, arguments),
        _ => shared(graph, repository, item, name, arguments),
    }
}

/// Who is asked and has neither reviewed since nor been let off.
fn review_requests<'w>(repository: &'w Repository, item: &'w Item, arguments: &JsonMap) -> Found<'w> {
    let mut open: Vec<(&Change, &Reviewer)> = Vec::new();
    for change in &item.history {
        match &change.what {
            What::ReviewRequested(reviewer) => open.push((change, reviewer)),
            What::ReviewRequestRemoved(reviewer) => open.retain(|(_, held)| *held != reviewer),
            _ => {}
        }
    }
    let reviewed = |change: &Change, reviewer: &Reviewer| {
        item.reviews
            .iter()
            .any(|review| review.submitted_at >= change.at && *reviewer == Reviewer::Account(review.author))
    };
    let rows = open.into_iter().filter(|(change, reviewer)| !reviewed(change, reviewer)).map(|(change, reviewer)| {
        Row::new(change.at, change.id, Thing::ReviewRequest(repository, item, change, reviewer))
    });
    connection("ReviewRequest", rows.collect(), arguments, false)
}

/// What issues and pull requests both have.
fn shared<'w>(
    graph: &Graph<'w>,
    repository: &'w Repository,
    item: &'w Item,
    name: &str,
    arguments: &JsonMap,
) -> Found<'w> {
    let (prefix, folder) = if item.pull_request.is_some() { ("PR", "pull") } else { ("I", "issues") };
    let path = || format!("/{}/{folder}/{}", repository.full_name(), item.number);
    match name {
        "id" => leaf(node_id::of(prefix, repository.id, item.id)),
        "databaseId" => database_id(item.id),
        "fullDatabaseId" => leaf(item.id.to_string()),
        "number" => leaf(item.number),
        "title" => leaf(item.title.clone()),
        "body" | "bodyText" => leaf(item.body.clone()),
        "url" => leaf(format!("https://github.com{}", path())),
        "resourcePath" => leaf(path()),
        "state" => leaf(state(item)),
        "stateReason" => leaf(state_reason(item).map_or(JsonValue::Null, |reason| reason.to_uppercase().into())),
        "author" => one(graph.actor(item.author)),
        "authorAssociation" => leaf("NONE"),
        "createdAt" | "publishedAt" => time(item.created_at),
        "updatedAt" => time(item.updated_at),
        "closed" => leaf(!item.is_open()),
        "closedAt" => time_if(item.closing().map(|change| change.at)),
        "lastEditedAt" => leaf(JsonValue::Null),
        "editor" => one(None),
        "locked" => leaf(false),
        "labels" => {
            let rows = item.labels().into_iter().enumerate().map(|(index, label)| Row {
                key: index as i64,
                id: 0,
                thing: Thing::Label(repository, label),
                starred: None,
            });
            connection("Label", rows.collect(), arguments, false)
        }
        "assignees" => {
            let rows =
                item.assignees().into_iter().enumerate().filter_map(|(index, id)| {
                    Some(Row { key: index as i64, id, thing: graph.actor(id)?, starred: None })
                });
            connection("User", rows.collect(), arguments, false)
        }
        "comments" => {
            let (field, descending) = ordered(arguments, "CREATED_AT", false);
            let rows = item.comments.iter().map(|comment| {
                let at = if field == "UPDATED_AT" { comment.updated_at } else { comment.created_at };
                Row::new(at, comment.id, Thing::Comment(repository, item, comment))
            });
            connection("IssueComment", rows.collect(), arguments, descending)
        }
        "timelineItems" => timeline(repository, item, arguments),
        "repository" => one(Some(Thing::Repository(repository))),
        _ => Ok(None),
    }
}

/// Why an issue is in the state it is in, in REST's words.
pub(crate) fn state_reason(item: &Item) -> Option<&'static str> {
    if item.pull_request.is_some() {
        return None;
    }
    let turn = item.history.iter().rev().find(|one| matches!(one.what, What::Closed { .. } | What::Reopened))?;
    match turn.what {
        What::Closed { reason } => reason,
        _ => Some("reopened"),
    }
}

fn timeline<'w>(repository: &'w Repository, item: &'w Item, arguments: &JsonMap) -> Found<'w> {
    let since = moment(arguments, "since");
    let types = list(arguments, "itemTypes").filter(|types| !types.is_empty());
    let skip = arguments.get("skip").and_then(JsonValue::as_u64).unwrap_or(0);
    let wanted = |name: &str| types.as_ref().is_none_or(|types| types.contains(&item_type(name).as_str()));
    let mut rows: Vec<Row<'w>> = Vec::new();
    for change in item.history.iter().filter(|change| wanted(event_type(&change.what))) {
        rows.push(Row::new(change.at, change.id, Thing::Change(repository, item, change)));
    }
    if wanted("IssueComment") {
        rows.extend(
            item.comments
                .iter()
                .map(|comment| Row::new(comment.created_at, comment.id, Thing::Comment(repository, item, comment))),
        );
    }
    if wanted("PullRequestReview") {
        rows.extend(
            item.reviews
                .iter()
                .map(|review| Row::new(review.submitted_at, review.id, Thing::Review(repository, item, review))),
        );
    }
    if wanted("PullRequestReviewThread") && types.is_some() {
        rows.extend(item.review_comments().filter(|(_, held)| held.in_reply_to.is_none()).map(|(_, held)| {
            Row::new(held.comment.created_at, held.comment.id, Thing::Thread(repository, item, held))
        }));
    }
    rows.retain(|row| since.is_none_or(|since| row.key >= since.as_second()));
    rows.sort_by_key(|row| (row.key, row.id));
    rows.drain(..(skip as usize).min(rows.len()));
    let of = if item.pull_request.is_some() { "PullRequestTimelineItems" } else { "IssueTimelineItems" };
    // GitHub counts the whole timeline here, whatever types were asked for; `filteredCount` is that of the types.
    let total = item.history.len() + item.comments.len() + item.reviews.len();
    let mut page = Page::new(of, rows, arguments, false)?;
    page.total = total;
    one(Some(Thing::Page(Rc::new(page), format!("{of}Connection"))))
}

pub(super) fn label<'w>(repository: &Repository, label: &str, name: &str) -> Found<'w> {
    match name {
        "id" => leaf(node_id::of("LA", repository.id, crate::faults::fingerprint(label) >> 32)),
        "name" => leaf(label),
        "color" => leaf("ededed"),
        "description" => leaf(JsonValue::Null),
        "isDefault" => leaf(false),
        _ => Ok(None),
    }
}

pub(super) fn reviewer<'w>(graph: &Graph<'w>, repository: &'w Repository, reviewer: &'w Reviewer) -> Option<Thing<'w>> {
    match reviewer {
        Reviewer::Account(id) => graph.actor(*id),
        Reviewer::Team(slug) => Some(Thing::Team(repository, slug)),
    }
}

pub(super) fn change<'w>(
    graph: &Graph<'w>,
    repository: &'w Repository,
    item: &'w Item,
    change: &'w Change,
    name: &str,
) -> Found<'w> {
    let of = || one(Some(Thing::Item(repository, item)));
    let url = || {
        let folder = if item.pull_request.is_some() { "pull" } else { "issues" };
        format!("https://github.com/{}/{folder}/{}#event-{}", repository.full_name(), item.number, change.id)
    };
    match (name, &change.what) {
        ("id", _) => leaf(event_id(repository, change)),
        ("databaseId", _) => database_id(change.id),
        ("actor", _) => one(graph.actor(change.by)),
        ("createdAt", _) => time(change.at),
        ("url", _) => leaf(url()),
        ("labelable" | "assignable" | "closable" | "pullRequest" | "issue", _) => of(),
        ("label", What::Labeled(label) | What::Unlabeled(label)) => one(Some(Thing::Label(repository, label))),
        ("assignee", What::Assigned(id) | What::Unassigned(id)) => one(graph.actor(*id)),
        ("stateReason", What::Closed { reason }) => {
            leaf(reason.map_or(JsonValue::Null, |reason| reason.to_uppercase().into()))
        }
        ("stateReason", What::Reopened) => {
            leaf(if item.pull_request.is_some() { JsonValue::Null } else { "REOPENED".into() })
        }
        ("closer", _) => one(None),
        ("commit", What::Merged { commit }) => one(Some(Thing::Commit(repository, commit.clone()))),
        ("mergeRefName", What::Merged { .. }) => leaf("main"),
        ("currentTitle", What::Renamed { to, .. }) => leaf(to.clone()),
        ("previousTitle", What::Renamed { from, .. }) => leaf(from.clone()),
        ("requestedReviewer", What::ReviewRequested(of) | What::ReviewRequestRemoved(of)) => {
            one(reviewer(graph, repository, of))
        }
        ("fromRepository", What::Transferred { from, .. }) => {
            one(graph.world.repository_by_id(*from).map(Thing::Repository))
        }
        ("previousReviewState", What::ReviewDismissed { state, .. }) => leaf(state.name()),
        ("dismissalMessage", What::ReviewDismissed { .. }) => leaf("It no longer applies."),
        ("review", What::ReviewDismissed { review, .. }) => {
            one(item.reviews.iter().find(|held| held.id == *review).map(|held| Thing::Review(repository, item, held)))
        }
        _ => Ok(None),
    }
}
