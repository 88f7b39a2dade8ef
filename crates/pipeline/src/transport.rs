//! `[transport]`: a topic between the collectors and the log.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// `[transport]`, of the one kind that there is: Kafka. What is `None` was not given; who carries it out knows a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transport {
    /// `host:port`, one or more.
    pub brokers: Vec<String>,
    /// The topic of the events. Beside it lie `<topic>.cursors` and `<topic>.rejected`.
    pub topic: String,
    /// Partitions of a topic that `muster topic create` makes.
    pub partitions: Option<u64>,
    /// How many brokers hold each partition.
    pub replication: Option<u64>,
    /// How long the topic keeps what was archived or not.
    pub retention_days: Option<u64>,
    /// How an event becomes a record.
    pub mode: Mode,
    /// The consumer group of the archivers.
    pub group: Option<String>,
    /// At most so many events in one append to the log.
    pub batch: Option<u64>,
    /// `[transport.security]`
    pub security: Security,
    /// `[transport.properties]`: librdkafka's own, by name.
    pub properties: BTreeMap<String, String>,
}

/// The content modes of the CloudEvents protocol binding for Kafka.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// The attributes are headers, the value is the payload.
    Binary,
    /// The value is the whole event in the JSON format. Ten headers a record would cost half of the speed of producing.
    #[default]
    Structured,
}

impl Mode {
    /// As it is written.
    pub const WORDS: [&'static str; 2] = ["binary", "structured"];
}

/// `[transport.security]`. Secrets are named, never written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Security {
    /// `plaintext`, `ssl`, `sasl_plaintext` or `sasl_ssl`.
    pub protocol: Option<String>,
    /// `PLAIN`, `SCRAM-SHA-256` or `SCRAM-SHA-512`.
    pub mechanism: Option<String>,
    /// Who logs in.
    pub user: Option<String>,
    /// The environment variable that holds the password.
    pub password_env: Option<String>,
    /// A file whose first line is the password.
    pub password_file: Option<PathBuf>,
    /// The certificates by which the brokers' are checked, PEM.
    pub ca: Option<PathBuf>,
    /// This client's own certificate, PEM.
    pub certificate: Option<PathBuf>,
    /// Its key, PEM.
    pub key: Option<PathBuf>,
    /// The environment variable that holds the password of the key.
    pub key_password_env: Option<String>,
}

impl Security {
    /// The protocols.
    pub const PROTOCOLS: [&'static str; 4] = ["plaintext", "ssl", "sasl_plaintext", "sasl_ssl"];
    /// The ways to log in with a user and a password.
    pub const MECHANISMS: [&'static str; 3] = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"];
}

/// The names that Kafka allows a topic; room is left for `.rejected`.
pub(crate) fn is_topic(name: &str) -> bool {
    let letters = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    letters && !name.is_empty() && name.len() <= 240 && ![".", ".."].contains(&name)
}

/// Why a property of librdkafka's cannot be given, where it cannot: it would break what muster promises, or has a place
/// of its own in the file.
pub(crate) fn refused(property: &str) -> Option<&'static str> {
    const EXACTLY_ONCE: &str = "without it events could be doubled or lost";
    const LOG_DECIDES: &str = "the log alone says where archiving goes on";
    const SECRET: &str = "secrets come from the environment or from files: see [transport.security]";
    Some(match property {
        "enable.idempotence" | "acks" | "request.required.acks" | "enable.gapless.guarantee" => EXACTLY_ONCE,
        "retries" | "message.send.max.retries" | "message.timeout.ms" | "delivery.timeout.ms" => EXACTLY_ONCE,
        "isolation.level" => "what a transaction took back must never be archived",
        "transactional.id" => "it is made of the project's and the source's name, so that a second instance is fenced",
        "partitioner" | "partitioner_cb" | "sticky.partitioning.linger.ms" => {
            "events of one subject keep their order because they are in one partition"
        }
        "enable.auto.commit" | "enable.auto.offset.store" | "auto.commit.interval.ms" | "auto.commit.enable" => {
            LOG_DECIDES
        }
        "auto.offset.reset" | "offset.store.method" | "offset.store.path" => LOG_DECIDES,
        "partition.assignment.strategy" | "group.protocol" | "group.remote.assignor" => {
            "archivers share partitions cooperatively, and all of a group must do it alike"
        }
        "group.id" => "write group = in [transport]",
        "group.instance.id" => "give muster archive --instance NAME",
        "bootstrap.servers" | "metadata.broker.list" => "write brokers = in [transport]",
        "security.protocol" => "write protocol = in [transport.security]",
        "sasl.mechanism" | "sasl.mechanisms" => "write mechanism = in [transport.security]",
        "sasl.username" => "write user = in [transport.security]",
        "sasl.password" | "ssl.key.password" | "ssl.key.pem" | "ssl.keystore.password" => SECRET,
        "sasl.oauthbearer.client.secret" | "sasl.oauthbearer.assertion.private.key.pem" => SECRET,
        "sasl.oauthbearer.assertion.private.key.passphrase" => SECRET,
        "ssl.ca.location" => "write ca = in [transport.security]",
        "ssl.certificate.location" => "write certificate = in [transport.security]",
        "ssl.key.location" => "write key = in [transport.security]",
        "enable.partition.eof" | "statistics.interval.ms" | "delivery.report.only.error" | "log.queue" => {
            "muster needs it as it is"
        }
        "plugin.library.paths" => "a pipeline file must not load code",
        _ if property.starts_with("test.mock.") => "it replaces the brokers by imitations",
        _ => return None,
    })
}
