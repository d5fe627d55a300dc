//! Recorded exchanges with a real server, from which inputs are made.

use std::path::Path;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

/// A recorded exchange.
#[derive(Deserialize)]
pub struct Exchange {
    pub operation_id: Option<String>,
    pub method: String,
    pub path: String,
    #[serde(default)]
    pub query: Vec<(String, String)>,
    #[serde(default)]
    pub request_body: Value,
    pub status: u16,
    #[serde(default)]
    pub response_body: Value,
}

/// All exchanges, in order.
pub static EXCHANGES: LazyLock<Vec<Exchange>> = LazyLock::new(|| {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/exchanges.jsonl");
    let text = std::fs::read_to_string(file).expect("the recordings can be read");
    text.lines().map(|line| serde_json::from_str(line).expect("an exchange")).collect()
});

/// Returns the answers of successes, each once, with the ids of their operations.
pub fn successes() -> Vec<(&'static str, &'static Value)> {
    let mut all: Vec<(&str, &Value)> = Vec::new();
    for exchange in EXCHANGES.iter().filter(|exchange| (200..300).contains(&exchange.status)) {
        if let Some(id) = exchange.operation_id.as_deref() {
            let answer = (id, &exchange.response_body);
            if !all.contains(&answer) {
                all.push(answer);
            }
        }
    }
    all
}
