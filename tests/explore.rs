//! Looking into figures: trace, explain, compare, metrics, as-of; the user's own metrics and their mistakes; interchange.

use crate::archive::{PIPELINE, community, opened};
use crate::support::{Ran, World};
use serde_json::Value;
use std::path::Path;

const ACTIVE: &str = "growth.active_contributors";

fn computed() -> World {
    let world = World::new();
    world.write("p.toml", PIPELINE);
    world.write("archive/all.json", community());
    well(&world.muster(&["run", "p.toml"]));
    world
}

#[track_caller]
fn well(ran: &Ran) {
    assert_eq!(ran.code, 0, "{}", ran.err);
}

#[track_caller]
fn says(text: &str, words: &[&str]) {
    words.iter().for_each(|word| assert!(text.contains(word), "{word:?} is not in\n{text}"));
}

/// Front matter and a SELECT.
fn metric(statistic: &str, more: &str, select: &str) -> String {
    format!(
        "/*---\nversion = 1\ntitle = \"Mine\"\ndefinition = \"d\"\nsource = \"s\"\nunit = \"people\"\nstatistic = \"{statistic}\"\n\
         windows = [\"quarter\", \"365d\"]\n{more}\n---*/\n{select}\n"
    )
}

const MINE: &str = "SELECT c.event_id, c.time, c.person, c.name, c.is_bot, c.kind, c.repository, c.url\n\
                    FROM contributions c WHERE c.counts";

fn demo() -> (World, String) {
    let world = World::new();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipelines/demo.toml").to_string_lossy().into_owned();
    well(&world.muster(&["run", &file, "--set", "project.log=log", "--set", "project.out=out"]));
    (world, file)
}

#[test]
fn every_cell_of_the_demo_is_made_of_its_rows() {
    let (world, file) = demo();
    let sets = ["--set", "project.log=log", "--set", "project.out=out"];
    let ran = world.muster(&[&["trace", &file, "--every"], &sets[..]].concat());
    well(&ran);
    assert_eq!(ran.out, "");
    let cells = csv::Reader::from_reader(world.read("out/metrics.csv").as_bytes()).into_records().count();
    says(&ran.err, &[&format!("{cells} cells of "), "; 0 do not come out"]);
    // Outputs that somebody changed are found out.
    let population = |id: &str| format!("out/populations/{id}.parquet");
    let swapped = std::fs::read(world.path(&population("meetings.attendance"))).unwrap();
    std::fs::remove_file(world.path(&population("meetings.organizations_per_meeting"))).unwrap();
    let other = std::fs::read(world.path(&population("chat.threads"))).unwrap();
    assert_ne!(swapped, other);
    world.write(&population(ACTIVE), std::fs::read(world.path(&population("growth.new_contributors"))).unwrap());
    let broken = world.muster(&[&["trace", &file, ACTIVE, "--every"], &sets[..]].concat());
    assert_ne!(broken.code, 0, "{}{}", broken.out, broken.err);
}

#[test]
fn a_trace_names_the_smallest_set_and_says_who_still_waits() {
    let world = computed();
    let trace = |metric: &str, more: &[&str]| {
        let ran = world.muster(&[&["trace", "p.toml", metric, "--window", "365d"], more].concat());
        well(&ran);
        ran
    };
    let factor = "diversity.contributor_absence_factor";
    let members: Vec<Value> = serde_json::from_str(&trace(factor, &["--members", "--json"]).out).unwrap();
    let set: Vec<&str> =
        members.iter().filter(|one| one["in_set"] == true).map(|one| one["name"].as_str().unwrap()).collect();
    let value = world.rows(
        "p.toml",
        &format!("SELECT value FROM metrics WHERE metric = '{factor}' AND \"window\" = '365d' AND \"group\" = ''"),
    );
    assert_eq!(value[0]["value"].as_f64(), Some(set.len() as f64));
    let rows: Vec<Value> = serde_json::from_str(&trace(factor, &["--json"]).out).unwrap();
    let inside = rows.iter().filter(|row| row["in_set"] == true).count();
    assert!(rows.iter().all(|row| row["in_set"] == set.contains(&row["person"].as_str().unwrap())));
    assert!(inside * 2 >= rows.len() && inside < rows.len(), "{inside} of {}", rows.len());
    says(&trace(factor, &[]).out, &["cumulative", set[0], "event_id"]);

    let ran = trace("latency.issue_close", &["--json"]);
    let rows: Vec<Value> = serde_json::from_str(&ran.out).unwrap();
    let waiting = rows.iter().filter(|row| row["still_waiting"] == true).count();
    says(&ran.err, &[&format!("{waiting} still waiting")]);
    assert!(waiting > 0 && waiting < rows.len());
    let seconds = |row: &Value| row["seconds_to_close"].as_str().unwrap().parse::<f64>().unwrap();
    assert!(rows.iter().all(|row| (row["days"].as_f64().unwrap() - seconds(row) / 86_400.0).abs() < 1e-9));
    says(trace("latency.issue_close", &["--format", "csv"]).out.lines().next().unwrap(), &["days,still_waiting"]);
}

