//! Rows that are read twice instead of held.
//!
//! A window holds all its rows until the last one is read: of the population of all contributions, most of the memory that a run
//! takes. What [`turns`](crate::turns) looks for needs two columns. Where the rows stand in a file they are read twice: first those
//! columns, and then, with what was found, all of them, some at a time.

use crate::turns::{Keys, Turn};
use datafusion::arrow::array::{Array, ArrayRef, RecordBatch, new_empty_array};
use datafusion::arrow::compute::concat;
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::common::config::ConfigOptions;
use datafusion::common::exec_err;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode, TreeNodeRecursion};
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::window::StandardWindowExpr;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_optimizer::projection_pushdown::ProjectionPushdown;
use datafusion::physical_plan::execution_plan::reset_plan_states;
use datafusion::physical_plan::filter::FilterExec;
use datafusion::physical_plan::projection::{ProjectionExec, ProjectionExpr};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::windows::{WindowAggExec, WindowExpr, WindowUDFExpr};
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties, PlanProperties};
use futures::stream::{self, StreamExt, TryStreamExt};
use std::fmt;
use std::sync::Arc;

/// Has the rows of a window read twice, where all that it looks for is of `turns` and its rows stand in files.
#[derive(Debug)]
pub(crate) struct ReadTwice;

impl PhysicalOptimizerRule for ReadTwice {
    fn name(&self) -> &str {
        "read_twice"
    }

    fn schema_check(&self) -> bool {
        true
    }

    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, options: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        let twice = |plan: Arc<dyn ExecutionPlan>| match plan.downcast_ref::<WindowAggExec>() {
            Some(window) if come_the_same_again(window.input()) => match TwiceExec::of(window, options)? {
                Some(twice) => Ok(Transformed::yes(Arc::new(twice) as Arc<dyn ExecutionPlan>)),
                None => Ok(Transformed::no(plan)),
            },
            _ => Ok(Transformed::no(plan)),
        };
        plan.transform_up(twice).data()
    }
}

/// Whether rows come as they stand, one after the other: the same and in the same order, however often they are read.
fn come_the_same_again(plan: &Arc<dyn ExecutionPlan>) -> bool {
    let passes = plan.is::<DataSourceExec>() || plan.is::<FilterExec>() || plan.is::<ProjectionExec>();
    passes
        && plan.output_partitioning().partition_count() == 1
        && !draws_lots(plan)
        && plan.children().into_iter().all(come_the_same_again)
}

/// Whether an expression of a plan gives something else each time, as `uuid()` does.
fn draws_lots(plan: &Arc<dyn ExecutionPlan>) -> bool {
    let mut volatile = false;
    let walked = plan.apply_expressions(&mut |root| {
        volatile |= root.exists(|expression| Ok(expression.is_volatile_node()))?;
        Ok(TreeNodeRecursion::Continue)
    });
    volatile || walked.is_err()
}

/// A window function: what it looks for, and in which columns of those that are read first.
#[derive(Debug, Clone)]
struct Look {
    turn: Turn,
    key: usize,
    value: Option<usize>,
}

#[derive(Debug, Clone)]
struct TwiceExec {
    /// The columns that are looked along.
    first: Arc<dyn ExecutionPlan>,
    rows: Arc<dyn ExecutionPlan>,
    looks: Vec<Look>,
    schema: SchemaRef,
    properties: Arc<PlanProperties>,
}

impl TwiceExec {
    fn of(window: &WindowAggExec, options: &ConfigOptions) -> Result<Option<Self>> {
        let mut columns: Vec<Arc<dyn PhysicalExpr>> = Vec::new();
        let Some(looks) = window.window_expr().iter().map(|of| look(of, &mut columns)).collect::<Option<Vec<_>>>()
        else {
            return Ok(None);
        };
        let named = columns.into_iter().enumerate().map(|(at, column)| ProjectionExpr::new(column, at.to_string()));
        let first = ProjectionExec::try_new(named.collect::<Vec<_>>(), window.input().clone())?;
        let first = ProjectionPushdown::new().optimize(Arc::new(first), options)?;
        Ok(Some(Self {
            // Two that read the same files would share them out between them.
            first: reset_plan_states(first)?,
            rows: window.input().clone(),
            looks,
            schema: window.schema(),
            properties: window.properties().clone(),
        }))
    }
}

