//! A lease in hand: renewed on a thread of its own, so that no computation keeps it from being renewed, and given back in
//! any case.

use super::clock::SystemClock;
use super::turn::{Lost, hold};
use crate::failure::Failure;
use muster_log::{Lease, Leases};
use muster_pipeline::schedule::Memory;
use std::thread::JoinHandle;
use tokio::sync::oneshot;

/// A lease that is held. Dropped without a word, it leaves things as they were: what was due stays due.
pub struct Held {
    before: Memory,
    leave: Option<oneshot::Sender<Memory>>,
    lost: oneshot::Receiver<Lost>,
    thread: Option<JoinHandle<()>>,
}

impl Held {
    /// Holds a lease that was just taken.
    pub fn new(location: String, name: String, lease: Lease, before: Memory) -> Self {
        let ((leave, left), (lose, lost)) = (oneshot::channel(), oneshot::channel());
        let as_before = before.clone();
        let thread = std::thread::spawn(move || {
            let left = async { left.await.unwrap_or(as_before) };
            if let Err(why) = renew(&location, &name, lease, left) {
                let _ = lose.send(why);
            }
        });
        Self { before, leave: Some(leave), lost, thread: Some(thread) }
    }

    /// Works as long as the lease is held.
    ///
    /// # Errors
    /// The work's own, or that the lease was lost: the work is then given up.
    pub async fn guard<T>(&mut self, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        tokio::select! {
            done = work => done,
            Ok(Lost(why)) = &mut self.lost => Err(Failure::usage(
                format!("this run cannot show any more that it is the only one: {why}"),
                "what it collected is in the log; the next run goes on from there",
            )),
        }
    }

    /// Gives the lease back with what is to be remembered.
    pub fn leave(mut self, memory: Memory) {
        self.before = memory;
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(leave) = self.leave.take() {
            let _ = leave.send(std::mem::take(&mut self.before));
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        if let Ok(Lost(why)) = self.lost.try_recv() {
            crate::tell!(
                "warning: the lease could not be given back: {why}\n  = the next run waits until it has run out"
            );
        }
    }
}

/// The thread's work. Its connections are its own, because a connection lives with the runtime that opened it.
fn renew(location: &str, name: &str, lease: Lease, left: impl Future<Output = Memory>) -> Result<(), Lost> {
    let said = |error: &dyn std::fmt::Display| Lost(error.to_string());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| said(&error))?;
    runtime.block_on(async {
        let leases = Leases::open(location, name, true).await.map_err(|error| said(&error))?;
        hold(&leases, &SystemClock, lease, left).await
    })
}