#[test]
fn a_trace_in_markdown_links_its_events_and_escapes_what_is_hostile() {
    let world = computed();
    world.write(
        "queries/own/hostile.sql",
        metric(
            "count",
            "",
            "SELECT c.event_id, c.time, '<img src=x onerror=alert(1)> | [a](javascript:x)\n# h' AS name, \
             'ada@mail.example' AS written, 'https://h.example/)![](x' AS url FROM contributions c WHERE c.counts",
        ),
    );
    well(&world.muster(&["run", "p.toml"]));
    let ran = world.muster(&["trace", "p.toml", "own.hostile", "--window", "365d", "--format", "markdown"]);
    well(&ran);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(lines[..2], ["| event_id | time | name | written |", "| --- | --- | --- | --- |"]);
    says(
        lines[2],
        &[
            "](https://h.example/%29!%5B%5D%28x)",
            "&lt;img src=x onerror=alert(1)&gt; \\| \\[a\\](javascript:x) # h",
            " | #",
        ],
    );
    assert!(lines.iter().all(|line| !line.contains("<img") && !line.contains("mail.example")), "{}", ran.out);
    let csv = world.muster(&["trace", "p.toml", "own.hostile", "--window", "365d", "--format", "csv"]);
    assert!(!csv.out.contains("mail.example"), "{}", csv.out);
}

#[test]
fn explain_tells_what_a_metric_counts_and_what_it_says_now() {
    let world = computed();
    let ran = world.muster(&["explain", "p.toml", "latency.issue_first_response"]);
    well(&ran);
    says(
        &ran.out,
        &[
            "Time to first response, issues · days · lower is better",
            "Kaplan-Meier",
            "latency.issue_first_response v1",
            "source   CHAOSS",
            "reads    issues, people",
            "queries/metrics/latency/issue_first_response.sql",
            "2025Q1",
            "still waiting",
            "WHERE NOT i.author_is_bot",
        ],
    );
    let json = world.report(0, &["explain", "p.toml", ACTIVE]);
    let cells = world.rows(
        "p.toml",
        &format!("SELECT value, n FROM metrics WHERE metric = '{ACTIVE}' AND \"window\" = '365d' AND \"group\" = ''"),
    );
    let last = json["values"].as_array().unwrap().iter().find(|value| value["window"] == "365d").unwrap();
    assert_eq!((last["value"].as_f64(), last["n"].as_i64()), (cells[0]["value"].as_f64(), cells[0]["n"].as_i64()));
    assert_eq!(json["reads"], serde_json::json!(["contributions"]));
    let unknown = world.muster(&["explain", "p.toml", "growth.active_contributor"]);
    assert_eq!(unknown.code, 2);
    says(&unknown.err, &["did you mean growth.active_contributors?"]);
}

