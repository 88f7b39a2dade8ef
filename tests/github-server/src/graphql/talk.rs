//! Comments, reviews, discussions and releases.

use super::page::Row;
use super::resolve::{Found, Graph, Thing, connection, database_id, leaf, list, one, ordered, time, time_if};
use crate::node_id;
use crate::world::{
    Comment, CommitComment, Discussion, DiscussionComment, Item, Release, Repository, Review, ReviewComment,
};
use apollo_compiler::response::{JsonMap, JsonValue};

/// What every text somebody wrote has.
fn written<'w>(
    graph: &Graph<'w>,
    repository: &'w Repository,
    prefix: &str,
    comment: &Comment,
    path: &dyn Fn() -> String,
    name: &str,
) -> Found<'w> {
    match name {
        "id" => leaf(node_id::of(prefix, repository.id, comment.id)),
        "databaseId" => database_id(comment.id),
        "fullDatabaseId" => leaf(comment.id.to_string()),
        "author" => one(graph.actor(comment.author)),
        "authorAssociation" => leaf("NONE"),
        "body" | "bodyText" => leaf(comment.body.clone()),
        "createdAt" | "publishedAt" => time(comment.created_at),
        "updatedAt" => time(comment.updated_at),
        "lastEditedAt" => time_if(Some(comment.updated_at).filter(|at| *at != comment.created_at)),
        "isMinimized" => leaf(false),
        "repository" => one(Some(Thing::Repository(repository))),
        "url" => leaf(format!("https://github.com{}", path())),
        "resourcePath" => leaf(path()),
        _ => Ok(None),
    }
}

fn folder(item: &Item) -> &'static str {
    if item.pull_request.is_some() { "pull" } else { "issues" }
}

pub(super) fn comment<'w>(
    graph: &Graph<'w>,
    repository: &'w Repository,
    item: &'w Item,
    comment: &'w Comment,
    name: &str,
) -> Found<'w> {
    let path = || format!("/{}/{}/{}#issuecomment-{}", repository.full_name(), folder(item), item.number, comment.id);
    match name {
        // A pull request is an issue too, but not in the graph.
        "issue" => one(Some(Thing::Item(repository, item))),
        "pullRequest" => one(item.pull_request.is_some().then_some(Thing::Item(repository, item))),
        _ => written(graph, repository, "IC", comment, &path, name),
    }
}

pub(super) fn reviews<'w>(
    graph: &Graph<'w>,
    repository: &'w Repository,
    item: &'w Item,
    arguments: &JsonMap,
) -> Found<'w> {
    let states = list(arguments, "states").filter(|states| !states.is_empty());
    let author = arguments.get("author").and_then(JsonValue::as_str);
    let kept = item.reviews.iter().filter(|review| {
        states.as_ref().is_none_or(|states| states.contains(&review.state.name()))
            && author.is_none_or(|login| graph.world.account(review.author).is_some_and(|held| held.login == login))
    });
    let rows = kept.map(|review| Row::new(review.submitted_at, review.id, Thing::Review(repository, item, review)));
    connection("PullRequestReview", rows.collect(), arguments, false)
}

pub(super) fn review<'w>(
    graph: &Graph<'w>,
    repository: &'w Repository,
    item: &'w Item,
    review: &'w Review,
    name: &str,
    arguments: &JsonMap,
) -> Found<'w> {
    let path = || format!("/{}/pull/{}#pullrequestreview-{}", repository.full_name(), item.number, review.id);
    let comment = Comment {
        id: review.id,
        author: review.author,
        created_at: review.submitted_at,
        updated_at: review.updated_at,
        body: review.body.clone(),
    };
    match name {
        "submittedAt" => time(review.submitted_at),
        "lastEditedAt" => leaf(JsonValue::Null),
        "state" => leaf(review.state.name()),
        "commit" => one(Some(Thing::Commit(repository, crate::history::sha(item.id)))),
        "pullRequest" => one(Some(Thing::Item(repository, item))),
        "comments" => review_comments(repository, item, review.comments.iter().map(|held| (review, held)), arguments),
        _ => written(graph, repository, "PRR", &comment, &path, name),
    }
}

