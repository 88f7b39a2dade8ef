//! The tidy table: one row a cell.

use crate::StatsError;
use muster_model::Timestamp;
use polars::prelude::*;
use std::fs;
use std::path::Path;

/// One cell: a metric in one window and one group.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// The metric's id.
    pub metric: String,
    /// The version of its definition.
    pub version: i64,
    /// What the figures are about as a whole.
    pub scope: String,
    /// Empty for everything, else `<column>=<value>`; a value that is null or empty is `unknown`.
    pub group: String,
    /// The window's label: `2025Q2`, `365d`.
    pub window: String,
    /// How time was cut: `quarter`, `365d`.
    pub window_kind: String,
    /// First instant in the window.
    pub window_start: Timestamp,
    /// First instant after it.
    pub window_end: Timestamp,
    /// Whether the as-of instant lies before its end.
    pub unfinished: bool,
    /// The statistic; null where it is undefined or not reached.
    pub value: Option<f64>,
    /// Lower end of its 95 % interval, or of the range in which it lies (see the statistic).
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Beside a Kaplan-Meier quantile: the nearest-rank quantile of the finished alone.
    pub naive: Option<f64>,
    /// What the value counts.
    pub unit: String,
    /// Population behind it, as the statistic defines it (see the crate's table).
    pub n: i64,
    /// The part of it whose organisation is unknown, 0 to 1.
    pub unknown_share: Option<f64>,
    /// Items without an end, where the statistic knows of ends.
    pub censored: Option<i64>,
    /// Collected of what the sources say they hold, 0 to 1; filled in by the caller.
    pub completeness: Option<f64>,
    /// The version of the log.
    pub log_version: i64,
    /// What a reader must know besides.
    pub note: Option<String>,
}

/// What the columns of the tidy table mean.
pub const COLUMNS: [(&str, &str); 20] = [
    ("metric", "The metric's id."),
    ("version", "The version of its definition."),
    ("scope", "What the figures are about as a whole: the project."),
    ("group", "Empty for everything, else column=value; unknown where the value is null or empty."),
    ("window", "The window's label: 2025Q2, 365d."),
    ("window_kind", "How time was cut: quarter, 365d."),
    ("window_start", "First instant in the window, UTC."),
    ("window_end", "First instant after it, UTC."),
    ("unfinished", "Whether the as-of instant lies before its end."),
    ("value", "The statistic; null where it is undefined or not reached."),
    ("low", "Lower end of its 95 % interval, or of the range in which it lies."),
    ("high", "Upper end of the same."),
    ("naive", "Beside a Kaplan-Meier quantile: the nearest-rank quantile of the finished alone."),
    ("unit", "What the value counts."),
    ("n", "How many rows or names of the population are behind it, as the statistic defines it."),
    ("unknown_share", "The part of it whose organisation is unknown, 0 to 1."),
    ("censored", "Items without an end, where the statistic knows of ends."),
    ("completeness", "Collected of what the sources say they hold, 0 to 1."),
    ("log_version", "The version of the log."),
    ("note", "What a reader must know besides."),
];

/// Writes the tidy table as Parquet, in the order given. The same cells give the same bytes.
///
/// # Errors
/// A file that cannot be written.
pub fn write_cells(cells: &[Cell], path: &Path) -> Result<(), StatsError> {
    let mut frame = frame(cells).map_err(StatsError::parquet(path))?;
    write_frame(&mut frame, path, None)
}

/// By way of a file beside it, so that nobody ever reads half a table; an equal file is left as it is.
pub(crate) fn write_frame(
    frame: &mut DataFrame,
    path: &Path,
    metadata: Option<KeyValueMetadata>,
) -> Result<(), StatsError> {
    let mut bytes = Vec::new();
    let options = ParquetWriter::new(&mut bytes).with_compression(ParquetCompression::Zstd(None));
    options.with_key_value_metadata(metadata).finish(frame).map_err(StatsError::parquet(path))?;
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(StatsError::io(folder))?;
    }
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".partial");
    let partial = path.with_file_name(name);
    fs::write(&partial, bytes).map_err(StatsError::io(&partial))?;
    fs::rename(&partial, path).map_err(StatsError::io(path))
}

