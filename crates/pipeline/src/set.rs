//! `--set project.out=…`: a value of the pipeline file given on the command line.

use crate::schema::{self, Section};
use crate::tree::{At, Entry, Node, Origin, Texts, Value, entry, node};
use std::convert::Infallible;
use std::ops::Range;
use std::str::FromStr;
use toml::de::DeValue;

/// One `--set`, as it was given: `project.out=…`, `source.<name>.<key>=…` or `metrics.<key>=…`.
///
/// A value replaces the file's. It is taken literally (the shell has already put in its variables); a relative path
/// is relative to the working directory; a list is written `a,b` or as TOML, `["a", "b"]`. Setting one of two keys
/// that exclude each other, such as `path` and `url`, takes the other away.
///
/// Mistakes in it come back from [`Pipeline::read`](crate::Pipeline::read) together with the file's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetArg(
    /// The whole argument.
    pub String,
);

impl FromStr for SetArg {
    type Err = Infallible;
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

/// Puts the value of a `--set` into the tree.
pub(crate) fn apply(number: usize, root: &mut Vec<Entry>, texts: &mut Texts) {
    let origin = Origin::Set(number);
    let text = texts.text(origin).clone();
    let at = |span: Range<usize>| At { origin, span };
    let Some(equals) = text.find('=') else {
        texts
            .error(&at(0..text.len()), "a --set has no `=`")
            .help("write --set project.out=…, --set source.<name>.<key>=… or --set metrics.<key>=…");
        return;
    };
    let path = &text[..equals];
    let table_end = path.find('.').unwrap_or(path.len());
    let table = &path[..table_end];
    if table != "source" && schema::SINGLE.iter().all(|section| section.table != table) {
        unknown_table(table, &at(0..table_end), texts);
        return;
    }
    // A source's name may hold dots; its keys do not.
    let Some(dot) = path.rfind('.').filter(|dot| table != "source" || *dot > table_end) else {
        let form = if table == "source" { "source.<name>.<key>" } else { "<table>.<key>" };
        texts.error(&at(0..path.len()), "a --set names no key").help(format!("write --set {form}=…"));
        return;
    };
    if table != "source" && dot != table_end {
        texts
            .error(&at(table_end + 1..path.len()), format!("[{table}] has no tables inside it"))
            .help(format!("write --set {table}.<key>=…"));
        return;
    }
    let found = if table == "source" {
        source_entries(&text[table_end + 1..dot], &at(table_end + 1..dot), root, texts)
    } else {
        let section = schema::SINGLE.iter().copied().find(|section| section.table == table);
        section.and_then(|section| table_entries(section, &at(0..table_end), root).map(|entries| (section, entries)))
    };
    let Some((section, entries)) = found else { return };
    put(section, entries, &text, at(dot + 1..equals), at(equals + 1..text.len()), texts);
}

fn unknown_table(table: &str, at: &At, texts: &mut Texts) {
    let known = schema::SINGLE.iter().map(|section| section.table).chain(["source"]);
    let (what, near) = match schema::TABLES.contains(&table) {
        true => (format!("a --set cannot name one [[{table}]]"), None),
        false => (format!("unknown table `{table}`"), schema::nearest(table, known)),
    };
    texts
        .error(at, what)
        .label_if(near.map(did_you_mean))
        .help("a --set starts with project., source.<name>., transport., metrics., evidence. or schedule.");
}

pub(crate) fn did_you_mean(name: &str) -> String {
    format!("did you mean `{name}`?")
}

/// The entries of `[project]`, `[metrics]` or `[evidence]`; made when the file has none. `None` when the file has something else
/// there, which is reported as the file's mistake.
fn table_entries<'a>(section: &Section, at: &At, root: &'a mut Vec<Entry>) -> Option<&'a mut Vec<Entry>> {
    if entry(root, section.table).is_none() {
        root.push(Entry {
            key: section.table.to_owned(),
            key_at: at.clone(),
            node: Node { at: at.clone(), value: Value::Table(Vec::new()) },
        });
    }
    match root.iter_mut().find(|entry| entry.key == section.table).map(|entry| &mut entry.node.value) {
        Some(Value::Table(entries)) => Some(entries),
        _ => None,
    }
}

