//! Who worked where, when.

use muster_people::Declaration;

use crate::common::*;

const MIRA: &str = "github:mira";

#[test]
fn a_statement_without_dates_holds_always() {
    let resolution = resolved(&declarations([works(MIRA, "Acme Inc.", "gitdm", "", "")]));
    assert_eq!(affiliations(&resolution, MIRA), ["..: Acme Inc. (gitdm)"]);
    assert_eq!(resolution.organizations[0].people, 1);
}

#[test]
fn until_is_the_first_day_no_longer() {
    let resolution = resolved(&declarations([
        works(MIRA, "Acme", "gitdm", "", "2015-10-01"),
        works(MIRA, "Independent", "gitdm", "2015-10-01", "2016-01-01"),
        works(MIRA, "Widgets GmbH", "gitdm", "2016-01-01", ""),
    ]));
    assert_eq!(
        affiliations(&resolution, MIRA),
        [
            "..2015-10-01: Acme (gitdm)",
            "2015-10-01..2016-01-01: Independent (gitdm)",
            "2016-01-01..: Widgets GmbH (gitdm)"
        ]
    );
    let free = &resolution.affiliations[1];
    assert_eq!((&free.organisation_key, &free.organisation_group), (&None, &None));
    assert!(conflicts(&resolution, "two-organisations").is_empty());
}

#[test]
fn the_strongest_decides_at_each_instant_and_what_it_overrides_is_listed() {
    let resolution = resolved(&declarations([
        works(MIRA, "Acme", "gitdm", "", ""),
        works(MIRA, "Widgets", "roster", "2023-01-01", "2024-01-01"),
    ]));
    assert_eq!(
        affiliations(&resolution, MIRA),
        ["..2023-01-01: Acme (gitdm)", "2023-01-01..2024-01-01: Widgets (roster)", "2024-01-01..: Acme (gitdm)"]
    );
    let found = conflicts(&resolution, "two-organisations");
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].from, found[0].until), (Some(day("2023-01-01")), Some(day("2024-01-01"))));
    assert!(found[0].message.ends_with("Widgets is used"), "{}", found[0].message);
    assert_eq!(found[0].event_ids.len(), 2);
}

#[test]
fn the_order_of_authority_is_the_documented_one() {
    let all = ["people", "roster", "notes", "sortinghat", "gitdm", "email-map", "profile", "hearsay"];
    for pair in all.windows(2) {
        let resolution =
            resolved(&declarations([works(MIRA, "Weak", pair[1], "", ""), works(MIRA, "Strong", pair[0], "", "")]));
        assert_eq!(affiliations(&resolution, MIRA), [format!("..: Strong ({})", pair[0])]);
    }
}

#[test]
fn two_of_one_authority_that_contradict_each_other_give_none() {
    let resolution = resolved(&declarations([
        works(MIRA, "Acme", "gitdm", "", "2022-01-01"),
        works(MIRA, "Widgets", "gitdm", "2021-01-01", ""),
        works(MIRA, "acme, inc.", "gitdm", "2020-01-01", "2020-06-01"),
    ]));
    assert_eq!(
        affiliations(&resolution, MIRA),
        ["..2021-01-01: Acme (gitdm)", "2021-01-01..2022-01-01: ? (gitdm)", "2022-01-01..: Widgets (gitdm)"]
    );
    let found = conflicts(&resolution, "two-organisations");
    assert_eq!(found.len(), 1);
    assert!(found[0].message.ends_with("neither is used"));
    assert_eq!(resolution.declared.len(), 3, "every statement is kept as it was made");
}

#[test]
fn accounts_of_one_person_speak_for_one_person() {
    let mut evidence = declarations([
        works("email:m@tal.example", "Acme", "gitdm", "", "2020-01-01"),
        works(MIRA, "Widgets", "gitdm", "2020-01-01", ""),
    ]);
    evidence.links = vec![link("email:m@tal.example", MIRA, "mailmap")];
    let resolution = resolved(&evidence);
    assert_eq!(affiliations(&resolution, MIRA), ["..2020-01-01: Acme (gitdm)", "2020-01-01..: Widgets (gitdm)"]);
}

