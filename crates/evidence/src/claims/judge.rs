//! Whether a value is as it must be, when only its bounds are known.

use super::verdict::Answer;
use muster_model::Comparison;

/// What can be said of a value that is somewhere in `[low, high]`: that it is as it must be, that it is not, or nothing.
pub(super) fn judge(must: &Comparison, low: f64, high: f64) -> Answer {
    if surely(must, low, high) {
        Answer::Holds
    } else if possibly(must, low, high) {
        Answer::Undecided
    } else {
        Answer::Fails
    }
}

/// Every comparison takes an interval, so it holds in all of another when it holds at its ends.
fn surely(must: &Comparison, low: f64, high: f64) -> bool {
    must.holds(low) && must.holds(high)
}

fn possibly(must: &Comparison, low: f64, high: f64) -> bool {
    match *must {
        Comparison::AtLeast(_) | Comparison::MoreThan(_) => must.holds(high),
        Comparison::AtMost(_) | Comparison::LessThan(_) => must.holds(low),
        Comparison::Equal(wanted) => (low..=high).contains(&wanted),
        Comparison::Between(least, most) => low <= most && high >= least,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_that_straddle_the_threshold_decide_nothing() {
        use Answer::{Fails, Holds, Undecided};
        let of = |must: Comparison| {
            [(3.0, 3.0), (3.0, 6.0), (5.0, 5.0), (6.0, 8.0)].map(|(low, high)| judge(&must, low, high))
        };
        assert_eq!(of(Comparison::AtLeast(5.0)), [Fails, Undecided, Holds, Holds]);
        assert_eq!(of(Comparison::MoreThan(5.0)), [Fails, Undecided, Fails, Holds]);
        assert_eq!(of(Comparison::AtMost(5.0)), [Holds, Undecided, Holds, Fails]);
        assert_eq!(of(Comparison::LessThan(5.0)), [Holds, Undecided, Fails, Fails]);
        assert_eq!(of(Comparison::Equal(5.0)), [Fails, Undecided, Holds, Fails]);
        assert_eq!(of(Comparison::Between(4.0, 5.0)), [Fails, Undecided, Holds, Fails]);
        assert_eq!(judge(&Comparison::Between(4.0, 5.0), 3.0, 6.0), Undecided, "wider than what it must be in");
    }
}
