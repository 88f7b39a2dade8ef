//! Slack's messages of every kind, and every way an export can be broken. Fixtures are written here.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod broken;
mod exports;
mod messages;

use muster_collect::slack::{Config, Origin, open, read_file};
use muster_model::payload::MessagePosted;
use muster_model::{Batch, CollectError, Cursor, Event, Payload, Severity};
use std::io::Write;
use std::path::Path;
use tempfile::TempDir;

const USERS: &str = r#"[
    {"id":"U1","team_id":"T1","name":"ada","real_name":"Ada L.","updated":1500000000,"profile":{"email":"Ada@Example.org","real_name":"Ada L."}},
    {"id":"U2","team_id":"T1","name":"bo","profile":{"display_name":"Bo"}},
    {"id":"U3","team_id":"T9","name":"guest"},
    {"id":"B1","team_id":"T1","name":"ci","is_bot":true},
    {"id":"USLACKBOT","team_id":"T1","name":"slackbot","is_bot":false}]"#;
const CHANNELS: &str = r#"[{"id":"C1","name":"general","created":1500000000,"is_archived":false,"is_general":true},
    {"id":"C2","name":"random","created":"1500000001","is_archived":true}]"#;

fn export(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

fn general(messages: &str) -> TempDir {
    export(&[("users.json", USERS), ("channels.json", CHANNELS), ("general/2024-01-01.json", messages)])
}

fn config(path: &Path) -> Config {
    Config {
        name: "chat".to_owned(),
        origin: Origin::Path(path.to_owned()),
        team: None,
        workspace: None,
        channels: vec![],
        private: vec![],
        text: false,
    }
}

fn checked(batch: Batch) -> Batch {
    let rejected = batch.problems.iter().filter(|problem| problem.severity == Severity::Rejected).count() as u64;
    let whole = batch.events.len() as u64 + rejected + batch.counts.not_ours + batch.counts.filtered;
    assert_eq!(batch.counts.read, whole, "nothing disappears: {:?}", batch.problems);
    batch
}

fn collect_from(config: &Config, cursor: Option<&Cursor>) -> Result<Batch, CollectError> {
    let mut source = open(config, cursor)?;
    let mut all = Batch::default();
    while let Some(batch) = source.next_batch()? {
        all.events.extend(batch.events);
        all.problems.extend(batch.problems);
        all.counts += batch.counts;
        all.cursor = batch.cursor;
    }
    Ok(checked(all))
}

fn collect(folder: &TempDir) -> Batch {
    collect_from(&config(folder.path()), None).unwrap()
}

/// The events of messages alone, one line each.
fn told(batch: &Batch) -> Vec<String> {
    let of_messages =
        |event: &&Event| !matches!(event.kind(), "account.described" | "account.linked" | "channel.described");
    let line = |event: &Event| {
        format!("{} {} {} {}", event.kind(), event.id, event.actor.as_deref().unwrap_or("-"), event.time)
    };
    batch.events.iter().filter(of_messages).map(line).collect()
}

fn message(json: &str) -> Batch {
    checked(read_file(&with_team(), "general/2024-01-01.json", format!("[{json}]").as_bytes()))
}

fn with_team() -> Config {
    Config { team: Some("T1".to_owned()), text: true, ..config(Path::new("unused")) }
}

fn posted(batch: &Batch) -> &MessagePosted {
    let found = batch.events.iter().find_map(|event| match &event.data {
        Payload::MessagePosted(posted) => Some(posted),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no message in {batch:?}"))
}

fn messages_of(batch: &Batch) -> Vec<&str> {
    batch.problems.iter().map(|problem| problem.message.as_str()).collect()
}
