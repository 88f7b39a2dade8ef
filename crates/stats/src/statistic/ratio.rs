use super::sum;

/// One sum over another.
///
/// Formula: Σaᵢ / Σbᵢ, each over the rows that have it; a Boolean counts 0 or 1. Source: CHAOSS Change Request Closure
/// Ratio (closed / opened). It can exceed 1, and is 0 where only the numerator is empty. When the denominator is 0:
/// undefined, whatever the numerator.
pub fn ratio(numerators: &[Option<f64>], denominators: &[Option<f64>]) -> Option<f64> {
    let total = sum(denominators);
    (total != 0.0).then(|| sum(numerators) / total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_closed_for_two_opened() {
        let closed = [Some(1.0), Some(1.0), Some(1.0), None];
        let opened = [Some(1.0), Some(0.0), None, Some(1.0)];
        assert_eq!(ratio(&closed, &opened), Some(1.5));
        assert_eq!(ratio(&[], &opened), Some(0.0));
        assert_eq!((ratio(&closed, &[Some(0.0)]), ratio(&[], &[])), (None, None));
    }
}
