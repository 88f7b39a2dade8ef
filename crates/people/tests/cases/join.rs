//! Accounts to people.

use muster_people::{Evidence, Link};

use crate::common::*;

#[test]
fn one_account_is_one_person_whatever_is_said() {
    let resolution =
        resolved(&Evidence { sightings: vec![seen("github:mira", "", None, "2024-01-01")], ..Evidence::default() });
    assert_eq!(resolution.people.len(), 1);
    assert_eq!(resolution.people[0].person, "github:mira");
    assert_eq!(resolution.people[0].name, "mira");
    assert_eq!(resolved(&Evidence::default()), muster_people::Resolution::default());
}

#[test]
fn equal_names_never_join() {
    let resolution = resolved(&Evidence {
        sightings: vec![
            seen("email:dave@one.example", "Dave", None, "2024-01-01"),
            seen("email:dave@two.example", "Dave", None, "2024-01-01"),
            seen("email:mira@three.example", "Mira Tal", None, "2024-01-01"),
            seen("github:mira", "Mira Tal", None, "2024-01-01"),
            seen("name:lantern/Mira Tal", "Mira Tal", None, "2024-01-01"),
            seen("name:harbour/Mira Tal", "Mira Tal", None, "2024-01-01"),
        ],
        ..Evidence::default()
    });
    assert_eq!(resolution.people.len(), 6);
}

#[test]
fn a_changed_login_keeps_its_number_and_the_latest_names_the_person() {
    let resolution = resolved(&Evidence {
        sightings: vec![
            seen("github:mira-old", "", Some(7), "2021-01-01"),
            seen("github:mira", "", Some(7), "2024-01-01"),
        ],
        ..Evidence::default()
    });
    assert_eq!(resolution.people.len(), 1);
    assert_eq!(person(&resolution, "github:mira-old"), "github:mira");
    assert_eq!(person(&resolution, "github-id:7"), "github:mira");
    let number = resolution.accounts.iter().find(|row| row.account == "github-id:7").unwrap();
    assert_eq!(number.last_seen, day("2024-01-01"));
}

#[test]
fn a_login_that_two_numbers_had_belongs_to_neither() {
    let resolution = resolved(&Evidence {
        sightings: vec![
            seen("github:swift", "", Some(1), "2020-06-01"),
            seen("github:swift-mira", "", Some(1), "2024-01-01"),
            seen("github:swift", "", Some(2), "2024-01-01"),
        ],
        ..Evidence::default()
    });
    assert_eq!(person(&resolution, "github-id:1"), "github:swift-mira");
    assert_eq!(person(&resolution, "github-id:2"), "github-id:2");
    assert_eq!(person(&resolution, "github:swift"), "github:swift");
    let found = conflicts(&resolution, "two-numbers");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].about, "github:swift");
    assert!(found[0].message.contains("github-id:1, github-id:2"), "{}", found[0].message);
}

#[test]
fn a_noreply_address_belongs_to_its_number_or_else_to_its_login() {
    let sightings = vec![
        seen("email:7+mira-old@users.noreply.github.com", "Mira Tal", None, "2024-01-01"),
        seen("email:oskar@users.noreply.github.com", "Oskar", None, "2024-01-01"),
        seen("email:99+unseen@users.noreply.github.com", "Una", None, "2024-01-01"),
        seen("github:mira", "", Some(7), "2024-01-01"),
        seen("github:oskar", "", Some(8), "2024-01-01"),
    ];
    let resolution = resolved(&Evidence { sightings, ..Evidence::default() });
    assert_eq!(person(&resolution, "email:7+mira-old@users.noreply.github.com"), "github:mira");
    assert_eq!(person(&resolution, "email:oskar@users.noreply.github.com"), "github:oskar");
    assert_eq!(person(&resolution, "email:99+unseen@users.noreply.github.com"), "github:unseen");
}

