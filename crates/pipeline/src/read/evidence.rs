//! `[evidence]`, `[[milestone]]` and `[[claim]]`.

use super::{Env, Reader, Table, join};
use crate::error::ConfigError;
use crate::pipeline::{Evidence, Milestone};
use crate::schema::{self, Section, Shape};
use crate::tree::{At, Entry, Node, Origin, Texts, Value, entry};
use muster_model::{Claim, Comparison, Cut, Date, Expectation, Privacy, WindowKind};
use std::collections::BTreeMap;
use std::path::Path;

/// A file that has `[[claim]]` tables and nothing else.
pub(crate) fn parse_claims(
    file: &Path,
    text: &str,
    before: Vec<Claim>,
    env: Env<'_>,
) -> Result<Vec<Claim>, Vec<ConfigError>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut texts = Texts::new(file, text, Vec::new());
    let table = super::toml_of(text, &mut texts);
    if !texts.is_clean() {
        return Err(texts.into_errors());
    }
    let root = crate::tree::table(table.get_ref(), Origin::File);
    for entry in root.iter().filter(|entry| entry.key != schema::CLAIM.table) {
        let near = schema::nearest(&entry.key, [schema::CLAIM.table]);
        texts
            .error(&entry.key_at, format!("unknown table or key `{}`", entry.key))
            .label_if(near.map(crate::set::did_you_mean))
            .help("a file of claims has: [[claim]]");
    }
    let claims = Reader { texts: &mut texts, env }.claims_after(&root, before);
    match claims {
        Some(claims) if texts.is_clean() => Ok(claims),
        _ => Err(texts.into_errors()),
    }
}

