//! OpenDigger's static export: an object of periods (`2025`, `2025Q2`, `2025-06`), for durations one an aggregate
//! (`avg`, `levels`, `quantile_0` to `quantile_4`). Read here, and written from figures of ours.

use super::series::{NO_METRIC, SERIES, find};
use super::{Answers, Published, Reader, Reading, Tool, escaped, sorted};
use crate::{Figure, number};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

const AGGREGATES: [&str; 7] = ["avg", "levels", "quantile_0", "quantile_1", "quantile_2", "quantile_3", "quantile_4"];
const RAW: &str = "-raw";

pub(super) fn read(name: &str, answers: &Answers<'_>) -> Option<Reading> {
    let answer = answers.only()?;
    let durations = answer.keys().any(|key| AGGREGATES.contains(&key.as_str()));
    if !durations && !answer.keys().any(|key| is_period(key)) {
        return None;
    }
    let path = Path::of(name);
    let mut reader = Reader::new(Tool::OpenDigger, name);
    if durations {
        for (aggregate, values) in sorted(answer) {
            let position = format!("/{}", escaped(aggregate));
            match values.as_object() {
                Some(values) => periods(&mut reader, &path, &format!("{}/{aggregate}", path.metric), &position, values),
                None => reader.problem(&position, "neither a period nor an object of them", "save the file as it came"),
            }
        }
    } else {
        periods(&mut reader, &path, &path.metric, "", answer);
    }
    Some(reader.reading)
}

fn periods(reader: &mut Reader, path: &Path, series: &str, position: &str, values: &Map<String, Value>) {
    if find(Tool::OpenDigger, series, "").or_else(|| find(Tool::OpenDigger, &level(series, 0), "")).is_none() {
        return reader.unknown(series, position, NO_METRIC);
    }
    for (key, value) in sorted(values) {
        let position = format!("{position}/{}", escaped(key));
        if !is_period(key) {
            reader.unknown(&format!("{series} {key}"), &position, "the key is no year, quarter or month");
        } else if values.contains_key(&format!("{key}{RAW}")) {
            let reason = format!("imputed by OpenDigger; what it measured is {key}{RAW}");
            reader.unknown(&format!("{series} {key}"), &position, reason);
        } else if let Some(levels) = value.as_array() {
            for (place, value) in levels.iter().enumerate() {
                figure(reader, path, &level(series, place), key, &format!("{position}/{place}"), value);
            }
        } else {
            figure(reader, path, series, key, &position, value);
        }
    }
}

/// How many fell between two thresholds.
fn level(series: &str, place: usize) -> String {
    format!("{series}/{place}")
}

fn figure(reader: &mut Reader, path: &Path, series: &str, period: &str, position: &str, value: &Value) {
    let window = period.strip_suffix(RAW).unwrap_or(period);
    let Some(known) = find(Tool::OpenDigger, series, kind(window)) else {
        return reader.unknown(series, position, NO_METRIC);
    };
    let figure = Published {
        metric: known.metric.to_owned(),
        series: series.to_owned(),
        window: window.to_owned(),
        period: period.to_owned(),
        group: path.group.clone(),
        value: 0.0,
        position: position.to_owned(),
    };
    reader.figure(value, figure);
}

/// `2025`, `2025Q2`, `2025-06` or `2021-10-raw`.
fn is_period(key: &str) -> bool {
    let key = key.strip_suffix(RAW).unwrap_or(key);
    let (year, rest) = key.split_at_checked(4).unwrap_or((key, ""));
    let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    let month = rest.strip_prefix('-').filter(|month| digits(month, 2) && ("01"..="12").contains(month));
    digits(year, 4) && (rest.is_empty() || matches!(rest, "Q1" | "Q2" | "Q3" | "Q4") || month.is_some())
}

/// How long a period is, as windows are called.
fn kind(period: &str) -> &'static str {
    match period.get(4..5) {
        None => "year",
        Some("Q") => "quarter",
        Some(_) => "month",
    }
}

/// What a path says: `…/github/<owner>/<name>/<metric>.json`.
struct Path {
    metric: String,
    group: String,
}