#[test]
fn a_metric_of_ones_own_appears_everywhere_and_may_read_another() {
    let world = computed();
    let first = metric(
        "count_distinct",
        "value = \"person\"\n[parameters]\nleast = 2",
        &format!(
            "WITH busy AS (SELECT person, count(*) AS n FROM {ACTIVE} GROUP BY person)\n\
         SELECT a.event_id, a.time, a.person, a.repository, a.url FROM {ACTIVE} a JOIN busy b ON b.person = a.person WHERE b.n >= $least"
        ),
    );
    world.write("queries/own/busy.sql", first);
    well(&world.muster(&["run", "p.toml"]));
    let listed = world.report(0, &["metrics", "p.toml"]);
    let own = listed.as_array().unwrap().iter().find(|one| one["metric"] == "own.busy").unwrap();
    assert!(own["from"].as_str().unwrap().ends_with("own/busy.sql"), "{own}");
    says(&world.muster(&["metrics", "p.toml"]).out, &["own.busy", ACTIVE, "kaplan_meier", "quarter, 365d"]);
    let explained = world.report(0, &["explain", "p.toml", "own.busy"]);
    assert_eq!(explained["reads_metrics"], serde_json::json!([ACTIVE]));
    well(&world.muster(&["trace", "p.toml", "own.busy", "--window", "365d"]));
    assert!(world.read("out/metrics/own.busy.csv").lines().count() > 1);
    says(
        &world.read("out/metrics.prom"),
        &["muster_own_busy{metric=\"own.busy\",scope=\"lantern\",window=\"365d\",by=\"\",group=\"\"}"],
    );
    says(&world.sql("p.toml", "SELECT count(*) > 0 AS yes FROM own.busy"), &["yes\ntrue"]);
    let checked = world.muster(&["metrics", "check", "p.toml"]);
    well(&checked);
    says(&checked.out, &["own.busy: good; count_distinct over rows of event_id, time, person, repository, url"]);
}

#[test]
fn other_numbers_of_the_pipeline_file_are_told_beside_every_figure() {
    let world = computed();
    let factor = "diversity.contributor_absence_factor";
    let values = |world: &World| {
        world.rows(
            "p.toml",
            &format!("SELECT value, note FROM metrics WHERE metric = '{factor}' ORDER BY window_start, \"group\""),
        )
    };
    let before = values(&world);
    let with =
        |parameters: &str| world.write("p.toml", format!("{PIPELINE}[metrics]\nparameters = {{ {parameters} }}\n"));
    with(&format!("\"{factor}\" = {{ threshold = 0.9 }}"));
    well(&world.muster(&["run", "p.toml"]));
    let after = values(&world);
    let value = |rows: &[Value]| rows.iter().filter_map(|row| row["value"].as_f64()).sum::<f64>();
    assert!(value(&after) > value(&before));
    let said = "threshold = 0.9 by the pipeline file (the definition has 0.5)";
    assert!(after.iter().all(|row| row["note"].as_str().unwrap().contains(said)), "{after:?}");
    assert!(before.iter().all(|row| row["note"].as_str().is_none_or(|note| !note.contains("pipeline file"))));
    says(&world.muster(&["explain", "p.toml", factor]).out, &[said]);
    for (parameters, words) in [
        ("\"diversity.elephant\" = { threshold = 1 }", &["diversity.elephant", "no metric"][..]),
        (
            &format!("\"{factor}\" = {{ threshhold = 1 }}"),
            &["[metrics] parameters", "unknown parameter \"threshhold\""],
        ),
        (&format!("\"{factor}\" = {{ threshold = 3 }}"), &["[metrics] parameters", "threshold = 3"]),
    ] {
        with(parameters);
        let ran = world.muster(&["run", "p.toml"]);
        assert_eq!(ran.code, 2, "{}", ran.err);
        says(&ran.err, words);
    }
}

