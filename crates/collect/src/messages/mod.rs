//! Messages in a table of any program: CSV, TSV or JSON lines, with columns named in the pipeline file.

use muster_model::{CollectError, Collector, Cursor};
use std::path::PathBuf;

/// Where the tables are and what their columns mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The source's name in the pipeline.
    pub name: String,
    /// Files, folders or globs.
    pub paths: Vec<PathBuf>,
    /// What the platform is called, `dingtalk`: the scheme of ids and accounts.
    pub platform: String,
    /// Which column is what.
    pub columns: Columns,
    /// How times are written (strptime), where it is neither RFC 3339 nor a number of seconds or milliseconds since 1970.
    pub time_format: Option<String>,
    /// The offset of times without one: `+08:00`. Without it such times are rejected, never guessed.
    pub offset: Option<String>,
    /// Whether texts are kept.
    pub text: bool,
}

/// Column names. Of JSON lines, keys; `a.b` is a key inside an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// When.
    pub time: String,
    /// Who.
    pub author: String,
    /// What was said.
    pub text: Option<String>,
    /// Where; without it the source is one channel, of its own name.
    pub channel: Option<String>,
    /// Which thread: the id of its first message, or a name of the thread.
    pub thread: Option<String>,
    /// The message's own id; without it the id is a hash of channel, time, author and text.
    pub id: Option<String>,
}

/// Opens the source at `cursor`.
///
/// # Errors
/// What cannot be read at all.
pub fn open(config: &Config, _cursor: Option<&Cursor>) -> Result<Box<dyn Collector>, CollectError> {
    Err(CollectError::new(format!("source {} cannot be read yet", config.name), "wait for it"))
}
