//! A workspace read through the Web API: its people, its channels, then each channel with its threads.
//!
//! Messages come newest first, and a thread's replies only when they are asked for. For each channel the cursor holds up to
//! where everything is in the log (`done`), how far down a run that was killed had come (`newest`, `until`), and the newest
//! reply of each thread that began within [`OVERLAP`] before `done`. A later run reads from `done` less the overlap: so it sees
//! edits and reactions of that time, and reads a thread again where its newest reply is another one. A reply shown in the
//! channel too has an older thread read as well. **Missed** are other replies in threads that began before the overlap, and
//! edits, reactions and deletions of what is older: those only an export has.

use super::client::{Answer, Client, Refused};
use super::json::{Message, said};
use super::message::{Outcome, Place, instant, read};
use super::workspace::{Access, Directory, Listed, Workspace, user};
use super::{Config, note_refused};
use muster_model::{Batch, CollectError, Collector, Cursor, Problem};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// How far back a later run looks again: 30 days.
const OVERLAP: i64 = 30 * 24 * 3600;
/// Slack's most for messages, and what it recommends for lists.
const MESSAGES: &str = "999";
const LISTED: &str = "200";
/// A batch is handed over after so many calls, so that whoever waits sees that it goes on.
const CALLS: u32 = 20;

/// Opens the API at `cursor`; nothing is asked for yet.
///
/// # Errors
/// A cursor of another program, a pattern that is none.
pub(super) fn open(config: &Config, url: &str, token: &str, cursor: Option<&Cursor>) -> Result<Api, CollectError> {
    let position = match cursor {
        None => Position::default(),
        Some(Cursor(text)) => serde_json::from_str(text).map_err(|error| {
            CollectError::new(
                format!("source {}: its cursor in the log cannot be read: {error}", config.name),
                "was the name given to a source of another kind before? give this one another name",
            )
        })?,
    };
    Ok(Api {
        client: Client::new(&config.name, url, token)?,
        directory: Directory::new(config)?,
        workspace: Workspace::new(config, None),
        config: config.clone(),
        position,
        left: VecDeque::from([Task::Begin]),
        noted: BTreeSet::new(),
    })
}

/// How far each channel is in the log.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Position {
    channels: BTreeMap<String, Channel>,
}

#[derive(Debug, Default, Clone, Serialize, Deserialize)]
#[serde(default)]
struct Channel {
    /// Everything up to this `ts` is in the log.
    done: Option<String>,
    /// The newest message of the run that is under way, and the oldest that is in the log of it.
    newest: Option<String>,
    until: Option<String>,
    /// Parent to newest reply.
    threads: BTreeMap<String, String>,
}

/// What is to be asked for. A page's threads are asked for before its next page.
#[derive(Debug)]
enum Task {
    Begin,
    Users(Option<String>),
    Channels(Option<String>),
    /// A page of a channel; `rest` where it is of a run that was killed.
    History {
        channel: String,
        page: Option<String>,
        rest: bool,
    },
    Replies {
        channel: String,
        thread: String,
        latest: Option<String>,
        page: Option<String>,
    },
    /// Everything down to this message is read.
    Reached {
        channel: String,
        until: String,
    },
    /// The channel is read; `again` where that was the rest of a run that was killed: there may be newer messages.
    Finished {
        channel: String,
        again: bool,
    },
}

/// A workspace's Web API being read.
pub struct Api {
    config: Config,
    client: Client,
    workspace: Workspace,
    directory: Directory,
    position: Position,
    left: VecDeque<Task>,
    noted: BTreeSet<String>,
}

impl Collector for Api {
    fn next_batch(&mut self) -> Result<Option<Batch>, CollectError> {
        let mut batch = Batch::default();
        let mut calls = 0;
        while calls < CALLS {
            let Some(task) = self.left.pop_front() else { break };
            calls += 1;
            match self.run(&task, &mut batch) {
                Ok(()) => {}
                Err(Refused::This { error, hint }) => self.skipped(&task, &error, &hint, &mut batch)?,
                Err(Refused::All(error)) if batch.counts.read == 0 => return Err(error),
                // What was read is handed over first; the same call is made again, and says the same.
                Err(Refused::All(_)) => {
                    self.left.push_front(task);
                    break;
                }
            }
        }
        if calls == 0 {
            return Ok(None);
        }
        batch.cursor = serde_json::to_string(&self.position).ok().map(Cursor);
        batch.status = self.left.front().map(|task| self.status(task));
        Ok(Some(batch))
    }
}

impl Api {
    fn run(&mut self, task: &Task, batch: &mut Batch) -> Result<(), Refused> {
        match task {
            Task::Begin => self.begin(),
            Task::Users(page) => self.users(page.as_deref(), batch),
            Task::Channels(page) => self.channels(page.as_deref(), batch),
            Task::History { channel, page, rest } => self.history(channel, page.as_deref(), *rest, batch),
            Task::Replies { channel, thread, latest, page } => {
                self.replies(channel, thread, latest.as_deref(), page.as_deref(), batch)
            }
            Task::Reached { channel, until } => {
                self.position.channels.entry(channel.clone()).or_default().until = Some(until.clone());
                Ok(())
            }
            Task::Finished { channel, again } => {
                self.position.channels.entry(channel.clone()).or_default().finish();
                if *again {
                    self.left.push_front(Task::History { channel: channel.clone(), page: None, rest: false });
                }
                Ok(())
            }
        }
    }

