//! A small GitHub-compatible HTTP server, driven by data: for tests and benchmarks of what asks GitHub.
//!
//! A [`World`] holds accounts, repositories and their history; [`Server`] answers REST and GraphQL from it, with GitHub's
//! paging, headers, limits and errors, and fails as GitHub fails where [`Faults`] say so. [`World::facts`] is the truth
//! that a complete collection must hold.
//!
//! ```
//! use muster_test_github::{Options, Server, World};
//! let mut world = World::new();
//! world.add_repository("acme/lantern", "2024-01-01T00:00:00Z".parse().unwrap());
//! world.open_issue("acme/lantern", "ada", "2024-02-01T12:00:00Z".parse().unwrap(), "It is dark");
//! let server = Server::start(world, Options::default());
//! let _root_of_the_api = server.url();
//! server.update(|world| world.close("acme/lantern", 1, "bob", "2024-02-02T12:00:00Z".parse().unwrap()));
//! assert!(server.requests().is_empty());
//! ```
//!
//! | file | holds |
//! | --- | --- |
//! | `world.rs` | accounts, repositories, items and their histories |
//! | `history.rs` | the ways in which a world moves on |
//! | `facts.rs` | the truth apart from any interface |
//! | `generate.rs` | a long history from a seed |
//! | `server.rs` | the thread, the connections, the options |
//! | `exchange.rs` | one request: who asks, limits, faults, conditional answers, the log |
//! | `tokens.rs` | tokens, Apps, quotas |
//! | `faults.rs` | what goes wrong, decided by a seed |
//! | `rest/` | the REST API |
//! | `graphql/` | the GraphQL API |
//! | `search.rs` | the search that both have |
//!
//! That it is like GitHub is checked against GitHub's own descriptions: `tests/openapi.rs` holds every REST answer to the
//! published OpenAPI description, `tests/schema.rs` holds the GraphQL schema to the published one.

// A repository has nearly fifty fields, and `json!` takes each for a step deeper.
#![recursion_limit = "256"]

mod answer;
mod exchange;
mod facts;
mod faults;
mod generate;
mod graphql;
mod history;
mod log;
mod node_id;
mod rest;
mod search;
mod server;
mod tokens;
mod world;

pub use facts::Fact;
pub use faults::{Fault, Faults};
pub use generate::{Dice, Plan, generate};
pub use graphql::{differences, validate};
pub use history::sha;
pub use log::Request;
pub use server::{Options, Server};
pub use tokens::{App, Token, TokenState, Tokens};
pub use world::{
    Access, Account, AccountKind, Answer, Change, Comment, CommitComment, Discussion, DiscussionComment, Item,
    PullRequest, Release, Rename, Repository, Review, ReviewComment, ReviewState, Reviewer, Star, What, World,
};
