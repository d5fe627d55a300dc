//! The first steps. A token, users, a role, an organization, a list in pages, and an error with its hint.
//!
//! ```console
//! $ cargo run --example quickstart
//! ```
//!
//! No server needed: the example starts an in-memory emulator. If one of `LOGTO_ENDPOINT`, `LOGTO_TENANT`,
//! `LOGTO_APP_ID` and `LOGTO_APP_SECRET` is set, it runs the same steps on your server. It then needs an endpoint or a
//! tenant, and both credentials. It deletes everything that it created, even if a step fails or is interrupted.

use std::collections::hash_map::RandomState;
use std::env;
use std::hash::{BuildHasher, Hasher};
use std::io::{self, Write};
use std::process::ExitCode;

use futures_util::TryStreamExt;
use logto_admin::models::{CreateOrganization, CreateRole, CreateUser, RoleIds, UpdateUser, UserIds};
use logto_admin::{Client, Error, ErrorKind, Patch, Result};
use logto_admin_emulator::{Emulator, Server};

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<()> {
    let Stage { client, app_id, server } = Stage::new().await?;
    title(&format!("Logto at {}{}", client.endpoint().url(), if server.is_some() { " (emulator)" } else { "" }));
    let mut made = Made::default();
    let done = tokio::select! {
        done = steps(&client, &app_id, &mut made) => done,
        _ = tokio::signal::ctrl_c() => Err(Error::new(ErrorKind::Input, "interrupted")),
    };
    title("Cleaning up");
    let cleaned = made.delete(&client).await;
    done.and(cleaned)
}

// ANCHOR: steps
/// Runs each step and prints its result.
async fn steps(client: &Client, app_id: &str, made: &mut Made) -> Result<()> {
    // This call is optional: the client gets a token when a call needs one.
    let token = client.access_token().await?;
    let lifetime = token.lifetime().unwrap_or_default().as_secs();
    step("access token", &format!("scope {}, valid for {lifetime} s", token.granted_scope().unwrap_or("none")));

    title("Users");
    let suffix = suffix();
    for (username, name) in [("ada", "Ada Lovelace"), ("grace", "Grace Hopper"), ("edith", "Edith Clarke")] {
        let user = CreateUser {
            username: Some(format!("{username}_{suffix}")),
            name: Some(name.to_owned()),
            ..Default::default()
        };
        let user = client.users().create(user).await?;
        step("created", &format!("{}  {name}", user.id));
        made.users.push(user.id);
    }
    let ada = made.users.first().cloned().unwrap_or_default();
    let change = UpdateUser { name: Patch::Null, ..Default::default() };
    let changed = client.users().update(&ada, change).await?;
    step("name cleared", &format!("{}  {}", changed.id, changed.name.as_deref().unwrap_or("no name")));

    title("A role and an organization");
    let role = client.roles().create(CreateRole::new(format!("Editor {suffix}"), "Edits articles")).await?;
    step("created", &format!("{}  role {}", role.id, role.name));
    made.roles.push(role.id.clone());
    client.users().assign_roles(&ada, RoleIds { role_ids: vec![role.id] }).await?;
    let roles = client.users().list_roles(&ada).await?;
    let names: Vec<&str> = roles.iter().map(|role| role.name.as_str()).collect();
    step("assigned", &format!("{ada}  has the role {}", names.join(", ")));

    let organization = client.organizations().create(CreateOrganization::new(format!("Engines {suffix}"))).await?;
    step("created", &format!("{}  organization {}", organization.id, organization.name));
    made.organizations.push(organization.id.clone());
    client.organizations().add_users(&organization.id, UserIds { user_ids: made.users.clone() }).await?;
    let members = client.organizations().list_users(&organization.id).await?;
    step("members", &format!("{} of the {} users", members.total.unwrap_or_default(), made.users.len()));

    title("Users, two per page");
    let mut pages = client.users().list().search_member("username", format!("%_{suffix}")).page_size(2).pages();
    while let Some(page) = pages.try_next().await? {
        let names: Vec<&str> = page.iter().filter_map(|user| user.username.as_deref()).collect();
        step(&format!("page {}", page.page.unwrap_or_default()), &names.join(", "));
    }

    title("Errors, with hints");
    let twice = CreateUser { username: Some(format!("ada_{suffix}")), ..Default::default() };
    explain("name taken", client.users().create(twice).await);
    let stranger = Client::builder(client.endpoint().clone()).client_credentials(app_id, "a wrong secret").build()?;
    explain("wrong secret", stranger.users().list().await);
    Ok(())
}
// ANCHOR_END: steps

