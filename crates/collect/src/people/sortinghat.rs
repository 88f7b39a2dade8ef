//! SortingHat's export of version 0.7 (JSON), and the identities that GrimoireLab keeps in YAML.
//!
//! ```text
//! {"uidentities": {uuid: {"profile": {"name", "email"}, "identities": [{"name", "email", "username", "source"}],
//!                         "enrollments": [{"organization": name | {"name"}, "start", "end"}]}},
//!  "organizations": {name: [{"domain", "is_top"}]}}
//!
//! - profile: {name: Ada}
//!   enrollments: [{organization: Acme, start: 2015-10-01, end: 2100-01-01}]
//!   email: [ada@example.org]
//!   github: [ada]
//! - organization: Acme
//!   domains: [acme.example]
//!   aliases: [Acme Inc]
//! ```
//!
//! A GitHub username stands for the person, else the first address. 1900-01-01 and 2100-01-01 mean no bound.

use super::fact::{Fact, Period, Voice, day, hidden, shown};
use super::maps::{broken, item_lines, yaml_error};
use super::page::{Lines, Page, address, domain, folded, has_address, login, organisation as organisation_of, pairs};
use muster_model::account;
use serde_json::{Map, Value};
use sha1::{Digest, Sha1};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

const PERSON_HINT: &str = "add an e-mail address, or a username of the source github";

/// Somebody, from either format.
#[derive(Default)]
struct Individual {
    name: Option<String>,
    /// A program, not a human.
    bot: bool,
    /// Accounts, those of GitHub first.
    accounts: Vec<String>,
    enrollments: Vec<Value>,
}

/// Reads the export.
pub(super) fn json(file: &str, text: &str) -> Page {
    let mut page = Page::default();
    let lines = Lines::new(text);
    let mut parts = Vec::new();
    if let Err(error) = pairs(text, &mut parts) {
        broken(file, &error, &mut page);
    }
    for (key, value) in parts {
        let mut entries = Vec::new();
        let read = match key.as_str() {
            "uidentities" | "organizations" => pairs(value.get(), &mut entries),
            _ => continue,
        };
        if read.is_err() {
            let message = format!("`{key}` is no object");
            page.reject((file, lines.of(value.get())), message, "export the identities again", value.get());
        }
        for (name, entry) in entries {
            page.records += 1;
            let line = lines.of(entry.get());
            let entry: Value = serde_json::from_str(entry.get()).unwrap_or_default();
            if key == "organizations" {
                domains(file, line, &name, &entry, &mut page);
            } else {
                individual(file, line, exported(file, line, &entry, &mut page), &mut page);
            }
        }
    }
    page
}

/// Reads GrimoireLab's identities.
pub(super) fn yaml(file: &str, text: &str) -> Page {
    let mut page = Page::default();
    let items: Value = match serde_norway::from_str(text) {
        Ok(items) => items,
        Err(error) => return yaml_error(file, &error),
    };
    let places = item_lines(text, "");
    for (at, item) in items.as_array().into_iter().flatten().enumerate() {
        page.records += 1;
        let line = places.get(at).copied().unwrap_or(1);
        match item.get("organization").and_then(Value::as_str) {
            Some(name) => organization(file, line, name, item, &mut page),
            None => individual(file, line, listed(file, line, item, &mut page), &mut page),
        }
    }
    page
}

fn text_of(value: &Value, key: &str) -> Option<String> {
    value.get(key).and_then(Value::as_str).map(folded).filter(|text| !text.is_empty() && text != "None")
}

fn is_bot(profile: &Value) -> bool {
    profile.get("is_bot").and_then(Value::as_bool) == Some(true)
}

