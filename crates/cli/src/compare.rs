//! `muster compare`: ours and theirs side by side, with the rows that make the difference; and what they published.

use crate::args::CompareArgs;
use crate::cells::{Standing, answer};
use crate::compute::figure;
use crate::explain::rounded;
use crate::failure::Failure;
use crate::sql::say;
use comfy_table::{Table, presets};
use muster_evidence::compare::{Difference, Reason, Side, difference};
use muster_evidence::published::{self, Published, Reading};
use muster_evidence::shown;
use muster_model::MetricSpec;
use muster_model::account::masked;
use muster_query::output::Answer;
use muster_stats::Cell;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// How many windows of a kind stand in the table.
const WINDOWS: usize = 8;
/// How many names of a side are printed; `--json` has all.
const NAMES: usize = 12;

/// Everything that is said.
#[derive(Serialize)]
struct Comparison {
    ours: Option<String>,
    theirs: Vec<Beside>,
    published: Vec<Told>,
    not_compared: Vec<NotCompared>,
}

/// One metric beside ours.
#[derive(Serialize)]
struct Beside {
    metric: String,
    title: String,
    definition: String,
    caveats: Vec<String>,
    windows: Vec<Pair>,
    /// The window of which the rows are compared.
    window: Option<String>,
    rows: Option<Difference>,
}

#[derive(Serialize)]
struct Pair {
    window: String,
    ours: Option<f64>,
    theirs: Option<f64>,
    difference: Option<f64>,
    #[serde(skip)]
    words: [String; 2],
}

/// A figure that the other tool published, with ours by its definition and by ours.
#[derive(Serialize)]
struct Told {
    tool: &'static str,
    series: String,
    period: String,
    window: String,
    group: String,
    published: f64,
    metric: String,
    by_their_definition: Option<f64>,
    ours_metric: Option<String>,
    ours: Option<f64>,
    place: String,
}

/// Something in a published file that is laid beside nothing.
#[derive(Serialize)]
struct NotCompared {
    what: String,
    place: String,
    reason: String,
}

/// Prints the comparison.
pub async fn compare(args: &CompareArgs) -> Result<ExitCode, Failure> {
    let figures = Standing::open(&args.common, &args.as_of).await?;
    let ours = args.metric.as_deref().map(|id| figures.metric(id)).transpose()?;
    // A metric of a pack stands for the one of ours that it is laid beside.
    let ours = match ours.and_then(|metric| metric.spec.compares.as_deref()) {
        Some(id) => Some(figures.metric(id)?),
        None => ours,
    };
    let mut comparison = Comparison {
        ours: ours.map(|metric| metric.spec.id.clone()),
        theirs: Vec::new(),
        published: Vec::new(),
        not_compared: Vec::new(),
    };
    if let Some(ours) = ours {
        let named = |id: &str| args.metric.as_deref() == Some(id) || args.metric.as_deref() == Some(&ours.spec.id);
        let theirs = figures.library.metrics.values();
        for metric in
            theirs.filter(|other| other.spec.compares.as_deref() == Some(&ours.spec.id) && named(&other.spec.id))
        {
            comparison.theirs.push(beside(&figures, &ours.spec, &metric.spec, args)?);
        }
        if comparison.theirs.is_empty() && args.published.is_empty() {
            return Err(Failure::usage(
                format!("no metric of another tool answers the question of {}", ours.spec.id),
                "give one `compares = \"…\"` in a metric's file, or lay published numbers beside it with --published FILE",
            ));
        }
    }
    for file in &args.published {
        let reading = read(file)?;
        told(&figures, file, &reading, ours.map(|metric| &metric.spec), &mut comparison)?;
    }
    if args.common.json {
        return say(&serde_json::to_string_pretty(&comparison).map_err(Failure::internal)?);
    }
    say(page(&comparison, ours.map(|metric| &metric.spec)).trim_end())
}

