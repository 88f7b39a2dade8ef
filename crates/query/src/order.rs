//! Sorting rows by several columns of which the first nearly decides.
//!
//! DataFusion's sort makes bytes of all the columns of the order, and merges runs of rows by them: with a time, an event and
//! an address that is most of what writing a table takes. Here rows are sorted by the first column, and only those that agree
//! in it are compared by the others. What is too long to be held is sorted in runs on disk.

use crate::parquet::joined;
use crate::room::SORTED;
use datafusion::arrow::array::{Array, ArrayRef, DynComparator, RecordBatch, make_comparator};
use datafusion::arrow::compute::{SortOptions, concat, interleave_record_batch, sort_to_indices};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::error::ArrowError;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryReservation};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::expressions::col;
use datafusion::physical_expr::{LexOrdering, PhysicalSortExpr};
use datafusion::physical_plan::execution_plan::replace_children_if_necessary;
use datafusion::physical_plan::metrics::{BaselineMetrics, ExecutionPlanMetricsSet, SpillMetrics};
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::sorts::sort::SortExec;
use datafusion::physical_plan::sorts::sort_preserving_merge::SortPreservingMergeExec;
use datafusion::physical_plan::sorts::streaming_merge::{SortedSpillFile, StreamingMergeBuilder};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties, SpillManager, execute_stream};
use futures::stream::{self, StreamExt, TryStreamExt};
use std::cmp::Ordering;
use std::collections::HashSet;
use std::sync::Arc;

/// How the rows of tables and populations are sorted.
const OPTIONS: SortOptions = SortOptions { descending: false, nulls_first: true };

/// Rows that are written at once.
const ROWS: usize = 8192;

/// Executes a plan, its rows in `order`. Those of a table that stands in that order need not be sorted, and none is held back.
/// What the task has no room for goes to its disk in sorted runs, which are merged.
pub(crate) fn execute(
    plan: Arc<dyn ExecutionPlan>,
    task: Arc<TaskContext>,
    order: &[String],
) -> Result<SendableRecordBatchStream> {
    let by = |name: &String| Ok(PhysicalSortExpr::new(col(name, &plan.schema())?, OPTIONS));
    let by: Vec<PhysicalSortExpr> = order.iter().map(by).collect::<Result<_>>()?;
    // Without an order they stay as they are.
    let Some(ordering) = LexOrdering::new(by.clone()) else { return execute_stream(plan, task) };
    let satisfied = |number: usize| plan.equivalence_properties().ordering_satisfy(by[..number].to_vec());
    if satisfied(by.len())? {
        return execute_stream(Arc::new(SortPreservingMergeExec::new(ordering, plan)), task);
    }
    let schema = plan.schema();
    let order = order.to_vec();
    if satisfied(1)? {
        let by_first = LexOrdering::new(by[..1].to_vec()).unwrap_or(ordering);
        let rows = execute_stream(Arc::new(SortPreservingMergeExec::new(by_first, plan)), task)?;
        return Ok(Box::pin(RecordBatchStreamAdapter::new(schema, ties_sorted(rows, order))));
    }
    let room = MemoryConsumer::new(SORTED).with_can_spill(true).register(task.memory_pool());
    let mut runs = Runs::new(&task, schema.clone());
    let sorted = async move {
        let mut rows = execute_stream(plan, task)?;
        let mut waiting = Held::default();
        while let Some(batch) = rows.try_next().await? {
            waiting.take(batch);
            if room.try_resize(waiting.bytes).is_err() {
                runs.add(std::mem::take(&mut waiting), &order)?;
                room.free();
            }
        }
        if runs.files.is_empty() {
            // They are held until the last of them is written.
            let held = move |_: &Result<RecordBatch>| {
                let _ = &room;
            };
            return Ok::<_, DataFusionError>(waiting.sorted_ahead(&order)?.inspect(held).boxed());
        }
        runs.add(waiting, &order)?;
        drop(room);
        Ok(runs.merged(&ordering)?.boxed())
    };
    Ok(Box::pin(RecordBatchStreamAdapter::new(schema, stream::once(sorted).try_flatten().boxed())))
}

/// A plan without the sort at its top, if it has one: the rows are sorted here.
pub(crate) fn unsorted(plan: &Arc<dyn ExecutionPlan>) -> Result<Option<Arc<dyn ExecutionPlan>>> {
    let passes = plan.is::<ProjectionExec>() || plan.is::<SortPreservingMergeExec>();
    match plan.children().as_slice() {
        [input] if plan.is::<SortExec>() => Ok(Some((*input).clone())),
        [input] if passes => match unsorted(input)? {
            Some(input) if plan.is::<ProjectionExec>() => {
                replace_children_if_necessary(plan.clone(), vec![input]).map(Some)
            }
            without => Ok(without),
        },
        _ => Ok(None),
    }
}

