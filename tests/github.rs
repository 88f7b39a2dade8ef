//! GitHub, live, from the API to a figure: the real program against a server of our own, as there is no other GitHub here.

use crate::support::{FEW, Ran, World};
use muster_test_github::{Access, Faults, Options, Plan, Server, Token, TokenState, World as Hub, generate};
use std::process::Stdio;
use std::time::Duration;

fn at(text: &str) -> muster_model::Timestamp {
    text.parse().unwrap()
}

/// Ada asks, Bob answers and closes; a pull request of Bob's is reviewed and merged by Ada.
fn hub() -> Hub {
    let mut hub = Hub::new();
    hub.add_repository("acme/lantern", at("2025-01-01T00:00:00Z"));
    let issue = hub.open_issue("acme/lantern", "ada", at("2025-02-01T12:00:00Z"), "It is dark");
    hub.comment("acme/lantern", issue, "bob", at("2025-02-03T12:00:00Z"), "Light it.");
    hub.close("acme/lantern", issue, "bob", at("2025-02-04T12:00:00Z"));
    let pull = hub.open_pull_request("acme/lantern", "bob", at("2025-02-05T12:00:00Z"), "Light");
    hub.review("acme/lantern", pull, "ada", at("2025-02-06T12:00:00Z"), muster_test_github::ReviewState::Approved);
    hub.merge("acme/lantern", pull, "ada", at("2025-02-07T12:00:00Z"));
    hub.release("acme/lantern", "ada", at("2025-02-08T12:00:00Z"), "v1.0");
    hub
}

fn pipeline(server: &Server, name: &str, more: &str) -> String {
    format!(
        "[project]\nname = \"lantern\"\nlog = \"{name}-log\"\nout = \"{name}-out\"\nas_of = \"2026-01-01\"\n\
         [[source]]\nkind = \"github\"\nname = \"hub\"\nrepositories = [\"acme\"]\nurl = \"{}\"\n{more}{FEW}",
        server.url()
    )
}

fn muster(world: &World, token: &str, arguments: &[&str]) -> Ran {
    crate::support::ran(&world.command(arguments).env("GITHUB_TOKEN", token).output().unwrap())
}

fn report(world: &World, arguments: &[&str]) -> serde_json::Value {
    let ran = muster(world, "token", &[arguments, &["--json"]].concat());
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}", ran.err))
}

