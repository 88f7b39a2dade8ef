//! A table or a metric is a file: a comment with TOML front matter and one SELECT.
//!
//! ```sql
//! /*---
//! title = "Reviews"
//! ---*/
//! SELECT …
//! ```

use crate::QueryError;
use include_dir::{Dir, include_dir};
use muster_model::MetricSpec;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

static SHIPPED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../queries");

/// A table: a fold of the log, or of tables before it. The folds and the evidence about people have the same form.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// The file's stem: the name in SQL and of the Parquet file.
    #[serde(skip)]
    pub name: String,
    /// What a row is, in a few words.
    pub title: String,
    /// What is in it and what is not, in a sentence or two.
    #[serde(default)]
    pub definition: String,
    /// The columns that put its rows in an order without ties; a fold has none.
    #[serde(default)]
    pub order: Vec<String>,
    /// Column to meaning.
    #[serde(default)]
    pub columns: BTreeMap<String, String>,
    /// The SELECT.
    #[serde(skip)]
    pub sql: String,
}

/// A metric: a population (the SELECT) and how its statistic is taken (the front matter).
#[derive(Debug, Clone)]
pub struct Metric {
    /// The front matter; its id is the file's path.
    pub spec: MetricSpec,
    /// The SELECT of the population.
    pub sql: String,
}

/// Every table and metric there is: those shipped in the program and the user's own.
#[derive(Debug, Clone, Default)]
pub struct Library {
    /// Published tables by name.
    pub tables: BTreeMap<String, Table>,
    /// What tables are made from: kept for the time of a computation only. `muster sql` knows those that need no people as
    /// views.
    pub folds: BTreeMap<String, Table>,
    /// What the log states about who is who: the columns that [`crate::Engine`] reads as [`muster_people::Evidence`].
    pub people: BTreeMap<String, Table>,
    /// Metrics by id.
    pub metrics: BTreeMap<String, Metric>,
}

impl Library {
    /// What the program ships, and on top of it the metrics of the user's `folder`
    /// (`<folder>/<family>/<metric>.sql`); a metric of the same id replaces ours.
    ///
    /// # Errors
    /// A file whose front matter cannot be read, or a folder that is not there.
    pub fn load(folder: Option<&Path>) -> Result<Self, QueryError> {
        let mut library = Self::default();
        for file in files_of(&SHIPPED) {
            let path = file.path().to_string_lossy().replace('\\', "/");
            let text = file.contents_utf8().unwrap_or_default();
            match path.strip_suffix(".sql").and_then(|stem| stem.split_once('/')) {
                Some(("tables", name)) => drop(library.tables.insert(name.to_owned(), table(name, &path, text)?)),
                Some(("folds", name)) => drop(library.folds.insert(name.to_owned(), table(name, &path, text)?)),
                Some(("people", name)) => drop(library.people.insert(name.to_owned(), table(name, &path, text)?)),
                Some(("metrics", stem)) => library.add_metric(stem, &path, text)?,
                _ => {}
            }
        }
        if let Some(folder) = folder {
            library.load_folder(folder)?;
        }
        Ok(library)
    }

    fn load_folder(&mut self, folder: &Path) -> Result<(), QueryError> {
        let families = sorted_entries(folder)?;
        for family in families.iter().filter(|family| family.is_dir()) {
            for file in sorted_entries(family)? {
                if file.extension().is_some_and(|ending| ending == "sql") {
                    let text = std::fs::read_to_string(&file).map_err(|error| QueryError::file(&file, &error))?;
                    let stem = file.strip_prefix(folder).unwrap_or(&file).with_extension("");
                    self.add_metric(&stem.to_string_lossy().replace('\\', "/"), &file.to_string_lossy(), &text)?;
                }
            }
        }
        Ok(())
    }

    fn add_metric(&mut self, stem: &str, path: &str, text: &str) -> Result<(), QueryError> {
        let id = stem.replace('/', ".");
        let (front, sql) = split(path, text)?;
        let mut spec: MetricSpec = front_matter(path, front)?;
        spec.id = id;
        let wrong = |message| QueryError::Definition { file: path.to_owned(), message };
        for mut spec in spec.expanded() {
            spec.validate().map_err(wrong)?;
            let sql = with_parameters(&mut spec, sql).map_err(wrong)?;
            self.metrics.insert(spec.id.clone(), Metric { spec, sql });
        }
        Ok(())
    }
}

