//! What a person should look at, about who is who.

use std::collections::{BTreeMap, BTreeSet};

use crate::accounts::{Accounts, Kind};
use crate::join::{Edge, Refusal};
use crate::notes_name::Unresolved;
use crate::person::People;
use crate::resolve::Joined;
use crate::statement::Standing;
use crate::strength::Strength;
use crate::text::{are_variants, fold, is_proper_name};
use crate::{Conflict, Evidence};

fn conflict(kind: &str, about: &str, message: String, events: BTreeSet<&str>) -> Conflict {
    Conflict {
        kind: kind.to_owned(),
        about: about.to_owned(),
        from: None,
        until: None,
        message,
        event_ids: events.into_iter().filter(|event| !event.is_empty()).map(str::to_owned).collect(),
    }
}

/// Evidence that joined nothing.
pub(crate) fn refused(
    refusals: &[Refusal<'_>],
    accounts: &Accounts<'_>,
    people: &People<'_>,
    links: &[Standing<'_>],
) -> Vec<Conflict> {
    let about_refusal = |refusal: &Refusal<'_>| {
        let Some(first) = refusal.edges.iter().min() else { return Vec::new() };
        if first.strength == Strength::Number && refusal.aparts.is_empty() {
            return two_numbers(&refusal.edges, accounts);
        }
        let ends: BTreeSet<u32> = refusal.edges.iter().flat_map(|edge| [edge.a, edge.b]).collect();
        let named: BTreeSet<&str> = ends.iter().map(|id| accounts.text(*id)).collect();
        let words: BTreeSet<&str> = refusal.edges.iter().map(|edge| edge.word(links)).collect();
        let events =
            refusal.edges.iter().map(|edge| edge.event_id(links)).chain(refusal.aparts.iter().copied()).collect();
        let words: Vec<&str> = words.into_iter().collect();
        if refusal.is_name {
            let name = ends.iter().find(|id| accounts.kind(**id).is_called()).unwrap_or(&first.a);
            let message =
                format!("one name for two GitHub accounts according to {}: {}", words.join(", "), list(&named));
            return vec![conflict("ambiguous-name", people.id(people.of(*name)), message, events)];
        }
        let message = format!("{} would join {}, which stronger evidence keeps apart", words.join(", "), list(&named));
        vec![conflict("kept-apart", people.id(people.of(first.a.min(first.b))), message, events)]
    };
    refusals.iter().flat_map(about_refusal).collect()
}

/// A login that two GitHub numbers had: it says nothing about either by itself.
fn two_numbers(edges: &[Edge], accounts: &Accounts<'_>) -> Vec<Conflict> {
    let mut numbers: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for edge in edges {
        let (login, number) = (accounts.text(edge.a), accounts.text(edge.b));
        numbers.entry(login).or_default().insert(number);
    }
    let all: Vec<(&str, BTreeSet<&str>)> = numbers.into_iter().collect();
    let message =
        |numbers: &BTreeSet<&str>| format!("the login belonged to several GitHub accounts: {}", list(numbers));
    all.into_iter().map(|(login, numbers)| conflict("two-numbers", login, message(&numbers), BTreeSet::new())).collect()
}

fn list(texts: &BTreeSet<&str>) -> String {
    const SHOWN: usize = 6;
    let mut shown: Vec<String> = texts.iter().take(SHOWN).map(|text| (*text).to_owned()).collect();
    if texts.len() > SHOWN {
        shown.push(format!("and {} more", texts.len() - SHOWN));
    }
    shown.join(", ")
}

/// Names in notes that fit several people.
pub(crate) fn ambiguous(unresolved: &[Unresolved], accounts: &Accounts<'_>, people: &People<'_>) -> Vec<Conflict> {
    let fits_several = unresolved.iter().filter(|one| one.fits.len() > 1);
    let about = |one: &Unresolved| {
        let fits: BTreeSet<&str> = one.fits.iter().map(|id| people.id(people.of(*id))).collect();
        let message = format!("{} fits {}", accounts.text(one.account), list(&fits));
        conflict("ambiguous-name", people.id(people.of(one.account)), message, BTreeSet::new())
    };
    fits_several.map(about).collect()
}

/// Accounts under two proper names that are no variants of each other.
pub(crate) fn two_names(
    evidence: &Evidence,
    accounts: &Accounts<'_>,
    people: &People<'_>,
    links: &[Standing<'_>],
) -> Vec<Conflict> {
    let mut called: Vec<(u32, &str, &str)> = Vec::new();
    for link in links.iter().filter(|link| people.of(link.a) == people.of(link.b)) {
        let event = link.link.event_id.as_str();
        called.extend(link.link.name.as_deref().map(|name| (link.b, name, event)));
        for (one, other) in [(link.a, link.b), (link.b, link.a)] {
            called.extend(accounts.called(one).map(|(_, name)| (other, name, event)));
        }
    }
    let present = |one: &crate::Attendance| accounts.id(&one.account);
    called.extend(evidence.attendances.iter().filter_map(|one| Some((present(one)?, one.name.as_str(), ""))));
    called.extend(accounts.sighted(evidence).filter_map(|(one, own, _)| Some((own, one.name.as_deref()?, ""))));
    called.retain(|(id, name, _)| {
        is_proper_name(name) && !accounts.kind(*id).is_called() && accounts.kind(*id) != Kind::Team
    });
    called.sort_unstable_by_key(|(id, _, _)| *id);
    called.chunk_by(|a, b| a.0 == b.0).filter_map(|names| two_names_of(names, accounts)).collect()
}

fn two_names_of(names: &[(u32, &str, &str)], accounts: &Accounts<'_>) -> Option<Conflict> {
    let first = names.first()?.1;
    if names.iter().all(|(_, name, _)| *name == first) {
        return None; // By far the most: one spelling.
    }
    let mut names = names.to_vec();
    names.sort_unstable();
    let mut folded: BTreeMap<String, &str> = BTreeMap::new();
    for (_, name, _) in &names {
        folded.entry(fold(name)).or_insert(name);
    }
    let keys: Vec<&String> = folded.keys().take(50).collect();
    let differ = keys.iter().any(|one| keys.iter().any(|other| !are_variants(one, other)));
    let spellings: BTreeSet<&str> = folded.values().copied().collect();
    let events = names.iter().map(|(_, _, event)| *event).collect();
    let about = accounts.text(names[0].0);
    differ.then(|| conflict("two-names", about, format!("{about} is called {}", list(&spellings)), events))
}

/// People who are two maintainers.
pub(crate) fn joins_maintainers(
    evidence: &Evidence,
    accounts: &Accounts<'_>,
    people: &People<'_>,
    joined: &Joined<'_>,
    links: &[Standing<'_>],
) -> Vec<Conflict> {
    let mut listed: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    for id in evidence.maintainers.iter().filter_map(|account| accounts.id(account)) {
        if accounts.kind(id) == Kind::Github {
            listed.entry(people.of(id)).or_default().insert(id);
        }
    }
    listed.retain(|_, logins| logins.len() > 1);
    if listed.is_empty() {
        return Vec::new();
    }
    let numbers = numbers_of(evidence, accounts);
    let mut conflicts = Vec::new();
    for (person, logins) in listed {
        // A changed login, or what somebody has joined by hand, is one maintainer.
        let mut distinct: BTreeMap<u64, &str> = BTreeMap::new();
        for id in &logins {
            let same = numbers.get(id).copied().unwrap_or(u64::MAX - u64::from(joined.by_hand[*id as usize]));
            distinct.entry(same).or_insert(accounts.text(*id));
        }
        let by_hand: BTreeSet<u32> = logins.iter().map(|id| joined.by_hand[*id as usize]).collect();
        if distinct.len() < 2 || by_hand.len() < 2 {
            continue;
        }
        let events = joined.edges.iter().filter(|edge| people.of(edge.a) == person && people.of(edge.b) == person);
        let names: BTreeSet<&str> = logins.iter().map(|id| accounts.text(*id)).collect();
        let message = format!("makes one person of the maintainers {}", list(&names));
        conflicts.push(conflict(
            "joins-maintainers",
            people.id(person),
            message,
            events.map(|edge| edge.event_id(links)).collect(),
        ));
    }
    conflicts
}

/// The GitHub number of each login that was seen with one.
fn numbers_of(evidence: &Evidence, accounts: &Accounts<'_>) -> BTreeMap<u32, u64> {
    let mut numbers: BTreeMap<u32, u64> = BTreeMap::new();
    for (sighting, id, _) in accounts.sighted(evidence) {
        if let Some(number) = sighting.actor_id {
            let known = numbers.entry(id).or_insert(number);
            *known = (*known).min(number);
        }
    }
    numbers
}
