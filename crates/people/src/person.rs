//! Clusters of accounts to people: who stands for them, what they are called, whether they are bots.

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroU32;
use std::rc::Rc;

use compact_str::format_compact;
use foldhash::fast::RandomState;
use muster_model::Timestamp;

use crate::accounts::{Accounts, Kind};
use crate::join::Edge;
use crate::statement::Standing;
use crate::strength::Strength;
use crate::text::is_proper_name;
use crate::{Account, Evidence, Person, Sighting, Text};

/// What was seen of the accounts.
pub(crate) struct Seen<'a> {
    sightings: &'a [Sighting],
    /// By account.
    of: Vec<SeenOfOne>,
}

/// Which sightings say so, from one: accounts are many, and sightings long.
#[derive(Default, Clone, Copy)]
struct SeenOfOne {
    first: Option<NonZeroU32>,
    last: Option<NonZeroU32>,
    name: Option<NonZeroU32>,
    proper_name: Option<NonZeroU32>,
    bot_reason: Option<NonZeroU32>,
    not_a_bot: bool,
}

impl<'a> Seen<'a> {
    /// What was seen of a login was seen of its number.
    pub fn of(evidence: &'a Evidence, accounts: &Accounts<'a>) -> Self {
        let mut seen = Self { sightings: &evidence.sightings, of: vec![SeenOfOne::default(); accounts.len()] };
        for (at, (sighting, own, number)) in (1..).filter_map(NonZeroU32::new).zip(accounts.sighted(evidence)) {
            let name = name_in(sighting);
            let is_proper = name.is_some_and(|(_, name)| is_proper_name(name));
            for id in std::iter::once(own).chain(number.filter(|number| *number != own)) {
                seen.take(id, at, is_proper);
            }
        }
        seen
    }

    fn take(&mut self, id: u32, at: NonZeroU32, is_proper: bool) {
        let (known, new) = (self.of[id as usize], self.sighting(at));
        let beats = |other: Option<NonZeroU32>, better: &dyn Fn(&Sighting) -> bool| {
            if other.is_none_or(|other| better(self.sighting(other))) { Some(at) } else { other }
        };
        let name_beats =
            |other: Option<NonZeroU32>| beats(other, &|other| later(name_in(other), name_in(new)) != name_in(other));
        let is_named = name_in(new).is_some();
        self.of[id as usize] = SeenOfOne {
            first: beats(known.first, &|other| new.first_seen < other.first_seen),
            last: beats(known.last, &|other| new.last_seen > other.last_seen),
            name: if is_named { name_beats(known.name) } else { known.name },
            proper_name: if is_proper { name_beats(known.proper_name) } else { known.proper_name },
            bot_reason: match new.bot_reason {
                Some(_) => beats(known.bot_reason, &|other| new.bot_reason < other.bot_reason),
                None => known.bot_reason,
            },
            not_a_bot: known.not_a_bot || new.not_a_bot,
        };
    }

    fn sighting(&self, at: NonZeroU32) -> &'a Sighting {
        &self.sightings[at.get() as usize - 1]
    }

    fn said(&self, at: Option<NonZeroU32>) -> Option<&'a Sighting> {
        at.map(|at| self.sighting(at))
    }

    fn first(&self, id: u32) -> Option<Timestamp> {
        self.said(self.of[id as usize].first).map(|sighting| sighting.first_seen)
    }

    fn last(&self, id: u32) -> Option<Timestamp> {
        self.said(self.of[id as usize].last).map(|sighting| sighting.last_seen)
    }

    /// The latest name, and when.
    fn name(&self, id: u32) -> Option<(Timestamp, &'a str)> {
        self.said(self.of[id as usize].name).and_then(name_in)
    }

    fn proper_name(&self, id: u32) -> Option<(Timestamp, &'a str)> {
        self.said(self.of[id as usize].proper_name).and_then(name_in)
    }

    fn bot_reason(&self, id: u32) -> Option<&'a str> {
        self.said(self.of[id as usize].bot_reason).and_then(|sighting| sighting.bot_reason.as_deref())
    }
}

/// The name that a sighting gives, and when it did last.
fn name_in(sighting: &Sighting) -> Option<(Timestamp, &str)> {
    let name = sighting.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    name.map(|name| (sighting.last_seen, name))
}

/// The later of two names; of two at one instant the smaller.
fn later<'a>(known: Option<(Timestamp, &'a str)>, other: Option<(Timestamp, &'a str)>) -> Option<(Timestamp, &'a str)> {
    known.into_iter().chain(other).max_by_key(|(at, name)| (*at, std::cmp::Reverse(*name)))
}

/// The people, by the account that stands for them; a person is a number from here on.
pub(crate) struct People<'a> {
    texts: Rc<[&'a str]>,
    /// By account: the person.
    of: Vec<u32>,
    /// The accounts of the first person, of the second, and so on.
    members: Vec<u32>,
    /// By person: where their accounts begin; and at last where all end.
    begins: Vec<u32>,
    /// By person: the account that stands for them.
    ids: Vec<u32>,
}

