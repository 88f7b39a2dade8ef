//! Figures for other programs: JSON lines, and the text that Prometheus scrapes.

use crate::figure::Figure;
use crate::guard::without_emails;
use crate::number;
use muster_model::Timestamp;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

// The columns of out/metrics.csv, by the same names.
#[derive(Serialize)]
struct Line<'a> {
    metric: Cow<'a, str>,
    version: u32,
    scope: Cow<'a, str>,
    group: Cow<'a, str>,
    window: Cow<'a, str>,
    window_kind: Cow<'a, str>,
    window_start: String,
    window_end: String,
    unfinished: bool,
    value: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    naive: Option<f64>,
    unit: Cow<'a, str>,
    n: i64,
    unknown_share: Option<f64>,
    censored: Option<i64>,
    completeness: Option<f64>,
    log_version: i64,
    note: Option<Cow<'a, str>>,
}

/// Every figure, an object a line. A number that does not exist is `null`.
pub fn metrics_jsonl(figures: &[Figure]) -> String {
    let line = |figure: &Figure| {
        let line = Line {
            metric: without_emails(&figure.metric),
            version: figure.version,
            scope: without_emails(&figure.scope),
            group: without_emails(&figure.group),
            window: without_emails(&figure.window),
            window_kind: without_emails(&figure.window_kind),
            window_start: figure.window_start.to_string(),
            window_end: figure.window_end.to_string(),
            unfinished: figure.unfinished,
            value: figure.value,
            low: figure.low,
            high: figure.high,
            naive: figure.naive,
            unit: without_emails(&figure.unit),
            n: figure.n,
            unknown_share: figure.unknown_share,
            censored: figure.censored,
            completeness: figure.completeness,
            log_version: figure.log_version,
            note: figure.note.as_deref().map(without_emails),
        };
        // Strings and numbers into memory: nothing in it can fail.
        serde_json::to_string(&line).unwrap_or_default() + "\n"
    };
    figures.iter().map(line).collect()
}

/// The latest finished window of each kind as gauges, in the text format of Prometheus: a family a metric, `muster_<id>`
/// with `_` for what its names cannot hold, after `muster_as_of_timestamp_seconds` and `muster_log_version`. Labels:
/// `metric` (the id), `scope`, `window` (how time is cut: `quarter`, `365d`), and `by` and `group` (a column and its value,
/// both empty for everything). A figure that does not exist has no line. Durations are in the metric's unit.
pub fn metrics_prom(figures: &[Figure], as_of: Timestamp) -> String {
    let mut families: BTreeMap<String, (String, String)> = BTreeMap::new();
    for figure in latest(figures) {
        let Some(value) = figure.value.and_then(number::full) else { continue };
        let (by, group) = figure.group.split_once('=').unwrap_or(("", &figure.group));
        let labels = [
            ("metric", figure.metric.as_str()),
            ("scope", &figure.scope),
            ("window", &figure.window_kind),
            ("by", by),
            ("group", group),
        ];
        let labels: Vec<String> = labels.iter().map(|(name, value)| format!("{name}=\"{}\"", label(value))).collect();
        let (_, samples) = families.entry(name(&figure.metric)).or_insert_with(|| (help(figure), String::new()));
        let _ = writeln!(samples, "{{{}}} {value}", labels.join(","));
    }
    let mut out = String::new();
    let version = figures.iter().map(|figure| figure.log_version).max().unwrap_or(0);
    gauge(&mut out, "muster_as_of_timestamp_seconds", "The instant that the figures look back from.");
    let _ = writeln!(out, "muster_as_of_timestamp_seconds {}", as_of.as_second());
    gauge(&mut out, "muster_log_version", "The version of the log behind the figures.");
    let _ = writeln!(out, "muster_log_version {version}");
    for (name, (help, samples)) in families {
        gauge(&mut out, &name, &help);
        samples.lines().for_each(|sample| {
            let _ = writeln!(out, "{name}{sample}");
        });
    }
    out
}