    /// What cannot be had of one channel or thread leaves the others.
    fn skipped(&mut self, task: &Task, error: &str, hint: &str, batch: &mut Batch) -> Result<(), CollectError> {
        let (file, channel) = match task {
            Task::History { channel, .. } => (format!("conversations.history/{channel}"), channel),
            Task::Replies { channel, thread, .. } => (format!("conversations.replies/{channel}/{thread}"), channel),
            _ => {
                let message = format!("source {}: Slack refuses {}: {error}", self.config.name, self.status(task));
                return Err(CollectError::new(message, hint));
            }
        };
        let name = self.directory.find(channel).map_or(channel.as_str(), |listed| &listed.name);
        batch.counts.read += 1;
        batch.problems.push(Problem::rejected(file, None, format!("#{name} cannot be read: Slack says {error}"), hint));
        Ok(())
    }

    fn status(&self, task: &Task) -> String {
        let name = |id: &str| self.directory.find(id).map_or_else(|| id.to_owned(), |listed| listed.name.clone());
        match task {
            Task::Begin => "the workspace".to_owned(),
            Task::Users(_) => "its people".to_owned(),
            Task::Channels(_) => "its channels".to_owned(),
            Task::History { channel, .. } | Task::Reached { channel, .. } | Task::Finished { channel, .. } => {
                format!("#{}", name(channel))
            }
            Task::Replies { channel, .. } => format!("threads of #{}", name(channel)),
        }
    }

    fn begin(&mut self) -> Result<(), Refused> {
        let bytes = self.client.call("auth.test", &[])?;
        let answer: Answer<'_> = serde_json::from_slice(&bytes).unwrap_or_default();
        let mut config = self.config.clone();
        config.workspace = config.workspace.or(answer.url);
        self.workspace = Workspace::new(&config, answer.team_id);
        self.left.extend([Task::Users(None), Task::Channels(None)]);
        Ok(())
    }

    fn users(&mut self, page: Option<&str>, batch: &mut Batch) -> Result<(), Refused> {
        let bytes = self.client.call("users.list", &paged(page, LISTED, vec![]))?;
        let answer: Answer<'_> = serde_json::from_slice(&bytes).unwrap_or_default();
        let source = self.source("users.list");
        for member in &answer.members {
            if let Err(message) = user(member.get().as_bytes(), &self.workspace, &source, batch) {
                reject(batch, "users.list", message, member);
            }
        }
        if let Some(next) = answer.next() {
            self.left.push_front(Task::Users(Some(next)));
        }
        Ok(())
    }

    fn channels(&mut self, page: Option<&str>, batch: &mut Batch) -> Result<(), Refused> {
        // What is private is asked for only where some of it is wanted: the scopes for it are others.
        let types =
            if self.config.private.is_empty() { "public_channel" } else { "public_channel,private_channel,mpim,im" };
        let bytes = self.client.call("conversations.list", &paged(page, LISTED, vec![("types", types.to_owned())]))?;
        let answer: Answer<'_> = serde_json::from_slice(&bytes).unwrap_or_default();
        let source = self.source("conversations.list");
        for channel in &answer.channels {
            let listed = match Listed::read(channel.get().as_bytes(), None) {
                Ok(listed) => listed,
                Err(message) => {
                    reject(batch, "conversations.list", message, channel);
                    continue;
                }
            };
            batch.counts.read += 1;
            self.directory.insert(listed.clone());
            match self.directory.access(&listed, true) {
                Access::Read => {
                    batch.events.push(listed.event(&self.workspace, &source));
                    let rest = self.position.channels.get(&listed.id).is_some_and(|channel| channel.until.is_some());
                    self.left.push_back(Task::History { channel: listed.id, page: None, rest });
                }
                access => {
                    batch.counts.filtered += 1;
                    note_refused(access, &listed, "conversations.list", batch, &mut self.noted);
                }
            }
        }
        if let Some(next) = answer.next() {
            self.left.push_front(Task::Channels(Some(next)));
        }
        Ok(())
    }

