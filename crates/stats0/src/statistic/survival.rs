//! Time to an end that some have not reached yet.

/// A quantile of a Kaplan-Meier curve with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Survival {
    /// The smallest time by which the share has reached its end; none when the curve does not come so far.
    pub value: Option<f64>,
    /// Lower end of the interval.
    pub low: Option<f64>,
    /// Upper end; none when the upper band does not come so far.
    pub high: Option<f64>,
}

/// 97.5 % quantile of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;
/// Products of exact fractions such as (3/4)(2/3) may miss 1/2 by rounding.
const ROUNDING: f64 = 1e-9;

/// The quantile `q` (0.5 is the median) of the time to an end, where rows without an end are censored at their time.
///
/// `S(t) = prod over ends t_i <= t of (1 - d_i / n_i)` (Kaplan and Meier 1958), `d_i` ends at `t_i` among `n_i` rows
/// that are still at risk; at equal times ends come before censorings. The value is the smallest `t` with
/// `S(t) <= 1 - q`. The interval inverts the pointwise band `S(t)^exp(±z·se)`, `se² = sum d/(n(n-d)) / ln(S)²`
/// (log-log; Kalbfleisch and Prentice), as R's `survfit(conf.type = "log-log")` does; where `S` is 0 or 1 the band
/// is not defined and is passed over.
///
/// Everything censored, or nothing at all: no value. Times are in any unit and must not be NaN.
pub fn kaplan_meier(rows: &mut [(f64, bool)], q: f64) -> Survival {
    rows.sort_unstable_by(|one, other| one.0.total_cmp(&other.0));
    let target = 1.0 - q + ROUNDING;
    let mut found = Survival { value: None, low: None, high: None };
    let (mut survival, mut variance, mut start) = (1.0_f64, 0.0_f64, 0);
    while start < rows.len() {
        let time = rows[start].0;
        let here = rows[start..].iter().take_while(|row| row.0 == time).count();
        let ends = rows[start..start + here].iter().filter(|row| row.1).count();
        if ends > 0 {
            let at_risk = rows.len() - start;
            survival *= 1.0 - super::ratio(ends, at_risk);
            variance += super::ratio(ends, at_risk) / as_float(at_risk - ends);
            let (lower, upper) = band(survival, variance);
            found.value = found.value.or((survival <= target).then_some(time));
            found.low = found.low.or(lower.filter(|band| *band <= target).map(|_| time));
            found.high = found.high.or(upper.filter(|band| *band <= target).map(|_| time));
        }
        start += here;
    }
    found
}

fn band(survival: f64, variance: f64) -> (Option<f64>, Option<f64>) {
    if survival <= 0.0 || survival >= 1.0 {
        return (None, None);
    }
    let spread = Z * variance.sqrt() / survival.ln().abs();
    (Some(survival.powf(spread.exp())), Some(survival.powf((-spread).exp())))
}

#[allow(clippy::cast_precision_loss)]
fn as_float(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Remission times of leukaemia patients under 6-MP (Freireich 1963; the textbook example of Kalbfleisch and
    /// Prentice). By hand: S after 6 is 18/21 = 0.857, after 7 × 16/17 = 0.807, after 10 × 14/15 = 0.753, after 13
    /// × 11/12 = 0.690, after 16 × 10/11 = 0.627, after 22 × 6/7 = 0.538, after 23 × 5/6 = 0.448: the median is 23.
    /// R's survfit(conf.type = "log-log") gives 13 for the lower end and NA for the upper.
    #[test]
    fn the_textbook_median() {
        let ends = [6, 6, 6, 7, 10, 13, 16, 22, 23];
        let censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35];
        let mut rows: Vec<(f64, bool)> =
            ends.iter().map(|t| (f64::from(*t), true)).chain(censored.iter().map(|t| (f64::from(*t), false))).collect();
        let median = kaplan_meier(&mut rows, 0.5);
        assert_eq!(median, Survival { value: Some(23.0), low: Some(13.0), high: None });
        assert_eq!(kaplan_meier(&mut rows, 0.25).value, Some(13.0));
    }

    #[test]
    fn nothing_reached_is_no_value() {
        assert_eq!(kaplan_meier(&mut [], 0.5).value, None);
        assert_eq!(kaplan_meier(&mut [(3.0, false), (9.0, false)], 0.5).value, None);
        // One of four ends: S stays at 3/4.
        assert_eq!(kaplan_meier(&mut [(1.0, true), (2.0, false), (3.0, false), (4.0, false)], 0.5).value, None);
    }

    #[test]
    fn without_censoring_it_is_the_discrete_median() {
        let mut rows = [(4.0, true), (1.0, true), (3.0, true), (2.0, true)];
        assert_eq!(kaplan_meier(&mut rows, 0.5).value, Some(2.0));
    }

    #[test]
    fn ends_come_before_censorings_of_the_same_time() {
        // At 2: three at risk, one end. S = 2/3 × (at 5, one at risk, one end) 0.
        let mut rows = [(2.0, false), (2.0, true), (5.0, true)];
        assert_eq!(kaplan_meier(&mut rows, 0.3).value, Some(2.0));
        assert_eq!(kaplan_meier(&mut rows, 0.5).value, Some(5.0));
    }
}
