use super::Weights;

/// When a set is large enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// At least the threshold: a tie at exactly 50 % is enough. Ours and CHAOSS'.
    Reach,
    /// More than the threshold. DevStats'.
    Exceed,
}

/// The sums are whole numbers nearly always; this only absorbs the rounding of `threshold * total`.
const TOLERANCE: f64 = 1e-12;

/// How few values together make up the threshold of the total.
///
/// Formula: the smallest k with w₍₁₎ + … + w₍ₖ₎ ≥ θ·W (`Reach`) or > θ·W (`Exceed`), heaviest first, where W is the sum
/// of all weights. Sources: CHAOSS 3944 Contributor Absence Factor and 3940 Elephant Factor; the "bus factor".
///
/// What has no value is never a member of the set; it is in W unless `unknown_out`. When the known values together do not
/// make it, or there is nothing: undefined.
pub fn smallest_set(weights: &Weights, threshold: f64, comparison: Comparison, unknown_out: bool) -> Option<usize> {
    let total = weights.known.iter().sum::<f64>() + if unknown_out { 0.0 } else { weights.unknown };
    let bar = threshold * total;
    let enough = |sum: f64| match comparison {
        Comparison::Reach => sum >= bar - TOLERANCE * total,
        Comparison::Exceed => sum > bar + TOLERANCE * total,
    };
    let mut heaviest_first = weights.known.clone();
    heaviest_first.sort_unstable_by(|a, b| b.total_cmp(a));
    let mut sum = 0.0;
    heaviest_first
        .iter()
        .position(|weight| {
            sum += weight;
            enough(sum)
        })
        .map(|index| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Comparison::{Exceed, Reach};

    fn known(weights: &[f64]) -> Weights {
        Weights { known: weights.to_vec(), unknown: 0.0 }
    }

    // CHAOSS' own example: 1000, 202, 90, 33, 332, 343, 42, 433 of 2475; half is 1237.5; 1000 + 433 = 1433: two.
    #[test]
    fn the_example_of_chaoss() {
        let weights = known(&[1000.0, 202.0, 90.0, 33.0, 332.0, 343.0, 42.0, 433.0]);
        assert_eq!(smallest_set(&weights, 0.5, Reach, false), Some(2));
    }

    #[test]
    fn a_tie_reaches_but_does_not_exceed() {
        let weights = known(&[5.0, 3.0, 2.0]);
        assert_eq!(smallest_set(&weights, 0.5, Reach, false), Some(1));
        assert_eq!(smallest_set(&weights, 0.5, Exceed, false), Some(2));
        // 0.1 * 30 is a little more than 3 in binary; 3 of 30 reach 10 % all the same, and do not exceed it.
        let tenth = known(&[3.0; 10]);
        assert_eq!(smallest_set(&tenth, 0.1, Reach, false), Some(1));
        assert_eq!(smallest_set(&tenth, 0.1, Exceed, false), Some(2));
        assert_eq!(smallest_set(&tenth, 1.0, Reach, false), Some(10));
    }

    // Known 4, 2, 1 and unknown 5. With unknown W = 12, half 6: 4 + 2 reach it. Without W = 7, half 3.5: 4 reaches it.
    // Three quarters with unknown is 9, but all known are 7: not reached.
    #[test]
    fn the_unknown_weigh_in_the_total_but_are_no_member() {
        let weights = Weights { known: vec![1.0, 4.0, 2.0], unknown: 5.0 };
        assert_eq!(smallest_set(&weights, 0.5, Reach, false), Some(2));
        assert_eq!(smallest_set(&weights, 0.5, Reach, true), Some(1));
        assert_eq!(smallest_set(&weights, 0.75, Reach, false), None);
        assert_eq!(smallest_set(&known(&[]), 0.5, Reach, false), None);
        assert_eq!(smallest_set(&Weights { known: vec![], unknown: 3.0 }, 0.5, Reach, true), None);
    }
}
