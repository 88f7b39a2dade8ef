//! Populations: the rows behind each metric, one file for each SELECT.

use crate::definition::{Library, Metric};
use crate::engine::read_only;
use crate::plan::{Plan, Step};
use crate::{DATABASE, Engine, QueryError, Written, describe, parquet};
use datafusion::execution::context::SessionContext;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

impl Engine {
    /// The first metric of each SELECT, and what it reads: tables, and populations by the first of theirs.
    pub(crate) fn reads_of_populations(&self, library: &Library) -> Result<Vec<(Step, BTreeSet<String>)>, QueryError> {
        let mut first: BTreeMap<&str, &str> = BTreeMap::new();
        for (id, metric) in &library.metrics {
            first.entry(&metric.sql).or_insert(id);
        }
        let maker = |name: String| match library.metrics.get(&name) {
            Some(metric) => first[metric.sql.as_str()].to_owned(),
            None => name,
        };
        let reads = |id: &&str| {
            let names = self.tables_read_by(library, &library.metrics[*id])?;
            Ok((Step::Population((*id).to_owned()), names.into_iter().map(maker).collect()))
        };
        first.values().map(reads).collect()
    }

    /// The population of a metric, and of all others with its SELECT.
    pub(crate) async fn write_same(
        &self,
        id: &str,
        library: &Library,
        folder: &Path,
    ) -> Result<Vec<Written>, QueryError> {
        let metric = &library.metrics[id];
        let written = self.write_population(metric, folder).await?;
        self.describe_population(library, metric, &written.path)?;
        let mut all = Vec::new();
        for (id, other) in library.metrics.iter().filter(|(_, other)| other.sql == metric.sql) {
            let written = match *id == written.name {
                true => written.clone(),
                false => self.repeat_population(&written, other, folder)?,
            };
            self.open_population(id, &written.path).await?;
            all.push(written);
        }
        Ok(all)
    }

    /// The tables that a metric's population is made from, by name, also those that it reads by way of other metrics.
    ///
    /// # Errors
    /// A SELECT that is none.
    pub fn reads(&self, library: &Library, metric: &Metric) -> Result<BTreeSet<String>, QueryError> {
        let mut tables = BTreeSet::new();
        let (mut waiting, mut seen) = (vec![metric], BTreeSet::new());
        while let Some(metric) = waiting.pop() {
            for name in self.tables_read_by(library, metric)? {
                match library.metrics.get(&name) {
                    Some(other) if seen.insert(name.clone()) => waiting.push(other),
                    Some(_) => {}
                    None => drop(tables.insert(name)),
                }
            }
        }
        Ok(tables)
    }

    /// The metrics whose populations a metric reads, by their ids.
    ///
    /// # Errors
    /// As [`Engine::reads`].
    pub fn metrics_read(&self, library: &Library, metric: &Metric) -> Result<Vec<String>, QueryError> {
        let names = self.tables_read_by(library, metric)?;
        Ok(names.into_iter().filter(|name| library.metrics.contains_key(name)).collect())
    }

    /// The metrics' ids, each after those whose populations it reads.
    ///
    /// # Errors
    /// A SELECT that is none, and metrics that need each other.
    pub fn order(&self, library: &Library) -> Result<Vec<String>, QueryError> {
        let mut reads = Vec::new();
        for (id, metric) in &library.metrics {
            reads.push((Step::Population(id.clone()), self.tables_read_by(library, metric)?));
        }
        let (mut plan, mut order) = (Plan::new(reads), Vec::new());
        while let Some(step) = plan.next() {
            plan.done(&step);
            if let Step::Population(id) = step {
                order.push(id);
            }
        }
        plan.finish().map(|()| order)
    }

    /// Runs a metric's SELECT into `<folder>/<id>.parquet`, by time and event.
    ///
    /// # Errors
    /// A SELECT that cannot be run, or has no `event_id` and `time`: at its place in the metric's file.
    pub async fn write_population(&self, metric: &Metric, folder: &Path) -> Result<Written, QueryError> {
        let id = &metric.spec.id;
        let rows = match self.query(id, &metric.sql).await {
            Ok(rows) => rows,
            Err(_) => return Err(self.mistake(metric).await),
        };
        let columns: Vec<String> = rows.schema().fields().iter().map(|field| field.name().clone()).collect();
        for needed in ["event_id", "time"] {
            if !columns.iter().any(|column| column == needed) {
                return Err(QueryError::Definition {
                    file: format!("{}:{}", metric.file, metric.select_line),
                    message: format!(
                        "a population needs a column {needed}\n  = the columns of this SELECT are: {}",
                        columns.join(", ")
                    ),
                });
            }
        }
        let order = total_order(&columns);
        let path = folder.join(format!("{id}.parquet"));
        let rows = self.write(id, rows, &order, &path).await?;
        Ok(Written { name: id.clone(), path, rows })
    }

