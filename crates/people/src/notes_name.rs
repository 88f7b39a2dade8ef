//! Names and initials in notes: whom of the same community's people they mean, when they fit exactly one.

use std::collections::{BTreeMap, BTreeSet};

use crate::Evidence;
use crate::accounts::{Accounts, Kind};
use crate::join::{Edge, Joiner};
use crate::statement::Standing;
use crate::strength::Strength;
use crate::text::fold;

/// A name that fits several people, or initials that fit nobody.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Unresolved {
    pub account: u32,
    /// Accounts of those it fits.
    pub fits: Vec<u32>,
}

/// How somebody is written in notes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Written {
    given: String,
    /// Family names, or their initials.
    family: Vec<String>,
}

impl Written {
    fn of(name: &str) -> Self {
        let (name, tail) = split_handle(name);
        let folded = fold(name);
        let mut words = folded.split(' ').map(str::to_owned);
        let given = words.next().unwrap_or_default();
        let family = words.chain(tail.chars().map(|letter| fold(&letter.to_string()))).collect();
        Self { given, family }
    }

    fn key(&self) -> (&str, &[String]) {
        (&self.given, &self.family)
    }

    /// `Mira T.`, `MiraT`.
    fn is_handle(&self) -> bool {
        !self.family.is_empty() && self.family.iter().all(|word| word.chars().count() == 1)
    }

    /// `Mira Tal`.
    fn is_whole(&self) -> bool {
        !self.family.is_empty() && !self.is_handle()
    }

    /// Whether the family initials of a handle are those of a whole name: of all its family names, or of the last.
    fn fits(&self, whole: &Self) -> bool {
        let initials: Vec<char> = whole.family.iter().filter_map(|word| word.chars().next()).collect();
        let own: Vec<char> = self.family.iter().filter_map(|word| word.chars().next()).collect();
        own == initials || (own.len() == 1 && own.last() == initials.last())
    }

    fn initials(&self) -> String {
        std::iter::once(&self.given).chain(&self.family).filter_map(|word| word.chars().next()).collect()
    }
}

/// `MiraT` is `Mira` and `T`; anything else is itself and nothing.
fn split_handle(name: &str) -> (&str, &str) {
    let name = name.trim();
    let given = name.trim_end_matches(char::is_uppercase);
    let tail = &name[given.len()..];
    let is_handle = (1..=2).contains(&tail.chars().count())
        && given.chars().count() >= 2
        && given.chars().all(char::is_alphabetic)
        && given.ends_with(char::is_lowercase);
    if is_handle { (given, tail) } else { (name, "") }
}

/// Somebody seen in a community's notes, under one of their names.
type Seen = (Written, u32);

/// Joins names and initials to the people they mean; returns those that fit two or nobody.
pub(crate) fn join<'a>(
    joiner: &mut Joiner<'a>,
    evidence: &Evidence,
    accounts: &Accounts<'_>,
    links: &[Standing<'a>],
) -> (Vec<Edge>, Vec<Unresolved>) {
    let mut names = Names { joiner, edges: Vec::new(), unresolved: BTreeMap::new() };
    let communities = seen(evidence, accounts, links);
    for step in [equal, handles, bare] {
        let mut found = Vec::new();
        for seen in communities.values() {
            step(&mut names, accounts, seen, &mut found);
        }
        names.take(found);
    }
    let found = initials(&mut names, evidence, accounts, &communities);
    names.take(found);
    let unresolved = names.unresolved.into_iter().map(|(account, fits)| Unresolved { account, fits }).collect();
    (names.edges, unresolved)
}

struct Names<'j, 'a> {
    joiner: &'j mut Joiner<'a>,
    edges: Vec<Edge>,
    unresolved: BTreeMap<u32, Vec<u32>>,
}

impl Names<'_, '_> {
    fn take(&mut self, mut found: Vec<(u32, u32)>) {
        found.sort_unstable();
        found.dedup();
        let strength = Strength::Name;
        let edges: Vec<Edge> = found.into_iter().map(|(a, b)| Edge::plain(a, b, strength)).collect();
        self.joiner.join(strength, &edges);
        self.edges.extend(edges);
    }

