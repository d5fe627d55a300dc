//! `users`: lists and changes users; imports and exports them.

use std::io::{IsTerminal, stdin};

use logto_admin::models::User;
use logto_admin::operation;
use logto_admin::serde_json::{self, Map, Value, json};

use super::body_options::{check_repeated, pair, set};
use super::each_user::{find_each, for_each};
use super::known_names::check_member;
use super::set_value::check_value;
use super::{users_export, users_import};
use crate::context::Context;
use crate::failure::{Exit, Failure, Result, printed_after_changes};
use crate::table::Column;
use crate::terminal::hidden;
use crate::users::sources::unknown_member;
use crate::{files, json_object, lookup};

/// A command about users.
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    /// List users, newest first
    List {
        /// Text that the id, name, username, email address or phone number contains
        ///
        /// `%` stands for any characters, and `_` for one.
        search: Option<String>,
        /// The same as an option
        #[arg(long = "search", value_name = "SEARCH", conflicts_with = "search", hide = true)]
        search_option: Option<String>,
        /// Number of users
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100))]
        limit: u32,
        /// Page, starting at 1
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
        page: u32,
    },
    /// Print a user
    Get {
        /// Id, email address, phone number or username
        user: String,
    },
    /// Create a user
    Create(Members),
    /// Change a user
    Update {
        /// Id, email address, phone number or username
        user: String,
        /// Members to set
        #[command(flatten)]
        members: Members,
    },
    /// Delete users
    Delete {
        /// Id, email address, phone number or username
        #[arg(required = true)]
        users: Vec<String>,
    },
    /// Suspend users: they cannot sign in
    Suspend {
        /// Id, email address, phone number or username
        #[arg(required = true)]
        users: Vec<String>,
        /// Lift the suspension
        #[arg(long)]
        lift: bool,
    },
    /// Create users from files, also from the exports of other systems
    ///
    /// Reads NDJSON, JSON and CSV, also compressed with gzip. Checks all records before the first user is created. A
    /// journal beside the file notes what was done: run the same command again to continue an import that was interrupted.
    #[command(args_conflicts_with_subcommands = true)]
    Import(users_import::Arguments),
    /// Write all users to a file
    ///
    /// Writes lines of JSON or CSV; `users import` reads both. Users that sign up during the export might be missing. No
    /// user is written twice.
    Export(users_export::Arguments),
}

/// Members of a user.
#[derive(clap::Args, Debug)]
pub struct Members {
    /// Name for signing in
    #[arg(long)]
    username: Option<String>,
    /// Email address for signing in
    #[arg(long)]
    email: Option<String>,
    /// Phone number for signing in, with country code
    #[arg(long)]
    phone: Option<String>,
    /// Full name
    #[arg(long)]
    name: Option<String>,
    /// Read the password from standard input. Asks for it on a terminal
    #[arg(long)]
    password_stdin: bool,
    /// Other member, such as `customData.plan=pro`
    ///
    /// A value that is JSON is sent as such, unless the member is a text. `--set name=null` removes the name of a user
    /// that exists. The other options send texts as they are, so `--name null` sets the name to these four letters.
    #[arg(long, value_name = "MEMBER=VALUE", value_parser = pair)]
    set: Vec<(String, String)>,
}

const SUSPENDED: Column = ("suspended", "/isSuspended");
const COLUMNS: [Column; 7] = [
    ("id", "/id"),
    ("name", "/name"),
    ("username", "/username"),
    ("email", "/primaryEmail"),
    ("phone", "/primaryPhone"),
    SUSPENDED,
    ("created", "/createdAt"),
];

/// Returns the columns of a list of users. Without suspended users, the others have the space.
pub(super) fn columns(users: &[Value]) -> Vec<Column<'static>> {
    let is_suspended = |user: &Value| json_object::member(user, "isSuspended") == true;
    let has_suspended = users.iter().any(is_suspended);
    COLUMNS.into_iter().filter(|column| has_suspended || *column != SUSPENDED).collect()
}

