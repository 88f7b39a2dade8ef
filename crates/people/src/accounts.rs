//! Every account of the evidence as a number, so that joining compares numbers and not text.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use foldhash::fast::RandomState;
use muster_model::account;

use crate::{Evidence, Sighting};

/// What an account is, by its scheme. In the order in which one stands for a person who has several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Forgotten,
    Github,
    GithubId,
    Email,
    Other,
    Name,
    Initials,
    Team,
}

impl Kind {
    fn of(account: &str) -> Self {
        match account.split_once(':').map_or("", |(scheme, _)| scheme) {
            "forgotten" => Self::Forgotten,
            "github" => Self::Github,
            "github-id" => Self::GithubId,
            "email" => Self::Email,
            "name" => Self::Name,
            "initials" => Self::Initials,
            "team" => Self::Team,
            _ => Self::Other,
        }
    }

    /// Whether all that is known is how somebody was called.
    pub fn is_called(self) -> bool {
        matches!(self, Self::Name | Self::Initials)
    }
}

/// The accounts of some evidence, sorted: a smaller number is a smaller text.
pub(crate) struct Accounts<'a> {
    pub texts: Rc<[&'a str]>,
    pub kinds: Vec<Kind>,
    /// GitHub's number: of a `github-id:`, or in a no-reply address.
    pub numbers: Vec<Option<u64>>,
    ids: HashMap<&'a str, u32, RandomState>,
    /// By sighting: its account, and that of the number beside it. There are many, so they are looked up once.
    sighted: Vec<(u32, Option<u32>)>,
}

impl<'a> Accounts<'a> {
    /// All that the evidence names, and those that follow ([`derived`]).
    pub fn of(evidence: &'a Evidence, derived: &'a [String]) -> Self {
        let distinct: HashSet<&str, RandomState> = named(evidence).chain(derived.iter().map(String::as_str)).collect();
        let mut texts: Vec<&str> = distinct.into_iter().collect();
        texts.sort_unstable();
        let kinds = texts.iter().map(|text| Kind::of(text)).collect();
        let numbers = texts.iter().map(|text| number_of(text)).collect();
        let ids: HashMap<&str, u32, RandomState> = texts.iter().zip(0u32..).map(|(text, id)| (*text, id)).collect();
        let number = |sighting: &Sighting| ids.get(account::github_id(sighting.actor_id?).as_str()).copied();
        let sighted = evidence.sightings.iter();
        let sighted = sighted.map(|sighting| (ids[sighting.account.as_str()], number(sighting))).collect();
        Self { texts: texts.into(), kinds, numbers, ids, sighted }
    }

    pub fn len(&self) -> usize {
        self.texts.len()
    }

    pub fn id(&self, account: &str) -> Option<u32> {
        self.ids.get(account).copied()
    }

    /// Each sighting with its account, and the account of the number beside it.
    pub fn sighted<'e>(&self, evidence: &'e Evidence) -> impl Iterator<Item = (&'e Sighting, u32, Option<u32>)> {
        evidence.sightings.iter().zip(&self.sighted).map(|(sighting, (own, number))| (sighting, *own, *number))
    }

    pub fn text(&self, id: u32) -> &'a str {
        self.texts[id as usize]
    }

    pub fn kind(&self, id: u32) -> Kind {
        self.kinds[id as usize]
    }

    pub fn ids(&self) -> impl Iterator<Item = u32> + use<> {
        0u32..u32::try_from(self.texts.len()).unwrap_or(u32::MAX)
    }

    /// `community` and name of a `name:` account.
    pub fn called(&self, id: u32) -> Option<(&'a str, &'a str)> {
        self.text(id).strip_prefix("name:").and_then(|rest| rest.split_once('/'))
    }
}

fn named(evidence: &Evidence) -> impl Iterator<Item = &str> {
    let sightings = evidence.sightings.iter().map(|sighting| sighting.account.as_str());
    let links = evidence.links.iter().flat_map(|link| [link.account.as_str(), link.other.as_str()]);
    let declarations = evidence.declarations.iter().map(|declaration| declaration.account.as_str());
    let attendances = evidence.attendances.iter().map(|attendance| attendance.account.as_str());
    sightings.chain(links).chain(declarations).chain(attendances)
}

/// The accounts that follow from others: the number beside a login, and the login in a no-reply address whose number is
/// not known.
pub(crate) fn derived(evidence: &Evidence) -> Vec<String> {
    let ids: BTreeSet<u64> = evidence.sightings.iter().filter_map(|sighting| sighting.actor_id).collect();
    let mut derived: Vec<String> = ids.iter().map(|id| account::github_id(*id)).collect();
    let written: HashSet<&str> = named(evidence).filter(|account| account.starts_with("github-id:")).collect();
    for address in named(evidence) {
        let Some((login, number)) = noreply(address) else { continue };
        let known = |number| ids.contains(&number) || written.contains(account::github_id(number).as_str());
        if !number.is_some_and(known) {
            derived.push(account::github(login));
        }
    }
    derived
}

/// Login and number of the account of a GitHub no-reply address.
pub(crate) fn noreply(account: &str) -> Option<(&str, Option<u64>)> {
    let address = account.strip_prefix("email:")?;
    let login = account::noreply_login(address)?;
    Some((login, address.split_once('+').and_then(|(number, _)| number.parse().ok())))
}

fn number_of(account: &str) -> Option<u64> {
    match account.strip_prefix("github-id:") {
        Some(number) => number.parse().ok(),
        None => noreply(account).and_then(|(_, number)| number),
    }
}
