//! What is inside a cell, for people who take a figure apart: its values with their weights, and its survival curve.

use crate::cut::Metric;
use crate::evaluate::{Behind, Evaluation};
use crate::kind::{Kind, Reading};
use crate::statistic::Survival;
use crate::{Context, StatsError};
use muster_model::{MetricSpec, Window, WindowKind};
use std::collections::HashSet;
use std::path::Path;

/// One of the values that a figure is made of: a person, an organisation.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// The value; none for the rows without one (unknown), which are one member, the last.
    pub name: Option<String>,
    /// Its rows, or their weights' sum. For `mean_distinct_per` in how many items it is, for `new` and
    /// `cohort` 1.
    pub weight: f64,
    /// Its part of all weights; none where the figure leaves it out of the whole: the unknown of `gini`,
    /// `effective_number`, `herfindahl`, `mean_distinct_per` and of `smallest_set` with `unknown_out`.
    pub share: Option<f64>,
    /// The shares so far together, its own included.
    pub cumulative: Option<f64>,
    /// Whether the figure counts it: for `smallest_set` as one of the set, for `top_share` as the first, for `retention`
    /// and `cohort` as one of those who are here too; of the others each that is known.
    pub in_set: bool,
}

/// The values behind a cell: the heaviest first, equal ones by name, the unknown last.
///
/// Of `retention` they are those of the window before, whether they stayed or not, weighed by their rows there; of
/// `cohort` those who began, each by 1.
/// Where several of equal weight stand at the edge of a smallest set, it takes the first by name; the figure is how
/// many, which is the same whichever it takes.
///
/// # Errors
/// As [`crate::select`], and a statistic over something else than names (`sum`, `kaplan_meier`).
pub fn members(
    spec: &MetricSpec,
    population: &Path,
    kind: WindowKind,
    window: &Window,
    group: Option<(&str, &str)>,
    context: &Context,
) -> Result<Vec<Member>, StatsError> {
    let metric = Metric::open(spec, population, context)?;
    members_among(&metric, kind, window, &metric.behind(kind, window, group)?, usize::MAX)
}

/// The first of them, at most so many.
pub(crate) fn members_among(
    metric: &Metric<'_>,
    kind: WindowKind,
    window: &Window,
    behind: &Behind,
    most: usize,
) -> Result<Vec<Member>, StatsError> {
    let spec = metric.spec;
    if spec.value.is_none() || metric.kind.value() != Some(Reading::Names) {
        return Err(other_statistic(spec, "has no members: it is not over names"));
    }
    let evaluation = metric.evaluation(kind, window, behind);
    let (mut known, unknown) = evaluation.weight_by_name();
    let unknown_inside = unknown_inside(spec, metric.kind);
    let total = sum_of(&known) + if unknown_inside { unknown } else { 0.0 };
    let all = known.len();
    leave_first(&mut known, most);
    let share = |weight: f64| (total > 0.0).then(|| weight / total);
    let in_set = set(&evaluation);
    let mut sum = 0.0;
    let mut members: Vec<Member> = known
        .iter()
        .enumerate()
        .map(|(place, (name, weight))| {
            sum += weight;
            Member {
                name: Some((*name).to_owned()),
                weight: *weight,
                share: share(*weight),
                cumulative: share(sum),
                in_set: in_set(place, name),
            }
        })
        .collect();
    if unknown > 0.0 && all < most {
        let inside = |share: Option<f64>| share.filter(|_| unknown_inside);
        let (share, cumulative) = (inside(share(unknown)), inside(share(sum + unknown)));
        members.push(Member { name: None, weight: unknown, share, cumulative, in_set: false });
    }
    Ok(members)
}

/// What all weigh; added from the heaviest on, so that it depends on nothing but the weights.
fn sum_of(known: &[(&str, f64)]) -> f64 {
    let mut weights: Vec<f64> = known.iter().map(|known| known.1).collect();
    weights.sort_unstable_by(|a, b| b.total_cmp(a));
    weights.iter().sum()
}

/// Leaves so many, the heaviest first, equal ones by name.
fn leave_first(known: &mut Vec<(&str, f64)>, most: usize) {
    let by = |a: &(&str, f64), b: &(&str, f64)| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(b.0));
    if most < known.len() {
        known.select_nth_unstable_by(most, by);
        known.truncate(most);
    }
    known.sort_unstable_by(by);
}

/// The survival curve behind a cell of a `kaplan_meier` metric, with its bands, in the metric's unit.
///
/// # Errors
/// As [`crate::select`], and another statistic.
pub fn survival(
    spec: &MetricSpec,
    population: &Path,
    kind: WindowKind,
    window: &Window,
    group: Option<(&str, &str)>,
    context: &Context,
) -> Result<Survival, StatsError> {
    let metric = Metric::open(spec, population, context)?;
    survival_of(&metric, kind, window, &metric.behind(kind, window, group)?)
}

pub(crate) fn survival_of(
    metric: &Metric<'_>,
    kind: WindowKind,
    window: &Window,
    behind: &Behind,
) -> Result<Survival, StatsError> {
    if metric.kind != Kind::KaplanMeier {
        return Err(other_statistic(metric.spec, "has no survival curve: only kaplan_meier has one"));
    }
    Ok(metric.evaluation(kind, window, behind).survival())
}

fn other_statistic(spec: &MetricSpec, what: &str) -> StatsError {
    StatsError::Definition { metric: spec.id.clone(), message: format!("statistic {} {what}", spec.statistic) }
}

/// Whether the rows without a value are part of the whole.
fn unknown_inside(spec: &MetricSpec, kind: Kind) -> bool {
    match kind {
        Kind::Gini | Kind::EffectiveNumber | Kind::Herfindahl | Kind::MeanDistinctPer => false,
        _ => !kind.flag(spec, "unknown_out"),
    }
}

/// Whether the figure counts the member at this place, of this name.
fn set<'a>(evaluation: &'a Evaluation<'_>) -> impl Fn(usize, &str) -> bool + 'a {
    let is = |kinds: &[Kind]| kinds.contains(&evaluation.kind);
    let size = if is(&[Kind::SmallestSet]) { evaluation.smallest_set_size().unwrap_or(0) } else { 0 };
    let here = if is(&[Kind::Retention, Kind::Cohort]) { evaluation.names_now() } else { HashSet::new() };
    move |place, name| match evaluation.kind {
        Kind::SmallestSet => place < size,
        Kind::TopShare => place == 0,
        Kind::Retention | Kind::Cohort => here.contains(name),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::leave_first;

    #[test]
    fn the_first_are_those_that_come_first_among_all() {
        let names: Vec<String> = (0..500).map(|number| format!("{:03}", number * 31 % 500)).collect();
        let all: Vec<(&str, f64)> =
            names.iter().enumerate().map(|(number, name)| (name.as_str(), f64::from(number as u32 * 7 % 20))).collect();
        let mut sorted = all.clone();
        sorted.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        for most in [0, 1, 7, 499, 500, 501, usize::MAX] {
            let mut first = all.clone();
            leave_first(&mut first, most);
            assert_eq!(first, sorted[..most.min(500)], "{most}");
        }
    }
}
