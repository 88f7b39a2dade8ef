//! REST: paths to lists, lists to pages, pages to JSON.
//!
//! | file | holds |
//! | --- | --- |
//! | `page.rs` | pages of a list and the `Link` header |
//! | `account.rs` | accounts |
//! | `repository.rs` | repositories, releases, stars, commit comments |
//! | `item.rs` | issues and pull requests |
//! | `talk.rs` | comments and reviews |
//! | `timeline.rs` | events and timelines |

mod account;
mod item;
mod page;
mod repository;
mod talk;
mod timeline;

use crate::answer::Answer;
use crate::search;
use crate::tokens::{Quota, Resource};
use crate::world::{Access, Item, Repository, World};
use page::Listing;
use serde_json::json;

/// A request.
pub(crate) struct Ask<'a> {
    pub(crate) url: &'a str,
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) accept: &'a str,
    pub(crate) login: Option<&'a str>,
    pub(crate) quotas: &'a dyn Fn(Resource) -> Quota,
}

impl Ask<'_> {
    /// A parameter of the query, decoded.
    fn parameter(&self, name: &str) -> Option<String> {
        url::form_urlencoded::parse(self.query.as_bytes())
            .find(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.into_owned())
    }

    /// `since`, if it is a time.
    fn since(&self) -> Option<jiff::Timestamp> {
        self.parameter("since").and_then(|text| text.parse().ok())
    }
}

/// The world and the root of the API, for whatever writes JSON.
#[derive(Clone, Copy)]
pub(crate) struct Writer<'a> {
    pub(crate) world: &'a World,
    pub(crate) url: &'a str,
}

/// The installation of `POST /app/installations/{id}/access_tokens`.
pub(crate) fn access_tokens(method: &str, path: &str) -> Option<u64> {
    let installation = path.strip_prefix("/app/installations/")?.strip_suffix("/access_tokens")?;
    (method == "POST").then(|| installation.parse().ok()).flatten()
}

/// Answers anything but `/graphql`.
pub(crate) fn answer(world: &World, ask: &Ask<'_>) -> Answer {
    if ask.method != "GET" {
        return Answer::not_found();
    }
    let writer = Writer { world, url: ask.url };
    let parts: Vec<&str> = ask.path.split('/').filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        ["rate_limit"] => rate_limit(ask),
        ["user"] => match ask.login.and_then(|login| world.account_of(login)) {
            Some(account) => Answer::json(200, &writer.public_user(account)),
            None if ask.login.is_some() => Answer::json(200, &writer.stand_in(ask.login.unwrap_or_default())),
            None => Answer::message(401, "Requires authentication"),
        },
        ["users", login] => match world.account_of(login.trim_end_matches("[bot]")) {
            Some(account) => Answer::json(200, &writer.public_user(account)),
            None => Answer::not_found(),
        },
        [folder @ ("organizations" | "user"), id, "repos"] => match id.parse().ok().and_then(|id| world.account(id)) {
            Some(owner) => repository::of_owner(writer, ask, &owner.login, *folder == "organizations"),
            None => Answer::not_found(),
        },
        ["orgs", login, "repos"] => repository::of_owner(writer, ask, login, true),
        ["users", login, "repos"] => repository::of_owner(writer, ask, login, false),
        ["search", "issues"] => found(writer, ask),
        ["repos", owner, name, rest @ ..] => {
            let full_name = format!("{owner}/{name}");
            match world.repository(&full_name) {
                Some(repository) if repository.is_now(&full_name) => in_repository(writer, ask, repository, rest),
                Some(repository) => {
                    let mut there = format!("/repositories/{}", repository.id);
                    for part in rest {
                        there.push('/');
                        there.push_str(part);
                    }
                    moved(ask, &there)
                }
                None => Answer::not_found(),
            }
        }
        ["repositories", id, rest @ ..] => match id.parse().ok().and_then(|id| world.repository_by_id(id)) {
            Some(repository) => in_repository(writer, ask, repository, rest),
            None => Answer::not_found(),
        },
        _ => Answer::not_found(),
    }
}

/// 301, with the query that was sent.
fn moved(ask: &Ask<'_>, path: &str) -> Answer {
    let mark = if ask.query.is_empty() { "" } else { "?" };
    let there = format!("{}{path}{mark}{}", ask.url, ask.query);
    Answer::json(
        301,
        &json!({
            "message": "Moved Permanently", "url": there,
            "documentation_url": "https://docs.github.com/rest/guides/best-practices-for-using-the-rest-api#follow-redirects",
        }),
    )
    .header("location", there)
}

