//! Appending: exactly once, with the cursor, whoever else is at it.

use crate::error::{Fault, LogError};
use crate::known::{Key, Standing, digest};
use crate::log::{Log, load_known, next_instant};
use crate::schema::{Fresh, only, text};
use crate::state;
use crate::store::{blocking, random};
use crate::{read, write};
use arrow::array::Array;
use deltalake_core::kernel::{Action, Transaction};
use futures::TryStreamExt;
use muster_model::{Cursor, Event};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// So often an append gives way to another writer before it gives up.
const ATTEMPTS: u32 = 100;

/// What became of the events of an append: `appended + duplicates + conflicts.len()` is how many there were.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Appended {
    /// Events that are in the log because of this append.
    pub appended: u64,
    /// Events that the log had already, or that came twice: same id, same type and payload.
    pub duplicates: u64,
    /// Events whose id is taken by another payload. The first stays; these are not in the log.
    pub conflicts: Vec<Conflict>,
    /// The log's version afterwards; the one before, when there was nothing to write.
    pub version: u64,
}

/// An event that states something else under an id that is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The id.
    pub id: String,
    /// The type of the event that has it.
    pub stored_kind: String,
    /// The source of the event that has it.
    pub stored_source: String,
    /// The type of the event that came second.
    pub kind: String,
    /// The source of the event that came second.
    pub source: String,
}

impl Conflict {
    fn of(event: &Event) -> Self {
        Self {
            id: event.id.clone(),
            stored_kind: String::new(),
            stored_source: String::new(),
            kind: event.kind().to_owned(),
            source: event.source.to_string(),
        }
    }
}

/// A stretch of a stream outside the log (a partition of a topic): what was read of it, and where the next one begins.
#[derive(Debug, Clone, PartialEq)]
pub struct Stretch {
    /// The stream's name in the log: the application id of the Delta transaction that keeps its position.
    pub stream: String,
    /// Where the stream goes on once these events are in the log.
    pub next: i64,
    /// The events with their offsets in the stream.
    pub events: Vec<(i64, Event)>,
    /// What the last of its records is known by, so that a stream that was made anew under the same name is told.
    pub witness: Option<String>,
    /// Whether the stream is read again from an earlier place, whatever position the log has of it.
    pub anew: bool,
}

/// What moves of a stream.
struct Move {
    stream: String,
    next: i64,
    witness: Option<String>,
    anew: bool,
}

/// What moves together with the events.
#[derive(Clone, Copy)]
enum Moves<'a> {
    /// The cursor of a source.
    Cursor(&'a str, Option<&'a Cursor>),
    /// The positions of streams.
    Positions(&'a [Move]),
}

impl Log {
    /// Appends events in their order, and moves the source's cursor with them: both, or neither. Afterwards they
    /// survive a power cut. What the log has already is left out and counted; where nothing is left and the cursor is
    /// where it was, no version is made.
    ///
    /// Another writer may append at the same time: this append then takes in what the other wrote and tries again. No
    /// id comes twice. Two runs of the *same* source both succeed, and the last cursor stays: any cursor ever
    /// committed is true for good, as the log never loses the events it covers, so at worst the next run reads again
    /// what the log has and appends nothing.
    ///
    /// # Errors
    /// [`Fault::Newer`], [`Fault::Unwritable`], [`Fault::Full`], [`Fault::Contended`] or another failure of the
    /// storage. Then nothing of it is in the log, except where the storage failed after it wrote; appending the same
    /// again is always right.
    pub async fn append(
        &mut self,
        source: &str,
        events: Vec<Event>,
        cursor: Option<&Cursor>,
    ) -> Result<Appended, LogError> {
        let events = events.into_iter().map(|event| (event, None)).collect();
        self.append_and_move(events, Moves::Cursor(source, cursor)).await
    }

    /// Appends what was read of streams, and moves their positions with it: both, or neither. Where each goes on is a
    /// Delta application transaction, so the log itself says where to resume.
    ///
    /// Whoever reads a stream that somebody else has read further meanwhile doubles nothing: at every try of the commit
    /// the log's positions are looked at, events below them are left out and count as duplicates, and no position goes
    /// back (except of a stretch that is [`Stretch::anew`]).
    ///
    /// # Errors
    /// As [`Log::append`].
    pub async fn append_from(&mut self, stretches: Vec<Stretch>) -> Result<Appended, LogError> {
        let mut moves = Vec::with_capacity(stretches.len());
        let mut events = Vec::with_capacity(stretches.iter().map(|stretch| stretch.events.len()).sum());
        for (index, Stretch { stream, next, events: read, witness, anew }) in stretches.into_iter().enumerate() {
            moves.push(Move { stream, next, witness, anew });
            events.extend(read.into_iter().map(|(offset, event)| (event, Some((index, offset)))));
        }
        self.append_and_move(events, Moves::Positions(&moves)).await
    }

