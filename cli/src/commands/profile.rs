//! `profile`: connections with names.

use std::io::{IsTerminal, stdin};

use clap::builder::NonEmptyStringValueParser;
use logto_admin::serde_json::{Value, json};

use crate::connection::Connection;
use crate::context::Context;
use crate::environment::variable;
use crate::failure::{Exit, Failure, Result};
use crate::files;
use crate::profiles::{DEFAULT, Profile, Profiles};
use crate::table::Column;
use crate::terminal::hidden;

/// A command about profiles.
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    /// Add a profile, or replace the one with this name
    ///
    /// Asks before it replaces one, and for what the flags `--endpoint`, `--tenant`, `--app-id` and `--resource` lack.
    Add {
        /// Name of the profile. The one named `default` is used without `--profile`
        #[arg(default_value = DEFAULT, value_parser = NonEmptyStringValueParser::new())]
        name: String,
        /// Environment variable that holds the secret. The file then contains no secret
        #[arg(long, value_name = "NAME", conflicts_with = "secret_command", value_parser = NonEmptyStringValueParser::new())]
        secret_variable: Option<String>,
        /// Command that prints the secret, such as that of a password manager
        ///
        /// The file then contains no secret. The command runs for each command that calls the server, and has 60 seconds.
        #[arg(long, value_name = "COMMAND", value_parser = NonEmptyStringValueParser::new())]
        secret_command: Option<String>,
    },
    /// List the profiles
    List {
        /// Print their names only, one per line
        #[arg(long)]
        names: bool,
    },
    /// Remove a profile
    Remove {
        /// Name of the profile
        name: String,
    },
    /// Print the path of the file
    Path,
}

const COLUMNS: &[Column] =
    &[("name", "/name"), ("server", "/server"), ("application", "/appId"), ("secret", "/secret")];

pub(crate) fn run(context: &mut Context, command: Command) -> Result<Exit> {
    let path = Profiles::path(&variable)?;
    let profiles = Profiles::load(&path)?;
    match command {
        Command::Add { name, secret_variable, secret_command } => {
            if let Some(other) = context.global.connection.profile.as_ref().filter(|other| **other != name) {
                return Err(Failure::usage("--profile selects a profile, and does not name a new one")
                    .with_hint(format!("write `logto-admin profile add {other}`")));
            }
            // `--app-secret` can be in front of the subcommand, where the parser does not compare it with these.
            for (is_given, option) in
                [(secret_variable.is_some(), "--secret-variable"), (secret_command.is_some(), "--secret-command")]
            {
                if is_given && context.global.connection.app_secret.is_some() {
                    return Err(Failure::usage(format!("{option} cannot be used with --app-secret")));
                }
            }
            if profiles.get(&name).is_ok() {
                context.confirm(&format!("Replace the profile {name}?"))?;
            }
            let profile = asked(context, secret_variable, secret_command)?;
            Profiles::change(&path, |profiles| {
                profiles.set(&name, profile);
                Ok(())
            })?;
            let option = if name == DEFAULT { String::new() } else { format!(" --profile {name}") };
            context.printer.message(&format!(
                "saved the profile `{name}` in {}; check it with `logto-admin doctor{option}`",
                path.display()
            ));
        }
        Command::List { names: true } => {
            let names: String = profiles.all().map(|(name, _)| format!("{name}\n")).collect();
            context.printer.text(&names)?;
        }
        Command::List { names: false } => {
            let rows: Vec<Value> = profiles.all().map(|(name, profile)| row(name, profile)).collect();
            context.printer.list(COLUMNS, &rows)?;
        }
        Command::Remove { name } => {
            profiles.get(&name)?;
            context.confirm(&format!("Remove the profile {name}?"))?;
            Profiles::change(&path, |profiles| profiles.remove(&name))?;
            context.printer.message(&format!("removed the profile `{name}`"));
        }
        Command::Path => context.printer.text(&format!("{}\n", path.display()))?,
    }
    Ok(Exit::Done)
}

fn row(name: &str, profile: &Profile) -> Value {
    let secret = match (&profile.app_secret_variable, &profile.app_secret_command, &profile.app_secret) {
        (Some(variable), _, _) => format!("variable {variable}"),
        (_, Some(_), _) => "command".to_owned(),
        (_, _, Some(_)) => "file".to_owned(),
        _ => "missing".to_owned(),
    };
    let server = profile.endpoint.as_ref().or(profile.tenant.as_ref());
    json!({ "name": name, "server": server, "appId": profile.app_id, "secret": secret })
}

