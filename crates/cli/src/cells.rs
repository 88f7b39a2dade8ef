//! Figures that stand, and the rows behind them: what `trace`, `explain` and `compare` look at.

use crate::args::{AsOf, FileArgs};
use crate::asof::{self, Outputs};
use crate::compute;
use crate::failure::Failure;
use crate::library;
use crate::project::read_pipeline;
use muster_model::{MetricSpec, Window, WindowKind};
use muster_query::output::Answer;
use muster_query::{Library, Metric};
use muster_stats::{Cell, Context, Member, Rows, members, read_cells, select};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The outputs of one as-of with the metrics they were computed by.
pub struct Standing {
    /// The metrics.
    pub library: Library,
    /// Where the outputs are, and what they are as of.
    pub outputs: Outputs,
    context: Context,
}

impl Standing {
    /// Opens them; with an `--as-of` they are computed where they do not stand yet.
    pub async fn open(common: &FileArgs, as_of: &[AsOf]) -> Result<Self, Failure> {
        let pipeline = read_pipeline(&common.file, &common.sets)?;
        let library = library::load(&pipeline)?;
        let outputs = asof::outputs(&pipeline, as_of).await?;
        let context = compute::context(&outputs.pipeline, outputs.as_of, outputs.log_version);
        Ok(Self { library, outputs, context })
    }

    /// A metric by its id.
    pub fn metric(&self, id: &str) -> Result<&Metric, Failure> {
        library::metric(&self.library, id)
    }

    /// The cells of a metric as they were computed.
    pub fn cells(&self, spec: &MetricSpec) -> Result<Vec<Cell>, Failure> {
        read_cells(&self.outputs.folder().join("metrics").join(format!("{}.parquet", spec.id)))
            .map_err(|error| Failure::usage(error, "compute the metrics first: muster run FILE"))
    }

    /// The cell of a window and group. A window that the pipeline does not cut time into may be asked for all the same: a
    /// day, a month, 90d.
    pub fn cell(&self, spec: &MetricSpec, window: &str, group: &str) -> Result<Cell, Failure> {
        let cells = self.cells(spec)?;
        match self.find(spec, &cells, window, group)? {
            Some(cell) => Ok(cell),
            None => Err(unknown_cell(&cells, spec, window, group)),
        }
    }

    /// The same, if there is one; `cells` are those that were computed.
    pub fn find(&self, spec: &MetricSpec, cells: &[Cell], window: &str, group: &str) -> Result<Option<Cell>, Failure> {
        let named = |cells: &[Cell]| cells.iter().find(|cell| cell.window == window && cell.group == group).cloned();
        if let Some(cell) = named(cells) {
            return Ok(Some(cell));
        }
        let calendar = [WindowKind::Day, WindowKind::Week, WindowKind::Month, WindowKind::Quarter, WindowKind::Year];
        let kinds: Vec<WindowKind> = window.parse().into_iter().chain(calendar).collect();
        let computed = muster_stats::compute(spec, &self.population(spec), &kinds, &self.context)?;
        Ok(named(&computed.cells))
    }

    /// The rows behind a cell.
    pub fn rows(&self, spec: &MetricSpec, cell: &Cell) -> Result<Rows, Failure> {
        let kind = kind(cell)?;
        Ok(select(spec, &self.population(spec), kind, &window(cell), cell.group.split_once('='), &self.context)?)
    }

    /// Every row of the population before the as-of instant, whatever its window.
    pub fn every_row(&self, spec: &MetricSpec) -> Result<Option<Rows>, Failure> {
        let population = self.population(spec);
        let all = muster_stats::compute(spec, &population, &[WindowKind::All], &self.context)?;
        all.cells.iter().find(|cell| cell.group.is_empty()).map(|cell| self.rows(spec, cell)).transpose()
    }

    /// The names behind a cell with their weights; none where the statistic is not over names.
    pub fn members(&self, spec: &MetricSpec, cell: &Cell) -> Result<Vec<Member>, Failure> {
        let group = cell.group.split_once('=');
        Ok(members(spec, &self.population(spec), kind(cell)?, &window(cell), group, &self.context)?)
    }

    /// The cell computed again over nothing but its rows.
    pub fn again(&self, spec: &MetricSpec, cell: &Cell, rows: &Rows, alone: &Path) -> Result<Option<Cell>, Failure> {
        rows.write(alone)?;
        let again = muster_stats::compute(spec, alone, &[kind(cell)?], &self.context)?;
        Ok(again.cells.into_iter().find(|other| other.window == cell.window && other.group == cell.group))
    }

    fn population(&self, spec: &MetricSpec) -> PathBuf {
        self.outputs.folder().join("populations").join(format!("{}.parquet", spec.id))
    }
}

/// Whether two cells say the same, but for their notes: these are also the pipeline's.
pub fn agree(cell: &Cell, again: &Cell) -> bool {
    let said = |cell: &Cell| (cell.value, cell.low, cell.high, cell.naive, cell.n, cell.censored, cell.unknown_share);
    said(cell) == said(again)
}

/// Rows as an answer: text and null, without e-mail addresses, which a SELECT of the user's own may hold.
pub fn answer(rows: &Rows) -> Result<Answer, Failure> {
    let value =
        |text: Option<String>| text.map_or(Value::Null, |text| Value::String(muster_model::account::masked(&text)));
    let rows_of = rows.texts()?.into_iter().map(|row| row.into_iter().map(value).collect()).collect();
    Ok(Answer { columns: rows.columns(), rows: rows_of })
}

fn kind(cell: &Cell) -> Result<WindowKind, Failure> {
    cell.window_kind.parse().map_err(Failure::internal)
}

fn window(cell: &Cell) -> Window {
    Window { start: cell.window_start, end: cell.window_end, label: cell.window.clone(), unfinished: cell.unfinished }
}

fn unknown_cell(cells: &[Cell], spec: &MetricSpec, window: &str, group: &str) -> Failure {
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
    Failure::usage(format!("{} has no cell {window} {group}", spec.id).trim_end(), hint)
}
