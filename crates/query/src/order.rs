//! Sorting rows by several columns of which the first nearly decides.
//!
//! DataFusion's sort makes bytes of all the columns of the order, and merges runs of rows by them: with a time, an event and
//! an address that is most of what writing a table takes. Here rows are sorted by the first column, and only those that agree
//! in it are compared by the others.

use datafusion::arrow::array::{Array, ArrayRef, DynComparator, RecordBatch, make_comparator};
use datafusion::arrow::compute::{SortOptions, concat, interleave_record_batch, sort_to_indices};
use datafusion::arrow::error::ArrowError;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::expressions::col;
use datafusion::physical_expr::{LexOrdering, PhysicalSortExpr};
use datafusion::physical_plan::sorts::sort_preserving_merge::SortPreservingMergeExec;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties, collect, execute_stream};
use futures::stream::{self, StreamExt, TryStreamExt};
use std::cmp::Ordering;
use std::sync::Arc;

/// How the rows of tables and populations are sorted.
const OPTIONS: SortOptions = SortOptions { descending: false, nulls_first: true };

/// Rows that are written at once.
const ROWS: usize = 8192;

/// Executes a plan, its rows in `order`. Those of a table that stands in that order need not be sorted, and none is held back.
pub(crate) fn execute(
    plan: Arc<dyn ExecutionPlan>,
    task: Arc<TaskContext>,
    order: &[String],
) -> Result<SendableRecordBatchStream> {
    let by = |name: &String| Ok(PhysicalSortExpr::new(col(name, &plan.schema())?, OPTIONS));
    let by: Vec<PhysicalSortExpr> = order.iter().map(by).collect::<Result<_>>()?;
    if let Some(ordering) = LexOrdering::new(by.clone())
        && plan.equivalence_properties().ordering_satisfy(by)?
    {
        return execute_stream(Arc::new(SortPreservingMergeExec::new(ordering, plan)), task);
    }
    let (schema, order) = (plan.schema(), order.to_vec());
    let sorted = async move {
        let mut batches = collect(plan, task).await?;
        batches.retain(|batch| batch.num_rows() > 0);
        let places = places(&batches, &order)?;
        let parts = (0..places.len()).step_by(ROWS).map(move |at| {
            let until = places.len().min(at + ROWS);
            let batches: Vec<&RecordBatch> = batches.iter().collect();
            Ok(interleave_record_batch(&batches, &places[at..until])?)
        });
        Ok::<_, DataFusionError>(stream::iter(parts))
    };
    Ok(Box::pin(RecordBatchStreamAdapter::new(schema, stream::once(sorted).try_flatten().boxed())))
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
    // Without an order they stay as they are.
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
    use datafusion::arrow::array::{Int64Array, StringViewArray};
    use datafusion::arrow::util::pretty::pretty_format_batches;
    use datafusion::prelude::{DataFrame, SessionContext, col};

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

    #[tokio::test]
    async fn rows_come_in_the_order_in_which_datafusion_sorts_them() {
        let context = SessionContext::new();
        for number in [0, 1, 20_000] {
            let rows = rows(&context, number);
            let by = ORDER.iter().map(|name| col(*name).sort(true, true)).collect();
            let expected = rows.clone().sort(by).unwrap().collect().await.unwrap();
            let task = Arc::new(rows.task_ctx());
            let order = ORDER.map(str::to_owned);
            let sorted = execute(rows.create_physical_plan().await.unwrap(), task, &order).unwrap();
            let sorted: Vec<RecordBatch> = sorted.try_collect().await.unwrap();
            let shown = |batches: &[RecordBatch]| pretty_format_batches(batches).unwrap().to_string();
            assert_eq!(sorted.iter().map(RecordBatch::num_rows).sum::<usize>() as i64, number);
            if number > 0 {
                assert_eq!(shown(&sorted), shown(&expected));
            }
        }
    }
}
