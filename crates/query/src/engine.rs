//! DataFusion over one version of the log.

use crate::definition::{Library, Table};
use crate::functions::{self, BotPolicy};
use crate::look_up::{Known, UseIndex};
use crate::opaque::{Opaque, opaque};
use crate::plan::{AtOnce, Plan, Step};
use crate::populations::total_order;
use crate::room::{self, Room};
use crate::{QueryError, describe, hold_people, order, parquet, twice};
use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::catalog::MemorySchemaProvider;
use datafusion::common::config::TableParquetOptions;
use datafusion::dataframe::DataFrame;
use datafusion::datasource::MemTable;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl};
use datafusion::error::DataFusionError;
use datafusion::execution::context::SessionContext;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::{SendableRecordBatchStream, SessionStateBuilder};
use datafusion::logical_expr::{SortExpr, cast};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_optimizer::optimizer::PhysicalOptimizer;
use datafusion::physical_plan::execute_stream_partitioned;
use datafusion::prelude::{SQLOptions, SessionConfig, col, ident};
use futures::future::try_join_all;
use muster_model::Timestamp;
use object_store::ObjectStore;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use url::Url;

/// The files of one version of the log.
pub struct EventFiles {
    /// A store whose root is the log.
    pub store: Arc<dyn ObjectStore>,
    /// Paths in it, Parquet, in the order of the log.
    pub paths: Vec<String>,
}

impl EventFiles {
    /// A log without any event: for the columns of the tables.
    pub fn none() -> Self {
        Self { store: Arc::new(object_store::memory::InMemory::new()), paths: Vec::new() }
    }
}

/// A table or population that stands on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The table's name or the metric's id.
    pub name: String,
    /// The Parquet file.
    pub path: PathBuf,
    /// How many rows.
    pub rows: u64,
}

/// What stands on disk after a step.
#[derive(Debug)]
pub enum Made {
    /// A table.
    Table(Written),
    /// The populations of metrics that have the same SELECT.
    Populations(Vec<Written>),
    /// Something that only the steps after it read: a fold, or who is who.
    Between,
}

/// Where is written what is computed.
pub struct Folders {
    /// The tables: `<name>.parquet`.
    pub tables: PathBuf,
    /// The populations: `<id>.parquet`.
    pub populations: PathBuf,
}

/// SQL over one version of the log, as of one instant. A clone is the same engine.
#[derive(Clone)]
pub struct Engine {
    pub(crate) context: Opaque<SessionContext>,
    /// Where accounts are looked up.
    pub(crate) accounts: Known,
    as_of: Timestamp,
}

/// What SQL calls everything that there is: the database of a client, the first part of a full name.
pub const DATABASE: &str = "muster";
const LOG: &str = "muster://log/";

impl Engine {
    /// An engine without tables; `as_of` and `bots` are what `as_of()` and `bot_reason(…)` answer from.
    ///
    /// # Errors
    /// [`QueryError::Sql`] when the functions cannot be registered, [`QueryError::Definition`] for a bot pattern that is none.
    pub fn new(as_of: Timestamp, bots: &BotPolicy) -> Result<Self, QueryError> {
        let config = SessionConfig::new()
            .with_default_catalog_and_schema(DATABASE, "public")
            .with_information_schema(true)
            // json_get_… would be taken below the filters, and read the payload of every event for the sake of a few.
            .set_bool("datafusion.optimizer.enable_leaf_expression_pushdown", false)
            // Who is who is looked up in one table, for millions of rows. Parting both by their hashes, as is done from 131,072
            // rows on, copies all of them at each look-up (docs/benchmarks.md).
            .set_usize("datafusion.optimizer.hash_join_single_partition_threshold", 512 << 20)
            .set_usize("datafusion.optimizer.hash_join_single_partition_threshold_rows", 4_000_000)
            .set_str("datafusion.execution.time_zone", "UTC");
        let room = RuntimeEnvBuilder::new().with_memory_pool(Arc::new(Room::default())).build_arc();
        let room = room.map_err(|error| QueryError::sql("memory", &error))?;
        let state = SessionStateBuilder::new().with_config(config).with_runtime_env(room).with_default_features();
        let accounts = Known::default();
        let state = state.with_physical_optimizer_rules(rules(&accounts)).build();
        let mut context = SessionContext::new_with_state(state);
        datafusion_functions_json::register_all(&mut context).map_err(|error| QueryError::sql("json", &error))?;
        functions::register(&context, as_of, bots)?;
        Ok(Self { context: opaque(context), accounts, as_of })
    }

