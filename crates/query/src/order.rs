//! Sorting rows by several columns of which the first nearly decides.
//!
//! DataFusion's sort makes bytes of all the columns of the order, and merges runs of rows by them: with a time, an event and
//! an address that is most of what writing a table takes. Here rows are sorted by the first column, and only those that agree
//! in it are compared by the others.

use datafusion::arrow::array::{ArrayRef, DynComparator, RecordBatch, UInt32Array, make_comparator};
use datafusion::arrow::compute::{SortOptions, concat_batches, sort_to_indices, take_record_batch};
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
        let batches = collect(plan.clone(), task).await?;
        let rows = concat_batches(&plan.schema(), &batches)?;
        drop(batches);
        let places = places(&rows, &order)?;
        let places = (0..places.len()).step_by(ROWS).map(move |at| places.slice(at, ROWS.min(places.len() - at)));
        let parts = places.map(move |places| Ok(take_record_batch(&rows, &places)?));
        Ok::<_, DataFusionError>(stream::iter(parts))
    };
    Ok(Box::pin(RecordBatchStreamAdapter::new(schema, stream::once(sorted).try_flatten().boxed())))
}

/// The rows in order, by their places.
fn places(rows: &RecordBatch, order: &[String]) -> Result<UInt32Array, ArrowError> {
    let column = |name: &String| rows.column_by_name(name).ok_or_else(|| ArrowError::SchemaError(name.clone()));
    let columns: Vec<&ArrayRef> = order.iter().map(column).collect::<Result<_, _>>()?;
    let compare = |column: &&ArrayRef| make_comparator(column, column, OPTIONS);
    let compare: Vec<DynComparator> = columns.iter().map(compare).collect::<Result<_, _>>()?;
    let [first, others @ ..] = compare.as_slice() else { return Ok(UInt32Array::from_iter_values(0..0)) };
    let mut places = sort_to_indices(columns[0], Some(OPTIONS), None)?.values().to_vec();
    for same in places.chunk_by_mut(|a, b| first(*a as usize, *b as usize).is_eq()).filter(|same| same.len() > 1) {
        same.sort_unstable_by(|a, b| {
            let mut by = others.iter().map(|compare| compare(*a as usize, *b as usize));
            by.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
        });
    }
    Ok(places.into())
}
