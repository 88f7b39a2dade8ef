//! What is recorded of runs, who is told, and what monitoring sees.

use crate::support::{Ran, World, ran};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

const PIPELINE: &str = r#"
[project]
name = "lantern"
log = "log"
out = "out"
as_of = "2025-06-01"
[metrics]
only = ["latency.issues_open"]
[[source]]
kind = "gharchive"
name = "archive"
path = "archive"
"#;

const NOTES: &str = "[[source]]\nkind = \"notes\"\nname = \"guild\"\npath = \"meetings\"\n";

const CLAIM: &str = "[[claim]]\nid = \"one\"\ntext = \"There is 1 open issue.\"\n\
    expect = [{ metric = \"latency.issues_open\", op = \"=\", value = 1 }]\n";

fn opened(number: u64, login: &str) -> String {
    format!(
        r#"{{"id":"{number}","type":"IssuesEvent","actor":{{"id":{number},"login":"{login}"}},"repo":{{"id":1,"name":"acme/lantern"}},"payload":{{"action":"opened","issue":{{"number":{number},"user":{{"login":"{login}","id":{number},"type":"User"}},"created_at":"2025-02-01T00:00:00Z"}}}},"created_at":"2025-02-01T00:00:00Z"}}"#
    ) + "\n"
}

fn world(more: &str) -> World {
    let world = World::new();
    world.write("p.toml", format!("{PIPELINE}{more}"));
    world.write("archive/a.json", opened(1, "ada"));
    world
}

/// A file with its name.
type Named = (String, Vec<u8>);

/// The log's own files, and those of the run history.
fn log_files(world: &World) -> (Vec<Named>, Vec<Named>) {
    let (beside, log): (Vec<_>, Vec<_>) =
        world.tree("log").into_iter().partition(|(name, _)| name.starts_with("_muster/"));
    (log, beside.into_iter().filter(|(name, _)| name.starts_with("_muster/runs/")).collect())
}

fn runs(world: &World) -> Vec<Value> {
    world.report(0, &["runs", "p.toml"]).as_array().unwrap().clone()
}

#[test]
fn a_run_is_recorded_and_the_log_and_the_outputs_do_not_notice() {
    let world = world(NOTES);
    world.write("meetings/2025-03-06.md", "# Meeting 2025-03-06\n\n## Attendees\n\n- Mira Tal\n- \n");
    assert_eq!(world.muster(&["run", "p.toml"]).code, 0);
    let (log, history) = log_files(&world);
    let out = world.tree("out");
    assert_eq!(history.len(), 2, "one that it began, one that it ended");
    assert_eq!(world.muster(&["run", "p.toml"]).code, 0);
    assert_eq!((log_files(&world).0, world.tree("out")), (log, out), "nothing else of the log or the outputs changed");
    assert_eq!(world.muster(&["log", "p.toml", "verify"]).code, 0);

    let [second, first] = &runs(&world)[..] else { panic!("two runs") };
    assert_eq!((&first["outcome"], &first["exit"], &first["command"]), (&"succeeded".into(), &0.into(), &"run".into()));
    assert_eq!((&first["sources"][0]["appended"], &second["sources"][0]["appended"]), (&1.into(), &0.into()));
    assert_eq!(first["sources"][1]["name"], "guild");
    assert_eq!((&first["outputs"]["unchanged"], &second["outputs"]["unchanged"]), (&false.into(), &true.into()));
    assert_eq!(first["log"]["version"], second["log"]["version"]);
    assert_eq!(first["log"]["newest"], "2025-03-06T00:00:00Z");
    assert!(first["run"].as_str() < second["run"].as_str(), "ids sort by time");

    // The same as tables.
    let told = world.rows("p.toml", "SELECT run, outcome, appended, log_version, unchanged FROM runs ORDER BY started");
    assert_eq!(
        (&told[0]["run"], &told[0]["outcome"], &told[1]["unchanged"]),
        (&first["run"], &"succeeded".into(), &true.into())
    );
    let sums = world.sql(
        "p.toml",
        "SELECT source, sum(read) AS read, sum(appended + duplicates + conflicts + rejected + not_ours + filtered) AS kept \
         FROM run_sources GROUP BY source ORDER BY source",
    );
    for line in sums.lines().skip(1) {
        let [_, read, kept] = line.split(',').collect::<Vec<_>>()[..] else { panic!("{sums}") };
        assert!(read == kept && read != "0", "{sums}");
    }
    let listed = world.muster(&["runs", "p.toml", "--last", "1"]);
    assert!(listed.out.contains(second["run"].as_str().unwrap()) && listed.out.contains("(1 row)"), "{}", listed.out);
    let shown = world.muster(&["runs", "show", "p.toml", first["run"].as_str().unwrap()]);
    assert!(shown.code == 0 && shown.out.contains("guild") && shown.out.contains("succeeded"), "{shown:?}");
}