    /// Makes the log's files the table `events`.
    ///
    /// # Errors
    /// [`QueryError::Sql`] when DataFusion cannot use a path.
    pub async fn register_events(&self, files: EventFiles) -> Result<(), QueryError> {
        let failed = |error: DataFusionError| QueryError::sql("events", &error);
        if files.paths.is_empty() {
            let nothing = MemTable::try_new(event_schema(), vec![vec![]]).map_err(failed)?;
            self.context.register_table("events", Arc::new(nothing)).map_err(failed)?;
            return Ok(());
        }
        let root = Url::parse(LOG).map_err(|error| QueryError::file(Path::new(LOG), &error))?;
        self.context.register_object_store(&root, files.store);
        let paths: Result<Vec<_>, _> =
            files.paths.iter().map(|path| ListingTableUrl::parse(format!("{LOG}{path}"))).collect();
        let config = ListingTableConfig::new_with_multi_paths(paths.map_err(failed)?)
            .with_listing_options(listing_of_the_log())
            .with_schema(event_schema());
        let table = ListingTable::try_new(config).map_err(failed)?;
        self.context.register_table("events", Arc::new(table)).map_err(failed)?;
        Ok(())
    }

    /// What `as_of()` answers.
    pub fn as_of(&self) -> Timestamp {
        self.as_of
    }

    /// Computes every table, each after those it reads, into `<folder>/<name>.parquet`, and makes it known
    /// by its name. Folds are kept beside them for as long as it takes.
    ///
    /// # Errors
    /// A table that cannot be computed or written, or tables that need each other.
    pub async fn write_tables(&self, library: &Library, folder: &Path) -> Result<Vec<Written>, QueryError> {
        let mut written = Vec::new();
        let stands = |made| match made {
            Made::Table(table) => written.push(table),
            Made::Populations(_) | Made::Between => {}
        };
        let folders = Folders { tables: folder.to_owned(), populations: PathBuf::new() };
        self.write_steps(self.reads_of_tables(library)?, library, folders, AtOnce::Cores, stands).await?;
        written.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(written)
    }

    /// Computes every table and the population of every metric, each after those it reads; `stands` is told of each step as soon
    /// as it is done. Metrics with the same SELECT have the same population: it is computed once.
    ///
    /// # Errors
    /// As [`Engine::write_tables`] and [`Engine::write_population`].
    pub async fn write_all(
        &self,
        library: &Library,
        folders: Folders,
        at_once: AtOnce,
        stands: impl FnMut(Made),
    ) -> Result<(), QueryError> {
        let mut reads = self.reads_of_tables(library)?;
        reads.extend(self.reads_of_populations(library)?);
        self.write_steps(reads, library, folders, at_once, stands).await
    }

    /// Takes the tables out of a library that are neither wanted nor read by any metric of it or any table that stays.
    ///
    /// # Errors
    /// A SELECT that is none.
    pub fn keep_tables(&self, library: &mut Library, is_wanted: impl Fn(&str) -> bool) -> Result<(), QueryError> {
        let mut reads = self.reads_of_tables(library)?;
        reads.extend(self.reads_of_populations(library)?);
        let stays = |step: &Step| match step {
            Step::Table(name) => is_wanted(name),
            Step::Population(_) => true,
            Step::Fold(_) | Step::Resolve => false,
        };
        let mut kept: BTreeSet<Step> = reads.iter().map(|(step, _)| step.clone()).filter(stays).collect();
        let plan = Plan::new(reads);
        kept.extend(kept.clone().iter().flat_map(|step| plan.behind(step)));
        library.tables.retain(|name, _| kept.contains(&Step::Table(name.clone())));
        Ok(())
    }

