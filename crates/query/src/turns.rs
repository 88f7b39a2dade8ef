//! Looking along the rows of one person, in rows that stand in order already.
//!
//! | function | gives |
//! | --- | --- |
//! | `nth_of(key) OVER (ORDER BY …)` | how many rows have had this key by now: `row_number() OVER (PARTITION BY key ORDER BY …)` |
//! | `before_of(key, value) OVER (ORDER BY …)` | the value of the row before with this key: `lag(value) OVER (PARTITION BY key ORDER BY …)` |
//! | `after_of(key, value) OVER (ORDER BY …)` | the value of the row after: `lead(value) OVER (PARTITION BY key ORDER BY …)` |
//!
//! A partition is sorted by its key and, for a file, back again, which takes most of the time of a population with all
//! contributions. These take the rows as they stand, and `twice` reads them twice instead of holding them.

use datafusion::arrow::array::{ArrayRef, AsArray, UInt64Array};
use datafusion::arrow::compute::{cast, take};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{Result, exec_err};
use datafusion::execution::context::SessionContext;
use datafusion::logical_expr::function::{PartitionEvaluatorArgs, WindowUDFFieldArgs};
use datafusion::logical_expr::{
    LimitEffect, PartitionEvaluator, Signature, TypeSignature, Volatility, WindowUDF, WindowUDFImpl,
};
use datafusion::physical_expr::PhysicalExpr;
use foldhash::fast::RandomState;
use std::collections::HashMap;
use std::sync::Arc;

/// What is looked for among the rows with the same key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Turn {
    Nth,
    Before,
    After,
}

impl Turn {
    /// What a window function looks for, if it is one of these.
    pub(crate) fn of(function: &WindowUDF) -> Option<Self> {
        function.inner().downcast_ref::<Along>().map(|along| along.turn)
    }

    fn arguments(self) -> usize {
        if self == Self::Nth { 1 } else { 2 }
    }
}