#[test]
fn a_login_given_to_somebody_else_does_not_take_the_old_addresses_along() {
    let sightings = vec![
        seen("email:1+swift@users.noreply.github.com", "Mira", None, "2020-06-01"),
        seen("email:2+swift@users.noreply.github.com", "Oskar", None, "2024-01-01"),
        seen("github:swift", "", Some(2), "2024-01-01"),
    ];
    let resolution = resolved(&Evidence { sightings, ..Evidence::default() });
    assert!(one(&resolution, "email:2+swift@users.noreply.github.com", "github:swift"));
    assert!(!one(&resolution, "email:1+swift@users.noreply.github.com", "github:swift"));
    // Neither number is known: the login belongs to neither.
    let sightings = vec![
        seen("email:1+swift@users.noreply.github.com", "Mira", None, "2020-06-01"),
        seen("email:2+swift@users.noreply.github.com", "Oskar", None, "2024-01-01"),
    ];
    let resolution = resolved(&Evidence { sightings, ..Evidence::default() });
    assert_eq!(resolution.people.len(), 3);
    assert_eq!(conflicts(&resolution, "kept-apart").len(), 1);
}

#[test]
fn every_kind_of_link_joins_and_says_why() {
    for evidence in ["people", "mailmap", "gitdm", "sortinghat", "roster", "profile-link", "chat-profile", "hearsay"] {
        let resolution = resolved(&links([named("email:mira@tal.example", "github:mira", evidence, "Mira Tal")]));
        assert_eq!(resolution.people.len(), 1, "{evidence}");
        assert_eq!(resolution.people[0].name, "Mira Tal");
        assert_eq!(resolution.people[0].accounts, 2);
        let join = &resolution.joins[0];
        assert_eq!((join.evidence.as_str(), join.used), (evidence, true));
        assert_eq!(join.event_id, format!("{evidence}:email:mira@tal.example=github:mira"));
    }
}

#[test]
fn a_team_is_nobody() {
    let resolution = resolved(&links([link("team:acme/all", "github:mira", "people")]));
    assert_eq!(resolution.people.len(), 2);
    assert!(!resolution.joins[0].used);
}

#[test]
fn two_numbers_stay_apart_and_what_would_connect_them_joins_neither() {
    let mut evidence = links([
        link("email:shared@acme.example", "github:mira", "gitdm"),
        link("email:shared@acme.example", "github:oskar", "gitdm"),
        link("email:shared@acme.example", "email:other@acme.example", "gitdm"),
        link("email:mira@tal.example", "github:mira", "gitdm"),
    ]);
    evidence.sightings =
        vec![seen("github:mira", "", Some(1), "2024-01-01"), seen("github:oskar", "", Some(2), "2024-01-01")];
    let resolution = resolved(&evidence);
    assert!(!one(&resolution, "github:mira", "github:oskar"));
    assert!(!one(&resolution, "email:shared@acme.example", "github:mira"));
    assert!(!one(&resolution, "email:shared@acme.example", "github:oskar"));
    assert!(one(&resolution, "email:shared@acme.example", "email:other@acme.example"));
    assert!(one(&resolution, "email:mira@tal.example", "github:mira"));
    let found = conflicts(&resolution, "kept-apart");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].event_ids.len(), 2);
    assert_eq!(resolution.joins.iter().filter(|join| !join.used).count(), 2);
}

#[test]
fn the_people_file_joins_even_two_numbers() {
    let mut evidence = links([
        link("github:mira-at-work", "github:mira", "people"),
        link("email:mira@tal.example", "github:mira", "gitdm"),
        link("email:mira@tal.example", "github:mira-at-work", "gitdm"),
    ]);
    evidence.sightings =
        vec![seen("github:mira", "", Some(1), "2023-01-01"), seen("github:mira-at-work", "", Some(2), "2024-01-01")];
    let resolution = resolved(&evidence);
    assert_eq!(resolution.people.len(), 1);
    assert_eq!(resolution.people[0].person, "github:mira");
    assert!(conflicts(&resolution, "kept-apart").is_empty());
}

