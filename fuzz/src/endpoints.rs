//! An accepted endpoint is the server that the `url` crate reads. It is safe to send a secret to it.

use std::net::IpAddr;

use logto_admin::transport::{HttpResponse, Method};
use logto_admin::{Client, Endpoint};
use logto_admin_test_support::{FakeRuntime, ScriptedTransport};
use url::{Host, Url};

use crate::fields::{Fields, joined};
use crate::marker::{self, SECRET};

pub fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "https://id.example.com",
        "https://id.example.com/auth/",
        "HTTPS://ID.Example.com:443",
        "http://localhost:3001",
        "http://127.1.2.3",
        "http://0x7f.1",
        "http://[::1]:3001",
        "http://[::ffff:127.0.0.1]",
        "http://10.0.0.1",
        "https://m\u{fc}ller.example",
        "https://acme.logto.app",
        "https://ada:s3cret@id.example.com",
        "https://ada:s3/cret@id.example.com",
        "https://s3cret\u{ff20}id.example.com",
        "ada:s3cret@id",
        "https://id.example.com?a#b",
        "https:\\\\id.example.com",
        "https://id.example.com/api",
        "https://id.example.com.",
        "https://id.example.com//",
        "ftp://id.example.com",
        "",
    ];
    texts.map(|text| joined(&[text])).to_vec()
}

pub fn check(data: &[u8]) {
    let text = Fields::of(data).text();
    let endpoint = Endpoint::self_hosted(text.clone());
    if is_credential(&text) {
        let shown = format!("{endpoint:?}");
        assert!(!shown.contains(SECRET), "{shown}");
    }
    let transport = ScriptedTransport::answers::<HttpResponse>([]);
    let builder = Client::builder(endpoint).access_token("t").transport(transport).runtime(FakeRuntime::new());
    match builder.build() {
        Ok(client) => is_that_server(&client, &text),
        Err(error) if is_credential(&text) => marker::hidden(&error),
        Err(_) => {}
    }
}

/// Whether the secret occurs only in the password or in the user name.
fn is_credential(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let (user, password) = (url.username(), url.password().unwrap_or_default());
    let within = user.matches(SECRET).count() + password.matches(SECRET).count();
    within > 0 && within == text.matches(SECRET).count()
}

fn is_that_server(client: &Client, text: &str) {
    let given = Url::parse(text).expect("a valid URL");
    assert!(given.username().is_empty() && given.password().is_none(), "{text}");
    assert!(given.query().is_none() && given.fragment().is_none(), "{text}");
    assert!(given.scheme() == "https" || (given.scheme() == "http" && is_loopback(&given)), "{text}");
    let request = client.request(Method::Get, "/api/users").to_http().expect("a valid request");
    let sent = Url::parse(&request.url).expect("a valid URL");
    assert_eq!(sent.origin(), given.origin(), "{text}");
    assert_eq!(sent.path(), format!("{}/api/users", given.path().trim_end_matches('/')), "{text}");
    assert_eq!(Endpoint::self_hosted(client.endpoint().url()), *client.endpoint(), "{text}");
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).to_canonical().is_loopback(),
        None => false,
    }
}
