//! The report of a measurement: one JSON object, which `cargo xtask bench` reads.

use serde::Serialize;

/// Tables for people, checks for CI.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    tables: Vec<Table>,
    checks: Vec<Check>,
}

/// A table of the results.
#[derive(Debug, Serialize)]
pub struct Table {
    title: &'static str,
    columns: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

/// A figure with a budget.
#[derive(Debug, Serialize)]
struct Check {
    what: String,
    value: f64,
    most: f64,
    /// Whether the figure depends only on the code, so that exceeding the budget is a failure.
    countable: bool,
}

impl Table {
    /// Creates an empty table.
    #[must_use]
    pub fn new(title: &'static str, columns: &[&'static str]) -> Self {
        Self { title, columns: columns.to_vec(), rows: Vec::new() }
    }

    /// Adds a row.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.into());
    }
}

impl Report {
    /// Adds a table.
    pub fn table(&mut self, table: Table) {
        self.tables.push(table);
    }

    /// Adds a figure that must not exceed `most` on any machine.
    pub fn countable(&mut self, what: impl Into<String>, value: f64, most: f64) {
        self.checks.push(Check { what: what.into(), value, most, countable: true });
    }

    /// Adds a figure that should not exceed `most` on a quiet machine.
    pub fn timed(&mut self, what: impl Into<String>, value: f64, most: f64) {
        self.checks.push(Check { what: what.into(), value, most, countable: false });
    }

    /// Prints the report as JSON.
    ///
    /// # Errors
    /// Fails if the report cannot be serialized, which does not happen in practice.
    #[allow(clippy::print_stdout, reason = "measurements are printed")]
    pub fn print(&self) -> anyhow::Result<()> {
        println!("{}", serde_json::to_string(self)?);
        Ok(())
    }
}
