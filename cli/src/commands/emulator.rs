//! `emulator`: an in-memory Logto server.

use std::net::{Ipv4Addr, SocketAddr};

use logto_admin::Timestamp;
use logto_admin::operation::Release;
use logto_admin_emulator::Emulator;

use crate::context::Context;
use crate::failure::{Exit, Failure, Result};

/// Runs an in-memory Logto server on 127.0.0.1, for tests and first steps.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// Port to listen on. 0 picks a free one
    #[arg(long, default_value_t = 3001)]
    port: u16,
    /// Release of Logto whose operations the server has, such as 1.36
    #[arg(long)]
    release: Option<Release>,
}

pub(crate) async fn run(context: &mut Context, arguments: Arguments) -> Result<Exit> {
    let mut builder = Emulator::builder().clock(|| Timestamp::from(std::time::SystemTime::now()));
    if let Some(release) = arguments.release {
        builder = builder.release(release);
    }
    let emulator = builder.build();
    let cannot = |error| Failure::new(format!("cannot listen on port {}: {error}", arguments.port));
    let server = emulator.serve_at(SocketAddr::from((Ipv4Addr::LOCALHOST, arguments.port))).await.map_err(cannot)?;
    context.printer.text(&format!(
        "export LOGTO_ENDPOINT={}\nexport LOGTO_APP_ID={}\nexport LOGTO_APP_SECRET={}\n",
        server.url(),
        emulator.app_id(),
        emulator.app_secret()
    ))?;
    context.printer.message("running until Ctrl-C");
    tokio::signal::ctrl_c().await?;
    server.stop().await?;
    Ok(Exit::Done)
}
