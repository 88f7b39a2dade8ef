//! The command line, as data.

mod runs;

use crate::logging::{LogFormat, LogLevel};
use clap::{Args, Parser, Subcommand, ValueEnum};
use muster_pipeline::SetArg;
pub use runs::RunsArgs;
use std::path::PathBuf;

/// Gather what a community did, and show the events behind every figure.
#[derive(Debug, Parser)]
#[command(
    name = "muster",
    version,
    max_term_width = 100,
    after_help = "Exit status: 0 all well, 1 a check failed, \
2 wrong usage or configuration, 3 some source failed while the others were completed."
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Logs for operators on standard error; with json nothing else is written there
    #[arg(long, global = true, value_enum, value_name = "FORMAT", hide_possible_values = true, help_heading = "Logs")]
    pub log_format: Option<LogFormat>,
    /// How much is logged: error, warn, info or debug; else $MUSTER_LOG, else info where --log-format is given
    #[arg(long, global = true, value_enum, value_name = "LEVEL", hide_possible_values = true, help_heading = "Logs")]
    pub log_level: Option<LogLevel>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Collect every source, then compute tables, metrics and evidence
    Run(RunArgs),
    /// Only collect: sources into the log
    Collect(FileArgs),
    /// Only compute: tables, metrics and evidence from the log
    Compute(ComputeArgs),
    /// Write CSV, JSON and Markdown again from the computed metrics
    Export(FileArgs),
    /// Run pipelines when their files say, until asked to end
    Schedule(ScheduleArgs),
    /// Receive what GitHub delivers, as it happens
    Serve(ServeArgs),
    /// Copy the topic of [transport] into the log, exactly once, until Ctrl-C
    Archive(ArchiveArgs),
    /// The topics of [transport]
    #[command(subcommand)]
    Topic(TopicCommand),
    /// Ask SQL over events, tables and metrics by name
    Sql(SqlArgs),
    /// Print the events behind one cell of a metric
    Trace(TraceArgs),
    /// Say what a metric counts and how: definition, SQL, statistic, caveats, and its last values
    Explain(ExplainArgs),
    /// Lay a metric beside those of other tools that answer the same question, with the rows that make the difference
    Compare(CompareArgs),
    /// List the metrics, or check metric files of your own
    Metrics(MetricsArgs),
    /// Whether the claims of the pipeline file hold; exit status 1 when one fails that is required
    Check(CheckArgs),
    /// Answer a body's criteria; exit status 1 when a required one is not met
    Criteria(CriteriaArgs),
    /// Claims from a document
    #[command(subcommand)]
    Claims(ClaimsCommand),
    /// Say which figures changed between two as-ofs, and which events changed them
    Diff(DiffArgs),
    /// List who is eligible under a rule, with the reasons and the events
    Roll(RollArgs),
    /// Put report, tables, populations and pipeline into one folder, with a manifest of hashes
    Bundle(BundleArgs),
    /// Check a bundle, or outputs, by their hashes, or compute them again from the log
    Verify(VerifyArgs),
    /// Who is who, and who worked where: look, and correct
    #[command(subcommand)]
    People(PeopleCommand),
    /// Look at the log: info, show, verify, compact
    Log(LogArgs),
    /// What ran, how it ended, and what it found: list, show, close; health and metrics for monitoring
    Runs(RunsArgs),
    /// Write a pipeline file for a community
    Init(InitArgs),
    /// Print completions for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}

/// The pipeline file and what overrides it.
#[derive(Debug, Args)]
pub struct FileArgs {
    /// The pipeline file
    pub file: PathBuf,
    /// Override a value: project.out=DIR, source.NAME.path=PATH; may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub sets: Vec<SetArg>,
    /// Print results for machines: one JSON document on standard output
    #[arg(long)]
    pub json: bool,
}