#[test]
fn the_mistakes_in_a_metric_of_ones_own_are_told_with_file_line_and_what_there_is() {
    let world = computed();
    let person = "value = \"person\"";
    let broken = |from: &str, to: &str| MINE.replace(from, to);
    let cases = [
        (
            metric("count_distinct", person, &broken("c.person,", "c.persn,")),
            "11",
            "there is no column c.persn; did you mean person?\n  = the columns there are: account, counts, event_id",
        ),
        (
            metric("count_distinct", person, &broken("contributions", "contribution")),
            "12",
            "there is no table contribution; did you mean contributions?\n  = the tables there are: account_joins",
        ),
        (
            metric("count_distinct", person, &broken("contributions", "growth.active_contributor")),
            "12",
            "there is no metric growth.active_contributor; did you mean growth.active_contributors?\n  = the metrics there are: growth.active_contributors",
        ),
        (
            metric("count_distinct", person, &broken("c.event_id, ", "")),
            "11",
            "a population needs a column event_id\n  = the columns of this SELECT are: time, person",
        ),
        (metric("count_distinct", person, &broken("c.time, ", "")), "11", "a population needs a column time"),
        (
            metric("count_distinct", person, &broken("WHERE", "WHERE WHERE")),
            "12",
            "not SQL: Expected: end of statement",
        ),
        (metric("cuont", person, MINE), "7", "unknown statistic \"cuont\"; there are count, count_distinct"),
        (metric("count_distinct", "", MINE), "7", "statistic count_distinct needs `value`"),
        (
            metric("count_distinct", "value = \"persons\"", MINE),
            "9",
            "the population has no column \"persons\" (named by `value`); its SELECT gives event_id, time",
        ),
        (metric("sum", "value = \"name\"", MINE), "11", "column \"name\" is "),
        (
            metric("count_distinct", "value = \"person\"\ngroup_by = [\"team\"]", MINE),
            "10",
            "no column \"team\" (named by `group_by`)",
        ),
        (metric("count_distinct", "value = \"person\"\nwindow = 1", MINE), "10", "unknown field `window`"),
        (metric("smallest_set", "value = \"person\"\n[parameters]\nthreshold = 3", MINE), "11", "threshold = 3"),
        (
            metric("smallest_set", "value = \"person\"\n[parameters]\nthreshhold = 0.5", MINE),
            "11",
            "unknown parameter \"threshhold\"; statistic smallest_set takes threshold",
        ),
        (
            metric("count", "", &MINE.replace("c.counts", "c.counts\nAND $least > 1")),
            "13",
            "the SELECT has $least, and [parameters] has no least",
        ),
        (metric("count", "", "DROP TABLE contributions"), "11", "DDL"),
        ("SELECT 1".to_owned(), "1", "no front matter; begin the file with /*---"),
    ];
    let file = |number: usize| format!("queries/own/mine_{number:02}.sql");
    for (number, (text, ..)) in cases.iter().enumerate() {
        world.write(&file(number), text);
    }
    let all = world.muster(&["metrics", "check", "p.toml"]);
    assert_eq!(all.code, 1, "{}", all.err);
    says(&all.err, &[&format!("{} metrics checked, {} mistakes", cases.len(), cases.len())]);
    for (number, (_, line, said)) in cases.iter().enumerate() {
        says(&all.err, &[&format!("own/mine_{number:02}.sql:{line}: ")]);
        let place = all.err.find(&format!("own/mine_{number:02}.sql:{line}: ")).unwrap();
        let told = all.err[place..].split("\nerror: ").next().unwrap();
        says(told, &[said]);
    }
    // A file alone is told the same, and so is whoever runs the pipeline.
    for number in [0, 8] {
        let (text, line, said) = &cases[number];
        let alone = world.muster(&["metrics", "check", &file(number)]);
        assert_eq!(alone.code, 1, "{}", alone.err);
        says(&alone.err, &[&format!("own/mine_{number:02}.sql:{line}: "), said]);
        std::fs::remove_dir_all(world.path("queries")).unwrap();
        world.write("queries/own/mine.sql", text);
        let ran = world.muster(&["run", "p.toml"]);
        assert_eq!(ran.code, 2, "{}", ran.err);
        says(&ran.err, &[&format!("own/mine.sql:{line}: "), said]);
        world.write(&file(8), &cases[8].0);
    }
    world.write("queries/own/Mine-1.sql", metric("count", "", MINE));
    says(&world.muster(&["run", "p.toml"]).err, &["Mine-1", "name them with small letters"]);
}

