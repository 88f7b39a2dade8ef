//! Log and outputs in an object store: a real server, which is moto's.

use crate::archive::{PIPELINE, community, opened};
use crate::support::{Ran, World, ran};
use muster_model::Timestamp;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A server of its own for one test, stopped at the end.
struct Server {
    child: Child,
    port: u16,
}

impl Server {
    /// One with the bucket `acme`; `strict` ones know no key at all.
    #[allow(clippy::disallowed_methods, reason = "where Python's packages are is the machine's affair")]
    fn start(strict: bool) -> Self {
        let venv = std::env::var("MUSTER_S3").expect("MUSTER_S3, the folder of a venv with moto[server]");
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = Command::new(Path::new(&venv).join("bin/moto_server"));
        command.args(["-H", "127.0.0.1", "-p", &port.to_string()]).stdout(Stdio::null()).stderr(Stdio::null());
        if strict {
            command.env("INITIAL_NO_AUTH_ACTION_COUNT", "1");
        }
        let server = Self { child: command.spawn().unwrap(), port };
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(60), "moto_server does not start");
            std::thread::sleep(Duration::from_millis(100));
        }
        let made = server.ask("PUT", "/acme");
        assert!(made.starts_with("HTTP/1.1 200"), "{made}");
        server
    }

    /// A request that somebody seems to have signed: moto does not look closer.
    fn ask(&self, method: &str, path: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let signed =
            "AWS4-HMAC-SHA256 Credential=key/20250101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=x";
        let head = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {signed}\r\n");
        write!(stream, "{head}Content-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// `muster` with the credentials in its environment and a cache of its own.
    fn command(&self, world: &World, cache: &str, arguments: &[&str]) -> Command {
        let mut command = world.command(arguments);
        command
            .env("XDG_CACHE_HOME", world.path(cache))
            .env("AWS_ACCESS_KEY_ID", "key")
            .env("AWS_SECRET_ACCESS_KEY", "secret")
            .env("AWS_REGION", "us-east-1")
            .env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{}", self.port))
            .env("AWS_ALLOW_HTTP", "true");
        command
    }

    fn muster(&self, world: &World, cache: &str, arguments: &[&str]) -> Ran {
        ran(&self.command(world, cache, arguments).output().unwrap())
    }

    /// The same, which must go well; standard output.
    #[track_caller]
    fn well(&self, world: &World, cache: &str, arguments: &[&str]) -> String {
        let ran = self.muster(world, cache, arguments);
        assert_eq!(ran.code, 0, "{arguments:?}: {}", ran.err);
        ran.out
    }

    /// The run that `current.json` leads to.
    fn current(&self) -> String {
        let answer = self.ask("GET", "/acme/lantern/out/current.json");
        let (_, text) = answer.split_once("\r\n\r\n").unwrap();
        let pointer: serde_json::Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {answer}"));
        pointer["run"].as_str().unwrap().to_owned()
    }

    /// The keys of the outputs, up to a thousand.
    fn keys(&self) -> Vec<String> {
        let answer = self.ask("GET", "/acme?list-type=2&prefix=lantern/out/");
        let keys = answer.split("<Key>").skip(1).map(|rest| rest.split("</Key>").next().unwrap().to_owned());
        keys.collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const FEW: &str = "[metrics]\nonly = [\"growth.active_contributors\", \"latency.issue_close\"]\n";

/// A project whose log and outputs are in the bucket; two runs are kept.
fn world() -> World {
    let world = World::new();
    let text = PIPELINE
        .replace("log = \"log\"", "log = \"s3://acme/lantern/log\"")
        .replace("out = \"out\"", "out = \"s3://acme/lantern/out\"\nkeep = 2");
    world.write("p.toml", text + FEW);
    world.write("archive/0.json", community());
    world
}

/// Where the outputs of the bucket are fetched to.
fn fetched(cache: &str) -> String {
    format!("{cache}/muster/s3_3a_2f_2facme_2flantern_2fout")
}

const ISSUES: [&str; 5] = ["sql", "p.toml", "SELECT count(*) AS n FROM issues", "--format", "csv"];

/// How many issues the published tables have.
fn issues(server: &Server, world: &World, cache: &str) -> u32 {
    server.well(world, cache, &ISSUES).trim_start_matches("n\n").trim().parse().unwrap()
}

#[test]
#[ignore = "needs moto's S3 server, whose venv MUSTER_S3 names; .ci/run installs it"]
fn log_and_outputs_in_a_bucket_are_what_they_are_in_folders() {
    let (server, world) = (Server::start(false), world());
    let run = |cache: &str| -> serde_json::Value {
        serde_json::from_str(&server.well(&world, cache, &["run", "p.toml", "--json"])).unwrap()
    };
    let first = run("here");
    let current = server.current();
    assert_eq!(
        first["computed"]["summary"],
        format!("s3://acme/lantern/out/{current}/evidence/report.html").as_str(),
        "{first}"
    );
    // Another machine finds them, and has nothing to do.
    let keys = server.keys();
    let second = run("there");
    assert_eq!((&second["computed"]["unchanged"], server.keys()), (&true.into(), keys));
    assert_eq!(second["sources"][0]["read"], 0);

    // The same bytes as in a folder, from the same log.
    server.well(&world, "here", &["compute", "p.toml", "--set", "project.out=folder"]);
    let there = server.well(&world, "there", &ISSUES);
    let (mine, theirs) = (world.tree("folder"), world.tree(&fetched("there")));
    assert!(mine.len() > 50 && mine.contains_key("tables/issues.parquet"));
    let other: Vec<_> = theirs.iter().filter(|(name, bytes)| mine.get(*name) != Some(bytes)).map(|it| it.0).collect();
    assert!(mine.len() == theirs.len() && other.is_empty(), "{other:?} of {} and {}", mine.len(), theirs.len());
    assert_eq!(there, server.well(&world, "here", &ISSUES));
    let traced = ["trace", "p.toml", "growth.active_contributors", "--every"];
    server.well(&world, "there", &traced);
    server.well(&world, "there", &[&traced[..], &["--as-of", "2025-03-01"]].concat());

    // The last two are kept, and the pointer leads to the last.
    for number in 900..902 {
        world.write(&format!("archive/{number}.json"), opened(number));
        server.well(&world, "here", &["run", "p.toml"]);
    }
    let manifests: Vec<String> = server.keys().into_iter().filter(|key| key.ends_with("/manifest.json")).collect();
    assert_eq!(manifests.len(), 2, "{manifests:?}");
    assert!(manifests[1].contains(&server.current()) && server.current().starts_with("runs/0003-"), "{manifests:?}");
    assert_ne!(there, server.well(&world, "there", &ISSUES));

    // A roll is no part of a run, and lies beside them.
    world
        .write("rule.toml", "name = \"Vote\"\nwindow = \"2025-01-01..2025-06-01\"\n[[condition]]\ncontributions = 1\n");
    server.well(&world, "there", &["roll", "p.toml", "rule.toml"]);
    assert!(server.keys().contains(&"lantern/out/rolls/rule/roll.csv".to_owned()), "{:?}", server.keys());

    // An object that somebody changed does not pass for what was published.
    let (cache, run) = ("elsewhere", server.current());
    server.ask("DELETE", &format!("/acme/lantern/out/{run}/tables/issues.parquet"));
    let broken = server.muster(&world, cache, &["trace", "p.toml", "growth.active_contributors", "--window", "365d"]);
    assert!(
        broken.code == 2 && broken.err.contains("the outputs in s3://acme/lantern/out are not complete"),
        "{}",
        broken.err
    );
    server.well(&world, cache, &["run", "p.toml"]);
    assert_eq!(server.well(&world, "there", &ISSUES), server.well(&world, cache, &ISSUES));
}

#[test]
#[ignore = "needs moto's S3 server, whose venv MUSTER_S3 names; .ci/run installs it"]
fn writers_that_race_for_the_log_lose_no_append() {
    let (server, world) = (Server::start(false), world());
    const WRITERS: u32 = 3;
    const FILES: u32 = 8;
    for writer in 0..WRITERS {
        let text = world.read("p.toml").replace("\"archive\"", &format!("\"archive{writer}\""));
        world.write(&format!("p{writer}.toml"), text);
        for file in 0..FILES {
            // The first file of each is the same for all: it is in the log once.
            let number = if file == 0 { 1 } else { 100 + writer * FILES + file };
            world.write(&format!("archive{writer}/{file}.json"), opened(number) + "\n");
        }
    }
    // They also race for who makes the log.
    let start = |writer| {
        let file = format!("p{writer}.toml");
        let mut command = server.command(&world, "here", &["collect", &file]);
        command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap()
    };
    let children: Vec<Child> = (0..WRITERS).map(start).collect();
    for child in children {
        let ended = ran(&child.wait_with_output().unwrap());
        assert_eq!(ended.code, 0, "{}", ended.err);
    }
    let count = "SELECT count(*) AS n, count(DISTINCT id) AS ids FROM events WHERE type = 'issue.opened'";
    let found = server.well(&world, "here", &["sql", "p.toml", count, "--format", "csv"]);
    let wanted = 1 + WRITERS * (FILES - 1);
    assert_eq!(found, format!("n,ids\n{wanted},{wanted}\n"));
    server.well(&world, "here", &["log", "p.toml", "verify"]);
}

#[test]
#[ignore = "needs moto's S3 server, whose venv MUSTER_S3 names; .ci/run installs it"]
fn runs_that_publish_at_once_or_are_killed_leave_a_whole_run_current() {
    let (server, world) = (Server::start(false), world());
    server.well(&world, "a", &["run", "p.toml"]);
    let mut expected = issues(&server, &world, "a");
    // Two machines, other definitions, so both have something to publish.
    world.write("archive/900.json", opened(900));
    server.well(&world, "a", &["collect", "p.toml"]);
    let start = |cache, days: &str| {
        let metrics = format!("metrics.windows={days}");
        let mut command = server.command(&world, cache, &["compute", "p.toml", "--set", &metrics]);
        command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap()
    };
    let children = [start("a", "365d"), start("b", "90d")];
    for child in children {
        let ended = ran(&child.wait_with_output().unwrap());
        assert_eq!(ended.code, 0, "{}", ended.err);
    }
    expected += 1;
    assert_eq!(issues(&server, &world, "fresh"), expected);
    // Killed at many moments: who looks sees one of the whole runs.
    let mut last = expected;
    for (kill, number) in (0..5_u64).zip(901..) {
        world.write(&format!("archive/{number}.json"), opened(number));
        let mut command = server.command(&world, "a", &["run", "p.toml"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(500 + kill * 700));
        let _ = child.kill();
        child.wait().unwrap();
        let seen = issues(&server, &world, &format!("reader{kill}"));
        assert!(seen >= last && seen <= expected + kill as u32 + 1, "{seen} after {last}");
        last = seen;
    }
    server.well(&world, "a", &["run", "p.toml"]);
    assert_eq!(issues(&server, &world, "fresh"), expected + 5, "what the killed ones collected is there");
    server.well(&world, "fresh", &["log", "p.toml", "verify"]);
}

#[test]
#[ignore = "needs moto's S3 server, whose venv MUSTER_S3 names; .ci/run installs it"]
fn machines_that_share_a_bucket_run_a_pipeline_one_after_the_other() {
    let (server, world) = (Server::start(false), world());
    // A machine each, as far as one can tell: another cache.
    let start = |cache| {
        let mut command = server.command(&world, cache, &["run", "p.toml"]);
        command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap()
    };
    let ended = ["a", "b", "c"].map(start).map(|child| ran(&child.wait_with_output().unwrap()));
    assert!(ended.iter().all(|ran| ran.code == 0), "{:?}", ended.map(|ran| ran.err));
    assert!(ended.iter().any(|ran| ran.err.contains("waiting for it to end")), "{:?}", ended.map(|ran| ran.err));
    let runs: serde_json::Value =
        serde_json::from_str(&server.well(&world, "d", &["runs", "p.toml", "--json"])).unwrap();
    let time = |run: &serde_json::Value, name: &str| run[name].as_str().unwrap().parse::<Timestamp>().unwrap();
    let mut times: Vec<_> =
        runs.as_array().unwrap().iter().map(|run| (time(run, "started"), time(run, "finished"))).collect();
    times.sort();
    assert_eq!(times.len(), 3, "{runs}");
    assert!(times.windows(2).all(|pair| pair[0].1 <= pair[1].0), "two ran at once: {times:?}");
    assert_eq!(server.current(), "runs/0001-".to_owned() + server.current().rsplit('-').next().unwrap());
}

#[test]
#[ignore = "needs moto's S3 server, whose venv MUSTER_S3 names; .ci/run installs it"]
fn what_is_wrong_with_a_bucket_is_said_with_what_to_do() {
    let (server, world) = (Server::start(true), world());
    let says = |ran: &Ran, words: &[&str]| {
        assert_eq!(ran.code, 2, "{}", ran.err);
        for word in words {
            assert!(ran.err.contains(word), "{word:?} is not in: {}", ran.err);
        }
        assert!(!ran.err.contains("<?xml") && ran.err.lines().count() < 6, "{}", ran.err);
    };
    let wrong_key = server.muster(&world, "here", &["run", "p.toml"]);
    says(&wrong_key, &["s3://acme/lantern/log", "correct the credentials"]);
    let local_log = ["run", "p.toml", "--set", "project.log=log"];
    let wrong_key = server.muster(&world, "here", &local_log);
    says(&wrong_key, &["cannot read the outputs s3://acme/lantern/out", "correct the credentials"]);
    let open = Server::start(false);
    let elsewhere = ["run", "p.toml", "--set", "project.log=s3://nowhere/log"];
    says(&open.muster(&world, "here", &elsewhere), &["s3://nowhere/log", "create the bucket, or correct its name"]);
    let elsewhere = ["run", "p.toml", "--set", "project.log=log", "--set", "project.out=s3://nowhere/out"];
    says(
        &open.muster(&world, "here", &elsewhere),
        &["the outputs s3://nowhere/out", "create the bucket, or correct its name"],
    );
    let absent = |arguments: &[&str]| {
        let mut command = open.command(&world, "here", arguments);
        command.env("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
        ran(&command.output().unwrap())
    };
    says(&absent(&["run", "p.toml"]), &["s3://acme/lantern/log", "AWS_ENDPOINT_URL"]);
    says(&absent(&local_log), &["s3://acme/lantern/out", "AWS_ENDPOINT_URL"]);
}

#[test]
#[ignore = "needs moto's S3 server, whose venv MUSTER_S3 names; .ci/run installs it"]
fn who_asks_to_be_left_out_is_in_no_run_that_is_kept_in_the_bucket() {
    let (server, world) = (Server::start(false), world());
    world.write("people.toml", "");
    let text = world.read("p.toml") + "[[source]]\nkind = \"people\"\nname = \"people\"\npath = \"people.toml\"\n";
    world.write("p.toml", text);
    server.well(&world, "here", &["run", "p.toml"]);
    world.write("archive/900.json", opened(900));
    server.well(&world, "here", &["run", "p.toml"]);
    world
        .write("rule.toml", "name = \"Vote\"\nwindow = \"2025-01-01..2025-06-01\"\n[[condition]]\ncontributions = 1\n");
    server.well(&world, "here", &["roll", "p.toml", "rule.toml"]);
    let before = server.keys();
    assert!(before.iter().any(|key| key.contains("/runs/0001-")) && before.iter().any(|key| key.contains("/rolls/")));
    server.well(&world, "here", &["people", "forget", "p.toml", "bob"]);
    let after = server.keys();
    let old: Vec<_> = after.iter().filter(|key| before.contains(key) && !key.ends_with("current.json")).collect();
    assert!(old.is_empty(), "{old:?}");
    let named = ["sql", "p.toml", "SELECT count(*) AS n FROM people WHERE person = 'github:bob'", "--format", "csv"];
    assert_eq!(server.well(&world, "fresh", &named), "n\n0\n");
}