#[test]
fn stronger_evidence_is_heard_first() {
    let mut evidence = links([
        link("email:mira@tal.example", "github:mira", "mailmap"),
        link("email:mira@tal.example", "github:oskar", "gitdm"),
    ]);
    evidence.sightings =
        vec![seen("github:mira", "", Some(1), "2024-01-01"), seen("github:oskar", "", Some(2), "2024-01-01")];
    let resolution = resolved(&evidence);
    assert!(one(&resolution, "email:mira@tal.example", "github:mira"));
    assert!(!one(&resolution, "github:mira", "github:oskar"));
    assert_eq!(conflicts(&resolution, "kept-apart").len(), 1);
}

#[test]
fn apart_beats_equal_and_weaker_evidence_but_not_stronger() {
    let cases = [
        ("people", "mailmap", false),
        ("mailmap", "mailmap", false),
        ("roster", "mailmap", true),
        ("roster", "roster", false),
    ];
    for (says_apart, says_one, joined) in cases {
        let resolution = resolved(&links([
            apart("email:a@x.example", "email:b@x.example", says_apart),
            link("email:a@x.example", "email:b@x.example", says_one),
        ]));
        assert_eq!(one(&resolution, "email:a@x.example", "email:b@x.example"), joined, "{says_apart} {says_one}");
    }
}

#[test]
fn apart_is_kept_over_a_third_account() {
    let resolution = resolved(&links([
        apart("email:a@x.example", "email:b@x.example", "people"),
        link("email:a@x.example", "email:c@x.example", "mailmap"),
        link("email:c@x.example", "email:d@x.example", "gitdm"),
        link("email:d@x.example", "email:b@x.example", "gitdm"),
    ]));
    assert!(one(&resolution, "email:a@x.example", "email:c@x.example"));
    assert!(!one(&resolution, "email:a@x.example", "email:b@x.example"));
    let found = conflicts(&resolution, "kept-apart");
    assert_eq!(found.len(), 1);
    assert!(found[0].event_ids.contains(&"people:email:a@x.example#email:b@x.example".to_owned()));
}

#[test]
fn a_chain_over_one_that_is_apart_from_another_still_keeps_numbers_apart() {
    let mut evidence = links([
        link("email:g1@x.example", "github:mira", "gitdm"),
        link("email:g1@x.example", "email:b@x.example", "gitdm"),
        link("email:g2@x.example", "email:b@x.example", "gitdm"),
        link("email:g2@x.example", "github:oskar", "gitdm"),
        apart("email:b@x.example", "email:d@x.example", "people"),
        link("email:d@x.example", "github:mira", "gitdm"),
    ]);
    evidence.sightings =
        vec![seen("github:mira", "", Some(1), "2024-01-01"), seen("github:oskar", "", Some(2), "2024-01-01")];
    let resolution = resolved(&evidence);
    assert!(!one(&resolution, "github:mira", "github:oskar"));
    assert!(!one(&resolution, "email:b@x.example", "email:d@x.example"));
}

#[test]
fn a_correction_is_the_highest_revision() {
    let (a, b) = ("email:a@x.example", "email:b@x.example");
    let said = |link: Link, revision: u32, withdrawn: bool| Link { revision, withdrawn, ..link };
    let joined = |said: &[Link]| one(&resolved(&links(said.iter().cloned())), a, b);
    let link = || link(a, b, "people");
    let apart = || apart(b, a, "people");
    assert!(joined(&[said(link(), 0, false)]));
    assert!(!joined(&[said(link(), 0, false), said(link(), 1, true)]), "withdrawn");
    assert!(joined(&[said(link(), 0, false), said(link(), 1, true), said(link(), 2, false)]), "stated again");
    assert!(!joined(&[said(link(), 0, false), said(apart(), 0, false)]), "apart wins where both are said");
    assert!(!joined(&[said(link(), 0, false), said(apart(), 1, false)]), "unlinked");
    assert!(joined(&[said(link(), 2, false), said(apart(), 1, false)]), "unlinked, then linked");
    assert!(joined(&[said(link(), 0, false), said(apart(), 0, false), said(apart(), 1, true)]), "apart was withdrawn");
    assert!(!joined(&[said(link(), 0, false), said(link(), 1, true), said(apart(), 0, false)]), "link was withdrawn");
}

