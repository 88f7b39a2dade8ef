//! Claims over figures that are made up here.

use super::*;
use muster_model::{Claim, Comparison, Expectation, Timestamp, WindowKind, parse_time};
use std::collections::BTreeMap;

/// Figures by metric and kind of window.
struct Planted {
    setting: Setting,
    cells: BTreeMap<(&'static str, &'static str), Vec<FigureCell>>,
    holding: BTreeMap<&'static str, Vec<Interval>>,
    missing: BTreeMap<&'static str, Missing>,
}

const METRICS: [&str; 9] = [
    "growth.active_contributors",
    "growth.code_contributors",
    "growth.commit_contributors",
    "growth.new_contributors",
    "diversity.active_organizations",
    "diversity.active_organization_groups",
    "governance.listed_maintainers",
    "governance.maintainer_organizations",
    "governance.maintainer_organization_groups",
];

impl Figures for Planted {
    fn setting(&self) -> &Setting {
        &self.setting
    }

    fn metric(&self, id: &str) -> Option<About> {
        METRICS.contains(&id).then(|| About {
            version: 1,
            title: id.to_owned(),
            definition: format!("What {id} is."),
            unit: "people".to_owned(),
            lasts: id.starts_with("governance."),
        })
    }

    fn cells(&self, id: &str, kind: WindowKind) -> Result<Vec<FigureCell>, String> {
        let kind = kind.to_string();
        let found = self.cells.iter().find(|((metric, of), _)| *metric == id && *of == kind);
        Ok(found.map(|(_, cells)| cells.clone()).unwrap_or_default())
    }

    fn holding(&self, id: &str) -> Result<Vec<Interval>, String> {
        Ok(self.holding.get(id).cloned().unwrap_or_default())
    }

    fn missing(&self, id: &str) -> Vec<Missing> {
        self.missing.get(id).cloned().into_iter().collect()
    }
}

fn at(text: &str) -> Timestamp {
    parse_time(text).expect(text)
}

fn planted() -> Planted {
    let setting = Setting {
        as_of: at("2025-06-01"),
        completeness: 0.98,
        milestones: vec![("incubation".to_owned(), "2020-04-09".parse().expect("a day"))],
        ids: METRICS.map(str::to_owned).to_vec(),
    };
    Planted { setting, cells: BTreeMap::new(), holding: BTreeMap::new(), missing: BTreeMap::new() }
}

fn cell(window: &str, start: &str, end: &str, value: f64) -> FigureCell {
    FigureCell {
        group: String::new(),
        window: window.to_owned(),
        window_start: at(start),
        window_end: at(end),
        unfinished: at(end) > at("2025-06-01"),
        value: Some(value),
        doubt: None,
        n: 1000,
        unknown_share: None,
        completeness: None,
        note: None,
    }
}

impl Planted {
    fn year(mut self, metric: &'static str, value: f64) -> Self {
        self.cells.entry((metric, "365d")).or_default().push(cell("365d", "2024-06-01", "2025-06-01", value));
        self
    }

    fn change(mut self, metric: &'static str, window: &'static str, change: impl Fn(&mut FigureCell)) -> Self {
        self.cells.get_mut(&(metric, window)).expect("planted").iter_mut().for_each(change);
        self
    }

    fn check(&self, claims: &[Claim]) -> Vec<Verdict> {
        check(claims, &Meanings::shipped().expect("readable"), self)
    }

    fn one(&self, expect: Vec<Expectation>) -> Verdict {
        self.check(&[claim(expect)]).remove(0)
    }
}

fn claim(expect: Vec<Expectation>) -> Claim {
    Claim { id: "c".into(), text: "A sentence.".into(), required: true, place: None, expect }
}

fn expects(metric: &str, window: &str, must: Comparison) -> Expectation {
    Expectation { metric: metric.into(), window: window.parse().expect(window), group: None, over: None, must }
}

