//! A plan into rows: within its memory, its time and its number of rows, and without e-mail addresses.

use crate::desk::Desk;
use crate::error::{self, TOO_MUCH, refused};
use crate::server::Server;
use crate::session::Stop;
use crate::wire;
use datafusion_postgres::arrow_pg::datatypes::{arrow_schema_to_pg_fields, encode_recordbatch};
use datafusion_postgres::pgwire::api::portal::Format;
use datafusion_postgres::pgwire::api::results::QueryResponse;
use datafusion_postgres::pgwire::error::PgWireResult;
use datafusion_postgres::pgwire::messages::data::DataRow;
use datafusion_postgres::pgwire::types::format::FormatOptions;
use futures::StreamExt;
use futures::stream;
use muster_query::datafusion::arrow::datatypes::SchemaRef;
use muster_query::datafusion::arrow::record_batch::RecordBatch;
use muster_query::datafusion::execution::SendableRecordBatchStream;
use muster_query::datafusion::logical_expr::LogicalPlan;
use muster_query::datafusion::physical_plan::execute_stream;
use muster_query::output::masked_batch;
use std::sync::Arc;

/// An answer that is being computed.
pub(crate) struct Rows {
    batches: SendableRecordBatchStream,
    /// The columns as they are sent.
    pub columns: SchemaRef,
    private: bool,
    limit: usize,
    sent: usize,
}

impl Rows {
    /// Begins to compute.
    pub async fn of(plan: LogicalPlan, desk: &Desk, server: &Server, stop: &mut Stop) -> PgWireResult<Self> {
        let state = desk.state(server.limits.query_pool(&server.memory))?;
        let begin = async {
            let physical = state.create_physical_plan(&plan).await.map_err(|error| error::of(&error))?;
            execute_stream(physical, state.task_ctx()).map_err(|error| error::of(&error))
        };
        let batches = tokio::select! {
            batches = begin => batches?,
            error = stop.reached() => return Err(error),
        };
        let columns = wire::carried(&batches.schema());
        Ok(Self { batches, columns, private: desk.private(), limit: server.limits.rows, sent: 0 })
    }

    /// The next rows, as they may be sent.
    pub async fn next(&mut self, stop: &mut Stop) -> Option<PgWireResult<RecordBatch>> {
        let batch = tokio::select! {
            batch = self.batches.next() => batch?,
            error = stop.reached() => return Some(Err(error)),
        };
        Some(batch.map_err(|error| error::of(&error)).and_then(|batch| self.ready(&batch)))
    }

    fn ready(&mut self, batch: &RecordBatch) -> PgWireResult<RecordBatch> {
        self.sent += batch.num_rows();
        if self.sent > self.limit {
            let message = format!("the answer has more than {} rows", self.limit);
            return Err(refused(TOO_MUCH, message, "narrow it with WHERE, group it, or add LIMIT"));
        }
        let internal = |error: &dyn std::fmt::Display| refused("XX000", error.to_string(), "");
        let shown = if self.private { Ok(batch.clone()) } else { masked_batch(&batch.schema(), batch) };
        let shown = shown.map_err(|error| internal(&error))?;
        wire::carry(&shown, &self.columns).map_err(|error| internal(&error))
    }

    /// All rows as the protocol sends them, computed as they are sent.
    pub fn respond(self, stop: Stop, format: &Format, options: Arc<FormatOptions>) -> PgWireResult<QueryResponse> {
        let fields = Arc::new(arrow_schema_to_pg_fields(&self.columns, format, Some(options))?);
        let batches = stream::unfold((self, stop), |(mut rows, mut stop)| async move {
            let batch = rows.next(&mut stop).await?;
            Some((batch, (rows, stop)))
        });
        let of = fields.clone();
        let rows = batches.flat_map(move |batch| {
            let rows: Box<dyn Iterator<Item = PgWireResult<DataRow>> + Send> = match batch {
                Ok(batch) => encode_recordbatch(of.clone(), batch),
                Err(error) => Box::new(std::iter::once(Err(error))),
            };
            stream::iter(rows)
        });
        Ok(QueryResponse::new(fields, rows))
    }
}
