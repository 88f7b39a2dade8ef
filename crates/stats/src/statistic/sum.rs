/// The sum of the values; rows without a value add nothing.
///
/// Formula: Σxᵢ, smallest first: floating-point addition depends on its order, the figure must not depend on the rows'.
/// An empty cell is 0.
pub fn sum(values: &[Option<f64>]) -> f64 {
    let mut values: Vec<f64> = values.iter().flatten().copied().collect();
    values.sort_unstable_by(f64::total_cmp);
    // An empty iterator sums to -0.0.
    values.iter().sum::<f64>() + 0.0
}

/// The arithmetic mean of the values.
///
/// Formula: Σxᵢ / n over the rows with a value. Source: LFX Insights (lead times are means over the finished); one very
/// late item moves it, so prefer `kaplan_meier` for waiting times. Without values: undefined.
pub fn mean(values: &[Option<f64>]) -> Option<f64> {
    let n = values.iter().flatten().count();
    (n > 0).then(|| sum(values) / n as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_four_rows_with_three_values() {
        let values = [Some(1.5), None, Some(2.5), Some(5.0)];
        assert_eq!(sum(&values), 9.0);
        assert_eq!(mean(&values), Some(3.0));
        // 1e16 + 1 + 1 loses both ones; 1 + 1 + 1e16 does not. The same sum whatever comes first.
        assert_eq!(sum(&[Some(1e16), Some(1.0), Some(1.0)]), sum(&[Some(1.0), Some(1.0), Some(1e16)]));
        assert!(sum(&[]).is_sign_positive());
        assert_eq!((sum(&[]), mean(&[]), mean(&[None])), (0.0, None, None));
    }
}
