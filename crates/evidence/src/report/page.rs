//! The page: what the template is given.

use super::chart::{self, Chart, Plot};
use super::data::{Claim, Criteria, Criterion, Curve, FigureName, Reading, Report, Standing};
use super::{choice, page_data, script, text, words};
use crate::figure::Figure;
use crate::markdown::{instant, plural};
use crate::number;
use base64::Engine as _;
use minijinja::{Environment, Value, context};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};

const TEMPLATE: &str = include_str!("../../assets/report.html.j2");
const STYLE: &str = include_str!("../../assets/report.css");
const SCRIPT: &str = include_str!("../../assets/report.js");

/// Metrics whose leading figure stands at the top, as far as there are such.
const HEADLINES: [&str; 8] = [
    "growth.active_contributors",
    "growth.new_contributors",
    "diversity.active_organizations",
    "diversity.contributor_absence_factor",
    "governance.listed_maintainers",
    "governance.maintainer_organizations",
    "latency.issue_first_response",
    "latency.pull_request_first_response",
];

/// Rows of a list that can be long; the files beside the page have all.
const MOST_ROWS: usize = 60;

/// The page, whole: its styles, its script and its data are inside.
///
/// # Errors
/// The template, which ships with the program, is wrong.
pub(crate) fn html(report: &Report) -> Result<String, minijinja::Error> {
    let places = choice::shown(&report.figures);
    let index = Index::new(report, &places);
    let mut environment = Environment::new();
    environment.set_formatter(|out, state, value| match value.as_str() {
        Some(foreign) if !value.is_safe() => {
            minijinja::escape_formatter(out, state, &Value::from(text::shown(foreign)))
        }
        _ => minijinja::escape_formatter(out, state, value),
    });
    environment.add_filter("link", |url: &str| text::link(url).map(str::to_owned));
    environment.add_filter("listing", |code: &str| Value::from_safe_string(text::escaped(&text::listing(code))));
    environment.add_template("report.html", TEMPLATE)?;
    let provenance = &report.provenance;
    let page = context! {
        project => provenance.project.as_str(),
        as_of => instant(provenance.as_of),
        log_version => provenance.log_version,
        muster_version => provenance.muster_version.as_str(),
        events => number::count(provenance.log_events),
        late => late(report),
        policy => policy(),
        style => Value::from_safe_string(STYLE.to_owned()),
        script => Value::from_safe_string(SCRIPT.to_owned()),
        data => Value::from_safe_string(script::json(&page_data::data(report, &places))),
        counts => view(Counts::of(report)),
        claims => report.claims.iter().map(|claim| claim_view(claim, &index)).collect::<Vec<_>>(),
        bodies => report.criteria.iter().map(|body| body_view(body, &index)).collect::<Vec<_>>(),
        headlines => headlines(report, &places, &index),
        charts => chart::charts(report).iter().map(|chart| chart_view(chart, report, &index)).collect::<Vec<_>>(),
        families => families(report, &places, &index),
        rosters => rosters(report),
        made => made(report, &index),
        privacy => report.privacy.as_str(),
        pipeline_file => provenance.pipeline_file.as_str(),
        pipeline => report.pipeline.as_str(),
    };
    environment.get_template("report.html")?.render(page)
}

/// Plain data for the template.
fn view(value: impl Serialize) -> Value {
    Value::from(minijinja::value::Serde(value))
}

/// Nothing but what stands in the page, and the scripts with populations beside it.
fn policy() -> String {
    let hash = |text: &str| base64::engine::general_purpose::STANDARD.encode(Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}' 'self' file:; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

fn late(report: &Report) -> Option<String> {
    let late = report.provenance.late_events;
    (late > 0).then(|| plural(late, "event is", "events are") + " later than that and not used.")
}

/// Where each figure is in the page's data.
pub(crate) struct Index<'a> {
    report: &'a Report,
    by_place: HashMap<usize, usize>,
    by_name: HashMap<(&'a str, &'a str, &'a str), usize>,
}

impl<'a> Index<'a> {
    fn new(report: &'a Report, places: &[usize]) -> Self {
        let by_place = places.iter().enumerate().map(|(number, place)| (*place, number)).collect();
        let name = |figure: &'a Figure| (figure.metric.as_str(), figure.window.as_str(), figure.group.as_str());
        let by_name =
            places.iter().enumerate().map(|(number, place)| (name(&report.figures[*place]), number)).collect();
        Self { report, by_place, by_name }
    }

    fn at(&self, place: usize) -> Option<usize> {
        self.by_place.get(&place).copied()
    }

    fn named(&self, name: &FigureName) -> Option<usize> {
        self.by_name.get(&(name.metric.as_str(), name.window.as_str(), name.group.as_str())).copied()
    }

    fn figure(&self, place: usize) -> &'a Figure {
        &self.report.figures[place]
    }
}

