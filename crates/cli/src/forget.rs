//! People who asked to be left out: the log without them.

use crate::console::count;
use crate::failure::Failure;
use crate::publish::Place;
use crate::tell;
use muster_log::{Log, LogError, Rewritten};
use muster_model::redaction::Redaction;
use muster_pipeline::Pipeline;

/// Rewrites the log without the names, accounts and addresses of everybody who asked to be left out. Where nothing of
/// them is left in it, nothing changes.
///
/// # Errors
/// The log's own failures.
pub async fn rewrite(log: &mut Log) -> Result<Rewritten, Failure> {
    Ok(redact(log).await?)
}

/// The same at the end of a collection, when somebody has asked since the log was last rewritten; what is kept beside the
/// current outputs goes too.
///
/// # Errors
/// The log's own failures.
pub async fn rewrite_where_due(log: &mut Log, pipeline: &Pipeline) -> Result<(), LogError> {
    if !log.rewrite_is_due().await? {
        return Ok(());
    }
    let done = redact(log).await?;
    if let Err(failure) = outputs(pipeline).await {
        failure.report();
        tell!("warning: earlier outputs still tell of people who asked to be left out; delete them");
    }
    tell!(
        "{:<9}{} events of {} changed, {} files written anew",
        "forget",
        count(done.changed),
        count(done.events),
        count(done.files)
    );
    Ok(())
}

/// Removes what is kept beside the current outputs; these the next computation replaces.
pub async fn outputs(pipeline: &Pipeline) -> Result<(), Failure> {
    Place::of(pipeline)?.forget().await
}

async fn redact(log: &mut Log) -> Result<Rewritten, LogError> {
    let redaction = Redaction::new(&log.forgotten().await?);
    log.rewrite(|event| redaction.apply(event)).await
}
