//! Spellings to organisations, and organisations to their parents, by date.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use muster_model::Timestamp;
use regex::Regex;

use crate::interval::Interval;
use crate::statement::current;
use crate::text::fold;
use crate::{Alias, Conflict, Domain, Evidence, OrganizationRelation, Relation, Spelling, shipped};

/// The organisation of somebody who works for none.
pub const INDEPENDENT: &str = "Independent";

/// Words at the end of a name that say what kind of company it is, not which.
const LEGAL_FORMS: &[&str] = &[
    "inc",
    "incorporated",
    "llc",
    "l l c",
    "ltd",
    "limited",
    "gmbh",
    "mbh",
    "ag",
    "kg",
    "kgaa",
    "ug",
    "sa",
    "s a",
    "sas",
    "s a s",
    "sarl",
    "s a r l",
    "co",
    "corp",
    "corporation",
    "company",
    "plc",
    "p l c",
    "bv",
    "b v",
    "nv",
    "n v",
    "sro",
    "s r o",
    "spol s r o",
    "pty",
    "pte",
    "pvt",
    "private",
    "kk",
    "k k",
    "oy",
    "oyj",
    "ab",
    "aps",
    "srl",
    "s r l",
    "spa",
    "s p a",
    "llp",
    "lp",
    "sp z o o",
];

/// What people write who work for none.
const FREE: &[&str] = &[
    "independent",
    "freelance",
    "freelancer",
    "self",
    "self employed",
    "selfemployed",
    "individual",
    "individual contributor",
    "independent contributor",
    "independent developer",
    "independent consultant",
    "none",
    "unemployed",
    "hobbyist",
    "no affiliation",
    "unaffiliated",
];

/// What sources write where they know nothing.
const NOTHING: &[&str] = &["notfound", "not found", "unknown", "not known", "n a", "tbd"];

/// What a written organisation means.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Meaning {
    /// `NotFound`, `(Unknown)`, `?`, `-`: the source says nothing.
    Nothing,
    /// `(Robots)`: the account is a bot.
    Robots,
    /// Works for none, which is known.
    Independent,
    /// An organisation, by its folded name.
    Organisation(String),
}

/// What organisations are counted by: a name without case, punctuation, white space and legal form. `Acme, Inc.`, `ACME`
/// and `acme GmbH & Co. KG` are `acme`.
pub fn organisation_key(written: &str) -> String {
    let folded = fold(written);
    let mut key = folded.strip_prefix("the ").unwrap_or(&folded);
    while let Some(shorter) = LEGAL_FORMS.iter().find_map(|form| key.strip_suffix(form)?.strip_suffix(' ')) {
        key = shorter;
    }
    key.to_owned()
}

/// Who says so, strongest first.
fn rank(said_by: &str) -> u8 {
    match said_by {
        "people" => 0,
        "gitdm" => 1,
        "muster" => 2,
        _ => 3,
    }
}

struct Pattern<'a> {
    rank: u8,
    regex: Regex,
    target: &'a str,
}

/// Spellings, patterns, domains and dated parents of organisations: what the evidence says, and where that is silent, what
/// muster ships (`queries/organizations.toml`).
#[derive(Default)]
pub struct Organizations<'a> {
    exact: HashMap<String, (u8, &'a str)>,
    patterns: Vec<Pattern<'a>>,
    domains: HashMap<String, Vec<&'a Domain>>,
    /// By key of the organisation, the strongest first.
    relations: BTreeMap<String, Vec<Parent<'a>>>,
    names: HashMap<String, String>,
    pub(crate) conflicts: Vec<Conflict>,
}

#[derive(Clone)]
struct Parent<'a> {
    key: String,
    interval: Interval,
    relation: &'a Relation,
}

