//! Who may be one person: for somebody to look at. Nothing is joined by what is found here.
//!
//! People are compared only where an index brings them together (a name, the letters it begins with, a login, the local
//! part of an address), so that many people take little longer than few.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::accounts::Accounts;
use crate::interval::Interval;
use crate::statement::standing;
use crate::text::{are_variants, fold, is_proper_name};
use crate::{Affiliation, Evidence, Resolution, Suggestion};

/// More than this many people under one key say that the key is common, not that they are one.
const COMMON: usize = 30;

/// Local parts of addresses that are a task and nobody's name.
const GENERIC: &[&str] = &[
    "abuse",
    "admin",
    "administrator",
    "bot",
    "build",
    "ci",
    "code",
    "contact",
    "dev",
    "developer",
    "devnull",
    "devops",
    "email",
    "git",
    "github",
    "hello",
    "help",
    "hi",
    "hostmaster",
    "info",
    "mail",
    "maintainers",
    "me",
    "mail",
    "nobody",
    "noreply",
    "no-reply",
    "office",
    "oss",
    "opensource",
    "postmaster",
    "public",
    "release",
    "root",
    "security",
    "support",
    "team",
    "test",
    "user",
    "webmaster",
    "work",
];

/// How much one agreement says, or speaks against.
mod weight {
    pub const SAME_NAME: f64 = 0.6;
    pub const SWAPPED_NAME: f64 = 0.55;
    pub const SIMILAR_NAME: f64 = 0.35;
    pub const SAME_LOCAL_PART: f64 = 0.3;
    pub const LOGIN_IS_LOCAL_PART: f64 = 0.35;
    pub const TWO_NUMBERS: f64 = 0.3;
    pub const BOTH_MAINTAINERS: f64 = 0.2;
    pub const TWO_ORGANISATIONS: f64 = 0.15;
    pub const SAME_MEETING: f64 = 0.6;
}

/// Pairs of people who may be one, the likeliest first. A pair that a source keeps apart is none.
pub fn suggest(evidence: &Evidence, resolution: &Resolution) -> Vec<Suggestion> {
    let traits = Traits::of(evidence, resolution);
    let apart = apart(evidence, &traits);
    let mut found: BTreeMap<(u32, u32), BTreeSet<For>> = BTreeMap::new();
    by_name(&traits, &mut found);
    by_similar_name(&traits, &mut found);
    by_address(&traits, &mut found);
    found.retain(|pair, _| !apart.contains(pair));
    let mut suggestions: Vec<Suggestion> =
        found.iter().map(|((one, other), reasons)| suggestion(*one, *other, reasons, &traits, resolution)).collect();
    suggestions
        .sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| (&a.person, &a.other).cmp(&(&b.person, &b.other))));
    suggestions
}

/// What speaks for two being one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum For {
    SameName(String),
    SwappedName(String),
    SimilarName(String, String),
    SameLocalPart(String),
    LoginIsLocalPart(String),
}

impl For {
    fn weight(&self) -> f64 {
        match self {
            Self::SameName(_) => weight::SAME_NAME,
            Self::SwappedName(_) => weight::SWAPPED_NAME,
            Self::SimilarName(..) => weight::SIMILAR_NAME,
            Self::SameLocalPart(_) => weight::SAME_LOCAL_PART,
            Self::LoginIsLocalPart(_) => weight::LOGIN_IS_LOCAL_PART,
        }
    }

    fn sentence(&self) -> String {
        match self {
            Self::SameName(name) => format!("the same name, {name}"),
            Self::SwappedName(name) => format!("the same name, {name}, in another order"),
            Self::SimilarName(one, other) => format!("similar names, {one} and {other}"),
            Self::SameLocalPart(part) => format!("addresses that begin with {part}"),
            Self::LoginIsLocalPart(part) => format!("the login of one, {part}, begins an address of the other"),
        }
    }
}

/// What is known of each person, by their number in [`Resolution::people`].
struct Traits<'a> {
    by_account: HashMap<&'a str, u32>,
    /// Folded proper names.
    names: Vec<BTreeSet<String>>,
    local_parts: Vec<BTreeSet<String>>,
    logins: Vec<BTreeSet<&'a str>>,
    numbers: Vec<BTreeSet<&'a str>>,
    meetings: Vec<BTreeSet<&'a str>>,
    maintainers: HashSet<u32>,
    affiliations: HashMap<&'a str, Vec<&'a Affiliation>>,
}

