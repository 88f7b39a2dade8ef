//! From one version of the log to tables, metrics and evidence.

use crate::completeness::Completeness;
use crate::console::{Work, count};
use crate::failure::Failure;
use crate::history::milliseconds;
use crate::report;
use crate::state::State;
use crate::tell;
use muster_evidence::{ExcludedBot, Figure, Present, Provenance, Rejected, SourceCounts};
use muster_log::{Log, Snapshot};
use muster_model::{MetricSpec, Severity, Timestamp, WindowKind};
use muster_pipeline::Pipeline;
use muster_query::output::Answer;
use muster_query::{BotList, BotPolicy, Engine, EventFiles, Library, Written};
use muster_stats::{Cell, Columns, Context, StatsError};
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What a computation gave, for `--json`.
#[derive(Debug, Serialize)]
pub struct Computed {
    /// What the figures are as of.
    pub as_of: String,
    /// Tables written.
    pub tables: u64,
    /// Metrics computed.
    pub metrics: u64,
    /// Figures in all.
    pub cells: u64,
    /// Whether the outputs stood already.
    pub unchanged: bool,
    /// Where the summary is.
    pub summary: String,
}

/// Everything that a computation starts from.
pub struct Basis {
    /// Tables and metrics.
    pub library: Library,
    /// SQL over the log, as of the instant.
    pub engine: Engine,
    /// What the figures are as of.
    pub as_of: Timestamp,
}

/// Opens the engine over a version of the log.
pub async fn open(pipeline: &Pipeline, snapshot: &Snapshot, as_of: Timestamp) -> Result<Basis, Failure> {
    let library = crate::library::load(pipeline)?;
    let list = match pipeline.metrics.bot_list.as_deref() {
        Some("devstats") => BotList::DevStats,
        _ => BotList::Muster,
    };
    let bots = BotPolicy::new(list, &pipeline.metrics.bots, &pipeline.metrics.not_bots)?;
    let engine = Engine::new(as_of, &bots)?;
    let paths = snapshot.files().iter().map(|file| file.path.clone()).collect();
    engine.register_events(EventFiles { store: snapshot.object_store(), paths }).await?;
    Ok(Basis { library, engine, as_of })
}

/// Computes tables, populations, metrics and evidence, unless they stand already as they would be computed.
pub async fn compute(pipeline: &Pipeline, snapshot: &Snapshot, as_of: Timestamp) -> Result<Computed, Failure> {
    let out = &pipeline.project.out;
    let summary = out.join("evidence").join("report.html");
    let basis = open(pipeline, snapshot, as_of).await?;
    let inputs = inputs(pipeline, snapshot, &basis);
    if let Some(state) = State::read(out).filter(|state| state.inputs == inputs) {
        tell!(
            "{:<9}{} tables, {} metrics, {} cells, unchanged",
            "outputs",
            state.tables,
            state.metrics,
            count(state.cells)
        );
        tell!("{:<9}{}", "evidence", summary.display());
        return Ok(computed(as_of, &state, true, &summary));
    }
    State::forget(out).map_err(|error| unwritable(out, &error))?;
    let work = Work::begin(format!("{:<9}", "tables"));
    let tables = basis.engine.write_tables(&basis.library, &out.join("tables")).await?;
    let rows = tables.iter().map(|table| table.rows).sum();
    let took = work.end(&format!("{} tables, {} rows", tables.len(), count(rows)));
    tracing::info!(tables = tables.len(), rows, milliseconds = milliseconds(took), "tables computed");
    let work = Work::begin(format!("{:<9}", "metrics"));
    let (cells, mut files) = metrics(pipeline, snapshot, &basis).await?;
    let metrics = basis.library.metrics.len();
    let took = work.end(&format!("{metrics} metrics, {} cells", count(cells.len() as u64)));
    tracing::info!(metrics, cells = cells.len(), milliseconds = milliseconds(took), "metrics computed");
    files.extend(tables.into_iter().map(|table| table.path));
    files.extend(evidence(pipeline, snapshot, &basis, &cells).await?);
    tell!("{:<9}{}", "evidence", summary.display());
    let state = State {
        inputs,
        as_of: as_of.to_string(),
        log_version: snapshot.version(),
        files: BTreeMap::new(),
        tables: basis.library.tables.len() as u64,
        metrics: basis.library.metrics.len() as u64,
        cells: cells.len() as u64,
    };
    let answer = computed(as_of, &state, false, &summary);
    state.write(out, &files).map_err(|error| unwritable(out, &error))?;
    Ok(answer)
}

