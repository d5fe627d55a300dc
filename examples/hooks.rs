//! Hooks: inspect, change or reject every attempt.

#![allow(clippy::print_stdout, reason = "examples print their results")]

use async_trait::async_trait;
use logto_admin::transport::{Hook, HookContext, HttpRequest, HttpResponse, after_fn, before_fn};
use logto_admin::{Client, Error, ErrorKind, Result};
use logto_admin_emulator::Emulator;

/// Rejects every deletion.
struct ReadMostly;

#[async_trait]
impl Hook for ReadMostly {
    async fn before(&self, request: &mut HttpRequest, context: &HookContext) -> Result<()> {
        match request.method.as_str() {
            "DELETE" => Err(Error::new(ErrorKind::Hook, format!("{} is not allowed here", context.operation))),
            _ => Ok(()),
        }
    }

    async fn after(&self, response: &mut HttpResponse, context: &HookContext) -> Result<()> {
        println!("  {} -> {}", context.operation, response.status);
        Ok(())
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let emulator = Emulator::new();
    let client = Client::builder(emulator.endpoint())
        .client_credentials(emulator.app_id(), emulator.app_secret())
        .transport(emulator)
        // Hooks run in this order for each attempt, token calls included.
        .hook(before_fn(|request, context| {
            request.headers.set("x-trace", format!("{}-{}", context.operation, context.attempt));
            // Credentials are redacted unless the hook asks for them.
            println!("{} with {:?}", context.operation, request.headers.get("authorization"));
            Ok(())
        }))
        .hook(after_fn(|response, _context| {
            response.headers.set("x-seen", "1");
            Ok(())
        }))
        .hook(ReadMostly)
        .build()?;

    let users = client.users().list().detailed().await?;
    println!("x-seen: {:?}", users.headers.get("x-seen"));
    if let Err(error) = client.users().delete("somebody").await {
        println!("{error}");
    }
    Ok(())
}
