//! The arguments of the program.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::commands::{
    api, applications, completions, configuration, doctor, hooks, logs, operations, organizations, profile, roles,
    users,
};
use crate::files;
use crate::options::Global;

/// Manages a Logto tenant: API calls, users in bulk, configuration in files.
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

/// A command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Call any operation of the API
    ///
    /// Examples:
    ///   logto-admin api GetUser --path userId=dq2r8h7l5yzc
    ///   logto-admin api ListUsers --query search=%ada% --paginate
    ///   logto-admin api POST /api/users --set username=ada --set profile.nickname=A
    ///   logto-admin api CreateUserAsset --set file=@logo.png
    ///
    /// With `--output table`, a list of objects is a table of their plain members, and anything else is JSON. Asks before
    /// it sends DELETE.
    #[command(verbatim_doc_comment)]
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
    ///
    /// Checks the connection step by step, with advice about each problem. Ends with 1 if something is wrong, also the
    /// settings.
    Doctor(doctor::Arguments),
    /// Manage connections that have names
    #[command(subcommand)]
    Profile(profile::Command),
    /// Run an in-memory Logto server for tests
    Emulator(logto_admin_emulator::program::Arguments),
    /// Print a completion script for a shell
    ///
    /// Save the script where the shell looks for completions, and start a new shell:
    ///   bash        logto-admin completions bash > ~/.local/share/bash-completion/completions/logto-admin
    ///   zsh         logto-admin completions zsh > ~/.zfunc/_logto-admin
    ///   fish        logto-admin completions fish > ~/.config/fish/completions/logto-admin.fish
    ///   PowerShell  logto-admin completions powershell >> $PROFILE
    ///
    /// bash needs the package bash-completion. zsh needs `fpath=(~/.zfunc $fpath)` before `compinit` in ~/.zshrc. The
    /// folder must exist.
    #[command(verbatim_doc_comment)]
    Completions(completions::Arguments),
    /// Write the man pages into a folder
    ManPages {
        /// Folder to write to
        #[arg(value_parser = files::path_to_write())]
        folder: PathBuf,
    },
}

#[cfg(test)]
mod tests {
    use clap::{Command, CommandFactory};

    use super::*;

    /// Returns the summaries of a command, its options and the commands below it.
    fn summaries(command: &Command) -> Vec<String> {
        let options = command.get_arguments().filter_map(|option| option.get_help());
        let own = command.get_about().into_iter().chain(options).map(ToString::to_string);
        own.chain(command.get_subcommands().flat_map(summaries)).collect()
    }

    #[test]
    fn summaries_fit_into_a_line() {
        let mut long = summaries(&Arguments::command());
        assert!(long.len() > 150, "{}", long.len());
        long.retain(|summary| summary.chars().count() > 80);
        assert_eq!(long, [""; 0]);
    }
}