/// Whether the outputs are those that [`compute`] would write.
pub async fn stands(pipeline: &Pipeline, snapshot: &Snapshot, as_of: Timestamp) -> Result<bool, Failure> {
    let basis = open(pipeline, snapshot, as_of).await?;
    let inputs = inputs(pipeline, snapshot, &basis);
    Ok(State::read(&pipeline.project.out).is_some_and(|state| state.inputs == inputs))
}

fn computed(as_of: Timestamp, state: &State, unchanged: bool, summary: &Path) -> Computed {
    Computed {
        as_of: as_of.to_string(),
        tables: state.tables,
        metrics: state.metrics,
        cells: state.cells,
        unchanged,
        summary: summary.display().to_string(),
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::usage(
        format!("{}: {error}", path.display()),
        "choose a `project.out` that you may write, with space on it",
    )
}

/// Everything that decides the outputs, as text: when it is equal, the outputs are.
fn inputs(pipeline: &Pipeline, snapshot: &Snapshot, basis: &Basis) -> String {
    let files: Vec<_> = snapshot.files().iter().map(|file| &file.path).collect();
    // The report shows the pipeline file itself.
    let text = std::fs::read_to_string(&pipeline.file).unwrap_or_default();
    let held_against = (
        &pipeline.evidence,
        &pipeline.milestones,
        &pipeline.claims,
        crate::check::meanings().ok(),
        crate::criteria::texts(pipeline),
    );
    let definitions = format!("{:?}{:?}{:?}{held_against:?}{text}", basis.library, pipeline.metrics, files);
    let names: Vec<_> = pipeline.sources.iter().map(|source| (source.kind(), source.name())).collect();
    format!(
        "muster {}, log {} version {}, as of {}, project {:?} {:?} {names:?}, definitions {:016x}",
        env!("CARGO_PKG_VERSION"),
        pipeline.project.log,
        snapshot.version(),
        basis.as_of,
        pipeline.project.name,
        pipeline.file.file_name().unwrap_or_default(),
        xxhash_rust::xxh3::xxh3_64(definitions.as_bytes()),
    )
}

/// The windows of a metric: the pipeline's, or its own; where it looks around milestones, those in any case.
fn windows(pipeline: &Pipeline, spec: &MetricSpec) -> Vec<WindowKind> {
    let mut windows = pipeline.metrics.windows.clone().unwrap_or_else(|| spec.windows.clone());
    if spec.windows.contains(&WindowKind::Milestones) {
        windows.extend(pipeline.milestones.iter().flat_map(|milestone| WindowKind::around(milestone.date)));
    }
    windows.retain(|kind| *kind != WindowKind::Milestones);
    windows
}

/// What the statistics are told.
pub fn context(pipeline: &Pipeline, as_of: Timestamp, log_version: u64) -> Context {
    Context {
        as_of,
        log_version: i64::try_from(log_version).unwrap_or(i64::MAX),
        scope: pipeline.project.name.clone(),
        first: None,
    }
}

/// Populations, then statistics: `populations/<id>.parquet`, `metrics/<id>.parquet`, `metrics.parquet`.
async fn metrics(
    pipeline: &Pipeline,
    snapshot: &Snapshot,
    basis: &Basis,
) -> Result<(Vec<Cell>, Vec<PathBuf>), Failure> {
    let out = &pipeline.project.out;
    let context = context(pipeline, basis.as_of, snapshot.version());
    let pushed = pushed_commits(&basis.engine).await?;
    let completeness = Completeness::read(&basis.engine, pipeline.metrics.completeness).await?;
    let (mut all, mut files) = (Vec::new(), Vec::new());
    let taken = statistics(pipeline, basis, context, &out.join("populations")).await?;
    for (metric, (population, computed)) in basis.library.metrics.values().zip(taken.into_values()) {
        let mut computed = computed.map_err(|error| crate::library::explained(metric, &error))?;
        let reads = basis.engine.reads(&basis.library, metric)?;
        let pushed = pushed.as_ref().filter(|_| reads.contains("contributions"));
        for note in metric.note().iter().chain(pushed) {
            computed.cells.iter_mut().for_each(|cell| add_note(cell, note));
        }
        completeness.put(&reads, &mut computed.cells);
        let path = out.join("metrics").join(format!("{}.parquet", metric.spec.id));
        muster_stats::write_cells(&computed.cells, &path)?;
        all.extend(computed.cells);
        files.extend([population.path, path]);
    }
    let path = out.join("metrics.parquet");
    muster_stats::write_cells(&all, &path)?;
    files.push(path);
    Ok((all, files))
}

fn add_note(cell: &mut Cell, note: &str) {
    cell.note = Some(cell.note.take().map_or(note.to_owned(), |before| format!("{before}; {note}")));
}

/// A metric's population, and what its statistic says of it.
type Taken = (Written, Result<muster_stats::Computed, StatsError>);

/// The population of every metric and the statistics over it, by the metrics' ids. A metric that reads another's population
/// comes after it; metrics with the same SELECT have the same population: it is computed and read once. Statistics are
/// taken on a thread of their own while the next population is computed.
async fn statistics(
    pipeline: &Pipeline,
    basis: &Basis,
    context: Context,
    folder: &Path,
) -> Result<BTreeMap<String, Taken>, Failure> {
    let (ready, waiting) = std::sync::mpsc::channel::<Vec<(MetricSpec, Vec<WindowKind>, Written)>>();
    let taken =
        tokio::task::spawn_blocking(move || waiting.into_iter().flat_map(|same| take(same, &context)).collect());
    let mut done: BTreeSet<&str> = BTreeSet::new();
    for id in basis.engine.order(&basis.library)? {
        let Some(metric) = basis.library.metrics.get(&id).filter(|metric| done.insert(&metric.sql)) else { continue };
        let written = basis.engine.write_population(metric, folder).await?;
        let mut same = Vec::new();
        for (id, other) in basis.library.metrics.iter().filter(|(_, other)| other.sql == metric.sql) {
            let written = match *id == written.name {
                true => written.clone(),
                false => basis.engine.repeat_population(&written, other, folder)?,
            };
            basis.engine.open_parquet(id, &written.path).await?;
            same.push((other.spec.clone(), windows(pipeline, &other.spec), written));
        }
        // Nobody receives after a failure, which comes out below.
        let _ = ready.send(same);
    }
    drop(ready);
    Ok(taken.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic())))
}

