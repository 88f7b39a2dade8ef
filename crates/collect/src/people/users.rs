//! `github_users.json`, as gitdm keeps it today (a record for each login and address, with `affiliation`) and as it kept it
//! in 2017 (GitHub profiles, with the `company` that their owners wrote). Either may occur in one file.

use super::fact::{Fact, Period, Voice, day, shown};
use super::maps::broken;
use super::page::{Lines, Page, address, elements, folded, lenient, login, organisation};
use muster_model::{account, parse_time};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::HashMap;

/// What is read of a record: few keys of thirty.
#[derive(Debug, Deserialize)]
struct User {
    #[serde(default, deserialize_with = "lenient")]
    login: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    email: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    name: Option<String>,
    /// Today's: companies with their ends. That the key is there tells the two kinds apart.
    #[serde(default, deserialize_with = "stated")]
    affiliation: Option<Value>,
    #[serde(default, deserialize_with = "lenient")]
    source: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    company: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    created_at: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    updated_at: Option<String>,
}

/// A key that is there, whatever it holds.
fn stated<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// What one record says of where somebody works.
struct Said<'a> {
    record: &'a RawValue,
    affiliation: String,
    priority: i32,
}

/// Reads the file: its text is in memory once, its records only as slices of it.
pub(super) fn read(file: &str, text: &str) -> Page {
    let mut page = Page::default();
    let lines = Lines::new(text);
    let mut records = Vec::new();
    if let Err(error) = elements(text, &mut records) {
        broken(file, &error, &mut page);
    }
    let mut said: HashMap<String, Vec<Said<'_>>> = HashMap::new();
    // Logins in the order of the file, so that the same file gives the same events.
    let mut order = Vec::new();
    for record in records {
        page.records += 1;
        let line = || lines.of(record.get());
        let Ok(user) = serde_json::from_str::<User>(record.get()) else {
            page.reject(
                (file, line()),
                "a record that is no object",
                "write {\"login\": …, \"email\": …}",
                record.get(),
            );
            continue;
        };
        let Some(login) = user.login.as_deref().and_then(login) else {
            let message = match &user.login {
                Some(login) => format!("{:?} is no GitHub login", shown(login)),
                None => "a record without a login".to_owned(),
            };
            page.reject((file, line()), message, "add `login`", record.get());
            continue;
        };
        let account = account::github(login);
        link(file, &user, &account, line, &mut page);
        match &user.affiliation {
            Some(Value::String(affiliation)) if !affiliation.trim().is_empty() => {
                let stated = said.entry(account.clone()).or_insert_with(|| {
                    order.push(account.clone());
                    Vec::new()
                });
                let priority = priority(user.source.as_deref());
                stated.push(Said { record, affiliation: affiliation.trim().to_owned(), priority });
            }
            Some(Value::String(_) | Value::Null) => {}
            Some(other) => {
                let message = format!("the affiliation of {account} is no text");
                page.reject((file, line()), message, "write `Acme < 2015-10-01, Barn`", &other.to_string());
            }
            None => profile(file, &user, account, line, &mut page),
        }
    }
    for account in order {
        decide(file, &lines, &account, said.remove(&account).unwrap_or_default(), &mut page);
    }
    page.problems.sort_by_key(|problem| problem.line);
    page
}

fn link(file: &str, user: &User, canonical: &str, line: impl Fn() -> u32, page: &mut Page) {
    let Some(written) = &user.email else { return };
    let Some(email) = address(written) else {
        let message = format!("the address of {canonical} cannot be read; the rest of the record is taken");
        page.reject((file, line()), message, "write it as user!example.org", written);
        return;
    };
    page.facts.push(Fact::Linked {
        account: account::email(&email),
        canonical: canonical.to_owned(),
        evidence: Voice::Gitdm,
        name: user.name.as_deref().map(folded).filter(|name| !name.is_empty()),
    });
}

/// The company on a GitHub profile, as its owner wrote it, on the day that the profile states.
fn profile(file: &str, user: &User, account: String, line: impl Fn() -> u32, page: &mut Page) {
    let Some(company) = &user.company else { return };
    let company = company.trim().trim_start_matches('@');
    if company.is_empty() {
        return;
    }
    let organisation = match organisation(company) {
        Ok(organisation) => organisation,
        Err(message) => {
            let message = format!("the company of {account} cannot be read: {message}");
            page.reject((file, line()), message, "write the company's name alone", company);
            return;
        }
    };
    let from = match user.updated_at.as_ref().or(user.created_at.as_ref()) {
        Some(time) => {
            match parse_time(time).and_then(|time| day(time.to_string().split('T').next().unwrap_or_default())) {
                Ok(day) => Some(day),
                Err(_) => {
                    let message = format!("the company of {account} has no date: {:?} is no time", shown(time));
                    page.reject((file, line()), message, "write `updated_at` as 2016-06-10T22:16:20Z", time);
                    return;
                }
            }
        }
        None => None,
    };
    let period = Period { from, until: None };
    page.facts.push(Fact::Affiliated { account, organisation, said_by: Voice::Profile, period });
}

