//! TLS: trusted certificates and client certificates.

use logto_admin::transport::{Method, ReqwestTransport, ReqwestTransportBuilder, TlsBackend, TlsVersion};
use logto_admin::{Error, ErrorKind};
use logto_admin_test_server::{Authority, Script, Seen, TestServer, Tls};

use crate::child;
use crate::stage::{builder, runtime};

const BACKENDS: &[TlsBackend] = &[
    #[cfg(feature = "rustls-no-provider")]
    TlsBackend::Rustls,
    #[cfg(feature = "native-tls")]
    TlsBackend::NativeTls,
];

fn transport(backend: TlsBackend) -> ReqwestTransportBuilder {
    ReqwestTransport::builder().no_proxy().tls_backend(backend)
}

/// Calls a server with a certificate of this authority. Returns the requests that the server received.
async fn call(authority: &Authority, tls: Tls, transport: ReqwestTransportBuilder) -> Result<Vec<Seen>, Error> {
    let server = TestServer::start_tls(authority, tls).await;
    let session = server.session(Script::default());
    let client = builder(session.url(), &runtime()).transport(transport.build()?).build()?;
    let answer = client.request(Method::Get, "/api/users").header("authorization", "Bearer t").await;
    let seen = session.seen();
    assert!(answer.is_ok() || seen.is_empty(), "{answer:?}");
    answer.map(|_| seen)
}

#[tokio::test]
async fn private_authorities_are_trusted_only_with_their_bundle() {
    let authority = Authority::new();
    for &backend in BACKENDS {
        call(&authority, Tls::default(), transport(backend).ca_bundle(authority.pem())).await.unwrap();
        call(&authority, Tls::default(), transport(backend).extra_ca_certificates(authority.pem())).await.unwrap();
        for untrusting in [transport(backend), transport(backend).ca_bundle(Authority::new().pem())] {
            let error = call(&authority, Tls::default(), untrusting).await.unwrap_err();
            assert!(error.is_connect() && error.message().contains("ca_bundle"), "{backend:?}: {error}");
        }
    }
}

#[tokio::test]
async fn verification_can_be_disabled() {
    for &backend in BACKENDS {
        let careless = transport(backend).danger_accept_invalid_certs(true);
        call(&Authority::new(), Tls::default(), careless).await.unwrap();
    }
}

#[tokio::test]
async fn servers_can_require_a_client_certificate() {
    let authority = Authority::new();
    let tls = Tls { client_certificates: true, ..Tls::default() };
    for &backend in BACKENDS {
        let anonymous = transport(backend).ca_bundle(authority.pem());
        call(&authority, tls, anonymous.clone()).await.unwrap_err();
        call(&authority, tls, anonymous.clone().identity(Authority::new().client_identity())).await.unwrap_err();
        call(&authority, tls, anonymous.identity(authority.client_identity())).await.unwrap();
    }
}

#[tokio::test]
async fn versions_below_the_minimum_are_rejected() {
    let authority = Authority::new();
    let old = Tls { only_1_2: true, ..Tls::default() };
    for &backend in BACKENDS {
        let trusting = transport(backend).ca_bundle(authority.pem());
        call(&authority, old, trusting.clone().min_tls_version(TlsVersion::Tls12)).await.unwrap();
        // native-tls cannot require TLS 1.3, so building the transport fails.
        let error = call(&authority, old, trusting.min_tls_version(TlsVersion::Tls13)).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Connect | ErrorKind::Config), "{backend:?}: {error}");
    }
}

#[cfg(feature = "http2")]
#[tokio::test]
async fn http2_is_used_if_the_server_supports_it() {
    let authority = Authority::new();
    let tls = Tls { http2: true, ..Tls::default() };
    for &backend in BACKENDS {
        let seen = call(&authority, tls, transport(backend).ca_bundle(authority.pem())).await.unwrap();
        assert_eq!(seen[0].version, "2", "{backend:?}");
    }
}

#[test]
fn invalid_pem_is_rejected_when_the_transport_is_built() {
    for &backend in BACKENDS {
        for wrong in [
            transport(backend).ca_bundle("no PEM"),
            transport(backend).identity("no PEM"),
            transport(backend).identity(Authority::new().pem()),
        ] {
            let error = wrong.build().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config, "{error}");
        }
    }
}