    fn history(&mut self, channel: &str, page: Option<&str>, rest: bool, batch: &mut Batch) -> Result<(), Refused> {
        let known = self.position.channels.get(channel).cloned().unwrap_or_default();
        let mut form = vec![("channel", channel.to_owned())];
        form.extend(known.oldest().map(|oldest| ("oldest", oldest)));
        // A run that was killed goes on below what it had.
        form.extend(known.until.clone().filter(|_| page.is_none()).map(|until| ("latest", until)));
        let bytes = self.client.call("conversations.history", &paged(page, MESSAGES, form))?;
        let answer: Answer<'_> = serde_json::from_slice(&bytes).unwrap_or_default();
        let mut next = Vec::new();
        let (mut newest, mut until) = (known.newest.clone(), None);
        for json in &answer.messages {
            self.message(channel, "conversations.history", json, batch);
            let Ok(message) = serde_json::from_str::<Message<'_>>(json.get()) else { continue };
            let Some(ts) = ts_of(&message.ts) else { continue };
            newest = newest.max(Some(ts.clone()));
            until = Some(until.map_or_else(|| ts.clone(), |until: String| until.min(ts.clone())));
            next.extend(known.thread_to_read(channel, &message, &ts));
        }
        let entry = self.position.channels.entry(channel.to_owned()).or_default();
        entry.newest = newest;
        let channel = channel.to_owned();
        match (answer.next(), until) {
            (Some(page), until) => {
                next.extend(until.map(|until| Task::Reached { channel: channel.clone(), until }));
                next.push(Task::History { channel, page: Some(page), rest });
            }
            (None, _) => next.push(Task::Finished { channel, again: rest }),
        }
        next.into_iter().rev().for_each(|task| self.left.push_front(task));
        Ok(())
    }

    fn replies(
        &mut self,
        channel: &str,
        thread: &str,
        latest: Option<&str>,
        page: Option<&str>,
        batch: &mut Batch,
    ) -> Result<(), Refused> {
        let form = vec![("channel", channel.to_owned()), ("ts", thread.to_owned())];
        let bytes = self.client.call("conversations.replies", &paged(page, MESSAGES, form))?;
        let answer: Answer<'_> = serde_json::from_slice(&bytes).unwrap_or_default();
        for json in &answer.messages {
            // Each page begins with the parent, which the history has.
            let message: Option<Message<'_>> = serde_json::from_str(json.get()).ok();
            if message.is_none_or(|message| ts_of(&message.ts).as_deref() != Some(thread)) {
                self.message(channel, "conversations.replies", json, batch);
            }
        }
        let (channel, thread) = (channel.to_owned(), thread.to_owned());
        match (answer.next(), latest) {
            (Some(page), latest) => {
                let latest = latest.map(str::to_owned);
                self.left.push_front(Task::Replies { channel, thread, latest, page: Some(page) });
            }
            (None, Some(latest)) => {
                let threads = &mut self.position.channels.entry(channel).or_default().threads;
                threads.insert(thread, latest.to_owned());
            }
            (None, None) => {}
        }
        Ok(())
    }

    fn message(&mut self, channel: &str, method: &str, json: &RawValue, batch: &mut Batch) {
        let source = self.source(&format!("{method}/{channel}"));
        let place = Place { workspace: &self.workspace, channel, source: &source };
        let mut out = Outcome { batch, rejected: Vec::new(), unknown: None };
        read(json.get().as_bytes(), &place, &mut out);
        let Outcome { rejected, unknown, .. } = out;
        let file = format!("{method}/{channel}");
        for message in rejected {
            reject(batch, &file, message, json);
        }
        super::note_unknown(unknown, &file, None, batch, &mut self.noted);
    }

    fn source(&self, file: &str) -> Arc<str> {
        Arc::from(format!("slack:{}/{file}", self.config.name))
    }
}

impl Channel {
    fn oldest(&self) -> Option<String> {
        let (_, time) = instant(self.done.as_ref()?).ok()?;
        Some(format!("{}.000000", time.as_second().saturating_sub(OVERLAP).max(0)))
    }

    fn finish(&mut self) {
        self.done = self.newest.take().max(self.done.take());
        self.until = None;
        if let Some(oldest) = self.oldest() {
            self.threads.retain(|thread, _| *thread >= oldest);
        }
    }

    /// The thread that a message begins, if it has replies that are not in the log; or the older one that it is shown from.
    fn thread_to_read(&self, channel: &str, message: &Message<'_>, ts: &str) -> Option<Task> {
        let latest = ts_of(&message.latest_reply);
        let has_replies = latest.is_some() || message.reply_count.unwrap_or(0) > 0;
        let thread = ts_of(&message.thread_ts).or_else(|| has_replies.then(|| ts.to_owned()))?;
        let is_parent = thread == ts;
        let is_known = is_parent && latest.is_some() && self.threads.get(&thread) == latest.as_ref();
        let is_old = !is_parent
            && self.oldest().is_some_and(|oldest| thread < oldest)
            && self.done.as_deref().is_some_and(|done| ts > done);
        ((is_parent && has_replies && !is_known) || is_old).then(|| Task::Replies {
            channel: channel.to_owned(),
            thread,
            latest,
            page: None,
        })
    }
}

fn ts_of(text: &Option<super::json::Text<'_>>) -> Option<String> {
    said(text).and_then(|ts| instant(ts).ok()).map(|(ts, _)| ts)
}

fn paged(page: Option<&str>, limit: &str, mut form: Vec<(&'static str, String)>) -> Vec<(&'static str, String)> {
    form.push(("limit", limit.to_owned()));
    form.extend(page.map(|page| ("cursor", page.to_owned())));
    form
}

fn reject(batch: &mut Batch, file: &str, message: String, json: &RawValue) {
    batch.counts.read += 1;
    let hint = "the others are read; if this goes on, tell us";
    batch.problems.push(Problem::rejected(file, None, message, hint).with_text(json.get()));
}
