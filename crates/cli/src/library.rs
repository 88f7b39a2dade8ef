//! The tables and metrics of a pipeline: ours, the project's own, and the numbers that its file gives.

use crate::failure::Failure;
use globset::{Glob, GlobSet, GlobSetBuilder};
use muster_pipeline::Pipeline;
use muster_query::{Engine, Library, Metric};
use muster_stats::StatsError;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Loads them; a mistake in a metric's file is told at its place.
pub fn load(pipeline: &Pipeline) -> Result<Library, Failure> {
    let mut library = Library::load_with(folder(pipeline).as_deref(), &pipeline.metrics.parameters)?;
    for metric in library.metrics.values() {
        check(&library, metric)?;
    }
    if let Some(id) = pipeline.metrics.parameters.keys().find(|id| !library.metrics.contains_key(*id)) {
        let message = format!("{}: parameters are given for {id:?}, which is no metric", pipeline.file.display());
        return Err(Failure::usage(message, near(&library, id)));
    }
    keep_only(pipeline, &mut library)?;
    Ok(library)
}

/// Leaves the metrics that the pipeline asks for, those that its claims name, and those that they read.
fn keep_only(pipeline: &Pipeline, library: &mut Library) -> Result<(), Failure> {
    if pipeline.metrics.only.is_empty() {
        return Ok(());
    }
    let globs = globs(&pipeline.metrics.only)?;
    let claimed: BTreeSet<&str> =
        pipeline.claims.iter().flat_map(|claim| &claim.expect).map(|expected| expected.metric.as_str()).collect();
    let mut waiting: Vec<String> =
        library.metrics.keys().filter(|id| globs.is_match(id) || claimed.contains(id.as_str())).cloned().collect();
    if waiting.is_empty() {
        let message = format!("{}: [metrics] only matches no metric", pipeline.file.display());
        return Err(Failure::usage(
            message,
            "`muster metrics FILE` lists them; ids are family.name: only = [\"growth.*\"]",
        ));
    }
    let mut kept = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        let words = library.metrics.get(&id).map(|metric| words(&metric.sql)).unwrap_or_default();
        if kept.insert(id) {
            waiting.extend(words.into_iter().filter(|word| library.metrics.contains_key(*word)).map(str::to_owned));
        }
    }
    library.metrics.retain(|id, _| kept.contains(id));
    Ok(())
}

/// The tables that the report and voter rolls read, whatever the pipeline asks for.
const READ: &[&str] =
    &["accounts", "affiliations", "attendance", "completeness", "contributions", "maintainers", "meetings", "people"];

/// Leaves the tables that the pipeline asks for, and those that something else reads.
pub fn keep_tables(pipeline: &Pipeline, engine: &Engine, library: &mut Library) -> Result<(), Failure> {
    let only = &pipeline.tables.only;
    if only.is_empty() {
        return Ok(());
    }
    for text in only {
        let glob = globs(std::slice::from_ref(text))?;
        if !library.tables.keys().any(|name| glob.is_match(name)) {
            let message = format!("{}: {text:?} of [tables] only matches no table", pipeline.file.display());
            let names: Vec<&str> = library.tables.keys().map(String::as_str).collect();
            return Err(Failure::usage(message, format!("the tables are {}", names.join(", "))));
        }
    }
    let globs = globs(only)?;
    Ok(engine.keep_tables(library, |name| globs.is_match(name) || READ.contains(&name))?)
}

fn globs(texts: &[String]) -> Result<GlobSet, Failure> {
    let mut globs = GlobSetBuilder::new();
    for text in texts {
        globs.add(Glob::new(text).map_err(Failure::internal)?);
    }
    globs.build().map_err(Failure::internal)
}

/// What in a SELECT can be the id of a metric.
fn words(sql: &str) -> Vec<&str> {
    sql.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.').filter(|word| word.contains('.')).collect()
}

/// Whether what a metric's file says fits together, as far as that can be told without its rows.
pub fn check(library: &Library, metric: &Metric) -> Result<(), Failure> {
    muster_stats::check(&metric.spec).map_err(|error| explained(metric, &error))?;
    let Some(ours) = metric.spec.compares.as_ref() else { return Ok(()) };
    // Of ours a test says the same.
    if metric.shipped || library.metrics.contains_key(ours) {
        return Ok(());
    }
    let message =
        format!("{}: {} compares with {ours:?}, which is no metric", metric.place("compares"), metric.spec.id);
    Err(Failure::usage(message, near(library, ours)))
}

/// The folder of the project's own metrics: the one the file names, else `queries` beside it. The families may lie in a
/// folder `metrics` of it, as in muster's own.
pub fn folder(pipeline: &Pipeline) -> Option<PathBuf> {
    let beside = || {
        let folder = pipeline.file.parent().unwrap_or(Path::new("")).join("queries");
        Some(folder).filter(|folder| folder.is_dir())
    };
    let folder = pipeline.metrics.folder.clone().or_else(beside)?;
    let inside = folder.join("metrics");
    Some(if inside.is_dir() { inside } else { folder })
}

/// The metric of an id.
pub fn metric<'a>(library: &'a Library, id: &str) -> Result<&'a Metric, Failure> {
    library.metrics.get(id).ok_or_else(|| Failure::usage(format!("no metric {id:?}"), near(library, id)))
}

/// What there is instead of a metric that is not there.
fn near(library: &Library, id: &str) -> String {
    let ids = library.metrics.keys().map(String::as_str);
    match muster_pipeline::schema::nearest(id, ids.clone()) {
        Some(near) => format!("did you mean {near}? `muster metrics FILE` lists all of them"),
        None => {
            let family = id.split('.').next().unwrap_or_default();
            let of_family: Vec<&str> = ids.clone().filter(|id| id.split('.').next() == Some(family)).collect();
            let there = if of_family.is_empty() { ids.collect() } else { of_family };
            format!("there are {}", there.join(", "))
        }
    }
}

/// A mistake that the statistics found, at its place in the metric's file.
pub fn explained(metric: &Metric, error: &StatsError) -> Failure {
    let id = format!("{}: ", metric.spec.id);
    let words = error.to_string();
    let message = words.strip_prefix(&id).unwrap_or(&words);
    let place = match error {
        StatsError::Definition { message, .. } => match mentioned(metric, message) {
            Some(name) if metric.replaced.contains_key(name) => "the pipeline file's [metrics] parameters".to_owned(),
            Some(name) => metric.place(name),
            None => metric.place("statistic"),
        },
        StatsError::UnknownColumn { key, .. } => metric.place(key),
        StatsError::ColumnType { .. } => format!("{}:{}", metric.file, metric.select_line),
        _ => return Failure::internal(words),
    };
    let select: Vec<&str> = metric.spec.select.keys().map(String::as_str).collect();
    let hint = match error {
        StatsError::Definition { .. } if !select.is_empty() => format!("its SELECT takes {}", select.join(", ")),
        StatsError::UnknownColumn { .. } => "name one of these columns, or add it to the SELECT".to_owned(),
        _ => "docs/metrics.md says what a metric's file may hold".to_owned(),
    };
    Failure::usage(format!("{place}: {}: {message}", metric.spec.id), hint)
}

/// The parameter that a message is about: `unknown parameter "x"`, `x = 3; it has to be …`.
fn mentioned<'a>(metric: &'a Metric, message: &str) -> Option<&'a str> {
    let names = metric.spec.parameters.keys().map(String::as_str);
    names.into_iter().find(|name| message.contains(&format!("{name:?}")) || message.starts_with(&format!("{name} =")))
}
