//! Health, readiness and Prometheus metrics over HTTP: what the run histories tell, and what a scheduler knows besides.
//!
//! | path | answers 200 when | for |
//! | --- | --- | --- |
//! | `/healthz` | the program still turns | a liveness probe: 503 wants a restart |
//! | `/readyz` | every log can be read, and it is not about to stop | a readiness probe |
//! | `/metrics` | always | Prometheus; docs/operate.md lists them |

mod exposition;

use crate::failure::Failure;
use crate::history::{self, History, file_name};
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use exposition::Exposition;
use muster_log::{Journal, LogError};
use muster_model::Timestamp;
use muster_model::payload::Outcome;
use muster_pipeline::Pipeline;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

/// A scheduler that has not turned for so long hangs.
const STUCK: Duration = Duration::from_secs(300);

/// What is known of pipelines beyond their logs. Clones are the same.
#[derive(Clone, Default)]
pub struct Health(Arc<Inner>);

#[derive(Default)]
struct Inner {
    board: Mutex<Board>,
    /// Histories by location, as of the mark of their journal: those of years need not be read at every scrape.
    histories: tokio::sync::Mutex<BTreeMap<String, Marked>>,
}

/// A history, and the mark of its journal when it was read.
type Marked = (Option<String>, Arc<History>);

#[derive(Default)]
struct Board {
    watched: BTreeMap<PathBuf, Watched>,
    refused: BTreeMap<PathBuf, String>,
    /// When the scheduler turned last; none without one.
    beat: Option<Instant>,
    stopping: bool,
}

#[derive(Clone)]
struct Watched {
    name: String,
    project: String,
    log: String,
    next: Option<Timestamp>,
    running: bool,
}

impl Health {
    /// A pipeline, when it runs next, and whether it is running.
    pub fn watch(&self, pipeline: &Pipeline, next: Option<Timestamp>, running: bool) {
        let watched = Watched {
            name: file_name(pipeline),
            project: pipeline.project.name.clone(),
            log: pipeline.project.log.to_string(),
            next,
            running,
        };
        let mut board = self.board();
        board.refused.remove(&pipeline.file);
        board.watched.insert(pipeline.file.clone(), watched);
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        self.0.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The history over a log; read again only when something was added.
    async fn history(&self, log: &str) -> Result<Arc<History>, LogError> {
        let journal = match Journal::open(log).await {
            Ok(journal) => journal,
            // The first run makes it.
            Err(error) if error.fault == muster_log::Fault::Missing => return Ok(Arc::default()),
            Err(error) => return Err(error),
        };
        let mark = journal.mark().await?;
        let mut histories = self.0.histories.lock().await;
        if let Some((held, history)) = histories.get(log)
            && *held == mark
        {
            return Ok(history.clone());
        }
        let history = Arc::new(History::of(&journal).await?);
        histories.insert(log.to_owned(), (mark, history.clone()));
        Ok(history)
    }
}

/// What only a scheduler knows.
impl Health {
    /// A pipeline file that cannot be used, and why.
    pub fn refused(&self, file: &Path, why: &str) {
        let mut board = self.board();
        board.watched.remove(file);
        board.refused.insert(file.to_owned(), why.to_owned());
    }

    /// A pipeline file that is no more.
    pub fn forget(&self, file: &Path) {
        let mut board = self.board();
        board.watched.remove(file);
        board.refused.remove(file);
    }

    /// The scheduler has turned.
    pub fn beat(&self) {
        self.board().beat = Some(Instant::now());
    }