impl<'a> Traits<'a> {
    fn of(evidence: &'a Evidence, resolution: &'a Resolution) -> Self {
        let number: HashMap<&str, u32> =
            resolution.people.iter().zip(0u32..).map(|(person, number)| (person.person.as_str(), number)).collect();
        let people = resolution.people.len();
        let mut traits = Self {
            by_account: HashMap::with_capacity(resolution.accounts.len()),
            names: vec![BTreeSet::new(); people],
            local_parts: vec![BTreeSet::new(); people],
            logins: vec![BTreeSet::new(); people],
            numbers: vec![BTreeSet::new(); people],
            meetings: vec![BTreeSet::new(); people],
            maintainers: HashSet::new(),
            affiliations: HashMap::new(),
        };
        for account in resolution.accounts.iter().filter(|account| !account.is_bot) {
            let Some(person) = number.get(account.person.as_str()) else { continue };
            traits.by_account.insert(&account.account, *person);
            traits.take_account(*person, &account.account);
            traits.take_name(*person, account.name.as_deref());
        }
        for (person, row) in (0u32..).zip(&resolution.people).filter(|(_, row)| !row.is_bot) {
            traits.take_name(person, Some(&row.name));
        }
        for sighting in &evidence.sightings {
            if let Some(person) = traits.by_account.get(sighting.account.as_str()).copied() {
                traits.take_name(person, sighting.name.as_deref());
            }
        }
        for attendance in &evidence.attendances {
            if let Some(person) = traits.by_account.get(attendance.account.as_str()).copied() {
                traits.meetings[person as usize].insert(&attendance.meeting);
            }
        }
        traits.maintainers =
            evidence.maintainers.iter().filter_map(|one| traits.by_account.get(one.as_str()).copied()).collect();
        for row in &resolution.affiliations {
            traits.affiliations.entry(&row.person).or_default().push(row);
        }
        traits
    }

    fn take_account(&mut self, person: u32, account: &'a str) {
        let person = person as usize;
        match account.split_once(':') {
            Some(("github", login)) => drop(self.logins[person].insert(login)),
            Some(("github-id", number)) => drop(self.numbers[person].insert(number)),
            Some(("email", address)) => {
                let local = address.split_once('@').map_or("", |(local, _)| local);
                let bare = local.split_once('+').map_or(local, |(bare, _)| bare);
                let is_noreply = address.ends_with("noreply.github.com");
                if !is_noreply && bare.chars().count() > 2 && !GENERIC.contains(&bare) {
                    self.local_parts[person].insert(bare.to_owned());
                }
            }
            _ => {}
        }
    }

    fn take_name(&mut self, person: u32, name: Option<&str>) {
        if let Some(name) = name.filter(|name| is_proper_name(name)) {
            self.names[person as usize].insert(fold(name));
        }
    }

    fn similar_names(&self, one: u32, other: u32) -> bool {
        let names = |person: u32| self.names[person as usize].iter();
        names(one).any(|name| names(other).any(|second| are_variants(name, second)))
    }
}

/// People whom a source keeps apart.
fn apart(evidence: &Evidence, traits: &Traits<'_>) -> HashSet<(u32, u32)> {
    if !evidence.links.iter().any(|link| link.apart) {
        return HashSet::new();
    }
    let accounts = Accounts::of(evidence, &[]);
    let person = |id: u32| traits.by_account.get(accounts.text(id)).copied();
    let (_, aparts) = standing(evidence, &accounts);
    aparts.iter().filter_map(|apart| Some(ordered(person(apart.a)?, person(apart.b)?))).collect()
}

fn ordered(one: u32, other: u32) -> (u32, u32) {
    (one.min(other), one.max(other))
}

/// Calls for each pair of people who share a key, unless so many do that it means nothing.
fn pairs<K: Ord, T: Copy>(index: &BTreeMap<K, BTreeMap<u32, T>>, mut each: impl FnMut(&K, (u32, T), (u32, T))) {
    for (key, people) in index.iter().filter(|(_, people)| (2..=COMMON).contains(&people.len())) {
        for (one, of_one) in people {
            for (other, of_other) in people.range(one + 1..) {
                each(key, (*one, *of_one), (*other, *of_other));
            }
        }
    }
}

fn by_name(traits: &Traits<'_>, found: &mut BTreeMap<(u32, u32), BTreeSet<For>>) {
    let mut index: BTreeMap<String, BTreeMap<u32, &str>> = BTreeMap::new();
    for (person, names) in (0u32..).zip(&traits.names) {
        for name in names {
            index.entry(sorted_words(name)).or_default().entry(person).or_insert(name);
        }
    }
    pairs(&index, |_, (one, name), (other, second)| {
        let same = name == second || traits.names[other as usize].contains(name);
        let reason = if same { For::SameName(name.to_owned()) } else { For::SwappedName(name.to_owned()) };
        found.entry((one, other)).or_default().insert(reason);
    });
}

fn sorted_words(name: &str) -> String {
    let mut words: Vec<&str> = name.split(' ').collect();
    words.sort_unstable();
    words.join(" ")
}

