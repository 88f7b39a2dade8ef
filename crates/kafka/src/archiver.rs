//! Records of the topic into the log, exactly once.
//!
//! The log says where each partition goes on, and moves that position in the commit of the events. An archiver that was
//! thought dead and goes on finds, at its next commit, that the position has moved, and leaves out what is below it. So it
//! does not matter for the log how many archivers there are, or who has which partition: the consumer group only sees to
//! it that they do not do the same work twice.

use crate::batch::{Batch, Rejected, millis};
use crate::cursor::decided;
use crate::error::{Fault, TransportError};
use crate::observer::Observer;
use crate::rejects::Rejects;
use crate::settings::{PATIENCE, Settings, watched};
use crate::watch::{Watch, answer};
use muster_log::{Appended, Log};
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::Message;
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// A batch that is not full waits so long for more.
const LINGER: Duration = Duration::from_millis(500);
/// A batch is full with so many bytes.
const FULL: u64 = 16 << 20;

/// So many statistics, one a second, must say that nothing is left to read.
const QUIET: u32 = 30;

/// How much of the topic is archived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// All partitions, up to where they end now: no other archiver is waited for.
    ToTheEnd,
    /// Without end, sharing the partitions with the other archivers of the group.
    Shared,
}

/// Reads the topic and appends to the log.
pub struct Archiver {
    consumer: BaseConsumer<Watch>,
    watch: Watch,
    observer: Observer,
    settings: Settings,
    rejects: Option<Rejects>,
    /// Of [`Reach::ToTheEnd`]: where each partition ends that is not read to there.
    ends: Option<BTreeMap<i32, i64>>,
    /// Partitions that are read to their end.
    at_end: BTreeSet<i32>,
    /// Partitions that are read from their beginning, whatever the log says, until a first commit.
    anew: BTreeSet<i32>,
    from_start: bool,
    /// The positions that this archiver has seen in the log or moved.
    positions: BTreeMap<i32, i64>,
    /// Records by which partitions must be known again before anything of them is archived: offset and time.
    witnesses: BTreeMap<i32, (i64, i64)>,
    /// Partitions of `from_start` that were begun from there.
    restarted: BTreeSet<i32>,
    silent_since: Option<Instant>,
}

/// What became of a batch.
#[derive(Debug, Clone, Default)]
pub struct Done {
    /// In the log.
    pub appended: Appended,
}

impl Archiver {
    /// Joins the group, or takes all partitions; reads nothing yet. `instance` is the name of this archiver in the group
    /// (empty: it has none, and its partitions go to others as soon as it ends); with `from_start` the topic is read from its beginning, whatever the log has of it.
    ///
    /// # Errors
    /// [`Fault::NoTopic`], [`Fault::Gap`], [`Fault::OtherTopic`], [`Fault::Stopped`] and what [`Observer::connect`] gives.
    pub async fn open(
        settings: &Settings,
        log: &mut Log,
        reach: Reach,
        instance: &str,
        from_start: bool,
        stop: &AtomicBool,
    ) -> Result<Self, TransportError> {
        let expected = std::slice::from_ref(&settings.topic);
        let observer = tokio::task::block_in_place(|| Observer::connect(settings, expected))?;
        let mut config = settings.consumer();
        config.set("statistics.interval.ms", "1000");
        if reach == Reach::Shared && !instance.is_empty() {
            config.set("group.instance.id", instance);
        }
        let (consumer, watch) = watched(&config)?;
        let mut archiver = Self {
            consumer,
            watch,
            observer,
            settings: settings.clone(),
            rejects: None,
            ends: None,
            at_end: BTreeSet::new(),
            anew: BTreeSet::new(),
            from_start,
            positions: BTreeMap::new(),
            witnesses: BTreeMap::new(),
            restarted: BTreeSet::new(),
            silent_since: None,
        };
        match reach {
            Reach::Shared => {
                let subscribed = archiver.consumer.subscribe(&[settings.topic.as_str()]);
                subscribed.map_err(|error| archiver.failed("join the group", &error))?;
            }
            Reach::ToTheEnd => archiver.take_all(log, stop).await?,
        }
        Ok(archiver)
    }

    /// Takes every partition that does not end where the log stands.
    async fn take_all(&mut self, log: &mut Log, stop: &AtomicBool) -> Result<(), TransportError> {
        let topic = self.settings.topic.clone();
        let partitions: Vec<i32> = (0..self.observer.partitions(&topic)).collect();
        let starts = self.starts(log, &partitions).await?;
        let mut ends = BTreeMap::new();
        for (partition, start) in &starts {
            let (_, end) = tokio::task::block_in_place(|| self.observer.ends(&topic, *partition))?;
            if end > self.positions.get(partition).copied().unwrap_or(*start) {
                ends.insert(*partition, end);
            }
        }
        tokio::task::block_in_place(|| decided(&self.consumer, &self.settings, &topic, &ends, stop))?;
        let from = starts.into_iter().filter(|(partition, _)| ends.contains_key(partition));
        let from = self.list(from)?;
        self.consumer.assign(&from).map_err(|error| self.failed("take partitions", &error))?;
        self.ends = Some(ends);
        Ok(())
    }

