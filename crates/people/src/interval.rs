//! Half-open spans of time without the `None`s.

use std::collections::BTreeSet;

use muster_model::Timestamp;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Interval {
    pub from: Timestamp,
    pub until: Timestamp,
}

impl Interval {
    pub const ALWAYS: Self = Self { from: Timestamp::MIN, until: Timestamp::MAX };

    /// `None` where it ends before it begins.
    pub fn of(from: Option<Timestamp>, until: Option<Timestamp>) -> Option<Self> {
        let interval = Self { from: from.unwrap_or(Timestamp::MIN), until: until.unwrap_or(Timestamp::MAX) };
        (interval.from < interval.until).then_some(interval)
    }

    pub fn start(self) -> Option<Timestamp> {
        Some(self.from).filter(|from| *from != Timestamp::MIN)
    }

    pub fn end(self) -> Option<Timestamp> {
        Some(self.until).filter(|until| *until != Timestamp::MAX)
    }

    pub fn contains(self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }

    /// Its parts between some instants.
    pub fn cut(self, at: &BTreeSet<Timestamp>) -> Vec<Self> {
        let mut parts = Vec::new();
        let mut from = self.from;
        for until in at.iter().copied().filter(|at| self.from < *at && *at < self.until).chain([self.until]) {
            parts.push(Self { from, until });
            from = until;
        }
        parts
    }
}
