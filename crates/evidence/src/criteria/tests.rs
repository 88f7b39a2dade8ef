//! Criteria over figures that are made up here.

use super::*;
use crate::claims::{About, FigureCell, Figures, Interval, Meanings, Missing, Setting};
use muster_model::{WindowKind, parse_time};
use std::collections::BTreeMap;

/// A figure a metric, over the trailing year.
struct Planted {
    setting: Setting,
    values: BTreeMap<&'static str, f64>,
    doubt: f64,
}

impl Figures for Planted {
    fn setting(&self) -> &Setting {
        &self.setting
    }

    fn metric(&self, id: &str) -> Option<About> {
        let share = id.ends_with("share");
        let unit = if share { "share" } else { "things" };
        Some(About { version: 1, title: id.into(), definition: String::new(), unit: unit.into(), lasts: false })
    }

    fn cells(&self, id: &str, kind: WindowKind) -> Result<Vec<FigureCell>, String> {
        let cell = |value: &f64| FigureCell {
            group: String::new(),
            window: kind.to_string(),
            window_start: parse_time("2024-06-01").expect("an instant"),
            window_end: self.setting.as_of,
            unfinished: false,
            value: Some(*value),
            doubt: Some(self.doubt).filter(|doubt| *doubt > 0.0),
            n: 10,
            unknown_share: None,
            completeness: None,
            note: None,
        };
        Ok(self.values.get(id).map(cell).into_iter().collect())
    }

    fn holding(&self, _: &str) -> Result<Vec<Interval>, String> {
        Ok(Vec::new())
    }

    fn missing(&self, _: &str) -> Vec<Missing> {
        Vec::new()
    }
}

const PROFILE: &str = r#"
title = "Own"
body = "A board"
reference = "https://board.example/rules_(2026)"
version = "1"

[[criterion]]
id = "organisations"
section = "People"
text = "At least three organisations | <b>"
required = true
expect = [{ metric = "diversity.active_organizations", op = ">=", value = 3 }]
link = "organisations"

[[criterion]]
id = "share"
section = "People"
text = "Nobody has more than half"
required = false
expect = [{ metric = "diversity.top_organization_share", op = "<=", value = 0.5 }]

[[criterion]]
id = "activity"
section = "People"
text = "There is activity"
required = true
shows = ["growth.active_contributors"]

[[criterion]]
id = "governance"
section = "Papers"
text = "The governance is written"
required = true
link = "governance"
"#;