/// Rows that stand by the first column of the order, put in the whole order: those that agree in the first are together, so
/// few are held.
fn ties_sorted(
    rows: SendableRecordBatchStream,
    order: Vec<String>,
) -> impl stream::Stream<Item = Result<RecordBatch>> + Send + 'static {
    let state = (rows, Held::default(), order);
    stream::try_unfold(state, |(mut rows, mut waiting, order)| async move {
        while let Some(batch) = rows.try_next().await? {
            let last = last_of_their_own(&batch, &order[0])?;
            if last == 0 {
                // All of them may agree with those before, and with those to come.
                waiting.take(batch);
                continue;
            }
            waiting.take(batch.slice(0, last));
            let ready = std::mem::take(&mut waiting).whole(&order)?;
            waiting.take(batch.slice(last, batch.num_rows() - last));
            return Ok(Some((ready, (rows, waiting, order))));
        }
        if waiting.batches.is_empty() {
            return Ok(None);
        }
        let ready = std::mem::take(&mut waiting).whole(&order)?;
        Ok(Some((ready, (rows, waiting, order))))
    })
}

/// How many of a batch's rows come before those that agree with its last one in a column.
fn last_of_their_own(batch: &RecordBatch, name: &str) -> Result<usize> {
    let column = column(std::slice::from_ref(batch), name)?;
    let compare = make_comparator(&column, &column, OPTIONS)?;
    let Some(last) = batch.num_rows().checked_sub(1) else { return Ok(0) };
    let rows = (0..last).rev().take_while(|row| compare(*row, last).is_eq()).count();
    Ok(last - rows)
}

/// Rows in memory.
#[derive(Default)]
struct Held {
    batches: Vec<RecordBatch>,
    /// Where what they hold begins: batches share it.
    buffers: HashSet<usize>,
    bytes: usize,
}

impl Held {
    fn take(&mut self, batch: RecordBatch) {
        for column in batch.columns() {
            for buffer in column.to_data().buffers() {
                if self.buffers.insert(buffer.data_ptr().as_ptr() as usize) {
                    self.bytes += buffer.capacity();
                }
            }
        }
        if batch.num_rows() > 0 {
            self.batches.push(batch);
        }
    }

    /// The rows in order, all at once.
    fn whole(self, order: &[String]) -> Result<RecordBatch> {
        let places = places(&self.batches, order)?;
        let batches: Vec<&RecordBatch> = self.batches.iter().collect();
        Ok(interleave_record_batch(&batches, &places)?)
    }

    /// The rows in order, some at a time.
    fn sorted(self, order: &[String]) -> Result<impl Iterator<Item = Result<RecordBatch>> + Send + 'static> {
        Ok(self.parts(order)?.map(|part| part()))
    }

    /// The same, the next ones put together while the last are written.
    fn sorted_ahead(
        self,
        order: &[String],
    ) -> Result<impl stream::Stream<Item = Result<RecordBatch>> + Send + 'static> {
        let parts = self.parts(order)?.map(tokio::task::spawn_blocking);
        Ok(stream::iter(parts).buffered(2).map(joined))
    }

    fn parts(
        self,
        order: &[String],
    ) -> Result<impl Iterator<Item = impl FnOnce() -> Result<RecordBatch> + Send + 'static> + Send + 'static> {
        let places = Arc::new(places(&self.batches, order)?);
        let batches = Arc::new(self.batches);
        Ok((0..places.len()).step_by(ROWS).map(move |at| {
            let (batches, places) = (batches.clone(), places.clone());
            move || {
                let until = places.len().min(at + ROWS);
                let batches: Vec<&RecordBatch> = batches.iter().collect();
                Ok(interleave_record_batch(&batches, &places[at..until])?)
            }
        }))
    }
}

/// Sorted rows on disk.
struct Runs {
    spill: SpillManager,
    metrics: ExecutionPlanMetricsSet,
    schema: SchemaRef,
    files: Vec<SortedSpillFile>,
    /// For the rows at the head of each, when they are merged.
    heads: MemoryReservation,
}

impl Runs {
    fn new(task: &TaskContext, schema: SchemaRef) -> Self {
        let metrics = ExecutionPlanMetricsSet::new();
        let spill = SpillManager::new(task.runtime_env(), SpillMetrics::new(&metrics, 0), schema.clone());
        let heads = MemoryConsumer::new("runs to merge").register(task.memory_pool());
        Self { spill, metrics, schema, files: Vec::new(), heads }
    }

