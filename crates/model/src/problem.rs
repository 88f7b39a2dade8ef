//! What could not be read, said to the person who can mend it.

use crate::{Event, Payload, payload};
use jiff::Timestamp;
use std::fmt;
use std::sync::Arc;

/// Whether a record was lost or only doubted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The record is not in the log. It counts in `rejected`.
    Rejected,
    /// Everything is in the log, but a person should look: two dates that disagree, a page that is no meeting.
    Notice,
}

/// A piece of input that could not be read, or was read with a doubt.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Whether something was lost.
    pub severity: Severity,
    /// The file, relative to the source's own path (so that it is the same on every machine).
    pub file: String,
    /// 1-based line, when there is one.
    pub line: Option<u32>,
    /// What was found and what was expected, in one sentence without a full stop.
    pub message: String,
    /// What to do about it.
    pub hint: String,
    /// The offending text, as far as it can be shown; only its hash and its length go into the log.
    pub text: String,
}

impl Problem {
    /// A record that is lost.
    pub fn rejected(
        file: impl Into<String>,
        line: impl Into<Option<u32>>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            severity: Severity::Rejected,
            file: file.into(),
            line: line.into(),
            message: message.into(),
            hint: hint.into(),
            text: String::new(),
        }
    }

    /// A doubt about something that was read.
    pub fn notice(
        file: impl Into<String>,
        line: impl Into<Option<u32>>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self { severity: Severity::Notice, ..Self::rejected(file, line, message, hint) }
    }

    /// The same with the offending text.
    #[must_use]
    pub fn with_text(mut self, text: impl Into<String>) -> Self {
        self.text = text.into();
        self
    }

    /// The event that keeps this problem in the log, so that evidence made from the log alone can list it.
    ///
    /// Its time is 1970-01-01, "not known": a record that could not be read has no time that could be trusted.
    pub fn to_event(&self, source: &Arc<str>, source_name: &str, collector: &'static str) -> Event {
        let hash = format!("{:016x}", xxhash_rust::xxh3::xxh3_64(self.text.as_bytes()));
        let line = self.line.map_or(String::new(), |line| format!(":{line}"));
        let verb = match self.severity {
            Severity::Rejected => "rejected",
            Severity::Notice => "noted",
        };
        let digest = xxhash_rust::xxh3::xxh3_64(format!("{}\n{}", self.message, hash).as_bytes());
        let body = payload::RecordRejected {
            file: self.file.clone(),
            line: self.line,
            message: self.message.clone(),
            hint: self.hint.clone(),
            text_hash: hash,
            text_length: self.text.len() as u64,
        };
        Event {
            id: format!("{verb}:{source_name}/{}{line}/{digest:016x}", self.file),
            source: source.clone(),
            time: Timestamp::UNIX_EPOCH,
            subject: format!("source:{source_name}"),
            actor: None,
            url: None,
            data: match self.severity {
                Severity::Rejected => Payload::RecordRejected(body),
                Severity::Notice => Payload::RecordNoted(body),
            },
            collector: collector.into(),
        }
    }
}

impl fmt::Display for Problem {
    /// `file:line: message; hint`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.message)?;
        if self.hint.is_empty() { Ok(()) } else { write!(f, "; {}", self.hint) }
    }
}
