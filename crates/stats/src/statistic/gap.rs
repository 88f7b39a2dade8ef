use super::quantile_interpolated;

/// The gaps between times, each from one to the next. Two at the same time are a gap of 0; one time has none.
///
/// Formula: t₍ᵢ₊₁₎ − t₍ᵢ₎ over the times in order.
pub fn gaps(times: &[f64]) -> Vec<f64> {
    let mut times = times.to_vec();
    times.sort_unstable_by(f64::total_cmp);
    times.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

/// How long it usually takes from one to the next: the cadence of releases or meetings.
///
/// Formula: the median of [`gaps`], of an even number the mean of the middle two. Source: CHAOSS Release Frequency (4765).
/// Fewer than two times: undefined.
pub fn median_gap(times: &[f64]) -> Option<f64> {
    quantile_interpolated(&gaps(times), 0.5)
}

/// The longest time from one to the next, and what is still open.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LongestGap {
    /// The longest of the gaps that have an end; none with fewer than two times.
    pub closed: Option<f64>,
    /// From the last time to `end`: the gap that begins there is at least so long. None without a time.
    pub open: Option<f64>,
}

/// The longest gap that has an end, and the one that has none yet.
///
/// Formula: max of [`gaps`], and end − max tᵢ beside it, because a project that fell silent has its longest gap now.
/// Source: CHAOSS Release Frequency (4765), which asks for the largest gap as well.
pub fn longest_gap(times: &[f64], end: f64) -> LongestGap {
    let last = times.iter().copied().max_by(f64::total_cmp);
    LongestGap { closed: gaps(times).into_iter().max_by(f64::total_cmp), open: last.map(|last| end - last) }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Releases on days 3, 10, 10, 31, 45: gaps 7, 0, 21, 14; in order 0, 7, 14, 21, so the median is 10.5.
    #[test]
    fn by_hand() {
        let days = [31.0, 3.0, 10.0, 45.0, 10.0];
        assert_eq!(gaps(&days), [7.0, 0.0, 21.0, 14.0]);
        assert_eq!(median_gap(&days), Some(10.5));
        assert_eq!(median_gap(&days[..4]), Some(14.0));
        assert_eq!(longest_gap(&days, 50.0), LongestGap { closed: Some(21.0), open: Some(5.0) });
        assert_eq!(longest_gap(&days, 75.0), LongestGap { closed: Some(21.0), open: Some(30.0) });
    }

    #[test]
    fn one_time_has_no_gap_that_ends() {
        assert_eq!((median_gap(&[3.0]), median_gap(&[])), (None, None));
        assert_eq!(longest_gap(&[3.0], 9.0), LongestGap { closed: None, open: Some(6.0) });
        assert_eq!(longest_gap(&[], 9.0), LongestGap { closed: None, open: None });
    }
}