/// 234 contributors from 55 organisations, of a community that has 197 from 31.
fn proposal() -> (Planted, Vec<Expectation>) {
    let planted = planted()
        .year("growth.active_contributors", 197.0)
        .year("growth.code_contributors", 121.0)
        .year("growth.commit_contributors", 90.0)
        .year("diversity.active_organizations", 31.0)
        .year("diversity.active_organization_groups", 29.0);
    let expect = vec![
        expects("growth.active_contributors", "365d", Comparison::AtLeast(234.0)),
        expects("diversity.active_organizations", "365d", Comparison::AtLeast(55.0)),
    ];
    (planted, expect)
}

#[test]
fn a_claim_that_fails_names_the_nearest_statement_that_holds() {
    let (planted, expect) = proposal();
    let verdict = planted.one(expect);
    assert_eq!(verdict.answer, Answer::Fails);
    assert_eq!(
        verdict.nearest.as_deref(),
        Some("197 active contributors from 31 organisations, 2024-06-01 to 2025-06-01")
    );
    assert_eq!(verdict.parts.iter().map(|part| part.must.as_str()).collect::<Vec<_>>(), [">= 234", ">= 55"]);
    assert!(verdict.holds_under.is_empty() && verdict.because.is_empty());
}

#[test]
fn every_meaning_of_its_words_is_tried() {
    let (mut planted, expect) = proposal();
    planted.cells.insert(
        ("growth.active_contributors", "year"),
        vec![
            cell("2023", "2023-01-01", "2024-01-01", 1.0),
            cell("2024", "2024-01-01", "2025-01-01", 240.0),
            cell("2025", "2025-01-01", "2026-01-01", 999.0),
        ],
    );
    let since = cell("2020-04-09..", "2020-04-09", "2025-06-01", 400.0);
    planted.cells.insert(("growth.active_contributors", "2020-04-09.."), vec![since.clone()]);
    planted.cells.insert(("diversity.active_organization_groups", "2020-04-09.."), vec![since]);
    let verdict = planted.one(expect.clone());
    assert_eq!(verdict.answer, Answer::Fails, "as it is claimed");
    let others = &verdict.parts[0].others;
    // Four definitions by three windows, but for the claim's own.
    assert_eq!(others.len(), 11);
    let last_year = others.iter().find(|one| one.window == "2024").expect("the last whole year");
    assert_eq!(
        (last_year.answer, last_year.window_label.as_deref()),
        (Answer::Holds, Some("the last whole calendar year"))
    );
    assert!(others.iter().all(|one| one.window != "2025"), "an unfinished year is no year");
    let [way] = verdict.holds_under.as_slice() else { panic!("{:?}", verdict.holds_under) };
    assert_eq!(
        (way.labels.join("; "), way.window.as_deref()),
        ("any contribution; related companies merged".into(), Some("since incubation"))
    );
    // A named year means nothing else.
    let named = planted.one(vec![expects("growth.active_contributors", "2024", Comparison::AtLeast(234.0))]);
    assert_eq!(named.answer, Answer::Holds);
    assert!(named.parts[0].others.iter().all(|one| one.window_label.is_none()));
}

#[test]
fn data_that_is_missing_leaves_it_undecided_and_says_what_to_collect() {
    let (mut planted, expect) = proposal();
    let missing = Missing { what: "issues".into(), collect: "add a github source and run again".into() };
    planted.missing.insert("growth.active_contributors", missing);
    let verdict = planted.one(expect[..1].to_vec());
    assert_eq!(verdict.answer, Answer::Undecided);
    assert_eq!(verdict.because, ["issues are not collected (completeness 0 %)"]);
    assert_eq!(verdict.to_decide, ["add a github source and run again"]);
    // What can be told is told by the next definition.
    assert_eq!(verdict.nearest.as_deref(), Some("121 active contributors (code only), 2024-06-01 to 2025-06-01"));
    // A part that fails decides all the same.
    let both = planted.one(expect);
    assert_eq!((both.answer, both.because.is_empty()), (Answer::Fails, true));
}