    async fn write_steps(
        &self,
        reads: Vec<(Step, BTreeSet<String>)>,
        library: &Library,
        folders: Folders,
        at_once: AtOnce,
        mut stands: impl FnMut(Made),
    ) -> Result<(), QueryError> {
        let spool = spool_folder(&folders.tables)?;
        let plan = Plan::new(reads).of_what_is_read();
        // Until people are resolved there is little to do beside what that waits for.
        let early = plan.behind(&Step::Resolve);
        let (library, folders) = (Arc::new(library.clone()), Arc::new((folders, spool.path().to_owned())));
        let carry_out = |step: Step| {
            let (engine, library, folders) = (self.clone(), library.clone(), folders.clone());
            let threads = if early.contains(&step) { Threads::All } else { Threads::One };
            async move { engine.carry_out(&step, threads, &library, &folders.0, &folders.1).await }
        };
        plan.carry_out(at_once, carry_out, &mut stands).await?;
        self.open_folds(&library).await
    }

    async fn carry_out(
        &self,
        step: &Step,
        threads: Threads,
        library: &Library,
        folders: &Folders,
        spool: &Path,
    ) -> Result<Made, QueryError> {
        match step {
            Step::Resolve => self.resolve(library).await.map(|()| Made::Between),
            Step::Fold(name) => {
                self.spool(&library.folds[name], threads, &spool.join(name)).await.map(|()| Made::Between)
            }
            Step::Table(name) => self.write_table(&library.tables[name], &folders.tables).await.map(Made::Table),
            Step::Population(id) => self.write_same(id, library, &folders.populations).await.map(Made::Populations),
        }
    }

    async fn write_table(&self, table: &Table, folder: &Path) -> Result<Written, QueryError> {
        let name = &table.name;
        let path = folder.join(format!("{name}.parquet"));
        let rows = self.query(name, &table.sql).await?;
        let rows = self.write(name, rows, &table.order, &path).await?;
        describe::annotate(&path, &table.about())?;
        self.open(name, &path, |_| table.order.clone()).await?;
        Ok(Written { name: name.clone(), path, rows })
    }

    /// Computes a fold into a folder: one file in its order, or where it has none one a thread and half of a UNION.
    async fn spool(&self, fold: &Table, threads: Threads, folder: &Path) -> Result<(), QueryError> {
        let failed = |error: DataFusionError| QueryError::sql(&fold.name, &error);
        std::fs::create_dir_all(folder).map_err(|error| QueryError::file(folder, &error))?;
        let rows = self.query(&fold.name, &fold.sql).await?;
        let rows = if threads == Threads::One { by_one_thread(rows) } else { rows };
        let schema = Arc::new(rows.schema().as_arrow().clone());
        let parts = match fold.order.as_slice() {
            [] => {
                let task = room::with_runs_in(folder, rows.task_ctx()).map_err(failed)?;
                let plan = rows.create_physical_plan().await.map_err(failed)?;
                execute_stream_partitioned(plan, task).map_err(failed)?
            }
            order if self.tables_read(&fold.name, &fold.sql)?.contains("events") => {
                vec![self.in_spans(rows, order, folder).await.map_err(failed)?]
            }
            order => vec![in_order(rows, order, folder).await.map_err(failed)?],
        };
        let parts = parts.into_iter().enumerate();
        let writing = parts
            .map(|(number, part)| parquet::spool(folder.join(format!("{number}.parquet")), part, fold.name.clone()));
        match threads {
            Threads::All => drop(try_join_all(writing).await?),
            // Of a UNION each half is a part, and only one of them is held.
            Threads::One => {
                for part in writing {
                    part.await?;
                }
            }
        }
        let absolute = folder.canonicalize().map_err(|error| QueryError::file(folder, &error))?;
        let url = Url::from_directory_path(&absolute)
            .map_err(|()| QueryError::file(folder, &"not a path that can be written as a URL"))?;
        let url = ListingTableUrl::try_new(url, None).map_err(failed)?;
        let config = ListingTableConfig::new(url).with_listing_options(listing_by(&fold.order)).with_schema(schema);
        let table = ListingTable::try_new(config).map_err(failed)?;
        self.context.register_table(&fold.name, Arc::new(table)).map_err(failed)?;
        Ok(())
    }

