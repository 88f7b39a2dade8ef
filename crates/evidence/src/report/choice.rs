//! Which figures the report shows, and in which order. The CSV files have all.

use crate::figure::Figure;
use crate::report::chart;
use std::collections::BTreeMap;

/// How many windows of a metric are shown: the last.
const MOST_WINDOWS: usize = 24;

/// How many groups of a metric are shown in its leading window: the first.
const MOST_GROUPS: usize = 40;

/// The families in the order of the report; those of users and of other tools come after them.
const FAMILIES: [&str; 8] =
    ["growth", "diversity", "governance", "meetings", "latency", "releases", "chat", "completeness"];

/// The packs with other tools' definitions, which come last.
const TOOLS: [&str; 4] = ["chaoss", "devstats", "lfx", "opendigger"];

/// How a window cuts time, by its label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cut {
    /// `2025Q2`, `2025`, `2025-06`, `2025-W23`, `2025-06-17`: the first of these that a metric has is shown.
    Quarter,
    Year,
    Month,
    Week,
    Day,
    /// `365d`, `all`, a range: always shown.
    Single,
}

pub(crate) fn cut(figure: &Figure) -> Cut {
    let label = figure.window.as_str();
    let is_year = label.get(..4).is_some_and(|year| year.bytes().all(|byte| byte.is_ascii_digit()));
    match label.get(4..).filter(|_| is_year) {
        Some("") => Cut::Year,
        Some(rest) if rest.starts_with('Q') => Cut::Quarter,
        Some(rest) if rest.starts_with("-W") => Cut::Week,
        Some(rest) if rest.len() == 3 => Cut::Month,
        Some(rest) if rest.len() == 6 => Cut::Day,
        _ => Cut::Single,
    }
}

/// Where a metric stands in the report.
pub(crate) fn rank(metric: &str) -> (usize, &str) {
    let family = family(metric);
    let ours = FAMILIES.iter().position(|known| *known == family);
    let theirs = || TOOLS.iter().position(|known| *known == family).map(|place| place + 100);
    (ours.or_else(theirs).unwrap_or(FAMILIES.len()), metric)
}

/// The part of an id before its point.
pub(crate) fn family(metric: &str) -> &str {
    metric.split_once('.').map_or("", |(family, _)| family)
}

/// Whether the metric follows another tool's definition.
pub(crate) fn is_of_another_tool(metric: &str) -> bool {
    TOOLS.contains(&family(metric))
}

/// The places of the figures that the report shows, in its order: the rows behind these are needed. A metric's single
/// windows come first, then the last calendar windows, then the groups of the leading window.
pub fn shown(figures: &[Figure]) -> Vec<usize> {
    let mut metrics: BTreeMap<(usize, &str), Vec<usize>> = BTreeMap::new();
    for (place, figure) in figures.iter().enumerate() {
        metrics.entry(rank(&figure.metric)).or_default().push(place);
    }
    metrics.into_values().flat_map(|places| of_metric(figures, places)).collect()
}

fn of_metric(figures: &[Figure], places: Vec<usize>) -> Vec<usize> {
    let (totals, groups): (Vec<usize>, Vec<usize>) =
        places.into_iter().partition(|place| figures[*place].group.is_empty());
    let mut shown: Vec<usize> = totals.iter().copied().filter(|place| cut(&figures[*place]) == Cut::Single).collect();
    let kind = totals.iter().map(|place| cut(&figures[*place])).min();
    let calendar: Vec<usize> = totals
        .into_iter()
        .filter(|place| Some(cut(&figures[*place])) == kind && cut(&figures[*place]) != Cut::Single)
        .collect();
    let first = calendar.len().saturating_sub(MOST_WINDOWS);
    let calendar = calendar.get(first..).unwrap_or_default();
    shown.extend(calendar);
    let lead = leading(figures, &shown).map(|place| figures[place].window.as_str());
    let of_lead = groups.iter().copied().filter(|place| Some(figures[*place].window.as_str()) == lead);
    shown.extend(of_lead.take(MOST_GROUPS));
    let windows: Vec<&str> = calendar.iter().map(|place| figures[*place].window.as_str()).collect();
    let drawn = |figure: &Figure| {
        chart::draws_groups(&figure.metric, &figure.group)
            && windows.contains(&figure.window.as_str())
            && Some(figure.window.as_str()) != lead
    };
    shown.extend(groups.iter().copied().filter(|place| drawn(&figures[*place])));
    shown
}

/// The figure that stands for a metric: its first trailing window, else its last finished one, else the last.
pub(crate) fn leading(figures: &[Figure], places: &[usize]) -> Option<usize> {
    let totals = || places.iter().copied().filter(|place| figures[*place].group.is_empty());
    let trailing = totals().find(|place| figures[*place].is_trailing());
    let finished = || totals().rfind(|place| !figures[*place].unfinished && cut(&figures[*place]) != Cut::Single);
    trailing.or_else(finished).or_else(|| totals().next_back())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn the_label_says_how_time_is_cut() {
        for (label, is) in [
            ("2025Q2", Cut::Quarter),
            ("2025", Cut::Year),
            ("2025-06", Cut::Month),
            ("2025-W23", Cut::Week),
            ("2025-06-17", Cut::Day),
            ("365d", Cut::Single),
            ("all", Cut::Single),
            ("2024-01-12..2025-01-12", Cut::Single),
            ("é025Q2", Cut::Single),
        ] {
            let figure = Figure { window: label.to_owned(), ..samples::growth().remove(0) };
            assert_eq!(cut(&figure), is, "{label}");
        }
    }

    #[test]
    fn ours_come_first_and_other_tools_last_and_of_each_the_trailing_window() {
        let mut figures = samples::latency();
        figures.insert(0, Figure { metric: "devstats.contributors".to_owned(), ..samples::growth().remove(0) });
        figures.insert(0, Figure { metric: "own.thing".to_owned(), ..samples::growth().remove(0) });
        figures.extend(samples::growth());
        let month = Figure { window: "2025-06".to_owned(), ..samples::growth().remove(0) };
        figures.push(month);
        let names: Vec<_> = shown(&figures)
            .into_iter()
            .map(|place| format!("{} {} {}", figures[place].metric, figures[place].window, figures[place].group))
            .collect();
        assert_eq!(
            names,
            [
                "growth.active_contributors 365d ",
                "growth.active_contributors 2025Q3 ",
                "growth.active_contributors 365d acme/lantern",
                "growth.active_contributors 365d acme/<b>|_x_",
                "latency.issue_first_response 2025Q3 ",
                "latency.issue_first_response 2025Q4 ",
                "own.thing 2025Q3 ",
                "devstats.contributors 2025Q3 ",
            ]
        );
    }
}