#[test]
fn what_is_not_complete_decides_nothing() {
    let (planted, expect) = proposal();
    let low = planted.change("growth.active_contributors", "365d", |cell| cell.completeness = Some(0.5));
    let verdict = low.one(expect[..1].to_vec());
    assert_eq!(verdict.answer, Answer::Undecided);
    assert_eq!(verdict.because, ["only 50 % of what the sources state is collected (the bar is 98 %)"]);
    let enough = low.change("growth.active_contributors", "365d", |cell| cell.completeness = Some(0.98));
    assert_eq!(enough.one(expect[..1].to_vec()).answer, Answer::Fails);
}

#[test]
fn unknown_organisations_decide_only_what_they_cannot_change() {
    let (planted, _) = proposal();
    let doubtful = planted.change("diversity.active_organizations", "365d", |cell| {
        (cell.doubt, cell.unknown_share) = (Some(27.0), Some(0.22));
    });
    let of = |must| doubtful.one(vec![expects("diversity.active_organizations", "365d", must)]);
    let verdict = of(Comparison::AtLeast(55.0));
    assert_eq!(verdict.answer, Answer::Undecided);
    assert_eq!(verdict.because, ["22 % of it is of unknown organisation, so it is between 31 and 58"]);
    assert_eq!(verdict.nearest.as_deref(), Some("at least 31 organisations, 2024-06-01 to 2025-06-01"));
    assert_eq!(of(Comparison::AtLeast(31.0)).answer, Answer::Holds);
    assert_eq!(of(Comparison::AtLeast(59.0)).answer, Answer::Fails);
    assert_eq!(of(Comparison::Equal(31.0)).answer, Answer::Undecided);
}

#[test]
fn no_such_metric_is_no_answer() {
    let verdict = planted().one(vec![expects("growth.active_contributers", "365d", Comparison::AtLeast(1.0))]);
    assert_eq!(verdict.answer, Answer::Undecided);
    assert_eq!(verdict.because, ["there is no metric growth.active_contributers"]);
    assert_eq!(verdict.to_decide, ["did you mean growth.active_contributors?"]);
    assert_eq!((verdict.nearest, verdict.ways), (None, 0));
    // A meaning whose metric is not there is shown and no way to hold.
    let (planted, expect) = proposal();
    let verdict = planted.one(expect[..1].to_vec());
    let chat = verdict.parts[0].others.iter().find(|one| one.label == "with chat and meetings").expect("a meaning");
    assert_eq!((chat.answer, chat.version), (Answer::Undecided, 0));
}

#[test]
fn a_figure_that_is_not_there_is_no_zero() {
    let verdict = planted().one(vec![expects("growth.active_contributors", "365d", Comparison::AtMost(5.0))]);
    assert_eq!(verdict.answer, Answer::Undecided);
    assert_eq!(verdict.because, ["there is no figure in 365d: nothing that it counts was collected then"]);
    let (planted, _) = proposal();
    let none = planted.change("growth.active_contributors", "365d", |cell| {
        (cell.value, cell.note) = (None, Some("not reached".to_owned()));
    });
    let verdict = none.one(vec![expects("growth.active_contributors", "365d", Comparison::AtMost(5.0))]);
    assert_eq!((verdict.answer, verdict.because), (Answer::Undecided, vec!["not reached".to_owned()]));
}

fn quarters(values: &[f64]) -> Planted {
    let starts = ["2024-01-01", "2024-04-01", "2024-07-01", "2024-10-01", "2025-01-01", "2025-04-01", "2025-07-01"];
    let labels = ["2024Q1", "2024Q2", "2024Q3", "2024Q4", "2025Q1", "2025Q2"];
    let mut planted = planted();
    let cells = values.iter().zip(labels.iter().zip(starts.windows(2)));
    let cells = cells.map(|(value, (label, edges))| cell(label, edges[0], edges[1], *value)).collect();
    planted.cells.insert(("growth.new_contributors", "quarter"), cells);
    planted
}

