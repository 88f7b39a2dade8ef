//! SQL over the log, the tables and the metrics: DataFusion, and nothing of it outside this crate.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`definition`] | `queries/**/*.sql`: the TOML front matter and the SELECT of a table or a metric |
//! | [`Engine`] | the log as table `events`, our functions, tables and populations written as Parquet |
//! | [`functions`] | what SQL lacks: `as_of()`, `masked(account)`, `bot_reason(…)` |
//! | `people` | what the log states about people to `muster_people` and back, between two stages of SQL |
//! | `plan` | what is computed after what |
//! | `runs` | the run history as views |
//! | `order` | sorting, where the first column nearly decides |
//! | [`output`] | an answer as table, CSV, JSON or Parquet |
//!
//! What comes out is the same bytes for the same log version: every table has an order that leaves no ties, and no
//! query can read a clock.

pub mod definition;
mod engine;
mod error;
pub mod functions;
mod order;
pub mod output;
mod parquet;
mod people;
mod plan;
mod rows;
mod runs;

pub use definition::{Library, Metric, Parameters, Table};
pub use engine::{Engine, EventFiles, Written};
pub use error::QueryError;
pub use functions::{BotList, BotPolicy};
pub use runs::RunEvent;
