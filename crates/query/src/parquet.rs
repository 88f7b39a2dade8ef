//! Writing Parquet: one file, the same bytes for the same rows.

use crate::QueryError;
use datafusion::arrow::compute::concat_batches;
use datafusion::arrow::datatypes::{DataType, Schema};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::arrow_writer::ArrowWriterOptions;
use datafusion::parquet::basic::{Compression, Encoding, ZstdLevel};
use datafusion::parquet::file::properties::{EnabledStatistics, WriterProperties};
use datafusion::parquet::schema::types::ColumnPath;
use datafusion::physical_plan::stream::RecordBatchReceiverStream;
use futures::StreamExt;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

const ROW_GROUP: usize = 128 * 1024;

/// So many rows are written at a time; a row group is a multiple of it.
const WRITTEN: usize = 8192;

/// So many batches are computed before those before them are encoded.
const AHEAD: usize = 2;

/// Streams rows into `path`, and returns how many there are. On a thread of its own: encoding one table overlaps with
/// computing another.
pub(crate) async fn write(path: PathBuf, rows: SendableRecordBatchStream, context: String) -> Result<u64, QueryError> {
    let properties = properties(&rows.schema());
    joined(tokio::spawn(async move { stream(&path, rows, &context, properties).await }).await)
}

/// Streams rows that only the next query reads into `path`: no effort for size.
pub(crate) async fn spool(path: PathBuf, rows: SendableRecordBatchStream, context: String) -> Result<u64, QueryError> {
    joined(tokio::spawn(async move { stream(&path, rows, &context, plain()).await }).await)
}

/// What a task gave; its panic goes on here.
pub(crate) fn joined<T>(outcome: Result<T, tokio::task::JoinError>) -> T {
    outcome.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}

/// The same rows, the next of them computed while the last are encoded: the work of a second thread, where one is free.
fn ahead(mut rows: SendableRecordBatchStream) -> SendableRecordBatchStream {
    let mut stream = RecordBatchReceiverStream::builder(rows.schema(), AHEAD);
    let computed = stream.tx();
    stream.spawn(async move {
        while let Some(batch) = rows.next().await {
            // After a failure nobody receives.
            if computed.send(batch).await.is_err() {
                break;
            }
        }
        Ok(())
    });
    stream.build()
}

async fn stream(
    path: &Path,
    rows: SendableRecordBatchStream,
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
    let (mut rows, mut count, mut rest) = (ahead(rows), 0, None);
    while let Some(batch) = rows.next().await {
        let batch: RecordBatch = batch.map_err(|error| QueryError::sql(context, &error))?;
        count += batch.num_rows() as u64;
        let (even, odd) = evened(rest.take(), batch).map_err(|error| QueryError::sql(context, &error.into()))?;
        for batch in even {
            writer.write(&batch).map_err(|error| QueryError::file(path, &error))?;
        }
        rest = odd;
    }
    if let Some(batch) = rest {
        writer.write(&batch).map_err(|error| QueryError::file(path, &error))?;
    }
    writer.close().map_err(|error| QueryError::file(path, &error))?;
    Ok(count)
}

/// Rows to write now, and rows to keep for the next time. The writer may end a page with each write: it is always given as many
/// rows, so that the bytes follow from the rows and not from how they came.
fn evened(
    rest: Option<RecordBatch>,
    batch: RecordBatch,
) -> Result<(Vec<RecordBatch>, Option<RecordBatch>), ArrowError> {
    let (mut even, mut from) = (Vec::new(), 0);
    if let Some(rest) = rest {
        from = (WRITTEN - rest.num_rows()).min(batch.num_rows());
        let joined = concat_batches(&batch.schema(), [&rest, &batch.slice(0, from)])?;
        if joined.num_rows() < WRITTEN {
            return Ok((even, Some(joined)));
        }
        even.push(joined);
    }
    while batch.num_rows() - from >= WRITTEN {
        even.push(batch.slice(from, WRITTEN));
        from += WRITTEN;
    }
    let left = batch.num_rows() - from;
    Ok((even, (left > 0).then(|| batch.slice(from, left))))
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

fn properties(schema: &Schema) -> WriterProperties {
    let mut properties = WriterProperties::builder()
        // The least effort: tables are written at every run, and the next level saves a tenth of the size.
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(ROW_GROUP))
        .set_statistics_enabled(EnabledStatistics::Chunk);
    for field in schema.fields() {
        let path = ColumnPath::from(field.name().as_str());
        // Nearly every row has its own: a dictionary is filled in vain.
        let apart = ["event_id", "url"].contains(&field.name().as_str()) || field.name().ends_with("_event");
        if matches!(field.data_type(), DataType::Timestamp(..)) {
            properties = properties
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_encoding(path, Encoding::DELTA_BINARY_PACKED);
        } else if !field.data_type().is_numeric() {
            // Long tables stand by time, so that each row group has texts from a to z and flags of both kinds: bounds leave
            // nothing out.
            properties = properties
                .set_column_dictionary_enabled(path.clone(), !apart)
                .set_column_statistics_enabled(path, EnabledStatistics::None);
        }
    }
    properties.build()
}

/// Gives a file a second name; where the disk has no such thing, a copy.
pub(crate) fn repeat(path: &Path, again: &Path) -> std::io::Result<()> {
    match fs::remove_file(again) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    if fs::hard_link(path, again).is_err() {
        fs::copy(path, again)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

    use super::*;
    use datafusion::arrow::array::{ArrayRef, StringViewArray};
    use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
    use std::sync::Arc;

    #[tokio::test]
    async fn the_bytes_follow_from_the_rows_however_they_come() {
        let texts: ArrayRef =
            Arc::new((0..50_000).map(|row| Some(format!("{:>90}", row * 7919 % 50_021))).collect::<StringViewArray>());
        let all = RecordBatch::try_from_iter_with_nullable([("event_id", texts, true)]).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut files = Vec::new();
        for at_a_time in [50_000, 8192, 1024, 1023, 100, 7] {
            let parts = (0..all.num_rows()).step_by(at_a_time);
            let parts: Vec<_> = parts.map(|at| Ok(all.slice(at, at_a_time.min(all.num_rows() - at)))).collect();
            let rows = Box::pin(RecordBatchStreamAdapter::new(all.schema(), futures::stream::iter(parts)));
            let path = folder.path().join(format!("{at_a_time}.parquet"));
            assert_eq!(write(path.clone(), rows, "rows".to_owned()).await.unwrap(), 50_000);
            files.push((at_a_time, fs::read(path).unwrap()));
        }
        for (at_a_time, bytes) in &files {
            assert!(*bytes == files[0].1, "{at_a_time} at a time");
        }
    }
}
