//! Where a check has its figures from: the populations on disk, cut as the claims ask.
//!
//! What SQL must be asked is asked before the check begins, for the metrics that the claims could mean; the check itself is pure.

use crate::completeness::Completeness;
use crate::compute::{Basis, context};
use crate::failure::Failure;
use muster_evidence::claims::{About, FigureCell, Figures, Interval, Meanings, Missing, Setting};
use muster_model::{MetricSpec, Timestamp, WindowKind, parse_time};
use muster_pipeline::Pipeline;
use muster_query::output::Answer;
use muster_stats::{Cell, Context};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// Figures as the claims ask for them.
pub struct Computed<'a> {
    setting: Setting,
    basis: &'a Basis,
    populations: PathBuf,
    context: Context,
    completeness: Completeness,
    known: BTreeMap<String, Known>,
}

/// What was asked about a metric before the check began.
#[derive(Default)]
struct Known {
    reads: BTreeSet<String>,
    missing: Vec<Missing>,
    holding: Vec<Interval>,
    /// Of a metric that counts organisations: the rows of people whose organisation nobody knows.
    unknown: Vec<Unknown>,
}

struct Unknown {
    person: String,
    groups: Vec<String>,
    from: Timestamp,
    until: Option<Timestamp>,
}

impl<'a> Computed<'a> {
    /// Asks what the metrics `ids` need. Their populations and the tables must be on disk.
    pub async fn new(
        pipeline: &Pipeline,
        basis: &'a Basis,
        log_version: u64,
        meanings: &Meanings,
        ids: &BTreeSet<String>,
    ) -> Result<Self, Failure> {
        let bar = pipeline.metrics.completeness;
        let completeness = Completeness::read(&basis.engine, bar).await?;
        let setting = Setting {
            as_of: basis.as_of,
            completeness: completeness.bar(),
            milestones: pipeline.milestones.iter().map(|day| (day.name.clone(), day.date)).collect(),
            ids: basis.library.metrics.keys().cloned().collect(),
        };
        let mut computed = Self {
            setting,
            basis,
            populations: pipeline.project.out.join("populations"),
            context: context(pipeline, basis.as_of, log_version),
            completeness,
            known: BTreeMap::new(),
        };
        let types = event_types(basis).await?;
        for id in ids.iter().filter(|id| basis.library.metrics.contains_key(*id)) {
            let known = computed.ask(id, meanings, &types).await?;
            computed.known.insert(id.clone(), known);
        }
        Ok(computed)
    }

    async fn ask(&self, id: &str, meanings: &Meanings, types: &BTreeSet<String>) -> Result<Known, Failure> {
        let metric = &self.basis.library.metrics[id];
        let reads = self.basis.engine.reads(&self.basis.library, metric)?;
        let is_missing = |events: &[String]| !types.iter().any(|of| events.iter().any(|begin| of.starts_with(begin)));
        let needs = meanings.needs(id, &reads);
        let missing = needs.into_iter().filter(|data| is_missing(&data.events));
        let missing = missing.map(|data| Missing { what: data.what.clone(), collect: data.collect.clone() }).collect();
        let spec = &metric.spec;
        let path = self.population(id);
        if !path.exists() {
            return Ok(Known { reads, missing, ..Known::default() });
        }
        self.basis.engine.open_parquet(id, &path).await?;
        let holding = if lasts(spec) { self.holding_of(spec).await? } else { Vec::new() };
        let unknown = if is_doubtful(spec) { self.unknown_of(spec).await? } else { Vec::new() };
        Ok(Known { reads, missing, holding, unknown })
    }

    fn population(&self, id: &str) -> PathBuf {
        self.populations.join(format!("{id}.parquet"))
    }

