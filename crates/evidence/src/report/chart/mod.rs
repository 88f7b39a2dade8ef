//! The report's charts: what each shows, drawn by `plotters` as SVG, with its numbers in a table behind it.
//!
//! A chart is drawn twice, for a wide page and for a narrow one, since letters that shrink with a picture cannot be read.
//! Colours are Okabe and Ito's, which people with any kind of colour vision tell apart; the style sheet exchanges them
//! where the page is dark. What the eye sees the table says in numbers, each of which opens.

mod draw;
mod series;

pub(crate) use draw::draw;

use crate::figure::Figure;
use crate::report::choice;
use crate::report::data::{Curve, CurveStep, Report};
use series::{Totals, by_organisation};

/// Contributions by organisation: the metrics that can say it, the best first.
const BY_ORGANISATION: [&str; 3] =
    ["diversity.contributions_by_organization", "growth.contributions", "diversity.commits_by_organization"];

/// A chart and what is said about it.
#[derive(Debug, Clone)]
pub(crate) struct Chart {
    pub id: &'static str,
    pub title: &'static str,
    /// What to look for.
    pub description: &'static str,
    /// `None` where there is nothing to draw, with the reason.
    pub plot: Result<Plot, String>,
    /// What the vertical axis counts.
    pub unit: String,
}

/// What is drawn.
#[derive(Debug, Clone)]
pub(crate) enum Plot {
    /// Bars a window, one upon the other; `parts` as parts of one.
    Bars { labels: Vec<String>, series: Vec<Series>, parts: bool },
    /// Lines over windows.
    Lines { labels: Vec<String>, series: Vec<Series>, parts: bool },
    /// Parts still waiting over time, with their bands.
    Curves { curves: Vec<Curve>, names: Vec<String> },
}

/// Values by window.
#[derive(Debug, Clone)]
pub(crate) struct Series {
    pub name: String,
    pub values: Vec<Option<f64>>,
    /// Which figure each value is, where it is one.
    pub figures: Vec<Option<usize>>,
    pub colour: Colour,
    /// Drawn below the axis.
    pub down: bool,
}

/// A colour of Okabe and Ito.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Colour {
    Blue,
    Orange,
    Green,
    Vermilion,
    Purple,
    Sky,
    Grey,
}

impl Colour {
    /// For series that have no meaning of their own.
    pub(crate) const SERIES: [Self; 6] =
        [Self::Blue, Self::Orange, Self::Green, Self::Purple, Self::Sky, Self::Vermilion];

    /// Its name in the style sheet.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Blue => "blue",
            Self::Orange => "orange",
            Self::Green => "green",
            Self::Vermilion => "vermilion",
            Self::Purple => "purple",
            Self::Sky => "sky",
            Self::Grey => "grey",
        }
    }
}

/// Whether the groups of a metric are drawn, window by window: their rows are needed then.
pub(crate) fn draws_groups(metric: &str, group: &str) -> bool {
    BY_ORGANISATION.contains(&metric) && group.starts_with("organisation=")
}

/// Every chart of the report, those without numbers too.
pub(crate) fn charts(report: &Report) -> Vec<Chart> {
    let figures: Vec<&Figure> = report.figures.iter().collect();
    let totals = Totals(&figures);
    let mut charts = vec![growth(&totals), organisations(&figures)];
    charts.extend([
        waiting("response", "Waiting for a first response", &["response", "review", "answer"], report),
        waiting("close", "Waiting for a close or merge", &["close", "merge"], report),
    ]);
    charts.extend([roster(&totals), meetings(&totals), attendance(&totals), completeness(&totals)]);
    charts
}

fn growth(totals: &Totals<'_>) -> Chart {
    let new = ("new", "growth.new_contributors", Colour::Blue, false);
    let returning = ("returning", "growth.returning_contributors", Colour::Green, false);
    let lapsed = ("lapsed", "growth.lapsed_contributors", Colour::Vermilion, true);
    let active = ("active", "growth.active_contributors", Colour::Grey, false);
    let wanted = [returning, new, lapsed];
    // Without the metric of those who return, the active stand for all.
    let is_there = totals.has(returning.1);
    let plot = if is_there { totals.bars(&wanted) } else { totals.lines(&[active, new]) };
    Chart {
        id: "growth",
        title: "Contributors: who came, who came back, who left",
        description: "People with a contribution in each window. Above the line: those who were here before, and those \
                      for whom it was the first window. Below it: those who were active in the window before and are not \
                      in this one.",
        plot,
        unit: "people".to_owned(),
    }
}

