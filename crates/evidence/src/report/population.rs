//! Populations for the page: small ones inside it, large ones as scripts beside it.
//!
//! A page opened from disk may load a script from its own folder, but may not fetch a file. So a large population is cut
//! into scripts of [`PAGE`] rows, each a call of one function with its rows; the page loads those that a figure needs.
//! Rows are written column by column; a column whose values repeat has each of them once.

use super::script;
use crate::file::{EvidenceError, Written, write_if_changed};
use foldhash::fast::RandomState;
use rayon::prelude::*;
use serde::Serialize;
use std::collections::HashMap;
use std::ops::Range;
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
pub(crate) enum Column<Text = String> {
    Plain(Vec<Option<Text>>),
    Repeated { values: Vec<Text>, at: Vec<i64> },
}

impl Column<&str> {
    /// The same, to be kept.
    fn owned(&self) -> Column {
        match self {
            Self::Plain(cells) => Column::Plain(cells.iter().map(|cell| cell.map(str::to_owned)).collect()),
            Self::Repeated { values, at } => {
                Column::Repeated { values: values.iter().map(|value| (*value).to_owned()).collect(), at: at.clone() }
            }
        }
    }
}

/// A column of rows as the page shows them: each different cell once, and which of them a row has.
#[derive(Debug, Clone, Default)]
pub struct Cells {
    different: Vec<String>,
    rows: Vec<Option<u32>>,
}

/// The different texts of a column, and which of them each row has.
pub type Coded = (Vec<String>, Vec<Option<u32>>);

impl Cells {
    /// Of each column of a population.
    pub fn all(columns: &[Coded], shown: impl Fn(usize, &str) -> Option<String> + Sync) -> Vec<Self> {
        let of = |(number, (texts, rows)): (usize, &Coded)| Self::new(texts, rows, |text| shown(number, text));
        columns.par_iter().enumerate().map(of).collect()
    }

    /// From the different texts, which of them each row has, and how a text is shown; none where it is left out.
    pub fn new(texts: &[String], rows: &[Option<u32>], shown: impl Fn(&str) -> Option<String>) -> Self {
        let mut known: HashMap<String, u32, RandomState> = HashMap::default();
        let cells: Vec<Option<u32>> = texts
            .iter()
            .map(|text| {
                let next = known.len() as u32;
                Some(*known.entry(script::cell(&shown(text)?)).or_insert(next))
            })
            .collect();
        let mut different = vec![String::new(); known.len()];
        for (cell, number) in known {
            different[number as usize] = cell;
        }
        Self { different, rows: rows.iter().map(|row| cells[(*row)? as usize]).collect() }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The cell of a row; none where it is empty.
    pub(crate) fn get(&self, row: u32) -> Option<&str> {
        let cell = self.rows.get(row as usize).copied().flatten()?;
        Some(self.different[cell as usize].as_str()).filter(|cell| !cell.is_empty())
    }

    /// As the page has them.
    fn column(&self, rows: Range<usize>) -> Column<&str> {
        let mut places: HashMap<u32, i64, RandomState> = HashMap::default();
        let (mut values, mut at) = (Vec::new(), Vec::new());
        let different = |cell: u32| self.different[cell as usize].as_str();
        for cell in &self.rows[rows.clone()] {
            let next = values.len() as i64;
            at.push(cell.map_or(-1, |cell| {
                *places.entry(cell).or_insert_with(|| {
                    values.push(different(cell));
                    next
                })
            }));
        }
        if values.len() * 2 <= at.len() {
            return Column::Repeated { values, at };
        }
        Column::Plain(self.rows[rows].iter().map(|cell| cell.map(different)).collect())
    }
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

    /// A population of `total` rows, of which these are shown, by columns; its name is the id of its metric.
    ///
    /// # Errors
    /// A script that cannot be written.
    pub fn add(
        &mut self,
        name: &str,
        columns: Vec<String>,
        cells: &[Cells],
        total: usize,
    ) -> Result<Population, EvidenceError> {
        let rows = cells.first().map_or(0, Cells::len);
        self.rows -= rows.min(self.rows);
        let mut population = Population {
            name: name.to_owned(),
            columns: columns.iter().map(|column| script::cell(column)).collect(),
            rows,
            total,
            page: PAGE,
            files: Vec::new(),
            inside: None,
        };
        let columns_of = |rows: Range<usize>| cells.iter().map(|cells| cells.column(rows.clone())).collect::<Vec<_>>();
        if rows <= SMALL {
            let inside = columns_of(0..rows);
            let length = script::json(&inside).len();
            if length <= self.room {
                self.room -= length;
                population.inside = Some(inside.iter().map(Column::owned).collect());
                return Ok(population);
            }
        }
        let script = |number: usize| {
            let (file, first) = (format!("report-data/{}-{}.js", file_stem(name), number + 1), number * PAGE);
            let page = columns_of(first..rows.min(first + PAGE));
            let text = format!("musterRows({},{number},{});\n", script::json(&name), script::json(&page));
            Ok((write_if_changed(&self.folder.join(&file), &text)?, file))
        };
        let scripts =
            (0..rows.div_ceil(PAGE)).into_par_iter().map(script).collect::<Result<Vec<_>, EvidenceError>>()?;
        for (written, file) in scripts {
            self.written.push(written);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(number: u32) -> Vec<Cells> {
        let events: Vec<String> = (0..number).map(|row| format!("event {row}")).collect();
        let shown = |text: &str| Some(text.to_owned());
        vec![
            Cells::new(&events, &(0..number).map(Some).collect::<Vec<_>>(), shown),
            Cells::new(
                &["Ada".to_owned()],
                &(0..number).map(|row| (row % 2 == 0).then_some(0)).collect::<Vec<_>>(),
                shown,
            ),
        ]
    }

    #[test]
    fn cells_that_are_shown_alike_are_one() {
        let texts = ["Ada", "Ben", "", "Cyd"].map(str::to_owned);
        let rows = [Some(0), Some(1), None, Some(2), Some(3), Some(1)];
        let cells = Cells::new(&texts, &rows, |text| match text {
            "Cyd" => None,
            "Ben" => Some("Ada".to_owned()),
            other => Some(other.to_owned()),
        });
        assert_eq!(
            (0..6).map(|row| cells.get(row)).collect::<Vec<_>>(),
            [Some("Ada"), Some("Ada"), None, None, None, Some("Ada")]
        );
        let Column::Repeated { values, at } = cells.column(0..6) else { panic!("they repeat") };
        assert_eq!((values, at), (vec!["Ada", ""], vec![0, 0, -1, 1, -1, 0]));
        assert!(matches!(cells.column(3..4), Column::Plain(cells) if cells == [Some("")]));
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
