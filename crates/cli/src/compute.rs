//! From one version of the log to tables, metrics and evidence.

use crate::completeness::Completeness;
use crate::console::{Work, count};
use crate::failure::Failure;
use crate::history::milliseconds;
use crate::memory;
use crate::publish::{Place, RUNS, Stage, manifest};
use crate::report;
use crate::tell;
use muster_evidence::manifest::Manifest;
use muster_evidence::{ExcludedBot, Figure, Present, Provenance, Rejected, SourceCounts};
use muster_log::Snapshot;
use muster_model::{MetricSpec, Severity, Timestamp, WindowKind};
use muster_pipeline::Pipeline;
use muster_query::describe::About;
use muster_query::output::Answer;
use muster_query::{AtOnce, BotList, BotPolicy, Engine, EventFiles, Folders, Library, Made, Written};
use muster_stats::{Cell, Columns, Context, StatsError};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

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
    let mut library = crate::library::load(pipeline)?;
    let list = match pipeline.metrics.bot_list.as_deref() {
        Some("devstats") => BotList::DevStats,
        _ => BotList::Muster,
    };
    let bots = BotPolicy::new(list, &pipeline.metrics.bots, &pipeline.metrics.not_bots)?;
    let engine = Engine::new(as_of, &bots)?;
    let paths = snapshot.files().iter().map(|file| file.path.clone()).collect();
    engine.register_events(EventFiles { store: snapshot.object_store(), paths }).await?;
    crate::library::keep_tables(pipeline, &engine, &mut library)?;
    Ok(Basis { library, engine, as_of })
}

/// Computes tables, populations, metrics and evidence and publishes them, unless they stand already as they would be
/// computed.
pub async fn compute(pipeline: &Pipeline, snapshot: &Snapshot, as_of: Timestamp) -> Result<Computed, Failure> {
    let place = Place::of(pipeline)?;
    let basis = open(pipeline, snapshot, as_of).await?;
    let inputs = inputs(pipeline, snapshot, &basis);
    let before = place.standing().await?;
    if let Some(manifest) = before.as_ref().filter(|manifest| manifest.inputs == inputs) {
        return unchanged(&place, manifest).await;
    }
    let stage = place.stage(RUNS).await?;
    if stage.waited
        && let Some(now) = place.standing().await?
        && (now.inputs == inputs || (Some(&now) != before.as_ref() && now.log_version > snapshot.version()))
    {
        return unchanged(&place, &now).await;
    }
    let manifest = make(pipeline, snapshot, &basis, inputs, &stage.folder).await?;
    publish(&place, stage, &manifest, snapshot).await
}

/// Says that what stands is what would be computed, or newer.
pub async fn unchanged(place: &Place, manifest: &Manifest) -> Result<Computed, Failure> {
    place.mend()?;
    tell!(
        "{:<9}{} tables, {} metrics, {} cells, unchanged",
        "outputs",
        manifest.tables,
        manifest.metrics,
        count(manifest.cells)
    );
    computed(place, manifest, true).await
}

/// Publishes what was computed, and says where it is.
pub async fn publish(
    place: &Place,
    stage: Stage,
    manifest: &Manifest,
    snapshot: &Snapshot,
) -> Result<Computed, Failure> {
    if !place.publish(stage, manifest, snapshot.rewritten().await?).await? {
        tell!("note: another muster published outputs of a newer log, or of this one, meanwhile; they stay");
    }
    computed(place, manifest, false).await
}

/// Computes everything into an empty folder. The manifest is not written: whoever names the folder does that.
pub async fn make(
    pipeline: &Pipeline,
    snapshot: &Snapshot,
    basis: &Basis,
    inputs: String,
    folder: &Path,
) -> Result<Manifest, Failure> {
    let mut pipeline = pipeline.clone();
    folder.clone_into(&mut pipeline.project.out);
    all_are_seen(snapshot, basis).await?;
    let cells = metrics(&pipeline, snapshot, basis).await?;
    evidence(&pipeline, snapshot, basis, &cells).await?;
    manifest::of(&pipeline, snapshot, basis, inputs, cells.len())
}

async fn computed(place: &Place, manifest: &Manifest, unchanged: bool) -> Result<Computed, Failure> {
    let summary = place.shown("evidence/report.html").await?;
    tell!("{:<9}{summary}", "evidence");
    Ok(Computed {
        as_of: manifest.as_of.clone(),
        tables: manifest.tables,
        metrics: manifest.metrics,
        cells: manifest.cells,
        unchanged,
        summary,
    })
}

