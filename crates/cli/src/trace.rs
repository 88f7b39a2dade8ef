//! `muster trace`: the events behind one cell, and the proof that they make its figure.

use crate::args::{Format, TraceArgs};
use crate::cells::{Standing, agree, answer};
use crate::failure::{CHECK_FAILED, Failure};
use crate::sql::{print, say};
use muster_model::MetricSpec;
use muster_query::output::Answer;
use muster_stats::{Cell, Member};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::process::ExitCode;

/// Prints the population of a cell; its statistic over just these rows must equal the figure.
pub async fn trace(args: &TraceArgs) -> Result<ExitCode, Failure> {
    let figures = Standing::open(&args.common, &args.as_of).await?;
    if args.every {
        return every(&figures, args.metric.as_deref());
    }
    let (Some(metric), Some(window)) = (&args.metric, &args.window) else {
        return Err(Failure::usage(
            "trace needs a metric and its --window",
            "or --every, for all cells of all metrics",
        ));
    };
    let spec = &figures.metric(metric)?.spec;
    let cell = figures.cell(spec, window, args.group.as_deref().unwrap_or(""))?;
    let rows = figures.rows(spec, &cell)?;
    headline(spec, &cell, rows.len());
    let format = if args.common.json { Format::Json } else { args.format };
    if args.members {
        print(&member_table(&figures.members(spec, &cell)?), format)?;
    } else {
        let mut table = answer(&rows)?;
        if spec.statistic == "smallest_set" {
            let members = figures.members(spec, &cell)?;
            if matches!(format, Format::Table | Format::Markdown) {
                print(&member_table(&members), format)?;
                say("")?;
            }
            mark_set(&mut table, spec, &members);
        }
        add_durations(&mut table, spec);
        print(&table, format)?;
    }
    let folder = tempfile::tempdir().map_err(Failure::internal)?;
    match differs(&figures, spec, &cell, &folder.path().join("rows.parquet"))? {
        None => Ok(ExitCode::SUCCESS),
        Some(difference) => {
            eprintln!("error: {difference}");
            let out = figures.outputs.folder().display();
            eprintln!("  = the outputs changed since they were computed: delete {out} and run again");
            Ok(ExitCode::from(CHECK_FAILED))
        }
    }
}

/// Traces every cell of every metric, or of one, and says only which do not come out.
fn every(figures: &Standing, metric: Option<&str>) -> Result<ExitCode, Failure> {
    let folder = tempfile::tempdir().map_err(Failure::internal)?;
    let alone = folder.path().join("rows.parquet");
    let ids: Vec<&str> = match metric {
        Some(id) => vec![figures.metric(id)?.spec.id.as_str()],
        None => figures.library.metrics.keys().map(String::as_str).collect(),
    };
    let (mut cells, mut wrong) = (0, 0);
    for id in &ids {
        let spec = &figures.metric(id)?.spec;
        for cell in figures.cells(spec)? {
            cells += 1;
            if let Some(difference) = differs(figures, spec, &cell, &alone)? {
                wrong += 1;
                say(&difference)?;
            }
        }
    }
    eprintln!("{cells} cells of {} metrics traced; {wrong} do not come out", ids.len());
    Ok(if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::from(CHECK_FAILED) })
}

/// What the statistic over a cell's rows says otherwise than the cell. Without rows there is nothing to count.
fn differs(
    figures: &Standing,
    spec: &MetricSpec,
    cell: &Cell,
    alone: &std::path::Path,
) -> Result<Option<String>, Failure> {
    let rows = figures.rows(spec, cell)?;
    let again = figures.again(spec, cell, &rows, alone)?;
    let same = match &again {
        Some(again) => agree(cell, again),
        None => rows.is_empty() && cell.value.is_none_or(|value| value == 0.0),
    };
    let (now, said) = (again.and_then(|cell| cell.value), cell.value);
    let place = [cell.metric.as_str(), &cell.window, &cell.group].join(" ");
    let number = |value: Option<f64>| value.map_or("nothing".to_owned(), |value| value.to_string());
    Ok((!same).then(|| {
        format!(
            "{}: the statistic over these rows gives {}, the cell says {}",
            place.trim_end(),
            number(now),
            number(said)
        )
    }))
}

