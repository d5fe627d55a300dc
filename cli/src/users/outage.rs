//! Notices that the server cannot be reached.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use logto_admin::Client;
use logto_admin::transport::{HttpResponse, HttpTransport, TransportError, TransportErrorKind, transport_fn};

use super::attempts::Attempt;
use super::import_retry_policy::patient;
use crate::connection::Connection;
use crate::progress::LinePrinter;

/// Number of records in a row that fail before an import ends. They fail because the server cannot be reached.
const MOST: usize = 10;

/// Prints a line when the server cannot be reached, once until it answers again. Clones are about the same server.
#[derive(Clone, Debug, Default)]
pub struct Outage(Arc<State>);

#[derive(Debug, Default)]
struct State {
    is_known: AtomicBool,
    printer: OnceLock<LinePrinter>,
}

impl Outage {
    /// Creates a client that notices outages of the server. It waits for the end of short ones.
    pub(crate) fn client(&self, connection: &Connection) -> crate::failure::Result<Client> {
        connection.client_over(self.watch(connection.transport()?), patient())
    }

    /// Returns a transport that notices outages of the server. An import over it can end while it waits for the server.
    pub fn watch(&self, transport: impl HttpTransport) -> impl HttpTransport {
        let (transport, outage) = (Arc::new(transport), self.clone());
        transport_fn(move |request, options| {
            let (transport, outage) = (Arc::clone(&transport), outage.clone());
            async move {
                let mut attempt = Attempt::new(request.method);
                let began_during = outage.0.is_known.load(Ordering::Relaxed);
                let answer = transport.send(request, &options).await;
                let is_refused = match &answer {
                    Ok(response) => (400..500).contains(&response.status),
                    Err(error) => error.never_sent(),
                };
                if is_refused {
                    attempt.has_changed_nothing();
                }
                outage.notice(&answer, began_during);
                answer
            }
        })
    }

    /// Prints lines from now on.
    pub(crate) fn print_with(&self, printer: LinePrinter) {
        // An import has one progress.
        let _ = self.0.printer.set(printer);
    }

    /// Notes whether an answer starts or ends an outage. `began_during` is whether the attempt began during a known
    /// outage: the answers to earlier ones do not end it.
    fn notice(&self, answer: &Result<HttpResponse, TransportError>, began_during: bool) {
        let State { is_known, printer } = &*self.0;
        match answer {
            Ok(_) if began_during => is_known.store(false, Ordering::Relaxed),
            Err(error) if error.kind() == TransportErrorKind::Connect => {
                if let Some(printer) = printer.get().filter(|_| !is_known.swap(true, Ordering::Relaxed)) {
                    printer.print(&format!("warning: the server cannot be reached, trying again: {error}"));
                }
            }
            Ok(_) | Err(_) => {}
        }
    }
}

/// The records in a row that failed because the server cannot be reached.
#[derive(Debug, Default)]
pub(super) struct Unreachable {
    failed: usize,
    most: usize,
}

impl Unreachable {
    /// Counts such a record. `running` is the number of records in progress, with this one. Returns whether to give up.
    pub(super) fn count(&mut self, running: usize) -> bool {
        if self.failed == 0 {
            // Failures lower the number of records in progress.
            self.most = running.clamp(1, MOST);
        }
        self.failed += 1;
        self.failed >= self.most
    }

    /// Counts a record for which the server has answered.
    pub(super) const fn reset(&mut self) {
        self.failed = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_gives_up_after_ten_failures_in_a_row_or_as_many_as_are_in_progress() {
        let failures = |running| {
            let mut unreachable = Unreachable::default();
            (1..100).find(|_| unreachable.count(running))
        };
        assert_eq!([1, 4, 10, 32].map(failures), [1, 4, 10, 10].map(Some));
        let mut unreachable = Unreachable::default();
        assert!((1..10).all(|_| !unreachable.count(32)));
        unreachable.reset();
        assert!((1..10).all(|_| !unreachable.count(32)) && unreachable.count(32));
    }
}