/// A hash of everything that decides the outputs: when it is equal, the outputs are.
pub fn inputs(pipeline: &Pipeline, snapshot: &Snapshot, basis: &Basis) -> String {
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
    let all = format!(
        "muster {}, log {} version {}, as of {}, project {:?} {:?} {names:?}, definitions {definitions}",
        env!("CARGO_PKG_VERSION"),
        pipeline.project.log,
        snapshot.version(),
        basis.as_of,
        pipeline.project.name,
        pipeline.file.file_name().unwrap_or_default(),
    );
    format!("{:032x}", xxhash_rust::xxh3::xxh3_128(all.as_bytes()))
}

/// What SQL sees is what the log has: a file that the engine leaves out would be missing from every figure.
async fn all_are_seen(snapshot: &Snapshot, basis: &Basis) -> Result<(), Failure> {
    let seen = ask(&basis.engine, "SELECT count(*) FROM events").await?.rows[0][0].as_u64();
    if seen == Some(snapshot.events()) {
        return Ok(());
    }
    let (seen, all) = (seen.unwrap_or_default(), snapshot.events());
    Err(Failure::internal(format!("SQL sees {seen} of the {all} events of the log; this is a fault of muster")))
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

/// From so many events on one thing is done at a time, and the memory that it leaves free is given back before the next; of a
/// shorter log that costs more time than it is worth.
const LONG: u64 = 3_000_000;

/// Tables, populations and statistics: `tables/<name>.parquet`, `populations/<id>.parquet`, `metrics/<id>.parquet`,
/// `metrics.parquet`.
async fn metrics(pipeline: &Pipeline, snapshot: &Snapshot, basis: &Basis) -> Result<Vec<Cell>, Failure> {
    let out = &pipeline.project.out;
    let context = context(pipeline, basis.as_of, snapshot.version());
    let mut progress = Progress::begin(basis.library.tables.len());
    let taken = statistics(pipeline, basis, context, snapshot.events() > LONG, &mut progress).await?;
    let pushed = pushed_commits(&basis.engine).await?;
    let completeness = Completeness::read(&basis.engine, pipeline.metrics.completeness).await?;
    let mut all = Vec::new();
    for (metric, computed) in basis.library.metrics.values().zip(taken.into_values()) {
        let mut computed = computed.map_err(|error| crate::library::explained(metric, &error))?;
        let reads = basis.engine.reads(&basis.library, metric)?;
        let pushed = pushed.as_ref().filter(|_| reads.contains("contributions"));
        for note in metric.note().iter().chain(pushed) {
            computed.cells.iter_mut().for_each(|cell| add_note(cell, note));
        }
        completeness.put(&reads, &mut computed.cells);
        let path = out.join("metrics").join(format!("{}.parquet", metric.spec.id));
        let spec = &metric.spec;
        write_cells(&computed.cells, &path, &spec.title, &spec.definition)?;
        all.extend(computed.cells);
    }
    let every = "One row for each metric, window and group, of every metric.";
    write_cells(&all, &out.join("metrics.parquet"), "Figures", every)?;
    progress.end(basis.library.metrics.len(), all.len());
    Ok(all)
}

/// What people see meanwhile: the tables until all of them stand, then the metrics, of which many stand by then.
struct Progress {
    work: Work,
    missing: usize,
    tables: usize,
    rows: u64,
}

impl Progress {
    fn begin(tables: usize) -> Self {
        Self { work: Work::begin(format!("{:<9}", "tables")), missing: tables, tables, rows: 0 }
    }

    fn table(&mut self, table: &Written) {
        self.rows += table.rows;
        self.missing -= 1;
        if self.missing > 0 {
            return;
        }
        let tables = std::mem::replace(&mut self.work, Work::begin(format!("{:<9}", "metrics")));
        let took = tables.end(&format!("{} tables, {} rows", self.tables, count(self.rows)));
        tracing::info!(tables = self.tables, rows = self.rows, milliseconds = milliseconds(took), "tables computed");
    }

    fn end(self, metrics: usize, cells: usize) {
        let took = self.work.end(&format!("{metrics} metrics, {} cells", count(cells as u64)));
        tracing::info!(metrics, cells, milliseconds = milliseconds(took), "metrics computed");
    }
}

/// The tidy table, with the meanings of its columns.
fn write_cells(cells: &[Cell], path: &Path, title: &str, definition: &str) -> Result<(), Failure> {
    muster_stats::write_cells(cells, path)?;
    let columns = muster_stats::COLUMNS.map(|(name, words)| (name.to_owned(), words.to_owned()));
    let about = About { title: title.to_owned(), definition: definition.to_owned(), columns: columns.into() };
    Ok(muster_query::describe::annotate(path, &about)?)
}

fn add_note(cell: &mut Cell, note: &str) {
    cell.note = Some(cell.note.take().map_or(note.to_owned(), |before| format!("{before}; {note}")));
}

/// What a metric's statistic says of its population.
type Taken = Result<muster_stats::Computed, StatsError>;

/// Tables, the population of every metric and the statistics over it, by the metrics' ids. Statistics are taken on a thread of
/// their own while the next populations are computed; of a long log, between them.
async fn statistics(
    pipeline: &Pipeline,
    basis: &Basis,
    context: Context,
    is_long: bool,
    progress: &mut Progress,
) -> Result<BTreeMap<String, Taken>, Failure> {
    let out = &pipeline.project.out;
    let folders = Folders { tables: out.join("tables"), populations: out.join("populations") };
    let (ready, waiting) = std::sync::mpsc::channel::<Vec<(MetricSpec, Vec<WindowKind>, Written)>>();
    let (elsewhere, mut here) = (context.clone(), Vec::new());
    let taken =
        tokio::task::spawn_blocking(move || waiting.into_iter().flat_map(|same| take(same, &elsewhere)).collect());
    let told = |written: Written| {
        let spec = basis.library.metrics[&written.name].spec.clone();
        let windows = windows(pipeline, &spec);
        (spec, windows, written)
    };
    let stands = |made| {
        match made {
            Made::Table(table) => progress.table(&table),
            // Of a long log either a step or the statistics hold rows.
            Made::Populations(same) if is_long => here.extend(take(same.into_iter().map(told).collect(), &context)),
            // Nobody receives after a failure, which comes out below.
            Made::Populations(same) => drop(ready.send(same.into_iter().map(told).collect())),
            Made::Between => {}
        }
        if is_long {
            memory::give_back();
        }
    };
    let at_once = if is_long { AtOnce::One } else { AtOnce::Cores };
    basis.engine.write_all(&basis.library, folders, at_once, stands).await?;
    drop(ready);
    let mut taken: BTreeMap<_, _> = taken.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
    taken.extend(here);
    Ok(taken)
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
            (spec.id, computed)
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
pub async fn evidence(pipeline: &Pipeline, snapshot: &Snapshot, basis: &Basis, cells: &[Cell]) -> Result<(), Failure> {
    let known: Vec<(&Cell, Figure)> =
        cells.iter().filter_map(|cell| Some((cell, figure(cell, &basis.library)?))).collect();
    let (cells_shown, figures): (Vec<&Cell>, Vec<Figure>) = known.into_iter().unzip();
    let names = report::names(pipeline, snapshot, &basis.engine).await?;
    let provenance = names.provenance(&provenance(pipeline, snapshot, basis).await?);
    let rejected = names.rejected(&rejected(&basis.engine).await?);
    let out = &pipeline.project.out;
    let folder = out.join("evidence");
    muster_evidence::write_metrics(out, basis.as_of, &figures)?;
    let figures = names.figures(&figures);
    muster_evidence::write_all(out, &provenance, &figures, &rejected)?;
    let present = names.present(&present(&basis.engine).await?);
    muster_evidence::write_attendance_csv(&folder.join("attendance.csv"), &present)?;
    let made = report::Made {
        cells: &cells_shown,
        figures: &figures,
        provenance: &provenance,
        rejected: &rejected,
        names: &names,
    };
    crate::check::write(pipeline, basis, snapshot.version(), &folder).await?;
    crate::criteria::write(pipeline, basis, snapshot.version(), &folder).await?;
    report::write(pipeline, snapshot, basis, &made, &folder).await?;
    // A metric without a single cell has a table all the same: its head.
    for id in basis.library.metrics.keys().filter(|id| !cells.iter().any(|cell| cell.metric == **id)) {
        muster_evidence::write_metric_csv(&out.join("metrics").join(format!("{id}.csv")), &[])?;
    }
    Ok(())
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
