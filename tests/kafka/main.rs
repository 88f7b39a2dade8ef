//! `muster` with a real Apache Kafka between its collectors and its log.
//!
//! The brokers are started by `tests/support/kafka.sh`, from `MUSTER_KAFKA`; what other systems do at the other end of a
//! topic is done by `peer.py`, with the Python of `MUSTER_KAFKA_PY`. `.ci/run` sets both up and runs these tests, which
//! `cargo test` alone leaves out.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on should panic, and may say what it measured"
)]

#[path = "../archive.rs"]
#[expect(dead_code, reason = "the other test program uses the rest")]
mod archive;
mod cluster;
mod compose;
#[path = "../support.rs"]
#[expect(dead_code, reason = "the other test program uses the rest")]
mod support;
mod transport;

mod disasters;
mod errors;
mod interop;
mod memory;
mod million;
mod together;
mod topics;
