//! An index of accounts, made once for all that looks accounts up.
//!
//! DataFusion makes a hash table for every join, and copies what it makes it of. Accounts are looked up in nearly every table, in some more than
//! once, and several tables are computed at once: of three million accounts each took a second, and a quarter of a gigabyte. An
//! account stands in `resolved.accounts` once, so that one index does for all, and a look-up finds one row or none.

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, RecordBatch, RecordBatchOptions, StringViewArray, UInt32Array,
};
use datafusion::arrow::compute::{filter_record_batch, is_not_null, take};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode, TreeNodeRecursion};
use datafusion::common::{JoinType, NullEquality};
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::joins::{HashJoinExec, PartitionMode};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties, PlanProperties};
use foldhash::fast::RandomState;
use futures::stream::StreamExt;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use std::fmt;
use std::hash::BuildHasher;
use std::sync::{Arc, PoisonError, RwLock};

/// Where each text of a column stands.
pub(crate) struct Index {
    column: ArrayRef,
    texts: StringViewArray,
    rows: HashTable<u32>,
    hash: RandomState,
}

impl Index {
    /// None of a column of which texts stand twice or are missing, for what is looked up there may be several rows.
    pub fn of(column: &ArrayRef) -> Option<Self> {
        let (texts, hash) = (column.as_string_view_opt()?.clone(), RandomState::default());
        let mut rows = HashTable::with_capacity(texts.len());
        let hash_of = |row: &u32| hash.hash_one(texts.value(*row as usize));
        for (row, text) in (0u32..).zip(texts.iter()) {
            let text = text?;
            match rows.entry(hash.hash_one(text), |other| texts.value(*other as usize) == text, hash_of) {
                Entry::Occupied(_) => return None,
                Entry::Vacant(free) => drop(free.insert(row)),
            }
        }
        Some(Self { column: column.clone(), texts, rows, hash })
    }

    /// The rows of a scan, if it is of all the rows that are indexed, and its column is the one by which they are; and which of
    /// their columns it gives.
    fn of_column(
        &self,
        scan: &Arc<dyn ExecutionPlan>,
        column: &Arc<dyn PhysicalExpr>,
    ) -> Option<(RecordBatch, Vec<usize>)> {
        let (held, columns) = held_by(scan)?;
        let column = columns[column.downcast_ref::<Column>()?.index()];
        Arc::ptr_eq(held.column(column), &self.column).then_some((held, columns))
    }

    fn find(&self, text: &str) -> Option<u32> {
        self.rows.find(self.hash.hash_one(text), |row| self.texts.value(*row as usize) == text).copied()
    }
}

impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Index of {}", self.texts.len())
    }
}

/// The index that there is, for those who make it and those who plan with it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known(Arc<RwLock<Option<Arc<Index>>>>);

impl Known {
    pub fn set(&self, index: Option<Index>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = index.map(Arc::new);
    }

    fn get(&self) -> Option<Arc<Index>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether a join could look its left side up in its right one, were they the other way round.
    pub fn could_look_up(&self, join: &HashJoinExec) -> bool {
        let is_kind = matches!(join.join_type(), JoinType::Inner | JoinType::Left);
        match (self.get(), join.on()) {
            (Some(index), [(_, column)]) if is_kind && is_plain(join) => {
                index.of_column(join.right(), column).is_some()
            }
            _ => false,
        }
    }
}

/// Has joins with the column that is indexed use the index.
#[derive(Debug)]
pub(crate) struct UseIndex(pub Known);

impl PhysicalOptimizerRule for UseIndex {
    fn name(&self) -> &str {
        "use_index"
    }

