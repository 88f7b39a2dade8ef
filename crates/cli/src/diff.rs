//! `muster diff`: which figures changed between two as-ofs, and which events changed them.
//!
//! The populations say it: a row that only the later one has, only the earlier one has, or that both have otherwise. What
//! came into the log after the earlier version is told by when it was recorded.

mod change;

use crate::args::{DiffArgs, Format};
use crate::asof::{self, Outputs};
use crate::compute::{self, Basis};
use crate::failure::Failure;
use crate::project::read_pipeline;
use crate::sql::{print, say};
use change::{Change, Row, changes};
use muster_model::{MetricSpec, Timestamp, parse_time};
use muster_query::output::Answer;
use muster_stats::{Cell, read_cells};
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::ExitCode;

/// A figure that is another one now.
#[derive(Debug, Serialize)]
struct Figure<'a> {
    metric: &'a str,
    window: &'a str,
    group: &'a str,
    unit: &'a str,
    before: Option<f64>,
    after: Option<f64>,
    n_before: i64,
    n_after: i64,
    /// `3 late arrivals, 1 other person`.
    why: String,
    changes: Vec<&'a Change>,
}

/// Prints the figures that changed; with `--events`, the events behind each.
pub async fn diff(args: &DiffArgs) -> Result<ExitCode, Failure> {
    let pipeline = read_pipeline(&args.common.file, &args.common.sets)?;
    let before = asof::outputs(&pipeline, &args.from).await?;
    let after = asof::outputs(&pipeline, &args.to).await?;
    let pairs = pairs(&before, &after, args)?;
    let metrics: BTreeSet<&str> = pairs.iter().map(|pair| pair.cell.metric.as_str()).collect();
    let snapshot = after.snapshot().await?;
    let basis = compute::open(&after.pipeline, &snapshot, after.as_of).await?;
    let known_until = before.snapshot().await?.last_recorded().unwrap_or(Timestamp::UNIX_EPOCH);
    let mut by_metric: BTreeMap<&str, Vec<Change>> = BTreeMap::new();
    for metric in metrics {
        let Some(found) = basis.library.metrics.get(metric) else { continue };
        let comparison = Comparison { basis: &basis, spec: &found.spec, known_until, before: &before, after: &after };
        by_metric.insert(metric, comparison.changes().await?);
    }
    let figures: Vec<Figure<'_>> = pairs.iter().map(|pair| pair.figure(&by_metric)).collect();
    eprintln!(
        "{} figures differ between log version {} as of {} and log version {} as of {}",
        figures.len(),
        before.log_version,
        before.as_of,
        after.log_version,
        after.as_of
    );
    if args.common.json || args.format == Format::Json {
        return say(&serde_json::to_string_pretty(&figures).map_err(Failure::internal)?);
    }
    print(&if args.events { events(&figures) } else { overview(&figures) }, args.format)
}

/// A cell before and after; one of them may not be there.
struct Pair {
    /// The later of them.
    cell: Cell,
    before: Option<Cell>,
    after: Option<Cell>,
}

fn pairs(before: &Outputs, after: &Outputs, args: &DiffArgs) -> Result<Vec<Pair>, Failure> {
    let cells = |outputs: &Outputs| -> Result<BTreeMap<_, Cell>, Failure> {
        let cells = read_cells(&outputs.folder().join("metrics.parquet"))?;
        let wanted = cells.into_iter().filter(|cell| args.metric.as_ref().is_none_or(|metric| cell.metric == *metric));
        Ok(wanted.map(|cell| ((cell.metric.clone(), cell.group.clone(), cell.window.clone()), cell)).collect())
    };
    let (mut old, mut new) = (cells(before)?, cells(after)?);
    let keys: BTreeSet<_> = old.keys().chain(new.keys()).cloned().collect();
    let pair = |key| {
        let (before, after) = (old.remove(key), new.remove(key));
        Some(Pair { cell: after.clone().or_else(|| before.clone())?, before, after })
    };
    Ok(keys.iter().filter_map(pair).filter(Pair::differs).collect())
}

impl Pair {
    fn differs(&self) -> bool {
        let said =
            |cell: &Option<Cell>| cell.as_ref().map(|cell| (cell.value, cell.low, cell.high, cell.n, cell.censored));
        said(&self.before) != said(&self.after)
    }

    fn cells(&self) -> impl Iterator<Item = &Cell> {
        self.before.iter().chain(&self.after)
    }

    fn figure<'a>(&'a self, by_metric: &'a BTreeMap<&str, Vec<Change>>) -> Figure<'a> {
        let cell = &self.cell;
        let changes = self.behind(by_metric.get(cell.metric.as_str()).map_or(&[], Vec::as_slice));
        Figure {
            metric: &cell.metric,
            window: &cell.window,
            group: &cell.group,
            unit: &cell.unit,
            before: self.before.as_ref().and_then(|cell| cell.value),
            after: self.after.as_ref().and_then(|cell| cell.value),
            n_before: self.before.as_ref().map_or(0, |cell| cell.n),
            n_after: self.after.as_ref().map_or(0, |cell| cell.n),
            why: self.why(&changes),
            changes,
        }
    }