fn beside(figures: &Standing, ours: &MetricSpec, theirs: &MetricSpec, args: &CompareArgs) -> Result<Beside, Failure> {
    let group = args.group.as_deref().unwrap_or("");
    let (left, right) = (figures.cells(ours)?, figures.cells(theirs)?);
    let of_group = |cells: &[Cell]| cells.iter().filter(|cell| cell.group == group).cloned().collect::<Vec<_>>();
    let mut both: Vec<(Cell, Cell)> = Vec::new();
    for cell in of_group(&left) {
        if let Some(other) = right.iter().find(|other| other.window == cell.window && other.group == group) {
            both.push((cell, other.clone()));
        }
    }
    let looked_at = match &args.window {
        Some(window) => Some((figures.cell(ours, window, group)?, figures.cell(theirs, window, group)?)),
        None => {
            let trailing = both.iter().rev().find(|(cell, _)| cell.window_kind.ends_with('d'));
            trailing.or_else(|| both.iter().rev().find(|(cell, _)| !cell.unfinished)).cloned()
        }
    };
    let rows = match &looked_at {
        Some((cell, other)) => Some(rows(figures, (ours, cell), (theirs, other))?),
        None => None,
    };
    let pair = |(cell, other): &(Cell, Cell)| {
        let words = |cell: &Cell| figure(cell, &figures.library).as_ref().map(shown).unwrap_or_default();
        Pair {
            window: if cell.unfinished { format!("{}, unfinished", cell.window) } else { cell.window.clone() },
            ours: cell.value,
            theirs: other.value,
            difference: cell.value.zip(other.value).map(|(ours, theirs)| theirs - ours),
            words: [words(cell), words(other)],
        }
    };
    let window = looked_at.as_ref().map(|(cell, _)| cell.window.clone());
    if let Some(asked) = looked_at.filter(|(asked, _)| both.iter().all(|(cell, _)| cell.window != asked.window)) {
        both.push(asked);
    }
    Ok(Beside {
        metric: theirs.id.clone(),
        title: theirs.title.clone(),
        definition: theirs.definition.clone(),
        caveats: theirs.caveats.clone(),
        windows: both.iter().map(pair).collect(),
        window,
        rows,
    })
}

/// The rows behind two cells beside each other.
fn rows(
    figures: &Standing,
    (ours, cell): (&MetricSpec, &Cell),
    (theirs, other): (&MetricSpec, &Cell),
) -> Result<Difference, Failure> {
    let texts = |answer: &Answer| -> Vec<Vec<Option<String>>> {
        let cell = |value: &Value| value.as_str().map(str::to_owned);
        answer.rows.iter().map(|row| row.iter().map(cell).collect()).collect()
    };
    let of = |spec: &MetricSpec, cell: &Cell| -> Result<_, Failure> {
        let shown = answer(&figures.rows(spec, cell)?)?;
        let all = figures.every_row(spec)?.map(|rows| answer(&rows)).transpose()?;
        let all = all.as_ref().map(texts).unwrap_or_default();
        Ok((texts(&shown), all, shown.columns))
    };
    let (left, all_left, left_columns) = of(ours, cell)?;
    let (right, all_right, right_columns) = of(theirs, other)?;
    let bots = bots(figures)?;
    let ours = Side {
        columns: &left_columns,
        rows: &left,
        all: &all_left,
        value: ours.value.as_deref(),
        observed: ours.observed.as_deref(),
    };
    let theirs = Side {
        columns: &right_columns,
        rows: &right,
        all: &all_right,
        value: theirs.value.as_deref(),
        observed: theirs.observed.as_deref(),
    };
    Ok(difference(&ours, &theirs, &|person| bots.get(person).cloned()))
}

