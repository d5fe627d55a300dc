//! `hooks`: lists, creates and tests webhooks.

use logto_admin::models::HookEvent;
use logto_admin::serde_json::{Value, json};

use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::suggestion::unknown_value;
use crate::table::Column;
use crate::{json_object, lookup, redaction};

/// A command about webhooks.
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    /// List webhooks
    List,
    /// Create a webhook and print its signing key, which is shown only once
    Create {
        /// URL that receives the events
        url: String,
        /// Name
        #[arg(long)]
        name: Option<String>,
        /// Event, such as `User.Created`. Can be repeated
        #[arg(long = "event", value_name = "EVENT", required = true)]
        events: Vec<String>,
    },
    /// Let the server send a test event
    Test {
        /// Id or name
        hook: String,
    },
    /// Delete a webhook
    Delete {
        /// Id or name
        hook: String,
    },
}

const COLUMNS: &[Column] =
    &[("id", "/id"), ("name", "/name"), ("url", "/config/url"), ("enabled", "/enabled"), ("events", "/events")];

/// Removes the secrets of a webhook. These are the signing key, the credentials in its URL, and the values of its
/// headers.
fn hide(hook: &mut Value) {
    hook.as_object_mut().and_then(|members| members.remove("signingKey"));
    redaction::hide(hook);
}

pub(crate) async fn run(context: &mut Context, command: Command) -> Result<Exit> {
    let client = context.client()?;
    let find = async |name: &str| lookup::id(&client, "ListHooks", "webhook", name).await;
    match command {
        Command::List => {
            let mut all: Vec<Value> = lookup::all(&client, "ListHooks").await?;
            all.iter_mut().for_each(hide);
            context.printer.list(COLUMNS, &all)?;
        }
        Command::Create { url, name, events } => {
            let scheme = url.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
            if !matches!(scheme.as_deref(), Some("http" | "https")) {
                return Err(Failure::usage("the URL of a webhook must start with https:// or http://"));
            }
            if let Some(unknown) = events.iter().find(|event| !HookEvent::VALUES.contains(&event.as_str())) {
                return Err(Failure::usage(unknown_value("--event", unknown, HookEvent::VALUES)));
            }
            let mut new = json!({ "events": events, "config": { "url": url } });
            if let Some(name) = name {
                json_object::set(&mut new, "name", name);
            }
            let created = client.operation("CreateHook")?.json(&new).await?;
            context.printer.item(
                &json!({ "id": json_object::member(&created, "id"), "signingKey": json_object::member(&created, "signingKey") }),
            )?;
        }
        Command::Test { hook } => {
            let id = find(&hook).await?;
            let known = client.operation("GetHook")?.path("id", &id).await?;
            let test = json!({ "events": json_object::member(&known, "events"), "config": json_object::member(&known, "config") });
            client.operation("CreateHookTest")?.path("id", &id).json(&test).await?;
            context.printer.message(&format!("sent a test event to {hook}"));
        }
        Command::Delete { hook } => {
            let id = find(&hook).await?;
            context.confirm(&format!("Delete the webhook {hook}?"))?;
            client.operation("DeleteHook")?.path("id", &id).await?;
            context.printer.message(&format!("deleted {hook}"));
        }
    }
    Ok(Exit::Done)
}