#[test]
fn what_the_api_says_becomes_figures_that_say_how_complete_they_are() {
    let (world, server) = (World::new(), Server::start(hub(), Options::default()));
    let quarters = "[metrics]\nwindows = [\"quarter\"]\n";
    world.write("p.toml", pipeline(&server, "p", "").replace("[metrics]\n", quarters));
    let ran = muster(&world, "token", &["run", "p.toml"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let value = |metric: &str| {
        let question = format!(
            "SELECT value, completeness FROM metrics WHERE metric = '{metric}' AND \"group\" = '' AND \"window\" = '2025Q1'"
        );
        world.sql("p.toml", &question).lines().nth(1).unwrap_or("no such cell").to_owned()
    };
    assert_eq!(value("growth.active_contributors"), "2,1");
    assert_eq!(value("latency.issue_first_response"), "2,1");
    assert_eq!(value("latency.issue_close"), "3,1");
    let kinds = "SELECT kind, name FROM contributions WHERE counts ORDER BY kind, name";
    assert_eq!(
        world.sql("p.toml", kinds),
        "kind,name\ncomment,bob\nissue,ada\nmerge,ada\nmerged_pull_request,bob\npull_request,bob\nrelease,ada\nreview,ada\n"
    );
    assert_eq!(world.sql("p.toml", "SELECT min(share) AS share FROM completeness"), "share\n1\n");
    assert!(!ran.err.contains("token\""), "{}", ran.err);
}

#[test]
fn a_second_run_asks_little_and_brings_what_changed_meanwhile() {
    let (world, server) = (World::new(), Server::start(hub(), Options::default()));
    world.write("p.toml", pipeline(&server, "p", ""));
    assert_eq!(muster(&world, "token", &["run", "p.toml"]).code, 0);
    let (outputs, asked) = (world.tree("p-out"), server.requests().len());
    let again = report(&world, &["run", "p.toml"]);
    assert_eq!(again["sources"][0]["appended"], 0, "{again}");
    assert_eq!(world.tree("p-out"), outputs);
    // One for the list of repositories, three for the repository.
    let second = server.requests().len() - asked;
    assert!(second <= 4, "{second} requests for nothing new");
    server.update(|hub| hub.reopen("acme/lantern", 1, "ada", at("2025-03-01T12:00:00Z")));
    server.update(|hub| hub.comment("acme/lantern", 1, "eve", at("2025-03-02T12:00:00Z"), "Still dark."));
    assert_eq!(report(&world, &["collect", "p.toml"])["sources"][0]["conflicts"], 0);
    let since = "SELECT type, actor FROM events WHERE time > '2025-02-20' AND type NOT LIKE 'source.%' ORDER BY time";
    assert_eq!(world.sql("p.toml", since), "type,actor\nissue.reopened,github:ada\nissue.commented,github:eve\n");
}

#[test]
fn a_bad_token_is_an_error_and_the_other_sources_are_complete() {
    let options = Options { tokens: vec![Token::new("old").state(TokenState::Revoked)], ..Options::default() };
    let (world, server) = (World::new(), Server::start(hub(), options));
    world.write("notes/2025-03-05.md", "# Meeting\n\n## Attendees\n\n- Ada (Acme)\n");
    let notes = "[[source]]\nkind = \"notes\"\nname = \"crew\"\npath = \"notes\"\n";
    world.write("p.toml", pipeline(&server, "p", notes));
    for token in ["old", "made up"] {
        let ran = muster(&world, token, &["run", "p.toml"]);
        assert_eq!(ran.code, 3, "{}", ran.err);
        assert!(ran.err.contains("GitHub refused") && ran.err.contains("401"), "{}", ran.err);
        assert!(!ran.err.contains(token) || token == "old", "{}", ran.err);
    }
    let unset = world.command(&["run", "p.toml"]).env_remove("GITHUB_TOKEN").output().unwrap();
    assert_eq!(unset.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&unset.stderr).contains("there is no token in $GITHUB_TOKEN"));
    let kinds = "SELECT DISTINCT split_part(source, ':', 1) AS kind FROM events";
    assert_eq!(world.sql("p.toml", kinds), "kind\nnotes\n");
}

#[test]
fn a_repository_that_is_gone_stops_no_other() {
    let mut hub = hub();
    for (name, access) in
        [("acme/gone", Access::Gone), ("acme/barred", Access::Blocked), ("acme/shut", Access::Forbidden)]
    {
        hub.add_repository(name, at("2025-01-01T00:00:00Z")).access = access;
    }
    let (world, server) = (World::new(), Server::start(hub, Options::default()));
    let named = pipeline(&server, "p", "")
        .replace("[\"acme\"]", "[\"acme/gone\", \"acme/barred\", \"acme/shut\", \"acme/lantern\"]");
    world.write("p.toml", named);
    let ran = muster(&world, "token", &["run", "p.toml"]);
    for name in ["acme/gone", "acme/barred", "acme/shut"] {
        assert!(world.read("p-out/evidence/rejected.csv").contains(name), "{name}: {}", ran.err);
    }
    assert_eq!(world.sql("p.toml", "SELECT count(*) AS n FROM issues"), "n\n1\n");
}

#[test]
fn a_run_that_may_ask_little_says_what_it_lacks_and_the_next_goes_on() {
    let plan = Plan { items: 400, comments: 800, people: 20, ..Plan::default() };
    let (world, server) = (World::new(), Server::start(generate(plan), Options::default()));
    world.write("whole.toml", pipeline(&server, "whole", ""));
    assert_eq!(muster(&world, "token", &["run", "whole.toml"]).code, 0);
    let all = "[metrics]\nwindows = [\"all\"]\n";
    world.write("p.toml", pipeline(&server, "p", "max_requests = 4\n").replace("[metrics]\n", all));
    let first = muster(&world, "token", &["run", "p.toml"]);
    assert!([0, 3].contains(&first.code), "{}", first.err);
    let low = "SELECT count(*) > 0 AS low FROM metrics WHERE note LIKE '%of what the source states is collected%'";
    assert_eq!(world.sql("p.toml", low), "low\ntrue\n", "{}", first.err);
    for _ in 0..40 {
        muster(&world, "token", &["collect", "p.toml"]);
    }
    muster(&world, "token", &["compute", "p.toml"]);
    assert_eq!(world.sql("p.toml", low), "low\nfalse\n");
    same_tables(&world, "whole", "p");
}

#[test]
fn what_github_does_to_a_collection_and_a_kill_do_not_show_in_the_tables() {
    let plan = || generate(Plan { items: 300, comments: 900, people: 20, seed: 7, ..Plan::default() });
    let world = World::new();
    let calm = Server::start(plan(), Options::default());
    world.write("calm.toml", pipeline(&calm, "calm", ""));
    assert_eq!(muster(&world, "token", &["run", "calm.toml"]).code, 0);
    let faults = Faults { kinds: quick_faults(), ..Faults::percent(5, 11) };
    let rough = Server::start(plan(), Options { faults, latency: Duration::from_millis(5), ..Options::default() });
    world.write("rough.toml", pipeline(&rough, "rough", "concurrency = 2\n"));
    for kill in 0..6u64 {
        let mut child = world
            .command(&["collect", "rough.toml"])
            .env("GITHUB_TOKEN", "token")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(120 + 90 * kill));
        let _ = child.kill();
        child.wait().unwrap();
    }
    let ran = muster(&world, "token", &["run", "rough.toml"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    same_tables(&world, "calm", "rough");
}

/// Those that end by themselves at once: what only a time-out ends is tested where the time-out can be made short.
fn quick_faults() -> Vec<muster_test_github::Fault> {
    use muster_test_github::Fault;
    vec![
        Fault::BadGateway,
        Fault::Reset,
        Fault::Truncated,
        Fault::CutJson,
        Fault::Empty,
        Fault::Html,
        Fault::GraphqlError,
    ]
}

/// Completeness apart: it says when GitHub was asked.
fn same_tables(world: &World, one: &str, other: &str) {
    let tables = |name: &str| {
        let mut tree = world.tree(&format!("{name}-out/tables"));
        tree.remove("completeness.parquet");
        tree
    };
    let (one, other) = (tables(one), tables(other));
    let different: Vec<_> = one.iter().filter(|(name, bytes)| other[*name] != **bytes).map(|(name, _)| name).collect();
    assert!(one.len() > 20 && different.is_empty(), "{different:?} differ");
}
