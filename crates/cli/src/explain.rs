//! `muster explain`: what a metric counts and how, and what it says now.

use crate::args::ExplainArgs;
use crate::cells::Standing;
use crate::compute::figure;
use crate::failure::Failure;
use crate::sql::say;
use muster_evidence::shown;
use muster_query::{BotList, BotPolicy, Engine, Library, Metric};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::process::ExitCode;

/// How many of the last windows of a kind are shown.
const WINDOWS: usize = 4;

/// A metric, explained.
#[derive(Serialize)]
struct Explained<'a> {
    id: &'a str,
    version: u32,
    title: &'a str,
    definition: &'a str,
    source: &'a str,
    unit: &'a str,
    direction: Option<&'a str>,
    statistic: &'a str,
    formula: &'static str,
    columns: BTreeMap<&'static str, &'a str>,
    parameters: BTreeMap<&'a str, f64>,
    note: Option<String>,
    variants: Vec<&'a str>,
    windows: Vec<String>,
    groups: &'a [String],
    reads: BTreeSet<String>,
    reads_metrics: Vec<String>,
    population_of: Option<&'a str>,
    caveats: &'a [String],
    ours: Option<&'a str>,
    theirs: Vec<&'a str>,
    file: String,
    population: String,
    sql: &'a str,
    as_of: String,
    log_version: u64,
    muster: &'static str,
    values: Vec<Last>,
}

/// A figure in one of the last windows.
#[derive(Serialize)]
struct Last {
    window: String,
    unfinished: bool,
    value: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    n: i64,
    still_waiting: Option<i64>,
    naive: Option<f64>,
    unknown_share: Option<f64>,
    note: Option<String>,
    /// The same window by the metrics of other tools.
    others: BTreeMap<String, Option<f64>>,
    #[serde(skip)]
    words: String,
}

/// Prints it, for people or as JSON.
pub async fn explain(args: &ExplainArgs) -> Result<ExitCode, Failure> {
    let figures = Standing::open(&args.common, &args.as_of).await?;
    let metric = figures.metric(&args.metric)?;
    let explained = explained(&figures, metric)?;
    if args.common.json {
        return say(&serde_json::to_string_pretty(&explained).map_err(Failure::internal)?);
    }
    say(page(&explained).trim_end())
}

fn explained<'a>(figures: &'a Standing, metric: &'a Metric) -> Result<Explained<'a>, Failure> {
    let (library, spec) = (&figures.library, &metric.spec);
    // Only the SELECT is read, not the log.
    let engine = Engine::new(figures.outputs.as_of, &BotPolicy::new(BotList::Muster, &[], &[])?)?;
    let reads = engine.reads(library, metric)?;
    let named = [
        ("value", &spec.value),
        ("observed", &spec.observed),
        ("weight", &spec.weight),
        ("per", &spec.per),
        ("from", &spec.from),
        ("until", &spec.until),
        ("unknown", &spec.unknown),
    ];
    let columns = named.into_iter().filter_map(|(key, column)| Some((key, column.as_deref()?))).collect();
    let parameters = spec.select.iter().chain(&spec.parameters).map(|(name, value)| (name.as_str(), *value)).collect();
    let others = |is: &dyn Fn(&Metric) -> bool| -> Vec<&'a str> {
        library.metrics.values().filter(|other| is(other)).map(|other| other.spec.id.as_str()).collect()
    };
    let theirs = others(&|other| other.spec.compares.as_deref() == Some(&spec.id));
    Ok(Explained {
        id: &spec.id,
        version: spec.version,
        title: &spec.title,
        definition: &spec.definition,
        source: &spec.source,
        unit: &spec.unit,
        direction: spec.direction.as_deref(),
        statistic: &spec.statistic,
        formula: formula(&spec.statistic),
        columns,
        parameters,
        note: metric.note(),
        variants: others(&|other| other.file == metric.file && other.spec.id != spec.id),
        windows: spec.windows.iter().map(ToString::to_string).collect(),
        groups: &spec.group_by,
        reads_metrics: engine.metrics_read(library, metric)?,
        reads,
        population_of: metric.population_of.as_deref(),
        caveats: &spec.caveats,
        ours: spec.compares.as_deref(),
        file: metric.place("version"),
        population: figures.outputs.folder().join(format!("populations/{}.parquet", spec.id)).display().to_string(),
        sql: &metric.sql,
        as_of: figures.outputs.as_of.to_string(),
        log_version: figures.outputs.log_version,
        muster: env!("CARGO_PKG_VERSION"),
        values: last_values(figures, library, metric, &one_a_file(library, &theirs))?,
        theirs,
    })
}

