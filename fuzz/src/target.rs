//! The targets: bytes to a parser.

use crate::source::{file, folder, named};
use crate::{Target, check};
use muster_collect::{
    attendance, discord, gharchive, github_json, mail, mattermost, messages, notes, people, perceval, roster, slack,
    webhooks, zulip,
};
use muster_model::{Batch, Collector};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub const ALL: &[Target] = &[
    Target { name: "archive", run: archive },
    Target { name: "attendance", run: attendance },
    Target { name: "discord", run: discord },
    Target { name: "gharchive", run: gharchive },
    Target { name: "github_json", run: github_json },
    Target { name: "mail", run: mail },
    Target { name: "mattermost", run: mattermost },
    Target { name: "mbox", run: mbox },
    Target { name: "messages", run: messages },
    Target { name: "notes", run: notes },
    Target { name: "people", run: people },
    Target { name: "perceval", run: perceval },
    Target { name: "roster", run: roster },
    Target { name: "slack", run: slack },
    Target { name: "slack_export", run: slack_export },
    Target { name: "webhooks", run: webhooks },
    Target { name: "zulip", run: zulip },
];

const NAME: &str = "fuzz";
const SERVER: &str = "chat.acme.org";

/// What of the export's private channels is let in, so that both ways are taken.
fn private() -> Vec<String> {
    vec!["board".to_owned()]
}

fn boxed<C: Collector + 'static>(collector: C) -> Box<dyn Collector> {
    Box::new(collector)
}

fn slack_at(path: &Path, text: bool) -> slack::Config {
    slack::Config {
        name: NAME.to_owned(),
        origin: slack::Origin::Path(path.to_owned()),
        team: None,
        workspace: Some("https://acme.slack.com".to_owned()),
        channels: Vec::new(),
        private: private(),
        text,
    }
}

/// One file of an export.
fn slack(bytes: &[u8]) {
    let names = ["general/2024-01-01.json", "users.json", "channels.json", "groups.json", "dms.json", "C1.json"];
    let (name, bytes) = named(&names, bytes);
    let read = |text| slack::read_file(&slack_at(Path::new("unused"), text), name, bytes);
    pure(read);
}

/// Lists and days together, as a folder.
fn slack_export(bytes: &[u8]) {
    let names = [
        "general/2024-01-01.json",
        "general/2024-01-02.json",
        "users.json",
        "channels.json",
        "groups.json",
        "dms.json",
        "D1/2024-01-01.json",
        "C1.json",
    ];
    folder(&names, bytes, |path, text, cursor| slack::open(&slack_at(path, text), cursor));
}

/// The bytes of a zip archive, read as an export of Slack's.
fn archive(bytes: &[u8]) {
    file("export.zip", bytes, |path, text, cursor| slack::open(&slack_at(path, text), cursor));
}

fn discord(bytes: &[u8]) {
    folder(&["a.json", "b.json"], bytes, |path, text, cursor| {
        let config = discord::Config { name: NAME.to_owned(), paths: vec![path.to_owned()], private: private(), text };
        discord::open(&config, cursor)
    });
}

fn zulip(bytes: &[u8]) {
    folder(&["messages-000001.json", "realm.json", "answer.json"], bytes, |path, text, cursor| {
        let (name, server) = (NAME.to_owned(), SERVER.to_owned());
        let config = zulip::Config { name, paths: vec![path.to_owned()], server, private: private(), text };
        zulip::open(&config, cursor)
    });
}

fn mattermost(bytes: &[u8]) {
    folder(&["import.jsonl", "posts.json", "channels.json"], bytes, |path, text, cursor| {
        let (name, server) = (NAME.to_owned(), SERVER.to_owned());
        let config = mattermost::Config { name, paths: vec![path.to_owned()], server, private: private(), text };
        mattermost::open(&config, cursor)
    });
}

fn perceval(bytes: &[u8]) {
    let config = |text| perceval::Config { name: NAME.to_owned(), paths: Vec::new(), text };
    pure(|text| perceval::read_items(&config(text), bytes));
}

/// One mail.
fn mail(bytes: &[u8]) {
    let read = |text| {
        let list = mail::List { name: "l".to_owned(), archive: Some("https://lists.acme.org/{id}".to_owned()), text };
        let mut batch = Batch::default();
        batch.counts.read = 1;
        match mail::parse_mail(bytes, &list, &Arc::from("mail:l/x")) {
            mail::Outcome::Event(event, _) => batch.events.push(*event),
            mail::Outcome::Rejected(message) => batch.problems.push(rejected(message)),
        }
        batch
    };
    pure(read);
}

