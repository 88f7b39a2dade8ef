//! A population into cells: windows by groups.

use crate::population::{Codes, Population};
use crate::statistic::{self, Reach};
use crate::{Cell, Rows, StatsError};
use muster_model::{MetricSpec, Timestamp, Window, WindowKind};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

/// What a figure is taken as of.
#[derive(Debug, Clone)]
pub struct Context {
    /// Where windows end and what is open is censored.
    pub as_of: Timestamp,
    /// The version of the log.
    pub log_version: i64,
    /// The community.
    pub scope: String,
}

/// The cells of a metric.
#[derive(Debug, Clone, PartialEq)]
pub struct Computed {
    /// By window kind, then group, then time.
    pub cells: Vec<Cell>,
    /// Rows at or after the as-of instant: counted, not used.
    pub late: usize,
}

/// Computes `spec` over the population at `path`: for each kind of window a cell a window for everything, and a cell a
/// group with rows in it for each group column.
///
/// # Errors
/// A population without a column that `spec` names, or with another type of it.
pub fn compute(
    spec: &MetricSpec,
    population: &Path,
    windows: &[WindowKind],
    context: &Context,
) -> Result<Computed, StatsError> {
    let rows = Population::read(spec, population)?;
    let as_of = context.as_of.as_microsecond();
    let late = rows.time.iter().filter(|time| **time >= as_of).count();
    let mut cells = Vec::new();
    if let Some(first) = rows.first() {
        for kind in windows.iter().copied() {
            let windows = kind.windows(first, context.as_of);
            let groupings = std::iter::once(None).chain(rows.groups.iter().map(Some));
            for grouping in groupings {
                cells.extend(Grouped { spec, rows: &rows, windows: &windows, kind, context }.cells(grouping));
            }
        }
    }
    Ok(Computed { cells, late })
}

/// The rows behind one cell: those of its window and group, for `retention` also those of the window before. The
/// statistic over just these rows equals the cell.
///
/// # Errors
/// As for [`compute`]; and a group column that the metric does not group by.
pub fn select(
    spec: &MetricSpec,
    population: &Path,
    kind: WindowKind,
    window: &Window,
    group: Option<(&str, &str)>,
    context: &Context,
) -> Result<Rows, StatsError> {
    let rows = Population::read(spec, population)?;
    let windows = kind.windows(rows.first().unwrap_or(context.as_of), context.as_of);
    let grouping = match group {
        None => None,
        Some((column, _)) => {
            Some(rows.groups.iter().find(|(name, _)| name == column).ok_or_else(|| StatsError::Population {
                metric: spec.id.clone(),
                message: format!("not grouped by {column}; its groups are {}", spec.group_by.join(", ")),
            })?)
        }
    };
    let code = group.and_then(|(_, value)| grouping.and_then(|(_, codes)| codes.code_of(value)));
    let mut keep = vec![false; rows.time.len()];
    if let Some(index) = windows.iter().position(|other| other.label == window.label) {
        let grouped = Grouped { spec, rows: &rows, windows: &windows, kind, context };
        let members = grouped.members(grouping.map(|(_, codes)| codes)).remove(&(code, index)).unwrap_or_default();
        let before = if spec.statistic == "retention" { members.before } else { Vec::new() };
        members.now.into_iter().chain(before).for_each(|row| keep[row as usize] = true);
    }
    Rows::read(population, &keep)
}

struct Grouped<'a> {
    spec: &'a MetricSpec,
    rows: &'a Population,
    windows: &'a [Window],
    kind: WindowKind,
    context: &'a Context,
}

/// The rows of a cell, and those of the window before it.
#[derive(Default)]
struct Members {
    now: Vec<u32>,
    before: Vec<u32>,
}

