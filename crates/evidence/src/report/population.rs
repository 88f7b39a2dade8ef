//! Populations for the page: small ones inside it, large ones as scripts beside it.
//!
//! A page opened from disk may load a script from its own folder, but may not fetch a file. So a large population is cut
//! into scripts of [`PAGE`] rows, each a call of one function with its rows; the page loads those that a figure needs.
//! Rows are written column by column; a column whose values repeat has each of them once.

use super::script;
use crate::file::{EvidenceError, Written, write_if_changed};
use serde::Serialize;
use std::collections::HashMap;
use std::path::Path;

/// Rows of one script.
const PAGE: usize = 5_000;

/// A population of at most so many rows stands in the page itself.
const SMALL: usize = 1_500;

/// All that stands in the page itself is at most so long.
const ROOM: usize = 3_000_000;

/// The rows of a population that the page can show: those of the largest have only the latest.
pub const MOST_ROWS: usize = 100_000;

/// Rows of all populations together; those after it are not shown but traced.
pub const MOST_ROWS_IN_ALL: usize = 1_000_000;

/// A population as the page has it.
#[derive(Debug, Clone, Serialize)]
pub struct Population {
    /// The metric that it is named after.
    pub(crate) name: String,
    /// Its columns.
    pub(crate) columns: Vec<String>,
    /// How many rows the page can show.
    pub(crate) rows: usize,
    /// How many there are.
    pub(crate) total: usize,
    /// Rows of one script.
    pub(crate) page: usize,
    /// The scripts beside the page.
    pub(crate) files: Vec<String>,
    /// The rows themselves, where they stand in the page.
    pub(crate) inside: Option<Vec<Column>>,
}

/// The values of a column.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub(crate) enum Column {
    Plain(Vec<Option<String>>),
    Repeated { values: Vec<String>, at: Vec<i64> },
}

/// Writes populations beside a report, and keeps count of the room.
#[derive(Debug)]
pub struct Populations<'a> {
    folder: &'a Path,
    room: usize,
    rows: usize,
    written: Vec<Written>,
}

impl<'a> Populations<'a> {
    /// For the report in this folder.
    pub fn new(folder: &'a Path) -> Self {
        Self { folder, room: ROOM, rows: MOST_ROWS_IN_ALL, written: Vec::new() }
    }

    /// How many rows of the next population can be shown.
    pub fn rows_left(&self) -> usize {
        self.rows.min(MOST_ROWS)
    }

    /// The scripts written. Those of an earlier report that are none of this one's are taken away.
    ///
    /// # Errors
    /// One that cannot be removed.
    pub fn finish(self) -> Result<Vec<Written>, EvidenceError> {
        let folder = self.folder.join("report-data");
        let written: Vec<_> = self.written.iter().map(|written| written.path.as_path()).collect();
        let there = std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let is_script = |path: &std::path::PathBuf| path.extension().is_some_and(|extension| extension == "js");
        for path in there.filter(is_script).filter(|path| !written.contains(&path.as_path())) {
            std::fs::remove_file(&path).map_err(|error| EvidenceError::Io { path, error })?;
        }
        Ok(self.written)
    }

    /// A population of `total` rows, of which `rows` are shown; its name is the id of its metric.
    ///
    /// # Errors
    /// A script that cannot be written.
    pub fn add(
        &mut self,
        name: &str,
        columns: Vec<String>,
        rows: &[Vec<Option<String>>],
        total: usize,
    ) -> Result<Population, EvidenceError> {
        self.rows -= rows.len().min(self.rows);
        let mut population = Population {
            name: name.to_owned(),
            columns: columns.iter().map(|column| script::cell(column)).collect(),
            rows: rows.len(),
            total,
            page: PAGE,
            files: Vec::new(),
            inside: None,
        };
        let width = population.columns.len();
        if rows.len() <= SMALL {
            let inside = columns_of(rows, width);
            let length = script::json(&inside).len();
            if length <= self.room {
                self.room -= length;
                population.inside = Some(inside);
                return Ok(population);
            }
        }
        for (number, page) in rows.chunks(PAGE).enumerate() {
            let file = format!("report-data/{}-{}.js", file_stem(name), number + 1);
            let text =
                format!("musterRows({},{number},{});\n", script::json(&name), script::json(&columns_of(page, width)));
            self.written.push(write_if_changed(&self.folder.join(&file), &text)?);
            population.files.push(file);
        }
        Ok(population)
    }
}

/// Ids come from users' files too, so none may lead out of its folder.
fn file_stem(name: &str) -> String {
    name.chars()
        .map(|letter| if letter.is_ascii_alphanumeric() || "._-".contains(letter) { letter } else { '_' })
        .collect()
}

fn columns_of(rows: &[Vec<Option<String>>], width: usize) -> Vec<Column> {
    (0..width).map(|place| column(rows.iter().map(|row| row.get(place).and_then(Option::as_deref)))).collect()
}

fn column<'a>(texts: impl Iterator<Item = Option<&'a str>> + Clone) -> Column {
    let mut places: HashMap<&str, i64> = HashMap::new();
    let (mut values, mut at) = (Vec::new(), Vec::new());
    for text in texts.clone() {
        let next = values.len() as i64;
        at.push(text.map_or(-1, |text| {
            *places.entry(text).or_insert_with(|| {
                values.push(script::cell(text));
                next
            })
        }));
    }
    if values.len() * 2 <= at.len() {
        return Column::Repeated { values, at };
    }
    Column::Plain(texts.map(|text| text.map(script::cell)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(number: usize) -> Vec<Vec<Option<String>>> {
        (0..number).map(|row| vec![Some(format!("event {row}")), (row % 2 == 0).then(|| "Ada".to_owned())]).collect()
    }

    #[test]
    fn a_small_population_stands_in_the_page_and_a_large_one_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut populations = Populations::new(folder.path());
        let columns = || vec!["event_id".to_owned(), "name".to_owned()];
        let small = populations.add("a.small", columns(), &rows(3), 3).unwrap();
        assert!(small.files.is_empty() && small.inside.is_some());
        let large = populations.add("../a/large", columns(), &rows(12_000), 20_000).unwrap();
        assert_eq!(
            large.files,
            ["report-data/.._a_large-1.js", "report-data/.._a_large-2.js", "report-data/.._a_large-3.js"]
        );
        assert!(large.inside.is_none() && large.total == 20_000);
        let script = std::fs::read_to_string(folder.path().join(&large.files[2])).unwrap();
        assert!(script.starts_with("musterRows(\"../a/large\",2,[[\"event 10000\","), "{}", &script[..60]);
        assert!(script.contains("{\"values\":[\"Ada\"],\"at\":[0,-1,0,"));
        assert_eq!(populations.rows_left(), MOST_ROWS);
        populations.rows = 7;
        assert_eq!(populations.rows_left(), 7);
        let old = folder.path().join("report-data/old-1.js");
        std::fs::write(&old, "").unwrap();
        assert_eq!(populations.finish().unwrap().len(), 3);
        assert!(!old.exists() && folder.path().join(&large.files[0]).exists());
    }
}
