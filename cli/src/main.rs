//! The program `logto-admin`.

use std::process::ExitCode;

use clap::Parser;
use logto_admin_cli::arguments::Arguments;
use tracing_subscriber::EnvFilter;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    report(arguments.global.verbose);
    match logto_admin_cli::run(arguments).await {
        Ok(exit) => ExitCode::from(exit as u8),
        Err(failure) => {
            if !failure.is_quiet() {
                anstream::eprintln!("error: {failure}");
            }
            ExitCode::from(failure.exit as u8)
        }
    }
}

/// Reports requests on standard error.
fn report(verbose: u8) {
    let level = match verbose {
        0 => "off",
        1 => "logto_admin=debug",
        _ => "logto_admin=trace",
    };
    let reports = tracing_subscriber::fmt().with_writer(std::io::stderr).without_time().with_target(false);
    reports.with_env_filter(EnvFilter::new(level)).init();
}
