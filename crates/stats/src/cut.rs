//! The cut: which rows of a population are behind which cell. [`crate::compute`] and [`crate::select`] share it.

use crate::columns::{Codes, Columns};
use crate::evaluate::{Behind, Evaluation, Past, Periods};
use crate::kind::Kind;
use crate::population::Population;
use crate::statistic::{first_rows, holds_at};
use crate::{Context, StatsError, check};
use muster_model::{MetricSpec, Timestamp, Window, WindowKind};
use std::collections::HashSet;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// A way to part rows into groups: everything, or by one column.
pub(crate) struct Grouping {
    pub by: Option<(String, Arc<Codes>)>,
    /// The parts in the order of their names: position of the part, and name.
    pub order: Vec<(usize, String)>,
    /// Which rows are the first of their value in their group, for the statistics that ask.
    first: Option<Vec<bool>>,
}

impl Grouping {
    pub(crate) fn column(&self) -> Option<&str> {
        self.by.as_ref().map(|(column, _)| column.as_str())
    }

    /// Rows without a name make the last part.
    fn part(&self, row: usize) -> usize {
        self.by.as_ref().map_or(0, |(_, codes)| codes.at(row).map_or(codes.names.len(), |code| code as usize))
    }

    /// True also where the statistic does not ask which rows are first.
    fn is_first(&self, row: u32) -> bool {
        self.first.as_ref().is_none_or(|first| first[row as usize])
    }

    fn parts(&self) -> usize {
        self.by.as_ref().map_or(1, |(_, codes)| codes.names.len() + 1)
    }
}

/// A metric over its population.
pub(crate) struct Metric<'a> {
    pub spec: &'a MetricSpec,
    pub kind: Kind,
    pub context: &'a Context,
    pub population: Population,
    /// Where windows begin.
    pub first: Option<Timestamp>,
}

impl<'a> Metric<'a> {
    pub(crate) fn open(spec: &'a MetricSpec, path: &Path, context: &'a Context) -> Result<Self, StatsError> {
        check(spec)?;
        Self::over(spec, &Columns::open(path)?, context)
    }

    pub(crate) fn over(spec: &'a MetricSpec, columns: &Columns, context: &'a Context) -> Result<Self, StatsError> {
        check(spec)?;
        let kind = Kind::of(spec)?;
        let end = context.as_of.as_microsecond() + i64::from(kind.holds());
        let population = Population::read(spec, kind, columns, end)?;
        let row = population.began.or(population.time.first().copied());
        let first = context.first.or(row.and_then(|micros| Timestamp::from_microsecond(micros).ok()));
        Ok(Self { spec, kind, context, population, first })
    }

    pub(crate) fn groupings(&self) -> Vec<Grouping> {
        let all = Grouping { by: None, order: vec![(0, String::new())], first: None };
        let by = self.population.groups.iter().map(|by| {
            let codes = &by.1;
            let mut order: Vec<_> = codes.names.iter().cloned().enumerate().collect();
            if codes.nameless().any(|nameless| nameless) {
                order.push((codes.names.len(), "unknown".to_owned()));
            }
            order.sort_by(|a, b| a.1.cmp(&b.1));
            Grouping { by: Some(by.clone()), order, first: None }
        });
        let mut groupings: Vec<_> = std::iter::once(all).chain(by).collect();
        for grouping in groupings.iter_mut().filter(|_| self.kind.looks_at_firsts()) {
            grouping.first = Some(self.first_rows(grouping));
        }
        groupings
    }

    fn first_rows(&self, grouping: &Grouping) -> Vec<bool> {
        let value = |row| self.population.names.as_ref().and_then(|codes| codes.at(row));
        first_rows((0..self.population.len()).map(|row| value(row).map(|value| (grouping.part(row), value))))
    }

    /// The rows behind one cell; `group` is a column and a value.
    pub(crate) fn behind(
        &self,
        kind: WindowKind,
        window: &Window,
        group: Option<(&str, &str)>,
    ) -> Result<Behind, StatsError> {
        let groupings = self.groupings();
        let (grouping, part) = self.part(&groupings, group)?;
        Ok(part.map_or_else(Behind::default, |part| self.parts(kind, window, &groupings[grouping]).swap_remove(part)))
    }

    /// Where a group is: which of the groupings, and which part of it, if there is a row of that name.
    pub(crate) fn part(
        &self,
        groupings: &[Grouping],
        group: Option<(&str, &str)>,
    ) -> Result<(usize, Option<usize>), StatsError> {
        let column = group.map(|(column, _)| column);
        let grouping = groupings.iter().position(|grouping| grouping.column() == column);
        let grouping = grouping.ok_or_else(|| StatsError::UnknownGroup {
            metric: self.spec.id.clone(),
            column: column.unwrap_or_default().to_owned(),
            there: self.spec.group_by.join(", "),
        })?;
        let (value, order) = (group.map_or("", |(_, value)| value), &groupings[grouping].order);
        let found = order.get(order.partition_point(|(_, name)| name.as_str() < value));
        Ok((grouping, found.filter(|(_, name)| name == value).map(|(part, _)| *part)))
    }

    /// The evaluation of one cell.
    pub(crate) fn evaluation<'b>(&'b self, kind: WindowKind, window: &Window, behind: &'b Behind) -> Evaluation<'b> {
        Evaluation {
            spec: self.spec,
            kind: self.kind,
            population: &self.population,
            behind,
            past: self.past(kind, window),
            unfinished: window.unfinished,
            end: self.end(window).as_microsecond(),
            periods: self.periods(window),
        }
    }

