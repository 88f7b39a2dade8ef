//! Which commits, tags and mailmap lines are new, in batches, and the cursor that says so next time.

use super::command::{Failure, Git, Stream};
use super::parse::{self, COMMIT_FIELDS, COMMIT_FORMAT, Record, Repository};
use super::store::Store;
use super::{COLLECTOR, Config, mailmap};
use muster_model::payload::AccountLinked;
use muster_model::{Batch, CollectError, Collector, Cursor, Event, Payload, Problem, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// How many commits a batch holds at most.
const BATCH: usize = 5_000;

/// What the cursor says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct State {
    /// Commits of which all ancestors are in the log, and they too.
    tips: BTreeSet<String>,
    /// The tags and what they point to.
    tags: BTreeMap<String, String>,
    /// The mailmaps' contents, hashed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mailmap: Option<String>,
    /// Where the history was cut.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    cuts: BTreeSet<String>,
}

impl State {
    /// A cursor that cannot be read is one of another version: everything is read again, and the log keeps one of each.
    fn read(cursor: Option<&Cursor>) -> Option<Self> {
        cursor.and_then(|cursor| serde_json::from_str(&cursor.0).ok())
    }

    fn cursor(&self) -> Option<Cursor> {
        serde_json::to_string(self).ok().map(Cursor)
    }
}

/// A Git history being read.
#[derive(Debug)]
pub(super) struct Reader {
    store: Store,
    repository: Repository,
    log: Option<Stream>,
    /// What the log will have after the batch at hand.
    state: State,
    /// Problems of the whole source, for the first batch.
    first: Vec<Problem>,
    /// Tags and mailmap, for the last batch; their part of the state with them.
    last: Option<(Batch, State)>,
    /// How many parents the commits at a shallow clone's cut have.
    parents: HashMap<String, u32>,
    /// A failure that waits until what was read before it is handed over.
    failure: Option<CollectError>,
    batch_size: usize,
}

impl Reader {
    pub(super) fn open(config: &Config, cursor: Option<&Cursor>) -> Result<Self, CollectError> {
        let store = Store::open(&Git::find()?, config)?;
        let repository = Repository::new(&config.repository);
        let before = State::read(cursor);
        let fresh = before.is_none();
        let before = before.unwrap_or_default();
        let cuts = store.cuts()?;
        let mut first = Vec::new();
        if store.tip.is_none() && (fresh || !before.tips.is_empty()) {
            first.push(no_commits(&store.shown));
        }
        if before.cuts != cuts {
            first.extend(cut_notice(&cuts));
        }
        let last = extras(config, &store, &repository, &before)?;
        let mut state = State { cuts, ..before.clone() };
        // Where the cut moved, commits have appeared behind those that were seen.
        state.tips.retain(|sha| before.cuts == state.cuts && store.has(sha));
        let log = match &store.tip {
            Some(tip) if !state.tips.contains(tip) => Some(start(&store, tip, &state.tips)?),
            _ => None,
        };
        let parents = if log.is_some() { stated_parents(&store, &state.cuts)? } else { HashMap::new() };
        Ok(Self { store, repository, log, state, first, last: Some(last), parents, failure: None, batch_size: BATCH })
    }

    /// Adds the next commits to a batch; false when there are no more.
    fn read_commits(&mut self, batch: &mut Batch) -> Result<bool, CollectError> {
        let Some(log) = &mut self.log else { return Ok(false) };
        let mut bytes = Vec::with_capacity(4096);
        for _ in 0..self.batch_size {
            if !log.read(COMMIT_FIELDS, &mut bytes).map_err(|failure| self.store.error(failure))? {
                self.log = None;
                return Ok(false);
            }
            let record = Record::split(&bytes).ok_or_else(|| {
                self.store.error(Failure::Broken(format!(
                    "its answer is not in the form asked for: {}",
                    String::from_utf8_lossy(&bytes[..bytes.len().min(80)])
                )))
            })?;
            // Parents come first, so the commits without a child so far stand for everything read so far.
            let mut parents = 0;
            for parent in record.parents() {
                self.state.tips.remove(parent);
                parents += 1;
            }
            self.state.tips.insert(record.sha.to_owned());
            let parents = self.parents.get(record.sha).copied().unwrap_or(parents);
            add(batch, record.event(&self.repository, parents));
        }
        Ok(true)
    }
}

