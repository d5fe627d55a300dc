//! Ctrl-C: ends a bulk command after the calls in progress.

use std::io::IsTerminal;
use std::sync::Arc;

use tokio::sync::watch;

/// Whether the user has asked the program to stop. Clones share the answer.
#[derive(Clone, Debug)]
pub struct Interrupt(Arc<watch::Sender<bool>>);

impl Default for Interrupt {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }
}

impl Interrupt {
    /// Watches for Ctrl-C. The second one ends the program immediately.
    #[must_use]
    pub fn watch() -> Self {
        let interrupt = Self::default();
        let shared = interrupt.clone();
        tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                shared.set();
                // The line has a progress bar and `^C`.
                let clear = if std::io::stderr().is_terminal() { "\r\u{1b}[K" } else { "" };
                let message = "stopping after the calls in progress; press Ctrl-C again to stop immediately";
                anstream::eprintln!("{clear}{message}");
            }
            if tokio::signal::ctrl_c().await.is_ok() {
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
