//! `muster topic`: topics made, and looked at.

use super::settings::settings;
use crate::args::{FileArgs, TopicCommand};
use crate::failure::{CHECK_FAILED, Failure};
use crate::project::read_pipeline;
use crate::sql::{print_bytes, say};
use serde_json::json;
use std::process::ExitCode;

/// Does what is asked.
pub async fn topic(command: &TopicCommand) -> Result<ExitCode, Failure> {
    match command {
        TopicCommand::Create(args) => create(args).await,
        TopicCommand::Check(args) => check(args).await,
    }
}

async fn create(args: &FileArgs) -> Result<ExitCode, Failure> {
    let settings = settings(&read_pipeline(&args.file, &args.sets)?)?;
    let made = muster_kafka::create(&settings).await?;
    if args.json {
        let made: Vec<_> = made.iter().map(|(topic, made)| json!({ "topic": topic, "made": made })).collect();
        return say(&format!("{:#}", json!({ "topics": made })));
    }
    let line = |(topic, made): &(String, bool)| match made {
        true => format!("made      {topic}\n"),
        false => format!("is there  {topic} (left as it is; muster topic check says what is unsafe about it)\n"),
    };
    print_bytes(made.iter().map(line).collect::<String>().as_bytes())
}

async fn check(args: &FileArgs) -> Result<ExitCode, Failure> {
    let settings = settings(&read_pipeline(&args.file, &args.sets)?)?;
    let findings = muster_kafka::check(&settings).await?;
    if args.json {
        let list: Vec<_> = findings
            .iter()
            .map(|finding| json!({ "topic": finding.topic, "found": finding.found, "why": finding.why }))
            .collect();
        say(&format!("{:#}", json!({ "findings": list })))?;
    } else if findings.is_empty() {
        println!("{} is safe", settings.topic);
    } else {
        findings.iter().for_each(|finding| println!("{}: {}\n  = {}", finding.topic, finding.found, finding.why));
    }
    Ok(if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(CHECK_FAILED) })
}
