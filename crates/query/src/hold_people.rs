//! What is looked up in a table of ours is looked up in a hash table of that.
//!
//! DataFusion builds the hash table of a join from the side that it takes to be the smaller. What it takes a filtered file to be
//! is a guess: with two million accounts it held the facts instead, with all the bytes of the files they came from, and the rows
//! no longer came in the order in which they stand. The tables `resolved.*` are in memory anyway, so they are that side unless the
//! other surely has fewer rows; and also then where there is an index (`look_up`), so that no hash table is made at all.
//!
//! What is grouped is shorter than what it was made of, by a number that nobody knows before. Where rows are joined with groups of as
//! many rows or fewer, the groups are held: rows have more columns, and can go by in the order in which they stand.

use crate::look_up::Known;
use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::datasource::source::DataSourceExec;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::aggregates::AggregateExec;
use datafusion::physical_plan::coalesce_partitions::CoalescePartitionsExec;
use datafusion::physical_plan::filter::FilterExec;
use datafusion::physical_plan::joins::{HashJoinExec, PartitionMode};
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::repartition::RepartitionExec;
use datafusion::physical_plan::sorts::sort::SortExec;
use datafusion::physical_plan::statistics::{StatisticsArgs, StatisticsContext};
use datafusion::physical_plan::union::UnionExec;
use datafusion::physical_plan::windows::{BoundedWindowAggExec, WindowAggExec};
use std::sync::Arc;

/// Has the tables `resolved.*`, and what is grouped, be the side of a join that is held.
#[derive(Debug)]
pub(crate) struct HoldPeople(pub Known);

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
            Some(join)
                if !join.null_aware
                    && (self.0.could_look_up(join)
                        || is_to_be_held(join.right(), join.left())?
                        || is_group_of_as_many(join.right(), join.left())?) =>
            {
                Ok(Transformed::yes(join.swap_inputs(PartitionMode::CollectLeft)?))
            }
            _ => Ok(Transformed::no(plan)),
        })
        .data()
    }
}

/// Whether these are rows in memory, and the others are not and may be as many.
fn is_to_be_held(plan: &Arc<dyn ExecutionPlan>, other: &Arc<dyn ExecutionPlan>) -> Result<bool> {
    Ok(is_held(plan) && !is_held(other) && most_rows(other)? >= most_rows(plan)?)
}

/// Whether these are groups, and the others are rows, of which there may be as many as these are made of.
fn is_group_of_as_many(plan: &Arc<dyn ExecutionPlan>, other: &Arc<dyn ExecutionPlan>) -> Result<bool> {
    Ok(is_grouped(plan) && !is_grouped(other) && !is_held(other) && most_rows(other)? >= most_rows(plan)?)
}

fn is_grouped(plan: &Arc<dyn ExecutionPlan>) -> bool {
    plan.is::<AggregateExec>() || (is_of_its_rows(plan) && plan.children().into_iter().all(is_grouped))
}

/// How many rows there are, if none is left out; of those of a join nobody knows.
fn most_rows(plan: &Arc<dyn ExecutionPlan>) -> Result<usize> {
    match plan.children().as_slice() {
        // Of files with a filter it is said to be no exact number: that of all their rows.
        [] => {
            let rows = StatisticsContext::new().compute(plan.as_ref(), &StatisticsArgs::new())?.num_rows;
            Ok(rows.get_value().copied().unwrap_or(usize::MAX))
        }
        [input] if is_of_its_rows(plan) || plan.is::<AggregateExec>() => most_rows(input),
        inputs if plan.is::<UnionExec>() => {
            inputs.iter().try_fold(0, |all: usize, input| Ok(all.saturating_add(most_rows(input)?)))
        }
        _ => Ok(usize::MAX),
    }
}