/// `run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// The pipeline file and what overrides it.
    #[command(flatten)]
    pub common: FileArgs,
    /// What the figures are as of: an instant (2025-12-05, 2025-12-05T00:00:00Z), or a version of the log (41), for
    /// which nothing is collected; may be given once each
    #[arg(long = "as-of", value_name = "INSTANT|VERSION")]
    pub as_of: Vec<AsOf>,
    /// Run only if the file's [schedule] says that something is due, and only what is
    #[arg(long, conflicts_with = "as_of")]
    pub due: bool,
}

/// `schedule`.
#[derive(Debug, Args)]
pub struct ScheduleArgs {
    /// Pipeline files, or folders of them
    #[arg(required = true, value_name = "FILE|FOLDER")]
    pub paths: Vec<PathBuf>,
    /// Override a value of every pipeline file
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub sets: Vec<SetArg>,
    /// So many pipelines at once
    #[arg(long, value_name = "N", default_value = "1")]
    pub at_once: std::num::NonZeroUsize,
    /// Answer here to /healthz, /readyz and /metrics (Prometheus): 127.0.0.1:9464
    #[arg(long, value_name = "ADDRESS")]
    pub health: Option<std::net::SocketAddr>,
    /// Print the next ten runs, and run nothing; exit status 2 when a file is refused
    #[arg(long)]
    pub dry_run: bool,
    /// With --dry-run: print them for machines
    #[arg(long, requires = "dry_run")]
    pub json: bool,
}

/// `compute`.
#[derive(Debug, Args)]
pub struct ComputeArgs {
    /// The pipeline file and what overrides it.
    #[command(flatten)]
    pub common: FileArgs,
    /// As in run
    #[arg(long = "as-of", value_name = "INSTANT|VERSION")]
    pub as_of: Vec<AsOf>,
}

/// `sql`.
#[derive(Debug, Args)]
pub struct SqlArgs {
    /// The pipeline file and what overrides it.
    #[command(flatten)]
    pub common: FileArgs,
    /// One SELECT over `events`, a table, `metrics`, or a metric's population by its id; SHOW TABLES lists them. Without it there
    /// is a prompt, or standard input is answered
    #[arg(allow_hyphen_values = true)]
    pub query: Option<String>,
    /// Ask one of the questions in queries/examples; `list` lists them
    #[arg(long, value_name = "NAME", conflicts_with = "query")]
    pub example: Option<String>,
    /// How to print the answer
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// With e-mail addresses, which the log has; without it they are replaced by hashes
    #[arg(long)]
    pub private: bool,
    /// As in run
    #[arg(long = "as-of", value_name = "INSTANT|VERSION")]
    pub as_of: Vec<AsOf>,
}

/// `trace`.
#[derive(Debug, Args)]
pub struct TraceArgs {
    /// The pipeline file and what overrides it.
    #[command(flatten)]
    pub common: FileArgs,
    /// The metric's id: growth.active_contributors
    pub metric: Option<String>,
    /// The window's label as in the metric's table: 2025Q2, 2025-06, 365d
    #[arg(long)]
    pub window: Option<String>,
    /// A group of the metric: repository=acme/lantern
    #[arg(long)]
    pub group: Option<String>,
    /// Instead of the rows the names that they count for: each with its rows, its share, and whether it is one of the set
    #[arg(long)]
    pub members: bool,
    /// Trace every cell of every metric, or of the one named, and print only those whose rows do not make their figure
    #[arg(long, conflicts_with_all = ["window", "group", "members"])]
    pub every: bool,
    /// As in run
    #[arg(long = "as-of", value_name = "INSTANT|VERSION")]
    pub as_of: Vec<AsOf>,
    /// How to print the rows
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

/// `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The pipeline file and what overrides it.
    #[command(flatten)]
    pub common: FileArgs,
    /// The metric's id: growth.active_contributors
    pub metric: String,
    /// As in run
    #[arg(long = "as-of", value_name = "INSTANT|VERSION")]
    pub as_of: Vec<AsOf>,
}

