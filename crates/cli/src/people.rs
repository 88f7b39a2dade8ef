//! `muster people`: who is who, who worked where, who says so; and corrections, which go into the people file and so into
//! the log.

use crate::args::{FileArgs, Format, PeopleArgs, PeopleCommand, Upstream};
use crate::collect::collect_one;
use crate::compute::{self, Basis, open};
use crate::failure::{Failure, SOME_SOURCE_FAILED};
use crate::project::{as_of, read_pipeline, snapshot, split_as_of};
use crate::publish::Place;
use crate::sql::{print, say};
use muster_collect::people::{EditError, affiliate, drop_person, forget, gitdm, link, sortinghat, unlink};
use muster_log::Log;
use muster_model::Timestamp;
use muster_model::account::{self, masked};
use muster_people::{Affiliation, Evidence, Resolution, Text, suggest};
use muster_pipeline::{Pipeline, Source};
use muster_query::output::Answer;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::ExitCode;

/// Carries out one of the commands.
pub async fn people(command: &PeopleCommand) -> Result<ExitCode, Failure> {
    match command {
        PeopleCommand::List(args) => list(args).await,
        PeopleCommand::Show { people, person, private } => show(people, person, *private).await,
        PeopleCommand::Suggest { people, limit } => suggestions(people, *limit).await,
        PeopleCommand::Conflicts(args) => conflicts(args).await,
        PeopleCommand::Link { common, accounts, name } => {
            let accounts: Vec<String> = accounts.iter().map(|written| account_of(written)).collect();
            correct(common, |text| link(text, &accounts, name.as_deref())).await
        }
        PeopleCommand::Unlink { common, account, other } => {
            correct(common, |text| unlink(text, &account_of(account), &account_of(other))).await
        }
        PeopleCommand::Affiliate { common, account, organisation, from, until } => {
            let account = account_of(account);
            correct(common, |text| affiliate(text, &account, organisation, from.as_deref(), until.as_deref())).await
        }
        PeopleCommand::Forget { common, person } => forgotten(common, person).await,
        PeopleCommand::Export { common, format, private } => export(common, *format, *private).await,
    }
}

/// What is known about people, from the log as it is or was.
struct Known {
    pipeline: Pipeline,
    as_of: Timestamp,
    evidence: Evidence,
    resolution: Resolution,
}

async fn known(common: &FileArgs, given: &[crate::args::AsOf]) -> Result<Known, Failure> {
    let pipeline = read_pipeline(&common.file, &common.sets)?;
    let (version, instant) = split_as_of(given)?;
    let log = Log::open(&pipeline.project.log.to_string()).await?;
    let snapshot = snapshot(&log, version).await?;
    let as_of = as_of(&pipeline, instant, &snapshot);
    let Basis { library, engine, .. } = open(&pipeline, &snapshot, as_of).await?;
    let (evidence, resolution) = engine.resolution(&library).await?;
    Ok(Known { pipeline, as_of, evidence, resolution })
}

impl Known {
    /// The person whom a login, account, address or name means.
    fn find(&self, written: &str) -> Result<&str, Failure> {
        let wanted = account_of(written);
        let accounts = &self.resolution.accounts;
        let by_account = accounts.iter().find(|one| one.account == wanted || one.account == written);
        let by_hash = || accounts.iter().find(|one| masked(&one.account) == written || masked(&one.person) == written);
        if let Some(found) = by_account.or_else(by_hash) {
            return Ok(&found.person);
        }
        let folded = written.to_lowercase();
        let names = |text: &Option<Text>| text.as_ref().is_some_and(|name| name.to_lowercase() == folded);
        let by_name: BTreeSet<&str> =
            accounts.iter().filter(|one| names(&one.name)).map(|one| one.person.as_str()).collect();
        let by_shown = self.resolution.people.iter().filter(|one| one.name.to_lowercase() == folded);
        let found: BTreeSet<&str> = by_name.into_iter().chain(by_shown.map(|one| one.person.as_str())).collect();
        let all: Vec<String> = found.iter().map(|person| masked(person)).collect();
        match all.len() {
            1 => Ok(found.first().copied().unwrap_or_default()),
            0 => Err(Failure::usage(
                format!("nobody is known as {written:?}"),
                "give a login, an account as `muster people list` prints it, an e-mail address or a name",
            )),
            _ => Err(Failure::usage(format!("{written:?} is the name of {}", all.join(", ")), "give one of these")),
        }
    }

