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
//! | `retention` | of the values of the window before, those that are here too | distinct values of the window before |
//! | `new` | values the first row of which (in the group) falls in the window | those values |
//! | `rate_of_change` | growth since the window before | rows of both windows |
//! | `mean_per`, `mean_distinct_per` | rows, or distinct values, per item | distinct items |
//! | `interval_count_distinct` | distinct values that hold at the window's last instant, or at the as-of instant itself while it is unfinished or trailing | rows that hold then |
//!
//! An empty cell is 0 where the statistic counts or sums, and null where it divides or picks. `unknown_share` is the
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
mod population;
mod rows;
pub mod statistic;

pub use cell::{Cell, read_cells, write_cells};
pub use columns::Columns;
pub use compute::{Computed, Context, compute, compute_over, select};
pub use detail::{Member, members, survival};
pub use error::StatsError;
pub use kind::check;
pub use rows::Rows;
