//! The programs of the bench crate, and the bench server in its own process.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

use crate::command;

pub(crate) const CRATE: &str = "logto-admin-benches";
/// The environment variable that passes the server's URL to the programs.
const VARIABLE: &str = "LOGTO_BENCH_SERVER";

/// A running server. Dropping the value stops it.
pub(crate) struct Server {
    process: Child,
    url: String,
}

impl Server {
    /// Builds the programs, starts the server, and waits until it listens.
    pub(crate) fn start() -> Result<Self> {
        build(CRATE)?;
        let mut server = program("bench-server");
        let mut process =
            server.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("cannot start the server")?;
        let output = process.stdout.take().context("the server has no output")?;
        let mut url = String::new();
        BufReader::new(output).read_line(&mut url).context("cannot read where the server listens")?;
        Ok(Self { process, url: url.trim_end().to_owned() })
    }

    /// The server's URL.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The program `measure`, with the server's URL in its environment.
    pub(crate) fn measure(&self) -> Command {
        let mut measure = program("measure");
        measure.env(VARIABLE, &self.url);
        measure
    }

    /// A bench of the crate, with the server's URL in its environment.
    pub(crate) fn cargo_bench(&self, name: &str) -> Command {
        let mut bench = command::cargo();
        bench.args(["bench", "-q", "-p", CRATE, "--bench", name]).env(VARIABLE, &self.url);
        bench
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The process might have exited already. A failure here can be ignored.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Builds the programs of a crate.
pub(crate) fn build(package: &str) -> Result<()> {
    command::run(command::cargo().args(["build", "-q", "--release", "-p", package, "--bins"]))
}

/// One of the programs, started without cargo.
pub(crate) fn program(name: &str) -> Command {
    let file = command::target().join("release").join(name);
    command::program(&file.to_string_lossy())
}