    fn name(&self, person: &str) -> String {
        let at = self.resolution.people.binary_search_by(|one| one.person.as_str().cmp(person));
        at.map_or(String::new(), |at| masked(&self.resolution.people[at].name))
    }

    fn now(&self, person: &str) -> Option<&Affiliation> {
        let holds = |one: &&Affiliation| {
            one.person == person
                && one.from.is_none_or(|from| from <= self.as_of)
                && one.until.is_none_or(|until| self.as_of < until)
        };
        self.resolution.affiliations.iter().find(holds)
    }
}

/// A login, an address or an account as people type it.
pub fn account_of(written: &str) -> String {
    let written = written.trim();
    let scheme = written.split_once(':').map(|(scheme, _)| scheme);
    if scheme.is_some_and(|scheme| ["github", "github-id", "email", "name", "initials"].contains(&scheme)) {
        let lower = !written.starts_with("name:") && !written.starts_with("initials:");
        return if lower { written.to_lowercase() } else { written.to_owned() };
    }
    if written.trim_start_matches('@').contains('@') { account::email(written) } else { account::github(written) }
}

fn texts(columns: &[&str], rows: Vec<Vec<Value>>) -> Answer {
    Answer { columns: columns.iter().map(|column| (*column).to_owned()).collect(), rows }
}

fn form(args: &PeopleArgs) -> Format {
    if args.common.json { Format::Json } else { args.format }
}

fn day(time: Option<Timestamp>) -> Value {
    time.map_or(Value::Null, |time| Value::String(time.to_string().trim_end_matches("T00:00:00Z").to_owned()))
}

async fn list(args: &PeopleArgs) -> Result<ExitCode, Failure> {
    let known = known(&args.common, &args.as_of).await?;
    let now: BTreeMap<&str, &Affiliation> = (known.resolution.affiliations.iter())
        .filter(|one| one.from.is_none_or(|from| from <= known.as_of))
        .filter(|one| one.until.is_none_or(|until| known.as_of < until))
        .map(|one| (one.person.as_str(), one))
        .collect();
    let row = |person: &muster_people::Person| {
        let works = now.get(person.person.as_str());
        vec![
            json!(masked(&person.person)),
            json!(masked(&person.name)),
            json!(person.accounts),
            json!(works.and_then(|one| one.organisation.clone())),
            json!(works.map(|one| one.said_by.clone())),
            json!(person.bot_reason.as_ref().filter(|_| person.is_bot)),
        ]
    };
    let rows = known.resolution.people.iter().map(row).collect();
    print(&texts(&["person", "name", "accounts", "organisation", "said_by", "bot"], rows), form(args))
}

