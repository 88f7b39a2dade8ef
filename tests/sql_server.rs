//! `muster sql` at a prompt and `muster serve --sql`: a real server over the demo, and a real client.

use crate::support::{Ran, World, ran};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;
use tokio_postgres::{Client, NoTls, SimpleQueryMessage};

/// The demo, run once for all tests that only read it.
pub struct Demo {
    world: World,
}

pub fn pipeline() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipelines/demo.toml")
}

pub fn demo() -> &'static Demo {
    static DEMO: OnceLock<Demo> = OnceLock::new();
    DEMO.get_or_init(|| {
        let world = World::new();
        let ran = world.muster(&with_places("run", &[]).iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(ran.code, 0, "{}", ran.err);
        Demo { world }
    })
}

/// A command over the demo, whose log and outputs lie in the folder of the test.
fn with_places(command: &str, more: &[&str]) -> Vec<String> {
    let file = pipeline().to_string_lossy().into_owned();
    let mut words: Vec<String> =
        [command, &file, "--set", "project.log=log", "--set", "project.out=out"].map(str::to_owned).to_vec();
    words.extend(more.iter().map(|word| (*word).to_owned()));
    words
}

impl Demo {
    pub fn command(&self, command: &str, more: &[&str]) -> Command {
        let words = with_places(command, more);
        self.world.command(&words.iter().map(String::as_str).collect::<Vec<_>>())
    }

    pub fn sql(&self, more: &[&str]) -> Ran {
        ran(&self.command("sql", more).output().unwrap())
    }

    /// `muster sql` with something on standard input.
    fn piped(&self, more: &[&str], input: &str) -> Ran {
        let mut command = self.command("sql", more);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        ran(&child.wait_with_output().unwrap())
    }
}

/// The server, listening; killed at the end where it did not end itself.
pub struct Server {
    child: Child,
    pub port: u16,
    said: BufReader<ChildStderr>,
}

impl Server {
    pub fn start(more: &[&str]) -> Self {
        Self::of(demo().command("serve", &[&["--sql", "127.0.0.1:0"], more].concat()))
    }

    pub fn of(mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let mut all = String::new();
        let port = loop {
            let mut line = String::new();
            assert!(said.read_line(&mut line).unwrap() > 0, "{all}");
            let address = line.split("listening on postgresql://").nth(1).and_then(|rest| rest.split('/').next());
            if let Some(port) = address.and_then(|address| address.rsplit(':').next()) {
                break port.parse().unwrap();
            }
            all.push_str(&line);
        };
        Self { child, port, said }
    }

    pub async fn client(&self) -> Client {
        self.connect("").await.unwrap()
    }

    async fn connect(&self, more: &str) -> Result<Client, tokio_postgres::Error> {
        let address = format!("host=127.0.0.1 port={} user=tester dbname=muster {more}", self.port);
        let (client, connection) = tokio_postgres::connect(&address, NoTls).await?;
        tokio::spawn(connection);
        Ok(client)
    }

    /// Ends it as a service manager does; what it said.
    pub fn end(mut self) -> String {
        self.ask_to_end();
        let mut said = String::new();
        self.said.read_to_string(&mut said).unwrap();
        assert_eq!(self.child.wait().unwrap().code(), Some(0), "{said}");
        said
    }

