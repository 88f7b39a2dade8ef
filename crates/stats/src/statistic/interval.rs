use super::count_distinct;

/// Whether `[from, until)` contains the last instant before `end`; times are whole microseconds.
///
/// Without a `from` nobody knows since when, so it does not hold; without an `until` it still does. An interval that
/// begins at `end` has not begun; one that ends at `end` held until the window's last instant.
pub fn holds_at(from: Option<i64>, until: Option<i64>, end: i64) -> bool {
    from.is_some_and(|from| from < end) && until.is_none_or(|until| until >= end)
}

/// How many distinct values hold at the window's last instant: listed maintainers.
///
/// Formula: |{xᵢ : fromᵢ ≤ end − 1 µs < untilᵢ}|. Source: ours. `end` is the window's end; while it is unfinished, 1 µs
/// after the as-of instant, so that a roster as of its day is that day's. A row may have begun long before the window: who
/// was listed years ago still is. An interval that ends before it begins never holds; without rows it is 0.
pub fn interval_count_distinct<T: Ord + Copy>(rows: &[(Option<T>, Option<i64>, Option<i64>)], end: i64) -> usize {
    let holding: Vec<_> =
        rows.iter().filter(|(_, from, until)| holds_at(*from, *until, end)).map(|row| row.0).collect();
    count_distinct(&holding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_open_at_the_last_instant() {
        let rows = [
            (Some('a'), Some(0), None),     // still listed
            (Some('a'), Some(3), None),     // in a second roster
            (Some('b'), Some(0), Some(10)), // leaves at 10: holds at 9
            (Some('c'), Some(0), Some(9)),  // left at 9
            (Some('d'), Some(9), Some(11)), // begins at 9
            (Some('e'), Some(10), None),    // begins with the next window
            (Some('f'), None, None),        // since nobody knows when
            (None, Some(0), None),          // nobody
        ];
        assert_eq!(interval_count_distinct(&rows, 10), 3);
        assert_eq!(interval_count_distinct(&rows, 11), 3); // a, d, e
        assert_eq!(interval_count_distinct(&rows, 0), 0);
    }
}
