//! A population into cells: windows by groups. [`select`] takes the very same cut as [`compute`].

use crate::evaluate::{Behind, Evaluation, Past};
use crate::kind::Kind;
use crate::population::{Codes, Population, read_all};
use crate::statistic::{first_rows, holds_at};
use crate::{Cell, Rows, StatsError, check};
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
/// Every value of a `group_by` column that occurs before the as-of instant has a cell in every window, also an empty one.
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
    let metric = Metric::open(spec, population, context)?;
    let groupings = metric.groupings();
    let mut cells = Vec::new();
    for kind in windows {
        for window in metric.first.map(|first| kind.windows(first, context.as_of)).unwrap_or_default() {
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
/// value, for `interval_count_distinct` the rows that hold at the window's last instant, whenever they began.
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
    let groupings = metric.groupings();
    let column = group.map(|(column, _)| column);
    let grouping = groupings.iter().find(|grouping| grouping.column() == column);
    let grouping = grouping.ok_or_else(|| StatsError::UnknownGroup {
        metric: spec.id.clone(),
        column: column.unwrap_or_default().to_owned(),
        there: spec.group_by.join(", "),
    })?;
    let mut parts = metric.parts(kind, window, grouping);
    let value = group.map(|(_, value)| value);
    let part = grouping.order.iter().position(|(_, name)| Some(name.as_str()) == value);
    let behind = match (part, group) {
        (_, None) => parts.swap_remove(0),
        (Some(place), _) => parts.swap_remove(grouping.order[place].0),
        (None, Some(_)) => Behind::default(),
    };
    let positions: Vec<_> = behind.all().map(|row| metric.population.position[row]).collect();
    let frame = read_all(population)?;
    frame.take(&IdxCa::from_vec("".into(), positions)).map(Rows::new).map_err(StatsError::parquet(population))
}

/// A way to part rows into groups: everything, or by one column.
struct Grouping<'a> {
    by: Option<&'a (String, Codes)>,
    /// The parts in the order of their names: position of the part, and name.
    order: Vec<(usize, String)>,
    /// For `new`: which rows are the first of their value in their group.
    first: Option<Vec<bool>>,
}

impl Grouping<'_> {
    fn column(&self) -> Option<&str> {
        self.by.map(|(column, _)| column.as_str())
    }

    /// Rows without a name make the last part.
    fn part(&self, row: usize) -> usize {
        self.by.map_or(0, |(_, codes)| codes.rows[row].map_or(codes.names.len(), |code| code as usize))
    }

    fn parts(&self) -> usize {
        self.by.map_or(1, |(_, codes)| codes.names.len() + 1)
    }
}

struct Metric<'a> {
    spec: &'a MetricSpec,
    kind: Kind,
    context: &'a Context,
    population: Population,
    first: Option<Timestamp>,
}

impl<'a> Metric<'a> {
    fn open(spec: &'a MetricSpec, path: &Path, context: &'a Context) -> Result<Self, StatsError> {
        check(spec)?;
        let kind = Kind::of(spec)?;
        let end = context.as_of.as_microsecond() + i64::from(kind == Kind::IntervalCountDistinct);
        let population = Population::read(spec, kind, path, end)?;
        let row = population.time.first().and_then(|micros| Timestamp::from_microsecond(*micros).ok());
        Ok(Self { spec, kind, context, population, first: context.first.or(row) })
    }

