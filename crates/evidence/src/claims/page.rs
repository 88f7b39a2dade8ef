//! Verdicts as a page and for programs.

use super::nearest::when;
use super::text::{doubts, during, named, shown, sign, tally, told_way};
use super::verdict::{Checked, Part, Reading, Verdict};
use crate::json::guarded;
use crate::markdown::{code, text};
use crate::number::{percent, rounded};
use std::fmt::Write as _;

/// The verdicts as JSON, complete. No e-mail address is in it.
pub fn claims_json(checked: &Checked) -> String {
    guarded(checked)
}

/// The verdicts as Markdown, for reading and for pasting into a proposal.
pub fn claims_md(checked: &Checked) -> String {
    let mut out = format!(
        "# Claims of {}\n\n{}. As of {}, log version {}, muster {}.\n",
        text(&checked.project),
        tally(checked),
        text(&checked.as_of),
        checked.log_version,
        text(&checked.muster_version)
    );
    for verdict in &checked.verdicts {
        section(verdict, &mut out);
    }
    out
}

fn section(verdict: &Verdict, out: &mut String) {
    let optional = if verdict.required { "" } else { " (not required)" };
    let _ =
        writeln!(out, "\n## {} {}: {}{optional}\n", sign(verdict.answer), verdict.answer.word(), text(&verdict.text));
    if let Some(place) = &verdict.place {
        let _ = writeln!(out, "In {}.\n", code(place));
    }
    for part in &verdict.parts {
        table(part, out);
    }
    let mut item = |label: &str, content: &str| {
        let _ = writeln!(out, "- {label}{}", text(content));
    };
    if !verdict.parts.iter().all(|part| part.course.is_empty()) {
        item("", &during(&verdict.holds_during, verdict.answer));
    }
    verdict.holds_under.iter().for_each(|way| item("", &told_way(way)));
    item(
        "",
        &format!("it was read in {} other ways; {} of them hold or held", verdict.ways, verdict.holds_under.len()),
    );
    verdict.because.iter().for_each(|why| item("not decided: ", why));
    verdict.to_decide.iter().for_each(|how| item("to decide: ", how));
    verdict.nearest.iter().for_each(|nearest| item("nearest statement that holds: ", nearest));
}

fn table(part: &Part, out: &mut String) {
    let word = part.word.clone().unwrap_or(part.reading.title.clone());
    let _ = writeln!(out, "| {}, read as | must be | value | | window | collected | doubts |", text(&word));
    out.push_str("| --- | --- | --- | --- | --- | --- | --- |\n");
    for reading in shown(part) {
        row(reading, part, out);
    }
    let about = &part.reading;
    let _ = writeln!(out, "\n{} v{}: {}\n", code(&about.metric), about.version, text(&about.definition));
}

fn row(reading: &Reading, part: &Part, out: &mut String) {
    let window = when(reading).unwrap_or(reading.window.clone());
    let _ = writeln!(
        out,
        "| {} | {} | {} | {} {} | {} | {} | {} |",
        text(&named(reading, part)),
        text(&part.must),
        reading.value.map_or("–".to_owned(), rounded),
        sign(reading.answer),
        reading.answer.word(),
        text(&window),
        reading.completeness.map_or("not stated".to_owned(), percent),
        text(&doubts(reading))
    );
}
