//! Comments and reviews.

use super::item::reactions;
use super::page::Listing;
use super::repository::list_path;
use super::{Ask, Writer};
use crate::answer::Answer;
use crate::history::sha;
use crate::node_id;
use crate::world::{Comment, Item, Repository, Review, ReviewComment};
use serde_json::{Value, json};

impl Writer<'_> {
    /// `issue-comment`.
    pub(super) fn comment(&self, repository: &Repository, item: &Item, comment: &Comment) -> Value {
        let repo = self.api(repository);
        let api = format!("{repo}/issues/comments/{}", comment.id);
        json!({
            "url": api, "html_url": format!("{}#issuecomment-{}", self.html(repository, item), comment.id),
            "issue_url": format!("{repo}/issues/{}", item.number), "id": comment.id,
            "node_id": node_id::of("IC", repository.id, comment.id), "user": self.author(comment.author),
            "created_at": comment.created_at.to_string(), "updated_at": comment.updated_at.to_string(),
            "body": comment.body, "author_association": "NONE", "reactions": reactions(&api),
            "performed_via_github_app": null,
        })
    }

    /// `pull-request-review`.
    pub(super) fn review(&self, repository: &Repository, item: &Item, review: &Review) -> Value {
        let pull = format!("{}/pulls/{}", self.api(repository), item.number);
        let html = format!("{}#pullrequestreview-{}", self.html(repository, item), review.id);
        json!({
            "id": review.id, "node_id": node_id::of("PRR", repository.id, review.id),
            "user": self.actor(review.author), "body": review.body, "state": review.state.name(),
            "html_url": html, "pull_request_url": pull, "author_association": "NONE",
            "_links": {"html": {"href": html}, "pull_request": {"href": pull}},
            "submitted_at": review.submitted_at.to_string(), "commit_id": sha(item.id),
        })
    }

    /// `pull-request-review-comment`.
    pub(super) fn review_comment(
        &self,
        repository: &Repository,
        item: &Item,
        review: &Review,
        held: &ReviewComment,
    ) -> Value {
        let comment = &held.comment;
        let repo = self.api(repository);
        let (api, pull) = (format!("{repo}/pulls/comments/{}", comment.id), format!("{repo}/pulls/{}", item.number));
        let html = format!("{}#discussion_r{}", self.html(repository, item), comment.id);
        let commit = sha(item.id);
        let mut body = json!({
            "url": api, "pull_request_review_id": review.id, "id": comment.id,
            "node_id": node_id::of("PRRC", repository.id, comment.id), "diff_hunk": "@@ -1 +1 @@",
            "path": held.path, "commit_id": commit, "original_commit_id": commit, "user": self.author(comment.author),
            "body": comment.body, "created_at": comment.created_at.to_string(),
            "updated_at": comment.updated_at.to_string(), "html_url": html, "pull_request_url": pull,
            "author_association": "NONE",
            "_links": {"self": {"href": api}, "html": {"href": html}, "pull_request": {"href": pull}},
            "reactions": reactions(&api), "start_line": null, "original_start_line": null, "start_side": null,
            "line": held.line, "original_line": held.line, "side": "RIGHT", "original_position": held.line,
            "position": held.line, "subject_type": "line",
        });
        if let Some(to) = held.in_reply_to {
            body["in_reply_to_id"] = json!(to);
        }
        body
    }
}

/// Lists of comments over a whole repository: by number, unless `sort` says otherwise; only with it does `direction`
/// count.
fn sorted<T>(ask: &Ask<'_>, all: &mut [T], comment: impl Fn(&T) -> &Comment) {
    match ask.parameter("sort").as_deref() {
        Some("updated") => all.sort_by_key(|one| (comment(one).updated_at, comment(one).id)),
        Some("created") => all.sort_by_key(|one| (comment(one).created_at, comment(one).id)),
        _ => {
            all.sort_by_key(|one| comment(one).id);
            return;
        }
    }
    if ask.parameter("direction").as_deref() == Some("desc") {
        all.reverse();
    }
}

pub(super) fn comments(writer: Writer<'_>, ask: &Ask<'_>, repository: &Repository) -> Answer {
    let since = ask.since();
    let mut all: Vec<(&Item, &Comment)> = repository
        .items
        .iter()
        .flat_map(|item| item.comments.iter().map(move |comment| (item, comment)))
        .filter(|(_, comment)| since.is_none_or(|since| comment.updated_at >= since))
        .collect();
    sorted(ask, &mut all, |(_, comment)| comment);
    Listing::new(ask, list_path(repository, "issues/comments"))
        .answer(all, |(item, comment)| writer.comment(repository, item, comment))
}

pub(super) fn comments_of(writer: Writer<'_>, ask: &Ask<'_>, repository: &Repository, item: &Item) -> Answer {
    let since = ask.since();
    let kept = item.comments.iter().filter(|comment| since.is_none_or(|since| comment.updated_at >= since));
    let mut all: Vec<&Comment> = kept.collect();
    all.sort_by_key(|comment| comment.id);
    Listing::new(ask, list_path(repository, &format!("issues/{}/comments", item.number)))
        .answer(all, |comment| writer.comment(repository, item, comment))
}

pub(super) fn review_comments(writer: Writer<'_>, ask: &Ask<'_>, repository: &Repository) -> Answer {
    let since = ask.since();
    let mut all: Vec<(&Item, &Review, &ReviewComment)> = repository
        .items
        .iter()
        .flat_map(|item| item.review_comments().map(move |(review, held)| (item, review, held)))
        .filter(|(_, _, held)| since.is_none_or(|since| held.comment.updated_at >= since))
        .collect();
    sorted(ask, &mut all, |(_, _, held)| &held.comment);
    Listing::new(ask, list_path(repository, "pulls/comments"))
        .answer(all, |(item, review, held)| writer.review_comment(repository, item, review, held))
}

pub(super) fn review_comments_of(writer: Writer<'_>, ask: &Ask<'_>, repository: &Repository, item: &Item) -> Answer {
    let since = ask.since();
    let kept = item.review_comments().filter(|(_, held)| since.is_none_or(|since| held.comment.updated_at >= since));
    let mut all: Vec<(&Review, &ReviewComment)> = kept.collect();
    sorted(ask, &mut all, |(_, held)| &held.comment);
    Listing::new(ask, list_path(repository, &format!("pulls/{}/comments", item.number)))
        .answer(all, |(review, held)| writer.review_comment(repository, item, review, held))
}

pub(super) fn reviews(writer: Writer<'_>, ask: &Ask<'_>, repository: &Repository, item: &Item) -> Answer {
    let mut all: Vec<&Review> = item.reviews.iter().collect();
    all.sort_by_key(|review| (review.submitted_at, review.id));
    Listing::new(ask, list_path(repository, &format!("pulls/{}/reviews", item.number)))
        .answer(all, |review| writer.review(repository, item, review))
}
