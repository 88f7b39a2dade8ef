//! Populations into cells, through files as the query crate writes them.
#![allow(clippy::unwrap_used)]

use muster_model::{MetricSpec, Timestamp, WindowKind, parse_time};
use muster_stats::{Cell, Computed, Context, StatsError, compute, read_cells, select, write_cells};
use polars::prelude::*;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn at(text: &str) -> Timestamp {
    parse_time(text).unwrap()
}

fn kinds(texts: &[&str]) -> Vec<WindowKind> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn context(as_of: &str, first: Option<&str>) -> Context {
    Context { as_of: at(as_of), log_version: 7, scope: "demo".to_owned(), first: first.map(at) }
}

fn spec(statistic: &str, value: Option<&str>) -> MetricSpec {
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

fn with(mut spec: MetricSpec, name: &str, value: f64) -> MetricSpec {
    spec.parameters.insert(name.to_owned(), value);
    spec
}

fn times(name: &str, texts: &[Option<&str>]) -> Column {
    let micros = texts.iter().map(|text| text.map(|text| at(text).as_microsecond()));
    micro_column(name, micros.collect())
}

fn micro_column(name: &str, micros: Vec<Option<i64>>) -> Column {
    let micros = Int64Chunked::from_slice_options(name.into(), &micros);
    micros.into_datetime(TimeUnit::Microseconds, Some(TimeZone::UTC)).into_series().into_column()
}

fn file(folder: &TempDir, columns: Vec<Column>) -> PathBuf {
    let path = folder.path().join("population.parquet");
    let mut frame = DataFrame::new(columns[0].len(), columns).unwrap();
    ParquetWriter::new(File::create(&path).unwrap()).finish(&mut frame).unwrap();
    path
}

fn ids(count: usize) -> Column {
    Column::new("event_id".into(), (0..count).map(|row| format!("e{row}")).collect::<Vec<_>>())
}

/// `window group = value (n)`, one a cell.
fn lines(computed: &Computed) -> Vec<String> {
    let line = |cell: &Cell| {
        let value = cell.value.map_or("-".to_owned(), |value| format!("{value}"));
        format!(
            "{} {} = {value} ({}){}",
            cell.window,
            cell.group,
            cell.n,
            if cell.unfinished { " unfinished" } else { "" }
        )
    };
    computed.cells.iter().map(line).collect()
}

type Text = Option<&'static str>;

/// Five people in two repositories, at the edges of quarters.
fn people(folder: &TempDir) -> PathBuf {
    let rows = [
        ("2025-04-01T00:00:00Z", Some("c"), Some("x/b"), Some("Acme")), // first instant of 2025Q2
        ("2025-03-31T23:59:59.999999Z", Some("b"), Some("x/a"), Some("")), // last instant of 2025Q1
        ("2025-01-10T00:00:00Z", Some("a"), Some("x/a"), Some("Acme")),
        ("2025-05-01T00:00:00Z", Some("a"), None, Some("Acme")),
        ("2025-05-02T00:00:00Z", None, Some("x/a"), None),
        ("2025-08-01T00:00:00Z", Some("d"), Some("x/a"), Some("Beta")),
        ("2025-08-15T00:00:00Z", Some("e"), Some("x/c"), Some("Beta")), // the as-of instant: later
    ];
    let times_of: Vec<_> = rows.iter().map(|row| Some(row.0)).chain([None]).collect();
    let column = |name: &str, of: fn(&(&'static str, Text, Text, Text)) -> Text| {
        Column::new(name.into(), rows.iter().map(of).chain([Some("z")]).collect::<Vec<_>>())
    };
    file(
        folder,
        vec![
            ids(8),
            times("time", &times_of),
            column("person", |row| row.1),
            column("repository", |row| row.2),
            column("organisation", |row| row.3),
        ],
    )
}

#[test]
fn windows_are_half_open_and_every_group_with_a_row_has_a_cell() {
    let folder = TempDir::new().unwrap();
    let mut spec = spec("count_distinct", Some("person"));
    spec.group_by = vec!["repository".to_owned()];
    spec.unknown = Some("organisation".to_owned());
    let computed = compute(&spec, &people(&folder), &kinds(&["quarter"]), &context("2025-08-15", None)).unwrap();
    assert_eq!(
        lines(&computed),
        [
            "2025Q1  = 2 (2)",
            "2025Q1 repository=x/a = 2 (2)",
            "2025Q2  = 2 (3)",
            "2025Q2 repository=unknown = 1 (1)",
            "2025Q2 repository=x/a = 0 (1)",
            "2025Q2 repository=x/b = 1 (1)",
            "2025Q3  = 1 (1) unfinished",
            "2025Q3 repository=x/a = 1 (1) unfinished",
        ]
    );
    assert_eq!((computed.later, computed.undated), (1, 1));
    let shares: Vec<_> = computed.cells.iter().filter(|cell| cell.group.is_empty()).map(|c| c.unknown_share).collect();
    // An empty organisation is unknown like a null one: 1 of 2, 1 of 3, 0 of 1.
    assert_eq!(shares, [Some(0.5), Some(1.0 / 3.0), Some(0.0)]);
    // By value: of a and b, b is unknown; of c and a nobody is; the row without a person is no value.
    let by_value = with(spec, "unknown_by_value", 1.0);
    let computed = compute(&by_value, &people(&folder), &kinds(&["quarter"]), &context("2025-08-15", None)).unwrap();
    let shares: Vec<_> = computed.cells.iter().filter(|cell| cell.group.is_empty()).map(|c| c.unknown_share).collect();
    assert_eq!(shares, [Some(0.5), Some(0.0), Some(0.0)]);
}

#[test]
fn a_trailing_window_ends_at_the_as_of_instant_and_windows_begin_with_the_log() {
    let folder = TempDir::new().unwrap();
    let spec = spec("count", None);
    let path = people(&folder);
    // [2025-04-02, 2025-05-02): the first of May only. From the log's first event there are two more quarters.
    let computed =
        compute(&spec, &path, &kinds(&["30d", "quarter", "all"]), &context("2025-05-02", Some("2024-12-31"))).unwrap();
    assert_eq!(
        lines(&computed),
        ["30d  = 1 (1)", "2024Q4  = 0 (0)", "2025Q1  = 2 (2)", "2025Q2  = 2 (2) unfinished", "all  = 4 (4)"]
    );
    assert_eq!(computed.later, 3);
}

#[test]
fn new_are_first_rows_of_the_group_and_retained_are_those_of_the_window_before() {
    let folder = TempDir::new().unwrap();
    let path = people(&folder);
    let mut new = spec("new", Some("person"));
    new.group_by = vec!["repository".to_owned()];
    let computed = compute(&new, &path, &kinds(&["quarter"]), &context("2025-07-01", None)).unwrap();
    // a is new in 2025Q1 and, to the unknown repository, in 2025Q2.
    assert_eq!(
        lines(&computed),
        [
            "2025Q1  = 2 (2)",
            "2025Q1 repository=x/a = 2 (2)",
            "2025Q2  = 1 (1)",
            "2025Q2 repository=unknown = 1 (1)",
            "2025Q2 repository=x/b = 1 (1)",
        ]
    );
    // Of a and b, a is here in 2025Q2; before 2025Q1 there is no log; before 91d ends 2025-04-01: a, b again.
    let retention = spec("retention", Some("person"));
    let windows = kinds(&["quarter", "91d", "all"]);
    let computed = compute(&retention, &path, &windows, &context("2025-07-01", None)).unwrap();
    assert_eq!(lines(&computed), ["2025Q1  = - (0)", "2025Q2  = 0.5 (2)", "91d  = 0.5 (2)", "all  = - (0)"]);
    assert_eq!(computed.cells[0].note.as_deref(), Some("no window before"));
    assert_eq!(computed.cells[1].note.as_deref(), Some("the log begins inside the window before"));
    let counted = with(retention, "as_count", 1.0);
    let computed = compute(&counted, &path, &windows, &context("2025-07-01", None)).unwrap();
    assert_eq!(lines(&computed), ["2025Q1  = - (0)", "2025Q2  = 1 (2)", "91d  = 1 (2)", "all  = - (0)"]);
    // Rows: 2 in the first quarter, 3 in the second.
    let computed =
        compute(&spec("rate_of_change", None), &path, &kinds(&["quarter"]), &context("2025-07-01", None)).unwrap();
    assert_eq!(lines(&computed), ["2025Q1  = - (2)", "2025Q2  = 0.5 (5)"]);
}

#[test]
fn waiting_times_are_in_the_unit_with_the_naive_median_beside() {
    let folder = TempDir::new().unwrap();
    let day = 86_400_i64;
    let path = file(
        &folder,
        vec![
            ids(5),
            times("time", &[Some("2025-01-01"); 5]),
            Column::new("seconds".into(), [Some(day), Some(2 * day), Some(3 * day), Some(9 * day), None]),
            Column::new("seen".into(), [true, false, true, false, true]),
        ],
    );
    let mut km = spec("kaplan_meier", Some("seconds"));
    (km.observed, km.unit) = (Some("seen".to_owned()), "days".to_owned());
    let cell = &compute(&km, &path, &kinds(&["month"]), &context("2025-02-01", None)).unwrap().cells[0];
    // Four items. At 1: 4 at risk, S = 3/4. At 3: 2 at risk, S = 3/8 <= 1/2. The finished are 1 and 3: nearest rank 1.
    assert_eq!((cell.value, cell.naive, cell.n, cell.censored), (Some(3.0), Some(1.0), 4, Some(2)));
    assert_eq!(cell.note.as_deref(), Some("left out: 1 without a value"));
    let tail = with(km, "quantile", 0.85);
    let cell = &compute(&tail, &path, &kinds(&["month"]), &context("2025-02-01", None)).unwrap().cells[0];
    assert_eq!((cell.value, cell.naive), (None, Some(3.0)));
    let mut hours = spec("quantile_interpolated", Some("seconds"));
    hours.unit = "hours".to_owned();
    let cell = &compute(&hours, &path, &kinds(&["month"]), &context("2025-02-01", None)).unwrap().cells[0];
    assert_eq!((cell.value, cell.n), (Some(60.0), 4));
}

#[test]
fn who_is_listed_is_taken_at_the_last_instant_or_at_the_as_of_instant_itself() {
    let folder = TempDir::new().unwrap();
    let path = file(
        &folder,
        vec![
            ids(4),
            times("time", &[Some("2023-01-01"), Some("2025-01-01"), Some("2025-04-01"), Some("2025-05-01")]),
            times("until", &[None, Some("2025-04-01"), None, Some("2025-05-10")]),
            Column::new("person".into(), ["a", "b", "c", "d"]),
        ],
    );
    let mut listed = spec("interval_count_distinct", Some("person"));
    (listed.from, listed.until) = (Some("time".to_owned()), Some("until".to_owned()));
    let windows = kinds(&["quarter", "30d"]);
    // At the end of 2025Q1: a, and b, who leaves as the next begins. As of 1 May: a, c, and d, who is listed at this
    // very instant; as of 10 May d, who leaves at it, no longer.
    let computed = compute(&listed, &path, &windows, &context("2025-05-01", Some("2025-01-01"))).unwrap();
    assert_eq!(lines(&computed), ["2025Q1  = 2 (2)", "2025Q2  = 3 (3) unfinished", "30d  = 3 (3)"]);
    let computed = compute(&listed, &path, &windows, &context("2025-05-10", Some("2025-01-01"))).unwrap();
    assert_eq!(lines(&computed), ["2025Q1  = 2 (2)", "2025Q2  = 2 (2) unfinished", "30d  = 2 (2)"]);
}

#[test]
fn an_empty_population_counts_nothing_and_divides_nothing() {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, vec![ids(0), times("time", &[]), Column::new("person".into(), Vec::<String>::new())]);
    let value = |statistic: &str, value: Option<&str>| {
        let context = context("2025-02-01", Some("2025-01-01"));
        compute(&spec(statistic, value), &path, &kinds(&["month"]), &context).unwrap().cells[0].value
    };
    assert_eq!((value("count", None), value("count_distinct", Some("person"))), (Some(0.0), Some(0.0)));
    assert_eq!((value("gini", Some("person")), value("smallest_set", Some("person"))), (None, None));
    let without_log = compute(&spec("count", None), &path, &kinds(&["month", "365d"]), &context("2025-02-01", None));
    assert_eq!(without_log.unwrap().cells, []);
}

#[test]
fn mistakes_say_what_there_is() {
    let folder = TempDir::new().unwrap();
    let path = people(&folder);
    let fails = |spec: &MetricSpec| {
        let error: StatsError = compute(spec, &path, &kinds(&["all"]), &context("2025-02-01", None)).unwrap_err();
        error.to_string()
    };
    let message = fails(&spec("count_distinct", Some("persn")));
    assert!(message.contains("\"persn\"") && message.contains("event_id, time, person, repository"), "{message}");
    let message = fails(&spec("median", None));
    assert!(message.contains("\"median\"") && message.contains("kaplan_meier"), "{message}");
    let message = fails(&with(spec("smallest_set", Some("person")), "treshold", 0.5));
    assert!(message.contains("treshold") && message.contains("threshold, exceed, unknown_out"), "{message}");
    let message = fails(&with(spec("smallest_set", Some("person")), "threshold", 50.0));
    assert!(message.contains("at most 1"), "{message}");
    let message = fails(&spec("sum", Some("person")));
    assert!(message.contains("a number"), "{message}");
    let message = fails(&spec("share", Some("person")));
    assert!(message.contains("true/false"), "{message}");
    let missing = folder.path().join("nothing.parquet");
    let error = compute(&spec("count", None), &missing, &[], &context("2025-02-01", None)).unwrap_err();
    assert!(error.to_string().contains("nothing.parquet"), "{error}");
    let text = folder.path().join("text.parquet");
    std::fs::write(&text, "no Parquet").unwrap();
    let error = compute(&spec("count", None), &text, &[], &context("2025-02-01", None)).unwrap_err();
    assert!(error.to_string().contains("run the metric again"), "{error}");
}

/// A population with everything in it; the same for the same seed.
fn anything(folder: &TempDir, rows: usize, mut seed: u64) -> PathBuf {
    let mut draw = |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    let first = at("2024-02-10").as_microsecond();
    // Coarse times, so that many fall together, and on the edges of windows.
    let time: Vec<i64> = (0..rows).map(|_| first + draw(550) as i64 * 86_400_000_000).collect();
    let until: Vec<Option<i64>> =
        time.iter().map(|time| (draw(3) > 0).then(|| time + draw(300) as i64 * 86_400_000_000)).collect();
    let mut names = |count: u64, empty: u64| -> Vec<Option<String>> {
        (0..rows).map(|_| (draw(empty) > 0).then(|| format!("n{}", draw(count)))).collect()
    };
    let columns = vec![
        ids(rows),
        Column::new("person".into(), names(12, 20)),
        Column::new("organisation".into(), names(5, 4)),
        Column::new("repository".into(), names(3, 10)),
        Column::new("meeting".into(), names(30, 10)),
        Column::new(
            "seconds".into(),
            (0..rows).map(|_| (draw(9) > 0).then(|| draw(900_000) as f64 / 7.0)).collect::<Vec<_>>(),
        ),
        Column::new("seen".into(), (0..rows).map(|_| (draw(9) > 0).then(|| draw(2) > 0)).collect::<Vec<_>>()),
        micro_column("time", time.into_iter().map(Some).collect()),
        micro_column("until", until),
    ];
    file(folder, columns)
}

fn every_statistic() -> Vec<MetricSpec> {
    let metric = |(statistic, value): (&str, Option<&str>)| {
        let mut spec = spec(statistic, value);
        spec.unit = "days".to_owned();
        spec.unknown = Some("organisation".to_owned());
        spec.group_by = vec!["repository".to_owned()];
        if statistic == "kaplan_meier" {
            spec.observed = Some("seen".to_owned());
        }
        if statistic == "ratio" {
            spec.per = Some("seen".to_owned());
        }
        if statistic.starts_with("mean_") {
            spec.per = Some("meeting".to_owned());
        }
        if statistic == "interval_count_distinct" {
            (spec.from, spec.until) = (Some("time".to_owned()), Some("until".to_owned()));
        }
        spec
    };
    let value_of = |statistic: &&'static str| match *statistic {
        "count" | "mean_per" | "rate_of_change" => (*statistic, None),
        "share" => (*statistic, Some("seen")),
        "sum" | "mean" | "ratio" | "quantile_discrete" | "quantile_interpolated" | "kaplan_meier" => {
            (*statistic, Some("seconds"))
        }
        "gini" | "herfindahl" => (*statistic, Some("organisation")),
        _ => (*statistic, Some("person")),
    };
    let mut all: Vec<_> = MetricSpec::STATISTICS.iter().map(value_of).map(metric).collect();
    let mut weighted = metric(("smallest_set", Some("person")));
    weighted.weight = Some("seconds".to_owned());
    all.push(with(weighted, "exceed", 1.0));
    all.push(with(metric(("retention", Some("person"))), "as_count", 1.0));
    all.push(with(metric(("new", Some("person"))), "unknown_by_value", 1.0));
    all
}

