//! `cargo xtask mutants`: changes the code in small ways, one at a time. Checks that a test fails for each change.

mod outcome;
mod pass;
mod survivors;
mod table;
mod tree;

use anyhow::{Result, ensure};

use self::outcome::Outcome;
use self::pass::PASSES;
use self::tree::Tree;
use crate::bench::results::{self, MUTANTS};
use crate::command;
use crate::tool::{self, Tool};

/// The paths below `src/` that are tested if none is named. Their code decides what a call does.
const DEFAULT: [&str; 5] = ["operation", "pipeline", "token", "webhook", "types"];

/// Tests the mutants of these paths below `src/`. Writes the figures to benches/.
pub(crate) fn run(named: &[String]) -> Result<()> {
    tool::any_version("cargo-mutants", "^27.1", &[])?;
    Tool::Redis.ensure()?;
    let named: Vec<&str> = named.iter().map(String::as_str).collect();
    let globs = globs(if named.is_empty() { &DEFAULT } else { &named })?;
    let tree = Tree::copy()?;
    let mut outcome = Outcome::default();
    for pass in &PASSES {
        command::heading(&format!("Mutants: {}", pass.tests));
        outcome.add(tree.test(pass, &globs)?);
        if outcome.missed.is_empty() {
            break;
        }
    }
    let verdict = survivors::judge(&outcome.missed, &outcome.files())?;
    let exists = |file: &str| command::root().join(file).exists();
    results::keep(MUTANTS, &table::update(results::kept(MUTANTS)?, &outcome, &verdict, exists))?;
    results::write()?;
    ensure!(verdict.problems.is_empty(), "{}", verdict.problems.join("\n"));
    println!("Tests notice all mutants that they can notice");
    Ok(())
}

/// Returns patterns that match the files of these paths below `src/`.
fn globs(paths: &[&str]) -> Result<Vec<String>> {
    let source = command::root().join("src");
    let glob = |path: &&str| {
        let found = source.join(path);
        ensure!(found.exists(), "src/{path} does not exist");
        Ok(if found.is_dir() { format!("src/{path}/**") } else { format!("src/{path}") })
    };
    paths.iter().map(glob).collect()
}
