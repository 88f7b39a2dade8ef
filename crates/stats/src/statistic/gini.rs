use super::whole;

/// How unequal the weights are: 0 when all are equal, towards 1 when one has nearly everything.
///
/// Formula: G = 2 Σ i·w₍ᵢ₎ / (n Σ wᵢ) − (n + 1)/n, lightest first, i from 1: half the relative mean difference, without
/// the small-sample factor n/(n − 1), so that its maximum is 1 − 1/n. Source: Gini (1912). Only those who have a weight
/// are counted: nobody knows how many gave nothing. One value: 0. None: undefined.
pub fn gini(weights: &[f64]) -> Option<f64> {
    let mut weights = weights.to_vec();
    weights.sort_unstable_by(f64::total_cmp);
    let (n, total) = (weights.len() as f64, whole(&weights)?);
    let ranked: f64 = weights.iter().zip(1u32..).map(|(weight, rank)| f64::from(rank) * weight).sum();
    Some((2.0 * ranked / (n * total) - (n + 1.0) / n).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        // 1, 2, 3, 4: 2(1 + 4 + 9 + 16)/(4·10) − 5/4 = 1.5 − 1.25 = 0.25.
        assert!((gini(&[3.0, 1.0, 4.0, 2.0]).unwrap() - 0.25).abs() < 1e-12);
        // 1, 9: 2(1 + 18)/(2·10) − 3/2 = 0.4.
        assert!((gini(&[9.0, 1.0]).unwrap() - 0.4).abs() < 1e-12);
        assert_eq!(gini(&[2.0, 2.0, 2.0]), Some(0.0));
        assert_eq!((gini(&[5.0]), gini(&[])), (Some(0.0), None));
    }
}
