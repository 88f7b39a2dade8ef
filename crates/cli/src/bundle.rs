//! `muster bundle`: everything a committee needs, in one folder with a manifest. `muster verify`: whether it is still that.

use crate::args::{BundleArgs, VerifyArgs};
use crate::compute;
use crate::failure::{CHECK_FAILED, Failure};
use crate::project::{as_of, read_pipeline, snapshot, split_as_of};
use crate::publish::Place;
use crate::report;
use muster_evidence::bundle::{self, About, Difference};
use muster_evidence::csv_line;
use muster_evidence::manifest::{self, Manifest};
use muster_evidence::privacy::Names;
use muster_log::{Log, Snapshot};
use muster_model::Timestamp;
use muster_pipeline::Pipeline;
use muster_query::Library;
use muster_stats::Rows;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Rows that are text at once.
const ROWS: usize = 20_000;

/// Makes the outputs current, then a bundle of them.
pub async fn bundle(args: &BundleArgs) -> Result<ExitCode, Failure> {
    let pipeline = read_pipeline(&args.common.file, &args.common.sets)?;
    let (version, instant) = split_as_of(&args.as_of)?;
    let log = Log::open(&pipeline.project.log.to_string()).await?;
    let snapshot = snapshot(&log, version).await?;
    let as_of = as_of(&pipeline, instant, &snapshot);
    let folder = args.to.clone().unwrap_or_else(|| pipeline.project.out.join("bundle"));
    clear(&folder)?;
    compute::compute(&pipeline, &snapshot, as_of).await?;
    let outputs = crate::asof::outputs(&pipeline, &[]).await?;
    let files = make(&outputs.pipeline, &snapshot, as_of, &folder).await?;
    if args.to.is_none() {
        Place::of(&pipeline)?.copy("bundle").await?;
    }
    eprintln!("{:<9}{}, {files} files", "bundle", folder.display());
    eprintln!("check it anywhere: muster verify {0}, or sha256sum -c {1} in it", folder.display(), bundle::MANIFEST);
    if args.common.json {
        println!("{}", serde_json::json!({ "bundle": folder.display().to_string(), "files": files }));
    }
    Ok(ExitCode::SUCCESS)
}

/// Takes an older bundle away. A folder with anything else is nobody's to delete.
fn clear(folder: &Path) -> Result<(), Failure> {
    let is_empty = || fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
    if !folder.exists() || is_empty() {
        return Ok(());
    }
    if folder.join(bundle::MANIFEST).is_file() && folder.join(bundle::ABOUT).is_file() {
        return fs::remove_dir_all(folder).map_err(|error| unwritable(folder, &error));
    }
    Err(Failure::usage(
        format!("{} is there and is no bundle", folder.display()),
        "name another folder: muster bundle FILE --to FOLDER",
    ))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::usage(format!("{}: {error}", path.display()), "choose a folder that you may write, with space on it")
}

/// The bundle of the outputs as they stand; how many files it has.
async fn make(pipeline: &Pipeline, snapshot: &Snapshot, as_of: Timestamp, folder: &Path) -> Result<usize, Failure> {
    let basis = compute::open(pipeline, snapshot, as_of).await?;
    let out = &pipeline.project.out;
    basis.engine.open_tables(&basis.library, &out.join("tables")).await?;
    let names = report::names(pipeline, snapshot, &basis.engine).await?;
    copy(&out.join("evidence"), &folder.join("evidence"))?;
    let cells = muster_stats::read_cells(&out.join("metrics.parquet"))?;
    let figures = compute::figures(&cells, &basis.library);
    muster_evidence::write_metrics(folder, as_of, &names.figures(&figures))?;
    for table in basis.library.tables.keys() {
        let path = out.join("tables").join(format!("{table}.parquet"));
        write_csv(&path, &folder.join("tables").join(format!("{table}.csv")), table, &names)?;
    }
    let populations = populations(&basis.library);
    for id in populations.values().collect::<std::collections::BTreeSet<_>>() {
        let path = out.join("populations").join(format!("{id}.parquet"));
        write_csv(&path, &folder.join("populations").join(format!("{id}.csv")), "", &names)?;
    }
    let text = fs::read_to_string(&pipeline.file).map_err(|error| unwritable(&pipeline.file, &error))?;
    write(&folder.join("pipeline.toml"), &muster_evidence::without_emails(&names.text(&text)))?;
    write(&folder.join("README.md"), README)?;
    let about = About {
        schema: 1,
        project: pipeline.project.name.clone(),
        muster_version: env!("CARGO_PKG_VERSION").to_owned(),
        log: bundle::log_hash(snapshot.identity()),
        log_version: snapshot.version(),
        log_events: snapshot.events(),
        as_of: as_of.to_string(),
        privacy: pipeline.evidence.privacy.word().to_owned(),
        pipeline_file: pipeline.file.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        populations,
    };
    about.write(folder)?;
    Ok(bundle::seal(folder)?)
}

