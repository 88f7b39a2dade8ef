/// The part of the rows that are true.
///
/// Formula: |{i : xᵢ}| / n over the rows that say true or false; a null says neither and is left out. Source: ours; CHAOSS
/// Change Request Acceptance Ratio is one. All true is 1, all false is 0; without such rows: undefined.
pub fn share(flags: &[Option<bool>]) -> Option<f64> {
    let n = flags.iter().flatten().count();
    let yes = flags.iter().flatten().filter(|flag| **flag).count();
    (n > 0).then(|| yes as f64 / n as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_null_is_neither_true_nor_false() {
        assert_eq!(share(&[Some(true), Some(false), None, Some(true), Some(true)]), Some(0.75));
        assert_eq!(share(&[Some(false)]), Some(0.0));
        assert_eq!((share(&[]), share(&[None])), (None, None));
    }
}
