//! A metric over its population, opened once for many cells: what a report asks of each of its figures.

use crate::cut::{Grouping, Metric};
use crate::detail::{members_among, survival_of};
use crate::evaluate::Behind;
use crate::population::{read_all, read_slice};
use crate::statistic::Survival;
use crate::{Columns, Context, Member, Rows, StatsError};
use muster_model::{MetricSpec, Window, WindowKind};
use polars::prelude::IdxCa;
use std::cell::RefCell;
use std::path::Path;

/// A metric over its population.
pub struct Opened<'a> {
    metric: Metric<'a>,
    groupings: Vec<Grouping>,
    /// The cut that was asked for last: the groups of a window are asked for one after the other.
    last: RefCell<Option<(Cut, Vec<Behind>)>>,
}

/// The rows of a window, parted by a grouping.
type Cut = (WindowKind, Window, usize);

impl<'a> Opened<'a> {
    /// Reads the columns that the metric needs, and that no other metric over this population has read.
    ///
    /// # Errors
    /// As [`crate::compute`].
    pub fn open(spec: &'a MetricSpec, population: &Columns, context: &'a Context) -> Result<Self, StatsError> {
        let metric = Metric::over(spec, population, context)?;
        Ok(Self { groupings: metric.groupings(), metric, last: RefCell::default() })
    }

    /// The rows that [`crate::select`] gives, as places in the population's file.
    ///
    /// # Errors
    /// As [`crate::select`].
    pub fn rows(&self, kind: WindowKind, window: &Window, group: Option<(&str, &str)>) -> Result<Vec<u32>, StatsError> {
        self.behind(kind, window, group, |behind| {
            Ok(behind.all().map(|row| self.metric.population.position[row]).collect())
        })
    }

    /// The first of [`crate::members`], at most so many.
    ///
    /// # Errors
    /// Likewise.
    pub fn members(
        &self,
        kind: WindowKind,
        window: &Window,
        group: Option<(&str, &str)>,
        most: usize,
    ) -> Result<Vec<Member>, StatsError> {
        self.behind(kind, window, group, |behind| members_among(&self.metric, kind, window, behind, most))
    }

    /// As [`crate::survival`].
    ///
    /// # Errors
    /// Likewise.
    pub fn survival(
        &self,
        kind: WindowKind,
        window: &Window,
        group: Option<(&str, &str)>,
    ) -> Result<Survival, StatsError> {
        self.behind(kind, window, group, |behind| survival_of(&self.metric, kind, window, behind))
    }

    /// The places of all rows that have a time, oldest first.
    pub fn places(&self) -> &[u32] {
        &self.metric.population.position
    }

    fn behind<T>(
        &self,
        kind: WindowKind,
        window: &Window,
        group: Option<(&str, &str)>,
        look: impl FnOnce(&Behind) -> Result<T, StatsError>,
    ) -> Result<T, StatsError> {
        let (grouping, part) = self.metric.part(&self.groupings, group)?;
        let Some(part) = part else { return look(&Behind::default()) };
        let cut = (kind, window.clone(), grouping);
        let mut last = self.last.borrow_mut();
        let parts = match last.take() {
            Some((known, parts)) if known == cut => parts,
            _ => self.metric.parts(kind, window, &self.groupings[grouping]),
        };
        let (_, parts) = last.insert((cut, parts));
        look(&parts[part])
    }
}

/// Rows of a population's file, by their places.
///
/// # Errors
/// A file that cannot be read, a place beyond its end.
pub fn rows_at(population: &Path, places: Vec<u32>) -> Result<Rows, StatsError> {
    let stand_together = places.windows(2).all(|pair| pair[0].checked_add(1) == Some(pair[1]));
    if let Some(first) = places.first().filter(|_| stand_together) {
        return Ok(Rows::new(read_slice(population, *first as usize, places.len())?, None));
    }
    let frame = read_all(population)?;
    let rows = frame.take(&IdxCa::from_vec("".into(), places)).map_err(StatsError::parquet(population))?;
    Ok(Rows::new(rows, None))
}
