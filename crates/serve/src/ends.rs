//! A query that nobody waits for any more has to end. DataFusion lets go of one wherever an operator hands rows on; a join
//! whose condition holds for no pair hands on nothing, perhaps for hours. So the condition itself asks, before each batch of
//! pairs, whether somebody still waits.

use muster_query::datafusion::arrow::datatypes::{DataType, FieldRef, Schema};
use muster_query::datafusion::arrow::record_batch::RecordBatch;
use muster_query::datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use muster_query::datafusion::error::{DataFusionError, Result};
use muster_query::datafusion::logical_expr::ColumnarValue;
use muster_query::datafusion::physical_expr::PhysicalExpr;
use muster_query::datafusion::physical_plan::ExecutionPlan;
use muster_query::datafusion::physical_plan::joins::utils::JoinFilter;
use muster_query::datafusion::physical_plan::joins::{HashJoinExec, NestedLoopJoinExec, NestedLoopJoinExecBuilder};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Held by whoever waits for the answer; when it is dropped the query ends.
#[derive(Debug, Default)]
pub(crate) struct Waiting(Arc<AtomicBool>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Waiting {
    /// What has a plan ask whether this is still held.
    pub fn watcher(&self) -> Watcher {
        Watcher(self.0.clone())
    }
}

/// Has plans ask whether somebody still waits.
pub(crate) struct Watcher(Arc<AtomicBool>);

impl Watcher {
    /// The plan, in which the conditions of joins ask.
    pub fn watch(&self, plan: Arc<dyn ExecutionPlan>) -> Result<Arc<dyn ExecutionPlan>> {
        plan.transform_up(|node| self.join(node)).data()
    }

    fn join(&self, node: Arc<dyn ExecutionPlan>) -> Result<Transformed<Arc<dyn ExecutionPlan>>> {
        if let Some(join) = node.downcast_ref::<NestedLoopJoinExec>()
            && let Some(filter) = join.filter()
        {
            let builder = NestedLoopJoinExecBuilder::from(join).with_filter(Some(self.filter(filter)));
            return Ok(Transformed::yes(Arc::new(builder.build()?)));
        }
        if let Some(join) = node.downcast_ref::<HashJoinExec>()
            && let Some(filter) = join.filter()
        {
            return Ok(Transformed::yes(join.builder().with_filter(Some(self.filter(filter))).build_exec()?));
        }
        Ok(Transformed::no(node))
    }

    fn filter(&self, filter: &JoinFilter) -> JoinFilter {
        let asks = Asks { condition: filter.expression().clone(), gone: self.0.clone() };
        JoinFilter::new(Arc::new(asks), filter.column_indices().to_vec(), filter.schema().clone())
    }
}

/// A condition that fails when nobody waits any more.
#[derive(Debug)]
struct Asks {
    condition: Arc<dyn PhysicalExpr>,
    gone: Arc<AtomicBool>,
}

impl PartialEq for Asks {
    fn eq(&self, other: &Self) -> bool {
        self.condition.as_ref() == other.condition.as_ref()
    }
}

impl Eq for Asks {}

impl Hash for Asks {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.condition.hash(state);
    }
}

impl fmt::Display for Asks {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.condition.fmt(to)
    }
}

impl PhysicalExpr for Asks {
    fn data_type(&self, schema: &Schema) -> Result<DataType> {
        self.condition.data_type(schema)
    }

    fn nullable(&self, schema: &Schema) -> Result<bool> {
        self.condition.nullable(schema)
    }

    fn return_field(&self, schema: &Schema) -> Result<FieldRef> {
        self.condition.return_field(schema)
    }

    fn evaluate(&self, batch: &RecordBatch) -> Result<ColumnarValue> {
        if self.gone.load(Ordering::Relaxed) {
            return Err(DataFusionError::Execution("nobody waits for the answer any more".to_owned()));
        }
        self.condition.evaluate(batch)
    }

    fn children(&self) -> Vec<&Arc<dyn PhysicalExpr>> {
        vec![&self.condition]
    }

    fn with_new_children(self: Arc<Self>, mut children: Vec<Arc<dyn PhysicalExpr>>) -> Result<Arc<dyn PhysicalExpr>> {
        let condition = children.pop().unwrap_or_else(|| self.condition.clone());
        Ok(Arc::new(Self { condition, gone: self.gone.clone() }))
    }

    fn fmt_sql(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.condition.fmt_sql(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::StreamExt;
    use muster_query::datafusion::execution::context::SessionContext;
    use muster_query::datafusion::physical_plan::execute_stream;

    /// Ten thousand million pairs of which none is wanted: in a development build that takes minutes.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_join_that_finds_nothing_ends_when_nobody_waits() {
        for condition in ["a.value + b.value = -1", "a.value % 2 = b.value % 2 AND a.value + b.value < 0"] {
            let context = SessionContext::new();
            let sql = format!(
                "SELECT count(*) FROM generate_series(1, 100000) a JOIN generate_series(1, 100000) b ON {condition}"
            );
            let plan = context.sql(&sql).await.unwrap().create_physical_plan().await.unwrap();
            let waiting = Waiting::default();
            let mut rows = execute_stream(waiting.watcher().watch(plan).unwrap(), context.task_ctx()).unwrap();
            let (begun, was_begun) = tokio::sync::oneshot::channel();
            let query = tokio::spawn(async move {
                let _ = begun.send(());
                rows.next().await
            });
            was_begun.await.unwrap();
            std::thread::sleep(std::time::Duration::from_millis(300));
            drop(waiting);
            let error = query.await.unwrap().expect("an end").expect_err("no answer");
            assert!(error.to_string().contains("nobody waits"), "{condition}: {error}");
        }
    }

    #[tokio::test]
    async fn an_answer_that_is_waited_for_is_the_same() {
        let context = SessionContext::new();
        let sql = "SELECT count(*) FROM generate_series(1, 100) a JOIN generate_series(1, 100) b ON a.value > b.value";
        let plan = context.sql(sql).await.unwrap().create_physical_plan().await.unwrap();
        let waiting = Waiting::default();
        let mut rows = execute_stream(waiting.watcher().watch(plan).unwrap(), context.task_ctx()).unwrap();
        let batch = rows.next().await.unwrap().unwrap();
        assert!(format!("{:?}", batch.column(0)).contains("4950"));
    }
}
