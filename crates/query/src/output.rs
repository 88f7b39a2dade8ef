//! An answer as people and programs want it.

use crate::QueryError;
use crate::error::ASKED;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, BinaryArray, StringArray, make_array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type, Int64Type, SchemaRef, TimeUnit, TimestampMicrosecondType};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion::parquet::arrow::ArrowWriter;
use muster_model::Timestamp;
use muster_model::account::masked;
use serde_json::{Map, Value};
use std::io::Write;

/// An answer: names of columns, and rows of JSON values (numbers, text, booleans, null; times as RFC 3339, UTC).
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The columns, in order.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<Value>>,
}

impl Answer {
    /// The rows of DataFusion's batches.
    ///
    /// # Errors
    /// A column whose type has no text form.
    pub fn new(schema: &SchemaRef, batches: &[RecordBatch]) -> Result<Self, QueryError> {
        let columns: Vec<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
        let mut rows = Vec::new();
        for batch in batches {
            let values: Result<Vec<Vec<Value>>, QueryError> =
                batch.columns().iter().map(|column| values(column)).collect();
            let values = values?;
            rows.extend((0..batch.num_rows()).map(|row| values.iter().map(|column| column[row].clone()).collect()));
        }
        Ok(Self { columns, rows })
    }

    /// A JSON array of objects.
    pub fn to_json(&self) -> Value {
        let object = |row: &Vec<Value>| {
            Value::Object(self.columns.iter().cloned().zip(row.iter().cloned()).collect::<Map<_, _>>())
        };
        Value::Array(self.rows.iter().map(object).collect())
    }

    /// The rows as text; null is empty.
    pub fn texts(&self) -> impl Iterator<Item = Vec<String>> {
        self.rows.iter().map(|row| row.iter().map(text).collect())
    }
}

/// A JSON value as a cell of text.
pub fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn values(column: &dyn Array) -> Result<Vec<Value>, QueryError> {
    let failed = |error: datafusion::arrow::error::ArrowError| QueryError::Sql {
        context: ASKED.to_owned(),
        message: error.to_string(),
    };
    let to = |kind: &DataType| cast(column, kind).map_err(failed);
    let each = |value: &dyn Fn(usize) -> Value| {
        (0..column.len()).map(|row| if column.is_null(row) { Value::Null } else { value(row) }).collect()
    };
    Ok(match column.data_type() {
        DataType::Boolean => {
            let flags = column.as_boolean();
            each(&|row| Value::Bool(flags.value(row)))
        }
        kind if kind.is_integer() && *kind != DataType::UInt64 => {
            let numbers = to(&DataType::Int64)?;
            let numbers = numbers.as_primitive::<Int64Type>();
            each(&|row| Value::from(numbers.value(row)))
        }
        kind if kind.is_floating() || matches!(kind, DataType::Decimal128(..) | DataType::UInt64) => {
            let numbers = to(&DataType::Float64)?;
            let numbers = numbers.as_primitive::<Float64Type>();
            each(&|row| number(numbers.value(row)))
        }
        DataType::Timestamp(..) => {
            let instants = to(&DataType::Timestamp(TimeUnit::Microsecond, None))?;
            let instants = instants.as_primitive::<TimestampMicrosecondType>();
            each(&|row| {
                Timestamp::from_microsecond(instants.value(row))
                    .map_or(Value::Null, |time| Value::String(time.to_string()))
            })
        }
        _ => {
            let texts = to(&DataType::Utf8)?;
            let texts = texts.as_string::<i32>();
            each(&|row| Value::String(texts.value(row).to_owned()))
        }
    })
}

/// The same rows with every e-mail address in a text replaced by its hash, also in texts within lists and structs and in bytes
/// that are text.
///
/// # Errors
/// None that is known: the types of the columns stay.
pub fn masked_batches(schema: &SchemaRef, batches: Vec<RecordBatch>) -> Result<Vec<RecordBatch>, QueryError> {
    batches.into_iter().map(|batch| masked_batch(schema, &batch)).collect()
}

