use statrs::distribution::{ContinuousCDF, StudentsT};

/// A straight line through figures of periods of equal length.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slope {
    /// By how much the figure changes from one period to the next.
    pub value: f64,
    /// Lower end of its 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The trend: the slope of the least-squares line through `figures`, one a period, oldest first.
///
/// Formula: b = Σ(xᵢ − x̄)(yᵢ − ȳ) / Sxx with xᵢ = 0 … n − 1 and Sxx = Σ(xᵢ − x̄)² = n(n² − 1)/12; the 95 % interval is
/// b ± t · √(SSE / (n − 2) / Sxx), where SSE is the squared distance from the line and t the 97.5 % point of Student's t
/// with n − 2 degrees of freedom. Source: any textbook, e.g. Draper and Smith, *Applied Regression Analysis*; R's
/// `confint(lm(y ~ x))` and `scipy.stats.linregress` give the same numbers.
///
/// The interval takes the periods for independent and alike in spread; counts that swing together make it too narrow.
/// Fewer than three periods: undefined, a line through two points has no error to judge it by.
pub fn slope(figures: &[f64]) -> Option<Slope> {
    let n = figures.len() as f64;
    let student = StudentsT::new(0.0, 1.0, n - 2.0).ok()?;
    let (middle, mean) = ((n - 1.0) / 2.0, figures.iter().sum::<f64>() / n);
    let points = || figures.iter().zip(0u32..).map(|(figure, period)| (f64::from(period) - middle, figure - mean));
    let spread = n * (n * n - 1.0) / 12.0;
    let value = points().map(|(x, y)| x * y).sum::<f64>() / spread;
    let error: f64 = points().map(|(x, y)| (y - value * x).powi(2)).sum();
    let half = student.inverse_cdf(0.975) * (error / (n - 2.0) / spread).sqrt();
    Some(Slope { value, low: value - half, high: value + half })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-6
    }

    // 2, 4, 5, 4, 5: mean 4, x̄ = 2; Σ(x−x̄)(y−ȳ) = −2·−2 + −1·0 + 0 + 1·0 + 2·1 = 6; Sxx = 10; b = 0.6.
    // The line is 2.8, 3.4, 4, 4.6, 5.2; distances −.8, .6, 1, −.6, −.2; SSE = .64 + .36 + 1 + .36 + .04 = 2.4.
    // √(2.4/3/10) = .2828427; t(3) = 3.1824463 (any table: 3.182); half = .9001317.
    #[test]
    fn five_periods_by_hand() {
        let line = slope(&[2.0, 4.0, 5.0, 4.0, 5.0]).unwrap();
        assert!(near(line.value, 0.6) && near(line.low, -0.300_131_7) && near(line.high, 1.500_131_7), "{line:?}");
    }

    #[test]
    fn a_straight_line_has_no_error_and_two_points_have_no_interval() {
        assert_eq!(slope(&[7.0, 5.0, 3.0]), Some(Slope { value: -2.0, low: -2.0, high: -2.0 }));
        assert_eq!(slope(&[0.0; 4]), Some(Slope { value: 0.0, low: 0.0, high: 0.0 }));
        assert_eq!((slope(&[1.0, 2.0]), slope(&[])), (None, None));
    }
}
