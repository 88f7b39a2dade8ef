//! The outside world to events, problems and a cursor. One folder a source; in each, the parser (bytes to events and
//! problems, pure, never fails) lies apart from the reader (files and processes).
//!
//! | folder | source | a record is |
//! | --- | --- | --- |
//! | [`notes`] | Markdown meeting notes | a fact that the notes state |
//! | [`git`] | a clone, bare repository, bundle or URL | a commit, a tag, a `.mailmap` line |
//! | [`gharchive`] | GH Archive hours and Events API answers | a line or array element |
//! | [`roster`] | MAINTAINERS, OWNERS, CODEOWNERS, ADOPTERS | a listing or its end |
//! | [`people`] | our people file, gitdm, SortingHat, `.mailmap` | a statement, or its withdrawal |
//!
//! Each has a `Config` and an `open(&Config, Option<&Cursor>)` that gives a [`muster_model::Collector`].

pub mod gharchive;
pub mod git;
pub mod notes;
pub mod people;
pub mod roster;