/// One text, or a list of them.
fn texts(value: &Value, key: &str) -> Vec<String> {
    match value.get(key) {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

fn exported(file: &str, line: u32, entry: &Value, page: &mut Page) -> Individual {
    let mut someone = Individual::default();
    let profile = entry.get("profile").unwrap_or(&Value::Null);
    someone.name = text_of(profile, "name");
    someone.bot = is_bot(profile);
    let (mut logins, mut emails) = (Vec::new(), Vec::new());
    if let Some(email) = text_of(profile, "email") {
        add_email(file, line, &email, &mut emails, page);
    }
    for identity in entry.get("identities").and_then(Value::as_array).into_iter().flatten() {
        let source = text_of(identity, "source").unwrap_or_default().to_lowercase();
        let username = text_of(identity, "username").filter(|_| source.starts_with("github"));
        let email = text_of(identity, "email");
        someone.name = someone.name.or_else(|| text_of(identity, "name"));
        // A username elsewhere, or a name alone, is no account that muster knows.
        page.not_ours += u64::from(username.is_none() && email.is_none());
        if let Some(email) = email {
            add_email(file, line, &email, &mut emails, page);
        }
        if let Some(username) = username {
            add_login(file, line, &username, &mut logins, page);
        }
    }
    someone.accounts = logins.into_iter().chain(emails).collect();
    someone.enrollments = entry.get("enrollments").and_then(Value::as_array).cloned().unwrap_or_default();
    someone
}

fn listed(file: &str, line: u32, item: &Value, page: &mut Page) -> Individual {
    let (mut logins, mut emails) = (Vec::new(), Vec::new());
    for username in texts(item, "github") {
        add_login(file, line, &username, &mut logins, page);
    }
    for email in texts(item, "email") {
        add_email(file, line, &email, &mut emails, page);
    }
    // `Ada Lee <ada@example.org>`
    for author in texts(item, "git") {
        let email = author.rsplit('<').next().unwrap_or_default().trim_end_matches('>');
        add_email(file, line, email, &mut emails, page);
    }
    Individual {
        name: item.get("profile").and_then(|profile| text_of(profile, "name")),
        bot: item.get("profile").is_some_and(is_bot),
        accounts: logins.into_iter().chain(emails).collect(),
        enrollments: item.get("enrollments").and_then(Value::as_array).cloned().unwrap_or_default(),
    }
}

fn add_email(file: &str, line: u32, written: &str, emails: &mut Vec<String>, page: &mut Page) {
    match address(written).map(|email| account::email(&email)) {
        Some(email) if emails.contains(&email) => {}
        Some(email) => emails.push(email),
        None => {
            let message = "an address of this person cannot be read; the rest is taken";
            page.reject((file, line), message, "write it as user@example.org", written);
        }
    }
}

fn add_login(file: &str, line: u32, written: &str, logins: &mut Vec<String>, page: &mut Page) {
    match login(written).map(account::github) {
        Some(login) if logins.contains(&login) => {}
        Some(login) => logins.push(login),
        None => {
            let message = format!("{:?} is no GitHub login; the rest of this person is taken", shown(written));
            page.reject((file, line), message, "correct the username", written);
        }
    }
}

fn individual(file: &str, line: u32, someone: Individual, page: &mut Page) {
    let Individual { name, bot, accounts, enrollments } = someone;
    let Some(canonical) = accounts.first().cloned() else {
        let message = "a person without an account that muster knows";
        page.reject((file, line), message, PERSON_HINT, name.as_deref().unwrap_or_default());
        return;
    };
    let others = accounts.iter().skip(1);
    let alone = Some(&canonical).filter(|_| name.is_some() && accounts.len() == 1);
    page.facts.extend(others.chain(alone).map(|account| Fact::Linked {
        account: account.clone(),
        canonical: canonical.clone(),
        evidence: Voice::SortingHat,
        name: name.clone(),
    }));
    if bot {
        // As gitdm writes it, and the tables know it.
        let organisation = "(Robots)".to_owned();
        let (account, said_by, period) = (canonical.clone(), Voice::SortingHat, Period::default());
        page.facts.push(Fact::Affiliated { account, organisation, said_by, period });
    }
    for enrollment in &enrollments {
        match enrolled(enrollment) {
            Ok((organisation, period)) => page.facts.push(Fact::Affiliated {
                account: canonical.clone(),
                organisation,
                said_by: Voice::SortingHat,
                period,
            }),
            Err(message) => {
                let hint = "write `organization`, `start` and `end`, the dates as 2015-10-01";
                let message = format!("an enrollment of {} cannot be read: {message}", hidden(&canonical));
                page.reject((file, line), message, hint, &enrollment.to_string());
            }
        }
    }
}

fn enrolled(enrollment: &Value) -> Result<(String, Period), String> {
    let named = enrollment.get("organization").and_then(|organization| text_of(organization, "name"));
    let organisation = text_of(enrollment, "organization").or(named).ok_or("it names no organization")?;
    let organisation = organisation_of(&organisation)?;
    let bound = |key: &str, none: fn(&str) -> bool| -> Result<Option<String>, String> {
        let Some(text) = text_of(enrollment, key) else { return Ok(None) };
        // `2015-10-01T00:00:00`
        let date = day(text.get(..10).filter(|_| text[10..].starts_with(['T', ' '])).unwrap_or(&text))?;
        Ok(Some(date).filter(|date| !none(date)))
    };
    let period =
        Period { from: bound("start", |day| day <= "1900-01-01")?, until: bound("end", |day| day >= "2100-01-01")? };
    if period.has_days() { Ok((organisation, period)) } else { Err("it ends before it begins".to_owned()) }
}

/// `[{"domain": …, "is_top": …}]`
fn domains(file: &str, line: u32, organisation: &str, list: &Value, page: &mut Page) {
    for entry in list.as_array().into_iter().flatten() {
        let written = text_of(entry, "domain").or_else(|| entry.as_str().map(str::to_owned)).unwrap_or_default();
        assign(file, line, organisation, &written, page);
    }
}

fn organization(file: &str, line: u32, name: &str, item: &Value, page: &mut Page) {
    let list = item.get("domains").cloned().unwrap_or_default();
    domains(file, line, name, &list, page);
    for alias in texts(item, "aliases") {
        if has_address(name) || has_address(&alias) {
            let message = format!("an alias of {:?} is or means an e-mail address", shown(name));
            page.reject((file, line), message, "write the names of organisations", &alias);
            continue;
        }
        page.facts.push(Fact::Aliased {
            alias: folded(&alias),
            organisation: folded(name),
            pattern: false,
            said_by: Voice::SortingHat,
        });
    }
}

fn assign(file: &str, line: u32, organisation: &str, written: &str, page: &mut Page) {
    match domain(written).filter(|_| !has_address(organisation)) {
        Some(domain) => page.facts.push(Fact::Domain {
            domain,
            organisation: folded(organisation),
            said_by: Voice::SortingHat,
            period: Period::default(),
        }),
        None => {
            let message = format!("a domain of {:?} cannot be read", shown(organisation));
            let hint = "write the domain as example.org, and no address for the organisation's name";
            page.reject((file, line), message, hint, written);
        }
    }
}

/// Somebody, for SortingHat.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exported {
    /// The name to show.
    pub name: String,
    /// GitHub logins.
    pub logins: Vec<String>,
    /// E-mail addresses.
    pub emails: Vec<String>,
    /// Organisation, first day and first day no more.
    pub enrollments: Vec<(String, Option<String>, Option<String>)>,
}

/// SortingHat's id of an identity: SHA-1, hexadecimal, of `source:email:name:username`, lower case, accents taken off the
/// name, `none` for what is missing.
pub fn identity(source: &str, email: Option<&str>, name: Option<&str>, username: Option<&str>) -> String {
    let bare: String = name.unwrap_or("none").nfd().filter(|c| !is_combining_mark(*c)).collect();
    let parts = [source, email.unwrap_or("none"), &bare, username.unwrap_or("none")];
    let digest = Sha1::digest(parts.join(":").to_lowercase().as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The export that [`json`] reads (SortingHat 0.7): one identity a login and an address, none twice.
pub fn write(people: &[Exported]) -> String {
    let mut individuals = Map::new();
    for person in people {
        let one = |source: &str, email: Option<&str>, username: Option<&str>| {
            let id = identity(source, email, Some(&person.name), username);
            serde_json::json!({ "id": id, "source": source, "name": person.name, "email": email, "username": username })
        };
        let logins = person.logins.iter().map(|login| one("github", None, Some(login)));
        let identities: Vec<Value> =
            logins.chain(person.emails.iter().map(|email| one("git", Some(email), None))).collect();
        let Some(uuid) = identities.first().and_then(|first| first["id"].as_str()).map(str::to_owned) else { continue };
        let enrollments = person.enrollments.iter().map(|(organization, start, end)| {
            let day = |day: &Option<String>, bound: &str| format!("{}T00:00:00", day.as_deref().unwrap_or(bound));
            serde_json::json!({ "organization": organization, "start": day(start, FIRST), "end": day(end, LAST) })
        });
        let body = serde_json::json!({
            "uuid": uuid,
            "profile": { "name": person.name, "email": person.emails.first() },
            "enrollments": enrollments.collect::<Vec<_>>(),
            "identities": identities,
        });
        individuals.insert(uuid, body);
    }
    let export = serde_json::json!({ "uidentities": individuals, "organizations": {}, "blacklist": [] });
    // A tree of strings can always be written.
    serde_json::to_string_pretty(&export).unwrap_or_default()
}

const FIRST: &str = "1900-01-01";
const LAST: &str = "2100-01-01";

#[cfg(test)]
mod export_tests {
    use super::*;

    #[test]
    fn an_identity_has_the_id_that_sortinghat_gives_it() {
        let id = "a9b403e150dd4af8953a52a4bb841051e4b705d9";
        assert_eq!(identity("scm", Some("jsmith@example.com"), Some("John Smith"), Some("jsmith")), id);
        assert_eq!(identity("scm", Some("jsmith@example.com"), Some("J\u{f6}hn Smith"), Some("JSMITH")), id);
        assert_ne!(identity("scm", None, Some("John Smith"), Some("jsmith")), id);
    }

    #[test]
    fn what_is_written_is_read_again() {
        let ada = Exported {
            name: "Ada".to_owned(),
            logins: vec!["ada".to_owned()],
            emails: vec!["ada@example.org".to_owned()],
            enrollments: vec![("Acme".to_owned(), Some("2021-01-01".to_owned()), None)],
        };
        let page = json("export.json", &write(&[ada]));
        assert!(page.problems.is_empty(), "{:?}", page.problems);
        assert_eq!(page.records, 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::page::Standing;

    fn show(page: &Page) -> Vec<String> {
        let day = |day: &Option<String>| day.clone().unwrap_or_default();
        let show = |fact: &Fact| match fact {
            Fact::Linked { account, canonical, name, .. } => {
                format!("{account} = {canonical} {}", name.clone().unwrap_or_default()).trim().to_owned()
            }
            Fact::Affiliated { account: key, organisation, period, .. }
            | Fact::Domain { domain: key, organisation, period, .. } => {
                format!("{key} {organisation} {}..{}", day(&period.from), day(&period.until))
            }
            Fact::Aliased { alias, organisation, .. } => format!("{alias} => {organisation}"),
            other => format!("{other:?}"),
        };
        page.facts.iter().map(show).collect()
    }

    #[test]
    fn the_export_is_read() {
        let text = r#"{"blacklist": [], "organizations": {"Acme": [{"domain": "acme.example", "is_top": true}, {"domain": "x"}]},
"time": "2017", "uidentities": {
 "aa": {"uuid": "aa", "profile": {"name": "Ada L.", "email": "ada@a.org", "is_bot": false},
  "identities": [{"email": "ADA@a.org", "name": null, "username": null, "source": "git"},
   {"email": null, "username": "adal", "source": "github"}, {"username": "ada", "source": "slack"}],
  "enrollments": [{"organization": "Acme", "start": "1900-01-01T00:00:00", "end": "2015-10-01T00:00:00"},
   {"organization": {"name": "Barn"}, "start": "2015-10-01", "end": "2100-01-01"},
   {"organization": "Cyan", "start": "2015-10-01", "end": "2015-10-01"}, {"start": "x"}]},
 "bb": {"identities": [{"name": "Bo"}]}}}"#;
        let page = json("s.json", text);
        assert_eq!(
            show(&page),
            [
                "acme.example Acme ..",
                "email:ada@a.org = github:adal Ada L.",
                "github:adal Acme ..2015-10-01",
                "github:adal Barn 2015-10-01..",
            ]
        );
        assert_eq!((page.records, page.not_ours), (3, 2));
        let lines: Vec<_> = page.problems.iter().map(|problem| problem.line).collect();
        assert_eq!(lines, [Some(1), Some(3), Some(3), Some(9)]);
    }

    #[test]
    fn bots_are_robots() {
        let text = r#"{"uidentities": {"e": {"identities": [{"source": "github", "username": "acme-robot"}], "profile": {"is_bot": true}}}}"#;
        assert_eq!(show(&json("s.json", text)), ["github:acme-robot (Robots) .."]);
        let text = "- profile: {name: R, is_bot: true}\n  github: [acme-robot]\n";
        assert_eq!(
            show(&yaml("i.yaml", text)),
            ["github:acme-robot = github:acme-robot R", "github:acme-robot (Robots) .."]
        );
    }

    #[test]
    fn identities_in_yaml_are_read() {
        let text = "# c\n- profile:\n    name: Ada L.\n  enrollments:\n    - organization: Acme\n      start: 2015-10-01\n      end: 2100-01-01\n  email:\n    - ada@a.org\n  git:\n    - Ada <ada@b.org>\n- organization: Acme\n  domains:\n    - acme.example\n  aliases: [Acme Inc]\n- profile: {name: Bo}\n  enrollments:\n    - organization: Acme\n- profile: {name: Cy}\n  github: [cy]\n";
        let page = yaml("i.yaml", text);
        assert_eq!(
            show(&page),
            [
                "email:ada@b.org = email:ada@a.org Ada L.",
                "email:ada@a.org Acme 2015-10-01..",
                "acme.example Acme ..",
                "Acme Inc => Acme",
                "github:cy = github:cy Cy",
            ]
        );
        assert_eq!(page.problems.iter().map(|p| p.line).collect::<Vec<_>>(), [Some(16)]);
        assert_eq!(yaml("i.yaml", "- profile: [\n- x").standing, Standing::Refused);
    }
}
