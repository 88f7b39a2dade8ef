//! A plan into rows: within its memory, its time and its number of rows, and without e-mail addresses.

use crate::desk::Desk;
use crate::ends::Waiting;
use crate::error::{self, TOO_MUCH, refused};
use crate::server::Server;
use crate::session::Stop;
use crate::wire;
use datafusion_postgres::arrow_pg::datatypes::{arrow_schema_to_pg_fields, encode_recordbatch};
use datafusion_postgres::pgwire::api::portal::Format;
use datafusion_postgres::pgwire::api::results::QueryResponse;
use datafusion_postgres::pgwire::error::{PgWireError, PgWireResult};
use datafusion_postgres::pgwire::messages::data::DataRow;
use datafusion_postgres::pgwire::types::format::FormatOptions;
use futures::StreamExt;
use futures::stream;
use muster_query::Opaque;
use muster_query::datafusion::arrow::datatypes::SchemaRef;
use muster_query::datafusion::arrow::record_batch::RecordBatch;
use muster_query::datafusion::error::Result;
use muster_query::datafusion::execution::SendableRecordBatchStream;
use muster_query::datafusion::logical_expr::LogicalPlan;
use muster_query::datafusion::physical_plan::execute_stream;
use muster_query::output::masked_batch;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

async fn pumped(mut stream: SendableRecordBatchStream, to: mpsc::Sender<Result<RecordBatch>>) {
    while let Some(batch) = stream.next().await {
        if to.send(batch).await.is_err() {
            return;
        }
    }
}

fn broken() -> PgWireError {
    refused("XX000", "the query broke the engine; its answer would not be whole", "please report it with the query")
}

/// An answer that is being computed.
pub(crate) struct Rows {
    batches: mpsc::Receiver<Result<RecordBatch>>,
    /// Computes them on the threads of the queries; ends when this is dropped.
    pump: JoinSet<()>,
    /// The columns as they are sent.
    pub columns: SchemaRef,
    private: bool,
    limit: usize,
    sent: usize,
    _waiting: Waiting,
}

impl Rows {
    /// Begins to compute.
    pub async fn of(plan: Opaque<LogicalPlan>, desk: &Desk, server: &Server, stop: &mut Stop) -> PgWireResult<Self> {
        let state = desk.state(server.limits.query_pool(&server.memory))?;
        let waiting = Waiting::default();
        let watched = waiting.watcher();
        let begin = async move {
            let physical = watched.watch(state.create_physical_plan(&plan).await?)?;
            execute_stream(physical, state.task_ctx())
        };
        let mut beginning = JoinSet::new();
        beginning.spawn_on(begin, server.threads.handle());
        let begun = tokio::select! {
            begun = beginning.join_next() => begun,
            error = stop.reached() => return Err(error),
        };
        let stream = match begun {
            Some(Ok(stream)) => stream.map_err(|error| error::of(&error))?,
            _ => return Err(broken()),
        };
        let columns = wire::carried(&stream.schema());
        let (to, batches) = mpsc::channel(1);
        let mut pump = JoinSet::new();
        pump.spawn_on(pumped(stream, to), server.threads.handle());
        Ok(Self {
            batches,
            pump,
            columns,
            private: desk.private(),
            limit: server.limits.rows,
            sent: 0,
            _waiting: waiting,
        })
    }

    /// The next rows, as they may be sent.
    pub async fn next(&mut self, stop: &mut Stop) -> Option<PgWireResult<RecordBatch>> {
        let batch = tokio::select! {
            batch = self.batches.recv() => batch,
            error = stop.reached() => return Some(Err(error)),
        };
        let Some(batch) = batch else {
            // An answer that broke off must not look like one that is complete.
            return matches!(self.pump.join_next().await, Some(Err(_))).then(|| Err(broken()));
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
