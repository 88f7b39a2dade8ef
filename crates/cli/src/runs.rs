//! `muster runs`: what ran, how it ended, and what it found.

use crate::args::RunsArgs;
use crate::console::count;
use crate::failure::{CHECK_FAILED, Failure};
use crate::health::{self, Health};
use crate::history::{self, History, Run, file_name};
use crate::notify::minute;
use crate::project::read_pipeline;
use crate::sql::{print, print_bytes, say};
use crate::tell;
use muster_log::Journal;
use muster_model::Payload;
use muster_model::payload::{Outcome, RunFailure, RunFinished, RunSource};
use muster_pipeline::Pipeline;
use muster_query::output::Answer;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

const ACTIONS: [&str; 2] = ["show", "close"];

/// Lists runs, shows one, gives up those that never ended, or serves what is known of them.
pub async fn runs(args: &RunsArgs) -> Result<ExitCode, Failure> {
    let (action, file, id) = words(&args.words)?;
    let pipeline = read_pipeline(Path::new(file), &args.sets)?;
    match action {
        Some("show") => show(&pipeline, id, args.json).await,
        Some(_) => {
            let closed = close(&pipeline, id, &args.why).await?;
            tell!("{:<9}{closed} given up", "runs");
            Ok(ExitCode::SUCCESS)
        }
        None if args.prometheus => {
            let health = Health::default();
            health.watch(&pipeline, None, false);
            print_bytes(health::metrics(&health).await.as_bytes())
        }
        None => match args.listen {
            Some(address) => listen(&pipeline, address).await,
            None => list(&pipeline, args).await,
        },
    }
}

/// An action, if any, the pipeline file, and a run's id, if any; the action in any place.
fn words(words: &[String]) -> Result<(Option<&str>, &str, Option<&str>), Failure> {
    let action = words.iter().map(String::as_str).find(|word| ACTIONS.contains(word));
    let rest: Vec<&str> = words.iter().map(String::as_str).filter(|word| Some(*word) != action).collect();
    match (action, rest.as_slice()) {
        (_, [file]) => Ok((action, file, None)),
        (Some(_), [file, id]) => Ok((action, file, Some(id))),
        _ => Err(Failure::usage(
            format!("not understood: muster runs {}", words.join(" ")),
            "write muster runs FILE, muster runs FILE show ID, or muster runs FILE close",
        )),
    }
}

async fn list(pipeline: &Pipeline, args: &RunsArgs) -> Result<ExitCode, Failure> {
    let history = History::read(pipeline).await?;
    let runs = history.runs.iter().take(args.last);
    if args.json {
        return say(&format!("{:#}", Value::Array(runs.map(document).collect())));
    }
    let columns = ["started", "run", "pipeline", "command", "outcome", "seconds", "new", "rejected", "log", ""];
    let answer = Answer { columns: columns.map(str::to_owned).to_vec(), rows: runs.map(row).collect() };
    print(&answer, args.format)
}

fn row(run: &Run) -> Vec<Value> {
    let finished = run.finished.as_ref().map(|(_, finished)| finished);
    let sum = |of: fn(&RunSource) -> u64| finished.map(|finished| finished.sources.iter().map(of).sum::<u64>());
    let command = run.begun.as_ref().map(|begun| begun.command.clone());
    vec![
        run.started.strftime("%Y-%m-%d %H:%M:%SZ").to_string().into(),
        run.id.clone().into(),
        run.pipeline.clone().into(),
        command.or_else(|| finished.map(|finished| finished.command.clone())).into(),
        run.outcome().map_or("unfinished", Outcome::word).into(),
        finished.map(|finished| seconds(finished.milliseconds)).into(),
        sum(|source| source.appended).into(),
        sum(|source| source.rejected).into(),
        finished.and_then(|finished| Some(finished.log.as_ref()?.version)).into(),
        finished.map_or(String::new(), note).into(),
    ]
}

