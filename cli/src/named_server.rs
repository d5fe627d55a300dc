//! Names the server in errors about the connection to it.

use std::sync::Arc;

use logto_admin::Error;
use logto_admin::transport::{HttpTransport, TransportError, TransportErrorKind, transport_fn};

/// Returns a transport whose errors about the network name the server.
pub(crate) fn named(transport: impl HttpTransport) -> impl HttpTransport {
    let transport = Arc::new(transport);
    transport_fn(move |request, options| {
        let (transport, server) = (Arc::clone(&transport), origin(&request.url));
        async move { transport.send(request, &options).await.map_err(|error| about(&server, error)) }
    })
}

/// Start of the client's message about a certificate that it does not trust.
const UNTRUSTED: &str = "the server certificate is not trusted";
/// Advice in messages of the client. Each is for programmers first, and then in the words of the command line.
const ADVICE: [(&str, &str); 2] = [
    ("; to trust another authority, use `ReqwestTransport::builder().ca_bundle(..)`", ""),
    ("`ReqwestTransport::builder().ca_bundle(..)`", "`--ca-bundle FILE`"),
];

fn about(server: &str, error: TransportError) -> TransportError {
    let message = ADVICE.iter().fold(error.to_string(), |text, (client, own)| text.replace(client, own));
    let message = match error.kind() {
        TransportErrorKind::Environment | TransportErrorKind::Invalid => message,
        _ => format!("server {server}: {message}"),
    };
    TransportError::new(error.kind(), message).with_never_sent(error.never_sent()).with_source(error)
}

/// Whether the certificate of the server is not trusted.
pub(crate) fn is_untrusted(error: &Error) -> bool {
    error.message().contains(UNTRUSTED)
}

/// Returns the hint for an error, in the words of the command line.
pub(crate) fn hint(error: &Error) -> Option<&str> {
    const TRUST: &str =
        "check the certificate; to trust a private authority, pass `--ca-bundle FILE` or set LOGTO_CA_BUNDLE";
    if is_untrusted(error) { Some(TRUST) } else { error.hint() }
}

/// Returns scheme, host and port of a URL. The rest might contain secrets.
fn origin(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("https", url));
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_have_the_origin_and_nothing_else_of_the_url() {
        for (url, server) in [
            ("https://id.example.com/api/users?search=ada", "https://id.example.com"),
            ("http://ada:s3cret@[::1]:3001/api#x", "http://[::1]:3001"),
            ("https://e.com?token=t", "https://e.com"),
        ] {
            let error = about(&origin(url), TransportError::new(TransportErrorKind::Connect, "refused"));
            assert_eq!((error.to_string(), error.never_sent()), (format!("server {server}: refused"), true));
        }
    }

    #[test]
    fn whether_a_request_was_sent_does_not_change() {
        let lost = TransportError::new(TransportErrorKind::Interrupted, "closed");
        assert!(!about("http://e.com", lost).never_sent());
        let unsent = TransportError::new(TransportErrorKind::Interrupted, "closed").with_never_sent(true);
        assert!(about("http://e.com", unsent).never_sent());
        let local = TransportError::new(TransportErrorKind::Environment, "no certificates");
        assert_eq!(about("http://e.com", local).to_string(), "no certificates");
    }
}
