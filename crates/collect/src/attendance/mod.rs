//! Attendance tables as FINOS keeps them: CSV with a row a person and meeting.
//!
//! The first line names the columns, in any order, case and spelling of these words:
//!
//! | column | also | what |
//! | --- | --- | --- |
//! | `email` | `e-mail`, `mail` | the address |
//! | `name` | | the name |
//! | `org` | `organization`, `organisation`, `company` | where they work |
//! | `githubid` | `github id`, `github`, `github login`, `github username` | the login, or the address of the profile |
//! | `cm_program` | `program`, `programme` | the programme |
//! | `cm_title` | `title`, `meeting` | the group that met |
//! | `cm_type` | `type` | what kind of group it is: not kept |
//! | `date` | | the day, `2025-06-17` |
//!
//! A row says that a meeting was held, who attended, where they work, and that address and login are one person's: each is a
//! record, the meeting once a file. Who attended is `github:<login>`, without one `email:<address>`, without either
//! `name:<source>/<name>`. The series is `<programme>/<title>` in small letters with hyphens, as folders of notes are called; where
//! both are the same, or one is missing, it is the one. A row that came before is a duplicate, and counts as one in the log.

mod parse;
mod reader;

use muster_model::{CollectError, Collector, Cursor};
use std::path::PathBuf;

/// Where the tables are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The source's name in the pipeline.
    pub name: String,
    /// Files, folders or globs.
    pub paths: Vec<PathBuf>,
}

/// Opens the source at `cursor`.
///
/// # Errors
/// What cannot be read at all.
pub fn open(config: &Config, cursor: Option<&Cursor>) -> Result<Box<dyn Collector>, CollectError> {
    reader::open(config, cursor)
}
