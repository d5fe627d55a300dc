//! The server as a program, for tests that run in a sandbox: says where it listens, and ends with its standard input.

#![allow(clippy::print_stdout, reason = "whoever starts it reads there where it listens")]

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
