use super::whole;

/// How many equally heavy values would be as diverse.
///
/// Formula: exp(−Σ pᵢ ln pᵢ) with pᵢ = wᵢ / Σw. Source: Hill (1973), the diversity of order 1; the exponential of Shannon's
/// entropy. Between 1 (one value has everything) and the number of values. None: undefined.
pub fn effective_number(weights: &[f64]) -> Option<f64> {
    let total = whole(weights)?;
    let parts = weights.iter().map(|weight| weight / total).filter(|part| *part > 0.0);
    Some((-parts.map(|part| part * part.ln()).sum::<f64>()).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        // Four equal ones are four.
        assert!((effective_number(&[3.0; 4]).unwrap() - 4.0).abs() < 1e-12);
        // 1/2, 1/4, 1/4: the entropy is 1.5 ln 2, so 2^1.5 = 2.828427.
        assert!((effective_number(&[2.0, 1.0, 1.0]).unwrap() - 2.828_427).abs() < 5e-7);
        assert_eq!(effective_number(&[7.0]), Some(1.0));
        assert_eq!(effective_number(&[]), None);
    }
}
