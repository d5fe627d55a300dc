//! Gathers what is wrong, so that a test tells all of it at once.

use std::fmt::Display;

/// What went wrong so far.
pub(crate) struct Failures {
    checked: usize,
    lines: Vec<String>,
}

impl Failures {
    pub(crate) fn new() -> Self {
        Self { checked: 0, lines: Vec::new() }
    }

    /// Counts something that was looked at.
    pub(crate) fn checked(&mut self) {
        self.checked += 1;
    }

    pub(crate) fn add(&mut self, place: impl Display, problem: impl Display) {
        self.lines.push(format!("{place}: {problem}"));
    }

    pub(crate) fn lines(&self) -> &[String] {
        &self.lines
    }

    /// Prints every failure, and fails if there is one.
    #[track_caller]
    pub(crate) fn settle(self, what: &str) {
        println!("{what}: {} looked at", self.checked);
        for line in &self.lines {
            println!("  {line}");
        }
        assert!(self.lines.is_empty(), "{what}: {} of {} fail", self.lines.len(), self.checked);
    }
}