impl<'a> Organizations<'a> {
    /// From what the evidence says and what muster ships.
    pub fn of(evidence: &'a Evidence) -> Self {
        let shipped = shipped::shipped();
        let mut organizations = Self::default();
        organizations.take_aliases(&evidence.aliases, &shipped.aliases);
        organizations.take_domains(&evidence.domains, &shipped.domains);
        organizations.take_relations(&evidence.relations, &shipped.relations);
        organizations.take_names(evidence);
        organizations.note_cycles();
        organizations
    }

    fn take_aliases(&mut self, stated: &'a [Alias], shipped: &'a [Alias]) {
        let mut aliases = current(
            stated,
            |alias| (&alias.alias, &alias.organisation, alias.pattern, &alias.said_by),
            |alias| (alias.revision, alias.withdrawn),
        );
        aliases.extend(shipped);
        aliases.sort_by_key(|alias| {
            (rank(&alias.said_by), &alias.alias, &alias.organisation, &alias.said_by, &alias.event_id)
        });
        for alias in aliases {
            if alias.pattern {
                self.take_pattern(alias);
            } else {
                self.take_exact(alias);
            }
        }
    }

    fn take_exact(&mut self, alias: &'a Alias) {
        let rank = rank(&alias.said_by);
        let said = (rank, alias.organisation.as_str());
        let kept = *self.exact.entry(alias_key(&alias.alias)).or_insert(said);
        if kept.0 == rank && organisation_key(kept.1) != organisation_key(said.1) {
            self.conflicts.push(Conflict {
                kind: "two-organisations".to_owned(),
                about: alias.alias.clone(),
                from: None,
                until: None,
                message: format!("{:?} is said to mean {:?} and {:?}; the first is used", alias.alias, kept.1, said.1),
                event_ids: events([alias.event_id.as_str()]),
            });
        }
    }

    fn take_pattern(&mut self, alias: &'a Alias) {
        match Regex::new(&format!("^(?:{})$", alias.alias)) {
            Ok(regex) => {
                self.patterns.push(Pattern { rank: rank(&alias.said_by), regex, target: &alias.organisation });
            }
            Err(error) => self.conflicts.push(Conflict {
                kind: "bad-pattern".to_owned(),
                about: alias.organisation.clone(),
                from: None,
                until: None,
                message: format!(
                    "the pattern {:?} is no regular expression and is not used: {}",
                    alias.alias,
                    error.to_string().lines().last().unwrap_or_default().trim()
                ),
                event_ids: events([alias.event_id.as_str()]),
            }),
        }
    }

    fn take_domains(&mut self, stated: &'a [Domain], shipped: &'a [Domain]) {
        let mut domains = current(
            stated,
            |domain| (&domain.domain, &domain.organisation, domain.from, domain.until, &domain.said_by),
            |domain| (domain.revision, domain.withdrawn),
        );
        domains.extend(shipped);
        domains.sort_by_key(|domain| {
            (rank(&domain.said_by), domain.from, domain.until, &domain.organisation, &domain.event_id)
        });
        for domain in domains {
            if Interval::of(domain.from, domain.until).is_none() {
                self.conflicts.push(empty_interval(&domain.domain, domain.from, domain.until, &domain.event_id));
                continue;
            }
            let of_domain = self.domains.entry(domain.domain.trim_start_matches('@').to_lowercase()).or_default();
            // The strongest that says anything of a domain decides what it means, at all times.
            if of_domain.first().is_none_or(|first| rank(&first.said_by) == rank(&domain.said_by)) {
                of_domain.push(domain);
            }
        }
    }

