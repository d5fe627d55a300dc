//! Time and memory of a program, measured with `time`.

use std::fs;
use std::process::Command;

use anyhow::{Result, bail};

use crate::command;

/// Time and memory that a program took.
#[derive(Clone, Copy)]
pub(crate) struct Taken {
    pub(crate) seconds: f64,
    /// CPU seconds in user and system mode, with those of its own children.
    pub(crate) cpu: f64,
    /// Peak of the resident memory.
    pub(crate) mebibytes: f64,
}

impl Taken {
    /// The peak of the memory in MB.
    pub(crate) fn megabytes(self) -> f64 {
        self.mebibytes * 1.048_576
    }

    /// The smallest figures of both.
    pub(crate) fn less(self, other: Self) -> Self {
        Self {
            seconds: self.seconds.min(other.seconds),
            cpu: self.cpu.min(other.cpu),
            mebibytes: self.mebibytes.min(other.mebibytes),
        }
    }
}

/// Runs a command in the workspace's root.
pub(crate) fn run(program: &Command) -> Result<Taken> {
    let file = command::target().join("taken");
    let mut timed = command::program("time");
    timed.args(["-f", "%e %U %S %M", "-o"]).arg(&file).arg(program.get_program()).args(program.get_args());
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => timed.env(name, value),
            None => timed.env_remove(name),
        };
    }
    command::run(&mut timed)?;
    let text = fs::read_to_string(file)?;
    let figures: Vec<f64> = text.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
    let [seconds, user, system, kibibytes] = figures[..] else { bail!("unexpected output of `time`: {text:?}") };
    Ok(Taken { seconds, cpu: user + system, mebibytes: kibibytes / 1024.0 })
}