    /// Where streams go on, as of [`Log::version`]; `None` for one of which the log has nothing.
    ///
    /// # Errors
    /// A failure of the storage.
    pub async fn positions(&mut self, streams: &[String]) -> Result<Vec<Option<i64>>, LogError> {
        let unknown: Vec<&String> =
            streams.iter().filter(|stream| !self.state.positions.contains_key(*stream)).collect();
        let found = state::positions(&self.place, self.delta.as_ref(), &self.state, &unknown).await?;
        if !found.is_empty() {
            Arc::make_mut(&mut self.state).positions.extend(found);
        }
        Ok(streams.iter().map(|stream| self.state.positions.get(stream).copied().flatten()).collect())
    }

    /// What the last record of a stream was known by that the log took in, as of [`Log::version`].
    ///
    /// # Errors
    /// A failure of the storage.
    pub async fn witness(&self, stream: &str) -> Result<Option<String>, LogError> {
        state::domain(&self.place, self.delta.as_ref(), &self.state, &state::witness_domain(stream)).await
    }

    async fn append_and_move(
        &mut self,
        events: Vec<(Event, Option<(usize, i64)>)>,
        moves: Moves<'_>,
    ) -> Result<Appended, LogError> {
        self.may_write()?;
        if self.known.is_none() && !events.is_empty() {
            self.known = Some(match load_known(&self.place, &self.state.files).await {
                // A rewrite may have deleted the files of the version that this value stands at.
                Err(error) if error.fault == Fault::Damaged => {
                    self.refresh().await?;
                    load_known(&self.place, &self.state.files).await?
                }
                loaded => loaded?,
            });
        }
        let mut done = Appended::default();
        let mut fresh = self.sift(events, &mut done);
        let token = format!("{:016x}{:016x}", random(), random());
        for attempt in 0..ATTEMPTS {
            let changes = match moves {
                Moves::Cursor(source, cursor) => self.cursor_change(source, cursor).await?,
                Moves::Positions(moves) => self.position_change(moves, &mut fresh, &mut done).await?,
            };
            if fresh.is_empty() && changes.is_empty() {
                self.name_conflicts(&mut done.conflicts).await?;
                done.version = self.state.version;
                return Ok(done);
            }
            if self.try_commit(&token, &fresh, changes).await? {
                done.appended = fresh.len() as u64;
                self.name_conflicts(&mut done.conflicts).await?;
                done.version = self.state.version;
                return Ok(done);
            }
            self.may_write()?;
            fresh.retain(|fresh| match self.standing(fresh) {
                Standing::New => true,
                Standing::Duplicate => {
                    done.duplicates += 1;
                    false
                }
                Standing::Conflict => {
                    done.conflicts.push(Conflict::of(&fresh.event));
                    false
                }
            });
            let longest = Duration::from_millis(5 << attempt.min(6));
            let pause = longest.mul_f64(f64::from((random() % 1024) as u32) / 1024.0);
            let _ = blocking(move || std::thread::sleep(pause)).await;
        }
        Err(LogError::new(
            Fault::Contended,
            format!("other writers to the log {} were faster {ATTEMPTS} times", self.place.name),
            "nothing of this append is in the log; run again when the others are done",
        ))
    }

    fn standing(&self, fresh: &Fresh) -> Standing {
        self.known.as_ref().map_or(Standing::New, |known| known.standing(fresh.key, fresh.digest))
    }

    /// Leaves out what the log has, and what comes twice.
    fn sift(&self, events: Vec<(Event, Option<(usize, i64)>)>, done: &mut Appended) -> Vec<Fresh> {
        let mut fresh: Vec<Fresh> = Vec::with_capacity(events.len());
        let mut here: HashMap<Key, usize> = HashMap::with_capacity(events.len());
        for (event, place) in events {
            let json = event.data.to_json();
            let (key, digest) = (Key::of(&event.id), digest(event.kind(), &json));
            let event = Fresh { event, json, key, digest, place };
            match (self.standing(&event), here.get(&key).map(|first| &fresh[*first])) {
                (Standing::Duplicate, _) => done.duplicates += 1,
                (Standing::Conflict, _) => done.conflicts.push(Conflict::of(&event.event)),
                (Standing::New, Some(first)) if first.digest == digest => done.duplicates += 1,
                (Standing::New, Some(first)) => done.conflicts.push(Conflict {
                    stored_kind: first.event.kind().to_owned(),
                    stored_source: first.event.source.to_string(),
                    ..Conflict::of(&event.event)
                }),
                (Standing::New, None) => {
                    here.insert(key, fresh.len());
                    fresh.push(event);
                }
            }
        }
        fresh
    }

