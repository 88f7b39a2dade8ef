//! GitHub, live: an organisation's or repository's objects from the API, complete, incremental, polite.

pub(crate) mod fact;
pub(crate) mod object;
mod who;

use muster_model::{CollectError, Collector, Cursor};

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

/// Opens the source at `cursor`.
///
/// # Errors
/// What cannot be read at all.
pub fn open(config: &Config, _cursor: Option<&Cursor>) -> Result<Box<dyn Collector>, CollectError> {
    Err(CollectError::new(format!("source {} cannot be read yet", config.name), "wait for it"))
}