#[test]
fn returning_to_a_company_is_a_second_span() {
    let resolution = resolved(&declarations([
        works(MIRA, "Acme", "sortinghat", "2018-01-01", "2019-01-01"),
        works(MIRA, "Widgets", "sortinghat", "2019-01-01", "2020-01-01"),
        works(MIRA, "Acme", "sortinghat", "2020-01-01", ""),
    ]));
    assert_eq!(
        affiliations(&resolution, MIRA),
        [
            "2018-01-01..2019-01-01: Acme (sortinghat)",
            "2019-01-01..2020-01-01: Widgets (sortinghat)",
            "2020-01-01..: Acme (sortinghat)"
        ]
    );
    assert_eq!(resolution.organizations.iter().find(|row| row.organisation == "Acme").unwrap().people, 1);
}

#[test]
fn overlapping_and_adjacent_spans_of_one_organisation_are_one() {
    let resolution = resolved(&declarations([
        works(MIRA, "Acme", "sortinghat", "2018-01-01", "2020-01-01"),
        works(MIRA, "Acme", "sortinghat", "2019-01-01", "2021-01-01"),
        works(MIRA, "Acme", "sortinghat", "2021-01-01", "2022-01-01"),
        works(MIRA, "Acme", "sortinghat", "2023-01-01", "2024-01-01"),
    ]));
    assert_eq!(
        affiliations(&resolution, MIRA),
        ["2018-01-01..2022-01-01: Acme (sortinghat)", "2023-01-01..2024-01-01: Acme (sortinghat)"]
    );
}

#[test]
fn nothing_is_said_by_what_says_nothing() {
    for written in ["NotFound", "(Unknown)", "Unknown", "?", "-", "", "  "] {
        let resolution =
            resolved(&declarations([works(MIRA, written, "people", "", ""), works(MIRA, "Acme", "profile", "", "")]));
        assert_eq!(affiliations(&resolution, MIRA), ["..: Acme (profile)"], "{written:?}");
        assert_eq!(resolution.declared.iter().filter(|row| row.organisation.is_none()).count(), 1);
    }
}

#[test]
fn days_of_notes_that_follow_each_other_are_joined() {
    let resolution = resolved(&declarations([
        noted(MIRA, "Acme", "2025-01-07"),
        noted(MIRA, "ACME Inc", "2025-01-21"),
        noted(MIRA, "?", "2025-01-28"),
        noted(MIRA, "Acme", "2025-02-04"),
        noted(MIRA, "Widgets", "2025-03-04"),
        noted(MIRA, "Acme", "2025-04-01"),
    ]));
    assert_eq!(
        affiliations(&resolution, MIRA),
        [
            "2025-01-07..2025-02-05: Acme (notes)",
            "2025-03-04..2025-03-05: Widgets (notes)",
            "2025-04-01..2025-04-02: Acme (notes)"
        ]
    );
    assert!(conflicts(&resolution, "two-organisations").is_empty());
}

#[test]
fn a_day_of_notes_with_two_companies_has_none() {
    let resolution = resolved(&declarations([
        noted(MIRA, "Acme", "2025-01-07"),
        noted(MIRA, "Acme", "2025-01-14"),
        noted(MIRA, "Widgets", "2025-01-14"),
        noted(MIRA, "Acme", "2025-01-21"),
    ]));
    assert_eq!(
        affiliations(&resolution, MIRA),
        [
            "2025-01-07..2025-01-08: Acme (notes)",
            "2025-01-14..2025-01-15: ? (notes)",
            "2025-01-21..2025-01-22: Acme (notes)"
        ]
    );
}

#[test]
fn notes_of_two_sources_are_not_joined_with_each_other() {
    let other = Declaration { source: "another file".to_owned(), ..noted(MIRA, "Acme", "2025-02-04") };
    let resolution = resolved(&declarations([noted(MIRA, "Acme", "2025-01-07"), other]));
    assert_eq!(
        affiliations(&resolution, MIRA),
        ["2025-01-07..2025-01-08: Acme (notes)", "2025-02-04..2025-02-05: Acme (notes)"]
    );
}

#[test]
fn an_interval_that_ends_before_it_begins_is_named_and_not_used() {
    let resolution = resolved(&declarations([
        works(MIRA, "Acme", "gitdm", "2022-01-01", "2021-01-01"),
        works(MIRA, "Acme", "gitdm", "2023-01-01", "2023-01-01"),
    ]));
    assert!(affiliations(&resolution, MIRA).is_empty());
    let found = conflicts(&resolution, "empty-interval");
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].about, MIRA);
    assert_eq!(resolution.declared.len(), 2);
}

