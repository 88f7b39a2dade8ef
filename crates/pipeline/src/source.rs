//! `[[source]]`: what is collected, and from where.

use std::path::PathBuf;

/// `[[source]]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// `kind = "notes"`
    Notes(Notes),
    /// `kind = "git"`
    Git(Git),
    /// `kind = "gharchive"`
    GhArchive(GhArchive),
    /// `kind = "roster"`
    Roster(Roster),
    /// `kind = "people"`
    People(People),
    /// `kind = "github"`
    GitHub(GitHub),
    /// `kind = "slack"`
    Slack(Slack),
    /// `kind = "mail"`
    Mail(Mail),
    /// `kind = "messages"`
    Messages(Messages),
    /// Any other kind: files, and a few words about them.
    Files(Files),
}

impl Source {
    /// The source's name, unique in the pipeline.
    pub fn name(&self) -> &str {
        match self {
            Self::Notes(source) => &source.name,
            Self::Git(source) => &source.name,
            Self::GhArchive(source) => &source.name,
            Self::Roster(source) => &source.name,
            Self::People(source) => &source.name,
            Self::GitHub(source) => &source.name,
            Self::Slack(source) => &source.name,
            Self::Mail(source) => &source.name,
            Self::Messages(source) => &source.name,
            Self::Files(source) => &source.name,
        }
    }

    /// The kind, as the file writes it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Notes(_) => "notes",
            Self::Git(_) => "git",
            Self::GhArchive(_) => "gharchive",
            Self::Roster(_) => "roster",
            Self::People(_) => "people",
            Self::GitHub(_) => "github",
            Self::Slack(_) => "slack",
            Self::Mail(_) => "mail",
            Self::Messages(_) => "messages",
            Self::Files(source) => source.kind.word(),
        }
    }

    /// The one repository that the source is about, if it is about one.
    pub fn repository(&self) -> Option<&str> {
        match self {
            Self::Git(source) => Some(&source.repository),
            Self::Roster(source) => Some(&source.repository),
            _ => None,
        }
    }
}

/// Meeting notes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notes {
    /// The source's name.
    pub name: String,
    /// A folder, or one file.
    pub path: PathBuf,
}

/// Commits and tags of one repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Git {
    /// The source's name.
    pub name: String,
    /// `owner/name`
    pub repository: String,
    /// Where the commits are.
    pub origin: GitOrigin,
    /// The branch whose commits count; `None` for the repository's default.
    pub branch: Option<String>,
    /// A further mailmap.
    pub mailmap: Option<PathBuf>,
}

/// Where a Git repository is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GitOrigin {
    /// A clone, a bare repository or a `.bundle` file on this machine.
    Path(PathBuf),
    /// An address to clone from.
    Url(String),
}

/// Files of GH Archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GhArchive {
    /// The source's name.
    pub name: String,
    /// Files, folders or globs, at least one. In a glob, letters such as `[` of the pipeline file's own folder are
    /// escaped; in a plain path they are not.
    pub paths: Vec<PathBuf>,
    /// Globs over `owner/name`; empty for every repository.
    pub repositories: Vec<String>,
}

/// Files that list maintainers, owners or adopters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roster {
    /// The source's name.
    pub name: String,
    /// `owner/name`
    pub repository: String,
    /// A clone or a folder.
    pub path: PathBuf,
    /// Globs inside `path`; empty for the usual names.
    pub files: Vec<String>,
}

/// Files that say who is who and who worked where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct People {
    /// The source's name.
    pub name: String,
    /// A file or a folder.
    pub path: PathBuf,
}

/// GitHub, live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GitHub {
    /// The source's name.
    pub name: String,
    /// Owners, repositories and patterns of them.
    pub repositories: Vec<String>,
    /// Who asks.
    pub credentials: Credentials,
    /// The API's root; `None` for GitHub's own.
    pub url: Option<String>,
    /// Forks among an owner's repositories, too.
    pub forks: bool,
    /// Stars and forks as events, too.
    pub stars: bool,
    /// Discussions, too.
    pub discussions: bool,
    /// At most so many requests a run.
    pub max_requests: Option<u64>,
    /// At most so many requests at once; `None` for the usual.
    pub concurrency: Option<u64>,
    /// Every so many days everything is read again.
    pub sweep_days: Option<u64>,
}

