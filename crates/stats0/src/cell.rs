//! One row of the tidy table of figures.

use crate::StatsError;
use muster_model::Timestamp;
use polars::prelude::*;
use std::fs::File;
use std::path::Path;

/// One figure: a metric in one window, over all of its population or one group of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// The metric's id.
    pub metric: String,
    /// The version of its definition.
    pub version: u32,
    /// The community.
    pub scope: String,
    /// Empty for everything, else `<column>=<value>`; a null value is `unknown`.
    pub group: String,
    /// The window's label: `2025Q2`, `365d`.
    pub window: String,
    /// How time was cut: `quarter`, `365d`.
    pub window_kind: String,
    /// First instant in it.
    pub window_start: Timestamp,
    /// First instant after it.
    pub window_end: Timestamp,
    /// Whether the as-of instant lies before the window's end.
    pub unfinished: bool,
    /// The figure; none where it is not defined or not reached.
    pub value: Option<f64>,
    /// Lower end of the 95 % interval, where the statistic has one.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// What others would print: for `kaplan_meier` the median of the finished alone.
    pub naive: Option<f64>,
    /// What the value counts.
    pub unit: String,
    /// Rows of the population in this cell; for `retention` the people of the window before.
    pub n: i64,
    /// Share of the rows whose organisation nobody states.
    pub unknown_share: Option<f64>,
    /// Rows whose end is not seen yet, where the statistic knows of ends.
    pub censored: Option<i64>,
    /// Collected divided by what the sources say they hold; none where they do not say.
    pub completeness: Option<f64>,
    /// The version of the log that this was computed from.
    pub log_version: i64,
    /// What a reader must know about just this figure.
    pub note: Option<String>,
}

/// Writes cells as one Parquet file, in the order given; the same cells give the same bytes.
///
/// Columns: those of [`Cell`], in its order; times are microseconds, UTC.
///
/// # Errors
/// A file that cannot be written.
pub fn write_cells(cells: &[Cell], path: &Path) -> Result<(), StatsError> {
    let failed = |error: PolarsError| StatsError::file(path, &error);
    let mut table = frame(cells).map_err(failed)?;
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes)
        .with_compression(ParquetCompression::Zstd(None))
        .finish(&mut table)
        .map_err(failed)?;
    if std::fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| StatsError::file(folder, &error))?;
    }
    std::fs::write(path, bytes).map_err(|error| StatsError::file(path, &error))
}

fn frame(cells: &[Cell]) -> PolarsResult<DataFrame> {
    fn texts(name: &str, cells: &[Cell], of: fn(&Cell) -> &str) -> Column {
        Column::new(name.into(), cells.iter().map(of).collect::<Vec<_>>())
    }
    fn floats(name: &str, cells: &[Cell], of: fn(&Cell) -> Option<f64>) -> Column {
        Column::new(name.into(), cells.iter().map(of).collect::<Vec<_>>())
    }
    fn numbers(name: &str, cells: &[Cell], of: fn(&Cell) -> Option<i64>) -> Column {
        Column::new(name.into(), cells.iter().map(of).collect::<Vec<_>>())
    }
    fn instants(name: &str, cells: &[Cell], of: fn(&Cell) -> Timestamp) -> PolarsResult<Column> {
        let micros: Vec<i64> = cells.iter().map(|cell| of(cell).as_microsecond()).collect();
        Column::new(name.into(), micros).cast(&DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC)))
    }
    let unfinished: Vec<bool> = cells.iter().map(|cell| cell.unfinished).collect();
    DataFrame::new(
        cells.len(),
        vec![
            texts("metric", cells, |cell| &cell.metric),
            numbers("version", cells, |cell| Some(i64::from(cell.version))),
            texts("scope", cells, |cell| &cell.scope),
            texts("group", cells, |cell| &cell.group),
            texts("window", cells, |cell| &cell.window),
            texts("window_kind", cells, |cell| &cell.window_kind),
            instants("window_start", cells, |cell| cell.window_start)?,
            instants("window_end", cells, |cell| cell.window_end)?,
            Column::new("unfinished".into(), unfinished),
            floats("value", cells, |cell| cell.value),
            floats("low", cells, |cell| cell.low),
            floats("high", cells, |cell| cell.high),
            floats("naive", cells, |cell| cell.naive),
            texts("unit", cells, |cell| &cell.unit),
            numbers("n", cells, |cell| Some(cell.n)),
            floats("unknown_share", cells, |cell| cell.unknown_share),
            numbers("censored", cells, |cell| cell.censored),
            floats("completeness", cells, |cell| cell.completeness),
            numbers("log_version", cells, |cell| Some(cell.log_version)),
            Column::new("note".into(), cells.iter().map(|cell| cell.note.as_deref()).collect::<Vec<_>>()),
        ],
    )
}

/// Reads what [`write_cells`] wrote.
///
/// # Errors
/// A file that is not there or was not written by this version.
pub fn read_cells(path: &Path) -> Result<Vec<Cell>, StatsError> {
    let failed = |error: PolarsError| StatsError::file(path, &error);
    let file = File::open(path).map_err(|error| StatsError::file(path, &error))?;
    let table = ParquetReader::new(file).finish().map_err(failed)?;
    rows(&table).map_err(failed)
}

fn rows(table: &DataFrame) -> PolarsResult<Vec<Cell>> {
    let text = |name: &str| -> PolarsResult<StringChunked> { Ok(table.column(name)?.str()?.clone()) };
    let float = |name: &str| -> PolarsResult<Float64Chunked> { Ok(table.column(name)?.f64()?.clone()) };
    let number =
        |name: &str| -> PolarsResult<Int64Chunked> { Ok(table.column(name)?.to_physical_repr().i64()?.clone()) };
    let (metric, scope, group, window, unit) =
        (text("metric")?, text("scope")?, text("group")?, text("window")?, text("unit")?);
    let (window_kind, note) = (text("window_kind")?, text("note")?);
    let (value, low, high, naive) = (float("value")?, float("low")?, float("high")?, float("naive")?);
    let (unknown_share, completeness) = (float("unknown_share")?, float("completeness")?);
    let (version, n, censored, log_version) =
        (number("version")?, number("n")?, number("censored")?, number("log_version")?);
    let (window_start, window_end) = (number("window_start")?, number("window_end")?);
    let unfinished = table.column("unfinished")?.bool()?.clone();
    let instant =
        |micros: Option<i64>| Timestamp::from_microsecond(micros.unwrap_or(0)).unwrap_or(Timestamp::UNIX_EPOCH);
    let word = |column: &StringChunked, row: usize| column.get(row).unwrap_or("").to_owned();
    Ok((0..table.height())
        .map(|row| Cell {
            metric: word(&metric, row),
            version: version.get(row).and_then(|number| u32::try_from(number).ok()).unwrap_or(0),
            scope: word(&scope, row),
            group: word(&group, row),
            window: word(&window, row),
            window_kind: word(&window_kind, row),
            window_start: instant(window_start.get(row)),
            window_end: instant(window_end.get(row)),
            unfinished: unfinished.get(row).unwrap_or(false),
            value: value.get(row),
            low: low.get(row),
            high: high.get(row),
            naive: naive.get(row),
            unit: word(&unit, row),
            n: n.get(row).unwrap_or(0),
            unknown_share: unknown_share.get(row),
            censored: censored.get(row),
            completeness: completeness.get(row),
            log_version: log_version.get(row).unwrap_or(0),
            note: note.get(row).map(str::to_owned),
        })
        .collect())
}
