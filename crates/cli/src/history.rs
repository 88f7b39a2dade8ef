//! The run history: what is told about a run when it begins and when it ends, and what was told before.

use crate::collect::Collected;
use crate::compute::Computed;
use crate::failure::{Failure, SOME_SOURCE_FAILED};
use crate::notify;
use crate::stop;
use crate::tell;
use muster_log::{Journal, LogError, Recorded, Snapshot};
use muster_model::account::masked;
use muster_model::payload::{
    Outcome, RunClaim, RunFailure, RunFinished, RunLog, RunNotified, RunOutputs, RunSource, RunStarted,
};
use muster_model::{Event, Payload, Timestamp};
use muster_pipeline::Pipeline;
use serde_json::Value;
use std::collections::HashMap;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Why a run takes place now; by hand for no reason of a schedule's.
#[derive(Debug, Clone, Copy, Default)]
pub struct Trigger {
    /// When the schedule wanted it.
    pub due: Option<Timestamp>,
    /// Which try it is, from 1 on.
    pub attempt: Option<u32>,
}

/// What a run did.
#[derive(Default)]
pub struct Done {
    /// The exit status.
    pub code: u8,
    /// What became of each source.
    pub sources: Vec<Collected>,
    /// The log afterwards.
    pub log: Option<RunLog>,
    /// The outputs afterwards.
    pub outputs: Option<RunOutputs>,
    /// The verdicts on claims.
    pub claims: Vec<RunClaim>,
}

/// A run that is under way.
pub struct Running<'a> {
    pipeline: &'a Pipeline,
    journal: Option<Journal>,
    id: String,
    command: &'static str,
    looked_back: bool,
    started: Timestamp,
    clock: Instant,
}

/// Does the work of a run, records that it began and how it ended, and tells those who want to know. Ctrl-C and SIGTERM
/// end the work. The log must be there.
///
/// A history that cannot be written, or somebody who cannot be told, is said and changes nothing else.
///
/// # Errors
/// Those of the work; [`Failure::was_stopped`] where somebody stopped it.
pub async fn recorded(
    pipeline: &Pipeline,
    command: &'static str,
    trigger: Trigger,
    looked_back: bool,
    work: impl Future<Output = Result<Done, Failure>>,
) -> Result<ExitCode, Failure> {
    Running::begin(pipeline, command, trigger, looked_back).await.carry_out(work).await
}

/// The same for work that has no log to be recorded beside, as that of a collector before a topic: it is only told.
///
/// # Errors
/// As [`recorded`].
pub async fn told_only(
    pipeline: &Pipeline,
    command: &'static str,
    work: impl Future<Output = Result<Done, Failure>>,
) -> Result<ExitCode, Failure> {
    Running::new(pipeline, command, false).carry_out(work).await
}

/// A run that cannot begin, because its log cannot be opened: nothing can be recorded, but it can be told.
pub async fn without_log(pipeline: &Pipeline, command: &'static str, error: LogError) -> Failure {
    let failure = Failure::from(error);
    let run = Running::new(pipeline, command, false);
    let finished = run.finished(Err(&failure));
    run.end(finished).await;
    failure
}

impl<'a> Running<'a> {
    fn new(pipeline: &'a Pipeline, command: &'static str, looked_back: bool) -> Self {
        let started = now();
        Self { pipeline, journal: None, id: own_id(started), command, looked_back, started, clock: Instant::now() }
    }

    async fn begin(pipeline: &'a Pipeline, command: &'static str, trigger: Trigger, looked_back: bool) -> Self {
        let mut run = Self::new(pipeline, command, looked_back);
        tracing::info!(run = run.id, pipeline = file_name(pipeline), command, "run started");
        let begun = RunStarted {
            pipeline: file_name(pipeline),
            command: command.to_owned(),
            muster: env!("CARGO_PKG_VERSION").to_owned(),
            looked_back,
            host: host(),
            due: trigger.due,
            attempt: trigger.attempt,
        };
        let event = event(pipeline, &run.id, "started", run.started, Payload::RunStarted(begun));
        match Journal::open(&pipeline.project.log.to_string()).await {
            Ok(journal) => {
                note_failure(journal.append(&event).await);
                run.journal = Some(journal);
            }
            Err(error) => note_failure(Err(error)),
        }
        run
    }

