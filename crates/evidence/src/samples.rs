//! Inputs that the tests share.

use crate::{ExcludedBot, Figure, Provenance, Rejected, SourceCounts};
use muster_model::{Severity, Timestamp};

fn at(date: &str) -> Timestamp {
    muster_model::parse_time(date).unwrap()
}

pub(crate) fn latency() -> Vec<Figure> {
    let third = Figure {
        metric: "latency.issue_first_response".to_owned(),
        version: 1,
        title: "Time to first response, issues".to_owned(),
        definition: "How long an issue waits for the first answer of a person who is neither its author nor a bot."
            .to_owned(),
        source: "CHAOSS 3448".to_owned(),
        unit: "days".to_owned(),
        scope: "lantern".to_owned(),
        group: String::new(),
        window: "2025Q3".to_owned(),
        window_kind: "quarter".to_owned(),
        window_start: at("2025-07-01"),
        window_end: at("2025-10-01"),
        unfinished: false,
        value: Some(1.912_345_678_9),
        low: Some(1.4),
        high: Some(2.6),
        naive: Some(0.8),
        n: 212,
        unknown_share: None,
        censored: Some(31),
        completeness: None,
        log_version: 41,
        note: None,
    };
    let fourth = Figure {
        window: "2025Q4".to_owned(),
        window_start: at("2025-10-01"),
        window_end: at("2026-01-01"),
        unfinished: true,
        value: None,
        low: Some(2.0),
        high: None,
        naive: None,
        n: 9,
        censored: Some(9),
        completeness: Some(0.97),
        note: Some("the median is not reached, yet".to_owned()),
        ..third.clone()
    };
    vec![third, fourth]
}

pub(crate) fn growth() -> Vec<Figure> {
    let quarter = Figure {
        metric: "growth.active_contributors".to_owned(),
        version: 2,
        title: "Active contributors".to_owned(),
        definition: "People with at least one contribution in the window; bots excluded.".to_owned(),
        source: "CHAOSS Contributors".to_owned(),
        unit: "people".to_owned(),
        value: Some(1_234.0),
        low: None,
        high: None,
        naive: None,
        n: 1_234,
        unknown_share: Some(0.221),
        censored: None,
        ..latency().remove(0)
    };
    let trailing = Figure {
        window: "365d".to_owned(),
        window_kind: "365d".to_owned(),
        window_start: at("2024-12-05"),
        window_end: at("2025-12-05"),
        value: Some(1_971.0),
        n: 1_971,
        unknown_share: Some(0.25),
        ..quarter.clone()
    };
    let group = |name: &str, value: f64| Figure {
        group: name.to_owned(),
        value: Some(value),
        n: 7,
        unknown_share: None,
        ..trailing.clone()
    };
    let old_group = Figure { group: "old".to_owned(), ..quarter.clone() };
    let groups = [group("acme/lantern", 1_900.0), group("acme/<b>|_x_", 71.0)];
    [quarter, old_group, trailing.clone()].into_iter().chain(groups).collect()
}

pub(crate) fn provenance() -> Provenance {
    Provenance {
        project: "lantern".to_owned(),
        pipeline_file: "my pipelines/lantern.toml".to_owned(),
        muster_version: "0.1.0".to_owned(),
        log_version: 41,
        as_of: at("2025-12-05"),
        log_events: 2_966,
        late_events: 3,
        sources: vec![
            SourceCounts {
                name: "git-acme/lantern".to_owned(),
                kind: "git".to_owned(),
                events: vec![("commit.authored".to_owned(), 2_314), ("tag.created".to_owned(), 6)],
            },
            SourceCounts { name: "meetings".to_owned(), kind: "notes".to_owned(), events: Vec::new() },
        ],
        excluded_bots: vec![
            ExcludedBot { account: "github:dependabot[bot]".to_owned(), reason: "GitHub says so".to_owned() },
            ExcludedBot { account: "email:ci@example.org".to_owned(), reason: "pattern ^ci|bot$".to_owned() },
        ],
    }
}

pub(crate) fn rejected() -> Vec<Rejected> {
    vec![
        Rejected {
            source: "meetings".to_owned(),
            file: "meetings/2024-03-05.md".to_owned(),
            line: Some(14),
            severity: Severity::Rejected,
            message: "attendee line has no name: \"- (ada@example.org)\"".to_owned(),
            hint: "write the name first".to_owned(),
            text_hash: "00ff".to_owned(),
        },
        Rejected {
            source: "meetings".to_owned(),
            file: "meetings/2024-05-xx.md".to_owned(),
            line: None,
            severity: Severity::Notice,
            message: "no date".to_owned(),
            hint: "=rename it".to_owned(),
            text_hash: String::new(),
        },
    ]
}
