//! Our own people file. It is taken as a whole or not at all, so every mistake in it is looked for.
//!
//! ```toml
//! [[person]]
//! name = "Ada Lovelace"
//! accounts = ["github:ada", "email:ada@example.org", "name:lantern/Ada L."]   # one person; the first stands for all
//! not = ["github:other-ada"]                                                  # never the same person
//! [[person.affiliation]]
//! organisation = "Acme"
//! from = 2021-01-01
//! until = 2023-06-01      # the first day elsewhere
//!
//! [[organisation]]
//! name = "Acme"
//! aliases = ["Acme Inc"]
//! patterns = ['(?i)acme .*']
//! domains = ["acme.example"]
//! parent = "Big Acme"     # with from and until beside it; or tables [[organisation.parent]] with name, from, until
//!
//! [[forgotten]]
//! pseudonym = "forgotten:1"
//! hashes = ["<SHA-256 of an account or name>"]
//! ```

use super::fact::{Fact, Period, Voice, day, hidden, shown};
use super::page::{Page, domain, folded, line_at};
use muster_model::{Problem, account};
use regex::Regex;
use std::collections::HashMap;
use toml_edit::{Document, Item, Table, TableLike, Value};

const TOP: &[&str] = &["person", "organisation", "forgotten"];
const PERSON: &[&str] = &["name", "accounts", "not", "affiliation"];
const AFFILIATION: &[&str] = &["organisation", "from", "until"];
const ORGANISATION: &[&str] = &["name", "aliases", "patterns", "domains", "parent", "from", "until"];
const PARENT: &[&str] = &["name", "from", "until"];
const FORGOTTEN: &[&str] = &["pseudonym", "hashes"];

/// Reads the file.
pub(super) fn read(file: &str, text: &str) -> Page {
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(error) => return Page::refused(vec![syntax(file, text, &error)]),
    };
    let mut reader = Reader { file, text, problems: Vec::new(), facts: Vec::new(), records: 0 };
    reader.document(document.as_table());
    let Reader { problems, facts, records, .. } = reader;
    if problems.is_empty() {
        Page { facts, records, ..Page::default() }
    } else {
        Page { records, ..Page::refused(problems) }
    }
}

fn syntax(file: &str, text: &str, error: &toml_edit::TomlError) -> Problem {
    let at = error.span().map_or(0, |span| span.start);
    let said = error.message().lines().collect::<Vec<_>>().join(", ");
    let message = format!("not TOML: {said} (column {}); nothing of this file is taken", column(text, at));
    Problem::rejected(file, line_at(text, at), message, "mend the line, and collect again")
}

/// 1-based, in characters.
fn column(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or_default();
    before.rfind('\n').map_or(before, |end| &before[end + 1..]).chars().count() + 1
}

/// An account as the rest of muster writes it.
///
/// # Errors
/// What is wrong, and what to write.
pub(super) fn account_of(text: &str) -> Result<String, (String, String)> {
    const SCHEMES: &[&str] = &["github", "github-id", "email", "name", "initials"];
    let told = || ("an account is `<kind>:<who>`".to_owned(), format!("write one of {}", schemes(SCHEMES)));
    let (scheme, rest) = text.trim().split_once(':').ok_or_else(told)?;
    let rest = rest.trim();
    let read = match scheme.trim() {
        "github" => account::is_github_login(rest.trim_start_matches('@')).then(|| account::github(rest)),
        "github-id" => rest.parse().ok().map(account::github_id),
        "email" => super::page::address(rest).map(|email| account::email(&email)),
        "name" => named(rest).map(|(community, name)| account::name(community, name)),
        "initials" => named(rest).map(|_| format!("initials:{}", folded(rest))),
        "team" => return Err(("a team is no person".to_owned(), "name its members".to_owned())),
        other => {
            let (_, hint) = told();
            let hint = nearest(other, SCHEMES).map_or(hint, |near| format!("did you mean `{near}:`?"));
            return Err((format!("`{}:` is no kind of account", shown(other)), hint));
        }
    };
    read.ok_or_else(|| {
        let example = match scheme.trim() {
            "github" => "github:ada",
            "github-id" => "github-id:583231",
            "email" => "email:ada@example.org",
            "name" => "name:<community>/Ada L.",
            _ => "initials:<community>/<series>/<date>/AL",
        };
        (format!("this is no `{}:` account", scheme.trim()), format!("write it as {example}"))
    })
}

