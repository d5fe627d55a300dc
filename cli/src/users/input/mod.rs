//! Reads records from files and standard input. NDJSON, JSON and CSV, also compressed with gzip.
//!
//! The records are read one by one. Memory does not grow with the file.

mod csv;
mod csv_quotes;
mod document;
mod location;
mod ndjson;
mod options;
mod source;

#[cfg(test)]
mod tests;

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use flate2::bufread::MultiGzDecoder;
use serde_json::Value;

pub use self::location::{InputError, Location, Placed};
pub use self::options::{Format, InputOptions};
use self::source::{GZIP, Source, io_message, peek, without_byte_order_mark};
use crate::failure::{Failure, Result};

/// Number of bytes that are read to recognize the format of a file.
const HEAD: u64 = 64 * 1024;

/// The records of a file. Ends after a fatal error.
pub struct Records {
    /// Names of the columns of a CSV file.
    pub columns: Vec<String>,
    has_beside: Arc<AtomicBool>,
    records: Box<dyn Iterator<Item = Result<Placed<Value>, InputError>> + Send>,
}

/// Opens a file. The path `-` is standard input.
///
/// # Errors
/// Fails if the file cannot be opened or its start cannot be read.
pub fn open(path: &str, options: &InputOptions) -> Result<Records> {
    if path == "-" {
        return read("standard input", io::stdin(), options);
    }
    let file = File::open(path).map_err(|error| Failure::usage(format!("cannot open {path:?}: {error}")))?;
    read(path, file, options)
}

/// Reads records from a reader. `name` is the name of the file in messages.
///
/// # Errors
/// Fails if the start of the file cannot be read.
pub fn read(name: &str, reader: impl Read + Send + 'static, options: &InputOptions) -> Result<Records> {
    let failed = |error: &io::Error| Failure::usage(format!("cannot read {name:?}: {}", io_message(error)));
    let (start, reader) = peek(Box::new(reader), 4).map_err(|error| failed(&error))?;
    if start == *b"PK\x03\x04" {
        let message = "it is an archive, as spreadsheets are; extract it, or save the spreadsheet as CSV";
        return Err(failed(&io::Error::other(message)));
    }
    let reader: Source =
        if start.starts_with(&GZIP) { Box::new(MultiGzDecoder::new(BufReader::new(reader))) } else { reader };
    let reader = without_byte_order_mark(name, reader).map_err(|error| failed(&error))?;

    let mut reader = BufReader::new(reader);
    let head = head(&mut reader).map_err(|error| failed(&error))?;
    let format = options.format.unwrap_or_else(|| recognized(&head, options.container));
    let file: Arc<str> = name.into();
    let first_line = String::from_utf8_lossy(&head).into_owned();
    let reader = BufReader::new(Box::new(Cursor::new(head).chain(reader)) as Source);
    let (mut columns, has_beside) = (Vec::new(), Arc::default());
    let records: Box<dyn Iterator<Item = _> + Send> = match format {
        Format::Ndjson => Box::new(ndjson::Records::new(file, reader)),
        Format::Json => Box::new(document::records(file, reader, options, &has_beside)),
        Format::Csv => {
            let rows = csv::Rows::new(file, reader, &first_line, options)?;
            columns.clone_from(&rows.columns);
            Box::new(rows)
        }
    };
    Ok(Records { columns, has_beside, records })
}

/// Whether an input that begins like this consists of lines. Documents and compressed data do not.
pub(super) fn has_lines(head: &[u8], options: &InputOptions) -> bool {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let format = options.format.unwrap_or_else(|| recognized(text, options.container));
    format != Format::Json && !head.starts_with(&GZIP)
}

/// Reads the start of the file up to the end of the first line that is not blank.
pub(super) fn head(reader: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    loop {
        let left = HEAD.saturating_sub(head.len() as u64);
        let read = reader.by_ref().take(left).read_until(b'\n', &mut head)?;
        if read == 0 || !head.trim_ascii().is_empty() {
            return Ok(head);
        }
    }
}

/// Recognizes the format from the first line.
fn recognized(head: &[u8], container: Option<&str>) -> Format {
    let line = head.trim_ascii();
    let is_container = |value: &Value| container.and_then(|name| value.get(name)).is_some_and(Value::is_array);
    match (line.first(), serde_json::from_slice::<Value>(line)) {
        (Some(b'['), _) => Format::Json,
        (Some(b'{'), Ok(value)) if is_container(&value) => Format::Json,
        // The line continues after what was read. Without a container, each object is a record.
        (Some(b'{'), Err(_)) if container.is_none() && head.len() as u64 >= HEAD => Format::Ndjson,
        // The object continues on the next line.
        (Some(b'{'), Err(error)) if error.is_eof() => Format::Json,
        (Some(b'{'), _) => Format::Ndjson,
        _ => Format::Csv,
    }
}

impl Records {
    /// Whether the file has the member beside the container. Known after the last record.
    #[must_use]
    pub fn has_beside(&self) -> bool {
        self.has_beside.load(Ordering::Relaxed)
    }
}

impl Iterator for Records {
    type Item = Result<Placed<Value>, InputError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.records.next()
    }
}

impl fmt::Debug for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Records")
    }
}
