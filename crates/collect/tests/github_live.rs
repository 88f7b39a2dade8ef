//! GitHub live, against a server that behaves as GitHub does: complete, incremental, polite.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

#[path = "github_live/support.rs"]
mod support;

#[path = "github_live/complete.rs"]
mod complete;
#[path = "github_live/faults.rs"]
mod faults;
#[path = "github_live/incremental.rs"]
mod incremental;
#[path = "github_live/polite.rs"]
mod polite;
#[path = "github_live/schema.rs"]
mod schema;
