//! GH Archive hours and Events API answers of every age.
//!
//! | age | how it is told | what is different |
//! | --- | --- | --- |
//! | before 2015 | `repository` in place of `repo` | `actor` is a string, a push has `shas`, an issue is a bare number |
//! | 2015 to 2025-10-06 | | whole objects |
//! | from 2025-10-07 | | a push has no commits, a pull request no author and no times; a merge is `merged` |
//!
//! A record is a line (or an element of a JSON array). It gives one event, or is counted as not ours (member, public,
//! gollum, create, delete and the like), as filtered (another repository) or as rejected (cannot be read).
//!
//! Ids come from the object, never from the record: since October 2025 the records' ids restart. Times are the object's
//! own; where a record lacks them the fact is *approximate* (see [`muster_model::payload`]) and its id ends in `~`.
//!
//! The cursor is the set of files read, each with a hash of its size and modification time: a file that grew, or was
//! downloaded again, is read again, and what is already in the log counts as duplicates.

mod json;
mod parse;
mod reader;

pub use parse::{Outcome, parse_record};
pub use reader::{Config, GhArchive, open};