/// Where the secrets are with which a source is asked; never the secrets themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credentials {
    /// Environment variables with a token each.
    Environment(Vec<String>),
    /// A file with a token a line.
    File(PathBuf),
    /// An installation of a GitHub App, and the file with its private key.
    App {
        /// The App's number.
        app: u64,
        /// The installation's number.
        installation: u64,
        /// The key's file.
        key: PathBuf,
    },
}

/// Slack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slack {
    /// The source's name.
    pub name: String,
    /// Where the messages are.
    pub origin: SlackOrigin,
    /// The workspace's id.
    pub team: Option<String>,
    /// The workspace's address.
    pub workspace: Option<String>,
    /// Globs over the names and ids of channels; empty for every public one.
    pub channels: Vec<String>,
    /// Private channels that are read.
    pub private: Vec<String>,
    /// Whether texts are kept.
    pub text: bool,
}

/// Where Slack's messages are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SlackOrigin {
    /// An export or a dump.
    Path(PathBuf),
    /// The Web API's root, and the environment variable with its token.
    Api {
        /// The root.
        url: String,
        /// The variable.
        token_env: String,
    },
}

/// A mailing list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The source's name.
    pub name: String,
    /// Files, folders or globs.
    pub paths: Vec<PathBuf>,
    /// The list.
    pub list: String,
    /// The address of a mail's page, with `{id}`.
    pub archive: Option<String>,
    /// Whether texts are kept.
    pub text: bool,
}

/// Tables of messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Messages {
    /// The source's name.
    pub name: String,
    /// Files, folders or globs.
    pub paths: Vec<PathBuf>,
    /// What the platform is called.
    pub platform: String,
    /// Which column is what.
    pub columns: Columns,
    /// How times are written.
    pub time_format: Option<String>,
    /// The offset of times without one.
    pub offset: Option<String>,
    /// Whether texts are kept.
    pub text: bool,
}

/// Names of columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Columns {
    /// When.
    pub time: String,
    /// Who.
    pub author: String,
    /// What was said.
    pub text: Option<String>,
    /// Where.
    pub channel: Option<String>,
    /// Which thread.
    pub thread: Option<String>,
    /// The message's own id.
    pub id: Option<String>,
}

/// Files of one of the kinds that need no more than a word or two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files {
    /// Which kind.
    pub kind: FileKind,
    /// The source's name.
    pub name: String,
    /// Files, folders or globs.
    pub paths: Vec<PathBuf>,
    /// Globs over `owner/name`, of GitHub's kinds; empty for every repository.
    pub repositories: Vec<String>,
    /// The server, of Zulip and Mattermost.
    pub server: String,
    /// Private channels that are read, of chats.
    pub private: Vec<String>,
    /// Whether texts are kept, of chats and mail.
    pub text: bool,
}

/// The kinds of [`Files`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// `webhooks`
    Webhooks,
    /// `github-json`
    GitHubJson,
    /// `discord`
    Discord,
    /// `zulip`
    Zulip,
    /// `mattermost`
    Mattermost,
    /// `perceval`
    Perceval,
    /// `attendance`
    Attendance,
}

impl FileKind {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Webhooks,
        Self::GitHubJson,
        Self::Discord,
        Self::Zulip,
        Self::Mattermost,
        Self::Perceval,
        Self::Attendance,
    ];

    /// As the file writes it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Webhooks => "webhooks",
            Self::GitHubJson => "github-json",
            Self::Discord => "discord",
            Self::Zulip => "zulip",
            Self::Mattermost => "mattermost",
            Self::Perceval => "perceval",
            Self::Attendance => "attendance",
        }
    }
}
