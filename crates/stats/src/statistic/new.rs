use std::collections::HashSet;
use std::hash::Hash;

/// Which rows are the first of their value, of rows in order of time. A row without a value is none.
///
/// The statistic `new` counts those that fall in the window. Formula: |{v : min tᵢ over xᵢ = v lies in the window}|.
/// Source: CHAOSS New Contributors. First in the rows given: in a group, the first in that group.
pub fn first_rows<T: Eq + Hash>(values: impl IntoIterator<Item = Option<T>>) -> Vec<bool> {
    let mut seen = HashSet::new();
    values.into_iter().map(|value| value.is_some_and(|value| seen.insert(value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn once_a_value() {
        let values = [None, Some('a'), Some('b'), Some('a'), None, Some('c'), Some('b')];
        assert_eq!(first_rows(values), [false, true, true, false, false, true, false]);
    }
}
