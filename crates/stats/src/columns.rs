//! The columns of a population's file, each read once for all the metrics over it.

use crate::StatsError;
use foldhash::fast::RandomState;
use polars::prelude::*;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Names as small numbers: comparing them is all that a statistic does.
pub(crate) struct Codes {
    /// One a row; `None` where the name is null or empty.
    pub rows: Vec<Option<u32>>,
    /// The names; a code is a position in it.
    pub names: Vec<String>,
}

impl Codes {
    pub(crate) fn of(texts: &StringChunked) -> Self {
        let mut known: HashMap<&str, u32, RandomState> = HashMap::default();
        let mut rows = Vec::with_capacity(texts.len());
        for text in texts.iter() {
            // A frame has at most 2^32 rows (`IdxSize`), so their names can be numbered so.
            let next = known.len() as u32;
            rows.push(text.filter(|text| !text.is_empty()).map(|text| *known.entry(text).or_insert(next)));
        }
        let mut names = vec![String::new(); known.len()];
        for (name, code) in known {
            name.clone_into(&mut names[code as usize]);
        }
        Self { rows, names }
    }
}

/// A population's file. What one metric read of it, the next need not read again: of names the codes are kept, not the texts.
pub struct Columns {
    path: PathBuf,
    names: Vec<String>,
    began: Option<i64>,
    read: RefCell<BTreeMap<String, Series>>,
    codes: RefCell<BTreeMap<String, Arc<Codes>>>,
    /// Whether the rows are in order, by the column that decides among those of one instant.
    in_order: RefCell<BTreeMap<Option<String>, bool>>,
}

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

    /// Reads columns of which nothing is known yet, all at once.
    pub(crate) fn read<'a>(&self, columns: impl Iterator<Item = &'a str>) -> Result<(), StatsError> {
        let is_new =
            |column: &&str| !self.read.borrow().contains_key(*column) && !self.codes.borrow().contains_key(*column);
        let new: BTreeSet<String> = columns.filter(is_new).map(str::to_owned).collect();
        self.read_from_file(new.into_iter().collect())
    }

    fn read_from_file(&self, columns: Vec<String>) -> Result<(), StatsError> {
        if columns.is_empty() {
            return Ok(());
        }
        let file = File::open(&self.path).map_err(StatsError::io(&self.path))?;
        let frame =
            ParquetReader::new(file).with_columns(Some(columns)).finish().map_err(StatsError::parquet(&self.path))?;
        let series = frame.columns().iter().map(|column| column.as_materialized_series().clone());
        self.read.borrow_mut().extend(series.map(|series| (series.name().to_string(), series)));
        Ok(())
    }

    /// Texts take much memory, and their codes are known by now.
    pub(crate) fn forget_texts(&self) {
        self.read.borrow_mut().retain(|_, series| series.dtype() != &DataType::String);
    }

    /// A column as it is in the file.
    pub(crate) fn series(&self, column: &str) -> Result<Series, StatsError> {
        let known = || self.read.borrow().get(column).cloned();
        if known().is_none() {
            self.read_from_file(vec![column.to_owned()])?;
        }
        known().ok_or_else(|| StatsError::parquet(&self.path)(PolarsError::ColumnNotFound(column.to_owned().into())))
    }

    /// Whether the rows stand in order of the instants, and those of one instant in order of a column.
    pub(crate) fn is_in_order(&self, instants: &Int64Chunked, then: Option<&str>) -> Result<bool, StatsError> {
        let key = then.map(str::to_owned);
        if let Some(known) = self.in_order.borrow().get(&key) {
            return Ok(*known);
        }
        let in_order = match then {
            None => instants.iter().is_sorted(),
            Some(column) => {
                let texts = self.series(column)?.cast(&DataType::String).map_err(StatsError::parquet(&self.path))?;
                let texts = texts.str().map_err(StatsError::parquet(&self.path))?;
                instants.iter().zip(texts.iter()).is_sorted()
            }
        };
        self.in_order.borrow_mut().insert(key, in_order);
        Ok(in_order)
    }

    /// The codes of a column of the whole file, which `texts` gives if they are not known.
    pub(crate) fn codes(
        &self,
        column: &str,
        texts: impl FnOnce() -> Result<StringChunked, StatsError>,
    ) -> Result<Arc<Codes>, StatsError> {
        if let Some(codes) = self.codes.borrow().get(column) {
            return Ok(Arc::clone(codes));
        }
        let codes = Arc::new(Codes::of(&texts()?));
        self.codes.borrow_mut().insert(column.to_owned(), Arc::clone(&codes));
        Ok(codes)
    }
}
