//! How much of what the sources state they hold is in the log, beside each figure.
//!
//! A figure is as complete as the repositories behind it: held of stated, over the statements about all of a repository
//! and about the months of the window, whichever of the two is less. Only statements about what the figure counts are
//! looked at: issues for a metric over `issues`. Without such a statement completeness is not stated.

use crate::failure::Failure;
use muster_model::Timestamp;
use muster_query::Engine;
use muster_query::output::Answer;
use muster_stats::Cell;
use serde_json::Value;
use std::collections::BTreeSet;

/// The bar when the pipeline file names none.
const BAR: f64 = 0.98;

/// Which statements speak about which table: the beginnings of what was counted.
const COUNTED: [(&str, &[&str]); 7] = [
    ("contributions", &["issue.", "pull_request.", "release.", "discussion.", "commit."]),
    ("issues", &["issue."]),
    ("pull_requests", &["pull_request."]),
    ("items", &["issue.", "pull_request."]),
    ("reviews", &["pull_request."]),
    ("comments", &["issue.commented", "pull_request.commented", "pull_request.review_commented", "commit.commented"]),
    ("releases", &["release."]),
];

/// What the sources stated, and what there is of it.
pub struct Completeness {
    statements: Vec<Statement>,
    bar: f64,
}

struct Statement {
    repository: String,
    counted: String,
    /// First instant of the month counted, and of the next.
    month: Option<(Timestamp, Timestamp)>,
    stated: f64,
    held: f64,
}

impl Completeness {
    /// Reads the table `completeness`.
    pub async fn read(engine: &Engine, bar: Option<f64>) -> Result<Self, Failure> {
        let (schema, batches) = engine
            .ask("SELECT lower(repository), counted, month, month + INTERVAL '1 month', stated, held FROM completeness")
            .await?;
        let rows = Answer::new(&schema, &batches)?.rows;
        Ok(Self { statements: rows.iter().filter_map(|row| statement(row)).collect(), bar: bar.unwrap_or(BAR) })
    }

    /// The completeness below which a figure does not stand without reserve.
    pub fn bar(&self) -> f64 {
        self.bar
    }

    /// Writes the completeness of a metric's cells into them, with a note where it is below the bar. `tables` are those that
    /// the metric's population is made from.
    pub fn put(&self, tables: &BTreeSet<String>, cells: &mut [Cell]) {
        let spoken = |statement: &&Statement| {
            let about = COUNTED.iter().filter(|(table, _)| tables.contains(*table));
            about.flat_map(|(_, counted)| *counted).any(|begin| statement.counted.starts_with(begin))
        };
        let statements: Vec<&Statement> = self.statements.iter().filter(spoken).collect();
        for cell in cells {
            cell.completeness = of_cell(&statements, cell);
            if let Some(share) = cell.completeness.filter(|share| *share < self.bar) {
                let low = format!(
                    "only {:.1} % of what the source states is collected (the bar is {:.1} %)",
                    share * 100.0,
                    self.bar * 100.0
                );
                cell.note = Some(cell.note.take().map_or(low.clone(), |note| format!("{note}; {low}")));
            }
        }
    }
}

fn statement(row: &[Value]) -> Option<Statement> {
    let [repository, counted, month, next, stated, held] = row else { return None };
    let instant = |value: &Value| muster_model::parse_time(value.as_str()?).ok();
    Some(Statement {
        repository: repository.as_str()?.to_owned(),
        counted: counted.as_str()?.to_owned(),
        month: instant(month).zip(instant(next)),
        stated: stated.as_f64()?,
        held: held.as_f64()?,
    })
}

fn of_cell(statements: &[&Statement], cell: &Cell) -> Option<f64> {
    let repository = cell.group.strip_prefix("repository=").map(str::to_lowercase);
    // A group of another kind cuts across repositories: what holds of all of them holds of it.
    let about = |statement: &&&Statement| repository.as_ref().is_none_or(|name| *name == statement.repository);
    let in_window = |(month, next): (Timestamp, Timestamp)| month < cell.window_end && next > cell.window_start;
    let all = share(statements.iter().filter(about).filter(|statement| statement.month.is_none()));
    let months = share(statements.iter().filter(about).filter(|statement| statement.month.is_some_and(in_window)));
    match (all, months) {
        (Some(all), Some(months)) => Some(all.min(months)),
        (one, other) => one.or(other),
    }
}

/// Held of stated. What the source has deleted since makes up for nothing: a repository's part is at most what it states.
fn share<'a>(statements: impl Iterator<Item = &'a &'a Statement>) -> Option<f64> {
    let (held, stated) =
        statements.fold((0.0, 0.0), |(held, stated), one| (held + one.held.min(one.stated), stated + one.stated));
    (stated > 0.0).then(|| held / stated)
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_model::parse_time;

    fn at(text: &str) -> Timestamp {
        parse_time(text).unwrap()
    }

    fn said(repository: &str, counted: &str, month: Option<(&str, &str)>, stated: f64, held: f64) -> Statement {
        let month = month.map(|(month, next)| (at(month), at(next)));
        Statement { repository: repository.into(), counted: counted.into(), month, stated, held }
    }

    fn cell(group: &str) -> Cell {
        Cell {
            metric: "m".into(),
            version: 1,
            scope: String::new(),
            group: group.into(),
            window: "2025Q2".into(),
            window_kind: "quarter".into(),
            window_start: at("2025-04-01"),
            window_end: at("2025-07-01"),
            unfinished: false,
            value: Some(1.0),
            low: None,
            high: None,
            naive: None,
            unit: "people".into(),
            n: 1,
            unknown_share: None,
            censored: None,
            completeness: None,
            log_version: 1,
            note: Some("first".into()),
        }
    }

    fn put(statements: Vec<Statement>, table: &str, group: &str) -> Cell {
        let mut cells = [cell(group)];
        Completeness { statements, bar: BAR }.put(&BTreeSet::from([table.to_owned()]), &mut cells);
        let [cell] = cells;
        cell
    }

    #[test]
    fn the_worse_of_all_and_of_the_windows_months_counts() {
        let statements = || {
            vec![
                said("acme/a", "issue.opened", None, 100.0, 99.0),
                said("acme/b", "issue.opened", None, 100.0, 120.0),
                said("acme/a", "issue.closed", Some(("2025-04-01", "2025-05-01")), 10.0, 5.0),
                said("acme/a", "issue.closed", Some(("2025-03-01", "2025-04-01")), 10.0, 0.0),
            ]
        };
        assert_eq!(put(statements(), "issues", "").completeness, Some(0.5));
        assert_eq!(put(statements(), "issues", "repository=Acme/B").completeness, Some(1.0));
        assert_eq!(put(statements(), "issues", "repository=acme/c").completeness, None);
        assert_eq!(put(statements(), "meetings", "").completeness, None);
    }

    #[test]
    fn below_the_bar_the_figure_says_so() {
        let low = put(vec![said("acme/a", "issue.opened", None, 100.0, 97.0)], "contributions", "");
        assert_eq!(low.note.unwrap(), "first; only 97.0 % of what the source states is collected (the bar is 98.0 %)");
        let enough = put(vec![said("acme/a", "issue.opened", None, 100.0, 98.0)], "contributions", "");
        assert_eq!(enough.note.unwrap(), "first");
    }
}
