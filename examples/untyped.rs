//! Calls without types: by operationId, or by method and path, for what your version of the client does not know.

#![allow(clippy::print_stdout, reason = "it shows what it does")]

use logto_admin::operation::{TABLE, find};
use logto_admin::serde_json::{Value, json};
use logto_admin::transport::Method;
use logto_admin_emulator::Emulator;

#[tokio::main]
async fn main() -> logto_admin::Result<()> {
    let client = Emulator::new().client()?;

    // By operationId: whatever features are on, all operations are there.
    let user = client.operation("CreateUser")?.json(&json!({ "username": "ada" })).await?;
    let id = user.get("id").and_then(Value::as_str).unwrap_or_default();
    let user = client.operation("GetUser")?.path("userId", id).query("includeSsoIdentities", true).await?;
    println!("{user:#}");

    // By method and path: token, retries and limits are the same.
    let users = client.request(Method::Get, "/api/users").query("page_size", 5_u32).await?;
    println!("{} user", users.as_array().map_or(0, Vec::len));

    // The answer as it came, whatever its status.
    let answer = client.request(Method::Get, "/api/users/nobody").raw().await?;
    println!("{} {}", answer.status, answer.body.text());

    // The table says what there is.
    println!("{} operations, {:?} among them", TABLE.len(), find("ListUsers").map(|operation| operation.summary));
    if let Err(error) = client.operation("listUsers") {
        println!("{error}");
    }
    Ok(())
}
