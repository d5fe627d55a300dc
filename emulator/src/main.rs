//! `logto-admin-emulator [PORT]`: an in-memory Logto server on 127.0.0.1 that uses the system clock.

use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use logto_admin::Timestamp;
use logto_admin_emulator::{Emulator, Server};

/// The default port of a Logto server.
const PORT: u16 = 3001;
const USAGE: &str = "usage: logto-admin-emulator [PORT]   (default: 3001; 0 selects a free port)";

fn main() -> ExitCode {
    let port = match std::env::args().nth(1).map(|port| port.parse::<u16>()) {
        None => PORT,
        Some(Ok(port)) => port,
        Some(Err(_)) => return complain(USAGE),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime.and_then(|runtime| runtime.block_on(run(port))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => complain(&format!("failed to run the server on port {port}: {error}")),
    }
}

async fn run(port: u16) -> io::Result<()> {
    let server = emulator().serve_at(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
    greet(&server)?;
    tokio::signal::ctrl_c().await?;
    server.stop().await
}

/// Uses the system clock, because people who try the server by hand expect today's dates.
#[expect(clippy::disallowed_methods, reason = "the server uses the system clock")]
fn emulator() -> Emulator {
    Emulator::builder().clock(|| Timestamp::from(std::time::SystemTime::now())).build()
}

/// Prints the settings for a client, ready to be copied into a shell.
fn greet(server: &Server) -> io::Result<()> {
    let emulator = server.emulator();
    let mut out = io::stdout().lock();
    writeln!(out, "# In-memory Logto server: no data is saved, and nothing is secret. Press Ctrl-C to stop it.")?;
    writeln!(out, "export LOGTO_ENDPOINT={}", server.url())?;
    writeln!(out, "export LOGTO_APP_ID={}", emulator.app_id())?;
    writeln!(out, "export LOGTO_APP_SECRET={}", emulator.app_secret())?;
    out.flush()
}

fn complain(message: &str) -> ExitCode {
    let _ = writeln!(io::stderr(), "{message}");
    ExitCode::FAILURE
}
