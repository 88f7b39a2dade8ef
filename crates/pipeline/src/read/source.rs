//! `[[source]]`, kind by kind.

use super::{Reader, Table, values};
use crate::schema::{self, Section, Shape};
use crate::set::{self, did_you_mean};
use crate::source::{
    Columns, Credentials, FileKind, Files, GhArchive, Git, GitHub, GitOrigin, Mail, Messages, Notes, People, Roster,
    Slack, SlackOrigin, Source,
};
use crate::tree::{At, Entry, Node, Value, entry};

impl Reader<'_> {
    pub(super) fn sources(&mut self, root: &[Entry]) -> Option<Vec<Source>> {
        let Some(found) = entry(root, "source") else { return Some(Vec::new()) };
        let Value::List(items) = &found.node.value else {
            let message = format!("source must be a list of tables; found {}", found.node.found());
            self.texts
                .error(&found.key_at, message)
                .label("write [[source]]")
                .help("every source has a table of its own");
            return None;
        };
        let mut names: Vec<(String, At)> = Vec::new();
        let sources: Vec<Option<Source>> = items.iter().map(|item| self.source(item, &mut names)).collect();
        sources.into_iter().collect()
    }

    fn source(&mut self, item: &Node, names: &mut Vec<(String, At)>) -> Option<Source> {
        let Value::Table(entries) = &item.value else {
            let message = format!("a source must be a table; found {}", item.found());
            self.texts.error(&item.at, message).label("write [[source]]");
            return None;
        };
        let section = self.kind(item, entries)?;
        let table = Table { section, entries };
        self.check_keys(&table, &item.at, Some("kind"));
        let repository = self.repository(&table);
        let name = self.source_name(&table, repository.as_deref(), &item.at, names);
        match section.kind? {
            "notes" => {
                let path = self.path(&table, "path");
                Some(Source::Notes(Notes { name: name?, path: path? }))
            }
            "people" => {
                let path = self.path(&table, "path");
                Some(Source::People(People { name: name?, path: path? }))
            }
            "git" => self.git(&table, name, repository),
            "gharchive" => {
                let paths = self.path_globs(&table);
                let repositories = self.globs(&table, "repositories");
                Some(Source::GhArchive(GhArchive { name: name?, paths: paths?, repositories }))
            }
            "roster" => {
                let path = self.path(&table, "path");
                let files = self.globs(&table, "files");
                Some(Source::Roster(Roster { name: name?, repository: repository?, path: path?, files }))
            }
            "github" => self.github(&table, name),
            "slack" => self.slack(&table, name),
            "mail" => self.mail(&table, name),
            "messages" => self.messages(&table, name),
            kind => {
                let kind = FileKind::ALL.into_iter().find(|known| known.word() == kind)?;
                self.files(&table, kind, name)
            }
        }
    }

    fn git(&mut self, table: &Table<'_>, name: Option<String>, repository: Option<String>) -> Option<Source> {
        let url = self.url(table);
        let path = if url.is_none() { self.path(table, "path") } else { None };
        let branch = self.text(table, "branch").map(|text| text.value);
        let mailmap = self.path(table, "mailmap");
        let origin = url.map(GitOrigin::Url).or(path.map(GitOrigin::Path));
        Some(Source::Git(Git { name: name?, repository: repository?, origin: origin?, branch, mailmap }))
    }

    fn github(&mut self, table: &Table<'_>, name: Option<String>) -> Option<Source> {
        let repositories = self.globs(table, "repositories");
        let credentials = self.credentials(table);
        let url = self.url(table);
        let (forks, stars) = (self.flag(table, "forks"), self.flag(table, "stars"));
        let discussions = self.flag(table, "discussions");
        let (max_requests, concurrency) = (self.number(table, "max_requests"), self.number(table, "concurrency"));
        let sweep_days = self.number(table, "sweep_days");
        Some(Source::GitHub(GitHub {
            name: name?,
            repositories,
            credentials: credentials?,
            url,
            forks: forks.unwrap_or(false),
            stars: stars.unwrap_or(false),
            discussions: discussions.unwrap_or(true),
            max_requests,
            concurrency,
            sweep_days,
        }))
    }

    /// A `token_env`, a `token_file`, or all three of an App's keys: one of these.
    fn credentials(&mut self, table: &Table<'_>) -> Option<Credentials> {
        let variables = self.named(table, "token_env").map(values);
        let file = self.path(table, "token_file");
        let app = (self.number(table, "app_id"), self.number(table, "app_installation"), self.path(table, "app_key"));
        let ways = ["token_env", "token_file", "app_id"];
        let given: Vec<&Entry> = ways.iter().filter_map(|key| entry(table.entries, key)).collect();
        if let [first, second, ..] = given.as_slice() {
            let message = format!("{} has both `{}` and `{}`", table.section.title, first.key, second.key);
            self.texts.error(&second.key_at, message).label("keep one of them");
            return None;
        }
        match app {
            (Some(app), Some(installation), Some(key)) => Some(Credentials::App { app, installation, key }),
            (None, None, None) => Some(match file {
                Some(file) => Credentials::File(file),
                None => Credentials::Environment(variables.unwrap_or_else(|| vec!["GITHUB_TOKEN".to_owned()])),
            }),
            _ => {
                let keys = ["app_id", "app_installation", "app_key"];
                let found = keys.iter().find_map(|key| entry(table.entries, key))?;
                self.texts
                    .error(&found.key_at, "an App needs all of app_id, app_installation and app_key")
                    .help("GitHub shows the first two in the App's and the installation's addresses");
                None
            }
        }
    }

    fn slack(&mut self, table: &Table<'_>, name: Option<String>) -> Option<Source> {
        let url = self.url(table);
        let path = if url.is_none() { self.path(table, "path") } else { None };
        let token_env = self.text(table, "token_env").map_or("SLACK_TOKEN".to_owned(), |text| text.value);
        let origin = match (url, path) {
            (Some(url), _) => Some(SlackOrigin::Api { url, token_env }),
            (None, path) => path.map(SlackOrigin::Path),
        };
        let team = self.text(table, "team").map(|text| text.value);
        let workspace = self.address(table, "workspace");
        let channels = self.globs(table, "channels");
        let (private, text) = self.kept(table);
        Some(Source::Slack(Slack { name: name?, origin: origin?, team, workspace, channels, private, text }))
    }

    fn mail(&mut self, table: &Table<'_>, name: Option<String>) -> Option<Source> {
        let paths = self.path_globs(table);
        let list = self.text(table, "list").map(|text| text.value);
        let archive = self.address(table, "archive");
        let text = self.flag(table, "text").unwrap_or(false);
        Some(Source::Mail(Mail { name: name?, paths: paths?, list: list?, archive, text }))
    }

    fn messages(&mut self, table: &Table<'_>, name: Option<String>) -> Option<Source> {
        let paths = self.path_globs(table);
        let platform = self.text(table, "platform").map(|text| text.value);
        let columns = self.columns(table);
        let time_format = self.text(table, "time_format").map(|text| text.value);
        let offset = self.text(table, "offset").map(|text| text.value);
        let text = self.flag(table, "text").unwrap_or(false);
        Some(Source::Messages(Messages {
            name: name?,
            paths: paths?,
            platform: platform?,
            columns: columns?,
            time_format,
            offset,
            text,
        }))
    }

    fn columns(&mut self, table: &Table<'_>) -> Option<Columns> {
        const TAKES: [&str; 6] = ["time", "author", "text", "channel", "thread", "id"];
        let found = entry(table.entries, "columns")?;
        let help = format!("columns takes: {}", TAKES.join(", "));
        let Value::Table(entries) = &found.node.value else {
            let message = format!("columns must be {}; found {}", Shape::Columns.description(), found.node.found());
            self.texts.error(&found.node.at, message).help(help);
            return None;
        };
        for entry in entries.iter().filter(|entry| !TAKES.contains(&entry.key.as_str())) {
            let near = schema::nearest(&entry.key, TAKES);
            self.texts
                .error(&entry.key_at, format!("unknown key `{}`", entry.key))
                .label_if(near.map(did_you_mean))
                .help(&*help);
        }
        let mut column = |key: &str| {
            let named = entry(entries, key)?;
            self.string(key, Shape::Text, &named.node).map(|text| text.value)
        };
        let (time, author) = (column("time"), column("author"));
        let (text, channel, thread, id) = (column("text"), column("channel"), column("thread"), column("id"));
        for (key, value) in [("time", &time), ("author", &author)] {
            if value.is_none() && entry(entries, key).is_none() {
                self.texts.error(&found.key_at, format!("columns has no `{key}`")).help(&*help);
            }
        }
        Some(Columns { time: time?, author: author?, text, channel, thread, id })
    }

    fn files(&mut self, table: &Table<'_>, kind: FileKind, name: Option<String>) -> Option<Source> {
        let paths = self.path_globs(table);
        let repositories = self.globs(table, "repositories");
        let needs_server = table.section.key("server").is_some();
        let server = self.text(table, "server").map(|text| text.value);
        let (private, text) = self.kept(table);
        let server = if needs_server { server? } else { String::new() };
        Some(Source::Files(Files { kind, name: name?, paths: paths?, repositories, server, private, text }))
    }

    /// What of a chat is kept beyond the public messages' measures.
    fn kept(&mut self, table: &Table<'_>) -> (Vec<String>, bool) {
        let private = values(self.texts_of(table, "private").unwrap_or_default());
        (private, self.flag(table, "text").unwrap_or(false))
    }

    /// The section of a source's kind.
    fn kind(&mut self, item: &Node, entries: &[Entry]) -> Option<&'static Section> {
        let kinds = || format!("the kinds of source: {}", schema::kinds().join(", "));
        let Some(found) = entry(entries, "kind") else {
            self.texts.error(&item.at, "a source has no `kind`").help(kinds());
            return None;
        };
        let text = self.string("kind", Shape::Text, &found.node)?;
        let section = schema::source(&text.value);
        if section.is_none() {
            let near = schema::nearest(&text.value, schema::kinds()).filter(|_| text.raw == text.value);
            self.texts
                .error(&text.at, format!("unknown kind of source {:?}", text.raw))
                .label_if(near.map(|near| format!("did you mean {near:?}?")))
                .help(kinds());
        }
        section
    }

    fn source_name(
        &mut self,
        table: &Table<'_>,
        repository: Option<&str>,
        at: &At,
        names: &mut Vec<(String, At)>,
    ) -> Option<String> {
        let given = self.text(table, "name");
        let is_wrong = |key: &str, value: bool| !value && entry(table.entries, key).is_some();
        if is_wrong("name", given.is_some()) || given.is_none() && is_wrong("repository", repository.is_some()) {
            return None;
        }
        let (name, raw, at) = match given {
            Some(text) => (text.value, text.raw, text.at),
            // The repository may come from a variable, so the message names the default by its form.
            None => {
                let name = set::default_name(table.section.kind.unwrap_or_default(), repository);
                let written = set::source_name(table.entries).unwrap_or_default();
                (name, written, at.clone())
            }
        };
        if let Some((_, first)) = names.iter().find(|(other, _)| *other == name) {
            let first = crate::Place::new(self.texts.text(first.origin), first.span.clone());
            self.texts
                .error(&at, format!("two sources are named {raw:?}"))
                .label("give it a `name` of its own")
                .help(format!("the first is in line {}", first.line));
            return None;
        }
        names.push((name.clone(), at));
        Some(name)
    }
}
