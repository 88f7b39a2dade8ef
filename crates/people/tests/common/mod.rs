//! Evidence in few words, about invented people.
#![allow(dead_code, reason = "each test program uses a part of it")]

use muster_model::{Timestamp, parse_time};
use muster_people::{
    Affiliation, Alias, Attendance, Conflict, Declaration, Domain, Evidence, Link, Relation, Resolution, Sighting,
    Text, resolve,
};

/// Midnight of a day, UTC.
pub fn day(text: &str) -> Timestamp {
    parse_time(&format!("{text}T00:00:00Z")).unwrap()
}

pub fn link(account: &str, other: &str, evidence: &str) -> Link {
    Link {
        event_id: format!("{evidence}:{account}={other}"),
        account: account.to_owned(),
        other: other.to_owned(),
        evidence: evidence.to_owned(),
        name: None,
        apart: false,
        revision: 0,
        withdrawn: false,
    }
}

pub fn apart(account: &str, other: &str, evidence: &str) -> Link {
    Link { apart: true, event_id: format!("{evidence}:{account}#{other}"), ..link(account, other, evidence) }
}

pub fn named(account: &str, other: &str, evidence: &str, name: &str) -> Link {
    Link { name: Some(name.to_owned()), ..link(account, other, evidence) }
}

pub fn seen(account: &str, name: &str, number: Option<u64>, last: &str) -> Sighting {
    Sighting {
        account: account.into(),
        name: Some(name.into()).filter(|name: &Text| !name.is_empty()),
        actor_id: number,
        first_seen: day("2020-01-01"),
        last_seen: day(last),
        bot_reason: None,
        not_a_bot: false,
    }
}

/// `from` and `until` are days, or empty.
pub fn works(account: &str, organisation: &str, said_by: &str, from: &str, until: &str) -> Declaration {
    let at = |text: &str| Some(text).filter(|text| !text.is_empty()).map(day);
    Declaration {
        event_id: format!("{said_by}:{account}/{organisation}/{from}"),
        account: account.to_owned(),
        organisation: organisation.to_owned(),
        said_by: said_by.to_owned(),
        source: format!("{said_by} file"),
        from: at(from),
        until: at(until),
        revision: 0,
        withdrawn: false,
    }
}

/// A statement of notes: it holds for its day.
pub fn noted(account: &str, organisation: &str, on: &str) -> Declaration {
    let mut declaration = works(account, organisation, "notes", on, "");
    declaration.until = declaration.from.and_then(|from| from.checked_add(std::time::Duration::from_hours(24)).ok());
    declaration
}

pub fn attended(meeting: &str, account: &str, name: &str) -> Attendance {
    Attendance { meeting: meeting.to_owned(), account: account.to_owned(), name: name.to_owned() }
}

pub fn alias(alias: &str, organisation: &str, said_by: &str) -> Alias {
    Alias {
        event_id: format!("{said_by}:{alias}"),
        alias: alias.to_owned(),
        organisation: organisation.to_owned(),
        pattern: false,
        said_by: said_by.to_owned(),
        revision: 0,
        withdrawn: false,
    }
}

pub fn parent(organisation: &str, parent: &str, from: &str, until: &str) -> Relation {
    let at = |text: &str| Some(text).filter(|text| !text.is_empty()).map(day);
    Relation {
        event_id: format!("people:{organisation}<{parent}"),
        organisation: organisation.to_owned(),
        parent: parent.to_owned(),
        from: at(from),
        until: at(until),
        said_by: "people".to_owned(),
        revision: 0,
        withdrawn: false,
    }
}

pub fn domain(domain: &str, organisation: &str) -> Domain {
    Domain {
        event_id: format!("people:{domain}"),
        domain: domain.to_owned(),
        organisation: organisation.to_owned(),
        from: None,
        until: None,
        said_by: "people".to_owned(),
        revision: 0,
        withdrawn: false,
    }
}

pub fn links(links: impl IntoIterator<Item = Link>) -> Evidence {
    Evidence { links: links.into_iter().collect(), ..Evidence::default() }
}

pub fn declarations(declarations: impl IntoIterator<Item = Declaration>) -> Evidence {
    Evidence { declarations: declarations.into_iter().collect(), ..Evidence::default() }
}

pub fn resolved(evidence: &Evidence) -> Resolution {
    resolve(evidence, day("2026-01-01"))
}

/// The person of an account.
pub fn person<'a>(resolution: &'a Resolution, account: &str) -> &'a str {
    let found = resolution.accounts.iter().find(|row| row.account == account);
    found.map_or_else(|| panic!("no account {account}"), |row| row.person.as_str())
}

/// The name to show of the person of an account.
pub fn name<'a>(resolution: &'a Resolution, account: &str) -> &'a str {
    let id = person(resolution, account);
    &resolution.people.iter().find(|row| row.person == id).unwrap().name
}

pub fn one(resolution: &Resolution, a: &str, b: &str) -> bool {
    person(resolution, a) == person(resolution, b)
}

pub fn unresolved(resolution: &Resolution, account: &str) -> bool {
    resolution.accounts.iter().find(|row| row.account == account).unwrap().unresolved
}

pub fn conflicts<'a>(resolution: &'a Resolution, kind: &str) -> Vec<&'a Conflict> {
    resolution.conflicts.iter().filter(|conflict| conflict.kind == kind).collect()
}

/// `2020-01-01..: Acme [Group] (gitdm)`, a row a line.
pub fn affiliations(resolution: &Resolution, account: &str) -> Vec<String> {
    let id = person(resolution, account);
    resolution.affiliations.iter().filter(|row| row.person == id).map(shown).collect()
}

fn shown(row: &Affiliation) -> String {
    let at = |at: Option<Timestamp>| at.map(|at| at.to_string()[..10].to_owned()).unwrap_or_default();
    let group = row.organisation_group.as_ref().filter(|group| Some(*group) != row.organisation.as_ref());
    let group = group.map(|group| format!(" [{group}]")).unwrap_or_default();
    let organisation = row.organisation.as_deref().unwrap_or("?");
    format!("{}..{}: {organisation}{group} ({})", at(row.from), at(row.until), row.said_by)
}
