//! DataFusion over one version of the log.

use crate::definition::{Library, Metric, Table};
use crate::functions::{self, BotPolicy};
use crate::{QueryError, parquet};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::catalog::MemorySchemaProvider;
use datafusion::dataframe::DataFrame;
use datafusion::datasource::MemTable;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl};
use datafusion::error::DataFusionError;
use datafusion::execution::context::SessionContext;
use datafusion::logical_expr::SortExpr;
use datafusion::prelude::{SQLOptions, SessionConfig, col};
use muster_model::Timestamp;
use object_store::ObjectStore;
use std::collections::{BTreeMap, BTreeSet};
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

/// SQL over one version of the log, as of one instant.
pub struct Engine {
    context: SessionContext,
}

const LOG: &str = "muster://log/";

impl Engine {
    /// An engine without tables; `as_of` and `bots` are what `as_of()` and `bot_reason(…)` answer from.
    ///
    /// # Errors
    /// [`QueryError::Sql`] when the functions cannot be registered.
    pub fn new(as_of: Timestamp, bots: &BotPolicy) -> Result<Self, QueryError> {
        let config = SessionConfig::new()
            .with_information_schema(true)
            .set_bool("datafusion.execution.parquet.pushdown_filters", false)
            .set_str("datafusion.execution.time_zone", "UTC");
        let mut context = SessionContext::new_with_config(config);
        datafusion_functions_json::register_all(&mut context).map_err(|error| QueryError::sql("json", &error))?;
        functions::register(&context, as_of, bots);
        Ok(Self { context })
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
            .with_listing_options(listing())
            .with_schema(event_schema());
        let table = ListingTable::try_new(config).map_err(failed)?;
        self.context.register_table("events", Arc::new(table)).map_err(failed)?;
        Ok(())
    }

    /// Computes every table, each after those it reads, into `<folder>/<name>.parquet`, and makes it known by its name.
    ///
    /// # Errors
    /// A table that cannot be computed or written, or tables that need each other.
    pub async fn write_tables(&self, library: &Library, folder: &Path) -> Result<Vec<Written>, QueryError> {
        let mut written = Vec::new();
        for table in self.in_order(&library.tables)? {
            let path = folder.join(format!("{}.parquet", table.name));
            let rows = self.query(&table.name, &table.sql).await?;
            let rows = self
                .write(
                    &table.name,
                    rows,
                    &table.order,
                    &path,
                    &[("title", &table.title), ("definition", &table.definition)],
                )
                .await?;
            self.register_parquet(&table.name, &path, &table.order).await?;
            written.push(Written { name: table.name.clone(), path, rows });
        }
        Ok(written)
    }

    /// Makes the tables that an earlier run wrote known by their names. Those that are not there are left out.
    ///
    /// # Errors
    /// A file that is no Parquet file.
    pub async fn open_tables(&self, library: &Library, folder: &Path) -> Result<(), QueryError> {
        for table in library.tables.values() {
            let path = folder.join(format!("{}.parquet", table.name));
            if path.exists() {
                self.register_parquet(&table.name, &path, &table.order).await?;
            }
        }
        Ok(())
    }

    /// Makes a Parquet file a table; `name` may have a schema (`growth.active_contributors`).
    ///
    /// # Errors
    /// A file that is no Parquet file.
    pub async fn open_parquet(&self, name: &str, path: &Path) -> Result<(), QueryError> {
        if let Some((schema, _)) = name.split_once('.') {
            self.make_schema(schema);
        }
        self.register_parquet(name, path, &[]).await
    }

    /// Runs a metric's SELECT into `<folder>/<id>.parquet`, by time and event.
    ///
    /// # Errors
    /// A SELECT that cannot be run, or has no `event_id` and `time`.
    pub async fn write_population(&self, metric: &Metric, folder: &Path) -> Result<Written, QueryError> {
        let id = &metric.spec.id;
        let rows = self.query(id, &metric.sql).await?;
        let columns: Vec<String> = rows.schema().fields().iter().map(|field| field.name().clone()).collect();
        for needed in ["event_id", "time"] {
            if !columns.iter().any(|column| column == needed) {
                return Err(QueryError::Definition {
                    file: format!("queries/metrics/{}.sql", id.replace('.', "/")),
                    message: format!("a population needs a column {needed}; this one has {}", columns.join(", ")),
                });
            }
        }
        let order = total_order(&columns);
        let path = folder.join(format!("{id}.parquet"));
        let rows = self.write(id, rows, &order, &path, &[("metric", id)]).await?;
        Ok(Written { name: id.clone(), path, rows })
    }

    /// Answers a user's question: one SELECT (or SHOW, DESCRIBE, EXPLAIN); nothing that writes.
    ///
    /// # Errors
    /// The question's own mistakes, in DataFusion's words.
    pub async fn ask(&self, sql: &str) -> Result<(SchemaRef, Vec<RecordBatch>), QueryError> {
        let rows = self.query("your query", sql).await?;
        let schema = Arc::new(rows.schema().as_arrow().clone());
        let batches = rows.collect().await.map_err(|error| QueryError::sql("your query", &error))?;
        Ok((schema, batches))
    }

