//! `logto-admin-emulator [PORT]`: a Logto in memory on 127.0.0.1, with the system's clock.

use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use logto_admin::Timestamp;
use logto_admin_emulator::{Emulator, Server};

/// The port of a Logto server.
const PORT: u16 = 3001;
const USAGE: &str = "usage: logto-admin-emulator [PORT]   (0 takes a free one; 3001 if nothing is said)";

fn main() -> ExitCode {
    let port = match std::env::args().nth(1).map(|port| port.parse::<u16>()) {
        None => PORT,
        Some(Ok(port)) => port,
        Some(Err(_)) => return complain(USAGE),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime.and_then(|runtime| runtime.block_on(run(port))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => complain(&format!("no server on port {port}: {error}")),
    }
}

async fn run(port: u16) -> io::Result<()> {
    let server = emulator().serve_at(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
    greet(&server)?;
    tokio::signal::ctrl_c().await?;
    server.stop().await
}

/// Whoever tries it by hand expects today's dates.
#[expect(clippy::disallowed_methods, reason = "a server lives by the system's clock")]
fn emulator() -> Emulator {
    Emulator::builder().clock(|| Timestamp::from(std::time::SystemTime::now())).build()
}

/// Prints what a client needs, to be copied into a shell.
fn greet(server: &Server) -> io::Result<()> {
    let emulator = server.emulator();
    let mut out = io::stdout().lock();
    writeln!(out, "# A Logto in memory: nothing is kept, nothing is secret. Ctrl-C stops it.")?;
    writeln!(out, "export LOGTO_ENDPOINT={}", server.url())?;
    writeln!(out, "export LOGTO_APP_ID={}", emulator.app_id())?;
    writeln!(out, "export LOGTO_APP_SECRET={}", emulator.app_secret())?;
    out.flush()
}

fn complain(message: &str) -> ExitCode {
    let _ = writeln!(io::stderr(), "{message}");
    ExitCode::FAILURE
}
