//! The command line of `logto-admin`, as a library. It calls Logto's APIs, moves users in bulk, and keeps configuration
//! as code.

#![allow(clippy::disallowed_methods, reason = "a program uses the system clock")]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing))]

pub mod arguments;
mod body_members;
pub mod commands;
pub mod config;
pub mod connection;
pub mod context;
mod credentials;
pub mod environment;
pub mod failure;
mod files;
pub mod interrupt;
mod interruptible;
pub mod json_object;
pub mod lookup;
mod lost_digits;
mod named_server;
pub mod options;
pub mod output;
mod policy_rules;
pub mod profiles;
pub mod progress;
mod redaction;
mod replacement;
pub mod request_log;
mod secret_command;
mod sent_secrets;
mod sentences;
mod suggestion;
pub mod table;
pub mod terminal;
mod unique_keys;
pub mod unknown_option;
mod unrepeated_creations;
pub mod username_case;
pub mod users;
mod value_forms;
mod yaml;

use arguments::{Arguments, Command};
use clap::CommandFactory;
use context::Context;
use failure::{Exit, Result};

/// Runs a command.
///
/// # Errors
/// Fails with one message for the user.
pub async fn run(arguments: Arguments) -> Result<Exit> {
    let mut context = Context::new(arguments.global);
    let context = &mut context;
    match arguments.command {
        Command::Api(arguments) => commands::api::run(context, &arguments).await,
        Command::Operations(arguments) => commands::operations::run(context, &arguments),
        Command::Users(command) => commands::users::run(context, command).await,
        Command::Organizations(command) => commands::organizations::run(context, command).await,
        Command::Roles(command) => commands::roles::run(context, command).await,
        Command::Applications(command) => commands::applications::run(context, command).await,
        Command::Hooks(command) => commands::hooks::run(context, command).await,
        Command::Logs(command) => commands::logs::run(context, command).await,
        Command::Config(command) => commands::configuration::run(context, command).await,
        Command::Doctor(arguments) => commands::doctor::run(context, &arguments).await,
        Command::Profile(command) => commands::profile::run(context, command),
        Command::Emulator(arguments) => commands::emulator::run(context, &arguments).await,
        Command::Completions(arguments) => commands::completions::run(context, &arguments, Arguments::command()),
        Command::ManPages { folder } => commands::completions::man_pages(&folder, Arguments::command()),
    }
}
