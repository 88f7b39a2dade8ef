//! Spellings, aliases and parents.

use muster_people::{Alias, Evidence, Meaning, Organizations, organisation_key};

use crate::common::*;

const MIRA: &str = "github:mira";

/// The organisation and group of somebody whose organisation is written so, at the end of 2025.
fn means(evidence: &Evidence, written: &str) -> (Option<String>, Option<String>) {
    let mut evidence = evidence.clone();
    evidence.declarations.push(works(MIRA, written, "people", "", ""));
    let resolution = resolved(&evidence);
    resolution
        .affiliations
        .last()
        .map_or((None, None), |row| (row.organisation.clone(), row.organisation_group.clone()))
}

fn name_of(evidence: &Evidence, written: &str) -> String {
    means(evidence, written).0.unwrap_or_default()
}

fn aliases(aliases: impl IntoIterator<Item = Alias>) -> Evidence {
    Evidence { aliases: aliases.into_iter().collect(), ..Evidence::default() }
}

#[test]
fn legal_form_case_and_punctuation_do_not_make_another_organisation() {
    let acme = [
        "Acme",
        "ACME, Inc.",
        "acme inc",
        "Acme LLC",
        "acme  Ltd.",
        "Acme GmbH & Co. KG",
        "Acme Co., Ltd",
        "The Acme Company",
    ];
    for written in acme {
        assert_eq!(organisation_key(written), "acme", "{written}");
    }
    for written in
        ["Acme s.r.o.", "Acme K.K.", "Acme S.A.", "Acme B.V.", "Acme Pty Ltd", "acme plc", "Acme Corporation"]
    {
        assert_eq!(organisation_key(written), "acme", "{written}");
    }
    assert_eq!(organisation_key("Inc."), "inc", "a name is never folded to nothing");
    assert_eq!(organisation_key("Co-op Bank"), "co op bank", "only at the end");
    assert_ne!(organisation_key("Acme"), organisation_key("Acme Labs"));
    assert_eq!(organisation_key("蚂蚁集团"), "蚂蚁集团");
    assert_eq!(organisation_key("Nestlé·Café"), "nestle cafe");
}

#[test]
fn the_most_frequent_spelling_is_shown() {
    let resolution = resolved(&declarations([
        works("github:a", "acme inc", "gitdm", "", ""),
        works("github:b", "Acme", "gitdm", "", ""),
        works("github:c", "Acme", "gitdm", "", ""),
        works("github:d", "ACME", "gitdm", "", ""),
    ]));
    assert_eq!(resolution.organizations.len(), 1);
    let acme = &resolution.organizations[0];
    assert_eq!((acme.organisation.as_str(), acme.people), ("Acme", 4));
    assert_eq!(acme.spellings, ["ACME", "Acme", "acme inc"]);
    assert!(resolution.spellings.iter().all(|row| row.organisation.as_deref() == Some("Acme")));
}

#[test]
fn words_for_no_employer_and_for_not_known() {
    let nothing = Evidence::default();
    for written in ["Independent", "freelancer", "Self-employed", "individual", "none", "Freelance"] {
        assert_eq!(means(&nothing, written), (Some("Independent".to_owned()), None), "{written}");
    }
    let organizations = Organizations::of(&nothing);
    for written in ["NotFound", "(Unknown)", "unknown", "?", "-", ""] {
        assert_eq!(organizations.meaning(written), Meaning::Nothing, "{written}");
    }
    assert_eq!(organizations.meaning("(Robots)"), Meaning::Robots);
    assert_eq!(organizations.meaning("Robots Ltd"), Meaning::Organisation("robots".to_owned()));
}

#[test]
fn aliases_are_followed_over_several_and_round_circles() {
    let chain = aliases([alias("Akme", "Acme Labs", "gitdm"), alias("Acme Labs", "Acme", "people")]);
    assert_eq!(name_of(&chain, "akme inc."), "Acme");
    let circle =
        aliases([alias("Uno", "Duo", "people"), alias("Duo", "Trio", "people"), alias("Trio", "Uno", "people")]);
    let names: Vec<String> = ["Uno", "Duo", "Trio"].iter().map(|written| name_of(&circle, written)).collect();
    assert!(names.iter().all(|name| name == &names[0]), "{names:?}");
}

#[test]
fn the_people_file_beats_gitdm_and_gitdm_the_shipped_list() {
    let nothing = Evidence::default();
    assert_eq!(name_of(&nothing, "Aliyun"), "Alibaba Cloud");
    let gitdm = aliases([alias("Aliyun", "Alibaba Group", "gitdm")]);
    assert_eq!(name_of(&gitdm, "aliyun"), "Alibaba Group");
    let people = aliases([alias("Aliyun", "Alibaba Group", "gitdm"), alias("Aliyun", "Aliyun Ltd", "people")]);
    assert_eq!(name_of(&people, "Aliyun"), "Aliyun Ltd");
}

