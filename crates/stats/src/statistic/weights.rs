/// What each distinct value weighs together, and what the rows without a value weigh.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    /// One positive number a value, lightest first.
    pub known: Vec<f64>,
    /// The sum over the rows without a value.
    pub unknown: f64,
}

/// Sums the weights by value; without `weights` a row weighs 1. A row without a weight, or with one that is not
/// positive, adds nothing.
pub fn weights<T: Ord + Copy>(values: &[Option<T>], weights: Option<&[Option<f64>]>) -> Weights {
    let weight = |row: usize| weights.map_or(1.0, |weights| weights[row].unwrap_or(0.0)).max(0.0);
    let mut rows: Vec<(Option<T>, f64)> = values.iter().enumerate().map(|(row, value)| (*value, weight(row))).collect();
    rows.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let (mut known, mut unknown) = (Vec::new(), 0.0);
    for same in rows.chunk_by(|a, b| a.0 == b.0) {
        let sum: f64 = same.iter().map(|row| row.1).sum();
        match same[0].0 {
            Some(_) if sum > 0.0 => known.push(sum),
            Some(_) => {}
            None => unknown = sum,
        }
    }
    // The order of additions is part of a floating-point sum; by weight, it depends on nothing but the weights.
    known.sort_unstable_by(f64::total_cmp);
    Weights { known, unknown }
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
