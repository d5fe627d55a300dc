//! Handles requests, and delivers webhooks.

use async_trait::async_trait;
use logto_admin::transport::{
    HttpRequest, HttpResponse, HttpTransport, TransportError, TransportErrorKind, TransportOptions,
};

use super::{Emulator, control};
use crate::handling;
use crate::state::jobs::{Done, Job};
use crate::state::outbox::Delivery;
use crate::webhooks;

/// Result of an attempt to handle a request.
pub(crate) enum Attempt {
    /// The response, and the test deliveries that the request asks for.
    Answered(HttpResponse, Vec<Delivery>),
    /// The request has had no effect, and needs the result of a computation.
    Waits(Job),
}

impl Emulator {
    /// Handles a request and returns the response.
    ///
    /// Does not deliver webhooks: call [`deliver`](Self::deliver) for that. Test deliveries of webhooks are not sent.
    #[must_use]
    pub fn handle(&self, request: &HttpRequest) -> HttpResponse {
        let mut done = Vec::new();
        loop {
            match self.attempt(request, &mut done) {
                Attempt::Answered(response, _) => return response,
                Attempt::Waits(job) => done.push(job.run()),
            }
        }
    }

    /// Handles a request. Sends the test deliveries that it asks for: their results are the response.
    pub(crate) async fn respond(&self, request: &HttpRequest) -> HttpResponse {
        let mut done = Vec::new();
        let (response, tests) = loop {
            match self.attempt(request, &mut done) {
                Attempt::Answered(response, tests) => break (response, tests),
                Attempt::Waits(job) => done.push(job.run_elsewhere().await),
            }
        };
        let Some(transport) = &self.0.settings.webhooks else { return response };
        for test in tests {
            if let Some(refusal) = webhooks::failure(&webhooks::attempt(transport, &test).await) {
                let id = response.headers.get("logto-core-request-id").unwrap_or_default().to_owned();
                return refusal.into_response().header("logto-core-request-id", id);
            }
        }
        response
    }

    /// Handles a request for which these computations were carried out.
    pub(crate) fn attempt(&self, request: &HttpRequest, done: &mut Vec<(Job, Done)>) -> Attempt {
        if let Some(response) = control::answer(self, request) {
            return Attempt::Answered(response, Vec::new());
        }
        let mut state = self.state();
        state.jobs.begin(std::mem::take(done));
        let response = handling::handle(request, &mut state);
        let (asked, others) = state.jobs.end();
        *done = others;
        if let Some(job) = asked {
            return Attempt::Waits(job);
        }
        let tests = std::mem::take(&mut state.outbox.tests);
        let number = std::mem::take(&mut state.outbox.messages);
        if let Some(listener) = &self.0.settings.message_listener {
            let sent: Vec<_> = state.messages.iter().skip(state.messages.len() - number).cloned().collect();
            // The listener might call the emulator.
            drop(state);
            sent.iter().for_each(|message| listener(message));
        }
        Attempt::Answered(response, tests)
    }

    /// Answers an `OPTIONS` request with the methods of a path.
    #[cfg(all(feature = "server", not(all(target_arch = "wasm32", target_os = "unknown"))))]
    pub(crate) fn methods(&self, path: &str) -> HttpResponse {
        handling::cors::methods(path, &mut self.state())
    }

    /// Delivers the webhooks that wait for it, and logs the results.
    ///
    /// Does nothing without a [transport](crate::EmulatorBuilder::webhooks). Calls through the emulator as a transport and
    /// the HTTP server deliver by themselves. Only needed after [`handle`](Self::handle).
    pub async fn deliver(&self) {
        let Some(transport) = &self.0.settings.webhooks else { return };
        let sign_outs = std::mem::take(&mut self.state().outbox.sign_outs);
        for request in sign_outs {
            // The session has ended in any case.
            let _ = transport.send(request, &TransportOptions::default()).await;
        }
        let waiting = std::mem::take(&mut self.state().outbox.waiting);
        for delivery in waiting {
            let result = webhooks::attempt(transport, &delivery).await;
            let mut state = self.state();
            let now = state.clock.now();
            state.log(now, webhooks::log(&delivery, &result));
        }
    }
}

#[async_trait]
impl HttpTransport for Emulator {
    async fn send(&self, request: HttpRequest, options: &TransportOptions) -> Result<HttpResponse, TransportError> {
        let response = self.respond(&request).await;
        self.deliver().await;
        if response.body.len().is_some_and(|length| length as u64 > options.max_response_bytes) {
            let message = format!("the response is larger than {} bytes", options.max_response_bytes);
            return Err(TransportError::new(TransportErrorKind::TooLarge, message));
        }
        Ok(response)
    }
}
