//! An engine in the hands of others: what there is by name, and e-mail addresses out of reach.

use crate::{DATABASE, Engine, Library, QueryError};
use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::catalog::TableProvider;
use datafusion::error::DataFusionError;
use datafusion::execution::FunctionRegistry;
use datafusion::execution::context::SessionContext;
use datafusion::prelude::{Expr, ident};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Something that can be asked for by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// As SQL names it: `contributions`, `growth.active_contributors`.
    pub name: String,
    /// What a row is, in a few words; empty where nobody says.
    pub title: String,
    /// Name, type and meaning of each column.
    pub columns: Vec<[String; 3]>,
}

/// The columns of the log.
const EVENTS: [(&str, &str); 10] = [
    ("id", "What happened; the same fact has the same id from whatever source."),
    ("source", "Who says so: the source and the place in it."),
    ("type", "What kind of fact it is: issue.opened, meeting.attended, …"),
    ("time", "When it happened, UTC."),
    ("subject", "What it happened to: github:owner/name#7."),
    ("actor", "The account that did it; null where nobody is known."),
    ("url", "The page to check."),
    ("data", "The payload, JSON: json_get_str(data, 'title')."),
    ("recorded", "When it was appended to the log."),
    ("collector", "The collector that appended it, and its version."),
];

/// The columns of `metrics`.
const METRICS: [(&str, &str); 20] = [
    ("metric", "The metric's id."),
    ("version", "The version of its definition."),
    ("scope", "The project."),
    ("group", "Empty for everything, else column=value."),
    ("window", "2025Q2, 2025-06, 365d."),
    ("window_kind", "quarter, month, 365d."),
    ("window_start", "Where the window begins, UTC."),
    ("window_end", "Where it ends; not in it."),
    ("unfinished", "Whether the window ends after the as-of instant."),
    ("value", "The figure; null where the statistic has none."),
    ("low", "The lower end of its 95 % interval, or of what unknown organisations leave open."),
    ("high", "The upper end."),
    ("naive", "Beside a Kaplan-Meier quantile, that of the finished alone."),
    ("unit", "What the value counts."),
    ("n", "The size of the population."),
    ("unknown_share", "The part of it whose organisation is unknown."),
    ("censored", "How many still wait."),
    ("completeness", "Collected of what the sources state."),
    ("log_version", "The version of the log."),
    ("note", "What a reader must know besides."),
];

impl Engine {
    /// DataFusion's own view of the engine, for `muster-serve`.
    #[doc(hidden)]
    pub fn context(&self) -> &SessionContext {
        &self.context
    }

    /// Everything that can be asked for by name, in order, with what the definitions say about it.
    ///
    /// # Errors
    /// A table that cannot be read any more.
    pub async fn named(&self, library: &Library) -> Result<Vec<Named>, QueryError> {
        let mut all = Vec::new();
        for (name, table) in self.tables().await? {
            let (title, meanings) = about(&name, library);
            let column = |field: &FieldRef| {
                let meaning = meanings.get(field.name().as_str()).map_or("", |meaning| *meaning);
                [field.name().clone(), type_name(field.data_type()), meaning.to_owned()]
            };
            all.push(Named { columns: table.schema().fields().iter().map(column).collect(), title, name });
        }
        Ok(all)
    }

    /// Puts a view in the place of everything that may hold e-mail addresses: the log, the folds of it, and the populations of
    /// the metrics that did not come with the program. Its texts are masked where they are read, so that no function and no
    /// detour gives an address away.
    ///
    /// # Errors
    /// A table that cannot be read any more.
    pub async fn hide_addresses(&self, library: &Library) -> Result<(), QueryError> {
        let own = |name: &str| library.metrics.get(name).is_some_and(|metric| !metric.shipped);
        for (name, table) in self.tables().await? {
            if name == "events" || library.folds.contains_key(&name) || own(&name) {
                let view = self.masked_view(table).map_err(|error| QueryError::sql(&name, &error))?;
                let _ = self.context.deregister_table(name.as_str());
                self.context.register_table(name.as_str(), view).map_err(|error| QueryError::sql(&name, &error))?;
            }
        }
        Ok(())
    }

    fn masked_view(&self, table: Arc<dyn TableProvider>) -> Result<Arc<dyn TableProvider>, DataFusionError> {
        let masked = self.context.state().udf("masked")?;
        let column = |field: &FieldRef| -> Expr {
            let name = field.name();
            match field.data_type() {
                DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => masked.call(vec![ident(name)]).alias(name),
                _ => ident(name),
            }
        };
        let columns: Vec<Expr> = table.schema().fields().iter().map(column).collect();
        Ok(self.context.read_table(table)?.select(columns)?.into_view())
    }

    /// The tables by the names that SQL has for them, without those that describe the others.
    async fn tables(&self) -> Result<BTreeMap<String, Arc<dyn TableProvider>>, QueryError> {
        let mut tables = BTreeMap::new();
        let catalog = self.context.catalog(DATABASE);
        for schema_name in catalog.iter().flat_map(|catalog| catalog.schema_names()) {
            if ["information_schema", "pg_catalog"].contains(&schema_name.as_str()) {
                continue;
            }
            let Some(schema) = catalog.as_ref().and_then(|catalog| catalog.schema(&schema_name)) else { continue };
            for table_name in schema.table_names() {
                let name =
                    if schema_name == "public" { table_name.clone() } else { format!("{schema_name}.{table_name}") };
                let table = schema.table(&table_name).await.map_err(|error| QueryError::sql(&name, &error))?;
                tables.extend(table.map(|table| (name, table)));
            }
        }
        Ok(tables)
    }
}

/// Title and meanings of the columns, as far as somebody wrote them down.
fn about<'a>(name: &str, library: &'a Library) -> (String, BTreeMap<&'a str, &'a str>) {
    if let Some(table) = library.tables.get(name).or_else(|| library.folds.get(name)) {
        let meanings = table.columns.iter().map(|(column, meaning)| (column.as_str(), meaning.as_str()));
        return (table.title.clone(), meanings.collect());
    }
    match name {
        "events" => ("The log, one row a fact".to_owned(), EVENTS.into()),
        "metrics" => ("Every figure".to_owned(), METRICS.into()),
        _ => {
            let title = library.metrics.get(name).map(|metric| format!("The rows behind: {}", metric.spec.title));
            (title.unwrap_or_default(), BTreeMap::new())
        }
    }
}

/// A type in the words of PostgreSQL, which people know.
fn type_name(kind: &DataType) -> String {
    match kind {
        DataType::Boolean => "boolean".to_owned(),
        DataType::Int8 | DataType::Int16 | DataType::UInt8 => "smallint".to_owned(),
        DataType::Int32 | DataType::UInt16 => "integer".to_owned(),
        DataType::Int64 | DataType::UInt32 => "bigint".to_owned(),
        DataType::UInt64 | DataType::Decimal128(..) => "numeric".to_owned(),
        DataType::Float32 => "real".to_owned(),
        DataType::Float64 => "double precision".to_owned(),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "text".to_owned(),
        DataType::Timestamp(_, Some(_)) => "timestamp with time zone".to_owned(),
        DataType::Timestamp(_, None) => "timestamp".to_owned(),
        DataType::Date32 | DataType::Date64 => "date".to_owned(),
        DataType::Dictionary(_, values) => type_name(values),
        DataType::List(item) | DataType::LargeList(item) => format!("{}[]", type_name(item.data_type())),
        other => other.to_string(),
    }
}
