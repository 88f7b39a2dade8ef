//! Populations into cells, through files as the query crate writes them: by hand.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod support;

use muster_model::{MetricSpec, WindowKind};
use muster_stats::{Cell, Computed, StatsError, compute, members, select, survival};
use polars::prelude::*;
use std::path::PathBuf;
use support::{at, context, file, ids, kinds, micro_column, spec, times, with};
use tempfile::TempDir;

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
    assert_eq!(computed.cells[0].note.as_deref(), Some("not computable: no window before"));
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
            Column::new("active".into(), [Some(true), Some(false), Some(true), None]),
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
    // Of a and b, half is active; of a, c and d the two of whom it is known, all.
    let active = MetricSpec { statistic: "interval_share".to_owned(), observed: Some("active".to_owned()), ..listed };
    let computed = compute(&active, &path, &windows, &context("2025-05-01", Some("2025-01-01"))).unwrap();
    assert_eq!(lines(&computed), ["2025Q1  = 0.5 (2)", "2025Q2  = 1 (2) unfinished", "30d  = 1 (2)"]);
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
    // Where nothing is known at all, the windows at the as-of instant say so.
    let without_log = compute(&spec("count", None), &path, &kinds(&["month", "365d"]), &context("2025-02-01", None));
    let cells = without_log.unwrap().cells;
    let told: Vec<_> = cells.iter().map(|cell| (cell.window.as_str(), cell.value, cell.note.as_deref())).collect();
    let note = Some("the log has nothing of it at all");
    assert_eq!(told, [("2025-01", Some(0.0), note), ("365d", Some(0.0), note)]);
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
fn a_cohort_are_those_who_began_some_windows_ago() {
    let folder = TempDir::new().unwrap();
    let path = people(&folder);
    let cohort = with(spec("cohort", Some("person")), "after", 1.0);
    let context = context("2025-08-15", Some("2024-12-31"));
    let computed = compute(&cohort, &path, &kinds(&["quarter", "all"]), &context).unwrap();
    // a and b began in 2025Q1, a is here in 2025Q2; c began in 2025Q2 and is gone; a is here in 2025Q3 no longer.
    assert_eq!(
        lines(&computed),
        ["2024Q4  = - (0)", "2025Q1  = - (0)", "2025Q2  = 0.5 (2)", "2025Q3  = 0 (1) unfinished", "all  = - (0)"]
    );
    let notes: Vec<_> = computed.cells.iter().map(|cell| cell.note.as_deref().unwrap_or("")).collect();
    let none = "not computable: no window of the cohort";
    let partial = "not computable: what is counted begins inside the window of the cohort";
    assert_eq!(notes, [none, partial, "", "the window is unfinished", none]);
    // Two quarters on: nobody of 2025Q1 is left in 2025Q3.
    let computed = compute(&with(cohort, "after", 2.0), &path, &kinds(&["quarter"]), &context).unwrap();
    assert_eq!(lines(&computed)[3], "2025Q3  = 0 (2) unfinished");
}

#[test]
fn gaps_end_in_the_window_and_the_open_one_counts_as_at_least() {
    let folder = TempDir::new().unwrap();
    let days = ["2025-01-05", "2025-01-15", "2025-01-20", "2025-04-01", "2025-08-01"].map(Some);
    // The second row of v2 is the same release again.
    let path =
        file(&folder, vec![ids(5), times("time", &days), Column::new("tag".into(), ["v1", "v2", "v2", "v3", "v4"])]);
    let context = context("2025-07-01", Some("2024-10-01"));
    let cells = |statistic: &str| {
        let mut metric = spec(statistic, Some("tag"));
        metric.unit = "days".to_owned();
        let cells = compute(&metric, &path, &kinds(&["quarter"]), &context).unwrap().cells;
        cells.into_iter().map(|cell| (cell.value, cell.low, cell.high, cell.n)).collect::<Vec<_>>()
    };
    // 5 to 15 January, 10 days; 15 January to 1 April, 76 days; 15 January to the end of March 76; 1 April to 1 July 91.
    assert_eq!(cells("median_gap"), [(None, None, None, 0), (Some(10.0), None, None, 1), (Some(76.0), None, None, 1)]);
    assert_eq!(
        cells("longest_gap"),
        [(None, None, None, 0), (Some(10.0), Some(10.0), Some(76.0), 1), (Some(76.0), Some(76.0), Some(91.0), 1)]
    );
    // The last rows: 20 January, 71 days before April; 1 April.
    assert_eq!(
        cells("days_since_last"),
        [(None, None, None, 0), (Some(71.0), None, None, 1), (Some(91.0), None, None, 1)]
    );
    let mut wrong = spec("median_gap", Some("tag"));
    wrong.unit = "releases".to_owned();
    let message = compute(&wrong, &path, &kinds(&["quarter"]), &context).unwrap_err().to_string();
    assert!(message.contains("\"days\", \"hours\" or \"seconds\""), "{message}");
}