/// Of metrics that are variants of one another the first: a line holds no more.
fn one_a_file<'a>(library: &Library, ids: &[&'a str]) -> Vec<&'a str> {
    let mut seen = BTreeSet::new();
    let is_first = |id: &&&str| library.metrics.get(**id).is_some_and(|metric| seen.insert(&metric.file));
    ids.iter().filter(is_first).copied().collect()
}

fn last_values(figures: &Standing, library: &Library, metric: &Metric, theirs: &[&str]) -> Result<Vec<Last>, Failure> {
    let cells = figures.cells(&metric.spec)?;
    let whole: Vec<_> = cells.iter().filter(|cell| cell.group.is_empty()).collect();
    let mut others = Vec::new();
    for id in theirs {
        others.push(((*id).to_owned(), figures.cells(&figures.metric(id)?.spec)?));
    }
    let mut kinds: Vec<&str> = whole.iter().map(|cell| cell.window_kind.as_str()).collect();
    kinds.dedup();
    let last = |kind: &str| {
        let of_kind: Vec<_> = whole.iter().filter(|cell| cell.window_kind == kind).collect();
        of_kind[of_kind.len().saturating_sub(WINDOWS)..].to_vec()
    };
    let value = |cell: &muster_stats::Cell| {
        let beside = others.iter().filter_map(|(id, cells)| {
            let same = cells.iter().find(|other| other.window == cell.window && other.group.is_empty())?;
            Some((id.clone(), same.value))
        });
        Last {
            window: cell.window.clone(),
            unfinished: cell.unfinished,
            value: cell.value,
            low: cell.low,
            high: cell.high,
            n: cell.n,
            still_waiting: cell.censored,
            naive: cell.naive,
            unknown_share: cell.unknown_share,
            note: cell.note.clone(),
            others: beside.collect(),
            words: figure(cell, library).as_ref().map(shown).unwrap_or_default(),
        }
    };
    Ok(kinds.into_iter().flat_map(last).map(|cell| value(cell)).collect())
}

fn page(it: &Explained<'_>) -> String {
    let mut page = format!("{} · {}", it.title, it.unit);
    let mut line = |text: String| {
        page.push_str(&text);
        page.push('\n');
    };
    line(it.direction.map(|direction| format!(" · {direction}")).unwrap_or_default());
    line(format!("  {}", it.definition));
    line(format!("  {}: {}", it.statistic, it.formula));
    let columns: Vec<String> = it.columns.iter().map(|(key, column)| format!("{key} = {column}")).collect();
    let parameters: Vec<String> = it.parameters.iter().map(|(name, value)| format!("{name} = {value}")).collect();
    let reads: Vec<String> =
        it.reads.iter().cloned().chain(it.reads_metrics.iter().map(|id| format!("{id} (a metric)"))).collect();
    let ours: Vec<String> = it.ours.map(|ours| format!("{ours} (ours)")).into_iter().collect();
    let theirs: Vec<String> = it.theirs.iter().map(|id| (*id).to_owned()).chain(ours).collect();
    for (word, said) in [
        ("id", format!("{} v{}", it.id, it.version)),
        ("columns", columns.join(", ")),
        ("numbers", parameters.join(", ")),
        ("changed", it.note.clone().unwrap_or_default()),
        ("variants", it.variants.join(", ")),
        ("windows", it.windows.join(", ")),
        ("groups", it.groups.join(", ")),
        ("source", it.source.to_owned()),
        ("reads", reads.join(", ")),
        ("same as", it.population_of.map(|id| format!("the population of {id}")).unwrap_or_default()),
        ("compare", theirs.join(", ")),
        ("file", it.file.clone()),
        ("rows", it.population.clone()),
    ] {
        if !said.is_empty() {
            line(format!("  {word:<9}{said}"));
        }
    }
    it.caveats.iter().for_each(|caveat| line(format!("  {:<9}{caveat}", "note")));
    line(format!("\n  as of {} · log version {} · muster {}", it.as_of, it.log_version, it.muster));
    if it.values.is_empty() {
        line("  no values: nothing that it counts was collected".to_owned());
    }
    let widest = it.values.iter().map(|value| value.window.chars().count()).max().unwrap_or(0);
    it.values.iter().for_each(|value| line(format!("  {:<widest$}   {}", value.window, words(value))));
    line(format!("\n{}", indented(it.sql)));
    page
}