fn planted(values: &[(&'static str, f64)]) -> Planted {
    let as_of = parse_time("2025-06-01").expect("an instant");
    let setting = Setting { as_of, completeness: 0.98, milestones: Vec::new(), ids: Vec::new() };
    Planted { setting, values: values.iter().copied().collect(), doubt: 0.0 }
}

fn answered(figures: &Planted, links: &[(&str, &str)]) -> Answered {
    let profile = Profile::parse("own", PROFILE).expect("a profile");
    let links = links.iter().map(|(name, address)| ((*name).to_owned(), (*address).to_owned())).collect();
    let taken =
        Taken { project: "lantern".into(), muster_version: "0.1.0".into(), as_of: "2025-06-01".into(), log_version: 4 };
    answer(&profile, &links, &Meanings::shipped().expect("readable"), figures, taken)
}

fn statuses(answered: &Answered) -> Vec<Status> {
    answered.criteria.iter().map(|criterion| criterion.status).collect()
}

const GOOD: (&str, &str) = ("organisations", "https://lantern.example/people");

#[test]
fn data_decide_and_what_no_data_can_answer_is_never_met() {
    use Status::{Met, NeedsLink, NotMet, Undecided};
    let enough = [
        ("diversity.active_organizations", 3.0),
        ("diversity.top_organization_share", 0.5),
        ("growth.active_contributors", 9.0),
    ];
    let both = answered(&planted(&enough), &[GOOD, ("governance", "https://lantern.example/governance")]);
    assert_eq!(statuses(&both), [Met, Met, Undecided, NeedsLink]);
    assert_eq!((both.met, both.not_met, both.undecided, both.needs_link, both.is_refuted()), (2, 0, 1, 1, false));
    let link = both.criteria[3].link.as_ref().expect("a link");
    assert!(link.well_formed && link.address.is_some());
    assert_eq!(both.criteria[2].figures[0].value, Some(9.0));
    assert_eq!(both.criteria[2].because, ["the body names no threshold; the figures are for it to judge"]);
    let without = answered(&planted(&enough), &[]);
    assert_eq!(statuses(&without), [NeedsLink, Met, Undecided, NeedsLink]);
    assert_eq!(without.criteria[3].to_decide, ["give evidence.links.governance in the pipeline file"]);
    let few = answered(
        &planted(&[("diversity.active_organizations", 2.0), ("diversity.top_organization_share", 0.6)]),
        &[GOOD],
    );
    assert_eq!(statuses(&few)[..2], [NotMet, NotMet]);
    assert_eq!(few.criteria[0].because, ["there are 2 organisations, 2024-06-01 to 2025-06-01"]);
    assert!(few.is_refuted());
    let mut doubtful = planted(&enough[1..2]);
    doubtful.doubt = 0.2;
    assert_eq!(statuses(&answered(&doubtful, &[GOOD]))[..2], [Undecided, Undecided], "no figure; a straddled half");
    assert!(
        !answered(&planted(&[("diversity.top_organization_share", 0.6)]), &[]).is_refuted(),
        "it is only suggested"
    );
}

#[test]
fn an_address_is_one_that_anybody_can_open() {
    for (address, problem) in [
        ("https://lantern.example/a", None),
        ("http://lantern.example", None),
        ("lantern.example/a", Some("\"lantern.example/a\" is no address; write it with https://")),
        ("GOVERNANCE.md", Some("\"GOVERNANCE.md\" is no address; write it with https://")),
        ("file:///etc/passwd", Some("\"file:///etc/passwd\" is no address of the web; write it with https://")),
        ("javascript:alert(1)", Some("\"javascript:alert(1)\" is no address of the web; write it with https://")),
        ("https://localhost/a", Some("nobody outside can open \"https://localhost/a\"")),
        ("https://10.0.0.1/a", Some("nobody outside can open \"https://10.0.0.1/a\"")),
        ("https://me:secret@lantern.example", Some("the address holds a name or a password; take them out")),
    ] {
        let answered = answered(&planted(&[]), &[("governance", address)]);
        let link = answered.criteria[3].link.as_ref().expect("a link");
        assert_eq!((link.problem.as_deref(), link.well_formed), (problem, problem.is_none()), "{address}");
    }
}

#[test]
fn answers_are_printed_in_three_ways() {
    let figures = planted(&[("diversity.active_organizations", 2.0), ("diversity.top_organization_share", 0.25)]);
    let answered = answered(&figures, &[GOOD, ("governance", "https://lantern.example/(a) b\u{1b}")]);
    let text = criteria_text(&answered);
    assert!(text.contains("✗ not met       organisations                At least three organisations | <b>"), "{text}");
    assert!(
        text.contains(
            "25 %: diversity.top_organization_share (365d, diversity.top_organization_share v1) (must be <= 0.5)"
        ),
        "{text}"
    );
    assert!(
        text.ends_with(
            "1 met, 1 not met, 1 undecided, 1 for a reader of their links · as of 2025-06-01 · log version 4\n"
        ),
        "{text}"
    );
    assert!(!text.contains('\u{1b}'));
    let page = criteria_md(&answered);
    assert!(page.contains("([its page](https://board.example/rules_%282026%29))"), "{page}");
    assert!(page.contains("| ✗ not met | At least three organisations \\| &lt;b&gt; | required |"), "{page}");
    let json: serde_json::Value = serde_json::from_str(&criteria_json(&answered)).expect("JSON");
    assert_eq!(
        (&json["criteria"][0]["status"], &json["criteria"][0]["verdict"]["answer"]),
        (&"not_met".into(), &"fails".into())
    );
}

#[test]
fn the_shipped_profiles_can_be_read() {
    assert_eq!(Profile::shipped(), ["asf", "cncf-graduation", "cncf-incubation", "lf-ai-data", "lf-energy", "openssf"]);
    for name in Profile::shipped() {
        let profile = Profile::named(name).unwrap_or_else(|error| panic!("{error}"));
        assert!(profile.criteria.len() >= 10, "{name}");
        assert!(profile.reference.starts_with("https://"), "{name}");
        assert!(profile.criteria.iter().any(|criterion| criterion.required), "{name}");
    }
    let error = Profile::named("cncf-graduaton").expect_err("a slip");
    assert!(
        error.starts_with("no criteria are called \"cncf-graduaton\": did you mean cncf-graduation? there are asf"),
        "{error}"
    );
    assert!(Profile::named("meanings").is_err(), "what lies beside them is none");
}

#[test]
fn a_profile_that_is_wrong_says_where() {
    let wrong = |from: &str, to: &str| Profile::parse("own", &PROFILE.replacen(from, to, 1)).expect_err(to);
    assert!(wrong("op = \">=\"", "op = \"=>\"").contains("op is >=, >, <=, < or = with value"));
    assert!(wrong("required = true", "requird = true").contains("requird"));
    assert!(wrong("id = \"share\"", "id = \"organisations\"").contains("two criteria are called \"organisations\""));
    assert!(wrong("link = \"governance\"", "").contains("\"governance\" has nothing to answer it"));
    assert!(wrong("value = 3", "value = 3, window = \"fortnight\"").contains("not a window"));
    assert!(wrong("title =", "title").starts_with("own: "));
}
