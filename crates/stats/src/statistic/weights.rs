/// What each distinct value weighs together, and what the rows without a value weigh.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    /// One positive number a value, lightest first.
    pub known: Vec<f64>,
    /// The sum over the rows without a value.
    pub unknown: f64,
}

/// Sums the weights by value, in the order of the values; without `weights` a row weighs 1. A row without a weight, or
/// with one that is not positive, adds nothing, and a value that weighs nothing is none.
pub fn weight_by_value<T: Ord + Copy>(values: &[Option<T>], weights: Option<&[Option<f64>]>) -> Vec<(Option<T>, f64)> {
    let Some(weights) = weights else {
        let mut values = values.to_vec();
        values.sort_unstable();
        return values.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as f64)).collect();
    };
    let weight = |row: usize| weights[row].unwrap_or(0.0).max(0.0);
    let mut rows: Vec<(Option<T>, f64)> = values.iter().enumerate().map(|(row, value)| (*value, weight(row))).collect();
    // The order of additions is part of a floating-point sum; by weight, it depends on nothing but the weights.
    rows.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let sums = rows.chunk_by(|a, b| a.0 == b.0).map(|same| (same[0].0, same.iter().map(|row| row.1).sum()));
    sums.filter(|(_, sum)| *sum > 0.0).collect()
}

/// [`weight_by_value`] without the values: all that the measures of concentration look at.
pub fn weights<T: Ord + Copy>(values: &[Option<T>], weights: Option<&[Option<f64>]>) -> Weights {
    let (unknown, known): (Vec<_>, Vec<_>) =
        weight_by_value(values, weights).into_iter().partition(|(value, _)| value.is_none());
    let mut known: Vec<f64> = known.into_iter().map(|(_, sum)| sum).collect();
    known.sort_unstable_by(f64::total_cmp);
    Weights { known, unknown: unknown.first().map_or(0.0, |(_, sum)| *sum) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_summed_by_value() {
        let values = [Some('b'), Some('a'), None, Some('b'), Some('c')];
        assert_eq!(weights(&values, None), Weights { known: vec![1.0, 1.0, 2.0], unknown: 1.0 });
        let by = [Some(2.0), Some(3.0), Some(4.0), None, Some(-1.0)];
        assert_eq!(weights(&values, Some(&by)), Weights { known: vec![2.0, 3.0], unknown: 4.0 });
    }
}
