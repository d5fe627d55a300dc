//! Files with anything in them.

use std::fs;
use std::io::Cursor;

use logto_admin_cli::users::sources::{Groups, Source, SourceOptions};
use logto_admin_cli::users::{input, validate};
use serde_json::{Value, json};

use super::{firebase, own_columns, records};

pub(crate) const FIXTURES: [(Source, &str); 14] = [
    (Source::Logto, "logto-users.ndjson"),
    (Source::Csv, "users.csv"),
    (Source::Auth0, "auth0-export.ndjson"),
    (Source::Auth0, "auth0-hashes.ndjson"),
    (Source::Auth0, "auth0-import.json"),
    (Source::Keycloak, "keycloak-realm.json"),
    (Source::Cognito, "cognito-users.json"),
    (Source::Cognito, "cognito-users.csv"),
    (Source::Firebase, "firebase-users.json"),
    (Source::Firebase, "firebase-users.csv"),
    (Source::Clerk, "clerk-users.csv"),
    (Source::Clerk, "clerk-users.json"),
    (Source::Authentik, "authentik-dump.json"),
    (Source::Authentik, "authentik-users.json"),
];

/// Parts of paths to secrets.
const SECRETS: [&str; 8] = ["assword", "secret", "digest", "hash", "salt", "totp", "mfa", "credential"];

/// Ends of paths to names, which are shown.
const NAMES: [&str; 4] = ["lgorithm", "hasher", "encoding", "type"];

/// Options that reach all of the code.
fn options(source: Source) -> SourceOptions {
    let options = SourceOptions { groups: Groups::Organizations, ..firebase::project() };
    if source == Source::Csv { own_columns::options(&own_columns::MAPPING) } else { options }
}

/// Returns the paths of all values.
fn paths(value: &Value, path: &str) -> Vec<String> {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, value)| (name.replace('/', "~1"), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(at, value)| (at.to_string(), value)).collect(),
        _ => Vec::new(),
    };
    let inner = children.into_iter().flat_map(|(name, child)| paths(child, &format!("{path}/{name}")));
    std::iter::once(path.to_owned()).chain(inner).collect()
}

#[test]
fn any_value_anywhere_is_converted_or_rejected_without_showing_secrets() {
    let values = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1e300),
        json!(""),
        json!("hunter2"),
        json!("$hunter2$hunter2$hunter2$hunter2"),
        json!("{hunter2}é"),
        json!("{\"value\":\"hunter2\",\"secret\":[\"hunter2\"]}"),
        json!(["hunter2", null, ["hunter2"]]),
        json!({ "hunter2": { "hunter2": 1 }, "value": "hunter2", "secret": "hunter2" }),
        json!("[".repeat(500)),
    ];
    for (source, fixture) in FIXTURES {
        let options = options(source);
        for record in records(source, fixture) {
            for path in paths(&record, "") {
                for value in &values {
                    let mut changed = record.clone();
                    *changed.pointer_mut(&path).unwrap() = value.clone();
                    let shown = match source.convert(changed, &options) {
                        Ok(user) => format!("{user:?} {:?}", validate::problems(&user.user)),
                        Err(problems) => format!("{problems:?}"),
                    };
                    let is_name = value == "hunter2" && NAMES.iter().any(|name| path.ends_with(name));
                    let is_secret = !is_name && SECRETS.iter().any(|secret| path.contains(secret));
                    assert!(!is_secret || !shown.contains("hunter2"), "{fixture} {path} {value}: {shown}");
                }
            }
        }
    }
}

#[test]
fn a_file_that_is_cut_anywhere_is_read_up_to_there() {
    for (source, fixture) in FIXTURES {
        let path = format!("{}/tests/fixtures/{fixture}", env!("CARGO_MANIFEST_DIR"));
        let bytes = fs::read(path).unwrap();
        let count = records(source, fixture).len();
        for length in (0..bytes.len()).step_by(13) {
            let cut = Cursor::new(bytes[..length].to_vec());
            let Ok(items) = input::read(fixture, cut, &source.input_options()) else { continue };
            let items: Vec<_> = items.collect();
            let errors = items.iter().filter(|item| item.is_err()).count();
            assert!(errors <= 1 && items.len() - errors <= count, "{fixture} {length}");
            // An error is the last item.
            assert!(items.iter().take(items.len().saturating_sub(1)).all(Result::is_ok), "{fixture} {length}");
        }
    }
}
