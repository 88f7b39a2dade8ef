//! Who may be one person.

use muster_people::{Evidence, Suggestion, suggest};

use crate::common::*;

fn suggestions(evidence: &Evidence) -> Vec<Suggestion> {
    suggest(evidence, &resolved(evidence))
}

fn sightings<'a>(seen_as: impl IntoIterator<Item = (&'a str, &'a str)>) -> Evidence {
    let sightings = seen_as.into_iter().map(|(account, name)| seen(account, name, None, "2024-01-01")).collect();
    Evidence { sightings, ..Evidence::default() }
}

#[test]
fn a_full_name_in_two_sources_is_suggested_and_a_single_word_is_not() {
    let found = suggestions(&sightings([("github:mira", "Mira Tal"), ("email:m@tal.example", "mira TAL")]));
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].person.as_str(), found[0].other.as_str()), ("email:m@tal.example", "github:mira"));
    assert!(found[0].reasons_for[0].contains("same name") && found[0].reasons_against.is_empty());
    assert!(suggestions(&sightings([("github:mira", "Mira"), ("email:m@tal.example", "Mira")])).is_empty());
}

#[test]
fn swapped_and_similar_names_are_suggested_below_equal_ones() {
    let found = suggestions(&sightings([
        ("email:a@x.example", "Mira Tallberg"),
        ("email:b@x.example", "Tallberg Mira"),
        ("email:c@x.example", "Mira Talberg"),
        ("email:d@x.example", "Mira Tallberg"),
    ]));
    assert!(found[0].reasons_for[0].contains("the same name"));
    assert!(found.iter().any(|one| one.reasons_for[0].contains("another order")));
    assert!(found.iter().any(|one| one.reasons_for[0].contains("similar names")));
    assert!(found.windows(2).all(|pair| pair[0].score >= pair[1].score));
}

#[test]
fn logins_and_local_parts_are_compared() {
    let found = suggestions(&sightings([("github:miratal", ""), ("email:miratal@tal.example", "")]));
    assert_eq!(found.len(), 1);
    assert!(found[0].reasons_for[0].contains("login"));
    let found = suggestions(&sightings([("email:mtal@one.example", "Mira Tal"), ("email:mtal@two.example", "M. Tal")]));
    assert!(found[0].reasons_for.iter().any(|reason| reason.contains("addresses that begin with mtal")));
    let generic = [("email:info@one.example", ""), ("email:info@two.example", ""), ("github:info", "")];
    assert!(suggestions(&sightings(generic)).is_empty());
    let others = [("email:mtal@one.example", "Mira Tal"), ("email:mtal@two.example", "Oskar Bergh")];
    assert!(suggestions(&sightings(others)).is_empty(), "a local part without a similar name");
}

#[test]
fn what_speaks_against_is_said() {
    let mut evidence = sightings([]);
    evidence.sightings = vec![
        seen("github:mira", "Mira Tal", Some(1), "2024-01-01"),
        seen("github:tal", "Mira Tal", Some(2), "2024-01-01"),
    ];
    evidence.maintainers = vec!["github:mira".to_owned(), "github:tal".to_owned()];
    evidence.declarations =
        vec![works("github:mira", "Acme", "gitdm", "", ""), works("github:tal", "Widgets", "gitdm", "2020-01-01", "")];
    evidence.attendances = vec![
        attended("lantern/weekly/2025-06-17", "github:mira", "Mira Tal"),
        attended("lantern/weekly/2025-06-17", "github:tal", "Mira Tal"),
    ];
    let found = suggestions(&evidence);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].reasons_against.len(), 4, "{:?}", found[0].reasons_against);
    assert!(found[0].score < 0.1);
}

#[test]
fn what_a_source_keeps_apart_is_not_suggested() {
    let mut evidence = sightings([("github:mira", "Mira Tal"), ("email:m@tal.example", "Mira Tal")]);
    evidence.links = vec![apart("email:m@tal.example", "github:mira", "people")];
    assert!(suggestions(&evidence).is_empty());
    evidence.links.push(muster_people::Link {
        revision: 1,
        withdrawn: true,
        ..apart("email:m@tal.example", "github:mira", "people")
    });
    assert_eq!(suggestions(&evidence).len(), 1);
}

#[test]
fn bots_and_names_that_many_bear_are_not_suggested() {
    let many: Vec<(String, &str)> = (0..40).map(|number| (format!("email:a{number}@x.example"), "Li Wei")).collect();
    let many = many.iter().map(|(account, name)| (account.as_str(), *name));
    assert!(suggestions(&sightings(many)).is_empty());
    let mut evidence = sightings([("github:mira", "Mira Tal"), ("email:m@tal.example", "Mira Tal")]);
    evidence.sightings[0].bot_reason = Some("a bot".into());
    assert!(suggestions(&evidence).is_empty());
}
