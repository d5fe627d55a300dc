//! The server's process, as the benches see it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

/// The variable that tells where a server is that runs already.
pub const VARIABLE: &str = "LOGTO_BENCH_SERVER";

/// A server, which ends with this value if it was started by it.
pub struct Server {
    url: String,
    process: Option<Child>,
}

impl Server {
    /// The server that the environment names, or one that lies beside this program.
    ///
    /// # Errors
    /// It cannot be started.
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

    /// Where it listens, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            // It may have ended by itself; there is nothing to do about a failure here.
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}