/// Who is taken for a bot, and why: of the summary, which has all of them.
fn bots(figures: &Standing) -> Result<BTreeMap<String, String>, Failure> {
    let path = figures.outputs.folder().join("evidence").join("summary.json");
    let text = std::fs::read_to_string(&path).map_err(|error| {
        Failure::usage(format!("{}: {error}", path.display()), "write the evidence again: muster export FILE")
    })?;
    let summary: Value = serde_json::from_str(&text).map_err(Failure::internal)?;
    let word = |bot: &Value, key: &str| bot[key].as_str().unwrap_or_default().to_owned();
    let bots = summary["excluded_bots"].as_array().into_iter().flatten();
    Ok(bots.map(|bot| (word(bot, "account"), word(bot, "reason"))).collect())
}

fn read(file: &Path) -> Result<Reading, Failure> {
    let unreadable = |error: std::io::Error| {
        Failure::usage(format!("{}: {error}", file.display()), "name a file that another tool published; docs/packs.md")
    };
    let bytes = std::fs::read(file).map_err(unreadable)?;
    // The place in OpenDigger's tree says whose figures they are, also when the file is named from inside of it.
    let whole: PathBuf = file.canonicalize().map_err(unreadable)?;
    published::read(&whole.to_string_lossy(), &bytes).map_err(|error| {
        Failure::usage(error, "an answer of DevStats' JSON API, of LFX Insights, or a file of OpenDigger is needed")
    })
}

/// Lays what was published beside the same figure by its definition and by ours.
fn told(
    figures: &Standing,
    file: &Path,
    reading: &Reading,
    ours: Option<&MetricSpec>,
    comparison: &mut Comparison,
) -> Result<(), Failure> {
    let place = |position: &str| format!("{}#{position}", file.display());
    let mut cells: BTreeMap<String, Vec<Cell>> = BTreeMap::new();
    for published in &reading.figures {
        let Some(metric) = figures.library.metrics.get(&published.metric) else {
            comparison.not_compared.push(NotCompared {
                what: published.series.clone(),
                place: place(&published.position),
                reason: format!("there is no metric {}", published.metric),
            });
            continue;
        };
        let counterpart = metric.spec.compares.as_deref();
        if ours.is_some_and(|ours| counterpart != Some(&ours.id) && metric.spec.id != ours.id) {
            continue;
        }
        let beside = counterpart.and_then(|id| figures.library.metrics.get(id)).map(|metric| &metric.spec);
        let mut value = |spec: &MetricSpec| -> Result<Option<f64>, Failure> {
            if !cells.contains_key(&spec.id) {
                cells.insert(spec.id.clone(), figures.cells(spec)?);
            }
            let cell = figures.find(spec, &cells[&spec.id], &published.window, &published.group)?;
            Ok(cell.and_then(|cell| cell.value))
        };
        let by_their_definition = value(&metric.spec)?;
        // A group that ours is not cut into has no figure of ours.
        let ours_now = beside.map(&mut value).transpose()?.flatten();
        comparison.published.push(as_told(reading, published, by_their_definition, beside, ours_now, file));
    }
    for unknown in &reading.unknown {
        let (what, reason) = (unknown.series.clone(), unknown.reason.clone());
        comparison.not_compared.push(NotCompared { what, place: place(&unknown.position), reason });
    }
    for problem in &reading.problems {
        let (what, reason) = (problem.message.clone(), problem.hint.clone());
        comparison.not_compared.push(NotCompared { what, place: file.display().to_string(), reason });
    }
    Ok(())
}

fn as_told(
    reading: &Reading,
    published: &Published,
    by_their_definition: Option<f64>,
    beside: Option<&MetricSpec>,
    ours: Option<f64>,
    file: &Path,
) -> Told {
    Told {
        tool: reading.tool.name(),
        series: published.series.clone(),
        period: published.period.clone(),
        window: published.window.clone(),
        group: published.group.clone(),
        published: published.value,
        metric: published.metric.clone(),
        by_their_definition,
        ours_metric: beside.map(|spec| spec.id.clone()),
        ours,
        place: format!("{}#{}", file.display(), published.position),
    }
}

