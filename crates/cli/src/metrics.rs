//! `muster metrics`: which there are; and whether files of one's own can be used, without a run.

use crate::args::{Format, MetricsArgs};
use crate::failure::{CHECK_FAILED, Failure};
use crate::library::{self, check, explained, folder};
use crate::project::read_pipeline;
use crate::sql::{print, say};
use muster_model::Timestamp;
use muster_pipeline::Pipeline;
use muster_query::output::Answer;
use muster_query::{BotList, BotPolicy, Engine, EventFiles, Library, Metric, Parameters};
use muster_stats::Context;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Lists or checks, as the words say.
pub async fn metrics(args: &MetricsArgs) -> Result<ExitCode, Failure> {
    match args.words.as_slice() {
        [file] if file != "check" => list(Path::new(file), args),
        [check, file] | [file, check] if check == "check" => check_file(Path::new(file), args).await,
        words => Err(Failure::usage(
            format!("what to do with: muster metrics {}", words.join(" ")),
            "write muster metrics FILE to list them, muster metrics check FILE to check a pipeline's own or one .sql file",
        )),
    }
}

fn list(file: &Path, args: &MetricsArgs) -> Result<ExitCode, Failure> {
    let pipeline = read_pipeline(file, &args.sets)?;
    let library = library::load(&pipeline)?;
    let row = |metric: &Metric| {
        let spec = &metric.spec;
        let windows = pipeline.metrics.windows.as_ref().unwrap_or(&spec.windows);
        let windows: Vec<String> = windows.iter().map(ToString::to_string).collect();
        let mut row = vec![
            json!(spec.id),
            json!(spec.title),
            json!(spec.unit),
            json!(spec.statistic),
            json!(windows.join(", ")),
            json!(spec.group_by.join(", ")),
            json!(if metric.shipped { "muster" } else { metric.file.as_str() }),
        ];
        if args.json {
            row.extend([
                json!(spec.id.split('.').next()),
                json!(spec.version),
                json!(spec.definition),
                json!(spec.source),
                json!(spec.direction),
                json!(spec.compares),
                json!(spec.caveats),
            ]);
        }
        row
    };
    let mut columns = vec!["metric", "title", "unit", "statistic", "windows", "groups", "from"];
    if args.json {
        columns.extend(["family", "version", "definition", "source", "direction", "compares", "caveats"]);
    }
    let rows: Vec<Vec<Value>> = library.metrics.values().map(row).collect();
    let answer = Answer { columns: columns.into_iter().map(str::to_owned).collect(), rows };
    print(&answer, if args.json { Format::Json } else { Format::Table })
}

/// Checks one metric's file, or all of a pipeline's own, over an empty log: the columns are those that a full one gives.
async fn check_file(file: &Path, args: &MetricsArgs) -> Result<ExitCode, Failure> {
    let is_metric = file.extension().is_some_and(|ending| ending == "sql");
    let (folder, files, parameters) = if is_metric {
        (file.parent().and_then(Path::parent).map(Path::to_path_buf), vec![file.to_path_buf()], Parameters::new())
    } else {
        let pipeline = read_pipeline(file, &args.sets)?;
        let files = own_files(&pipeline)?;
        (folder(&pipeline), files, pipeline.metrics.parameters)
    };
    let mut found = Vec::new();
    let mut library = Library::load_with(None, &parameters)?;
    let mut own = Vec::new();
    for file in &files {
        match library.add_file(file, &parameters) {
            Ok(ids) => own.extend(ids),
            Err(error) => found.push(Failure::from(error)),
        }
    }
    if is_metric && let Some(folder) = folder {
        add_read(&mut library, &own, &folder);
    }
    let checked = Bench::new(library).await?.check(&own, &mut found).await?;
    for line in &checked {
        say(line)?;
    }
    found.iter().for_each(|failure| {
        failure.report();
    });
    eprintln!("{} metrics checked, {} mistakes", checked.len() + found.len(), found.len());
    Ok(if found.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(CHECK_FAILED) })
}

fn own_files(pipeline: &Pipeline) -> Result<Vec<PathBuf>, Failure> {
    let folder = folder(pipeline).ok_or_else(|| {
        Failure::usage(
            format!("{} has no metrics of its own", pipeline.file.display()),
            "put them into a folder queries/ beside it, or name a folder with `folder` in [metrics]",
        )
    })?;
    let entries = |folder: &Path| -> Result<Vec<PathBuf>, Failure> {
        let read = std::fs::read_dir(folder).map_err(|error| {
            Failure::usage(
                format!("{}: {error}", folder.display()),
                "name a folder that is there with `folder` in [metrics]",
            )
        })?;
        let mut paths: Vec<PathBuf> = read.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        Ok(paths)
    };
    let mut files = Vec::new();
    for family in entries(&folder)?.into_iter().filter(|path| path.is_dir()) {
        files.extend(entries(&family)?.into_iter().filter(|path| path.extension().is_some_and(|it| it == "sql")));
    }
    Ok(files)
}