    /// Makes the folds that need no people views: computed when they are asked for.
    pub(crate) async fn open_folds(&self, library: &Library) -> Result<(), QueryError> {
        let mut plan = Plan::new(self.reads_of_tables(library)?);
        for name in library.folds.keys() {
            let _ = self.context.deregister_table(name.as_str());
        }
        while let Some(step) = plan.next() {
            if let Step::Fold(name) = &step {
                let view = self.query(name, &library.folds[name].sql).await?.into_view();
                self.context.register_table(name, view).map_err(|error| QueryError::sql(name, &error))?;
                plan.done(&step);
            }
        }
        Ok(())
    }

    /// The steps to the tables, and what each reads.
    fn reads_of_tables(&self, library: &Library) -> Result<Vec<(Step, BTreeSet<String>)>, QueryError> {
        let mut evidence = BTreeSet::new();
        for (name, table) in &library.people {
            evidence.extend(self.tables_read(name, &table.sql)?);
        }
        let mut reads = vec![(Step::Resolve, evidence)];
        for (name, table) in &library.folds {
            reads.push((Step::Fold(name.clone()), self.tables_read(name, &table.sql)?));
        }
        for (name, table) in &library.tables {
            reads.push((Step::Table(name.clone()), self.tables_read(name, &table.sql)?));
        }
        Ok(reads)
    }

    /// Makes rows of ours a table; the name has a schema.
    pub(crate) fn register_rows(&self, name: &str, columns: Vec<(&str, ArrayRef)>) -> Result<(), QueryError> {
        let failed = |error: DataFusionError| QueryError::sql(name, &error);
        if let Some((schema, _)) = name.split_once('.') {
            self.make_schema(schema);
        }
        let nullable = columns.into_iter().map(|(name, column)| (name, column, true));
        let batch = RecordBatch::try_from_iter_with_nullable(nullable).map_err(|error| failed(error.into()))?;
        let table = MemTable::try_new(batch.schema(), vec![vec![batch]]).map_err(failed)?;
        let _ = self.context.deregister_table(name);
        self.context.register_table(name, Arc::new(table)).map_err(failed)?;
        Ok(())
    }

    /// Makes the tables that an earlier run wrote known by their names. Those that are not there are left out.
    ///
    /// # Errors
    /// A file that is no Parquet file.
    pub async fn open_tables(&self, library: &Library, folder: &Path) -> Result<(), QueryError> {
        for table in library.tables.values() {
            let path = folder.join(format!("{}.parquet", table.name));
            if path.exists() {
                self.open(&table.name, &path, |_| table.order.clone()).await?;
            }
        }
        self.open_folds(library).await
    }

    /// Makes a Parquet file a table; `name` may have a schema (`growth.active_contributors`).
    ///
    /// # Errors
    /// A file that is no Parquet file.
    pub async fn open_parquet(&self, name: &str, path: &Path) -> Result<(), QueryError> {
        self.open(name, path, |_| Vec::new()).await
    }

    /// The same for a population that was just written: it stands in its order. What an earlier program wrote may not.
    pub(crate) async fn open_population(&self, id: &str, path: &Path) -> Result<(), QueryError> {
        let columns = |schema: &Schema| schema.fields().iter().map(|field| field.name().clone()).collect::<Vec<_>>();
        self.open(id, path, |schema| total_order(&columns(schema))).await
    }

    /// Answers a user's question: one SELECT (or SHOW, DESCRIBE, EXPLAIN); nothing that writes.
    ///
    /// # Errors
    /// The question's own mistakes; a table or column that is not there with those that are.
    pub async fn ask(&self, sql: &str) -> Result<(SchemaRef, Vec<RecordBatch>), QueryError> {
        let failed = |error: DataFusionError| QueryError::asked(&error, &self.names());
        let rows = self.context.sql_with_options(sql, read_only()).await.map_err(failed)?;
        let schema = Arc::new(rows.schema().as_arrow().clone());
        Ok((schema, rows.collect().await.map_err(failed)?))
    }

