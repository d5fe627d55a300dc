use std::fmt;

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
    pub(crate) truncated: bool,
}

/// Loads all exchanges, in order.
pub(crate) fn load() -> Vec<Exchange> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/exchanges.jsonl");
    let text = std::fs::read_to_string(path).expect("the recordings exist");
    text.lines().map(|line| Exchange::new(&serde_json::from_str(line).expect("every line is JSON"))).collect()
}

impl Exchange {
    fn new(record: &Value) -> Self {
        let text = |name: &str| record[name].as_str().unwrap_or_default().to_owned();
        let pair = |pair: &Value| {
            (pair[0].as_str().unwrap_or_default().to_owned(), pair[1].as_str().unwrap_or_default().to_owned())
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
            truncated: record["truncated"].as_array().is_some_and(|pointers| {
                pointers
                    .iter()
                    .any(|pointer| pointer.as_str().is_some_and(|pointer| pointer.starts_with("/request_body")))
            }),
        }
    }

    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl fmt::Display for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operation = self.operation_id.as_deref().unwrap_or("-");
        write!(f, "{} {operation} {} {} {:?}", self.seq, self.method, self.path, self.note)
    }
}
