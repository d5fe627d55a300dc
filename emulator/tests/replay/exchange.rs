use std::fmt;
use std::io::Read;
use std::path::Path;

use logto_admin::serde_json::{self, Value};

/// A recorded exchange.
pub(crate) struct Exchange {
    pub(crate) seq: u64,
    pub(crate) operation_id: Option<String>,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) request_headers: Value,
    pub(crate) request_body: Value,
    pub(crate) status: u16,
    pub(crate) response_body: Value,
    pub(crate) note: String,
    /// Whether the request is incomplete.
    pub(crate) is_request_cut: bool,
    /// Whether the response body as a whole is incomplete.
    pub(crate) is_response_cut: bool,
}

/// Loads all exchanges of a file below the fixtures, in order.
pub(crate) fn load(file: &str) -> Vec<Exchange> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures").join(file);
    let bytes = std::fs::read(path).expect("the recordings exist");
    let mut text = String::new();
    let read = match file.ends_with(".gz") {
        true => flate2::read::GzDecoder::new(bytes.as_slice()).read_to_string(&mut text),
        false => bytes.as_slice().read_to_string(&mut text),
    };
    read.expect("the recordings are text");
    text.lines().map(|line| Exchange::new(&serde_json::from_str(line).expect("every line is JSON"))).collect()
}

impl Exchange {
    fn new(record: &Value) -> Self {
        let text = |name: &str| record[name].as_str().unwrap_or_default().to_owned();
        let pair = |pair: &Value| {
            (pair[0].as_str().unwrap_or_default().to_owned(), pair[1].as_str().unwrap_or_default().to_owned())
        };
        let cut = |test: &dyn Fn(&str) -> bool| {
            record["truncated"].as_array().is_some_and(|pointers| pointers.iter().filter_map(Value::as_str).any(test))
        };
        Self {
            seq: record["seq"].as_u64().unwrap_or_default(),
            operation_id: record["operation_id"].as_str().map(str::to_owned),
            method: text("method"),
            path: text("path"),
            query: record["query"].as_array().into_iter().flatten().map(pair).collect(),
            request_headers: record["request_headers"].clone(),
            request_body: record["request_body"].clone(),
            status: record["status"].as_u64().and_then(|status| status.try_into().ok()).unwrap_or_default(),
            response_body: record["response_body"].clone(),
            note: text("note"),
            is_request_cut: cut(&|pointer| pointer.starts_with("/request_body")),
            is_response_cut: cut(&|pointer| pointer == "/response_body"),
        }
    }

    /// Returns the latest time in the response, in milliseconds since the epoch.
    pub(crate) fn time(&self) -> Option<i64> {
        latest(&self.response_body)
    }

    pub(crate) fn is_token_request(&self) -> bool {
        self.operation_id.as_deref() == Some("OidcToken")
    }

    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

fn latest(body: &Value) -> Option<i64> {
    match body {
        Value::Array(elements) => elements.iter().filter_map(latest).max(),
        Value::Object(members) => {
            ["createdAt", "updatedAt"].iter().filter_map(|name| members.get(*name)?.as_i64()).max()
        }
        _ => None,
    }
}

impl fmt::Display for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operation = self.operation_id.as_deref().unwrap_or("-");
        write!(f, "{} {operation} {} {} {:?}", self.seq, self.method, self.path, self.note)
    }
}
