//! The real data, and the generated data whose truth is known.

use crate::support::{World, shared};
use serde_json::Value;
use std::fmt::Write as _;
use std::process::Command;

const BUNDLES: [(&str, u64); 7] = [
    ("dragonfly", 3244),
    ("community", 126),
    ("client", 1714),
    ("nydus", 3621),
    ("api", 638),
    ("helm-charts", 486),
    ("console", 263),
];

fn project(name: &str, sources: &[String]) -> String {
    format!(
        "[project]\nname = \"{name}\"\nlog = \"{name}-log\"\nout = \"{name}-out\"\nas_of = \"2026-09-01\"\n{}\
         [metrics]\nwindows = [\"quarter\", \"365d\"]\n",
        sources.concat()
    )
}

fn source(kind: &str, name: &str, more: &str, path: &str) -> String {
    let path = shared().join(path);
    format!("[[source]]\nkind = \"{kind}\"\nname = \"{name}\"\n{more}path = '{}'\n", path.display())
}

fn bundles() -> Vec<String> {
    BUNDLES
        .iter()
        .map(|(name, _)| {
            let more = format!("repository = \"dragonflyoss/{name}\"\n");
            source("git", &format!("git-{name}"), &more, &format!("git/dragonflyoss-{name}.bundle"))
        })
        .collect()
}

fn roster(repository: &str) -> String {
    let more = format!("repository = \"dragonflyoss/{repository}\"\n");
    source("roster", &format!("roster-{repository}"), &more, &format!("maintainers/dragonflyoss-{repository}"))
}

fn kubernetes() -> String {
    source("gharchive", "kubernetes", "", "events/gharchive-kubernetes-2017")
}

/// Every source's records are accounted for; gives (read, appended) of each.
fn conserved(report: &Value) -> Vec<(u64, u64)> {
    let sources = report["sources"].as_array().unwrap();
    sources
        .iter()
        .map(|source| {
            let count = |key: &str| source[key].as_u64().unwrap();
            let keys = ["appended", "duplicates", "conflicts", "rejected", "not_ours", "filtered"];
            assert_eq!(count("read"), keys.iter().map(|key| count(key)).sum::<u64>(), "{source}");
            (count("read"), count("appended"))
        })
        .collect()
}

#[test]
#[ignore = "reads ../shared/data, which is not part of the repository; .ci/run runs it"]
fn the_kubernetes_hours_are_all_accounted_for() {
    let world = World::new();
    world.write("p.toml", project("k8s", &[kubernetes()]));
    let report = world.report(0, &["collect", "p.toml"]);
    conserved(&report);
    let source = &report["sources"][0];
    let count = |key: &str| source[key].as_u64().unwrap();
    assert_eq!((count("read"), count("not_ours"), count("rejected")), (5747, 47, 0), "{source}");
    assert_eq!(count("appended") + count("duplicates") + count("conflicts"), 5700, "{source}");
    let again = world.report(0, &["collect", "p.toml"]);
    assert_eq!(conserved(&again), [(0, 0)]);
    assert_eq!(world.report(0, &["log", "p.toml", "verify"])["findings"].as_array().unwrap().len(), 0);
}

#[test]
#[ignore = "reads ../shared/data, which is not part of the repository; .ci/run runs it"]
fn answers_of_the_events_api_and_single_records_are_read() {
    let world = World::new();
    let api = source("gharchive", "api", "", "events/events-api");
    let single = source("gharchive", "single", "", "events/gharchive-single");
    world.write("p.toml", project("api", &[api, single]));
    let report = world.report(0, &["collect", "p.toml"]);
    let counts = conserved(&report);
    assert_eq!((counts[0].0, counts[1].0), (140, 2), "{report}");
    assert_eq!(report["sources"][0]["rejected"].as_u64().zip(report["sources"][1]["rejected"].as_u64()), Some((0, 0)));
}

#[test]
#[ignore = "reads ../shared/data, which is not part of the repository; .ci/run runs it"]
fn the_rosters_give_the_maintainers_of_the_day() {
    for (repository, day, maintainers, organisations) in [
        ("community", "2025-12-05", 12.0, 7.0),
        ("community", "2026-03-12", 15.0, 8.0),
        ("dragonfly", "2024-01-12", 12.0, 7.0),
    ] {
        let world = World::new();
        world.write("p.toml", project("roster", &[roster(repository)]));
        let run = world.muster(&["run", "p.toml", "--as-of", day]);
        assert_eq!(run.code, 0, "{}", run.err);
        let rows = world.rows(
            "p.toml",
            "SELECT metric, value FROM metrics WHERE metric IN ('governance.listed_maintainers', \
             'governance.maintainer_organizations') AND \"window\" = '365d' AND \"group\" = '' \
             ORDER BY metric",
        );
        let values: Vec<f64> = rows.iter().filter_map(|row| row["value"].as_f64()).collect();
        assert_eq!(values, [maintainers, organisations], "{repository} as of {day}: {rows:?}");
    }
}

#[test]
#[ignore = "reads ../shared/data, which is not part of the repository; .ci/run runs it"]
fn seven_bundles_give_their_commits_once() {
    let world = World::new();
    world.write("p.toml", project("git", &bundles()));
    let report = world.report(0, &["collect", "p.toml"]);
    conserved(&report);
    for (name, commits) in BUNDLES {
        let query = format!(
            "SELECT count(*) AS n FROM events WHERE type = 'commit.authored' AND subject LIKE 'git:dragonflyoss/{name}@%'"
        );
        assert_eq!(world.rows("p.toml", &query)[0]["n"], commits, "{name}");
    }
    let again = world.report(0, &["collect", "p.toml"]);
    assert!(conserved(&again).iter().all(|(_, appended)| *appended == 0), "{again}");
    assert_eq!(again["log"], report["log"], "not even a version");
}