fn source_entries<'a>(
    name: &str,
    at: &At,
    root: &'a mut [Entry],
    texts: &mut Texts,
) -> Option<(&'static Section, &'a mut Vec<Entry>)> {
    let list = root.iter_mut().find(|entry| entry.key == "source").map(|entry| &mut entry.node.value);
    let Some(Value::List(list)) = list else {
        texts.error(at, format!("the file has no source `{name}`")).help("it has no sources");
        return None;
    };
    let names: Vec<String> = list.iter().filter_map(|node| table_of(node).and_then(source_name)).collect();
    let position = list.iter().position(|node| table_of(node).and_then(source_name).as_deref() == Some(name));
    let Some(position) = position else {
        let near = schema::nearest(name, names.iter().map(String::as_str));
        texts
            .error(at, format!("the file has no source `{name}`"))
            .label_if(near.map(did_you_mean))
            .help(format!("its sources: {}", names.join(", ")));
        return None;
    };
    match list.get_mut(position).map(|node| &mut node.value) {
        Some(Value::Table(entries)) => section_of(entries).map(|section| (section, entries)),
        _ => None,
    }
}

fn table_of(node: &Node) -> Option<&[Entry]> {
    match &node.value {
        Value::Table(entries) => Some(entries),
        _ => None,
    }
}

fn section_of(entries: &[Entry]) -> Option<&'static Section> {
    schema::source(text_of(entries, "kind")?)
}

fn text_of<'a>(entries: &'a [Entry], key: &str) -> Option<&'a str> {
    match &entry(entries, key)?.node.value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// A source's name as written, or the one it gets by default.
pub(crate) fn source_name(entries: &[Entry]) -> Option<String> {
    match text_of(entries, "name") {
        Some(name) => Some(name.to_owned()),
        None => text_of(entries, "kind").map(|kind| default_name(kind, text_of(entries, "repository"))),
    }
}

/// The name of a source that gives none.
pub(crate) fn default_name(kind: &str, repository: Option<&str>) -> String {
    repository.map_or(kind.to_owned(), |repository| format!("{kind}-{repository}"))
}

fn put(section: &'static Section, entries: &mut Vec<Entry>, text: &str, key_at: At, value_at: At, texts: &mut Texts) {
    let name = &text[key_at.span.clone()];
    let Some(key) = section.key(name) else {
        unknown_key(section, name, &key_at, texts);
        return;
    };
    let Some(node) = value(key.shape.is_list(), text, value_at, texts) else { return };
    if let schema::Need::OrElse(other) = key.need {
        // Of two --set that exclude each other the walk reports both.
        entries.retain(|entry| entry.key != other || entry.key_at.origin != Origin::File);
    }
    entries.retain(|entry| entry.key != name);
    entries.push(Entry { key: name.to_owned(), key_at, node });
}

/// Reports a key that a section does not have.
pub(crate) fn unknown_key(section: &'static Section, name: &str, at: &At, texts: &mut Texts) {
    let near = schema::nearest(name, section.keys.iter().map(|key| key.name));
    let elsewhere = schema::sections().find(|other| other.key(name).is_some()).filter(|_| near.is_none());
    let label = near.map(did_you_mean).or_else(|| elsewhere.map(|other| format!("{} has it", other.title)));
    texts.error(at, format!("unknown key `{name}`")).label_if(label).help(section.takes());
}

fn value(is_list: bool, text: &str, at: At, texts: &mut Texts) -> Option<Node> {
    let written = &text[at.span.clone()];
    let offset = at.span.start;
    if !is_list {
        return Some(Node { at, value: Value::Text(written.to_owned()) });
    }
    if written.trim_start().starts_with('[') {
        return match DeValue::parse(written) {
            Ok(parsed) => {
                let mut parsed = node(parsed.get_ref(), parsed.span(), at.origin);
                shift(&mut parsed, offset);
                Some(parsed)
            }
            Err(error) => {
                let span = error.span().unwrap_or(0..written.len());
                let at = At { origin: at.origin, span: span.start + offset..span.end + offset };
                texts.error(&at, error.message()).help("write a list as a,b or as TOML: [\"a\", \"b\"]");
                None
            }
        };
    }
    let mut start = offset;
    let mut items = Vec::new();
    for item in written.split(',') {
        let span = start..start + item.len();
        start = span.end + 1;
        items.push(Node { at: At { origin: at.origin, span }, value: Value::Text(item.trim().to_owned()) });
    }
    Some(Node { at, value: Value::List(items) })
}

/// Moves places inside a value to places inside its whole argument.
fn shift(node: &mut Node, by: usize) {
    node.at.span = node.at.span.start + by..node.at.span.end + by;
    match &mut node.value {
        Value::List(items) => items.iter_mut().for_each(|item| shift(item, by)),
        Value::Table(entries) => entries.iter_mut().for_each(|entry| shift(&mut entry.node, by)),
        _ => {}
    }
}