#[test]
fn who_stands_for_a_person() {
    let of = |evidence: &Evidence, account: &str| person(&resolved(evidence), account).to_owned();
    let two_addresses = links([link("email:z@x.example", "email:a@x.example", "mailmap")]);
    assert_eq!(of(&two_addresses, "email:z@x.example"), "email:a@x.example");
    let by_hand = links([link("email:a@x.example", "email:z@x.example", "people")]);
    assert_eq!(of(&by_hand, "email:a@x.example"), "email:z@x.example");
    let name_and_address = links([link("name:lantern/Mira", "email:z@x.example", "chat-profile")]);
    assert_eq!(of(&name_and_address, "name:lantern/Mira"), "email:z@x.example");
    let two_logins = Evidence {
        sightings: vec![seen("github:late", "", None, "2024-01-01"), seen("github:early", "", None, "2021-01-01")],
        ..links([link("github:early", "github:late", "mailmap")])
    };
    assert_eq!(of(&two_logins, "github:early"), "github:late");
}

#[test]
fn the_name_to_show() {
    let mut evidence = links([
        named("email:mira@tal.example", "github:mira", "mailmap", "Mira Tal"),
        named("email:m@tal.example", "github:mira", "gitdm", "M. Tal-Berg"),
    ]);
    evidence.sightings = vec![seen("github:mira", "Mira T. from Accounting", None, "2024-01-01")];
    assert_eq!(name(&resolved(&evidence), "github:mira"), "Mira Tal");
    evidence.links.push(named("email:mira@tal.example", "github:mira", "people", "Mira"));
    assert_eq!(name(&resolved(&evidence), "github:mira"), "Mira");
    evidence.links = vec![link("email:mira@tal.example", "github:mira", "mailmap")];
    evidence.sightings = vec![
        seen("email:mira@tal.example", "Mira Tal", None, "2023-01-01"),
        seen("email:mira@tal.example", "miratal", None, "2024-01-01"),
    ];
    assert_eq!(name(&resolved(&evidence), "github:mira"), "Mira Tal");
    let account = resolved(&evidence).accounts.into_iter().find(|row| row.account == "email:mira@tal.example").unwrap();
    assert_eq!(account.name.as_deref(), Some("miratal"), "an account shows what was written last");
}

#[test]
fn a_bot_is_a_bot_in_all_its_accounts_unless_exempt() {
    let mut bot = seen("github:builder-bot", "", Some(5), "2024-01-01");
    bot.bot_reason = Some("name ends in -bot".into());
    let mut evidence = links([link("email:builder@acme.example", "github:builder-bot", "mailmap")]);
    evidence.sightings = vec![bot];
    let resolution = resolved(&evidence);
    assert!(resolution.people[0].is_bot && resolution.accounts.iter().all(|account| account.is_bot));
    evidence.sightings[0].not_a_bot = true;
    let resolution = resolved(&evidence);
    assert!(!resolution.people[0].is_bot && resolution.people[0].bot_reason.is_none());
    let account = resolution.accounts.iter().find(|row| row.account == "github:builder-bot").unwrap();
    assert_eq!(account.bot_reason.as_deref(), Some("name ends in -bot"), "the exception is visible");
}

#[test]
fn an_affiliation_can_say_that_an_account_is_a_bot() {
    let resolution = resolved(&declarations([works("email:ci@acme.example", "(Robots)", "gitdm", "", "")]));
    assert!(resolution.people[0].is_bot);
    assert!(resolution.people[0].bot_reason.as_deref().unwrap().contains("(Robots)"));
    assert!(resolution.affiliations.is_empty());
}

#[test]
fn one_account_under_two_names_is_listed_and_variants_are_not() {
    let two = resolved(&links([
        link("name:lantern/Mira Tal", "github:swift", "profile-link"),
        link("name:lantern/Oskar Bergh", "github:swift", "profile-link"),
    ]));
    let found = conflicts(&two, "two-names");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].about, "github:swift");
    assert!(found[0].message.contains("Mira Tal, Oskar Bergh"));
    assert_eq!(found[0].event_ids.len(), 2);
    let variants = resolved(&links([
        link("name:lantern/Mira Tal", "github:swift", "profile-link"),
        link("name:lantern/tal mira", "github:swift", "profile-link"),
        link("name:lantern/Swift", "github:swift", "profile-link"),
        named("email:m@tal.example", "github:swift", "mailmap", "Mira K. Tal"),
    ]));
    assert!(conflicts(&variants, "two-names").is_empty());
}

