//! `[schedule]`, and the `schedule` of a source.

use super::{Reader, Table};
use crate::schedule::{Missed, Schedule, When};
use crate::schema;
use crate::source::Source;
use crate::tree::{At, Entry, Value, entry};
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::time::Duration;

/// A run that takes longer hangs.
const TIMEOUT: Duration = Duration::from_secs(12 * 3600);
/// What makes a run fail is often over by then.
const BACKOFF: Duration = Duration::from_secs(5 * 60);

impl Reader<'_> {
    /// The schedule of the pipeline; `Some(None)` where it has none. `name` is the project's.
    pub(super) fn schedule(
        &mut self,
        root: &[Entry],
        name: &str,
        sources: Option<&[Source]>,
    ) -> Option<Option<Schedule>> {
        let Some(found) = entry(root, "schedule") else {
            self.no_source_has_a_schedule_alone(root);
            return Some(None);
        };
        let table = self.table(&schema::SCHEDULE, found)?;
        let zone = self.zone(&table);
        let when = self.cron(&table, "cron", &zone);
        let (jitter, timeout) = (self.duration(&table, "jitter"), self.duration(&table, "timeout"));
        let (retries, backoff) = (self.count(&table, "retries"), self.duration(&table, "backoff"));
        let missed = self.missed(&table);
        let sources = self.own_schedules(root, sources, &zone);
        Some(Some(Schedule {
            name: name.to_owned(),
            when: when?,
            sources,
            jitter: jitter.unwrap_or_default(),
            timeout: timeout.unwrap_or(TIMEOUT),
            retries: retries.unwrap_or(2),
            backoff: backoff.unwrap_or(BACKOFF),
            missed,
        }))
    }

    fn zone(&mut self, table: &Table<'_>) -> TimeZone {
        let Some(text) = self.text(table, "timezone") else { return TimeZone::UTC };
        match TimeZone::get(&text.value) {
            Ok(zone) => zone,
            Err(_) => {
                let known: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
                let near = schema::nearest(&text.raw, known.iter().map(String::as_str));
                self.texts
                    .error(&text.at, format!("no time zone is called {:?}", text.raw))
                    .label_if(near.map(|near| format!("did you mean {near:?}?")))
                    .help("write its name in the IANA database, such as Europe/Berlin or UTC");
                TimeZone::UTC
            }
        }
    }

    fn cron(&mut self, table: &Table<'_>, key: &str, zone: &TimeZone) -> Option<When> {
        let text = self.text(table, key)?;
        let when = When::new(&text.value, zone.clone());
        if let Err(why) = &when {
            self.texts.error(&text.at, format!("{key} is no cron expression: {:?}", text.raw)).label(why.as_str()).help(
                "write minute, hour, day of the month, month and day of the week, such as \"30 2 * * *\", or @daily",
            );
        }
        when.ok()
    }

    fn missed(&mut self, table: &Table<'_>) -> Missed {
        let Some(text) = self.text(table, "missed") else { return Missed::Once };
        match text.value.as_str() {
            "once" => Missed::Once,
            "skip" => Missed::Skip,
            _ => {
                let near = schema::nearest(&text.raw, ["once", "skip"]);
                self.texts
                    .error(&text.at, format!("missed must be \"once\" or \"skip\"; found {:?}", text.raw))
                    .label_if(near.map(|near| format!("did you mean {near:?}?")));
                Missed::Once
            }
        }
    }

    /// A whole number, zero too.
    fn count(&mut self, table: &Table<'_>, key: &str) -> Option<u32> {
        self.scalar(table, key, |_: &u32| true)
    }

    /// The sources with a schedule of their own, by name. Where a source is wrong, the others' are still looked at.
    fn own_schedules(&mut self, root: &[Entry], sources: Option<&[Source]>, zone: &TimeZone) -> BTreeMap<String, When> {
        let mut schedules = BTreeMap::new();
        for (number, entries, _) in own_schedules(root) {
            let when = self.cron(&Table { section: &schema::SOURCES[0], entries }, "schedule", zone);
            let source = sources.and_then(|sources| sources.get(number));
            if let (Some(when), Some(source)) = (when, source) {
                schedules.insert(source.name().to_owned(), when);
            }
        }
        schedules
    }

    fn no_source_has_a_schedule_alone(&mut self, root: &[Entry]) {
        for (.., at) in own_schedules(root) {
            self.texts
                .error(at, "a source has a `schedule`, and the file has no [schedule]")
                .help("add [schedule] with the `cron` of the other sources and of the figures");
        }
    }
}

/// The sources that say when they are collected: their place among all, their keys, and where they say it.
fn own_schedules(root: &[Entry]) -> impl Iterator<Item = (usize, &[Entry], &At)> {
    let items = match entry(root, "source").map(|found| &found.node.value) {
        Some(Value::List(items)) => items.as_slice(),
        _ => &[],
    };
    items.iter().enumerate().filter_map(|(number, item)| match &item.value {
        Value::Table(entries) => Some((number, entries.as_slice(), &entry(entries, "schedule")?.key_at)),
        _ => None,
    })
}
