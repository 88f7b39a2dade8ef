//! Sources into the log, or into the topic before it.

use crate::console::{Work, count};
use crate::failure::Failure;
use crate::history::milliseconds;
use crate::source::open;
use crate::tell;
use crate::transport::{Outlet, Transport};
use muster_log::{Conflict, Log, LogError};
use muster_model::redaction::Redaction;
use muster_model::{Batch, CollectError, Collector, Cursor, Event, Problem, Severity};
use muster_pipeline::{Pipeline, Source};
use serde::Serialize;
use std::sync::Arc;

/// What became of a source's records in one run.
#[derive(Debug, Default, Clone, Serialize)]
pub struct Collected {
    /// The source's name.
    pub name: String,
    /// Its kind.
    pub kind: String,
    /// Records met.
    pub read: u64,
    /// Events that are new in the log.
    pub appended: u64,
    /// Events that were there already.
    pub duplicates: u64,
    /// Events of an id that was there with another payload; the first stays.
    pub conflicts: u64,
    /// Records that could not be read.
    pub rejected: u64,
    /// Records of kinds that muster has no event for.
    pub not_ours: u64,
    /// Records of repositories that were not asked for.
    pub filtered: u64,
    /// Why the source could not be read (to its end).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
    /// How long it took.
    pub milliseconds: u64,
    /// Requests that the source would still have answered, where it says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quota_left: Option<u64>,
    /// The first problems, as they are printed.
    pub problems: Vec<String>,
    /// How many problems there are in all, notices too.
    pub problems_in_all: u64,
}

/// How many problems of one source are printed; all are in `rejected.csv`.
const SHOWN: usize = 5;

impl Collected {
    /// Nothing disappears: read = appended + duplicates + conflicts + rejected + not ours + filtered.
    pub fn is_conserved(&self) -> bool {
        self.read == self.appended + self.duplicates + self.conflicts + self.rejected + self.not_ours + self.filtered
    }

    /// The counts, for people.
    pub fn line(&self) -> String {
        let mut line = format!(
            "{:>9} read {:>9} new {:>7} duplicate {:>5} rejected",
            count(self.read),
            count(self.appended),
            count(self.duplicates),
            count(self.rejected)
        );
        for (number, word) in
            [(self.conflicts, "in conflict"), (self.not_ours, "not ours"), (self.filtered, "filtered")]
        {
            if number > 0 {
                line.push_str(&format!("  {} {word}", count(number)));
            }
        }
        line
    }

    /// The same for operators.
    fn log(&self) {
        let Self { name: source, kind, milliseconds, read, appended, rejected, quota_left, .. } = self;
        match &self.failed {
            Some(error) => {
                tracing::error!(
                    source,
                    kind,
                    milliseconds,
                    read,
                    appended,
                    rejected,
                    quota_left,
                    error,
                    "source failed"
                );
            }
            None => {
                tracing::info!(source, kind, milliseconds, read, appended, rejected, quota_left, "source collected")
            }
        }
    }

    fn note(&mut self, problem: &Problem) {
        self.rejected += u64::from(problem.severity == Severity::Rejected);
        self.say(problem.to_string());
    }

    fn say(&mut self, problem: String) {
        self.problems_in_all += 1;
        if self.problems.len() < SHOWN {
            self.problems.push(problem);
        }
    }

    fn conflict(&mut self, conflict: &Conflict) {
        self.conflicts += 1;
        self.say(format!(
            "{}: stated again with another payload by {}; the first, by {}, stays",
            conflict.id, conflict.source, conflict.stored_source
        ));
    }
}

/// Collects the sources of the pipeline that are wanted, by name, into the log, one after the other. A source that fails does not
/// stop the others.
///
/// When somebody has asked to be left out since the log was last rewritten, in this run or in one that was stopped, it is
/// rewritten at the end.
///
/// # Errors
/// The log's own failures: it cannot be written, or it is full.
pub async fn collect_all(
    pipeline: &Pipeline,
    is_wanted: &dyn Fn(&str) -> bool,
    log: &mut Log,
) -> Result<Vec<Collected>, Failure> {
    let mut left_out = LeftOut::of(log).await?;
    let mut all = Vec::new();
    for source in pipeline.sources.iter().filter(|source| is_wanted(source.name())) {
        all.push(collect_source(pipeline, source, Way::Log(log), &mut left_out).await?);
    }
    if !left_out.redaction.is_empty() || left_out.more {
        crate::forget::rewrite_where_due(log, pipeline).await?;
    }
    Ok(all)
}