impl Collector for Reader {
    fn next_batch(&mut self) -> Result<Option<Batch>, CollectError> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        let mut batch = Batch { problems: std::mem::take(&mut self.first), ..Batch::default() };
        match self.read_commits(&mut batch) {
            Ok(true) => {}
            Ok(false) => {
                if let Some((extra, state)) = self.last.take() {
                    merge(&mut batch, extra);
                    self.state.tags = state.tags;
                    self.state.mailmap = state.mailmap;
                }
            }
            Err(failure) => {
                (self.log, self.last) = (None, None);
                if batch.events.is_empty() && batch.problems.is_empty() {
                    return Err(failure);
                }
                self.failure = Some(failure);
            }
        }
        if batch.events.is_empty() && batch.problems.is_empty() && batch.counts.not_ours == 0 {
            return Ok(None);
        }
        batch.cursor = self.state.cursor();
        Ok(Some(batch))
    }
}

fn add(batch: &mut Batch, read: Result<Event, Problem>) {
    batch.counts.read += 1;
    match read {
        Ok(event) => batch.events.push(event),
        Err(problem) => batch.problems.push(problem),
    }
}

fn merge(batch: &mut Batch, other: Batch) {
    batch.events.extend(other.events);
    batch.problems.extend(other.problems);
    batch.counts += other.counts;
}

fn no_commits(shown: &str) -> Problem {
    Problem::notice(
        "HEAD",
        None,
        "the repository has no commits",
        "nothing to do if it is new; else see whether the location and the branch are right",
    )
    .with_text(shown)
}

fn cut_notice(cuts: &BTreeSet<String>) -> Option<Problem> {
    let first = cuts.first()?;
    let more = if cuts.len() > 1 { format!(" and {} more commits", cuts.len() - 1) } else { String::new() };
    let message = format!("the clone is shallow: its history is cut at {first}{more}, and older commits are missing");
    Some(Problem::notice("shallow", None, message, "run git fetch --unshallow in it, and collect again"))
}

/// The new commits, parents before children.
fn start(store: &Store, tip: &str, seen: &BTreeSet<String>) -> Result<Stream, CollectError> {
    let format = format!("--format={COMMIT_FORMAT}");
    let args = ["log", "-z", "--topo-order", "--reverse", "--no-patch", "--no-show-signature", &format, tip, "--not"];
    store.git.stream(args.into_iter().chain(seen.iter().map(String::as_str)).chain(["--"])).map_err(|f| store.error(f))
}

/// The parents that commits at the cut state; git itself takes them for roots.
fn stated_parents(store: &Store, cuts: &BTreeSet<String>) -> Result<HashMap<String, u32>, CollectError> {
    let count = |sha: &String| {
        let object = store.git.bytes(["cat-file", "commit", sha]).map_err(|failure| store.error(failure))?;
        Ok((sha.clone(), parse::stated_parents(&object)))
    };
    // The list may still name commits that are gone.
    cuts.iter().filter(|sha| store.has(sha)).map(count).collect()
}

/// What there is beside commits, as far as it is new.
fn extras(
    config: &Config,
    store: &Store,
    repository: &Repository,
    before: &State,
) -> Result<(Batch, State), CollectError> {
    let mut batch = Batch::default();
    let mut state = State::default();
    add_tags(store, repository, before, &mut batch, &mut state)?;
    let extra = extra_mailmap(config)?;
    // A partial clone may have the commits but not the files. That costs the mailmap, not the history.
    let own = match own_mailmap(store) {
        Ok(own) => own,
        Err(failure) => {
            batch.problems.extend(unreadable_mailmap(store, before, failure));
            state.mailmap.clone_from(&before.mailmap);
            return Ok((batch, state));
        }
    };
    if own.is_some() || extra.is_some() {
        let hash = extra.as_ref().map_or(0, |(_, text)| xxhash_rust::xxh3::xxh3_64(text));
        state.mailmap = Some(format!("{}:{hash:016x}", own.as_deref().unwrap_or("")));
    }
    if state.mailmap == before.mailmap {
        return Ok((batch, state));
    }
    if let Some((file, text)) = extra {
        let (links, problems) = mailmap::links(&repository.name, &file, &text);
        add_links(repository, links, problems, Timestamp::UNIX_EPOCH, None, &mut batch);
    }
    if let Some(Err(failure)) = own.map(|blob| add_own_mailmap(store, repository, &blob, &mut batch)) {
        batch.problems.extend(unreadable_mailmap(store, before, failure));
    }
    Ok((batch, state))
}

