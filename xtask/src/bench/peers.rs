//! The list of 20 users, read and parsed by one and by 32 callers: by the client, by bare HTTP and by other clients.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use super::calls::{self, Calls};
use super::npm as package;
use super::report::Report;
use super::server::Server;
use crate::part::PACKAGE;
use crate::{command, npm};

const FOLDER: &str = "benches/peers";
/// The program that calls by the npm package.
const NPM: &str = "npm-package.mjs";
const CLIENT: &str = "this client, native";
const LOGTO_API: &str = "@logto/api on Node";
const NPM_ON_NODE: &str = "npm package on Node";
const CALLERS: [&str; 2] = ["1", "32"];

/// Bare reqwest and the client: many short rounds, as the difference is small.
pub(crate) fn native() -> Result<Report> {
    let server = Server::start()?;
    let mut report = Report::default();
    let mut rows = Vec::new();
    for callers in CALLERS {
        let side = |side| program(server.measure(), &["calls", side, server.url(), callers, "1.5"]);
        let measured = calls::in_turns(vec![side("bare"), side("client")], 21)?;
        let [bare, client] = measured.as_slice() else { bail!("two sides were measured") };
        let (cpu, throughput) = (calls::ratio(client, bare, Calls::cpu), calls::ratio(client, bare, Calls::a_second));
        for (name, rounds, cpu, throughput) in [("bare reqwest", bare, 1.0, 1.0), ("client", client, cpu, throughput)] {
            let (a_second, used) = (calls::median(rounds, Calls::a_second), calls::median(rounds, Calls::cpu));
            rows.push(vec![
                callers.to_owned(),
                name.to_owned(),
                format!("{a_second:.0}"),
                format!("{throughput:.3}"),
                format!("{used:.1}"),
                format!("{cpu:.3}"),
            ]);
        }
        if callers == "32" {
            report.check("CPU of a call over bare reqwest, 32 callers", cpu, 1.03, false);
        }
        report.check(
            format!("time of a call over bare reqwest, {callers} callers"),
            1.0 / throughput,
            1.0 / 0.97,
            false,
        );
    }
    let columns = ["callers", "by", "calls a second", "ratio", "CPU µs a call", "CPU ratio"];
    report.table("List of 20 users, parsed into the same type (medians of 21 rounds in turns)", &columns, rows);
    Ok(report)
}

/// Who calls, how, and how many times as fast the client is meant to be at one and at 32 callers.
struct Peer {
    name: &'static str,
    command: Command,
    wanted: Option<[f64; 2]>,
}

pub(crate) fn peers() -> Result<Report> {
    npm::ensure(FOLDER)?;
    package::built()?;
    let python = python()?;
    let server = Server::start()?;
    let mut report = Report::default();
    let mut rows = Vec::new();
    for (at, callers) in CALLERS.into_iter().enumerate() {
        let (facts, commands): (Vec<_>, Vec<_>) =
            all(&server, &python, callers).into_iter().map(|peer| ((peer.name, peer.wanted), peer.command)).unzip();
        let measured = calls::in_turns(commands, 5)?;
        let rounds_of =
            |name| facts.iter().zip(&measured).find(|((of, _), _)| *of == name).map(|(_, rounds)| rounds.as_slice());
        let own = rounds_of(CLIENT).unwrap_or_default();
        if let (Some(package), Some(logto)) = (rounds_of(NPM_ON_NODE), rounds_of(LOGTO_API)) {
            let time = calls::ratio(logto, package, Calls::a_second);
            report.check(
                format!("time of a call by the npm package over @logto/api, Node, {callers} callers"),
                time,
                1.0,
                false,
            );
        }
        for ((name, wanted), rounds) in facts.iter().copied().zip(&measured) {
            let faster = calls::ratio(own, rounds, Calls::a_second);
            rows.push(vec![
                callers.to_owned(),
                name.to_owned(),
                format!("{:.0}", calls::median(rounds, Calls::a_second)),
                format!("{faster:.2}"),
                format!("{:.0}", calls::median(rounds, Calls::cpu)),
            ]);
            if let Some(wanted) = wanted.and_then(|wanted| wanted.get(at).copied()) {
                let what =
                    format!("lead wanted over {name} ({wanted} times), over the lead measured, {callers} callers");
                report.check(what, wanted / faster, 1.0, false);
            }
        }
    }
    let columns = ["callers", "by", "calls a second", "this client is … times as fast", "CPU µs a call"];
    report.table("List of 20 users, parsed (medians of 5 rounds in turns)", &columns, rows);
    Ok(report)
}

fn all(server: &Server, python: &Path, callers: &str) -> Vec<Peer> {
    let common = [server.url(), callers, "2"];
    let side = |side| program(server.measure(), &["calls", side, server.url(), callers, "2"]);
    let script = |program: &str, before: &[&str], file: &str, more: &[&str]| {
        let file = format!("{FOLDER}/{file}");
        self::program(command::program(program), &[before, &[file.as_str()], &common[..], more].concat())
    };
    let runtime =
        |name: &str| command::root().join(PACKAGE).join("node_modules/.bin").join(name).to_string_lossy().into_owned();
    let peer = |name, command, wanted| Peer { name, command, wanted };
    vec![
        peer("bare reqwest", side("bare"), None),
        peer(CLIENT, side("client"), None),
        peer("bare fetch on Node", script("node", &[], "logto-api.mjs", &["fetch"]), None),
        peer(LOGTO_API, script("node", &[], "logto-api.mjs", &[]), Some([4.0, 5.5])),
        peer(NPM_ON_NODE, script("node", &[], NPM, &[]), None),
        peer("npm package on Deno", script(&runtime("deno"), &["run", "-qA"], NPM, &[]), None),
        peer("npm package on Bun", script(&runtime("bun"), &[], NPM, &[]), None),
        peer("py-logto-admin", script(&python.to_string_lossy(), &[], "py_logto_admin.py", &[]), Some([15.0, 15.0])),
    ]
}

fn program(mut command: Command, arguments: &[&str]) -> Command {
    command.args(arguments);
    command
}

/// A Python with what requirements.txt names.
fn python() -> Result<PathBuf> {
    let folder = command::target().join("bench-python");
    let python = folder.join("bin/python");
    if !python.exists() {
        command::heading("Installing the Python packages of the benches");
        let folder = folder.to_string_lossy().into_owned();
        command::run(command::program("python3").args(["-m", "venv", &folder]))?;
        let pip = ["-m", "pip", "install", "-q", "-r", "benches/peers/requirements.txt"];
        command::run(command::program(&python.to_string_lossy()).args(pip))?;
    }
    Ok(python)
}
