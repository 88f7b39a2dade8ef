use super::{Retention, retention};

/// Who of those who came at one time is here now.
///
/// `first` are the values whose very first row falls in an earlier window (some windows back), `now` those with a row in
/// this one. Formula: |A ∩ B| of |A|, as in [`retention`], but A holds only those who were new, so that old hands do not
/// hide how few of the newcomers stay. Source: ours, the usual cohort table. Who pauses and comes back counts. A cohort of
/// nobody: undefined.
pub fn cohort<T: Ord + Copy>(first: &[Option<T>], now: &[Option<T>]) -> Retention {
    retention(first, now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_four_newcomers_is_still_here() {
        let first = [Some('a'), Some('b'), Some('c'), Some('d')];
        let now = [Some('c'), Some('x'), Some('c'), None];
        assert_eq!(cohort(&first, &now).share(), Some(0.25));
        assert_eq!(cohort(&[], &now).share(), None);
    }
}