pub(crate) fn register(context: &SessionContext) {
    for turn in [Turn::Nth, Turn::Before, Turn::After] {
        context.register_udwf(WindowUDF::new_from_impl(Along::new(turn)));
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Along {
    turn: Turn,
    signature: Signature,
}

impl Along {
    fn new(turn: Turn) -> Self {
        let signature = Signature::new(TypeSignature::Any(turn.arguments()), Volatility::Immutable);
        Self { turn, signature }
    }
}

impl WindowUDFImpl for Along {
    fn name(&self) -> &str {
        match self.turn {
            Turn::Nth => "nth_of",
            Turn::Before => "before_of",
            Turn::After => "after_of",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn partition_evaluator(&self, _: PartitionEvaluatorArgs<'_>) -> Result<Box<dyn PartitionEvaluator>> {
        Ok(Box::new(Evaluator(self.turn)))
    }

    fn field(&self, of: WindowUDFFieldArgs<'_>) -> Result<FieldRef> {
        let (kind, nullable) = match (self.turn, of.get_input_field(1)) {
            (Turn::Nth, _) => (DataType::UInt64, false),
            (_, Some(value)) => (value.data_type().clone(), true),
            (_, None) => return exec_err!("{} takes a key and a value", self.name()),
        };
        Ok(Arc::new(Field::new(of.name(), kind, nullable)))
    }

    fn limit_effect(&self, _: &[Arc<dyn PhysicalExpr>]) -> LimitEffect {
        if self.turn == Turn::After { LimitEffect::Unknown } else { LimitEffect::None }
    }
}

#[derive(Debug)]
struct Evaluator(Turn);

impl PartitionEvaluator for Evaluator {
    fn evaluate_all(&mut self, values: &[ArrayRef], _: usize) -> Result<ArrayRef> {
        let mut keys = Keys::default();
        keys.take(&values[0])?;
        self.0.along(&keys, values.get(1))
    }
}

/// The keys of rows, each as a number; null is 0.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    numbers: HashMap<Box<str>, u32, RandomState>,
    rows: Vec<u32>,
}

impl Keys {
    /// The keys of more rows.
    ///
    /// # Errors
    /// A column that is no text.
    pub(crate) fn take(&mut self, keys: &ArrayRef) -> Result<()> {
        let keys = cast(keys, &DataType::Utf8View)?;
        for key in keys.as_string_view() {
            let number = match key {
                None => 0,
                Some(key) => self.number(key),
            };
            self.rows.push(number);
        }
        Ok(())
    }

    fn number(&mut self, key: &str) -> u32 {
        if let Some(number) = self.numbers.get(key) {
            return *number;
        }
        let number = self.numbers.len() as u32 + 1;
        self.numbers.insert(key.into(), number);
        number
    }

    /// One more than the highest number.
    fn end(&self) -> usize {
        self.numbers.len() + 1
    }
}

impl Turn {
    /// What it gives for each row, of the rows' keys and, but for `nth_of`, their values.
    ///
    /// # Errors
    /// None that is known of.
    pub(crate) fn along(self, keys: &Keys, values: Option<&ArrayRef>) -> Result<ArrayRef> {
        let rows = keys.rows.iter().map(|key| *key as usize);
        let found = match self {
            Self::Nth => return Ok(Arc::new(nth(rows, keys.end()))),
            Self::Before => neighbours(rows.enumerate(), keys.end()),
            Self::After => {
                let mut after: Vec<_> = neighbours(rows.enumerate().rev(), keys.end()).iter().collect();
                after.reverse();
                after.into()
            }
        };
        let Some(values) = values else { return exec_err!("a neighbour is looked for without a value") };
        Ok(take(values, &found, None)?)
    }
}

/// How many rows have had each row's key, itself included.
fn nth(rows: impl Iterator<Item = usize>, keys: usize) -> UInt64Array {
    let mut counts = vec![0; keys];
    let counted = rows.map(|key| {
        counts[key] += 1;
        counts[key]
    });
    counted.collect::<Vec<u64>>().into()
}

/// For each row, the place of the one that came before it with its key.
fn neighbours(rows: impl Iterator<Item = (usize, usize)>, keys: usize) -> UInt64Array {
    let mut last = vec![None; keys];
    rows.map(|(place, key)| last[key].replace(place as u64)).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

    use super::*;
    use datafusion::arrow::util::pretty::pretty_format_batches;

    /// Several keys, ties and nulls, more rows than one batch.
    const ROWS: &str = "SELECT value AS place, CASE WHEN value % 11 > 0 THEN concat('key ', CAST(value * 7919 % 37 AS VARCHAR)) END AS key, \
                        CASE WHEN value % 7 > 0 THEN value * 31 % 1000 END AS what FROM generate_series(1, 20000)";

    #[tokio::test]
    async fn they_give_what_standard_sql_gives_by_partitions() {
        let context = SessionContext::new();
        register(&context);
        let shown = async |sql: &str| {
            let sql = format!("WITH rows AS ({ROWS}) SELECT place, {sql} FROM rows ORDER BY place");
            pretty_format_batches(&context.sql(&sql).await.unwrap().collect().await.unwrap()).unwrap().to_string()
        };
        for (ours, standard) in [
            ("nth_of(key) OVER (ORDER BY place)", "row_number() OVER (PARTITION BY key ORDER BY place)"),
            ("before_of(key, what) OVER (ORDER BY place)", "lag(what) OVER (PARTITION BY key ORDER BY place)"),
            ("after_of(key, what) OVER (ORDER BY place)", "lead(what) OVER (PARTITION BY key ORDER BY place)"),
            ("after_of(key, key) OVER (ORDER BY place)", "lead(key) OVER (PARTITION BY key ORDER BY place)"),
        ] {
            let (ours, standard) = (format!("{ours} AS found"), format!("{standard} AS found"));
            assert_eq!(shown(&ours).await, shown(&standard).await, "{standard}");
        }
    }
}
