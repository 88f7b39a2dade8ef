//! A row to an event.

use super::table::Row;
use super::time::Times;
use super::{Columns, Config};
use crate::chat::facts::looks_like_address;
use crate::chat::text::{Said, hash, measure};
use muster_model::payload::MessagePosted;
use muster_model::{CollectError, Event, Payload, account};
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// What a column is for, and its name.
pub(super) fn named(columns: &Columns) -> Vec<(&'static str, &str)> {
    let optional =
        [("text", &columns.text), ("channel", &columns.channel), ("thread", &columns.thread), ("id", &columns.id)];
    let mut named = vec![("time", columns.time.as_str()), ("author", columns.author.as_str())];
    named.extend(optional.iter().filter_map(|(role, name)| Some((*role, name.as_deref()?))));
    named
}

/// Where the columns are in the rows of a file.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    /// Of a table, role to index.
    indexes: HashMap<&'static str, usize>,
    width: usize,
}

impl Places {
    /// By the header of a table.
    ///
    /// # Errors
    /// A named column is not there.
    pub fn new(columns: &Columns, header: &[String]) -> Result<Self, CollectError> {
        let mut indexes = HashMap::new();
        for (role, name) in named(columns) {
            let exact = header.iter().position(|column| column == name.trim());
            let any_case = || header.iter().position(|column| column.to_lowercase() == name.trim().to_lowercase());
            let index =
                exact.or_else(any_case).ok_or_else(|| missing(role, name, header.iter().map(String::as_str)))?;
            indexes.insert(role, index);
        }
        Ok(Self { indexes, width: header.len() })
    }
}

/// A column that is not there: which there are, and the nearest.
pub(super) fn missing<'a>(role: &str, name: &str, there: impl Iterator<Item = &'a str> + Clone) -> CollectError {
    let similar = |other: &str| strsim::jaro_winkler(&name.to_lowercase(), &other.to_lowercase());
    let nearest = there.clone().max_by(|one, other| similar(one).total_cmp(&similar(other)));
    let list: Vec<&str> = there.filter(|column| !column.is_empty()).take(60).collect();
    let hint = match nearest.filter(|nearest| similar(nearest) > 0.6) {
        Some(nearest) => format!("did you mean {nearest:?}? mend `{role}` of the columns of this source"),
        None => format!("mend `{role}` of the columns of this source"),
    };
    CollectError::new(format!("no column {name:?}; there are: {}", list.join(", ")), hint)
}

/// The keys of objects that were named and seen.
pub(super) fn check_keys(columns: &Columns, keys: &BTreeSet<String>) -> Result<(), CollectError> {
    for (role, name) in named(columns) {
        if !keys.contains(name) {
            return Err(missing(role, name, keys.iter().map(String::as_str)));
        }
    }
    Ok(())
}

/// What rows become events by.
pub(super) struct Rows {
    pub config: Config,
    pub times: Times,
}

/// What is known of the file that is read.
pub(super) struct InFile {
    pub source: Arc<str>,
    pub places: Places,
    /// How often a row without an id of its own came.
    pub again: HashMap<u64, u32>,
    /// Roles of columns that some row has.
    pub seen: BTreeSet<&'static str>,
}

/// Why a row is no event, and what to do.
pub(super) type Wrong = (String, String);

