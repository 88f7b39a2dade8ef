//! The run history for `muster sql`: `run_events`, and the views of `queries/runs` over it.

use crate::rows::Column;
use crate::{Engine, Library, QueryError};
use muster_model::Timestamp;

/// An event about a run of muster, as its journal holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunEvent {
    /// Its id.
    pub id: String,
    /// Its type: `run.finished`.
    pub kind: String,
    /// When it happened.
    pub time: Timestamp,
    /// The run: `run:20261121T170256Z-4f2a`.
    pub subject: String,
    /// The payload, JSON.
    pub data: String,
}

impl Engine {
    /// Makes the run history known by name: `run_events`, `runs`, `run_sources`, ….
    ///
    /// # Errors
    /// A view that cannot be planned: a fault of its file.
    pub async fn open_runs(&self, library: &Library, events: &[RunEvent]) -> Result<(), QueryError> {
        self.register_rows(
            "run_events",
            vec![
                ("id", Column::text(events, |event| Some(&event.id))),
                ("type", Column::text(events, |event| Some(&event.kind))),
                ("time", Column::time(events, |event| Some(event.time))),
                ("subject", Column::text(events, |event| Some(&event.subject))),
                ("data", Column::text(events, |event| Some(&event.data))),
            ],
        )?;
        for (name, table) in &library.runs {
            self.register_view(name, &table.sql).await?;
        }
        Ok(())
    }
}
