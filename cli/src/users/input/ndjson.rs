//! NDJSON: an object per line.

use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;

use serde_json::Value;

use super::location::{InputError, Location, Placed};
use super::source::{LONGEST, Source, io_message};
use crate::json_object::might_be_rounded;
use crate::lost_digits::loses_digits;
use crate::unique_keys::{TWICE, Unique};

/// The records of a file with a record per line.
pub(super) struct Records {
    file: Arc<str>,
    reader: BufReader<Source>,
    number: u64,
    is_done: bool,
}

impl Records {
    pub(super) fn new(file: Arc<str>, reader: BufReader<Source>) -> Self {
        Self { file, reader, number: 0, is_done: false }
    }

    fn location(&self) -> Location {
        Location { file: Arc::clone(&self.file), line: Some(self.number), element: None }
    }

    fn error(&self, message: impl Into<String>) -> InputError {
        InputError { location: self.location(), message: message.into(), is_fatal: self.is_done }
    }

    /// Parses a line, which ends with a line break unless it is the last one.
    fn parsed(&self, line: &[u8]) -> Result<Placed<Value>, InputError> {
        let parsed = serde_json::from_slice(line.trim_ascii());
        let placed = |Unique(value)| {
            let has_lost_digits = might_be_rounded(&value) && loses_digits(&String::from_utf8_lossy(line));
            Placed { location: self.location(), value, has_lost_digits }
        };
        parsed.map(placed).map_err(|error| {
            let is_cut = error.is_eof() && !line.ends_with(b"\n");
            let hint = if is_cut { "; the file might be truncated" } else { "" };
            self.error(format!("invalid JSON at column {}: {}{hint}", error.column(), reason(&error)))
        })
    }
}

impl Iterator for Records {
    type Item = Result<Placed<Value>, InputError>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut line = Vec::new();
        while !self.is_done {
            line.clear();
            self.number += 1;
            match self.reader.by_ref().take(LONGEST).read_until(b'\n', &mut line) {
                Ok(0) => self.is_done = true,
                Ok(_) if line.len() as u64 == LONGEST && !line.ends_with(b"\n") => {
                    if let Err(error) = self.reader.skip_until(b'\n') {
                        self.is_done = true;
                        return Some(Err(self.error(io_message(&error))));
                    }
                    return Some(Err(self.error(format!("the line is longer than {} MiB", LONGEST >> 20))));
                }
                Ok(_) if line.trim_ascii().is_empty() => {}
                Ok(_) => return Some(self.parsed(&line)),
                Err(error) => {
                    self.is_done = true;
                    return Some(Err(self.error(io_message(&error))));
                }
            }
        }
        None
    }
}

/// Returns what is wrong with the JSON, without the location and the data.
pub(super) fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let end = text.rfind(" at line ").unwrap_or(text.len());
    let reason = text.get(..end).unwrap_or_default();
    if error.is_data() && !reason.ends_with(TWICE) { "expected an object".to_owned() } else { reason.to_owned() }
}