/// A file of mails.
fn mbox(bytes: &[u8]) {
    file("list.mbox", bytes, |path, text, cursor| {
        let (name, list) = (NAME.to_owned(), "l".to_owned());
        mail::open(&mail::Config { name, paths: vec![path.to_owned()], list, archive: None, text }, cursor)
    });
}

fn messages(bytes: &[u8]) {
    folder(&["a.csv", "b.tsv", "c.jsonl"], bytes, |path, text, cursor| {
        let column = |name: &str| Some(name.to_owned());
        let columns = messages::Columns {
            time: "time".to_owned(),
            author: "nick".to_owned(),
            text: column("text"),
            channel: column("room"),
            thread: column("re"),
            id: None,
        };
        let config = messages::Config {
            name: NAME.to_owned(),
            paths: vec![path.to_owned()],
            platform: "irc".to_owned(),
            columns,
            time_format: None,
            offset: Some("+08:00".to_owned()),
            text,
        };
        messages::open(&config, cursor)
    });
}

fn attendance(bytes: &[u8]) {
    folder(&["a.csv", "b.csv"], bytes, |path, _, cursor| {
        attendance::open(&attendance::Config { name: NAME.to_owned(), paths: vec![path.to_owned()] }, cursor)
    });
}

fn github_json(bytes: &[u8]) {
    folder(&["a.json", "b.jsonl"], bytes, |path, _, cursor| {
        let (name, paths) = (NAME.to_owned(), vec![path.to_owned()]);
        github_json::open(&github_json::Config { name, paths, repositories: Vec::new() }, cursor)
    });
}

/// A delivery: its event in the first line, its body behind it.
fn webhooks(bytes: &[u8]) {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let (event, body) = bytes.split_at(end);
    let event = String::from_utf8_lossy(event);
    let read = |_| {
        let mut batch = Batch::default();
        batch.counts.read = 1;
        match webhooks::read_delivery(&event, body, "d", &Arc::from("webhooks:w/x"), &|_| true) {
            webhooks::Delivery::Events(events) => {
                batch.counts.read = events.len() as u64;
                batch.events = events;
            }
            webhooks::Delivery::NotOurs => batch.counts.not_ours = 1,
            webhooks::Delivery::Filtered => batch.counts.filtered = 1,
            webhooks::Delivery::Problem(problem) => batch.problems.push(*problem),
        }
        batch
    };
    pure(read);
}

/// A record.
fn gharchive(bytes: &[u8]) {
    let read = |_| {
        let mut batch = Batch::default();
        batch.counts.read = 1;
        match gharchive::parse_record(bytes, &Arc::from("gharchive:g/x"), &|_| true) {
            gharchive::Outcome::Event(event) => batch.events.push(*event),
            gharchive::Outcome::NotOurs => batch.counts.not_ours = 1,
            gharchive::Outcome::Filtered => batch.counts.filtered = 1,
            gharchive::Outcome::Rejected(message) => batch.problems.push(rejected(message)),
        }
        batch
    };
    pure(read);
}

fn notes(bytes: &[u8]) {
    folder(&["2025-06-17.md", "minutes/2025-06-24-board.md"], bytes, |path, _, cursor| {
        notes::open(&notes::Config { name: NAME.to_owned(), path: path.to_owned() }, cursor).map(boxed)
    });
}

fn people(bytes: &[u8]) {
    let names = [
        "people.toml",
        "developers_affiliations1.txt",
        "email-map",
        "domain-map",
        "github_users.json",
        "sortinghat.json",
        "identities.yaml",
        ".mailmap",
        "companies.yaml",
    ];
    folder(&names, bytes, |path, _, cursor| {
        people::open(&people::Config { name: NAME.to_owned(), path: path.to_owned() }, cursor).map(boxed)
    });
}

fn roster(bytes: &[u8]) {
    let names = [
        "2025-01-01-MAINTAINERS.md",
        "2025-02-01-MAINTAINERS.md",
        "2025-01-01-OWNERS",
        "2025-01-01-CODEOWNERS",
        "2025-01-01-ADOPTERS.md",
    ];
    folder(&names, bytes, |path, _, cursor| {
        let path: PathBuf = path.to_owned();
        let (name, repository) = (NAME.to_owned(), "acme/lantern".to_owned());
        roster::open(&roster::Config { name, repository, path, files: Vec::new() }, cursor).map(boxed)
    });
}

/// Reads with and without texts, and checks both.
fn pure(read: impl Fn(bool) -> Batch) {
    let without = read(false);
    check::batch(&without);
    check::same_without_text(&[without], vec![read(true)]);
}

fn rejected(message: String) -> muster_model::Problem {
    muster_model::Problem::rejected("x", None, message, "the reader says what to do")
}
