//! Replays the recorded exchanges with a real server against the emulator: same status, same code, same shape.
//!
//! What was made by requests that are not among the recordings is not there; exchanges about it are left out.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
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

/// Differences that are meant to be, by the exchange's number.
const DIFFERENT: &[(u64, &str)] = &[
    (284, "that a phone number or an address is needed stands in no schema"),
    (805, "that a code and a state are needed stands in no schema"),
    (1036, "that a code and a state are needed stands in no schema"),
    (901, "the recording does not tell the body: JSON that is neither object nor array"),
    (1631, "the recording does not tell the body: JSON that is neither object nor array"),
    (1043, "grants of a user who does not exist: refused here, none there"),
];

#[test]
fn answers_are_those_of_a_real_server() {
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