/// The metrics beside a file that its SELECT names: they need not be named on the command line.
fn add_read(library: &mut Library, own: &[String], folder: &Path) {
    let mut waiting: Vec<String> = own.to_vec();
    while let Some(id) = waiting.pop() {
        let Some(sql) = library.metrics.get(&id).map(|metric| metric.sql.clone()) else { continue };
        let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '.';
        for word in
            sql.split(|letter| !is_word(letter)).filter(|word| !library.metrics.contains_key(*word)).collect::<Vec<_>>()
        {
            let path = word.split_once('.').map(|(family, name)| folder.join(family).join(format!("{name}.sql")));
            if let Some(path) = path.filter(|path| path.is_file()) {
                // What is wrong in that file is told when it is checked itself.
                waiting.extend(library.add_file(&path, &Parameters::new()).unwrap_or_default());
            }
        }
    }
}

/// Tables of an empty log to try metrics on.
struct Bench {
    library: Library,
    engine: Engine,
    folder: tempfile::TempDir,
}

impl Bench {
    async fn new(library: Library) -> Result<Self, Failure> {
        let engine = Engine::new(Timestamp::UNIX_EPOCH, &BotPolicy::new(BotList::Muster, &[], &[])?)?;
        engine.register_events(EventFiles::none()).await?;
        let folder = tempfile::tempdir().map_err(Failure::internal)?;
        engine.write_tables(&library, &folder.path().join("tables")).await?;
        Ok(Self { library, engine, folder })
    }

    /// What each of the metrics is, or what is wrong with it.
    async fn check(mut self, own: &[String], found: &mut Vec<Failure>) -> Result<Vec<String>, Failure> {
        // A SELECT that is none would hide the order of all others, and so would those that read it.
        let broken = |library: &Library| {
            let of_own = own.iter().filter_map(|id| library.metrics.get(id));
            of_own.filter_map(|metric| Some((metric.spec.id.clone(), self.engine.reads(library, metric).err()?))).next()
        };
        while let Some((id, error)) = broken(&self.library) {
            found.push(error.into());
            self.library.metrics.remove(&id);
        }
        let needed = self.needed(own)?;
        let mut told = Vec::new();
        for id in self.engine.order(&self.library)? {
            let Some(metric) = self.library.metrics.get(&id).filter(|_| needed.contains(&id)) else { continue };
            let outcome = self.try_out(metric).await;
            match outcome {
                Ok(columns) if own.contains(&id) => {
                    let statistic = &metric.spec.statistic;
                    told.push(format!("{id}: good; {statistic} over rows of {columns}"));
                }
                Err(failure) if own.contains(&id) => found.push(failure),
                Ok(_) => {}
                // Not one of those that are checked: what reads it will say so.
                Err(_) => {}
            }
        }
        Ok(told)
    }

    /// Those that are checked, and those whose populations they read.
    fn needed(&self, own: &[String]) -> Result<BTreeSet<String>, Failure> {
        let (mut needed, mut waiting) = (BTreeSet::new(), own.to_vec());
        while let Some(id) = waiting.pop() {
            let Some(metric) = self.library.metrics.get(&id) else { continue };
            if needed.insert(id) {
                waiting.extend(self.engine.metrics_read(&self.library, metric)?);
            }
        }
        Ok(needed)
    }

    async fn try_out(&self, metric: &Metric) -> Result<String, Failure> {
        check(&self.library, metric)?;
        let population = self.engine.write_population(metric, &self.folder.path().join("populations")).await?;
        self.engine.open_parquet(&metric.spec.id, &population.path).await?;
        let context = Context { as_of: Timestamp::UNIX_EPOCH, log_version: 0, scope: String::new(), first: None };
        muster_stats::compute(&metric.spec, &population.path, &metric.spec.windows, &context)
            .map_err(|error| explained(metric, &error))?;
        let (schema, _) = self.engine.ask(&format!("SELECT * FROM {}", metric.spec.id)).await?;
        Ok(schema.fields().iter().map(|field| field.name().as_str()).collect::<Vec<_>>().join(", "))
    }
}