    /// Makes a SELECT a view: it is run when somebody asks for it.
    pub(crate) async fn register_view(&self, name: &str, sql: &str) -> Result<(), QueryError> {
        let view = self.query(name, sql).await?.into_view();
        let _ = self.context.deregister_table(name);
        self.context.register_table(name, view).map_err(|error| QueryError::sql(name, &error))?;
        Ok(())
    }

    pub(crate) async fn query(&self, context: &str, sql: &str) -> Result<DataFrame, QueryError> {
        self.context.sql_with_options(sql, read_only()).await.map_err(|error| QueryError::sql(context, &error))
    }

    pub(crate) async fn write(
        &self,
        context: &str,
        rows: DataFrame,
        order: &[String],
        path: &Path,
    ) -> Result<u64, QueryError> {
        let failed = |error: DataFusionError| QueryError::sql(context, &error);
        let rows = by_one_thread(in_microseconds(rows).map_err(failed)?);
        let folder = path.parent().unwrap_or(path);
        std::fs::create_dir_all(folder).map_err(|error| QueryError::file(folder, &error))?;
        let stream = in_order(rows, order, folder).await.map_err(failed)?;
        parquet::write(path.to_owned(), stream, context.to_owned()).await
    }

    /// Makes a file a table that stands in an order; whatever had the name has it no longer.
    async fn open(
        &self,
        name: &str,
        path: &Path,
        order: impl FnOnce(&Schema) -> Vec<String>,
    ) -> Result<(), QueryError> {
        let failed = |error: DataFusionError| QueryError::sql(name, &error);
        if let Some((schema, _)) = name.split_once('.') {
            self.make_schema(schema);
        }
        let _ = self.context.deregister_table(name);
        let absolute = path.canonicalize().map_err(|error| QueryError::file(path, &error))?;
        let url = Url::from_file_path(&absolute)
            .map_err(|()| QueryError::file(path, &"not a path that can be written as a URL"))?;
        let url = ListingTableUrl::try_new(url, None).map_err(failed)?;
        let schema = listing().infer_schema(&self.context.state(), &url).await.map_err(failed)?;
        let options = listing_by(&order(&schema));
        let config = ListingTableConfig::new(url).with_listing_options(options).with_schema(schema);
        let table = ListingTable::try_new(config).map_err(failed)?;
        self.context.register_table(name, Arc::new(table)).map_err(failed)?;
        Ok(())
    }

    fn make_schema(&self, name: &str) {
        if let Some(catalog) = self.context.catalog(DATABASE)
            && catalog.schema(name).is_none()
        {
            // A memory catalog takes every schema.
            let _ = catalog.register_schema(name, Arc::new(MemorySchemaProvider::new()));
        }
    }

    pub(crate) fn tables_read(&self, name: &str, sql: &str) -> Result<BTreeSet<String>, QueryError> {
        self.references(sql).map_err(|error| QueryError::sql(name, &error))
    }

    pub(crate) fn references(&self, sql: &str) -> Result<BTreeSet<String>, DataFusionError> {
        let state = self.context.state();
        let dialect = state.config().options().sql_parser.dialect;
        let statement = state.sql_to_statement(sql, &dialect)?;
        let references = state.resolve_table_references(&statement)?;
        Ok(references.into_iter().map(|reference| reference.to_string()).collect())
    }
}

/// How many threads compute the rows of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Threads {
    One,
    All,
}

/// Rows that one thread computes. Several steps are carried out at once: to part the rows of each among threads, and to merge
/// what stood in order in one file, would only cost more (docs/benchmarks.md).
fn by_one_thread(rows: DataFrame) -> DataFrame {
    let (mut state, plan) = rows.into_parts();
    state.config_mut().options_mut().execution.target_partitions = 1;
    DataFrame::new(state, plan)
}

