//! The columns of a population that its metric names, as plain vectors.

use crate::StatsError;
use muster_model::{MetricSpec, Timestamp};
use polars::prelude::*;
use std::collections::HashMap;
use std::fs::File;
use std::path::Path;

/// Text by small numbers: equal text, equal number. Null has none.
pub(crate) struct Codes {
    /// The number of each row's text.
    pub rows: Vec<Option<u32>>,
    /// The text of each number.
    pub names: Vec<String>,
}

impl Codes {
    /// The number of a group's name as a cell shows it; `unknown` is null unless a value is called so.
    pub fn code_of(&self, name: &str) -> Option<u32> {
        self.names.iter().position(|known| known == name).and_then(|code| u32::try_from(code).ok())
    }
}

/// A population as far as its statistic needs it.
pub(crate) struct Population {
    /// Microseconds since 1970, UTC.
    pub time: Vec<i64>,
    /// The value column as names, for statistics that count.
    pub names: Option<Codes>,
    /// The value column as numbers, for statistics that measure.
    pub numbers: Option<Vec<Option<f64>>>,
    /// Whether the end was seen.
    pub observed: Option<Vec<bool>>,
    /// The column to average over.
    pub per: Option<Codes>,
    /// When a row begins and ceases to hold.
    pub interval: Option<(Vec<i64>, Vec<Option<i64>>)>,
    /// Whether the organisation is unknown.
    pub unknown: Option<Vec<bool>>,
    /// The group columns, in the metric's order.
    pub groups: Vec<(String, Codes)>,
}

impl Population {
    /// The earliest row, where windows begin.
    pub fn first(&self) -> Option<Timestamp> {
        self.time.iter().min().and_then(|micros| Timestamp::from_microsecond(*micros).ok())
    }

    /// Reads the columns that `spec` names.
    pub fn read(spec: &MetricSpec, path: &Path) -> Result<Self, StatsError> {
        let table = read_table(spec, path)?;
        let reader = Reader { spec, table: &table };
        let measured = ["sum", "share", "quantile_discrete", "quantile_interpolated", "kaplan_meier"];
        let is_measured = measured.contains(&spec.statistic.as_str());
        let value = spec.value.as_deref();
        let names = if is_measured { None } else { value.map(|column| reader.codes(column)).transpose()? };
        let numbers = if is_measured { value.map(|column| reader.numbers(column)).transpose()? } else { None };
        let interval = match (&spec.from, &spec.until) {
            (Some(from), Some(until)) => Some((
                reader.instants(from)?.into_iter().map(|time| time.unwrap_or(i64::MAX)).collect(),
                reader.instants(until)?,
            )),
            _ => None,
        };
        Ok(Self {
            time: reader.instants("time")?.into_iter().map(|time| time.unwrap_or(i64::MAX)).collect(),
            names,
            numbers,
            interval,
            observed: spec.observed.as_deref().map(|column| reader.flags(column)).transpose()?,
            per: spec.per.as_deref().map(|column| reader.codes(column)).transpose()?,
            unknown: spec.unknown.as_deref().map(|column| reader.missing(column)).transpose()?,
            groups: spec
                .group_by
                .iter()
                .map(|column| Ok((column.clone(), reader.codes(column)?)))
                .collect::<Result<_, StatsError>>()?,
        })
    }
}

fn read_table(spec: &MetricSpec, path: &Path) -> Result<DataFrame, StatsError> {
    let failed = |error: PolarsError| StatsError::file(path, &error);
    let file = File::open(path).map_err(|error| StatsError::file(path, &error))?;
    let mut reader = ParquetReader::new(file);
    let schema = reader.schema().map_err(failed)?;
    let mut columns: Vec<&str> = vec!["time"];
    columns.extend(
        [&spec.value, &spec.observed, &spec.per, &spec.from, &spec.until, &spec.unknown]
            .into_iter()
            .flatten()
            .map(String::as_str),
    );
    columns.extend(spec.group_by.iter().map(String::as_str));
    columns.sort_unstable();
    columns.dedup();
    if let Some(missing) = columns.iter().find(|column| !schema.contains(column)) {
        let there: Vec<_> = schema.iter_names().map(PlSmallStr::as_str).collect();
        return Err(StatsError::Population {
            metric: spec.id.clone(),
            message: format!("the SELECT gives no column {missing}; it gives {}", there.join(", ")),
        });
    }
    reader.with_columns(Some(columns.into_iter().map(str::to_owned).collect())).finish().map_err(failed)
}

struct Reader<'a> {
    spec: &'a MetricSpec,
    table: &'a DataFrame,
}

impl Reader<'_> {
    fn column(&self, name: &str) -> Result<&Column, StatsError> {
        self.table.column(name).map_err(|error| self.wrong(name, &error))
    }

    fn wrong(&self, name: &str, error: &PolarsError) -> StatsError {
        StatsError::Population { metric: self.spec.id.clone(), message: format!("column {name}: {error}") }
    }

    fn codes(&self, name: &str) -> Result<Codes, StatsError> {
        let column = self.column(name)?.cast(&DataType::String).map_err(|error| self.wrong(name, &error))?;
        let texts = column.str().map_err(|error| self.wrong(name, &error))?;
        let mut known: HashMap<&str, u32> = HashMap::new();
        let mut names = Vec::new();
        let mut rows = Vec::with_capacity(texts.len());
        for text in texts.iter() {
            rows.push(text.filter(|text| !text.is_empty()).map(|text| {
                *known.entry(text).or_insert_with(|| {
                    names.push(text.to_owned());
                    u32::try_from(names.len() - 1).unwrap_or(u32::MAX)
                })
            }));
        }
        Ok(Codes { rows, names })
    }

    fn missing(&self, name: &str) -> Result<Vec<bool>, StatsError> {
        let column = self.column(name)?.cast(&DataType::String).map_err(|error| self.wrong(name, &error))?;
        let texts = column.str().map_err(|error| self.wrong(name, &error))?;
        Ok(texts.iter().map(|text| text.is_none_or(str::is_empty)).collect())
    }

    fn numbers(&self, name: &str) -> Result<Vec<Option<f64>>, StatsError> {
        let column = self.column(name)?.cast(&DataType::Float64).map_err(|error| self.wrong(name, &error))?;
        Ok(column.f64().map_err(|error| self.wrong(name, &error))?.iter().collect())
    }

    fn flags(&self, name: &str) -> Result<Vec<bool>, StatsError> {
        let flags = self.column(name)?.bool().map_err(|error| self.wrong(name, &error))?;
        Ok(flags.iter().map(|flag| flag.unwrap_or(false)).collect())
    }

    fn instants(&self, name: &str) -> Result<Vec<Option<i64>>, StatsError> {
        let column = self.column(name)?;
        if column.dtype().is_null() {
            return Ok(vec![None; column.len()]);
        }
        match column.dtype() {
            DataType::Datetime(TimeUnit::Microseconds, _) => {}
            other => {
                return Err(StatsError::Population {
                    metric: self.spec.id.clone(),
                    message: format!("column {name} is {other}; expected a timestamp in microseconds"),
                });
            }
        }
        let physical = column.to_physical_repr();
        Ok(physical.i64().map_err(|error| self.wrong(name, &error))?.iter().collect())
    }
}
