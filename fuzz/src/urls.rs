//! Path and query of a request contain the given values. No value reaches another route.

use logto_admin::operation::{OperationInfo, TABLE};
use logto_admin::transport::Method;
use logto_admin::{Client, Request};
use percent_encoding::percent_decode_str;
use url::Url;

use crate::fields::{Fields, joined};
use crate::stage::{self, ENDPOINT};

pub fn seeds() -> Vec<Vec<u8>> {
    let values = ["u1", "a/b", "..", ".", "%2e%2e", "a?b#c", "日 本", "\\", "\u{0}\n", "{userId}", ""];
    let operations = (0..TABLE.len()).step_by(17).map(|number| number.to_string());
    let typed = operations.flat_map(|number| values.map(|value| joined(&[&number, value, value, "name", value])));
    let paths = ["/api/users", "/api/users/a%2Fb", "//evil.example", "/a/../b", "/a?b", "/é", "/%2E./x", "/a;b=c"];
    typed.chain(paths.map(|path| joined(&["path", path, "name", "a b"]))).collect()
}

pub fn check(data: &[u8]) {
    let mut fields = Fields::of(data);
    let client = stage::silent();
    match fields.text().parse::<usize>() {
        Ok(number) => by_operation(&client, TABLE[number % TABLE.len()], &mut fields),
        Err(_) => by_path(&client, &mut fields),
    }
}

fn by_operation(client: &Client, info: &OperationInfo, fields: &mut Fields<'_>) {
    let mut request = client.operation(info.id).expect("an operation of the table");
    let mut values = Vec::new();
    for name in info.path_parameters {
        let value = fields.text();
        request = request.path(name, &value);
        values.push(value);
    }
    let (request, mut pairs) = with_query(request, fields);
    let request =
        info.query_parameters.iter().filter(|parameter| parameter.required).fold(request, |request, required| {
            pairs.push((required.name.to_owned(), String::new()));
            request.query(required.name, "")
        });
    let is_invalid = values.iter().any(|value| matches!(value.as_ref(), "" | "." | ".."));
    let built = request.to_http();
    assert_eq!(built.is_err(), is_invalid, "{built:?} {values:?}");
    let Ok(built) = built else { return };
    let url = parsed(&built.url);
    let mut values = values.into_iter();
    let expected: Vec<String> = info
        .path
        .split('/')
        .map(|step| match step.starts_with('{') {
            true => values.next().unwrap_or_default().into_owned(),
            false => step.to_owned(),
        })
        .collect();
    assert_eq!(segments(url.path()), expected);
    assert_eq!(url.query_pairs().into_owned().collect::<Vec<_>>(), pairs);
}

fn by_path(client: &Client, fields: &mut Fields<'_>) {
    let path = fields.text();
    let (request, pairs) = with_query(client.request(Method::Get, &path), fields);
    let Ok(built) = request.to_http() else { return };
    let url = parsed(&built.url);
    assert_eq!(segments(url.path()), segments(&path));
    assert_eq!(url.query_pairs().into_owned().collect::<Vec<_>>(), pairs);
}

/// Sets the remaining fields as names and values of the query.
fn with_query<'a, Op: logto_admin::operation::Operation>(
    mut request: Request<Op>,
    fields: &mut Fields<'a>,
) -> (Request<Op>, Vec<(String, String)>) {
    let mut pairs = Vec::new();
    while let (Some(name), Some(value)) = (fields.next(), fields.next()) {
        request = request.query(&name, value.as_ref());
        pairs.push((name.into_owned(), value.into_owned()));
    }
    (request, pairs)
}

/// Parses a URL, which must be one of the endpoint.
fn parsed(text: &str) -> Url {
    let url = Url::parse(text).expect("a valid URL");
    let endpoint = Url::parse(ENDPOINT).expect("a valid endpoint");
    assert_eq!(url.origin(), endpoint.origin(), "{text}");
    assert!(url.username().is_empty() && url.password().is_none() && url.fragment().is_none(), "{text}");
    url
}

fn segments(path: &str) -> Vec<String> {
    path.split('/').map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned()).collect()
}