    /// Where partitions go on, by the log. Refuses a topic that cannot go on there.
    async fn starts(&mut self, log: &mut Log, partitions: &[i32]) -> Result<BTreeMap<i32, i64>, TransportError> {
        log.refresh().await?;
        let streams: Vec<String> = partitions.iter().map(|partition| self.stream(*partition)).collect();
        let positions = log.positions(&streams).await?;
        let mut starts = BTreeMap::new();
        for (partition, position) in partitions.iter().zip(positions) {
            let ends = || self.observer.ends(&self.settings.topic, *partition);
            let (low, high) = tokio::task::block_in_place(ends)?;
            let start = match position {
                None => low,
                Some(_) if self.from_start && !self.restarted.contains(partition) => {
                    self.anew.insert(*partition);
                    low
                }
                Some(position) if position > high => return Err(self.other_topic(*partition, position, high)),
                Some(position) if position < low => return Err(self.gap(*partition, position, low)),
                Some(position) => {
                    self.positions.insert(*partition, position);
                    self.witness(log, *partition, low).await?.unwrap_or(position)
                }
            };
            starts.insert(*partition, start);
        }
        Ok(starts)
    }

    /// The offset of the last record that the log has of a partition, when the topic still has it: reading begins there, and
    /// it must be the same record.
    async fn witness(&mut self, log: &Log, partition: i32, low: i64) -> Result<Option<i64>, TransportError> {
        let stored = log.witness(&self.stream(partition)).await?;
        let parsed = stored.as_deref().and_then(|text| {
            let (offset, time) = text.split_once(' ')?;
            Some((offset.parse::<i64>().ok()?, time.parse::<i64>().ok()?))
        });
        let there = parsed.filter(|(offset, _)| *offset >= low);
        match there {
            Some(witness) => self.witnesses.insert(partition, witness),
            None => self.witnesses.remove(&partition),
        };
        Ok(there.map(|(offset, _)| offset))
    }

    /// Whether what is read first of a partition is the record that the log knows it by. Afterwards nothing is asked of it.
    fn is_known(&mut self, partition: i32, first: Option<(i64, i64)>) -> Result<bool, TransportError> {
        let Some(witness) = self.witnesses.remove(&partition) else { return Ok(false) };
        if first == Some(witness) {
            return Ok(true);
        }
        let (offset, _) = witness;
        Err(TransportError::new(
            Fault::OtherTopic,
            format!(
                "the record {offset} of partition {partition} of {} is not the one that the log has archived: the topic was \
                 deleted and made again, or compacted",
                self.settings.topic
            ),
            "read it from its beginning with: muster archive FILE --from-start (what the log has already is not doubled)",
        ))
    }

    fn other_topic(&self, partition: i32, position: i64, high: i64) -> TransportError {
        TransportError::new(
            Fault::OtherTopic,
            format!(
                "partition {partition} of {} ends at {high}, and the log has it up to {position}: the topic was deleted and \
                 made again, or has lost records",
                self.settings.topic
            ),
            "read it from its beginning with: muster archive FILE --from-start (what the log has already is not doubled)",
        )
    }

    fn gap(&self, partition: i32, position: i64, low: i64) -> TransportError {
        TransportError::new(
            Fault::Gap,
            format!(
                "the records {position} to {} of partition {partition} of {} were deleted before they were archived: the \
                 topic keeps {} days, or somebody deleted them",
                low - 1,
                self.settings.topic,
                self.settings.retention_days
            ),
            "collect again what was in them (delete the collectors' cursors in the topic .cursors); archive what is left \
             with: muster archive FILE --from-start (what the log has already is not doubled)",
        )
    }

    /// What the log calls a partition.
    fn stream(&self, partition: i32) -> String {
        format!("kafka/{}/{}/{partition}", self.observer.cluster(), self.settings.topic)
    }

    fn list(&self, starts: impl Iterator<Item = (i32, i64)>) -> Result<TopicPartitionList, TransportError> {
        let mut list = TopicPartitionList::new();
        for (partition, start) in starts {
            let added = list.add_partition_offset(&self.settings.topic, partition, Offset::Offset(start));
            added.map_err(|error| self.failed("take partitions", &error))?;
        }
        Ok(list)
    }

