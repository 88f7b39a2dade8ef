//! The protocol's messages, to a session.

use crate::access::Door;
use crate::answer::Rows;
use crate::cursor;
use crate::desk::Desk;
use crate::error::{self, ABORTED, SYNTAX, refused};
use crate::server::{Running, Server};
use crate::session::Session;
use crate::setting::{self, AS_OF, Change};
use crate::statement::Kind;
use crate::wire;
use async_trait::async_trait;
use datafusion_postgres::arrow_pg::datatypes::df::deserialize_parameters_with_server_types;
use datafusion_postgres::pgwire::api::auth::StartupHandler;
use datafusion_postgres::pgwire::api::cancel::CancelHandler;
use datafusion_postgres::pgwire::api::portal::{Format, Portal, PortalExecutionState};
use datafusion_postgres::pgwire::api::query::{
    ExtendedQueryHandler, SimpleQueryHandler, send_execution_response, send_partial_query_response,
};
use datafusion_postgres::pgwire::api::results::{FieldInfo, Response, Tag};
use datafusion_postgres::pgwire::api::stmt::{QueryParser, StoredStatement};
use datafusion_postgres::pgwire::api::store::{Entry, MemPortalStore, PortalStore};
use datafusion_postgres::pgwire::api::{ClientInfo, ClientPortalStore, DEFAULT_NAME, PgWireServerHandlers, Type};
use datafusion_postgres::pgwire::error::{PgWireError, PgWireResult};
use datafusion_postgres::pgwire::messages::PgWireBackendMessage;
use datafusion_postgres::pgwire::messages::extendedquery::Execute;
use datafusion_postgres::pgwire::messages::response::{EmptyQueryResponse, TransactionStatus};
use datafusion_postgres::pgwire::messages::simplequery::Query;
use datafusion_postgres::pgwire::messages::startup::ParameterStatus;
use futures::{Sink, SinkExt};
use muster_query::datafusion::arrow::datatypes::{DataType, Schema};
use muster_query::datafusion::common::DFSchema;
use muster_query::datafusion::logical_expr::{EmptyRelation, LogicalPlan, LogicalPlanBuilder};
use muster_query::datafusion::prelude::lit;
use muster_query::datafusion::sql::sqlparser::ast::Statement;
use muster_query::{Opaque, opaque};
use std::fmt::Debug;
use std::sync::Arc;

/// What pgwire asks for: who handles which messages.
pub(crate) struct Connection {
    pub door: Arc<Door>,
    pub session: Arc<Session>,
}

impl PgWireServerHandlers for Connection {
    fn simple_query_handler(&self) -> Arc<impl SimpleQueryHandler> {
        Arc::new(Handler(self.session.clone()))
    }

    fn extended_query_handler(&self) -> Arc<impl ExtendedQueryHandler> {
        Arc::new(Handler(self.session.clone()))
    }

    fn startup_handler(&self) -> Arc<impl StartupHandler> {
        self.door.clone()
    }

    fn cancel_handler(&self) -> Arc<impl CancelHandler> {
        Arc::<Running>::clone(&self.session.server.running)
    }
}

/// Answers the queries of a session.
#[derive(Clone)]
pub(crate) struct Handler(Arc<Session>);

/// A statement that is ready to be answered.
#[derive(Clone)]
pub(crate) struct Prepared {
    kind: Kind,
    wire: Opaque<Wire>,
    /// What the plan reads; none for a statement without a query.
    desk: Option<Arc<Desk>>,
}

/// A statement and its plan, as the library that knows the types of parameters takes them.
type Wire = (String, Option<(Statement, LogicalPlan)>);

impl Prepared {
    fn new(kind: Kind, statement: Statement, plan: LogicalPlan, desk: Option<Arc<Desk>>) -> Self {
        Self { kind, wire: opaque((String::new(), Some((statement, plan)))), desk }
    }

    fn parts(&self) -> PgWireResult<(&Statement, &LogicalPlan)> {
        let parts = self.wire.1.as_ref().map(|(statement, plan)| (statement, plan));
        parts.ok_or_else(|| refused("XX000", "a statement was lost", ""))
    }

    fn plan(&self) -> PgWireResult<Opaque<LogicalPlan>> {
        Ok(opaque(self.parts()?.1.clone()))
    }