impl Grouped<'_> {
    fn cells(&self, grouping: Option<&(String, Codes)>) -> Vec<Cell> {
        let members = self.members(grouping.map(|(_, codes)| codes));
        let mut keys: Vec<(Option<u32>, String)> = match grouping {
            None => vec![(None, String::new())],
            Some((column, codes)) => {
                let name = |code: Option<u32>| code.map_or("unknown", |code| &codes.names[code as usize]);
                let present: std::collections::BTreeSet<_> = members.keys().map(|(code, _)| *code).collect();
                present.into_iter().map(|code| (code, format!("{column}={}", name(code)))).collect()
            }
        };
        keys.sort_by(|one, other| one.1.cmp(&other.1));
        let nothing = Members::default();
        let mut cells = Vec::new();
        for (code, group) in &keys {
            for (index, window) in self.windows.iter().enumerate() {
                let here = members.get(&(*code, index));
                if here.is_some() || grouping.is_none() {
                    cells.push(self.cell(group, window, here.unwrap_or(&nothing)));
                }
            }
        }
        cells
    }

    /// Which rows belong to which group and window.
    fn members(&self, codes: Option<&Codes>) -> HashMap<(Option<u32>, usize), Members> {
        let mut members: HashMap<(Option<u32>, usize), Members> = HashMap::new();
        for row in 0..self.rows.time.len() {
            let group = codes.and_then(|codes| codes.rows[row]);
            let index = u32::try_from(row).unwrap_or(u32::MAX);
            if let Some((from, until)) = &self.rows.interval {
                for window in self.windows_held(from[row], until[row]) {
                    members.entry((group, window)).or_default().now.push(index);
                }
                continue;
            }
            let time = self.rows.time[row];
            if let Some(window) = self.window_of(time) {
                members.entry((group, window)).or_default().now.push(index);
                if self.windows.len() > window + 1 {
                    members.entry((group, window + 1)).or_default().before.push(index);
                }
            } else if self.is_before_the_only(time) {
                members.entry((group, 0)).or_default().before.push(index);
            }
        }
        members
    }

    fn window_of(&self, time: i64) -> Option<usize> {
        if time >= self.context.as_of.as_microsecond() {
            return None;
        }
        let after = self.windows.partition_point(|window| window.start.as_microsecond() <= time);
        after.checked_sub(1).filter(|index| time < self.windows[*index].end.as_microsecond())
    }

    /// A trailing window has no window before it in the list: it is as long and ends where this one begins.
    fn is_before_the_only(&self, time: i64) -> bool {
        let (WindowKind::TrailingDays(_), [window]) = (self.kind, self.windows) else { return false };
        let (start, end) = (window.start.as_microsecond(), window.end.as_microsecond());
        time < start && time >= start - (end - start)
    }

    /// The windows at whose end an interval holds: just before the end of a finished one, at the as-of instant itself
    /// otherwise, so that a roster as of its day is that day's roster.
    fn windows_held(&self, from: i64, until: Option<i64>) -> Vec<usize> {
        let as_of = self.context.as_of.as_microsecond();
        let holds = |window: &Window| {
            let end = window.end.as_microsecond();
            if end >= as_of {
                from <= as_of && until.is_none_or(|until| until > as_of)
            } else {
                from < end && until.is_none_or(|until| until >= end)
            }
        };
        self.windows.iter().enumerate().filter(|(_, window)| holds(window)).map(|(index, _)| index).collect()
    }

    fn cell(&self, group: &str, window: &Window, members: &Members) -> Cell {
        let taken = self.take(members);
        Cell {
            metric: self.spec.id.clone(),
            version: self.spec.version,
            scope: self.context.scope.clone(),
            group: group.to_owned(),
            window: window.label.clone(),
            window_kind: self.kind.to_string(),
            window_start: window.start,
            window_end: window.end,
            unfinished: window.unfinished,
            value: taken.value,
            low: taken.low,
            high: taken.high,
            naive: taken.naive,
            unit: self.spec.unit.clone(),
            n: taken.n.unwrap_or(i64::try_from(members.now.len()).unwrap_or(i64::MAX)),
            unknown_share: self.unknown_share(&members.now),
            censored: taken.censored,
            completeness: None,
            log_version: self.context.log_version,
            note: None,
        }
    }

    fn unknown_share(&self, rows: &[u32]) -> Option<f64> {
        let unknown = self.rows.unknown.as_ref().filter(|_| !rows.is_empty())?;
        Some(statistic::ratio(rows.iter().filter(|row| unknown[**row as usize]).count(), rows.len()))
    }

    fn take(&self, members: &Members) -> Taken {
        let parameter = |name: &str, default: f64| self.spec.parameters.get(name).copied().unwrap_or(default);
        let rows = &members.now;
        match self.spec.statistic.as_str() {
            "count" => Taken::value(count(rows.len())),
            "count_distinct" | "interval_count_distinct" => {
                Taken::value(count(statistic::count_distinct(self.names(rows))))
            }
            "sum" => Taken::value(Some(self.numbers(rows).iter().sum())),
            "share" => {
                let numbers = self.numbers(rows);
                Taken::value(
                    (!numbers.is_empty()).then(|| numbers.iter().sum::<f64>() / count(numbers.len()).unwrap_or(1.0)),
                )
            }
            "quantile_discrete" => {
                Taken::value(statistic::discrete(&mut self.numbers(rows), parameter("quantile", 0.5)))
            }
            "quantile_interpolated" => {
                Taken::value(statistic::interpolated(&mut self.numbers(rows), parameter("quantile", 0.5)))
            }
            "kaplan_meier" => self.survival(rows, parameter("quantile", 0.5)),
            "smallest_set" => {
                let reach = if parameter("exceed", 0.0) > 0.0 { Reach::Exceed } else { Reach::Reach };
                let total = count(rows.len()).unwrap_or(0.0);
                let set = statistic::smallest_set(&mut self.weights(rows), total, parameter("threshold", 0.5), reach);
                Taken::value(set.and_then(count))
            }
            "gini" => Taken::value(statistic::gini(&mut self.weights(rows))),
            "effective_number" => Taken::value(statistic::effective_number(&self.weights(rows))),
            "herfindahl" => Taken::value(statistic::herfindahl(&self.weights(rows))),
            "retention" => {
                let (value, n) = statistic::retention(self.names(&members.before), self.names(rows));
                Taken { n: i64::try_from(n).ok(), ..Taken::value(value) }
            }
            "mean_distinct_per" => Taken::value(self.mean_per(rows)),
            // The metric's file is validated against the list of statistics when it is read.
            _ => Taken::default(),
        }
    }

    fn names<'b>(&'b self, rows: &'b [u32]) -> impl Iterator<Item = Option<u32>> + 'b {
        rows.iter().map(|row| self.rows.names.as_ref().and_then(|codes| codes.rows[*row as usize]))
    }

    fn numbers(&self, rows: &[u32]) -> Vec<f64> {
        let column = self.rows.numbers.as_deref().unwrap_or(&[]);
        rows.iter()
            .filter_map(|row| column.get(*row as usize).copied().flatten())
            .filter(|number| !number.is_nan())
            .collect()
    }

    /// How many rows each known name has, in the order of the names' first rows.
    fn weights(&self, rows: &[u32]) -> Vec<f64> {
        let mut weights: BTreeMap<u32, f64> = BTreeMap::new();
        for name in self.names(rows).flatten() {
            *weights.entry(name).or_default() += 1.0;
        }
        weights.into_values().collect()
    }

    fn mean_per(&self, rows: &[u32]) -> Option<f64> {
        let per = self.rows.per.as_ref()?;
        statistic::mean_distinct_per(rows.iter().map(|row| per.rows[*row as usize]).zip(self.names(rows)))
    }

    /// Durations are in seconds; the unit says what to print.
    fn survival(&self, rows: &[u32], q: f64) -> Taken {
        let unit = match self.spec.unit.as_str() {
            "days" => 86_400.0,
            "hours" => 3_600.0,
            _ => 1.0,
        };
        let (Some(numbers), Some(observed)) = (&self.rows.numbers, &self.rows.observed) else {
            return Taken::default();
        };
        let mut spans: Vec<(f64, bool)> = rows
            .iter()
            .filter_map(|row| numbers[*row as usize].map(|seconds| (seconds / unit, observed[*row as usize])))
            .filter(|(span, _)| !span.is_nan())
            .collect();
        let mut finished: Vec<f64> = spans.iter().filter(|span| span.1).map(|span| span.0).collect();
        let survival = statistic::kaplan_meier(&mut spans, q);
        Taken {
            value: survival.value,
            low: survival.low,
            high: survival.high,
            naive: statistic::discrete(&mut finished, q),
            censored: i64::try_from(spans.len() - finished.len()).ok(),
            n: None,
        }
    }
}

#[allow(clippy::cast_precision_loss, clippy::unnecessary_wraps)]
fn count(number: usize) -> Option<f64> {
    Some(number as f64)
}

/// What a statistic gives for a cell.
#[derive(Default)]
struct Taken {
    value: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    naive: Option<f64>,
    censored: Option<i64>,
    n: Option<i64>,
}

impl Taken {
    fn value(value: Option<f64>) -> Self {
        Self { value, ..Self::default() }
    }
}
