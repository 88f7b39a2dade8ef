//! The pipeline file: what a project collects, from where, into which log, and how its metrics are cut.
//!
//! [`Pipeline::read`] turns the file into typed structs, or into *all* of its mistakes at once, each with its place
//! and what to do. Which keys exist is data in one place ([`schema`]); the checks, the messages and the reference page
//! ([`to_reference_markdown`]) come from it. [`detect`] and [`pipeline_text`] write a first file for `muster init`.
//!
//! Nothing here reads the environment, a clock or the network: the caller passes a lookup for `${NAME}`.
//! The value of a variable never appears in an error; the file's own text does.

mod error;
mod expand;
mod init;
mod notify;
mod pipeline;
mod read;
mod reference;
pub mod schedule;
pub mod schema;
mod set;
mod source;
mod transport;
mod tree;

pub use error::{ConfigError, ConfigErrors, Place};
pub use init::{Found, detect, found_at_url, pipeline_text, relative};
pub use notify::{About, Notify, Target, Url};
pub use pipeline::{Evidence, Location, Metrics, Milestone, Pipeline, Project, Tables, read_claims};
pub use reference::to_reference_markdown;
pub use set::SetArg;
pub use source::{
    Columns, Credentials, FileKind, Files, GhArchive, Git, GitHub, GitOrigin, Mail, Messages, Notes, People, Roster,
    Slack, SlackOrigin, Source,
};
pub use transport::{Mode, Security, Transport};
