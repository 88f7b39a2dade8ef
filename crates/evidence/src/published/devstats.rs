//! Answers of DevStats' JSON API: columns side by side (`rank`, `company`, `number`), or times and values.

use super::series::{NO_METRIC, Series, find};
use super::{Answers, Published, Reader, Reading, Tool, sorted};
use muster_model::{Timestamp, WindowKind};
use serde_json::{Map, Value};

type Answer = Map<String, Value>;

/// The answers that have figures, each by the keys that tell it from the others; the first that fits is it.
const SHAPES: [(&str, &[&str], Shape); 7] = [
    ("CumulativeCounts", &["metric", "timestamps", "values"], cumulative_counts),
    ("ComStatsRepoGrp", &["period", "timestamps", "values"], company_statistics),
    ("ComContribRepoGrp", &["companies_timestamps", "developers_timestamps"], companies_contributing),
    ("DevActCntComp", &["rank", "login", "company", "number"], ranked_people),
    ("DevActCnt", &["rank", "login", "number"], ranked_people),
    ("CompaniesTable", &["rank", "company", "number"], ranked_companies),
    ("SiteStats", &["contributors", "contributions", "boc"], site_statistics),
];

/// Answers without a figure that could be compared: lists of names, and counts of everything that was collected.
const WITHOUT: [&str; 9] =
    ["events", "apis", "projects", "repo_groups", "ranges", "countries", "companies", "repos", "values"];

type Shape = fn(&mut Place<'_>, &Answer);

/// Where in the file an answer stands, and what it is called.
struct Place<'a> {
    reader: &'a mut Reader,
    api: &'static str,
    pointer: String,
}

pub(super) fn read(name: &str, answers: &Answers<'_>) -> Option<Reading> {
    let is_theirs = |answer: &Answer| answer.contains_key("project") && answer.contains_key("db_name");
    if answers.0.is_empty() || !answers.0.iter().all(|(_, answer)| is_theirs(answer)) {
        return None;
    }
    let mut reader = Reader::new(Tool::DevStats, name);
    for (pointer, answer) in &answers.0 {
        // `CumulativeCounts` has a metric and no period, `ComStatsRepoGrp` has both.
        let fits = |keys: &[&str]| keys.iter().all(|key| answer.contains_key(*key));
        let shape = SHAPES
            .iter()
            .find(|(api, keys, _)| fits(keys) && (*api != "CumulativeCounts" || !answer.contains_key("period")));
        match shape {
            Some((api, _, read)) => read(&mut Place { reader: &mut reader, api, pointer: pointer.clone() }, answer),
            None => {
                let what = WITHOUT.iter().find(|key| answer.contains_key(**key)).copied().unwrap_or("an answer");
                reader.unknown(what, pointer, NO_METRIC);
            }
        }
    }
    Some(reader.reading)
}

impl Place<'_> {
    fn at(&self, rest: &str) -> String {
        format!("{}{rest}", self.pointer)
    }

    /// The line of a series of this answer; without one it is listed as unknown.
    fn series(&mut self, metric: &str, rest: &str) -> Option<(&'static Series, String)> {
        let name = format!("{}/{metric}", self.api);
        let found = find(Tool::DevStats, &name, "");
        if found.is_none() {
            self.unknown(metric, rest, NO_METRIC);
        }
        found.map(|series| (series, name))
    }

    fn unknown(&mut self, metric: &str, rest: &str, reason: impl Into<String>) {
        let (name, position) = (format!("{}/{metric}", self.api), self.at(rest));
        self.reader.unknown(&name, &position, reason);
    }

    fn figure(&mut self, series: &(&Series, String), cut: &Cut, group: String, value: &Value, rest: &str) {
        let figure = Published {
            metric: series.0.metric.to_owned(),
            series: series.1.clone(),
            window: cut.window.clone(),
            period: cut.period.clone(),
            group,
            value: 0.0,
            position: self.at(rest),
        };
        self.reader.figure(value, figure);
    }

    /// The texts, numbers or objects under a key; DevStats writes `null` for none.
    fn column<'v>(&mut self, answer: &'v Answer, key: &str) -> &'v [Value] {
        match answer.get(key) {
            Some(Value::Array(values)) => values,
            Some(Value::Null) | None => &[],
            Some(_) => {
                let position = self.at(&format!("/{key}"));
                self.reader.problem(&position, "no list", "save the answer as it came");
                &[]
            }
        }
    }

    /// Two columns side by side; where one is longer, what has no partner is a problem.
    fn pairs<'v>(&mut self, answer: &'v Answer, left: &str, right: &str) -> Vec<(&'v Value, &'v Value)> {
        let (one, other) = (self.column(answer, left), self.column(answer, right));
        if one.len() != other.len() {
            let position = self.at(&format!("/{left}"));
            let message = format!("{} values beside {} of {right}", one.len(), other.len());
            self.reader.problem(&position, &message, "save the answer whole; what has no partner is left out");
        }
        one.iter().zip(other).collect()
    }
}

