//! The server process of the benches.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

/// The environment variable with the URL of a server that is already running.
pub const VARIABLE: &str = "LOGTO_BENCH_SERVER";

/// A running server. Dropping the value stops the server if the value started it.
pub struct Server {
    url: String,
    process: Option<Child>,
}

impl Server {
    /// Returns the server of the environment, or starts the one next to this program.
    ///
    /// # Errors
    /// Fails if the server cannot be started.
    pub fn find() -> Result<Self> {
        match std::env::var(VARIABLE) {
            Ok(url) => Ok(Self { url, process: None }),
            Err(_) => Self::start(),
        }
    }

    fn start() -> Result<Self> {
        let own = std::env::current_exe()?;
        let mut program = Command::new(own.with_file_name("bench-server"));
        let mut process =
            program.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("cannot start the server")?;
        let mut url = String::new();
        let output = process.stdout.take().context("the server has no output")?;
        BufReader::new(output).read_line(&mut url)?;
        Ok(Self { url: url.trim_end().to_owned(), process: Some(process) })
    }

    /// The server's URL, without a trailing slash.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            // The process might have exited already. A failure here can be ignored.
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}