impl Reader<'_> {
    pub(super) fn evidence(&mut self, root: &[Entry]) -> Option<Evidence> {
        let Some(found) = entry(root, "evidence") else { return Some(Evidence::default()) };
        let table = self.table(&schema::EVIDENCE, found)?;
        let privacy = self.privacy(&table);
        let claims = self.path(&table, "claims");
        let criteria = self.criteria(&table);
        let links = self.links(&table);
        Some(Evidence { privacy: privacy?, claims, criteria, links: links? })
    }

    fn privacy(&mut self, table: &Table<'_>) -> Option<Privacy> {
        if entry(table.entries, "privacy").is_none() {
            return Some(Privacy::default());
        }
        let text = self.text(table, "privacy")?;
        let privacy = text.value.parse().ok();
        if privacy.is_none() {
            let near = schema::nearest(&text.raw, Privacy::WORDS);
            self.texts
                .error(&text.at, format!("not a way to name people: {:?}", text.raw))
                .label_if(near.map(|near| format!("did you mean {near:?}?")))
                .help("privacy is \"public\", \"initials\" or \"hashed\"");
        }
        privacy
    }

    /// A body's name stays as it is; the path of a file is made one that can be opened.
    fn criteria(&mut self, table: &Table<'_>) -> Vec<String> {
        let texts = self.texts_of(table, "criteria").unwrap_or_default();
        let opened = |text: super::Text| match text.value.ends_with(".toml") {
            true => join(self.texts.base(text.at.origin), Path::new(&text.value)).to_string_lossy().into_owned(),
            false => text.value,
        };
        texts.into_iter().map(opened).collect()
    }

    /// Addresses as they are written: whether one is well-formed is part of the answer to its criterion.
    fn links(&mut self, table: &Table<'_>) -> Option<BTreeMap<String, String>> {
        let Some(found) = entry(table.entries, "links") else { return Some(BTreeMap::new()) };
        let Value::Table(entries) = &found.node.value else {
            let message = format!("links must be {}; found {}", Shape::Links.description(), found.node.found());
            self.texts.error(&found.node.at, message).label("write { name = \"https://…\" }");
            return None;
        };
        let mut link =
            |entry: &Entry| Some((entry.key.clone(), self.string(&entry.key, Shape::Url, &entry.node)?.value));
        let links: Vec<_> = entries.iter().map(&mut link).collect();
        links.into_iter().collect()
    }

    pub(super) fn milestones(&mut self, root: &[Entry]) -> Option<Vec<Milestone>> {
        let mut names = Vec::new();
        let tables = self.tables(&schema::MILESTONE, entry(root, "milestone"))?;
        let milestones: Vec<_> = tables
            .iter()
            .map(|table| {
                let name = self.own_name(table, "name", &mut names);
                let date = self.day(table, "date");
                Some(Milestone { name: name?, date: date? })
            })
            .collect();
        milestones.into_iter().collect()
    }

    pub(super) fn claims(&mut self, root: &[Entry]) -> Option<Vec<Claim>> {
        self.claims_after(root, Vec::new())
    }

    fn claims_after(&mut self, root: &[Entry], mut claims: Vec<Claim>) -> Option<Vec<Claim>> {
        let mut ids = claims.iter().map(|claim| (claim.id.clone(), None)).collect();
        let tables = self.tables(&schema::CLAIM, entry(root, "claim"))?;
        let read: Vec<_> = tables.iter().map(|table| self.claim(table, &mut ids)).collect();
        claims.extend(read.into_iter().collect::<Option<Vec<_>>>()?);
        Some(claims)
    }

    fn claim(&mut self, table: &Table<'_>, ids: &mut Vec<Name>) -> Option<Claim> {
        let id = self.own_name(table, "id", ids);
        let text = self.text(table, "text").map(|text| text.value);
        let required = self.flag(table, "required").unwrap_or(true);
        let place = self.text(table, "place").map(|text| text.value);
        let found = entry(table.entries, "expect")?;
        let tables = self.tables(&schema::EXPECTATION, Some(found))?;
        if tables.is_empty() {
            self.texts.error(&found.node.at, "expect is an empty list").help(schema::EXPECTATION.takes());
        }
        let expect: Vec<_> = tables.iter().map(|table| self.expectation(table)).collect();
        Some(Claim { id: id?, text: text?, required, place, expect: expect.into_iter().collect::<Option<_>>()? })
    }

    fn expectation(&mut self, table: &Table<'_>) -> Option<Expectation> {
        let metric = self.text(table, "metric").map(|text| text.value);
        let window = self.window(table, "window");
        let over = self.span(table);
        let group = self.group(table);
        let must = self.comparison(table);
        Some(Expectation { metric: metric?, window: window?, group: group?, over: over?, must: must? })
    }

    /// A window; the trailing year where none is given.
    fn window(&mut self, table: &Table<'_>, key: &str) -> Option<Cut> {
        if entry(table.entries, key).is_none() {
            return Some(WindowKind::TrailingDays(365).into());
        }
        let text = self.text(table, key)?;
        let window = text.value.parse().ok();
        if window.is_none() {
            self.texts.error(&text.at, format!("not one window: {:?}", text.raw)).help(
                "a window is a number of days such as 365d, all, two days such as 2024-06-01..2025-06-01, \
                 or of the calendar such as 2025, 2025Q2, 2025-06; quarter is the last complete one",
            );
        }
        window
    }

    /// The span of a rate. The outer option is none where it is wrong.
    fn span(&mut self, table: &Table<'_>) -> Option<Option<WindowKind>> {
        let Some(found) = entry(table.entries, "over") else { return Some(None) };
        let over = self.window(table, "over")?;
        if !over.kind.is_single() {
            self.texts
                .error(&found.node.at, format!("over must be a span of time; found a {}", over.kind))
                .help("over is two days such as 2021-01-01..2025-01-01, a number of days such as 730d, or all");
            return None;
        }
        Some(Some(over.kind))
    }

    /// A group; the outer option is none where it is wrong.
    fn group(&mut self, table: &Table<'_>) -> Option<Option<String>> {
        if entry(table.entries, "group").is_none() {
            return Some(None);
        }
        let text = self.text(table, "group")?;
        let named = text.value.split_once('=').is_some_and(|(column, value)| !column.is_empty() && !value.is_empty());
        if !named {
            self.texts
                .error(&text.at, format!("not a group: {:?}", text.raw))
                .help("a group is a column and a value, repository=acme/lantern");
            return None;
        }
        Some(Some(text.value))
    }

    fn comparison(&mut self, table: &Table<'_>) -> Option<Comparison> {
        let operator = self.text(table, "op");
        let value = self.scalar(table, "value", |value: &f64| value.is_finite());
        let values = self.bounds(table);
        let operator = operator?;
        let is_between = operator.value == Comparison::BETWEEN;
        let takes = if is_between { "values" } else { "value" };
        if !is_between && !Comparison::OPERATORS.contains(&operator.value.as_str()) {
            self.texts
                .error(&operator.at, format!("not a comparison: {:?}", operator.raw))
                .help("op is >=, >, <=, < or = with value, or between with values");
            return None;
        }
        let given = ["value", "values"].into_iter().find(|key| entry(table.entries, key).is_some());
        if given.is_some_and(|given| given != takes) {
            self.texts.error(&operator.at, format!("{} takes `{takes}`", operator.value));
            return None;
        }
        match values {
            Some((low, high)) => Some(Comparison::Between(low, high)),
            None => Comparison::of(&operator.value, value?),
        }
    }

    fn bounds(&mut self, table: &Table<'_>) -> Option<(f64, f64)> {
        let found = entry(table.entries, "values")?;
        let numbers: Option<Vec<f64>> = match &found.node.value {
            Value::List(items) => items.iter().map(|item| item.scalar()?.parse().ok()).collect(),
            _ => None,
        };
        match numbers.as_deref() {
            Some([low, high]) if low <= high && low.is_finite() && high.is_finite() => Some((*low, *high)),
            _ => {
                let message = format!("values must be {}, the lesser first", Shape::Bounds.description());
                self.texts.error(&found.node.at, message).label("write [15, 20]");
                None
            }
        }
    }

    fn day(&mut self, table: &Table<'_>, key: &str) -> Option<Date> {
        let found = entry(table.entries, key)?;
        let (value, written) = match &found.node.value {
            Value::Datetime(text) => (text.clone(), text.clone()),
            _ => {
                let text = self.string(key, Shape::Day, &found.node)?;
                (text.value, format!("{:?}", text.raw))
            }
        };
        let date = value.parse().ok().filter(|_| value.len() == "2025-12-05".len());
        if date.is_none() {
            self.texts
                .error(&found.node.at, format!("{key} must be {}; found {written}", Shape::Day.description()))
                .help("write it as 2025-12-05");
        }
        date
    }

    /// The tables of a list, their keys checked. None where it is no list of tables.
    pub(super) fn tables<'n>(&mut self, section: &'static Section, found: Option<&'n Entry>) -> Option<Vec<Table<'n>>> {
        let Some(found) = found else { return Some(Vec::new()) };
        let write =
            if section.table == "expect" { "write [{ … }]".to_owned() } else { format!("write {}", section.title) };
        let Value::List(items) = &found.node.value else {
            let message = format!("{} must be a list of tables; found {}", section.table, found.node.found());
            self.texts.error(&found.key_at, message).label(write).help(section.takes());
            return None;
        };
        items.iter().map(|item| self.item(section, item)).collect()
    }

    fn item<'n>(&mut self, section: &'static Section, item: &'n Node) -> Option<Table<'n>> {
        let Value::Table(entries) = &item.value else {
            let message = format!("{} must be a list of tables; found {} in it", section.table, item.found());
            self.texts.error(&item.at, message).help(section.takes());
            return None;
        };
        let table = Table { section, entries };
        self.check_keys(&table, &item.at, None);
        Some(table)
    }

    /// A name that no other table of its kind has.
    fn own_name(&mut self, table: &Table<'_>, key: &str, seen: &mut Vec<Name>) -> Option<String> {
        let text = self.text(table, key)?;
        if let Some((_, first)) = seen.iter().find(|(name, _)| *name == text.value) {
            let first =
                first.as_ref().map(|at: &At| crate::Place::new(self.texts.text(at.origin), at.span.clone()).line);
            let message = format!("two of {} have the {key} {:?}", table.section.title, text.raw);
            let help = first
                .map_or("the first is in the pipeline file".to_owned(), |line| format!("the first is in line {line}"));
            self.texts.error(&text.at, message).label("write another").help(help);
            return None;
        }
        seen.push((text.value.clone(), Some(text.at)));
        Some(text.value)
    }
}

/// A name and where it stands; none when it stands in another file.
type Name = (String, Option<At>);
