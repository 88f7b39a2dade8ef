//! Between two stages of SQL: what the log states about people goes to `muster_people`, and comes back as tables.
//!
//! `queries/people/*.sql` give the evidence; [`register`] makes the resolution the tables `resolved.*`. These have
//! unmasked accounts in one column only: `resolved.accounts.raw`, which the log's accounts are looked up in and which no
//! published table has.

use crate::definition::Library;
use crate::look_up::Index;
use crate::parquet::joined;
use crate::rows::{Column, Read};
use crate::{Engine, QueryError};
use datafusion::arrow::array::ArrayRef;
use datafusion::error::DataFusionError;
use foldhash::fast::RandomState;
use futures::TryStreamExt;
use muster_model::{Timestamp, account::masked};
use muster_people::{Alias, Attendance, Declaration, Domain, Evidence, Link, Relation, Resolution, Sighting, resolve};
use std::borrow::Cow;
use std::collections::HashMap;
use std::mem::take;
use std::ops::Deref;

/// The schema of what follows from the evidence.
pub(crate) const RESOLVED: &str = "resolved";

impl Engine {
    /// What the log states about who is who, as of the engine's instant.
    ///
    /// # Errors
    /// A query of `queries/people/` that cannot be run.
    pub async fn evidence(&self, library: &Library) -> Result<Evidence, QueryError> {
        let (sightings, links, declarations, attendances, maintainers, aliases, relations, domains) = tokio::try_join!(
            self.read(library, "sightings", sighting),
            self.read(library, "links", link),
            self.read(library, "declarations", declaration),
            self.read(library, "attendances", attendance),
            self.read(library, "maintainers", |row| row.text("account")),
            self.read(library, "aliases", alias),
            self.read(library, "relations", relation),
            self.read(library, "domains", domain),
        )?;
        Ok(Evidence { sightings, links, declarations, attendances, maintainers, aliases, relations, domains })
    }

    /// The evidence and what follows from it, without computing any table; for a look at people between two runs.
    ///
    /// # Errors
    /// As [`Engine::evidence`].
    pub async fn resolution(&self, library: &Library) -> Result<(Evidence, Resolution), QueryError> {
        self.open_folds(library).await?;
        let evidence = self.evidence(library).await?;
        let resolution = resolve(&evidence, self.as_of());
        Ok((evidence, resolution))
    }

    /// Resolves the evidence and makes it the tables `resolved.*`.
    pub(crate) async fn resolve(&self, library: &Library) -> Result<(), QueryError> {
        let evidence = self.evidence(library).await?;
        let as_of = self.as_of();
        let resolution = joined(tokio::task::spawn_blocking(move || resolve(&evidence, as_of)).await);
        register(self, resolution)
    }

