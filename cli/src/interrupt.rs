//! Ctrl-C and SIGTERM: end a bulk command after the calls in progress.

use std::io;
#[cfg(unix)]
use std::pin::pin;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use futures_util::FutureExt;
#[cfg(unix)]
use futures_util::future::select;
use tokio::runtime::{Builder, Handle};
#[cfg(unix)]
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::progress::LinePrinter;

/// Time within which the thread of the calls confirms an interrupt. That thread does not do so while it waits for the
/// reader of its output.
const PATIENCE: Duration = Duration::from_secs(1);

/// Whether the user has asked the program to stop. Clones share the answer.
#[derive(Clone, Debug)]
pub struct Interrupt(Arc<watch::Sender<bool>>);

impl Default for Interrupt {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }
}

impl Interrupt {
    /// Watches for Ctrl-C and SIGTERM, and confirms the first with a line. The second ends the program immediately.
    #[must_use]
    pub fn watch(printer: LinePrinter) -> Self {
        let interrupt = Self::default();
        interrupt.set_by_signals(printer);
        interrupt
    }

    /// Sets this interrupt as [`watch`](Self::watch) does. Until then, the signals end the program.
    pub(crate) fn set_by_signals(&self, printer: LinePrinter) {
        // The thread of the calls might wait for the reader of its output, so signals have a thread of their own.
        let Ok(runtime) = Builder::new_current_thread().enable_all().build() else { return };
        let calls = Handle::current();
        let mut first = Box::pin(asked().fuse());
        {
            // Listens from now on, and not from when the thread runs.
            let _entered = runtime.enter();
            let _ = (&mut first).now_or_never();
        }
        let (shared, unconfirmed) = (self.clone(), self.clone());
        let confirm = async move {
            shared.set();
            printer.print("stopping after the calls in progress; press Ctrl-C again to stop immediately");
        };
        thread::spawn(move || {
            runtime.block_on(async {
                if first.await.is_ok() {
                    // The thread of the calls does both before it goes on, unless it waits.
                    let confirmed = calls.spawn(confirm);
                    tokio::spawn(async move {
                        if timeout(PATIENCE, confirmed).await.is_err() {
                            unconfirmed.set();
                        }
                    });
                }
                if asked().await.is_ok() {
                    std::process::exit(130);
                }
            });
        });
    }

    /// Asks to stop.
    pub fn set(&self) {
        self.0.send_replace(true);
    }

    /// Waits until somebody asks to stop.
    pub async fn wait(&self) {
        // The sender is part of `self`, so the channel stays open.
        let _ = self.0.subscribe().wait_for(|is_set| *is_set).await;
    }

    /// Whether to stop.
    #[must_use]
    pub fn is_set(&self) -> bool {
        *self.0.borrow()
    }
}

/// Waits for Ctrl-C, or for SIGTERM, which service managers and CI systems send.
#[cfg(unix)]
async fn asked() -> io::Result<()> {
    let mut terminated = signal(SignalKind::terminate())?;
    select(pin!(tokio::signal::ctrl_c()), pin!(terminated.recv())).await;
    Ok(())
}

/// Waits for Ctrl-C.
#[cfg(not(unix))]
async fn asked() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}