impl<'a> People<'a> {
    pub fn new(
        roots: &[u32],
        evidence: &Evidence,
        accounts: &Accounts<'a>,
        seen: &Seen<'_>,
        links: &[Standing<'_>],
    ) -> Self {
        let mut by_root: Vec<u32> = accounts.ids().collect();
        by_root.sort_unstable_by_key(|account| (roots[*account as usize], *account));
        let clusters = || by_root.chunk_by(|one, other| roots[*one as usize] == roots[*other as usize]);
        let stand = Stand { logins: latest_logins(evidence, accounts), canonical: canonical(links), accounts, seen };
        let mut people: Vec<(u32, &[u32])> = clusters().map(|members| (stand.for_person(members), members)).collect();
        // Accounts are numbered in the order of their texts: so are people, and every list by person comes out sorted.
        people.sort_unstable_by_key(|(stands, _)| *stands);
        let ids = people.iter().map(|(stands, _)| *stands).collect();
        let (mut members, mut begins, mut of) = (Vec::with_capacity(roots.len()), vec![0], vec![0; roots.len()]);
        for (person, (_, accounts)) in (0u32..).zip(people) {
            for account in accounts {
                of[*account as usize] = person;
            }
            members.extend(accounts);
            begins.push(begins[person as usize] + u32::try_from(accounts.len()).unwrap_or(u32::MAX));
        }
        Self { texts: accounts.texts.clone(), of, members, begins, ids }
    }

    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// The person of an account.
    pub fn of(&self, account: u32) -> u32 {
        self.of[account as usize]
    }

    /// The accounts of a person.
    pub fn members(&self, person: u32) -> &[u32] {
        let person = person as usize;
        &self.members[self.begins[person] as usize..self.begins[person + 1] as usize]
    }

    /// The account that stands for a person.
    pub fn id(&self, person: u32) -> &'a str {
        self.texts[self.ids[person as usize] as usize]
    }
}

/// What decides which account stands for a person.
struct Stand<'a, 'b> {
    /// By GitHub number: the login it was seen with last.
    logins: HashMap<u64, (Timestamp, u32), RandomState>,
    /// Accounts that the people file says stand for others.
    canonical: Vec<u32>,
    accounts: &'b Accounts<'a>,
    seen: &'b Seen<'a>,
}

impl Stand<'_, '_> {
    fn for_person(&self, members: &[u32]) -> u32 {
        let of_kind = |kind: Kind| members.iter().copied().filter(move |id| self.accounts.kind(*id) == kind);
        if let Some(forgotten) = of_kind(Kind::Forgotten).next() {
            return forgotten;
        }
        // The people file says whom it means, whatever the latest login is.
        if let Some(named) = members.iter().copied().find(|id| self.canonical.binary_search(id).is_ok()) {
            return named;
        }
        let latest = |(at, login): (Timestamp, u32)| (at, std::cmp::Reverse(login));
        let numbers = || of_kind(Kind::GithubId).filter_map(|id| self.accounts.numbers[id as usize]);
        if let Some((_, login)) =
            numbers().filter_map(|number| self.logins.get(&number).copied()).max_by_key(|one| latest(*one))
        {
            // A login that another person bears as well: the number tells them apart.
            let is_own = members.binary_search(&login).is_ok();
            return if is_own { login } else { of_kind(Kind::GithubId).next().unwrap_or(members[0]) };
        }
        let last = |id: u32| (self.seen.last(id).unwrap_or(Timestamp::MIN), id);
        if let Some((_, login)) = of_kind(Kind::Github).map(last).max_by_key(|one| latest(*one)) {
            return login;
        }
        members.iter().copied().min_by_key(|id| (self.accounts.kind(*id), *id)).unwrap_or(members[0])
    }
}

fn latest_logins(evidence: &Evidence, accounts: &Accounts<'_>) -> HashMap<u64, (Timestamp, u32), RandomState> {
    let mut logins: HashMap<u64, (Timestamp, u32), RandomState> = HashMap::default();
    for (sighting, login, _) in accounts.sighted(evidence).filter(|(_, own, _)| accounts.kind(*own) == Kind::Github) {
        let Some(number) = sighting.actor_id else { continue };
        let one = (sighting.last_seen, login);
        let known = logins.entry(number).or_insert(one);
        if (one.0, std::cmp::Reverse(one.1)) > (known.0, std::cmp::Reverse(known.1)) {
            *known = one;
        }
    }
    logins
}

