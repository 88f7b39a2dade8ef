//! What a muster without Kafka says.

use super::Archived;
use crate::args::{ArchiveArgs, TopicCommand};
use crate::failure::Failure;
use muster_log::Log;
use muster_model::{CollectError, Cursor, Event};
use muster_pipeline::Pipeline;
use std::process::ExitCode;

fn refusal() -> Failure {
    Failure::usage(
        "this muster is built without Kafka",
        "build one with it: cargo build --release -p muster-cli --features kafka (needs make, a C++ compiler, pkg-config and OpenSSL's \
         headers)",
    )
}

/// There is none.
pub enum Transport {}

/// There is none.
pub enum Outlet {}

impl Transport {
    /// Says how to get one.
    pub async fn connect(_: &Pipeline) -> Result<Self, Failure> {
        Err(refusal())
    }

    /// Is never called.
    pub async fn outlet(&self, _: &str) -> Result<Result<(Outlet, Option<Cursor>), CollectError>, Failure> {
        match *self {}
    }
}

impl Outlet {
    /// Is never called.
    pub async fn send(&mut self, _: Vec<Event>, _: Option<Cursor>) -> Result<Result<(), CollectError>, Failure> {
        match *self {}
    }
}

/// Says how to get one.
pub async fn archive(_: &ArchiveArgs) -> Result<ExitCode, Failure> {
    Err(refusal())
}

/// Says how to get one.
pub async fn copy_to_the_end(_: &Pipeline, _: &mut Log) -> Result<Archived, Failure> {
    Err(refusal())
}

/// Says how to get one.
pub async fn topic(_: &TopicCommand) -> Result<ExitCode, Failure> {
    Err(refusal())
}
