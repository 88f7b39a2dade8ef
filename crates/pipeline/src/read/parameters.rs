//! `parameters` of `[metrics]`: other numbers for metrics.

use super::{Reader, Table};
use crate::schema::Shape;
use crate::tree::{Entry, Value, entry};
use std::collections::BTreeMap;

type Parameters = BTreeMap<String, BTreeMap<String, f64>>;

impl Reader<'_> {
    /// `{ "growth.core" = { least = 20 } }`; without the quotes TOML makes tables in tables of it, which is as good.
    pub(super) fn parameters(&mut self, table: &Table<'_>) -> Parameters {
        let mut found = Parameters::new();
        if let Some(given) = entry(table.entries, "parameters") {
            match &given.node.value {
                Value::Table(entries) => self.numbers("", entries, &mut found),
                _ => self.no_numbers(given),
            }
        }
        found
    }

    fn numbers(&mut self, metric: &str, entries: &[Entry], found: &mut Parameters) {
        for entry in entries {
            let number =
                entry.node.scalar().and_then(|written| written.parse::<f64>().ok()).filter(|it| it.is_finite());
            match (&entry.node.value, number) {
                (Value::Table(inner), _) => {
                    let dot = if metric.is_empty() { "" } else { "." };
                    self.numbers(&format!("{metric}{dot}{}", entry.key), inner, found);
                }
                (_, Some(number)) if !metric.is_empty() => {
                    found.entry(metric.to_owned()).or_default().insert(entry.key.clone(), number);
                }
                _ => self.no_numbers(entry),
            }
        }
    }

    fn no_numbers(&mut self, entry: &Entry) {
        let message = format!("parameters must be {}; found {}", Shape::Parameters.description(), entry.node.found());
        self.texts
            .error(&entry.node.at, message)
            .help("write parameters = { \"growth.core_contributors\" = { least = 20 } }");
    }
}
