//! `logto-admin-emulator`: an in-memory Logto server that uses the system clock.

use std::process::ExitCode;

use clap::Parser;
use logto_admin_emulator::program::{self, Arguments};

/// In-memory Logto server for development and tests.
#[derive(Debug, Parser)]
#[command(name = "logto-admin-emulator", version)]
struct Command {
    #[command(flatten)]
    arguments: Arguments,
}

#[tokio::main]
async fn main() -> ExitCode {
    let Command { arguments } = Command::parse();
    match program::run(&arguments, |warning| eprintln!("{warning}")).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
