//! What is needed to reach a topic, and librdkafka's properties made of it.

use crate::binding::Mode;
use crate::error::TransportError;
use crate::watch::Watch;
use rdkafka::client::ClientContext;
use rdkafka::config::{ClientConfig, FromClientConfigAndContext, RDKafkaLogLevel};
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// So long a client waits for the brokers before it says that they are not there.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// So long a transaction may take before the brokers take it back.
pub(crate) const TRANSACTION: Duration = Duration::from_secs(120);

/// A password. It is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(
    /// The password itself.
    pub String,
);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// How the brokers are talked to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Security {
    /// `plaintext`, `ssl`, `sasl_plaintext` or `sasl_ssl`.
    pub protocol: Option<String>,
    /// The SASL mechanism.
    pub mechanism: Option<String>,
    /// Who logs in.
    pub user: Option<String>,
    /// The user's password.
    pub password: Option<Secret>,
    /// The certificates by which the brokers' are checked.
    pub ca: Option<PathBuf>,
    /// The client's certificate.
    pub certificate: Option<PathBuf>,
    /// Its key.
    pub key: Option<PathBuf>,
    /// The key's password.
    pub key_password: Option<Secret>,
}

/// A topic, and how to reach it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The project: with a source's name it is what fences a second instance of the same collector.
    pub project: String,
    /// `host:port`, one or more.
    pub brokers: Vec<String>,
    /// The topic of the events.
    pub topic: String,
    /// Partitions of a topic that is made.
    pub partitions: i32,
    /// Brokers that hold each partition; `None` for three, or as many as there are.
    pub replication: Option<i32>,
    /// How long the topic keeps events.
    pub retention_days: u64,
    /// How an event becomes a record.
    pub mode: Mode,
    /// The consumer group of the archivers.
    pub group: String,
    /// At most so many events in one append.
    pub batch: usize,
    /// How to log in.
    pub security: Security,
    /// Further properties of librdkafka's.
    pub properties: BTreeMap<String, String>,
}

impl Settings {
    /// The topic of the collectors' cursors.
    pub fn cursors(&self) -> String {
        format!("{}.cursors", self.topic)
    }

    /// The topic of what is no CloudEvent.
    pub fn rejected(&self) -> String {
        format!("{}.rejected", self.topic)
    }

    /// The brokers as librdkafka and messages name them.
    pub fn servers(&self) -> String {
        self.brokers.join(",")
    }

    /// What a collector is called: its transactional id and the key of its cursor.
    pub(crate) fn collector(&self, source: &str) -> String {
        format!("{}/{source}", self.project)
    }

    fn client(&self) -> ClientConfig {
        let mut config = ClientConfig::new();
        config
            .set_log_level(RDKafkaLogLevel::Warning)
            .set("client.id", concat!("muster-", env!("CARGO_PKG_VERSION")))
            .set("socket.connection.setup.timeout.ms", "5000")
            .set("reconnect.backoff.max.ms", "2000")
            .set("bootstrap.servers", self.servers());
        let security = &self.security;
        let protocol = security.protocol.as_deref().unwrap_or(match security.user {
            Some(_) => "sasl_ssl",
            None => "plaintext",
        });
        config.set("security.protocol", protocol);
        if let Some(user) = &security.user {
            config.set("sasl.mechanism", security.mechanism.as_deref().unwrap_or("SCRAM-SHA-512"));
            config.set("sasl.username", user);
        }
        let secrets = [("sasl.password", &security.password), ("ssl.key.password", &security.key_password)];
        for (name, secret) in secrets {
            if let Some(Secret(secret)) = secret {
                config.set(name, secret);
            }
        }
        let files = [
            ("ssl.ca.location", &security.ca),
            ("ssl.certificate.location", &security.certificate),
            ("ssl.key.location", &security.key),
        ];
        for (name, file) in files {
            if let Some(file) = file {
                config.set(name, file.to_string_lossy());
            }
        }
        config
    }

    /// Our defaults, over them what the user says, over that what exactly-once needs.
    fn with(&self, defaults: &[(&str, &str)], fixed: &[(&str, &str)]) -> ClientConfig {
        let mut config = self.client();
        for (name, value) in defaults {
            config.set(*name, *value);
        }
        for (name, value) in &self.properties {
            config.set(name, value);
        }
        for (name, value) in fixed {
            config.set(*name, *value);
        }
        config
    }

    /// A producer of events; with a transactional id unless it is that of rejected records.
    pub(crate) fn producer(&self, transactional_id: Option<&str>) -> ClientConfig {
        let timeout = TRANSACTION.as_millis().to_string();
        let defaults = [
            ("compression.type", "zstd"),
            ("linger.ms", "5"),
            ("queue.buffering.max.kbytes", "65536"),
            ("message.max.bytes", "16777216"),
        ];
        let fixed = [
            ("enable.idempotence", "true"),
            ("acks", "all"),
            // As the Java clients spread keys, so that all producers of a topic agree.
            ("partitioner", "murmur2_random"),
            ("delivery.report.only.error", "true"),
        ];
        let mut config = self.with(&defaults, &fixed);
        if let Some(id) = transactional_id {
            config.set("transactional.id", id);
            if !self.properties.contains_key("transaction.timeout.ms") {
                config.set("transaction.timeout.ms", timeout);
            }
        }
        config
    }

    /// A consumer that starts where it is told and sees only what was committed.
    pub(crate) fn consumer(&self) -> ClientConfig {
        let defaults = [
            ("queued.max.messages.kbytes", "32768"),
            ("fetch.max.bytes", "16777216"),
            ("fetch.wait.max.ms", "250"),
            // A full queue is empty again in a fraction of the second that librdkafka would wait before it fetches more.
            ("fetch.queue.backoff.ms", "20"),
        ];
        let fixed = [
            ("group.id", self.group.as_str()),
            ("isolation.level", "read_committed"),
            ("enable.auto.commit", "false"),
            ("enable.auto.offset.store", "false"),
            ("auto.offset.reset", "error"),
            ("partition.assignment.strategy", "cooperative-sticky"),
            ("enable.partition.eof", "true"),
        ];
        self.with(&defaults, &fixed)
    }

    /// A client that asks where things are. Open transactions count as there.
    pub(crate) fn observer(&self) -> ClientConfig {
        self.with(&[], &[("isolation.level", "read_uncommitted")])
    }
}

/// Makes a client.
pub(crate) fn build<C, T>(config: &ClientConfig, watch: C) -> Result<T, TransportError>
where
    C: ClientContext,
    T: FromClientConfigAndContext<C>,
{
    config.create_with_context(watch).map_err(|error| TransportError::property(&error))
}

/// A client with its watch.
pub(crate) fn watched<T: FromClientConfigAndContext<Watch>>(
    config: &ClientConfig,
) -> Result<(T, Watch), TransportError> {
    let watch = Watch::default();
    Ok((build(config, watch.clone())?, watch))
}
