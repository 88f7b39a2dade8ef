//! A row to events.

use crate::chat::facts::looks_like_address;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use muster_model::payload::{AccountLinked, AffiliationDeclared, MeetingAttended, MeetingHeld};
use muster_model::{Event, Payload, Timestamp, account};
use std::collections::HashSet;
use std::sync::Arc;

/// Where the columns are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Places {
    email: Option<usize>,
    name: Option<usize>,
    organisation: Option<usize>,
    login: Option<usize>,
    programme: Option<usize>,
    title: Option<usize>,
    date: usize,
}

/// The words by which a column is known, without case, spaces, hyphens and underscores.
const COLUMNS: [(&str, &[&str]); 7] = [
    ("email", &["email", "mail", "emailaddress"]),
    ("name", &["name", "fullname"]),
    ("organisation", &["org", "organization", "organisation", "company"]),
    ("login", &["githubid", "github", "githublogin", "githubusername"]),
    ("programme", &["cmprogram", "program", "programme", "cmprogramme"]),
    ("title", &["cmtitle", "title", "meeting"]),
    ("date", &["date"]),
];

/// What a column of this name is for.
pub(super) fn role(column: &str) -> Option<&'static str> {
    let folded: String = column.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    COLUMNS.iter().find(|(_, words)| words.contains(&folded.as_str())).map(|(role, _)| *role)
}

impl Places {
    /// By the first line.
    ///
    /// # Errors
    /// What is missing in it.
    pub fn new(header: &[String]) -> Result<Self, String> {
        let find = |wanted: &str| header.iter().position(|column| role(column) == Some(wanted));
        let places = Self {
            email: find("email"),
            name: find("name"),
            organisation: find("organisation"),
            login: find("login"),
            programme: find("programme"),
            title: find("title"),
            date: find("date").ok_or("no column `date`")?,
        };
        if places.email.or(places.name).or(places.login).is_none() {
            return Err("no column that says who: `email`, `name` or `githubid`".to_owned());
        }
        if places.programme.or(places.title).is_none() {
            return Err("no column that says which meeting: `cm_program` or `cm_title`".to_owned());
        }
        Ok(places)
    }
}

/// What a row says.
struct Row<'a> {
    email: Option<&'a str>,
    name: Option<&'a str>,
    organisation: Option<&'a str>,
    login: Option<String>,
    programme: Option<&'a str>,
    title: Option<&'a str>,
    date: Date,
}

impl<'a> Row<'a> {
    fn new(fields: &'a [String], places: &Places) -> Result<Self, (String, &'static str)> {
        let get = |place: Option<usize>| {
            let text = fields.get(place?)?.trim();
            let is_none = ["", "-", "n/a", "none", "null"].iter().any(|none| text.eq_ignore_ascii_case(none));
            (!is_none).then_some(text)
        };
        let written = get(Some(places.date)).ok_or(("a row without date".to_owned(), "write the day as 2025-06-17"))?;
        // The bare day only: a time of day would say more than is known of the offset.
        let date = (written.len() == 10).then(|| written.parse().ok()).flatten();
        let date = date.ok_or_else(|| (format!("{written:?} is no day"), "write the day as 2025-06-17"))?;
        let email = get(places.email).filter(|address| looks_like_address(address));
        let row = Self {
            email,
            name: get(places.name),
            organisation: get(places.organisation),
            login: get(places.login).and_then(login),
            programme: get(places.programme),
            title: get(places.title),
            date,
        };
        if row.email.is_none() && row.name.is_none() && row.login.is_none() {
            return Err(("a row that says of nobody that they attended".to_owned(), "fill in email, name or githubid"));
        }
        if row.series().is_empty() {
            return Err(("a row that says of no meeting".to_owned(), "fill in cm_program or cm_title"));
        }
        Ok(row)
    }

    fn series(&self) -> String {
        let slug = |text: Option<&str>| {
            let text = text.unwrap_or_default().to_lowercase();
            let words = text.split(|c: char| c.is_whitespace() || c == '/').filter(|word| !word.is_empty());
            words.collect::<Vec<_>>().join("-")
        };
        let (programme, title) = (slug(self.programme), slug(self.title));
        match (programme.is_empty(), title.is_empty()) {
            (false, false) if programme != title => format!("{programme}/{title}"),
            (false, _) => programme,
            (true, _) => title,
        }
    }
}

/// The login in a cell: bare, with `@`, or in the address of a profile.
fn login(written: &str) -> Option<String> {
    let bare = written.trim_start_matches("https://").trim_start_matches("http://").trim_start_matches("www.");
    let bare = bare.strip_prefix("github.com/").unwrap_or(bare).trim_end_matches('/').trim_start_matches('@');
    account::is_github_login(bare).then(|| bare.to_owned())
}

/// What a file has said so far.
pub(super) struct File {
    /// The source's name.
    pub community: String,
    /// Where the events come from.
    pub source: Arc<str>,
    /// Where the columns are.
    pub places: Places,
    /// The meetings that are events already.
    pub held: HashSet<String>,
}

impl File {
    /// The events of a row; that the meeting was held only if no row before said so.
    ///
    /// # Errors
    /// Why it is none, and what to do.
    pub fn events(&mut self, fields: &[String]) -> Result<Vec<Event>, (String, &'static str)> {
        let row = Row::new(fields, &self.places)?;
        let series = row.series();
        let prefix = format!("attendance:{}/{series}/{}", self.community, row.date);
        let time = row.date.to_zoned(TimeZone::UTC).map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp());
        let event = |suffix: &str, actor: Option<String>, data: Payload| Event {
            // Ids are printed with figures: no address may stand in one.
            id: account::masked(&format!("{prefix}/{suffix}")),
            source: self.source.clone(),
            time,
            subject: format!("meeting:{series}/{}", row.date),
            actor,
            url: None,
            data,
            collector: "attendance/1".into(),
        };
        let held = MeetingHeld {
            community: self.community.clone(),
            series: series.clone(),
            date: row.date.to_string(),
            title: row.title.or(row.programme).map(str::to_owned),
            location: None,
        };
        let github = row.login.as_deref().map(account::github);
        let address = row.email.map(account::email);
        let named = row.name.map(|name| account::name(&self.community, name));
        let account = github.clone().or_else(|| address.clone()).or(named).unwrap_or_default();
        let attended = MeetingAttended {
            name: row.name.or(row.login.as_deref()).unwrap_or_default().to_owned(),
            organisation: row.organisation.map(str::to_owned),
            role: None,
        };
        let attended = Payload::MeetingAttended(attended);
        let mut events = vec![event(&format!("attended/{account}"), Some(account.clone()), attended)];
        if self.held.insert(format!("{series}/{}", row.date)) {
            events.insert(0, event("held", None, Payload::MeetingHeld(held)));
        }
        if let Some(organisation) = row.organisation {
            let declared = AffiliationDeclared {
                account: account.clone(),
                organisation: organisation.to_owned(),
                said_by: "notes".to_owned(),
                ..AffiliationDeclared::default()
            };
            events.push(event(&format!("affiliation/{account}"), None, Payload::AffiliationDeclared(declared)));
        }
        if let (Some(github), Some(address)) = (github, address) {
            let linked = AccountLinked {
                account: address.clone(),
                canonical: github,
                // As a roster has it: name, login and address in one row.
                evidence: "roster".to_owned(),
                name: row.name.map(str::to_owned),
                ..AccountLinked::default()
            };
            events.push(event(&format!("linked/{address}"), None, Payload::AccountLinked(linked)));
        }
        Ok(events)
    }
}