fn organisations(figures: &[&Figure]) -> Chart {
    let found = BY_ORGANISATION.iter().find_map(|metric| by_organisation(figures, metric));
    Chart {
        id: "organisations",
        title: "Contributions by organisation",
        description: "The part of each window's contributions that people of an organisation made. Unknown affiliations \
                      stand in grey and are part of the whole.",
        plot: found.ok_or_else(|| "No contribution was counted by organisation.".to_owned()),
        unit: "of all contributions".to_owned(),
    }
}

fn waiting(id: &'static str, title: &'static str, words: &[&str], report: &Report) -> Chart {
    let is_ours = |metric: &str| ["latency", "chat"].contains(&choice::family(metric));
    let is_wanted = |curve: &&Curve| {
        is_ours(&curve.metric) && words.iter().any(|word| curve.metric.contains(word)) && curve.steps.len() > 1
    };
    let curves: Vec<Curve> = report.curves.iter().filter(is_wanted).take(Colour::SERIES.len()).map(in_days).collect();
    let title_of = |curve: &Curve| {
        let metric = report.metrics.iter().find(|metric| metric.id == curve.metric);
        format!("{}, {}", metric.map_or(curve.metric.as_str(), |metric| &metric.title), curve.window)
    };
    let names = curves.iter().map(title_of).collect();
    let plot = if curves.is_empty() {
        Err("Nothing that waits was collected in the last year: no issue, pull request or thread.".to_owned())
    } else {
        Ok(Plot::Curves { curves, names })
    };
    Chart {
        id,
        title,
        description: "The part that still waits after so many days (Kaplan-Meier). What is open counts as waiting at least \
                      until the as-of instant; the pale band is the 95 % interval. A curve that falls early is good.",
        plot,
        unit: "still waiting".to_owned(),
    }
}

/// Chat counts hours, issues count days: one axis has one unit.
fn in_days(curve: &Curve) -> Curve {
    let day = if curve.unit == "hours" { 24.0 } else { 1.0 };
    let step = |step: &CurveStep| CurveStep { time: step.time / day, ..*step };
    Curve { unit: "days".to_owned(), steps: curve.steps.iter().map(step).collect(), ..curve.clone() }
}

fn roster(totals: &Totals<'_>) -> Chart {
    let listed = ("listed", "governance.listed_maintainers", Colour::Blue, false);
    let active = |metric| ("of them active in the year before", metric, Colour::Vermilion, false);
    let known = ["governance.active_maintainers_365", "governance.active_maintainers", "governance.listed_and_active"];
    let found = known.into_iter().find(|metric| totals.has(metric));
    let wanted: Vec<_> = std::iter::once(listed).chain(found.map(active)).collect();
    Chart {
        id: "roster",
        title: "Maintainers: listed against active",
        description: "People whom the rosters list as maintainers at the end of each window, and those of them who \
                      contributed or attended a meeting. A gap between the lines are names without activity.",
        plot: totals.lines(&wanted),
        unit: "people".to_owned(),
    }
}

fn meetings(totals: &Totals<'_>) -> Chart {
    let known = ["meetings.held", "meetings.meetings_held", "meetings.meetings", "chaoss.meeting_count"];
    let wanted: Vec<_> = known
        .into_iter()
        .find(|metric| totals.has(metric))
        .map(|metric| ("meetings", metric, Colour::Blue, false))
        .into_iter()
        .collect();
    Chart {
        id: "meetings",
        title: "Meetings held",
        description: "Meetings of which there are notes, by window.",
        plot: totals.bars(&wanted),
        unit: "meetings".to_owned(),
    }
}

fn attendance(totals: &Totals<'_>) -> Chart {
    let people = ("people a meeting", "meetings.attendance", Colour::Blue, false);
    let organisations = ("organisations a meeting", "meetings.organizations_per_meeting", Colour::Orange, false);
    Chart {
        id: "attendance",
        title: "Attendance of meetings",
        description: "The mean number of people at a meeting, and of their organisations.",
        plot: totals.lines(&[people, organisations]),
        unit: "a meeting".to_owned(),
    }
}

fn completeness(totals: &Totals<'_>) -> Chart {
    let collected = ("collected", "completeness.collected", Colour::Green, false);
    let plot = match totals.lines(&[collected]) {
        Ok(Plot::Lines { labels, series, .. }) => Ok(Plot::Lines { labels, series, parts: true }),
        other => other.map_err(|_| {
            "No source states how much it holds, so completeness cannot be stated. A github source states it."
                .to_owned()
        }),
    };
    Chart {
        id: "completeness",
        title: "Completeness",
        description: "How much of what the sources say they hold is in the log, by the month of the objects.",
        plot,
        unit: "of what is stated".to_owned(),
    }
}
