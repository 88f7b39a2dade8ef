//! One cell: the statistic over the columns of its rows.

use crate::kind::Kind;
use crate::population::Population;
use crate::statistic::{self, Comparison};
use muster_model::MetricSpec;

/// What a statistic says about a cell.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub value: Option<f64>,
    pub low: Option<f64>,
    pub high: Option<f64>,
    pub naive: Option<f64>,
    pub n: usize,
    pub censored: Option<usize>,
    pub notes: Vec<String>,
}

/// The rows behind a cell, as positions in the population.
#[derive(Debug, Default, Clone)]
pub(crate) struct Behind {
    /// In the window.
    pub now: Vec<u32>,
    /// In the window before, for the statistics that compare.
    pub before: Vec<u32>,
}

impl Behind {
    /// All of them, oldest first.
    pub(crate) fn all(&self) -> impl Iterator<Item = usize> + '_ {
        self.before.iter().chain(&self.now).map(|row| *row as usize)
    }
}

/// What there is before a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Past {
    /// A whole window.
    Whole,
    /// A window in the middle of which the log begins.
    Partial,
    /// Nothing to compare with.
    Nothing,
}

pub(crate) struct Evaluation<'a> {
    pub spec: &'a MetricSpec,
    pub kind: Kind,
    pub population: &'a Population,
    pub behind: &'a Behind,
    pub past: Past,
    pub unfinished: bool,
}

