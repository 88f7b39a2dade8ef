//! What a Parquet file says about itself: what a row is, what each column means.
//!
//! The words stand twice in the file's footer: as key-values of the file (`muster.title`, `muster.definition`,
//! `muster.column.<name>`), which DuckDB and Polars show, and as `description` of each field of the Arrow schema, which
//! pyarrow and everything built on Arrow shows. They are put in after the rows are written, so that it is done in one way
//! whoever wrote them.

use crate::QueryError;
use datafusion::arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use datafusion::parquet::arrow::{ARROW_SCHEMA_META_KEY, encode_arrow_schema, parquet_to_arrow_schema};
use datafusion::parquet::errors::ParquetError;
use datafusion::parquet::file::FOOTER_SIZE;
use datafusion::parquet::file::metadata::{
    FileMetaData, FooterTail, KeyValue, ParquetMetaData, ParquetMetaDataReader, ParquetMetaDataWriter,
};
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

/// The key of a field's words in the Arrow schema.
const DESCRIPTION: &str = "description";
const TITLE: &str = "muster.title";
const DEFINITION: &str = "muster.definition";
const COLUMN: &str = "muster.column.";

/// What is said about a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// What a row is, in a few words.
    pub title: String,
    /// What is in it and what is not.
    pub definition: String,
    /// Column to meaning.
    pub columns: BTreeMap<String, String>,
}

/// What a file says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// How many rows it has.
    pub rows: u64,
    /// What a row is.
    pub title: String,
    /// What is in it and what is not.
    pub definition: String,
    /// Its columns, in order.
    pub columns: Vec<Column>,
}

/// A column of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// `string`, `int64`, `double`, `boolean`, `timestamp[us, UTC]`, `list<string>`.
    pub kind: String,
    /// Whether a value may be missing.
    pub nullable: bool,
    /// What it means; empty where nobody said.
    pub description: String,
}

/// Puts words into a file that nobody reads yet: its footer is written anew, its rows stay where they are.
///
/// # Errors
/// A file that is no Parquet file or cannot be written.
pub fn annotate(path: &Path, about: &About) -> Result<(), QueryError> {
    let failed = |error: &dyn std::fmt::Display| QueryError::file(path, &error.to_string());
    let mut file = File::options().read(true).write(true).open(path).map_err(|error| failed(&error))?;
    let metadata = read(&file).map_err(|error| failed(&error))?;
    let footer = footer_start(&mut file).map_err(|error| failed(&error))?;
    let metadata = with_words(metadata, about).map_err(|error| failed(&error))?;
    let mut bytes = Vec::new();
    ParquetMetaDataWriter::new(&mut bytes, &metadata).finish().map_err(|error| failed(&error))?;
    let write = |file: &mut File| {
        file.set_len(footer)?;
        file.seek(SeekFrom::Start(footer))?;
        file.write_all(&bytes)
    };
    write(&mut file).map_err(|error| failed(&error))
}

/// Reads what a file says about itself; none of its rows.
///
/// # Errors
/// A file that is no Parquet file.
pub fn described(path: &Path) -> Result<Described, QueryError> {
    let failed = |error: &dyn std::fmt::Display| QueryError::file(path, &error.to_string());
    let file = File::open(path).map_err(|error| failed(&error))?;
    let metadata = read(&file).map_err(|error| failed(&error))?;
    let metadata = metadata.file_metadata();
    let schema = parquet_to_arrow_schema(metadata.schema_descr(), metadata.key_value_metadata())
        .map_err(|error| failed(&error))?;
    let said = |key: &str| {
        let mut entries = metadata.key_value_metadata().into_iter().flatten();
        entries.find(|entry| entry.key == key).and_then(|entry| entry.value.clone()).unwrap_or_default()
    };
    let column = |field: &Arc<Field>| Column {
        name: field.name().clone(),
        kind: kind(field.data_type()),
        nullable: field.is_nullable(),
        description: field.metadata().get(DESCRIPTION).cloned().unwrap_or_default(),
    };
    Ok(Described {
        rows: u64::try_from(metadata.num_rows()).unwrap_or_default(),
        title: said(TITLE),
        definition: said(DEFINITION),
        columns: schema.fields().iter().map(column).collect(),
    })
}

fn read(file: &File) -> Result<ParquetMetaData, ParquetError> {
    ParquetMetaDataReader::new().parse_and_finish(file)
}

/// Where the footer begins: before the last eight bytes, which say how long it is.
fn footer_start(file: &mut File) -> io::Result<u64> {
    let tail_start = file.seek(SeekFrom::End(-(FOOTER_SIZE as i64)))?;
    let mut tail = [0; FOOTER_SIZE];
    file.read_exact(&mut tail)?;
    let tail = FooterTail::try_new(&tail).map_err(io::Error::other)?;
    Ok(tail_start.saturating_sub(tail.metadata_length() as u64))
}