fn review_comments<'w>(
    repository: &'w Repository,
    item: &'w Item,
    comments: impl Iterator<Item = (&'w Review, &'w ReviewComment)>,
    arguments: &JsonMap,
) -> Found<'w> {
    let rows = comments.map(|(review, held)| {
        let thing = Thing::ReviewComment(repository, item, review, held);
        Row::new(held.comment.created_at, held.comment.id, thing)
    });
    connection("PullRequestReviewComment", rows.collect(), arguments, false)
}

pub(super) fn review_comment<'w>(
    graph: &Graph<'w>,
    repository: &'w Repository,
    item: &'w Item,
    review: &'w Review,
    held: &'w ReviewComment,
    name: &str,
) -> Found<'w> {
    let path = || format!("/{}/pull/{}#discussion_r{}", repository.full_name(), item.number, held.comment.id);
    match name {
        "path" => leaf(held.path.clone()),
        "line" | "originalLine" => leaf(held.line),
        "state" => leaf("SUBMITTED"),
        "pullRequest" => one(Some(Thing::Item(repository, item))),
        "pullRequestReview" => one(Some(Thing::Review(repository, item, review))),
        "replyTo" => one(held.in_reply_to.and_then(|to| {
            let (review, held) = item.review_comments().find(|(_, held)| held.comment.id == to)?;
            Some(Thing::ReviewComment(repository, item, review, held))
        })),
        _ => written(graph, repository, "PRRC", &held.comment, &path, name),
    }
}

pub(super) fn thread<'w>(
    repository: &'w Repository,
    item: &'w Item,
    first: &'w ReviewComment,
    name: &str,
    arguments: &JsonMap,
) -> Found<'w> {
    match name {
        "id" => leaf(node_id::of("PRRT", repository.id, first.comment.id)),
        "isResolved" => leaf(false),
        "path" => leaf(first.path.clone()),
        "line" => leaf(first.line),
        "pullRequest" => one(Some(Thing::Item(repository, item))),
        "comments" => {
            let of_thread = item
                .review_comments()
                .filter(|(_, held)| held.comment.id == first.comment.id || held.in_reply_to == Some(first.comment.id));
            review_comments(repository, item, of_thread, arguments)
        }
        _ => Ok(None),
    }
}

pub(super) fn discussions<'w>(repository: &'w Repository, arguments: &JsonMap) -> Found<'w> {
    let (field, descending) = ordered(arguments, "UPDATED_AT", true);
    let states = list(arguments, "states").filter(|states| !states.is_empty());
    let answered = arguments.get("answered").and_then(JsonValue::as_bool);
    let kept = repository.discussions.iter().filter(|one| {
        let state = if one.closed_at.is_some() { "CLOSED" } else { "OPEN" };
        states.as_ref().is_none_or(|states| states.contains(&state))
            && answered.is_none_or(|answered| answered == one.answer.is_some())
    });
    let rows = kept.map(|one| {
        let at = if field == "CREATED_AT" { one.created_at } else { one.updated_at };
        Row::new(at, one.id, Thing::Discussion(repository, one))
    });
    connection("Discussion", rows.collect(), arguments, descending)
}

pub(super) fn discussion<'w>(
    graph: &Graph<'w>,
    repository: &'w Repository,
    discussion: &'w Discussion,
    name: &str,
    arguments: &JsonMap,
) -> Found<'w> {
    let path = || format!("/{}/discussions/{}", repository.full_name(), discussion.number);
    let text = Comment {
        id: discussion.id,
        author: discussion.author,
        created_at: discussion.created_at,
        updated_at: discussion.updated_at,
        body: format!("{}, at length.", discussion.title),
    };
    let answer = discussion.answer.as_ref();
    match name {
        "number" => leaf(discussion.number),
        "title" => leaf(discussion.title.clone()),
        "closed" => leaf(discussion.closed_at.is_some()),
        "closedAt" => time_if(discussion.closed_at),
        "isAnswered" => leaf(answer.is_some()),
        "answerChosenAt" => time_if(answer.map(|answer| answer.at)),
        "answerChosenBy" => one(answer.and_then(|answer| graph.actor(answer.by))),
        "answer" => one(answer.and_then(|answer| {
            let held = discussion.comments.iter().find(|held| held.comment.id == answer.comment)?;
            Some(Thing::DiscussionComment(repository, discussion, held))
        })),
        "locked" => leaf(false),
        "category" => one(Some(Thing::Category(repository))),
        "comments" => said(repository, discussion, None, arguments),
        _ => written(graph, repository, "D", &text, &path, name),
    }
}