/// The statistics of metrics that have the same population.
fn take(same: Vec<(MetricSpec, Vec<WindowKind>, Written)>, context: &Context) -> Vec<(String, Taken)> {
    let mut columns = None;
    let mut compute = |spec: &MetricSpec, windows: &[WindowKind], written: &Written| {
        let columns = match &mut columns {
            Some(columns) => columns,
            none => none.insert(Columns::open(&written.path)?),
        };
        muster_stats::compute_over(spec, columns, windows, context)
    };
    same.into_iter()
        .map(|(spec, windows, written)| {
            let computed = compute(&spec, &windows, &written);
            (spec.id, (written, computed))
        })
        .collect()
}

/// What a reader must know when commits are known from GH Archive only: which pushes it lost, nobody knows.
async fn pushed_commits(engine: &Engine) -> Result<Option<String>, Failure> {
    let answer = ask(
        engine,
        "SELECT count(DISTINCT repository) FROM contributions WHERE kind = 'commit' AND event_id LIKE '%/push/%'",
    )
    .await?;
    Ok(answer.rows[0][0].as_u64().filter(|number| *number > 0).map(|number| {
        format!("commits of {number} repositories are those that pushes to main or master list; add a git source")
    }))
}

/// CSV, JSON and Markdown.
async fn evidence(
    pipeline: &Pipeline,
    snapshot: &Snapshot,
    basis: &Basis,
    cells: &[Cell],
) -> Result<Vec<PathBuf>, Failure> {
    let known: Vec<(&Cell, Figure)> =
        cells.iter().filter_map(|cell| Some((cell, figure(cell, &basis.library)?))).collect();
    let (cells_shown, figures): (Vec<&Cell>, Vec<Figure>) = known.into_iter().unzip();
    let names = report::names(pipeline, snapshot, &basis.engine).await?;
    let provenance = names.provenance(&provenance(pipeline, snapshot, basis).await?);
    let rejected = names.rejected(&rejected(&basis.engine).await?);
    let out = &pipeline.project.out;
    let folder = out.join("evidence");
    let mut written = muster_evidence::write_metrics(out, basis.as_of, &figures)?;
    let figures = names.figures(&figures);
    written.extend(muster_evidence::write_all(out, &provenance, &figures, &rejected)?);
    let present = names.present(&present(&basis.engine).await?);
    written.push(muster_evidence::write_attendance_csv(&folder.join("attendance.csv"), &present)?);
    let made = report::Made {
        cells: &cells_shown,
        figures: &figures,
        provenance: &provenance,
        rejected: &rejected,
        names: &names,
    };
    written.extend(crate::check::write(pipeline, basis, snapshot.version(), &folder).await?);
    written.extend(crate::criteria::write(pipeline, basis, snapshot.version(), &folder).await?);
    let report = report::write(pipeline, snapshot, basis, &made, &folder).await?;
    // A metric without a single cell has a table all the same: its head.
    for id in basis.library.metrics.keys().filter(|id| !cells.iter().any(|cell| cell.metric == **id)) {
        written.push(muster_evidence::write_metric_csv(&out.join("metrics").join(format!("{id}.csv")), &[])?);
    }
    Ok(written.into_iter().map(|written| written.path).chain(report).collect())
}

