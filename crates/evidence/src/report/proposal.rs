//! The report as Markdown, to paste into a proposal or an issue.

use super::data::{Claim, Criteria, Reading, Report, Rosters, Standing};
use super::{choice, text as foreign, words};
use crate::figure::Figure;
use crate::markdown::{code, instant, paragraph, shell_word, text};
use crate::number;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Organisations and meetings in the page; the files beside it have all.
const MOST_ROWS: usize = 25;

/// The report as GitHub-flavoured Markdown.
pub(crate) fn markdown(report: &Report) -> String {
    let provenance = &report.provenance;
    let mut out = format!(
        "# {}: evidence\n\nAs of **{}** · log version **{}**, {} events · muster {}\n\n\
         Every figure opens into the events behind it: in `report.html`, or with {}.\n",
        cell(&provenance.project),
        instant(provenance.as_of),
        provenance.log_version,
        number::count(provenance.log_events),
        text(&provenance.muster_version),
        code(&format!(
            "muster trace {} METRIC --window WINDOW",
            shell_word(&foreign::shown(&provenance.pipeline_file))
        )),
    );
    claims(&report.claims, &mut out);
    for body in &report.criteria {
        criteria(body, &mut out);
    }
    figures(report, &mut out);
    out.push_str("\n## Maintainers\n\n");
    out.push_str(&maintainers_md(&report.rosters));
    out.push_str("\n## Organisations\n\n");
    out.push_str(&organisations_md(&report.rosters, MOST_ROWS));
    out.push_str("\n## Meetings\n\n");
    out.push_str(&meetings_md(&report.rosters, MOST_ROWS));
    out.push_str("\n## How these numbers were made\n\n");
    let _ = writeln!(
        out,
        "{} accounts were left out as bots; {} records could not be read or were read with a doubt ([rejected.csv](rejected.csv)). \
         Definitions, SQL and populations: [report.html](report.html); everything for programs: \
         [evidence.json](evidence.json).",
        provenance.excluded_bots.len(),
        report.rejected.len()
    );
    out
}

/// Foreign text in a cell: cut, cleaned, escaped.
fn cell(content: &str) -> String {
    text(&foreign::shown(content))
}

fn or_dash(content: &str) -> String {
    if content.is_empty() { "–".to_owned() } else { cell(content) }
}

fn verdict(standing: Standing, is_claim: bool) -> String {
    format!("{} {}", standing.mark(), standing.word(is_claim))
}

fn claims(claims: &[Claim], out: &mut String) {
    if claims.is_empty() {
        return;
    }
    out.push_str("\n## Claims\n\n| verdict | claim | reading | value | needed |\n| --- | --- | --- | ---: | --- |\n");
    for claim in claims {
        let _ = writeln!(out, "| **{}** | “{}” | | | |", verdict(claim.standing, true), cell(&claim.text));
        readings(&claim.readings, true, out);
    }
    for claim in claims {
        for remark in &claim.remarks {
            let _ = writeln!(out, "\n- {}: {}", code(&foreign::shown(&claim.id)), cell(remark));
        }
    }
}

fn readings(readings: &[Reading], is_claim: bool, out: &mut String) {
    for reading in readings {
        let _ = writeln!(
            out,
            "| {} | | {} | {} | {} |",
            verdict(reading.standing, is_claim),
            cell(&reading.label),
            cell(&reading.value),
            cell(&reading.expected)
        );
    }
}

fn criteria(body: &Criteria, out: &mut String) {
    let _ = write!(
        out,
        "\n## {}\n\n| answer | criterion | figure | value | needed |\n| --- | --- | --- | ---: | --- |\n",
        cell(&body.title)
    );
    for criterion in &body.criteria {
        let kind = if criterion.required { "required" } else { "suggested" };
        let link = criterion.link.as_deref().and_then(foreign::link).map_or(String::new(), |url| format!(" <{url}>"));
        let _ = writeln!(
            out,
            "| **{}** | {} ({kind}){link} | | | |",
            verdict(criterion.standing, false),
            cell(&criterion.wording)
        );
        readings(&criterion.readings, false, out);
    }
}