    async fn query(&self, context: &str, sql: &str) -> Result<DataFrame, QueryError> {
        let options = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
        self.context.sql_with_options(sql, options).await.map_err(|error| QueryError::sql(context, &error))
    }

    async fn write(
        &self,
        context: &str,
        rows: DataFrame,
        order: &[String],
        path: &Path,
        about: &[(&str, &str)],
    ) -> Result<u64, QueryError> {
        let failed = |error: DataFusionError| QueryError::sql(context, &error);
        let sorted = rows.sort(sort_by(order)).map_err(failed)?;
        let stream = sorted.execute_stream().await.map_err(failed)?;
        let about: Vec<_> = about.iter().map(|(key, value)| (format!("muster.{key}"), (*value).to_owned())).collect();
        parquet::write(path, stream, context, &about).await
    }

    async fn register_parquet(&self, name: &str, path: &Path, order: &[String]) -> Result<(), QueryError> {
        let failed = |error: DataFusionError| QueryError::sql(name, &error);
        let absolute = path.canonicalize().map_err(|error| QueryError::file(path, &error))?;
        let url = Url::from_file_path(&absolute)
            .map_err(|()| QueryError::file(path, &"not a path that can be written as a URL"))?;
        let url = ListingTableUrl::try_new(url, None).map_err(failed)?;
        let options = listing().with_file_sort_order(if order.is_empty() { vec![] } else { vec![sort_by(order)] });
        let schema = options.infer_schema(&self.context.state(), &url).await.map_err(failed)?;
        let config = ListingTableConfig::new(url).with_listing_options(options).with_schema(schema);
        let table = ListingTable::try_new(config).map_err(failed)?;
        self.context.register_table(name, Arc::new(table)).map_err(failed)?;
        Ok(())
    }

    fn make_schema(&self, name: &str) {
        if let Some(catalog) = self.context.catalog("datafusion")
            && catalog.schema(name).is_none()
        {
            // A memory catalog takes every schema.
            let _ = catalog.register_schema(name, Arc::new(MemorySchemaProvider::new()));
        }
    }

    /// The tables, each after those it reads.
    fn in_order<'a>(&self, tables: &'a BTreeMap<String, Table>) -> Result<Vec<&'a Table>, QueryError> {
        let mut waiting: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for (name, table) in tables {
            let read = self.tables_read(name, &table.sql)?;
            waiting
                .insert(name, read.into_iter().filter(|other| other != name && tables.contains_key(other)).collect());
        }
        let mut ordered = Vec::new();
        while !waiting.is_empty() {
            let ready: Vec<&str> =
                waiting.iter().filter(|(_, needs)| needs.is_empty()).map(|(name, _)| *name).collect();
            if ready.is_empty() {
                let names: Vec<_> = waiting.keys().copied().collect();
                let message = format!("these tables need each other: {}", names.join(", "));
                return Err(QueryError::Definition { file: "queries/tables".to_owned(), message });
            }
            for name in ready {
                waiting.remove(name);
                ordered.push(&tables[name]);
                for needs in waiting.values_mut() {
                    needs.remove(name);
                }
            }
        }
        Ok(ordered)
    }

    fn tables_read(&self, name: &str, sql: &str) -> Result<BTreeSet<String>, QueryError> {
        let failed = |error: DataFusionError| QueryError::sql(name, &error);
        let state = self.context.state();
        let dialect = state.config().options().sql_parser.dialect;
        let statement = state.sql_to_statement(sql, &dialect).map_err(failed)?;
        let references = state.resolve_table_references(&statement).map_err(failed)?;
        Ok(references.into_iter().map(|reference| reference.table().to_owned()).collect())
    }
}

/// Rows that agree in these are one act: the order of `contributions`, which then need not be sorted again.
const ACT: [&str; 5] = ["time", "event_id", "kind", "person", "url"];

/// The order of a population: by time and event, and by so many columns that rows which tie are equal.
fn total_order(columns: &[String]) -> Vec<String> {
    if ACT.iter().all(|act| columns.iter().any(|column| column == act)) {
        return ACT.map(str::to_owned).to_vec();
    }
    let mut order = vec!["time".to_owned(), "event_id".to_owned()];
    order.extend(columns.iter().filter(|column| *column != "time" && *column != "event_id").cloned());
    order
}

fn sort_by(columns: &[String]) -> Vec<SortExpr> {
    columns.iter().map(|column| col(format!("\"{column}\"")).sort(true, true)).collect()
}

fn listing() -> ListingOptions {
    ListingOptions::new(Arc::new(ParquetFormat::new())).with_file_extension(".parquet")
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
