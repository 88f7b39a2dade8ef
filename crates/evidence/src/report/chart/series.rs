//! From figures to series.

use super::{Colour, Plot, Series};
use crate::figure::Figure;
use crate::report::choice::{Cut, cut};
use crate::report::text;
use std::collections::{BTreeMap, BTreeSet};

/// Organisations drawn by name; the rest are one.
const MOST_ORGANISATIONS: usize = 6;

/// Windows that a chart has room for: the last.
const MOST_WINDOWS: usize = 24;

/// Name, metric, colour, and whether it is drawn below the axis.
pub(super) type Wanted = (&'static str, &'static str, Colour, bool);

/// The figures of whole windows.
pub(super) struct Totals<'a>(pub &'a [&'a Figure]);

impl Totals<'_> {
    pub(super) fn has(&self, metric: &str) -> bool {
        self.0.iter().any(|figure| figure.metric == metric && cut(figure) != Cut::Single)
    }

    pub(super) fn bars(&self, wanted: &[Wanted]) -> Result<Plot, String> {
        self.series(wanted).map(|(labels, series)| Plot::Bars { labels, series, parts: false })
    }

    pub(super) fn lines(&self, wanted: &[Wanted]) -> Result<Plot, String> {
        self.series(wanted).map(|(labels, series)| Plot::Lines { labels, series, parts: false })
    }

    fn series(&self, wanted: &[Wanted]) -> Result<(Vec<String>, Vec<Series>), String> {
        let is_wanted = |figure: &&&Figure| figure.group.is_empty() && wanted.iter().any(|one| one.1 == figure.metric);
        let windows = windows(self.0.iter().filter(is_wanted).copied());
        if windows.is_empty() {
            return Err("There is nothing to draw: no quarter, month or year of it was computed.".to_owned());
        }
        let series = wanted.iter().map(|(name, metric, colour, down)| {
            let places: Vec<Option<usize>> = windows.iter().map(|window| self.place(metric, window)).collect();
            let value = |place: &Option<usize>| place.and_then(|place| self.0[place].value);
            let values = places.iter().map(value).collect();
            Series { name: (*name).to_owned(), values, figures: places, colour: *colour, down: *down }
        });
        Ok((windows.clone(), series.collect()))
    }

    fn place(&self, metric: &str, window: &str) -> Option<usize> {
        self.0.iter().position(|figure| figure.metric == metric && figure.group.is_empty() && figure.window == window)
    }
}

/// The windows of the first way to cut time that there is: the last of them, without the empty ones before the first
/// of these in which there is something.
fn windows<'a>(figures: impl Iterator<Item = &'a Figure> + Clone) -> Vec<String> {
    let Some(kind) = figures.clone().map(cut).min().filter(|kind| *kind != Cut::Single) else { return Vec::new() };
    let of_kind = figures.filter(|figure| cut(figure) == kind);
    let mut windows: BTreeMap<_, (String, bool)> = BTreeMap::new();
    for figure in of_kind {
        let window = windows.entry(figure.window_start).or_insert_with(|| (figure.window.clone(), false));
        window.1 |= figure.n > 0;
    }
    let last = windows.len().saturating_sub(MOST_WINDOWS);
    let last = windows.into_values().skip(last).skip_while(|(_, has_something)| !has_something);
    last.map(|(label, _)| label).collect()
}

/// Parts of each window by organisation; `None` where the metric has no such groups.
pub(super) fn by_organisation(figures: &[&Figure], metric: &str) -> Option<Plot> {
    let groups: Vec<(usize, &Figure, &str)> = figures
        .iter()
        .enumerate()
        .filter(|(_, figure)| figure.metric == metric)
        .filter_map(|(place, figure)| Some((place, *figure, figure.group.strip_prefix("organisation=")?)))
        .collect();
    let labels = windows(groups.iter().map(|(_, figure, _)| *figure));
    if labels.is_empty() {
        return None;
    }
    let value = |window: &str, name: &str| {
        groups
            .iter()
            .find(|(_, figure, group)| figure.window == window && *group == name)
            .map(|(place, figure, _)| (*place, figure.value.unwrap_or(0.0)))
    };
    let whole = |window: &str| -> f64 {
        groups.iter().filter(|(_, figure, _)| figure.window == window).filter_map(|(_, figure, _)| figure.value).sum()
    };
    let largest = largest(&groups, &labels);
    let named = largest.iter().copied().zip(Colour::SERIES).chain([("unknown", Colour::Grey)]);
    let mut series: Vec<Series> = named
        .map(|(name, colour)| {
            let found: Vec<Option<(usize, f64)>> = labels.iter().map(|window| value(window, name)).collect();
            let part = |(window, found): (&String, &Option<(usize, f64)>)| {
                Some(found.map_or(0.0, |(_, value)| value) / whole(window)).filter(|part| part.is_finite())
            };
            Series {
                name: text::label(name),
                values: labels.iter().zip(&found).map(part).collect(),
                figures: found.iter().map(|found| found.map(|(place, _)| place)).collect(),
                colour,
                down: false,
            }
        })
        .collect();
    if let Some(unknown) = series.pop() {
        series.push(others(&labels, &series, &unknown));
        series.push(unknown);
    }
    series.retain(|one| one.values.iter().flatten().any(|value| *value > 0.0));
    Some(Plot::Bars { labels, series, parts: true })
}

/// The organisations with the most in the windows drawn.
fn largest<'a>(groups: &[(usize, &Figure, &'a str)], labels: &[String]) -> Vec<&'a str> {
    let names: BTreeSet<&str> = groups.iter().map(|(.., name)| *name).filter(|name| *name != "unknown").collect();
    let mut sums: Vec<(f64, &str)> = names
        .into_iter()
        .map(|name| {
            let of_name = groups.iter().filter(|(_, figure, group)| *group == name && labels.contains(&figure.window));
            (of_name.filter_map(|(_, figure, _)| figure.value).sum(), name)
        })
        .collect();
    sums.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    sums.into_iter().take(MOST_ORGANISATIONS - 1).map(|(_, name)| name).collect()
}

/// What the named and the unknown leave of the whole.
fn others(labels: &[String], named: &[Series], unknown: &Series) -> Series {
    let rest = |place: usize| {
        let known: f64 = named.iter().chain([unknown]).filter_map(|series| series.values[place]).sum();
        // A window without anything has no parts at all.
        unknown.values[place].map(|_| if known > 1.0 - 1e-9 { 0.0 } else { 1.0 - known })
    };
    Series {
        name: "all others".to_owned(),
        values: (0..labels.len()).map(rest).collect(),
        figures: vec![None; labels.len()],
        colour: Colour::Vermilion,
        down: false,
    }
}
