//! Compares the public API with the listings in `api/`. A change of it is thus part of the review.

mod crates;
mod fingerprint;
mod listing;
mod package;

use std::fs;

use anyhow::{Context, Result, ensure};

use self::listing::Listing;
use crate::{command, files};

/// Compares the listings with the files, or writes the files.
pub(crate) fn run(check: bool) -> Result<()> {
    let mut listings = crates::listings()?;
    listings.extend(package::listings()?);
    let mut changed = Vec::new();
    for Listing { file, text } in listings {
        let path = format!("api/{file}");
        if files::read(&path).is_ok_and(|current| current.text == text) {
            continue;
        }
        let kept = if check { command::target().join(&file) } else { command::root().join(&path) };
        fs::write(&kept, text).with_context(|| format!("cannot write {}", kept.display()))?;
        if check {
            show_difference(&path, &kept)?;
        }
        changed.push(path);
    }
    ensure!(!check || changed.is_empty(), "the API changed: run `cargo xtask api` and commit {}", changed.join(", "));
    println!(
        "{}",
        if check { "The API is as in api/".to_owned() } else { format!("Files written: {}", changed.len()) }
    );
    Ok(())
}

/// Prints the difference to a new listing. Ignores the status of git, which finds one.
fn show_difference(path: &str, new: &std::path::Path) -> Result<()> {
    let mut diff = command::program("git");
    diff.args(["--no-pager", "diff", "--no-index", "--unified=0", path]).arg(new);
    diff.status().context("cannot start git")?;
    Ok(())
}