/// The comments that answer `to`, or those that answer none.
fn said<'w>(repository: &'w Repository, discussion: &'w Discussion, to: Option<u64>, arguments: &JsonMap) -> Found<'w> {
    let rows = discussion.comments.iter().filter(|held| held.reply_to == to).map(|held| {
        let thing = Thing::DiscussionComment(repository, discussion, held);
        Row::new(held.comment.created_at, held.comment.id, thing)
    });
    connection("DiscussionComment", rows.collect(), arguments, false)
}

pub(super) fn discussion_comment<'w>(
    graph: &Graph<'w>,
    repository: &'w Repository,
    discussion: &'w Discussion,
    held: &'w DiscussionComment,
    name: &str,
    arguments: &JsonMap,
) -> Found<'w> {
    let id = held.comment.id;
    let path = || format!("/{}/discussions/{}#discussioncomment-{id}", repository.full_name(), discussion.number);
    match name {
        "isAnswer" => leaf(discussion.answer.as_ref().is_some_and(|answer| answer.comment == id)),
        "replies" => said(repository, discussion, Some(id), arguments),
        "replyTo" => one(held.reply_to.and_then(|to| {
            let held = discussion.comments.iter().find(|held| held.comment.id == to)?;
            Some(Thing::DiscussionComment(repository, discussion, held))
        })),
        "discussion" => one(Some(Thing::Discussion(repository, discussion))),
        _ => written(graph, repository, "DC", &held.comment, &path, name),
    }
}

pub(super) fn releases<'w>(repository: &'w Repository, arguments: &JsonMap) -> Found<'w> {
    let (field, descending) = ordered(arguments, "CREATED_AT", true);
    let mut all: Vec<&Release> = repository.releases.iter().filter(|one| one.published_at.is_some()).collect();
    all.sort_by(|one, other| one.tag.cmp(&other.tag));
    let rows = all.into_iter().enumerate().map(|(index, one)| {
        let key = if field == "NAME" { index as i64 } else { one.created_at.as_second() };
        Row { key, id: one.id, thing: Thing::Release(repository, one), starred: None }
    });
    connection("Release", rows.collect(), arguments, descending)
}

pub(super) fn release<'w>(
    graph: &Graph<'w>,
    repository: &'w Repository,
    release: &'w Release,
    name: &str,
) -> Found<'w> {
    let path = || format!("/{}/releases/tag/{}", repository.full_name(), release.tag);
    match name {
        "id" => leaf(node_id::of("RE", repository.id, release.id)),
        "databaseId" => database_id(release.id),
        "tagName" | "name" => leaf(release.tag.clone()),
        "author" => one(graph.actor(release.author)),
        "createdAt" | "updatedAt" => time(release.created_at),
        "publishedAt" => time_if(release.published_at),
        "isDraft" => leaf(release.published_at.is_none()),
        "isPrerelease" => leaf(release.prerelease),
        "url" => leaf(format!("https://github.com{}", path())),
        "resourcePath" => leaf(path()),
        "repository" => one(Some(Thing::Repository(repository))),
        _ => Ok(None),
    }
}

pub(super) fn commit_comment<'w>(
    graph: &Graph<'w>,
    repository: &'w Repository,
    held: &'w CommitComment,
    name: &str,
) -> Found<'w> {
    let path = || format!("/{}/commit/{}#commitcomment-{}", repository.full_name(), held.sha, held.comment.id);
    match name {
        "commit" => one(Some(Thing::Commit(repository, held.sha.clone()))),
        "path" | "position" => leaf(JsonValue::Null),
        _ => written(graph, repository, "CC", &held.comment, &path, name),
    }
}
