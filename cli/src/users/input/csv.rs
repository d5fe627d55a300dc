//! CSV: a record per row.

use std::collections::HashSet;
use std::io::BufReader;
use std::sync::Arc;

use csv::{Error, ErrorKind, Reader, ReaderBuilder, StringRecord, StringRecordsIntoIter};
use serde_json::{Map, Value};

use super::csv_quotes::{Fault, Quotes};
use super::location::{InputError, Location, Placed};
use super::ndjson::reason;
use super::options::InputOptions;
use super::source::{Source, io_message};
use crate::failure::{Failure, Result};
use crate::lost_digits::loses_digits;
use crate::output::counted;
use crate::unique_keys::{TWICE, Unique};

type Text = Quotes<BufReader<Source>>;

const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

/// Start of a line before the header that names the separator. Only Excel reads it.
const SEPARATOR: &str = "sep=";

/// The records of a CSV file. The members are the columns; empty cells are missing members.
pub(super) struct Rows {
    file: Arc<str>,
    pub(super) columns: Vec<String>,
    rows: StringRecordsIntoIter<Text>,
    prefix: Option<char>,
    is_done: bool,
}

impl Rows {
    /// Reads the header.
    pub(super) fn new(
        file: Arc<str>,
        reader: BufReader<Source>,
        first_line: &str,
        options: &InputOptions,
    ) -> Result<Self> {
        let delimiter = options.delimiter.unwrap_or_else(|| most_frequent(first_line));
        // A first line with the names is a header, even if the format has none.
        let has_header = options.columns.is_none_or(|columns| {
            let first = first_line.split(char::from(delimiter)).next().unwrap_or_default();
            columns.first().is_some_and(|name| first.trim_matches(['"', ' ']) == *name)
        });
        let mut builder = ReaderBuilder::new();
        builder.delimiter(delimiter).has_headers(has_header).flexible(!has_header);
        let mut reader = builder.from_reader(Quotes::new(reader, delimiter));
        let columns = match options.columns {
            Some(columns) if !has_header => columns.iter().map(|name| (*name).to_owned()).collect(),
            _ => header(&file, &mut reader)?,
        };
        Ok(Self { file, columns, rows: reader.into_records(), prefix: options.cell_prefix, is_done: false })
    }

    fn record(&self, row: &StringRecord, line: Option<u64>) -> Result<Placed<Value>, InputError> {
        let text = |cell| self.prefix.and_then(|prefix| str::strip_prefix(cell, prefix)).unwrap_or(cell);
        let cells = self.columns.iter().zip(row.iter().map(text)).filter(|(_, cell)| !cell.is_empty());
        let (mut members, mut has_lost_digits) = (Map::new(), false);
        for (name, cell) in cells {
            if let Some(reason) = repeated_key(cell) {
                let message = format!("invalid JSON in column {name:?}: {reason}");
                return Err(InputError { location: self.location(line), message, is_fatal: false });
            }
            has_lost_digits |= loses_digits(cell);
            members.insert(name.clone(), cell.into());
        }
        Ok(Placed { location: self.location(line), value: Value::Object(members), has_lost_digits })
    }

    fn location(&self, line: Option<u64>) -> Location {
        Location { file: Arc::clone(&self.file), line, element: None }
    }

    fn error(&mut self, error: &Error, line: Option<u64>) -> InputError {
        self.is_done = !matches!(error.kind(), ErrorKind::Utf8 { .. } | ErrorKind::UnequalLengths { .. });
        let (line, message) = explained(error, line);
        InputError { location: self.location(line), message, is_fatal: self.is_done }
    }
}

/// Returns what is wrong with a cell of JSON if an object in it has a key twice.
fn repeated_key(cell: &str) -> Option<String> {
    let is_json = cell.trim_start().starts_with(['{', '[']);
    let error = is_json.then(|| serde_json::from_str::<Unique>(cell).err()).flatten()?;
    Some(reason(&error)).filter(|reason| reason.ends_with(TWICE))
}

/// Returns line and message of an error in the row that starts on a line.
fn explained(error: &Error, line: Option<u64>) -> (Option<u64>, String) {
    let message = match error.kind() {
        ErrorKind::Utf8 { err, .. } => {
            format!("invalid UTF-8 in column {}; convert the file to UTF-8", err.field() + 1)
        }
        ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("the row has {}, and the header has {expected_len}", counted(*len, "column"))
        }
        ErrorKind::Io(error) => match Fault::of(error) {
            Some(fault) => return (Some(fault.line), fault.message.to_owned()),
            None => io_message(error),
        },
        _ => "invalid CSV".to_owned(),
    };
    (line, message)
}

impl Iterator for Rows {
    type Item = Result<Placed<Value>, InputError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_done {
            return None;
        }
        let row = self.rows.next()?;
        let line = self.rows.reader_mut().get_mut().next_start();
        Some(match row {
            Ok(row) => self.record(&row, line),
            Err(error) => Err(self.error(&error, line)),
        })
    }
}

/// Returns the names of the columns. Each column needs a name of its own.
fn header(file: &Arc<str>, reader: &mut Reader<Text>) -> Result<Vec<String>> {
    let invalid = |line, message| {
        let location = Location { file: Arc::clone(file), line, element: None };
        Failure::usage(InputError { location, message, is_fatal: true }.to_string())
    };
    let header = reader.headers().cloned();
    let line = reader.get_mut().next_start().or(Some(1));
    let header = header.map_err(|error| {
        let (line, message) = explained(&error, line);
        invalid(line, message)
    })?;
    let columns: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
    let mut seen = HashSet::new();
    for (at, name) in columns.iter().enumerate() {
        if at == 0 && name.starts_with(SEPARATOR) {
            return Err(invalid(line, format!("the line `{SEPARATOR}…` is for Excel only: remove it")));
        }
        if name.is_empty() {
            return Err(invalid(line, format!("column {} of the header has no name", at + 1)));
        }
        if name.contains('@') {
            let location = format!("column {} of the first row is an email address", at + 1);
            return Err(invalid(line, format!("{location}: the first row must have the names of the columns")));
        }
        if !seen.insert(name.as_str()) {
            return Err(invalid(line, format!("the column {name:?} occurs twice in the header")));
        }
    }
    Ok(columns)
}

/// Returns the most frequent separator of the line. Defaults to the comma.
fn most_frequent(line: &str) -> u8 {
    let count = |delimiter: u8| line.bytes().filter(|byte| *byte == delimiter).count();
    // Of equal counts, `max_by_key` returns the last one.
    DELIMITERS.into_iter().rev().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
}
