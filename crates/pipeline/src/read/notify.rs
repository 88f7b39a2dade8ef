//! `[[notify]]`.

use super::{Reader, Table, is_url};
use crate::notify::{About, Notify, Target, Url};
use crate::schema::{self, Shape};
use crate::tree::{Entry, Value, entry};
use std::collections::BTreeMap;
use std::time::Duration;

impl Reader<'_> {
    pub(super) fn notifications(&mut self, root: &[Entry]) -> Option<Vec<Notify>> {
        let tables = self.tables(&schema::NOTIFY, entry(root, "notify"))?;
        let all: Vec<_> = tables.iter().map(|table| self.notify(table)).collect();
        all.into_iter().collect()
    }

    fn notify(&mut self, table: &Table<'_>) -> Option<Notify> {
        let on = self.abouts(table);
        let target = self.target(table);
        let link = self.address(table, "link");
        let timeout = self.duration(table, "timeout").unwrap_or(Duration::from_secs(10));
        let tries = self.number(table, "tries").unwrap_or(3);
        let repeat = self.duration(table, "repeat").unwrap_or(Duration::from_secs(86_400));
        Some(Notify { on: on?, target: target?, link, timeout, tries, repeat })
    }

    fn abouts(&mut self, table: &Table<'_>) -> Option<Vec<About>> {
        if entry(table.entries, "on").is_none() {
            return Some(About::ALL.to_vec());
        }
        let mut abouts = Vec::new();
        for text in self.named(table, "on")? {
            match About::ALL.into_iter().find(|about| about.word() == text.value) {
                Some(about) => abouts.push(about),
                None => {
                    let words = About::ALL.map(About::word);
                    let near = schema::nearest(&text.raw, words);
                    self.texts
                        .error(&text.at, format!("nobody can be told about {:?}", text.raw))
                        .label_if(near.map(|near| format!("did you mean {near:?}?")))
                        .help(format!("on takes {}", words.join(", ")));
                }
            }
        }
        Some(abouts)
    }

    fn target(&mut self, table: &Table<'_>) -> Option<Target> {
        let secret_env = self.text(table, "secret_env").map(|text| text.value);
        let headers_env = self.headers(table)?;
        if entry(table.entries, "command").is_some() {
            for key in ["secret_env", "headers_env"] {
                if let Some(found) = entry(table.entries, key) {
                    self.texts.error(&found.key_at, format!("{key} is for a url; a command needs none"));
                }
            }
            let words: Vec<String> = self.named(table, "command")?.into_iter().map(|text| text.value).collect();
            return Some(Target::Command(words));
        }
        let text = self.text(table, "url")?;
        let url = match text.value.strip_prefix("env:") {
            Some(name) => Url::Variable(name.to_owned()),
            None if is_url(&text.value) && text.value.starts_with("http") => Url::Written(text.value),
            None => {
                self.texts.error(
                    &text.at,
                    format!("url must be an http:// or https:// URL, or env:NAME; found {:?}", text.raw),
                );
                return None;
            }
        };
        Some(Target::Http { url, headers_env, secret_env })
    }

    fn headers(&mut self, table: &Table<'_>) -> Option<BTreeMap<String, String>> {
        let Some(found) = entry(table.entries, "headers_env") else { return Some(BTreeMap::new()) };
        let Value::Table(entries) = &found.node.value else {
            let message =
                format!("headers_env must be {}; found {}", Shape::Variables.description(), found.node.found());
            self.texts.error(&found.node.at, message).label("write { Authorization = \"NAME\" }");
            return None;
        };
        let mut header =
            |entry: &Entry| Some((entry.key.clone(), self.string(&entry.key, Shape::Text, &entry.node)?.value));
        let headers: Vec<_> = entries.iter().map(&mut header).collect();
        headers.into_iter().collect()
    }
}
