//! How much one query may take, and all of them together.

use muster_query::datafusion::error::{DataFusionError, Result};
use muster_query::datafusion::execution::memory_pool::{GreedyMemoryPool, MemoryLimit, MemoryPool, MemoryReservation};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// What a server grants.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes for all queries together.
    pub memory: usize,
    /// Bytes for one query.
    pub query_memory: usize,
    /// How long one query may take.
    pub time: Duration,
    /// How many rows one answer may have.
    pub rows: usize,
    /// How many may be connected at once.
    pub connections: usize,
}

impl Limits {
    pub(crate) fn pool(&self) -> Arc<dyn MemoryPool> {
        Arc::new(GreedyMemoryPool::new(self.memory))
    }

    /// The memory of one query, drawn from the server's.
    pub(crate) fn query_pool(&self, server: &Arc<dyn MemoryPool>) -> Arc<dyn MemoryPool> {
        Arc::new(QueryPool { server: server.clone(), limit: self.query_memory, used: AtomicUsize::new(0) })
    }
}

/// A number of bytes as people write it.
pub(crate) fn megabytes(bytes: usize) -> String {
    format!("{} MB", bytes >> 20)
}

#[derive(Debug)]
struct QueryPool {
    server: Arc<dyn MemoryPool>,
    limit: usize,
    used: AtomicUsize,
}

impl MemoryPool for QueryPool {
    fn name(&self) -> &'static str {
        "query"
    }

    fn grow(&self, reservation: &MemoryReservation, additional: usize) {
        self.used.fetch_add(additional, Ordering::Relaxed);
        self.server.grow(reservation, additional);
    }

    fn shrink(&self, reservation: &MemoryReservation, shrink: usize) {
        self.used.fetch_sub(shrink, Ordering::Relaxed);
        self.server.shrink(reservation, shrink);
    }

    fn try_grow(&self, reservation: &MemoryReservation, additional: usize) -> Result<()> {
        let more = |used: usize| used.checked_add(additional).filter(|used| *used <= self.limit);
        if self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_err() {
            let message = format!("the query needs more memory than the {} that one may have", megabytes(self.limit));
            return Err(DataFusionError::ResourcesExhausted(message));
        }
        self.server.try_grow(reservation, additional).map_err(|_| {
            self.used.fetch_sub(additional, Ordering::Relaxed);
            let message = "the server's memory is taken by the queries of others; ask again later".to_owned();
            DataFusionError::ResourcesExhausted(message)
        })
    }

    fn reserved(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    fn memory_limit(&self) -> MemoryLimit {
        MemoryLimit::Finite(self.limit)
    }
}

impl fmt::Display for QueryPool {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{} of {} bytes", self.reserved(), self.limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_query::datafusion::execution::memory_pool::MemoryConsumer;

    #[test]
    fn a_query_gets_its_part_and_gives_it_back() {
        let limits = Limits { memory: 100, query_memory: 60, time: Duration::from_secs(1), rows: 1, connections: 1 };
        let server = limits.pool();
        let (one, other) = (limits.query_pool(&server), limits.query_pool(&server));
        let first = MemoryConsumer::new("first").register(&one);
        let second = MemoryConsumer::new("second").register(&other);
        assert!(first.try_grow(61).unwrap_err().to_string().contains("more memory than the"));
        first.try_grow(60).unwrap();
        assert!(second.try_grow(41).unwrap_err().to_string().contains("queries of others"));
        second.try_grow(40).unwrap();
        assert_eq!((server.reserved(), one.reserved(), other.reserved()), (100, 60, 40));
        drop(first);
        assert_eq!((server.reserved(), one.reserved()), (40, 0));
        second.try_grow(20).unwrap();
    }
}
