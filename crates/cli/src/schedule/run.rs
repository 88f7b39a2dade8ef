//! A run, as the only one of its pipeline: by hand, or because something is due (`muster run --due`).

use super::clock::{Clock as _, SystemClock, plus};
use super::held::Held;
use super::holder;
use super::turn::{Asked, Ours, Turns, local};
use crate::failure::Failure;
use crate::history::{Trigger, recorded};
use crate::project;
use crate::{stop, tell};
use muster_log::{Lease, Leases, Log};
use muster_model::Timestamp;
use muster_pipeline::Pipeline;
use muster_pipeline::schedule::{Schedule, Step, Turn};
use std::process::ExitCode;
use std::time::Duration;

/// Where the leases of a pipeline are: its log, and the pipeline's name there. Who shares the log, the project's name and
/// the file's name runs the same pipeline.
pub fn lease_of(pipeline: &Pipeline) -> (String, String) {
    let file = pipeline.file.file_stem().unwrap_or_default().to_string_lossy();
    let full = format!("{} {file}", pipeline.project.name);
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' };
    let short: String = full.chars().map(plain).take(48).collect();
    let name = format!("{short}-{:08x}", xxhash_rust::xxh3::xxh3_64(full.as_bytes()) >> 32);
    (pipeline.project.log.to_string(), name)
}

/// Runs when nobody else runs the pipeline.
///
/// # Errors
/// The run's own, and the storage's.
pub async fn by_hand(pipeline: &Pipeline, instant: Option<Timestamp>, json: bool) -> Result<ExitCode, Failure> {
    let mut log = writable(pipeline).await?;
    let (location, name) = lease_of(pipeline);
    let leases = Leases::open(&location, &name, true).await?;
    let turns = Turns { leases: &leases, me: holder::myself(), clock: &SystemClock };
    let (lease, mut memory) = tokio::select! {
        taken = turns.wait(|lease| tell!("{}; waiting for it to end", busy(lease))) => taken?,
        code = stop::asked() => return Err(Failure::stopped(code)),
    };
    let mut held = Held::new(location, name, lease, memory.clone());
    let everything = |_: &str| true;
    let work = project::once(pipeline, &mut log, &everything, instant, json);
    let done = held.guard(recorded(pipeline, "run", Trigger::default(), instant.is_some(), work)).await;
    if is_well(&done) {
        memory.mended();
        held.leave(memory);
    }
    done
}

/// Runs what is due, if something is, and nobody else does.
///
/// # Errors
/// The run's own, and the storage's.
pub async fn what_is_due(pipeline: &Pipeline, json: bool) -> Result<ExitCode, Failure> {
    let Some(schedule) = &pipeline.schedule else { return Err(not_scheduled(pipeline)) };
    let mut log = writable(pipeline).await?;
    let (location, name) = lease_of(pipeline);
    let leases = Leases::open(&location, &name, true).await?;
    let turns = Turns { leases: &leases, me: holder::myself(), clock: &SystemClock };
    let Ours { lease, before, turn } = match turns.ask(schedule).await? {
        Asked::Ours(ours) => *ours,
        Asked::Busy(lease) => {
            tell!("{}", busy(&lease));
            return Ok(ExitCode::SUCCESS);
        }
        Asked::NotDue(step) => {
            tell!("nothing is due{}", before_when(schedule, &step));
            return Ok(ExitCode::SUCCESS);
        }
    };
    let mut held = Held::new(location, name, lease, before.clone());
    tell!("{:<9}{}", "due", said(schedule, &turn));
    let wanted = |source: &str| schedule.collects(&turn, source);
    let work = in_time(schedule.timeout, project::once(pipeline, &mut log, &wanted, None, json));
    let why = Trigger { due: Some(turn.due), attempt: Some(turn.attempt) };
    let done = held.guard(recorded(pipeline, "run", why, false, work)).await;
    let mut after = before;
    after.begin(turn);
    after.end(is_well(&done), SystemClock.now());
    held.leave(after);
    done
}

/// `2026-03-29 03:00:00+02:00, every source, attempt 2`.
pub fn said(schedule: &Schedule, turn: &Turn) -> String {
    let attempt = if turn.attempt > 1 { format!(", attempt {}", turn.attempt) } else { String::new() };
    format!("{}, {}{attempt}", local(schedule, turn.due), sources(schedule, turn))
}

/// What a run collects, in words.
pub fn sources(schedule: &Schedule, turn: &Turn) -> String {
    let own: Vec<&str> =
        schedule.sources.keys().map(String::as_str).filter(|name| schedule.collects(turn, name)).collect();
    match (schedule.collects(turn, ""), own.len() == schedule.sources.len()) {
        (true, true) => "every source".to_owned(),
        (true, false) if own.is_empty() => "the sources without a schedule of their own".to_owned(),
        (true, false) => format!("the sources without a schedule of their own and {}", own.join(", ")),
        (false, _) => own.join(", "),
    }
}

/// What a pipeline without a schedule lacks.
pub fn not_scheduled(pipeline: &Pipeline) -> Failure {
    Failure::usage(
        format!("{} has no [schedule]", pipeline.file.display()),
        "add [schedule] with cron = \"@daily\"; docs/schedule.md says what else it takes",
    )
}

/// Who is at work.
pub fn busy(lease: &Lease) -> String {
    let who = lease.holder.as_ref().map_or_else(|| "somebody".to_owned(), holder::named);
    format!("another run of this pipeline is under way ({who}, lease until {:.0})", lease.until)
}

fn before_when(schedule: &Schedule, step: &Step) -> String {
    match step {
        Step::Wait(at) => format!(" before {}", local(schedule, *at)),
        Step::Run(_) | Step::Never => String::new(),
    }
}

/// The log; that it cannot be written is said before anything is.
async fn writable(pipeline: &Pipeline) -> Result<Log, Failure> {
    let log = Log::open_or_create(&pipeline.project.log.to_string()).await;
    let log = project::opened(pipeline, "run", log).await?;
    log.may_write()?;
    Ok(log)
}

async fn in_time<T>(limit: Duration, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::select! {
        done = work => done,
        () = SystemClock.sleep_until(plus(SystemClock.now(), limit)) => Err(Failure::usage(
            format!("the run took longer than {} s and was ended", limit.as_secs()),
            "what was collected is in the log; raise `timeout` in [schedule] where runs may take longer",
        )),
    }
}

fn is_well(done: &Result<ExitCode, Failure>) -> bool {
    done.as_ref().is_ok_and(|code| *code == ExitCode::SUCCESS)
}