    fn take_relations(&mut self, stated: &'a [Relation], shipped: &'a [Relation]) {
        let mut relations = current(
            stated,
            |relation| (&relation.organisation, &relation.parent, relation.from, relation.until, &relation.said_by),
            |relation| (relation.revision, relation.withdrawn),
        );
        relations.extend(shipped);
        // Of several that hold at one time the first counts: the strongest, then the latest to begin.
        relations.sort_by(|a, b| {
            let by = |relation: &'a Relation| (rank(&relation.said_by), std::cmp::Reverse(relation.from));
            by(a).cmp(&by(b)).then_with(|| a.cmp(b))
        });
        for relation in relations {
            let Some(interval) = Interval::of(relation.from, relation.until) else {
                let (from, until) = (relation.from, relation.until);
                self.conflicts.push(empty_interval(&relation.organisation, from, until, &relation.event_id));
                continue;
            };
            let (Meaning::Organisation(child), Meaning::Organisation(parent)) =
                (self.meaning(&relation.organisation), self.meaning(&relation.parent))
            else {
                continue;
            };
            if child == parent {
                continue; // Two names of one: the alias has said so.
            }
            self.relations.entry(child).or_default().push(Parent { key: parent, interval, relation });
        }
    }

    /// The name to show of each organisation: what an alias calls it, or its most frequent spelling.
    fn take_names(&mut self, evidence: &Evidence) {
        let mut called: HashMap<String, (u8, &str)> = HashMap::new();
        let targets = self.exact.values().copied().chain(self.patterns.iter().map(|one| (one.rank, one.target)));
        for (rank, target) in targets {
            let name = called.entry(organisation_key(target)).or_insert((rank, target));
            *name = (*name).min((rank, target));
        }
        let mut spelt: HashMap<&str, u64> = HashMap::new();
        for declaration in &evidence.declarations {
            *spelt.entry(declaration.organisation.trim()).or_default() += 1;
        }
        let mut most: HashMap<String, (std::cmp::Reverse<u64>, &str)> = HashMap::new();
        let known = self.domains.values().flatten().map(|domain| (domain.organisation.as_str(), 0));
        let related = self
            .relations
            .values()
            .flatten()
            .flat_map(|parent| [(parent.relation.organisation.as_str(), 0), (parent.relation.parent.as_str(), 0)]);
        for (spelling, times) in spelt.into_iter().chain(known).chain(related) {
            let one = (std::cmp::Reverse(times), spelling);
            let name = most.entry(organisation_key(spelling)).or_insert(one);
            *name = (*name).min(one);
        }
        self.names = most.into_iter().map(|(key, (_, name))| (key, name.to_owned())).collect();
        self.names.extend(called.into_iter().map(|(key, (_, name))| (key, name.trim().to_owned())));
    }

    /// What a written organisation means. Aliases are followed, over several; round a circle of them to the smallest name.
    pub fn meaning(&self, written: &str) -> Meaning {
        let mut at = written.trim();
        let mut seen: Vec<(String, &str)> = Vec::new();
        loop {
            let key = organisation_key(at);
            if let Some(start) = seen.iter().position(|(earlier, _)| *earlier == key) {
                let circle = seen.drain(start..);
                return circle.map(|(key, _)| key).min().map_or(Meaning::Nothing, Meaning::Organisation);
            }
            match self.target(at).filter(|target| organisation_key(target) != key) {
                Some(target) => {
                    seen.push((key, at));
                    at = target;
                }
                None => return plainly(at, key),
            }
        }
    }