    fn ask_to_end(&self) {
        assert!(Command::new("kill").arg(self.child.id().to_string()).status().unwrap().success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The rows of an answer as text.
async fn rows(client: &Client, sql: &str) -> Vec<Vec<String>> {
    let messages = client.simple_query(sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    let row = |message: &SimpleQueryMessage| match message {
        SimpleQueryMessage::Row(row) => {
            Some((0..row.len()).map(|cell| row.get(cell).unwrap_or_default().to_owned()).collect())
        }
        _ => None,
    };
    messages.iter().filter_map(row).collect()
}

async fn value(client: &Client, sql: &str) -> String {
    rows(client, sql).await[0][0].clone()
}

fn code(error: &tokio_postgres::Error) -> &str {
    error.code().unwrap_or_else(|| panic!("{error:?}")).code()
}

fn message(error: &tokio_postgres::Error) -> &str {
    error.as_db_error().unwrap_or_else(|| panic!("{error:?}")).message()
}

/// Refused with this code, in either protocol; and the connection goes on.
async fn refused(client: &Client, sql: &str, with: &str) {
    let error = client.simple_query(sql).await.expect_err(sql);
    assert_eq!(code(&error), with, "{sql}: {}", message(&error));
    let error = client.query(sql, &[]).await.expect_err(sql);
    assert_eq!(code(&error), with, "{sql}: {}", message(&error));
    assert_eq!(value(client, "SELECT 1").await, "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_can_be_changed_through_the_server() {
    let server = Server::start(&[]);
    let client = server.client().await;
    let before = value(&client, "SELECT count(*) FROM contributions").await;
    let target = demo().world.path("stolen.csv");
    let target = target.display();
    for sql in [
        "DROP TABLE contributions".to_owned(),
        "DROP SCHEMA growth CASCADE".to_owned(),
        "INSERT INTO contributions SELECT * FROM contributions".to_owned(),
        "UPDATE metrics SET value = 1".to_owned(),
        "DELETE FROM events".to_owned(),
        "CREATE TABLE t AS SELECT 1".to_owned(),
        "CREATE VIEW v AS SELECT 1".to_owned(),
        "SELECT 1 AS a INTO t".to_owned(),
        "WITH x AS (SELECT 1) INSERT INTO metrics SELECT * FROM x".to_owned(),
        format!("COPY contributions TO '{target}'"),
        format!("COPY (SELECT 1) TO '{target}'"),
        "COPY contributions TO STDOUT".to_owned(),
        "COPY metrics FROM STDIN".to_owned(),
        "EXPLAIN ANALYZE CREATE TABLE t AS SELECT 1".to_owned(),
        "PREPARE p AS DELETE FROM events".to_owned(),
    ] {
        let error = client.simple_query(&sql).await.expect_err(&sql);
        assert!(["25006", "42601", "0A000"].contains(&code(&error)), "{sql}: {} {}", code(&error), message(&error));
        let error = client.query(&sql, &[]).await.expect_err(&sql);
        assert!(["25006", "42601", "0A000"].contains(&code(&error)), "{sql}: {} {}", code(&error), message(&error));
    }
    refused(&client, "DROP TABLE contributions", "25006").await;
    // Several statements are looked at before the first is answered; only one can be prepared.
    let error = client.simple_query("SELECT 1; DROP TABLE contributions; SELECT 2").await.unwrap_err();
    assert_eq!(code(&error), "25006");
    assert_eq!(code(&client.query("SELECT 1; SELECT 2", &[]).await.unwrap_err()), "42601");
    assert_eq!(rows(&client, "SELECT 1; SELECT 2").await, [["1"], ["2"]]);
    // A cursor is no way around.
    let error =
        client.simple_query("DECLARE c CURSOR FOR WITH x AS (SELECT 1) INSERT INTO metrics SELECT * FROM x").await;
    assert!(["25006", "42601", "0A000"].contains(&code(&error.unwrap_err())));
    assert_eq!(value(&client, "SELECT count(*) FROM contributions").await, before);
    assert!(!demo().world.path("stolen.csv").exists());
    server.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_outside_the_outputs_can_be_read() {
    let server = Server::start(&[]);
    let client = server.client().await;
    let inside = demo().world.path("out/tables/people.parquet");
    for sql in [
        format!("SELECT * FROM '{}'", inside.display()),
        format!("SELECT * FROM \"{}\"", inside.display()),
        format!("SELECT * FROM read_parquet('{}')", inside.display()),
        format!("SELECT * FROM parquet_metadata('{}')", inside.display()),
        "SELECT * FROM read_csv('/etc/passwd')".to_owned(),
        "SELECT * FROM 'file:///etc/passwd'".to_owned(),
        "SELECT * FROM 'https://example.org/x.parquet'".to_owned(),
        "SELECT pg_read_file('/etc/passwd')".to_owned(),
        "SELECT lo_import('/etc/passwd')".to_owned(),
        "CREATE EXTERNAL TABLE t STORED AS CSV LOCATION '/etc/passwd'".to_owned(),
        "LOAD '/tmp/x.so'".to_owned(),
    ] {
        let error = client.simple_query(&sql).await.expect_err(&sql);
        let with = code(&error);
        assert!(["42P01", "42883", "42601", "25006", "42000"].contains(&with), "{sql}: {with} {}", message(&error));
    }
    for (sql, with) in [
        ("SET datafusion.catalog.location = '/etc'", "42501"),
        ("SET datafusion.runtime.memory_limit = '100G'", "42501"),
        ("SET session_preload_libraries = 'x'", "42704"),
        ("SET TIME ZONE 'Europe/Berlin'", "0A000"),
        ("SET SESSION AUTHORIZATION postgres", "0A000"),
    ] {
        refused(&client, sql, with).await;
    }
    server.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_looks_back_by_a_setting() {
    let server = Server::start(&[]);
    let client = server.client().await;
    let count = "SELECT count(*) FROM contributions";
    let (now, shown) = (value(&client, count).await, value(&client, "SHOW muster.as_of").await);
    assert_eq!(shown, "2026-01-01T00:00:00Z");
    client.simple_query("SET muster.as_of = '2025-06-01'").await.unwrap();
    let then = value(&client, count).await;
    // The same as on the command line.
    let ran = demo().sql(&[count, "--as-of", "2025-06-01", "--format", "csv"]);
    assert_eq!(ran.out.lines().nth(1), Some(then.as_str()), "{}", ran.err);
    assert!(then.parse::<u64>().unwrap() < now.parse().unwrap(), "{then} {now}");
    assert_eq!(value(&client, "SELECT as_of()").await, "2025-06-01 00:00:00.000000+00");
    assert_eq!(
        value(&client, "SELECT max(as_of) FROM (SELECT as_of() AS as_of FROM events LIMIT 1) t").await,
        "2025-06-01 00:00:00.000000+00"
    );
    // Others stay where they are; and one may begin there.
    let other = server.client().await;
    assert_eq!(value(&other, count).await, now);
    let begun = server.connect("options='-c muster.as_of=2025-06-01'").await.unwrap();
    assert_eq!(value(&begun, count).await, then);
    client.simple_query("RESET muster.as_of").await.unwrap();
    assert_eq!(value(&client, count).await, now);
    client.simple_query("SET muster.as_of = 'soon'").await.unwrap();
    let error = client.simple_query(count).await.unwrap_err();
    assert!(message(&error).contains("soon") && message(&error).contains("version of the log"), "{}", message(&error));
    client.simple_query("DISCARD ALL").await.unwrap();
    assert_eq!(value(&client, count).await, now);
    server.end();
}

/// Ways to get at an address, and the words by which one would know that they worked.
const DETOURS: [&str; 9] = [
    "SELECT actor FROM events",
    "SELECT data FROM events",
    "SELECT id, subject, source, url FROM events",
    "SELECT array_agg(actor) FROM events",
    "SELECT named_struct('a', actor) FROM events",
    "SELECT reverse(actor) FROM events",
    "SELECT encode(actor::bytea, 'hex') FROM events",
    "SELECT replace(actor, '@', ' at ') FROM events",
    "SELECT account, name FROM signatures",
];

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_has_an_address_unless_it_was_asked_for() {
    // What is in the demo, as it would look after each detour.
    let domain = "northwind.example";
    let reversed: String = domain.chars().rev().collect();
    let hex: String = domain.bytes().map(|byte| format!("{byte:02x}")).collect();
    let words = [format!("@{domain}"), format!("{reversed}@"), format!("40{hex}"), format!("at {domain}")];
    let found = |all: Vec<Vec<String>>| {
        let text = format!("{all:?}");
        words.iter().any(|word| text.contains(word))
    };
    let server = Server::start(&[]);
    let client = server.client().await;
    for sql in DETOURS {
        assert!(!found(rows(&client, sql).await), "{sql}");
    }
    for sql in [
        "SELECT actor FROM events WHERE actor LIKE '%@northwind%'",
        "SELECT 1 FROM events WHERE strpos(data, '@northwind') > 0",
    ] {
        assert!(rows(&client, sql).await.is_empty(), "{sql}");
    }
    server.end();
    let server = Server::start(&["--private"]);
    let client = server.client().await;
    for sql in DETOURS.into_iter().filter(|sql| !sql.contains("id, subject")) {
        assert!(found(rows(&client, sql).await), "{sql} shows nothing even with --private");
    }
    server.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_takes_too_much_is_stopped_and_the_others_go_on() {
    let server = Server::start(&[
        "--sql-query-memory",
        "32",
        "--sql-memory",
        "64",
        "--sql-seconds",
        "4",
        "--sql-rows",
        "1000",
        "--sql-connections",
        "6",
    ]);
    let client = server.client().await;
    let other = server.client().await;
    let going = tokio::spawn(async move {
        for _ in 0..40 {
            assert_eq!(value(&other, "SELECT count(*) > 0 FROM contributions").await, "t");
        }
    });
    for hog in [
        "SELECT a.value FROM generate_series(1, 20000000) a ORDER BY a.value DESC LIMIT 5 OFFSET 10000000",
        "SELECT count(*) FROM (SELECT value * 7919 % 10000019 AS v, count(*) FROM generate_series(1, 20000000) GROUP BY 1) t",
        "SELECT array_agg(value) FROM generate_series(1, 20000000)",
        "SELECT count(*) FROM generate_series(1, 5000000) a JOIN generate_series(1, 5000000) b ON a.value = b.value",
    ] {
        let error = client.simple_query(hog).await.expect_err(hog);
        assert_eq!(code(&error), "53200", "{hog}: {}", message(&error));
        assert!(message(&error).contains("memory"), "{hog}: {}", message(&error));
    }
    refused(&client, "SELECT repeat('x', 2000000000)", "53200").await;
    refused(&client, "SELECT value FROM generate_series(1, 1001)", "54000").await;
    assert_eq!(rows(&client, "SELECT value FROM generate_series(1, 1000)").await.len(), 1000);
    let long = "SELECT count(*) FROM generate_series(1, 1000) a, generate_series(1, 10000000000) b WHERE a.value + b.value = 0";
    let hasty = Server::start(&["--sql-seconds", "1"]);
    let error = hasty.client().await.simple_query(long).await.unwrap_err();
    assert_eq!((code(&error), message(&error)), ("57014", "the query took longer than 1s and was stopped"));
    hasty.end();
    client.simple_query("SET statement_timeout = '300ms'").await.unwrap();
    assert!(message(&client.query(long, &[]).await.unwrap_err()).contains("300ms"));
    client.simple_query("RESET statement_timeout").await.unwrap();
    // Somebody else asks for its end.
    let cancel = client.cancel_token();
    let stopper = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(300)).await;
        cancel.cancel_query(NoTls).await.unwrap();
    });
    let error = client.simple_query(long).await.unwrap_err();
    assert_eq!((code(&error), message(&error)), ("57014", "the query was cancelled, as you asked"));
    stopper.await.unwrap();
    assert_eq!(value(&client, "SELECT 1").await, "1");
    going.await.unwrap();
    let mut more = Vec::new();
    let error = loop {
        match server.connect("").await {
            Ok(client) => more.push(client),
            Err(error) => break error,
        }
    };
    assert_eq!((code(&error), message(&error)), ("53300", "6 are connected, which is the limit"));
    server.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_knows_types_gets_them() {
    let server = Server::start(&[]);
    let client = server.client().await;
    let sql = "SELECT name, count(*) AS n, bool_or(is_bot) AS bot, avg(1.5) AS f FROM contributions WHERE kind = $1 AND person <> $2 \
               GROUP BY name HAVING count(*) > $3 ORDER BY n DESC LIMIT 1";
    let statement = client.prepare(sql).await.unwrap();
    for _ in 0..2 {
        let row = client.query_one(&statement, &[&"commit", &"github:nobody", &1_i64]).await.unwrap();
        let (name, n, bot, f): (String, i64, bool, f64) = (row.get(0), row.get(1), row.get(2), row.get(3));
        assert!(!name.is_empty() && n > 1 && !bot && f == 1.5, "{name} {n} {bot} {f}");
    }
    let time = std::time::UNIX_EPOCH + Duration::from_secs(1_750_000_000);
    let later: i64 = client.query_one("SELECT count(*) FROM events WHERE time > $1", &[&time]).await.unwrap().get(0);
    let all: i64 = client.query_one("SELECT count(*) FROM events", &[]).await.unwrap().get(0);
    assert!(later > 0 && later < all, "{later} {all}");
    let row = client
        .query_one("SELECT max(opened_at), min(closed_at) FROM issues WHERE number = $1", &[&1_i64])
        .await
        .unwrap();
    let opened: std::time::SystemTime = row.get(0);
    assert_eq!(opened, std::time::UNIX_EPOCH + Duration::from_secs(1_736_503_200), "2025-01-10T10:00:00Z");
    let list: Vec<Option<String>> = client
        .query_one("SELECT array_agg(DISTINCT kind ORDER BY kind) FROM contributions WHERE NOT counts", &[])
        .await
        .unwrap()
        .get(0);
    assert!(list.contains(&Some("meeting".to_owned())), "{list:?}");
    let text =
        rows(&client, "SELECT make_array(make_array(1)), map(['a'], [1]), arrow_cast('x', 'Dictionary(Int32, Utf8)')")
            .await;
    assert_eq!(text[0][2], "x", "{text:?}");
    for (sql, with) in [
        ("SELECT * FROM contribution", "42P01"),
        ("SELECT persn FROM contributions", "42703"),
        ("SELEC 1", "42601"),
        ("SELECT no_such_thing(1)", "42883"),
        ("SELECT 1 / (count(*) - count(*)) FROM events", "22012"),
        ("FETCH 1 FROM nothing", "34000"),
    ] {
        let error = client.simple_query(sql).await.expect_err(sql);
        assert_eq!(code(&error), with, "{sql}: {}", message(&error));
    }
    server.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_can_be_taken_in_parts() {
    let server = Server::start(&[]);
    let mut client = server.client().await;
    let all = rows(&client, "SELECT event_id FROM contributions ORDER BY time, event_id, kind, account").await;
    client
        .simple_query(
            "BEGIN; DECLARE c CURSOR FOR SELECT event_id FROM contributions ORDER BY time, event_id, kind, account",
        )
        .await
        .unwrap();
    let mut taken = rows(&client, "FETCH 3 FROM c").await;
    taken.extend(rows(&client, "FETCH NEXT FROM c").await);
    taken.extend(rows(&client, "FETCH FORWARD ALL FROM c").await);
    assert_eq!(taken, all);
    assert!(rows(&client, "FETCH 1 FROM c").await.is_empty());
    let error = client.simple_query("FETCH PRIOR FROM c").await.unwrap_err();
    assert!(message(&error).contains("forward only"));
    // The mistake failed the transaction, as everywhere.
    assert_eq!(code(&client.simple_query("SELECT 1").await.unwrap_err()), "25P02");
    client.simple_query("ROLLBACK").await.unwrap();
    assert_eq!(value(&client, "SELECT 1").await, "1");
    let transaction = client.transaction().await.unwrap();
    let portal = transaction
        .bind("SELECT event_id FROM contributions ORDER BY time, event_id, kind, account", &[])
        .await
        .unwrap();
    let mut taken: Vec<Vec<String>> = Vec::new();
    loop {
        let part = transaction.query_portal(&portal, 50).await.unwrap();
        taken.extend(part.iter().map(|row| vec![row.get::<_, String>(0)]));
        if part.len() < 50 {
            break;
        }
    }
    assert_eq!(taken, all);
    transaction.commit().await.unwrap();
    server.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_from_outside_needs_a_password() {
    let open = demo().command("serve", &["--sql", "0.0.0.0:0"]).env_remove("MUSTER_SQL_PASSWORD").output().unwrap();
    assert_eq!(open.status.code(), Some(2));
    let said = String::from_utf8_lossy(&open.stderr);
    assert!(said.contains("can be reached from outside") && said.contains("--sql-password-file"), "{said}");
    let mut command = demo().command("serve", &["--sql", "0.0.0.0:0"]);
    command.env("MUSTER_SQL_PASSWORD", "a word of nobodys");
    let server = Server::of(command);
    assert_eq!(
        value(
            &server.connect("password='a word of nobodys'").await.unwrap_or_else(|error| panic!("{error:?}")),
            "SELECT 1"
        )
        .await,
        "1"
    );
    let error = server.connect("password=wrong").await.unwrap_err();
    assert_eq!(code(&error), "28P01");
    assert!(server.connect("").await.is_err());
    server.end();
    let other = Server::start(&[]);
    let address = format!("host=127.0.0.1 port={} user=tester dbname=postgres", other.port);
    let error = tokio_postgres::connect(&address, NoTls).await.err().unwrap();
    assert_eq!((code(&error), message(&error)), ("3D000", "there is no database \"postgres\""));
    other.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn new_outputs_are_seen_without_a_restart_but_not_within_a_transaction() {
    let world = World::new();
    let metrics = "[metrics]\nonly = [\"growth.active_contributors\"]\nwindows = [\"quarter\"]\n";
    let project = "[project]\nname = \"lantern\"\nlog = \"log\"\nout = \"out\"\nas_of = \"2026-01-01\"\n";
    let listed = |names: &[&str]| {
        let row = |name: &&str| format!("| {name} | [@{0}](https://github.com/{0}) | Acme |\n", name.to_lowercase());
        let rows: String = names.iter().map(row).collect();
        format!("# Maintainers\n\n| Name | GitHub | Company |\n| --- | --- | --- |\n{rows}")
    };
    world.write("rosters/2025-01-01-MAINTAINERS.md", listed(&["Ada"]));
    let source = "[[source]]\nkind = \"roster\"\nrepository = \"acme/lantern\"\npath = \"rosters\"\n";
    world.write("p.toml", format!("{project}{metrics}{source}"));
    assert_eq!(world.muster(&["run", "p.toml"]).code, 0);
    let both = ["serve", "p.toml", "--sql", "127.0.0.1:0", "--webhooks", "--listen", "127.0.0.1:0"];
    let mut command = world.command(&both);
    command.env("GITHUB_WEBHOOK_SECRET", "a secret of nobody's");
    let mut server = Server::of(command);
    let (client, within) = (server.client().await, server.client().await);
    let names = "SELECT count(*) FROM maintainers";
    within.simple_query("BEGIN").await.unwrap();
    let before = value(&within, names).await;
    assert_eq!(value(&client, names).await, before);
    world.write("rosters/2025-06-01-MAINTAINERS.md", listed(&["Ada", "Bo"]));
    assert_eq!(world.muster(&["run", "p.toml"]).code, 0);
    let mut seen = before.clone();
    for _ in 0..50 {
        tokio::time::sleep(Duration::from_millis(200)).await;
        seen = value(&client, names).await;
        if seen != before {
            break;
        }
    }
    assert_ne!(seen, before, "the new outputs were not seen");
    within.simple_query("COMMIT").await.unwrap();
    assert_eq!(value(&within, names).await, seen);
    // Asked to end, it finishes what it is answering.
    let last = tokio::spawn(async move { rows(&client, "SELECT count(*) FROM generate_series(1, 30000000)").await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    server.ask_to_end();
    assert_eq!(last.await.unwrap(), [["30000000"]]);
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
}

#[test]
fn statements_on_standard_input_are_answered_one_after_the_other() {
    let ran =
        demo().piped(&["--format", "csv"], "SELECT 1 AS a; SELECT\n  'x;y' AS b;\n\\d maintainer_terms\nSELECT 3 AS c");
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.replace('\r', "").starts_with("a\n1\nb\nx;y\nmaintainer_terms: "), "{}", ran.out);
    assert!(
        ran.out.contains("timestamp with time zone") && ran.out.replace('\r', "").ends_with("c\n3\n"),
        "{}",
        ran.out
    );
    let ran = demo().piped(&[], "\\d\n\\x\nSELECT 1 AS one, 'a' AS letter;\n\\timing\nSELECT 2;\n\\q\nSELECT 99;");
    assert_eq!(ran.code, 0, "{}", ran.err);
    for said in [
        "events",
        "growth.active_contributors",
        "  Contributions, one row a person and act",
        "-- 1\none     1\nletter  a",
        " ms\n",
    ] {
        assert!(ran.out.contains(said), "{said}: {}", ran.out);
    }
    assert!(!ran.out.contains("99"), "{}", ran.out);
    let ran = demo().piped(&[], "SELECT 1;\nSELECT nothing FROM nowhere;\nSELECT 3;");
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("nowhere") && !ran.out.contains('3'), "{} {}", ran.out, ran.err);
    let ran = demo().piped(&[], "\\examples newcomers\n\\nothing\n");
    assert!(ran.out.contains("Who came in the last 365 days") && ran.out.contains("Fatima Haddad"), "{}", ran.out);
    assert_eq!((ran.code, ran.err.contains("there is no command \\nothing")), (2, true));
    // Addresses are masked there too, also in lists.
    let ran = demo().piped(
        &["--format", "csv"],
        "SELECT array_agg(actor) FROM events; SELECT arrow_cast(actor, 'Binary') FROM events;",
    );
    assert!(ran.code == 0 && !ran.out.contains("@northwind.example"), "{}", ran.err);
}

/// Other people's clients: a virtual environment with psycopg and the jar of the JDBC driver, and psql itself.
fn clients() -> PathBuf {
    let folder =
        std::env::var_os("MUSTER_SQL_CLIENTS").expect("MUSTER_SQL_CLIENTS names the folder that .ci/run prepares");
    PathBuf::from(folder)
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/sql_clients").join(name)
}

fn well(output: &std::process::Output) {
    let [out, err] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    assert!(output.status.success(), "{out}\n{err}");
    eprintln!("{out}");
}

#[test]
#[ignore = "needs psql, which .ci/run installs"]
fn psql_finds_its_way() {
    clients();
    let server = Server::start(&[]);
    let examples = script("../../queries/examples");
    well(&Command::new("bash").arg(script("psql.sh")).arg(server.port.to_string()).arg(examples).output().unwrap());
    server.end();
}

#[test]
#[ignore = "needs psql and openssl, which .ci/run installs"]
fn certificates_let_in_who_has_one() {
    clients();
    let world = World::new();
    well(&Command::new("bash").arg(script("certificates.sh")).arg(world.path("")).output().unwrap());
    let file = |name: &str| world.path(name).to_string_lossy().into_owned();
    let (certificate, key, ca) = (file("server.pem"), file("server.key"), file("ca.pem"));
    let server = Server::start(&["--tls-cert", &certificate, "--tls-key", &key, "--client-ca", &ca]);
    let ask = |more: &str| {
        let address = format!("host=127.0.0.1 port={} user=tester dbname=muster sslrootcert={ca} {more}", server.port);
        Command::new("psql").args([&address, "-Atc", "SELECT 1"]).output().unwrap()
    };
    let with = format!("sslmode=verify-ca sslcert={} sslkey={}", file("client.pem"), file("client.key"));
    assert_eq!(String::from_utf8_lossy(&ask(&with).stdout), "1\n", "{:?}", ask(&with));
    let foreign = format!("sslmode=verify-ca sslcert={} sslkey={}", file("foreign.pem"), file("foreign.key"));
    for without in ["sslmode=verify-ca sslcert=none sslkey=none", "sslmode=disable", foreign.as_str()] {
        assert!(!ask(without).status.success(), "{without}");
    }
    server.end();
    let mut command = demo().command("serve", &["--sql", "127.0.0.1:0", "--tls-cert", &certificate, "--tls-key", &key]);
    command.env("MUSTER_SQL_PASSWORD", "word");
    let server = Server::of(command);
    let address = format!("host=127.0.0.1 port={} user=tester dbname=muster sslmode=require", server.port);
    let ask = |password: &str| {
        Command::new("psql").args([&address, "-Atc", "SELECT 1"]).env("PGPASSWORD", password).output().unwrap()
    };
    assert_eq!(String::from_utf8_lossy(&ask("word").stdout), "1\n", "{:?}", ask("word"));
    assert!(!ask("other").status.success());
    server.end();
}

#[test]
#[ignore = "needs psycopg, which .ci/run installs"]
fn psycopg_reads_everything_and_the_prompt_answers_at_a_terminal() {
    let python = clients().join("venv/bin/python");
    let server = Server::start(&[]);
    let examples = script("../../queries/examples");
    well(
        &Command::new(&python)
            .arg(script("psycopg_client.py"))
            .arg(server.port.to_string())
            .arg(examples)
            .output()
            .unwrap(),
    );
    server.end();
    let words = with_places(env!("CARGO_BIN_EXE_muster"), &[]);
    let mut command = Command::new(&python);
    command.arg(script("terminal.py")).arg(&words[0]).arg("sql").args(&words[1..]);
    well(
        &command.current_dir(demo().world.path("")).env("XDG_STATE_HOME", demo().world.path("state")).output().unwrap(),
    );
}

#[test]
#[ignore = "needs Java and the JDBC driver, which .ci/run installs"]
fn jdbc_reads_everything() {
    let jar = clients().join("postgresql.jar");
    let server = Server::start(&[]);
    let mut command = Command::new("java");
    command
        .arg("-cp")
        .arg(jar)
        .arg(script("Jdbc.java"))
        .arg(server.port.to_string())
        .arg(script("../../queries/examples"));
    well(&command.output().unwrap());
    server.end();
}

#[test]
#[ignore = "50 clients for a minute, which .ci/run has, and psycopg, which it installs"]
fn fifty_clients_ask_for_a_minute_without_an_error_beside_one_that_asks_for_too_much() {
    let python = clients().join("venv/bin/python");
    let server = Server::start(&["--sql-query-memory", "64", "--sql-memory", "512"]);
    let mut command = Command::new(&python);
    command.arg(script("many.py")).arg(server.port.to_string()).arg(script("../../queries/examples")).arg("60");
    well(&command.output().unwrap());
    server.end();
}
