//! `logto-admin-emulator`: an in-memory Logto server that uses the system clock.

mod arguments;
mod files;
mod receivers;
mod signals;

use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use clap::Parser;
use logto_admin::Timestamp;
use logto_admin_emulator::{Emulator, EmulatorBuilder, Server};

use arguments::Arguments;
use receivers::Receivers;
use signals::Signals;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let outcome = runtime.map_err(|error| error.to_string()).and_then(|runtime| runtime.block_on(run(&arguments)));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            say(&format!("error: {message}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<(), String> {
    let emulator = emulator(arguments).map_err(|error| error.to_string())?;
    if let Some(seed) = &arguments.seed {
        files::import(&emulator, seed)?;
    }
    if let Some(state) = &arguments.state {
        files::restore(&emulator, state)?;
    }
    if !arguments.bind.is_loopback() {
        say("warning: anyone who can reach this address can read and change everything, and nothing is encrypted");
    }
    let mut signals = Signals::listen().map_err(|error| error.to_string())?;
    let address = SocketAddr::from((arguments.bind, arguments.port()));
    let failed = |error: io::Error| format!("failed to run the server on {address}: {error}");
    let server = emulator.serve_at(address).await.map_err(failed)?;
    // The server is useful although nobody reads its output.
    let _ = greet(&server, arguments);
    signals.wait().await;
    server.stop().await.map_err(failed)?;
    arguments.state.as_ref().map_or(Ok(()), |state| files::save(&emulator, state))
}

/// Uses the system clock, because people who try the server by hand expect today's dates.
#[expect(clippy::disallowed_methods, reason = "the server uses the system clock")]
fn emulator(arguments: &Arguments) -> logto_admin::Result<Emulator> {
    let builder = arguments.release.into_iter().fold(Emulator::builder(), EmulatorBuilder::release);
    let builder = arguments.services.iter().copied().fold(builder, EmulatorBuilder::service);
    let builder = builder.clock(|| Timestamp::from(std::time::SystemTime::now()));
    Ok(builder.webhooks(Receivers::new()?).build())
}

/// Prints the settings for a client, ready to be copied into a shell.
fn greet(server: &Server, arguments: &Arguments) -> io::Result<()> {
    let emulator = server.emulator();
    let mut address = server.address();
    if address.ip().is_unspecified() {
        address.set_ip(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    let mut out = io::stdout().lock();
    let kept = if arguments.state.is_some() { "data is saved when it stops" } else { "no data is saved" };
    writeln!(out, "# In-memory Logto server: {kept}, and nothing is secret. Press Ctrl-C to stop it.")?;
    writeln!(out, "export LOGTO_ENDPOINT=http://{address}")?;
    writeln!(out, "export LOGTO_APP_ID={}", emulator.app_id())?;
    writeln!(out, "export LOGTO_APP_SECRET={}", emulator.app_secret())?;
    out.flush()
}

fn say(message: &str) {
    let _ = writeln!(io::stderr(), "{message}");
}
