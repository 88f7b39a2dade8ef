//! A long log is put in order one span of time after the other.
//!
//! What is longer than memory would be sorted in runs on disk, written and read twice. A log comes nearly in the order of time, and
//! its files say from when to when they tell: a span is read from a few of them, sorted in memory, and follows the one before.

use crate::Engine;
use crate::engine::in_order;
use crate::parquet::joined;
use datafusion::arrow::array::{AsArray, RecordBatch};
use datafusion::arrow::datatypes::Int64Type;
use datafusion::common::ScalarValue;
use datafusion::dataframe::DataFrame;
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::logical_expr::{Expr, lit};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::prelude::ident;
use futures::stream::{self, StreamExt};
use std::iter::once;
use std::path::Path;
use std::sync::Arc;

/// So many events of the log are a span, and no more than happened within an hour above that.
const EVENTS: i64 = 500_000;

/// Microseconds.
const HOUR: i64 = 3_600_000_000;

/// The column that spans are of.
const TIME: &str = "time";

impl Engine {
    /// Instants, in microseconds, between which there are about [`EVENTS`] events of the log each; none for a log that has no more.
    async fn cuts(&self, events: i64) -> Result<Vec<i64>, DataFusionError> {
        let number = self.context.sql("SELECT count(*) FROM events").await?.collect().await?;
        if number[0].column(0).as_primitive::<Int64Type>().value(0) <= events {
            return Ok(Vec::new());
        }
        // By division: date_trunc goes by way of the calendar, which takes as long as reading half the log.
        let hours =
            format!("SELECT arrow_cast(time, 'Int64') / {HOUR} AS hour, count(*) FROM events GROUP BY 1 ORDER BY 1");
        let hours = self.context.sql(&hours).await?.collect().await?;
        Ok(between(hours.iter().flat_map(hours_of), events))
    }

    /// The rows of a fold over the log in its order, which begins with the time of the events.
    pub(crate) async fn in_spans(
        &self,
        rows: DataFrame,
        order: &[String],
        folder: &Path,
    ) -> Result<SendableRecordBatchStream, DataFusionError> {
        self.in_spans_of(EVENTS, rows, order, folder).await
    }

    async fn in_spans_of(
        &self,
        events: i64,
        rows: DataFrame,
        order: &[String],
        folder: &Path,
    ) -> Result<SendableRecordBatchStream, DataFusionError> {
        let cuts = if order.first().is_some_and(|first| first == TIME) { self.cuts(events).await? } else { Vec::new() };
        let schema = Arc::new(rows.schema().as_arrow().clone());
        let mut spans = Vec::new();
        for span in conditions(&cuts) {
            let rows = match span {
                Some(span) => rows.clone().filter(span)?,
                None => rows.clone(),
            };
            spans.push(in_order(rows, order, folder).await?);
        }
        // The next span is read and sorted while the last is written.
        let ahead = |mut span: SendableRecordBatchStream| {
            tokio::spawn(async move {
                let first = span.next().await;
                stream::iter(first).chain(span)
            })
        };
        let spans = stream::iter(spans).map(ahead).buffered(2).flat_map(joined);
        Ok(Box::pin(RecordBatchStreamAdapter::new(schema, spans)))
    }
}

/// Each hour in which something happened, and how much.
fn hours_of(batch: &RecordBatch) -> impl Iterator<Item = (i64, i64)> + '_ {
    let hours = batch.column(0).as_primitive::<Int64Type>().values().iter();
    let events = batch.column(1).as_primitive::<Int64Type>().values().iter();
    hours.map(|hour| hour * HOUR).zip(events.copied())
}

/// The hours with which new spans begin.
fn between(hours: impl Iterator<Item = (i64, i64)>, most: i64) -> Vec<i64> {
    let (mut cuts, mut events) = (Vec::new(), 0);
    for (hour, number) in hours {
        if events > 0 && events + number > most {
            cuts.push(hour);
            events = 0;
        }
        events += number;
    }
    cuts
}