    /// Puts words into a population: the metrics that are taken over it, and what its columns mean, as far as the tables
    /// that it reads or `queries/columns.toml` say.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn describe_population(&self, library: &Library, metric: &Metric, path: &Path) -> Result<(), QueryError> {
        let tables = self.reads(library, metric)?;
        let over: Vec<&str> =
            library.metrics.iter().filter(|(_, other)| other.sql == metric.sql).map(|(id, _)| id.as_str()).collect();
        let said = describe::described(path)?;
        let columns = said.columns.into_iter().filter_map(|column| {
            let words = library.meaning(&column.name, &tables)?.to_owned();
            Some((column.name, words))
        });
        let title = match over.as_slice() {
            [_] => format!("The rows behind {}", metric.spec.title),
            _ => "The rows behind several metrics".to_owned(),
        };
        let definition = format!("The population of {}.", over.join(", "));
        describe::annotate(path, &describe::About { title, definition, columns: columns.collect() })
    }

    /// What is wrong with a metric's SELECT, and where. It is read a second time, with the places of its words.
    async fn mistake(&self, metric: &Metric) -> QueryError {
        let mut state = self.context.state();
        state.config_mut().options_mut().sql_parser.collect_spans = true;
        let again = SessionContext::new_with_state(state);
        match again.sql_with_options(&metric.sql, read_only()).await {
            Ok(_) => QueryError::Definition {
                file: format!("{}:{}", metric.file, metric.select_line),
                message: "the SELECT cannot be run".to_owned(),
            },
            Err(error) => QueryError::select(metric, &error, &self.names()),
        }
    }

    /// The tables that can be asked for by name.
    pub(crate) fn names(&self) -> Vec<String> {
        let catalog = self.context.catalog(DATABASE);
        let tables = catalog.and_then(|catalog| catalog.schema("public"));
        let mut names = tables.map(|tables| tables.table_names()).unwrap_or_default();
        names.sort();
        names
    }

    /// The same population under another metric's name: a second name of the file, or a copy where the disk has no such thing.
    ///
    /// # Errors
    /// A folder that cannot be written.
    pub fn repeat_population(&self, same: &Written, metric: &Metric, folder: &Path) -> Result<Written, QueryError> {
        let id = &metric.spec.id;
        let path = folder.join(format!("{id}.parquet"));
        parquet::repeat(&same.path, &path).map_err(|error| QueryError::file(&path, &error))?;
        Ok(Written { name: id.clone(), path, rows: same.rows })
    }

    /// A name with a dot is a metric's, or one of ours within.
    fn tables_read_by(&self, library: &Library, metric: &Metric) -> Result<BTreeSet<String>, QueryError> {
        let names = self.references(&metric.sql).map_err(|error| QueryError::select(metric, &error, &[]))?;
        let is_ours = |name: &str| name.starts_with("resolved.") || name.starts_with("information_schema.");
        match names.iter().find(|name| name.contains('.') && !is_ours(name) && !library.metrics.contains_key(*name)) {
            Some(name) => Err(QueryError::no_metric(metric, name, library)),
            None => Ok(names),
        }
    }
}

/// Rows that agree in these are one act: the order of `contributions`, which then need not be sorted again.
const ACT: [&str; 5] = ["time", "event_id", "kind", "account", "url"];

/// The order of a population: by time and event, and by so many columns that rows which tie are equal.
pub(crate) fn total_order(columns: &[String]) -> Vec<String> {
    if ACT.iter().all(|act| columns.iter().any(|column| column == act)) {
        return ACT.map(str::to_owned).to_vec();
    }
    let mut order = vec!["time".to_owned(), "event_id".to_owned()];
    order.extend(columns.iter().filter(|column| *column != "time" && *column != "event_id").cloned());
    order
}
