//! gitdm's maps: `email-map` and `domain-map`, `aliases`, `mapping.json`, and DevStats' `companies.yaml`.

use super::fact::{Fact, Period, Voice, day, shown};
use super::page::{Lines, Page, Standing, address, domain, folded, has_address, organisation, pairs};
use muster_model::account;
use regex::Regex;
use serde_norway::Value;
use std::collections::BTreeMap;

const EMPLOYER_HINT: &str = "write `user!example.org Company` or `example.org Company < 2015-10-01`";

/// One line of an employer's map: until when, where that is said, which company, and its line.
struct Stay {
    until: Option<String>,
    company: String,
    line: u32,
}

/// What a line of an employer's map is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Mail(String),
    Domain(String),
}

/// Lines that say something, without comments, which may stand behind too.
fn lines(text: &str) -> impl Iterator<Item = (u32, &str)> {
    let bare = |line: &str| -> usize {
        let begins = |(at, _): &(usize, &str)| *at == 0 || line[..*at].ends_with(char::is_whitespace);
        line.match_indices('#').find(begins).map_or(line.len(), |(at, _)| at)
    };
    let said = (1..).zip(text.lines()).map(move |(number, line)| (number, line[..bare(line)].trim()));
    said.filter(|(_, line)| !line.is_empty())
}

/// `key Company [< date]`: one line for each period, in any order; the one without a date is the latest.
pub(super) fn employers(file: &str, text: &str) -> Page {
    let mut page = Page::default();
    let mut stays: BTreeMap<Key, Vec<Stay>> = BTreeMap::new();
    for (line, said) in lines(text) {
        page.records += 1;
        match employer(line, said) {
            Ok((key, stay)) => stays.entry(key).or_default().push(stay),
            Err(message) => page.reject((file, line), message, EMPLOYER_HINT, said),
        }
    }
    for (key, stays) in stays {
        add_stays(file, &key, stays, &mut page);
    }
    page.problems.sort_by_key(|problem| problem.line);
    page
}

fn employer(line: u32, said: &str) -> Result<(Key, Stay), String> {
    let (key, rest) = said.split_once(char::is_whitespace).ok_or("a key without a company")?;
    let key = match address(key) {
        Some(email) => Key::Mail(account::email(&email)),
        None => Key::Domain(domain(key).ok_or("the line begins with neither an address nor a domain")?),
    };
    let (company, until) = match rest.rsplit_once('<') {
        Some((company, date)) => (company, Some(day(date)?)),
        None => (rest, None),
    };
    if company.trim().is_empty() {
        return Err("a key without a company".to_owned());
    }
    Ok((key, Stay { until, company: organisation(company)?, line }))
}

/// Each period begins where the one before it ends; the one without an end is the last.
fn add_stays(file: &str, key: &Key, mut stays: Vec<Stay>, page: &mut Page) {
    stays.sort_by_key(|stay| (stay.until.is_none(), stay.until.clone(), stay.line));
    let mut from = None;
    for group in stays.chunk_by(|one, other| one.until == other.until) {
        for stay in group {
            let period = Period { from: from.clone(), until: stay.until.clone() };
            page.facts.push(employed(key, stay.company.clone(), period));
        }
        if let Some(other) = group.iter().find(|stay| stay.company != group[0].company) {
            let until = group[0].until.as_ref().map_or("without a date".to_owned(), |day| format!("until {day}"));
            let message = format!(
                "{:?} here and {:?} on line {}, both {until}, of the same address or domain; both are kept",
                shown(&other.company),
                shown(&group[0].company),
                group[0].line
            );
            page.note((file, other.line), message, "remove the wrong one, or add `< date` to the earlier one");
        }
        from.clone_from(&group[0].until);
    }
}

