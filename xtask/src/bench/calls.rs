//! Runs programs that make calls for some seconds.
//!
//! They run in alternating rounds, so that all programs see the same state of the machine.

use anyhow::{Context, Result};
use serde::Deserialize;
use std::process::Command;

use crate::command;

/// Numbers of concurrent callers.
pub(crate) const CALLERS: [&str; 2] = ["1", "32"];

/// Formats a number of callers with the noun.
pub(crate) fn callers(number: &str) -> String {
    format!("{number} caller{}", if number == "1" { "" } else { "s" })
}

/// The output of a program.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Calls {
    calls: f64,
    seconds: f64,
    /// CPU seconds, or `None` if the system does not report them.
    cpu: Option<f64>,
}

impl Calls {
    pub(crate) fn a_second(self) -> f64 {
        self.calls / self.seconds
    }

    /// CPU microseconds per call.
    pub(crate) fn cpu(self) -> f64 {
        self.cpu.unwrap_or(f64::NAN) / self.calls * 1e6
    }
}

/// Runs each program once per round and returns the rounds of each program.
///
/// Each round starts with another program, and every second round runs in reverse order.
pub(crate) fn in_turns<'a>(
    programs: impl IntoIterator<Item = &'a mut Command>,
    rounds: usize,
) -> Result<Vec<Vec<Calls>>> {
    let mut programs: Vec<_> = programs.into_iter().collect();
    let mut measured = vec![Vec::new(); programs.len()];
    for round in 0..rounds {
        let mut turns: Vec<_> = programs.iter_mut().zip(&mut measured).collect();
        let first = round % turns.len().max(1);
        turns.rotate_left(first);
        if round % 2 == 1 {
            turns.reverse();
        }
        for (program, measured) in turns {
            let printed = command::output(program)?;
            measured.push(serde_json::from_str(&printed).context("a program did not print its number of calls")?);
        }
    }
    Ok(measured)
}

/// The median of a figure over all rounds.
pub(crate) fn median(rounds: &[Calls], of: impl Fn(Calls) -> f64) -> f64 {
    middle(rounds.iter().map(|calls| of(*calls)).collect())
}

/// The median ratio of rounds that ran next to each other.
pub(crate) fn ratio(ours: &[Calls], theirs: &[Calls], of: impl Fn(Calls) -> f64) -> f64 {
    middle(ours.iter().zip(theirs).map(|(ours, theirs)| of(*ours) / of(*theirs)).collect())
}

pub(crate) fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_compare_adjacent_rounds() {
        let rounds = |all: [f64; 3]| all.map(|calls| Calls { calls, seconds: 2.0, cpu: None });
        let (ours, theirs) = (rounds([100.0, 10.0, 50.0]), rounds([50.0, 5.0, 10.0]));
        assert!((ratio(&ours, &theirs, Calls::a_second) - 2.0).abs() < 1e-9);
        assert!((median(&ours, Calls::a_second) - 25.0).abs() < 1e-9);
        assert!(median(&ours, Calls::cpu).is_nan());
    }
}
