//! What fails as of a run: each source by the last run that read it, because a run need not read all of them, and the run
//! itself by the last run.

use super::message::{Trouble, minute};
use crate::history::Run;
use muster_model::Timestamp;
use muster_model::payload::{Outcome, RunFailure, RunFinished};
use std::collections::BTreeMap;

/// What fails, since when, and in how many runs.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    run: Option<Trouble>,
    sources: BTreeMap<String, Trouble>,
    /// When the first run began since which something has failed.
    pub since: Option<Timestamp>,
    /// How many runs have failed since then.
    pub failed_runs: usize,
}

impl Standing {
    /// After runs, the latest first. `alone` says that no two of them can be under way at once, so that one without an end was
    /// killed.
    pub fn after(runs: &[&Run], alone: bool) -> Self {
        let mut standing = Self::default();
        for run in runs.iter().rev() {
            match &run.finished {
                Some((_, finished)) => standing.add(finished),
                None if alone && run.begun.as_ref().is_some_and(|begun| begun.command == "run") => {
                    standing.run = Some(never_ended(run));
                    standing.count(run.started, true);
                }
                None => {}
            }
        }
        standing
    }

    /// One more run, the latest. One that somebody stopped says nothing.
    pub fn add(&mut self, finished: &RunFinished) {
        if finished.outcome == Outcome::Stopped {
            return;
        }
        self.run = finished.failure.as_ref().map(|failure| trouble(None, failure));
        for source in &finished.sources {
            match &source.failure {
                Some(failure) => drop(self.sources.insert(source.name.clone(), trouble(Some(&source.name), failure))),
                None => drop(self.sources.remove(&source.name)),
            }
        }
        self.count(finished.started, finished.outcome.is_failure());
    }

    /// Sources that the pipeline has no more cannot recover.
    pub fn keep_only(&mut self, is_there: impl Fn(&str) -> bool) {
        self.sources.retain(|name, _| is_there(name));
    }

    fn count(&mut self, started: Timestamp, failed: bool) {
        if self.is_well() {
            (self.since, self.failed_runs) = (None, 0);
        } else {
            self.since.get_or_insert(started);
            self.failed_runs += usize::from(failed);
        }
    }

    /// Whether nothing fails.
    pub fn is_well(&self) -> bool {
        self.run.is_none() && self.sources.is_empty()
    }

    /// What fails.
    pub fn troubles(&self) -> Vec<Trouble> {
        self.run.iter().chain(self.sources.values()).cloned().collect()
    }
}

fn trouble(source: Option<&str>, failure: &RunFailure) -> Trouble {
    Trouble { source: source.map(str::to_owned), message: failure.message.clone(), hint: failure.hint.clone() }
}

fn never_ended(run: &Run) -> Trouble {
    Trouble {
        source: None,
        message: format!("the run of {} did not come to an end", minute(run.started)),
        hint: "see in the machine's own log whether it was killed or ran out of memory then".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_model::payload::{RunSource, RunStarted};

    fn finished(minute: i64, outcome: Outcome, sources: &[(&str, bool)]) -> RunFinished {
        let failure = || Some(RunFailure { message: "401".to_owned(), hint: String::new() });
        let source = |(name, fails): &(&str, bool)| RunSource {
            name: (*name).to_owned(),
            failure: failure().filter(|_| *fails),
            ..RunSource::default()
        };
        RunFinished {
            pipeline: "p.toml".to_owned(),
            command: "run".to_owned(),
            started: at(minute),
            outcome,
            exit: None,
            milliseconds: 0,
            failure: failure().filter(|_| outcome == Outcome::Failed),
            looked_back: false,
            log: None,
            sources: sources.iter().map(source).collect(),
            outputs: None,
            claims: Vec::new(),
        }
    }

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(minute * 60).unwrap()
    }

    fn names(standing: &Standing) -> Vec<String> {
        standing.troubles().into_iter().map(|trouble| trouble.source.unwrap_or("the run".to_owned())).collect()
    }

    #[test]
    fn a_source_fails_until_a_run_that_read_it_went_well() {
        let mut standing = Standing::default();
        standing.add(&finished(1, Outcome::Incomplete, &[("github", true), ("notes", false)]));
        // A run of the notes alone, and one that only computed.
        standing.add(&finished(2, Outcome::Succeeded, &[("notes", false)]));
        standing.add(&finished(3, Outcome::Succeeded, &[]));
        standing.add(&finished(4, Outcome::Stopped, &[]));
        assert_eq!(
            (names(&standing), standing.since, standing.failed_runs),
            (vec!["github".to_owned()], Some(at(1)), 1)
        );
        standing.add(&finished(5, Outcome::Failed, &[]));
        assert_eq!((names(&standing), standing.failed_runs), (vec!["the run".to_owned(), "github".to_owned()], 2));
        standing.add(&finished(6, Outcome::Succeeded, &[("github", false)]));
        assert!(standing.is_well() && standing.since.is_none(), "{standing:?}");
        standing.add(&finished(7, Outcome::Incomplete, &[("github", true)]));
        assert_eq!((standing.since, standing.failed_runs), (Some(at(7)), 1));
        standing.keep_only(|name| name != "github");
        assert!(standing.is_well());
    }

    #[test]
    fn a_run_without_an_end_was_killed_where_no_two_can_be_under_way() {
        let begun = RunStarted {
            pipeline: "p.toml".to_owned(),
            command: "run".to_owned(),
            muster: "1".to_owned(),
            looked_back: false,
            host: None,
            due: None,
            attempt: None,
        };
        let run = Run {
            id: "a".to_owned(),
            pipeline: "p.toml".to_owned(),
            project: "lantern".to_owned(),
            started: at(1),
            begun: Some(begun),
            finished: None,
            notified: Vec::new(),
        };
        assert!(!Standing::after(&[&run], true).is_well());
        assert!(Standing::after(&[&run], false).is_well());
    }
}