    fn groupings(&self) -> Vec<Grouping<'_>> {
        let all = Grouping { by: None, order: vec![(0, String::new())], first: None };
        let by = self.population.groups.iter().map(|by| {
            let codes = &by.1;
            let mut order: Vec<_> = codes.names.iter().cloned().enumerate().collect();
            if codes.rows.iter().any(Option::is_none) {
                order.push((codes.names.len(), "unknown".to_owned()));
            }
            order.sort_by(|a, b| a.1.cmp(&b.1));
            Grouping { by: Some(by), order, first: None }
        });
        let mut groupings: Vec<_> = std::iter::once(all).chain(by).collect();
        for grouping in groupings.iter_mut().filter(|_| self.kind == Kind::New) {
            grouping.first = Some(self.first_rows(grouping));
        }
        groupings
    }

    fn first_rows(&self, grouping: &Grouping<'_>) -> Vec<bool> {
        let value = |row| self.population.names.as_ref().and_then(|codes| codes.rows[row]);
        first_rows((0..self.population.len()).map(|row| value(row).map(|value| (grouping.part(row), value))))
    }

    fn cells(&self, kind: WindowKind, window: &Window, grouping: &Grouping<'_>, cells: &mut Vec<Cell>) {
        let parts = self.parts(kind, window, grouping);
        let past = self.past(kind, window);
        // A group without a row says nothing; everything without a row says that there was none.
        let present = |part: usize| grouping.by.is_none() || parts[part].all().next().is_some();
        cells.extend(grouping.order.iter().filter(|(part, _)| present(*part)).map(|(part, name)| {
            let group = grouping.column().map_or_else(String::new, |column| format!("{column}={name}"));
            self.cell(kind, window, group, &parts[*part], past)
        }));
    }

    fn cell(&self, kind: WindowKind, window: &Window, group: String, behind: &Behind, past: Past) -> Cell {
        let (spec, unfinished) = (self.spec, window.unfinished);
        let evaluation = Evaluation { spec, kind: self.kind, population: &self.population, behind, past, unfinished };
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
            unfinished,
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
            note: (!outcome.notes.is_empty()).then(|| outcome.notes.join("; ")),
        }
    }

    /// The rows behind the cells of a window, by part of the grouping.
    fn parts(&self, kind: WindowKind, window: &Window, grouping: &Grouping<'_>) -> Vec<Behind> {
        let mut parts = vec![Behind::default(); grouping.parts()];
        for row in self.rows(window) {
            if grouping.first.as_ref().is_none_or(|first| first[row as usize]) {
                parts[grouping.part(row as usize)].now.push(row);
            }
        }
        if let Some(previous) = previous(kind, window).filter(|_| self.kind.compares()) {
            for row in self.between(previous, window.start) {
                parts[grouping.part(row as usize)].before.push(row);
            }
        }
        parts
    }

    fn rows(&self, window: &Window) -> Vec<u32> {
        match (&self.population.from, &self.population.until) {
            (Some(from), Some(until)) => {
                let end = if window.end < self.context.as_of { window.end.as_microsecond() } else { self.as_of_end() };
                let rows = from.iter().zip(until).zip(0u32..);
                rows.filter(|((from, until), _)| holds_at(**from, **until, end)).map(|(_, row)| row).collect()
            }
            _ => self.between(window.start, window.end).collect(),
        }
    }

    /// What holds at the as-of instant itself counts, so that a roster as of its day is that day's roster.
    fn as_of_end(&self) -> i64 {
        self.context.as_of.as_microsecond() + 1
    }

    /// The rows are in order of time, so those of a window stand together.
    fn between(&self, start: Timestamp, end: Timestamp) -> std::ops::Range<u32> {
        let place = |at: Timestamp| {
            let at = at.as_microsecond();
            self.population.time.partition_point(|time| *time < at) as u32
        };
        place(start)..place(end)
    }

    fn past(&self, kind: WindowKind, window: &Window) -> Past {
        match (previous(kind, window), self.first) {
            (Some(previous), Some(first)) if first <= previous => Past::Whole,
            (Some(_), Some(first)) if first < window.start => Past::Partial,
            _ => Past::Nothing,
        }
    }
}

/// Where the window before begins; it ends where this one begins. Everything has none before it.
fn previous(kind: WindowKind, window: &Window) -> Option<Timestamp> {
    match kind {
        WindowKind::All | WindowKind::Milestones => None,
        WindowKind::TrailingDays(_) | WindowKind::Range { .. } => {
            let length = window.end.as_microsecond() - window.start.as_microsecond();
            Timestamp::from_microsecond(window.start.as_microsecond() - length).ok()
        }
        _ => {
            let just_before = Timestamp::from_microsecond(window.start.as_microsecond() - 1).ok()?;
            kind.windows(just_before, window.start).first().map(|previous| previous.start)
        }
    }
}