/// The same metadata with the words in it, and with what stood in it under other keys.
fn with_words(metadata: ParquetMetaData, about: &About) -> Result<ParquetMetaData, ParquetError> {
    let old = metadata.file_metadata();
    let schema = parquet_to_arrow_schema(old.schema_descr(), old.key_value_metadata())?;
    let mut entries: Vec<KeyValue> = old.key_value_metadata().into_iter().flatten().cloned().collect();
    let ours = |key: &str| [ARROW_SCHEMA_META_KEY, TITLE, DEFINITION].contains(&key) || key.starts_with(COLUMN);
    entries.retain(|entry| !ours(&entry.key));
    let mut put = |key: String, value: &str| {
        if !value.is_empty() {
            entries.push(KeyValue::new(key, value.to_owned()));
        }
    };
    put(TITLE.to_owned(), &about.title);
    put(DEFINITION.to_owned(), &about.definition);
    for field in schema.fields() {
        let words = about.columns.get(field.name()).map_or("", String::as_str);
        put(format!("{COLUMN}{}", field.name()), words);
    }
    put(ARROW_SCHEMA_META_KEY.to_owned(), &encode_arrow_schema(&with_descriptions(&schema, &about.columns)));
    let new = FileMetaData::new(
        old.version(),
        old.num_rows(),
        old.created_by().map(str::to_owned),
        Some(entries),
        old.schema_descr_ptr(),
        old.column_orders().cloned(),
    );
    Ok(ParquetMetaData::new(new, metadata.row_groups().to_vec()))
}

/// The schema as readers know it: texts are plain ones, whatever the engine that wrote them had in memory.
fn with_descriptions(schema: &Schema, columns: &BTreeMap<String, String>) -> Schema {
    let field = |field: &Arc<Field>| {
        let words = columns.get(field.name()).map(|words| (DESCRIPTION.to_owned(), words.clone()));
        let kind = plain(field.data_type());
        Field::new(field.name(), kind, field.is_nullable()).with_metadata(HashMap::from_iter(words))
    };
    Schema::new(schema.fields().iter().map(field).collect::<Vec<_>>())
}

fn plain(kind: &DataType) -> DataType {
    match kind {
        DataType::Utf8View | DataType::LargeUtf8 => DataType::Utf8,
        DataType::BinaryView | DataType::LargeBinary => DataType::Binary,
        DataType::List(item) | DataType::LargeList(item) => {
            DataType::List(Arc::new(item.as_ref().clone().with_data_type(plain(item.data_type()))))
        }
        other => other.clone(),
    }
}

/// A type in the words that Arrow's own tools use.
fn kind(kind: &DataType) -> String {
    match plain(kind) {
        DataType::Utf8 => "string".to_owned(),
        DataType::Float64 => "double".to_owned(),
        DataType::Timestamp(unit, None) => format!("timestamp[{}]", short(unit)),
        DataType::Timestamp(unit, Some(zone)) => format!("timestamp[{}, {zone}]", short(unit)),
        DataType::List(item) => format!("list<{}>", self::kind(item.data_type())),
        other => other.to_string().to_lowercase(),
    }
}

fn short(unit: TimeUnit) -> &'static str {
    match unit {
        TimeUnit::Second => "s",
        TimeUnit::Millisecond => "ms",
        TimeUnit::Microsecond => "us",
        TimeUnit::Nanosecond => "ns",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafusion::arrow::array::{ArrayRef, Int64Array, StringArray};
    use datafusion::arrow::record_batch::RecordBatch;
    use datafusion::parquet::arrow::ArrowWriter;
    use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

    #[test]
    #[allow(clippy::unwrap_used)]
    fn words_come_out_as_they_went_in_and_the_rows_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.parquet");
        let people: ArrayRef = Arc::new(StringArray::from(vec![Some("ada"), None]));
        let acts: ArrayRef = Arc::new(Int64Array::from(vec![3, 4]));
        let batch = RecordBatch::try_from_iter_with_nullable([("person", people, true), ("n", acts, false)]).unwrap();
        let mut writer = ArrowWriter::try_new(File::create(&path).unwrap(), batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        let words = |person: &str| About {
            title: "Acts".to_owned(),
            definition: String::new(),
            columns: BTreeMap::from([("person".to_owned(), person.to_owned())]),
        };
        annotate(&path, &words("Somebody who is not the one.")).unwrap();
        annotate(&path, &words("Who did it.")).unwrap();
        let said = described(&path).unwrap();
        assert_eq!((said.rows, said.title.as_str(), said.definition.as_str()), (2, "Acts", ""));
        let column = |name: &str, kind: &str, nullable, description: &str| Column {
            name: name.to_owned(),
            kind: kind.to_owned(),
            nullable,
            description: description.to_owned(),
        };
        assert_eq!(said.columns, [column("person", "string", true, "Who did it."), column("n", "int64", false, "")]);
        let rows = ParquetRecordBatchReaderBuilder::try_new(File::open(&path).unwrap()).unwrap().build().unwrap();
        let rows: Vec<RecordBatch> = rows.collect::<Result<_, _>>().unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].columns(), batch.columns());
    }
}