fn add_tags(
    store: &Store,
    repository: &Repository,
    before: &State,
    batch: &mut Batch,
    state: &mut State,
) -> Result<(), CollectError> {
    for tag in store.tags()? {
        if before.tags.get(&tag.name) != Some(&tag.target) {
            if tag.kind == "commit" {
                add(batch, tag.event(repository));
            } else {
                batch.counts.read += 1;
                batch.counts.not_ours += 1;
            }
        }
        state.tags.insert(tag.name, tag.target);
    }
    Ok(())
}

/// The id of `.mailmap` at the tip. A link in its place is none, as for git.
fn own_mailmap(store: &Store) -> Result<Option<String>, Failure> {
    let Some(tip) = &store.tip else { return Ok(None) };
    let entry = store.git.text(["ls-tree", "--full-tree", tip, "--", ".mailmap"])?;
    let mut fields = entry.split_ascii_whitespace();
    let is_file = fields.next().is_some_and(|mode| mode.starts_with("100"));
    Ok(fields.nth(1).filter(|blob| is_file && parse::is_sha(blob)).map(str::to_owned))
}

/// Said once a tip, so that a run without news has none.
fn unreadable_mailmap(store: &Store, before: &State, failure: Failure) -> Option<Problem> {
    let seen = store.tip.as_ref().is_none_or(|tip| before.tips.contains(tip));
    let hint = "if this is a partial clone, fetch it in full, or give the mailmap as a file of the pipeline";
    let said = failure.into_error("the repository's mailmap cannot be read", hint);
    (!seen).then(|| Problem::notice(".mailmap", None, said.message, said.hint))
}

fn extra_mailmap(config: &Config) -> Result<Option<(String, Vec<u8>)>, CollectError> {
    let Some(path) = &config.mailmap else { return Ok(None) };
    let text = std::fs::read(path).map_err(|error| {
        CollectError::new(format!("the mailmap {}: {error}", path.display()), "correct the path, or remove the setting")
    })?;
    let file = path.file_name().map_or_else(|| "mailmap".to_owned(), |name| name.to_string_lossy().into_owned());
    Ok(Some((file, text)))
}

fn add_own_mailmap(store: &Store, repository: &Repository, blob: &str, batch: &mut Batch) -> Result<(), Failure> {
    let text = store.git.bytes(["cat-file", "blob", blob])?;
    let tip = store.tip.as_deref().unwrap_or("HEAD");
    let args = ["log", "-1", "--no-patch", "--no-show-signature", "--format=%H %ct", tip, "--", ".mailmap"];
    let touched = store.git.text(args)?;
    let (commit, seconds) = touched.split_once(' ').unwrap_or((tip, ""));
    let Some(time) = parse::instant(seconds) else {
        let message = format!("the date of its last commit, {commit}, cannot be read");
        add(batch, Err(Problem::rejected(".mailmap", None, message, "commit the file again").with_text(seconds)));
        return Ok(());
    };
    let (links, problems) = mailmap::links(&repository.name, ".mailmap", &text);
    let url = repository.url(&format!("blob/{commit}/.mailmap"));
    add_links(repository, links, problems, time, url, batch);
    Ok(())
}

fn add_links(
    repository: &Repository,
    links: Vec<mailmap::Link>,
    problems: Vec<Problem>,
    time: Timestamp,
    url: Option<String>,
    batch: &mut Batch,
) {
    for link in links {
        add(batch, Ok(link_event(repository, link, time, url.clone())));
    }
    for problem in problems {
        add(batch, Err(problem));
    }
}

/// The name is part of the fact, so a hash of it is part of the id.
fn link_event(repository: &Repository, link: mailmap::Link, time: Timestamp, url: Option<String>) -> Event {
    let mailmap::Link { account, canonical, name } = link;
    let suffix =
        name.as_ref().map_or(String::new(), |name| format!("#{:016x}", xxhash_rust::xxh3::xxh3_64(name.as_bytes())));
    Event {
        id: format!("mailmap:{}/{account}=>{canonical}{suffix}", repository.name),
        source: repository.source.clone(),
        time,
        subject: account.clone(),
        actor: None,
        url,
        data: Payload::AccountLinked(AccountLinked {
            account,
            canonical,
            evidence: "mailmap".to_owned(),
            name,
            ..Default::default()
        }),
        collector: COLLECTOR.into(),
    }
}
