//! The daemon's loop: it wakes when something may be due and has it run. It decides nothing that outlives it: what is due
//! is decided by whoever takes the lease.
//!
//! Everything it touches is its [`World`], so that a test can give it a clock in which a week takes a second.

use super::clock::{Clock, plus};
use super::folder::Change;
use super::run::{busy, lease_of};
use super::turn::{Turns, local};
use futures::future::FutureExt as _;
use futures::stream::{FuturesUnordered, StreamExt as _};
use muster_log::{Holder, Leases, LogError};
use muster_model::Timestamp;
use muster_pipeline::Pipeline;
use muster_pipeline::schedule::{Step, Turn};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::time::Duration;

/// Files are looked at this often.
const RESCANS: Duration = Duration::from_secs(10);
/// A pipeline that another runs is looked at this often.
const LOOKS: Duration = Duration::from_secs(15);
/// After something that is not the run's own failure: a log that cannot be reached, a program that cannot be started.
const PAUSE: Duration = Duration::from_secs(30);
/// Such pauses grow up to this.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// What the daemon touches.
pub trait World: Clock {
    /// Who it is.
    fn me(&self) -> Holder;
    /// What became of the pipeline files.
    fn changes(&self) -> Vec<Change>;
    /// The leases of a pipeline.
    async fn leases(&self, pipeline: &Pipeline) -> Result<Leases, LogError>;
    /// Has what is due run, in a process of its own, and waits for its end: how it ended, in words.
    async fn run(&self, pipeline: &Pipeline) -> String;
    /// Comes when the daemon is asked to end. What is running is asked by whoever runs it.
    async fn asked_to_end(&self);
    /// Tells whoever watches.
    fn tell(&self, news: News<'_>);
}

/// What the daemon tells.
#[derive(Debug)]
pub enum News<'a> {
    /// A file is read, and its pipeline is kept.
    Kept(&'a Pipeline),
    /// A file is not run, or not any more, for this reason.
    Refused(&'a Path, &'a str),
    /// A file that was kept is gone.
    Gone(&'a Path),
    /// A run begins.
    Begins(&'a Pipeline, &'a Turn),
    /// It ended: how, and what is next.
    Ended(&'a Pipeline, String),
    /// It is not known what is due: the log cannot be reached.
    Failed(&'a Pipeline, &'a LogError),
}

/// A pipeline that is kept.
struct Kept {
    pipeline: Pipeline,
    /// When it is looked at next.
    next: Timestamp,
    /// How often in a row something went wrong that is not the run's own failure.
    stumbles: u32,
    is_attended: bool,
}

/// What came of looking at a pipeline.
struct Attended {
    file: PathBuf,
    /// When to look again; `None` after a stumble.
    next: Option<Timestamp>,
}

/// Runs pipelines, so many at once, until it is asked to end; then what is running is waited for.
pub async fn serve(world: &impl World, at_once: usize) {
    let mut shelf: BTreeMap<PathBuf, Kept> = BTreeMap::new();
    let mut attended = FuturesUnordered::new();
    let mut end = pin!(world.asked_to_end().fuse());
    loop {
        for change in world.changes() {
            take_in(world, &mut shelf, change);
        }
        let now = world.now();
        while attended.len() < at_once
            && let Some(kept) = next_due(&mut shelf, now)
        {
            kept.is_attended = true;
            attended.push(attend(world, kept.pipeline.clone()));
        }
        let waiting = shelf.values().filter(|kept| !kept.is_attended && attended.len() < at_once);
        let wake = waiting.map(|kept| kept.next).chain([plus(now, RESCANS)]).min().unwrap_or(now);
        futures::select_biased! {
            () = end => break,
            done = attended.select_next_some() => put_back(world, &mut shelf, done),
            () = world.sleep_until(wake).boxed_local().fuse() => {}
        }
    }
    while attended.next().await.is_some() {}
}

fn next_due(shelf: &mut BTreeMap<PathBuf, Kept>, now: Timestamp) -> Option<&mut Kept> {
    shelf.values_mut().filter(|kept| !kept.is_attended && kept.next <= now).min_by_key(|kept| kept.next)
}

fn take_in(world: &impl World, shelf: &mut BTreeMap<PathBuf, Kept>, change: Change) {
    match change {
        Change::Scheduled(pipeline) => {
            let lease = lease_of(&pipeline);
            let same = |kept: &&Kept| kept.pipeline.file != pipeline.file && lease_of(&kept.pipeline) == lease;
            if let Some(same) = shelf.values().find(same) {
                let first = same.pipeline.file.display();
                let why = format!("it is the same pipeline as {first}: project, log and file name");
                world.tell(News::Refused(&pipeline.file, &why));
                shelf.remove(&pipeline.file);
                return;
            }
            world.tell(News::Kept(&pipeline));
            let is_attended = shelf.get(&pipeline.file).is_some_and(|kept| kept.is_attended);
            let kept = Kept { pipeline: *pipeline, next: world.now(), stumbles: 0, is_attended };
            shelf.insert(kept.pipeline.file.clone(), kept);
        }
        Change::Refused(file, why) => {
            world.tell(News::Refused(&file, &why));
            shelf.remove(&file);
        }
        Change::Gone(file) => {
            if shelf.remove(&file).is_some() {
                world.tell(News::Gone(&file));
            }
        }
    }
}

fn put_back(world: &impl World, shelf: &mut BTreeMap<PathBuf, Kept>, done: Attended) {
    // A file that is gone meanwhile is not looked at again.
    let Some(kept) = shelf.get_mut(&done.file) else { return };
    kept.is_attended = false;
    match done.next {
        Some(next) => (kept.next, kept.stumbles) = (next, 0),
        None => {
            let pause = PAUSE.saturating_mul(2_u32.saturating_pow(kept.stumbles)).min(LONGEST_PAUSE);
            (kept.next, kept.stumbles) = (plus(world.now(), pause), kept.stumbles + 1);
        }
    }
}

/// Looks at a pipeline, and has it run when something is due and nobody else does.
async fn attend(world: &impl World, pipeline: Pipeline) -> Attended {
    let next = match look(world, &pipeline).await {
        Ok(next) => next,
        Err(error) => {
            world.tell(News::Failed(&pipeline, &error));
            None
        }
    };
    Attended { file: pipeline.file, next }
}

async fn look(world: &impl World, pipeline: &Pipeline) -> Result<Option<Timestamp>, LogError> {
    let Some(schedule) = &pipeline.schedule else { return Ok(None) };
    let leases = world.leases(pipeline).await?;
    let turns = Turns { leases: &leases, me: world.me(), clock: world };
    let never = || plus(world.now(), LONGEST_PAUSE);
    let seen = turns.see_scheduled().await?;
    if seen.is_held {
        return Ok(Some(plus(world.now(), LOOKS)));
    }
    let turn = match schedule.step(&seen.memory, world.now()) {
        Step::Run(turn) => turn,
        Step::Wait(at) => return Ok(Some(at)),
        Step::Never => return Ok(Some(never())),
    };
    world.tell(News::Begins(pipeline, &turn));
    let ended = world.run(pipeline).await;
    let after = turns.see_scheduled().await?;
    if after.is_held {
        world.tell(News::Ended(pipeline, format!("{ended}; {}", busy(&after.lease))));
        return Ok(Some(plus(world.now(), LOOKS)));
    }
    let (words, next) = match schedule.step(&after.memory, world.now()) {
        Step::Wait(at) => (format!("next {}", local(schedule, at)), Some(at)),
        Step::Never => ("never again".to_owned(), Some(never())),
        // It did not come to its turn, or was interrupted: nothing is remembered of it.
        Step::Run(again) if (again.due, again.attempt) == (turn.due, turn.attempt) => ("still due".to_owned(), None),
        Step::Run(_) => ("due again".to_owned(), Some(world.now())),
    };
    world.tell(News::Ended(pipeline, format!("{ended}; {words}")));
    Ok(next)
}
