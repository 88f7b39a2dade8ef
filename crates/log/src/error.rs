//! What can go wrong with a log, said with the path and what to do.

use crate::store::FileError;
use std::error::Error;
use std::io;

type Cause = Box<dyn Error + Send + Sync>;

/// What kind of trouble a [`LogError`] is, for a caller that decides by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The location cannot be understood, or its scheme is not supported.
    Location,
    /// There is no log there (or not at that version or instant).
    Missing,
    /// There is something there, but it is no log of muster.
    NotALog,
    /// The log was written by a later muster: it can be read, not appended to.
    Newer,
    /// The folder or bucket cannot be written.
    Unwritable,
    /// The disk or the quota is full. Nothing of the append is in the log.
    Full,
    /// Other writers were faster every time. Nothing of the append is in the log.
    Contended,
    /// A file of the log is gone, cut short, or not what the log says it is.
    Damaged,
    /// Any other failure of the storage: network, credentials, input and output.
    Storage,
}

/// An operation on the log that failed.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct LogError {
    /// What kind of trouble it is.
    pub fault: Fault,
    /// What happened, with the location it happened to.
    pub message: String,
    /// What to do.
    pub hint: String,
    /// What caused it, where there is a cause.
    pub source: Option<Cause>,
}

impl LogError {
    pub(crate) fn new(fault: Fault, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { fault, message: message.into(), hint: hint.into(), source: None }
    }

    /// A failure of the storage below, told by its innermost cause.
    pub(crate) fn storage(location: &str, doing: &str, cause: impl Into<Cause>) -> Self {
        let cause = cause.into();
        let fault = fault_of(cause.as_ref());
        let of_store = store_hint(cause.as_ref()).map(str::to_owned);
        let of_fault = || match fault {
            Fault::Full => {
                format!(
                    "free some space for {location} and run again: the log is unharmed, and what is in it is not \
                     collected twice"
                )
            }
            Fault::Unwritable => format!("make {location} a folder this user may write to, or name another log"),
            Fault::Damaged => format!("run `muster log verify` on {location}; restore what it names from a backup"),
            _ => format!("check that {location} can be reached with these credentials, then run again"),
        };
        let hint = of_store.unwrap_or_else(of_fault);
        let message = format!("cannot {doing} the log {location}: {}", innermost(cause.as_ref()));
        Self { fault, message, hint, source: Some(cause) }
    }

    /// A log that cannot be created, whatever the reason.
    pub(crate) fn uncreatable(location: &str, cause: impl Into<Cause>) -> Self {
        let error = Self::storage(location, "create", cause);
        if error.fault == Fault::Full || location.contains("://") {
            return error;
        }
        let hint = format!("make {location} a folder this user may write to, or name another place for the log");
        Self { fault: Fault::Unwritable, hint, ..error }
    }

    /// A file that is not what the log says it is.
    pub(crate) fn damaged(location: &str, file: &str, what: impl std::fmt::Display) -> Self {
        Self::new(
            Fault::Damaged,
            format!("the log {location} is damaged: {file}: {what}"),
            format!("run `muster log verify` on {location}; restore what it names from a backup"),
        )
    }
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error: &&'a (dyn Error + 'static)| (*error).source())
}

fn fault_of(error: &(dyn Error + 'static)) -> Fault {
    for error in chain(error) {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            match error.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                    return Fault::Full;
                }
                io::ErrorKind::PermissionDenied
                | io::ErrorKind::ReadOnlyFilesystem
                | io::ErrorKind::NotADirectory
                | io::ErrorKind::IsADirectory
                | io::ErrorKind::Unsupported => return Fault::Unwritable,
                io::ErrorKind::NotFound | io::ErrorKind::UnexpectedEof => return Fault::Damaged,
                _ => {}
            }
        }
        match error.downcast_ref::<object_store::Error>() {
            Some(object_store::Error::PermissionDenied { .. }) => return Fault::Unwritable,
            Some(object_store::Error::NotFound { .. }) => return Fault::Damaged,
            _ => {}
        }
    }
    Fault::Storage
}

/// What the operating system said of which file, what an object store answered, or the last message before the chain ends.
pub fn innermost(error: &(dyn Error + 'static)) -> String {
    if let Some(file) = chain(error).find_map(|error| error.downcast_ref::<FileError>()) {
        return format!("{file}: {}", file.source);
    }
    let last = chain(error).last().map_or_else(String::new, ToString::to_string);
    match (between(&last, "<Code>", "</Code>"), between(&last, "<Message>", "</Message>")) {
        (Some(code), Some(message)) => format!("{message} ({code})"),
        (Some(code), None) => code.to_owned(),
        _ => last.trim_end_matches([':', ' ']).to_owned(),
    }
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(start)?;
    Some(rest.split_once(end)?.0)
}

/// What to do about an answer of an object store that people meet when they set one up.
pub fn store_hint(error: &(dyn Error + 'static)) -> Option<&'static str> {
    let said = |words: &[&str]| {
        chain(error).any(|error| {
            let text = error.to_string();
            words.iter().any(|word| text.contains(word))
        })
    };
    if said(&["NoSuchBucket", "ContainerNotFound"]) {
        return Some("create the bucket, or correct its name");
    }
    if said(&["169.254.169.254", "metadata.google.internal"]) {
        return Some(
            "there are no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (or GOOGLE_…, AZURE_…)",
        );
    }
    if said(&["InvalidAccessKeyId", "SignatureDoesNotMatch", "403 Forbidden", "401 Unauthorized", "AccessDenied"]) {
        return Some(
            "correct the credentials in the environment (AWS_…, GOOGLE_…, AZURE_…), or what they may do there",
        );
    }
    if said(&["Connection refused", "dns error", "failed to lookup", "timed out", "error sending request"]) {
        return Some("check the address (AWS_ENDPOINT_URL, AWS_REGION) and that the server runs");
    }
    None
}