/// What is worth saying of a run in a line.
fn note(finished: &RunFinished) -> String {
    let failed: Vec<&str> =
        finished.sources.iter().filter(|source| source.failure.is_some()).map(|source| source.name.as_str()).collect();
    match (&finished.failure, failed.is_empty()) {
        (Some(failure), _) => failure.message.lines().next().unwrap_or_default().to_owned(),
        (None, false) => format!("failed: {}", failed.join(", ")),
        (None, true) if finished.looked_back => "looked back".to_owned(),
        (None, true) => String::new(),
    }
}

fn seconds(milliseconds: u64) -> String {
    format!("{:.1}", milliseconds as f64 / 1000.0)
}

/// All that is known of a run, for programs.
fn document(run: &Run) -> Value {
    let mut document = json!({
        "run": run.id, "project": run.project, "pipeline": run.pipeline, "started": run.started,
        "outcome": run.outcome().map_or("unfinished", Outcome::word),
        "notified": run.notified.iter().map(|(at, told)| {
            let mut told = value(told);
            told["time"] = json!(at);
            told
        }).collect::<Vec<_>>(),
    });
    if let Some(begun) = &run.begun {
        merge(&mut document, value(begun));
    }
    if let Some((at, finished)) = &run.finished {
        merge(&mut document, value(finished));
        document["finished"] = json!(at);
    }
    document
}

/// A part of the history as JSON.
fn value(part: &impl serde::Serialize) -> Value {
    serde_json::to_value(part).unwrap_or_default()
}

fn merge(document: &mut Value, more: Value) {
    if let (Value::Object(document), Value::Object(more)) = (document, more) {
        document.extend(more);
    }
}

async fn show(pipeline: &Pipeline, id: Option<&str>, json: bool) -> Result<ExitCode, Failure> {
    let history = History::read(pipeline).await?;
    // Without an id the last one; else one whose id begins so.
    let run = history.runs.iter().find(|run| id.is_none_or(|id| run.id.starts_with(id)));
    let Some(run) = run else {
        let what = id.map_or("no run is recorded yet".to_owned(), |id| format!("there is no run {id:?}"));
        return Err(Failure::usage(what, "`muster runs FILE` lists them"));
    };
    match json {
        true => say(&format!("{:#}", document(run)))?,
        false => print_bytes(page(run).as_bytes())?,
    };
    let failed = run.outcome().is_some_and(Outcome::is_failure);
    Ok(if failed { ExitCode::from(CHECK_FAILED) } else { ExitCode::SUCCESS })
}

/// A run to read.
fn page(run: &Run) -> String {
    let mut page = String::new();
    let mut line = |name: &str, words: &str| {
        let _ = writeln!(page, "{name:<11}{words}");
    };
    let begun = run.begun.as_ref();
    let command = begun.map_or("", |begun| begun.command.as_str());
    line("run", &run.id);
    line("of", &format!("{} {} ({})", command, run.pipeline, run.project));
    let due = begun.and_then(|begun| begun.due).map_or(String::new(), |due| format!(", due {due}"));
    let attempt = begun.and_then(|begun| begun.attempt).map_or(String::new(), |attempt| format!(", attempt {attempt}"));
    line("started", &format!("{}{due}{attempt}", run.started));
    if let Some(begun) = begun {
        let host = begun.host.as_ref().map_or(String::new(), |host| format!(" on {host}"));
        line("by", &format!("muster {}{host}", begun.muster));
    }
    match &run.finished {
        None => line("outcome", "unfinished: it is under way, or it was killed"),
        Some((at, finished)) => {
            let exit = finished.exit.map_or(String::new(), |exit| format!(", exit status {exit}"));
            let took = seconds(finished.milliseconds);
            line("outcome", &format!("{}{exit}, at {at} after {took} s", finished.outcome.word()));
            finished_lines(finished, &mut line);
        }
    }
    for (at, told) in &run.notified {
        let how = told.failed.as_ref().map_or("told".to_owned(), |why| format!("NOT told: {why}"));
        line("notified", &format!("{} of the {}, {}: {how}", told.to, told.about, minute(*at)));
    }
    page
}

