//! What is told: a sentence or two to read, and the same as data.

use super::names;
use super::standing::Standing;
use crate::history::file_name;
use muster_model::Timestamp;
use muster_model::account::masked;
use muster_model::payload::{RunClaim, RunFinished};
use muster_pipeline::{About, Notify, Pipeline};
use serde::Serialize;
use std::fmt::Write as _;

/// A message, as it is sent.
#[derive(Debug, Clone, Serialize)]
pub struct Message {
    /// To read; chats show this.
    pub text: String,
    /// What about.
    pub about: &'static str,
    /// The project's name.
    pub project: String,
    /// The pipeline file's name.
    pub pipeline: String,
    /// The run's id.
    pub run: String,
    /// When it began.
    pub started: Timestamp,
    /// How it ended.
    pub outcome: &'static str,
    /// Its exit status.
    pub exit: Option<u8>,
    /// When the first of the runs began that failed one after the other.
    pub since: Option<Timestamp>,
    /// How many these are.
    pub failed_runs: usize,
    /// What fails; of a recovery, what failed.
    pub failures: Vec<Trouble>,
    /// Claims with another verdict.
    pub claims: Vec<Change>,
    /// Where the report is.
    pub report: String,
}

/// Something that failed.
#[derive(Debug, Clone, Serialize)]
pub struct Trouble {
    /// The source; none for the run itself.
    pub source: Option<String>,
    /// What happened.
    pub message: String,
    /// What to do.
    pub hint: String,
}

/// A claim with another verdict.
#[derive(Debug, Clone, Serialize)]
pub struct Change {
    /// The claim's id.
    pub id: String,
    /// Its sentence.
    pub text: String,
    /// The verdict before.
    pub before: String,
    /// The verdict now.
    pub now: String,
    /// The figures before.
    pub figures_before: Vec<String>,
    /// The figures now.
    pub figures_now: Vec<String>,
}

impl Change {
    /// A claim in an earlier run and now.
    pub fn new(before: &RunClaim, now: &RunClaim) -> Self {
        Self {
            id: now.id.clone(),
            text: now.text.clone(),
            before: before.verdict.clone(),
            now: now.verdict.clone(),
            figures_before: before.figures.clone(),
            figures_now: now.figures.clone(),
        }
    }
}

impl Message {
    /// A message about a run, which says nothing yet.
    pub fn new(pipeline: &Pipeline, notify: &Notify, about: About, run: &str, finished: &RunFinished) -> Self {
        let report = pipeline.project.out.join("evidence").join("report.html");
        Self {
            text: String::new(),
            about: about.word(),
            project: pipeline.project.name.clone(),
            pipeline: file_name(pipeline),
            run: run.to_owned(),
            started: finished.started,
            outcome: finished.outcome.word(),
            exit: finished.exit,
            since: None,
            failed_runs: 0,
            failures: Vec::new(),
            claims: Vec::new(),
            report: notify.link.clone().unwrap_or_else(|| report.display().to_string()),
        }
    }

    /// About what fails, or failed.
    pub fn with_trouble(mut self, standing: &Standing) -> Self {
        let fails_now = self.about == About::Failure.word();
        (self.since, self.failed_runs) = (standing.since, standing.failed_runs);
        self.failures = standing.troubles();
        let runs = if self.failed_runs == 1 { "1 run".to_owned() } else { format!("{} runs", self.failed_runs) };
        let mut text = match (fails_now, self.since) {
            (true, Some(since)) => {
                format!("{}: the run of {} {}", self.name(), minute(self.started), words(self.outcome))
                    + &format!("; failing since {}, {runs}", minute(since))
            }
            (_, Some(since)) => {
                format!("{}: works again since the run of {}", self.name(), minute(self.started))
                    + &format!("; it had failed since {}, {runs}", minute(since))
            }
            (_, None) => format!("{}: works again since the run of {}", self.name(), minute(self.started)),
        };
        for trouble in &self.failures {
            let what = trouble.source.as_ref().map_or(String::new(), |source| format!("source {source}: "));
            let _ = write!(text, "\n{what}{}", trouble.message);
            if fails_now && !trouble.hint.is_empty() {
                let _ = write!(text, "\n  = {}", trouble.hint.replace('\n', "\n    "));
            }
        }
        self.finish(text)
    }

    /// About claims.
    pub fn with_changes(mut self, changes: Vec<Change>) -> Self {
        let have = if changes.len() == 1 { "1 claim has" } else { &format!("{} claims have", changes.len()) };
        let mut text = format!("{}: {have} another verdict since the run of {}", self.name(), minute(self.started));
        for change in &changes {
            let Change { id, text: sentence, before, now, .. } = change;
            let _ = write!(text, "\n{id}: before {before}, now {now}: {sentence:?}");
            let figures = |figures: &[String]| figures.join(", ");
            if change.figures_before != change.figures_now {
                let (before, now) = (figures(&change.figures_before), figures(&change.figures_now));
                let _ = write!(text, "\n  = before: {before}; now: {now}");
            }
        }
        self.claims = changes;
        self.finish(text)
    }

    fn finish(mut self, text: String) -> Self {
        self.text = masked(&format!("{text}\nreport: {}", self.report));
        self
    }

    fn name(&self) -> String {
        format!("{} ({})", self.project, self.pipeline)
    }

    /// One word for one state of things.
    pub fn digest(&self) -> String {
        let claims: Vec<String> = self.claims.iter().map(|claim| format!("{} {}", claim.id, claim.now)).collect();
        names(&self.failures).into_iter().map(str::to_owned).chain(claims).collect::<Vec<_>>().join(", ")
    }
}

/// `2026-11-21 17:02 UTC`.
pub fn minute(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

fn words(outcome: &str) -> &str {
    match outcome {
        "incomplete" => "is incomplete",
        "broken_off" => "broke off",
        other => other,
    }
}