/// `compare`.
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// The pipeline file and what overrides it.
    #[command(flatten)]
    pub common: FileArgs,
    /// The metric's id, ours or one of a pack; may be left out with --published
    #[arg(required_unless_present = "published")]
    pub metric: Option<String>,
    /// The window whose rows are laid beside each other; without it the trailing one, else the last finished
    #[arg(long)]
    pub window: Option<String>,
    /// A group of the metrics: repository=acme/lantern
    #[arg(long)]
    pub group: Option<String>,
    /// What another tool published: an answer of DevStats' JSON API or of LFX Insights, a file of OpenDigger; may be repeated
    #[arg(long, value_name = "FILE")]
    pub published: Vec<PathBuf>,
    /// As in run
    #[arg(long = "as-of", value_name = "INSTANT|VERSION")]
    pub as_of: Vec<AsOf>,
}

/// `metrics`.
#[derive(Debug, Args)]
pub struct MetricsArgs {
    /// The pipeline file; after the word check also a metric's own file: muster metrics check queries/growth/mine.sql
    #[arg(num_args = 1..=2, value_names = ["[check] FILE"], required = true)]
    pub words: Vec<String>,
    /// Override a value of the pipeline file
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub sets: Vec<SetArg>,
    /// Print results for machines
    #[arg(long)]
    pub json: bool,
}

/// `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The pipeline file and what overrides it.
    #[command(flatten)]
    pub common: FileArgs,
    /// A file of further [[claim]] tables; may be repeated
    #[arg(long, value_name = "FILE")]
    pub claims: Vec<PathBuf>,
    /// Only these claims; may be repeated
    #[arg(long = "id", value_name = "ID")]
    pub ids: Vec<String>,
    /// As in run
    #[arg(long = "as-of", value_name = "INSTANT|VERSION")]
    pub as_of: Vec<AsOf>,
}

/// `criteria`.
#[derive(Debug, Args)]
pub struct CriteriaArgs {
    /// The pipeline file and what overrides it.
    #[command(flatten)]
    pub common: FileArgs,
    /// Whose: cncf-graduation, …, or the path of a file of your own; without it: which there are
    pub body: Option<String>,
    /// Print them as Markdown, for pasting
    #[arg(long)]
    pub markdown: bool,
    /// As in run
    #[arg(long = "as-of", value_name = "INSTANT|VERSION")]
    pub as_of: Vec<AsOf>,
}

/// `claims`.
#[derive(Debug, Subcommand)]
pub enum ClaimsCommand {
    /// Find the sentences with numbers in a Markdown, text or HTML document, and propose [[claim]] tables
    Extract {
        /// The document
        document: PathBuf,
        /// Print them for machines
        #[arg(long)]
        json: bool,
    },
}

/// `diff`.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// The pipeline file and what overrides it.
    #[command(flatten)]
    pub common: FileArgs,
    /// The earlier side: an instant, a version of the log, or one of each
    #[arg(long, value_name = "INSTANT|VERSION", required = true)]
    pub from: Vec<AsOf>,
    /// The later side, likewise; without it, the outputs of the last run
    #[arg(long, value_name = "INSTANT|VERSION")]
    pub to: Vec<AsOf>,
    /// Only this metric
    #[arg(long)]
    pub metric: Option<String>,
    /// A row an event behind a changed figure, not a row a figure
    #[arg(long)]
    pub events: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

/// `roll`.
#[derive(Debug, Args)]
pub struct RollArgs {
    /// The pipeline file and what overrides it.
    #[command(flatten)]
    pub common: FileArgs,
    /// The rule, a TOML file; docs/rolls.md
    pub rule: PathBuf,
    /// What one person has of the rule, instead of the roll
    #[arg(long, value_name = "ACCOUNT")]
    pub person: Option<String>,
    /// As in run
    #[arg(long = "as-of", value_name = "INSTANT|VERSION")]
    pub as_of: Vec<AsOf>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

/// `bundle`.
#[derive(Debug, Args)]
pub struct BundleArgs {
    /// The pipeline file and what overrides it.
    #[command(flatten)]
    pub common: FileArgs,
    /// The folder; without it `bundle` in project.out. An older bundle there is replaced
    #[arg(long, value_name = "FOLDER")]
    pub to: Option<PathBuf>,
    /// As in run
    #[arg(long = "as-of", value_name = "INSTANT|VERSION")]
    pub as_of: Vec<AsOf>,
}

/// `verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The folder that `muster bundle` wrote, or one of outputs
    pub bundle: PathBuf,
    /// Compute it again with this pipeline file, from the same version of its log, and compare every file
    #[arg(long, value_name = "FILE")]
    pub from: Option<PathBuf>,
    /// With --from: override a value of the pipeline file
    #[arg(long = "set", value_name = "KEY=VALUE", requires = "from")]
    pub sets: Vec<SetArg>,
    /// Print results for machines
    #[arg(long)]
    pub json: bool,
}

