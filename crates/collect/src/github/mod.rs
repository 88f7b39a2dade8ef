//! GitHub, live: an organisation's or repository's objects from the API, complete, incremental, polite.
//!
//! | file | what |
//! | --- | --- |
//! | `plan.rs` | which repositories |
//! | `collect.rs` | the run: a thread of its own, several repositories at once |
//! | `repository.rs` | one repository: what is newest, then its lanes, then its totals |
//! | `lane.rs`, `pass.rs` | one kind of object of a repository; one way through it, page by page |
//! | `query.rs`, `queries/` | what is asked |
//! | `answer.rs`, `parse.rs` | what comes back, and the facts in it |
//! | `fact.rs`, `who.rs`, `object.rs` | what every source of GitHub's facts shares: ids, accounts, objects of REST and webhooks |
//! | `count.rs` | what GitHub says it has, for completeness |
//! | `cursor.rs`, `outbox.rs` | how far it has come; batches of facts with it |
//! | `peer.rs` | the REST part against a GitHub that nobody here wrote |
//! | `client.rs`, `verdict.rs`, `limits.rs`, `app.rs`, `transport.rs` | the politeness, and what it stands on |
//!
//! **GraphQL or REST.** What needs fewer requests for the same facts; for 10,000 issues and pull requests (half of each) with
//! 60,000 comments:
//!
//! | facts | REST | GraphQL | taken |
//! | --- | --- | --- | --- |
//! | issues and pull requests | 100 (100 a page) | 200 (50 a page) | GraphQL |
//! | their comments | 600 | with the above | GraphQL |
//! | closes, reopenings, labels, assignments, requests, drafts | a request an item: 10,000 (the list of a whole repository's events ends early) | with the above | GraphQL |
//! | reviews, who merged | a request a pull request: 5,000 | with the above | GraphQL |
//! | comments on lines | 100 a request | a connection in every review: times the cost, and more for long ones | REST, which takes `since` and answers 304 for nothing |
//! | discussions, stars, forks, comments on commits | a request each to see that nothing is new; no discussions | one request shows what is newest in all of them | GraphQL |
//! | releases | 100 a request | as many, but no author that is a bot; what is newest is in the request above | REST once that shows a new one |
//!
//! So a repository in which nothing is new takes two requests, a GraphQL one for the head of everything and a REST one that
//! is answered 304; an owner's list is one more for a hundred repositories. Quota is counted apart for the two, and a page
//! with its histories costs one point. Measured with
//! `examples/github_speed.rs` over that history: 263 requests (209 points of GraphQL's quota), and 3 when nothing is new; a
//! test holds it to the bounds.
//!
//! **Records.** A fact is a record; so is an entry of a history that is not ours, and an object that cannot be read. A
//! repository that GitHub refuses is one record that is rejected, in the file `github:owner/name`.
//!
//! **Not to be had from the API.** Under which number an issue was known in the repository that it left (it is collected
//! with its whole history where it is now, under its new number); when a repository was renamed (it is told with the time
//! of the run that noticed); who was assigned or asked, once the account is deleted.
//!
//! **Texts** are asked for only to find links to chat messages in them (`item.linked`), and are not kept. They are most of
//! the bytes, though no more requests; an answer of more than 32 MB is asked for again in halves, so that memory is bounded.
//!
//! **Names.** The ids have the name under which a repository was first collected, so that a later new name doubles none of
//! its facts; `repository.renamed` tells of the new one. GitHub's number of the repository is the key of its position.
//!
//! **A thread of its own** with a runtime of one thread, and a channel of two batches: the collection goes on while the log
//! commits and waits when the log is behind, any caller may read it, in a runtime or out of one, and dropping the collector
//! at whatever moment breaks off what is under way.

mod answer;
mod app;
mod client;
mod collect;
mod count;
mod cursor;
pub(crate) mod fact;
mod lane;
mod limits;
pub(crate) mod object;
mod outbox;
mod parse;
mod pass;
#[cfg(test)]
mod peer;
mod plan;
mod query;
mod repository;
mod transport;
mod verdict;
mod who;

use muster_model::{CollectError, Collector, Cursor};
use std::time::Duration;

/// What to collect from GitHub, and how politely.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The source's name in the pipeline.
    pub name: String,
    /// `owner`, `owner/name`, or patterns such as `acme/*-go`; at least one. Compared without regard to case.
    pub repositories: Vec<String>,
    /// The API's root: `https://api.github.com`, or that of a GitHub Enterprise server (or a test's).
    pub url: String,
    /// Who asks. None asks anonymously, which GraphQL refuses.
    pub credentials: Credentials,
    /// Forks among an owner's repositories too.
    pub forks: bool,
    /// Stars and forks as events too.
    pub stars: bool,
    /// Discussions too.
    pub discussions: bool,
    /// At most so many requests a run; what is left is for the next run.
    pub max_requests: Option<u64>,
    /// At most so many requests at once.
    pub concurrency: u32,
    /// Every so many days everything is read again, to find what the changes since missed.
    pub sweep_days: Option<u32>,
}

/// Who asks GitHub. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub enum Credentials {
    /// Nobody.
    None,
    /// Personal tokens, used in turn.
    Tokens(Vec<String>),
    /// An installation of a GitHub App.
    App {
        /// The App's number.
        app: u64,
        /// The installation's number.
        installation: u64,
        /// The App's private key, PEM.
        key: String,
    },
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::None => "no credentials",
            Self::Tokens(_) => "tokens",
            Self::App { .. } => "an App's key",
        })
    }
}

/// How patient to be. The default is right for GitHub; tests are in a hurry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manners {
    /// A request that takes longer has failed.
    pub timeout: Duration,
    /// The wait before the second try; each further one is twice as long, up to a minute.
    pub first_wait: Duration,
    /// So many tries, and a request is given up.
    pub tries: u32,
}

impl Default for Manners {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(60), first_wait: Duration::from_millis(250), tries: 9 }
    }
}

/// Opens the source at `cursor`.
///
/// # Errors
/// What cannot be read at all.
pub fn open(config: &Config, cursor: Option<&Cursor>) -> Result<Box<dyn Collector>, CollectError> {
    open_with(config, cursor, Manners::default())
}

/// As [`open`], as patient as `manners` say.
///
/// # Errors
/// As [`open`].
pub fn open_with(
    config: &Config,
    cursor: Option<&Cursor>,
    manners: Manners,
) -> Result<Box<dyn Collector>, CollectError> {
    plan::check(config)?;
    let place = cursor::Place::read(&config.name, cursor)?;
    Ok(Box::new(collect::GitHub::start(config, manners, place)?))
}

/// The GraphQL queries, for whoever checks them against GitHub's schema.
pub fn queries() -> &'static [&'static str] {
    &query::ALL
}
