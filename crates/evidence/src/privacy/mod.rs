//! Pseudonyms for what leaves the project: `privacy = "public" | "initials" | "hashed"`.
//!
//! | | people | links, titles, messages | ids of events | everything else |
//! | --- | --- | --- | --- | --- |
//! | public | name and public login | as they are | as they are | as it is |
//! | initials | `A. L.`; with a hash where two have the same | left out | hashed | as it is |
//! | hashed | `person-3f9a01c27d` | left out | hashed | as it is |
//!
//! An e-mail address is shown in none of them. Hashes are HMAC-SHA256 under a key that only the log has (its identity, a
//! random number from its first day): who has the log can tell whose a pseudonym is, who only has a list of logins
//! cannot try them. The same log gives the same pseudonyms.
//!
//! These are pseudonyms, not anonymity: what somebody did in a public repository at a public time can be found there.

mod columns;

use crate::figure::{Figure, Present, Provenance, Rejected};
use crate::report::{Maintainer, Meeting};
use columns::Meaning;
use hmac::{Hmac, KeyInit, Mac};
use muster_model::Privacy;
use sha2::Sha256;
use std::collections::{BTreeMap, HashMap};

/// What stands where a text was left out.
pub const WITHHELD: &str = "(withheld)";

/// A person, as the tables know them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// The account that stands for the person.
    pub person: String,
    /// The name to show.
    pub name: String,
    /// All accounts, and other names.
    pub also: Vec<String>,
}

/// How each person is called in what leaves the project.
#[derive(Debug, Clone)]
pub struct Names {
    privacy: Privacy,
    key: Vec<u8>,
    /// Account, login and name to pseudonym.
    known: HashMap<String, String>,
}

impl Names {
    /// `key` is the log's identity.
    pub fn new(privacy: Privacy, key: &str, people: &[Person]) -> Self {
        let mut names = Self { privacy, key: key.as_bytes().to_owned(), known: HashMap::new() };
        if !names.hides() {
            return names;
        }
        let pseudonyms = names.pseudonyms(people);
        for (person, pseudonym) in people.iter().zip(pseudonyms) {
            for called in [&person.person, &person.name].into_iter().chain(&person.also) {
                for called in [called.as_str(), login(called)] {
                    // Of two people with the same name the first has it: a name alone says no more.
                    names.known.entry(called.to_lowercase()).or_insert_with(|| pseudonym.clone());
                }
            }
        }
        names
    }

    /// Whether anything is hidden at all.
    pub fn hides(&self) -> bool {
        self.privacy != Privacy::Public
    }

