//! GraphQL as GitHub answers it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod support;

use muster_test_github::{AccountKind, Fault, Faults, Options, Plan, Server, World, generate};
use serde_json::{Value, json};
use support::{graphql, lantern, time};

#[test]
fn pages_of_a_connection_are_the_whole_list_once() {
    let world = generate(Plan { items: 230, comments: 500, ..Plan::default() });
    let wanted: Vec<u64> = world
        .repository("acme/lantern")
        .unwrap()
        .items
        .iter()
        .filter(|item| item.pull_request.is_none())
        .map(|item| item.number)
        .collect();
    let server = Server::start(world, Options::default());
    let query = "query($after: String) { repository(owner: \"acme\", name: \"lantern\") {
        issues(first: 25, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes { number } } } }";
    let (mut found, mut after) = (Vec::new(), Value::Null);
    loop {
        let answer = graphql(&server, query, &json!({"after": after}));
        let page = &answer["data"]["repository"]["issues"];
        assert_eq!(page["totalCount"], wanted.len());
        found.extend(page["nodes"].as_array().unwrap().iter().map(|node| node["number"].as_u64().unwrap()));
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(found, wanted);
    assert_eq!(server.requests().len(), wanted.len().div_ceil(25));
}

#[test]
fn the_last_page_backwards_is_the_end_of_the_list() {
    let server = Server::start(lantern(), Options::default());
    let answer = graphql(
        &server,
        "{ repository(owner: \"acme\", name: \"lantern\") {
        issue(number: 1) { comments(last: 1) { pageInfo { hasPreviousPage hasNextPage } nodes { body } } } } }",
        &json!({}),
    );
    let comments = &answer["data"]["repository"]["issue"]["comments"];
    assert_eq!(comments["nodes"], json!([{"body": "Third."}]));
    assert_eq!(comments["pageInfo"], json!({"hasPreviousPage": true, "hasNextPage": false}));
}

#[test]
fn a_pull_request_tells_all_that_happened_to_it() {
    let server = Server::start(lantern(), Options::default());
    let query = "fragment Who on Actor { __typename login ... on User { databaseId } ... on Bot { databaseId } }
    query { repository(owner: \"acme\", name: \"lantern\") { pullRequest(number: 2) {
        state isDraft merged mergedBy { login } author { ...Who }
        reviews(first: 10) { nodes { state author { ...Who } comments(first: 5) { nodes { path body } } } }
        timelineItems(first: 50, itemTypes: [MERGED_EVENT, CLOSED_EVENT, REVIEW_REQUESTED_EVENT, READY_FOR_REVIEW_EVENT]) {
            totalCount filteredCount
            nodes { __typename ... on MergedEvent { actor { login } createdAt }
                ... on ReviewRequestedEvent { requestedReviewer { __typename ... on Team { slug } } } } } } } }";
    let answer = graphql(&server, query, &json!({}));
    assert_eq!(answer["errors"], Value::Null, "{answer}");
    let pull = &answer["data"]["repository"]["pullRequest"];
    assert_eq!(pull["state"], "MERGED");
    assert_eq!(pull["isDraft"], false);
    assert_eq!(pull["mergedBy"]["login"], "bob");
    assert_eq!(pull["author"]["__typename"], "Bot");
    assert_eq!(pull["author"]["login"], "dependabot", "GraphQL gives a bot's login without [bot]");
    let states: Vec<&str> =
        pull["reviews"]["nodes"].as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["DISMISSED", "APPROVED"]);
    assert_eq!(pull["reviews"]["nodes"][0]["comments"]["nodes"][0]["body"], "This line?");
    let happened: Vec<&str> = pull["timelineItems"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["__typename"].as_str().unwrap())
        .collect();
    assert_eq!(happened, ["ReadyForReviewEvent", "ReviewRequestedEvent", "MergedEvent", "ClosedEvent"]);
    assert_eq!(pull["timelineItems"]["nodes"][1]["requestedReviewer"], json!({"__typename": "Team", "slug": "lamps"}));
}

#[test]
fn a_deleted_account_is_nobody() {
    let mut world = lantern();
    world.delete_account("ada");
    let server = Server::start(world, Options::default());
    let answer = graphql(
        &server,
        "{ repository(owner: \"acme\", name: \"lantern\") { issue(number: 1) { author { login } } } }",
        &json!({}),
    );
    assert_eq!(answer["data"]["repository"]["issue"], json!({"author": null}));
}

#[test]
fn what_is_not_there_is_an_error_beside_the_data() {
    let server = Server::start(lantern(), Options::default());
    let answer = graphql(
        &server,
        "{ a: repository(owner: \"acme\", name: \"lantern\") { name } b: repository(owner: \"acme\", name: \"no\") { name } }",
        &json!({}),
    );
    assert_eq!(answer["data"], json!({"a": {"name": "lantern"}, "b": null}));
    assert_eq!(answer["errors"][0]["type"], "NOT_FOUND");
    assert_eq!(answer["errors"][0]["path"], json!(["b"]));
    assert_eq!(answer["errors"][0]["message"], "Could not resolve to a Repository with the name 'acme/no'.");
}

#[test]
fn a_field_that_github_has_not_is_refused() {
    let server = Server::start(lantern(), Options::default());
    let answer = graphql(&server, "{ repository(owner: \"acme\", name: \"lantern\") { colour } }", &json!({}));
    assert_eq!(answer["data"], Value::Null);
    assert!(answer["errors"].to_string().contains("colour"), "{answer}");
}

