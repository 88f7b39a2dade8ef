//! `muster roll`: who is eligible under a rule, why, and by which events.

use crate::args::{Format, RollArgs};
use crate::asof::{self, Outputs};
use crate::compute::{self, Basis};
use crate::failure::Failure;
use crate::people::account_of;
use crate::project::read_pipeline;
use crate::publish::Place;
use crate::sql::{open_outputs, print, say};
use muster_evidence::roll::{Condition, Counted, Needs, Roll, Rule, Voter, Wanted, events_csv, roll_csv, roll_md};
use muster_evidence::write_if_changed;
use muster_model::account::masked;
use muster_model::{Timestamp, Window, parse_time};
use muster_query::output::Answer;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::ExitCode;

/// Writes the roll, its events and its page, and prints who is on it; with `--person`, what one person has of the rule.
pub async fn roll(args: &RollArgs) -> Result<ExitCode, Failure> {
    let pipeline = read_pipeline(&args.common.file, &args.common.sets)?;
    let rule = read_rule(&args.rule)?;
    let outputs = asof::outputs(&pipeline, &args.as_of).await?;
    let snapshot = outputs.snapshot().await?;
    let basis = compute::open(&outputs.pipeline, &snapshot, outputs.as_of).await?;
    open_outputs(&outputs.pipeline, &basis).await?;
    let polling = Polling::new(&rule, &basis, outputs.as_of)?;
    if let Some(person) = &args.person {
        return polling.say_of(person).await;
    }
    let roll = polling.roll(&outputs).await?;
    write(&roll, &pipeline.project.out, &args.rule)?;
    Place::of(&pipeline)?.copy(&inside(&args.rule)).await?;
    if args.common.json {
        return say(&serde_json::to_string_pretty(&roll).map_err(Failure::internal)?);
    }
    print(&answer(&roll), args.format)
}

fn read_rule(path: &Path) -> Result<Rule, Failure> {
    let hint = "docs/rolls.md shows a rule: a name, a window, and [[condition]]s";
    let text =
        std::fs::read_to_string(path).map_err(|error| Failure::usage(format!("{}: {error}", path.display()), hint))?;
    Rule::parse(&text).map_err(|error| Failure::usage(format!("{}: {error}", path.display()), hint))
}

fn write(roll: &Roll, out: &Path, rule: &Path) -> Result<(), Failure> {
    let folder = out.join(inside(rule));
    for (name, text) in [("roll.csv", roll_csv(roll)), ("events.csv", events_csv(roll)), ("roll.md", roll_md(roll))] {
        write_if_changed(&folder.join(name), &text)?;
    }
    eprintln!("{:<9}{} eligible; {}", "roll", roll.voters.len(), folder.join("roll.md").display());
    Ok(())
}

/// Where the roll of a rule lies among the outputs.
fn inside(rule: &Path) -> String {
    let stem = rule.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_else(|| "roll".to_owned());
    format!("rolls/{stem}")
}

fn answer(roll: &Roll) -> Answer {
    let mut columns: Vec<String> = ["name", "person", "organisation"].map(str::to_owned).to_vec();
    columns.extend(roll.conditions.iter().cloned());
    let row = |voter: &Voter| {
        let mut row = vec![Value::from(voter.name.as_str()), Value::from(voter.person.as_str())];
        row.push(voter.organisation.as_deref().map_or(Value::Null, Value::from));
        row.extend(voter.counts.iter().map(|count| Value::from(*count)));
        row
    };
    Answer { columns, rows: roll.voters.iter().map(row).collect() }
}

/// A rule, asked of a log as of an instant.
struct Polling<'a> {
    rule: &'a Rule,
    conditions: Vec<Condition>,
    basis: &'a Basis,
    window: Window,
    as_of: Timestamp,
}

/// Who has how much of each condition.
type Counts = BTreeMap<String, Vec<u64>>;

impl<'a> Polling<'a> {
    fn new(rule: &'a Rule, basis: &'a Basis, as_of: Timestamp) -> Result<Self, Failure> {
        let wrong = |message: String| Failure::usage(message, "mend the rule");
        let conditions = rule.conditions().map_err(|error| wrong(error.to_string()))?;
        let mut windows = rule.window.windows(Timestamp::UNIX_EPOCH, as_of);
        let window = windows.pop().ok_or_else(|| wrong(format!("the window {} begins after {as_of}", rule.window)))?;
        let window = Window { end: window.end.min(as_of), ..window };
        Ok(Self { rule, conditions, basis, window, as_of })
    }

