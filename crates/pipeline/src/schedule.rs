//! When a pipeline runs by itself: what is due, what is tried again, and what was missed.
//!
//! Nothing here waits, and nothing reads a clock: [`Schedule::step`] is told what was done ([`Memory`]) and what time it
//! is, and says what to do next. Whoever runs pipelines keeps the memory beside the log, so that any process on any host
//! goes on where the last one stopped.
//!
//! - A **clock** is a cron expression in a time zone: the pipeline's own, or that of a source with a schedule of its own.
//!   Its name is the source's; the pipeline's is empty.
//! - A **due time** is an instant of a clock. A run deals with every due time up to its beginning, so each is dealt with
//!   exactly once: by a run, or, where `missed = "skip"`, by being passed over.

mod memory;
mod when;

pub use memory::{Last, Memory, Retry, Turn};
pub use when::When;

use muster_model::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;

/// The name of the pipeline's own clock. No source is called so.
pub const PIPELINE: &str = "";

/// With `missed = "skip"`, a run that begins later than this after its time is not begun.
pub const LATE: Duration = Duration::from_secs(600);

/// No retry waits longer.
const LONGEST_BACKOFF: Duration = Duration::from_secs(86_400);

/// `[schedule]`
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// The project's name; it decides the jitter, so that every host waits equally long.
    pub name: String,
    /// When the pipeline runs.
    pub when: When,
    /// When the sources are collected that have a schedule of their own, by name.
    pub sources: BTreeMap<String, When>,
    /// A run begins up to so much later.
    pub jitter: Duration,
    /// A run that takes longer is ended.
    pub timeout: Duration,
    /// How often a failed run is tried again before the next due time.
    pub retries: u32,
    /// How long after a failure the first retry comes.
    pub backoff: Duration,
    /// What becomes of due times at which nobody could run it.
    pub missed: Missed,
}

/// What becomes of due times at which nobody could run it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missed {
    /// One run makes up for all of them.
    Once,
    /// They are passed over.
    Skip,
}

/// What to do now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Run, now.
    Run(Turn),
    /// Nothing before this instant.
    Wait(Timestamp),
    /// Nothing, ever.
    Never,
}

/// What one clock says.
enum Tick {
    Due(Timestamp),
    At(Timestamp),
    Never,
}

impl Schedule {
    /// What to do at an instant, by what was done so far.
    pub fn step(&self, memory: &Memory, now: Timestamp) -> Step {
        let (mut due, mut waits): (BTreeMap<&str, Timestamp>, BTreeSet<Timestamp>) = Default::default();
        for (name, when) in self.clocks() {
            match self.tick(when, memory.dealt_with(name, now), now) {
                Tick::Due(at) => drop(due.insert(name, at)),
                Tick::At(at) => drop(waits.insert(at)),
                Tick::Never => {}
            }
        }
        let retry = memory.retry.as_ref().filter(|retry| retry.attempts <= self.retries);
        let again = retry.map(|retry| plus(retry.failed, self.pause(retry.attempts)));
        if let Some(latest) = due.values().max() {
            // What waits to be tried again is done on the way.
            let waiting = retry.iter().flat_map(|retry| retry.clocks.iter().map(String::as_str));
            let clocks = due.keys().copied().chain(waiting).map(str::to_owned).collect();
            return Step::Run(Turn { clocks, due: *latest, attempt: 1, started: now });
        }
        match (retry, again) {
            (Some(retry), Some(again)) if again <= now => Step::Run(Turn {
                clocks: retry.clocks.clone(),
                due: retry.due,
                attempt: retry.attempts + 1,
                started: now,
            }),
            _ => waits.into_iter().chain(again).min().map_or(Step::Never, Step::Wait),
        }
    }

    /// The next runs, if every one of them ends well at once.
    pub fn upcoming(&self, memory: &Memory, now: Timestamp, how_many: usize) -> Vec<Turn> {
        let (mut memory, mut now, mut turns) = (memory.clone(), now, Vec::new());
        while turns.len() < how_many {
            match self.step(&memory, now) {
                Step::Run(turn) => {
                    memory.begin(turn.clone());
                    memory.end(true, now);
                    turns.push(turn);
                }
                Step::Wait(at) => now = at,
                Step::Never => break,
            }
        }
        turns
    }

    /// Whether a run collects a source.
    pub fn collects(&self, turn: &Turn, source: &str) -> bool {
        turn.clocks.contains(if self.sources.contains_key(source) { source } else { PIPELINE })
    }

    fn clocks(&self) -> impl Iterator<Item = (&str, &When)> {
        let own = self.sources.iter().map(|(name, when)| (name.as_str(), when));
        std::iter::once((PIPELINE, &self.when)).chain(own)
    }

    /// What a clock says whose due times up to an instant are dealt with.
    fn tick(&self, when: &When, dealt_with: Timestamp, now: Timestamp) -> Tick {
        let at = |due: Timestamp| plus(due, self.delay(due));
        let Some(first) = when.after(dealt_with) else { return Tick::Never };
        let latest = when.last(now).filter(|latest| *latest >= first);
        let upcoming = || when.after(now).map_or(Tick::Never, |next| Tick::At(at(next)));
        match (self.missed, latest) {
            (_, None) => Tick::At(at(first)),
            (Missed::Once, Some(_)) if at(first) > now => Tick::At(at(first)),
            (Missed::Once, Some(latest)) => Tick::Due(latest),
            (Missed::Skip, Some(latest)) if at(latest) > now => Tick::At(at(latest)),
            (Missed::Skip, Some(latest)) if plus(at(latest), LATE) >= now => Tick::Due(latest),
            (Missed::Skip, Some(_)) => upcoming(),
        }
    }

    /// How much later a run begins: between nothing and the jitter, by chance, and the same on every host.
    fn delay(&self, due: Timestamp) -> Duration {
        let mut hasher = DefaultHasher::new();
        (&self.name, due.as_second()).hash(&mut hasher);
        let milliseconds = u64::try_from(self.jitter.as_millis()).unwrap_or(u64::MAX);
        Duration::from_millis(hasher.finish() % milliseconds.saturating_add(1))
    }

    /// How long to wait after so many failures: twice as long after each.
    fn pause(&self, failures: u32) -> Duration {
        let twofold = 2_u32.saturating_pow(failures.saturating_sub(1));
        self.backoff.saturating_mul(twofold).min(LONGEST_BACKOFF.max(self.backoff))
    }
}

fn plus(instant: Timestamp, length: Duration) -> Timestamp {
    instant.checked_add(length).unwrap_or(Timestamp::MAX)
}
