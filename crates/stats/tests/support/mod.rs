//! Metrics and populations for the tests of this crate.
#![allow(dead_code, reason = "each test program uses some of it")]

use muster_model::{MetricSpec, Timestamp, WindowKind, parse_time};
use muster_stats::Context;
use polars::prelude::*;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;
use tempfile::TempDir;

pub fn at(text: &str) -> Timestamp {
    parse_time(text).unwrap()
}

pub fn kinds(texts: &[&str]) -> Vec<WindowKind> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

pub fn context(as_of: &str, first: Option<&str>) -> Context {
    Context { as_of: at(as_of), log_version: 7, scope: "demo".to_owned(), first: first.map(at) }
}

pub fn spec(statistic: &str, value: Option<&str>) -> MetricSpec {
    MetricSpec {
        id: format!("test.{statistic}"),
        version: 1,
        title: String::new(),
        definition: String::new(),
        source: String::new(),
        unit: "people".to_owned(),
        statistic: statistic.to_owned(),
        value: value.map(str::to_owned),
        observed: None,
        weight: None,
        per: None,
        from: None,
        until: None,
        unknown: None,
        parameters: BTreeMap::new(),
        select: BTreeMap::new(),
        variants: BTreeMap::new(),
        compares: None,
        windows: Vec::new(),
        group_by: Vec::new(),
        direction: None,
        caveats: Vec::new(),
    }
}

pub fn with(mut spec: MetricSpec, name: &str, value: f64) -> MetricSpec {
    spec.parameters.insert(name.to_owned(), value);
    spec
}

pub fn times(name: &str, texts: &[Option<&str>]) -> Column {
    let micros = texts.iter().map(|text| text.map(|text| at(text).as_microsecond()));
    micro_column(name, micros.collect())
}

pub fn micro_column(name: &str, micros: Vec<Option<i64>>) -> Column {
    let micros = Int64Chunked::from_slice_options(name.into(), &micros);
    micros.into_datetime(TimeUnit::Microseconds, Some(TimeZone::UTC)).into_series().into_column()
}

pub fn file(folder: &TempDir, columns: Vec<Column>) -> PathBuf {
    let path = folder.path().join("population.parquet");
    let mut frame = DataFrame::new(columns[0].len(), columns).unwrap();
    ParquetWriter::new(File::create(&path).unwrap()).finish(&mut frame).unwrap();
    path
}

pub fn ids(count: usize) -> Column {
    Column::new("event_id".into(), (0..count).map(|row| format!("e{row}")).collect::<Vec<_>>())
}

/// One row of a made-up community.
#[derive(Debug, Clone, Default)]
pub struct Row {
    pub time: Option<i64>,
    pub until: Option<i64>,
    pub person: Option<String>,
    pub organisation: Option<String>,
    pub repository: Option<String>,
    pub meeting: Option<String>,
    pub seconds: Option<f64>,
    pub seen: Option<bool>,
}

/// How a made-up community is.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    pub rows: usize,
    pub people: u64,
    pub organisations: u64,
    /// Over how many days from 2024-02-10 on.
    pub days: u64,
    /// One row in so many has a duration below 0, or no number; 0 for none.
    pub broken: u64,
}

pub const USUAL: Shape = Shape { rows: 300, people: 12, organisations: 5, days: 550, broken: 0 };

const DAY: i64 = 86_400_000_000;

