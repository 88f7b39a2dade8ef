//! Discord: what DiscordChatExporter (DCE) writes as JSON.
//!
//! | file | what |
//! | --- | --- |
//! | `document.rs` | what is in a document: guild, channel, messages, as DCE writes them |
//! | `channel.rs` | what a channel is: kind, privacy, where a thread began |
//! | `parse.rs` | a document to events |
//!
//! A document is one channel, one thread or a partition of either (`[part 2]`); it is read message by message, whatever its
//! length. Files, folders of any depth, patterns and zip archives of such are read.
//!
//! A record is a message (of whatever kind), an edit, a reaction (of one account, or a count where DCE does not name them), the
//! first sight of a channel's and of an account's name. Lines that Discord itself writes (joins, pins, calls, boosts, "started a
//! thread") are not ours; so is the pointer that begins a thread (`ThreadStarterMessage`): it has no content, and the message that
//! it points to counts where it was posted.
//!
//! - Ids are `discord:<guild>/<channel or thread>/<message>`, as Discord's own addresses; the guild of direct messages is 0.
//! - A message of a thread or forum post has the parent channel as its subject where the document names it. Its `thread` is the
//!   event id of the message that began the thread: the one that the pointer names; the forum post's first message, which has the
//!   thread's own id; else the first message of the thread, if an export that is not cut by a date or partition has it; else the
//!   thread's own id. All documents of a thread are looked at for that, so that each part says the same.
//! - Names change and are exported as they are now: they are `account.described`, not part of a message. Messages of deleted
//!   accounts, which Discord gives one account for all, have no actor.
//! - A message that was edited is measured as this export shows it; the log keeps what it saw first.
//! - `mentions` are the accounts that DCE lists, which for a reply includes the one who is answered. Links of embeds count for
//!   bots only: for people they are previews of links in the text.
//! - Direct messages, groups and private threads are refused unless named. That a channel of a server is closed to some of its
//!   members no export says.

mod channel;
mod document;
mod parse;

use crate::chat::exports;
use muster_model::{CollectError, Collector, Cursor};
use std::path::PathBuf;

/// Where the exports are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The source's name in the pipeline.
    pub name: String,
    /// Files, folders or globs.
    pub paths: Vec<PathBuf>,
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
    exports::open(&config.name, &config.paths, parse::Discord::new(config), &[], cursor)
}
