//! Names and initials in notes.

use muster_people::Evidence;

use crate::common::*;

const MEETING: &str = "lantern/weekly/2025-06-17";

/// Everybody in one community's notes, under their name.
fn notes(names: &[&str]) -> Evidence {
    let sightings = names.iter().map(|name| seen(&at(name), name, None, "2025-01-01")).collect();
    Evidence { sightings, ..Evidence::default() }
}

fn at(name: &str) -> String {
    format!("name:lantern/{name}")
}

fn initials(text: &str) -> String {
    format!("initials:{MEETING}/{text}")
}

#[test]
fn case_diacritics_and_punctuation_do_not_make_another_name() {
    let resolution = resolved(&notes(&["Ștefan Ionescu", "stefan  ionescu", "Stefan-Ionescu.", "Ştefan Ionescu"]));
    assert_eq!(resolution.people.len(), 1);
}

#[test]
fn a_handle_means_the_one_whose_initials_it_has() {
    for handle in ["RăzvanD", "Razvan D.", "razvan d", "RazvanD"] {
        let resolution = resolved(&notes(&["Răzvan Dobre", "Răzvan Popa", "Ana Dobre", handle]));
        assert!(one(&resolution, &at(handle), &at("Răzvan Dobre")), "{handle}");
        assert_eq!(resolution.people.len(), 3);
    }
}

#[test]
fn a_short_given_name_means_the_longer_when_it_is_the_only_one() {
    let resolution = resolved(&notes(&["AlexJ", "Alexander Jansen", "Alexandra Koch"]));
    assert!(one(&resolution, &at("AlexJ"), &at("Alexander Jansen")));
    let resolution = resolved(&notes(&["AlexJ", "Alexander Jansen", "Alexandra Joos"]));
    assert!(unresolved(&resolution, &at("AlexJ")));
    let resolution = resolved(&notes(&["AlexJ", "Alexander Jansen", "Alex Joos"]));
    assert!(one(&resolution, &at("AlexJ"), &at("Alex Joos")), "equal beats longer");
    let resolution = resolved(&notes(&["AleJ", "Alexander Jansen"]));
    assert!(!one(&resolution, &at("AleJ"), &at("Alexander Jansen")), "three letters are too few");
}

#[test]
fn a_given_name_means_the_only_one_who_has_it() {
    let resolution = resolved(&notes(&["Răzvan", "Răzvan Dobre", "RăzvanD", "Ana"]));
    assert_eq!(resolution.people.len(), 2);
    assert!(!unresolved(&resolution, &at("Ana")), "a given name alone is somebody");
    let resolution = resolved(&notes(&["Răzvan", "Răzvan Dobre", "Răzvan Popa"]));
    assert_eq!(resolution.people.len(), 3);
    assert!(unresolved(&resolution, &at("Răzvan")));
    let found = conflicts(&resolution, "ambiguous-name");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].about, at("Răzvan"));
}

#[test]
fn another_community_is_other_people() {
    let mut evidence = notes(&["Mira Tal"]);
    evidence.sightings.push(seen("name:harbour/Mira", "Mira", None, "2025-01-01"));
    evidence.sightings.push(seen("name:harbour/Mira Tal", "Mira Tal", None, "2025-01-01"));
    let resolution = resolved(&evidence);
    assert!(one(&resolution, "name:harbour/Mira", "name:harbour/Mira Tal"));
    assert!(!one(&resolution, "name:harbour/Mira Tal", &at("Mira Tal")));
}

#[test]
fn swapped_names_are_not_joined() {
    assert_eq!(resolved(&notes(&["Tal Mira", "Mira Tal"])).people.len(), 2);
}

