//! `muster runs`.

use super::Format;
use clap::Args;
use muster_pipeline::SetArg;

/// `runs`.
#[derive(Debug, Args)]
pub struct RunsArgs {
    /// The pipeline file; `show` and a run's id, or nothing for the last; or `close`, to give up runs that never ended
    #[arg(num_args = 1..=3, value_names = ["FILE", "ACTION", "ID"], required = true)]
    pub words: Vec<String>,
    /// Override a value of the pipeline file
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub sets: Vec<SetArg>,
    /// Print results for machines
    #[arg(long)]
    pub json: bool,
    /// At most so many, the latest
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub last: usize,
    /// How to print the list
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// close: why the run could not end itself
    #[arg(long, default_value = "it did not come to an end", value_name = "TEXT")]
    pub why: String,
    /// Print the metrics as Prometheus reads them, for a collector of text files
    #[arg(long)]
    pub prometheus: bool,
    /// Serve /healthz, /readyz and /metrics
    #[arg(long, value_name = "ADDRESS", conflicts_with = "prometheus")]
    pub listen: Option<std::net::SocketAddr>,
}
