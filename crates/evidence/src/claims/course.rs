//! What lasts, over time: its value since each day on which it changed, and when it is as it must be.

use super::figures::Interval;
use super::judge::judge;
use super::verdict::{Answer, Span, Step};
use muster_model::{Comparison, Timestamp};
use std::collections::BTreeSet;

/// The value since each instant at which it changed, up to the as-of instant; what begins at it has begun. `group` is one of the
/// intervals' groups, none for everything.
pub(super) fn course(intervals: &[Interval], group: Option<&str>, as_of: Timestamp) -> Vec<Turn> {
    let ours = |interval: &&Interval| group.is_none_or(|group| interval.groups.iter().any(|one| one == group));
    let intervals: Vec<&Interval> = intervals.iter().filter(ours).collect();
    let edges: BTreeSet<Timestamp> = intervals
        .iter()
        .flat_map(|interval| [Some(interval.from), interval.until])
        .flatten()
        .filter(|instant| *instant <= as_of)
        .collect();
    let mut turns: Vec<Turn> = Vec::new();
    for edge in edges {
        let turn = at(&intervals, edge);
        if turns.last().is_none_or(|last| (last.value, last.high) != (turn.value, turn.high)) {
            turns.push(turn);
        }
    }
    turns
}

/// A value since an instant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Turn {
    pub from: Timestamp,
    pub value: f64,
    pub high: f64,
}

impl From<&Turn> for Step {
    fn from(turn: &Turn) -> Self {
        Self { from: day(turn.from), value: turn.value, high: turn.high }
    }
}

fn at(intervals: &[&Interval], instant: Timestamp) -> Turn {
    let holding = intervals
        .iter()
        .filter(|interval| interval.from <= instant && interval.until.is_none_or(|until| until > instant));
    let (mut values, mut unknown) = (BTreeSet::new(), BTreeSet::new());
    for interval in holding {
        values.extend(interval.value.as_deref());
        unknown.extend(interval.unknown.as_deref());
    }
    let (value, doubt) = (values.len() as f64, unknown.len() as f64);
    Turn { from: instant, value, high: value + doubt }
}

/// When the values were all as they must be, each its own; from the first turn of the last of them on.
pub(super) fn holding(parts: &[(&Comparison, &[Turn])]) -> Vec<Span> {
    let edges: BTreeSet<Timestamp> = parts.iter().flat_map(|(_, turns)| turns.iter().map(|turn| turn.from)).collect();
    let mut spans: Vec<Span> = Vec::new();
    for edge in edges {
        let holds = parts.iter().all(|(must, turns)| {
            let turn = turns.iter().rev().find(|turn| turn.from <= edge);
            turn.is_some_and(|turn| judge(must, turn.value, turn.high) == Answer::Holds)
        });
        let open = spans.last_mut().filter(|span| span.until.is_none());
        match (holds, open) {
            (true, None) => spans.push(Span { from: day(edge), until: None }),
            (false, Some(span)) => span.until = Some(day(edge)),
            _ => {}
        }
    }
    spans
}

/// `2025-12-05`; the instant where it is not midnight.
pub fn day(instant: Timestamp) -> String {
    let text = instant.to_string();
    text.strip_suffix("T00:00:00Z").map_or(text.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_model::parse_time;

    fn listed(value: &str, from: &str, until: &str) -> Interval {
        Interval {
            value: Some(value.to_owned()).filter(|value| !value.starts_with('?')),
            unknown: Some(value.to_owned()).filter(|value| value.starts_with('?')),
            groups: vec![format!("repository=acme/{}", if value == "d" { "other" } else { "lantern" })],
            from: parse_time(from).expect("an instant"),
            until: parse_time(until).ok(),
        }
    }

    fn roster() -> Vec<Interval> {
        vec![
            listed("a", "2024-01-01", ""),
            listed("a", "2024-03-01", ""),
            listed("b", "2024-01-01", "2024-06-01"),
            listed("c", "2024-02-01", "2024-02-01"),
            listed("?x", "2024-06-01", "2024-07-01"),
            listed("d", "2024-08-01", ""),
            listed("e", "2025-01-02", ""),
        ]
    }

    fn steps(group: Option<&str>) -> Vec<(String, f64, f64)> {
        let turns = course(&roster(), group, parse_time("2025-01-01").expect("an instant"));
        turns.iter().map(|turn| (day(turn.from), turn.value, turn.high)).collect()
    }

    #[test]
    fn a_value_changes_on_the_days_on_which_it_changes() {
        let step = |from: &str, value: f64, high: f64| (from.to_owned(), value, high);
        assert_eq!(
            steps(None),
            [
                step("2024-01-01", 2.0, 2.0),
                step("2024-06-01", 1.0, 2.0),
                step("2024-07-01", 1.0, 1.0),
                step("2024-08-01", 2.0, 2.0)
            ]
        );
        assert_eq!(steps(Some("repository=acme/other")), [step("2024-08-01", 1.0, 1.0)]);
        assert!(steps(Some("repository=acme/none")).is_empty());
    }

    #[test]
    fn a_claim_holds_from_one_turn_to_another() {
        let as_of = parse_time("2025-01-01").expect("an instant");
        let people = course(&roster(), None, as_of);
        let span = |from: &str, until: Option<&str>| Span { from: from.to_owned(), until: until.map(str::to_owned) };
        let two = Comparison::Equal(2.0);
        assert_eq!(holding(&[(&two, &people)]), [span("2024-01-01", Some("2024-06-01")), span("2024-08-01", None)]);
        // Both must hold, and the other roster says nothing before its first line.
        let other = course(&roster(), Some("repository=acme/other"), as_of);
        assert_eq!(holding(&[(&two, &people), (&Comparison::AtLeast(1.0), &other)]), [span("2024-08-01", None)]);
        assert_eq!(holding(&[(&Comparison::AtLeast(1.0), &people)]), [span("2024-01-01", None)]);
        assert!(holding(&[(&Comparison::Equal(9.0), &people)]).is_empty());
    }
}