/// `1.9 (1.4 to 2.6)   n 212   still waiting 31   naive 0.8   devstats.pr_engagement 1.1`.
fn words(value: &Last) -> String {
    let mut said = format!("{}   n {}", value.words, value.n);
    if let Some(waiting) = value.still_waiting {
        let _ = write!(said, "   still waiting {waiting}");
    }
    if let Some(naive) = value.naive {
        let _ = write!(said, "   naive {}", rounded(naive));
    }
    if let Some(unknown) = value.unknown_share {
        let _ = write!(said, "   unknown {} %", rounded(unknown * 100.0));
    }
    for (id, other) in &value.others {
        let _ = write!(said, "   {id} {}", other.map_or("–".to_owned(), rounded));
    }
    if value.unfinished {
        said.push_str("   unfinished");
    }
    if let Some(note) = &value.note {
        let _ = write!(said, "   ({note})");
    }
    said
}

pub(crate) fn rounded(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn indented(sql: &str) -> String {
    sql.lines().map(|line| format!("  {line}\n")).collect::<String>().trim_end().to_owned()
}

/// What a statistic does, for somebody who does not know its name.
pub(crate) fn formula(statistic: &str) -> &'static str {
    match statistic {
        "count" => "how many rows fall in the window",
        "count_distinct" => "how many different values the rows of the window have",
        "sum" => "the values of the window added up",
        "mean" => "the values' sum divided by how many there are; rows without a value are left out",
        "share" => "the part of the rows in which the value is true",
        "ratio" => "the sum of the value over the sum of `per`",
        "quantile_discrete" => "the smallest value that this part of the rows does not exceed",
        "quantile_interpolated" => "the same, interpolated between neighbours",
        "kaplan_meier" => {
            "Kaplan-Meier: what still waits counts as \"at least this long\"; leaving it out, as others do, flatters. \
             95 % log-log interval"
        }
        "smallest_set" => "the fewest values that together make up the threshold's part of all weight",
        "top_share" => {
            "the part of all weight that the heaviest value has; the range is what it would be if the unknown were that value or none"
        }
        "gini" => "0 where all have the same weight, towards 1 where one has all",
        "effective_number" => "how many of equal weight would be as diverse: exp of Shannon's entropy",
        "herfindahl" => "the sum of the squared shares",
        "retention" => "of the values of the window before, the part that is here too",
        "cohort" => "of the values whose first row falls some windows before, the part that is here too",
        "new" => "the values whose first row of all falls in the window",
        "rate_of_change" => "the growth since the window before, as a part of it",
        "slope" => {
            "least squares through the numbers of the window's whole periods: the change a period, with its 95 % interval"
        }
        "median_gap" => "the median of the days between one value and the next",
        "longest_gap" => {
            "the longest of the days between one value and the next; the one still open counts as at least this long"
        }
        "days_since_last" => "the days from the last row to the window's end",
        "mean_per" => "rows per item, on average over the items",
        "mean_distinct_per" => "different values per item, on average over the items",
        "interval_count_distinct" => {
            "how many different values hold at the window's last instant, or at the as-of instant while it is unfinished"
        }
        "interval_share" => "of the values that hold at the window's last instant, the part of which it is true then",
        _ => "see crates/stats",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_statistic_is_told_in_words() {
        for statistic in muster_model::MetricSpec::STATISTICS {
            assert_ne!(formula(statistic), "see crates/stats", "{statistic}");
        }
    }
}