/// As DevStats ranks them.
fn priority(source: Option<&str>) -> i32 {
    match source.unwrap_or_default() {
        "user" => 40,
        "user_manual" => 30,
        "manual" => 20,
        "config" => 10,
        "domain" => -10,
        "notfound" => -20,
        _ => 0,
    }
}

/// The records of one login should say the same. Where they do not, the source of highest rank wins, then the longest list
/// of companies, as in DevStats; then the first in the file.
fn decide(file: &str, lines: &Lines<'_>, account: &str, said: Vec<Said<'_>>, page: &mut Page) {
    let companies = |one: &Said<'_>| one.affiliation.matches(',').count();
    let Some(best) = said.iter().rev().max_by_key(|one| (one.priority, companies(one))) else { return };
    if let Some(other) = said.iter().find(|one| one.affiliation != best.affiliation) {
        let message = format!(
            "the records of {account} contradict each other on where they work; that of line {} is taken",
            lines.of(best.record.get())
        );
        let line = lines.of(other.record.get());
        page.note((file, line), message, "give all records of a login the same `affiliation`");
    }
    let line = || lines.of(best.record.get());
    match stints(&best.affiliation) {
        Ok((stints, comma)) => {
            if comma {
                let message =
                    format!("a company of {account} seems to have a comma in its name; it is read as one company");
                page.note((file, line()), message, "write it without the comma, or add its end, `< 2015-10-01`");
            }
            page.facts.extend(stints.into_iter().map(|(organisation, period)| Fact::Affiliated {
                account: account.to_owned(),
                organisation,
                said_by: Voice::Gitdm,
                period,
            }));
        }
        Err(message) => {
            let message = format!("the affiliation of {account} cannot be read: {message}");
            let hint = "write `Acme < 2015-10-01, Barn`, the ends ascending";
            page.reject((file, line()), message, hint, &best.affiliation);
        }
    }
}

