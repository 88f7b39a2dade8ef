//! Which token may ask next, and when: GitHub's limits as its answers state them.
//!
//! Each token has a number of requests an hour, apart for REST and GraphQL, and beyond that GitHub stops whoever asks too
//! much at once ("secondary" limits). Nothing here reads a clock: when a limit ends is reckoned from the answer's own date.

use muster_model::Timestamp;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// What a request is counted against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resource {
    Rest,
    Graphql,
}

/// What an answer says about the limit that it was counted against.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Stated {
    pub limit: Option<u64>,
    pub left: Option<u64>,
    /// Seconds since 1970.
    pub reset: Option<i64>,
    pub date: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Quota {
    limit: Option<u64>,
    left: Option<u64>,
    /// Not to be asked before.
    blocked: Option<Instant>,
}

/// The quotas of all tokens.
#[derive(Debug)]
pub(super) struct Limits {
    quotas: Mutex<Vec<[Quota; 2]>>,
}

/// Where no answer says when a limit ends.
const UNKNOWN: Duration = Duration::from_secs(60);
/// The clocks of GitHub's servers differ by a little.
const SLACK: Duration = Duration::from_millis(500);

impl Limits {
    pub fn new(tokens: usize) -> Self {
        Self { quotas: Mutex::new(vec![[Quota::default(); 2]; tokens]) }
    }

    /// The token with the most left, or how long to wait until one may ask.
    pub fn choose(&self, resource: Resource) -> Result<usize, Duration> {
        let now = Instant::now();
        let mut quotas = self.quotas();
        let mut best: Option<(u64, usize)> = None;
        let mut soonest: Option<Instant> = None;
        for (token, held) in quotas.iter_mut().enumerate() {
            let quota = &mut held[resource as usize];
            match quota.blocked {
                Some(until) if until > now => soonest = Some(soonest.map_or(until, |other| other.min(until))),
                _ => {
                    if quota.blocked.take().is_some() {
                        quota.left = None;
                    }
                    let left = quota.left.unwrap_or(u64::MAX);
                    if best.is_none_or(|(most, _)| left > most) {
                        best = Some((left, token));
                    }
                }
            }
        }
        match best {
            Some((_, token)) => {
                // Requests under way at once are spread before their answers tell what is left.
                let quota = &mut quotas[token][resource as usize];
                quota.left = quota.left.map(|left| left.saturating_sub(1));
                Ok(token)
            }
            None => Err(soonest.map_or(UNKNOWN, |until| until - now)),
        }
    }

    /// Takes note of an answer; a token that has nothing left rests until its limit is renewed.
    pub fn note(&self, token: usize, resource: Resource, stated: Stated) {
        let mut quotas = self.quotas();
        let quota = &mut quotas[token][resource as usize];
        quota.limit = stated.limit.or(quota.limit);
        quota.left = stated.left.or(quota.left);
        if stated.left == Some(0) {
            quota.blocked = Some(Instant::now() + until_reset(stated));
        }
    }

    /// The token has run into a limit. A secondary limit holds for everything that it asks.
    pub fn block(&self, token: usize, resource: Option<Resource>, wait: Duration) {
        let until = Instant::now() + wait;
        let mut quotas = self.quotas();
        for other in [Resource::Rest, Resource::Graphql] {
            if resource.is_none_or(|one| one == other) {
                quotas[token][other as usize].blocked = Some(until);
            }
        }
    }

    /// What is left and what there is, over all tokens.
    pub fn left(&self, resource: Resource) -> Option<(u64, u64)> {
        let quotas = self.quotas();
        let known = quotas.iter().filter_map(|held| {
            let quota = &held[resource as usize];
            Some((quota.left?, quota.limit?))
        });
        known.reduce(|(left, limit), (more, other)| (left + more, limit + other))
    }

    fn quotas(&self) -> MutexGuard<'_, Vec<[Quota; 2]>> {
        self.quotas.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long until the limit is renewed, by the answer's own date.
pub(super) fn until_reset(stated: Stated) -> Duration {
    match (stated.reset, stated.date) {
        (Some(reset), Some(date)) => Duration::from_secs(u64::try_from(reset - date.as_second()).unwrap_or(0)) + SLACK,
        _ => UNKNOWN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(left: u64) -> Stated {
        Stated { limit: Some(10), left: Some(left), reset: Some(100), date: Timestamp::from_second(40).ok() }
    }

    #[tokio::test(flavor = "current_thread")]
    async fn tokens_take_turns_and_an_empty_one_rests() {
        let limits = Limits::new(2);
        limits.note(0, Resource::Graphql, left(3));
        limits.note(1, Resource::Graphql, left(9));
        assert_eq!(limits.choose(Resource::Graphql), Ok(1));
        limits.note(1, Resource::Graphql, left(0));
        assert_eq!(limits.choose(Resource::Graphql), Ok(0));
        assert_eq!(limits.left(Resource::Graphql), Some((2, 20)));
        limits.note(0, Resource::Graphql, left(0));
        let wait = limits.choose(Resource::Graphql).unwrap_err();
        assert!(wait > Duration::from_secs(50) && wait <= Duration::from_secs(61), "{wait:?}");
        // REST is counted apart.
        assert!(limits.choose(Resource::Rest).is_ok());
        limits.block(0, None, Duration::from_secs(5));
        assert_eq!(limits.choose(Resource::Rest), Ok(1));
    }
}
