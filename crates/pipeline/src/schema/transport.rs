//! `[transport]` and its security.

use super::{Key, Need, Section, Shape};

/// `[transport]`.
pub const TRANSPORT: Section = Section {
    table: "transport",
    kind: None,
    title: "[transport]",
    what: "A Kafka topic between the collectors and the log: `collect` produces into it, `archive` copies it into the log \
           exactly once ([docs/kafka.md](kafka.md)). Without this table collectors write into the log themselves.",
    keys: &[
        Key { name: "kind", shape: Shape::Text, need: Need::Required, what: "`kafka`.", example: "\"kafka\"" },
        Key {
            name: "brokers",
            shape: Shape::Texts,
            need: Need::Required,
            what: "Addresses of brokers, `host:port`; one that answers is enough to find the others.",
            example: "[\"kafka-1:9092\", \"kafka-2:9092\"]",
        },
        Key {
            name: "topic",
            shape: Shape::Text,
            need: Need::Required,
            what: "The topic of the events. `<topic>.cursors` and `<topic>.rejected` lie beside it.",
            example: "\"dragonfly.events\"",
        },
        Key {
            name: "partitions",
            shape: Shape::Number,
            need: Need::Optional("6"),
            what: "How many partitions `muster topic create` makes: at most so many archivers share the work.",
            example: "12",
        },
        Key {
            name: "replication",
            shape: Shape::Number,
            need: Need::Optional("3, or as many as there are brokers"),
            what: "How many brokers hold each partition.",
            example: "3",
        },
        Key {
            name: "retention_days",
            shape: Shape::Number,
            need: Need::Optional("14"),
            what: "How long the topic keeps events: the longest time that no archiver may run.",
            example: "30",
        },
        Key {
            name: "mode",
            shape: Shape::Text,
            need: Need::Optional("`structured`"),
            what: "How an event becomes a record, in the words of the CloudEvents binding: `structured` (all of it in the value) \
                   or `binary` (attributes in headers; slower). Both are read.",
            example: "\"binary\"",
        },
        Key {
            name: "group",
            shape: Shape::Text,
            need: Need::Optional("`muster-<topic>`"),
            what: "The consumer group of the archivers.",
            example: "\"archivers\"",
        },
        Key {
            name: "batch",
            shape: Shape::Number,
            need: Need::Optional("20000"),
            what: "At most so many events go into one append to the log.",
            example: "5000",
        },
        Key {
            name: "security",
            shape: Shape::Security,
            need: Need::Optional("no encryption and no login"),
            what: "How to log in; the next table.",
            example: "{ protocol = \"ssl\" }",
        },
        Key {
            name: "properties",
            shape: Shape::Properties,
            need: Need::Optional("librdkafka's defaults"),
            what: "Any property of librdkafka's. Those that would break exactly-once are refused.",
            example: "{ \"socket.keepalive.enable\" = true }",
        },
    ],
};

/// `[transport.security]`.
pub const SECURITY: Section = Section {
    table: "security",
    kind: None,
    title: "[transport.security]",
    what: "How the brokers are talked to. Passwords are in the environment or in files, never here, and are never printed.",
    keys: &[
        Key {
            name: "protocol",
            shape: Shape::Text,
            need: Need::Optional("`sasl_ssl` with a user, else `plaintext`"),
            what: "`plaintext`, `ssl`, `sasl_plaintext` or `sasl_ssl`.",
            example: "\"sasl_ssl\"",
        },
        Key {
            name: "mechanism",
            shape: Shape::Text,
            need: Need::Optional("`SCRAM-SHA-512`"),
            what: "`PLAIN`, `SCRAM-SHA-256` or `SCRAM-SHA-512`.",
            example: "\"SCRAM-SHA-256\"",
        },
        Key {
            name: "user",
            shape: Shape::Text,
            need: Need::Optional("no login"),
            what: "Who logs in.",
            example: "\"muster\"",
        },
        Key {
            name: "password_env",
            shape: Shape::Text,
            need: Need::Optional("`KAFKA_PASSWORD`"),
            what: "The environment variable with the user's password.",
            example: "\"KAFKA_PASSWORD\"",
        },
        Key {
            name: "password_file",
            shape: Shape::Path,
            need: Need::Optional("the environment variable"),
            what: "A file whose first line is the password; instead of `password_env`.",
            example: "\"/run/secrets/kafka\"",
        },
        Key {
            name: "ca",
            shape: Shape::Path,
            need: Need::Optional("the system's certificates"),
            what: "The certificates by which those of the brokers are checked, PEM.",
            example: "\"ca.pem\"",
        },
        Key {
            name: "certificate",
            shape: Shape::Path,
            need: Need::Optional("none"),
            what: "The client's own certificate, PEM.",
            example: "\"client.pem\"",
        },
        Key {
            name: "key",
            shape: Shape::Path,
            need: Need::Optional("none"),
            what: "Its key, PEM.",
            example: "\"client.key\"",
        },
        Key {
            name: "key_password_env",
            shape: Shape::Text,
            need: Need::Optional("the key has no password"),
            what: "The environment variable with the password of the key.",
            example: "\"KAFKA_KEY_PASSWORD\"",
        },
    ],
};
