//! A collection that is killed at any moment loses nothing and keeps nothing twice.

use crate::archive::PIPELINE;
use crate::support::World;
use std::fmt::Write as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

const FILES: u32 = 200;
const LINES: u32 = 300;
const KILLS: u32 = 50;
/// After so many kills a life is brought to its end, looked at, and the next one begins.
const KILLS_A_LIFE: u32 = 10;

const EVERYTHING: &str = "SELECT id, type, time, subject, actor, data FROM events ORDER BY id";

fn write_archive(world: &World) {
    for file in 0..FILES {
        let mut lines = String::new();
        for line in 0..LINES {
            let (number, who) = (file * LINES + line, line % 17);
            let _ = writeln!(
                lines,
                r#"{{"id":"{number}","type":"WatchEvent","actor":{{"id":{who},"login":"p{who}"}},"repo":{{"id":1,"name":"acme/r{file}"}},"payload":{{"action":"started"}},"created_at":"2025-01-01T{:02}:{:02}:{:02}Z"}}"#,
                file % 24,
                line / 60,
                line % 60
            );
        }
        lines.push_str("not a record\n");
        world.write(&format!("archive/2025-01-01-{file}.json"), lines);
    }
}

/// The same numbers at every run of the test.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u128) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u64::try_from((u128::from(self.0 >> 33) * limit) >> 31).unwrap()
    }
}

#[test]
fn fifty_kills_lose_nothing_and_keep_nothing_twice() {
    let world = World::new();
    world.write("p.toml", PIPELINE);
    write_archive(&world);
    let begun = Instant::now();
    assert_eq!(world.muster(&["collect", "p.toml"]).code, 0);
    let whole = begun.elapsed();
    let expected = world.sql("p.toml", EVERYTHING);
    assert_eq!(expected.lines().count() as u32, 1 + FILES * LINES + FILES);
    let mut random = Random(20_251_121);
    let (mut killed, mut finished) = (0, 0);
    for life in 0..KILLS / KILLS_A_LIFE {
        let log = format!("project.log=log{life}");
        let mut here = 0;
        while here < KILLS_A_LIFE {
            let moment = Duration::from_nanos(random.below(whole.as_nanos()));
            let mut child = world
                .command(&["collect", "p.toml", "--set", &log])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            std::thread::sleep(moment);
            if child.try_wait().unwrap().is_some() {
                // Everything was there already, and the run short: what is left of this life is no test of anything.
                finished += 1;
                here += u32::from(finished % 4 == 0);
                continue;
            }
            child.kill().unwrap();
            child.wait().unwrap();
            killed += 1;
            here += 1;
        }
        let ran = world.muster(&["collect", "p.toml", "--set", &log]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let verify = world.muster(&["log", "p.toml", "verify", "--json", "--set", &log]);
        assert_eq!(verify.code, 0, "{}{}", verify.out, verify.err);
        let answer = world.muster(&["sql", "p.toml", EVERYTHING, "--format", "csv", "--set", &log]);
        assert!(answer.out == expected, "life {life}, after {killed} kills: {}", answer.err);
    }
    eprintln!("{killed} kills over {whole:?}; {finished} runs were faster than their kill");
}
