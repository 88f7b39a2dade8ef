/// The 97.5 % point of the standard normal distribution: a 95 % interval.
const Z: f64 = 1.959_963_984_540_054;

/// Products of fractions miss 0.5 by a few ulps where the exact product is 0.5.
const TOLERANCE: f64 = 1e-9;

/// A survival curve: the part of the items that are still waiting after a time.
#[derive(Debug, Clone, PartialEq)]
pub struct Survival {
    /// The curve falls here and nowhere else; in order of time.
    pub steps: Vec<Step>,
    /// How many items there are, ended or not.
    pub items: usize,
    /// The longest time that any of them was seen to wait: beyond it the curve says nothing. None without items.
    pub longest: Option<f64>,
}

/// One fall of the curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// When.
    pub time: f64,
    /// Items waiting just before.
    pub at_risk: usize,
    /// Items that end here.
    pub ended: usize,
    /// The part still waiting after it.
    pub survival: f64,
    /// Pointwise 95 % band of `survival`; none once nobody is left, where the variance is infinite.
    pub band: Option<(f64, f64)>,
}

/// A quantile with its 95 % interval; `None` where the curve does not reach it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The quantile.
    pub value: Option<f64>,
    /// Lower end.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

/// The product-limit estimate of how long items wait, when some are still waiting when last seen (censored).
///
/// `items` are the time waited, not below 0, and whether the end was seen. One who ended at once (0) was at risk and ended at 0.
/// All censored: a curve without a step, no quantile of which is reached.
///
/// Formula: S(t) = Π (1 − dᵢ/nᵢ) over the times tᵢ ≤ t at which dᵢ of the nᵢ items at risk end. At equal times the
/// ends come before the censorings: an item censored at tᵢ was still at risk there. Greenwood's variance of log S is
/// V = Σ dᵢ/(nᵢ(nᵢ − dᵢ)), and the band is S^exp(±z√V / log S): the log(−log) interval, which stays within 0 and 1.
///
/// Sources: Kaplan and Meier (1958); Kalbfleisch and Prentice, *The Statistical Analysis of Failure Time Data* (1980) for
/// the interval; R's `survfit(conf.type = "log-log")` and lifelines' `KaplanMeierFitter` give the same numbers.
pub fn kaplan_meier(items: &[(f64, bool)]) -> Survival {
    let mut items = items.to_vec();
    items.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let (mut steps, mut survival, mut variance) = (Vec::new(), 1.0, 0.0);
    let mut at_risk = items.len();
    for tied in items.chunk_by(|a, b| a.0 == b.0) {
        let ended = tied.iter().filter(|(_, seen)| *seen).count();
        if ended > 0 {
            let left = at_risk - ended;
            survival *= left as f64 / at_risk as f64;
            variance += ended as f64 / (at_risk as f64 * left as f64);
            let band = (left > 0).then(|| band(survival, variance));
            steps.push(Step { time: tied[0].0, at_risk, ended, survival, band });
        }
        at_risk -= tied.len();
    }
    Survival { steps, items: items.len(), longest: items.last().map(|item| item.0) }
}

fn band(survival: f64, variance: f64) -> (f64, f64) {
    let theta = Z * variance.sqrt() / survival.ln().abs();
    (survival.powf(theta.exp()), survival.powf((-theta).exp()))
}