    /// Begins to read the partitions that a rebalance brought.
    async fn begin_assigned(&mut self, log: &mut Log) -> Result<(), TransportError> {
        let assigned = std::mem::take(&mut self.watch.seen().assigned);
        let starts = self.starts(log, &assigned).await?;
        let list = self.list(starts.into_iter())?;
        self.at_end.retain(|partition| !assigned.contains(partition));
        self.consumer.incremental_assign(&list).map_err(|error| self.failed("take partitions", &error))
    }

    /// Whether there is nothing more to read; never of [`Reach::Shared`].
    pub fn is_done(&self) -> bool {
        self.ends.as_ref().is_some_and(BTreeMap::is_empty)
    }

    /// Committed records that are not read yet, by partition, as far as is known.
    pub fn lag(&self) -> BTreeMap<i32, i64> {
        let mut lag = self.watch.seen().lag.clone();
        for (partition, lag) in &mut lag {
            if self.at_end.contains(partition) {
                *lag = 0;
            }
        }
        lag
    }

    /// Errors of connections so far; librdkafka mends most of them by itself.
    pub fn errors(&self) -> u64 {
        self.watch.seen().errors
    }

    /// Whether errors came last, and no records since.
    pub fn is_silent(&self) -> bool {
        self.silent_since.is_some()
    }

    /// What keeps the brokers from answering, while nothing comes.
    pub fn trouble(&self) -> Option<String> {
        self.watch.trouble().map(|trouble| trouble.text)
    }

    /// Reads the next part of the topic: until it is full, it has waited long enough for more, or `stop`. It is empty when
    /// nothing came for a while. Blocks the calling thread, but not the runtime.
    ///
    /// # Errors
    /// [`Fault::Fenced`] when another archiver has this one's name, [`Fault::Gap`], [`Fault::OtherTopic`], [`Fault::Log`]
    /// or another.
    pub async fn next(&mut self, log: &mut Log, stop: &AtomicBool) -> Result<Batch, TransportError> {
        let mut batch = Batch::default();
        let begun = Instant::now();
        loop {
            tokio::task::block_in_place(|| self.read(&mut batch, begun, stop))?;
            if self.watch.seen().assigned.is_empty() {
                break;
            }
            self.begin_assigned(log).await?;
        }
        if batch.is_empty() && self.ends.is_none() {
            self.pass_over_what_is_no_record(&mut batch);
        }
        batch.count();
        Ok(batch)
    }

    /// At the end of a partition lie marks of transactions, which no consumer is given. When nothing has come for a while the
    /// position goes past them: else, once the topic has deleted what is old, it would seem that records were missed.
    fn pass_over_what_is_no_record(&self, batch: &mut Batch) {
        for (partition, (end, times)) in &self.watch.seen().idle {
            let is_behind = self.positions.get(partition).is_some_and(|position| position < end);
            if *times >= QUIET && is_behind && self.at_end.contains(partition) {
                batch.reach(*partition, *end);
            }
        }
    }

    fn read(&mut self, batch: &mut Batch, begun: Instant, stop: &AtomicBool) -> Result<(), TransportError> {
        loop {
            let witnesses = &self.witnesses;
            let polled = self.consumer.poll(Duration::from_millis(50)).map(|polled| {
                polled.map(|record| {
                    // While a partition has to be known again its record is kept apart.
                    let apart = witnesses.contains_key(&record.partition()).then(|| record.detach());
                    if apart.is_none() {
                        batch.take(&record);
                    }
                    (record.partition(), record.offset(), millis(&record), apart)
                })
            });
            match polled {
                Some(Ok((partition, offset, time, apart))) => {
                    self.silent_since = None;
                    self.at_end.remove(&partition);
                    match apart {
                        Some(_) if self.is_known(partition, Some((offset, time)))? => {}
                        Some(record) => batch.take(&record),
                        None => {}
                    }
                    if let Some(ends) = &mut self.ends
                        && ends.get(&partition).is_some_and(|end| offset + 1 >= *end)
                    {
                        ends.remove(&partition);
                    }
                }
                Some(Err(KafkaError::PartitionEOF(partition))) => {
                    self.is_known(partition, None)?;
                    self.at_end.insert(partition);
                    // Every transaction below this end was decided before the reading began.
                    if let Some(end) = self.ends.as_mut().and_then(|ends| ends.remove(&partition)) {
                        batch.reach(partition, end);
                    }
                }
                Some(Err(error)) => self.judge(&error)?,
                None => {}
            }
            let revoked = std::mem::take(&mut self.watch.seen().revoked);
            if !revoked.is_empty() {
                batch.forget(&revoked);
                self.witnesses.retain(|partition, _| !revoked.contains(partition));
            }
            let is_full = batch.records() >= self.settings.batch as u64 || batch.bytes() >= FULL;
            let waited = batch.begun.unwrap_or(begun).elapsed() >= LINGER;
            let is_over = stop.load(Ordering::Relaxed) || self.is_done() || !self.watch.seen().assigned.is_empty();
            if is_full || is_over || (waited && (self.ends.is_none() || batch.is_empty())) {
                return Ok(());
            }
        }
    }

