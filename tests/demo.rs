//! The bundled demo: what comes out is what `pipelines/demo/FIGURES.md` counts by hand.
#![allow(
    clippy::unwrap_used,
    dead_code,
    reason = "a test may stop at what it did not expect; it uses a part of the support"
)]

#[allow(dead_code, reason = "shared with the other test program")]
mod support;

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use support::{Ran, World};

/// A row of the table in FIGURES.md; a value of `none` says that there is no figure.
#[derive(Debug)]
struct Figure {
    metric: String,
    window: String,
    value: Option<f64>,
    n: Option<u64>,
    censored: Option<u64>,
    unknown: Option<f64>,
}

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipelines")
}

fn run(world: &World, more: &[&str]) -> Ran {
    let pipeline = folder().join("demo.toml");
    let mut arguments = vec!["run", pipeline.to_str().unwrap(), "--set", "project.log=log", "--set", "project.out=out"];
    arguments.extend(more);
    world.muster(&arguments)
}

/// FIGURES.md and the pages of the families beside it.
fn figures() -> Vec<Figure> {
    let mut pages = vec![folder().join("demo/FIGURES.md")];
    pages.extend(
        std::fs::read_dir(folder().join("demo/figures")).into_iter().flatten().map(|page| page.unwrap().path()),
    );
    let text = |page| std::fs::read_to_string(page).unwrap();
    pages.into_iter().map(text).flat_map(|page| page.lines().filter_map(figure).collect::<Vec<_>>()).collect()
}

fn figure(line: &str) -> Option<Figure> {
    let cells: Vec<&str> = line.strip_prefix("| ")?.trim_end_matches('|').split('|').map(str::trim).collect();
    let [metric, window, value, n, censored, unknown] = cells[..] else { return None };
    metric.contains('.').then(|| Figure {
        metric: metric.to_owned(),
        window: window.to_owned(),
        value: (value != "none").then(|| fraction(value)),
        n: n.parse().ok(),
        censored: censored.parse().ok(),
        unknown: (!unknown.is_empty()).then(|| fraction(unknown)),
    })
}

/// `13/3` or `4`.
fn fraction(text: &str) -> f64 {
    let (above, below) = text.split_once('/').unwrap_or((text, "1"));
    above.parse::<f64>().unwrap() / below.parse::<f64>().unwrap()
}

/// The rows of a CSV file, by column.
fn rows(csv: &str) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_reader(csv.as_bytes()).deserialize().map(Result::unwrap).collect()
}

/// What differs between a figure and the metric's CSV file.
fn difference(world: &World, figure: &Figure) -> Option<String> {
    let table = rows(&world.read(&format!("out/metrics/{}.csv", figure.metric)));
    let Some(cell) = table.iter().find(|row| row["window"] == figure.window && row["group"].is_empty()) else {
        figure.value?;
        return Some(format!("{} {}: no such cell", figure.metric, figure.window));
    };
    let number = |column: &str| cell[column].parse::<f64>().ok();
    let count = |column: &str| cell[column].parse::<u64>().ok();
    let near = |column: &str, expected: f64| number(column).is_some_and(|value| (value - expected).abs() < 1e-6);
    let same = figure.value.map_or_else(|| cell["value"].is_empty(), |value| near("value", value))
        && figure.unknown.is_none_or(|unknown| near("unknown_share", unknown))
        && (figure.n.is_none() || figure.n == count("n"))
        && (figure.censored.is_none() || figure.censored == count("censored"));
    (!same).then(|| format!("{figure:?}, but muster says {cell:?}"))
}

#[test]
fn the_figures_are_those_counted_by_hand() {
    let world = World::new();
    let ran = run(&world, &[]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let figures = figures();
    assert!(figures.len() > 30, "the table in FIGURES.md was not found");
    let differences: Vec<_> = figures.iter().filter_map(|figure| difference(&world, figure)).collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn every_metric_that_is_shipped_is_counted_by_hand() {
    let world = World::new();
    run(&world, &[]);
    let counted: Vec<String> = figures().into_iter().map(|figure| figure.metric).collect();
    let shipped: Vec<String> =
        world.tree("out/metrics").into_keys().filter_map(|file| file.strip_suffix(".csv").map(str::to_owned)).collect();
    // What GitHub says it holds is asked of GitHub, and the demo needs no network.
    let is_asked = |metric: &str| metric.starts_with("completeness.");
    let missing: Vec<_> = shipped.iter().filter(|metric| !counted.contains(metric) && !is_asked(metric)).collect();
    assert!(missing.is_empty(), "FIGURES.md does not have {missing:?}");
}

#[test]
fn exactly_the_broken_lines_are_rejected() {
    let world = World::new();
    run(&world, &[]);
    let listed = rows(&world.read("out/evidence/rejected.csv"));
    let places = |severity: &str| -> Vec<(String, String)> {
        let rows = listed.iter().filter(|row| row["severity"] == severity);
        rows.map(|row| (row["file"].clone(), row["line"].clone())).collect()
    };
    let place = |file: &str, line: &str| (file.to_owned(), line.to_owned());
    let mut rejected = places("rejected");
    rejected.sort();
    assert_eq!(rejected, [place("2025-trimmed.json", "23"), place("community/2025-05-15/README.md", "9")]);
    assert_eq!(listed.len(), 4, "{listed:?}");
    assert!(
        listed.iter().any(|row| row["message"].contains("release-private (G01) is a private channel")),
        "{listed:?}"
    );
    assert!(listed.iter().any(|row| row["file"] == "how-we-meet.md"), "{listed:?}");
}

#[test]
fn no_record_is_lost_and_a_second_run_appends_none() {
    let world = World::new();
    let first = report(&run(&world, &["--json"]));
    for source in first["sources"].as_array().unwrap() {
        let count = |key: &str| source[key].as_u64().unwrap();
        let told = ["appended", "duplicates", "conflicts", "rejected", "not_ours", "filtered"].map(count);
        assert_eq!(count("read"), told.iter().sum::<u64>(), "{source}");
        assert!(count("appended") > 0, "{source}");
        assert_eq!(count("conflicts"), 0, "{source}");
    }
    let before = world.tree("out");
    let second = report(&run(&world, &["--json"]));
    for source in second["sources"].as_array().unwrap() {
        assert_eq!(source["appended"], 0, "{source}");
    }
    assert_eq!(before, world.tree("out"));
}

fn report(ran: &Ran) -> Value {
    assert_eq!(ran.code, 0, "{}", ran.err);
    serde_json::from_str(&ran.out).unwrap()
}
