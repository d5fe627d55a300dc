//! The transport that delivers webhooks to their receivers.

use std::time::Duration;

use async_trait::async_trait;
use logto_admin::transport::{
    HttpRequest, HttpResponse, HttpTransport, ReqwestTransport, TransportError, TransportErrorKind, TransportOptions,
};

/// The time that a receiver has.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) struct Receivers(ReqwestTransport);

impl Receivers {
    pub(super) fn new() -> logto_admin::Result<Self> {
        ReqwestTransport::new().map(Self)
    }
}

#[async_trait]
impl HttpTransport for Receivers {
    #[expect(clippy::disallowed_methods, reason = "real receivers run on real time")]
    async fn send(&self, request: HttpRequest, options: &TransportOptions) -> Result<HttpResponse, TransportError> {
        let late = |_| TransportError::new(TransportErrorKind::Timeout, "the receiver did not answer within 10 s");
        tokio::time::timeout(PATIENCE, self.0.send(request, options)).await.map_err(late)?
    }
}
