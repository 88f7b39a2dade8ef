//! Reads a folder of archive files and says what was in them: `cargo run --release --example gharchive_speed DIR`.
#![allow(clippy::print_stdout)]

use muster_collect::gharchive::{Config, open};
use muster_model::Collector;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("the folder of archive files, please")?.into();
    let mut source = open(&Config { name: "speed".into(), paths: vec![path], repositories: Vec::new() }, None)?;
    let (mut events, mut counts, mut problems, mut bytes) = (0, muster_model::Counts::default(), 0, 0);
    while let Some(batch) = source.next_batch()? {
        events += batch.events.len();
        bytes += batch.events.iter().map(|event| event.data.to_json().len()).sum::<usize>();
        counts += batch.counts;
        for problem in batch.problems.iter().take(3) {
            println!("{problem}");
        }
        problems += batch.problems.len();
    }
    println!("{events} events, {problems} problems, {counts:?}, {bytes} bytes of payload");
    Ok(())
}
