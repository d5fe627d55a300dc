//! Reads recorded exchanges from a file or a folder.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use logto_admin::transport::{Headers, HttpResponse};
use serde::Deserialize;
use serde_json::Value;

/// The environment variable that overrides the file or folder of exchanges.
const VARIABLE: &str = "LOGTO_RECORDINGS";

/// The operation id of exchanges with the token endpoint.
const TOKEN_ENDPOINT: &str = "OidcToken";

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Exchange {
    pub(crate) seq: u64,
    pub(crate) operation_id: Option<String>,
    pub(crate) method: String,
    pub(crate) path: String,
    #[serde(default)]
    pub(crate) query: Vec<(String, String)>,
    #[serde(default)]
    pub(crate) request_headers: BTreeMap<String, Value>,
    #[serde(default)]
    pub(crate) request_body: Value,
    pub(crate) status: u16,
    #[serde(default)]
    pub(crate) response_headers: BTreeMap<String, Value>,
    #[serde(default)]
    pub(crate) response_body: Value,
    #[serde(default)]
    pub(crate) note: Option<String>,
    #[serde(default)]
    truncated: Vec<String>,
}

impl Exchange {
    /// Returns all exchanges.
    pub(crate) fn all() -> Vec<Self> {
        let all: Vec<Self> = files().iter().flat_map(|file| read(file)).collect();
        assert!(!all.is_empty(), "{VARIABLE} has no exchanges");
        all
    }

    /// Returns whether these are the project's own recordings, in which every status is documented.
    pub(crate) fn are_our_own() -> bool {
        elsewhere().is_none()
    }

    /// Returns the exchanges of API operations, with their operation ids.
    pub(crate) fn of_operations() -> Vec<(String, Self)> {
        let named = Self::all().into_iter().filter_map(|exchange| Some((exchange.operation_id.clone()?, exchange)));
        named.filter(|(id, _)| id != TOKEN_ENDPOINT).collect()
    }

    /// Returns the exchanges with the token endpoint.
    pub(crate) fn of_token_endpoint() -> Vec<Self> {
        Self::all().into_iter().filter(|exchange| exchange.operation_id.as_deref() == Some(TOKEN_ENDPOINT)).collect()
    }

    /// Returns whether the answer is a success. "Not modified" has its own test.
    pub(crate) fn is_success(&self) -> bool {
        self.status < 400 && self.status != 304
    }

    /// Returns the answer in the form in which a transport returns it.
    pub(crate) fn response(&self) -> HttpResponse {
        let mut headers = Headers::new();
        for (name, value) in &self.response_headers {
            for value in texts(value) {
                headers.append(name.clone(), value);
            }
        }
        let body = match &self.response_body {
            Value::Null => String::new(),
            Value::String(text) if !self.answers_json() => text.clone(),
            json => json.to_string(),
        };
        let mut response = HttpResponse::new(self.status).body(body);
        response.headers = headers;
        response
    }

    pub(crate) fn answers_json(&self) -> bool {
        self.response_headers.get("content-type").and_then(Value::as_str).is_some_and(|kind| kind.contains("json"))
    }

    /// Returns whether this place of the answer, or a parent of it, was truncated in the recording.
    pub(crate) fn is_truncated(&self, pointer: &str) -> bool {
        let whole = format!("/response_body{pointer}/");
        self.truncated.iter().any(|cut| whole.starts_with(&format!("{cut}/")))
    }
}

impl fmt::Display for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.operation_id.as_deref().unwrap_or("(no operation)");
        write!(f, "#{} {id} ({} {}) {}", self.seq, self.method, self.path, self.status)?;
        self.note.as_deref().filter(|note| !note.is_empty()).map_or(Ok(()), |note| write!(f, " \"{note}\""))
    }
}

/// The project's own recordings.
fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/exchanges.jsonl")
}

/// The file or folder in the environment variable, if set.
fn elsewhere() -> Option<PathBuf> {
    std::env::var_os(VARIABLE).filter(|place| !place.is_empty()).map(PathBuf::from)
}

fn files() -> Vec<PathBuf> {
    let place = elsewhere().unwrap_or_else(fixture);
    if !place.is_dir() {
        return vec![place];
    }
    let entries = std::fs::read_dir(&place).unwrap_or_else(|error| panic!("{VARIABLE}: {}: {error}", place.display()));
    let files = entries.map(|entry| entry.expect("an entry of a folder").path());
    let mut files: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|kind| kind == "jsonl")).collect();
    files.sort();
    files
}

fn read(file: &Path) -> Vec<Exchange> {
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            let problem = |error| panic!("{}:{}: {error}", file.display(), number + 1);
            serde_json::from_str(line).unwrap_or_else(problem)
        })
        .collect()
}

/// Returns the values of a header, which is recorded as a text or a list of texts.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        Value::String(text) => vec![text.clone()],
        other => vec![other.to_string()],
    }
}

#[test]
fn the_projects_own_recordings_are_complete() {
    let all = read(&fixture());
    let of_operations: Vec<&Exchange> =
        all.iter().filter(|exchange| exchange.operation_id.as_deref().is_some_and(|id| id != TOKEN_ENDPOINT)).collect();
    let count = |wanted: fn(&Exchange) -> bool| of_operations.iter().filter(|exchange| wanted(exchange)).count();
    assert_eq!((all.len(), of_operations.len()), (871, 814));
    let (successes, errors) = (count(Exchange::is_success), count(|exchange| exchange.status >= 400));
    assert_eq!((successes, errors, count(|exchange| exchange.status == 304)), (470, 342, 2));
}
