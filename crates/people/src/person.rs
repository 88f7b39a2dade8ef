//! Clusters of accounts to people: who stands for them, what they are called, whether they are bots.

use std::collections::{BTreeMap, HashMap};

use muster_model::Timestamp;

use crate::accounts::{Accounts, Kind};
use crate::join::Edge;
use crate::statement::Standing;
use crate::strength::Strength;
use crate::text::is_proper_name;
use crate::{Account, Evidence, Person, Sighting};

/// What was seen of one account.
#[derive(Default, Clone)]
pub(crate) struct Seen<'a> {
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    name: Option<(Timestamp, &'a str)>,
    proper_name: Option<(Timestamp, &'a str)>,
    bot_reason: Option<&'a str>,
    not_a_bot: bool,
}

impl<'a> Seen<'a> {
    fn take(&mut self, sighting: &'a Sighting, name: Option<&'a str>, is_proper: bool) {
        self.first = Some(self.first.map_or(sighting.first_seen, |first| first.min(sighting.first_seen)));
        self.last = self.last.max(Some(sighting.last_seen));
        self.not_a_bot |= sighting.not_a_bot;
        if let Some(reason) = &sighting.bot_reason {
            self.bot_reason = Some(self.bot_reason.map_or(reason, |known| known.min(reason)));
        }
        if let Some(name) = name {
            self.name = later(self.name, (sighting.last_seen, name));
            if is_proper {
                self.proper_name = later(self.proper_name, (sighting.last_seen, name));
            }
        }
    }
}

/// The later of two names; of two at one instant the smaller.
fn later<'a>(known: Option<(Timestamp, &'a str)>, other: (Timestamp, &'a str)) -> Option<(Timestamp, &'a str)> {
    match known {
        Some((at, name)) if (at, std::cmp::Reverse(name)) >= (other.0, std::cmp::Reverse(other.1)) => known,
        _ => Some(other),
    }
}

/// What was seen of every account; what was seen of a login was seen of its number.
pub(crate) fn seen<'a>(evidence: &'a Evidence, accounts: &Accounts<'a>) -> Vec<Seen<'a>> {
    let mut seen = vec![Seen::default(); accounts.len()];
    for (sighting, own, number) in accounts.sighted(evidence) {
        let name = sighting.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
        let is_proper = name.is_some_and(is_proper_name);
        for id in std::iter::once(own).chain(number.filter(|number| *number != own)) {
            seen[id as usize].take(sighting, name, is_proper);
        }
    }
    seen
}

/// The people, by the account that stands for them; a person is a number from here on.
pub(crate) struct People<'a> {
    texts: Vec<&'a str>,
    /// By account: the person.
    of: Vec<u32>,
    /// By person: their accounts.
    pub members: Vec<Vec<u32>>,
    /// By person: the account that stands for them.
    ids: Vec<u32>,
}

impl<'a> People<'a> {
    pub fn new(
        roots: &[u32],
        evidence: &Evidence,
        accounts: &Accounts<'a>,
        seen: &[Seen<'_>],
        links: &[Standing<'_>],
    ) -> Self {
        let mut by_root: Vec<(u32, u32)> = roots.iter().copied().zip(0u32..).collect();
        by_root.sort_unstable();
        let clusters = by_root.chunk_by(|one, other| one.0 == other.0);
        let stand = Stand { logins: latest_logins(evidence, accounts), canonical: canonical(links), accounts, seen };
        let person = |cluster: &[(u32, u32)]| {
            let members: Vec<u32> = cluster.iter().map(|(_, account)| *account).collect();
            (stand.for_person(&members), members)
        };
        let mut people: Vec<(u32, Vec<u32>)> = clusters.map(person).collect();
        // Accounts are numbered in the order of their texts: so are people, and every list by person comes out sorted.
        people.sort_unstable();
        let (ids, members): (Vec<u32>, Vec<Vec<u32>>) = people.into_iter().unzip();
        let mut of = vec![0; roots.len()];
        for (person, members) in (0u32..).zip(&members) {
            for account in members {
                of[*account as usize] = person;
            }
        }
        Self { texts: accounts.texts.clone(), of, members, ids }
    }

    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// The person of an account.
    pub fn of(&self, account: u32) -> u32 {
        self.of[account as usize]
    }

    /// The account that stands for a person.
    pub fn id(&self, person: u32) -> &'a str {
        self.texts[self.ids[person as usize] as usize]
    }
}

/// What decides which account stands for a person.
struct Stand<'a, 'b> {
    /// By GitHub number: the login it was seen with last.
    logins: HashMap<u64, (Timestamp, u32)>,
    /// Accounts that the people file says stand for others.
    canonical: Vec<u32>,
    accounts: &'b Accounts<'a>,
    seen: &'b [Seen<'a>],
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
        let last = |id: u32| (self.seen[id as usize].last.unwrap_or(Timestamp::MIN), id);
        if let Some((_, login)) = of_kind(Kind::Github).map(last).max_by_key(|one| latest(*one)) {
            return login;
        }
        members.iter().copied().min_by_key(|id| (self.accounts.kind(*id), *id)).unwrap_or(members[0])
    }
}

