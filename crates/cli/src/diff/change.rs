//! Why a row of a population is there, is gone, or is another.

use super::instant;
use muster_model::{MetricSpec, Timestamp};
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A row of a population, by column.
pub struct Row(pub BTreeMap<String, Value>);

impl Row {
    /// What a column says, where it is text.
    pub fn text(&self, column: &str) -> Option<String> {
        self.0.get(column).and_then(Value::as_str).map(str::to_owned)
    }
}

/// What happened to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It happened after the earlier as-of instant.
    Since,
    /// It happened before the earlier as-of instant, and was collected after it.
    Late,
    /// It was in the log, and counts only now.
    Now,
    /// It counted, and does no longer.
    NoLonger,
    /// Its account is another person's: people were merged, parted or corrected.
    Person,
    /// Its person worked elsewhere than was known.
    Organisation,
    /// It is still waiting, for longer.
    Waits,
    /// Something else about it was corrected.
    Corrected,
}

impl Why {
    /// For a list of events.
    pub fn word(self) -> &'static str {
        match self {
            Self::Since => "happened since",
            Self::Late => "late arrival",
            Self::Now => "counts now",
            Self::NoLonger => "counts no longer",
            Self::Person => "another person",
            Self::Organisation => "another organisation",
            Self::Waits => "waits longer",
            Self::Corrected => "corrected",
        }
    }

    /// For a figure: `3 late arrivals`.
    pub fn words(self, count: u64) -> String {
        let word = match (self, count) {
            (Self::Late, 2..) => "late arrivals",
            (Self::Person, 2..) => "other persons",
            (Self::Organisation, 2..) => "other organisations",
            (Self::Now, 2..) => "count now",
            (Self::NoLonger, 2..) => "count no longer",
            (Self::Waits, 2..) => "wait longer",
            _ => self.word(),
        };
        format!("{count} {word}")
    }
}

/// An event that is in a population otherwise than before.
#[derive(Debug, Serialize)]
pub struct Change {
    /// What happened.
    pub why: Why,
    /// When the event was.
    pub time: Timestamp,
    /// The event.
    pub event_id: String,
    /// What changed, before: `person github:octo`.
    pub was: String,
    /// What changed, after.
    pub is: String,
    /// The page to check.
    pub url: Option<String>,
    #[serde(skip)]
    groups: Vec<(String, String)>,
}

impl Change {
    /// Whether a group has it, before or after.
    pub fn is_of(&self, column: &str, value: &str) -> bool {
        self.groups.iter().any(|(own, of)| own == column && of == value)
    }
}

/// What became of the rows that one side has and the other has not. A row of an event that both sides have is paired with its
/// like in order.
pub fn changes(
    spec: &MetricSpec,
    before: Timestamp,
    lost: &[Row],
    gained: &[Row],
    arrived: &BTreeSet<String>,
) -> Vec<Change> {
    let mut gone = by_event(lost);
    let mut changes = Vec::new();
    for (event, rows) in by_event(gained) {
        let mut old = gone.remove(&event).unwrap_or_default().into_iter();
        for row in rows {
            changes.push(match old.next() {
                Some(old) => change(spec, Some(old), Some(row), of_both(spec, old, row)),
                None => change(spec, None, Some(row), of_new(row, &event, before, arrived)),
            });
        }
        changes.extend(old.map(|old| change(spec, Some(old), None, Why::NoLonger)));
    }
    changes.extend(gone.into_values().flatten().map(|old| change(spec, Some(old), None, Why::NoLonger)));
    changes.sort_by(|one, other| (one.time, &one.event_id, one.why).cmp(&(other.time, &other.event_id, other.why)));
    changes
}

fn by_event(rows: &[Row]) -> BTreeMap<String, Vec<&Row>> {
    let mut by_event: BTreeMap<String, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        by_event.entry(row.text("event_id").unwrap_or_default()).or_default().push(row);
    }
    by_event
}

fn of_new(row: &Row, event: &str, before: Timestamp, arrived: &BTreeSet<String>) -> Why {
    match (arrived.contains(event), instant(row.text("time").as_deref()) < before) {
        (_, false) => Why::Since,
        (true, true) => Why::Late,
        (false, true) => Why::Now,
    }
}

fn of_both(spec: &MetricSpec, old: &Row, new: &Row) -> Why {
    let differing = differing(old, new);
    let has = |names: &[&str]| differing.iter().any(|column| names.contains(&column.as_str()));
    let waits = spec.observed.as_ref().is_some_and(|observed| new.0.get(observed) == Some(&Value::Bool(false)));
    if waits && differing.iter().all(|column| Some(column) == spec.value.as_ref()) {
        Why::Waits
    } else if has(&["person", "account"]) {
        Why::Person
    } else if has(&["organisation", "organisation_key", "organisation_group"]) {
        Why::Organisation
    } else {
        Why::Corrected
    }
}

