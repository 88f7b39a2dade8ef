//! Who worked where, when: every statement as it was made, and at each instant the word of the strongest.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use muster_model::Timestamp;

use crate::accounts::{Accounts, Kind};
use crate::free_mail::is_anybodys;
use crate::interval::Interval;
use crate::organization::{INDEPENDENT, Meaning, Organizations, empty_interval};
use crate::person::People;
use crate::statement::current;
use crate::strength::Authority;
use crate::{Affiliation, Conflict, Declaration, Declared, Evidence};

/// What a person is said to work for, in one span of time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Statement<'a> {
    person: u32,
    interval: Interval,
    authority: Authority,
    /// [`Meaning::Independent`] or an organisation.
    meaning: &'a Meaning,
    said_by: &'a str,
    event_id: &'a str,
    account: u32,
    written: &'a str,
    source: &'a str,
}

/// What follows about who works where.
#[derive(Default)]
pub(crate) struct Affiliations<'a> {
    pub rows: Vec<Affiliation>,
    pub declared: Vec<Declared>,
    pub conflicts: Vec<Conflict>,
    /// Accounts that a source calls robots, and which does.
    pub robots: BTreeMap<u32, &'a str>,
}

/// Affiliations of everybody.
pub(crate) fn affiliations<'a>(
    evidence: &'a Evidence,
    accounts: &Accounts<'a>,
    people: &People<'_>,
    organizations: &Organizations<'a>,
) -> Affiliations<'a> {
    let mut all = Affiliations::default();
    let meanings = meanings(evidence, organizations);
    let mut statements = stated(evidence, accounts, people, &meanings, organizations, &mut all);
    statements = joined(statements);
    all.declared.extend(statements.iter().map(|one| declared(one, accounts, people, organizations)));
    statements.extend(by_domain(accounts, people, organizations, &meanings));
    statements.sort_unstable();
    statements.dedup();
    for of_person in statements.chunk_by(|a, b| a.person == b.person) {
        decide(of_person, people, organizations, &mut all);
    }
    all
}

/// What each spelling of declarations and domains means.
type Meanings<'a> = HashMap<&'a str, Meaning>;

fn meanings<'a>(evidence: &'a Evidence, organizations: &Organizations<'a>) -> Meanings<'a> {
    let mut meanings = Meanings::new();
    let declared = evidence.declarations.iter().map(|one| one.organisation.as_str());
    for written in declared.chain(organizations.with_domains()) {
        meanings.entry(written).or_insert_with(|| organizations.meaning(written));
    }
    meanings
}

/// The declarations that hold and say something, each about one person.
fn stated<'e: 'a, 'a>(
    evidence: &'e Evidence,
    accounts: &Accounts<'_>,
    people: &People<'_>,
    meanings: &'a Meanings<'_>,
    organizations: &Organizations<'_>,
    all: &mut Affiliations<'e>,
) -> Vec<Statement<'a>> {
    let standing = current(
        &evidence.declarations,
        |one| (&one.account, &one.organisation, one.from, one.until, &one.said_by, &one.source),
        |one| (one.revision, one.withdrawn),
    );
    let mut statements = Vec::new();
    for declaration in standing {
        let Some(account) = accounts.id(&declaration.account) else { continue };
        let written = declaration.organisation.as_str();
        let meaning = meanings.get(written).unwrap_or(&Meaning::Nothing);
        let said_by = declaration.said_by.as_str();
        let interval = Interval::of(declaration.from, declaration.until);
        if let Some(interval) = interval.filter(|_| matches!(meaning, Meaning::Independent | Meaning::Organisation(_)))
        {
            statements.push(Statement {
                person: people.of(account),
                interval,
                authority: Authority::of(said_by),
                meaning,
                said_by,
                event_id: &declaration.event_id,
                account,
                written,
                source: &declaration.source,
            });
            continue;
        }
        if interval.is_none() {
            let (from, until) = (declaration.from, declaration.until);
            all.conflicts.push(empty_interval(people.id(people.of(account)), from, until, &declaration.event_id));
        } else if *meaning == Meaning::Robots {
            let source = all.robots.entry(account).or_insert(said_by);
            *source = (*source).min(said_by);
        }
        let name = interval.is_none().then(|| name_of(meaning, organizations)).flatten();
        all.declared.push(as_made(declaration, people.id(people.of(account)), name));
    }
    statements
}

