//! The commands that move a whole project: run, collect, compute, export.

use crate::args::{AsOf, ComputeArgs, FileArgs, RunArgs};
use crate::collect::{Collected, LeftOut, collect_all, collect_into_topic};
use crate::compute::{self, Computed};
use crate::console::count;
use crate::failure::{CHECK_FAILED, Failure, SOME_SOURCE_FAILED};
use crate::history::{self, Done, Trigger};
use crate::schedule;
use crate::tell;
use crate::transport::{self, Archived, Transport};
use muster_log::{Log, LogError, Snapshot};
use muster_model::Timestamp;
use muster_pipeline::{Pipeline, SetArg};
use serde::Serialize;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

/// What a command did, for `--json`.
#[derive(Default, Serialize)]
struct Report {
    sources: Vec<Collected>,
    #[serde(skip_serializing_if = "Option::is_none")]
    archived: Option<Archived>,
    #[serde(skip_serializing_if = "Option::is_none")]
    log: Option<LogState>,
    #[serde(skip_serializing_if = "Option::is_none")]
    computed: Option<Computed>,
}

#[derive(Serialize)]
struct LogState {
    events: u64,
    version: u64,
}

/// `muster run`.
pub async fn run(args: &RunArgs) -> Result<ExitCode, Failure> {
    let pipeline = read_pipeline(&args.common.file, &args.common.sets)?;
    let json = args.common.json;
    if args.due {
        return schedule::run::what_is_due(&pipeline, json).await;
    }
    match split_as_of(&args.as_of)? {
        (None, instant) => schedule::run::by_hand(&pipeline, instant, json).await,
        // A version is the log as it was: collecting would not change it, and nobody need be waited for.
        (version, instant) => {
            let log = opened(&pipeline, "run", Log::open_or_create(&pipeline.project.log.to_string()).await).await?;
            let work = async {
                let snapshot = snapshot(&log, version).await?;
                computed(&pipeline, &snapshot, instant, Report::default(), json).await
            };
            history::recorded(&pipeline, "run", Trigger::default(), true, work).await
        }
    }
}

/// One run: the sources that are wanted, by name, then the outputs. Nobody else may run the pipeline meanwhile.
pub async fn once(
    pipeline: &Pipeline,
    log: &mut Log,
    is_wanted: &dyn Fn(&str) -> bool,
    instant: Option<Timestamp>,
    json: bool,
) -> Result<Done, Failure> {
    log.refresh().await?;
    let (sources, archived) = match &pipeline.transport {
        None => (collect_all(pipeline, is_wanted, log).await?, None),
        Some(_) => {
            let topic = Transport::connect(pipeline).await?;
            let sources = collect_into_topic(pipeline, &topic, is_wanted, LeftOut::of(log).await?).await?;
            (sources, Some(transport::copy_to_the_end(pipeline, log).await?))
        }
    };
    if sources.iter().any(|source| source.appended > 0)
        && let Err(error) = log.tidy().await
    {
        // The log is as good as before, only slower to read.
        tell!("warning: the small files of the log could not be joined: {error}\n  = {}", error.hint);
    }
    let snapshot = snapshot(log, None).await?;
    computed(pipeline, &snapshot, instant, Report { sources, archived, ..Report::default() }, json).await
}

/// `muster collect`. With a topic the log is not touched: this may be a machine that does not have it.
pub async fn collect(args: &FileArgs) -> Result<ExitCode, Failure> {
    let pipeline = read_pipeline(&args.file, &args.sets)?;
    if pipeline.transport.is_some() {
        let work = async {
            let topic = Transport::connect(&pipeline).await?;
            let sources = collect_into_topic(&pipeline, &topic, &|_| true, LeftOut::default()).await?;
            let report = Report { sources, ..Report::default() };
            let code = finish(&pipeline, &report, args.json)?;
            Ok(Done { code, sources: report.sources, ..Done::default() })
        };
        return history::told_only(&pipeline, "collect", work).await;
    }
    let mut log = opened(&pipeline, "collect", Log::open_or_create(&pipeline.project.log.to_string()).await).await?;
    let work = async {
        let sources = collect_all(&pipeline, &|_| true, &mut log).await?;
        say_log(&log.snapshot());
        let report = Report { sources, log: Some(state(&log.snapshot())), ..Report::default() };
        let code = finish(&pipeline, &report, args.json)?;
        let log = Some(history::log_state(&log.snapshot()));
        Ok(Done { code, sources: report.sources, log, ..Done::default() })
    };
    history::recorded(&pipeline, "collect", Trigger::default(), false, work).await
}

/// `muster compute`.
pub async fn compute(args: &ComputeArgs) -> Result<ExitCode, Failure> {
    let pipeline = read_pipeline(&args.common.file, &args.common.sets)?;
    let (version, instant) = split_as_of(&args.as_of)?;
    let log = opened(&pipeline, "compute", Log::open(&pipeline.project.log.to_string()).await).await?;
    let work = async {
        let snapshot = snapshot(&log, version).await?;
        computed(&pipeline, &snapshot, instant, Report::default(), args.common.json).await
    };
    history::recorded(&pipeline, "compute", Trigger::default(), !args.as_of.is_empty(), work).await
}

/// The log; where it cannot be opened, those who want to know are told.
pub async fn opened(pipeline: &Pipeline, command: &'static str, log: Result<Log, LogError>) -> Result<Log, Failure> {
    match log {
        Ok(log) => Ok(log),
        Err(error) => Err(history::without_log(pipeline, command, error).await),
    }
}

