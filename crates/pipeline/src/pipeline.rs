//! The pipeline, read and checked.

use crate::error::{ConfigError, ConfigErrors, Place};
use crate::notify::Notify;
use crate::read;
use crate::schedule::Schedule;
use crate::set::SetArg;
use crate::source::Source;
use crate::transport::Transport;
use muster_model::{Claim, Date, Privacy, Timestamp, WindowKind};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// A pipeline file, read and checked. Its paths are ready to open: relative ones have the file's folder in front.
#[derive(Debug, Clone, PartialEq)]
pub struct Pipeline {
    /// The file, as it was named.
    pub file: PathBuf,
    /// `[project]`
    pub project: Project,
    /// `[[source]]`, in the order of the file. Their names differ.
    pub sources: Vec<Source>,
    /// `[transport]`; `None` where collectors write into the log themselves.
    pub transport: Option<Transport>,
    /// `[tables]`
    pub tables: Tables,
    /// `[metrics]`
    pub metrics: Metrics,
    /// `[evidence]`
    pub evidence: Evidence,
    /// `[[milestone]]`, in the order of the file.
    pub milestones: Vec<Milestone>,
    /// `[[claim]]`, in the order of the file; then those of the file that `evidence.claims` names. Their ids differ.
    pub claims: Vec<Claim>,
    /// `[schedule]`, when the pipeline runs by itself.
    pub schedule: Option<Schedule>,
    /// `[[notify]]`, in the order of the file.
    pub notify: Vec<Notify>,
}

/// `[evidence]`
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// How people are named in what leaves the project.
    pub privacy: Privacy,
    /// A file of further claims.
    pub claims: Option<PathBuf>,
    /// The criteria to answer: a body's name as it comes with muster, or the path of a file (it ends with `.toml`).
    pub criteria: Vec<String>,
    /// Where a criterion that no data can answer is answered: its name to an address, as written.
    pub links: BTreeMap<String, String>,
}

/// `[[milestone]]`: a day that the community looks back to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Milestone {
    /// What happened: `incubation`.
    pub name: String,
    /// When.
    pub date: Date,
}

/// `[project]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// The community's name.
    pub name: String,
    /// Where the log is.
    pub log: Location,
    /// The folder of everything that is made from the log. Of outputs in an object store it is the one, among the
    /// user's caches, that they are computed and read in.
    pub out: PathBuf,
    /// The URL of the object store that the outputs are published in, without a `/` at its end.
    pub store: Option<String>,
    /// How many runs of outputs are kept, the current one among them.
    pub keep: u64,
    /// The instant that figures look back from, when the file or a `--set` gives it.
    pub as_of: Option<Timestamp>,
}

/// A folder or an object store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A folder on this machine.
    Path(PathBuf),
    /// The URL of an object store, as written.
    Url(String),
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => write!(f, "{}", path.display()),
            Self::Url(url) => f.write_str(url),
        }
    }
}

/// `[tables]`
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tables {
    /// Globs over the names of the tables to compute beside those that something else reads; none for all. Each is known to
    /// be one.
    pub only: Vec<String>,
}

/// `[metrics]`
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Metrics {
    /// How time is cut; `None` for each metric's own windows.
    pub windows: Option<Vec<WindowKind>>,
    /// The completeness below which a figure does not stand without reserve; `None` for 0.98.
    pub completeness: Option<f64>,
    /// A folder of the project's own metric files.
    pub folder: Option<PathBuf>,
    /// Globs over the ids of the metrics to compute; none for all. Each is known to be one.
    pub only: Vec<String>,
    /// Other numbers for metrics: by the metric's id, then by the parameter's name.
    pub parameters: BTreeMap<String, BTreeMap<String, f64>>,
    /// Regular expressions of further bots. Each is known to compile.
    pub bots: Vec<String>,
    /// Whose list of bot patterns holds; `None` for muster's.
    pub bot_list: Option<String>,
    /// Logins or names that are people whatever the patterns say.
    pub not_bots: Vec<String>,
}

impl Pipeline {
    /// Reads a pipeline file. `env` answers for `${NAME}`.
    ///
    /// # Errors
    /// Every mistake of the file and of the `--set`s, else of its file of claims; when a file is not TOML at all, its
    /// syntax errors only.
    pub fn read(file: &Path, sets: &[SetArg], env: &dyn Fn(&str) -> Option<String>) -> Result<Self, ConfigErrors> {
        let text = read_text(file, "pipeline file", "`muster init <name> --from <folder>` writes one")
            .map_err(|error| ConfigErrors(vec![*error]))?;
        let mut pipeline = Self::parse(file, &text, sets, env)?;
        if let Some(path) = &pipeline.evidence.claims {
            pipeline.claims = read_claims(path, pipeline.claims, env)?;
        }
        Ok(pipeline)
    }

    /// The same for a text that is already in memory; `file` gives the folder that paths are relative to. A file of claims
    /// that it names is not read.
    ///
    /// # Errors
    /// As [`Pipeline::read`].
    pub fn parse(
        file: &Path,
        text: &str,
        sets: &[SetArg],
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigErrors> {
        read::parse(file, text, sets, env).map_err(ConfigErrors)
    }
}

/// Reads a file of `[[claim]]` tables and nothing else, and puts them behind those that are there already.
///
/// # Errors
/// Every mistake of the file, also an id that is there already.
pub fn read_claims(
    file: &Path,
    before: Vec<Claim>,
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<Vec<Claim>, ConfigErrors> {
    let text = read_text(file, "file of claims", "`muster claims extract <document>` prints one")
        .map_err(|error| ConfigErrors(vec![*error]))?;
    read::parse_claims(file, &text, before, env).map_err(ConfigErrors)
}

fn read_text(file: &Path, what: &str, how: &str) -> Result<String, Box<ConfigError>> {
    let unreadable = |message: String, help: &str| {
        Box::new(ConfigError {
            path: file.to_owned(),
            place: None,
            message,
            label: None,
            help: Some(help.to_owned()).filter(|help| !help.is_empty()),
        })
    };
    if file.is_dir() {
        let inside = file.join("muster.toml");
        let help = if inside.is_file() {
            format!("did you mean {}?", inside.display())
        } else {
            format!("give the {what}, such as muster.toml")
        };
        return Err(unreadable(format!("the {what} is a folder"), &help));
    }
    let bytes = std::fs::read(file).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => unreadable(format!("there is no such {what}"), how),
        _ => unreadable(format!("the {what} cannot be read: {error}"), ""),
    })?;
    String::from_utf8(bytes).map_err(|error| {
        let start = error.utf8_error().valid_up_to();
        let text: std::sync::Arc<str> = String::from_utf8_lossy(error.as_bytes()).into();
        let wrong = start..start + '\u{fffd}'.len_utf8();
        Box::new(ConfigError {
            place: Some(Place::new(&text, wrong)),
            label: Some(format!("byte 0x{:02X}", error.as_bytes().get(start).copied().unwrap_or_default())),
            ..*unreadable(format!("the {what} is not UTF-8"), "save it as UTF-8")
        })
    })
}
