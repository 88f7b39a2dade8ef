//! Evidence to resolution, from left to right.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use muster_model::Timestamp;

use crate::accounts::{Accounts, Kind, derived, noreply};
use crate::affiliation::{Affiliations, affiliations};
use crate::join::{Edge, Joiner, Refusal};
use crate::notes_name::{self, Unresolved};
use crate::organization::{Meaning, Organizations};
use crate::person::{self, Facts, People, Seen};
use crate::statement::{Standing, standing};
use crate::strength::Strength;
use crate::{Account, Affiliation, Evidence, Organization, Person, Resolution, Spelling, conflict};

/// Who is who, who worked where, and when. `as_of` decides only to whom an organisation belongs now.
pub fn resolve(evidence: &Evidence, as_of: Timestamp) -> Resolution {
    let derived = derived(evidence);
    let accounts = Accounts::of(evidence, &derived);
    let (links, aparts) = standing(evidence, &accounts);
    let joined = join(evidence, &accounts, &links, &aparts);
    let seen = Seen::of(evidence, &accounts);
    let people = People::new(&joined.roots, evidence, &accounts, &seen, &links);
    let organizations = Organizations::of(evidence);
    let worked = affiliations(evidence, &accounts, &people, &organizations);

    let linked_names = person::linked_names(&links, &people);
    let facts = Facts {
        accounts: &accounts,
        people: &people,
        seen: &seen,
        linked_names: &linked_names,
        robots: &worked.robots,
        unresolved: &joined.unresolved_accounts(&accounts, &people),
    };
    let (account_rows, person_rows) = rows(&facts);
    drop(seen);
    let conflicts = [
        conflict::refused(&joined.refusals, &accounts, &people, &links),
        conflict::ambiguous(&joined.unresolved, &accounts, &people),
        conflict::two_names(evidence, &accounts, &people, &links),
        conflict::joins_maintainers(evidence, &accounts, &people, &joined, &links),
        organizations.conflicts.clone(),
    ];
    let joins = person::joins(&joined.edges, &links, &accounts, &people);
    let Affiliations { rows: affiliations, declared, conflicts: of_affiliations, .. } = worked;
    let spelt = spelt(evidence, &affiliations, &organizations);
    Resolution {
        accounts: account_rows,
        people: person_rows,
        joins,
        organizations: organization_rows(&spelt, &affiliations, &organizations, as_of),
        relations: organizations.relations_of(&spelt.keys().cloned().collect()),
        spellings: spellings(evidence, &organizations),
        affiliations: sorted(affiliations),
        declared: sorted(declared),
        conflicts: sorted(conflicts.into_iter().flatten().chain(of_affiliations).collect()),
    }
}

fn sorted<T: Ord>(mut rows: Vec<T>) -> Vec<T> {
    rows.sort_unstable();
    rows.dedup();
    rows
}

/// What all evidence together joins.
pub(crate) struct Joined<'a> {
    /// By account.
    roots: Vec<u32>,
    /// By account: the roots when only the people file had spoken.
    pub by_hand: Vec<u32>,
    pub edges: Vec<Edge>,
    refusals: Vec<Refusal<'a>>,
    unresolved: Vec<Unresolved>,
}

impl Joined<'_> {
    /// The names that fit several people or nobody, and that nothing else explains.
    fn unresolved_accounts(&self, accounts: &Accounts<'_>, people: &People<'_>) -> Vec<u32> {
        let refused = self.refusals.iter().filter(|refusal| refusal.is_name).flat_map(|refusal| &refusal.edges);
        let refused = refused.flat_map(|edge| [edge.a, edge.b]).filter(|id| accounts.kind(*id).is_called());
        let is_open = |id: &u32| {
            let members = people.members(people.of(*id));
            members.iter().all(|member| accounts.kind(*member).is_called())
        };
        sorted(self.unresolved.iter().map(|one| one.account).chain(refused).filter(is_open).collect())
    }
}

fn join<'a>(
    evidence: &Evidence,
    accounts: &Accounts<'_>,
    links: &[Standing<'a>],
    aparts: &[Standing<'a>],
) -> Joined<'a> {
    let is_team = |id: u32| accounts.kind(id) == Kind::Team;
    let mut edges = from_accounts(evidence, accounts);
    edges.extend((0u32..).zip(links).map(|(index, link)| Edge::said(index, link)));
    edges.sort_unstable_by_key(|edge| (edge.strength, *edge));
    let mut joiner = Joiner::new(accounts, aparts);
    let mut by_hand = Vec::new();
    for level in Strength::ALL {
        let from = edges.partition_point(|edge| edge.strength < level);
        let until = edges.partition_point(|edge| edge.strength <= level);
        let of_level: Vec<Edge> =
            edges[from..until].iter().filter(|edge| !is_team(edge.a) && !is_team(edge.b)).copied().collect();
        joiner.join(level, &of_level);
        if level == Strength::People {
            by_hand = joiner.roots();
        }
    }
    let (by_name, unresolved) = notes_name::join(&mut joiner, evidence, accounts, links);
    edges.extend(by_name);
    Joined { roots: joiner.roots(), by_hand, edges, refusals: joiner.refusals, unresolved }
}

