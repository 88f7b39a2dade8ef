//! Reading a version of the log.

use crate::error::LogError;
use crate::schema::{Recorded, conform, instants, schema, text};
use crate::state::{LogFile, State};
use crate::store::{Chunk, Place};
use arrow::array::{BooleanArray, RecordBatch, StringArray};
use arrow::compute::kernels::cmp::eq;
use arrow::compute::{cast, filter_record_batch};
use arrow::datatypes::{DataType, SchemaRef};
use futures::future::{BoxFuture, FutureExt};
use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};
use jiff::Timestamp;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowPredicateFn, ArrowReaderOptions, RowFilter};
use parquet::arrow::async_reader::{AsyncFileReader, ParquetRecordBatchStreamBuilder};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader, RowGroupMetaData};
use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;
use url::Url;

/// Which events to read. The default is all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only what was recorded after this instant. An earlier snapshot's [`Snapshot::last_recorded`] is a position:
    /// compaction and other writers do not move it.
    pub since: Option<Timestamp>,
    /// Only these event types.
    pub types: Option<Vec<String>>,
    /// Only these ids.
    pub ids: Option<HashSet<String>>,
}

impl Filter {
    /// The rows of a batch that pass.
    fn apply(&self, batch: RecordBatch, location: &str, file: &str) -> Result<RecordBatch, LogError> {
        if *self == Self::default() {
            return Ok(batch);
        }
        let (id, kind, recorded) = (text(&batch, "id"), text(&batch, "type"), instants(&batch, "recorded"));
        let since = self.since.map_or(i64::MIN, |since| since.as_microsecond());
        let passes = |row: usize| {
            recorded.value(row) > since
                && self.types.as_ref().is_none_or(|types| types.iter().any(|wanted| wanted == kind.value(row)))
                && self.ids.as_ref().is_none_or(|ids| ids.contains(id.value(row)))
        };
        let mask: BooleanArray = (0..recorded.len()).map(|row| Some(passes(row))).collect();
        filter_record_batch(&batch, &mask).map_err(|error| LogError::damaged(location, file, error))
    }
}

/// One version of the log. It stays what it is while the log goes on.
#[derive(Debug, Clone)]
pub struct Snapshot {
    pub(crate) place: Place,
    pub(crate) state: Arc<State>,
}

impl Snapshot {
    /// The version.
    pub fn version(&self) -> u64 {
        self.state.version
    }

    /// A random name that the log was given when it was made: nobody knows it who has not seen the log.
    pub fn identity(&self) -> &str {
        &self.state.identity
    }

    /// When the version was committed.
    pub fn committed(&self) -> Timestamp {
        self.state.committed
    }

    /// When its last event was recorded; `None` when there is none. Needs no reading.
    pub fn last_recorded(&self) -> Option<Timestamp> {
        self.state.last_recorded()
    }

    /// The last version up to this one in which [`crate::Log::rewrite`] took somebody out.
    ///
    /// # Errors
    /// A failure of the storage.
    pub async fn rewritten(&self) -> Result<Option<u64>, LogError> {
        crate::rewrite::last(&self.place, &self.state).await
    }

    /// How many events it has. Needs no reading.
    pub fn events(&self) -> u64 {
        self.state.events()
    }

    /// Its Parquet files in log order: reading them one after the other gives the events as they were appended.
    pub fn files(&self) -> &[LogFile] {
        &self.state.files
    }

    /// The store that holds [`Snapshot::files`], rooted at the log.
    pub fn object_store(&self) -> Arc<dyn ObjectStore> {
        self.place.store.clone()
    }

    /// Where the log lies, with a `/` at the end.
    pub fn root_url(&self) -> &Url {
        &self.place.url
    }

    /// The events that pass the filter, in log order, as batches with the columns of [`crate::schema()`].
    ///
    /// # Errors
    /// An item is an error when a file is gone or damaged; nothing comes after it.
    pub fn read(&self, filter: &Filter) -> BoxStream<'static, Result<RecordBatch, LogError>> {
        let files: Vec<_> = self
            .state
            .files
            .iter()
            .filter(|file| filter.since.is_none_or(|since| file.last_recorded > since))
            .cloned()
            .collect();
        let (place, filter) = (self.place.clone(), Arc::new(filter.clone()));
        stream::iter(files)
            .flat_map(move |file| {
                let (filter, name, path) = (filter.clone(), place.name.clone(), file.path.clone());
                batches(place.clone(), file.path, file.size, schema())
                    .and_then(move |batch| std::future::ready(filter.apply(batch, &name, &path)))
                    .try_filter(|batch| std::future::ready(batch.num_rows() > 0))
            })
            .boxed()
    }

    /// The same, event by event.
    ///
    /// # Errors
    /// As [`Snapshot::read`].
    pub fn recorded(&self, filter: &Filter) -> BoxStream<'static, Result<Recorded, LogError>> {
        self.read(filter).map_ok(|batch| stream::iter(Recorded::rows(&batch).into_iter().map(Ok))).try_flatten().boxed()
    }
}

