//! The arguments of the program.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::commands::{
    api, applications, completions, configuration, doctor, hooks, logs, operations, organizations, profile, roles,
    users,
};
use crate::output::Format;

/// Calls Logto's APIs, imports and exports users, and keeps a tenant's configuration in files.
#[derive(Debug, Parser)]
#[command(name = "logto-admin", version, propagate_version = true, max_term_width = 100)]
pub struct Arguments {
    /// Options of all commands.
    #[command(flatten)]
    pub global: Global,
    /// Command to run.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of all commands.
#[derive(Args, Clone, Debug, Default)]
pub struct Global {
    /// The connection.
    #[command(flatten)]
    pub connection: ConnectionArguments,
    /// Format of the data on standard output. Defaults to `table` on a terminal, and to `json` elsewhere
    #[arg(long, short, global = true, value_name = "FORMAT", help_heading = "Output")]
    pub output: Option<Format>,
    /// Print data and errors only
    #[arg(long, short, global = true, help_heading = "Output", hide_short_help = true)]
    pub quiet: bool,
    /// Print each request; twice for more details
    #[arg(long, short, global = true, action = clap::ArgAction::Count, help_heading = "Output", hide_short_help = true)]
    pub verbose: u8,
    /// Do not ask before deleting something or applying files
    #[arg(long, short, global = true)]
    pub yes: bool,
}

/// The heading of the options of the connection, which come after a command's own.
const CONNECTION: &str = "Connection";

/// Options that select the server and the credentials.
#[derive(Args, Clone, Default)]
pub struct ConnectionArguments {
    /// Profile to use. Defaults to the one named `default`
    #[arg(long, global = true, value_name = "NAME", help_heading = CONNECTION)]
    pub profile: Option<String>,
    /// URL of a self-hosted server, or the custom domain of a tenant [env: LOGTO_ENDPOINT]
    #[arg(long, global = true, value_name = "URL", help_heading = CONNECTION, hide_short_help = true)]
    pub endpoint: Option<String>,
    /// Id of a Logto Cloud tenant [env: LOGTO_TENANT]
    #[arg(long, global = true, value_name = "ID", help_heading = CONNECTION, hide_short_help = true)]
    pub tenant: Option<String>,
    /// Id of the machine-to-machine application [env: LOGTO_APP_ID]
    #[arg(long, global = true, value_name = "ID", help_heading = CONNECTION, hide_short_help = true)]
    pub app_id: Option<String>,
    /// Secret of the application. Other users of the machine can see it: prefer the variable [env: LOGTO_APP_SECRET]
    #[arg(long, global = true, value_name = "SECRET", help_heading = CONNECTION, hide_short_help = true)]
    pub app_secret: Option<String>,
    /// Resource of the Management API. Defaults to that of the server [env: LOGTO_RESOURCE]
    #[arg(long, global = true, value_name = "URL", help_heading = CONNECTION, hide_short_help = true)]
    pub resource: Option<String>,
    /// Allow plain http to other machines, which sends the secret unencrypted [env: LOGTO_ALLOW_HTTP]
    #[arg(long, global = true, help_heading = CONNECTION, hide_short_help = true)]
    pub allow_http: bool,
}

impl std::fmt::Debug for ConnectionArguments {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConnectionArguments")
            .field("profile", &self.profile)
            .field("endpoint", &self.endpoint)
            .field("tenant", &self.tenant)
            .field("app_id", &self.app_id)
            .finish_non_exhaustive()
    }
}

/// A command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Call any operation of the API
    Api(api::Arguments),
    /// Search the operations of the API
    #[command(subcommand_negates_reqs = true, args_conflicts_with_subcommands = true)]
    Operations(operations::Arguments),
    /// List, change, import and export users
    #[command(subcommand)]
    Users(users::Command),
    /// List and change organizations
    #[command(subcommand, visible_alias = "orgs")]
    Organizations(organizations::Command),
    /// List and assign roles
    #[command(subcommand)]
    Roles(roles::Command),
    /// List and create applications
    #[command(subcommand, visible_alias = "apps")]
    Applications(applications::Command),
    /// List and test webhooks
    #[command(subcommand)]
    Hooks(hooks::Command),
    /// Read the audit logs
    #[command(subcommand)]
    Logs(logs::Command),
    /// Keep the configuration of a tenant in files
    #[command(subcommand)]
    Config(configuration::Command),
    /// Find out why a connection does not work
    Doctor(doctor::Arguments),
    /// Manage connections that have names
    #[command(subcommand)]
    Profile(profile::Command),
    /// Run an in-memory Logto server for tests
    Emulator(logto_admin_emulator::program::Arguments),
    /// Print a completion script for a shell
    Completions(completions::Arguments),
    /// Write the man pages into a folder
    ManPages {
        /// Folder to write to
        folder: PathBuf,
    },
}