/// What `trace` promises: the rows of a cell, computed on their own, are the cell.
#[test]
fn the_statistic_of_the_rows_of_a_cell_is_the_cell() {
    let folder = TempDir::new().unwrap();
    let path = anything(&folder, 300, 42);
    let alone = folder.path().join("alone.parquet");
    let context = context("2025-07-20", Some("2024-02-10"));
    let windows = kinds(&["quarter", "200d", "all"]);
    let mut with_value = 0;
    for spec in every_statistic() {
        let computed = compute(&spec, &path, &windows, &context).unwrap();
        for cell in &computed.cells {
            let kind: WindowKind = cell.window_kind.parse().unwrap();
            let window =
                kind.windows(context.first.unwrap(), context.as_of).into_iter().find(|w| w.label == cell.window);
            let rows = select(&spec, &path, kind, &window.unwrap(), cell.group.split_once('='), &context).unwrap();
            rows.write(&alone).unwrap();
            let again = compute(&spec, &alone, &[kind], &context).unwrap();
            let same = again.cells.iter().find(|other| other.window == cell.window && other.group == cell.group);
            match same {
                Some(same) => assert_eq!(same, cell),
                // An empty group is not in the rows at all.
                None => assert!(rows.is_empty(), "{cell:?}"),
            }
            with_value += usize::from(cell.value.is_some());
        }
    }
    assert!(with_value > 500, "{with_value}");
}

