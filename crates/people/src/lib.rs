//! Who is who, who worked where, and when: pure logic over what the log states. No files, no clock, no SQL.
//!
//! [`Evidence`] in, [`Resolution`] out ([`resolve`]). Which evidence beats which is said in two places only: [`Strength`] for
//! who is who, [`Authority`] for who worked where. What cannot be decided is a [`Conflict`]; what may be so, a [`Suggestion`].

mod accounts;
mod affiliation;
mod conflict;
mod evidence;
mod free_mail;
mod interval;
mod join;
mod notes_name;
mod organization;
mod person;
mod resolution;
mod resolve;
mod shipped;
mod statement;
mod strength;
mod suggest;
mod text;

/// A text of which there are millions: names and accounts. Up to 24 bytes it needs no memory of its own.
pub type Text = compact_str::CompactString;

pub use evidence::{Alias, Attendance, Declaration, Domain, Evidence, Link, Relation, Sighting};
pub use organization::{INDEPENDENT, Meaning, Organizations, organisation_key};
pub use resolution::{
    Account, Affiliation, Conflict, Declared, Join, Organization, OrganizationRelation, Person, Resolution, Spelling,
    Suggestion,
};
pub use resolve::resolve;
pub use strength::{Authority, Strength};
pub use suggest::suggest;
