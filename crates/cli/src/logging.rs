//! Logs for operators, apart from what people see while they wait.
//!
//! Only events of muster itself are written, never those of the libraries below it: these know requests, headers and
//! tokens. Whatever is written has no e-mail address in it.

use crate::failure::Failure;
use clap::ValueEnum;
use muster_model::account::masked;
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;

/// How logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// A line to read
    Text,
    /// An object a line; then nothing else is written to standard error
    Json,
}

/// How much is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogLevel {
    /// What failed
    Error,
    /// And what somebody should look at
    Warn,
    /// And what was done
    Info,
    /// And what helps to find a fault
    Debug,
}

/// The environment variable with the level.
const VARIABLE: &str = "MUSTER_LOG";

/// Whether standard error is for people.
static FOR_PEOPLE: AtomicBool = AtomicBool::new(true);

/// Whether standard error is for people, and not for a program that reads logs.
pub fn is_for_people() -> bool {
    FOR_PEOPLE.load(Ordering::Relaxed)
}

/// Writes logs from now on, where a format or a level is asked for.
///
/// # Errors
/// A level in the environment that is none.
pub fn begin(format: Option<LogFormat>, level: Option<LogLevel>) -> Result<(), Failure> {
    let named = crate::project::environment(VARIABLE).filter(|word| !word.is_empty());
    let named = named.map(|word| LogLevel::from_str(&word, true).map_err(|_| word)).transpose().map_err(|word| {
        Failure::usage(format!("{VARIABLE} is {word:?}"), "set it to error, warn, info or debug, or unset it")
    })?;
    if format.is_none() && level.is_none() && named.is_none() {
        return Ok(());
    }
    let level = level.or(named).unwrap_or(LogLevel::Info);
    let only_ours = Targets::new().with_target(env!("CARGO_BIN_NAME"), level.filter());
    let lines = tracing_subscriber::fmt::layer().with_writer(Masked).with_ansi(false).with_target(false);
    let begun = match format {
        Some(LogFormat::Json) => {
            FOR_PEOPLE.store(false, Ordering::Relaxed);
            let lines = lines.json().flatten_event(true);
            tracing::subscriber::set_global_default(tracing_subscriber::registry().with(only_ours).with(lines))
        }
        _ => tracing::subscriber::set_global_default(tracing_subscriber::registry().with(only_ours).with(lines)),
    };
    begun.map_err(Failure::internal)
}

impl LogLevel {
    fn filter(self) -> LevelFilter {
        match self {
            Self::Error => LevelFilter::ERROR,
            Self::Warn => LevelFilter::WARN,
            Self::Info => LevelFilter::INFO,
            Self::Debug => LevelFilter::DEBUG,
        }
    }
}

/// Standard error, without e-mail addresses. An event comes in one piece.
struct Masked;

impl Write for Masked {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        std::io::stderr().lock().write_all(masked(&String::from_utf8_lossy(bytes)).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        std::io::stderr().flush()
    }
}

impl MakeWriter<'_> for Masked {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        Self
    }
}
