//! Events of issues and pull requests, and timelines.

use super::page::Listing;
use super::repository::list_path;
use super::{Ask, Writer};
use crate::answer::Answer;
use crate::graphql::event_id;
use crate::world::{Change, Item, Repository, Reviewer, What};
use serde_json::{Value, json};

fn name(what: &What) -> &'static str {
    match what {
        What::Labeled(_) => "labeled",
        What::Unlabeled(_) => "unlabeled",
        What::Assigned(_) => "assigned",
        What::Unassigned(_) => "unassigned",
        What::Closed { .. } => "closed",
        What::Reopened => "reopened",
        What::Merged { .. } => "merged",
        What::Renamed { .. } => "renamed",
        What::ReviewRequested(_) => "review_requested",
        What::ReviewRequestRemoved(_) => "review_request_removed",
        What::ReadyForReview => "ready_for_review",
        What::ConvertedToDraft => "convert_to_draft",
        What::Transferred { .. } => "transferred",
        What::ReviewDismissed { .. } => "review_dismissed",
        What::Mentioned => "mentioned",
        What::Subscribed => "subscribed",
    }
}

impl Writer<'_> {
    /// An entry of a history: `issue-event` and its kin.
    fn event(&self, repository: &Repository, change: &Change) -> Value {
        let mut body = json!({
            "id": change.id, "node_id": event_id(repository, change),
            "url": format!("{}/issues/events/{}", self.api(repository), change.id), "actor": self.actor(change.by),
            "event": name(&change.what), "commit_id": null, "commit_url": null,
            "created_at": change.at.to_string(), "performed_via_github_app": null,
        });
        match &change.what {
            What::Labeled(label) | What::Unlabeled(label) => {
                body["label"] = json!({"name": label, "color": "ededed"});
            }
            What::Assigned(to) | What::Unassigned(to) => {
                body["assignee"] = self.author(*to);
                body["assigner"] = self.author(change.by);
            }
            What::Closed { reason } => body["state_reason"] = json!(reason),
            What::Reopened => body["state_reason"] = Value::Null,
            What::Merged { commit } => {
                body["commit_id"] = json!(commit);
                body["commit_url"] = json!(format!("{}/commits/{commit}", self.api(repository)));
            }
            What::Renamed { from, to } => body["rename"] = json!({"from": from, "to": to}),
            What::ReviewRequested(of) | What::ReviewRequestRemoved(of) => {
                body["review_requester"] = self.author(change.by);
                match of {
                    Reviewer::Account(id) => body["requested_reviewer"] = self.author(*id),
                    Reviewer::Team(slug) => body["requested_team"] = self.team(repository, slug),
                }
            }
            What::ReviewDismissed { review, state } => {
                body["dismissed_review"] = json!({
                    "state": state.name().to_ascii_lowercase(), "review_id": review,
                    "dismissal_message": "It no longer applies.",
                });
            }
            _ => {}
        }
        body
    }

    /// An entry with the issue it is of, as lists over a repository have it.
    fn event_with_issue(&self, repository: &Repository, item: &Item, change: &Change) -> Value {
        let mut body = self.event(repository, change);
        body["issue"] = self.issue(repository, item);
        body
    }
}

/// Newest first.
pub(super) fn events(writer: Writer<'_>, ask: &Ask<'_>, repository: &Repository) -> Answer {
    let mut all: Vec<(&Item, &Change)> =
        repository.items.iter().flat_map(|item| item.history.iter().map(move |change| (item, change))).collect();
    all.sort_by_key(|(_, change)| std::cmp::Reverse(change.id));
    Listing::new(ask, list_path(repository, "issues/events"))
        .shallow()
        .answer(all, |(item, change)| writer.event_with_issue(repository, item, change))
}

/// Oldest first.
pub(super) fn events_of(writer: Writer<'_>, ask: &Ask<'_>, repository: &Repository, item: &Item) -> Answer {
    let mut all: Vec<&Change> = item.history.iter().collect();
    all.sort_by_key(|change| change.id);
    Listing::new(ask, list_path(repository, &format!("issues/{}/events", item.number)))
        .answer(all, |change| writer.event(repository, change))
}

pub(super) fn timeline(writer: Writer<'_>, ask: &Ask<'_>, repository: &Repository, item: &Item) -> Answer {
    let mut all: Vec<(jiff::Timestamp, u64, Value)> = Vec::new();
    for change in &item.history {
        all.push((change.at, change.id, writer.event(repository, change)));
    }
    for comment in &item.comments {
        let mut body = writer.comment(repository, item, comment);
        body["event"] = json!("commented");
        body["actor"] = body["user"].clone();
        all.push((comment.created_at, comment.id, body));
    }
    for review in &item.reviews {
        let mut body = writer.review(repository, item, review);
        body["event"] = json!("reviewed");
        // By GitHub's description a timeline's review has a user always, that of a list of reviews may have none.
        body["user"] = writer.author(review.author);
        body["state"] = json!(review.state.name().to_ascii_lowercase());
        all.push((review.submitted_at, review.id, body));
    }
    all.sort_by_key(|(at, id, _)| (*at, *id));
    Listing::new(ask, list_path(repository, &format!("issues/{}/timeline", item.number)))
        .answer(all, |(_, _, body)| body.clone())
}