    async fn carry_out(self, work: impl Future<Output = Result<Done, Failure>>) -> Result<ExitCode, Failure> {
        let ended = tokio::select! {
            ended = work => ended,
            code = stop::asked() => Err(Failure::stopped(code)),
        };
        let finished = self.finished(ended.as_ref());
        self.end(finished).await;
        ended.map(|done| ExitCode::from(done.code))
    }

    /// What is recorded of the end.
    fn finished(&self, ended: Result<&Done, &Failure>) -> RunFinished {
        let mut finished = RunFinished {
            pipeline: file_name(self.pipeline),
            command: self.command.to_owned(),
            started: self.started,
            outcome: Outcome::Succeeded,
            exit: None,
            milliseconds: milliseconds(self.clock.elapsed()),
            failure: None,
            looked_back: self.looked_back,
            log: None,
            sources: Vec::new(),
            outputs: None,
            claims: Vec::new(),
        };
        match ended {
            Ok(done) => {
                finished.outcome = match done.code {
                    0 => Outcome::Succeeded,
                    SOME_SOURCE_FAILED => Outcome::Incomplete,
                    _ => Outcome::Failed,
                };
                finished.exit = Some(done.code);
                finished.failure = lost(&done.sources);
                finished.sources = done.sources.iter().map(source).collect();
                finished.log.clone_from(&done.log);
                finished.outputs.clone_from(&done.outputs);
                finished.claims.clone_from(&done.claims);
            }
            Err(failure) => {
                let stopped = failure.was_stopped();
                finished.outcome = if stopped { Outcome::Stopped } else { Outcome::Failed };
                finished.exit = Some(failure.code());
                finished.failure = (!stopped).then(|| told(failure.text()));
            }
        }
        finished
    }

    async fn end(self, finished: RunFinished) {
        log_end(&self.id, &finished);
        let Some(journal) = &self.journal else {
            if !finished.looked_back {
                notify::tell(self.pipeline, &self.id, &finished, &History::default()).await;
            }
            return;
        };
        let payload = Payload::RunFinished(finished.clone());
        note_failure(journal.append(&event(self.pipeline, &self.id, "finished", now(), payload)).await);
        announce(self.pipeline, journal, &self.id, &finished).await;
        if let Err(error) = journal.tidy().await {
            tracing::debug!(error = error.message, "the run history was not put together");
        }
    }
}

/// Tells those who want to know how a run ended, and records that.
pub async fn announce(pipeline: &Pipeline, journal: &Journal, run: &str, finished: &RunFinished) {
    if pipeline.notify.is_empty() || finished.looked_back {
        return;
    }
    let history = match History::of(journal).await {
        Ok(history) => history,
        Err(error) => {
            note_failure(Err(error));
            History::default()
        }
    };
    for (number, told) in notify::tell(pipeline, run, finished, &history).await.into_iter().enumerate() {
        let what = format!("notified/{}", number + 1);
        note_failure(journal.append(&event(pipeline, run, &what, now(), Payload::RunNotified(told))).await);
    }
}

/// An event of a run.
pub fn event(pipeline: &Pipeline, run: &str, what: &str, time: Timestamp, data: Payload) -> Event {
    Event {
        id: format!("run:{run}/{what}"),
        source: format!("muster:{}", pipeline.project.name).into(),
        time,
        subject: format!("run:{run}"),
        actor: None,
        url: None,
        data,
        collector: "muster/1".into(),
    }
}

fn log_end(run: &str, finished: &RunFinished) {
    let appended: u64 = finished.sources.iter().map(|source| source.appended).sum();
    let RunFinished { pipeline, command, milliseconds, .. } = finished;
    let outcome = finished.outcome.word();
    match &finished.failure {
        Some(failure) => {
            tracing::error!(run, pipeline, command, outcome, milliseconds, error = failure.message, "run finished");
        }
        None => tracing::info!(run, pipeline, command, outcome, milliseconds, appended, "run finished"),
    }
}

