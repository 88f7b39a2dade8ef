//! What was read of the topic and is not in the log yet.

use crate::binding;
use muster_log::Stretch;
use muster_model::{Event, Payload};
use rdkafka::message::{Headers, Message, OwnedMessage};
use std::collections::BTreeMap;
use std::time::Instant;

/// A part of the topic, ready to be appended as one.
#[derive(Debug, Default)]
pub struct Batch {
    pub(crate) parts: BTreeMap<i32, Part>,
    /// What became of the records.
    pub counts: Counts,
    /// When its first record was read.
    pub(crate) begun: Option<Instant>,
}

/// What was read of one partition.
#[derive(Debug, Default)]
pub(crate) struct Part {
    /// Where it goes on.
    pub next: i64,
    pub events: Vec<(i64, Event)>,
    pub rejected: Vec<Rejected>,
    /// The offset and the time of its last record.
    last: Option<(i64, i64)>,
    records: u64,
    bytes: u64,
}

/// A record that is no CloudEvent, and why.
#[derive(Debug)]
pub(crate) struct Rejected {
    pub record: OwnedMessage,
    pub why: String,
}

/// What became of records before the log saw them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Records read.
    pub read: u64,
    /// Their keys and values, in bytes.
    pub bytes: u64,
    /// Records that are no CloudEvent.
    pub rejected: u64,
    /// Events of types that muster does not know, by type.
    pub unknown: BTreeMap<String, u64>,
}

/// So many unknown types are told apart; foreign programs may have any number.
const TYPES: usize = 100;

impl Batch {
    /// The events, for what must happen to them on their way.
    pub fn events_mut(&mut self) -> impl Iterator<Item = &mut Event> {
        self.parts.values_mut().flat_map(|part| part.events.iter_mut().map(|(_, event)| event))
    }

    /// Whether nothing was read, and no partition was found to end further on.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    pub(crate) fn take<M: Message>(&mut self, record: &M) {
        self.begun.get_or_insert_with(Instant::now);
        let part = self.parts.entry(record.partition()).or_default();
        let bytes = record.payload().map_or(0, <[u8]>::len) + record.key().map_or(0, <[u8]>::len);
        part.records += 1;
        part.bytes += bytes as u64;
        part.next = record.offset() + 1;
        part.last = Some((record.offset(), millis(record)));
        let headers = record.headers();
        let headers = headers.into_iter().flat_map(|all| all.iter().map(|header| (header.key, header.value)));
        match binding::read(headers, record.payload()) {
            Ok(event) => part.events.push((record.offset(), event)),
            Err(why) => part.rejected.push(Rejected { record: detached(record), why }),
        }
    }

    /// Notes that everything before an offset was read.
    pub(crate) fn reach(&mut self, partition: i32, end: i64) {
        let part = self.parts.entry(partition).or_default();
        part.next = part.next.max(end);
    }

    /// Leaves out what somebody else reads now.
    pub(crate) fn forget(&mut self, partitions: &[i32]) {
        self.parts.retain(|partition, _| !partitions.contains(partition));
    }

    pub(crate) fn records(&self) -> u64 {
        self.parts.values().map(|part| part.records).sum()
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.parts.values().map(|part| part.bytes).sum()
    }

    /// Counts what is in it, for good.
    pub(crate) fn count(&mut self) {
        for part in self.parts.values() {
            self.counts.read += part.records;
            self.counts.bytes += part.bytes;
            self.counts.rejected += part.rejected.len() as u64;
            for (_, event) in &part.events {
                if let Payload::Unknown { kind, .. } = &event.data {
                    let is_room = self.counts.unknown.len() < TYPES || self.counts.unknown.contains_key(kind);
                    let kind = if is_room { kind.as_str() } else { "(others)" };
                    *self.counts.unknown.entry(kind.to_owned()).or_default() += 1;
                }
            }
        }
    }

    /// As the log takes it.
    pub(crate) fn into_stretches(self, stream: impl Fn(i32) -> String, anew: impl Fn(i32) -> bool) -> Vec<Stretch> {
        let stretch = |(partition, part): (i32, Part)| Stretch {
            stream: stream(partition),
            next: part.next,
            events: part.events,
            witness: part.last.map(|(offset, time)| format!("{offset} {time}")),
            anew: anew(partition),
        };
        self.parts.into_iter().map(stretch).collect()
    }
}

/// The time that the topic has of a record. With its offset it tells the record.
pub(crate) fn millis<M: Message>(record: &M) -> i64 {
    record.timestamp().to_millis().unwrap_or(-1)
}

fn detached<M: Message>(record: &M) -> OwnedMessage {
    let headers = record.headers().map(|all| {
        all.iter().fold(rdkafka::message::OwnedHeaders::new_with_capacity(all.count() + 4), |kept, header| {
            kept.insert(header)
        })
    });
    OwnedMessage::new(
        record.payload().map(<[u8]>::to_vec),
        record.key().map(<[u8]>::to_vec),
        record.topic().to_owned(),
        record.timestamp(),
        record.partition(),
        record.offset(),
        headers,
    )
}
