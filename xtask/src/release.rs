//! Prepares a release: sets the version, dates the changelog, commits and tags. The workflow that the pushed tag starts
//! publishes it.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use regex::{Captures, Regex};

use crate::{command, files};

/// The texts with the version, by file. `{}` stands for the version.
const PLACES: [(&str, &str); 9] = [
    ("Cargo.toml", "[workspace.package]\nversion = \"{}\""),
    ("emulator/Cargo.toml", "logto-admin = { path = \"..\", version = \"{}\""),
    ("cli/Cargo.toml", "logto-admin = { path = \"..\", version = \"{}\""),
    ("cli/Cargo.toml", "logto-admin-emulator = { path = \"../emulator\", version = \"{}\""),
    ("bindings/js/package.json", "\"name\": \"logto-admin\",\n  \"version\": \"{}\""),
    ("bindings/js/package-lock.json", "\"name\": \"logto-admin\",\n  \"version\": \"{}\""),
    ("bindings/js/package-lock.json", "\"name\": \"logto-admin\",\n      \"version\": \"{}\""),
    ("bindings/js/lib/defaults.ts", "\"logto-admin/{}\""),
    ("examples/worker-js/package.json", "\"logto-admin\": \"^{}\""),
];

const CHANGELOG: &str = "CHANGELOG.md";
const UNRELEASED: &str = "## [Unreleased]\n";

/// Prepares the release of a version, such as `0.2.0`.
pub(crate) fn prepare(version: &str) -> Result<()> {
    let current = current(&files::read("Cargo.toml")?.text)?;
    ensure!(parse(version)? >= parse(&current)?, "{version} is older than {current}");
    let changes = command::output(git().args(["status", "--porcelain", "--untracked-files=no"]))?;
    ensure!(changes.is_empty(), "commit these changes first:\n{changes}");
    for (path, text) in PLACES {
        rewrite(path, |file| replaced(file, &text.replace("{}", &current), &text.replace("{}", version)))?;
    }
    for path in texts()? {
        rewrite(&path, |file| with_snippets(file, version))?;
    }
    let date = command::output(command::program("date").args(["-u", "+%F"]))?;
    rewrite(CHANGELOG, |changelog| dated(changelog, version, date.trim()))?;
    command::run(command::cargo().args(["update", "--workspace", "--offline"]))?;
    command::run(git().args(["commit", "--quiet", "--all", "--message", &format!("Release {version}")]))?;
    command::run(git().args([
        "tag",
        "--annotate",
        &format!("v{version}"),
        "--message",
        &format!("Version {version}"),
    ]))?;
    println!("To publish the release, push the commit and the tag: git push --follow-tags");
    Ok(())
}

fn git() -> Command {
    command::program("git")
}

fn rewrite(path: &str, change: impl FnOnce(&str) -> Result<String>) -> Result<()> {
    let text = change(&files::read(path)?.text).with_context(|| format!("cannot change {path}"))?;
    files::write(path, &text)
}

/// Replaces a text that occurs once.
fn replaced(file: &str, old: &str, new: &str) -> Result<String> {
    let count = file.matches(old).count();
    ensure!(count == 1, "{old:?} should occur once, but occurs {count} times");
    Ok(file.replace(old, new))
}

/// Returns the tracked texts with snippets of Cargo.toml. The changelog is history.
fn texts() -> Result<Vec<String>> {
    let mut texts = files::list()?;
    texts.retain(|path| {
        let is_text = [".md", ".rs"].iter().any(|extension| path.ends_with(extension));
        is_text && path != CHANGELOG && !path.starts_with("xtask/")
    });
    Ok(texts)
}