/// The leading figure of each metric of ours.
fn figures(report: &Report, out: &mut String) {
    let mut metrics: BTreeMap<(usize, &str), Vec<usize>> = BTreeMap::new();
    for place in choice::shown(&report.figures) {
        let metric = report.figures[place].metric.as_str();
        if !choice::is_of_another_tool(metric) {
            metrics.entry(choice::rank(metric)).or_default().push(place);
        }
    }
    out.push_str("\n## Figures\n\n");
    if metrics.is_empty() {
        out.push_str("There are no figures: no metric was computed.\n");
        return;
    }
    out.push_str("| figure | window | value | unknown | definition |\n| --- | --- | ---: | ---: | --- |\n");
    for places in metrics.into_values() {
        let Some(place) = choice::leading(&report.figures, &places) else { continue };
        let _ = writeln!(out, "{}", figure(&report.figures[place]));
    }
}

fn figure(figure: &Figure) -> String {
    let unit = match words::unit(figure) {
        unit if unit.is_empty() => unit,
        unit => format!(" {}", text(&unit)),
    };
    format!(
        "| {} | {} | {}{unit} | {} | {} |",
        cell(&figure.title),
        text(&words::window(figure)),
        words::amount(figure),
        words::part(figure.unknown_share),
        code(&foreign::shown(&figure.metric)),
    )
}

/// The listed maintainers, as proposals have them.
pub(crate) fn maintainers_md(rosters: &Rosters) -> String {
    if rosters.maintainers.is_empty() {
        return "No roster lists a maintainer as of this instant.\n".to_owned();
    }
    let mut out = String::from(
        "| maintainer | account | organisation | role | repository | since | contributions in a year | last |\n\
         | --- | --- | --- | --- | --- | --- | ---: | --- |\n",
    );
    for one in &rosters.maintainers {
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} | {} |",
            cell(&one.name),
            or_dash(&one.account),
            if one.organisation.is_empty() { "unknown".to_owned() } else { cell(&one.organisation) },
            or_dash(&one.role),
            or_dash(&one.repository),
            or_dash(&one.since),
            number::count(one.contributions),
            or_dash(&one.last),
        );
    }
    out
}

/// The organisations of the last year.
pub(crate) fn organisations_md(rosters: &Rosters, most: usize) -> String {
    if rosters.organisations.is_empty() {
        return "Nobody contributed in the last year.\n".to_owned();
    }
    let mut out = String::from(
        "| organisation | people | contributions | maintainers | meetings |\n| --- | ---: | ---: | ---: | ---: |\n",
    );
    for one in rosters.organisations.iter().take(most) {
        let name = if one.name.is_empty() { "*unknown*".to_owned() } else { cell(&one.name) };
        let [people, contributions, maintainers, meetings] =
            [one.people, one.contributions, one.maintainers, one.meetings].map(number::count);
        let _ = writeln!(out, "| {name} | {people} | {contributions} | {maintainers} | {meetings} |");
    }
    more(rosters.organisations.len(), most, "organisations.csv", &mut out);
    out
}

/// The meetings of the last year, the latest first.
pub(crate) fn meetings_md(rosters: &Rosters, most: usize) -> String {
    if rosters.meetings.is_empty() {
        return "There are no notes of a meeting in the last year.\n".to_owned();
    }
    let mut out = String::from(
        "| date | meeting | title | people | organisations | notes |\n| --- | --- | --- | ---: | ---: | --- |\n",
    );
    for one in rosters.meetings.iter().rev().take(most) {
        let count = |count: Option<u64>| count.map_or("–".to_owned(), number::count);
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} |",
            cell(&one.date),
            or_dash(&one.series),
            or_dash(&one.title),
            count(one.attendees),
            count(one.organisations),
            or_dash(&one.source),
        );
    }
    more(rosters.meetings.len(), most, "meetings.csv", &mut out);
    out
}

fn more(all: usize, most: usize, file: &str, out: &mut String) {
    if all > most {
        let _ = writeln!(out, "\n{} more: [{file}]({file})", all - most);
    }
}

/// One of the tables as a page of its own.
pub(crate) fn alone(title: &str, report: &Report, table: &str) -> String {
    let provenance = &report.provenance;
    format!(
        "# {}: {title}\n\nAs of {} · log version {}.\n\n{table}",
        paragraph(&foreign::shown(&provenance.project)),
        instant(provenance.as_of),
        provenance.log_version
    )
}
