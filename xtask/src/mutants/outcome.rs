//! Outcomes of the mutants, from the lists that cargo-mutants writes.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

use anyhow::{Context, Result};

use crate::files;

/// A change of one place in a file. Its line is not part of it, so that lists stay valid when code moves.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mutant {
    pub(super) file: String,
    pub(super) change: String,
}

#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// A test fails.
    pub(super) caught: Vec<Mutant>,
    /// A test hangs.
    pub(super) timed_out: Vec<Mutant>,
    /// The code does not compile.
    pub(super) unviable: Vec<Mutant>,
    /// All tests pass.
    pub(super) missed: Vec<Mutant>,
}

impl Outcome {
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let list = |name: &str| files::text(&folder.join(name))?.lines().map(Mutant::parse).collect::<Result<Vec<_>>>();
        Ok(Self {
            caught: list("caught.txt")?,
            timed_out: list("timeout.txt")?,
            unviable: list("unviable.txt")?,
            missed: list("missed.txt")?,
        })
    }

    /// Adds the outcome of a pass that has tested the missed mutants again.
    pub(super) fn add(&mut self, next: Self) {
        self.caught.extend(next.caught);
        self.timed_out.extend(next.timed_out);
        self.unviable.extend(next.unviable);
        self.missed = next.missed;
    }

    /// The files that have mutants.
    pub(super) fn files(&self) -> BTreeSet<&str> {
        let all = [&self.caught, &self.timed_out, &self.unviable, &self.missed];
        all.into_iter().flatten().map(|mutant| mutant.file.as_str()).collect()
    }
}

impl Mutant {
    /// Parses a line such as `src/a.rs:12:5: replace a with b in c`.
    fn parse(line: &str) -> Result<Self> {
        let parsed = || {
            let (place, change) = line.split_once(": ")?;
            let file = place.split(':').next()?;
            Some(Self { file: file.to_owned(), change: change.to_owned() })
        };
        parsed().with_context(|| format!("unknown line in a list of mutants: {line:?}"))
    }
}

impl fmt::Display for Mutant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.change)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mutants_are_named_by_file_and_change() {
        let mutant = Mutant::parse("src/a.rs:12:5: replace <impl A for B>::c -> D with D::e()").unwrap();
        assert_eq!(mutant.to_string(), "src/a.rs: replace <impl A for B>::c -> D with D::e()");
        assert!(Mutant::parse("").is_err());
    }

    #[test]
    fn the_last_pass_decides_what_is_missed() {
        let mutant = |change: &str| Mutant { file: "src/a.rs".to_owned(), change: change.to_owned() };
        let mut outcome = Outcome { missed: vec![mutant("1"), mutant("2")], ..Outcome::default() };
        outcome.add(Outcome { caught: vec![mutant("1")], missed: vec![mutant("2")], ..Outcome::default() });
        assert_eq!((outcome.caught, outcome.missed), (vec![mutant("1")], vec![mutant("2")]));
    }
}
