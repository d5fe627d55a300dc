//! Programs that call for some seconds, side by side: in turns, so that the machine's mood is the same for all.

use anyhow::{Context, Result};
use serde::Deserialize;
use std::process::Command;

use crate::command;

/// What such a program prints.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Calls {
    calls: f64,
    seconds: f64,
    cpu: f64,
}

impl Calls {
    pub(crate) fn a_second(self) -> f64 {
        self.calls / self.seconds
    }

    /// CPU microseconds of a call.
    pub(crate) fn cpu(self) -> f64 {
        self.cpu / self.calls * 1e6
    }
}

/// Runs each program once a round, and another one first in each; gives each one's rounds.
pub(crate) fn in_turns(mut programs: Vec<Command>, rounds: usize) -> Result<Vec<Vec<Calls>>> {
    let mut measured = vec![Vec::new(); programs.len()];
    for round in 0..rounds {
        let all = programs.iter_mut().zip(&mut measured);
        let mut turns: Vec<_> = all.collect();
        let first = round % turns.len().max(1);
        turns.rotate_left(first);
        for (program, measured) in turns {
            let printed = command::output(program)?;
            measured.push(serde_json::from_str(&printed).context("a program printed no count of its calls")?);
        }
    }
    Ok(measured)
}

/// The one in the middle, by what is looked at.
pub(crate) fn median(rounds: &[Calls], of: impl Fn(Calls) -> f64) -> f64 {
    middle(rounds.iter().map(|calls| of(*calls)).collect())
}

/// The ratio in the middle, of rounds that were next to each other.
pub(crate) fn ratio(ours: &[Calls], theirs: &[Calls], of: impl Fn(Calls) -> f64) -> f64 {
    middle(ours.iter().zip(theirs).map(|(ours, theirs)| of(*ours) / of(*theirs)).collect())
}

fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
