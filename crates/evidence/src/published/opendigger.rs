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
    if find(Tool::OpenDigger, series, "").is_none() {
        return reader.unknown(series, position, NO_METRIC);
    }
    for (key, value) in sorted(values) {
        let position = format!("{position}/{}", escaped(key));
        let window = key.strip_suffix(RAW).unwrap_or(key);
        if !is_period(key) {
            reader.unknown(&format!("{series} {key}"), &position, "the key is no year, quarter or month");
        } else if values.contains_key(&format!("{key}{RAW}")) {
            let reason = format!("imputed by OpenDigger; what it measured is {key}{RAW}");
            reader.unknown(&format!("{series} {key}"), &position, reason);
        } else if let Some(known) = find(Tool::OpenDigger, series, kind(window)) {
            let figure = Published {
                metric: known.metric.to_owned(),
                series: series.to_owned(),
                window: window.to_owned(),
                period: key.to_owned(),
                group: path.group.clone(),
                value: 0.0,
                position,
            };
            reader.figure(value, figure);
        }
    }
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

/// The files of OpenDigger's shape, path and content: one a metric for everything (`<metric>.json`), and one a repository
/// (`github/<owner>/<name>/<metric>.json`).
///
/// As there, a figure has two decimals, and a zero, or a duration that does not exist, is left out. Windows that are still
/// filling are left out as well: a reader could not tell them from whole ones.
pub fn files(figures: &[Figure]) -> Vec<(String, String)> {
    let mut files: BTreeMap<String, BTreeMap<&str, BTreeMap<&str, f64>>> = BTreeMap::new();
    for figure in figures.iter().filter(|figure| is_period(&figure.window) && !figure.unfinished) {
        let (Some((folder, file, aggregate)), Some(value)) = (place(figure), figure.value) else { continue };
        if value != 0.0 || !aggregate.is_empty() {
            let of_file = files.entry(format!("{folder}{file}.json")).or_default();
            of_file.entry(aggregate).or_default().insert(&figure.window, (value * 100.0).round() / 100.0);
        }
    }
    files.into_iter().map(|(path, aggregates)| (path, json(&aggregates))).collect()
}

/// The folder, the file and the aggregate (empty where there is none) that a figure belongs to.
fn place(figure: &Figure) -> Option<(String, &'static str, &'static str)> {
    let series = SERIES.iter().find(|series| series.tool == Tool::OpenDigger && series.metric == figure.metric)?;
    if !series.window.is_empty() && series.window != kind(&figure.window) {
        return None;
    }
    let folder = match figure.group.split_once('=') {
        None => String::new(),
        Some(("repository", name)) if is_repository(name) => format!("github/{name}/"),
        Some(_) => return None,
    };
    let (file, aggregate) = series.name.split_once('/').unwrap_or((series.name, ""));
    Some((folder, file, aggregate))
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

fn json(aggregates: &BTreeMap<&str, BTreeMap<&str, f64>>) -> String {
    let object = |values: &BTreeMap<&str, f64>| {
        let line = |(key, value): (&&str, &f64)| Some(format!("\"{key}\":{}", number::full(*value)?));
        format!("{{{}}}", values.iter().filter_map(line).collect::<Vec<_>>().join(","))
    };
    match aggregates.get("") {
        Some(values) => object(values) + "\n",
        None => {
            let lines: Vec<String> =
                aggregates.iter().map(|(key, values)| format!("\"{key}\":{}", object(values))).collect();
            format!("{{{}}}\n", lines.join(","))
        }
    }
}