    /// What one alias makes of a spelling: the exact one of the strongest source, then its patterns, then the next source.
    fn target(&self, spelling: &str) -> Option<&'a str> {
        let exact = self.exact.get(&alias_key(spelling)).or_else(|| self.exact.get(&organisation_key(spelling)));
        let matching = self.patterns.iter().find(|pattern| {
            exact.is_none_or(|(rank, _)| pattern.rank < *rank) && pattern.regex.is_match(spelling.trim())
        });
        matching.map(|pattern| pattern.target).or_else(|| exact.map(|(_, target)| *target))
    }

    /// The name to show.
    pub fn name(&self, key: &str) -> String {
        self.names.get(key).cloned().unwrap_or_else(|| key.to_owned())
    }

    /// The organisations that an e-mail domain stands for, with when: those of its longest assigned parent.
    pub(crate) fn of_domain(&self, domain: &str) -> &[&'a Domain] {
        let mut rest = domain;
        loop {
            if let Some(assigned) = self.domains.get(rest) {
                return assigned;
            }
            match rest.split_once('.') {
                Some((_, parent)) => rest = parent,
                None => return &[],
            }
        }
    }

    /// Every organisation with a domain, as written.
    pub(crate) fn with_domains(&self) -> impl Iterator<Item = &'a str> {
        self.domains.values().flatten().map(|domain| domain.organisation.as_str())
    }

    /// The topmost parent of an organisation from when to when, without gaps.
    pub(crate) fn groups(&self, key: &str) -> Vec<(Interval, String)> {
        if !self.relations.contains_key(key) {
            return vec![(Interval::ALWAYS, key.to_owned())];
        }
        let mut groups: Vec<(Interval, String)> = Vec::new();
        for part in Interval::ALWAYS.cut(&self.changes(key)) {
            let group = self.group_at(key, part.from);
            match groups.last_mut().filter(|(_, last)| *last == group) {
                Some((last, _)) => last.until = part.until,
                None => groups.push((part, group)),
            }
        }
        groups
    }

    /// The topmost parent at an instant.
    pub fn group_at(&self, key: &str, at: Timestamp) -> String {
        let mut top = key;
        while let Some(parent) = self.parent_at(top, at).filter(|_| !self.is_circular(top, at)) {
            top = parent;
        }
        top.to_owned()
    }

    fn parent_at(&self, key: &str, at: Timestamp) -> Option<&str> {
        let parents = self.relations.get(key)?;
        parents.iter().find(|parent| parent.interval.contains(at)).map(|parent| parent.key.as_str())
    }

    /// Whether an organisation is said to belong to itself, over others.
    fn is_circular(&self, key: &str, at: Timestamp) -> bool {
        let mut seen = BTreeSet::new();
        let mut above = key;
        while let Some(parent) = self.parent_at(above, at) {
            if parent == key {
                return true;
            }
            if !seen.insert(parent) {
                return false;
            }
            above = parent;
        }
        false
    }

    /// What a spelling means, with the group at each time.
    pub fn spelling(&self, written: &str) -> Vec<Spelling> {
        let row = |interval: Interval, organisation: Option<String>, group: Option<String>| Spelling {
            written: written.to_owned(),
            from: interval.start(),
            until: interval.end(),
            organisation_key: organisation.clone().filter(|_| group.is_some()),
            organisation,
            organisation_group: group,
        };
        match self.meaning(written) {
            Meaning::Nothing | Meaning::Robots => vec![row(Interval::ALWAYS, None, None)],
            Meaning::Independent => vec![row(Interval::ALWAYS, Some(INDEPENDENT.to_owned()), None)],
            Meaning::Organisation(key) => {
                let groups = self.groups(&key).into_iter();
                groups.map(|(part, group)| row(part, Some(self.name(&key)), Some(self.name(&group)))).collect()
            }
        }
    }

    /// The instants at which an organisation or one above it may change its parent.
    fn changes(&self, key: &str) -> BTreeSet<Timestamp> {
        let mut changes = BTreeSet::new();
        let mut reached = BTreeSet::from([key]);
        let mut open = vec![key];
        while let Some(organisation) = open.pop() {
            for parent in self.relations.get(organisation).into_iter().flatten() {
                changes.extend([parent.interval.from, parent.interval.until]);
                if reached.insert(&parent.key) {
                    open.push(&parent.key);
                }
            }
        }
        changes
    }

    fn note_cycles(&mut self) {
        let mut found: BTreeMap<BTreeSet<String>, (Interval, BTreeSet<String>)> = BTreeMap::new();
        for (key, parents) in &self.relations {
            for parent in parents.iter().filter(|parent| parent.interval.from < parent.interval.until) {
                for at in self.changes(key).into_iter().filter(|at| parent.interval.contains(*at)) {
                    if !self.is_circular(key, at) {
                        continue;
                    }
                    let (circle, interval, events) = self.circle(key, at);
                    let known = found.entry(circle).or_insert((interval, BTreeSet::new()));
                    known.0 =
                        Interval { from: known.0.from.min(interval.from), until: known.0.until.max(interval.until) };
                    known.1.extend(events);
                }
            }
        }
        for (circle, (interval, event_ids)) in found {
            let names: Vec<String> = circle.iter().map(|key| self.name(key)).collect();
            self.conflicts.push(Conflict {
                kind: "parent-cycle".to_owned(),
                about: names.first().cloned().unwrap_or_default(),
                from: interval.start(),
                until: interval.end(),
                message: format!("{} are said to belong to one another; none is taken to", names.join(", ")),
                event_ids: event_ids.into_iter().collect(),
            });
        }
    }

    /// The members of a circle of parents, the time that they all hold, and who says so.
    fn circle(&self, key: &str, at: Timestamp) -> (BTreeSet<String>, Interval, BTreeSet<String>) {
        let (mut members, mut events, mut interval) = (BTreeSet::new(), BTreeSet::new(), Interval::ALWAYS);
        let mut above = key;
        while members.insert(above.to_owned()) {
            let holding = self.relations.get(above).into_iter().flatten().find(|parent| parent.interval.contains(at));
            let Some(parent) = holding else { break };
            interval = Interval {
                from: interval.from.max(parent.interval.from),
                until: interval.until.min(parent.interval.until),
            };
            events.extend(Some(parent.relation.event_id.clone()).filter(|event| !event.is_empty()));
            above = &parent.key;
        }
        (members, interval, events)
    }

    /// Every relation of the organisations named, and of those above them.
    pub(crate) fn relations_of(&self, keys: &BTreeSet<String>) -> Vec<OrganizationRelation> {
        let mut reached = keys.clone();
        let mut open: Vec<String> = keys.iter().cloned().collect();
        let mut rows = Vec::new();
        while let Some(key) = open.pop() {
            for parent in self.relations.get(&key).into_iter().flatten() {
                rows.push(OrganizationRelation {
                    organisation: self.name(&key),
                    parent: self.name(&parent.key),
                    from: parent.interval.start(),
                    until: parent.interval.end(),
                    said_by: parent.relation.said_by.clone(),
                    event_id: parent.relation.event_id.clone(),
                });
                if reached.insert(parent.key.clone()) {
                    open.push(parent.key.clone());
                }
            }
        }
        rows.sort_unstable();
        rows.dedup();
        rows
    }
}

