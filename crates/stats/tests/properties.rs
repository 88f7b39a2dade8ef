//! What must hold of any statistic over any population.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod support;

use muster_model::{MetricSpec, Window, WindowKind};
use muster_stats::{
    Cell, Columns, Computed, Context, compute, compute_over, members, read_cells, select, survival, write_cells,
};
use polars::prelude::*;
use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;
use support::{Row, Shape, USUAL, community, context, every_statistic, kinds, write};
use tempfile::TempDir;

fn window(cell: &Cell) -> Window {
    Window { start: cell.window_start, end: cell.window_end, label: cell.window.clone(), unfinished: cell.unfinished }
}

/// Figures are finite, and one that is not there says why.
fn assert_defined(cell: &Cell) {
    let figures = [cell.value, cell.low, cell.high, cell.naive, cell.unknown_share];
    assert!(figures.iter().flatten().all(|figure| figure.is_finite()), "{cell:?}");
    let says_why =
        cell.note.as_deref().is_some_and(|note| note.contains("not computable: ") || note.contains("not reached"));
    assert!(cell.value.is_some() || says_why, "{cell:?}");
    assert!(cell.n >= 0 && cell.censored.is_none_or(|censored| (0..=cell.n).contains(&censored)), "{cell:?}");
}

/// What `trace` promises: the rows of a cell, computed on their own, are the cell.
fn assert_traced(spec: &MetricSpec, path: &Path, cell: &Cell, context: &Context, alone: &Path) {
    let kind: WindowKind = cell.window_kind.parse().unwrap();
    let rows = select(spec, path, kind, &window(cell), cell.group.split_once('='), context).unwrap();
    rows.write(alone).unwrap();
    let again = compute(spec, alone, &[kind], context).unwrap();
    match again.cells.iter().find(|other| other.window == cell.window && other.group == cell.group) {
        Some(same) => assert_eq!(same, cell),
        // Only what has no row at all can have no cell.
        None => assert!(rows.is_empty(), "{cell:?}"),
    }
}

/// The members make the figure, wherever it is over names.
fn assert_members(spec: &MetricSpec, path: &Path, cell: &Cell, context: &Context) {
    let kind: WindowKind = cell.window_kind.parse().unwrap();
    let Ok(members) = members(spec, path, kind, &window(cell), cell.group.split_once('='), context) else { return };
    let known: Vec<_> = members.iter().filter(|member| member.name.is_some()).collect();
    assert!(members.len() <= known.len() + 1 && members.iter().skip(known.len()).all(|member| member.name.is_none()));
    assert!(known.is_sorted_by(|a, b| (b.weight, &a.name) < (a.weight, &b.name)), "{members:?}");
    let in_set = known.iter().filter(|member| member.in_set).count() as f64;
    let shares = || known.iter().filter_map(|member| member.share);
    let figure = match spec.statistic.as_str() {
        "smallest_set" => in_set,
        "count_distinct" | "new" | "interval_count_distinct" => known.len() as f64,
        "top_share" => known.first().and_then(|member| member.share).unwrap_or_default(),
        "retention" if spec.parameters.contains_key("as_count") => in_set,
        "retention" | "cohort" => in_set / known.len() as f64,
        "herfindahl" => shares().map(|share| share * share).sum(),
        "effective_number" => (-shares().map(|share| share * share.ln()).sum::<f64>()).exp(),
        "mean_distinct_per" => known.iter().map(|member| member.weight).sum::<f64>() / cell.n as f64,
        _ => return,
    };
    assert!(cell.value.is_none_or(|value| (value - figure).abs() < 1e-9), "{cell:?} {members:?}");
}

fn assert_curve(spec: &MetricSpec, path: &Path, cell: &Cell, context: &Context) {
    let kind: WindowKind = cell.window_kind.parse().unwrap();
    let Ok(curve) = survival(spec, path, kind, &window(cell), cell.group.split_once('='), context) else { return };
    let estimate = curve.quantile(spec.parameters.get("quantile").copied().unwrap_or(0.5));
    assert_eq!(
        (estimate.value, estimate.low, estimate.high, curve.items as i64),
        (cell.value, cell.low, cell.high, cell.n)
    );
}

fn assert_all(rows: &[Row], kinds: &[WindowKind], context: &Context) -> usize {
    let folder = TempDir::new().unwrap();
    let (path, alone) = (write(&folder, rows), folder.path().join("alone.parquet"));
    let mut values = 0;
    for spec in every_statistic() {
        for cell in compute(&spec, &path, kinds, context).unwrap().cells {
            assert_defined(&cell);
            assert_traced(&spec, &path, &cell, context, &alone);
            assert_members(&spec, &path, &cell, context);
            assert_curve(&spec, &path, &cell, context);
            values += usize::from(cell.value.is_some());
        }
    }
    values
}

