//! muster's own.

use serde::{Deserialize, Serialize};

/// `source.counted`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceCounted {
    /// What was counted: an event type.
    pub counted: String,
    /// How many the source says there are.
    pub count: u64,
    /// The repository, where the count is one repository's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// First day of the month counted, where the count is a month's: `2025-03-01`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub month: Option<String>,
}

/// `record.rejected`, `record.noted`: see [`crate::Problem`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordRejected {
    /// The file, relative to the source.
    pub file: String,
    /// 1-based line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// What was found and what was expected.
    pub message: String,
    /// What to do.
    pub hint: String,
    /// XXH3-64 of the offending text, hexadecimal.
    pub text_hash: String,
    /// Its length in bytes.
    pub text_length: u64,
}
