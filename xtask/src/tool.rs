//! The tools that the tests and benches need, and how to install them.

use std::process::Command;
use std::{env, fmt};

use anyhow::{Result, ensure};

use crate::debian::{self, System};
use crate::{command, lock, npm};

/// The npm project with the tools of releases.
pub(crate) const NPM: &str = "xtask/tools";

/// The target of the wasm tests.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

const MDBOOK: &str = "^0.5";
/// Without the server that shows a book while it is written.
const MDBOOK_FEATURES: [&str; 3] = ["--no-default-features", "--features", "search"];
const WASM_PACK: &str = "^0.15";

const BROWSER: System = System {
    name: "Chromium with ChromeDriver",
    present: || command::find("chromium").is_some() && chromedriver_is_known(),
    packages: &["chromium", "chromium-driver"],
};

const REDIS: System =
    System { name: "redis-server", present: || command::find("redis-server").is_some(), packages: &["redis-server"] };

const PROMETHEUS: System =
    System { name: "Prometheus", present: || command::find("prometheus").is_some(), packages: &["prometheus"] };

const OPENSSL: System = System {
    name: "OpenSSL's headers",
    present: || !cfg!(target_os = "linux") || openssl_is_known(),
    packages: &["libssl-dev", "pkg-config"],
};

const VALGRIND: System =
    System { name: "Valgrind", present: || command::find("valgrind").is_some(), packages: &["valgrind"] };

const TIME: System = System { name: "GNU time", present: || command::find("time").is_some(), packages: &["time"] };

/// A tool that tests or benches need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tool {
    /// Chromium and its driver.
    Browser,
    /// Runs the benches that count instructions, in the version of Cargo.lock.
    GungraunRunner,
    /// Builds the book in docs/.
    MdBook,
    /// The packages in an npm project's package-lock.json. The project is a folder of the workspace.
    Npm(&'static str),
    /// The headers that the feature `native-tls` needs to build.
    OpenSsl,
    /// Reads the metrics of the client in tests.
    Prometheus,
    /// The server for the tests of the token store.
    Redis,
    /// Measures the memory of a program.
    Time,
    /// Counts instructions.
    Valgrind,
    /// wasm-bindgen's command line tool and test runner, in the version of Cargo.lock.
    WasmBindgen,
    /// Builds the npm package.
    WasmPack,
    /// Rust's standard library for wasm.
    WasmTarget,
}

impl Tool {
    /// Installs the tool unless it is installed already.
    pub(crate) fn ensure(self) -> Result<()> {
        match self {
            Self::Browser => debian::ensure(&BROWSER),
            Self::GungraunRunner => gungraun_runner(),
            Self::MdBook => any_version("mdbook", MDBOOK, &MDBOOK_FEATURES),
            Self::Npm(folder) => npm::ensure(folder),
            Self::OpenSsl => debian::ensure(&OPENSSL),
            Self::Prometheus => debian::ensure(&PROMETHEUS),
            Self::Redis => debian::ensure(&REDIS),
            Self::Time => debian::ensure(&TIME),
            Self::Valgrind => debian::ensure(&VALGRIND),
            Self::WasmBindgen => wasm_bindgen(),
            Self::WasmPack => any_version("wasm-pack", WASM_PACK, &[]),
            Self::WasmTarget => wasm_target(),
        }
    }
}

/// Installs what the crate with all features needs, natively and on wasm.
pub(crate) fn ensure_all_features() -> Result<()> {
    Tool::OpenSsl.ensure()?;
    Tool::WasmTarget.ensure()
}

/// Lets cargo run rustdoc with unstable options.
pub(crate) fn with_unstable_rustdoc(mut cargo: Command) -> Command {
    cargo.env("RUSTDOC", command::root().join("xtask/tools/rustdoc"));
    cargo
}