fn frame(cells: &[Cell]) -> PolarsResult<DataFrame> {
    let texts = |name: &str, of: fn(&Cell) -> &str| Column::new(name.into(), cells.iter().map(of).collect::<Vec<_>>());
    let floats =
        |name: &str, of: fn(&Cell) -> Option<f64>| Column::new(name.into(), cells.iter().map(of).collect::<Vec<_>>());
    let integers =
        |name: &str, of: fn(&Cell) -> Option<i64>| Column::new(name.into(), cells.iter().map(of).collect::<Vec<_>>());
    let instants = |name: &str, of: fn(&Cell) -> Timestamp| {
        let micros: Vec<i64> = cells.iter().map(|cell| of(cell).as_microsecond()).collect();
        let micros = Int64Chunked::from_vec(name.into(), micros);
        micros.into_datetime(TimeUnit::Microseconds, Some(TimeZone::UTC)).into_series().into_column()
    };
    let unfinished: Vec<bool> = cells.iter().map(|cell| cell.unfinished).collect();
    let notes: Vec<Option<&str>> = cells.iter().map(|cell| cell.note.as_deref()).collect();
    DataFrame::new(
        cells.len(),
        vec![
            texts("metric", |cell| &cell.metric),
            integers("version", |cell| Some(cell.version)),
            texts("scope", |cell| &cell.scope),
            texts("group", |cell| &cell.group),
            texts("window", |cell| &cell.window),
            texts("window_kind", |cell| &cell.window_kind),
            instants("window_start", |cell| cell.window_start),
            instants("window_end", |cell| cell.window_end),
            Column::new("unfinished".into(), unfinished),
            floats("value", |cell| cell.value),
            floats("low", |cell| cell.low),
            floats("high", |cell| cell.high),
            floats("naive", |cell| cell.naive),
            texts("unit", |cell| &cell.unit),
            integers("n", |cell| Some(cell.n)),
            floats("unknown_share", |cell| cell.unknown_share),
            integers("censored", |cell| cell.censored),
            floats("completeness", |cell| cell.completeness),
            integers("log_version", |cell| Some(cell.log_version)),
            Column::new("note".into(), notes),
        ],
    )
}

/// Reads what [`write_cells`] wrote.
///
/// # Errors
/// A file that is not there, or that is not such a table.
pub fn read_cells(path: &Path) -> Result<Vec<Cell>, StatsError> {
    let table = crate::population::read_all(path)?;
    cells(&table).map_err(StatsError::parquet(path))
}

fn cells(table: &DataFrame) -> PolarsResult<Vec<Cell>> {
    let text = |name| Texts::of(table, name);
    let float = |name: &str| Ok::<_, PolarsError>(table.column(name)?.f64()?.clone());
    let integer = |name: &str| Ok::<_, PolarsError>(table.column(name)?.i64()?.clone());
    let (metric, scope, group, unit) = (text("metric")?, text("scope")?, text("group")?, text("unit")?);
    let (window, window_kind, note) = (text("window")?, text("window_kind")?, text("note")?);
    let (start, end) = (instants(table, "window_start")?, instants(table, "window_end")?);
    let (value, low, high, naive) = (float("value")?, float("low")?, float("high")?, float("naive")?);
    let (unknown_share, completeness) = (float("unknown_share")?, float("completeness")?);
    let (version, n, censored) = (integer("version")?, integer("n")?, integer("censored")?);
    let log_version = integer("log_version")?;
    let unfinished = table.column("unfinished")?.bool()?.clone();
    let cell = |row: usize| Cell {
        metric: metric.at(row),
        version: version.get(row).unwrap_or(0),
        scope: scope.at(row),
        group: group.at(row),
        window: window.at(row),
        window_kind: window_kind.at(row),
        window_start: start[row],
        window_end: end[row],
        unfinished: unfinished.get(row).unwrap_or(false),
        value: value.get(row),
        low: low.get(row),
        high: high.get(row),
        naive: naive.get(row),
        unit: unit.at(row),
        n: n.get(row).unwrap_or(0),
        unknown_share: unknown_share.get(row),
        censored: censored.get(row),
        completeness: completeness.get(row),
        log_version: log_version.get(row).unwrap_or(0),
        note: note.0.get(row).map(str::to_owned),
    };
    Ok((0..table.height()).map(cell).collect())
}

struct Texts(StringChunked);

impl Texts {
    fn of(table: &DataFrame, name: &str) -> PolarsResult<Self> {
        Ok(Self(table.column(name)?.str()?.clone()))
    }

    fn at(&self, row: usize) -> String {
        self.0.get(row).unwrap_or_default().to_owned()
    }
}

fn instants(table: &DataFrame, name: &str) -> PolarsResult<Vec<Timestamp>> {
    let series = table.column(name)?.as_materialized_series().to_physical_repr().into_owned();
    let broken = || polars_err!(ComputeError: "column {} holds something else than instants", name);
    let instant = |micros: Option<i64>| micros.and_then(|micros| Timestamp::from_microsecond(micros).ok());
    series.i64()?.iter().map(|micros| instant(micros).ok_or_else(broken)).collect()
}