/// Metric to the metric whose population it shares: those with the same SELECT have one.
fn populations(library: &Library) -> BTreeMap<String, String> {
    let mut first: BTreeMap<&str, &str> = BTreeMap::new();
    let metrics = library.metrics.iter();
    metrics.map(|(id, metric)| (id.clone(), (*first.entry(&metric.sql).or_insert(id)).to_owned())).collect()
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    muster_evidence::write_if_changed(path, text).map(|_| ()).map_err(Failure::from)
}

fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    fs::create_dir_all(to).map_err(|error| unwritable(to, &error))?;
    let entries = fs::read_dir(from).map_err(|error| unwritable(from, &error))?;
    for entry in entries.flatten() {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            fs::copy(&path, &target).map_err(|error| unwritable(&target, &error))?;
        }
    }
    Ok(())
}

/// A table or population as CSV, people called as they may be.
fn write_csv(parquet: &Path, csv: &Path, table: &str, names: &Names) -> Result<(), Failure> {
    let failed = |error: std::io::Error| unwritable(csv, &error);
    fs::create_dir_all(csv.parent().unwrap_or(csv)).map_err(failed)?;
    let rows = Rows::open(parquet)?;
    let columns = rows.columns();
    let mut file = BufWriter::new(File::create(csv).map_err(failed)?);
    let head = csv_line(columns.iter().map(|column| Some(column.as_str())));
    file.write_all(head.as_bytes()).map_err(failed)?;
    for start in (0..rows.len()).step_by(ROWS) {
        for row in rows.texts_of(start..(start + ROWS).min(rows.len()))? {
            let cell = |(text, column): (Option<String>, &String)| names.cell(table, column, &text?);
            let cells: Vec<Option<String>> = row.into_iter().zip(&columns).map(cell).collect();
            file.write_all(csv_line(cells.iter().map(Option::as_deref)).as_bytes()).map_err(failed)?;
        }
    }
    file.flush().map_err(failed)
}

/// Checks a bundle by its hashes, and where a pipeline file is given against one computed again from the log. Outputs are
/// checked in the same way.
pub async fn verify(args: &VerifyArgs) -> Result<ExitCode, Failure> {
    if !args.bundle.join(bundle::ABOUT).exists() && args.bundle.join(manifest::MANIFEST).exists() {
        return verify_outputs(args).await;
    }
    let about = About::read(&args.bundle)
        .map_err(|error| Failure::usage(error, "name the folder that `muster bundle` wrote"))?;
    let difference = bundle::check(&args.bundle)?;
    let mut all_well = say(&difference, "as the manifest states");
    let mut again = None;
    if let Some(file) = &args.from {
        let difference = compute_again(&about, args, file).await?;
        all_well &= say(&difference, &format!("as computed again from version {} of the log", about.log_version));
        again = Some(difference);
    }
    if args.json {
        println!("{}", serde_json::json!({ "about": about, "hashes": difference, "computed_again": again }));
    }
    Ok(if all_well { ExitCode::SUCCESS } else { ExitCode::from(CHECK_FAILED) })
}