#[test]
fn an_alias_that_means_two_is_listed() {
    let resolution = resolved(&aliases([alias("Akme", "Acme", "people"), alias("AKME", "Widgets", "people")]));
    assert_eq!(conflicts(&resolution, "two-organisations").len(), 1);
}

#[test]
fn a_pattern_must_match_the_whole_spelling() {
    let pattern = |text: &str| Alias { pattern: true, ..alias(text, "Acme", "gitdm") };
    let evidence = aliases([pattern(r"(?i)acme\s+\w+|akme")]);
    assert_eq!(name_of(&evidence, "Acme Labs"), "Acme");
    assert_eq!(name_of(&evidence, "AKME"), "Acme");
    assert_eq!(name_of(&evidence, "Not Acme Labs"), "Not Acme Labs");
    assert_eq!(name_of(&evidence, "akme two"), "akme two");
}

#[test]
fn a_bad_pattern_is_named_and_the_rest_is_used() {
    let evidence = aliases([
        Alias { pattern: true, ..alias("acme(", "Acme", "people") },
        Alias { pattern: true, ..alias("akme.*", "Acme", "people") },
    ]);
    assert_eq!(name_of(&evidence, "akme two"), "Acme");
    let resolution = resolved(&evidence);
    let found = conflicts(&resolution, "bad-pattern");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].event_ids, ["people:acme("]);
}

#[test]
fn an_acquisition_counts_from_its_day_over_several_parents() {
    let mut evidence = declarations([works(MIRA, "Smallish", "gitdm", "2018-01-01", "")]);
    evidence.relations =
        vec![parent("Smallish", "Middle", "2019-01-01", ""), parent("Middle", "Large", "2021-01-01", "2023-01-01")];
    assert_eq!(
        affiliations(&resolved(&evidence), MIRA),
        [
            "2018-01-01..2019-01-01: Smallish (gitdm)",
            "2019-01-01..2021-01-01: Smallish [Middle] (gitdm)",
            "2021-01-01..2023-01-01: Smallish [Large] (gitdm)",
            "2023-01-01..: Smallish [Middle] (gitdm)"
        ]
    );
    let resolution = resolved(&evidence);
    let small = resolution.organizations.iter().find(|row| row.organisation == "Smallish").unwrap();
    assert_eq!((small.organisation_group.as_str(), small.people), ("Middle", 1));
    assert_eq!(resolution.relations.len(), 2);
    assert_eq!(resolution.spellings.iter().filter(|row| row.written == "Smallish").count(), 4);
}

#[test]
fn organisations_of_one_group_agree_on_the_group() {
    let resolution = resolved(&declarations([
        works(MIRA, "Alibaba Cloud", "roster", "", ""),
        works(MIRA, "Alibaba Group", "roster", "", ""),
    ]));
    assert_eq!(affiliations(&resolution, MIRA), ["..: ? [Alibaba Group] (roster)"]);
    assert!(resolution.affiliations[0].organisation_key.is_none());
    assert_eq!(conflicts(&resolution, "two-organisations").len(), 1);
}

#[test]
fn a_circle_of_parents_is_named_and_each_stands_alone() {
    let mut evidence =
        declarations([works(MIRA, "Uno", "gitdm", "", ""), works("github:oskar", "Small", "gitdm", "", "")]);
    evidence.relations =
        vec![parent("Uno", "Duo", "2020-01-01", ""), parent("Duo", "Uno", "", ""), parent("Small", "Uno", "", "")];
    let resolution = resolved(&evidence);
    assert_eq!(affiliations(&resolution, MIRA), ["..: Uno (gitdm)"]);
    assert_eq!(affiliations(&resolution, "github:oskar"), ["..: Small [Uno] (gitdm)"]);
    let found = conflicts(&resolution, "parent-cycle");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].from, Some(day("2020-01-01")));
    assert_eq!(found[0].event_ids.len(), 2);
}

#[test]
fn a_stronger_parent_replaces_the_shipped_one() {
    let evidence = Evidence { relations: vec![parent("GitHub", "Octopus Holding", "", "")], ..Evidence::default() };
    assert_eq!(means(&evidence, "GitHub").1.as_deref(), Some("Octopus Holding"));
    assert_eq!(means(&Evidence::default(), "GitHub, Inc.").1.as_deref(), Some("Microsoft"));
}

#[test]
fn a_relation_that_ends_before_it_begins_is_named() {
    let evidence =
        Evidence { relations: vec![parent("Uno", "Duo", "2020-01-01", "2019-01-01")], ..Evidence::default() };
    let resolution = resolved(&evidence);
    assert_eq!(conflicts(&resolution, "empty-interval").len(), 1);
    assert!(resolution.relations.is_empty());
}

#[test]
fn shipped_organisations_that_nobody_names_are_not_listed() {
    let resolution = resolved(&declarations([works(MIRA, "Red Hat", "gitdm", "", "")]));
    let names: Vec<&str> = resolution.organizations.iter().map(|row| row.organisation.as_str()).collect();
    assert_eq!(names, ["IBM", "Red Hat"]);
    assert_eq!(resolution.relations.len(), 1);
}
