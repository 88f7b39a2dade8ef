//! Slack.

mod api;
mod client;
mod document;
mod export;
pub(crate) mod json;
pub(crate) mod message;
mod text;
pub(crate) mod workspace;

pub use export::read_file;

use muster_model::{Batch, CollectError, Collector, Cursor, Problem};
use std::collections::BTreeSet;
use std::path::PathBuf;
use workspace::{Access, Listed, Workspace};

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
        Origin::Api { url, token } => Ok(Box::new(api::open(config, url, token, cursor)?)),
    }
}

const COLLECTOR: &str = "slack/1";

/// Says once for each channel that it is refused, and how to have it.
fn note_refused(access: Access, channel: &Listed, file: &str, batch: &mut Batch, noted: &mut BTreeSet<String>) {
    let Access::Refused(why) = access else { return };
    if noted.insert(format!("channel {}", channel.id)) {
        let Listed { id, name, .. } = channel;
        let shown = if name == id { id.clone() } else { format!("{name} ({id})") };
        let message = format!("{shown} is {why}: its messages are counted as filtered, not read");
        let hint = format!("if everybody in it agrees, name it in this source: private = [{id:?}]");
        batch.problems.push(Problem::notice(file, None, message, hint));
    }
}

/// Says once for each subtype that nobody here has heard of it.
fn note_unknown(
    subtype: Option<String>,
    file: &str,
    line: Option<u32>,
    batch: &mut Batch,
    noted: &mut BTreeSet<String>,
) {
    if let Some(subtype) = subtype.filter(|subtype| noted.insert(format!("subtype {subtype}"))) {
        let message = format!("messages of the unknown subtype {subtype:?} are counted as not ours");
        let hint = "if people write them, tell us: they should be messages";
        batch.problems.push(Problem::notice(file, line, message, hint));
    }
}