/// A number that opens.
#[derive(Debug, Serialize)]
struct Cell {
    text: String,
    figure: Option<usize>,
}

impl Cell {
    fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), figure: None }
    }
}

#[derive(Debug, Default, Serialize)]
struct Counts {
    claims: usize,
    holds: usize,
    fails: usize,
    undecided: usize,
    criteria: usize,
    met: usize,
    unmet: usize,
    open: usize,
    links: usize,
}

impl Counts {
    fn of(report: &Report) -> Self {
        let claims = |standing| report.claims.iter().filter(|claim| claim.standing == standing).count();
        let all = || report.criteria.iter().flat_map(|body| &body.criteria);
        let criteria = |standing| all().filter(|criterion| criterion.standing == standing).count();
        Self {
            claims: report.claims.len(),
            holds: claims(Standing::Yes),
            fails: claims(Standing::No),
            undecided: claims(Standing::Undecided),
            criteria: all().count(),
            met: criteria(Standing::Yes),
            unmet: criteria(Standing::No),
            open: criteria(Standing::Undecided),
            links: criteria(Standing::NeedsLink),
        }
    }
}

fn verdict(standing: Standing, is_claim: bool) -> Value {
    context! { mark => standing.mark(), word => standing.word(is_claim), class => view(standing) }
}

fn reading_view(reading: &Reading, is_claim: bool, index: &Index<'_>) -> Value {
    let figure = reading.figure.as_ref().and_then(|name| index.named(name));
    context! {
        label => reading.label.as_str(),
        value => view(Cell { text: reading.value.clone(), figure }),
        expected => reading.expected.as_str(),
        verdict => verdict(reading.standing, is_claim),
    }
}

fn claim_view(claim: &Claim, index: &Index<'_>) -> Value {
    context! {
        id => claim.id.as_str(),
        text => claim.text.as_str(),
        required => claim.required,
        verdict => verdict(claim.standing, true),
        readings => claim.readings.iter().map(|reading| reading_view(reading, true, index)).collect::<Vec<_>>(),
        remarks => view(&claim.remarks),
    }
}

fn body_view(body: &Criteria, index: &Index<'_>) -> Value {
    let criterion = |criterion: &Criterion| {
        context! {
            id => criterion.id.as_str(),
            wording => criterion.wording.as_str(),
            reference => criterion.reference.as_str(),
            required => criterion.required,
            verdict => verdict(criterion.standing, false),
            readings => criterion.readings.iter().map(|reading| reading_view(reading, false, index)).collect::<Vec<_>>(),
            link => criterion.link.as_deref(),
            remarks => view(&criterion.remarks),
        }
    };
    context! { id => body.id.as_str(), title => body.title.as_str(), criteria => body.criteria.iter().map(criterion).collect::<Vec<_>>() }
}

fn headlines(report: &Report, places: &[usize], index: &Index<'_>) -> Vec<Value> {
    let leading = |metric: &&str| {
        let of_metric: Vec<usize> =
            places.iter().copied().filter(|place| report.figures[*place].metric == **metric).collect();
        choice::leading(&report.figures, &of_metric)
    };
    HEADLINES
        .iter()
        .filter_map(leading)
        .map(|place| {
            let figure = index.figure(place);
            context! {
                title => figure.title.as_str(),
                value => view(Cell { text: short_amount(figure), figure: index.at(place) }),
                unit => words::unit(figure),
                window => words::short_window(figure),
                unknown => words::part(figure.unknown_share.filter(|share| *share > 0.0)),
            }
        })
        .collect()
}

/// The value alone; its interval stands where there is room.
fn short_amount(figure: &Figure) -> String {
    words::amount(&Figure { low: None, high: None, ..figure.clone() })
}

