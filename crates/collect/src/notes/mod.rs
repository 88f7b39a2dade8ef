//! Meeting notes in Markdown: who was there, what was talked about, what is to be done.
//!
//! ```text
//! reader      files to text, cursor, batches           the only part that touches a disk
//! note        a page to meetings                       front, path, markdown, walk, around, section: where things stand
//!                                                      label, date, attendee, action, link: what they say
//! emit        a meeting to events
//! ```
//!
//! **A page is a meeting** if it has a date (path, title, front matter, `Date:` line; the first of them wins, a
//! disagreement is a notice) and attendees, an agenda or minutes, or if its path has the date. A file with several
//! dated headings holds several meetings; the only one dates the whole page, unless the meeting lies below
//! it. A page with attendees and no date is rejected; any other page is noted and left out.
//!
//! **The series** is the path without its date: parent folders and what the file name says beside the date. Notes
//! at the top of a source are the series of the source's own name. Two meetings of one day in one file are told
//! apart by what their headings say beside the date.
//!
//! **Attendees** stand under a heading or label that says so (`Attendees`, `Present`, `Participants`, `Roll call`
//! ...), in lists, tables, lines with commas or semicolons, or in the front matter. Each is an attendance or, where
//! it cannot be read, a rejected record with its line. Boxes that are not ticked, `Regrets`, and who is struck out or
//! marked as absent, are no attendance; a team is none either. `Chair: Ada` and `Guests: Cy, Di` in the head of a page
//! are people too, where a list says who else was there. What brackets, commas and colons mean is decided by the rules
//! in `attendee.rs`; what can mean two things is rejected.
//!
//! **Action items** are items with a box anywhere, items under `Actions` or `TODO`, and lines that begin with
//! `TODO:`, `Action item:`, `AI: Ada` or `[AI: Ada]`. Under a heading for both actions and decisions, what has an owner
//! or a box is an action, the rest are decisions. Owners are logins at either end, names before a colon or in brackets,
//! an owner column, a line that is only an owner above a list. `@Ada` is the attendee called Ada, where that is
//! nobody's login.
//!
//! **Topics** are items and sub-headings of an agenda (a repository's name as a sub-heading is none; an agenda that is
//! empty goes on under those of its own level) and the sub-headings of minutes. **Items** are all links to issues, pull
//! requests, discussions and chat messages, each with the status in brackets on its line, else that of its heading.
//!
//! **Speakers** are the initials or names before a colon at the beginning of a line (`AJ: …`, `SK/MR: …`), where they fit
//! somebody who attended, and the line is no list of attendees or actions. Each is recorded once a meeting.

mod action;
mod around;
mod attendee;
mod date;
mod emit;
mod front;
mod label;
mod link;
mod markdown;
mod note;
mod path;
mod reader;
mod rich;
mod section;
mod speaker;
mod walk;

use muster_model::{CollectError, Collector, Cursor};
use std::path::PathBuf;

/// The collector's name in every event.
const COLLECTOR: &str = "notes/1";

/// A source of meeting notes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The source's name: the community.
    pub name: String,
    /// A folder of notes, or one file.
    pub path: PathBuf,
}

/// Opens a source of notes. The cursor is what an earlier run of this collector gave; files that have not changed since
/// are not read again.
///
/// # Errors
/// [`CollectError`] when there is nothing at the path.
pub fn open(config: &Config, cursor: Option<&Cursor>) -> Result<impl Collector + use<>, CollectError> {
    reader::Reader::open(config, cursor)
}