/// What the rows of each span fulfil: every row that of one of them. What has no time stands first.
fn conditions(cuts: &[i64]) -> Vec<Option<Expr>> {
    let begins = once(None).chain(cuts.iter().map(Some));
    let ends = cuts.iter().map(Some).chain(once(None));
    begins.zip(ends).map(|(begin, end)| condition(begin, end)).collect()
}

fn condition(begin: Option<&i64>, end: Option<&i64>) -> Option<Expr> {
    let at = |cut: &i64| lit(ScalarValue::TimestampMicrosecond(Some(*cut), Some("UTC".into())));
    let since = begin.map(|cut| ident(TIME).gt_eq(at(cut)));
    let until = end.map(|cut| ident(TIME).lt(at(cut)));
    match (since, until) {
        (Some(since), Some(until)) => Some(since.and(until)),
        (None, Some(until)) => Some(until.or(ident(TIME).is_null())),
        (since, None) => since,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

    use super::*;
    use crate::{BotList, BotPolicy};
    use datafusion::arrow::array::{ArrayRef, Int64Array, StringViewArray, TimestampMicrosecondArray};
    use futures::TryStreamExt;
    use muster_model::Timestamp;

    #[test]
    fn spans_end_with_hours_and_hold_about_as_much() {
        let hours = [(1, 5), (2, 5), (3, 1), (4, 20), (6, 1), (7, 8)];
        assert_eq!(between(hours.into_iter(), 10), [3, 4, 6]);
        assert_eq!(between(hours.into_iter(), 100), [0_i64; 0]);
        assert_eq!(between(std::iter::empty(), 10), [0_i64; 0]);
    }

    /// Events of which half come out of order, several within an hour, some at the same instant, and some after the last hour.
    fn events(number: i64) -> Vec<(&'static str, ArrayRef)> {
        let rows = || 0..number;
        let minute = |row: i64| row * 7919 % number.max(1) / 3;
        let times = TimestampMicrosecondArray::from_iter_values(rows().map(|row| minute(row) * 60_000_000));
        vec![
            ("id", Arc::new(rows().map(|row| Some(format!("{:05}", row * 31 % 1009))).collect::<StringViewArray>())),
            ("time", Arc::new(times.with_timezone("UTC"))),
            ("number", Arc::new(rows().map(Some).collect::<Int64Array>())),
        ]
    }

    #[tokio::test]
    async fn rows_come_in_the_same_order_in_one_span_and_in_many() {
        let order = ["time", "id", "number"].map(str::to_owned);
        let folder = tempfile::tempdir().unwrap();
        for number in [0, 1, 5000] {
            let engine =
                Engine::new(Timestamp::UNIX_EPOCH, &BotPolicy::new(BotList::Muster, &[], &[]).unwrap()).unwrap();
            engine.register_rows("events", events(number)).unwrap();
            let mut answers = Vec::new();
            for events in [i64::MAX, 1000, 100, 1] {
                let cuts = engine.cuts(events).await.unwrap().len() as i64;
                assert!(
                    events == i64::MAX || number <= events || cuts >= (number / events).min(10),
                    "{cuts} of {events}"
                );
                let rows =
                    engine.query("q", "SELECT * FROM events WHERE number % 7 <> 0 OR number IS NULL").await.unwrap();
                let rows = engine.in_spans_of(events, rows, &order, folder.path()).await.unwrap();
                let rows: Vec<RecordBatch> = rows.try_collect().await.unwrap();
                let number = |batch: &RecordBatch| batch.column(2).as_primitive::<Int64Type>().values().to_vec();
                answers.push(rows.iter().flat_map(number).collect::<Vec<_>>());
            }
            assert!(answers.iter().all(|answer| *answer == answers[0]), "{number}");
            assert_eq!(answers[0].len() as i64, number - (number + 6) / 7, "{number}");
        }
    }
}
