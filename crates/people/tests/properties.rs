//! What must hold of any evidence.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "common/mod.rs"]
mod common;

use std::collections::BTreeMap;

use common::*;
use muster_model::Timestamp;
use muster_people::{
    Alias, Attendance, Declaration, Evidence, Link, Relation, Resolution, Sighting, Strength, resolve, suggest,
};
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Few enough that everything meets everything.
const ACCOUNTS: &[&str] = &[
    "github:mira",
    "github:oskar",
    "github:una",
    "github:swift",
    "github-id:1",
    "github-id:2",
    "email:m@tal.example",
    "email:o@bergh.example",
    "email:u@acme.net",
    "email:1+mira@users.noreply.github.com",
    "email:2+swift@users.noreply.github.com",
    "email:una@users.noreply.github.com",
    "name:lantern/Mira Tal",
    "name:lantern/mira tal",
    "name:lantern/MiraT",
    "name:lantern/Mira",
    "name:lantern/Mira Toft",
    "name:harbour/Mira Tal",
    "initials:lantern/weekly/2025-06-17/MT",
    "team:acme/all",
    "slack:U1",
];
const LINKS: &[&str] =
    &["people", "mailmap", "gitdm", "sortinghat", "roster", "profile-link", "chat-profile", "hearsay"];
const NAMES: &[&str] = &["Mira Tal", "Mira Toft", "mira tal", "Oskar Bergh", "swift", ""];
const COMPANIES: &[&str] =
    &["Acme", "ACME Inc.", "Widgets", "Gadgets", "Independent", "NotFound", "(Robots)", "Red Hat", "Aliyun"];
const SAID_BY: &[&str] = &["people", "roster", "notes", "sortinghat", "gitdm", "profile"];
const DAYS: &[&str] = &["2018-01-01", "2019-07-09", "2020-01-01", "2020-01-02", "2022-05-05", "2025-06-17"];

fn a_link() -> impl Strategy<Value = Link> {
    (
        select(ACCOUNTS),
        select(ACCOUNTS),
        select(LINKS),
        select(NAMES),
        prop::bool::weighted(0.2),
        0u32..3,
        prop::bool::weighted(0.15),
    )
        .prop_map(|(account, other, evidence, name, apart, revision, withdrawn)| Link {
            event_id: format!("{evidence}/{account}/{other}/{apart}/{revision}"),
            name: Some(name.to_owned()).filter(|name| !name.is_empty()),
            apart,
            revision,
            withdrawn,
            ..link(account, other, evidence)
        })
}

fn a_sighting() -> impl Strategy<Value = Sighting> {
    (select(ACCOUNTS), select(NAMES), prop::option::weighted(0.4, 1u64..4), select(DAYS), prop::bool::weighted(0.1))
        .prop_map(|(account, name, number, last, is_bot)| Sighting {
            actor_id: number.filter(|_| account.starts_with("github:")),
            bot_reason: is_bot.then(|| "a bot".into()),
            ..seen(account, name, None, last)
        })
}

fn a_declaration() -> impl Strategy<Value = Declaration> {
    let dates = (prop::option::of(select(DAYS)), prop::option::of(select(DAYS)));
    (select(ACCOUNTS), select(COMPANIES), select(SAID_BY), dates, 0u32..2, prop::bool::weighted(0.15)).prop_map(
        |(account, company, said_by, (from, until), revision, withdrawn)| {
            let made = works(account, company, said_by, from.unwrap_or(""), until.unwrap_or(""));
            Declaration { revision, withdrawn, ..made }
        },
    )
}

fn an_attendance() -> impl Strategy<Value = Attendance> {
    (select(&["lantern/weekly/2025-06-17", "lantern/weekly/2025-06-24"][..]), select(ACCOUNTS), select(NAMES))
        .prop_map(|(meeting, account, name)| attended(meeting, account, name))
}

fn an_alias() -> impl Strategy<Value = Alias> {
    (select(COMPANIES), select(COMPANIES), select(&["people", "gitdm"][..]))
        .prop_map(|(from, to, by)| alias(from, to, by))
}

fn a_relation() -> impl Strategy<Value = Relation> {
    (select(COMPANIES), select(COMPANIES), prop::option::of(select(DAYS)), prop::option::of(select(DAYS)))
        .prop_map(|(child, above, from, until)| parent(child, above, from.unwrap_or(""), until.unwrap_or("")))
}

fn some_evidence() -> impl Strategy<Value = Evidence> {
    (
        prop::collection::vec(a_sighting(), 0..12),
        prop::collection::vec(a_link(), 0..16),
        prop::collection::vec(a_declaration(), 0..12),
        prop::collection::vec(an_attendance(), 0..5),
        prop::collection::vec(an_alias(), 0..4),
        prop::collection::vec(a_relation(), 0..4),
    )
        .prop_map(|(sightings, links, declarations, attendances, aliases, relations)| Evidence {
            sightings,
            links,
            declarations,
            attendances,
            maintainers: vec!["github:mira".to_owned(), "github:oskar".to_owned()],
            aliases,
            relations,
            domains: vec![domain("acme.net", "Acme")],
        })
}

