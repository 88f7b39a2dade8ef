//! `<topic>.rejected`: records that are no CloudEvent, as they came, with where they lay and why they are here.

use crate::batch::Rejected;
use crate::error::{TransportError, fault_of, hint};
use crate::settings::{PATIENCE, Settings, watched};
use crate::watch::Watch;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, Message, OwnedHeaders};
use rdkafka::producer::{BaseRecord, Producer, ThreadedProducer};
use std::time::{Duration, Instant};

pub(crate) struct Rejects {
    producer: ThreadedProducer<Watch>,
    watch: Watch,
    topic: String,
    servers: String,
}

impl Rejects {
    pub fn open(settings: &Settings) -> Result<Self, TransportError> {
        let (producer, watch) = watched(&settings.producer(None))?;
        Ok(Self { producer, watch, topic: settings.rejected(), servers: settings.servers() })
    }

    /// Produces them in their order. When this returns the brokers have them.
    ///
    /// An archiver that is killed between this and the commit of the log produces them again: whoever reads the topic tells
    /// by `muster_partition` and `muster_offset`.
    pub fn put(&self, rejected: &[&Rejected]) -> Result<(), TransportError> {
        self.watch.seen().undelivered = None;
        let begun = Instant::now();
        for (number, Rejected { record, why }) in rejected.iter().enumerate() {
            let place = [record.partition().to_string(), record.offset().to_string()];
            let headers = record.headers().map_or_else(OwnedHeaders::new, Clone::clone);
            let headers = [
                ("muster_reason", why.as_str()),
                ("muster_topic", record.topic()),
                ("muster_partition", place[0].as_str()),
                ("muster_offset", place[1].as_str()),
            ]
            .into_iter()
            .fold(headers, |all, (key, value)| all.insert(Header { key, value: Some(value) }));
            let mut copy = BaseRecord::with_opaque_to(&self.topic, number).headers(headers);
            copy.key = record.key();
            copy.payload = record.payload();
            while let Err((error, back)) = self.producer.send(copy) {
                let is_full = error.rdkafka_error_code() == Some(RDKafkaErrorCode::QueueFull);
                if !is_full || begun.elapsed() > PATIENCE * 3 {
                    return Err(self.failed(&error));
                }
                copy = back;
                std::thread::sleep(Duration::from_millis(5));
            }
        }
        self.producer.flush(PATIENCE * 3).map_err(|error| self.failed(&error))?;
        match self.watch.seen().undelivered {
            Some((_, code)) => Err(TransportError::new(
                fault_of(code),
                format!("cannot produce into {}: {code}", self.topic),
                hint(fault_of(code), &self.servers),
            )),
            None => Ok(()),
        }
    }

    fn failed(&self, error: &KafkaError) -> TransportError {
        TransportError::of(&format!("produce into {}", self.topic), &self.servers, error, self.watch.trouble())
    }
}