    /// Joins a name to the one person among some candidates, or notes that there are several.
    fn decide(&mut self, account: u32, candidates: &BTreeSet<u32>, found: &mut Vec<(u32, u32)>) -> bool {
        let own = self.joiner.find(account);
        let mut people: BTreeMap<u32, u32> = BTreeMap::new();
        for candidate in candidates {
            let root = self.joiner.find(*candidate);
            if root == own {
                return true;
            }
            if !self.joiner.are_apart(own, root) {
                people.entry(root).or_insert(*candidate);
            }
        }
        let mut fits: Vec<u32> = people.into_values().collect();
        fits.sort_unstable();
        match fits.as_slice() {
            [] => return false,
            [only] => found.push((account, *only)),
            _ => drop(self.unresolved.insert(account, fits)),
        }
        true
    }

    fn is_open(&mut self, account: u32) -> bool {
        self.joiner.is_called(account) && !self.unresolved.contains_key(&account)
    }
}

/// By community: everybody in its notes, under each name.
fn seen<'a>(
    evidence: &'a Evidence,
    accounts: &Accounts<'a>,
    links: &[Standing<'a>],
) -> BTreeMap<&'a str, BTreeSet<Seen>> {
    let mut communities: BTreeMap<&'a str, BTreeSet<Seen>> = BTreeMap::new();
    for id in accounts.ids() {
        if let Some((community, name)) = accounts.called(id) {
            communities.entry(community).or_default().insert((Written::of(name), id));
        }
    }
    for link in links {
        for (name, other) in [(link.a, link.b), (link.b, link.a)] {
            if let (Some((community, _)), Some(login)) = (accounts.called(name), login(accounts, other)) {
                communities.entry(community).or_default().insert((Written::of(login), other));
            }
        }
    }
    let mut attending: BTreeMap<u32, BTreeSet<&'a str>> = BTreeMap::new();
    for attendance in &evidence.attendances {
        let Some(id) = accounts.id(&attendance.account).filter(|id| is_somebody(accounts, *id)) else { continue };
        let community = community(&attendance.meeting);
        let people = communities.entry(community).or_default();
        people.insert((Written::of(&attendance.name), id));
        people.extend(login(accounts, id).map(|login| (Written::of(login), id)));
        attending.entry(id).or_default().insert(community);
    }
    for (sighting, id, _) in accounts.sighted(evidence) {
        let (Some(name), Some(attended)) = (&sighting.name, attending.get(&id)) else { continue };
        for community in attended {
            communities.entry(community).or_default().insert((Written::of(name), id));
        }
    }
    communities
}

fn community(meeting: &str) -> &str {
    meeting.split_once('/').map_or(meeting, |(community, _)| community)
}

fn login<'a>(accounts: &Accounts<'a>, id: u32) -> Option<&'a str> {
    accounts.text(id).strip_prefix("github:")
}

/// Whether an account is more than a name.
fn is_somebody(accounts: &Accounts<'_>, id: u32) -> bool {
    !matches!(accounts.kind(id), Kind::Name | Kind::Initials | Kind::Team)
}

/// The same name in one community is the same person.
fn equal(names: &mut Names<'_, '_>, accounts: &Accounts<'_>, seen: &BTreeSet<Seen>, found: &mut Vec<(u32, u32)>) {
    let seen: Vec<&Seen> = seen.iter().filter(|(written, _)| !written.given.is_empty()).collect();
    for same in seen.chunk_by(|x, y| x.0.key() == y.0.key()) {
        let (open, others): (Vec<u32>, Vec<u32>) =
            same.iter().map(|(_, id)| *id).partition(|id| accounts.kind(*id) == Kind::Name && names.is_open(*id));
        let others: BTreeSet<u32> = others.into_iter().collect();
        for name in &open {
            found.push((open[0], *name));
            names.decide(*name, &others, found);
        }
    }
    found.retain(|(a, b)| a != b);
}

