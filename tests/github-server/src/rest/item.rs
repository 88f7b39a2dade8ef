//! Issues and pull requests.

use super::page::Listing;
use super::repository::list_path;
use super::{Ask, Writer};
use crate::answer::Answer;
use crate::graphql::state_reason;
use crate::history::sha;
use crate::node_id;
use crate::world::{Item, PullRequest, Repository, Reviewer, What};
use serde_json::{Value, json};

impl Writer<'_> {
    /// A label of the repository.
    pub(super) fn label(&self, repository: &Repository, label: &str) -> Value {
        let id = crate::faults::fingerprint(label) >> 32;
        json!({
            "id": id, "node_id": node_id::of("LA", repository.id, id),
            "url": format!("{}/labels/{label}", self.api(repository)), "name": label, "color": "ededed",
            "default": false, "description": "",
        })
    }

    fn labels(&self, repository: &Repository, item: &Item) -> Vec<Value> {
        item.labels().into_iter().map(|label| self.label(repository, label)).collect()
    }

    fn assignees(&self, item: &Item) -> Vec<Value> {
        item.assignees().into_iter().filter_map(|id| self.world.account(id)).map(|one| self.user(one)).collect()
    }

    /// The address of the item on the site.
    pub(super) fn html(&self, repository: &Repository, item: &Item) -> String {
        let folder = if item.pull_request.is_some() { "pull" } else { "issues" };
        format!("https://github.com/{}/{folder}/{}", repository.full_name(), item.number)
    }

    /// `issue`: of a pull request too, with the number that it has as an issue.
    pub(super) fn issue(&self, repository: &Repository, item: &Item) -> Value {
        let (repo, html) = (self.api(repository), self.html(repository, item));
        let api = format!("{repo}/issues/{}", item.number);
        let prefix = if item.pull_request.is_some() { "PR" } else { "I" };
        let assignees = self.assignees(item);
        let mut body = json!({
            "url": api, "repository_url": repo, "labels_url": format!("{api}/labels{{/name}}"),
            "comments_url": format!("{api}/comments"), "events_url": format!("{api}/events"),
            "timeline_url": format!("{api}/timeline"), "html_url": html, "id": item.issue_id,
            "node_id": node_id::of(prefix, repository.id, item.id), "number": item.number, "title": item.title,
            "user": self.author(item.author), "labels": self.labels(repository, item),
            "state": if item.is_open() { "open" } else { "closed" }, "state_reason": state_reason(item),
            "locked": false, "active_lock_reason": null, "assignee": assignees.first(), "assignees": assignees,
            "milestone": null, "comments": item.comments.len(), "created_at": item.created_at.to_string(),
            "updated_at": item.updated_at.to_string(),
            "closed_at": item.closing().map(|change| change.at.to_string()),
            "closed_by": item.closing().map_or(Value::Null, |change| self.actor(change.by)),
            "author_association": "NONE", "body": item.body, "performed_via_github_app": null,
            "reactions": reactions(&api),
        });
        if item.pull_request.is_some() {
            body["draft"] = json!(item.is_draft());
            body["pull_request"] = json!({
                "url": format!("{repo}/pulls/{}", item.number), "html_url": html,
                "diff_url": format!("{html}.diff"), "patch_url": format!("{html}.patch"),
                "merged_at": item.merge().map(|change| change.at.to_string()),
            });
        }
        body
    }

    /// `pull-request-simple`: what listings have.
    /// `home` is the repository as JSON: it takes a walk over all items, so a listing makes it once.
    fn pull_simple(&self, repository: &Repository, item: &Item, pull: &PullRequest, home: &Value) -> Value {
        let (repo, html) = (self.api(repository), self.html(repository, item));
        let (api, issue) = (format!("{repo}/pulls/{}", item.number), format!("{repo}/issues/{}", item.number));
        let (head, base) = (sha(item.id), sha(repository.id));
        let statuses = format!("{repo}/statuses/{head}");
        let assignees = self.assignees(item);
        let merge_commit = item.merge().and_then(|change| match &change.what {
            What::Merged { commit } => Some(commit.clone()),
            _ => None,
        });
        let (accounts, teams) = self.requested(repository, item);
        let side = |name: &str, sha: &str| {
            json!({
                "label": format!("{}:{name}", repository.owner), "ref": name, "sha": sha,
                "user": self.author_of(repository), "repo": home,
            })
        };
        let link = |href: &str| json!({"href": href});
        json!({
            "url": api, "id": item.id, "node_id": node_id::of("PR", repository.id, item.id), "html_url": html,
            "diff_url": format!("{html}.diff"), "patch_url": format!("{html}.patch"), "issue_url": issue,
            "number": item.number, "state": if item.is_open() { "open" } else { "closed" }, "locked": false,
            "title": item.title, "user": self.author(item.author), "body": item.body,
            "created_at": item.created_at.to_string(), "updated_at": item.updated_at.to_string(),
            "closed_at": item.closing().map(|change| change.at.to_string()),
            "merged_at": item.merge().map(|change| change.at.to_string()), "merge_commit_sha": merge_commit,
            "assignee": assignees.first(), "assignees": assignees, "requested_reviewers": accounts,
            "requested_teams": teams, "labels": self.labels(repository, item), "milestone": null,
            "draft": item.is_draft(), "commits_url": format!("{api}/commits"),
            "review_comments_url": format!("{api}/comments"),
            "review_comment_url": format!("{repo}/pulls/comments{{/number}}"),
            "comments_url": format!("{issue}/comments"), "statuses_url": statuses,
            "head": side(&pull.head, &head), "base": side("main", &base),
            "_links": {
                "self": link(&api), "html": link(&html), "issue": link(&issue),
                "comments": link(&format!("{issue}/comments")),
                "review_comments": link(&format!("{api}/comments")),
                "review_comment": link(&format!("{repo}/pulls/comments{{/number}}")),
                "commits": link(&format!("{api}/commits")), "statuses": link(&statuses),
            },
            "author_association": "NONE", "auto_merge": null, "active_lock_reason": null,
        })
    }

    fn author_of(&self, repository: &Repository) -> Value {
        self.world.account_of(&repository.owner).map_or(Value::Null, |owner| self.user(owner))
    }

    fn requested(&self, repository: &Repository, item: &Item) -> (Vec<Value>, Vec<Value>) {
        let (mut accounts, mut teams) = (Vec::new(), Vec::new());
        for change in &item.history {
            match &change.what {
                What::ReviewRequested(Reviewer::Account(id)) => {
                    let reviewed = item.reviews.iter().any(|one| one.author == *id && one.submitted_at >= change.at);
                    accounts.extend(self.world.account(*id).filter(|_| !reviewed).map(|account| self.user(account)));
                }
                What::ReviewRequested(Reviewer::Team(slug)) => teams.push(self.team(repository, slug)),
                _ => {}
            }
        }
        (accounts, teams)
    }

    /// `team`.
    pub(super) fn team(&self, repository: &Repository, slug: &str) -> Value {
        let api = format!("{}/organizations/{}/team/1", self.url, repository.id);
        json!({
            "id": 1, "node_id": node_id::of("T", repository.id, 1), "name": slug, "slug": slug,
            "description": null, "privacy": "closed", "notification_setting": "notifications_enabled",
            "permission": "push", "url": api,
            "html_url": format!("https://github.com/orgs/{}/teams/{slug}", repository.owner),
            "members_url": format!("{api}/members{{/member}}"), "repositories_url": format!("{api}/repos"),
            "type": "organization", "organization_id": repository.id, "parent": null,
        })
    }

    /// `pull-request`.
    pub(super) fn pull(&self, repository: &Repository, item: &Item) -> Value {
        let Some(pull) = &item.pull_request else { return Value::Null };
        let mut body = self.pull_simple(repository, item, pull, &self.repository(repository));
        body["merged"] = json!(item.merge().is_some());
        body["merged_by"] = item.merge().map_or(Value::Null, |change| self.actor(change.by));
        body["mergeable"] = Value::Null;
        body["rebaseable"] = Value::Null;
        body["mergeable_state"] = json!("unknown");
        body["maintainer_can_modify"] = json!(false);
        body["comments"] = json!(item.comments.len());
        body["review_comments"] = json!(item.review_comments().count());
        body["commits"] = json!(pull.commits);
        for count in ["additions", "deletions", "changed_files"] {
            body[count] = json!(1);
        }
        body
    }
}