/// A history that cannot be written is no reason to stop.
fn note_failure(outcome: Result<(), LogError>) {
    if let Err(error) = outcome {
        tell!("warning: the run history is not complete: {error}\n  = {}", error.hint);
        tracing::warn!(error = error.message, "the run history is not complete");
    }
}

fn source(collected: &Collected) -> RunSource {
    RunSource {
        name: collected.name.clone(),
        kind: collected.kind.clone(),
        milliseconds: collected.milliseconds,
        read: collected.read,
        appended: collected.appended,
        duplicates: collected.duplicates,
        conflicts: collected.conflicts,
        rejected: collected.rejected,
        not_ours: collected.not_ours,
        filtered: collected.filtered,
        quota_left: collected.quota_left,
        failure: collected.failed.as_deref().map(told),
    }
}

/// A source whose records do not add up is muster's own failure.
fn lost(sources: &[Collected]) -> Option<RunFailure> {
    let lost = sources.iter().find(|source| !source.is_conserved())?;
    Some(RunFailure {
        message: format!("source {}: {} records were read but not all are accounted for", lost.name, lost.read),
        hint: "this is a fault of muster; please report it with the source's files".to_owned(),
    })
}

/// `error: what\n  = what to do`, taken apart. No address of a person goes into the history.
fn told(text: &str) -> RunFailure {
    let text = masked(text);
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let (message, hint) = text.split_once("\n  = ").unwrap_or((text, ""));
    RunFailure { message: message.to_owned(), hint: hint.to_owned() }
}

/// The log as a run leaves it.
pub fn log_state(snapshot: &Snapshot) -> RunLog {
    let now = now();
    // A meeting may have been announced for next month.
    let newest = snapshot.files().iter().map(|file| file.last_time).filter(|time| *time <= now).max();
    RunLog { version: snapshot.version(), events: snapshot.events(), newest }
}

/// The outputs as a run leaves them.
pub fn outputs(computed: &Computed, took: Duration) -> RunOutputs {
    RunOutputs {
        as_of: computed.as_of.clone(),
        tables: computed.tables,
        metrics: computed.metrics,
        cells: computed.cells,
        unchanged: computed.unchanged,
        milliseconds: milliseconds(took),
    }
}

/// The verdicts as they stand in the evidence; none where the pipeline claims nothing.
pub fn claims(pipeline: &Pipeline) -> Vec<RunClaim> {
    if pipeline.claims.is_empty() {
        return Vec::new();
    }
    let path = pipeline.project.out.join("evidence").join("claims.json");
    let read = std::fs::read(&path).ok().and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    let verdicts = read.as_ref().and_then(|checked| checked["verdicts"].as_array());
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let figure = |part: &Value| {
        let reading = &part["reading"];
        let value = reading["value"].as_f64().map_or("none".to_owned(), |value| value.to_string());
        format!("{} {value}", word(&reading["metric"]))
    };
    let claim = |verdict: &Value| RunClaim {
        id: word(&verdict["id"]),
        text: word(&verdict["text"]),
        verdict: word(&verdict["answer"]),
        figures: verdict["parts"].as_array().into_iter().flatten().map(figure).collect(),
    };
    verdicts.into_iter().flatten().map(claim).collect()
}

/// The pipeline file's name without its folder: what the history calls the pipeline.
pub fn file_name(pipeline: &Pipeline) -> String {
    pipeline.file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// A duration as the history has it.
pub fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// The clock of the run history; no figure depends on it.
#[allow(clippy::disallowed_methods, reason = "when a run took place is what the run history tells")]
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}

/// A new id: the instant, so that ids sort by time, and four letters by chance.
pub fn new_id(at: Timestamp) -> String {
    use std::hash::{BuildHasher, RandomState};
    let chance = RandomState::new().hash_one(std::process::id()) & 0xffff;
    format!("{}-{chance:04x}", at.strftime("%Y%m%dT%H%M%SZ"))
}

/// The id that whoever started this process gave the run, so that it can say later what became of it; else a new one.
fn own_id(at: Timestamp) -> String {
    let given = crate::project::environment("MUSTER_RUN_ID");
    let is_id = |id: &String| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    given.filter(is_id).unwrap_or_else(|| new_id(at))
}

