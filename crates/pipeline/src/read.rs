//! The walk over the file's tables: what is unknown, what is missing, what has the wrong type; then the typed structs.

use crate::error::ConfigError;
use crate::expand::{ExpandError, expand};
use crate::pipeline::{Location, Metrics, Pipeline, Project, Tables};
use crate::schema::{self, Key, Need, Section, Shape};
use crate::set::{self, SetArg, did_you_mean};
use crate::tree::{At, Entry, Node, Origin, Texts, Value, entry};
use muster_model::{Timestamp, WindowKind, parse_time};
use std::path::{Component, Path, PathBuf};
use std::str::FromStr;
use toml::Spanned;
use toml::de::DeTable;

mod duration;
mod evidence;
mod notify;
mod outputs;
mod parameters;
mod schedule;
mod source;
mod transport;

pub(crate) use evidence::parse_claims;

type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

pub(crate) fn parse(file: &Path, text: &str, sets: &[SetArg], env: Env<'_>) -> Result<Pipeline, Vec<ConfigError>> {
    // A byte order mark is no mistake of the person who wrote the file.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut texts = Texts::new(file, text, sets.iter().map(|set| set.0.as_str().into()).collect());
    let table = toml_of(text, &mut texts);
    if !texts.is_clean() {
        // What a broken file was meant to say is guesswork.
        return Err(texts.into_errors());
    }
    let mut root = crate::tree::table(table.get_ref(), Origin::File);
    for number in 0..sets.len() {
        set::apply(number, &mut root, &mut texts);
    }
    let pipeline = Reader { texts: &mut texts, env }.pipeline(file, &root);
    match pipeline {
        Some(pipeline) if texts.is_clean() => Ok(pipeline),
        _ => Err(texts.into_errors()),
    }
}

/// The tables of a text, as far as they can be read; its syntax errors are noted.
fn toml_of<'t>(text: &'t str, texts: &mut Texts) -> Spanned<DeTable<'t>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let span = error.span().unwrap_or(text.len()..text.len());
        texts.error(&At { origin: Origin::File, span }, syntax_message(error.message()));
    }
    table
}

fn syntax_message(message: &str) -> String {
    let message = message.lines().next().unwrap_or_default().trim_end_matches(", expected nothing");
    if message.is_empty() { "not TOML".to_owned() } else { format!("not TOML: {message}") }
}

/// A string of the file.
struct Text {
    at: At,
    /// As written, for messages.
    raw: String,
    /// With its variables put in.
    value: String,
}

struct Reader<'a> {
    texts: &'a mut Texts,
    env: Env<'a>,
}

/// A table with the section that says what it may hold.
struct Table<'a> {
    section: &'static Section,
    entries: &'a [Entry],
}

impl Table<'_> {
    /// Whether an unknown key is this one, misspelt. It is reported; that the right one is missing need not be.
    fn misspells(&self, name: &str) -> bool {
        let known = || self.section.keys.iter().map(|key| key.name);
        self.entries.iter().any(|entry| is_slip(&entry.key, name, known()))
    }
}

/// Whether what is written is no known name but nearest to this one.
fn is_slip(written: &str, name: &str, known: impl Iterator<Item = &'static str> + Clone) -> bool {
    known.clone().all(|known| known != written) && schema::nearest(written, known) == Some(name)
}