fn chart_view(chart: &Chart, report: &Report, index: &Index<'_>) -> Value {
    let picture = |wide| chart::draw(chart, wide).map(Value::from_safe_string);
    let (legend, head, rows) = match &chart.plot {
        Err(_) => (Vec::new(), Vec::new(), Vec::new()),
        Ok(Plot::Curves { curves, names }) => curves_table(curves, names, report, index),
        Ok(plot) => windows_table(plot, index),
    };
    context! {
        id => chart.id,
        title => chart.title,
        description => chart.description,
        unit => chart.unit.as_str(),
        missing => chart.plot.as_ref().err().map(String::as_str),
        wide => picture(true),
        narrow => picture(false),
        legend => legend,
        head => head,
        rows => view(rows),
    }
}

type Table = (Vec<Value>, Vec<String>, Vec<Vec<Cell>>);

fn windows_table(plot: &Plot, index: &Index<'_>) -> Table {
    let (labels, series, parts, is_line) = match plot {
        Plot::Bars { labels, series, parts } => (labels, series, *parts, false),
        Plot::Lines { labels, series, parts } => (labels, series, *parts, true),
        Plot::Curves { .. } => return (Vec::new(), Vec::new(), Vec::new()),
    };
    let legend = series
        .iter()
        .enumerate()
        .map(|(number, one)| {
            let mark = if is_line { ["●", "▲", "✕"][number.min(2)] } else { "■" };
            context! { name => one.name.as_str(), colour => one.colour.name(), mark }
        })
        .collect();
    let head = std::iter::once("window".to_owned()).chain(series.iter().map(|one| one.name.clone())).collect();
    let row = |(place, label): (usize, &String)| {
        let cells = series.iter().map(|one| Cell {
            text: match one.values[place] {
                Some(value) if parts => number::percent(value),
                Some(value) => number::rounded(value),
                None => "–".to_owned(),
            },
            figure: one.figures[place].and_then(|place| index.at(place)),
        });
        std::iter::once(Cell::plain(label.clone())).chain(cells).collect()
    };
    (legend, head, labels.iter().enumerate().map(row).collect())
}

/// The part still waiting after some times, and the figure with the median.
fn curves_table(curves: &[Curve], names: &[String], report: &Report, index: &Index<'_>) -> Table {
    let times = [1.0, 7.0, 30.0, 90.0];
    let head = ["waiting time".to_owned(), "median".to_owned()]
        .into_iter()
        .chain(
            times.map(|time: f64| format!("still waiting after {time} {}", if time == 1.0 { "day" } else { "days" })),
        )
        .collect();
    let legend = names
        .iter()
        .zip(chart::Colour::SERIES)
        .map(|(name, colour)| context! { name, colour => colour.name(), mark => "■" })
        .collect();
    let row = |(curve, name): (&Curve, &String)| {
        let name_of = FigureName { metric: curve.metric.clone(), window: curve.window.clone(), group: String::new() };
        let figure = index.named(&name_of);
        let is_its = |figure: &&Figure| {
            figure.metric == curve.metric && figure.window == curve.window && figure.group.is_empty()
        };
        let median = report.figures.iter().find(is_its).map_or("–".to_owned(), words::amount);
        let cells = times.iter().map(|time| {
            let step = curve.steps.iter().take_while(|step| step.time <= *time).last();
            Cell::plain(number::percent(step.map_or(1.0, |step| step.survival)))
        });
        [Cell::plain(name.clone()), Cell { text: median, figure }].into_iter().chain(cells).collect()
    };
    (legend, head, curves.iter().zip(names).map(row).collect())
}

fn families(report: &Report, places: &[usize], index: &Index<'_>) -> Vec<Value> {
    let all = &report.figures;
    let mut metrics: BTreeMap<(usize, &str), Vec<usize>> = BTreeMap::new();
    for place in places {
        metrics.entry(choice::rank(&all[*place].metric)).or_default().push(*place);
    }
    let mut families: Vec<(String, Vec<Value>)> = Vec::new();
    for ((_, metric), places) in metrics {
        let Some(lead) = choice::leading(all, &places) else { continue };
        let family = choice::family(metric).to_owned();
        if families.last().is_none_or(|(last, _)| *last != family) {
            families.push((family, Vec::new()));
        }
        if let Some((_, rows)) = families.last_mut() {
            rows.push(metric_row(report, lead, index));
        }
    }
    families
        .into_iter()
        .map(|(name, rows)| {
            let theirs = choice::is_of_another_tool(&format!("{name}."));
            context! { name => name.replace('_', " "), theirs, rows }
        })
        .collect()
}

