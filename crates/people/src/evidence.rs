//! What the log states about who is who: the input of [`crate::resolve`].
//!
//! Each is a plain row. They come in any order, and the order never matters.

use muster_model::Timestamp;

use crate::Text;

/// An account with one name written beside it, and when it was seen so.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sighting {
    /// The account, as [`muster_model::account`] writes it, unmasked.
    pub account: Text,
    /// The name written beside it.
    pub name: Option<Text>,
    /// GitHub's number of the account, where the event has it.
    pub actor_id: Option<u64>,
    /// The first event.
    pub first_seen: Timestamp,
    /// The last event.
    pub last_seen: Timestamp,
    /// Why the account is taken for a bot by itself: its GitHub type, or a pattern.
    pub bot_reason: Option<Text>,
    /// Whether the pipeline says that it is no bot.
    pub not_a_bot: bool,
}

/// Two accounts that a source joins, or keeps apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    /// The event that says so.
    pub event_id: String,
    /// One account.
    pub account: String,
    /// The other; for a link, the one that stands for both.
    pub other: String,
    /// `people`, `mailmap`, `gitdm`, `sortinghat`, `roster`, `profile-link`, `chat-profile`; see [`crate::Strength`].
    pub evidence: String,
    /// The proper name, where the source gives one.
    pub name: Option<String>,
    /// The two are two people.
    pub apart: bool,
    /// How often the source has changed its mind: the highest revision of a pair, evidence and `apart` is what it says.
    pub revision: u32,
    /// The source no longer says so.
    pub withdrawn: bool,
}

/// Where somebody works, as one source states it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Declaration {
    /// The event that says so.
    pub event_id: String,
    /// Whose.
    pub account: String,
    /// The organisation as written.
    pub organisation: String,
    /// `people`, `roster`, `notes`, `sortinghat`, `gitdm`, `email-map`, `profile`; see [`crate::Authority`].
    pub said_by: String,
    /// Which file, repository or notes source: intervals are joined within one.
    pub source: String,
    /// First instant it holds; `None`: ever since.
    pub from: Option<Timestamp>,
    /// First instant it no longer holds; `None`: still. A statement of notes holds for its day; consecutive ones of one
    /// source and organisation are joined by `resolve`, not by the caller.
    pub until: Option<Timestamp>,
    /// As in [`Link::revision`], for account, organisation, from, until, said_by and source.
    pub revision: u32,
    /// The source no longer says so.
    pub withdrawn: bool,
}

/// Somebody at a meeting: what initials of that meeting are looked up in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Attendance {
    /// `<community>/<series>/<date>`, as in an `initials:` account.
    pub meeting: String,
    /// Who.
    pub account: String,
    /// The name as written there.
    pub name: String,
}

/// One spelling of an organisation, as a source states it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Alias {
    /// The event that says so; empty for the list that muster ships.
    pub event_id: String,
    /// A spelling, or a regular expression (Rust or Go syntax) that a whole spelling must match.
    pub alias: String,
    /// The organisation that it means.
    pub organisation: String,
    /// Whether `alias` is a regular expression.
    pub pattern: bool,
    /// `people`, `gitdm`, `muster`.
    pub said_by: String,
    /// As in [`Link::revision`].
    pub revision: u32,
    /// The source no longer says so.
    pub withdrawn: bool,
}

/// An organisation that belongs to another for a time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Relation {
    /// The event that says so; empty for the list that muster ships.
    pub event_id: String,
    /// The one that belongs.
    pub organisation: String,
    /// The one it belongs to.
    pub parent: String,
    /// First instant; `None`: ever since.
    pub from: Option<Timestamp>,
    /// First instant it no longer holds; `None`: still.
    pub until: Option<Timestamp>,
    /// `people`, `gitdm`, `muster`.
    pub said_by: String,
    /// As in [`Link::revision`].
    pub revision: u32,
    /// The source no longer says so.
    pub withdrawn: bool,
}

/// A company's e-mail domain. The weakest word about where somebody works; free-mail and no-reply domains are refused.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Domain {
    /// The event that says so; empty for the list that muster ships.
    pub event_id: String,
    /// The domain; its subdomains too, unless they are assigned themselves.
    pub domain: String,
    /// Whose people have addresses in it.
    pub organisation: String,
    /// First instant; `None`: ever since.
    pub from: Option<Timestamp>,
    /// First instant it no longer holds; `None`: still.
    pub until: Option<Timestamp>,
    /// `people`, `gitdm`, `muster`.
    pub said_by: String,
    /// As in [`Link::revision`].
    pub revision: u32,
    /// The source no longer says so.
    pub withdrawn: bool,
}

/// Everything the log states about who is who.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Accounts and names.
    pub sightings: Vec<Sighting>,
    /// Accounts joined and kept apart.
    pub links: Vec<Link>,
    /// Who works where.
    pub declarations: Vec<Declaration>,
    /// Who was at which meeting.
    pub attendances: Vec<Attendance>,
    /// Accounts listed as maintainers: a merge of two of them is a conflict to look at.
    pub maintainers: Vec<String>,
    /// Spellings of organisations.
    pub aliases: Vec<Alias>,
    /// Which organisation belongs to which.
    pub relations: Vec<Relation>,
    /// E-mail domains of organisations.
    pub domains: Vec<Domain>,
}