    fn add(&mut self, rows: Held, order: &[String]) -> Result<()> {
        let mut file = self.spill.create_in_progress_file("sorted rows")?;
        let mut max_record_batch_memory = 0;
        for batch in rows.sorted(order)? {
            max_record_batch_memory = max_record_batch_memory.max(file.append_batch(&batch?)?);
        }
        if let Some(file) = file.finish()? {
            self.files.push(SortedSpillFile { file, max_record_batch_memory });
        }
        Ok(())
    }

    fn merged(self, ordering: &LexOrdering) -> Result<SendableRecordBatchStream> {
        StreamingMergeBuilder::new()
            .with_schema(self.schema)
            .with_sorted_spill_files(self.files)
            .with_spill_manager(self.spill)
            .with_expressions(ordering)
            .with_metrics(BaselineMetrics::new(&self.metrics, 0))
            .with_batch_size(ROWS)
            .with_reservation(self.heads)
            .build()
    }
}

/// The rows in order, each by its batch and its place in it. Only the columns of the order are put together: all of them would
/// be held twice.
fn places(batches: &[RecordBatch], order: &[String]) -> Result<Vec<(usize, usize)>, ArrowError> {
    let mut places: Vec<(usize, usize)> = batches
        .iter()
        .enumerate()
        .flat_map(|(number, batch)| (0..batch.num_rows()).map(move |row| (number, row)))
        .collect();
    if places.is_empty() {
        return Ok(places);
    }
    let columns: Vec<ArrayRef> = order.iter().map(|name| column(batches, name)).collect::<Result<_, _>>()?;
    let compare = |column: &ArrayRef| make_comparator(column, column, OPTIONS);
    let compare: Vec<DynComparator> = columns.iter().map(compare).collect::<Result<_, _>>()?;
    let [first, others @ ..] = compare.as_slice() else { return Ok(places) };
    let mut rows = sort_to_indices(&columns[0], Some(OPTIONS), None)?.values().to_vec();
    for same in rows.chunk_by_mut(|a, b| first(*a as usize, *b as usize).is_eq()).filter(|same| same.len() > 1) {
        same.sort_unstable_by(|a, b| {
            let mut by = others.iter().map(|compare| compare(*a as usize, *b as usize));
            by.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
        });
    }
    places = rows.into_iter().map(|row| places[row as usize]).collect();
    Ok(places)
}