impl Path {
    fn of(name: &str) -> Self {
        let parts: Vec<&str> = name.split(['/', '\\']).collect();
        let file = parts.last().copied().unwrap_or_default();
        let group = match parts.as_slice() {
            [.., "github", owner, repository, _] => format!("repository={owner}/{repository}"),
            _ => String::new(),
        };
        Self { metric: file.strip_suffix(".json").unwrap_or(file).to_owned(), group }
    }
}

/// By period; the levels of a duration are four numbers, all else is one.
type Periods<'a> = BTreeMap<&'a str, Vec<f64>>;

/// How many levels a duration has.
const LEVELS: usize = 4;

/// The files of OpenDigger's shape, path and content: one a metric for everything (`<metric>.json`), and one a repository
/// (`github/<owner>/<name>/<metric>.json`).
///
/// As there, a figure has two decimals, and a zero, or a duration that does not exist, is left out. Windows that are still
/// filling are left out as well: a reader could not tell them from whole ones.
pub fn files(figures: &[Figure]) -> Vec<(String, String)> {
    let mut files: BTreeMap<String, BTreeMap<&str, Periods<'_>>> = BTreeMap::new();
    for figure in figures.iter().filter(|figure| is_period(&figure.window) && !figure.unfinished) {
        let (Some(place), Some(value)) = (Place::of(figure), figure.value) else { continue };
        // A duration can be zero; a count of zero, of a level too, is none.
        if value != 0.0 || (place.level.is_none() && !place.aggregate.is_empty()) {
            let periods = files.entry(place.path).or_default().entry(place.aggregate).or_default();
            let size = place.level.map_or(1, |_| LEVELS);
            let values = periods.entry(&figure.window).or_insert_with(|| vec![0.0; size]);
            if let Some(slot) = values.get_mut(place.level.unwrap_or(0)) {
                *slot = (value * 100.0).round() / 100.0;
            }
        }
    }
    files.into_iter().map(|(path, aggregates)| (path, json(&aggregates))).collect()
}

/// Where a figure belongs: its file, the aggregate (empty where there is none), and the level.
struct Place {
    path: String,
    aggregate: &'static str,
    level: Option<usize>,
}

impl Place {
    fn of(figure: &Figure) -> Option<Self> {
        let series = SERIES.iter().find(|series| series.tool == Tool::OpenDigger && series.metric == figure.metric)?;
        if !series.window.is_empty() && series.window != kind(&figure.window) {
            return None;
        }
        let folder = match figure.group.split_once('=') {
            None => String::new(),
            Some(("repository", name)) if is_repository(name) => format!("github/{name}/"),
            Some(_) => return None,
        };
        let mut parts = series.name.splitn(3, '/');
        let (file, aggregate) = (parts.next()?, parts.next().unwrap_or_default());
        let level = parts.next().and_then(|level| level.parse().ok());
        Some(Self { path: format!("{folder}{file}.json"), aggregate, level })
    }
}

/// `owner/name` in the letters that GitHub allows, and no way out of the folder.
fn is_repository(name: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && !part.trim_matches('.').is_empty()
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    name.split_once('/').is_some_and(|(owner, repository)| part(owner) && part(repository))
}

fn json(aggregates: &BTreeMap<&str, Periods<'_>>) -> String {
    let number = |value: &f64| number::full(*value).unwrap_or_else(|| "null".to_owned());
    let value = |values: &Vec<f64>| match values.as_slice() {
        [one] => number(one),
        levels => format!("[{}]", levels.iter().map(number).collect::<Vec<_>>().join(",")),
    };
    let object = |periods: &Periods<'_>| {
        let lines: Vec<String> = periods.iter().map(|(key, values)| format!("\"{key}\":{}", value(values))).collect();
        format!("{{{}}}", lines.join(","))
    };
    match aggregates.get("") {
        Some(periods) => object(periods) + "\n",
        None => {
            let line = |(key, periods): (&&str, &Periods<'_>)| format!("\"{key}\":{}", object(periods));
            format!("{{{}}}\n", aggregates.iter().map(line).collect::<Vec<_>>().join(","))
        }
    }
}
