//! How much hangs on how few.

/// Whether a set must reach its share, or exceed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// A tie at exactly the threshold is enough (CHAOSS, ours).
    Reach,
    /// More than the threshold (DevStats).
    Exceed,
}

/// Sums of fractions such as 0.1 + 0.2 may miss the threshold by rounding.
const ROUNDING: f64 = 1e-9;

/// How few of `weights` together reach (or exceed) `threshold` of `total`: the largest are taken first.
///
/// `total` may be more than the sum of the weights: what nobody is known for stands in it, but is never a member of
/// the set. None when the known cannot reach the threshold, or there is nothing.
pub fn smallest_set(weights: &mut [f64], total: f64, threshold: f64, reach: Reach) -> Option<usize> {
    weights.sort_unstable_by(|one, other| other.total_cmp(one));
    let goal = threshold * total;
    let slack = ROUNDING * total;
    let mut sum = 0.0;
    weights
        .iter()
        .position(|weight| {
            sum += weight;
            match reach {
                Reach::Reach => sum >= goal - slack,
                Reach::Exceed => sum > goal + slack,
            }
        })
        .map(|index| index + 1)
        .filter(|_| total > 0.0)
}

/// The Gini coefficient, `sum over i of (2i - n - 1) w_i / (n sum w)` with ascending weights: 0 all equal, towards 1 one
/// has all. None without weight.
#[allow(clippy::cast_precision_loss)]
pub fn gini(weights: &mut [f64]) -> Option<f64> {
    weights.sort_unstable_by(f64::total_cmp);
    let (n, sum) = (weights.len() as f64, weights.iter().sum::<f64>());
    let ranked: f64 = weights.iter().enumerate().map(|(i, weight)| (2.0 * (i as f64 + 1.0) - n - 1.0) * weight).sum();
    (sum > 0.0).then(|| ranked / (n * sum))
}

/// The effective number, `exp(-sum p ln p)`: how many equal ones would be as diverse (Hill number of order 1). None
/// without weight.
pub fn effective_number(weights: &[f64]) -> Option<f64> {
    let sum: f64 = weights.iter().sum();
    let entropy = |weight: &f64| {
        let share = weight / sum;
        if share > 0.0 { -share * share.ln() } else { 0.0 }
    };
    (sum > 0.0).then(|| weights.iter().map(entropy).sum::<f64>().exp())
}

/// The Herfindahl index, `sum p²`: 1 one has all, `1/n` all equal. None without weight.
pub fn herfindahl(weights: &[f64]) -> Option<f64> {
    let sum: f64 = weights.iter().sum();
    (sum > 0.0).then(|| weights.iter().map(|weight| (weight / sum).powi(2)).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tie_reaches_but_does_not_exceed() {
        // CHAOSS' own example: 1000, 202, 90, 33, 332, 343, 42, 433 of 2475; half is 1237.5; 1000 + 433 reach it.
        let mut chaoss = [1000.0, 202.0, 90.0, 33.0, 332.0, 343.0, 42.0, 433.0];
        assert_eq!(smallest_set(&mut chaoss, 2475.0, 0.5, Reach::Reach), Some(2));
        assert_eq!(smallest_set(&mut [5.0, 3.0, 2.0], 10.0, 0.5, Reach::Reach), Some(1));
        assert_eq!(smallest_set(&mut [5.0, 3.0, 2.0], 10.0, 0.5, Reach::Exceed), Some(2));
    }

    #[test]
    fn the_unknown_is_in_the_whole_but_never_in_the_set() {
        assert_eq!(smallest_set(&mut [3.0, 2.0], 20.0, 0.5, Reach::Reach), None);
        assert_eq!(smallest_set(&mut [6.0, 5.0], 20.0, 0.5, Reach::Reach), Some(2));
        assert_eq!(smallest_set(&mut [], 0.0, 0.5, Reach::Reach), None);
    }

    #[test]
    fn evenness_by_three_measures() {
        assert_eq!(gini(&mut [1.0, 1.0, 1.0, 1.0]), Some(0.0));
        // One of four has all: (2·4 - 4 - 1)·8 / (4·8) = 3/4.
        assert_eq!(gini(&mut [0.0, 8.0, 0.0, 0.0]), Some(0.75));
        assert_eq!(herfindahl(&[1.0, 1.0, 1.0, 1.0]), Some(0.25));
        assert!((effective_number(&[1.0, 1.0, 1.0, 1.0]).unwrap() - 4.0).abs() < 1e-12);
        assert_eq!(effective_number(&[9.0]), Some(1.0));
        assert_eq!((gini(&mut []), effective_number(&[]), herfindahl(&[])), (None, None, None));
    }
}