pub(crate) async fn run(context: &mut Context, command: Command) -> Result<Exit> {
    match command {
        Command::List { search, search_option, limit, page } => {
            list(context, search.or(search_option), limit, page).await?;
        }
        Command::Get { user } => {
            let user = lookup::user(&context.client()?, &user).await?;
            show(context, &user)?;
        }
        Command::Create(members) => {
            members.check_options()?;
            let body = members.body(None)?;
            if lookup::IDENTIFIERS.iter().all(|(member, _)| body.get(member).is_none()) {
                return Err(Failure::usage("a user requires --username, --email or --phone to sign in"));
            }
            let created = context.client()?.operation("CreateUser")?.json(&body).await?;
            printed_after_changes(context.printer.item(&created))?;
        }
        Command::Update { user, members } => update(context, &user, &members).await?,
        Command::Delete { users } => return delete(context, &users).await,
        Command::Suspend { users, lift } => return suspend(context, &users, lift).await,
        Command::Import(arguments) => return users_import::run(context, arguments).await,
        Command::Export(arguments) => return users_export::run(context, arguments).await,
    }
    Ok(Exit::Done)
}

async fn list(context: &mut Context, search: Option<String>, limit: u32, page: u32) -> Result<()> {
    let client = context.client()?;
    let mut request = client.operation("ListUsers")?.query("page", page).query("page_size", limit);
    if let Some(search) = search {
        request = request.query("search", format!("%{search}%").as_str());
    }
    let users = lookup::items(request.await?)?;
    context.printer.list(&columns(&users), &users)?;
    if users.len() >= limit as usize {
        context.printer.message(&format!("there might be more: pass --page {}, or a larger --limit", page + 1));
    }
    Ok(())
}

fn show(context: &mut Context, user: &User) -> Result<()> {
    let user = serde_json::to_value(user).map_err(|error| Failure::new(error.to_string()))?;
    context.printer.item(&user)
}

/// Updates a user. The password has a call of its own, which comes first: the server rejects some passwords.
async fn update(context: &mut Context, user: &str, members: &Members) -> Result<()> {
    members.check_options()?;
    let client = context.client()?;
    let user = lookup::user(&client, user).await?;
    let password = members.password()?;
    let body = members.body(Some(&user))?;
    let is_empty = body.as_object().is_some_and(Map::is_empty);
    if is_empty && password.is_none() {
        return Err(Failure::usage("nothing to change: pass --name, --email, --set or others"));
    }
    if let Some(password) = &password {
        let change = client.operation("UpdateUserPassword")?.path("userId", &user.id);
        change.json(&json!({ "password": password })).await?;
    }
    let (changed, doing) = match is_empty {
        true => (client.operation("GetUser")?.path("userId", &user.id).await, "read the user"),
        false => {
            let change = client.operation("UpdateUser")?.path("userId", &user.id);
            (change.json(&body).await, "change the other members")
        }
    };
    let changed = changed.map_err(|error| match password {
        Some(_) => Failure::from(error).after_changes().context(format!("changed the password, but cannot {doing}")),
        None => error.into(),
    })?;
    printed_after_changes(context.printer.item(&changed))
}

/// Suspends all users that exist. A user that is not found does not leave the others active.
async fn suspend(context: &mut Context, users: &[String], lift: bool) -> Result<Exit> {
    let client = context.client()?;
    let done = if lift { "reinstated" } else { "suspended" };
    let users = find_each(context, &client, users).await?;
    let suspend = async |id: String| {
        let suspend = client.operation("UpdateUserIsSuspended")?.path("userId", &id);
        suspend.json(&json!({ "isSuspended": !lift })).await?;
        Ok(())
    };
    for_each(context, users, |who| format!("{done} {who}"), suspend).await
}

/// Deletes all users that exist. Finds them before the first is deleted, so that the question names them.
async fn delete(context: &mut Context, users: &[String]) -> Result<Exit> {
    let client = context.client()?;
    let users = find_each(context, &client, users).await?;
    let names = users.names();
    if names.is_empty() {
        return Ok(Exit::Failed);
    }
    context.confirm(&format!("Delete {}?", names.join(", ")))?;
    let delete = async |id: String| match client.users().delete(&id).await {
        // Somebody else has deleted the user.
        Err(error) if !lookup::is_absent(&error) => Err(error.into()),
        _ => Ok(()),
    };
    for_each(context, users, |who| format!("deleted {who}"), delete).await
}

impl Members {
    /// Returns the options that are given and set a text, with the member and the text.
    fn texts(&self) -> impl Iterator<Item = (&'static str, &'static str, &str)> {
        let all = [
            ("--username", "username", &self.username),
            ("--email", "primaryEmail", &self.email),
            ("--phone", "primaryPhone", &self.phone),
            ("--name", "name", &self.name),
        ];
        all.into_iter().filter_map(|(option, member, text)| Some((option, member, text.as_deref()?)))
    }

