//! Two populations that answer the same question, side by side: which rows only one of them has, and why.
//!
//! A row is known by its event and, where both name persons, by the person. The reasons are looked for in this order, and
//! the first that holds is told:
//!
//! | reason | holds when |
//! | --- | --- |
//! | bot | the person is taken for a bot |
//! | window | the other has the row, but in another window |
//! | person | the other counts the event for somebody else |
//! | kind | the other has no event of this row's kind, role or type at all |
//! | place | the other has no row of this repository or community at all |
//! | unknown organisation | the row's is unknown, and the other never has such a row |
//! | another definition | none of these: the definitions differ in something else; told by the row's kind |

use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// How many examples a reason has at most.
const EXAMPLES: usize = 3;

/// A population: its rows in the window, and all of them.
#[derive(Debug, Clone)]
pub struct Side<'a> {
    /// The columns, in the order of the rows' cells.
    pub columns: &'a [String],
    /// The rows behind the figure.
    pub rows: &'a [Vec<Option<String>>],
    /// The rows of the whole population.
    pub all: &'a [Vec<Option<String>>],
    /// The column that the statistic is over, if it is over one.
    pub value: Option<&'a str>,
    /// `kaplan_meier`: the column that says whether the end was seen.
    pub observed: Option<&'a str>,
}

/// What two populations have together and what only one of them has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Rows that both have.
    pub both: usize,
    /// Those of them that they count with another value: a shorter wait, another end.
    pub otherwise: Vec<Otherwise>,
    /// How many such rows there are in all; `otherwise` has the first.
    pub counted_otherwise: usize,
    /// Rows that only ours has, by reason.
    pub only_ours: Vec<Reason>,
    /// Rows that only theirs has, by reason.
    pub only_theirs: Vec<Reason>,
    /// The persons or organisations, where both statistics are over such names.
    pub members: Option<Members>,
}

/// A row that both have and count otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Otherwise {
    /// The event.
    pub event: String,
    /// What ours counts.
    pub ours: String,
    /// What theirs counts.
    pub theirs: String,
}

/// Why rows are on one side only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// In words.
    pub reason: String,
    /// How many rows.
    pub rows: usize,
    /// The first of their events, with whose they are.
    pub examples: Vec<String>,
}

/// What a figure over names counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Members {
    /// The column: `person`, `organisation_key`.
    pub of: String,
    /// Names that both have.
    pub both: usize,
    /// Names that only ours has.
    pub only_ours: Vec<String>,
    /// Names that only theirs has.
    pub only_theirs: Vec<String>,
    /// Where theirs counts another column than ours (logins, not persons): how many different values of it.
    pub counted_as: Option<String>,
}

/// Lays two populations beside each other. `is_bot` says of a person whether it is taken for a bot, and why.
pub fn difference(ours: &Side<'_>, theirs: &Side<'_>, is_bot: &dyn Fn(&str) -> Option<String>) -> Difference {
    let by_person = ours.has("person") && theirs.has("person");
    let (left, right) = (Keyed::new(ours, by_person), Keyed::new(theirs, by_person));
    let counted: Vec<Otherwise> = left.counted_otherwise(&right);
    Difference {
        both: left.rows.keys().filter(|key| right.rows.contains_key(*key)).count(),
        counted_otherwise: counted.len(),
        otherwise: counted.into_iter().take(EXAMPLES).collect(),
        only_ours: reasons(&left, &right, is_bot),
        only_theirs: reasons(&right, &left, is_bot),
        members: members(ours, theirs),
    }
}

type Row = Vec<Option<String>>;
type Key<'a> = (&'a str, &'a str);

impl Side<'_> {
    fn has(&self, column: &str) -> bool {
        self.place(column).is_some()
    }

    fn place(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|name| name == column)
    }

    fn cell<'r>(&self, row: &'r Row, column: &str) -> Option<&'r str> {
        row.get(self.place(column)?)?.as_deref().filter(|cell| !cell.is_empty())
    }

    /// Different values of a column in the window.
    fn values(&self, column: &str) -> BTreeSet<&str> {
        self.rows.iter().filter_map(|row| self.cell(row, column)).collect()
    }
}

/// A side with its rows by key.
struct Keyed<'a> {
    side: &'a Side<'a>,
    rows: BTreeMap<Key<'a>, &'a Row>,
    all: BTreeMap<Key<'a>, &'a Row>,
    events: BTreeSet<&'a str>,
    all_events: BTreeSet<&'a str>,
}