#[test]
fn a_source_that_failed_is_recorded_with_what_to_do() {
    let world = world(NOTES);
    assert_eq!(world.muster(&["run", "p.toml"]).code, 3);
    let run = &runs(&world)[0];
    assert_eq!((&run["outcome"], &run["exit"]), (&"incomplete".into(), &3.into()));
    let failure = &run["sources"][1]["failure"];
    assert!(failure["message"].as_str().unwrap().contains("meetings"), "{run}");
    assert!(!failure["hint"].as_str().unwrap().is_empty(), "{run}");
    let shown = world.muster(&["runs", "p.toml", "show"]);
    assert!(shown.code == 1 && shown.out.contains("incomplete") && shown.out.contains("  = "), "{shown:?}");
    let failed = world.sql("p.toml", "SELECT source FROM run_sources WHERE message IS NOT NULL");
    assert_eq!(failed, "source\nguild\n");
    let unknown = world.muster(&["runs", "p.toml", "show", "1999"]);
    assert!(unknown.code == 2 && unknown.err.contains("there is no run \"1999\""), "{}", unknown.err);
    assert_eq!(world.muster(&["runs", "show"]).code, 2);
}

/// A source that is asked and never answers: the run is under way until it is ended.
fn hanging(world: &World) -> (TcpListener, Command) {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", server.local_addr().unwrap());
    let source =
        format!("[[source]]\nkind = \"github\"\nname = \"hub\"\nrepositories = [\"acme/lantern\"]\nurl = \"{url}\"\n");
    let before = world.read("p.toml");
    world.write("p.toml", before + &source);
    let mut command = world.command(&["run", "p.toml"]);
    command.env("GITHUB_TOKEN", "x").stdout(Stdio::piped()).stderr(Stdio::piped());
    (server, command)
}

