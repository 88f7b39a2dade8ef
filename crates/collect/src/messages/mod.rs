//! Messages in a table of any program: CSV, TSV or JSON lines, with columns named in the pipeline file.
//!
//! | file | what |
//! | --- | --- |
//! | `table.rs` | a file to rows: encoding, delimiter, quotes, JSON |
//! | `time.rs` | what a column says to an instant |
//! | `row.rs` | a row to an event |
//! | `reader.rs` | files, batches, columns that are not there |
//!
//! A record is a row; it is an event or rejected. Encodings: UTF-8 and UTF-16 by their mark; without one UTF-8, or GB18030 where
//! the bytes are no UTF-8 (what DingTalk and WeChat write), with a notice. The delimiter of `.tsv` is the tab; of any other file
//! that of `,` `;` tab `|` which finds the most of the named columns in the first line.
//!
//! - Ids are `<platform>:<source>/<channel>/<id>`. Without a column for ids, a hash of channel, time, author and text stands in its
//!   place; a file that has such a row again (`+1` twice in a minute) has a second message, with `/2` behind its id. Overlapping
//!   files give the same ids.
//! - The author is `name:<source>/<author>`, or `email:<address>` where it is one.
//! - A thread is the id of its first message where ids have a column, else a name, and then a `topic` of the channel.
//! - A time that says no offset is rejected, unless the pipeline file says the offset; a number that could be a date
//!   (`20250617`) is rejected too.

mod reader;
mod row;
pub(crate) mod table;
mod time;

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
/// What cannot be read at all: no file, a format or offset that is none, a named column that the first file has not.
pub fn open(config: &Config, cursor: Option<&Cursor>) -> Result<Box<dyn Collector>, CollectError> {
    reader::open(config, cursor)
}
