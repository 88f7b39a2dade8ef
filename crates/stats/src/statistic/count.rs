/// The number of rows.
///
/// Formula: *n*. Source: SQL's `count(*)`. An empty cell is 0.
pub fn count<T>(rows: &[T]) -> usize {
    rows.len()
}

/// The number of distinct values; rows without a value do not count.
///
/// Formula: |{xᵢ}|. Source: CHAOSS Contributors, DevStats `count(distinct …)`. An empty cell is 0; a null is no value of
/// its own (SQL's `count(DISTINCT x)` does the same).
pub fn count_distinct<T: Ord + Copy>(values: &[Option<T>]) -> usize {
    distinct(values).len()
}

/// The distinct values in order. Sorting a few machine words beats hashing them.
pub(super) fn distinct<T: Ord + Copy>(values: &[Option<T>]) -> Vec<T> {
    let mut values: Vec<T> = values.iter().flatten().copied().collect();
    values.sort_unstable();
    values.dedup();
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nulls_are_rows_but_not_values() {
        let rows = [Some(1), None, Some(2), Some(1)];
        assert_eq!((count(&rows), count_distinct(&rows)), (4, 2));
        assert_eq!((count::<u8>(&[]), count_distinct::<u8>(&[])), (0, 0));
        assert_eq!(count_distinct::<u8>(&[None]), 0);
    }
}
