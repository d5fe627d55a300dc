//! Collects failures, so that a test reports all of them.

use std::fmt::Display;

/// The failures so far.
pub(crate) struct Failures {
    checked: usize,
    lines: Vec<String>,
}

impl Failures {
    pub(crate) fn new() -> Self {
        Self { checked: 0, lines: Vec::new() }
    }

    /// Counts a checked item.
    pub(crate) fn checked(&mut self) {
        self.checked += 1;
    }

    pub(crate) fn add(&mut self, place: impl Display, problem: impl Display) {
        self.lines.push(format!("{place}: {problem}"));
    }

    pub(crate) fn lines(&self) -> &[String] {
        &self.lines
    }

    /// Prints all failures, and panics if there are any.
    #[track_caller]
    pub(crate) fn settle(self, what: &str) {
        println!("{what}: {} checked", self.checked);
        for line in &self.lines {
            println!("  {line}");
        }
        assert!(self.lines.is_empty(), "{what}: {} failures in {} checks", self.lines.len(), self.checked);
    }
}