async fn show(args: &PeopleArgs, written: &str, private: bool) -> Result<ExitCode, Failure> {
    if !matches!(form(args), Format::Table | Format::Json) {
        return Err(Failure::usage(
            "a person is several tables",
            "use --json, or `muster sql` over accounts, affiliations and declarations",
        ));
    }
    let known = known(&args.common, &args.as_of).await?;
    let person = known.find(written)?;
    let shown = |text: &str| if private { text.to_owned() } else { masked(text) };
    if form(args) == Format::Json {
        return print_json(&details(&known, person, &shown));
    }
    let works = known.now(person).and_then(|one| one.organisation.clone()).unwrap_or("nobody says where".to_owned());
    say(&format!("{} · {} · {works}", shown(person), known.name(person)))?;
    let found = &known.resolution;
    let accounts = found.accounts.iter().filter(|one| one.person == person);
    let rows = accounts.map(|one| {
        let why = why(&known, &one.account, &shown);
        vec![json!(shown(&one.account)), json!(one.name.as_deref().map(&shown)), json!(why)]
    });
    say("\nAccounts")?;
    print(&texts(&["account", "name", "why"], rows.collect()), form(args))?;
    let rows = found.affiliations.iter().filter(|one| one.person == person).map(|one| {
        vec![
            day(one.from),
            day(one.until),
            json!(one.organisation),
            json!(one.organisation_group),
            json!(one.said_by),
            json!(shown(&one.event_id)),
        ]
    });
    say("\nAffiliations: what figures use")?;
    print(&texts(&["from", "until", "organisation", "merged", "said_by", "event"], rows.collect()), form(args))?;
    let rows = found.declared.iter().filter(|one| one.person == person).map(|one| {
        vec![
            day(one.from),
            day(one.until),
            json!(shown(&one.written)),
            json!(one.said_by),
            json!(shown(&one.source)),
            json!(shown(&one.event_id)),
        ]
    });
    say("\nStatements: who says what")?;
    print(
        &texts(&["from", "until", "organisation as written", "said_by", "source", "event"], rows.collect()),
        form(args),
    )?;
    let rows: Vec<Vec<Value>> = (found.conflicts.iter())
        .filter(|one| one.about == person)
        .map(|one| vec![json!(one.kind), day(one.from), day(one.until), json!(shown(&one.message))])
        .collect();
    if !rows.is_empty() {
        say("\nConflicts")?;
        print(&texts(&["kind", "from", "until", "what"], rows), form(args))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The kinds of evidence that join an account to others of its person, each with one of its events.
fn why(known: &Known, account: &str, shown: &dyn Fn(&str) -> String) -> String {
    let mut events: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let joins =
        known.resolution.joins.iter().filter(|join| join.used && (join.account == account || join.other == account));
    joins.for_each(|join| events.entry(&join.evidence).or_default().push(&join.event_id));
    let kind = |(evidence, ids): (&&str, &Vec<&str>)| match (ids[0], ids.len() - 1) {
        ("", _) => (*evidence).to_owned(),
        (id, 0) => format!("{evidence}: {}", shown(id)),
        (id, more) => format!("{evidence}: {} and {more} more", shown(id)),
    };
    events.iter().map(kind).collect::<Vec<_>>().join("; ")
}

fn details(known: &Known, person: &str, shown: &dyn Fn(&str) -> String) -> Value {
    let found = &known.resolution;
    let accounts = found.accounts.iter().filter(|one| one.person == person);
    let joins = found.joins.iter().filter(|one| one.person == person);
    let affiliations = found.affiliations.iter().filter(|one| one.person == person);
    let declared = found.declared.iter().filter(|one| one.person == person);
    let conflicts = found.conflicts.iter().filter(|one| one.about == person);
    json!({
        "person": shown(person),
        "name": known.name(person),
        "accounts": accounts.map(|one| json!({"account": shown(&one.account), "name": one.name.as_deref().map(shown)}))
            .collect::<Vec<_>>(),
        "joins": joins.map(|one| json!({"account": shown(&one.account), "other": shown(&one.other), "evidence": one.evidence,
            "event": shown(&one.event_id), "used": one.used})).collect::<Vec<_>>(),
        "affiliations": affiliations.map(|one| json!({"organisation": one.organisation,
            "organisation_group": one.organisation_group, "from": day(one.from),
            "until": day(one.until), "said_by": one.said_by, "event": shown(&one.event_id)})).collect::<Vec<_>>(),
        "statements": declared.map(|one| json!({"written": shown(&one.written), "organisation": one.organisation,
            "from": day(one.from), "until": day(one.until), "said_by": one.said_by, "source": shown(&one.source),
            "event": shown(&one.event_id)})).collect::<Vec<_>>(),
        "conflicts": conflicts.map(|one| json!({"kind": one.kind, "from": day(one.from), "until": day(one.until),
            "message": shown(&one.message)})).collect::<Vec<_>>(),
    })
}

fn print_json(value: &Value) -> Result<ExitCode, Failure> {
    say(&serde_json::to_string_pretty(value).map_err(Failure::internal)?)
}

async fn suggestions(args: &PeopleArgs, limit: usize) -> Result<ExitCode, Failure> {
    let known = known(&args.common, &args.as_of).await?;
    let rows = suggest(&known.evidence, &known.resolution).into_iter().take(limit).map(|one| {
        vec![
            json!(masked(&one.person)),
            json!(known.name(&one.person)),
            json!(masked(&one.other)),
            json!(known.name(&one.other)),
            json!((one.score * 100.0).round() / 100.0),
            json!(masked(&one.reasons_for.join("; "))),
            json!(masked(&one.reasons_against.join("; "))),
        ]
    });
    print(&texts(&["person", "name", "other", "other_name", "score", "for", "against"], rows.collect()), form(args))
}

async fn conflicts(args: &PeopleArgs) -> Result<ExitCode, Failure> {
    let known = known(&args.common, &args.as_of).await?;
    let rows = known.resolution.conflicts.iter().map(|one| {
        vec![
            json!(one.kind),
            json!(masked(&one.about)),
            day(one.from),
            day(one.until),
            json!(masked(&one.message)),
            json!(masked(&one.event_ids.join(" "))),
        ]
    });
    print(&texts(&["kind", "about", "from", "until", "what", "events"], rows.collect()), form(args))
}

/// The people file that corrections go to: the first people source that is a TOML file, or has `people.toml` in its folder.
fn people_file(pipeline: &Pipeline) -> Result<(&Source, PathBuf), Failure> {
    let own = pipeline.sources.iter().find_map(|source| {
        let Source::People(people) = source else { return None };
        if people.path.extension().is_some_and(|ending| ending == "toml") {
            return Some((source, people.path.clone()));
        }
        Some((source, people.path.join("people.toml"))).filter(|(_, path)| path.exists())
    });
    own.ok_or_else(|| {
        Failure::usage(
            format!("{} names no people file to write to", pipeline.file.display()),
            "add a source to it: [[source]] kind = \"people\" name = \"people\" path = \"people.toml\"",
        )
    })
}

/// Edits the people file and takes it into the log at once: a correction is an event.
async fn correct(common: &FileArgs, edit: impl Fn(&str) -> Result<String, EditError>) -> Result<ExitCode, Failure> {
    let pipeline = read_pipeline(&common.file, &common.sets)?;
    people_file(&pipeline)?;
    let mut log = Log::open_or_create(&pipeline.project.log.to_string()).await?;
    write_correction(&pipeline, &mut log, edit).await
}

async fn write_correction(
    pipeline: &Pipeline,
    log: &mut Log,
    edit: impl Fn(&str) -> Result<String, EditError>,
) -> Result<ExitCode, Failure> {
    let (source, path) = people_file(pipeline)?;
    let unreadable = |error: std::io::Error| {
        Failure::usage(format!("{}: {error}", path.display()), "the people file must be readable and writable")
    };
    let text = if path.exists() { std::fs::read_to_string(&path).map_err(unreadable)? } else { String::new() };
    let edited =
        edit(&text).map_err(|error| Failure::usage(format!("{}: {}", path.display(), error.message), error.hint))?;
    if edited == text {
        eprintln!("{} says so already", path.display());
        return Ok(ExitCode::SUCCESS);
    }
    replace(&path, &edited).map_err(unreadable)?;
    eprintln!("{:<9}{}", "wrote", path.display());
    let collected = collect_one(pipeline, source, log).await?;
    eprintln!("figures change with the next `muster run {}`", pipeline.file.display());
    Ok(if collected.failed.is_some() { ExitCode::from(SOME_SOURCE_FAILED) } else { ExitCode::SUCCESS })
}

/// By way of a file beside it: nobody finds half a people file.
fn replace(path: &std::path::Path, text: &str) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or_else(|| std::path::Path::new("."));
    let mut beside = tempfile::NamedTempFile::new_in(folder)?;
    std::io::Write::write_all(&mut beside, text.as_bytes())?;
    beside.persist(path).map(drop).map_err(|error| error.error)
}

async fn export(common: &FileArgs, format: Upstream, private: bool) -> Result<ExitCode, Failure> {
    let known = known(common, &[]).await?;
    match format {
        Upstream::Gitdm => say(gitdm::write(&records(&known, private)).trim_end()),
        Upstream::Sortinghat => say(&sortinghat::write(&individuals(&known, private))),
        Upstream::Csv => {
            let rows = known.resolution.affiliations.iter().map(|one| {
                vec![
                    json!(masked(&one.person)),
                    json!(known.name(&one.person)),
                    json!(one.organisation),
                    day(one.from),
                    day(one.until),
                    json!(one.said_by),
                    json!(masked(&one.event_id)),
                ]
            });
            let columns = ["person", "name", "organisation", "from", "until", "said_by", "event"];
            print(&texts(&columns, rows.collect()), if common.json { Format::Json } else { Format::Csv })
        }
    }
}

/// An organisation, the first day and the first day no more, in files that have no instants.
type Stint = (String, Option<String>, Option<String>);

/// By person.
type Stints<'a> = BTreeMap<&'a str, Vec<Stint>>;

/// What gitdm calls the organisation of bots.
const ROBOTS: &str = "(Robots)";

fn stints(known: &Known) -> Stints<'_> {
    let day = |time: Option<Timestamp>| time.map(|time| time.to_string()[..10].to_owned());
    let mut stints = Stints::new();
    for one in &known.resolution.affiliations {
        if let Some(organisation) = &one.organisation {
            let of_person = stints.entry(one.person.as_str()).or_default();
            let (from, until) = (day(one.from), day(one.until));
            // Another source or another parent is no other job.
            match of_person.last_mut().filter(|last| last.0 == *organisation && last.2.is_some() && last.2 == from) {
                Some(last) => last.2 = until,
                None => of_person.push((organisation.clone(), from, until)),
            }
        }
    }
    for one in known.resolution.declared.iter().filter(|one| one.written == ROBOTS) {
        stints.entry(&one.person).or_insert_with(|| vec![(ROBOTS.to_owned(), None, None)]);
    }
    stints
}