impl<'a> Keyed<'a> {
    fn new(side: &'a Side<'a>, by_person: bool) -> Self {
        let key = |row: &'a Row| {
            let person = side.cell(row, "person").filter(|_| by_person).unwrap_or("");
            (side.cell(row, "event_id").unwrap_or(""), person)
        };
        let keyed = |rows: &'a [Row]| rows.iter().rev().map(|row| (key(row), row)).collect();
        let events = |rows: &'a [Row]| rows.iter().filter_map(|row| side.cell(row, "event_id")).collect();
        Self {
            side,
            rows: keyed(side.rows),
            all: keyed(side.all),
            events: events(side.rows),
            all_events: events(side.all),
        }
    }

    /// The rows of both that differ in what the statistic takes: only where that is a measure of the row.
    fn counted_otherwise(&self, other: &Self) -> Vec<Otherwise> {
        let measure = |keyed: &Self, row: &Row| -> Option<String> {
            let value: f64 = keyed.side.cell(row, keyed.side.value?)?.parse().ok()?;
            let ended = keyed.side.observed.and_then(|column| keyed.side.cell(row, column));
            let waiting = if ended == Some("false") { ", still waiting" } else { "" };
            Some(format!("{value}{waiting}"))
        };
        let both = self.rows.iter().filter_map(|(key, row)| Some((key, *row, *other.rows.get(key)?)));
        both.filter_map(|(key, row, beside)| {
            let (ours, theirs) = (measure(self, row)?, measure(other, beside)?);
            (ours != theirs).then(|| Otherwise { event: key.0.to_owned(), ours, theirs })
        })
        .collect()
    }

    /// The values of a column that stand beside an event that the other has too.
    fn shared(&self, other: &Self, column: &str) -> BTreeSet<&'a str> {
        let both = self
            .side
            .all
            .iter()
            .filter(|row| self.side.cell(row, "event_id").is_some_and(|event| other.all_events.contains(event)));
        both.filter_map(|row| self.side.cell(row, column)).collect()
    }
}

/// The columns that say of what kind a row is, and where.
const KINDS: [&str; 3] = ["kind", "type", "role"];
const PLACES: [&str; 2] = ["repository", "community"];

fn reasons(own: &Keyed<'_>, other: &Keyed<'_>, is_bot: &dyn Fn(&str) -> Option<String>) -> Vec<Reason> {
    let shared = |columns: &[&'static str]| -> Vec<(&'static str, BTreeSet<&str>)> {
        columns
            .iter()
            .filter(|column| own.side.has(column))
            .map(|column| (*column, own.shared(other, column)))
            .collect()
    };
    let (kinds, places) = (shared(&KINDS), shared(&PLACES));
    let unknown = |side: &Side<'_>| side.all.iter().any(|row| side.cell(row, "organisation").is_none());
    let drops_unknown = own.side.has("organisation") && other.side.has("organisation") && !unknown(other.side);
    let mut found: BTreeMap<String, (usize, Vec<String>)> = BTreeMap::new();
    for ((event, person), row) in own.rows.iter().filter(|(key, _)| !other.rows.contains_key(*key)) {
        let cell = |column: &str| own.side.cell(row, column);
        let foreign = |columns: &[(&str, BTreeSet<&str>)]| {
            let values = columns.iter().filter_map(|(column, there)| Some((*column, cell(column)?, there)));
            values
                .filter(|(_, value, there)| !there.contains(value))
                .map(|(column, value, _)| format!("{column} {value}"))
                .next()
        };
        let bot = || cell("person").or_else(|| cell("account")).and_then(is_bot);
        let reason = if cell("is_bot") == Some("true") {
            "taken for a bot".to_owned()
        } else if let Some(why) = bot() {
            format!("taken for a bot: {why}")
        } else if other.all.contains_key(&(*event, *person)) {
            "in another window there".to_owned()
        } else if other.events.contains(event) {
            "the event counts for somebody else there".to_owned()
        } else if let Some(kind) = foreign(&kinds) {
            format!("not looked at there: {kind}")
        } else if let Some(place) = foreign(&places) {
            format!("not looked at there: {place}")
        } else if drops_unknown && cell("organisation").is_none() {
            "organisation unknown".to_owned()
        } else {
            let kind = KINDS.iter().find_map(|column| Some(format!(": {column} {}", cell(column)?)));
            format!("another definition{}", kind.unwrap_or_default())
        };
        let (rows, examples) = found.entry(reason).or_default();
        *rows += 1;
        if examples.len() < EXAMPLES {
            let whose = cell("name").or_else(|| cell("person")).or_else(|| cell("login"));
            examples.push(whose.map_or((*event).to_owned(), |whose| format!("{event} ({whose})")));
        }
    }
    let mut reasons: Vec<Reason> =
        found.into_iter().map(|(reason, (rows, examples))| Reason { reason, rows, examples }).collect();
    reasons.sort_by(|a, b| b.rows.cmp(&a.rows).then_with(|| a.reason.cmp(&b.reason)));
    reasons
}