fn by_similar_name(traits: &Traits<'_>, found: &mut BTreeMap<(u32, u32), BTreeSet<For>>) {
    let mut index: BTreeMap<(String, char), BTreeMap<u32, &str>> = BTreeMap::new();
    for (person, names) in (0u32..).zip(&traits.names) {
        for name in names {
            // The first letters of the family name and the first of the given name: a slip is seldom there.
            let (Some((given, family)), Some(first)) = (name.rsplit_once(' '), name.chars().next()) else { continue };
            if !given.is_empty() {
                let key = (family.chars().take(3).collect(), first);
                index.entry(key).or_default().entry(person).or_insert(name);
            }
        }
    }
    pairs(&index, |_, (one, name), (other, second)| {
        if name != second && are_variants(name, second) && sorted_words(name) != sorted_words(second) {
            let reason = For::SimilarName(name.to_owned(), second.to_owned());
            found.entry((one, other)).or_default().insert(reason);
        }
    });
}

fn by_address(traits: &Traits<'_>, found: &mut BTreeMap<(u32, u32), BTreeSet<For>>) {
    /// Whether a person has a login, an address, of this key.
    type Has = (bool, bool);
    let mut index: BTreeMap<&str, BTreeMap<u32, Has>> = BTreeMap::new();
    for (person, (logins, parts)) in (0u32..).zip(traits.logins.iter().zip(&traits.local_parts)) {
        for login in logins {
            index.entry(login).or_default().entry(person).or_default().0 = true;
        }
        for part in parts {
            index.entry(part).or_default().entry(person).or_default().1 = true;
        }
    }
    pairs(&index, |key, (one, has), (other, also)| {
        if (has.0 && also.1) || (has.1 && also.0) {
            found.entry((one, other)).or_default().insert(For::LoginIsLocalPart((*key).to_owned()));
        } else if traits.similar_names(one, other) {
            found.entry((one, other)).or_default().insert(For::SameLocalPart((*key).to_owned()));
        }
    });
}

fn suggestion(
    one: u32,
    other: u32,
    reasons: &BTreeSet<For>,
    traits: &Traits<'_>,
    resolution: &Resolution,
) -> Suggestion {
    let (person, second) = (&resolution.people[one as usize].person, &resolution.people[other as usize].person);
    let (mut reasons_against, mut against) = (Vec::new(), 0.0);
    let mut object = |holds: bool, weight: f64, sentence: &str| {
        if holds {
            reasons_against.push(sentence.to_owned());
            against += weight;
        }
    };
    let (one_as, other_as) = (one as usize, other as usize);
    let numbers = (&traits.numbers[one_as], &traits.numbers[other_as]);
    let two_numbers = !numbers.0.is_empty() && !numbers.1.is_empty() && numbers.0.is_disjoint(numbers.1);
    object(two_numbers, weight::TWO_NUMBERS, "different GitHub numbers");
    let both = [one, other].iter().all(|one| traits.maintainers.contains(one));
    object(both, weight::BOTH_MAINTAINERS, "both are listed as maintainers");
    let employers = two_organisations(person, second, traits);
    object(employers.is_some(), weight::TWO_ORGANISATIONS, &employers.unwrap_or_default());
    let met = traits.meetings[one_as].intersection(&traits.meetings[other_as]).next();
    let met_at = met.map(|meeting| format!("both were at {meeting}"));
    object(met_at.is_some(), weight::SAME_MEETING, &met_at.unwrap_or_default());
    // Each reason closes part of what is left to 1, so that several never exceed it.
    let doubt: f64 = reasons.iter().map(|reason| 1.0 - reason.weight()).product();
    Suggestion {
        person: person.clone(),
        other: second.clone(),
        score: (1.0 - doubt - against).clamp(0.0, 1.0),
        reasons_for: reasons.iter().map(For::sentence).collect(),
        reasons_against,
    }
}

/// Two employers at one time, where there are.
fn two_organisations(one: &str, other: &str, traits: &Traits<'_>) -> Option<String> {
    let of = |person: &str| traits.affiliations.get(person).map(Vec::as_slice).unwrap_or_default();
    let differ = |a: &Affiliation, b: &Affiliation| {
        let known = a.organisation.is_some() && b.organisation.is_some();
        let when = |row: &Affiliation| Interval::of(row.from, row.until);
        let meet = when(a).zip(when(b)).is_some_and(|(a, b)| a.from < b.until && b.from < a.until);
        known
            && meet
            && a.organisation != b.organisation
            && (a.organisation_group != b.organisation_group || a.organisation_group.is_none())
    };
    of(one).iter().find_map(|a| {
        let b = of(other).iter().find(|b| differ(a, b))?;
        let name = |row: &Affiliation| row.organisation.clone().unwrap_or_default();
        Some(format!("{} and {} at one time", name(a), name(b)))
    })
}
