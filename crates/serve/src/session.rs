//! One connection: its settings, its place in time, and what cancels its query.

use crate::cursor::Cursor;
use crate::desk::Desk;
use crate::error::{CANCELED, NO_OUTPUTS, refused};
use crate::server::Server;
use crate::setting::{self, AS_OF, Change, TIMEOUT, checked_text, in_options, milliseconds};
use datafusion_postgres::pgwire::error::{PgWireError, PgWireResult};
use datafusion_postgres::pgwire::messages::response::TransactionStatus;
use datafusion_postgres::pgwire::types::format::FormatOptions;
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::Sleep;

/// What belongs to one connection.
pub(crate) struct Session {
    pub server: Arc<Server>,
    settings: Mutex<HashMap<String, String>>,
    /// The tables of a transaction: it sees one state of the outputs.
    pinned: Mutex<Option<Arc<Desk>>>,
    pub cursors: tokio::sync::Mutex<HashMap<String, Cursor>>,
    /// Counts the requests to cancel.
    cancel: watch::Sender<u64>,
    /// How many messages are being answered.
    busy: watch::Sender<usize>,
    seat: Mutex<Option<OwnedSemaphorePermit>>,
}

impl Session {
    pub fn new(server: Arc<Server>) -> Self {
        Self {
            server,
            settings: Mutex::default(),
            pinned: Mutex::default(),
            cursors: tokio::sync::Mutex::default(),
            cancel: watch::Sender::new(0),
            busy: watch::Sender::new(0),
            seat: Mutex::default(),
        }
    }

    /// Keeps the place that the connection takes.
    pub fn sit(&self, seat: OwnedSemaphorePermit) {
        *locked(&self.seat) = Some(seat);
    }

    /// Takes the settings that a client connects with.
    pub fn begin(&self, options: &str) -> PgWireResult<()> {
        for (name, value) in in_options(options) {
            self.apply(checked_text(&name, &value)?);
        }
        Ok(())
    }

    /// The tables for the next statement: new ones between transactions, within one always the same.
    pub async fn desk(&self, transaction: TransactionStatus) -> PgWireResult<Arc<Desk>> {
        let within = transaction != TransactionStatus::Idle;
        let pinned = locked(&self.pinned).clone().filter(|_| within);
        if let Some(desk) = pinned {
            return Ok(desk);
        }
        let as_of = locked(&self.settings).get(AS_OF).cloned();
        let desk = self.server.source.desk(as_of.as_deref()).await;
        let desk = desk.map_err(|message| refused(NO_OUTPUTS, message, ""))?;
        *locked(&self.pinned) = within.then(|| desk.clone());
        Ok(desk)
    }

    pub fn apply(&self, changes: impl IntoIterator<Item = Change>) {
        for Change { name, value } in changes {
            if name == AS_OF {
                *locked(&self.pinned) = None;
            }
            match value {
                Some(value) => locked(&self.settings).insert(name, value),
                None => locked(&self.settings).remove(&name),
            };
        }
    }

    pub fn show(&self, name: &str) -> PgWireResult<String> {
        setting::show(name, &locked(&self.settings))
    }

    /// How values are written as text.
    pub fn format(&self) -> Arc<FormatOptions> {
        Arc::new(FormatOptions::from_client_metadata(&locked(&self.settings)))
    }

    /// Cancels what is being answered.
    pub fn cancel(&self) {
        self.cancel.send_modify(|requests| *requests += 1);
    }

    /// What ends a query that begins now.
    pub fn stop(&self) -> Stop {
        let own = locked(&self.settings).get(TIMEOUT).and_then(|value| milliseconds(value)).filter(|time| *time > 0);
        let limit = own.map_or(self.server.limits.time, |own| self.server.limits.time.min(Duration::from_millis(own)));
        Stop { time: Box::pin(tokio::time::sleep(limit)), limit, cancelled: self.cancel.subscribe() }
    }

    /// Says that a message is being answered until what it returns is dropped.
    pub fn busy(&self) -> Busy<'_> {
        self.busy.send_modify(|messages| *messages += 1);
        Busy(self)
    }

    /// Waits until nothing is being answered.
    pub async fn idle(&self) {
        // The sender is ours: it cannot go away.
        let _ = self.busy.subscribe().wait_for(|messages| *messages == 0).await;
    }
}

/// Nothing that is held panics, so a lock that was left in a panic holds what it should.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// See [`Session::busy`].
pub(crate) struct Busy<'a>(&'a Session);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.busy.send_modify(|messages| *messages -= 1);
    }
}

/// The end of a query that takes too long, or that somebody cancels.
pub(crate) struct Stop {
    time: Pin<Box<Sleep>>,
    limit: Duration,
    cancelled: watch::Receiver<u64>,
}

impl Stop {
    /// Comes back only when the query has to end, with what to tell the client.
    pub async fn reached(&mut self) -> PgWireError {
        tokio::select! {
            () = &mut self.time => {
                let message = format!("the query took longer than {:?} and was stopped", self.limit);
                refused(CANCELED, message, "narrow it, or ask for a longer limit")
            }
            _ = self.cancelled.changed() => refused(CANCELED, "the query was cancelled, as you asked", ""),
        }
    }
}
