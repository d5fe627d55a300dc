//! The server that the wasm tests call: it runs outside of the sandbox that they run in.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Stdio};

use anyhow::{Context, Result};

use crate::command;

/// The program: it takes a free port of 127.0.0.1, prints `listening on http://127.0.0.1:PORT` as its
/// first line, answers requests of every origin (the page of a browser test has another), and ends
/// when its standard input is closed.
const SERVER: [&str; 4] = ["-p", "logto-admin-test-server", "--bin", "test-server"];

/// The variable that tells the tests, when they are compiled, where the server is.
pub(crate) const VARIABLE: &str = "LOGTO_TEST_SERVER";

const GREETING: &str = "listening on ";

/// A running server; it ends with this value.
pub(crate) struct Server {
    process: Child,
    url: String,
    // Held open: a server whose output nobody can read would die of its next line.
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
        output.read_line(&mut line).context("cannot read what the server prints")?;
        let mut server = Self { process, url: String::new(), _output: output };
        server.url =
            url_in(&line).with_context(|| format!("the server should say where it listens, not {line:?}"))?.to_owned();
        println!("{}", line.trim_end());
        Ok(server)
    }

    /// Where the server listens, such as `http://127.0.0.1:40000`.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; there is nothing to do about a failure here.
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
    fn the_first_line_of_the_server_tells_where_it_is() {
        assert_eq!(url_in("listening on http://127.0.0.1:4000\n"), Some("http://127.0.0.1:4000"));
        assert_eq!(url_in("listening on http://example.com\n"), None);
        assert_eq!(url_in("error\n"), None);
        assert_eq!(url_in(""), None);
    }
}
