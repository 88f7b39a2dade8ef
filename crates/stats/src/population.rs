//! A population's Parquet file as columns, in order of time, without what lies at or after the as-of instant.

use crate::StatsError;
use crate::columns::{Codes, Columns};
use crate::kind::{Kind, Reading};
use muster_model::MetricSpec;
use polars::prelude::*;
use std::fs::File;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// The columns that the metric's statistic reads, all of one length and in one order.
pub(crate) struct Population {
    pub time: Vec<i64>,
    /// Where the row stands in the file.
    pub position: Vec<IdxSize>,
    pub names: Option<Arc<Codes>>,
    pub numbers: Option<Vec<Option<f64>>>,
    pub flags: Option<Vec<Option<bool>>>,
    pub observed: Option<Vec<Option<bool>>>,
    pub weight: Option<Vec<Option<f64>>>,
    pub items: Option<Arc<Codes>>,
    pub denominators: Option<Vec<Option<f64>>>,
    pub from: Option<Vec<Option<i64>>>,
    pub until: Option<Vec<Option<i64>>>,
    /// Whether the organisation is unknown.
    pub unknown: Option<Vec<bool>>,
    /// The columns of `group_by`, in its order.
    pub groups: Vec<(String, Arc<Codes>)>,
    /// Rows at or after the as-of instant.
    pub later: u64,
    /// Rows without a time.
    pub undated: u64,
    /// Where the log began for whoever wrote the file, of rows that [`crate::Rows::write`] wrote.
    pub began: Option<i64>,
}

const TIME: &str = "time";
const EVENT: &str = "event_id";
/// No column of a SELECT is called this.
const POSITION: &str = "\u{1}position";

impl Population {
    /// Reads only the columns that the metric names.
    pub(crate) fn read(spec: &MetricSpec, kind: Kind, columns: &Columns, as_of: i64) -> Result<Self, StatsError> {
        are_there(spec, kind, columns)?;
        let whole = columns.series(TIME)?.len();
        let file = Source { spec, columns, used: Used::Together(0..whole) };
        let instants = file.instants(TIME)?;
        let later = instants.gt_eq(as_of).sum().unwrap_or(0);
        let undated = instants.null_count() as u64;
        // What muster wrote stands in order already: undated rows come first, later ones last.
        let used = match columns.is_in_order(&instants, kind.picks().then_some(EVENT))? {
            true => Used::Together(undated as usize..whole - later as usize),
            false => Used::Sorted(places(&file, kind, instants, as_of)?),
        };
        let mut population = Source { used, ..file }.population(kind)?;
        (population.later, population.undated, population.began) = (u64::from(later), undated, columns.began());
        Ok(population)
    }

    pub(crate) fn len(&self) -> usize {
        self.time.len()
    }
}

/// Where the rows before `as_of` stand in the file, in order of time. Rows of one instant stay as the file has them; only
/// where the first or the last of them counts, their ids decide, so that the order of the file does not.
fn places(file: &Source<'_>, kind: Kind, instants: Int64Chunked, as_of: i64) -> Result<IdxCa, StatsError> {
    let used = instants.lt(as_of);
    let mut by = vec![instants.with_name(TIME.into()).into_series().into_column()];
    if kind.picks() {
        by.push(file.columns.series(EVENT)?.into_column());
    }
    let order: Vec<_> = by.iter().map(|column| column.name().clone()).collect();
    let options = SortMultipleOptions::default().with_maintain_order(true);
    let failed = || StatsError::parquet(file.columns.path());
    let frame = DataFrame::new_infer_height(by).and_then(|frame| frame.with_row_index(POSITION.into(), None));
    let sorted = frame.and_then(|frame| frame.filter(&used)?.sort(order, options)).map_err(failed())?;
    let places = sorted.column(POSITION).and_then(|column| column.idx().cloned());
    places.map_err(failed())
}

