//! The emulator in its own process.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use anyhow::{Context, Result, bail};

use crate::bench::server::program;

/// Number of settings that the emulator prints. They are endpoint, id and secret.
const SETTINGS: usize = 3;

/// A running emulator. Dropping the value stops it.
pub(super) struct Emulator {
    process: Child,
    settings: Vec<(String, String)>,
}

impl Emulator {
    /// Starts the emulator, and waits until it listens.
    pub(super) fn start() -> Result<Self> {
        let mut process = program("logto-admin-emulator").args(["--port", "0"]).stdout(Stdio::piped()).spawn()?;
        let output = process.stdout.take().context("the emulator has no output")?;
        let mut emulator = Self { process, settings: Vec::new() };
        for line in BufReader::new(output).lines() {
            let line = line.context("cannot read the settings of the emulator")?;
            let setting = line.strip_prefix("export ").and_then(|setting| setting.split_once('='));
            emulator.settings.extend(setting.map(|(name, value)| (name.to_owned(), value.to_owned())));
            if emulator.settings.len() == SETTINGS {
                return Ok(emulator);
            }
        }
        bail!("the emulator did not print its settings")
    }

    /// Returns the settings for a client, as environment variables.
    pub(super) fn settings(&self) -> impl Iterator<Item = (String, String)> + use<> {
        self.settings.clone().into_iter()
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // The process might have exited already. A failure here can be ignored.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