    /// It is about to stop: whoever waits for it should not.
    pub fn stopping(&self) {
        self.board().stopping = true;
    }
}

/// Opens a door for [`router`], and says where it is; `option` is how a person chose it.
///
/// # Errors
/// An address that cannot be listened on.
pub async fn bind(address: SocketAddr, option: &str) -> Result<TcpListener, Failure> {
    let listener = TcpListener::bind(address).await.map_err(|error| {
        Failure::usage(format!("cannot listen on {address}: {error}"), format!("choose another {option} ADDRESS"))
    })?;
    let here = listener.local_addr().unwrap_or(address);
    crate::tell!("listening on http://{here}/ for /healthz, /readyz and /metrics; Ctrl-C ends");
    Ok(listener)
}

/// The routes.
pub fn router(health: Health) -> Router {
    Router::new()
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
        .route("/metrics", get(scrape))
        .with_state(health)
}

async fn alive(State(health): State<Health>) -> (StatusCode, String) {
    match health.board().beat.map(|beat| beat.elapsed()).filter(|since| *since > STUCK) {
        Some(since) => {
            (StatusCode::SERVICE_UNAVAILABLE, format!("the scheduler has not turned for {} s\n", since.as_secs()))
        }
        None => (StatusCode::OK, "well\n".to_owned()),
    }
}

async fn ready(State(health): State<Health>) -> (StatusCode, String) {
    let (watched, mut lines, mut status) = {
        let board = health.board();
        let refused = board.refused.iter().map(|(file, why)| format!("refused {}: {why}\n", file.display()));
        let stopping = board.stopping.then(|| "stopping\n".to_owned());
        let status = if board.stopping { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
        (board.watched.clone(), stopping.into_iter().chain(refused).collect::<String>(), status)
    };
    for (file, watched) in watched {
        match health.history(&watched.log).await {
            Ok(_) => lines.push_str(&format!("ready {}\n", file.display())),
            Err(error) => {
                status = StatusCode::SERVICE_UNAVAILABLE;
                lines.push_str(&format!("not ready {}: {error}\n", file.display()));
            }
        }
    }
    (status, lines)
}

async fn scrape(State(health): State<Health>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics(&health).await)
}

/// Everything as Prometheus reads it.
pub async fn metrics(health: &Health) -> String {
    let (watched, refused) = {
        let board = health.board();
        (board.watched.clone(), board.refused.clone())
    };
    let mut out = Exposition::default();
    for file in refused.keys() {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        out.gauge("pipeline_refused", &[("pipeline", &name)], 1.0);
    }
    for watched in watched.values() {
        let labels = [("project", watched.project.as_str()), ("pipeline", watched.name.as_str())];
        out.gauge("run_in_progress", &labels, f64::from(watched.running));
        if let Some(next) = watched.next {
            out.gauge("next_run_timestamp_seconds", &labels, instant(next));
        }
        match health.history(&watched.log).await {
            Ok(history) => of_history(&mut out, &history, &watched.name, labels),
            Err(_) => out.gauge("run_history_unreadable", &labels, 1.0),
        }
    }
    out.text()
}

fn instant(time: Timestamp) -> f64 {
    time.as_millisecond() as f64 / 1000.0
}

fn of_history(out: &mut Exposition, history: &History, pipeline: &str, labels: [(&str, &str); 2]) {
    let mut runs = BTreeMap::new();
    let (mut appended, mut rejected) = (0, 0);
    let finished: Vec<_> = history
        .of_pipeline(pipeline)
        .filter(|run| !run.looked_back())
        .filter_map(|run| run.finished.as_ref())
        .inspect(|(_, finished)| {
            *runs.entry(finished.outcome.word()).or_insert(0_u32) += 1;
            appended += finished.sources.iter().map(|source| source.appended).sum::<u64>();
            rejected += finished.sources.iter().map(|source| source.rejected).sum::<u64>();
        })
        .collect();
    for (outcome, number) in runs {
        out.counter("runs_total", &[&labels[..], &[("outcome", outcome)]].concat(), f64::from(number));
    }
    out.counter("appended_events_total", &labels, appended as f64);
    out.counter("rejected_records_total", &labels, rejected as f64);
    let failures = finished.iter().filter(|(_, run)| run.outcome != Outcome::Stopped);
    let failures = failures.take_while(|(_, run)| run.outcome.is_failure()).count();
    out.gauge("consecutive_failed_runs", &labels, failures as f64);
    if let Some((at, _)) = finished.iter().find(|(_, run)| run.outcome == Outcome::Succeeded) {
        out.gauge("last_success_timestamp_seconds", &labels, instant(*at));
    }
    let mut sources = BTreeMap::new();
    for (at, source) in finished.iter().flat_map(|(at, run)| run.sources.iter().map(move |source| (*at, source))) {
        let (last, succeeded) = sources.entry(source.name.as_str()).or_insert((source, None));
        let _ = last;
        if source.failure.is_none() && succeeded.is_none() {
            *succeeded = Some(at);
        }
    }
    // A source that the pipeline file has no more is not asked for either.
    let latest = finished.iter().find(|(_, run)| !run.sources.is_empty());
    let known = |name: &str| latest.is_some_and(|(_, run)| run.sources.iter().any(|source| source.name == name));
    for (name, (source, succeeded)) in sources.into_iter().filter(|(name, _)| known(name)) {
        let labels = [&labels[..], &[("source", name)]].concat();
        out.gauge("source_failed", &labels, f64::from(source.failure.is_some()));
        if let Some(at) = succeeded {
            out.gauge("source_last_success_timestamp_seconds", &labels, instant(at));
        }
        if let Some(left) = source.quota_left {
            out.gauge("source_quota_left", &labels, left as f64);
        }
    }
    if let Some((at, run)) = finished.first() {
        last_run(out, *at, run, labels);
    }
    let with_log = finished.iter().find_map(|(_, run)| run.log.as_ref());
    if let Some(log) = with_log {
        out.gauge("run_log_version", &labels, log.version as f64);
        out.gauge("run_log_events", &labels, log.events as f64);
        if let Some(newest) = log.newest {
            let lag = history::now().as_millisecond() - newest.as_millisecond();
            out.gauge("lag_seconds", &labels, lag.max(0) as f64 / 1000.0);
        }
    }
    let claims = finished.iter().find(|(_, run)| !run.claims.is_empty());
    for claim in claims.iter().flat_map(|(_, run)| &run.claims).filter(|claim| claim.verdict != "undecided") {
        let holds = f64::from(claim.verdict == "holds");
        out.gauge("claim_holds", &[&labels[..], &[("claim", claim.id.as_str())]].concat(), holds);
    }
}

fn last_run(out: &mut Exposition, at: Timestamp, run: &muster_model::payload::RunFinished, labels: [(&str, &str); 2]) {
    let sum = |of: fn(&muster_model::payload::RunSource) -> u64| run.sources.iter().map(of).sum::<u64>() as f64;
    out.gauge("last_run_timestamp_seconds", &labels, instant(at));
    out.gauge("last_run_failed", &labels, f64::from(run.outcome.is_failure()));
    out.gauge("last_run_duration_seconds", &labels, run.milliseconds as f64 / 1000.0);
    out.gauge("last_run_appended_events", &labels, sum(|source| source.appended));
    out.gauge("last_run_rejected_records", &labels, sum(|source| source.rejected));
}

#[cfg(test)]
mod tests;
