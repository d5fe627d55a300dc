//! Runs other programs. Prints each command before it runs, and names it in errors.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// The root folder of the workspace.
pub(crate) fn root() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}

/// Cargo's target folder.
pub(crate) fn target() -> PathBuf {
    let named = env::var_os("CARGO_TARGET_DIR");
    root().join(named.map_or_else(|| PathBuf::from("target"), PathBuf::from))
}

/// A command that runs in the workspace's root.
pub(crate) fn program(name: &str) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root());
    // Cargo sets these variables for xtask itself. Build scripts that watch them would run again.
    for (name, _) in env::vars_os() {
        if is_about_this_package(&name) {
            command.env_remove(name);
        }
    }
    command
}

/// The cargo that runs xtask.
pub(crate) fn cargo() -> Command {
    program(&env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()))
}

/// Prints a heading above the output of a step.
pub(crate) fn heading(text: &str) {
    println!("\n==> {text}");
}

/// Runs the command with the input and output of this process.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = line(command);
    println!("$ {line}");
    let status = command.status().with_context(|| format!("cannot start `{line}`"))?;
    ensure!(status.success(), "`{line}` failed: {status}");
    Ok(())
}

/// Runs the command and returns its standard output.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let line = line(command);
    let output = command.output().with_context(|| format!("cannot start `{line}`"))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "`{line}` failed: {}\n{errors}", output.status);
    String::from_utf8(output.stdout).with_context(|| format!("`{line}` did not print valid UTF-8"))
}

/// Runs the command and returns whether it succeeded.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

/// Searches PATH for a program.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let name = format!("{name}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(&name)).find(|file| file.is_file())
}

/// The command line, without the folder of the program.
pub(crate) fn line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = [program].into_iter().chain(command.get_args());
    let words: Vec<_> = words.map(OsStr::to_string_lossy).collect();
    words.join(" ")
}

fn is_about_this_package(variable: &OsStr) -> bool {
    let name = variable.to_string_lossy();
    ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"].iter().any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_lines_omit_the_folder() {
        let mut command = Command::new("/some/where/cargo");
        command.args(["test", "-p", "x"]);
        assert_eq!(line(&command), "cargo test -p x");
    }

    #[test]
    fn cargo_variables_of_xtask_are_removed() {
        assert!(is_about_this_package(OsStr::new("CARGO_PKG_NAME")));
        assert!(is_about_this_package(OsStr::new("CARGO_MANIFEST_DIR")));
        assert!(!is_about_this_package(OsStr::new("CARGO_TARGET_DIR")));
    }

    #[test]
    fn errors_name_missing_and_failing_programs() {
        let missing = run(&mut Command::new("no-such-program")).unwrap_err();
        assert!(missing.to_string().contains("no-such-program"));
        let failing = output(cargo().arg("no-such-command")).unwrap_err();
        assert!(failing.to_string().contains("no-such-command"));
    }
}