    /// The changes of the cell's group in its window; where there are none, those before its end: what is first, retained or
    /// listed depends on what was before the window too.
    fn behind<'a>(&self, changes: &'a [Change]) -> Vec<&'a Change> {
        let group = self.cell.group.split_once('=');
        let of_group = |change: &&Change| group.is_none_or(|(column, value)| change.is_of(column, value));
        let start = self.cells().map(|cell| cell.window_start).min();
        let end = self.cells().map(|cell| cell.window_end).max();
        let before_end: Vec<&Change> =
            changes.iter().filter(of_group).filter(|change| end.is_none_or(|end| change.time < end)).collect();
        let inside: Vec<&Change> =
            before_end.iter().copied().filter(|change| start.is_none_or(|start| change.time >= start)).collect();
        if inside.is_empty() { before_end } else { inside }
    }

    fn why(&self, changes: &[&Change]) -> String {
        let mut counts: BTreeMap<change::Why, u64> = BTreeMap::new();
        for change in changes {
            *counts.entry(change.why).or_default() += 1;
        }
        let mut words: Vec<String> = counts.iter().map(|(why, count)| why.words(*count)).collect();
        if let (Some(before), Some(after)) = (&self.before, &self.after)
            && (before.window_start, before.window_end) != (after.window_start, after.window_end)
        {
            words.push("the window moved".to_owned());
        }
        words.join(", ")
    }
}

/// One metric's populations on both sides.
struct Comparison<'a> {
    basis: &'a Basis,
    spec: &'a MetricSpec,
    /// What was recorded later was not in the earlier log.
    known_until: Timestamp,
    before: &'a Outputs,
    after: &'a Outputs,
}

impl Comparison<'_> {
    async fn changes(&self) -> Result<Vec<Change>, Failure> {
        let file = |outputs: &Outputs| -> PathBuf {
            outputs.folder().join("populations").join(format!("{}.parquet", self.spec.id))
        };
        self.basis.engine.open_parquet("before.rows", &file(self.before)).await?;
        self.basis.engine.open_parquet("after.rows", &file(self.after)).await?;
        let lost = self.rows("SELECT * FROM before.rows EXCEPT ALL SELECT * FROM after.rows").await?;
        let gained = self.rows("SELECT * FROM after.rows EXCEPT ALL SELECT * FROM before.rows").await?;
        let late = "SELECT id FROM events WHERE id IN (SELECT event_id FROM after.rows) AND recorded > ";
        let late = self.rows(&format!("{late} TIMESTAMP '{}'", self.known_until)).await?;
        let arrived = late.iter().filter_map(|row| row.text("id")).collect();
        Ok(changes(self.spec, self.before.as_of, &lost, &gained, &arrived))
    }

    async fn rows(&self, sql: &str) -> Result<Vec<Row>, Failure> {
        let (schema, batches) = self.basis.engine.ask(sql).await?;
        let answer = Answer::new(&schema, &batches)?;
        let row = |values: Vec<Value>| Row(answer.columns.iter().cloned().zip(values).collect());
        Ok(answer.rows.into_iter().map(row).collect())
    }
}

fn overview(figures: &[Figure<'_>]) -> Answer {
    let columns = ["metric", "window", "group", "before", "after", "unit", "why"].map(str::to_owned).to_vec();
    let row = |figure: &Figure<'_>| {
        vec![
            figure.metric.into(),
            figure.window.into(),
            figure.group.into(),
            figure.before.into(),
            figure.after.into(),
            figure.unit.into(),
            figure.why.as_str().into(),
        ]
    };
    Answer { columns, rows: figures.iter().map(row).collect() }
}

fn events(figures: &[Figure<'_>]) -> Answer {
    let columns = ["metric", "window", "group", "why", "time", "event_id", "was", "is", "url"];
    let row = |figure: &Figure<'_>, change: &Change| {
        vec![
            figure.metric.into(),
            figure.window.into(),
            figure.group.into(),
            change.why.word().into(),
            change.time.to_string().into(),
            change.event_id.as_str().into(),
            change.was.as_str().into(),
            change.is.as_str().into(),
            change.url.as_deref().into(),
        ]
    };
    let rows = figures.iter().flat_map(|figure| figure.changes.iter().map(move |change| row(figure, change)));
    Answer { columns: columns.map(str::to_owned).to_vec(), rows: rows.collect() }
}

/// The instant in a row's column.
fn instant(value: Option<&str>) -> Timestamp {
    value.and_then(|time| parse_time(time).ok()).unwrap_or(Timestamp::UNIX_EPOCH)
}