/// wasm-bindgen rejects modules that were built with another version.
fn wasm_bindgen() -> Result<()> {
    let version = lock::version_of("wasm-bindgen")?;
    let present = || installed("wasm-bindgen", &version) && installed("wasm-bindgen-test-runner", &version);
    if present() {
        return Ok(());
    }
    let programs = ["--bin", "wasm-bindgen", "--bin", "wasm-bindgen-test-runner"];
    install("wasm-bindgen-cli", &version, &programs)?;
    ensure!(present(), "PATH has another version of wasm-bindgen before the installed version {version}");
    Ok(())
}

/// The runner rejects benches that were built with another version.
fn gungraun_runner() -> Result<()> {
    let version = lock::version_of("gungraun-runner")?;
    if installed("gungraun-runner", &version) {
        return Ok(());
    }
    install("gungraun-runner", &version, &[])
}

/// Installs a program unless some version of it is installed already. `options` are those of `cargo install`.
pub(crate) fn any_version(name: &str, version: &str, options: &[&str]) -> Result<()> {
    if command::find(name).is_some() {
        return Ok(());
    }
    install(name, version, options)
}

fn wasm_target() -> Result<()> {
    let list = command::output(command::program("rustup").args(["target", "list", "--installed"]));
    // Without rustup (as with a distribution's Rust), the build itself reports a missing target.
    if list.is_err() || list.is_ok_and(|targets| targets.lines().any(|target| target == WASM)) {
        return Ok(());
    }
    command::heading(&format!("Adding the target {WASM}"));
    command::run(command::program("rustup").args(["target", "add", WASM]))
}

/// Installs a program without optimization, which takes minutes less. A run of a tool takes seconds.
fn install(name: &str, version: &str, options: &[&str]) -> Result<()> {
    command::heading(&format!("Installing {name} {version}"));
    let mut cargo = command::cargo();
    cargo.args(["install", name, "--version", version, "--debug"]).args(options);
    // One folder for all tools, because they share dependencies.
    cargo.env("CARGO_TARGET_DIR", command::target().join("tools/cargo")).env("CARGO_PROFILE_DEV_DEBUG", "0");
    command::run(&mut cargo)
}

/// Returns whether a program is installed in exactly this version.
fn installed(program: &str, version: &str) -> bool {
    command::output(command::program(program).arg("--version")).is_ok_and(|said| says(&said, version))
}

fn says(output: &str, version: &str) -> bool {
    output.split_whitespace().nth(1) == Some(version)
}

fn chromedriver_is_known() -> bool {
    env::var_os("CHROMEDRIVER").is_some() || command::find("chromedriver").is_some()
}

fn openssl_is_known() -> bool {
    env::var_os("OPENSSL_DIR").is_some()
        || command::succeeds(command::program("pkg-config").args(["--exists", "openssl"]))
}

impl fmt::Display for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Browser => f.write_str(BROWSER.name),
            Self::Npm(folder) => write!(f, "the npm packages of {folder}"),
            Self::OpenSsl => f.write_str(OPENSSL.name),
            Self::GungraunRunner => f.write_str("gungraun-runner"),
            Self::MdBook => f.write_str("mdbook"),
            Self::Time => f.write_str(TIME.name),
            Self::Valgrind => f.write_str(VALGRIND.name),
            Self::Prometheus => f.write_str(PROMETHEUS.name),
            Self::Redis => f.write_str(REDIS.name),
            Self::WasmBindgen => f.write_str("wasm-bindgen"),
            Self::WasmPack => f.write_str("wasm-pack"),
            Self::WasmTarget => write!(f, "the target {WASM}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_version_matches() {
        assert!(says("wasm-bindgen 0.2.130\n", "0.2.130"));
        assert!(says("wasm-bindgen 0.2.130 (a1b2c3d4e)\n", "0.2.130"));
        assert!(!says("wasm-bindgen 0.2.13\n", "0.2.130"));
        assert!(!says("", "0.2.130"));
    }
}