    /// One try; `false` when another writer was faster (what it wrote is then taken in).
    async fn try_commit(&mut self, token: &str, fresh: &[Fresh], changes: Vec<Action>) -> Result<bool, LogError> {
        let (version, at) = (self.state.version + 1, next_instant(self.state.committed));
        let mut actions = Vec::new();
        let mut written = None;
        if !fresh.is_empty() {
            let file = write::put_events(&self.place, version, fresh, at).await?;
            actions.push(file.add(at, true));
            written = Some(file);
        }
        actions.extend(changes.iter().cloned());
        match write::commit(&self.place, version, "WRITE", at, token, actions).await {
            Ok(true) => {}
            Ok(false) => {
                let own = self.catch_up(token).await?.own.is_some();
                if let (false, Some(file)) = (own, &written) {
                    write::forget(&self.place, file).await;
                }
                return Ok(own);
            }
            Err(error) => {
                // A full disk wrote no commit, and the file's space is needed. After any other failure the commit may
                // be there all the same, so the file must stay.
                if let (Fault::Full, Some(file)) = (error.fault, &written) {
                    write::forget(&self.place, file).await;
                }
                return Err(error);
            }
        }
        let state = Arc::make_mut(&mut self.state);
        (state.version, state.committed) = (version, at);
        state.files.extend(written.map(|written| written.file));
        for change in changes {
            match change {
                Action::DomainMetadata(change) => {
                    state.domains.insert(change.domain, Some(change.configuration));
                }
                Action::Txn(txn) => {
                    state.positions.insert(txn.app_id, Some(txn.version));
                }
                _ => {}
            }
        }
        if let Some(known) = &mut self.known {
            for fresh in fresh {
                known.insert(fresh.key, fresh.digest);
            }
        }
        self.checkpoint().await;
        Ok(true)
    }

    /// What has to be written for a source to stand at a cursor: nothing, when it stands there.
    async fn cursor_change(&mut self, source: &str, cursor: Option<&Cursor>) -> Result<Vec<Action>, LogError> {
        let Some(cursor) = cursor else { return Ok(Vec::new()) };
        let domain = state::cursor_domain(source);
        for domain in [domain.as_str(), state::SOURCES] {
            if !self.state.domains.contains_key(domain) {
                let stored = state::domain(&self.place, self.delta.as_ref(), &self.state, domain).await?;
                Arc::make_mut(&mut self.state).domains.insert(domain.to_owned(), stored);
            }
        }
        if self.cursor(source).await?.as_ref() == Some(cursor) {
            return Ok(Vec::new());
        }
        let mut changes = vec![write::domain(domain, state::encode_cursor(cursor))];
        let stored = self.state.domains.get(state::SOURCES).cloned().flatten();
        let mut sources = state::sources(stored.as_deref());
        if sources.insert(source.to_owned()) {
            changes.push(write::domain(state::SOURCES.to_owned(), serde_json::json!(sources).to_string()));
        }
        Ok(changes.into_iter().map(Action::DomainMetadata).collect())
    }

    /// What has to be written for streams to stand where their stretches end. Leaves out what the log has taken from
    /// them already.
    async fn position_change(
        &mut self,
        moves: &[Move],
        fresh: &mut Vec<Fresh>,
        done: &mut Appended,
    ) -> Result<Vec<Action>, LogError> {
        let streams: Vec<String> = moves.iter().map(|moved| moved.stream.clone()).collect();
        let stored = self.positions(&streams).await?;
        let before = fresh.len();
        fresh.retain(|fresh| {
            fresh
                .place
                .is_none_or(|(stream, offset)| moves[stream].anew || stored[stream].is_none_or(|at| offset >= at))
        });
        done.duplicates += (before - fresh.len()) as u64;
        let mut changes = Vec::new();
        for (Move { stream, next, witness, anew }, stored) in moves.iter().zip(stored) {
            let is_moved = stored.is_none_or(|stored| if *anew { *next != stored } else { *next > stored });
            if is_moved {
                changes.push(Action::Txn(Transaction::new(stream, *next)));
                let witness =
                    witness.iter().map(|witness| write::domain(state::witness_domain(stream), witness.clone()));
                changes.extend(witness.map(Action::DomainMetadata));
            }
        }
        Ok(changes)
    }

    /// Looks up who has the ids. Only an append with conflicts pays for it.
    async fn name_conflicts(&self, conflicts: &mut [Conflict]) -> Result<(), LogError> {
        let mut open: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, conflict) in conflicts.iter().enumerate().filter(|(_, conflict)| conflict.stored_kind.is_empty()) {
            open.entry(conflict.id.clone()).or_default().push(index);
        }
        // What conflicts was usually appended not long ago.
        for file in self.state.files.iter().rev() {
            let columns = only(&["id", "source", "type"]);
            let mut batches = read::batches(self.place.clone(), file.path.clone(), file.size, columns);
            while !open.is_empty()
                && let Some(batch) = batches.try_next().await?
            {
                let (id, source, kind) = (text(&batch, "id"), text(&batch, "source"), text(&batch, "type"));
                for row in 0..id.len() {
                    for index in open.remove(id.value(row)).unwrap_or_default() {
                        conflicts[index].stored_kind = kind.value(row).to_owned();
                        conflicts[index].stored_source = source.value(row).to_owned();
                    }
                }
            }
        }
        Ok(())
    }
}