impl Rows {
    /// A row to its event.
    pub fn event(&self, row: &Row, file: &mut InFile) -> Result<Event, Wrong> {
        let get = |role: &'static str, file: &mut InFile| self.get(row, role, file);
        if let Row::Fields(fields) = row
            && fields.len() > file.places.width
        {
            let message = format!("a row of {} fields; the first line has {}", fields.len(), file.places.width);
            return Err((message, "a text with the delimiter in it must stand in quotes".to_owned()));
        }
        let written = get("time", file)?.ok_or_else(|| self.without("time", row))?;
        let time = self.times.parse(&written).map_err(|(message, hint)| (message, hint.to_owned()))?;
        let author = get("author", file)?.filter(|author| !author.trim().is_empty());
        let author = author.ok_or_else(|| self.without("author", row))?;
        let text = get("text", file)?.unwrap_or_default();
        let channel = get("channel", file)?.map(|channel| channel.trim().to_owned());
        let channel = channel.filter(|channel| !channel.is_empty()).unwrap_or_else(|| self.config.name.clone());
        let own = get("id", file)?.map(|id| id.trim().to_owned()).filter(|id| !id.is_empty());
        let thread = get("thread", file)?.map(|thread| thread.trim().to_owned()).filter(|thread| !thread.is_empty());

        let subject = format!("{}:{}/{channel}", self.config.platform, self.config.name);
        let id_of = |key: &str| account::masked(&format!("{subject}/{key}"));
        let mut posted = MessagePosted::default();
        match (&self.config.columns.id, &thread) {
            (Some(_), Some(thread)) => posted.thread = Some(id_of(thread)).filter(|_| own.as_ref() != Some(thread)),
            (None, Some(thread)) => posted.topic = Some(hash(&format!("{channel}\n{thread}"))),
            _ => {}
        }
        let id = match &own {
            Some(own) => id_of(own),
            None => id_of(&again(&hash(&format!("{channel}\n{time}\n{author}\n{text}")), &mut file.again)),
        };
        let is_address = looks_like_address(&author);
        posted.name = (!is_address).then(|| author.trim().to_owned());
        measure(&Said { text: &text, links: &[], mentions: mentions(&text), keep: self.config.text }, &mut posted);
        Ok(Event {
            id,
            source: file.source.clone(),
            time,
            subject,
            actor: Some(if is_address { account::email(&author) } else { account::name(&self.config.name, &author) }),
            url: None,
            data: Payload::MessagePosted(posted),
            collector: "messages/1".into(),
        })
    }

    /// What a row has in a column.
    fn get(&self, row: &Row, role: &'static str, file: &mut InFile) -> Result<Option<String>, Wrong> {
        let value = match row {
            Row::Fields(fields) => match file.places.indexes.get(role) {
                Some(&index) => {
                    let field = fields.get(index).cloned();
                    Some(field.ok_or_else(|| {
                        let message =
                            format!("a row of {} fields; the first line has {}", fields.len(), file.places.width);
                        (message, "is a line end in a text that is not in quotes?".to_owned())
                    })?)
                }
                None => None,
            },
            Row::Object(object) => {
                let name =
                    named(&self.config.columns).into_iter().find(|(known, _)| *known == role).map(|(_, name)| name);
                match name.and_then(|name| at_path(object, name)) {
                    None | Some(Value::Null) => None,
                    Some(Value::String(text)) => Some(text.clone()),
                    Some(Value::Number(number)) => Some(number.to_string()),
                    Some(other) => {
                        let message = format!("`{}` is {other}; expected a text or a number", name.unwrap_or_default());
                        return Err((message, "name a key inside it, as \"a.b\", or mend the row".to_owned()));
                    }
                }
            }
        };
        if value.is_some() {
            file.seen.insert(role);
        }
        Ok(value)
    }

    fn without(&self, role: &str, row: &Row) -> Wrong {
        let keys = match row {
            Row::Object(object) => format!("; it has {}", object.keys().cloned().collect::<Vec<_>>().join(", ")),
            Row::Fields(_) => String::new(),
        };
        let name = if role == "time" { &self.config.columns.time } else { &self.config.columns.author };
        (format!("a row without {role} ({name:?}){keys}"), "it is not read, the others are; mend the row".to_owned())
    }
}

/// The value at a key, or at a path of keys.
fn at_path<'a>(object: &'a serde_json::Map<String, Value>, path: &str) -> Option<&'a Value> {
    if let Some(value) = object.get(path) {
        return Some(value);
    }
    let (first, rest) = path.split_once('.')?;
    at_path(object.get(first)?.as_object()?, rest)
}

/// The key; the second time with `/2` behind it, and so on.
fn again(key: &str, times: &mut HashMap<u64, u32>) -> String {
    let count = times.entry(xxhash_rust::xxh3::xxh3_64(key.as_bytes())).or_insert(0);
    *count = count.saturating_add(1);
    if *count == 1 { key.to_owned() } else { format!("{key}/{count}") }
}

/// Words that begin with `@`.
fn mentions(text: &str) -> u32 {
    let begins = |(at, _): &(usize, &str)| {
        let before = text[..*at].chars().next_back();
        let after = text[at + 1..].chars().next();
        before.is_none_or(|c| !c.is_alphanumeric()) && after.is_some_and(|c| c.is_alphanumeric() || c == '_')
    };
    u32::try_from(text.match_indices('@').filter(begins).count()).unwrap_or(u32::MAX)
}