#[test]
fn names_find_the_accounts_behind_profile_links_and_attendance() {
    let mut evidence = notes(&["mira tal", "MiraT", "oskar", "swift"]);
    evidence.links = vec![link(&at("Mira Tal"), "github:swift", "profile-link")];
    evidence.attendances = vec![attended(MEETING, "github:ob", "Oskar Bergh")];
    let resolution = resolved(&evidence);
    for name in ["mira tal", "MiraT", "swift"] {
        assert_eq!(person(&resolution, &at(name)), "github:swift", "{name}");
    }
    assert_eq!(person(&resolution, &at("oskar")), "github:ob");
}

#[test]
fn a_name_that_links_to_two_accounts_joins_neither() {
    let mut evidence = links([
        link(&at("Mira Tal"), "github:mira", "profile-link"),
        link(&at("Mira Tal"), "github:other-mira", "profile-link"),
    ]);
    let resolution = resolved(&evidence);
    assert!(!one(&resolution, "github:mira", "github:other-mira"), "equal names join nothing, over notes either");
    assert!(unresolved(&resolution, &at("Mira Tal")));
    assert_eq!(conflicts(&resolution, "ambiguous-name").len(), 1);
    evidence.sightings =
        vec![seen("github:mira", "", Some(3), "2024-01-01"), seen("github:other-mira", "", Some(3), "2023-01-01")];
    let resolution = resolved(&evidence);
    assert_eq!(resolution.people.len(), 1, "a changed login is one account");
}

#[test]
fn one_name_of_two_people_who_attend_stays_unresolved() {
    let mut evidence = notes(&["Li Wei"]);
    evidence.attendances = vec![attended(MEETING, "github:li1", "Li Wei"), attended(MEETING, "github:li2", "Li Wei")];
    let resolution = resolved(&evidence);
    assert_eq!(resolution.people.len(), 3);
    assert!(unresolved(&resolution, &at("Li Wei")));
    evidence.links = vec![apart(&at("Li Wei"), "github:li2", "people")];
    assert!(one(&resolved(&evidence), &at("Li Wei"), "github:li1"), "the people file decides");
}

#[test]
fn initials_mean_somebody_at_that_meeting() {
    let mut evidence = notes(&["Alex Jansen", "Ada Jung"]);
    evidence.sightings.push(seen(&initials("AJ"), "AJ", None, "2025-06-17"));
    evidence.sightings.push(seen("initials:lantern/weekly/2025-06-24/AJ", "AJ", None, "2025-06-24"));
    evidence.attendances = vec![
        attended(MEETING, &at("Alex Jansen"), "Alex Jansen"),
        attended(MEETING, &at("Mira Tal"), "Mira Tal"),
        attended("lantern/weekly/2025-06-24", &at("Alex Jansen"), "Alex Jansen"),
        attended("lantern/weekly/2025-06-24", &at("Ada Jung"), "Ada Jung"),
    ];
    let resolution = resolved(&evidence);
    assert_eq!(person(&resolution, &initials("AJ")), at("Alex Jansen"));
    assert!(unresolved(&resolution, "initials:lantern/weekly/2025-06-24/AJ"));
    assert!(!unresolved(&resolution, &initials("AJ")));
}

#[test]
fn initials_are_read_from_handles_given_names_and_what_else_somebody_is_called() {
    let mut evidence = notes(&["Sonja Kuhn"]);
    for text in ["AJ", "Mira", "SK", "ZZ"] {
        evidence.sightings.push(seen(&initials(text), text, None, "2025-06-17"));
    }
    evidence.attendances = vec![
        attended(MEETING, &at("AlexJ"), "AlexJ"),
        attended(MEETING, &at("Mira Tal"), "Mira Tal"),
        attended(MEETING, &at("Sonja"), "Sonja"),
    ];
    let resolution = resolved(&evidence);
    assert!(one(&resolution, &initials("AJ"), &at("AlexJ")));
    assert!(one(&resolution, &initials("Mira"), &at("Mira Tal")));
    assert!(one(&resolution, &initials("SK"), &at("Sonja Kuhn")), "listed as Sonja, who is Sonja Kuhn elsewhere");
    assert!(unresolved(&resolution, &initials("ZZ")), "nobody there");
}
