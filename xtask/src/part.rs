//! The parts of the test suite, with the tools that each needs, and its commands.

use std::env;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use clap::ValueEnum;

use crate::command;
use crate::npm::{self, npm};
use crate::server::{self, Server};
use crate::tool::{Tool, WASM};

/// The manifest of the wasm tests. The webdriver.json next to it configures the browser.
const WASM_TESTS: &str = "tests/wasm/Cargo.toml";

/// The npm package.
pub(crate) const PACKAGE: &str = "bindings/js";
/// The tools of its users.
const SETUPS: &str = "bindings/js/setups";
/// Applications of its users.
const FRAMEWORKS: &str = "bindings/js/frameworks";

/// A part of the test suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// Tests and documentation tests of all crates, natively.
    Native,
    /// The wasm tests in Node.js.
    WasmNode,
    /// The wasm tests in headless Chromium, in a page and in a worker.
    WasmChromium,
    /// The tests of the npm package.
    Js,
    /// Set-ups of the npm package's users: jest, NestJS, bundlers, TypeScript versions.
    JsSetups,
    /// Applications that use the npm package: Next, SvelteKit, Astro, Hono, Vite.
    JsFrameworks,
}

/// Returns the named parts, or all parts if none is named.
pub(crate) fn or_all(parts: Vec<Part>) -> Vec<Part> {
    if parts.is_empty() { Part::value_variants().to_vec() } else { parts }
}

/// Installs the tools that the parts need.
pub(crate) fn set_up(parts: &[Part]) -> Result<()> {
    for tool in needs(parts) {
        tool.ensure().with_context(|| format!("cannot set up {tool}"))?;
    }
    Ok(())
}

/// Runs the parts, and the native one beside the others. That mostly waits for the network or uses one processor.
/// Prints the output of the others when the native part has ended. Runs both to their end, even if one fails.
pub(crate) fn run(parts: &[Part]) -> Result<()> {
    let (native, others): (Vec<Part>, Vec<Part>) = parts.iter().partition(|part| **part == Part::Native);
    if native.is_empty() || others.is_empty() {
        return in_order(parts);
    }
    println!("The output of these parts follows when the native tests have ended: {}", names(&others).join(", "));
    let others = Beside::start(&others)?;
    let native = in_order(&native);
    let others = others.finish();
    native.and(others)
}

/// Runs the parts in order and stops at the first failure. Prints how long each took.
#[allow(clippy::disallowed_methods, reason = "the build has no `Runtime`")]
fn in_order(parts: &[Part]) -> Result<()> {
    let server = OnceLock::new();
    let mut times = Vec::new();
    for part in parts {
        let start = Instant::now();
        let alone = || format!("part `{0}` failed; to run only this part: cargo xtask test {0}", part.name());
        part.run(&server).with_context(alone)?;
        times.push(format!("{} {} s", part.name(), start.elapsed().as_secs()));
    }
    command::heading(&format!("Passed: {}", times.join(", ")));
    Ok(())
}

/// Parts that run in a process of their own. The output is kept until they have ended.
struct Beside {
    process: Child,
    output: PathBuf,
}

impl Beside {
    fn start(parts: &[Part]) -> Result<Self> {
        let output = command::target().join("xtask-test.log");
        let file = File::create(&output).with_context(|| format!("cannot create {}", output.display()))?;
        let mut xtask = Command::new(env::current_exe()?);
        xtask.arg("test").args(names(parts)).stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
        Ok(Self { process: xtask.spawn().context("cannot start the parts beside the native tests")?, output })
    }

    fn finish(mut self) -> Result<()> {
        let status = self.process.wait()?;
        print!("{}", String::from_utf8_lossy(&fs::read(&self.output)?));
        ensure!(status.success(), "a part beside the native tests failed: see its output above");
        Ok(())
    }
}

fn names(parts: &[Part]) -> Vec<String> {
    parts.iter().map(|part| part.name()).collect()
}

/// Returns each tool once, in the order in which the parts first need it.
fn needs(parts: &[Part]) -> Vec<Tool> {
    let mut tools = Vec::new();
    for tool in parts.iter().flat_map(|part| part.needs()) {
        if !tools.contains(tool) {
            tools.push(*tool);
        }
    }
    tools
}

