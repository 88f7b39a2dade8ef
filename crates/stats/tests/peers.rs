//! Every statistic against other people's code: lifelines, NumPy, SciPy, through `tests/peers/statistics.py`.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod support;

use muster_model::{MetricSpec, Timestamp, WindowKind};
use muster_stats::{Cell, Context, compute};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use support::{Row, Shape, USUAL, community, context, every_statistic, kinds, with, write};
use tempfile::TempDir;

/// The statistics as the other tests have them, and each quantile that the catalogue asks for.
fn metrics() -> Vec<MetricSpec> {
    let mut metrics = every_statistic();
    let quantiles = metrics.clone().into_iter().filter(|spec| spec.statistic.starts_with("quantile"));
    let quantiles = quantiles.chain(metrics.iter().find(|spec| spec.statistic == "kaplan_meier").cloned());
    let varied = |spec: MetricSpec| [0.15, 0.25, 0.75, 0.85].map(|p| with(spec.clone(), "quantile", p));
    metrics.extend(quantiles.flat_map(varied).collect::<Vec<_>>());
    let sets = metrics.iter().find(|spec| spec.statistic == "smallest_set").cloned().unwrap();
    metrics.extend([0.51, 0.75].map(|threshold| with(sets.clone(), "threshold", threshold)));
    metrics.push(with(sets, "unknown_out", 1.0));
    metrics
}

fn optional(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn micros(at: Timestamp) -> String {
    at.as_microsecond().to_string()
}

fn rows_csv(rows: &[Row]) -> String {
    let line = |(index, row): (usize, &Row)| {
        let texts = [&row.person, &row.organisation, &row.repository, &row.meeting].map(|text| optional(text.as_ref()));
        let [time, until] = [row.time, row.until].map(optional);
        let rest = [time, until, optional(row.seconds), optional(row.seen)];
        format!("e{index},{},{}\n", texts.join(","), rest.join(","))
    };
    let head = "event_id,person,organisation,repository,meeting,time,until,seconds,seen\n".to_owned();
    rows.iter().enumerate().map(line).fold(head, |text, line| text + &line)
}

const HEAD: &str = "statistic,value_column,weight,per,parameters,unit,as_of,first,window_kind,window_start,window_end,group,\
                    value,low,high,naive,n,censored\n";

fn cell_csv(spec: &MetricSpec, cell: &Cell, context: &Context) -> String {
    let parameters: Vec<String> = spec.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let columns = [&spec.value, &spec.weight, &spec.per].map(|column| optional(column.as_ref()));
    let figures = [cell.value, cell.low, cell.high, cell.naive].map(optional);
    let window = [micros(context.as_of), micros(context.first.unwrap()), cell.window_kind.clone()];
    [
        spec.statistic.clone(),
        columns.join(","),
        parameters.join(";"),
        spec.unit.clone(),
        window.join(","),
        micros(cell.window_start),
        micros(cell.window_end),
        cell.group.clone(),
        figures.join(","),
        cell.n.to_string(),
        optional(cell.censored),
    ]
    .join(",")
        + "\n"
}

/// How many figures of each statistic agree.
fn agreed(python: &Path, rows: &[Row], kinds: &[WindowKind], context: &Context) -> BTreeMap<String, u64> {
    let folder = TempDir::new().unwrap();
    let population = write(&folder, rows);
    let cells = metrics().into_iter().flat_map(|spec| {
        let computed = compute(&spec, &population, kinds, context).unwrap();
        computed.cells.iter().map(|cell| cell_csv(&spec, cell, context)).collect::<Vec<_>>()
    });
    fs::write(folder.path().join("cells.csv"), cells.fold(HEAD.to_owned(), |text, line| text + &line)).unwrap();
    fs::write(folder.path().join("rows.csv"), rows_csv(rows)).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/peers/statistics.py");
    let ran = Command::new(python).arg(script).arg(folder.path()).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let count = |line: &str| line.split_once(' ').map(|(name, count)| (name.to_owned(), count.parse().unwrap()));
    String::from_utf8(ran.stdout).unwrap().lines().filter_map(count).collect()
}

#[test]
#[ignore = "needs Python with lifelines, numpy, scipy; .ci/run installs them"]
fn others_compute_the_same_figures() {
    let folder =
        std::env::var_os("MUSTER_PEERS").expect("MUSTER_PEERS, the folder of a venv with lifelines, numpy, scipy");
    let python = Path::new(&folder).join("bin/python");
    let context = context("2025-07-20", Some("2024-01-01"));
    let kinds = kinds(&["quarter", "200d", "2024-04-01..2024-10-01", "all"]);
    let sparse = Shape { rows: 40, people: 4, organisations: 2, days: 600, broken: 3 };
    let many = Shape { rows: 1500, people: 60, ..USUAL };
    let mut all: BTreeMap<String, u64> = BTreeMap::new();
    for (shape, seed) in [(USUAL, 11), (USUAL, 12), (sparse, 13), (sparse, 14), (many, 15)] {
        for (statistic, count) in agreed(&python, &community(shape, seed), &kinds, &context) {
            *all.entry(statistic).or_default() += count;
        }
    }
    for statistic in MetricSpec::STATISTICS {
        assert!(all.get(*statistic).is_some_and(|count| *count >= 20), "{statistic}: {all:?}");
    }
}
