//! `muster schedule`: pipelines that run by themselves; `muster run`, as the only one of its pipeline.
//!
//! - [`run`] is what one process does: it takes the pipeline's lease, finds out what is due, does it, and leaves word.
//! - [`daemon`] wakes when something may be due and starts such processes; it keeps nothing that must not be lost.
//! - Which instants are due is decided in `muster_pipeline::schedule`, which knows no clock.

mod clock;
mod daemon;
mod folder;
mod held;
mod holder;
mod real;
pub mod run;
#[cfg(test)]
mod simulation;
mod turn;

use crate::args::ScheduleArgs;
use crate::failure::{Failure, WRONG_USAGE};
use crate::health::{self, Health};
use clock::{Clock as _, SystemClock};
use folder::{Change, Folder};
use muster_log::{Fault, Leases, LogError};
use muster_model::Timestamp;
use muster_pipeline::Pipeline;
use muster_pipeline::schedule::{Memory, Turn};
use serde_json::json;
use std::process::ExitCode;
use tokio::sync::watch;

/// `--dry-run` prints so many runs.
const SHOWN: usize = 10;

/// Runs pipelines on schedule until it is asked to end, or says when they would run.
///
/// # Errors
/// `--dry-run` only: a log that cannot be reached.
pub async fn schedule(args: &ScheduleArgs) -> Result<ExitCode, Failure> {
    let folder = Folder::new(args.paths.clone(), args.sets.clone());
    if args.dry_run {
        return dry_run(folder, args.json).await;
    }
    let health = Health::default();
    if let Some(address) = args.health {
        let listener = health::bind(address, "--health").await?;
        // It answers until the process ends, so that who waits for the last run can be seen to be stopping.
        tokio::spawn(axum::serve(listener, health::router(health.clone())).into_future());
    }
    let (end, ending) = watch::channel(false);
    let stopping = health.clone();
    tokio::spawn(async move {
        crate::stop::asked().await;
        stopping.stopping();
        crate::tell!("ending; what is running is asked to end, and what was due stays due");
        let _ = end.send(true);
        // The channel stays open: who waits for it is still to read it.
        std::future::pending::<()>().await;
    });
    daemon::serve(&real::Real::new(folder, args.sets.clone(), ending, health), args.at_once.get()).await;
    Ok(ExitCode::SUCCESS)
}

/// The next runs of all pipelines, each as if it ended well at once.
async fn dry_run(mut folder: Folder, json: bool) -> Result<ExitCode, Failure> {
    let (now, mut upcoming, mut refused) = (SystemClock.now(), Vec::new(), 0);
    for change in folder.changes() {
        match change {
            Change::Scheduled(pipeline) => upcoming.extend(next_runs(*pipeline, now).await?),
            Change::Refused(file, why) => {
                crate::tell!("{:<9}{}  {why}", "refused", file.display());
                refused += 1;
            }
            Change::Gone(_) => {}
        }
    }
    upcoming.sort_by_key(|run| run.turn.started);
    upcoming.truncate(SHOWN);
    let text = match json {
        true => format!("{:#}", upcoming.iter().map(Upcoming::json).collect::<serde_json::Value>()),
        false => upcoming.iter().map(Upcoming::line).collect::<Vec<_>>().join("\n"),
    };
    if !text.is_empty() {
        crate::sql::say(&text)?;
    }
    Ok(if refused > 0 { ExitCode::from(WRONG_USAGE) } else { ExitCode::SUCCESS })
}

struct Upcoming {
    pipeline: Pipeline,
    turn: Turn,
}

impl Upcoming {
    /// When it begins, in the schedule's time zone, and what it collects.
    fn told(&self) -> (String, String) {
        self.pipeline.schedule.as_ref().map_or_else(Default::default, |schedule| {
            (turn::local(schedule, self.turn.started), run::sources(schedule, &self.turn))
        })
    }

    fn line(&self) -> String {
        let (begins, sources) = self.told();
        format!("{begins}  {:<24}  {sources}", self.pipeline.project.name)
    }

    fn json(&self) -> serde_json::Value {
        let (begins, sources) = self.told();
        let file = self.pipeline.file.display().to_string();
        json!({"begins": begins, "due": self.turn.due.to_string(), "attempt": self.turn.attempt,
               "pipeline": self.pipeline.project.name, "file": file, "sources": sources})
    }
}

async fn next_runs(pipeline: Pipeline, now: Timestamp) -> Result<Vec<Upcoming>, Failure> {
    let Some(schedule) = pipeline.schedule.clone() else { return Ok(Vec::new()) };
    let memory = remembered(&pipeline, now).await?;
    let turns = schedule.upcoming(&memory, now, SHOWN);
    Ok(turns.into_iter().map(|turn| Upcoming { pipeline: pipeline.clone(), turn }).collect())
}

/// What is remembered of a pipeline. Nothing is written: one that never ran is kept from now on.
async fn remembered(pipeline: &Pipeline, now: Timestamp) -> Result<Memory, LogError> {
    let (location, name) = run::lease_of(pipeline);
    let leases = match Leases::open(&location, &name, false).await {
        Err(error) if error.fault == Fault::Missing => return Ok(Memory::new(now)),
        opened => opened?,
    };
    let seen = turn::Turns { leases: &leases, me: holder::myself(), clock: &SystemClock }.see().await?;
    Ok(Memory { since: seen.memory.since.or(Some(now)), ..seen.memory })
}