fn rate(over: &str) -> Vec<Expectation> {
    let expectation = expects("growth.new_contributors", "quarter", Comparison::Between(15.0, 20.0));
    vec![Expectation { over: Some(over.parse().expect(over)), ..expectation }]
}

#[test]
fn a_rate_is_judged_quarter_by_quarter() {
    let planted = quarters(&[15.0, 20.0, 16.0, 12.0, 18.0, 30.0]);
    let verdict = planted.one(rate("2024-01-01..2025-01-01"));
    assert_eq!(verdict.answer, Answer::Fails);
    let reading = &verdict.parts[0].reading;
    let judged = reading.rate.as_ref().expect("a rate");
    assert_eq!((judged.holds, judged.windows, judged.least, judged.most), (3, 4, Some(12.0), Some(20.0)));
    assert_eq!(judged.each.iter().map(|one| one.answer).filter(|answer| *answer == Answer::Fails).count(), 1);
    assert_eq!((reading.value, reading.window_start.as_deref()), (Some(15.75), Some("2024-01-01")));
    assert_eq!(verdict.nearest.as_deref(), Some("12 to 20 new contributors per quarter, 2024-01-01 to 2025-01-01"));
    assert_eq!(planted.one(rate("2024-01-01..2024-10-01")).answer, Answer::Holds);
    // Only whole quarters that are over: the second of 2025 is not, the fourth of 2024 lies half outside.
    let judged = planted.one(rate("2024-11-15..")).parts[0].reading.rate.clone().expect("a rate");
    assert_eq!(judged.each.iter().map(|one| one.window.as_str()).collect::<Vec<_>>(), ["2025Q1"]);
    let before = planted.one(rate("2023-07-01..2024-07-01"));
    assert_eq!((before.answer, before.because), (Answer::Undecided, vec!["2 of 4 windows have a figure".to_owned()]));
    let none = planted.one(rate("2025-02-01..2025-03-01"));
    assert_eq!((none.answer, none.because), (Answer::Undecided, vec!["0 of 0 windows have a figure".to_owned()]));
}

fn listed(value: &str, repository: &str, from: &str, until: Option<&str>) -> Interval {
    let groups = vec![format!("repository=acme/{repository}")];
    Interval { value: Some(value.to_owned()), unknown: None, groups, from: at(from), until: until.map(at) }
}

#[test]
fn what_lasts_says_from_when_to_when_it_held_and_in_whose_roster() {
    let mut planted =
        planted().year("governance.listed_maintainers", 3.0).year("governance.maintainer_organizations", 2.0);
    planted.holding.insert(
        "governance.listed_maintainers",
        vec![
            listed("ada", "lantern", "2024-01-12", None),
            listed("bo", "lantern", "2024-01-12", Some("2025-03-02")),
            listed("cy", "lamp", "2025-03-02", None),
            listed("dee", "lamp", "2025-03-02", None),
        ],
    );
    let organisations = vec![
        listed("acme", "lantern", "2024-01-12", None),
        listed("umbrella", "lantern", "2024-01-12", Some("2025-03-02")),
        listed("initech", "lamp", "2025-03-02", None),
    ];
    planted.holding.insert("governance.maintainer_organizations", organisations);
    let verdict = planted.one(vec![
        expects("governance.listed_maintainers", "365d", Comparison::Equal(2.0)),
        expects("governance.maintainer_organizations", "365d", Comparison::Equal(2.0)),
    ]);
    assert_eq!(verdict.answer, Answer::Fails);
    let span = |from: &str, until: Option<&str>| Span { from: from.into(), until: until.map(str::to_owned) };
    assert_eq!(verdict.holds_during, [span("2024-01-12", Some("2025-03-02"))]);
    assert_eq!(verdict.parts[0].course.iter().map(|step| step.value).collect::<Vec<_>>(), [2.0, 3.0]);
    let groups: Vec<_> = verdict.holds_under.iter().map(|way| (way.group.as_deref(), &way.during)).collect();
    assert_eq!(groups, [(Some("repository=acme/lantern"), &vec![span("2024-01-12", Some("2025-03-02"))])]);
    assert_eq!(verdict.nearest.as_deref(), Some("3 maintainers from 2 organisations, on 2025-06-01"));
}

