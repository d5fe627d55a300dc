//! What time it is for the emulator.

use std::sync::Arc;
use std::time::Duration;

use logto_admin::Timestamp;

/// A clock: one of its own, which tests move, or another's.
#[derive(Clone)]
pub(crate) struct Clock {
    /// Gives the time; without it each request takes a millisecond.
    read: Option<Arc<dyn Fn() -> Timestamp + Send + Sync>>,
    offset: i64,
}

/// Where the emulator's own clock starts: 2025-01-01T00:00:00Z, so that what a test calls the future is one.
const START: i64 = 1_735_689_600_000;

impl Clock {
    pub(crate) const fn own() -> Self {
        Self { read: None, offset: START }
    }

    pub(crate) fn of(read: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self { read: Some(Arc::new(read)), offset: 0 }
    }

    /// Milliseconds since the epoch.
    pub(crate) fn now(&self) -> i64 {
        self.read.as_ref().map_or(0, |read| read().as_millis()).saturating_add(self.offset)
    }

    pub(crate) fn advance(&mut self, duration: Duration) {
        self.offset = self.offset.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX));
    }

    /// Begins a request, and tells when.
    pub(crate) fn tick(&mut self) -> i64 {
        if self.read.is_none() {
            self.advance(Duration::from_millis(1));
        }
        self.now()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_own_clock_goes_on_with_each_request_alone() {
        let mut clock = Clock::own();
        assert_eq!((clock.now(), clock.tick(), clock.now()), (START, START + 1, START + 1));
        clock.advance(Duration::from_secs(60));
        assert_eq!(clock.now(), START + 60_001);
    }

    #[test]
    fn another_clock_decides_and_can_be_moved_too() {
        let mut clock = Clock::of(|| Timestamp::from_millis(5));
        clock.advance(Duration::from_millis(2));
        assert_eq!((clock.tick(), clock.tick()), (7, 7));
    }
}