    fn schema_check(&self) -> bool {
        true
    }

    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        let Some(index) = self.0.get() else { return Ok(plan) };
        let use_it = |plan: Arc<dyn ExecutionPlan>| match plan.downcast_ref::<HashJoinExec>() {
            Some(join) => match LookUpExec::of(join, &index) {
                Some(look_up) => Ok(Transformed::yes(Arc::new(look_up) as Arc<dyn ExecutionPlan>)),
                None => Ok(Transformed::no(plan)),
            },
            None => Ok(Transformed::no(plan)),
        };
        plan.transform_up(use_it).data()
    }
}

/// Rows, each with the one that its key stands for in a table: what a hash join gives that holds the table.
#[derive(Debug, Clone)]
struct LookUpExec {
    rows: Arc<dyn ExecutionPlan>,
    look_up: Arc<LookUp>,
    properties: Arc<PlanProperties>,
}

#[derive(Debug)]
struct LookUp {
    index: Arc<Index>,
    /// The rows of the index.
    held: RecordBatch,
    /// What is looked up.
    key: Arc<dyn PhysicalExpr>,
    /// Whether rows of which nothing is found are left out.
    only_found: bool,
    columns: Vec<Place>,
    schema: SchemaRef,
}

/// Where a column comes from.
#[derive(Debug, Clone, Copy)]
enum Place {
    Held(usize),
    Row(usize),
}

impl LookUpExec {
    /// None of a join that asks for more than whether one key is that of a row.
    fn of(join: &HashJoinExec, index: &Arc<Index>) -> Option<Self> {
        let only_found = match join.join_type() {
            JoinType::Inner => true,
            JoinType::Right => false,
            _ => return None,
        };
        // In one part there is nothing to part by: that is how very many accounts are joined.
        let in_parts = *join.partition_mode() != PartitionMode::CollectLeft && partitions(join.right()) > 1;
        let ([(column, key)], true) = (join.on(), is_plain(join) && !in_parts) else { return None };
        let (held, columns) = index.of_column(join.left(), column)?;
        let from =
            |at: usize| columns.get(at).map_or_else(|| Place::Row(at - columns.len()), |held| Place::Held(*held));
        let all = || (0..join.join_schema().fields().len()).map(from).collect();
        let look_up = LookUp {
            index: index.clone(),
            held,
            key: key.clone(),
            only_found,
            columns: join.projection.as_ref().map_or_else(all, |some| some.iter().map(|at| from(*at)).collect()),
            schema: join.schema(),
        };
        Some(Self { rows: join.right().clone(), look_up: Arc::new(look_up), properties: join.properties().clone() })
    }
}

fn partitions(plan: &Arc<dyn ExecutionPlan>) -> usize {
    plan.output_partitioning().partition_count()
}

/// Whether all that is asked is if the keys are equal.
fn is_plain(join: &HashJoinExec) -> bool {
    join.filter().is_none()
        && join.fetch().is_none()
        && !join.null_aware
        && join.null_equality() == NullEquality::NullEqualsNothing
}

/// The rows of a scan of all that a table in memory holds, in one piece, and which of its columns it gives.
fn held_by(plan: &Arc<dyn ExecutionPlan>) -> Option<(RecordBatch, Vec<usize>)> {
    let scan = plan.downcast_ref::<DataSourceExec>().filter(|scan| scan.fetch().is_none())?;
    let scan = scan.data_source().downcast_ref::<MemorySourceConfig>()?;
    let [partition] = scan.partitions() else { return None };
    let [held] = partition.as_slice() else { return None };
    let columns = scan.projection().clone().unwrap_or_else(|| (0..held.num_columns()).collect());
    Some((held.clone(), columns))
}

