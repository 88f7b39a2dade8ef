//! People and organisations.

use super::{is_false, is_zero};
use serde::{Deserialize, Serialize};

/// `affiliation.declared`; the event's time is when it was said, or `from` where a source states intervals and no day of its
/// own (1970-01-01 without `from`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AffiliationDeclared {
    /// Whose affiliation.
    pub account: String,
    /// The organisation as written.
    pub organisation: String,
    /// Projects named beside it, as written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub projects: Vec<String>,
    /// Who says so: `people`, `roster`, `notes`, `sortinghat`, `gitdm`, `email-map`, `profile`.
    pub said_by: String,
    /// First day it holds, `2015-10-01`, where the source states intervals; without it: ever since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// First day it no longer holds; without it: still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// How often this source has stated and withdrawn this before.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub revision: u32,
    /// The source no longer says so.
    #[serde(default, skip_serializing_if = "is_false")]
    pub withdrawn: bool,
}

/// `account.linked`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountLinked {
    /// One account.
    pub account: String,
    /// The account that stands for both.
    pub canonical: String,
    /// Why: `people`, `mailmap`, `gitdm`, `sortinghat`, `roster`, `profile-link`, `chat-profile`.
    pub evidence: String,
    /// The proper name, where the source gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How often this source has stated and withdrawn this before.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub revision: u32,
    /// The source no longer says so.
    #[serde(default, skip_serializing_if = "is_false")]
    pub withdrawn: bool,
}

/// `account.unlinked`: the two are two people, whatever weaker evidence says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountUnlinked {
    /// One account.
    pub account: String,
    /// The other.
    pub other: String,
    /// Who says so, as in [`AccountLinked::evidence`].
    pub evidence: String,
    /// How often this source has stated and withdrawn this before.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub revision: u32,
    /// The source no longer says so.
    #[serde(default, skip_serializing_if = "is_false")]
    pub withdrawn: bool,
}

/// `person.forgotten`: names and addresses of this person are replaced wherever they stand. It holds hashes only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonForgotten {
    /// What stands in their place: `forgotten:<number>`.
    pub pseudonym: String,
    /// SHA-256, hexadecimal, of each account and each name of the person, as [`crate::account`] writes them, lower case.
    pub hashes: Vec<String>,
}

/// `organization.aliased`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationAliased {
    /// A spelling, or a regular expression that a whole spelling must match.
    pub alias: String,
    /// The organisation that it means.
    pub organisation: String,
    /// Whether `alias` is a regular expression.
    #[serde(default, skip_serializing_if = "is_false")]
    pub pattern: bool,
    /// Who says so: `people`, `gitdm`.
    pub said_by: String,
    /// How often this source has stated and withdrawn this before.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub revision: u32,
    /// The source no longer says so.
    #[serde(default, skip_serializing_if = "is_false")]
    pub withdrawn: bool,
}

/// `organization.related`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationRelated {
    /// The organisation that belongs to another.
    pub organisation: String,
    /// The one it belongs to.
    pub parent: String,
    /// First day, `2019-07-09`; without it: ever since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// First day it no longer holds; without it: still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Who says so: `people`, `gitdm`.
    pub said_by: String,
    /// How often this source has stated and withdrawn this before.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub revision: u32,
    /// The source no longer says so.
    #[serde(default, skip_serializing_if = "is_false")]
    pub withdrawn: bool,
}

/// `domain.assigned`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainAssigned {
    /// The domain; addresses in its subdomains count too.
    pub domain: String,
    /// Whose people have addresses in it.
    pub organisation: String,
    /// First day, `2019-07-09`; without it: ever since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// First day it no longer holds; without it: still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Who says so: `people`, `gitdm`.
    pub said_by: String,
    /// How often this source has stated and withdrawn this before.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub revision: u32,
    /// The source no longer says so.
    #[serde(default, skip_serializing_if = "is_false")]
    pub withdrawn: bool,
}
