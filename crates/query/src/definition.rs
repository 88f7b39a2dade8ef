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
        spec.id.clone_from(&id);
        spec.validate().map_err(|message| QueryError::Definition { file: path.to_owned(), message })?;
        self.metrics.insert(id, Metric { spec, sql: sql.to_owned() });
        Ok(())
    }
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
