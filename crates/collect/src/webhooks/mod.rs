//! GitHub's webhooks: stored deliveries, and what a server needs that receives them.
//!
//! | file | what |
//! | --- | --- |
//! | `reader` | files to deliveries, in every way that they are stored |
//! | `parse` | one delivery to events |
//! | `signature` | whether a delivery is GitHub's |
//!
//! A record is a delivery. It gives its fact and, where that fact brings a text, a further one for each message that the
//! text points to (each counts as a record read); or it is not ours (a kind or action that muster has no event for, an edit,
//! a deletion), filtered or rejected.
//!
//! **How deliveries are stored.** A file is a delivery or an array of them, or has one a line. A delivery is the bare body;
//! or an envelope with the body in `payload` or `body` (an object, or its text) and the event's name in `event`, `name`,
//! `x-github-event` or in `headers`; or a record of GitHub's own list of deliveries (`event`, `request.payload`); or, as
//! `@octokit/webhooks-examples` has them, `name` and `examples`. Of a bare body the event's name is seen from its keys.
//!
//! **Times.** A delivery does not say when it was sent. What has no time of its own in the object (a label, an assignment,
//! a reopening, a request, a draft, a move) has the object's `updated_at`, which that act has just set: the fact is
//! *approximate*, and meets the exact one of the history.
//!
//! **Stars** come from `star`, which has their time; `watch`, which GitHub sends beside it, is not ours. So are `push` (the
//! commits come from Git) and `release` but for `published`.

mod parse;
mod reader;
mod signature;

pub use parse::{Delivery, read_delivery};
pub use reader::open;
pub use signature::verify;

use std::path::PathBuf;

/// Where the deliveries are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The source's name in the pipeline.
    pub name: String,
    /// Files, folders or globs.
    pub paths: Vec<PathBuf>,
    /// `owner/name` patterns without regard to case; none takes every repository.
    pub repositories: Vec<String>,
}
