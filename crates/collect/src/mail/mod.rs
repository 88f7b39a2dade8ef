//! Mailing lists: mbox, maildir, pipermail's text archives, public-inbox, Google Groups exports.
//!
//! | file | what |
//! | --- | --- |
//! | `reader.rs` | which files and repositories are new, in batches; the cursor |
//! | `split.rs` | an mbox to its mails (which `From ` lines begin one is said there) |
//! | `inbox.rs` | public-inbox: the mails in a Git history |
//! | `parse.rs` | a mail to its event (pure) |
//! | `header.rs`, `sender.rs`, `subject.rs`, `date.rs` | fields and encoded words, who sent it, what about, when (pure) |
//! | `body.rs`, `charset.rs`, `words.rs` | MIME parts, bytes to text, text to the sender's own words (pure) |
//!
//! # What is read
//!
//! The format is told by content and place, never by a name: a file that begins with a `From ` line is an mbox (pipermail's
//! monthly texts and Google Takeout's groups are), one that begins with a header is one mail (maildirs, `.eml`), gzip is
//! unpacked; a folder with a Git repository whose files are mails is a public-inbox. Of a folder everything is read that is
//! not hidden, an index of a mail program, or in the `tmp` of a maildir; what turns out to be no mail is rejected. The flags
//! in a maildir's names (`:2,S`, `_2,`, `;2,`) mean nothing here.
//!
//! Google Groups: Takeout writes a folder a group, called as its address, with an mbox and two tables (the group's settings,
//! its members), all named in the owner's language. The mbox is read; its `From ` lines have a thread's number for a sender
//! and the zone before the year. The tables state no events (membership has no date): they are "not ours".
//!
//! # Rules
//!
//! - **A record** is a mail, or a deletion in a public-inbox (`message.deleted` at the time of its commit).
//! - **The id** is `mail:<list>/<Message-ID>`, percent-encoded. The list is the pipeline's word for it, not the List-Id: that
//!   is missing in pipermail and in copies, changes when a list moves, and a mail to two lists has the one of the archive's.
//!   A mail without Message-ID has a hash of sender, time, subject and words. Two mails under one Message-ID with unlike
//!   payloads are a conflict that the log counts.
//! - **The sender** is the first address of From, else of Sender; `a at b` is `a@b`. Lists that wrote their own address over
//!   it are seen through where the mail allows it (`sender.rs`). Without an address the actor is the name; with neither there
//!   is none, and a notice.
//! - **The time** is the Date, in UTC. Without a zone, or with one that nobody knows, RFC 5322 has it as UTC; a notice says
//!   so. A Date that cannot be read gives way to the last Received header (the one nearest to the sender, the same in all
//!   copies); without that the mail is rejected. The `From ` line is not asked: it has no zone, and archives make it up.
//! - **Threads**: `thread` is the first of References, else what is answered; `reply_to` is In-Reply-To, else the last of
//!   References; a mail that names no other has `topic`, a hash of its subject as `subject.rs` folds it.
//! - **The text** is the plain part (HTML as plain text where there is no other) without quotes, attribution lines,
//!   signature, footers (`words.rs`), of at most 4 MB. So that the same mail is the same in every archive, addresses in it
//!   are written as pipermail writes them; it is hashed and counted so, and kept so where the pipeline keeps texts. What
//!   archives still do differently (a lost character, a header that is not kept) is a conflict.
//! - **Files** are attachments and attached mails; signatures and pictures of an HTML text are none.
//! - **Bots**: `Auto-Submitted` other than `no`, `X-Autoreply`, `Precedence: auto_reply`, the sender MAILER-DAEMON. Not
//!   `Precedence: bulk` or `list`, which lists put on everybody's mails.
//! - **Notices** are one a file and kind, with the first line and how many.
//! - **Bounds**: a mail of more than 64 MB is rejected, the next is read; 16 levels of MIME, 10,000 fields, 256 KB of a value.
//! - **The cursor** is the set of files read, as for the other files of this crate, and the last commit of each public-inbox.
//!   An mbox that grew is read again, and the log counts duplicates.
//!
//! # mail-parser
//!
//! Its decoders of base64, HTML and rare charsets are used. Its message parser is not: it gives up on `a at b (Name)` and
//! bytes in no charset, decodes each encoded word alone (characters broken in two are lost), takes a date without a zone for
//! none, and holds mails within mails in mails to any depth.
//!
//! # Unlike Perceval
//!
//! Perceval's published expectations (grimoirelab-perceval, tests/test_mbox.py and test_pipermail.py) hold for ids and times
//! of every mail that it takes. Where it leaves one out or reads it otherwise:
//!
//! | mail | Perceval | here | why |
//! | --- | --- | --- | --- |
//! | Message-ID missing or empty (mbox_no_fields, 4th) | left out | an event | it was sent; its id is a hash |
//! | Date missing or empty, no Received (3rd, 5th) | left out | rejected, with its line | the same, but counted |
//! | `RANDOM_Wed, 21 Sep …` (6th) | left out | rejected, with its line | the same, but counted |
//! | the same mail in three files, or twice in one | an item each time | one event, duplicates | one mail |
//! | the name in bytes of no charset (mbox_unknown_encoding) | surrogates | as UTF-8, else Windows-1252 | surrogates are no text |
//! | `=?UTF-8?Q?Luc=eda?=` (mbox_iso8859_encoding) | a surrogate | as Windows-1252 | the word is not UTF-8 |
//! | a line `From ` in a text | a mail begins | only as `split.rs` says | most are prose |
//! | a name between brackets | blanks within | none | encoded words are not set off |

mod body;
mod charset;
mod date;
pub(crate) mod header;
mod inbox;
mod parse;
mod reader;
mod sender;
mod split;
mod subject;
mod words;

use muster_model::{CollectError, Collector, Cursor};
use std::path::PathBuf;

pub use parse::{Doubt, List, Outcome, parse_mail};

/// The collector's name and version, in each of its events.
const COLLECTOR: &str = "mail/1";

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
/// A path that is not there, a pattern that no file matches, a cursor of another program; a public-inbox without git.
pub fn open(config: &Config, cursor: Option<&Cursor>) -> Result<Box<dyn Collector>, CollectError> {
    Ok(Box::new(reader::open(config, cursor)?))
}
