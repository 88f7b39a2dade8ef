//! Verdicts for the terminal. Nothing is said by colour.

use super::meanings::Meanings;
use super::verdict::{Answer, Checked, Part, Rate, Reading, Span, Verdict, Way};
use crate::guard::without_emails;
use crate::number::{percent, rounded};
use std::fmt::Write as _;

/// What stands before the lines below a claim.
const MARGIN: &str = "             ";
/// So many ways to read a claim are told; the JSON file has them all.
const WAYS: usize = 5;
/// So many times that a claim held are told, the latest.
const SPANS: usize = 6;

/// The verdicts, one under the other, and how many there are of each.
pub fn claims_text(checked: &Checked, meanings: &Meanings) -> String {
    let mut out = String::new();
    for verdict in &checked.verdicts {
        said(verdict, meanings, &mut out);
    }
    let _ = writeln!(out, "{} · as of {} · log version {}", tally(checked), checked.as_of, checked.log_version);
    without_emails(&out).into_owned()
}

/// `1 holds, 1 fails, 1 undecided`
pub fn tally(checked: &Checked) -> String {
    format!("{} holds, {} fails, {} undecided", checked.holds, checked.fails, checked.undecided)
}

fn said(verdict: &Verdict, meanings: &Meanings, out: &mut String) {
    let optional = if verdict.required { "" } else { "  (not required)" };
    let _ = writeln!(
        out,
        "{} {:<10} \"{}\"{optional}",
        sign(verdict.answer),
        verdict.answer.word(),
        visible(&verdict.text)
    );
    for part in &verdict.parts {
        said_part(part, meanings, out);
    }
    let mut line = |label: &str, text: &str| {
        let _ = writeln!(out, "{MARGIN}{label}{}", visible(text));
    };
    if !verdict.parts.iter().all(|part| part.course.is_empty()) {
        line("", &during(&verdict.holds_during, verdict.answer));
    }
    for way in verdict.holds_under.iter().take(WAYS) {
        line("", &told_way(way));
    }
    let more = verdict.holds_under.len().saturating_sub(WAYS);
    if more > 0 {
        line("", &format!("and under {more} more of {} other ways to read it", verdict.ways));
    } else if verdict.answer != Answer::Holds && verdict.holds_under.is_empty() && verdict.ways > 0 {
        line("", &format!("holds under none of {} other ways to read it", verdict.ways));
    }
    for why in &verdict.because {
        line("because ", why);
    }
    for how in &verdict.to_decide {
        line("to decide: ", how);
    }
    if let Some(nearest) = &verdict.nearest {
        line("nearest statement that holds: ", &format!("\"{nearest}\""));
    }
}

pub(super) fn sign(answer: Answer) -> &'static str {
    match answer {
        Answer::Holds => "✓",
        Answer::Fails => "✗",
        Answer::Undecided => "?",
    }
}

/// The number as it is claimed, then its other definitions in the same window, then its other windows, then its groups.
fn said_part(part: &Part, meanings: &Meanings, out: &mut String) {
    let readings = shown(part);
    let word = meanings.words.iter().find(|word| Some(&word.id) == part.word.as_ref());
    let names: Vec<String> = readings
        .iter()
        .map(|reading| {
            let name = named(reading, part);
            word.map_or(name.clone(), |word| format!("{}, {name}", word.many))
        })
        .collect();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    for (reading, name) in readings.iter().zip(names) {
        let own = **reading == part.reading;
        let value = reading.value.map_or("–".to_owned(), rounded);
        let details = if own { own_details(part) } else { doubts(reading) };
        let line = format!("{MARGIN}{name:<width$}  {value:>7}  {:<9}  {details}", reading.answer.word());
        let _ = writeln!(out, "{}", visible_line(line.trim_end()));
    }
}

