//! A pipeline's turn: seeing who is at work and what is due, taking the lease, holding it, and leaving word.
//!
//! The schedule's memory is the note of the lease. So there is one truth for all processes and hosts, and deciding that
//! something is due and becoming the one who does it is a single step.

use super::clock::{Clock, plus};
use super::holder;
use futures::future::{Either, select};
use muster_log::{Holder, Lease, Leases, LogError};
use muster_model::Timestamp;
use muster_pipeline::schedule::{Memory, Schedule, Step, Turn};
use serde_json::Value;
use std::pin::pin;
use std::time::Duration;

/// A lease holds so long after its last renewal.
pub const HOLDS: Duration = Duration::from_secs(60);
/// It is renewed this often. The difference is what the clocks of two hosts may differ by.
const RENEWED: Duration = Duration::from_secs(15);
/// Who waits for a lease looks this often.
const LOOKS: Duration = Duration::from_secs(2);
/// So often leaving word is tried; after that the lease runs out, and the run counts as broken off.
const ATTEMPTS: usize = 5;

/// Where turns of one pipeline are taken.
pub struct Turns<'a, C> {
    /// Beside the log.
    pub leases: &'a Leases,
    /// Who asks.
    pub me: Holder,
    /// What time it is.
    pub clock: &'a C,
}

/// What there is to see.
pub struct Seen {
    /// The latest lease.
    pub lease: Lease,
    /// What its note says; a run whose process died has failed.
    pub memory: Memory,
    /// Whether somebody is at work.
    pub is_held: bool,
}

/// What came of asking for a turn.
pub enum Asked {
    /// Another is at work.
    Busy(Lease),
    /// Nothing is due.
    NotDue(Step),
    /// It is our turn.
    Ours(Box<Ours>),
}

/// A turn that is ours.
pub struct Ours {
    /// The lease that we hold.
    pub lease: Lease,
    /// The memory as it was.
    pub before: Memory,
    /// What to do.
    pub turn: Turn,
}

/// Somebody else has taken the lease, or it ran out unrenewed.
#[derive(Debug)]
pub struct Lost(pub String);

impl<C: Clock> Turns<'_, C> {
    /// Looks.
    ///
    /// # Errors
    /// The storage's.
    pub async fn see(&self) -> Result<Seen, LogError> {
        let lease = self.leases.look().await?;
        let now = self.clock.now();
        let is_held = lease.is_held(now) && !lease.holder.as_ref().is_some_and(holder::is_gone);
        let mut memory = memory(&lease);
        if !is_held && lease.holder.is_some() {
            memory.end(false, lease.until.min(now));
        }
        Ok(Seen { lease, memory, is_held })
    }

    /// The same, where the schedule is kept from now on if it was not before.
    ///
    /// # Errors
    /// The storage's.
    pub async fn see_scheduled(&self) -> Result<Seen, LogError> {
        loop {
            let seen = self.see().await?;
            if seen.is_held || seen.memory.since.is_some() {
                return Ok(seen);
            }
            let memory = Memory { since: Some(self.clock.now()), ..seen.memory };
            self.leases.give_back(&seen.lease, note(&memory)).await?;
        }
    }

    /// Takes the turn, if something is due and nobody is at work.
    ///
    /// # Errors
    /// The storage's.
    pub async fn ask(&self, schedule: &Schedule) -> Result<Asked, LogError> {
        loop {
            let Seen { lease, memory, is_held } = self.see_scheduled().await?;
            if is_held {
                return Ok(Asked::Busy(lease));
            }
            let turn = match schedule.step(&memory, self.clock.now()) {
                Step::Run(turn) => turn,
                step => return Ok(Asked::NotDue(step)),
            };
            let mut begun = memory.clone();
            begun.begin(turn.clone());
            if let Some(lease) = self.take(&lease, &begun).await? {
                return Ok(Asked::Ours(Box::new(Ours { lease, before: memory, turn })));
            }
        }
    }

    /// Takes the lease whether or not something is due, as soon as nobody is at work; `waits` is told once who is.
    ///
    /// # Errors
    /// The storage's.
    pub async fn wait(&self, waits: impl Fn(&Lease)) -> Result<(Lease, Memory), LogError> {
        let mut is_told = false;
        loop {
            let Seen { lease, memory, is_held } = self.see().await?;
            if is_held {
                if !std::mem::replace(&mut is_told, true) {
                    waits(&lease);
                }
                self.clock.sleep_until(plus(self.clock.now(), LOOKS)).await;
            } else if let Some(lease) = self.take(&lease, &memory).await? {
                return Ok((lease, memory));
            }
        }
    }

    async fn take(&self, seen: &Lease, memory: &Memory) -> Result<Option<Lease>, LogError> {
        self.leases.take(seen, self.me.clone(), plus(self.clock.now(), HOLDS), note(memory)).await
    }
}

/// Holds a lease until it is known what to leave behind.
///
/// # Errors
/// The lease was lost, and whoever works by it has to stop.
pub async fn hold(
    leases: &Leases,
    clock: &impl Clock,
    mut lease: Lease,
    left: impl Future<Output = Memory>,
) -> Result<(), Lost> {
    let mut left = pin!(left);
    loop {
        let next = pin!(clock.sleep_until(plus(clock.now(), RENEWED)));
        if let Either::Left((memory, _)) = select(left.as_mut(), next).await {
            return leave(leases, clock, &lease, &memory).await;
        }
        match leases.renew(&lease, plus(clock.now(), HOLDS)).await {
            Ok(Some(renewed)) => lease = renewed,
            Ok(None) => return Err(Lost("another process has taken over".to_owned())),
            Err(_) if clock.now() < lease.until => {}
            Err(error) => return Err(Lost(error.to_string())),
        }
    }
}

async fn leave(leases: &Leases, clock: &impl Clock, lease: &Lease, memory: &Memory) -> Result<(), Lost> {
    let mut failed = None;
    for _ in 0..ATTEMPTS {
        match leases.give_back(lease, note(memory)).await {
            Ok(Some(_)) => return Ok(()),
            Ok(None) => return Err(Lost("another process has taken over".to_owned())),
            Err(error) => failed = Some(error),
        }
        clock.sleep_until(plus(clock.now(), LOOKS)).await;
    }
    Err(Lost(failed.map_or_else(String::new, |error| error.to_string())))
}

/// What a lease's note says. One that this version cannot read says nothing.
fn memory(lease: &Lease) -> Memory {
    serde_json::from_value(lease.note.clone()).unwrap_or_default()
}

fn note(memory: &Memory) -> Value {
    serde_json::to_value(memory).unwrap_or_default()
}

/// An instant as people read it: in the schedule's time zone, with its offset.
pub fn local(schedule: &Schedule, instant: Timestamp) -> String {
    instant.to_zoned(schedule.when.zone().clone()).strftime("%Y-%m-%d %H:%M:%S%:z").to_string()
}
