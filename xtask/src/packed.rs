//! Packs the crates and the npm package as a release does. Uses the packed crates outside of the workspace.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::metadata::PUBLISHED;
use crate::npm::npm;
use crate::{command, files, part, release};

/// The example that a user runs first.
const QUICKSTART: &str = "examples/quickstart.rs";

/// Checks everything that a release publishes.
pub(crate) fn check() -> Result<()> {
    let folder = pack()?;
    command::heading("The quickstart with the packed crates");
    workspace(&folder)?;
    // The same folder for what is built, so that dependencies are not compiled again.
    let outside = |arguments: &[&str]| {
        let mut cargo = command::cargo();
        cargo.current_dir(&folder).env("CARGO_TARGET_DIR", command::target()).args(arguments);
        command::run(&mut cargo)
    };
    // Without `-p`, cargo compiles the dependencies once, with the features that both programs need.
    outside(&["run", "--quiet", "--bin", "quickstart"])?;
    outside(&["run", "--quiet", "--bin", "logto-admin", "--", "--version"])?;
    command::heading("The packed npm package");
    ensure!(is_built(), "build the npm package first: cargo xtask test js");
    command::run(npm(part::PACKAGE).args(["publish", "--dry-run", "--loglevel", "warn"]))
}

/// Packs the crates, and unpacks them outside of the workspace. The returned folder is always the same one, so that
/// cargo compiles only what has changed.
fn pack() -> Result<PathBuf> {
    let folder = std::env::temp_dir().join("logto-admin-packed");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    fs::create_dir_all(folder.join("src")).with_context(|| format!("cannot create {}", folder.display()))?;
    let version = release::current(&files::read("Cargo.toml")?.text)?;
    // The packed crates are built below, with the dependencies that are compiled already.
    for command in [&["publish", "--dry-run"][..], &["package"]] {
        let packages = PUBLISHED.iter().flat_map(|name| ["-p", name]);
        command::run(command::cargo().args(command).args(["--quiet", "--no-verify", "--locked"]).args(packages))?;
    }
    for name in PUBLISHED {
        let archive = command::target().join(format!("package/{name}-{version}.crate"));
        command::run(command::program("tar").arg("-xzf").arg(archive).arg("-C").arg(&folder))?;
        fs::rename(folder.join(format!("{name}-{version}")), folder.join(name))
            .with_context(|| format!("the package of {name} has another folder"))?;
    }
    Ok(folder)
}

/// Writes a workspace with the packed crates and a user's program. The versions are those of Cargo.lock.
fn workspace(folder: &Path) -> Result<()> {
    let patches: String = PUBLISHED.iter().map(|name| format!("{name} = {{ path = \"{name}\" }}\n")).collect();
    let manifest = format!(
        r#"[package]
name = "quickstart"
version = "0.0.0"
edition = "2024"

[workspace]
members = ["logto-admin-cli"]
default-members = [".", "logto-admin-cli"]
resolver = "3"

[dependencies]
futures-util = "0.3"
logto-admin = "*"
logto-admin-emulator = "*"
tokio = {{ version = "1", features = ["macros", "rt-multi-thread", "signal"] }}

[patch.crates-io]
{patches}
[profile.dev.package."*"]
debug = false
"#
    );
    let write = |path: &str, text: String| {
        fs::write(folder.join(path), text).with_context(|| format!("cannot write {path} in {}", folder.display()))
    };
    write("Cargo.toml", manifest)?;
    write("Cargo.lock", files::read("Cargo.lock")?.text)?;
    let quickstart = folder.join("logto-admin").join(QUICKSTART);
    write("src/main.rs", fs::read_to_string(quickstart).context("the package lacks the quickstart")?)
}

fn is_built() -> bool {
    command::root().join(part::PACKAGE).join("dist/index.cjs").exists()
}