fn named(rest: &str) -> Option<(&str, &str)> {
    let (community, name) = rest.split_once('/')?;
    (!community.trim().is_empty() && !name.trim().is_empty()).then(|| (community.trim(), name))
}

fn schemes(list: &[&str]) -> String {
    list.iter().map(|scheme| format!("{scheme}:")).collect::<Vec<_>>().join(", ")
}

fn nearest<'a>(key: &str, known: &[&'a str]) -> Option<&'a str> {
    let near = known.iter().map(|one| (strsim::damerau_levenshtein(&key.to_lowercase(), one), *one)).min()?;
    (near.0 <= 3.min(near.1.len() / 2 + 1)).then_some(near.1)
}

/// Whether a text is `forgotten:<number>`.
pub(super) fn is_pseudonym(text: &str) -> bool {
    text.strip_prefix("forgotten:").is_some_and(|number| number.parse::<u32>().is_ok())
}

/// Whether a text is a SHA-256, hexadecimal.
pub(super) fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A table of the file and where it begins.
#[derive(Clone, Copy)]
struct Entry<'a> {
    table: &'a dyn TableLike,
    at: usize,
}

/// A text of the file and where it begins.
struct Text<'a> {
    text: &'a str,
    at: usize,
}

/// An organisation that belongs to another.
struct Parent {
    child: String,
    parent: String,
    period: Period,
    at: usize,
}

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    problems: Vec<Problem>,
    facts: Vec<Fact>,
    records: u64,
}

impl<'a> Reader<'a> {
    fn line(&self, at: usize) -> u32 {
        line_at(self.text, at)
    }

    fn mistake(&mut self, at: usize, message: impl AsRef<str>, hint: impl Into<String>) {
        let message = format!("{} (column {})", message.as_ref(), column(self.text, at));
        let line = self.text.lines().nth(self.line(at) as usize - 1).unwrap_or_default();
        let problem = Problem::rejected(self.file, self.line(at), message, hint).with_text(line);
        self.problems.push(problem);
    }

    fn document(&mut self, table: &'a Table) {
        self.keys(Entry { table, at: 0 }, TOP, "the file");
        let people = self.tables(table, "person");
        self.records += people.len() as u64;
        self.people(&people);
        let organisations = self.tables(table, "organisation");
        self.records += organisations.len() as u64;
        self.organisations(&organisations);
        let forgotten = self.tables(table, "forgotten");
        self.records += forgotten.len() as u64;
        self.forgotten(&forgotten);
        self.problems.sort_by_key(|problem| problem.line);
    }

