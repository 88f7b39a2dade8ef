//! `[[notify]]`: who is told what.

use std::collections::BTreeMap;
use std::time::Duration;

/// `[[notify]]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notify {
    /// What about.
    pub on: Vec<About>,
    /// Who.
    pub target: Target,
    /// Where the report is published.
    pub link: Option<String>,
    /// How long one try may take.
    pub timeout: Duration,
    /// How often it is tried.
    pub tries: u64,
    /// While the same failure lasts it is told again after so long.
    pub repeat: Duration,
}

/// What somebody is told about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// A run that could not do all of its work.
    Failure,
    /// The first that could again.
    Recovery,
    /// A claim that has another verdict than in the run before.
    Verdict,
}

impl About {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Failure, Self::Recovery, Self::Verdict];

    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            Self::Failure => "failure",
            Self::Recovery => "recovery",
            Self::Verdict => "verdict",
        }
    }
}

/// Who is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A program and its arguments.
    Command(Vec<String>),
    /// Whoever listens at an address.
    Http {
        /// The address.
        url: Url,
        /// Names of headers to the environment variables that hold them.
        headers_env: BTreeMap<String, String>,
        /// The environment variable with the secret that signs.
        secret_env: Option<String>,
    },
}

/// An address, or where it is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Url {
    /// As the file has it.
    Written(String),
    /// The environment variable that holds it: it is a secret.
    Variable(String),
}
