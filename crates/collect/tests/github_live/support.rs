//! A log in memory, runs against a server, and the comparison of what is held with the truth.

use muster_collect::github::{Config, Credentials, Manners, open_with};
use muster_model::{CollectError, Counts, Cursor, Event, Payload, Problem, Severity, Timestamp};
use muster_test_github::{Fact, Server, World};
use std::collections::BTreeMap;
use std::time::Duration;

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn config(server: &Server, repositories: &[&str]) -> Config {
    Config {
        name: "acme".to_owned(),
        repositories: repositories.iter().map(|&text| text.to_owned()).collect(),
        url: server.url(),
        credentials: Credentials::Tokens(vec!["token".to_owned()]),
        forks: false,
        stars: true,
        discussions: true,
        max_requests: None,
        concurrency: 4,
        sweep_days: None,
    }
}

pub const IN_A_HURRY: Manners =
    Manners { timeout: Duration::from_millis(1500), first_wait: Duration::from_millis(5), tries: 9 };

/// What the log does with batches: one event an id, and the cursor with them.
#[derive(Default)]
pub struct Log {
    pub events: BTreeMap<String, Event>,
    pub cursor: Option<Cursor>,
}

/// What a run did.
#[derive(Default)]
pub struct Outcome {
    pub appended: usize,
    pub batches: usize,
    pub problems: Vec<Problem>,
    pub statuses: Vec<String>,
    pub failed: Option<CollectError>,
}

impl Outcome {
    /// Nothing went wrong.
    #[track_caller]
    pub fn whole(self) -> Self {
        assert!(self.failed.is_none(), "{:?}", self.failed);
        assert!(self.problems.is_empty(), "{:?}", self.problems);
        self
    }
}

impl Log {
    pub fn run(&mut self, config: &Config) -> Outcome {
        self.run_until(config, |_| false)
    }

    /// Runs until `enough` says of a batch that it was the last: the collector is dropped then, and what it holds is lost.
    pub fn run_until(&mut self, config: &Config, mut enough: impl FnMut(usize) -> bool) -> Outcome {
        let mut outcome = Outcome::default();
        let mut collector = match open_with(config, self.cursor.as_ref(), IN_A_HURRY) {
            Ok(collector) => collector,
            Err(error) => return Outcome { failed: Some(error), ..outcome },
        };
        loop {
            match collector.next_batch() {
                Ok(Some(batch)) => {
                    let rejected = batch.problems.iter().filter(|one| one.severity == Severity::Rejected).count();
                    let Counts { read, not_ours, filtered } = batch.counts;
                    assert_eq!(read, (batch.events.len() + rejected) as u64 + not_ours + filtered);
                    for event in batch.events {
                        outcome.appended += usize::from(self.append(event));
                    }
                    self.cursor = batch.cursor.or(self.cursor.take());
                    outcome.problems.extend(batch.problems);
                    outcome.statuses.extend(batch.status);
                    outcome.batches += 1;
                    if enough(outcome.batches) {
                        return outcome;
                    }
                }
                Ok(None) => return outcome,
                Err(error) => {
                    outcome.failed = Some(error);
                    return outcome;
                }
            }
        }
    }

    fn append(&mut self, event: Event) -> bool {
        if let Some(held) = self.events.get(&event.id) {
            let without = |event: &Event| (event.time, event.actor.clone(), event.data.clone());
            assert_eq!(without(held), without(&event), "{}", event.id);
            return false;
        }
        self.events.insert(event.id.clone(), event);
        true
    }

    pub fn ids(&self) -> Vec<&str> {
        self.events.keys().map(String::as_str).collect()
    }

    pub fn of(&self, kind: &str) -> Vec<&Event> {
        self.events.values().filter(|event| event.kind() == kind).collect()
    }

    /// What GitHub was counted to have: by kind and month, of one repository.
    pub fn counted(&self, repository: &str) -> BTreeMap<(String, String), u64> {
        let mut counted: Vec<(Timestamp, (String, String), u64)> = Vec::new();
        for event in self.events.values() {
            if let Payload::SourceCounted(body) = &event.data
                && body.repository.as_deref() == Some(repository)
            {
                let month = body.month.clone().unwrap_or_else(|| "all".to_owned());
                counted.push((event.time, (body.counted.clone(), month), body.count));
            }
        }
        counted.sort();
        counted.into_iter().map(|(_, key, count)| (key, count)).collect()
    }

    /// The facts held, as lines that can be compared with [`truth`].
    pub fn facts(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.events.values().filter_map(line_of).collect();
        lines.sort();
        lines
    }
}

fn line(kind: &str, subject: &str, at: Timestamp, actor: Option<&str>, detail: &str) -> String {
    format!("{kind} {subject} {at} {} {detail}", actor.unwrap_or("nobody"))
}

