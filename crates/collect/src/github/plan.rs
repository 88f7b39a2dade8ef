//! Which repositories: those that are named, and those of an owner that a pattern takes.

use super::answer::{Loose, Owner};
use super::client::{Client, Failure};
use super::{Config, query};
use crate::files;
use muster_model::CollectError;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What an entry of the pipeline file means.
#[derive(Debug, PartialEq, Eq)]
enum Entry<'a> {
    /// One repository, fork or not: it is asked for by name.
    One,
    /// All of an owner's.
    Owner(&'a str),
    /// Those of an owner's that match.
    Matching(&'a str),
}

/// Checks the entries before anything is asked.
pub(super) fn check(config: &Config) -> Result<(), CollectError> {
    if config.repositories.is_empty() {
        return Err(CollectError::new(
            format!("source {}: no repositories", config.name),
            "write repositories = [\"acme\"] for all of an owner's, or [\"acme/lantern\"]",
        ));
    }
    config.repositories.iter().try_for_each(|entry| entry_of(entry).map(|_| ()))
}

fn entry_of(text: &str) -> Result<Entry<'_>, CollectError> {
    let is_pattern = |part: &str| part.contains(['*', '?', '[', '{']);
    let wrong = |why: &str| {
        CollectError::new(
            format!("{text:?} names no repositories: {why}"),
            "write acme for all of an owner's, acme/lantern, or acme/*-go",
        )
    };
    match text.split('/').collect::<Vec<_>>().as_slice() {
        [owner] | [owner, _] if owner.is_empty() || is_pattern(owner) => Err(wrong("the owner is to be written out")),
        [owner] => Ok(Entry::Owner(owner)),
        [_, ""] => Err(wrong("nothing behind the slash")),
        [owner, name] if is_pattern(name) => Ok(Entry::Matching(owner)),
        [_, _] => Ok(Entry::One),
        _ => Err(wrong("more than one slash")),
    }
}

/// The repositories by `owner/name`, each once.
pub(super) async fn repositories(client: &Client, config: &Config) -> Result<Vec<String>, Failure> {
    let mut names: Vec<String> = Vec::new();
    for text in &config.repositories {
        match entry_of(text).map_err(Failure::Fatal)? {
            Entry::One => names.push(text.clone()),
            Entry::Owner(owner) => names.extend(listed(client, config, owner, text, &format!("{owner}/*")).await?),
            Entry::Matching(owner) => names.extend(listed(client, config, owner, text, text).await?),
        }
    }
    let mut seen = BTreeSet::new();
    names.retain(|name| seen.insert(name.to_lowercase()));
    Ok(names)
}

/// An owner's repositories that match. None is an error: a pattern that is mistyped would pass for an empty result.
async fn listed(
    client: &Client,
    config: &Config,
    owner: &str,
    entry: &str,
    pattern: &str,
) -> Result<Vec<String>, Failure> {
    let patterns = files::patterns(&[pattern.to_owned()]).map_err(Failure::Fatal)?;
    let (mut names, mut all, mut after) = (Vec::new(), 0, None::<String>);
    loop {
        let forks = if config.forks { Value::Null } else { Value::Bool(false) };
        let variables = json!({ "login": owner, "first": 100, "after": after, "isFork": forks });
        let answer = match client.graphql::<Owner>(query::OWNER, variables).await {
            Err(Failure::Refused { status, message }) => {
                return Err(Failure::Fatal(no_owner(owner, &format!("{status} {message}"))));
            }
            answer => answer?,
        };
        let Some(found) = answer.data.repository_owner else {
            return Err(Failure::Fatal(no_owner(owner, answer.left_out.first().map_or("not found", String::as_str))));
        };
        let page = found.repositories;
        after = page.page_info.next();
        for node in page.nodes {
            let Loose::Good(named) = node else { continue };
            all += 1;
            if patterns.as_ref().is_none_or(|patterns| patterns.is_match(&named.name_with_owner)) {
                names.push(named.name_with_owner);
            }
        }
        if after.is_none() {
            break;
        }
    }
    if names.is_empty() {
        let forks = if config.forks { "" } else { " (forks apart)" };
        return Err(Failure::Fatal(CollectError::new(
            format!("no repository matches {entry:?}: {owner} has {all} that this token may see{forks}"),
            "check the spelling; a token of somebody who may see them is needed for private ones, and forks = true for forks",
        )));
    }
    Ok(names)
}

fn no_owner(owner: &str, reason: &str) -> CollectError {
    CollectError::new(
        format!("GitHub has no user or organisation {owner:?} for this token: {reason}"),
        "check the spelling of `repositories` in the pipeline file",
    )
}

#[cfg(test)]
mod tests {
    use super::{Entry, entry_of};

    #[test]
    fn an_entry_is_an_owner_a_repository_or_a_pattern() {
        assert_eq!(entry_of("acme").unwrap(), Entry::Owner("acme"));
        assert_eq!(entry_of("acme/lantern").unwrap(), Entry::One);
        assert_eq!(entry_of("acme/*-go").unwrap(), Entry::Matching("acme"));
        for wrong in ["", "*", "*/lantern", "acme/", "a/b/c", "/b"] {
            assert!(entry_of(wrong).is_err(), "{wrong}");
        }
    }
}
