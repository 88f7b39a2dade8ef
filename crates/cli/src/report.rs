//! What the report is filled with: the figures it shows, the rows behind each, curves, tables, and how people are called.

use crate::compute::{Basis, ask, context, word};
use crate::failure::Failure;
use muster_evidence::privacy::{Names, Person};
use muster_evidence::report::{
    Behind, Cells, Curve, CurveStep, Definition, MOST_MEMBERS, Maintainer, Meeting, Member, Organisation, Populations,
    Report, Rosters, Rows,
};
use muster_evidence::{Figure, Provenance, Rejected, report};
use muster_log::Snapshot;
use muster_model::{MetricSpec, Privacy, Window, WindowKind};
use muster_pipeline::Pipeline;
use muster_query::{Engine, Metric};
use muster_stats::{Cell, Columns, Context, Opened};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The statistics of which the report lists who makes up the figure.
const WITH_MEMBERS: [&str; 5] = ["smallest_set", "top_share", "gini", "effective_number", "herfindahl"];

/// What the rest of the evidence was made of, names hidden already.
pub struct Made<'a> {
    /// The cells, and the figures of the same places.
    pub cells: &'a [&'a Cell],
    /// As they are shown.
    pub figures: &'a [Figure],
    /// Likewise.
    pub provenance: &'a Provenance,
    /// Likewise.
    pub rejected: &'a [Rejected],
    /// How people are called.
    pub names: &'a Names,
}

/// Writes the report into `folder`; the populations are those of `project.out`.
pub async fn write(
    pipeline: &Pipeline,
    snapshot: &Snapshot,
    basis: &Basis,
    made: &Made<'_>,
    folder: &Path,
) -> Result<Vec<PathBuf>, Failure> {
    let context = context(pipeline, basis.as_of, snapshot.version());
    let filling = Filling { pipeline, basis, made, context: &context };
    let (claims, criteria) = answers(pipeline, basis, snapshot.version()).await?;
    let mut populations = Populations::new(folder);
    let mut report = Report {
        provenance: made.provenance.clone(),
        metrics: basis.library.metrics.values().map(definition).collect(),
        figures: made.figures.to_vec(),
        behind: BTreeMap::new(),
        populations: Vec::new(),
        curves: Vec::new(),
        claims,
        criteria,
        rejected: made.rejected.to_vec(),
        rosters: rosters(&basis.engine, made.names).await?,
        pipeline: made.names.text(&std::fs::read_to_string(&pipeline.file).unwrap_or_default()),
        privacy: made.names.sentence().to_owned(),
    };
    filling.open(&mut populations, &mut report)?;
    let mut written = populations.finish()?;
    written.extend(report::write(&report, folder)?);
    Ok(written.into_iter().map(|written| written.path).collect())
}

/// The claims of the pipeline file, checked, and the criteria that it names, answered.
async fn answers(
    pipeline: &Pipeline,
    basis: &Basis,
    version: u64,
) -> Result<(Vec<report::Claim>, Vec<report::Criteria>), Failure> {
    let claims = match pipeline.claims.is_empty() {
        true => Vec::new(),
        false => report::claims(&crate::check::checked(pipeline, basis, version, &pipeline.claims).await?),
    };
    let answered = crate::criteria::all(pipeline, basis, version).await?;
    Ok((claims, answered.iter().map(report::criteria).collect()))
}

/// Who is who, for pseudonyms.
pub async fn names(pipeline: &Pipeline, snapshot: &Snapshot, engine: &Engine) -> Result<Names, Failure> {
    let privacy = pipeline.evidence.privacy;
    if privacy == Privacy::Public {
        // Nobody has another name, so nobody need be read.
        return Ok(Names::new(privacy, snapshot.identity(), &[]));
    }
    let rows = ask(
        engine,
        "SELECT p.person, p.name, a.account, a.name FROM people p JOIN accounts a ON a.person = p.person \
         ORDER BY p.person, a.account",
    )
    .await?
    .rows;
    let mut people: Vec<Person> = Vec::new();
    for row in &rows {
        let [person, name, account, written] = row.as_slice() else { continue };
        let person = word(person);
        if people.last().is_none_or(|last| last.person != person) {
            people.push(Person { person, name: word(name), also: Vec::new() });
        }
        if let Some(last) = people.last_mut() {
            last.also.extend([word(account), word(written)].into_iter().filter(|called| !called.is_empty()));
        }
    }
    Ok(Names::new(privacy, snapshot.identity(), &people))
}

