//! A collector's side of the topic: its batches, each with the cursor in one transaction.

use crate::binding::{Record, record};
use crate::cursor;
use crate::error::{Fault, TransportError, fault_of};
use crate::observer::Observer;
use crate::settings::{PATIENCE, Settings, TRANSACTION, watched};
use crate::watch::Watch;
use muster_model::{Cursor, Event};
use rdkafka::error::{KafkaError, RDKafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{BaseRecord, Producer, ThreadedProducer};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// So often a transaction that the brokers took back is begun anew.
const ATTEMPTS: usize = 5;
/// A call that waits for the brokers does so in pieces of this length, to hear when it is asked to stop.
const SLICE: Duration = Duration::from_secs(2);
/// So often it is looked whether what was produced has arrived.
const SHORTLY: Duration = Duration::from_millis(2);

/// The one producer of a collector. Whoever opens a second one of the same name fences the first.
pub struct Outlet {
    producer: ThreadedProducer<Watch>,
    watch: Watch,
    settings: Settings,
    collector: String,
    stop: Arc<AtomicBool>,
    is_open: bool,
}

/// Why a try did not succeed.
enum Trouble {
    /// The transaction was taken back, and may be tried again.
    Again(TransportError),
    /// It will not get better.
    Final(TransportError),
}

impl Outlet {
    /// Begins to be the collector of a source, and says where it stands. An earlier instance is fenced, and what it left
    /// open is taken back before the cursor is read.
    ///
    /// # Errors
    /// [`Fault::NoTopic`], [`Fault::Forbidden`] and what [`Observer::connect`] gives.
    pub fn open(
        settings: &Settings,
        observer: &Observer,
        source: &str,
    ) -> Result<(Self, Option<Cursor>), TransportError> {
        observer.expect(&[settings.topic.clone(), settings.cursors()])?;
        let collector = settings.collector(source);
        let (producer, watch) = watched(&settings.producer(Some(&collector)))?;
        let outlet = Self {
            producer,
            watch,
            settings: settings.clone(),
            collector,
            stop: Arc::new(AtomicBool::new(false)),
            is_open: false,
        };
        let begun = Instant::now();
        loop {
            match outlet.producer.init_transactions(Duration::from_secs(5)) {
                Ok(()) => break,
                Err(KafkaError::Transaction(error)) if error.is_retriable() && begun.elapsed() < PATIENCE => {}
                Err(error) => return Err(outlet.failed("begin to produce", &error)),
            }
        }
        let cursor = cursor::read(settings, observer, &outlet.collector)?;
        Ok((outlet, cursor))
    }

    /// What ends a call of [`Outlet::send`] early, within two seconds: nothing of its batch is then in the topic.
    pub fn stopper(&self) -> Arc<AtomicBool> {
        self.stop.clone()
    }

    /// Produces events and moves the cursor with them: both, or neither. When this returns they are on as many brokers as
    /// the topic asks for.
    ///
    /// # Errors
    /// [`Fault::Fenced`], [`Fault::TooLarge`], [`Fault::Absent`], [`Fault::Stopped`] or another. Nothing of it is then
    /// committed; sending the same again is always right.
    pub fn send(&mut self, events: &[Event], cursor: Option<&Cursor>) -> Result<(), TransportError> {
        if events.is_empty() && cursor.is_none() {
            return Ok(());
        }
        let mut last = None;
        for _ in 0..ATTEMPTS {
            match self.try_send(events, cursor) {
                Ok(()) => return Ok(()),
                Err(Trouble::Final(error)) => {
                    self.take_back();
                    return Err(error);
                }
                Err(Trouble::Again(error)) => {
                    self.take_back();
                    last = Some(error);
                }
            }
        }
        Err(last.unwrap_or_else(TransportError::stopped))
    }

    fn try_send(&mut self, events: &[Event], cursor: Option<&Cursor>) -> Result<(), Trouble> {
        let deadline = Instant::now() + TRANSACTION;
        self.watch.seen().undelivered = None;
        self.producer.begin_transaction().map_err(|error| self.judge("begin a transaction", error, events))?;
        self.is_open = true;
        let mut buffer = Vec::new();
        for (number, event) in events.iter().enumerate() {
            let Record { key, headers, value } = record(event, self.settings.mode, &mut buffer);
            let mut record = BaseRecord::with_opaque_to(&self.settings.topic, number).payload(value);
            if !key.is_empty() {
                record = record.key(key);
            }
            let headers = headers.iter().fold(OwnedHeaders::new_with_capacity(headers.len()), |all, (name, value)| {
                all.insert(Header { key: name, value: Some(value.as_bytes()) })
            });
            self.put(record.headers(headers), deadline, events)?;
        }
        if let Some(Cursor(text)) = cursor {
            let topic = self.settings.cursors();
            let payload = text.as_bytes();
            let record = BaseRecord::with_opaque_to(&topic, events.len()).key(self.collector.as_str()).payload(payload);
            self.put(record, deadline, events)?;
        }
        self.commit(deadline, events)
    }

    /// Hands a record to librdkafka; waits while its queue is full.
    fn put(
        &self,
        mut record: BaseRecord<'_, str, [u8], usize>,
        deadline: Instant,
        events: &[Event],
    ) -> Result<(), Trouble> {
        loop {
            match self.producer.send(record) {
                Ok(()) => return Ok(()),
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back)) => {
                    self.go_on(deadline)?;
                    record = back;
                    std::thread::sleep(SHORTLY);
                }
                Err((error, back)) => {
                    let code = error.rdkafka_error_code().unwrap_or(RDKafkaErrorCode::Fail);
                    self.watch.seen().undelivered.get_or_insert((back.delivery_opaque, code));
                    return Err(self.judge("produce", error, events));
                }
            }
        }
    }

    fn commit(&mut self, deadline: Instant, events: &[Event]) -> Result<(), Trouble> {
        // flush() would wait for reports, which only what fails gives.
        while self.producer.in_flight_count() > 0 {
            self.go_on(deadline)?;
            if let Some((code, _)) = self.producer.client().fatal_error() {
                return Err(self.judge("produce", KafkaError::Global(code), events));
            }
            std::thread::sleep(SHORTLY);
        }
        loop {
            match self.producer.commit_transaction(SLICE) {
                Ok(()) => {
                    self.is_open = false;
                    return Ok(());
                }
                Err(KafkaError::Transaction(error)) if error.is_retriable() => self.go_on(deadline)?,
                Err(KafkaError::Flush(_)) => self.go_on(deadline)?,
                Err(error) => return Err(self.judge("commit a transaction", error, events)),
            }
        }
    }

    /// An error when it is time to give up.
    fn go_on(&self, deadline: Instant) -> Result<(), Trouble> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(Trouble::Final(TransportError::stopped()));
        }
        if Instant::now() < deadline {
            return Ok(());
        }
        let timeout = KafkaError::Flush(RDKafkaErrorCode::OperationTimedOut);
        Err(Trouble::Final(self.failed("produce", &timeout)))
    }

    /// What an error means: one record that is too large, another instance, or brokers that want it again.
    fn judge(&self, doing: &str, error: KafkaError, events: &[Event]) -> Trouble {
        let fatal = self.producer.client().fatal_error();
        let undelivered = self.watch.seen().undelivered;
        if let Some((number, code)) = undelivered
            && fatal.is_none()
        {
            let failed = self.not_delivered(number, code, events);
            return match failed.fault {
                Fault::TooLarge | Fault::Forbidden | Fault::NoTopic => Trouble::Final(failed),
                _ => Trouble::Again(failed),
            };
        }
        let code = fatal.as_ref().map(|(code, _)| *code).or(error.rdkafka_error_code());
        if code.map(fault_of) == Some(Fault::Fenced) {
            return Trouble::Final(TransportError::new(
                Fault::Fenced,
                format!(
                    "another instance of the collector {} has begun, so this one ends (or its transaction took longer \
                     than {} s): {}",
                    self.collector,
                    TRANSACTION.as_secs(),
                    fatal.map_or_else(|| error.to_string(), |(_, text)| text)
                ),
                "let only one of them run; nothing of the last batch of this one is in the topic, and the other goes on from \
                 where it stood",
            ));
        }
        let failed = match &fatal {
            Some((code, text)) => TransportError {
                message: format!("cannot {doing}: {text}"),
                ..self.failed(doing, &KafkaError::Global(*code))
            },
            None => self.failed(doing, &error),
        };
        let may_be_tried = |error: &RDKafkaError| error.txn_requires_abort() || error.is_retriable();
        match &error {
            KafkaError::Transaction(error) if fatal.is_none() && may_be_tried(error) => Trouble::Again(failed),
            _ => Trouble::Final(failed),
        }
    }

    fn not_delivered(&self, number: usize, code: RDKafkaErrorCode, events: &[Event]) -> TransportError {
        let what = match events.get(number) {
            Some(event) => format!("the event {} ({} bytes)", event.id, event.data.to_json().len()),
            None => format!("the cursor of {}", self.collector),
        };
        let topic = if number < events.len() { self.settings.topic.clone() } else { self.settings.cursors() };
        TransportError::of_code(&format!("produce {what} into {topic}"), &self.settings.servers(), code)
    }

    fn failed(&self, doing: &str, error: &KafkaError) -> TransportError {
        let servers = self.settings.servers();
        let doing = format!("{doing} as {} at {servers}", self.collector);
        TransportError::of(&doing, &servers, error, self.watch.trouble())
    }

    /// Takes an open transaction back. Where that fails the brokers do it, when its time is over.
    fn take_back(&mut self) {
        if std::mem::take(&mut self.is_open)
            && let Err(error) = self.producer.abort_transaction(PATIENCE / 2)
        {
            tracing::info!(target: "librdkafka", "a transaction is left to time out: {error}");
        }
    }
}

impl Drop for Outlet {
    fn drop(&mut self) {
        self.take_back();
    }
}
