//! `muster serve`: what listens. SQL for other programs is in `sqlserver`; here are GitHub's deliveries (`--webhooks`) into the
//! log, each before it is acknowledged.
//!
//! | answer | when |
//! | --- | --- |
//! | 202 | what the delivery tells is in the log, or is none of ours |
//! | 400 | the delivery cannot be read; the log says so, and nothing of it is lost on GitHub's side |
//! | 401 | the signature is missing or wrong; the body was not looked at |
//! | 413 | longer than GitHub ever sends |
//! | 503 | the log cannot be written; GitHub can deliver it again |

use crate::args::ServeArgs;
use crate::collect::{self, Collected, LeftOut};
use crate::console::count;
use crate::failure::Failure;
use crate::project::read_pipeline;
use crate::secret;
use crate::sqlserver;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use globset::GlobSet;
use muster_collect::webhooks::{self, Delivery};
use muster_log::{Log, LogError};
use muster_model::Batch;
use std::process::ExitCode;
use std::sync::Arc;
use tokio::sync::Mutex;

/// GitHub delivers at most 25 MB.
const LONGEST: usize = 25 << 20;
/// What the log calls the source.
const NAME: &str = "webhooks";

struct Receiver {
    secret: String,
    wanted: Option<GlobSet>,
    book: Mutex<Book>,
}

/// What is changed by one delivery at a time.
struct Book {
    log: Log,
    left_out: LeftOut,
    /// The log's version for which `left_out` holds.
    version: u64,
    counts: Collected,
}

/// Listens until Ctrl-C, for one or both.
pub async fn serve(args: &ServeArgs) -> Result<ExitCode, Failure> {
    let webhooks = async { if args.webhooks { webhooks(args).await } else { Ok(()) } };
    tokio::try_join!(webhooks, sqlserver::serve(args))?;
    Ok(ExitCode::SUCCESS)
}

async fn webhooks(args: &ServeArgs) -> Result<(), Failure> {
    let pipeline = read_pipeline(&args.file, &args.sets)?;
    let secret = secret::variable(&args.secret_env, "the secret that you gave the webhook on GitHub")
        .map_err(|error| Failure::usage(&error, &error.hint))?;
    let log = Log::open_or_create(&pipeline.project.log.to_string()).await?;
    let left_out = LeftOut::of(&log).await?;
    let counts = Collected { name: NAME.to_owned(), kind: NAME.to_owned(), ..Collected::default() };
    let book = Mutex::new(Book { version: log.version(), log, left_out, counts });
    let receiver = Arc::new(Receiver { secret, wanted: patterns(&args.repositories)?, book });
    let routes = Router::new()
        .route("/", post(receive))
        .route("/health", get(|| async { "well\n" }))
        .layer(DefaultBodyLimit::max(LONGEST))
        .with_state(receiver.clone());
    let listener = tokio::net::TcpListener::bind(args.listen).await.map_err(|error| {
        Failure::usage(format!("cannot listen on {}: {error}", args.listen), "choose another --listen ADDRESS")
    })?;
    let address = listener.local_addr().map_or_else(|_| args.listen.to_string(), |address| address.to_string());
    eprintln!("listening on http://{address}/ for GitHub's webhooks; Ctrl-C ends");
    axum::serve(listener, routes)
        .with_graceful_shutdown(async {
            crate::stop::asked().await;
        })
        .await
        .map_err(|error| Failure::internal(format!("the server failed: {error}")))?;
    let counts = &receiver.book.lock().await.counts;
    eprintln!("{}", counts.line());
    Ok(())
}

fn patterns(repositories: &[String]) -> Result<Option<GlobSet>, Failure> {
    if repositories.is_empty() {
        return Ok(None);
    }
    let mut set = globset::GlobSetBuilder::new();
    for pattern in repositories {
        let glob = globset::GlobBuilder::new(pattern).literal_separator(true).case_insensitive(true).build();
        set.add(
            glob.map_err(|error| Failure::usage(format!("{pattern:?} is no pattern: {error}"), "write it as acme/*"))?,
        );
    }
    set.build().map(Some).map_err(|error| Failure::usage(error, "write fewer or simpler patterns"))
}

async fn receive(State(receiver): State<Arc<Receiver>>, headers: HeaderMap, body: Bytes) -> (StatusCode, String) {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !webhooks::verify(receiver.secret.as_bytes(), &body, header("x-hub-signature-256")) {
        return (StatusCode::UNAUTHORIZED, "the signature is missing or not that of the secret\n".to_owned());
    }
    let number = header("x-github-delivery");
    let source: Arc<str> = Arc::from(format!("{NAME}:{NAME}/{number}"));
    let wanted = |repository: &str| receiver.wanted.as_ref().is_none_or(|patterns| patterns.is_match(repository));
    let delivery = webhooks::read_delivery(header("x-github-event"), &body, number, &source, &wanted);
    let (status, answer) = match &delivery {
        Delivery::Events(events) => (StatusCode::ACCEPTED, format!("{} events\n", events.len())),
        Delivery::NotOurs => (StatusCode::ACCEPTED, "nothing that muster keeps\n".to_owned()),
        Delivery::Filtered => (StatusCode::ACCEPTED, "a repository that is not asked for\n".to_owned()),
        Delivery::Problem(problem) => (StatusCode::BAD_REQUEST, format!("{problem}\n")),
    };
    match receiver.book.lock().await.enter(delivery).await {
        Ok(()) => (status, answer),
        Err(error) => {
            eprintln!("error: delivery {number}: {error}\n  = {}", error.hint);
            (StatusCode::SERVICE_UNAVAILABLE, "the log cannot be written now; deliver it again later\n".to_owned())
        }
    }
}

impl Book {
    /// Appends what a delivery tells; when this returns it survives a power cut.
    async fn enter(&mut self, delivery: Delivery) -> Result<(), LogError> {
        self.log.refresh().await?;
        if self.log.version() != self.version {
            // Somebody else has written, perhaps that a person is to be left out.
            self.left_out = LeftOut::of(&self.log).await?;
        }
        let name = (NAME, NAME);
        collect::append(batch(delivery), name, &mut self.log, &mut self.left_out, &mut self.counts).await?;
        self.version = self.log.version();
        let Collected { read, appended, .. } = self.counts;
        eprintln!("{:<9}{} read, {} new", "webhooks", count(read), count(appended));
        Ok(())
    }
}

fn batch(delivery: Delivery) -> Batch {
    let mut batch = Batch::default();
    batch.counts.read = 1;
    match delivery {
        Delivery::Events(events) => {
            batch.counts.read = events.len() as u64;
            batch.events = events;
        }
        Delivery::NotOurs => batch.counts.not_ours = 1,
        Delivery::Filtered => batch.counts.filtered = 1,
        Delivery::Problem(problem) => batch.problems.push(*problem),
    }
    batch
}