fn as_made(declaration: &Declaration, person: &str, organisation: Option<String>) -> Declared {
    Declared {
        person: person.to_owned(),
        account: declaration.account.clone(),
        from: declaration.from,
        until: declaration.until,
        written: declaration.organisation.clone(),
        organisation,
        said_by: declaration.said_by.clone(),
        source: declaration.source.clone(),
        event_id: declaration.event_id.clone(),
    }
}

fn declared(
    one: &Statement<'_>,
    accounts: &Accounts<'_>,
    people: &People<'_>,
    organizations: &Organizations<'_>,
) -> Declared {
    Declared {
        person: people.id(one.person).to_owned(),
        account: accounts.text(one.account).to_owned(),
        from: one.interval.start(),
        until: one.interval.end(),
        written: one.written.to_owned(),
        organisation: name_of(one.meaning, organizations),
        said_by: one.said_by.to_owned(),
        source: one.source.to_owned(),
        event_id: one.event_id.to_owned(),
    }
}

fn name_of(meaning: &Meaning, organizations: &Organizations<'_>) -> Option<String> {
    match meaning {
        Meaning::Nothing | Meaning::Robots => None,
        Meaning::Independent => Some(INDEPENDENT.to_owned()),
        Meaning::Organisation(key) => Some(organizations.name(key)),
    }
}

/// Notes say where somebody works on the day of a meeting. Days of one source that follow each other and say the same, and
/// nothing else in between, make one span of time.
fn joined(statements: Vec<Statement<'_>>) -> Vec<Statement<'_>> {
    let is_of_a_day = |one: &Statement<'_>| one.authority == Authority::Notes && one.interval.start().is_some();
    let (mut notes, mut all): (Vec<_>, Vec<_>) = statements.into_iter().partition(is_of_a_day);
    notes.sort_unstable_by(|a, b| {
        let by = |one: &Statement<'_>| (one.person, one.interval);
        by(a).cmp(&by(b)).then_with(|| a.source.cmp(b.source)).then_with(|| a.cmp(b))
    });
    notes.sort_by_key(|one| (one.person, one.source));
    for of_source in notes.chunk_by(|a, b| (a.person, a.source) == (b.person, b.source)) {
        let mut run: Option<Statement<'_>> = None;
        for day in of_source.chunk_by(|a, b| a.interval.from == b.interval.from) {
            let meanings: BTreeSet<&Meaning> = day.iter().map(|one| one.meaning).collect();
            let goes_on = meanings.len() == 1 && run.as_ref().is_some_and(|run| run.meaning == day[0].meaning);
            if !goes_on {
                all.extend(run.take());
            }
            if meanings.len() > 1 {
                all.extend(day.iter().cloned());
                continue;
            }
            for one in day {
                let run = run.get_or_insert_with(|| one.clone());
                run.interval.until = run.interval.until.max(one.interval.until);
            }
        }
        all.extend(run);
    }
    all
}

/// What the domain of an address says.
fn by_domain<'e: 'a, 'a>(
    accounts: &Accounts<'e>,
    people: &People<'_>,
    organizations: &Organizations<'e>,
    meanings: &'a Meanings<'_>,
) -> Vec<Statement<'a>> {
    let mut statements = Vec::new();
    let mut anybodys: HashMap<&str, bool> = HashMap::new();
    for account in accounts.ids().filter(|id| accounts.kind(*id) == Kind::Email) {
        let Some((_, domain)) = accounts.text(account).rsplit_once('@') else { continue };
        if *anybodys.entry(domain).or_insert_with(|| is_anybodys(domain)) {
            continue;
        }
        for assigned in organizations.of_domain(domain).iter().filter(|assigned| !is_anybodys(&assigned.domain)) {
            let meaning = meanings.get(assigned.organisation.as_str()).unwrap_or(&Meaning::Nothing);
            let Some(interval) = Interval::of(assigned.from, assigned.until) else { continue };
            if matches!(meaning, Meaning::Independent | Meaning::Organisation(_)) {
                statements.push(Statement {
                    person: people.of(account),
                    interval,
                    authority: Authority::Domain,
                    meaning,
                    said_by: "domain",
                    event_id: &assigned.event_id,
                    account,
                    written: &assigned.organisation,
                    source: &assigned.domain,
                });
            }
        }
    }
    statements
}

