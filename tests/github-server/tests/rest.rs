//! REST as GitHub answers it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod support;

use muster_test_github::{Access, App, Options, Plan, Server, Token, TokenState, generate};
use serde_json::Value;
use std::time::Duration;
use support::{get, get_with, jwt, lantern, send, time};

fn all_pages(server: &Server, first: &str) -> Vec<Value> {
    let (mut all, mut next) = (Vec::new(), Some(first.to_owned()));
    while let Some(url) = next {
        let got = get(server, &url);
        assert_eq!(got.status, 200, "{url}: {}", got.body);
        all.extend(got.json().as_array().unwrap().iter().cloned());
        next = got.link("next");
    }
    all
}

fn numbers(all: &[Value], field: &str) -> Vec<u64> {
    all.iter().map(|one| one[field].as_u64().unwrap()).collect()
}

#[test]
fn links_lead_through_every_page_once() {
    let world = generate(Plan { items: 250, comments: 730, ..Plan::default() });
    let repository = world.repository("acme/lantern").unwrap();
    let mut items: Vec<u64> = repository.items.iter().map(|item| item.number).collect();
    let mut comments: Vec<u64> =
        repository.items.iter().flat_map(|item| item.comments.iter().map(|comment| comment.id)).collect();
    comments.sort_unstable();
    items.reverse();
    let server = Server::start(world, Options::default());
    let found = all_pages(&server, "/repos/acme/lantern/issues?state=all&per_page=100");
    assert_eq!(numbers(&found, "number"), items, "newest first");
    assert_eq!(numbers(&all_pages(&server, "/repos/acme/lantern/issues/comments?per_page=100"), "id"), comments);
    assert_eq!(server.requests().len(), 3 + 8);
    let first = get(&server, "/repos/acme/lantern/issues/comments?per_page=1000");
    assert_eq!(first.json().as_array().unwrap().len(), 100, "a page has a hundred at most");
    assert!(first.link("last").unwrap().contains("page=8"), "{first:?}");
    assert!(first.link("next").unwrap().contains("/repositories/"), "links go by number");
}

#[test]
fn since_and_state_and_order_are_honoured() {
    let server = Server::start(lantern(), Options::default());
    let issues = |query: &str| {
        numbers(get(&server, &format!("/repos/acme/lantern/issues?{query}")).json().as_array().unwrap(), "number")
    };
    assert_eq!(issues(""), [3, 1], "open ones, newest first");
    assert_eq!(issues("state=closed&direction=asc"), [2, 4]);
    assert_eq!(issues("state=all&since=2024-03-05T00:00:00Z&sort=updated&direction=asc"), [2, 3, 4]);
    let since = get(&server, "/repos/acme/lantern/issues/comments?since=2024-02-04T00:00:00Z").json();
    assert_eq!(since.as_array().unwrap().len(), 1);
    let pulls = get(&server, "/repos/acme/lantern/pulls?state=all&sort=updated&direction=desc").json();
    assert_eq!(numbers(pulls.as_array().unwrap(), "number"), [4, 3, 2]);
}

#[test]
fn what_is_known_already_is_not_sent_again_and_costs_nothing() {
    let server = Server::start(lantern(), Options::default());
    let path = "/repos/acme/lantern/issues?state=all";
    let first = get(&server, path);
    let tag = first.header("etag").to_owned();
    let again = get_with(&server, path, &[("if-none-match", &tag)]);
    assert_eq!((again.status, again.body.as_str()), (304, ""));
    assert_eq!(again.header("x-ratelimit-remaining"), first.header("x-ratelimit-remaining"));
    server.update(|world| world.comment("acme/lantern", 1, "bob", time("2024-06-01"), "Anything new?"));
    let changed = get_with(&server, path, &[("if-none-match", &tag)]);
    assert_eq!(changed.status, 200);
    assert_ne!(changed.header("etag"), tag);
    assert_eq!(changed.header("x-ratelimit-remaining"), "4998");
    let unchanged: Vec<bool> = server.requests().iter().map(|request| request.unchanged).collect();
    assert_eq!(unchanged, [false, true, false]);
}

#[test]
fn a_renamed_repository_has_moved() {
    let mut world = lantern();
    world.rename_repository("acme/lantern", "acme/lamp", "bob", time("2024-05-01"));
    let server = Server::start(world, Options::default());
    let moved = get(&server, "/repos/acme/lantern/issues?state=all");
    assert_eq!(moved.status, 301);
    let there = get(&server, moved.header("location"));
    assert_eq!(there.status, 200);
    assert_eq!(there.json().as_array().unwrap().len(), 4);
    assert_eq!(get(&server, "/repos/ACME/Lamp").json()["full_name"], "acme/lamp");
}