#[test]
fn debug_output_shows_disabled_verification_and_hides_keys() {
    let identity = Authority::new().client_identity();
    let builder = ReqwestTransport::builder().danger_accept_invalid_certs(true).identity(identity);
    let shown = format!("{builder:?}");
    assert!(shown.contains("danger_accept_invalid_certs: true") && !shown.contains("PRIVATE"), "{shown}");
}

#[tokio::test]
async fn disabled_verification_is_reported_on_standard_error_without_a_subscriber() {
    if child::handed().is_some() {
        transport(BACKENDS[0]).danger_accept_invalid_certs(true).build().unwrap();
        return;
    }
    let test = "tls::disabled_verification_is_reported_on_standard_error_without_a_subscriber";
    let told = child::run(test, String::new(), Vec::new()).await;
    assert!(told.contains("not verified"), "{told}");
}

#[cfg(feature = "tracing")]
#[test]
fn disabled_verification_is_logged_as_a_warning() {
    let warned = |accept: bool| {
        let building = || transport(BACKENDS[0]).danger_accept_invalid_certs(accept).build().unwrap();
        logto_admin_test_support::written(building).1.contains("not verified")
    };
    assert_eq!([false, true].map(warned), [false, true]);
}

/// Counts how often a provider's source of random bytes is used.
#[cfg(feature = "rustls-ring")]
#[derive(Debug)]
struct Counting(std::sync::atomic::AtomicUsize);

#[cfg(feature = "rustls-ring")]
impl rustls::crypto::SecureRandom for Counting {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), rustls::crypto::GetRandomFailed> {
        self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        rustls::crypto::ring::default_provider().secure_random.fill(bytes)
    }
}

#[cfg(feature = "rustls-ring")]
#[tokio::test]
async fn rustls_uses_the_provider_that_the_application_installs() {
    static RANDOM: Counting = Counting(std::sync::atomic::AtomicUsize::new(0));
    if child::handed().is_some() {
        let provider = rustls::crypto::ring::default_provider();
        rustls::crypto::CryptoProvider { secure_random: &RANDOM, ..provider }.install_default().unwrap();
        let authority = Authority::new();
        let trusting = transport(TlsBackend::Rustls).ca_bundle(authority.pem());
        call(&authority, Tls::default(), trusting).await.unwrap();
        assert_ne!(RANDOM.0.load(std::sync::atomic::Ordering::Relaxed), 0);
        return;
    }
    let test = "tls::rustls_uses_the_provider_that_the_application_installs";
    child::run(test, String::new(), Vec::new()).await;
}

#[cfg(all(feature = "rustls-ring", not(feature = "rustls")))]
#[tokio::test]
async fn rustls_uses_ring_if_the_application_installs_no_provider() {
    let authority = Authority::new();
    let trusting = transport(TlsBackend::Rustls).ca_bundle(authority.pem());
    call(&authority, Tls::default(), trusting).await.unwrap();
    let provider = rustls::crypto::CryptoProvider::get_default().unwrap();
    assert_eq!(format!("{:?}", provider.key_provider), "Ring");
}

#[cfg(all(feature = "rustls-no-provider", not(feature = "rustls-ring"), not(feature = "rustls")))]
#[test]
fn a_missing_provider_is_reported_when_the_transport_is_built() {
    let error = transport(TlsBackend::Rustls).build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.message().contains("rustls-ring"), "{error}");
}

#[cfg(feature = "rustls-no-provider")]
#[tokio::test]
async fn systems_without_certificates_support_plain_http_and_report_missing_certificates() {
    if let Some(url) = child::handed() {
        let lacking = || builder(&url, &runtime()).transport(transport(TlsBackend::Rustls).build().unwrap());
        lacking().build().unwrap().request(Method::Get, "/api/users").await.unwrap();

        let authority = Authority::new();
        let error = call(&authority, Tls::default(), transport(TlsBackend::Rustls)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
        assert!(error.message().contains("ca-certificates"), "{error}");
        let trusting = transport(TlsBackend::Rustls).extra_ca_certificates(authority.pem());
        call(&authority, Tls::default(), trusting).await.unwrap();
        return;
    }
    let server = TestServer::start().await;
    let session = server.session(Script::default());
    let nowhere = vec![("SSL_CERT_FILE", "/nowhere/file".to_owned()), ("SSL_CERT_DIR", "/nowhere/folder".to_owned())];
    let test = "tls::systems_without_certificates_support_plain_http_and_report_missing_certificates";
    child::run(test, session.url().to_owned(), nowhere).await;
    assert_eq!(session.api_calls().len(), 1);
}
