//! Headers agree with the `http` crate, survive its types, and do not show secrets.

use http::{HeaderMap, HeaderName, HeaderValue};
use logto_admin::transport::{Headers, HttpResponse, Method};
use logto_admin_test_support::{FakeRuntime, ScriptedTransport, builder};

use crate::fields::{Fields, joined};
use crate::marker::{self, SECRET};
use crate::stage;

pub fn seeds() -> Vec<Vec<u8>> {
    let names = ["x-team", "Authorization", "cookie", "a b", "", "accept", "x-\u{e9}", "content-type", "host"];
    let values = ["s3cret", "a\r\nb: c", "", "\u{e9}", "\t", "\u{7f}", " a "];
    names.iter().flat_map(|name| values.map(|value| joined(&[name, value, "text/plain", "x"]))).collect()
}

pub fn check(data: &[u8]) {
    let mut fields = Fields::of(data);
    let (name, value) = (fields.text(), fields.text());
    is_accepted_as_by_http(&name, &value);
    survives_http(&[(name.as_ref(), value.as_ref()), (&fields.text(), &fields.text())]);
    reads_any_bytes(data);
    is_read_by_the_client(&name, &value);
}

fn is_accepted_as_by_http(name: &str, value: &str) {
    let request = stage::silent().request(Method::Get, "/api/users").header(name, value);
    let is_valid = HeaderName::from_bytes(name.as_bytes()).is_ok() && HeaderValue::from_bytes(value.as_bytes()).is_ok();
    match request.to_http() {
        Ok(request) => {
            assert!(is_valid, "accepted {name:?}: {value:?}");
            assert_eq!(request.headers.get(name), Some(value));
            let shown = format!("{request:?}");
            assert!(
                !shown.contains(SECRET) || !Headers::is_secret(name) || name.to_ascii_lowercase().contains(SECRET),
                "{shown}"
            );
        }
        Err(error) => {
            assert!(!is_valid, "rejected {name:?}: {value:?}: {error}");
            if !name.contains(SECRET) {
                marker::hidden(&error);
            }
        }
    }
}

fn survives_http(pairs: &[(&str, &str)]) {
    let headers: Headers = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let Ok(map) = HeaderMap::try_from(headers.clone()) else { return };
    assert_eq!(map.len(), headers.len());
    let back = Headers::from(&map);
    for (name, _) in pairs {
        assert_eq!(back.get_all(name).collect::<Vec<_>>(), headers.get_all(name).collect::<Vec<_>>());
    }
}

/// Servers send bytes that are not UTF-8.
fn reads_any_bytes(data: &[u8]) {
    let values: Vec<&[u8]> = data.chunks(5).collect();
    let mut map = HeaderMap::new();
    for value in &values {
        if let Ok(value) = HeaderValue::from_bytes(value) {
            map.append("x-team", value);
        }
    }
    let expected: Vec<_> = map.values().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    assert_eq!(Headers::from(&map).get_all("X-TEAM").collect::<Vec<_>>(), expected);
}

/// For all headers of an answer, the client reads its content or returns an error.
fn is_read_by_the_client(name: &str, value: &str) {
    let mut response = HttpResponse::json(200, "[]");
    response.headers.append(name.to_owned(), value.to_owned());
    let (transport, runtime) = (ScriptedTransport::answers([response]), FakeRuntime::new());
    let client = builder(&transport, &runtime).build().expect("the settings are valid");
    if let Err(error) = runtime.run(async { client.users().list().page(1).await }) {
        assert!(error.is_decode() || error.kind() == logto_admin::ErrorKind::Api, "{error}");
    }
}