impl LookUp {
    fn look_up(&self, rows: &RecordBatch) -> Result<RecordBatch> {
        let keys = self.key.evaluate(rows)?.into_array(rows.num_rows())?;
        let keys = keys.as_string_view_opt();
        let keys = keys.ok_or_else(|| DataFusionError::Internal("a key is no text of views".to_owned()))?;
        let mut found: UInt32Array = keys.iter().map(|key| key.and_then(|key| self.index.find(key))).collect();
        let mut rows = rows.clone();
        if self.only_found && found.null_count() > 0 {
            rows = filter_record_batch(&rows, &is_not_null(&found)?)?;
            found = found.iter().flatten().collect();
        }
        let column = |place: &Place| match *place {
            Place::Held(at) => Ok(take(self.held.column(at), &found, None)?),
            Place::Row(at) => Ok(rows.column(at).clone()),
        };
        let columns = self.columns.iter().map(column).collect::<Result<Vec<_>>>()?;
        let number = RecordBatchOptions::new().with_row_count(Some(rows.num_rows()));
        Ok(RecordBatch::try_new_with_options(self.schema.clone(), columns, &number)?)
    }
}

impl DisplayAs for LookUpExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LookUpExec: {}, only_found={}", self.look_up.key, self.look_up.only_found)
    }
}

