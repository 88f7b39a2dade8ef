//! The formulas: pure functions over slices, one a file.
//!
//! `None` in a slice is a row without a value, `None` as a result is "undefined" (nothing to divide by, or a quantile
//! that is not reached); it becomes null in the table and is never shown as 0.

mod cohort;
mod count;
mod effective_number;
mod gap;
mod gini;
mod herfindahl;
mod interval;
mod interval_share;
mod kaplan_meier;
mod mean_per;
mod new;
mod quantile;
mod rate_of_change;
mod ratio;
mod retention;
mod share;
mod since_last;
mod slope;
mod smallest_set;
mod sum;
mod top_share;
mod weights;

pub use cohort::cohort;
pub use count::{count, count_distinct};
pub use effective_number::effective_number;
pub use gap::{LongestGap, gaps, longest_gap, median_gap};
pub use gini::gini;
pub use herfindahl::herfindahl;
pub use interval::{holds_at, interval_count_distinct};
pub use interval_share::interval_share;
pub use kaplan_meier::{Estimate, Step, Survival, kaplan_meier};
pub use mean_per::{mean_distinct_per, mean_per};
pub use new::first_rows;
pub use quantile::{quantile_discrete, quantile_interpolated};
pub use rate_of_change::rate_of_change;
pub use ratio::ratio;
pub use retention::{Retention, retention};
pub use share::share;
pub use since_last::since_last;
pub use slope::{Slope, slope};
pub use smallest_set::{Comparison, smallest_set};
pub use sum::{mean, sum};
pub use top_share::{TopShare, top_share};
pub use weights::{Weights, weight_by_value, weights};

/// The sum of the weights, where there is one to divide by.
fn whole(weights: &[f64]) -> Option<f64> {
    let total: f64 = weights.iter().sum();
    (total > 0.0 && total.is_finite()).then_some(total)
}