#[test]
fn the_rows_of_a_cell_show_all_columns_oldest_first() {
    let folder = TempDir::new().unwrap();
    let path = people(&folder);
    let mut spec = spec("count", None);
    spec.group_by = vec!["repository".to_owned()];
    let context = context("2025-08-15", None);
    let quarter: WindowKind = "quarter".parse().unwrap();
    let window = &quarter.windows(at("2025-01-01"), context.as_of)[0];
    let rows = select(&spec, &path, quarter, window, Some(("repository", "x/a")), &context).unwrap();
    assert_eq!(rows.columns(), ["event_id", "time", "person", "repository", "organisation"]);
    let some = |texts: [&str; 5]| texts.map(|text| Some(text.to_owned())).to_vec();
    assert_eq!(
        rows.texts().unwrap(),
        [
            some(["e2", "2025-01-10T00:00:00Z", "a", "x/a", "Acme"]),
            some(["e1", "2025-03-31T23:59:59.999999Z", "b", "x/a", ""]),
        ]
    );
    let error = select(&spec, &path, quarter, window, Some(("person", "a")), &context).unwrap_err();
    assert!(error.to_string().contains("group_by = [repository]"), "{error}");
    assert!(select(&spec, &path, quarter, window, Some(("repository", "no")), &context).unwrap().is_empty());
}