/// Of each metric, kind of window and group the finished window that ends last, in the order given.
fn latest(figures: &[Figure]) -> Vec<&Figure> {
    let mut places: BTreeMap<(&str, &str, &str, &str), usize> = BTreeMap::new();
    let mut found: Vec<&Figure> = Vec::new();
    for figure in figures.iter().filter(|figure| !figure.unfinished) {
        let key = (figure.metric.as_str(), figure.window_kind.as_str(), figure.scope.as_str(), figure.group.as_str());
        match places.get(&key).and_then(|place| found.get_mut(*place)) {
            Some(earlier) if earlier.window_end < figure.window_end => *earlier = figure,
            Some(_) => {}
            None => {
                places.insert(key, found.len());
                found.push(figure);
            }
        }
    }
    // A group that the latest window does not have is not there any more.
    let mut ends: BTreeMap<(&str, &str), Timestamp> = BTreeMap::new();
    for figure in &found {
        let end = ends.entry((&figure.metric, &figure.window_kind)).or_insert(figure.window_end);
        *end = figure.window_end.max(*end);
    }
    found.retain(|figure| ends.get(&(&figure.metric, &figure.window_kind)) == Some(&figure.window_end));
    found
}

fn gauge(out: &mut String, name: &str, help: &str) {
    let _ = writeln!(out, "# HELP {name} {}\n# TYPE {name} gauge", help.replace('\\', "\\\\").replace('\n', "\\n"));
}

fn help(figure: &Figure) -> String {
    let words = format!("{}: {} ({})", figure.title, figure.definition, figure.unit);
    without_emails(&words).chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

/// `growth.active_contributors` to `muster_growth_active_contributors`.
fn name(metric: &str) -> String {
    let word = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '_' };
    format!("muster_{}", metric.chars().map(word).collect::<String>())
}

fn label(value: &str) -> String {
    let shown = |letter: char| if letter.is_control() && letter != '\n' { ' ' } else { letter };
    let value: String = without_emails(value).chars().map(shown).collect();
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn every_figure_is_a_line() {
        let mut figures = samples::latency();
        figures[1].note = Some("ask ada@example.org\n\"now\"".to_owned());
        let lines = metrics_jsonl(&figures);
        assert_eq!(lines.lines().count(), 2);
        let second: serde_json::Value = serde_json::from_str(lines.lines().nth(1).unwrap()).unwrap();
        assert_eq!(second["note"], "ask <e-mail removed>\n\"now\"");
        assert_eq!((&second["value"], &second["low"]), (&serde_json::Value::Null, &serde_json::json!(2.0)));
        assert_eq!(metrics_jsonl(&[]), "");
    }

    #[test]
    fn the_latest_finished_window_is_a_gauge() {
        let third = samples::latency().remove(0);
        let mut second = third.clone();
        (second.window, second.value) = ("2025Q2".to_owned(), Some(9.0));
        second.window_end = muster_model::parse_time("2025-07-01").unwrap();
        let mut group = third.clone();
        (group.group, group.value) = ("repository=a\\b\"c\nd <x@example.org>".to_owned(), Some(-0.0));
        let mut gone = second.clone();
        gone.group = "repository=gone".to_owned();
        let mut missing = third.clone();
        (missing.group, missing.value) = ("repository=none".to_owned(), Some(f64::NAN));
        let unfinished = samples::latency().remove(1);
        let as_of = muster_model::parse_time("2025-12-05").unwrap();
        let text = metrics_prom(&[second, gone, third, group, missing, unfinished], as_of);
        let common = "metric=\"latency.issue_first_response\",scope=\"lantern\",window=\"quarter\"";
        assert_eq!(
            text,
            format!(
                "# HELP muster_as_of_timestamp_seconds The instant that the figures look back from.\n\
                 # TYPE muster_as_of_timestamp_seconds gauge\nmuster_as_of_timestamp_seconds 1764892800\n\
                 # HELP muster_log_version The version of the log behind the figures.\n\
                 # TYPE muster_log_version gauge\nmuster_log_version 41\n\
                 # HELP muster_latency_issue_first_response Time to first response, issues: How long an issue waits for the \
                 first answer of a person who is neither its author nor a bot. (days)\n\
                 # TYPE muster_latency_issue_first_response gauge\n\
                 muster_latency_issue_first_response{{{common},by=\"\",group=\"\"}} 1.9123456789\n\
                 muster_latency_issue_first_response{{{common},by=\"repository\",group=\"a\\\\b\\\"c\\nd <<e-mail removed>>\"}} 0\n"
            )
        );
    }
}
