//! What is told to `tracing` while a test does something.

use std::cell::RefCell;
use std::io::{self, Write};
use std::sync::Once;

use tracing::Level;
use tracing_subscriber::fmt::format::FmtSpan;

thread_local! {
    static WRITTEN: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// The log of the thread that writes.
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

/// Runs `work`, and gives with its result everything that it tells `tracing` on this thread, spans when they close.
///
/// One subscriber listens for all tests: `tracing` remembers of each place that nobody did when it first came there,
/// which may have been in another test at the same time.
pub fn written<T>(work: impl FnOnce() -> T) -> (T, String) {
    static LISTENING: Once = Once::new();
    LISTENING.call_once(|| {
        let subscriber = tracing_subscriber::fmt().with_max_level(Level::TRACE).with_span_events(FmtSpan::CLOSE);
        subscriber.with_ansi(false).with_writer(|| OfThisThread).init();
    });
    // For the places that others came to while it was set up.
    tracing::callsite::rebuild_interest_cache();
    WRITTEN.take();
    let done = work();
    (done, String::from_utf8_lossy(&WRITTEN.take()).into_owned())
}
