//! `muster sql`: a question over events, tables and metrics.

use crate::args::{AsOf, Format, SqlArgs};
use crate::asof::{Outputs, outputs};
use crate::compute::{Basis, open};
use crate::failure::Failure;
use crate::project::{as_of, read_pipeline, snapshot, split_as_of};
use crate::prompt;
use crate::publish::Place;
use comfy_table::{Table, presets};
use muster_log::{Journal, Log, Recorded};
use muster_pipeline::Pipeline;
use muster_query::RunEvent;
use muster_query::output::{Answer, masked_batches, text, write_parquet};
use serde_json::Value;
use std::io::Write;
use std::process::ExitCode;

/// Answers one question on standard output, or those that are asked at a prompt.
pub async fn answer(args: &SqlArgs) -> Result<ExitCode, Failure> {
    let pipeline = read_pipeline(&args.common.file, &args.common.sets)?;
    let format = if args.common.json { Format::Json } else { args.format };
    let examples = muster_query::examples()?;
    let query = match &args.example {
        Some(name) if name == "list" => return print_bytes(prompt::questions(&examples).as_bytes()),
        Some(name) => Some(&prompt::find(&examples, name)?.sql),
        None => args.query.as_ref(),
    };
    // Held, so that no run removes what is being read.
    let (basis, _outputs) = open_for(&pipeline, &args.as_of).await?;
    let Some(query) = query else { return prompt::run(basis, args.private, format).await };
    let (schema, batches) = basis.engine.ask(query).await?;
    // The log has addresses, and so have its views; an answer is often passed on.
    let batches = if args.private { batches } else { masked_batches(&schema, batches)? };
    if format == Format::Parquet {
        let mut bytes = Vec::new();
        write_parquet(&schema, &batches, &mut bytes)?;
        return print_bytes(&bytes);
    }
    print(&Answer::new(&schema, &batches)?, format)
}

/// Everything that can be asked for by name, as it stands or as of the `--as-of` of a command line, and the outputs behind it.
pub async fn open_for(pipeline: &Pipeline, given: &[AsOf]) -> Result<(Basis, Option<Outputs>), Failure> {
    let (version, instant) = split_as_of(given)?;
    let log = Log::open(&pipeline.project.log.to_string()).await?;
    let snapshot = snapshot(&log, version).await?;
    let basis = open(pipeline, &snapshot, as_of(pipeline, instant, &snapshot)).await?;
    // Events can be asked for before anything was computed, and then there is nothing of another as-of either.
    let computed = Place::of(pipeline)?.standing().await?.is_some();
    let outputs = if computed { Some(outputs(pipeline, given).await?) } else { None };
    if let Some(outputs) = &outputs {
        open_outputs(&outputs.pipeline, &basis).await?;
    }
    open_runs(pipeline, &basis).await?;
    Ok((basis, outputs))
}

/// Makes what earlier runs wrote known by name: tables, `metrics`, and each population by its metric's id.
pub async fn open_outputs(pipeline: &Pipeline, basis: &Basis) -> Result<(), Failure> {
    let out = &pipeline.project.out;
    basis.engine.open_tables(&basis.library, &out.join("tables")).await?;
    let metrics = out.join("metrics.parquet");
    if metrics.exists() {
        basis.engine.open_parquet("metrics", &metrics).await?;
    }
    for id in basis.library.metrics.keys() {
        let population = out.join("populations").join(format!("{id}.parquet"));
        if population.exists() {
            basis.engine.open_parquet(id, &population).await?;
        }
    }
    Ok(())
}

/// Makes the run history known by name. It is of today whatever the answer is as of.
pub async fn open_runs(pipeline: &Pipeline, basis: &Basis) -> Result<(), Failure> {
    let events = Journal::open(&pipeline.project.log.to_string()).await?.events().await.unwrap_or_else(|error| {
        crate::tell!("warning: {error}; `runs` is empty\n  = {}", error.hint);
        Vec::new()
    });
    let event = |event: Recorded| RunEvent {
        id: event.id,
        kind: event.kind,
        time: event.time,
        subject: event.subject,
        data: event.data,
    };
    Ok(basis.engine.open_runs(&basis.library, &events.into_iter().map(event).collect::<Vec<_>>()).await?)
}

/// Prints an answer in the format asked for.
pub fn print(answer: &Answer, format: Format) -> Result<ExitCode, Failure> {
    print_bytes(shown(answer, format)?.as_bytes())
}

/// An answer as text in the format asked for.
pub fn shown(answer: &Answer, format: Format) -> Result<String, Failure> {
    Ok(match format {
        Format::Json => format!("{:#}\n", answer.to_json()),
        Format::Csv => csv(answer)?,
        Format::Markdown => muster_evidence::rows_md(&answer.columns, &answer.texts().collect::<Vec<_>>()),
        Format::Table | Format::Parquet => table(answer),
    })
}

fn csv(answer: &Answer) -> Result<String, Failure> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&answer.columns).map_err(Failure::internal)?;
    for row in &answer.rows {
        writer.write_record(row.iter().map(cell)).map_err(Failure::internal)?;
    }
    String::from_utf8(writer.into_inner().map_err(Failure::internal)?).map_err(Failure::internal)
}

/// A number stays one; text that a spreadsheet would run as a formula is neutralised.
fn cell(value: &Value) -> String {
    match value {
        Value::String(words) => muster_evidence::spreadsheet_safe(words).into_owned(),
        other => text(other),
    }
}

fn table(answer: &Answer) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(&answer.columns);
    for row in answer.texts() {
        table.add_row(row);
    }
    let rows = answer.rows.len();
    format!("{}\n({rows} row{})\n", table.trim_fmt(), if rows == 1 { "" } else { "s" })
}

/// Prints a text and the end of its line.
pub fn say(text: &str) -> Result<ExitCode, Failure> {
    print_bytes(format!("{text}\n").as_bytes())
}

/// A reader that goes away (`| head`) is no failure.
pub fn print_bytes(bytes: &[u8]) -> Result<ExitCode, Failure> {
    match std::io::stdout().lock().write_all(bytes) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::internal(error)),
        _ => Ok(ExitCode::SUCCESS),
    }
}
