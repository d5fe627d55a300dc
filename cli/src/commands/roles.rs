//! `roles`: lists roles, and assigns them to users.

use futures_util::TryStreamExt;
use logto_admin::Client;
use logto_admin::serde_json::{Value, json};

use super::each_user::{find_each, for_each};
use super::users;
use crate::context::Context;
use crate::failure::{Exit, Failure, Result, printed_after_changes};
use crate::json_object;
use crate::lookup::{self, List};
use crate::table::Column;

/// A command about roles.
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    /// List roles
    List,
    /// Create a role
    Create {
        /// Name
        name: String,
        /// Description. Defaults to the name
        #[arg(long)]
        description: Option<String>,
        /// Type: `User` or `MachineToMachine`. It cannot be changed later
        #[arg(long = "type", value_name = "TYPE", default_value = TYPES[0], value_parser = role_type)]
        kind: String,
        /// Scope of an API resource: its id, its name, or `INDICATOR NAME`
        ///
        /// A name is, for example, `read:orders`. Can be repeated.
        #[arg(long = "scope", value_name = "SCOPE")]
        scopes: Vec<String>,
    },
    /// List the users with a role
    Users {
        /// Id or name
        role: String,
    },
    /// Assign a role to users
    Assign {
        /// Id or name
        role: String,
        /// Id, email address, phone number or username
        #[arg(required = true)]
        users: Vec<String>,
    },
    /// Take a role away from a user
    Remove {
        /// Id or name
        role: String,
        /// Id, email address, phone number or username
        user: String,
    },
}

const USER: &str = "User";
const MACHINE: &str = "MachineToMachine";
const TYPES: [&str; 2] = [USER, MACHINE];

/// Returns the type as the server spells it.
fn role_type(text: &str) -> std::result::Result<String, String> {
    let known = TYPES.into_iter().find(|name| name.eq_ignore_ascii_case(text));
    known.map(str::to_owned).ok_or_else(|| format!("pass one of {}", TYPES.join(", ")))
}

const COLUMNS: &[Column] = &[
    ("id", "/id"),
    ("name", "/name"),
    ("type", "/type"),
    ("users", "/usersCount"),
    ("apps", "/applicationsCount"),
    ("description", "/description"),
];

pub(crate) async fn run(context: &mut Context, command: Command) -> Result<Exit> {
    let client = context.client()?;
    let find = async |name: &str| lookup::id(&client, "ListRoles", "role", name).await;
    match command {
        Command::List => {
            let roles: Vec<Value> = lookup::all(&client, "ListRoles").await?;
            context.printer.list(COLUMNS, &roles)?;
        }
        Command::Create { name, description, kind, scopes } => {
            let mut new =
                json!({ "name": name, "description": description.unwrap_or_else(|| name.clone()), "type": kind });
            if !scopes.is_empty() {
                json_object::set(&mut new, "scopeIds", scope_ids(&client, &kind, &scopes).await?);
            }
            let created = client.operation("CreateRole")?.json(&new).await?;
            let shown = json!({ "id": json_object::member(&created, "id"), "name": name, "type": kind });
            printed_after_changes(context.printer.item(&shown))?;
        }
        Command::Users { role } => {
            let path = [("id", find(&role).await?)];
            let all = lookup::all_at(&client, "ListRoleUsers", &path).await?;
            context.printer.list(&users::columns(&all), &all)?;
        }
        Command::Assign { role, users } => {
            let role_id = find(&role).await?;
            let users = find_each(context, &client, &users).await?;
            let assign = async |id: String| {
                let assign = client.operation("AssignUserRoles")?.path("userId", &id);
                assign.json(&json!({ "roleIds": [role_id] })).await?;
                Ok(())
            };
            return for_each(context, users, |who| format!("assigned {role} to {who}"), assign).await;
        }
        Command::Remove { role, user } => {
            let (role_id, user_id) = (find(&role).await?, lookup::user(&client, &user).await?.id);
            context.confirm(&format!("Take the role {role} from {user}?"))?;
            let removed = client.operation("DeleteUserRole")?.path("userId", &user_id).path("roleId", &role_id).await;
            removed.map_err(|error| Failure::or_missing(error, format!("{user} does not have the role {role}")))?;
            context.printer.message(&format!("took {role} from {user}"));
        }
    }
    Ok(Exit::Done)
}

/// Returns the ids of scopes of API resources for a role of this type.
async fn scope_ids(client: &Client, kind: &str, names: &[String]) -> Result<Vec<String>> {
    let query = [("includeScopes".to_owned(), "true".to_owned())];
    let list = List { operation: "ListResources", path: &[], query: &query };
    let resources: Vec<Value> = list.pages(client).try_concat().await?;
    let mut ids = Vec::new();
    for name in names {
        let (indicator, id) = scope(&resources, name)?;
        // The server refuses such a scope too, but only after it has created the role.
        if kind == USER && indicator == client.endpoint().resource() {
            let message = format!("a role of type `{kind}` cannot have the scope `{name}` of the Management API");
            return Err(Failure::usage(message).with_hint(format!("pass `--type {MACHINE}`, or leave out the scope")));
        }
        ids.push(id);
    }
    Ok(ids)
}

/// Returns the indicator of the resource of a scope, and the id of the scope.
fn scope(resources: &[Value], name: &str) -> Result<(String, String)> {
    let all = resources.iter().flat_map(|resource| {
        let indicator = json_object::text(resource, "indicator");
        json_object::items(resource, "scopes").map(move |scope| (indicator.clone(), scope))
    });
    let is_named = |(indicator, scope): &(String, &Value)| {
        let own = json_object::text(scope, "name");
        json_object::text(scope, "id") == name || own == name || format!("{indicator} {own}") == name
    };
    let found: Vec<_> = all.filter(is_named).collect();
    match found.as_slice() {
        [(indicator, scope)] => Ok((indicator.clone(), json_object::text(scope, "id"))),
        [] => Err(Failure::new(format!("no API resource has the scope `{name}`"))),
        [(indicator, _), ..] => {
            let message = format!("several API resources have the scope `{name}`");
            Err(Failure::usage(message)
                .with_hint(format!("name the resource too, such as `--scope '{indicator} {name}'`")))
        }
    }
}
