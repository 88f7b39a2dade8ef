//! Writing Parquet: one file, the same bytes for the same rows.

use crate::QueryError;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::arrow_writer::ArrowWriterOptions;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::metadata::KeyValue;
use datafusion::parquet::file::properties::WriterProperties;
use futures::StreamExt;
use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

const ROW_GROUP: usize = 128 * 1024;

/// Streams rows into `path`, by way of a file beside it, and leaves an equal file as it was.
///
/// Returns how many rows there are.
pub(crate) async fn write(
    path: &Path,
    mut rows: SendableRecordBatchStream,
    context: &str,
    about: &[(String, String)],
) -> Result<u64, QueryError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| QueryError::file(folder, &error))?;
    }
    let partial = partial_path(path);
    let file = File::create(&partial).map_err(|error| QueryError::file(&partial, &error))?;
    let options = ArrowWriterOptions::new().with_properties(properties(about)).with_skip_arrow_metadata(true);
    let mut writer = ArrowWriter::try_new_with_options(file, rows.schema(), options)
        .map_err(|error| QueryError::file(&partial, &error))?;
    let mut count = 0;
    while let Some(batch) = rows.next().await {
        let batch: RecordBatch = batch.map_err(|error| QueryError::sql(context, &error))?;
        count += batch.num_rows() as u64;
        writer.write(&batch).map_err(|error| QueryError::file(&partial, &error))?;
    }
    writer.close().map_err(|error| QueryError::file(&partial, &error))?;
    settle(&partial, path).map_err(|error| QueryError::file(path, &error))?;
    Ok(count)
}

fn properties(about: &[(String, String)]) -> WriterProperties {
    let about = about.iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone())).collect();
    WriterProperties::builder()
        // The least effort: tables are written at every run, and the next level saves a tenth of the size.
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(ROW_GROUP))
        .set_key_value_metadata(Some(about))
        .build()
}

fn partial_path(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".partial");
    path.with_file_name(name)
}

/// Puts the new file in its place, unless the same bytes stand there already.
fn settle(partial: &Path, path: &Path) -> std::io::Result<()> {
    if same_bytes(partial, path) { fs::remove_file(partial) } else { fs::rename(partial, path) }
}

fn same_bytes(one: &Path, other: &Path) -> bool {
    let (Ok(one), Ok(other)) = (File::open(one), File::open(other)) else { return false };
    let length = |file: &File| file.metadata().map(|data| data.len()).ok();
    length(&one) == length(&other)
        && BufReader::new(one).bytes().map(Result::ok).eq(BufReader::new(other).bytes().map(Result::ok))
}
