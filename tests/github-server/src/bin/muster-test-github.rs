//! Serves a made-up history, for benchmarks: `muster-test-github --items 10000 --comments 60000 --latency-ms 50`.
#![expect(clippy::print_stdout, reason = "the address is for the one who starts it")]

use clap::Parser;
use muster_test_github::{Faults, Options, Plan, Server, generate};
use std::time::Duration;

#[derive(Parser)]
struct Arguments {
    /// Issues and pull requests.
    #[arg(long, default_value_t = 10_000)]
    items: usize,
    /// Comments on them.
    #[arg(long, default_value_t = 60_000)]
    comments: usize,
    /// Repositories of the organisation `acme`, the first `acme/lantern`.
    #[arg(long, default_value_t = 1)]
    repositories: usize,
    /// So long every answer takes.
    #[arg(long, default_value_t = 50)]
    latency_ms: u64,
    /// So many of a hundred answers fail.
    #[arg(long, default_value_t = 0)]
    faults: u64,
    /// The port; zero takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// The same seed gives the same history and the same faults.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn main() {
    let arguments = Arguments::parse();
    let world = generate(Plan {
        seed: arguments.seed,
        repositories: arguments.repositories,
        items: arguments.items,
        comments: arguments.comments,
        ..Plan::default()
    });
    let server = Server::start(
        world,
        Options {
            port: arguments.port,
            latency: Duration::from_millis(arguments.latency_ms),
            faults: Faults::percent(arguments.faults, arguments.seed),
            ..Options::default()
        },
    );
    println!("{}  (the token is `token`)", server.url());
    server.wait();
}