/// The columns to read, each with the key of the front matter that names it.
fn named_columns(spec: &MetricSpec, kind: Kind) -> Vec<(&'static str, &str)> {
    let mut named = vec![("time", TIME)];
    if kind.picks() {
        named.push(("event_id", EVENT));
    }
    let value = spec.value.as_deref().filter(|_| kind.value().is_some());
    let observed = spec.observed.as_deref().filter(|_| kind.observes());
    let per = spec.per.as_deref().filter(|_| kind.per().is_some());
    let interval = |column| Some(column).filter(|_| kind.holds()).and_then(Option::as_deref);
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

/// Whether every column that the metric names is in the file.
fn are_there(spec: &MetricSpec, kind: Kind, columns: &Columns) -> Result<(), StatsError> {
    let there = columns.names();
    match named_columns(spec, kind).into_iter().find(|(_, column)| !there.iter().any(|name| name == column)) {
        None => Ok(()),
        Some((key, column)) => Err(StatsError::UnknownColumn {
            metric: spec.id.clone(),
            key,
            column: column.to_owned(),
            there: there.join(", "),
        }),
    }
}

/// The whole file, for showing rows of it.
pub(crate) fn read_all(path: &Path) -> Result<DataFrame, StatsError> {
    let file = File::open(path).map_err(StatsError::io(path))?;
    ParquetReader::new(file).finish().map_err(StatsError::parquet(path))
}

/// So many rows of it, from one on.
pub(crate) fn read_slice(path: &Path, first: usize, rows: usize) -> Result<DataFrame, StatsError> {
    let file = File::open(path).map_err(StatsError::io(path))?;
    ParquetReader::new(file).with_slice(Some((first, rows))).finish().map_err(StatsError::parquet(path))
}

/// The columns of a file for one metric.
struct Source<'a> {
    spec: &'a MetricSpec,
    columns: &'a Columns,
    used: Used,
}

/// The rows of a file that a metric uses, in order of time.
enum Used {
    /// They stand so.
    Together(Range<usize>),
    /// Where each of them stands.
    Sorted(IdxCa),
}

impl Source<'_> {
    fn population(&self, kind: Kind) -> Result<Population, StatsError> {
        let spec = self.spec;
        let value = |reading| spec.value.as_deref().filter(|_| kind.value() == Some(reading));
        let per = |reading| spec.per.as_deref().filter(|_| kind.per() == Some(reading));
        let interval = kind.holds();
        let edge = |column: &Option<String>| column.clone().filter(|_| interval);
        let time: Vec<i64> = self.instants(TIME)?.into_no_null_iter().collect();
        let position = match &self.used {
            Used::Sorted(places) => places.into_no_null_iter().collect(),
            Used::Together(rows) => (rows.start as IdxSize..rows.end as IdxSize).collect(),
        };
        Ok(Population {
            time,
            position,
            names: value(Reading::Names).map(|column| self.codes(column)).transpose()?,
            numbers: value(Reading::Numbers).map(|column| self.numbers(column)).transpose()?,
            flags: value(Reading::Flags).map(|column| self.flags(column)).transpose()?,
            observed: spec
                .observed
                .as_deref()
                .filter(|_| kind.observes())
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

    fn series(&self, column: &str) -> Result<Series, StatsError> {
        let series = self.columns.series(column)?;
        match &self.used {
            Used::Together(rows) => Ok(series.slice(rows.start as i64, rows.len())),
            Used::Sorted(places) => series.take(places).map_err(StatsError::parquet(self.columns.path())),
        }
    }

    fn wrong(&self, column: &str, is: String, needs: &'static str) -> StatsError {
        StatsError::ColumnType { metric: self.spec.id.clone(), column: column.to_owned(), is, needs }
    }

    fn texts(&self, column: &str, series: &Series) -> Result<StringChunked, StatsError> {
        let texts = series.cast(&DataType::String).and_then(|texts| texts.str().cloned());
        texts.map_err(|_| self.wrong(column, series.dtype().to_string(), "text, a number or true/false"))
    }

    fn codes(&self, column: &str) -> Result<Arc<Codes>, StatsError> {
        match &self.used {
            Used::Together(rows) => self.columns.codes(column, rows.clone(), |series| self.texts(column, series)),
            Used::Sorted(_) => Ok(Arc::new(Codes::of(&self.texts(column, &self.series(column)?)?))),
        }
    }

    fn missing(&self, column: &str) -> Result<Vec<bool>, StatsError> {
        Ok(self.codes(column)?.nameless().collect())
    }

    /// As they are, also those that are no finite number: the evaluation leaves them out and says how many.
    fn numbers(&self, column: &str) -> Result<Vec<Option<f64>>, StatsError> {
        const NEEDS: &str = "a number (durations as seconds) or true/false";
        let series = self.series(column)?;
        let dtype = series.dtype();
        if !(dtype.is_primitive_numeric() || dtype.is_bool() || dtype.is_null()) {
            return Err(self.wrong(column, dtype.to_string(), NEEDS));
        }
        let wrong = || self.wrong(column, series.dtype().to_string(), NEEDS);
        let series = series.cast(&DataType::Float64).map_err(|_| wrong())?;
        let numbers = series.f64().map_err(|_| wrong())?;
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
            DataType::Datetime(TimeUnit::Nanoseconds, _) => physical.apply_values(|instant| instant.div_euclid(1000)),
            DataType::Datetime(TimeUnit::Milliseconds, _) => physical.apply_values(|instant| instant * 1000),
            DataType::Date => physical.apply_values(|days| days * 86_400_000_000),
            _ => return Err(wrong()),
        };
        Ok(instants)
    }
}
