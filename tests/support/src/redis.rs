//! A real Redis server for tests.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// A Redis server on its own port of 127.0.0.1. Dropping the value stops it.
#[derive(Debug)]
pub struct RedisServer {
    child: Child,
    port: u16,
}

impl RedisServer {
    /// Starts a server and waits until it accepts connections.
    #[must_use]
    pub fn start() -> Self {
        let port = crate::free_port();
        Self { child: start_on(port), port }
    }

    /// Starts the server again after [`kill`](Self::kill), on its port and without its data.
    pub fn restart(&mut self) {
        self.child = start_on(self.port);
    }

    /// The URL of the server's first database.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/0", self.port)
    }

    /// Stops the server at once, as if it had crashed.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts a server on this port and waits until it accepts connections.
fn start_on(port: u16) -> Child {
    let mut child = Command::new("redis-server")
        .args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--save", "", "--appendonly", "no"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("redis-server should be installed (run `cargo xtask setup`)");
    let log = BufReader::new(child.stdout.take().expect("the output is piped"));
    assert!(log.lines().map_while(Result::ok).any(|line| line.contains("Ready to accept connections")));
    child
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.kill();
    }
}
