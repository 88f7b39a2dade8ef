//! Where a collector stands: the last record of its key in `<topic>.cursors`.

use crate::error::{Fault, TransportError};
use crate::observer::Observer;
use crate::settings::{PATIENCE, Settings, TRANSACTION, watched};
use crate::watch::Watch;
use muster_model::Cursor;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::Message;
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Reads the topic of cursors to its end, and keeps the last one of the key.
pub(crate) fn read(settings: &Settings, observer: &Observer, key: &str) -> Result<Option<Cursor>, TransportError> {
    let topic = settings.cursors();
    let (consumer, watch): (BaseConsumer<Watch>, _) = watched(&settings.consumer())?;
    let mut open = BTreeMap::new();
    for partition in 0..observer.partitions(&topic) {
        let (low, high) = observer.ends(&topic, partition)?;
        if high > low {
            open.insert(partition, high);
        }
    }
    decided(&consumer, settings, &topic, &open, &AtomicBool::new(false))?;
    let mut from = TopicPartitionList::new();
    let failed = |error: &KafkaError| {
        TransportError::of(&format!("read the cursors in {topic}"), &settings.servers(), error, watch.trouble())
    };
    for partition in open.keys() {
        from.add_partition_offset(&topic, *partition, Offset::Beginning).map_err(|error| failed(&error))?;
    }
    consumer.assign(&from).map_err(|error| failed(&error))?;
    let mut last: Option<(i64, Option<Cursor>)> = None;
    let mut heard = Instant::now();
    while !open.is_empty() {
        match consumer.poll(Duration::from_millis(200)) {
            Some(Ok(record)) => {
                heard = Instant::now();
                let when = record.timestamp().to_millis().unwrap_or_default();
                // Of partitions that were added later the latest counts.
                if record.key() == Some(key.as_bytes()) && last.as_ref().is_none_or(|(then, _)| when >= *then) {
                    let cursor = record.payload().map(|text| Cursor(String::from_utf8_lossy(text).into_owned()));
                    last = Some((when, cursor));
                }
            }
            Some(Err(KafkaError::PartitionEOF(partition))) => drop(open.remove(&partition)),
            Some(Err(error)) if heard.elapsed() > PATIENCE => return Err(failed(&error)),
            None if heard.elapsed() > PATIENCE => {
                return Err(failed(&KafkaError::MessageConsumption(
                    rdkafka::error::RDKafkaErrorCode::OperationTimedOut,
                )));
            }
            Some(Err(_)) | None => {}
        }
    }
    Ok(last.and_then(|(_, cursor)| cursor))
}

/// Waits until every transaction below the given ends is committed or taken back, so that reading "to the end" is
/// reading to these ends.
pub(crate) fn decided(
    consumer: &BaseConsumer<Watch>,
    settings: &Settings,
    topic: &str,
    ends: &BTreeMap<i32, i64>,
    stop: &AtomicBool,
) -> Result<(), TransportError> {
    let begun = Instant::now();
    for (partition, end) in ends {
        loop {
            let doing = format!("ask where partition {partition} of {topic} is committed to");
            let (_, committed) = consumer
                .fetch_watermarks(topic, *partition, PATIENCE)
                .map_err(|error| TransportError::of(&doing, &settings.servers(), &error, None))?;
            if committed >= *end {
                break;
            }
            if stop.load(Ordering::Relaxed) {
                return Err(TransportError::stopped());
            }
            if begun.elapsed() > TRANSACTION + PATIENCE {
                return Err(TransportError::new(
                    Fault::Other,
                    format!("a transaction in partition {partition} of {topic} is open since {committed} and stays so"),
                    "find who produces into the topic without committing: kafka-transactions.sh find-hanging",
                ));
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }
    Ok(())
}
