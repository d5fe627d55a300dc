//! The emulator's clock.

use std::sync::Arc;
use std::time::Duration;

use logto_admin::Timestamp;
use serde::{Deserialize, Serialize};

/// The default clock or a custom one. Tests can advance both.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Clock {
    /// The custom clock. `None` for the default clock, which advances by one millisecond per request.
    #[serde(skip)]
    read: Option<Arc<dyn Fn() -> Timestamp + Send + Sync>>,
    offset: i64,
}

/// The start of the default clock: 2025-01-01T00:00:00Z. It is early, so that future dates in tests stay in the future.
const START: i64 = 1_735_689_600_000;

impl Clock {
    pub(crate) const fn own() -> Self {
        Self { read: None, offset: START }
    }

    pub(crate) fn of(read: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self { read: Some(Arc::new(read)), offset: 0 }
    }

    /// Returns this clock, advanced like a saved one.
    pub(crate) fn at(&self, saved: Self) -> Self {
        Self { read: self.read.clone(), offset: saved.offset }
    }

    /// Milliseconds since the epoch.
    pub(crate) fn now(&self) -> i64 {
        self.read.as_ref().map_or(0, |read| read().as_millis()).saturating_add(self.offset)
    }

    pub(crate) fn advance(&mut self, duration: Duration) {
        self.offset = self.offset.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX));
    }

    /// Starts a request and returns its time.
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
    fn default_clock_advances_only_per_request() {
        let mut clock = Clock::own();
        assert_eq!((clock.now(), clock.tick(), clock.now()), (START, START + 1, START + 1));
        clock.advance(Duration::from_secs(60));
        assert_eq!(clock.now(), START + 60_001);
    }

    #[test]
    fn custom_clocks_can_be_advanced() {
        let mut clock = Clock::of(|| Timestamp::from_millis(5));
        clock.advance(Duration::from_millis(2));
        assert_eq!((clock.tick(), clock.tick()), (7, 7));
    }
}
