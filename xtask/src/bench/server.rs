//! The bench crate's programs, and the fixed server in its own process.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

use crate::command;

const CRATE: &str = "logto-admin-benches";
/// The variable that tells the programs where the server is.
const VARIABLE: &str = "LOGTO_BENCH_SERVER";

/// A running server; it ends with this value.
pub(crate) struct Server {
    process: Child,
    url: String,
}

impl Server {
    /// Builds the programs, starts the server, and waits until it listens.
    pub(crate) fn start() -> Result<Self> {
        command::run(command::cargo().args(["build", "-q", "--release", "-p", CRATE, "--bins"]))?;
        let mut server = program("bench-server");
        let mut process =
            server.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("cannot start the server")?;
        let output = process.stdout.take().context("the server has no output")?;
        let mut url = String::new();
        BufReader::new(output).read_line(&mut url).context("cannot read where the server listens")?;
        Ok(Self { process, url: url.trim_end().to_owned() })
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The program that measures, told where the server is.
    pub(crate) fn measure(&self) -> Command {
        let mut measure = program("measure");
        measure.env(VARIABLE, &self.url);
        measure
    }

    /// A bench of the crate, told where the server is.
    pub(crate) fn cargo_bench(&self, name: &str) -> Command {
        let mut bench = command::cargo();
        bench.args(["bench", "-q", "-p", CRATE, "--bench", name]).env(VARIABLE, &self.url);
        bench
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; there is nothing to do about a failure here.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// One of the programs, without cargo around it.
fn program(name: &str) -> Command {
    let file = command::target().join("release").join(name);
    command::program(&file.to_string_lossy())
}
