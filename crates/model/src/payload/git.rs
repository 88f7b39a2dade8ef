//! Git.

use serde::{Deserialize, Serialize};

/// A person as a commit names one: account and the name beside the address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// `email:<address>`.
    pub account: String,
    /// The name as written.
    pub name: String,
}

/// One trailer of a commit message that names a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trailer {
    /// `signed-off-by`, `co-authored-by`, `reviewed-by`, `acked-by`, `tested-by`, `reported-by`: lower case.
    pub key: String,
    /// `email:<address>`, or `name:` when there is no address.
    pub account: String,
    /// The name as written.
    pub name: String,
}

/// `commit.authored`; the event's time is the author date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitAuthored {
    /// The commit's id.
    pub sha: String,
    /// Who wrote it (also the event's actor).
    pub author: Signature,
    /// Who committed it.
    pub committer: Signature,
    /// When it was committed, RFC 3339, UTC.
    pub committed: String,
    /// How many parents: two or more is a merge.
    pub parents: u32,
    /// The first line of the message.
    pub summary: String,
    /// The people in the trailers, in their order, repeated ones once.
    pub trailers: Vec<Trailer>,
}

/// `tag.created`; the event's time is the tagger's, or the commit's for a lightweight tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagCreated {
    /// The tag without `refs/tags/`.
    pub name: String,
    /// The commit it points to.
    pub sha: String,
}