/// Prints an error that was provoked.
fn explain<T>(what: &str, result: Result<T>) {
    let Err(error) = result else { return step(what, "unexpected success") };
    step(what, &format!("{} {}", error.status().unwrap_or_default(), error.code().unwrap_or("no code")));
    paragraph(error.message());
    if let Some(hint) = error.hint() {
        paragraph(&format!("hint: {hint}"));
    }
}

/// The client, and the emulator if there is one.
struct Stage {
    client: Client,
    app_id: String,
    /// Stops when dropped.
    server: Option<Server>,
}

impl Stage {
    /// Connects to the server from the environment, or starts an in-memory emulator.
    async fn new() -> Result<Self> {
        if names_a_server(|variable| env::var_os(variable).is_some()) {
            let app_id = env::var("LOGTO_APP_ID").unwrap_or_default();
            return Ok(Self { client: Client::from_env()?, app_id, server: None });
        }
        let server = Emulator::new()
            .serve()
            .await
            .map_err(|error| Error::new(ErrorKind::Config, "cannot start the in-memory emulator").with_source(error))?;
        let app_id = server.emulator().app_id().to_owned();
        let builder = Client::builder(server.endpoint());
        let client = builder.client_credentials(&app_id, server.emulator().app_secret()).build()?;
        Ok(Self { client, app_id, server: Some(server) })
    }
}

/// Whether a variable for the connection to a server is set.
fn names_a_server(is_set: impl Fn(&str) -> bool) -> bool {
    ["LOGTO_ENDPOINT", "LOGTO_TENANT", "LOGTO_APP_ID", "LOGTO_APP_SECRET"].into_iter().any(is_set)
}

/// The ids of what was created.
#[derive(Default)]
struct Made {
    users: Vec<String>,
    roles: Vec<String>,
    organizations: Vec<String>,
}

impl Made {
    /// Deletes as much as possible, and returns the first error.
    async fn delete(self, client: &Client) -> Result<()> {
        let mut result = Ok(());
        for id in self.organizations {
            result = result.and(deleted("organization", &id, client.organizations().delete(&id).await));
        }
        for id in self.roles {
            result = result.and(deleted("role", &id, client.roles().delete(&id).await));
        }
        for id in self.users {
            result = result.and(deleted("user", &id, client.users().delete(&id).await));
        }
        result
    }
}

fn deleted(what: &str, id: &str, result: Result<()>) -> Result<()> {
    let outcome = if result.is_ok() { "deleted" } else { "not deleted" };
    step(outcome, &format!("{id}  {what}"));
    result
}

/// Returns a random suffix, which keeps the names of different runs apart.
fn suffix() -> String {
    format!("{:06x}", RandomState::new().build_hasher().finish() & 0xff_ffff)
}

fn title(text: &str) {
    show(format_args!("\n{text}"));
}

/// Prints a text below a result, wrapped to the width of a terminal.
fn paragraph(text: &str) {
    const WIDTH: usize = 64;
    let mut line = String::new();
    for word in text.split(' ') {
        if !line.is_empty() && line.len() + word.len() >= WIDTH {
            step("", &line);
            line.clear();
        }
        line = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
    }
    step("", &line);
}

fn step(what: &str, outcome: &str) {
    show(format_args!("  {what:<13} {outcome}"));
}

/// Prints a line. Errors are ignored, so that cleaning up continues when the reader is gone (`| head`).
fn show(line: std::fmt::Arguments<'_>) {
    let _ = writeln!(io::stdout(), "{line}");
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot continue has failed")]

    use super::*;

    #[test]
    fn any_variable_of_the_connection_replaces_the_emulator() {
        assert!(!names_a_server(|_| false));
        for name in ["LOGTO_ENDPOINT", "LOGTO_TENANT", "LOGTO_APP_ID", "LOGTO_APP_SECRET"] {
            assert!(names_a_server(|variable| variable == name), "{name}");
        }
    }

    #[tokio::test]
    async fn every_step_succeeds_and_everything_is_deleted() {
        let server = Emulator::new().serve().await.unwrap();
        let app_id = server.emulator().app_id();
        let builder = Client::builder(server.endpoint());
        let client = builder.client_credentials(app_id, server.emulator().app_secret()).build().unwrap();
        let roles = client.roles().list().await.unwrap().len();
        let mut made = Made::default();
        steps(&client, app_id, &mut made).await.unwrap();
        assert_eq!((made.users.len(), made.roles.len(), made.organizations.len()), (3, 1, 1));
        made.delete(&client).await.unwrap();
        assert!(client.users().list().await.unwrap().is_empty());
        assert!(client.organizations().list().await.unwrap().is_empty());
        assert_eq!(client.roles().list().await.unwrap().len(), roles);
    }
}
