//! The server that the wasm tests call. It runs outside of their sandbox.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Stdio};

use anyhow::{Context, Result};

use crate::command;

/// The server program.
///
/// It binds a free port of 127.0.0.1 and prints `listening on http://127.0.0.1:PORT` as its first line.
/// It answers requests from every origin, because the page of a browser test has a different origin.
/// It exits when its standard input is closed.
const SERVER: [&str; 4] = ["-p", "logto-admin-test-server", "--bin", "test-server"];

/// The environment variable with the server's URL. The tests read it at compile time.
pub(crate) const VARIABLE: &str = "LOGTO_TEST_SERVER";

const GREETING: &str = "listening on ";

/// A running server. Dropping the value stops it.
pub(crate) struct Server {
    process: Child,
    url: String,
    // Kept open: otherwise the server would crash when it prints its next line.
    _output: BufReader<ChildStdout>,
}

impl Server {
    /// Builds and starts the server, and waits until it listens.
    pub(crate) fn start() -> Result<Self> {
        command::heading("Starting the server of the wasm tests");
        command::run(command::cargo().arg("build").args(SERVER))?;
        let mut run = command::cargo();
        run.args(["run", "-q"]).args(SERVER).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = run.spawn().context("cannot start the server of the wasm tests")?;
        let output = process.stdout.take().context("the server has no output")?;
        let mut output = BufReader::new(output);
        let mut line = String::new();
        output.read_line(&mut line).context("cannot read the output of the server")?;
        let mut server = Self { process, url: String::new(), _output: output };
        server.url =
            url_in(&line).with_context(|| format!("expected the server to print its URL, not {line:?}"))?.to_owned();
        println!("{}", line.trim_end());
        Ok(server)
    }

    /// The server's URL, such as `http://127.0.0.1:40000`.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The process might have exited already. A failure here can be ignored.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn url_in(line: &str) -> Option<&str> {
    let url = line.strip_prefix(GREETING)?.trim_end();
    url.starts_with("http://127.0.0.1:").then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_is_read_from_the_first_line() {
        assert_eq!(url_in("listening on http://127.0.0.1:4000\n"), Some("http://127.0.0.1:4000"));
        assert_eq!(url_in("listening on http://example.com\n"), None);
        assert_eq!(url_in("error\n"), None);
        assert_eq!(url_in(""), None);
    }
}