    /// The query of a cursor, of which a client may ask the columns before it fetches.
    fn query_of_cursor(&self) -> PgWireResult<Self> {
        let (statement, plan) = self.parts()?;
        Ok(Self::new(Kind::Read, cursor::declared(statement)?.1, plan.clone(), self.desk.clone()))
    }
}

impl Handler {
    fn server(&self) -> &Server {
        &self.0.server
    }

    /// The statements, none of them where one is refused.
    fn parse(&self, sql: &str) -> PgWireResult<Vec<(Kind, Opaque<Statement>)>> {
        let statements = self.server().parser.parse(&self.server().phrasebook.translated(sql)).map_err(|error| {
            let words = error.to_string();
            refused(SYNTAX, words.trim_start_matches("sql parser error: "), "")
        })?;
        statements.into_iter().map(|statement| Ok((Kind::of(&statement)?, opaque(statement)))).collect()
    }

    /// Plans a statement; nothing runs yet.
    async fn prepare(
        &self,
        kind: Kind,
        statement: Opaque<Statement>,
        transaction: TransactionStatus,
    ) -> PgWireResult<Prepared> {
        if transaction == TransactionStatus::Error && !matches!(kind, Kind::End(_)) {
            return Err(refused(
                ABORTED,
                "the transaction has failed; nothing in it is answered until its end",
                "ROLLBACK",
            ));
        }
        let desk = match &kind {
            Kind::Read | Kind::Declare(_) | Kind::Show(_) => Some(self.0.desk(transaction).await?),
            _ => None,
        };
        let columns = match &kind {
            Kind::Fetch(name, _) => self.0.fetched_columns(name).await?,
            _ => Arc::new(Schema::empty()),
        };
        let plan = match (&kind, &desk) {
            (Kind::Read, Some(desk)) => desk.plan(&statement)?,
            (Kind::Declare(_), Some(desk)) => desk.plan(&cursor::declared(&statement)?.1)?,
            (Kind::Show(name), Some(desk)) => self.shown(name, desk)?,
            _ => nothing(&columns)?,
        };
        Ok(Prepared::new(kind, Statement::clone(&statement), plan, desk))
    }

    /// The answer to a SHOW.
    fn shown(&self, name: &str, desk: &Desk) -> PgWireResult<LogicalPlan> {
        let mut value = self.0.show(name)?;
        if name == AS_OF && value.is_empty() {
            value = desk.as_of().to_string();
        }
        let plan = LogicalPlanBuilder::empty(true).project([lit(value).alias_qualified(None::<&str>, name)]);
        plan.and_then(LogicalPlanBuilder::build).map_err(|error| error::of(&error))
    }

    /// Answers a statement whose parameters have their values.
    async fn answer<C>(
        &self,
        client: &mut C,
        prepared: &Prepared,
        plan: Opaque<LogicalPlan>,
        format: &Format,
    ) -> PgWireResult<Response>
    where
        C: ClientInfo + ClientPortalStore + Sink<PgWireBackendMessage> + Unpin + Send + Sync,
        C::PortalStore: PortalStore,
        PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
    {
        Ok(match (&prepared.kind, &prepared.desk) {
            (Kind::Read | Kind::Show(_), Some(desk)) => {
                let mut stop = self.0.stop();
                let rows = Rows::of(plan, desk, self.server(), &mut stop).await?;
                Response::Query(rows.respond(stop, format, self.0.format())?)
            }
            (Kind::Declare(name), Some(desk)) => {
                self.0.declare(name, plan, desk).await?;
                if let Some(store) = client.portal_store().as_any().downcast_ref::<MemPortalStore<Prepared>>() {
                    let statement = StoredStatement::new(name.clone(), prepared.query_of_cursor()?, vec![]);
                    store.put_portal(Arc::new(Portal::new_cursor(name.clone(), Arc::new(statement))));
                }
                Response::Execution(Tag::new("DECLARE CURSOR"))
            }
            (Kind::Fetch(name, wanted), _) => Response::Query(self.0.fetch(name, *wanted, format).await?),
            (Kind::Close(name), _) => {
                self.0.close(name.as_deref()).await;
                Response::Execution(Tag::new("CLOSE CURSOR"))
            }
            (Kind::Set(changes), _) => {
                self.set(client, changes).await?;
                Response::Execution(Tag::new("SET"))
            }
            (Kind::Reset(changes), _) => {
                self.set(client, changes).await?;
                Response::Execution(Tag::new("RESET"))
            }
            (Kind::Discard, _) => {
                self.0.cursors.lock().await.clear();
                self.set(client, &setting::all()).await?;
                Response::Execution(Tag::new("DISCARD ALL"))
            }
            (Kind::Begin, _) => Response::TransactionStart(Tag::new("BEGIN")),
            (Kind::End(tag), _) => {
                self.0.cursors.lock().await.clear();
                Response::TransactionEnd(Tag::new(tag))
            }
            (Kind::Nothing(tag), _) => Response::Execution(Tag::new(tag)),
            (_, None) => return Err(refused("XX000", "a statement was lost", "")),
        })
    }

