//! Looking along the rows of one person, in rows that stand in order already.
//!
//! | function | gives |
//! | --- | --- |
//! | `nth_of(key) OVER (ORDER BY …)` | how many rows have had this key by now: `row_number() OVER (PARTITION BY key ORDER BY …)` |
//! | `before_of(key, value) OVER (ORDER BY …)` | the value of the row before with this key: `lag(value) OVER (PARTITION BY key ORDER BY …)` |
//! | `before_of(key, value, back) OVER (ORDER BY …)` | the value so many rows before, a number from 0 on: `lag(value, back) OVER (PARTITION BY key ORDER BY …)` |
//! | `after_of(key, value) OVER (ORDER BY …)` | the value of the row after: `lead(value) OVER (PARTITION BY key ORDER BY …)` |
//!
//! A partition is sorted by its key and, for a file, back again, which takes most of the time of a population with all
//! contributions. These take the rows as they stand, and `twice` reads them twice instead of holding them.

use datafusion::arrow::array::{ArrayRef, AsArray, UInt64Array};
use datafusion::arrow::compute::{cast, take};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::execution::context::SessionContext;
use datafusion::logical_expr::function::{PartitionEvaluatorArgs, WindowUDFFieldArgs};
use datafusion::logical_expr::{
    LimitEffect, PartitionEvaluator, Signature, TypeSignature, Volatility, WindowUDF, WindowUDFImpl,
};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::Literal;
use foldhash::fast::RandomState;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

/// What is looked for among the rows with the same key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Turn {
    Nth,
    /// So many rows before.
    Before(usize),
    After,
}

impl Turn {
    /// What a window function with these arguments looks for, if it is one of these.
    pub(crate) fn of(function: &WindowUDF, arguments: &[Arc<dyn PhysicalExpr>]) -> Option<Self> {
        let turn = function.inner().downcast_ref::<Along>()?.turn;
        turn.with(arguments).ok()
    }

    /// The same, so many rows back as the third argument says, if there is one.
    fn with(self, arguments: &[Arc<dyn PhysicalExpr>]) -> Result<Self> {
        let Some(back) = arguments.get(2) else { return Ok(self) };
        let given = back.downcast_ref::<Literal>().map(|literal| literal.value());
        match given {
            Some(ScalarValue::Int64(Some(back))) if *back >= 0 => Ok(Self::Before(*back as usize)),
            _ => exec_err!("before_of looks back by a number of rows, from 0 on; found {back}"),
        }
    }

    fn signature(self) -> TypeSignature {
        match self {
            Self::Nth => TypeSignature::Any(1),
            Self::Before(_) => TypeSignature::OneOf(vec![TypeSignature::Any(2), TypeSignature::Any(3)]),
            Self::After => TypeSignature::Any(2),
        }
    }
}

pub(crate) fn register(context: &SessionContext) {
    for turn in [Turn::Nth, Turn::Before(1), Turn::After] {
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
        let signature = Signature::new(turn.signature(), Volatility::Immutable);
        Self { turn, signature }
    }
}

impl WindowUDFImpl for Along {
    fn name(&self) -> &str {
        match self.turn {
            Turn::Nth => "nth_of",
            Turn::Before(_) => "before_of",
            Turn::After => "after_of",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn partition_evaluator(&self, of: PartitionEvaluatorArgs<'_>) -> Result<Box<dyn PartitionEvaluator>> {
        Ok(Box::new(Evaluator(self.turn.with(of.input_exprs())?)))
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
            Self::Before(back) => neighbours(rows.enumerate(), keys.end(), back),
            Self::After => {
                let mut after: Vec<_> = neighbours(rows.enumerate().rev(), keys.end(), 1).iter().collect();
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

/// For each row, the place of the one that came so many rows before it with its key.
fn neighbours(rows: impl Iterator<Item = (usize, usize)>, keys: usize, back: usize) -> UInt64Array {
    if back == 1 {
        let mut last = vec![None; keys];
        return rows.map(|(place, key)| last[key].replace(place as u64)).collect();
    }
    let mut last = vec![VecDeque::new(); keys];
    rows.map(|(place, key)| {
        last[key].push_back(place as u64);
        if last[key].len() > back { last[key].pop_front() } else { None }
    })
    .collect()
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
            ("before_of(key, what, 1) OVER (ORDER BY place)", "lag(what) OVER (PARTITION BY key ORDER BY place)"),
            ("before_of(key, what, 0) OVER (ORDER BY place)", "what"),
            ("before_of(key, what, 9) OVER (ORDER BY place)", "lag(what, 9) OVER (PARTITION BY key ORDER BY place)"),
            (
                "before_of(key, what, 700) OVER (ORDER BY place)",
                "lag(what, 700) OVER (PARTITION BY key ORDER BY place)",
            ),
            ("after_of(key, what) OVER (ORDER BY place)", "lead(what) OVER (PARTITION BY key ORDER BY place)"),
            ("after_of(key, key) OVER (ORDER BY place)", "lead(key) OVER (PARTITION BY key ORDER BY place)"),
        ] {
            let (ours, standard) = (format!("{ours} AS found"), format!("{standard} AS found"));
            assert_eq!(shown(&ours).await, shown(&standard).await, "{standard}");
        }
    }

    #[tokio::test]
    async fn how_far_back_is_a_number() {
        let context = SessionContext::new();
        register(&context);
        for wrong in ["-1", "place", "'two'"] {
            let sql =
                format!("WITH rows AS ({ROWS}) SELECT before_of(key, what, {wrong}) OVER (ORDER BY place) FROM rows");
            let error = context.sql(&sql).await.unwrap().collect().await.unwrap_err().to_string();
            assert!(error.contains("by a number of rows, from 0 on"), "{error}");
        }
    }
}
