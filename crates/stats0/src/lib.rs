//! Named statistics over a population: Polars, and nothing of it outside this crate.
//!
//! A population is a Parquet file with a row for whatever was counted: `event_id`, `time` and further columns. A
//! statistic is taken over each *cell* of it: the rows of one window, and of one group within it. [`select`] gives
//! just these rows, by the same cut, so a figure and its evidence cannot disagree.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`statistic`] | the formulas: pure functions over slices |
//! | [`compute`] | cuts a population into cells and takes the statistic of each |
//! | [`Cell`] | one row of the tidy table, and its Parquet form |

mod cell;
mod compute;
mod error;
mod population;
mod rows;
pub mod statistic;

pub use cell::{Cell, read_cells, write_cells};
pub use compute::{Computed, Context, compute, select};
pub use error::StatsError;
pub use rows::Rows;
