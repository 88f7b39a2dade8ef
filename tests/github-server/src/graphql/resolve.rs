//! The query itself, repositories and accounts.

use super::cost::Price;
use super::page::{Page, Row};
use super::{TYPED, item, talk};
use crate::node_id;
use crate::search;
use crate::tokens::Quota;
use crate::world::{
    Access, Account, AccountKind, Change, Comment, CommitComment, Discussion, DiscussionComment, Item, Release,
    Repository, Review, ReviewComment, Reviewer, World,
};
use apollo_compiler::resolvers::{FieldError, ObjectValue, ResolveInfo, ResolvedValue};
use apollo_compiler::response::{JsonMap, JsonValue};
use jiff::Timestamp;
use std::rc::Rc;

/// What every resolver needs.
pub(super) struct Graph<'w> {
    pub(super) world: &'w World,
    pub(super) quota: Quota,
    pub(super) price: Price,
    pub(super) login: Option<String>,
}

/// An object of the graph.
#[derive(Clone)]
pub(super) enum Thing<'w> {
    Query,
    RateLimit,
    Account(&'w Account),
    Team(&'w Repository, &'w str),
    Repository(&'w Repository),
    Item(&'w Repository, &'w Item),
    Label(&'w Repository, &'w str),
    Comment(&'w Repository, &'w Item, &'w Comment),
    Review(&'w Repository, &'w Item, &'w Review),
    ReviewComment(&'w Repository, &'w Item, &'w Review, &'w ReviewComment),
    Thread(&'w Repository, &'w Item, &'w ReviewComment),
    ReviewRequest(&'w Repository, &'w Item, &'w Change, &'w Reviewer),
    Change(&'w Repository, &'w Item, &'w Change),
    Discussion(&'w Repository, &'w Discussion),
    DiscussionComment(&'w Repository, &'w Discussion, &'w DiscussionComment),
    Category(&'w Repository),
    Release(&'w Repository, &'w Release),
    CommitComment(&'w Repository, &'w CommitComment),
    Commit(&'w Repository, String),
    Page(Rc<Page<'w>>, String),
    Edge(Rc<Page<'w>>, usize),
    PageInfo(Rc<Page<'w>>),
}

/// What a field resolves to.
pub(super) enum Out<'w> {
    Leaf(JsonValue),
    One(Option<Thing<'w>>),
    Many(Vec<Option<Thing<'w>>>),
}

/// A field: nothing if the type has none of that name.
pub(super) type Found<'w> = Result<Option<Out<'w>>, FieldError>;

pub(super) fn leaf<'w>(value: impl Into<JsonValue>) -> Found<'w> {
    Ok(Some(Out::Leaf(value.into())))
}

pub(super) fn one(thing: Option<Thing<'_>>) -> Found<'_> {
    Ok(Some(Out::One(thing)))
}

pub(super) fn time<'w>(at: Timestamp) -> Found<'w> {
    leaf(at.to_string())
}

pub(super) fn time_if<'w>(at: Option<Timestamp>) -> Found<'w> {
    at.map_or_else(|| leaf(JsonValue::Null), time)
}

/// GitHub's `databaseId` is an Int of 32 bits, and null where the number has outgrown it.
pub(super) fn database_id<'w>(id: u64) -> Found<'w> {
    i32::try_from(id).map_or_else(|_| leaf(JsonValue::Null), leaf)
}

/// A page of a list, as a connection.
pub(super) fn connection<'w>(of: &'static str, rows: Vec<Row<'w>>, arguments: &JsonMap, descending: bool) -> Found<'w> {
    let page = Page::new(of, rows, arguments, descending)?;
    one(Some(Thing::Page(Rc::new(page), format!("{of}Connection"))))
}

/// `orderBy: {field, direction}`.
pub(super) fn ordered<'a>(arguments: &'a JsonMap, field: &'a str, descending: bool) -> (&'a str, bool) {
    let Some(order) = arguments.get("orderBy").and_then(JsonValue::as_object) else { return (field, descending) };
    let text = |key| order.get(key).and_then(JsonValue::as_str);
    (text("field").unwrap_or(field), text("direction").map_or(descending, |direction| direction == "DESC"))
}

/// A list of strings or enum values among the arguments; none if it is absent or null.
pub(super) fn list<'a>(arguments: &'a JsonMap, name: &str) -> Option<Vec<&'a str>> {
    let values = arguments.get(name)?.as_array()?;
    Some(values.iter().filter_map(JsonValue::as_str).collect())
}

pub(super) fn argument<'a>(arguments: &'a JsonMap, name: &str) -> &'a str {
    arguments.get(name).and_then(JsonValue::as_str).unwrap_or_default()
}

pub(super) fn moment(arguments: &JsonMap, name: &str) -> Option<Timestamp> {
    arguments.get(name).and_then(JsonValue::as_str).and_then(|text| text.parse().ok())
}

pub(super) fn refuse<T>(kind: &str, message: &str) -> Result<T, FieldError> {
    Err(FieldError { message: format!("{kind}{TYPED}{message}") })
}

/// An object, and the graph it is in.
pub(super) struct Object<'w> {
    pub(super) graph: &'w Graph<'w>,
    pub(super) thing: Thing<'w>,
}

impl ObjectValue for Object<'_> {
    fn type_name(&self) -> &str {
        match &self.thing {
            Thing::Query => "Query",
            Thing::RateLimit => "RateLimit",
            Thing::Account(account) => account.kind.graphql(),
            Thing::Team(..) => "Team",
            Thing::Repository(_) => "Repository",
            Thing::Item(_, item) if item.pull_request.is_some() => "PullRequest",
            Thing::Item(..) => "Issue",
            Thing::Label(..) => "Label",
            Thing::Comment(..) => "IssueComment",
            Thing::Review(..) => "PullRequestReview",
            Thing::ReviewComment(..) => "PullRequestReviewComment",
            Thing::Thread(..) => "PullRequestReviewThread",
            Thing::ReviewRequest(..) => "ReviewRequest",
            Thing::Change(_, _, change) => item::event_type(&change.what),
            Thing::Discussion(..) => "Discussion",
            Thing::DiscussionComment(..) => "DiscussionComment",
            Thing::Category(_) => "DiscussionCategory",
            Thing::Release(..) => "Release",
            Thing::CommitComment(..) => "CommitComment",
            Thing::Commit(..) => "Commit",
            Thing::Page(_, name) => name,
            Thing::Edge(page, _) => edge_type(page.of),
            Thing::PageInfo(_) => "PageInfo",
        }
    }

    fn resolve_field<'a>(&'a self, info: &'a ResolveInfo<'a>) -> Result<ResolvedValue<'a>, FieldError> {
        let graph = self.graph;
        let object = move |thing| ResolvedValue::object(Object { graph, thing });
        match self.field(info.field_name(), info.arguments())? {
            None => Err(self.unknown_field_error(info)),
            Some(Out::Leaf(value)) => Ok(ResolvedValue::Leaf(value)),
            Some(Out::One(thing)) => Ok(thing.map_or_else(ResolvedValue::null, object)),
            Some(Out::Many(things)) => {
                let each = things.into_iter().map(move |thing| thing.map_or_else(ResolvedValue::null, object));
                Ok(ResolvedValue::list(each))
            }
        }
    }
}

/// The edge types are named after the connections; only two are not.
fn edge_type(of: &'static str) -> &'static str {
    const EDGES: [(&str, &str); 18] = [
        ("Repository", "RepositoryEdge"),
        ("Issue", "IssueEdge"),
        ("PullRequest", "PullRequestEdge"),
        ("Label", "LabelEdge"),
        ("User", "UserEdge"),
        ("IssueComment", "IssueCommentEdge"),
        ("PullRequestReview", "PullRequestReviewEdge"),
        ("PullRequestReviewComment", "PullRequestReviewCommentEdge"),
        ("PullRequestReviewThread", "PullRequestReviewThreadEdge"),
        ("ReviewRequest", "ReviewRequestEdge"),
        ("IssueTimelineItems", "IssueTimelineItemsEdge"),
        ("PullRequestTimelineItems", "PullRequestTimelineItemsEdge"),
        ("Discussion", "DiscussionEdge"),
        ("DiscussionComment", "DiscussionCommentEdge"),
        ("Release", "ReleaseEdge"),
        ("Stargazer", "StargazerEdge"),
        ("CommitComment", "CommitCommentEdge"),
        ("SearchResultItem", "SearchResultItemEdge"),
    ];
    EDGES.iter().find(|(name, _)| *name == of).map_or("", |(_, edge)| edge)
}

impl<'w> Object<'w> {
    fn field(&self, name: &str, arguments: &JsonMap) -> Found<'w> {
        let graph = self.graph;
        match &self.thing {
            Thing::Query => graph.query(name, arguments),
            Thing::RateLimit => graph.rate_limit(name),
            Thing::Account(account) => graph.account_field(account, name, arguments),
            Thing::Team(repository, slug) => team(repository, slug, name),
            Thing::Repository(repository) => graph.repository_field(repository, name, arguments),
            Thing::Item(repository, of) => item::field(graph, repository, of, name, arguments),
            Thing::Label(repository, label) => item::label(repository, label, name),
            Thing::ReviewRequest(repository, of, change, reviewer) => match name {
                "id" => leaf(node_id::of("RR", repository.id, change.id)),
                "databaseId" => database_id(change.id),
                "requestedReviewer" => one(item::reviewer(graph, repository, reviewer)),
                "pullRequest" => one(Some(Thing::Item(repository, of))),
                _ => Ok(None),
            },
            Thing::Change(repository, of, change) => item::change(graph, repository, of, change, name),
            Thing::Comment(repository, of, comment) => talk::comment(graph, repository, of, comment, name),
            Thing::Review(repository, of, review) => talk::review(graph, repository, of, review, name, arguments),
            Thing::ReviewComment(repository, of, review, comment) => {
                talk::review_comment(graph, repository, of, review, comment, name)
            }
            Thing::Thread(repository, of, first) => talk::thread(repository, of, first, name, arguments),
            Thing::Discussion(repository, of) => talk::discussion(graph, repository, of, name, arguments),
            Thing::DiscussionComment(repository, of, comment) => {
                talk::discussion_comment(graph, repository, of, comment, name, arguments)
            }
            Thing::Category(repository) => match name {
                "id" => leaf(node_id::of("DIC", repository.id, 1)),
                "name" => leaf("Q&A"),
                "isAnswerable" => leaf(true),
                _ => Ok(None),
            },
            Thing::Release(repository, release) => talk::release(graph, repository, release, name),
            Thing::CommitComment(repository, comment) => talk::commit_comment(graph, repository, comment, name),
            Thing::Commit(repository, oid) => match name {
                "id" => leaf(node_id::of("C", repository.id, 0)),
                "oid" => leaf(oid.clone()),
                _ => Ok(None),
            },
            Thing::Page(page, _) => paged(page, name),
            Thing::Edge(page, index) => match name {
                "cursor" => leaf(page.cursor(*index)),
                "node" => one(page.rows.get(*index).map(|row| row.thing.clone())),
                "starredAt" => time_if(page.rows.get(*index).and_then(|row| row.starred)),
                _ => Ok(None),
            },
            Thing::PageInfo(page) => match name {
                "hasNextPage" => leaf(page.has_next),
                "hasPreviousPage" => leaf(page.has_previous),
                "startCursor" => leaf(page.start()),
                "endCursor" => leaf(page.end()),
                _ => Ok(None),
            },
        }
    }
}

fn paged<'w>(page: &Rc<Page<'w>>, name: &str) -> Found<'w> {
    let is_search = page.of == "SearchResultItem";
    match name {
        "nodes" => Ok(Some(Out::Many(page.rows.iter().map(|row| Some(row.thing.clone())).collect()))),
        "edges" => {
            let edges = (0..page.rows.len()).map(|index| Some(Thing::Edge(Rc::clone(page), index)));
            Ok(Some(Out::Many(edges.collect())))
        }
        "pageInfo" => one(Some(Thing::PageInfo(Rc::clone(page)))),
        "totalCount" => leaf(page.total as u64),
        "issueCount" if is_search => leaf(page.total as u64),
        "repositoryCount" | "userCount" | "discussionCount" if is_search => leaf(0),
        "filteredCount" => leaf(page.filtered as u64),
        "pageCount" => leaf(page.rows.len() as u64),
        "updatedAt" => time(
            page.rows
                .iter()
                .map(|row| row.key)
                .max()
                .map_or(Timestamp::UNIX_EPOCH, |key| Timestamp::from_second(key).unwrap_or(Timestamp::UNIX_EPOCH)),
        ),
        _ => Ok(None),
    }
}

fn team<'w>(repository: &Repository, slug: &str, name: &str) -> Found<'w> {
    match name {
        "id" => leaf(node_id::of("T", repository.id, 1)),
        "databaseId" => leaf(1),
        "name" | "slug" => leaf(slug),
        "combinedSlug" => leaf(format!("{}/{slug}", repository.owner)),
        _ => Ok(None),
    }
}

impl<'w> Graph<'w> {
    fn query(&self, name: &str, arguments: &JsonMap) -> Found<'w> {
        match name {
            "id" => leaf("Q_query"),
            "rateLimit" => one(Some(Thing::RateLimit)),
            "viewer" => match self.login.as_deref().and_then(|login| self.world.account_of(login)) {
                Some(account) => one(Some(Thing::Account(account))),
                None => refuse("NOT_FOUND", "The viewer is in no world: add the token's login as an account."),
            },
            "repository" => self.repository(
                &format!("{}/{}", argument(arguments, "owner"), argument(arguments, "name")),
                arguments.get("followRenames").and_then(JsonValue::as_bool).unwrap_or(true),
            ),
            "organization" => self.owner("an Organization", argument(arguments, "login"), |account| {
                account.kind == AccountKind::Organization
            }),
            "user" => self.owner("a User", argument(arguments, "login"), |account| account.kind == AccountKind::User),
            "repositoryOwner" => one(self.world.account_of(argument(arguments, "login")).map(Thing::Account)),
            "node" => match self.node(argument(arguments, "id")) {
                Some(thing) => one(Some(thing)),
                None => no_node(argument(arguments, "id")),
            },
            "nodes" => {
                let ids = list(arguments, "ids").unwrap_or_default();
                Ok(Some(Out::Many(ids.into_iter().map(|id| self.node(id)).collect())))
            }
            "search" => {
                let found = search::items(self.world, argument(arguments, "query"));
                // GitHub shows the first thousand of what it counts.
                let count = found.len();
                let rows = found
                    .into_iter()
                    .enumerate()
                    .take(search::MOST)
                    .map(|(index, (repository, item))| Row {
                        key: index as i64,
                        id: 0,
                        thing: Thing::Item(repository, item),
                        starred: None,
                    })
                    .collect();
                let mut page = Page::new("SearchResultItem", rows, arguments, false)?;
                page.total = count;
                one(Some(Thing::Page(Rc::new(page), "SearchResultItemConnection".to_owned())))
            }
            _ => Ok(None),
        }
    }

    fn rate_limit(&self, name: &str) -> Found<'w> {
        let cost = self.price.points;
        match name {
            "cost" => leaf(cost),
            "limit" => leaf(self.quota.limit),
            "nodeCount" => leaf(self.price.nodes),
            "remaining" => leaf(self.quota.remaining().saturating_sub(cost)),
            "used" => leaf((self.quota.used + cost).min(self.quota.limit)),
            "resetAt" => time(Timestamp::from_second(self.quota.reset).unwrap_or(Timestamp::UNIX_EPOCH)),
            _ => Ok(None),
        }
    }

    fn repository(&self, full_name: &str, follow: bool) -> Found<'w> {
        let found = self.world.repository(full_name).filter(|found| follow || found.is_now(full_name));
        match found {
            Some(found) if found.access != Access::Gone => {
                open(found)?;
                one(Some(Thing::Repository(found)))
            }
            _ => refuse("NOT_FOUND", &format!("Could not resolve to a Repository with the name '{full_name}'.")),
        }
    }

    fn owner(&self, what: &str, login: &str, is: impl Fn(&Account) -> bool) -> Found<'w> {
        match self.world.account_of(login).filter(|account| is(account)) {
            Some(account) => one(Some(Thing::Account(account))),
            None => refuse("NOT_FOUND", &format!("Could not resolve to {what} with the login of '{login}'.")),
        }
    }

    /// The account behind a number: nobody if it was deleted.
    pub(super) fn actor(&self, id: u64) -> Option<Thing<'w>> {
        self.world.account(id).map(Thing::Account)
    }

    fn node(&self, id: &str) -> Option<Thing<'w>> {
        let (prefix, repository, number) = node_id::parse(id)?;
        if repository == 0 && prefix != "R" {
            return self.actor(number);
        }
        if prefix == "R" {
            return self.world.repository_by_id(number).filter(|one| one.access == Access::Open).map(Thing::Repository);
        }
        let repository = self.world.repository_by_id(repository).filter(|one| one.access == Access::Open)?;
        match prefix {
            "I" | "PR" => {
                // Numbers are given in ascending order, so items are sorted by id as well as by number.
                let at = repository.items.binary_search_by_key(&number, |item| item.id).ok()?;
                repository.items.get(at).map(|item| Thing::Item(repository, item))
            }
            "D" => {
                let found = repository.discussions.iter().find(|discussion| discussion.id == number)?;
                Some(Thing::Discussion(repository, found))
            }
            "RE" => {
                let found = repository.releases.iter().find(|release| release.id == number)?;
                Some(Thing::Release(repository, found))
            }
            "IC" => repository.items.iter().find_map(|item| {
                let found = item.comments.iter().find(|comment| comment.id == number)?;
                Some(Thing::Comment(repository, item, found))
            }),
            "PRR" => repository.items.iter().find_map(|item| {
                let found = item.reviews.iter().find(|review| review.id == number)?;
                Some(Thing::Review(repository, item, found))
            }),
            "PRRC" => repository.items.iter().find_map(|item| {
                let (review, found) = item.review_comments().find(|(_, held)| held.comment.id == number)?;
                Some(Thing::ReviewComment(repository, item, review, found))
            }),
            "DC" => repository.discussions.iter().find_map(|discussion| {
                let found = discussion.comments.iter().find(|held| held.comment.id == number)?;
                Some(Thing::DiscussionComment(repository, discussion, found))
            }),
            _ => None,
        }
    }

    fn account_field(&self, account: &'w Account, name: &str, arguments: &JsonMap) -> Found<'w> {
        let path = match account.kind {
            AccountKind::Bot => format!("/apps/{}", account.login),
            _ => format!("/{}", account.login),
        };
        match name {
            "id" => leaf(node_id::alone(node_id::account_prefix(account.kind), account.id)),
            "databaseId" => database_id(account.id),
            "login" => leaf(account.login.clone()),
            "name" | "company" => leaf(JsonValue::Null),
            "email" => leaf(""),
            "url" => leaf(format!("https://github.com{path}")),
            "resourcePath" => leaf(path),
            "createdAt" => time(Timestamp::UNIX_EPOCH),
            "repositories" => {
                let wanted =
                    |flag, value| arguments.get(flag).and_then(JsonValue::as_bool).is_none_or(|wanted| wanted == value);
                let all = self.world.repositories_of(&account.login);
                let kept = all.filter(|one| {
                    wanted("isFork", one.fork_of.is_some())
                        && wanted("isArchived", one.archived)
                        && match argument(arguments, "privacy") {
                            "PUBLIC" => !one.private,
                            "PRIVATE" => one.private,
                            _ => true,
                        }
                });
                self.repositories(kept.collect(), arguments)
            }
            "repository" => self.repository(
                &format!("{}/{}", account.login, argument(arguments, "name")),
                arguments.get("followRenames").and_then(JsonValue::as_bool).unwrap_or(true),
            ),
            _ => Ok(None),
        }
    }

    fn repositories(&self, repositories: Vec<&'w Repository>, arguments: &JsonMap) -> Found<'w> {
        let (field, descending) = ordered(arguments, "CREATED_AT", false);
        let mut ranked: Vec<&Repository> = repositories;
        ranked.sort_by_key(|one| one.name.to_ascii_lowercase());
        let rows = ranked.into_iter().enumerate().map(|(index, one)| {
            let key = match field {
                "NAME" => index as i64,
                "STARGAZERS" => one.stars.len() as i64,
                "CREATED_AT" => one.created_at.as_second(),
                _ => one.updated_at.as_second(),
            };
            Row { key, id: one.id, thing: Thing::Repository(one), starred: None }
        });
        connection("Repository", rows.collect(), arguments, descending)
    }

    fn repository_field(&self, one_of: &'w Repository, name: &str, arguments: &JsonMap) -> Found<'w> {
        let full_name = one_of.full_name();
        let history = ["issue", "pullRequest", "discussion", "release", "stargazers", "commitComments"];
        if history.iter().any(|prefix| name.starts_with(prefix)) {
            open(one_of)?;
        }
        match name {
            "id" => leaf(node_id::alone("R", one_of.id)),
            "databaseId" => database_id(one_of.id),
            "name" => leaf(one_of.name.clone()),
            "nameWithOwner" => leaf(full_name),
            "owner" => one(self.world.account_of(&one_of.owner).map(Thing::Account)),
            "url" => leaf(format!("https://github.com/{full_name}")),
            "resourcePath" => leaf(format!("/{full_name}")),
            "isFork" => leaf(one_of.fork_of.is_some()),
            "isArchived" => leaf(one_of.archived),
            "isPrivate" => leaf(one_of.private),
            "isDisabled" | "isLocked" | "isEmpty" => leaf(false),
            "parent" => one(one_of.fork_of.as_ref().and_then(|of| self.world.repository(of)).map(Thing::Repository)),
            "createdAt" => time(one_of.created_at),
            "updatedAt" | "pushedAt" => time(one_of.updated_at),
            "archivedAt" => time_if(one_of.archived.then_some(one_of.updated_at)),
            "hasIssuesEnabled" | "hasDiscussionsEnabled" => leaf(true),
            "stargazerCount" => leaf(one_of.stars.len() as u64),
            "forkCount" => leaf(self.world.forks_of(one_of).count() as u64),
            "issue" | "pullRequest" | "issueOrPullRequest" => self.numbered(one_of, name, arguments),
            "discussion" => {
                let number = number(arguments);
                match one_of.discussion(number) {
                    Some(found) => one(Some(Thing::Discussion(one_of, found))),
                    None => {
                        refuse("NOT_FOUND", &format!("Could not resolve to a Discussion with the number of {number}."))
                    }
                }
            }
            "issues" => item::issues(self, one_of, arguments),
            "pullRequests" => item::pull_requests(one_of, arguments),
            "discussions" => talk::discussions(one_of, arguments),
            "releases" => talk::releases(one_of, arguments),
            "stargazers" => self.stargazers(one_of, arguments),
            "forks" => self.repositories(self.world.forks_of(one_of).collect(), arguments),
            "commitComments" => {
                let rows = one_of
                    .commit_comments
                    .iter()
                    .map(|held| Row::new(held.comment.created_at, held.comment.id, Thing::CommitComment(one_of, held)));
                connection("CommitComment", rows.collect(), arguments, false)
            }
            _ => Ok(None),
        }
    }

    fn numbered(&self, repository: &'w Repository, name: &str, arguments: &JsonMap) -> Found<'w> {
        let number = number(arguments);
        let found = repository.item(number).filter(|item| match name {
            "issue" => item.pull_request.is_none(),
            "pullRequest" => item.pull_request.is_some(),
            _ => true,
        });
        let what = match name {
            "issue" => "an Issue",
            "pullRequest" => "a PullRequest",
            _ => "an issue or pull request",
        };
        match found {
            Some(item) => one(Some(Thing::Item(repository, item))),
            None => refuse("NOT_FOUND", &format!("Could not resolve to {what} with the number of {number}.")),
        }
    }

    fn stargazers(&self, repository: &'w Repository, arguments: &JsonMap) -> Found<'w> {
        let (_, descending) = ordered(arguments, "STARRED_AT", false);
        let rows = repository.stars.iter().filter_map(|star| {
            let thing = self.actor(star.by)?;
            Some(Row { starred: Some(star.at), ..Row::new(star.at, star.by, thing) })
        });
        connection("Stargazer", rows.collect(), arguments, descending)
    }
}

fn number(arguments: &JsonMap) -> u64 {
    arguments.get("number").and_then(JsonValue::as_u64).unwrap_or(0)
}

fn no_node<'w>(id: &str) -> Found<'w> {
    refuse("NOT_FOUND", &format!("Could not resolve to a node with the global id of '{id}'"))
}

/// What GraphQL says of a repository that is blocked is documented nowhere; the words are REST's.
fn open(repository: &Repository) -> Result<(), FieldError> {
    match repository.access {
        Access::Open => Ok(()),
        Access::Gone => refuse("NOT_FOUND", "Could not resolve to a Repository."),
        Access::Blocked => refuse("FORBIDDEN", "Repository access blocked"),
        Access::Forbidden => refuse(
            "FORBIDDEN",
            "Resource protected by organization SAML enforcement. You must grant your Personal Access token access to \
             this organization.",
        ),
    }
}