fn line_of(event: &Event) -> Option<String> {
    let detail = match &event.data {
        Payload::IssueLabeled(body) => body.label.clone(),
        Payload::IssueAssigned(body) => body.assignee.clone(),
        Payload::PullRequestReviewRequested(body) => body.reviewer.clone(),
        Payload::PullRequestMerged(body) => body.author.clone().unwrap_or_default(),
        Payload::IssueCommented(body)
        | Payload::PullRequestCommented(body)
        | Payload::PullRequestReviewCommented(body)
        | Payload::DiscussionCommented(body) => body.comment.to_string(),
        Payload::PullRequestReviewed(body) => body.review.to_string(),
        Payload::CommitCommented(body) => format!("{} {}", body.comment, body.sha),
        Payload::ReleasePublished(body) => format!("{} {}", body.release, body.tag),
        Payload::RepositoryForked(body) => body.fork.clone().unwrap_or_default(),
        Payload::DiscussionAnswered(body) => body.comment.unwrap_or_default().to_string(),
        Payload::SourceCounted(_) | Payload::RepositoryRenamed(_) => return None,
        _ => String::new(),
    };
    let subject = match &event.data {
        Payload::CommitCommented(_) => event.subject.split('@').next().unwrap().replacen("git:", "", 1),
        Payload::ReleasePublished(_) => event.subject.split("/release/").next().unwrap().replacen("github:", "", 1),
        _ => event.subject.replacen("github:", "", 1),
    };
    Some(line(event.kind(), &subject, event.time, event.actor.as_deref(), &detail))
}

/// What a complete collection of the repositories must hold. How a name or an address changed GitHub's API does not tell.
pub fn truth(world: &World, repositories: &[&str]) -> Vec<String> {
    let facts = world.facts();
    let merges: std::collections::BTreeSet<(String, u64, Timestamp)> = facts
        .iter()
        .filter(|fact| fact.kind == "pull_request.merged")
        .map(|fact| (fact.repository.clone(), fact.number, fact.at))
        .collect();
    // A merge closes too; that is no fact of its own.
    let merge_closes = |fact: &Fact| {
        fact.kind == "pull_request.closed" && merges.contains(&(fact.repository.clone(), fact.number, fact.at))
    };
    let mut lines: Vec<String> = facts
        .into_iter()
        .filter(|fact| !merge_closes(fact))
        .filter(|fact| repositories.contains(&fact.repository.as_str()))
        .filter(|fact| !matches!(fact.kind, "repository.renamed" | "issue.transferred"))
        .filter_map(|fact| truth_of(&fact))
        .collect();
    lines.sort();
    lines
}

fn truth_of(fact: &Fact) -> Option<String> {
    let account = |login: &str| format!("github:{}", login.to_lowercase());
    let kind = match fact.kind {
        "pull_request.labeled" => "issue.labeled",
        "pull_request.assigned" => "issue.assigned",
        kind => kind,
    };
    let (id, detail) = (fact.id.unwrap_or_default(), fact.detail.as_deref());
    let detail = match kind {
        "issue.labeled" | "repository.forked" => detail?.to_owned(),
        // To whom, or of whom, nobody can say once the account is deleted.
        "issue.assigned" => account(detail?),
        "pull_request.review_requested" => match detail?.strip_prefix("team:") {
            Some(team) => format!("team:{}/{team}", fact.repository.split('/').next().unwrap()),
            None => account(detail?),
        },
        "pull_request.merged" => detail.map(account).unwrap_or_default(),
        "issue.commented"
        | "pull_request.commented"
        | "pull_request.reviewed"
        | "pull_request.review_commented"
        | "discussion.commented"
        | "discussion.answered" => id.to_string(),
        "commit.commented" | "release.published" => format!("{id} {}", detail?),
        _ => String::new(),
    };
    let subject = match fact.number {
        0 => fact.repository.clone(),
        number => format!("{}#{number}", fact.repository),
    };
    let actor = fact.actor.as_deref().map(account);
    Some(line(kind, &subject, fact.at, actor.as_deref(), &detail))
}

/// Fails with the lines that only one side has.
#[track_caller]
pub fn assert_same(held: &[String], truth: &[String]) {
    let missing: Vec<&String> = truth.iter().filter(|line| held.binary_search(line).is_err()).collect();
    let beyond: Vec<&String> = held.iter().filter(|line| truth.binary_search(line).is_err()).collect();
    assert!(
        missing.is_empty() && beyond.is_empty() && held.len() == truth.len(),
        "{} held, {} true\nmissing ({}): {:#?}\nbeyond ({}): {:#?}",
        held.len(),
        truth.len(),
        missing.len(),
        &missing[..missing.len().min(10)],
        beyond.len(),
        &beyond[..beyond.len().min(10)],
    );
}