/// A window of ours and the tool's words for it.
struct Cut {
    window: String,
    period: String,
}

fn text<'v>(answer: &'v Answer, key: &str) -> &'v str {
    answer.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// Whether the answer is of everything: no table of ours knows countries, or one company inside a repository group.
fn whole(answer: &Answer, alone: bool) -> Result<String, String> {
    let part = |key: &str| Some(text(answer, key)).filter(|part| !part.is_empty() && *part != "All");
    match (part("country"), part("repository_group").or(part("repository"))) {
        (Some(country), _) => Err(format!("of {country} alone: no table of muster has countries")),
        (None, Some(group)) if alone => Ok(format!("repository_group={group}")),
        (None, Some(group)) => {
            Err(format!("of {group} alone: no cell of muster is cut by that and by people or companies"))
        }
        (None, None) => Ok(String::new()),
    }
}

/// A `range`: those whose length is the same on every day.
fn range(words: &str) -> Result<Cut, String> {
    let days = |days: &str| Ok(days.to_owned());
    let window = match words {
        "Last day" => days("1d"),
        "Last week" => days("7d"),
        "Last 10 days" => days("10d"),
        "Last year" => days("365d"),
        _ => between(words).ok_or_else(|| {
            format!("muster cannot know the days of {words:?}; ask DevStats for range:YYYY-MM-DD,YYYY-MM-DD")
        }),
    };
    window.map(|window| Cut { window, period: words.to_owned() })
}

/// `range:2021-08-20,2021-09`: from one day to another; a month or year is its first day.
fn between(words: &str) -> Option<String> {
    let (from, until) = words.strip_prefix("range:")?.split_once(',')?;
    let day = |text: &str| match text.len() {
        4 => format!("{text}-01-01"),
        7 => format!("{text}-01"),
        _ => text.get(..10).unwrap_or(text).to_owned(),
    };
    let label = format!("{}..{}", day(from), day(until));
    label.parse::<WindowKind>().is_ok().then_some(label)
}

/// A point of a time series: the period that begins with it.
fn point(period: &str, at: &Value) -> Result<Cut, String> {
    let kind = match period {
        "Day" => WindowKind::Day,
        "Week" => WindowKind::Week,
        "Month" => WindowKind::Month,
        "Quarter" => WindowKind::Quarter,
        "Year" => WindowKind::Year,
        _ => {
            return Err(format!(
                "a period of {period:?} is no window of muster; ask for Day, Week, Month, Quarter or Year"
            ));
        }
    };
    let at = at.as_str().unwrap_or_default();
    let first: Timestamp = at.parse().map_err(|_| format!("{at:?} is no time"))?;
    let after = Timestamp::from_microsecond(first.as_microsecond().saturating_add(1)).unwrap_or(first);
    let window = kind.windows(first, after).into_iter().next().ok_or_else(|| format!("{at:?} is no time of ours"))?;
    Ok(Cut { window: window.label, period: format!("{period} of {at}") })
}

/// Everything up to the end of the month of a point.
fn up_to(at: &Value) -> Result<Cut, String> {
    let month = point("Month", at)?;
    let text = at.as_str().unwrap_or_default();
    let first: Timestamp = text.parse().map_err(|_| format!("{text:?} is no time"))?;
    let after = Timestamp::from_microsecond(first.as_microsecond().saturating_add(1)).unwrap_or(first);
    let end = WindowKind::Month.windows(first, after).into_iter().next().map(|window| window.end.to_string());
    let end = end.and_then(|end| end.get(..10).map(str::to_owned)).ok_or_else(|| format!("{text:?} is no time"))?;
    Ok(Cut { window: format!("1970-01-01..{end}"), period: format!("all until the end of {}", month.window) })
}

