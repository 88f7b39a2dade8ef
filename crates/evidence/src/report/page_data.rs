//! The data of the page: what opens when a figure is clicked.

use super::data::{Behind, Definition, Member, Report, Rows};
use super::population::Population;
use super::{text, words};
use crate::number;
use serde::Serialize;
use std::collections::HashMap;

#[derive(Serialize)]
pub(crate) struct Data<'a> {
    pipeline: String,
    metrics: Vec<Metric>,
    figures: Vec<Figure>,
    populations: &'a [Population],
}

#[derive(Serialize)]
struct Metric {
    id: String,
    version: u32,
    title: String,
    definition: String,
    source: String,
    statistic: String,
    direction: Option<String>,
    caveats: Vec<String>,
    sql: String,
    population: Option<usize>,
}

#[derive(Serialize)]
struct Figure {
    metric: usize,
    window: String,
    label: String,
    group: String,
    group_label: String,
    value: String,
    unit: String,
    naive: Option<String>,
    n: String,
    unknown: Option<String>,
    censored: Option<String>,
    completeness: Option<String>,
    note: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rows: Vec<(u32, u32)>,
    /// Of the rows only those in which this column has this value.
    #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
    only: Option<(usize, Option<String>)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    too_many: Option<usize>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    members: Vec<Share>,
}

#[derive(Serialize)]
struct Share {
    name: String,
    weight: String,
    share: String,
    cumulative: String,
    counted: bool,
}

/// Members of one figure that the page lists: the heaviest. More need not be given.
pub const MOST_MEMBERS: usize = 50;

pub(crate) fn data<'a>(report: &'a Report, places: &[usize]) -> Data<'a> {
    let numbers: HashMap<&str, usize> =
        report.metrics.iter().enumerate().map(|(number, metric)| (metric.id.as_str(), number)).collect();
    let nothing = Behind::default();
    let figure = |place: &usize| {
        let it = &report.figures[*place];
        // A metric without a definition cannot be: the figures are made from the definitions.
        let metric = numbers.get(it.metric.as_str()).copied().unwrap_or_default();
        figure(it, metric, report.behind.get(place).unwrap_or(&nothing))
    };
    Data {
        pipeline: text::shown(&crate::markdown::shell_word(&report.provenance.pipeline_file)),
        metrics: report.metrics.iter().map(metric).collect(),
        figures: places.iter().map(figure).collect(),
        populations: &report.populations,
    }
}

fn metric(metric: &Definition) -> Metric {
    let parameters: Vec<String> = metric.parameters.iter().map(|(name, value)| format!("{name} = {value}")).collect();
    let statistic = match parameters.is_empty() {
        true => text::shown(&metric.statistic),
        false => format!("{} ({})", text::shown(&metric.statistic), text::shown(&parameters.join(", "))),
    };
    Metric {
        id: text::shown(&metric.id),
        version: metric.version,
        title: text::shown(&metric.title),
        definition: text::visible(&crate::without_emails(&metric.definition)),
        source: text::shown(&metric.source),
        statistic,
        direction: metric.direction.as_deref().map(text::shown),
        caveats: metric.caveats.iter().map(|caveat| text::visible(&crate::without_emails(caveat))).collect(),
        sql: text::listing(&metric.sql),
        population: metric.population,
    }
}

fn figure(figure: &crate::Figure, metric: usize, behind: &Behind) -> Figure {
    let (rows, only, too_many) = match &behind.rows {
        Rows::Runs(runs) => (runs.clone(), None, None),
        Rows::Where { first, length, column, value } => (vec![(*first, *length)], Some((*column, value.clone())), None),
        Rows::TooMany(rows) => (Vec::new(), None, Some(*rows)),
    };
    Figure {
        metric,
        window: text::shown(&figure.window),
        label: words::window(figure),
        group: text::shown(&figure.group),
        group_label: words::group(figure),
        value: words::amount(figure),
        unit: words::unit(figure),
        naive: figure.naive.map(number::rounded),
        n: number::whole(figure.n),
        unknown: figure.unknown_share.map(number::percent),
        censored: figure.censored.map(number::whole),
        completeness: figure.completeness.map(number::percent),
        note: figure.note.as_deref().map(text::shown),
        rows,
        only,
        too_many,
        members: behind.members.iter().take(MOST_MEMBERS).map(share).collect(),
    }
}

fn share(member: &Member) -> Share {
    Share {
        name: member.name.as_deref().map_or("unknown".to_owned(), text::shown),
        weight: number::rounded(member.weight),
        share: words::part(member.share),
        cumulative: words::part(member.cumulative),
        counted: member.counted,
    }
}
