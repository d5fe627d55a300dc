//! The table of the results: a row for each file. A run replaces the rows of the files that it has tested, and removes the
//! rows of files that no longer exist.

use std::collections::BTreeMap;

use super::outcome::{Mutant, Outcome};
use super::survivors::Verdict;
use crate::bench::{Report, machine};

const COLUMNS: [&str; 8] = ["file", "date", "mutants", "caught", "timed out", "not compiled", "justified", "missed"];
const TITLE: &str = "Mutants of each file";
const ALL: &str = "all";

/// Returns the results with the rows of this run.
pub(super) fn update(
    before: Option<Report>,
    outcome: &Outcome,
    verdict: &Verdict,
    exists: impl Fn(&str) -> bool,
) -> Report {
    let kept = before.into_iter().flat_map(|report| report.tables).flat_map(|table| table.rows);
    let named = kept.filter_map(|row| Some((row.first()?.clone(), row)));
    let mut rows: BTreeMap<String, Vec<String>> = named.filter(|(file, _)| file != ALL && exists(file)).collect();
    let date = machine::date();
    for file in outcome.files() {
        rows.insert(file.to_owned(), row(file, &date, outcome, verdict));
    }
    let mut rows: Vec<_> = rows.into_values().collect();
    rows.push(sum(&rows));
    let mut report = Report::default();
    report.table(TITLE, &COLUMNS, rows);
    report
}

fn row(file: &str, date: &str, outcome: &Outcome, verdict: &Verdict) -> Vec<String> {
    let count = |list: &[Mutant]| list.iter().filter(|mutant| mutant.file == file).count();
    let Outcome { caught, timed_out, unviable, .. } = outcome;
    let counts = [caught, timed_out, unviable, &verdict.justified, &verdict.unjustified].map(|list| count(list));
    let numbers = [counts.iter().sum()].into_iter().chain(counts);
    [file.to_owned(), date.to_owned()].into_iter().chain(numbers.map(|number| number.to_string())).collect()
}

fn sum(rows: &[Vec<String>]) -> Vec<String> {
    let total =
        |column: usize| rows.iter().filter_map(|row| row.get(column)?.parse::<usize>().ok()).sum::<usize>().to_string();
    [ALL.to_owned(), String::new()].into_iter().chain((2..COLUMNS.len()).map(total)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mutant(file: &str) -> Mutant {
        Mutant { file: file.to_owned(), change: "a change".to_owned() }
    }

    fn after(before: Option<Report>, file: &str, caught: usize) -> Report {
        let outcome = Outcome { caught: vec![mutant(file); caught], missed: vec![mutant(file)], ..Outcome::default() };
        let verdict = Verdict { unjustified: vec![mutant(file)], ..Verdict::default() };
        update(before, &outcome, &verdict, |file| file != "src/removed.rs")
    }

    #[test]
    fn a_run_replaces_the_rows_of_its_files_and_of_removed_ones_only() {
        let files = [("src/b.rs", 1), ("src/a.rs", 2), ("src/removed.rs", 3), ("src/b.rs", 5)];
        let report = files.into_iter().fold(None, |before, (file, caught)| Some(after(before, file, caught))).unwrap();
        let rows = &report.tables[0].rows;
        let shown: Vec<_> = rows.iter().map(|row| [&row[0], &row[2], &row[3], &row[7]].map(String::as_str)).collect();
        assert_eq!(shown, [["src/a.rs", "3", "2", "1"], ["src/b.rs", "6", "5", "1"], ["all", "9", "7", "2"]]);
    }
}
