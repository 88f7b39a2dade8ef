//! Who is told when a run fails, recovers, or changes the verdict on a claim.
//!
//! - A failure is told when it begins, when something else fails, and again after `repeat`; not at every run.
//! - A recovery is told to whoever may believe that the pipeline fails.
//! - A verdict is compared with the one that this reader was told last, or that stood in the run before.
//!
//! A message that does not arrive is said, recorded, and sent again after the next run.

mod message;
mod send;
mod standing;

use crate::history::{History, Run};
use crate::tell;
pub use message::minute;
use message::{Change, Message, Trouble};
use muster_model::Timestamp;
use muster_model::payload::{Outcome, RunClaim, RunFinished, RunNotified};
use muster_pipeline::{About, Notify, Pipeline, Target, Url};
use standing::Standing;
use std::collections::BTreeSet;

/// Tells everybody who is to be told of a run that ended, one after the other; what to record of it.
pub async fn tell(pipeline: &Pipeline, run: &str, finished: &RunFinished, history: &History) -> Vec<RunNotified> {
    let now = Now::new(pipeline, run, finished, history);
    let mut told = Vec::new();
    for (number, notify) in pipeline.notify.iter().enumerate() {
        let to = format!("{} (notify {})", shown(&notify.target), number + 1);
        for about in notify.on.iter().copied() {
            if let Some(message) = now.message(about, notify, &to) {
                told.push(send(pipeline, notify, about, to.clone(), &message).await);
            }
        }
    }
    told
}

async fn send(pipeline: &Pipeline, notify: &Notify, about: About, to: String, message: &Message) -> RunNotified {
    let (attempts, sent) = send::send(pipeline, notify, message).await;
    // What a program or server answers may name people.
    let sent = sent.map_err(|why| muster_model::account::masked(&why));
    let about = about.word();
    match &sent {
        Ok(()) => {
            tell!("{:<9}{about} told to {to}", "notify");
            tracing::info!(about, to, attempts, "notified");
        }
        Err(why) => {
            tell!("warning: {to} was not told about the {about}: {why}; tried {attempts} times");
            tell!("  = look at [[notify]] in the pipeline file; the run itself is not affected");
            tracing::warn!(about, to, attempts, error = why, "not notified");
        }
    }
    let (digest, failed) = (message.digest(), sent.err());
    RunNotified { pipeline: message.pipeline.clone(), about: about.to_owned(), to, digest, attempts, failed }
}

/// Who is told, without anything that is secret: the program, or the address's host.
fn shown(target: &Target) -> String {
    match target {
        Target::Command(words) => format!("command {}", words.first().map_or("", String::as_str)),
        Target::Http { url: Url::Variable(name), .. } => format!("the address in ${name}"),
        Target::Http { url: Url::Written(url), .. } => {
            let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
            let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
            format!("{scheme}://{}", host.rsplit('@').next().unwrap_or_default())
        }
    }
}

/// A run that ended, and those of the same pipeline before it, the latest first.
struct Now<'a> {
    pipeline: &'a Pipeline,
    run: &'a str,
    finished: &'a RunFinished,
    before: Vec<&'a Run>,
    /// What failed before it, and what fails now.
    earlier: Standing,
    standing: Standing,
}

impl<'a> Now<'a> {
    fn new(pipeline: &'a Pipeline, run: &'a str, finished: &'a RunFinished, history: &'a History) -> Self {
        let after = history.runs.iter().position(|other| other.id == run).map_or(0, |place| place + 1);
        let before: Vec<&Run> = history.runs[after..]
            .iter()
            .filter(|other| other.pipeline == finished.pipeline && !other.looked_back())
            .collect();
        // Of the others several may be under way at once.
        let mut earlier = Standing::after(&before, finished.command == "run");
        earlier.keep_only(|name| pipeline.sources.iter().any(|source| source.name() == name));
        let mut standing = earlier.clone();
        standing.add(finished);
        Self { pipeline, run, finished, before, earlier, standing }
    }

    fn message(&self, about: About, notify: &Notify, to: &str) -> Option<Message> {
        let message = || Message::new(self.pipeline, notify, about, self.run, self.finished);
        match about {
            About::Failure => {
                let message = message().with_trouble(&self.standing);
                (self.finished.outcome.is_failure() && self.is_news(&message, notify, to)).then_some(message)
            }
            About::Recovery => {
                let well = self.finished.outcome == Outcome::Succeeded && self.standing.is_well();
                let is_news = !self.earlier.is_well() || self.believes_in_failure(to);
                (well && is_news).then(|| message().with_trouble(&self.earlier))
            }
            About::Verdict => {
                let changes = self.changes(to);
                (!changes.is_empty()).then(|| message().with_changes(changes))
            }
        }
    }

    /// Whether this reader was not told of this failure lately.
    fn is_news(&self, message: &Message, notify: &Notify, to: &str) -> bool {
        let since = self.earlier.since;
        let told =
            self.told(to).filter(|(at, told)| told.about == "failure" && since.is_some_and(|since| *at >= since));
        match told.last() {
            Some((at, told)) => {
                let passed = crate::history::now().duration_since(at).unsigned_abs();
                told.digest != message.digest() || passed >= notify.repeat
            }
            None => true,
        }
    }

    fn believes_in_failure(&self, to: &str) -> bool {
        let last = self.told(to).filter(|(_, told)| told.about != "verdict").last();
        last.is_some_and(|(_, told)| told.about == "failure")
    }

    /// What this reader was told, and when, the latest last.
    fn told<'b>(&'b self, to: &'b str) -> impl Iterator<Item = (Timestamp, &'b RunNotified)> {
        let all = self.before.iter().rev().flat_map(|run| &run.notified).map(|(at, told)| (*at, told));
        all.filter(move |(_, told)| told.to == to && told.failed.is_none())
    }

    /// Claims whose verdict is not the one that this reader knows.
    fn changes(&self, to: &str) -> Vec<Change> {
        let missed = |run: &&&Run| {
            run.notified.iter().any(|(_, told)| told.about == "verdict" && told.to == to && told.failed.is_some())
        };
        let with_claims = self.before.iter().filter(|run| !missed(run)).filter_map(|run| run.finished.as_ref());
        let Some((_, known)) = with_claims.into_iter().find(|(_, finished)| !finished.claims.is_empty()) else {
            return Vec::new();
        };
        let change = |claim: &RunClaim| {
            let before = known.claims.iter().find(|before| before.id == claim.id)?;
            (before.verdict != claim.verdict).then(|| Change::new(before, claim))
        };
        self.finished.claims.iter().filter_map(change).collect()
    }
}

/// What fails, by name: the same as long as the same fails.
fn names(trouble: &[Trouble]) -> BTreeSet<&str> {
    trouble.iter().map(|trouble| trouble.source.as_deref().unwrap_or("the run")).collect()
}