impl Reader<'_> {
    fn pipeline(&mut self, file: &Path, root: &[Entry]) -> Option<Pipeline> {
        for entry in root {
            if !schema::TABLES.contains(&entry.key.as_str()) {
                self.unknown_table(entry);
            }
        }
        let project = self.project(root);
        let sources = self.sources(root);
        let transport = self.transport(root);
        let tables = self.published(root);
        let metrics = self.metrics(root);
        let evidence = self.evidence(root);
        let milestones = self.milestones(root);
        let claims = self.claims(root);
        let name = project.as_ref().map_or("", |project| &project.name);
        let schedule = self.schedule(root, name, sources.as_deref());
        let notify = self.notifications(root);
        Some(Pipeline {
            file: file.to_owned(),
            project: project?,
            sources: sources?,
            transport: transport?,
            tables: tables?,
            metrics: metrics?,
            evidence: evidence?,
            milestones: milestones?,
            claims: claims?,
            schedule: schedule?,
            notify: notify?,
        })
    }

    fn unknown_table(&mut self, entry: &Entry) {
        let near = schema::nearest(&entry.key, schema::TABLES.iter().copied());
        let is_table = match &entry.node.value {
            Value::Table(_) => true,
            Value::List(items) => items.iter().any(|item| matches!(item.value, Value::Table(_))),
            _ => false,
        };
        let owner = schema::sections().find(|section| section.key(&entry.key).is_some()).filter(|_| !is_table);
        let label = match (near, owner) {
            (Some(near), _) => Some(did_you_mean(near)),
            (None, Some(owner)) => Some(format!("{} has it", owner.title)),
            _ => None,
        };
        let what = if is_table { "table" } else { "key" };
        self.texts
            .error(&entry.key_at, format!("unknown {what} `{}`", entry.key))
            .label_if(label)
            .help(format!("a pipeline file has: {}", schema::has()));
    }

    fn project(&mut self, root: &[Entry]) -> Option<Project> {
        let Some(found) = entry(root, "project") else {
            if root.iter().any(|entry| is_slip(&entry.key, "project", schema::TABLES.iter().copied())) {
                return None;
            }
            let start = At { origin: Origin::File, span: 0..0 };
            self.texts.error(&start, "there is no [project]").help(schema::PROJECT.takes());
            return None;
        };
        let table = self.table(&schema::PROJECT, found)?;
        let name = self.text(&table, "name");
        let log = self.location(&table, "log");
        let out = self.out(&table);
        let keep = self.number(&table, "keep").unwrap_or(outputs::KEEP);
        let as_of = self.instant(&table, "as_of");
        let (out, store) = out?;
        Some(Project { name: name?.value, log: log?, out, store, keep, as_of })
    }

    fn published(&mut self, root: &[Entry]) -> Option<Tables> {
        let Some(found) = entry(root, "tables") else { return Some(Tables::default()) };
        let table = self.table(&schema::PUBLISHED, found)?;
        Some(Tables { only: self.globs(&table, "only") })
    }

    fn metrics(&mut self, root: &[Entry]) -> Option<Metrics> {
        let Some(found) = entry(root, "metrics") else { return Some(Metrics::default()) };
        let table = self.table(&schema::METRICS, found)?;
        Some(Metrics {
            windows: self.windows(&table),
            completeness: self.share(&table, "completeness"),
            folder: self.path(&table, "folder"),
            only: self.globs(&table, "only"),
            parameters: self.parameters(&table),
            bots: self.patterns(&table, "bots"),
            bot_list: self.bot_list(&table),
            not_bots: values(self.texts_of(&table, "not_bots").unwrap_or_default()),
        })
    }

    fn bot_list(&mut self, table: &Table<'_>) -> Option<String> {
        let given = self.text(table, "bot_list")?;
        if !["muster", "devstats"].contains(&given.value.as_str()) {
            self.texts
                .error(&given.at, format!("no list of bots is called {:?}", given.value))
                .help("bot_list is \"muster\" or \"devstats\"");
        }
        Some(given.value)
    }

    /// The table of `[project]`, `[metrics]` or `[evidence]`, with its keys checked.
    fn table<'n>(&mut self, section: &'static Section, found: &'n Entry) -> Option<Table<'n>> {
        let Value::Table(entries) = &found.node.value else {
            let message = format!("{} must be a table; found {}", section.table, found.node.found());
            self.texts.error(&found.key_at, message).label(format!("write {}", section.title)).help(section.takes());
            return None;
        };
        let table = Table { section, entries };
        self.check_keys(&table, &found.key_at, None);
        Some(table)
    }

    /// Reports keys that are unknown, missing, or there although they exclude each other.
    fn check_keys(&mut self, table: &Table<'_>, at: &At, besides: Option<&str>) {
        for entry in table.entries {
            if table.section.key(&entry.key).is_none() && besides != Some(entry.key.as_str()) {
                set::unknown_key(table.section, &entry.key, &entry.key_at, self.texts);
            }
        }
        for key in table.section.keys {
            let here = entry(table.entries, key.name);
            match key.need {
                Need::Required if here.is_none() && !table.misspells(key.name) => self.missing(table, at, key.name),
                Need::OrElse(other) => self.exactly_one(table, at, key, other),
                Need::Required | Need::Optional(_) => {}
            }
        }
    }

    fn missing(&mut self, table: &Table<'_>, at: &At, what: &str) {
        let title = table.section.title;
        self.texts.error(at, format!("{title} has no `{what}`")).help(table.section.takes());
    }

    /// Of two keys that exclude each other the first one listed speaks for both.
    fn exactly_one(&mut self, table: &Table<'_>, at: &At, key: &Key, other: &'static str) {
        let position = |name: &str| table.section.keys.iter().position(|key| key.name == name);
        if position(key.name) > position(other) {
            return;
        }
        match (entry(table.entries, key.name), entry(table.entries, other)) {
            (None, None) if table.misspells(key.name) || table.misspells(other) => {}
            (None, None) => self.missing(table, at, &format!("{}` or `{other}", key.name)),
            (Some(_), Some(second)) => {
                let message = format!("{} has both `{}` and `{other}`", table.section.title, key.name);
                self.texts.error(&second.key_at, message).label("keep one of them");
            }
            _ => {}
        }
    }

    /// A string with its variables put in. Reports any other type, unset variables and emptiness.
    fn string(&mut self, key: &str, shape: Shape, node: &Node) -> Option<Text> {
        let Value::Text(raw) = &node.value else {
            let message = format!("{key} must be {}; found {}", shape.description(), node.found());
            self.texts.error(&node.at, message);
            return None;
        };
        let value = match node.at.origin {
            Origin::File => self.expanded(raw, &node.at)?,
            // The shell has already put in its variables.
            Origin::Set(_) => raw.clone(),
        };
        if value.trim().is_empty() {
            self.texts
                .error(&node.at, format!("{key} is empty"))
                .label_if((value != *raw).then_some("its variable is empty"));
            return None;
        }
        if value.contains(|letter: char| letter.is_control()) {
            self.texts.error(&node.at, format!("{key} holds a control character"));
            return None;
        }
        Some(Text { at: node.at.clone(), raw: raw.clone(), value })
    }

    fn expanded(&mut self, raw: &str, at: &At) -> Option<String> {
        let errors = match expand(raw, self.env) {
            Ok(value) => return Some(value),
            Err(errors) => errors,
        };
        for error in errors {
            let (range, message, help) = match error {
                ExpandError::Unset { name, range } => {
                    let help = format!("set it, or write $${{{name}}} for the text itself");
                    (range, format!("the environment variable {name} is not set"), help)
                }
                ExpandError::Malformed { range } => {
                    let help = "write ${NAME} for an environment variable, or $${ for the text itself";
                    (range, "`${` begins no variable".to_owned(), help.to_owned())
                }
            };
            let at = self.inside(raw, range, at);
            self.texts.error(&at, message).help(help);
        }
        None
    }

    /// The place of a part of a string. Where escapes make it uncertain, the whole string.
    fn inside(&self, raw: &str, range: std::ops::Range<usize>, at: &At) -> At {
        let written = self.texts.written(at);
        match written.find(raw) {
            Some(start) => {
                let start = at.span.start + start;
                At { origin: at.origin, span: start + range.start..start + range.end }
            }
            None => at.clone(),
        }
    }

    fn text(&mut self, table: &Table<'_>, key: &str) -> Option<Text> {
        let found = entry(table.entries, key)?;
        let shape = table.section.key(key)?.shape;
        self.string(key, shape, &found.node)
    }

    fn path(&mut self, table: &Table<'_>, key: &str) -> Option<PathBuf> {
        let text = self.text(table, key)?;
        if is_url(&text.value) {
            let has_url = table.section.key("url").is_some() && key == "path";
            self.texts
                .error(&text.at, format!("{key} must be a file or folder; found a URL"))
                .label_if(has_url.then_some("write url = instead of path ="));
            return None;
        }
        Some(join(self.texts.base(text.at.origin), Path::new(&text.value)))
    }

    fn location(&mut self, table: &Table<'_>, key: &str) -> Option<Location> {
        let text = self.text(table, key)?;
        if is_url(&text.value) {
            return Some(Location::Url(text.value));
        }
        Some(Location::Path(join(self.texts.base(text.at.origin), Path::new(&text.value))))
    }

    fn url(&mut self, table: &Table<'_>) -> Option<String> {
        let text = self.text(table, "url")?;
        // `git@host:owner/name`, as Git itself reads it.
        let short = text.value.split_once(':').is_some_and(|(host, path)| host.contains('@') && !path.is_empty());
        if !is_url(&text.value) && !short {
            self.texts
                .error(&text.at, format!("url must be a URL; found {:?}", text.raw))
                .label("for a folder or file write path =");
            return None;
        }
        Some(text.value)
    }

    /// The address of a web page or service.
    fn address(&mut self, table: &Table<'_>, key: &str) -> Option<String> {
        let text = self.text(table, key)?;
        if !is_url(&text.value) {
            self.texts.error(&text.at, format!("{key} must be a URL; found {:?}", text.raw));
            return None;
        }
        Some(text.value)
    }

    fn repository(&mut self, table: &Table<'_>) -> Option<String> {
        let text = self.text(table, "repository")?;
        let wrong = is_url(&text.value)
            || text.value.contains(char::is_whitespace)
            || text.value.split('/').count() < 2
            || text.value.split('/').any(str::is_empty);
        if wrong {
            let message = format!("repository must be owner/name; found {:?}", text.raw);
            // Only what is written is repeated, never what a variable holds.
            let near = crate::init::repository_of(&text.raw).filter(|_| is_url(&text.raw));
            self.texts.error(&text.at, message).label_if(near.map(|near| format!("write {near:?}")));
            return None;
        }
        Some(text.value)
    }

    fn instant(&mut self, table: &Table<'_>, key: &str) -> Option<Timestamp> {
        let found = entry(table.entries, key)?;
        let (value, written) = match &found.node.value {
            Value::Datetime(text) => (text.clone(), text.clone()),
            _ => {
                let text = self.string(key, Shape::Instant, &found.node)?;
                (text.value, format!("{:?}", text.raw))
            }
        };
        let time = parse_time(&value).ok();
        if time.is_none() {
            self.texts
                .error(&found.node.at, format!("{key} must be a date or an instant; found {written}"))
                .help("write it as 2025-12-05 or 2025-12-05T09:30:00Z");
        }
        time
    }

    /// A number or truth value, read as `T`.
    fn scalar<T: FromStr>(&mut self, table: &Table<'_>, key: &str, is_right: impl Fn(&T) -> bool) -> Option<T> {
        let found = entry(table.entries, key)?;
        let shape = table.section.key(key)?.shape;
        let value = found.node.scalar().and_then(|written| written.parse().ok()).filter(is_right);
        if value.is_none() {
            let message = format!("{key} must be {}; found {}", shape.description(), found.node.found());
            self.texts.error(&found.node.at, message);
        }
        value
    }

    fn flag(&mut self, table: &Table<'_>, key: &str) -> Option<bool> {
        self.scalar(table, key, |_: &bool| true)
    }

    fn number(&mut self, table: &Table<'_>, key: &str) -> Option<u64> {
        self.scalar(table, key, |number| *number > 0)
    }

    fn share(&mut self, table: &Table<'_>, key: &str) -> Option<f64> {
        self.scalar(table, key, |share| (0.0..=1.0).contains(share))
    }

    /// The strings of a list; `None` when the key is absent or wrong.
    fn texts_of(&mut self, table: &Table<'_>, key: &str) -> Option<Vec<Text>> {
        let found = entry(table.entries, key)?;
        let shape = table.section.key(key)?.shape;
        let must = |found: String| format!("{key} must be {}; found {found}", shape.description());
        match &found.node.value {
            Value::List(items) => {
                let texts: Vec<Option<Text>> = items
                    .iter()
                    .map(|item| match item.value {
                        Value::Text(_) => self.string(key, shape, item),
                        _ => {
                            self.texts.error(&item.at, must(item.found()));
                            None
                        }
                    })
                    .collect();
                texts.into_iter().collect()
            }
            Value::Text(_) if shape == Shape::PathGlobs => Some(vec![self.string(key, shape, &found.node)?]),
            Value::Text(text) => {
                let label = format!("write [{text:?}]");
                self.texts.error(&found.node.at, must(found.node.found())).label(label);
                None
            }
            _ => {
                self.texts.error(&found.node.at, must(found.node.found()));
                None
            }
        }
    }

    /// The same for a list that is there to name something.
    fn named(&mut self, table: &Table<'_>, key: &str) -> Option<Vec<Text>> {
        let texts = self.texts_of(table, key)?;
        if texts.is_empty() {
            let at = &entry(table.entries, key)?.node.at;
            let otherwise = match table.section.key(key)?.need {
                Need::Optional(otherwise) => Some(format!("leave it out for {otherwise}")),
                Need::Required | Need::OrElse(_) => None,
            };
            self.texts.error(at, format!("{key} is an empty list")).label_if(otherwise);
            return None;
        }
        Some(texts)
    }

    fn windows(&mut self, table: &Table<'_>) -> Option<Vec<WindowKind>> {
        let mut windows = Vec::new();
        for text in self.named(table, "windows")? {
            match text.value.parse::<WindowKind>() {
                Ok(window) if !windows.contains(&window) => windows.push(window),
                Ok(_) => {}
                Err(_) => {
                    let known = ["day", "week", "month", "quarter", "year", "all"];
                    let near = schema::nearest(&text.raw, known).filter(|_| text.raw == text.value);
                    self.texts
                        .error(&text.at, format!("not a window: {:?}", text.raw))
                        .label_if(near.map(|near| format!("did you mean {near:?}?")))
                        .help("a window is day, week, month, quarter, year, all or a number of days such as 365d");
                }
            }
        }
        Some(windows)
    }

    fn patterns(&mut self, table: &Table<'_>, key: &str) -> Vec<String> {
        let texts = self.texts_of(table, key).unwrap_or_default();
        for text in &texts {
            if let Err(error) = regex::Regex::new(&text.value) {
                let message = format!("{key} holds no regular expression: {:?}", text.raw);
                // The error's own text repeats the pattern, and with it what a variable holds.
                let why = error.to_string().lines().find_map(|line| line.strip_prefix("error: ").map(str::to_owned));
                self.texts.error(&text.at, message).label_if(why);
            }
        }
        values(texts)
    }

    fn globs(&mut self, table: &Table<'_>, key: &str) -> Vec<String> {
        let texts = self.named(table, key).unwrap_or_default();
        texts.iter().for_each(|text| self.check_glob(key, text));
        values(texts)
    }

    fn path_globs(&mut self, table: &Table<'_>) -> Option<Vec<PathBuf>> {
        let texts = self.named(table, "path")?;
        let mut paths = Vec::new();
        for text in texts {
            self.check_glob("path", &text);
            if is_url(&text.value) {
                self.texts
                    .error(&text.at, "path must be a file or folder; found a URL")
                    .help("download the files first");
            }
            let base = self.texts.base(text.at.origin);
            let is_glob = text.value.contains(GLOB_LETTERS);
            let base = if is_glob { escaped_glob(base) } else { base.to_owned() };
            paths.push(join(&base, Path::new(&text.value)));
        }
        Some(paths)
    }

    fn check_glob(&mut self, key: &str, text: &Text) {
        if let Err(error) = globset::Glob::new(&text.value) {
            let message = format!("{key} holds no glob: {:?}", text.raw);
            self.texts.error(&text.at, message).label(error.kind().to_string());
        }
    }
}

fn values(texts: Vec<Text>) -> Vec<String> {
    texts.into_iter().map(|text| text.value).collect()
}

const GLOB_LETTERS: [char; 5] = ['*', '?', '[', '{', '}'];

/// A folder as the beginning of a glob, where its own letters stand for themselves.
fn escaped_glob(folder: &Path) -> PathBuf {
    let letters = folder.to_string_lossy().into_owned();
    let escape = |letter: char| match GLOB_LETTERS.contains(&letter) {
        true => format!("[{letter}]"),
        false => letter.to_string(),
    };
    letters.chars().map(escape).collect::<String>().into()
}

fn is_url(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, _)| {
        !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    })
}

/// A path as seen from the folder of the file that names it, without `.` and without `x/..`.
pub(crate) fn join(base: &Path, path: &Path) -> PathBuf {
    let mut parts: Vec<Component<'_>> = Vec::new();
    let joined = base.join(path);
    for part in joined.components() {
        match (part, parts.last()) {
            (Component::CurDir, _) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => {
                parts.pop();
            }
            (Component::ParentDir, Some(Component::RootDir)) => {}
            _ => parts.push(part),
        }
    }
    if parts.is_empty() { PathBuf::from(".") } else { parts.iter().collect() }
}