/// The same into the topic of `[transport]`: what the log has already is found out by whoever archives.
///
/// # Errors
/// The brokers cannot be reached, or do not take what is produced.
pub async fn collect_into_topic(
    pipeline: &Pipeline,
    transport: &Transport,
    is_wanted: &dyn Fn(&str) -> bool,
    mut left_out: LeftOut,
) -> Result<Vec<Collected>, Failure> {
    let mut all = Vec::new();
    for source in pipeline.sources.iter().filter(|source| is_wanted(source.name())) {
        all.push(collect_source(pipeline, source, Way::Topic(transport), &mut left_out).await?);
    }
    Ok(all)
}

/// Who asked to be left out.
#[derive(Default)]
pub struct LeftOut {
    /// By what the log had when the run began.
    redaction: Redaction,
    /// Whether somebody was added since.
    more: bool,
}

impl LeftOut {
    /// As of the log's version.
    ///
    /// # Errors
    /// The log's own failures.
    pub async fn of(log: &Log) -> Result<Self, LogError> {
        Ok(Self { redaction: Redaction::new(&log.forgotten().await?), more: false })
    }

    /// Takes them out of events; says whether one of these asks that somebody be left out.
    pub fn apply<'e>(&self, events: impl Iterator<Item = &'e mut Event>) -> bool {
        let mut has_wish = false;
        for event in events {
            if !self.redaction.is_empty() {
                self.redaction.apply(event);
            }
            has_wish |= event.kind() == "person.forgotten";
        }
        has_wish
    }
}

/// Collects one source into the log.
///
/// # Errors
/// As [`collect_all`].
pub async fn collect_one(pipeline: &Pipeline, source: &Source, log: &mut Log) -> Result<Collected, Failure> {
    let mut left_out = LeftOut::of(log).await?;
    collect_source(pipeline, source, Way::Log(log), &mut left_out).await
}

