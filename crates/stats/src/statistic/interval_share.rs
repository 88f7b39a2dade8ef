use super::count_distinct;

/// Of the distinct values that hold at the window's last instant, the part of which some row is true then: active of the
/// listed maintainers.
///
/// Formula: |{xᵢ : flagᵢ}| / |{xᵢ}| over the rows that hold ([`super::holds_at`]) and say true or false; a null says neither
/// and is left out, as in [`super::share`]. A value counts once, whatever number of rows it has. Without such rows: undefined.
pub fn interval_share<T: Ord + Copy>(rows: &[(Option<T>, Option<bool>)]) -> Option<f64> {
    let told = rows.iter().filter(|(_, flag)| flag.is_some());
    let all = count_distinct(&told.clone().map(|row| row.0).collect::<Vec<_>>());
    let yes = count_distinct(&told.filter(|row| row.1 == Some(true)).map(|row| row.0).collect::<Vec<_>>());
    (all > 0).then(|| yes as f64 / all as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    // a is true in one of two rows, b false, c true, d says nothing, nobody is nobody: 2 of 3.
    #[test]
    fn a_value_counts_once_and_is_true_where_one_of_its_rows_is() {
        let rows = [
            (Some('a'), Some(false)),
            (Some('a'), Some(true)),
            (Some('b'), Some(false)),
            (Some('c'), Some(true)),
            (Some('d'), None),
            (None, Some(true)),
        ];
        assert_eq!(interval_share(&rows), Some(2.0 / 3.0));
        assert_eq!(interval_share(&[(Some('b'), Some(false))]), Some(0.0));
        assert_eq!((interval_share::<char>(&[]), interval_share(&rows[4..])), (None, None));
    }
}