fn finished_lines(finished: &RunFinished, line: &mut impl FnMut(&str, &str)) {
    if let Some(RunFailure { message, hint }) = &finished.failure {
        line("failure", message);
        line("", &format!("  = {hint}"));
    }
    for source in &finished.sources {
        let counts = format!(
            "{:<28} {:>9} read {:>9} new {:>7} duplicate {:>5} rejected {:>8} s",
            source.name,
            count(source.read),
            count(source.appended),
            count(source.duplicates),
            count(source.rejected),
            seconds(source.milliseconds)
        );
        line("source", &counts);
        if let Some(RunFailure { message, hint }) = &source.failure {
            line("", &format!("  failed: {message}"));
            line("", &format!("  = {hint}"));
        }
    }
    if let Some(log) = &finished.log {
        line("log", &format!("{} events, version {}", count(log.events), log.version));
    }
    if let Some(outputs) = &finished.outputs {
        let unchanged = if outputs.unchanged { ", unchanged" } else { "" };
        let (tables, metrics, cells) = (outputs.tables, outputs.metrics, count(outputs.cells));
        line(
            "outputs",
            &format!("{tables} tables, {metrics} metrics, {cells} cells as of {}{unchanged}", outputs.as_of),
        );
    }
    for claim in &finished.claims {
        line("claim", &format!("{:<10} {}: {}", claim.verdict, claim.id, claim.text));
    }
}

/// Records the end of runs that cannot do so themselves any more, and tells those who want to know: one run by its id, else
/// all of this pipeline that were begun on this machine and have no end. How many there were.
///
/// # Errors
/// A history that cannot be read or written.
pub async fn close(pipeline: &Pipeline, id: Option<&str>, why: &str) -> Result<usize, Failure> {
    let journal = Journal::open(&pipeline.project.log.to_string()).await?;
    let history = History::of(&journal).await?;
    let (name, host) = (file_name(pipeline), history::host());
    let here = |run: &&Run| run.begun.as_ref().is_some_and(|begun| begun.host == host);
    let open: Vec<&Run> = match id {
        // One that was stopped because its time was over did fail.
        Some(id) => {
            let is_open = |run: &&Run| matches!(run.outcome(), None | Some(Outcome::Stopped));
            history.of_pipeline(&name).filter(|run| run.id == id).filter(is_open).collect()
        }
        None => history.of_pipeline(&name).filter(|run| run.finished.is_none()).filter(here).collect(),
    };
    for run in &open {
        let finished = broken_off(run, why);
        let payload = Payload::RunFinished(finished.clone());
        journal.append(&history::event(pipeline, &run.id, "closed", history::now(), payload)).await?;
        history::announce(pipeline, &journal, &run.id, &finished).await;
    }
    Ok(open.len())
}

fn broken_off(run: &Run, why: &str) -> RunFinished {
    RunFinished {
        pipeline: run.pipeline.clone(),
        command: run.begun.as_ref().map_or_else(String::new, |begun| begun.command.clone()),
        started: run.started,
        outcome: Outcome::BrokenOff,
        exit: None,
        milliseconds: history::milliseconds(history::now().duration_since(run.started).unsigned_abs()),
        failure: Some(RunFailure {
            message: format!("the run of {} broke off: {why}", minute(run.started)),
            hint: "what was reported as collected is in the log; the next run goes on from there".to_owned(),
        }),
        looked_back: false,
        log: None,
        sources: Vec::new(),
        outputs: None,
        claims: Vec::new(),
    }
}

/// Health and metrics for those who run pipelines by other means than `muster schedule`.
async fn listen(pipeline: &Pipeline, address: std::net::SocketAddr) -> Result<ExitCode, Failure> {
    let health = Health::default();
    health.watch(pipeline, None, false);
    let listener = health::bind(address, "--listen").await?;
    axum::serve(listener, health::router(health))
        .with_graceful_shutdown(async {
            crate::stop::asked().await;
        })
        .await
        .map_err(|error| Failure::internal(format!("the server failed: {error}")))?;
    Ok(ExitCode::SUCCESS)
}