    async fn roll(&self, outputs: &Outputs) -> Result<Roll, Failure> {
        let counts = self.counts(None).await?;
        let known = self.people().await?;
        let off = self.excluded().await?;
        let eligible = |counts: &[u64]| self.is_enough(&self.met(counts));
        let chosen: BTreeSet<&String> =
            counts.iter().filter(|(_, counts)| eligible(counts)).map(|(person, _)| person).collect();
        let mut events = self.events(&chosen).await?;
        let mut voters: Vec<Voter> = Vec::new();
        for person in chosen {
            let (name, organisation) = known.get(person).cloned().unwrap_or_else(|| (person.clone(), None));
            let (counts, events) = (counts[person].clone(), events.remove(person).unwrap_or_default());
            voters.push(Voter { person: person.clone(), name, organisation, met: self.met(&counts), counts, events });
        }
        voters.sort_by_cached_key(|voter| (voter.name.to_lowercase(), voter.person.clone()));
        let (excluded, voters) = voters.into_iter().partition(|voter| off.contains(&voter.person));
        Ok(Roll {
            name: self.rule.name.clone(),
            project: outputs.pipeline.project.name.clone(),
            conditions: self.conditions.iter().map(Condition::words).collect(),
            needs: self.rule.needs,
            start: self.window.start,
            end: self.window.end,
            as_of: self.as_of,
            log_version: outputs.log_version,
            voters,
            excluded,
        })
    }

    fn met(&self, counts: &[u64]) -> Vec<bool> {
        self.conditions.iter().zip(counts).map(|(condition, count)| *count >= condition.at_least).collect()
    }

    fn is_enough(&self, met: &[bool]) -> bool {
        match self.rule.needs {
            Needs::Any => met.contains(&true),
            Needs::All => !met.contains(&false),
        }
    }

    /// How much everybody, or one person, has of each condition.
    async fn counts(&self, person: Option<&str>) -> Result<Counts, Failure> {
        let mut counts = Counts::new();
        for (at, condition) in self.conditions.iter().enumerate() {
            let rows = self.rows(condition)?;
            let only = person.map_or(String::new(), |person| format!("WHERE person = {}", literal(person)));
            let sql = format!("SELECT person, count(DISTINCT item) FROM ({rows}) {only} GROUP BY person");
            for row in self.ask(&sql).await? {
                let of = counts.entry(word(&row[0])).or_insert_with(|| vec![0; self.conditions.len()]);
                of[at] = row[1].as_u64().unwrap_or(0);
            }
        }
        Ok(counts)
    }

    /// The events of those who are chosen, of the conditions that they meet or not: what they did is shown whole.
    async fn events(&self, chosen: &BTreeSet<&String>) -> Result<BTreeMap<String, Vec<Counted>>, Failure> {
        let mut events: BTreeMap<String, Vec<Counted>> = BTreeMap::new();
        let people = chosen.iter().map(|person| literal(person)).collect::<Vec<_>>().join(", ");
        if people.is_empty() {
            return Ok(events);
        }
        for (condition, wanted) in self.conditions.iter().enumerate() {
            let rows = self.rows(wanted)?;
            let sql = format!(
                "SELECT person, time, what, event_id, url FROM ({rows}) WHERE person IN ({people}) ORDER BY time, event_id, what"
            );
            for row in self.ask(&sql).await? {
                let url = row[4].as_str().map(str::to_owned);
                let time = row[1].as_str().and_then(|time| parse_time(time).ok()).unwrap_or(Timestamp::UNIX_EPOCH);
                let event = Counted { condition, time, what: word(&row[2]), event_id: word(&row[3]), url };
                events.entry(word(&row[0])).or_default().push(event);
            }
        }
        Ok(events)
    }

    /// What a condition counts: person, item (what is counted once), time, what, event_id, url. No bots.
    fn rows(&self, condition: &Condition) -> Result<String, Failure> {
        let within = |time: &str| {
            format!("{time} >= TIMESTAMP '{}' AND {time} < TIMESTAMP '{}'", self.window.start, self.window.end)
        };
        Ok(match &condition.wanted {
            Wanted::Contributions { kinds, repositories } => format!(
                "SELECT person, kind || ' ' || event_id AS item, time, kind AS what, event_id, url FROM contributions \
                 WHERE counts AND NOT is_bot AND {}{}{}",
                within("time"),
                one_of("kind", kinds, |column, kind| format!("{column} = {}", literal(kind))),
                one_of("repository", repositories, |column, pattern| format!("{column} LIKE {}", like(pattern)))
            ),
            Wanted::Meetings => format!(
                "SELECT person, meeting AS item, time, 'meeting' AS what, event_id, source AS url FROM attendance \
                 WHERE NOT is_bot AND {}",
                within("time")
            ),
            Wanted::Messages => format!(
                "SELECT person, event_id AS item, time, 'message' AS what, event_id, url FROM contributions \
                 WHERE kind = 'message' AND NOT is_bot AND {}",
                within("time")
            ),
            Wanted::Listed => format!(
                "SELECT person, listed_event AS item, \"from\" AS time, 'listed' AS what, listed_event AS event_id, url \
                 FROM maintainers WHERE is_maintainer AND \"from\" <= TIMESTAMP '{0}' \
                 AND (\"until\" IS NULL OR \"until\" > TIMESTAMP '{0}')",
                self.as_of
            ),
            Wanted::Metric(id) => {
                self.known_metric(id)?;
                format!(
                    "SELECT person, event_id AS item, time, {} AS what, event_id, CAST(NULL AS VARCHAR) AS url \
                     FROM {id} WHERE {}",
                    literal(id),
                    within("time")
                )
            }
        })
    }

