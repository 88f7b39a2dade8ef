//! The file's values with their places, before anything is known about what they mean.
//!
//! A `--set` puts values of its own into the same tree, so that one walk checks both. Every value therefore knows
//! which text it came from.

use crate::error::{ConfigError, Place};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use toml::de::{DeTable, DeValue};

/// Which text a value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Origin {
    /// The pipeline file.
    File,
    /// The `--set` of this number.
    Set(usize),
}

/// A place in one of the texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct At {
    pub origin: Origin,
    pub span: Range<usize>,
}

#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub at: At,
    pub value: Value,
}

#[derive(Debug, Clone)]
pub(crate) enum Value {
    Text(String),
    /// A number, a truth value or a date, with the words a message uses: `integer 3`.
    Scalar(String),
    Datetime(String),
    List(Vec<Node>),
    Table(Vec<Entry>),
}

#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub key: String,
    pub key_at: At,
    pub node: Node,
}

impl Node {
    /// What a message calls the value. It shows the text as written, never what `${NAME}` stands for.
    pub fn found(&self) -> String {
        match &self.value {
            Value::Text(text) => format!("string {text:?}"),
            Value::Scalar(words) => words.clone(),
            Value::Datetime(text) => format!("date {text}"),
            Value::List(_) => "a list".to_owned(),
            Value::Table(_) => "a table".to_owned(),
        }
    }

    /// A number or truth value as it is written; of a `--set`, which knows no types, any text.
    pub fn scalar(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(words) => words.split_once(' ').map(|(_, written)| written),
            Value::Text(text) if self.at.origin != Origin::File => Some(text),
            _ => None,
        }
    }
}

/// The entry of a key.
pub(crate) fn entry<'a>(entries: &'a [Entry], key: &str) -> Option<&'a Entry> {
    entries.iter().find(|entry| entry.key == key)
}

/// The whole file as a tree, in the order it is written.
pub(crate) fn table(table: &DeTable<'_>, origin: Origin) -> Vec<Entry> {
    let mut entries: Vec<Entry> = table
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref().to_string(),
            key_at: At { origin, span: key.span() },
            node: node(value.get_ref(), value.span(), origin),
        })
        .collect();
    entries.sort_by_key(|entry| entry.key_at.span.start);
    entries
}

/// One value as a tree.
pub(crate) fn node(value: &DeValue<'_>, span: Range<usize>, origin: Origin) -> Node {
    let value = match value {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => Value::Scalar(format!("integer {number}")),
        DeValue::Float(number) => Value::Scalar(format!("number {number}")),
        DeValue::Boolean(truth) => Value::Scalar(format!("boolean {truth}")),
        DeValue::Datetime(time) => Value::Datetime(time.to_string()),
        DeValue::Array(items) => {
            Value::List(items.iter().map(|item| node(item.get_ref(), item.span(), origin)).collect())
        }
        DeValue::Table(entries) => Value::Table(table(entries, origin)),
    };
    Node { at: At { origin, span }, value }
}

/// The texts that values came from, and the mistakes found in them so far.
pub(crate) struct Texts {
    pub file: PathBuf,
    pub text: Arc<str>,
    pub sets: Vec<Arc<str>>,
    errors: Vec<(At, ConfigError)>,
}

impl Texts {
    pub fn new(file: &Path, text: &str, sets: Vec<Arc<str>>) -> Self {
        Self { file: file.to_owned(), text: text.into(), sets, errors: Vec::new() }
    }

    /// The text of an origin.
    pub fn text(&self, origin: Origin) -> &Arc<str> {
        match origin {
            Origin::File => &self.text,
            Origin::Set(number) => self.sets.get(number).unwrap_or(&self.text),
        }
    }

    /// What is written at a place.
    pub fn written(&self, at: &At) -> &str {
        self.text(at.origin).get(at.span.clone()).unwrap_or_default()
    }

    /// The folder that relative paths start from: the file's own, or for a `--set` the working directory.
    pub fn base(&self, origin: Origin) -> &Path {
        match origin {
            Origin::File => self.file.parent().unwrap_or(Path::new("")),
            Origin::Set(_) => Path::new(""),
        }
    }

    /// Notes a mistake. The result can be given a label and help.
    pub fn error(&mut self, at: &At, message: impl Into<String>) -> Mistake<'_> {
        let path = match at.origin {
            Origin::File => self.file.clone(),
            Origin::Set(_) => PathBuf::from("--set"),
        };
        let place = Some(Place::new(self.text(at.origin), at.span.clone()));
        let error = ConfigError { path, place, message: message.into(), label: None, help: None };
        self.errors.push((at.clone(), error));
        Mistake(self.errors.last_mut().map(|(_, error)| error))
    }

    /// Whether nothing is wrong so far.
    pub fn is_clean(&self) -> bool {
        self.errors.is_empty()
    }

    /// The mistakes in the order of their places, those of the file first.
    pub fn into_errors(mut self) -> Vec<ConfigError> {
        self.errors.sort_by_key(|(at, _)| (at.origin, at.span.start));
        self.errors.into_iter().map(|(_, error)| error).collect()
    }
}

/// A mistake just noted.
pub(crate) struct Mistake<'a>(Option<&'a mut ConfigError>);

impl Mistake<'_> {
    /// A few words right under the mistake.
    pub fn label(self, label: impl Into<String>) -> Self {
        self.label_if(Some(label))
    }

    /// The same, where there may be nothing to say.
    pub fn label_if(mut self, label: Option<impl Into<String>>) -> Self {
        if let Some(error) = &mut self.0 {
            error.label = label.map(Into::into);
        }
        self
    }

    /// What to do.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        if let Some(error) = &mut self.0 {
            error.help = Some(help.into());
        }
        self
    }
}