/// Where a source's batches go.
enum Way<'a> {
    Log(&'a mut Log),
    Topic(&'a Transport),
}

/// The same, opened for one source.
enum Sink<'a> {
    Log(&'a mut Log),
    Topic(Outlet),
}

impl<'a> Way<'a> {
    /// Opens it, and says where the source stands. The inner error is this source's alone.
    async fn open(self, source: &str) -> Result<Result<(Sink<'a>, Option<Cursor>), CollectError>, Failure> {
        match self {
            Self::Log(log) => {
                let cursor = log.cursor(source).await?;
                Ok(Ok((Sink::Log(log), cursor)))
            }
            Self::Topic(transport) => {
                let opened = transport.outlet(source).await?;
                Ok(opened.map(|(outlet, cursor)| (Sink::Topic(outlet), cursor)))
            }
        }
    }
}

async fn collect_source(
    pipeline: &Pipeline,
    source: &Source,
    way: Way<'_>,
    left_out: &mut LeftOut,
) -> Result<Collected, Failure> {
    let mut collected =
        Collected { name: source.name().to_owned(), kind: source.kind().to_owned(), ..Collected::default() };
    let mut work = Work::begin(format!("{:<9}{:<12}{:<28}", "collect", source.kind(), source.name()));
    let outcome = match way.open(source.name()).await? {
        Ok((sink, cursor)) => match open(pipeline, source, cursor).await {
            Ok(collector) => read_to_end(collector, source, sink, left_out, &mut collected, &mut work).await?,
            Err(error) => Err(error),
        },
        Err(error) => Err(error),
    };
    if let Err(error) = outcome {
        collected.failed = Some(format!("{error}\n  = {}", error.hint));
    }
    collected.milliseconds = milliseconds(work.end(&collected.line()));
    if let Some(failed) = &collected.failed {
        tell!("error: source {}: {failed}", collected.name);
    }
    collected.log();
    Ok(collected)
}

/// Reads the next batch while the last one is being appended.
async fn read_to_end(
    collector: Box<dyn Collector>,
    source: &Source,
    mut sink: Sink<'_>,
    left_out: &mut LeftOut,
    collected: &mut Collected,
    work: &mut Work,
) -> Result<Result<(), CollectError>, Failure> {
    let mut next = read_batch(collector);
    loop {
        let (collector, batch) = match next.await {
            Ok((collector, Ok(Some(batch)))) => (collector, batch),
            Ok((_, Ok(None))) => return Ok(Ok(())),
            Ok((_, Err(error))) => return Ok(Err(error)),
            Err(error) => {
                return Ok(Err(CollectError::new(error.to_string(), "this is a fault of muster; please report it")));
            }
        };
        next = read_batch(collector);
        let status = batch.status.clone().map_or_else(String::new, |status| format!("; {status}"));
        let name = (source.kind(), source.name());
        let taken = match &mut sink {
            Sink::Log(log) => {
                append(batch, name, log, left_out, collected).await?;
                Ok(())
            }
            Sink::Topic(outlet) => produce(batch, name, outlet, left_out, collected).await?,
        };
        if let Err(error) = taken {
            return Ok(Err(error));
        }
        work.at(&format!("{} read, {} new{status}", count(collected.read), count(collected.appended)));
    }
}

type Reading = tokio::task::JoinHandle<(Box<dyn Collector>, Result<Option<Batch>, CollectError>)>;

fn read_batch(mut collector: Box<dyn Collector>) -> Reading {
    tokio::task::spawn_blocking(move || {
        let batch = collector.next_batch();
        (collector, batch)
    })
}

/// Appends the problems, then the events with the cursor: a crash between the two loses nothing, because the cursor
/// comes last and both are idempotent.
pub async fn append(
    mut batch: Batch,
    name: (&str, &str),
    log: &mut Log,
    left_out: &mut LeftOut,
    collected: &mut Collected,
) -> Result<(), LogError> {
    let problems = prepare(&mut batch, name, left_out, collected);
    if !problems.is_empty() {
        log.append(name.1, problems, None).await?;
    }
    let appended = log.append(name.1, batch.events, batch.cursor.as_ref()).await?;
    collected.appended += appended.appended;
    collected.duplicates += appended.duplicates;
    appended.conflicts.iter().for_each(|conflict| collected.conflict(conflict));
    Ok(())
}

/// Produces the problems, the events and the cursor in one transaction.
async fn produce(
    mut batch: Batch,
    name: (&str, &str),
    outlet: &mut Outlet,
    left_out: &mut LeftOut,
    collected: &mut Collected,
) -> Result<Result<(), CollectError>, Failure> {
    let before = collected.clone();
    let mut events = prepare(&mut batch, name, left_out, collected);
    collected.appended += batch.events.len() as u64;
    events.append(&mut batch.events);
    let sent = outlet.send(events, batch.cursor).await?;
    if sent.is_err() {
        // Nothing of the batch is in the topic: it is read again.
        *collected = before;
    }
    Ok(sent)
}

/// Counts a batch, takes those out of it who asked to be left out, and gives its problems as events.
fn prepare(
    batch: &mut Batch,
    (kind, name): (&str, &str),
    left_out: &mut LeftOut,
    collected: &mut Collected,
) -> Vec<Event> {
    collected.quota_left = batch.quota_left.or(collected.quota_left);
    collected.read += batch.counts.read;
    collected.not_ours += batch.counts.not_ours;
    collected.filtered += batch.counts.filtered;
    let origin: Arc<str> = Arc::from(format!("{kind}:{name}"));
    let mut problems: Vec<Event> =
        batch.problems.iter().map(|problem| problem.to_event(&origin, name, "muster/1")).collect();
    batch.problems.iter().for_each(|problem| collected.note(problem));
    left_out.apply(problems.iter_mut());
    left_out.more |= left_out.apply(batch.events.iter_mut());
    problems
}
