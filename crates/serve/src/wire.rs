//! Columns as the protocol can carry them: what it has no type for becomes text.

use datafusion_postgres::arrow_pg::datatypes::{arrow_schema_to_pg_fields, field_into_pg_type};
use datafusion_postgres::pgwire::api::portal::Format;
use datafusion_postgres::pgwire::api::results::FieldInfo;
use datafusion_postgres::pgwire::error::PgWireResult;
use muster_query::datafusion::arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions, StringArray};
use muster_query::datafusion::arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef};
use muster_query::datafusion::arrow::error::ArrowError;
use muster_query::datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use std::sync::Arc;

/// The columns as they are sent.
pub(crate) fn carried(schema: &Schema) -> SchemaRef {
    let field = |field: &FieldRef| match field_into_pg_type(field) {
        Ok(_) => field.clone(),
        Err(_) => Arc::new(Field::new(field.name(), DataType::Utf8, field.is_nullable())),
    };
    Arc::new(Schema::new(schema.fields().iter().map(field).collect::<Vec<_>>()))
}

/// How they are announced to the client.
pub(crate) fn described(schema: &Schema, format: &Format) -> PgWireResult<Vec<FieldInfo>> {
    arrow_schema_to_pg_fields(&carried(schema), format, None)
}

/// Rows with these columns.
pub(crate) fn carry(batch: &RecordBatch, carried: &SchemaRef) -> Result<RecordBatch, ArrowError> {
    let column = |(column, field): (&ArrayRef, &FieldRef)| -> Result<ArrayRef, ArrowError> {
        if column.data_type() == field.data_type() {
            return Ok(column.clone());
        }
        let options = FormatOptions::default();
        let texts = ArrayFormatter::try_new(column, &options)?;
        let text = |row| column.is_valid(row).then(|| texts.value(row).to_string());
        Ok(Arc::new((0..column.len()).map(text).collect::<StringArray>()))
    };
    let columns: Result<Vec<ArrayRef>, _> = batch.columns().iter().zip(carried.fields()).map(column).collect();
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(carried.clone(), columns?, &options)
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_query::datafusion::arrow::array::{Array, AsArray, Int64Array, ListArray};
    use muster_query::datafusion::arrow::datatypes::Int64Type;

    #[test]
    fn what_postgresql_has_no_type_for_is_text() {
        let inner = ListArray::from_iter_primitive::<Int64Type, _, _>([Some(vec![Some(1), None]), Some(vec![Some(3)])]);
        let outer = ListArray::new(
            Arc::new(Field::new_list_field(inner.data_type().clone(), true)),
            muster_query::datafusion::arrow::buffer::OffsetBuffer::from_lengths([2]),
            Arc::new(inner),
            None,
        );
        let schema = Arc::new(Schema::new(vec![
            Field::new("nested", outer.data_type().clone(), true),
            Field::new("plain", DataType::Int64, true),
        ]));
        let batch =
            RecordBatch::try_new(schema.clone(), vec![Arc::new(outer), Arc::new(Int64Array::from(vec![7]))]).unwrap();
        let sent = carry(&batch, &carried(&schema)).unwrap();
        assert_eq!(sent.column(0).as_string::<i32>().value(0), "[[1, ], [3]]");
        assert_eq!(sent.column(1), batch.column(1));
        let types: Vec<String> = described(&schema, &Format::UnifiedText)
            .unwrap()
            .iter()
            .map(|field| field.datatype().to_string())
            .collect();
        assert_eq!(types, ["text", "int8"]);
    }
}