/// What a window function looks for; none if it is none of `turns`, or looks among the rows of parts.
fn look(window: &Arc<dyn WindowExpr>, columns: &mut Vec<Arc<dyn PhysicalExpr>>) -> Option<Look> {
    let standard = window.as_any().downcast_ref::<StandardWindowExpr>()?;
    let function = standard.get_standard_func_expr().as_any().downcast_ref::<WindowUDFExpr>()?;
    let turn = Turn::of(function.fun(), function.args()).filter(|_| window.partition_by().is_empty())?;
    let mut place = |argument: &Arc<dyn PhysicalExpr>| {
        columns.iter().position(|column| column == argument).unwrap_or_else(|| {
            columns.push(argument.clone());
            columns.len() - 1
        })
    };
    let arguments = function.args();
    Some(Look { turn, key: place(arguments.first()?), value: arguments.get(1).map(place) })
}

impl DisplayAs for TwiceExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let turns: Vec<_> = self.looks.iter().map(|look| look.turn).collect();
        write!(f, "TwiceExec: {turns:?}")
    }
}

impl ExecutionPlan for TwiceExec {
    fn name(&self) -> &'static str {
        "TwiceExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.first, &self.rows]
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        vec![false, true]
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        let [first, rows] =
            <[_; 2]>::try_from(children).map_err(|_| DataFusionError::Internal("two plans are read".to_owned()))?;
        Ok(Arc::new(Self { first, rows, ..Self::clone(&self) }))
    }

    fn execute(&self, partition: usize, task: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let first = self.first.execute(partition, task.clone())?;
        let rows = self.rows.execute(partition, task)?;
        let (looks, schema) = (self.looks.clone(), self.schema.clone());
        let all = async move {
            let found = found(first, &looks).await?;
            Ok::<_, DataFusionError>(with(rows, found, schema))
        };
        let all = stream::once(all).try_flatten().boxed();
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema.clone(), all)))
    }
}

/// What each window function gives for all the rows. Of keys a number a row is held, of values the value.
async fn found(mut rows: SendableRecordBatchStream, looks: &[Look]) -> Result<Vec<ArrayRef>> {
    let width = rows.schema().fields().len();
    let is_key: Vec<bool> = (0..width).map(|at| looks.iter().any(|look| look.key == at)).collect();
    let is_value: Vec<bool> = (0..width).map(|at| looks.iter().any(|look| look.value == Some(at))).collect();
    let (mut keys, mut values): (Vec<Keys>, Vec<Vec<ArrayRef>>) =
        (0..width).map(|_| (Keys::default(), Vec::new())).unzip();
    while let Some(batch) = rows.try_next().await? {
        for (at, column) in batch.columns().iter().enumerate() {
            if is_key[at] {
                keys[at].take(column)?;
            }
            if is_value[at] {
                values[at].push(column.clone());
            }
        }
    }
    let schema = rows.schema();
    let of = |at: usize| whole(&values[at], schema.field(at).data_type());
    let along = |look: &Look| look.turn.along(&keys[look.key], look.value.map(of).transpose()?.as_ref());
    looks.iter().map(along).collect()
}

/// The parts of a column as one.
fn whole(parts: &[ArrayRef], kind: &DataType) -> Result<ArrayRef> {
    let parts: Vec<&dyn Array> = parts.iter().map(AsRef::as_ref).collect();
    Ok(if parts.is_empty() { new_empty_array(kind) } else { concat(&parts)? })
}

