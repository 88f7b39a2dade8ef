//! An answered profile: for the terminal, as a page, for programs.

use super::answer::{Answered, CriterionAnswer, LinkAnswer, Status};
use crate::claims::Reading;
use crate::guard::without_emails;
use crate::json::guarded;
use crate::markdown::text;
use crate::number::{percent, rounded};
use std::fmt::Write as _;

/// As JSON, complete. No e-mail address is in it.
pub fn criteria_json(answered: &Answered) -> String {
    guarded(answered)
}

/// For the terminal; nothing is said by colour.
pub fn criteria_text(answered: &Answered) -> String {
    let mut out = format!("{} ({})\n", answered.title, answered.version);
    let mut section = "";
    for criterion in &answered.criteria {
        if criterion.section != section {
            section = &criterion.section;
            let _ = writeln!(out, "\n{section}");
        }
        lines(criterion, &mut out);
    }
    let _ = writeln!(out, "\n{} · as of {} · log version {}", tally(answered), answered.as_of, answered.log_version);
    let clean: String =
        out.chars().map(|letter| if letter == '\n' || !letter.is_control() { letter } else { ' ' }).collect();
    without_emails(&clean).into_owned()
}

fn tally(answered: &Answered) -> String {
    format!(
        "{} met, {} not met, {} undecided, {} for a reader of their links",
        answered.met, answered.not_met, answered.undecided, answered.needs_link
    )
}

fn sign(status: Status) -> &'static str {
    match status {
        Status::Met => "✓",
        Status::NotMet => "✗",
        Status::Undecided => "?",
        Status::NeedsLink => "→",
    }
}

fn lines(criterion: &CriterionAnswer, out: &mut String) {
    let suggested = if criterion.required { "" } else { " (suggested)" };
    let since = criterion.since.as_ref().map_or(String::new(), |since| format!(" (since {since})"));
    let _ = writeln!(
        out,
        "{} {:<13} {:<28} {}{suggested}{since}",
        sign(criterion.status),
        criterion.status.word(),
        criterion.id,
        criterion.text
    );
    for detail in details(criterion) {
        let _ = writeln!(out, "{:44} {detail}", "");
    }
}

/// What the data say, why it is not decided, and the link, a sentence each.
fn details(criterion: &CriterionAnswer) -> Vec<String> {
    let parts = criterion.verdict.iter().flat_map(|verdict| &verdict.parts);
    let mut details: Vec<String> =
        parts.map(|part| format!("{} (must be {})", told(&part.reading), part.must)).collect();
    details.extend(criterion.figures.iter().map(told));
    details.extend(criterion.because.iter().map(|why| format!("because {why}")));
    details.extend(criterion.to_decide.iter().map(|how| format!("to decide: {how}")));
    details.extend(criterion.link.as_ref().and_then(told_link));
    details
}

fn told_link(link: &LinkAnswer) -> Option<String> {
    let form = if link.well_formed { "well-formed" } else { "not well-formed" };
    link.address.as_ref().map(|address| format!("{} ({form}; not read)", address))
}

/// `12 people: Listed maintainers (365d, governance.listed_maintainers v1)`
fn told(reading: &Reading) -> String {
    let value = match reading.value {
        Some(value) if reading.unit == "share" => percent(value),
        Some(value) => format!("{} {}", rounded(value), reading.unit),
        None => "no figure".to_owned(),
    };
    let unknown = reading
        .unknown_share
        .filter(|share| *share > 0.0)
        .map_or(String::new(), |share| format!(", unknown {}", percent(share)));
    format!("{value}: {} ({}, {} v{}{unknown})", reading.title, reading.window, reading.metric, reading.version)
}

/// As Markdown, a section a part of the application.
pub fn criteria_md(answered: &Answered) -> String {
    let mut out = format!(
        "# {}: {}\n\n{}. As of {}, log version {}, muster {}.\n\n{} ([{}]({})): {}.\n",
        text(&answered.project),
        text(&answered.title),
        tally(answered),
        text(&answered.as_of),
        answered.log_version,
        text(&answered.muster_version),
        text(&answered.body),
        "its page",
        target(&answered.reference),
        text(&answered.version)
    );
    for note in &answered.notes {
        let _ = writeln!(out, "\n{}", text(note));
    }
    let mut section = "";
    for criterion in &answered.criteria {
        if criterion.section != section {
            section = &criterion.section;
            let _ = writeln!(
                out,
                "\n## {}\n\n| | criterion | | what the data and the links say |\n| --- | --- | --- | --- |",
                text(section)
            );
        }
        let level = if criterion.required { "required" } else { "suggested" };
        let since = criterion.since.as_ref().map_or(String::new(), |since| format!(" since {since}"));
        let details: Vec<String> = details(criterion).iter().map(|detail| text(detail)).collect();
        let _ = writeln!(
            out,
            "| {} {} | {} | {level}{} | {} |",
            sign(criterion.status),
            criterion.status.word(),
            text(&criterion.text),
            text(&since),
            details.join("<br>")
        );
    }
    out
}

/// An address as the target of a Markdown link: what could end it is written as its code.
fn target(address: &str) -> String {
    address
        .chars()
        .map(|letter| match letter {
            '(' => "%28".to_owned(),
            ')' => "%29".to_owned(),
            '<' | '>' | '"' | ' ' | '\\' => format!("%{:02X}", u32::from(letter)),
            letter if letter.is_control() => String::new(),
            letter => letter.to_string(),
        })
        .collect()
}