#[test]
fn the_table_comes_back_and_has_the_same_bytes() {
    let folder = TempDir::new().unwrap();
    let path = anything(&folder, 200, 1);
    let write = |name: &str| {
        let specs = every_statistic();
        let cells: Vec<Cell> = specs
            .iter()
            .flat_map(|spec| {
                compute(spec, &path, &kinds(&["quarter", "365d"]), &context("2025-07-20", None)).unwrap().cells
            })
            .collect();
        let table = folder.path().join(name).join("metrics.parquet");
        write_cells(&cells, &table).unwrap();
        (cells, table)
    };
    let ((cells, one), (_, two)) = (write("one"), write("two"));
    assert_eq!(std::fs::read(&one).unwrap(), std::fs::read(&two).unwrap());
    assert_eq!(read_cells(&one).unwrap(), cells);
    write_cells(&[], Path::new(&one)).unwrap();
    assert_eq!(read_cells(&one).unwrap(), []);
}

/// The order of the file is not the order of time, and does not show, down to the last bit of a sum.
#[test]
fn the_order_of_the_file_does_not_show() {
    let folder = TempDir::new().unwrap();
    let path = anything(&folder, 300, 3);
    let context = context("2025-07-20", None);
    let run = || -> Vec<Computed> {
        every_statistic()
            .iter()
            .map(|spec| compute(spec, &path, &kinds(&["quarter", "90d"]), &context).unwrap())
            .collect()
    };
    let before = run();
    let frame = ParquetReader::new(File::open(&path).unwrap()).finish().unwrap();
    ParquetWriter::new(File::create(&path).unwrap()).finish(&mut frame.reverse()).unwrap();
    assert_eq!(run(), before);
}
