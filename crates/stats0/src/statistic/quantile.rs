//! Quantiles of a sample.

/// The discrete quantile: the smallest value such that at least `q` of the sample is not above it, that is, the value at
/// position `ceil(q * n)` of the sorted sample (nearest rank; PostgreSQL's `percentile_disc`). None for an empty sample.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss)]
pub fn discrete(values: &mut [f64], q: f64) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let rank = (q * values.len() as f64).ceil() as usize;
    values.get(rank.clamp(1, values.len().max(1)) - 1).copied()
}

/// The interpolated quantile: linear between the two values around position `q * (n - 1)` of the sorted sample
/// (type 7; PostgreSQL's `percentile_cont`, pandas' and R's default). None for an empty sample.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss)]
pub fn interpolated(values: &mut [f64], q: f64) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let position = q * (values.len().checked_sub(1)?) as f64;
    let below = values[position.floor() as usize];
    let above = values[position.ceil() as usize];
    Some(below + (above - below) * position.fract())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discrete_is_always_a_value_of_the_sample() {
        assert_eq!(discrete(&mut [4.0, 1.0, 3.0, 2.0], 0.5), Some(2.0));
        assert_eq!(discrete(&mut [4.0, 1.0, 3.0, 2.0], 0.85), Some(4.0));
        assert_eq!(discrete(&mut [4.0, 1.0, 3.0, 2.0], 0.0), Some(1.0));
        assert_eq!(discrete(&mut [7.0], 0.5), Some(7.0));
        assert_eq!(discrete(&mut [], 0.5), None);
    }

    #[test]
    fn interpolated_lies_between() {
        assert_eq!(interpolated(&mut [4.0, 1.0, 3.0, 2.0], 0.5), Some(2.5));
        assert_eq!(interpolated(&mut [10.0, 20.0, 30.0], 0.25), Some(15.0));
        assert_eq!(interpolated(&mut [7.0], 0.9), Some(7.0));
        assert_eq!(interpolated(&mut [], 0.5), None);
    }
}
