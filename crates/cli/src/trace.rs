//! `muster trace`: the events behind one cell, and the proof that they make its figure.

use crate::args::{Format, TraceArgs};
use crate::compute::context;
use crate::failure::{CHECK_FAILED, Failure};
use crate::project::read_pipeline;
use crate::sql::print;
use crate::state::State;
use muster_model::{MetricSpec, Timestamp, Window, WindowKind};
use muster_pipeline::Pipeline;
use muster_query::output::Answer;
use muster_stats::{Cell, Context, read_cells, select};
use serde_json::Value;
use std::path::Path;
use std::process::ExitCode;

/// Prints the population of a cell; its statistic over just these rows must equal the figure.
pub async fn trace(args: &TraceArgs) -> Result<ExitCode, Failure> {
    let pipeline = read_pipeline(&args.common.file, &args.common.sets)?;
    let library = crate::library::load(&pipeline)?;
    let spec = &crate::library::metric(&library, &args.metric)?.spec;
    let out = &pipeline.project.out;
    let cells = read_cells(&out.join("metrics").join(format!("{}.parquet", spec.id)))
        .map_err(|error| Failure::usage(error, "compute the metrics first: muster run FILE"))?;
    let as_of = as_of(&pipeline)?;
    let log_version = cells.first().and_then(|cell| u64::try_from(cell.log_version).ok()).unwrap_or(0);
    let context = context(&pipeline, as_of, log_version);
    let population = out.join("populations").join(format!("{}.parquet", spec.id));
    let cell = match named(&cells, args) {
        Some(cell) => cell.clone(),
        None => of_another_kind(spec, &population, &context, args)?.ok_or_else(|| unknown_cell(&cells, spec, args))?,
    };
    let kind: WindowKind = cell.window_kind.parse().map_err(Failure::internal)?;
    let window = Window {
        start: cell.window_start,
        end: cell.window_end,
        label: cell.window.clone(),
        unfinished: cell.unfinished,
    };
    let group = cell.group.split_once('=');
    let rows = select(spec, &population, kind, &window, group, &context)?;
    let folder = tempfile::tempdir().map_err(Failure::internal)?;
    let alone = folder.path().join("rows.parquet");
    rows.write(&alone)?;
    let again = muster_stats::compute(spec, &alone, &[kind], &context)?;
    let value = again.cells.iter().find(|other| other.window == cell.window && other.group == cell.group);
    say(spec, &cell, rows.len());
    print(&answer(&rows)?, if args.common.json { Format::Json } else { args.format })?;
    if rows.is_empty() || value.is_some_and(|again| again.value == cell.value) {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!(
        "error: the statistic over these rows is {:?}, the cell says {:?}",
        value.and_then(|cell| cell.value),
        cell.value
    );
    eprintln!("  = the outputs changed since they were computed: delete {} and run again", out.display());
    Ok(ExitCode::from(CHECK_FAILED))
}

/// The cell that the metric's table has under this window and group.
fn named<'a>(cells: &'a [Cell], args: &TraceArgs) -> Option<&'a Cell> {
    cells.iter().find(|cell| cell.window == args.window && cell.group == args.group.as_deref().unwrap_or(""))
}

/// A window that the pipeline does not cut time into may be asked for all the same: a day, a month, 90d.
fn of_another_kind(
    spec: &MetricSpec,
    population: &Path,
    context: &Context,
    args: &TraceArgs,
) -> Result<Option<Cell>, Failure> {
    let calendar = [WindowKind::Day, WindowKind::Week, WindowKind::Month, WindowKind::Quarter, WindowKind::Year];
    let kinds: Vec<WindowKind> = args.window.parse().into_iter().chain(calendar).collect();
    let computed = muster_stats::compute(spec, population, &kinds, context)?;
    Ok(named(&computed.cells, args).cloned())
}

fn unknown_cell(cells: &[Cell], spec: &MetricSpec, args: &TraceArgs) -> Failure {
    let group = args.group.as_deref().unwrap_or("");
    let mut words: Vec<&str> =
        cells.iter().filter(|cell| cell.group == group).map(|cell| cell.window.as_str()).collect();
    let what = if words.is_empty() { "groups" } else { "windows" };
    if words.is_empty() {
        words = cells.iter().map(|cell| cell.group.as_str()).filter(|group| !group.is_empty()).collect();
        words.sort_unstable();
    }
    words.dedup();
    let hint = if cells.is_empty() {
        "it has no cells at all: nothing that it counts was collected".to_owned()
    } else {
        format!("its {what} are {}; a day, week, month, quarter, year or 90d may be asked for too", words.join(", "))
    };
    Failure::usage(format!("{} has no cell {} {group}", spec.id, args.window).trim_end(), hint)
}

/// The as-of instant of the run that wrote the cells.
fn as_of(pipeline: &Pipeline) -> Result<Timestamp, Failure> {
    let out = &pipeline.project.out;
    State::read(out).and_then(|state| state.as_of.parse().ok()).ok_or_else(|| {
        Failure::usage(format!("the outputs in {} are not complete", out.display()), "compute them: muster run FILE")
    })
}

fn say(spec: &MetricSpec, cell: &Cell, rows: usize) {
    let value = cell.value.map_or("not reached".to_owned(), |value| format!("{value}"));
    eprintln!(
        "{value} {} · {rows} rows · definition {} v{} · {} {}..{} · log version {}",
        cell.unit, spec.id, spec.version, cell.window, cell.window_start, cell.window_end, cell.log_version
    );
}

fn answer(rows: &muster_stats::Rows) -> Result<Answer, Failure> {
    let texts = rows.texts()?;
    let value = |text: Option<String>| text.map_or(Value::Null, Value::String);
    let rows_of = texts.into_iter().map(|row| row.into_iter().map(value).collect()).collect();
    Ok(Answer { columns: rows.columns(), rows: rows_of })
}
