//! DECLARE, FETCH, CLOSE: an answer that a client takes in parts.

use crate::answer::Rows;
use crate::desk::Desk;
use crate::error::{NO_CURSOR, NOT_THERE, SYNTAX, refused};
use crate::session::{Session, Stop};
use datafusion_postgres::arrow_pg::datatypes::{arrow_schema_to_pg_fields, encode_recordbatch};
use datafusion_postgres::pgwire::api::portal::Format;
use datafusion_postgres::pgwire::api::results::QueryResponse;
use datafusion_postgres::pgwire::error::{PgWireError, PgWireResult};
use futures::stream;
use muster_query::Opaque;
use muster_query::datafusion::arrow::datatypes::SchemaRef;
use muster_query::datafusion::arrow::record_batch::RecordBatch;
use muster_query::datafusion::logical_expr::LogicalPlan;
use muster_query::datafusion::sql::sqlparser::ast::{Declare, FetchDirection, Statement, Value};
use std::sync::Arc;

/// An answer of which a part is taken.
pub(crate) struct Cursor {
    rows: Rows,
    /// Computed, and not yet taken.
    waiting: Option<RecordBatch>,
}

/// The name and the query of a DECLARE.
pub(crate) fn declared(statement: &Statement) -> PgWireResult<(String, Statement)> {
    let wrong = |message: &str| refused(SYNTAX, message, "DECLARE name CURSOR FOR SELECT …");
    let Statement::Declare { stmts } = statement else { return Err(wrong("no DECLARE")) };
    let [Declare { names, for_query: Some(query), scroll, .. }] = stmts.as_slice() else {
        return Err(wrong("one cursor for one query"));
    };
    if *scroll == Some(true) {
        return Err(refused(NOT_THERE, "a cursor goes forward only", "declare it with NO SCROLL"));
    }
    let name = names.first().ok_or_else(|| wrong("a cursor needs a name"))?;
    Ok((name.value.clone(), Statement::Query(query.clone())))
}

impl Session {
    /// Opens a cursor, in the place of one of the same name.
    pub async fn declare(&self, name: &str, plan: Opaque<LogicalPlan>, desk: &Desk) -> PgWireResult<()> {
        let rows = Rows::of(plan, desk, &self.server, &mut self.stop()).await?;
        self.cursors.lock().await.insert(name.to_owned(), Cursor { rows, waiting: None });
        Ok(())
    }

    /// The columns of the cursor of a FETCH.
    pub async fn fetched_columns(&self, name: &str) -> PgWireResult<SchemaRef> {
        let cursors = self.cursors.lock().await;
        cursors.get(name).map(|cursor| cursor.rows.columns.clone()).ok_or_else(|| no_cursor(name))
    }

    /// The rows that a FETCH asks for.
    pub async fn fetch(&self, name: &str, wanted: usize, format: &Format) -> PgWireResult<QueryResponse> {
        let mut cursors = self.cursors.lock().await;
        let cursor = cursors.get_mut(name).ok_or_else(|| no_cursor(name))?;
        let fields = Arc::new(arrow_schema_to_pg_fields(&cursor.rows.columns, format, Some(self.format()))?);
        let mut rows = Vec::new();
        let mut stop = self.stop();
        while let Some(batch) = cursor.take(wanted - rows.len(), &mut stop).await? {
            rows.extend(encode_recordbatch(fields.clone(), batch));
            if rows.len() == wanted {
                break;
            }
        }
        let mut response = QueryResponse::new(fields, stream::iter(rows));
        response.set_command_tag("FETCH");
        Ok(response)
    }

    /// Closes one cursor, or all.
    pub async fn close(&self, name: Option<&str>) {
        let mut cursors = self.cursors.lock().await;
        match name {
            Some(name) => drop(cursors.remove(name)),
            None => cursors.clear(),
        }
    }
}

impl Cursor {
    /// The next rows, no more than are wanted; none when there are none left.
    async fn take(&mut self, wanted: usize, stop: &mut Stop) -> PgWireResult<Option<RecordBatch>> {
        let batch = match self.waiting.take() {
            Some(batch) => batch,
            None => match self.rows.next(stop).await {
                Some(batch) => batch?,
                None => return Ok(None),
            },
        };
        let taken = wanted.min(batch.num_rows());
        if taken < batch.num_rows() {
            self.waiting = Some(batch.slice(taken, batch.num_rows() - taken));
        }
        Ok(Some(batch.slice(0, taken)))
    }
}

/// How many rows a FETCH wants.
pub(crate) fn wanted(direction: &FetchDirection) -> PgWireResult<usize> {
    let number = |limit: &Value| match limit {
        Value::Number(number, _) => number.parse().ok(),
        _ => None,
    };
    let wanted = match direction {
        FetchDirection::Next | FetchDirection::Forward { limit: None } => Some(1),
        FetchDirection::Forward { limit: Some(limit) } | FetchDirection::Count { limit } => number(limit),
        FetchDirection::ForwardAll | FetchDirection::All => Some(usize::MAX),
        _ => None,
    };
    wanted.ok_or_else(|| refused(NOT_THERE, "a cursor goes forward only", "FETCH FORWARD 100 FROM name"))
}

fn no_cursor(name: &str) -> PgWireError {
    refused(NO_CURSOR, format!("there is no cursor {name:?}"), "DECLARE it first")
}