/// The SELECT with the numbers of its `$name`s, which leave the statistic's parameters for `select`. They are numbers, so
/// that nothing but a number can come in.
fn with_parameters(spec: &mut MetricSpec, sql: &str) -> Result<String, String> {
    let mut parts = sql.split('$');
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(part.len());
        let (name, rest) = part.split_at(end);
        let value =
            spec.parameters.remove(name).or_else(|| spec.select.get(name).copied()).ok_or_else(|| {
                format!("the SELECT has ${name}, and [parameters] has no {name}; give its value there")
            })?;
        spec.select.insert(name.to_owned(), value);
        filled.push_str(&format!("{value}{rest}"));
    }
    Ok(filled)
}

fn sorted_entries(folder: &Path) -> Result<Vec<std::path::PathBuf>, QueryError> {
    let entries = std::fs::read_dir(folder).map_err(|error| QueryError::file(folder, &error))?;
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    Ok(paths)
}

fn files_of<'a>(folder: &'a Dir<'a>) -> Vec<&'a include_dir::File<'a>> {
    let mut files: Vec<_> = folder.files().collect();
    files.extend(folder.dirs().flat_map(files_of));
    files
}

fn table(name: &str, path: &str, text: &str) -> Result<Table, QueryError> {
    let (front, sql) = split(path, text)?;
    let mut table: Table = front_matter(path, front)?;
    name.clone_into(&mut table.name);
    sql.clone_into(&mut table.sql);
    Ok(table)
}

fn front_matter<T: for<'de> Deserialize<'de>>(path: &str, front: &str) -> Result<T, QueryError> {
    toml::from_str(front).map_err(|error| QueryError::Definition {
        file: path.to_owned(),
        message: format!("the front matter is not as expected: {}", error.to_string().trim_end()),
    })
}

/// The front matter and the SELECT of a file.
fn split<'a>(path: &str, text: &'a str) -> Result<(&'a str, &'a str), QueryError> {
    text.trim_start()
        .strip_prefix("/*---")
        .and_then(|rest| rest.split_once("---*/"))
        .map(|(front, sql)| (front, sql.trim().trim_end_matches(';')))
        .ok_or_else(|| QueryError::Definition {
            file: path.to_owned(),
            message: "no front matter; begin the file with /*--- title = … ---*/ and then the SELECT".to_owned(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "/*---
version = 1
title = \"Close\"
definition = \"d\"
source = \"s\"
unit = \"days\"
statistic = \"quantile_discrete\"
value = \"seconds\"
windows = [\"quarter\", \"2024-01-01..2024-07-01\"]
[parameters]
quantile = 0.5
days = 30
[variants]
p85 = { quantile = 0.85, title = \"Slow close\" }
90d = { days = 90 }
---*/
SELECT * FROM issues WHERE age < INTERVAL '$days days'";

    #[test]
    fn a_metric_with_variants_is_several() {
        let mut library = Library::default();
        library.add_metric("latency/close", "x.sql", FILE).expect("a good file");
        let told: Vec<_> =
            library.metrics.values().map(|m| (m.spec.id.as_str(), m.spec.title.as_str(), &m.sql[34..])).collect();
        assert_eq!(
            told,
            [
                ("latency.close", "Close", " INTERVAL '30 days'"),
                ("latency.close_90d", "Close, 90d", " INTERVAL '90 days'"),
                ("latency.close_p85", "Slow close", " INTERVAL '30 days'"),
            ]
        );
        let slow = &library.metrics["latency.close_p85"].spec;
        assert_eq!((slow.parameters["quantile"], slow.parameters.len(), slow.select["days"]), (0.85, 1, 30.0));
    }

    #[test]
    fn a_parameter_without_a_value_is_named() {
        let wrong = FILE.replace("days = 30\n", "");
        let error = Library::default().add_metric("a/b", "x.sql", &wrong).expect_err("no value");
        assert!(error.to_string().contains("$days") && error.to_string().contains("x.sql"), "{error}");
    }
}
