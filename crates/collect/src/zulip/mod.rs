//! Zulip: an organisation's export (folder or zip archive), and saved answers of its API.
//!
//! | file | what |
//! | --- | --- |
//! | `known.rs` | streams, users, recipients and reactions: the tables of `realm.json`, answers for streams and users |
//! | `row.rs` | a message of an export |
//! | `answer.rs` | a message of an answer |
//! | `content.rs` | the text of a message, written in Markdown or HTML |
//! | `parse.rs` | a document to events |
//!
//! A record is a message, an edit of its text, a reaction, a stream, a user, and the e-mail address of one (`account.linked`, for
//! who also contributes). Tables that say nothing about either (`zerver_usermessage` and the like) are no records. Messages of the
//! notification and welcome bots are lines that Zulip itself writes, and not ours.
//!
//! - Ids are `zulip:<server>/<stream>/<message>`, accounts `zulip:<server>/<user>`, by Zulip's numbers, which exports and answers
//!   share. A message that was moved to another stream gets another id in a later export.
//! - A topic is a thread without a first message of its own: messages have a `topic`, the hash of stream and name (without regard
//!   to case, without the mark of a resolved one), and no `thread`; the earliest message of a topic begins it. A topic that was
//!   renamed or moved gives the log a conflict for each message that it has already.
//! - Where the history of edits is there, the message is measured as it was first written, so that an edit changes nothing about
//!   it, and each edit of the text is an event; moves to other topics are none.
//! - Text is measured as written, in Markdown; that of answers in HTML without its tags. So keep to one form of answer.
//! - Streams that only invited people see and personal and group messages are refused unless named: a stream by its name or
//!   number, a conversation by the numbers of its people in order, `7,12`. An answer does not say whether its stream is private: it
//!   is read, with a notice, unless the answer for streams is kept beside it.

mod answer;
mod content;
mod known;
pub(crate) mod parse;
mod row;

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
    exports::open(&config.name, &config.paths, parse::Zulip::new(config), &["realm.json"], cursor)
}