#[test]
fn a_cell_is_defined_and_its_rows_make_it_again() {
    let context = context("2025-07-20", Some("2024-02-10"));
    let kinds = kinds(&["year", "200d", "2024-04-01..2024-10-01", "all"]);
    let values = assert_all(&community(USUAL, 42), &kinds, &context);
    assert!(values > 300, "{values}");
}

/// Of all kinds of small communities: nobody, one person, nobody known, durations that are none, the log's beginning not
/// told, clocks in the future.
#[test]
fn a_small_or_broken_community_has_defined_figures_too() {
    let kinds = kinds(&["year", "100d", "2024-04-01..2024-10-01"]);
    let shape = |rows, people, organisations, broken| Shape { rows, people, organisations, days: 300, broken };
    let told = context("2025-03-01", Some("2023-06-01"));
    let not_told = context("2024-11-05", None);
    let communities = [
        (shape(0, 1, 1, 0), &told),
        (shape(0, 1, 1, 0), &not_told),
        (shape(1, 1, 1, 0), &not_told),
        (shape(9, 1, 0, 2), &told),
        (shape(15, 0, 0, 1), &not_told),
        (shape(30, 4, 2, 2), &not_told),
    ];
    for ((shape, context), seed) in communities.into_iter().zip(1..) {
        assert_all(&community(shape, seed), &kinds, context);
    }
}

#[test]
fn the_table_comes_back_and_has_the_same_bytes() {
    let folder = TempDir::new().unwrap();
    let path = write(&folder, &community(USUAL, 1));
    let write_table = |name: &str| {
        let cells = |spec: &MetricSpec| {
            compute(spec, &path, &kinds(&["quarter", "365d"]), &context("2025-07-20", None)).unwrap().cells
        };
        let cells: Vec<Cell> = every_statistic().iter().flat_map(cells).collect();
        let table = folder.path().join(name).join("metrics.parquet");
        write_cells(&cells, &table).unwrap();
        (cells, table)
    };
    let ((cells, one), (_, two)) = (write_table("one"), write_table("two"));
    assert_eq!(std::fs::read(&one).unwrap(), std::fs::read(&two).unwrap());
    assert_eq!(read_cells(&one).unwrap(), cells);
    write_cells(&[], Path::new(&one)).unwrap();
    assert_eq!(read_cells(&one).unwrap(), []);
}

/// The order of the file is not the order of time, and does not show, down to the last bit of a sum.
#[test]
fn the_order_of_the_file_does_not_show() {
    let folder = TempDir::new().unwrap();
    let path = write(&folder, &community(USUAL, 3));
    let context = context("2025-07-20", None);
    let run = || -> Vec<Computed> {
        let of = |spec: &MetricSpec| compute(spec, &path, &kinds(&["quarter", "90d"]), &context).unwrap();
        every_statistic().iter().map(of).collect()
    };
    let before = run();
    let frame = ParquetReader::new(File::open(&path).unwrap()).finish().unwrap();
    ParquetWriter::new(File::create(&path).unwrap()).finish(&mut frame.reverse()).unwrap();
    assert_eq!(run(), before);
}

/// A file in order is not sorted again, and what one metric read of it the next does not read: nobody sees a difference,
/// whichever metric comes first, and whether or not the last rows lie after the as-of instant.
#[test]
fn metrics_that_share_a_file_in_order_have_the_figures_of_each_alone() {
    let folder = TempDir::new().unwrap();
    let path = write(&folder, &community(USUAL, 5));
    let (specs, kinds) = (every_statistic(), kinds(&["quarter", "90d"]));
    for context in [context("2025-10-20", None), context("2025-01-20", None)] {
        let alone: Vec<_> = specs.iter().map(|spec| compute(spec, &path, &kinds, &context).unwrap()).collect();
        let frame = ParquetReader::new(File::open(&path).unwrap()).finish().unwrap();
        let mut sorted = frame.sort(["time", "event_id"], SortMultipleOptions::default()).unwrap();
        let in_order = folder.path().join("in_order.parquet");
        ParquetWriter::new(File::create(&in_order).unwrap()).finish(&mut sorted).unwrap();
        let over = |columns: &Columns, spec| compute_over(spec, columns, &kinds, &context).unwrap();
        let columns = Columns::open(&in_order).unwrap();
        let forth: Vec<_> = specs.iter().map(|spec| over(&columns, spec)).collect();
        let columns = Columns::open(&in_order).unwrap();
        let mut back: Vec<_> = specs.iter().rev().map(|spec| over(&columns, spec)).collect();
        back.reverse();
        assert_eq!(forth, alone);
        assert_eq!(back, alone);
    }
}

/// The statistics that these tests run are all that there are.
#[test]
fn every_statistic_is_here() {
    let here: BTreeSet<String> = every_statistic().into_iter().map(|spec| spec.statistic).collect();
    assert_eq!(here, MetricSpec::STATISTICS.iter().map(|name| (*name).to_owned()).collect());
}