/// What the accounts themselves say: the number that a login had, number and login in a no-reply address.
fn from_accounts(evidence: &Evidence, accounts: &Accounts<'_>) -> Vec<Edge> {
    let mut edges = Vec::new();
    let mut numbered = vec![false; accounts.len()];
    for (_, own, number) in accounts.sighted(evidence).filter(|(_, own, _)| accounts.kind(*own) == Kind::Github) {
        if let Some(number) = number {
            edges.push(Edge::plain(own, number, Strength::Number));
            numbered[own as usize] = true;
        }
    }
    for id in accounts.ids() {
        let Some((login, number)) = noreply(accounts.text(id)) else { continue };
        let number = number.and_then(|number| accounts.id(&muster_model::account::github_id(number)));
        let login = accounts.id(&muster_model::account::github(login));
        edges.extend(number.map(|number| Edge::plain(id, number, Strength::Noreply)));
        // Where the number is known it decides, and a login that was seen with a number belongs to that one.
        edges.extend(
            login
                .filter(|login| number.is_none() || !numbered[*login as usize])
                .map(|login| Edge::plain(id, login, Strength::Noreply)),
        );
    }
    edges.sort_unstable();
    edges.dedup();
    edges
}

fn rows(facts: &Facts<'_, '_>) -> (Vec<Account>, Vec<Person>) {
    let people: Vec<Person> = (0u32..).take(facts.people.len()).map(|person| facts.person(person)).collect();
    let is_bot = |id: u32| people[facts.people.of(id) as usize].is_bot;
    let accounts = facts.accounts.ids().map(|id| facts.account(id, is_bot(id))).collect();
    (accounts, people)
}

/// By organisation: its spellings. Those of the evidence, whom somebody is affiliated with by a domain, and all above them.
fn spelt(
    evidence: &Evidence,
    affiliations: &[Affiliation],
    organizations: &Organizations<'_>,
) -> BTreeMap<String, BTreeSet<String>> {
    let mut spelt: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let by_affiliation: BTreeSet<&str> =
        affiliations.iter().filter_map(|row| row.organisation_key.as_deref()).collect();
    for written in written(evidence).into_iter().chain(by_affiliation) {
        if let Meaning::Organisation(key) = organizations.meaning(written) {
            spelt.entry(key).or_default().insert(written.to_owned());
        }
    }
    let above: BTreeSet<String> =
        spelt.keys().flat_map(|key| organizations.groups(key)).map(|(_, group)| group).collect();
    for group in above {
        let name = organizations.name(&group);
        spelt.entry(group).or_insert_with(|| BTreeSet::from([name]));
    }
    spelt
}

/// Every organisation as the evidence writes it.
fn written(evidence: &Evidence) -> BTreeSet<&str> {
    let declared = evidence.declarations.iter().map(|one| one.organisation.as_str());
    let aliased = evidence.aliases.iter().filter(|one| !one.pattern).map(|one| one.alias.as_str());
    let meant = evidence.aliases.iter().map(|one| one.organisation.as_str());
    let related = evidence.relations.iter().flat_map(|one| [one.organisation.as_str(), one.parent.as_str()]);
    let assigned = evidence.domains.iter().map(|one| one.organisation.as_str());
    declared.chain(aliased).chain(meant).chain(related).chain(assigned).collect()
}

fn organization_rows(
    spelt: &BTreeMap<String, BTreeSet<String>>,
    affiliations: &[Affiliation],
    organizations: &Organizations<'_>,
    as_of: Timestamp,
) -> Vec<Organization> {
    let mut people: HashMap<&str, HashSet<&str>> = HashMap::new();
    for row in affiliations {
        if let Some(key) = &row.organisation_key {
            people.entry(key).or_default().insert(&row.person);
        }
    }
    let row = |(key, spellings): (&String, &BTreeSet<String>)| {
        let organisation = organizations.name(key);
        Organization {
            people: people.get(organisation.as_str()).map_or(0, |people| people.len() as u64),
            spellings: spellings.iter().cloned().collect(),
            organisation_group: organizations.name(&organizations.group_at(key, as_of)),
            organisation,
        }
    };
    sorted(spelt.iter().map(row).collect())
}

fn spellings(evidence: &Evidence, organizations: &Organizations<'_>) -> Vec<Spelling> {
    written(evidence).into_iter().flat_map(|written| organizations.spelling(written)).collect()
}
