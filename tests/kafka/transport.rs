//! Projects with a topic in front of their log, and the same without.

use crate::archive::{opened, record};
use crate::cluster::Cluster;
use crate::support::{Ran, World, ran};
use std::fmt::Write as _;
use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The pipeline without a topic.
pub const DIRECT: &str = "direct.toml";
/// The pipeline with one.
pub const THROUGH: &str = "p.toml";

/// Everything a log says, except when it learnt it.
const EVERYTHING: &str = "SELECT id, source, type, time, subject, actor, url, data, collector FROM events ORDER BY id";

/// A project over the folder `archive`: `direct.toml` collects into `direct`, `p.toml` through a topic into `log`.
pub fn project(brokers: &str, topic: &str) -> World {
    let world = World::new();
    let pipeline = crate::archive::PIPELINE;
    world.write(DIRECT, pipeline.replace("\"log\"", "\"direct\""));
    world.write(THROUGH, format!("{pipeline}{}", transport(brokers, topic)));
    world
}

/// The section of the pipeline file.
pub fn transport(brokers: &str, topic: &str) -> String {
    let brokers: Vec<&str> = brokers.split(',').collect();
    // An archiver that is gone is missed after six seconds, not 45.
    let properties = "{ \"session.timeout.ms\" = 6000, \"heartbeat.interval.ms\" = 1000 }";
    format!(
        "[transport]\nkind = \"kafka\"\nbrokers = {brokers:?}\ntopic = \"{topic}\"\npartitions = 4\nproperties = {properties}\n"
    )
}

/// A project whose topic is there.
pub fn project_with_topic(cluster: &Cluster, topic: &str) -> World {
    let world = project(&cluster.brokers(), topic);
    succeeds(&world, &["topic", "create", THROUGH]);
    world
}

/// Fills the folder `archive`: in every file issues, stars, one line that is none, and one that the file before has.
/// Returns how many events that makes.
pub fn write_hours(world: &World, files: u32, lines: u32) -> u64 {
    for file in 0..files {
        let mut text = String::new();
        for line in 0..lines {
            let number = file * lines + line;
            let _ = if number.is_multiple_of(3) {
                writeln!(text, "{}", star(number, file, line))
            } else {
                writeln!(text, "{}", opened(number))
            };
        }
        text.push_str("not a record\n");
        if file > 0 {
            let _ = writeln!(text, "{}", opened((file * lines - 1) / 3 * 3 - 2));
        }
        world.write(&format!("archive/2025-01-01-{file}.json"), text);
    }
    u64::from(files) * u64::from(lines + 1)
}

fn star(number: u32, file: u32, line: u32) -> String {
    let at = format!("2025-01-{:02}T{:02}:{:02}:{:02}Z", file / 24 % 28 + 1, file % 24, line / 60 % 60, line % 60);
    let who = (number % 5000, "star", "User");
    record("WatchEvent", &format!("acme/r{file}-{}", line / 3600), who, &at, r#"{"action":"started"}"#)
}

/// Runs `muster`, which must end well; what it printed.
pub fn succeeds(world: &World, arguments: &[&str]) -> Ran {
    let ran = world.muster(arguments);
    assert_eq!(ran.code, 0, "{arguments:?}: {}{}", ran.out, ran.err);
    ran
}

/// Takes from the topic what is there.
pub fn archive(world: &World) -> Ran {
    succeeds(world, &["archive", THROUGH, "--until-caught-up"])
}

/// How many events a log has.
pub fn count(world: &World, log: &str) -> u64 {
    let set = format!("project.log={log}");
    let answer = succeeds(world, &["sql", DIRECT, "SELECT count(*) FROM events", "--format", "csv", "--set", &set]);
    answer.out.lines().nth(1).unwrap().parse().unwrap()
}

/// The log holds what `direct` does: the same events, all of them, once, in every column but `recorded`.
pub fn same_as_direct(world: &World, log: &str) {
    let (expected, found) = (events(world, "direct"), events(world, log));
    let (expected, found) = (std::fs::read(expected).unwrap(), std::fs::read(found).unwrap());
    if expected != found {
        let difference = first_difference(&expected, &found);
        panic!("{log} is not what was collected without Kafka:\n{difference}");
    }
    let verified = world.report(0, &["log", DIRECT, "verify", "--set", &format!("project.log={log}")]);
    assert!(verified["findings"].as_array().unwrap().is_empty(), "{verified}");
}

fn events(world: &World, log: &str) -> PathBuf {
    let path = world.path(&format!("{}.csv", log.replace('/', "-")));
    let set = format!("project.log={log}");
    let status = world
        .command(&["sql", DIRECT, EVERYTHING, "--private", "--format", "csv", "--set", &set])
        .stdout(std::fs::File::create(&path).unwrap())
        .status()
        .unwrap();
    assert!(status.success());
    path
}

fn first_difference(expected: &[u8], found: &[u8]) -> String {
    let (expected, found) = (String::from_utf8_lossy(expected), String::from_utf8_lossy(found));
    let counts = format!("{} lines expected, {} found", expected.lines().count(), found.lines().count());
    let different = expected.lines().zip(found.lines()).find(|(one, other)| one != other);
    different.map_or(counts.clone(), |(one, other)| format!("{counts}\nexpected {one}\nfound    {other}"))
}

/// Runs a command that must end by itself within so many seconds.
pub fn within(seconds: u64, command: &mut Command) -> Ran {
    let mut running = Running::start(command);
    let ended = running.wait(Duration::from_secs(seconds));
    let ran = running.finish();
    assert!(ended, "it did not end within {seconds} s: {}{}", ran.out, ran.err);
    ran
}

/// A program that runs beside the test; killed at the end.
pub struct Running {
    child: Child,
    out: std::thread::JoinHandle<Vec<u8>>,
    err: std::thread::JoinHandle<Vec<u8>>,
}

impl Running {
    /// Starts it.
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let out = drained(child.stdout.take().unwrap());
        let err = drained(child.stderr.take().unwrap());
        Self { child, out, err }
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has ended.
    pub fn ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Waits for its end so long; whether it came.
    pub fn wait(&mut self, limit: Duration) -> bool {
        let begun = Instant::now();
        while !self.ended() {
            if begun.elapsed() > limit {
                return false;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        true
    }

    /// Ends it as a service manager does.
    pub fn terminate(&self) {
        self.signal("TERM");
    }

    pub fn signal(&self, name: &str) {
        let id = self.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }

    /// SIGKILL. What it had said.
    pub fn finish(mut self) -> Ran {
        let _ = self.child.kill();
        let status = self.child.wait().unwrap();
        let (out, err) = (self.out.join().unwrap(), self.err.join().unwrap());
        ran(&std::process::Output { status, stdout: out, stderr: err })
    }
}

fn drained(mut pipe: impl Read + Send + 'static) -> std::thread::JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = pipe.read_to_end(&mut bytes);
        bytes
    })
}