fn canonical(links: &[Standing<'_>]) -> Vec<u32> {
    let mut canonical: Vec<u32> =
        links.iter().filter(|link| link.strength == Strength::People).map(|link| link.b).collect();
    canonical.sort_unstable();
    canonical.dedup();
    canonical
}

/// The names that links give, by person: how strong, how often.
pub(crate) fn linked_names<'a>(
    links: &[Standing<'a>],
    people: &People<'_>,
) -> HashMap<u32, BTreeMap<(Strength, &'a str), u32>> {
    let mut names: HashMap<u32, BTreeMap<(Strength, &str), u32>> = HashMap::new();
    for link in links {
        let person = people.of(link.a);
        let Some(name) = link.link.name.as_deref().map(str::trim).filter(|name| !name.is_empty()) else { continue };
        if person == people.of(link.b) && (link.strength == Strength::People || is_proper_name(name)) {
            *names.entry(person).or_default().entry((link.strength, name)).or_default() += 1;
        }
    }
    names
}

/// Everything that the rows of accounts and people say.
pub(crate) struct Facts<'a, 'b> {
    pub accounts: &'b Accounts<'a>,
    pub people: &'b People<'a>,
    pub seen: &'b Seen<'a>,
    pub linked_names: &'b HashMap<u32, BTreeMap<(Strength, &'a str), u32>>,
    /// Accounts that a source of affiliations calls robots.
    pub robots: &'b BTreeMap<u32, &'a str>,
    /// Sorted.
    pub unresolved: &'b [u32],
}

impl<'a> Facts<'a, '_> {
    pub fn person(&self, person: u32) -> Person {
        let members = self.people.members(person);
        let exempt = members.iter().any(|id| self.seen.of[*id as usize].not_a_bot);
        let bot_reason = members.iter().find_map(|id| self.bot_reason(*id)).filter(|_| !exempt);
        Person {
            person: self.people.id(person).into(),
            name: self.name_of_person(person).into(),
            is_bot: bot_reason.is_some(),
            bot_reason,
            accounts: members.len() as u64,
        }
    }

    pub fn account(&self, id: u32, is_bot: bool) -> Account {
        Account {
            account: self.accounts.text(id).into(),
            person: self.people.id(self.people.of(id)).into(),
            name: self.seen.name(id).map(|(_, name)| name).or_else(|| self.own_name(id)).map(Text::from),
            // Accounts that were only spoken of were seen at no known time.
            first_seen: self.seen.first(id).unwrap_or(Timestamp::UNIX_EPOCH),
            last_seen: self.seen.last(id).unwrap_or(Timestamp::UNIX_EPOCH),
            is_bot,
            bot_reason: self.bot_reason(id),
            unresolved: self.unresolved.binary_search(&id).is_ok(),
        }
    }

    fn bot_reason(&self, id: u32) -> Option<Text> {
        let robot = |said_by: &&str| format_compact!("affiliation (Robots) according to {said_by}");
        self.seen.bot_reason(id).map(Text::from).or_else(|| self.robots.get(&id).map(robot))
    }

    /// What an account says of itself: a login, or the name that it consists of.
    fn own_name(&self, id: u32) -> Option<&str> {
        let text = self.accounts.text(id);
        match self.accounts.kind(id) {
            Kind::Github => text.strip_prefix("github:"),
            Kind::Name => self.accounts.called(id).map(|(_, name)| name),
            _ => None,
        }
    }

    fn name_of_person(&self, person: u32) -> &str {
        let members = || self.people.members(person).iter().copied();
        let linked = self.linked_names.get(&person).and_then(|names| {
            let most =
                |((strength, name), times): (&(Strength, &'a str), &u32)| (*strength, std::cmp::Reverse(*times), *name);
            names.iter().map(most).min().map(|(_, _, name)| name)
        });
        let latest = |name: fn(&Seen<'a>, u32) -> Option<(Timestamp, &'a str)>| {
            members().map(|id| name(self.seen, id)).fold(None, later).map(|(_, name)| name)
        };
        let called = || members().filter_map(|id| self.accounts.called(id).map(|(_, name)| name));
        let id = self.people.id(person);
        // Of initials the meeting is no part of the name.
        let bare = || match id.strip_prefix("initials:").and_then(|rest| rest.rsplit('/').next()) {
            Some(initials) => initials,
            None => id.split_once(':').map_or(id, |(_, rest)| rest),
        };
        linked
            .or_else(|| latest(Seen::proper_name))
            .or_else(|| called().find(|name| is_proper_name(name)))
            .or_else(|| id.strip_prefix("github:"))
            .or_else(|| latest(Seen::name))
            .or_else(|| called().next())
            .unwrap_or_else(bare)
    }
}

/// The rows that say why accounts are joined, or are not.
pub(crate) fn joins(
    edges: &[Edge],
    links: &[Standing<'_>],
    accounts: &Accounts<'_>,
    people: &People<'_>,
) -> Vec<crate::Join> {
    let mut edges: Vec<Edge> = edges.to_vec();
    edges.sort_unstable_by(|x, y| {
        let ids = |edge: &Edge| (people.of(edge.a), edge.a, edge.b);
        let words = |edge: &Edge| (edge.word(links), edge.event_id(links));
        ids(x).cmp(&ids(y)).then_with(|| words(x).cmp(&words(y)))
    });
    let mut joins: Vec<crate::Join> = Vec::with_capacity(edges.len());
    joins.extend(edges.iter().map(|edge| crate::Join {
        person: people.id(people.of(edge.a)).into(),
        account: accounts.text(edge.a).into(),
        other: accounts.text(edge.b).into(),
        evidence: edge.word(links).into(),
        event_id: edge.event_id(links).into(),
        used: people.of(edge.a) == people.of(edge.b),
    }));
    joins.dedup();
    joins
}
