//! The log from outside: what it promises, under load and under fault.
#![allow(clippy::unwrap_used, clippy::print_stdout)] // tests

#[path = "it/appending.rs"]
mod appending;
#[path = "it/common.rs"]
mod common;
#[path = "it/faults.rs"]
mod faults;
#[path = "it/journal.rs"]
mod journal;
#[path = "it/lease.rs"]
mod lease;
#[path = "it/model.rs"]
mod model;
#[path = "it/positions.rs"]
mod positions;
#[path = "it/rewriting.rs"]
mod rewriting;
#[path = "it/versions.rs"]
mod versions;
#[path = "it/writers.rs"]
mod writers;
