//! Functions that make something long out of a number or two: `repeat('x', 1000000000)`. What they make is in no operator, so
//! the limit on memory does not see it; these are asked beforehand how much it will be.

use crate::limits::megabytes;
use muster_query::datafusion::arrow::array::{Array, ArrayRef, AsArray};
use muster_query::datafusion::arrow::compute::cast;
use muster_query::datafusion::arrow::datatypes::{
    DataType, FieldRef, Int64Type, IntervalMonthDayNanoType, IntervalUnit, TimeUnit,
};
use muster_query::datafusion::common::Result;
use muster_query::datafusion::error::DataFusionError;
use muster_query::datafusion::execution::context::SessionContext;
use muster_query::datafusion::logical_expr::{
    ColumnarValue, Documentation, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
};

/// What one call may make for one batch of rows. Nothing that people read is as long.
const LARGEST: usize = 64 << 20;

/// How many bytes a row of the answer takes.
type Size = fn(&[Argument], usize) -> i64;

const FUNCTIONS: [(&str, Size); 9] = [
    ("repeat", |of, row| of[0].length(row).saturating_mul(of[1].number(row))),
    ("lpad", |of, row| of[1].number(row).saturating_mul(4)),
    ("rpad", |of, row| of[1].number(row).saturating_mul(4)),
    ("array_repeat", |of, row| of[1].number(row).saturating_mul(16)),
    ("array_resize", |of, row| of[1].number(row).saturating_mul(16)),
    ("range", |of, row| steps(of, row).saturating_mul(8)),
    ("generate_series", |of, row| steps(of, row).saturating_mul(8)),
    ("replace", |of, row| (of[0].length(row) / of[1].length(row).max(1)).saturating_mul(of[2].length(row))),
    ("regexp_replace", |of, row| of[0].length(row).saturating_mul(of[2].length(row))),
];

/// Puts the bounded functions in the places of the others.
pub(crate) fn register(context: &SessionContext) {
    let state = context.state();
    for (name, size) in FUNCTIONS {
        if let Some(inner) = state.scalar_functions().get(name) {
            context.register_udf(ScalarUDF::new_from_impl(Bounded {
                inner: inner.as_ref().clone(),
                name,
                size: Sized(size),
            }));
        }
    }
}

/// `range(stop)`, `range(start, stop)`, `range(start, stop, step)`.
fn steps(of: &[Argument], row: usize) -> i64 {
    let (start, stop) = match of {
        [stop] => (0, stop.number(row)),
        [start, stop, ..] => (start.number(row), stop.number(row)),
        [] => (0, 0),
    };
    let step = of.get(2).map_or(1, |step| step.number(row));
    stop.saturating_sub(start).saturating_abs() / step.saturating_abs().max(1)
}

/// An argument: one value for all rows, or one for each.
struct Argument(ArrayRef);

impl Argument {
    fn new(value: &ColumnarValue) -> Result<Self> {
        let column = match value {
            ColumnarValue::Array(column) => column.clone(),
            ColumnarValue::Scalar(value) => value.to_array()?,
        };
        // Once, for all rows: text to look at its length, all else as a number.
        let kind = match column.data_type() {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => DataType::Utf8View,
            DataType::Timestamp(..) | DataType::Date32 | DataType::Date64 => {
                DataType::Timestamp(TimeUnit::Nanosecond, None)
            }
            DataType::Interval(_) => DataType::Interval(IntervalUnit::MonthDayNano),
            kind if kind.is_numeric() => DataType::Int64,
            _ => return Ok(Self(column)),
        };
        let column = cast(&column, &kind)?;
        let instants = matches!(kind, DataType::Timestamp(..));
        Ok(Self(if instants { cast(&column, &DataType::Int64)? } else { column }))
    }

    fn at(&self, row: usize) -> Option<usize> {
        let row = if self.0.len() == 1 { 0 } else { row };
        self.0.is_valid(row).then_some(row)
    }

    fn length(&self, row: usize) -> i64 {
        let texts = self.0.as_string_view_opt();
        let length = texts.zip(self.at(row)).map(|(texts, row)| texts.value(row).len());
        length.and_then(|length| i64::try_from(length).ok()).unwrap_or(0)
    }

    /// An interval in nanoseconds, as instants are.
    fn number(&self, row: usize) -> i64 {
        let Some(row) = self.at(row) else { return 0 };
        if let Some(numbers) = self.0.as_primitive_opt::<Int64Type>() {
            return numbers.value(row);
        }
        let Some(intervals) = self.0.as_primitive_opt::<IntervalMonthDayNanoType>() else { return 0 };
        let interval = intervals.value(row);
        let days = i64::from(interval.months) * 28 + i64::from(interval.days);
        days.saturating_mul(86_400_000_000_000).saturating_add(interval.nanoseconds)
    }
}

