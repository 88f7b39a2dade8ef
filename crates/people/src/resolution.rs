//! What follows from the evidence: the rows of the tables `accounts`, `people`, `affiliations` and so on.
//!
//! Accounts are unmasked here; whoever publishes them masks them ([`muster_model::account::masked`]).

use muster_model::Timestamp;

use crate::Text;

/// An account, and the person it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Account {
    /// The account.
    pub account: Text,
    /// The person: the account that stands for all of theirs.
    pub person: Text,
    /// The name written beside it most lately; a login is its own.
    pub name: Option<Text>,
    /// First event.
    pub first_seen: Timestamp,
    /// Last event.
    pub last_seen: Timestamp,
    /// Whether the person is a bot.
    pub is_bot: bool,
    /// Why the account itself is taken for one (a pattern, its type, or an affiliation `(Robots)`), even where an exception
    /// says that it is none.
    pub bot_reason: Option<Text>,
    /// A name of notes that fits two people or nobody: it is counted as a person of its own.
    pub unresolved: bool,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Person {
    /// The account that stands for them.
    pub person: Text,
    /// The name to show.
    pub name: Text,
    /// One policy: what holds of one account holds of the person, unless an exception names one.
    pub is_bot: bool,
    /// Why.
    pub bot_reason: Option<Text>,
    /// How many accounts.
    pub accounts: u64,
}

/// Why an account belongs to its person: one piece of evidence that was used, or refused.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Join {
    /// The person of `account`.
    pub person: Text,
    /// One account.
    pub account: Text,
    /// The other.
    pub other: Text,
    /// The kind of evidence, as in [`crate::Strength`].
    pub evidence: Text,
    /// The event that says so; empty where it follows from the accounts themselves (a no-reply address).
    pub event_id: Text,
    /// False: stronger evidence keeps the two apart.
    pub used: bool,
}

/// Where a person works from when to when: intervals of one person never overlap.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Affiliation {
    /// The person.
    pub person: String,
    /// First instant; `None`: ever since.
    pub from: Option<Timestamp>,
    /// First instant it no longer holds; `None`: still.
    pub until: Option<Timestamp>,
    /// The organisation's name; `None` where sources of equal authority contradict each other. `Independent` is a value.
    pub organisation: Option<String>,
    /// What organisations are counted by: `None` for `Independent`.
    pub organisation_key: Option<String>,
    /// The same with related organisations merged: the topmost parent in this interval (which is cut at changes of parent).
    /// Known even where sources name two organisations, if both belong to it.
    pub organisation_group: Option<String>,
    /// Who says so.
    pub said_by: String,
    /// The event that says so.
    pub event_id: String,
}

/// A statement of where somebody works, as it was made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Declared {
    /// The person.
    pub person: String,
    /// The account it was said of.
    pub account: String,
    /// First instant; `None`: ever since.
    pub from: Option<Timestamp>,
    /// First instant it no longer holds; `None`: still.
    pub until: Option<Timestamp>,
    /// The organisation as written.
    pub written: String,
    /// The organisation it means; `None` for `NotFound` and the like.
    pub organisation: Option<String>,
    /// Who says so.
    pub said_by: String,
    /// Which file, repository or notes source.
    pub source: String,
    /// The first event that says so.
    pub event_id: String,
}

/// An organisation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Organization {
    /// Its name.
    pub organisation: String,
    /// How many people are ever affiliated with it.
    pub people: u64,
    /// Its spellings, in order.
    pub spellings: Vec<String>,
    /// The topmost parent at the as-of instant; itself where it has none.
    pub organisation_group: String,
}

/// Which organisation belonged to which, from when to when.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OrganizationRelation {
    /// The one that belongs.
    pub organisation: String,
    /// The one it belongs to.
    pub parent: String,
    /// First instant; `None`: ever since.
    pub from: Option<Timestamp>,
    /// First instant it no longer holds; `None`: still.
    pub until: Option<Timestamp>,
    /// Who says so.
    pub said_by: String,
    /// The event that says so; empty for the list that muster ships.
    pub event_id: String,
}

/// What a written organisation means: for joining in SQL.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spelling {
    /// As written.
    pub written: String,
    /// First instant of this meaning (a parent changes): `None`: ever since.
    pub from: Option<Timestamp>,
    /// First instant it no longer holds; `None`: still.
    pub until: Option<Timestamp>,
    /// The organisation's name; `None` for `NotFound` and the like.
    pub organisation: Option<String>,
    /// `None` for `Independent` too.
    pub organisation_key: Option<String>,
    /// With related organisations merged.
    pub organisation_group: Option<String>,
}

/// Something that a person should look at: nothing was resolved silently.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Conflict {
    /// `two-names`, `two-organisations`, `two-numbers`, `joins-maintainers`, `kept-apart`, `ambiguous-name`, `parent-cycle`,
    /// `empty-interval`, `bad-pattern`.
    pub kind: String,
    /// The person, or the organisation.
    pub about: String,
    /// First instant it concerns, for organisations at one time.
    pub from: Option<Timestamp>,
    /// Its end.
    pub until: Option<Timestamp>,
    /// What contradicts what, in one sentence.
    pub message: String,
    /// The events that say so.
    pub event_ids: Vec<String>,
}

/// Two people who may be one: nobody joins them but the people file.
#[derive(Debug, Clone, PartialEq, PartialOrd)]
pub struct Suggestion {
    /// One person.
    pub person: Text,
    /// The other.
    pub other: Text,
    /// 0 to 1: for ranking only.
    pub score: f64,
    /// What speaks for it.
    pub reasons_for: Vec<String>,
    /// What speaks against it.
    pub reasons_against: Vec<String>,
}

/// All that follows. Every list is sorted; the same evidence gives the same lists.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Resolution {
    /// By account.
    pub accounts: Vec<Account>,
    /// By person.
    pub people: Vec<Person>,
    /// By person, account.
    pub joins: Vec<Join>,
    /// By person, from.
    pub affiliations: Vec<Affiliation>,
    /// By person, from.
    pub declared: Vec<Declared>,
    /// By name.
    pub organizations: Vec<Organization>,
    /// By name, from.
    pub relations: Vec<OrganizationRelation>,
    /// By spelling, from.
    pub spellings: Vec<Spelling>,
    /// By kind, about.
    pub conflicts: Vec<Conflict>,
}