#[test]
fn a_renamed_repository_is_found_by_its_old_name() {
    let mut world = lantern();
    world.rename_repository("acme/lantern", "acme/lamp", "bob", time("2024-05-01"));
    let server = Server::start(world, Options::default());
    let answer = graphql(&server, "{ repository(owner: \"ACME\", name: \"Lantern\") { nameWithOwner } }", &json!({}));
    assert_eq!(answer["data"]["repository"]["nameWithOwner"], "acme/lamp");
    let answer = graphql(
        &server,
        "{ repository(owner: \"acme\", name: \"lantern\", followRenames: false) { nameWithOwner } }",
        &json!({}),
    );
    assert_eq!(answer["errors"][0]["type"], "NOT_FOUND");
}

#[test]
fn a_query_costs_what_github_says_it_costs() {
    // The example of GitHub's documentation: 100 + 5,000 + 300,000 nodes and 1 + 100 + 5,000 requests.
    let mut world = World::new();
    world.add_repository("acme/lantern", time("2024-01-01"));
    world.add_account("collector", AccountKind::User);
    let server = Server::start(world, Options::default());
    let query = "{ rateLimit { cost nodeCount limit remaining } viewer { repositories(first: 100) { edges { node {
        issues(first: 50) { edges { node { labels(first: 60) { edges { node { name } } } } } } } } } } }";
    let answer = graphql(&server, query, &json!({}));
    assert_eq!(
        answer["data"]["rateLimit"],
        json!({"cost": 51, "nodeCount": 305_100, "limit": 5_000, "remaining": 4_949})
    );
    let again = graphql(&server, "{ rateLimit { cost used } }", &json!({}));
    assert_eq!(again["data"]["rateLimit"], json!({"cost": 1, "used": 52}));
}

#[test]
fn too_many_nodes_and_boundless_pages_are_refused() {
    let server = Server::start(lantern(), Options::default());
    let kind = |query: &str| graphql(&server, query, &json!({}))["errors"][0]["type"].clone();
    let issues = |page: &str| format!("{{ repository(owner: \"acme\", name: \"lantern\") {{ issues{page} }} }}");
    assert_eq!(kind(&issues(" { nodes { number } }")), "MISSING_PAGINATION_BOUNDARIES");
    assert_eq!(kind(&issues("(first: 101) { nodes { number } }")), "EXCESSIVE_PAGINATION");
    assert_eq!(
        kind(&issues(
            "(first: 100) { nodes { comments(first: 100) { nodes { issue { comments(first: 100) { nodes { id } } } } } } }"
        )),
        "MAX_NODE_LIMIT_EXCEEDED"
    );
    assert_eq!(kind(&issues(" { totalCount }")), Value::Null, "a count needs no page");
}

#[test]
fn search_counts_merges_by_month() {
    let server = Server::start(lantern(), Options::default());
    let count = |range: &str| {
        let query = "query($query: String!) { search(type: ISSUE, query: $query) { issueCount } }";
        let words = format!("repo:acme/lantern is:pr merged:{range}");
        graphql(&server, query, &json!({"query": words}))["data"]["search"]["issueCount"].clone()
    };
    assert_eq!(count("2024-03-01..2024-03-31"), 1);
    assert_eq!(count("2024-02-01..2024-02-29"), 0);
    assert_eq!(count("2024-03-05..2024-03-05"), 1, "a day is whole");
}

#[test]
fn nodes_are_found_by_the_ids_that_rest_gives() {
    let server = Server::start(lantern(), Options::default());
    let issue = support::get(&server, "/repos/acme/lantern/issues/1").json();
    let pull = support::get(&server, "/repos/acme/lantern/pulls/2").json();
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Issue { number } ... on PullRequest { number databaseId } } }";
    let answer = graphql(&server, query, &json!({"ids": [issue["node_id"], pull["node_id"]]}));
    assert_eq!(answer["data"]["nodes"][0]["number"], 1);
    assert_eq!(answer["data"]["nodes"][1]["databaseId"], pull["id"]);
}

#[test]
fn a_spent_quota_is_an_error_and_not_an_empty_answer() {
    let options = Options { tokens: vec![muster_test_github::Token::new("token").limit(2)], ..Options::default() };
    let server = Server::start(lantern(), options);
    let query = "{ repository(owner: \"acme\", name: \"lantern\") { name } }";
    for _ in 0..2 {
        assert_eq!(graphql(&server, query, &json!({}))["data"]["repository"]["name"], "lantern");
    }
    assert_eq!(graphql(&server, query, &json!({}))["errors"][0]["type"], "RATE_LIMITED");
}

#[test]
fn an_error_may_come_with_a_part_of_the_data() {
    let faults = Faults::default().plan("query", 1, Fault::GraphqlTimeout);
    let server = Server::start(lantern(), Options { faults, ..Options::default() });
    let query = "query { repository(owner: \"acme\", name: \"lantern\") { name } }";
    let answer = graphql(&server, query, &json!({}));
    assert_eq!(answer["data"], json!({"repository": null}));
    assert!(answer["errors"][0]["message"].as_str().unwrap().starts_with("Something went wrong"));
    assert_eq!(graphql(&server, query, &json!({}))["errors"], Value::Null, "the next asking is answered");
}
