//! The report of a measurement, as the programs of the bench crate print it.

use std::fmt::{self, Write};

use serde::{Deserialize, Serialize};

use super::number::number;
use super::plot::Plot;

#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct Report {
    pub(crate) tables: Vec<Table>,
    pub(crate) checks: Vec<Check>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) plots: Vec<Plot>,
}

#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Table {
    pub(crate) title: String,
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

/// A figure with a budget.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Check {
    pub(crate) what: String,
    pub(crate) value: f64,
    pub(crate) most: f64,
    /// Whether the figure depends only on the code. Exceeding its budget is then a failure.
    pub(crate) countable: bool,
}

impl Report {
    pub(crate) fn extend(&mut self, other: Self) {
        self.tables.extend(other.tables);
        self.checks.extend(other.checks);
        self.plots.extend(other.plots);
    }

    pub(crate) fn table(&mut self, title: &str, columns: &[&str], rows: Vec<Vec<String>>) {
        let columns = columns.iter().map(ToString::to_string).collect();
        self.tables.push(Table { title: title.to_owned(), columns, rows });
    }

    pub(crate) fn check(&mut self, what: impl Into<String>, value: f64, most: f64, countable: bool) {
        self.checks.push(Check { what: what.into(), value, most, countable });
    }

    pub(crate) fn markdown(&self) -> String {
        let tables = self.tables.iter().map(Table::markdown);
        tables.chain((!self.checks.is_empty()).then(|| budgets(&self.checks))).collect::<Vec<_>>().join("\n")
    }
}

impl Table {
    fn markdown(&self) -> String {
        let mut text = format!("**{}**\n\n", self.title);
        text.push_str(&line(&self.columns));
        text.push_str(&line(&vec!["---".to_owned(); self.columns.len()]));
        self.rows.iter().for_each(|row| text.push_str(&line(row)));
        text
    }
}

fn budgets(checks: &[Check]) -> String {
    let mut text = String::from("| figure | measured | budget | result |\n| --- | --- | --- | --- |\n");
    for check in checks {
        let verdict = if check.value <= check.most { "met" } else { "**not met**" };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {} | {} | {} | {verdict} |", check.what, number(check.value), number(check.most));
    }
    text
}

fn line(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

impl Check {
    /// Whether the figure is countable and exceeds its budget.
    pub(crate) fn is_over(&self) -> bool {
        // NaN fails, too.
        self.countable && (self.value.is_nan() || self.value > self.most)
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} exceeds {}", self.what, number(self.value), number(self.most))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: f64, countable: bool) -> Check {
        Check { what: "allocations".to_owned(), value, most: 20.0, countable }
    }

    #[test]
    fn only_countable_figures_can_fail() {
        assert!(check(20.5, true).is_over() && check(f64::NAN, true).is_over());
        assert!(!check(20.0, true).is_over() && !check(21.0, false).is_over());
    }

    #[test]
    fn plots_are_optional_in_reports() {
        let printed = r#"{"tables":[{"title":"t","columns":["a"],"rows":[["1"]]}],"checks":[{"what":"w","value":2,"most":1,"countable":false}]}"#;
        let report: Report = serde_json::from_str(printed).unwrap();
        assert!(report.plots.is_empty() && !serde_json::to_string(&report).unwrap().contains("plots"));
        assert!(report.markdown().contains("| w | 2 | 1 | **not met** |"));
    }
}
