//! What one version of one roster file states.

use muster_model::Problem;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A role, as a heading, key or file name names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Role {
    /// Its name, singular and lower case.
    pub name: String,
    /// Whether people in it are maintainers.
    pub maintainer: bool,
}

impl Role {
    pub(super) fn new(name: &str, maintainer: bool) -> Self {
        Self { name: name.to_owned(), maintainer }
    }
}

/// Somebody in a roster, as written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Person {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
}

impl Person {
    /// Whether the source says more than a name: a login, a team or an address.
    pub(super) fn is_certain(&self) -> bool {
        self.login.is_some() || self.team.is_some() || self.email.is_some()
    }
}

/// A page that was read. Its problems have no file yet: a parser does not know what it reads.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// Who holds which role, in the page's order.
    pub people: Vec<(Person, Role)>,
    /// Who held a role once.
    pub former: Vec<Person>,
    /// Adopters, in the page's order.
    pub adopters: Vec<String>,
    /// The groups of an `OWNERS_ALIASES`.
    pub aliases: Option<BTreeMap<String, Vec<String>>>,
    /// Where the page links to, other than profiles and mail.
    pub links: Vec<String>,
    /// Whether the page holds a list of its own, be it an empty one.
    pub states_list: bool,
    /// Whether it holds items, rows or profiles, readable or not: then it is no mere pointer to another place.
    pub holds_entries: bool,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

impl Page {
    /// Adds a record that could not be read.
    pub(super) fn reject(&mut self, line: u32, message: &str, hint: &str, text: &str) {
        self.problems.push(Problem::rejected("", line, message, hint).with_text(text.trim()));
    }

    /// Adds a doubt.
    pub(super) fn note(&mut self, line: impl Into<Option<u32>>, message: impl Into<String>, hint: &str) {
        self.problems.push(Problem::notice("", line, message, hint));
    }

    /// Adds somebody to those who hold `role`.
    pub(super) fn add(&mut self, person: Person, role: &Role) {
        self.states_list = true;
        self.people.push((person, role.clone()));
    }
}
