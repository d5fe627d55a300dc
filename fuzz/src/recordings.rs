//! Recorded exchanges with a real server, from which inputs are made.

use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use flate2::read::GzDecoder;
use serde::Deserialize;
use serde_json::Value;

/// Enough answers of an operation. The mixed recordings have more of some.
const ENOUGH: usize = 3;

/// A recorded exchange.
#[derive(Deserialize)]
pub struct Exchange {
    pub operation_id: Option<String>,
    pub method: String,
    #[serde(default)]
    pub path_template: Option<String>,
    pub path: String,
    #[serde(default)]
    pub query: Vec<(String, String)>,
    #[serde(default)]
    pub request_body: Value,
    pub status: u16,
    #[serde(default)]
    pub response_body: Value,
}

/// The mixed exchanges, in order.
pub static EXCHANGES: LazyLock<Vec<Exchange>> = LazyLock::new(|| {
    let text = std::fs::read_to_string(fixtures().join("exchanges.jsonl")).expect("the recordings can be read");
    parsed(&text)
});

/// The exchanges of each release.
static RELEASES: LazyLock<Vec<Vec<Exchange>>> = LazyLock::new(|| {
    let entries = std::fs::read_dir(fixtures().join("recordings")).expect("the recordings can be listed");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("the recordings can be listed").path()).collect();
    files.sort();
    files.iter().map(|file| parsed(&unpacked(file))).collect()
});

/// Returns different answers of successes, by the ids of their operations. Each operation that a recording has is among
/// them.
pub fn answers() -> HashMap<&'static str, Vec<&'static Value>> {
    let mut answers: HashMap<&str, Vec<&Value>> = HashMap::new();
    for (id, answer) in successes(&EXCHANGES) {
        add(answers.entry(id).or_default(), answer);
    }
    for release in RELEASES.iter() {
        let first = successes(release).rev().collect::<HashMap<_, _>>();
        for (id, answer) in first {
            let known = answers.entry(id).or_default();
            if known.len() < ENOUGH {
                add(known, answer);
            }
        }
    }
    answers
}

fn add<'a>(known: &mut Vec<&'a Value>, answer: &'a Value) {
    if !known.contains(&answer) {
        known.push(answer);
    }
}

fn successes(exchanges: &[Exchange]) -> impl DoubleEndedIterator<Item = (&str, &Value)> {
    let successes = exchanges.iter().filter(|exchange| (200..300).contains(&exchange.status));
    successes.filter_map(|exchange| Some((exchange.operation_id.as_deref()?, &exchange.response_body)))
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures")
}

fn unpacked(file: &Path) -> String {
    let mut text = String::new();
    let packed = std::fs::File::open(file).expect("the recordings can be opened");
    GzDecoder::new(packed).read_to_string(&mut text).expect("the recordings can be read");
    text
}

fn parsed(text: &str) -> Vec<Exchange> {
    text.lines().map(|line| serde_json::from_str(line).expect("an exchange")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_operation_of_a_recording_has_an_answer_of_its_own() {
        let answers = answers();
        let recorded = RELEASES.iter().flat_map(|release| successes(release));
        assert_eq!(recorded.filter(|(id, _)| !answers.contains_key(id)).count(), 0);
        let mixed: std::collections::HashSet<_> = successes(&EXCHANGES).map(|(id, _)| id).collect();
        assert!(answers.len() > mixed.len() + 100, "{} and {}", answers.len(), mixed.len());
    }
}