    async fn read<T>(&self, library: &Library, name: &str, row: fn(&Read<'_>) -> T) -> Result<Vec<T>, QueryError> {
        let failed = |error: DataFusionError| QueryError::sql(name, &error);
        let answer = self.query(name, &library.people[name].sql).await?;
        let mut batches = answer.execute_stream().await.map_err(failed)?;
        let mut rows = Vec::new();
        while let Some(batch) = batches.try_next().await.map_err(failed)? {
            let columns = Read::columns(name, &batch)?;
            rows.extend((0..batch.num_rows()).map(|number| row(&Read { columns: &columns, number })));
        }
        Ok(rows)
    }
}

fn sighting(row: &Read<'_>) -> Sighting {
    Sighting {
        account: row.text("account"),
        name: row.optional("name"),
        actor_id: row.number("actor_id").and_then(|number| u64::try_from(number).ok()),
        first_seen: row.time("first_seen").unwrap_or(Timestamp::UNIX_EPOCH),
        last_seen: row.time("last_seen").unwrap_or(Timestamp::UNIX_EPOCH),
        bot_reason: row.optional("bot_reason"),
        not_a_bot: row.flag("not_a_bot"),
    }
}

fn link(row: &Read<'_>) -> Link {
    Link {
        event_id: row.text("event_id"),
        account: row.text("account"),
        other: row.text("other"),
        evidence: row.text("evidence"),
        name: row.optional("name"),
        apart: row.flag("apart"),
        revision: revision(row),
        withdrawn: row.flag("withdrawn"),
    }
}

fn declaration(row: &Read<'_>) -> Declaration {
    Declaration {
        event_id: row.text("event_id"),
        account: row.text("account"),
        organisation: row.text("organisation"),
        said_by: row.text("said_by"),
        source: row.text("source"),
        from: row.time("from"),
        until: row.time("until"),
        revision: revision(row),
        withdrawn: row.flag("withdrawn"),
    }
}

fn attendance(row: &Read<'_>) -> Attendance {
    Attendance { meeting: row.text("meeting"), account: row.text("account"), name: row.text("name") }
}

fn alias(row: &Read<'_>) -> Alias {
    Alias {
        event_id: row.text("event_id"),
        alias: row.text("alias"),
        organisation: row.text("organisation"),
        pattern: row.flag("pattern"),
        said_by: row.text("said_by"),
        revision: revision(row),
        withdrawn: row.flag("withdrawn"),
    }
}

fn relation(row: &Read<'_>) -> Relation {
    Relation {
        event_id: row.text("event_id"),
        organisation: row.text("organisation"),
        parent: row.text("parent"),
        from: row.time("from"),
        until: row.time("until"),
        said_by: row.text("said_by"),
        revision: revision(row),
        withdrawn: row.flag("withdrawn"),
    }
}

fn domain(row: &Read<'_>) -> Domain {
    Domain {
        event_id: row.text("event_id"),
        domain: row.text("domain"),
        organisation: row.text("organisation"),
        from: row.time("from"),
        until: row.time("until"),
        said_by: row.text("said_by"),
        revision: revision(row),
        withdrawn: row.flag("withdrawn"),
    }
}

fn revision(row: &Read<'_>) -> u32 {
    row.number("revision").and_then(|number| u32::try_from(number).ok()).unwrap_or(0)
}

/// A text without addresses; most have none, and need no copy.
fn shown(text: &str) -> Option<Cow<'_, str>> {
    Some(if text.contains('@') { Cow::Owned(masked(text)) } else { Cow::Borrowed(text) })
}

fn maybe<T: Deref<Target = str>>(text: &Option<T>) -> Option<Cow<'_, str>> {
    text.as_deref().and_then(shown)
}