/// `people`.
#[derive(Debug, Subcommand)]
pub enum PeopleCommand {
    /// Every person: name, accounts, where they work as of now
    List(PeopleArgs),
    /// One person: every account and why it is theirs, every affiliation and who says so
    Show {
        /// The pipeline file and what overrides it.
        #[command(flatten)]
        people: PeopleArgs,
        /// A login, an account, an e-mail address or a name
        person: String,
        /// Show e-mail addresses
        #[arg(long)]
        private: bool,
    },
    /// People who may be one, with what speaks for and against it
    Suggest {
        /// The pipeline file and what overrides it.
        #[command(flatten)]
        people: PeopleArgs,
        /// At most so many, the likeliest first
        #[arg(long, default_value_t = 20)]
        limit: usize,
    },
    /// What contradicts what
    Conflicts(PeopleArgs),
    /// Say in the people file that accounts are one person
    Link {
        /// The pipeline file and what overrides it.
        #[command(flatten)]
        common: FileArgs,
        /// Logins, accounts (github:octo, name:lantern/Ada L.) or e-mail addresses; the first stands for all
        #[arg(num_args = 2.., required = true)]
        accounts: Vec<String>,
        /// The name to show
        #[arg(long)]
        name: Option<String>,
    },
    /// Say in the people file that two accounts are two people
    Unlink {
        /// The pipeline file and what overrides it.
        #[command(flatten)]
        common: FileArgs,
        /// One
        account: String,
        /// The other
        other: String,
    },
    /// Say in the people file where somebody works or worked
    Affiliate {
        /// The pipeline file and what overrides it.
        #[command(flatten)]
        common: FileArgs,
        /// Whose
        account: String,
        /// The organisation; Independent for none
        organisation: String,
        /// First day, 2021-01-01; without it: ever since
        #[arg(long)]
        from: Option<String>,
        /// First day it no longer holds; without it: still
        #[arg(long)]
        until: Option<String>,
    },
    /// Remove somebody's names, addresses and texts from the log and all that is made from it; counts stay
    Forget {
        /// The pipeline file and what overrides it.
        #[command(flatten)]
        common: FileArgs,
        /// A login, an account, an e-mail address or a name
        person: String,
    },
    /// The affiliations as they are resolved, to send upstream
    Export {
        /// The pipeline file and what overrides it.
        #[command(flatten)]
        common: FileArgs,
        /// gitdm (developers_affiliations text), sortinghat (JSON) or csv
        #[arg(long, value_enum, default_value_t = Upstream::Gitdm)]
        format: Upstream,
        /// With e-mail addresses: gitdm has no use for people without
        #[arg(long)]
        private: bool,
    },
}

/// What `people` looks at.
#[derive(Debug, Args)]
pub struct PeopleArgs {
    /// The pipeline file and what overrides it.
    #[command(flatten)]
    pub common: FileArgs,
    /// As in run
    #[arg(long = "as-of", value_name = "INSTANT|VERSION")]
    pub as_of: Vec<AsOf>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

/// The form of `people export`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Upstream {
    /// developers_affiliations text of cncf/gitdm
    Gitdm,
    /// SortingHat's export, JSON
    Sortinghat,
    /// One row an interval
    Csv,
}

