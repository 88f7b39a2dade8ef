//! Answers of GitHub's REST API, saved by `gh api` or recorded by Perceval or others.
//!
//! | file | what |
//! | --- | --- |
//! | `reader` | files to objects, out of arrays, recordings and Perceval's items |
//! | `parse` | one object to the facts it tells |
//!
//! A record is a fact that an object states (an issue: that it was opened, that it was closed, each message that its text
//! points to), an object of GitHub's that states none of ours, one of a repository that was not asked for, or something that
//! is no object of GitHub's and is rejected.
//!
//! **How answers are saved.** `gh api` prints an object or an array; with `--paginate` one array after the other, with
//! `--slurp` an array of them, with `--jq '.[]'` an object a line. A search answer has its objects in `items`. A recording
//! (`@octokit/fixtures`, nock) has exchanges with `path`, `status` and `response`, which may be compressed. A Perceval item
//! has the issue or pull request in `data` and its comments, reviews and events in `…_data` inside.
//!
//! **What an object tells.** The address of its page says what it is and whose. Issues and pull requests tell that they
//! were opened and how they ended; comments, reviews, releases and discussions that they were written; events of an
//! issue's history what happened; a fork's repository that it was forked. Only events of a whole repository's list
//! (`repos/acme/lantern/issues/events`) name their issue, and a star names no repository: of others it must be known what was
//! asked. That is so in a recording, and where the file's path is the request's:
//! `…/repos/acme/lantern/issues/12/timeline.json`, `…/repos/acme/lantern/stargazers.json`.
//!
//! **What is not told** shows in the id (see `github/fact.rs`): a list of issues may lack who closed them, a list of pull
//! requests lacks who merged them. Issue lists of before 2022 do not say whether a closed pull request was merged: then only
//! its opening is taken, with a notice.

pub(crate) mod parse;
mod reader;

pub use reader::open;

use std::path::PathBuf;

/// Where the answers are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The source's name in the pipeline.
    pub name: String,
    /// Files, folders or globs.
    pub paths: Vec<PathBuf>,
    /// `owner/name` patterns without regard to case; none takes every repository.
    pub repositories: Vec<String>,
}
