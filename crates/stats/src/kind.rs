//! Which statistics there are, what they read and which parameters they take.

use crate::StatsError;
use muster_model::MetricSpec;

/// A statistic by its name in a metric's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Count,
    CountDistinct,
    Sum,
    Mean,
    Share,
    Ratio,
    QuantileDiscrete,
    QuantileInterpolated,
    KaplanMeier,
    SmallestSet,
    Gini,
    EffectiveNumber,
    Herfindahl,
    TopShare,
    Retention,
    Cohort,
    New,
    RateOfChange,
    Slope,
    MeanPer,
    MeanDistinctPer,
    IntervalCountDistinct,
    IntervalShare,
    MedianGap,
    LongestGap,
    DaysSinceLast,
}

/// What a column is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// Names to tell apart: people, organisations.
    Names,
    /// Numbers; a Boolean is 0 or 1.
    Numbers,
    /// Booleans only.
    Flags,
}

const NAMES: [(&str, Kind); 26] = [
    ("count", Kind::Count),
    ("count_distinct", Kind::CountDistinct),
    ("sum", Kind::Sum),
    ("mean", Kind::Mean),
    ("share", Kind::Share),
    ("ratio", Kind::Ratio),
    ("quantile_discrete", Kind::QuantileDiscrete),
    ("quantile_interpolated", Kind::QuantileInterpolated),
    ("kaplan_meier", Kind::KaplanMeier),
    ("smallest_set", Kind::SmallestSet),
    ("gini", Kind::Gini),
    ("effective_number", Kind::EffectiveNumber),
    ("herfindahl", Kind::Herfindahl),
    ("top_share", Kind::TopShare),
    ("retention", Kind::Retention),
    ("cohort", Kind::Cohort),
    ("new", Kind::New),
    ("rate_of_change", Kind::RateOfChange),
    ("slope", Kind::Slope),
    ("mean_per", Kind::MeanPer),
    ("mean_distinct_per", Kind::MeanDistinctPer),
    ("interval_count_distinct", Kind::IntervalCountDistinct),
    ("interval_share", Kind::IntervalShare),
    ("median_gap", Kind::MedianGap),
    ("longest_gap", Kind::LongestGap),
    ("days_since_last", Kind::DaysSinceLast),
];