#[test]
fn a_withdrawn_statement_no_longer_holds_and_can_be_made_again() {
    let said = |revision, withdrawn| Declaration { revision, withdrawn, ..works(MIRA, "Acme", "people", "", "") };
    let of = |said: &[Declaration]| affiliations(&resolved(&declarations(said.iter().cloned())), MIRA).len();
    assert_eq!(of(&[said(0, false), said(1, true)]), 0);
    assert_eq!(of(&[said(2, false), said(0, false), said(1, true)]), 1);
}

mod domains {
    use super::*;

    const AT_ACME: &str = "email:mira@lab.acme.net";

    #[test]
    fn the_longest_assigned_domain_is_the_weakest_word() {
        let mut evidence = declarations([works(AT_ACME, "NotFound", "gitdm", "", "")]);
        evidence.domains = vec![domain("acme.net", "Acme"), domain("net", "Everybody")];
        assert_eq!(affiliations(&resolved(&evidence), AT_ACME), ["..: Acme (domain)"]);
        evidence.domains.push(domain("lab.acme.net", "Acme Labs"));
        assert_eq!(affiliations(&resolved(&evidence), AT_ACME), ["..: Acme Labs (domain)"]);
        evidence.declarations.push(works(AT_ACME, "Widgets", "profile", "", ""));
        assert_eq!(affiliations(&resolved(&evidence), AT_ACME), ["..: Widgets (profile)"]);
    }

    #[test]
    fn anybodys_domain_says_nothing_even_where_a_file_says_so() {
        for account in ["email:mira@gmail.com", "email:1+mira@users.noreply.github.com", "email:mira@vip.qq.com"] {
            let mut evidence = declarations([works(account, "NotFound", "gitdm", "", "")]);
            evidence.domains = ["gmail.com", "users.noreply.github.com", "github.com", "qq.com", "com"]
                .map(|free| domain(free, "Wrong"))
                .to_vec();
            assert!(affiliations(&resolved(&evidence), account).is_empty(), "{account}");
        }
    }

    #[test]
    fn a_domain_can_change_hands() {
        let mut evidence = declarations([works(AT_ACME, "?", "gitdm", "", "")]);
        let sold = day("2020-01-01");
        evidence.domains = vec![
            muster_people::Domain { until: Some(sold), ..domain("acme.net", "Acme") },
            muster_people::Domain { from: Some(sold), ..domain("acme.net", "Widgets") },
        ];
        assert_eq!(
            affiliations(&resolved(&evidence), AT_ACME),
            ["..2020-01-01: Acme (domain)", "2020-01-01..: Widgets (domain)"]
        );
    }

    #[test]
    fn shipped_domains_are_known_and_can_be_overruled() {
        let account = "email:mira@redhat.com";
        let mut evidence = declarations([works(account, "?", "gitdm", "", "")]);
        assert_eq!(
            affiliations(&resolved(&evidence), account),
            ["..2019-07-09: Red Hat (domain)", "2019-07-09..: Red Hat [IBM] (domain)"]
        );
        evidence.domains = vec![domain("redhat.com", "Fedora Friends")];
        assert_eq!(affiliations(&resolved(&evidence), account), ["..: Fedora Friends (domain)"]);
    }
}

/// One login in two blocks of gitdm with different companies (its `*`), and a stray address in a block.
#[test]
fn gitdm_blocks_that_contradict_each_other_are_listed_and_neither_wins() {
    let mut evidence = declarations([
        works("email:mira@one.example", "Acme", "gitdm", "", ""),
        works("email:mira@two.example", "Widgets", "gitdm", "2019-01-01", ""),
    ]);
    evidence.links = vec![link("email:mira@one.example", MIRA, "gitdm"), link("email:mira@two.example", MIRA, "gitdm")];
    let resolution = resolved(&evidence);
    assert_eq!(affiliations(&resolution, MIRA), ["..2019-01-01: Acme (gitdm)", "2019-01-01..: ? (gitdm)"]);
    assert_eq!(conflicts(&resolution, "two-organisations").len(), 1);
}