    /// Changes settings, and tells the client those that it should know.
    async fn set<C>(&self, client: &mut C, changes: &[Change]) -> PgWireResult<()>
    where
        C: Sink<PgWireBackendMessage> + Unpin + Send,
        PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
    {
        let told = |name: &str| match name {
            "application_name" => Some("application_name"),
            "datestyle" => Some("DateStyle"),
            "intervalstyle" => Some("IntervalStyle"),
            _ => None,
        };
        for change in changes {
            self.0.apply([change.clone()]);
            if let Some(word) = told(&change.name) {
                let status = ParameterStatus::new(word.to_owned(), self.0.show(&change.name)?);
                client.feed(PgWireBackendMessage::ParameterStatus(status)).await?;
            }
        }
        Ok(())
    }
}

/// A plan that is only looked at for its columns.
fn nothing(columns: &Schema) -> PgWireResult<LogicalPlan> {
    let schema = DFSchema::try_from(columns.clone()).map_err(|error| error::of(&error))?;
    Ok(LogicalPlan::EmptyRelation(EmptyRelation { produce_one_row: false, schema: Arc::new(schema) }))
}

#[async_trait]
impl SimpleQueryHandler for Handler {
    async fn on_query<C>(&self, client: &mut C, query: Query) -> PgWireResult<()>
    where
        C: ClientInfo + ClientPortalStore + Sink<PgWireBackendMessage> + Unpin + Send + Sync,
        C::PortalStore: PortalStore,
        C::Error: Debug,
        PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
    {
        let _busy = self.0.busy();
        self._on_query(client, query).await
    }

    async fn do_query<C>(&self, client: &mut C, query: &str) -> PgWireResult<Vec<Response>>
    where
        C: ClientInfo + ClientPortalStore + Sink<PgWireBackendMessage> + Unpin + Send + Sync,
        C::PortalStore: PortalStore,
        C::Error: Debug,
        PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
    {
        let statements = self.parse(query)?;
        if statements.is_empty() {
            return Ok(vec![Response::EmptyQuery]);
        }
        let mut responses = Vec::with_capacity(statements.len());
        for (kind, statement) in statements {
            let prepared = self.prepare(kind, statement, client.transaction_status()).await?;
            let answer = self.answer(client, &prepared, prepared.plan()?, &Format::UnifiedText).await?;
            responses.push(answer);
        }
        Ok(responses)
    }
}

#[async_trait]
impl QueryParser for Handler {
    type Statement = Prepared;

    async fn parse_sql<C>(&self, client: &C, sql: &str, _: &[Option<Type>]) -> PgWireResult<Option<Prepared>>
    where
        C: ClientInfo + Unpin + Send + Sync,
    {
        let mut statements = self.parse(sql)?.into_iter();
        match (statements.next(), statements.next()) {
            (None, _) => Ok(None),
            (Some((kind, statement)), None) => {
                self.prepare(kind, statement, client.transaction_status()).await.map(Some)
            }
            _ => Err(refused(SYNTAX, "one statement at a time can be prepared", "send them one after the other")),
        }
    }

    fn get_parameter_types(&self, prepared: &Prepared) -> PgWireResult<Vec<Type>> {
        self.server().types.get_parameter_types(&prepared.wire)
    }

    fn get_result_schema(&self, prepared: &Prepared, format: Option<&Format>) -> PgWireResult<Vec<FieldInfo>> {
        if matches!(prepared.kind, Kind::Declare(_)) {
            return Ok(vec![]);
        }
        wire::described(prepared.parts()?.1.schema().as_arrow(), format.unwrap_or(&Format::UnifiedText))
    }
}

