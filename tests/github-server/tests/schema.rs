//! The server's GraphQL schema is held to GitHub's published one, so that the server cannot drift from GitHub.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use muster_test_github::{differences, validate};

#[expect(clippy::disallowed_methods, reason = "CI says where it put the schema")]
fn github() -> String {
    let path = std::env::var("MUSTER_GITHUB_SCHEMA").expect("MUSTER_GITHUB_SCHEMA is the path of schema.graphql");
    std::fs::read_to_string(path).unwrap()
}

#[test]
#[ignore = "needs GitHub's GraphQL schema; .ci/run fetches it and runs this"]
fn the_servers_schema_is_a_part_of_githubs() {
    assert_eq!(differences(&github()).unwrap(), Vec::<String>::new());
}

#[test]
#[ignore = "needs GitHub's GraphQL schema; .ci/run fetches it and runs this"]
fn queries_are_held_to_githubs_schema() {
    let github = github();
    validate(
        &github,
        "query($owner: String!) { repositoryOwner(login: $owner) { repositories(first: 1) { totalCount } } }",
    )
    .unwrap();
    assert!(validate(&github, "{ repository(owner: \"a\", name: \"b\") { colour } }").unwrap_err().contains("colour"));
    // What GitHub has and the server has not is a difference of the server's, not of the query.
    validate(&github, "{ repository(owner: \"a\", name: \"b\") { diskUsage } }").unwrap();
}

#[test]
fn a_schema_that_lacks_something_differs() {
    let small = "type Query { id: ID! node(id: ID!): Node } interface Node { id: ID! }";
    let found = differences(small).unwrap();
    assert!(found.contains(&"GitHub has no type Repository".to_owned()), "{found:?}");
    assert!(found.contains(&"Query: it has no rateLimit".to_owned()), "{found:?}");
}
