//! Reads records from files and standard input. NDJSON, JSON and CSV, also compressed with gzip.
//!
//! The records are read one by one. Memory does not grow with the file.

mod document;
mod ndjson;
mod quotes;
mod table;

#[cfg(test)]
mod tests;

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::ValueEnum;
use flate2::bufread::MultiGzDecoder;
use serde_json::Value;

use crate::failure::{Failure, Result};

/// Number of bytes that are read to recognize the format of a file.
const HEAD: u64 = 64 * 1024;

/// Maximum number of bytes of a line, row or record. Applies to lines of JSON, rows of CSV, and records of a document.
const LONGEST: u64 = 16 * 1024 * 1024;

/// Start of compressed data.
const GZIP: [u8; 2] = [0x1f, 0x8b];

type Source = Box<dyn Read + Send>;

/// Format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A JSON object per line.
    Ndjson,
    /// A JSON array, or an object with one.
    Json,
    /// Comma-separated values, with a header.
    Csv,
}

/// How to read a file.
#[derive(Clone, Debug, Default)]
pub struct InputOptions {
    /// Format. Defaults to that of the content.
    pub format: Option<Format>,
    /// Member of a JSON object that contains the records, such as `users`.
    pub container: Option<&'static str>,
    /// Member beside the container that is reported if it is a list with items.
    pub beside: Option<&'static str>,
    /// Names of the columns of a CSV file without a header.
    pub columns: Option<&'static [&'static str]>,
    /// Separator of CSV columns. Defaults to the most frequent one of `,`, `;` and tab in the first line.
    pub delimiter: Option<u8>,
    /// Character before each text in a CSV file, which is removed.
    pub cell_prefix: Option<char>,
}

/// Location of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// Name of the file.
    pub file: Arc<str>,
    /// Number of the line, starting at 1.
    pub line: Option<u64>,
    /// Number of the element in a JSON array, starting at 1.
    pub element: Option<u64>,
}

/// A record with its location.
#[derive(Clone, PartialEq)]
pub struct Placed<T> {
    /// Location of the record.
    pub location: Location,
    /// The record.
    pub value: T,
    /// Whether a number in the text of the record has lost digits.
    pub has_lost_digits: bool,
}

/// A part of a file that is not a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputError {
    /// Location of the error.
    pub location: Location,
    /// The message. It does not contain the data.
    pub message: String,
    /// Whether the rest of the file cannot be read.
    pub is_fatal: bool,
}

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
            let rows = table::Rows::new(file, reader, &first_line, options)?;
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

/// Reads up to `length` bytes. Returns them, and a reader that begins with them.
fn peek(mut reader: Source, length: u64) -> io::Result<(Vec<u8>, Source)> {
    let mut start = Vec::new();
    reader.by_ref().take(length).read_to_end(&mut start)?;
    Ok((start.clone(), Box::new(Cursor::new(start).chain(reader))))
}

fn without_byte_order_mark(name: &str, reader: Source) -> io::Result<Source> {
    let (start, reader) = peek(reader, 4)?;
    match start.as_slice() {
        [0xef, 0xbb, 0xbf, ..] => peek_past(reader, 3),
        [0xff, 0xfe, 0, 0] | [0, 0, 0xfe, 0xff] => Err(of_encoding("UTF-32", name)),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Err(of_encoding("UTF-16", name)),
        [0, 0, 0, 0] => Err(io::Error::other("it is not text")),
        // Without the mark, the first letter has null bytes.
        [_, 0, 0, 0] => Err(of_encoding("UTF-32LE", name)),
        [0, 0, 0, _] => Err(of_encoding("UTF-32BE", name)),
        [_, 0, ..] => Err(of_encoding("UTF-16LE", name)),
        [0, ..] => Err(of_encoding("UTF-16BE", name)),
        _ => Ok(reader),
    }
}

/// Returns the error for a file in an encoding that is not read.
fn of_encoding(encoding: &str, name: &str) -> io::Error {
    io::Error::other(format!("the file is {encoding}; convert it with `iconv -f {encoding} -t UTF-8 {name}`"))
}

fn peek_past(mut reader: Source, length: u64) -> io::Result<Source> {
    io::copy(&mut reader.by_ref().take(length), &mut io::sink())?;
    Ok(reader)
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

/// Returns the message of an error while reading.
fn io_message(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => "the compressed data ends too early: the file is truncated".to_owned(),
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => "the compressed data is damaged".to_owned(),
        _ => error.to_string(),
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

impl<T> fmt::Debug for Placed<T> {
    /// Shows the location only: records contain passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Placed").field(&self.location).finish()
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        self.element.map_or(Ok(()), |element| write!(f, ": element {element}"))
    }
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.location, self.message)
    }
}

impl std::error::Error for InputError {}