/// The accounts of one scheme, by person.
fn bare<'a>(known: &'a Known, scheme: &str) -> BTreeMap<&'a str, Vec<String>> {
    let mut found: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for one in &known.resolution.accounts {
        if let Some(rest) = one.account.strip_prefix(scheme) {
            found.entry(&one.person).or_default().push(rest.to_owned());
        }
    }
    found
}

/// gitdm's records: people with a GitHub login of whom anything is known.
fn records(known: &Known, private: bool) -> Vec<gitdm::Record> {
    let emails = if private { bare(known, "email:") } else { BTreeMap::new() };
    let record = |(person, stints): (&str, Vec<Stint>)| {
        let login = person.strip_prefix("github:")?.to_owned();
        let own = vec![format!("{login}@users.noreply.github.com")];
        let emails = emails.get(person).cloned().unwrap_or(own);
        let stint = |(organisation, from, until)| gitdm::Stint { organisation, from, until };
        Some(gitdm::Record { login, starred: false, emails, stints: stints.into_iter().map(stint).collect() })
    };
    stints(known).into_iter().filter_map(record).collect()
}

/// SortingHat's individuals: people of whom anything is known.
fn individuals(known: &Known, private: bool) -> Vec<sortinghat::Exported> {
    let (logins, emails) = (bare(known, "github:"), if private { bare(known, "email:") } else { BTreeMap::new() });
    let of = |found: &BTreeMap<&str, Vec<String>>, person: &str| found.get(person).cloned().unwrap_or_default();
    let individual = |(person, enrollments)| sortinghat::Exported {
        name: known.name(person),
        logins: of(&logins, person),
        emails: of(&emails, person),
        enrollments,
    };
    stints(known).into_iter().map(individual).collect()
}

