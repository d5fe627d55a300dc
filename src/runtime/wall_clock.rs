//! The clock of the machine.

use crate::types::Timestamp;

impl Timestamp {
    /// Returns the time of this machine's clock.
    #[must_use]
    #[allow(clippy::disallowed_methods, reason = "for callers and runtimes; the client itself asks its `Runtime`")]
    pub fn now() -> Self {
        #[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
        return Self::from_millis(js_sys::Date::now() as i64);
        #[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
        std::time::SystemTime::now().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_is_later_than_this_test() {
        assert!(Timestamp::now() > Timestamp::from_millis(1_795_000_000_000));
    }
}