#[test]
#[ignore = "reads ../shared/data, which is not part of the repository; .ci/run runs it"]
fn all_sources_forwards_and_backwards_give_the_same_tables() {
    let world = World::new();
    let mut sources = bundles();
    sources.extend([roster("community"), roster("dragonfly"), kubernetes()]);
    sources.push(source("gharchive", "api", "", "events/events-api"));
    world.write("a.toml", project("a", &sources));
    sources.reverse();
    world.write("b.toml", project("b", &sources));
    conserved(&world.report(0, &["run", "a.toml"]));
    conserved(&world.report(0, &["run", "b.toml"]));
    let (a, b) = (world.tree("a-out/tables"), world.tree("b-out/tables"));
    let different: Vec<_> =
        a.iter().filter(|(name, bytes)| b.get(*name) != Some(bytes)).map(|(name, _)| name).collect();
    assert!(different.is_empty() && a.len() == b.len(), "{different:?}");
}

fn generated(world: &World, events: &str) -> std::path::PathBuf {
    let made = Command::new("python3")
        .arg(shared().join("make_gharchive.py"))
        .args(["--events", events, "--out"])
        .arg(world.path("generated"))
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    world.path("generated")
}

/// Another program's SQL over the log's own files gives the same rows, with the same columns.
#[allow(clippy::disallowed_methods, reason = "where Python's packages are is the machine's affair")]
fn tables_and_populations_are_those_of_duckdb(world: &World) {
    let venv = std::env::var("MUSTER_READERS").expect("MUSTER_READERS, the folder of a venv with duckdb");
    let script = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../benchmarks/duckdb_populations.py");
    let mut command = Command::new(std::path::Path::new(&venv).join("bin/python"));
    command.arg(script).arg(world.path("")).args(["--as-of", "2026-10-01", "--tables", "--compare"]);
    let compared = command.output().unwrap();
    let [out, err] = [&compared.stdout, &compared.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    assert!(compared.status.success(), "{out}{err}");
}

#[test]
#[ignore = "reads ../shared/data, which is not part of the repository; .ci/run runs it"]
fn the_planted_truth_is_found_figure_by_figure() {
    let world = World::new();
    truth_is_found(&world, "100000", "");
    tables_and_populations_are_those_of_duckdb(&world);
}

#[test]
#[ignore = "reads ../shared/data, which is not part of the repository; .ci/run runs it"]
fn the_planted_truth_of_a_million_events_is_found_figure_by_figure() {
    let figures = ["contributors", "new_contributors", "issues_opened"].map(str::to_owned).into_iter();
    let waited =
        ["first_response", "close"].iter().flat_map(|what| ["median", "p85", "p95"].map(|it| format!("{what}_{it}")));
    let only: Vec<String> = figures.chain(waited).map(|figure| format!("truth.{figure}")).collect();
    truth_is_found(&World::new(), "1000000", &format!("only = {only:?}\n"));
}

/// Runs muster over a generated community, with these lines in `[metrics]`, and holds its figures against truth.json.
fn truth_is_found(world: &World, events: &str, metrics: &str) {
    let folder = generated(world, events);
    let truth: Value = serde_json::from_str(&std::fs::read_to_string(folder.join("truth.json")).unwrap()).unwrap();
    let own = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/metrics");
    world.write(
        "p.toml",
        format!(
            "[project]\nname = \"planted\"\nlog = \"log\"\nout = \"out\"\nas_of = \"2026-10-01\"\n[[source]]\nkind = \"gharchive\"\n\
             path = '{}/*.json.gz'\n[metrics]\nfolder = '{}'\nwindows = [\"quarter\"]\n{metrics}",
            folder.display(),
            own.display()
        ),
    );
    let report = world.report(0, &["run", "p.toml"]);
    assert_eq!(conserved(&report)[0].0, truth["lines"].as_u64().unwrap());
    assert_eq!(report["sources"][0]["rejected"], 0);
    assert_eq!(report["sources"][0]["conflicts"], 0);
    let rows = world.rows(
        "p.toml",
        "SELECT substr(metric, 7) AS figure, \"window\", value, n FROM metrics WHERE metric LIKE 'truth.%' AND \"group\" = ''",
    );
    let mut wrong = String::new();
    let mut compared = 0;
    for quarter in truth["quarters"].as_array().unwrap() {
        let window = quarter["quarter"].as_str().unwrap().replace('-', "");
        let row = |figure: &str| rows.iter().find(|row| row["figure"] == figure && row["window"] == window.as_str());
        let mut compare = |figure: &str, column: &str, expected: &Value| {
            let found = row(figure).and_then(|row| row[column].as_f64());
            compared += 1;
            if found != expected.as_f64() {
                let _ = writeln!(wrong, "{window} {figure} {column}: {found:?}, truth {expected}");
            }
        };
        for figure in ["contributors", "new_contributors", "issues_opened"] {
            compare(figure, "value", &quarter[figure]);
        }
        for figure in ["first_response", "close"] {
            compare(&format!("{figure}_median"), "n", &quarter[figure]["n"]);
            for point in ["median", "p85", "p95"] {
                compare(&format!("{figure}_{point}"), "value", &quarter[figure][format!("{point}_s")]);
            }
        }
    }
    assert!(wrong.is_empty() && compared >= 99, "{compared} figures compared\n{wrong}");
}
