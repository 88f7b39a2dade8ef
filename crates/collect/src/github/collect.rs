//! The collection as a thread of its own, with a small runtime: it asks GitHub while the log commits, needs no runtime of
//! the caller's, and ends with whoever drops the collector, at whatever moment. A bounded channel brings its batches.

use super::answer::Newest;
use super::client::{Client, Failure};
use super::cursor::{Kind, Place};
use super::lane::Subject;
use super::outbox::{Outbox, Said, Told};
use super::{Config, Manners, pass, plan, repository};
use futures::{StreamExt, stream};
use muster_model::{Batch, CollectError, Collector, Problem};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc;
use tokio::time::Instant;

/// A run under way.
pub(super) struct Run {
    pub config: Config,
    pub client: Client,
    pub outbox: Arc<Outbox>,
    /// `max_requests` has been reached before everything was read.
    stopped: AtomicBool,
    /// The repositories that this run has entered: one may be asked for by its old name and its new one.
    entered: Mutex<BTreeSet<u64>>,
    /// How many repositories answered.
    read: AtomicUsize,
    /// Why the first that did not answer did not.
    failed: Mutex<Option<String>>,
    began: Instant,
    /// Requests still to come, by repository and kind, as far as is known.
    left: Mutex<BTreeMap<(u64, Kind), u64>>,
}

/// The source, from the side of whoever reads it.
pub(super) struct GitHub {
    name: String,
    receiver: mpsc::Receiver<Said>,
    ended: bool,
}

impl GitHub {
    /// Starts the collection at `place`.
    pub fn start(config: &Config, manners: Manners, place: Place) -> Result<Self, CollectError> {
        let (sender, receiver) = mpsc::channel(2);
        let (name, config) = (config.name.clone(), config.clone());
        std::thread::Builder::new()
            .name(format!("github {name}"))
            .spawn(move || in_thread(config, manners, place, sender))
            .map_err(|error| CollectError::new(format!("no thread to collect in: {error}"), "free some resources"))?;
        Ok(Self { name, receiver, ended: false })
    }
}

impl Collector for GitHub {
    fn next_batch(&mut self) -> Result<Option<Batch>, CollectError> {
        if self.ended {
            return Ok(None);
        }
        // The thread speaks over a channel of its own runtime; to wait for it needs none.
        match futures::executor::block_on(self.receiver.recv()) {
            Some(Said::Batch(batch)) => Ok(Some(*batch)),
            said => {
                self.ended = true;
                match said {
                    Some(Said::Failed(error)) => Err(error),
                    Some(_) => Ok(None),
                    None => Err(CollectError::new(
                        format!("the collection of source {} ended in the middle", self.name),
                        "this is a fault of muster; please report it",
                    )),
                }
            }
        }
    }
}

fn in_thread(config: Config, manners: Manners, place: Place, sender: mpsc::Sender<Said>) {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let error = CollectError::new(format!("no runtime to collect in: {error}"), "free some resources");
            let _ = sender.blocking_send(Said::Failed(error));
            return;
        }
    };
    runtime.block_on(async {
        let said = tokio::select! {
            outcome = all(config, manners, place, sender.clone()) => match outcome {
                Ok(()) => Said::End,
                Err(Failure::Fatal(error)) => Said::Failed(error),
                Err(_) => return,
            },
            // Nobody listens any more: requests under way are broken off.
            () = sender.closed() => return,
        };
        let _ = sender.send(said).await;
    });
    // A name that is still being looked up is not waited for.
    runtime.shutdown_background();
}

async fn all(config: Config, manners: Manners, place: Place, sender: mpsc::Sender<Said>) -> Result<(), Failure> {
    let outbox = Arc::new(Outbox::new(&config.name, place, sender));
    let client = Client::new(&config, manners, outbox.clone()).map_err(Failure::Fatal)?;
    let run = Run {
        config,
        client,
        outbox,
        stopped: AtomicBool::new(false),
        entered: Mutex::new(BTreeSet::new()),
        read: AtomicUsize::new(0),
        failed: Mutex::new(None),
        began: Instant::now(),
        left: Mutex::new(BTreeMap::new()),
    };
    let outcome = run.repositories().await;
    // What was read before a failure is kept.
    if !matches!(outcome, Err(Failure::Unwanted)) {
        run.outbox.end(run.client.quota().map(|(left, _)| left)).await?;
    }
    outcome
}