fn events<'a>(events: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let events: BTreeSet<&str> = events.into_iter().filter(|event| !event.is_empty()).collect();
    events.into_iter().map(str::to_owned).collect()
}

pub(crate) fn empty_interval(about: &str, from: Option<Timestamp>, until: Option<Timestamp>, event: &str) -> Conflict {
    let day = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    Conflict {
        kind: "empty-interval".to_owned(),
        about: about.to_owned(),
        from,
        until,
        message: format!("from {} until {}: it ends before it begins, and is not used", day(from), day(until)),
        event_ids: events([event]),
    }
}

/// Aliases are of a whole spelling, so that `Acme Ltd` may mean another than `Acme`; but `acme, ltd.` is `Acme Ltd`.
fn alias_key(spelling: &str) -> String {
    let folded = fold(spelling);
    if folded.is_empty() { spelling.trim().to_owned() } else { folded }
}

/// What a spelling means that no alias explains.
fn plainly(spelling: &str, key: String) -> Meaning {
    let folded = fold(spelling);
    if folded.is_empty() || NOTHING.contains(&folded.as_str()) {
        return Meaning::Nothing;
    }
    if spelling.trim().eq_ignore_ascii_case("(robots)") {
        return Meaning::Robots;
    }
    if FREE.contains(&folded.as_str()) {
        return Meaning::Independent;
    }
    Meaning::Organisation(key)
}
