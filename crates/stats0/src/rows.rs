//! The rows of a population behind one cell.

use crate::StatsError;
use polars::prelude::*;
use std::fs::File;
use std::path::{Path, PathBuf};

/// Whole rows of a population, every column of its SELECT.
pub struct Rows {
    table: DataFrame,
    path: PathBuf,
}

impl Rows {
    /// The rows of the population at `path` for which `keep` is set.
    pub(crate) fn read(path: &Path, keep: &[bool]) -> Result<Self, StatsError> {
        let failed = |error: PolarsError| StatsError::file(path, &error);
        let file = File::open(path).map_err(|error| StatsError::file(path, &error))?;
        let table = ParquetReader::new(file).finish().map_err(failed)?;
        let mask = BooleanChunked::from_slice("keep".into(), keep);
        Ok(Self { table: table.filter(&mask).map_err(failed)?, path: path.to_path_buf() })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.table.height()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.table.height() == 0
    }

    /// The columns' names.
    pub fn columns(&self) -> Vec<String> {
        self.table.get_column_names().into_iter().map(|name| name.to_string()).collect()
    }

    /// The rows as text; times are RFC 3339, UTC; null is none.
    ///
    /// # Errors
    /// A column that has no text form.
    pub fn texts(&self) -> Result<Vec<Vec<Option<String>>>, StatsError> {
        let columns: Result<Vec<_>, _> = self.table.columns().iter().map(texts).collect();
        let columns = columns.map_err(|error| StatsError::file(&self.path, &error))?;
        Ok((0..self.len()).map(|row| columns.iter().map(|column| column[row].clone()).collect()).collect())
    }

    /// Writes them as a population of their own.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), StatsError> {
        let file = File::create(path).map_err(|error| StatsError::file(path, &error))?;
        let mut table = self.table.clone();
        ParquetWriter::new(file).finish(&mut table).map(|_| ()).map_err(|error| StatsError::file(path, &error))
    }
}

fn texts(column: &Column) -> PolarsResult<Vec<Option<String>>> {
    if let DataType::Datetime(TimeUnit::Microseconds, _) = column.dtype() {
        let physical = column.to_physical_repr();
        let instant = |micros: i64| muster_model::Timestamp::from_microsecond(micros).ok().map(|time| time.to_string());
        return Ok(physical.i64()?.iter().map(|micros| micros.and_then(instant)).collect());
    }
    let column = column.cast(&DataType::String)?;
    Ok(column.str()?.iter().map(|text| text.map(str::to_owned)).collect())
}