/// `MiraT` and `Mira T.` mean the one Mira whose family name begins with T; without one, the one `Miranda T…`.
fn handles(names: &mut Names<'_, '_>, accounts: &Accounts<'_>, seen: &BTreeSet<Seen>, found: &mut Vec<(u32, u32)>) {
    let mut whole: BTreeMap<&str, Vec<&Seen>> = BTreeMap::new();
    for one in seen.iter().filter(|(written, _)| written.is_whole()) {
        whole.entry(&one.0.given).or_default().push(one);
    }
    for (written, id) in seen.iter().filter(|(written, _)| written.is_handle()) {
        if accounts.kind(*id) != Kind::Name || !names.is_open(*id) {
            continue;
        }
        let fitting = |people: &[&Seen]| -> BTreeSet<u32> {
            people.iter().filter(|(other, _)| written.fits(other)).map(|(_, id)| *id).collect()
        };
        let exact = whole.get(written.given.as_str()).map(|people| fitting(people)).unwrap_or_default();
        if names.decide(*id, &exact, found) || written.given.chars().count() < 4 {
            continue;
        }
        let longer = whole
            .range(written.given.as_str()..)
            .take_while(|(given, _)| given.starts_with(written.given.as_str()))
            .flat_map(|(_, people)| fitting(people))
            .collect();
        names.decide(*id, &longer, found);
    }
}

/// A bare given name means the one person who has it.
fn bare(names: &mut Names<'_, '_>, accounts: &Accounts<'_>, seen: &BTreeSet<Seen>, found: &mut Vec<(u32, u32)>) {
    let mut bearers: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
    for (written, id) in seen.iter().filter(|(written, _)| !written.family.is_empty()) {
        bearers.entry(&written.given).or_default().insert(*id);
    }
    for (written, id) in seen.iter().filter(|(written, _)| written.family.is_empty()) {
        if accounts.kind(*id) == Kind::Name
            && names.is_open(*id)
            && let Some(bearers) = bearers.get(written.given.as_str())
        {
            names.decide(*id, bearers, found);
        }
    }
}

/// Initials mean the one at that very meeting whose name begins so.
fn initials(
    names: &mut Names<'_, '_>,
    evidence: &Evidence,
    accounts: &Accounts<'_>,
    communities: &BTreeMap<&str, BTreeSet<Seen>>,
) -> Vec<(u32, u32)> {
    let mut present: BTreeMap<&str, BTreeSet<(&str, u32)>> = BTreeMap::new();
    for attendance in &evidence.attendances {
        let Some(id) = accounts.id(&attendance.account) else { continue };
        if !matches!(accounts.kind(id), Kind::Initials | Kind::Team) {
            present.entry(&attendance.meeting).or_default().insert((&attendance.name, id));
        }
    }
    let mut found = Vec::new();
    for id in accounts.ids().filter(|id| accounts.kind(*id) == Kind::Initials) {
        let Some((meeting, text)) = accounts.text(id).strip_prefix("initials:").and_then(|rest| rest.rsplit_once('/'))
        else {
            continue;
        };
        if !names.is_open(id) {
            continue;
        }
        let known = Known { present: present.get(meeting), community: communities.get(community(meeting)) };
        let candidates = known.whom(text, names.joiner);
        if !names.decide(id, &candidates, &mut found) {
            names.unresolved.insert(id, Vec::new());
        }
    }
    found
}

struct Known<'a> {
    present: Option<&'a BTreeSet<(&'a str, u32)>>,
    community: Option<&'a BTreeSet<Seen>>,
}

impl Known<'_> {
    /// Whom initials, a given name or a whole name can mean: the closest kind of agreement that anybody has.
    fn whom(&self, text: &str, joiner: &mut Joiner<'_>) -> BTreeSet<u32> {
        let Some(present) = self.present else { return BTreeSet::new() };
        let as_name = Written::of(text);
        let letters = fold(text).replace(' ', "");
        let written: Vec<Seen> = present.iter().map(|(name, id)| (Written::of(name), *id)).collect();
        let of = |seen: &[Seen], agree: &dyn Fn(&Written) -> bool| -> BTreeSet<u32> {
            seen.iter().filter(|(name, _)| agree(name)).map(|(_, id)| *id).collect()
        };
        let closest = [
            of(&written, &|name| name.key() == as_name.key()),
            of(&written, &|name| name.given == letters),
            of(&written, &|name| name.initials() == letters),
        ];
        if let Some(whom) = closest.into_iter().find(|whom| !whom.is_empty()) {
            return whom;
        }
        // The list says "Mira", the text "MT": what else Mira is called in this community decides.
        let here: BTreeMap<u32, u32> = written.iter().map(|(_, id)| (joiner.find(*id), *id)).collect();
        let elsewhere: Vec<Seen> = self
            .community
            .into_iter()
            .flatten()
            .filter_map(|(name, id)| here.get(&joiner.find(*id)).map(|here| (name.clone(), *here)))
            .collect();
        of(&elsewhere, &|name| name.initials() == letters)
    }
}
