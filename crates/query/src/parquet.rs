//! Writing Parquet: one file, the same bytes for the same rows.

use crate::QueryError;
use datafusion::arrow::datatypes::{DataType, Schema};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::arrow_writer::ArrowWriterOptions;
use datafusion::parquet::basic::{Compression, Encoding, ZstdLevel};
use datafusion::parquet::file::metadata::KeyValue;
use datafusion::parquet::file::properties::{EnabledStatistics, WriterProperties};
use datafusion::parquet::schema::types::ColumnPath;
use futures::StreamExt;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

const ROW_GROUP: usize = 128 * 1024;

/// Streams rows into `path`, by way of a file beside it, and leaves an equal file as it was.
///
/// Returns how many rows there are. On a thread of its own: encoding one table overlaps with computing another.
pub(crate) async fn write(
    path: PathBuf,
    rows: SendableRecordBatchStream,
    context: String,
    about: Vec<(String, String)>,
) -> Result<u64, QueryError> {
    let task = async move {
        let partial = partial_path(&path);
        let properties = properties(&rows.schema(), about);
        let count = stream(&partial, rows, &context, properties).await?;
        settle(&partial, &path).map_err(|error| QueryError::file(&path, &error))?;
        Ok(count)
    };
    joined(tokio::spawn(task).await)
}

/// Streams rows that only the next query reads into `path`: no effort for size.
pub(crate) async fn spool(path: PathBuf, rows: SendableRecordBatchStream, context: String) -> Result<u64, QueryError> {
    joined(tokio::spawn(async move { stream(&path, rows, &context, plain()).await }).await)
}

fn joined(outcome: Result<Result<u64, QueryError>, tokio::task::JoinError>) -> Result<u64, QueryError> {
    match outcome {
        Ok(written) => written,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

async fn stream(
    path: &Path,
    mut rows: SendableRecordBatchStream,
    context: &str,
    properties: WriterProperties,
) -> Result<u64, QueryError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| QueryError::file(folder, &error))?;
    }
    let file = File::create(path).map_err(|error| QueryError::file(path, &error))?;
    let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
    let mut writer = ArrowWriter::try_new_with_options(file, rows.schema(), options)
        .map_err(|error| QueryError::file(path, &error))?;
    let mut count = 0;
    while let Some(batch) = rows.next().await {
        let batch: RecordBatch = batch.map_err(|error| QueryError::sql(context, &error))?;
        count += batch.num_rows() as u64;
        writer.write(&batch).map_err(|error| QueryError::file(path, &error))?;
    }
    writer.close().map_err(|error| QueryError::file(path, &error))?;
    Ok(count)
}

fn plain() -> WriterProperties {
    WriterProperties::builder()
        .set_compression(Compression::UNCOMPRESSED)
        .set_dictionary_enabled(false)
        .set_statistics_enabled(EnabledStatistics::None)
        // A reader holds the columns of a row group: small ones, for they are read once.
        .set_max_row_group_row_count(Some(ROW_GROUP / 4))
        .build()
}

fn properties(schema: &Schema, about: Vec<(String, String)>) -> WriterProperties {
    let about = about.into_iter().map(|(key, value)| KeyValue::new(key, value)).collect();
    let mut properties = WriterProperties::builder()
        // The least effort: tables are written at every run, and the next level saves a tenth of the size.
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(ROW_GROUP))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_key_value_metadata(Some(about));
    for field in schema.fields() {
        let path = ColumnPath::from(field.name().as_str());
        // Nearly every row has its own: a dictionary is filled in vain, and no bounds leave anything out.
        if matches!(field.data_type(), DataType::Timestamp(..)) {
            properties = properties
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_encoding(path, Encoding::DELTA_BINARY_PACKED);
        } else if ["event_id", "url"].contains(&field.name().as_str()) || field.name().ends_with("_event") {
            properties = properties
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_statistics_enabled(path, EnabledStatistics::None);
        }
    }
    properties.build()
}

fn partial_path(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".partial");
    path.with_file_name(name)
}

/// Gives a file a second name, by way of a name beside it, unless an equal file has it already.
pub(crate) fn repeat(path: &Path, again: &Path) -> std::io::Result<()> {
    let partial = partial_path(again);
    let _ = fs::remove_file(&partial);
    if fs::hard_link(path, &partial).is_err() {
        fs::copy(path, &partial)?;
    }
    settle(&partial, again)
}

/// Puts the new file in its place, unless the same bytes stand there already.
fn settle(partial: &Path, path: &Path) -> std::io::Result<()> {
    if same_bytes(partial, path) { fs::remove_file(partial) } else { fs::rename(partial, path) }
}

fn same_bytes(one: &Path, other: &Path) -> bool {
    let (Ok(one), Ok(other)) = (File::open(one), File::open(other)) else { return false };
    let length = |file: &File| file.metadata().map(|data| data.len()).ok();
    length(&one) == length(&other) && same_content(BufReader::new(one), BufReader::new(other)).unwrap_or(false)
}

/// Piece by piece: byte by byte it takes longer than writing the file.
fn same_content(mut one: impl BufRead, mut other: impl BufRead) -> std::io::Result<bool> {
    loop {
        let (a, b) = (one.fill_buf()?, other.fill_buf()?);
        let length = a.len().min(b.len());
        if length == 0 || a[..length] != b[..length] {
            return Ok(a.is_empty() && b.is_empty());
        }
        one.consume(length);
        other.consume(length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_the_same_however_it_comes_in_pieces() {
        let pieces = |size, text: &'static str| BufReader::with_capacity(size, text.as_bytes());
        let same = |one, other| same_content(one, other).is_ok_and(|same| same);
        assert!(same(pieces(3, "a longer text"), pieces(4, "a longer text")));
        assert!(same(pieces(3, ""), pieces(4, "")));
        assert!(!same(pieces(3, "a longer text"), pieces(4, "a longer test")));
        assert!(!same(pieces(3, "a longer text"), pieces(4, "a longer text!")));
        assert!(!same(pieces(3, "a longer text!"), pieces(4, "a longer text")));
    }
}
