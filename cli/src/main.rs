//! The program `logto-admin`.

use std::process::ExitCode;

use clap::Parser;
use logto_admin_cli::arguments::Arguments;
use logto_admin_cli::output::has_colour;
use logto_admin_cli::request_log::RequestLog;
use logto_admin_cli::terminal::message;
use logto_admin_cli::unknown_option;
use tracing::Subscriber;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::try_parse().unwrap_or_else(|error| unknown_option::corrected(error).exit());
    start_tracing(arguments.global.verbose);
    match logto_admin_cli::run(arguments).await {
        Ok(exit) => ExitCode::from(exit as u8),
        Err(failure) => {
            if !failure.is_quiet() {
                message(&format!("error: {failure}"));
            }
            ExitCode::from(failure.exit as u8)
        }
    }
}

/// Reports requests on standard error, with a line for each. With the second level, reports everything that is traced.
fn start_tracing(verbose: u8) {
    let log = RequestLog(message);
    match verbose {
        0 => {}
        1 => {
            let filter = EnvFilter::new("logto_admin=warn,[logto.attempt]=info");
            tracing_subscriber::registry().with(filter).with(log).init();
        }
        _ => {
            // The other layer reports warnings.
            let requests = log.with_filter(EnvFilter::new("[logto.attempt]=info"));
            tracing_subscriber::registry().with(requests).with(traced()).init();
        }
    }
}

/// Returns what reports everything that is traced.
fn traced<S: Subscriber + for<'s> LookupSpan<'s>>() -> impl Layer<S> {
    let reports = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).without_time().with_target(false);
    // A failure to write would end the program with a panic: it is written to standard error too.
    let reports = reports.with_ansi(has_colour(&std::io::stderr())).log_internal_errors(false);
    // A request is a span, which has the status when it ends.
    reports.with_span_events(FmtSpan::CLOSE).with_filter(EnvFilter::new("logto_admin=trace"))
}