/// Rows with what was found for them.
fn with(
    rows: SendableRecordBatchStream,
    found: Vec<ArrayRef>,
    schema: SchemaRef,
) -> impl stream::Stream<Item = Result<RecordBatch>> + Send + 'static {
    stream::try_unfold((rows, found, schema, 0), |(mut rows, found, schema, from)| async move {
        let batch = rows.try_next().await?;
        let until = from + batch.as_ref().map_or(0, RecordBatch::num_rows);
        let is_other = |all: usize| all < until || (batch.is_none() && all > until);
        if found.iter().any(|column| is_other(column.len())) {
            return exec_err!(
                "a file changed while it was read: it had more or fewer rows than {until} the second time"
            );
        }
        let Some(batch) = batch else { return Ok(None) };
        let here = found.iter().map(|column| column.slice(from, batch.num_rows()));
        let columns = batch.columns().iter().cloned().chain(here).collect();
        Ok(Some((RecordBatch::try_new(schema.clone(), columns)?, (rows, found, schema, until))))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

    use super::*;
    use crate::turns;
    use datafusion::arrow::util::pretty::pretty_format_batches;
    use datafusion::execution::SessionStateBuilder;
    use datafusion::physical_optimizer::optimizer::PhysicalOptimizer;
    use datafusion::physical_plan::displayable;
    use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext, col};
    use std::path::Path;

    /// Several keys, ties and nulls, more rows than one batch, and a text that nobody looks along.
    const ROWS: &str = "SELECT value AS place, CASE WHEN value % 11 > 0 THEN concat('key ', CAST(value * 7919 % 37 AS VARCHAR)) END AS key, \
                        CASE WHEN value % 7 > 0 THEN value * 31 % 1000 END AS what, concat('page ', CAST(value AS VARCHAR)) AS page \
                        FROM generate_series(1, 30000)";
    const ALL: &str = "SELECT page, nth_of(key) OVER stood AS nth, before_of(key, what) OVER stood AS before, after_of(key, what) OVER stood AS after, \
                       before_of(key, what, 5) OVER stood AS long_before, \
                       after_of(page, key) OVER stood AS same_page FROM rows WHERE place % 3 > 0 WINDOW stood AS (ORDER BY place NULLS FIRST)";

    /// With our rule or without; the rows in a file, in order of their place.
    async fn context(ours: bool, file: &Path) -> SessionContext {
        let config = SessionConfig::new().with_target_partitions(1).with_batch_size(1000);
        let mut rules = PhysicalOptimizer::new().rules;
        if ours {
            rules.push(Arc::new(ReadTwice));
        }
        let state = SessionStateBuilder::new().with_config(config).with_default_features();
        let context = SessionContext::new_with_state(state.with_physical_optimizer_rules(rules).build());
        turns::register(&context);
        let order = vec![vec![col("place").sort(true, true)]];
        let options = ParquetReadOptions::default().file_sort_order(order);
        context.register_parquet("rows", file.to_str().unwrap(), options).await.unwrap();
        context
    }

    async fn planned(context: &SessionContext, sql: &str) -> String {
        let plan = context.sql(sql).await.unwrap().create_physical_plan().await.unwrap();
        displayable(plan.as_ref()).indent(true).to_string()
    }

    async fn answered(context: &SessionContext, sql: &str) -> String {
        pretty_format_batches(&context.sql(sql).await.unwrap().collect().await.unwrap()).unwrap().to_string()
    }

    async fn rows_in(folder: &Path) -> std::path::PathBuf {
        let file = folder.join("rows.parquet");
        let rows = SessionContext::new().sql(&format!("{ROWS} ORDER BY place")).await.unwrap();
        crate::parquet::write(file.clone(), rows.execute_stream().await.unwrap(), "rows".to_owned()).await.unwrap();
        file
    }

    #[tokio::test]
    async fn rows_that_are_read_twice_are_the_rows_that_a_window_gives() {
        let folder = tempfile::tempdir().unwrap();
        let file = rows_in(folder.path()).await;
        let (ours, theirs) = (context(true, &file).await, context(false, &file).await);
        for sql in [
            ALL,
            &format!("{ALL} LIMIT 5"),
            &format!("SELECT nth, page FROM ({ALL}) WHERE after IS NULL ORDER BY page"),
        ] {
            assert!(planned(&ours, sql).await.contains("TwiceExec"), "{sql}");
            assert!(planned(&theirs, sql).await.contains("WindowAggExec"), "{sql}");
            assert_eq!(answered(&ours, sql).await, answered(&theirs, sql).await, "{sql}");
        }
        // The first time only what is looked along is read.
        let plan = planned(&ours, "SELECT page, nth_of(key) OVER (ORDER BY place NULLS FIRST) FROM rows").await;
        assert!(plan.contains("projection=[key@1 as 0]") && plan.contains("projection=[place, key, page]"), "{plan}");
        let nothing = ALL.replace("place % 3 > 0", "place < 0");
        assert_eq!(answered(&ours, &nothing).await, answered(&theirs, &nothing).await);
    }

    #[tokio::test]
    async fn what_a_window_function_of_others_gives_is_left_to_it() {
        let folder = tempfile::tempdir().unwrap();
        let ours = context(true, &rows_in(folder.path()).await).await;
        for sql in [
            "SELECT nth_of(key) OVER (ORDER BY place NULLS FIRST), ntile(4) OVER (ORDER BY place NULLS FIRST) FROM rows",
            "SELECT after_of(key, what) OVER (PARTITION BY page ORDER BY place NULLS FIRST) FROM rows",
            // Each time other rows.
            "SELECT after_of(key, what) OVER (ORDER BY place NULLS FIRST) FROM rows WHERE uuid() > '8'",
            // What is sorted for it is not read in the order in which it stands.
            "SELECT after_of(key, what) OVER (ORDER BY page) FROM rows",
        ] {
            let plan = planned(&ours, sql).await;
            assert!(!plan.contains("TwiceExec") && plan.contains("WindowAggExec"), "{plan}");
        }
    }
}