/// `muster export`: the evidence again, from the metrics as they stand.
pub async fn export_again(pipeline: &Pipeline, log: &Log) -> Result<Computed, Failure> {
    let path = pipeline.project.out.join("metrics.parquet");
    if !path.exists() {
        return Err(Failure::usage(
            format!("{} is not there", path.display()),
            "compute the metrics first: muster compute FILE",
        ));
    }
    let cells = muster_stats::read_cells(&path)?;
    let version = cells.first().and_then(|cell| u64::try_from(cell.log_version).ok());
    let snapshot = crate::project::snapshot(log, version).await?;
    // A trailing window ends at the as-of instant; without one the pipeline's answer holds.
    let trailing = cells.iter().find(|cell| cell.window_kind.ends_with('d')).map(|cell| cell.window_end);
    let as_of = trailing.unwrap_or_else(|| crate::project::as_of(pipeline, None, &snapshot));
    let basis = open(pipeline, &snapshot, as_of).await?;
    basis.engine.open_tables(&basis.library, &pipeline.project.out.join("tables")).await?;
    evidence(pipeline, &snapshot, &basis, &cells).await?;
    let summary = pipeline.project.out.join("evidence").join("report.html");
    tell!("{:<9}{}", "evidence", summary.display());
    Ok(Computed {
        as_of: as_of.to_string(),
        tables: basis.library.tables.len() as u64,
        metrics: basis.library.metrics.len() as u64,
        cells: cells.len() as u64,
        unchanged: false,
        summary: summary.display().to_string(),
    })
}

/// The cells of the metrics that there are, with their definitions.
pub fn figures(cells: &[Cell], library: &Library) -> Vec<Figure> {
    cells.iter().filter_map(|cell| figure(cell, library)).collect()
}

/// A cell with the definition of its metric; none where that metric is no more.
pub fn figure(cell: &Cell, library: &Library) -> Option<Figure> {
    let spec = &library.metrics.get(&cell.metric)?.spec;
    Some(Figure {
        metric: cell.metric.clone(),
        version: spec.version,
        title: spec.title.clone(),
        definition: spec.definition.clone(),
        source: spec.source.clone(),
        unit: cell.unit.clone(),
        scope: cell.scope.clone(),
        group: cell.group.clone(),
        window: cell.window.clone(),
        window_kind: cell.window_kind.clone(),
        window_start: cell.window_start,
        window_end: cell.window_end,
        unfinished: cell.unfinished,
        value: cell.value,
        low: cell.low,
        high: cell.high,
        naive: cell.naive,
        n: cell.n,
        unknown_share: cell.unknown_share,
        censored: cell.censored,
        completeness: cell.completeness,
        log_version: cell.log_version,
        note: cell.note.clone(),
    })
}

/// The answer to a question.
pub async fn ask(engine: &Engine, sql: &str) -> Result<Answer, Failure> {
    let (schema, batches) = engine.ask(sql).await?;
    Ok(Answer::new(&schema, &batches)?)
}

