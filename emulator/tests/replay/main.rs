//! Replays recorded exchanges with a real server against the emulator, and compares status, code and shape.
//!
//! Entities that were created by unrecorded requests do not exist in the emulator. Exchanges about them are skipped.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

mod exchange;
mod names;
mod prelude;
mod shape;
mod stage;

use std::collections::BTreeMap;

use exchange::load;
use logto_admin_emulator::Emulator;
use names::Names;
use stage::Stage;

/// Intended differences, by exchange number.
const DIFFERENT: &[(u64, &str)] = &[
    (284, "no schema requires a phone number or an email address"),
    (805, "no schema requires a code and a state"),
    (1036, "no schema requires a code and a state"),
    (901, "the recording lacks the body: JSON that is neither an object nor an array"),
    (1631, "the recording lacks the body: JSON that is neither an object nor an array"),
    (1043, "grants of an unknown user: the emulator returns an error, the server an empty list"),
];

#[test]
fn responses_match_a_real_server() {
    let stage = Stage::new();
    let mut names = Names::default();
    let mut differences = BTreeMap::new();
    let mut compared = 0;
    let mut prepared = 0;
    for exchange in load() {
        stage.prepare(exchange.seq, &mut prepared, &mut names);
        let Some(request) = stage.request(&exchange, &names) else { continue };
        let answer = stage.emulator.handle(&request);
        let ours = stage::body(&answer);
        let kept = exchange.operation_id.as_deref().is_some_and(Emulator::keeps);
        if exchange.is_success() && answer.is_success() && kept {
            names.learn(&exchange.response_body, &ours);
        }
        compared += 1;
        let difference = shape::difference(&exchange, answer.status, &ours, kept);
        if let Some(difference) = difference.filter(|_| !DIFFERENT.iter().any(|(seq, _)| *seq == exchange.seq)) {
            differences.insert(exchange.seq, format!("{exchange}: {difference}"));
        }
    }
    let listed: Vec<&str> = differences.values().map(String::as_str).collect();
    println!("{compared} compared");
    assert!(listed.is_empty(), "{} of {compared} differ:\n{}", listed.len(), listed.join("\n"));
}
