//! Calls without types: by operation id, or by method and path. For operations that your version of the client lacks.

#![allow(clippy::print_stdout, reason = "examples print their results")]

use logto_admin::operation::{TABLE, find};
use logto_admin::serde_json::{Value, json};
use logto_admin::transport::Method;
use logto_admin_emulator::Emulator;

#[tokio::main]
async fn main() -> logto_admin::Result<()> {
    let client = Emulator::new().client()?;

    // By operation id. All operations are available, with any features.
    let user = client.operation("CreateUser")?.json(&json!({ "username": "ada" })).await?;
    let id = user.get("id").and_then(Value::as_str).unwrap_or_default();
    let user = client.operation("GetUser")?.path("userId", id).query("includeSsoIdentities", true).await?;
    println!("{user:#}");

    // By method and path, with the same token, retries and limits.
    let users = client.request(Method::Get, "/api/users").query("page_size", 5_u32).await?;
    println!("{} user", users.as_array().map_or(0, Vec::len));

    // The undecoded answer, with any status.
    let answer = client.request(Method::Get, "/api/users/nobody").raw().await?;
    println!("{} {}", answer.status, answer.body.text());

    // The table lists all operations.
    println!("{} operations, such as {:?}", TABLE.len(), find("ListUsers").map(|operation| operation.summary));
    if let Err(error) = client.operation("listUsers") {
        println!("{error}");
    }
    Ok(())
}
