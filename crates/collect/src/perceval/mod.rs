//! What Perceval writes (`perceval <backend> … --json-line`, or printed over several lines, or an array), of any backend.
//!
//! | file | what |
//! | --- | --- |
//! | `parse.rs` | which backend's an item is |
//! | `item.rs`, `origin.rs`, `node.rs`, `found.rs` | the envelope, where items come from, JSON, what an item tells |
//! | `git.rs`, `trailers.rs` | commits |
//! | `github.rs` | issues, pull requests, repositories, events of issues |
//! | `gitlab.rs`, `gerrit.rs`, `forge.rs` | issues and changes of other forges, in the events of GitHub's |
//! | `mail.rs` | mbox, pipermail, groupsio, hyperkitty, nntp, gmane |
//! | `slack.rs`, `discourse.rs`, `telegram.rs`, `rocketchat.rs`, `gitter.rs` | messages (Zulip's and Mattermost's are read by those kinds' readers) |
//! | `meetup.rs` | events of groups |
//!
//! # Rules
//!
//! - **Same fact, same id.** An item of `git`, `github`, `slack`, `zulip`, `mattermost` or of mail gives the events that the
//!   kind of that name gives, with the same ids and payloads: the item is handed to that kind's parser. What Perceval leaves
//!   out or changes is said in each file.
//! - **A record** is a fact that an item tells (an issue with three comments is four), a part that tells none of ours (a
//!   reaction to a comment, a vote of a program), an item of another backend, or one that cannot be read. What a channel or
//!   an account is called is told once a run, whatever number of items say it.
//! - **Every age.** Nothing but `backend_name` and `data` is needed of an envelope; a category that is missing is told by the
//!   data. Of the data only what an event needs is needed. Bytes of no charset, which Perceval writes as half characters, are
//!   bytes again in mails and commits.
//! - **Origins** lose their credentials before anything is made of them. Where an origin is a folder, `--tag acme/lantern`
//!   says whose repository it is.
//! - **Private** channels, direct messages, personal topics, confidential issues and private changes are filtered: a source
//!   of this kind names none.
//! - **Damage** costs the item it is in: one line, or of items printed over several lines everything to the next that begins
//!   a line with `{`.
//! - **Notices** are one a file and kind, with the first line and how many more.
//! - Files may be compressed with gzip or lie in zip archives. The cursor is the set of files read.

mod discourse;
mod forge;
mod found;
mod gerrit;
mod git;
mod github;
mod gitlab;
mod gitter;
mod item;
mod mail;
mod meetup;
mod node;
mod origin;
mod parse;
mod rocketchat;
mod slack;
mod telegram;
mod trailers;

use crate::chat::exports;
use muster_model::{Batch, CollectError, Collector, Cursor};
use std::path::PathBuf;

/// Where the items are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The source's name in the pipeline.
    pub name: String,
    /// Files, folders or globs.
    pub paths: Vec<PathBuf>,
    /// Whether texts are kept.
    pub text: bool,
}

/// Opens the source at `cursor`.
///
/// # Errors
/// What cannot be read at all.
pub fn open(config: &Config, cursor: Option<&Cursor>) -> Result<Box<dyn Collector>, CollectError> {
    exports::open(&config.name, &config.paths, parse::Perceval::new(config), &[], cursor)
}

/// Reads the bytes of one file.
pub fn read_items(config: &Config, bytes: &[u8]) -> Batch {
    exports::read_document(parse::Perceval::new(config), "items", bytes)
}
