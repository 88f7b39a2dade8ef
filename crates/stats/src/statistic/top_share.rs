use super::Weights;

/// The heaviest value's part, and what it could be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TopShare {
    /// Of all, or of what is known.
    pub share: f64,
    /// Of all, if nothing of what is unknown were its.
    pub low: f64,
    /// Of all, if everything that is unknown were its.
    pub high: f64,
}

/// The part of the total that the heaviest value has.
///
/// Formula: w₍₁₎ / W, heaviest first, W the sum of all weights, without what has no value (U) if `unknown_out`. Range:
/// w₍₁₎ / (K + U) to (w₍₁₎ + U) / (K + U), K the sum of the known weights; whoever had the unknown ones, no value would
/// have more than its upper end. Source: CHAOSS 3464 Organizational Diversity (the part that one organisation makes).
///
/// Without a value of which anything is known: undefined.
pub fn top_share(weights: &Weights, unknown_out: bool) -> Option<TopShare> {
    let top = weights.known.iter().copied().max_by(f64::total_cmp)?;
    let known: f64 = weights.known.iter().sum();
    let all = known + weights.unknown;
    let share = top / if unknown_out { known } else { all };
    (known > 0.0).then(|| TopShare { share, low: top / all, high: (top + weights.unknown) / all })
}

#[cfg(test)]
mod tests {
    use super::*;

    // Known 4, 2, 1 and unknown 5: 4 of 12, or 4 of the 7 that are known; with all of the unknown 9 of 12.
    #[test]
    fn the_unknown_widen_the_range() {
        let weights = Weights { known: vec![1.0, 4.0, 2.0], unknown: 5.0 };
        let (low, high) = (4.0 / 12.0, 9.0 / 12.0);
        assert_eq!(top_share(&weights, false), Some(TopShare { share: 4.0 / 12.0, low, high }));
        assert_eq!(top_share(&weights, true), Some(TopShare { share: 4.0 / 7.0, low, high }));
    }

    #[test]
    fn one_has_everything_and_nobody_has_nothing() {
        let one = Weights { known: vec![3.0], unknown: 0.0 };
        assert_eq!(top_share(&one, false), Some(TopShare { share: 1.0, low: 1.0, high: 1.0 }));
        assert_eq!(top_share(&Weights { known: vec![], unknown: 3.0 }, false), None);
        assert_eq!(top_share(&Weights { known: vec![], unknown: 0.0 }, true), None);
    }
}