fn members(ours: &Side<'_>, theirs: &Side<'_>) -> Option<Members> {
    let (own, other) = (ours.value?, theirs.value?);
    let is_measure = |side: &Side<'_>, column: &str| {
        let values = side.values(column);
        !values.is_empty()
            && values.iter().all(|value| value.parse::<f64>().is_ok() || *value == "true" || *value == "false")
    };
    if is_measure(ours, own) || is_measure(theirs, other) {
        return None;
    }
    let of = if own == other { own } else { ["person"].into_iter().find(|of| ours.has(of) && theirs.has(of))? };
    let (left, right) = (ours.values(of), theirs.values(of));
    let only = |one: &BTreeSet<&str>, other: &BTreeSet<&str>| one.difference(other).map(ToString::to_string).collect();
    Some(Members {
        of: of.to_owned(),
        both: left.intersection(&right).count(),
        only_ours: only(&left, &right),
        only_theirs: only(&right, &left),
        counted_as: (of != other)
            .then(|| format!("{} values of {other}, {} of {of}", theirs.values(other).len(), right.len())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    fn rows(rows: &[&[&str]]) -> Vec<Row> {
        let cell = |cell: &&str| Some((*cell).to_owned()).filter(|cell| !cell.is_empty());
        rows.iter().map(|row| row.iter().map(cell).collect()).collect()
    }

    #[test]
    fn every_row_of_one_side_has_its_reason() {
        let names = columns(&["event_id", "person", "kind", "repository", "organisation"]);
        let left = rows(&[
            &["e1", "ada", "commit", "a/x", "Acme"],
            &["e2", "bot", "issue", "a/x", "Acme"],
            &["e3", "bob", "issue", "a/x", "Acme"],
            &["e4", "cyd", "issue", "a/x", "Acme"],
            &["e5", "dan", "mail", "a/x", "Acme"],
            &["e6", "eve", "issue", "a/y", "Acme"],
            &["e7", "fay", "issue", "a/x", ""],
            &["e8", "gus", "issue", "a/x", "Acme"],
        ]);
        let right = rows(&[&["e1", "ada", "commit", "a/x", "Acme"], &["e4", "zoe", "issue", "a/x", "Acme"]]);
        let elsewhere = rows(&[&["e3", "bob", "issue", "a/x", "Acme"]]);
        let all_right: Vec<Row> = right.iter().chain(&elsewhere).cloned().collect();
        let side = |rows, all| Side { columns: &names, rows, all, value: Some("person"), observed: None };
        let is_bot = |person: &str| (person == "bot").then(|| "GitHub says so".to_owned());
        let found = difference(&side(&left, &left), &side(&right, &all_right), &is_bot);
        let told: BTreeMap<&str, &str> =
            found.only_ours.iter().map(|reason| (reason.examples[0].as_str(), reason.reason.as_str())).collect();
        assert_eq!(
            told,
            BTreeMap::from([
                ("e2 (bot)", "taken for a bot: GitHub says so"),
                ("e3 (bob)", "in another window there"),
                ("e4 (cyd)", "the event counts for somebody else there"),
                ("e5 (dan)", "not looked at there: kind mail"),
                ("e6 (eve)", "not looked at there: repository a/y"),
                ("e7 (fay)", "organisation unknown"),
                ("e8 (gus)", "another definition: kind issue"),
            ])
        );
        assert_eq!((found.both, found.only_theirs.len(), found.counted_otherwise), (1, 1, 0));
        let members = found.members.unwrap();
        assert_eq!((members.both, members.only_ours.len(), members.only_theirs), (1, 7, vec!["zoe".to_owned()]));
    }

    #[test]
    fn rows_that_are_measured_otherwise_are_told() {
        let names = columns(&["event_id", "seconds", "answered"]);
        let left = rows(&[&["e1", "60", "true"], &["e2", "90", "false"], &["e3", "5", "true"]]);
        let right = rows(&[&["e1", "60", "true"], &["e2", "90", "true"], &["e3", "7", "true"]]);
        fn side<'a>(columns: &'a [String], rows: &'a [Row]) -> Side<'a> {
            Side { columns, rows, all: rows, value: Some("seconds"), observed: Some("answered") }
        }
        let found = difference(&side(&names, &left), &side(&names, &right), &|_| None);
        assert_eq!((found.both, found.counted_otherwise, found.members), (3, 2, None));
        assert_eq!((found.otherwise[0].ours.as_str(), found.otherwise[0].theirs.as_str()), ("90, still waiting", "90"));
    }

    #[test]
    fn logins_beside_persons_are_counted_as_such() {
        let (ours, theirs) = (columns(&["event_id", "person"]), columns(&["event_id", "person", "login"]));
        let left = rows(&[&["e1", "ada"]]);
        let right = rows(&[&["e1", "ada", "ada"], &["e2", "ada", "ada-old"]]);
        let own = Side { columns: &ours, rows: &left, all: &left, value: Some("person"), observed: None };
        let other = Side { columns: &theirs, rows: &right, all: &right, value: Some("login"), observed: None };
        let members = difference(&own, &other, &|_| None).members.unwrap();
        assert_eq!(members.counted_as.as_deref(), Some("2 values of login, 1 of person"));
        assert_eq!((members.both, members.only_theirs.len()), (1, 0));
    }
}