#[test]
fn a_run_that_was_stopped_says_so_and_one_that_was_killed_is_given_up() {
    let world = world(&notify_command("[\"failure\", \"recovery\"]"));
    world.write("tell.sh", SCRIPT);
    let without = world.read("p.toml");
    let (server, mut command) = hanging(&world);
    let child = command.spawn().unwrap();
    let _asked = server.accept().unwrap();
    assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
    let stopped = ran(&child.wait_with_output().unwrap());
    assert_eq!(stopped.code, 143, "{}", stopped.err);
    assert!(stopped.err.contains("the next run goes on from there"), "{}", stopped.err);
    assert_eq!(runs(&world)[0]["outcome"], "stopped");

    let mut child = command.env("MUSTER_RUN_ID", "ours-1").spawn().unwrap();
    while runs(&world)[0]["run"] != "ours-1" {
        assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!((&runs(&world)[0]["outcome"], &runs(&world)[0]["run"]), (&"unfinished".into(), &"ours-1".into()));
    assert!(!world.path("told-1.json").exists(), "a stop is no failure, and nobody could tell of the kill yet");

    let close = ["runs", "p.toml", "close", "--why", "out of memory"];
    let closed = world.muster(&close);
    assert!(closed.code == 0 && closed.err.contains("1 given up"), "{}", closed.err);
    let run = &runs(&world)[0];
    assert_eq!((&run["outcome"], &run["exit"]), (&"broken_off".into(), &Value::Null));
    let told: Value = serde_json::from_str(&world.read("told-1.json")).unwrap();
    assert!(told["text"].as_str().unwrap().contains("out of memory"), "{told}");
    assert!(world.muster(&close).err.contains("0 given up"), "it has its end");
    assert!(world.muster(&["runs", "p.toml", "close", "never-was"]).err.contains("0 given up"));

    world.write("p.toml", without);
    assert_eq!(world.muster(&["run", "p.toml"]).code, 0);
    let told: Value = serde_json::from_str(&world.read("told-2.json")).unwrap();
    assert_eq!((&told["about"], &told["failed_runs"]), (&"recovery".into(), &1.into()));
    assert!(told["text"].as_str().unwrap().contains("out of memory"), "{told}");
}

/// Keeps what it was told: message and variables, numbered.
const SCRIPT: &str = "#!/bin/sh\nn=1\nwhile [ -e told-$n.json ]; do n=$((n + 1)); done\ncat > told-$n.json\n\
    env | grep ^MUSTER_ | grep -v ^MUSTER_TEXT > told-$n.env\n[ -e broken ] && { echo 'no paper, says ada@mail.example' >&2; exit 4; }\nexit 0\n";

fn notify_command(on: &str) -> String {
    format!("[[notify]]\non = {on}\ncommand = [\"sh\", \"tell.sh\"]\ntries = 1\n")
}

#[test]
fn a_claim_that_changed_its_verdict_is_told_to_a_command() {
    let world =
        world(&(CLAIM.to_owned() + &notify_command("[\"verdict\"]") + "link = \"https://acme.example/report.html\"\n"));
    world.write("tell.sh", SCRIPT);
    assert_eq!(world.muster(&["run", "p.toml"]).code, 0);
    assert_eq!(world.muster(&["run", "p.toml"]).code, 0);
    assert!(!world.path("told-1.json").exists(), "a first verdict is no change, and the same verdict is none");
    world.write("archive/b.json", opened(2, "bob"));
    // From another folder: the command runs in the pipeline's.
    std::fs::create_dir(world.path("elsewhere")).unwrap();
    let mut command = world.command(&["run", "../p.toml"]);
    let told = ran(&command.current_dir(world.path("elsewhere")).output().unwrap());
    assert!(told.code == 0 && told.err.contains("verdict told to command sh"), "{}", told.err);
    let message: Value = serde_json::from_str(&world.read("told-1.json")).unwrap();
    let change = &message["claims"][0];
    assert_eq!((&change["id"], &change["before"], &change["now"]), (&"one".into(), &"holds".into(), &"fails".into()));
    assert_eq!(change["figures_now"][0], "latency.issues_open 2");
    let text = message["text"].as_str().unwrap();
    assert!(
        text.contains("There is 1 open issue.") && text.ends_with("report: https://acme.example/report.html"),
        "{text}"
    );
    let variables = world.read("told-1.env");
    assert!(
        variables.contains("MUSTER_ABOUT=verdict\n") && variables.contains("MUSTER_PROJECT=lantern\n"),
        "{variables}"
    );
    let verdicts = world.sql("p.toml", "SELECT verdict FROM run_claims ORDER BY started");
    assert_eq!(verdicts, "verdict\nholds\nholds\nfails\n");
    // Looking back is no news.
    assert_eq!(world.muster(&["run", "p.toml", "--as-of", "1"]).code, 0);
    assert!(!world.path("told-2.json").exists());

    // A command that fails: the run does not, it is said, recorded, and told again after the next run.
    world.write("broken", "");
    world.write("archive/c.json", opened(3, "cyd"));
    world.write("p.toml", world.read("p.toml").replace("value = 1", "value = 3"));
    let unheard = world.muster(&["run", "p.toml"]);
    assert!(unheard.code == 0 && unheard.err.contains("was not told about the verdict"), "{}", unheard.err);
    let failed = &runs(&world)[0]["notified"][0]["failed"];
    let failed = failed.as_str().unwrap();
    assert!(failed.contains("no paper") && !failed.contains("ada@mail.example"), "{failed}");
    std::fs::remove_file(world.path("broken")).unwrap();
    assert!(world.muster(&["run", "p.toml"]).err.contains("verdict told to command sh"));
    assert!(!world.muster(&["run", "p.toml"]).err.contains("told to"));
}

/// A server that keeps what it is sent, and answers as it is told to.
#[derive(Clone, Default)]
struct Book(Arc<Mutex<(Vec<Sent>, VecDeque<u16>)>>);

/// What a request had.
type Sent = (HeaderMap, Value, Vec<u8>);

impl Book {
    fn open() -> (Self, SocketAddr, tokio::runtime::Runtime) {
        let book = Self::default();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let routes = Router::new().route("/hooks/{secret}", post(receive)).with_state(book.clone());
        runtime.spawn(async move { axum::serve(listener, routes).await });
        (book, address, runtime)
    }

    fn answers(&self, statuses: &[u16]) {
        self.0.lock().unwrap().1.extend(statuses);
    }

    /// What came since this was asked last.
    fn came(&self) -> Vec<(HeaderMap, Value, Vec<u8>)> {
        std::mem::take(&mut self.0.lock().unwrap().0)
    }
}

async fn receive(State(book): State<Book>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let mut book = book.0.lock().unwrap();
    book.0.push((headers, serde_json::from_slice(&body).unwrap(), body.to_vec()));
    book.1.pop_front().and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(StatusCode::OK)
}

/// An address that is a secret, a header and a signature.
fn with_secrets(world: &World, address: SocketAddr, arguments: &[&str]) -> Ran {
    let mut command = world.command(arguments);
    command
        .env("HOOK", format!("http://{address}/hooks/T0PSECRET"))
        .env("TOKEN", "Bearer hush")
        .env("KEY", "sesame-9f");
    ran(&command.output().unwrap())
}

const HOOK: &str =
    "[[notify]]\nurl = \"env:HOOK\"\nheaders_env = { Authorization = \"TOKEN\" }\nsecret_env = \"KEY\"\n";

#[test]
fn a_failure_is_told_once_and_so_is_the_recovery() {
    let world = world(&format!("{NOTES}{HOOK}"));
    let (book, address, _server) = Book::open();
    let run = |more: &[&str]| with_secrets(&world, address, &[&["run", "p.toml"], more].concat());

    let first = run(&[]);
    assert_eq!(first.code, 3, "{}", first.err);
    let came = book.came();
    let [(headers, message, body)] = &came[..] else { panic!("{came:?}") };
    assert_eq!(
        (&message["about"], &message["project"], &message["exit"]),
        (&"failure".into(), &"lantern".into(), &3.into())
    );
    assert_eq!((&message["failures"][0]["source"], &message["failed_runs"]), (&"guild".into(), &1.into()));
    let text = message["text"].as_str().unwrap();
    for words in
        ["lantern (p.toml)", "is incomplete", "failing since", "source guild", "\n  = ", "report: ", "report.html"]
    {
        assert!(text.contains(words), "{words:?} is not in {text:?}");
    }
    assert_eq!(headers["authorization"], "Bearer hush");
    assert_eq!(headers["content-type"], "application/json");
    let mut mac = Hmac::<Sha256>::new_from_slice(b"sesame-9f").unwrap();
    mac.update(body);
    let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(headers["x-muster-signature-256"], format!("sha256={hex}"));

    assert_eq!((run(&[]).code, book.came().len()), (3, 0), "the same failure is not told again");
    // Another one is. The archive is a file now that is no archive's folder.
    std::fs::rename(world.path("archive"), world.path("elsewhere")).unwrap();
    run(&[]);
    let came = book.came();
    assert_eq!((came.len(), &came[0].1["failed_runs"]), (1, &3.into()));
    assert_eq!(came[0].1["failures"].as_array().unwrap().len(), 2);
    std::fs::rename(world.path("elsewhere"), world.path("archive")).unwrap();
    world.write("meetings/2025-03-06.md", "# Meeting 2025-03-06\n\n## Attendees\n\n- Mira Tal\n");
    assert_eq!(run(&[]).code, 0);
    let came = book.came();
    assert_eq!((came.len(), &came[0].1["about"], &came[0].1["failed_runs"]), (1, &"recovery".into(), &3.into()));
    assert!(came[0].1["text"].as_str().unwrap().contains("works again"), "{:?}", came[0].1);
    assert_eq!((run(&[]).code, book.came().len()), (0, 0));

    // Nothing that is secret is anywhere.
    let logged = run(&["--log-format", "json", "--log-level", "debug"]);
    let history: Vec<u8> = log_files(&world).1.into_iter().flat_map(|(_, bytes)| bytes).collect();
    let all = first.err
        + &logged.err
        + &String::from_utf8(history).unwrap()
        + &world.muster(&["runs", "p.toml", "--json"]).out;
    for secret in ["T0PSECRET", "hush", "sesame-9f"] {
        assert!(!all.contains(secret), "{secret}");
    }
    assert!(all.contains("the address in $HOOK"), "{all}");
}

#[test]
fn who_does_not_answer_is_asked_again_and_a_message_that_got_lost_is_told_after_the_next_run() {
    let world = world(&format!("{NOTES}{HOOK}tries = 2\ntimeout = \"5s\"\n"));
    let (book, address, server) = Book::open();
    book.answers(&[500, 200]);
    let ran = with_secrets(&world, address, &["run", "p.toml"]);
    assert_eq!((ran.code, book.came().len()), (3, 2), "{}", ran.err);
    assert_eq!(runs(&world)[0]["notified"][0]["attempts"], 2);

    world.write("meetings/2025-03-06.md", "# Meeting 2025-03-06\n\n## Attendees\n\n- Mira Tal\n");
    book.answers(&[404, 404]);
    let ran = with_secrets(&world, address, &["run", "p.toml"]);
    assert!(ran.code == 0 && ran.err.contains("status 404; tried 2 times"), "{}", ran.err);
    book.came();
    let ran = with_secrets(&world, address, &["run", "p.toml"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(book.came()[0].1["about"], "recovery", "it got lost, and may still be believed to fail");

    drop(server);
    std::fs::remove_dir_all(world.path("meetings")).unwrap();
    let ran = with_secrets(&world, address, &["run", "p.toml"]);
    assert!(ran.code == 3 && ran.err.contains("was not told about the failure"), "{}", ran.err);
    assert!(!ran.err.contains("T0PSECRET"), "{}", ran.err);
    let unset = world.muster(&["run", "p.toml"]);
    assert!(
        unset.code == 3 && unset.err.contains("the environment variable KEY is not set")
            || unset.err.contains("the environment variable HOOK is not set"),
        "{}",
        unset.err
    );
}

#[test]
fn a_log_that_cannot_be_opened_is_told_too() {
    let world = world(&notify_command("[\"failure\"]"));
    world.write("tell.sh", SCRIPT);
    world.write("log", "no folder");
    assert_eq!(world.muster(&["run", "p.toml"]).code, 2);
    let told: Value = serde_json::from_str(&world.read("told-1.json")).unwrap();
    assert!(told["text"].as_str().unwrap().contains("log"), "{told}");
}

#[test]
fn a_history_that_cannot_be_written_is_said_and_stops_nothing() {
    let world = world("");
    world.write("log/_muster/runs", "no folder");
    let ran = world.muster(&["run", "p.toml"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("warning: the run history is not complete"), "{}", ran.err);
    assert!(world.read("out/metrics.csv").contains("latency.issues_open"));
}

#[test]
fn logs_for_operators_are_json_and_nothing_else_and_hold_no_address() {
    let world = world("[[source]]\nkind = \"notes\"\nname = \"guild\"\npath = \"gone/ada@mail.example\"\n");
    let ran = world.muster(&["run", "p.toml", "--log-format", "json"]);
    assert_eq!(ran.code, 3);
    let lines: Vec<Value> = ran
        .err
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    let said =
        |message: &str| lines.iter().find(|line| line["message"] == message).unwrap_or_else(|| panic!("{}", ran.err));
    let id = &said("run started")["run"];
    assert_eq!((&said("run finished")["run"], &said("run finished")["outcome"]), (id, &"incomplete".into()));
    assert_eq!(
        (&said("source collected")["source"], &said("source collected")["appended"]),
        (&"archive".into(), &1.into())
    );
    assert_eq!((&said("source failed")["level"], &said("source failed")["source"]), (&"ERROR".into(), &"guild".into()));
    assert!(said("metrics computed")["cells"].as_u64() > Some(0), "{}", ran.err);
    let history: Vec<u8> = log_files(&world).1.into_iter().flat_map(|(_, bytes)| bytes).collect();
    assert!(!ran.err.contains("ada@mail") && !String::from_utf8(history).unwrap().contains("ada@mail"), "{}", ran.err);

    // Of a command that cannot do its work the message is a line, too.
    let wrong = world.muster(&["runs", "none.toml", "--log-format", "json"]);
    let line: Value = serde_json::from_str(wrong.err.trim()).unwrap();
    assert!(wrong.code == 2 && line["message"].as_str().unwrap().contains("none.toml"), "{}", wrong.err);
    // For people everything is as it was, with lines for operators among them where they are asked for.
    let text = ran_with(&world, "warn");
    assert!(
        text.err.contains("collect  ") && text.err.contains("ERROR") && !text.err.contains(" INFO "),
        "{}",
        text.err
    );
    let unknown = ran_with(&world, "loud");
    assert!(unknown.code == 2 && unknown.err.contains("MUSTER_LOG is \"loud\""), "{}", unknown.err);
}

fn ran_with(world: &World, level: &str) -> Ran {
    ran(&world.command(&["run", "p.toml"]).env("MUSTER_LOG", level).output().unwrap())
}

#[test]
fn monitoring_asks_over_http_and_ends_with_a_signal() {
    let world = world("");
    assert_eq!(world.muster(&["run", "p.toml"]).code, 0);
    let mut child =
        world.command(&["runs", "p.toml", "--listen", "127.0.0.1:0"]).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = std::io::BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    std::io::BufRead::read_line(&mut said, &mut line).unwrap();
    let address =
        line.split("http://").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_else(|| panic!("{line}"));
    for (path, words) in [("/healthz", "well"), ("/readyz", "ready p.toml"), ("/metrics", "muster_last_run_failed{")] {
        let mut stream = TcpStream::connect(address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains(words), "{answer}");
    }
    assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
#[ignore = "needs Python with prometheus_client, whose folder MUSTER_PEERS names; .ci/run installs it"]
#[allow(clippy::disallowed_methods, reason = "where Python's packages are is the machine's affair")]
fn prometheus_own_reader_takes_the_metrics() {
    let world = world(NOTES);
    world.muster(&["run", "p.toml"]);
    let metrics = world.muster(&["runs", "p.toml", "--prometheus"]);
    world.write("metrics.prom", &metrics.out);
    let python = Path::new(&std::env::var("MUSTER_PEERS").unwrap()).join("bin/python");
    let read = "import sys\nfrom prometheus_client.parser import text_string_to_metric_families as read\n\
        found = {family.name: family for family in read(open(sys.argv[1]).read())}\n\
        [sample] = [s for s in found['muster_source_failed'].samples if s.labels['source'] == 'guild']\n\
        assert sample.value == 1 and sample.labels['project'] == 'lantern', sample\n\
        assert found['muster_runs'].type == 'counter' and all(family.documentation for family in found.values())\n\
        print(len(found))\n";
    let output = Command::new(python).args(["-c", read]).arg(world.path("metrics.prom")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let families: usize = String::from_utf8(output.stdout).unwrap().trim().parse().unwrap();
    assert_eq!(families, metrics.out.matches("# TYPE ").count());
}
