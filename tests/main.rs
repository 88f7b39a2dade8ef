//! Drives the real `muster`, as a user would: files in, exit status, messages and files out.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on should panic, and may say what it measured"
)]

mod archive;
mod support;

mod as_of;
mod bad_input;
mod chat;
mod claims;
mod commands;
mod differential;
mod examples;
mod explore;
mod first_run;
mod forget;
mod full_disk;
mod github;
mod invariants;
mod killed;
mod notes;
mod object_store;
mod outputs;
mod people;
mod readers;
mod report;
mod runs;
mod schedule;
mod shared_data;
mod sql_server;
mod webhooks;
