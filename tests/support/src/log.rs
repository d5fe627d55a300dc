//! Captures the `tracing` output of a test.

use std::cell::RefCell;
use std::io::{self, Write};
use std::sync::Once;

use tracing::Level;
use tracing_subscriber::fmt::format::FmtSpan;

thread_local! {
    static WRITTEN: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// A writer that appends to the log of the current thread.
struct OfThisThread;

impl Write for OfThisThread {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        WRITTEN.with_borrow_mut(|written| written.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Runs `work`. Returns its result, and everything that it logs through `tracing` on this thread. Spans are logged when
/// they close.
///
/// All tests share one subscriber, because `tracing` caches for each callsite whether a subscriber was present when the
/// callsite was first reached. Another test might reach it first, at the same time.
pub fn written<T>(work: impl FnOnce() -> T) -> (T, String) {
    static LISTENING: Once = Once::new();
    LISTENING.call_once(|| {
        let subscriber = tracing_subscriber::fmt().with_max_level(Level::TRACE).with_span_events(FmtSpan::CLOSE);
        subscriber.with_ansi(false).with_writer(|| OfThisThread).init();
    });
    // For callsites that other tests reached during the setup.
    tracing::callsite::rebuild_interest_cache();
    WRITTEN.take();
    let done = work();
    (done, String::from_utf8_lossy(&WRITTEN.take()).into_owned())
}
