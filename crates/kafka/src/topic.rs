//! Topics made, and what is unsafe about those that are there.

use crate::error::TransportError;
use crate::observer::Observer;
use crate::settings::{PATIENCE, Settings, build};
use crate::watch::Watch;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, ResourceSpecifier, TopicReplication};
use rdkafka::error::RDKafkaErrorCode;
use std::collections::BTreeMap;

/// A cursor or an event with all its text may be some megabytes.
const LARGEST: u64 = 8 << 20;

/// What must be looked at, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The topic.
    pub topic: String,
    /// What was found.
    pub found: String,
    /// What it puts at risk, and what to do.
    pub why: String,
}

/// A topic as it should be.
struct Plan {
    name: String,
    partitions: i32,
    config: Vec<(&'static str, String)>,
}

fn plans(settings: &Settings, replication: i32) -> [Plan; 3] {
    let in_sync = if replication >= 3 { 2 } else { 1 };
    let days = (settings.retention_days * 86_400_000).to_string();
    let common = |more: Vec<(&'static str, String)>| {
        let mut all = vec![
            ("min.insync.replicas", in_sync.to_string()),
            ("max.message.bytes", LARGEST.to_string()),
            ("compression.type", "producer".to_owned()),
            ("unclean.leader.election.enable", "false".to_owned()),
        ];
        all.extend(more);
        all
    };
    let kept = || {
        vec![
            ("cleanup.policy", "delete".to_owned()),
            ("retention.ms", days.clone()),
            ("retention.bytes", "-1".to_owned()),
        ]
    };
    let compacted = vec![
        ("cleanup.policy", "compact".to_owned()),
        // Cursors are read from the beginning at every start: what is old should go soon.
        ("segment.ms", "3600000".to_owned()),
        ("segment.bytes", (32 << 20).to_string()),
        ("min.cleanable.dirty.ratio", "0.1".to_owned()),
    ];
    [
        Plan { name: settings.topic.clone(), partitions: settings.partitions, config: common(kept()) },
        Plan { name: settings.cursors(), partitions: 1, config: common(compacted) },
        Plan { name: settings.rejected(), partitions: 1, config: common(kept()) },
    ]
}

/// Makes the topic of the events and the two beside it. Says of each whether it was made; one that is there stays as it is.
///
/// # Errors
/// What [`Observer::connect`] gives, or why the brokers did not make one.
pub async fn create(settings: &Settings) -> Result<Vec<(String, bool)>, TransportError> {
    let observer = tokio::task::block_in_place(|| Observer::connect(settings, &[]))?;
    let most = i32::try_from(observer.brokers).unwrap_or(i32::MAX);
    let replication = settings.replication.unwrap_or(3.min(most));
    let admin: AdminClient<Watch> = build(&settings.observer(), Watch::default())?;
    let mut made = Vec::new();
    for plan in plans(settings, replication) {
        let mut topic = NewTopic::new(&plan.name, plan.partitions, TopicReplication::Fixed(replication));
        topic.config = plan.config.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let options = AdminOptions::new().request_timeout(Some(PATIENCE)).operation_timeout(Some(PATIENCE));
        let doing = format!("make the topic {}", plan.name);
        let failed = |code| TransportError::of_code(&doing, &settings.servers(), code);
        let results = admin.create_topics([&topic], &options).await;
        let results = results.map_err(|error| TransportError::of(&doing, &settings.servers(), &error, None))?;
        match results.into_iter().next() {
            Some(Err((_, RDKafkaErrorCode::TopicAlreadyExists))) => made.push((plan.name, false)),
            Some(Err((_, RDKafkaErrorCode::InvalidReplicationFactor))) => {
                return Err(TransportError {
                    hint: format!("there are {most} brokers: set replication in [transport] to {most} or less"),
                    ..failed(RDKafkaErrorCode::InvalidReplicationFactor)
                });
            }
            Some(Err((_, code))) => return Err(failed(code)),
            Some(Ok(_)) | None => made.push((plan.name, true)),
        }
    }
    Ok(made)
}

/// What is unsafe about the topics as they are.
///
/// # Errors
/// What [`Observer::connect`] gives, that a topic is not there, or why the brokers do not say how it is configured.
pub async fn check(settings: &Settings) -> Result<Vec<Finding>, TransportError> {
    let topics = [settings.topic.clone(), settings.cursors(), settings.rejected()];
    let observer = tokio::task::block_in_place(|| Observer::connect(settings, &topics))?;
    let admin: AdminClient<Watch> = build(&settings.observer(), Watch::default())?;
    let specifiers: Vec<_> = topics.iter().map(|topic| ResourceSpecifier::Topic(topic)).collect();
    let options = AdminOptions::new().request_timeout(Some(PATIENCE));
    let failed = |error| TransportError::of("ask how the topics are configured", &settings.servers(), &error, None);
    let described = admin.describe_configs(&specifiers, &options).await.map_err(failed)?;
    let mut findings = Vec::new();
    for (topic, described) in topics.iter().zip(described) {
        let described = described.map_err(|code| {
            TransportError::of_code(&format!("ask how {topic} is configured"), &settings.servers(), code)
        })?;
        let config = described.entries.into_iter().filter_map(|entry| Some((entry.name, entry.value?))).collect();
        let replicas = observer.topics.get(topic).cloned().unwrap_or_default();
        let facts = Facts { settings, topic, config: &config, replicas: &replicas };
        findings.extend(facts.findings());
    }
    Ok(findings)
}

/// What the brokers say about one topic.
struct Facts<'a> {
    settings: &'a Settings,
    topic: &'a str,
    config: &'a BTreeMap<String, String>,
    /// Replicas of each partition.
    replicas: &'a [usize],
}

