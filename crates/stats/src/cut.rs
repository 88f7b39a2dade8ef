//! The cut: which rows of a population are behind which cell. [`crate::compute`] and [`crate::select`] share it.

use crate::evaluate::{Behind, Evaluation, Past};
use crate::kind::Kind;
use crate::population::{Codes, Population};
use crate::statistic::{first_rows, holds_at};
use crate::{Context, StatsError, check};
use muster_model::{MetricSpec, Timestamp, Window, WindowKind};
use std::path::Path;

/// A way to part rows into groups: everything, or by one column.
pub(crate) struct Grouping<'a> {
    pub by: Option<&'a (String, Codes)>,
    /// The parts in the order of their names: position of the part, and name.
    pub order: Vec<(usize, String)>,
    /// For `new`: which rows are the first of their value in their group.
    first: Option<Vec<bool>>,
}

impl Grouping<'_> {
    pub(crate) fn column(&self) -> Option<&str> {
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
        let kind = Kind::of(spec)?;
        let end = context.as_of.as_microsecond() + i64::from(kind == Kind::IntervalCountDistinct);
        let population = Population::read(spec, kind, path, end)?;
        let row = population.time.first().and_then(|micros| Timestamp::from_microsecond(*micros).ok());
        Ok(Self { spec, kind, context, population, first: context.first.or(row) })
    }

    pub(crate) fn groupings(&self) -> Vec<Grouping<'_>> {
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

    /// The rows behind one cell; `group` is a column and a value.
    pub(crate) fn behind(
        &self,
        kind: WindowKind,
        window: &Window,
        group: Option<(&str, &str)>,
    ) -> Result<Behind, StatsError> {
        let groupings = self.groupings();
        let column = group.map(|(column, _)| column);
        let grouping = groupings.iter().find(|grouping| grouping.column() == column);
        let grouping = grouping.ok_or_else(|| StatsError::UnknownGroup {
            metric: self.spec.id.clone(),
            column: column.unwrap_or_default().to_owned(),
            there: self.spec.group_by.join(", "),
        })?;
        let value = group.map_or("", |(_, value)| value);
        let part = grouping.order.iter().find(|(_, name)| name == value).map(|(part, _)| *part);
        Ok(part.map_or_else(Behind::default, |part| self.parts(kind, window, grouping).swap_remove(part)))
    }

    /// The evaluation of one cell.
    pub(crate) fn evaluation<'b>(&'b self, kind: WindowKind, window: &Window, behind: &'b Behind) -> Evaluation<'b> {
        let (past, unfinished) = (self.past(kind, window), window.unfinished);
        Evaluation { spec: self.spec, kind: self.kind, population: &self.population, behind, past, unfinished }
    }

    /// The rows behind the cells of a window, by part of the grouping.
    pub(crate) fn parts(&self, kind: WindowKind, window: &Window, grouping: &Grouping<'_>) -> Vec<Behind> {
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

    pub(crate) fn past(&self, kind: WindowKind, window: &Window) -> Past {
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