/// `12 people (10 to 14) · 45 rows · definition … v1 · 2025Q4 … · log version 41`, and what limits it.
fn headline(spec: &MetricSpec, cell: &Cell, rows: usize) {
    let missing = if cell.censored.is_some() { "not reached" } else { "not computable" };
    let value = cell.value.map_or(missing.to_owned(), |value| value.to_string());
    let interval = match (cell.low, cell.high) {
        (None, None) => String::new(),
        (Some(low), Some(high)) => format!(" ({low} to {high})"),
        (Some(low), None) => format!(" ({low} or more)"),
        (None, Some(high)) => format!(" ({high} or less)"),
    };
    let waiting = cell.censored.map(|censored| format!(" · {censored} still waiting")).unwrap_or_default();
    eprintln!(
        "{value} {}{interval} · {rows} rows{waiting} · definition {} v{} · {} {}..{} · log version {}",
        cell.unit, spec.id, spec.version, cell.window, cell.window_start, cell.window_end, cell.log_version
    );
    if let Some(note) = &cell.note {
        eprintln!("note: {note}");
    }
}

/// The names behind a figure: how much each has, and whether the figure counts it.
fn member_table(members: &[Member]) -> Answer {
    let rows = members.iter().map(|member| {
        vec![
            json!(member.name.as_deref().map_or("unknown".to_owned(), muster_model::account::masked)),
            number(member.weight),
            json!(member.share.map(number)),
            json!(member.cumulative.map(number)),
            json!(member.in_set),
        ]
    });
    let columns = ["name", "weight", "share", "cumulative", "in_set"].map(str::to_owned).to_vec();
    Answer { columns, rows: rows.collect() }
}

/// Whole where it is, else with six decimals: shares of weights are no measurements.
#[allow(clippy::cast_possible_truncation)]
fn number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 9e15 { json!(value as i64) } else { json!((value * 1e6).round() / 1e6) }
}

/// Beside each row whether its name is one of the smallest set.
fn mark_set(table: &mut Answer, spec: &MetricSpec, members: &[Member]) {
    let Some(column) = place(table, spec.value.as_deref()) else { return };
    let set: BTreeSet<String> = (members.iter().filter(|member| member.in_set))
        .filter_map(|member| member.name.as_deref().map(muster_model::account::masked))
        .collect();
    table.columns.push("in_set".to_owned());
    for row in &mut table.rows {
        let inside = row[column].as_str().is_some_and(|name| set.contains(name));
        row.push(Value::Bool(inside));
    }
}

/// Where a figure is made of durations, each in the metric's unit, and whether its end was not seen.
fn add_durations(table: &mut Answer, spec: &MetricSpec) {
    let seconds = match spec.unit.as_str() {
        "days" => 86_400.0,
        "hours" => 3_600.0,
        _ => return,
    };
    let takes_seconds = ["kaplan_meier", "quantile_discrete", "quantile_interpolated", "mean", "sum"];
    let (Some(value), true) = (place(table, spec.value.as_deref()), takes_seconds.contains(&spec.statistic.as_str()))
    else {
        return;
    };
    let observed = place(table, spec.observed.as_deref());
    if table.columns.contains(&spec.unit) {
        return;
    }
    table.columns.push(spec.unit.clone());
    table.columns.extend(observed.map(|_| "still_waiting".to_owned()));
    for row in &mut table.rows {
        let duration = row[value].as_str().and_then(|text| text.parse::<f64>().ok()).map(|it| it / seconds);
        let waiting = observed.map(|observed| Value::Bool(row[observed].as_str() != Some("true")));
        row.push(json!(duration));
        row.extend(waiting);
    }
}

fn place(table: &Answer, column: Option<&str>) -> Option<usize> {
    let column = column?;
    table.columns.iter().position(|name| name == column)
}
