//! A Kafka topic in front of the log.