impl Survival {
    /// The time by which the part `p` of the items has ended: the first at which S(t) ≤ 1 − p; the median for 0.5.
    ///
    /// The interval holds the times at which the band contains 1 − p (Brookmeyer and Crowley, 1982): its ends are the
    /// first times at which the lower, and the upper, end of the band is at most 1 − p. A curve that stays above has no
    /// quantile ("not reached": say that, not the largest time seen); its lower end may be reached all the same.
    pub fn quantile(&self, p: f64) -> Estimate {
        let level = 1.0 - p + TOLERANCE;
        let first = |at: fn(&Step) -> Option<f64>| {
            self.steps.iter().find(|step| at(step).is_some_and(|height| height <= level)).map(|step| step.time)
        };
        Estimate {
            value: first(|step| Some(step.survival)),
            low: first(|step| step.band.map(|(low, _)| low)),
            high: first(|step| step.band.map(|(_, high)| high)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 5e-7
    }

    /// Freireich et al. (1963), remission under 6-MP, in weeks; the textbook example (Kalbfleisch and Prentice; Collett).
    fn remission() -> Vec<(f64, bool)> {
        let ended = [6, 6, 6, 7, 10, 13, 16, 22, 23];
        let censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35];
        let item = |seen| move |weeks: &i32| (f64::from(*weeks), seen);
        ended.iter().map(item(true)).chain(censored.iter().map(item(false))).collect()
    }

    // By hand. At risk and ended at 6: 21, 3; 7: 17, 1; 10: 15, 1; 13: 12, 1; 16: 11, 1; 22: 7, 1; 23: 6, 1.
    //   S(6)  = 18/21            = 0.857143
    //   S(7)  = S(6)  * 16/17    = 0.806723
    //   S(10) = S(7)  * 14/15    = 0.752941
    //   S(13) = S(10) * 11/12    = 0.690196
    //   S(16) = S(13) * 10/11    = 0.627451
    //   S(22) = S(16) * 6/7      = 0.537815
    //   S(23) = S(22) * 5/6      = 0.448179   -> the median is 23.
    // Greenwood's sum at 13: 3/(21*18) + 1/(17*16) + 1/(15*14) + 1/(12*11)
    //   = .0079365 + .0036765 + .0047619 + .0075758 = .0239507; its root .1547601; log S = -.3707792;
    //   theta = 1.959964 * .1547601 / .3707792 = .8180754; exp = 2.2661355, 1/exp = .4412799;
    //   band = .690196^2.2661355 = .4316 and .690196^.4412799 = .8491: the lower one is the first at most .5 -> low 13.
    // At 23 the upper one is .6801, above .5, and nothing ends later: the upper end is not reached.
    #[test]
    fn the_remission_data_of_the_textbooks() {
        let curve = kaplan_meier(&remission());
        let table: Vec<_> = curve.steps.iter().map(|s| (s.time, s.at_risk, s.ended)).collect();
        let expected =
            [(6.0, 21, 3), (7.0, 17, 1), (10.0, 15, 1), (13.0, 12, 1), (16.0, 11, 1), (22.0, 7, 1), (23.0, 6, 1)];
        assert_eq!(table, expected);
        let heights = [0.857_143, 0.806_723, 0.752_941, 0.690_196, 0.627_451, 0.537_815, 0.448_179];
        assert!(curve.steps.iter().zip(heights).all(|(step, height)| near(step.survival, height)));
        let (low, high) = curve.steps[3].band.unwrap();
        assert!((low - 0.4316).abs() < 5e-5 && (high - 0.8491).abs() < 5e-5, "{low} {high}");
        assert_eq!(curve.quantile(0.5), Estimate { value: Some(23.0), low: Some(13.0), high: None });
        assert_eq!(curve.quantile(0.25).value, Some(13.0));
        assert_eq!(curve.quantile(0.75).value, None);
    }

    // Without censoring the curve is the empirical one: 1 − k/10 after the k-th of ten. S(5) is 0.5 exactly, but a
    // product of nine rounded factors misses it; the median is 5 all the same.
    #[test]
    fn without_censoring_it_is_the_nearest_rank_quantile() {
        let items: Vec<_> = (1..=10).map(|t| (f64::from(t), true)).collect();
        let curve = kaplan_meier(&items);
        for p in [0.1, 0.25, 0.5, 0.75, 0.85, 0.9] {
            let values: Vec<_> = items.iter().map(|item| item.0).collect();
            assert_eq!(curve.quantile(p).value, super::super::quantile_discrete(&values, p), "{p}");
        }
        assert_eq!(curve.steps[9].survival, 0.0);
        assert_eq!(curve.steps[9].band, None);
    }

    // Two items at time 3, one ends, one is censored. Ends first: 2 at risk, S = 1/2. Censorings first would give 1 at
    // risk and S = 0.
    #[test]
    fn at_equal_times_ends_come_before_censorings() {
        let curve = kaplan_meier(&[(3.0, false), (3.0, true)]);
        assert_eq!((curve.steps[0].at_risk, curve.steps[0].survival), (2, 0.5));
        assert_eq!(curve.quantile(0.5).value, Some(3.0));
    }

    #[test]
    fn all_censored_is_not_reached() {
        let none = Estimate { value: None, low: None, high: None };
        assert_eq!(kaplan_meier(&[(3.0, false), (5.0, false)]).quantile(0.5), none);
        assert_eq!(kaplan_meier(&[]).quantile(0.5), none);
    }
}
