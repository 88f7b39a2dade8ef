use crate::StatsError;
use crate::cell::write_frame;
use crate::columns::BEGAN;
use crate::population::read_all;
use foldhash::fast::RandomState;
use muster_model::Timestamp;
use polars::prelude::*;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use std::collections::HashMap;
use std::hash::Hash;
use std::ops::Range;
use std::path::Path;

/// The rows of a population behind one cell, with all their columns, oldest first.
#[derive(Debug, Clone)]
pub struct Rows {
    frame: DataFrame,
    /// Where the log begins: rows taken on their own do not show it.
    began: Option<Timestamp>,
}

impl Rows {
    pub(crate) fn new(frame: DataFrame, began: Option<Timestamp>) -> Self {
        Self { frame, began }
    }

    /// All rows of a Parquet file: a population, a table.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn open(path: &Path) -> Result<Self, StatsError> {
        read_all(path).map(|frame| Self::new(frame, None))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.frame.height()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The columns' names, in the order of the SELECT.
    pub fn columns(&self) -> Vec<String> {
        self.frame.get_column_names().into_iter().map(ToString::to_string).collect()
    }

    /// Row by row as text: instants in RFC 3339, lists joined by `; `, null as `None`.
    ///
    /// # Errors
    /// None in practice: a position outside of the frame.
    pub fn texts(&self) -> Result<Vec<Vec<Option<String>>>, StatsError> {
        self.texts_of(0..self.len())
    }

    /// The same of some rows, for tables that are too long to be text all at once.
    ///
    /// # Errors
    /// A position outside of the frame.
    pub fn texts_of(&self, rows: Range<usize>) -> Result<Vec<Vec<Option<String>>>, StatsError> {
        let row =
            |index| self.frame.columns().iter().map(|column| column.get(index).map(|value| text(&value))).collect();
        let rows: PolarsResult<Vec<Vec<Option<String>>>> = rows.map(row).collect();
        rows.map_err(StatsError::parquet(Path::new("rows")))
    }

    /// Column by column as text, each different text once and which of them each row has: what repeats is said once. Empty
    /// text is not null.
    pub fn coded(&self) -> Vec<(Vec<String>, Vec<Option<u32>>)> {
        self.frame.columns().par_iter().map(|column| coded(column.as_materialized_series())).collect()
    }

    /// Writes them as a population of their own, Parquet: [`crate::compute`] over it gives the cell again. Where the log
    /// begins stands in the file's metadata, so that the windows are the same ones.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), StatsError> {
        let began = self.began.map(|began| (BEGAN.to_owned(), began.as_microsecond().to_string()));
        write_frame(&mut self.frame.clone(), path, began.map(|began| KeyValueMetadata::from_static(vec![began])))
    }
}

fn coded(series: &Series) -> (Vec<String>, Vec<Option<u32>>) {
    if let Ok(texts) = series.str() {
        return number(texts.iter(), |text| Some((*text).to_owned()));
    }
    if let (DataType::Datetime(unit, _), Ok(counts)) = (series.dtype(), series.to_physical_repr().i64()) {
        return number(counts.iter(), |count| text(&AnyValue::Datetime(*count, *unit, None)));
    }
    let series = series.rechunk();
    number(series.iter().map(|value| text(&value)), |text| Some(text.clone()))
}

/// The different values as text, and for each row which it has.
fn number<T: Eq + Hash>(
    values: impl Iterator<Item = Option<T>>,
    text: impl Fn(&T) -> Option<String>,
) -> (Vec<String>, Vec<Option<u32>>) {
    let mut known: HashMap<T, Option<u32>, RandomState> = HashMap::default();
    let mut texts = Vec::new();
    let rows = values.map(|value| {
        let value = value?;
        *known.entry(value).or_insert_with_key(|value| {
            texts.push(text(value)?);
            // A frame has at most 2^32 rows (`IdxSize`).
            Some(texts.len() as u32 - 1)
        })
    });
    let rows = rows.collect();
    (texts, rows)
}

fn text(value: &AnyValue<'_>) -> Option<String> {
    match value {
        AnyValue::Null => None,
        AnyValue::Datetime(..) | AnyValue::DatetimeOwned(..) => instant(value).or_else(|| Some(value.to_string())),
        AnyValue::List(items) => Some(items.iter().filter_map(|item| text(&item)).collect::<Vec<_>>().join("; ")),
        other => Some(other.str_value().into_owned()),
    }
}

fn instant(value: &AnyValue<'_>) -> Option<String> {
    let (count, unit) = match value {
        AnyValue::Datetime(count, unit, _) => (*count, *unit),
        AnyValue::DatetimeOwned(count, unit, _) => (*count, *unit),
        _ => return None,
    };
    let instant = match unit {
        TimeUnit::Nanoseconds => Timestamp::from_nanosecond(i128::from(count)),
        TimeUnit::Microseconds => Timestamp::from_microsecond(count),
        TimeUnit::Milliseconds => Timestamp::from_millisecond(count),
    };
    instant.ok().map(|instant| instant.to_string())
}