    /// Fails if two options set a member, or if one is empty.
    fn check_options(&self) -> Result<()> {
        check_repeated(&self.set)?;
        // An empty variable of a shell, which would remove the identifier.
        if let Some((option, ..)) = self.texts().find(|(.., text)| text.is_empty()) {
            let failure = Failure::usage(format!("{option} is empty"));
            return Err(failure.with_hint("to remove a member of a user, pass `--set` with its name and null"));
        }
        let is_set = |name: &str| self.set.iter().any(|(member, _)| member == name);
        let options = self.texts().map(|(option, member, _)| (option, member));
        let password = self.password_stdin.then_some(("--password-stdin", "password"));
        match options.chain(password).find(|(_, member)| is_set(member)) {
            Some((option, member)) => {
                Err(Failure::usage(format!("{option} and `--set {member}` set the same member: pass one of them")))
            }
            None => Ok(()),
        }
    }

    /// Returns the body. Members of objects are added to those of the user.
    fn body(&self, user: Option<&User>) -> Result<Value> {
        let mut body = json!({});
        for (_, member, text) in self.texts() {
            let digits = || text.chars().filter(char::is_ascii_digit).collect();
            let value: String = if member == "primaryPhone" { digits() } else { text.to_owned() };
            json_object::set(&mut body, member, value);
        }
        // The server replaces these objects.
        let whole = |object: &str| match (object, user) {
            ("customData", Some(user)) => Some(Value::Object(user.custom_data.clone())),
            ("profile", Some(user)) => serde_json::to_value(&user.profile).ok(),
            _ => None,
        };
        let operation = if user.is_some() { "UpdateUser" } else { "CreateUser" };
        let info = operation::find(operation);
        for (member, value) in &self.set {
            let first = member.split('.').next().unwrap_or_default();
            check(first, user.is_some())?;
            info.map_or(Ok(()), |info| check_member(info, member))?;
            check_value(operation, member, value)?;
            if body.get(first).is_none()
                && member.contains('.')
                && let Some(object) = whole(first)
            {
                json_object::set(&mut body, first, object);
            }
            set(&mut body, Some(operation), member, value)?;
        }
        if user.is_none()
            && let Some(password) = self.password()?
        {
            json_object::set(&mut body, "password", password);
        }
        Ok(body)
    }

    fn password(&self) -> Result<Option<String>> {
        if !self.password_stdin {
            return Ok(None);
        }
        if stdin().is_terminal() {
            let unanswered =
                |error| Failure::new(format!("\"{PASSWORD}\" was not answered: nothing was changed ({error})"));
            return hidden(PASSWORD).map(Some).map_err(unanswered);
        }
        let password = files::whole_text(stdin())
            .map_err(|error| Failure::usage(format!("cannot read standard input: {error}")))?;
        let password = password.strip_suffix('\n').map_or(&*password, |line| line.strip_suffix('\r').unwrap_or(line));
        if password.is_empty() {
            return Err(Failure::usage("standard input contains no password"));
        }
        if password.contains(['\r', '\n']) {
            return Err(Failure::usage("standard input has several lines, and a password has one"));
        }
        if password.contains('\0') {
            return Err(Failure::usage(format!("the password {}", json_object::NUL)));
        }
        Ok(Some(password.to_owned()))
    }
}

/// The question for a password.
const PASSWORD: &str = "Password of the user";

/// Members that `--set` can set.
const SETTABLE: [&str; 7] = ["username", "primaryEmail", "primaryPhone", "name", "avatar", "customData", "profile"];
/// Members that `--set` can set for a new user only.
const OF_NEW: [&str; 3] = ["password", "passwordDigest", "passwordAlgorithm"];

/// Rejects a member that the server ignores or does not accept.
fn check(member: &str, exists: bool) -> Result<()> {
    if SETTABLE.contains(&member) || (!exists && OF_NEW.contains(&member)) {
        return Ok(());
    }
    let hint = match member {
        "password" => "pass --password-stdin",
        "isSuspended" => "use `logto-admin users suspend`",
        "roles" => "use `logto-admin roles assign`",
        "organizations" => "use `logto-admin organizations add-member`",
        _ => return Err(Failure::usage(unknown_member(member, &SETTABLE))),
    };
    Err(Failure::usage(format!("--set cannot set `{member}`")).with_hint(hint))
}
