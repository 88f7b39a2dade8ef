//! A command that could not do its work: what to print, and the exit status.

use std::fmt::Display;
use std::process::ExitCode;

/// Everything was done but for a source or more.
pub const SOME_SOURCE_FAILED: u8 = 3;
/// A check that the user asked for does not hold.
pub const CHECK_FAILED: u8 = 1;
/// The pipeline file, the command line or the folders it names are wrong.
pub const WRONG_USAGE: u8 = 2;

/// Why a command ended early.
#[derive(Debug)]
pub struct Failure {
    text: String,
    code: u8,
}

impl Failure {
    /// A mistake of the user's, with what to do about it.
    pub fn usage(message: impl Display, hint: impl Display) -> Self {
        Self { text: format!("error: {message}\n  = {hint}"), code: WRONG_USAGE }
    }

    /// Mistakes in the pipeline file, drawn at their places.
    pub fn config(errors: &muster_pipeline::ConfigErrors) -> Self {
        let color = std::io::IsTerminal::is_terminal(&std::io::stderr()) && !no_color();
        Self { text: errors.render(color).trim_end().to_owned(), code: WRONG_USAGE }
    }

    /// Something that should not happen.
    pub fn internal(message: impl Display) -> Self {
        Self { text: format!("error: {message}"), code: WRONG_USAGE }
    }

    /// Ctrl-C.
    pub fn interrupted() -> Self {
        Self {
            text: "stopped; everything that was reported as collected is kept, and the next run goes on from there"
                .to_owned(),
            code: 130,
        }
    }

    /// Prints the message and gives the exit status.
    pub fn report(&self) -> ExitCode {
        eprintln!("{}", self.text);
        ExitCode::from(self.code)
    }
}

#[allow(clippy::disallowed_methods, reason = "NO_COLOR is a convention about printing, and this crate prints")]
fn no_color() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}

impl From<muster_log::LogError> for Failure {
    fn from(error: muster_log::LogError) -> Self {
        let hint = error.hint.clone();
        Self::usage(error, hint)
    }
}

impl From<muster_query::QueryError> for Failure {
    fn from(error: muster_query::QueryError) -> Self {
        Self { text: format!("error: {error}"), code: WRONG_USAGE }
    }
}

impl From<muster_stats::StatsError> for Failure {
    fn from(error: muster_stats::StatsError) -> Self {
        Self { text: format!("error: {error}"), code: WRONG_USAGE }
    }
}

impl From<muster_evidence::EvidenceError> for Failure {
    fn from(error: muster_evidence::EvidenceError) -> Self {
        Self { text: format!("error: {error}"), code: WRONG_USAGE }
    }
}
