//! A metric over its population, opened once for many cells: what a report asks of each of its figures.

use crate::cut::Metric;
use crate::detail::{members_of, survival_of};
use crate::population::read_all;
use crate::statistic::Survival;
use crate::{Context, Member, Rows, StatsError};
use muster_model::{MetricSpec, Window, WindowKind};
use polars::prelude::IdxCa;
use std::path::Path;

/// A metric over its population.
pub struct Opened<'a>(Metric<'a>);

impl<'a> Opened<'a> {
    /// Reads the columns that the metric needs.
    ///
    /// # Errors
    /// As [`crate::compute`].
    pub fn open(spec: &'a MetricSpec, population: &Path, context: &'a Context) -> Result<Self, StatsError> {
        Metric::open(spec, population, context).map(Self)
    }

    /// The rows that [`crate::select`] gives, as places in the population's file.
    ///
    /// # Errors
    /// As [`crate::select`].
    pub fn rows(&self, kind: WindowKind, window: &Window, group: Option<(&str, &str)>) -> Result<Vec<u32>, StatsError> {
        let behind = self.0.behind(kind, window, group)?;
        Ok(behind.all().map(|row| self.0.population.position[row]).collect())
    }

    /// As [`crate::members`].
    ///
    /// # Errors
    /// Likewise.
    pub fn members(
        &self,
        kind: WindowKind,
        window: &Window,
        group: Option<(&str, &str)>,
    ) -> Result<Vec<Member>, StatsError> {
        members_of(&self.0, kind, window, group)
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
        survival_of(&self.0, kind, window, group)
    }

    /// The places of all rows that have a time, oldest first.
    pub fn places(&self) -> &[u32] {
        &self.0.population.position
    }
}

/// Rows of a population's file, by their places.
///
/// # Errors
/// A file that cannot be read, a place beyond its end.
pub fn rows_at(population: &Path, places: Vec<u32>) -> Result<Rows, StatsError> {
    let frame = read_all(population)?;
    let rows = frame.take(&IdxCa::from_vec("".into(), places)).map_err(StatsError::parquet(population))?;
    Ok(Rows::new(rows, None))
}