    /// Every row of a metric of what lasts.
    async fn holding_of(&self, spec: &MetricSpec) -> Result<Vec<Interval>, Failure> {
        let (value, person) = (spec.value.as_deref().unwrap_or("person"), unknown_person(spec));
        let [from, until] = [&spec.from, &spec.until].map(|column| quoted(column.as_deref().unwrap_or("time")));
        let query = format!(
            "SELECT {} AS v, {person} AS p, {from} AS f, {until} AS u{} FROM {}",
            quoted(value),
            groups(spec),
            spec.id
        );
        let rows = self.rows(&query).await?;
        Ok(rows.iter().filter_map(|row| interval(spec, row)).collect())
    }

    /// The rows of people whose organisation nobody knows; what happens lasts for its instant.
    async fn unknown_of(&self, spec: &MetricSpec) -> Result<Vec<Unknown>, Failure> {
        let person = unknown_person(spec);
        let (from, until) = match (&spec.from, &spec.until) {
            (Some(from), Some(until)) => (quoted(from), quoted(until)),
            _ => (self.edge("time"), "NULL".to_owned()),
        };
        let query = format!(
            "SELECT DISTINCT NULL AS v, {person} AS p, {from} AS f, {until} AS u{} FROM {} WHERE {person} IS NOT NULL",
            groups(spec),
            spec.id
        );
        let rows = self.rows(&query).await?;
        let unknown = |row: &Vec<Value>| {
            let one = interval(spec, row)?;
            Some(Unknown { person: one.unknown?, groups: one.groups, from: one.from, until: one.until })
        };
        Ok(rows.iter().filter_map(unknown).collect())
    }

    /// A time as far as it decides in which windows it lies: all of them begin at midnight, unless the as-of instant is none.
    fn edge(&self, column: &str) -> String {
        let is_midnight = self.setting.as_of.as_second() % 86_400 == 0;
        if is_midnight { format!("date_trunc('day', {})", quoted(column)) } else { quoted(column) }
    }

    async fn rows(&self, query: &str) -> Result<Vec<Vec<Value>>, Failure> {
        let (schema, batches) = self.basis.engine.ask(query).await?;
        Ok(Answer::new(&schema, &batches)?.rows)
    }

    /// How many people are behind a cell whose organisation nobody knows, each of whom may be of one more.
    fn doubt(&self, spec: &MetricSpec, cell: &Cell) -> Option<f64> {
        if is_ranged(spec) {
            return Some(cell.high? - cell.value?);
        }
        is_doubtful(spec).then(|| {
            let unknown = &self.known.get(&spec.id).map_or(&[][..], |known| &known.unknown);
            let is_of = |one: &&Unknown| cell.group.is_empty() || one.groups.contains(&cell.group);
            let people = unknown.iter().filter(is_of).filter(|one| self.is_behind(one, spec, cell));
            people.map(|one| one.person.as_str()).collect::<BTreeSet<_>>().len() as f64
        })
    }

    fn is_behind(&self, one: &Unknown, spec: &MetricSpec, cell: &Cell) -> bool {
        let as_of = self.setting.as_of;
        if lasts(spec) {
            // At the window's last instant, or at the as-of instant itself.
            let holds_after = |end: Timestamp| one.until.is_none_or(|until| until >= end);
            return match cell.window_end < as_of {
                true => one.from < cell.window_end && holds_after(cell.window_end),
                false => one.from <= as_of && one.until.is_none_or(|until| until > as_of),
            };
        }
        one.from >= cell.window_start && one.from < cell.window_end && one.from < as_of
    }
}