/// `log`.
#[derive(Debug, Args)]
pub struct LogArgs {
    /// The pipeline file, and info, show, verify or compact, in either order
    #[arg(num_args = 2, value_names = ["FILE", "ACTION"], required = true)]
    pub words: Vec<String>,
    /// Override a value of the pipeline file
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub sets: Vec<SetArg>,
    /// Print results for machines
    #[arg(long)]
    pub json: bool,
    /// info and show: the log as it was, by version or by the instant it was recorded
    #[arg(long = "as-of", value_name = "INSTANT|VERSION")]
    pub as_of: Option<AsOf>,
    /// show: only events of these types; may be repeated
    #[arg(long = "type", value_name = "TYPE")]
    pub types: Vec<String>,
    /// show: only these events
    #[arg(long = "id", value_name = "ID")]
    pub ids: Vec<String>,
    /// show: with e-mail addresses; without it they are replaced by hashes
    #[arg(long)]
    pub private: bool,
    /// show: at most so many, the latest recorded
    #[arg(long, default_value_t = 20)]
    pub limit: usize,
}

/// `serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// The pipeline file
    pub file: PathBuf,
    /// Override a value of the pipeline file
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub sets: Vec<SetArg>,
    /// Receive GitHub's webhooks
    #[arg(long, required_unless_present = "sql")]
    pub webhooks: bool,
    /// Where to listen for webhooks; leave TLS to the proxy before it
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8765")]
    pub listen: std::net::SocketAddr,
    /// The environment variable with the webhook's secret
    #[arg(long, value_name = "NAME", default_value = "GITHUB_WEBHOOK_SECRET")]
    pub secret_env: String,
    /// Which repositories to keep, `owner/name` with `*`; may be repeated; without it all of them
    #[arg(long = "repository", value_name = "PATTERN")]
    pub repositories: Vec<String>,
    /// SQL for other programs.
    #[command(flatten)]
    pub sql: crate::sqlserver::SqlServerArgs,
}

/// `archive`.
#[derive(Debug, Args)]
pub struct ArchiveArgs {
    /// The pipeline file and what overrides it.
    #[command(flatten)]
    pub common: FileArgs,
    /// End when everything is archived that is in the topic now; shares with nobody and waits for nobody
    #[arg(long)]
    pub until_caught_up: bool,
    /// The name of this archiver in its group; without it the machine's. Two of one name cannot run
    #[arg(long, value_name = "NAME")]
    pub instance: Option<String>,
    /// Read the topic from its beginning, whatever the log has of it: after it was deleted and made again, or has lost
    /// records. Nothing is doubled
    #[arg(long)]
    pub from_start: bool,
    /// Answer Prometheus here: GET /metrics, and GET /health
    #[arg(long, value_name = "ADDRESS")]
    pub metrics: Option<std::net::SocketAddr>,
    /// Write the same every 5 s into a file, for node_exporter's textfile collector
    #[arg(long, value_name = "FILE")]
    pub metrics_file: Option<PathBuf>,
}

/// `topic`.
#[derive(Debug, Subcommand)]
pub enum TopicCommand {
    /// Make the topic of the events and the two beside it; what is there stays as it is
    Create(FileArgs),
    /// Say what is unsafe about them, and why; exit status 1 when something is
    Check(FileArgs),
}

/// `init`.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// The community's name; also the folder that is made
    pub name: String,
    /// A folder or a Git URL to look for sources in
    #[arg(long, value_name = "FOLDER|URL")]
    pub from: String,
}

/// How an answer is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For reading
    Table,
    /// RFC 4180; cells that a spreadsheet would run are neutralised
    Csv,
    /// An array of objects
    Json,
    /// A Markdown table, events linked to their pages
    Markdown,
    /// A Parquet file on standard output
    Parquet,
}

/// A version of the log, or an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOf {
    /// Of the log.
    Version(u64),
    /// Where windows end and what is open is censored.
    Instant(muster_model::Timestamp),
}

impl std::str::FromStr for AsOf {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse() {
            Ok(version) => Ok(Self::Version(version)),
            Err(_) => muster_model::parse_time(text)
                .map(Self::Instant)
                .map_err(|error| format!("{error}; or a version of the log, such as 41")),
        }
    }
}