    fn known_metric(&self, id: &str) -> Result<(), Failure> {
        if self.basis.library.metrics.contains_key(id) {
            return Ok(());
        }
        Err(Failure::usage(
            format!("the rule names a metric {id:?} that there is not"),
            "muster metrics FILE lists them",
        ))
    }

    /// The name to show of everybody, and the organisation as of the instant.
    async fn people(&self) -> Result<BTreeMap<String, (String, Option<String>)>, Failure> {
        let sql = format!(
            "SELECT p.person, coalesce(p.name, p.person), o.organisation FROM people p \
             LEFT JOIN affiliations o ON o.person = p.person AND (o.\"from\" IS NULL OR o.\"from\" <= TIMESTAMP '{0}') \
             AND (o.\"until\" IS NULL OR o.\"until\" > TIMESTAMP '{0}')",
            self.as_of
        );
        let person = |row: Vec<Value>| (word(&row[0]), (word(&row[1]), row[2].as_str().map(str::to_owned)));
        Ok(self.ask(&sql).await?.into_iter().map(person).collect())
    }

    /// The people behind the accounts of `exclude`; one that nobody has is said, as it may be misspelt.
    async fn excluded(&self) -> Result<BTreeSet<String>, Failure> {
        let mut off = BTreeSet::new();
        for written in &self.rule.exclude {
            match self.person(written).await? {
                Some(person) => drop(off.insert(person)),
                None => eprintln!("warning: the rule excludes {written:?}, whom the log does not know"),
            }
        }
        Ok(off)
    }

    async fn person(&self, written: &str) -> Result<Option<String>, Failure> {
        let account = literal(&masked(&account_of(written)));
        let rows = self.ask(&format!("SELECT DISTINCT person FROM accounts WHERE account = {account}")).await?;
        Ok(rows.first().map(|row| word(&row[0])))
    }

    /// Why somebody is on the roll, or is not.
    async fn say_of(&self, written: &str) -> Result<ExitCode, Failure> {
        let person = self.person(written).await?.ok_or_else(|| {
            Failure::usage(format!("the log knows nobody called {written:?}"), "muster people list FILE lists them")
        })?;
        let nothing = vec![0; self.conditions.len()];
        let counts = self.counts(Some(&person)).await?.remove(&person).unwrap_or(nothing);
        let met = self.met(&counts);
        let excluded = self.excluded().await?.contains(&person);
        let verdict = match (self.is_enough(&met), excluded) {
            (true, false) => "eligible",
            (true, true) => "excluded by name",
            (false, _) => "not eligible",
        };
        eprintln!("{person}: {verdict}, from {} to {}", self.window.start, self.window.end);
        let told = self.conditions.iter().zip(counts).zip(met);
        let rows = told.map(|((condition, count), met)| vec![condition.words().into(), count.into(), met.into()]);
        let columns = ["condition", "has", "met"].map(str::to_owned).to_vec();
        print(&Answer { columns, rows: rows.collect() }, Format::Table)
    }

    async fn ask(&self, sql: &str) -> Result<Vec<Vec<Value>>, Failure> {
        let (schema, batches) = self.basis.engine.ask(sql).await?;
        Ok(Answer::new(&schema, &batches)?.rows)
    }
}

/// ` AND (a OR b)`, or nothing where nothing is asked for.
fn one_of(column: &str, wanted: &[String], is: impl Fn(&str, &str) -> String) -> String {
    let any: Vec<String> = wanted.iter().map(|wanted| is(column, wanted)).collect();
    if any.is_empty() { String::new() } else { format!(" AND ({})", any.join(" OR ")) }
}

/// A text in SQL.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// `acme/*` as LIKE has it.
fn like(pattern: &str) -> String {
    let escaped = pattern.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_").replace('*', "%");
    literal(&escaped)
}

fn word(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