/// The same for one batch.
///
/// # Errors
/// As [`masked_batches`].
pub fn masked_batch(schema: &SchemaRef, batch: &RecordBatch) -> Result<RecordBatch, QueryError> {
    let failed = |error: ArrowError| QueryError::Sql { context: ASKED.to_owned(), message: error.to_string() };
    let columns: Result<Vec<ArrayRef>, _> = batch.columns().iter().map(masked_column).collect();
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(schema.clone(), columns.map_err(failed)?, &options).map_err(failed)
}

fn masked_column(column: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    match column.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => {
            let texts = cast(column, &DataType::Utf8)?;
            let hidden: StringArray = texts.as_string::<i32>().iter().map(|text| text.map(masked)).collect();
            cast(&hidden, column.data_type())
        }
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => {
            let bytes = cast(column, &DataType::Binary)?;
            let hide = |bytes: &[u8]| match std::str::from_utf8(bytes) {
                Ok(text) => masked(text).into_bytes(),
                Err(_) => bytes.to_vec(),
            };
            let hidden: BinaryArray = bytes.as_binary::<i32>().iter().map(|bytes| bytes.map(hide)).collect();
            cast(&hidden, column.data_type())
        }
        kind if kind.is_nested() || matches!(kind, DataType::Dictionary(..)) => {
            let data = column.to_data();
            let within: Result<Vec<_>, _> =
                data.child_data().iter().map(|child| masked_column(&make_array(child.clone()))).collect();
            let within = within?.iter().map(|child| child.to_data()).collect();
            Ok(make_array(data.into_builder().child_data(within).build()?))
        }
        _ => Ok(column.clone()),
    }
}

/// A whole number is written without a fraction.
#[allow(clippy::cast_possible_truncation)]
fn number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 9e15 { Value::from(value as i64) } else { Value::from(value) }
}

/// Writes an answer as a Parquet file.
///
/// # Errors
/// What cannot be written.
pub fn write_parquet(schema: &SchemaRef, batches: &[RecordBatch], to: impl Write + Send) -> Result<(), QueryError> {
    let failed = |error: datafusion::parquet::errors::ParquetError| QueryError::Sql {
        context: "parquet".to_owned(),
        message: error.to_string(),
    };
    let mut writer = ArrowWriter::try_new(to, schema.clone(), None).map_err(failed)?;
    for batch in batches {
        writer.write(batch).map_err(failed)?;
    }
    writer.close().map_err(failed)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafusion::arrow::array::{DictionaryArray, ListArray, StructArray};
    use datafusion::arrow::datatypes::{Field, Int32Type, Schema, UInt8Type};
    use std::sync::Arc;

    #[test]
    fn an_address_is_masked_wherever_it_stands() {
        let text: ArrayRef = Arc::new(StringArray::from(vec!["email:ada@example.org"]));
        let list = ListArray::new(
            Arc::new(Field::new_list_field(DataType::Utf8, true)),
            datafusion::arrow::buffer::OffsetBuffer::from_lengths([1]),
            text.clone(),
            None,
        );
        let list: ArrayRef = Arc::new(list);
        let within: ArrayRef = Arc::new(StructArray::from(vec![(
            Arc::new(Field::new("all", list.data_type().clone(), true)),
            list.clone(),
        )]));
        let bytes: ArrayRef = Arc::new(BinaryArray::from_vec(vec![b"ada@example.org"]));
        let words: ArrayRef = Arc::new(DictionaryArray::<UInt8Type>::from_iter(["ada@example.org"]));
        let number: ArrayRef = Arc::new(datafusion::arrow::array::PrimitiveArray::<Int32Type>::from(vec![7]));
        let columns = [text, list, within, bytes, words, number];
        let fields: Vec<Field> =
            columns.iter().map(|column| Field::new("c", column.data_type().clone(), true)).collect();
        let schema: SchemaRef = Arc::new(Schema::new(fields));
        let batch = RecordBatch::try_new(schema.clone(), columns.to_vec()).unwrap();
        let hidden = masked_batch(&schema, &batch).unwrap();
        let shown = format!("{:?}", hidden.columns());
        let hash = masked("ada@example.org");
        assert!(!shown.contains('@') && shown.matches(&hash).count() == 4, "{shown}");
        assert_eq!(hidden.column(3).as_binary::<i32>().value(0), hash.as_bytes());
        assert_eq!(hidden.column(5), batch.column(5));
    }
}