    fn keys(&mut self, entry: Entry<'a>, known: &[&str], whose: &str) {
        for (key, item) in entry.table.iter() {
            if known.contains(&key) {
                continue;
            }
            let span = entry.table.key(key).and_then(toml_edit::Key::span).or_else(|| item.span());
            let hint = match nearest(key, known) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the keys of {whose} are {}", known.join(", ")),
            };
            self.mistake(
                span.map_or(entry.at, |span| span.start),
                format!("unknown key `{}` of {whose}", shown(key)),
                hint,
            );
        }
    }

    /// The tables under a key: `[[key]]`, or a list of inline tables.
    fn tables(&mut self, table: &'a dyn TableLike, key: &str) -> Vec<Entry<'a>> {
        let Some(item) = table.get(key) else { return Vec::new() };
        let at = |span: Option<std::ops::Range<usize>>| span.map_or(0, |span| span.start);
        match item {
            Item::ArrayOfTables(tables) => tables.iter().map(|table| Entry { table, at: at(table.span()) }).collect(),
            Item::Value(Value::Array(list)) if list.iter().all(Value::is_inline_table) => {
                let inline = list.iter().filter_map(Value::as_inline_table);
                inline.map(|table| Entry { table, at: at(table.span()) }).collect()
            }
            other => {
                self.mistake(at(other.span()), format!("`{key}` is no list of tables"), format!("write [[{key}]]"));
                Vec::new()
            }
        }
    }

    fn string(&mut self, entry: Entry<'a>, key: &str) -> Option<Text<'a>> {
        let item = entry.table.get(key)?;
        let at = item.span().map_or(entry.at, |span| span.start);
        match item.as_str().map(str::trim) {
            Some(text) if !text.is_empty() => Some(Text { text, at }),
            _ => {
                self.mistake(at, format!("`{key}` is no text, or empty"), format!("write {key} = \"…\""));
                None
            }
        }
    }

    fn required(&mut self, entry: Entry<'a>, key: &str, whose: &str) -> Option<Text<'a>> {
        if entry.table.get(key).is_none() {
            self.mistake(entry.at, format!("{whose} without `{key}`"), format!("add {key} = …"));
            return None;
        }
        self.string(entry, key)
    }

    fn strings(&mut self, entry: Entry<'a>, key: &str) -> Vec<Text<'a>> {
        let Some(item) = entry.table.get(key) else { return Vec::new() };
        let at = item.span().map_or(entry.at, |span| span.start);
        let Some(list) = item.as_array() else {
            self.mistake(at, format!("`{key}` is no list"), format!("write {key} = [\"…\"]"));
            return Vec::new();
        };
        let mut texts = Vec::new();
        for value in list {
            let at = value.span().map_or(at, |span| span.start);
            match value.as_str().map(str::trim).filter(|text| !text.is_empty()) {
                Some(text) => texts.push(Text { text, at }),
                None => self.mistake(at, format!("`{key}` holds what is no text, or empty"), "write \"…\""),
            }
        }
        texts
    }

    fn period(&mut self, entry: Entry<'a>) -> Option<Period> {
        let mistakes = self.problems.len();
        let period = Period { from: self.day(entry, "from"), until: self.day(entry, "until") };
        if !period.has_days() {
            let at = entry.table.get("until").and_then(Item::span).map_or(entry.at, |span| span.start);
            let (from, until) = (period.from.clone().unwrap_or_default(), period.until.clone().unwrap_or_default());
            let hint = "`until` is the first day it no longer holds, after `from`";
            self.mistake(at, format!("it ends on {until} and begins on {from}"), hint);
        }
        (self.problems.len() == mistakes).then_some(period)
    }

    fn day(&mut self, entry: Entry<'a>, key: &str) -> Option<String> {
        let item = entry.table.get(key)?;
        let at = item.span().map_or(entry.at, |span| span.start);
        let written = match (item.as_datetime(), item.as_str()) {
            (Some(date), _) => date.to_string(),
            (None, Some(text)) => text.to_owned(),
            (None, None) => {
                self.mistake(at, format!("`{key}` is no date"), format!("write {key} = 2021-01-01"));
                return None;
            }
        };
        match day(&written) {
            Ok(day) => Some(day),
            Err(message) => {
                self.mistake(at, message, format!("write {key} = 2021-01-01"));
                None
            }
        }
    }

    /// Accounts under a key, each with its place; what is none is a mistake.
    fn accounts(&mut self, entry: Entry<'a>, key: &str) -> Vec<(String, usize)> {
        let mut accounts: Vec<(String, usize)> = Vec::new();
        for Text { text, at } in self.strings(entry, key) {
            match account_of(text) {
                Ok(account) if accounts.iter().any(|(known, _)| *known == account) => {
                    let message = format!("{} stands twice in `{key}`", hidden(&account));
                    self.mistake(at, message, "remove one of the two");
                }
                Ok(account) => accounts.push((account, at)),
                Err((message, hint)) => self.mistake(at, message, hint),
            }
        }
        accounts
    }

    fn people(&mut self, people: &[Entry<'a>]) {
        let mut owners: HashMap<String, usize> = HashMap::new();
        for entry in people {
            self.keys(*entry, PERSON, "a person");
            let mistakes = self.problems.len();
            let accounts = self.accounts(*entry, "accounts");
            if accounts.is_empty() && self.problems.len() == mistakes {
                let hint = "add accounts = [\"github:ada\"]";
                self.mistake(entry.at, "a person without `accounts`", hint);
            }
            for (account, at) in &accounts {
                if let Some(other) = owners.insert(account.clone(), *at) {
                    let line = self.line(other);
                    let message = format!("{} is already somebody's, on line {line}", hidden(account));
                    self.mistake(*at, message, "join the two people, or remove it from one of them");
                }
            }
            self.person(*entry, &accounts);
        }
    }

    fn person(&mut self, entry: Entry<'a>, accounts: &[(String, usize)]) {
        let name = self.string(entry, "name").map(|name| folded(name.text));
        let not = self.accounts(entry, "not");
        for (other, at) in not.iter().filter(|(other, _)| accounts.iter().any(|(account, _)| account == other)) {
            let message = format!("{} is both in `accounts` and in `not`", hidden(other));
            self.mistake(*at, message, "remove it from one of the two");
        }
        let affiliations = self.tables(entry.table, "affiliation");
        let canonical = accounts.first().map(|(account, _)| account.clone()).unwrap_or_default();
        let alone = accounts.first().filter(|_| accounts.len() == 1 && name.is_some());
        let facts = accounts.iter().skip(1).chain(alone).map(|(account, _)| Fact::Linked {
            account: account.clone(),
            canonical: canonical.clone(),
            evidence: Voice::People,
            name: name.clone(),
        });
        self.facts.extend(facts);
        self.facts.extend(not.into_iter().map(|(other, _)| Fact::Unlinked {
            account: canonical.clone(),
            other,
            evidence: Voice::People,
        }));
        for entry in affiliations {
            self.keys(entry, AFFILIATION, "an affiliation");
            let organisation = self.required(entry, "organisation", "an affiliation");
            if let (Some(organisation), Some(period)) = (organisation, self.period(entry)) {
                let (account, organisation) = (canonical.clone(), folded(organisation.text));
                self.facts.push(Fact::Affiliated { account, organisation, said_by: Voice::People, period });
            }
        }
    }

    fn organisations(&mut self, organisations: &[Entry<'a>]) {
        // Spellings, each with the organisation it means and its place.
        let mut spellings: HashMap<String, (String, usize)> = HashMap::new();
        let mut domains: HashMap<String, usize> = HashMap::new();
        let mut parents = Vec::new();
        for entry in organisations {
            self.keys(*entry, ORGANISATION, "an organisation");
            let Some(name) = self.required(*entry, "name", "an organisation") else { continue };
            let organisation = folded(name.text);
            self.spelling(&organisation, &organisation, name.at, &mut spellings);
            for Text { text, at } in self.strings(*entry, "aliases") {
                let alias = folded(text);
                if self.spelling(&alias, &organisation, at, &mut spellings) {
                    self.alias(alias, &organisation, false);
                }
            }
            for Text { text, at } in self.strings(*entry, "patterns") {
                match Regex::new(text) {
                    Ok(_) => self.alias(text.to_owned(), &organisation, true),
                    Err(error) => {
                        let why = error.to_string().lines().last().unwrap_or_default().trim().to_owned();
                        self.mistake(
                            at,
                            format!("a pattern that cannot be read: {why}"),
                            "mend the regular expression",
                        );
                    }
                }
            }
            self.domains(*entry, &organisation, &mut domains);
            self.parents(*entry, &organisation, &mut parents);
        }
        self.cycles(&parents, &spellings);
        self.facts.extend(parents.into_iter().map(|Parent { child, parent, period, .. }| Fact::Related {
            organisation: child,
            parent,
            said_by: Voice::People,
            period,
        }));
    }

    fn alias(&mut self, alias: String, organisation: &str, pattern: bool) {
        let organisation = organisation.to_owned();
        self.facts.push(Fact::Aliased { alias, organisation, pattern, said_by: Voice::People });
    }

    /// Notes whose spelling something is; false, with a mistake, where it is another's.
    fn spelling(
        &mut self,
        spelling: &str,
        organisation: &str,
        at: usize,
        spellings: &mut HashMap<String, (String, usize)>,
    ) -> bool {
        let Some((other, place)) = spellings.insert(spelling.to_lowercase(), (organisation.to_owned(), at)) else {
            return true;
        };
        // An alias that only changes the case of the organisation's own name says nothing new and harms nobody.
        if other == organisation && spelling.to_lowercase() == organisation.to_lowercase() && spelling != organisation {
            return true;
        }
        let line = self.line(place);
        let message = format!("{spelling:?} is already the name or an alias of {other:?}, on line {line}");
        self.mistake(at, message, "remove one of the two");
        false
    }

    fn domains(&mut self, entry: Entry<'a>, organisation: &str, known: &mut HashMap<String, usize>) {
        for Text { text, at } in self.strings(entry, "domains") {
            let Some(domain) = domain(text).filter(|_| !text.contains('@')) else {
                self.mistake(at, "this is no domain", "write it as example.org");
                continue;
            };
            if let Some(other) = known.insert(domain.clone(), at) {
                let line = self.line(other);
                self.mistake(at, format!("{domain} is already assigned, on line {line}"), "remove one of the two");
                continue;
            }
            let (organisation, period) = (organisation.to_owned(), Period::default());
            self.facts.push(Fact::Domain { domain, organisation, said_by: Voice::People, period });
        }
    }

    fn parents(&mut self, entry: Entry<'a>, organisation: &str, parents: &mut Vec<Parent>) {
        let child = organisation.to_owned();
        let single = entry.table.get("parent").is_some_and(Item::is_str);
        if single || entry.table.get("parent").is_none() {
            let parent = self.string(entry, "parent");
            let period = self.period(entry);
            match (parent, period) {
                (Some(Text { text, at }), Some(period)) => {
                    parents.push(Parent { child, parent: folded(text), period, at });
                }
                (None, Some(period)) if period != Period::default() => {
                    let hint = "add parent = \"…\", or remove the dates";
                    self.mistake(entry.at, "`from` or `until` of an organisation without `parent`", hint);
                }
                _ => {}
            }
            return;
        }
        for key in ["from", "until"] {
            if let Some(item) = entry.table.get(key) {
                let at = item.span().map_or(entry.at, |span| span.start);
                self.mistake(at, format!("`{key}` beside a list of parents"), "write it in the table of the parent");
            }
        }
        for entry in self.tables(entry.table, "parent") {
            self.keys(entry, PARENT, "a parent");
            let name = self.required(entry, "name", "a parent");
            if let (Some(Text { text, at }), Some(period)) = (name, self.period(entry)) {
                parents.push(Parent { child: child.clone(), parent: folded(text), period, at });
            }
        }
    }

    /// Nothing may belong to itself, at any day and over however many others.
    fn cycles(&mut self, parents: &[Parent], spellings: &HashMap<String, (String, usize)>) {
        let proper = |name: &str| {
            let lower = name.to_lowercase();
            spellings.get(&lower).map_or(lower, |(organisation, _)| organisation.to_lowercase())
        };
        let mut above: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, parent) in parents.iter().enumerate() {
            above.entry(proper(&parent.child)).or_default().push(at);
        }
        let mut reported = std::collections::BTreeSet::new();
        for start in 0..parents.len() {
            let mut path = vec![start];
            if let Some(cycle) = cycle(parents, &above, &proper, &mut path, &parents[start].period)
                && reported.insert(cycle.iter().copied().collect::<std::collections::BTreeSet<_>>())
            {
                let names: Vec<&str> = cycle.iter().map(|at| parents[*at].child.as_str()).collect();
                let last = &parents[cycle[cycle.len() - 1]];
                let message = format!("a cycle of parents: {} → {}", names.join(" → "), last.parent);
                self.mistake(last.at, message, "remove one of these parents, or date them so that they do not overlap");
            }
        }
    }

    fn forgotten(&mut self, forgotten: &[Entry<'a>]) {
        let mut known: HashMap<&str, usize> = HashMap::new();
        for entry in forgotten {
            self.keys(*entry, FORGOTTEN, "a forgotten person");
            let mistakes = self.problems.len();
            let pseudonym = self.required(*entry, "pseudonym", "a forgotten person");
            let hashes = self.strings(*entry, "hashes");
            if hashes.is_empty() && self.problems.len() == mistakes {
                self.mistake(entry.at, "a forgotten person without `hashes`", "add hashes = [\"<SHA-256>\"]");
            }
            for hash in hashes.iter().filter(|hash| !is_hash(hash.text)) {
                let hint = "write the 64 hexadecimal digits; `muster people forget` does";
                self.mistake(hash.at, "this is no SHA-256", hint);
            }
            let Some(Text { text, at }) = pseudonym else { continue };
            if !is_pseudonym(text) {
                self.mistake(at, "this is no pseudonym", "write it as forgotten:1");
            } else if let Some(other) = known.insert(text, at) {
                let line = self.line(other);
                self.mistake(at, format!("{text} is already somebody's, on line {line}"), "take the next number");
            }
            let hashes = hashes.iter().map(|hash| hash.text.to_lowercase()).collect();
            self.facts.push(Fact::Forgotten { pseudonym: text.to_owned(), hashes });
        }
    }
}

/// The parents that lead from the first of a path back to it, while all of them hold.
fn cycle(
    parents: &[Parent],
    above: &HashMap<String, Vec<usize>>,
    proper: &dyn Fn(&str) -> String,
    path: &mut Vec<usize>,
    period: &Period,
) -> Option<Vec<usize>> {
    let (first, last) = (&parents[path[0]], &parents[path[path.len() - 1]]);
    let next = proper(&last.parent);
    if next == proper(&first.child) {
        return Some(path.clone());
    }
    for &at in above.get(&next).map(Vec::as_slice).unwrap_or_default() {
        let both = period.and(&parents[at].period);
        if path.contains(&at) || !both.has_days() {
            continue;
        }
        path.push(at);
        let found = cycle(parents, above, proper, path, &both);
        path.pop();
        if found.is_some() {
            return found;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::page::Standing;

    const WHOLE: &str = r#"
# whole
[[person]]
name = "Ada Lee"
accounts = ["github:@Ada", "email:ada!example.org", "name:lantern/Ada  L."]
not = ["github:other-ada"]
affiliation = [{ organisation = "Barn" }]

[[person]]
name = "Bo"
accounts = ["github-id:7"]
[[person.affiliation]]
organisation = "Acme"
from = 2021-01-01
until = "2023-06-01"

[[organisation]]
name = "Acme"
aliases = ["Acme Inc", "ACME"]
patterns = ['(?i)acme .*']
domains = ["Acme.example"]
parent = "Big Acme"
from = 2019-01-01

[[organisation]]
name = "Big Acme"
[[organisation.parent]]
name = "acme inc"
until = 2019-01-01

[[forgotten]]
pseudonym = "forgotten:1"
hashes = ["E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855"]
"#;

    #[test]
    fn a_whole_file_is_read() {
        let page = read("people.toml", WHOLE);
        assert_eq!(page.problems, []);
        assert_eq!((page.records, page.facts.len(), page.standing), (5, 13, Standing::Whole));
        let linked = |account: &str, canonical: &str, name: &str| Fact::Linked {
            account: account.to_owned(),
            canonical: canonical.to_owned(),
            evidence: Voice::People,
            name: Some(name.to_owned()),
        };
        assert_eq!(page.facts[0], linked("email:ada@example.org", "github:ada", "Ada Lee"));
        assert_eq!(page.facts[1], linked("name:lantern/Ada L.", "github:ada", "Ada Lee"));
        assert!(page.facts.contains(&linked("github-id:7", "github-id:7", "Bo")));
    }

    fn mistakes(text: &str) -> Vec<String> {
        let page = read("people.toml", text);
        assert_eq!(page.standing, Standing::Refused);
        assert_eq!(page.facts, []);
        page.problems.iter().map(Problem::to_string).collect()
    }

    #[test]
    fn every_mistake_is_named_at_its_place_and_nothing_is_taken() {
        for (text, expected) in [
            (
                "[[person]]\nacounts = [\"github:a\"]\n",
                "people.toml:2: unknown key `acounts` of a person (column 1); did you mean `accounts`?",
            ),
            ("[[persons]]\n", "people.toml:1: unknown key `persons` of the file (column 3); did you mean `person`?"),
            (
                "zzzzzzzz = 1\n",
                "people.toml:1: unknown key `zzzzzzzz` of the file (column 1); the keys of the file are person, organisation, forgotten",
            ),
            ("person = 3\n", "people.toml:1: `person` is no list of tables (column 10); write [[person]]"),
            ("[[person]]\n", "people.toml:1: a person without `accounts` (column 1); add accounts = [\"github:ada\"]"),
            (
                "[[person]]\naccounts = [\"ada\"]\n",
                "people.toml:2: an account is `<kind>:<who>` (column 13); write one of github:, github-id:, email:, name:, initials:",
            ),
            (
                "[[person]]\naccounts = [\"git:ada\"]\n",
                "people.toml:2: `git:` is no kind of account (column 13); did you mean `github:`?",
            ),
            (
                "[[person]]\naccounts = [\"email:ada\"]\n",
                "people.toml:2: this is no `email:` account (column 13); write it as email:ada@example.org",
            ),
            (
                "[[person]]\naccounts = [\"github:a\", \"github:A\"]\n",
                "people.toml:2: github:a stands twice in `accounts` (column 25); remove one of the two",
            ),
            (
                "[[person]]\naccounts = [\"github:a\"]\n[[person]]\naccounts = [\"github:b\",\n \"github:a\"]\n",
                "people.toml:5: github:a is already somebody's, on line 2 (column 2); join the two people, or remove it from one of them",
            ),
            (
                "[[person]]\naccounts = [\"github:a\"]\nnot = [\"github:a\"]\n",
                "people.toml:3: github:a is both in `accounts` and in `not` (column 8); remove it from one of the two",
            ),
            (
                "[[person]]\naccounts = [\"github:a\"]\n[[person.affiliation]]\norganisation = \"A\"\nfrom = \"2015-02-30\"\n",
                "people.toml:5: 2015-02-30 is no day of the calendar (column 8); write from = 2021-01-01",
            ),
            (
                "[[person]]\naccounts = [\"github:a\"]\n[[person.affiliation]]\norganisation = \"A\"\nfrom = 2015-02-03\nuntil = 2015-02-03\n",
                "people.toml:6: it ends on 2015-02-03 and begins on 2015-02-03 (column 9); `until` is the first day it no longer holds, after `from`",
            ),
            (
                "[[person]]\naccounts = [\"github:a\"]\n[[person.affiliation]]\nfrom = 2015\n",
                "people.toml:3: an affiliation without `organisation` (column 1); add organisation = …",
            ),
            (
                "[[organisation]]\nname = \"A\"\nparent = \"B\"\n[[organisation]]\nname = \"B\"\naliases = [\"B Inc\"]\nparent = \"C\"\n[[organisation]]\nname = \"C\"\nparent = \"a\"\n",
                "people.toml:10: a cycle of parents: A → B → C → a (column 10); remove one of these parents, or date them so that they do not overlap",
            ),
            (
                "[[organisation]]\nname = \"A\"\nparent = \"A\"\n",
                "people.toml:3: a cycle of parents: A → A (column 10); remove one of these parents, or date them so that they do not overlap",
            ),
            (
                "[[organisation]]\nname = \"A\"\n[[organisation]]\nname = \"B\"\naliases = [\"a\"]\n",
                "people.toml:5: \"a\" is already the name or an alias of \"A\", on line 2 (column 12); remove one of the two",
            ),
            (
                "[[organisation]]\nname = \"A\"\nuntil = 2015-01-01\n",
                "people.toml:1: `from` or `until` of an organisation without `parent` (column 1); add parent = \"…\", or remove the dates",
            ),
            (
                "[[organisation]]\nname = \"A\"\ndomains = [\"@x\"]\n",
                "people.toml:3: this is no domain (column 12); write it as example.org",
            ),
            (
                "[[forgotten]]\npseudonym = \"x\"\nhashes = [\"00\"]\n",
                "people.toml:2: this is no pseudonym (column 13); write it as forgotten:1",
            ),
        ] {
            let said = mistakes(text);
            assert!(said.contains(&expected.to_owned()), "{said:#?}\n{expected}");
        }
    }

    #[test]
    fn what_is_no_toml_says_where() {
        for (text, line) in [
            ("[[person]]\naccounts = [\"github:a\"\n[x]\n", 3),
            ("[[person]]\nname = Ada\n", 2),
            ("[[person]]\nname = \"a\"\nname = \"b\"\n", 3),
            ("[[person]]\nfrom = 2015-02-30\n", 2),
        ] {
            let said = mistakes(text);
            assert_eq!(said.len(), 1, "{said:?}");
            assert!(said[0].starts_with(&format!("people.toml:{line}: not TOML: ")), "{said:?}");
        }
    }

    #[test]
    fn all_mistakes_of_a_file_are_named_at_once() {
        let text = "x = 1\n[[person]]\naccounts = [\"github:a\", \"b\"]\n[[organisation]]\nnam = \"A\"\n";
        assert_eq!(mistakes(text).len(), 4);
    }
}