/// Makes rows a table; they are gone when it stands.
fn table<T>(
    engine: &Engine,
    name: &str,
    rows: Vec<T>,
    columns: impl FnOnce(&[T]) -> Vec<(&'static str, ArrayRef)>,
) -> Result<(), QueryError> {
    let columns = columns(&rows);
    drop(rows);
    engine.register_rows(&format!("{RESOLVED}.{name}"), columns)
}

fn register(engine: &Engine, mut found: Resolution) -> Result<(), QueryError> {
    // Each list is gone as soon as it is a table: of accounts there are millions.
    let names: HashMap<&str, &str, RandomState> =
        found.people.iter().map(|one| (one.person.as_str(), one.name.as_str())).collect();
    table(engine, "accounts", take(&mut found.accounts), |rows| {
        let raw = Column::text(rows, |row| Some(row.account.as_str()));
        engine.accounts.set(Index::of(&raw));
        vec![
            ("raw", raw),
            ("account", Column::text(rows, |row| shown(&row.account))),
            ("person", Column::text(rows, |row| shown(&row.person))),
            ("name", Column::text(rows, |row| maybe(&row.name))),
            ("person_name", Column::text(rows, |row| names.get(row.person.as_str()).and_then(|name| shown(name)))),
            ("is_bot", Column::flag(rows, |row| row.is_bot)),
            ("bot_reason", Column::text(rows, |row| row.bot_reason.as_deref())),
            ("unresolved", Column::flag(rows, |row| row.unresolved)),
            ("first_seen", Column::time(rows, |row| Some(row.first_seen))),
            ("last_seen", Column::time(rows, |row| Some(row.last_seen))),
        ]
    })?;
    table(engine, "people", take(&mut found.people), |rows| {
        vec![
            ("person", Column::text(rows, |row| shown(&row.person))),
            ("name", Column::text(rows, |row| shown(&row.name))),
            ("is_bot", Column::flag(rows, |row| row.is_bot)),
            ("bot_reason", Column::text(rows, |row| row.bot_reason.as_deref())),
            ("accounts", Column::count(rows, |row| row.accounts)),
        ]
    })?;
    table(engine, "joins", take(&mut found.joins), |rows| {
        vec![
            ("person", Column::text(rows, |row| shown(&row.person))),
            ("account", Column::text(rows, |row| shown(&row.account))),
            ("other", Column::text(rows, |row| shown(&row.other))),
            ("evidence", Column::text(rows, |row| Some(row.evidence.as_str()))),
            ("event_id", Column::text(rows, |row| shown(&row.event_id))),
            ("used", Column::flag(rows, |row| row.used)),
        ]
    })?;
    table(engine, "affiliations", take(&mut found.affiliations), |rows| {
        vec![
            ("person", Column::text(rows, |row| shown(&row.person))),
            ("organisation", Column::text(rows, |row| maybe(&row.organisation))),
            ("organisation_key", Column::text(rows, |row| maybe(&row.organisation_key))),
            ("organisation_group", Column::text(rows, |row| maybe(&row.organisation_group))),
            ("from", Column::time(rows, |row| row.from)),
            ("until", Column::time(rows, |row| row.until)),
            ("said_by", Column::text(rows, |row| Some(row.said_by.as_str()))),
            ("event_id", Column::text(rows, |row| shown(&row.event_id))),
        ]
    })?;
    table(engine, "declared", take(&mut found.declared), |rows| {
        vec![
            ("person", Column::text(rows, |row| shown(&row.person))),
            ("account", Column::text(rows, |row| shown(&row.account))),
            ("written", Column::text(rows, |row| shown(&row.written))),
            ("organisation", Column::text(rows, |row| maybe(&row.organisation))),
            ("from", Column::time(rows, |row| row.from)),
            ("until", Column::time(rows, |row| row.until)),
            ("said_by", Column::text(rows, |row| Some(row.said_by.as_str()))),
            ("source", Column::text(rows, |row| shown(&row.source))),
            ("event_id", Column::text(rows, |row| shown(&row.event_id))),
        ]
    })?;
    table(engine, "organizations", take(&mut found.organizations), |rows| {
        vec![
            ("organisation", Column::text(rows, |row| shown(&row.organisation))),
            ("people", Column::count(rows, |row| row.people)),
            ("spellings", Column::text(rows, |row| Some(masked(&row.spellings.join("; "))))),
            ("organisation_group", Column::text(rows, |row| shown(&row.organisation_group))),
        ]
    })?;
    table(engine, "relations", take(&mut found.relations), |rows| {
        vec![
            ("organisation", Column::text(rows, |row| shown(&row.organisation))),
            ("parent", Column::text(rows, |row| shown(&row.parent))),
            ("from", Column::time(rows, |row| row.from)),
            ("until", Column::time(rows, |row| row.until)),
            ("said_by", Column::text(rows, |row| Some(row.said_by.as_str()))),
            ("event_id", Column::text(rows, |row| shown(&row.event_id))),
        ]
    })?;
    table(engine, "spellings", take(&mut found.spellings), |rows| {
        vec![
            ("written", Column::text(rows, |row| Some(row.written.as_str()))),
            ("from", Column::time(rows, |row| row.from)),
            ("until", Column::time(rows, |row| row.until)),
            ("organisation", Column::text(rows, |row| maybe(&row.organisation))),
            ("organisation_key", Column::text(rows, |row| maybe(&row.organisation_key))),
            ("organisation_group", Column::text(rows, |row| maybe(&row.organisation_group))),
        ]
    })?;
    table(engine, "conflicts", take(&mut found.conflicts), |rows| {
        vec![
            ("kind", Column::text(rows, |row| Some(row.kind.as_str()))),
            ("about", Column::text(rows, |row| shown(&row.about))),
            ("from", Column::time(rows, |row| row.from)),
            ("until", Column::time(rows, |row| row.until)),
            ("message", Column::text(rows, |row| shown(&row.message))),
            ("events", Column::text(rows, |row| Some(masked(&row.event_ids.join(" "))))),
        ]
    })
}
