//! How fast the log is: `cargo run --release -p muster-log --example append_speed [events] [folder]`.
//!
//! Appends events of 60-byte ids and 150-byte payloads in batches of 50 000, opens the log anew, appends the first batch
//! once more (which loads all ids and finds only duplicates), verifies and compacts. Peak memory is the process's, so
//! run it with `load` for the memory of loading alone.
#![allow(clippy::print_stdout, clippy::unwrap_used)] // a program to look at

use muster_log::Log;
use muster_model::{Cursor, Event, Payload, Timestamp};
use std::sync::Arc;
use std::time::Instant;

const BATCH: u64 = 50_000;

fn events(first: u64, source: &Arc<str>) -> Vec<Event> {
    (first..first + BATCH)
        .map(|n| {
            let hash = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            Event {
                id: format!("github:acme/lantern-project#{n:08}/commented/{hash:016x}{:05}", n % 99_991),
                source: source.clone(),
                time: Timestamp::from_second(1_500_000_000 + i64::try_from(n * 97).unwrap()).unwrap(),
                subject: format!("github:acme/lantern-project#{}", n / 7),
                actor: Some(format!("github:someone-{}", hash % 5000)),
                url: Some(format!("https://github.com/acme/lantern-project/issues/{}#issuecomment-{hash}", n / 7)),
                data: Payload::Unknown {
                    kind: ["issue.commented", "issue.closed", "pull_request.reviewed"][(n % 3) as usize].to_owned(),
                    json: format!(
                        r#"{{"schema":1,"number":{},"comment":{hash},"actor_id":{},"actor_type":"User","state":"approved","commit":"{hash:016x}{:016x}{:08x}"}}"#,
                        n / 7,
                        hash % 9_000_000,
                        hash.rotate_left(21),
                        n
                    ),
                },
                collector: "speed/1".into(),
            }
        })
        .collect()
}

/// User CPU seconds and peak resident megabytes of this process, where Linux says them.
fn usage() -> (f64, u64) {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks = stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(11)?.parse::<u32>().ok());
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next()?.parse().ok());
    (f64::from(ticks.unwrap_or_default()) / 100.0, peak.unwrap_or(0) / 1024)
}

fn report(what: &str, since: (Instant, f64)) -> (Instant, f64) {
    let (cpu, peak) = usage();
    println!("{what:<34} {:6.2} s, {:6.2} s user CPU, peak {peak} MB", since.0.elapsed().as_secs_f64(), cpu - since.1);
    (Instant::now(), cpu)
}

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let total: u64 = arguments.next().map_or(1_000_000, |text| text.parse().unwrap());
    let scratch = tempfile::tempdir().unwrap();
    let place = arguments.next().unwrap_or_else(|| scratch.path().join("log").display().to_string());
    let source: Arc<str> = "github:acme/lantern-project".into();
    let cursor = |n: u64| Cursor(format!("batch {n}"));
    let mut since = (Instant::now(), 0.0);

    let mut log = Log::open_or_create(&place).await.unwrap();
    if log.snapshot().events() < total {
        let mut making = (0.0, 0.0);
        for first in (0..total).step_by(usize::try_from(BATCH).unwrap()) {
            let (started, before) = (Instant::now(), usage().0);
            let batch = events(first, &source);
            making = (making.0 + started.elapsed().as_secs_f64(), making.1 + usage().0 - before);
            log.append("speed", batch, Some(&cursor(first))).await.unwrap();
        }
        since = report(&format!("append {total} events"), since);
        println!("    of which making the events     {:6.2} s, {:6.2} s user CPU", making.0, making.1);
    }
    let bytes: u64 = log.snapshot().files().iter().map(|file| file.size).sum();
    println!("    {} files, {bytes} bytes, {} bytes an event", log.snapshot().files().len(), bytes / total);

    let mut log = Log::open(&place).await.unwrap();
    since = report("open", since);
    let done = log.append("speed", events(0, &source), None).await.unwrap();
    assert_eq!(done.duplicates, BATCH);
    since = report("load the ids, find 50 000 known", since);
    let verified = log.verify().await.unwrap();
    assert!(verified.is_clean());
    since = report("verify", since);
    log.info().await.unwrap();
    since = report("info", since);
    let done = log.compact().await.unwrap();
    println!("    {} files, {} bytes", done.files_after, done.bytes_after);
    since = report("compact", since);
    for n in 0..200 {
        log.append("speed", vec![], Some(&cursor(n))).await.unwrap();
    }
    since = report("200 commits of a cursor", since);
    Log::open(&place).await.unwrap().cursor("speed").await.unwrap();
    report("open and read the cursor", since);
}
