//! Named statistics over a population: the second half of a metric.
//!
//! The query crate writes the rows of a metric's population; this crate cuts them into windows and groups and
//! computes the statistic that the metric's file names. [`select`] gives the rows of one cell, and computing the
//! statistic over exactly those rows gives the cell again: both go through the same cut.
//!
//! The formulas are pure functions, one a file, in [`statistic`]; they know nothing of windows, files or Polars.
//!
//! | statistic | value | `n` |
//! | --- | --- | --- |
//! | `count` | rows | rows |
//! | `count_distinct` | distinct values | rows |
//! | `sum`, `mean` | of the value, in the unit | rows with a value |
//! | `share` | part of the rows in which the value is true | rows with a value |
//! | `ratio` | sum of the value over the sum of `per` | rows |
//! | `quantile_discrete`, `quantile_interpolated` | quantile of the value, in the unit | rows with a value |
//! | `kaplan_meier` | quantile of the survival curve, in the unit | items, censored ones too |
//! | `smallest_set` | how few values make up the threshold | rows |
//! | `gini`, `effective_number`, `herfindahl` | concentration over the values | rows |
//! | `top_share` | part of the heaviest value; the range is with all of the unknown or none | rows |
//! | `retention` | of the values of the window before, those that are here too | distinct values of the window before |
//! | `cohort` | of the values the first row of which falls `after` windows back, those that are here | those values |
//! | `new` | values the first row of which (in the group) falls in the window | those values |
//! | `rate_of_change` | growth since the window before | rows of both windows |
//! | `slope` | change from period to period (`period_days`), with its 95 % interval, of rows or distinct values | rows of the whole periods |
//! | `mean_per`, `mean_distinct_per` | rows, or distinct values, per item | distinct items |
//! | `interval_count_distinct` | distinct values that hold at the window's last instant, or at the as-of instant itself while it is unfinished or trailing | rows that hold then |
//! | `interval_share` | part of the distinct values that hold then for which `observed` is true then | those distinct values |
//!
//! | `median_gap`, `longest_gap` | time from one value's first row to the next one's, for those that end in the window | gaps |
//! | `days_since_last` | time from the last row, however long ago, to the window's end | 1 |
//!
//! Windows end at the as-of instant while they are unfinished. The gaps and `days_since_last` are in the unit (`days`,
//! `hours` or `seconds`). A gap that is still open at the end makes a range of `longest_gap` when it is longer than all
//! that are closed: `high` is then the open one; without a closed one there is no value and `low` is the open one ("at
//! least"). `cohort` and `slope` say nothing about the time before the log, or the population, begins.
//!
//! An empty cell is 0 where the statistic counts or sums, and null where it divides or picks; a null has a note that
//! begins with "not computable" or "not reached" and says why. No figure is NaN or infinite: numbers that are not finite,
//! and durations below 0 (ended before they began), are left out, and the note says how many.
//!
//! [`members`] and [`survival`] open a cell further: its values with their weights, its survival curve. `unknown_share` is the
//! part of the rows that [`select`] gives in which the `unknown` column is null or empty, or, with
//! `unknown_by_value = 1`, the part of their distinct values that have no row with a known one.

mod cell;
mod columns;
mod compute;
mod cut;
mod detail;
mod error;
mod evaluate;
mod kind;
mod opened;
mod population;
mod rows;
pub mod statistic;

pub use cell::{COLUMNS, Cell, read_cells, write_cells};
pub use columns::Columns;
pub use compute::{Computed, Context, compute, compute_over, select};
pub use detail::{Member, members, survival};
pub use error::StatsError;
pub use kind::check;
pub use opened::{Opened, rows_at};
pub use rows::Rows;