fn latest_logins(evidence: &Evidence, accounts: &Accounts<'_>) -> HashMap<u64, (Timestamp, u32)> {
    let mut logins: HashMap<u64, (Timestamp, u32)> = HashMap::new();
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
    pub seen: &'b [Seen<'a>],
    pub linked_names: &'b HashMap<u32, BTreeMap<(Strength, &'a str), u32>>,
    /// Accounts that a source of affiliations calls robots.
    pub robots: &'b BTreeMap<u32, &'a str>,
    /// Sorted.
    pub unresolved: &'b [u32],
}

impl Facts<'_, '_> {
    pub fn person(&self, person: u32) -> Person {
        let members = &self.people.members[person as usize];
        let exempt = members.iter().any(|id| self.seen[*id as usize].not_a_bot);
        let bot_reason = members.iter().find_map(|id| self.bot_reason(*id)).filter(|_| !exempt);
        Person {
            person: self.people.id(person).to_owned(),
            name: self.name_of_person(person),
            is_bot: bot_reason.is_some(),
            bot_reason,
            accounts: members.len() as u64,
        }
    }

    pub fn account(&self, id: u32, is_bot: bool) -> Account {
        let seen = &self.seen[id as usize];
        Account {
            account: self.accounts.text(id).to_owned(),
            person: self.people.id(self.people.of(id)).to_owned(),
            name: seen.name.map(|(_, name)| name).or_else(|| self.own_name(id)).map(str::to_owned),
            // Accounts that were only spoken of were seen at no known time.
            first_seen: seen.first.unwrap_or(Timestamp::UNIX_EPOCH),
            last_seen: seen.last.unwrap_or(Timestamp::UNIX_EPOCH),
            is_bot,
            bot_reason: self.bot_reason(id),
            unresolved: self.unresolved.binary_search(&id).is_ok(),
        }
    }

    fn bot_reason(&self, id: u32) -> Option<String> {
        let seen = self.seen[id as usize].bot_reason.map(str::to_owned);
        seen.or_else(|| self.robots.get(&id).map(|said_by| format!("affiliation (Robots) according to {said_by}")))
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

    fn name_of_person(&self, person: u32) -> String {
        let members = &self.people.members[person as usize];
        let linked = self.linked_names.get(&person).and_then(|names| {
            let most = |((strength, name), times): (&(Strength, &str), &u32)| {
                (*strength, std::cmp::Reverse(*times), name.to_string())
            };
            names.iter().map(most).min().map(|(_, _, name)| name)
        });
        let seen = || members.iter().map(|id| &self.seen[*id as usize]);
        let proper = || seen().filter_map(|seen| seen.proper_name).fold(None, later).map(|(_, name)| name.to_owned());
        let called = || members.iter().filter_map(|id| self.accounts.called(*id).map(|(_, name)| name));
        let called_properly = || called().find(|name| is_proper_name(name)).map(str::to_owned);
        let id = self.people.id(person);
        let login = || id.strip_prefix("github:").map(str::to_owned);
        let any = || seen().filter_map(|seen| seen.name).fold(None, later).map(|(_, name)| name.to_owned());
        // Of initials the meeting is no part of the name.
        let bare = || match id.strip_prefix("initials:").and_then(|rest| rest.rsplit('/').next()) {
            Some(initials) => initials.to_owned(),
            None => id.split_once(':').map_or(id, |(_, rest)| rest).to_owned(),
        };
        linked
            .or_else(proper)
            .or_else(called_properly)
            .or_else(login)
            .or_else(any)
            .or_else(|| called().next().map(str::to_owned))
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
        person: people.id(people.of(edge.a)).to_owned(),
        account: accounts.text(edge.a).to_owned(),
        other: accounts.text(edge.b).to_owned(),
        evidence: edge.word(links).to_owned(),
        event_id: edge.event_id(links).to_owned(),
        used: people.of(edge.a) == people.of(edge.b),
    }));
    joins.dedup();
    joins
}