fn ranked_companies(place: &mut Place<'_>, answer: &Answer) {
    let metric = text(answer, "metric");
    let Some(series) = place.series(metric, "") else { return };
    match range(text(answer, "range")) {
        Err(reason) => place.unknown(metric, "", reason),
        Ok(cut) => {
            for (row, (company, number)) in place.pairs(answer, "company", "number").into_iter().enumerate() {
                let company = company.as_str().unwrap_or_default();
                let group = if company == "All" { String::new() } else { format!("organisation={company}") };
                place.figure(&series, &cut, group, number, &format!("/number/{row}"));
            }
        }
    }
}

fn ranked_people(place: &mut Place<'_>, answer: &Answer) {
    let metric = text(answer, "metric");
    let Some(series) = place.series(metric, "") else { return };
    match whole(answer, false).and_then(|_| range(text(answer, "range"))) {
        Err(reason) => place.unknown(metric, "", reason),
        Ok(cut) => {
            for (row, (login, number)) in place.pairs(answer, "login", "number").into_iter().enumerate() {
                let group = format!("login={}", login.as_str().unwrap_or_default());
                place.figure(&series, &cut, group, number, &format!("/number/{row}"));
            }
        }
    }
}

fn company_statistics(place: &mut Place<'_>, answer: &Answer) {
    let metric = text(answer, "metric");
    let Some(series) = place.series(metric, "") else { return };
    if let Err(reason) = whole(answer, false) {
        return place.unknown(metric, "", reason);
    }
    for (row, (at, values)) in place.pairs(answer, "timestamps", "values").into_iter().enumerate() {
        match (point(text(answer, "period"), at), values.as_object()) {
            (Err(reason), _) => place.unknown(metric, &format!("/values/{row}"), reason),
            (Ok(_), None) => {
                let position = place.at(&format!("/values/{row}"));
                place.reader.problem(&position, "no companies with their numbers", "save the answer as it came");
            }
            (Ok(cut), Some(values)) => {
                for (company, number) in sorted(values) {
                    let rest = format!("/values/{row}/{}", super::escaped(company));
                    place.figure(&series, &cut, format!("organisation={company}"), number, &rest);
                }
            }
        }
    }
}

fn companies_contributing(place: &mut Place<'_>, answer: &Answer) {
    for (metric, times) in [("companies", "companies_timestamps"), ("developers", "developers_timestamps")] {
        let Some(series) = place.series(metric, &format!("/{metric}")) else { continue };
        let group = match whole(answer, true) {
            Ok(group) => group,
            Err(reason) => {
                place.unknown(metric, &format!("/{metric}"), reason);
                continue;
            }
        };
        for (row, (at, number)) in place.pairs(answer, times, metric).into_iter().enumerate() {
            let rest = format!("/{metric}/{row}");
            match point(text(answer, "period"), at) {
                Ok(cut) => place.figure(&series, &cut, group.clone(), number, &rest),
                Err(reason) => place.unknown(metric, &rest, reason),
            }
        }
    }
}

fn cumulative_counts(place: &mut Place<'_>, answer: &Answer) {
    let metric = text(answer, "metric");
    let Some(series) = place.series(metric, "") else { return };
    for (row, (at, number)) in place.pairs(answer, "timestamps", "values").into_iter().enumerate() {
        let rest = format!("/values/{row}");
        match up_to(at) {
            Ok(cut) => place.figure(&series, &cut, String::new(), number, &rest),
            Err(reason) => place.unknown(metric, &rest, reason),
        }
    }
}

fn site_statistics(place: &mut Place<'_>, answer: &Answer) {
    let cut = Cut { window: "all".to_owned(), period: "all time".to_owned() };
    for (metric, number) in sorted(answer).into_iter().filter(|(_, value)| value.is_number()) {
        let rest = format!("/{metric}");
        if let Some(series) = place.series(metric, &rest) {
            place.figure(&series, &cut, String::new(), number, &rest);
        }
    }
}
