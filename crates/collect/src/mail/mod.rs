//! Mailing lists: mbox, maildir, pipermail's text archives, public-inbox, Google Groups exports.

use muster_model::{CollectError, Collector, Cursor};
use std::path::PathBuf;

/// Where the mails are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The source's name in the pipeline.
    pub name: String,
    /// Files, folders or globs.
    pub paths: Vec<PathBuf>,
    /// What the list is called: in ids and as the channel. Sources of one list have one name.
    pub list: String,
    /// The address of a mail's page, with `{id}` for its Message-ID: `https://lore.kernel.org/r/{id}`.
    pub archive: Option<String>,
    /// Whether texts are kept.
    pub text: bool,
}

/// Opens the source at `cursor`.
///
/// # Errors
/// What cannot be read at all.
pub fn open(config: &Config, _cursor: Option<&Cursor>) -> Result<Box<dyn Collector>, CollectError> {
    Err(CollectError::new(format!("source {} cannot be read yet", config.name), "wait for it"))
}
