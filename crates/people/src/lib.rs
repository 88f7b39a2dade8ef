//! Who is who, who worked where, and when: pure logic over what the log states. No files, no clock, no SQL.
//!
//! [`Evidence`] in, [`Resolution`] out.

mod evidence;
mod resolution;

pub use evidence::{Alias, Attendance, Declaration, Domain, Evidence, Link, Relation, Sighting};
pub use resolution::{
    Account, Affiliation, Conflict, Declared, Join, Organization, OrganizationRelation, Person, Resolution, Spelling,
    Suggestion,
};
