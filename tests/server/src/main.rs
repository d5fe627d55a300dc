//! The server as a program, for tests that run in a sandbox.
//!
//! It prints its URL and exits when its standard input is closed.

#![allow(clippy::print_stdout, reason = "the parent process reads the URL from standard output")]

#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
#[tokio::main]
async fn main() -> std::io::Result<()> {
    let server = logto_admin_test_server::TestServer::start().await;
    println!("listening on {}", server.url());
    tokio::io::copy(&mut tokio::io::stdin(), &mut tokio::io::sink()).await?;
    Ok(())
}

#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
fn main() {}
