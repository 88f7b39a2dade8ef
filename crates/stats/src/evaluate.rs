//! One cell: the statistic over the columns of its rows.

use crate::columns::Codes;
use crate::kind::Kind;
use crate::population::Population;
use crate::statistic::{self, Comparison};
use muster_model::MetricSpec;
use std::collections::HashSet;

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

/// Periods of equal length, the last of which ends with the window.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Periods {
    /// Where the first begins, in microseconds since 1970.
    pub start: i64,
    pub length: i64,
    pub count: usize,
    /// Whether there would be more if the log did not begin inside the window.
    pub cut_short: bool,
}

/// One cell to be: what the statistic needs to know.
pub(crate) struct Evaluation<'a> {
    pub spec: &'a MetricSpec,
    pub kind: Kind,
    pub population: &'a Population,
    pub behind: &'a Behind,
    pub past: Past,
    pub unfinished: bool,
    /// The window's end, or the as-of instant in an unfinished one, in microseconds since 1970.
    pub end: i64,
    pub periods: Periods,
}

impl Evaluation<'_> {
    /// What the statistic says: finite or nothing, and never nothing without a word.
    pub(crate) fn outcome(&self) -> Outcome {
        let mut outcome = self.statistic();
        let figures = [outcome.value, outcome.low, outcome.high, outcome.naive];
        if figures.iter().flatten().any(|figure| !figure.is_finite()) {
            (outcome.value, outcome.low, outcome.high, outcome.naive) = (None, None, None, None);
            outcome.notes.push("not computable: its numbers are too large".to_owned());
        }
        if outcome.value.is_none() && !outcome.notes.iter().any(|note| note.starts_with("not ")) {
            outcome.notes.insert(0, format!("not computable: {}", self.why_not()));
        }
        outcome
    }

    fn statistic(&self) -> Outcome {
        match self.kind {
            Kind::Count => self.plain(Some(self.rows() as f64)),
            Kind::CountDistinct | Kind::New | Kind::IntervalCountDistinct => self.distinct(),
            Kind::Sum => self.numeric(|values| Some(statistic::sum(values))),
            Kind::Mean => self.numeric(statistic::mean),
            Kind::Share => self.share(),
            Kind::Ratio => self.ratio(),
            Kind::QuantileDiscrete => self.quantile(statistic::quantile_discrete),
            Kind::QuantileInterpolated => self.quantile(statistic::quantile_interpolated),
            Kind::KaplanMeier => self.kaplan_meier(),
            Kind::SmallestSet => self.smallest_set(),
            Kind::Gini => self.concentration(statistic::gini),
            Kind::EffectiveNumber => self.concentration(statistic::effective_number),
            Kind::Herfindahl => self.concentration(statistic::herfindahl),
            Kind::TopShare => self.top_share(),
            Kind::Retention => self.retention(),
            Kind::Cohort => self.cohort(),
            Kind::RateOfChange => self.rate_of_change(),
            Kind::Slope => self.slope(),
            Kind::MeanPer => self.per_item(statistic::mean_per(&self.items())),
            Kind::IntervalShare => self.interval_share(),
            Kind::MeanDistinctPer => self.per_item(statistic::mean_distinct_per(&self.items(), &self.names())),
            Kind::MedianGap => self.median_gap(),
            Kind::LongestGap => self.longest_gap(),
            Kind::DaysSinceLast => self.plain(statistic::since_last(&self.times(), self.in_unit(self.end))),
        }
    }

    fn why_not(&self) -> &'static str {
        match self.kind {
            Kind::Retention => "nobody in the window before",
            Kind::Cohort => "nobody began in the cohort's window",
            Kind::RateOfChange => "nothing in the window before to compare with",
            Kind::MedianGap | Kind::LongestGap => "no gap ends in the window",
            Kind::DaysSinceLast => "nothing until then",
            _ if self.behind.now.is_empty() => "nothing in the window",
            Kind::Ratio => "the denominator is 0",
            Kind::SmallestSet | Kind::TopShare | Kind::Gini | Kind::EffectiveNumber | Kind::Herfindahl => {
                "nothing known has any weight"
            }
            Kind::MeanPer | Kind::MeanDistinctPer => "no row names an item",
            _ => "no row has a value",
        }
    }

    /// The part of the rows behind the cell, or of their distinct values, whose organisation is unknown.
    pub(crate) fn unknown_share(&self) -> Option<f64> {
        let unknown = self.population.unknown.as_ref()?;
        match self.population.names.as_ref() {
            Some(names) if self.kind.flag(self.spec, "unknown_by_value") => {
                let codes = |known: bool| {
                    let rows = self.behind.all().filter(|row| !known || !unknown[*row]);
                    statistic::count_distinct(&rows.map(|row| names.at(row)).collect::<Vec<_>>())
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
        codes_at(self.population.names.as_deref(), rows)
    }

    fn items(&self) -> Vec<Option<u32>> {
        codes_at(self.population.items.as_deref(), &self.behind.now)
    }

    fn weights_of(&self, rows: &[u32]) -> Option<Vec<Option<f64>>> {
        self.population.weight.as_ref().map(|weight| finite(Some(weight), rows))
    }

    fn weights(&self) -> statistic::Weights {
        statistic::weights(&self.names(), self.weights_of(&self.behind.now).as_deref())
    }

    /// What each name weighs, and what the rows without one weigh together; see [`crate::members`].
    pub(crate) fn weight_by_name(&self) -> (Vec<(&str, f64)>, f64) {
        let rows =
            if [Kind::Retention, Kind::Cohort].contains(&self.kind) { &self.behind.before } else { &self.behind.now };
        let mut names = self.names_of(rows);
        if self.kind == Kind::MeanDistinctPer {
            let mut pairs: Vec<_> = self.items().into_iter().zip(names).filter(|(item, _)| item.is_some()).collect();
            pairs.sort_unstable();
            pairs.dedup();
            names = pairs.into_iter().map(|(_, name)| name).collect();
        }
        let weights = statistic::weight_by_value(&names, self.weights_of(rows).as_deref());
        let (mut known, mut unknown) = (Vec::new(), 0.0);
        for (code, weight) in weights {
            match code.and_then(|code| self.name(code)) {
                Some(name) => known.push((name, weight)),
                None => unknown = weight,
            }
        }
        (known, unknown)
    }

    fn name(&self, code: u32) -> Option<&str> {
        self.population.names.as_ref()?.names.get(code as usize).map(String::as_str)
    }

    /// The names that have a row in the window.
    pub(crate) fn names_now(&self) -> HashSet<&str> {
        self.names().into_iter().flatten().filter_map(|code| self.name(code)).collect()
    }

    /// How many seconds the metric's unit has, where it is one of time: the population's numbers are seconds then.
    fn seconds(&self) -> f64 {
        match self.spec.unit.as_str() {
            "days" => 86_400.0,
            "hours" => 3_600.0,
            _ => 1.0,
        }
    }

    /// Whether the values are times that something took, so that none can be below 0.
    fn are_durations(&self) -> bool {
        self.kind == Kind::KaplanMeier || ["days", "hours", "seconds"].contains(&self.spec.unit.as_str())
    }

    /// Values in the metric's unit; none where [`Self::left_out`] counts the row.
    fn numbers(&self) -> Vec<Option<f64>> {
        let (seconds, least) = (self.seconds(), if self.are_durations() { 0.0 } else { f64::MIN });
        let values = finite(self.population.numbers.as_ref(), &self.behind.now);
        values.into_iter().map(|value| value.filter(|value| *value >= least).map(|value| value / seconds)).collect()
    }

    fn numeric(&self, formula: impl Fn(&[Option<f64>]) -> Option<f64>) -> Outcome {
        let values = self.numbers();
        let n = values.iter().flatten().count();
        Outcome { value: formula(&values), n, notes: self.left_out(), ..Outcome::default() }
    }

    fn quantile(&self, formula: fn(&[f64], f64) -> Option<f64>) -> Outcome {
        let p = self.kind.parameter(self.spec, "quantile");
        self.numeric(|values| formula(&values.iter().flatten().copied().collect::<Vec<_>>(), p))
    }

    fn left_out(&self) -> Vec<String> {
        let values: Vec<Option<f64>> = gather(self.population.numbers.as_ref(), &self.behind.now);
        let missing = values.iter().filter(|value| value.is_none()).count();
        let below = values.iter().flatten().filter(|value| value.is_finite() && **value < 0.0).count();
        let mut notes = left_out(missing, "without a value");
        notes.extend(left_out(if self.are_durations() { below } else { 0 }, "that ended before they began"));
        notes.extend(self.not_finite(self.population.numbers.as_ref()));
        notes
    }

    /// A query can give NaN and infinity. They are no figures: one of them would make every sum the same.
    fn not_finite(&self, column: Option<&Vec<Option<f64>>>) -> Vec<String> {
        let values: Vec<Option<f64>> = gather(column, &self.behind.all().map(|row| row as u32).collect::<Vec<_>>());
        left_out(values.iter().flatten().filter(|value| !value.is_finite()).count(), "with a number that is not finite")
    }

    fn ratio(&self) -> Outcome {
        let (above, below) = (self.population.numbers.as_ref(), self.population.denominators.as_ref());
        let value = statistic::ratio(&finite(above, &self.behind.now), &finite(below, &self.behind.now));
        let mut outcome = self.plain(value);
        outcome.notes = self.not_finite(above);
        outcome.notes.extend(self.not_finite(below));
        outcome
    }

    fn concentration(&self, formula: fn(&[f64]) -> Option<f64>) -> Outcome {
        Outcome {
            notes: self.not_finite(self.population.weight.as_ref()),
            ..self.plain(formula(&self.weights().known))
        }
    }

    fn share(&self) -> Outcome {
        let flags: Vec<Option<bool>> = gather(self.population.flags.as_ref(), &self.behind.now);
        let n = flags.iter().flatten().count();
        let notes = left_out(flags.len() - n, "without a value");
        Outcome { value: statistic::share(&flags), n, notes, ..Outcome::default() }
    }

    /// `n` is how many values the part is taken of.
    fn interval_share(&self) -> Outcome {
        let flags: Vec<Option<bool>> = gather(self.population.observed.as_ref(), &self.behind.now);
        let rows: Vec<_> = self.names().into_iter().zip(flags).collect();
        let told: Vec<_> = rows.iter().filter(|row| row.0.is_some() && row.1.is_some()).map(|row| row.0).collect();
        let notes = left_out(rows.len() - told.len(), "without a value");
        Outcome {
            value: statistic::interval_share(&rows),
            n: statistic::count_distinct(&told),
            notes,
            ..Outcome::default()
        }
    }

    /// An item that does not say whether its end was seen is taken as still waiting.
    fn waiting(&self) -> Vec<(f64, bool)> {
        let observed: Vec<Option<bool>> = gather(self.population.observed.as_ref(), &self.behind.now);
        let items = self.numbers().into_iter().zip(observed);
        items.filter_map(|(waited, observed)| Some((waited?, observed.unwrap_or(false)))).collect()
    }

    pub(crate) fn survival(&self) -> statistic::Survival {
        statistic::kaplan_meier(&self.waiting())
    }

    fn kaplan_meier(&self) -> Outcome {
        let items = self.waiting();
        let p = self.kind.parameter(self.spec, "quantile");
        let estimate = statistic::kaplan_meier(&items).quantile(p);
        let finished: Vec<f64> = items.iter().filter(|item| item.1).map(|item| item.0).collect();
        let mut notes = self.left_out();
        if estimate.value.is_none() && !items.is_empty() {
            let why = if finished.is_empty() { "not reached: none has ended" } else { "not reached" };
            notes.push(why.to_owned());
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

    pub(crate) fn smallest_set_size(&self) -> Option<usize> {
        let flag = |name| self.kind.flag(self.spec, name);
        let threshold = self.kind.parameter(self.spec, "threshold");
        let comparison = if flag("exceed") { Comparison::Exceed } else { Comparison::Reach };
        statistic::smallest_set(&self.weights(), threshold, comparison, flag("unknown_out"))
    }

    fn smallest_set(&self) -> Outcome {
        let (value, weights) = (self.smallest_set_size(), self.weights());
        let mut outcome = self.plain(value.map(|size| size as f64));
        outcome.notes = self.not_finite(self.population.weight.as_ref());
        if value.is_none() && !weights.known.is_empty() && weights.unknown > 0.0 {
            outcome.notes.push("not reached: too much is unknown".to_owned());
        }
        outcome
    }

    fn top_share(&self) -> Outcome {
        let weights = self.weights();
        let top = statistic::top_share(&weights, self.kind.flag(self.spec, "unknown_out"));
        let range = top.filter(|_| weights.unknown > 0.0);
        let mut outcome = self.plain(top.map(|top| top.share));
        (outcome.low, outcome.high) = (range.map(|top| top.low), range.map(|top| top.high));
        outcome
    }

    fn retention(&self) -> Outcome {
        let kept = statistic::retention(&self.names_of(&self.behind.before), &self.names());
        let share = kept.share().filter(|_| self.past != Past::Nothing);
        let value = if self.kind.flag(self.spec, "as_count") { share.map(|_| kept.retained as f64) } else { share };
        Outcome { value, n: kept.before, notes: self.comparison_notes(), ..Outcome::default() }
    }

    /// Nobody knows who was new where the log begins, so that a cohort there has no figure.
    fn cohort(&self) -> Outcome {
        let kept = statistic::cohort(&self.names_of(&self.behind.before), &self.names());
        let notes = match self.past {
            Past::Nothing => vec!["not computable: no window of the cohort"],
            Past::Partial => vec!["not computable: what is counted begins inside the window of the cohort"],
            Past::Whole if self.unfinished => vec!["the window is unfinished"],
            Past::Whole => vec![],
        };
        Outcome {
            value: kept.share().filter(|_| self.past == Past::Whole),
            n: kept.before,
            notes: notes.into_iter().map(str::to_owned).collect(),
            ..Outcome::default()
        }
    }

    fn rate_of_change(&self) -> Outcome {
        let rate = statistic::rate_of_change(self.measure(&self.behind.before), self.measure(&self.behind.now));
        Outcome {
            value: rate.filter(|_| self.past != Past::Nothing),
            n: self.behind.before.len() + self.rows(),
            notes: self
                .comparison_notes()
                .into_iter()
                .chain(self.not_finite(self.population.weight.as_ref()))
                .collect(),
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
            Past::Nothing => return vec!["not computable: no window before".to_owned()],
            Past::Partial if self.unfinished => vec!["the window before is not whole, and this one is unfinished"],
            Past::Partial => vec!["the log begins inside the window before"],
            Past::Whole if self.unfinished => vec!["an unfinished window beside a whole one"],
            Past::Whole => vec![],
        }
        .into_iter()
        .map(str::to_owned)
        .collect()
    }

    fn slope(&self) -> Outcome {
        let periods = self.periods;
        let mut by_period = vec![Vec::new(); periods.count];
        for row in &self.behind.now {
            let period = (self.population.time[*row as usize] - periods.start) / periods.length;
            by_period[period as usize].push(*row);
        }
        let figures: Vec<f64> = by_period.iter().map(|rows| self.measure(rows)).collect();
        let slope = statistic::slope(&figures).filter(|_| self.rows() > 0);
        let mut notes = Vec::new();
        if slope.is_none() && self.rows() > 0 {
            notes.push(format!("not computable: {} whole periods, 3 are needed", periods.count));
        }
        if periods.cut_short {
            notes.push("what is counted begins inside the window: the trend is from there on".to_owned());
        }
        Outcome {
            low: slope.map(|slope| slope.low),
            high: slope.map(|slope| slope.high),
            notes,
            ..self.plain(slope.map(|slope| slope.value))
        }
    }

    /// Microseconds since 1970 in the metric's unit.
    fn in_unit(&self, micros: i64) -> f64 {
        micros as f64 / 1e6 / self.seconds()
    }

    /// When the rows behind the cell were, in the metric's unit since 1970.
    fn times(&self) -> Vec<f64> {
        self.behind.all().map(|row| self.in_unit(self.population.time[row])).collect()
    }

    fn median_gap(&self) -> Outcome {
        let times = self.times();
        Outcome { value: statistic::median_gap(&times), n: statistic::gaps(&times).len(), ..Outcome::default() }
    }

    /// The gap that is still open is at least so long: it makes a range where it is longer than all that have an end.
    fn longest_gap(&self) -> Outcome {
        let times = self.times();
        let statistic::LongestGap { closed, open } = statistic::longest_gap(&times, self.in_unit(self.end));
        let open = open.filter(|open| closed.is_none_or(|closed| *open > closed));
        Outcome {
            value: closed,
            low: open.map(|open| closed.unwrap_or(open)),
            high: open.filter(|_| closed.is_some()),
            n: statistic::gaps(&times).len(),
            notes: open.map(|_| "a longer gap is still open at the end".to_owned()).into_iter().collect(),
            ..Outcome::default()
        }
    }

    fn per_item(&self, value: Option<f64>) -> Outcome {
        Outcome { value, n: statistic::count_distinct(&self.items()), ..Outcome::default() }
    }
}

/// The values of `rows`; without the column, of which [`crate::check`] saw that there is one, nothing.
fn codes_at(column: Option<&Codes>, rows: &[u32]) -> Vec<Option<u32>> {
    rows.iter().map(|row| column.and_then(|column| column.at(*row as usize))).collect()
}

fn gather<T: Copy>(column: Option<&Vec<Option<T>>>, rows: &[u32]) -> Vec<Option<T>> {
    rows.iter().map(|row| column.and_then(|column| column[*row as usize])).collect()
}

/// As [`gather`], without what is no finite number.
fn finite(column: Option<&Vec<Option<f64>>>, rows: &[u32]) -> Vec<Option<f64>> {
    gather(column, rows).into_iter().map(|value: Option<f64>| value.filter(|value| value.is_finite())).collect()
}

fn left_out(count: usize, what: &str) -> Vec<String> {
    if count == 0 { Vec::new() } else { vec![format!("left out: {count} {what}")] }
}