/// Returns the profile of the flags. Asks for what is missing.
fn asked(context: &Context, variable: Option<String>, command: Option<String>) -> Result<Profile> {
    let flags = &context.global.connection;
    let mut profile = Profile {
        endpoint: flags.endpoint.clone(),
        tenant: flags.tenant.clone(),
        app_id: flags.app_id.clone(),
        app_secret: flags.app_secret.clone(),
        app_secret_variable: variable,
        app_secret_command: command,
        resource: flags.resource.clone(),
        ca_bundle: flags.ca_bundle.as_deref().map(absolute),
        allow_http: flags.allow_http,
    };
    if profile.endpoint.is_none() && profile.tenant.is_none() {
        let server = prompt("URL of the server, or id of the Logto Cloud tenant", "--endpoint or --tenant")?;
        // An id has none of these, but a URL whose scheme is missing.
        let place = if server.contains(['.', ':', '/']) { &mut profile.endpoint } else { &mut profile.tenant };
        *place = Some(server);
    }
    check_server(&profile)?;
    if profile.app_id.is_none() {
        profile.app_id = Some(prompt("Id of the machine-to-machine application", "--app-id")?);
    }
    let has_secret = profile.app_secret_variable.is_some() || profile.app_secret_command.is_some();
    if !has_secret && profile.app_secret.is_none() {
        profile.app_secret = Some(secret()?);
    }
    Ok(profile)
}

/// Returns the path of a file that is the same in every folder.
fn absolute(file: &str) -> String {
    let path = std::path::absolute(file).ok().and_then(|path| path.into_os_string().into_string().ok());
    path.unwrap_or_else(|| file.to_owned())
}

/// Rejects a server that no client can use, before anything else is asked for.
fn check_server(profile: &Profile) -> Result<()> {
    let connection = |endpoint: Option<String>| Connection {
        endpoint,
        tenant: profile.tenant.clone(),
        app_id: "not checked".to_owned(),
        app_secret: "not checked".to_owned(),
        resource: profile.resource.clone(),
        ca_bundle: profile.ca_bundle.clone(),
        allow_http: profile.allow_http,
    };
    let Err(failure) = connection(profile.endpoint.clone()).client() else { return Ok(()) };
    let Some(server) = profile.endpoint.as_ref().filter(|server| !server.contains("://")) else { return Err(failure) };
    // Plain http is valid for this machine only, unless it is allowed.
    let mut urls = ["http", "https"].into_iter().map(|scheme| format!("{scheme}://{server}"));
    Err(match urls.find(|url| connection(Some(url.clone())).client().is_ok()) {
        Some(url) => failure.with_hint(format!("write {url}")),
        None => failure,
    })
}

/// Asks for a part of the profile. `flags` are those that answer the question.
fn prompt(what: &str, flags: &str) -> Result<String> {
    if !stdin().is_terminal() {
        let message = format!("\"{what}\" needs an answer, and standard input is not a terminal: nothing was saved");
        return Err(Failure::usage(message).with_hint(format!("pass {flags}")));
    }
    dialoguer::Input::new().with_prompt(what).interact_text().map_err(|error| unanswered(what, &error))
}

fn unanswered(what: &str, error: &dialoguer::Error) -> Failure {
    Failure::new(format!("\"{what}\" was not answered: nothing was saved ({error})"))
}

/// Reads the secret without showing it. Reads from standard input if that is not a terminal.
fn secret() -> Result<String> {
    if stdin().is_terminal() {
        let what = "Secret of the application";
        return hidden(what).map_err(|error| unanswered(what, &error));
    }
    let text = files::whole_text(stdin())
        .map_err(|error| Failure::usage(format!("cannot read standard input: {error}; nothing was saved")))?;
    let text = text.trim();
    if text.is_empty() {
        return Err(Failure::usage("standard input has no secret: nothing was saved")
            .with_hint("pass the secret on standard input, or pass --secret-variable or --secret-command"));
    }
    if text.contains(['\r', '\n']) {
        return Err(Failure::usage("standard input has several lines, and a secret has one: nothing was saved"));
    }
    Ok(text.to_owned())
}
