//! What the sources say now, of all that they ever said.

use std::collections::HashMap;
use std::hash::Hash;

use crate::accounts::Accounts;
use crate::strength::Strength;
use crate::{Evidence, Link};

/// Of the statements with one key those of the highest revision, without the withdrawn; as they come. Where several sources
/// make one statement at one revision, one that still makes it is enough.
pub(crate) fn current<'a, T, K: Eq + Hash>(
    statements: &'a [T],
    key: impl Fn(&'a T) -> K,
    revision: impl Fn(&'a T) -> (u32, bool),
) -> Vec<&'a T> {
    let mut latest: HashMap<K, u32> = HashMap::with_capacity(statements.len());
    for statement in statements {
        let highest = latest.entry(key(statement)).or_default();
        *highest = (*highest).max(revision(statement).0);
    }
    let is_current = |statement: &'a T| {
        let (number, withdrawn) = revision(statement);
        !withdrawn && latest.get(&key(statement)) == Some(&number)
    };
    statements.iter().filter(|statement| is_current(statement)).collect()
}

/// A link or an apart that holds.
#[derive(Clone, Copy)]
pub(crate) struct Standing<'a> {
    pub a: u32,
    pub b: u32,
    pub strength: Strength,
    pub link: &'a Link,
}

/// The links that hold, and the aparts. Where one source says both of a pair, what it said last holds, and `apart` when
/// that cannot be told.
pub(crate) fn standing<'a>(evidence: &'a Evidence, accounts: &Accounts<'_>) -> (Vec<Standing<'a>>, Vec<Standing<'a>>) {
    let mut all: Vec<Standing<'a>> = evidence
        .links
        .iter()
        .filter_map(|link| {
            let (a, b) = (accounts.id(&link.account)?, accounts.id(&link.other)?);
            (a != b).then(|| Standing { a, b, strength: Strength::of(&link.evidence), link })
        })
        .collect();
    let pair = |one: &Standing<'a>| (one.a.min(one.b), one.a.max(one.b), one.link.evidence.as_str());
    all.sort_unstable_by(|x, y| pair(x).cmp(&pair(y)).then_with(|| x.link.cmp(y.link)));
    all.dedup_by(|x, y| x.link == y.link);
    let (mut links, mut aparts) = (Vec::new(), Vec::new());
    for of_pair in all.chunk_by(|x, y| pair(x) == pair(y)) {
        let (link, apart) = (latest(of_pair, false), latest(of_pair, true));
        let revision = |said: &[Standing<'a>]| said.first().map(|first| first.link.revision);
        if !apart.is_empty() && revision(&apart) >= revision(&link) {
            aparts.extend(apart);
        } else {
            links.extend(link);
        }
    }
    (links, aparts)
}

fn latest<'a>(of_pair: &[Standing<'a>], apart: bool) -> Vec<Standing<'a>> {
    let said = of_pair.iter().filter(|one| one.link.apart == apart);
    let highest = said.clone().map(|one| one.link.revision).max();
    said.filter(|one| Some(one.link.revision) == highest && !one.link.withdrawn).copied().collect()
}