/// What holds in one span, before it is written down.
struct Span<'a> {
    interval: Interval,
    /// What the strongest say: one meaning, or several that contradict each other.
    said: Vec<&'a Meaning>,
    by: &'a Statement<'a>,
}

/// Two sources that say different things, and when; the first is used, unless they are of one authority.
type Contradiction<'a> = (Authority, &'a Meaning, Authority, &'a Meaning);

/// At each instant the word of the strongest; and what contradicts it.
fn decide(
    statements: &[Statement<'_>],
    people: &People<'_>,
    organizations: &Organizations<'_>,
    all: &mut Affiliations<'_>,
) {
    let mut spans: Vec<Span<'_>> = Vec::new();
    let mut contradictions: BTreeMap<Contradiction<'_>, Vec<(Interval, BTreeSet<&str>)>> = BTreeMap::new();
    sweep(statements, |interval, active| {
        let Some((strongest, _)) = active.keys().next() else { return };
        let said: Vec<&Meaning> =
            active.keys().take_while(|(authority, _)| authority == strongest).map(|(_, meaning)| *meaning).collect();
        let by = active.values().next().and_then(|first| first.iter().next()).map(|first| &statements[*first]);
        contradict(statements, interval, active, &mut contradictions);
        if let Some(by) = by {
            extend(&mut spans, Span { interval, said, by });
        }
    });
    let person = people.id(statements[0].person);
    for span in &spans {
        all.rows.extend(rows(span, person, organizations));
    }
    for ((used, one, weaker, other), when) in contradictions {
        for (interval, event_ids) in when {
            let name = |meaning| name_of(meaning, organizations).unwrap_or_default();
            let outcome = if used == weaker { "neither is used".to_owned() } else { format!("{} is used", name(one)) };
            all.conflicts.push(Conflict {
                kind: "two-organisations".to_owned(),
                about: person.to_owned(),
                from: interval.start(),
                until: interval.end(),
                message: format!(
                    "{} according to {}, {} according to {}; {outcome}",
                    name(one),
                    word(statements, used),
                    name(other),
                    word(statements, weaker),
                ),
                event_ids: event_ids.into_iter().filter(|event| !event.is_empty()).map(str::to_owned).collect(),
            });
        }
    }
}

fn word<'a>(statements: &[Statement<'a>], authority: Authority) -> &'a str {
    statements.iter().filter(|one| one.authority == authority).map(|one| one.said_by).min().unwrap_or_default()
}

/// The statements that hold in one span, by authority and meaning.
type Active<'a> = BTreeMap<(Authority, &'a Meaning), BTreeSet<usize>>;

/// Calls for each span of time between two changes what is said in it.
fn sweep<'a>(statements: &'a [Statement<'a>], mut each: impl FnMut(Interval, &Active<'a>)) {
    let mut changes: Vec<(Timestamp, bool, usize)> = Vec::with_capacity(statements.len() * 2);
    for (index, one) in statements.iter().enumerate() {
        changes.push((one.interval.from, true, index));
        changes.push((one.interval.until, false, index));
    }
    changes.sort_unstable();
    let mut active: Active<'a> = BTreeMap::new();
    let mut from = Timestamp::MIN;
    for at_once in changes.chunk_by(|a, b| a.0 == b.0) {
        let until = at_once[0].0;
        if from < until && !active.is_empty() {
            each(Interval { from, until }, &active);
        }
        for (_, begins, index) in at_once {
            let key = (statements[*index].authority, statements[*index].meaning);
            let same = active.entry(key).or_default();
            if *begins {
                same.insert(*index);
            } else {
                same.remove(index);
            }
            if same.is_empty() {
                active.remove(&key);
            }
        }
        from = until;
    }
}