/// Rows with everything in them; the same for the same seed. The times are coarse, so that many fall together, and on the
/// edges of windows.
pub fn community(shape: Shape, mut seed: u64) -> Vec<Row> {
    let mut draw = move |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below.max(1)
    };
    let first = at("2024-02-10").as_microsecond();
    let mut row = || {
        let time = first + draw(shape.days) as i64 * DAY;
        let mut name = |count: u64, empty: u64| (draw(empty) > 0 && count > 0).then(|| format!("n{}", draw(count)));
        let (person, organisation) = (name(shape.people, 20), name(shape.organisations, 4));
        let (repository, meeting) = (name(3, 10), name(30, 10));
        let broken = if shape.broken > 0 && draw(shape.broken) == 0 { draw(4) } else { 4 };
        let seconds = [-1.0, f64::NAN, f64::INFINITY, -4e5, draw(900_000) as f64 / 7.0][broken as usize];
        Row {
            time: Some(time),
            until: (draw(3) > 0).then(|| time + draw(300) as i64 * DAY),
            person,
            organisation,
            repository,
            meeting,
            seconds: (draw(9) > 0).then_some(seconds),
            seen: (draw(9) > 0).then(|| draw(2) > 0),
        }
    };
    (0..shape.rows).map(|_| row()).collect()
}

/// The rows as a population.
pub fn write(folder: &TempDir, rows: &[Row]) -> PathBuf {
    let text = |name: &str, of: fn(&Row) -> &Option<String>| {
        Column::new(name.into(), rows.iter().map(|row| of(row).as_deref()).collect::<Vec<_>>())
    };
    let columns = vec![
        ids(rows.len()),
        text("person", |row| &row.person),
        text("organisation", |row| &row.organisation),
        text("repository", |row| &row.repository),
        text("meeting", |row| &row.meeting),
        Column::new("seconds".into(), rows.iter().map(|row| row.seconds).collect::<Vec<_>>()),
        Column::new("seen".into(), rows.iter().map(|row| row.seen).collect::<Vec<_>>()),
        micro_column("time", rows.iter().map(|row| row.time).collect()),
        micro_column("until", rows.iter().map(|row| row.until).collect()),
    ];
    file(folder, columns)
}

/// A metric of every statistic, and of some with other parameters.
pub fn every_statistic() -> Vec<MetricSpec> {
    let metric = |(statistic, value): (&str, Option<&str>)| {
        let mut spec = spec(statistic, value);
        spec.unit = "days".to_owned();
        spec.unknown = Some("organisation".to_owned());
        spec.group_by = vec!["repository".to_owned()];
        if ["kaplan_meier", "interval_share"].contains(&statistic) {
            spec.observed = Some("seen".to_owned());
        }
        if statistic == "ratio" {
            spec.per = Some("seen".to_owned());
        }
        if statistic.starts_with("mean_") {
            spec.per = Some("meeting".to_owned());
        }
        if statistic.starts_with("interval_") {
            (spec.from, spec.until) = (Some("time".to_owned()), Some("until".to_owned()));
        }
        spec
    };
    let value_of = |statistic: &&'static str| match *statistic {
        "count" | "mean_per" | "rate_of_change" | "slope" | "days_since_last" => (*statistic, None),
        "share" => (*statistic, Some("seen")),
        "sum" | "mean" | "ratio" | "quantile_discrete" | "quantile_interpolated" | "kaplan_meier" => {
            (*statistic, Some("seconds"))
        }
        "median_gap" | "longest_gap" => (*statistic, Some("meeting")),
        "gini" | "herfindahl" | "top_share" => (*statistic, Some("organisation")),
        _ => (*statistic, Some("person")),
    };
    let mut all: Vec<_> = MetricSpec::STATISTICS.iter().map(value_of).map(metric).collect();
    let mut weighted = metric(("smallest_set", Some("person")));
    weighted.weight = Some("seconds".to_owned());
    all.push(with(weighted, "exceed", 1.0));
    all.push(with(metric(("retention", Some("person"))), "as_count", 1.0));
    all.push(with(metric(("top_share", Some("organisation"))), "unknown_out", 1.0));
    all.push(with(metric(("cohort", Some("person"))), "after", 1.0));
    all.push(with(metric(("slope", Some("person"))), "period_days", 13.0));
    all.push(with(metric(("kaplan_meier", Some("seconds"))), "quantile", 0.85));
    all.push(with(metric(("new", Some("person"))), "unknown_by_value", 1.0));
    all
}