/// A parameter: its name, the value when the file gives none, and what it may be.
type Parameter = (&'static str, f64, Range);

#[derive(Debug, Clone, Copy)]
enum Range {
    /// 0 or 1.
    Flag,
    /// Between 0 and 1, the ends included.
    Closed,
    /// Between 0 and 1, the ends not included.
    Open,
    /// Above 0, at most 1.
    Threshold,
    /// A whole number from 1 on.
    Whole,
}

impl Range {
    fn holds(self, value: f64) -> bool {
        match self {
            Self::Flag => value == 0.0 || value == 1.0,
            Self::Closed => (0.0..=1.0).contains(&value),
            Self::Open => value > 0.0 && value < 1.0,
            Self::Threshold => value > 0.0 && value <= 1.0,
            Self::Whole => value.fract() == 0.0 && (1.0..=36_525.0).contains(&value),
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Flag => "0 or 1",
            Self::Closed => "from 0 to 1",
            Self::Open => "between 0 and 1",
            Self::Threshold => "above 0 and at most 1",
            Self::Whole => "a whole number from 1 to 36525",
        }
    }
}

impl Kind {
    pub(crate) fn of(spec: &MetricSpec) -> Result<Self, StatsError> {
        NAMES.iter().find(|(name, _)| *name == spec.statistic).map(|(_, kind)| *kind).ok_or_else(|| {
            let names: Vec<_> = NAMES.iter().map(|(name, _)| *name).collect();
            definition(spec, format!("unknown statistic {:?}; there are {}", spec.statistic, names.join(", ")))
        })
    }

    /// What the `value` column is read as; `None` where it is not read at all.
    pub(crate) fn value(self) -> Option<Reading> {
        match self {
            Self::Count | Self::MeanPer | Self::DaysSinceLast => None,
            Self::Share => Some(Reading::Flags),
            Self::Sum
            | Self::Mean
            | Self::Ratio
            | Self::QuantileDiscrete
            | Self::QuantileInterpolated
            | Self::KaplanMeier => Some(Reading::Numbers),
            _ => Some(Reading::Names),
        }
    }

    /// What the `per` column is read as.
    pub(crate) fn per(self) -> Option<Reading> {
        match self {
            Self::Ratio => Some(Reading::Numbers),
            Self::MeanPer | Self::MeanDistinctPer => Some(Reading::Names),
            _ => None,
        }
    }

    pub(crate) fn weighs(self) -> bool {
        matches!(
            self,
            Self::SmallestSet
                | Self::Gini
                | Self::EffectiveNumber
                | Self::Herfindahl
                | Self::TopShare
                | Self::RateOfChange
        )
    }

    /// Whether it takes the rows that hold at the window's last instant, not those whose time lies in the window.
    pub(crate) fn holds(self) -> bool {
        matches!(self, Self::IntervalCountDistinct | Self::IntervalShare)
    }

    /// Whether it reads the `observed` column.
    pub(crate) fn observes(self) -> bool {
        matches!(self, Self::KaplanMeier | Self::IntervalShare)
    }

    /// Whether all rows of the window before are behind a cell as well.
    pub(crate) fn compares(self) -> bool {
        matches!(self, Self::Retention | Self::RateOfChange)
    }

    /// Whether only the first row of a value in its group counts.
    pub(crate) fn looks_at_firsts(self) -> bool {
        matches!(self, Self::New | Self::Cohort | Self::MedianGap | Self::LongestGap)
    }

    /// Whether it picks one of several rows: then their ids decide between those of one instant.
    pub(crate) fn picks(self) -> bool {
        self.looks_at_firsts() || self == Self::DaysSinceLast
    }

    /// Whether it measures from row to row, in the unit of time that the metric gives.
    fn measures_time(self) -> bool {
        matches!(self, Self::MedianGap | Self::LongestGap | Self::DaysSinceLast)
    }

    fn parameters(self) -> &'static [Parameter] {
        match self {
            Self::QuantileDiscrete | Self::QuantileInterpolated => &[("quantile", 0.5, Range::Closed)],
            Self::KaplanMeier => &[("quantile", 0.5, Range::Open)],
            Self::SmallestSet => {
                &[("threshold", 0.5, Range::Threshold), ("exceed", 0.0, Range::Flag), ("unknown_out", 0.0, Range::Flag)]
            }
            Self::TopShare => &[("unknown_out", 0.0, Range::Flag)],
            Self::Retention => &[("as_count", 0.0, Range::Flag), ("unknown_by_value", 0.0, Range::Flag)],
            Self::Cohort => &[("after", 4.0, Range::Whole), ("unknown_by_value", 0.0, Range::Flag)],
            Self::Slope => &[("period_days", 7.0, Range::Whole)],
            Self::CountDistinct | Self::New | Self::IntervalCountDistinct => &[("unknown_by_value", 0.0, Range::Flag)],
            _ => &[],
        }
    }

    /// The parameter as the file gives it, or its default.
    pub(crate) fn parameter(self, spec: &MetricSpec, name: &str) -> f64 {
        let default =
            self.parameters().iter().find(|(known, ..)| *known == name).map_or(0.0, |(_, default, _)| *default);
        spec.parameters.get(name).copied().unwrap_or(default)
    }

    pub(crate) fn flag(self, spec: &MetricSpec, name: &str) -> bool {
        self.parameter(spec, name) == 1.0
    }
}

/// Whether the statistic, its columns and its parameters fit together. Reads no file.
///
/// # Errors
/// What is missing or unknown, and what there is.
pub fn check(spec: &MetricSpec) -> Result<(), StatsError> {
    let kind = Kind::of(spec)?;
    spec.validate().map_err(|message| definition(spec, message))?;
    for (name, value) in &spec.parameters {
        let Some((_, _, range)) = kind.parameters().iter().find(|(known, ..)| known == name) else {
            return Err(definition(spec, unknown_parameter(spec, kind, name)));
        };
        if !range.holds(*value) {
            return Err(definition(spec, format!("{name} = {value}; it has to be {}", range.words())));
        }
    }
    if kind.flag(spec, "exceed") && kind.parameter(spec, "threshold") >= 1.0 {
        return Err(definition(spec, "no set exceeds a threshold of 1; lower it or leave out `exceed`".to_owned()));
    }
    if kind.measures_time() && !["days", "hours", "seconds"].contains(&spec.unit.as_str()) {
        let message = format!("statistic {} needs unit = \"days\", \"hours\" or \"seconds\"", spec.statistic);
        return Err(definition(spec, message));
    }
    if spec.weight.is_some() && !kind.weighs() {
        return Err(definition(spec, format!("statistic {} takes no `weight`; remove it", spec.statistic)));
    }
    Ok(())
}

fn unknown_parameter(spec: &MetricSpec, kind: Kind, name: &str) -> String {
    let known: Vec<_> = kind.parameters().iter().map(|(known, ..)| *known).collect();
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    format!("unknown parameter {name:?}; statistic {} takes {known}", spec.statistic)
}

fn definition(spec: &MetricSpec, message: String) -> StatsError {
    StatsError::Definition { metric: spec.id.clone(), message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_model_lists_the_same_names() {
        let names: Vec<_> = NAMES.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, MetricSpec::STATISTICS);
    }
}