/// The readings that a page has room for: those that differ from the claimed one in one thing.
pub(super) fn shown(part: &Part) -> Vec<&Reading> {
    let own = &part.reading;
    let differs = |reading: &Reading| {
        usize::from(reading.metric != own.metric)
            + usize::from(reading.window_label != own.window_label)
            + usize::from(reading.group != own.group)
    };
    let others = part.others.iter().filter(|reading| reading.version > 0 && differs(reading) == 1);
    let mut readings: Vec<&Reading> = std::iter::once(own).chain(others).collect();
    readings.sort_by_key(|reading| (reading.group.is_some(), reading.window_label.is_some()));
    readings
}

/// What a reading is called beside the claimed one.
pub(super) fn named(reading: &Reading, part: &Part) -> String {
    match (&reading.group, &reading.window_label) {
        (Some(group), _) if reading.group != part.reading.group => {
            group.split_once('=').map_or(group.clone(), |(_, name)| name.to_owned())
        }
        (_, Some(window)) => window.clone(),
        _ => reading.label.clone(),
    }
}

fn own_details(part: &Part) -> String {
    let reading = &part.reading;
    let mut details = vec![format!("must be {}", part.must)];
    details.extend(super::nearest::when(reading));
    details.push(format!("{} v{}", reading.metric, reading.version));
    details.extend(reading.completeness.map(|share| format!("{} collected", percent(share))));
    details.extend(Some(doubts(reading)).filter(|doubts| !doubts.is_empty()));
    format!("({})", details.join(", "))
}

pub(super) fn doubts(reading: &Reading) -> String {
    let mut doubts = Vec::new();
    doubts.extend(reading.rate.as_ref().map(told_rate));
    doubts
        .extend(reading.unknown_share.filter(|share| *share > 0.0).map(|share| format!("unknown {}", percent(share))));
    if let (Some(low), Some(high)) = (reading.low, reading.high)
        && low != high
    {
        doubts.push(format!("between {} and {}", rounded(low), rounded(high)));
    }
    doubts.join(", ")
}

pub(super) fn told_rate(rate: &Rate) -> String {
    let share = if rate.windows == 0 {
        String::new()
    } else {
        format!(" ({})", percent(rate.holds as f64 / rate.windows as f64))
    };
    let each: Vec<String> =
        rate.each.iter().map(|one| format!("{} {}", one.window, one.value.map_or("–".to_owned(), rounded))).collect();
    format!("in {} of {}{share}: {}", rate.holds, rate.windows, each.join(", "))
}

/// `holds 2024-01-12 to 2025-03-02, fails since`
pub(super) fn during(spans: &[Span], now: Answer) -> String {
    let Some(last) = spans.last() else { return "never held in what the log knows".to_owned() };
    let left_out = spans.len().saturating_sub(SPANS);
    let told: Vec<String> = spans.iter().skip(left_out).map(told_span).collect();
    let before = if left_out > 0 { "… " } else { "" };
    let since = if last.until.is_some() && now == Answer::Fails { ", fails since" } else { "" };
    format!("held {before}{}{since}", told.join(", "))
}

fn told_span(span: &Span) -> String {
    match &span.until {
        Some(until) => format!("{} to {until}", span.from),
        None => format!("since {}", span.from),
    }
}

/// A way to read a claim under which it holds.
pub(super) fn told_way(way: &Way) -> String {
    let mut labels = way.labels.clone();
    labels.extend(way.window.clone());
    labels.extend(way.group.as_ref().map(|group| group.replacen('=', " ", 1)));
    let verb = if way.answer == Answer::Holds { "holds read as" } else { "held read as" };
    let during = if way.during.is_empty() {
        String::new()
    } else {
        format!(": {}", during(&way.during, way.answer).trim_start_matches("held "))
    };
    format!("{verb} {}{during}", labels.join("; "))
}

/// Text that a terminal shows and does not obey.
fn visible(text: &str) -> String {
    let clean: String = text.chars().map(|letter| if is_shown(letter) { letter } else { ' ' }).collect();
    clean.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The same for a line whose blanks align it.
fn visible_line(text: &str) -> String {
    text.chars().map(|letter| if is_shown(letter) { letter } else { ' ' }).collect()
}

fn is_shown(letter: char) -> bool {
    !letter.is_control()
        && !matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
