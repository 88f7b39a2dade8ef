//! The clock by which pipelines run. A test has one of its own, in which a week takes a second.

use muster_model::Timestamp;
use std::time::Duration;

/// What time it is, and waiting for a time.
pub trait Clock {
    /// Now.
    fn now(&self) -> Timestamp;
    /// Comes at an instant, at once when it is past.
    async fn sleep_until(&self, instant: Timestamp);
}

/// The machine's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

/// A machine that slept, or whose clock was set, is noticed within this time.
const NAP: Duration = Duration::from_secs(30);

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "what is due is decided by the time of day, here and nowhere else")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    async fn sleep_until(&self, instant: Timestamp) {
        while let Ok(left) = Duration::try_from(self.now().duration_until(instant))
            && !left.is_zero()
        {
            tokio::time::sleep(left.min(NAP)).await;
        }
    }
}

/// An instant so much later.
pub fn plus(instant: Timestamp, length: Duration) -> Timestamp {
    instant.checked_add(length).unwrap_or(Timestamp::MAX)
}
