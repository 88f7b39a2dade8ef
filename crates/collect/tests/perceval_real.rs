//! Real Perceval against our own readers: what it makes of real histories and lists gives the same events.
//! `.ci/run` installs it (`pip install perceval`) and runs these.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use muster_collect::{git, mail, perceval, slack};
use muster_model::{Batch, Collector, Counts, Event};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");

#[test]
#[ignore = "reads ../shared/data and runs Perceval; .ci/run runs it"]
fn commits_from_perceval_are_those_of_git() {
    let work = tempfile::tempdir().unwrap();
    for repository in ["community", "console", "api", "client", "nydus", "dragonfly", "helm-charts"] {
        let bundle = PathBuf::from(DATA).join(format!("git/dragonflyoss-{repository}.bundle"));
        let clone = work.path().join(format!("{repository}.git"));
        run(Command::new("git").args(["clone", "-q", "--bare"]).arg(&bundle).arg(&clone));
        let items = work.path().join(format!("{repository}.jsonl"));
        let name = format!("dragonflyoss/{repository}");
        run(Command::new("perceval")
            .args(["git", "--json-line", "--tag", &name, "--git-path"])
            .arg(work.path().join(format!("{repository}-mirror")))
            .arg("-o")
            .arg(&items)
            .arg(&clone));
        let config = git::Config {
            name: "git".into(),
            repository: name,
            location: git::Location::Path(bundle),
            branch: None,
            cache: work.path().join("cache"),
            mailmap: None,
        };
        let ours = by_id(all(&mut git::open(&config, None).unwrap()));
        let ours: BTreeMap<_, _> = ours.into_iter().filter(|(_, event)| event.kind() == "commit.authored").collect();
        let theirs = by_id(read(&items));
        assert!(ours.len() > 100, "{repository}: {}", ours.len());
        assert_eq!(ours.len(), theirs.len(), "{repository}");
        for (id, event) in &ours {
            assert_eq!(said(event), said(&theirs[id]), "{repository}: {id}");
        }
    }
}

#[test]
#[ignore = "reads ../shared/data and runs Perceval; .ci/run runs it"]
fn mails_from_perceval_are_those_of_the_list() {
    let work = tempfile::tempdir().unwrap();
    for folder in ["perceval", "apache", "pipermail"] {
        let mails = PathBuf::from(DATA).join("chat/mail").join(folder);
        let items = work.path().join(format!("{folder}.jsonl"));
        run(Command::new("perceval")
            .args(["mbox", "--json-line", "--tag", folder, "-o"])
            .arg(&items)
            .arg(format!("https://lists.example.org/{folder}"))
            .arg(&mails));
        let config =
            mail::Config { name: "mail".into(), paths: vec![mails], list: folder.into(), archive: None, text: true };
        let ours = by_id(all(mail::open(&config, None).unwrap().as_mut()));
        let theirs = by_id(read(&items));
        assert!(!theirs.is_empty());
        for (id, event) in &theirs {
            assert_eq!(said(event), said(&ours[id]), "{folder}: {id}");
        }
    }
}

#[test]
#[ignore = "reads ../shared/data; .ci/run runs it"]
fn messages_of_slack_in_perceval_are_those_of_its_pages() {
    let pages = PathBuf::from(DATA).join("chat/slack/web-api-perceval");
    let page = |name: &str| -> Value { serde_json::from_slice(&std::fs::read(pages.join(name)).unwrap()).unwrap() };
    // As Perceval's Slack.fetch_items puts an item together; none has a profile that it may not see.
    let channel = page("slack_info.json")["channel"].clone();
    let mut items = String::new();
    for history in ["slack_history.json", "slack_history_next.json"] {
        for message in page(history)["messages"].as_array().unwrap() {
            let mut data = message.clone();
            let user = message["user"].as_str().or_else(|| message["comment"]["user"].as_str());
            if let Some(user) = user {
                let file = format!("slack_user_{user}.json");
                data["user_data"] = if pages.join(&file).exists() { page(&file)["user"].clone() } else { Value::Null };
            }
            data["channel_info"] = channel.clone();
            let item = json!({"backend_name": "Slack", "category": "message", "origin": "https://slack.com/C011DUKE8",
                "tag": "https://slack.com/C011DUKE8", "data": data});
            items.push_str(&format!("{item}\n"));
        }
    }
    let work = tempfile::tempdir().unwrap();
    let file = work.path().join("slack.jsonl");
    std::fs::write(&file, &items).unwrap();
    let config = slack::Config {
        name: "slack".into(),
        origin: slack::Origin::Path(pages.clone()),
        team: None,
        workspace: None,
        channels: Vec::new(),
        private: Vec::new(),
        text: true,
    };
    let ours = by_id(all(slack::open(&config, None).unwrap().as_mut()));
    let theirs = by_id(read(&file));
    assert!(theirs.len() > 7, "{:?}", theirs.keys());
    for (id, event) in &theirs {
        assert_eq!(said(event), said(&ours[id]), "{id}");
    }
}

/// What an event says, whoever tells it.
fn said(event: &Event) -> (String, String, Option<&str>, String) {
    (event.time.to_string(), event.subject.clone(), event.actor.as_deref(), event.data.to_json())
}

fn read(items: &Path) -> (Vec<Event>, Counts) {
    let config = perceval::Config { name: "items".into(), paths: vec![items.to_path_buf()], text: true };
    let (events, counts) = all(perceval::open(&config, None).unwrap().as_mut());
    let lines = std::fs::read_to_string(items).unwrap().lines().count() as u64;
    assert_eq!(counts.read, events.len() as u64 + counts.not_ours, "an item was rejected");
    assert!(counts.read >= lines);
    (events, counts)
}

/// Everything of a collector.
fn all(collector: &mut dyn Collector) -> (Vec<Event>, Counts) {
    let (mut events, mut counts) = (Vec::new(), Counts::default());
    while let Some(Batch { events: more, counts: c, .. }) = collector.next_batch().unwrap() {
        events.extend(more);
        counts += c;
    }
    (events, counts)
}

fn by_id((events, _): (Vec<Event>, Counts)) -> BTreeMap<String, Event> {
    events.into_iter().map(|event| (event.id.clone(), event)).collect()
}

fn run(command: &mut Command) {
    let status = command.stderr(Stdio::null()).status();
    assert!(status.is_ok_and(|status| status.success()), "{command:?}: is Perceval installed? pip install perceval");
}
