use super::count::distinct;

/// Who of before is still here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Distinct values before.
    pub before: usize,
    /// Those of them that are here too.
    pub retained: usize,
}

/// Compares the distinct values of two windows; rows without a value are in neither.
///
/// Formula: |A ∩ B| of |A|, A before, B now. Source: LFX Insights' quarterly retention. Who returns after a pause of a
/// whole window was not retained, and is not new either. Nobody now is 0; nobody before: undefined.
pub fn retention<T: Ord + Copy>(before: &[Option<T>], now: &[Option<T>]) -> Retention {
    let (before, now) = (distinct(before), distinct(now));
    let retained = before.iter().filter(|value| now.binary_search(value).is_ok()).count();
    Retention { before: before.len(), retained }
}

impl Retention {
    /// The part that was retained; undefined when there was nobody before.
    pub fn share(self) -> Option<f64> {
        (self.before > 0).then(|| self.retained as f64 / self.before as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_of_three_stayed() {
        let before = [Some('a'), Some('b'), Some('c'), Some('a'), None];
        let now = [Some('c'), Some('d'), Some('a'), None];
        let kept = retention(&before, &now);
        assert_eq!(kept, Retention { before: 3, retained: 2 });
        assert_eq!(kept.share(), Some(2.0 / 3.0));
        assert_eq!(retention(&before, &[]).share(), Some(0.0));
        assert_eq!(retention(&[], &now).share(), None);
    }
}