#[async_trait]
impl ExtendedQueryHandler for Handler {
    type Statement = Prepared;
    type QueryParser = Self;

    fn query_parser(&self) -> Arc<Self> {
        Arc::new(self.clone())
    }

    /// As pgwire does it, but for the rows: they are sent as they are computed. It would hold all of them before.
    async fn on_execute<C>(&self, client: &mut C, message: Execute) -> PgWireResult<()>
    where
        C: ClientInfo + ClientPortalStore + Sink<PgWireBackendMessage> + Unpin + Send + Sync,
        C::PortalStore: PortalStore<Statement = Prepared>,
        C::Error: Debug,
        PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
    {
        let _busy = self.0.busy();
        let name = message.name.as_deref().unwrap_or(DEFAULT_NAME);
        let portal = match client.portal_store().get_portal(name) {
            Some(Entry::Value(portal)) => portal,
            Some(Entry::Empty) => {
                client.feed(PgWireBackendMessage::EmptyQueryResponse(EmptyQueryResponse::new())).await?;
                return Ok(());
            }
            None => return Err(PgWireError::PortalNotFound(name.to_owned())),
        };
        let most = usize::try_from(message.max_rows).unwrap_or(0);
        let state = portal.state();
        let mut state = state.lock().await;
        if matches!(*state, PortalExecutionState::Initial) {
            match ExtendedQueryHandler::do_query(self, client, &portal, most).await? {
                Response::Query(rows) => *state = PortalExecutionState::Suspended(rows),
                Response::Execution(tag) => return send_execution_response(client, tag).await,
                Response::TransactionStart(tag) => {
                    client.set_transaction_status(client.transaction_status().to_in_transaction_state());
                    return send_execution_response(client, tag).await;
                }
                Response::TransactionEnd(tag) => {
                    client.set_transaction_status(client.transaction_status().to_idle_state());
                    return send_execution_response(client, tag).await;
                }
                _ => return Err(refused("XX000", "an answer was lost", "")),
            }
        }
        let sent = match &mut *state {
            PortalExecutionState::Suspended(rows) => send_partial_query_response(client, rows, most).await,
            _ => send_execution_response(client, Tag::new("SELECT").with_rows(0)).await.map(|()| false),
        };
        if !matches!(sent, Ok(true)) {
            *state = PortalExecutionState::Finished;
        }
        sent.map(drop)
    }

    async fn do_query<C>(&self, client: &mut C, portal: &Portal<Prepared>, _: usize) -> PgWireResult<Response>
    where
        C: ClientInfo + ClientPortalStore + Sink<PgWireBackendMessage> + Unpin + Send + Sync,
        C::PortalStore: PortalStore<Statement = Prepared>,
        C::Error: Debug,
        PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
    {
        let prepared = &portal.statement.statement;
        if client.transaction_status() == TransactionStatus::Error && !matches!(prepared.kind, Kind::End(_)) {
            return Err(refused(
                ABORTED,
                "the transaction has failed; nothing in it is answered until its end",
                "ROLLBACK",
            ));
        }
        let plan = self.bound(portal)?;
        self.answer(client, prepared, plan, &portal.result_column_format).await
    }
}

impl Handler {
    /// The plan of a portal with the values that the client gave its parameters.
    fn bound(&self, portal: &Portal<Prepared>) -> PgWireResult<Opaque<LogicalPlan>> {
        let (_, plan) = portal.statement.statement.parts()?;
        if portal.parameter_len() == 0 {
            return portal.statement.statement.plan();
        }
        let inferred = plan.get_parameter_types().map_err(|error| error::of(&error))?;
        let inferred = |number: usize| inferred.get(&format!("${number}")).and_then(Option::as_ref);
        let inferred: Vec<Option<&DataType>> = (1..=portal.parameter_len()).map(inferred).collect();
        let types = self.get_parameter_types(&portal.statement.statement)?;
        let types: Vec<Option<&Type>> = types.iter().map(Some).collect();
        let values = deserialize_parameters_with_server_types(portal, &inferred, &types)?;
        plan.clone().replace_params_with_values(&values).map(opaque).map_err(|error| error::of(&error))
    }
}
