//! What librdkafka says about itself. Nothing of it is printed: it is kept for whoever has to tell it.

use crate::error::{Fault, fault_of};
use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{DeliveryResult, ProducerContext};
use rdkafka::statistics::Statistics;
use rdkafka::topic_partition_list::TopicPartitionList;
use rdkafka::types::RDKafkaRespErr;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Why a connection does not come about, as far as librdkafka knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    pub fault: Fault,
    pub text: String,
}

/// What was seen since somebody last looked.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub trouble: Option<Trouble>,
    /// How many errors there were in all.
    pub errors: u64,
    /// The first record that was not delivered, by its number in the batch, and why.
    pub undelivered: Option<(usize, RDKafkaErrorCode)>,
    /// Partitions that came with a rebalance and are not being read yet.
    pub assigned: Vec<i32>,
    /// Nobody will begin to read partitions any more.
    pub is_closing: bool,
    /// Partitions that went.
    pub revoked: Vec<i32>,
    /// Committed records that are not read yet, by partition.
    pub lag: BTreeMap<i32, i64>,
    /// Partitions of which nothing waits to be read: where they end, and for how many statistics in a row that is so.
    pub idle: BTreeMap<i32, (i64, u32)>,
}

/// The callbacks of one client. Clones see the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Watch(Arc<Mutex<Seen>>);

impl Watch {
    pub fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn trouble(&self) -> Option<Trouble> {
        self.seen().trouble.clone()
    }
}

impl ClientContext for Watch {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, line: &str) {
        match level {
            RDKafkaLogLevel::Debug | RDKafkaLogLevel::Info | RDKafkaLogLevel::Notice => {
                tracing::debug!(target: "librdkafka", "{facility} {line}");
            }
            _ => tracing::info!(target: "librdkafka", "{facility} {line}"),
        }
    }

    fn stats(&self, statistics: Statistics) {
        let mut seen = self.seen();
        for it in statistics.topics.values().flat_map(|topic| topic.partitions.values()).filter(|it| it.partition >= 0)
        {
            if it.consumer_lag >= 0 {
                seen.lag.insert(it.partition, it.consumer_lag);
            }
            let before = seen.idle.remove(&it.partition).filter(|(end, _)| *end == it.eof_offset);
            if it.eof_offset >= 0 && it.fetchq_cnt == 0 {
                let times = before.map_or(1, |(_, times)| times.saturating_add(1));
                seen.idle.insert(it.partition, (it.eof_offset, times));
            }
        }
    }

    fn error(&self, error: KafkaError, reason: &str) {
        if error.rdkafka_error_code() == Some(RDKafkaErrorCode::PartitionEOF) {
            return;
        }
        tracing::info!(target: "librdkafka", "{error}: {reason}");
        let fault = error.rdkafka_error_code().map_or(Fault::Other, fault_of);
        let mut seen = self.seen();
        seen.errors += 1;
        // That all brokers are down is a consequence; why they seem to be was said before.
        let is_consequence = error.rdkafka_error_code() == Some(RDKafkaErrorCode::AllBrokersDown);
        let knows_better =
            seen.trouble.as_ref().is_some_and(|known| known.fault != Fault::Absent && fault == Fault::Absent);
        let says_nothing = knows_better || (is_consequence && seen.trouble.is_some());
        if !says_nothing && fault != Fault::Other {
            seen.trouble = Some(Trouble { fault, text: reason.to_owned() });
        }
    }
}

impl ProducerContext for Watch {
    type DeliveryOpaque = usize;

    fn delivery(&self, result: &DeliveryResult<'_>, number: usize) {
        let Err((error, _)) = result else { return };
        // What an aborted transaction takes back is no news.
        let purged = [RDKafkaErrorCode::PurgeQueue, RDKafkaErrorCode::PurgeInflight];
        let code = error.rdkafka_error_code().unwrap_or(RDKafkaErrorCode::Fail);
        if !purged.contains(&code) {
            self.seen().undelivered.get_or_insert((number, code));
        }
    }
}

impl ConsumerContext for Watch {
    /// Notes what comes, for the archiver to begin where the log stands; lets go what goes at once, because what was read
    /// of it and is not in the log will be read again by whoever has it next.
    fn rebalance(&self, consumer: &BaseConsumer<Self>, code: RDKafkaRespErr, partitions: &mut TopicPartitionList) {
        let numbers = partitions.elements().iter().map(|element| element.partition()).collect::<Vec<_>>();
        if code == RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS {
            // librdkafka waits for the answer to every assignment, also to an empty one and to one that comes at the end.
            let is_closing = self.seen().is_closing;
            if numbers.is_empty() || is_closing {
                answer(consumer, partitions);
            } else {
                self.seen().assigned.extend(numbers);
            }
            return;
        }
        let let_go = consumer.incremental_unassign(partitions);
        if let Err(error) = let_go {
            tracing::info!(target: "librdkafka", "cannot let go of partitions: {error}");
        }
        let mut seen = self.seen();
        seen.assigned.retain(|partition| !numbers.contains(partition));
        seen.lag.retain(|partition, _| !numbers.contains(partition));
        seen.idle.retain(|partition, _| !numbers.contains(partition));
        seen.revoked.extend(numbers);
    }
}

/// Takes partitions without a word about where they begin.
pub(crate) fn answer(consumer: &BaseConsumer<Watch>, partitions: &TopicPartitionList) {
    if let Err(error) = consumer.incremental_assign(partitions) {
        tracing::info!(target: "librdkafka", "cannot take partitions: {error}");
    }
}
