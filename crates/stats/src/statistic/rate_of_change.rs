/// By which part the figure grew since the window before.
///
/// Formula: (now − before) / before; −1 is a fall to nothing, 1 a doubling. Source: ours, relative change. From 0 there is no rate: undefined.
pub fn rate_of_change(before: f64, now: f64) -> Option<f64> {
    (before != 0.0).then(|| (now - before) / before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_eight_to_six_is_a_quarter_less() {
        assert_eq!(rate_of_change(8.0, 6.0), Some(-0.25));
        assert_eq!(rate_of_change(4.0, 8.0), Some(1.0));
        assert_eq!(rate_of_change(4.0, 0.0), Some(-1.0));
        assert_eq!(rate_of_change(0.0, 5.0), None);
    }
}