/// Whether a step gives the rows of its only input, or some of them.
fn is_of_its_rows(plan: &Arc<dyn ExecutionPlan>) -> bool {
    plan.is::<FilterExec>()
        || plan.is::<ProjectionExec>()
        || plan.is::<RepartitionExec>()
        || plan.is::<CoalescePartitionsExec>()
        || plan.is::<SortExec>()
        || plan.is::<WindowAggExec>()
        || plan.is::<BoundedWindowAggExec>()
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

    /// Facts in a file, a thousand accounts in memory. DataFusion would hold some of 1,100 facts.
    async fn engine(facts: i64, folder: &std::path::Path) -> Engine {
        let engine = Engine::new(Timestamp::UNIX_EPOCH, &BotPolicy::new(BotList::Muster, &[], &[]).unwrap()).unwrap();
        engine.register_events(EventFiles::none()).await.unwrap();
        let (account, person) =
            (texts(1000, |row| format!("account {row}")), texts(1000, |row| format!("person {}", row / 2)));
        engine.register_rows("resolved.accounts", vec![("raw", account), ("person", person)]).unwrap();
        let time: ArrayRef = Arc::new((0..facts).map(Some).collect::<Int64Array>());
        let account = texts(facts, |row| format!("account {}", row * 200));
        let columns = [("time", time, true), ("account", account, true)];
        let facts = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
        let rows = Box::pin(RecordBatchStreamAdapter::new(facts.schema(), futures::stream::iter([Ok(facts)])));
        crate::parquet::write(folder.join("facts.parquet"), rows, "facts".to_owned()).await.unwrap();
        engine.open_parquet("facts", &folder.join("facts.parquet")).await.unwrap();
        engine
    }

    async fn planned(engine: &Engine, sql: &str) -> String {
        let plan = engine.context().sql(sql).await.unwrap().create_physical_plan().await.unwrap();
        displayable(plan.as_ref()).indent(false).to_string()
    }

    #[tokio::test]
    async fn people_are_the_side_of_which_the_hash_table_is_made_and_the_answer_is_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let engine = engine(1100, folder.path()).await;
        let ours = engine.context();
        let theirs = SessionContext::new();
        for (name, table) in [("facts", "facts"), ("accounts", "resolved.accounts")] {
            theirs.register_table(name, ours.table_provider(table).await.unwrap()).unwrap();
        }
        let some = "(SELECT * FROM facts WHERE time % 3 > 0)";
        let asked = [
            ("SELECT f.time, f.account, a.person FROM {some} f LEFT JOIN {accounts} a ON a.raw = f.account", "1, 2, 3"),
            ("SELECT f.time, a.person FROM {some} f JOIN {accounts} a ON a.raw = f.account AND f.time > 1", "1, 2"),
            (
                "SELECT f.time FROM {some} f WHERE f.account IN (SELECT raw FROM {accounts} WHERE person <> 'person 100')",
                "1",
            ),
            (
                "SELECT f.time, a.person FROM {some} f FULL JOIN {accounts} a ON a.raw = f.account AND a.person < 'b'",
                "1, 2",
            ),
        ];
        for (sql, columns) in asked {
            let sql = sql.replace("{some}", some);
            let order =
                |table: &str| format!("SELECT * FROM ({}) ORDER BY {columns}", sql.replace("{accounts}", table));
            let plan = planned(&engine, &sql.replace("{accounts}", "resolved.accounts")).await;
            let (held, file) = (plan.find("partition_sizes").unwrap(), plan.find("facts.parquet").unwrap());
            assert!(plan.contains("HashJoinExec") && held < file, "the accounts come first in\n{plan}");
            let answer = ours.sql(&order("resolved.accounts")).await.unwrap().collect().await.unwrap();
            let expected = theirs.sql(&order("accounts")).await.unwrap().collect().await.unwrap();
            let shown = |rows: &[RecordBatch]| pretty_format_batches(rows).unwrap().to_string();
            assert_eq!(shown(&answer), shown(&expected), "{sql}");
        }
    }

    #[tokio::test]
    async fn what_surely_has_fewer_rows_than_there_are_people_is_held_instead() {
        let folder = tempfile::tempdir().unwrap();
        let engine = engine(10, folder.path()).await;
        let sql = "SELECT f.time, a.person FROM (SELECT * FROM facts WHERE time > 0) f JOIN resolved.accounts a ON a.raw = f.account";
        let plan = planned(&engine, sql).await;
        let (people, file) = (plan.find("partition_sizes").unwrap(), plan.find("facts.parquet").unwrap());
        assert!(plan.contains("HashJoinExec") && file < people, "the facts come first in\n{plan}");
    }

    #[tokio::test]
    async fn groups_are_held_and_the_rows_that_they_are_made_of_go_by() {
        let folder = tempfile::tempdir().unwrap();
        let engine = engine(1100, folder.path()).await;
        let groups = "(SELECT account, count(*) AS number FROM facts WHERE time < 900 GROUP BY account)";
        for rows in ["facts", "(SELECT time, account FROM facts UNION ALL SELECT -time, account FROM facts)"] {
            let sql = format!("SELECT f.time, g.number FROM {rows} f JOIN {groups} g ON g.account = f.account");
            let plan = planned(&engine, &sql).await;
            let (grouped, file) = (plan.find("AggregateExec").unwrap(), plan.find("DataSourceExec").unwrap());
            assert!(plan.contains("HashJoinExec") && grouped < file, "the groups come first in\n{plan}");
        }
        let sql = format!("SELECT a.person, g.number FROM resolved.accounts a JOIN {groups} g ON g.account = a.raw");
        let plan = planned(&engine, &sql).await;
        let (people, grouped) = (plan.find("partition_sizes").unwrap(), plan.find("AggregateExec").unwrap());
        assert!(plan.contains("HashJoinExec") && people < grouped, "the accounts come first in\n{plan}");
    }
}
