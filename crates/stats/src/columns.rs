//! The columns of a population's file, each read once for all the metrics over it.

use crate::StatsError;
use foldhash::fast::RandomState;
use polars::prelude::*;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Names as small numbers: comparing them is all that a statistic does.
pub(crate) struct Codes {
    /// One a row; [`NAMELESS`] where the name is null or empty.
    rows: Vec<u32>,
    /// The names; a code is a position in it.
    pub names: Vec<String>,
}

/// No code: a frame has fewer rows than 2^32 (`IdxSize`), and their names are numbered from 0.
const NAMELESS: u32 = u32::MAX;

impl Codes {
    /// The code of a row's name; none where the name is null or empty.
    pub(crate) fn at(&self, row: usize) -> Option<u32> {
        Some(self.rows[row]).filter(|code| *code != NAMELESS)
    }

    /// Of each row, whether its name is null or empty.
    pub(crate) fn nameless(&self) -> impl Iterator<Item = bool> + '_ {
        self.rows.iter().map(|code| *code == NAMELESS)
    }

    pub(crate) fn of(texts: &StringChunked) -> Self {
        let mut coding = Coding::default();
        coding.take(texts);
        coding.done()
    }
}

/// Names that are given their codes, some rows at a time.
#[derive(Default)]
struct Coding {
    known: HashMap<Box<str>, u32, RandomState>,
    rows: Vec<u32>,
}

impl Coding {
    fn take(&mut self, texts: &StringChunked) {
        self.rows.reserve_exact(texts.len());
        for text in texts.iter() {
            let code = match text.filter(|text| !text.is_empty()) {
                None => NAMELESS,
                Some(text) => self.code(text),
            };
            self.rows.push(code);
        }
    }

    fn code(&mut self, text: &str) -> u32 {
        if let Some(code) = self.known.get(text) {
            return *code;
        }
        let next = self.known.len() as u32;
        self.known.insert(text.into(), next);
        next
    }

    fn done(self) -> Codes {
        let mut names = vec![String::new(); self.known.len()];
        for (name, code) in self.known {
            names[code as usize] = name.into();
        }
        Codes { rows: self.rows, names }
    }
}

/// A population's file. What one metric read of it, the next need not read again: of names the codes are kept, not the texts.
pub struct Columns {
    path: PathBuf,
    names: Vec<String>,
    began: Option<i64>,
    read: RefCell<BTreeMap<String, Series>>,
    /// By the column, the first row and how many rows.
    codes: RefCell<BTreeMap<(String, usize, usize), Arc<Codes>>>,
    /// Whether the rows are in order, by the column that decides among those of one instant.
    in_order: RefCell<BTreeMap<Option<String>, bool>>,
}

/// So many rows of texts are read at a time: they take much memory, and their codes little.
const SLICE: usize = if cfg!(test) { 3 } else { 1 << 20 };

/// The key of [`Columns::began`] in a file's metadata.
pub(crate) const BEGAN: &str = "muster.began";

