//! What a topic is and where it ends, asked without reading it.

use crate::error::{Fault, TransportError};
use crate::settings::{PATIENCE, Settings, watched};
use crate::watch::Watch;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// So long a topic that was just made may be unknown to some brokers.
const SPREADING: Duration = Duration::from_secs(2);

/// A connection to the brokers that asks.
pub struct Observer {
    client: BaseConsumer<Watch>,
    watch: Watch,
    settings: Settings,
    /// The topics that this user sees, with the number of replicas of each partition.
    pub(crate) topics: BTreeMap<String, Vec<usize>>,
    pub(crate) brokers: usize,
    cluster: String,
}

impl Observer {
    /// Finds the brokers, logs in and looks around, until it has seen the topics that are expected (those that were just made
    /// are not known to every broker at once).
    ///
    /// # Errors
    /// [`Fault::Absent`], [`Fault::Login`], [`Fault::Tls`], [`Fault::NoTopic`] or [`Fault::Property`], within 15 s.
    pub fn connect(settings: &Settings, expected: &[String]) -> Result<Self, TransportError> {
        let mut observer = Self::find(settings)?;
        let begun = Instant::now();
        while observer.expect(expected).is_err() && begun.elapsed() < SPREADING {
            std::thread::sleep(Duration::from_millis(200));
            observer = Self::find(settings)?;
        }
        observer.expect(expected)?;
        Ok(observer)
    }

    fn find(settings: &Settings) -> Result<Self, TransportError> {
        let (client, watch): (BaseConsumer<Watch>, _) = watched(&settings.observer())?;
        let begun = Instant::now();
        let metadata = loop {
            // In slices, so that what went wrong is heard while it is waited.
            match client.fetch_metadata(None, Duration::from_secs(2)) {
                Ok(metadata) => break metadata,
                Err(error) => {
                    drain(&client);
                    let trouble = watch.trouble();
                    // That a password is wrong does not change by waiting.
                    let is_final = trouble.as_ref().is_some_and(|it| [Fault::Login, Fault::Tls].contains(&it.fault));
                    if is_final || begun.elapsed() >= PATIENCE {
                        let servers = settings.servers();
                        let doing = format!("reach the brokers at {servers}");
                        return Err(TransportError::of(&doing, &servers, &error, trouble));
                    }
                    std::thread::sleep(Duration::from_millis(100));
                }
            }
        };
        let topics = metadata.topics().iter().filter(|topic| topic.error().is_none()).map(|topic| {
            (topic.name().to_owned(), topic.partitions().iter().map(|partition| partition.replicas().len()).collect())
        });
        let (topics, brokers) = (topics.collect(), metadata.brokers().len());
        let cluster = client.client().fetch_cluster_id(PATIENCE).unwrap_or_default();
        Ok(Self { client, watch, settings: settings.clone(), topics, brokers, cluster })
    }

    /// An error unless the topics are there.
    ///
    /// # Errors
    /// [`Fault::NoTopic`].
    pub fn expect(&self, topics: &[String]) -> Result<(), TransportError> {
        let missing: Vec<&str> =
            topics.iter().filter(|topic| !self.topics.contains_key(*topic)).map(String::as_str).collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(TransportError::new(
            Fault::NoTopic,
            format!(
                "there is no topic {} at {}, or this user may not see it",
                missing.join(" nor "),
                self.settings.servers()
            ),
            "make it with: muster topic create FILE",
        ))
    }

    /// The cluster's own name; it is part of what the log calls a partition.
    pub fn cluster(&self) -> &str {
        &self.cluster
    }

    /// How many partitions a topic has.
    pub(crate) fn partitions(&self, topic: &str) -> i32 {
        self.topics.get(topic).map_or(0, |partitions| i32::try_from(partitions.len()).unwrap_or(i32::MAX))
    }

    /// The first offset of a partition and the one after its last record, committed or not.
    pub(crate) fn ends(&self, topic: &str, partition: i32) -> Result<(i64, i64), TransportError> {
        let ends = self.client.fetch_watermarks(topic, partition, PATIENCE);
        ends.map_err(|error| self.failed(&format!("ask where partition {partition} of {topic} ends"), &error))
    }

    fn failed(&self, doing: &str, error: &KafkaError) -> TransportError {
        drain(&self.client);
        TransportError::of(doing, &self.settings.servers(), error, self.watch.trouble())
    }
}

/// Lets a consumer that reads nothing hear what librdkafka has to say.
pub(crate) fn drain(client: &BaseConsumer<Watch>) {
    for _ in 0..30 {
        let _ = client.poll(Duration::from_millis(1));
    }
}
