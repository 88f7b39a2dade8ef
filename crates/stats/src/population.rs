//! A population's Parquet file as columns, in order of time, without what lies at or after the as-of instant.

use crate::StatsError;
use crate::kind::{Kind, Reading};
use foldhash::fast::RandomState;
use muster_model::MetricSpec;
use polars::prelude::*;
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::path::Path;

/// Names as small numbers: comparing them is all that a statistic does.
pub(crate) struct Codes {
    /// One a row; `None` where the name is null or empty.
    pub rows: Vec<Option<u32>>,
    /// The names; a code is a position in it.
    pub names: Vec<String>,
}

/// The columns that the metric's statistic reads, all of one length and in one order.
pub(crate) struct Population {
    pub time: Vec<i64>,
    /// Where the row stands in the file.
    pub position: Vec<IdxSize>,
    pub names: Option<Codes>,
    pub numbers: Option<Vec<Option<f64>>>,
    pub flags: Option<Vec<Option<bool>>>,
    pub observed: Option<Vec<Option<bool>>>,
    pub weight: Option<Vec<Option<f64>>>,
    pub items: Option<Codes>,
    pub denominators: Option<Vec<Option<f64>>>,
    pub from: Option<Vec<Option<i64>>>,
    pub until: Option<Vec<Option<i64>>>,
    /// Whether the organisation is unknown.
    pub unknown: Option<Vec<bool>>,
    /// The columns of `group_by`, in its order.
    pub groups: Vec<(String, Codes)>,
    /// Rows at or after the as-of instant.
    pub later: u64,
    /// Rows without a time.
    pub undated: u64,
    /// Where the log began for whoever wrote the file, of rows that [`crate::Rows::write`] wrote.
    pub began: Option<i64>,
}

/// The key of [`Population::began`] in a file's metadata.
pub(crate) const BEGAN: &str = "muster.began";

const TIME: &str = "time";
/// No column of a SELECT is called this.
const POSITION: &str = "\u{1}position";
const INSTANT: &str = "\u{1}instant";

impl Population {
    /// Reads only the columns that the metric names.
    pub(crate) fn read(spec: &MetricSpec, kind: Kind, path: &Path, as_of: i64) -> Result<Self, StatsError> {
        let named = named_columns(spec, kind);
        let (frame, began) = read_columns(spec, &named, path)?;
        let failed = |source| StatsError::parquet(path)(source);
        let instants = Source { spec, frame: &frame }.instants(TIME)?;
        let later = instants.gt_eq(as_of).sum().unwrap_or(0);
        let undated = instants.null_count() as u64;
        let used = instants.lt(as_of);
        let stands = later == 0 && undated == 0 && kind != Kind::New && instants.into_no_null_iter().is_sorted();
        let mut frame = frame.with_row_index(POSITION.into(), None).map_err(failed)?;
        frame.with_column(instants.into_series().into_column()).map_err(failed)?;
        // What muster wrote stands in order already, and all of it is used.
        if !stands {
            let options = SortMultipleOptions::default().with_maintain_order(true);
            frame = frame.filter(&used).and_then(|frame| frame.sort(order(kind), options)).map_err(failed)?;
        }
        let mut population = Source { spec, frame: &frame }.population(kind)?;
        (population.later, population.undated, population.began) = (u64::from(later), undated, began);
        Ok(population)
    }

    pub(crate) fn len(&self) -> usize {
        self.time.len()
    }
}

/// Rows of one instant stay as the file has them; only where the first or the last of them counts, their ids decide, so
/// that the order of the file does not.
fn order(kind: Kind) -> Vec<&'static str> {
    if kind.picks() { vec![INSTANT, "event_id"] } else { vec![INSTANT] }
}

/// The columns to read, each with the key of the front matter that names it.
fn named_columns(spec: &MetricSpec, kind: Kind) -> Vec<(&'static str, &str)> {
    let mut named = vec![("time", TIME)];
    if kind.picks() {
        named.push(("event_id", "event_id"));
    }
    let value = spec.value.as_deref().filter(|_| kind.value().is_some());
    let observed = spec.observed.as_deref().filter(|_| kind == Kind::KaplanMeier);
    let per = spec.per.as_deref().filter(|_| kind.per().is_some());
    let interval = |column| Some(column).filter(|_| kind == Kind::IntervalCountDistinct).and_then(Option::as_deref);
    named.extend(
        [
            ("value", value),
            ("observed", observed),
            ("per", per),
            ("weight", spec.weight.as_deref()),
            ("unknown", spec.unknown.as_deref()),
            ("from", interval(&spec.from)),
            ("until", interval(&spec.until)),
        ]
        .into_iter()
        .filter_map(|(key, column)| Some((key, column?))),
    );
    named.extend(spec.group_by.iter().map(|column| ("group_by", column.as_str())));
    named
}