fn rate_limit(ask: &Ask<'_>) -> Answer {
    let core = (ask.quotas)(Resource::Core);
    let search = (ask.quotas)(Resource::Search);
    let graphql = (ask.quotas)(Resource::Graphql);
    Answer::json(
        200,
        &json!({
            "resources": {
                "core": core.json(Resource::Core),
                "search": search.json(Resource::Search),
                "graphql": graphql.json(Resource::Graphql),
            },
            "rate": core.json(Resource::Core),
        }),
    )
}

fn in_repository(writer: Writer<'_>, ask: &Ask<'_>, repository: &Repository, rest: &[&str]) -> Answer {
    match repository.access {
        Access::Open => {}
        Access::Gone => return Answer::not_found(),
        Access::Blocked => return blocked(repository),
        Access::Forbidden => {
            return Answer::message(
                403,
                "Resource protected by organization SAML enforcement. You must grant your Personal Access token access \
                 to this organization.",
            );
        }
    }
    match rest {
        [] => Answer::json(200, &writer.full_repository(repository)),
        ["issues"] => item::issues(writer, ask, repository),
        ["pulls"] => item::pulls(writer, ask, repository),
        ["issues", "comments"] => talk::comments(writer, ask, repository),
        ["pulls", "comments"] => talk::review_comments(writer, ask, repository),
        ["issues", "events"] => timeline::events(writer, ask, repository),
        ["releases"] => repository::releases(writer, ask, repository),
        ["stargazers"] => repository::stargazers(writer, ask, repository),
        ["forks"] => repository::forks(writer, ask, repository),
        ["comments"] => repository::commit_comments(writer, ask, repository),
        [kind @ ("issues" | "pulls"), number, rest @ ..] => {
            let Ok(number) = number.parse::<u64>() else { return Answer::not_found() };
            if let Some((there, new)) = repository.moved.get(&number) {
                let tail: String = rest.iter().map(|part| format!("/{part}")).collect();
                return moved(ask, &format!("/repositories/{there}/{kind}/{new}{tail}"));
            }
            if repository.removed.contains(&number) {
                return Answer::message(410, "This issue was deleted");
            }
            match repository.item(number) {
                Some(item) => of_item(writer, ask, repository, item, kind, rest),
                None => Answer::not_found(),
            }
        }
        _ => Answer::not_found(),
    }
}

fn of_item(
    writer: Writer<'_>,
    ask: &Ask<'_>,
    repository: &Repository,
    item: &Item,
    kind: &str,
    rest: &[&str],
) -> Answer {
    match (kind, rest, item.pull_request.is_some()) {
        ("issues", [], _) => Answer::json(200, &writer.issue(repository, item)),
        ("issues", ["comments"], _) => talk::comments_of(writer, ask, repository, item),
        ("issues", ["events"], _) => timeline::events_of(writer, ask, repository, item),
        ("issues", ["timeline"], _) => timeline::timeline(writer, ask, repository, item),
        ("pulls", [], true) => Answer::json(200, &writer.pull(repository, item)),
        ("pulls", ["reviews"], true) => talk::reviews(writer, ask, repository, item),
        ("pulls", ["comments"], true) => talk::review_comments_of(writer, ask, repository, item),
        _ => Answer::not_found(),
    }
}

fn blocked(repository: &Repository) -> Answer {
    Answer::json(
        451,
        &json!({
            "message": "Repository access blocked",
            "block": {
                "reason": "dmca", "created_at": repository.created_at.to_string(),
                "html_url": "https://github.com/github/dmca/blob/master/2024/2024-01-01-somebody.md",
            },
        }),
    )
}

fn found(writer: Writer<'_>, ask: &Ask<'_>) -> Answer {
    let Some(query) = ask.parameter("q") else { return Answer::message(422, "Validation Failed") };
    let found = search::items(writer.world, &query);
    let total = found.len();
    let shown = found.into_iter().take(search::MOST).collect();
    let listing = Listing::new(ask, "/search/issues".to_owned());
    listing.answer_with(
        shown,
        |(repository, item)| {
            let mut issue = writer.issue(repository, item);
            issue["score"] = json!(1.0);
            issue
        },
        |items| {
            json!({
                "total_count": total, "incomplete_results": false, "items": items, "search_type": "lexical",
            })
        },
    )
}
