//! The people collector over the developers' data. They are not part of the repository.

use muster_collect::people::gitdm::{Stint, records, write};
use muster_collect::people::{Config, open};
use muster_model::{Collector, Event, Payload, Problem, Severity};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn data(file: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/affiliations")).join(file)
}

struct Read {
    events: Vec<Event>,
    problems: Vec<Problem>,
}

fn read(path: PathBuf) -> Read {
    let config = Config { name: "gitdm".to_owned(), path };
    let mut collector = open(&config, None).expect("a source");
    let mut read = Read { events: Vec::new(), problems: Vec::new() };
    let mut cursor = None;
    while let Some(batch) = collector.next_batch().expect("a batch") {
        let rejected = batch.problems.iter().filter(|p| p.severity == Severity::Rejected).count();
        assert_eq!(batch.counts.read, (batch.events.len() + rejected) as u64 + batch.counts.not_ours);
        read.events.extend(batch.events);
        read.problems.extend(batch.problems);
        cursor = batch.cursor.or(cursor);
    }
    let mut again = open(&config, cursor.as_ref()).expect("a source");
    assert_eq!(again.next_batch().expect("no failure"), None, "a second run has nothing");
    let ids: BTreeSet<&str> = read.events.iter().map(|event| event.id.as_str()).collect();
    assert_eq!(ids.len(), read.events.len());
    read
}

impl Read {
    fn count(&self, kind: &str) -> usize {
        self.events.iter().filter(|event| event.kind() == kind).count()
    }

    fn rejected(&self) -> Vec<String> {
        let rejected = self.problems.iter().filter(|p| p.severity == Severity::Rejected);
        rejected.map(|problem| problem.to_string()).collect()
    }

    fn accounts(&self, kind: &str) -> usize {
        let account = |event: &Event| match &event.data {
            Payload::AffiliationDeclared(body) => Some(body.account.clone()),
            Payload::AccountLinked(body) => Some(body.account.clone()),
            _ => None,
        };
        self.events.iter().filter(|event| event.kind() == kind).filter_map(account).collect::<BTreeSet<_>>().len()
    }
}

/// Lines that say something.
fn lines(file: &str) -> Vec<String> {
    let text = std::fs::read_to_string(data(file)).expect(file);
    text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
}

fn distinct(lines: impl Iterator<Item = String>) -> usize {
    lines.collect::<BTreeSet<_>>().len()
}

#[test]
#[ignore = "reads ../shared/data, which is not part of the repository; .ci/run runs it"]
fn developers_are_read_and_written_back() {
    let file = "developers_affiliations1.txt";
    let text = std::fs::read_to_string(data(file)).expect(file);
    let people = records(&text);
    assert_eq!(people.len(), 517);
    assert_eq!(records(&write(&people)), people);
    let body: String = lines(file).iter().map(|line| format!("{line}\n")).collect();
    assert_eq!(write(&people), body, "nothing is lost but comments");
    let read = read(data(file));
    assert_eq!(read.rejected(), [""; 0]);
    let logins = distinct(people.iter().map(|person| person.login.to_lowercase()));
    assert_eq!(read.accounts("affiliation.declared"), logins);
    let stints = people.iter().flat_map(|person| {
        let login = person.login.to_lowercase();
        person.stints.iter().map(move |stint| format!("{login} {stint:?}"))
    });
    assert_eq!(read.count("affiliation.declared"), distinct(stints));
    let written = people.iter().flat_map(|person| {
        let account = muster_model::account::github(&person.login);
        person.stints.iter().map(move |stint| (account.clone(), stint.clone()))
    });
    let told = read.events.iter().filter_map(|event| match &event.data {
        Payload::AffiliationDeclared(body) => Some((
            body.account.clone(),
            Stint { organisation: body.organisation.clone(), from: body.from.clone(), until: body.until.clone() },
        )),
        _ => None,
    });
    assert_eq!(told.collect::<BTreeSet<_>>(), written.collect::<BTreeSet<_>>(), "every stint as it is written");
    let emails = people.iter().flat_map(|person| {
        let login = person.login.to_lowercase();
        person.emails.iter().map(move |email| format!("{login} {}", email.to_lowercase()))
    });
    assert_eq!(read.count("account.linked"), distinct(emails));
}

