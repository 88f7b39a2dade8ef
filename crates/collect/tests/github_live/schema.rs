//! The queries are GitHub's own GraphQL.

use muster_collect::github::queries;

#[test]
#[ignore = "reads GitHub's schema (npm @octokit/graphql-schema, schema.graphql) at MUSTER_GITHUB_SCHEMA; .ci/run runs it"]
fn every_query_is_valid_against_githubs_published_schema() {
    #[expect(clippy::disallowed_methods, reason = "where the schema lies is the machine's affair")]
    let path = std::env::var("MUSTER_GITHUB_SCHEMA").unwrap();
    let schema = std::fs::read_to_string(path).unwrap();
    for query in queries() {
        let valid = muster_test_github::validate(&schema, query);
        assert!(valid.is_ok(), "{valid:?}\n{query}");
    }
}
