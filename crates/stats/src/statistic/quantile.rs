/// The smallest value that at least the part `p` of the values does not exceed (nearest rank): always one of them.
///
/// Formula: x₍ₖ₎ with k = max(1, ⌈p·n⌉). Source: PostgreSQL's `percentile_disc`, which DevStats uses; type 1 of Hyndman
/// and Fan (1996). `p = 0` is the minimum, `p = 1` the maximum. Without values: undefined.
pub fn quantile_discrete(values: &[f64], p: f64) -> Option<f64> {
    let mut values = values.to_vec();
    let rank = ((p * values.len() as f64).ceil() as usize).max(1) - 1;
    if rank >= values.len() {
        return None;
    }
    Some(*values.select_nth_unstable_by(rank, f64::total_cmp).1)
}

/// The quantile on the line between the two values next to it.
///
/// Formula: x₍⌊h⌋₎ + (h − ⌊h⌋)(x₍⌈h⌉₎ − x₍⌊h⌋₎) with h = p·(n − 1), counted from 0. Source: PostgreSQL's
/// `percentile_cont`; type 7 of Hyndman and Fan (1996), the default of R and NumPy. Without values: undefined.
pub fn quantile_interpolated(values: &[f64], p: f64) -> Option<f64> {
    let last = values.len().checked_sub(1)?;
    let mut values = values.to_vec();
    let h = (p * last as f64).clamp(0.0, last as f64);
    let (_, low, above) = values.select_nth_unstable_by(h.floor() as usize, f64::total_cmp);
    let low = *low;
    let high = above.iter().copied().min_by(f64::total_cmp).unwrap_or(low);
    Some(low + h.fract() * (high - low))
}

#[cfg(test)]
mod tests {
    use super::*;

    // The five values of Wikipedia's nearest-rank example: 15, 20, 35, 40, 50.
    const VALUES: [f64; 5] = [40.0, 15.0, 50.0, 20.0, 35.0];

    #[test]
    fn discrete_is_one_of_the_values() {
        let at = |p| quantile_discrete(&VALUES, p);
        // ⌈0.05·5⌉ = 1, ⌈0.3·5⌉ = 2, ⌈0.4·5⌉ = 2, ⌈0.5·5⌉ = 3, ⌈1·5⌉ = 5.
        assert_eq!([0.0, 0.05, 0.3, 0.4, 0.5, 1.0].map(at), [15.0, 15.0, 20.0, 20.0, 35.0, 50.0].map(Some));
        // An even number: the lower of the middle two, never 2.5.
        assert_eq!(quantile_discrete(&[4.0, 1.0, 3.0, 2.0], 0.5), Some(2.0));
        assert_eq!(quantile_discrete(&[], 0.5), None);
    }

    #[test]
    fn interpolated_lies_between() {
        // h = 0.4·4 = 1.6: 20 + 0.6·15 = 29.
        assert!(quantile_interpolated(&VALUES, 0.4).is_some_and(|value| (value - 29.0).abs() < 1e-12));
        assert_eq!(quantile_interpolated(&[4.0, 1.0, 3.0, 2.0], 0.5), Some(2.5));
        assert_eq!(quantile_interpolated(&VALUES, 0.0), Some(15.0));
        assert_eq!(quantile_interpolated(&VALUES, 1.0), Some(50.0));
        assert_eq!(quantile_interpolated(&[7.0], 0.85), Some(7.0));
        assert_eq!(quantile_interpolated(&[], 0.5), None);
    }
}
