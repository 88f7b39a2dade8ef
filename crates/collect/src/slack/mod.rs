//! Slack.

mod document;
mod export;
mod json;
mod message;
mod text;
mod workspace;

pub use export::read_file;

use muster_model::{CollectError, Collector, Cursor};
use std::path::PathBuf;
use workspace::Workspace;

/// What to read of a Slack workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The source's name in the pipeline.
    pub name: String,
    /// Where it lies.
    pub origin: Origin,
    /// The workspace's id (`T01…`), where the files do not say it.
    pub team: Option<String>,
    /// The workspace's address, `https://acme.slack.com`: messages then have a page to check.
    pub workspace: Option<String>,
    /// Channels to read, by name or id, `*` allowed; none reads every public one.
    pub channels: Vec<String>,
    /// Private channels, groups and direct messages that are read all the same, by name or id; others are refused.
    pub private: Vec<String>,
    /// Whether texts are kept.
    pub text: bool,
}

/// Where a workspace's messages lie.
#[derive(Clone, PartialEq, Eq)]
pub enum Origin {
    /// An export or dump: a folder, a zip archive, a `.json` file.
    Path(PathBuf),
    /// The Web API: its root (`https://slack.com/api`) and a token, which is never printed.
    Api {
        /// The root.
        url: String,
        /// The token.
        token: String,
    },
}

impl std::fmt::Debug for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Path(path) => write!(f, "{}", path.display()),
            Self::Api { url, .. } => f.write_str(url),
        }
    }
}

/// Opens the source at `cursor`.
///
/// # Errors
/// What cannot be read at all.
pub fn open(config: &Config, cursor: Option<&Cursor>) -> Result<Box<dyn Collector>, CollectError> {
    match &config.origin {
        Origin::Path(path) => Ok(Box::new(export::open(config, path, cursor)?)),
        Origin::Api { .. } => {
            Err(CollectError::new(format!("source {} cannot be read yet", config.name), "wait for it"))
        }
    }
}

const COLLECTOR: &str = "slack/1";