#[test]
fn an_only_release_has_no_gap_but_one_that_is_open() {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, vec![ids(1), times("time", &[Some("2025-01-05")]), Column::new("tag".into(), ["v1"])]);
    let mut metric = spec("longest_gap", Some("tag"));
    metric.unit = "days".to_owned();
    let cell = &compute(&metric, &path, &kinds(&["30d"]), &context("2025-03-06", None)).unwrap().cells[0];
    assert_eq!((cell.value, cell.low, cell.high, cell.n), (None, Some(60.0), None, 0));
    assert_eq!(
        cell.note.as_deref(),
        Some("not computable: no gap ends in the window; a longer gap is still open at the end")
    );
}

// Weeks back from 29 January: 1, 2, 3 and 6 rows. x − 1.5 = −1.5, −.5, .5, 1.5; y − 3 = −2, −1, 0, 3; Sxy = 3 + .5 + 0 + 4.5 = 8,
// Sxx = 5, b = 1.6. The line is .6, 2.2, 3.8, 5.4; SSE = .16 + .04 + .64 + .36 = 1.2; √(1.2/2/5) = .3464102; t(2) = 4.3026527;
// half = 1.4904826.
#[test]
fn the_slope_is_over_whole_periods_counted_back_from_the_end() {
    let folder = TempDir::new().unwrap();
    // 31 December is before the whole weeks of 30d, and before 28d.
    let days = [31, 1, 8, 14, 15, 16, 21, 22, 23, 24, 25, 26, 28];
    let time: Vec<Option<i64>> = days
        .iter()
        .map(|day| if *day == 31 { "2024-12-31".to_owned() } else { format!("2025-01-{day:02}") })
        .map(|day| Some(at(&day).as_microsecond()))
        .collect();
    let people: Vec<&str> = days.iter().map(|day| if *day > 21 { "a" } else { "b" }).collect();
    let path = file(&folder, vec![ids(13), micro_column("time", time), Column::new("person".into(), people)]);
    let context = context("2025-01-29", Some("2024-12-20"));
    let near = |value: Option<f64>, expected: f64| value.is_some_and(|value| (value - expected).abs() < 1e-6);
    for cell in compute(&spec("slope", None), &path, &kinds(&["28d", "30d"]), &context).unwrap().cells {
        assert!(near(cell.value, 1.6) && near(cell.low, 0.109_517_4) && near(cell.high, 3.090_482_6), "{cell:?}");
        assert_eq!((cell.n, cell.note.as_deref()), (12, None));
    }
    // One person a week: a level line.
    let cell = &compute(&spec("slope", Some("person")), &path, &kinds(&["28d"]), &context).unwrap().cells[0];
    assert_eq!((cell.value, cell.low, cell.high), (Some(0.0), Some(0.0), Some(0.0)));
    let two = with(spec("slope", None), "period_days", 14.0);
    let cell = &compute(&two, &path, &kinds(&["30d"]), &context).unwrap().cells[0];
    assert_eq!((cell.value, cell.note.as_deref()), (None, Some("not computable: 2 whole periods, 3 are needed")));
    // 2024Q4 begins on 1 October, the log on 20 December; 2025Q1 is unfinished and ends at the as-of instant.
    let cells = compute(&spec("slope", None), &path, &kinds(&["quarter"]), &context).unwrap().cells;
    assert!(near(cells[1].value, 1.6) && cells[1].unfinished, "{:?}", cells[1]);
    let note = cells[0].note.as_deref().unwrap();
    assert!(note.contains("1 whole periods") && note.contains("what is counted begins inside the window"), "{note}");
}

#[test]
fn what_ended_before_it_began_and_what_is_no_number_is_left_out_and_counted() {
    let folder = TempDir::new().unwrap();
    let day = 86_400.0;
    let seconds = [Some(day), Some(-day), Some(f64::NAN), Some(3.0 * day), Some(f64::INFINITY), None, Some(-1.0)];
    let columns = vec![
        ids(7),
        times("time", &[Some("2025-01-01"); 7]),
        Column::new("seconds".into(), seconds),
        Column::new("seen".into(), [true; 7]),
        Column::new("person".into(), ["a", "b", "c", "d", "e", "f", "g"]),
    ];
    let path = file(&folder, columns);
    let context = context("2025-02-01", None);
    let cell = |spec: &MetricSpec| compute(spec, &path, &kinds(&["month"]), &context).unwrap().cells.remove(0);
    let left_out = "left out: 1 without a value; left out: 2 that ended before they began; \
                    left out: 2 with a number that is not finite";
    for (statistic, value) in [("kaplan_meier", 1.0), ("quantile_interpolated", 2.0), ("mean", 2.0), ("sum", 4.0)] {
        let mut metric = spec(statistic, Some("seconds"));
        (metric.unit, metric.observed) = ("days".to_owned(), Some("seen".to_owned()));
        let cell = cell(&metric);
        assert_eq!((cell.value, cell.n, cell.note.as_deref()), (Some(value), 2, Some(left_out)), "{statistic}");
    }
    // What is no duration may be below 0.
    let mut lines = spec("sum", Some("seconds"));
    lines.unit = "lines".to_owned();
    assert_eq!((cell(&lines).value, cell(&lines).n), (Some(3.0 * day - 1.0), 4));
    let mut weighed = spec("gini", Some("person"));
    weighed.weight = Some("seconds".to_owned());
    // 1 and 3 days: 2(1 + 6)/(2·4) − 3/2 = 0.25; who weighs less than nothing weighs nothing.
    assert_eq!((cell(&weighed).value, cell(&weighed).n), (Some(0.25), 7));
    assert_eq!(cell(&weighed).note.as_deref(), Some("left out: 2 with a number that is not finite"));
}

