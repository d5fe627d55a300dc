//! What a measurement has to say: one JSON object, which `cargo xtask bench` reads.

use serde::Serialize;

/// Tables for people, checks for the machine.
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

/// A figure that has a budget.
#[derive(Debug, Serialize)]
struct Check {
    what: String,
    value: f64,
    most: f64,
    /// Whether it depends on nothing but the code, so that passing the budget is a failure.
    countable: bool,
}

impl Table {
    /// An empty table.
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

    /// Adds a figure that must not be above `most`, whatever the machine's mood.
    pub fn countable(&mut self, what: impl Into<String>, value: f64, most: f64) {
        self.checks.push(Check { what: what.into(), value, most, countable: true });
    }

    /// Adds a figure that should not be above `most`, on a quiet machine.
    pub fn timed(&mut self, what: impl Into<String>, value: f64, most: f64) {
        self.checks.push(Check { what: what.into(), value, most, countable: false });
    }

    /// Prints it.
    ///
    /// # Errors
    /// Never, in practice.
    #[allow(clippy::print_stdout, reason = "this is how a measurement is told")]
    pub fn print(&self) -> anyhow::Result<()> {
        println!("{}", serde_json::to_string(self)?);
        Ok(())
    }
}