/// `A < 2018-07-02, B`; and whether a comma stood in a name.
fn stints(text: &str) -> Result<(Vec<(String, Period)>, bool), String> {
    let mut stints = Vec::new();
    let (mut from, mut name, mut comma) = (None, String::new(), false);
    for part in text.split(',') {
        let (company, until) = match part.split_once('<') {
            Some((company, date)) => (company, Some(day(date)?)),
            None => (part, None),
        };
        // Every company but the last has an end: what has none is a part of the next name.
        comma |= !name.is_empty() && !company.trim().is_empty();
        name = if name.is_empty() { folded(company) } else { folded(&format!("{name}, {}", company.trim())) };
        let Some(until) = until else { continue };
        if name.is_empty() {
            return Err(format!("no company before {until}"));
        }
        name = organisation(&name)?;
        let period = Period { from: from.replace(until.clone()), until: Some(until) };
        if !period.has_days() {
            let day = |day: Option<String>| day.unwrap_or_default();
            return Err(format!("it ends on {} after {}", day(period.until), day(period.from)));
        }
        stints.push((std::mem::take(&mut name), period));
    }
    let name = name.trim_end_matches([',', ' ']).to_owned();
    if !name.is_empty() {
        stints.push((organisation(&name)?, Period { from, until: None }));
    }
    Ok((stints, comma))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown_facts(page: &Page) -> Vec<String> {
        let show = |fact: &Fact| match fact {
            Fact::Linked { account, canonical, name, .. } => {
                format!("{account} = {canonical} {}", name.clone().unwrap_or_default()).trim().to_owned()
            }
            Fact::Affiliated { account, organisation, said_by, period } => {
                let day = |day: &Option<String>| day.clone().unwrap_or_default();
                format!("{account} {organisation} {}..{} {}", day(&period.from), day(&period.until), said_by.text())
            }
            other => format!("{other:?}"),
        };
        page.facts.iter().map(show).collect()
    }

    fn said(page: &Page) -> Vec<String> {
        page.problems.iter().map(|p| p.to_string().split(';').next().unwrap_or_default().to_owned()).collect()
    }

    #[test]
    fn todays_records_are_a_login_and_an_address() {
        let text = r#"[
 {"login": "Ada", "email": "ada!a.org", "affiliation": "Acme < 2018-07-02, Barn", "source": "manual", "name": "Ada L."},
 {"login": "ada", "email": "ada!b.org", "affiliation": "Cyan < 2019-01-01, Dip", "source": "user", "name": null},
 {"login": "bo", "email": "bo!b.org", "affiliation": "NotFound", "source": null},
 {"login": "cy", "email": "cy!c.org", "affiliation": null},
 {"login": "dip", "email": "dip!d.org", "affiliation": "Acme, Inc. < 2018-07-02, Barn"}
]"#;
        let page = read("u.json", text);
        assert_eq!(
            shown_facts(&page),
            [
                "email:ada@a.org = github:ada Ada L.",
                "email:ada@b.org = github:ada",
                "email:bo@b.org = github:bo",
                "email:cy@c.org = github:cy",
                "email:dip@d.org = github:dip",
                "github:ada Cyan ..2019-01-01 gitdm",
                "github:ada Dip 2019-01-01.. gitdm",
                "github:bo NotFound .. gitdm",
                "github:dip Acme, Inc. ..2018-07-02 gitdm",
                "github:dip Barn 2018-07-02.. gitdm",
            ]
        );
        assert_eq!(
            said(&page),
            [
                "u.json:2: the records of github:ada contradict each other on where they work",
                "u.json:6: a company of github:dip seems to have a comma in its name",
            ]
        );
    }

    #[test]
    fn profiles_say_what_their_owner_wrote() {
        let text = r#"[{"login": "Ada", "id": 7, "email": "ada@a.org", "name": "Ada L.", "company": "@acme @barn ",
  "created_at": "2012-01-01 10:00:00 UTC", "updated_at": "2016-06-10 22:16:20 UTC"},
 {"login": "bo", "email": null, "company": "Barn", "created_at": "2012-01-01 10:00:00 UTC"},
 {"login": "cy", "company": ""}]"#;
        let page = read("u.json", text);
        assert_eq!(
            shown_facts(&page),
            [
                "email:ada@a.org = github:ada Ada L.",
                "github:ada acme @barn 2016-06-10.. profile",
                "github:bo Barn 2012-01-01.. profile",
            ]
        );
        assert_eq!((page.records, page.problems.len()), (3, 0));
    }

    #[test]
    fn bad_records_are_named_and_the_others_read() {
        let text = r#"[
 3,
 {"email": "x!y.z"},
 {"login": "a b"},
 {"login": "ada", "email": "none", "affiliation": "Acme < 2015-02-30, Barn"},
 {"login": "bo", "affiliation": "Acme < 2016-01-01, Barn < 2015-01-01, Cyan"},
 {"login": "cy", "company": "Acme", "updated_at": "yesterday"},
 {"login": "dip", "affiliation": "< 2015-01-01"},
 {"login": "eve", "affiliation": "Acme"},
 {"login": "flo", "affiliation": ["Acme"]},
 {"login": "gil", "affiliation": "gil!b.org < 2015-01-01, Barn"},
 {"login": "hal", "company": "ask hal@b.org"},
 {"login": "fin", "#;
        let page = read("u.json", text);
        assert_eq!(shown_facts(&page), ["github:eve Acme .. gitdm"]);
        assert_eq!(
            said(&page),
            [
                "u.json:2: a record that is no object",
                "u.json:3: a record without a login",
                "u.json:4: \"a b\" is no GitHub login",
                "u.json:5: the address of github:ada cannot be read",
                "u.json:5: the affiliation of github:ada cannot be read: 2015-02-30 is no day of the calendar",
                "u.json:6: the affiliation of github:bo cannot be read: it ends on 2015-01-01 after 2016-01-01",
                "u.json:7: the company of github:cy has no date: \"yesterday\" is no time",
                "u.json:8: the affiliation of github:dip cannot be read: no company before 2015-01-01",
                "u.json:10: the affiliation of github:flo is no text",
                "u.json:11: the affiliation of github:gil cannot be read: there is an e-mail address in the company's name",
                "u.json:12: the company of github:hal cannot be read: there is an e-mail address in the company's name",
                "u.json:13: not JSON from here on: EOF while parsing an object (column 18)",
            ]
        );
    }

    #[test]
    fn of_records_of_equal_rank_the_longest_list_counts() {
        let text = r#"[{"login": "ada", "affiliation": "Acme"}, {"login": "ada", "affiliation": "Barn < 2015-01-01, Cyan"},
 {"login": "ada", "affiliation": "Dip < 2015-01-01, Eve"}]"#;
        assert_eq!(
            shown_facts(&read("u", text)),
            ["github:ada Barn ..2015-01-01 gitdm", "github:ada Cyan 2015-01-01.. gitdm"]
        );
    }
}