#[test]
fn what_cannot_be_computed_says_why() {
    let folder = TempDir::new().unwrap();
    let path = people(&folder);
    let note = |spec: &MetricSpec, window: &str| {
        let cells = compute(spec, &path, &kinds(&[window]), &context("2025-07-01", Some("2024-01-01"))).unwrap().cells;
        assert_eq!(cells[0].value, None);
        cells[0].note.clone().unwrap()
    };
    let quiet = "2024-02-01..2024-03-01";
    assert_eq!(note(&spec("gini", Some("person")), quiet), "not computable: nothing in the window");
    assert_eq!(
        note(&spec("retention", Some("person")), "2024-05-01..2024-06-01"),
        "not computable: nobody in the window before"
    );
    let rate = note(&spec("rate_of_change", None), "2024-05-01..2024-06-01");
    assert_eq!(rate, "not computable: nothing in the window before to compare with");
    assert_eq!(note(&spec("slope", None), quiet), "not computable: nothing in the window");
    // 2 May: only a row without a person.
    let nobody = "2025-05-02..2025-05-03";
    assert_eq!(note(&spec("smallest_set", Some("person")), nobody), "not computable: nothing known has any weight");
    // Both, one of them without an organisation: the known one is half, three quarters are not reached.
    let most = with(spec("smallest_set", Some("organisation")), "threshold", 0.75);
    assert_eq!(note(&most, "2025-01-01..2025-04-01"), "not reached: too much is unknown");
    let mut waiting = spec("kaplan_meier", Some("seconds"));
    (waiting.unit, waiting.observed) = ("days".to_owned(), Some("seen".to_owned()));
    let columns = vec![
        ids(1),
        times("time", &[Some("2025-01-01")]),
        Column::new("seconds".into(), [5]),
        Column::new("seen".into(), [false]),
    ];
    let path = file(&folder, columns);
    let cells = compute(&waiting, &path, &kinds(&["month"]), &context("2025-02-01", None)).unwrap().cells;
    assert_eq!((cells[0].value, cells[0].note.as_deref()), (None, Some("not reached: none has ended")));
}

#[test]
fn members_are_the_values_by_weight_and_the_unknown_last() {
    let folder = TempDir::new().unwrap();
    let of = |name: &'static str, count: usize| std::iter::repeat_n(Some(name), count);
    let names: Vec<_> = of("c", 2).chain(of("a", 3)).chain(of("b", 2)).chain([None, None, None]).collect();
    let path = file(
        &folder,
        vec![ids(10), times("time", &[Some("2025-01-01"); 10]), Column::new("organisation".into(), names)],
    );
    let context = context("2025-02-01", None);
    let month: WindowKind = "month".parse().unwrap();
    let window = &month.windows(at("2025-01-01"), context.as_of)[0];
    let rows = |spec: &MetricSpec| {
        let members = members(spec, &path, month, window, None, &context).unwrap();
        let row = |member: muster_stats::Member| {
            (member.name.unwrap_or_default(), member.weight, member.share, member.cumulative, member.in_set)
        };
        members.into_iter().map(row).collect::<Vec<_>>()
    };
    let row = |name: &str, weight: f64, share: Option<f64>, cumulative: Option<f64>, in_set: bool| {
        (name.to_owned(), weight, share, cumulative, in_set)
    };
    // Half of all ten rows are five: a and, of the two that are next, b.
    assert_eq!(
        rows(&spec("smallest_set", Some("organisation"))),
        [
            row("a", 3.0, Some(0.3), Some(0.3), true),
            row("b", 2.0, Some(0.2), Some(0.5), true),
            row("c", 2.0, Some(0.2), Some(0.7), false),
            row("", 3.0, Some(0.3), Some(1.0), false),
        ]
    );
    let known = rows(&with(spec("smallest_set", Some("organisation")), "unknown_out", 1.0));
    assert_eq!(known[0], row("a", 3.0, Some(3.0 / 7.0), Some(3.0 / 7.0), true));
    assert_eq!(known[3], row("", 3.0, None, None, false));
    let error = members(&spec("count", None), &path, month, window, None, &context).unwrap_err().to_string();
    assert!(error.contains("has no members"), "{error}");
    let error = survival(&spec("count", None), &path, month, window, None, &context).unwrap_err().to_string();
    assert!(error.contains("only kaplan_meier"), "{error}");
}