#[test]
fn compare_lays_theirs_beside_ours_with_the_rows_that_differ() {
    let world = computed();
    let theirs = metric("count_distinct", &format!("value = \"person\"\ncompares = \"{ACTIVE}\""), MINE);
    world.write("queries/other/contributors.sql", theirs);
    well(&world.muster(&["run", "p.toml"]));
    let json = world.report(0, &["compare", "p.toml", ACTIVE]);
    let beside = json["theirs"].as_array().unwrap().iter().find(|one| one["metric"] == "other.contributors").unwrap();
    let window = beside["windows"].as_array().unwrap().iter().find(|one| one["window"] == "365d").unwrap();
    let count = |sql: &str| world.rows("p.toml", sql)[0]["n"].as_i64().unwrap();
    let year = "time >= '2024-06-01' AND time < '2025-06-01'";
    let bots = count(&format!("SELECT count(DISTINCT person) AS n FROM other.contributors WHERE is_bot AND {year}"));
    assert!(bots > 0);
    assert_eq!(window["difference"].as_f64(), Some(bots as f64));
    assert_eq!(beside["rows"]["only_ours"], serde_json::json!([]));
    let only: u64 =
        beside["rows"]["only_theirs"].as_array().unwrap().iter().map(|one| one["rows"].as_u64().unwrap()).sum();
    // The same event may be there twice for one person, by kind; a row is known by event and person.
    let rows = count(&format!(
        "SELECT count(*) AS n FROM (SELECT DISTINCT event_id, person FROM other.contributors WHERE is_bot AND {year}) AS x"
    ));
    assert_eq!(only, rows as u64);
    assert_eq!(beside["rows"]["members"]["only_theirs"].as_array().unwrap().len() as i64, bots);
    let page = world.muster(&["compare", "p.toml", "other.contributors", "--window", "2025Q1"]);
    well(&page);
    says(&page.out, &["other.contributors", "theirs − ours", "taken for a bot", "only ours: 0", "rows of 2025Q1"]);
    let alone = world.muster(&["compare", "p.toml", "meetings.attendance", "--set", "metrics.windows=quarter"]);
    assert!(alone.code == 0 || alone.err.contains("no metric of another tool"), "{}", alone.err);
}

