//! Measures [`muster_people::resolve`]: 200,000 accounts and 300,000 links of invented people, the same on every run.
//!
//! ```text
//! /usr/bin/time -v cargo run --release -p muster-people --example resolve_speed
//! ```
#![allow(clippy::print_stdout, reason = "a measurement is printed")]

use std::time::Instant;

use muster_model::Timestamp;
use muster_people::{Attendance, Declaration, Evidence, Link, Sighting, resolve, suggest};

/// Each has a login, a number, two addresses and, every second, a name in notes: 4.5 accounts and 6.8 links.
const PEOPLE: u64 = 45_000;

/// Knuth's generator: a benchmark needs no better, and must not change.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

fn day(number: u64) -> Timestamp {
    Timestamp::from_second(1_500_000_000 + 86_400 * i64::try_from(number).unwrap_or(0)).unwrap_or_default()
}

fn link(event: u64, account: &str, other: &str, evidence: &str, name: Option<&str>) -> Link {
    Link {
        event_id: format!("{evidence}:file/{event}"),
        account: account.to_owned(),
        other: other.to_owned(),
        evidence: evidence.to_owned(),
        name: name.map(str::to_owned),
        apart: false,
        revision: 0,
        withdrawn: false,
    }
}

fn declaration(event: u64, account: &str, organisation: String, said_by: &str, from: Option<Timestamp>) -> Declaration {
    Declaration {
        event_id: format!("{said_by}:file/{event}"),
        account: account.to_owned(),
        organisation,
        said_by: said_by.to_owned(),
        source: said_by.to_owned(),
        from,
        until: from.and_then(|from| from.checked_add(std::time::Duration::from_hours(24 * 500)).ok()),
        revision: 0,
        withdrawn: false,
    }
}

fn sighting(account: &str, name: Option<&str>, actor_id: Option<u64>, at: u64) -> Sighting {
    Sighting {
        account: account.into(),
        name: name.map(Into::into),
        actor_id,
        first_seen: day(at),
        last_seen: day(at + 100),
        bot_reason: None,
        not_a_bot: false,
    }
}

fn evidence() -> Evidence {
    let mut random = Random(2026);
    let mut evidence = Evidence::default();
    for number in 0..PEOPLE {
        person(number, &mut random, &mut evidence);
    }
    evidence
}

fn person(number: u64, random: &mut Random, evidence: &mut Evidence) {
    let name = format!("Given{} Family{}", random.below(4_000), random.below(9_000));
    let login = format!("github:user{number}");
    let work = format!("email:given{number}@company{}.net", random.below(500));
    let home = format!("email:{number}+user{number}@users.noreply.github.com");
    evidence.sightings.push(sighting(&login, None, Some(number), random.below(2_000)));
    evidence.sightings.push(sighting(&work, Some(&name), None, random.below(2_000)));
    evidence.sightings.push(sighting(&home, Some(&name), None, random.below(2_000)));
    let event = number * 10;
    let links = &mut evidence.links;
    links.push(link(event, &work, &login, "gitdm", None));
    links.push(link(event + 1, &home, &login, "gitdm", None));
    links.push(link(event + 2, &home, &work, "mailmap", Some(&name)));
    links.push(link(event + 3, &work, &login, "sortinghat", Some(&name)));
    links.push(link(event + 4, &home, &login, "sortinghat", Some(&name)));
    links.push(link(event + 5, &work, &login, "roster", Some(&name)));
    if number.is_multiple_of(2) {
        let in_notes = format!("name:community{}/{name}", random.below(50));
        links.push(link(event + 6, &in_notes, &login, "profile-link", Some(&name)));
        let meeting =
            format!("{}/weekly/2025-01-{:02}", &in_notes[5..in_notes.find('/').unwrap_or(5)], 1 + random.below(28));
        evidence.attendances.push(Attendance { meeting, account: in_notes, name });
    } else if random.below(3) == 0 {
        // Wrong: somebody else's address.
        let stranger = format!("github:user{}", random.below(PEOPLE));
        links.push(link(event + 7, &work, &stranger, "gitdm", None));
    }
    let company = format!("Company {}, Inc.", random.below(500));
    evidence.declarations.push(declaration(event, &work, company, "gitdm", None));
    if number.is_multiple_of(10) {
        let company = format!("company {}", random.below(500));
        let from = Some(day(random.below(2_000)));
        evidence.declarations.push(declaration(event + 1, &login, company, "roster", from));
    }
}

fn main() {
    let evidence = evidence();
    println!("links              {}", evidence.links.len());
    println!("declarations       {}", evidence.declarations.len());
    let start = Instant::now();
    let resolution = resolve(&evidence, day(3_000));
    println!("resolve            {:.2} s", start.elapsed().as_secs_f64());
    println!("accounts           {}", resolution.accounts.len());
    println!("people             {}", resolution.people.len());
    println!("joins              {}", resolution.joins.len());
    println!("affiliations       {}", resolution.affiliations.len());
    println!("conflicts          {}", resolution.conflicts.len());
    let start = Instant::now();
    let suggestions = suggest(&evidence, &resolution);
    println!("suggest            {:.2} s", start.elapsed().as_secs_f64());
    println!("suggestions        {}", suggestions.len());
}