#[test]
fn a_join_of_two_maintainers_is_listed_unless_made_by_hand() {
    let mut evidence = links([
        link("email:m@tal.example", "github:mira", "gitdm"),
        link("email:m@tal.example", "github:oskar", "gitdm"),
    ]);
    evidence.maintainers = vec!["github:mira".to_owned(), "github:oskar".to_owned(), "github:mira".to_owned()];
    let resolution = resolved(&evidence);
    let found = conflicts(&resolution, "joins-maintainers");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].event_ids.len(), 2);
    evidence.links.push(link("github:oskar", "github:mira", "people"));
    assert!(conflicts(&resolved(&evidence), "joins-maintainers").is_empty());
    evidence.links.pop();
    evidence.sightings =
        vec![seen("github:mira", "", Some(4), "2022-01-01"), seen("github:oskar", "", Some(4), "2024-01-01")];
    assert!(conflicts(&resolved(&evidence), "joins-maintainers").is_empty(), "a changed login");
}

/// SortingHat matches on any equal e-mail, name or user name; its cases, and what muster makes of them.
mod sortinghat {
    use super::*;

    #[test]
    fn the_same_address_in_two_sources_is_one_account_in_any_case() {
        let written =
            [muster_model::account::email("JRoe@Example.Org"), muster_model::account::email("jroe@example.org")];
        let resolution = resolved(&links([
            link(&written[0], "github:jroe", "sortinghat"),
            link(&written[1], "name:lantern/Jo Roe", "sortinghat"),
        ]));
        assert_eq!(resolution.people.len(), 1);
    }

    #[test]
    fn identities_of_one_individual_are_one_person() {
        let resolution = resolved(&links([
            named("email:jroe@example.org", "github:jroe", "sortinghat", "Jo Roe"),
            named("email:jo@home.example", "github:jroe", "sortinghat", "Jo Roe"),
            named("name:lantern/Jo Roe", "github:jroe", "sortinghat", "Jo Roe"),
        ]));
        assert_eq!((resolution.people.len(), resolution.people[0].accounts), (1, 4));
        assert_eq!(resolution.people[0].name, "Jo Roe");
    }

    #[test]
    fn equal_user_names_of_two_sources_do_not_join() {
        let sightings = vec![seen("github:jroe", "", None, "2024-01-01"), seen("slack:jroe", "", None, "2024-01-01")];
        assert_eq!(resolved(&Evidence { sightings, ..Evidence::default() }).people.len(), 2);
    }

    #[test]
    fn a_name_of_one_word_or_none_joins_nothing() {
        let sightings = vec![
            seen("email:a@x.example", "root", None, "2024-01-01"),
            seen("email:b@x.example", "root", None, "2024-01-01"),
            seen("email:c@x.example", "", None, "2024-01-01"),
            seen("email:d@x.example", "", None, "2024-01-01"),
        ];
        assert_eq!(resolved(&Evidence { sightings, ..Evidence::default() }).people.len(), 4);
    }

    #[test]
    fn the_github_user_is_read_from_a_noreply_address() {
        let sightings = vec![
            seen("github:jroe", "", Some(123), "2024-01-01"),
            seen("email:123+jroe@users.noreply.github.com", "Jo", None, "2024-01-01"),
        ];
        assert_eq!(resolved(&Evidence { sightings, ..Evidence::default() }).people.len(), 1);
    }

    #[test]
    fn unmerging_takes_one_identity_out_and_leaves_the_rest() {
        let resolution = resolved(&links([
            link("email:jroe@example.org", "github:jroe", "sortinghat"),
            link("email:stranger@example.org", "github:jroe", "sortinghat"),
            apart("email:stranger@example.org", "github:jroe", "people"),
        ]));
        assert!(one(&resolution, "email:jroe@example.org", "github:jroe"));
        assert!(!one(&resolution, "email:stranger@example.org", "github:jroe"));
    }
}