#[test]
fn published_numbers_are_laid_beside_theirs_and_ours() {
    let world = computed();
    world.write(
        "published/github/acme/lantern/contributors.json",
        r#"{"2025": 3, "2025-01": 1, "2025Q1": 2, "weird": 4}"#,
    );
    world.write("published/github/acme/lantern/stars.json", r#"{"2025": 3}"#);
    let file = "published/github/acme/lantern/contributors.json";
    let stars = "published/github/acme/lantern/stars.json";
    let json = world.report(0, &["compare", "p.toml", "--published", file, "--published", stars]);
    let told = json["published"].as_array().unwrap();
    assert_eq!(told.len(), 3, "{json}");
    let quarter = told.iter().find(|one| one["window"] == "2025Q1").unwrap();
    assert_eq!(
        (&quarter["published"], &quarter["group"]),
        (&serde_json::json!(2.0), &Value::from("repository=acme/lantern"))
    );
    let cell = world.muster(&[
        "trace",
        "p.toml",
        "opendigger.contributors",
        "--window",
        "2025Q1",
        "--group",
        "repository=acme/lantern",
    ]);
    well(&cell);
    let value: f64 = cell.err.split_whitespace().next().unwrap().parse().unwrap();
    assert_eq!(quarter["by_their_definition"].as_f64(), Some(value));
    says(&json["not_compared"].to_string(), &["weird", "stars", "no metric of muster follows"]);
    says(
        &world.muster(&["compare", "p.toml", "--published", file]).out,
        &["published by", "OpenDigger", "2025Q1", "not compared: "],
    );
    let ran = world.muster(&["compare", "p.toml", "--published", "p.toml"]);
    assert_eq!(ran.code, 2);
    says(&ran.err, &["p.toml", "not JSON"]);
}

#[test]
fn as_of_answers_from_the_log_as_it_was() {
    let world = computed();
    let version = world.report(0, &["log", "p.toml", "info"])["version"].to_string();
    let then = world.sql("p.toml", "SELECT * FROM metrics ORDER BY metric, \"window\", \"group\"");
    let issues = world.sql("p.toml", "SELECT count(*) AS n FROM issues");
    let traced = world.muster(&["trace", "p.toml", ACTIVE, "--window", "365d", "--json"]).out;
    for number in 0..3 {
        world.write(&format!("archive/{number}.json"), opened(900 + number));
        well(&world.muster(&["run", "p.toml"]));
    }
    assert_ne!(issues, world.sql("p.toml", "SELECT count(*) AS n FROM issues"));
    let out = world.tree("out");
    let at = |arguments: &[&str]| {
        let ran = world.muster(&[arguments, &["--as-of", &version]].concat());
        well(&ran);
        ran.out
    };
    assert_eq!(issues, at(&["sql", "p.toml", "SELECT count(*) AS n FROM issues", "--format", "csv"]));
    assert_eq!(
        then,
        at(&["sql", "p.toml", "SELECT * FROM metrics ORDER BY metric, \"window\", \"group\"", "--format", "csv"])
    );
    assert_eq!(traced, at(&["trace", "p.toml", ACTIVE, "--window", "365d", "--json"]));
    says(&at(&["explain", "p.toml", ACTIVE]), &[&format!("log version {version}")]);
    let kept: Vec<String> =
        world.tree("out/as-of").into_keys().filter(|name| name.ends_with("manifest.json")).collect();
    assert_eq!(kept, [format!("{version}-2025-06-01T000000Z/manifest.json")]);
    let now: std::collections::BTreeMap<_, _> =
        world.tree("out").into_iter().filter(|(name, _)| !name.starts_with("as-of/")).collect();
    assert!(out == now, "the outputs of the last run are as they were");
    // What stands already is not computed again, and not more than eight are kept.
    let newest = world.report(0, &["log", "p.toml", "info"])["version"].to_string();
    well(&world.muster(&["trace", "p.toml", ACTIVE, "--window", "365d", "--as-of", &newest]));
    for number in 0..9 {
        world.write(&format!("out/as-of/0-{number}/manifest.json"), "{}");
    }
    let ran = world.muster(&["explain", "p.toml", ACTIVE, "--as-of", "2025-05-18"]);
    well(&ran);
    says(&ran.out, &["as of 2025-05-18T00:00:00Z"]);
    let kept: Vec<String> =
        world.tree("out/as-of").into_keys().filter(|name| name.ends_with("manifest.json")).collect();
    assert_eq!(kept.len(), 8, "{kept:?}");
    assert!(kept.last().unwrap().contains("2025-05-18"), "{kept:?}");
}

#[test]
fn every_figure_is_in_every_form_of_interchange() {
    let world = computed();
    let rows = world.rows("p.toml", "SELECT count(*) AS n, count(value) AS v FROM metrics");
    let csv = world.read("out/metrics.csv");
    let table: Vec<_> = csv::Reader::from_reader(csv.as_bytes()).into_records().map(Result::unwrap).collect();
    let lines: Vec<Value> =
        world.read("out/metrics.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        (table.len() as u64, lines.len() as u64),
        (rows[0]["n"].as_u64().unwrap(), rows[0]["n"].as_u64().unwrap())
    );
    let valued = lines.iter().filter(|line| !line["value"].is_null()).count() as u64;
    assert_eq!(valued, rows[0]["v"].as_u64().unwrap());
    for (row, line) in table.iter().zip(&lines) {
        assert_eq!(
            (&row[0], &row[4], &row[5]),
            (line["metric"].as_str().unwrap(), line["window"].as_str().unwrap(), line["window_kind"].as_str().unwrap())
        );
        // serde_json reads numbers to the last bit but one.
        let both = row[9].parse::<f64>().ok().zip(line["value"].as_f64());
        assert_eq!(row[9].is_empty(), line["value"].is_null());
        assert!(both.is_none_or(|(one, other)| (one - other).abs() <= 1e-12 * one.abs()), "{row:?} {line}");
    }
    assert!(
        world.tree("out/opendigger").keys().any(|name| name == "contributors.json"),
        "{:?}",
        world.tree("out/opendigger").keys()
    );
    let prom = world.read("out/metrics.prom");
    assert!(!prom.contains("NaN") && prom.ends_with('\n'));
    let mut families = std::collections::BTreeSet::new();
    for line in prom.lines().filter(|line| line.starts_with("# TYPE ")) {
        assert!(families.insert(line.to_owned()), "{line} twice");
    }
}

#[test]
#[ignore = "needs Python with prometheus_client, whose folder MUSTER_PEERS names; .ci/run installs it"]
fn prometheus_reads_what_is_exposed() {
    let (world, _) = demo();
    #[allow(clippy::disallowed_methods, reason = "where Python's packages are is the machine's affair")]
    let python = Path::new(&std::env::var("MUSTER_PEERS").unwrap()).join("bin/python");
    let script = "import sys\nfrom prometheus_client.parser import text_string_to_metric_families as read\n\
                  families = list(read(open(sys.argv[1], encoding='utf-8').read()))\n\
                  print(len(families), sum(len(family.samples) for family in families))\n\
                  assert all(sample.value == sample.value for family in families for sample in family.samples)\n\
                  assert len({family.name for family in families}) == len(families)\n\
                  assert all(family.type == 'gauge' and family.documentation for family in families)";
    let ran =
        std::process::Command::new(python).args(["-c", script]).arg(world.path("out/metrics.prom")).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let told = String::from_utf8_lossy(&ran.stdout).trim().to_owned();
    let text = world.read("out/metrics.prom");
    let samples = text.lines().filter(|line| !line.starts_with('#')).count();
    assert!(samples > 100 && told.ends_with(&format!(" {samples}")), "{told}, {samples} samples written");
}

#[test]
fn only_the_metrics_that_are_asked_for_are_computed_with_those_that_they_read() {
    let world = World::new();
    let only = "[metrics]\nonly = [\"growth.returning_contributors\", \"meetings.h*\"]\n";
    let claim =
        "[[claim]]\nid = \"x\"\ntext = \"x\"\nexpect = [{ metric = \"releases.published\", op = \">=\", value = 1 }]\n";
    world.write("p.toml", format!("{PIPELINE}{only}{claim}"));
    world.write("archive/all.json", community());
    well(&world.muster(&["run", "p.toml"]));
    let rows = world.rows("p.toml", "SELECT DISTINCT metric FROM metrics ORDER BY metric");
    let computed: Vec<&str> = rows.iter().map(|row| row["metric"].as_str().unwrap()).collect();
    let asked = ["growth.returning_contributors", "meetings.held", "releases.published"];
    assert!(asked.iter().all(|metric| computed.contains(metric)), "{computed:?}");
    assert!(
        !computed.iter().any(|metric| metric.starts_with("devstats.") || metric.starts_with("latency.")),
        "{computed:?}"
    );
    world.write("p.toml", format!("{PIPELINE}[metrics]\nonly = [\"growht.*\"]\n"));
    let nothing = world.muster(&["compute", "p.toml"]);
    assert!(nothing.code == 2 && nothing.err.contains("only matches no metric"), "{}", nothing.err);
}

#[test]
fn tables_can_be_left_out_but_for_those_that_something_reads() {
    let world = World::new();
    world.write("archive/all.json", community());
    let metrics = "[metrics]\nonly = [\"latency.issue_close\"]\n";
    world.write("all.toml", format!("{PIPELINE}{metrics}").replace("\"out\"", "\"all\""));
    world.write("p.toml", format!("{PIPELINE}{metrics}[tables]\nonly = [\"rev*\", \"pull_requests\"]\n"));
    well(&world.muster(&["run", "all.toml"]));
    well(&world.muster(&["run", "p.toml"]));
    let (all, few) = (world.tree("all/tables"), world.tree("out/tables"));
    let stands = |name: &str| few.contains_key(&format!("{name}.parquet"));
    assert!(["reviews", "pull_requests"].into_iter().all(stands), "asked for");
    assert!(
        ["issues", "accounts", "contributions", "maintainers"].into_iter().all(stands),
        "read by metrics and the report"
    );
    assert!(!["activity", "comments", "open_spans"].into_iter().any(stands), "read by nobody");
    let different: Vec<_> =
        few.iter().filter(|(name, bytes)| all.get(*name) != Some(bytes)).map(|(name, _)| name).collect();
    assert!(different.is_empty(), "{different:?}");
    let gone = world.muster(&["sql", "p.toml", "SELECT * FROM activity"]);
    assert!(gone.code == 2 && gone.err.contains("there is no table activity"), "{}", gone.err);
    well(&world.muster(&["bundle", "p.toml", "--to", "bundle"]));
    well(&world.muster(&["verify", "bundle"]));
    world.write("p.toml", format!("{PIPELINE}[tables]\nonly = [\"reviews\", \"isues\"]\n"));
    let nothing = world.muster(&["compute", "p.toml"]);
    assert!(
        nothing.code == 2 && nothing.err.contains("\"isues\" of [tables] only matches no table"),
        "{}",
        nothing.err
    );
}