/// The rows of a query in an order; runs of many are written into `folder`.
///
/// Asked for the first column of the order, the planner has what stands in it read so, merges what does not, and sorts everything
/// only where nothing else is left. That one sort is ours to do.
pub(crate) async fn in_order(
    rows: DataFrame,
    order: &[String],
    folder: &Path,
) -> Result<SendableRecordBatchStream, DataFusionError> {
    let task = room::with_runs_in(folder, rows.task_ctx())?;
    let rows = if order.is_empty() { rows } else { rows.sort(sort_by(&order[..1]))? };
    let plan = rows.create_physical_plan().await?;
    let plan = order::unsorted(&plan)?.unwrap_or(plan);
    order::execute(plan, task, order)
}

/// Every instant of a file is in microseconds and UTC, and says so, whatever the functions of its SELECT gave.
fn in_microseconds(mut rows: DataFrame) -> Result<DataFrame, DataFusionError> {
    let instant = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    let is_other = |kind: &DataType| matches!(kind, DataType::Timestamp(..)) && *kind != instant;
    let others = rows.schema().fields().iter().filter(|field| is_other(field.data_type()));
    let others: Vec<String> = others.map(|field| field.name().clone()).collect();
    for name in others {
        rows = rows.with_column(&name, cast(ident(&name), instant.clone()))?;
    }
    Ok(rows)
}

/// Nothing that writes.
pub(crate) fn read_only() -> SQLOptions {
    SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false)
}

/// A folder beside the tables that is gone when the computation ends, however it ends; of a killed one at the next.
fn spool_folder(tables: &Path) -> Result<tempfile::TempDir, QueryError> {
    let parent = tables.parent().unwrap_or(tables);
    let failed = |error: std::io::Error| QueryError::file(parent, &error);
    std::fs::create_dir_all(parent).map_err(failed)?;
    for entry in std::fs::read_dir(parent).map_err(failed)?.flatten() {
        if entry.file_name().to_string_lossy().starts_with(SPOOL) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
    tempfile::Builder::new().prefix(SPOOL).tempdir_in(parent).map_err(failed)
}

const SPOOL: &str = ".folds-";

/// DataFusion's rules of planning, and ours.
fn rules(accounts: &Known) -> Vec<Arc<dyn PhysicalOptimizerRule + Send + Sync>> {
    let mut rules = PhysicalOptimizer::new().rules;
    // After the rule by which DataFusion chooses sides.
    let chosen = rules.iter().position(|rule| rule.name() == "join_selection").map_or(0, |at| at + 1);
    rules.insert(chosen, Arc::new(hold_people::HoldPeople(accounts.clone())));
    rules.push(Arc::new(UseIndex(accounts.clone())));
    rules.push(Arc::new(twice::ReadTwice));
    rules
}

fn sort_by(columns: &[String]) -> Vec<SortExpr> {
    columns.iter().map(|column| col(format!("\"{column}\"")).sort(true, true)).collect()
}

fn listing_by(order: &[String]) -> ListingOptions {
    listing().with_file_sort_order(if order.is_empty() { vec![] } else { vec![sort_by(order)] })
}

fn listing() -> ListingOptions {
    listing_as(ParquetFormat::new())
}

/// The log is asked for a few types at a time: the payloads of the others need not be decoded. Tables are filtered when they are
/// read: their columns are short, and rows that the reader skips between leave each text with the page it stood in.
fn listing_of_the_log() -> ListingOptions {
    let mut options = TableParquetOptions::default();
    options.global.pushdown_filters = true;
    listing_as(ParquetFormat::new().with_options(options))
}

fn listing_as(format: ParquetFormat) -> ListingOptions {
    ListingOptions::new(Arc::new(format)).with_file_extension(".parquet")
}

/// The columns of the log, as events.md names them.
fn event_schema() -> SchemaRef {
    let text = |name: &str, nullable| Field::new(name, DataType::Utf8View, nullable);
    let instant = |name: &str| Field::new(name, DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())), false);
    Arc::new(Schema::new(vec![
        text("id", false),
        text("source", false),
        text("type", false),
        instant("time"),
        text("subject", false),
        text("actor", true),
        text("url", true),
        text("data", false),
        instant("recorded"),
        text("collector", false),
    ]))
}