fn definition(metric: &Metric) -> Definition {
    let spec = &metric.spec;
    Definition {
        id: spec.id.clone(),
        version: spec.version,
        title: spec.title.clone(),
        definition: spec.definition.clone(),
        source: spec.source.clone(),
        unit: spec.unit.clone(),
        statistic: spec.statistic.clone(),
        parameters: spec.parameters.iter().chain(&spec.select).map(|(name, value)| (name.clone(), *value)).collect(),
        direction: spec.direction.clone(),
        caveats: spec.caveats.clone(),
        compares: spec.compares.clone(),
        sql: metric.sql.trim().to_owned(),
        population: None,
    }
}

/// The rows behind the figures.
struct Filling<'a> {
    pipeline: &'a Pipeline,
    basis: &'a Basis,
    made: &'a Made<'a>,
    context: &'a Context,
}

/// A metric and the places of its figures that are shown.
type Shown<'a> = (&'a Metric, Vec<usize>);

impl Filling<'_> {
    /// Opens each population once, for all metrics with its SELECT, in the order of the report.
    fn open(&self, populations: &mut Populations<'_>, report: &mut Report) -> Result<(), Failure> {
        let mut metrics: Vec<Shown<'_>> = Vec::new();
        for place in report::shown(self.made.figures) {
            let Some(metric) = self.basis.library.metrics.get(&self.made.cells[place].metric) else { continue };
            match metrics.iter_mut().find(|(known, _)| known.spec.id == metric.spec.id) {
                Some((_, places)) => places.push(place),
                None => metrics.push((metric, vec![place])),
            }
        }
        let mut selects: Vec<&str> = Vec::new();
        for (metric, _) in &metrics {
            if !selects.contains(&metric.sql.as_str()) {
                selects.push(&metric.sql);
            }
        }
        for sql in selects {
            let same: Vec<&Shown<'_>> = metrics.iter().filter(|(metric, _)| metric.sql == sql).collect();
            self.population(&same, populations, report)?;
        }
        Ok(())
    }

    fn population(
        &self,
        metrics: &[&Shown<'_>],
        populations: &mut Populations<'_>,
        report: &mut Report,
    ) -> Result<(), Failure> {
        let Some((first, _)) = metrics.first() else { return Ok(()) };
        let path = self.path(&first.spec);
        let population = Columns::open(&path)?;
        let left = populations.rows_left();
        let mut behind: Vec<(usize, Result<Vec<u32>, usize>)> = Vec::new();
        let mut all: Vec<u32> = Vec::new();
        for (metric, places) in metrics {
            let opened = Opened::open(&metric.spec, &population, self.context)?;
            if opened.places().len() > all.len() {
                all = opened.places().to_vec();
            }
            for &place in places {
                let cell = self.made.cells[place];
                let (kind, window) = window(cell)?;
                let group = cell.group.split_once('=');
                let rows = opened.rows(kind, &window, group)?;
                // Of rows that cannot all stay the number is enough.
                behind.push((place, if rows.len() > left { Err(rows.len()) } else { Ok(rows) }));
                let members = self.members(metric, &opened, cell)?;
                report.behind.insert(place, Behind { rows: Rows::default(), members });
            }
            report.curves.extend(self.curve(metric, places, &opened)?);
        }
        // The latest rows stay where not all can.
        let kept = all[all.len().saturating_sub(left)..].to_vec();
        let mut row_of = vec![None; kept.iter().max().map_or(0, |last| *last as usize + 1)];
        kept.iter().zip(0..).for_each(|(place, row)| row_of[*place as usize] = Some(row));
        let number = report.populations.len();
        drop(population);
        let (columns, cells) = self.rows(&path, kept)?;
        for (place, places) in behind {
            let found = places.and_then(|places| {
                let found = places.iter().map(|place| row_of.get(*place as usize).copied().flatten());
                found.collect::<Option<Vec<u32>>>().ok_or(places.len())
            });
            let group = self.made.cells[place].group.split_once('=').map(|(column, _)| column);
            let column = group.and_then(|group| columns.iter().position(|column| column == group));
            let found = found.map_or_else(Rows::TooMany, |mut found| {
                found.sort_unstable();
                column.map_or_else(|| Rows::of(&found), |column| Rows::of_group(&found, column, &cells[column]))
            });
            report.behind.entry(place).or_default().rows = found;
        }
        report.populations.push(populations.add(&first.spec.id, columns, &cells, all.len())?);
        for definition in &mut report.metrics {
            if metrics.iter().any(|(metric, _)| metric.spec.id == definition.id) {
                definition.population = Some(number);
            }
        }
        Ok(())
    }

    fn path(&self, spec: &MetricSpec) -> PathBuf {
        self.pipeline.project.out.join("populations").join(format!("{}.parquet", spec.id))
    }

    /// The rows as they may be shown.
    fn rows(&self, path: &Path, places: Vec<u32>) -> Result<(Vec<String>, Vec<Cells>), Failure> {
        let rows = muster_stats::rows_at(path, places)?;
        let columns = rows.columns();
        let cells = Cells::all(&rows.coded(), |column, text| self.made.names.cell("", &columns[column], text));
        Ok((columns, cells))
    }

    fn members(&self, metric: &Metric, opened: &Opened<'_>, cell: &Cell) -> Result<Vec<Member>, Failure> {
        let spec = &metric.spec;
        if !cell.group.is_empty() || !WITH_MEMBERS.contains(&spec.statistic.as_str()) {
            return Ok(Vec::new());
        }
        let (kind, window) = window(cell)?;
        let column = spec.value.as_deref().unwrap_or_default();
        let name = |name: String| self.made.names.cell("", column, &name).unwrap_or_default();
        let member = |member: muster_stats::Member| Member {
            name: member.name.map(name),
            weight: member.weight,
            share: member.share,
            cumulative: member.cumulative,
            counted: member.in_set,
        };
        Ok(opened.members(kind, &window, None, MOST_MEMBERS)?.into_iter().map(member).collect())
    }

    /// The curve of the metric's leading window; variants with other quantiles have the same one.
    fn curve(&self, metric: &Metric, places: &[usize], opened: &Opened<'_>) -> Result<Option<Curve>, Failure> {
        let is_variant = metric.spec.parameters.get("quantile").is_some_and(|quantile| *quantile != 0.5);
        let lead = places.iter().copied().find(|place| self.made.cells[*place].group.is_empty());
        let Some(place) = lead.filter(|_| metric.spec.statistic == "kaplan_meier" && !is_variant) else {
            return Ok(None);
        };
        let cell = self.made.cells[place];
        let (kind, window) = window(cell)?;
        let survival = opened.survival(kind, &window, None)?;
        let step = |step: &muster_stats::statistic::Step| CurveStep {
            time: step.time,
            survival: step.survival,
            band: step.band,
        };
        Ok(Some(Curve {
            metric: cell.metric.clone(),
            window: cell.window.clone(),
            unit: cell.unit.clone(),
            steps: survival.steps.iter().map(step).collect(),
        }))
    }
}