impl Columns {
    /// Reads what the file says of itself; columns when a metric asks for them.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn open(path: &Path) -> Result<Self, StatsError> {
        let failed = || StatsError::parquet(path);
        let mut reader = ParquetReader::new(File::open(path).map_err(StatsError::io(path))?);
        let schema = reader.schema().map_err(failed())?;
        let metadata = reader.get_metadata().map_err(failed())?.key_value_metadata();
        let began = metadata.iter().flatten().find(|entry| entry.key == BEGAN);
        Ok(Self {
            path: path.to_owned(),
            names: schema.iter_names().map(ToString::to_string).collect(),
            began: began.and_then(|entry| entry.value.as_ref()?.parse().ok()),
            read: RefCell::default(),
            codes: RefCell::default(),
            in_order: RefCell::default(),
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The columns' names, in the order of the SELECT.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// Where the log began for whoever wrote the file, of rows that [`crate::Rows::write`] wrote.
    pub(crate) fn began(&self) -> Option<i64> {
        self.began
    }

    /// A column as it is in the file, read when it is asked for first.
    pub(crate) fn series(&self, column: &str) -> Result<Series, StatsError> {
        if let Some(known) = self.read.borrow().get(column) {
            return Ok(known.clone());
        }
        let series = self.read_rows(column, None)?;
        // Texts take much memory.
        if series.dtype() != &DataType::String {
            self.read.borrow_mut().insert(column.to_owned(), series.clone());
        }
        Ok(series)
    }

    /// Whether the rows stand in order of the instants, and those of one instant in order of a column.
    pub(crate) fn is_in_order(&self, instants: &Int64Chunked, then: Option<&str>) -> Result<bool, StatsError> {
        let key = then.map(str::to_owned);
        if let Some(known) = self.in_order.borrow().get(&key) {
            return Ok(*known);
        }
        let in_order = match then {
            None => instants.iter().is_sorted(),
            Some(column) => self.is_in_order_of(instants, column)?,
        };
        self.in_order.borrow_mut().insert(key, in_order);
        Ok(in_order)
    }

    fn is_in_order_of(&self, instants: &Int64Chunked, column: &str) -> Result<bool, StatsError> {
        let failed = || StatsError::parquet(&self.path);
        let (mut in_order, mut seen) = (true, 0);
        let mut last: Option<(Option<i64>, Option<String>)> = None;
        self.in_slices(column, 0..instants.len(), |texts| {
            let texts = texts.cast(&DataType::String).map_err(failed())?;
            let texts = texts.str().map_err(failed())?;
            let instants = instants.slice(seen as i64, texts.len());
            let rows = || instants.iter().zip(texts.iter());
            let before = last.as_ref().map(|(instant, text)| (*instant, text.as_deref()));
            in_order = in_order && before <= rows().next() && rows().is_sorted();
            last = rows().next_back().map(|(instant, text)| (instant, text.map(str::to_owned)));
            seen += texts.len();
            Ok(())
        })?;
        Ok(in_order)
    }

    /// The codes of some rows of a column, of which `texts` gives the names if they are not known.
    pub(crate) fn codes(
        &self,
        column: &str,
        rows: Range<usize>,
        texts: impl Fn(&Series) -> Result<StringChunked, StatsError>,
    ) -> Result<Arc<Codes>, StatsError> {
        let key = (column.to_owned(), rows.start, rows.len());
        if let Some(codes) = self.codes.borrow().get(&key) {
            return Ok(Arc::clone(codes));
        }
        let mut coding = Coding::default();
        self.in_slices(column, rows, |series| {
            coding.take(&texts(&series)?);
            Ok(())
        })?;
        let codes = Arc::new(coding.done());
        self.codes.borrow_mut().insert(key, Arc::clone(&codes));
        Ok(codes)
    }

    /// Goes through some rows of a column, so many at a time that few texts are held.
    fn in_slices(
        &self,
        column: &str,
        rows: Range<usize>,
        mut look: impl FnMut(Series) -> Result<(), StatsError>,
    ) -> Result<(), StatsError> {
        let known = self.read.borrow().get(column).cloned();
        for first in rows.clone().step_by(SLICE) {
            let number = SLICE.min(rows.end - first);
            look(match &known {
                Some(series) => series.slice(first as i64, number),
                None => self.read_rows(column, Some((first, number)))?,
            })?;
        }
        Ok(())
    }

    fn read_rows(&self, column: &str, rows: Option<(usize, usize)>) -> Result<Series, StatsError> {
        let file = File::open(&self.path).map_err(StatsError::io(&self.path))?;
        let failed = || StatsError::parquet(&self.path);
        let reader = ParquetReader::new(file).with_columns(Some(vec![column.to_owned()])).with_slice(rows);
        let frame = reader.finish().map_err(failed())?;
        Ok(frame.column(column).map_err(failed())?.as_materialized_series().clone())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

    use super::*;

    /// A file of some rows with these texts, and their instants.
    fn file(texts: &[Option<&str>], instants: &[Option<i64>]) -> (tempfile::TempDir, Columns, Int64Chunked) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.parquet");
        let instants = Int64Chunked::new("time".into(), instants);
        let columns = vec![Column::new("text".into(), texts), instants.clone().into_column()];
        let mut frame = DataFrame::new_infer_height(columns).unwrap();
        ParquetWriter::new(File::create(&path).unwrap()).finish(&mut frame).unwrap();
        let columns = Columns::open(&path).unwrap();
        (folder, columns, instants)
    }

    #[test]
    fn texts_are_coded_a_slice_at_a_time_as_all_at_once() {
        let texts = ["a", "b", "", "a", "c", "b", "d", "a"].map(Some);
        let texts: Vec<_> = texts.into_iter().chain([None, Some("e")]).collect();
        let (_folder, columns, _) = file(&texts, &[Some(0); 10]);
        let texts_of = |series: &Series| Ok(series.str().unwrap().clone());
        for rows in [0..10, 0..0, 2..9, 3..4, 9..10] {
            let codes = columns.codes("text", rows.clone(), texts_of).unwrap();
            let named: Vec<_> =
                (0..rows.len()).map(|row| codes.at(row).map(|code| codes.names[code as usize].as_str())).collect();
            let expected: Vec<_> =
                texts[rows.clone()].iter().map(|text| text.filter(|text| !text.is_empty())).collect();
            assert_eq!(named, expected, "{rows:?}");
            let distinct: std::collections::BTreeSet<_> = expected.iter().flatten().collect();
            assert_eq!(codes.names.len(), distinct.len(), "no name of another row: {rows:?}");
            assert!(codes.nameless().eq(expected.iter().map(Option::is_none)));
        }
    }

    #[test]
    fn order_is_looked_for_across_slices() {
        let instants = [None, Some(1), Some(1), Some(1), Some(1), Some(2), Some(2)];
        for (texts, in_order) in [("zabcdab", true), ("zabdcab", false), ("zabcdba", false), ("zbacdab", false)] {
            let texts: Vec<String> = texts.chars().map(String::from).collect();
            let texts: Vec<_> = texts.iter().map(|text| Some(text.as_str())).collect();
            let (_folder, columns, instants) = file(&texts, &instants);
            assert!(columns.is_in_order(&instants, None).unwrap());
            assert_eq!(columns.is_in_order(&instants, Some("text")).unwrap(), in_order, "{texts:?}");
        }
    }
}
