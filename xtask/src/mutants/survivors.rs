//! The mutants that no test can notice, with the reasons: `tests/mutants.toml`.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::outcome::Mutant;
use crate::files;

const LIST: &str = "tests/mutants.toml";

#[derive(Deserialize)]
struct List {
    #[serde(default)]
    survivor: Vec<Survivor>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Survivor {
    file: String,
    change: String,
    /// Number of places of the file with this change.
    #[serde(default = "one")]
    count: usize,
    reason: String,
}

/// The comparison of the missed mutants with the list.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    pub(super) justified: Vec<Mutant>,
    pub(super) unjustified: Vec<Mutant>,
    pub(super) problems: Vec<String>,
}

/// Compares the missed mutants of these files with the list.
pub(super) fn judge(missed: &[Mutant], files: &BTreeSet<&str>) -> Result<Verdict> {
    let list = toml::from_str(&files::read(LIST)?.text).with_context(|| format!("invalid list {LIST}"))?;
    Ok(compare(missed, files, &list))
}

fn compare(missed: &[Mutant], files: &BTreeSet<&str>, list: &List) -> Verdict {
    let mut verdict = Verdict { unjustified: missed.to_vec(), ..Verdict::default() };
    for survivor in list.survivor.iter().filter(|survivor| files.contains(survivor.file.as_str())) {
        let mutant = Mutant { file: survivor.file.clone(), change: survivor.change.clone() };
        let before = verdict.unjustified.len();
        let mut left = survivor.count;
        verdict.unjustified.retain(|missed| {
            let is_listed = left > 0 && *missed == mutant;
            left -= usize::from(is_listed);
            !is_listed
        });
        let found = before - verdict.unjustified.len();
        verdict.justified.extend(std::iter::repeat_n(mutant.clone(), found));
        if found < survivor.count {
            verdict.problems.push(format!("a test notices {mutant}: correct {LIST}"));
        }
        if survivor.reason.trim().is_empty() {
            verdict.problems.push(format!("no reason in {LIST}: {mutant}"));
        }
    }
    verdict.problems.extend(verdict.unjustified.iter().map(|mutant| format!("no test notices {mutant}")));
    verdict
}

const fn one() -> usize {
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mutant(change: &str) -> Mutant {
        Mutant { file: "src/a.rs".to_owned(), change: change.to_owned() }
    }

    fn problems(missed: &[&str], list: &str) -> Vec<String> {
        let missed: Vec<_> = missed.iter().map(|change| mutant(change)).collect();
        compare(&missed, &BTreeSet::from(["src/a.rs"]), &toml::from_str(list).unwrap()).problems
    }

    const LISTED: &str = "survivor = [{ file = 'src/a.rs', change = 'b', reason = 'equal' }]";

    #[test]
    fn missed_mutants_need_a_reason_each() {
        assert_eq!(problems(&["b"], LISTED), [""; 0]);
        assert_eq!(problems(&["b", "b"], LISTED), ["no test notices src/a.rs: b"]);
        assert_eq!(problems(&["b", "b"], &LISTED.replace("reason", "count = 2, reason")), [""; 0]);
        assert_eq!(problems(&["b"], &LISTED.replace("equal", " ")), ["no reason in tests/mutants.toml: src/a.rs: b"]);
    }

    #[test]
    fn reasons_for_mutants_that_a_test_notices_are_removed() {
        assert_eq!(problems(&[], LISTED), ["a test notices src/a.rs: b: correct tests/mutants.toml"]);
        assert_eq!(problems(&[], &LISTED.replace("a.rs", "other.rs")), [""; 0]);
    }
}