/// Notes down who contradicts the strongest in a span.
fn contradict<'a>(
    statements: &'a [Statement<'a>],
    interval: Interval,
    active: &Active<'a>,
    contradictions: &mut BTreeMap<Contradiction<'a>, Vec<(Interval, BTreeSet<&'a str>)>>,
) {
    let mut others = active.iter();
    let Some(((strongest, meaning), first)) = others.next() else { return };
    // An address outlives a job: that its domain is another company's contradicts nobody but another domain.
    let matters = |authority: &Authority| *authority != Authority::Domain || *strongest == Authority::Domain;
    let others = others.filter(|((authority, other), _)| other != meaning && matters(authority));
    for ((authority, other), second) in others {
        let events = first.iter().chain(second).map(|index| statements[*index].event_id);
        let when = contradictions.entry((*strongest, meaning, *authority, other)).or_default();
        match when.last_mut().filter(|(last, _)| last.until == interval.from) {
            Some((last, known)) => {
                last.until = interval.until;
                known.extend(events);
            }
            None => when.push((interval, events.collect())),
        }
    }
}

fn extend<'a>(spans: &mut Vec<Span<'a>>, span: Span<'a>) {
    let goes_on = |last: &&mut Span<'a>| {
        last.interval.until == span.interval.from && last.said == span.said && last.by.said_by == span.by.said_by
    };
    match spans.last_mut().filter(goes_on) {
        Some(last) => last.interval.until = span.interval.until,
        None => spans.push(span),
    }
}

/// The rows of a span: cut where the group of its organisation changes. Where sources of equal authority name two
/// organisations of one group, the group is known and the organisation is not.
fn rows(span: &Span<'_>, person: &str, organizations: &Organizations<'_>) -> Vec<Affiliation> {
    let row = |interval: Interval, organisation: Option<String>, group: Option<String>| Affiliation {
        person: person.to_owned(),
        from: interval.start(),
        until: interval.end(),
        organisation_key: organisation.clone().filter(|_| group.is_some()),
        organisation,
        organisation_group: group,
        said_by: span.by.said_by.to_owned(),
        event_id: span.by.event_id.to_owned(),
    };
    if let [Meaning::Independent] = span.said.as_slice() {
        return vec![row(span.interval, Some(INDEPENDENT.to_owned()), None)];
    }
    let keys: Option<Vec<&String>> = span
        .said
        .iter()
        .map(|meaning| if let Meaning::Organisation(key) = meaning { Some(key) } else { None })
        .collect();
    let Some(keys) = keys else { return vec![row(span.interval, None, None)] };
    let name = if let [only] = keys.as_slice() { Some(organizations.name(only)) } else { None };
    let groups: Vec<Vec<(Interval, String)>> = keys.iter().map(|key| organizations.groups(key)).collect();
    let changes: BTreeSet<Timestamp> = groups.iter().flatten().map(|(part, _)| part.from).collect();
    let mut rows: Vec<Affiliation> = Vec::new();
    for part in span.interval.cut(&changes) {
        let mut at = groups.iter().filter_map(|of| of.iter().find(|(when, _)| when.contains(part.from)));
        let group = at.next().map(|(_, group)| group).filter(|group| at.all(|(_, other)| other == *group));
        let group = group.map(|key| organizations.name(key));
        let next = row(part, name.clone(), group);
        match rows.last_mut().filter(|last| last.organisation_group == next.organisation_group) {
            Some(last) => last.until = next.until,
            None => rows.push(next),
        }
    }
    rows
}