impl ExecutionPlan for LookUpExec {
    fn name(&self) -> &'static str {
        "LookUpExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.rows]
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        vec![true]
    }

    fn apply_expressions(
        &self,
        expression: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        expression(&self.look_up.key)
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        let [rows] =
            <[_; 1]>::try_from(children).map_err(|_| DataFusionError::Internal("one plan is looked up".to_owned()))?;
        Ok(Arc::new(Self { rows, ..Self::clone(&self) }))
    }

    fn execute(&self, partition: usize, task: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let (rows, look_up) = (self.rows.execute(partition, task)?, self.look_up.clone());
        let found = rows.map(move |rows| look_up.look_up(&rows?));
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema(), found)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

    use super::*;
    use crate::{BotList, BotPolicy, Engine};
    use datafusion::arrow::array::Int64Array;
    use datafusion::arrow::util::pretty::pretty_format_batches;
    use datafusion::physical_plan::displayable;
    use datafusion::prelude::SessionContext;
    use muster_model::Timestamp;

    fn texts(of: impl Iterator<Item = Option<String>>) -> ArrayRef {
        Arc::new(of.collect::<StringViewArray>())
    }

    /// A thousand accounts with an index, and facts of which some name nobody, and some an account that nobody knows.
    fn engine(facts: i64) -> Engine {
        let engine = Engine::new(Timestamp::UNIX_EPOCH, &BotPolicy::new(BotList::Muster, &[], &[]).unwrap()).unwrap();
        let raw = texts((0..1000).map(|row| Some(format!("account number {row}"))));
        engine.accounts.set(Index::of(&raw));
        let person = texts((0..1000).map(|row| (row % 10 > 0).then(|| format!("person {}", row / 2))));
        engine.register_rows("resolved.accounts", vec![("raw", raw), ("person", person)]).unwrap();
        let account = |row: i64| (row % 7 > 0).then(|| format!("account number {}", row * 31 % 1300));
        let number: ArrayRef = Arc::new((0..facts).map(Some).collect::<Int64Array>());
        let columns = vec![("account", texts((0..facts).map(account))), ("number", number)];
        engine.register_rows("facts", columns).unwrap();
        engine
    }

    async fn plan_and_answers(engine: &Engine, sql: &str) -> (String, [String; 2]) {
        let ours = engine.context();
        let theirs = SessionContext::new();
        for (name, table) in [("facts", "facts"), ("accounts", "resolved.accounts")] {
            theirs.register_table(name, ours.table_provider(table).await.unwrap()).unwrap();
        }
        let asked = |table: &str| format!("SELECT * FROM ({}) ORDER BY 1, 2, 3", sql.replace("{accounts}", table));
        let plan = ours.sql(&asked("resolved.accounts")).await.unwrap().create_physical_plan().await.unwrap();
        let mut answers = Vec::new();
        for (context, table) in [(ours, "resolved.accounts"), (&theirs, "accounts")] {
            let rows = context.sql(&asked(table)).await.unwrap().collect().await.unwrap();
            answers.push(pretty_format_batches(&rows).unwrap().to_string());
        }
        (displayable(plan.as_ref()).indent(false).to_string(), answers.try_into().unwrap())
    }

    #[tokio::test]
    async fn the_index_gives_what_a_join_gives() {
        let asked = [
            "SELECT f.number, a.person, a.raw FROM facts f LEFT JOIN {accounts} a ON a.raw = f.account",
            "SELECT f.number, a.person, f.account FROM facts f JOIN {accounts} a ON a.raw = f.account",
            "SELECT f.number, a.person, f.account FROM {accounts} a JOIN facts f ON a.raw = f.account",
            "SELECT f.number, a.person, f.account FROM {accounts} a RIGHT JOIN facts f ON a.raw = f.account",
            "SELECT f.number, 1, 2 FROM facts f JOIN {accounts} a ON a.raw = f.account WHERE f.number % 2 = 1",
            "SELECT f.number, a.person, b.person AS other FROM facts f LEFT JOIN {accounts} a ON a.raw = f.account
             JOIN {accounts} b ON b.raw = concat('account number ', f.number)",
        ];
        for facts in [0, 1, 40, 5000] {
            let engine = engine(facts);
            for sql in asked {
                let (plan, [ours, theirs]) = plan_and_answers(&engine, sql).await;
                assert!(plan.contains("LookUpExec") && !plan.contains("HashJoinExec"), "{sql}\n{plan}");
                assert_eq!(ours, theirs, "{sql}");
                let rows = theirs.lines().count() as i64 - 4;
                assert!(rows >= facts / 5 || facts < 10, "{rows} rows of {facts}: {sql}");
            }
        }
    }

    #[tokio::test]
    async fn joins_that_ask_for_more_than_an_equal_key_are_joins() {
        let asked = [
            "SELECT f.number, a.person, a.raw FROM facts f FULL JOIN {accounts} a ON a.raw = f.account",
            "SELECT f.number, a.person, a.raw FROM {accounts} a LEFT JOIN facts f ON a.raw = f.account",
            "SELECT f.number, a.person, a.raw FROM facts f LEFT JOIN {accounts} a ON a.person = f.account",
            "SELECT f.number, a.person, a.raw FROM facts f LEFT JOIN {accounts} a ON a.raw = f.account AND f.account > a.person",
            "SELECT f.number, a.person, a.raw FROM facts f JOIN (SELECT * FROM {accounts} WHERE person < 'person 3') a ON a.raw = f.account",
            "SELECT f.number, a.person, a.raw FROM facts f LEFT JOIN {accounts} a ON a.raw IS NOT DISTINCT FROM f.account",
            "SELECT f.number, f.account, 1 FROM facts f WHERE f.account IN (SELECT raw FROM {accounts})",
            "SELECT f.number, f.account, 1 FROM facts f WHERE f.account NOT IN (SELECT raw FROM {accounts})",
        ];
        for facts in [40, 5000] {
            let engine = engine(facts);
            for sql in asked {
                let (plan, [ours, theirs]) = plan_and_answers(&engine, sql).await;
                assert!(plan.contains("Join") && !plan.contains("LookUpExec"), "{sql}\n{plan}");
                assert_eq!(ours, theirs, "{sql}");
            }
        }
    }

    #[test]
    fn a_column_in_which_a_text_stands_twice_or_none_has_no_index() {
        let column = |texts_of: &[Option<&str>]| texts(texts_of.iter().map(|text| text.map(str::to_owned)));
        assert!(Index::of(&column(&[Some("a"), Some("b"), Some("a")])).is_none());
        assert!(Index::of(&column(&[Some("a"), None])).is_none());
        let found = Index::of(&column(&[Some("a"), Some("b"), Some("")])).unwrap();
        assert_eq!(["a", "b", "", "c"].map(|text| found.find(text)), [Some(0), Some(1), Some(2), None]);
        assert!(Index::of(&column(&[])).unwrap().find("a").is_none());
    }
}