/// The machine's name.
pub fn host() -> Option<String> {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    name.or_else(|| crate::project::environment("HOSTNAME")).map(|name| name.trim().to_owned())
}

/// Every run over a log, the one that was told of last first: a clock may have been put back between two of them.
#[derive(Debug, Default)]
pub struct History {
    /// The runs.
    pub runs: Vec<Run>,
}

/// A run, as far as it was told.
#[derive(Debug, Clone)]
pub struct Run {
    /// Its id.
    pub id: String,
    /// The pipeline file's name.
    pub pipeline: String,
    /// The project's name.
    pub project: String,
    /// When it began.
    pub started: Timestamp,
    /// What was told when it began.
    pub begun: Option<RunStarted>,
    /// What was told when it ended, and when.
    pub finished: Option<(Timestamp, RunFinished)>,
    /// Who was told about it, and when.
    pub notified: Vec<(Timestamp, RunNotified)>,
}

impl History {
    /// Reads a journal.
    ///
    /// # Errors
    /// As [`Journal::events`].
    pub async fn of(journal: &Journal) -> Result<Self, LogError> {
        Ok(Self::from_events(journal.events().await?))
    }

    /// The history over a pipeline's log; an empty one where there is no log yet.
    ///
    /// # Errors
    /// As [`Journal::events`].
    pub async fn read(pipeline: &Pipeline) -> Result<Self, LogError> {
        match Journal::open(&pipeline.project.log.to_string()).await {
            Ok(journal) => Self::of(&journal).await,
            Err(error) if error.fault == muster_log::Fault::Missing => Ok(Self::default()),
            Err(error) => Err(error),
        }
    }

    fn from_events(events: Vec<Recorded>) -> Self {
        let mut runs: Vec<Run> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for event in events {
            let id = event.subject.strip_prefix("run:").unwrap_or(&event.subject).to_owned();
            let project = event.source.strip_prefix("muster:").unwrap_or(&event.source).to_owned();
            let place = *places.entry(id.clone()).or_insert(runs.len());
            if place == runs.len() {
                runs.push(Run {
                    id,
                    pipeline: String::new(),
                    project,
                    started: event.time,
                    begun: None,
                    finished: None,
                    notified: Vec::new(),
                });
            }
            runs[place].add(event.time, event.payload());
        }
        runs.reverse();
        Self { runs }
    }

    /// The runs of one pipeline, the latest first.
    pub fn of_pipeline<'a>(&'a self, pipeline: &'a str) -> impl Iterator<Item = &'a Run> {
        self.runs.iter().filter(move |run| run.pipeline == pipeline)
    }
}

impl Run {
    fn add(&mut self, time: Timestamp, payload: Payload) {
        match payload {
            Payload::RunStarted(begun) => {
                (self.started, self.pipeline) = (time, begun.pipeline.clone());
                self.begun = Some(begun);
            }
            Payload::RunFinished(finished) => {
                (self.started, self.pipeline) = (finished.started, finished.pipeline.clone());
                let counts = |finished: &RunFinished| match finished.outcome {
                    Outcome::Stopped => 0,
                    Outcome::BrokenOff => 1,
                    _ => 2,
                };
                // A run that was stopped or given up may yet have come to its own end: that one counts.
                if self.finished.as_ref().is_none_or(|(_, before)| counts(before) < counts(&finished)) {
                    self.finished = Some((time, finished));
                }
            }
            Payload::RunNotified(notified) => self.notified.push((time, notified)),
            // What a later muster tells.
            _ => {}
        }
    }

    /// How it ended; none while there is no end.
    pub fn outcome(&self) -> Option<Outcome> {
        self.finished.as_ref().map(|(_, finished)| finished.outcome)
    }

    /// Whether it looked back, and says nothing about the pipeline of today.
    pub fn looked_back(&self) -> bool {
        let said = |finished: &(Timestamp, RunFinished)| finished.1.looked_back;
        self.begun.as_ref().is_some_and(|begun| begun.looked_back) || self.finished.as_ref().is_some_and(said)
    }
}
