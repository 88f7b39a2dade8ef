//! `muster log`: info, show, verify, compact.

use crate::args::{AsOf, LogArgs};
use crate::console::count;
use crate::failure::{CHECK_FAILED, Failure};
use crate::project::read_pipeline;
use crate::sql::{print_bytes, say};
use futures::TryStreamExt;
use muster_log::{Filter, Log, Recorded, Snapshot};
use muster_model::account::masked;
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::Path;
use std::process::ExitCode;

const ACTIONS: [&str; 4] = ["info", "show", "verify", "compact"];

/// Does what the two words say: the pipeline file and an action, in either order.
pub async fn look(args: &LogArgs) -> Result<ExitCode, Failure> {
    let (file, action) = match args.words.as_slice() {
        [action, file] if ACTIONS.contains(&action.as_str()) => (file, action),
        [file, action] if ACTIONS.contains(&action.as_str()) => (file, action),
        _ => {
            return Err(Failure::usage(
                format!("no action in: muster log {}", args.words.join(" ")),
                format!("write muster log FILE followed by one of {}", ACTIONS.join(", ")),
            ));
        }
    };
    let pipeline = read_pipeline(Path::new(file), &args.sets)?;
    let mut log = Log::open(&pipeline.project.log.to_string()).await?;
    match action.as_str() {
        "info" => info(&log, args).await,
        "show" => show(&log, args).await,
        "verify" => verify(&log, args).await,
        _ => compact(&mut log, args).await,
    }
}

async fn as_of(log: &Log, args: &LogArgs) -> Result<Snapshot, Failure> {
    Ok(match args.as_of {
        None => log.snapshot(),
        Some(AsOf::Version(version)) => log.at_version(version).await?,
        Some(AsOf::Instant(instant)) => log.at_instant(instant).await?,
    })
}

async fn info(log: &Log, args: &LogArgs) -> Result<ExitCode, Failure> {
    if args.as_of.is_some() {
        let then = as_of(log, args).await?;
        let recorded = then.last_recorded().map(|time| time.to_string());
        return print_document(
            args.json,
            &json!({"version": then.version(), "events": then.events(), "files": then.files().len(), "last_recorded": recorded}),
        );
    }
    let info = log.info().await?;
    let instant = |time: Option<muster_model::Timestamp>| time.map(|time| time.to_string());
    print_document(
        args.json,
        &json!({
            "location": log.location(), "format": info.format, "version": info.version, "files": info.files,
            "bytes": info.bytes, "events": info.events,
            "first_time": instant(info.first_time), "last_time": instant(info.last_time),
            "first_recorded": instant(info.first_recorded), "last_recorded": instant(info.last_recorded),
            "events_by_type": info.by_type, "events_by_collector": info.by_collector,
            "rewritten_at_versions": info.rewritten,
            "cursors": info.cursors.keys().collect::<Vec<_>>(),
        }),
    )
}

async fn show(log: &Log, args: &LogArgs) -> Result<ExitCode, Failure> {
    let filter = Filter {
        types: (!args.types.is_empty()).then(|| args.types.clone()),
        ids: (!args.ids.is_empty()).then(|| args.ids.iter().cloned().collect()),
        ..Filter::default()
    };
    let mut latest: std::collections::VecDeque<Recorded> = std::collections::VecDeque::new();
    let mut events = as_of(log, args).await?.recorded(&filter);
    while let Some(event) = events.try_next().await? {
        latest.push_back(event);
        if latest.len() > args.limit {
            latest.pop_front();
        }
    }
    let line = |event: &Recorded| {
        let line = if args.json {
            cloud_event(event).to_string()
        } else {
            let actor = event.actor.as_deref().unwrap_or("-");
            format!("{}  {:<28} {actor}  {}", event.time, event.kind, event.id)
        };
        if args.private { line + "\n" } else { masked(&line) + "\n" }
    };
    print_bytes(latest.iter().map(line).collect::<String>().as_bytes())
}

/// The event in CloudEvents' JSON format; ours beyond it are extension attributes.
fn cloud_event(event: &Recorded) -> Value {
    let data: Value = serde_json::from_str(&event.data).unwrap_or_else(|_| Value::String(event.data.clone()));
    json!({
        "specversion": "1.0", "id": event.id, "source": event.source, "type": event.kind,
        "time": event.time.to_string(), "subject": event.subject, "actor": event.actor, "url": event.url,
        "recorded": event.recorded.to_string(), "collector": event.collector,
        "datacontenttype": "application/json", "data": data,
    })
}

async fn verify(log: &Log, args: &LogArgs) -> Result<ExitCode, Failure> {
    let verified = log.verify().await?;
    let findings: Vec<String> =
        verified.findings.iter().map(|finding| format!("{}: {}", finding.file, finding.message)).collect();
    print_document(
        args.json,
        &json!({
            "version": verified.version, "files": verified.files, "events": verified.events, "bytes": verified.bytes,
            "unknown_types": verified.unknown, "findings": findings,
        }),
    )?;
    Ok(if verified.is_clean() { ExitCode::SUCCESS } else { ExitCode::from(CHECK_FAILED) })
}

async fn compact(log: &mut Log, args: &LogArgs) -> Result<ExitCode, Failure> {
    let compacted = log.compact().await?;
    print_document(
        args.json,
        &json!({
            "version": compacted.version, "files_before": compacted.files_before, "files_after": compacted.files_after,
            "bytes_before": compacted.bytes_before, "bytes_after": compacted.bytes_after,
        }),
    )
}

/// JSON for machines; for people the same, a line each, numbers with thousands separated.
fn print_document(json: bool, document: &Value) -> Result<ExitCode, Failure> {
    if json {
        return say(&format!("{document:#}"));
    }
    let mut text = String::new();
    for (key, value) in document.as_object().into_iter().flatten() {
        write_entry(&mut text, 0, &key.replace('_', " "), value);
    }
    print_bytes(text.as_bytes())
}

fn write_entry(text: &mut String, indent: usize, key: &str, value: &Value) {
    let pad = " ".repeat(indent);
    let _ = match value {
        Value::Object(entries) => {
            let head = writeln!(text, "{pad}{key}");
            entries.iter().for_each(|(key, value)| write_entry(text, indent + 2, key, value));
            head
        }
        Value::Array(items) if items.is_empty() => writeln!(text, "{pad}{key:<28}none"),
        Value::Array(items) => {
            let head = writeln!(text, "{pad}{key}");
            for item in items {
                let item = item.as_str().map_or_else(|| item.to_string(), str::to_owned);
                let _ = writeln!(text, "{pad}  {item}");
            }
            head
        }
        Value::Number(number) => {
            writeln!(text, "{pad}{key:<28}{:>14}", number.as_u64().map_or_else(|| number.to_string(), count))
        }
        Value::String(words) => writeln!(text, "{pad}{key:<28}{words}"),
        Value::Null => writeln!(text, "{pad}{key:<28}none"),
        Value::Bool(flag) => writeln!(text, "{pad}{key:<28}{flag}"),
    };
}
