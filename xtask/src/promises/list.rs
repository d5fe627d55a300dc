//! The list of a README: its promises with their tests, and what promises nothing.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::statements::{self, Statement};
use crate::files;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct List {
    /// Title of the table.
    pub(super) title: String,
    /// Path of the README.
    pub(super) readme: String,
    /// Headings of sections without a promise.
    #[serde(default)]
    pub(super) sections: Vec<String>,
    /// Statements that promise nothing, such as instructions.
    #[serde(default)]
    pub(super) instructions: Vec<String>,
    #[serde(default, rename = "promise")]
    pub(super) promises: Vec<Promise>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Promise {
    /// One or more statements of the README.
    pub(super) text: String,
    /// Tests as `path::name`. At least one.
    #[serde(default)]
    pub(super) tests: Vec<String>,
}

impl List {
    pub(super) fn read(path: &str) -> Result<Self> {
        toml::from_str(&files::read(path)?.text).with_context(|| format!("invalid {path}"))
    }

    /// Returns the mismatches of statements and entries. Exactly one entry covers a statement, and each entry has one.
    pub(super) fn problems(&self, readme: &[Statement]) -> Vec<String> {
        let promised: Vec<_> = self.promises.iter().flat_map(|promise| statements::sentences(&promise.text)).collect();
        let coverage = readme.iter().filter_map(|statement| match self.count(&promised, statement) {
            0 => Some(format!("neither a promise nor an instruction: {}", statement.text)),
            1 => None,
            _ => Some(format!("listed more than once: {}", statement.text)),
        });
        let texts: BTreeSet<_> = readme.iter().map(|statement| statement.text.as_str()).collect();
        let gone = |entry: &str| format!("not in the README any more: {entry}");
        let promises = promised.iter().filter(|text| !texts.contains(text.as_str())).map(|text| gone(text));
        let instructions = self.instructions.iter().filter(|text| !texts.contains(text.as_str()));
        let sections =
            self.sections.iter().filter(|section| !readme.iter().any(|statement| statement.section == **section));
        let all = coverage.chain(promises).chain(instructions.chain(sections).map(|entry| gone(entry)));
        all.map(|problem| format!("{}: {problem}", self.readme)).collect()
    }

    /// Returns how many entries cover the statement.
    fn count(&self, promised: &[String], statement: &Statement) -> usize {
        let sections = self.sections.iter().filter(|section| **section == statement.section).count();
        let instructions = self.instructions.iter().filter(|text| **text == statement.text).count();
        sections + instructions + promised.iter().filter(|text| **text == statement.text).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const README: &str = "# A\n\nIt sends one.\nRun it. It\nreceives two.\n\n# Licence\n\nMIT.\n";

    fn list(promises: &[&str]) -> List {
        let promise = |text: &&str| Promise { text: (*text).to_owned(), ..Promise::default() };
        List {
            readme: "R".to_owned(),
            sections: vec!["Licence".to_owned()],
            instructions: vec!["Run it.".to_owned()],
            promises: promises.iter().map(promise).collect(),
            ..List::default()
        }
    }

    fn problems(list: &List) -> Vec<String> {
        list.problems(&statements::of(README))
    }

    #[test]
    fn every_statement_is_covered_by_one_entry() {
        assert_eq!(problems(&list(&["It sends one.", "It receives two."])), [""; 0]);
        assert_eq!(problems(&list(&["It sends one. It receives\ntwo."])), [""; 0]);
    }

    #[test]
    fn a_statement_without_an_entry_is_a_problem() {
        assert_eq!(problems(&list(&["It sends one."])), ["R: neither a promise nor an instruction: It receives two."]);
    }

    #[test]
    fn an_instruction_is_a_whole_statement() {
        let mut changed = list(&["It sends one.", "It receives two."]);
        changed.instructions = vec!["Run".to_owned()];
        assert_eq!(
            problems(&changed),
            ["R: neither a promise nor an instruction: Run it.", "R: not in the README any more: Run"]
        );
    }

    #[test]
    fn a_statement_with_two_entries_is_a_problem() {
        let twice = list(&["It sends one.", "It receives two.", "It sends one."]);
        assert_eq!(problems(&twice), ["R: listed more than once: It sends one."]);
    }

    #[test]
    fn an_entry_without_a_statement_is_a_problem() {
        let mut outdated = list(&["It sends one.", "It receives two.", "It sends three."]);
        outdated.instructions.push("Stop".to_owned());
        outdated.sections.push("Usage".to_owned());
        let gone = ["It sends three.", "Stop", "Usage"].map(|entry| format!("R: not in the README any more: {entry}"));
        assert_eq!(problems(&outdated), gone);
    }
}