#[test]
#[ignore = "reads ../shared/data, which is not part of the repository; .ci/run runs it"]
fn every_line_of_the_maps_is_an_event() {
    for (file, kind, records) in [
        ("email-map", "affiliation.declared", 1_993),
        ("domain-map", "domain.assigned", 772),
        ("aliases", "account.linked", 203),
    ] {
        let lines = lines(file);
        assert_eq!(lines.len(), records, "{file}");
        let read = read(data(file));
        assert_eq!(read.rejected(), [""; 0], "{file}");
        let same = |line: &String| {
            let (key, rest) = line.trim().split_once(' ').expect("two words");
            format!("{} {rest}", key.to_lowercase())
        };
        assert_eq!(read.count(kind), distinct(lines.iter().map(same)), "{file}");
        assert_eq!(read.count(kind), read.events.len(), "{file}");
    }
}

#[test]
#[ignore = "reads ../shared/data, which is not part of the repository; .ci/run runs it"]
fn spellings_and_acquisitions_are_read() {
    let mapping = read(data("mapping.json"));
    let lines = lines("mapping.json");
    assert_eq!((mapping.rejected().len(), mapping.count("organization.aliased")), (0, lines.len() - 2));
    let acquisitions = read(data("companies.yaml"));
    assert_eq!(acquisitions.rejected(), [""; 0]);
    let items = self::lines("companies.yaml").iter().filter(|line| line.trim_start().starts_with('-')).count();
    assert_eq!(acquisitions.count("organization.aliased"), items - 1, "the first is ---");
}

#[test]
#[ignore = "reads ../shared/data, which is not part of the repository; .ci/run runs it"]
fn users_of_both_shapes_are_read() {
    let old = read(data("github_users.json"));
    assert_eq!(old.rejected(), [""; 0]);
    // A record for each address: the profile of a login is there several times.
    let text = std::fs::read_to_string(data("github_users.json")).expect("a file");
    let profiles: Vec<serde_json::Value> = serde_json::from_str(&text).expect("a list");
    let text_of = |profile: &serde_json::Value, key: &str| profile[key].as_str().unwrap_or_default().to_lowercase();
    let companies = profiles.iter().filter(|profile| !text_of(profile, "company").trim().is_empty());
    let distinct_companies = distinct(companies.map(|profile| {
        format!("{} {} {:?}", text_of(profile, "login"), profile["company"], text_of(profile, "updated_at").get(..10))
    }));
    assert_eq!(profiles.len(), 424);
    assert_eq!((old.count("account.linked"), old.count("affiliation.declared")), (424, distinct_companies));
    let new = read(data("github_users.derived.json"));
    assert_eq!(new.rejected(), [""; 0]);
    assert_eq!(new.count("account.linked"), 1_302);
    // It was made from the text file: where a login has one block there, both say the same.
    let text = std::fs::read_to_string(data("developers_affiliations1.txt")).expect("a file");
    let people = records(&text);
    for person in &people {
        if people.iter().filter(|other| other.login.eq_ignore_ascii_case(&person.login)).count() > 1 {
            continue;
        }
        let account = muster_model::account::github(&person.login);
        let said: Vec<_> = new
            .events
            .iter()
            .filter_map(|event| match &event.data {
                Payload::AffiliationDeclared(body) if body.account == account => {
                    Some((body.organisation.clone(), body.from.clone(), body.until.clone()))
                }
                _ => None,
            })
            .collect();
        let stints = person.stints.iter().cloned().map(|stint| (stint.organisation, stint.from, stint.until));
        assert_eq!(said, stints.collect::<Vec<_>>(), "{account}");
    }
}

#[test]
#[ignore = "reads ../shared/data, which is not part of the repository; .ci/run runs it"]
fn the_whole_folder_is_one_source() {
    let all = read(data(""));
    assert_eq!(all.rejected(), [""; 0]);
    let addresses = |event: &&Event| event.id.contains("email:") && event.id.contains('@');
    assert_eq!(all.events.iter().find(addresses), None, "an address in an id");
}