#[test]
fn verdicts_are_counted_and_only_a_required_claim_refutes() {
    let (planted, expect) = proposal();
    let mut claims = vec![claim(expect.clone()), claim(expect)];
    claims[1].expect[0].must = Comparison::AtLeast(1.0);
    claims[1].expect.truncate(1);
    let checked = |claims: &[Claim]| Checked::new("lantern", "0.1.0", "2025-06-01".into(), 4, planted.check(claims));
    let refuted = checked(&claims);
    assert_eq!((refuted.holds, refuted.fails, refuted.undecided, refuted.is_refuted()), (1, 1, 0, true));
    claims[0].required = false;
    assert!(!checked(&claims).is_refuted());
}

#[test]
fn verdicts_are_printed_with_everything_they_were_taken_from() {
    let (planted, expect) = proposal();
    let planted = planted.change("growth.active_contributors", "365d", |cell| cell.completeness = Some(0.991)).change(
        "diversity.active_organizations",
        "365d",
        |cell| (cell.doubt, cell.unknown_share) = (Some(27.0), Some(0.22)),
    );
    let mut claim = claim(expect);
    claim.text = "We had 234 <b>contributors</b>\u{1b}[2J; ask ada@mail.example".into();
    let checked = Checked::new("lantern", "0.1.0", "2025-06-01".into(), 4, planted.check(&[claim]));
    let text = claims_text(&checked, &Meanings::shipped().expect("readable"));
    assert_eq!(
        text,
        "\
✗ fails      \"We had 234 <b>contributors</b> [2J; ask <e-mail removed>\"
             active contributors, any contribution                  197  fails      (must be >= 234, 2024-06-01 to 2025-06-01, growth.active_contributors v1, 99.1 % collected)
             active contributors, code only                         121  fails
             active contributors, commits                            90  fails
             active contributors, the last whole calendar year        –  undecided
             active contributors, since incubation                    –  undecided
             organisations, as named                           31  undecided  (must be >= 55, 2024-06-01 to 2025-06-01, diversity.active_organizations v1, unknown 22 %, between 31 and 58)
             organisations, related companies merged           29  fails
             organisations, the last whole calendar year        –  undecided
             organisations, since incubation                    –  undecided
             holds under none of 17 other ways to read it
             nearest statement that holds: \"197 active contributors from at least 31 organisations, 2024-06-01 to 2025-06-01\"
0 holds, 1 fails, 0 undecided · as of 2025-06-01 · log version 4
"
    );
    let page = claims_md(&checked);
    assert!(
        page.contains("## ✗ fails: We had 234 &lt;b&gt;contributors&lt;/b&gt; \\[2J; ask &lt;e-mail removed&gt;"),
        "{page}"
    );
    assert!(
        page.contains("| any contribution | &gt;= 234 | 197 | ✗ fails | 2024-06-01 to 2025-06-01 | 99.1 % |"),
        "{page}"
    );
    let json: serde_json::Value = serde_json::from_str(&claims_json(&checked)).expect("JSON");
    assert_eq!(json["verdicts"][0]["parts"][1]["reading"]["high"], 58);
    assert_eq!(json["verdicts"][0]["answer"], "fails");
    assert!(!json.to_string().contains("mail.example"), "{json}");
}
