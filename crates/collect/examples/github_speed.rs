//! What a collection from GitHub costs: requests, seconds and memory, for a first run and for one that finds nothing new,
//! over 10,000 issues and pull requests with 60,000 comments, every answer taking 50 ms.
//!
//! ```sh
//! cargo run --release -p muster-collect --example github_speed
//! ```
//!
//! The server is a process of its own, so that the memory is the collector's alone.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark that cannot go on should panic")]

use muster_collect::github::{Config, Credentials, open};
use muster_model::Cursor;
use muster_test_github::{Options, Plan, Server, generate};
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn main() {
    if std::env::args().nth(1).as_deref() == Some("serve") {
        return serve();
    }
    let mut server = Command::new(std::env::current_exe().unwrap())
        .arg("serve")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut told = BufReader::new(server.stdout.take().unwrap()).lines();
    let mut ask = server.stdin.take().unwrap();
    let config = Config {
        name: "acme".to_owned(),
        repositories: vec!["acme".to_owned()],
        url: told.next().unwrap().unwrap(),
        credentials: Credentials::Tokens(vec!["token".to_owned()]),
        forks: false,
        stars: true,
        discussions: true,
        max_requests: None,
        concurrency: 8,
        sweep_days: None,
    };
    let mut cursor = None;
    for run in ["first run", "nothing new"] {
        let begun = Instant::now();
        let (events, batches) = collect(&config, &mut cursor);
        let seconds = begun.elapsed().as_secs_f64();
        writeln!(ask, "how many?").unwrap();
        let requests = told.next().unwrap().unwrap();
        println!("{run}: {requests}, {seconds:.1} s, {events} events in {batches} batches, peak {} MB", peak());
    }
    drop(ask);
    server.wait().unwrap();
}

fn collect(config: &Config, cursor: &mut Option<Cursor>) -> (usize, usize) {
    let mut collector = open(config, cursor.as_ref()).unwrap();
    let (mut events, mut batches) = (0, 0);
    while let Some(batch) = collector.next_batch().unwrap() {
        assert!(batch.problems.is_empty(), "{:?}", batch.problems);
        events += batch.events.len();
        batches += 1;
        *cursor = batch.cursor.or(cursor.take());
    }
    (events, batches)
}

/// The largest this process has been, in MB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or_default() / 1024
}

fn serve() {
    let options = Options { latency: Duration::from_millis(50), ..Options::default() };
    let mut world = generate(Plan::default());
    for item in &mut world.repository_mut("acme/lantern").items {
        // As long as comments are.
        item.comments.iter_mut().for_each(|comment| comment.body = "Seven hundred bytes. ".repeat(33));
    }
    let server = Server::start(world, options);
    println!("{}", server.url());
    for _ in std::io::stdin().lines() {
        let requests = server.take_requests();
        let graphql: Vec<_> = requests.iter().filter(|request| request.document.is_some()).collect();
        let points: u64 = graphql.iter().map(|request| request.cost).sum();
        let free = requests.iter().filter(|request| request.unchanged).count();
        println!("{} requests ({} GraphQL for {points} points, {free} answered 304)", requests.len(), graphql.len());
    }
}
