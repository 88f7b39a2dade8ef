/// How long ago the last one was.
///
/// Formula: end − max tᵢ over the times before `end`, however long ago. Source: DevStats' "days since last
/// commit" (Projects health). 0 where it was at the end itself. Without a time before the end: undefined.
pub fn since_last(times: &[f64], end: f64) -> Option<f64> {
    times.iter().copied().filter(|time| *time <= end).max_by(f64::total_cmp).map(|last| end - last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_after_the_end_does_not_count() {
        assert_eq!(since_last(&[1.0, 4.0, 12.0], 10.0), Some(6.0));
        assert_eq!(since_last(&[10.0], 10.0), Some(0.0));
        assert_eq!((since_last(&[12.0], 10.0), since_last(&[], 10.0)), (None, None));
    }
}
