use super::count::distinct;

/// Rows per item, on average over the items that have any.
///
/// Formula: n / |{items}| over the rows that name an item. Source: CHAOSS' attendees per meeting. Without items: undefined.
pub fn mean_per<I: Ord + Copy>(items: &[Option<I>]) -> Option<f64> {
    let rows = items.iter().flatten().count();
    (rows > 0).then(|| rows as f64 / distinct(items).len() as f64)
}

/// Distinct values per item, on average over the items: organisations per meeting.
///
/// Formula: |{(item, value)}| / |{items}|. Source: ours. An item all of whose values are unknown counts as an item with 0 values:
/// leaving it out would flatter the mean. Without items: undefined.
pub fn mean_distinct_per<I: Ord + Copy, T: Ord + Copy>(items: &[Option<I>], values: &[Option<T>]) -> Option<f64> {
    let pairs: Vec<Option<(I, T)>> =
        items.iter().zip(values).map(|(item, value)| Some(((*item)?, (*value)?))).collect();
    let items = distinct(items).len();
    (items > 0).then(|| distinct(&pairs).len() as f64 / items as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Meeting 1: organisations a, a, b -> 2. Meeting 2: a, unknown -> 1. Meeting 3: unknown -> 0. Mean 3/3 = 1.
    // Rows: 3 + 2 + 1 of 3 meetings -> 2.
    #[test]
    fn organisations_per_meeting() {
        let meetings = [Some(1), Some(1), Some(1), Some(2), Some(2), Some(3), None];
        let organisations = [Some('a'), Some('a'), Some('b'), Some('a'), None, None, Some('z')];
        assert_eq!(mean_distinct_per(&meetings, &organisations), Some(1.0));
        assert_eq!(mean_per(&meetings), Some(2.0));
        assert_eq!(mean_per::<u8>(&[]), None);
        assert_eq!(mean_distinct_per::<u8, u8>(&[None], &[Some(1)]), None);
    }
}
