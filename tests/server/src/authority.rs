//! A certificate authority for the tests.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, KeyPair};
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::version::TLS12;
use tokio_rustls::rustls::{ALL_VERSIONS, RootCertStore, ServerConfig};

use crate::server::Tls;

/// A certificate authority that no client trusts by default.
#[derive(Debug)]
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// A certificate and its key.
struct Certified {
    certificate: rcgen::Certificate,
    key: KeyPair,
}

impl Authority {
    /// Creates an authority.
    #[must_use]
    pub fn new() -> Self {
        let mut parameters = named("The tests' authority", Vec::new());
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(parameters, key()).expect("the parameters are valid");
        Self { issuer }
    }

    /// Returns the authority's certificate, which a client must trust.
    #[must_use]
    pub fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// Returns a client certificate and its key.
    #[must_use]
    pub fn client_identity(&self) -> String {
        let client = self.certify(named("client", Vec::new()));
        format!("{}{}", client.certificate.pem(), client.key.serialize_pem())
    }

    fn certify(&self, parameters: CertificateParams) -> Certified {
        let key = key();
        let certificate = parameters.signed_by(&key, &self.issuer).expect("the parameters are valid");
        Certified { certificate, key }
    }

    pub(crate) fn server_config(&self, tls: Tls) -> Arc<ServerConfig> {
        let server = self.certify(named("localhost", vec!["localhost".to_owned()]));
        let provider = Arc::new(aws_lc_rs::default_provider());
        let versions = if tls.only_1_2 { &[&TLS12] } else { ALL_VERSIONS };
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider)).with_protocol_versions(versions);
        let builder = builder.expect("the provider has these versions");
        let builder = if tls.client_certificates {
            let verifier = WebPkiClientVerifier::builder_with_provider(self.roots(), provider).build();
            builder.with_client_cert_verifier(verifier.expect("there is a root"))
        } else {
            builder.with_no_client_auth()
        };
        let chain = vec![server.certificate.der().clone()];
        let key = PrivateKeyDer::try_from(server.key.serialize_der()).expect("the key is PKCS #8");
        let mut config = builder.with_single_cert(chain, key).expect("certificate and key belong together");
        if tls.http2 {
            config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        }
        Arc::new(config)
    }

    fn roots(&self) -> Arc<RootCertStore> {
        let mut roots = RootCertStore::empty();
        let own: CertificateDer<'static> = self.issuer.der().clone();
        roots.add(own).expect("the authority's certificate is valid");
        Arc::new(roots)
    }
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

fn key() -> KeyPair {
    KeyPair::generate().expect("the system has randomness")
}

fn named(name: &str, hosts: Vec<String>) -> CertificateParams {
    let mut parameters = CertificateParams::new(hosts).expect("the hosts are names");
    parameters.distinguished_name = DistinguishedName::new();
    parameters.distinguished_name.push(DnType::CommonName, name);
    parameters
}
