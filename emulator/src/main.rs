//! `logto-admin-emulator [--release 1.N] [PORT]`: an in-memory Logto server on 127.0.0.1 that uses the system clock.

use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use logto_admin::Timestamp;
use logto_admin::operation::Release;
use logto_admin_emulator::{Emulator, EmulatorBuilder, Server};

/// The default port of a Logto server.
const PORT: u16 = 3001;
const USAGE: &str = "\
usage: logto-admin-emulator [--release 1.N] [PORT]

  --release 1.N   have only the operations of this release of Logto (default: 1.42; `next`: the release after it)
  PORT            the port (default: 3001; 0 selects a free port)";

/// What the command line asks for.
struct Arguments {
    port: u16,
    /// The builder has the default.
    release: Option<Release>,
}

impl Arguments {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut parsed = Self { port: PORT, release: None };
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--release" => parsed.release = Some(supported(&arguments.next().unwrap_or_default())?),
                port => parsed.port = port.parse().map_err(|_| format!("invalid port {port:?}"))?,
            }
        }
        Ok(parsed)
    }
}

fn supported(text: &str) -> Result<Release, String> {
    let release: Release = text.parse().map_err(|error| format!("{error}: {text:?}"))?;
    let published = Release::OLDEST..=Release::NEWEST;
    if published.contains(&release) || release == Release::NEXT {
        Ok(release)
    } else {
        Err(format!("release {release} is not between {} and {}", Release::OLDEST, Release::NEWEST))
    }
}

fn main() -> ExitCode {
    if std::env::args().skip(1).any(|argument| argument == "--help" || argument == "-h") {
        let _ = writeln!(io::stdout(), "{USAGE}");
        return ExitCode::SUCCESS;
    }
    let arguments = match Arguments::parse(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(why) => return complain(&format!("{why}\n{USAGE}")),
    };
    let port = arguments.port;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime.and_then(|runtime| runtime.block_on(run(&arguments))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => complain(&format!("failed to run the server on port {port}: {error}")),
    }
}

async fn run(arguments: &Arguments) -> io::Result<()> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, arguments.port));
    let server = emulator(arguments.release).serve_at(address).await?;
    greet(&server)?;
    tokio::signal::ctrl_c().await?;
    server.stop().await
}

/// Uses the system clock, because people who try the server by hand expect today's dates.
#[expect(clippy::disallowed_methods, reason = "the server uses the system clock")]
fn emulator(release: Option<Release>) -> Emulator {
    let builder = release.into_iter().fold(Emulator::builder(), EmulatorBuilder::release);
    builder.clock(|| Timestamp::from(std::time::SystemTime::now())).build()
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
