//! `[transport]`, its security and its properties.

use super::{Reader, Table, values};
use crate::schema::{self, Shape};
use crate::transport::{Mode, Security, Transport, is_topic, refused};
use crate::tree::{Entry, Value, entry};
use std::collections::BTreeMap;

impl Reader<'_> {
    /// The outer option is none where it is wrong.
    pub(super) fn transport(&mut self, root: &[Entry]) -> Option<Option<Transport>> {
        let Some(found) = entry(root, "transport") else { return Some(None) };
        let table = self.table(&schema::TRANSPORT, found)?;
        self.one_of(&table, "kind", &["kafka"]);
        let brokers = self.named(&table, "brokers").map(values);
        let topic = self.topic(&table);
        let (partitions, replication) = (self.number(&table, "partitions"), self.number(&table, "replication"));
        let retention_days = self.number(&table, "retention_days");
        let mode = match self.one_of(&table, "mode", &Mode::WORDS).as_deref() {
            Some("binary") => Mode::Binary,
            _ => Mode::Structured,
        };
        let group = self.text(&table, "group").map(|text| text.value);
        let batch = self.number(&table, "batch");
        let security = self.security(&table);
        let properties = self.properties(&table);
        Some(Some(Transport {
            brokers: brokers?,
            topic: topic?,
            partitions,
            replication,
            retention_days,
            mode,
            group,
            batch,
            security: security?,
            properties,
        }))
    }

    fn topic(&mut self, table: &Table<'_>) -> Option<String> {
        let text = self.text(table, "topic")?;
        if !is_topic(&text.value) {
            self.texts
                .error(&text.at, format!("no name of a topic: {:?}", text.raw))
                .help("a topic is named with letters, digits, `.`, `_` and `-`, at most 240 of them");
            return None;
        }
        Some(text.value)
    }

    /// A word out of a few.
    fn one_of(&mut self, table: &Table<'_>, key: &str, words: &[&'static str]) -> Option<String> {
        let text = self.text(table, key)?;
        if !words.contains(&text.value.as_str()) {
            let near = schema::nearest(&text.raw, words.iter().copied());
            self.texts
                .error(&text.at, format!("no {key} is called {:?}", text.raw))
                .label_if(near.map(|near| format!("did you mean {near:?}?")))
                .help(format!("{key} is one of: {}", words.join(", ")));
            return None;
        }
        Some(text.value)
    }

    fn security(&mut self, transport: &Table<'_>) -> Option<Security> {
        let Some(found) = entry(transport.entries, "security") else { return Some(Security::default()) };
        let table = self.table(&schema::SECURITY, found)?;
        let both = entry(table.entries, "password_env").and(entry(table.entries, "password_file"));
        if let Some(second) = both {
            let message = "[transport.security] has both `password_env` and `password_file`";
            self.texts.error(&second.key_at, message).label("keep one of them");
        }
        for (one, other) in [("certificate", "key"), ("key", "certificate"), ("password_env", "user")] {
            if let (Some(given), None) = (entry(table.entries, one), entry(table.entries, other)) {
                self.texts.error(&given.key_at, format!("[transport.security] has `{one}` and no `{other}`"));
            }
        }
        let mut text = |key| self.text(&table, key).map(|text| text.value);
        let (user, password_env, key_password_env) = (text("user"), text("password_env"), text("key_password_env"));
        Some(Security {
            protocol: self.one_of(&table, "protocol", &Security::PROTOCOLS),
            mechanism: self.one_of(&table, "mechanism", &Security::MECHANISMS),
            user,
            password_env,
            password_file: self.path(&table, "password_file"),
            ca: self.path(&table, "ca"),
            certificate: self.path(&table, "certificate"),
            key: self.path(&table, "key"),
            key_password_env,
        })
    }

    /// `{ "socket.timeout.ms" = 1000 }`; without the quotes TOML makes tables in tables of it, which is as good.
    fn properties(&mut self, table: &Table<'_>) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        if let Some(given) = entry(table.entries, "properties") {
            match &given.node.value {
                Value::Table(entries) => self.properties_in("", entries, &mut found),
                _ => self.no_property(given),
            }
        }
        found
    }

    fn properties_in(&mut self, prefix: &str, entries: &[Entry], found: &mut BTreeMap<String, String>) {
        for entry in entries {
            let name = format!("{prefix}{}{}", if prefix.is_empty() { "" } else { "." }, entry.key);
            if let Value::Table(inner) = &entry.node.value {
                self.properties_in(&name, inner, found);
                continue;
            }
            if let Some(why) = refused(&name) {
                self.texts.error(&entry.key_at, format!("`{name}` cannot be given")).help(why);
                continue;
            }
            match &entry.node.value {
                Value::Text(_) => {
                    let value = self.string(&name, Shape::Text, &entry.node).map(|text| text.value);
                    found.extend(value.map(|value| (name, value)));
                }
                _ => match entry.node.scalar() {
                    Some(scalar) => drop(found.insert(name, scalar.to_owned())),
                    None => self.no_property(entry),
                },
            }
        }
    }

    fn no_property(&mut self, entry: &Entry) {
        let message = format!("{} must be {}; found {}", entry.key, Shape::Text.description(), entry.node.found());
        self.texts.error(&entry.node.at, message).help("write properties = { \"socket.timeout.ms\" = 10000 }");
    }
}