async fn provenance(pipeline: &Pipeline, snapshot: &Snapshot, basis: &Basis) -> Result<Provenance, Failure> {
    let late = ask(&basis.engine, "SELECT count(*) FROM events WHERE time > as_of()").await?;
    Ok(Provenance {
        project: pipeline.project.name.clone(),
        pipeline_file: pipeline.file.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        muster_version: env!("CARGO_PKG_VERSION").to_owned(),
        log_version: i64::try_from(snapshot.version()).unwrap_or(i64::MAX),
        as_of: basis.as_of,
        log_events: snapshot.events(),
        late_events: late.rows[0][0].as_u64().unwrap_or(0),
        sources: sources(&basis.engine).await?,
        excluded_bots: excluded_bots(&basis.engine).await?,
    })
}

async fn sources(engine: &Engine) -> Result<Vec<SourceCounts>, Failure> {
    let counts = ask(
        engine,
        "SELECT split_part(source, ':', 1) AS kind, \
                CASE WHEN source LIKE 'git:%' THEN substr(source, 5) \
                     ELSE split_part(substr(source, strpos(source, ':') + 1), '/', 1) END AS name, \
                type, count(*) AS events \
         FROM events GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
    )
    .await?;
    let mut sources: Vec<SourceCounts> = Vec::new();
    for row in &counts.rows {
        let [kind, name, event, number] = row.as_slice() else { continue };
        let (kind, name) = (word(kind), word(name));
        if sources.last().is_none_or(|last| last.kind != kind || last.name != name) {
            sources.push(SourceCounts { name, kind, events: Vec::new() });
        }
        if let Some(last) = sources.last_mut() {
            last.events.push((word(event), number.as_u64().unwrap_or(0)));
        }
    }
    Ok(sources)
}

async fn excluded_bots(engine: &Engine) -> Result<Vec<ExcludedBot>, Failure> {
    let bots =
        ask(engine, "SELECT coalesce(name, person), person, bot_reason FROM people WHERE is_bot ORDER BY person")
            .await?;
    let bot = |row: &Vec<Value>| {
        let (name, person) = (word(&row[0]), word(&row[1]));
        let account = if person.starts_with("email:") { name } else { person };
        ExcludedBot { account, reason: word(&row[2]) }
    };
    Ok(bots.rows.iter().map(bot).collect())
}

async fn rejected(engine: &Engine) -> Result<Vec<Rejected>, Failure> {
    let rows = ask(
        engine,
        "SELECT substr(subject, 8), json_get_str(data, 'file'), json_get_int(data, 'line'), type, \
                json_get_str(data, 'message'), json_get_str(data, 'hint'), json_get_str(data, 'text_hash') \
         FROM events WHERE type IN ('record.rejected', 'record.noted') ORDER BY 1, 2, 3, 4, 5, 7",
    )
    .await?;
    let row = |row: &Vec<Value>| Rejected {
        source: word(&row[0]),
        file: word(&row[1]),
        line: row[2].as_u64().and_then(|line| u32::try_from(line).ok()),
        severity: if row[3] == "record.rejected" { Severity::Rejected } else { Severity::Notice },
        message: word(&row[4]),
        hint: word(&row[5]),
        text_hash: word(&row[6]),
    };
    Ok(rows.rows.iter().map(row).collect())
}

/// Who was at which meeting, without addresses.
async fn present(engine: &Engine) -> Result<Vec<Present>, Failure> {
    let rows = ask(
        engine,
        "SELECT a.name, a.organisation, CASE WHEN a.person LIKE 'github:%' THEN substr(a.person, 8) END, a.community, m.series, m.date \
         FROM attendance a JOIN meetings m ON m.meeting = a.meeting AND m.community = a.community \
         WHERE NOT a.is_bot ORDER BY a.time, a.event_id",
    )
    .await?;
    let row = |row: &Vec<Value>| Present {
        name: word(&row[0]),
        organisation: word(&row[1]),
        login: word(&row[2]),
        community: word(&row[3]),
        series: word(&row[4]),
        date: word(&row[5]),
    };
    Ok(rows.rows.iter().map(row).collect())
}

/// A value as text; null is empty.
pub fn word(value: &Value) -> String {
    muster_query::output::text(value)
}
