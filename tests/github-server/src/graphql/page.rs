//! Connections. A cursor names the place behind an element by what the list is ordered by, as GitHub's do: an element
//! that changes between two pages of a list ordered by change moves, and is met again or not at all.

use super::TYPED;
use super::resolve::Thing;
use apollo_compiler::resolvers::FieldError;
use apollo_compiler::response::{JsonMap, JsonValue};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

/// An element of a list, and what it is ordered by.
pub(super) struct Row<'w> {
    pub(super) key: i64,
    pub(super) id: u64,
    pub(super) thing: Thing<'w>,
    /// The time of a star, which is the edge's and not the node's.
    pub(super) starred: Option<Timestamp>,
}

impl<'w> Row<'w> {
    pub(super) fn new(at: Timestamp, id: u64, thing: Thing<'w>) -> Self {
        Self { key: at.as_second(), id, thing, starred: None }
    }

    fn cursor(&self) -> String {
        STANDARD.encode(format!("cursor:v2:{}:{}", self.key, self.id))
    }
}

/// A page of a list.
pub(super) struct Page<'w> {
    /// The connection's type, without `Connection`.
    pub(super) of: &'static str,
    pub(super) rows: Vec<Row<'w>>,
    /// How many there are before any paging.
    pub(super) total: usize,
    /// How many of the whole list are between `after` and `before`.
    pub(super) filtered: usize,
    pub(super) has_next: bool,
    pub(super) has_previous: bool,
}

impl<'w> Page<'w> {
    /// The page that the arguments ask for.
    pub(super) fn new(
        of: &'static str,
        mut rows: Vec<Row<'w>>,
        arguments: &JsonMap,
        descending: bool,
    ) -> Result<Self, FieldError> {
        rows.sort_by_key(|row| (row.key, row.id));
        if descending {
            rows.reverse();
        }
        let total = rows.len();
        let order = |row: &Row<'_>, place: (i64, u64)| {
            let order = (row.key, row.id).cmp(&place);
            if descending { order.reverse() } else { order }
        };
        let from = match place(arguments, "after")? {
            Some(place) => rows.partition_point(|row| order(row, place).is_le()),
            None => 0,
        };
        let to = match place(arguments, "before")? {
            Some(place) => rows.partition_point(|row| order(row, place).is_lt()),
            None => total,
        };
        let filtered = to.saturating_sub(from);
        let first = bound(arguments, "first").unwrap_or(usize::MAX);
        let (from, to) = match bound(arguments, "last") {
            Some(last) if first == usize::MAX => (to.saturating_sub(last).max(from), to),
            _ => (from, to.min(from.saturating_add(first))),
        };
        let (from, to) = (from.min(total), to.max(from).min(total));
        rows.truncate(to);
        rows.drain(..from);
        Ok(Self { of, rows, total, filtered, has_next: to < total, has_previous: from > 0 })
    }

    pub(super) fn cursor(&self, index: usize) -> JsonValue {
        self.rows.get(index).map_or(JsonValue::Null, |row| row.cursor().into())
    }

    pub(super) fn start(&self) -> JsonValue {
        self.cursor(0)
    }

    pub(super) fn end(&self) -> JsonValue {
        self.cursor(self.rows.len().wrapping_sub(1))
    }
}

fn bound(arguments: &JsonMap, name: &str) -> Option<usize> {
    arguments.get(name).and_then(JsonValue::as_u64).and_then(|number| usize::try_from(number).ok())
}

fn place(arguments: &JsonMap, name: &str) -> Result<Option<(i64, u64)>, FieldError> {
    let Some(cursor) = arguments.get(name).and_then(JsonValue::as_str) else { return Ok(None) };
    let read = || {
        let decoded = String::from_utf8(STANDARD.decode(cursor).ok()?).ok()?;
        let (key, id) = decoded.strip_prefix("cursor:v2:")?.split_once(':')?;
        Some((key.parse().ok()?, id.parse().ok()?))
    };
    let message = || format!("INVALID_CURSOR_ARGUMENTS{TYPED}`{cursor}` does not appear to be a valid cursor.");
    read().map(Some).ok_or_else(|| FieldError { message: message() })
}
