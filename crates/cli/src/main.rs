//! `muster`: the only crate that prints, reads the environment and knows every stage.
//!
//! Data goes to standard output, everything else to standard error. Exit status: 0 all well, 1 a check failed, 2 wrong
//! usage or configuration, 3 some source failed while the others were completed.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod args;
mod asof;
mod bundle;
mod cells;
mod check;
mod claims;
mod collect;
mod compare;
mod completeness;
mod compute;
mod console;
mod criteria;
mod diff;
mod explain;
mod export;
mod failure;
mod figures;
mod forget;
mod health;
mod history;
mod init;
mod library;
mod log;
mod logging;
mod memory;
mod metrics;
mod notify;
mod people;
mod project;
mod prompt;
mod publish;
mod report;
mod roll;
mod runs;
mod schedule;
mod secret;
mod serve;
mod source;
mod sql;
mod sqlserver;
mod stop;
mod trace;
mod transport;

use args::{Cli, Command};
use clap::{CommandFactory, Parser};
use failure::Failure;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse();
    if matches!(cli.command, Command::Run(_) | Command::Compute(_)) {
        memory::share_two_heaps();
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return Failure::internal(format!("no threads to run on: {error}")).report(),
    };
    if let Err(failure) = logging::begin(cli.log_format, cli.log_level) {
        return failure.report();
    }
    // A server ends by itself, when it has answered whom it was talking to; an archiver when its batch is in the log; so does
    // who waits for the runs it began; a run, when it has recorded that it was stopped; at a prompt Ctrl-C stops a query.
    let ends_itself = match &cli.command {
        Command::Serve(_) | Command::Archive(_) | Command::Schedule(_) => true,
        Command::Run(_) | Command::Collect(_) | Command::Compute(_) | Command::Runs(_) => true,
        Command::Sql(args) => args.query.is_none() && args.example.is_none(),
        _ => false,
    };
    let outcome = runtime.block_on(async {
        tokio::select! {
            outcome = carry_out(cli.command) => outcome,
            code = stop::asked(), if !ends_itself => Err(Failure::stopped(code)),
        }
    });
    // A collector may still be reading a file; nothing of it is in the log, so it need not be waited for.
    runtime.shutdown_background();
    match outcome {
        Ok(code) => code,
        Err(failure) => failure.report(),
    }
}

async fn carry_out(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Run(args) => project::run(&args).await,
        Command::Collect(args) => project::collect(&args).await,
        Command::Compute(args) => project::compute(&args).await,
        Command::Export(args) => project::export(&args).await,
        Command::Schedule(args) => schedule::schedule(&args).await,
        Command::Serve(args) => serve::serve(&args).await,
        Command::Archive(args) => transport::archive(&args).await,
        Command::Topic(command) => transport::topic(&command).await,
        Command::Sql(args) => sql::answer(&args).await,
        Command::Trace(args) => trace::trace(&args).await,
        Command::Explain(args) => explain::explain(&args).await,
        Command::Compare(args) => compare::compare(&args).await,
        Command::Metrics(args) => metrics::metrics(&args).await,
        Command::Bundle(args) => bundle::bundle(&args).await,
        Command::Verify(args) => bundle::verify(&args).await,
        Command::Check(args) => check::check(&args).await,
        Command::Criteria(args) => criteria::criteria(&args).await,
        Command::Claims(command) => claims::claims(&command),
        Command::Diff(args) => diff::diff(&args).await,
        Command::Roll(args) => roll::roll(&args).await,
        Command::People(command) => people::people(&command).await,
        Command::Log(args) => log::look(&args).await,
        Command::Runs(args) => runs::runs(&args).await,
        Command::Init(args) => init::init(&args),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "muster", &mut std::io::stdout());
            Ok(ExitCode::SUCCESS)
        }
    }
}
