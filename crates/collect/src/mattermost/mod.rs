//! Mattermost: a bulk export (JSON lines, also in its zip archive), and saved answers of its API.
//!
//! | file | what |
//! | --- | --- |
//! | `known.rs` | channels and users that any document describes |
//! | `bulk.rs` | the lines of a bulk export |
//! | `answer.rs` | answers: posts, channels, users |
//! | `parse.rs` | which of the two a document is, and a post to events |
//!
//! | | bulk export | answers |
//! | --- | --- | --- |
//! | a channel | `mattermost:<server>/<team>/<channel's name>` | `mattermost:<server>/<channel's id>` |
//! | a message | `<channel>/<create_at>/<user>` | `<channel>/<post's id>` |
//! | an account | `mattermost:<server>/<user's name>` | `mattermost:<server>/<user's id>` |
//!
//! A bulk export has no ids, so that the two do not meet: read one or the other of a server. Where somebody has two messages in
//! one channel and millisecond, the second one's id ends in `/<hash of its text>`.
//!
//! A record is a line of an export, a post, a reply, an edit, a deletion, a reaction, a channel, a user, and the e-mail address of
//! one (`account.linked`, for who also contributes). Posts whose type is `system_…` are not ours; in exports that lack the type
//! (before 2019) neither are the server's own lines, which say of their sender "… joined the channel." in these very words. Earlier
//! versions of an edited post (`original_id`) are not ours.
//!
//! Private channels, groups and direct messages are refused unless named: by the channel's name, title or id, direct messages by
//! the names of their members in order, `ada,bo`. A channel that no document describes is read, with a notice: an answer with
//! posts does not say whether the channel is private; the answer for the channel, kept beside it, does.

mod answer;
mod bulk;
mod known;
pub(crate) mod parse;

use crate::chat::exports;
use muster_model::{CollectError, Collector, Cursor};
use std::path::PathBuf;

/// Where the export is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The source's name in the pipeline.
    pub name: String,
    /// Files, folders or globs.
    pub paths: Vec<PathBuf>,
    /// The server, `chat.acme.org`: in ids.
    pub server: String,
    /// Private channels, groups and direct messages that are read all the same, by name or id; others are refused.
    pub private: Vec<String>,
    /// Whether texts are kept.
    pub text: bool,
}

/// Opens the source at `cursor`.
///
/// # Errors
/// What cannot be read at all.
pub fn open(config: &Config, cursor: Option<&Cursor>) -> Result<Box<dyn Collector>, CollectError> {
    exports::open(&config.name, &config.paths, parse::Mattermost::new(config), &[], cursor)
}