    /// Most errors pass: librdkafka connects again. These do not.
    fn judge(&mut self, error: &KafkaError) -> Result<(), TransportError> {
        let code = error.rdkafka_error_code().unwrap_or(RDKafkaErrorCode::Fail);
        let fatal = self.consumer.client().fatal_error();
        match code {
            _ if fatal.as_ref().is_some_and(|(code, _)| *code == RDKafkaErrorCode::FencedInstanceId) => {
                Err(TransportError::new(
                    Fault::Fenced,
                    "another archiver has this one's name in the group, so this one ends",
                    "give each archiver a name of its own: muster archive FILE --instance NAME",
                ))
            }
            _ if fatal.is_some() => Err(self.failed("archive", error)),
            RDKafkaErrorCode::AutoOffsetReset | RDKafkaErrorCode::OffsetOutOfRange => Err(TransportError::new(
                Fault::Gap,
                format!(
                    "{} does not go on where the log stands: records were deleted before they were archived, or the topic \
                     was made again",
                    self.settings.topic
                ),
                "read it from its beginning with: muster archive FILE --from-start (what the log has already is not doubled)",
            )),
            RDKafkaErrorCode::UnknownTopicOrPartition | RDKafkaErrorCode::UnknownTopic => {
                Err(self.failed("archive", error))
            }
            RDKafkaErrorCode::TopicAuthorizationFailed
            | RDKafkaErrorCode::GroupAuthorizationFailed
            | RDKafkaErrorCode::Authentication
            | RDKafkaErrorCode::SaslAuthenticationFailed => Err(self.failed("archive", error)),
            _ => {
                let since = *self.silent_since.get_or_insert_with(Instant::now);
                // A run that is waited for must end; one that goes on for good waits for the brokers.
                match self.ends.is_some() && since.elapsed() > PATIENCE * 6 {
                    true => Err(self.failed("archive", error)),
                    false => Ok(()),
                }
            }
        }
    }

    /// Appends a batch to the log with the positions of its partitions. What is no CloudEvent is in `<topic>.rejected`
    /// before.
    ///
    /// # Errors
    /// The log's, or that of producing rejected records. Then nothing has moved; the same records are read again by whoever
    /// goes on.
    pub async fn append(&mut self, log: &mut Log, batch: Batch) -> Result<Done, TransportError> {
        if batch.is_empty() {
            return Ok(Done { appended: Appended { version: log.version(), ..Appended::default() } });
        }
        tokio::task::block_in_place(|| self.set_aside(&batch))?;
        let moved: Vec<(i32, i64)> = batch.parts.iter().map(|(partition, part)| (*partition, part.next)).collect();
        let stretches =
            batch.into_stretches(|partition| self.stream(partition), |partition| self.anew.contains(&partition));
        let appended = log.append_from(stretches).await?;
        for (partition, next) in &moved {
            self.anew.remove(partition);
            self.restarted.insert(*partition);
            self.positions.insert(*partition, *next);
        }
        // For tools that show how far a group is. The log does not need it, so a failure is none.
        if let Ok(list) = self.list(moved.into_iter()) {
            let _ = self.consumer.commit(&list, CommitMode::Async);
        }
        Ok(Done { appended })
    }

    fn set_aside(&mut self, batch: &Batch) -> Result<(), TransportError> {
        let rejected: Vec<&Rejected> = batch.parts.values().flat_map(|part| &part.rejected).collect();
        if rejected.is_empty() {
            return Ok(());
        }
        if self.rejects.is_none() {
            self.observer.expect(&[self.settings.rejected()])?;
            self.rejects = Some(Rejects::open(&self.settings)?);
        }
        self.rejects.as_ref().map_or(Ok(()), |rejects| rejects.put(&rejected))
    }

    fn failed(&self, doing: &str, error: &KafkaError) -> TransportError {
        let servers = self.settings.servers();
        let doing = format!("{doing} from {} at {servers}", self.settings.topic);
        TransportError::of(&doing, &servers, error, self.watch.trouble())
    }
}

impl Drop for Archiver {
    /// What a rebalance brought and nobody began to read must be answered, or leaving the group waits for it for ever.
    fn drop(&mut self) {
        let mut seen = self.watch.seen();
        seen.is_closing = true;
        let pending = std::mem::take(&mut seen.assigned);
        drop(seen);
        if !pending.is_empty()
            && let Ok(list) = self.list(pending.into_iter().map(|partition| (partition, 0)))
        {
            answer(&self.consumer, &list);
        }
    }
}
