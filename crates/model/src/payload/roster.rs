//! Rosters.

use serde::{Deserialize, Serialize};

/// `maintainer.listed`; the actor is null, the subject `roster:<repository>/<path>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaintainerListed {
    /// Whose listing: `github:<login>`, `email:`, `name:` or `team:`.
    pub account: String,
    /// The name as written; the login where there is no name.
    pub name: String,
    /// The role: the heading or the key it stands under (`maintainer`, `reviewers`, `approvers`), lower case.
    pub role: String,
    /// The organisation as written, where the file states one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// Whether this listing counts as a maintainer: false for reviewers, members and teams.
    pub maintainer: bool,
    /// The repository whose roster it is: `acme/community`.
    pub repository: String,
    /// The file in that repository.
    pub path: String,
}

/// `maintainer.unlisted`: the listing of the same account, role, repository and path ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaintainerUnlisted {
    /// Whose listing.
    pub account: String,
    /// The role it had.
    pub role: String,
    /// Where the listing went, when the file says so: `emeritus`, `moved`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The repository whose roster it is.
    pub repository: String,
    /// The file in that repository.
    pub path: String,
}

/// `adopter.listed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdopterListed {
    /// The adopter as written.
    pub name: String,
    /// The repository whose roster it is.
    pub repository: String,
    /// The file in that repository.
    pub path: String,
}

/// `adopter.unlisted`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdopterUnlisted {
    /// The adopter as written.
    pub name: String,
    /// The repository whose roster it is.
    pub repository: String,
    /// The file in that repository.
    pub path: String,
}