fn employed(key: &Key, organisation: String, period: Period) -> Fact {
    match key.clone() {
        Key::Mail(account) => Fact::Affiliated { account, organisation, said_by: Voice::EmailMap, period },
        Key::Domain(domain) => Fact::Domain { domain, organisation, said_by: Voice::Gitdm, period },
    }
}

/// `other-mail canonical-mail`
pub(super) fn aliases(file: &str, text: &str) -> Page {
    let mut page = Page::default();
    for (line, said) in lines(text) {
        page.records += 1;
        let words: Vec<&str> = said.split_whitespace().collect();
        let read = match words.as_slice() {
            [other, canonical] => address(other).zip(address(canonical)),
            _ => None,
        };
        match read {
            Some((other, canonical)) => page.facts.push(Fact::Linked {
                account: account::email(&other),
                canonical: account::email(&canonical),
                evidence: Voice::Gitdm,
                name: None,
            }),
            None => {
                let hint = "write `other!example.org canonical!example.org`";
                page.reject((file, line), "not two addresses", hint, said);
            }
        }
    }
    page
}

/// `{"written": "canonical"}`
pub(super) fn mapping(file: &str, text: &str) -> Page {
    let mut page = Page::default();
    let mut read = Vec::new();
    if let Err(error) = pairs(text, &mut read) {
        broken(file, &error, &mut page);
    }
    let lines = Lines::new(text);
    let mut seen: BTreeMap<String, (u32, String)> = BTreeMap::new();
    for (alias, value) in read {
        page.records += 1;
        let line = lines.of(value.get());
        let canonical = serde_json::from_str::<String>(value.get()).map(|name| folded(&name)).unwrap_or_default();
        let alias = folded(&alias);
        if canonical.is_empty() || alias.is_empty() || has_address(&canonical) || has_address(&alias) {
            let message = "not a spelling and the organisation that it means, both of them text";
            page.reject((file, line), message, "write \"Acme Inc\": \"Acme\"", value.get());
            continue;
        }
        match seen.get(&alias) {
            Some((other, first)) if *first != canonical => {
                let message =
                    format!("{:?} is mapped on line {other} to another organisation; both are kept", shown(&alias));
                page.note((file, line), message, "remove one of the two");
            }
            Some(_) => {}
            None => {
                seen.insert(alias.clone(), (line, canonical.clone()));
            }
        }
        page.facts.push(Fact::Aliased { alias, organisation: canonical, pattern: false, said_by: Voice::Gitdm });
    }
    page
}

/// A JSON file that cannot be read to its end.
pub(super) fn broken(file: &str, error: &serde_json::Error, page: &mut Page) {
    let line = u32::try_from(error.line()).unwrap_or(u32::MAX);
    let message = format!("not JSON from here on: {}; what comes before is taken", json_error(error));
    page.reject((file, line.max(1)), message, "mend the line, and collect again", &error.to_string());
    page.standing = Standing::Broken;
}

/// What serde says, without the place, which stands in the problem; and without the text, which may be an address.
fn json_error(error: &serde_json::Error) -> String {
    let said = error.to_string();
    let said = said.split(" at line ").next().unwrap_or_default();
    format!("{} (column {})", shown(said), error.column())
}

/// ```yaml
/// acquisitions:
///   - ['(?i)^regular expression$', Company]
/// ```
pub(super) fn acquisitions(file: &str, text: &str) -> Page {
    let mut page = Page::default();
    let hint = "write `- ['(?i)^old name$', New Name]` below `acquisitions:`";
    let value: Value = match serde_norway::from_str(text) {
        Ok(value) => value,
        Err(error) => return yaml_error(file, &error),
    };
    let Some(items) = value.get("acquisitions").and_then(Value::as_sequence) else {
        let line = text.lines().position(|line| line.starts_with("acquisitions")).map_or(1, |at| at as u32 + 1);
        page.reject((file, line), "no list `acquisitions`", hint, text);
        page.standing = Standing::Refused;
        return page;
    };
    let places = item_lines(text, "acquisitions:");
    for (at, item) in items.iter().enumerate() {
        page.records += 1;
        let line = places.get(at).copied().unwrap_or(1);
        match acquisition(item) {
            Ok(fact) => page.facts.push(fact),
            Err(message) => page.reject((file, line), message, hint, &format!("{item:?}")),
        }
    }
    page
}