/// A function pointer is not compared: the name says which it is.
#[derive(Clone, Copy)]
struct Sized(Size);

#[derive(Clone)]
struct Bounded {
    inner: ScalarUDF,
    name: &'static str,
    size: Sized,
}

impl std::fmt::Debug for Bounded {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "bounded {}", self.name)
    }
}

impl PartialEq for Bounded {
    fn eq(&self, other: &Self) -> bool {
        self.inner == other.inner
    }
}

impl Eq for Bounded {}

impl std::hash::Hash for Bounded {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.inner.hash(state);
    }
}

impl ScalarUDFImpl for Bounded {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn aliases(&self) -> &[String] {
        self.inner.aliases()
    }

    fn signature(&self) -> &Signature {
        self.inner.signature()
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        self.inner.return_type(arguments)
    }

    fn return_field_from_args(&self, arguments: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        self.inner.return_field_from_args(arguments)
    }

    fn coerce_types(&self, arguments: &[DataType]) -> Result<Vec<DataType>> {
        self.inner.coerce_types(arguments)
    }

    fn documentation(&self) -> Option<&Documentation> {
        self.inner.documentation()
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let of: Result<Vec<Argument>> = arguments.args.iter().map(Argument::new).collect();
        let of = of?;
        let one_for_all = of.iter().all(|argument| argument.0.len() == 1);
        let rows = if one_for_all { 1 } else { arguments.number_rows };
        let bytes = (0..rows).fold(0_i64, |sum, row| sum.saturating_add((self.size.0)(&of, row).max(0)));
        if usize::try_from(bytes).unwrap_or(usize::MAX) > LARGEST {
            let message = format!("{} would make more than {}", self.name, megabytes(LARGEST));
            return Err(DataFusionError::ResourcesExhausted(message));
        }
        self.inner.invoke_with_args(arguments)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn said(sql: &str) -> Result<String> {
        let context = SessionContext::new();
        register(&context);
        let batches = context.sql(sql).await?.collect().await?;
        Ok(format!("{:?}", batches.iter().map(|batch| batch.columns().to_vec()).collect::<Vec<_>>()))
    }

    #[tokio::test]
    async fn a_huge_value_is_refused_before_it_is_made() {
        for sql in [
            "SELECT repeat('x', 1000000000)",
            "SELECT length(repeat(s, 100000000)) FROM (VALUES ('ab'), ('cd')) t(s)",
            "SELECT lpad('x', 1000000000)",
            "SELECT rpad('x', 1000000000, 'y')",
            "SELECT array_repeat(1, 1000000000)",
            "SELECT list_repeat(1, 1000000000)",
            "SELECT array_resize([1], 1000000000, 0)",
            "SELECT range(10000000000)",
            "SELECT generate_series(1, 10000000000, 2)",
            "SELECT range(TIMESTAMP '1970-01-01', TIMESTAMP '2020-01-01', INTERVAL '1 second')",
            "SELECT replace(repeat('a', 1000000), 'a', repeat('b', 1000000))",
            "SELECT regexp_replace(repeat('a', 1000000), 'a', repeat('b', 1000000), 'g')",
        ] {
            let error = said(sql).await.expect_err(sql);
            assert!(error.find_root().to_string().contains("would make more than 64 MB"), "{sql}: {error}");
        }
    }

    #[tokio::test]
    async fn what_is_not_huge_is_made_as_ever() {
        for (sql, expected) in [
            ("SELECT repeat('ab', 2)", "abab"),
            ("SELECT lpad('x', 3, 'y')", "yyx"),
            ("SELECT array_to_string(range(1, 4), '-')", "1-2-3"),
            ("SELECT replace('abc', 'b', 'xx')", "axxc"),
            ("SELECT regexp_replace('abc', '[bc]', 'x', 'g')", "axx"),
            (
                "SELECT array_to_string(range(DATE '2025-01-01', DATE '2025-03-01', INTERVAL '1 month'), ' ')",
                "2025-02-01",
            ),
            ("SELECT repeat(s, n) FROM (VALUES ('ab', 2), (NULL, 3)) t(s, n)", "abab"),
        ] {
            let shown = said(sql).await.unwrap();
            assert!(shown.contains(expected), "{sql}: {shown}");
        }
    }
}
