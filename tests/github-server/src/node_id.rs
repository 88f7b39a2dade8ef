//! Node ids: GitHub's new format packs the repository's number and the object's into the id, and so does this one.

/// The id of an object in a repository.
#[must_use]
pub fn of(prefix: &str, repository: u64, id: u64) -> String {
    format!("{prefix}_kwDO{repository:x}z{id:x}")
}

/// The id of what is in no repository.
#[must_use]
pub fn alone(prefix: &str, id: u64) -> String {
    of(prefix, 0, id)
}

/// Prefix, repository and number of an id that this server gave.
#[must_use]
pub fn parse(id: &str) -> Option<(&str, u64, u64)> {
    let (prefix, packed) = id.split_once("_kwDO")?;
    let (repository, id) = packed.split_once('z')?;
    Some((prefix, u64::from_str_radix(repository, 16).ok()?, u64::from_str_radix(id, 16).ok()?))
}

/// The prefix of an account's id.
#[must_use]
pub fn account_prefix(kind: crate::AccountKind) -> &'static str {
    match kind {
        crate::AccountKind::User => "U",
        crate::AccountKind::Bot => "BOT",
        crate::AccountKind::Organization => "O",
        crate::AccountKind::Mannequin => "M",
        crate::AccountKind::EnterpriseUserAccount => "EUA",
    }
}
