//! The tables as of one instant, and the catalogue that tools read before they show them.

use crate::{bounded, catalogue, error};
use async_trait::async_trait;
use datafusion_postgres::datafusion_pg_catalog::pg_catalog::context::EmptyContextProvider;
use datafusion_postgres::datafusion_pg_catalog::setup_pg_catalog;
use datafusion_postgres::pgwire::error::PgWireResult;
use futures::executor::block_on;
use muster_model::Timestamp;
use muster_query::datafusion::execution::SessionState;
use muster_query::datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use muster_query::datafusion::execution::memory_pool::MemoryPool;
use muster_query::datafusion::execution::runtime_env::RuntimeEnvBuilder;
use muster_query::datafusion::execution::session_state::SessionStateBuilder;
use muster_query::datafusion::logical_expr::LogicalPlan;
use muster_query::datafusion::prelude::SQLOptions;
use muster_query::datafusion::sql::parser;
use muster_query::datafusion::sql::sqlparser::ast::Statement;
use muster_query::{DATABASE, Engine, QueryError};
use std::sync::Arc;

/// Gives the tables; the program knows where they are, and when there are new ones.
#[async_trait]
pub trait Source: Send + Sync + 'static {
    /// Those that stand now, or as of what a client set: an instant or a version of the log.
    ///
    /// # Errors
    /// A message for the client.
    async fn desk(&self, as_of: Option<&str>) -> Result<Arc<Desk>, String>;
}

/// The tables as of one instant, for any number of connections.
pub struct Desk {
    engine: Engine,
    private: bool,
}

impl Desk {
    /// Puts the catalogue of PostgreSQL beside the tables of an engine. With `private` the answers have e-mail addresses.
    ///
    /// # Errors
    /// A catalogue that cannot be made.
    pub fn new(engine: Engine, private: bool) -> Result<Self, QueryError> {
        let failed = |error: &dyn std::fmt::Display| QueryError::Sql {
            context: "the catalogue".to_owned(),
            message: error.to_string(),
        };
        let context = engine.context();
        setup_pg_catalog(context, DATABASE, EmptyContextProvider).map_err(|error| failed(&error))?;
        bounded::register(context);
        catalogue::register(context);
        Ok(Self { engine, private })
    }

    /// What `as_of()` answers.
    pub fn as_of(&self) -> Timestamp {
        self.engine.as_of()
    }

    pub(crate) fn private(&self) -> bool {
        self.private
    }

    /// A statement as a plan, which may do nothing but read. Planning runs nothing, and waits for nothing: what there is by
    /// name is known.
    pub(crate) fn plan(&self, statement: &Statement) -> PgWireResult<LogicalPlan> {
        let state = self.engine.context().state();
        let statement = parser::Statement::Statement(Box::new(statement.clone()));
        let plan = block_on(state.statement_to_plan(statement)).map_err(|error| error::of(&error))?;
        let read_only = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
        read_only.verify_plan(&plan).map_err(|error| {
            error::refused(error::READ_ONLY, format!("this server only reads: {}", error.strip_backtrace()), "")
        })?;
        Ok(plan)
    }

    /// What a query runs with: memory of its own, and no disk to go on when that is full.
    pub(crate) fn state(&self, memory: Arc<dyn MemoryPool>) -> PgWireResult<SessionState> {
        let state = self.engine.context().state();
        let runtime = RuntimeEnvBuilder::from_runtime_env(state.runtime_env())
            .with_memory_pool(memory)
            .with_disk_manager_builder(DiskManagerBuilder::default().with_mode(DiskManagerMode::Disabled))
            .build_arc()
            .map_err(|error| error::of(&error))?;
        Ok(SessionStateBuilder::new_from_existing(state).with_runtime_env(runtime).build())
    }
}