impl Part {
    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    fn needs(self) -> &'static [Tool] {
        match self {
            Self::Native => &[Tool::OpenSsl, Tool::Prometheus, Tool::Redis],
            Self::WasmNode => &[Tool::WasmTarget, Tool::WasmBindgen],
            Self::WasmChromium => &[Tool::WasmTarget, Tool::WasmBindgen, Tool::Browser],
            Self::Js => &[Tool::WasmTarget, Tool::WasmBindgen, Tool::WasmPack, Tool::Browser, Tool::Npm(PACKAGE)],
            Self::JsSetups => {
                &[Tool::WasmTarget, Tool::WasmBindgen, Tool::WasmPack, Tool::Npm(PACKAGE), Tool::Npm(SETUPS)]
            }
            Self::JsFrameworks => &[
                Tool::WasmTarget,
                Tool::WasmBindgen,
                Tool::WasmPack,
                Tool::Browser,
                Tool::Npm(PACKAGE),
                Tool::Npm(FRAMEWORKS),
            ],
        }
    }

    fn run(self, server: &OnceLock<Server>) -> Result<()> {
        match self {
            Self::Native => native(),
            Self::WasmNode => {
                let server = running(server)?;
                wasm("Wasm tests in Node.js", server, &[])
            }
            Self::WasmChromium => {
                let server = running(server)?;
                wasm("Wasm tests in a page of Chromium", server, &["WASM_BINDGEN_USE_BROWSER"])?;
                let worker = ["WASM_BINDGEN_USE_DEDICATED_WORKER"];
                wasm("Wasm tests in a worker of Chromium", server, &worker)
            }
            Self::Js => js(),
            Self::JsSetups => js_users("The set-ups of the npm package's users", SETUPS),
            Self::JsFrameworks => js_users("Applications that use the npm package", FRAMEWORKS),
        }
    }
}

fn native() -> Result<()> {
    command::heading("Native tests and documentation tests");
    command::run(command::cargo().args(["test", "--all-features", "--no-fail-fast"]))
}

/// Runs the wasm tests. `flags` are variables that configure the runner of .cargo/config.toml.
fn wasm(title: &str, server: &Server, flags: &[&str]) -> Result<()> {
    command::heading(title);
    let mut test = command::cargo();
    test.args(["test", "--manifest-path", WASM_TESTS, "--target", WASM, "--tests", "--no-fail-fast"]);
    test.env(server::VARIABLE, server.url());
    // In seconds. The runner's default of 20 includes the start of the browser.
    test.env("WASM_BINDGEN_TEST_TIMEOUT", "180");
    for flag in flags {
        test.env(flag, "1");
    }
    use_chromedriver(&mut test);
    command::run(&mut test)
}

/// Sets the driver. Otherwise the runner uses the first one of any browser.
fn use_chromedriver(test: &mut Command) {
    if std::env::var_os("CHROMEDRIVER").is_none()
        && let Some(driver) = command::find("chromedriver")
    {
        test.env("CHROMEDRIVER", driver);
    }
}

fn js() -> Result<()> {
    command::heading("The npm package");
    if !npm::exists(PACKAGE) {
        println!("{PACKAGE} has no package yet");
        return Ok(());
    }
    command::run(npm(PACKAGE).args(["run", "build"]))?;
    command::run(npm(PACKAGE).arg("test"))
}

/// Tests the packed package in a folder. Builds it unless an earlier part already has.
fn js_users(title: &str, folder: &str) -> Result<()> {
    command::heading(title);
    if !command::root().join(PACKAGE).join("dist/index.cjs").exists() {
        command::run(npm(PACKAGE).args(["run", "build"]))?;
    }
    command::run(npm(folder).arg("test"))
}

/// Returns the server, and starts it on first use.
fn running(server: &OnceLock<Server>) -> Result<&Server> {
    if let Some(server) = server.get() {
        return Ok(server);
    }
    let started = Server::start()?;
    Ok(server.get_or_init(|| started))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_default_to_all() {
        assert_eq!(or_all(vec![Part::Js]), [Part::Js]);
        assert_eq!(or_all(Vec::new()), Part::value_variants());
    }

    #[test]
    fn tools_needed_by_several_parts_are_set_up_once() {
        let tools = needs(&[Part::WasmNode, Part::WasmChromium]);
        assert_eq!(tools, [Tool::WasmTarget, Tool::WasmBindgen, Tool::Browser]);
    }

    #[test]
    fn the_tests_need_what_the_readme_names() {
        let tools = needs(Part::value_variants());
        let named = [Tool::WasmTarget, Tool::WasmBindgen, Tool::Browser, Tool::Redis, Tool::Prometheus, Tool::OpenSsl];
        assert!(named.iter().all(|tool| tools.contains(tool)), "{tools:?}");
    }

    #[test]
    fn parts_are_named_in_kebab_case() {
        assert_eq!(Part::WasmChromium.name(), "wasm-chromium");
    }
}