/// A column of all the batches.
fn column(batches: &[RecordBatch], name: &str) -> Result<ArrayRef, ArrowError> {
    let of = |batch: &RecordBatch| {
        batch.column_by_name(name).cloned().ok_or_else(|| ArrowError::SchemaError(name.to_owned()))
    };
    let parts: Vec<ArrayRef> = batches.iter().map(of).collect::<Result<_, _>>()?;
    let parts: Vec<&dyn Array> = parts.iter().map(AsRef::as_ref).collect();
    concat(&parts)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

    use super::*;
    use crate::room::{Room, with_runs_in};
    use datafusion::arrow::array::{Int64Array, StringViewArray};
    use datafusion::arrow::util::pretty::pretty_format_batches;
    use datafusion::datasource::MemTable;
    use datafusion::execution::runtime_env::RuntimeEnvBuilder;
    use datafusion::physical_plan::displayable;
    use datafusion::prelude::{DataFrame, SessionConfig, SessionContext, col};
    use std::path::Path;

    const ORDER: [&str; 3] = ["time", "event", "kind"];

    /// Few values, so that there are ties in one column, in two and in all three, and nulls in each.
    fn rows(context: &SessionContext, number: i64) -> DataFrame {
        let few = |row: i64, of: i64| (row * 7919 % 104_729) % of;
        let numbers = |of: i64| (0..number).map(move |row| Some(few(row, of)).filter(|value| *value > 0));
        let texts = |of| numbers(of).map(|number| number.map(|number| format!("event {number}")));
        let columns: [(&str, ArrayRef); 3] = [
            ("kind", Arc::new(texts(3).collect::<StringViewArray>())),
            ("time", Arc::new(numbers(50).collect::<Int64Array>())),
            ("event", Arc::new(texts(40).collect::<StringViewArray>())),
        ];
        let columns = columns.into_iter().map(|(name, column)| (name, column, true));
        let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
        context.read_batches(batches(&batch)).unwrap()
    }

    fn batches(rows: &RecordBatch) -> Vec<RecordBatch> {
        let parts = (0..rows.num_rows()).step_by(1000);
        let parts: Vec<_> = parts.map(|at| rows.slice(at, 1000.min(rows.num_rows() - at))).collect();
        if parts.is_empty() { vec![rows.clone()] } else { parts }
    }

    /// A task in which so many bytes may be held.
    fn with_room(held: usize, rows: &DataFrame, folder: &Path) -> Arc<TaskContext> {
        let room = RuntimeEnvBuilder::new().with_memory_pool(Arc::new(Room::new(held, held.min(1))));
        with_runs_in(folder, rows.task_ctx().with_runtime(room.build_arc().unwrap())).unwrap()
    }

    #[tokio::test]
    async fn rows_come_in_the_order_in_which_datafusion_sorts_them() {
        let context = SessionContext::new();
        for number in [0, 1, 20_000] {
            let rows = rows(&context, number);
            let by = ORDER.iter().map(|name| col(*name).sort(true, true)).collect();
            let expected = rows.clone().sort(by).unwrap().collect().await.unwrap();
            let order = ORDER.map(str::to_owned);
            let folder = tempfile::tempdir().unwrap();
            // All in memory, in several runs, and a run for each batch.
            for held in [usize::MAX, 200_000, 0] {
                let plan = rows.clone().create_physical_plan().await.unwrap();
                let sorted = execute(plan, with_room(held, &rows, folder.path()), &order).unwrap();
                let sorted: Vec<RecordBatch> = sorted.try_collect().await.unwrap();
                let shown = |batches: &[RecordBatch]| pretty_format_batches(batches).unwrap().to_string();
                assert_eq!(sorted.iter().map(RecordBatch::num_rows).sum::<usize>() as i64, number);
                if number > 0 {
                    assert_eq!(shown(&sorted), shown(&expected), "{held} bytes held");
                }
            }
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "runs are gone when they are read");
        }
    }

    /// The same rows in a table that stands by the first column of the order, some at a time.
    async fn by_time(context: &SessionContext, number: i64, at_a_time: usize) -> DataFrame {
        let time = || vec![col("time").sort(true, true)];
        let sorted = rows(context, number).sort(time()).unwrap();
        let batches = sorted.collect().await.unwrap();
        let whole = datafusion::arrow::compute::concat_batches(&batches[0].schema(), &batches).unwrap();
        let parts = (0..whole.num_rows()).step_by(at_a_time);
        let parts: Vec<_> = parts.map(|at| whole.slice(at, at_a_time.min(whole.num_rows() - at))).collect();
        let table = MemTable::try_new(whole.schema(), vec![parts]).unwrap().with_sort_order(vec![time()]);
        context.read_table(Arc::new(table)).unwrap()
    }

    #[tokio::test]
    async fn rows_that_stand_by_the_first_column_come_in_the_whole_order_before_all_are_read() {
        // In order of time, and with one partition, as steps are computed.
        let context = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(1));
        let order = ORDER.map(str::to_owned);
        let folder = tempfile::tempdir().unwrap();
        for (number, at_a_time) in [(1, 1), (300, 1), (20_000, 7), (20_000, 1000), (20_000, 20_000)] {
            let rows = by_time(&context, number, at_a_time).await;
            let by = ORDER.iter().map(|name| col(*name).sort(true, true)).collect();
            let expected = rows.clone().sort(by).unwrap().collect().await.unwrap();
            let plan = rows.clone().create_physical_plan().await.unwrap();
            // Nothing may be held: what were held would go to disk, a run for each batch.
            let sorted = execute(plan, with_room(0, &rows, folder.path()), &order).unwrap();
            let sorted: Vec<RecordBatch> = sorted.try_collect().await.unwrap();
            let shown = |batches: &[RecordBatch]| pretty_format_batches(batches).unwrap().to_string();
            assert_eq!(shown(&sorted), shown(&expected), "{number} rows, {at_a_time} at a time");
            let longest = sorted.iter().map(RecordBatch::num_rows).max().unwrap();
            assert!(number < 20_000 || at_a_time > 1000 || longest < 2000, "{longest} rows at once");
        }
    }

    #[tokio::test]
    async fn the_planner_sorts_only_what_does_not_stand_in_order() {
        let context = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(1));
        let time = || vec![col("time").sort(true, true)];
        let plan = async |rows: DataFrame| {
            let plan = rows.sort(time()).unwrap().create_physical_plan().await.unwrap();
            let text = displayable(plan.as_ref()).indent(true).to_string();
            (text.contains("SortExec:"), unsorted(&plan).unwrap().is_some())
        };
        let (stands, does_not) = (by_time(&context, 100, 10).await, rows(&context, 100));
        assert_eq!(plan(stands.clone()).await, (false, false));
        assert_eq!(plan(does_not.clone()).await, (true, true), "everything is to be sorted: not by DataFusion");
        let both = stands.clone().union(does_not.clone()).unwrap();
        assert_eq!(plan(both).await, (true, false), "a part is to be sorted, and merged with what stands");
        let renamed = does_not.select(vec![col("time"), col("kind").alias("sort")]).unwrap();
        assert_eq!(plan(renamed).await, (true, true));
    }
}