/// `reaction-rollup`: nobody reacts here.
pub(super) fn reactions(api: &str) -> Value {
    json!({
        "url": format!("{api}/reactions"), "total_count": 0, "+1": 0, "-1": 0, "laugh": 0, "hooray": 0, "confused": 0,
        "heart": 0, "rocket": 0, "eyes": 0,
    })
}

fn in_state(item: &Item, state: Option<&str>) -> bool {
    match state.unwrap_or("open") {
        "all" => true,
        "closed" => !item.is_open(),
        _ => item.is_open(),
    }
}

fn key(item: &Item, sort: &str) -> (i64, u64) {
    let key = match sort {
        "updated" => item.updated_at.as_second(),
        "comments" | "popularity" => item.comments.len() as i64,
        _ => item.created_at.as_second(),
    };
    (key, item.id)
}

/// Pull requests are issues too.
pub(super) fn issues(writer: Writer<'_>, ask: &Ask<'_>, repository: &Repository) -> Answer {
    let (state, since, labels) = (ask.parameter("state"), ask.since(), ask.parameter("labels"));
    let (creator, sort) = (ask.parameter("creator"), ask.parameter("sort").unwrap_or_default());
    let all = repository.items.iter().filter(|item| {
        in_state(item, state.as_deref())
            && since.is_none_or(|since| item.updated_at >= since)
            && creator.as_ref().is_none_or(|login| {
                writer.world.rest_login(item.author).is_some_and(|author| author.eq_ignore_ascii_case(login))
            })
            && labels.as_ref().is_none_or(|labels| {
                let held = item.labels();
                labels.split(',').all(|label| held.iter().any(|one| one.eq_ignore_ascii_case(label.trim())))
            })
    });
    let descending = ask.parameter("direction").as_deref() != Some("asc");
    Listing::new(ask, list_path(repository, "issues")).answer_by_cursor(
        all.collect(),
        |item| key(item, &sort),
        descending,
        |item| writer.issue(repository, item),
    )
}

pub(super) fn pulls(writer: Writer<'_>, ask: &Ask<'_>, repository: &Repository) -> Answer {
    let (state, sort) = (ask.parameter("state"), ask.parameter("sort").unwrap_or_else(|| "created".to_owned()));
    let all = repository.items.iter().filter_map(|item| Some((item, item.pull_request.as_ref()?)));
    let mut all: Vec<_> = all.filter(|(item, _)| in_state(item, state.as_deref())).collect();
    all.sort_by_key(|(item, _)| key(item, &sort));
    let usual = if sort == "created" { "desc" } else { "asc" };
    if ask.parameter("direction").as_deref().unwrap_or(usual) == "desc" {
        all.reverse();
    }
    let home = writer.repository(repository);
    Listing::new(ask, list_path(repository, "pulls"))
        .answer(all, |(item, pull)| writer.pull_simple(repository, item, pull, &home))
}
