//! Quotes of CSV: finds quotes that are not closed. The CSV parser would read the rest of the file as one field.

use std::collections::VecDeque;
use std::error::Error;
use std::fmt;
use std::io::{self, Read};

use super::source::LONGEST;

/// Reads CSV, and fails where a quote is not closed or a row is too long.
pub(super) struct Quotes<R> {
    reader: R,
    delimiter: u8,
    state: State,
    /// Number of the line, starting at 1.
    line: u64,
    /// Line where the row or the quoted field starts.
    start: u64,
    /// Length of the row so far.
    length: u64,
    /// The lines on which the rows start that were read ahead.
    starts: VecDeque<u64>,
    /// Whether the last byte was a carriage return. It ends a line together with a line feed.
    is_return: bool,
    fault: Option<Fault>,
}

/// Position of the reader in a row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    FieldStart,
    Plain,
    Quoted,
    /// After a quote in a quoted field. It ends the field unless another quote follows.
    Closing,
}

/// A syntax error, and the line on which it starts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fault {
    pub(super) line: u64,
    pub(super) message: &'static str,
}

impl Fault {
    /// Returns the fault that an error contains.
    pub(super) fn of(error: &io::Error) -> Option<Self> {
        error.get_ref()?.downcast_ref::<Self>().copied()
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message)
    }
}

impl Error for Fault {}

impl<R: Read> Quotes<R> {
    pub(super) fn new(reader: R, delimiter: u8) -> Self {
        Self {
            reader,
            delimiter,
            state: State::FieldStart,
            line: 1,
            start: 1,
            length: 0,
            starts: VecDeque::new(),
            is_return: false,
            fault: None,
        }
    }

    /// Returns the line on which the next row starts, once per row. The CSV parser's own lines lack what precedes a row: blank
    /// lines, and the line feed after a carriage return.
    pub(super) fn next_start(&mut self) -> Option<u64> {
        self.starts.pop_front()
    }

    /// Updates the state with the next byte.
    fn step(&mut self, byte: u8) -> Result<(), &'static str> {
        let ends_row = matches!(byte, b'\n' | b'\r');
        let ends_field = ends_row || byte == self.delimiter;
        if self.length == 0 && !ends_row {
            self.starts.push_back(self.line);
        }
        self.length += 1;
        self.state = match (self.state, byte) {
            (State::FieldStart, b'"') => {
                self.start = self.line;
                State::Quoted
            }
            (State::Quoted, b'"') => State::Closing,
            (State::Closing, b'"') | (State::Quoted, _) => State::Quoted,
            (State::FieldStart | State::Plain | State::Closing, _) if ends_field => State::FieldStart,
            (State::FieldStart | State::Plain, _) => State::Plain,
            (State::Closing, _) => {
                return Err("a quote is not closed: text follows the quote that ends the field; \
                            write a quote within a field twice");
            }
        };
        self.line += u64::from(byte == b'\r' || byte == b'\n' && !self.is_return);
        self.is_return = byte == b'\r';
        if ends_row && self.state == State::FieldStart {
            (self.length, self.start) = (0, self.line);
        }
        match self.state {
            _ if self.length <= LONGEST => Ok(()),
            State::Quoted | State::Closing => Err("a quote is not closed within 16 MiB"),
            State::FieldStart | State::Plain => Err("the row is longer than 16 MiB"),
        }
    }

    fn fail(&mut self, message: &'static str) -> Fault {
        *self.fault.insert(Fault { line: self.start, message })
    }
}

impl<R: Read> Read for Quotes<R> {
    /// Returns what comes before a fault first.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(fault) = self.fault {
            return Err(io::Error::other(fault));
        }
        let count = self.reader.read(buffer)?;
        if count == 0 && !buffer.is_empty() && self.state == State::Quoted {
            return Err(io::Error::other(self.fail("a quote is not closed before the end of the file")));
        }
        for (at, byte) in buffer.iter().take(count).enumerate() {
            if let Err(message) = self.step(*byte) {
                let fault = self.fail(message);
                return if at > 0 { Ok(at) } else { Err(io::Error::other(fault)) };
            }
        }
        Ok(count)
    }
}
