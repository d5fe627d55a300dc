//! The bytes of a file.

use std::io::{self, Cursor, Read};

/// Maximum number of bytes of a line, row or record. Applies to lines of JSON, rows of CSV, and records of a document.
pub(super) const LONGEST: u64 = 16 * 1024 * 1024;

/// Start of compressed data.
pub(super) const GZIP: [u8; 2] = [0x1f, 0x8b];

pub(super) type Source = Box<dyn Read + Send>;

/// Reads up to `length` bytes. Returns them, and a reader that begins with them.
pub(super) fn peek(mut reader: Source, length: u64) -> io::Result<(Vec<u8>, Source)> {
    let mut start = Vec::new();
    reader.by_ref().take(length).read_to_end(&mut start)?;
    Ok((start.clone(), Box::new(Cursor::new(start).chain(reader))))
}

pub(super) fn without_byte_order_mark(name: &str, reader: Source) -> io::Result<Source> {
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

/// Returns the message of an error while reading.
pub(super) fn io_message(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => "the compressed data ends too early: the file is truncated".to_owned(),
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => "the compressed data is damaged".to_owned(),
        _ => error.to_string(),
    }
}
