//! What evidence gives what resolution: one case a test, invented people only.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "../common/mod.rs"]
mod common;

mod affiliation;
mod join;
mod names;
mod organization;
mod suggestion;
