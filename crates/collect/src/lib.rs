//! The outside world to events, problems and a cursor. One folder a source; in each, the parser (bytes to events and
//! problems, pure, never fails) lies apart from the reader (files and processes).
//!
//! | folder | source | a record is |
//! | --- | --- | --- |
//! | [`notes`] | Markdown meeting notes | a fact that the notes state |
//! | [`git`] | a clone, bare repository, bundle or URL | a commit, a tag, a `.mailmap` line |
//! | [`gharchive`] | GH Archive hours and Events API answers | a line or array element |
//! | [`github`] | GitHub's API | an object or a fact of its history |
//! | [`webhooks`] | stored deliveries of GitHub's webhooks | a delivery |
//! | [`github_json`] | saved answers of GitHub's REST API | an object |
//! | [`roster`] | MAINTAINERS, OWNERS, CODEOWNERS, ADOPTERS | a listing or its end |
//! | [`slack`], [`discord`], [`zulip`], [`mattermost`] | exports and APIs of chats | a message, reaction, profile or channel |
//! | [`mail`] | mailing lists | a mail |
//! | [`messages`] | tables of messages | a row |
//! | [`perceval`] | Perceval's items | a fact of an item |
//! | [`attendance`] | attendance tables | a row |
//! | [`people`] | our people file, gitdm, SortingHat, `.mailmap` | a statement, or its withdrawal |
//!
//! Each has a `Config` and an `open(&Config, Option<&Cursor>)` that gives a [`muster_model::Collector`].

pub mod attendance;
mod chat;
pub mod discord;
mod files;
pub mod gharchive;
pub mod git;
pub mod github;
pub mod github_json;
mod hex;
mod ids;
mod link;
pub mod mail;
pub mod mattermost;
pub mod messages;
pub mod notes;
pub mod people;
pub mod perceval;
mod records;
pub mod roster;
pub mod slack;
pub mod webhooks;
pub mod zulip;
