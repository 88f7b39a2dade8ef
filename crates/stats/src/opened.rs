//! A metric over its population, opened once for many cells: what a report asks of each of its figures.

use crate::cut::{Grouping, Metric};
use crate::detail::{members_among, survival_of};
use crate::evaluate::Behind;
use crate::population::read_slice;
use crate::statistic::Survival;
use crate::{Columns, Context, Member, Rows, StatsError};
use muster_model::{MetricSpec, Window, WindowKind};
use polars::prelude::{IdxCa, PolarsError};
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
    let (Some(first), Some(last)) = (places.iter().min().copied(), places.iter().max().copied()) else {
        return Ok(Rows::new(read_slice(population, 0, 0)?, None));
    };
    // Those asked for are mostly the latest, at the end of a long file.
    let rows = read_slice(population, first as usize, (last - first) as usize + 1)?;
    if rows.height() <= (last - first) as usize {
        let beyond = PolarsError::OutOfBounds(format!("it has no row {last}").into());
        return Err(StatsError::parquet(population)(beyond));
    }
    if places.windows(2).all(|pair| pair[0].checked_add(1) == Some(pair[1])) {
        return Ok(Rows::new(rows, None));
    }
    let places = IdxCa::from_vec("".into(), places.into_iter().map(|place| place - first).collect());
    let rows = rows.take(&places).map_err(StatsError::parquet(population))?;
    Ok(Rows::new(rows, None))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

    use super::*;
    use polars::prelude::{Column, DataFrame, ParquetWriter};

    #[test]
    fn rows_are_those_of_their_places() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.parquet");
        let numbers: Vec<i64> = (0..100).collect();
        let mut frame = DataFrame::new_infer_height(vec![Column::new("number".into(), numbers)]).unwrap();
        ParquetWriter::new(std::fs::File::create(&path).unwrap()).finish(&mut frame).unwrap();
        for places in [vec![], vec![97, 98, 99], vec![99], vec![5, 3, 90, 3], (0..100).collect()] {
            let rows = rows_at(&path, places.clone()).unwrap();
            assert_eq!(rows.columns(), ["number"]);
            let shown: Vec<String> = rows.texts().unwrap().into_iter().map(|row| row[0].clone().unwrap()).collect();
            assert_eq!(shown, places.iter().map(ToString::to_string).collect::<Vec<_>>());
        }
        assert!(rows_at(&path, vec![100]).is_err() && rows_at(&path, vec![3, 100]).is_err());
    }
}
