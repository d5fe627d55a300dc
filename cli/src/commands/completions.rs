//! `completions` and `man-pages`: files for shells and for `man`.

use std::fs;
use std::path::Path;

use clap::builder::PossibleValuesParser;
use clap::{Arg, Command};
use clap_complete::Shell;
use logto_admin::operation::TABLE;

use crate::config;
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};

/// Prints a completion script for a shell.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// Shell to complete in
    shell: Shell,
}

/// Prints the script for a program.
pub(crate) fn run(context: &mut Context, arguments: &Arguments, mut program: Command) -> Result<Exit> {
    let mut script = Vec::new();
    program = with_kinds(with_operations(program));
    if arguments.shell == Shell::Bash {
        program = with_profiles(program);
    }
    clap_complete::generate(arguments.shell, &mut program, "logto-admin", &mut script);
    let script = String::from_utf8_lossy(&script);
    let script = match arguments.shell {
        Shell::Bash => corrected(&script).into(),
        _ => script,
    };
    context.printer.text(&script)?;
    Ok(Exit::Done)
}

/// Returns the program with the ids of operations as values, to complete them. It accepts methods with paths, too.
fn with_operations(program: Command) -> Command {
    let with_ids = |argument: Arg| argument.value_parser(PossibleValuesParser::new(TABLE.iter().map(|info| info.id)));
    let of_show = |show: Command| show.mut_arg("operation", with_ids);
    let program = program.mut_subcommand("api", |api| api.mut_arg("target", with_ids));
    program.mut_subcommand("operations", |operations| operations.mut_subcommand("show", of_show))
}

/// Returns the program with the kinds of configuration as values of some options.
fn with_kinds(program: Command) -> Command {
    let with_names = |argument: Arg| argument.value_parser(PossibleValuesParser::new(config::files()));
    let selecting = |command: Command| command.mut_arg("only", with_names).mut_arg("exclude", with_names);
    program.mut_subcommand("config", |config| config.mut_subcommands(selecting))
}

/// Returns the program with a word that stands for the names of the profiles.
fn with_profiles(program: Command) -> Command {
    let with_name = |argument: Arg| argument.value_parser(PossibleValuesParser::new([PROFILES]));
    let of_remove = |remove: Command| remove.mut_arg("name", with_name);
    let program = program.mut_arg("profile", with_name);
    program.mut_subcommand("profile", |profile| profile.mut_subcommand("remove", of_remove))
}

/// Stands for the names of the profiles.
const PROFILES: &str = "LOGTO_PROFILES";

/// Corrects what the generator does for bash.
fn corrected(script: &str) -> String {
    // The shell runs what is in single quotes when it completes a name. `$1` is the program.
    const NAMES: &str = r#"'$("$1" profile list --names 2> /dev/null)'"#;
    // Arguments are the last words of a text, which the shell runs later, too.
    const ARGUMENTS: &str = r#" \$(\"\$1\" profile list --names 2> /dev/null)""#;
    const PREVIOUS: &str = "    prev=\"$3\"\n";
    // The shell splits `--name=value` into three words.
    const OPTION: &str = "    [[ \"${prev}\" == \"=\" ]] && prev=\"${COMP_WORDS[COMP_CWORD-2]}\"\n";
    // The states of a program with a hyphen have two names.
    let script = script.replace("logto__subcmd__admin", "logto__admin");
    let script = script.replace(&format!("\"{PROFILES}\""), NAMES).replace(&format!(" {PROFILES}\""), ARGUMENTS);
    script.replacen(PREVIOUS, &[PREVIOUS, OPTION].concat(), 1)
}

pub(crate) fn man_pages(folder: &Path, program: Command) -> Result<Exit> {
    let pages = || clap_mangen::generate_to(with_all_help(program), folder);
    let written = fs::create_dir_all(folder).and_then(|()| pages().map(|_| ()));
    let failed = |error| Failure::new(format!("cannot write the man pages to {}: {error}", folder.display()));
    written.map(|()| Exit::Done).map_err(failed)
}

/// Returns the program with the help of the options that `-h` leaves out. A man page would leave it out too.
fn with_all_help(program: Command) -> Command {
    program.mut_args(|argument| argument.hide_short_help(false)).mut_subcommands(with_all_help)
}