fn shuffle<T>(list: &mut [T], keys: &[Index]) {
    for (at, key) in keys.iter().enumerate().take(list.len()) {
        list.swap(at, key.index(list.len()));
    }
}

fn shuffled(mut evidence: Evidence, keys: &[Index]) -> Evidence {
    shuffle(&mut evidence.sightings, keys);
    shuffle(&mut evidence.links, keys);
    shuffle(&mut evidence.declarations, keys);
    shuffle(&mut evidence.attendances, keys);
    shuffle(&mut evidence.maintainers, keys);
    shuffle(&mut evidence.aliases, keys);
    shuffle(&mut evidence.relations, keys);
    evidence
}

fn people(resolution: &Resolution) -> BTreeMap<&str, &str> {
    resolution.accounts.iter().map(|row| (row.account.as_str(), row.person.as_str())).collect()
}

fn is_sorted<T: PartialOrd>(list: &[T]) -> bool {
    list.windows(2).all(|pair| pair[0] < pair[1])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_evidence_does_not_matter(evidence in some_evidence(), keys in prop::collection::vec(any::<Index>(), 16)) {
        let other = shuffled(evidence.clone(), &keys);
        let (one, two) = (resolved(&evidence), resolved(&other));
        prop_assert_eq!(suggest(&evidence, &one), suggest(&other, &two));
        prop_assert_eq!(one, two);
    }

    #[test]
    fn saying_it_twice_changes_nothing(evidence in some_evidence()) {
        let mut twice = evidence.clone();
        twice.sightings.extend(evidence.sightings.clone());
        twice.links.extend(evidence.links.clone());
        twice.declarations.extend(evidence.declarations.clone());
        twice.attendances.extend(evidence.attendances.clone());
        twice.relations.extend(evidence.relations.clone());
        prop_assert_eq!(resolved(&evidence), resolved(&twice));
    }

    /// `weak` is weaker than every link of `evidence`, and says nothing of accounts that the evidence does not know (a new
    /// no-reply address is itself strong evidence).
    #[test]
    fn weaker_evidence_never_splits(evidence in some_evidence(), more in prop::collection::vec(a_link(), 1..8), level in 0usize..5) {
        let level = Strength::ALL[3..8][level];
        let mut strong = evidence;
        strong.attendances.clear();
        strong.sightings.extend(ACCOUNTS.iter().map(|account| seen(account, "", None, "2020-01-01")));
        strong.sightings.retain(|one| !one.account.starts_with("name:") && !one.account.starts_with("initials:"));
        let no_names = |link: &Link| ![&link.account, &link.other].iter().any(|one| one.starts_with("name:") || one.starts_with("initials:"));
        strong.links.retain(|link| Strength::of(&link.evidence) <= level && no_names(link));
        strong.declarations.retain(|one| !one.account.starts_with("name:") && !one.account.starts_with("initials:"));
        let before = resolved(&strong);
        let mut all = strong.clone();
        all.links.extend(more.into_iter().filter(|link| Strength::of(&link.evidence) > level));
        let after = resolved(&all);
        let (before, after) = (people(&before), people(&after));
        for (a, person) in &before {
            for (b, other) in &before {
                prop_assert!(person != other || after[a] == after[b], "{} and {} were one person", a, b);
            }
        }
    }

    #[test]
    fn unlink_then_link_restores_and_withdrawing_removes(evidence in some_evidence(), a in select(ACCOUNTS), b in select(ACCOUNTS)) {
        prop_assume!(a != b);
        let mut evidence = evidence;
        let is_of_pair = |link: &Link| link.evidence == "people"
            && [(a, b), (b, a)].contains(&(link.account.as_str(), link.other.as_str()));
        evidence.links.retain(|link| !is_of_pair(link));
        let without = resolved(&evidence);
        let with = |said: Vec<Link>| {
            let mut evidence = evidence.clone();
            evidence.links.extend(said);
            resolved(&evidence)
        };
        let said = |link: Link, revision, withdrawn| Link { revision, withdrawn, event_id: format!("people/{revision}"), ..link };
        let linked = with(vec![said(link(a, b, "people"), 2, false)]);
        let restored = with(vec![
            said(link(a, b, "people"), 0, false),
            said(apart(a, b, "people"), 1, false),
            said(link(a, b, "people"), 2, false),
        ]);
        prop_assert_eq!(&linked, &restored);
        let withdrawn = with(vec![said(link(a, b, "people"), 0, false), said(link(a, b, "people"), 1, true)]);
        // The accounts were named; nothing else is left.
        let (withdrawn, without) = (people(&withdrawn), people(&without));
        for (one, person) in &without {
            for (two, other) in &without {
                if !is_noreply(a) && !is_noreply(b) && !is_called(a) && !is_called(b) {
                    prop_assert_eq!(person == other, withdrawn[one] == withdrawn[two], "{} {}", one, two);
                }
            }
        }
        let unlinked = with(vec![said(link(a, b, "people"), 0, false), said(apart(a, b, "people"), 1, false)]);
        let mut alone = evidence.clone();
        alone.links = vec![said(apart(a, b, "people"), 1, false)];
        alone.sightings.clear();
        alone.attendances.clear();
        prop_assert!(!one(&resolved(&alone), a, b));
        prop_assert!(people(&unlinked).contains_key(a));
    }

    #[test]
    fn affiliations_of_a_person_never_overlap(evidence in some_evidence()) {
        let resolution = resolved(&evidence);
        for (row, next) in resolution.affiliations.iter().zip(resolution.affiliations.iter().skip(1)) {
            if row.person == next.person {
                prop_assert!(row.until.is_some() && row.until <= next.from, "{:?} {:?}", row, next);
                let same = (&row.organisation, &row.organisation_group, &row.said_by) == (&next.organisation, &next.organisation_group, &next.said_by);
                prop_assert!(row.organisation.is_none() || !same || row.until < next.from, "{:?} {:?}", row, next);
            }
            prop_assert!(row.from.is_none() || row.until.is_none() || row.from < row.until);
        }
    }

    /// At every instant the strongest who says anything is the one who is heard.
    #[test]
    fn the_strongest_decides(evidence in some_evidence(), at in select(DAYS)) {
        let resolution = resolved(&evidence);
        let at = day(at);
        let holds = |from: Option<Timestamp>, until: Option<Timestamp>| {
            from.is_none_or(|from| from <= at) && until.is_none_or(|until| at < until)
                && from.zip(until).is_none_or(|(from, until)| from < until)
        };
        for person in &resolution.people {
            let row = resolution.affiliations.iter().find(|row| row.person == person.person && holds(row.from, row.until));
            let said: Vec<_> = resolution
                .declared
                .iter()
                .filter(|row| row.person == person.person && row.organisation.is_some() && holds(row.from, row.until))
                .collect();
            let strongest = said.iter().map(|row| muster_people::Authority::of(&row.said_by)).min();
            let names: std::collections::BTreeSet<_> = said
                .iter()
                .filter(|row| Some(muster_people::Authority::of(&row.said_by)) == strongest)
                .map(|row| row.organisation.clone())
                .collect();
            match row {
                Some(row) if strongest.is_some() => {
                    let expected = if names.len() == 1 { names.into_iter().next().flatten() } else { None };
                    prop_assert_eq!(&row.organisation, &expected);
                }
                Some(row) => prop_assert_eq!(&row.said_by, "domain"),
                None => prop_assert!(said.is_empty()),
            }
        }
    }

    #[test]
    fn the_tables_agree_with_each_other(evidence in some_evidence()) {
        let resolution = resolve(&evidence, day("2024-01-01"));
        prop_assert!(is_sorted(&resolution.accounts) && is_sorted(&resolution.people) && is_sorted(&resolution.joins));
        prop_assert!(is_sorted(&resolution.affiliations) && is_sorted(&resolution.declared) && is_sorted(&resolution.conflicts));
        prop_assert!(is_sorted(&resolution.organizations) && is_sorted(&resolution.relations) && is_sorted(&resolution.spellings));
        let people = people(&resolution);
        for link in &evidence.links {
            prop_assert!(people.contains_key(link.account.as_str()) && people.contains_key(link.other.as_str()));
        }
        for person in &resolution.people {
            prop_assert_eq!(people[person.person.as_str()], person.person.as_str(), "who stands for a person is one of theirs");
            let accounts: Vec<_> = resolution.accounts.iter().filter(|row| row.person == person.person).collect();
            prop_assert_eq!(accounts.len() as u64, person.accounts);
            prop_assert!(accounts.iter().all(|row| row.is_bot == person.is_bot));
        }
        for join in &resolution.joins {
            prop_assert_eq!(join.used, people[join.account.as_str()] == people[join.other.as_str()]);
        }
        prop_assert!(people.iter().all(|(account, person)| !account.starts_with("team:") || account == person));
        let names: Vec<&String> = resolution.organizations.iter().map(|row| &row.organisation).collect();
        for row in resolution.affiliations.iter().filter(|row| row.organisation_key.is_some()) {
            prop_assert!(names.contains(&row.organisation.as_ref().unwrap()) && names.contains(&row.organisation_group.as_ref().unwrap()));
        }
    }

    /// Two numbers are two people, unless the people file joins them.
    #[test]
    fn numbers_stay_apart(evidence in some_evidence()) {
        let mut evidence = evidence;
        evidence.links.retain(|link| link.evidence != "people");
        let resolution = resolved(&evidence);
        let numbered = resolution.accounts.iter().filter(|row| row.account.starts_with("github-id:"));
        let people: Vec<&str> = numbered.map(|row| row.person.as_str()).collect();
        let distinct: std::collections::BTreeSet<&&str> = people.iter().collect();
        prop_assert_eq!(people.len(), distinct.len());
    }
}

fn is_noreply(account: &str) -> bool {
    account.contains("noreply") || account.starts_with("github-id:")
}

/// A name that is only mentioned is a further candidate for a handle.
fn is_called(account: &str) -> bool {
    account.starts_with("name:") || account.starts_with("initials:")
}
