//! `applications`: lists and creates applications.

use logto_admin::serde_json::{Value, json};
use logto_admin::{Client, Error};

use crate::context::Context;
use crate::failure::{Exit, Failure, Result, printed_after_changes};
use crate::table::Column;
use crate::{json_object, lookup};

/// A command about applications.
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    /// List applications
    List,
    /// Create an application, and print its secret this once
    Create {
        /// Name
        name: String,
        /// Type: `Native`, `SPA`, `Traditional` or `MachineToMachine`
        #[arg(long = "type", value_name = "TYPE", value_parser = application_type)]
        kind: String,
        /// Redirect URI. Can be repeated
        #[arg(long, value_name = "URI")]
        redirect_uri: Vec<String>,
        /// Name of a machine-to-machine role. Can be repeated
        #[arg(long = "role", value_name = "NAME")]
        roles: Vec<String>,
    },
    /// Delete an application
    Delete {
        /// Id or name
        application: String,
    },
    /// Create a secret, and print it this once
    CreateSecret {
        /// Id or name
        application: String,
        /// Name of the secret
        name: String,
    },
}

const MACHINE: &str = "MachineToMachine";
const TYPES: [&str; 4] = ["Native", "SPA", "Traditional", MACHINE];

/// Returns the type as the server spells it.
fn application_type(text: &str) -> std::result::Result<String, String> {
    let known = TYPES.into_iter().find(|name| name.eq_ignore_ascii_case(text));
    known.map(str::to_owned).ok_or_else(|| format!("pass one of {}", TYPES.join(", ")))
}

const COLUMNS: &[Column] = &[
    ("id", "/id"),
    ("name", "/name"),
    ("type", "/type"),
    ("third party", "/isThirdParty"),
    ("description", "/description"),
];

pub(crate) async fn run(context: &mut Context, command: Command) -> Result<Exit> {
    let client = context.client()?;
    let find = async |name: &str| lookup::id(&client, "ListApplications", "application", name).await;
    match command {
        Command::List => {
            let mut all: Vec<Value> = lookup::all(&client, "ListApplications").await?;
            // Servers before 1.42 show the secret.
            all.iter_mut().filter_map(Value::as_object_mut).for_each(|application| drop(application.remove("secret")));
            context.printer.list(COLUMNS, &all)?;
        }
        Command::Create { name, kind, redirect_uri, roles } => {
            if kind == MACHINE && !redirect_uri.is_empty() {
                let message = format!("--redirect-uri has no effect for an application of type {MACHINE}");
                return Err(Failure::usage(message));
            }
            let role_ids = role_ids(&client, &kind, &roles).await?;
            let mut new = json!({ "name": name, "type": kind });
            if !redirect_uri.is_empty() {
                let metadata = json!({ "redirectUris": redirect_uri, "postLogoutRedirectUris": [] });
                json_object::set(&mut new, "oidcClientMetadata", metadata);
            }
            let created = client.operation("CreateApplication")?.json(&new).await?;
            let id = json_object::text(&created, "id");
            if !role_ids.is_empty() {
                let assign = client.operation("AssignApplicationRoles")?.path("applicationId", &id);
                assign
                    .json(&json!({ "roleIds": role_ids }))
                    .await
                    .map_err(|error| after_creation(error, &id, "assign its roles"))?;
            }
            let secrets = match client.operation("ListApplicationSecrets")?.path("id", &id).await {
                // Older servers answer with the secret, and do not have this operation.
                Err(error) if !error.is_not_found() => return Err(after_creation(error, &id, "read its secret")),
                secrets => secrets.unwrap_or_default(),
            };
            let secret = secrets.pointer("/0/value").or_else(|| created.get("secret")).cloned().unwrap_or_default();
            let shown = json!({ "id": id, "name": name, "type": kind, "secret": secret });
            printed_after_changes(context.printer.item(&shown))?;
        }
        Command::Delete { application } => {
            let id = find(&application).await?;
            if id == context.connection()?.app_id {
                return Err(Failure::usage(format!(
                    "the application {application} is not deleted: it runs this command"
                ))
                .with_hint("delete it with the credentials of another application"));
            }
            context.confirm(&format!("Delete the application {application}?"))?;
            client.operation("DeleteApplication")?.path("id", &id).await?;
            context.printer.message(&format!("deleted {application}"));
        }
        Command::CreateSecret { application, name } => {
            let id = find(&application).await?;
            let create = client.operation("CreateApplicationSecret")?.path("id", &id);
            let secret = create.json(&json!({ "name": name })).await?;
            let shown = json!({ "name": name, "value": json_object::member(&secret, "value") });
            printed_after_changes(context.printer.item(&shown))?;
        }
    }
    Ok(Exit::Done)
}

/// Returns the failure of a step after the creation of an application. The secret of the application is not printed
/// then.
fn after_creation(error: Error, id: &str, doing: &str) -> Failure {
    let context = format!("created the application {id}, but cannot {doing}");
    let failure = Failure::from(error).after_changes().context(context);
    failure.with_hint(format!("`logto-admin applications create-secret {id} NAME` prints a secret"))
}

/// Returns the ids of the roles of a new application. Fails if it cannot have one of them.
async fn role_ids(client: &Client, kind: &str, roles: &[String]) -> Result<Vec<String>> {
    if roles.is_empty() {
        return Ok(Vec::new());
    }
    if kind != MACHINE {
        return Err(Failure::usage(format!("only applications of the type {MACHINE} can have roles, and not {kind}")));
    }
    let known = lookup::all(client, "ListRoles").await?;
    let id = |role: &String| {
        let id = lookup::id_among(&known, "role", role)?;
        if known.iter().any(|known| known["id"] == id && known["type"] == "User") {
            return Err(Failure::usage(format!("the role `{role}` is for users, and not for applications")));
        }
        Ok(id)
    };
    roles.iter().map(id).collect()
}