impl Run {
    async fn repositories(&self) -> Result<(), Failure> {
        let names = match plan::repositories(&self.client, &self.config).await {
            Err(Failure::Budget) => return self.stopped_early().await,
            Err(Failure::GaveUp(reason)) => return Err(Failure::Fatal(unreachable(&reason))),
            names => names?,
        };
        let at_once = self.config.concurrency.max(1) as usize;
        let mut work = stream::iter(&names).map(|name| self.repository(name)).buffer_unordered(at_once);
        while let Some(outcome) = work.next().await {
            outcome?;
        }
        if self.stopped.load(Ordering::Relaxed) {
            return self.stopped_early().await;
        }
        match self.failed.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(reason) if self.read.load(Ordering::Relaxed) == 0 => Err(Failure::Fatal(CollectError::new(
                format!(
                    "none of the {} repositories of source {} can be read: {reason}",
                    names.len(),
                    self.config.name
                ),
                "check the names in the pipeline file, and whether the token may see them",
            ))),
            _ => Ok(()),
        }
    }

    /// False if this run has been in the repository before.
    pub fn enters(&self, number: u64) -> bool {
        self.entered.lock().unwrap_or_else(PoisonError::into_inner).insert(number)
    }

    /// One that cannot be read is reported and does not stop the others.
    async fn repository(&self, name: &str) -> Result<(), Failure> {
        if self.stopped.load(Ordering::Relaxed) {
            return Ok(());
        }
        match repository::collect(self, name).await {
            Ok(()) => {
                self.read.fetch_add(1, Ordering::Relaxed);
                Ok(())
            }
            Err(Failure::Budget) => {
                self.stopped.store(true, Ordering::Relaxed);
                Ok(())
            }
            Err(failure @ (Failure::Refused { .. } | Failure::GaveUp(_))) => {
                let reason = self.report(name, "it cannot be read", &failure).await?;
                self.failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(format!("{name}: {reason}"));
                Ok(())
            }
            Err(failure) => Err(failure),
        }
    }

    /// Reports why something of a repository could not be read.
    pub async fn report(&self, name: &str, what: &str, failure: &Failure) -> Result<String, Failure> {
        let (reason, hint) = match failure {
            Failure::Refused { status: 403, message } => {
                (format!("403 {message}"), "authorise the token for the organisation, or ask its owners")
            }
            Failure::Refused { status: 451, message } => (format!("451 {message}"), "GitHub has taken it down"),
            Failure::Refused { status, message } => {
                (format!("{status} {message}"), "check the name; a private one needs a token that may see it")
            }
            Failure::GaveUp(reason) => (reason.clone(), "run again: it goes on where it stopped"),
            Failure::Fatal(_) | Failure::Budget | Failure::Unwanted => ("the run ended".to_owned(), "run again"),
        };
        let problem = Problem::rejected(format!("github:{name}"), None, format!("{what}: {reason}"), hint);
        self.outbox.commit(None, |_| Told::problem(problem)).await?;
        Ok(reason)
    }

    async fn stopped_early(&self) -> Result<(), Failure> {
        let most = self.config.max_requests.unwrap_or_default();
        let problem = Problem::notice(
            "github",
            None,
            format!("max_requests = {most} was reached before everything was read"),
            "run again: it goes on where it stopped; or raise max_requests",
        );
        self.outbox.commit(None, |_| Told::problem(problem)).await
    }

    /// What a person who waits wants to know: `acme/lantern pull requests, page 12 of about 84, quota 4,312 of 5,000,
    /// about 2 min left`.
    pub async fn status(&self, subject: &Subject, kind: Kind, newest: Option<&Newest>) -> String {
        let lane = |place: &mut Place| {
            let pass = place.repositories.get(&subject.number)?.lanes.get(&kind)?.pass.as_ref()?;
            Some((pass.pages + 1, pass.why))
        };
        let (page, why) = self.outbox.change(lane).await.unwrap_or((1, super::cursor::Why::Changes));
        let pages = newest
            .filter(|_| why != super::cursor::Why::Changes)
            .map(|newest| newest.total_count.div_ceil(u64::from(pass::page_size(kind))).max(page));
        let of = pages.map_or_else(String::new, |pages| format!(" of about {}", grouped(pages)));
        let quota = self
            .client
            .quota()
            .map_or_else(String::new, |(left, limit)| format!(", quota {} of {}", grouped(left), grouped(limit)));
        let time = self.time_left((subject.number, kind), pages.map_or(0, |pages| pages - page));
        format!("{} {}, page {}{of}{quota}{time}", subject.called, kind.plural(), grouped(page))
    }

    /// As long as the requests so far took each, all that is known to come; nothing before there is something to go by.
    fn time_left(&self, lane: (u64, Kind), pages: u64) -> String {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        left.insert(lane, pages);
        let (to_come, sent) = (left.values().sum::<u64>(), self.client.sent());
        if to_come == 0 || sent < 10 {
            return String::new();
        }
        let seconds = self.began.elapsed().as_secs_f64() / sent as f64 * to_come as f64;
        if seconds < 90.0 {
            format!(", about {} s left", seconds.ceil())
        } else {
            format!(", about {} min left", (seconds / 60.0).ceil())
        }
    }
}

fn unreachable(reason: &str) -> CollectError {
    CollectError::new(
        format!("GitHub does not answer: {reason}"),
        "check `url` and the connection, look at https://www.githubstatus.com, and run again",
    )
}

/// `4,312`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn numbers_are_grouped_by_threes() {
        assert_eq!([7, 312, 4_312, 1_004_312].map(super::grouped), ["7", "312", "4,312", "1,004,312"]);
    }
}