fn differing(old: &Row, new: &Row) -> Vec<String> {
    new.0.iter().filter(|(column, value)| old.0.get(*column) != Some(value)).map(|(column, _)| column.clone()).collect()
}

fn change(spec: &MetricSpec, old: Option<&Row>, new: Option<&Row>, why: Why) -> Change {
    let either = |column: &str| new.or(old).and_then(|row| row.text(column));
    let (was, is) = match (old, new) {
        (Some(old), Some(new)) => {
            let columns = differing(old, new);
            (said(old, &columns), said(new, &columns))
        }
        _ => (old.map(who).unwrap_or_default(), new.map(who).unwrap_or_default()),
    };
    let group = |row: &Row, column: &String| {
        let value = row.text(column).filter(|value| !value.is_empty()).unwrap_or_else(|| "unknown".to_owned());
        (column.clone(), value)
    };
    let rows = old.into_iter().chain(new);
    let groups = rows.flat_map(|row| spec.group_by.iter().map(move |column| group(row, column))).collect();
    let (event_id, time) = (either("event_id").unwrap_or_default(), instant(either("time").as_deref()));
    Change { why, time, event_id, was, is, url: either("url"), groups }
}

/// `person github:octo, organisation Acme`.
fn said(row: &Row, columns: &[String]) -> String {
    let word =
        |column: &String| format!("{column} {}", row.0.get(column).map(muster_query::output::text).unwrap_or_default());
    columns.iter().map(word).collect::<Vec<_>>().join(", ")
}

fn who(row: &Row) -> String {
    row.text("person").unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_model::parse_time;
    use serde_json::json;

    fn spec() -> MetricSpec {
        let front = "version = 1\ntitle = \"t\"\ndefinition = \"d\"\nsource = \"s\"\nunit = \"days\"\n\
                     statistic = \"kaplan_meier\"\nvalue = \"seconds\"\nobserved = \"answered\"\nwindows = [\"quarter\"]\n\
                     group_by = [\"repository\"]\n";
        toml::from_str(front).expect("a front matter")
    }

    fn row(event: &str, time: &str, more: Value) -> Row {
        let mut columns: BTreeMap<String, Value> = serde_json::from_value(more).expect("an object");
        columns.extend([("event_id".to_owned(), json!(event)), ("time".to_owned(), json!(time))]);
        Row(columns)
    }

    #[test]
    fn each_change_has_its_reason() {
        let early = "2025-01-05T00:00:00Z";
        let of = |person: &str, organisation: &str, seconds: u64| json!({"person": person, "organisation": organisation, "seconds": seconds, "answered": false, "repository": "a/b"});
        let lost = [
            row("moved", early, of("github:ada", "Acme", 5)),
            row("hired", early, of("github:bob", "Acme", 5)),
            row("open", early, of("github:cy", "Acme", 5)),
            row("gone", early, of("github:dee", "Acme", 5)),
        ];
        let gained = [
            row("moved", early, of("github:ada-l", "Acme", 5)),
            row("hired", early, of("github:bob", "Globex", 5)),
            row("open", early, of("github:cy", "Acme", 9)),
            row("late", early, of("github:eve", "Acme", 5)),
            row("known", early, of("github:fay", "Acme", 5)),
            row("new", "2025-03-01T00:00:00Z", of("github:gus", "Acme", 5)),
        ];
        let arrived = ["late", "new"].map(str::to_owned).into();
        let before = parse_time("2025-02-01").expect("a day");
        let found = changes(&spec(), before, &lost, &gained, &arrived);
        let why: BTreeMap<&str, Why> = found.iter().map(|change| (change.event_id.as_str(), change.why)).collect();
        let expected = [
            ("gone", Why::NoLonger),
            ("hired", Why::Organisation),
            ("known", Why::Now),
            ("late", Why::Late),
            ("moved", Why::Person),
            ("new", Why::Since),
            ("open", Why::Waits),
        ];
        assert_eq!(why, BTreeMap::from(expected));
        let moved = found.iter().find(|change| change.event_id == "moved").expect("it is there");
        assert_eq!((moved.was.as_str(), moved.is.as_str()), ("person github:ada", "person github:ada-l"));
        assert!(moved.is_of("repository", "a/b") && !moved.is_of("repository", "unknown"));
    }
}