/// Somebody asked to be left out: hashes of all that names them go to the people file, the log is written anew.
async fn forgotten(common: &FileArgs, written: &str) -> Result<ExitCode, Failure> {
    let known = known(common, &[]).await?;
    let person = known.find(written)?;
    let members: BTreeSet<&str> =
        (known.resolution.accounts.iter()).filter(|one| one.person == person).map(|one| one.account.as_str()).collect();
    let named = |one: &&muster_people::Sighting| members.contains(one.account.as_str());
    let names: BTreeSet<&str> =
        known.evidence.sightings.iter().filter(named).filter_map(|one| one.name.as_deref()).collect();
    let accounts: Vec<String> = members.iter().map(|account| (*account).to_owned()).collect();
    let hashes = account::forgotten_hashes(members.iter().copied(), names.iter().copied());
    let mut log = Log::open(&known.pipeline.project.log.to_string()).await?;
    let before = log.forgotten().await?.len();
    let pseudonym = format!("forgotten:{}", before + 1);
    let code =
        write_correction(&known.pipeline, &mut log, |text| forget(&drop_person(text, &accounts)?, &pseudonym, &hashes))
            .await?;
    let rewritten = crate::forget::rewrite(&mut log).await?;
    crate::forget::outputs(&known.pipeline).await?;
    eprintln!(
        "{:<9}{} events of {} changed, {} files written anew",
        "forget", rewritten.changed, rewritten.events, rewritten.files
    );
    // What is published must not go on telling of them until somebody runs the pipeline.
    if Place::of(&known.pipeline)?.standing().await?.is_some() {
        let snapshot = log.snapshot();
        compute::compute(&known.pipeline, &snapshot, as_of(&known.pipeline, None, &snapshot)).await?;
    }
    Ok(code)
}
