//! SQL over the log, the tables and the metrics: DataFusion, and nothing of it outside this crate but in `muster-serve`,
//! which speaks the PostgreSQL protocol for an [`Engine`].
//!
//! | module | what it does |
//! | --- | --- |
//! | [`definition`] | `queries/**/*.sql`: the TOML front matter and the SELECT of a table or a metric |
//! | [`Engine`] | the log as table `events`, our functions, tables and populations written as Parquet |
//! | [`describe`] | titles and the meanings of columns, in the Parquet files themselves |
//! | [`functions`] | what SQL lacks: `as_of()`, `masked(account)`, `bot_reason(…)` |
//! | `example` | `queries/examples/*.sql`: questions of a maintainer, with what their answers mean |
//! | `session` | an engine in the hands of others: the names there are, and e-mail addresses out of reach |
//! | `people` | what the log states about people to `muster_people` and back, between two stages of SQL |
//! | `plan` | what is computed after what |
//! | `runs` | the run history as views |
//! | [`opaque`] | values of which the compiler need not look inside |
//! | `turns` | looking along the rows of one person, in rows that stand in order already |
//! | `twice` | for that, reading them twice instead of holding them |
//! | `look_up` | an index of accounts, for all joins that look one up |
//! | `hold_people` | which side of a join is held: people |
//! | `order` | sorting, where the first column nearly decides |
//! | `room` | how many rows all steps hold together, before they go to disk |
//! | `spans` | sorting what is as long as the log, a span of time after the other |
//! | [`output`] | an answer as table, CSV, JSON or Parquet |
//!
//! What comes out is the same bytes for the same log version: every table has an order that leaves no ties, and no
//! query can read a clock.

pub mod definition;
pub mod describe;
mod engine;
mod error;
mod example;
pub mod functions;
mod hold_people;
mod look_up;
mod opaque;
mod order;
pub mod output;
mod parquet;
mod people;
mod plan;
mod populations;
mod room;
mod rows;
mod runs;
mod session;
mod spans;
mod turns;
mod twice;

pub use definition::{Library, Metric, Parameters, Table};
pub use engine::{DATABASE, Engine, EventFiles, Folders, Made, Written};
pub use error::QueryError;
pub use example::{Example, examples};
pub use functions::{BotList, BotPolicy};
pub use opaque::{Opaque, opaque};
pub use plan::AtOnce;
pub use runs::RunEvent;
pub use session::Named;

/// For `muster-serve`: one manifest names the engine, so that there is one version and one set of features of it.
#[doc(hidden)]
pub use datafusion;