fn acquisition(item: &Value) -> Result<Fact, String> {
    let words: Vec<&str> = item.as_sequence().into_iter().flatten().filter_map(Value::as_str).collect();
    let [pattern, company] = words.as_slice() else {
        return Err("not a regular expression and a company".to_owned());
    };
    if let Err(error) = Regex::new(pattern) {
        let why = error.to_string();
        let why = why.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
        return Err(format!("the regular expression {:?} cannot be read: {why}", shown(pattern)));
    }
    let organisation = organisation(company)?;
    Ok(Fact::Aliased { alias: whole(pattern), organisation, pattern: true, said_by: Voice::Gitdm })
}

/// DevStats looks for the expression anywhere in a spelling; an alias has to match all of it.
fn whole(pattern: &str) -> String {
    let flags = pattern
        .strip_prefix("(?")
        .and_then(|rest| rest.split_once(')'))
        .filter(|(flags, _)| flags.chars().all(|c| c.is_ascii_alphabetic() || c == '-'));
    let body = flags.map_or(pattern, |(_, body)| body);
    let closed = body.starts_with('^') && body.ends_with('$') && !body.ends_with("\\$");
    if closed && !has_top_alternative(body) { pattern.to_owned() } else { format!("(?s:.*)(?:{pattern})(?s:.*)") }
}

fn has_top_alternative(body: &str) -> bool {
    let (mut depth, mut escaped, mut class) = (0_i32, false, false);
    for c in body.chars() {
        match c {
            _ if escaped => {
                escaped = false;
                continue;
            }
            '[' => class = true,
            ']' => class = false,
            '(' if !class => depth += 1,
            ')' if !class => depth -= 1,
            '|' if !class && depth == 0 => return true,
            _ => {}
        }
        escaped = c == '\\';
    }
    false
}

/// A YAML file that cannot be read: nothing of it is known.
pub(super) fn yaml_error(file: &str, error: &serde_norway::Error) -> Page {
    let line = error.location().map_or(1, |place| u32::try_from(place.line()).unwrap_or(u32::MAX));
    let said = error.to_string();
    let said = said.split(" at line ").next().unwrap_or_default();
    let mut page = Page { standing: Standing::Refused, ..Page::default() };
    let message = format!("not YAML: {}; nothing of this file is taken, what it stated before stays", shown(said));
    page.reject((file, line), message, "mend the line, and collect again", &error.to_string());
    page
}