impl Evaluation<'_> {
    pub(crate) fn outcome(&self) -> Outcome {
        match self.kind {
            Kind::Count => self.plain(Some(self.rows() as f64)),
            Kind::CountDistinct | Kind::New | Kind::IntervalCountDistinct => self.distinct(),
            Kind::Sum => self.numeric(|values| Some(statistic::sum(values))),
            Kind::Mean => self.numeric(statistic::mean),
            Kind::Share => self.share(),
            Kind::Ratio => self.plain(statistic::ratio(
                &gather(self.population.numbers.as_ref(), &self.behind.now),
                &gather(self.population.denominators.as_ref(), &self.behind.now),
            )),
            Kind::QuantileDiscrete => self.quantile(statistic::quantile_discrete),
            Kind::QuantileInterpolated => self.quantile(statistic::quantile_interpolated),
            Kind::KaplanMeier => self.kaplan_meier(),
            Kind::SmallestSet => self.smallest_set(),
            Kind::Gini => self.plain(statistic::gini(&self.weights().known)),
            Kind::EffectiveNumber => self.plain(statistic::effective_number(&self.weights().known)),
            Kind::Herfindahl => self.plain(statistic::herfindahl(&self.weights().known)),
            Kind::Retention => self.retention(),
            Kind::RateOfChange => self.rate_of_change(),
            Kind::MeanPer => self.per_item(statistic::mean_per(&self.items())),
            Kind::IntervalShare => self.interval_share(),
            Kind::MeanDistinctPer => self.per_item(statistic::mean_distinct_per(&self.items(), &self.names())),
        }
    }

    /// The part of the rows behind the cell, or of their distinct values, whose organisation is unknown.
    pub(crate) fn unknown_share(&self) -> Option<f64> {
        let unknown = self.population.unknown.as_ref()?;
        match self.population.names.as_ref() {
            Some(names) if self.kind.flag(self.spec, "unknown_by_value") => {
                let codes = |known: bool| {
                    let rows = self.behind.all().filter(|row| !known || !unknown[*row]);
                    statistic::count_distinct(&rows.map(|row| names.rows[row]).collect::<Vec<_>>())
                };
                let (all, known) = (codes(false), codes(true));
                (all > 0).then(|| (all - known) as f64 / all as f64)
            }
            _ => statistic::share(&self.behind.all().map(|row| Some(unknown[row])).collect::<Vec<_>>()),
        }
    }

    fn rows(&self) -> usize {
        statistic::count(&self.behind.now)
    }

    fn plain(&self, value: Option<f64>) -> Outcome {
        Outcome { value, n: self.rows(), ..Outcome::default() }
    }

    /// Where rows have no value because it is unknown (people without an organisation), the range is what the figure would be
    /// if they all had one further value, or none.
    fn distinct(&self) -> Outcome {
        let names = self.names();
        let value = statistic::count_distinct(&names) as f64;
        let unknown = self.population.unknown.as_ref();
        let is_open =
            |(name, row): (&Option<u32>, &u32)| name.is_none() && unknown.is_some_and(|unknown| unknown[*row as usize]);
        let open = names.iter().zip(&self.behind.now).any(is_open);
        let range = open.then_some((value, value + 1.0));
        Outcome { low: range.map(|range| range.0), high: range.map(|range| range.1), ..self.plain(Some(value)) }
    }

    fn names(&self) -> Vec<Option<u32>> {
        self.names_of(&self.behind.now)
    }

    fn names_of(&self, rows: &[u32]) -> Vec<Option<u32>> {
        gather(self.population.names.as_ref().map(|codes| &codes.rows), rows)
    }

    fn items(&self) -> Vec<Option<u32>> {
        gather(self.population.items.as_ref().map(|codes| &codes.rows), &self.behind.now)
    }

    fn weights_of(&self, rows: &[u32]) -> Option<Vec<Option<f64>>> {
        self.population.weight.as_ref().map(|weight| gather(Some(weight), rows))
    }

    fn weights(&self) -> statistic::Weights {
        statistic::weights(&self.names(), self.weights_of(&self.behind.now).as_deref())
    }

    /// Values in the metric's unit; the population's are seconds where the unit is one of time.
    fn numbers(&self) -> Vec<Option<f64>> {
        let seconds = match self.spec.unit.as_str() {
            "days" => 86_400.0,
            "hours" => 3_600.0,
            _ => 1.0,
        };
        let values: Vec<Option<f64>> = gather(self.population.numbers.as_ref(), &self.behind.now);
        values.into_iter().map(|value| value.map(|value| value / seconds)).collect()
    }

    fn numeric(&self, formula: impl Fn(&[Option<f64>]) -> Option<f64>) -> Outcome {
        let values = self.numbers();
        let n = values.iter().flatten().count();
        Outcome { value: formula(&values), n, notes: self.without_value(n), ..Outcome::default() }
    }

    fn quantile(&self, formula: fn(&[f64], f64) -> Option<f64>) -> Outcome {
        let p = self.kind.parameter(self.spec, "quantile");
        self.numeric(|values| formula(&values.iter().flatten().copied().collect::<Vec<_>>(), p))
    }

    fn without_value(&self, n: usize) -> Vec<String> {
        let rows = self.rows() - n;
        if rows == 0 { Vec::new() } else { vec![format!("left out: {rows} without a value")] }
    }

    fn share(&self) -> Outcome {
        let flags: Vec<Option<bool>> = gather(self.population.flags.as_ref(), &self.behind.now);
        let n = flags.iter().flatten().count();
        Outcome { value: statistic::share(&flags), n, notes: self.without_value(n), ..Outcome::default() }
    }

    /// `n` is how many values the part is taken of.
    fn interval_share(&self) -> Outcome {
        let flags: Vec<Option<bool>> = gather(self.population.observed.as_ref(), &self.behind.now);
        let rows: Vec<_> = self.names().into_iter().zip(flags).collect();
        let told: Vec<_> = rows.iter().filter(|row| row.0.is_some() && row.1.is_some()).map(|row| row.0).collect();
        let (n, notes) = (statistic::count_distinct(&told), self.without_value(told.len()));
        Outcome { value: statistic::interval_share(&rows), n, notes, ..Outcome::default() }
    }

    /// An item that does not say whether its end was seen is taken as still waiting.
    fn kaplan_meier(&self) -> Outcome {
        let observed: Vec<Option<bool>> = gather(self.population.observed.as_ref(), &self.behind.now);
        let items: Vec<(f64, bool)> = self
            .numbers()
            .into_iter()
            .zip(observed)
            .filter_map(|(waited, observed)| Some((waited?, observed.unwrap_or(false))))
            .collect();
        let p = self.kind.parameter(self.spec, "quantile");
        let estimate = statistic::kaplan_meier(&items).quantile(p);
        let finished: Vec<f64> = items.iter().filter(|item| item.1).map(|item| item.0).collect();
        let mut notes = self.without_value(items.len());
        if estimate.value.is_none() && !items.is_empty() {
            notes.push("not reached".to_owned());
        }
        Outcome {
            value: estimate.value,
            low: estimate.low,
            high: estimate.high,
            naive: statistic::quantile_discrete(&finished, p),
            n: items.len(),
            censored: Some(items.len() - finished.len()),
            notes,
        }
    }

    fn smallest_set(&self) -> Outcome {
        let flag = |name| self.kind.flag(self.spec, name);
        let threshold = self.kind.parameter(self.spec, "threshold");
        let comparison = if flag("exceed") { Comparison::Exceed } else { Comparison::Reach };
        let weights = self.weights();
        let value = statistic::smallest_set(&weights, threshold, comparison, flag("unknown_out"));
        let mut outcome = self.plain(value.map(|size| size as f64));
        if value.is_none() && weights.unknown > 0.0 {
            outcome.notes.push("not reached: too much is unknown".to_owned());
        }
        outcome
    }

    fn retention(&self) -> Outcome {
        let kept = statistic::retention(&self.names_of(&self.behind.before), &self.names());
        let share = kept.share().filter(|_| self.past != Past::Nothing);
        let value = if self.kind.flag(self.spec, "as_count") { share.map(|_| kept.retained as f64) } else { share };
        Outcome { value, n: kept.before, notes: self.comparison_notes(), ..Outcome::default() }
    }

    fn rate_of_change(&self) -> Outcome {
        let rate = statistic::rate_of_change(self.measure(&self.behind.before), self.measure(&self.behind.now));
        Outcome {
            value: rate.filter(|_| self.past != Past::Nothing),
            n: self.behind.before.len() + self.rows(),
            notes: self.comparison_notes(),
            ..Outcome::default()
        }
    }

    /// The figure whose change is asked for: the weights' sum, else distinct values, else rows.
    fn measure(&self, rows: &[u32]) -> f64 {
        match (self.weights_of(rows), &self.population.names) {
            (Some(weights), _) => statistic::sum(&weights),
            (None, Some(_)) => statistic::count_distinct(&self.names_of(rows)) as f64,
            (None, None) => statistic::count(rows) as f64,
        }
    }

    fn comparison_notes(&self) -> Vec<String> {
        match self.past {
            Past::Nothing => return vec!["no window before".to_owned()],
            Past::Partial if self.unfinished => vec!["the window before is not whole, and this one is unfinished"],
            Past::Partial => vec!["the log begins inside the window before"],
            Past::Whole if self.unfinished => vec!["an unfinished window beside a whole one"],
            Past::Whole => vec![],
        }
        .into_iter()
        .map(str::to_owned)
        .collect()
    }

    fn per_item(&self, value: Option<f64>) -> Outcome {
        Outcome { value, n: statistic::count_distinct(&self.items()), ..Outcome::default() }
    }
}

/// The values of `rows`; without the column, of which [`crate::check`] saw that there is one, nothing.
fn gather<T: Copy>(column: Option<&Vec<Option<T>>>, rows: &[u32]) -> Vec<Option<T>> {
    rows.iter().map(|row| column.and_then(|column| column[*row as usize])).collect()
}
