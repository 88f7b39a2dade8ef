use super::whole;

/// The chance that two units of weight drawn at random belong to the same value.
///
/// Formula: Σ pᵢ² with pᵢ = wᵢ / Σw. Source: Herfindahl (1950), Hirschman (1945). Between 1/n (equal) and 1 (one has
/// everything); competition authorities print it times 10 000. None: undefined.
pub fn herfindahl(weights: &[f64]) -> Option<f64> {
    let total = whole(weights)?;
    Some(weights.iter().map(|weight| (weight / total).powi(2)).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        // 1/2, 1/4, 1/4: 4/16 + 1/16 + 1/16 = 0.375.
        assert_eq!(herfindahl(&[2.0, 1.0, 1.0]), Some(0.375));
        assert_eq!(herfindahl(&[1.0; 4]), Some(0.25));
        assert_eq!((herfindahl(&[9.0]), herfindahl(&[])), (Some(1.0), None));
    }
}
