//! LFX Insights' public answer: one flat object of scores and counts.

use super::series::{NO_METRIC, find};
use super::{Answers, Published, Reader, Reading, Tool, escaped, sorted};

/// What every such answer has.
const MARKS: [&str; 2] = ["contributorDependencyCount", "activeContributorsLast365Days"];

pub(super) fn read(name: &str, answers: &Answers<'_>) -> Option<Reading> {
    let answer = answers.only().filter(|answer| MARKS.iter().any(|mark| answer.contains_key(*mark)))?;
    let mut reader = Reader::new(Tool::Lfx, name);
    for (key, value) in sorted(answer) {
        let position = format!("/{}", escaped(key));
        match find(Tool::Lfx, key, "") {
            Some(series) => {
                let figure = Published {
                    metric: series.metric.to_owned(),
                    series: key.to_owned(),
                    window: series.window.to_owned(),
                    period: period(key).to_owned(),
                    group: String::new(),
                    value: 0.0,
                    position,
                };
                reader.figure(value, figure);
            }
            None if value.is_number() => reader.unknown(key, &position, reason(key)),
            // Names, links and the list of leaderboards: no figures.
            None => {}
        }
    }
    Some(reader.reading)
}

/// The answer does not say of which day it is.
fn period(key: &str) -> &'static str {
    if key.ends_with("Count") && !key.contains("Dependency") { "all time" } else { "the 365 days before the answer" }
}

fn reason(key: &str) -> &'static str {
    if key.contains("Previous365Days") {
        "the year before the last: compare it with an answer of ours --as-of a year earlier"
    } else if key.ends_with("Score") {
        "a score, made of several figures; muster prints none"
    } else if key.ends_with("DependencyPercentage") {
        "the share that the set has together; `muster trace` of the count shows it"
    } else {
        NO_METRIC
    }
}