    /// What a reader of the report must know.
    pub fn sentence(&self) -> &'static str {
        match self.privacy {
            Privacy::Public => "People are shown by name and public login. No e-mail address leaves the project.",
            Privacy::Initials => {
                "People are shown by their initials; links, titles and messages are left out, and ids of events are \
                 hashed. Whoever has the log can open each of them."
            }
            Privacy::Hashed => {
                "People are shown by a keyed hash; links, titles and messages are left out, and ids of events are \
                 hashed. Whoever has the log can open each of them."
            }
        }
    }

    fn pseudonyms(&self, people: &[Person]) -> Vec<String> {
        if self.privacy == Privacy::Hashed {
            return people.iter().map(|person| format!("person-{}", self.hash(&person.person, 10))).collect();
        }
        let short: Vec<String> = people.iter().map(|person| initials(shown_name(person))).collect();
        let mut times: BTreeMap<&str, usize> = BTreeMap::new();
        short.iter().for_each(|initials| *times.entry(initials).or_default() += 1);
        let full = |(person, initials): (&Person, &String)| match times.get(initials.as_str()) {
            Some(1) => initials.clone(),
            _ => format!("{initials} #{}", self.hash(&person.person, 6)),
        };
        people.iter().zip(&short).map(full).collect()
    }

    fn hash(&self, text: &str, digits: usize) -> String {
        // HMAC takes a key of any length: there is nothing here that could fail.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.key) else { return String::new() };
        mac.update(text.as_bytes());
        let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        hex[..digits].to_owned()
    }

    /// A person by account, login or name.
    pub fn person(&self, called: &str) -> String {
        if !self.hides() || called.is_empty() {
            return called.to_owned();
        }
        let known = |called: &str| self.known.get(&called.to_lowercase()).cloned();
        let unknown = || match self.privacy {
            Privacy::Initials => format!("{} #{}", initials(login(called)), self.hash(called, 6)),
            _ => format!("person-{}", self.hash(called, 10)),
        };
        known(called).or_else(|| known(login(called))).unwrap_or_else(unknown)
    }

    /// A cell of a table or population, by its column.
    pub fn cell(&self, table: &str, column: &str, text: &str) -> Option<String> {
        if !self.hides() {
            return Some(text.to_owned());
        }
        match columns::meaning(table, column) {
            Meaning::Person => Some(self.person(text)),
            Meaning::People => Some(self.people(text)),
            Meaning::Event => {
                Some(if text.is_empty() { String::new() } else { format!("event-{}", self.hash(text, 16)) })
            }
            Meaning::Left => None,
            Meaning::Kept => Some(text.to_owned()),
            Meaning::Either => Some(self.either(text)),
            Meaning::Open => Some(self.open(text)),
        }
    }

    /// An organisation stays; who is independent counts as one of their own, under their account.
    fn either(&self, text: &str) -> String {
        match text.split_once(": ") {
            Some((kind @ "Independent", person)) => format!("{kind}: {}", self.person(person)),
            _ => self.known.get(&text.to_lowercase()).cloned().unwrap_or_else(|| text.to_owned()),
        }
    }

    fn people(&self, text: &str) -> String {
        let names = text.split([' ', ';']).filter(|name| !name.is_empty());
        names.map(|name| self.person(name)).collect::<Vec<_>>().join("; ")
    }

    /// A column of which nobody says what it is: numbers, instants and yes or no may stay, known people are named, the rest
    /// is withheld.
    fn open(&self, text: &str) -> String {
        let harmless = text.is_empty()
            || text.parse::<f64>().is_ok()
            || ["true", "false"].contains(&text)
            || muster_model::parse_time(text).is_ok();
        match self.known.get(&text.to_lowercase()) {
            Some(pseudonym) => pseudonym.clone(),
            None if harmless => text.to_owned(),
            None => WITHHELD.to_owned(),
        }
    }

    /// A longer text of the project's own, such as its pipeline file: known logins and names in it are exchanged.
    pub fn text(&self, text: &str) -> String {
        if !self.hides() {
            return text.to_owned();
        }
        let mut known: Vec<(&String, &String)> =
            self.known.iter().filter(|(called, _)| called.chars().count() >= 3).collect();
        known.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then(a.0.cmp(b.0)));
        known.into_iter().fold(text.to_owned(), |text, (called, pseudonym)| exchanged(&text, called, pseudonym))
    }

    /// Figures, with the people among their groups; notes do not name people.
    pub fn figures(&self, figures: &[Figure]) -> Vec<Figure> {
        let hidden = |figure: &Figure| Figure { group: self.group(&figure.group), ..figure.clone() };
        figures.iter().map(hidden).collect()
    }

    /// `person=github:octo`.
    pub fn group(&self, group: &str) -> String {
        match group.split_once('=') {
            Some((column, value)) if value != "unknown" => {
                format!("{column}={}", self.cell("", column, value).unwrap_or_else(|| WITHHELD.to_owned()))
            }
            _ => group.to_owned(),
        }
    }

    /// The accounts among the bots.
    pub fn provenance(&self, provenance: &Provenance) -> Provenance {
        let mut hidden = provenance.clone();
        hidden.excluded_bots.iter_mut().for_each(|bot| bot.account = self.person(&bot.account));
        hidden
    }

    /// What could not be read, without its words: they quote the record.
    pub fn rejected(&self, rejected: &[Rejected]) -> Vec<Rejected> {
        let hidden = |row: &Rejected| match self.hides() {
            false => row.clone(),
            true => Rejected { message: WITHHELD.to_owned(), hint: String::new(), ..row.clone() },
        };
        rejected.iter().map(hidden).collect()
    }

    /// Who was at a meeting.
    pub fn present(&self, present: &[Present]) -> Vec<Present> {
        let hidden = |row: &Present| match self.hides() {
            false => row.clone(),
            true => Present { name: self.person(&row.name), login: String::new(), ..row.clone() },
        };
        present.iter().map(hidden).collect()
    }

    /// A listed maintainer, by name and account.
    pub fn maintainer(&self, maintainer: Maintainer) -> Maintainer {
        if !self.hides() {
            return maintainer;
        }
        let called = if maintainer.account.is_empty() { &maintainer.name } else { &maintainer.account };
        Maintainer { name: self.person(called), account: String::new(), url: String::new(), ..maintainer }
    }

    /// A meeting, without its title.
    pub fn meeting(&self, meeting: Meeting) -> Meeting {
        if self.hides() { Meeting { title: String::new(), ..meeting } } else { meeting }
    }
}

fn shown_name(person: &Person) -> &str {
    if person.name.is_empty() { login(&person.person) } else { &person.name }
}

/// `octo` of `github:octo`, `Ada L.` of `name:lantern/Ada L.`.
fn login(account: &str) -> &str {
    let without_kind = account.split_once(':').map_or(account, |(_, rest)| rest);
    without_kind.rsplit_once('/').map_or(without_kind, |(_, rest)| rest)
}

/// `A. L.` of `Ada Lovelace`.
fn initials(name: &str) -> String {
    let letters = name.split(|letter: char| letter.is_whitespace() || letter == '-').filter_map(|word| {
        let first = word.chars().find(|letter| letter.is_alphanumeric())?;
        Some(first.to_uppercase().chain(['.']).collect::<String>())
    });
    let letters: Vec<String> = letters.take(4).collect();
    if letters.is_empty() { "?".to_owned() } else { letters.join(" ") }
}

/// The text with each whole-word `called` (in lower case) as `pseudonym`.
fn exchanged(text: &str, called: &str, pseudonym: &str) -> String {
    let lower = text.to_lowercase();
    // Where lower case has other lengths, places in it are no places in the text.
    if lower.len() != text.len() {
        return if lower.contains(called) { lower.replace(called, pseudonym) } else { text.to_owned() };
    }
    let is_word = |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
    let (mut out, mut done, mut at) = (String::new(), 0, 0);
    while let Some(found) = lower.get(at..).and_then(|rest| rest.find(called)) {
        let (start, end) = (at + found, at + found + called.len());
        let inside = is_word(lower[..start].chars().next_back()) || is_word(lower[end..].chars().next());
        if let (false, Some(between)) = (inside, text.get(done..start)) {
            out.push_str(between);
            out.push_str(pseudonym);
            done = end;
        }
        at = end;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests;
