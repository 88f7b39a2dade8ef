//! The formulas. Each is a pure function over slices, with its source and its edge cases.

mod concentration;
mod quantile;
mod survival;

pub use concentration::{Reach, effective_number, gini, herfindahl, smallest_set};
pub use quantile::{discrete, interpolated};
pub use survival::{Survival, kaplan_meier};

use std::collections::HashSet;

/// Distinct values; null (unknown) is none of them.
pub fn count_distinct(values: impl Iterator<Item = Option<u32>>) -> usize {
    values.flatten().collect::<HashSet<u32>>().len()
}

/// `|before ∩ now| / |before|`, and `|before|`: the share of the distinct values of the window before that are present
/// in this one (LFX Insights' quarterly retention). Not defined when the window before is empty.
pub fn retention(
    before: impl Iterator<Item = Option<u32>>,
    now: impl Iterator<Item = Option<u32>>,
) -> (Option<f64>, usize) {
    let before: HashSet<u32> = before.flatten().collect();
    let now: HashSet<u32> = now.flatten().collect();
    let kept = before.intersection(&now).count();
    ((!before.is_empty()).then(|| ratio(kept, before.len())), before.len())
}

/// The mean, over the distinct values of `per`, of how many distinct values stand beside each: organisations per
/// meeting. A row without `per` is left out; a `per` with only unknown values counts as zero. Not defined without any.
pub fn mean_distinct_per(rows: impl Iterator<Item = (Option<u32>, Option<u32>)>) -> Option<f64> {
    let mut groups = HashSet::new();
    let mut pairs = HashSet::new();
    for (per, value) in rows {
        let Some(per) = per else { continue };
        groups.insert(per);
        if let Some(value) = value {
            pairs.insert((per, value));
        }
    }
    (!groups.is_empty()).then(|| ratio(pairs.len(), groups.len()))
}

#[allow(clippy::cast_precision_loss)]
pub(crate) fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_is_no_value() {
        assert_eq!(count_distinct([Some(1), None, Some(2), Some(1)].into_iter()), 2);
        assert_eq!(count_distinct([None, None].into_iter()), 0);
    }

    #[test]
    fn retention_is_of_those_who_were_there_before() {
        let before = [Some(1), Some(2), Some(3), Some(3), Some(4)];
        let now = [Some(3), Some(4), Some(5)];
        assert_eq!(retention(before.into_iter(), now.into_iter()), (Some(0.5), 4));
        assert_eq!(retention([].into_iter(), now.into_iter()), (None, 0));
    }

    #[test]
    fn a_meeting_of_unknown_organisations_counts_as_none() {
        // Meeting 1: organisations 7, 8; meeting 2: 7 twice; meeting 3: nobody known. (2 + 1 + 0) / 3 = 1.
        let rows = [(1, Some(7)), (1, Some(8)), (2, Some(7)), (2, Some(7)), (3, None)];
        assert_eq!(mean_distinct_per(rows.into_iter().map(|(per, value)| (Some(per), value))), Some(1.0));
        assert_eq!(mean_distinct_per(std::iter::empty()), None);
    }
}