/// The outputs of a version of the log, and what is said and recorded of the whole run.
async fn computed(
    pipeline: &Pipeline,
    snapshot: &Snapshot,
    instant: Option<Timestamp>,
    collected: Report,
    json: bool,
) -> Result<Done, Failure> {
    say_log(snapshot);
    let clock = Instant::now();
    let computed = compute::compute(pipeline, snapshot, as_of(pipeline, instant, snapshot)).await?;
    let outputs = Some(history::outputs(&computed, clock.elapsed()));
    let report = Report { log: Some(state(snapshot)), computed: Some(computed), ..collected };
    let code = finish(pipeline, &report, json)?;
    let (log, claims) = (Some(history::log_state(snapshot)), history::claims(pipeline));
    Ok(Done { code, sources: report.sources, log, outputs, claims })
}

/// `muster export`.
pub async fn export(args: &FileArgs) -> Result<ExitCode, Failure> {
    let pipeline = read_pipeline(&args.file, &args.sets)?;
    let log = Log::open(&pipeline.project.log.to_string()).await?;
    let computed = crate::export::again(&pipeline, &log).await?;
    let report = Report { computed: Some(computed), ..Report::default() };
    Ok(ExitCode::from(finish(&pipeline, &report, args.json)?))
}

/// Reads the pipeline file; its mistakes are drawn at their places.
pub fn read_pipeline(file: &Path, sets: &[SetArg]) -> Result<Pipeline, Failure> {
    Pipeline::read(file, sets, &environment).map_err(|errors| Failure::config(&errors))
}

/// An environment variable, for the `${NAME}` of a pipeline file.
#[allow(clippy::disallowed_methods, reason = "values of the pipeline file may name environment variables")]
pub fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The version and the instant among the `--as-of` of a command line.
pub fn split_as_of(given: &[AsOf]) -> Result<(Option<u64>, Option<Timestamp>), Failure> {
    let (mut version, mut instant) = (None, None);
    for as_of in given {
        let again = match as_of {
            AsOf::Version(number) => version.replace(*number).is_some(),
            AsOf::Instant(time) => instant.replace(*time).is_some(),
        };
        if again {
            return Err(Failure::usage(
                "--as-of is given twice with the same kind of value",
                "give at most one version of the log and one instant",
            ));
        }
    }
    Ok((version, instant))
}

/// The log as of a version, or as it is.
pub async fn snapshot(log: &Log, version: Option<u64>) -> Result<Snapshot, Failure> {
    Ok(match version {
        Some(version) => log.at_version(version).await?,
        None => log.snapshot(),
    })
}

/// The as-of instant: the one given, else the pipeline's, else 00:00 UTC of the day of the log's last append: complete
/// days only. An empty log is as of 1970.
pub fn as_of(pipeline: &Pipeline, given: Option<Timestamp>, snapshot: &Snapshot) -> Timestamp {
    given.or(pipeline.project.as_of).unwrap_or_else(|| {
        let last = snapshot.last_recorded().unwrap_or(Timestamp::UNIX_EPOCH);
        let day = 86_400;
        Timestamp::from_second(last.as_second().div_euclid(day) * day).unwrap_or(last)
    })
}

fn state(snapshot: &Snapshot) -> LogState {
    LogState { events: snapshot.events(), version: snapshot.version() }
}

fn say_log(snapshot: &Snapshot) {
    tell!("{:<9}{} events, version {}", "log", count(snapshot.events()), snapshot.version());
}

/// Says what needs a person's eye, prints the report for machines, and chooses the exit status.
fn finish(pipeline: &Pipeline, report: &Report, json: bool) -> Result<u8, Failure> {
    say_problems(pipeline, report);
    if !report.sources.is_empty() {
        hint_at_github(pipeline);
    }
    if json {
        let text = serde_json::to_string_pretty(report).map_err(Failure::internal)?;
        crate::sql::say(&text)?;
    }
    if let Some(lost) = report.sources.iter().find(|source| !source.is_conserved()) {
        tell!("error: source {}: {} records were read but not all are accounted for", lost.name, lost.read);
        tell!("  = this is a fault of muster; please report it with the source's files");
        return Ok(CHECK_FAILED);
    }
    if let Some(lost) = report.archived.as_ref().filter(|archived| !archived.is_conserved()) {
        tell!("error: {}: {} records were read but not all are accounted for", lost.topic, lost.read);
        tell!("  = this is a fault of muster; please report it");
        return Ok(CHECK_FAILED);
    }
    let failed = report.sources.iter().any(|source| source.failed.is_some());
    Ok(if failed { SOME_SOURCE_FAILED } else { 0 })
}

/// What a first pipeline lacks most often.
fn hint_at_github(pipeline: &Pipeline) {
    let kinds: Vec<&str> = pipeline.sources.iter().map(muster_pipeline::Source::kind).collect();
    let knows_issues = |kind: &&str| ["github", "gharchive", "github-json", "webhooks", "perceval"].contains(kind);
    if kinds.contains(&"git") && !kinds.iter().any(knows_issues) {
        tell!("hint: issues and reviews are not collected; add a github source (docs/pipeline-file.md says how)");
    }
}

fn say_problems(pipeline: &Pipeline, report: &Report) {
    let all: u64 = report.sources.iter().map(|source| source.problems_in_all).sum();
    if all == 0 {
        return;
    }
    let records = if all == 1 { "1 record needs" } else { &format!("{} records need", count(all)) };
    let list = pipeline.project.out.join("evidence").join("rejected.csv");
    tell!("\n{records} a look; see {}", list.display());
    for source in report.sources.iter().filter(|source| source.problems_in_all > 0) {
        tell!("  source {}", source.name);
        source.problems.iter().for_each(|problem| tell!("    {problem}"));
        let more = source.problems_in_all - source.problems.len() as u64;
        if more > 0 {
            tell!("    and {} more", count(more));
        }
    }
}