/// The columns, and where the log began if the file says so.
fn read_columns(
    spec: &MetricSpec,
    named: &[(&'static str, &str)],
    path: &Path,
) -> Result<(DataFrame, Option<i64>), StatsError> {
    let file = File::open(path).map_err(StatsError::io(path))?;
    let mut reader = ParquetReader::new(file);
    let schema = reader.schema().map_err(StatsError::parquet(path))?;
    if let Some((key, column)) = named.iter().find(|(_, column)| !schema.contains(column)) {
        let there: Vec<_> = schema.iter_names().map(PlSmallStr::as_str).collect();
        let (metric, column, there) = (spec.id.clone(), (*column).to_owned(), there.join(", "));
        return Err(StatsError::UnknownColumn { metric, key, column, there });
    }
    let mut seen = HashSet::new();
    let columns = named.iter().map(|(_, column)| *column).filter(|column| seen.insert(*column)).map(str::to_owned);
    let metadata = reader.get_metadata().map_err(StatsError::parquet(path))?.key_value_metadata();
    let began = metadata.iter().flatten().find(|entry| entry.key == BEGAN);
    let began = began.and_then(|entry| entry.value.as_ref()?.parse().ok());
    let frame = reader.with_columns(Some(columns.collect())).finish().map_err(StatsError::parquet(path))?;
    Ok((frame, began))
}

/// The whole file, for showing rows of it.
pub(crate) fn read_all(path: &Path) -> Result<DataFrame, StatsError> {
    let file = File::open(path).map_err(StatsError::io(path))?;
    ParquetReader::new(file).finish().map_err(StatsError::parquet(path))
}

struct Source<'a> {
    spec: &'a MetricSpec,
    frame: &'a DataFrame,
}

impl Source<'_> {
    fn population(&self, kind: Kind) -> Result<Population, StatsError> {
        let spec = self.spec;
        let value = |reading| spec.value.as_deref().filter(|_| kind.value() == Some(reading));
        let per = |reading| spec.per.as_deref().filter(|_| kind.per() == Some(reading));
        let interval = kind == Kind::IntervalCountDistinct;
        let edge = |column: &Option<String>| column.clone().filter(|_| interval);
        Ok(Population {
            time: self.instants(INSTANT)?.into_no_null_iter().collect(),
            position: self.positions()?,
            names: value(Reading::Names).map(|column| self.codes(column)).transpose()?,
            numbers: value(Reading::Numbers).map(|column| self.numbers(column)).transpose()?,
            flags: value(Reading::Flags).map(|column| self.flags(column)).transpose()?,
            observed: spec
                .observed
                .as_deref()
                .filter(|_| kind == Kind::KaplanMeier)
                .map(|column| self.flags(column))
                .transpose()?,
            weight: spec.weight.as_deref().map(|column| self.numbers(column)).transpose()?,
            items: per(Reading::Names).map(|column| self.codes(column)).transpose()?,
            denominators: per(Reading::Numbers).map(|column| self.numbers(column)).transpose()?,
            from: edge(&spec.from).map(|column| self.optional_instants(&column)).transpose()?,
            until: edge(&spec.until).map(|column| self.optional_instants(&column)).transpose()?,
            unknown: spec.unknown.as_deref().map(|column| self.missing(column)).transpose()?,
            groups: spec
                .group_by
                .iter()
                .map(|column| Ok((column.clone(), self.codes(column)?)))
                .collect::<Result<_, StatsError>>()?,
            later: 0,
            undated: 0,
            began: None,
        })
    }

    fn series(&self, column: &str) -> Result<&Series, StatsError> {
        let found = self.frame.column(column).map(Column::as_materialized_series);
        found.map_err(|_| self.wrong(column, "not there".to_owned(), "a column"))
    }

    fn wrong(&self, column: &str, is: String, needs: &'static str) -> StatsError {
        StatsError::ColumnType { metric: self.spec.id.clone(), column: column.to_owned(), is, needs }
    }

    fn cast(&self, column: &str, to: &DataType, needs: &'static str) -> Result<Series, StatsError> {
        let series = self.series(column)?;
        series.cast(to).map_err(|_| self.wrong(column, series.dtype().to_string(), needs))
    }

    fn positions(&self) -> Result<Vec<IdxSize>, StatsError> {
        let series = self.series(POSITION)?;
        let positions = series.idx().map_err(|_| self.wrong(POSITION, series.dtype().to_string(), "an index"))?;
        Ok(positions.into_no_null_iter().collect())
    }

    fn texts(&self, column: &str) -> Result<StringChunked, StatsError> {
        const NEEDS: &str = "text, a number or true/false";
        let series = self.cast(column, &DataType::String, NEEDS)?;
        let texts = series.str().cloned();
        texts.map_err(|_| self.wrong(column, series.dtype().to_string(), NEEDS))
    }

    fn codes(&self, column: &str) -> Result<Codes, StatsError> {
        let texts = self.texts(column)?;
        let mut known: HashMap<&str, u32, RandomState> = HashMap::default();
        let mut rows = Vec::with_capacity(texts.len());
        for text in texts.iter() {
            // A frame has at most 2^32 rows (`IdxSize`), so their names can be numbered so.
            let next = known.len() as u32;
            rows.push(text.filter(|text| !text.is_empty()).map(|text| *known.entry(text).or_insert(next)));
        }
        let mut names = vec![String::new(); known.len()];
        for (name, code) in known {
            name.clone_into(&mut names[code as usize]);
        }
        Ok(Codes { rows, names })
    }

    fn missing(&self, column: &str) -> Result<Vec<bool>, StatsError> {
        Ok(self.texts(column)?.iter().map(|text| text.is_none_or(str::is_empty)).collect())
    }

    /// As they are, also those that are no finite number: the evaluation leaves them out and says how many.
    fn numbers(&self, column: &str) -> Result<Vec<Option<f64>>, StatsError> {
        const NEEDS: &str = "a number (durations as seconds) or true/false";
        let dtype = self.series(column)?.dtype();
        if !(dtype.is_primitive_numeric() || dtype.is_bool() || dtype.is_null()) {
            return Err(self.wrong(column, dtype.to_string(), NEEDS));
        }
        let series = self.cast(column, &DataType::Float64, NEEDS)?;
        let numbers = series.f64().map_err(|_| self.wrong(column, series.dtype().to_string(), NEEDS))?;
        Ok(numbers.iter().collect())
    }

    fn flags(&self, column: &str) -> Result<Vec<Option<bool>>, StatsError> {
        let series = self.series(column)?;
        if series.dtype().is_null() {
            return Ok(vec![None; series.len()]);
        }
        let flags = series.bool().map_err(|_| self.wrong(column, series.dtype().to_string(), "true/false"))?;
        Ok(flags.iter().collect())
    }

    fn optional_instants(&self, column: &str) -> Result<Vec<Option<i64>>, StatsError> {
        Ok(self.instants(column)?.iter().collect())
    }

    /// Microseconds since 1970. A coarser or finer timestamp is taken as well; what it says beyond a microsecond is cut.
    fn instants(&self, column: &str) -> Result<Int64Chunked, StatsError> {
        const NEEDS: &str = "a timestamp (µs, UTC)";
        let series = self.series(column)?;
        let wrong = || self.wrong(column, series.dtype().to_string(), NEEDS);
        let physical = series.to_physical_repr().cast(&DataType::Int64).map_err(|_| wrong())?;
        let physical = physical.i64().map_err(|_| wrong())?;
        let instants = match series.dtype() {
            DataType::Datetime(TimeUnit::Microseconds, _) | DataType::Null => physical.clone(),
            DataType::Int64 if column == INSTANT => physical.clone(),
            DataType::Datetime(TimeUnit::Nanoseconds, _) => physical.apply_values(|instant| instant.div_euclid(1000)),
            DataType::Datetime(TimeUnit::Milliseconds, _) => physical.apply_values(|instant| instant * 1000),
            DataType::Date => physical.apply_values(|days| days * 86_400_000_000),
            _ => return Err(wrong()),
        };
        Ok(instants.with_name(INSTANT.into()))
    }
}