/// The window of a cell.
fn window(cell: &Cell) -> Result<(WindowKind, Window), Failure> {
    let kind = cell.window_kind.parse().map_err(Failure::internal)?;
    let window = Window {
        start: cell.window_start,
        end: cell.window_end,
        label: cell.window.clone(),
        unfinished: cell.unfinished,
    };
    Ok((kind, window))
}

/// Tables as proposals have them.
pub async fn rosters(engine: &Engine, names: &Names) -> Result<Rosters, Failure> {
    let maintainers = ask(engine, MAINTAINERS).await?.rows;
    let organisations = ask(engine, ORGANISATIONS).await?.rows;
    let meetings = ask(engine, MEETINGS).await?.rows;
    let mut maintainers: Vec<Maintainer> = maintainers.iter().map(|row| names.maintainer(maintainer(row))).collect();
    // Hidden names are not in the order of those that they hide.
    maintainers.sort_by(|a, b| (&a.repository, &a.role, &a.name).cmp(&(&b.repository, &b.role, &b.name)));
    Ok(Rosters {
        maintainers,
        organisations: organisations.iter().map(|row| organisation(row)).collect(),
        meetings: meetings.iter().map(|row| names.meeting(meeting(row))).collect(),
    })
}

fn maintainer(row: &[Value]) -> Maintainer {
    Maintainer {
        name: text(row, 0),
        account: text(row, 1),
        organisation: text(row, 2),
        role: text(row, 3),
        repository: text(row, 4),
        since: text(row, 5),
        contributions: number(row, 6).unwrap_or(0),
        last: text(row, 7),
        url: text(row, 8),
    }
}

