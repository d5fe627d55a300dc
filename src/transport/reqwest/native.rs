use ::reqwest::Response;
use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use tokio::runtime::Handle;

use super::{ReqwestTransport, failure};
use crate::transport::{
    Headers, HttpRequest, HttpResponse, HttpTransport, TransportError, TransportErrorKind, TransportOptions,
};

const NO_RUNTIME: &str = "reqwest requires a tokio runtime: call from an async fn under #[tokio::main]";
const NO_CERTIFICATES: &str = "the system has no CA certificates to verify https servers with: install them (on Debian, the package ca-certificates), or set a bundle with `ReqwestTransport::builder().ca_bundle(..)`";

#[async_trait]
impl HttpTransport for ReqwestTransport {
    async fn send(&self, request: HttpRequest, options: &TransportOptions) -> Result<HttpResponse, TransportError> {
        self.exchange(request, options.max_response_bytes).await
    }
}

impl ReqwestTransport {
    async fn exchange(&self, request: HttpRequest, bound: u64) -> Result<HttpResponse, TransportError> {
        self.check(&request.url)?;
        let response = self.client.execute(request.try_into()?).await.map_err(failure::of_request)?;
        let status = response.status().as_u16();
        let headers = Headers::from(response.headers());
        let body = read(response, bound).await?.into();
        Ok(HttpResponse { status, headers, body })
    }

    /// Rejects calls for which reqwest would panic or report an unclear error.
    fn check(&self, url: &str) -> Result<(), TransportError> {
        let lacks = |what| Err(TransportError::new(TransportErrorKind::Environment, what));
        if Handle::try_current().is_err() {
            return lacks(NO_RUNTIME);
        }
        if self.lacks_certificates && url.starts_with("https:") {
            return lacks(NO_CERTIFICATES);
        }
        Ok(())
    }
}

/// Reads the body, up to `bound` bytes. Most bodies arrive in one piece, which is not copied.
async fn read(mut response: Response, bound: u64) -> Result<Bytes, TransportError> {
    let announced = response.content_length().unwrap_or(0);
    if announced > bound {
        return Err(TransportError::too_large(bound));
    }
    let mut whole = Pieces::default();
    while let Some(piece) = response.chunk().await.map_err(failure::of_body)? {
        if (whole.len() + piece.len()) as u64 > bound {
            return Err(TransportError::too_large(bound));
        }
        whole.push(piece, announced);
    }
    Ok(whole.join())
}

/// The maximum memory to reserve before the bytes arrive. A server can announce any length.
const MAX_RESERVATION: usize = 1 << 20;

#[derive(Default)]
struct Pieces {
    first: Bytes,
    joined: BytesMut,
}

impl Pieces {
    fn len(&self) -> usize {
        self.first.len() + self.joined.len()
    }

    fn push(&mut self, piece: Bytes, announced: u64) {
        if self.len() == 0 {
            self.first = piece;
            return;
        }
        if self.joined.is_empty() {
            let room = usize::try_from(announced).unwrap_or(usize::MAX).min(MAX_RESERVATION);
            self.joined.reserve(room.max(self.len() + piece.len()));
            self.joined.extend_from_slice(&std::mem::take(&mut self.first));
        }
        self.joined.extend_from_slice(&piece);
    }

    fn join(self) -> Bytes {
        if self.joined.is_empty() { self.first } else { self.joined.freeze() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_announced_length_reserves_bounded_memory() {
        for announced in [274_877_906_944, u64::MAX] {
            let mut pieces = Pieces::default();
            pieces.push(Bytes::from_static(b"a"), announced);
            pieces.push(Bytes::from_static(b"b"), announced);
            assert!(pieces.joined.capacity() <= 2 * MAX_RESERVATION, "{}", pieces.joined.capacity());
            assert_eq!(pieces.join(), "ab");
        }
    }

    #[test]
    fn a_body_larger_than_the_reservation_is_read_whole() {
        let piece = Bytes::from(vec![7; MAX_RESERVATION - 1]);
        let mut pieces = Pieces::default();
        (0..3).for_each(|_| pieces.push(piece.clone(), 0));
        assert_eq!(pieces.join().len(), 3 * piece.len());
    }
}