fn metric_row(report: &Report, place: usize, index: &Index<'_>) -> Value {
    let figure = index.figure(place);
    let definition = report.metrics.iter().find(|metric| metric.id == figure.metric);
    context! {
        id => figure.metric.as_str(),
        title => figure.title.as_str(),
        definition => figure.definition.as_str(),
        direction => definition.and_then(|definition| definition.direction.clone()),
        window => words::window(figure),
        value => view(Cell { text: words::amount(figure), figure: index.at(place) }),
        unit => words::unit(figure),
        n => number::whole(figure.n),
        censored => figure.censored.map(number::whole),
        unknown => words::part(figure.unknown_share),
        completeness => words::part(figure.completeness),
        note => figure.note.as_deref(),
    }
}

fn rosters(report: &Report) -> Value {
    let rosters = &report.rosters;
    context! {
        maintainers => view(&rosters.maintainers),
        organisations => view(rosters.organisations.iter().take(MOST_ROWS).collect::<Vec<_>>()),
        more_organisations => rosters.organisations.len().saturating_sub(MOST_ROWS),
        meetings => view(rosters.meetings.iter().rev().take(MOST_ROWS).collect::<Vec<_>>()),
        more_meetings => rosters.meetings.len().saturating_sub(MOST_ROWS),
    }
}

/// How these numbers were made.
fn made(report: &Report, index: &Index<'_>) -> Value {
    let provenance = &report.provenance;
    let sources = provenance.sources.iter().map(|source| {
        let types: Vec<String> =
            source.events.iter().map(|(name, count)| format!("{} {name}", number::count(*count))).collect();
        context! { name => source.name.as_str(), kind => source.kind.as_str(), events => number::count(source.total()), types => types.join(", ") }
    });
    let rejected = report.rejected.iter().take(MOST_ROWS).map(|row| {
        context! {
            source => row.source.as_str(), file => row.file.as_str(), line => row.line, severity => row.severity_word(),
            message => row.message.as_str(), hint => row.hint.as_str(),
        }
    });
    let lost = report.rejected.iter().filter(|row| row.severity_word() == "rejected").count();
    context! {
        sources => sources.collect::<Vec<_>>(),
        bots => provenance.excluded_bots.iter().take(MOST_ROWS).map(|bot| context! { account => bot.account.as_str(), reason => bot.reason.as_str() }).collect::<Vec<_>>(),
        all_bots => provenance.excluded_bots.len(),
        rejected => rejected.collect::<Vec<_>>(),
        lost,
        doubted => report.rejected.len() - lost,
        differences => differences(report, index),
        definitions => report.metrics.len(),
    }
}

/// Other tools' figures beside ours, window by window where both have the same.
fn differences(report: &Report, index: &Index<'_>) -> Vec<Value> {
    let lead = |metric: &str, window: Option<&str>| {
        let is_it = |place: &usize| {
            let figure = &report.figures[*place];
            figure.metric == metric && figure.group.is_empty() && window.is_none_or(|window| figure.window == window)
        };
        let places: Vec<usize> = (0..report.figures.len()).filter(is_it).collect();
        choice::leading(&report.figures, &places)
    };
    let difference = |metric: &super::data::Definition| {
        let ours = metric.compares.as_deref()?;
        let theirs = lead(&metric.id, None)?;
        let their_figure = &report.figures[theirs];
        let ours = lead(ours, Some(&their_figure.window))?;
        let our_figure = &report.figures[ours];
        Some(context! {
            tool => choice::family(&metric.id),
            title => metric.title.as_str(),
            window => their_figure.window.as_str(),
            theirs => view(Cell { text: words::amount(their_figure), figure: index.at(theirs) }),
            ours => view(Cell { text: words::amount(our_figure), figure: index.at(ours) }),
            our_title => our_figure.title.as_str(),
            why => metric.caveats.join(" "),
        })
    };
    report.metrics.iter().filter_map(difference).collect()
}