/// Some columns of one file, in its order.
pub(crate) fn batches(
    place: Place,
    path: String,
    size: u64,
    columns: SchemaRef,
) -> BoxStream<'static, Result<RecordBatch, LogError>> {
    rows(place, path, size, columns, None)
}

/// Some columns of one file, of the events of one type. Where there are none, next to nothing else is read.
pub(crate) fn of_type(
    place: Place,
    path: String,
    size: u64,
    columns: SchemaRef,
    kind: &'static str,
) -> BoxStream<'static, Result<RecordBatch, LogError>> {
    rows(place, path, size, columns, Some(kind))
}

fn rows(
    place: Place,
    path: String,
    size: u64,
    columns: SchemaRef,
    kind: Option<&'static str>,
) -> BoxStream<'static, Result<RecordBatch, LogError>> {
    let open = async move {
        let failed = |place: &Place, path: &str, error: ParquetError| {
            let damaged = LogError::damaged(&place.name, path, &error);
            LogError { source: Some(Box::new(error)), ..damaged }
        };
        let reader = Reader { store: place.store.clone(), path: Path::from(path.as_str()), size };
        let mut builder =
            ParquetRecordBatchStreamBuilder::new(reader).await.map_err(|error| failed(&place, &path, error))?;
        if let Some(kind) = kind {
            let groups = builder.metadata().row_groups().iter().enumerate();
            let groups = groups.filter(|(_, group)| may_have(group, kind)).map(|(number, _)| number).collect();
            let types = ProjectionMask::columns(builder.parquet_schema(), ["type"]);
            let is_kind = ArrowPredicateFn::new(types, move |batch| {
                let types = cast(batch.column(0), &DataType::Utf8)?;
                eq(&types, &StringArray::new_scalar(kind))
            });
            builder = builder.with_row_groups(groups).with_row_filter(RowFilter::new(vec![Box::new(is_kind)]));
        }
        let names = columns.fields().iter().map(|field| field.name().as_str());
        let mask = ProjectionMask::columns(builder.parquet_schema(), names);
        let batches = builder
            .with_projection(mask)
            .with_batch_size(16 * 1024)
            .build()
            .map_err(|error| failed(&place, &path, error))?;
        Ok::<_, LogError>(batches.map(move |batch| {
            let batch = batch.map_err(|error| failed(&place, &path, error))?;
            conform(&batch, &columns, &place.name, &path)
        }))
    };
    stream::once(open).try_flatten().boxed()
}

/// Whether a row group can have events of a type, by its statistics.
fn may_have(group: &RowGroupMetaData, kind: &str) -> bool {
    let column = group.columns().iter().find(|column| column.column_path().string() == "type");
    let bounds = column.and_then(|column| column.statistics());
    let bounds = bounds.and_then(|bounds| bounds.min_bytes_opt().zip(bounds.max_bytes_opt()));
    bounds.is_none_or(|(min, max)| min <= kind.as_bytes() && kind.as_bytes() <= max)
}

/// A file of the store, for Parquet.
struct Reader {
    store: Arc<dyn ObjectStore>,
    path: Path,
    size: u64,
}

fn external(error: object_store::Error) -> ParquetError {
    ParquetError::External(Box::new(error))
}

impl AsyncFileReader for Reader {
    fn get_bytes(&mut self, range: Range<u64>) -> BoxFuture<'_, Result<Chunk, ParquetError>> {
        async move { self.store.get_range(&self.path, range).await.map_err(external) }.boxed()
    }

    fn get_byte_ranges(&mut self, ranges: Vec<Range<u64>>) -> BoxFuture<'_, Result<Vec<Chunk>, ParquetError>> {
        async move { self.store.get_ranges(&self.path, &ranges).await.map_err(external) }.boxed()
    }

    fn get_metadata<'a>(
        &'a mut self,
        options: Option<&'a ArrowReaderOptions>,
    ) -> BoxFuture<'a, Result<Arc<ParquetMetaData>, ParquetError>> {
        async move {
            let size = self.size;
            let reader = ParquetMetaDataReader::new().with_arrow_reader_options(options);
            Ok(Arc::new(reader.with_prefetch_hint(Some(16 * 1024)).load_and_finish(self, size).await?))
        }
        .boxed()
    }
}
