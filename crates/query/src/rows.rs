//! Rows of ours to columns, and columns to rows of ours.

use crate::QueryError;
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Int64Array, StringArray, StringViewArray, TimestampMicrosecondArray,
};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Int64Type, TimeUnit, TimestampMicrosecondType};
use datafusion::arrow::record_batch::RecordBatch;
use muster_model::Timestamp;
use std::collections::HashMap;
use std::sync::Arc;

/// The columns that [`crate::Engine::register_rows`] takes.
pub(crate) struct Column;

impl Column {
    /// All texts in one piece: whatever is looked up in a column holds on to each of its pieces.
    pub fn text<'a, T, S: AsRef<str>>(rows: &'a [T], of: impl Fn(&'a T) -> Option<S>) -> ArrayRef {
        Arc::new(rows.iter().map(of).collect::<StringViewArray>().gc())
    }

    pub fn flag<T>(rows: &[T], of: impl Fn(&T) -> bool) -> ArrayRef {
        Arc::new(rows.iter().map(|row| Some(of(row))).collect::<BooleanArray>())
    }

    pub fn count<T>(rows: &[T], of: impl Fn(&T) -> u64) -> ArrayRef {
        Arc::new(rows.iter().map(|row| i64::try_from(of(row)).ok()).collect::<Int64Array>())
    }

    pub fn time<T>(rows: &[T], of: impl Fn(&T) -> Option<Timestamp>) -> ArrayRef {
        let micros = rows.iter().map(|row| of(row).map(|time| time.as_microsecond()));
        Arc::new(micros.collect::<TimestampMicrosecondArray>().with_timezone("UTC"))
    }
}

/// One row of an answer, by the names of its columns.
pub(crate) struct Read<'a> {
    pub columns: &'a HashMap<String, Cells>,
    pub number: usize,
}

/// A column of an answer.
pub(crate) enum Cells {
    Texts(StringArray),
    Numbers(Int64Array),
    Times(TimestampMicrosecondArray),
    Flags(BooleanArray),
}

impl<'a> Read<'a> {
    /// The columns of a batch by name.
    pub fn columns(context: &str, batch: &RecordBatch) -> Result<HashMap<String, Cells>, QueryError> {
        let failed = |error| QueryError::sql(context, &datafusion::error::DataFusionError::from(error));
        let names = batch.schema();
        let mut columns = HashMap::new();
        for (field, column) in names.fields().iter().zip(batch.columns()) {
            let to = |kind: DataType| cast(column, &kind).map_err(failed);
            let cells = match column.data_type() {
                DataType::Boolean => Cells::Flags(column.as_boolean().clone()),
                kind if kind.is_integer() => Cells::Numbers(to(DataType::Int64)?.as_primitive::<Int64Type>().clone()),
                DataType::Timestamp(..) => {
                    let micros = to(DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())))?;
                    Cells::Times(micros.as_primitive::<TimestampMicrosecondType>().clone())
                }
                _ => Cells::Texts(to(DataType::Utf8)?.as_string::<i32>().clone()),
            };
            columns.insert(field.name().clone(), cells);
        }
        Ok(columns)
    }

    pub fn optional<T: From<&'a str>>(&self, column: &str) -> Option<T> {
        match self.columns.get(column)? {
            Cells::Texts(texts) if texts.is_valid(self.number) => Some(texts.value(self.number).into()),
            _ => None,
        }
    }

    pub fn text<T: From<&'a str> + Default>(&self, column: &str) -> T {
        self.optional(column).unwrap_or_default()
    }

    pub fn number(&self, column: &str) -> Option<i64> {
        match self.columns.get(column)? {
            Cells::Numbers(numbers) if numbers.is_valid(self.number) => Some(numbers.value(self.number)),
            _ => None,
        }
    }

    pub fn time(&self, column: &str) -> Option<Timestamp> {
        match self.columns.get(column)? {
            Cells::Times(times) if times.is_valid(self.number) => {
                Timestamp::from_microsecond(times.value(self.number)).ok()
            }
            _ => None,
        }
    }

    pub fn flag(&self, column: &str) -> bool {
        matches!(self.columns.get(column), Some(Cells::Flags(flags)) if flags.is_valid(self.number) && flags.value(self.number))
    }
}
