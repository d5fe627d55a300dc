//! Ctrl-C and SIGTERM: end a bulk command after the calls in progress.

use std::io;
#[cfg(unix)]
use std::pin::pin;
use std::sync::Arc;

use futures_util::FutureExt;
#[cfg(unix)]
use futures_util::future::select;
#[cfg(unix)]
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::progress::LinePrinter;

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
        let shared = interrupt.clone();
        let mut first = Box::pin(asked().fuse());
        // Listens from now on, and not from when the task runs.
        let _ = (&mut first).now_or_never();
        tokio::spawn(async move {
            if first.await.is_ok() {
                shared.set();
                printer.print("stopping after the calls in progress; press Ctrl-C again to stop immediately");
            }
            if asked().await.is_ok() {
                std::process::exit(130);
            }
        });
        interrupt
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