fn page(comparison: &Comparison, ours: Option<&MetricSpec>) -> String {
    let mut page = String::new();
    if let Some(ours) = ours {
        page.push_str(&format!("{} · {} · {}\n  {}\n", ours.id, ours.title, ours.unit, ours.definition));
    }
    for beside in &comparison.theirs {
        page.push_str(&format!("\n{} · {}\n  {}\n", beside.metric, beside.title, beside.definition));
        beside.caveats.iter().for_each(|caveat| page.push_str(&format!("  note: {caveat}\n")));
        page.push_str(&windows(&beside.windows));
        if let (Some(window), Some(rows)) = (&beside.window, &beside.rows) {
            page.push_str(&rows_in_words(window, rows));
        }
    }
    if !comparison.published.is_empty() {
        page.push_str(&published_table(&comparison.published));
    }
    for one in &comparison.not_compared {
        page.push_str(&format!("not compared: {} ({}): {}\n", one.what, one.place, one.reason));
    }
    // What others published may hold anything.
    masked(&page).chars().filter(|letter| *letter == '\n' || !letter.is_control()).collect()
}

fn windows(pairs: &[Pair]) -> String {
    let mut table = bare(&["window", "ours", "theirs", "theirs − ours"]);
    for pair in &pairs[pairs.len().saturating_sub(WINDOWS)..] {
        let [ours, theirs] = &pair.words;
        table.add_row([&pair.window, ours, theirs, &pair.difference.map(signed).unwrap_or_default()]);
    }
    format!("\n{}\n", table.trim_fmt())
}

fn bare(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(header.to_vec());
    table
}

fn signed(value: f64) -> String {
    if value > 0.0 { format!("+{}", rounded(value)) } else { rounded(value) }
}

fn rows_in_words(window: &str, rows: &Difference) -> String {
    let mut said = format!("\n  rows of {window}: {} in both", rows.both);
    if rows.counted_otherwise > 0 {
        said.push_str(&format!(", {} of them counted otherwise", rows.counted_otherwise));
    }
    said.push('\n');
    for one in &rows.otherwise {
        said.push_str(&format!("       {}: ours {}, theirs {}\n", one.event, one.ours, one.theirs));
    }
    for (side, reasons) in [("ours", &rows.only_ours), ("theirs", &rows.only_theirs)] {
        let all: usize = reasons.iter().map(|reason| reason.rows).sum();
        said.push_str(&format!("  only {side}: {all}\n"));
        reasons.iter().for_each(|reason| said.push_str(&in_words(reason)));
    }
    if let Some(members) = &rows.members {
        said.push_str(&format!("  {}: {} in both\n", members.of, members.both));
        for (side, names) in [("ours", &members.only_ours), ("theirs", &members.only_theirs)] {
            let more = names.len().saturating_sub(NAMES);
            let shown = names[..names.len() - more].join(", ");
            let more = if more == 0 { String::new() } else { format!(" and {more} more") };
            if !names.is_empty() {
                said.push_str(&format!("       only {side}: {shown}{more}\n"));
            }
        }
        members.counted_as.iter().for_each(|words| said.push_str(&format!("       theirs counts {words}\n")));
    }
    said
}

fn in_words(reason: &Reason) -> String {
    format!("  {:>5}  {}: {}\n", reason.rows, reason.reason, reason.examples.join(", "))
}

fn published_table(told: &[Told]) -> String {
    let mut table = bare(&[
        "published by",
        "series",
        "period",
        "group",
        "published",
        "by their definition",
        "metric",
        "by ours",
        "metric",
    ]);
    let number = |value: Option<f64>| value.map_or("–".to_owned(), rounded);
    for one in told {
        table.add_row([
            one.tool.to_owned(),
            one.series.clone(),
            one.period.clone(),
            one.group.clone(),
            rounded(one.published),
            number(one.by_their_definition),
            one.metric.clone(),
            number(one.ours),
            one.ours_metric.clone().unwrap_or_default(),
        ]);
    }
    format!("\n{}\n", table.trim_fmt())
}