impl Figures for Computed<'_> {
    fn setting(&self) -> &Setting {
        &self.setting
    }

    fn metric(&self, id: &str) -> Option<About> {
        let spec = &self.basis.library.metrics.get(id)?.spec;
        Some(About {
            version: spec.version,
            title: spec.title.clone(),
            definition: spec.definition.clone(),
            unit: spec.unit.clone(),
            lasts: lasts(spec),
        })
    }

    fn cells(&self, id: &str, kind: WindowKind) -> Result<Vec<FigureCell>, String> {
        let Some(metric) = self.basis.library.metrics.get(id) else { return Ok(Vec::new()) };
        let path = self.population(id);
        if !path.exists() {
            return Err(format!("{} is not there; compute the metrics: muster run FILE", path.display()));
        }
        let computed = muster_stats::compute(&metric.spec, &path, &[kind], &self.context);
        let mut cells = computed.map_err(|error| error.to_string())?.cells;
        if let Some(known) = self.known.get(id) {
            self.completeness.put(&known.reads, &mut cells);
        }
        Ok(cells.into_iter().map(|cell| self.figure(&metric.spec, cell)).collect())
    }

    fn holding(&self, id: &str) -> Result<Vec<Interval>, String> {
        Ok(self.known.get(id).map(|known| known.holding.clone()).unwrap_or_default())
    }

    fn missing(&self, id: &str) -> Vec<Missing> {
        self.known.get(id).map(|known| known.missing.clone()).unwrap_or_default()
    }
}

impl Computed<'_> {
    fn figure(&self, spec: &MetricSpec, cell: Cell) -> FigureCell {
        let doubt = self.doubt(spec, &cell);
        FigureCell {
            group: cell.group,
            window: cell.window,
            window_start: cell.window_start,
            window_end: cell.window_end,
            unfinished: cell.unfinished,
            value: cell.value,
            doubt,
            n: cell.n,
            unknown_share: cell.unknown_share,
            completeness: cell.completeness,
            note: cell.note,
        }
    }
}

/// Whether it counts what holds at an instant.
fn lasts(spec: &MetricSpec) -> bool {
    spec.statistic == "interval_count_distinct"
}

/// Whether its range says what it would be if everybody of unknown organisation were of the first.
fn is_ranged(spec: &MetricSpec) -> bool {
    spec.statistic == "top_share"
}

/// Whether people of unknown organisation could change the value: where organisations are counted, not people.
fn is_doubtful(spec: &MetricSpec) -> bool {
    let counts = ["count_distinct", "interval_count_distinct", "new"].contains(&spec.statistic.as_str());
    counts && spec.unknown.is_some() && spec.value.as_deref().is_some_and(|value| value != "person")
}

/// The person where the organisation is unknown, as an expression.
fn unknown_person(spec: &MetricSpec) -> String {
    match &spec.unknown {
        Some(unknown) if is_doubtful(spec) => {
            format!("CASE WHEN coalesce({}, '') = '' THEN person END", quoted(unknown))
        }
        _ => "NULL".to_owned(),
    }
}

fn groups(spec: &MetricSpec) -> String {
    spec.group_by.iter().enumerate().map(|(at, column)| format!(", {} AS g{at}", quoted(column))).collect()
}

fn quoted(column: &str) -> String {
    format!("\"{}\"", column.replace('"', "\"\""))
}

/// A row of value, person, from, until and the groups. A row that never began says nothing.
fn interval(spec: &MetricSpec, row: &[Value]) -> Option<Interval> {
    let [value, person, from, until, groups @ ..] = row else { return None };
    let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let instant = |value: &Value| parse_time(value.as_str()?).ok();
    let named = spec.group_by.iter().zip(groups);
    let named = named.map(|(column, value)| format!("{column}={}", text(value).unwrap_or("unknown".to_owned())));
    Some(Interval {
        value: text(value),
        unknown: text(person),
        groups: named.collect(),
        from: instant(from)?,
        until: instant(until),
    })
}

/// The types of the events that happened before the as-of instant.
async fn event_types(basis: &Basis) -> Result<BTreeSet<String>, Failure> {
    let (schema, batches) = basis.engine.ask("SELECT DISTINCT type FROM events WHERE time <= as_of()").await?;
    let rows = Answer::new(&schema, &batches)?.rows;
    Ok(rows.iter().filter_map(|row| row.first()?.as_str().map(str::to_owned)).collect())
}
