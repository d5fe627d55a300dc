//! Compile time of the crate without dependencies, and of two other API clients.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::report::Report;
use super::timed::{self, Taken};
use crate::command;

/// Number of checks. The smallest figure counts, because other load on the machine can only add to it.
const ROUNDS: usize = 3;

/// A crate with its features.
struct Candidate {
    name: &'static str,
    package: &'static str,
    features: &'static [&'static str],
    manifest: PathBuf,
    /// The budget for its check, relative to that of `KEYCLOAK` in the same run.
    most: Option<f64>,
}

const ALL: &[&str] = &["--features", "account,experience,interaction"];
const ONE: &[&str] = &["--no-default-features", "--features", "reqwest,rustls,users"];
/// A client of about the same size.
const KEYCLOAK: &str = "keycloak 26.8, all tags";
const PEERS: &str = "[package]\nname = \"peers\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[lib]\npath = \"lib.rs\"\n[workspace]\n\
    [dependencies]\nkeycloak = \"=26.8.100\"\noctocrab = \"=0.54.9\"\n";

pub(crate) fn measure() -> Result<Report> {
    let own = command::root().join("Cargo.toml");
    let peers = peers()?;
    let candidate = |name, package, features, manifest: &Path, most| Candidate {
        name,
        package,
        features,
        manifest: manifest.to_owned(),
        most,
    };
    let candidates = [
        candidate("all groups", "logto-admin", ALL, &own, Some(0.7)),
        candidate("default", "logto-admin", &[], &own, None),
        candidate("one tag (users)", "logto-admin", ONE, &own, Some(0.3)),
        candidate(KEYCLOAK, "keycloak", &[], &peers, None),
        candidate("octocrab 0.54, default", "octocrab", &[], &peers, None),
    ];
    let mut report = Report::default();
    let mut rows = Vec::new();
    let mut checks = Vec::new();
    for candidate in &candidates {
        let check = candidate.best(&["check"])?;
        let build = candidate.best(&["build", "--release"])?;
        let figures = [check.seconds, check.cpu, check.mebibytes, build.seconds, build.cpu, build.mebibytes];
        let cells = figures.iter().map(|figure| super::number::number(*figure));
        rows.push([candidate.name.to_owned()].into_iter().chain(cells).collect());
        checks.push((candidate.name, check.seconds, candidate.most));
    }
    let keycloak = checks.iter().find(|(name, ..)| *name == KEYCLOAK).context("keycloak was not checked")?.1;
    for (name, seconds, most) in checks {
        if let Some(most) = most {
            report.check(
                format!("time of a clean check relative to keycloak, {name}"),
                seconds / keycloak,
                most,
                false,
            );
        }
    }
    let columns = ["crate", "check, s", "CPU s", "peak MiB", "release build, s", "CPU s", "peak MiB"];
    report.table(
        "Compiling one crate after its dependencies (best of three checks, one release build)",
        &columns,
        rows,
    );
    report.table(
        "Generated code",
        &["folder", "lines", "types"],
        ["src/api", "src/models"].map(generated).into_iter().collect::<Result<_>>()?,
    );
    Ok(report)
}

impl Candidate {
    fn best(&self, what: &[&str]) -> Result<Taken> {
        let mut best = None;
        command::run(self.cargo().args(what).arg("-q").args(self.about()))?;
        // A release build takes a minute or two.
        let rounds = if what == ["check"] { ROUNDS } else { 1 };
        for _ in 0..rounds {
            let mut clean = self.cargo();
            clean.args(["clean", "-q", "-p", self.package]).args(what.get(1..).unwrap_or_default());
            command::run(clean.args(self.at()))?;
            let taken = timed::run(self.cargo().args(what).arg("-q").args(self.about()))?;
            best = Some(best.map_or(taken, |best| taken.less(best)));
        }
        best.context("nothing was compiled")
    }

    fn cargo(&self) -> Command {
        let mut cargo = command::cargo();
        cargo.env("CARGO_TARGET_DIR", target()).env("CARGO_INCREMENTAL", "0");
        cargo
    }

    fn at(&self) -> [String; 2] {
        ["--manifest-path".to_owned(), self.manifest.to_string_lossy().into_owned()]
    }

    fn about(&self) -> Vec<String> {
        let package = ["-p", self.package].into_iter().chain(self.features.iter().copied());
        package.map(str::to_owned).chain(self.at()).collect()
    }
}

fn target() -> PathBuf {
    command::target().join("bench-compile")
}

/// Writes a crate that depends on the peers, so that they can be compiled by name. Returns its manifest.
fn peers() -> Result<PathBuf> {
    let folder = target().join("peers");
    fs::create_dir_all(&folder)?;
    let manifest = folder.join("Cargo.toml");
    fs::write(&manifest, PEERS)?;
    fs::write(folder.join("lib.rs"), "")?;
    Ok(manifest)
}

fn generated(folder: &str) -> Result<Vec<String>> {
    let (mut lines, mut types) = (0, 0);
    for entry in fs::read_dir(command::root().join(folder))? {
        let text = fs::read_to_string(entry?.path())?;
        lines += text.lines().count();
        let is_type =
            |line: &&str| ["pub struct ", "pub enum "].iter().any(|start| line.trim_start().starts_with(start));
        types += text.lines().filter(is_type).count();
    }
    Ok(vec![folder.to_owned(), lines.to_string(), types.to_string()])
}
