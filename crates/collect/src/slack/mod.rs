//! Slack: workspace exports (a folder or a zip archive), slackdump's exports, dumps and chunks, saved answers of the Web API,
//! and the Web API itself.
//!
//! | file | what it does |
//! | --- | --- |
//! | `export` | which files are new, what each holds, the channel that messages stand in |
//! | `document` | a JSON file of any of these shapes, one element after the other |
//! | `message`, `text`, `json` | a message to events, its markup to text; pure |
//! | `workspace` | the workspace's id, its channels and who may see them, its people |
//! | `api`, `client` | the Web API: what is asked for in which order; one call with its waits and refusals |
//!
//! **A record** is each fact that a file states: a message, its edit, each reaction to it; a join; a tombstone; a person, an
//! address of one; a channel. So an edited message with two reactions is four records and four events, and `read = events +
//! rejected + not ours + filtered` holds.
//!
//! **Ids.** A message is `slack:<team>/<channel's id>/<ts>`, its `ts` with the six digits that tell messages of one instant
//! apart; a permalink without the team (`slack:<channel>/<ts>`) has the same last two parts. An edit is `…/edited/<ts>`, a
//! reaction `…/reacted/<name>/<user>`, reactions beyond the people named `…/reacted/<name>/+<how many>` (a later export may
//! count more: of those the greatest stands), a join `…/joined`, a tombstone `…/deleted`, a deletion that was seen
//! `…/deleted/<ts of the deletion>`. Channels, people and their addresses are `…/described/<hash>` and `…/linked/<hash>` of
//! what is said: a changed name is a further fact.
//!
//! **The team** is `team` of the configuration; else `team_id` of most users (guests have that of their own workspace), else
//! slackdump's workspace, else `team` of most messages of the first file that has any; the Web API says its own. So an export,
//! its zip archive, a dump and the Web API of one workspace agree wherever users or messages name it. Without any, the first
//! part of the workspace's host stands for it, else the source's name.
//!
//! **Channels.** A day file's folder is a channel's name (`channels.json` has the id) or a direct message's id. Without lists
//! the folder's name stands for the id. A channel is refused, its messages counted as filtered and a notice given once, if a
//! list, its own flags, or an id that begins with `D` or `G` say that it is private, a group or a direct message, and if there
//! are lists and none names it. `private` lets it in, by name or id.
//!
//! **What is a message**: what people and programs write, also about a file (in place of the line that Slack wrote before 2018,
//! the comment that the sender did). Not ours are the lines that Slack writes: leaves, topics, names, pins, reminders, the start
//! of a huddle (what is said in its thread is read), and lists that are no chat (integrations, canvases). A `bot_id`, the subtype
//! `bot_message` or Slackbot make it a program's. Its `name` is only what a program called itself in that message: names in
//! profiles change, and would give another payload under the same id.
//!
//! **An edited message** is shown as it is now, by export and API alike: `message.posted` holds the text of whichever was read
//! first, and a later export with another text is counted as a conflict by the log. What is new is in `message.edited`.
//!
//! **The cursor** of an export is the set of files read, each with its stamp (see `chat/archive.rs`) and a hash of `team`,
//! `channels` and `private`: whoever names one more channel has all files read again, and only it is new. Of the Web API, how far
//! each channel is read (see `api`, which also says what a later run misses).

mod api;
mod client;
mod document;
mod export;
pub(crate) mod json;
pub(crate) mod message;
mod text;
pub(crate) mod workspace;

pub use export::read_file;

use muster_model::{Batch, CollectError, Collector, Cursor, Problem};
use std::collections::BTreeSet;
use std::path::PathBuf;
use workspace::{Access, Listed, Workspace};

/// What to read of a Slack workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The source's name in the pipeline.
    pub name: String,
    /// Where it lies.
    pub origin: Origin,
    /// The workspace's id (`T01…`), where the files do not say it.
    pub team: Option<String>,
    /// The workspace's address, `https://acme.slack.com`: messages then have a page to check.
    pub workspace: Option<String>,
    /// Channels to read, by name or id, `*` allowed; none reads every public one.
    pub channels: Vec<String>,
    /// Private channels, groups and direct messages that are read all the same, by name or id; others are refused.
    pub private: Vec<String>,
    /// Whether texts are kept.
    pub text: bool,
}

/// Where a workspace's messages lie.
#[derive(Clone, PartialEq, Eq)]
pub enum Origin {
    /// An export or dump: a folder, a zip archive, a `.json` file.
    Path(PathBuf),
    /// The Web API: its root (`https://slack.com/api`) and a token, which is never printed.
    Api {
        /// The root.
        url: String,
        /// The token.
        token: String,
    },
}

impl std::fmt::Debug for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Path(path) => write!(f, "{}", path.display()),
            Self::Api { url, .. } => f.write_str(url),
        }
    }
}

/// Opens the source at `cursor`.
///
/// # Errors
/// What cannot be read at all.
pub fn open(config: &Config, cursor: Option<&Cursor>) -> Result<Box<dyn Collector>, CollectError> {
    match &config.origin {
        Origin::Path(path) => Ok(Box::new(export::open(config, path, cursor)?)),
        Origin::Api { url, token } => Ok(Box::new(api::open(config, url, token, cursor)?)),
    }
}

const COLLECTOR: &str = "slack/1";

/// Says once for each channel that it is refused, and how to have it.
fn note_refused(access: Access, channel: &Listed, file: &str, batch: &mut Batch, noted: &mut BTreeSet<String>) {
    let Access::Refused(why) = access else { return };
    if noted.insert(format!("channel {}", channel.id)) {
        let Listed { id, name, .. } = channel;
        let shown = if name == id { id.clone() } else { format!("{name} ({id})") };
        let message = format!("{shown} is {why}: its messages are counted as filtered, not read");
        let hint = format!("if everybody in it agrees, name it in this source: private = [{id:?}]");
        batch.problems.push(Problem::notice(file, None, message, hint));
    }
}

/// Says once for each subtype that nobody here has heard of it.
fn note_unknown(
    subtype: Option<String>,
    file: &str,
    line: Option<u32>,
    batch: &mut Batch,
    noted: &mut BTreeSet<String>,
) {
    if let Some(subtype) = subtype.filter(|subtype| noted.insert(format!("subtype {subtype}"))) {
        let message = format!("messages of the unknown subtype {subtype:?} are counted as not ours");
        let hint = "if people write them, tell us: they should be messages";
        batch.problems.push(Problem::notice(file, line, message, hint));
    }
}