/// The lines where the items of a list begin: that below a key, or the file's own where the key is empty.
pub(super) fn item_lines(text: &str, key: &str) -> Vec<u32> {
    let mut below = key.is_empty();
    let mut indent = None;
    let mut lines = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if !below {
            below = line.starts_with(key);
            continue;
        }
        let bare = line.trim_start();
        let at = line.len() - bare.len();
        if (bare.starts_with("- ") || bare == "-") && *indent.get_or_insert(at) == at {
            lines.push(number);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_model::Problem;

    fn said(page: &Page) -> Vec<String> {
        let first = |problem: &Problem| problem.to_string().split(';').next().unwrap_or_default().to_owned();
        page.problems.iter().map(first).collect()
    }

    fn stays(page: &Page) -> Vec<String> {
        let show = |fact: &Fact| match fact {
            Fact::Affiliated { account: key, organisation, period, .. }
            | Fact::Domain { domain: key, organisation, period, .. } => {
                let day = |day: &Option<String>| day.clone().unwrap_or_default();
                format!("{key} {organisation} {}..{}", day(&period.from), day(&period.until))
            }
            Fact::Aliased { alias, organisation, pattern, .. } => format!("{alias} => {organisation} {pattern}"),
            other => format!("{other:?}"),
        };
        page.facts.iter().map(show).collect()
    }

    #[test]
    fn periods_are_put_in_order() {
        let page = employers(
            "email-map",
            "# c\nada!a.org Acme < 2016-07-01 # left\nada!a.org  Barn Inc.\r\nada!a.org Cyan < 2014-01-01\nx.example Dip < 2020-01-01\nx.example Eve\n",
        );
        assert_eq!(
            stays(&page),
            [
                "email:ada@a.org Cyan ..2014-01-01",
                "email:ada@a.org Acme 2014-01-01..2016-07-01",
                "email:ada@a.org Barn Inc. 2016-07-01..",
                "x.example Dip ..2020-01-01",
                "x.example Eve 2020-01-01..",
            ]
        );
        assert_eq!((page.records, page.problems.len()), (5, 0));
    }

    #[test]
    fn contradictions_are_kept_and_bad_lines_named() {
        let page = employers(
            "email-map",
            "a!a.org Acme\na!a.org Barn\nb!b.org\nAcme a!a.org\nc!c.org Cyan < 2015-02-30\nc!c.org < 2015-02-03\nc!c.org Cyan < \n",
        );
        assert_eq!(stays(&page), ["email:a@a.org Acme ..", "email:a@a.org Barn .."]);
        assert_eq!(
            said(&page),
            [
                "email-map:2: \"Barn\" here and \"Acme\" on line 1, both without a date, of the same address or domain",
                "email-map:3: a key without a company",
                "email-map:4: the line begins with neither an address nor a domain",
                "email-map:5: 2015-02-30 is no day of the calendar",
                "email-map:6: a key without a company",
                "email-map:7: \"\" is no date",
            ]
        );
    }

    #[test]
    fn aliases_are_two_addresses() {
        let page = aliases("aliases", "# c\nA!a.org a!b.org \none\na!a.org b!b.org c!c.org\na!a.org b\n");
        assert_eq!((page.records, page.facts.len()), (4, 1));
        assert_eq!(said(&page), [3, 4, 5].map(|line| format!("aliases:{line}: not two addresses")));
    }

    #[test]
    fn a_mapping_is_read_as_far_as_it_goes() {
        let page = mapping("m.json", "{\n \"Acme Inc\": \"Acme\",\n \"x\": 3,\n \"Acme Inc\": \"Barn\",\n \"y\": }");
        assert_eq!(stays(&page), ["Acme Inc => Acme false", "Acme Inc => Barn false"]);
        assert_eq!(page.standing, Standing::Broken);
        let lines: Vec<_> = page.problems.iter().map(|problem| problem.line).collect();
        assert_eq!(lines, [Some(5), Some(3), Some(4)]);
    }

    #[test]
    fn acquisitions_match_anywhere_in_a_spelling() {
        let text = "---\nacquisitions:\n  - ['(?i)^acme$', 'Big Acme']\n  # no\n  - ['(?i)^barn', Big Barn]\n  - ['^a$|^b$', C]\n  - ['(', D]\n  - [x]\n";
        let page = acquisitions("companies.yaml", text);
        assert_eq!(
            stays(&page),
            [
                "(?i)^acme$ => Big Acme true",
                "(?s:.*)(?:(?i)^barn)(?s:.*) => Big Barn true",
                "(?s:.*)(?:^a$|^b$)(?s:.*) => C true"
            ]
        );
        assert_eq!(page.problems.iter().map(|p| p.line).collect::<Vec<_>>(), [Some(7), Some(8)]);
        assert_eq!(acquisitions("c", "acquisitions: [\n").standing, Standing::Refused);
        assert_eq!(said(&acquisitions("c", "x: 1\nacquisitions: 3\n")), ["c:2: no list `acquisitions`"]);
    }
}