    /// An unfinished window ends at the as-of instant.
    fn end(&self, window: &Window) -> Timestamp {
        window.end.min(self.context.as_of)
    }

    /// The whole periods of `slope`, counted back from the window's end to its start, or to where the log begins: before
    /// it nobody looked, which is not the same as that nothing was.
    fn periods(&self, window: &Window) -> Periods {
        let days = if self.kind == Kind::Slope { self.kind.parameter(self.spec, "period_days") } else { 1.0 };
        let length = days as i64 * 86_400_000_000;
        let (start, end) = (window.start.as_microsecond(), self.end(window).as_microsecond());
        let first = self.first.map_or(start, |first| first.as_microsecond().max(start));
        let count = (end - first).max(0) / length;
        Periods { start: end - count * length, length, count: count as usize, cut_short: first > start }
    }

    /// The rows behind the cells of a window, by part of the grouping.
    pub(crate) fn parts(&self, kind: WindowKind, window: &Window, grouping: &Grouping) -> Vec<Behind> {
        let mut parts = vec![Behind::default(); grouping.parts()];
        for row in self.rows(window) {
            let part = &mut parts[grouping.part(row as usize)];
            match self.kind {
                Kind::DaysSinceLast => part.now = vec![row],
                _ if grouping.is_first(row) || self.kind == Kind::Cohort => part.now.push(row),
                _ => {}
            }
        }
        for row in self.rows_before(kind, window) {
            let part = &mut parts[grouping.part(row as usize)];
            match self.kind {
                Kind::MedianGap | Kind::LongestGap if grouping.is_first(row) => part.before = vec![row],
                Kind::Cohort if grouping.is_first(row) => part.before.push(row),
                Kind::Retention | Kind::RateOfChange => part.before.push(row),
                _ => {}
            }
        }
        if self.kind == Kind::Cohort {
            parts.iter_mut().for_each(|part| self.keep_cohort(part));
        }
        parts
    }

    /// Of the rows in the window only those of the values that are in the cohort.
    fn keep_cohort(&self, part: &mut Behind) {
        let value = |row: &u32| self.population.names.as_ref().and_then(|codes| codes.at(*row as usize));
        let cohort: HashSet<_> = part.before.iter().map(value).collect();
        part.now.retain(|row| cohort.contains(&value(row)));
    }

    /// The rows before the window that its cells may look at.
    fn rows_before(&self, kind: WindowKind, window: &Window) -> Range<u32> {
        match self.kind {
            Kind::MedianGap | Kind::LongestGap => self.between(Timestamp::MIN, window.start),
            _ => self.earlier(kind, window).map_or(0..0, |(start, end)| self.between(start, end)),
        }
    }

    fn rows(&self, window: &Window) -> Vec<u32> {
        match (&self.population.from, &self.population.until) {
            (Some(from), Some(until)) => {
                let end = if window.end < self.context.as_of { window.end.as_microsecond() } else { self.as_of_end() };
                let rows = from.iter().zip(until).zip(0u32..);
                rows.filter(|((from, until), _)| holds_at(**from, **until, end)).map(|(_, row)| row).collect()
            }
            _ => self.between(self.start(window), window.end).collect(),
        }
    }

    fn start(&self, window: &Window) -> Timestamp {
        match self.kind {
            Kind::DaysSinceLast => Timestamp::MIN,
            Kind::Slope => Timestamp::from_microsecond(self.periods(window).start).unwrap_or(window.start),
            _ => window.start,
        }
    }

    /// What holds at the as-of instant itself counts, so that a roster as of its day is that day's roster.
    fn as_of_end(&self) -> i64 {
        self.context.as_of.as_microsecond() + 1
    }

    /// The rows are in order of time, so those of a window stand together.
    fn between(&self, start: Timestamp, end: Timestamp) -> Range<u32> {
        let place = |at: Timestamp| {
            let at = at.as_microsecond();
            self.population.time.partition_point(|time| *time < at) as u32
        };
        place(start)..place(end)
    }

    fn past(&self, kind: WindowKind, window: &Window) -> Past {
        match (self.earlier(kind, window), self.first) {
            (Some((start, _)), Some(first)) if first <= start => Past::Whole,
            (Some((_, end)), Some(first)) if first < end => Past::Partial,
            _ => Past::Nothing,
        }
    }

    /// The window that this one is compared with: where it begins and ends.
    fn earlier(&self, kind: WindowKind, window: &Window) -> Option<(Timestamp, Timestamp)> {
        let back = match self.kind {
            Kind::Cohort => self.kind.parameter(self.spec, "after") as u32,
            _ if self.kind.compares() => 1,
            _ => return None,
        };
        (0..back).try_fold((window.start, window.end), |(start, end), _| Some((previous(kind, start, end)?, start)))
    }
}

/// Where the window before begins; it ends where this one begins. Everything has none before it.
fn previous(kind: WindowKind, start: Timestamp, end: Timestamp) -> Option<Timestamp> {
    match kind {
        WindowKind::All | WindowKind::Milestones => None,
        WindowKind::TrailingDays(_) | WindowKind::Range { .. } => {
            let length = end.as_microsecond() - start.as_microsecond();
            Timestamp::from_microsecond(start.as_microsecond() - length).ok()
        }
        _ => {
            let just_before = Timestamp::from_microsecond(start.as_microsecond() - 1).ok()?;
            kind.windows(just_before, start).first().map(|previous| previous.start)
        }
    }
}
