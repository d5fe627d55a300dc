//! Replays recorded exchanges with a real server against the emulator. Compares status, code and shape.
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

#[path = "../client/authenticator.rs"]
mod authenticator;
mod browser;
mod devices;
mod exchange;
mod names;
mod providers;
mod recordings;
mod shape;
mod stage;
mod steps;
mod tokens;

use exchange::{Exchange, load};
use logto_admin_emulator::Emulator;
use names::Names;
use recordings::{Recording, exchanges, whole};
use stage::Stage;

#[test]
fn responses_match_a_real_server() {
    replay(&exchanges::RECORDING);
}

#[test]
fn responses_match_a_real_server_from_an_empty_database() {
    replay(&whole::RECORDING);
}

/// Replays a recording against a new emulator.
fn replay(recording: &'static Recording) {
    let exchanges = load(recording.file);
    let start = exchanges.iter().find_map(Exchange::time).expect("the recording has times");
    let mut stage = Stage::new(recording, start);
    let mut names = Names::default();
    names.add(recording.manager, stage.emulator.app_id());
    let mut problems = Vec::new();
    let (mut compared, mut skipped, mut prepared) = (0, 0, 0);
    for exchange in exchanges {
        stage.prepare(exchange.seq, &mut prepared, &mut names);
        steps::carry_out(&mut stage, exchange.seq, &mut names);
        let Some(request) = stage.request(&exchange, &names) else {
            skipped += 1;
            continue;
        };
        let answer = stage.send(&exchange, request);
        stage.advance_to(exchange.time().unwrap_or_default());
        let ours = stage.answered(&exchange, &answer);
        let kept = exchange.is_token_request() || exchange.operation_id.as_deref().is_some_and(Emulator::keeps);
        if exchange.is_success() && answer.is_success() && kept {
            names.learn(&exchange.response_body, &ours);
        }
        compared += 1;
        match (shape::difference(&exchange, answer.status, &ours, kept), recording.is_different(exchange.seq)) {
            (Some(difference), false) => problems.push(format!("{exchange}: {difference}")),
            (None, true) => problems.push(format!("{exchange}: listed as different, but matches")),
            _ => {}
        }
    }
    println!("{compared} compared, {skipped} skipped");
    problems.append(&mut stage.problems);
    assert!(problems.is_empty(), "{} of {compared} differ:\n{}", problems.len(), problems.join("\n"));
}
