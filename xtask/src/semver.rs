//! Compares the API of the crates with that of the last release.
//!
//! The changelog names the releases. Until it names one, the listings in `api/` are the baseline, which
//! `cargo xtask api --check` compares.

use anyhow::{Context, Result};

use crate::{command, files, tool};

/// Fails if changes since the last release require another version in Cargo.toml.
pub(crate) fn check(baseline: Option<String>) -> Result<()> {
    let Some(revision) = baseline.map_or_else(last_release, |revision| Ok(Some(revision)))? else {
        println!("No release precedes this commit: `cargo xtask api --check` compares the API with api/");
        return Ok(());
    };
    ensure_exists(&revision)?;
    tool::any_version("cargo-semver-checks", "^0.51", &[])?;
    let mut check = command::cargo();
    check.args(["semver-checks", "--package", "logto-admin", "--package", "logto-admin-emulator"]);
    command::run(check.args(["--baseline-rev", &revision]))
}

/// Returns the tag of the last release before this commit. `None` if there was no release.
fn last_release() -> Result<Option<String>> {
    let changelog = files::read("CHANGELOG.md")?.text;
    let here = command::output(command::program("git").args(["tag", "--points-at", "HEAD"]))?;
    Ok(last_before(&changelog, &here.lines().collect::<Vec<_>>()))
}

/// Returns the newest release of the changelog. Its own commit is compared with the release before it.
fn last_before(changelog: &str, here: &[&str]) -> Option<String> {
    let versions = changelog.lines().filter_map(|line| line.strip_prefix("## [")?.split_once("] - "));
    let mut tags = versions.map(|(version, _)| format!("v{version}"));
    tags.find(|tag| !here.contains(&tag.as_str()))
}

/// Fails if the history does not have the revision. Clones without tags do not.
fn ensure_exists(revision: &str) -> Result<()> {
    let mut git = command::program("git");
    git.args(["rev-parse", "--quiet", "--verify", &format!("{revision}^{{commit}}")]);
    command::output(&mut git)
        .map(drop)
        .with_context(|| format!("no revision {revision} to compare with: fetch the tags with `git fetch --tags`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHANGELOG: &str = "# Changelog\n\n## [Unreleased]\n\n- New.\n\n## [0.2.0] - 2026-02-03\n\n- A fault.\n\n\
                             ## [0.1.0] - 2026-01-01\n\n- First.\n";

    #[test]
    fn the_newest_release_of_the_changelog_is_the_baseline() {
        assert_eq!(last_before(CHANGELOG, &[]).as_deref(), Some("v0.2.0"));
    }

    #[test]
    fn a_release_is_compared_with_the_release_before_it() {
        assert_eq!(last_before(CHANGELOG, &["other", "v0.2.0"]).as_deref(), Some("v0.1.0"));
    }

    #[test]
    fn nothing_precedes_the_first_release() {
        assert_eq!(last_before("## [Unreleased]\n\n- New.\n", &[]), None);
        assert_eq!(last_before("## [0.1.0] - 2026-01-01\n", &["v0.1.0"]), None);
    }

    #[test]
    fn missing_tags_are_errors() {
        let failure = ensure_exists("v999.0.0").unwrap_err().to_string();
        assert!(failure.contains("no revision v999.0.0"), "{failure}");
        assert!(check(Some("v999.0.0".to_owned())).is_err());
    }

    #[test]
    fn a_release_is_only_published_if_its_version_allows_its_changes() {
        let workflow = include_str!("../../.github/workflows/release.yml");
        assert!(workflow.contains("run: cargo xtask semver\n"));
        assert!(!workflow.contains("needs: check\n"), "publishing needs both checks");
        assert_eq!(workflow.matches("needs: [check, semver]\n").count(), 2);
    }
}
