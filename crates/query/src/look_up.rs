//! What is looked up in a table of ours is looked up in a hash table of that.
//!
//! DataFusion builds the hash table of a join from the side that it takes to be the smaller. What it takes a filtered file to be
//! is a guess: with two million accounts it held the facts instead, with all the bytes of the files they came from, and the rows
//! no longer came in the order in which they stand. The tables `resolved.*` are in memory anyway, so they are always that side.

use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::datasource::source::DataSourceExec;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::filter::FilterExec;
use datafusion::physical_plan::joins::{HashJoinExec, PartitionMode};
use datafusion::physical_plan::projection::ProjectionExec;
use std::sync::Arc;

/// Has the tables `resolved.*` be the side of a join that is held.
#[derive(Debug)]
pub(crate) struct HoldPeople;

impl PhysicalOptimizerRule for HoldPeople {
    fn name(&self) -> &str {
        "hold_people"
    }

    fn schema_check(&self) -> bool {
        true
    }

    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        plan.transform_up(|plan| match plan.downcast_ref::<HashJoinExec>() {
            // NOT IN has a meaning of its own for nulls, which only this way round has.
            Some(join) if is_held(join.right()) && !is_held(join.left()) && !join.null_aware => {
                Ok(Transformed::yes(join.swap_inputs(PartitionMode::CollectLeft)?))
            }
            _ => Ok(Transformed::no(plan)),
        })
        .data()
    }
}

/// Whether these are rows in memory, or some of them.
fn is_held(plan: &Arc<dyn ExecutionPlan>) -> bool {
    match plan.downcast_ref::<DataSourceExec>() {
        Some(scan) => scan.data_source().is::<MemorySourceConfig>(),
        None => (plan.is::<ProjectionExec>() || plan.is::<FilterExec>()) && plan.children().into_iter().all(is_held),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

    use crate::{BotList, BotPolicy, Engine, EventFiles};
    use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch, StringViewArray};
    use datafusion::arrow::util::pretty::pretty_format_batches;
    use datafusion::physical_plan::displayable;
    use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
    use datafusion::prelude::SessionContext;
    use muster_model::Timestamp;
    use std::sync::Arc;

    fn texts(number: i64, text: impl Fn(i64) -> String) -> ArrayRef {
        Arc::new((0..number).map(|row| Some(text(row))).collect::<StringViewArray>())
    }

    /// Ten facts in a file, a thousand accounts in memory: DataFusion would hold the facts.
    async fn engine(folder: &std::path::Path) -> Engine {
        let engine = Engine::new(Timestamp::UNIX_EPOCH, &BotPolicy::new(BotList::Muster, &[], &[]).unwrap()).unwrap();
        engine.register_events(EventFiles::none()).await.unwrap();
        let (account, person) =
            (texts(1000, |row| format!("account {row}")), texts(1000, |row| format!("person {}", row / 2)));
        engine.register_rows("resolved.accounts", vec![("raw", account), ("person", person)]).unwrap();
        let time: ArrayRef = Arc::new((0..10).map(Some).collect::<Int64Array>());
        let account = texts(10, |row| format!("account {}", row * 200));
        let columns = [("time", time, true), ("account", account, true)];
        let facts = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
        let rows = Box::pin(RecordBatchStreamAdapter::new(facts.schema(), futures::stream::iter([Ok(facts)])));
        crate::parquet::write(folder.join("facts.parquet"), rows, "facts".to_owned()).await.unwrap();
        engine.open_parquet("facts", &folder.join("facts.parquet")).await.unwrap();
        engine
    }

    #[tokio::test]
    async fn people_are_the_side_of_which_the_hash_table_is_made_and_the_answer_is_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let engine = engine(folder.path()).await;
        let ours = engine.context();
        let theirs = SessionContext::new();
        for (name, table) in [("facts", "facts"), ("accounts", "resolved.accounts")] {
            theirs.register_table(name, ours.table_provider(table).await.unwrap()).unwrap();
        }
        let asked = [
            ("SELECT f.time, f.account, a.person FROM facts f LEFT JOIN {accounts} a ON a.raw = f.account", "1, 2, 3"),
            ("SELECT f.time, a.person FROM facts f JOIN {accounts} a ON a.raw = f.account AND f.time > 1", "1, 2"),
            (
                "SELECT f.time FROM facts f WHERE f.account IN (SELECT raw FROM {accounts} WHERE person <> 'person 100')",
                "1",
            ),
            (
                "SELECT f.time, a.person FROM facts f FULL JOIN {accounts} a ON a.raw = f.account AND a.person < 'b'",
                "1, 2",
            ),
        ];
        for (sql, columns) in asked {
            let order =
                |table: &str| format!("SELECT * FROM ({}) ORDER BY {columns}", sql.replace("{accounts}", table));
            let plan = ours.sql(&sql.replace("{accounts}", "resolved.accounts")).await.unwrap();
            let plan = displayable(plan.create_physical_plan().await.unwrap().as_ref()).indent(false).to_string();
            let (held, file) = (plan.find("partition_sizes").unwrap(), plan.find("facts.parquet").unwrap());
            assert!(plan.contains("HashJoinExec") && held < file, "the accounts come first in\n{plan}");
            let answer = ours.sql(&order("resolved.accounts")).await.unwrap().collect().await.unwrap();
            let expected = theirs.sql(&order("accounts")).await.unwrap().collect().await.unwrap();
            let shown = |rows: &[RecordBatch]| pretty_format_batches(rows).unwrap().to_string();
            assert_eq!(shown(&answer), shown(&expected), "{sql}");
        }
    }
}