async fn verify_outputs(args: &VerifyArgs) -> Result<ExitCode, Failure> {
    let current = args.bundle.join("current");
    let run = if current.exists() { &current } else { &args.bundle };
    let about = Manifest::read(run)?;
    let difference = about.check(run)?;
    let mut all_well = say(&difference, "as the manifest states");
    let mut again = None;
    if let Some(file) = &args.from {
        let pipeline = read_pipeline(file, &args.sets)?;
        let snapshot = same_log(&pipeline, &about.log, about.log_version, &about.muster_version).await?;
        let as_of = muster_model::parse_time(&about.as_of).map_err(Failure::internal)?;
        let basis = compute::open(&pipeline, &snapshot, as_of).await?;
        let folder = tempfile::tempdir().map_err(Failure::internal)?;
        let computed = compute::make(&pipeline, &snapshot, &basis, String::new(), folder.path()).await?;
        let difference = about.compare(&computed);
        all_well &= say(&difference, &format!("as computed again from version {} of the log", about.log_version));
        again = Some(difference);
    }
    if args.json {
        let about = Manifest { files: Vec::new(), ..about };
        println!("{}", serde_json::json!({ "about": about, "hashes": difference, "computed_again": again }));
    }
    Ok(if all_well { ExitCode::SUCCESS } else { ExitCode::from(CHECK_FAILED) })
}

/// The version of a log, if it is the log that something was made from.
async fn same_log(pipeline: &Pipeline, log: &str, version: u64, program: &str) -> Result<Snapshot, Failure> {
    let opened = Log::open(&pipeline.project.log.to_string()).await?;
    let snapshot = snapshot(&opened, Some(version)).await?;
    if bundle::log_hash(snapshot.identity()) != log {
        return Err(Failure::usage(
            format!("{} is not the log that this was made from", pipeline.project.log),
            "name the pipeline file with that log, or give it: --set project.log=PLACE",
        ));
    }
    if program != env!("CARGO_PKG_VERSION") {
        eprintln!("note: this was made by muster {program}, this is {}", env!("CARGO_PKG_VERSION"));
    }
    Ok(snapshot)
}

/// Says what differs; whether nothing does.
fn say(difference: &Difference, what: &str) -> bool {
    if difference.is_none() {
        eprintln!("✓ {} files are {what}", difference.same);
        return true;
    }
    eprintln!("✗ not {what}; {} files are", difference.same);
    let lists = [("changed", &difference.changed), ("missing", &difference.missing), ("added", &difference.added)];
    for (word, paths) in lists {
        for path in paths.iter().take(20) {
            eprintln!("  {word:<8} {path}");
        }
        if paths.len() > 20 {
            eprintln!("  {word:<8} and {} more", paths.len() - 20);
        }
    }
    false
}

async fn compute_again(about: &About, args: &VerifyArgs, file: &Path) -> Result<Difference, Failure> {
    let mut pipeline = read_pipeline(file, &args.sets)?;
    let snapshot = same_log(&pipeline, &about.log, about.log_version, &about.muster_version).await?;
    pipeline.evidence.privacy = about.privacy.parse().map_err(|()| {
        Failure::usage(format!("privacy {:?} in {}", about.privacy, bundle::ABOUT), "use a muster that knows it")
    })?;
    let as_of = muster_model::parse_time(&about.as_of).map_err(Failure::internal)?;
    let temporary = tempfile::tempdir().map_err(Failure::internal)?;
    let again: PathBuf = temporary.path().join("bundle");
    pipeline.project.out = temporary.path().join("out");
    let basis = compute::open(&pipeline, &snapshot, as_of).await?;
    compute::make(&pipeline, &snapshot, &basis, String::new(), &pipeline.project.out).await?;
    make(&pipeline, &snapshot, as_of, &again).await?;
    Ok(bundle::compare(&args.bundle, &again)?)
}

const README: &str = "\
# Evidence bundle

Begin with `evidence/report.html`: it opens from disk in any browser, and every figure in it opens into its rows.

| what | where |
| --- | --- |
| the report, and tables for a proposal | `evidence/` |
| every cell of every metric | `metrics/` |
| the rows behind each metric; `bundle.json` says which metrics share theirs | `populations/` |
| the tables that the metrics are made from | `tables/` |
| what was collected, and how it was looked at | `pipeline.toml` |
| the version of the log, the instant, the program | `bundle.json` |

Nobody changed it: `sha256sum -c MANIFEST.sha256` in this folder, or `muster verify FOLDER`.

It is what the log says: `muster verify FOLDER --from PIPELINE` computes it again from the same version of the log, for
whoever has the log, and compares every file.
";
