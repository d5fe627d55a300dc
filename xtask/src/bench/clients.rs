//! The programs that read the lists: this client, bare HTTP and other clients. Each has its own process.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use super::npm::{self as package, FOLDER};
use super::server::Server;
use crate::command;
use crate::part::PACKAGE;

pub(crate) const CLIENT: &str = "this client, native";
pub(crate) const LOGTO_API: &str = "@logto/api on Node";
pub(crate) const NPM_ON_NODE: &str = "npm package on Node";
const FETCH_ON_NODE: &str = "bare fetch on Node";
const FETCH_ON_DENO: &str = "bare fetch on Deno";
const FETCH_ON_BUN: &str = "bare fetch on Bun";
const FETCH_ON_WORKERD: &str = "bare fetch on workerd";

/// A client to compare, and how to run it.
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    pub(crate) command: Command,
    /// The peer that makes the same calls with bare HTTP in the same runtime.
    pub(crate) bare: Option<&'static str>,
    /// Target speedup of this client over the peer, at one and at 32 callers.
    pub(crate) wanted: Option<[f64; 2]>,
}

/// Installs the dependencies of the programs.
pub(crate) fn set_up() -> Result<()> {
    package::build()?;
    python().map(drop)
}

/// All peers, set up to call `server`. The calls of the first `warm_up` seconds do not count.
pub(crate) fn all(server: &Server, callers: &str, [warm_up, seconds]: [&str; 2]) -> Vec<Peer> {
    let common = [server.url(), callers, warm_up, seconds];
    let native = |side| program(server.measure(), &[&["calls", side], &common[..], &["2"]].concat());
    let script = |runtime: &str, before: &[&str], file: &str, side: &[&str]| {
        let file = format!("{FOLDER}/{file}");
        program(command::program(runtime), &[before, &[file.as_str()], side, &common[..]].concat())
    };
    let node = |side| script("node", &[], "process.mjs", &[side]);
    let deno = |side| script(&runtime("deno"), &["run", "-qA"], "process.mjs", &[side]);
    let bun = |side| script(&runtime("bun"), &[], "process.mjs", &[side]);
    let workerd = |side| script("node", &[], "workerd.mjs", &[side]);
    let python = script(&python_in_target().to_string_lossy(), &[], "py_logto_admin.py", &[]);
    let bare = |name, command| Peer { name, command, bare: None, wanted: None };
    let over = |bare, name, command| Peer { name, command, bare: Some(bare), wanted: None };
    let meant = |wanted, peer| Peer { wanted: Some(wanted), ..peer };
    vec![
        bare("bare reqwest", native("bare")),
        over("bare reqwest", CLIENT, native("client")),
        bare(FETCH_ON_NODE, node("fetch")),
        over(FETCH_ON_NODE, "bare fetch with a timeout on Node", node("limited")),
        meant([4.0, 5.5], over(FETCH_ON_NODE, LOGTO_API, node("logto-api"))),
        over(FETCH_ON_NODE, NPM_ON_NODE, node("package")),
        bare(FETCH_ON_DENO, deno("fetch")),
        over(FETCH_ON_DENO, "npm package on Deno", deno("package")),
        bare(FETCH_ON_BUN, bun("fetch")),
        over(FETCH_ON_BUN, "npm package on Bun", bun("package")),
        bare(FETCH_ON_WORKERD, workerd("fetch")),
        over(FETCH_ON_WORKERD, "npm package on workerd", workerd("package")),
        meant([15.0, 15.0], bare("py-logto-admin", python)),
    ]
}

/// Adds arguments to a command.
pub(crate) fn program(mut command: Command, arguments: &[&str]) -> Command {
    command.args(arguments);
    command
}

/// The path of a runtime that npm installs for the package's tests.
fn runtime(name: &str) -> String {
    command::root().join(PACKAGE).join("node_modules/.bin").join(name).to_string_lossy().into_owned()
}

fn python_in_target() -> PathBuf {
    command::target().join("bench-python/bin/python")
}

/// Returns a Python with the packages of requirements.txt. Installs them if necessary.
fn python() -> Result<PathBuf> {
    let python = python_in_target();
    if !python.exists() {
        command::heading("Installing Python packages for the benches");
        let folder = python.ancestors().nth(2).unwrap_or(Path::new(".")).to_string_lossy().into_owned();
        command::run(command::program("python3").args(["-m", "venv", &folder]))?;
        let pip = ["-m", "pip", "install", "-q", "-r", "benches/peers/requirements.txt"];
        command::run(command::program(&python.to_string_lossy()).args(pip))?;
    }
    Ok(python)
}
