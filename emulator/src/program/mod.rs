//! The program `logto-admin-emulator` as a function, for programs that contain it.

mod arguments;
mod files;
mod mock_records;
mod receivers;
mod signals;

use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use logto_admin::Timestamp;
use tokio::sync::mpsc::{self, UnboundedSender};

use crate::{Emulator, EmulatorBuilder, Server};
pub use arguments::Arguments;
use receivers::Receivers;
use signals::Signals;

/// Runs an HTTP server with the system clock until a signal ends it.
///
/// Prints the settings for a client to standard output, and passes warnings to `warn`.
///
/// # Errors
/// Fails if a file cannot be read or written, the seed is invalid, or the address cannot be bound. For files that cannot be
/// read and invalid ones, the kind is [`io::ErrorKind::InvalidInput`].
pub async fn run(arguments: &Arguments, mut warn: impl FnMut(&str)) -> io::Result<()> {
    let (report, mut reports) = mpsc::unbounded_channel();
    let emulator = emulator(arguments, report).map_err(io::Error::other)?;
    if let Some(seed) = &arguments.seed {
        files::import(&emulator, seed)?;
    }
    if let Some(state) = &arguments.state
        && files::restore(&emulator, state)?
        && arguments.seed.is_some()
    {
        warn("warning: the state file exists, so the seed is ignored until a reset");
    }
    if !arguments.bind.is_loopback() {
        warn("warning: anyone who can reach this address can read and change everything, and nothing is encrypted");
    }
    let mut signals = Signals::listen()?;
    let address = SocketAddr::from((arguments.bind, arguments.port()));
    let failed = |error: io::Error| io::Error::other(format!("failed to run the server on {address}: {error}"));
    let server = emulator.serve_at(address).await.map_err(failed)?;
    // The server is useful although nobody reads its output.
    let _ = greet(&server, arguments);
    loop {
        tokio::select! {
            // Failures before a signal are reported before the end.
            biased;
            Some(warning) = reports.recv() => warn(&warning),
            () = signals.wait() => break,
        }
    }
    server.stop().await.map_err(failed)?;
    arguments.state.as_ref().map_or(Ok(()), |state| files::save(&emulator, state))
}

/// Uses the system clock. People who try the server by hand expect today's dates.
#[expect(clippy::disallowed_methods, reason = "the server uses the system clock")]
fn emulator(arguments: &Arguments, report: UnboundedSender<String>) -> logto_admin::Result<Emulator> {
    let builder = Emulator::builder().seed(arguments.random_seed);
    let builder = arguments.release.into_iter().fold(builder, EmulatorBuilder::release);
    let builder = arguments.services.iter().copied().fold(builder, EmulatorBuilder::service);
    let builder = builder.clock(|| Timestamp::from(std::time::SystemTime::now()));
    let folder = arguments.mock_records.clone();
    let builder = builder.message_listener(move |message| {
        if let Err(error) = mock_records::write(&folder, message) {
            // Nobody reads it if the program is ending.
            let _ = report.send(format!("warning: cannot write a message to {}: {error}", folder.display()));
        }
    });
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
