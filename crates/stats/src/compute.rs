//! A population into cells: windows by groups. [`select`] takes the very same cut as [`compute`].

use crate::cut::{Grouping, Metric};
use crate::evaluate::Behind;
use crate::population::read_all;
use crate::{Cell, Columns, Rows, StatsError, check};
use muster_model::{MetricSpec, Timestamp, Window, WindowKind};
use polars::prelude::IdxCa;
use std::path::Path;

/// What the figures are taken as of.
#[derive(Debug, Clone)]
pub struct Context {
    /// Rows from here on are not used; unfinished and trailing windows end here.
    pub as_of: Timestamp,
    /// The version of the log, copied into each cell.
    pub log_version: i64,
    /// What the figures are about as a whole, copied into each cell.
    pub scope: String,
    /// The log's first event, so that all metrics have the same windows; else those of the population's first row.
    pub first: Option<Timestamp>,
}

/// The cells of a metric, and the rows that are in none.
#[derive(Debug, Clone, PartialEq)]
pub struct Computed {
    /// By kind of window as given, then by window, then by group: everything first, then each column's values sorted.
    pub cells: Vec<Cell>,
    /// Rows at or after the as-of instant: clocks in the future. Counted, not used.
    pub later: u64,
    /// Rows without a time.
    pub undated: u64,
}

/// Computes the metric over its population, for each window and group.
///
/// A population without a row has the window at the as-of instant, with a note. Every value of a `group_by` column that occurs before the as-of instant has a cell in every window, also an empty one.
///
/// # Errors
/// A definition that does not fit together ([`check`]), a column that is not there or of the wrong type, a file that
/// cannot be read.
pub fn compute(
    spec: &MetricSpec,
    population: &Path,
    windows: &[WindowKind],
    context: &Context,
) -> Result<Computed, StatsError> {
    check(spec)?;
    compute_over(spec, &Columns::open(population)?, windows, context)
}

/// The same, over a population of which other metrics are computed, too: what they have read is not read again.
///
/// # Errors
/// As [`compute`].
pub fn compute_over(
    spec: &MetricSpec,
    population: &Columns,
    windows: &[WindowKind],
    context: &Context,
) -> Result<Computed, StatsError> {
    let metric = Metric::over(spec, population, context)?;
    let groupings = metric.groupings();
    let mut cells = Vec::new();
    for kind in windows {
        for window in kind.windows(metric.begins(), context.as_of) {
            for grouping in &groupings {
                metric.cells(*kind, &window, grouping, &mut cells);
            }
        }
    }
    Ok(Computed { cells, later: metric.population.later, undated: metric.population.undated })
}

/// The rows of the population behind one cell; `group` is a column and a value, `unknown` for null or empty.
///
/// For `retention` and `rate_of_change` these are also the rows of the window before, for `new` the first row of each
/// value, for `cohort` the first rows of its values and their rows in the window, for the gaps the first rows of the values in
/// the window and of the last one before it, for `days_since_last` the last row of all, for `slope` the rows of its whole
/// periods, for `interval_count_distinct` and `interval_share` those that hold at the window's last instant, whenever they began.
///
/// # Errors
/// As [`compute`], and a column that the metric is not grouped by.
pub fn select(
    spec: &MetricSpec,
    population: &Path,
    kind: WindowKind,
    window: &Window,
    group: Option<(&str, &str)>,
    context: &Context,
) -> Result<Rows, StatsError> {
    let metric = Metric::open(spec, population, context)?;
    let behind = metric.behind(kind, window, group)?;
    let positions: Vec<_> = behind.all().map(|row| metric.population.position[row]).collect();
    let frame = read_all(population)?;
    let rows = frame.take(&IdxCa::from_vec("".into(), positions)).map_err(StatsError::parquet(population))?;
    Ok(Rows::new(rows, metric.first))
}

impl Metric<'_> {
    fn cells(&self, kind: WindowKind, window: &Window, grouping: &Grouping, cells: &mut Vec<Cell>) {
        let parts = self.parts(kind, window, grouping);
        // A group without a row says nothing; everything without a row says that there was none.
        let present = |part: usize| grouping.by.is_none() || parts[part].all().next().is_some();
        cells.extend(grouping.order.iter().filter(|(part, _)| present(*part)).map(|(part, name)| {
            let group = grouping.column().map_or_else(String::new, |column| format!("{column}={name}"));
            self.cell(kind, window, group, &parts[*part])
        }));
    }

    fn cell(&self, kind: WindowKind, window: &Window, group: String, behind: &Behind) -> Cell {
        let (spec, evaluation) = (self.spec, self.evaluation(kind, window, behind));
        let outcome = evaluation.outcome();
        Cell {
            metric: spec.id.clone(),
            version: i64::from(spec.version),
            scope: self.context.scope.clone(),
            group,
            window: window.label.clone(),
            window_kind: kind.to_string(),
            window_start: window.start,
            window_end: window.end,
            unfinished: window.unfinished,
            value: outcome.value,
            low: outcome.low,
            high: outcome.high,
            naive: outcome.naive,
            unit: spec.unit.clone(),
            n: outcome.n as i64,
            unknown_share: evaluation.unknown_share(),
            censored: outcome.censored.map(|censored| censored as i64),
            completeness: None,
            log_version: self.context.log_version,
            note: self.note(outcome.notes),
        }
    }

    /// Where the first window is: where nothing is known, the one that the as-of instant ends or cuts.
    fn begins(&self) -> Timestamp {
        let last = Timestamp::from_microsecond(self.context.as_of.as_microsecond() - 1);
        self.first.unwrap_or(last.unwrap_or(self.context.as_of))
    }

    /// A 0 that comes of a log without a single row of the kind is no 0 that was counted.
    fn note(&self, mut notes: Vec<String>) -> Option<String> {
        if self.first.is_none() {
            notes.push("the log has nothing of it at all".to_owned());
        }
        (!notes.is_empty()).then(|| notes.join("; "))
    }
}