/// Replaces the versions in snippets of Cargo.toml. Example: `logto-admin = "0.1"`.
fn with_snippets(text: &str, version: &str) -> Result<String> {
    let minor: Vec<_> = version.split('.').take(2).collect();
    let minor = minor.join(".");
    let snippet = snippet()?;
    Ok(snippet.replace_all(text, |found: &Captures<'_>| format!("{}{minor}\"", &found[1])).into_owned())
}

fn snippet() -> Result<Regex> {
    Ok(Regex::new(r#"(\blogto-admin[a-z-]* = (?:\{ version = )?")\d+\.\d+""#)?)
}

/// Moves the unreleased changes under the heading of the version.
fn dated(changelog: &str, version: &str, date: &str) -> Result<String> {
    let (before, after) = changelog.split_once(UNRELEASED).context("the changelog has no unreleased changes")?;
    let changes = after.split("\n## ").next().unwrap_or_default();
    ensure!(changes.contains("\n- "), "the changelog names no changes under [Unreleased]");
    ensure!(!changes.contains("\nThis will be version"), "remove the line that announces the version");
    Ok(format!("{before}{UNRELEASED}\n## [{version}] - {date}\n{after}"))
}

/// Returns the version of the workspace.
pub(crate) fn current(manifest: &str) -> Result<String> {
    let manifest: toml::Table = toml::from_str(manifest)?;
    let version = manifest.get("workspace").and_then(|workspace| workspace.get("package")?.get("version")?.as_str());
    Ok(version.context("Cargo.toml has no version")?.to_owned())
}

/// Returns the numbers of a version.
fn parse(version: &str) -> Result<Vec<u32>> {
    let numbers: Option<Vec<u32>> = version.split('.').map(|number| number.parse().ok()).collect();
    numbers.filter(|numbers| numbers.len() == 3).with_context(|| format!("{version:?} is not a version such as 0.2.0"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_has_the_current_version_where_a_release_changes_it() {
        let current = current(&files::read("Cargo.toml").unwrap().text).unwrap();
        for (path, text) in PLACES {
            let file = files::read(path).unwrap().text;
            let text = text.replace("{}", &current);
            let next = replaced(&file, &text, &text.replace(&current, "9.9.9")).unwrap();
            assert!(next.contains("9.9.9"), "{path}");
        }
    }

    #[test]
    fn snippets_name_the_minor_version_of_the_crates() {
        let text = "//! logto-admin-emulator = \"0.1\"\nlogto-admin = { version = \"0.1\", features = [\"users\"] }\n\
                    tokio = { version = \"1.2\" }\nlogto-admin = { path = \"..\" }\n";
        let expected = text.replace("\"0.1\"", "\"0.12\"");
        assert_eq!(with_snippets(text, "0.12.3").unwrap(), expected);
    }

    #[test]
    fn every_snippet_has_the_current_version() {
        let current = current(&files::read("Cargo.toml").unwrap().text).unwrap();
        let mut changed = Vec::new();
        for path in texts().unwrap() {
            let text = files::read(&path).unwrap().text;
            assert_eq!(with_snippets(&text, &current).unwrap(), text, "{path}");
            if with_snippets(&text, "9.9.9").unwrap() != text {
                changed.push(path);
            }
        }
        for path in
            ["README.md", "docs/src/cookbook/testing.md", "examples/offline_testing.rs", "src/guide/runtimes.md"]
        {
            assert!(changed.iter().any(|changed| changed == path), "{path} in {changed:?}");
        }
    }

    #[test]
    fn changes_move_under_the_heading_of_the_version() {
        let changelog =
            "# Changelog\n\n## [Unreleased]\n\n### Fixed\n\n- A fault.\n\n## [0.1.0] - 2026-01-01\n\n- First.\n";
        let dated = dated(changelog, "0.2.0", "2026-02-03").unwrap();
        let heading = "## [Unreleased]\n\n## [0.2.0] - 2026-02-03\n\n### Fixed\n\n- A fault.\n\n## [0.1.0]";
        assert!(dated.contains(heading), "{dated}");
    }

    #[test]
    fn a_release_needs_changes_and_a_version_that_is_not_older() {
        assert!(dated("## [Unreleased]\n\n## [0.1.0]\n\n- First.\n", "0.2.0", "2026-02-03").is_err());
        assert!(dated("## [Unreleased]\n\nThis will be version 0.1.0.\n\n- A\n", "0.1.0", "2026-02-03").is_err());
        assert!(parse("0.10.0").unwrap() > parse("0.9.1").unwrap());
        for version in ["0.2", "0.2.0.1", "v0.2.0", "0.2.x", "0.2.0-rc.1", ""] {
            assert!(parse(version).is_err(), "{version}");
        }
    }
}