fn organisation(row: &[Value]) -> Organisation {
    let count = |place| number(row, place).unwrap_or(0);
    Organisation {
        name: text(row, 0),
        people: count(1),
        contributions: count(2),
        maintainers: count(3),
        meetings: count(4),
    }
}

fn meeting(row: &[Value]) -> Meeting {
    Meeting {
        date: text(row, 0),
        series: text(row, 1),
        title: text(row, 2),
        attendees: number(row, 3),
        organisations: number(row, 4),
        source: text(row, 5),
    }
}

fn text(row: &[Value], place: usize) -> String {
    row.get(place).map(word).unwrap_or_default()
}

fn number(row: &[Value], place: usize) -> Option<u64> {
    row.get(place)?.as_u64()
}

/// Who is listed at the as-of instant, with what they did in the year before it.
const MAINTAINERS: &str = "\
WITH acts AS (
  SELECT person, count(*) FILTER (WHERE time >= as_of() - INTERVAL '365 days') AS year, max(time) AS last
  FROM contributions WHERE counts AND time < as_of() GROUP BY person)
SELECT m.name, CASE WHEN m.account LIKE 'github:%' THEN substr(m.account, 8) END, m.organisation, m.role, m.repository,
       substr(CAST(min(m.\"from\") AS VARCHAR), 1, 10), coalesce(max(a.year), 0),
       substr(CAST(max(a.last) AS VARCHAR), 1, 10), min(m.url)
FROM maintainers m LEFT JOIN acts a ON a.person = m.person
WHERE m.is_maintainer AND m.\"from\" <= as_of() AND (m.\"until\" IS NULL OR m.\"until\" > as_of())
GROUP BY m.person, m.name, m.account, m.organisation, m.role, m.repository
ORDER BY m.repository, m.role, m.name, m.account";

/// What people of each organisation did in the year before the as-of instant.
const ORGANISATIONS: &str = "\
WITH done AS (
  SELECT coalesce(organisation, '') AS organisation, count(DISTINCT person) AS people, count(*) AS contributions
  FROM contributions
  WHERE counts AND NOT is_bot AND time >= as_of() - INTERVAL '365 days' AND time < as_of() GROUP BY 1),
listed AS (
  SELECT coalesce(organisation, '') AS organisation, count(DISTINCT person) AS maintainers FROM maintainers
  WHERE is_maintainer AND \"from\" <= as_of() AND (\"until\" IS NULL OR \"until\" > as_of()) GROUP BY 1),
seen AS (
  SELECT coalesce(organisation, '') AS organisation, count(DISTINCT meeting) AS meetings FROM attendance
  WHERE NOT is_bot AND time >= as_of() - INTERVAL '365 days' AND time < as_of() GROUP BY 1),
named AS (
  SELECT organisation FROM done UNION SELECT organisation FROM listed UNION SELECT organisation FROM seen)
SELECT n.organisation, coalesce(d.people, 0), coalesce(d.contributions, 0), coalesce(l.maintainers, 0),
       coalesce(s.meetings, 0)
FROM named n LEFT JOIN done d ON d.organisation = n.organisation LEFT JOIN listed l ON l.organisation = n.organisation
LEFT JOIN seen s ON s.organisation = n.organisation
ORDER BY coalesce(d.contributions, 0) DESC, coalesce(d.people, 0) DESC, n.organisation";

/// The meetings of the year before the as-of instant.
const MEETINGS: &str = "\
SELECT date, series, title, attendees, organisations, source FROM meetings
WHERE time >= as_of() - INTERVAL '365 days' AND time < as_of() ORDER BY time, event_id";
