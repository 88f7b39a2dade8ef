//! The queries, with the parts that each of them needs. They are valid against GitHub's published schema: a test asks it.

/// Puts a query and its parts together.
macro_rules! query {
    ($name:literal $(, $part:literal)*) => {
        concat!(include_str!(concat!("queries/", $name, ".graphql")) $(, include_str!(concat!("queries/", $part, ".graphql")))*)
    };
}

pub(super) const OWNER: &str = query!("owner");
pub(super) const HEAD: &str = query!("head");
pub(super) const MONTHS: &str = query!("months");
pub(super) const ISSUES: &str = query!("issues", "issue_part", "who_part");
pub(super) const ISSUE_REST: &str = query!("issue_rest", "issue_part", "who_part");
pub(super) const PULL_REQUESTS: &str = query!("pull_requests", "pull_request_part", "who_part");
pub(super) const PULL_REQUEST_REST: &str = query!("pull_request_rest", "pull_request_part", "who_part");
pub(super) const DISCUSSIONS: &str = query!("discussions", "discussion_part", "comment_part", "who_part");
pub(super) const DISCUSSION_REST: &str = query!("discussion_rest", "discussion_part", "comment_part", "who_part");
pub(super) const REPLIES_REST: &str = query!("replies_rest", "comment_part", "who_part");
pub(super) const COMMIT_COMMENTS: &str = query!("commit_comments", "who_part");
pub(super) const STARS: &str = query!("stars", "who_part");
pub(super) const FORKS: &str = query!("forks");

/// Every query, for whoever checks them.
pub(super) const ALL: [&str; 13] = [
    OWNER,
    HEAD,
    MONTHS,
    ISSUES,
    ISSUE_REST,
    PULL_REQUESTS,
    PULL_REQUEST_REST,
    DISCUSSIONS,
    DISCUSSION_REST,
    REPLIES_REST,
    COMMIT_COMMENTS,
    STARS,
    FORKS,
];