impl Facts<'_> {
    fn number(&self, name: &str) -> Option<i64> {
        self.config.get(name)?.parse().ok()
    }

    fn findings(&self) -> Vec<Finding> {
        let mut all = Vec::new();
        let mut find = |found: String, why: &str| {
            all.push(Finding { topic: self.topic.to_owned(), found, why: why.to_owned() });
        };
        let least = self.replicas.iter().min().copied().unwrap_or_default();
        if least < 2 {
            find(
                format!("replication {least}"),
                "what is not archived yet is lost with the disk of one broker; make the topic with replication 3",
            );
        }
        let in_sync = self.number("min.insync.replicas").unwrap_or(1);
        if least >= 3 && in_sync < 2 {
            find(
                format!("min.insync.replicas {in_sync}"),
                "a record may be acknowledged by one broker alone and be lost with it; set it to 2",
            );
        }
        if least > 1 && in_sync >= i64::try_from(least).unwrap_or(i64::MAX) {
            find(
                format!("min.insync.replicas {in_sync} of {least} replicas"),
                "nothing can be produced while one broker is down; set it to one less than the replication",
            );
        }
        if self.config.get("unclean.leader.election.enable").is_some_and(|value| value == "true") {
            find(
                "unclean.leader.election.enable true".to_owned(),
                "a broker that missed records may become leader, and they are gone; set it to false",
            );
        }
        let largest = self.number("max.message.bytes").unwrap_or(i64::MAX);
        if largest < 1 << 20 {
            find(
                format!("max.message.bytes {largest}"),
                "long messages and large cursors are refused, and their collector stops there; set it to 8388608",
            );
        }
        let policy = self.config.get("cleanup.policy").map(String::as_str).unwrap_or_default();
        if self.topic == self.settings.cursors() {
            if policy != "compact" {
                find(
                    format!("cleanup.policy {policy}"),
                    "cursors are deleted with time, and everything is collected again; set it to compact",
                );
            }
            return all;
        }
        if policy.contains("compact") {
            find(
                format!("cleanup.policy {policy}"),
                "the key is the subject, so all but the last event of a thing may be deleted before they are archived; set \
                 it to delete",
            );
        }
        if policy.contains("delete") {
            self.retention(&mut find);
        }
        if self.topic == self.settings.topic
            && self.replicas.len() < usize::try_from(self.settings.partitions).unwrap_or(0)
        {
            find(
                format!("{} partitions", self.replicas.len()),
                "the pipeline file asks for more; adding some puts later events of a subject into another partition, which \
                 the log does not mind (its order is not the topic's)",
            );
        }
        all
    }

    fn retention(&self, find: &mut impl FnMut(String, &str)) {
        let wanted = i64::try_from(self.settings.retention_days).unwrap_or(i64::MAX).saturating_mul(86_400_000);
        if let Some(kept) = self.number("retention.ms").filter(|kept| *kept >= 0 && *kept < wanted) {
            find(
                format!("retention.ms {kept}"),
                "events may be deleted before they are archived, sooner than retention_days of the pipeline file says",
            );
        }
        if let Some(kept) = self.number("retention.bytes").filter(|kept| *kept >= 0) {
            find(
                format!("retention.bytes {kept}"),
                "events may be deleted before they are archived, however new they are; set it to -1",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Mode, Security};

    fn settings() -> Settings {
        Settings {
            project: "lantern".to_owned(),
            brokers: vec!["127.0.0.1:1".to_owned()],
            topic: "events".to_owned(),
            partitions: 6,
            replication: None,
            retention_days: 14,
            mode: Mode::Binary,
            group: "muster-events".to_owned(),
            batch: 20_000,
            security: Security::default(),
            properties: BTreeMap::new(),
        }
    }

    fn found(topic: &str, replicas: &[usize], changed: &[(&str, &str)]) -> Vec<String> {
        let settings = settings();
        let plan = plans(&settings, 3).into_iter().find(|plan| plan.name == topic).unwrap();
        let mut config: BTreeMap<String, String> =
            plan.config.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        config.extend(changed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let facts = Facts { settings: &settings, topic, config: &config, replicas };
        facts.findings().into_iter().map(|finding| finding.found).collect()
    }

    #[test]
    fn what_muster_makes_is_safe() {
        for topic in ["events", "events.cursors", "events.rejected"] {
            assert_eq!(found(topic, &[3; 6], &[]), [""; 0], "{topic}");
        }
    }

    #[test]
    fn what_is_unsafe_is_found() {
        for (topic, replicas, name, value, expected) in [
            ("events", 1, "min.insync.replicas", "1", "replication 1"),
            ("events", 3, "min.insync.replicas", "1", "min.insync.replicas 1"),
            ("events", 3, "min.insync.replicas", "3", "min.insync.replicas 3 of 3 replicas"),
            ("events", 3, "unclean.leader.election.enable", "true", "unclean.leader.election.enable true"),
            ("events", 3, "max.message.bytes", "10000", "max.message.bytes 10000"),
            ("events", 3, "cleanup.policy", "compact", "cleanup.policy compact"),
            ("events", 3, "cleanup.policy", "compact,delete", "cleanup.policy compact,delete"),
            ("events", 3, "retention.ms", "3600000", "retention.ms 3600000"),
            ("events", 3, "retention.bytes", "1000", "retention.bytes 1000"),
            ("events.cursors", 3, "cleanup.policy", "delete", "cleanup.policy delete"),
        ] {
            assert_eq!(found(topic, &[replicas; 6], &[(name, value)]), [expected], "{topic} {name}");
        }
        assert_eq!(found("events", &[3; 2], &[]), ["2 partitions"]);
    }
}