#[test]
fn repositories_that_do_not_answer_say_why() {
    let mut world = lantern();
    for (name, access) in [("acme/gone", Access::Gone), ("acme/dmca", Access::Blocked), ("acme/sso", Access::Forbidden)]
    {
        world.add_repository(name, time("2024-01-01")).access = access;
    }
    world.add_repository("acme/shed", time("2024-01-01"));
    let moved = world.open_issue("acme/shed", "ada", time("2024-01-03"), "Elsewhere");
    let new = world.transfer("acme/shed", moved, "acme/lantern", "bob", time("2024-06-01"));
    world.delete_issue("acme/lantern", 1);
    let server = Server::start(world, Options::default());
    let status = |path: &str| get(&server, path).status;
    assert_eq!(status("/repos/acme/gone"), 404);
    assert_eq!(status("/repos/acme/dmca/issues"), 451);
    assert_eq!(status("/repos/acme/sso/issues"), 403);
    assert_eq!(status("/repos/acme/lantern/issues/1"), 410);
    let location = get(&server, "/repos/acme/shed/issues/1").header("location").to_owned();
    assert_eq!(get(&server, &location).json()["number"], new);
    let listed = get(&server, "/orgs/acme/repos?sort=full_name&direction=asc").json();
    let names: Vec<&str> = listed.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["dmca", "lantern", "shed", "sso"], "what is gone is not listed");
}

#[test]
fn deleted_accounts_are_ghosts() {
    let mut world = lantern();
    world.delete_account("ada");
    let server = Server::start(world, Options::default());
    assert_eq!(get(&server, "/repos/acme/lantern/issues/1").json()["user"]["login"], "ghost");
    assert_eq!(get(&server, "/repos/acme/lantern/pulls/2/reviews").json()[0]["user"], Value::Null);
    let events = get(&server, "/repos/acme/lantern/issues/1/events").json();
    let reopened = events.as_array().unwrap().iter().find(|one| one["event"] == "reopened").unwrap();
    assert_eq!(reopened["actor"], Value::Null);
    assert_eq!(get(&server, "/repos/acme/lantern/pulls/2").json()["user"]["login"], "dependabot[bot]");
}

#[test]
fn bad_tokens_are_refused_and_good_ones_have_quotas_of_their_own() {
    let tokens = vec![
        Token::new("token").limit(2),
        Token::new("second").limit(1),
        Token::new("old").state(TokenState::Expired),
        Token::new("short").state(TokenState::ExpiresAfter(1)),
    ];
    let server = Server::start(lantern(), Options { tokens, window: Duration::from_secs(600), ..Options::default() });
    let status = |secret: &str| {
        let authorization = format!("token {secret}");
        send("GET", &format!("{}/repos/acme/lantern", server.url()), &[("authorization", &authorization)], None)
            .unwrap()
            .status
    };
    assert_eq!([status("wrong"), status("old")], [401, 401]);
    assert_eq!([status("short"), status("short")], [200, 401]);
    assert_eq!([status("token"), status("token"), status("token")], [200, 200, 403]);
    assert_eq!([status("second"), status("second")], [200, 403]);
    let spent = get(&server, "/repos/acme/lantern");
    assert_eq!(spent.header("x-ratelimit-remaining"), "0");
    assert!(spent.header("x-ratelimit-reset").parse::<i64>().unwrap() > 0);
    assert!(spent.body.contains("API rate limit exceeded"));
    assert_eq!(get(&server, "/rate_limit").status, 200, "it is free");
    let nobody = send("GET", &format!("{}/repos/acme/lantern", server.url()), &[], None).unwrap();
    assert_eq!(nobody.header("x-ratelimit-limit"), "60");
    let graphql = send("POST", &format!("{}/graphql", server.url()), &[], Some("{}".to_owned())).unwrap();
    assert_eq!(graphql.status, 401);
}

#[test]
fn an_app_gets_a_token_that_expires() {
    let app = App { id: 7, installation: 42, lifetime: 0, limit: 5_000 };
    let lasting = App { lifetime: 3_600, ..app.clone() };
    let ask = |server: &Server, jwt: &str| {
        let url = format!("{}/app/installations/42/access_tokens", server.url());
        send("POST", &url, &[("authorization", &format!("Bearer {jwt}"))], None).unwrap()
    };
    let status = |server: &Server| {
        let token = ask(server, &jwt(7, 540)).json()["token"].as_str().unwrap().to_owned();
        let authorization = format!("Bearer {token}");
        send("GET", &format!("{}/repos/acme/lantern", server.url()), &[("authorization", &authorization)], None)
            .unwrap()
            .status
    };
    let server = Server::start(lantern(), Options { app: Some(lasting), ..Options::default() });
    assert_eq!(status(&server), 200);
    assert_eq!(ask(&server, "not.a.jwt").status, 401);
    assert_eq!(ask(&server, &jwt(8, 540)).status, 404, "another App's");
    assert_eq!(ask(&server, &jwt(7, -1)).status, 401, "expired");
    assert_eq!(ask(&server, &jwt(7, 3_600)).status, 401, "too far in the future");
    let server = Server::start(lantern(), Options { app: Some(app), ..Options::default() });
    assert_eq!(status(&server), 401, "its time is over at once");
}
